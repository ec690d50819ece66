"""Judgements of persons whether two parties are the same (SPEC 8), and pairs that somebody may want to judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, overload

from graphtrace.frozen import frozen
from graphtrace.model import Origin, Party, origin_dict
from graphtrace.results.display import PlainDictMixin
from graphtrace.wire import DATED, KeyGroup, wire


@wire("at by why:str", name="Undone")
class Undoing(NamedTuple):
    """When a judgement was undone, by whom and why."""

    at: str
    by: str
    why: str | None


@frozen()
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


@frozen()
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
@frozen()
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


@wire("code params origins", name="CandidateReason")
@frozen()
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
@frozen()
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
