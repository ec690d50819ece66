"""``audit``: what became of every card that an enterprise bought, and what is behind each figure."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.options import PAGE, AsOf, GlobalOptions, command
from graphtrace.cli.output import LINES, CommandResult, show_answer
from graphtrace.cli.rules import OwnRules
from graphtrace.cli.trace import NOTHING_FOUND, Level, exit_code_for
from graphtrace.errors import UsageError

_ENDINGS = (".csv", ".xlsx", ".md", PAGE)


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", LINES, ".txt", ".csv", ".xlsx", ".md", PAGE))(audit)


def audit(
    common: GlobalOptions,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME-OR-ID", help="Name, credit code or id of an enterprise.")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every enterprise that bought from a carrier, the largest first.")
    ] = False,
    rule: Annotated[list[str] | None, typer.Option(metavar="ID", help="Apply this rule only; may be repeated.")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME=VALUE", help="Set a parameter of a rule; may be repeated."),
    ] = None,
    own: OwnRules = None,
    bucket: Annotated[
        str | None, typer.Option(metavar="BUCKET", help="Show the cards of one figure: a bucket, purchased, seized.")
    ] = None,
    cards: Annotated[
        bool, typer.Option("--cards", help="Show the cards and records behind the bucket, or behind the findings.")
    ] = False,
    as_of: AsOf = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="Exit with 5 when there is a finding of this severity or above.")
    ] = None,
) -> CommandResult:
    """Account for every card that an enterprise bought from carriers."""
    common.require_case()
    from graphtrace.render.answers import Drilldowns
    from graphtrace.rules.loader import load_rules
    from graphtrace.rules.selection import parse_assignment, select_rules

    rules = select_rules(load_rules(*(own or ())), rule or (), map(parse_assignment, parameter or ()))
    with common.open_case() as case:
        if bucket is None and not cards:
            audits = case.audit(*(names or ()), all=everyone, rules=rules, as_of=as_of)
            head = case.ledger_head(as_of=as_of)
            exit_code = exit_code_for(fail_on, (finding for audit in audits for finding in audit.findings))
            return show_answer(audits, common, as_of=as_of, endings=_ENDINGS, exit_code=exit_code, ledger_head=head)
        if everyone or not names:
            raise UsageError("cards are shown of enterprises by name", hint="name them: graphtrace audit NAME --cards")
        opened = case.audit_details(*names, bucket=bucket, rules=() if bucket else rules, as_of=as_of)
        head = case.ledger_head(as_of=as_of)
    exit_code = 0 if any(figure.lots for figure in opened) else NOTHING_FOUND
    return show_answer(Drilldowns(opened), common, as_of=as_of, endings=_ENDINGS, exit_code=exit_code, ledger_head=head)
