"""Judgements: a person's decision that two parties are the same, are not, or cannot be decided (SPEC 8).

A judgement stands on two *members*: ``carrier:SLUG``, ``id:STRONG`` or ``name:NORMALISED``, the last being the mentions
of a name without an identifier. It is a line of the ledger, and so is its undoing; neither is ever changed. Which
mentions are one party follows from the mentions and from the judgements in force together
(:mod:`graphtrace.storage.resolution`), so answers depend on both sets and on no order in which they came.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from graphtrace.errors import CaseDamaged
from graphtrace.model import Party, origin_of
from graphtrace.results.judgements import Judgement, NamedJudgement, Undoing
from graphtrace.storage.ledger import Moment, had_come


class StoredJudgement(NamedTuple):
    """A line about a judgement as a store keeps it: its place among these lines, and what was in the case before."""

    line: int
    loads: int
    corrections: int
    entry: str


class JudgementRequest(NamedTuple):
    """Request to judge: ``one`` and ``other`` as typed, or the number of a judgement to ``undo``."""

    by: str
    why: str | None = None
    one: str = ""
    other: str = ""
    same: bool | None = None
    evidence: str | None = None
    is_forced: bool = False
    undo: int | None = None


def parse_judgements(lines: Iterable[str], as_of: Moment | None = None) -> list[Judgement]:
    """Return the judgements in lines of a ledger, by number, as they stood at a moment.

    Raises CaseDamaged if a line is none about a judgement, or undoes one that no line before it states.
    """
    found: dict[int, Judgement] = {}
    for place, line in enumerate(lines, 1):
        try:
            _add_line(found, json.loads(line), as_of, place)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise CaseDamaged("judgement_line_unreadable", line=place, hint="restore_and_verify") from error
    return [found[number] for number in sorted(found)]


def _add_line(found: dict[int, Judgement], content: Mapping[str, Any], as_of: Moment | None, place: int) -> None:
    if not had_come(as_of, content["at"], "judgements", place):
        return
    if "undone" in content:
        # the clock was set back between the two: on that day there was nothing to undo
        if as_of is not None and content["undone"] not in found:
            return
        undoing = Undoing(content["at"], content["by"], content["why"])
        found[content["undone"]] = replace(found[content["undone"]], undone=undoing)
        return
    one, other = content["parties"]
    evidence = content["evidence"]
    found[content["judgement"]] = Judgement(
        number=content["judgement"],
        at=content["at"],
        by=content["by"],
        why=content["why"],
        same=content["same"],
        parties=(one, other),
        evidence=None if evidence is None else origin_of(evidence),
        is_forced=content["forced"],
    )


def undoing_content(number: int, undoing: Undoing) -> dict[str, Any]:
    """Return the content of the ledger line that undoes a judgement."""
    return {"undone": number, **undoing._asdict()}


def in_force(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements that were not undone."""
    return [judgement for judgement in judgements if judgement.undone is None]


# -- which judgements an answer rests on -----------------------------------------------------------------------


class JudgementBook:
    """The judgements that apply for a reader of a case, and those that each party of an answer rests on.

    - ``judgements``: those that were made until the day in question.
    - ``suspended``: the numbers of those that are not applied.
    - ``places``: by member that was judged: the id of its party and its name.
    """

    def __init__(
        self, judgements: Sequence[Judgement], suspended: Collection[int], places: Mapping[str, tuple[str, str]]
    ) -> None:
        self.all = [
            NamedJudgement(
                judgement=judgement,
                names=(_name_of(judgement.parties[0], places), _name_of(judgement.parties[1], places)),
                is_suspended=judgement.number in suspended,
            )
            for judgement in judgements
        ]
        self._places = places
        self._by_party: dict[str, list[NamedJudgement]] = {}
        for named in self.all:
            if named.judgement.undone is None and named.judgement.same is not None and not named.is_suspended:
                for party in {places[member][0] for member in named.judgement.parties if member in places}:
                    self._by_party.setdefault(party, []).append(named)

    def __bool__(self) -> bool:
        return bool(self._by_party)

    def undecided(self, one: str, other: str) -> int | None:
        """Return the number of a judgement that left two parties undecided, if there is one."""
        return self._between(one, other, same=None)

    def is_judged_different(self, one: str, other: str) -> bool:
        """Whether a judgement in force keeps two parties apart."""
        return self._between(one, other, same=False) is not None

    def judged_members(self) -> dict[str, str]:
        """Return the members of the case that were judged, with the ids of their parties."""
        return {member: party for member, (party, _) in self._places.items()}

    def different_pairs(self) -> set[tuple[str, str]]:
        """Return the parties that judgements in force keep apart, each pair in both orders."""
        pairs = set()
        for named in self.all:
            judgement = named.judgement
            if judgement.undone is None and judgement.same is False:
                found = [self._places[member][0] for member in judgement.parties if member in self._places]
                if len(set(found)) > 1:
                    pairs |= {(found[0], found[1]), (found[1], found[0])}
        return pairs

    def _between(self, one: str, other: str, *, same: bool | None) -> int | None:
        for named in self.all:
            judgement = named.judgement
            if judgement.undone is None and judgement.same is same:
                parties = {self._places[member][0] for member in judgement.parties if member in self._places}
                if parties == {one, other}:
                    return judgement.number
        return None

    def summary(self) -> dict[str, Any]:
        """Return the number of judgements that are not undone, and the numbers of those that are not applied."""
        standing = [named for named in self.all if named.judgement.undone is None]
        suspended = [named.judgement.number for named in standing if named.is_suspended]
        return {"judgements": len(standing), "suspended": suspended}

    def about(self, parties: Iterable[str]) -> tuple[NamedJudgement, ...]:
        """Return the judgements in force that join or separate members of these parties, by number."""
        found = {
            named.judgement.number: named
            for party in self._by_party.keys() & set(parties)
            for named in self._by_party[party]
        }
        return tuple(found[number] for number in sorted(found))

    def join(self, party: str) -> bool:
        """Whether judgements in force make one party of what records call so."""
        return party in self._by_party and any(named.judgement.same for named in self.about([party]))

    def shown_in(self, answer: object) -> tuple[NamedJudgement, ...]:
        """Return the judgements on which an answer rests: those about the parties that it names."""
        return self.about(parties_in(answer)) if self else ()


def _name_of(member: str, places: Mapping[str, tuple[str, str]]) -> str:
    return places[member][1] if member in places else member.partition(":")[2]


def parties_in(value: object) -> Iterator[str]:
    """Yield the ids of all parties within an answer, among other texts."""
    if isinstance(value, Party):
        yield value.id
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from parties_in(member)
    elif isinstance(value, Iterable):
        for member in value:
            yield from parties_in(member)
    elif is_dataclass(value):
        for part in fields(value):
            yield from parties_in(getattr(value, part.name))
