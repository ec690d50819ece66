"""``party``: counterparties of a party."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import PAGE, AsOf, command
from graphtrace.cli.output import CommandResult, show_answer


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), redact="masked")(party)


def party(
    common: GlobalOptions,
    name: Annotated[str, typer.Argument(metavar="NAME-OR-ID")],
    as_of: AsOf = None,
) -> CommandResult:
    """Show from whom a party got cards and to whom it passed them."""
    with common.open_case() as case:
        dealings = case.party(name, as_of=as_of)
        state = case.state(as_of=as_of)

    return show_answer(
        dealings, common, as_of=as_of, endings=(".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), state=state
    )
