"""``pin`` and ``report``: answers that a person chose, with his words, as one document to file."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import PAGE, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, redact="masked")(pin)
    command(app, endings=(".docx", ".pdf", PAGE, ".md", ".json", ".txt"), redact="masked")(report)


def pin(
    common: GlobalOptions,
    cards: Annotated[list[str] | None, typer.Argument(metavar="CARD…")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="NAME")] = None,
    audit: Annotated[list[str] | None, typer.Option("--audit", metavar="NAME")] = None,
    words: Annotated[str, typer.Option("--words", metavar="TEXT")] = "",
    by: Annotated[str | None, typer.Option("--by", metavar="NAME")] = None,
    remove: Annotated[int | None, typer.Option("--remove", metavar="N")] = None,
    show_list: Annotated[bool, typer.Option("--list")] = False,
) -> CommandResult:
    """Choose an answer for the report, with what you say about it; nothing is deleted."""
    from graphtrace.evidence.pinned_report import pin_answer, pins_of, remove_pin
    from graphtrace.results.evidence_report import PinList

    if [bool(cards), party is not None, bool(audit), remove is not None, show_list].count(True) != 1:
        raise UsageError("pin_what", hint="pin_usage")
    if words and (remove is not None or show_list):
        raise UsageError("words_without_answer", hint="pin_usage")
    with common.open_case() as case:
        if cards:
            found = PinList([pin_answer(case, "trace", cards, words, by=by)])
        elif party is not None:
            found = PinList([pin_answer(case, "party", [party], words, by=by)])
        elif audit:
            found = PinList([pin_answer(case, "audit", audit, words, by=by)])
        elif remove is not None:
            found = remove_pin(case, remove, by=by)
        else:
            found = pins_of(case)
        return show_answer(found, common, state=case.state())


def report(common: GlobalOptions) -> CommandResult:
    """Write the pinned answers as one document, with the rows they rest on and the list of all files."""
    from graphtrace.evidence.pinned_report import make_report

    with common.open_case() as case:
        made = make_report(case)
        return show_answer(made, common, endings=(".docx", ".pdf", PAGE, ".md"), state=case.state())
