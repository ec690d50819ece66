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
from graphtrace.ingest.readers.set_aside import HIDDEN_ROWS, STRUCK_OUT_ROWS
from graphtrace.ingest.readers.table_reader import (
    MAX_DOCUMENT_BYTES,
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
_CHARSET = late(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div", "li"})
_UNSEEN = frozenset({"script", "style", "template"})
"""Tags whose text no reader of the page sees."""
_DELETED = frozenset({"del", "s", "strike"})
_EMPTY = frozenset({"br", "col", "hr", "img", "input", "wbr"})
"""Tags of elements that hold nothing and never end."""
_CELLS = frozenset({"td", "th"})
_ENDED_BY = {
    **dict.fromkeys(_CELLS, _CELLS),
    "tr": _CELLS | {"tr"},
    **dict.fromkeys(("thead", "tbody", "tfoot"), _CELLS | {"tr", "thead", "tbody", "tfoot"}),
}
"""Elements of a table that end where another begins, whether or not the page says so."""
_CLASS = late(r"\.([\w-]+)\s*\{([^{}]*)\}")
_HIDES = late("display:none|visibility:hidden|mso-hide:all")
_DEEPEST = 100
"""Elements within each other that hide or strike out text."""
_LINES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "caption"})
"""Tags of lines that may say something of a table above or below them."""
_OF_PAGE = frozenset({"html", "body", "font", "b", "strong", "center", "meta", "head"})
"""Tags in which the text of a page may stand by itself."""
_INLINE = frozenset({"br", "span", "font", "b", "strong", "i", "em", "u"})
"""Tags that a line may hold; a block with others is none."""
_MAX_LINE = 1_000
"""Characters of such a line that are kept."""
_TYPED = frozenset({"", "text", "number", "date", "search", "tel"})
"""Kinds of fields of a form whose value a reader of the page sees."""
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def open_markup(path: Path) -> list[Sheet]:
    """Return the tables of a web page (``table 1``, ``table 2``, …), or the sheets of an XML workbook.

    Costs the whole text in memory, and about 5 MB a second.

    Raises InputError when there is no table, or the file is larger than :data:`MAX_DOCUMENT_BYTES`; UnsafeFile when its
    merged cells would fill the memory, or its XML declares entities.
    """
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise InputError("document_too_large", path=path, size=MAX_DOCUMENT_BYTES // 2**20, hint="save_as_csv")
    content = path.read_bytes()
    if _SPREADSHEET.encode() in content[:4096]:
        return _xml_sheets(path, content)
    _, encoding = text_of_page(path, content)
    tables: list[PageTable] = child_process.read_json("markup_worker", path, phrase("web_page"))
    lines = [line for table in tables for line in (*table["above"], *table["below"])]
    grids = [table["table"] for table in tables]
    around = with_boxes(grids, [(table["above"], table["below"]) for table in tables])
    sheets = [
        sheet_of_table(
            f"table {number}",
            table["table"],
            encoding=encoding,
            above=above,
            below=table["below"],
            text=lines,
            set_aside=table["set_aside"],
            parts_left=table["parts_left"],
        )
        for number, (table, (above, _)) in enumerate(zip(tables, around, strict=True), start=1)
        if any(cell and cell.strip() for row in table["table"] for cell in row)
    ]
    if any(adds_to_tables(line, grids) for line in lines):
        sheets.append(sheet_of_table("text", [[line] for line in lines], encoding=encoding))
    if not sheets:
        raise InputError("web_page_no_table", path=path, hint="right_file")
    return sheets


class PageTable(TypedDict):
    """A table of a page, with the lines around it, its rows that are not seen as they stand, and parts of cells."""

    table: Table
    above: list[str]
    below: list[str]
    set_aside: dict[str, list[int]]
    parts_left: list[tuple[int, str]]


class ParsedTable(NamedTuple):
    """The rows of cells of a table of a page, with what else :class:`PageTable` has."""

    rows: list[list[Cell]]
    above: list[str]
    below: list[str]
    set_aside: dict[str, list[int]]
    parts_left: list[tuple[int, str]]


def tables_of(text: str) -> list[ParsedTable]:
    """Return the tables of a page; time may grow with the square of a page that is built so."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if not parser.tables and any(names_card(line) for line in parser.lines):
        # a letter: a table of its lines, so that answers about the cards know of it
        return [ParsedTable([[(line, 1, 1)] for line in parser.lines], [], parser.heads, {}, [])]
    around = lines_around([table.lines for table in parser.tables], parser.lines)
    return [
        ParsedTable(
            table.rows,
            above,
            [*below, *parser.heads],
            {reason: sorted(rows) for reason, rows in table.set_aside.items()},
            table.parts_left,
        )
        for table, (above, below) in zip(parser.tables, around, strict=True)
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


class _Element:
    """An open element that hides or strikes out its text, or a table, which ends none around it."""

    def __init__(self, tag: str, reason: str | None) -> None:
        self.tag = tag
        self.reason = reason
        self.depth = 1


class _Tables(HTMLParser):
    """Collects the tables of a page; a table within a cell is a table of its own.

    ``lines`` are the headings and paragraphs since the last table began that stand in none; ``heads`` the title of the
    page, and what is struck out of lines.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_OpenTable] = []
        self.lines: list[str] = []
        self.heads: list[str] = []
        self._line: CellText | None = None
        self._is_title = self._is_block = False
        self._open: list[_OpenTable] = []
        self._unseen = 0
        self._depth = 0
        self._apart: list[_Element] = []
        self._line_within = 0
        self._classes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._begin(tag, given)
        self._depth += tag not in _EMPTY and tag not in _OF_PAGE
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._end_line()
            table = _OpenTable(self.lines, self._apart)
            self.lines = []
            self.tables.append(table)
            self._open.append(table)
        elif (tag in _LINES and not (self._open and self._open[-1].is_in_cell)) or (tag == "title" and not self._open):
            self._end_line()
            self._line, self._is_title = CellText(), tag == "title"
            # what the line itself is does not part it
            self._line_within = len(self._apart)
        elif tag == "div" and self._depth == 1 and not self._open:
            # the paragraphs of mails stand in the page by themselves
            self._end_line()
            self._line, self._is_title, self._line_within = CellText(), False, len(self._apart)
            self._is_block = True
        elif self._is_block and tag not in _INLINE:
            # a block that holds others is a part of a page: a menu, a head
            self._line, self._is_block = None, False
        elif self._line is not None and tag in _BREAKS:
            self._line.add("\n")
        elif self._open:
            self._start_in_table(tag, given)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        """Note an element that hides or strikes out what stands in it, by itself, its style or its class."""
        if tag in _ENDED_BY and self._open:
            self._open[-1].end_cell()
            while self._apart and self._apart[-1].tag in _ENDED_BY[tag]:
                self._apart.pop()
        reason = STRUCK_OUT_ROWS if tag in _DELETED else HIDDEN_ROWS if "hidden" in given else None
        if reason is None and (style := given.get("style")):
            reason = _reason_of(style)
        if reason is None and self._classes:
            reason = next(filter(None, map(self._classes.get, (given.get("class") or "").split())), None)
        if tag == "table" or (reason and tag not in _EMPTY and len(self._apart) < _DEEPEST):
            self._apart.append(_Element(tag, reason))
        elif self._apart and self._apart[-1].tag == tag:
            self._apart[-1].depth += 1

    def _end(self, tag: str) -> None:
        if tag == "table" and any(each.tag == "table" for each in self._apart):
            while self._apart.pop().tag != "table":
                pass
        elif self._apart and self._apart[-1].tag == tag:
            self._apart[-1].depth -= 1
            if not self._apart[-1].depth:
                self._apart.pop()

    def _start_in_table(self, tag: str, given: dict[str, str | None]) -> None:
        table = self._open[-1]
        if tag == "tr":
            table.begin_row()
        elif tag in _CELLS:
            table.begin_cell(_number(given.get("colspan")), _number(given.get("rowspan")))
        elif tag == "option":
            table.begin_option(is_chosen="selected" in given)
        elif tag == "input":
            table.add(_value_of(given))
        elif tag in _BREAKS:
            table.add("\n")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= self._depth > 0 and tag not in _OF_PAGE
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag in _LINES or tag == "title" or (tag == "div" and self._is_block):
            self._end_line()
        if self._open and tag == "table":
            self._open.pop().end_cell()
        elif self._open and (tag in _CELLS or tag == "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "select":
            self._open[-1].end_options()
        self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            # text of a style sheet, or of a script, which has none
            self._classes |= {name: said for name, text in _CLASS.findall(data) if (said := _reason_of(text))}
        elif self._line is not None:
            is_apart = any(each.reason for each in self._apart[self._line_within :])
            self._line.add(data, is_apart=is_apart)
        elif self._open:
            self._open[-1].add(data)
        elif data.strip() and not self._depth:
            # text that stands in nothing but the page, as programs print what a table is of; no menu and no button
            self._line, self._is_title, self._line_within = CellText(), False, 0
            self._line.add(data, is_apart=any(each.reason for each in self._apart))

    def close(self) -> None:
        """Take in the rest of the page."""
        super().close()
        self._end_line()

    def _end_line(self) -> None:
        if self._line is None:
            self._is_block = False
            return
        text, left = self._line.end(_lines)
        self.heads += left
        if text is not None:
            lines = [line[:_MAX_LINE] for line in text.split("\n")]
            (self.heads if self._is_title else self._open[-1].lines if self._open else self.lines).extend(lines)
        self._line, self._is_title, self._is_block = None, False, False


def _reason_of(style: str) -> str | None:
    """Return for which reason a style has text not seen as it stands."""
    bare = "".join(style.split()).casefold()
    return STRUCK_OUT_ROWS if "line-through" in bare else HIDDEN_ROWS if _HIDES.search(bare) else None


def _value_of(given: dict[str, str | None]) -> str:
    """Return what a reader of the page sees of a field of a form: a tick, or what is typed in."""
    kind = (given.get("type") or "").casefold()
    if kind in ("checkbox", "radio"):
        return "√" if "checked" in given else ""
    return (given.get("value") or "") if kind in _TYPED else ""


class _OpenTable:
    """The table that is read, below some lines; ``set_aside`` are the numbers of rows with text not seen, by reason.

    Of options to choose from the chosen one counts, or the only one.
    """

    def __init__(self, lines: list[str], apart: list[_Element]) -> None:
        self.rows: list[list[Cell]] = []
        self.lines = lines
        self.set_aside: dict[str, set[int]] = {}
        self.parts_left: list[tuple[int, str]] = []
        self._apart = apart
        self._text: CellText | None = None
        self._within = 0
        self._options: list[tuple[bool, list[str]]] | None = None
        self._spans = (1, 1)

    @property
    def is_in_cell(self) -> bool:
        """Whether a cell is open."""
        return self._text is not None

    def begin_row(self) -> None:
        self.rows.append([])

    def begin_cell(self, columns: int, rows: int) -> None:
        if not self.rows:
            self.rows.append([])
        self._text, self._within, self._options = CellText(), len(self._apart), None
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
            return
        reasons = [each.reason for each in self._apart]
        for reason in filter(None, reasons if text and not text.isspace() else ()):
            self.set_aside.setdefault(reason, set()).add(len(self.rows))
        self._text.add(text, is_apart=any(reasons[self._within :]))

    def end_cell(self) -> None:
        if self._text is None:
            return
        self.end_options()
        text, left = self._text.end(_lines)
        self.parts_left += [(len(self.rows), part) for part in left]
        self.rows[-1].append((text, *self._spans))
        self._text = None
        del self._apart[self._within :]


def _lines(texts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(texts).split("\n"))
    return "\n".join(line for line in lines if line)


def _number(text: str | None) -> int:
    return min(int(text), 16_384) if text and text.strip().isascii() and text.strip().isdigit() and int(text) else 1


def _xml_sheets(path: Path, content: bytes) -> list[Sheet]:
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
