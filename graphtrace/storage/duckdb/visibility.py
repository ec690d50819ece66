"""Visibility of rows: those known on a day, without those withdrawn or unloaded by then; decided only here.

Where every loaded row counts, the tables are read as they are. Elsewhere views of the same names stand before them on
the connection, so that no question has to say what it leaves out. A view has the rows that count; of a statement whose
first row was withdrawn the next one that counts is no longer marked ``repeated``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from graphtrace.results.corrections import WHOLE_FILE
from graphtrace.results.judgements import Judgement
from graphtrace.storage.correction_log import CorrectionEffects, CorrectionState, StoredCorrection, corrections_as_of
from graphtrace.storage.duckdb.duckdb_schema import CARD_COLUMNS, DEVICE, IDENTITY_COLUMNS, SALE
from graphtrace.storage.judgement_log import StoredJudgement, parse_judgements
from graphtrace.storage.ledger import LedgerPoint, Moment

if TYPE_CHECKING:
    import duckdb

STORED_CORRECTIONS = (
    "SELECT number, loads, sheet, row, is_lifted, made_at, effects, entry FROM main.corrections ORDER BY number"
)


_FEW_ROWS: Final = 100
"""Rows of a table that are kept for the next connection."""

STORED_JUDGEMENTS = "SELECT line, loads, corrections, entry FROM main.judgements ORDER BY line"


def stored_judgements(con: duckdb.DuckDBPyConnection) -> list[StoredJudgement]:
    """Return the lines about judgements of a case, in order."""
    return [StoredJudgement(*row) for row in con.execute(STORED_JUDGEMENTS).fetchall()]


def read_judgements(con: duckdb.DuckDBPyConnection, as_of: Moment | None = None) -> list[Judgement]:
    """Return the judgements of a case as they stood at a moment."""
    return parse_judgements([stored.entry for stored in stored_judgements(con)], as_of)


def read_suspended(con: duckdb.DuckDBPyConnection) -> frozenset[int]:
    """Return the numbers of the judgements that are not applied in ``resolved_parties``."""
    rows = con.execute("SELECT value FROM main.meta WHERE key = 'suspended'").fetchall()
    return frozenset(json.loads(rows[0][0])) if rows else frozenset()


def keep_suspended(con: duckdb.DuckDBPyConnection, suspended: Collection[int]) -> None:
    """Store the numbers of the judgements that are not applied in ``resolved_parties``."""
    con.execute("UPDATE main.meta SET value = ? WHERE key = 'suspended'", [json.dumps(sorted(suspended))])


class VisibleRecords:
    """Views over the tables of a connection that show only the visible records.

    ``as_of`` is the moment whose knowledge is asked for, ``None`` for today's.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, as_of: Moment | None) -> None:
        self.as_of = as_of
        self.kept = [StoredCorrection(*row) for row in con.execute(STORED_CORRECTIONS).fetchall()]
        self.state = corrections_as_of(self.kept, as_of)
        self._small: dict[str, tuple[str, list[object] | None]] = {}
        self._gone: dict[str, bool] = {}

    @property
    def is_empty(self) -> bool:
        """Whether every loaded row counts."""
        return self.as_of is None and not self.kept

    @property
    def has_seen(self) -> bool:
        """Whether only some sheets are known, which table ``seen`` has then."""
        return self.as_of is not None or bool(self.state.unloaded)

    def install_views(self, con: duckdb.DuckDBPyConnection) -> None:
        """Install the views on a connection; ``seen`` has the known sheets if not all are known."""
        if self.is_empty:
            return
        base = base_schema(con)
        seen = ""
        if self.has_seen:
            con.execute(
                "CREATE TEMP TABLE seen AS SELECT sheet FROM sheets JOIN files USING (file) "
                "WHERE ($1 IS NULL OR loaded_at[:10] <= $1) AND ($2 IS NULL OR file <= $2) "
                "AND NOT list_contains($3::INTEGER[], sheet)",
                [
                    None if isinstance(self.as_of, LedgerPoint) else self.as_of,
                    self.as_of.loads if isinstance(self.as_of, LedgerPoint) else None,
                    sorted(self.state.unloaded),
                ],
            )
            seen = "WHERE sheet IN (SELECT sheet FROM temp.seen)"
        _create_filled(con, "unloaded", {"sheet": "INTEGER"}, [(sheet,) for sheet in sorted(self.state.unloaded)])
        withdrawn = sorted(self.state.withdrawn)
        _create_filled(con, "withdrawn", {"sheet": "INTEGER", "row": "UINTEGER"}, withdrawn)
        install_mention_views(con, self.state, seen)
        for table, cards in CARD_COLUMNS.items():
            if self._has_gone(con, base, table):
                names = [card for card in cards if card != "check_char"]
                self._make(con, f"promoted_{table}", _promoted(base, table, names, seen, self.state))
                visible = (
                    f"SELECT * FROM (SELECT * FROM {base}.{table} ANTI JOIN temp.withdrawn USING (sheet, row) {seen}) "
                    f"ANTI JOIN temp.promoted_{table} USING ({_identity(table)}) "
                    f"UNION ALL SELECT * FROM temp.promoted_{table}"
                )
                con.execute(f"CREATE TEMP VIEW {table} AS {visible}")
            elif seen:
                con.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM {base}.{table} {seen}")
        for table in ("unread_cards", "supports"):
            con.execute(
                f"CREATE TEMP VIEW {table} AS SELECT * FROM {base}.{table} ANTI JOIN temp.withdrawn USING (sheet, row) "
                f"{seen}"
            )
        for table, told_by in _IDENTIFYING.items():
            if withdrawn and self._has_gone(con, base, "card_records"):
                gone = made_of_card_records(
                    f"(SELECT * FROM {base}.card_records SEMI JOIN withdrawn USING (sheet, row))"
                )[table]
                self._make(con, f"doubtful_{table}", f"SELECT DISTINCT {told_by} FROM ({gone})")
                near = f"(SELECT * FROM temp.card_records SEMI JOIN doubtful_{table} USING (key, sheet))"
                made = made_of_card_records(near)[table]
                remaining = f"SELECT DISTINCT * FROM ({made}) SEMI JOIN doubtful_{table} USING ({told_by})"
                self._make(con, f"remaining_{table}", remaining)
                visible = (
                    f"SELECT * FROM {base}.{table} ANTI JOIN temp.doubtful_{table} USING ({told_by}) {seen} "
                    f"UNION ALL BY NAME SELECT * FROM temp.remaining_{table}"
                )
                con.execute(f"CREATE TEMP VIEW {table} AS {visible}")
            elif seen:
                con.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM {base}.{table} {seen}")

    def _has_gone(self, con: duckdb.DuckDBPyConnection, base: str, table: str) -> bool:
        """Whether rows of a table were withdrawn or unloaded: of others all that are known count, as they are."""
        if table not in self._gone:
            columns = {"withdrawn": "sheet, row", "unloaded": "sheet"}
            kinds = [kind for kind in columns if getattr(self.state, kind)]
            found = [f"EXISTS (FROM {base}.{table} SEMI JOIN temp.{kind} USING ({columns[kind]}))" for kind in kinds]
            ((self._gone[table],),) = con.execute(f"SELECT {' OR '.join(found) or 'false'}").fetchall()
        return self._gone[table]

    def _make(self, con: duckdb.DuckDBPyConnection, table: str, query: str) -> None:
        """Create a table on a connection; what a small one has is asked once, for all connections."""
        if table in self._small:
            kind, rows = self._small[table]
            con.execute(f"CREATE TEMP TABLE {table} AS SELECT row.* FROM (SELECT unnest($1::{kind}) AS row)", [rows])
            return
        con.execute(f"CREATE TEMP TABLE {table} AS {query}")
        some = f"(SELECT made FROM temp.{table} AS made LIMIT {_FEW_ROWS + 1})"
        ((kind, rows),) = con.execute(f"SELECT typeof(list(made)), list(made) FROM {some}").fetchall()
        if rows is None or len(rows) <= _FEW_ROWS:
            self._small[table] = kind, rows


