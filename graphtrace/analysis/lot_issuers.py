"""Whose cards a record that states only a quantity says that it is about (SPEC 4.3).

The number of a card says which carrier issued it. A lot that a row calls cards of another carrier (运营商 中国移动,
备注 电信卡, 号段前缀 8986032) holds no such card: it neither closes a gap of it nor leads on from it.
"""

from __future__ import annotations

import json
import re
from typing import Final

from graphtrace.identifiers import carrier_from_iccid, find_brands, normalize_party_name, operator_from_cell
from graphtrace.model import CARRIERS

_HEAD: Final = re.compile(r"8986[0-9]{2,11}")
_CARDS: Final = re.compile("卡|(?<![a-z])(?:sims?|cards?)(?![a-z])", re.IGNORECASE)
_LONGEST: Final = 200


def stated_issuers(extra: str | None) -> frozenset[str]:
    """Return the carriers whose cards a row says that it is about; none where it does not say."""
    if extra is None:
        return frozenset()
    return frozenset(issuer for text in json.loads(extra).values() for issuer in _issuers_in(str(text)[:_LONGEST]))


def _issuers_in(text: str) -> frozenset[str]:
    text = text.strip()
    issuer = carrier_from_iccid(text) if _HEAD.fullmatch(text) else operator_from_cell(normalize_party_name(text))
    if issuer in CARRIERS:
        return frozenset({issuer})
    return find_brands(text) if _CARDS.search(text) else frozenset()
