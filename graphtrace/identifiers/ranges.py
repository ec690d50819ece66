"""Keys as numbers: head, size and running number, ranges of keys, and sets of cards as disjoint lots in order.

Invariant: a key is its head followed by its number, filled up with zeros to the key's size. The number has at most 11
digits and no letter, so a card with a letter in the running part has another head than its neighbours and never lies
inside a decimal range.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from graphtrace.identifiers.iccid import Iccid, with_check_digit_in_key

RUNNING_DIGITS: Final = 11
"""Maximum number of digits of the running part of a key."""

RangeReason = Literal["range_heads_differ", "range_reversed"]

_DIGITS: Final = "0123456789"


class InvalidRange(ValueError):
    """Two numbers that do not delimit a range; ``reason`` is the code of the reject."""

    def __init__(self, reason: RangeReason) -> None:
        super().__init__(reason)
        self.reason: RangeReason = reason


@dataclass(frozen=True, slots=True, order=True)
class KeyRange:
    """All keys with one head and size whose number lies between ``first`` and ``last``, both included."""

    head: str
    size: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last < 10 ** (self.size - len(self.head)):
            raise ValueError("a range runs upwards inside the digits that its head leaves")

    def __len__(self) -> int:
        return self.last - self.first + 1

    @property
    def end_keys(self) -> tuple[str, str]:
        """Return the keys of the first and the last card."""
        return join_key(self.head, self.size, self.first), join_key(self.head, self.size, self.last)

    def __contains__(self, key: str) -> bool:
        head, size, number = split_key(key)
        return head == self.head and size == self.size and self.first <= number <= self.last


def split_key(key: str) -> tuple[str, int, int]:
    """Split a key into head, size and number.

    The head is the longer of everything but the last 11 characters and everything up to the last letter. Where the key
    ends in a letter the head is the whole key and the number 0.

    Examples
    --------
    >>> split_key("898602A8221478DE0092")
    ('898602A8221478DE', 20, 92)
    """
    size = len(key)
    cut = max(size - RUNNING_DIGITS, len(key.rstrip(_DIGITS)))
    return key[:cut], size, int(key[cut:] or 0)


def join_key(head: str, size: int, number: int) -> str:
    """Join the parts that :func:`split_key` returns."""
    digits = size - len(head)
    return f"{head}{number:0{digits}d}" if digits else head


def parse_range(first: Iccid, last: Iccid) -> KeyRange:
    """Return the range between two complete numbers, both included, counted on the keys.

    Where of two numbers of an issuer abroad only one ends in its check digit, neither has one: they count as written.

    Raises
    ------
    InvalidRange
        ``range_heads_differ`` when the keys have different sizes or do not share everything up to the last letter and
        all but the last 11 characters; ``range_reversed`` when the first number is the greater.
    """
    if (first.check_char is None) != (last.check_char is None):
        first, last = with_check_digit_in_key(first), with_check_digit_in_key(last)
    head, size, lower = split_key(first.key)
    last_head, last_size, upper = split_key(last.key)
    if (head, size) != (last_head, last_size):
        raise InvalidRange("range_heads_differ")
    if lower > upper:
        raise InvalidRange("range_reversed")
    return KeyRange(head, size, lower, upper)


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
