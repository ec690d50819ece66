"""``simulate`` and ``simulate check``: synthetic cases with their ground truth."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from graphtrace.cli.exit_codes import MISMATCH
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, plain_state, show_answer
from graphtrace.errors import UsageError
from graphtrace.platform import quote

Form = Literal["csv", "parquet"]


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, redact="not_redacted_no_case")(simulate)
    command(app, name="simulate check", redact="not_redacted_no_case")(check)


def simulate(
    common: GlobalOptions,
    out: Annotated[Path, typer.Argument(metavar="OUT")],
    cards: Annotated[int, typer.Option(metavar="N")],
    seed: Annotated[int, typer.Option(metavar="S")] = 1,
    messy: Annotated[bool, typer.Option("--messy")] = False,
    form: Annotated[Form, typer.Option("--format")] = "csv",
    faults: Annotated[
        list[str] | None,
        typer.Option(metavar="RATE"),
    ] = None,
    aliases: Annotated[int, typer.Option(metavar="N")] = 0,
    supports: Annotated[int, typer.Option(metavar="N")] = 0,
) -> CommandResult:
    """Make a synthetic case of any size with its ground truth."""
    rates = dict(map(_rate, faults or ()))
    from graphtrace.cli.progress import progress_of
    from graphtrace.render.command_results import SimulatedCase
    from graphtrace.simulate.generate import RECORDS, TRUTH
    from graphtrace.simulate.generate import simulate as make

    with progress_of(common) as progress:
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
    return show_answer(SimulatedCase(made, commands), common)


def check(
    common: GlobalOptions,
    case_name: Annotated[str, typer.Argument(metavar="CASE")],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH")],
    sample: Annotated[int | None, typer.Option(metavar="N")] = None,
) -> CommandResult:
    """Compare what a case answers with the ground truth; ends with 4 where anything differs."""
    if sample is not None and sample < 1:
        raise UsageError("bad_sample", sample=sample, hint="sample_of_one")
    from graphtrace.cli.progress import progress_of
    from graphtrace.simulate.check import check_answers

    with common.open_case(case_name) as case, progress_of(common) as progress:
        report = check_answers(case, truth, sample=sample, progress=progress)
        state = plain_state(case)

    exit_code = 0 if report.is_right else MISMATCH
    return show_answer(report, common, case=case_name, exit_code=exit_code, state=state)


def _rate(text: str) -> tuple[str, float]:
    """Parse a fault (``""`` for all others) and its share of the cards."""
    name, _, share = text.rpartition("=")
    try:
        return name, float(share)
    except ValueError as fault:
        raise UsageError("bad_rate", text=text, hint="rate_form") from fault