def _create_filled(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Create a temporary table of these rows; ``columns`` names and types them."""
    unnested = ", ".join(
        f"unnest(${place}::{kind}[]) AS {name}" for place, (name, kind) in enumerate(columns.items(), 1)
    )
    values = [[row[place] for row in rows] for place in range(len(columns))]
    con.execute(f"CREATE TEMP TABLE {table} AS SELECT {unnested}", values)


def install_mention_views(con: duckdb.DuckDBPyConnection, state: CorrectionState, seen: str = "") -> None:
    """Install the views of mentions on a connection; ``seen`` is the condition on known sheets."""
    base = base_schema(con)
    # a mention that no row makes any more has a line without a day
    lines: list[tuple[object, ...]] = []
    for (mention, sheet), mention_names in state.mention_names.items():
        lines += [(mention, sheet, *writing) for writing in mention_names] or [(mention, sheet, None, None, None)]
    kinds = {"ident": "INTEGER", "sheet": "INTEGER", "day": "INTEGER", "place": "BIGINT", "name": "VARCHAR"}
    _create_filled(con, "mentioned", kinds, lines)
    unnamed = [name for name, is_named in state.carriers.items() if not is_named]
    _create_filled(con, "unnamed", {"sheet": "INTEGER", "name_key": "VARCHAR"}, unnamed)
    con.execute(
        f"CREATE TEMP VIEW mention_names AS "
        f"SELECT * FROM {base}.mention_names ANTI JOIN temp.mentioned USING (ident, sheet) {seen} "
        f"UNION ALL BY NAME SELECT * FROM (SELECT * FROM temp.mentioned WHERE day IS NOT NULL) {seen}"
    )
    con.execute(
        f"CREATE TEMP VIEW carrier_names AS "
        f"SELECT * FROM {base}.carrier_names ANTI JOIN temp.unnamed USING (sheet, name_key) {seen}"
    )


def include_retracted(con: duckdb.DuckDBPyConnection) -> None:
    """Make the views of a connection include withdrawn rows, for callers that mark these themselves."""
    base = base_schema(con)
    made = con.execute("SELECT table_name FROM system.main.duckdb_tables() WHERE temporary").fetchall()
    for table in CARD_COLUMNS:
        if (f"promoted_{table}",) not in made:
            continue
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM {base}.{table} "
            f"ANTI JOIN temp.promoted_{table} USING ({_identity(table)}) UNION ALL SELECT * FROM temp.promoted_{table}"
        )


@contextmanager
def with_mention_views(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Install the views on a connection that writes, within the context."""
    corrections = [StoredCorrection(*row) for row in con.execute(STORED_CORRECTIONS).fetchall()]
    if not corrections:
        yield
        return
    state = corrections_as_of(corrections, None)
    install_mention_views(con, state, f"WHERE {not_unloaded(state.unloaded)}" if state.unloaded else "")
    yield
    for view in ("mention_names", "carrier_names"):
        con.execute(f"DROP VIEW temp.{view}")
    for table in ("mentioned", "unnamed"):
        con.execute(f"DROP TABLE temp.{table}")


def not_unloaded(sheets: Collection[int]) -> str:
    """Return the condition that a row stands in no unloaded sheet."""
    return f"sheet NOT IN ({', '.join(map(str, sorted(sheets)))})" if sheets else "true"


def _promoted(base: str, table: str, cards: Sequence[str], seen: str, state: CorrectionState) -> str:
    """Return the query for the records that count in place of withdrawn ones.

    A row was marked ``repeated`` by the rows known when it was loaded, withdrawn ones included. Thus a file that was
    loaded after another one was unloaded may repeat a statement of the latter without the mark.
    """
    doubtful = "repeated"
    if state.unloaded:
        later = f"SELECT sheet FROM sheets WHERE file > {min(state.unloaded.values())}"
        doubtful = f"(repeated OR sheet IN ({later}))"
    # a quantity without cards is sold twice when two records with different numbers say so (SPEC 3)
    sale = SALE if table == "cardless_records" else "NULL"
    same = [f"one.{card} = other.{card}" for card in cards]
    same += [f"one.{name} IS NOT DISTINCT FROM other.{name}" for name in (*IDENTITY_COLUMNS, "sale")]
    cards_of_one = "".join(f", one.{card}" for card in cards)
    cards_of_other = "".join(f", {card}: other.{card}" for card in cards)
    return f"""
        WITH gone AS (
            SELECT *, {sale} AS sale FROM {base}.{table} SEMI JOIN withdrawn USING (sheet, row) WHERE NOT repeated
            UNION ALL
            SELECT *, {sale} AS sale FROM {base}.{table} SEMI JOIN unloaded USING (sheet) WHERE NOT repeated
        ),
        others AS (
            SELECT *, {sale} AS sale
            FROM (SELECT * FROM {base}.{table} WHERE {doubtful}) ANTI JOIN withdrawn USING (sheet, row) {seen}
        ),
        following AS (
            SELECT min({{repeated: other.repeated, sheet: other.sheet, row: other.row,
                kind: other.kind{cards_of_other}}}) AS next
            FROM gone AS one JOIN others AS other ON {" AND ".join(same)}
            GROUP BY one.sheet, one.row, one.kind{cards_of_one}
        )
        SELECT * REPLACE (false AS repeated)
        FROM {base}.{table}
        SEMI JOIN (SELECT unnest(next) FROM following WHERE next.repeated) USING ({_identity(table)})
        """


def _identity(table: str) -> str:
    """Return the columns that identify a record of a table: one row may make several, of other kinds or cards."""
    return ", ".join(("sheet", "row", "kind", *(card for card in CARD_COLUMNS[table] if card != "check_char")))


def unloaded_sheets(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Return the sheets of unloaded files."""
    rows = con.execute("SELECT effects FROM main.corrections WHERE row = ?", [WHOLE_FILE]).fetchall()
    return {sheet for (effects,) in rows for sheet in CorrectionEffects.of_text(effects).unloaded}


def base_schema(con: duckdb.DuckDBPyConnection) -> str:
    """Return the database and schema of the tables themselves, behind any views."""
    ((name,),) = con.execute("SELECT current_database()").fetchall()
    return '"' + str(name).replace('"', '""') + '".main'


_IDENTIFYING: Final = {"device_cards": "device, key, sheet", "subscriber_links": "number, key, sheet"}
"""Columns that identify a row of the tables that are derived from the listed cards."""


def made_of_card_records(card_records: str) -> dict[str, str]:
    """Return the queries that derive these tables from the listed cards in a relation."""
    links = (
        f"SELECT {number} AS number, key, day, span, second, sheet FROM {card_records} WHERE {number} IS NOT NULL"
        for number in ("msisdn", "imsi")
    )
    return {
        "device_cards": f"SELECT {DEVICE} AS device, key, sheet FROM {card_records} WHERE imei IS NOT NULL",
        "subscriber_links": " UNION ".join(links),
    }


def index_card_records(con: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    """Fill the tables that are derived from the listed cards, for the rows under a condition."""
    for table, sql in made_of_card_records(f"(FROM card_records WHERE {condition})").items():
        con.execute(f"INSERT INTO {table} BY NAME {sql} ORDER BY ALL")
