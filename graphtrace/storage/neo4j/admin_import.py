"""Export of a case for ``neo4j-admin database import full``: the same graph that a load makes, for an empty server.

Every type of node and of relationship has a file with its header and one with its rows. Text is quoted, so that an
empty text differs from a missing one. The tool makes neither constraints nor indexes; the node of the case states that
they are missing, and the first opening of the case creates them (:mod:`graphtrace.storage.neo4j.constraints`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from graphtrace._version import __version__
from graphtrace.errors import CaseDamaged
from graphtrace.model import KINDS
from graphtrace.storage.base import Backend, LoadedFile
from graphtrace.storage.copy import plan_copy
from graphtrace.storage.corrections import WHOLE_FILE, PortableCorrection, StoredCorrection, state_as_of
from graphtrace.storage.duckdb.schema import CARD_COLUMNS, SUPPORT_COLUMNS
from graphtrace.storage.duckdb.visibility import base_schema, include_retracted, read_suspended
from graphtrace.storage.judgements import StoredJudgement
from graphtrace.storage.neo4j import batches
from graphtrace.storage.neo4j.schema import (
    BODY,
    FORMAT,
    LIFTED,
    RETRACTED_BASE,
    UNLOADED,
    UNLOADED_BASE,
    WITHDRAWN,
    card_relationship,
    party_relationships,
)

if TYPE_CHECKING:
    import duckdb
    import polars as pl

CHUNK_BYTES = 1 << 18
"""Size of a chunk of a source before compression; a field of the files must not be much longer."""

_FRAME_ROWS = 250_000
_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c", "\x02", "\x03", "\x04", "\x05")
"""Characters that can separate the elements of a list, if no name contains them."""

_LONG = frozenset(("sender", "receiver", "quantity", "stock", "sold", "sheet", "row", "stated_in", "lifted"))
_KEYED = "CASE kind_number " + " ".join(f"WHEN {n} THEN '{kind}'" for n, kind in enumerate(KINDS)) + " END"


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
    notes = store.contents().notes
    with store.open_tables([file.load for file in files]) as con, ExitStack() as stack:
        _note_corrected(con, corrections)
        writer = _Writer(folder, _delimiter(con), stack)
        _name_parties(con)
        _write_case(con, writer, files, len(corrections), len(judgements), len(notes))
        _write_sources(store, writer, files)
        _write_people(con, writer)
        for table, cards in CARD_COLUMNS.items():
            _write_records(con, writer, table, has_cards=bool(cards), has_corrected=bool(corrections))
        _write_supports(con, writer)
        _write_corrections(con, writer, corrections)
        _write_judgements(writer, judgements)
        _write_notes(writer, notes)
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

    def write(self, what: str, name: str, frame: pl.DataFrame, *, is_relationship: bool = False) -> None:
        """Append rows to a file; the columns have the names of its header."""
        if frame.is_empty():
            return
        import polars as pl

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
    import polars as pl

    return pl.DataFrame(list(rows), schema=list(columns), orient="row", infer_schema_length=None)


def _frames(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pl.DataFrame]:
    import polars as pl

    for batch in con.sql(sql).to_arrow_reader(_FRAME_ROWS):
        frame = pl.DataFrame(batch)
        if not frame.is_empty():
            yield frame


def _note_corrected(con: duckdb.DuckDBPyConnection, corrections: Sequence[StoredCorrection]) -> None:
    """Create table ``corrected`` (sheet, row, code, is_withdrawn): the rows that corrections concern."""
    withdrawn = state_as_of(corrections, None).withdrawn
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
    unloaded = sorted(state_as_of(corrections, None).unloaded)
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
    notes: int,
) -> None:
    """Write the node of the case, its files, their sheets, and their rejects."""
    named = con.execute("SELECT ident, id FROM named").fetchall()
    linked = {ident: batches.MentionLink(ident, party, is_new=True) for ident, party in named}
    batches.create_batch_views(con, linked, sheets_before=0)
    ((sheets,),) = con.execute("SELECT coalesce(max(sheet), 0) FROM main.sheets").fetchall()
    classes = [str(cls) for (cls,) in con.execute("SELECT DISTINCT cls FROM lots_to_send ORDER BY cls").fetchall()]
    ((has_supports,),) = con.execute("SELECT count(*) > 0 FROM main.supports").fetchall()
    joined = writer.delimiter.join
    loads = len(files)
    writer.write(
        "Case",
        "case",
        _frame(
            (
                *(
                    ":ID(Case)",
                    "id",
                    "format:long",
                    "loads:long",
                    "sheets:long",
                    "resolved_through:long",
                    "classes:long[]",
                ),
                *("is_bare:boolean", "corrections:long", "judgements:long", "suspended:long[]"),
                "has_supports:boolean",
                "notes:long",
            ),
            [
                [
                    *("case", "case", FORMAT, loads, sheets, loads, joined(classes) or None, True, corrections or None),
                    *(judgements or None, joined(map(str, sorted(read_suspended(con)))) or None, has_supports),
                    notes or None,
                ]
            ],
        ),
    )
    fields = _fields(con)
    writer.write(
        "File",
        "file",
        _frame(
            (
                *(":ID(File)", "sha256", "name", "size:long", "load:long", "version", "complete:boolean", "loaded_at"),
                *("entry", "fields:string[]"),
            ),
            [
                (
                    *(str(file.load), file.sha256, file.name, file.size, file.load, __version__, True),
                    *(file.loaded_at, file.entry, joined(fields.get(file.load, [])) or None),
                )
                for file in files
            ],
        ),
    )
    names = f"array_to_string(list(name_key ORDER BY name_key), chr({ord(writer.delimiter)}))"
    for frame in _frames(
        con,
        f"""
        SELECT sheet::VARCHAR AS ":ID(Sheet)", sheet AS "sheet:long", sheets.name AS name, kind, encoding,
            row_count AS "rows:long", loaded AS "loaded:long", duplicate AS "duplicate:long",
            rejected AS "rejected:long", records AS "records:long", remarks,
            named AS "carrier_names:string[]", CASE WHEN sheet IN (FROM temp.gone) THEN true END AS "unloaded:boolean",
            file::VARCHAR AS ":END_ID(File)"
        FROM main.sheets JOIN main.files USING (file)
        LEFT JOIN (SELECT sheet, {names} AS named FROM carrier_names GROUP BY sheet) USING (sheet) ORDER BY sheet
        """,
    ):
        writer.write("Sheet", "sheet", frame.drop(":END_ID(File)"))
        links = frame.select(":ID(Sheet)", ":END_ID(File)").rename({":ID(Sheet)": ":START_ID(Sheet)"})
        writer.write("OF", "sheet-of", links, is_relationship=True)
    for frame in _frames(
        con,
        """
        SELECT sheet || '/' || place AS ":ID(Reject)", place AS "place:long", row AS "row:long", field, reason, value,
            low, high, raw, sheet::VARCHAR AS ":END_ID(Sheet)"
        FROM (SELECT *, row_number() OVER (PARTITION BY sheet ORDER BY row, rowid) AS place FROM main.rejects)
        ORDER BY sheet, place
        """,
    ):
        writer.write("Reject", "reject", frame.drop(":END_ID(Sheet)"))
        links = frame.select(":ID(Reject)", ":END_ID(Sheet)").rename({":ID(Reject)": ":START_ID(Reject)"})
        writer.write("IN", "reject-in", links, is_relationship=True)


def _fields(con: duckdb.DuckDBPyConnection) -> dict[int, list[str]]:
    """Return the properties that the records of each file have, by load, as ``kind.property``."""
    names = ("check_char", *(name for name in BODY if name != "kind"))
    found: dict[int, set[str]] = {}
    for table in CARD_COLUMNS:
        for load, kind, *counts in con.execute(
            f"SELECT s.file, kind_number, {', '.join(f'count({name})' for name in map(_sent, names))} "
            f"FROM {table}_to_send AS sent JOIN main.sheets AS s ON sent.sheet = s.sheet GROUP BY 1, 2"
        ).fetchall():
            found.setdefault(load, set()).update(
                f"{KINDS[kind]}.{name}" for name, count in zip(names, counts, strict=True) if count
            )
    return {load: sorted(fields) for load, fields in found.items()}


def _sent(name: str) -> str:
    # the mark of a statement is never missing, and making it to count it takes longer than all else
    return "kind_number" if name == "statement" else f"sent.{name}"


def _write_sources(store: Backend, writer: _Writer, files: Sequence[LoadedFile]) -> None:
    import numpy as np
    import polars as pl

    # of one that was loaded again the first load has the bytes
    for file in {file.sha256: file for file in reversed(files)}.values():
        digest = hashlib.sha256()
        for number, block in enumerate(_blocks(store.read_source(file.sha256) or ())):
            digest.update(block)
            signed = pl.Series(np.frombuffer(zlib.compress(block, 6), np.int8)).cast(pl.String)
            data = signed.str.join(writer.delimiter)[0]
            key = f"{file.sha256}/{number}"
            writer.write(
                "Chunk", "chunk", _frame(["id:ID(Chunk)", "number:long", "data:byte[]"], [[key, number, data]])
            )
            links = _frame([":START_ID(Chunk)", ":END_ID(File)"], [[key, str(file.load)]])
            writer.write("OF", "chunk-of", links, is_relationship=True)
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
    for frame in _frames(
        con,
        'SELECT DISTINCT id AS "id:ID(Party)", name, is_carrier AS "is_carrier:boolean", bearers AS "bearers:long" '
        "FROM named ORDER BY 1",
    ):
        writer.write("Party", "party", frame)
    character = f"chr({ord(writer.delimiter)})"
    listed = "list({} ORDER BY sheet, place) FILTER (sheet IS NOT NULL AND (sheet IN (FROM temp.gone)) = {})"
    lists = {
        # a mention that only withdrawn records make has empty lists, which are left out
        f"{'unloaded_' * is_gone}{name}{typed}": f"array_to_string({listed.format(column, is_gone)}, {character})"
        for is_gone in (False, True)
        for name, typed, column in (
            ("sheets", ":long[]", "sheet"),
            ("days", ":long[]", "day"),
            ("places", ":long[]", "place"),
            ("names", ":string[]", "mention_names.name"),
        )
    }
    made = ", ".join(f'{sql} AS "{name}"' for name, sql in lists.items())
    for frame in _frames(
        con,
        f"""
        SELECT ident::VARCHAR AS ":ID(Mention)", ident::BIGINT AS "mention:long", name_key, strong, {made},
            member, named.id AS ":END_ID(Party)"
        FROM main.mentions JOIN named USING (ident) LEFT JOIN mention_names USING (ident)
        GROUP BY ident, name_key, strong, member, named.id ORDER BY ident
        """,
    ):
        writer.write("Mention", "mention", frame.drop(":END_ID(Party)"))
        links = frame.select(":ID(Mention)", ":END_ID(Party)").rename({":ID(Mention)": ":START_ID(Mention)"})
        writer.write("NAMES", "names", links, is_relationship=True)
    for frame in _frames(
        con,
        f'SELECT key AS "key:ID(Card)", head FROM ({batches.CARDS_TO_SEND}) ORDER BY key',
    ):
        writer.write("Card", "card", frame)
    for frame in _frames(
        con,
        'SELECT id AS "id:ID(Lot)", head, first, last, lo AS "lo:long", hi AS "hi:long", cls::BIGINT AS "cls:long", '
        'cards AS "cards:long" FROM lots_to_send ORDER BY head, lo, hi',
    ):
        writer.write("Lot", "lot", frame)


def _write_records(
    con: duckdb.DuckDBPyConnection, writer: _Writer, table: str, *, has_cards: bool, has_corrected: bool
) -> None:
    """Write the records of one table, and their relationships to parties and cards."""
    import polars as pl

    names = [
        name for name in (*(["check_char"] if table == "card_records" else []), *BODY) if name not in ("kind", "row")
    ]
    kept = {name: name for name in names}
    labels, marked = "labels", ""
    if has_corrected:
        is_gone = "sheet IN (FROM temp.gone)"
        labels += f" || CASE is_withdrawn WHEN true THEN ':{WITHDRAWN}' WHEN false THEN ':{LIFTED}' ELSE '' END"
        labels += f" || CASE WHEN {is_gone} THEN ':{UNLOADED}' ELSE '' END"
        marked = "LEFT JOIN corrected USING (sheet, row)"
        kept["sheet"] = f"CASE WHEN is_withdrawn THEN code WHEN {is_gone} THEN {UNLOADED_BASE} + sheet ELSE sheet END"
        kept |= {
            "stated_in": f"CASE WHEN is_withdrawn OR {is_gone} THEN sheet END",
            "lifted": "CASE WHEN NOT is_withdrawn THEN code END",
        }
    columns = ", ".join(f'{sql} AS "{name}{":long" if name in _LONG else ""}"' for name, sql in kept.items())
    space = {"card_records": "Card", "range_records": "Lot"}.get(table)
    for frame in _frames(
        con,
        f"""
        SELECT {_RECORD_ID} AS ":ID(Record)", replace({labels}, ':', chr({ord(writer.delimiter)})) AS ":LABEL",
            {_KEYED} AS kind, {columns}, row AS "row:long", kind_number, cards, sender_party, receiver_party
        FROM {table}_to_send {marked}
        """,
    ):
        writer.write("Record", f"record-{table}", frame.drop("kind_number", "cards", "sender_party", "receiver_party"))
        for number in frame["kind_number"].unique().sort():
            kind = KINDS[number]
            chosen = frame.filter(pl.col("kind_number") == number)
            given, taken = party_relationships(kind)
            for what, start, end in (
                (given, ("sender_party", "Party"), (":ID(Record)", "Record")),
                (taken, (":ID(Record)", "Record"), ("receiver_party", "Party")),
                *(
                    [
                        (
                            card_relationship(kind),
                            (":ID(Record)", "Record"),
                            ("cards", space),
                        )
                    ]
                    if has_cards
                    else []
                ),
            ):
                links = chosen.select(
                    pl.col(start[0]).alias(f":START_ID({start[1]})"), pl.col(end[0]).alias(f":END_ID({end[1]})")
                ).drop_nulls()
                writer.write(what, f"record-{table}-{what.lower().replace('_', '-')}", links, is_relationship=True)


def _write_supports(con: duckdb.DuckDBPyConnection, writer: _Writer) -> None:
    """Write the supporting records, those of withdrawn rows too, and their sheets."""
    longs = ("day", "span", "second", "sheet", "row")
    typed = {"keys": f"array_to_string(keys, chr({ord(writer.delimiter)}))"}
    names = {name: f"{name}:long" for name in longs} | {"keys": "keys:string[]", "repeated": "repeated:boolean"}
    columns = ", ".join(f'{typed.get(name, name)} AS "{names.get(name, name)}"' for name in SUPPORT_COLUMNS)
    base = base_schema(con)
    for frame in _frames(
        con,
        f'SELECT row_number() OVER (ORDER BY supports.sheet, row, rowid)::VARCHAR AS ":ID(Support)", {columns}, '
        f'supports.sheet::VARCHAR AS ":END_ID(Sheet)" FROM {base}.supports ORDER BY supports.sheet, row, rowid',
    ):
        writer.write("Support", "support", frame.drop(":END_ID(Sheet)"))
        links = frame.select(":ID(Support)", ":END_ID(Sheet)").rename({":ID(Support)": ":START_ID(Support)"})
        writer.write("IN", "support-in", links, is_relationship=True)


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
    columns = ("number:long", "loads:long", "sheet:long", "row:long", "is_lifted:boolean", "at", "effects", "entry")
    writer.write(
        "Correction",
        "correction",
        _frame((":ID(Correction)", *columns), [(str(kept.number), *kept) for kept in corrections]),
    )
    if not corrections:
        return
    records = con.execute(
        " UNION ALL ".join(
            f"SELECT sheet, row, {_RECORD_ID} FROM {table}_to_send SEMI JOIN corrected USING (sheet, row)"
            for table in CARD_COLUMNS
        )
    ).fetchall()
    links = [
        (str(kept.number), record)
        for kept in corrections
        for sheet, row, record in sorted(records)
        if (sheet, row) == (kept.sheet, kept.row)
    ]
    writer.write(
        "OF", "correction-of", _frame((":START_ID(Correction)", ":END_ID(Record)"), links), is_relationship=True
    )


def _write_judgements(writer: _Writer, judgements: Sequence[StoredJudgement]) -> None:
    columns = (":ID(Judgement)", "line:long", "loads:long", "corrections:long", "entry")
    writer.write("Judgement", "judgement", _frame(columns, [(str(kept.line), *kept) for kept in judgements]))


def _write_notes(writer: _Writer, notes: Sequence[str]) -> None:
    columns = (":ID(Note)", "line:long", "entry")
    writer.write("Note", "note", _frame(columns, [(str(line), line, entry) for line, entry in enumerate(notes, 1)]))
