"""Resolve typed numbers to the cards of the case (SPEC 2, 6)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Literal

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.errors import UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import (
    DamagedNumber,
    Iccid,
    Pattern,
    imei14,
    is_number,
    luhn_digit,
    nationals,
    parse_digits_abroad,
    parse_eid,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_pattern,
    range_key_abroad,
    repair_typed,
    split_key,
    unpack_number,
)
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import DateSpan, Finding
from graphtrace.platform import quote
from graphtrace.results.trace import MatchedAs
from graphtrace.storage.base import Backend, SeizuresScope, UnlinkedEventsScope, UnreadScope, shown_numbers
from graphtrace.storage.stored_records import CardSelection, StoredRecord, SubscriberLink

MAX_CARDS = 10_000
"""A partial number that fits more cards than this is refused; it says nothing about any of them."""


MAX_ENDING = 100
"""Number of cards whose number ends so above which only those that were seized are shown."""


@frozen(kw_only=False)
class CardQuery:
    """One input and the keys of the cards that it means, sorted; ``card`` is the number if it is a complete one.

    ``numbers`` are MSISDNs and IMSIs that it means and that no record links to a card.
    """

    text: str
    matched_as: MatchedAs | None
    keys: tuple[str, ...]
    card: Iccid | None = None
    numbers: tuple[str, ...] = ()


def read_typed(texts: Sequence[str]) -> list[str]:
    """Return the inputs as they are looked up: letters typed for digits become digits, wide forms narrow ones.

    Raises UsageError if one is no number at all.
    """
    for text in texts:
        if not isinstance(text, DamagedNumber) and not is_number(text):
            raise UsageError(
                "not_a_number", text=text, name=quote(text.strip() or "NAME"), hint="ask_for_party", code="not_a_number"
            )
    return [text if isinstance(text, DamagedNumber) else repair_typed(text) for text in texts]


def parse_complete(texts: Sequence[str]) -> dict[str, Iccid]:
    """Return the inputs that are complete card numbers."""
    sound = (text for text in texts if not isinstance(text, DamagedNumber))
    return {text: card for text in sound if (card := parse_iccid(text)) is not None and card.complete}


def select_cards(store: Backend, keys: Iterable[str], *, records_only: bool = False) -> CardSelection:
    """Return the records of cards, of those abroad also the ranges that count their numbers with the check digit."""
    wanted = set(keys)
    abroad = {key: number for key in wanted if (number := range_key_abroad(key)) is not None}
    selected = store.select(sorted({*wanted, *abroad.values()}), records_only=records_only)
    if not abroad.values() & selected.records.keys():
        return selected
    records = dict(selected.records)
    for key, number in abroad.items():
        if number in records:
            in_ranges = records[number] if number in wanted else records.pop(number)
            records[key] = list(dict.fromkeys((*records.get(key, ()), *in_ranges)))
    return selected._replace(records=records)


def cards_seized_in(store: Backend, case_no: str | None) -> list[str]:
    """Return the cards that records seize in a criminal case, in any or none with ``None``.

    First stand the shown numbers of those that a record names, by their keys, then the MSISDNs or IMSIs of the others.
    """
    found = list(shown_numbers(store, _keys_seized_in(store, case_no)).values())
    if store.has_unlinked_events:
        from graphtrace.engine.case_parties import numbers_seized

        found += numbers_seized(store.session(UnlinkedEventsScope()), case_no=case_no)
    return found


def _keys_seized_in(store: Backend, case_no: str | None) -> list[str]:
    from graphtrace.engine.case_parties import seized_cards

    return list(store.card_keys(seized_cards(store.session(SeizuresScope(case_no)), case_no=case_no)))


def cards_ending_in(store: Backend, tail: str) -> Sequence[str]:
    """Return the keys of the cards whose number ends so; if more than :data:`MAX_ENDING` do, of those seized alone."""
    pattern = Pattern(f"*{tail}")
    found = store.match_pattern(pattern, MAX_ENDING)
    if len(found) <= MAX_ENDING:
        return found
    seized = _keys_seized_in(store, None)
    check_chars = store.check_chars(seized)
    return [key for key in seized if pattern.matches(key, check_chars.get(key))]


def resolve_inputs(
    store: Backend, texts: Sequence[str], cards: Mapping[str, Iccid], known: Container[str]
) -> list[CardQuery]:
    """Return the cards that each input means: as ICCID, EID, MSISDN, IMSI or IMEI, whichever the case knows first.

    A damaged number of a file means none.

    ``cards``: the inputs that are complete card numbers (:func:`parse_complete`).
    ``known``: the keys among them that the case knows.

    Raises UsageError if a partial number fits more than :data:`MAX_CARDS` cards.
    """
    return [_read(store, text, cards.get(text), known) for text in texts]


def _read(store: Backend, text: str, card: Iccid | None, known: Container[str]) -> CardQuery:
    if isinstance(text, DamagedNumber):
        return CardQuery(text, None, ())
    if card is not None and card.key in known:
        return CardQuery(text, "iccid", (card.key,), card)
    pattern = parse_pattern(text)
    if pattern is not None:
        fitting = store.match_pattern(pattern, MAX_CARDS)
        if len(fitting) > MAX_CARDS:
            raise UsageError("too_many_cards", text=text, most=MAX_CARDS, hint="more_characters", code="too_many_cards")
        if fitting:
            return CardQuery(text, "partial", tuple(fitting), card)
    if (eid := parse_eid(text)) is not None and (found := _in_hardware(store, text, "eid", eid, card)):
        return found
    numbers: tuple[tuple[MatchedAs, str | None], ...] = (("msisdn", parse_msisdn(text)), ("imsi", parse_imsi(text)))
    for matched_as, number in numbers:
        if number is not None and (found := _by_number(store, text, matched_as, number, card)):
            return found
    if (imei := parse_imei(text)) is not None and (found := _in_hardware(store, text, "imei", imei14(imei), card)):
        return found
    if found := _by_nationals(store, text, card):
        return found
    if (abroad := parse_digits_abroad(text)) is not None and (found := _by_number(store, text, "msisdn", abroad, card)):
        return found
    return CardQuery(text, None, (), card)


def _by_number(store: Backend, text: str, matched_as: MatchedAs, number: str, card: Iccid | None) -> CardQuery | None:
    """Return the cards that a number is linked to, else the number that records name without one; ``None`` for none."""
    if keys := sorted({link.key for link in store.subscriber_links([number])}):
        return CardQuery(text, matched_as, tuple(keys), card)
    return CardQuery(text, matched_as, (), card, (number,)) if store.find_events([number]).events else None


def _by_nationals(store: Backend, text: str, card: Iccid | None) -> CardQuery | None:
    """Return the cards of a number that is written as people of its country write it (0112 213130)."""
    numbers = nationals(text)
    if not numbers:
        return None
    if keys := sorted({link.key for link in store.subscriber_links(numbers)}):
        return CardQuery(text, "msisdn", tuple(keys), card)
    named = {event.msisdn for event in store.find_events(numbers).events}
    known = tuple(number for number in numbers if number in named)
    return CardQuery(text, "msisdn", (), card, known) if known else None


def _in_hardware(
    store: Backend, text: str, kind: Literal["eid", "imei"], number: str, card: Iccid | None
) -> CardQuery | None:
    """Return the cards that were seen in a device or on a chip; ``None`` if the case does not know it."""
    cards, unlinked = store.find_hardware(kind, number)
    links = links_by_number(unlinked.links)
    resolved = [(row, resolve_subscriber(row, links)) for row in unlinked.events]
    keys = sorted({*cards, *(key for _, key in resolved if key is not None)})
    numbers = sorted({row.msisdn or row.imsi or "" for row, key in resolved if key is None})
    return CardQuery(text, kind, tuple(keys), card, tuple(numbers)) if keys or numbers else None


def resolve_subscriber(row: StoredRecord, links: Mapping[str, Sequence[SubscriberLink]]) -> str | None:
    """Return the card that an MSISDN (else an IMSI) meant at the time of a row; ``None`` where no record decides it."""
    for number in (row.msisdn, row.imsi):
        if (key := card_of_number(number or "", row.when, links)) is not None:
            return key
    return None


def claimants_of(row: StoredRecord, links: Mapping[str, Sequence[SubscriberLink]]) -> tuple[str, ...]:
    """Return the cards any of which may have had the numbers of a row that belongs to none of them."""
    if resolve_subscriber(row, links) is not None:
        return ()
    return tuple(sorted({key for number in (row.msisdn, row.imsi) for key in cards_of_number(number, row.when, links)}))


def card_of_number(number: str, when: DateSpan | None, links: Mapping[str, Sequence[SubscriberLink]]) -> str | None:
    """Return the card that an MSISDN or IMSI meant at a time; ``None`` where it is linked to none or no day decides."""
    cards = cards_of_number(number, when, links)
    return next(iter(cards)) if len(cards) == 1 else None


def cards_of_number(
    number: str | None, when: DateSpan | None, links: Mapping[str, Sequence[SubscriberLink]]
) -> frozenset[str]:
    """Return the cards that an MSISDN or IMSI may have meant at a time, several where no day decides (SPEC 3).

    A link holds from its date until another card takes the number: the last link not after the time counts, else the
    first after it. A card that is linked without any day may have had the number at any time.
    """
    found = links.get(number or "", ())
    keys = frozenset(link.key for link in found)
    if len(keys) < 2:
        return keys
    dated = [(link.when, link.key) for link in found if link.when is not None]
    undated = keys.difference(key for _, key in dated)
    if when is None:
        return keys
    return undated | _latest_cards(sorted(dated), when)


def _latest_cards(dated: Sequence[tuple[DateSpan, str]], when: DateSpan) -> frozenset[str]:
    """Return the cards of the last links not after a time, else of the first ones after it."""
    past = [link for link in dated if not when.is_before(link[0])]
    if not past:
        return frozenset(key for day, key in dated if not dated[0][0].is_before(day))
    certain = [link for link in past if link[0].latest <= when.earliest]
    # a link of a month in which the time lies may be of a day before it or after it
    return frozenset(key for last in (past[-1:], certain[-1:]) for key in _not_before(past, last))


def _not_before(past: Sequence[tuple[DateSpan, str]], last: Sequence[tuple[DateSpan, str]]) -> set[str]:
    return {key for at, _ in last for day, key in past if not day.is_before(at) and day <= at}


def links_by_number(links: Iterable[SubscriberLink]) -> Mapping[str, Sequence[SubscriberLink]]:
    found: dict[str, list[SubscriberLink]] = defaultdict(list)
    for link in links:
        found[link.number].append(link)
    return found


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
        known = set(store.known_cards(set().union(*similar.values(), *meant.values())))
        near = {
            number.text: _near(ends.get(number.key, ()), known & similar[number.text].keys(), similar[number.text])
            for number in asked
        }
        candidates = {text: sorted(known.intersection(keys))[:MAX_NEAR_MISSES] for text, keys in meant.items()}
        shown = {key for keys in near.values() for key in keys}.union(*candidates.values())
        written = shown_numbers(store, shown)
        for number in asked:
            failed = number.checksum == "bad"
            found[number.text] = (
                *(
                    (_check_digit_differs(number.text, [written[key] for key in candidates[number.text]]),)
                    if failed
                    else ()
                ),
                *(_finding("near_miss", iccid=written[key], why=why) for key, why in near[number.text].items()),
            )
    return found


def check_digit_finding(store: Backend, written: str, key: str) -> Finding:
    """Return the finding of a wrong check digit, with the cards of the case one slip away that have a right one.

    A slip is one other digit, or two neighbours exchanged; the card with ``key`` is the answer itself and none of them.
    """
    known = sorted(store.known_cards(_meant(written, key)))[:MAX_NEAR_MISSES]
    return _check_digit_differs(written, list(shown_numbers(store, known).values()))


def _check_digit_differs(written: str, candidates: Sequence[str]) -> Finding:
    return _finding(
        "check_digit_differs",
        written=written,
        expected=written[:-1] + luhn_digit(written[:-1]),
        candidates=candidates,
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
            ends = sorted((split_key(end)[2], end) for end in store.nearby_ends(low, high, NEIGHBOURHOOD))
            for number, key in some:
                start = bisect_left(ends, number - NEIGHBOURHOOD, key=lambda end: end[0])
                stop = bisect_right(ends, number + NEIGHBOURHOOD, key=lambda end: end[0])
                nearest = sorted(ends[start:stop], key=lambda end: (abs(end[0] - number), end[1]))
                near[key] = [end for _, end in nearest]
    return near


def _neighbours(asked: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
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


def find_unread_lots(store: Backend) -> list[CardInterval]:
    """Return these cards as disjoint lots in order.

    A row that names a number is about the card that had it then, as in a trace.
    """
    if not store.has_unread:
        return []
    from graphtrace.engine.row_search import unread_cards, unread_numbers

    session = store.session(UnreadScope())
    lots: list[CardInterval] = [(first, last) for first, last in unread_cards(session)]
    named = unread_numbers(session)
    if named:
        links = links_by_number(store.subscriber_links({unpack_number(number) for number, *_ in named}))
        cards = {
            card
            for number, day, until in named
            for card in cards_of_number(unpack_number(number), None if day is None else DateSpan(day, until), links)
        }
        lots += [(card, card) for card in store.card_ids(cards)]
    return merge_intervals(lots)
