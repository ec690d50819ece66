"""Judgements as answers show them: decisions of persons whether two parties are the same (SPEC 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphtrace.model import Origin, origin_dict


class Undoing(NamedTuple):
    """When, by whom and why a judgement was undone."""

    at: str
    by: str
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judgement; ``same`` is ``None`` if it was left undecided, ``parties`` are two members.

    ``is_forced`` says that it may join two different credit codes, ``evidence`` is a row that supports it.
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


def judgements_dict(judgements: Iterable[NamedJudgement]) -> list[dict[str, Any]]:
    """Return the judgements on which an answer rests, as documents show them."""
    return [named.to_dict() for named in judgements]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedJudgement:
    """A judgement with the names that records give to its two parties.

    ``is_suspended`` says that it is not applied, because a later load would let it join two credit codes.
    """

    judgement: Judgement
    names: tuple[str, str]
    is_suspended: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement in the form of documents."""
        judgement = self.judgement
        return {
            "n": judgement.number,
            "same": judgement.same,
            "parties": [
                {"id": member, "name": name} for member, name in zip(judgement.parties, self.names, strict=True)
            ],
            "by": judgement.by,
            "at": judgement.at,
            "why": judgement.why,
            "evidence": None if judgement.evidence is None else origin_dict(judgement.evidence),
            "forced": judgement.is_forced,
            "suspended": self.is_suspended,
            "undone": None if judgement.undone is None else judgement.undone._asdict(),
        }
