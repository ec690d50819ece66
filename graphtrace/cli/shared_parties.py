"""``common``: the parties that many seized cards share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import PAGE, AsOf, GlobalOptions, command
from graphtrace.cli.output import CommandResult
from graphtrace.cli.trace import NOTHING_FOUND
from graphtrace.errors import UsageError

if TYPE_CHECKING:
    from graphtrace.render.terminal.layout import TerminalView

Ranking = Literal["lift", "coverage", "score"]
"""What to rank by, spelled out here because the answers take their time to be imported."""


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", PAGE))(common)


def common(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    by: Ranking = "lift",
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE=WEIGHT"),
    ] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Find the parties that many seized cards share."""
    asked = collect_ids(ids, from_file, column)
    weights = _weights(weight or ())
    case_name = common.require_case()

    with common.open_case() as case:
        shared = case.common(*asked, by=by, weights=weights, as_of=as_of)
        head = case.ledger_head(as_of=as_of)

    def document() -> dict[str, object]:
        from graphtrace.render.json import shared_parties_document

        return shared_parties_document(case_name, shared)

    def view() -> TerminalView:
        from graphtrace.render.terminal.shared_parties import SharedPartiesView

        return SharedPartiesView(shared, common.lang, verbose=common.verbose)

    def table() -> str:
        from graphtrace.render.csv import shared_parties_csv

        return shared_parties_csv(shared)

    def workbook() -> bytes:
        from graphtrace.render.shared_parties_workbook import shared_parties_workbook

        return shared_parties_workbook(common.case_title, shared, common.lang)

    def page() -> str:
        from graphtrace.render.html.shared_parties import shared_parties_page

        return shared_parties_page(shared, common.lang, case=common.case_title, as_of=as_of)

    return CommandResult(
        document=document,
        view=view,
        files={".csv": table, ".xlsx": workbook, PAGE: page},
        exit_code=0 if shared.cards else NOTHING_FOUND,
        ledger_head=head,
    )


def _weights(stated: Iterable[str]) -> dict[str, float]:
    """What ``--weight`` says; a case number may itself hold a sign of equality."""
    weights = {}
    for said in stated:
        name, _, number = said.rpartition("=")
        try:
            weights[name] = float(number)
        except ValueError:
            name = ""
        if not name:
            raise UsageError("weight_missing", text=said, hint="weight_form")
    return weights
