"""Answers as tables, for data frames and Arrow."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from graphtrace.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def require_pandas() -> None:
    """Raise where pandas is not installed.

    Raises UsageError if it is not.
    """
    if find_spec("pandas") is None:
        raise UsageError("no_pandas", hint="install_pandas")


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


def frame_of(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    types: Mapping[str, type[pl.DataType]] = MappingProxyType({}),
) -> pl.DataFrame:
    """Return a data frame of rows; a column without any value has the type of its name among ``types``, else text."""
    import polars as pl

    frame = pl.DataFrame(
        {name: pl.Series([row[name] for row in rows], strict=False) for name in columns}, nan_to_null=False
    )
    return frame.cast({name: types.get(name, pl.String) for name, kind in frame.schema.items() if kind == pl.Null})


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

        Raises UsageError if pandas is not installed.
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
