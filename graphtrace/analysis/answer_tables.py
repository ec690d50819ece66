"""Answers as tables: for polars, Arrow and pandas, and for whatever takes a stream of Arrow.

polars and Arrow are part of the program; pandas is only there for those who ask for a data frame of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from graphtrace.engine.reject_queries import RejectedRow
from graphtrace.errors import UsageError
from graphtrace.results.tables import Table, frame_of
from graphtrace.storage.base import WHOLE_CASE, RejectsScope

if TYPE_CHECKING:
    from graphtrace.model import SupportKind
    from graphtrace.results.library import Language
    from graphtrace.storage.base import Backend
    from graphtrace.storage.supporting_records import SupportRecord


_EPOCH: Final = date(1970, 1, 1)
_CALLED: Final = {"sql": "SQL", "cypher": "Cypher"}


def read_table(store: Backend, name: str, parameters: Mapping[str, object]) -> Table:
    """Return one of the tables that an analyst takes from a case: a name of ``TABLES``, or ``rejects``."""
    if name == "rejects":
        from graphtrace.engine.reject_queries import rejected_rows

        rejected = rejected_rows(store.session(RejectsScope()))
        rows = [dict(zip(RejectedRow._fields, row, strict=True)) for row in rejected]
        return Table(name, frame_of(RejectedRow._fields, rows))
    from graphtrace.engine.query_views import TABLES, read_views

    return _table_of(name, read_views(store.session(WHOLE_CASE), TABLES[name], parameters, is_bundled=True))


def read_supports(store: Backend, kind: SupportKind) -> Table:
    """Return the identities, shipments or payments of a case as a table; see :func:`tabulate_supports`."""
    return tabulate_supports(store.supporting_records(), kind)


def tabulate_supports(records: Iterable[SupportRecord], kind: SupportKind) -> Table:
    """Return the identities, shipments or payments among some records as a table; sides are named as in their kind.

    The contacts of a side are one text, each as ``KIND:VALUE``. A row that says what another one says is ``repeated``.
    """
    from graphtrace.ingest.supporting import SIDES

    sides = [name for name in SIDES[kind] if name]
    columns = ["day", "day_until", "moment", "record_no", "waybill", "order_no", "amount"]
    columns += [f"{side}{part}" for side in sides for part in ("", "_id", "_contacts")]
    columns += ["repeated", "file", "sha256", "sheet", "row"]
    stated: set[str] = set()
    rows: list[dict[str, Any]] = []
    for record in records:
        if record.kind != kind:
            continue
        row: dict[str, Any] = dict.fromkeys(columns)
        if (when := record.when) is not None:
            first, last = (_EPOCH + timedelta(days=day) for day in (when.earliest, when.latest))
            row |= {"day": first, "day_until": last, "moment": when.iso}
        row |= {name: getattr(record, name) for name in ("waybill", "order_no", "amount")}
        for side, named in zip(sides, (record.first, record.second), strict=False):
            if named is not None:
                contacts = "; ".join(":".join(contact) for contact in named.contacts)
                row |= {
                    side: named.name or None,
                    f"{side}_id": named.strong or None,
                    f"{side}_contacts": contacts or None,
                }
        origin = record.origin
        row |= {"record_no": origin.record_no, "repeated": record.statement in stated, "file": origin.file}
        row |= {"sha256": origin.sha256, "sheet": origin.sheet, "row": origin.row}
        stated.add(record.statement)
        rows.append(row)
    return Table(kind, frame_of(columns, rows))


def ask_table(store: Backend, language: Language, text: str, parameters: Mapping[str, object]) -> Table:
    """Return the answer to a question in SQL or Cypher.

    Raises
    ------
    QueryError
        If the text is no question that only reads, or fails.
    UsageError
        If the store is asked in the other language.
    """
    if store.query_language != language:
        raise UsageError(
            "other_query_language",
            language=_CALLED[store.query_language],
            method=store.query_language,
            hint="ask_in_language",
        )
    if language == "sql":
        from graphtrace.engine.query_views import read_views

        return _table_of("answer", read_views(store.session(WHOLE_CASE), text, parameters, is_bundled=False))
    return _table_of("answer", store.run_cypher(text, parameters))


def _table_of(name: str, answer: tuple[Sequence[str], Sequence[tuple[Any, ...]]]) -> Table:
    columns, rows = answer
    return Table(name, frame_of(columns, [dict(zip(columns, row, strict=True)) for row in rows]))
