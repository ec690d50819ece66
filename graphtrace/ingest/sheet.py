"""Output of every reader: sheets of text cells, row by row as a spreadsheet program numbers them.

Invariants that every reader keeps and nothing after it has to check again:

- a cell is text without blanks around it, or null; the words for "nothing" (:data:`EMPTY`) are null;
- a number cell that cannot hold its number exactly (a fraction, or an integer beyond 2^53) begins with
  :data:`INEXACT_MARK`, so that no identifier is ever made of it, and shows after the mark what was stored;
- every other number cell is its shortest exact decimal text, and a date cell is ISO text;
- a row in which every cell is null is no row and does not appear, but it is counted in the row numbers.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import (
    Callable,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from itertools import chain
from typing import (
    Any,
    Final,
    NamedTuple,
    TypeVar,
)

import polars as pl

from graphtrace.frozen import frozen, replace
from graphtrace.ingest.dates_and_quantities import INEXACT_MARK as INEXACT_MARK
from graphtrace.ingest.dates_and_quantities import DayOrder
from graphtrace.model import column_letters
from graphtrace.patterns import late
from graphtrace.results.reports import Reject, RowWarning

EMPTY = frozenset(
    {"", "-", "--", "---", "－", "—", "——", "———", "/", "／", "//", "无", "空", "null", "none", "n/a", "nan"}
)
"""Cell texts that say nothing, in lower case."""

TOP_ROWS = 64
"""Number of filled rows from the top that are searched for the header."""

ROW = "row"
"""Name of the column of row numbers in a block."""

SHOWN_ROWS = 5
"""Rows that a remark on rows names by their numbers."""

SHORT_BLOCK = 100
"""Rows below which a block costs less to read row by row, in one thread, than by columns and ahead."""


class MalformedRow(NamedTuple):
    """A row that could not be taken apart into cells."""

    row: int
    text: str


@dataclass(slots=True)
class Note:
    """Remark of a reader on the cells of a column: the reason, the number of rows, the first row and its cell."""

    reason: str
    rows: int
    first_row: int
    value: str


@frozen()
class OwnList:
    """A carrier's own document: the carrier as written, if it names one, and the row that says so.

    ``customer`` and ``customer_id`` are name and number of the one customer that a form of the document names before
    its lists of cards, for those that name none.
    """

    carrier: str | None
    row: int
    text: str
    customer: str | None = None
    customer_id: str | None = None


@dataclass(slots=True)
class Sheet:
    """One sheet of one file.

    ``head_rows`` holds the first :data:`TOP_ROWS` filled rows as (row number, cells). ``read(below)`` yields all filled
    rows whose number is greater than ``below``, in order, as frames with the column ``row`` (UInt32) and the string
    columns ``"0"``, ``"1"``, … up to ``width``; it can be called once. After it ended, ``faults`` is complete and
    ``counted`` is the number of filled rows below ``below`` (faults included), counted apart from the frames. Columns
    that only appear below the top (a longer row) are faults, not columns.
    """

    name: str | None
    width: int
    head_rows: list[tuple[int, list[str | None]]]
    read: Callable[[int], Iterator[pl.DataFrame]]
    encoding: str | None = None
    uses_1904: bool = False
    faults: list[MalformedRow] = field(default_factory=list)
    counted: int = 0
    notes: dict[tuple[int, str], Note] = field(default_factory=dict)
    """By column and reason; complete when ``read`` has ended."""
    numbers: tuple[int, ...] = ()
    """Of each column, the number in the worksheet, from 0; empty where they are 0, 1, 2, …"""
    titles: tuple[tuple[int, Sequence[str | None]], ...] = ()
    """Rows of a form that are no names and values, such as its title; they are among no other rows."""
    below: tuple[str, ...] = ()
    """Lines of the document that stand below the table."""
    text: tuple[str, ...] = ()
    """All lines of the document around its tables."""
    of_others: frozenset[str] = frozenset()
    """Titles that speak of another table than their own: they decide no rows."""
    said_elsewhere: tuple[str, ...] = ()
    """What titles of other sheets say of the rows of this one."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """The names that another sheet of the workbook gives of codes of customers."""
    day_order: DayOrder | None = None
    """In which order all dates of the workbook that show it state day and month."""
    document: OwnList | None = None
    """Whose document the title of the first sheet says the file is, where this sheet has no title."""
    is_said: bool = False
    """Whether a person says of each row what it states, a registration too."""
    kept_by: str | None = None
    """Whose the titles of the other sheets say their lists are, where only one is named."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Names of the parties of a contract, by their roles, where a line beside or above another table gives them."""
    titles_beside: tuple[str, ...] = ()
    """Titles of the other sheets of a workbook."""
    comments: tuple[tuple[int, str], ...] = ()
    """Row and text of comments on cells, by row."""
    set_aside: Mapping[str, pl.Series | None] = field(default_factory=dict)
    """By reason, the rows that somebody hid, struck out or changed, or ``None`` for all."""
    parts_left: tuple[tuple[int, str], ...] = ()
    """Row and text of what somebody struck out of a cell that holds more, or deleted: it is no part of the cell."""
    holder_above: str | None = None
    """Who stands above a list of seizures as its holder, where the holder of each row stands in a column made."""
    set_aside_notes: dict[str, Note] = field(default_factory=dict)
    """By reason, what :meth:`note_set_aside` found."""
    left_out: list[Reject] = field(default_factory=list)
    """Rows that left the sheet before it is read; they are counted."""
    unread_left_out: list[pl.DataFrame] = field(default_factory=list)
    """What those rows may say of cards, as unread events."""
    made: dict[str, int] = field(default_factory=dict)
    """By field, columns whose cells were made of parts of others before the sheet is read."""
    parted: dict[int, str | None] = field(default_factory=dict)
    """Columns whose cells say in others what is read of them, with the field of those where it is one."""
    cards_beside: tuple[tuple[str, ...], ...] = ()
    """Cards and ends of ranges of other tables of the sheet, where a line says that ends of numbers are of these."""
    writes_ends: bool = False
    """Whether a line beside another table of the sheet says that cards are written by the ends of their numbers."""
    headings: dict[int, str] = field(default_factory=dict)
    """Headings of columns that lost them, as a person said what is read of their cells."""
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    """By kind and field, what a person said in the place of columns for rows that state several things."""
    is_concluded: bool = False
    """Whether the headings say these several things, and no person."""
    emptied: dict[int, int] = field(default_factory=dict)
    """Columns of which cells were emptied as another row says what they say, with the column that is filled there."""
    made_below: int | None = None
    """Number of the row of headings below which they were."""
    repeated: int = 0
    """How many rows more ``read`` gives than the file has, as cells of one row stand in rows of their own."""
    to_confirm: str | None = None
    """Hash of a table that a person has to confirm, as its cells are concluded from where they stand."""
    tables: Sequence[Mapping[str, Any]] = ()
    """All tables of such a file, as the ledger keeps them."""
    unread_lines: Callable[[str], pl.DataFrame] | None = None
    """Returns what the messages of a chat say of cards, as events that were not read for a reason."""
    looked_at: int | None = None
    """Last row that was searched for headings of further tables; ``None`` where all rows were."""

    def peek(self, below: int, rows: int = TOP_ROWS) -> list[list[str | None]]:
        """Return the first rows below one, for formats that show none of them at the top; ``read`` gives them again."""
        read, frames = self.read, self.read(below)
        first = next(frames, None)
        if first is None:
            self.read = read
            return []

        def replay(again: int) -> Iterator[pl.DataFrame]:
            above = [(row, *cells) for row, cells in self.head_rows if again < row <= below]
            if above:
                yield pl.DataFrame(above, schema=first.schema, orient="row")
            for frame in chain([first], frames):
                kept = frame if again <= below else frame.filter(pl.col(ROW) > again)
                # what stands above is counted with what was read to look at it
                self.counted -= frame.height - kept.height
                yield kept
            self.counted += len(above)

        self.read = replay
        return [list(cells) for _, *cells in first.head(rows).iter_rows()]

    def again(self) -> Sheet:
        """Return the sheet to be read once more from its first rows, where these are all of it."""
        rows: list[tuple[Any, ...]] = [(row, *cells) for row, cells in self.head_rows if row]
        schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(self.width)}}

        def read(below: int) -> Iterator[pl.DataFrame]:
            frame = pl.DataFrame([row for row in rows if row[0] > below], schema=schema, orient="row")
            sheet.counted = frame.height
            yield frame

        fresh: dict[str, Any] = {
            "faults": [],
            "notes": {},
            "set_aside_notes": {},
            "left_out": [],
            "repeated": 0,
            "unread_left_out": [],
        }
        sheet = replace(self, read=read, head_rows=[(row, [*cells]) for row, cells in self.head_rows], **fresh)
        return sheet

    def make(
        self, made: Mapping[str, int], header: int, change: Callable[[int, Sequence[str | None]], list[str | None]]
    ) -> None:
        """Add a column behind the last one, by a function from the number and the cells of a row to its new cells.

        ``made`` gives the fields of the columns that the function makes or changes, ``header`` the row of headings.
        """
        self.multiply(1, lambda row, cells: [change(row, cells)])
        self.head_rows = [(row, over_all(cells)) for row, cells in self.head_rows]
        self.made, self.made_below = {**self.made, **made}, header

    def multiply(
        self,
        added: int,
        parts_of: Callable[[int, Sequence[str | None]], list[list[str | None]]],
        leave_out: Callable[[int, Sequence[str | None]], None] | None = None,
    ) -> None:
        """Make of each row as many as a function of its number and cells returns, with columns behind the last one.

        ``leave_out`` is called with each row of which nothing is made, when it is read.
        """
        before, read = self.width, self.read

        def read_parts(below: int) -> Iterator[pl.DataFrame]:
            names = [str(column) for column in range(before + added)]
            for block in read(below):
                rows: list[tuple[Any, ...]] = []
                for row, *cells in block.select(ROW, *names[:before]).iter_rows():
                    parts = parts_of(row, cells)
                    rows += [(row, *part) for part in parts]
                    self.repeated += max(0, len(parts) - 1)
                    if not parts and leave_out is not None:
                        leave_out(row, cells)
                schema = {ROW: block.schema[ROW], **dict.fromkeys(names, pl.String())}
                yield pl.DataFrame(rows, schema=schema, orient="row")

        self.head_rows = [(row, part) for row, cells in self.head_rows for part in parts_of(row, cells)]
        self.read, self.width = read_parts, before + added
        if self.numbers:
            last = max(self.numbers) + 1
            self.numbers = (*self.numbers, *range(last, last + added))

    def number_of(self, column: int) -> int:
        """Return the number of a column in the worksheet, from 0."""
        return self.numbers[column] if self.numbers else column

    def note(self, column: int, reason: str, rows: int, first_row: int, value: str) -> None:
        """Add rows of which one thing is to be said, those further up first."""
        known = self.notes.setdefault((column, reason), Note(reason, 0, first_row, value))
        known.rows += rows

    def note_filled(self, column: int, reason: str, frame: pl.DataFrame) -> None:
        """Add the rows of a frame in which a column is filled."""
        filled = frame.select(ROW, str(column)).drop_nulls()
        if filled.height:
            self.note(column, reason, filled.height, *filled.row(0))

    def remarks_on_columns(self, names: Sequence[str], field_of: Callable[[int], str | None]) -> list[RowWarning]:
        """Return what is to be said of columns, by their headings and the fields that are read from them."""
        return [
            RowWarning(
                field=field_of(column),
                reason=reason,
                rows=note.rows,
                first_row=note.first_row,
                value=note.value.removeprefix(INEXACT_MARK),
                heading=names[column],
                column=column_letters(self.number_of(column)),
            )
            for (column, reason), note in sorted(self.notes.items())
        ]

    def note_set_aside(self, frame: pl.DataFrame) -> None:
        """Count the rows of a frame that somebody hid or struck out; the numbers of the first ones are kept."""
        for reason, marked in self.set_aside.items() if frame.height else ():
            rows = frame[ROW]
            if marked is not None:
                near = marked.filter((marked >= rows[0]) & (marked <= rows[-1]))
                rows = rows.filter(rows.is_in(near.to_list()))
            if not len(rows):
                continue
            shown = ", ".join(map(str, rows.head(SHOWN_ROWS)))
            note = self.set_aside_notes.setdefault(reason, Note(reason, 0, rows[0], shown))
            note.rows += len(rows)


