"""Logging of the look-ups of an open case: the outermost question is logged before it is answered, inner ones are not.

A program that asks several questions for one answer (a command, a page) sets a scope, in which the same question is
logged once, and logs the hash of what it showed (:meth:`LookupScope.answered`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import StoreError
from graphtrace.platform import system

if TYPE_CHECKING:
    from graphtrace.storage.location import CaseLocation
    from graphtrace.storage.lookups import Basis, LookupKind

PURPOSE_VARIABLE: Final = "GRAPHTRACE_PURPOSE"


def purpose_of(given: str | None) -> str | None:
    """Return the purpose of look-ups: what is given, else that of the environment; ``None`` where neither says one.

    Raises
    ------
    UsageError
        If it is too long, or no single line.
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
            with suppress(StoreError):
                for each in sha256:
                    self._location.log_answer(self._line, each, basis)


@dataclass(slots=True)
class LookupScope:
    """A command or a page that shows one answer, however many questions it asks.

    Attributes
    ----------
    command, asked
        Logged in place of each question and its parameters, once; without a command every question is logged, but the
        same one only once.
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

        Raises
        ------
        UsageError
            If the case requires a purpose and none is given.
        CaseMissing, CaseLocked, StoreError
            If the line cannot be written; then nothing may be answered.
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
        from graphtrace.storage.lookups import LookupRequest

        asked = {name: value for name, value in asked.items() if value not in (None, (), False)}
        scope = self.scope
        if scope is not None and not scope.is_new(command, asked):
            return None
        if scope is not None and scope.command is not None:
            command, asked = scope.command, scope.asked
        request = LookupRequest(what, command, asked, system.account_name(), self.purpose)
        begun = BegunLookup(self._location, self._location.log_lookup(request))
        if scope is not None:
            scope.begun.append(begun)
        return begun
