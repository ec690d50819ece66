"""Answers as tables: for polars, Arrow and pandas, and for whatever takes a stream of Arrow.

polars and Arrow are part of the program; pandas is only there for those who ask for a data frame of it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import UsageError
from graphtrace.storage.base import WHOLE_CASE, RejectedRow, RejectedRows

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from graphtrace.model import SupportKind
    from graphtrace.query_library import Language
    from graphtrace.storage.base import Backend
    from graphtrace.storage.supports import SupportRecord


def require_pandas() -> None:
    """Raise where pandas is not installed.

    Raises
    ------
    UsageError
        If it is not.
    """
    if find_spec("pandas") is None:
        raise UsageError("no_pandas", hint="install_pandas")


_EPOCH: Final = date(1970, 1, 1)
_CALLED: Final = {"sql": "SQL", "cypher": "Cypher"}


class ArrowMixin:
    """Something that has a data frame of polars, and so a table of Arrow; other libraries take it as it is."""

    __slots__ = ()

    @abstractmethod
    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a data frame of polars."""

    def to_arrow(self) -> pa.Table:
        """Return the rows as a table of Arrow, with the columns of :meth:`to_polars`."""
        return self.to_polars().to_arrow()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a stream of Arrow, for libraries that ask for one."""
        return self.to_polars().__arrow_c_stream__(requested_schema)


class RowsMixin(ArrowMixin):
    """An answer that is rows with named columns as well."""

    __slots__ = ()

    @abstractmethod
    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        """Return the names of the columns, and the rows by them."""

    def to_polars(self) -> pl.DataFrame:
        """Return the rows of ``to_pandas`` as a data frame of polars, with the same columns."""
        return frame_of(*self._table())


def frame_of(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return a data frame of rows; a column without any value is text."""
    import polars as pl

    frame = pl.DataFrame(
        {name: pl.Series([row[name] for row in rows], strict=False) for name in columns}, nan_to_null=False
    )
    return frame.with_columns(pl.col(pl.Null).cast(pl.String))


class Table(ArrowMixin):
    """Rows with named columns. Dates are dates, numbers of cards, parties and devices are text.

    It is read from the case when it is made, and does not change with it. A row is a mapping.
    """

    __slots__ = ("_frame", "name")

    def __init__(self, name: str, frame: pl.DataFrame) -> None:
        self.name = name
        self._frame = frame

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._frame.columns)

    def __len__(self) -> int:
        return self._frame.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._frame.iter_rows(named=True)

    def __getitem__(self, place: int) -> dict[str, Any]:
        return self._frame.row(place, named=True)

    def __repr__(self) -> str:
        return f"<Table {self.name}: {len(self)} rows of {', '.join(self.columns)}>"

    def __str__(self) -> str:
        return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in str(self._frame))

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a data frame of polars."""
        return self._frame

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a data frame of pandas; a number that is missing turns no other into a fraction.

        Raises
        ------
        UsageError
            If pandas is not installed.
        """
        require_pandas()
        frame: pd.DataFrame = self._frame.to_arrow().to_pandas(types_mapper=_nullable().get, date_as_object=False)
        return frame


def _nullable() -> dict[Any, Any]:
    """Return the types of pandas that know missing values, by those of Arrow."""
    import pandas as pd
    import pyarrow as pa

    return {
        pa.int64(): pd.Int64Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(),
        pa.large_string(): pd.StringDtype(),
    }


def read_table(store: Backend, name: str, parameters: Mapping[str, object]) -> Table:
    """Return one of the tables that an analyst takes from a case: a name of ``TABLES``, or ``rejects``."""
    if name == "rejects":
        from graphtrace.engine.rejects import rejected_rows

        rejected = rejected_rows(store.session(RejectedRows()))
        rows = [dict(zip(RejectedRow._fields, row, strict=True)) for row in rejected]
        return Table(name, frame_of(RejectedRow._fields, rows))
    from graphtrace.engine.query_views import TABLES, read_views

    return _table_of(name, read_views(store.session(WHOLE_CASE), TABLES[name], parameters, is_bundled=True))


def read_supports(store: Backend, kind: SupportKind) -> Table:
    """Return the identities, shipments or payments of a case as a table; see :func:`tabulate_supports`."""
    return tabulate_supports(store.supports(), kind)


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
        for side, said in zip(sides, (record.first, record.second), strict=False):
            if said is not None:
                contacts = "; ".join(":".join(contact) for contact in said.contacts)
                row |= {
                    side: said.name or None,
                    f"{side}_id": said.strong or None,
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
