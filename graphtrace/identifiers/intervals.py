"""Sets of cards as disjoint lots in order: what two have in common, what one has more, how many cards it holds.

Cost: one pass over the lots, whatever their sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CardInterval = tuple[int, int]
"""First and last card of consecutive cards, both included, as the store numbers cards."""


def merge_intervals(lots: Iterable[CardInterval]) -> list[CardInterval]:
    """Return lots as disjoint ones in order; overlapping and adjacent lots become one.

    >>> merge_intervals([(4, 8), (1, 3), (10, 11)])
    [(1, 8), (10, 11)]
    """
    merged: list[CardInterval] = []
    for low, high in sorted(lots):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def intersect(one: Sequence[CardInterval], other: Sequence[CardInterval]) -> list[CardInterval]:
    """Return the cards that are in both sets.

    >>> intersect([(1, 5), (8, 9)], [(4, 8)])
    [(4, 5), (8, 8)]
    """
    both: list[CardInterval] = []
    places = [0, 0]
    while places[0] < len(one) and places[1] < len(other):
        (low, high), (first, last) = one[places[0]], other[places[1]]
        if max(low, first) <= min(high, last):
            both.append((max(low, first), min(high, last)))
        places[high > last] += 1
    return both


def difference(lots: Sequence[CardInterval], others: Sequence[CardInterval]) -> list[CardInterval]:
    """Return the cards of a set that are not in another.

    >>> difference([(1, 5), (8, 9)], [(2, 3), (5, 8)])
    [(1, 1), (4, 4), (9, 9)]
    """
    remaining: list[CardInterval] = []
    place = 0
    for low, high in lots:
        while place < len(others) and others[place][1] < low:
            place += 1
        start, at = low, place
        while at < len(others) and others[at][0] <= high:
            if start < others[at][0]:
                remaining.append((start, others[at][0] - 1))
            start = others[at][1] + 1
            at += 1
        if start <= high:
            remaining.append((start, high))
    return remaining


def count_cards_in(lots: Iterable[CardInterval]) -> int:
    """Return the number of cards in a set of disjoint intervals."""
    return sum(last - first + 1 for first, last in lots)
