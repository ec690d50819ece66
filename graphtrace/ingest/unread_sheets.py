"""Cards that a sheet names which was not understood: listed, in ranges, or by the numbers linked to them.

Nothing is known of its rows but what their cells look like and which columns have a known heading. Listed cards, of
which there are many, are read as columns; what else names cards is read row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.identifiers import Iccid, KeyRange, pack_number, parse_iccid
from graphtrace.ingest.card_cells import CARD_PATTERN, has_parts, last_of, split_cards
from graphtrace.ingest.headers import likeliest_header
from graphtrace.ingest.row_parser import SUBSCRIBER_NUMBERS, parse_number
from graphtrace.ingest.sheet import ROW, Sheet, cards_by_column
from graphtrace.ingest.unread import UnreadEvent, cards_in, joined, lot_of, lots_between

_SEVERAL: Final = r"^\s*89[0-9A-Fa-f]{15,18}\s*[^0-9A-Fa-f\s]"
"""A cell that begins with the number of a card and has more behind it."""


class _Columns(NamedTuple):
    """The columns of a sheet, by their names in a block, whose headings say that they name cards."""

    first: str | None
    last: str | None
    quantity: str | None
    numbers: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, sheet: Sheet) -> _Columns:
        """Return the columns of a sheet; a field of which there are several has none."""
        header = likeliest_header(sheet.head_rows)
        served = {} if header is None else header.served

        def only(field: str) -> str | None:
            return str(served[field][0]) if len(served.get(field, ())) == 1 else None

        numbers = [(field, str(column)) for field in SUBSCRIBER_NUMBERS for column in served.get(field, ())]
        return cls(only("iccid_first"), only("iccid_last"), only("quantity"), numbers)


def unread_in_sheet(sheet: Sheet, header: int, *, kind: str | None, reason: str) -> pl.DataFrame:
    """Return the unread events of the rows below a row of a sheet, each with the cards or the numbers that it names."""
    columns = _Columns.of(sheet)
    frames: list[pl.DataFrame] = []
    rows: list[tuple[Any, ...]] = []
    for block in sheet.read(header):
        ranges = dict(_ranges(block, columns))
        several = dict(_several(block, sheet.width))
        for row in ranges.keys() | several.keys():
            cards = [*ranges.get(row, ()), *several.get(row, ())]
            rows += UnreadEvent(row, kind, reason, None, None).of(cards, ())
        listed = block.filter(~pl.col(ROW).is_in([*ranges])) if ranges else block
        for column, cells in cards_by_column(listed, range(sheet.width), CARD_PATTERN):
            frames += cards_in(cells, str(column), kind=kind, reason=reason)
        named = {*ranges, *several, *(row for frame in frames for row in frame[ROW])} if columns.numbers else {}
        for row, numbers in _numbers(block, columns):
            if row not in named:
                rows += UnreadEvent(row, kind, reason, None, None).of((), numbers)
    return joined(frames, rows)


def _ranges(block: pl.DataFrame, columns: _Columns) -> Iterator[tuple[int, list[KeyRange]]]:
    """Yield the rows that name the first card of a range, and its last or how many they are."""
    if columns.first is None or (end := columns.last or columns.quantity) is None:
        return
    cells = block.select(ROW, pl.col(columns.first).alias("first"), pl.col(end).alias("end")).drop_nulls()
    for row, first, text in cells.filter(pl.col("first").str.contains(CARD_PATTERN)).iter_rows():
        card = parse_iccid(first)
        last = _last_by_quantity(card, text) if columns.last is None else parse_iccid(text)
        if card is not None and last is not None:
            yield row, lots_between(card, last)


def _last_by_quantity(card: Iccid | None, text: str) -> Iccid | None:
    if card is None or not (text.isascii() and text.isdigit() and len(text) <= len(card.key)):
        return None
    last = last_of(card, int(text))
    return None if last is None else parse_iccid(last)


def _several(block: pl.DataFrame, width: int) -> Iterator[tuple[int, list[KeyRange]]]:
    """Yield the rows of which a cell names several cards, or a range."""
    found: dict[int, list[KeyRange]] = {}
    for column, cells in cards_by_column(block, range(width), _SEVERAL):
        for row, text in cells.select(ROW, str(column)).iter_rows():
            found.setdefault(row, []).extend(_lots(text) if has_parts(text) else ())
    yield from ((row, lots) for row, lots in found.items() if lots)


def _lots(text: str) -> Iterator[KeyRange]:
    for first, last in split_cards(text):
        one, other = parse_iccid(first), None if last is None else parse_iccid(last)
        if one is not None and one.complete:
            yield from lots_between(one, other) if other is not None else [lot_of(one)]


def _numbers(block: pl.DataFrame, columns: _Columns) -> Iterator[tuple[int, list[int]]]:
    """Yield the rows that name an MSISDN or IMSI."""
    found: dict[int, list[int]] = {}
    for field, column in columns.numbers:
        for row, text in block.select(ROW, column).drop_nulls().iter_rows():
            if isinstance(number := parse_number(field, text), str):
                found.setdefault(row, []).append(pack_number(number))
    yield from found.items()
