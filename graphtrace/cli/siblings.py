"""``siblings``: what moved together with a card, and what of that a carrier may be asked to suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import PAGE, AsOf, GlobalOptions, command
from graphtrace.cli.output import CommandResult, tree_answer
from graphtrace.cli.trace import NOTHING_FOUND

if TYPE_CHECKING:
    from graphtrace.render.document import Document


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".md", PAGE))(siblings)


def siblings(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Find what moved together with a card and is active and not yet seized."""
    asked = collect_ids(ids, from_file, column)
    case_name = common.require_case()
    from graphtrace.case import open_case

    with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
        siblings = case.siblings(*asked, as_of=as_of)
        head = case.ledger_head(as_of=as_of)

    def data() -> dict[str, object]:
        from graphtrace.render.json import siblings_document

        return siblings_document(case_name, siblings)

    def document() -> Document:
        from graphtrace.render.views.siblings import siblings_view

        return siblings_view(siblings, case=common.case_title, as_of=as_of)

    exit_code = 0 if siblings else NOTHING_FOUND
    endings = (".csv", ".xlsx", ".md", PAGE)
    return tree_answer(data, document, common, endings, exit_code=exit_code, ledger_head=head)
