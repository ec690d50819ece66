"""Group listed cards whose custody result must be equal.

What makes cards alike
----------------------
Most listed cards differ from their neighbours in the last hop alone, to a buyer who does nothing else with them. Who
that is cannot matter to a whole chain, nor can the day, as long as it is after all other days. So the last movement
counts by its kind, its sender and its channel only, where it is dated to a day after all others, is no return, and its
receiver is no carrier and stands in no other movement of the card. All other movements count with all that they say,
and where statements of one hop can be compared, with their origins, whose order decides which channel a hop has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtrace.arrays import (
    NONE,
    Indices,
    IntArray,
    Mask,
    decode_categories,
    factorize,
    filter_intervals,
    group_starts,
    groups_of,
    index_of,
    int_array,
    isin_sorted,
    numbered_by,
    numpy_columns,
    unique,
)
from graphtrace.engine.audit_queries import (
    KEYS_PER_PREFIX,
    MOVEMENT_TEXTS,
    RECEIVER_BY_NAME,
    RECORD_SHIFT,
    SENDER_BY_NAME,
)
from graphtrace.frozen import frozen
from graphtrace.model import KINDS

if TYPE_CHECKING:
    import pyarrow as pa

EventTuple = Sequence[Any]
"""A movement: its record, kind, sender, receiver, day, span, second, channel, declared use, province, by name."""

_NUMBERS = ("key", "kind", "sender", "receiver", "day", "span", "second", "record", "by_name")

_RETURN = KINDS.index("return")

_BY_SHEET, _BY_RECORD = 1, 2
"""Part of the origin of a card's movements that distinguishes the card, beyond their statements."""


@frozen(kw_only=False)
class Segments:
    """Cards between two cuts, in order: the first, the last, and which cover of ranges they share."""

    low: IntArray
    high: IntArray
    shared: IntArray


@frozen(kw_only=False)
class CardGroups:
    """Cards by group: ``cards`` are indices of cards, ``group`` their groups, ``first`` the first card of each group.

    Groups are numbered from ``first_number``. ``is_alike`` says that the cards of a group may differ in the receiver
    and the day of their last movement.
    """

    first_number: int
    cards: Indices
    group: IntArray
    first: Indices
    is_alike: Mask


