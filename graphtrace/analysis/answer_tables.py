"""Answers as tables: for polars, Arrow and pandas, and for whatever takes a stream of Arrow.

polars and Arrow are part of the program; pandas is only there for those who ask for a data frame of it.

Many cards as one table: of each how sure its chain is, the registrant and the last holder. Hops, origins, findings and
leads are not made, so a hundred thousand cards cost less than a second: plain chains are read off in columns
(:mod:`graphtrace.custody.plain_chains`), the other cards are traced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.party_dealings import find_party
from graphtrace.arrays import NONE, IntArray, int_array
from graphtrace.custody.plain_chains import resolve_trivial_chains
from graphtrace.engine.custody_events import movement_columns
from graphtrace.engine.query_views import run_query
from graphtrace.engine.row_search import RejectedRow
from graphtrace.errors import QueryError, UsageError
from graphtrace.identifiers import DamagedNumber
from graphtrace.ingest.column_values import parse_decimal_iccids, parse_hex_iccids
from graphtrace.model import Outcome, SupportKind
from graphtrace.results.card_outcomes import OUTCOMES, Outcomes
from graphtrace.results.library import Language, ParamValue, PartyRef, Query, QueryResult, Value
from graphtrace.results.tables import Table, frame_of
from graphtrace.storage.base import WHOLE_CASE, Backend, CardBatch, MovementsScope, RejectsScope
from graphtrace.storage.stored_records import SupportRecord

_EPOCH: Final = date(1970, 1, 1)
_TYPES: Final = {
    **dict.fromkeys(("day", "day_until"), pl.Date),
    **dict.fromkeys(("row", "cards", "bearers"), pl.Int64),
    **dict.fromkeys(("repeated", "is_carrier"), pl.Boolean),
}
"""Types of the columns of tables that are no texts, which they have without any row too."""
_CALLED: Final = {"sql": "SQL", "cypher": "Cypher"}


def read_table(store: Backend, name: str, parameters: Mapping[str, object]) -> Table:
    """Return one of the tables that an analyst takes from a case: a name of ``TABLES``, or ``rejects``."""
    if name == "rejects":
        from graphtrace.engine.row_search import rejected_rows

        rejected = rejected_rows(store.session(RejectsScope()))
        rows = [dict(zip(RejectedRow._fields, row, strict=True)) for row in rejected]
        return Table(name, frame_of(RejectedRow._fields, rows, _TYPES))
    from graphtrace.engine.query_views import TABLES, read_views

    asked = read_views(store.session(WHOLE_CASE), TABLES[name], parameters, is_bundled=True)
    return _table_of(name, asked, _TYPES)


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
    return Table(kind, frame_of(columns, rows, _TYPES))


def ask_table(store: Backend, language: Language, text: str, parameters: Mapping[str, object]) -> Table:
    """Return the answer to a question in SQL or Cypher.

    Raises QueryError if the text is no question that only reads, or fails; UsageError if the store is asked in the
    other language.
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


def _table_of(
    name: str,
    answer: tuple[Sequence[str], Sequence[tuple[Any, ...]]],
    types: Mapping[str, type[pl.DataType]] = MappingProxyType({}),
) -> Table:
    columns, rows = answer
    return Table(name, frame_of(columns, [dict(zip(columns, row, strict=True)) for row in rows], types))


