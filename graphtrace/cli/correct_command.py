"""``correct``: withdraws the statement of a record; the ledger states the reason."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, plain_state, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="masked")(correct)


def correct(
    common: GlobalOptions,
    record: Annotated[
        str | None,
        typer.Argument(metavar="RECORD"),
    ] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    by: Annotated[str | None, typer.Option(metavar="RECORD")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    undo: Annotated[bool, typer.Option("--undo")] = False,
    show_list: Annotated[bool, typer.Option("--list")] = False,
) -> CommandResult:
    """Withdraw the statement of a record; nothing is deleted."""
    from graphtrace.render.command_results import CorrectionList

    common.require_case()
    if show_list == (record is not None):
        raise UsageError("correct_what", hint="correct_usage")
    if record is None:
        with common.open_case() as case:
            return show_answer(CorrectionList(case.corrections()), common, state=plain_state(case))
    if why is None:
        raise UsageError("correction_without_reason", hint="say_why")
    with common.open_case() as case:
        corrected = case.correct(record, why=why, by=by, who=who, undo=undo)
        return show_answer(corrected, common, state=plain_state(case))
