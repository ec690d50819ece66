"""Commands that make cases: ``demo`` the example, ``simulate`` synthetic ones, which ``simulate check`` compares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from graphtrace.cli.exit_codes import MISMATCH
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, GlobalOptions, plain_state, show_answer
from graphtrace.errors import UsageError
from graphtrace.example import copy_example, load_example
from graphtrace.platform import quote

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.traces import Traces


CASE_NAME = "demo.gtrace"


@command(redact="not_redacted_no_case")
def demo(
    options: GlobalOptions, directory: Annotated[Path, typer.Argument(metavar="DIR")] = Path("graphtrace-demo")
) -> CommandResult:
    """Make the example case, trace a seized card, audit its registrant and write the report."""
    from graphtrace.cli.terminal_questions import progress_of
    from graphtrace.render.command_results import DemoReport
    from graphtrace.render.provenance import answered_at

    story = copy_example(directory)
    place = directory / CASE_NAME
    with options.open_case(place) as case, progress_of(options) as progress:
        sheets = load_example(case, directory, story, progress=progress)
        traces = case.trace(story["seized"])
        audits = case.audit(story["enterprise"])
        state = case.state()

    with answered_at(state):
        pages = write_pages(directory, traces, audits, options.lang)

    answer = DemoReport(str(place), sheets, traces, audits, pages, _next_commands(place, story))
    return show_answer(answer, options, case=str(place), state=state)


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


Form = Literal["csv", "parquet"]


@command(redact="not_redacted_no_case")
def simulate(
    options: GlobalOptions,
    out: Annotated[Path, typer.Argument(metavar="OUT")],
    cards: Annotated[int, typer.Option(metavar="N")],
    seed: Annotated[int, typer.Option(metavar="S")] = 1,
    messy: Annotated[bool, typer.Option("--messy")] = False,
    form: Annotated[Form, typer.Option("--format")] = "csv",
    faults: Annotated[list[str] | None, typer.Option(metavar="RATE")] = None,
    aliases: Annotated[int, typer.Option(metavar="N")] = 0,
    supports: Annotated[int, typer.Option(metavar="N")] = 0,
) -> CommandResult:
    """Make a synthetic case of any size with its ground truth."""
    rates = dict(map(_rate, faults or ()))
    from graphtrace.cli.terminal_questions import progress_of
    from graphtrace.render.command_results import SimulatedCase
    from graphtrace.simulate.generate import RECORDS, TRUTH
    from graphtrace.simulate.generate import simulate as make

    with progress_of(options) as progress:
        made = make(
            out,
            cards,
            seed,
            form=form,
            is_messy=messy,
            rates=rates,
            aliases=aliases,
            supports=supports,
            progress=progress,
        )

    place = f"{quote(str(out / RECORDS))}{os.sep}*"
    commands = (
        f"graphtrace --case simulated.gtrace load {place}",
        f"graphtrace simulate check simulated.gtrace {quote(str(out / TRUTH))}",
    )
    return show_answer(SimulatedCase(made, commands), options)


@command(name="simulate check", redact="not_redacted_no_case")
def check(
    options: GlobalOptions,
    case_name: Annotated[str, typer.Argument(metavar="CASE")],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH")],
    sample: Annotated[int | None, typer.Option(metavar="N")] = None,
) -> CommandResult:
    """Compare what a case answers with the ground truth; ends with 4 where anything differs."""
    if sample is not None and sample < 1:
        raise UsageError("bad_sample", sample=sample, hint="sample_of_one")
    from graphtrace.cli.terminal_questions import progress_of
    from graphtrace.simulate.check import check_answers

    with options.open_case(case_name) as case, progress_of(options) as progress:
        report = check_answers(case, truth, sample=sample, progress=progress)
        state = plain_state(case)

    exit_code = 0 if report.is_right else MISMATCH
    return show_answer(report, options, case=case_name, exit_code=exit_code, state=state)


def _rate(text: str) -> tuple[str, float]:
    """Parse a fault (``""`` for all others) and its share of the cards."""
    name, _, share = text.rpartition("=")
    try:
        return name, float(share)
    except ValueError as fault:
        raise UsageError("bad_rate", text=text, hint="rate_form") from fault
