"""Profiles of values: evidence for the field of a column, whatever its heading.

A profile decides only where every value at the top agrees. Numbers that lost digits speak for no other field: their
rows are rejected as damaged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from graphtrace.identifiers import is_scientific, parse_iccid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.ingest.acts import is_outcome
from graphtrace.ingest.card_cells import complete_last, is_card, split_cards
from graphtrace.ingest.dates_and_quantities import lacks_year, parse_date, parse_time
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.patterns import late

PARTY_LIKE: Final = ("party", "enterprise", "from", "to")
"""Fields of names."""

VALUES_DECIDE: Final = ("iccid", "msisdn", *PARTY_LIKE, "state")
"""Fields that every heading only proposes: the values of the column decide."""

_WAYBILL: Final = late("[0-9]{8}")
_SHORT_NUMBER: Final = late("[0-9]{1,9}")
"""Too short for what is left of a number of a card, even in scientific notation."""

_FEW_CARDS: Final = 2
_NOT_YET: Final = late('[-—–/]+|[未没待无否].{0,5}|not .{2,12}|-?do-?[.]?|ditto|["〃″”]|同上', re.IGNORECASE)

UNITS: Final = "张枚个片件套台只部条户人份批箱盒次块粒根支对包卷瓶把辆本册组盏付副筒颗"
"""Signs of units in which goods are counted."""
_UNITS: Final = frozenset({*UNITS, "pcs", "pc", "ea"})


def other_field(field: str, texts: Sequence[str], *, is_maybe: bool = False) -> str | None:
    """Return the field that a column serves by its values, where its heading proposes ``field``; ``None`` for none.

    Where the heading only may mean it (``is_maybe``), the values must be what it proposes.
    """
    if not texts or any(text.startswith(INEXACT_MARK) or is_scientific(text) for text in texts):
        return field
    # what stands there beside one card is no number of cards without it (手机壳)
    if field == "iccid" and is_maybe and not any(map(_begins_with_card, texts)):
        return None
    if field == "iccid" and _are_subscribers(texts):
        return "msisdn"
    if field == "iccid" and all(_is_bank_card(text) for text in texts):
        return None
    if field == "msisdn" and all(is_card(text) for text in texts):
        return "iccid"
    if field == "iccid" and all(parse_imsi(text) is not None for text in texts):
        return "imsi"
    if field in PARTY_LIKE and all(is_card(text) for text in texts):
        # 转入方 above numbers of cards is nobody
        return None
    if field in PARTY_LIKE and 2 * sum(text.strip().lower() in _UNITS for text in texts) > len(texts):
        # below a list of goods its makers sign in any column
        return None
    if field == "state" and all(is_outcome(text) for text in texts):
        return None
    if field == "waybill" and not any(_WAYBILL.search(text) for text in texts):
        return None
    return field


def _are_subscribers(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers of subscribers and no cards; a note or a total may stand among them.

    A serial number that begins with zeros is no number of another country.
    """
    numbers = sum(parse_msisdn(text) is not None and not text.startswith("00") for text in texts)
    return 2 * numbers > len(texts) and not any(map(_begins_with_card, texts))


def is_number_or_day(text: str) -> bool:
    """Whether a text is a short number, as of cards, or a day."""
    return _SHORT_NUMBER.fullmatch(text) is not None or not isinstance(parse_date(text), str)


def _begins_with_card(text: str) -> bool:
    """Whether a cell begins with a complete number of a card, alone or as the first of several."""
    return any(is_card(part.first) for part in split_cards(text)[:1])


def are_dates(texts: Sequence[str]) -> bool:
    """Whether a column holds dates, but for cells that say that nothing has happened yet."""
    dates = [text for text in texts if not _NOT_YET.fullmatch(text)]
    return bool(dates) and all(lacks_year(text) or not isinstance(parse_date(text), str) for text in dates)


def _is_bank_card(text: str) -> bool:
    bare = text.replace(" ", "")
    return bare.isascii() and bare.isdigit() and 16 <= len(bare) <= 19 and not bare.startswith("89")


def are_times(texts: Sequence[str]) -> bool:
    """Whether a column holds times of day and no dates."""
    return bool(texts) and all(parse_time(text) is not None for text in texts)


_DEVICE: Final = late(r"imei\s*[:#.]?\s*", re.IGNORECASE)


def are_cards_or_devices(texts: Sequence[str], *, fewest: int = _FEW_CARDS) -> bool:
    """Whether a column holds complete card numbers whose check digits are right, at least two, and no other numbers.

    Numbers of devices may stand among them, as in lists of what was found: one card is enough then. ``fewest`` is
    another number of cells that are enough.
    """
    texts = [_DEVICE.sub("", text) if _DEVICE.match(text) else text for text in texts]
    cards = [parse_iccid(text) for text in texts]
    others = [
        text
        for text, card in zip(texts, cards, strict=True)
        if card is None or not card.complete or card.checksum == "bad"
    ]
    return fewest <= len(texts) > len(others) and all(parse_imei(text) is not None for text in others)


def are_ranges(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether all pairs are the first and the last number of a range, the last in full or abbreviated."""
    return bool(pairs) and all(
        is_card(first) and (is_card(last) or complete_last(first, last) is not None) for first, last in pairs
    )


def are_short_cards(texts: Sequence[str]) -> bool:
    """Whether a column holds only numbers too short for a card, as beside a column of whole ones."""
    cards = [parse_iccid(text) for text in texts]
    return bool(cards) and all(
        _SHORT_NUMBER.fullmatch(text) if card is None else not card.complete
        for text, card in zip(texts, cards, strict=True)
    )
