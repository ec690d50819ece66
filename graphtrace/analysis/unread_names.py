"""Rows that hold the name of a party and that were not read: rejected, waiting for an answer, left out by their words.

Nothing is stated of the party by them: an answer about it says which they are, and why each was not read (SPEC 13). A
sheet that was refused as a whole, or waits for an answer, has its rows in the kept source alone, which is read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.engine.reject_queries import SheetNotRead, rejects_with_texts, sheets_not_read
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
    return _rows_naming_each(store, [names])[0]


def _rows_naming_each(store: Backend, named: Sequence[Collection[str]]) -> list[tuple[UnreadRow, ...]]:
    """Return such rows for each of several lists of names, at the cost of one."""
    keys = [{key for name in names if (key := normalize_party_name(name))} for names in named]
    every = set().union(*keys)
    found: list[dict[tuple[object, ...], UnreadRow]] = [{} for _ in keys]

    def keep(origin: Origin, reason: str, field: str | None, cells: Iterable[str]) -> None:
        texts = [(cell, normalize_party_name(cell)) for cell in cells]
        texts = [(cell, text) for cell, text in texts if _holds(text, every)]
        for own, rows in zip(keys, found, strict=True):
            cell = next((cell for cell, text in texts if _holds(text, own)), None)
            if cell is not None:
                row = UnreadRow(origin=origin, reason=reason, field=field, text=_quoted(cell))
                rows.setdefault(_place(origin), row)

    if every:
        session = store.session(UnreadRowsScope())
        # brackets are written in many ways: what stands between them is looked for, and the whole name in what is found
        parts = {max(re.split(r"\W+", key), key=len) or key for key in every}
        for held in rejects_with_texts(session, parts):
            keep(held.origin, held.reason, held.field, held.cells)
        for sheet in sheets_not_read(session):
            for origin, cells in _rows_of_source(store, sheet):
                keep(origin, sheet.reason, sheet.field, cells)
    return [tuple(sorted(rows.values(), key=lambda row: (row.origin.file, row.origin.sort_key))) for rows in found]


def rows_naming_parties(store: Backend, parties: Sequence[Party]) -> list[tuple[UnreadRow, ...]]:
    """Return for each party the rows that were not read and hold a name or the identifier of it."""
    return _rows_naming_each(
        store,
        [
            {party.name or "", party.strong_id or "", *(name for _, name in store.names_of_party(party))}
            for party in parties
        ],
    )


def _place(origin: Origin) -> tuple[object, ...]:
    return origin.sha256, origin.sheet, origin.row


def _quoted(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"


def _holds(text: str, keys: Collection[str]) -> bool:
    return any(key == text or (_may_stand_among_words(key) and key in text) for key in keys)


def _may_stand_among_words(key: str) -> bool:
    return len(key) >= _OWN_TEXT or _CHINESE.search(key) is not None


def _rows_of_source(store: Backend, wanted: SheetNotRead) -> Iterator[tuple[Origin, Sequence[str]]]:
    """Yield the rows of a kept source that were not read, with their filled cells."""
    from graphtrace.analysis.source_cells import open_sheet
    from graphtrace.storage.scratch_cases import scratch_folder

    origin = wanted.origin
    table = split_table(origin.sheet)[1]
    first, last = (0, inf) if table is None else (int(row) for row in re.findall("[0-9]+", table))
    # what could be read at the load may be locked or gone now: then these rows are told by the count of the case alone
    with suppress(GraphtraceError), scratch_folder(None) as scratch:
        _, sheet = open_sheet(store, scratch, origin.sha256, origin.sheet)
        for number, cells in _rows_of(sheet, scratch):
            if first <= number <= last and (wanted.rows is None or number in wanted.rows):
                yield replace(origin, row=number), cells


def _rows_of(sheet: Sheet, source: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from graphtrace.ingest.readers.guard import guarded_frames
    from graphtrace.ingest.sheet import ROW

    for frame in guarded_frames(source, sheet.read(0), ()):
        for number, *cells in frame.select(ROW, *(name for name in frame.columns if name != ROW)).iter_rows():
            yield number, [cell for cell in cells if cell]
