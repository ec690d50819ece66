"""Profiles of values: evidence for the field of a column, whatever its heading.

A profile decides only where every value at the top agrees. Numbers that lost digits speak for no other field: their
rows are rejected as damaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from graphtrace.identifiers import is_scientific, parse_iccid, parse_msisdn
from graphtrace.ingest.sheet import INEXACT_MARK

PARTY_LIKE: Final = ("party", "enterprise", "from", "to")
"""Fields of names."""

_UNITS: Final = frozenset({"张", "枚", "个", "片", "件", "套", "台", "只", "pcs", "pc", "ea"})


def other_field(field: str, texts: Sequence[str]) -> str | None:
    """Return the field that a column serves by its values, where its heading proposes ``field``; ``None`` for none."""
    if not texts or any(text.startswith(INEXACT_MARK) or is_scientific(text) for text in texts):
        return field
    if field == "iccid" and all(parse_msisdn(text) is not None for text in texts):
        return "msisdn"
    if field == "iccid" and all(_is_bank_card(text) for text in texts):
        return None
    if field == "msisdn" and all(_is_card(text) for text in texts):
        return "iccid"
    if field in PARTY_LIKE and all(text.strip().lower() in _UNITS for text in texts):
        return None
    return field


def _is_card(text: str) -> bool:
    card = parse_iccid(text)
    return card is not None and card.complete


def _is_bank_card(text: str) -> bool:
    bare = text.replace(" ", "")
    return bare.isascii() and bare.isdigit() and 16 <= len(bare) <= 19 and not bare.startswith("89")
