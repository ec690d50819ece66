"""Who may be the same party, why, and what it would change (SPEC 8). Nothing is joined: a person judges.

Pairs are never tried all against all. Names are looked up by their normal forms; cards by what one party received and
never passed on while another passed it on without having received it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, overload

from graphtrace.analysis.aliases import (
    Candidate,
    alike_identifiers,
    alike_names,
    make_candidate,
    ordered_pair,
)
from graphtrace.analysis.display import DisplayMixin
from graphtrace.analysis.trace import Tracer, event_from_record
from graphtrace.custody import analyze_custody
from graphtrace.identifiers import carrier_from_iccid
from graphtrace.model import CustodyEvent, Outcome, Party
from graphtrace.storage.base import CardInterval, ComplementaryLots, StoreReader

if TYPE_CHECKING:
    pass

_MOST_LOTS: Final = 20_000
"""Lots of a pair whose cards are looked at one by one."""


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
        """The answer as plain values: what ``candidates --json`` says beside the version and the case."""
        return {"candidates": [candidate.to_dict() for candidate in self]}


def find_candidates(tracer: Tracer, party: Party | None = None) -> list[Candidate]:
    """The pairs that somebody may want to judge, strongest first; only those with ``party``, if one is given.

    Cost: grows with the names and with the movements of the case, not with the pairs of parties.
    """
    store = tracer.store
    names = _names(store)
    found: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for pair, code in [*alike_names(names), *alike_identifiers(names)]:
        found[pair].setdefault(code, {})
    covered: dict[tuple[str, str], list[ComplementaryLots]] = defaultdict(list)
    for shared in store.complementary_lots():
        pair = ordered_pair(shared.giver.id, shared.taker.id)
        covered[pair].append(shared)
        found[pair]["complementary_lots"] = {
            "cards": sum(each.cards for each in covered[pair]),
            "without_receipt": sum(each.missing for each in covered[pair]),
        }
    parties = {each.id: each for each, _ in names.values()}
    candidates = [
        make_candidate(parties[one], parties[other], reasons, store.judgements)
        for (one, other), reasons in found.items()
        if one in parties and other in parties and (party is None or party.id in (one, other))
    ]
    effect = _Effect(tracer, covered)
    kept = [effect.added_to(candidate) for candidate in candidates if candidate is not None]
    return sorted(
        kept,
        key=lambda each: (
            *(each.judged is not None, -each.score, -(each.chains_closed or 0)),
            *(party.id for party in each.parties),
        ),
    )


class _Effect:
    """What joining two parties would change: it is worked out card by card, as long as these are not too many."""

    def __init__(self, tracer: Tracer, covered: Mapping[tuple[str, str], Sequence[ComplementaryLots]]) -> None:
        self._tracer = tracer
        self._covered = covered

    def added_to(self, candidate: Candidate) -> Candidate:
        """The candidate with how many cards both cover, and how many broken chains it would close."""
        one, other = candidate.parties
        found = self._covered.get((one.id, other.id), ())
        cards = sum(each.cards for each in found)
        closed: int | None = None
        if sum(len(each.lots) for each in found) <= _MOST_LOTS:
            closed = sum(self._closed(one, other, each.lots) for each in found)
        return replace(candidate, cards=cards, chains_closed=closed)

    def _closed(self, one: Party, other: Party, lots: Sequence[CardInterval]) -> int:
        closed = 0
        for cards, key, rows in self._tracer.store.histories(lots):
            carrier = carrier_from_iccid(key)
            events = [event_from_record(row) for row in rows]
            book = self._tracer.quantities.book
            if analyze_custody(events, book, carrier).with_events(()).outcome is not Outcome.BROKEN:
                continue
            joined = [_as_one(event, one, other) for event in events]
            after = [event for event in joined if event.sender.id != event.receiver.id]
            outcome = analyze_custody(after, book, carrier).with_events(()).outcome
            closed += cards if outcome in (Outcome.CONTINUOUS, Outcome.INFERRED) else 0
        return closed


def _as_one(event: CustodyEvent, one: Party, other: Party) -> CustodyEvent:
    sender, receiver = (one if side.id == other.id else side for side in (event.sender, event.receiver))
    return replace(event, sender=sender, receiver=receiver)


def _names(store: StoreReader) -> dict[str, tuple[Party, list[str]]]:
    names: dict[str, tuple[Party, list[str]]] = {}
    for party, name in store.all_names():
        if not party.is_carrier:
            names.setdefault(party.id, (party, []))[1].append(name)
    return names
