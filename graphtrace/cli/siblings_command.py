"""``siblings``: cards that moved together with a card, and those of them that a carrier may be asked to suspend."""

from __future__ import annotations

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import PAGE, AsOf, command
from graphtrace.cli.output import LINES, CommandResult, show_answer


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", LINES, ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), redact="masked")(
        siblings
    )


def siblings(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Find what moved together with a card and is active and not yet seized."""
    asked, passed_over = collect_ids(ids, from_file, column)
    with common.open_case() as case:
        siblings = case.siblings(*asked, as_of=as_of)
        state = case.state(as_of=as_of)

    endings = (".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE)
    exit_code = 0 if siblings else NOTHING_FOUND
    return show_answer(
        siblings, common, as_of=as_of, endings=endings, exit_code=exit_code, state=state, passed_over=passed_over
    )
