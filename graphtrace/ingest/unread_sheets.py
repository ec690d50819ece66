"""Cards that a sheet names which was not understood: listed, in ranges, or by the numbers linked to them.

Nothing is known of its rows but what their cells look like and which columns have a known heading. Listed cards, of
which there are many, are read as columns; what else names cards is read row by row.

None of the rows is read either of sheets that are understood and that a person leaves out, or whose title denies them
(未找到, 查无此卡, not ours): they stay with the case, and answers about the cards that they name say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.identifiers import Iccid, KeyRange, pack_number, parse_iccid
from graphtrace.ingest.card_cells import CARD_PATTERN, IN_GROUPS, complete_last, farthest_of
from graphtrace.ingest.dates_and_quantities import parse_quantity
from graphtrace.ingest.given_answers import title_question
from graphtrace.ingest.headers import NO_OVERRIDES, likeliest_header
from graphtrace.ingest.preamble import TitleVerdict
from graphtrace.ingest.row_parser import SUBSCRIBER_NUMBERS, parse_number
from graphtrace.ingest.sheet import (
    ROW,
    MalformedRow,
    Sheet,
    cards_by_column,
)
from graphtrace.ingest.unread_events import (
    LONGEST_QUOTED,
    NAMES_NUMBER,
    UNREAD_SCHEMA,
    UnreadEvent,
    cards_in,
    cards_in_text,
    joined,
    lots_between,
    numbers_between,
    numbers_in_text,
)
from graphtrace.model import DENIED
from graphtrace.results.reports import ColumnReport, OpenQuestion, Reject, RowWarning

_AMONG_OTHERS: Final = "89[0-9A-Fa-f]{15}"
"""Found in a cell that names a card."""

_WORDS: Final = "(?:[\u4e00-\u9fff]|[A-Za-z]{2,} [A-Za-z]{2,})"
_SENTENCE: Final = f"(?:{_AMONG_OTHERS}|{NAMES_NUMBER}).*{_WORDS}|{_WORDS}.*(?:{_AMONG_OTHERS}|{NAMES_NUMBER})"
"""Found in a cell that names a card, or a number that only cards have, among words."""


def names_card(cell: str) -> bool:
    """Whether a cell names a card, by itself or among words."""
    return re.search(_AMONG_OTHERS, cell) is not None


def unread_in_faults(faults: Sequence[MalformedRow], kind: str | None, *, is_of_ranges: bool) -> pl.DataFrame:
    """Return the cards of rows that could not be taken apart into cells, as events that were not read.

    Where the rows of a table are about ranges, two numbers in one row are the ends of one.
    """
    from graphtrace.ingest.free_text import find_in_text

    rows: list[tuple[Any, ...]] = []
    for fault in faults:
        found = [parse_iccid(find.value) for find in find_in_text(fault.text) if find.kind == "iccid"]
        cards = [card for card in found if card is not None]
        pairs = [(cards[0], cards[1])] if is_of_ranges and len(cards) == 2 else [(card, None) for card in cards]
        lots = [lot for first, last in pairs for lot in lots_between(first, last)]
        rows += UnreadEvent(fault.row, kind, "unreadable_row", None, None).of(lots, ())
    return pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")


class _Columns(NamedTuple):
    """The columns of a sheet, by their names in a block, whose headings say that they name cards."""

    first: str | None
    last: str | None
    quantity: str | None
    numbers: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, served: Mapping[str, Sequence[int]]) -> _Columns:
        """Return the columns of the fields that serve them; a field of which there are several has none."""

        def only(field: str) -> str | None:
            return str(served[field][0]) if len(served.get(field, ())) == 1 else None

        numbers = [(field, str(column)) for field in SUBSCRIBER_NUMBERS for column in served.get(field, ())]
        # beside a number of cards a single one may be the first of as many
        first = only("iccid_first") or (only("iccid") if "quantity" in served and "iccid_last" not in served else None)
        return cls(first, only("iccid_last"), only("quantity"), numbers)


class UnreadRows:
    """The unread events of rows that are passed over as a whole, each with the cards or the numbers that it names.

    ``served`` are the columns of each field, as far as headings tell, ``text`` is what says so of all rows.
    """

    def __init__(
        self,
        served: Mapping[str, Sequence[int]],
        width: int,
        *,
        kind: str | None = None,
        reason: str,
        text: str | None = None,
    ) -> None:
        self._columns = _Columns.of(served)
        self._width = width
        self._said = (kind, reason)
        self._text = text
        self._frames: list[pl.DataFrame] = []
        self._rows: list[tuple[Any, ...]] = []

    def look(self, block: pl.DataFrame) -> None:
        """Add the rows of a block."""
        kind, reason = self._said
        ranges = dict(_ranges(block, self._columns))
        several = dict(_several(block, self._width))
        lines = _sentences(block, self._width)
        for row in ranges.keys() | several.keys():
            self._add(row, [*ranges.get(row, ()), *several.get(row, ())], text=lines.get(row))
        listed = block.filter(~pl.col(ROW).is_in([*ranges])) if ranges else block
        found: list[pl.DataFrame] = []
        for column, cells in cards_by_column(listed, range(self._width), CARD_PATTERN):
            found += cards_in(cells, str(column), kind=kind, reason=reason, text=self._text)
        self._frames += found
        named = {*ranges, *several, *(row for frame in found for row in frame[ROW])}
        for row, numbers in _numbers(block, self._columns, self._width):
            self._add(row, (), () if row in named else numbers, text=lines.get(row))

    def _add(
        self, row: int, cards: Sequence[KeyRange], numbers: Sequence[int] = (), *, text: str | None = None
    ) -> None:
        kind, reason = self._said
        quoted = self._text or (None if text is None else text.strip()[:LONGEST_QUOTED])
        self._rows += UnreadEvent(row, kind, reason, None, None, quoted).of(cards, numbers)

    @property
    def frame(self) -> pl.DataFrame:
        """The events (:data:`~graphtrace.ingest.unread_events.UNREAD_SCHEMA`)."""
        return joined(self._frames, self._rows)


def likely_columns(sheet: Sheet) -> Mapping[str, Sequence[int]]:
    """Return the columns of the fields of a sheet that was not understood, as its headings and first values tell."""
    likely = likeliest_header(sheet.head_rows)
    served = {} if likely is None else likely.by_values(sheet.head_rows, NO_OVERRIDES).served
    if {"iccid_first", "iccid_last"} <= served.keys():
        return served
    ends = _counted_ends([cells for _, cells in sheet.head_rows])
    return served if ends is None else {**served, "iccid_first": ends[:1], "iccid_last": ends[1:]}


def _counted_ends(rows: Sequence[Sequence[str | None]]) -> tuple[int, int] | None:
    """Return the two columns of both ends of ranges, whatever their headings: a cell beside them counts their cards.

    ``None`` where no pair of numbers has that, or several columns would do.
    """
    found: set[tuple[int, int]] = set()
    for cells in rows:
        cards = {at: card for at, cell in enumerate(cells) if cell and (card := parse_iccid(cell)) and card.complete}
        counts = {number for cell in cells if cell and isinstance(number := parse_quantity(cell), int) and number > 1}
        for (one, first), (other, last) in pairwise(cards.items()) if counts else ():
            (lot, *more) = lots_between(first, last)
            if not more and lot.last - lot.first + 1 in counts and first.key < last.key:
                found.add((one, other))
    return found.pop() if len(found) == 1 else None


def unread_in_sheet(
    sheet: Sheet, header: int, *, kind: str | None, reason: str, filled: Counter[int] | None = None
) -> pl.DataFrame:
    """Return the unread events of the rows below a row of a sheet that was not understood.

    The filled rows of each column are added to ``filled``.
    """
    rows = UnreadRows(likely_columns(sheet), sheet.width, kind=kind, reason=reason)
    for block in sheet.read(header):
        rows.look(block)
        if filled is not None:
            counts = block.select(pl.col([str(column) for column in range(sheet.width)]).count())
            filled.update(dict(enumerate(counts.row(0))))
    return rows.frame if sheet.unread_lines is None else sheet.unread_lines(reason)


def _ranges(block: pl.DataFrame, columns: _Columns) -> Iterator[tuple[int, list[KeyRange]]]:
    """Yield the rows that name the first card of a range, and its last or how many they are."""
    if columns.first is None or (end := columns.last or columns.quantity) is None:
        return
    cells = block.select(ROW, pl.col(columns.first).alias("first"), pl.col(end).alias("end")).drop_nulls()
    if columns.last is None:
        # one card is told as any listed one
        cells = cells.filter(pl.col("end") != "1")
    for row, first, text in cells.filter(pl.col("first").str.contains(CARD_PATTERN)).iter_rows():
        card = parse_iccid(first)
        last = (
            _last_by_quantity(card, text) if columns.last is None else parse_iccid(complete_last(first, text) or text)
        )
        if card is not None and last is not None:
            yield row, lots_between(card, last)


def _last_by_quantity(card: Iccid | None, text: str) -> Iccid | None:
    quantity = parse_quantity(text)
    if card is None or isinstance(quantity, str) or len(str(quantity)) > len(card.key):
        return None
    last = farthest_of(card, quantity)
    return None if last is None else parse_iccid(last)


def _several(block: pl.DataFrame, width: int) -> Iterator[tuple[int, list[KeyRange]]]:
    """Yield the rows of which a cell names several cards, a range, or a card among words."""
    found: dict[int, list[KeyRange]] = {}
    for column, cells in cards_by_column(block, range(width), _AMONG_OTHERS):
        for row, text in cells.filter(~pl.col(str(column)).str.contains(CARD_PATTERN)).iter_rows():
            found.setdefault(row, []).extend(cards_in_text(text))
    for column, cells in cards_by_column(block, range(width), IN_GROUPS):
        for row, text in cells.select(ROW, str(column)).iter_rows():
            found.setdefault(row, []).extend(cards_in_text(text))
    yield from ((row, lots) for row, lots in found.items() if lots)


def _sentences(block: pl.DataFrame, width: int) -> dict[int, str]:
    """Return the line of each row of a text, else the sentence in which a row names a card or its number."""
    if width == 1:
        return dict(block.select(ROW, "0").iter_rows())
    found = cards_by_column(block, range(width), _SENTENCE)
    return {row: text for column, cells in found for row, text in cells.select(ROW, str(column)).iter_rows()}


def _numbers(block: pl.DataFrame, columns: _Columns, width: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the rows that name an MSISDN or IMSI, be it among words if only cards have it."""
    found: dict[int, list[int]] = {}
    for at, cells in cards_by_column(block, range(width), NAMES_NUMBER):
        for row, text in cells.select(ROW, str(at)).iter_rows():
            found.setdefault(row, []).extend(numbers_in_text(text))
    if columns.first is not None and columns.last is not None:
        for row, first, last in block.select(ROW, columns.first, columns.last).drop_nulls().iter_rows():
            found.setdefault(row, []).extend(numbers_between(first, last))
    for field, column in columns.numbers:
        for row, text in block.select(ROW, column).drop_nulls().iter_rows():
            if isinstance(number := parse_number(field, text), str):
                found.setdefault(row, []).append(pack_number(number))
    yield from ((row, list(dict.fromkeys(numbers))) for row, numbers in found.items())


