"""Tables of Word files (.docx): each is a sheet, ``table 1``, ``table 2``, … in the order of the text.

What a text says of cards is a sheet of its lines, ``text``, behind these. Comments are read as those of a workbook; the
head and foot of pages are lines beside every table.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from xml.parsers import expat

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.readers.guard import unsafe_error
from graphtrace.ingest.readers.set_aside import HIDDEN_ROWS, STRUCK_OUT_ROWS, TRACKED_ROWS
from graphtrace.ingest.readers.table_reader import (
    MAX_DOCUMENT_BYTES,
    MAX_LINES,
    CellText,
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
from graphtrace.patterns import late

MAX_CELLS = 5_000_000
MAX_SPAN = 1_024
MAX_PART_BYTES = 8 * 2**20
"""Of a part beside the text of a document that is read."""
_FORMATS = {"strike": STRUCK_OUT_ROWS, "dstrike": STRUCK_OUT_ROWS, "vanish": HIDDEN_ROWS}

_Line = str | Sequence[str | None]


def open_word(path: Path, archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the tables of a Word file whose archive has been checked.

    Raises InputError when there is no table in it; UnsafeFile when it unpacks to far more than a document has, or its
    XML declares entities.
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
    found = zip(reader.tables, _titled(reader.tables, around), strict=True)
    lines = [line for each in (*reader.above, reader.lines) for line in each]
    *noted, behind = reader.noted or [_Noted()]
    comments = _comments(path, archive) if any(each.comments for each in reader.noted) else {}
    heads = _heads_of_pages(path, archive)

    def said_of(each: _Noted) -> list[tuple[int, str]]:
        ids = sorted(each.comments | {(0, comment) for _, comment in behind.comments})
        return [(row, comments[comment]) for row, comment in ids if comment in comments]

    sheets = [
        sheet_of_table(
            f"table {number}",
            table,
            above=above,
            below=[*below, *heads],
            text=lines,
            set_aside=each.rows,
            parts_left=[*each.parts, *behind.parts],
            comments=said_of(each),
        )
        for number, ((table, (above, below)), each) in enumerate(zip(found, noted, strict=True), start=1)
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


_HEAD_OF_PAGE = late(r"word/(?:header|footer)[0-9]*\.xml", re.IGNORECASE)


def _heads_of_pages(path: Path, archive: zipfile.ZipFile) -> list[str]:
    """Return the lines at the head and foot of pages, and what is printed across them."""
    lines: dict[str, None] = {}
    for name in sorted(filter(_HEAD_OF_PAGE.fullmatch, archive.namelist())):
        reader = _Document(path)
        _read_beside(reader, archive, name)
        found = (*reader.marks, *"".join(reader.text).split("\n"))
        lines |= dict.fromkeys(line for text in found if (line := clean_cell(text)) is not None)
    return [*lines][:MAX_LINES]


def _comments(path: Path, archive: zipfile.ZipFile) -> dict[str, str]:
    reader = _Comments(path)
    _read_beside(reader, archive, "word/comments.xml")
    return {comment: text for comment, texts in reader.texts.items() if (text := " ".join("".join(texts).split()))}


def _read_beside(reader: XmlReader, archive: zipfile.ZipFile, name: str) -> None:
    """Read a part beside the text of a document; one that is missing, damaged or large says nothing."""
    with suppress(KeyError, expat.ExpatError), archive.open(name) as part:
        reader.read(part.read(MAX_PART_BYTES))


class _Comments(XmlReader):
    refusal = "word_declares_type"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.texts: dict[str, list[str]] = {}
        self._texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "comment":
            self._texts = self.texts.setdefault(attributes.get("id", ""), [])

    def end(self, name: str) -> None:
        if name == "p":
            self._texts.append("\n")

    def data(self, text: str) -> None:
        self._texts.append(text)


def text_of_word(path: Path, archive: zipfile.ZipFile) -> str:
    """Return all text of a Word file, a line a paragraph."""
    part = archive.getinfo("word/document.xml")
    if part.file_size > MAX_DOCUMENT_BYTES:
        raise unsafe_error(path, phrase("part_of_size", part=part.filename, size=part.file_size))
    reader = _Document(path)
    reader.read(archive.read(part))
    return "".join(reader.text)


class _Noted:
    """What is not to be seen in a table, or said beside it: rows by reason, parts of cells, comments by their ids."""

    def __init__(self) -> None:
        self.rows: dict[str, set[int]] = defaultdict(set)
        self.parts: list[tuple[int, str]] = []
        self.comments: set[tuple[int, str]] = set()


_CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel"})
"""Elements of changes that nobody has accepted."""
_WATCHED = frozenset({"r", "t", "delText", "del", "moveFrom", "rPrChange", "trPr"})
"""Elements within which others mean something else."""


class _Document(XmlReader):
    """Collects the tables of a document; the rows that a merged cell covers repeat its text."""

    refusal = "word_declares_type"
    max_cells = MAX_CELLS

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.tables: list[Table] = []
        self.above: list[list[str]] = []
        """Of each table, the lines of text between it and the one before."""
        self.noted: list[_Noted] = []
        """What is noted of each table, and last of the lines behind all of them."""
        self.text: list[str] = []
        self.lines: list[str] = []
        """The lines of text since the last table began."""
        self.marks: list[str] = []
        """What is printed across pages."""
        self._line = CellText()
        self._open: list[tuple[Table, _Noted]] = []
        self._next = _Noted()
        self._apart: set[str] = set()
        """Reasons for which the text of a run is left out where there is other text."""
        self._within: Counter[str] = Counter()
        self._commented: set[str] = set()
        self._cell: list[CellText] = []
        self._span, self._merge = 1, ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name in _WATCHED:
            self._within[name] += 1
        if name == "tbl":
            self._open.append(([], self._next))
            self.tables.append(self._open[-1][0])
            self.noted.append(self._next)
            self.above.append(self.lines)
            self.lines, self._next = [], _Noted()
        elif name == "tr" and self._open:
            self._open[-1][0].append([])
            for comment in self._commented:
                self._note_comment(comment)
        elif name == "tc" and self._open:
            self._cell.append(CellText())
            self._span, self._merge = 1, ""
        elif name == "gridSpan":
            self._span = min(int(value), MAX_SPAN) if value.isascii() and value.isdigit() else 1
        elif name == "vMerge":
            self._merge = value or "continue"
        elif name == "r":
            self._apart = set()
        elif name in _FORMATS and self._within["r"] and not self._within["rPrChange"]:
            self._apart |= {_FORMATS[name]} if value not in ("0", "false", "off") else set()
        elif name == "hidden" and self._within["trPr"]:
            self._note(HIDDEN_ROWS)
        elif name in _CHANGES:
            self._note(TRACKED_ROWS)
        elif name in ("commentRangeStart", "commentReference"):
            self._commented |= {attributes.get("id", "")} if name == "commentRangeStart" else set()
            self._note_comment(attributes.get("id", ""))
        elif name == "commentRangeEnd":
            self._commented.discard(attributes.get("id", ""))
        elif name == "textpath":
            self.marks.append(attributes.get("string", ""))
        elif name in ("br", "cr", "tab"):
            self._data_of("\n" if name != "tab" else "\t")

    def end(self, name: str) -> None:
        if name in _WATCHED:
            self._within[name] -= 1
        if name == "r":
            self._apart = set()
        elif name == "p":
            self._data_of("\n")
            line, left = self._line.end("".join)
            if line is not None and not self._open:
                self.lines.append(line)
            self._next.parts += [(0, text) for text in left]
            self._line = CellText()
        elif name == "tc" and self._cell and self._open and self._open[-1][0]:
            self._end_cell(*self._cell.pop().end("".join))
        elif name == "tbl" and self._open:
            self._open.pop()
        elif name == "body":
            self.noted.append(self._next)

    def _end_cell(self, text: str | None, left: list[str]) -> None:
        table, noted = self._open[-1]
        noted.parts += [(len(table), part) for part in left]
        row = table[-1]
        if self._merge == "continue" and len(table) > 1 and len(table[-2]) > len(row):
            text = table[-2][len(row)]
        row.extend([text] * max(self._span, 1))
        self.count_cells(self._span)

    def _note(self, reason: str) -> None:
        if self._open:
            self._open[-1][1].rows[reason].add(len(self._open[-1][0]))

    def _note_comment(self, comment: str) -> None:
        table, noted = self._open[-1] if self._open else ([], self._next)
        noted.comments.add((len(table), comment))

    def data(self, text: str) -> None:
        if not (self._within["t"] or self._within["delText"]):
            return
        is_deleted = bool(self._within["del"] or self._within["moveFrom"] or self._within["delText"])
        for reason in self._apart if not (is_deleted or text.isspace()) else ():
            self._note(reason)
        self._data_of(text, is_apart=bool(self._apart), is_deleted=is_deleted)

    def _data_of(self, text: str, *, is_apart: bool = False, is_deleted: bool = False) -> None:
        if not is_deleted:
            self.text.append(text)
        (self._cell[-1] if self._cell else self._line).add(text, is_apart=is_apart, is_deleted=is_deleted)
