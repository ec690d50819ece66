"""Reasons in names and identifiers for parties that may be the same: alias candidates (SPEC 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.party_names import (
    core_of_name,
    edit_similarity,
    is_name_within,
    name_in_brackets,
    names_somebody,
    simplify_name,
    spell_name,
)
from graphtrace.model import Origin, Party, party_dict
from graphtrace.results.judgements import Candidate, Reason

if TYPE_CHECKING:
    from graphtrace.storage.judgement_log import JudgementBook

_WEIGHTS: Final = {
    "stated_alias": 0.95,
    "same_identifier": 0.9,
    "traditional_simplified": 0.85,
    "complementary_lots": 0.8,
    "same_account": 0.7,
    "same_telephone": 0.65,
    "name_contained": 0.6,
    "same_pinyin": 0.5,
    "same_waybill_contact": 0.45,
    "same_address": 0.4,
    "similar_name": 0.1,
}
"""Weight of each reason alone; several together weigh more. They order the list and claim no probability."""

_SIMILAR: Final = 0.6
_MAX_ALIKE: Final = 20
"""A form that more parties share says nothing about any two of them."""

_NAME_REASONS: Final = ("traditional_simplified", "name_contained", "same_pinyin")
_MISREAD: Final = str.maketrans("OIL", "011")


def alias_candidates(
    after: Party, before: Party, book: JudgementBook, shared: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return the candidate that names, ids and contacts of the parties on both sides of a gap give: one, or none.

    ``shared`` are the codes of the reasons that contacts give.
    """
    if after.id == before.id or any(party.id.startswith("carrier:") for party in (after, before)):
        return []
    names = {party.id: (party, [normalize_party_name(party.name)]) for party in (after, before)}
    reasons: dict[str, Mapping[str, Any]] = {code: {} for _, code in [*alike_names(names), *alike_identifiers(names)]}
    reasons |= {code: {} for code in shared}
    one, other = sorted((after, before))
    candidate = make_candidate(one, other, reasons, book)
    if candidate is None:
        return []
    codes = [reason.code for reason in candidate.reasons]
    return [{"parties": [party_dict(party) for party in (one, other)], "score": candidate.score, "reasons": codes}]


def make_candidate(
    one: Party,
    other: Party,
    reasons: Mapping[str, Mapping[str, Any]],
    book: JudgementBook,
    origins: Mapping[str, tuple[Origin, ...]] | None = None,
) -> Candidate | None:
    if not reasons or (one.strong_id and other.strong_id and not reasons.keys() - set(_NAME_REASONS)):
        # names alone never propose two parties whose identifiers differ
        return None
    judged = book.undecided(one.id, other.id)
    if book.is_judged_different(one.id, other.id):
        return None
    reasons_by_code = dict(reasons)
    similarity = edit_similarity(one.name, other.name)
    if similarity >= _SIMILAR and one.name != other.name:
        reasons_by_code["similar_name"] = {"similarity": round(similarity, 2)}
    rest = 1.0
    for code, params in reasons_by_code.items():
        # of what one passed on without a receipt, how much the other had received
        share = params["cards"] / params["without_receipt"] if code == "complementary_lots" else 1
        rest *= 1 - _WEIGHTS[code] * (0.4 + 0.6 * share)
    ordered = sorted(reasons_by_code, key=lambda code: (-_WEIGHTS[code], code))
    return Candidate(
        parties=(one, other),
        score=round(1 - rest, 4),
        reasons=tuple(
            Reason(code=code, params=reasons_by_code[code], origins=(origins or {}).get(code, ())) for code in ordered
        ),
        judged=judged,
    )


def ordered_pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def alike_names(names: Mapping[str, tuple[Party, Sequence[str]]]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield pairs whose names have a normal form in common, or the core of one holds that of the other."""
    simple: dict[str, set[tuple[str, str]]] = defaultdict(set)
    cores: dict[str, set[str]] = defaultdict(set)
    called: dict[str, set[str]] = defaultdict(set)
    for party, writings in names.values():
        for name in writings:
            simplified = simplify_name(name)
            simple[simplified].add((party.id, name))
            cores[core_of_name(simplified)].add(party.id)
            if (other := name_in_brackets(simplified)) is not None:
                called[other].add(party.id)
    for other, parties in called.items():
        named = {party for party, _ in simple.get(other, ())}
        if len(parties) * len(named) <= _MAX_ALIKE:
            yield from ((ordered_pair(a, b), "name_contained") for a in parties for b in named if a != b)
    for written in simple.values():
        if len({name for _, name in written}) > 1:
            yield from ((pair, "traditional_simplified") for pair in _pairs({party for party, _ in written}))
    spelt: dict[str, set[str]] = defaultdict(set)
    for core, parties in cores.items():
        yield from ((pair, "name_contained") for pair in _pairs(parties))
        if not core.isascii():
            spelt[spell_name(core)].add(core)
    for contained, holders in _held_cores(cores).items():
        for core in holders:
            yield from ((ordered_pair(a, b), "name_contained") for a in cores[contained] for b in cores[core] if a != b)
    for alike in spelt.values():
        if len(alike) > 1:
            for first, second in combinations(sorted(alike), 2):
                if len(cores[first]) * len(cores[second]) <= _MAX_ALIKE:
                    yield from (
                        (ordered_pair(a, b), "same_pinyin") for a in cores[first] for b in cores[second] if a != b
                    )


def _held_cores(cores: Mapping[str, Collection[str]]) -> Mapping[str, Sequence[str]]:
    """Return the cores that other cores hold, each with these; none that more than :data:`_MAX_ALIKE` parties share.

    Cores are looked up by their first two characters, so that the cost grows with the characters of all names and not
    with the pairs of parties, also where a hundred thousand names differ in a number only.
    """
    lengths: dict[str, set[int]] = defaultdict(set)
    for core in cores:
        if names_somebody(core):
            lengths[core[:2]].add(len(core))
    contained: dict[str, list[str]] = defaultdict(list)
    shares: Counter[str] = Counter()
    for core, parties in cores.items():
        for start in range(len(core) - 1):
            for length in lengths.get(core[start : start + 2], ()):
                piece = core[start : start + length]
                if piece in cores and shares[piece] <= _MAX_ALIKE and is_name_within(piece, core, start):
                    shares[piece] += len(parties)
                    contained[piece].append(core)
    return {piece: found for piece, found in contained.items() if shares[piece] * len(cores[piece]) <= _MAX_ALIKE}


def alike_identifiers(names: Mapping[str, tuple[Party, Sequence[str]]]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield pairs whose identifiers differ in letters only that are read for digits."""
    read: dict[str, set[str]] = defaultdict(set)
    for party, _ in names.values():
        if party.strong_id:
            read[party.strong_id.translate(_MISREAD)].add(party.id)
    for parties in read.values():
        yield from ((pair, "same_identifier") for pair in _pairs(parties))


def _pairs(parties: Collection[str]) -> Iterable[tuple[str, str]]:
    return combinations(sorted(parties), 2) if 1 < len(parties) <= _MAX_ALIKE else ()
