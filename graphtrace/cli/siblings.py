"""``siblings``: what moved together with a card, and what of that a carrier may be asked to suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from graphtrace.cli.inputs import FromFile, Ids, collect_ids
from graphtrace.cli.options import AsOf, GlobalOptions, command
from graphtrace.cli.output import CommandResult
from graphtrace.cli.trace import NOTHING_FOUND

if TYPE_CHECKING:
    from graphtrace.render.terminal.layout import TerminalView


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx"))(siblings)


def siblings(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Find what moved together with a card and is active and not yet seized."""
    asked = collect_ids(ids, from_file)
    case_name = common.require_case()
    from graphtrace.case import open_case

    with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
        siblings = case.siblings(*asked, as_of=as_of)
        head = case.ledger_head(as_of=as_of)

    def document() -> dict[str, object]:
        from graphtrace.render.json import siblings_document

        return siblings_document(case_name, siblings)

    def view() -> TerminalView:
        from graphtrace.render.terminal.siblings import SiblingsView

        return SiblingsView(siblings, common.lang, verbose=common.verbose)

    def table() -> str:
        from graphtrace.render.csv import siblings_csv

        return siblings_csv(siblings)

    def workbook() -> bytes:
        from graphtrace.render.siblings_workbook import siblings_workbook

        return siblings_workbook(common.case_title, siblings, common.lang)

    return CommandResult(
        document=document,
        view=view,
        files={".csv": table, ".xlsx": workbook},
        exit_code=0 if siblings else NOTHING_FOUND,
        ledger_head=head,
    )
