"""A question of the query library, asked of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graphtrace.analysis.party_dealings import find_party
from graphtrace.engine.query_views import run_query
from graphtrace.errors import QueryError, UsageError
from graphtrace.results.library import ParamValue, PartyRef, Query, Value
from graphtrace.results.query import QueryResult
from graphtrace.storage.base import WHOLE_CASE, Backend


def run_library_query(store: Backend, query: Query, given: Mapping[str, object]) -> QueryResult:
    """Ask a query of a store with the parameters that are given; the others have their defaults.

    Raises
    ------
    UsageError
        If a parameter is missing, unknown or of another type, or the query is not over the records of a case.
    AmbiguousName, NothingFound
        If a party that is given is borne by several or by none.
    QueryError
        If it cannot be run, or does not return the columns that its header says.
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
