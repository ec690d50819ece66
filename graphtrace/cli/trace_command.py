"""``trace``: chains of cards by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from graphtrace.cli.exit_codes import LEVEL_MET, NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import PAGE, AsOf, Slack, command
from graphtrace.cli.output import LINE_HEAD, LINES, CommandResult, show_answer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from graphtrace.model import Finding
    from graphtrace.results.trace import Trace

Level = Literal["info", "warning", "error"]
"""Severities of findings, repeated here because importing the model is slow."""

_LEVELS: tuple[Level, ...] = ("info", "warning", "error")


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", LINES, ".txt", ".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE), redact="masked")(
        trace
    )


def trace(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    as_of: AsOf = None,
    slack: Slack = None,
    extra: Annotated[bool, typer.Option("--extra")] = False,
    fail_on: Level | None = None,
) -> CommandResult:
    """Find who registered, passed on and used a card."""
    asked, passed_over = collect_ids(ids, from_file, column)
    if common.as_jsonl or (common.output is not None and common.output.suffix.lower() == LINES):
        return _streamed(asked, passed_over, common, {"as_of": as_of, "slack": slack}, fail_on, extra=extra)
    with common.open_case() as case:
        traces = case.trace(*asked, as_of=as_of, slack=slack)
        state = case.state(as_of=as_of)
    endings = (".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE)
    exit_code = _exit_code(traces, fail_on)
    return show_answer(
        traces,
        common,
        as_of=as_of,
        endings=endings,
        exit_code=exit_code,
        state=state,
        passed_over=passed_over,
        options={**common.answer_options(as_of, slack), "inputs": list(asked), **({"extra": True} if extra else {})},
    )


BATCH = 1000
"""Number of cards that are traced at once for an answer that is written line by line."""


def _streamed(
    asked: Sequence[str],
    passed_over: Sequence[str],
    common: GlobalOptions,
    how: Mapping[str, Any],
    fail_on: Level | None,
    *,
    extra: bool,
) -> CommandResult:
    """Yield the traces one by one, each as soon as it is complete; the case is open meanwhile."""

    def lines() -> Generator[Mapping[str, Any], None, int]:
        from graphtrace.render.json import trace_document
        from graphtrace.render.provenance import answered_at

        codes: set[int] = set()
        case_name = common.require_case()
        masker = common.masker() if common.redact else None
        case_name = case_name if masker is None else masker.case
        with common.open_case() as case, case.lookup("trace", ids=asked, **how):
            for start in range(0, len(asked), BATCH):
                traces = case.trace(*asked[start : start + BATCH], **how)
                codes.add(_exit_code(traces, fail_on))
                traces = traces if masker is None else masker.answer(traces)
                with answered_at(case.state(as_of=how["as_of"]), options={"extra": extra}):
                    document = trace_document(case_name, traces, common.lang)
                head = {key: value for key, value in document.items() if key in LINE_HEAD}
                for result in document["results"]:
                    yield {**head, **result}
        return next((code for code in (LEVEL_MET, 0, NOTHING_FOUND) if code in codes), 0)

    def unused() -> dict[str, object]:
        return {}

    shown = () if common.redact else passed_over
    return CommandResult(document=unused, view=str, lines=lines, passed_over=shown)


def _exit_code(traces: Sequence[Trace], fail_on: Level | None) -> int:
    if not any(trace.found for trace in traces):
        return NOTHING_FOUND
    return exit_code_for(fail_on, (finding for trace in traces for finding in trace.findings))


def exit_code_for(fail_on: Level | None, findings: Iterable[Finding]) -> int:
    """Return the exit code that ``--fail-on`` requires."""
    counting = () if fail_on is None else _LEVELS[_LEVELS.index(fail_on) :]
    return LEVEL_MET if any(finding.severity in counting for finding in findings) else 0
