"""``resolve`` and ``candidates``: judgements whether two parties are the same, and candidates for them."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="masked")(resolve)
    command(app, redact="masked")(candidates)


def resolve(
    common: GlobalOptions,
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
    with common.open_case() as case:
        judged = None
        if parties:
            judged = case.resolve(*parties, same=verdicts[0], why=why or "", by=by, evidence=evidence, force=force)
        elif undo is not None:
            judged = case.undo_judgement(undo, why=why, by=by)
        found = case.judgements()
        if judged is not None:
            found = [named for named in found if named.judgement.number == judged.judgement.number]
        answer = JudgementList(found, None if judged is None else judged.is_new)
        return show_answer(answer, common, state=case.state())


def candidates(
    common: GlobalOptions,
    party: Annotated[str | None, typer.Argument(metavar="PARTY")] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Show who may be the same party under two names, and why; nothing is joined."""
    with common.open_case() as case:
        found = case.candidates(party, as_of=as_of)
        return show_answer(found, common, as_of=as_of, state=case.state(as_of=as_of))
