"""Errors as a person or a program reads them on the standard error stream."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Protocol

from graphtrace.errors import GraphtraceError, UsageError
from graphtrace.render import Lang

if TYPE_CHECKING:
    import typer


class Listener(Protocol):
    """How whoever started the command wants to be spoken to."""

    @property
    def lang(self) -> Lang: ...
    @property
    def as_json(self) -> bool: ...


def say_error(error: GraphtraceError, listener: Listener) -> int:
    """Write ``error`` to the standard error stream and return its exit code."""
    if listener.as_json:
        from graphtrace.render.json import dumped, error_document

        sys.stderr.write(dumped(error_document(error), is_ascii=True))
        return error.exit_code
    from graphtrace.render.errors import error_said
    from graphtrace.render.safe import visible
    from graphtrace.render.wording import ERRORS, LABELS

    about = f"（{ERRORS[error.code].zh}）" if listener.lang == "zh" and error.code in ERRORS else ""
    for label, text, colour in (("error", error.message, "1;31"), ("hint", error.hint, "36")):
        if text:
            name = getattr(LABELS[label], listener.lang) + (about if label == "error" else "")
            said = f"\x1b[{colour}m{name}:\x1b[0m" if _is_coloured() else f"{name}:"
            sys.stderr.write(f"{said} {visible(error_said(text, listener.lang))}\n")
    return error.exit_code


def from_typer(fault: typer.TyperException) -> UsageError:
    """A fault that Typer found in the arguments, as one of ours."""
    context = getattr(fault, "ctx", None)
    command = context.command_path if context else "graphtrace"
    return UsageError(fault.format_message(), hint=f"{command} --help")


def _is_coloured() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
