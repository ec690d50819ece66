"""``correct``: a record that is wrong no longer counts, and the ledger says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult
from graphtrace.errors import UsageError

if TYPE_CHECKING:
    from graphtrace.render.terminal.layout import TerminalView


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
    from graphtrace.case import open_case

    case_name = common.require_case()
    if show_list == (record is not None):
        raise UsageError("either a record or --list", hint='graphtrace correct RECORD --why "…", or correct --list')
    if record is None:
        with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
            corrections = case.corrections()
            head = case.ledger_head()
        corrected = None
    else:
        if why is None:
            raise UsageError("a correction needs its reason", hint='say it: --why "…"')
        with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
            corrected = case.correct(record, why=why, by=by, who=who, undo=undo)
            head = case.ledger_head()
        corrections = [corrected.correction]

    def document() -> dict[str, object]:
        from graphtrace.render.json import correct_document, corrections_document

        if corrected is not None:
            return correct_document(case_name, corrected)
        return corrections_document(case_name, corrections)

    def view() -> TerminalView:
        from graphtrace.render.terminal.corrections import CorrectionsView

        return CorrectionsView(corrections, common.lang, is_new=None if corrected is None else corrected.is_new)

    return CommandResult(document=document, view=view, ledger_head=head)
