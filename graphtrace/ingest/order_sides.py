"""Sides of the orders of a shop whose rows name a card: the shop sold it, whoever ordered got it.

The card may stand in the remark of the shop, with the word for it (ICCID 8986…, 卡号8986…).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

from graphtrace.ingest.card_cells import cards_among_words, is_card, split_cards
from graphtrace.ingest.heading_grammar import counts_something, normalize_heading
from graphtrace.ingest.totals import is_total_row
from graphtrace.patterns import late

_ORDER: Final = late(".{0,4}订单(?:编?号|id)")
_PAPER: Final = late("(?:销售|出库|开单)?单据?(?:编?号|id)")
"""The number of what was sold by a shop, which another column names."""
_SHOP: Final = late("(?:所属|归属|销售)?(?:店铺|网店|商家|卖家店铺)(?:名称?)?|店名|货主(?:名称)?")
_BUYERS: Final = (
    late("(?:买家|下单)(?:[账帐]号|会员名|昵称|id|用户名?|姓名|名称?)?"),
    late("(?:收货|收件)人(?:姓名|名称)?(?:/提货人(?:姓名)?)?"),
    late("(?:客户|顾客|会员)(?:姓名|名称?|昵称|网名)?"),
)
"""Headings of whoever ordered, the account before the name on the parcel."""
_REMARK: Final = late(
    "(?:卖家|商家|店铺|店家|客服|发货|出库|单据|分录|明细|行)?(?:订单)?(?:备[注忘]|备忘录|摘要|说明|附言)|(?:卖家|商家|店铺|店家)留言"
)
_SERIAL: Final = late("(?:商品|产品|货品|卡片?)?(?:序列号|串号|串码|sn(?:[编号]?码|号)?)")
"""Headings of numbers of whatever goods a row counts, which may be those of cards."""
_BRACKETS: Final = late(r"(?<=.)\([^()]*\)$")
_REMARK_OF_BOTH: Final = late("留言/?备注|备注/?留言")
_OF_SHOP: Final = late("(?:卖家|商家|店家|店铺|客服)(?:备注|留言)?[:：]")
"""Headings of what the shop remarks on an order; a buyer may write of any card."""


def names_shop(heading: str) -> bool:
    """Whether a comparable heading is that of the shop that sold what was ordered."""
    return _SHOP.fullmatch(heading) is not None


def is_remark_of_shop(heading: str) -> bool:
    """Whether a comparable heading is that of what the shop remarks on an order."""
    return _REMARK.fullmatch(heading) is not None or _REMARK_OF_BOTH.fullmatch(heading) is not None


def remark_of_card(
    top: Sequence[tuple[int, Sequence[str | None]]], table: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the heading of remarks that name the cards of orders or of goods that are counted, most of them.

    Empty where a heading, or another column, names cards.

    Parameters
    ----------
    top
        The first filled rows of a sheet.
    table
        Fields of headings.
    """
    for at, (_, cells) in enumerate(top):
        headings = [normalize_heading(cell or "") for cell in cells]
        if not any(map(counts_something, headings)) and not any(map(_ORDER.fullmatch, headings)):
            continue
        if any("iccid" in table.get(heading, ()) for heading in headings):
            return {}
        rows = [*takewhile(lambda row: not any(cell and is_total_row(cell) for cell in row[1]), top[at + 1 :])]
        for column, heading in enumerate(headings):
            below = [row[column] for _, row in rows if column < len(row)]
            texts = [text for text in below if text]
            if _REMARK_OF_BOTH.fullmatch(heading):
                if not all(_OF_SHOP.match(text) for text in texts if cards_among_words(text) is not None):
                    continue
            elif not is_remark_of_shop(_BRACKETS.sub("", heading)) and not _names_goods(heading):
                continue
            are_named = 0 < len(texts) <= 2 * sum(cards_among_words(text) is not None for text in texts)
            if are_named and any(map(_names_cards, texts)) and not _are_cards_beside(top[at + 1 :], column):
                return {heading: ("iccid",)}
    return {}


def _names_goods(heading: str) -> bool:
    """Whether below a heading stand the numbers of goods, or these and remarks (序列号/摘要)."""
    parts = re.split("[/、及和或]", heading)
    return any(map(_SERIAL.fullmatch, parts)) and all(
        _SERIAL.fullmatch(part) or is_remark_of_shop(part) for part in parts
    )


def _are_cards_beside(rows: Sequence[tuple[int, Sequence[str | None]]], column: int) -> bool:
    """Whether another column than that of remarks has the number of a card."""
    return any(cell and is_card(cell) for _, cells in rows for at, cell in enumerate(cells) if at != column)


def _names_cards(text: str) -> bool:
    """Whether a remark is nothing but cards that were sent."""
    parts = split_cards(cards_among_words(text) or text)
    return bool(parts) and all(is_card(part.first) for part in parts)


def may_name_card(text: str) -> bool:
    """Whether a remark of a shop may name a card: it holds digits, and more than a number of pieces has."""
    return re.search("[0-9]{4}", text) is not None


def sides_of_order(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return which side the headings of a list of orders are; empty for another list, and where no card is named.

    Parameters
    ----------
    headings
        The comparable headings of all columns.
    known
        Those by which a column was understood.
    table
        Fields of headings.
    """
    fields = {name for heading in known for name in table.get(heading, ())}
    shops = [heading for heading in headings if _SHOP.fullmatch(heading)]
    is_of_orders = any(map(_ORDER.fullmatch, headings)) or (bool(shops) and any(map(_PAPER.fullmatch, headings)))
    if "iccid" not in fields or {"from", "to", "user"} & fields or not is_of_orders:
        return {}
    buyers = [heading for words in _BUYERS for heading in headings if words.fullmatch(heading)]
    return {**dict.fromkeys(shops[:1], ("from",)), **dict.fromkeys(buyers[:2], ("to",))} if buyers else {}
