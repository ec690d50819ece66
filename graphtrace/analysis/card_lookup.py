"""What was typed as a question, and the cards of the case that it means (SPEC 2, 6)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graphtrace.errors import UsageError
from graphtrace.identifiers import (
    DamagedNumber,
    Iccid,
    imei14,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_pattern,
)
from graphtrace.storage.base import StoreReader

MatchedAs = Literal["iccid", "partial", "msisdn", "imsi", "imei"]

MOST_CARDS = 10_000
"""A partial number that fits more cards than this is refused; it says nothing about any of them."""


@dataclass(frozen=True, slots=True)
class CardQuery:
    """One input and the keys of the cards that it means, sorted; ``card`` is the number if it is a complete one."""

    text: str
    matched_as: MatchedAs | None
    keys: tuple[str, ...]
    card: Iccid | None = None


def parse_complete(texts: Sequence[str]) -> dict[str, Iccid]:
    """The inputs that are complete card numbers."""
    sound = (text for text in texts if not isinstance(text, DamagedNumber))
    return {text: card for text in sound if (card := parse_iccid(text)) is not None and card.complete}


def resolve_inputs(
    store: StoreReader, texts: Sequence[str], cards: Mapping[str, Iccid], known: Container[str]
) -> list[CardQuery]:
    """The cards that each input means: as ICCID, else as MSISDN, IMSI, IMEI, whichever the case knows first.

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


def _read(store: StoreReader, text: str, card: Iccid | None, known: Container[str]) -> CardQuery:
    if isinstance(text, DamagedNumber):
        return CardQuery(text, None, ())
    if card is not None and card.key in known:
        return CardQuery(text, "iccid", (card.key,), card)
    pattern = parse_pattern(text)
    if pattern is not None:
        fitting = store.match_pattern(pattern, most=MOST_CARDS)
        if len(fitting) > MOST_CARDS:
            raise UsageError(
                "too_many_cards", text=text, most=MOST_CARDS, hint="more_characters", code="too_many_cards"
            )
        if fitting:
            return CardQuery(text, "partial", tuple(fitting), card)
    ways: tuple[tuple[MatchedAs, Callable[[str], Sequence[str]]], ...] = (
        ("msisdn", lambda typed: _linked(store, parse_msisdn(typed))),
        ("imsi", lambda typed: _linked(store, parse_imsi(typed))),
        ("imei", lambda typed: _seen_in(store, parse_imei(typed))),
    )
    for matched_as, find in ways:
        if keys := find(text):
            return CardQuery(text, matched_as, tuple(keys), card)
    return CardQuery(text, None, (), card)


def _linked(store: StoreReader, number: str | None) -> Sequence[str]:
    return [] if number is None else sorted({link.key for link in store.subscriber_links([number])})


def _seen_in(store: StoreReader, imei: str | None) -> Sequence[str]:
    if imei is None:
        return []
    core = imei14(imei)
    return store.cards_by_device([core]).get(core, ())
