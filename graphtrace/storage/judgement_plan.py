"""Plan of a judgement: which two members a request means, and whether it contradicts others (SPEC 8)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphtrace.errors import AmbiguousName, NothingFound, UsageError
from graphtrace.identifiers import forms_of_party_id, normalize_party_name
from graphtrace.results.judgements import Judgement, Undoing
from graphtrace.storage.judgement_log import JudgementRequest, in_force, undoing_content
from graphtrace.storage.resolution import JoinedMembers, MemberPartition, identities_of, join_near, mentions_near

if TYPE_CHECKING:
    import duckdb

    from graphtrace.model import Origin


_PARTED = "#"
"""In the member of a customer who may be anybody of his name, before what tells him from others."""


class FoundMember(NamedTuple):
    """A member of the case, and the party to which it belongs now."""

    member: str
    party: str


class MemberSource(Protocol):
    """Protocol of a case for planning a judgement."""

    def find(self, *, ids: Sequence[str], name_key: str) -> Sequence[FoundMember]:
        """Return the members with one of the ids, and those whose mentions have the name, alone or as one of many."""

    def join(self, judgements: Sequence[Judgement]) -> JoinedMembers:
        """Return the parties under the judgements, of all members that these can concern."""

    def origin(self, record: str) -> Origin:
        """Return the origin of the row that ``record`` names as evidence."""


class TableMembers:
    """Members of a case for planning a judgement (``MemberSource``), in tables whose parties are resolved."""

    def __init__(self, con: duckdb.DuckDBPyConnection, origin: Callable[[str], Origin]) -> None:
        self.con = con
        self.origin = origin

    def find(self, *, ids: Sequence[str], name_key: str) -> Sequence[FoundMember]:
        rows = self.con.execute(
            "SELECT DISTINCT member, id FROM resolved_parties JOIN mentions USING (ident) "
            "WHERE member IN (SELECT unnest($1::VARCHAR[])) "
            "OR ($2 <> '' AND (name_key = $2 OR starts_with(name_key, $2 || '#'))) ORDER BY ALL",
            [list(ids), name_key],
        ).fetchall()
        return [FoundMember(*row) for row in rows]

    def join(self, judgements: Sequence[Judgement]) -> JoinedMembers:
        return join_near(self.con, "resolved_parties", judgements, mentions_near(self.con, judgements))


class JudgementPlan(NamedTuple):
    """A line to write, or the existing judgement with the same content (``content`` is then ``None``)."""

    judgement: Judgement
    content: dict[str, Any] | None


def plan_judgement(
    members: MemberSource, judgements: Sequence[Judgement], request: JudgementRequest, *, at: str
) -> JudgementPlan:
    """Return the plan of a judgement.

    Raises NothingFound if a party or the judgement to undo is not in the case; AmbiguousName if several parties bear a
    name; UsageError if it contradicts others, joins a party with itself, two carriers, two credit codes or two resident
    ids, or was undone already.
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
        _refuse_joined_identities(members, standing, judgement)
    return JudgementPlan(judgement, judgement.content())


def _plan_undoing(judgements: Sequence[Judgement], request: JudgementRequest, at: str) -> JudgementPlan:
    undone = next((each for each in judgements if each.number == request.undo), None)
    if undone is None:
        raise NothingFound("no_judgement", number=request.undo, hint="list_judgements")
    if undone.undone is not None:
        raise UsageError("undone_already", number=undone.number, hint="judge_again")
    undoing = Undoing(at, request.by, request.why)
    return JudgementPlan(replace(undone, undone=undoing), undoing_content(undone.number, undoing))


def find_member(members: MemberSource, text: str) -> str:
    """Return the member that an id, a strong identifier or a name means.

    Raises NothingFound if the case has none; AmbiguousName if several parties bear the name.
    """
    name_key = normalize_party_name(text)
    kind, _, rest = text.partition(":")
    ids = [text, *(f"id:{form}" for form in forms_of_party_id(rest if kind == "id" else text))]
    if kind == "name":
        ids.append(f"name:{normalize_party_name(rest)}")
    found = members.find(ids=ids, name_key=name_key)
    for member, _ in found:
        if member in ids:
            return member
    # a customer who may be anybody of his name is a party of his own, and is meant where nobody else bears it
    found = [each for each in found if _PARTED not in each.member] or found
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
    neighbours: dict[str, list[tuple[str, int]]] = {}
    for judgement in positive:
        for one, other in (judgement.parties, judgement.parties[::-1]):
            neighbours.setdefault(one, []).append((other, judgement.number))
    reached: dict[str, list[int]] = {start: []}
    waiting = deque([start])
    while waiting:
        member = waiting.popleft()
        if member == end:
            return reached[member]
        for other, number in neighbours.get(member, ()):
            if other not in reached:
                reached[other] = [*reached[member], number]
                waiting.append(other)
    return None


def _refuse_joined_carriers(standing: Sequence[Judgement], judgement: Judgement) -> None:
    joined = MemberPartition()
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


def _refuse_joined_identities(members: MemberSource, standing: Sequence[Judgement], judgement: Judgement) -> None:
    if judgement.is_forced:
        return
    before = members.join(standing)
    after = members.join([*standing, judgement])
    if after.suspended <= before.suspended:
        return
    forced = members.join([*standing, replace(judgement, is_forced=True)])
    (group,) = (group for group in forced.groups if judgement.parties[0] in group)
    codes, persons = identities_of(group)
    if len(codes) > 1:
        raise UsageError("joins_codes", codes=codes, hint="confirm_codes", code="different_credit_codes")
    raise UsageError("joins_persons", ids=persons, hint="confirm_persons", code="different_resident_ids")
