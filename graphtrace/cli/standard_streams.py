"""Standard streams of a process, also if they are closed, full, or without a reader."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from graphtrace.errors import SystemFault, os_reason
from graphtrace.locale import phrase
from graphtrace.platform import system

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

    Raises
    ------
    SystemFault
        If it cannot be written.
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
