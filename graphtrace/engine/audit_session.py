"""Session of an audit: the relations over all cards that SQL of audits and rules may read.

An audit is about every card of an enterprise, so its work goes to DuckDB, whichever store the records come from. The
SQL of audits and rules knows these relations only, so that the same records give the same figures wherever they are
kept.

=================  =============================================================================================
``who``            party, id, name, is_carrier, bearers: one row a party; ``party`` is a number of this session
``key_prefixes``   head, text, size: the text before the running digits of a number, by its number ``head``
``listed``         key and a movement: one row per record that names a single card and moves it
``ranged``         first, last and a movement: one row per record that moves a range
``unlisted``       quantity and a movement: one row per record that moves a number of cards and names none
``exchanged``      first, last, quantity and a movement: one row per movement of the whole case that repeats no other
``single_events``  key, kind, day, span, second, who, imei, province, city, case_no, place, record: activations and
                   seizures that name a card; ``who`` is the user, ``imei`` the first 14 digits
``stated``         who, day, span, stock, sold, quantity, first, last, record, carrier, beside: declarations of stock
                   and sales; first and last are null where no cards are named; beside: a place and cells not read
``states``         key, day, span, second, state, record: entries of card lists that state the state of a card
``registrants``    party: those to whom carriers sold cards; only where all dealers are asked about
``sources``        sheet, file, sha256, name, rows, rejected: where records stand
``refused``        record, field, reason: rows that were not loaded
=================  =============================================================================================

A movement is kind, sender, receiver, day, span, second, channel, declared_use, province, record, repeated, by_name.
Parties are numbers of ``who``; days count from 1970-01-01, ``span`` is how many days later the last possible day is;
``kind`` is a place in :data:`graphtrace.model.KINDS`; ``key``, ``first`` and ``last`` are ``head * 10^11 + number``;
``record`` is ``sheet * 2^32 + row``. A statement that repeats another is marked ``repeated``. ``by_name`` marks the
sides that the record and its file know by a name alone, which joins somebody with an identifier
(:data:`SIDES_BY_NAME`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.arrow import as_arrow
from graphtrace.engine.user_sql import ask_select
from graphtrace.patterns import late
from graphtrace.results.library import HEADER
from graphtrace.storage.duckdb.duckdb_schema import KEYS_PER_PREFIX as KEYS_PER_PREFIX
from graphtrace.storage.duckdb.duckdb_schema import ROW_GROUP
from graphtrace.storage.duckdb.workarounds import read_error

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SENDER_BY_NAME, RECEIVER_BY_NAME = 1, 2
SIDES_BY_NAME: Final = {"sender": SENDER_BY_NAME, "receiver": RECEIVER_BY_NAME}
"""Bits of ``by_name``."""

RECORD_SHIFT = 1 << 32

_WORD: Final = late("[a-z_]+")

Rows = list[tuple[Any, ...]]


class AuditSession:
    """Connection that holds the relations above; close it after the answer.

    Relations that are offered are created when a question names them.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, *, place: str, release: Callable[[], None], memory_bytes: int
    ) -> None:
        self._con = con
        self._memory_bytes = memory_bytes
        self._place = place
        self._release = release
        self._offered: dict[str, Callable[[], object]] = {}

    def offer(self, create: Callable[[], object], *names: str) -> None:
        """Have relations created by one call when a question first names one of them."""
        self._offered.update(dict.fromkeys(names, create))

    def _provide(self, names: Iterable[str]) -> None:
        for name in names:
            if create := self._offered.get(name):
                self._offered = {other: way for other, way in self._offered.items() if way is not create}
                create()

    def query(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ()) -> tuple[list[str], Rows]:
        """Return the names of the columns and all rows of a query."""
        import duckdb

        self._provide(_WORD.findall(sql) if self._offered else ())
        try:
            cursor = self._con.execute(sql, parameters or None)
            return [column[0] for column in cursor.description or ()], cursor.fetchall()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise read_error(error, self._place) from error

    def ask_rule(
        self, text: str, parameters: Mapping[str, object], *, frame: str, is_bundled: bool
    ) -> tuple[list[str], Rows]:
        """Run the query of a rule, which replaces ``{}`` in ``frame``; return the same, and leave nothing behind."""
        # a text of a user can name a relation in more ways than one
        self._provide(_WORD.findall(HEADER.sub("", text, count=1)) if is_bundled else [*self._offered])
        return ask_select(
            self._con,
            text,
            parameters,
            place=self._place,
            frame=frame,
            relations="see_relations",
            memory_bytes=self._memory_bytes,
            is_bundled=is_bundled,
        )

    def rows(self, sql: str, *parameters: object) -> Rows:
        """Return all rows of a query."""
        return self.query(sql, parameters)[1]

    def create_table(self, name: str, sql: str, *parameters: object) -> None:
        """Store the result of a query as a table of the session."""
        self.query(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", parameters)

    def columns(self, sql: str, texts: Mapping[str, str] | None = None) -> pa.Table:
        """Return the result of a query as columns, for computations over millions of rows.

        ``texts`` names columns of few different texts and where they come from (``province`` of ``events``): these are
        numbered, with a dictionary of the texts.
        """
        import duckdb

        self._provide(_WORD.findall(sql) if self._offered else ())
        for name, relation in (texts or {}).items():
            self.create_enum(f"told_{name}", f"SELECT {name} FROM {relation}")
        coded = ", ".join(f"{name}::told_{name} AS {name}" for name in texts or ())
        try:
            return self._con.sql(f"SELECT * REPLACE ({coded}) FROM ({sql})" if coded else sql).to_arrow_table()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise read_error(error, self._place) from error

    def create_enum(self, name: str, sql: str) -> None:
        """Create an enum of the few different texts in a query's result: they are stored and compared as numbers."""
        self.query(
            f"CREATE OR REPLACE TEMP TYPE {name} AS "
            f"ENUM (SELECT DISTINCT text FROM ({sql}) AS found (text) WHERE text IS NOT NULL ORDER BY text)"
        )

    def register_columns(self, name: str, columns: Mapping[str, Any]) -> None:
        """Register columns as a relation of the session, without a copy; ``columns`` are arrays of numpy or Arrow."""
        import numpy as np
        import pyarrow as pa

        whole = pa.table(
            {name: as_arrow(values) if isinstance(values, np.ndarray) else values for name, values in columns.items()}
        )
        # Several batches, so that several threads can read them.
        self._con.register(name, pa.Table.from_batches(whole.to_batches(max_chunksize=ROW_GROUP), whole.schema))

    def insert_rows(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """Store rows as a table of the session; ``columns`` names and types them."""
        listed = list(rows)
        values = [[row[place] for row in listed] for place in range(len(columns))]
        unnested = ", ".join(
            f"unnest(${place}::{kind}[]) AS {name}" for place, (name, kind) in enumerate(columns.items(), 1)
        )
        self.create_table(name, f"SELECT {unnested}", *values)

    def close(self) -> None:
        """Close the connection and drop all relations."""
        self._release()
