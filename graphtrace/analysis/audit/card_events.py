"""Activations and seizures of classified cards, aggregated card by card."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.arrays import (
    FAR_FUTURE,
    NONE,
    Indices,
    IntArray,
    Mask,
    decode_categories,
    filter_intervals,
    group_starts,
    index_of,
    numpy_columns,
    unique,
)
from graphtrace.engine.audit_queries import (
    ACTIVATION,
    card_events,
    cards_in_states,
    listed_states,
    order_by_id,
    seizures,
)
from graphtrace.identifiers.normalize import strip_whitespace

_NUMBERS = ("key", "kind", "day", "span", "second", "who")


class CardEvents:
    """The cards with an activation or a seizure, in order, one row each.

    - ``key``, ``group``: the card and its group.
    - ``of_listed``: the place of each listed card here, :data:`NONE` if it has no event.
    - ``activated``: the day of its first activation, :data:`FAR_FUTURE` if it has none; ``is_activated`` says so.
    - ``is_seized``: whether it was seized.
    - ``users``, ``places``: ``user`` and ``province`` of its latest activation that names one, :data:`NONE` if none
      does; ``first_user``, ``last_user``, ``first_province`` and ``last_province`` are the least and the greatest of
      all that its activations name, the same for most cards. ``provinces`` has the names of provinces.
    """

    def __init__(self, classifier: CardClassifier) -> None:
        table = card_events(classifier.session, missing=NONE)
        rows = numpy_columns(table, _NUMBERS)
        rows["province"], self.provinces = decode_categories(table, "province")
        del table
        cut = filter_intervals(rows, classifier.cuts.low, classifier.cuts.high)
        start = group_starts(rows["key"])
        self._rows, self._start = rows, start
        is_once = len(start) == len(cut)
        one = rows if is_once else {name: rows[name][start] for name in ("key", "kind", "day", "who", "province")}
        self.key: IntArray = one["key"]
        self.is_activated: Mask = one["kind"] == ACTIVATION
        self.is_seized: Mask = ~self.is_activated
        self.activated: IntArray = np.where(self.is_activated, one["day"], np.int32(FAR_FUTURE))
        self.users = dict.fromkeys(("user", "first_user", "last_user"), one["who"])
        self.places = dict.fromkeys(("province", "first_province", "last_province"), one["province"])
        if not is_once:
            self._join_several(classifier, np.flatnonzero(np.diff(start, append=len(cut)) > 1))
        self.of_listed: Indices = index_of(classifier.listed.key, self.key)
        self.group: IntArray = (-1 - classifier.cuts.shared.astype(np.int32))[cut if is_once else cut[start]]
        is_met = self.of_listed >= 0
        self.group[self.of_listed[is_met]] = classifier.group_of_listed[is_met]

    def __len__(self) -> int:
        return len(self.key)

    def _join_several(self, classifier: CardClassifier, cards: Indices) -> None:
        """Join the events of the cards that have several: nearly every card has one, which is all that it has."""
        rows, card = self.rows_of(cards)
        start = group_starts(card)
        is_activation = self._is_activation(rows)
        day = np.where(is_activation, self._rows["day"][rows], np.int32(FAR_FUTURE))
        self.activated[cards] = np.minimum.reduceat(day, start)
        self.is_activated[cards] = np.logical_or.reduceat(is_activation, start)
        self.is_seized[cards] = np.logical_or.reduceat(~is_activation, start)
        for values, of_cards in ((self._rows["who"][rows], self.users), (self._rows["province"][rows], self.places)):
            greatest = np.maximum.reduceat(values, start)
            least = np.minimum.reduceat(np.where(values < 0, greatest[card], values), start)
            for name, joined in zip(of_cards, (greatest, least, greatest), strict=True):
                of_cards[name] = of_cards[name].copy()
                of_cards[name][cards] = joined
        self._find_latest(classifier, cards)

    def _find_latest(self, classifier: CardClassifier, cards: Indices) -> None:
        """Find the latest user and province of the cards that had several: ties of time are settled by the names."""
        users, places = self.users, self.places
        several = users["first_user"][cards] != users["last_user"][cards]
        several |= places["first_province"][cards] != places["last_province"][cards]
        cards = cards[several]
        if not len(cards):
            return
        rows, card = self.rows_of(cards)
        is_activation = self._is_activation(rows)
        rows, card = rows[is_activation], card[is_activation]
        parties = unique(self._rows["who"][rows])
        names = np.zeros(int(parties.max(initial=0)) + 1, dtype=np.int64)
        ordered = order_by_id(classifier.session, parties.tolist())
        names[ordered] = np.arange(len(ordered))
        time = [self._rows["second"][rows], self._until(rows), self._rows["day"][rows]]
        for values, ranks, latest in (
            (self._rows["who"][rows], names, users["user"]),
            (self._rows["province"][rows], _ranks_of(self.provinces), places["province"]),
        ):
            named = np.flatnonzero(values >= 0)
            if not len(named):
                continue
            order = named[np.lexsort((ranks[values[named]], *(part[named] for part in time), card[named]))]
            last = np.append(group_starts(card[order])[1:], len(order)) - 1
            latest[cards[card[order[last]]]] = values[order[last]]

    @cached_property
    def listed(self) -> Indices:
        """The place of each card among the listed ones, :data:`NONE` if it is not listed."""
        places = np.full(len(self), NONE, dtype=np.int32)
        is_met = self.of_listed >= 0
        places[self.of_listed[is_met]] = np.flatnonzero(is_met)
        return places

    def mask_over_listed(self, marks: Mask) -> Mask:
        """Return a mask over the cards here as a mask over the listed cards: false for those without an event."""
        mask = self.of_listed >= 0
        mask[mask] = marks[self.of_listed[mask]]
        return mask

    def rows_of(self, cards: Indices) -> tuple[Indices, Indices]:
        """Return the events of some cards, and for each event the index of its card among these cards."""
        counts = np.append(self._start, len(self._rows["key"]))[cards + 1] - self._start[cards]
        before = np.cumsum(counts) - counts
        rows = np.arange(int(counts.sum())) + np.repeat(self._start[cards] - before, counts)
        return rows, np.repeat(np.arange(len(cards)), counts)

    def _is_activation(self, rows: Indices) -> Mask:
        marks: Mask = self._rows["kind"][rows] == ACTIVATION
        return marks

    def _until(self, rows: Indices) -> IntArray:
        last: IntArray = self._rows["day"][rows] + self._rows["span"][rows]
        return last

    def first_day_since(self, cards: Indices, days: IntArray) -> IntArray:
        """Return the day of the first activation of each card from a day of its own on, :data:`FAR_FUTURE` if there is
        none.
        """
        rows, card = self.rows_of(cards)
        day = self._rows["day"][rows]
        counts = self._is_activation(rows) & (day >= days[card])
        found = np.full(len(cards), FAR_FUTURE, dtype=np.int64)
        np.minimum.at(found, card[counts], day[counts])
        return found

    def activations_by(self, cards: Indices, dates: IntArray) -> tuple[Indices, IntArray]:
        """Return the activations of each card up to a day of its own: the index of the card, and the last day."""
        rows, card = self.rows_of(cards)
        counts = self._is_activation(rows) & (self._rows["day"][rows] <= dates[card])
        return card[counts], self._until(rows[counts])


def _ranks_of(texts: list[str]) -> IntArray:
    """Return the places of the texts in their order."""
    ranks = np.zeros(len(texts), dtype=np.int64)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    return ranks


_ACTIVE_STATES: Final = frozenset(("激活", "已激活", "正常", "在用", "正使用", "active", "activated"))
"""Words by which a card list says that a card is active (SPEC 5); compared whole, without blanks and case."""


def is_active_state(state: str) -> bool:
    """Whether a state of a card list, as written, says that the card is active.

    >>> is_active_state("已激活"), is_active_state(" Active"), is_active_state("未激活")
    (True, True, False)
    """
    return strip_whitespace(state).casefold() in _ACTIVE_STATES


def cards_listed_active(classifier: CardClassifier) -> dict[str, IntArray]:
    """Return the cards (``key``) whose latest state in a card list says that they are active."""
    active = [state for state in listed_states(classifier.session) if is_active_state(state)]
    return numpy_columns(cards_in_states(classifier.session, active), ("key",))


def seizures_by_case(classifier: CardClassifier) -> list[tuple[int, str | None]]:
    """Return the seized cards with the numbers of their cases; without one only where no record gives one."""
    found: dict[int, set[str | None]] = {}
    for key, case_no in seizures(classifier.session):
        found.setdefault(key, set()).add(case_no)
    return [(key, case_no) for key, names in found.items() for case_no in ((names - {None}) or names)]
