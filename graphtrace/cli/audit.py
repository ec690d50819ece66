"""``audit``: what became of every card that an enterprise bought, and what is behind each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import PAGE, Common, KnownOn, command
from graphtrace.cli.output import Answer, tree_answer
from graphtrace.cli.rules import OwnRules
from graphtrace.cli.trace import Level, level_met
from graphtrace.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.answers.audit import Audits
    from graphtrace.answers.opening import Opened
    from graphtrace.render.document import Document


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".md", PAGE))(audit)


def audit(
    common: Common,
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
    as_known_on: KnownOn = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="Exit with 5 when there is a finding of this severity or above.")
    ] = None,
) -> Answer:
    """Account for every card that an enterprise bought from carriers."""
    case_name = common.needed_case()
    from graphtrace.case import open_case
    from graphtrace.rules.choosing import choose_rules, parse_assignment
    from graphtrace.rules.files import load_rules

    rules = choose_rules(load_rules(*(own or ())), rule or (), map(parse_assignment, parameter or ()))
    with open_case(case_name, wait=common.wait, memory_limit=common.memory_limit) as case:
        if bucket is None and not cards:
            audits = case.audit(*(names or ()), all=everyone, rules=rules, known_on=as_known_on)
            head = case.ledger_head(known_on=as_known_on)
            return _figures(audits, case_name, common, known_on=as_known_on, fail_on=fail_on, ledger_head=head)
        if everyone or not names:
            raise UsageError("cards are shown of enterprises by name", hint="name them: graphtrace audit NAME --cards")
        opened = case.open_audit(*names, bucket=bucket, rules=() if bucket else rules, known_on=as_known_on)
        head = case.ledger_head(known_on=as_known_on)
    return _cards(opened, case_name, common, ledger_head=head)


def _figures(
    audits: Audits,
    case_name: str,
    common: Common,
    *,
    known_on: str | None,
    fail_on: Level | None,
    ledger_head: str | None,
) -> Answer:
    def data() -> dict[str, object]:
        from graphtrace.render.json import audit_document

        return audit_document(case_name, audits, common.lang)

    def document() -> Document:
        from graphtrace.render.views.audit import audit_view

        return audit_view(audits, case=common.case_on_paper, as_of=known_on)

    exit_code = level_met(fail_on, (finding for audit in audits for finding in audit.findings))
    endings = (".csv", ".xlsx", ".md", PAGE)
    return tree_answer(data, document, common, endings, exit_code=exit_code, ledger_head=ledger_head)


def _cards(opened: Sequence[Opened], case_name: str, common: Common, *, ledger_head: str | None) -> Answer:
    def data() -> dict[str, object]:
        from graphtrace.render.json import opened_document

        return opened_document(case_name, opened, common.lang)

    def document() -> Document:
        from graphtrace.render.views.drilldown import drilldown_view

        return drilldown_view(opened, case=common.case_on_paper)

    is_empty = not any(figure.lots for figure in opened)
    endings = (".csv", ".xlsx", ".md", PAGE)
    return tree_answer(data, document, common, endings, exit_code=int(is_empty), ledger_head=ledger_head)