_WIDEST_NOTE: Final = 3
"""Cells of a row of notes: a day, what was changed, by whom."""

LONG_NUMBER: Final = late("[0-9]{15}")
_INSTRUCTS: Final = late("须|务必|不得|应当|填[写报表]|请(?!勿)")
"""Found in what a form tells whoever fills it in."""

_STATES: Final = late("作废|取消|[已未均拟]|全部")


def share_notes(sheets: Sequence[Sheet]) -> None:
    """Have the tables of a workbook know what its sheets of nothing but notes say (说明, 修改记录, a cover)."""
    notes = {place: lines for place, sheet in enumerate(sheets) if (lines := _notes_of(sheet))}
    for place, sheet in enumerate(sheets) if notes else ():
        if place not in notes:
            sheet.below += tuple(line for lines in notes.values() for line in lines)


def _notes_of(sheet: Sheet) -> list[str]:
    """Return the texts of a sheet that is no table of cards: none of its few narrow rows holds a long number."""
    if len(sheet.head_rows) >= TOP_ROWS:
        return []
    rows = [list(dict.fromkeys(cell for cell in cells if cell)) for _, cells in sheet.head_rows]
    texts = [text for row in rows for text in row]
    is_prose = all(len(row) <= _WIDEST_NOTE for row in rows) and not any(map(LONG_NUMBER.search, texts))
    return [text for text in texts if not _INSTRUCTS.search(text) or _STATES.search(text)] if is_prose else []


