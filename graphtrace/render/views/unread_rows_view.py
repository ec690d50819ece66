"""Rows that hold the name of a party and were not read, as a part of the trees of its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Cell,
    Column,
    DisplayLimits,
    LazyRows,
    Paragraph,
    Section,
    TableBlock,
    TonedText,
)
from graphtrace.render.i18n import code_text, label_text

if TYPE_CHECKING:
    from graphtrace.results.unread_rows import UnreadRow


def unread_rows_part(found: Sequence[UnreadRow], most: DisplayLimits) -> Iterator[Section]:
    """Yield the section of the rows that hold the name of a party and count in nothing; none without any."""
    if not found:
        return
    columns = (
        Column("sources", heading=label_text("sources")),
        Column("why_not_read", heading=label_text("why_not_read"), width=40),
        Column("says", heading=label_text("says"), width=30),
    )

    def row(each: UnreadRow) -> Sequence[Cell]:
        table = text_tables.REJECTS if each.reason in text_tables.REJECTS else text_tables.REMARKS
        return [(each.origin,), code_text(table, each.reason), each.text]

    note = Paragraph(parts=(TonedText(label_text("rows_with_name_mean"), "warn"),))
    table = TableBlock(code="unread_rows", columns=columns, rows=LazyRows(found, row), most=most, where="to_dict()")
    yield Section(code="unread_rows", title=label_text("rows_with_name"), count=len(found), parts=(note, table))
