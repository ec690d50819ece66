"""Command line: parse, query the case, render. An error becomes a message and an exit code.

Nothing heavy is imported before a command needs it, so that ``--help`` and ``identify`` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import typer

from graphtrace.cli import (  # noqa: F401  (each registers its commands)
    card_commands,
    case_commands,
    evidence_commands,
    example_commands,
    file_commands,
    graph_commands,
    machine_commands,
    party_commands,
)
from graphtrace.cli.commands import Commands, Group, localize_help
from graphtrace.cli.exit_codes import INTERRUPTED
from graphtrace.cli.interrupts import SignalState, end_on_signals
from graphtrace.cli.options import REGISTERED, OutputPrefs, add_common_options, scan_prefs
from graphtrace.cli.standard_streams import flush_output, require_output, say_fault, standard_streams, write_error
from graphtrace.errors import UsageError

__all__ = ["command_line", "main"]

COMPLETION = "_GRAPHTRACE_COMPLETE"
"""Environment variable by which a shell requests completions, with their help."""

INTERRUPTED_QUERY = "Query interrupted"
"""Message of DuckDB in place of ``KeyboardInterrupt`` when Ctrl-C interrupts a query."""

_app = typer.Typer(
    name="graphtrace",
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
add_common_options(_app)
_ORDER = (
    *("demo", "load", "unload", "correct", "resolve", "candidates", "trace", "audit", "party", "common", "siblings"),
    *("letters", "graph", "export", "query", "pin", "report", "identify", "cases", "find", "status", "verify", "copy"),
    *("compact", "bundle", "open", "log", "doctor", "recipes", "recipes show", "extract", "serve", "simulate"),
    *("simulate check", "rules", "watch", "mapping"),
)
"""The commands and groups in the order of the help."""


@cache
def command_line() -> Any:
    """Return the group of all commands."""
    group: Any = typer.main.get_command(_app)
    group.commands = Commands(REGISTERED, _ORDER)
    return group


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no exception leaves it.

    0 answered, 1 nothing that was asked for is in the case, 2 wrong usage or input, 3 the store or the system does not
    answer, 4 a case answers otherwise than it should, 5 the level of ``--fail-on`` was met, 70 a fault of this program,
    129, 130 and 143 ended by SIGHUP, SIGINT (Ctrl-C) and SIGTERM.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    # names are spelt character by character: without its phrases, pypinyin is imported a tenth of a second faster
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    signals = SignalState()
    try:
        with standard_streams(), end_on_signals(signals):
            return _outcome(given, scan_prefs(given), signals)
    except KeyboardInterrupt:  # a signal before the command began, at its end, or while an error was written
        return signals.exit_code


def _outcome(given: list[str], voice: OutputPrefs, signals: SignalState) -> int:
    try:
        code = _run(given, voice)
    except SystemExit as end:  # Typer's: it has shown a completion, or nobody reads the help any more
        return 0 if isinstance(end.__context__, BrokenPipeError) else int(end.code or 0)
    except BaseException as fault:
        if signals.signal is None and not isinstance(fault, KeyboardInterrupt) and str(fault) != INTERRUPTED_QUERY:
            return say_fault(fault, voice, verbose=voice.verbose)
        code = INTERRUPTED
    if code == INTERRUPTED:
        _say_interrupted(voice)
        return signals.exit_code
    return code


def _run(given: list[str], voice: OutputPrefs) -> int:
    if any("\0" in argument for argument in given):
        raise UsageError("nul_in_argument", hint="show_help")
    command = command_line()
    command.lang = voice.lang
    if COMPLETION in os.environ:
        localize_help(command, voice.lang)
    try:
        code = int(command.main(args=given, prog_name="graphtrace", standalone_mode=False) or 0)
    except OSError as fault:
        if fault.filename is None:
            require_output()  # says it better if the standard output is what failed, as when Typer shows a help
        raise
    flush_output()
    return code


def _say_interrupted(voice: OutputPrefs) -> None:
    if sys.stderr.isatty() and not voice.as_json:
        from graphtrace.render.text_tables import LABELS

        write_error(f"\n{getattr(LABELS['interrupted'], voice.lang)}\n")
