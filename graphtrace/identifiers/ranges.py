"""Keys as numbers: head, size and running number, ranges of keys, sets of cards as disjoint lots, and partial numbers.

Invariant: a key is its head followed by its number, filled up with zeros to the key's size. The number has at most 11
digits and no letter, so a card with a letter in the running part has another head than its neighbours and never lies
inside a decimal range.

In a partial number, as of a worn print or half a photograph, ``?`` stands for one character, ``*`` for any run. Such a
pattern fits a card when it fits one of the card's writings: its key or, where the issuer puts a check digit behind the
key, the key with that digit as computed or with a 20th character as some record writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, Literal

from graphtrace.frozen import frozen
from graphtrace.identifiers.iccid import (
    BODY_SIZE,
    FULL_SIZE,
    MIN_KNOWN,
    SHORTEST_SIZE,
    Iccid,
    carrier_from_iccid,
    has_check_digit,
    luhn_digit,
    parse_iccid,
    with_check_digit_in_key,
)
from graphtrace.identifiers.normalize import strip_noise
from graphtrace.patterns import late

RUNNING_DIGITS: Final = 11
"""Maximum number of digits of the running part of a key."""

RangeReason = Literal["range_heads_differ", "range_reversed"]

_DIGITS: Final = "0123456789"


class InvalidRange(ValueError):
    """Two numbers that do not delimit a range; ``reason`` is the code of the reject."""

    def __init__(self, reason: RangeReason) -> None:
        super().__init__(reason)
        self.reason: RangeReason = reason


@frozen(kw_only=False, order=True)
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

    Raises InvalidRange ``range_heads_differ`` when the keys have different sizes or do not share everything up to the
    last letter and all but the last 11 characters; ``range_reversed`` when the first number is the greater.
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


_SHAPE: Final = late("(?=[*]|[8?][*9?])[0-9A-F?*]*[0-9A-Z?*]")
_WILDCARD: Final = late("[?*]")
_LETTER: Final = late("[A-Z]")
_REGEX_OF: Final = {"?": "[0-9A-Z]", "*": "[0-9A-Z]*"}


@frozen(kw_only=False)
class Pattern:
    """A partial card number; built by :func:`parse_pattern`.

    A store finds the cards in two steps: it narrows with ``prefix`` and ``key_regex``, which let through every card
    that fits and few others, and asks :meth:`matches` about the rest. Both expressions are anchored and mean the same
    to Python, RE2 and Java.

    - ``text``: the pattern, normalised; the beginning of a number ends in ``*``.
    """

    text: str

    @property
    def prefix(self) -> str:
        """Return the beginning of the key of every card that fits: the known characters before the first wildcard."""
        known = _WILDCARD.split(self.text, maxsplit=1)[0]
        return known[:BODY_SIZE] if has_check_digit(known) else known

    @property
    def regex(self) -> str:
        """Expression for the writings of a card (the key, or the key and a 20th character)."""
        return f"^{_regex(self.text)}$"

    @property
    def key_regex(self) -> str:
        """Expression for the keys of the cards that may fit."""
        without_tail = self.text.rstrip("*")[:-1]
        return f"^(?:{_regex(self.text)}|{_regex(without_tail)})$"

    def matches(self, key: str, check_chars: Iterable[str] | None = None) -> bool:
        """Whether the card fits.

        ``key``: the card's key.
        ``check_chars``: every 20th character that records write behind the key, as a string or a list; ``None`` where
        none does.
        """
        fits = re.compile(self.regex).fullmatch
        if fits(key):
            return True
        computed = (luhn_digit(key),) if has_check_digit(key) else ()
        return any(fits(key + check_char) for check_char in (*computed, *(check_chars or ())))

    def runs_in(self, lot: KeyRange) -> Iterator[KeyRange]:
        """Yield the parts of a range whose cards fit, ascending, by key or by key and computed check digit.

        Nothing is expanded: digits that the pattern leaves open at the end give one run. The cost grows with the number
        of runs, not with the size of the range.
        """
        return _search(self.text, has_check_digit(lot.head)).runs(lot)


def parse_pattern(text: str) -> Pattern | None:
    """Read ``text`` as a partial card number.

    ``text``: known characters, ``?`` and ``*`` (also full-width), at least 8 of them known. A number that is only the
    beginning of one, with or without ``?``, is read as if ``*`` followed.

    Returns ``None`` when the text is a complete number or can be no part of one.
    """
    wanted = re.sub(r"\*+", "*", strip_noise(text))
    if not _WILDCARD.search(wanted):
        card = parse_iccid(wanted)
        return None if card is None or card.complete else Pattern(card.text + "*")
    size = len(wanted) - wanted.count("*")
    if not _SHAPE.fullmatch(wanted) or size > FULL_SIZE or size - wanted.count("?") < MIN_KNOWN:
        return None
    return Pattern(wanted if "*" in wanted or size >= _least_size(wanted) else wanted + "*")


def has_too_few_digits(text: str) -> bool:
    """Whether ``text`` has wildcards and too few known characters for a search."""
    wanted = strip_noise(text)
    known, wildcards = _WILDCARD.subn("", wanted)
    return bool(wildcards) and len(known) < MIN_KNOWN


def _least_size(number: str) -> int:
    if has_check_digit(number):
        return BODY_SIZE
    return FULL_SIZE if carrier_from_iccid(number) else SHORTEST_SIZE


def _regex(pattern: str) -> str:
    return "".join(_REGEX_OF.get(sign, sign) for sign in pattern)


class _Search:
    """Depth-first search over the digits of a range, on all alignments of the pattern at once.

    A place is an index into the pattern: everything before it has been matched. The sets of places that turn up are
    few, so what follows from one is worked out once, for all ranges.
    """

    def __init__(self, pattern: str, *, has_tail: bool) -> None:
        self.pattern = pattern
        self.spare = (0, 1) if has_tail else (0,)
        """Numbers of characters that a writing may have after the key."""
        self.takes_all = cache(self._takes_all)
        self.steps = cache(self._steps)

    def runs(self, lot: KeyRange) -> Iterator[KeyRange]:
        head, size = lot.head, lot.size
        places = self._past_stars({0})
        for sign in head:
            places = self._advance(places, sign)
        below = [(places, 0, size - len(head))]
        while below:
            places, number, digits = below.pop()
            least = max(lot.first, number * 10**digits)
            greatest = min(lot.last, (number + 1) * 10**digits - 1)
            if least > greatest:
                continue
            if self.takes_all(places, digits):
                yield KeyRange(head, size, least, greatest)
            elif digits:
                below += [(after, 10 * number + digit, digits - 1) for digit, after in self.steps(places, digits)]
            elif len(self.spare) > 1:
                check_char = luhn_digit(join_key(head, size, number))
                if len(self.pattern) in self._advance(places, check_char):
                    yield KeyRange(head, size, number, number)

    def _takes_all(self, places: frozenset[int], digits: int) -> bool:
        """Whether the pattern from one of the places on fits every text of ``digits`` digits and spare characters."""
        return any(not self.pattern[place:].strip("?*") and self._takes_some(place, digits) for place in places)

    def _steps(self, places: frozenset[int], digits: int) -> list[tuple[int, frozenset[int]]]:
        """Return the next digits with which the pattern can still fit, the greatest first, and the resulting places."""
        steps = []
        for digit in range(9, -1, -1):
            reached = self._advance(places, str(digit))
            hopeful = frozenset(place for place in reached if self._takes_some(place, digits - 1))
            if hopeful:
                steps.append((digit, hopeful))
        return steps

    def _takes_some(self, place: int, digits: int) -> bool:
        """Whether the pattern from ``place`` on fits some text of ``digits`` digits and spare characters."""
        rest = self.pattern[place:]
        signs = rest.replace("*", "")
        if _LETTER.search(signs):
            return False
        wanted = [digits + spare for spare in self.spare]
        return len(signs) in wanted or (signs != rest and len(signs) < wanted[-1])

    def _advance(self, places: frozenset[int], sign: str) -> frozenset[int]:
        reached = set()
        for place in places:
            wanted = self.pattern[place : place + 1]
            if wanted == "*":
                reached.add(place)
            elif wanted in ("?", sign):
                reached.add(place + 1)
        return self._past_stars(reached)

    def _past_stars(self, places: set[int]) -> frozenset[int]:
        return frozenset(places | {place + 1 for place in places if self.pattern[place : place + 1] == "*"})


@lru_cache(maxsize=16)
def _search(pattern: str, has_tail: bool) -> _Search:
    return _Search(pattern, has_tail=has_tail)