def find_outcomes(tracer: Tracer, texts: Sequence[str]) -> Outcomes:
    """Return the outcome of every card that fits an input, in the order of the inputs, then of the keys.

    Outcome, registrant and holder are those of :meth:`Tracer.trace`; parties are those of the case, also where a trace
    says that no more than a name identifies one. Cost: a pass over each table, then less than a
    microsecond for a card with a plain story and a trace for any other.
    """
    read, cards = _read(texts)
    moved = movement_columns(tracer.store.session(MovementsScope(cards)), cards)
    plain = resolve_trivial_chains(moved.card, moved.sender, moved.receiver, moved.first, moved.last, moved.carriers)
    ends = np.full((2, len(read)), NONE, dtype=np.int64)
    ends[:, plain.card] = plain.registrant, plain.holder
    ends = ends[:, moved.place]
    is_plain = ends[0] != NONE
    numbers, place = np.unique(ends[:, is_plain], return_inverse=True)
    known = moved.parties(numbers.tolist())

    by_number = {known[number]: at for at, number in enumerate(numbers.tolist())}

    others = np.ones(len(texts), dtype=np.bool_)
    others[read[is_plain]] = False
    traced = tracer.trace_each([texts[at] for at in np.flatnonzero(others).tolist()])
    rows = np.ones(len(texts), dtype=np.int64)
    rows[others] = [len(found) for found in traced]
    is_other = np.repeat(others, rows)
    outcome, registrant, holder = np.full((3, len(is_other)), NONE, dtype=np.int64)
    outcome[~is_other] = OUTCOMES.index(Outcome.CONTINUOUS)
    registrant[~is_other], holder[~is_other] = place.reshape(2, -1)
    keys = np.full(len(is_other), None, dtype=object)
    sizes = int_array([size for _, size in cards.heads])[cards.head[is_plain]].tolist()
    keys[~is_other] = [texts[at][:size] for at, size in zip(read[is_plain].tolist(), sizes, strict=True)]
    for at, trace in zip(np.flatnonzero(is_other).tolist(), chain.from_iterable(traced), strict=True):
        keys[at] = None if trace.card is None else trace.card.key
        outcome[at] = OUTCOMES.index(trace.outcome)
        for numbers_of, party in ((registrant, trace.registrant), (holder, trace.holder)):
            if party is not None:
                numbers_of[at] = by_number.setdefault(party.resolved, len(by_number))
    inputs = [text for text, times in zip(texts, rows.tolist(), strict=True) for _ in range(times)]
    return Outcomes(inputs, keys.tolist(), (outcome, registrant, holder), list(by_number))


def _read(texts: Sequence[str]) -> tuple[IntArray, CardBatch]:
    """Return the indices of the inputs that are complete numbers of the four operators, and these cards."""
    sound = [None if isinstance(text, DamagedNumber) else text for text in texts]
    unread = pl.DataFrame({"text": pl.Series(sound, dtype=pl.String)}).with_row_index("at")
    parts = []
    for read in (parse_decimal_iccids, parse_hex_iccids):
        cards = read(unread["text"])
        part = unread.select("at").with_columns(
            *(pl.lit(value).alias(name) for name, value in (("head", cards.head), ("size", cards.size))),
            first=cards.first,
        )
        parts.append(part.filter(pl.col("first").is_not_null()))
        unread = unread.filter(cards.first.is_null())
    known = pl.concat(parts, how="vertical_relaxed").sort("at")
    heads = known.select("head", "size").unique(maintain_order=True)
    head = known.join(heads.with_row_index("place"), on=["head", "size"], how="left", maintain_order="left")["place"]
    at, number = (known[name].to_numpy().astype(np.int64) for name in ("at", "first"))
    return at, CardBatch(list(heads.iter_rows()), head.to_numpy().astype(np.int64), number)


def run_library_query(store: Backend, query: Query, given: Mapping[str, object]) -> QueryResult:
    """Ask a query of a store with the parameters that are given; the others have their defaults.

    Raises UsageError if a parameter is missing, unknown or of another type, or the query is not over the records of a
    case; AmbiguousName, NothingFound if a party that is given is borne by several or by none; QueryError if it cannot
    be run, or does not return the columns that its header says.
    """
    if query.header.over != "case":
        raise UsageError("query_for_audits", query=query.name, hint="list_queries")
    text = query.source(store.query_language)
    values = {name: _known(store, value) for name, value in query.bind(given).items()}
    path = query.paths[store.query_language]
    try:
        columns, rows = ask(store, text, values)
    except QueryError as error:
        raise QueryError(error.placed_in(path), hint=error.hint_text) from error
    declared = [column.name for column in query.header.columns]
    if list(columns) != declared:
        raise QueryError("query_columns_differ", path=path, columns=columns, declared=declared, hint="same_columns")
    plain = {name: _plain(value) for name, value in values.items()}
    judgements = store.judgements.shown_in([plain, rows])
    return QueryResult(query=query, parameters=plain, columns=tuple(columns), rows=rows, judgements=judgements)


def ask(store: Backend, text: str, values: Mapping[str, object]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
    """Run a query in the language of the store; return the names of its columns and all rows."""
    if store.query_language == "cypher":
        return store.run_cypher(text, values)
    return run_query(store.session(WHOLE_CASE), text, values)


def _known(store: Backend, value: ParamValue) -> ParamValue:
    """Return the id of the party that a name means; anything else is left as it is."""
    if isinstance(value, list):
        return [_known_one(store, member) for member in value]
    return _known_one(store, value)


def _known_one(store: Backend, value: Value) -> Value:
    return find_party(store, value).id if isinstance(value, PartyRef) else value


def _plain(value: ParamValue) -> Any:
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
