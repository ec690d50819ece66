"""A question of the query library, asked of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from graphtrace.analysis.display import DisplayMixin
from graphtrace.analysis.party import find_party
from graphtrace.analysis.tables import RowsMixin, require_pandas
from graphtrace.engine.query_views import run_query
from graphtrace.errors import QueryError, UsageError
from graphtrace.query_library import ParamValue, PartyRef, Query, Value
from graphtrace.storage.base import WHOLE_CASE, Backend
from graphtrace.storage.judgements import NamedJudgement, judgements_dict

if TYPE_CHECKING:
    import pandas


_DTYPES = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
"""Of pandas, with missing values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult(RowsMixin, DisplayMixin):
    """The rows that a query found, in its order, and what it was asked with.

    Cells are text, numbers, booleans, ``None`` or lists of these; a day is text (``YYYY-MM-DD``). ``parameters`` has
    every parameter as it was understood: a party by its id, a card by its key.
    """

    query: Query
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    judgements: tuple[NamedJudgement, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<QueryResult {self.query.name}: {len(self)} rows>"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what ``query --json`` says beside the version and the case."""
        return {
            "query": {"name": self.query.name, "version": self.query.header.version},
            "parameters": dict(self.parameters),
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "judgements": judgements_dict(self.judgements),
        }

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return self.columns, [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a data frame; a missing number stays missing and turns no other into a fraction."""
        require_pandas()
        import pandas as pd

        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.columns)
        return pd.DataFrame({name: _series(cells) for name, cells in zip(self.columns, columns, strict=True)})


def _series(cells: Sequence[Any]) -> pandas.Series[Any]:
    require_pandas()
    import pandas as pd

    kinds = {type(cell) for cell in cells if cell is not None}
    return pd.Series(cells, dtype=_DTYPES.get(kinds.pop(), "object") if len(kinds) == 1 else "object")


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
    said = {name: _said(value) for name, value in values.items()}
    judgements = store.judgements.shown_in([said, rows])
    return QueryResult(query=query, parameters=said, columns=tuple(columns), rows=rows, judgements=judgements)


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


def _said(value: ParamValue) -> Any:
    if isinstance(value, list):
        return [_said(member) for member in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