def find_texts(
    cells: pl.Series,
    says_so: Callable[[str], object],
    *,
    are_digits_alike: bool = False,
    only: str | Sequence[str] | None = None,
) -> pl.Series | None:
    """Return a mask of the cells whose text says so; ``None`` if there are none. Each distinct text is asked once.

    Where ``are_digits_alike``, texts that differ in their digits alone are asked as one: there are few kinds of
    remarks (第1单, 第2单). ``only`` is a pattern that is found in every text that says so, or signs one of which is.
    """
    texts = cells.str.replace_all("[0-9]", "1") if are_digits_alike else cells
    if only is None:
        asked = texts.drop_nulls()
    else:
        is_maybe = texts.str.contains(only) if isinstance(only, str) else texts.str.contains_any(list(only))
        asked = texts.filter(is_maybe)
    meant = [text for text in asked.unique() if says_so(text)]
    return texts.is_in(meant).fill_null(value=False) if meant else None


def cards_by_column(block: pl.DataFrame, columns: Sequence[int], pattern: str) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield each column that holds texts of a pattern, with the row numbers and cells of those."""
    if not columns:
        return
    names = [str(column) for column in columns]
    found = block.select(pl.col(names).str.contains(pattern).any()).row(0)
    for column, name, has_any in zip(columns, names, found, strict=True):
        if has_any:
            yield column, block.select(ROW, name).filter(pl.col(name).str.contains(pattern))


def is_short(block: pl.DataFrame) -> bool:
    """Whether a block has so few rows that neither columns nor a thread of its own make it faster to read."""
    return block.height < SHORT_BLOCK


def over_all(cells: list[str | None]) -> list[str | None]:
    """Return the cells of a row, with a title that is merged over all columns but the one that was made over it too."""
    is_title = len(cells) > 1 and cells[-1] is None and len({*cells[:-1]}) == 1
    return [*cells[:-1], cells[0]] if is_title else cells


T = TypeVar("T")

_LOOKS_EVERY_S = 0.1


def prefetch(
    items: Iterator[T], *, most: int = 1, is_short: Callable[[T], bool] | None = None
) -> Generator[T, None, None]:
    """Yield the same items, made in a thread of their own, at most so many before they are wanted.

    What the making raises is raised here. Closing the generator, also by an interrupt, ends the thread after the item
    that it is at. With ``is_short``, items are made here until one is not short: a thread would cost more than it
    saves.
    """
    first: list[T] = []
    if is_short is not None:
        try:
            for item in items:
                if not is_short(item):
                    first.append(item)
                    break
                yield item
            else:
                return
        except BaseException:
            if isinstance(items, Generator):
                items.close()
            raise
    made: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(most)
    is_over = threading.Event()

    def hand_over(what: tuple[T] | BaseException | None) -> bool:
        while not is_over.is_set():
            try:
                made.put(what, timeout=_LOOKS_EVERY_S)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not hand_over((item,)):
                    return
            hand_over(None)
        except BaseException as error:
            hand_over(error)
        finally:
            if isinstance(items, Generator):
                items.close()

    maker = threading.Thread(target=make, name="graphtrace-ahead", daemon=True)
    maker.start()
    try:
        yield from first
        while (what := made.get()) is not None:
            if isinstance(what, BaseException):
                raise what
            yield what[0]
    finally:
        is_over.set()
        maker.join()
