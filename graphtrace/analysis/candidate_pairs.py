"""Candidates: parties that may be the same, the reasons, and the effect of a merge (SPEC 8). A person decides.

Pairs are never tried all against all. Names are looked up by their normal forms; cards by what one party received and
never passed on while another passed it on without having received it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from graphtrace.analysis.alias_reasons import alike_identifiers, alike_names, make_candidate, ordered_pair
from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.corroboration import shared_contacts
from graphtrace.custody import analyze_custody
from graphtrace.custody.merge import sort_origins
from graphtrace.engine.case_parties import all_names
from graphtrace.engine.custody_events import event_from_record, histories
from graphtrace.engine.session_lots import ComplementaryLots, complementary_lots
from graphtrace.identifiers import carrier_from_iccid
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.model import Origin, Outcome, Party
from graphtrace.results.judgements import Candidate
from graphtrace.storage.base import WHOLE_CASE, Backend, PartyNamesScope
from graphtrace.storage.stored_records import StoredRecord

_MAX_LOTS: Final = 20_000
"""Lots of a pair whose cards are looked at one by one."""

_MAX_LOTS_IN_ALL: Final = 200_000
"""Maximum number of lots of all pairs; those of the strongest pairs come first."""


def find_candidates(tracer: Tracer, party: Party | None = None) -> list[Candidate]:
    """Return the pairs that somebody may want to judge, strongest first; only those with ``party``, if one is given.

    Cost: grows with the names and with the movements of the case, not with the pairs of parties.
    """
    store = tracer.store
    names = _names(store)
    found: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    alike: dict[str, set[str]] = defaultdict(set)
    for pair, code in [*alike_names(names), *alike_identifiers(names)]:
        found[pair].setdefault(code, {})
        for one, other in (pair, pair[::-1]):
            alike[one].add(other)
    covered: dict[tuple[str, str], list[ComplementaryLots]] = defaultdict(list)
    for shared in complementary_lots(store.session(WHOLE_CASE), alike):
        pair = ordered_pair(shared.giver.id, shared.taker.id)
        covered[pair].append(shared)
        found[pair]["complementary_lots"] = {
            "cards": sum(each.cards for each in covered[pair]),
            "without_receipt": sum(each.missing for each in covered[pair]),
        }
    origins: dict[tuple[str, str], dict[str, tuple[Origin, ...]]] = defaultdict(dict)
    for pair, code, value, rows in shared_contacts(store, names):
        known = found[pair].get(code, {"values": ()})
        found[pair][code] = {"values": [*dict.fromkeys([*known["values"], value])]}
        origins[pair][code] = (*origins[pair].get(code, ()), *rows)
    parties = {each.id: each for each, _ in names.values()}
    candidates = [
        make_candidate(parties[one], parties[other], reasons, store.judgements, origins.get((one, other)))
        for (one, other), reasons in found.items()
        if one in parties and other in parties and (party is None or party.id in (one, other))
    ]
    found_candidates = [candidate for candidate in candidates if candidate is not None]
    effect = _Effect(tracer, covered, found_candidates)
    kept = [effect.added_to(candidate) for candidate in found_candidates]
    return sorted(
        kept,
        key=lambda each: (
            *(each.judged is not None, -each.score, -(each.chains_closed or 0)),
            *(party.id for party in each.parties),
        ),
    )


class _Effect:
    """Effect of merging two parties.

    The histories of the cards of all pairs are fetched at once, and cards whose records differ in their places only are
    reasoned about once.
    """

    def __init__(
        self,
        tracer: Tracer,
        covered: Mapping[tuple[str, str], Sequence[ComplementaryLots]],
        candidates: Sequence[Candidate],
    ) -> None:
        self._book = tracer.quantities.book
        self._covered = covered
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}
        self._closed: dict[tuple[str, str], int] = {}
        self._rows: dict[tuple[str, str], dict[Origin, None]] = defaultdict(dict)
        owners: dict[CardInterval, list[Candidate]] = defaultdict(list)
        looked_at = 0
        for candidate in sorted(candidates, key=lambda each: (-each.score, _pair_of(each))):
            lots = [lot for each in self._lots_of(candidate) for lot in each.lots]
            if len(lots) > _MAX_LOTS or looked_at + len(lots) > _MAX_LOTS_IN_ALL:
                continue
            looked_at += len(lots)
            self._closed[_pair_of(candidate)] = 0
            for lot in lots:
                owners[lot].append(candidate)
        pieces = list(_disjoint(owners))
        place, seen = 0, 0
        for cards, key, rows in histories(tracer.store.session(WHOLE_CASE), [lot for lot, _ in pieces]):
            lot, whose = pieces[place]
            seen += cards
            if seen == lot[1] - lot[0] + 1:
                place, seen = place + 1, 0
            for candidate in whose:
                sides = {party.id for party in candidate.parties}
                self._rows[_pair_of(candidate)].update(
                    (row.origin, None)
                    for row in rows
                    if not sides.isdisjoint(side.id for side in (row.sender, row.receiver) if side is not None)
                )
                if self._closes(candidate, key, rows):
                    self._closed[_pair_of(candidate)] += cards

    def added_to(self, candidate: Candidate) -> Candidate:
        """Return the candidate with how many cards both cover, and how many broken chains it would close.

        The reason that their lots complement each other gets the rows by which one got and the other passed them on.
        """
        cards = sum(each.cards for each in self._lots_of(candidate))
        rows = sort_origins(self._rows.get(_pair_of(candidate), ()))
        reasons = tuple(
            replace(reason, origins=rows) if reason.code == "complementary_lots" else reason
            for reason in candidate.reasons
        )
        return replace(candidate, reasons=reasons, cards=cards, chains_closed=self._closed.get(_pair_of(candidate)))

    def _lots_of(self, candidate: Candidate) -> Sequence[ComplementaryLots]:
        return self._covered.get(_pair_of(candidate), ())

    def _closes(self, candidate: Candidate, key: str, rows: Sequence[StoredRecord]) -> bool:
        """Whether the chains of a card are broken, and would not be if the two parties were one."""
        if self._outcome(key, rows) is not Outcome.BROKEN:
            return False
        one, other = candidate.parties
        joined = [
            row._replace(
                sender=one if row.sender == other else row.sender,
                receiver=one if row.receiver == other else row.receiver,
            )
            for row in rows
        ]
        after = self._outcome(key, [row for row in joined if row.sender != row.receiver])
        return after in (Outcome.CONTINUOUS, Outcome.INFERRED)

    def _outcome(self, key: str, rows: Sequence[StoredRecord]) -> Outcome:
        carrier = carrier_from_iccid(key)
        known = (carrier, *sorted(map(_state, rows)))
        outcome = self._outcomes.get(known)
        if outcome is None:
            form = (carrier, *self._form(rows))
            outcome = self._outcomes.get(form)
            if outcome is None:
                events = [event_from_record(row) for row in rows]
                outcome = self._outcomes[form] = analyze_custody(events, self._book, carrier).outcome
            self._outcomes[known] = outcome
        return outcome

    def _form(self, rows: Sequence[StoredRecord]) -> Iterator[tuple[Any, ...]]:
        """Yield the history without identities and dates, unless a party received cards by number only.

        Parties stand as their places in the order of their ids and days as those after the first, so that every order
        of the history stays what it is.
        """
        parties = {side.id: side for row in rows for side in (row.sender, row.receiver) if side is not None}
        if any(map(self._book.has_receipt, parties)):
            yield from sorted(map(_state, rows))
            return
        names = {name: (place, name if parties[name].is_carrier else "") for place, name in enumerate(sorted(parties))}
        first = min((row.when.earliest for row in rows if row.when is not None), default=0)
        yield from sorted(
            (
                row.kind,
                *(names[side.id] if side else (-1, "") for side in (row.sender, row.receiver)),
                *((row.when.earliest - first, row.when.latest - first, row.when.second_of_day) if row.when else ()),
                row.lot is None,
            )
            for row in rows
        )


def _state(row: StoredRecord) -> tuple[Any, ...]:
    """Return the statement of a movement without its origin."""
    sides = (side.id if side else "" for side in (row.sender, row.receiver))
    return (row.kind, *sides, row.when, row.lot is None)


def _pair_of(candidate: Candidate) -> tuple[str, str]:
    one, other = candidate.parties
    return one.id, other.id


def _disjoint(owners: Mapping[CardInterval, Sequence[Candidate]]) -> Iterator[tuple[CardInterval, Sequence[Candidate]]]:
    """Yield disjoint lots in order, each with the candidates of all lots that it is part of."""
    starting: dict[int, list[Candidate]] = defaultdict(list)
    ending: dict[int, list[Candidate]] = defaultdict(list)
    for (first, last), whose in owners.items():
        starting[first] += whose
        ending[last + 1] += whose
    current: list[Candidate] = []
    before = 0
    for cut in sorted({*starting, *ending}):
        if current:
            yield (before, cut - 1), list(current)
        for candidate in ending.get(cut, ()):
            current.remove(candidate)
        current += starting.get(cut, ())
        before = cut


def _names(store: Backend) -> dict[str, tuple[Party, list[str]]]:
    names: dict[str, tuple[Party, list[str]]] = {}
    for party, name in all_names(store.session(PartyNamesScope())):
        if not party.is_carrier:
            names.setdefault(party.id, (party, []))[1].append(name)
    return names
