"""What a report must hold in order to be shown. The types themselves belong to the rooms above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from graphtrace.answers.graphs import Limits


class CaseStatus(Protocol):
    """What is in a case."""

    @property
    def path(self) -> object: ...
    @property
    def files(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def records(self) -> Mapping[str, int]: ...
    @property
    def parties(self) -> int: ...
    @property
    def cards_listed(self) -> int: ...
    @property
    def ranges(self) -> int: ...
    @property
    def quantity_only(self) -> int: ...
    @property
    def first_day(self) -> str | None: ...
    @property
    def last_day(self) -> str | None: ...
    @property
    def rejected(self) -> int: ...
    @property
    def size_bytes(self) -> int | None: ...


class Problem(Protocol):
    """Something that ``verify`` found to disagree."""

    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


class Exported(Protocol):
    """What was written where."""

    @property
    def path(self) -> object: ...
    @property
    def format(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def written(self) -> Mapping[str, int]: ...
    @property
    def limits(self) -> Limits | None: ...
