"""Tables of web pages, which many systems save as ``.xls``, and workbooks that are one XML file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple, TypedDict
from xml.parsers import expat

from graphtrace.errors import InputError
from graphtrace.ingest.readers import child_process
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.readers.encodings import find_encoding, text_blocks
from graphtrace.ingest.readers.guard import unsafe_error
from graphtrace.ingest.readers.table_reader import (
    MAX_DOCUMENT_BYTES,
    Table,
    XmlReader,
    adds_to_tables,
    lines_around,
    names_card,
    sheet_of_table,
)
from graphtrace.ingest.sheet import Sheet
from graphtrace.locale import phrase

MAX_CELLS = 5_000_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div", "li"})
_UNSEEN = frozenset({"script", "style", "template"})
"""Tags whose text no reader of the page sees."""
_DELETED = frozenset({"del", "s", "strike"})
_LINES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "caption"})
"""Tags of lines that may say something of a table above or below them."""
_MAX_LINE = 1_000
"""Characters of such a line that are kept."""
_TYPED = frozenset({"", "text", "number", "date", "search", "tel"})
"""Kinds of fields of a form whose value a reader of the page sees."""
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def open_markup(path: Path) -> list[Sheet]:
    """Return the tables of a web page (``table 1``, ``table 2``, …), or the sheets of an XML workbook.

    Costs the whole text in memory, and about 5 MB a second.

    Raises
    ------
    InputError
        When there is no table, or the file is larger than :data:`MAX_DOCUMENT_BYTES`.
    UnsafeFile
        When its merged cells would fill the memory, or its XML declares entities.
    """
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise InputError("document_too_large", path=path, size=MAX_DOCUMENT_BYTES // 2**20, hint="save_as_csv")
    content = path.read_bytes()
    if _SPREADSHEET.encode() in content[:4096]:
        return _xml_sheets(path, content)
    _, encoding = text_of_page(path, content)
    tables: list[PageTable] = child_process.read_json("markup_worker", path, phrase("web_page"))
    lines = [line for table in tables for line in (*table["above"], *table["below"])]
    sheets = [
        sheet_of_table(f"table {number}", encoding=encoding, text=lines, **table)
        for number, table in enumerate(tables, start=1)
        if any(cell and cell.strip() for row in table["table"] for cell in row)
    ]
    if any(adds_to_tables(line, [table["table"] for table in tables]) for line in lines):
        sheets.append(sheet_of_table("text", [[line] for line in lines], encoding=encoding))
    if not sheets:
        raise InputError("web_page_no_table", path=path, hint="right_file")
    return sheets


class PageTable(TypedDict):
    """A table of a page, with the lines around it and the numbers of its rows that hold struck-out text."""

    table: Table
    above: list[str]
    below: list[str]
    struck: list[int]


class ParsedTable(NamedTuple):
    """The rows of cells of a table of a page, the lines around it, and the numbers of rows with struck-out text."""

    rows: list[list[Cell]]
    above: list[str]
    below: list[str]
    struck: list[int]


def tables_of(text: str) -> list[ParsedTable]:
    """Return the tables of a page; time may grow with the square of a page that is built so."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if not parser.tables and any(names_card(line) for line in parser.lines):
        # a letter: a table of its lines, so that answers about the cards know of it
        return [ParsedTable([[(line, 1, 1)] for line in parser.lines], [], [], [])]
    around = lines_around([table.lines for table in parser.tables], parser.lines)
    return [
        ParsedTable(table.rows, *lines, sorted(table.struck))
        for table, lines in zip(parser.tables, around, strict=True)
    ]


