"""The process in which a parser runs that a file can crash, stall or blow up, as its parent sees it.

Nothing of the parent is there but what a parser needs: no password of a database in its environment, no open file but
the output. What it says counts only when it has said all of it; where it ends early, the way it ended is the reason.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from graphtrace.errors import InputError
from graphtrace.ingest.readers import guard
from graphtrace.ingest.readers.child_side import END, MAX_PART_BYTES, PART, WorkerStatus
from graphtrace.locale import Text, phrase
from graphtrace.platform import system
from graphtrace.uninterrupted import run_uninterrupted

PARSER_OPTION: Final = "--parser"
"""The first argument of a frozen program that is to be the process of a parser."""

_PARSERS: Final = frozenset(
    (
        *(f"{__package__}.{name}" for name in ("excel_worker", "markup_worker", "parquet_worker", "pdf_worker")),
        "graphtrace.workbench.load_worker",
    )
)

_KEPT: Final = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"),
        *("PYTHONHOME", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
        *("APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR"),
    }
)
"""Environment variables that an interpreter and its libraries need to start; any other may be a secret."""

_SILENCE_S: Final = 60
"""Seconds that a parser may take for the next part of its output."""


def command(module: str, path: Path, *limits: int) -> list[str]:
    """Return the command that runs a module of the readers on a file."""
    rest = [f"{__package__}.{module}", str(path.resolve()), *(str(int(limit)) for limit in limits)]
    if getattr(sys, "frozen", False):
        return [sys.executable, PARSER_OPTION, *rest]
    return [system.interpreter()[0], "-P", "-m", *rest]


def run_parser(module: str, *arguments: str) -> None:
    """Run as the process of a parser, if the program is frozen into one file and there is no Python beside it.

    Raises SystemExit at the end, with its exit code.
    """
    if module not in _PARSERS:
        raise SystemExit(2)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


def environment() -> dict[str, str]:
    """Return the environment of a child: what it needs to start, and where this very package is."""
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT}
    # allocators that reserve address space in advance would meet the limit on memory before they use any
    return {
        **kept,
        **package_environment(),
        "POLARS_MAX_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def package_environment() -> dict[str, str]:
    """Return the variables by which a child starts Python and finds this very package."""
    places = [str(Path(__file__).parents[3]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**system.interpreter()[1], "PYTHONPATH": os.pathsep.join(places)}


class Parser(subprocess.Popen[bytes]):
    """The process of a parser, which ends when nobody holds it any more."""

    def __del__(self) -> None:
        # it has no number where it could not be started
        if getattr(self, "pid", None) is not None:
            self.kill()
            self.wait()
        super().__del__()


def start(command: list[str], *, stdout: int | IO[bytes], stderr: IO[bytes]) -> Parser:
    """Start a parser; a signal that interrupted the start would leave one that nobody knows."""
    return run_uninterrupted(
        lambda: Parser(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment())
    )


def temporary_file() -> IO[bytes]:
    """Return a file without a name; a signal that interrupted its making would leave one with a name."""
    return run_uninterrupted(tempfile.TemporaryFile)


BASE_SECONDS: Final = 10
SECONDS_PER_MB: Final = 2
"""Time that parsing a document may take; ten times what a web page needs."""

WALL_FACTOR: Final = 4
"""By how much the parser of a document may take longer on the clock than at work."""

MAX_MEMORY_BYTES: Final = 4 * 2**30


def read_json(module: str, path: Path, what: Text) -> Any:
    """Return what the parser of a document (``what``) writes as JSON."""
    timeout_s = int(BASE_SECONDS + SECONDS_PER_MB * path.stat().st_size / 1e6)
    with temporary_file() as output, temporary_file() as log:
        asked = command(module, path, timeout_s, MAX_MEMORY_BYTES)
        try:
            returncode = run(asked, output, log, timeout_s=WALL_FACTOR * timeout_s, memory_bytes=MAX_MEMORY_BYTES)
        except subprocess.TimeoutExpired as error:
            raise guard.unsafe_error(path, phrase("parser_slow", seconds=WALL_FACTOR * timeout_s)) from error
        if returncode:
            log.seek(0)
            raise reason(path, what, returncode, log.read().decode(errors="replace").strip())
        output.seek(0)
        return json.load(output)


def reason(path: Path, what: Text, returncode: int, log: str) -> Exception:
    """Return the error of a parser of ``what`` that gave nothing, by its exit code and its last output."""
    last_line = log.rpartition("\n")[2]
    if returncode == WorkerStatus.ENCRYPTED:
        return guard.encrypted_error(path)
    if returncode == WorkerStatus.DAMAGED or "PanicException" in last_line:
        return InputError("parser_failed", path=path, what=what, why=last_line, hint="ask_again_or_save")
    if returncode == WorkerStatus.UNSAFE:
        text_id, params = json.loads(last_line)
        return guard.unsafe_error(path, phrase(text_id, **params))
    if system.has_crashed(returncode) or "MemoryError" in last_line:
        return guard.unsafe_error(path, phrase("parser_crashed", why=last_line or returncode))
    return RuntimeError(f"{path}: the parser failed\n{log}")


def run(command: list[str], output: IO[bytes], log: IO[bytes], *, timeout_s: int, memory_bytes: int) -> int:
    """Run a parser that writes its output into a file, and return its exit code.

    Raises subprocess.TimeoutExpired if it takes longer.
    """
    with start(command, stdout=output, stderr=log) as process, system.watch_memory(process, memory_bytes):
        try:
            return process.wait(timeout_s)
        finally:
            process.kill()
            process.wait()


class Stream:
    """The output of a parser, part by part, while it works; the parser waits where nobody reads.

    - ``path``: the file.
    - ``what``: what it should be, for errors.
    - ``command``: see :func:`command`.
    - ``memory_bytes``: what it may take.
    """

    def __init__(self, path: Path, what: Text, command: list[str], memory_bytes: int) -> None:
        self._path = path
        self._what = what
        self._log = temporary_file()
        try:
            self._process = start(command, stdout=subprocess.PIPE, stderr=self._log)
        except BaseException:
            self._log.close()
            raise
        watched = ExitStack()
        watched.enter_context(system.watch_memory(self._process, memory_bytes))
        self.close = weakref.finalize(self, _end, self._process, self._log, watched)

    def parts(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the kind and the content of each part up to the last.

        Raises InputError, UnsafeFile when the parser ends early or says nothing for a minute.
        """
        while (part := self._next())[0] != END:
            yield part

    def _next(self) -> tuple[bytes, bytes]:
        output, is_late = self._process.stdout, threading.Event()
        assert output is not None

        def stop() -> None:
            is_late.set()
            self._process.kill()

        watch = threading.Timer(_SILENCE_S, stop)
        watch.daemon = True
        watch.start()
        try:
            head = output.read(PART.size)
            kind, size = PART.unpack(head) if len(head) == PART.size else (b"", 0)
            content = output.read(size) if 0 < size <= MAX_PART_BYTES else b""
        finally:
            watch.cancel()
        if kind and len(content) == size:
            return kind, content
        returncode = self._process.wait()
        if is_late.is_set():
            raise guard.unsafe_error(self._path, phrase("parser_silent", seconds=_SILENCE_S))
        self._log.seek(0)
        raise reason(self._path, self._what, returncode, self._log.read().decode(errors="replace").strip())


def _end(process: Parser, log: IO[bytes], watched: ExitStack) -> None:
    process.kill()
    process.wait()
    watched.close()
    if process.stdout is not None:
        process.stdout.close()
    log.close()
