"""Judgements: a person's decision that two parties are the same, are not, or cannot be decided (SPEC 8).

A judgement stands on two *members*: ``carrier:SLUG``, ``id:STRONG`` or ``name:NORMALISED``, the last being the mentions
of a name without an identifier. It is a line of the ledger, and so is its undoing; neither is ever changed. Which
mentions are one party follows from the mentions and from the judgements in force together (:func:`join_members`), so
answers depend on both sets and on no order in which they came.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, NamedTuple, Protocol

from graphtrace.errors import AmbiguousName, NothingFound, UsageError
from graphtrace.identifiers import normalise_party_id, normalise_party_name, parse_uscc
from graphtrace.model import Origin, Party, origin_dict


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


def parse_judgements(lines: Iterable[str], as_of: str | None = None) -> list[Judgement]:
    """Return the judgements in lines of a ledger, by number, as they stood at the end of a day.

    Raises
    ------
    ValueError, LookupError, TypeError
        If a line is none about a judgement.
    """
    found: dict[int, Judgement] = {}
    for line in lines:
        content = json.loads(line)
        if as_of is not None and content["at"][:10] > as_of:
            continue
        if "undone" in content:
            undoing = Undoing(content["at"], content["by"], content["why"])
            found[content["undone"]] = replace(found[content["undone"]], undone=undoing)
            continue
        one, other = content["parties"]
        evidence = content["evidence"]
        found[content["judgement"]] = Judgement(
            number=content["judgement"],
            at=content["at"],
            by=content["by"],
            why=content["why"],
            same=content["same"],
            parties=(one, other),
            evidence=None if evidence is None else Origin(**evidence),
            is_forced=content["forced"],
        )
    return [found[number] for number in sorted(found)]


def undoing_content(number: int, undoing: Undoing) -> dict[str, Any]:
    """Return the content of the ledger line that undoes a judgement."""
    return {"undone": number, **undoing._asdict()}


def in_force(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements that were not undone."""
    return [judgement for judgement in judgements if judgement.undone is None]


# -- who is one party ------------------------------------------------------------------------------------------


class JoinedMembers(NamedTuple):
    """Parties that result from members and judgements.

    ``groups``: the members of each party. ``collisions``: for each ``name:`` that several parties bear, how many.
    ``suspended``: the numbers of the judgements that are not applied.
    """

    groups: Sequence[frozenset[str]]
    collisions: Mapping[str, int]
    suspended: frozenset[int]


