"""Tables of Word files (.docx): each is a sheet, ``table 1``, ``table 2``, … in the order of the text.

What a text says of cards is a sheet of its lines, ``text``, behind these.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.readers.guard import unsafe_error
from graphtrace.ingest.readers.table_reader import (
    MAX_DOCUMENT_BYTES,
    Table,
    XmlReader,
    adds_to_tables,
    lines_around,
    names_card,
    sheet_of_table,
    with_boxes,
)
from graphtrace.ingest.sheet import Sheet
from graphtrace.locale import phrase

MAX_CELLS = 5_000_000
MAX_SPAN = 1_024

_Line = str | Sequence[str | None]


def open_word(path: Path, archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the tables of a Word file whose archive has been checked.

    Raises
    ------
    InputError
        When there is no table in it.
    UnsafeFile
        When it unpacks to far more than a document has, or its XML declares entities.
    """
    part = archive.getinfo("word/document.xml")
    if part.file_size > MAX_DOCUMENT_BYTES:
        raise unsafe_error(path, phrase("part_of_size", part=part.filename, size=part.file_size))
    reader = _Document(path)
    try:
        reader.read(archive.read(part))
    except expat.ExpatError as error:
        raise InputError("word_damaged", path=path, why=str(error), hint="ask_again_or_save") from error
    around = with_boxes(reader.tables, lines_around(reader.above, reader.lines))
    found = zip(reader.tables, _titled(reader.tables, around), reader.struck, strict=True)
    lines = [line for each in (*reader.above, reader.lines) for line in each]
    sheets = [
        sheet_of_table(f"table {number}", table, above=above, below=below, struck=struck, text=lines)
        for number, (table, (above, below), struck) in enumerate(found, start=1)
        if any(cell for row in table for cell in row)
    ]
    if any(adds_to_tables(line, reader.tables) if sheets else names_card(line) for line in lines):
        sheets.append(sheet_of_table("text", [[line] for line in lines]))
    if not sheets:
        raise InputError("word_no_table", path=path, hint="extract_numbers")
    return sheets


def _titled(
    tables: Sequence[Table], around: Iterable[tuple[Sequence[_Line], Sequence[str]]]
) -> Iterator[tuple[Sequence[_Line], Sequence[str]]]:
    """Yield the lines above and below each table.

    A further part of a list, which has one line and the headings of an earlier table, has the title of that, too.
    """
    titles: dict[tuple[str | None, ...], Sequence[_Line]] = {}
    for table, (above, below) in zip(tables, around, strict=True):
        headings = tuple(table[0]) if table else ()
        yield [*(titles.get(headings, ()) if len(above) == 1 else ()), *above], below
        titles.setdefault(headings, above[:1])


def text_of_word(path: Path, archive: zipfile.ZipFile) -> str:
    """Return all text of a Word file, a line a paragraph."""
    part = archive.getinfo("word/document.xml")
    if part.file_size > MAX_DOCUMENT_BYTES:
        raise unsafe_error(path, phrase("part_of_size", part=part.filename, size=part.file_size))
    reader = _Document(path)
    reader.read(archive.read(part))
    return "".join(reader.text)


class _Document(XmlReader):
    """Collects the tables of a document; the rows that a merged cell covers repeat its text."""

    refusal = "word_declares_type"
    max_cells = MAX_CELLS

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.tables: list[Table] = []
        self.above: list[list[str]] = []
        """Of each table, the lines of text between it and the one before."""
        self.struck: list[set[int]] = []
        """Of each table, the numbers of rows with struck-out text."""
        self.text: list[str] = []
        self.lines: list[str] = []
        """The lines of text since the last table began."""
        self._line: list[str] = []
        self._open: list[Table] = []
        self._struck: list[set[int]] = []
        self._is_struck = self._is_run = False
        self._cell: list[list[str]] = []
        self._span, self._merge = 1, ""
        self._is_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "tbl":
            table: Table = []
            self.tables.append(table)
            self.above.append(self.lines)
            self.lines = []
            self._open.append(table)
            self.struck.append(set())
            self._struck.append(self.struck[-1])
        elif name == "tr" and self._open:
            self._open[-1].append([])
        elif name == "tc" and self._open:
            self._cell.append([])
            self._span, self._merge = 1, ""
        elif name == "gridSpan":
            self._span = min(int(value), MAX_SPAN) if value.isascii() and value.isdigit() else 1
        elif name == "vMerge":
            self._merge = value or "continue"
        elif name == "r":
            self._is_run, self._is_struck = True, False
        elif name in ("strike", "dstrike") and self._is_run:
            self._is_struck = value not in ("0", "false", "off")
        elif name == "t":
            self._is_text = True
        elif name in ("br", "cr", "tab"):
            self._data_of("\n" if name != "tab" else "\t")

    def end(self, name: str) -> None:
        if name == "t":
            self._is_text = False
        elif name == "r":
            self._is_run = self._is_struck = False
        elif name == "p":
            self._data_of("\n")
            if (line := clean_cell("".join(self._line))) is not None and not self._open:
                self.lines.append(line)
            self._line = []
        elif name == "tc" and self._cell and self._open and self._open[-1]:
            self._end_cell(clean_cell("".join(self._cell.pop())))
        elif name == "tbl" and self._open:
            self._open.pop()
            self._struck.pop()

    def _end_cell(self, text: str | None) -> None:
        row = self._open[-1][-1]
        if self._merge == "continue" and len(self._open[-1]) > 1 and len(self._open[-1][-2]) > len(row):
            text = self._open[-1][-2][len(row)]
        row.extend([text] * max(self._span, 1))
        self.count_cells(self._span)

    def data(self, text: str) -> None:
        if not self._is_text:
            return
        if self._is_struck and self._open and not text.isspace():
            self._struck[-1].add(len(self._open[-1]))
        self._data_of(text)

    def _data_of(self, text: str) -> None:
        self.text.append(text)
        if self._cell:
            self._cell[-1].append(text)
        else:
            self._line.append(text)
