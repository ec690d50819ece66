"""Rows of files that were not loaded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.model import DENIED, Origin

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


class RejectedRow(NamedTuple):
    """A rejected row of a file: its origin and the reason; ``field`` is the one that could not be read."""

    file: str
    sheet: str | None
    row: int
    field: str | None
    reason: str


def rejected_rows(session: CaseSession) -> Sequence[RejectedRow]:
    """Return every row that was not loaded, by file, sheet and row."""
    seen = f"WHERE {session.visible_clause} true"
    rows = session.query(
        "SELECT files.name, sheets.name, row, field, reason FROM rejects JOIN sheets USING (sheet) "
        f"JOIN files USING (file) {seen} ORDER BY files.name, sha256, sheet, row"
    )
    return [RejectedRow(*row) for row in rows]


class NamedInReject(NamedTuple):
    """A rejected row, or what another row says that was not understood, that may hold a name; ``cells`` of the row."""

    origin: Origin
    field: str | None
    reason: str
    cells: Sequence[str]


class SheetNotRead(NamedTuple):
    """A sheet of which rows are kept in its source alone: these ``rows``; ``None``: all of them."""

    origin: Origin
    reason: str
    field: str | None
    rows: frozenset[int] | None


_FULL_WIDTH: Final = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
_HALF_WIDTH: Final = "".join(map(chr, range(0x21, 0x7F)))


def rejects_with_texts(session: CaseSession, texts: Collection[str]) -> Iterator[NamedInReject]:
    """Yield the rows that were not read and that may hold one of the texts, which are in lower case without blanks.

    Cost: one pass over the rejected rows.
    """

    def holds(column: str) -> str:
        folded = f"lower(translate(regexp_replace({column}, '\\s|　', '', 'g'), $2, $3))"
        return f"len(list_filter($1::VARCHAR[], lambda text: contains({folded}, text))) > 0"

    given = (sorted(texts), _FULL_WIDTH, _HALF_WIDTH)
    rows = session.query(
        f"SELECT sheet, row, field, reason, raw FROM rejects WHERE {session.visible_clause} {holds('raw')}", *given
    )
    for sheet, row, field, reason, raw in rows:
        cells = [cell for heading, cell in json.loads(raw) if cell and cell != heading]
        yield NamedInReject(Origin(*session.sheet_sources[sheet], row, None), field, reason, cells)
    rows = session.query(
        "SELECT DISTINCT sheet, row, field, reason, text FROM unread_cards "
        f"WHERE {session.visible_clause} text IS NOT NULL AND {holds('text')}",
        *given,
    )
    for sheet, row, field, reason, text in rows:
        yield NamedInReject(Origin(*session.sheet_sources[sheet], row, None), field, reason, [text])


def sheets_not_read(session: CaseSession) -> Iterator[SheetNotRead]:
    """Yield the sheets of which one reject stands for many rows, or whose rows wait for an answer."""
    sources = session.sheet_sources
    seen = session.visible_clause
    waiting: dict[int, set[int]] = defaultdict(set)
    fields: dict[int, str | None] = {}
    for sheet, field, row in session.query(
        f"SELECT sheet, field, row FROM unread_cards WHERE {seen} reason = 'unanswered' AND text IS NULL"
    ):
        waiting[sheet].add(row)
        fields[sheet] = field
    whole = session.query(
        f"""
        SELECT sheet, first(rejects.field ORDER BY row), first(reason ORDER BY row), first(row ORDER BY row)
        FROM rejects JOIN sheets USING (sheet) WHERE {seen} loaded + duplicate = 0
        GROUP BY sheet, rejected, kind HAVING rejected > count(*) OR kind IS NULL ORDER BY sheet
        """
    )
    for sheet, field, reason, row in whole:
        waiting.pop(sheet, None)
        yield SheetNotRead(Origin(*sources[sheet], row, None), reason, field, None)
    for sheet, rows in waiting.items():
        yield SheetNotRead(Origin(*sources[sheet], min(rows), None), "unanswered", fields[sheet], frozenset(rows))


def unread_cards(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the cards and ranges (first, last)."""
    return session.query(
        "SELECT DISTINCT first, last FROM unread_cards "
        f"WHERE first IS NOT NULL AND reason <> '{DENIED}' ORDER BY first, last"
    )


def unread_numbers(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the same of rows that name no card: MSISDN or IMSI, as stored, with the days that the row allows."""
    return session.query(
        "SELECT DISTINCT number, day, day + span AS until FROM unread_cards "
        f"WHERE number IS NOT NULL AND reason <> '{DENIED}' ORDER BY ALL"
    )
