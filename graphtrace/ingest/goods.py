"""Goods of a row that counts pieces: whether what is counted are cards.

A list of deliveries counts whatever was delivered. Where a row names its goods and no card, its number is one of cards
only if the goods are said to be some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from graphtrace.ingest.heading_grammar import normalize_heading

_HEADING: Final = re.compile(
    "(?:商品|货品|货物|物品|产品|宝贝|物资|物料)(?:名称?|标题|品名)?|品名|卡种|卡类型?|卡片类型|goods|product(?:_?name)?|item(?:_?name)?"
)
_CARDS: Final = re.compile("卡|e?sim|iot|号段|流量|套餐|资费|[0-9]+[mg]b?", re.IGNORECASE)
_OTHERS: Final = re.compile(
    "卡[套托针槽座]|读卡|取卡|刷卡|打卡|还原|不含卡|无卡|wi-?fi|路由器|手机|电脑|[pP][oO][sS]机?|终端|模组|模块|设备",
    re.IGNORECASE,
)


def goods_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading names goods."""
    return [column for column in columns if _HEADING.fullmatch(normalize_heading(headings[column]))]


@lru_cache(maxsize=1 << 12)
def are_other_goods(text: str) -> bool:
    """Whether goods are not said to be cards.

    >>> [are_other_goods(goods) for goods in ("物联卡 30M", "SIM卡套", "POS机", "联通30M定向")]
    [False, True, True, False]
    """
    return _CARDS.search(text) is None or _OTHERS.search(text) is not None
