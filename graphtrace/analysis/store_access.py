"""Access of the questions about a case to its store: opened for the first question, closed when no more come."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from graphtrace.analysis.card_trace import Tracer
from graphtrace.custody import SLACK_DAYS
from graphtrace.errors import UsageError
from graphtrace.storage.base import Backend
from graphtrace.storage.ledger import Moment
from graphtrace.storage.location import CaseLocation
from graphtrace.storage.memory_budget import out_of_memory

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


IDLE_S: Final = 1.0
"""Seconds after which a case that gets no question closes its folder."""


class StoreAccess:
    """The store of a case and its tracer, kept from one question to the next, and closed a second after the last one.

    ``store`` is the open one, if any. A question as of a day has a store of its own.
    """

    def __init__(self, location: CaseLocation, *, judged: bool, memory_bytes: int | None) -> None:
        self.store: Backend | None = None
        self._location = location
        self._is_judged = judged
        self._memory_bytes = memory_bytes
        self._tracer: Tracer | None = None
        self._lock = threading.RLock()
        self._questions = 0
        self._asked: list[Backend] = []
        self._idle_since = 0.0
        self._watch: threading.Thread | None = None

    def unjudged(self) -> StoreAccess:
        """Return an access of its own that answers as if no judgement had been made."""
        return StoreAccess(self._location, judged=False, memory_bytes=self._memory_bytes)

    def interrupt(self) -> None:
        """End what the stores that are asked are at, from another thread."""
        for store in tuple(self._asked):
            store.interrupt()

    def close(self) -> None:
        """Close the store; the next question opens it again."""
        with self._lock:
            if self.store is not None:
                self.store.close()
                self.store = self._tracer = None

    @contextmanager
    def open(self, as_of: Moment | None = None, *, with_all_judgements: bool = False) -> Iterator[Backend]:
        """Open the store that answers, ``with_all_judgements`` even if the answers of this case leave them out.

        Raises
        ------
        UsageError
            If ``as_of`` is no day.
        StoreError
            If the question needs more memory than the machine has.
        """
        with self._lock:
            self._questions += 1
            try:
                if as_of is None and (self._is_judged or not with_all_judgements):
                    store = self._kept_store()
                    with self._in_use(store), _faults_explained(store):
                        yield store
                else:
                    beside = self._open_beside(as_of, with_all_judgements=with_all_judgements)
                    with closing(beside), self._in_use(beside), _faults_explained(beside):
                        yield beside
            except MemoryError as error:
                raise out_of_memory(self._location.path) from error
            finally:
                self._questions -= 1
                if not self._questions and self.store is not None and self._location.holds_files_open:
                    self._schedule_close()

    @contextmanager
    def _in_use(self, store: Backend) -> Iterator[None]:
        self._asked.append(store)
        try:
            yield
        finally:
            self._asked.remove(store)

    @contextmanager
    def open_tracer(self, as_of: Moment | None = None, *, slack: int = SLACK_DAYS) -> Iterator[Tracer]:
        """Open the store that answers, and yield its tracer; see :meth:`open` for the errors."""
        with self.open(as_of) as store:
            if store is not self.store or slack != SLACK_DAYS:
                yield Tracer(store, slack=slack)
                return
            if self._tracer is None:
                self._tracer = Tracer(store)
            yield self._tracer

    def _kept_store(self) -> Backend:
        """Return the store of the last question if it is up to date, else a new one."""
        # a folder is not taken away from a question within which another one is asked
        is_in_use = self._questions > 1 and self._location.holds_files_open
        if self.store is not None and not is_in_use and not self.store.is_fresh():
            self.close()
        if self.store is None:
            self.store = self._location.open_store(None, judged=self._is_judged, memory_bytes=self._memory_bytes)
        return self.store

    def _open_beside(self, day: Moment | None, *, with_all_judgements: bool) -> Backend:
        if isinstance(day, str) and not _DAY.fullmatch(day):
            raise UsageError("bad_day", text=day, hint="day_form")
        return self._location.open_store(
            day, judged=with_all_judgements or self._is_judged, memory_bytes=self._memory_bytes
        )

    def _schedule_close(self) -> None:
        """Have the store closed if no question follows soon."""
        self._idle_since = time.monotonic()
        if self._watch is None:
            watch = threading.Thread(target=_close_when_idle, args=(weakref.ref(self),), daemon=True)
            watch.name = "graphtrace-idle"
            try:
                watch.start()
            except RuntimeError:  # no memory for a thread
                self.close()
            else:
                self._watch = watch

    def close_if_idle(self) -> float:
        """Close the store if it has been idle. Return the seconds until the next check; 0 ends the checks."""
        if not self._lock.acquire(blocking=False):
            return IDLE_S
        try:
            remaining = self._idle_since + IDLE_S - time.monotonic()
            if self.store is not None and remaining > 0:
                return remaining
            self.close()
            self._watch = None
            return 0
        finally:
            self._lock.release()


def _close_when_idle(reference: weakref.ref[StoreAccess]) -> None:
    """Close the store of a case when it is idle; holds only a weak reference to its access."""
    wait_s = IDLE_S
    while wait_s:
        threading.Event().wait(wait_s)
        access = reference()
        if access is None:
            return
        wait_s = access.close_if_idle()
        del access


@contextmanager
def _faults_explained(store: Backend) -> Iterator[None]:
    """Raise failures that the contents of a case caused as damage of the case; others stay defects of the program."""
    try:
        yield
    except Exception as error:
        explained = store.explain(error)
        if explained is None:
            raise
        raise explained from error
