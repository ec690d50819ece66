"""``load``: record files into the case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import CaseMissing, InputError
from graphtrace.platform import system

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.case import Case
    from graphtrace.storage.load import SheetReport


Kind = Literal["purchase", "transfer", "return", "activation", "seizure", "stock"]
"""The kinds of records, spelled out here because the model takes its time to be imported."""


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app)(load)


def load(
    common: GlobalOptions,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, XLS, Parquet, JSON Lines.")],
    as_kind: Annotated[
        Kind | None, typer.Option("--as", help="What the records are, where the file does not say.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="M", help="A mapping file, where the headings are unknown.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, but write nothing.")] = False,
) -> CommandResult:
    """Load record files, into a new case if there is none."""
    from graphtrace.case import open_case
    from graphtrace.cli.progress import progress_of
    from graphtrace.render.answers import LoadedSheets

    case_name = common.require_case()
    with (
        open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case,
        progress_of(common) as progress,
    ):
        report = case.load(
            *(meant for file in files for meant in system.expand_wildcards(file)),
            as_kind=as_kind,
            mapping=mapping,
            dry_run=dry_run,
            progress=progress,
        )
        head = _head_of(case)
    sheets = report.files

    return show_answer(LoadedSheets(sheets, is_dry_run=dry_run), common, error=_unread(sheets), ledger_head=head)


def _head_of(case: Case) -> str | None:
    """The head of the ledger after the load; ``None`` where nothing came to be loaded, so that there is no case."""
    try:
        return case.ledger_head()
    except CaseMissing:
        return None


def _unread(sheets: Sequence[SheetReport]) -> InputError | None:
    """The error of the whole command when files could not be read: what became of the others stands."""
    failed = [sheet for sheet in sheets if sheet.error is not None]
    if not failed:
        return None
    names = ", ".join(dict.fromkeys(sheet.file for sheet in failed))
    code = next((sheet.error.code for sheet in failed if sheet.error), None)
    hint = next((sheet.error.hint for sheet in failed if sheet.error and sheet.error.hint), "")
    return InputError(f"not read: {names}", hint=hint, code=code)
