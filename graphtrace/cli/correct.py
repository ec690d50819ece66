"""``correct``: a record that is wrong no longer counts, and the ledger says why."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app)(correct)


def correct(
    common: GlobalOptions,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="RECORD", help="FILE:ROW, FILE:SHEET:ROW, or the beginning of the file's hash and the row."
        ),
    ] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="The reason, for the ledger.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="RECORD", help="The loaded record that states what is right.")
    ] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides it; by default the user who is logged in.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Lift the correction of the record.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="Show all corrections.")] = False,
) -> CommandResult:
    """Withdraw the statement of a record; nothing is deleted."""
    from graphtrace.render.answers import CorrectionList

    common.require_case()
    if show_list == (record is not None):
        raise UsageError("either a record or --list", hint='graphtrace correct RECORD --why "…", or correct --list')
    if record is None:
        with common.open_case() as case:
            return show_answer(CorrectionList(case.corrections()), common, ledger_head=case.ledger_head())
    if why is None:
        raise UsageError("a correction needs its reason", hint='say it: --why "…"')
    with common.open_case() as case:
        corrected = case.correct(record, why=why, by=by, who=who, undo=undo)
        return show_answer(corrected, common, ledger_head=case.ledger_head())
