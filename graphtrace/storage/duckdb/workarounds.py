"""Errors of DuckDB translated into errors of the store, and the parts of it that are disabled for wrong answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from graphtrace.errors import CaseDamaged, StoreError
from graphtrace.locale import Text, phrase
from graphtrace.private_files import is_disk_full
from graphtrace.storage.memory_budget import out_of_memory

if TYPE_CHECKING:
    import duckdb

_COMMON_SUBPLANS_SINCE = (1, 5)


def safe_settings() -> dict[str, str]:
    """Return the settings with which a database is opened.

    The optimizer ``common_subplan`` computes what a query reads twice only once. Where the two readings take different
    columns of a join, both get those of the first, and a query that lists senders and receivers lists the senders
    twice. Seen in 2.0.1 and reported for 1.5 on (github.com/duckdb/duckdb issues 24624 and 25819); a version before
    does not have it and would not take its name.
    """
    import duckdb

    version = tuple(int(part) for part in duckdb.__version__.split(".")[:2])
    return {"disabled_optimizers": "common_subplan"} if version >= _COMMON_SUBPLANS_SINCE else {}


_NO_ROOM: Final = ("No space left", "Disk quota exceeded", "File too large", "max_temp_directory_size")
_NO_RIGHT: Final = ("Permission denied", "Read-only file system", "Cannot open file", "Operation not permitted")


def read_error(error: duckdb.Error, place: object) -> StoreError:
    """Return the store error for an error of DuckDB while it reads.

    A lack of disk space, memory or rights is reported as such; every other failure of a query of the program is damage,
    as all objects of the database are known.
    """
    import duckdb

    reason = engine_reason(error)
    if any(sign in str(error) for sign in _NO_ROOM):
        return StoreError("at_path", path=place, why=reason, hint="make_room")
    if isinstance(error, duckdb.OutOfMemoryException):
        return out_of_memory(place)
    if isinstance(error, duckdb.IOException) and any(sign in first_error_line(error) for sign in _NO_RIGHT):
        return StoreError("at_path", path=place, why=reason, hint="check_rights")
    return CaseDamaged("at_path", path=place, why=reason, hint="restore_case")


@contextmanager
def translated_faults(place: object) -> Iterator[None]:
    """Raise errors of DuckDB within the context as errors of the store.

    An interrupt stays one. So does a question that DuckDB does not understand: that is a fault of this program.
    """
    import duckdb

    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        if is_ours(error):
            raise
        raise read_error(error, place) from error


def is_ours(error: duckdb.Error) -> bool:
    """Whether DuckDB rejects the query itself, which is a defect of this program."""
    import duckdb

    return isinstance(
        error, duckdb.ParserException | duckdb.SyntaxException | duckdb.BinderException | duckdb.CatalogException
    )


def engine_reason(error: Exception) -> Text | str:
    """Return why DuckDB failed: in our words where the disk is full, else in the first line of its own."""
    return phrase("disk_full") if is_disk_full(error) else first_error_line(error)


def first_error_line(error: Exception) -> str:
    """Return the first line of an error of DuckDB, without its context."""
    return str(error).partition("\n")[0]
