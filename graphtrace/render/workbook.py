"""Writer of all spreadsheets: tables to a portable, printable XLSX file without active content.

A cell is text unless its column has another type, even if it looks like a number, a formula or a link. Text cells have
the text format, so that a card number keeps its 20 digits when a user edits it. Nothing is truncated silently, and the
same tables make the same bytes.

>>> sheet = XlsxSheet("cards", [XlsxColumn("iccid"), XlsxColumn("findings", widest=60), XlsxColumn("date", "day")], [
...     ["89860619001234567858", ["First sentence.", "Second sentence."], "2024-03-01"],
... ])
>>> workbook_bytes([sheet], "en")[:2]
b'PK'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from graphtrace._version import __version__
from graphtrace.frozen import frozen
from graphtrace.patterns import late
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import format_message, translate
from graphtrace.render.provenance import case_head, foot_texts, ledger_text, redacted
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.text_layout import line_of, wrap_cjk
from graphtrace.scratch import account_scratch

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CellType = Literal["text", "number", "ordinal", "day"]
Cell = str | int | float | Sequence[str] | None

MAX_ROWS = 1_048_576
"""Maximum number of rows of a sheet; further rows continue in a second one."""

MAX_CHARACTERS = 32_767
"""Maximum number of UTF-16 units of a cell; longer texts continue in a sheet of long texts."""

MAX_POINTS = 340
"""Maximum height of a list in one cell: a row is at most 409 points high, and the rest would be hidden."""

_MAX_TITLE = 31
_MAX_HEADER = 200
_NOT_IN_TITLES = late(r"[\[\]:*?/\\]|^'|'$")
_EXACT = 10**15
_DAY = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PIECE = 1_000

_A4 = 9
_A4_LONG_INCHES = 11.69
_MARGIN_INCHES = 0.4
_PIXELS_PER_INCH = 96

_LINE_POINTS = 15
_CHINESE_LINE_POINTS = 17
_HIGHEST_POINTS = 409

_SAMPLE = 1_000
"""Number of rows from the top that determine the width of the columns."""

_HEADING_CELLS = 14
"""Length from which a heading is broken if it is longer than all cells below it."""

_LOOK = {"text_wrap": True, "valign": "top"}
_HEADING = {"bold": True, "valign": "vcenter", "bottom": 1, "bg_color": "#E7E6E6", "num_format": "@"}
_LOOKS: dict[CellType, dict[str, str]] = {
    "text": {"num_format": "@"},
    "number": {"num_format": "#,##0.######"},
    "ordinal": {"num_format": "0"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
}


@frozen(kw_only=False)
class XlsxColumn:
    """A column of a sheet.

    - ``heading``: a code of ``catalogue.HEADINGS``, or the heading itself.
    - ``dtype``: ``text``; ``number`` for amounts; ``ordinal`` for numbers of rows and steps; ``day`` for
      ``YYYY-MM-DD``. A value that is none is written as text: a month, or an integer of more digits than a spreadsheet
      keeps.
    - ``widest``: cells of a line; longer text is wrapped. A Chinese character takes two.
    """

    heading: str
    dtype: CellType = "text"
    widest: int = 40


@frozen(kw_only=False)
class XlsxSheet:
    """One table.

    - ``title``: a code of ``catalogue.SHEETS``, or the title itself; made valid and unique.
    - ``rows``: values in the order of the columns, read once. ``None`` is an empty cell, a sequence of texts one line
      each.
    - ``frozen_columns``: number of columns that stay visible when the others scroll.
    - ``page_by``: index of the column whose changes begin a new printed page; the rows come in its order.
    - ``print_columns``: number of columns that are printed, if not all; the columns after them are for reference.
    """

    title: str
    columns: Sequence[XlsxColumn]
    rows: Iterable[Sequence[Cell]]
    frozen_columns: int = 0
    page_by: int | None = None
    print_columns: int | None = None


def workbook_bytes(sheets: Iterable[XlsxSheet], lang: Lang, *, about: str = "", caveat: str | None = None) -> bytes:
    """Return the XLSX file of the sheets.

    - ``sheets``: at least one.
    - ``lang``: language of titles and headings that are codes.
    - ``about``: stands at the head of every printed page.
    - ``caveat``: stands at the foot of every printed page; by default what records that agree do not show.

    Returns the same for the same sheets. Memory is that of the file, however many rows there are; a million cells take
    half a minute, more where much text has to be wrapped.
    """
    import xlsxwriter

    content = BytesIO()
    # Rows of the case go through temporary files, which must not stay when the process is killed.
    with (
        account_scratch() as scratch,
        xlsxwriter.Workbook(content, {"constant_memory": True, "tmpdir": str(scratch)}) as workbook,
    ):
        # The format has a date of creation, and it is that of no answer.
        warned = translate(text_tables.LABELS, "caveat", lang) if caveat is None else caveat
        comments = "\n".join(filter(None, (*(getattr(text, lang) for text in foot_texts()), warned)))
        workbook.set_properties({"created": datetime(1980, 1, 1), "comments": comments})
        book = _Book(workbook, lang, about, warned)
        for sheet in sheets:
            book.add(sheet)
        book.finish()
    return content.getvalue()


@frozen(kw_only=False)
class _LongText:
    """Text that did not fit into its cell."""

    sheet: str
    cell: str
    lines: Sequence[str]


class _Book:
    """A workbook that is written one sheet after the other."""

    def __init__(self, book: xlsxwriter.Workbook, lang: Lang, about: str, caveat: str) -> None:
        self.book = book
        self.lang = lang
        self.about = about
        self.caveat = caveat
        self.looks = {holds: book.add_format({**_LOOK, **look}) for holds, look in _LOOKS.items()}
        self.looks_of_heading = book.add_format({**_LOOK, **_HEADING})
        self.long_texts: list[_LongText] = []
        # a title that Excel keeps to itself
        self._taken = {"history"}
        self.title_of_long_texts = self._free_title("long_texts")

    def add(self, sheet: XlsxSheet) -> None:
        self._write(sheet, self._free_title(sheet.title))

    def finish(self) -> None:
        if (head := case_head()) is not None:
            rows_of_head = [(self.label(f"head_{name}"), value) for name, value in head._asdict().items() if value]
            self.add(XlsxSheet("case_head", [XlsxColumn("field"), XlsxColumn("value", widest=90)], rows_of_head))
        if not self.long_texts:
            return
        columns = [
            *(
                XlsxColumn("no", "ordinal"),
                XlsxColumn("in_sheet"),
                XlsxColumn("in_cell"),
                XlsxColumn("line", "ordinal"),
            ),
            XlsxColumn("long_text", widest=90),
        ]
        # Its own cells are short enough, so that the list is complete by now.
        rows = (
            (number, text.sheet, text.cell, line, piece)
            for number, text in enumerate(self.long_texts, 1)
            for line, piece in enumerate(_pieces(text.lines), 1)
        )
        self._write(XlsxSheet("long_texts", columns, rows), self.title_of_long_texts)

    def heading(self, column: XlsxColumn) -> str:
        return escape_control_chars(translate(text_tables.HEADINGS, column.heading, self.lang))

    def label(self, code: str, **params: object) -> str:
        return format_message(text_tables.LABELS[code], params, self.lang)

    def _write(self, sheet: XlsxSheet, title: str) -> None:
        rows = iter(sheet.rows)
        sample = list(islice(rows, _SAMPLE))
        widths = [self._width(column, cells) for column, *cells in zip(sheet.columns, *sample, strict=True)]
        part = _Part(self, sheet, title, widths)
        for row in chain(sample, rows):
            if part.is_full:
                following = self._free_title(sheet.title)
                part.finish(following)
                part = _Part(self, sheet, following, widths)
            part.write(row)
        part.finish()

    def _width(self, column: XlsxColumn, cells: Iterable[Cell]) -> int:
        # The sign of the filter stands on the heading.
        heading = min(cell_len(self.heading(column)) + 3, _HEADING_CELLS)
        texts = (escape_control_chars(str(line)) for cell in cells if cell is not None for line in _lines(cell))
        return min(max([heading, *(cell_len(text) + 2 for text in texts)]), column.widest)

    def _free_title(self, title: str) -> str:
        wanted = _NOT_IN_TITLES.sub("_", escape_control_chars(translate(text_tables.SHEETS, title, self.lang))) or "_"
        number, free = 1, _cut(wanted, _MAX_TITLE)
        while free.casefold() in self._taken:
            number += 1
            mark = f" ({number})"
            free = _cut(wanted, _MAX_TITLE - len(mark)) + mark
        self._taken.add(free.casefold())
        return free


class _Part:
    """A sheet of the file: a table or as much of it as fits."""

    def __init__(self, book: _Book, sheet: XlsxSheet, title: str, widths: Sequence[int]) -> None:
        self._book = book
        self._sheet = sheet
        self._title = title
        self._widths = widths
        self._page: Worksheet = book.book.add_worksheet(title)
        self._next_row = 0
        self._breaks: list[int] = []
        self._group: Cell = None
        self._set_up()
        headings = list(map(book.heading, sheet.columns))
        for place, heading in enumerate(headings):
            self._put(0, place, heading, book.looks_of_heading)
        self._end_row(max(_height(text, width) for text, width in zip(headings, widths, strict=True)))

    @property
    def is_full(self) -> bool:
        """Whether only the row remains that states where the table continues."""
        return self._next_row >= MAX_ROWS - 1

    def write(self, row: Sequence[Cell]) -> None:
        page_by = self._sheet.page_by
        if page_by is not None:
            if self._next_row > 1 and row[page_by] != self._group:
                self._breaks.append(self._next_row)
            self._group = row[page_by]
        cells = enumerate(zip(self._sheet.columns, row, strict=True))
        heights = [self._write_cell(place, column, cell) for place, (column, cell) in cells]
        self._end_row(max(heights))

    def finish(self, following: str | None = None) -> None:
        page = self._page
        page.autofilter(0, 0, self._next_row - 1, len(self._widths) - 1)
        page.set_h_pagebreaks(self._breaks)
        if following is not None:
            note = self._book.label("rows_go_on", sheet=following)
            self._put(self._next_row, 0, note, self._book.looks["text"])
            self._end_row(_height(note, self._widths[0]))
        printed = len(self._widths) if self._sheet.print_columns is None else self._sheet.print_columns
        page.print_area(0, 0, self._next_row - 1, printed - 1)

    def _set_up(self) -> None:
        page, sheet, book = self._page, self._sheet, self._book
        for place, (width, column) in enumerate(zip(self._widths, sheet.columns, strict=True)):
            page.set_column(place, place, width, book.looks[column.dtype])
        page.set_default_row(_CHINESE_LINE_POINTS)
        page.freeze_panes(1, sheet.frozen_columns)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
        page.set_paper(_A4)
        page.set_landscape()
        page.set_margins(_MARGIN_INCHES, _MARGIN_INCHES, 0.85, 0.6)
        page.repeat_rows(0)
        page.hide_gridlines(0)
        head = case_head()
        of_case = () if head is None else (head.number, head.unit)
        about = _cut(escape_control_chars(" · ".join(filter(None, (*of_case, book.about)))), _MAX_HEADER).replace(
            "&", "&&"
        )
        # Without a second line some programs cut Chinese titles at their foot.
        page.set_header(f"&L{about}&R&A\n ")
        caveat = f"\n{book.caveat}" if book.caveat else ""
        page.set_footer(f"&Lgraphtrace {__version__}{_ledger_in_foot(book.lang)}{caveat}&R&P / &N")
        if sheet.page_by is None:
            page.fit_to_pages(1, 0)
        else:
            # Spreadsheet programs ignore breaks between pages that are told to fit.
            page.set_print_scale(_scale(self._widths[: sheet.print_columns]))

    def _end_row(self, points: int) -> None:
        if points > _CHINESE_LINE_POINTS:
            # Not every program finds out by itself how high a row has to be.
            self._page.set_row(self._next_row, min(points, _HIGHEST_POINTS))
        self._next_row += 1

    def _write_cell(self, place: int, column: XlsxColumn, cell: Cell) -> int:
        """Write a cell of the next row; returns the height in points that it needs."""
        row, look = self._next_row, self._book.looks[column.dtype]
        if cell is None or cell == "":
            return 0
        if column.dtype == "day" and (day := _day(cell)) is not None:
            self._page.write_datetime(row, place, day, look)
            return _LINE_POINTS
        if column.dtype in ("number", "ordinal") and _is_number(cell):
            self._page.write_number(row, place, cell, look)
            return _LINE_POINTS
        lines = [escape_control_chars(str(line)) for line in _lines(cell)]
        text = "\n".join(lines)
        heights = [_height(line, self._widths[place]) for line in lines]
        is_list = not isinstance(cell, str)
        if _units(text) > MAX_CHARACTERS or (is_list and sum(heights) > MAX_POINTS):
            note = self._keep_long(row, place, lines)
            if is_list:
                most = MAX_POINTS - _height(note, self._widths[place])
                kept = next(count for count in range(len(lines), -1, -1) if sum(heights[:count]) <= most)
                text = "\n".join(lines[: max(kept, 1)])
            text = f"{_cut(text, MAX_CHARACTERS - _units(note) - 1)}\n{note}"
            heights = [_HIGHEST_POINTS]
        self._put(row, place, text, self._book.looks["text"])
        return sum(heights)

    def _keep_long(self, row: int, place: int, lines: Sequence[str]) -> str:
        """Move a long text to the sheet of long texts; return the reference to it."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        book = self._book
        book.long_texts.append(_LongText(self._title, xl_rowcol_to_cell(row, place), lines))
        return book.label("text_goes_on", sheet=book.title_of_long_texts, number=len(book.long_texts))

    def _put(self, row: int, place: int, text: str, form: Format) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter takes this for its own markup and would let it through as it is; in three pieces it is text.
            self._page.write_rich_string(row, place, text[0], text[1], text[2:], form)
        else:
            self._page.write_string(row, place, text, form)


