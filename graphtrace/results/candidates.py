"""Pairs of parties that somebody may want to judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from graphtrace.model import Origin, Party
from graphtrace.results.display import PlainDictMixin
from graphtrace.wire import DATED, KeyGroup, wire


@wire("code params origins", name="CandidateReason")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why two parties may be one, with the figures behind it."""

    code: str
    params: Mapping[str, Any]
    origins: tuple[Origin, ...] = ()


@wire(
    "parties score reasons effect judged",
    doc="Two parties that may be one; ``judged`` is the number of a judgement that left them undecided.",
    effect=KeyGroup(
        "CandidateEffect",
        "Effect of joining two parties; ``chains_closed`` is null where there are too many cards to examine.",
        "chains_closed cards",
    ),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Two parties that may be one.

    ``cards`` is how many cards the one received and the other passed on, ``chains_closed`` how many chains that are
    broken now would be continuous or inferred, ``None`` where the cards are too many to be looked at one by one.
    ``judged`` is the number of a judgement that left them undecided.
    """

    parties: tuple[Party, Party]
    score: float
    reasons: tuple[Reason, ...]
    cards: int = 0
    chains_closed: int | None = 0
    judged: int | None = None


@wire(
    DATED,
    "candidates=_candidates:list[Candidate] unread?!",
    name="CandidatesAnswer",
    doc="The answer of ``candidates``, strongest first.",
)
class Candidates(PlainDictMixin, Sequence[Candidate]):
    """Candidates in their order, strongest first."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._candidates = tuple(candidates)

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, index: int | slice) -> Candidate | Sequence[Candidate]:
        return self._candidates[index]

    def __len__(self) -> int:
        return len(self._candidates)

    def __repr__(self) -> str:
        return f"<Candidates {len(self)}>"
