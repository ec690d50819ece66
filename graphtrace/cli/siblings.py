"""``sibling``: what moved together with a card, and what of that a carrier may be asked to suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from graphtrace.cli.options import Common, KnownOn, command
from graphtrace.cli.output import Answer
from graphtrace.cli.questions import FromFile, Ids, asked_for
from graphtrace.cli.trace import NOTHING_FOUND

if TYPE_CHECKING:
    from graphtrace.render.terminal.page import View


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx"))(sibling)


def sibling(
    common: Common,
    ids: Ids = None,
    from_file: FromFile = None,
    as_known_on: KnownOn = None,
) -> Answer:
    """Find what moved together with a card and is active and not yet seized."""
    asked = asked_for(ids, from_file)
    case_name = common.needed_case()
    from graphtrace.case import open_case

    with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
        siblings = case.siblings(*asked, known_on=as_known_on)
        head = case.ledger_head(known_on=as_known_on)

    def document() -> dict[str, object]:
        from graphtrace.render.json import sibling_document

        return sibling_document(case_name, siblings)

    def view() -> View:
        from graphtrace.render.terminal.siblings import SiblingView

        return SiblingView(siblings, common.lang, verbose=common.verbose)

    def table() -> str:
        from graphtrace.render.rows import sibling_csv

        return sibling_csv(siblings)

    def workbook() -> bytes:
        from graphtrace.render.siblings_workbook import siblings_workbook

        return siblings_workbook(common.case_on_paper, siblings, common.lang)

    return Answer(
        document=document,
        view=view,
        files={".csv": table, ".xlsx": workbook},
        exit_code=0 if siblings else NOTHING_FOUND,
        ledger_head=head,
    )