def text_of_page(path: Path, content: bytes) -> tuple[str, str]:
    """Return the text of a page and the name of its encoding: a mark or valid UTF-8 before the page's declaration."""
    said = _CHARSET.search(content[:4096])
    encoding = find_encoding(path)
    if said and encoding.name not in ("utf-8", "utf-16", "utf-32"):
        codec = {"gb2312": "gb18030", "gbk": "gb18030"}.get(said[1].decode().lower(), said[1].decode().lower())
        try:
            return content.decode(codec), codec
        except (LookupError, UnicodeDecodeError):
            pass
    return b"".join(text_blocks(path, encoding)).decode(), encoding.name


Cell = tuple[str | None, int, int]


class _Tables(HTMLParser):
    """Collects the tables of a page; a table within a cell is a table of its own.

    ``lines`` are the headings and paragraphs since the last table began that stand in none.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_OpenTable] = []
        self.lines: list[str] = []
        self._line: list[str] | None = None
        self._open: list[_OpenTable] = []
        self._unseen = self._deleted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._end_line()
            table = _OpenTable(self.lines, is_deleted=bool(self._deleted))
            self.lines = []
            self.tables.append(table)
            self._open.append(table)
        elif tag in _LINES and not (self._open and self._open[-1].is_in_cell):
            self._end_line()
            self._line = []
        elif self._line is not None and tag in _BREAKS:
            self._line.append("\n")
        elif not self._open:
            self._deleted += tag in _DELETED
        else:
            self._start_in_table(tag, given)

    def _start_in_table(self, tag: str, given: dict[str, str | None]) -> None:
        table = self._open[-1]
        if tag == "tr":
            table.begin_row()
        elif tag in ("td", "th"):
            table.begin_cell(_number(given.get("colspan")), _number(given.get("rowspan")))
        elif tag in _DELETED:
            table.begin_deleted()
        elif tag == "option":
            table.begin_option(is_chosen="selected" in given)
        elif tag == "input":
            table.add(_value_of(given))
        elif tag in _BREAKS:
            table.add("\n")
        if "line-through" in (given.get("style") or ""):
            table.strike()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag in _LINES:
            self._end_line()
        if not self._open:
            self._deleted = max(self._deleted - (tag in _DELETED), 0)
        elif tag == "table":
            self._open.pop().end_cell()
        elif tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif tag in _DELETED:
            self._open[-1].end_deleted()
        elif tag == "select":
            self._open[-1].end_options()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._line is not None:
            self._line.append(data)
        elif self._open:
            self._open[-1].add(data)

    def close(self) -> None:
        """Take in the rest of the page."""
        super().close()
        self._end_line()

    def _end_line(self) -> None:
        if self._line is None:
            return
        texts = [clean_cell(line[:_MAX_LINE]) for line in _lines(self._line).split("\n")]
        (self._open[-1].lines if self._open else self.lines).extend(text for text in texts if text is not None)
        self._line = None


def _value_of(given: dict[str, str | None]) -> str:
    """Return what a reader of the page sees of a field of a form: a tick, or what is typed in."""
    kind = (given.get("type") or "").casefold()
    if kind in ("checkbox", "radio"):
        return "√" if "checked" in given else ""
    return (given.get("value") or "") if kind in _TYPED else ""


class _OpenTable:
    """The table that is read, below some lines; ``struck`` are the numbers of its rows that hold deleted text.

    Deleted text counts only where a cell has no other: a row that somebody struck out is read like others. Of options
    to choose from the chosen one counts, or the only one.
    """

    def __init__(self, lines: list[str], *, is_deleted: bool) -> None:
        self.rows: list[list[Cell]] = []
        self.lines = lines
        self.struck: set[int] = set()
        self._deleted = 0
        self._deleted_around = int(is_deleted)
        self._text: list[str] | None = None
        self._struck: list[str] = []
        self._options: list[tuple[bool, list[str]]] | None = None
        self._spans = (1, 1)

    @property
    def is_in_cell(self) -> bool:
        """Whether a cell is open."""
        return self._text is not None

    def begin_row(self) -> None:
        self.end_cell()
        self.rows.append([])

    def begin_deleted(self) -> None:
        """Begin deleted text, of a cell or of cells as a whole."""
        if self._text is None:
            self._deleted_around += 1
        else:
            self._deleted += 1

    def end_deleted(self) -> None:
        if self._text is None:
            self._deleted_around = max(self._deleted_around - 1, 0)
        else:
            self._deleted = max(self._deleted - 1, 0)

    def strike(self) -> None:
        """Note that text of the row is struck out by its style."""
        self.struck.add(len(self.rows))

    def begin_cell(self, columns: int, rows: int) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self._text, self._struck, self._options, self._deleted = [], [], None, 0
        self._spans = (columns, rows)

    def begin_option(self, *, is_chosen: bool) -> None:
        self._options = [*(self._options or []), (is_chosen, [])]

    def end_options(self) -> None:
        options, self._options = self._options or [], None
        chosen = [texts for is_chosen, texts in options if is_chosen or len(options) == 1]
        for text in chosen[0] if len(chosen) == 1 else ():
            self.add(text)

    def add(self, text: str) -> None:
        if self._text is None:
            return
        if self._options:
            self._options[-1][1].append(text)
        else:
            (self._struck if self._deleted else self._text).append(text)

    def end_cell(self) -> None:
        if self._text is None:
            return
        self.end_options()
        struck = _lines(self._struck)
        text = _lines(self._text) or struck
        if struck or (text and self._deleted_around):
            self.strike()
        self.rows[-1].append((clean_cell(text), *self._spans))
        self._text = None


def _lines(texts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(texts).split("\n"))
    return "\n".join(line for line in lines if line)


def _number(text: str | None) -> int:
    return min(int(text), 16_384) if text and text.strip().isascii() and text.strip().isdigit() and int(text) else 1


def _xml_sheets(path: Path, content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook in the XML of 2003."""
    reader = _XmlWorkbook(path)
    try:
        reader.read(content)
    except expat.ExpatError as error:
        raise InputError("workbook_damaged", path=path, why=error, hint="ask_again_or_save") from error
    sheets = [sheet_of_table(name, table) for name, table in reader.sheets]
    if not any(sheet.head_rows for sheet in sheets):
        raise InputError("workbook_empty", path=path, hint="right_file")
    return sheets


