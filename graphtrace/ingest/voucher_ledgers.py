"""Ledgers of accounting programs that name the cards of each voucher in a narration below it, as Tally prints them.

The narration stands alone in the column of the other party (Being 40 Nos SIM Sr. No. 8991… to 8991… sold). Its cards
are put into a column behind the last one of the voucher's row, whose type becomes the way of the cards, and its own row
is left out. Of one that says more the text is put there, so that the cards of its voucher are told. A quantity is one
of cards only where a narration names them.

Statements of account that a firm sends to one customer (客户对账单) are made such books too: the word with which the
summary of a row begins says which way its cards went, and the customer stands above the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

import polars as pl

from graphtrace.ingest.acts import moves_money
from graphtrace.ingest.dates_and_quantities import parse_quantity
from graphtrace.ingest.goods_cells import (
    CARDS,
    DOUBTED,
    cards_of_goods,
    is_miscounted,
    names_cards,
)
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.preamble import pairs_in
from graphtrace.ingest.sheet import ROW, Sheet, over_all
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_PARTY: Final = "particulars"
_OTHER_SIDE: Final = late("(?:customer|client|vendor|supplier)(?:_?name)?|name")
_NARRATION: Final = late("narration|memo/description")
_VOUCHER: Final = late("v(?:ou)?ch(?:er)?[._ ]?type|transactiontype")
_RETURNED: Final = pattern_of("voucher_ledgers", "returned", re.IGNORECASE)
_FAULTY: Final = pattern_of("voucher_ledgers", "faulty", re.IGNORECASE)
"""Why goods came back, and how they were found then."""
_OF_MONEY: Final = pattern_of("voucher_ledgers", "of_money", re.IGNORECASE)
"""Why money alone was credited."""
_SOLD: Final = late("sales?|taxinvoice|invoice|deliverynote|deliverychallan|salesreceipt")
_BOUGHT: Final = late("bill|purchase")
_DEBITED: Final = late("debitnote|purchasereturn|rejectionsout|(?:supplier|vendor)credit")
_CREDITED: Final = late("creditnote|salesreturn|rejectionsin|creditmemo")
_OWN_ACT: Final = {
    "out": late(r"\b(?:sold|supplied|delivered)\b", re.IGNORECASE),
    "in": late(r"\b(?:purchased|bought)\b", re.IGNORECASE),
}
"""What a narration says once more of the way of the cards that its voucher states."""

_BY_WHOM: Final = (
    ("Sold to", late(r"\bsales\b.*\bby (?:customer|client|buyer)\b", re.IGNORECASE)),
    ("Customer", late(r"\bby (?:customer|client|buyer)\b", re.IGNORECASE)),
    ("Supplier", late(r"\bby (?:supplier|vendor)\b", re.IGNORECASE)),
    ("买方", late("客户.{0,4}(?:销售|出货|售卡)|(?:销售|出货|售卡).{0,8}按客户")),
    ("供货方", late("供[应货]商.{0,4}(?:采购|进货|购卡)|(?:采购|进货|购卡).{0,8}按供[应货]商")),
)
"""Headings for those by whom the title of a report parts its rows, and what says so, the first that is found."""
_TOTAL_OF: Final = late(r"total (?:for |of )?(?P<en>\S.*)|(?P<zh>\S.*?)\s*[-:：]?\s*(?:小计|合计)", re.IGNORECASE)
_NO_NAME: Final = late(r"[0-9\W_]*")
_CARDS: Final = frozenset({"iccid", "iccid_first"})
_SIDES: Final = frozenset({"from", "to", "carrier", "enterprise", "party", "holder", "user"})

Row = tuple[int, list[str | None]]


class _Layout(NamedTuple):
    header: int
    party: int
    voucher: int
    narration: int | None = None
    quantities: frozenset[int] = frozenset()
    """Columns of quantities: of whatever goods, where no narration names the cards of a voucher."""


def part_narrations(sheet: Sheet) -> None:
    """Put the cards that narrations name into the rows of their vouchers, where the sheet is such a ledger."""
    _part_groups(sheet)
    _fold_lines(sheet)
    layout = next(filter(None, (_layout_of(row, cells) for row, cells in sheet.head_rows)), None)
    if layout is not None and layout.narration is not None:
        _part_column(sheet, layout, layout.narration)
        return
    if layout is None or not any(_is_told(upper, lower, layout) for upper, lower in pairwise(sheet.head_rows)):
        return
    before, read = sheet.width, sheet.read

    def read_joined(below: int) -> Iterator[pl.DataFrame]:
        blocks = [*read(below)]
        rows = [
            (row, cells) for block in blocks for row, *cells in block.select(ROW, *map(str, range(before))).iter_rows()
        ]
        joined = _joined(rows, layout)
        sheet.counted -= len(rows) - len(joined)
        schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(before + 1)}}
        yield pl.DataFrame([(row, *cells) for row, cells in joined], schema=schema, orient="row")

    sheet.head_rows = [(row, over_all(cells)) for row, cells in _joined(sheet.head_rows, layout)]
    sheet.read, sheet.width = read_joined, before + 1
    sheet.numbers = (*sheet.numbers, max(sheet.numbers) + 1) if sheet.numbers else ()
    sheet.made = {"party": layout.party, "kind": layout.voucher, "iccid": before}
    sheet.made_below = layout.header


def _fold_lines(sheet: Sheet) -> None:
    """Put the lines of vouchers that stand indented, below the same heading or none, into the column of the party."""
    for at, (header, headings) in enumerate(sheet.head_rows):
        folded = [normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else "" for cell in headings]
        if _PARTY in folded and any(map(_VOUCHER.fullmatch, folded)):
            lines = folded.index(_PARTY) + 1
            texts = [cells[lines - 1 : lines + 1] for _, cells in sheet.head_rows[at + 1 :]]
            is_indented = folded[lines : lines + 1] in ([""], [_PARTY]) and any(line for _, line in texts)
            if is_indented and not any(party and line for party, line in texts):
                sheet.multiply(0, partial(_folded, header, lines))
            return


def _folded(header: int, lines: int, row: int, cells: Sequence[str | None]) -> list[list[str | None]]:
    """Return the one row that stands for a row whose line may stand in a column of its own."""
    party, line = cells[lines - 1 : lines + 1]
    pair = [party, line] if row < header else [party if row == header else party or line, None]
    return [[*cells[: lines - 1], *pair, *cells[lines + 1 :]]]


def _part_groups(sheet: Sheet) -> None:
    """Put what a report names in a row above its vouchers, below no heading, beside these.

    It is the party; where a column has that, the rows stand by goods, and those that name no card are told.
    """
    if (named := _named_groups(sheet)) is not None:
        _part_named(sheet, *named)
        return
    at = next((at for at, (_, cells) in enumerate(sheet.head_rows) if any(map(_is_voucher_heading, cells))), None)
    if at is None:
        return
    header, headings = sheet.head_rows[at]
    below = [cells for _, cells in sheet.head_rows[at + 1 :]]
    first = [column for column, cell in enumerate(below[0]) if cell] if below else []
    if len(first) != 1 or headings[first[0]] or any(cells[first[0]] and not _is_group(cells) for cells in below):
        return
    folded = [normalize_heading(cell) if cell else "" for cell in headings]
    vouchers = [column for column, heading in enumerate(folded) if _VOUCHER.fullmatch(heading)]
    is_by_goods = any(map(_OTHER_SIDE.fullmatch, folded))
    group: list[str | None] = [None]

    def with_goods(row: int, cells: Sequence[str | None]) -> list[str | None]:
        if row > header and (text := cells[first[0]]):
            group[0] = None if is_total_cell(text) else text
        goods = None if cells[first[0]] else group[0]
        if row <= header or goods is None or names_cards(goods):
            return [*cells, "Product/service" if row == header else goods]
        return [*(f"{cell} ({goods})" if at in vouchers and cell else cell for at, cell in enumerate(cells)), goods]

    def with_group(row: int, cells: Sequence[str | None]) -> list[str | None]:
        if row <= header:
            return [*cells, _PARTY.capitalize() if row == header else None]
        if text := cells[first[0]]:
            group[0] = None if is_total_cell(text) else text
        return [*cells, None if text else group[0]]

    sheet.make({}, header, with_goods if is_by_goods else with_group)


def _named_groups(sheet: Sheet) -> tuple[int, str] | None:
    """Return the row of headings of a report whose rows stand below lines with a name alone, and what the names are.

    Each line stands in the first column, below its heading; its rows are closed by the total of that name.
    What the names are is said above the headings (Sales by Customer); else they are no more than names.
    """
    for at, (row, cells) in enumerate(sheet.head_rows):
        fields = {field_of_heading(normalize_heading(cell)) for cell in cells if cell and len(cell) <= LONGEST_HEADING}
        below = [each for _, each in sheet.head_rows[at + 1 :]]
        if not fields & _CARDS or fields & _SIDES or not below or (group := _group_of(below[0])) is None:
            continue
        above = [found for _, each in sheet.head_rows[:at] for cell in each if cell and (found := _by_whom(cell))]
        totals = [_total_of(each) for each in below]
        if above or group in totals:
            return row, above[0] if len({*above}) == 1 else "Name"
    return None


def _by_whom(title: str) -> str | None:
    """Return the heading of those by whom the title of a report parts its rows.

    >>> [_by_whom(title) for title in ("Sales by Customer", "Purchases by Vendor", "客户销售明细", "Sales by day")]
    ['Sold to', 'Supplier', '买方', None]
    """
    is_title = len(title) <= 2 * LONGEST_HEADING
    return next((heading for heading, pattern in _BY_WHOM if is_title and pattern.search(title)), None)


def _group_of(cells: Sequence[str | None]) -> str | None:
    """Return the name that stands alone in the first column of a row, and is no day or number."""
    text = cells[0]
    is_alone = text is not None and not any(cells[1:])
    return text if text and is_alone and _total_of(cells) is None and not _NO_NAME.fullmatch(text) else None


def _total_of(cells: Sequence[str | None]) -> str | None:
    """Return of whom the first cell of a row says that it is the total; of everybody it is empty."""
    text = cells[0] or ""
    found = _TOTAL_OF.fullmatch(text)
    return (found["en"] or found["zh"]) if found else "" if is_total_cell(text) else None


def _part_named(sheet: Sheet, header: int, heading: str) -> None:
    """Put the names that stand alone above rows beside these."""
    group: str | None = None

    def with_group(row: int, cells: Sequence[str | None]) -> list[str | None]:
        nonlocal group
        if row <= header:
            return [*cells, heading if row == header else None]
        is_name = (named := _group_of(cells)) is not None
        if is_name or _total_of(cells) is not None:
            group = named
            return [*cells, None]
        return [*cells, group]

    sheet.make({}, header, with_group)


def _is_group(cells: Sequence[str | None]) -> bool:
    """Whether a row is the name of a group, or adds one up."""
    texts = [cell for cell in cells if cell]
    return len(texts) == 1 or is_total_cell(texts[0]) or texts[0].casefold().startswith("total ")


def _is_voucher_heading(cell: str | None) -> bool:
    return cell is not None and len(cell) <= LONGEST_HEADING and _VOUCHER.fullmatch(normalize_heading(cell)) is not None


def _layout_of(row: int, cells: Sequence[str | None]) -> _Layout | None:
    headings = [normalize_heading(cell) if cell else "" for cell in cells]
    vouchers = [at for at, heading in enumerate(headings) if _VOUCHER.fullmatch(heading)]
    parties = [at for at, heading in enumerate(headings) if heading == _PARTY]
    parties = parties or [at for at, heading in enumerate(headings) if _OTHER_SIDE.fullmatch(heading)]
    if len(parties) != 1 or len(vouchers) != 1:
        return None
    narration = next((at for at, heading in enumerate(headings) if _NARRATION.fullmatch(heading)), None)
    quantities = frozenset(at for at, heading in enumerate(headings) if field_of_heading(heading) == "quantity")
    return _Layout(row, parties[0], vouchers[0], narration, quantities)


def _part_column(sheet: Sheet, layout: _Layout, narration: int) -> None:
    """Put the cards that a column of narrations names into a column of their own."""
    rows = [cells for row, cells in sheet.head_rows if row > layout.header]
    if not any(CARDS.search(cells[narration] or "") for cells in rows):
        return

    def with_cards(row: int, cells: Sequence[str | None]) -> list[str | None]:
        if row <= layout.header:
            return [*cells, f"{cells[narration]} (ICCID)" if row == layout.header else None]
        return _with_cards(cells, [cells[narration] or ""], layout)

    sheet.make({"party": layout.party, "kind": layout.voucher, "iccid": sheet.width}, layout.header, with_cards)


def _is_line(cells: Sequence[str | None], layout: _Layout) -> bool:
    """Whether a row says more of the voucher above it: an item, a narration."""
    text = cells[layout.party]
    is_below = not any(cells[: layout.party]) and not cells[layout.voucher]
    return is_below and bool(text) and not is_total_cell(text or "")


def _is_told(upper: Row, lower: Row, layout: _Layout) -> bool:
    """Whether a row stands below a voucher, or a line of one, and names its cards."""
    is_voucher = bool(upper[1][layout.voucher] and upper[1][layout.party]) or _is_line(upper[1], layout)
    text = lower[1][layout.party] or ""
    return upper[0] > layout.header and is_voucher and _is_line(lower[1], layout) and CARDS.search(text) is not None


def _said(voucher: str, narration: str) -> tuple[str | None, str | None]:
    """Return which way the cards of a narration went, and the cards; both ``None`` where that is not sure."""
    word = normalize_heading(voucher)
    returned = _RETURNED.search(narration)
    bare = _FAULTY.sub(" ", _RETURNED.sub(" ", narration)) if returned else narration
    way = (
        "sales return"
        if _CREDITED.fullmatch(word) and (returned or not _OF_MONEY.search(narration))
        else "purchase return"
        if _DEBITED.fullmatch(word) and (returned or not _OF_MONEY.search(narration))
        else "out"
        if not returned and _SOLD.fullmatch(word)
        else "in"
        if not returned and _BOUGHT.fullmatch(word)
        else None
    )
    if way in _OWN_ACT:
        bare = _OWN_ACT[way].sub(" ", bare)
    cards = None if way is None else cards_of_goods(bare)
    return (way, cards) if cards is not None else (None, None)


def _with_cards(cells: Sequence[str | None], lines: Sequence[str], layout: _Layout) -> list[str | None]:
    """Return the cells of a voucher with the way and the cards that its lines name; of one that says more the lines."""
    named = [line for line in lines if CARDS.search(line)]
    beside = [line for line in lines if line not in named]
    said = [_said(cells[layout.voucher] or "", line) for line in named]
    is_back = any(map(_RETURNED.search, beside)) and all(way is None or way not in _OWN_ACT for way, _ in said)
    if is_back:
        # that of all the goods it is the voucher that says so
        beside = [_FAULTY.sub(" ", _RETURNED.sub(" ", line)) for line in beside]
    is_counted = not is_back or not is_miscounted("\n".join(lines))
    is_sure = is_counted and len(said) > 0 and not any(map(DOUBTED.search, beside))
    if is_sure and len(ways := {way for way, _ in said}) == 1 and all(cards for _, cards in said):
        (way,) = ways
        cards = "、".join(filter(None, (each for _, each in said)))
        return [*cells[: layout.voucher], way, *cells[layout.voucher + 1 :], cards]
    bare = [None if at in layout.quantities else cell for at, cell in enumerate(cells)]
    if not named and layout.narration is not None:
        # goods of another kind: which way they went is of no matter
        bare[layout.voucher] = None
    return [*bare, "\n".join(lines) if named else None]


def _sum(column: int, lines: Sequence[Sequence[str | None]]) -> str | None:
    """Return how many cards the lines that name them count together; ``None`` where one of them counts none."""
    counts = [count for line in lines if isinstance(count := parse_quantity(line[column] or ""), int)]
    return str(sum(counts)) if counts and len(counts) == len(lines) else None


def _joined(rows: Sequence[Row], layout: _Layout) -> list[Row]:
    joined: list[Row] = []
    voucher: Row | None = None
    lines: list[Row] = []

    def close() -> None:
        if voucher is None:
            return
        row, cells = voucher
        texts = [line[layout.party] or "" for _, line in lines]
        if not any(map(CARDS.search, texts)):
            joined.append((row, _with_cards(cells, (), layout)))
            joined.extend((below, [*line, None]) for below, line in lines)
            return
        counted = [line for _, line in lines if any(line[at] for at in layout.quantities)]
        of_cards = [line for line in counted if CARDS.search(line[layout.party] or "")]
        if len(counted) > 1:
            # of several goods the voucher has the number of all
            cells = [_sum(at, of_cards) if at in layout.quantities else cell for at, cell in enumerate(cells)]
        joined.append((row, _with_cards(cells, texts, layout)))

    for row, cells in rows:
        if voucher is not None and _is_line(cells, layout):
            lines.append((row, cells))
            continue
        close()
        voucher, lines = None, []
        if row > layout.header and cells[layout.voucher] and cells[layout.party]:
            voucher = row, cells
        else:
            joined.append((row, [*cells, f"{cells[layout.party]} (ICCID)" if row == layout.header else None]))
    close()
    return joined


_TITLE: Final = late("(?:客户|销售)(?:往来)?对[账帐](?:单|表|函|明细)")
_CUSTOMER: Final = late("(?:客户|购货|收货|往来)(?:单位|方)?(?:名称)?")
_SUMMARY: Final = late("(?:业务|交易)?摘要|(?:业务|交易)(?:内容|类型)|事项")
_ROW: Final = pattern_of("voucher_ledgers", "row")
_GOODS: Final = pattern_of("voucher_ledgers", "goods", re.IGNORECASE)
"""What a summary may name besides: the goods, their numbers and how many they are."""


def way_in_summary(text: str) -> str | None:
    """Return the word that says which way the cards of a row went, or that it is of money; ``None`` where neither is.

    >>> [way_in_summary(text) for text in ("销售 移动物联卡", "退货 移动物联卡", "收款 微信", "销售 押金", "期初")]
    ['销售', '销售退货', '收款 微信', None, None]
    """
    if moves_money(text):
        return text
    row = _ROW.fullmatch(text.strip())
    if row is None or _GOODS.fullmatch(row["rest"]) is None:
        return None
    return "销售退货" if row["back"] else "销售"


def part_statement(sheet: Sheet) -> None:
    """Put the ways of the cards and the customer of such a statement into columns behind the last one."""
    for at, (header, cells) in enumerate(sheet.head_rows):
        headings = [normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else "" for cell in cells]
        summaries = [column for column, heading in enumerate(headings) if _SUMMARY.fullmatch(heading)]
        if len(summaries) != 1:
            continue
        above = [*(row for _, row in sheet.titles), *(row for _, row in sheet.head_rows[:at])]
        customer = _customer_in(above)
        fields = {field_of_heading(heading) for heading in headings}
        texts = [text for _, row in sheet.head_rows[at + 1 :] if (text := row[summaries[0]])]
        texts = [text for text in texts if not is_total_cell(text)]
        if customer is not None and texts and not {"party", "from", "to"} & fields:
            _part(sheet, header, summaries[0], customer)
        return


def _customer_in(above: Sequence[Sequence[str | None]]) -> str | None:
    """Return the one customer whose statement the lines above a table say it is."""
    if not any(cell and _TITLE.search(normalize_heading(cell)) for row in above for cell in row):
        return None
    named = {value for name, value in pairs_in(above) if _CUSTOMER.fullmatch(name)}
    return named.pop() if len(named) == 1 else None


def _part(sheet: Sheet, header: int, column: int, customer: str) -> None:
    def with_way(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        # what is no known way is for a person to say
        return [*cells, "类型" if row == header else (way_in_summary(text) or text) if text and row > header else None]

    def with_customer(row: int, cells: Sequence[str | None]) -> list[str | None]:
        return [*cells, "客户" if row == header else customer if row > header and cells[column] else None]

    sheet.make({"kind": sheet.width}, header, with_way)
    sheet.make({"party": sheet.width}, header, with_customer)
