"""What DuckDB raises, as errors of the store; parts of it that give wrong answers and are switched off everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.errors import StoreError
from graphtrace.store.memory import out_of_memory

if TYPE_CHECKING:
    import duckdb

_COMMON_SUBPLANS_SINCE = (1, 5)


def settings_without_faults() -> dict[str, str]:
    """Settings to open a database with.

    The optimizer ``common_subplan`` computes what a query reads twice only once. Where the two readings take different
    columns of a join, both get those of the first, and a query that lists senders and receivers lists the senders
    twice. Seen in 2.0.1 and reported for 1.5 on (github.com/duckdb/duckdb issues 24624 and 25819); a version before
    does not have it and would not take its name.
    """
    import duckdb

    version = tuple(int(part) for part in duckdb.__version__.split(".")[:2])
    return {"disabled_optimizers": "common_subplan"} if version >= _COMMON_SUBPLANS_SINCE else {}


def read_error(error: duckdb.Error, place: object) -> StoreError:
    """An error of DuckDB while it read, as one that names the place."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        return out_of_memory(place)
    return StoreError(f"{place}: {str(error).partition(chr(10))[0]}", hint="run graphtrace verify")
