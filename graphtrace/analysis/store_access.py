"""Access of the questions about a case to its store: opened for the first question, closed when no more come.

Logging of the look-ups of an open case: the outermost question is logged before it is answered, inner ones are not. A
program that asks several questions for one answer (a command, a page) sets a scope, in which the same question is
logged once, and logs the hash of what it showed (:meth:`LookupScope.answered`).
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphtrace.analysis.card_trace import Tracer
from graphtrace.custody import SLACK_DAYS
from graphtrace.errors import StoreError, UsageError
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.storage.base import Backend
from graphtrace.storage.ledger import Moment
from graphtrace.storage.location import CaseLocation
from graphtrace.storage.memory_budget import out_of_memory

if TYPE_CHECKING:
    from graphtrace.storage.lookups import Basis, LookupKind


_DAY = late("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_day(day: str | None) -> str | None:
    """Return a day of the form ``YYYY-MM-DD`` as it is; ``None`` is now.

    Raises UsageError if it has another form.
    """
    if day is not None and not _DAY.fullmatch(day):
        raise UsageError("bad_day", text=day, hint="day_form")
    return day


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

        Raises StoreError if the question needs more memory than the machine has.
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
                _watches.add(watch)

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
    while wait_s and not _is_ending.wait(wait_s):
        access = reference()
        if access is None:
            return
        wait_s = access.close_if_idle()
        del access


_is_ending: Final = threading.Event()
_watches: Final = weakref.WeakSet[threading.Thread]()


@atexit.register
def _end_watches() -> None:
    """Wait for whoever is closing a store: the interpreter would end its thread within the engine, and abort."""
    _is_ending.set()
    for watch in tuple(_watches):
        watch.join()


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


PURPOSE_VARIABLE: Final = "GRAPHTRACE_PURPOSE"


def purpose_of(given: str | None) -> str | None:
    """Return the purpose of look-ups: what is given, else that of the environment; ``None`` where neither says one.

    Raises UsageError if it is too long, or no single line.
    """
    text = given or os.environ.get(PURPOSE_VARIABLE)
    if not text:
        return None
    from graphtrace.storage.lookups import check_purpose

    return check_purpose(text)


class BegunLookup:
    """A look-up that stands in the log and is not yet answered."""

    def __init__(self, location: CaseLocation, line: str) -> None:
        self._location = location
        self._line = line
        self.is_answered = False

    def answered(self, basis: Basis, *sha256: str) -> None:
        """Log the hashes of what was answered, once; they are left out where they cannot be written."""
        if not self.is_answered:
            self.is_answered = True
            from graphtrace.storage.lookups import log_answer

            with suppress(StoreError), self._location.chains() as chains:
                for each in sha256:
                    log_answer(chains, self._line, each, basis)


@dataclass(slots=True)
class LookupScope:
    """A command or a page that shows one answer, however many questions it asks.

    - ``command``, ``asked``: logged in place of each question and its parameters, once; without a command every
      question is logged, but the same one only once.
    """

    command: str | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    begun: list[BegunLookup] = field(default_factory=list)
    _told: list[tuple[object, ...]] = field(default_factory=list)

    def is_new(self, *question: object) -> bool:
        """Whether a question was not logged yet in this scope; from then on it was."""
        key = question if self.command is None else ()
        if key in self._told:
            return False
        self._told.append(key)
        return True

    def answered(self, *sha256: str) -> None:
        """Log the hashes of the bytes that were shown, and of a page beside them."""
        for each in self.begun:
            each.answered("bytes", *sha256)


class LookupLog:
    """The log of one open case."""

    def __init__(self, location: CaseLocation, purpose: str | None) -> None:
        self.purpose = purpose
        self.scope: LookupScope | None = None
        self._location = location
        self._here = threading.local()

    @contextmanager
    def look_up(
        self, command: str, asked: Mapping[str, Any], *, what: LookupKind = "lookup"
    ) -> Iterator[BegunLookup | None]:
        """Log a look-up and yield it, unless it is part of another one.

        Raises UsageError if the case requires a purpose and none is given; CaseMissing, CaseLocked, StoreError if the
        line cannot be written; then nothing may be answered.
        """
        if getattr(self._here, "is_asked", False):
            yield None
            return
        self._here.is_asked = True
        try:
            yield self._begin(command, asked, what)
        finally:
            self._here.is_asked = False

    def _begin(self, command: str, asked: Mapping[str, Any], what: LookupKind) -> BegunLookup | None:
        from graphtrace.storage.lookups import LookupRequest, log_lookup

        asked = {name: value for name, value in asked.items() if value not in (None, (), False)}
        scope = self.scope
        if scope is not None and not scope.is_new(command, asked):
            return None
        if scope is not None and scope.command is not None:
            command, asked = scope.command, scope.asked
        request = LookupRequest(what, command, asked, system.account_name(), self.purpose)
        with self._location.chains() as chains:
            begun = BegunLookup(self._location, log_lookup(chains, request))
        if scope is not None:
            scope.begun.append(begun)
        return begun
