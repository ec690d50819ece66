"""Writing into the embedded case: one file is one transaction.

Statements come in frames. Chunk by chunk, heads, mentions and cards get their numbers, repeated statements are marked,
and everything is appended sorted by card. The commit is the one moment at which the case changes; sources and reject
files, written before it, carry names that nothing else uses, and the ledger line, written after it, is also in the
database.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from graphtrace.errors import CaseDamaged, CaseLocked, StoreError
from graphtrace.identifiers import operator_of_carrier_cell
from graphtrace.ingest.reports import Reject, Remark
from graphtrace.model import KINDS
from graphtrace.store.embedded import DATABASE, LEDGER, REJECTS, SOURCES, TOLD_IS_OWED, connect, tell_parties_apart
from graphtrace.store.ledger import next_entry, read_entries, settle
from graphtrace.store.refusals import kept_reject, kept_remarks, remarks_text
from graphtrace.store.schema import BODY, CARDS, NO_DAY, RUN, SAME

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from graphtrace.store.protocol import LoadedFile

INCOMING = ".incoming-"
"""How the names of folders in ``sources/`` begin that hold what is still being made."""

_REJECTS_NAME = re.compile(r"[0-9a-f]{12}-[0-9]+\.csv")
_CHINA = timezone(timedelta(hours=8))
_MENTIONS = ("sender", "receiver")
_ORDER = 1 << 32
"""Above every place in a chunk."""

_CHUNK_ROWS = 2_000_000
"""Statements that are numbered, sorted and appended together; memory grows with it."""


@contextmanager
def open_writer(folder: Path) -> Iterator[CaseWriter]:
    """The one writer of a case folder, which is made if it does not exist. What DuckDB and the disk raise ends here.

    What an earlier writer left behind when it was killed is put right first.

    Raises
    ------
    CaseLocked
        If another process is writing, or reads the case at this moment.
    CaseDamaged
        If database and ledger disagree.
    StoreError
        If the disk is full or the folder cannot be written.
    """
    import duckdb

    try:
        with CaseWriter(folder) as case:
            yield case
    except (duckdb.Error, OSError) as error:
        raise StoreError(
            f"{folder} cannot be written: {_reason(error)}",
            hint="see to room on the disk and the right to write, then load again: files that were loaded stay loaded",
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    return str(error).partition("\n")[0]


class CaseWriter:
    """Writes into a case folder while it holds its lock. Made by :func:`open_writer`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (SOURCES, REJECTS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with ExitStack() as held:
            held.enter_context(_write_lock(folder))
            self.con = held.enter_context(_open_database(folder))
            settle(folder / LEDGER, self.entries())
            self._sweep()
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def _sweep(self) -> None:
        """Removes what killed loads left: unfinished folders, and reject files of loads that never were."""
        for unfinished in (self.folder / SOURCES).glob(f"{INCOMING}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        kept = {name for (name,) in self.con.execute("SELECT rejects_file FROM sheets").fetchall()}
        for path in (self.folder / REJECTS).iterdir():
            if path.name not in kept and _REJECTS_NAME.fullmatch(path.name):
                path.unlink()

    def entries(self) -> list[str]:
        """The lines of the ledger that the database carries, in order."""
        return [entry for (entry,) in self.con.execute("SELECT entry FROM files ORDER BY file").fetchall()]

    def _one(self, sql: str, *parameters: Any) -> Any:
        rows = self.con.execute(sql, parameters or None).fetchall()
        return rows[0][0] if rows else None

    def file_number(self, sha256: str) -> int | None:
        """The number of the file with this content, if it is in the case."""
        number = self._one("SELECT file FROM files WHERE sha256 = ?", sha256)
        return None if number is None else int(number)

    # -- one load ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.con.begin()
        self._file = int(self._one("SELECT coalesce(max(file), 0) + 1 FROM files"))
        self._sheets: list[dict[str, Any]] = []

    def roll_back(self) -> bool:
        """Undoes the load; false where it was committed already, or the database no longer says whether it was."""
        import duckdb

        try:
            self.con.rollback()
        except duckdb.Error:
            return False
        return True

    def open_sheet(self) -> None:
        """Begins the next sheet of the file."""
        self._sheet = int(self._one("SELECT coalesce(max(sheet), 0) + 1 FROM sheets"))
        self._waiting: list[pl.DataFrame] = []
        self._staged = 0

    def stage(self, frame: pl.DataFrame) -> None:
        """Adds statements (columns :data:`~graphtrace.ingest.statements.STATEMENTS`) to the sheet being loaded."""
        self._waiting.append(frame)
        self._staged += frame.height
        if sum(waiting.height for waiting in self._waiting) >= _CHUNK_ROWS:
            self._append_waiting()

    def close_sheet(
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
        """Ends the sheet; returns how many of its rows were new and how many repeated a statement."""
        self._append_waiting()
        repeated = sum(
            int(self._one(f"SELECT count(*) FROM {table} WHERE sheet = ? AND repeated", self._sheet)) for table in CARDS
        )
        loaded = self._staged - repeated
        if loaded + repeated + rejected != rows:
            raise AssertionError(f"{rows} rows came in, {loaded} + {repeated} + {rejected} went out")
        self.con.execute(
            "INSERT INTO sheets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(self._sheet, self._file, name, kind, encoding, rows, loaded, repeated, rejected, rejects_file),
                remarks_text(remarks),
            ],
        )
        if rejects:
            self._keep_rejects(self._sheet, rejects)
        self._sheets.append(
            {"sheet": name, "rows": rows, "loaded": loaded, "duplicate": repeated, "rejected": rejected}
        )
        return loaded, repeated

    def take_over(self, tables: duckdb.DuckDBPyConnection, sha256: str) -> None:
        """Takes the sheets of a file over from the tables of another case."""
        from graphtrace.store.taking_over import take_over_file

        self._sheets = take_over_file(self.con, tables, sha256, file=self._file)

    def commit(self, *, name: str, sha256: str, size: int, taken: LoadedFile | None = None) -> None:
        """Makes the load visible and lasting; :meth:`record` has to follow.

        A file that was ``taken`` over from another case keeps its time and its line of the ledger.
        """
        entries = self.entries()
        loaded_at = datetime.now(_CHINA).isoformat(timespec="seconds") if taken is None else taken.loaded_at
        content = {
            "load": self._file,
            "at": loaded_at,
            "file": name,
            "sha256": sha256,
            "size": size,
            "sheets": self._sheets,
        }
        entry = next_entry(entries[-1] if entries else None, content) if taken is None else taken.entry
        self.con.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", [self._file, name, sha256, size, loaded_at, entry]
        )
        self.con.commit()

    def record(self) -> None:
        """Puts the committed load into the database file itself and into the ledger."""
        self.con.execute("CHECKPOINT")
        settle(self.folder / LEDGER, self.entries())

    def finish(self) -> None:
        """Tells all parties apart anew, once after the last file; a reader does it for itself where this is owed."""
        if self._one(TOLD_IS_OWED):
            self.con.begin()
            tell_parties_apart(self.con)
            self.con.execute("UPDATE meta SET value = (SELECT max(file) FROM files) WHERE key = 'told'")
            self.con.commit()
            self.con.execute("CHECKPOINT")

    # -- parts of a load ---------------------------------------------------------------------------------------

    def _append_waiting(self) -> None:
        if not self._waiting:
            return
        import polars as pl

        chunk = pl.concat(self._waiting)
        self._waiting = []
        # Columns without any value would only be carried along; the tables fill them with NULL.
        chunk = chunk.select(column for column in chunk if column.null_count() < chunk.height or column.name == "first")
        if not chunk["row"].is_sorted():
            chunk = chunk.sort("row")
        self._keep_carrier_names(chunk)
        numbered = self._number_cards(self._number_mentions(chunk))
        for table, cards in CARDS.items():
            self._append(table, tuple(cards), numbered)
        self._index(numbered)

    def _number_mentions(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Adds the numbers of the mentions of sender and receiver, new mentions getting new ones."""
        import polars as pl

        for place, role in enumerate(_MENTIONS):
            parts = {part: f"{role}_{part}" for part in ("name", "key", "id")}
            if not {parts["key"], parts["id"]} & set(chunk.columns):
                continue
            name, key, strong = (
                pl.col(column).fill_null("") if column in chunk.columns else pl.lit("") for column in parts.values()
            )
            day = pl.col("first_day") if "first_day" in chunk.columns else pl.lit(None, pl.Int32)
            said = chunk.select(
                name_key=key,
                strong=strong,
                # The rows are in order, so the least of these is the earliest mention, then the first row.
                order=day.fill_null(NO_DAY).cast(pl.Int64) * _ORDER + pl.int_range(pl.len(), dtype=pl.Int64),
            )
            told_by = ["name_key", "strong"] if parts["id"] in chunk.columns else ["name_key"]
            first = said.group_by(told_by).agg(pl.col("order").min())
            at = first["order"] % _ORDER
            mentioned = said[at].select(
                "name_key",
                "strong",
                day=first["order"] // _ORDER,
                place=chunk["row"][at].cast(pl.Int64) * len(_MENTIONS) + place,
                name=chunk.select(name).to_series()[at],
            )
            numbers = said.join(self._idents_of(mentioned), on=told_by, how="left", maintain_order="left")
            chunk = chunk.with_columns(numbers["ident"].alias(role))
        return chunk

    def _idents_of(self, mentioned: pl.DataFrame) -> pl.DataFrame:
        """Numbers of mentions (name_key, strong, ident), with their earliest writing in this chunk kept.

        A record that names nobody gets no number.
        """
        with self._registered(mentioned):
            self.con.execute(
                """
                INSERT INTO idents
                SELECT (SELECT coalesce(max(ident), 0) FROM idents) + row_number() OVER (), name_key, strong
                FROM frame ANTI JOIN idents USING (name_key, strong) WHERE name_key <> '' OR strong <> ''
                """
            )
            self.con.execute(
                "INSERT INTO writings "
                "SELECT ident, ?, day, place, name FROM frame JOIN idents USING (name_key, strong)",
                [self._sheet],
            )
            return self._frame("SELECT name_key, strong, ident FROM idents SEMI JOIN frame USING (name_key, strong)")

    def _keep_carrier_names(self, chunk: pl.DataFrame) -> None:
        if "carrier_key" in chunk.columns:
            for name in chunk["carrier_key"].drop_nulls().unique().sort():
                self.con.execute(
                    "INSERT INTO carrier_names VALUES (?, ?, ?)", [name, operator_of_carrier_cell(name), self._sheet]
                )

    def _number_cards(self, chunk: pl.DataFrame) -> pl.DataFrame:
        """Cards and everything else in the types of the tables; absent columns stay absent."""
        import polars as pl

        columns = set(chunk.columns)
        if "head" in columns:
            heads = chunk.select("head", "size").unique().drop_nulls()
            with self._registered(heads):
                self.con.execute(
                    """
                    INSERT INTO heads
                    SELECT
                        (SELECT coalesce(max(head), 0) FROM heads) + row_number() OVER (ORDER BY head, size), head, size
                    FROM frame ANTI JOIN heads ON heads.text = frame.head AND heads.size = frame.size
                    """
                )
                numbers = self._frame(
                    "SELECT head AS number, text AS head, size FROM heads SEMI JOIN frame "
                    "ON heads.text = frame.head AND heads.size = frame.size"
                )
            chunk = chunk.join(numbers, on=["head", "size"], how="left", maintain_order="left").with_columns(
                first=pl.col("number").cast(pl.Int64) * RUN + pl.col("first"),
                last=pl.col("number").cast(pl.Int64) * RUN + pl.col("last"),
            )
        made = {
            "kind": pl.col("kind").replace_strict({kind: n for n, kind in enumerate(KINDS)}, return_dtype=pl.UInt8),
            "second": (pl.col("second") if "second" in columns else pl.lit(None, pl.Int32)).fill_null(-1),
            "sheet": pl.lit(self._sheet, pl.Int32),
            "repeated": pl.lit(False),
        }
        if "first_day" in columns:
            made |= {"day": pl.col("first_day"), "span": (pl.col("last_day") - pl.col("first_day")).cast(pl.UInt8)}
        if "imei" in columns:
            made |= {"imei": pl.col("imei").cast(pl.Int64), "imei_size": pl.col("imei").str.len_bytes().cast(pl.UInt8)}
        if "carrier_key" in columns:
            made["carrier"] = pl.when(pl.col("kind") != "purchase").then(pl.col("carrier_key"))
        return chunk.with_columns(**made)

    def _append(self, table: str, cards: tuple[str, ...], numbered: pl.DataFrame) -> None:
        """Appends the statements of one table, sorted by card, with repeated ones marked."""
        import polars as pl

        names = {"key": "first"} if table == "singles" else {}
        precision = {"singles": "listed", "ranges": "range"}.get(table)
        if precision is None:
            chosen = numbered.filter(pl.col("first").is_null())
        elif "precision" in numbered.columns:
            chosen = numbered.filter(pl.col("precision") == precision)
        else:
            return
        if chosen.is_empty():
            return
        wanted = [name for name in (*cards, *BODY) if names.get(name, name) in chosen.columns]
        fresh = chosen.select(pl.col(names.get(name, name)).alias(name) for name in wanted)
        order = [card for card in cards if card != "tail"]
        if order and not fresh[order[0]].is_sorted():
            fresh = fresh.sort(*order, "row")
        fresh = self._mark_repeated(table, order, fresh)
        with self._registered(fresh):
            self.con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")

    def _mark_repeated(self, table: str, cards: Sequence[str], fresh: pl.DataFrame) -> pl.DataFrame:
        """Marks statements that the case or an earlier row of the chunk already has.

        Two steps: rows that share a card with a neighbour, or card, kind and day with a row of the case, are few in
        clean files and found by integers; only these are compared in every field.
        """
        import polars as pl

        narrow = [name for name in (*cards, "kind", "day") if name in fresh.columns]
        doubtful = fresh
        if cards:
            same_card = pl.all_horizontal(pl.col(card) == pl.col(card).shift() for card in cards).fill_null(value=False)
            doubtful = fresh.filter(same_card | same_card.shift(-1, fill_value=False))
        if self._one(f"SELECT 1 FROM {table} LIMIT 1"):
            agree = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in narrow)
            with self._registered(fresh.select("row", *narrow)):
                known = self._frame(f"SELECT row FROM frame AS a SEMI JOIN {table} AS b ON {agree}")
            doubtful = pl.concat([doubtful, fresh.filter(pl.col("row").is_in(known["row"].implode()))]).unique("row")
        if doubtful.is_empty():
            return fresh
        # A quantity without cards is sold twice when two records with different numbers say so (SPEC 3).
        compared = [*cards, *SAME, *(["sale"] if table == "unnumbered" else [])]
        sale = ", CASE WHEN quantity IS NULL THEN NULL ELSE record_no END AS sale" if table == "unnumbered" else ""
        same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in compared)
        columns = [name for name in doubtful.columns if name in {*cards, *BODY}]
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE doubtful AS SELECT * FROM {table} LIMIT 0")
        with self._registered(doubtful.select(columns)):
            self.con.execute("INSERT INTO doubtful BY NAME SELECT * FROM frame")
        repeated = self._frame(
            f"""
            WITH a AS (SELECT *{sale} FROM doubtful)
            SELECT row FROM (
                SELECT row, row_number() OVER (PARTITION BY {", ".join(compared)} ORDER BY row) AS n FROM a
            ) WHERE n > 1
            UNION
            SELECT a.row FROM a SEMI JOIN (SELECT *{sale} FROM {table}) AS b ON {same}
            """
        )
        self.con.execute("DROP TABLE doubtful")
        return fresh.with_columns(repeated=pl.col("row").is_in(repeated["row"].implode()))

    def _index(self, numbered: pl.DataFrame) -> None:
        """Keeps which cards were seen in which device, and which numbers were linked to which cards."""
        import polars as pl

        columns = set(numbered.columns)
        if "precision" not in columns:
            return
        listed = numbered.filter(pl.col("precision") == "listed")
        if "imei" in columns:
            devices = (
                listed.filter(pl.col("imei").is_not_null())
                .select(
                    device=pl.col("imei") // pl.lit(10, pl.Int64).pow(pl.col("imei_size").cast(pl.Int64) - 14),
                    key="first",
                    sheet="sheet",
                )
                .sort("device", "key")
            )
            with self._registered(devices):
                self.con.execute("INSERT INTO devices BY NAME SELECT * FROM frame")
        for number in ("msisdn", "imsi"):
            if number in columns:
                links = (
                    listed.filter(pl.col(number).is_not_null())
                    .select(
                        pl.col(number).alias("number"),
                        pl.col("first").alias("key"),
                        *(pl.col(name) for name in ("day", "span", "second") if name in columns),
                        pl.col("sheet"),
                    )
                    .unique()
                    .sort("number", "key")
                )
                with self._registered(links):
                    self.con.execute("INSERT INTO numbers BY NAME SELECT * FROM frame")

    @contextmanager
    def _registered(self, frame: pl.DataFrame) -> Iterator[None]:
        """Makes a frame readable in SQL as ``frame``."""
        self.con.register("frame", frame.to_arrow())
        try:
            yield
        finally:
            self.con.unregister("frame")

    def _frame(self, sql: str) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame(self.con.sql(sql).to_arrow_table())

    def _keep_rejects(self, sheet: int, rejects: Iterable[Reject]) -> None:
        import polars as pl

        rows = pl.DataFrame(
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
        with self._registered(rows):
            self.con.execute("INSERT INTO rejects SELECT * FROM frame")

    # -- what an earlier load said -----------------------------------------------------------------------------

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        """The sheets of a loaded file as they were reported, with all their rejects and remarks."""
        columns = ("sheet", "name", "kind", "encoding", "row_count", "rejected", "rejects_file", "remarks")
        found = self.con.execute(f"SELECT {', '.join(columns)} FROM sheets WHERE file = ? ORDER BY sheet", [file])
        sheets = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        for sheet in sheets:
            rejects = self.con.execute(
                "SELECT row, field, reason, value, low, high, raw FROM rejects WHERE sheet = ? ORDER BY row, rowid",
                [sheet["sheet"]],
            ).fetchall()
            sheet["rejects"] = [kept_reject(cells) for cells in rejects]
            sheet["remarks"] = kept_remarks(sheet["remarks"])
        return sheets


@contextmanager
def _write_lock(folder: Path) -> Iterator[None]:
    """Holds the lock against a second writer; the system lets go of it when the process dies."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CaseLocked(
                f"{folder} is being written by another process", hint="wait until its load has ended, then load again"
            ) from error
        yield


@contextmanager
def _open_database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writing connection; a database that does not exist yet appears whole or not at all."""
    if not (folder / DATABASE).exists():
        if read_entries(folder / LEDGER):
            raise CaseDamaged(
                f"{folder}: the ledger names loads, but {DATABASE} is gone",
                hint="restore it from a copy, or load the original files into a new case",
            )
        with tempfile.TemporaryDirectory(prefix=INCOMING, dir=folder / SOURCES) as place:
            connect(Path(place), read_only=False, create=True).close()
            (Path(place) / DATABASE).replace(folder / DATABASE)
        sync_folder(folder)
    try:
        con = connect(folder, read_only=False)
    except CaseLocked as error:
        raise CaseLocked(
            f"{folder} is being read, and cannot be written meanwhile",
            hint="let the questions end and close notebooks that have it open, then load again",
        ) from error
    try:
        yield con
    finally:
        con.close()


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder lasting."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
