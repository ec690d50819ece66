"""Databases that a load of this process writes: its other threads read what was committed before.

DuckDB shares one opened database among the connections of a process. Other processes cannot share it; they wait for
the lock of the folder.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import duckdb

_WRITTEN: Final[dict[Path, dict[str, Any]]] = {}
_TURN: Final = threading.Lock()
"""Held while a database enters or leaves, and while a reader joins it: a reader must not open it alone for writing."""


@contextmanager
def readable_here(database: Path, settings: dict[str, Any]) -> Iterator[None]:
    """Let threads of this process read a database that it has open for writing with these settings."""
    path = database.resolve()
    with _TURN:
        _WRITTEN[path] = settings
    try:
        yield
    finally:
        with _TURN:
            del _WRITTEN[path]


def is_written_here(database: Path) -> bool:
    """Whether this process writes a database and lets its other threads read it."""
    return database.resolve() in _WRITTEN


def connect_beside_writer(database: Path) -> duckdb.DuckDBPyConnection | None:
    """A connection to a database that this process writes; ``None`` where it does not, or lets nobody read it."""
    path = database.resolve()
    with _TURN:
        settings = _WRITTEN.get(path)
        if settings is None:
            return None
        import duckdb

        return duckdb.connect(str(database), config=settings)
