"""The figures of audits: the cards of all audited parties of some accounts, counted at once.

What sorts of cards have in common is counted by sort; only what differs from card to card (the buyer and the day of a
last movement, the day of a first activation, users, provinces) is counted by card, in passes over columns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier, Classification
from graphtrace.analysis.audit.events import CardEvents, cards_listed_active, seizures_by_case
from graphtrace.engine.arrays import (
    FAR_FUTURE,
    NONE,
    Indices,
    IntArray,
    Mask,
    filter_intervals,
    group_by,
    group_counts,
    index_of,
    int_array,
    isin_sorted,
    numpy_columns,
    unique,
    value_counts,
    where,
)
from graphtrace.model import format_day
from graphtrace.results.audit import MonthCount, PartyColumns, PartyTable

if TYPE_CHECKING:
    from graphtrace.analysis.audit.classify import Disposition


class CardCount(NamedTuple):
    """Number of cards, and of those among them that were ever activated and seized."""

    cards: int = 0
    activated: int = 0
    seized: int = 0


class _Seen(NamedTuple):
    """Rows, once for each enterprise that sees them: which they are, the enterprise, the way."""

    rows: Indices | slice
    enterprise: IntArray
    way: IntArray

    def at(self, places: Indices) -> Indices:
        """Return the rows that stand at some places."""
        return places if isinstance(self.rows, slice) else self.rows[places]


Days = tuple[int | None, int]
"""A number of days, ``None`` if it is not known, and of how many cards."""


class AuditMetrics:
    """Figures of the audits, by the number of the enterprise."""

    def __init__(self, accounts: CardClassifier, used: CardEvents) -> None:
        self.accounts = accounts
        self.used = used
        self._ways = _Ways(accounts)
        self._count()

    def _count(self) -> None:
        """Count cards by enterprise and way."""
        accounts, used = self.accounts, self.used
        self._by_way: dict[tuple[int, int], CardCount] = defaultdict(CardCount)
        for part in accounts.judged:
            sums = [
                self._by_sort(part, accounts.sort_of_listed)
                + self._by_sort(part, accounts.rest.sort, accounts.rest.cards),
                self._by_sort(part, used.sort[used.is_activated]),
                self._by_sort(part, used.sort[used.is_seized]),
            ]
            seen = np.flatnonzero((part.way >= 0) & (sums[0] > 0))
            for enterprise, way, _, *counts in group_counts(
                part.enterprise[seen], part.way[seen], sums=[each[seen] for each in sums]
            ):
                known = self._by_way[enterprise, way]
                self._by_way[enterprise, way] = CardCount(*(a + b for a, b in zip(known, counts, strict=True)))

    @staticmethod
    def _by_sort(part: Classification, sorts: IntArray, weights: IntArray | None = None) -> IntArray:
        summed = np.bincount(sorts - part.lowest, weights=weights, minlength=len(part.way))
        return summed.astype(np.int64)

    def _seen(self, sorts: IntArray) -> Iterator[_Seen]:
        """Yield rows with a sort, once for each enterprise that sees them."""
        for part in self.accounts.judged:
            place = sorts - part.lowest
            way = part.way[place]
            rows = where(way >= 0)
            yield _Seen(rows, part.enterprise[place[rows]], way[rows])

    @cached_property
    def _listed(self) -> list[_Seen]:
        """The listed cards as seen by the enterprises."""
        return list(self._seen(self.accounts.sort_of_listed))

    @cached_property
    def _used(self) -> list[_Seen]:
        """The cards with events as seen by the enterprises."""
        return list(self._seen(self.used.sort))

    # -- buckets -----------------------------------------------------------------------------------------------

    @cached_property
    def fates(self) -> Mapping[int, Mapping[Disposition, CardCount]]:
        """Cards by disposition."""
        fates: dict[int, dict[Disposition, CardCount]] = defaultdict(lambda: defaultdict(CardCount))
        for (enterprise, way), count in self._by_way.items():
            of = fates[enterprise]
            fate = self.accounts.ways[way].fate
            of[fate] = CardCount(*(a + b for a, b in zip(of[fate], count, strict=True)))
        return fates

    def _resold(self) -> Iterator[tuple[int, int, CardCount]]:
        for (enterprise, way), count in self._by_way.items():
            if self.accounts.ways[way].fate == "resold":
                yield enterprise, way, count

    @cached_property
    def depths(self) -> Mapping[int, Mapping[int, int]]:
        """Resold cards by depth, in order."""
        depths: dict[int, Counter[int]] = defaultdict(Counter)
        for enterprise, way, count in self._resold():
            depths[enterprise][self.accounts.ways[way].depth] += count.cards
        return {enterprise: dict(sorted(found.items())) for enterprise, found in depths.items()}

    @cached_property
    def channels(self) -> Mapping[int, Mapping[str, int]]:
        """Resold cards by the channel by which they left, the most used first."""
        channels: dict[int, Counter[str]] = defaultdict(Counter)
        for enterprise, way, count in self._resold():
            channel = self.accounts.ways[way].channel
            if channel is not None:
                channels[enterprise][channel] += count.cards
        return {
            enterprise: dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
            for enterprise, found in channels.items()
        }

    def _shares(self, of_way: IntArray, is_own: Mask | None = None) -> tuple[IntArray, PartyColumns]:
        """Return the audited parties, in order, and the parties that share in their cards.

        ``of_way`` names the party by way, :data:`NONE` for nobody; ``is_own`` marks the ways of listed cards of which
        it is the receiver of their own last movement.
        """
        accounts, used = self.accounts, self.used
        parts = []
        if is_own is not None:
            told = used.told_of_listed(used.is_activated), used.told_of_listed(used.is_seized)
            for seen in self._listed:
                own = np.flatnonzero(is_own[seen.way])
                cards = seen.at(own)
                once = np.ones(len(cards), dtype=np.int8)
                marked = (marks[cards] for marks in told)
                parts.append([seen.enterprise[own], accounts.listed.buyer[cards], once, *marked])
        party = of_way.tolist()
        shared = [
            (enterprise, party[way], *count) for (enterprise, way), count in self._by_way.items() if party[way] >= 0
        ]
        parts.append([int_array(values) for values in zip(*shared, strict=True)] if shared else [int_array([])] * 5)
        enterprise, others, *counts = (np.concatenate(values) for values in zip(*parts, strict=True))
        pairs, _, sums = group_by(enterprise, others, sums=counts)
        return pairs[0], PartyColumns(pairs[1], *sums)

    @cached_property
    def _held(self) -> tuple[IntArray, PartyColumns]:
        return self._shares(self._ways.holder, self._ways.is_own_holder)

    @cached_property
    def _bought(self) -> tuple[IntArray, PartyColumns]:
        return self._shares(self._ways.buyer, self._ways.is_own_buyer)

    @cached_property
    def _supplied(self) -> tuple[IntArray, PartyColumns]:
        return self._shares(self._ways.supplier)

    @cached_property
    def people(self) -> PartyTable:
        """Table of all last holders, buyers and suppliers."""
        parties = [counts.party for _, counts in (self._held, self._bought, self._supplied)]
        session = self.accounts.session
        session.register_columns("asked", {"party": unique(np.concatenate(parties))})
        named = "SELECT party, id, name, is_carrier, bearers FROM who JOIN asked USING (party) ORDER BY id"
        return PartyTable(session.columns(named))

    @cached_property
    def holders(self) -> Mapping[int, PartyColumns]:
        """Last holders of the resold cards."""
        return _by_first(*self._held)

    @cached_property
    def buyers(self) -> Mapping[int, PartyColumns]:
        """Parties to which the resold cards last left."""
        return _by_first(*self._bought)

    @cached_property
    def suppliers(self) -> Mapping[int, PartyColumns]:
        """Parties from which the cards were last received."""
        return _by_first(*self._supplied)

    @cached_property
    def sent_unreceived(self) -> Mapping[int, int]:
        """Cards that records say a party passed on, and none that it received."""
        rows = numpy_columns(self.accounts.session.columns(_SENT_AND_RECEIVED), ("party", "side", "first", "last"))
        party, position = np.tile(rows["party"], 2), np.concatenate([rows["first"], rows["last"] + 1])
        change = np.repeat(np.array([1, -1]), len(rows["party"]))
        order = np.lexsort((position, party))
        is_sent, change = np.tile(rows["side"] == _SENT, 2)[order], change[order]
        # both counts are back at 0 where the next party begins
        sent, received = (np.cumsum(np.where(is_sent == side, change, 0)) for side in (True, False))
        places = np.flatnonzero((sent[:-1] > 0) & (received[:-1] == 0))
        party, position = party[order], position[order]
        numbers, _, (cards,) = group_by(party[places], sums=[position[places + 1] - position[places]])
        return dict(zip(numbers[0].tolist(), cards.tolist(), strict=True))

    # -- times, users, places ----------------------------------------------------------------------------------

    @cached_property
    def to_transfer(self) -> Mapping[int, Sequence[Days]]:
        """Days from the purchase to the first transfer after it."""
        ways, listed = self._ways, self.accounts.listed
        found: dict[int, list[Days]] = defaultdict(list)
        for (enterprise, number), count in self._by_way.items():
            way = self.accounts.ways[number]
            if not way.own_departed:
                days = None if way.departed is None or way.acquired is None else way.departed - way.acquired
                found[enterprise].append((days, count.cards))
        for seen in self._listed:
            own = np.flatnonzero(ways.is_own_departed[seen.way])
            after = listed.day[seen.at(own)] - ways.acquired[seen.way[own]]
            for seller, day, cards in group_counts(seen.enterprise[own], after):
                found[seller].append((day, cards))
        return found

    @cached_property
    def to_activation(self) -> Mapping[int, Sequence[Days]]:
        """Days from the purchase to the first activation on or after it; cards without one are left out."""
        used = self.used
        found: dict[int, list[Days]] = defaultdict(list)
        for seen in self._used:
            purchased = self._ways.acquired[seen.way]
            days = used.activated[seen.rows] - purchased
            early = np.flatnonzero(used.is_activated[seen.rows] & (days < 0))
            if len(early):
                days[early] = used.first_day_since(seen.at(early), purchased[early]) - purchased[early]
            known = where(used.is_activated[seen.rows] & (days >= 0) & (days < FAR_FUTURE // 2))
            for number, day, cards in group_counts(seen.enterprise[known], days[known]):
                found[number].append((day, cards))
        return found

    @cached_property
    def by_other(self) -> Mapping[int, int]:
        """Cards that the enterprise still holds whose latest stated user is another."""
        found: Counter[int] = Counter()
        for rows, enterprise, way in self._used:
            user = self.used.users["user"][rows]
            other = enterprise[self._ways.is_held[way] & (user >= 0) & (user != enterprise)]
            found.update(value_counts(other))
        return found

    @cached_property
    def unnamed(self) -> Mapping[int, int]:
        """Cards that the enterprise still holds and that were used, where no record says by whom."""
        found: Counter[int] = Counter()
        for rows, enterprise, way in self._used:
            is_unnamed = self.used.is_activated[rows] & (self.used.users["user"][rows] < 0)
            found.update(value_counts(enterprise[self._ways.is_held[way] & is_unnamed]))
        return found

    @cached_property
    def listed_active(self) -> Mapping[int, int]:
        """Cards that the party still holds and no record says were used, of which a card list says they are active."""
        accounts, used = self.accounts, self.used
        rows = cards_listed_active(accounts.session)
        cut = filter_intervals(rows, accounts.cuts.low, accounts.cuts.high)
        at = index_of(rows["key"], accounts.listed.key)
        sorts = (-1 - accounts.cuts.shared.astype(np.int32))[cut]
        sorts[at >= 0] = accounts.sort_of_listed[at[at >= 0]]
        is_unused = ~isin_sorted(rows["key"], used.key[used.is_activated])
        found: Counter[int] = Counter()
        for seen in self._seen(sorts[is_unused]):
            found.update(value_counts(seen.enterprise[self._ways.is_held[seen.way]]))
        return found

    @cached_property
    def months(self) -> Mapping[int, Sequence[MonthCount]]:
        """Cards by the month in which they were bought, last left (resold ones), and were first used."""
        ways, listed, used = self._ways, self.accounts.listed, self.used
        found: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

        def count(enterprise: int, figure: str, day: int | None, cards: int) -> None:
            if day is not None:
                found[enterprise][format_day(day)[:7]][figure] += cards

        for (enterprise, number), counted in self._by_way.items():
            way = self.accounts.ways[number]
            count(enterprise, "acquired", way.acquired, counted.cards)
            if way.fate == "resold" and not way.own_left:
                count(enterprise, "resold", way.left, counted.cards)
        for seen in self._listed:
            own = np.flatnonzero(ways.is_own_left[seen.way])
            for seller, day, cards in group_counts(seen.enterprise[own], listed.day[seen.at(own)]):
                count(seller, "resold", day, cards)
        for rows, enterprises, _ in self._used:
            on = where(used.is_activated[rows])
            for number, day, cards in group_counts(enterprises[on], used.activated[rows][on]):
                count(number, "first_used", day, cards)
        return {
            enterprise: tuple(
                MonthCount(month, *(counts[figure] for figure in MonthCount._fields[1:]))
                for month, counts in sorted(months.items())
            )
            for enterprise, months in found.items()
        }

    @cached_property
    def places(self) -> Mapping[int, Mapping[tuple[str | None, str | None, str | None], int]]:
        """Activated cards by declared use, declared province and the province of their latest activation."""
        used, names = self.used, self.used.provinces
        found: dict[int, Counter[tuple[str | None, str | None, str | None]]] = defaultdict(Counter)
        for rows, enterprise, way in self._used:
            on = where(used.is_activated[rows])
            for number, declared, province, cards in group_counts(
                enterprise[on], self._ways.declared[way[on]], used.places["province"][rows][on]
            ):
                use, declared_province = self._ways.declarations[declared]
                found[number][use, declared_province, None if province < 0 else names[province]] += cards
        return found

    @cached_property
    def cases(self) -> Mapping[int, Mapping[str | None, int]]:
        """Seized cards by the number of their case."""
        used = self.used
        cards = np.flatnonzero(used.is_seized)
        of_card: dict[int, list[int]] = defaultdict(list)
        for rows, enterprise, _ in self._seen(used.sort[cards]):
            for card, number in zip(used.key[cards[rows]].tolist(), enterprise.tolist(), strict=True):
                of_card[card].append(number)
        found: dict[int, Counter[str | None]] = defaultdict(Counter)
        for card, case_no in seizures_by_case(self.accounts.session) if of_card else ():
            for number in of_card.get(card, ()):
                found[number][case_no] += 1
        return found

    # -- the balance -------------------------------------------------------------------------------------------

    @cached_property
    def _dates(self) -> IntArray:
        """The day of the declaration by enterprise, :data:`NONE` if it has none."""
        dates = np.full(max(self.accounts.enterprises, default=0) + 1, NONE, dtype=np.int32)
        for number, said in self.accounts.declarations.items():
            if number < len(dates):
                dates[number] = said.when.latest
        return dates

    @cached_property
    def at_date(self) -> Mapping[int, tuple[int, int, int]]:
        """Cards acquired, returned, and passed on by the day of the declaration."""
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for (enterprise, number), count in self._by_way.items():
            way, sums = self.accounts.ways[number], found[enterprise]
            sums[0] += count.cards * way.was_acquired
            sums[1] += count.cards * way.was_returned
            sums[2] += count.cards * (way.was_acquired and way.was_passed_on and not way.was_returned)
        for rows, enterprises, ways in self._listed:
            is_by_date = self.accounts.listed.day[rows] <= self._dates[enterprises]
            for seller, cards in value_counts(enterprises[self._ways.may_have_passed_on[ways] & is_by_date]).items():
                found[seller][2] += cards
        return {number: (acquired, returned, passed_on) for number, (acquired, returned, passed_on) in found.items()}

    @cached_property
    def while_held(self) -> Mapping[int, int]:
        """Cards activated while the enterprise held them, by the day of the declaration."""
        used, ways, listed = self.used, self._ways, self.accounts.listed
        found: Counter[int] = Counter()
        for seen in self._used:
            asked = np.flatnonzero(
                used.is_activated[seen.rows] & (self._dates[seen.enterprise] >= 0) & ways.was_held[seen.way]
            )
            cards, way_of, seen_by = seen.at(asked), seen.way[asked], seen.enterprise[asked]
            place, day = used.activations_by(cards, self._dates[seen_by])
            at = used.listed[cards]
            own_end = np.where(
                ways.is_own_end[way_of] & (at >= 0), listed.day[at] - 1 if len(listed) else FAR_FUTURE, FAR_FUTURE
            )
            is_held = np.zeros(len(cards), dtype=np.bool_)
            for since, until in ways.held:
                inside = (day >= since[way_of[place]]) & (day <= np.minimum(until[way_of[place]], own_end[place]))
                is_held[place[inside]] = True
            found.update(value_counts(seen_by[is_held]))
        return found


def _by_first(enterprise: IntArray, counts: PartyColumns) -> dict[int, PartyColumns]:
    """Return columns cut where the next audited party begins."""
    ends = np.flatnonzero(np.diff(enterprise, append=NONE)) + 1 if len(enterprise) else int_array([])
    found: dict[int, PartyColumns] = {}
    start = 0
    for end in ends.tolist():
        found[int(enterprise[start])] = PartyColumns(*(values[start:end] for values in counts))
        start = end
    return found


_SENT = 1

_SENT_AND_RECEIVED = f"""
WITH moves AS (
    SELECT sender, receiver, key AS first, key AS last FROM listed WHERE NOT repeated AND sender <> receiver
    UNION ALL SELECT sender, receiver, first, last FROM ranged WHERE NOT repeated AND sender <> receiver
)
SELECT enterprise AS party, {_SENT}::TINYINT AS side, first, last FROM moves JOIN buyers ON sender = enterprise
UNION ALL SELECT enterprise, 0, first, last FROM moves JOIN buyers ON receiver = enterprise
"""
"""The cards that audited parties (``buyers``) passed on, and those that they received, from anybody."""


class _Ways:
    """The ways as columns."""

    def __init__(self, accounts: CardClassifier) -> None:
        ways = accounts.ways
        numbers = {party: number for number, party in accounts.parties.items()}
        # who stands in quantity-only records only
        met = {party for way in ways for party in (way.holder, way.buyer, way.supplier) if party is not None}
        numbers |= accounts.numbers_of(met - numbers.keys())
        self.holder, self.buyer, self.supplier = (
            self._numbers(NONE if party is None else numbers[party] for party in parties)
            for parties in (
                [way.holder for way in ways],
                [way.buyer for way in ways],
                [way.supplier for way in ways],
            )
        )
        self.acquired = self._numbers(FAR_FUTURE if way.acquired is None else way.acquired for way in ways)
        self.is_held = self._marks(way.fate == "held" for way in ways)
        self.is_own_holder = self._marks(way.own_holder for way in ways)
        self.is_own_buyer = self._marks(way.own_buyer for way in ways)
        self.is_own_departed = self._marks(way.own_departed for way in ways)
        self.is_own_left = self._marks(way.own_left for way in ways)
        self.is_own_end = self._marks(way.own_end for way in ways)
        self.may_have_passed_on = self._marks(
            way.was_acquired and way.own_end and not (way.was_passed_on or way.was_returned) for way in ways
        )
        self.was_held = self._marks(bool(way.held) for way in ways)
        self.held = [
            (
                self._numbers(way.held[place][0] if place < len(way.held) else FAR_FUTURE for way in ways),
                self._numbers(way.held[place][1] if place < len(way.held) else NONE for way in ways),
            )
            for place in range(max((len(way.held) for way in ways), default=0))
        ]
        known: dict[tuple[str | None, str | None], int] = {}
        self.declared = self._numbers(known.setdefault((way.use, way.province), len(known)) for way in ways)
        self.declarations = list(known)

    @staticmethod
    def _numbers(numbers: Iterable[int]) -> IntArray:
        return np.fromiter(numbers, dtype=np.int32)

    @staticmethod
    def _marks(marks: Iterable[Any]) -> Mask:
        return np.fromiter(marks, dtype=np.bool_)
