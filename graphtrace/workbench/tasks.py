"""Work that takes longer than a page: loads, one after the other, each with its progress, and a way to stop it."""

from __future__ import annotations

import shutil
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graphtrace.errors import GraphtraceError, InternalError
from graphtrace.workbench.load_process import Cancelled

if TYPE_CHECKING:
    from graphtrace.storage.load_settings import Progress

State = Literal["waiting", "running", "done", "failed", "cancelled"]

MAX_KEPT: Final = 100
"""Maximum number of finished tasks that are remembered."""


class FileInCase(NamedTuple):
    """A file that a task brought into the case, as the ledger says it, and its rows."""

    name: str
    rows: int


@dataclass(slots=True, eq=False)
class Task:
    """One piece of work: ``done`` of ``total`` files, ``rows`` of the file ``stage``; ``unread`` files are kept.

    ``loaded`` asks the ledger, where the work did not end by itself, which files are in the case all the same.
    """

    number: int
    names: tuple[str, ...]
    work: Callable[[threading.Event, Progress], Any]
    clean: Callable[[], None]
    loaded: Callable[[], Sequence[FileInCase]] = tuple
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    rows: int = 0
    result: Any = None
    error: GraphtraceError | None = None
    ended_at: datetime | None = None
    unread: Sequence[Path] = ()
    in_case: Sequence[FileInCase] = ()
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def is_whole(self) -> bool:
        """Whether all that it was to load is in the case although it did not end by itself."""
        return set(self.names) <= {one.name for one in self.in_case}

    def report_progress(self, stage: str, done: int, total: int | None) -> None:
        """Record the progress of the work."""
        self.stage = stage or self.stage
        if total is None:
            self.rows = done
        else:
            self.done, self.total, self.rows = done, total, 0

    def run(self) -> None:
        """Do the work; any error is kept."""
        self.state = "running"
        try:
            self.report_progress("", 0, len(self.names))
            self.result = self.work(self.stop, self.report_progress)
            state: State = "done"
        except Cancelled:
            state = "cancelled"
        except GraphtraceError as error:
            self.error, state = error, "failed"
        except Exception as error:  # the thread goes on to the next task
            self.error, state = InternalError("own_fault", kind=type(error).__name__), "failed"
        finally:
            self.clean()
        if state != "done":
            self.in_case = self._in_case()
        self.ended_at = datetime.now().astimezone()
        self.state = state

    def _in_case(self) -> Sequence[FileInCase]:
        try:
            return self.loaded()
        except GraphtraceError:  # the case does not answer; the page of its contents says so
            return ()


class Tasks:
    """The tasks of one run, the newest first; a single thread does them in their order."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._changed = threading.Condition()
        self._number = 0
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def add(
        self,
        names: Sequence[str],
        work: Callable[[threading.Event, Progress], Any],
        clean: Callable[[], None],
        loaded: Callable[[], Sequence[FileInCase]] = tuple,
    ) -> Task:
        """Add a task, which starts when all before it have ended."""
        with self._changed:
            self._number += 1
            task = Task(self._number, tuple(names), work, clean, loaded)
            self._tasks.appendleft(task)
            over = [each for each in self._tasks if each.is_over]
            for old in over[MAX_KEPT:]:
                self._tasks.remove(old)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="graphtrace-tasks", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return task

    def all(self) -> list[Task]:
        """Return every task that is remembered, the newest first."""
        with self._changed:
            return list(self._tasks)

    def get(self, number: int) -> Task | None:
        """Return the task of a number."""
        return next((task for task in self.all() if task.number == number), None)

    @property
    def is_busy(self) -> bool:
        """Whether some task is not over."""
        return any(not task.is_over for task in self.all())

    def close(self, *, wait_s: float = 20.0) -> None:
        """Stop all tasks and wait for the running one to undo what it has not finished."""
        with self._changed:
            self._is_closed = True
            for task in self._tasks:
                task.stop.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(wait_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while (task := self._next()) is None:
                    if self._is_closed:
                        return
                    self._changed.wait()
            task.run()

    def _next(self) -> Task | None:
        return next((task for task in reversed(self._tasks) if task.state == "waiting"), None)


def remove_files(paths: Sequence[Path]) -> None:
    """Take away files that were uploaded; each has a folder of its own."""
    for path in paths:
        shutil.rmtree(path.parent, ignore_errors=True)