class ListedCards:
    """The movements that name a single card between two cuts: one card after the other, each with its own in order.

    - ``key``, ``cut``: the cards in order, and between which cuts each is.
    - ``buyer``, ``day``: receiver and day of the last movement of each card.
    - ``is_buyer_by_name``: whether that movement knows the receiver by a name alone.
    """

    def __init__(
        self,
        read_movements: Callable[[], pa.Table],
        cuts: Segments,
        shared: Sequence[Sequence[EventTuple]],
        carriers: Collection[int],
    ) -> None:
        # read here, so that nothing else holds the table when it is not needed any more
        table = read_movements()
        self._rows = numpy_columns(table, _NUMBERS)
        self._texts: dict[str, list[str]] = {}
        for name in MOVEMENT_TEXTS:
            self._rows[name], self._texts[name] = decode_categories(table, name)
        del table
        cut = filter_intervals(self._rows, cuts.low, cuts.high)
        # four bytes: there are no more rows than these can count
        self._start = group_starts(self._rows["key"]).astype(np.int32)
        self._size = np.diff(self._start, append=np.int32(len(cut)))
        self._card = np.repeat(np.arange(len(self._start), dtype=np.int32), self._size)
        self._put_in_order()
        self.key: IntArray = self._firsts(self._rows["key"])
        self.cut: IntArray = self._firsts(cut)
        self.buyer: IntArray = self._lasts(self._rows["receiver"])
        self.day: IntArray = self._lasts(self._rows["day"])
        self.is_buyer_by_name: Mask = (self._lasts(self._rows["by_name"]) & RECEIVER_BY_NAME) != 0
        self._shared: IntArray = cuts.shared.astype(np.int32)[self.cut]
        self._marks = np.zeros(len(self.key), dtype=np.int8)
        self._is_alike = np.zeros(len(self.key), dtype=np.bool_)
        if len(self.key):
            self._mark_distinctions(shared, int_array(sorted(carriers)))

    def __len__(self) -> int:
        return len(self.key)

    def _firsts(self, values: IntArray) -> IntArray:
        """Return the values of the first movement of each card; without a copy if each card has one movement."""
        return values if len(values) == len(self._start) else values[self._start]

    def _lasts(self, values: IntArray) -> IntArray:
        return values if len(values) == len(self._start) else values[self._start + self._size - 1]

    def _take(self, rows: Indices) -> None:
        self._rows = {name: values[rows] for name, values in self._rows.items()}

    def _put_in_order(self) -> None:
        """Sort the movements of a card where they are not on rising days as they stand."""
        day = self._rows["day"]
        falls = np.flatnonzero((self._card[1:] == self._card[:-1]) & (day[1:] <= day[:-1]))
        if not len(falls):
            return
        is_unsorted = np.zeros(len(self._start), dtype=np.bool_)
        is_unsorted[self._card[falls]] = True
        rows = np.flatnonzero(is_unsorted[self._card])
        by = ("record", "receiver", "sender", "second", "span", "day")
        order = np.arange(len(day))
        order[rows] = rows[np.lexsort((*(self._rows[name][rows] for name in by), self._card[rows]))]
        self._take(order)

    # -- what distinguishes cards --------------------------------------------------------------------------------

    def _mark_distinctions(self, shared: Sequence[Sequence[EventTuple]], carriers: IntArray) -> None:
        rows, several = self._rows, self._size > 1
        sheet = rows["record"] // RECORD_SHIFT
        covers = _Covers(shared)
        of_row = self._shared[self._card]
        pair = factorize(rows["sender"], rows["receiver"])
        is_ranged, is_beside = covers.have(of_row, rows["sender"], rows["receiver"], sheet)
        self._mark(is_ranged, _BY_SHEET)
        self._mark(is_beside, _BY_RECORD)
        among = np.flatnonzero(several[self._card])
        for columns, mark in (((pair,), _BY_SHEET), ((pair, sheet), _BY_RECORD)):
            groups = factorize(self._card[among], *(values[among] for values in columns))
            order = np.argsort(groups, kind="stable")
            again = among[order[1:][groups[order[1:]] == groups[order[:-1]]]]
            is_again = np.zeros(len(self._card), dtype=np.bool_)
            is_again[again] = True
            self._mark(is_again, mark)

        last = self._start + self._size - 1
        until = rows["day"] + rows["span"]
        self._is_alike = (
            (covers.until[self._shared] < self.day)
            & ~covers.have_party(self._shared, self.buyer)
            & (rows["span"][last] == 0)
            & ~isin_sorted(self.buyer, carriers)
            & ~isin_sorted(rows["sender"][last], carriers)
            & (rows["kind"][last] != _RETURN)
        )
        before = among[among != last[self._card[among]]]
        of_card = self._card[before]
        is_in_the_way = (
            (until[before] >= self.day[of_card])
            | (rows["sender"][before] == self.buyer[of_card])
            | (rows["receiver"][before] == self.buyer[of_card])
        )
        self._is_alike[of_card[is_in_the_way]] = False

    def _mark(self, is_so: Mask, mark: int) -> None:
        cards = self._card[is_so]
        self._marks[cards] = np.maximum(self._marks[cards], mark)

    def group_cards(self, *, one_by_one: Mask | None = None, first_number: int = 1) -> CardGroups:
        """Group cards whose custody result must be equal; groups are numbered from ``first_number``.

        With ``one_by_one`` these cards alone, by all that their last movements say.
        """
        cards = np.arange(len(self), dtype=np.int32) if one_by_one is None else np.flatnonzero(one_by_one)
        if not len(cards):
            return CardGroups(first_number, cards, int_array([]), cards, np.zeros(0, dtype=np.bool_))
        every = slice(None) if one_by_one is None else cards
        is_alike = self._is_alike[every] if one_by_one is None else np.zeros(len(cards), dtype=np.bool_)
        size, start, mark = self._size[every], self._start[every], self._marks[every]
        combined = factorize(size, self._shared[every], self.key[every] // KEYS_PER_PREFIX, is_alike, mark)
        for place in range(int(size.max())):
            longer = np.flatnonzero(size > place).astype(np.int32)
            rows = start[longer] + place
            is_last = is_alike[longer] & (size[longer] == place + 1)
            distinguishing = self._distinguishing_columns(rows, is_last, mark[longer])
            combined[longer] = numbered_by(len(longer), chain((combined[longer],), distinguishing))
        _, first, group = groups_of(factorize(size, combined))
        return CardGroups(first_number, cards, group + np.int32(first_number), cards[first], is_alike[first])

    def _distinguishing_columns(self, rows: Indices, is_last: Mask, mark: IntArray) -> Iterator[IntArray]:
        """Yield the columns that distinguish movements, one at a time: they are as long as the case."""
        for name in ("kind", "sender", "channel"):
            yield self._rows[name][rows]
        for name in ("receiver", "day", "span", "second", "declared_use", "province"):
            values = self._rows[name][rows]
            values[is_last] = 0
            yield values
        by_name = self._rows["by_name"][rows]
        by_name[is_last] &= SENDER_BY_NAME
        yield by_name
        record = self._rows["record"][rows]
        record[mark == _BY_SHEET] //= RECORD_SHIFT
        record[(mark != _BY_SHEET) & (mark != _BY_RECORD)] = 0
        yield record

    def declared_last(self, name: str, cards: Indices) -> IntArray:
        """Return the value of a text column in the last movement of each of some cards, as the number of the text."""
        codes: IntArray = self._lasts(self._rows[name])[cards]
        return codes

    def text_of(self, name: str, code: int) -> str | None:
        """Return the text that a number in a column of texts means."""
        return None if code < 0 else self._texts[name][code]

    def forget_movements(self) -> None:
        """Release the memory that only judging needs: no movement can be queried any more."""
        del self._rows, self._texts, self._start, self._size, self._card, self._shared, self._marks, self._is_alike

    def movements(self, card: int) -> tuple[list[EventTuple], bool]:
        """Return the movements of a card in order, and whether the records given with them distinguish the card.

        The record is the sheet alone where that is what counts.
        """
        mark = int(self._marks[card])
        start = int(self._start[card])
        movements: list[EventTuple] = []
        for row in range(start, start + int(self._size[card])):
            at = {name: int(values[row]) for name, values in self._rows.items()}
            record = at["record"] if mark == _BY_RECORD else at["record"] // RECORD_SHIFT * RECORD_SHIFT
            texts = (None if at[name] < 0 else self._texts[name][at[name]] for name in MOVEMENT_TEXTS)
            moved = (at[name] for name in ("kind", "sender", "receiver", "day", "span", "second"))
            movements.append((record, *moved, *texts, at["by_name"]))
        return movements, mark > 0


class _Covers:
    """The movements of ranges that cards share, as far as they distinguish listed cards."""

    def __init__(self, shared: Sequence[Sequence[EventTuple]]) -> None:
        statements = [
            (number, *row[2:4], row[0] // RECORD_SHIFT, row[4] + row[5])
            for number, rows in enumerate(shared)
            for row in rows
        ]
        cover, sender, receiver, sheet, until = (
            (int_array(values) for values in zip(*statements, strict=True)) if statements else (int_array([]),) * 5
        )
        self.until = np.full(len(shared), NONE, dtype=np.int64)
        np.maximum.at(self.until, cover, until)
        self._most = int(max(sender.max(initial=0), receiver.max(initial=0))) + 1
        pair = sender * self._most + receiver
        self._pairs = unique(pair)
        self._sheets = int(sheet.max(initial=0)) + 1
        of_cover = self._in_cover(cover, np.searchsorted(self._pairs, pair))
        self._of_cover = unique(of_cover)
        self._of_sheet = unique(of_cover * self._sheets + sheet)
        self._parties = unique(np.concatenate([cover * self._most + sender, cover * self._most + receiver]))

    def _in_cover(self, cover: IntArray, pair: Indices) -> IntArray:
        return cover * (len(self._pairs) + 1) + pair

    def have(self, cover: IntArray, sender: IntArray, receiver: IntArray, sheet: IntArray) -> tuple[Mask, Mask]:
        """Whether a range of the cover passed between the same two, and whether one of the same sheet did."""
        known = (sender < self._most) & (receiver < self._most)
        place = index_of(np.where(known, sender.astype(np.int64) * self._most + receiver, NONE), self._pairs)
        rows = np.flatnonzero(place >= 0)
        of_cover = self._in_cover(cover[rows], place[rows])
        is_ranged = np.zeros(len(cover), dtype=np.bool_)
        is_beside = np.zeros(len(cover), dtype=np.bool_)
        is_ranged[rows] = isin_sorted(of_cover, self._of_cover)
        of_sheet = of_cover * self._sheets + np.minimum(sheet[rows], self._sheets)
        is_beside[rows] = (sheet[rows] < self._sheets) & isin_sorted(of_sheet, self._of_sheet)
        return is_ranged, is_beside

    def have_party(self, cover: IntArray, party: IntArray) -> Mask:
        """Whether the party stands in a movement of the cover."""
        return (party < self._most) & isin_sorted(cover * self._most + party, self._parties)
