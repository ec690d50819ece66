"""Writing into the embedded case: one file is one transaction.

A load goes through a staging table in memory: statements as text come in frames, and one set of SQL statements gives
heads, mentions and cards their numbers, marks repeated statements and appends everything sorted by card. The commit is
the one moment at which the case changes; sources and reject files, written before it, carry names that nothing else
uses, and the ledger line, written after it, is also in the database.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from graphtrace.errors import CaseLocked
from graphtrace.identifiers import operator_of_carrier_cell
from graphtrace.ingest.statements import STATEMENTS, TEXT_FIELDS, Reject, Remark
from graphtrace.model import KINDS
from graphtrace.store.embedded import LEDGER, REJECTS, SOURCES, connect, tell_parties_apart
from graphtrace.store.ledger import next_entry, settle
from graphtrace.store.schema import BODY, CARDS, RUN, SAME

if TYPE_CHECKING:
    import polars as pl

_CHINA = timezone(timedelta(hours=8))
_MENTIONS = ("sender", "receiver")
_STAGE_TYPES = {"String": "VARCHAR", "UInt32": "UINTEGER", "Int32": "INTEGER", "UInt8": "UTINYINT", "Int64": "BIGINT"}

_ATTACH_NUMBERS = f"""
CREATE TEMP TABLE numbered AS
SELECT
    heads.head * {RUN} + stage.first AS first, heads.head * {RUN} + stage.last AS last, tail, precision,
    list_position(['{"', '".join(KINDS)}'], kind) - 1 AS kind,
    sender.ident AS sender, receiver.ident AS receiver,
    first_day AS day, last_day - first_day AS span, coalesce(second, -1) AS second,
    quantity, msisdn, imsi, imei::BIGINT AS imei, length(imei) AS imei_size,
    CASE WHEN kind = 'purchase' THEN NULL ELSE carrier_key END AS carrier,
    stock, sold, {", ".join(TEXT_FIELDS)}, extra, record_no, $1::INTEGER AS sheet, row, false AS repeated
