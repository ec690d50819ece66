"""Writers of documents as workbooks and as CSV: tables of one code form one sheet, every row names its subject."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphtrace.csv_safety import csv_cell
from graphtrace.model import Origin, Party
from graphtrace.render import Lang, text_tables
from graphtrace.render.document import (
    Audience,
    Cell,
    Column,
    ColumnKind,
    DualValue,
    Inline,
    Lines,
    Link,
    Opened,
    Section,
    Sections,
    TableBlock,
    Text,
    TonedText,
    columns_for,
    in_language,
)
from graphtrace.render.format import format_origin, party_label, translate
from graphtrace.render.i18n import Phrase, label_text
from graphtrace.render.text_tables import BilingualText
from graphtrace.render.workbook import Cell as Value
from graphtrace.render.workbook import CellType, XlsxSheet, workbook_bytes
from graphtrace.render.workbook import XlsxColumn as SheetColumn

if TYPE_CHECKING:
    from graphtrace.render.document import Document, Part


def cell_text(value: object) -> str:
    """Return a cell of a query's answer as text: empty for a missing value, a list joined with semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(map(cell_text, value)) if isinstance(value, list) else str(value)


def render_csv(document: Document) -> str:
    """Return the CSV of a document that has records."""
    if document.records is None:
        raise ValueError("the document has no records")
    return csv_of(document.records.columns, document.records.rows)


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return rows as CSV: marked as UTF-8, each cell as :func:`csv_cell` writes it."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writerow({name: csv_cell(name) for name in columns})
    for row in rows:
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return "\ufeff" + sheet.getvalue()


_HOLDS: dict[ColumnKind, CellType] = {"amount": "number", "share": "number", "ordinal": "ordinal", "day": "day"}
"""Cell types by kind of column; all other kinds hold text."""

_Subject = tuple[Column, Text]


def render_xlsx(document: Document, lang: Lang) -> bytes:
    """Return the XLSX file of a document; an empty table is a sheet without rows."""
    found: dict[str, _Joined] = {}
    for table, subject in _tables(document.parts, None):
        found.setdefault(table.code, _Joined()).pieces.append((table, subject))
    day = None if document.as_of is None else in_language(label_text("as_of", date=document.as_of), lang)
    about = " · ".join(filter(None, (document.case, in_language(document.kind, lang), day)))
    return workbook_bytes(
        (joined.sheet(lang) for joined in found.values()),
        lang,
        about=about,
        caveat="" if document.caveat is None else in_language(document.caveat, lang),
    )


def _tables(parts: Iterable[Part], subject: _Subject | None) -> Iterator[tuple[TableBlock, _Subject | None]]:
    for part in parts:
        if not part.audience & Audience.SHEET:
            continue
        match part:
            case TableBlock():
                yield part, subject
            case Section():
                yield from _tables(part.parts, part.subject or subject)
            case Sections():
                yield from _tables(part.sections, subject)


@dataclass(slots=True)
class _Joined:
    """Tables with the same columns that become one sheet."""

    pieces: list[tuple[TableBlock, _Subject | None]] = field(default_factory=list)

    def sheet(self, lang: Lang) -> XlsxSheet:
        table, subject = self.pieces[0]
        columns, _ = columns_for(table, Audience.SHEET)
        if subject is not None:
            columns.insert(0, subject[0])
        return XlsxSheet(
            table.code,
            [_sheet_column(column, lang) for column in columns],
            self._rows(lang),
            frozen_columns=table.frozen,
            page_by=0 if table.has_page_each else None,
            print_columns=sum(column.printed for column in columns),
        )

    def _rows(self, lang: Lang) -> Iterator[Sequence[Value]]:
        for table, subject in self.pieces:
            columns, take = columns_for(table, Audience.SHEET)
            head = [] if subject is None else [in_language(subject[1], lang)]
            for row in table.rows:
                cells = zip(columns, take(row), strict=True)
                yield [*head, *(_value(cell, column.kind, lang) for column, cell in cells)]


def _sheet_column(column: Column, lang: Lang) -> SheetColumn:
    heading = column.code
    if heading not in text_tables.HEADINGS and not isinstance(column.heading, str):
        text = in_language(column.heading, lang)
        heading = f"{text[0].upper()}{text[1:]}"
    return SheetColumn(heading, _HOLDS.get(column.kind, "text"), column.width)


def _value(cell: Cell, kind: ColumnKind, lang: Lang) -> Value:
    match cell:
        case DualValue(value=value):
            return _value(value, kind, lang)
        case str() if kind == "severity":
            return translate(text_tables.SEVERITIES, cell, lang)
        case str() | BilingualText() | Phrase():
            return in_language(cell, lang)
        case int() | float():
            return round(100 * cell, 2) if kind == "share" else cell
        case Opened(value=value):
            return _value(value, kind, lang)
        case TonedText(text=text) | Link(text=text):
            return in_language(text, lang)
        case Inline(texts=texts):
            return [_string(text, lang) for text in texts]
        case Lines(lines=lines):
            return [" ".join(_string(text, lang) for text in line if text is not None) for line in lines]
        case Party():
            return party_label(cell, lang)
        case Origin():
            return _string(cell, lang)
        case None:
            return None
        case _:
            return [_string(origin, lang) for origin in cell]


def _string(text: Text | TonedText | Opened | Origin, lang: Lang) -> str:
    if isinstance(text, Opened):
        return str(_value(text.value, "text", lang))
    if isinstance(text, Origin):
        return format_origin(text.file, text.row, text.sheet)
    return in_language(text.text if isinstance(text, TonedText) else text, lang)
