"""Statements of account that a firm sends to one customer (… 客户对账单): each row says in words what it is of.

Of a row of sales or returns the word with which its summary begins says which way the cards went; the customer stands
above the table. Both are put into columns of their own before the sheet is read, as in a book of both ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from graphtrace.ingest.acts import moves_money
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.preamble import pairs_in
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_TITLE: Final = late("(?:客户|销售)(?:往来)?对[账帐](?:单|表|函|明细)")
_CUSTOMER: Final = late("(?:客户|购货|收货|往来)(?:单位|方)?(?:名称)?")
_SUMMARY: Final = late("(?:业务|交易)?摘要|(?:业务|交易)(?:内容|类型)|事项")
_ROW: Final = pattern_of("statements", "row")
_GOODS: Final = pattern_of("statements", "goods", re.IGNORECASE)
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
