"""``audit``: account of every card that a party bought or received, and the evidence of each figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import PAGE, AsOf, Slack, command
from graphtrace.cli.output import LINES, CommandResult, show_answer
from graphtrace.cli.rules_command import OwnRules
from graphtrace.cli.trace_command import Level, exit_code_for
from graphtrace.errors import UsageError
from graphtrace.model import AuditRole

_ENDINGS = (".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE)


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", LINES, ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), redact="masked")(
        audit
    )


def audit(
    common: GlobalOptions,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME-OR-ID")] = None,
    everyone: Annotated[bool, typer.Option("--all")] = False,
    role: AuditRole | None = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="ID")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME=VALUE"),
    ] = None,
    own: OwnRules = None,
    bucket: Annotated[str | None, typer.Option(metavar="BUCKET")] = None,
    cards: Annotated[bool, typer.Option("--cards")] = False,
    annex: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    as_of: AsOf = None,
    slack: Slack = None,
    fail_on: Level | None = None,
) -> CommandResult:
    """Account for every card that an enterprise bought from carriers, or that a dealer received."""
    common.require_case()
    from graphtrace.render.command_results import Drilldowns
    from graphtrace.rules.rule_loader import load_rules
    from graphtrace.rules.rule_selection import parse_assignment, select_rules

    rules = select_rules(load_rules(*(own or ())), rule or (), map(parse_assignment, parameter or ()))
    with common.open_case() as case:
        if bucket is None and not cards:
            if annex is not None and common.redact:
                raise UsageError("annex_not_redacted", hint="without_annex")
            audits = case.audit(
                *(names or ()), all=everyone, role=role, rules=rules, as_of=as_of, slack=slack, annex=annex
            )
            state = case.state(as_of=as_of)
            exit_code = exit_code_for(fail_on, (finding for audit in audits for finding in audit.findings))
            options = {
                **common.answer_options(as_of, slack),
                "all": everyone,
                "names": list(names or ()),
                "role": role,
                "rules": [{"id": one.id, "version": one.version, "parameters": one.plain_values} for one in rules],
                **({} if audits.annex is None else {"annex": audits.annex._asdict()}),
            }
            return show_answer(
                *(audits, common),
                as_of=as_of,
                endings=_ENDINGS,
                exit_code=exit_code,
                state=state,
                options=options,
            )
        if annex is not None:
            raise UsageError("annex_of_counts", hint="without_annex")
        if everyone or not names:
            raise UsageError("cards_of_which_enterprise", hint="name_enterprises")
        opened = case.audit_details(
            *names, bucket=bucket, role=role, rules=() if bucket else rules, as_of=as_of, slack=slack
        )
        state = case.state(as_of=as_of)
    exit_code = 0 if any(figure.lots for figure in opened) else NOTHING_FOUND
    return show_answer(Drilldowns(opened), common, as_of=as_of, endings=_ENDINGS, exit_code=exit_code, state=state)
