"""Cards that moved together with a given card, and which of them were activated and are not yet seized.

A card comes in lots: that of the carrier's sale, those in which it was sold on. For each of its steps there are the
cards that moved in it, and among them those that came the same way up to it. The tightest group are the cards of which
the records say the same in every step, and nothing more. Sets of cards are ranges throughout and never expanded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.identity import IdentityCache
from graphtrace.analysis.typed_cards import find_unread_lots
from graphtrace.analysis.unlinked_events import unlinked_events_of
from graphtrace.engine.session_lots import (
    TransferKey,
    latest_states,
    lots_in_transfer,
    lots_outside_transfers,
    lots_with_event,
)
from graphtrace.frozen import frozen
from graphtrace.identifiers import carrier_from_iccid
from graphtrace.identifiers.ranges import CardInterval, count_cards_in, difference, intersect, merge_intervals
from graphtrace.model import CUSTODY_KINDS, USE_KINDS, DateSpan, Hop, Kind, to_epoch_day
from graphtrace.results.siblings import CardGroup, CardRange, CardSiblings, SiblingLot, Siblings, SuspensionCandidate
from graphtrace.results.trace import Trace
from graphtrace.storage.base import Backend, CardsScope, TransferScope, shown_numbers


def find_siblings(tracer: Tracer, ids: Sequence[str]) -> Siblings:
    """Return the siblings of the cards that the ids mean.

    Notes
    -----
    Cost: one pass over the movements of the case for each transfer that some of the cards moved in, one for each way
    that some of them went, and one over the activations and seizures of the cards that moved in them.
    """
    traces = tracer.trace(ids, near_misses=False)
    found: dict[str, Trace] = {}
    for trace in traces:
        if trace.card is not None and trace.card.key is not None and trace.found:
            found.setdefault(trace.card.key, trace)
    moved = _Moved(tracer.store)
    drafts = [_Draft(moved, key, trace) for key, trace in found.items()]
    usage = _Usage(tracer.store, merge_intervals(lot for draft in drafts for lots in draft.sets for lot in lots))
    out_of_service = _out_of_service(tracer.store, usage)
    closed = merge_intervals((card, card) for card in sorted(out_of_service))
    offered = difference(usage.at_large, closed)
    nearest = list(_nearest_first(drafts, offered))
    named = [found for draft in drafts for lots in draft.sets for found in (lots, usage.of(lots).at_large)]
    named += [lots for *_, lots in nearest]
    numbers = _displayed_numbers(tracer.store, {end for lots in named for lot in lots for end in lot})
    return Siblings(
        [_card_siblings(draft, usage, numbers) for draft in drafts],
        (
            SuspensionCandidate(
                cards=cards,
                sibling=draft.shown,
                chain=step.chain if step else None,
                hop=step.hop if step else None,
                is_same_way=is_same_way,
            )
            for draft, step, is_same_way, lots in nearest
            for cards in _ranges(lots, numbers)
        ),
        count_cards_in(intersect(offered, find_unread_lots(tracer.store))),
        dict.fromkeys(trace.input for trace in traces if not trace.found),
        {named.judgement.number: named for trace in traces for named in trace.judgements}.values(),
        sorted(Counter(out_of_service.values()).items(), key=lambda each: (-each[1], each[0])),
    )


# -- which cards -----------------------------------------------------------------------------------------------


@frozen(kw_only=False)
class _Step:
    """A step of a card, the cards that moved in it, and those of them that came the same way up to it."""

    chain: int
    hop: Hop
    lot: Sequence[CardInterval] | None
    together: Sequence[CardInterval] | None


class _Moved:
    """Cards of a transfer, and cards in each of several transfers and no other; each set is queried once."""

    def __init__(self, store: Backend) -> None:
        self.store = store
        self._lots: dict[TransferKey, Sequence[CardInterval]] = {}
        self._only: dict[tuple[TransferKey, ...], Sequence[CardInterval]] = {}

    def lots(self, transfer: TransferKey) -> Sequence[CardInterval]:
        """Return the cards of a transfer."""
        if transfer not in self._lots:
            session = self.store.session(TransferScope(transfer.sender, transfer.receiver))
            self._lots[transfer] = lots_in_transfer(session, transfer)
        return self._lots[transfer]

    def only(self, transfers: tuple[TransferKey, ...]) -> Sequence[CardInterval]:
        """Return the cards that moved in each of these transfers and in no other."""
        if transfers not in self._only:
            same = reduce(intersect, map(self.lots, transfers))
            parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
            session = self.store.session(CardsScope(same, CUSTODY_KINDS, parties))
            self._only[transfers] = difference(same, lots_outside_transfers(session, same, transfers))
        return self._only[transfers]


class _Draft:
    """The sets of cards that moved together with one card."""

    def __init__(self, moved: _Moved, key: str, trace: Trace) -> None:
        self.trace = trace
        self.shown = key if trace.card is None else trace.card.label
        self.steps: list[_Step] = []
        for number, chain in enumerate(trace.chains, 1):
            self.steps += reversed(list(self._steps(moved, number, chain.hops)))
        self.same_way: Sequence[CardInterval] | None = None
        card = next(iter(moved.store.card_ids([key])), None)
        hops = [hop for chain in trace.chains for hop in chain.hops if hop.precision != "quantity"]
        if hops and card is not None:
            same = moved.only(tuple(dict.fromkeys(map(_transfer, hops))))
            # Where more chains are possible than are listed, the card itself moved otherwise.
            self.same_way = merge_intervals([*same, (card, card)])

    def _steps(self, moved: _Moved, number: int, hops: Sequence[Hop]) -> Iterator[_Step]:
        together: Sequence[CardInterval] | None = None
        for hop in hops:
            if hop.precision == "quantity":
                yield _Step(number, hop, None, None)
                continue
            lot = moved.lots(_transfer(hop))
            both = lot if together is None else intersect(together, lot)
            together = lot if both == lot else both
            yield _Step(number, hop, lot, together)

    @property
    def sets(self) -> Iterator[Sequence[CardInterval]]:
        """All sets, the tightest first."""
        if self.same_way is not None:
            yield self.same_way
        for step in self.steps:
            for lots in (step.together, step.lot):
                if lots is not None:
                    yield lots


def _transfer(hop: Hop) -> TransferKey:
    stated = tuple((when.earliest, when.latest) for when in map(_when, hop.dates)) or (
        (hop.span.earliest, hop.span.latest),
    )
    return TransferKey(hop.sender.resolved, hop.receiver.resolved, stated)


def _when(text: str) -> DateSpan:
    """Return a day or month as a hop names it."""
    if len(text) == len("2024-03-05"):
        return DateSpan.of_day(date.fromisoformat(text))
    year, month = map(int, text.split("-"))
    following = date(year + month // 12, month % 12 + 1, 1)
    return DateSpan(to_epoch_day(date(year, month, 1)), to_epoch_day(following) - 1)


# -- what became of them ---------------------------------------------------------------------------------------


@frozen(kw_only=False)
class _UsageCounts:
    """Number of activated and of seized cards in a set, and its ``at_large`` cards: activated and not seized."""

    activated: int
    seized: int
    at_large: Sequence[CardInterval]


class _Usage:
    """Activated and seized cards among some lots, under their own numbers or under those of subscribers."""

    def __init__(self, store: Backend, lots: Sequence[CardInterval]) -> None:
        waiting = unlinked_events_of(store, lots)

        def with_event(*kinds: Kind) -> list[CardInterval]:
            linked = [(card, card) for card, row in waiting if row.kind in kinds]
            session = store.session(CardsScope(lots, kinds))
            listed = [lot for kind in kinds for lot in lots_with_event(session, kind, lots)]
            return merge_intervals(sorted([*listed, *linked]))

        self.used_by_number = {card for card, row in waiting if row.kind in USE_KINDS}
        self._activated, self._seized = with_event(*USE_KINDS), with_event("seizure")
        self.at_large = difference(self._activated, self._seized)
        self._counts = IdentityCache(self._count)

    def of(self, lots: Sequence[CardInterval]) -> _UsageCounts:
        """Return the counts of a set of cards."""
        return self._counts.get(lots)

    def _count(self, lots: Sequence[CardInterval]) -> _UsageCounts:
        activated, seized = intersect(lots, self._activated), intersect(lots, self._seized)
        return _UsageCounts(count_cards_in(activated), count_cards_in(seized), difference(activated, seized))


def _nearest_first(
    drafts: Sequence[_Draft], at_large: Sequence[CardInterval]
) -> Iterator[tuple[_Draft, _Step | None, bool, Sequence[CardInterval]]]:
    """Yield the cards at large, each in its smallest set; of equal ones in the tightest group, then the latest step."""
    sets: list[tuple[_Draft, _Step | None, bool, Sequence[CardInterval]]] = []
    for draft in drafts:
        if draft.same_way is not None:
            sets.append((draft, None, True, draft.same_way))
        for step in draft.steps:
            if step.together is not None and step.lot is not None:
                sets += [(draft, step, True, step.together), (draft, step, False, step.lot)]
    remaining = at_large
    for draft, nearest, is_same_way, lots in sorted(sets, key=lambda entry: count_cards_in(entry[3])):
        if found := intersect(remaining, lots):
            remaining = difference(remaining, found)
            yield draft, nearest, is_same_way, found


def _out_of_service(store: Backend, usage: _Usage) -> dict[int, str]:
    """Return the cards at large of which the latest list says that they are closed or stopped, with the state."""
    from graphtrace.ingest.acts import is_out_of_service

    session = store.session(CardsScope(usage.at_large, (*USE_KINDS, "card_list")))
    states = latest_states(session, usage.at_large)
    # a use that names only the number may be later than the list
    return {
        card: state for card, state in states.items() if card not in usage.used_by_number and is_out_of_service(state)
    }


# -- as they are shown -----------------------------------------------------------------------------------------


def _displayed_numbers(store: Backend, cards: Iterable[int]) -> dict[int, str]:
    numbered = sorted({*cards})
    return dict(zip(numbered, shown_numbers(store, store.card_keys(numbered)).values(), strict=True))


def _ranges(lots: Iterable[CardInterval], numbers: Mapping[int, str]) -> Iterator[CardRange]:
    for first, last in lots:
        shown = numbers[first]
        yield CardRange(first=shown, last=numbers[last], cards=last - first + 1, carrier=carrier_from_iccid(shown))


def _group(lots: Sequence[CardInterval], usage: _Usage, numbers: Mapping[int, str]) -> CardGroup:
    measured = usage.of(lots)
    return CardGroup(
        cards=count_cards_in(lots),
        activated=measured.activated,
        seized=measured.seized,
        ranges=tuple(_ranges(lots, numbers)),
        at_large=tuple(_ranges(measured.at_large, numbers)),
    )


def _card_siblings(draft: _Draft, usage: _Usage, numbers: Mapping[int, str]) -> CardSiblings:
    groups = IdentityCache[Sequence[CardInterval], CardGroup](lambda lots: _group(lots, usage, numbers))

    def group(lots: Sequence[CardInterval] | None) -> CardGroup | None:
        return None if lots is None else groups.get(lots)

    return CardSiblings(
        trace=draft.trace,
        same_way=group(draft.same_way),
        lots=tuple(
            SiblingLot(chain=step.chain, hop=step.hop, lot=group(step.lot), together=group(step.together))
            for step in draft.steps
        ),
    )


# -- as plain values -------------------------------------------------------------------------------------------
