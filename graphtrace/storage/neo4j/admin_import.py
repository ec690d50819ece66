"""Export of a case for ``neo4j-admin database import full``: the same graph that a load makes, for an empty server.

Every type of node and of relationship has a file with its header and one with its rows. Text is quoted, so that an
empty text differs from a missing one. The tool makes neither constraints nor indexes; the node of the case states that
they are missing, and the first opening of the case creates them (:mod:`graphtrace.storage.neo4j.neo4j_schema`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import duckdb
import numpy as np
import polars as pl

from graphtrace._version import __version__
from graphtrace.errors import CaseDamaged
from graphtrace.results.corrections import WHOLE_FILE
from graphtrace.storage.base import Backend, LoadedFile
from graphtrace.storage.case_notes import OF_REPLY
from graphtrace.storage.copy import plan_copy
from graphtrace.storage.correction_log import PortableCorrection, StoredCorrection, corrections_as_of
from graphtrace.storage.duckdb.duckdb_schema import CARD_COLUMNS
from graphtrace.storage.duckdb.visibility import include_retracted, read_suspended
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.neo4j import batches
from graphtrace.storage.neo4j.batches import WRITINGS
from graphtrace.storage.neo4j.neo4j_schema import (
    BODY,
    FORMAT,
    NODES,
    RECORD_LINKS,
    REINSTATED,
    RETRACTED,
    RETRACTED_BASE,
    UNLOADED,
    UNLOADED_BASE,
    outgoing,
)

CHUNK_BYTES = 1 << 18
"""Size of a chunk of a source before compression; a field of the files must not be much longer."""

_FRAME_ROWS = 250_000
_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c", "\x02", "\x03", "\x04", "\x05")
"""Characters that can separate the elements of a list, if no name contains them."""


class AdminImport(NamedTuple):
    """Result of an export: number of nodes and relationships of each type, and the command that imports them."""

    written: Mapping[str, int]
    command: tuple[str, ...]


def write_admin_import(store: Backend, folder: Path) -> AdminImport:
    """Write a case into an existing empty folder. Memory does not grow with the case."""
    lines = plan_copy(store).values()
    files = [line for line in lines if isinstance(line, LoadedFile)]
    corrections = [line.stored for line in lines if isinstance(line, PortableCorrection)]
    judgements = [line for line in lines if isinstance(line, StoredJudgement)]
    contents = store.contents()
    lookups, notes = contents.lookups, contents.notes
    with store.open_tables([file.load for file in files]) as con, ExitStack() as stack:
        _note_corrected(con, corrections)
        writer = _Writer(folder, _delimiter(con), stack)
        _name_parties(con)
        _write_case(con, writer, files, len(corrections), len(judgements), notes, len(lookups))
        _write_sources(store, writer, files)
        _write_people(con, writer)
        for table in CARD_COLUMNS:
            _write_records(con, writer, table, has_corrected=bool(corrections))
        for frame in _frames(con, batches.nodes_sql(con, "Support")):
            writer.write_nodes("Support", frame)
        _write_corrections(con, writer, corrections)
        writer.write_nodes("Judgement", _frame(StoredJudgement._fields, judgements))
        writer.write_nodes("Note", _frame(("line", "entry"), enumerate(notes, 1)))
        writer.write_nodes("Lookup", _frame(("line", "entry"), enumerate(lookups, 1)))
        return AdminImport(writer.counts, writer.command())


class _Writer:
    """Files that are being written, by content."""

    def __init__(self, folder: Path, delimiter: str, stack: ExitStack) -> None:
        self.delimiter = delimiter
        self.counts: dict[str, int] = {}
        self._folder = folder
        self._stack = stack
        self._open: dict[tuple[str, str], BinaryIO] = {}
        self._is_relationship: dict[tuple[str, str], bool] = {}
        self._has_lines = False

    def write_node(self, label: str, **properties: Any) -> None:
        """Append one node."""
        self.write_nodes(label, _frame(tuple(properties), [tuple(properties.values())]))

    def write_nodes(self, label: str, frame: pl.DataFrame, name: str = "") -> None:
        """Append nodes, and the relationship of each.

        Columns are properties, except ``node``, the id of a node that has no key, ``labels``, and ``linked_to``, the
        id of the node that each is linked to.
        """
        if frame.is_empty():
            return
        kind, name = NODES[label], name or label.lower()
        types = kind.types()
        shown = {each: f"{each}:{typed}".removesuffix(":string") for each, typed in types.items()}
        shown |= {"node": f":ID({label})", "labels": ":LABEL"}
        if types.get(kind.key) == "string":
            shown[kind.key] = f"{kind.key}:ID({label})"
        elif "node" not in frame.columns:
            first = self.counts.get(label, 0)
            node = pl.col(kind.key) if kind.key else pl.int_range(first, first + frame.height)
            frame = frame.select(node.cast(pl.String).alias("node"), pl.all())
        frame = frame.with_columns(pl.col(pl.List).cast(pl.List(pl.String)).list.join(self.delimiter))
        nodes = frame.drop("linked_to", strict=False)
        self._write(label, name, nodes.rename({each: shown[each] for each in nodes.columns}))
        if "linked_to" in frame.columns:
            link = outgoing(label)
            self.write_links((label, link.type, link.targets[0]), frame.select(frame.columns[0], "linked_to"), name)

    def write_links(self, link: tuple[str, str, str], ends: pl.DataFrame, name: str) -> None:
        """Append relationships between two labels; the columns are the ids of their ends."""
        source, what, target = link
        header = (f":START_ID({source})", f":END_ID({target})")
        links = ends.drop_nulls().rename(dict(zip(ends.columns, header, strict=True)))
        self._write(what, f"{name}-{what.lower().replace('_', '-')}", links, is_relationship=True)

    def _write(self, what: str, name: str, frame: pl.DataFrame, *, is_relationship: bool = False) -> None:
        if frame.is_empty():
            return
        key = (what, name)
        if key not in self._open:
            (self._folder / f"{name}-header.csv").write_text(",".join(frame.columns) + "\n", "utf-8", newline="\n")
            self._open[key] = self._stack.enter_context((self._folder / f"{name}.csv").open("wb"))
            self._is_relationship[key] = is_relationship
        if not self._has_lines:
            broken = frame.select(pl.col(pl.String).str.contains("[\r\n]").any())
            self._has_lines = any(map(any, broken.rows()))
        frame.write_csv(self._open[key], include_header=False, quote_style="necessary")
        self.counts[what] = self.counts.get(what, 0) + frame.height

    def command(self) -> tuple[str, ...]:
        """Return the import command, to be run in the folder of the files."""
        groups = [
            f"--{'relationships' if self._is_relationship[what, name] else 'nodes'}={what}={name}-header.csv,{name}.csv"
            for what, name in self._open
        ]
        options = [
            "--id-type=string",
            f"--array-delimiter=U+{ord(self.delimiter):04X}",
            *(["--multiline-fields=true"] if self._has_lines else []),
            "--overwrite-destination=true",
        ]
        return ("neo4j-admin", "database", "import", "full", *groups, *options, "neo4j")


def _delimiter(con: duckdb.DuckDBPyConnection) -> str:
    """Return a character that no element of a list holds."""
    for character in _DELIMITERS:
        ((found,),) = con.execute(
            "SELECT EXISTS (SELECT 1 FROM mention_names WHERE contains(name, $1)) "
            "OR EXISTS (SELECT 1 FROM carrier_names WHERE contains(name_key, $1)) "
            "OR EXISTS (SELECT 1 FROM main.supports WHERE contains(array_to_string(keys, ''), $1))",
            [character],
        ).fetchall()
        if not found:
            return character
    raise AssertionError("names hold every control character")


def _frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(columns), orient="row", infer_schema_length=None)


def _frames(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pl.DataFrame]:
    for batch in con.sql(sql).to_arrow_reader(_FRAME_ROWS):
        frame = pl.DataFrame(batch)
        if not frame.is_empty():
            yield frame


def _note_corrected(con: duckdb.DuckDBPyConnection, corrections: Sequence[StoredCorrection]) -> None:
    """Create table ``corrected`` (sheet, row, code, is_withdrawn): the rows that corrections concern."""
    withdrawn = corrections_as_of(corrections, None).withdrawn
    first: dict[tuple[int, int], int] = {}
    for correction in corrections:
        if correction.row != WHOLE_FILE:
            first.setdefault((correction.sheet, correction.row), correction.number)
    con.execute("CREATE TEMP TABLE corrected (sheet INTEGER, row UINTEGER, code BIGINT, is_withdrawn BOOLEAN)")
    if first:
        rows = [(*place, RETRACTED_BASE + number, place in withdrawn) for place, number in first.items()]
        con.executemany("INSERT INTO corrected VALUES (?, ?, ?, ?)", rows)
    if withdrawn:
        include_retracted(con)
    con.execute("CREATE TEMP TABLE gone (sheet INTEGER)")
    unloaded = sorted(corrections_as_of(corrections, None).unloaded)
    if unloaded:
        con.execute("INSERT INTO gone SELECT unnest(?::INTEGER[])", [unloaded])
        # what stands before the tables shows these too then, with the marks of repeated statements as they count
        con.execute("INSERT INTO temp.seen SELECT sheet FROM gone")


def _name_parties(con: duckdb.DuckDBPyConnection) -> None:
    """Create table ``named``: the resolved parties, and one for each mention that only records make which do not count.

    These are linked to it until their correction is lifted; nothing else uses it.
    """
    con.execute(
        """
        CREATE TEMP TABLE named AS
        WITH left_over AS (
            SELECT ident, CASE WHEN strong <> '' THEN 'id:' || strong ELSE 'name:' || name_key END AS id, id AS member
            FROM main.mentions ANTI JOIN resolved_parties USING (ident)
        ),
        parties AS (SELECT DISTINCT id, name, is_carrier, bearers FROM resolved_parties)
        SELECT ident, id, name, is_carrier, bearers, member FROM resolved_parties
        UNION ALL
        SELECT ident, id, coalesce(name, left_over.id[4:]), coalesce(is_carrier, false), coalesce(bearers, 0), member
        FROM left_over LEFT JOIN parties USING (id)
        """
    )


def _write_case(
    con: duckdb.DuckDBPyConnection,
    writer: _Writer,
    files: Sequence[LoadedFile],
    corrections: int,
    judgements: int,
    notes: Sequence[str],
    lookups: int,
) -> None:
    named = con.execute("SELECT ident, id FROM named").fetchall()
    linked = {ident: batches.MentionLink(ident, party, is_new=True) for ident, party in named}
    batches.create_batch_views(con, linked, loads_before=0, sheets_before=0)
    ((sheets,),) = con.execute("SELECT coalesce(max(sheet), 0) FROM main.sheets").fetchall()
    classes = [
        cls for (cls,) in con.execute("SELECT DISTINCT size_class FROM lots_to_send ORDER BY size_class").fetchall()
    ]
    ((has_supports,),) = con.execute("SELECT count(*) > 0 FROM main.supports").fetchall()
    ((has_unread,),) = con.execute("SELECT count(*) > 0 FROM main.unread_cards").fetchall()
    writer.write_node(
        "Case",
        id="case",
        format=FORMAT,
        loads=len(files),
        sheets=sheets,
        resolved_through=len(files),
        corrections=corrections or None,
        judgements=judgements or None,
        notes=len(notes) or None,
        replies=sum(OF_REPLY in line for line in notes) or None,
        lookups=lookups or None,
        suspended=sorted(read_suspended(con)) or None,
        classes=classes or None,
        has_supports=has_supports,
        has_unread=has_unread,
        is_bare=True,
    )
    fields = batches.property_names(con)
    for file in files:
        properties = {name: getattr(file, name) for name in ("sha256", "name", "size", "load", "loaded_at", "entry")}
        writer.write_node("File", **properties, version=__version__, complete=True, fields=fields.get(file.load))
    is_gone = "CASE WHEN sheet IN (FROM temp.gone) THEN true END AS unloaded"
    for frame in _frames(con, f"SELECT *, {is_gone} FROM ({batches.nodes_sql(con, 'Sheet')}) ORDER BY sheet"):
        writer.write_nodes("Sheet", frame)
    for label in ("Reject", "Unread"):
        for frame in _frames(con, batches.nodes_sql(con, label)):
            writer.write_nodes(label, frame)


def _write_sources(store: Backend, writer: _Writer, files: Sequence[LoadedFile]) -> None:
    # of one that was loaded again the first load has the bytes
    for file in {file.sha256: file for file in reversed(files)}.values():
        digest = hashlib.sha256()
        for number, block in enumerate(_blocks(store.read_source(file.sha256) or ())):
            digest.update(block)
            signed = pl.Series(np.frombuffer(zlib.compress(block, 6), np.int8)).cast(pl.String)
            data = signed.str.join(writer.delimiter)[0]
            key = f"{file.sha256}/{number}"
            writer.write_node("Chunk", id=key, number=number, data=data, linked_to=str(file.load))
        if digest.hexdigest() != file.sha256:
            raise CaseDamaged("source_differs", file=file.name, hint="verify_and_restore")


def _blocks(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of :data:`CHUNK_BYTES`."""
    waiting = b""
    for block in content:
        waiting += block
        while len(waiting) >= CHUNK_BYTES:
            yield waiting[:CHUNK_BYTES]
            waiting = waiting[CHUNK_BYTES:]
    if waiting:
        yield waiting


