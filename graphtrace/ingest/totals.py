"""Rows that add up others or carry a balance over: they count what stands in other rows once more.

The word may stand in any cell of the row, beside the name of a party filled down (甲公司合计) or the time that it is
for (3月小计); a cell that only contains it (a name in full, a sentence) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.normalize import to_simplified
from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.words import pattern_of, words_of
from graphtrace.patterns import late

_SUMS: Final = words_of("total", "sum")
_BALANCES: Final = words_of("total", "balance")
TOTAL_ROOTS: Final = words_of("total", "root")
"""Every text that :func:`is_total_cell` knows contains one of these, in any case and width, or :data:`SPACED_WORD`."""

LONGEST_TOTAL: Final = 30
"""Characters; a longer text is a sentence."""


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word).replace("_", r"[\s-]*") for word in sorted(words, key=lambda word: -len(word)))


_TIME: Final = (
    "(?:截[至止]|[0-9]{2,4}年|[0-9]{1,2}月份?|[0-9]{1,2}[日号]|第?[一二三四1-4]季度?|[上本下]?[年月日页周期季]度?|今日|当[日月年]|"
    "期[初末]|年[初末]|月[初末]|账面|库存|以上|全部|上述|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|q[1-4])*"
)
_AMOUNT: Final = r"\s?[:：]?\s?(?:数量?|张数|金额|行)?[:：]?(?:[0-9][0-9,.]*(?:[张枚个套盒箱条笔元]|pcs)?)?"
_COUNT: Final = pattern_of("totals", "count")
_CELL: Final = late(
    rf"{_TIME}(?:{_any(_SUMS)}|{_any(_BALANCES)}){_AMOUNT}|.{{1,14}}?[\s_-]*(?:{_any(_SUMS)}){_AMOUNT}"
    rf"|(?:{_any(_SUMS)})[\s:_-]+(?:for|of|by)?[\s:_-]*{_TIME}"
    rf"|(?:net|total)[\s_-]*(?:issued|issues|sold|sales|moved|supplied|d[ei]spatched){_AMOUNT}"
)
_TRAILING: Final = late(r"\s*(?:\([^()]*\)|【[^【】]*】|\[[^\[\]]*\])$")
_SPACED: Final = late(r"^[a-z](?:\s[a-z]){3,}(?![a-z])")
"""A word whose letters stand apart (T O T A L)."""
SPACED_WORD: Final = r"^[^A-Za-z0-9]*[A-Za-z](?:\s[A-Za-z]){3}"
"""Found, also by Rust, in every cell that begins with such a word."""
_FIRST: Final = frozenset({"合计", "总计", "小计", "total"})
_PAYMENT: Final = late("支付|付款|结算|方式|渠道|套餐|资费|method|payment")


_MERGED: Final = 3
"""Columns over which a line is merged at least."""


def is_merged_line(cells: Iterable[str | None]) -> bool:
    """Whether a row is one text that is merged over several columns and names no card: it is in none of them."""
    filled = [cell for cell in cells if cell]
    return len(filled) >= _MERGED and len({*filled}) == 1 and not re.search("[0-9]{15}", filled[0])


def is_total_row(text: str) -> bool:
    """Whether a row that begins with this cell adds up the rows above it."""
    first = without_remark(text.removeprefix(INEXACT_MARK)).rstrip(":")
    return first in _FIRST or _COUNT.match(first) is not None


@lru_cache(maxsize=1 << 12)
def is_total_cell(text: str) -> bool:
    """Whether a cell, wherever it stands in a row that names no card of its own, says that the row adds up others.

    >>> [is_total_cell(cell) for cell in ("甲公司合计", "期初余额", "Grand Total", "b/f", "合计科技", "余额宝")]
    [True, True, True, True, False, False]
    >>> is_total_cell("Net issued (reversed rows not counted)"), is_total_cell("Cabinet sold")
    (True, False)
    """
    if len(text) > 2 * LONGEST_TOTAL:
        return False
    folded = _TRAILING.sub("", to_simplified(normalize("NFKC", text.removeprefix(INEXACT_MARK)).casefold().strip()))
    if len(folded) > LONGEST_TOTAL:
        return False
    bare = re.sub(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])", "", folded).strip("*=:-—. ")
    bare = _SPACED.sub(lambda word: re.sub(r"\s", "", word[0]), bare)
    return _CELL.fullmatch(bare) is not None or _COUNT.match(bare) is not None


def may_hold_totals(heading: str) -> bool:
    """Whether a column may hold the word for a total; that of a way to pay holds words of balances."""
    return _PAYMENT.search(without_remark(heading)) is None
