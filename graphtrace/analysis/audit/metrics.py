"""Figures of audits: the cards of all audited parties of a classification, counted at once.

What the cards of a group have in common is counted by group; only what differs from card to card (the buyer and the
day of a last movement, the day of a first activation, users, provinces) is counted by card, in passes over columns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from graphtrace.analysis.audit.card_events import CardEvents, cards_listed_active, seizures_by_case
from graphtrace.analysis.audit.classify import CardClassifier, CardPath, Classification, Disposition
from graphtrace.analysis.typed_cards import find_unread_lots
from graphtrace.arrays import (
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
from graphtrace.engine.audit_queries import UNDATED_DAY, parties_by_id, sent_and_received, taken_from
from graphtrace.model import DateSpan, format_day
from graphtrace.results.audit import MonthCount
from graphtrace.results.party_table import PartyColumns, PartyTable


class CardCount(NamedTuple):
    """Number of cards, and of those among them that were ever activated and seized."""

    cards: int = 0
    activated: int = 0
    seized: int = 0


class ActivatedCards(NamedTuple):
    """Number of cards activated while a party held them: those that it passed on later, by the day of its declaration,
    and the others by the day of receipt. ``near`` of them were activated on that day, or within days that hold it.
    """

    passed_on: int
    kept: Counter[int]
    near: int = 0

    @property
    def cards(self) -> int:
        return self.passed_on + self.kept.total()


class CardsAtDate(NamedTuple):
    """Number of cards of a party by the day of its declaration.

    ``sent_back_by_others`` were returned after it had passed them on; ``seized`` of those that it kept were seized,
    at any time.
    """

    acquired: int = 0
    returned: int = 0
    passed_on: int = 0
    sent_back_by_others: int = 0
    seized: int = 0


class _VisibleRows(NamedTuple):
    """Row indices with audited party and path, repeated for each audited party."""

    rows: Indices | slice
    audited: IntArray
    path: IntArray

    def at(self, places: Indices) -> Indices:
        """Return the rows that stand at some places."""
        return places if isinstance(self.rows, slice) else self.rows[places]


Days = tuple[int | None, int]
"""A number of days, ``None`` if it is not known, and of how many cards."""


class AuditMetrics:
    """Figures of the audits, by the number of the audited party."""

    def __init__(self, classifier: CardClassifier, used: CardEvents) -> None:
        self.classifier = classifier
        self.used = used
        self._paths = _PathColumns(classifier)
        self._count()

    def _count(self) -> None:
        """Count cards by audited party and path."""
        classifier, used = self.classifier, self.used
        self._by_path: dict[tuple[int, int], CardCount] = {}
        for part in classifier.judged:
            sums = [
                self._by_group(part, classifier.group_of_listed)
                + self._by_group(part, classifier.rest.group, classifier.rest.cards),
                self._by_group(part, used.group[used.is_activated]),
                self._by_group(part, used.group[used.is_seized]),
            ]
            seen = np.flatnonzero((part.path >= 0) & (sums[0] > 0))
            for audited, path, _, *counts in group_counts(
                part.audited[seen], part.path[seen], sums=[each[seen] for each in sums]
            ):
                self._by_path[audited, path] = _added(self._by_path.get((audited, path)), CardCount(*counts))

    @staticmethod
    def _by_group(part: Classification, groups: IntArray, weights: IntArray | None = None) -> IntArray:
        summed = np.bincount(groups - part.first_number, weights=weights, minlength=len(part.path))
        return summed.astype(np.int64)

    def _seen(self, groups: IntArray) -> Iterator[_VisibleRows]:
        """Yield the rows of groups, repeated for each audited party that received the group."""
        for part in self.classifier.judged:
            place = groups - part.first_number
            path = part.path[place]
            rows = where(path >= 0)
            yield _VisibleRows(rows, part.audited[place[rows]], path[rows])

    @cached_property
    def _listed(self) -> list[_VisibleRows]:
        """Listed cards, repeated for each audited party that received them."""
        return list(self._seen(self.classifier.group_of_listed))

    @cached_property
    def _used(self) -> list[_VisibleRows]:
        """Cards with events, repeated for each audited party that received them."""
        return list(self._seen(self.used.group))

    # -- buckets -----------------------------------------------------------------------------------------------

    @cached_property
    def dispositions(self) -> Mapping[int, Mapping[Disposition, CardCount]]:
        dispositions: dict[int, dict[Disposition, CardCount]] = defaultdict(dict)
        for (audited, path), count in self._by_path.items():
            of = dispositions[audited]
            disposition = self.classifier.paths[path].disposition
            of[disposition] = _added(of.get(disposition), count)
        return dispositions

    @cached_property
    def registered_only(self) -> Mapping[int, int]:
        """Cards whose customer the party is by carriers' documents, and that no record says it bought."""
        return self._cards_where(lambda path: path.is_registered_only)

    @cached_property
    def undated(self) -> Mapping[int, int]:
        """Cards of whose receipt no day is stated."""
        return self._cards_where(lambda path: path.acquired is None)

    @cached_property
    def left_unrecorded(self) -> Mapping[int, int]:
        """Cards that turn up with others and that no record has the party pass on."""
        return self._cards_where(lambda path: path.left_unrecorded)

    @cached_property
    def sold_to_two(self) -> Mapping[int, int]:
        """Disputed cards that records have the party pass on to two, without a return between."""
        return self._cards_where(lambda path: path.sold_to_two)

    def _cards_where(self, is_so: Callable[[CardPath], bool]) -> Mapping[int, int]:
        found: Counter[int] = Counter()
        for (audited, path), count in self._by_path.items():
            if is_so(self.classifier.paths[path]):
                found[audited] += count.cards
        return found

    def _resold(self) -> Iterator[tuple[int, int, CardCount]]:
        for (audited, path), count in self._by_path.items():
            if self.classifier.paths[path].disposition == "resold":
                yield audited, path, count

    @cached_property
    def depths(self) -> Mapping[int, Mapping[int, int]]:
        """Resold cards by depth, in order."""
        depths: dict[int, Counter[int]] = defaultdict(Counter)
        for audited, path, count in self._resold():
            depths[audited][self.classifier.paths[path].depth] += count.cards
        return {audited: dict(sorted(found.items())) for audited, found in depths.items()}

    @cached_property
    def channels(self) -> Mapping[int, Mapping[str, int]]:
        """Resold cards by the channel by which they left, the most used first."""
        channels: dict[int, Counter[str]] = defaultdict(Counter)
        for audited, path, count in self._resold():
            channel = self.classifier.paths[path].channel
            if channel is not None:
                channels[audited][channel] += count.cards
        return {
            audited: dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
            for audited, found in channels.items()
        }

    def _shares(self, of_path: _PartyOfPath, is_own: Mask | None = None) -> tuple[IntArray, PartyColumns]:
        """Return the audited parties, in order, and the parties that share in their cards.

        ``of_path`` names the party by path; ``is_own`` marks the paths of listed cards of which it is the receiver of
        their own last movement.
        """
        classifier, used = self.classifier, self.used
        parts = []
        if is_own is not None:
            masks = used.mask_over_listed(used.is_activated), used.mask_over_listed(used.is_seized)
            for seen in self._listed:
                own = np.flatnonzero(is_own[seen.path])
                cards = seen.at(own)
                once = np.ones(len(cards), dtype=np.int8)
                marked = (marks[cards] for marks in (*masks, classifier.listed.is_buyer_by_name))
                parts.append([seen.audited[own], classifier.listed.buyer[cards], once, *marked])
        party, is_by_name = of_path.party.tolist(), of_path.is_by_name.tolist()
        shared = [
            (audited, party[path], *count, count.cards if is_by_name[path] else 0)
            for (audited, path), count in self._by_path.items()
            if party[path] >= 0
        ]
        parts.append([int_array(values) for values in zip(*shared, strict=True)] if shared else [int_array([])] * 6)
        audited, others, *counts = (np.concatenate(values) for values in zip(*parts, strict=True))
        pairs, _, sums = group_by(audited, others, sums=counts)
        return pairs[0], PartyColumns(pairs[1], *sums)

    @cached_property
    def _held(self) -> tuple[IntArray, PartyColumns]:
        audited, shares = self._shares(self._paths.holder, self._paths.is_own_holder)
        others = self._taken_from_others
        if not others:
            return audited, shares
        seized = shares.seized.copy()
        for place, pair in enumerate(zip(audited.tolist(), shares.party.tolist(), strict=True)):
            seized[place] -= others.get(pair, 0)
        return audited, shares._replace(seized=seized)

    @cached_property
    def _taken_from_others(self) -> Mapping[tuple[int, int], int]:
        """Seized cards by audited party and last holder whom no record of the seizure names, but somebody else."""
        named: dict[int, list[int]] = dict(taken_from(self.classifier.session))
        found: Counter[tuple[int, int]] = Counter()
        keys, at = self.used.key.tolist(), self.used.listed
        buyers = self.classifier.listed.buyer
        for seen in self._used if named else ():
            rows = np.arange(len(keys))[seen.rows]
            asked = np.flatnonzero(self.used.is_seized[rows])
            for row, audited, path in zip(rows[asked].tolist(), seen.audited[asked], seen.path[asked], strict=True):
                takers = named.get(keys[row])
                own = self._paths.is_own_holder[path]
                holder = int(buyers[at[row]] if own else self._paths.holder.party[path])
                if takers and holder >= 0 and holder not in takers:
                    found[int(audited), holder] += 1
        return found

    @cached_property
    def _bought(self) -> tuple[IntArray, PartyColumns]:
        return self._shares(self._paths.buyer, self._paths.is_own_buyer)

    @cached_property
    def _supplied(self) -> tuple[IntArray, PartyColumns]:
        return self._shares(self._paths.supplier)

    @cached_property
    def people(self) -> PartyTable:
        """Table of all last holders, buyers and suppliers."""
        parties = [counts.party for _, counts in (self._held, self._bought, self._supplied)]
        table = parties_by_id(self.classifier.session, unique(np.concatenate(parties)))
        return PartyTable(table, self.classifier.lone)

    @cached_property
    def holders(self) -> Mapping[int, PartyColumns]:
        """Last holders of the resold cards."""
        return _by_first(*self._held)

    @cached_property
    def contested(self) -> Mapping[int, CardCount]:
        """Resold cards whose chains end with different holders."""
        found: dict[int, CardCount] = {}
        for audited, number, count in self._resold():
            path = self.classifier.paths[number]
            if path.holder is None and not path.own_holder:
                known = found.get(audited, CardCount())
                found[audited] = CardCount(*(a + b for a, b in zip(known, count, strict=True)))
        return found

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
        rows = numpy_columns(sent_and_received(self.classifier.session), ("party", "is_sent", "first", "last"))
        party, position = np.tile(rows["party"], 2), np.concatenate([rows["first"], rows["last"] + 1])
        change = np.repeat(np.array([1, -1]), len(rows["party"]))
        order = np.lexsort((position, party))
        is_sent, change = np.tile(rows["is_sent"] == 1, 2)[order], change[order]
        # both counts are back at 0 where the next party begins
        sent, received = (np.cumsum(np.where(is_sent == side, change, 0)) for side in (True, False))
        places = np.flatnonzero((sent[:-1] > 0) & (received[:-1] == 0))
        party, position = party[order], position[order]
        numbers, _, (cards,) = group_by(party[places], sums=[position[places + 1] - position[places]])
        return dict(zip(numbers[0].tolist(), cards.tolist(), strict=True))

    # -- times, users, places ----------------------------------------------------------------------------------

    @cached_property
    def to_transfer(self) -> Mapping[int, Sequence[Days]]:
        """Days from the receipt (an enterprise's purchase) to the first transfer after it."""
        paths, listed = self._paths, self.classifier.listed
        found: dict[int, list[Days]] = defaultdict(list)
        for (audited, number), count in self._by_path.items():
            path = self.classifier.paths[number]
            if not path.own_departed:
                days = None if path.departed is None or path.acquired is None else path.departed - path.acquired
                found[audited].append((days, count.cards))
        for seen in self._listed:
            own = np.flatnonzero(paths.is_own_departed[seen.path])
            acquired = paths.acquired[seen.path[own]]
            is_dated = (acquired < FAR_FUTURE) & (listed.day[seen.at(own)] != UNDATED_DAY)
            after = listed.day[seen.at(own[is_dated])] - acquired[is_dated]
            for seller, day, cards in group_counts(seen.audited[own[is_dated]], after):
                found[seller].append((day, cards))
            for seller, cards in value_counts(seen.audited[own[~is_dated]]).items():
                found[seller].append((None, cards))
        return found

    @cached_property
    def to_activation(self) -> Mapping[int, Sequence[Days]]:
        """Days from the receipt to the first activation on or after it; cards without one are left out."""
        used = self.used
        found: dict[int, list[Days]] = defaultdict(list)
        for seen in self._used:
            acquired = self._paths.acquired[seen.path]
            days = used.activated[seen.rows] - acquired
            is_dated = acquired < FAR_FUTURE
            early = np.flatnonzero(used.is_activated[seen.rows] & (days < 0) & is_dated)
            if len(early):
                days[early] = used.first_day_since(seen.at(early), acquired[early]) - acquired[early]
            known = where(used.is_activated[seen.rows] & (days >= 0) & (days < FAR_FUTURE // 2) & is_dated)
            for number, day, cards in group_counts(seen.audited[known], days[known]):
                found[number].append((day, cards))
        return found

    @cached_property
    def used_by_other(self) -> Mapping[int, int]:
        """Cards that the audited party still holds whose latest stated user is another."""
        found: Counter[int] = Counter()
        for rows, audited, path in self._used:
            user = self.used.users["user"][rows]
            other = audited[self._paths.is_held[path] & (user >= 0) & (user != audited)]
            found.update(value_counts(other))
        return found

    @cached_property
    def used_without_user(self) -> Mapping[int, int]:
        """Cards that the audited party still holds and that were used, where no record says by whom."""
        found: Counter[int] = Counter()
        for rows, audited, path in self._used:
            is_unnamed = self.used.is_activated[rows] & (self.used.users["user"][rows] < 0)
            found.update(value_counts(audited[self._paths.is_held[path] & is_unnamed]))
        return found

    @cached_property
    def listed_active(self) -> Mapping[int, int]:
        """Cards that the party still holds and no record says were used, of which a card list says they are active."""
        classifier, used = self.classifier, self.used
        rows = cards_listed_active(classifier)
        cut = filter_intervals(rows, classifier.cuts.low, classifier.cuts.high)
        at = index_of(rows["key"], classifier.listed.key)
        groups = (-1 - classifier.cuts.shared.astype(np.int32))[cut]
        groups[at >= 0] = classifier.group_of_listed[at[at >= 0]]
        is_unused = ~isin_sorted(rows["key"], used.key[used.is_activated])
        found: Counter[int] = Counter()
        for seen in self._seen(groups[is_unused]):
            found.update(value_counts(seen.audited[self._paths.is_held[seen.path]]))
        return found

    @cached_property
    def held_with_unread(self) -> Mapping[int, int]:
        """Cards that the party still holds by the rows that were read, and about which others were not read."""
        classifier, cuts, listed = self.classifier, self.classifier.cuts, self.classifier.listed
        lots = find_unread_lots(classifier.store)
        if not lots:
            return {}
        low, high = (int_array(ends) for ends in zip(*lots, strict=True))
        found: Counter[int] = Counter()
        at = np.minimum(np.searchsorted(high, listed.key), len(high) - 1)
        is_unread = (low[at] <= listed.key) & (listed.key <= high[at])
        for seen in self._seen(classifier.group_of_listed[is_unread]):
            found.update(value_counts(seen.audited[self._paths.is_held[seen.path]]))
        beside = _cards_between(low, high, cuts.low, cuts.high)
        beside -= np.bincount(listed.cut[is_unread], minlength=len(cuts.low))
        places = np.flatnonzero(beside)
        for seen in self._seen(-1 - cuts.shared[places].astype(np.int32)):
            is_held = self._paths.is_held[seen.path]
            cards = beside[places][seen.rows][is_held]
            for audited, count in zip(seen.audited[is_held].tolist(), cards.tolist(), strict=True):
                found[audited] += count
        return found

    @cached_property
    def months(self) -> Mapping[int, Sequence[MonthCount]]:
        """Cards by the month in which they were acquired, last left (resold ones), and were first used.

        What happened on no stated day, or in no record, comes last, without a month.
        """
        paths, listed, used = self._paths, self.classifier.listed, self.used
        found: dict[int, dict[str | None, list[int]]] = defaultdict(dict)
        month_of: dict[int, str] = {}

        def count(audited: int, figure: int, day: int | None, cards: int) -> None:
            month = None
            if day is not None and day != UNDATED_DAY:
                month = month_of.get(day) or month_of.setdefault(day, format_day(day)[:7])
            found[audited].setdefault(month, [0, 0, 0])[figure] += cards

        for (audited, number), counted in self._by_path.items():
            path = self.classifier.paths[number]
            count(audited, _ACQUIRED, path.acquired, counted.cards)
            if path.disposition == "resold" and not path.own_left:
                count(audited, _RESOLD, path.left, counted.cards)
        for seen in self._listed:
            own = np.flatnonzero(paths.is_own_left[seen.path])
            for seller, day, cards in group_counts(seen.audited[own], listed.day[seen.at(own)]):
                count(seller, _RESOLD, day, cards)
        for rows, audited_parties, _ in self._used:
            on = where(used.is_activated[rows])
            for number, day, cards in group_counts(audited_parties[on], used.activated[rows][on]):
                count(number, _FIRST_USED, day, cards)
        return {
            audited: tuple(MonthCount(month, *counts) for month, counts in _undated_last(months))
            for audited, months in found.items()
        }

    @cached_property
    def places(self) -> Mapping[int, Mapping[tuple[str | None, str | None, str | None], int]]:
        """Activated cards by declared use, declared province and the province of their latest activation."""
        used, names = self.used, self.used.provinces
        found: dict[int, Counter[tuple[str | None, str | None, str | None]]] = defaultdict(Counter)
        for rows, audited, path in self._used:
            on = where(used.is_activated[rows])
            for number, declared, province, cards in group_counts(
                audited[on], self._paths.declared[path[on]], used.places["province"][rows][on]
            ):
                use, declared_province = self._paths.declarations[declared]
                found[number][use, declared_province, None if province < 0 else names[province]] += cards
        return found

    @cached_property
    def cases(self) -> Mapping[int, Mapping[str | None, int]]:
        """Seized cards by the number of their case."""
        used = self.used
        cards = np.flatnonzero(used.is_seized)
        of_card: dict[int, list[int]] = defaultdict(list)
        for rows, audited, _ in self._seen(used.group[cards]):
            for card, number in zip(used.key[cards[rows]].tolist(), audited.tolist(), strict=True):
                of_card[card].append(number)
        found: dict[int, Counter[str | None]] = defaultdict(Counter)
        for card, case_no in seizures_by_case(self.classifier) if of_card else ():
            for number in of_card.get(card, ()):
                found[number][case_no] += 1
        return found

    # -- the balance -------------------------------------------------------------------------------------------

    @cached_property
    def _dates(self) -> IntArray:
        """The day of the declaration by audited party, the last if it may be of several, :data:`NONE` without one."""
        return self._days_of_declarations(lambda when: when.latest)

    @cached_property
    def _first_days(self) -> IntArray:
        """The same, the first if it may be of several."""
        return self._days_of_declarations(lambda when: when.earliest)

    def _days_of_declarations(self, day_of: Callable[[DateSpan], int]) -> IntArray:
        days = np.full(max(self.classifier.audited_parties, default=0) + 1, NONE, dtype=np.int32)
        for number, declaration in self.classifier.declarations.items():
            if number < len(days):
                days[number] = day_of(declaration.when)
        return days

    @cached_property
    def at_date(self) -> Mapping[int, CardsAtDate]:
        """Cards by the day of the declaration."""
        found: dict[int, list[int]] = defaultdict(lambda: [0] * len(CardsAtDate._fields))
        for (audited, number), count in self._by_path.items():
            path, sums = self.classifier.paths[number], found[audited]
            sums[0] += count.cards * path.was_acquired
            sums[1] += count.cards * path.was_returned
            sums[2] += count.cards * (path.was_acquired and path.was_passed_on and not path.was_returned)
            sums[3] += count.cards * (path.was_returned and path.was_passed_on)
            sums[4] += count.seized * (path.was_acquired and not (path.was_passed_on or path.was_returned))
        for rows, audited_parties, paths in self._listed:
            is_by_date = self.classifier.listed.day[rows] <= self._dates[audited_parties]
            for seller, cards in value_counts(
                audited_parties[self._paths.may_have_passed_on[paths] & is_by_date]
            ).items():
                found[seller][2] += cards
        return {number: CardsAtDate(*sums) for number, sums in found.items()}

    @cached_property
    def while_held(self) -> Mapping[int, ActivatedCards]:
        """Cards activated while the audited party held them, by the day of the declaration."""
        used, paths, listed = self.used, self._paths, self.classifier.listed
        passed_on: Counter[int] = Counter()
        near: Counter[int] = Counter()
        kept: dict[int, Counter[int]] = defaultdict(Counter)
        for seen in self._used:
            asked = np.flatnonzero(
                used.is_activated[seen.rows] & (self._dates[seen.audited] >= 0) & paths.was_held[seen.path]
            )
            cards, path_of, seen_by = seen.at(asked), seen.path[asked], seen.audited[asked]
            place, day = used.activations_by(cards, self._dates[seen_by])
            at = used.listed[cards]
            own_end = np.where(
                paths.is_own_end[path_of] & (at >= 0), listed.day[at] - 1 if len(listed) else FAR_FUTURE, FAR_FUTURE
            )
            is_held, is_sure = np.zeros((2, len(cards)), dtype=np.bool_)
            for since, until in paths.held:
                inside = (day >= since[path_of[place]]) & (day <= np.minimum(until[path_of[place]], own_end[place]))
                is_held[place[inside]] = True
                is_sure[place[inside & (day < self._first_days[seen_by[place]])]] = True
            party, path = seen_by[is_held], path_of[is_held]
            has_left = paths.was_passed_on[path] | (
                paths.may_have_passed_on[path] & (own_end[is_held] < self._dates[party])
            )
            near.update(value_counts(seen_by[is_held & ~is_sure]))
            passed_on.update(value_counts(party[has_left]))
            for number, acquired, count in group_counts(party[~has_left], paths.acquired[path[~has_left]]):
                kept[number][acquired] += count
        return {number: ActivatedCards(passed_on[number], kept[number], near[number]) for number in {*passed_on, *kept}}


_ACQUIRED, _RESOLD, _FIRST_USED = range(3)
"""Places in the counts of a month."""


def _added(known: CardCount | None, more: CardCount) -> CardCount:
    if known is None:
        return more
    return CardCount(known.cards + more.cards, known.activated + more.activated, known.seized + more.seized)


def _undated_last(months: Mapping[str | None, list[int]]) -> Iterable[tuple[str | None, list[int]]]:
    if len(months) == 1:
        return months.items()
    return sorted(months.items(), key=lambda each: (each[0] is None, each[0] or ""))


def _by_first(audited: IntArray, counts: PartyColumns) -> dict[int, PartyColumns]:
    """Return columns cut where the next audited party begins."""
    ends = np.flatnonzero(np.diff(audited, append=NONE)) + 1 if len(audited) else int_array([])
    found: dict[int, PartyColumns] = {}
    start = 0
    for end in ends.tolist():
        found[int(audited[start])] = PartyColumns(*(values[start:end] for values in counts))
        start = end
    return found


def _cards_between(low: IntArray, high: IntArray, first: IntArray, last: IntArray) -> IntArray:
    """Count the cards of some disjoint lots, in order, that lie in each of some intervals."""
    before = np.concatenate([int_array([0]), np.cumsum(high - low + 1)])

    def up_to(ends: IntArray) -> IntArray:
        """Return how many cards of the lots are not after each end."""
        begun = np.searchsorted(low, ends, side="right")
        reaching = np.maximum(begun - 1, 0)
        cut_off = np.where(begun > 0, np.maximum(high[reaching] - ends, 0), 0)
        counted: IntArray = before[begun] - cut_off
        return counted

    return up_to(last) - up_to(first - 1)


class _PartyOfPath(NamedTuple):
    """A party by the number of the path, :data:`NONE` for nobody, and whether it is known there by a name alone."""

    party: IntArray
    is_by_name: Mask


class _PathColumns:
    """The fields of the paths as columns, by the number of the path."""

    def __init__(self, classifier: CardClassifier) -> None:
        paths = classifier.paths
        numbers = {party: number for number, party in classifier.parties.items()}
        # who stands in quantity-only records only
        met = {party for path in paths for party in (path.holder, path.buyer, path.supplier) if party is not None}
        numbers |= classifier.numbers_of(met - numbers.keys())
        self.holder, self.buyer, self.supplier = (
            _PartyOfPath(
                self._numbers(NONE if party is None else numbers[party] for party in parties),
                self._marks(party in path.by_name for party, path in zip(parties, paths, strict=True)),
            )
            for parties in (
                [path.holder for path in paths],
                [path.buyer for path in paths],
                [path.supplier for path in paths],
            )
        )
        self.acquired = self._numbers(FAR_FUTURE if path.acquired is None else path.acquired for path in paths)
        self.is_held = self._marks(path.disposition == "held" for path in paths)
        self.is_own_holder = self._marks(path.own_holder for path in paths)
        self.is_own_buyer = self._marks(path.own_buyer for path in paths)
        self.is_own_departed = self._marks(path.own_departed for path in paths)
        self.is_own_left = self._marks(path.own_left for path in paths)
        self.is_own_end = self._marks(path.own_end for path in paths)
        self.may_have_passed_on = self._marks(
            path.was_acquired and path.own_end and not (path.was_passed_on or path.was_returned) for path in paths
        )
        self.was_passed_on = self._marks(path.was_passed_on for path in paths)
        self.was_held = self._marks(bool(path.held) for path in paths)
        self.held = [
            (
                self._numbers(path.held[place][0] if place < len(path.held) else FAR_FUTURE for path in paths),
                self._numbers(path.held[place][1] if place < len(path.held) else NONE for path in paths),
            )
            for place in range(max((len(path.held) for path in paths), default=0))
        ]
        known: dict[tuple[str | None, str | None], int] = {}
        self.declared = self._numbers(known.setdefault((path.use, path.province), len(known)) for path in paths)
        self.declarations = list(known)

    @staticmethod
    def _numbers(numbers: Iterable[int]) -> IntArray:
        return np.fromiter(numbers, dtype=np.int32)

    @staticmethod
    def _marks(marks: Iterable[Any]) -> Mask:
        return np.fromiter(marks, dtype=np.bool_)
