"""Pairs of parties that somebody may want to judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from graphtrace.model import Origin, Party, origin_dict, party_dict
from graphtrace.results.display import DisplayMixin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Reason for which two parties may be one, with its figures."""

    code: str
    params: Mapping[str, Any]
    origins: tuple[Origin, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as documents show it."""
        return {"code": self.code, "params": dict(self.params), "origins": [origin_dict(each) for each in self.origins]}


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

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as documents show it."""
        return {
            "parties": [party_dict(party) for party in self.parties],
            "score": self.score,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "effect": {"chains_closed": self.chains_closed, "cards": self.cards},
            "judged": self.judged,
        }


class Candidates(DisplayMixin, Sequence[Candidate]):
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

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what ``candidates --json`` says beside the version and the case."""
        return {"candidates": [candidate.to_dict() for candidate in self]}
