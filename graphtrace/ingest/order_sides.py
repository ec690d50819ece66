"""Sides of the orders of a shop whose rows name a card: the shop sold it, whoever ordered got it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_ORDER: Final = re.compile(".{0,4}订单(?:编?号|id)")
_SHOP: Final = re.compile("(?:所属)?(?:店铺|网店|商家|卖家店铺)(?:名称?)?|店名")
_BUYERS: Final = (
    re.compile("(?:买家|下单)(?:[账帐]号|会员名|昵称|id|用户名?|姓名|名称?)?"),
    re.compile("(?:收货|收件)人(?:姓名|名称)?"),
)
"""Headings of whoever ordered, the account before the name on the parcel."""


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
    if "iccid" not in fields or {"from", "to", "user"} & fields or not any(map(_ORDER.fullmatch, headings)):
        return {}
    shops = [heading for heading in headings if _SHOP.fullmatch(heading)]
    buyers = [heading for words in _BUYERS for heading in headings if words.fullmatch(heading)]
    return {**dict.fromkeys(shops[:1], ("from",)), **dict.fromkeys(buyers[:1], ("to",))} if buyers else {}
