"""``demo``: the example case, from its files to an answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.example import copy_example, load_example
from graphtrace.platform import quote

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.traces import Traces

CASE_NAME = "demo.gtrace"


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="not_redacted_no_case")(demo)


def demo(
    common: GlobalOptions,
    directory: Annotated[Path, typer.Argument(metavar="DIR")] = Path("graphtrace-demo"),
) -> CommandResult:
    """Make the example case, trace a seized card, audit its registrant and write the report."""
    from graphtrace.cli.progress import progress_of
    from graphtrace.render.command_results import DemoReport
    from graphtrace.render.provenance import answered_at

    story = copy_example(directory)
    place = directory / CASE_NAME
    with common.open_case(place) as case, progress_of(common) as progress:
        sheets = load_example(case, directory, story, progress=progress)
        traces = case.trace(story["seized"])
        audits = case.audit(story["enterprise"])
        state = case.state()

    with answered_at(state):
        pages = write_pages(directory, traces, audits, common.lang)

    answer = DemoReport(str(place), sheets, traces, audits, pages, _next_commands(place, story))
    return show_answer(answer, common, case=str(place), state=state)


def write_pages(directory: Path, traces: Traces, audits: AuditResults, lang: Lang) -> list[Path]:
    """Write the answers as pages beside the case and return where they are."""
    from graphtrace.render.registry import make_file
    from graphtrace.storage.case_folder import write_text

    pages = {directory / "trace.html": traces, directory / "audit.html": audits}
    for path, answer in pages.items():
        write_text(path, str(make_file(answer, ".html", lang, title=CASE_NAME)))
    return list(pages)


def _next_commands(place: Path, story: dict[str, Any]) -> list[str]:
    case = quote(str(place))
    return [
        f"graphtrace --case {case} status",
        f"graphtrace --case {case} trace {story['seized']} -v",
        f"graphtrace --case {case} trace {story['seized']} --json",
        f"graphtrace --case {case} party {quote(story['enterprise'])}",
        f"graphtrace identify {story['seized']}",
    ]
