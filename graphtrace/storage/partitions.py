"""Partitioned case: blocks of card numbers, each a folder of Parquet that answers for its cards by itself.

Histories of cards are independent, so a block holds every record that names one of its cards. Borders are drawn where
no range crosses them: no record is cut, and whatever counts records or cards can be added up over the blocks. What
concerns the whole case goes into every block: the parties (resolved over all blocks, then cut down to those that the
block names, with all that names them), records that state a number of cards only, declarations of stock, all cards of
a device and all links of a number that some card of the block has, and the histories of the cards that sellers by
number ever received.

Invariant: a trace of a card in its block is the trace of it in the whole case.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import split_key
from graphtrace.model import KINDS
from graphtrace.private_files import check_entry, read_file
from graphtrace.storage.base import IntegrityFacts, ReceivedScope, Scope, SentScope
from graphtrace.storage.case_folder import BLOCK, DEFAULT_WAIT_S, MANIFEST, folder_bytes
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_schema import KEYS_PER_PREFIX, MOVES, TABLES, reach_before
from graphtrace.storage.duckdb.visibility import not_unloaded, unloaded_sheets
from graphtrace.storage.duckdb.workarounds import safe_settings
from graphtrace.storage.ledger import Chain, Chains, FolderChains, Moment, PlanLine
from graphtrace.storage.memory_budget import out_of_memory, question_bytes

if TYPE_CHECKING:
    from graphtrace.results.case_status import CompactResult
    from graphtrace.results.corrections import CorrectionResult, UnloadResult
    from graphtrace.results.judgements import JudgementResult
    from graphtrace.results.load_report import LoadReport
    from graphtrace.storage.copy import CopyTarget
    from graphtrace.storage.correction_log import CorrectionRequest, UnloadRequest
    from graphtrace.storage.duckdb.session import CaseSession
    from graphtrace.storage.judgement_log import JudgementRequest

FORMAT: Final = "6"

_ROWS_A_GROUP = 100_000

_WHOLE = {
    # the parties are written as they are, whenever the case resolved them
    "meta": """
        SELECT key, CASE WHEN key = 'resolved_through' THEN (SELECT coalesce(max(file), 0)::VARCHAR
        FROM main.files) ELSE value END
            AS value
        FROM main.meta
    """,
    "files": "FROM main.files",
    "sheets": "FROM main.sheets WHERE {is_known}",
    "key_prefixes": "FROM main.key_prefixes",
    "supports": "FROM main.supports",
    "unread_cards": "FROM main.unread_cards WHERE {is_known}",
    "corrections": "FROM main.corrections",
    "judgements": "FROM main.judgements",
}
"""Queries for the tables that every block holds whole."""

_MINE = {
    "card_records": "FROM main.card_records WHERE key >= $1 AND key < $2 ORDER BY key, sheet, row",
    "range_records": "FROM main.range_records WHERE first >= $1 AND first < $2 ORDER BY first, last, sheet, row",
    "device_cards": """
        FROM main.device_cards SEMI JOIN (FROM main.device_cards WHERE key >= $1 AND key < $2) USING (device)
        ORDER BY ALL
    """,
    "cardless_records": f"""
        FROM main.cardless_records
        WHERE kind IN ({MOVES}) OR kind = {KINDS.index("stock")}
            OR msisdn IN (SELECT number FROM main.subscriber_links WHERE key >= $1 AND key < $2)
            OR imsi IN (SELECT number FROM main.subscriber_links WHERE key >= $1 AND key < $2)
        ORDER BY sheet, row
    """,
    "subscriber_links": """
        FROM main.subscriber_links WHERE number IN (
            SELECT number FROM main.subscriber_links WHERE key >= $1 AND key < $2
            UNION SELECT unnest([msisdn, imsi]) FROM block_cardless_records
        ) ORDER BY ALL
    """,
    "check_chars": """
        SELECT DISTINCT key, check_char, sheet FROM main.card_records SEMI JOIN block_devices USING (key)
        WHERE NOT (key >= $1 AND key < $2) ORDER BY ALL
    """,
    "held_range_records": f"""
        FROM main.range_records SEMI JOIN received ON first <= high AND last >= low
        WHERE kind IN ({MOVES}) ORDER BY first, last, sheet, row
    """,
    "held_card_records": f"""
        FROM main.card_records SEMI JOIN received ON key BETWEEN low AND high
        WHERE kind IN ({MOVES}) ORDER BY key, sheet, row
    """,
    "resolved_parties": """
        FROM resolved_parties WHERE is_carrier OR party IN (
            SELECT party FROM resolved_parties SEMI JOIN (
                SELECT unnest([sender, receiver]) AS ident FROM (
                    SELECT sender, receiver FROM main.card_records WHERE key >= $1 AND key < $2
                    UNION ALL SELECT sender, receiver FROM main.range_records WHERE first >= $1 AND first < $2
                    UNION ALL SELECT sender, receiver FROM block_cardless_records
                    UNION ALL SELECT sender, receiver FROM held_range_records
                    UNION ALL SELECT sender, receiver FROM held_card_records
                )
            ) USING (ident)
        ) ORDER BY ident
    """,
    "mentions": "FROM main.mentions SEMI JOIN block_parties USING (ident) ORDER BY ALL",
    "mention_names": """
        FROM mention_names WHERE ident IN (
            SELECT ident FROM block_parties
            UNION SELECT ident FROM resolved_parties
            WHERE member IN (SELECT unnest(json_extract_string(entry, '$.parties[*]')) FROM main.judgements)
        ) ORDER BY ALL
    """,
}
"""Queries for the part of each table in a block between two borders; a later one may read an earlier result."""

_RECEIVED = f"""
WITH sellers AS (
    SELECT ident FROM resolved_parties WHERE party IN (
        SELECT party FROM resolved_parties JOIN main.cardless_records ON sender = ident WHERE kind IN ({MOVES})
        AND quantity IS NOT NULL
    )
),
buyers AS (
    SELECT ident FROM resolved_parties WHERE party IN (
        SELECT party FROM resolved_parties JOIN main.cardless_records ON receiver = ident WHERE kind IN ({MOVES})
        AND quantity IS NOT NULL
    )
)
SELECT first AS low, last AS high FROM main.range_records SEMI JOIN sellers ON receiver = ident WHERE kind IN ({MOVES})
UNION SELECT key, key FROM main.card_records SEMI JOIN sellers ON receiver = ident WHERE kind IN ({MOVES})
UNION SELECT first, last FROM main.range_records SEMI JOIN buyers ON sender = ident WHERE kind IN ({MOVES})
UNION SELECT key, key FROM main.card_records SEMI JOIN buyers ON sender = ident WHERE kind IN ({MOVES})
"""
"""Query for the lots received by parties that also sold by number, and passed on by parties that also bought so."""

_BORDERS = f"""
WITH reached AS (
    SELECT first, last, {reach_before()} AS before
    FROM main.range_records
),
islands AS (
    SELECT min(first) AS first, max(last) AS last FROM (
        SELECT first, last, count(*) FILTER (before IS NULL OR before < first) OVER (ORDER BY first, last) AS island
        FROM reached
    ) GROUP BY island
),
placed AS (SELECT key AS card FROM main.card_records UNION ALL SELECT first FROM main.range_records),
wanted AS (SELECT unnest(quantile_disc(card, {{shares}})) AS card, min(card) AS least, max(card) AS most FROM placed),
moved AS (
    SELECT CASE WHEN first IS NULL THEN card WHEN first > least THEN first ELSE last + 1 END AS border, least, most
    FROM wanted LEFT JOIN islands ON card BETWEEN first AND last
)
SELECT DISTINCT border FROM moved WHERE border > least AND border <= most ORDER BY border
"""
"""Query for borders that divide the rows evenly, moved so that they cut no range; none before or after all rows."""


@frozen()
class PartitionSet:
    """A partitioned case: the folders of its blocks, in the order of the numbers, and the beginning of each."""

    folder: Path
    blocks: tuple[Path, ...]
    borders: tuple[int, ...]
    heads: Mapping[tuple[str, int], int]

    def block_of(self, key: str) -> Path:
        """Return the block that holds all records of a card."""
        text, size, number = split_key(key)
        head = self.heads.get((text, size))
        place = 0 if head is None else bisect_right(self.borders, head * KEYS_PER_PREFIX + number)
        return self.blocks[place]


def read_partitions(folder: Path) -> PartitionSet:
    """Return the blocks of a folder.

    Raises CaseDamaged if it holds none, or those of another version.
    """
    try:
        found = json.loads(read_file(folder / MANIFEST) or b"")
    except (ValueError, RecursionError) as error:
        raise CaseDamaged("no_manifest", folder=folder, manifest=MANIFEST, hint="write_manifest") from error
    _check_format(found, folder)
    return PartitionSet(
        folder=folder,
        blocks=tuple(folder / name for name in found["blocks"]),
        borders=tuple(found["borders"]),
        heads={(text, size): head for text, size, head in found["key_prefixes"]},
    )


def write_partitions(store: DuckDBBackend, folder: Path, count: int) -> dict[str, int]:
    """Write a case as at most ``count`` blocks; return the number of blocks, and of rows of each table in them.

    There are fewer where ranges leave no place for a border. Cost: each block reads the tables of the case once, whose
    sorted blocks of other numbers are skipped.

    Raises UsageError if no block is asked for.
    """
    if count < 1:
        raise UsageError("bad_partitions", count=count, hint="partitions_example")
    con = store.new_connection()
    try:
        shares = [place / count for place in range(1, count)]
        borders = [border for (border,) in con.execute(_BORDERS.format(shares=shares)).fetchall()] if shares else []
        con.execute(f"CREATE TEMP TABLE received AS {_RECEIVED}")
        written: dict[str, int] = defaultdict(int)
        names = []
        for place, (low, high) in enumerate(zip([0, *borders], [*borders, (1 << 63) - 1], strict=True)):
            names.append(f"block={place}")
            (folder / names[-1]).mkdir(parents=True)
            for table, rows in _write_block(con, folder / names[-1], low, high).items():
                written[table] += rows
            block = {"format": FORMAT, "block": place, "blocks": len(borders) + 1}
            (folder / names[-1] / BLOCK).write_text(json.dumps(block) + "\n", encoding="utf-8", newline="\n")
        heads = con.execute("SELECT text, size, head FROM key_prefixes ORDER BY head").fetchall()
        manifest = {"format": FORMAT, "blocks": names, "borders": borders, "key_prefixes": heads}
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    finally:
        con.close()
    return {
        "partition": len(names),
        **{table: written[table] for table in ("card_records", "range_records", "cardless_records")},
    }


def _write_block(con: duckdb.DuckDBPyConnection, folder: Path, low: int, high: int) -> dict[str, int]:
    import pyarrow.parquet as pq

    written = {}
    kept = {"cardless_records": "block_cardless_records", "device_cards": "block_devices"}
    kept |= {table: table for table in ("held_range_records", "held_card_records")}
    kept["resolved_parties"] = "block_parties"
    is_known = not_unloaded(unloaded_sheets(con))
    known = {table: _WHOLE[table].format(is_known=is_known) for table in ("sheets", "unread_cards")}
    for table, sql in {**_WHOLE, **known, **_MINE}.items():
        used = [low, high][: sql.count("$1") and 2]
        if table in kept:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {kept[table]} AS {sql}", used or None)
            sql, used = f"FROM temp.{kept[table]}", []
        reader = con.sql(sql, params=used or None).to_arrow_reader(_ROWS_A_GROUP)
        rows = 0
        with pq.ParquetWriter(folder / f"{table}.parquet", reader.schema, compression="zstd") as out:
            for batch in reader:
                out.write_batch(batch, row_group_size=_ROWS_A_GROUP)
                rows += batch.num_rows
        written[table] = rows
    for name in kept.values():
        con.execute(f"DROP TABLE temp.{name}")
    return written


class _AsWritten(DuckDBBackend):
    """Store over tables that were written without invisible rows; it needs no views."""

    def install_views(self, con: duckdb.DuckDBPyConnection) -> None:
        pass

    @property
    def filters_sheets(self) -> bool:
        """Return false: every sheet that was written is visible."""
        return False


class PartitionBackend(_AsWritten):
    """Store over one block of a partitioned case; the answers about its cards are those of the whole case."""

    def __init__(self, folder: Path, *, memory_bytes: int | None = None) -> None:
        try:
            block = json.loads(read_file(folder / BLOCK) or b"")
        except (ValueError, RecursionError) as error:
            raise CaseDamaged("block_unreadable", folder=folder, file=BLOCK, hint="write_partitions") from error
        _check_format(block, folder)
        super().__init__(
            folder,
            con=_connect(folder, {"card_records": "card_records", "range_records": "range_records"}, memory_bytes),
            memory_bytes=memory_bytes,
        )
        held = {"card_records": "held_card_records", "range_records": "held_range_records"}
        self._received_store = _AsWritten(folder, con=_connect(folder, held, memory_bytes))

    def close(self) -> None:
        super().close()
        self._received_store.close()

    def check_chars(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        wanted = list(keys)
        check_chars = dict(super().check_chars(wanted))
        packed = self.card_ids(wanted)
        elsewhere: dict[str, set[str]] = defaultdict(set)
        for number, check_char in self.query_by_ids(
            "SELECT key, coalesce(check_char, '') FROM check_chars WHERE key", packed
        ):
            elsewhere[packed[number]].add(check_char)
        return {**check_chars, **{key: sorted(found) for key, found in elsewhere.items()}}

    def session(self, scope: Scope) -> CaseSession:
        """Return its tables, or those with all that the cards of other blocks make of the holdings of a party."""
        return self._received_store if isinstance(scope, ReceivedScope | SentScope) else self

    def integrity(self) -> IntegrityFacts:
        """Return what can be checked: a block has derived tables only as far as its cards need them."""
        return super().integrity()._replace(problems=iter(()))


_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "preserve_insertion_order": True,
}


def _connect(folder: Path, moved: Mapping[str, str], memory_bytes: int | None) -> duckdb.DuckDBPyConnection:
    """Open the tables of a case over the files of a block; statements are read from the files on demand.

    A block may come from a stranger: its entries are files, and what is read stays within the memory of a question.
    """
    for entry in folder.iterdir():
        check_entry(entry)
    con = duckdb.connect(config=_SETTINGS | safe_settings())
    try:
        con.execute(f"SET memory_limit = '{memory_bytes or question_bytes()}B'")
        # what does not fit is refused: an engine in memory would write it into the folder where the user works
        con.execute("SET temp_directory = ''")
        con.execute("SET allowed_directories = [$1]", [str(folder.resolve())])
        con.execute("SET enable_external_access = false")
        files = {"card_records": moved["card_records"], "range_records": moved["range_records"]}
        for statement in TABLES:
            con.execute(statement)
        for table, name in files.items():
            con.execute(f"DROP TABLE {table}")
            con.execute(
                f"CREATE VIEW {table} AS FROM read_parquet('{_quoted(folder / name)}', hive_partitioning = false)"
            )
        for table in (
            *_WHOLE,
            "cardless_records",
            "device_cards",
            "subscriber_links",
            "resolved_parties",
            "mentions",
            "mention_names",
        ):
            con.execute(
                f"INSERT INTO {table} FROM read_parquet('{_quoted(folder / table)}', hive_partitioning = false)"
            )
        con.execute(
            f"CREATE TABLE check_chars AS "
            f"FROM read_parquet('{_quoted(folder / 'check_chars')}', hive_partitioning = false)"
        )
        con.execute("SET lock_configuration = true")
    except duckdb.OutOfMemoryException as error:
        con.close()
        raise out_of_memory(folder) from error
    except duckdb.Error as error:
        con.close()
        raise CaseDamaged(
            "at_path", path=folder, why=str(error).partition(chr(10))[0], hint="write_partitions"
        ) from error
    except BaseException:
        con.close()
        raise
    return con


def _quoted(path: Path) -> str:
    return f"{path.resolve()}.parquet".replace("'", "''")


def _check_format(found: object, folder: Path) -> None:
    format_there = found.get("format") if isinstance(found, dict) else None
    if format_there != FORMAT:
        raise CaseDamaged(
            "other_format",
            folder=folder,
            found=format_there or "none",
            format=FORMAT,
            hint="write_partitions_with_version",
        )


class _BlockChains(FolderChains):
    """Log of look-ups of a block; notes are kept with the whole case."""

    def add(self, chain: Chain, plan: PlanLine, *, beside: Sequence[Chain]) -> str:
        if chain == "notes":
            raise UsageError("block_takes_no_notes", case=self._folder, hint="note_in_whole_case")
        return super().add(chain, plan, beside=beside)


class PartitionLocation:
    """One block of a partitioned case; it is read-only."""

    holds_files_open = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def open_store(
        self, as_of: Moment | None, *, judged: bool = True, memory_bytes: int | None = None
    ) -> PartitionBackend:
        """Return the store of the block."""
        if as_of is not None:
            raise UsageError("block_as_written", case=self.path, hint="ask_whole_case")
        if not judged:
            raise UsageError("block_with_judgements", case=self.path, hint="without_judgements")
        return PartitionBackend(self.path, memory_bytes=memory_bytes)

    def load_files(self, *_: object) -> LoadReport:
        """Refuse."""
        raise UsageError("block_takes_no_files", case=self.path, hint="load_whole_case")

    def open_copy_writer(self, *_: object) -> AbstractContextManager[CopyTarget]:
        """Refuse."""
        raise UsageError("block_takes_no_files", case=self.path, hint="copy_to_new_folder")

    def chains(self) -> AbstractContextManager[Chains]:
        return nullcontext(_BlockChains(self.path, DEFAULT_WAIT_S, is_case=False))

    def compact(self) -> CompactResult:
        """Refuse: a block was written in order."""
        raise UsageError("block_in_order", case=self.path, hint="compact_whole_case")

    def correct(self, request: CorrectionRequest) -> CorrectionResult:
        """Refuse: records are corrected in the whole case."""
        raise UsageError("block_not_corrected", case=self.path, record=request.record, hint="correct_whole_case")

    def unload(self, request: UnloadRequest) -> UnloadResult:
        """Refuse: files are unloaded in the whole case."""
        raise UsageError("block_not_unloaded", case=self.path, file=request.file, hint="unload_whole_case")

    def judge(self, request: JudgementRequest) -> JudgementResult:  # noqa: ARG002
        """Refuse: parties are judged in the whole case."""
        raise UsageError("block_not_judged", case=self.path, hint="judge_whole_case")

    def redaction_key(self) -> bytes:
        """Refuse: the key is kept with the whole case."""
        raise UsageError("block_without_key", case=self.path, hint="redact_whole_case")

    def size_bytes(self) -> int | None:
        """Return the bytes of its files."""
        return folder_bytes(self.path)
