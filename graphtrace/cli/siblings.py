"""``sibling``: what moved together with a card, and what of that a carrier may be asked to suspend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import Common, command
from graphtrace.cli.output import Answer
from graphtrace.cli.questions import asked_for
from graphtrace.cli.trace import NOTHING_FOUND

if TYPE_CHECKING:
    from graphtrace.render.terminal.page import View


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx"))(sibling)


def sibling(
    common: Common,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="ICCID, part of one (? and *), MSISDN, IMSI or IMEI.")
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option(
            metavar="F", help="More of them: one a line, or a table with a column of them; - reads the input."
        ),
    ] = None,
    as_known_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Answer with what the case held at the end of that day.")
    ] = None,
) -> Answer:
    """Find what moved together with a card and is active and not yet seized."""
    asked = asked_for(ids, from_file)
    case_name = common.needed_case()
    from graphtrace.case import open_case

    with open_case(case_name) as case:
        siblings = case.siblings(*asked, known_on=as_known_on)

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

        return siblings_workbook(case_name, siblings, common.lang)

    return Answer(
        document=document,
        view=view,
        files={".csv": table, ".xlsx": workbook},
        exit_code=0 if siblings else NOTHING_FOUND,
    )
