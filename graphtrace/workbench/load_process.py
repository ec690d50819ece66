"""Reading of files by the workbench as it sees it: a process of its own, which it hears and can end."""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import GraphtraceError, InternalError
from graphtrace.ingest.readers.child_process import PARSER_OPTION, package_environment
from graphtrace.ingest.readers.guard import unsafe_error
from graphtrace.locale import phrase
from graphtrace.platform import system
from graphtrace.uninterrupted import run_uninterrupted
from graphtrace.workbench.load_worker import (
    GRACE_S,
    AskedRequest,
    FormRequest,
    LoadProgress,
    LoadRequest,
    LoadStopped,
    Request,
    TextRequest,
    Trial,
)

if TYPE_CHECKING:
    from graphtrace.results.load_report import LoadReport, SheetReport
    from graphtrace.workbench.mapping_screen import MappingForm

FORM_S: Final = 60
"""Seconds that the first look at a file may take."""

TRIAL_S: Final = 600
"""Seconds that the trial of a mapping may take."""

_WORKER = "graphtrace.workbench.load_worker"


class Cancelled(Exception):
    """Raised where somebody stopped the load; the file it was at is undone, unless it was in the case already."""


def load_in_process(
    request: LoadRequest, stop: threading.Event, progress: Callable[[str, int, int | None], None]
) -> LoadReport:
    """Load files and return the report.

    Raises Cancelled if ``stop`` was set: the process has ended by itself, or was ended after :data:`GRACE_S`. Raises
    GraphtraceError if the load ended in one.
    """
    report: LoadReport = _run(request, stop, progress)
    return report


def form_in_process(request: FormRequest) -> MappingForm:
    """Return the form of the mapping screen of a file, or of a sheet of it.

    Raises GraphtraceError if the file cannot be read, or not within :data:`FORM_S`.
    """
    form: MappingForm = _within(FORM_S, request.path, request)
    return form


def lines_in_process(path: Path, most: int) -> tuple[Sequence[tuple[int, str]], bool]:
    """Return the first lines of a text with their numbers, and whether there are more; raises as the form does."""
    found: tuple[Sequence[tuple[int, str]], bool] = _within(FORM_S, path, TextRequest(path, most))
    return found


def asked_in_process(request: AskedRequest) -> Sequence[SheetReport]:
    """Return the sheets of a case of which something is asked.

    Raises GraphtraceError if the case cannot be asked, or not within :data:`TRIAL_S`.
    """
    found: Sequence[SheetReport] = _within(TRIAL_S, Path(request.case), request)
    return found


def try_in_process(request: LoadRequest, path: Path) -> Trial:
    """Try to load a file, called ``path``, while a page waits for what becomes of it.

    Raises GraphtraceError if the file cannot be read, or not within :data:`TRIAL_S`.
    """
    trial: Trial = _within(TRIAL_S, path, request)
    return trial


def _within(seconds: int, path: Path, request: Request) -> Any:
    stop = threading.Event()
    watch = threading.Timer(seconds, stop.set)
    watch.daemon = True
    watch.start()
    try:
        return _run(request, stop, lambda *_: None)
    except Cancelled as error:
        raise unsafe_error(path, phrase("parser_silent", seconds=seconds)) from error
    finally:
        watch.cancel()


def _run(
    request: Request,
    stop: threading.Event,
    progress: Callable[[str, int, int | None], None],
) -> Any:
    process = SPARE.take()
    is_over = threading.Event()
    watcher = threading.Thread(target=_end_when_stopped, args=(process, stop, is_over), daemon=True)
    try:
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            pickle.dump(request, process.stdin)
            process.stdin.flush()
        watcher.start()
        return _result(process, stop, progress)
    finally:
        is_over.set()
        _end(process)
        SPARE.prepare()


class SpareProcess:
    """A process that is started before it is needed: that and its imports take longer than most of what it is asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def take(self) -> subprocess.Popen[bytes]:
        """Return the process, or one that is started now."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                return process
            _end(process)
        return _start()

    def prepare(self) -> None:
        """Start the process for the next time, unless it is there."""
        with self._lock:
            if self._process is None and not self._is_closed:
                self._process = _start()

    def close(self) -> None:
        """End the process; no other is prepared any more."""
        with self._lock:
            process, self._process, self._is_closed = self._process, None, True
        if process is not None:
            _end(process)


SPARE: Final = SpareProcess()
atexit.register(SPARE.close)


def _end(process: subprocess.Popen[bytes]) -> None:
    system.kill_group(process)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _start() -> subprocess.Popen[bytes]:
    python = system.interpreter()[0]
    command = [sys.executable, PARSER_OPTION] if getattr(sys, "frozen", False) else [python, "-P", "-m"]
    return run_uninterrupted(
        lambda: subprocess.Popen(
            [*command, _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **package_environment()},
            **system.OWN_GROUP,
        )
    )


def _end_when_stopped(process: subprocess.Popen[bytes], stop: threading.Event, is_over: threading.Event) -> None:
    while not stop.wait(0.1):
        if is_over.is_set():
            return
    assert process.stdin is not None
    with suppress(OSError, ValueError):
        process.stdin.close()
    if not is_over.wait(GRACE_S):
        system.kill_group(process)


def _result(
    process: subprocess.Popen[bytes], stop: threading.Event, progress: Callable[[str, int, int | None], None]
) -> Any:
    assert process.stdout is not None
    while True:
        try:
            said = pickle.load(process.stdout)  # noqa: S301 - of our own process
        except (EOFError, pickle.UnpicklingError, OSError) as error:
            if stop.is_set():
                raise Cancelled from error
            raise InternalError("own_fault", kind="load") from error
        if not isinstance(said, LoadProgress):
            return _wanted(said)
        progress(*said)


def _wanted(said: object) -> object:
    """Return what was asked for, or raise what the process says instead."""
    if isinstance(said, LoadStopped):
        raise Cancelled
    if isinstance(said, GraphtraceError):
        raise said
    return said
