"""Ranges cut where one begins or ends, for those whose engine does not do it: cards of a piece share their ranges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Move = tuple[int, int, int, bool]
"""Day, sender, receiver, whether a carrier sells."""


class Pieces(NamedTuple):
    """Disjoint runs of cards, in order, each with what moved it, by day."""

    low: np.ndarray
    high: np.ndarray
    moves: list[tuple[Move, ...]]

    def of(self, card: int) -> tuple[Move, ...]:
        """Return the movements of a card as part of a range."""
        place = bisect_right(self.low, card) - 1
        return self.moves[place] if place >= 0 and card <= self.high[place] else ()

    def places_of(self, cards: np.ndarray) -> np.ndarray:
        """The piece of each card, -1 for none."""
        places = np.searchsorted(self.low, cards, side="right") - 1
        return np.where((places >= 0) & (cards <= self.high[places]), places, -1)

    @property
    def buyers(self) -> np.ndarray:
        """To whom a carrier sold each piece last, -1 for nobody."""
        return np.array([next((move[2] for move in reversed(moves) if move[3]), -1) for moves in self.moves])

    @property
    def holders(self) -> np.ndarray:
        """Return the last receiver of each piece."""
        return np.array([moves[-1][2] for moves in self.moves])


def cut(ranges: Iterable[Sequence[int]]) -> Pieces:
    """Cut ranges given as (first, last, sender, receiver, day, whether a carrier sells)."""
    starting: dict[int, list[tuple[int, Move]]] = {}
    cuts = set()
    for first, last, sender, receiver, day, is_purchase in ranges:
        starting.setdefault(first, []).append((last, (day, sender, receiver, is_purchase)))
        cuts |= {first, last + 1}
    low, high, moved = [], [], []
    open_: list[tuple[int, Move]] = []
    for at, following in pairwise(sorted(cuts)):
        open_ = [entry for entry in open_ if entry[0] >= at] + starting.get(at, [])
        if open_:
            low.append(at)
            high.append(following - 1)
            moved.append(tuple(sorted(move for _, move in open_)))
    return Pieces(np.array(low), np.array(high), moved)


def count_buckets(
    pieces: Pieces,
    names: Sequence[str],
    singles: tuple[np.ndarray, np.ndarray],
    uses: tuple[np.ndarray, np.ndarray],
    enterprise: int | None = None,
) -> dict[str, dict[str, int]]:
    """The buckets of every enterprise, or of one.

    ``singles`` are cards and their last receivers, ``uses`` cards and their latest users (-1 for nobody), both by card
    and each card once.
    """
    buyers, holders = pieces.buyers, pieces.holders
    wanted = buyers >= 0 if enterprise is None else buyers == enterprise
    sizes = pieces.high - pieces.low + 1
    many = len(names)

    def total(keys: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(keys, weights=counts, minlength=many).astype(np.int64)

    purchased = total(buyers[wanted], sizes[wanted])
    resold_whole = wanted & (holders != buyers)
    resold = total(buyers[resold_whole], sizes[resold_whole])
    cards, receivers = singles
    places = pieces.places_of(cards)
    mine = (places >= 0) & wanted[places]
    was, now = holders[places] != buyers[places], receivers != buyers[places]
    resold += total(buyers[places[mine & now & ~was]]) - total(buyers[places[mine & was & ~now]])
    used, users = uses
    places = pieces.places_of(used)
    mine = (places >= 0) & wanted[places]
    used, users, places = used[mine], users[mine], places[mine]
    holder = holders[places]
    if len(cards):
        found = np.minimum(np.searchsorted(cards, used), len(cards) - 1)
        holder = np.where(cards[found] == used, receivers[found], holder)
    held = holder == buyers[places]
    others = held & (users >= 0) & (users != buyers[places])
    active, other = total(buyers[places[held]]), total(buyers[places[others]])
    return {
        names[number]: {
            "in_stock": int(purchased[number] - resold[number] - active[number]),
            "activated_by_enterprise": int(active[number] - other[number]),
            "activated_by_other": int(other[number]),
            "resold": int(resold[number]),
        }
        for number in np.flatnonzero(purchased)
    }
