"""Rows that hold the name of a party and that were not read: rejected, waiting for an answer, left out by their words.

Nothing is stated of the party by them: an answer about it says which they are, and why each was not read (SPEC 13). A
sheet that was refused as a whole, or waits for an answer, has its rows in the kept source alone, which is read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.engine.rejects import SheetNotRead, rejects_with_texts, sheets_not_read
from graphtrace.errors import GraphtraceError
from graphtrace.identifiers import normalize_party_name
from graphtrace.model import Origin, Party, split_table
from graphtrace.results.unread_rows import UnreadRow
from graphtrace.storage.base import Backend, UnreadRowsScope

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet

_LONGEST: Final = 200
"""Characters of a cell that are quoted."""
_OWN_TEXT: Final = 4
"""Characters of a name without Chinese ones that other words may stand beside: ``li`` is in half of all words."""
_CHINESE: Final = re.compile("[㐀-鿿]{2}")


def rows_naming(store: Backend, names: Collection[str]) -> tuple[UnreadRow, ...]:
    """Return the rows that were not read and hold one of the names or identifiers, by file and row.

    Cost: one pass over the rejected rows, and one over the sources of the sheets of which nothing was read.
    """
    keys = {key for name in names if (key := normalize_party_name(name))}
    if not keys:
        return ()
    session = store.session(UnreadRowsScope())
    found: dict[tuple[object, ...], UnreadRow] = {}
    # brackets are written in many ways: what stands between them is looked for, and the whole name in what is found
    parts = {max(re.split(r"\W+", key), key=len) or key for key in keys}
    for held in rejects_with_texts(session, parts):
        for cell in held.cells:
            if _holds(cell, keys):
                row = UnreadRow(origin=held.origin, reason=held.reason, field=held.field, text=_quoted(cell))
                found.setdefault(_place(held.origin), row)
                break
    for sheet in sheets_not_read(session):
        for origin, cell in _rows_of_source(store, sheet, keys):
            row = UnreadRow(origin=origin, reason=sheet.reason, field=sheet.field, text=_quoted(cell))
            found.setdefault(_place(origin), row)
    return tuple(sorted(found.values(), key=lambda row: (row.origin.file, row.origin.sort_key)))


def rows_naming_party(store: Backend, party: Party) -> tuple[UnreadRow, ...]:
    """Return the rows that were not read and hold a name or the identifier of a party."""
    names = {party.name or "", party.strong_id or "", *(name for _, name in store.names_of_party(party))}
    return rows_naming(store, names)


def _place(origin: Origin) -> tuple[object, ...]:
    return origin.sha256, origin.sheet, origin.row


def _quoted(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"


def _holds(cell: str, keys: Collection[str]) -> bool:
    text = normalize_party_name(cell)
    return any(key == text or (_may_stand_among_words(key) and key in text) for key in keys)


def _may_stand_among_words(key: str) -> bool:
    return len(key) >= _OWN_TEXT or _CHINESE.search(key) is not None


def _rows_of_source(store: Backend, wanted: SheetNotRead, keys: Collection[str]) -> Iterator[tuple[Origin, str]]:
    """Yield the rows of a kept source that hold one of the names, and the cell of each that does."""
    from graphtrace.analysis.source_rows import open_sheet
    from graphtrace.storage.scratch import scratch_folder

    origin = wanted.origin
    table = split_table(origin.sheet)[1]
    first, last = (0, inf) if table is None else (int(row) for row in re.findall("[0-9]+", table))
    # what could be read at the load may be locked or gone now: then these rows are told by the count of the case alone
    with suppress(GraphtraceError), scratch_folder(None) as scratch:
        _, sheet = open_sheet(store, scratch, origin.sha256, origin.sheet)
        for number, cells in _rows_of(sheet, scratch):
            if not first <= number <= last or (wanted.rows is not None and number not in wanted.rows):
                continue
            for cell in cells:
                if _holds(cell, keys):
                    yield replace(origin, row=number), cell
                    break


def _rows_of(sheet: Sheet, source: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from graphtrace.ingest.readers.guard import guarded_frames
    from graphtrace.ingest.sheet import ROW

    for frame in guarded_frames(source, sheet.read(0), ()):
        for number, *cells in frame.select(ROW, *(name for name in frame.columns if name != ROW)).iter_rows():
            yield number, [cell for cell in cells if cell]
