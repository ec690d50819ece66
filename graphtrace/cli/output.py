"""Where an answer goes: to the standard output as text or JSON, or whole and at once into a file."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from graphtrace.cli.errors import say_error
from graphtrace.errors import GraphtraceError, UnknownFormat, UsageError

if TYPE_CHECKING:
    from graphtrace.cli.options import Common
    from graphtrace.render.terminal.page import View

FILE_WIDTH = 100
"""Columns of a text file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command found out, not yet rendered.

    Attributes
    ----------
    document
        Makes the dict of the JSON answer.
    view
        Makes the renderable for a terminal, or text to be written as it is.
    files
        Further formats that ``-o`` can write, by ending.
    error
        What went wrong beside the answer; said after it, and its exit code is the command's.
    exit_code
        The exit code where there is no error.
    """

    document: Callable[[], Mapping[str, Any]]
    view: Callable[[], View | str]
    files: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    error: GraphtraceError | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is written beside its place and put there when it is complete."""

    path: Path
    ending: str
    stream: TextIO


@contextlib.contextmanager
def output_file(path: Path | None, endings: Sequence[str]) -> Iterator[Target | None]:
    """Open the file of ``-o`` before any work starts; nothing is left behind when the work fails."""
    if path is None:
        yield None
        return
    ending = path.suffix.lower()
    if ending not in endings:
        raise UnknownFormat(
            f"{path}: the ending {ending or '(none)'} says no format that this command writes",
            hint=f"end the name with {', '.join(endings)}",
        )
    place = path.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    if place.exists() and not (place.is_file() and os.access(place, os.W_OK)):
        raise _unwritable(path, "it exists and cannot be replaced")
    try:
        stream = beside.open("x", encoding="utf-8", newline="")
    except OSError as fault:
        raise _unwritable(path, fault.strerror or str(fault)) from fault
    try:
        with stream:
            yield Target(path, ending, stream)
            stream.flush()
            os.fsync(stream.fileno())
        if place.exists():
            beside.chmod(place.stat().st_mode)
        beside.replace(place)
    except OSError as fault:
        raise _unwritable(path, fault.strerror or str(fault)) from fault
    finally:
        beside.unlink(missing_ok=True)


def emit(answer: Answer, target: Target | None, common: Common) -> int:
    """Show or write the answer and return the exit code of the command."""
    if target is not None:
        target.stream.write(_file_text(answer, target.ending))
        note(f"{target.path}", common)
    elif common.as_json:
        _write(_json(answer, is_ascii=not _is_utf8(sys.stdout)))
    else:
        _write(_terminal_text(answer))
    if answer.error is not None:
        return say_error(answer.error, common)
    return answer.exit_code


def note(text: str, common: Common) -> None:
    """Say something on the side: on the standard error stream, to a person only, unless told to be quiet."""
    if sys.stderr.isatty() and not common.quiet:
        from graphtrace.render.safe import visible

        sys.stderr.write(f"{visible(text)}\n")


def tolerate_any_character() -> None:
    """Let the standard streams write out what their encoding lacks, rather than fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def quiet_broken_pipe() -> Iterator[None]:
    """Say nothing when the reader of the output has gone away."""
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.flush()


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the interpreter flushes once more when it ends: let that go nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _file_text(answer: Answer, ending: str) -> str:
    if ending in answer.files:
        return answer.files[ending]()
    return _json(answer, is_ascii=False) if ending == ".json" else _plain_text(answer)


def _json(answer: Answer, *, is_ascii: bool) -> str:
    from graphtrace.render.json import dumped

    return dumped(answer.document(), is_ascii=is_ascii)


def _terminal_text(answer: Answer) -> str:
    view = answer.view()
    if isinstance(view, str):
        return view
    from graphtrace.render.terminal.page import rendered

    return rendered(view, sys.stdout)


def _plain_text(answer: Answer) -> str:
    view = answer.view()
    if isinstance(view, str):
        return view
    from graphtrace.render.terminal.page import plain

    return plain(view, FILE_WIDTH)


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _unwritable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path}: cannot be written: {why}", hint="name a file in a folder you may write to", code="unwritable_output"
    )
