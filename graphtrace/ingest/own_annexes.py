"""Sheets of the program's own annexes to letters: what it asked there is no record, what is filled in is read.

A row in which nobody wrote anything is passed over: it says nothing of the cards but that somebody was asked about
them. A row with a remark alone is kept, and answers about its cards quote it. Other rows are read: those of the sheet
of cards as of any table, those of the cards to suspend as a list of cards with their states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from graphtrace.identifiers import KeyRange, pack_number, parse_iccid
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.row_parser import parse_number
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, Sheet
from graphtrace.ingest.unread_events import UNREAD_SCHEMA, UnreadEvent, lots_between
from graphtrace.results.letter_annexes import ASKED_ONLY, REMARK_ONLY, AnnexLayout, OwnRow, layout_of
from graphtrace.results.letters import keys_of
from graphtrace.results.reports import Reject

_STATES: Final = {"first_card": "iccid", "reply_state": "state", "reply_suspended": "date"}
"""Fields of the list of suspended cards; the cell of the first card names all of the range then."""

_MOST_CARDS: Final = 10_000
"""Cards of a range with a state; a list has its cards one by one."""


def find_annex(sheet: Sheet) -> AnnexLayout | None:
    """Return which sheet of an annex a sheet is; ``None`` where no row bears the reference of a letter."""
    if not sheet.head_rows or (layout := layout_of(sheet.head_rows[0][1])) is None:
        return None
    return layout if any(layout.own_row(cells) for _, cells in sheet.head_rows[1:]) else None


def part_annex(sheet: Sheet, layout: AnnexLayout) -> ColumnMapping | None:
    """Take the rows that are not to be read out of a sheet of an annex; they are its rejects and unread rows.

    Returns the mapping by which the other rows are read; ``None`` where they are read as any.
    """
    header, headings = sheet.head_rows[0]
    kept: list[tuple[int, list[str | None]]] = []
    rows: list[tuple[Any, ...]] = []
    frames = list(sheet.read(header))
    for row, *cells in (each for frame in frames for each in frame.iter_rows()):
        own, written = layout.own_row(cells), layout.written(cells)
        if own is not None and not written and _is_whole(own):
            reason, text = ASKED_ONLY, None
        elif (read := _cells_to_read(layout, own, cells, written)) is not None:
            kept.append((row, read))
            continue
        else:
            reason = REMARK_ONLY
            text = "；".join(f"{headings[at] or ''} {said}".strip() for at, said in written.items()) or None
            rows += _unread(row, layout, cells, text)
        raw = tuple(
            (name or "", cell and cell.removeprefix(INEXACT_MARK)) for name, cell in zip(headings, cells, strict=True)
        )
        sheet.left_out.append(Reject(row=row, field=None, reason=reason, value=text, raw=raw))
    sheet.unread_left_out.append(pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row"))
    sheet.head_rows = [sheet.head_rows[0], *kept[: len(sheet.head_rows) - 1]]
    schema = {ROW: pl.UInt32, **{str(column): pl.String for column in range(sheet.width)}}
    frame = pl.DataFrame([(row, *cells) for row, cells in kept], schema=schema, orient="row")
    sheet.read = lambda _: iter([frame] if kept else [])
    if layout.sheet == "letter_cards":
        return None
    places = {field: layout.codes.index(code) for code, field in _STATES.items() if code in layout.codes}
    unread = frozenset({"iccid_first", "iccid_last", "quantity"})
    return ColumnMapping(claims=ColumnOverrides(places=places, unread=unread, header_row=header), kind="card_list")


def _cells_to_read(
    layout: AnnexLayout, own: OwnRow | None, cells: list[str | None], written: Mapping[int, str]
) -> list[str | None] | None:
    """Return the cells of a row by which it is read; ``None`` where it states no record."""
    if layout.sheet == "letter_cards":
        of_record = [at for at in written if at < len(layout.codes) and layout.codes[at] != "reply_remark"]
        return cells if own is None or of_record else None
    if own is None or layout.sheet == "letter_ranges" or not layout.cell(cells, "reply_state"):
        return None
    lots = _lots(own)
    if not lots or not _is_whole(own) or len(lots[0]) > _MOST_CARDS:
        return None
    inner = list(keys_of([lots[0].end_keys]))[1:-1]
    listed = list(cells)
    listed[layout.codes.index("first_card")] = "、".join(dict.fromkeys((own.first, *inner, own.last)))
    # the last one is among them
    listed[layout.codes.index("last_card")] = None
    return listed


def _lots(own: OwnRow) -> list[KeyRange]:
    return lots_between(parse_iccid(own.first), parse_iccid(own.last))


def _is_whole(own: OwnRow) -> bool:
    """Whether the numbers of a row agree with each other; of numbers other than those of cards nothing is known."""
    lots = _lots(own)
    return not lots or (len(lots) == 1 and str(len(lots[0])) == own.cards)


def _unread(row: int, layout: AnnexLayout, cells: Sequence[str | None], text: str | None) -> Iterator[tuple[Any, ...]]:
    """Return the unread events of a row that is kept for what was written into it."""
    first, last = (ends or "" for ends in layout.ends(cells))
    number = parse_number("msisdn", first)
    numbers = [pack_number(number)] if isinstance(number, str) and first == last else []
    lots = lots_between(parse_iccid(first), parse_iccid(last))
    return UnreadEvent(row, None, REMARK_ONLY, None, None, text).of(lots, numbers)