def _write_people(con: duckdb.DuckDBPyConnection, writer: _Writer) -> None:
    for frame in _frames(con, "SELECT DISTINCT id, name, is_carrier, bearers FROM named ORDER BY 1"):
        writer.write_nodes("Party", frame)
    listed = "list({} ORDER BY sheet, place) FILTER (sheet IS NOT NULL AND (sheet IN (FROM temp.gone)) = {})"
    made = ", ".join(
        # a mention that only withdrawn records make has empty lists, which are left out
        f"{listed.format(column, is_gone)} AS {'unloaded_' * is_gone}{name}"
        for is_gone in (False, True)
        for name, column in zip(WRITINGS, ("sheet", "day", "place", "mention_names.name"), strict=True)
    )
    for frame in _frames(
        con,
        f"""
        SELECT ident::BIGINT AS mention, name_key, strong, {made}, member, named.id AS linked_to
        FROM main.mentions JOIN named USING (ident) LEFT JOIN mention_names USING (ident)
        GROUP BY ident, name_key, strong, member, named.id ORDER BY ident
        """,
    ):
        writer.write_nodes("Mention", frame)
    for label in ("Card", "Lot"):
        for frame in _frames(con, batches.nodes_sql(con, label)):
            writer.write_nodes(label, frame)


def _write_records(con: duckdb.DuckDBPyConnection, writer: _Writer, table: str, *, has_corrected: bool) -> None:
    names = [
        name for name in (*(["check_char"] if table == "card_records" else []), *BODY) if name not in ("kind", "row")
    ]
    kept = {name: name for name in names}
    labels, marked = "labels", ""
    if has_corrected:
        is_gone = "sheet IN (FROM temp.gone)"
        labels += f" || CASE is_withdrawn WHEN true THEN ':{RETRACTED}' WHEN false THEN ':{REINSTATED}' ELSE '' END"
        labels += f" || CASE WHEN {is_gone} THEN ':{UNLOADED}' ELSE '' END"
        marked = "LEFT JOIN corrected USING (sheet, row)"
        kept["sheet"] = f"CASE WHEN is_withdrawn THEN code WHEN {is_gone} THEN {UNLOADED_BASE} + sheet ELSE sheet END"
        kept |= {
            "stated_in": f"CASE WHEN is_withdrawn OR {is_gone} THEN sheet END",
            "lifted": "CASE WHEN NOT is_withdrawn THEN code END",
        }
    columns = ", ".join(f"{sql} AS {name}" for name, sql in kept.items())
    space = {"card_records": "Card", "range_records": "Lot"}.get(table)
    for frame in _frames(
        con,
        f"""
        SELECT {_RECORD_ID} AS node, replace({labels}, ':', chr({ord(writer.delimiter)})) AS labels,
            kind, {columns}, row, cards, sender_party, receiver_party
        FROM {table}_to_send {marked}
        """,
    ):
        name = f"record-{table}"
        writer.write_nodes("Record", frame.drop("cards", "sender_party", "receiver_party"), name)
        for kind in frame["kind"].unique().sort():
            chosen = frame.filter(pl.col("kind") == kind)
            for source, target, start, end in (
                ("Party", "Record", "sender_party", "node"),
                ("Record", "Party", "node", "receiver_party"),
                *([("Record", space, "node", "cards")] if space else []),
            ):
                if link := RECORD_LINKS.get((source, target, kind)):
                    writer.write_links((source, link, target), chosen.select(start, end), name)


_RECORD_ID: Final = """
sheet || '/' || row || CASE
    WHEN sheet IN (SELECT sheet FROM main.sheets WHERE records > loaded + duplicate)
    THEN '/' || kind_number || coalesce('/' || cards, '') ELSE ''
END
"""
"""Expression for the id of a record; if several records come from one row, its number alone is not unique."""


def _write_corrections(
    con: duckdb.DuckDBPyConnection, writer: _Writer, corrections: Sequence[StoredCorrection]
) -> None:
    rows = [(str(stored.number), *stored) for stored in corrections]
    writer.write_nodes("Correction", _frame(("node", *StoredCorrection._fields), rows))
    if not corrections:
        return
    records = con.execute(
        " UNION ALL ".join(
            f"SELECT sheet, row, {_RECORD_ID} FROM {table}_to_send SEMI JOIN corrected USING (sheet, row)"
            for table in CARD_COLUMNS
        )
    ).fetchall()
    links = [
        (str(stored.number), record)
        for stored in corrections
        for sheet, row, record in sorted(records)
        if (sheet, row) == (stored.sheet, stored.row)
    ]
    writer.write_links(("Correction", "OF", "Record"), _frame(("node", "linked_to"), links), "correction")
