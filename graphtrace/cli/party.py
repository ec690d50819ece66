"""``party``: with whom a party dealt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import PAGE, AsOf, GlobalOptions, command
from graphtrace.cli.output import CommandResult, tree_answer

if TYPE_CHECKING:
    from graphtrace.render.document import Document


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".md", PAGE))(party)


def party(
    common: GlobalOptions,
    name: Annotated[str, typer.Argument(metavar="NAME-OR-ID", help="Name, number or id of a company or person.")],
    as_of: AsOf = None,
) -> CommandResult:
    """Show from whom a party got cards and to whom it passed them."""
    case_name = common.require_case()
    from graphtrace.case import open_case

    with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
        dealings = case.party(name, as_of=as_of)
        head = case.ledger_head(as_of=as_of)

    def data() -> dict[str, object]:
        from graphtrace.render.json import party_document

        return party_document(case_name, dealings)

    def document() -> Document:
        from graphtrace.render.views.party import party_view

        return party_view(dealings, case=common.case_title, as_of=as_of)

    return tree_answer(data, document, common, (".csv", ".xlsx", ".md", PAGE), ledger_head=head)
