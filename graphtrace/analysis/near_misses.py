"""Cards of the case that may be meant by a number that no record names, or whose check digit fails."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.identifiers import Iccid, luhn_digit, parse_iccid, split_key
from graphtrace.identifiers.iccid import display_iccid
from graphtrace.model import Finding
from graphtrace.storage.base import Backend, KnownCardsSearch, NearbyEndsSearch

NEIGHBOURHOOD = 1_000
"""A card this near to the end of a lot is worth a second look at what was typed (SPEC 4, S15)."""

MAX_NEAR_MISSES = 20
"""Maximum number of similar card numbers in an answer."""

_AT_ONCE: Final = 100
"""Number of inputs about which the store is asked in one question; each has some 270 numbers one slip away."""

_ALPHABET: Final = "0123456789ABCDEF"
_DIGITS: Final = _ALPHABET[:10]


def similar_cards(store: Backend, numbers: Iterable[Iccid], *, near_misses: bool) -> dict[str, tuple[Finding, ...]]:
    """Return what is to be said of numbers that no record names, by their text: a failed check digit, then near misses.

    Near misses, which are left out on request, are the ends of neighbouring lots, nearest first, then cards one
    character off, by key. Cost: three questions to the store for every hundred numbers, and one for each neighbourhood
    apart from the others.
    """
    found: dict[str, tuple[Finding, ...]] = {}
    absent = {number.text: number for number in numbers if near_misses or number.checksum == "bad"}
    rest = iter(sorted(absent.values(), key=lambda number: number.key))
    while asked := list(islice(rest, _AT_ONCE)):
        ends = _ends_near(store, {number.key for number in asked} if near_misses else ())
        similar = {number.text: _similar(number.key) if near_misses else {} for number in asked}
        meant = {number.text: _meant(number.text, None) if number.checksum == "bad" else () for number in asked}
        known = set(store.find_cards(KnownCardsSearch(set().union(*similar.values(), *meant.values()))))
        near = {
            number.text: _near(ends.get(number.key, ()), known & similar[number.text].keys(), similar[number.text])
            for number in asked
        }
        candidates = {text: sorted(known.intersection(keys))[:MAX_NEAR_MISSES] for text, keys in meant.items()}
        shown = {key for keys in near.values() for key in keys}.union(*candidates.values())
        check_chars = store.check_chars(shown)
        for number in asked:
            failed = number.checksum == "bad"
            found[number.text] = (
                *((_check_digit_differs(number.text, candidates[number.text], check_chars),) if failed else ()),
                *(
                    _finding("near_miss", iccid=display_iccid(key, check_chars.get(key, ())), why=why)
                    for key, why in near[number.text].items()
                ),
            )
    return found


def check_digit_finding(store: Backend, written: str, key: str) -> Finding:
    """Return the finding of a wrong check digit, with the cards of the case one slip away that have a right one.

    A slip is one other digit, or two neighbours exchanged; the card with ``key`` is the answer itself and none of them.
    """
    known = sorted(store.find_cards(KnownCardsSearch(_meant(written, key))))[:MAX_NEAR_MISSES]
    return _check_digit_differs(written, known, store.check_chars(known))


def _check_digit_differs(written: str, known: Sequence[str], check_chars: Mapping[str, Sequence[str]]) -> Finding:
    return _finding(
        "check_digit_differs",
        written=written,
        expected=written[:-1] + luhn_digit(written[:-1]),
        candidates=[display_iccid(each, check_chars.get(each, ())) for each in known],
    )


def _meant(written: str, but: str | None) -> Collection[str]:
    """Return the keys, without one, of the numbers with a right check digit that are one slip away."""
    cards = map(parse_iccid, {*_substituted(written, _DIGITS), *_exchanged(written)})
    return {card.key for card in cards if card is not None and card.complete and card.checksum == "ok"} - {but}


def _similar(key: str) -> dict[str, str]:
    """Return the texts one slip from a key, and the slip."""
    return {
        **dict.fromkeys(_substituted(key, _ALPHABET), "one_character"),
        **dict.fromkeys(_exchanged(key), "exchanged"),
    }


def _near(ends: Sequence[str], similar: Iterable[str], slips: Mapping[str, str]) -> dict[str, str]:
    """Return the near misses that are shown, and why they are near."""
    near = dict.fromkeys(ends, "neighbouring_lot")
    for key in sorted(similar):
        card = parse_iccid(key)
        if card is not None and card.complete and card.key == key:
            near.setdefault(key, slips[key])
    return dict(islice(near.items(), MAX_NEAR_MISSES))


def _ends_near(store: Backend, keys: Collection[str]) -> dict[str, list[str]]:
    """Return the ends of lots in the neighbourhood of each key, nearest first, then by key."""
    places: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for key in keys:
        head, size, number = split_key(key)
        places[head, size].append((number, key))
    near = {}
    for asked in places.values():
        for some in _neighbours(sorted(asked)):
            low, high = some[0][1], some[-1][1]
            ends = sorted(
                (split_key(end)[2], end) for end in store.find_cards(NearbyEndsSearch(low, high, NEIGHBOURHOOD))
            )
            for number, key in some:
                start = bisect_left(ends, number - NEIGHBOURHOOD, key=lambda end: end[0])
                stop = bisect_right(ends, number + NEIGHBOURHOOD, key=lambda end: end[0])
                nearest = sorted(ends[start:stop], key=lambda end: (abs(end[0] - number), end[1]))
                near[key] = [end for _, end in nearest]
    return near


def _neighbours(asked: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    """Yield the runs of sorted places whose neighbourhoods touch each other."""
    start = 0
    for at in range(1, len(asked) + 1):
        if at == len(asked) or asked[at][0] - asked[at - 1][0] > 2 * NEIGHBOURHOOD:
            yield asked[start:at]
            start = at


def _substituted(text: str, alphabet: str) -> Iterator[str]:
    """Yield the text with one other character of an alphabet anywhere behind its first two."""
    for at in range(2, len(text)):
        for sign in alphabet:
            if sign != text[at]:
                yield text[:at] + sign + text[at + 1 :]


def _exchanged(text: str) -> Iterator[str]:
    """Yield the text with two unequal neighbours exchanged anywhere behind its first two."""
    for at in range(2, len(text) - 1):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _finding(code: str, **params: object) -> Finding:
    return Finding(code=code, severity=FINDING_SEVERITIES[code], params=params, evidence=())
