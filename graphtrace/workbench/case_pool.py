"""Pool of open cases for concurrent questions: one :class:`~graphtrace.Case` answers one question at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

from starlette.exceptions import HTTPException

from graphtrace.analysis.store_access import LookupScope
from graphtrace.case import Case, open_case
from graphtrace.errors import GraphtraceError
from graphtrace.storage.neo4j.client import Credentials
from graphtrace.workbench.long_questions import interruptible, is_abandoned

MAX_AT_ONCE: Final = 4
"""Maximum number of questions that are answered at the same time; others wait."""


_REQUEST: ContextVar[tuple[LookupScope | None, str | None]] = ContextVar("request", default=(None, None))


@contextmanager
def logged_request(scope: LookupScope, purpose: str | None) -> Iterator[None]:
    """Log what cases are asked within the context as one look-up with this purpose."""
    before = _REQUEST.set((scope, purpose))
    try:
        yield
    finally:
        _REQUEST.reset(before)


class CasePool:
    """Pool that opens a case once for each concurrent question; an idle case releases its files."""

    def __init__(
        self, path: str, *, wait_s: float, memory_limit: str | None, credentials: Credentials | None = None
    ) -> None:
        self.path = path
        self._wait_s = wait_s
        self._memory_limit = memory_limit
        self._credentials = credentials
        self._free: list[Case] = []
        self._places = threading.BoundedSemaphore(MAX_AT_ONCE)

    def new_case(self, *, wait_s: float | None = None) -> Case:
        """Open the case once more, for work that takes its time."""
        return open_case(
            self.path,
            wait=self._wait_s if wait_s is None else wait_s,
            memory_limit=self._memory_limit,
            credentials=self._credentials,
        )

    @contextmanager
    def case(self) -> Iterator[Case]:
        """Lend an open case that no other request uses meanwhile."""
        with self._places:
            try:
                case = self._free.pop()
            except IndexError:
                case = self.new_case()
            scope, purpose = _REQUEST.get()
            case.log_as(scope, purpose=purpose)
            is_sound = False
            try:
                with interruptible(case.interrupt):
                    yield case
                is_sound = True
            except (GraphtraceError, HTTPException):
                is_sound = not is_abandoned()
                raise
            finally:
                if is_sound:
                    self._free.append(case)
                else:
                    # it may have ended anywhere, within a message of a server too: the next question opens another
                    with suppress(Exception):
                        case.close()

    def close(self) -> None:
        """Let go of the case."""
        while self._free:
            self._free.pop().close()