class _Partition:
    """Disjoint sets of members."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, member: str) -> str:
        above = self._above.setdefault(member, member)
        while above != member:
            self._above[member] = self._above[above]
            member, above = above, self._above[above]
        return member

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low

    def groups(self) -> list[frozenset[str]]:
        members: dict[str, set[str]] = {}
        for member in self._above:
            members.setdefault(self.root(member), set()).add(member)
        return [frozenset(members[root]) for root in sorted(members)]


def join_members(
    bearers: Mapping[str, Collection[str]], names: Collection[str], judgements: Iterable[Judgement]
) -> JoinedMembers:
    """Merge members into parties, by the rule of SPEC 3 and the judgements in force.

    Parameters
    ----------
    bearers
        By ``name:NORMALISED``: the ``id:`` members that bear the name.
    names
        The ``name:`` members that records mention without an identifier.
    judgements
        Those in force.
    """
    positive = [judgement for judgement in judgements if judgement.same]
    apart = [judgement.parties for judgement in judgements if judgement.same is False]
    joined = _join(bearers, names, positive, apart)
    forced = [judgement for judgement in positive if judgement.is_forced]
    allowed = _join(bearers, names, forced, apart) if forced else _Partition()
    suspended: set[int] = set()
    if _joins_credit_codes(joined, allowed):
        applied = forced
        for judgement in positive:
            if judgement.is_forced:
                continue
            joined = _join(bearers, names, [*applied, judgement], apart)
            if _joins_credit_codes(joined, allowed):
                suspended.add(judgement.number)
            else:
                applied = [*applied, judgement]
        joined = _join(bearers, names, applied, apart)
    collisions = {}
    for name in names:
        roots = {joined.root(bearer) for bearer in bearers.get(name, ())}
        collisions[name] = len(roots) if len(roots) > 1 and joined.root(name) not in roots else 0
    return JoinedMembers(joined.groups(), collisions, frozenset(suspended))


def _join(
    bearers: Mapping[str, Collection[str]],
    names: Collection[str],
    positive: Iterable[Judgement],
    apart: Sequence[tuple[str, str]],
) -> _Partition:
    """Merge members: by judgements first; then each name joins its only bearer, in order, until nothing changes.

    A judgement between two parties outweighs the rule: a name stays by itself that would connect two which were judged
    different.
    """
    joined = _Partition()
    for name in names:
        joined.root(name)
    for of_name in bearers.values():
        for bearer in of_name:
            joined.root(bearer)
    for judgement in positive:
        joined.join(*judgement.parties)
    waiting = sorted(name for name in names if bearers.get(name))
    is_changed = True
    while is_changed:
        is_changed = False
        for name in waiting:
            roots = {joined.root(bearer) for bearer in bearers[name]}
            mine = joined.root(name)
            if len(roots) != 1 or mine in roots:
                continue
            both = {mine, *roots}
            if not any({joined.root(one), joined.root(other)} == both for one, other in apart):
                joined.join(name, roots.pop())
                is_changed = True
    return joined


def _joins_credit_codes(joined: _Partition, allowed: _Partition) -> bool:
    """Whether some party has two credit codes that no forced judgement joins."""
    return any(
        len({allowed.root(member) for member in group if is_credit_code(member)}) > 1 for group in joined.groups()
    )


def is_credit_code(member: str) -> bool:
    """Whether a member is known by a unified social credit code."""
    return member.startswith("id:") and parse_uscc(member.removeprefix("id:")) is not None


# -- plan of a request ---------------------------------------------------------------------------------------


class FoundMember(NamedTuple):
    """A member of the case, and the party to which it belongs now."""

    member: str
    party: str


class MemberSource(Protocol):
    """Protocol of a case for planning a judgement."""

    def find(self, *, ids: Sequence[str], name_key: str) -> Sequence[FoundMember]:
        """Return the members with one of the ids, and those whose mentions have the name."""
        ...

    def join(self, judgements: Sequence[Judgement]) -> JoinedMembers:
        """Return the parties under the judgements, of all members that these can concern."""
        ...

    def origin(self, record: str) -> Origin:
        """Return the origin of the row that ``record`` names as evidence."""
        ...


class JudgementPlan(NamedTuple):
    """A line to write, or the existing judgement with the same content (``content`` is then ``None``)."""

    judgement: Judgement
    content: dict[str, Any] | None


def plan_judgement(
    members: MemberSource, judgements: Sequence[Judgement], request: JudgementRequest, *, at: str
) -> JudgementPlan:
    """Return the plan of a judgement.

    Raises
    ------
    NothingFound
        If a party or the judgement to undo is not in the case.
    AmbiguousName
        If several parties bear a name.
    UsageError
        If it contradicts others, joins a party with itself, two carriers or two credit codes, or was undone already.
    """
    if request.undo is not None:
        return _plan_undoing(judgements, request, at)
    one, other = (find_member(members, text) for text in (request.one, request.other))
    if one == other:
        raise UsageError("same_party_already", one=request.one, other=request.other, party=one, hint="name_two_parties")
    standing = in_force(judgements)
    on_pair = next((each for each in standing if set(each.parties) == {one, other}), None)
    if on_pair is not None:
        if on_pair.same == request.same:
            return JudgementPlan(on_pair, None)
        raise UsageError(
            "judged_already",
            one=one,
            other=other,
            number=on_pair.number,
            hint="undo_first",
            code="contradicting_judgement",
        )
    judgement = Judgement(
        number=max((each.number for each in judgements), default=0) + 1,
        at=at,
        by=request.by,
        why=request.why or "",
        same=request.same,
        parties=(one, other),
        evidence=None if request.evidence is None else members.origin(request.evidence),
        is_forced=request.is_forced,
    )
    if request.same is not None:
        _refuse_contradiction(standing, judgement)
    if request.same:
        _refuse_joined_carriers(standing, judgement)
        _refuse_joined_codes(members, standing, judgement)
    return JudgementPlan(judgement, judgement.content())


def _plan_undoing(judgements: Sequence[Judgement], request: JudgementRequest, at: str) -> JudgementPlan:
    meant = next((each for each in judgements if each.number == request.undo), None)
    if meant is None:
        raise NothingFound("no_judgement", number=request.undo, hint="list_judgements")
    if meant.undone is not None:
        raise UsageError(
            "undone_already",
            number=meant.number,
            hint="judge_again",
        )
    undoing = Undoing(at, request.by, request.why)
    return JudgementPlan(replace(meant, undone=undoing), undoing_content(meant.number, undoing))


def find_member(members: MemberSource, text: str) -> str:
    """Return the member that an id, a strong identifier or a name means.

    Raises
    ------
    NothingFound
        If the case has none.
    AmbiguousName
        If several parties bear the name.
    """
    name_key = normalise_party_name(text)
    kind, _, rest = text.partition(":")
    ids = [text, f"id:{normalise_party_id(rest if kind == 'id' else text)}"]
    if kind == "name":
        ids.append(f"name:{normalise_party_name(rest)}")
    found = members.find(ids=ids, name_key=name_key)
    for member, _ in found:
        if member in ids:
            return member
    parties = sorted({party for _, party in found})
    if len(parties) > 1:
        raise AmbiguousName("several_parties", count=len(parties), name=text, parties=parties, hint="one_of_parties")
    if not parties:
        raise NothingFound("no_such_party", name=text, hint="name_as_recorded")
    bearing = sorted({member for member, _ in found})
    return next((each for each in (f"name:{name_key}", parties[0]) if each in bearing), bearing[0])


def _refuse_contradiction(standing: Sequence[Judgement], judgement: Judgement) -> None:
    """Raise if the judgement contradicts others in force."""
    positive = [each for each in (*standing, judgement) if each.same]
    for different in (each for each in (*standing, judgement) if each.same is False):
        path = _path(positive, *different.parties)
        if path is None:
            continue
        numbers = sorted({*path, different.number} - {judgement.number})
        raise UsageError(
            "contradicts_judgements",
            numbers=[str(number) for number in numbers],
            number=numbers[-1],
            hint="undo_one_first",
            code="contradicting_judgement",
        )


def _path(positive: Sequence[Judgement], start: str, end: str) -> list[int] | None:
    """Return the numbers of the judgements on a shortest path between two members."""
    ways: dict[str, list[tuple[str, int]]] = {}
    for judgement in positive:
        for one, other in (judgement.parties, judgement.parties[::-1]):
            ways.setdefault(one, []).append((other, judgement.number))
    reached: dict[str, list[int]] = {start: []}
    waiting = deque([start])
    while waiting:
        member = waiting.popleft()
        if member == end:
            return reached[member]
        for other, number in ways.get(member, ()):
            if other not in reached:
                reached[other] = [*reached[member], number]
                waiting.append(other)
    return None


def _refuse_joined_carriers(standing: Sequence[Judgement], judgement: Judgement) -> None:
    joined = _Partition()
    for each in (*standing, judgement):
        if each.same:
            joined.join(*each.parties)
    mine = joined.root(judgement.parties[0])
    carriers = sorted(
        {
            member
            for each in (*standing, judgement)
            if each.same
            for member in each.parties
            if member.startswith("carrier:") and joined.root(member) == mine
        }
    )
    if len(carriers) > 1:
        numbers = sorted(each.number for each in standing if each.same and joined.root(each.parties[0]) == mine)
        raise UsageError(
            "joins_carriers", carriers=carriers, numbers=[str(number) for number in numbers], hint="carriers_differ"
        )


def _refuse_joined_codes(members: MemberSource, standing: Sequence[Judgement], judgement: Judgement) -> None:
    if judgement.is_forced:
        return
    before = members.join(standing)
    after = members.join([*standing, judgement])
    if after.suspended <= before.suspended:
        return
    forced = members.join([*standing, replace(judgement, is_forced=True)])
    (group,) = (group for group in forced.groups if judgement.parties[0] in group)
    codes = sorted(member for member in group if is_credit_code(member))
    raise UsageError(
        "joins_codes",
        codes=codes,
        hint="confirm_codes",
        code="different_credit_codes",
    )


# -- which judgements an answer rests on -----------------------------------------------------------------------


class JudgementBook:
    """The judgements that apply for a reader of a case, and those that each party of an answer rests on.

    Parameters
    ----------
    judgements
        Those that were made until the day in question.
    suspended
        The numbers of those that are not applied.
    places
        By member that was judged: the id of its party and its name.
    """

    def __init__(
        self, judgements: Sequence[Judgement], suspended: Collection[int], places: Mapping[str, tuple[str, str]]
    ) -> None:
        self.all = [
            NamedJudgement(
                judgement=judgement,
                names=(
                    _name_of(judgement.parties[0], places),
                    _name_of(judgement.parties[1], places),
                ),
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
        for held in value.values():
            yield from parties_in(held)
    elif isinstance(value, Iterable):
        for held in value:
            yield from parties_in(held)
    elif is_dataclass(value):
        for part in fields(value):
            yield from parties_in(getattr(value, part.name))
