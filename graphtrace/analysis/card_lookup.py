"""Resolve typed numbers to the cards of the case (SPEC 2, 6)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from graphtrace.errors import UsageError
from graphtrace.identifiers import (
    DamagedNumber,
    Iccid,
    imei14,
    is_number,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_pattern,
    repair_typed,
)
from graphtrace.platform import quote
from graphtrace.results.trace import MatchedAs
from graphtrace.storage.base import Backend, MatchingCards, NumberRecords

MOST_CARDS = 10_000
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


def resolve_inputs(
    store: Backend, texts: Sequence[str], cards: Mapping[str, Iccid], known: Container[str]
) -> list[CardQuery]:
    """Return the cards that each input means: as ICCID, else as MSISDN, IMSI, IMEI, whichever the case knows first.

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
        If a partial number fits more than :data:`MOST_CARDS` cards.
    """
    return [_read(store, text, cards.get(text), known) for text in texts]


def _read(store: Backend, text: str, card: Iccid | None, known: Container[str]) -> CardQuery:
    if isinstance(text, DamagedNumber):
        return CardQuery(text, None, ())
    if card is not None and card.key in known:
        return CardQuery(text, "iccid", (card.key,), card)
    pattern = parse_pattern(text)
    if pattern is not None:
        fitting = store.find_cards(MatchingCards(pattern, MOST_CARDS))
        if len(fitting) > MOST_CARDS:
            raise UsageError(
                "too_many_cards", text=text, most=MOST_CARDS, hint="more_characters", code="too_many_cards"
            )
        if fitting:
            return CardQuery(text, "partial", tuple(fitting), card)
    numbers: tuple[tuple[MatchedAs, str | None], ...] = (("msisdn", parse_msisdn(text)), ("imsi", parse_imsi(text)))
    for matched_as, number in numbers:
        if number is None:
            continue
        if keys := sorted({link.key for link in store.subscriber_links([number])}):
            return CardQuery(text, matched_as, tuple(keys), card)
        if store.find_events([number]).events:
            return CardQuery(text, matched_as, (), card, (number,))
    imei = parse_imei(text)
    if imei is None:
        return CardQuery(text, None, (), card)
    device = store.find_device(imei14(imei))
    unlinked = _numbers_without_card(device.unlinked)
    return CardQuery(text, "imei" if device.cards or unlinked else None, tuple(device.cards), card, unlinked)


def _numbers_without_card(found: NumberRecords) -> tuple[str, ...]:
    """Return the numbers of events that no record links to a card: the MSISDN of an event, else its IMSI."""
    linked = {link.number for link in found.links}
    alone = (row for row in found.events if not linked.intersection((row.msisdn, row.imsi)))
    return tuple(sorted({row.msisdn or row.imsi or "" for row in alone}))
