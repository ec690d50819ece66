"""Rows that answer a query of the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphtrace.results.display import PlainDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.library import Query
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.wire import DATED, KeyGroup, wire

if TYPE_CHECKING:
    import pandas


_DTYPES = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
"""Of pandas, with missing values."""


@wire(
    DATED,
    "query=query parameters columns rows judgements",
    name="QueryAnswer",
    doc="The answer of ``query``.",
    query=KeyGroup("QueryName", "The question that was asked.", "name version=header.version"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult(RowsMixin, PlainDictMixin):
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

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return self.columns, [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a data frame; a missing number stays missing and turns no other into a fraction."""
        require_pandas()
        import pandas as pd

        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.columns)
        return pd.DataFrame({name: _series(cells) for name, cells in zip(self.columns, columns, strict=True)})


def _series(cells: Sequence[Any]) -> pandas.Series[Any]:
    import pandas as pd

    kinds = {type(cell) for cell in cells if cell is not None}
    return pd.Series(cells, dtype=_DTYPES.get(kinds.pop(), "object") if len(kinds) == 1 else "object")
