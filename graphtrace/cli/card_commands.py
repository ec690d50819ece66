"""Commands about cards: ``trace``, ``siblings``, ``common``, and ``identify``, which needs no case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from graphtrace.cli.exit_codes import LEVEL_MET, NOTHING_FOUND, Severity, exit_code_for
from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import AsOf, Slack, command
from graphtrace.cli.output import (
    ANSWER_FILES,
    LINE_FILES,
    LINE_HEAD,
    LINES,
    CommandResult,
    GlobalOptions,
    show_answer,
)
from graphtrace.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from graphtrace.results.trace import Trace


@command(endings=LINE_FILES, redact="masked")
def trace(
    options: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    as_of: AsOf = None,
    slack: Slack = None,
    extra: Annotated[bool, typer.Option("--extra")] = False,
    fail_on: Severity | None = None,
) -> CommandResult:
    """Find who registered, passed on and used a card."""
    asked, passed_over = collect_ids(ids, from_file, column)
    if options.as_jsonl or (options.output is not None and options.output.suffix.lower() == LINES):
        return _streamed(asked, passed_over, options, as_of, slack, fail_on, extra=extra)
    with options.open_case().at(as_of) as case:
        traces = case.trace(*asked, slack=slack)
        state = case.state()
    exit_code = _exit_code_of_traces(traces, fail_on)
    return show_answer(
        traces,
        options,
        exit_code=exit_code,
        state=state,
        passed_over=passed_over,
        asked_with={
            **options.answer_options(as_of, slack),
            "inputs": list(asked),
            **({"extra": True} if extra else {}),
        },
    )


BATCH = 1000
"""Number of cards that are traced at once for an answer that is written line by line."""


def _streamed(
    asked: Sequence[str],
    passed_over: Sequence[str],
    options: GlobalOptions,
    as_of: str | None,
    slack: int | None,
    fail_on: Severity | None,
    *,
    extra: bool,
) -> CommandResult:
    """Yield the traces one by one, each as soon as it is complete; the case is open meanwhile."""

    def lines() -> Generator[Mapping[str, Any], None, int]:
        from graphtrace.render.json import answer_document
        from graphtrace.render.provenance import answered_at

        codes: set[int] = set()
        case_name = options.require_case()
        masker = options.masker() if options.redact else None
        case_name = case_name if masker is None else masker.case
        with options.open_case().at(as_of) as case, case.lookup("trace", ids=asked, slack=slack):
            for start in range(0, len(asked), BATCH):
                traces = case.trace(*asked[start : start + BATCH], slack=slack)
                codes.add(_exit_code_of_traces(traces, fail_on))
                traces = traces if masker is None else masker.answer(traces)
                with answered_at(case.state(), options={"extra": extra}):
                    document = answer_document(case_name, traces, options.lang, is_streamed=True)
                    results = list(document["results"])
                head = {key: value for key, value in document.items() if key in LINE_HEAD}
                for result in results:
                    yield {**head, **result}
        return next((code for code in (LEVEL_MET, 0, NOTHING_FOUND) if code in codes), 0)

    def unused() -> dict[str, object]:
        return {}

    shown = () if options.redact else passed_over
    return CommandResult(document=unused, view=str, lines=lines, passed_over=shown)


def _exit_code_of_traces(traces: Sequence[Trace], fail_on: Severity | None) -> int:
    if not any(trace.found for trace in traces):
        return NOTHING_FOUND
    return exit_code_for(fail_on, (finding for trace in traces for finding in trace.findings))


@command(endings=LINE_FILES, redact="masked")
def siblings(
    options: GlobalOptions, ids: Ids = None, from_file: FromFile = None, column: FromColumn = None, as_of: AsOf = None
) -> CommandResult:
    """Find what moved together with a card and is active and not yet seized."""
    asked, passed_over = collect_ids(ids, from_file, column)
    with options.open_case().at(as_of) as case:
        siblings = case.siblings(*asked)
        state = case.state()

    exit_code = 0 if siblings else NOTHING_FOUND
    return show_answer(siblings, options, exit_code=exit_code, state=state, passed_over=passed_over)


Ranking = Literal["lift", "coverage", "score"]
"""Keys to rank by; repeated here because importing them from the answer's module is slow."""


@command(endings=ANSWER_FILES, redact="masked")
def common(
    options: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    by: Ranking = "lift",
    weight: Annotated[list[str] | None, typer.Option(metavar="CASE=WEIGHT")] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Find the parties that many seized cards share."""
    asked, passed_over = collect_ids(ids, from_file, column)
    weights = _weights(weight or ())
    with options.open_case().at(as_of) as case:
        shared = case.common(*asked, by=by, weights=weights)
        state = case.state()

    exit_code = 0 if shared.cards else NOTHING_FOUND
    return show_answer(shared, options, exit_code=exit_code, state=state, passed_over=passed_over)


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


@command(endings=(".json", LINES, ".txt"), redact="masked")
def identify(options: GlobalOptions, ids: Annotated[list[str], typer.Argument(metavar="ID")]) -> CommandResult:
    """Say what a number is; needs no case."""
    from graphtrace.identifiers.interpretations import identify_typed as read
    from graphtrace.render.command_results import Identifications

    answers = [(text, read(text)) for text in ids]

    is_known = any(answer.readings for _, answer in answers)
    return show_answer(Identifications(answers), options, exit_code=0 if is_known else NOTHING_FOUND)
