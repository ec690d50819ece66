"""Resolve typed numbers to the cards of the case (SPEC 2, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graphtrace.errors import UsageError
from graphtrace.identifiers import (
    DamagedNumber,
    Iccid,
    imei14,
    is_number,
    parse_digits_abroad,
    parse_eid,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_pattern,
    range_key_abroad,
    repair_typed,
)
from graphtrace.model import DateSpan
from graphtrace.platform import quote
from graphtrace.results.trace import MatchedAs
from graphtrace.storage.base import Backend, PatternSearch
from graphtrace.storage.records import CardSelection, StoredRecord, SubscriberLink

MAX_CARDS = 10_000
"""A partial number that fits more cards than this is refused; it says nothing about any of them."""


@dataclass(frozen=True, slots=True)
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

    Raises
    ------
    UsageError
        If one is no number at all.
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


def resolve_inputs(
    store: Backend, texts: Sequence[str], cards: Mapping[str, Iccid], known: Container[str]
) -> list[CardQuery]:
    """Return the cards that each input means: as ICCID, EID, MSISDN, IMSI or IMEI, whichever the case knows first.

    A damaged number of a file means none.

    Parameters
    ----------
    cards
        The inputs that are complete card numbers (:func:`parse_complete`).
    known
        The keys among them that the case knows.

    Raises
    ------
    UsageError
        If a partial number fits more than :data:`MAX_CARDS` cards.
    """
    return [_read(store, text, cards.get(text), known) for text in texts]


def _read(store: Backend, text: str, card: Iccid | None, known: Container[str]) -> CardQuery:
    if isinstance(text, DamagedNumber):
        return CardQuery(text, None, ())
    if card is not None and card.key in known:
        return CardQuery(text, "iccid", (card.key,), card)
    pattern = parse_pattern(text)
    if pattern is not None:
        fitting = store.find_cards(PatternSearch(pattern, MAX_CARDS))
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
    if (abroad := parse_digits_abroad(text)) is not None and (found := _by_number(store, text, "msisdn", abroad, card)):
        return found
    return CardQuery(text, None, (), card)


def _by_number(store: Backend, text: str, matched_as: MatchedAs, number: str, card: Iccid | None) -> CardQuery | None:
    """Return the cards that a number is linked to, else the number that records name without one; ``None`` for none."""
    if keys := sorted({link.key for link in store.subscriber_links([number])}):
        return CardQuery(text, matched_as, tuple(keys), card)
    return CardQuery(text, matched_as, (), card, (number,)) if store.find_events([number]).events else None


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
    """Return the card that an MSISDN (else an IMSI) meant at the time of a row (SPEC 3).

    A link holds from its date until another card takes the number: the last link not after the row counts, else the
    first after it.
    """
    for number in (row.msisdn, row.imsi):
        if (key := card_of_number(number or "", row.when, links)) is not None:
            return key
    return None


def card_of_number(number: str, when: DateSpan | None, links: Mapping[str, Sequence[SubscriberLink]]) -> str | None:
    """Return the card that an MSISDN or IMSI meant at a time; ``None`` where it is linked to none."""
    found = links.get(number)
    if not found:
        return None
    dated = sorted((link for link in found if link.when is not None), key=lambda link: (link.when, link.key))
    before = [link for link in dated if when is None or not when.is_before(link.when or when)]
    if before:
        return before[-1].key
    return dated[0].key if dated else min(link.key for link in found)


def links_by_number(links: Iterable[SubscriberLink]) -> Mapping[str, Sequence[SubscriberLink]]:
    """Return the links of each number."""
    found: dict[str, list[SubscriberLink]] = defaultdict(list)
    for link in links:
        found[link.number].append(link)
    return found
