"""``common``: the parties that many seized cards share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import PAGE, AsOf, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError

Ranking = Literal["lift", "coverage", "score"]
"""Keys to rank by; repeated here because importing them from the answer's module is slow."""


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), redact="masked")(common)


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
    asked, passed_over = collect_ids(ids, from_file, column)
    weights = _weights(weight or ())
    with common.open_case() as case:
        shared = case.common(*asked, by=by, weights=weights, as_of=as_of)
        state = case.state(as_of=as_of)

    endings = (".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE)
    exit_code = 0 if shared.cards else NOTHING_FOUND
    return show_answer(
        shared, common, as_of=as_of, endings=endings, exit_code=exit_code, state=state, passed_over=passed_over
    )


def _weights(stated: Iterable[str]) -> dict[str, float]:
    """Return the weights of ``--weight``; a case number may itself contain an equals sign."""
    weights = {}
    for assignment in stated:
        name, _, number = assignment.rpartition("=")
        try:
            weights[name] = float(number)
        except ValueError:
            name = ""
        if not name:
            raise UsageError("weight_missing", text=assignment, hint="weight_form")
    return weights
