"""Commands about parties: ``party``, ``resolve`` and ``candidates``, ``audit`` and its ``rules``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND, Severity, exit_code_for
from graphtrace.cli.options import AsOf, Slack, command
from graphtrace.cli.output import ANSWER_FILES, LINE_FILES, CommandResult, GlobalOptions, show_answer
from graphtrace.errors import UsageError
from graphtrace.model import AuditRole

OwnRules = Annotated[list[Path] | None, typer.Option("--rules", metavar="FILE")]


@command(endings=ANSWER_FILES, redact="masked")
def party(
    options: GlobalOptions, name: Annotated[str, typer.Argument(metavar="NAME-OR-ID")], as_of: AsOf = None
) -> CommandResult:
    """Show from whom a party got cards and to whom it passed them."""
    with options.open_case().at(as_of) as case:
        dealings = case.party(name)
        state = case.state()

    return show_answer(dealings, options, state=state)


@command(redact="masked")
def resolve(
    options: GlobalOptions,
    parties: Annotated[list[str] | None, typer.Argument(metavar="A B")] = None,
    same: Annotated[bool, typer.Option("--same")] = False,
    different: Annotated[bool, typer.Option("--different")] = False,
    unsure: Annotated[bool, typer.Option("--unsure")] = False,
    why: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    evidence: Annotated[str | None, typer.Option(metavar="RECORD")] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    undo: Annotated[int | None, typer.Option(metavar="N")] = None,
    show_list: Annotated[bool, typer.Option("--list")] = False,
) -> CommandResult:
    """Judge whether two parties are the same; nothing is deleted."""
    from graphtrace.render.command_results import JudgementList

    verdicts = [verdict for verdict, is_given in ((True, same), (False, different), (None, unsure)) if is_given]
    if [bool(parties), undo is not None, show_list].count(True) != 1:
        raise UsageError("resolve_what", hint="resolve_usage")
    if parties and (len(parties) != 2 or len(verdicts) != 1):
        raise UsageError("judgement_of_what", hint="resolve_usage")
    if not parties and (verdicts or evidence or force):
        raise UsageError("verdict_without_parties", hint="resolve_usage")
    if parties and why is None:
        raise UsageError("judgement_without_reason", hint="say_why")
    with options.open_case() as case:
        judged = None
        if parties:
            judged = case.resolve(*parties, same=verdicts[0], why=why or "", by=by, evidence=evidence, force=force)
        elif undo is not None:
            judged = case.undo_judgement(undo, why=why, by=by)
        found = case.judgements()
        if judged is not None:
            found = [named for named in found if named.judgement.number == judged.judgement.number]
        answer = JudgementList(found, None if judged is None else judged.is_new)
        return show_answer(answer, options, state=case.state())


@command(redact="masked")
def candidates(
    options: GlobalOptions, party: Annotated[str | None, typer.Argument(metavar="PARTY")] = None, as_of: AsOf = None
) -> CommandResult:
    """Show who may be the same party under two names, and why; nothing is joined."""
    with options.open_case().at(as_of) as case:
        found = case.candidates(party)
        return show_answer(found, options, state=case.state())


@command(endings=LINE_FILES, redact="masked")
def audit(
    options: GlobalOptions,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME-OR-ID")] = None,
    everyone: Annotated[bool, typer.Option("--all")] = False,
    role: AuditRole | None = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="ID")] = None,
    parameter: Annotated[list[str] | None, typer.Option("-p", metavar="NAME=VALUE")] = None,
    own: OwnRules = None,
    bucket: Annotated[str | None, typer.Option(metavar="BUCKET")] = None,
    cards: Annotated[bool, typer.Option("--cards")] = False,
    annex: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    as_of: AsOf = None,
    slack: Slack = None,
    fail_on: Severity | None = None,
) -> CommandResult:
    """Account for every card that an enterprise bought from carriers, or that a dealer received."""
    options.require_case()
    from graphtrace.render.command_results import Drilldowns
    from graphtrace.rules.rule_loader import load_rules, parse_assignment, select_rules

    rules = select_rules(load_rules(*(own or ())), rule or (), map(parse_assignment, parameter or ()))
    with options.open_case().at(as_of) as case:
        if bucket is None and not cards:
            if annex is not None and options.redact:
                raise UsageError("annex_not_redacted", hint="without_annex")
            audits = case.audit(*(names or ()), all=everyone, role=role, rules=rules, slack=slack, annex=annex)
            state = case.state()
            exit_code = exit_code_for(fail_on, (finding for audit in audits for finding in audit.findings))
            asked_with = {
                **options.answer_options(as_of, slack),
                "all": everyone,
                "names": list(names or ()),
                "role": role,
                "rules": [{"id": one.id, "version": one.version, "parameters": one.plain_values} for one in rules],
                **({} if audits.annex is None else {"annex": audits.annex._asdict()}),
            }
            return show_answer(*(audits, options), exit_code=exit_code, state=state, asked_with=asked_with)
        if annex is not None:
            raise UsageError("annex_of_counts", hint="without_annex")
        if everyone or not names:
            raise UsageError("cards_of_which_enterprise", hint="name_enterprises")
        opened = case.audit_details(*names, bucket=bucket, role=role, rules=() if bucket else rules, slack=slack)
        state = case.state()
    exit_code = 0 if any(figure.lots for figure in opened) else NOTHING_FOUND
    return show_answer(Drilldowns(opened), options, exit_code=exit_code, state=state)


@command(group="rules", name="list", redact="not_redacted_no_case")
def list_rules(options: GlobalOptions, own: OwnRules = None) -> CommandResult:
    """List the rules of an audit, the gravest first."""
    from graphtrace.render.command_results import RuleList
    from graphtrace.rules.rule_loader import load_rules

    return show_answer(RuleList(load_rules(*(own or ()))), options)


@command(group="rules", name="show", endings=(".json", ".txt", ".sql"), redact="not_redacted_no_case")
def show_rule(
    options: GlobalOptions, name: Annotated[str, typer.Argument(metavar="ID")], own: OwnRules = None
) -> CommandResult:
    """Show one rule: what it means, the law, its parameters and its query."""
    from graphtrace.rules.rule_loader import find_rule, load_rules

    rule = find_rule(load_rules(*(own or ())), name)

    return show_answer(rule, options, files={".sql": lambda: rule.query.source("sql")})
