"""Ledgers of dealers that name in each row from whom cards came and to whom they went on: 上家, 下家.

Whoever keeps the ledger stands between the two: each row is a purchase by the keeper, and a sale by the keeper where it
says to whom. Who that is the rows do not say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

KEEPER: Final = "keeper"
"""The field of whoever keeps a ledger; a person says it."""

_NOBODY: Final = frozenset({"无", "没有", "无人", "直接", "none", "nobody", "direct"})
"""Answers by which cards went straight from one side to the other."""

_ABOVE: Final = re.compile(
    "(?:received|purchased?|bought|procured|obtained)_?from[a-z_]*|上(?:家|游)(?:客户|商家|代理商?|渠道商?|供应商|供货商)?(?:的?名称|姓名|名)?"
)
_BELOW: Final = re.compile(
    "[a-z]+_?to[a-z_]*|buyer|customer(?:_?name)?|下(?:家|游)(?:客户|商家|代理商?|渠道商?|买家)?(?:的?名称|姓名|名)?"
)
_SUPPLIER: Final = re.compile("供[货应卡]|进[货卡]")
_CAME_IN: Final = re.compile("(?:进货|进卡|入库|拿货|购进|购入|买进|买入)(?:日期|时间|日)")


def is_nobody(keeper: str) -> bool:
    """Whether a person says that nobody stands between the sides: the table is no ledger of one of them."""
    return keeper.strip().casefold() in _NOBODY


def came_in_on(headings: Sequence[str]) -> list[int]:
    """Return the columns of days on which cards came in."""
    return [column for column, heading in enumerate(headings) if _CAME_IN.fullmatch(heading)]


def is_between(headings: Sequence[str], givers: Collection[int], takers: Collection[int], *, is_sold_on: bool) -> bool:
    """Whether the keeper of a ledger stands between the sides that its rows name.

    Parameters
    ----------
    headings
        The comparable headings of all columns.
    givers, takers
        The columns of both sides.
    is_sold_on
        Whether a column has the day on which cards went on.
    """
    above, below = ([headings[at] for at in columns] for columns in (givers, takers))
    if not above or not below:
        return False
    if all(map(_ABOVE.fullmatch, above)) and all(map(_BELOW.fullmatch, below)):
        return True
    return is_sold_on and bool(came_in_on(headings)) and all(map(_SUPPLIER.search, above))