FROM stage
LEFT JOIN heads ON heads.text = stage.head AND heads.size = stage.size
{
    " ".join(
        f"LEFT JOIN idents AS {role} "
        f"ON {role}.name_key = coalesce({role}_key, '') AND {role}.strong = coalesce({role}_id, '') "
        f"AND ({role}_key IS NOT NULL OR {role}_id IS NOT NULL)"
        for role in _MENTIONS
    )
}
"""

_MENTIONED = " UNION ALL ".join(
    f"SELECT coalesce({role}_key, '') AS name_key, coalesce({role}_id, '') AS strong, "
    f"coalesce({role}_name, '') AS name, "
    f"first_day AS day, row FROM stage WHERE {role}_key IS NOT NULL OR {role}_id IS NOT NULL"
    for role in _MENTIONS
)


class CaseWriter:
    """The one writer of a case folder. Use as a context manager.

    Raises
    ------
    CaseLocked
        If another process is writing.
    CaseDamaged
        If database and ledger disagree.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in (SOURCES, REJECTS):
            (folder / name).mkdir(exist_ok=True)
        self._lock = (folder / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise CaseLocked(
                f"{folder} is being written by another process", hint="wait until its load has ended, then load again"
            ) from error
        try:
            self.con = connect(folder, read_only=False, create=True)
            settle(folder / LEDGER, self._entries())
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()
        self._lock.close()

    def _entries(self) -> list[str]:
        return [entry for (entry,) in self.con.execute("SELECT entry FROM files ORDER BY file").fetchall()]

    def _one(self, sql: str, *parameters: Any) -> Any:
        row = self.con.execute(sql, parameters or None).fetchone()
        return None if row is None else row[0]

    def file_number(self, sha256: str) -> int | None:
        """The number of the file with this content, if it is in the case."""
        number = self._one("SELECT file FROM files WHERE sha256 = ?", sha256)
        return None if number is None else int(number)

    # -- one load ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.con.begin()
        self._file = int(self._one("SELECT coalesce(max(file), 0) + 1 FROM files"))
        self._sheets: list[dict[str, Any]] = []

    def roll_back(self) -> None:
        self.con.rollback()

    def open_stage(self) -> None:
        """Empties the staging table for the statements of one sheet."""
        columns = ", ".join(f"{name} {_STAGE_TYPES[str(kind)]}" for name, kind in STATEMENTS.items())
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE stage ({columns})")

    def stage(self, frame: pl.DataFrame) -> None:
        """Adds statements (columns :data:`~graphtrace.ingest.statements.STATEMENTS`) to the sheet being loaded."""
        self.con.register("frame", frame.to_arrow())
        self.con.execute("INSERT INTO stage SELECT * FROM frame")
        self.con.unregister("frame")

    def close_stage(
        self,
        *,
        name: str | None,
        kind: str | None,
        encoding: str | None,
        rows: int,
        rejected: int,
        rejects: Sequence[Reject],
        rejects_file: str | None,
        remarks: Sequence[Remark],
    ) -> tuple[int, int]:
        """Moves the staged sheet into the case's tables; returns how many rows were new and how many repeated."""
        sheet = int(self._one("SELECT coalesce(max(sheet), 0) + 1 FROM sheets"))
        staged = int(self._one("SELECT count(*) FROM stage"))
        if staged:
            self._number_mentions(sheet)
            self.con.execute(_ATTACH_NUMBERS, [sheet])
            for table, cards in CARDS.items():
                self._append(table, tuple(cards))
            self._index()
            self.con.execute("DROP TABLE numbered")
        self.con.execute("DROP TABLE stage")
        repeated = sum(
            int(self._one(f"SELECT count(*) FROM {table} WHERE sheet = ? AND repeated", sheet)) for table in CARDS
        )
        loaded = staged - repeated
        if loaded + repeated + rejected != rows:
            raise AssertionError(f"{rows} rows came in, {loaded} + {repeated} + {rejected} went out")
        self.con.execute(
            "INSERT INTO sheets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(sheet, self._file, name, kind, encoding, rows, loaded, repeated, rejected, rejects_file),
                json.dumps([[r.field, r.reason, r.rows, r.first_row, r.value] for r in remarks], ensure_ascii=False),
            ],
        )
        if rejects:
            self._keep_rejects(sheet, rejects)
        self._sheets.append(
            {"sheet": name, "rows": rows, "loaded": loaded, "duplicate": repeated, "rejected": rejected}
        )
        return loaded, repeated

    def commit(self, *, name: str, sha256: str, size: int) -> None:
        """Makes the load visible and lasting: database first, then the ledger."""
        tell_parties_apart(self.con)
        entries = self._entries()
        loaded_at = datetime.now(_CHINA).isoformat(timespec="seconds")
        content = {
            "load": self._file,
            "at": loaded_at,
            "file": name,
            "sha256": sha256,
            "size": size,
            "sheets": self._sheets,
        }
        entry = next_entry(entries[-1] if entries else None, content)
        self.con.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", [self._file, name, sha256, size, loaded_at, entry]
        )
        self.con.commit()
        self.con.execute("CHECKPOINT")
        settle(self.folder / LEDGER, [*entries, entry])

    # -- parts of a load ---------------------------------------------------------------------------------------

    def _number_mentions(self, sheet: int) -> None:
        self.con.execute(
            """
            INSERT INTO heads
            SELECT (SELECT coalesce(max(head), 0) FROM heads) + row_number() OVER (ORDER BY head, size), head, size
            FROM (SELECT DISTINCT head, size FROM stage WHERE head IS NOT NULL) AS fresh
            ANTI JOIN heads ON heads.text = fresh.head AND heads.size = fresh.size
            """
        )
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE mentioned AS {_MENTIONED}")
        self.con.execute(
            """
            INSERT INTO idents
            SELECT (SELECT coalesce(max(ident), 0) FROM idents) + row_number() OVER (), name_key, strong
            FROM (SELECT DISTINCT name_key, strong FROM mentioned) ANTI JOIN idents USING (name_key, strong)
            """
        )
        self.con.execute(
            """
            INSERT INTO writings
            SELECT ident, ?, arg_min(day, place), min(place.row), arg_min(name, place)
            FROM (SELECT *, {'day': coalesce(day, 1000000), 'row': row, 'name': name} AS place FROM mentioned)
            JOIN idents USING (name_key, strong) GROUP BY ident
            """.replace("min(place.row)", "min(place).row"),
            [sheet],
        )
        self.con.execute("DROP TABLE mentioned")
        names = self.con.execute(
            "SELECT DISTINCT carrier_key FROM stage WHERE carrier_key IS NOT NULL ORDER BY carrier_key"
        ).fetchall()
        for (name,) in names:
            self.con.execute(
                "INSERT INTO carrier_names VALUES (?, ?, ?)", [name, operator_of_carrier_cell(name), sheet]
            )

    def _append(self, table: str, cards: tuple[str, ...]) -> None:
        """Appends the staged statements of one table, sorted by card, with repeated ones marked."""
        which = {
            "singles": "precision = 'listed'",
            "ranges": "precision = 'range'",
            "unnumbered": "first IS NULL",
        }[table]
        chosen = {"key": "first AS key"}
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {', '.join(chosen.get(c, c) for c in (*cards, *BODY))} "
            f"FROM numbered WHERE {which}"
        )
        self._mark_repeated(table, tuple(card for card in cards if card != "tail"))
        order = ", ".join(card for card in cards if card != "tail") or "row"
        self.con.execute(f"INSERT INTO {table} SELECT * FROM fresh ORDER BY {order}")
        self.con.execute("DROP TABLE fresh")

    def _mark_repeated(self, table: str, cards: tuple[str, ...]) -> None:
        """Marks statements that the case or an earlier row of the sheet already has.

        Two steps: rows that share card, kind and day with another one are few in clean files and found by a join of
        integers; only these are compared in every field.
        """
        narrow = (*cards, "kind", "day")
        agree = " AND ".join(f"a.{column} IS NOT DISTINCT FROM b.{column}" for column in narrow)
        # A quantity without cards is sold twice when two records with different numbers say so (SPEC 3).
        record_no = ("CASE WHEN quantity IS NULL THEN NULL ELSE record_no END",) if table == "unnumbered" else ()
        everything = ", ".join((*cards, *SAME, *record_no))
        self.con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE doubtful AS
            SELECT row, hash({everything}) AS print, ROW({everything}) AS statement FROM fresh AS a
            WHERE EXISTS (SELECT 1 FROM {table} AS b WHERE {agree})
            OR ({", ".join(narrow)}) IN (SELECT {", ".join(narrow)} FROM fresh GROUP BY ALL HAVING count(*) > 1)
            """
        )
        if self._one("SELECT count(*) FROM doubtful"):
            self.con.execute(
                f"""
                UPDATE fresh SET repeated = true WHERE row IN (
                    SELECT row FROM (
                        SELECT row, row_number() OVER (PARTITION BY print, statement ORDER BY row) AS n FROM doubtful
                    ) WHERE n > 1
                    UNION ALL
                    SELECT a.row FROM doubtful AS a SEMI JOIN (
                        SELECT hash({everything}) AS print, ROW({everything}) AS statement FROM {table}
                    ) AS b ON a.print = b.print AND a.statement IS NOT DISTINCT FROM b.statement
                )
                """
            )
        self.con.execute("DROP TABLE doubtful")

    def _index(self) -> None:
        self.con.execute(
            """
            INSERT INTO devices
            SELECT DISTINCT imei // (10 ** (imei_size - 14))::BIGINT AS device, first, sheet FROM numbered
            WHERE imei IS NOT NULL AND precision = 'listed' ORDER BY device, first
            """
        )
        self.con.execute(
            """
            INSERT INTO numbers
            SELECT DISTINCT number, first, day, span, second, sheet FROM (
                SELECT msisdn AS number, * FROM numbered UNION ALL SELECT imsi AS number, * FROM numbered
            ) WHERE number IS NOT NULL AND precision = 'listed' ORDER BY number, first
            """
        )

    def _keep_rejects(self, sheet: int, rejects: Iterable[Reject]) -> None:
        import polars as pl

        frame = pl.DataFrame(
            [
                (
                    *(sheet, reject.row, reject.field, reject.reason, reject.value),
                    *(reject.interval or (None, None)),
                    json.dumps(reject.raw, ensure_ascii=False),
                )
                for reject in rejects
            ],
            schema=dict.fromkeys(("sheet", "row"), pl.Int64)
            | dict.fromkeys(("field", "reason", "value", "low", "high", "raw"), pl.String),
            orient="row",
        )
        self.con.register("frame", frame.to_arrow())
        self.con.execute("INSERT INTO rejects SELECT * FROM frame")
        self.con.unregister("frame")

    # -- what an earlier load said -----------------------------------------------------------------------------

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        """The sheets of a loaded file as they were reported, with all their rejects and remarks."""
        columns = ("sheet", "name", "kind", "encoding", "row_count", "rejected", "rejects_file", "remarks")
        found = self.con.execute(f"SELECT {', '.join(columns)} FROM sheets WHERE file = ? ORDER BY sheet", [file])
        sheets = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        for sheet in sheets:
            rows = self.con.execute(
                "SELECT row, field, reason, value, low, high, raw FROM rejects WHERE sheet = ? ORDER BY row, rowid",
                [sheet["sheet"]],
            ).fetchall()
            sheet["rejects"] = [
                Reject(
                    row=row,
                    field=field,
                    reason=reason,
                    value=value,
                    interval=None if low is None else (low, high),
                    raw=tuple((heading, cell) for heading, cell in json.loads(raw)),
                )
                for row, field, reason, value, low, high, raw in rows
            ]
            sheet["remarks"] = [
                Remark(field=field, reason=reason, rows=count, first_row=first, value=value)
                for field, reason, count, first, value in json.loads(sheet["remarks"])
            ]
        return sheets
