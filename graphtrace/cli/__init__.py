"""The command line: parse, ask the case, render. The only place where an error becomes a message and an exit code.

Nothing heavy is imported before a command needs it, so that ``--help`` and ``identify`` answer at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from graphtrace.cli import (
    audit,
    case,
    correct,
    demo,
    graph,
    identify,
    load,
    mapping,
    party,
    query,
    rules,
    shared,
    siblings,
    simulate,
    trace,
)
from graphtrace.cli.commands import Group
from graphtrace.cli.errors import from_typer, say_error
from graphtrace.cli.interrupts import INTERRUPTED, second_interrupt_ends
from graphtrace.cli.options import Voice, add_common_options, voice_of
from graphtrace.cli.output import quiet_broken_pipe, tolerate_any_character
from graphtrace.errors import GraphtraceError

__all__ = ["app", "main"]

INTERRUPTED_QUERY = "Query interrupted"
"""What DuckDB says instead of ``KeyboardInterrupt`` when Ctrl-C comes while it is at work."""

app = typer.Typer(
    name="graphtrace",
    cls=Group,
    help="Trace bulk-sold IoT SIM cards from the carrier to the end user, with the proof for each step.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
add_common_options(app)
for commands in (
    demo,
    load,
    correct,
    trace,
    audit,
    rules,
    party,
    shared,
    siblings,
    graph,
    query,
    identify,
    case,
    mapping,
    simulate,
):
    commands.add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 answered, 1 nothing that was asked for is in the case, 2 wrong usage or input, 3 store unavailable, 5 the level of
    ``--fail-on`` was met, 130 interrupted. Anything that is not meant to happen keeps its traceback.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    tolerate_any_character()
    voice = voice_of(given)
    try:
        with second_interrupt_ends(), quiet_broken_pipe():
            code = _run(given, voice)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except RuntimeError as error:
        if str(error) != INTERRUPTED_QUERY:
            raise
        code = INTERRUPTED
    if code == INTERRUPTED and sys.stderr.isatty() and not voice.as_json:
        from graphtrace.render.wording import LABELS

        sys.stderr.write(f"\n{getattr(LABELS['interrupted'], voice.lang)}\n")
    return code


def _run(given: list[str], voice: Voice) -> int:
    try:
        command = typer.main.get_command(app)
        if voice.lang == "zh":
            from graphtrace.cli.chinese import speak_chinese

            speak_chinese(command)
        return int(command.main(args=given, prog_name="graphtrace", standalone_mode=False) or 0)
    except typer.TyperException as fault:
        return say_error(from_typer(fault), voice)
    except GraphtraceError as error:
        return say_error(error, voice)
