"""How many different cards passed from one party to another, where some records state only a number of cards.

Two records may be about the same cards: a listed lot and a number of cards that may have passed on the same day state
one change of hands (SPEC 4.1), and cards that came back in between may have passed twice. How many cards may have been
counted twice at most is a maximum flow (Ford and Fulkerson 1956) from lots to quantity-only lots, along those that may
share cards; what is left is the size of a smallest cover of all stated cards by histories of single cards (Dilworth
1950). Days are taken as the records state them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import split_key
from graphtrace.model import CUSTODY_KINDS, DateSpan, Party
from graphtrace.storage.base import CardRecord, CounterpartyTotals, MovementFilter, StoreReader

MOST_RECORDS: Final = 5_000
"""Records between two parties, in both directions, beyond which their bounds are not worked out."""

_MOST_EDGES: Final = 200_000


class CardBounds(NamedTuple):
    """How many different cards passed at least and at most."""

    least: int
    most: int


class CardsOnDays(NamedTuple):
    """A number of cards that records list on the same days."""

    days: tuple[DateSpan, ...]
    cards: int


class QuantityLot(NamedTuple):
    """A number of cards that a record states without naming them."""

    when: DateSpan
    cards: int


def bound_cards(
    cards: int, listed: Iterable[CardsOnDays], by_number: Iterable[QuantityLot], returns: Iterable[DateSpan]
) -> CardBounds | None:
    """Bound how many different cards passed, of which records name ``cards``.

    ``returns`` are the days on which cards went back. ``None`` where more pairs of lots may share cards than are looked
    at. Cost: a maximum flow over at most 200,000 pairs of lots, some seconds at worst.
    """
    import networkx as nx

    numbers: Counter[DateSpan] = Counter()
    back = sorted(returns)
    lots = sorted(by_number)
    if not back:
        # without a return no two quantity-only lots share a card, so that those of one day are one
        for lot in lots:
            numbers[lot.when] += lot.cards
        lots = [QuantityLot(*each) for each in sorted(numbers.items())]
    groups = list(listed)
    if len(lots) * (len(groups) + len(lots)) > _MOST_EDGES:
        return None
    most = cards + sum(lot.cards for lot in lots)
    graph: nx.DiGraph[tuple[str, int] | str] = nx.DiGraph()
    graph.add_nodes_from(("from", "to"))
    for number, lot in enumerate(lots):
        graph.add_edge(("again", number), "to", capacity=lot.cards)
        graph.add_edge("from", ("lot", number), capacity=lot.cards)
        for earlier in range(number):
            if _has_return(lots[earlier].when, lot.when, back):
                graph.add_edge(("lot", earlier), ("again", number))
    for number, group in enumerate(groups):
        graph.add_edge("from", ("listed", number), capacity=group.cards)
        for place, lot in enumerate(lots):
            if any(_may_share(day, lot.when, back) for day in group.days):
                graph.add_edge(("listed", number), ("again", place))
    return CardBounds(most - int(nx.maximum_flow_value(graph, "from", "to")), most)


def bounds_with(
    store: StoreReader, sender: Party, receiver: Party, there: CounterpartyTotals, back: CounterpartyTotals | None
) -> CardBounds | None:
    """Bound how many different cards passed from ``sender`` to ``receiver``; ``None`` where records are too many.

    ``there`` and ``back`` are what passed between them in both directions. Cost: reads the records between the two, and
    only where one states a number of cards without naming them.
    """
    cards = sum(last - first + 1 for first, last in there.lots)
    if not there.quantity_only.records:
        return CardBounds(cards, cards)
    found = [there] if back is None else [there, back]
    if sum(each.records + each.quantity_only.records for each in found) > MOST_RECORDS:
        return None
    scope = MovementFilter(frozenset((sender.id, receiver.id)))
    rows = list(store.iter_records(scope, CUSTODY_KINDS))
    passed = [row for row in rows if row.record.sender == sender]
    numbers = {
        # two equal sales are two sales unless both carry the same number (SPEC 3)
        (*row.record[:-1], row.record.origin.record_no): QuantityLot(row.record.when, row.record.quantity)
        for row in passed
        if row.record.when is not None and row.record.quantity is not None and _names_no_card(row)
    }
    returns = {row.record.when for row in rows if row.record.sender == receiver and row.record.when is not None}
    return bound_cards(cards, _listed(passed), numbers.values(), returns)


def _names_no_card(row: CardRecord) -> bool:
    return row.key is None and row.record.lot is None


def _listed(rows: Iterable[CardRecord]) -> Sequence[CardsOnDays]:
    """How many cards were listed on which days; ranges are cut, never expanded."""
    lots: dict[tuple[str, int], list[tuple[int, int, DateSpan]]] = defaultdict(list)
    for key, record in rows:
        if record.when is None:
            continue
        if key is not None:
            head, size, number = split_key(key)
            lots[head, size].append((number, number, record.when))
        elif record.lot is not None:
            lots[record.lot.head, record.lot.size].append((record.lot.first, record.lot.last, record.when))
    counts: Counter[tuple[DateSpan, ...]] = Counter()
    for found in lots.values():
        changes: dict[int, list[tuple[int, DateSpan]]] = defaultdict(list)
        for first, last, day in found:
            changes[first].append((1, day))
            changes[last + 1].append((-1, day))
        current: Counter[DateSpan] = Counter()
        before = 0
        for cut in sorted(changes):
            days = tuple(sorted(+current))
            if days:
                counts[days] += cut - before
            for step, day in changes[cut]:
                current[day] += step
            before = cut
    return [CardsOnDays(days, cards) for days, cards in sorted(counts.items())]


def _may_share(one: DateSpan, other: DateSpan, returns: Sequence[DateSpan]) -> bool:
    """Whether two movements may state one change of hands, or the cards of one may have come back before the other."""
    if one.earliest <= other.latest and other.earliest <= one.latest:
        return True
    return _has_return(min(one, other), max(one, other), returns)


def _has_return(before: DateSpan, after: DateSpan, returns: Sequence[DateSpan]) -> bool:
    return any(back.latest >= before.earliest and back.earliest <= after.latest for back in returns)
