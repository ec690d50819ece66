"""Judgements as answers show them: decisions of persons whether two parties are the same (SPEC 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from graphtrace.model import Origin, Party, origin_dict
from graphtrace.wire import wire


@wire("at by why:str", name="Undone")
class Undoing(NamedTuple):
    """When a judgement was undone, by whom and why."""

    at: str
    by: str
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judgement; ``same`` is ``None`` if it was left undecided, ``parties`` are two members.

    ``is_forced`` says that it may join two different credit codes or resident ids, ``evidence`` is a row that supports
    it.
    """

    number: int
    at: str
    by: str
    why: str
    same: bool | None
    parties: tuple[str, str]
    evidence: Origin | None = None
    is_forced: bool = False
    undone: Undoing | None = None

    def content(self) -> dict[str, Any]:
        """Return the content of the line of the ledger."""
        return {
            "judgement": self.number,
            "at": self.at,
            "by": self.by,
            "why": self.why,
            "same": self.same,
            "parties": list(self.parties),
            "evidence": None if self.evidence is None else origin_dict(self.evidence),
            "forced": self.is_forced,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementResult:
    """Result of a request: the judgement in force, and whether it is new."""

    judgement: Judgement
    is_new: bool


@wire(
    "n=judgement.number same=judgement.same parties by=judgement.by at=judgement.at why=judgement.why",
    "evidence=judgement.evidence forced=judgement.is_forced suspended=is_suspended undone=judgement.undone",
    name="Judgement",
    doc="Somebody's judgement that two parties are the same or different.",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NamedJudgement:
    """A judgement with the names that records give to its two parties.

    ``is_suspended`` says that it is not applied, because a later load would let it join two credit codes.
    """

    judgement: Judgement
    names: tuple[str, str]
    is_suspended: bool = False

    @property
    def parties(self) -> tuple[Party, ...]:
        """Return the two parties by these names."""
        return tuple(Party(*who) for who in zip(self.judgement.parties, self.names, strict=True))
