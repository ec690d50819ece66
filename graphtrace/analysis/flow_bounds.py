"""Bounds of the number of different cards that passed between two parties, where records state only a number.

Two records may be about the same cards: a listed lot and a number of cards that may have passed on the same day state
one change of hands (SPEC 4.1), and cards that came back in between may have passed twice. Records of different files
may state one change of hands under different days, as a ledger and a delivery list do; a file does not state one sale
twice. How many cards may have been counted twice at most is a maximum flow (Ford and Fulkerson 1956) from lots to
quantity-only lots, along those that may share cards; what is left is the size of a smallest cover of all stated cards
by histories of single cards (Dilworth 1950). Where three lots share cards pair by pair in part only, the lower bound
may be lower than the least number, never higher.

Whose cards a record that states only a quantity says that it is about (SPEC 4.3). The number of a card says which
carrier issued it. A lot that a row calls cards of another carrier (运营商 中国移动, 备注 电信卡, 号段前缀 8986032)
holds no such card: it neither closes a gap of it nor leads on from it.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from graphtrace.engine.party_flows import CardRecord, MovementFilter, iter_records
from graphtrace.identifiers import carrier_from_iccid, find_brands, normalize_party_name, operator_from_cell, split_key
from graphtrace.model import CARRIERS, CUSTODY_KINDS, UNDATED, DateSpan, Party
from graphtrace.patterns import late
from graphtrace.results.flows import MAX_PAIRS, MAX_RECORDS, Bounds, CardBounds, NoBounds, QuantityTotals
from graphtrace.storage.base import WHOLE_CASE, Backend

_HEAD: Final = late(r"8986[0-9]{2,11}")
_CARDS: Final = late("卡|(?<![a-z])(?:sims?|cards?)(?![a-z])", re.IGNORECASE)
_LONGEST: Final = 200


def stated_issuers(extra: str | None) -> frozenset[str]:
    """Return the carriers whose cards a row says that it is about; none where it does not say."""
    if extra is None:
        return frozenset()
    return frozenset(issuer for text in json.loads(extra).values() for issuer in _issuers_in(str(text)[:_LONGEST]))


def _issuers_in(text: str) -> frozenset[str]:
    text = text.strip()
    issuer = carrier_from_iccid(text) if _HEAD.fullmatch(text) else operator_from_cell(normalize_party_name(text))
    if issuer in CARRIERS:
        return frozenset({issuer})
    return find_brands(text) if _CARDS.search(text) else frozenset()


_MAX_ROWS: Final = 100_000
"""Rows of several flows that are read at once."""


class SourceSheet(NamedTuple):
    """A sheet of a file, which is known by its hash."""

    sha256: str
    name: str | None


class StatedFlow(NamedTuple):
    """Cards that passed from one party to another, over some channels or, with ``None``, over any."""

    sender: Party
    receiver: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    channels: tuple[str, ...] | None = None


class CardsOnDays(NamedTuple):
    """A number of cards that records of the same sheets list on the same days."""

    days: tuple[DateSpan, ...]
    cards: int
    sheets: frozenset[SourceSheet] = frozenset()


class QuantityLot(NamedTuple):
    """A number of cards that records of some sheets state without naming them."""

    when: DateSpan
    cards: int
    sheets: frozenset[SourceSheet] = frozenset()


def bound_cards(
    cards: int, listed: Iterable[CardsOnDays], by_number: Iterable[QuantityLot], returns: Iterable[DateSpan]
) -> Bounds:
    """Bound the number of different cards that passed, of which records name ``cards``.

    ``returns`` are the days on which cards went back. Cost: a maximum flow over at most :data:`MAX_PAIRS` pairs of
    lots, some seconds at worst.
    """
    numbers: Counter[tuple[DateSpan, frozenset[SourceSheet]]] = Counter()
    back = sorted(returns)
    lots = list(by_number)
    if not back:
        # without a return no two quantity-only lots of a sheet share a card, so that those of one day are one
        for lot in lots:
            numbers[lot.when, lot.sheets] += lot.cards
        lots = [QuantityLot(when, cards, sheets) for (when, sheets), cards in numbers.items()]
    lots.sort(key=lambda lot: (lot.when, lot.cards, sorted(lot.sheets, key=_sheet_order)))
    groups = list(listed)
    if len(lots) * (len(groups) + len(lots)) > MAX_PAIRS:
        return NoBounds("pairs")
    most = cards + sum(lot.cards for lot in lots)
    pairs = [
        [place for place, other in enumerate(lots) if number < place and _may_be_again(lot, other, back)]
        for number, lot in enumerate(lots)
    ]
    pairs += [
        [
            place
            for place, lot in enumerate(lots)
            if _are_apart(group.sheets, lot.sheets) or any(_may_share(day, lot.when, back) for day in group.days)
        ]
        for group in groups
    ]
    counts = [lot.cards for lot in lots]
    return CardBounds(most - maximum_flow([*counts, *(group.cards for group in groups)], counts, pairs), most)


def _may_be_again(earlier: QuantityLot, lot: QuantityLot, returns: Sequence[DateSpan]) -> bool:
    return _are_apart(earlier.sheets, lot.sheets) or _has_return(earlier.when, lot.when, returns)


def maximum_flow(supplies: Sequence[int], demands: Sequence[int], pairs: Sequence[Sequence[int]]) -> int:
    """Return how much can go from the supplies to the demands, from each to those of its ``pairs`` (Dinic 1970).

    >>> maximum_flow([3, 2], [4, 1], [[0, 1], [0]])
    5
    """
    rest, room = [*supplies], [*demands]
    sent: list[dict[int, int]] = [{} for _ in demands]
    flow = 0

    def after(node: int) -> list[int]:
        """Return the demands of a supply, each as ``~place``, or the supplies of which a demand can give back."""
        return [~place for place in pairs[node]] if node >= 0 else [one for one, got in sent[~node].items() if got]

    while True:
        level = {node: 0 for node, amount in enumerate(rest) if amount}
        for node in (queue := list(level)):
            new = [following for following in after(node) if following not in level]
            level |= dict.fromkeys(new, level[node] + 1)
            queue += new
        if not any(room[~node] for node in level if node < 0):
            return flow
        open_ways: dict[int, list[int]] = {}
        for start in [node for node, amount in enumerate(rest) if amount]:
            path = [start]
            while path:
                node = path[-1]
                if node < 0 and room[~node]:
                    given_back = list(zip(path[1::2], path[2::2], strict=False))
                    amount = min(rest[start], room[~node], *(sent[~demand][supply] for demand, supply in given_back))
                    for supply, demand in zip(path[::2], path[1::2], strict=True):
                        sent[~demand][supply] = sent[~demand].get(supply, 0) + amount
                    for demand, supply in given_back:
                        sent[~demand][supply] -= amount
                    rest[start] -= amount
                    room[~node] -= amount
                    flow += amount
                    path = [start] if rest[start] else []
                    continue
                if node not in open_ways:
                    open_ways[node] = [one for one in reversed(after(node)) if level.get(one) == level[node] + 1]
                ways = open_ways[node]
                while ways and node < 0 and not sent[~node][ways[-1]]:
                    ways.pop()
                if ways:
                    path.append(ways[-1])
                else:
                    path.pop()
                    if path:
                        open_ways[path[-1]].pop()


def bound_flows(store: Backend, scope: MovementFilter, flows: Sequence[StatedFlow]) -> list[Bounds]:
    """Bound the number of different cards of some flows in the days of a scope, in their order.

    Cost: reads the movements between the two parties of those flows of which a record states a number of cards only.
    """
    found: list[Bounds] = [CardBounds(flow.cards, flow.cards) for flow in flows]
    asked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, flow in enumerate(flows):
        if not flow.quantity_only.records:
            continue
        if flow.records + flow.quantity_only.records > MAX_RECORDS:
            found[place] = NoBounds("rows")
        else:
            asked[_ends(flow.sender, flow.receiver)].append(place)
    for pairs in _batches(asked, flows):
        rows = _rows_between(store, scope.between(pairs))
        for pair in pairs:
            for place in asked[pair]:
                between = rows.get(pair, ())
                found[place] = NoBounds("rows") if between is None else _bounds_of(flows[place], between)
    return found


def _ends(one: Party, other: Party) -> tuple[str, str]:
    return (one.id, other.id) if one.id < other.id else (other.id, one.id)


def _batches(
    asked: Mapping[tuple[str, str], Sequence[int]], flows: Sequence[StatedFlow]
) -> Iterator[list[tuple[str, str]]]:
    """Yield batches of pairs of parties, with about :data:`_MAX_ROWS` rows in each."""
    batch: list[tuple[str, str]] = []
    rows = 0
    for pair, places in asked.items():
        stated = sum(flows[place].records + flows[place].quantity_only.records for place in places)
        if batch and rows + stated > _MAX_ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(pair)
        rows += stated
    if batch:
        yield batch


def _rows_between(store: Backend, scope: MovementFilter) -> Mapping[tuple[str, str], list[CardRecord] | None]:
    """Return the movements by the two parties between which they are; ``None`` for more than :data:`MAX_RECORDS`."""
    found: dict[tuple[str, str], list[CardRecord] | None] = {}
    for row in iter_records(store.session(WHOLE_CASE), scope, CUSTODY_KINDS):
        sender, receiver = row.record.sender, row.record.receiver
        if sender is None or receiver is None:
            continue
        pair = _ends(sender, receiver)
        rows = found.setdefault(pair, [])
        if rows is None:
            continue
        rows.append(row)
        if len(rows) > MAX_RECORDS:
            found[pair] = None
    return found


def _bounds_of(flow: StatedFlow, rows: Sequence[CardRecord]) -> Bounds:
    """Return the bounds of a flow between two parties of which all movements in both directions are known."""
    passed = [row for row in rows if row.record.sender == flow.sender and _is_over(row, flow.channels)]
    lots: dict[tuple[object, ...], QuantityLot] = {}
    named = _cards_by_waybill(passed)
    left: dict[tuple[str | None, SourceSheet], int] = {}
    for row in passed:
        when, cards = row.record.when or UNDATED, row.record.quantity
        if cards is not None and _names_no_card(row):
            parcel = row.record.waybill, _sheet(row)
            room = left.setdefault(parcel, named[row.record.waybill])
            if cards <= room:
                # an order and a list of what was sent that bear one waybill tell of one parcel
                left[parcel] = room - cards
                continue
            # two equal sales are two sales unless both carry the same number (SPEC 3)
            sale = (*row.record[:-1], row.record.origin.record_no)
            known = lots[sale].sheets if sale in lots else frozenset()
            lots[sale] = QuantityLot(when, cards, known | {_sheet(row)})
    returns = {row.record.when for row in rows if row.record.sender == flow.receiver and row.record.when is not None}
    return bound_cards(flow.cards, _listed(passed), lots.values(), returns)


def _cards_by_waybill(rows: Iterable[CardRecord]) -> Counter[str | None]:
    """Count the cards that the rows of a sheet name which bear one waybill; of several sheets the most."""
    sheets: Counter[tuple[str | None, SourceSheet]] = Counter()
    for row in rows:
        if row.record.waybill is not None and not _names_no_card(row):
            sheets[row.record.waybill, _sheet(row)] += 1 if row.record.lot is None else len(row.record.lot)
    counts: Counter[str | None] = Counter()
    for (waybill, _), cards in sheets.items():
        counts[waybill] = max(counts[waybill], cards)
    return counts


def _is_over(row: CardRecord, channels: tuple[str, ...] | None) -> bool:
    return channels is None or (() if row.record.channel is None else (row.record.channel,)) == channels


def _names_no_card(row: CardRecord) -> bool:
    return row.key is None and row.record.lot is None


def _listed(rows: Iterable[CardRecord]) -> Sequence[CardsOnDays]:
    """Return the number of listed cards for each combination of days and sheets; ranges are cut, never expanded."""
    lots: dict[tuple[str, int], list[tuple[int, int, _StatedDay]]] = defaultdict(list)
    for row in rows:
        key, record = row
        stated = (record.when or UNDATED, _sheet(row))
        if key is not None:
            head, size, number = split_key(key)
            lots[head, size].append((number, number, stated))
        elif record.lot is not None:
            lots[record.lot.head, record.lot.size].append((record.lot.first, record.lot.last, stated))
    counts: Counter[tuple[tuple[DateSpan, ...], frozenset[SourceSheet]]] = Counter()
    for found in lots.values():
        changes: dict[int, list[tuple[int, _StatedDay]]] = defaultdict(list)
        for first, last, stated in found:
            changes[first].append((1, stated))
            changes[last + 1].append((-1, stated))
        current: Counter[_StatedDay] = Counter()
        before = 0
        for cut in sorted(changes):
            there = +current
            if there:
                days = tuple(sorted({day for day, _ in there}))
                counts[days, frozenset(sheet for _, sheet in there)] += cut - before
            for step, stated in changes[cut]:
                current[stated] += step
            before = cut
    return [CardsOnDays(days, cards, sheets) for (days, sheets), cards in counts.items()]


_StatedDay = tuple[DateSpan, SourceSheet]


def _sheet(row: CardRecord) -> SourceSheet:
    return SourceSheet(row.record.origin.sha256, row.record.origin.sheet)


def _sheet_order(sheet: SourceSheet) -> tuple[str, str]:
    return sheet.sha256, sheet.name or ""


def _are_apart(one: frozenset[SourceSheet], other: frozenset[SourceSheet]) -> bool:
    """Whether no sheet states both, so that they may be one change of hands under different days."""
    return bool(one) and bool(other) and not one & other


def _may_share(one: DateSpan, other: DateSpan, returns: Sequence[DateSpan]) -> bool:
    """Whether two movements may state one change of hands, or the cards of one may have come back before the other."""
    if one.earliest <= other.latest and other.earliest <= one.latest:
        return True
    return _has_return(min(one, other), max(one, other), returns)


def _has_return(before: DateSpan, after: DateSpan, returns: Sequence[DateSpan]) -> bool:
    return any(back.latest >= before.earliest and back.earliest <= after.latest for back in returns)
