"""Rows that hold a text in a field of their own: a record number, waybill, contract, case number or holder."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.model import Origin, Party
from graphtrace.storage.base import TEXT_FIELDS_LOOKED_UP

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession

_ENDS: Final = {
    "card_records": ("key", "key"),
    "range_records": ("first", "last"),
    "cardless_records": ("NULL::BIGINT", "NULL::BIGINT"),
}


class HeldText(NamedTuple):
    """A text in a row: the field, the sides of the row, its first and last card as integers of the store."""

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
    rows = session.query(" UNION ALL ".join(parts), sorted(texts))
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
