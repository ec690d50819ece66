"""Standard streams: what cannot be written, and errors for persons and programs."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from graphtrace.cli.commands import param_name
from graphtrace.errors import GraphtraceError, InternalError, SystemFault, UsageError, os_reason
from graphtrace.locale import Text, phrase
from graphtrace.platform import system
from graphtrace.render import Lang

if TYPE_CHECKING:
    import typer


_MODES = {"stdin": ("r", os.O_WRONLY), "stdout": ("w", os.O_RDONLY), "stderr": ("w", os.O_RDWR)}
"""Modes in which a closed stream is opened: reading or writing it fails, except that error output is discarded."""


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Provide standard streams that exist, write any character, and cause no error at the interpreter's exit."""
    _open_closed_streams()
    given = (sys.stdout, sys.stderr)
    for stream in given:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = given  # Typer puts others in their place when a pipe breaks
        for stream in given:
            _let_go(stream)


def write_output(content: str | bytes) -> None:
    """Write to the standard output and flush; silent if its reader is gone.

    Raises SystemFault if it cannot be written.
    """
    try:
        if isinstance(content, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        elif content:  # a device that is full takes not even nothing
            sys.stdout.write(content)
        sys.stdout.flush()
    except OSError as fault:
        if not system.is_broken_pipe(fault):
            raise _unwritable(fault) from fault
        _let_go(sys.stdout)


def flush_output() -> None:
    """Flush the standard output. Raises as :func:`write_output`."""
    write_output("")


def require_output() -> None:
    """Check that the standard output is writable. Raises as :func:`write_output`."""
    flush_output()
    with contextlib.suppress(io.UnsupportedOperation):  # one that is no file takes everything
        descriptor = sys.stdout.fileno()
        try:
            os.write(descriptor, b"")
        except OSError as fault:
            raise _unwritable(fault) from fault


def write_error(text: str) -> None:
    """Write to the standard error stream; an error of this write is ignored."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _open_closed_streams() -> None:
    """Open closed descriptors 0 to 2, before a file of a case takes such a number."""
    for descriptor, (name, (mode, access)) in enumerate(_MODES.items()):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, access)  # the lowest that is free
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=nowhere != descriptor))  # noqa: SIM115


def _let_go(stream: TextIO) -> None:
    """Discard the buffer of a stream that cannot be written: the interpreter would flush it at exit."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
            stream.flush()


def _unwritable(fault: OSError) -> SystemFault:
    return SystemFault(
        "output_unwritable",
        why=phrase("is_closed") if fault.errno == errno.EBADF else os_reason(fault),
        hint="output_elsewhere",
    )


class ErrorPrefs(Protocol):
    """Output settings that an error message needs."""

    @property
    def lang(self) -> Lang: ...
    @property
    def as_json(self) -> bool: ...
    @property
    def redact(self) -> bool: ...


def report_error(error: GraphtraceError, listener: ErrorPrefs, *, details: str = "") -> int:
    """Write ``error`` to the standard error stream and return its exit code; ``details`` come before or within it."""
    from graphtrace.render.sanitize import escape_control_chars

    shown = [escape_control_chars(line) for line in details.splitlines()]
    if listener.as_json:
        from graphtrace.render.json import Failure, answer_document, to_json_text

        document = answer_document("", Failure(error, shown or None))
        write_error(to_json_text(document, is_ascii=True))
        return error.exit_code
    from graphtrace.render.text_tables import ERRORS, LABELS

    about = f"（{ERRORS[error.code].zh}）" if listener.lang == "zh" and error.code in ERRORS else ""
    lines = [f"{line}\n" for line in shown]
    for label, text, colour in (("error", error.text, "1;31"), ("hint", error.hint_text, "36")):
        if text:
            name = getattr(LABELS[label], listener.lang) + (about if label == "error" else "")
            shown_label = f"\x1b[{colour}m{name}:\x1b[0m" if _is_coloured() else f"{name}:"
            lines.append(f"{shown_label} {escape_control_chars(text.render(listener.lang))}\n")
    write_error("".join(lines))
    return error.exit_code


def say_fault(fault: BaseException, listener: ErrorPrefs, *, verbose: bool) -> int:
    """Report whatever exception ended a command and return its exit code.

    With ``verbose`` the traceback of an internal or system fault follows.
    """
    try:
        error = _error_of(fault)
        if listener.redact:
            from graphtrace.redaction.pseudonyms import redact_error

            return report_error(redact_error(error), listener)
        is_detailed = verbose and isinstance(error, (InternalError, SystemFault))
        return report_error(error, listener, details="".join(traceback.format_exception(fault)) if is_detailed else "")
    except Exception:  # not even memory to say it in a reader's language
        write_error("error: graphtrace failed\n")
        return InternalError.exit_code


def from_typer(fault: typer.TyperException) -> UsageError:
    """Translate an error of Typer in the arguments into one of graphtrace."""
    params: dict[str, Any]
    about = vars(fault)  # its classes are not public
    text, params = "bad_arguments", {"text": fault.format_message()}
    if "possibilities" in about:
        text, params = "unknown_option", {"name": about["option_name"], "nearest": sorted(about["possibilities"] or ())}
    elif "option_name" in about:
        text = "option_needs_value" if "requires" in params["text"] else "option_takes_no_value"
        params = {"name": about["option_name"]}
    elif "param_type" in about:
        is_option = about["param"].param_type_name == "option"
        text, params = "missing_option" if is_option else "missing_argument", {"name": param_name(about["param"])}
    elif params["text"] == "Missing command.":
        text, params = "missing_command", {}
    context = about.get("ctx")
    command = context.command_path if context else "graphtrace"
    return UsageError(text, **params, command=command, hint="command_help")


_LOOP = "Symlink loop from "


def _error_of(fault: BaseException) -> GraphtraceError:
    import typer

    if isinstance(fault, GraphtraceError):
        return fault
    if isinstance(fault, typer.TyperException):
        return from_typer(fault)
    if isinstance(fault, OSError) and fault.errno is not None:
        why = os_reason(fault)
        if fault.filename is not None:
            why = phrase("in_file", path=os.fsdecode(fault.filename), what=why)
        return SystemFault("system_refuses", why=why, hint="check_path_rights_room")
    if isinstance(fault, RuntimeError) and str(fault).startswith(_LOOP):  # of Path.resolve, before Python 3.13
        path = str(fault).removeprefix(_LOOP).strip("'")
        return SystemFault("at_path", path=path, why=Text("system", "ELOOP", {}), hint="check_path")
    if isinstance(fault, MemoryError):
        return InternalError("memory_does_not_suffice", hint="free_memory")
    return InternalError("own_fault", kind=type(fault).__name__, hint="report_fault")


def _is_coloured() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
