"""``resolve``: two parties are judged the same, different or undecided, and a judgement is undone."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError

_HOW = 'graphtrace resolve A B --same --why "…", resolve --undo N, or resolve --list'


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app)(resolve)


def resolve(
    common: GlobalOptions,
    parties: Annotated[list[str] | None, typer.Argument(metavar="A B", help="Two parties: name, number or id.")] = None,
    same: Annotated[bool, typer.Option("--same", help="They are one party.")] = False,
    different: Annotated[bool, typer.Option("--different", help="They are two parties.")] = False,
    unsure: Annotated[bool, typer.Option("--unsure", help="It was looked at and cannot be decided.")] = False,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="The reason, for the ledger.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who judges; by default the user who is logged in.")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option(metavar="RECORD", help="A loaded record that supports it, as FILE:ROW.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Join two different credit codes.")] = False,
    undo: Annotated[int | None, typer.Option(metavar="N", help="Undo the judgement with this number.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Show all judgements.")] = False,
) -> CommandResult:
    """Judge whether two parties are the same; nothing is deleted."""
    from graphtrace.render.answers import JudgementList

    verdicts = [verdict for verdict, is_given in ((True, same), (False, different), (None, unsure)) if is_given]
    if [bool(parties), undo is not None, show_list].count(True) != 1:
        raise UsageError("either two parties, --undo or --list", hint=_HOW)
    if parties and (len(parties) != 2 or len(verdicts) != 1):
        raise UsageError("a judgement is about two parties and says one thing", hint=_HOW)
    if not parties and (verdicts or evidence or force):
        raise UsageError("a verdict needs its two parties", hint=_HOW)
    if parties and why is None:
        raise UsageError("a judgement needs its reason", hint='say it: --why "…"')
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
        return show_answer(answer, common, ledger_head=case.ledger_head())
