"""Rows that hold a text: in a field of its own (record number, waybill, contract, case number, holder), or beside."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.model import Origin, Party
from graphtrace.storage.base import TEXT_FIELDS_LOOKED_UP

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_ENDS: Final = {
    "card_records": ("key", "key"),
    "range_records": ("first", "last"),
    "cardless_records": ("NULL::BIGINT", "NULL::BIGINT"),
}


MAX_BESIDE: Final = 1_000
"""Maximum number of rows of each table that are found by what stands in a column that was not read."""


class HeldText(NamedTuple):
    """A text in a row.

    The field, or the heading of a column that was not read, the sides of the row, its first and last card as integers
    of the store.
    """

    text: str
    field: str
    parties: tuple[Party, ...]
    first: int | None
    last: int | None
    origin: Origin


def rows_with_text(session: CaseSession, texts: Collection[str]) -> list[HeldText]:
    """Return the rows that hold one of the texts, exactly as written. Cost: one pass over each of the columns."""
    if not texts:
        return []
    parts = (
        f"SELECT {field} AS text, '{field}' AS field, sender, receiver, {first} AS first, {last} AS last, sheet, row, "
        f"record_no FROM {table} WHERE {session.visible_clause} {field} IN (SELECT unnest($1::VARCHAR[]))"
        for table, (first, last) in _ENDS.items()
        for field in TEXT_FIELDS_LOOKED_UP
    )
    return _held(session, session.query(" UNION ALL ".join(parts), sorted(texts)))


def rows_with_text_beside(session: CaseSession, text: str) -> list[HeldText]:
    """Return the first rows by file, sheet and row that hold a text in a column that was not read.

    At most :data:`MAX_BESIDE` of each table. Cost: one pass over what stands beside records.
    """
    places = session.sheet_sources
    in_order = sorted(places, key=lambda sheet: (places[sheet][1], places[sheet][2] or ""))
    found = [
        row
        for table, (first, last) in _ENDS.items()
        for row in session.query(
            f"SELECT extra, '', sender, receiver, {first}, {last}, sheet, row, record_no FROM {table} "
            f"WHERE {session.visible_clause} contains(extra, $1) "
            f"ORDER BY list_position($2::INTEGER[], sheet), row, extra, record_no LIMIT {MAX_BESIDE}",
            text_in_json(text),
            in_order,
        )
    ]
    cells = ((heading, cell, row) for row in found for heading, cell in json.loads(row[0]).items())
    return _held(session, [(text, heading, *row[2:]) for heading, cell, row in cells if text in str(cell)])


def text_in_json(text: str) -> str:
    """Return a text as it stands within the cells of a row that were not read."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _held(session: CaseSession, rows: Sequence[tuple[Any, ...]]) -> list[HeldText]:
    session.load_parties({ident for row in rows for ident in row[2:4]})
    known = session.parties_by_mention
    return [
        HeldText(
            text,
            field,
            tuple(known[side] for side in (sender, receiver) if side is not None),
            first,
            last,
            Origin(*_file_of(session, sheet), row, record_no),
        )
        for text, field, sender, receiver, first, last, sheet, row, record_no in rows
    ]


def _file_of(session: CaseSession, sheet: int) -> tuple[str, str, str | None]:
    return session.sheet_sources[sheet]