class _XmlWorkbook(XmlReader):
    refusal = "workbook_declares_type"
    max_cells = MAX_CELLS

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.sheets: list[tuple[str, Table]] = []
        self._text: list[str] | None = None
        self._across = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Worksheet":
            self.sheets.append((attributes.get("Name", f"table {len(self.sheets) + 1}"), []))
        elif name == "Row" and self.sheets:
            table = self.sheets[-1][1]
            self._grow(table, _number(attributes["Index"]) - 1 if "Index" in attributes else len(table))
            table.append([])
        elif name == "Cell" and self.sheets and self.sheets[-1][1]:
            row = self.sheets[-1][1][-1]
            if "Index" in attributes:
                while len(row) < _number(attributes["Index"]) - 1:
                    row.append(None)
            across = attributes.get("MergeAcross", "0")
            self._across = _number(across) if across != "0" else 0
            row.append(None)
        elif name == "Data":
            self._text = []

    def _grow(self, table: Table, rows: int) -> None:
        if rows > 1_048_576:
            raise unsafe_error(self._path, phrase("row_outside"))
        while len(table) < rows:
            table.append([])

    def end(self, name: str) -> None:
        if name == "Data" and self._text is not None and self.sheets and self.sheets[-1][1] and self.sheets[-1][1][-1]:
            self.sheets[-1][1][-1][-1] = clean_cell("".join(self._text))
            self._text = None
        elif name == "Cell" and self.sheets and self.sheets[-1][1]:
            row = self.sheets[-1][1][-1]
            if row:
                row.extend([row[-1]] * self._across)
            self.count_cells(1 + self._across)
            self._across = 0

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
