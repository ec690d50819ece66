"""Ledgers of dealers that name in each row from whom cards came and to whom they went on: 上家, 下家.

Whoever keeps the ledger stands between the two: each row is a purchase by the keeper, and a sale by the keeper where it
says to whom. Who that is the rows do not say. Books that say in each row whether cards came in or went out (进/出), and
with whom, are kept by somebody, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal
from unicodedata import normalize

from graphtrace.ingest.acts import fold_word
from graphtrace.ingest.sheet import TOP_ROWS, Sheet
from graphtrace.ingest.words import pattern_of, patterns_of, words_of
from graphtrace.patterns import late

KEEPER: Final = "keeper"
"""The field of whoever keeps a ledger; a person says it."""

_NOBODY: Final = frozenset({"无", "没有", "无人", "直接", "none", "nobody", "direct"})
"""Answers by which cards went straight from one side to the other."""

_ABOVE: Final = pattern_of("dealer_ledgers", "above")
_BELOW: Final = pattern_of("dealer_ledgers", "below")
_SUPPLIER: Final = late("供[货应卡]|进[货卡]|入库|supplier|vendor|from")
_CAME_IN: Final = pattern_of("dealer_ledgers", "came_in")


Way = Literal["in", "out", "back_in", "back_out"]
WAYS: Final[tuple[Way, ...]] = ("in", "out", "back_in", "back_out")
"""Which way cards went by a row of a book: to its keeper or from there, and the same of cards that came back."""

_WAY: Final = patterns_of("way", *WAYS, "heading", "other", "issues", "paper")
_PAPER: Final = late("^(?:goods|stock|items?|materials?|sims?|cards?)(?=[a-z]{2})|(?<![订请知合])单据?$")
"""Words for goods before, or for a document behind, that for what it is of (进货单); an order is none that happened."""
_RECEIPT: Final = patterns_of("receipt", "day", "back", "title", "not")


@lru_cache(maxsize=1 << 12)
def way_of(cell: str) -> Way | None:
    """Return which way the cards of a row went by a word of a book; ``None`` for a word that does not say it.

    >>> [way_of(word) for word in ("进", "进货单", "出库", "out", "销售退货单", "退供应商", "退货", "销售订单")]
    ['in', 'in', 'out', 'out', 'back_in', 'back_out', None, None]
    >>> [way_of(word) for word in ("Goods Received", "Stock in", "Despatch", "Goods")]
    ['in', 'in', 'out', None]
    """
    word = fold_word(cell)
    bare = _PAPER.sub("", word)
    return next((way for way in WAYS if _WAY[way].fullmatch(word) or _WAY[way].fullmatch(bare)), None)


def part_ways(sheet: Sheet) -> None:
    """Put the way of each row into a column of its own, where one column is filled for what came in, one for what went.

    Their cells are the word of the heading or a tick, or how many cards went this way.
    """
    if len(sheet.head_rows) >= TOP_ROWS:
        # cells are made one by one
        return
    for row, cells in sheet.head_rows:
        ways = {way: at for at, cell in enumerate(cells) if cell and (way := _ONE_WAY.get(cell.strip()))}
        if len(ways) == len(_BOTH):
            below = [each for number, each in sheet.head_rows if number > row]
            _part_ways(sheet, row, ways, [each for each in below if any(each[at] for at in ways.values())])
            return


def _part_ways(sheet: Sheet, header: int, ways: Mapping[str, int], rows: Sequence[Sequence[str | None]]) -> None:
    if not rows or any(all(each[at] for at in ways.values()) for each in rows):
        return
    written = [text for each in rows for at in ways.values() if (text := each[at])]
    are_counts = all(map(str.isdigit, written))
    if not are_counts and not all(text in _ONE_WAY or text in words_of("flag", "yes") for text in written):
        return

    def with_way(number: int, cells: Sequence[str | None]) -> list[str | None]:
        way = next((way for way, at in ways.items() if cells[at] and number > header), None)
        return [*cells, "/".join(_BOTH) if number == header else way]

    def with_count(number: int, cells: Sequence[str | None]) -> list[str | None]:
        count = next((cells[at] for at in ways.values() if cells[at] and number > header), None)
        return [*cells, "数量" if number == header else count]

    sheet.make({}, header, with_way)
    if are_counts:
        sheet.make({}, header, with_count)


_BOTH: Final = ("进", "出")
_ONE_WAY: Final = {
    **dict.fromkeys(("进", "入", "收", "进货", "进卡", "入库", "收入"), "进"),
    **dict.fromkeys(("出", "发", "出货", "出卡", "出库", "发出"), "出"),
}
"""Headings of what came in and of what went out, as a way."""


def may_say_way(heading: str) -> bool:
    """Whether a column may say of each row which way its cards went (进/出, 方向, 类型); its cells have to do so."""
    return _WAY["heading"].fullmatch(heading) is not None


def is_of_issues(heading: str) -> bool:
    """Whether a column says of each row whether cards were given out or given back (Issue/Return)."""
    return _WAY["issues"].fullmatch(heading) is not None


def are_ways(cells: Collection[str]) -> bool:
    """Whether the cells of a column say which way cards went: most of them; what others mean is asked.

    Papers that either side may have written (an invoice) are among those to be asked about, beside words that say it.
    """
    ways = _ways_of(cells)
    return 2 * sum(way is not None for way in ways) > len(ways)


def are_both_ways(cells: Collection[str]) -> bool:
    """Whether the cells of a column, whatever its heading, say nothing but which way cards went, and both ways."""
    ways = {*_ways_of(cells)}
    return None not in ways and {"in", "out"} <= ways


def _ways_of(cells: Collection[str]) -> list[Way | None]:
    """Return the ways of the cells of a column but for papers that either side may have written."""
    return [way_of(cell) for cell in cells if not _WAY["paper"].fullmatch(fold_word(cell))]


def may_be_other_side(heading: str) -> bool:
    """Whether a heading of such a book may be that of the other side of its rows (对方, 客户/供应商, 姓名)."""
    return _WAY["other"].fullmatch(heading) is not None


def received_on(headings: Sequence[str]) -> list[int]:
    """Return the columns of the days on which cards came in, in a book of nothing else (收货日期)."""
    return [column for column, heading in enumerate(headings) if is_day_of_receipt(heading)]


def is_day_of_receipt(heading: str) -> bool:
    """Whether a comparable heading is that of the day on which cards came in (入库日期)."""
    return _RECEIPT["day"].fullmatch(heading) is not None


def came_back_on(headings: Sequence[str]) -> list[int]:
    """Return the columns of the days on which goods came in, in a list of what came back (商家收货时间)."""
    return [column for column, heading in enumerate(headings) if _RECEIPT["back"].fullmatch(heading)]


def is_book_of_receipts(title: str) -> bool:
    """Whether a title is that of a book of what came in (入库登记表), and of no returns and no book of both ways."""
    written = normalize("NFKC", title).casefold().strip()
    return _RECEIPT["title"].search(written) is not None and _RECEIPT["not"].search(written) is None


def is_nobody(keeper: str) -> bool:
    """Whether a person says that nobody stands between the sides: the table is no ledger of one of them."""
    return keeper.strip().casefold() in _NOBODY


def came_in_on(headings: Sequence[str]) -> list[int]:
    """Return the columns of days on which cards came in."""
    return [column for column, heading in enumerate(headings) if _CAME_IN.fullmatch(heading)]


def is_between(headings: Sequence[str], givers: Collection[int], takers: Collection[int], *, is_sold_on: bool) -> bool:
    """Whether the keeper of a ledger stands between the sides that its rows name.

    - ``headings``: the comparable headings of all columns.
    - ``givers``, ``takers``: the columns of both sides.
    - ``is_sold_on``: whether a column has the day on which cards went on.
    """
    above, below = ([headings[at] for at in columns] for columns in (givers, takers))
    if not above or not below:
        return False
    if all(map(_ABOVE.fullmatch, above)) and all(map(_BELOW.fullmatch, below)):
        return True
    return is_sold_on and bool(came_in_on(headings)) and all(map(_SUPPLIER.search, above))