def _ledger_in_foot(lang: Lang) -> str:
    text = ledger_text()
    mark = f" · {translate(text_tables.LABELS, 'redacted_mark', lang)}" if redacted() else ""
    return mark if text is None else f" · {getattr(text, lang)}{mark}"


@lru_cache(maxsize=1 << 12)
def _height(text: str, width: int) -> int:
    """Estimate the height of a text in a cell, in points, without its font."""
    room = max(width - 1, 1)
    lines = len(wrap_cjk(line_of(text), room)) if cell_len(text) > room else 1
    return lines * (_LINE_POINTS if text.isascii() else _CHINESE_LINE_POINTS)


def _lines(value: Cell) -> Sequence[Cell]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _day(value: Cell) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # before that, the programs do not agree on the number of a day
    return day if day >= date(1900, 3, 1) else None


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    return text if _units(text) <= units else text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from (line[at : at + _PIECE] for at in range(0, len(line) or 1, _PIECE))


def _scale(widths: Sequence[int]) -> int:
    """Return the print scale in percent at which columns of these widths fit on A4 landscape.

    A width is counted in digits of the usual font, of 7 pixels each; where that font is missing, they may have 10.
    """
    pixels = sum(10 * width + 5 for width in widths)
    room = (_A4_LONG_INCHES - 2 * _MARGIN_INCHES) * _PIXELS_PER_INCH
    return max(min(int(100 * room / pixels), 100), 10)
