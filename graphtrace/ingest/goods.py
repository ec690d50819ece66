"""Goods of a row that counts pieces: whether what is counted are cards.

A list of deliveries counts whatever was delivered. Where a row names its goods and no card, its number is one of cards
only if the goods are said to be some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.words import pattern_of, patterns_of
from graphtrace.patterns import late

_HEADING: Final = pattern_of("other_goods", "heading")
_WITHOUT: Final = pattern_of("other_goods", "without", re.IGNORECASE)
_OF_SIM: Final = "(?:e?sim|uim|usim|nano|micro|流量|物联网?|手机|电话|上网|数据|[345]g)*"
_ACCESSORIES: Final = late(
    rf"{_OF_SIM}卡(?:还原)?卡?(?:[套托针槽座贴盒包袋板册夹扣模]|转接|适配|延长|收纳|保护)|{_OF_SIM}卡?(?:[读取刷打写开剪拔制]卡[器机针钳头]?)|还原",
    re.IGNORECASE,
)
"""Things for cards that are none themselves."""

_OTHER_CARDS: Final = pattern_of("other_goods", "other_cards", re.IGNORECASE)
_DEVICES: Final = pattern_of("other_goods", "devices", re.IGNORECASE)
_ENGLISH: Final = patterns_of("goods", "card", "thing", "without", "device")
_HINTS: Final = late("e?sim|iot|号段|流量|套餐|资费|[0-9]+[mg]b?", re.IGNORECASE)
"""Words of cards, beside no device."""


def goods_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading names goods."""
    return [column for column in columns if _HEADING.fullmatch(without_remark(headings[column]))]


def names_cards(text: str) -> bool:
    """Whether the name of goods says that they are cards, whatever else they are for (M2M SIM, and not a data plan)."""
    return not are_other_goods(text) and ("卡" in text or _ENGLISH["card"].search(normalize("NFKC", text)) is not None)


@lru_cache(maxsize=1 << 12)
def are_other_goods(text: str) -> bool:
    """Whether goods are not said to be cards.

    Goods that are about a card are, be it one for a device; only other things by themselves are none.

    >>> [are_other_goods(goods) for goods in ("物联卡 30M", "SIM卡套", "4G网络摄像机", "联通30M定向", "POS机流量卡")]
    [False, True, True, False, False]
    >>> [are_other_goods(goods) for goods in ("M2M SIM", "4G router (no SIM)", "SIM ejector pin", "Tracker with SIM")]
    [False, True, True, False]
    """
    text = normalize("NFKC", text)
    for pattern in (_WITHOUT, _ENGLISH["without"], _ACCESSORIES, _ENGLISH["thing"], _OTHER_CARDS):
        text = pattern.sub(" ", text)
    if "卡" in text or _ENGLISH["card"].search(text):
        return False
    return any(pattern.search(text) for pattern in (_DEVICES, _ENGLISH["device"])) or _HINTS.search(text) is None