LEFT_OUT: Final = "left_out"
"""Reason of unread rows that a person leaves out."""
UNDATED: Final = "day_unknown"
"""Reason of unread rows of which a person can state no day."""


class LeftOutSheet:
    """The reading of a sheet none of whose rows is read; reads as a ``SheetParser`` does.

    ``verdict`` is the title that denies its cards; ``None`` where a person leaves them out or can state no day of them,
    or none is left to read.
    """

    kind: str | None = None
    used_headings: frozenset[str] = frozenset()

    def __init__(self, sheet: Sheet, verdict: TitleVerdict | None, answered: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._verdict = verdict
        self.answered = dict(answered)
        header = likeliest_header(sheet.head_rows)
        self.header_row = 0 if header is None else header.row
        self.headings: tuple[str, ...] = ("",) * sheet.width if header is None else header.names
        self._filled = [0] * sheet.width
        self._reason = DENIED if verdict is not None else UNDATED if "date" in answered else LEFT_OUT
        text = None if verdict is None else verdict.text
        self._named = UnreadRows({} if header is None else header.served, sheet.width, reason=self._reason, text=text)
        self.rejects: list[Reject] = []
        self.rows = self.rejected = 0
        self.file_name = ""
        self.telephones: dict[int, str] = {}
        self.places: dict[str, Any] = {}

    @property
    def columns(self) -> list[ColumnReport]:
        """Report of each column that has a heading or a value: none was used."""
        return [
            ColumnReport(heading=name, field=None, because=None, filled=filled)
            for name, filled in zip(self.headings, self._filled, strict=False)
            if name or filled
        ]

    @property
    def questions(self) -> list[OpenQuestion]:
        """The question whether the title means what it seems to mean."""
        return [] if self._verdict is None else [title_question(self._verdict, "card_list", self.rows)]

    @property
    def remarks(self) -> list[RowWarning]:
        """The title that decides all rows."""
        if self._verdict is None:
            return []
        title = self._verdict
        return [RowWarning(field="kind", reason="title_decides", rows=1, first_row=title.row, value=title.text)]

    @property
    def unread(self) -> pl.DataFrame:
        """The cards that the rows name."""
        return joined([self._named.frame, *self._sheet.unread_left_out], ())

    def frames(self) -> Iterator[pl.DataFrame]:
        """Count the rows, and yield none; of rows that a person leaves out each is kept, else one stands for all."""
        for block in self._sheet.read(self.header_row):
            self._named.look(block)
            columns = [name for name in block.columns if name != ROW]
            for place, column in enumerate(columns):
                self._filled[place] += block.height - block[column].null_count()
            rows = block if self._verdict is None else block.head(0 if self.rejects else 1)
            for row, *cells in rows.select(ROW, *columns).iter_rows():
                self.rejects.append(self._reject(row, cells))
        self.rejects = sorted([*self.rejects, *self._sheet.left_out], key=lambda reject: reject.row)
        self.rows = self.rejected = self._sheet.counted
        yield from ()

    def _reject(self, row: int, cells: list[str | None]) -> Reject:
        return Reject(
            row=row,
            field=None,
            reason=self._reason if self._verdict is None else "not_a_record",
            value=None if self._verdict is None else self._verdict.text,
            raw=tuple(zip(self.headings, cells, strict=False)),
        )
