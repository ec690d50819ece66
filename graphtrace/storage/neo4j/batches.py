"""Nodes and relationships of a file on the server, in deterministic batches, and the mentions that are there.

The file stands in the tables of a case folder; views show its rows as they are sent, with readable keys and days. Rows
are lists, sorted by card, so that neighbours in a batch touch the same part of an index.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import duckdb
import polars as pl

from graphtrace.identifiers import operator_from_cell
from graphtrace.model import KINDS, Kind
from graphtrace.storage.duckdb.duckdb_schema import (
    CARD_COLUMNS,
    IDENTITY_COLUMNS,
    KEYS_PER_PREFIX,
    MOVES,
    SALE,
    TABLES,
    number_text,
)
from graphtrace.storage.duckdb.visibility import base_schema, keep_suspended, read_judgements
from graphtrace.storage.duckdb.workarounds import safe_settings
from graphtrace.storage.neo4j.neo4j_schema import (
    BODY,
    DUPLICATE,
    LABELS,
    NAMED,
    NO_CARD_NUMBER,
    NODES,
    QUANTITY_ONLY,
    RECORD_LINKS,
    RETRACTED,
    STATED_IN,
    UNLINKED_EVENT,
    UNLOADED,
    create_nodes,
    types_between,
)
from graphtrace.storage.resolution import resolve_parties

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.client import Neo4jClient


def open_tables(memory_bytes: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory with the tables of a case folder; nothing goes to disk."""
    settings: dict[str, str | bool | int | float | list[str]] = {"temp_directory": "", **safe_settings()}
    if memory_bytes is not None:
        settings["memory_limit"] = f"{memory_bytes}B"
    con = duckdb.connect(":memory:", config=settings)
    # not among the settings above, which have no order: after it, temp_directory is refused
    con.execute("SET enable_external_access = false")
    for statement in TABLES:
        con.execute(statement)
    return con


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table; ``columns`` names their cells in order."""
    listed = list(rows)
    if listed:
        by_column = dict(zip(columns.split(), zip(*listed, strict=True), strict=True))
        insert_frame(con, table, pl.DataFrame(by_column, strict=False))


def insert_frame(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, columns: str = "*") -> None:
    """Append a frame to a table; ``columns`` are SQL expressions over its columns."""
    con.register("frame", frame.to_arrow())
    try:
        con.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM frame")
    finally:
        con.unregister("frame")


def fetch_sheets(con: duckdb.DuckDBPyConnection, server: Neo4jClient, *, seen: Sequence[int]) -> None:
    """Fill the tables of files, sheets and names in carrier columns, for some sheets."""
    rows = server.run_read(
        "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $seen RETURN f.load, f.name, f.sha256, f.size, "
        "coalesce(f.loaded_at, ''), coalesce(f.entry, ''), s.sheet, s.name, s.kind, s.encoding, s.rows, s.loaded, "
        "s.duplicate, s.rejected, s.records, s.remarks, s.carrier_names ORDER BY s.sheet",
        seen=list(seen),
    )
    insert_rows(con, "files", "file name sha256 size loaded_at entry", {row[0]: row[:6] for row in rows}.values())
    insert_rows(
        con,
        "sheets",
        "sheet file name kind encoding row_count loaded duplicate rejected records remarks",
        ((row[6], row[0], *row[7:16]) for row in rows),
    )
    insert_rows(
        con,
        "carrier_names",
        "name_key operator sheet",
        ((name, operator_from_cell(name), row[6]) for row in rows for name in row[16] or ()),
    )


WRITINGS: Final = ("sheets", "days", "places", "names")
"""Lists of a mention with its names; each has a counterpart for the names in unloaded files."""

_WRITINGS: Final = ", ".join(f"m.{name} + coalesce(m.unloaded_{name}, [])" for name in WRITINGS)


class LinkedMention(NamedTuple):
    """Parties that a mention is linked to on the server, and its member there."""

    parties: list[str]
    member: str | None


def fetch_mentions(
    con: duckdb.DuckDBPyConnection, server: Neo4jClient, *, seen: Sequence[int], last: int | None = None
) -> dict[int, LinkedMention]:
    """Fill the tables of mentions with those of some sheets; return the link of each on the server.

    ``last`` is the last sheet whose mentions have numbers, if it is not among ``seen``.
    """
    found = server.run_read(
        "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) "
        "WHERE m.sheets[0] <= $last OR size(m.sheets) = 0 OR m.unloaded_sheets IS NOT NULL "
        "WITH m, collect(p.id) AS parties "
        f"RETURN m.mention, m.name_key, m.strong, parties, m.member, {_WRITINGS} ORDER BY m.mention",
        last=max(seen, default=0) if last is None else last,
    )
    known = set(seen)
    insert_rows(con, "mentions", "ident name_key strong", (row[:3] for row in found))
    insert_rows(
        con,
        "mention_names",
        "ident sheet day place name",
        ((row[0], *writing) for row in found for writing in zip(*row[5:], strict=True) if writing[0] in known),
    )
    return {row[0]: LinkedMention(row[3], row[4]) for row in found}


ResolvedParties = Mapping[int, tuple[str, str, bool, int, str]]
"""Party of each mention: id, name, is_carrier and bearers, and its member."""


def resolve(con: duckdb.DuckDBPyConnection) -> ResolvedParties:
    """Resolve each mention to a party, by the judgements in the tables; ``resolved_parties`` has the result too."""
    suspended = resolve_parties(con, read_judgements(con))
    con.execute("DELETE FROM meta WHERE key = 'suspended'")
    con.execute("INSERT INTO meta VALUES ('suspended', '[]')")
    keep_suspended(con, suspended)
    rows = con.execute("SELECT ident, id, name, is_carrier, bearers, member FROM resolved_parties").fetchall()
    return {
        ident: (party, name, is_carrier, bearers, member) for ident, party, name, is_carrier, bearers, member in rows
    }


BATCH_ROWS = 10_000
PIECE_ROWS = 2 * BATCH_ROWS
"""Maximum number of rows that are sorted at once."""

CHUNK_BYTES = 4 << 20
"""Size of a chunk of a source before compression."""

SIDES = {"sender": types_between("Party", "Record"), "receiver": types_between("Record", "Party")}
"""Relationships between a party and its records: from the party as sender, to it as receiver."""

KNOWN_STATEMENTS = {
    table: f"UNWIND $rows AS row MATCH {match} WHERE r.statement = row[0] AND (r.sheet <= $sheets OR r:{RETRACTED}) "
    f"AND NOT r:{UNLOADED} AND NOT {STATED_IN} IN $gone "
    "RETURN DISTINCT r.statement"
    for table, match in (
        ("card_records", f"(:Card {{key: row[1]}})<-[:{NAMED}]-(r:Record)"),
        ("range_records", f"(:Lot {{id: row[1]}})<-[:{NAMED}]-(r:Record)"),
        ("cardless_records", f"(r:{NO_CARD_NUMBER})"),
    )
}
"""Query by table: statements (statement, card or lot) that the first ``$sheets`` sheets make, without ``$gone``."""

_PARTY = tuple(NODES["Party"].types())
_PARTY_SET = f"SET {', '.join(f'p.{name} = row[{number}]' for number, name in enumerate(_PARTY) if number)}"

WRITE_PARTIES = f"UNWIND $rows AS row MERGE (p:Party {{id: row[0]}}) {_PARTY_SET}"
"""Statement that creates parties and renames those that exist."""

_MAKE_PARTIES = f"UNWIND $rows AS row MERGE (p:Party {{id: row[0]}}) ON CREATE {_PARTY_SET}"
"""Statement that creates the parties of a file; existing parties keep their names until the file is complete."""

Step = tuple[str, dict[str, Any], bool]
"""A statement, its parameters, and whether its rows are records."""


class MentionLink(NamedTuple):
    """A mention on the server: its number, the party that it is linked to, and whether it comes with this file."""

    mention: int
    party: str
    is_new: bool


LOT_COLUMNS = {
    table: tuple(name for name in columns if name != "check_char") for table, columns in CARD_COLUMNS.items()
}
"""The columns by which a row of each table names its cards, apart from how the last character is written."""


def create_statement_views(con: duckdb.DuckDBPyConnection) -> None:
    """Views ``statements_of_TABLE``: the mark of what a row states of its cards.

    Their columns are sheet, row, repeated, kind, cards, statement, and those of :data:`LOT_COLUMNS`.

    Rows with equal values in ``statement`` make one statement (SPEC 3). The value is half a SHA-256 over all recognised
    fields, as a JSON list.
    """
    for table in CARD_COLUMNS:
        columns = ", ".join(("sheet", "row", "repeated", "kind", *LOT_COLUMNS[table]))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW statements_of_{table} AS SELECT {columns}, "
            f"{cards_expr(table)} AS cards, {_statement(table)} AS statement FROM {table} {_MENTIONS} {HEADS[table]}"
        )


def _key(column: str) -> str:
    digits, number = "(h.size - length(h.text))::INTEGER", f"({column} % {KEYS_PER_PREFIX})::VARCHAR"
    return f"h.text || CASE WHEN {digits} = 0 THEN '' ELSE lpad({number}, {digits}, '0') END"


def pieces(con: duckdb.DuckDBPyConnection, table: str, sheet: str = "sheet") -> list[str]:
    """Return conditions that divide the rows of a table, in the order of the file, into deterministic batches.

    All of them at once, with their marks, do not fit the memory of a load. ``sheet`` is how they are to be compared.
    """
    ((count,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    if count <= PIECE_ROWS:
        return ["true"]
    found = con.execute(f"SELECT DISTINCT {sheet}, row // {PIECE_ROWS} FROM {table} ORDER BY ALL").fetchall()
    return [
        f"sheet = {number} AND row >= {piece * PIECE_ROWS} AND row < {(piece + 1) * PIECE_ROWS}"
        for number, piece in found
    ]


_MENTIONS = "LEFT JOIN mentions AS s ON sender = s.ident LEFT JOIN mentions AS r ON receiver = r.ident"
HEADS = {
    "card_records": f"JOIN key_prefixes AS h ON key // {KEYS_PER_PREFIX} = h.head",
    "range_records": f"JOIN key_prefixes AS h ON first // {KEYS_PER_PREFIX} = h.head",
    "cardless_records": "",
}
_KEYS = {
    "card_records": _key("key"),
    "range_records": f"{_key('first')} || '-' || {_key('last')}",
    "cardless_records": SALE,
}
"""Expressions that name the cards of a row, or distinguish equal sales that name none."""


def cards_expr(table: str) -> str:
    """Return the key of the node by which a row names its cards."""
    return "NULL" if table == "cardless_records" else _KEYS[table]


def _statement(table: str) -> str:
    same = [column for column in IDENTITY_COLUMNS if column not in ("sender", "receiver")]
    cells = ["s.name_key", "s.strong", "r.name_key", "r.strong", *same]
    return f"left(sha256(json_array('{table}', {_KEYS[table]}, {', '.join(cells)})::VARCHAR), 32)"


_DATE = """
left((DATE '1970-01-01' + day)::VARCHAR, CASE WHEN span > 0 THEN 7 ELSE 10 END)
|| CASE WHEN second < 0 THEN '' ELSE strftime(TIMESTAMP '1970-01-01' + to_seconds(second), 'T%H:%M:%S+08:00') END
"""
_MADE = {
    "sender": "sm.mention",
    "receiver": "rm.mention",
    "date": _DATE,
    "msisdn": number_text("msisdn"),
    "imsi": "imsi::VARCHAR",
    "imei": "lpad(imei::VARCHAR, imei_size::INTEGER, '0')",
    "device": "left(lpad(imei::VARCHAR, imei_size::INTEGER, '0'), 14)",
}
"""Properties of a record that are not stored in a column of their name."""


def create_batch_views(
    con: duckdb.DuckDBPyConnection, linked: Mapping[int, MentionLink], *, loads_before: int, sheets_before: int
) -> None:
    """Create tables with the rows of a staged file as they are sent."""
    import polars as pl

    mine = pl.DataFrame(
        [(ident, link.mention, link.party) for ident, link in linked.items()],
        schema={"ident": pl.Int32, "mention": pl.Int64, "party": pl.String},
        orient="row",
    )
    con.register("frame", mine.to_arrow())
    con.execute("CREATE OR REPLACE TEMP TABLE mine AS SELECT * FROM frame")
    con.unregister("frame")
    con.execute(f"CREATE OR REPLACE TEMP MACRO load_of(file) AS file + {loads_before}")
    con.execute(f"CREATE OR REPLACE TEMP MACRO on_server(sheet) AS sheet + {sheets_before}")
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE lots_to_send AS
        SELECT {_KEYS["range_records"]} AS id, rpad(h.text, h.size::INTEGER, '.') AS head,
            {_key("first")} AS first, {_key("last")} AS last,
            lots.first % {KEYS_PER_PREFIX} AS low, lots.last % {KEYS_PER_PREFIX} AS high,
            CASE WHEN high = low THEN 0 ELSE length(bin(high - low)) END AS size_class, high - low + 1 AS cards
        FROM (SELECT DISTINCT first, last FROM range_records) AS lots {HEADS["range_records"]}
        ORDER BY lots.first, lots.last
        """
    )
    for table, at in (("card_records", "key"), ("range_records", "first"), ("cardless_records", "0")):
        made = [
            f"{_MADE.get(name, name)} AS {name}" for name in BODY if name not in ("kind", "sheet", "row", "statement")
        ]
        con.execute(
            f"""
            CREATE OR REPLACE TEMP VIEW {table}_to_send AS
            SELECT kind AS kind_number, {list(KINDS)}[kind + 1] AS kind, {_labels(table)} AS labels, {at} AS sorted_by,
                {cards_expr(table)} AS cards,
                sm.party AS sender_party, rm.party AS receiver_party,
                {"check_char" if table == "card_records" else "NULL AS check_char"},
                {", ".join(made)}, on_server(sheet) AS sheet, row, {_statement(table)} AS statement
            FROM {table} {_MENTIONS} {HEADS[table]}
            LEFT JOIN mine AS sm ON sender = sm.ident LEFT JOIN mine AS rm ON receiver = rm.ident
            """
        )


_NODES = {
    "Sheet": """
        SELECT on_server(sheet) AS sheet, name, kind, encoding, row_count AS rows, loaded, duplicate, rejected, records,
            remarks, coalesce(named, []) AS carrier_names, load_of(file) AS linked_to
        FROM {base}.sheets LEFT JOIN
            (SELECT sheet, list(name_key ORDER BY name_key) AS named FROM carrier_names GROUP BY sheet) USING (sheet)
        ORDER BY sheet
    """,
    "Reject": """
        SELECT row_number() OVER (PARTITION BY sheet ORDER BY row, rowid) AS place, row, field, reason, value, low,
            high, raw, on_server(sheet) AS linked_to
        FROM {base}.rejects ORDER BY sheet, row, rowid
    """,
    "Unread": f"""
        SELECT on_server(sheet) AS sheet, row, {list(KINDS)}[kind + 1] AS kind, reason, field, day, span,
            CASE WHEN first = last THEN {_key("first")} END AS key,
            CASE WHEN first < last THEN rpad(h.text, h.size::INTEGER, '.') END AS head,
            CASE WHEN first < last THEN first % {KEYS_PER_PREFIX} END AS low,
            CASE WHEN first < last THEN last % {KEYS_PER_PREFIX} END AS high,
            {number_text("number")} AS number, unread.text, on_server(sheet) AS linked_to
        FROM {{base}}.unread_cards AS unread LEFT JOIN key_prefixes AS h ON first // {KEYS_PER_PREFIX} = h.head
        ORDER BY sheet, row, key, head, low, number
    """,
    "Card": f"""
        SELECT {_KEYS["card_records"]} AS key, rpad(h.text, h.size::INTEGER, '.') AS head
        FROM (SELECT DISTINCT key FROM card_records) {HEADS["card_records"]} ORDER BY ALL
    """,
    "Lot": "SELECT * FROM lots_to_send ORDER BY head, low, high",
    "Support": """
        SELECT * REPLACE (on_server(sheet) AS sheet), on_server(sheet) AS linked_to
        FROM {base}.supports ORDER BY supports.sheet, row, rowid
    """,
}


def nodes_sql(con: duckdb.DuckDBPyConnection, label: str) -> str:
    """Return the query for nodes to send: their properties, and in ``linked_to`` the key of what each is linked to."""
    return _NODES[label].format(base=base_schema(con))


def _labels(table: str) -> str:
    more = ""
    if table == "cardless_records":
        more = (
            f"|| ':{NO_CARD_NUMBER}' || CASE WHEN kind IN ({MOVES}) THEN ':{QUANTITY_ONLY}' "
            f"WHEN msisdn IS NOT NULL OR imsi IS NOT NULL THEN ':{UNLINKED_EVENT}' ELSE '' END"
        )
    repeated = f"CASE WHEN repeated THEN ':{DUPLICATE}' ELSE '' END"
    return f"'Record:' || {list(LABELS.values())}[kind + 1] {more} || {repeated}"


def property_names(con: duckdb.DuckDBPyConnection) -> dict[int, list[str]]:
    """Return the properties that the records of each load have, as ``kind.property``."""
    found: dict[int, set[str]] = {}
    for table in CARD_COLUMNS:
        for load, number, *counts in con.execute(
            f"SELECT load_of(file), kind_number, {', '.join(map(_counted, _SENT))} FROM {table}_to_send AS sent "
            f"JOIN {base_schema(con)}.sheets AS s ON sent.sheet = on_server(s.sheet) GROUP BY ALL"
        ).fetchall():
            names = found.setdefault(load, set())
            names |= {f"{KINDS[number]}.{name}" for name, count in zip(_SENT, counts, strict=True) if count}
    return {load: sorted(names) for load, names in found.items()}


def row_count(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of records of the staged file."""
    ((count,),) = con.execute(
        f"SELECT sum(n)::BIGINT FROM "
        f"({' UNION ALL '.join(f'SELECT count(*) AS n FROM {table}' for table in (*CARD_COLUMNS, 'supports'))})"
    ).fetchall()
    return int(count)


def load_batches(
    con: duckdb.DuckDBPyConnection,
    load: int,
    source: Path | None,
    resolved: ResolvedParties,
    linked: Mapping[int, MentionLink],
) -> Iterator[Step]:
    """Yield all batches of a file in order; ``source`` is ``None`` if the server has its bytes already."""
    yield from _file_steps(con, load, source)
    fresh = {link.mention for link in linked.values() if link.is_new}
    yield from _batched(_MAKE_PARTIES, sorted({resolved[mention][:4] for mention in fresh}))
    mentioned = con.execute(
        """
        SELECT mention, name_key, strong, party, list(on_server(sheet) ORDER BY sheet, place),
            list(day ORDER BY sheet, place), list(place ORDER BY sheet, place), list(name ORDER BY sheet, place)
        FROM mention_names JOIN mine USING (ident) JOIN mentions USING (ident) GROUP BY ALL ORDER BY mention
        """
    ).fetchall()
    columns = ("mention", "name_key", "strong", "sheets", "days", "places", "names", "member", "linked_to")
    yield from _batched(
        create_nodes("Mention", columns),
        [[*row[:3], *row[4:], resolved[row[0]][4], row[3]] for row in mentioned if row[0] in fresh],
    )
    yield from _batched(
        "UNWIND $rows AS row MATCH (m:Mention {mention: row[0]}) SET m.sheets = m.sheets + row[4], "
        "m.days = m.days + row[5], m.places = m.places + row[6], m.names = m.names + row[7]",
        [row for row in mentioned if row[0] not in fresh],
    )
    yield from _created(con, "Card")
    yield from _created(con, "Lot")
    for table in CARD_COLUMNS:
        yield from _record_steps(con, table)
    yield from _created(con, "Support", is_record=True)


def _file_steps(con: duckdb.DuckDBPyConnection, load: int, source: Path | None) -> Iterator[Step]:
    yield from _created(con, "Sheet")
    if source is not None:
        with source.open("rb") as content:
            number = 0
            while block := content.read(CHUNK_BYTES):
                row = [f"{source.name}/{number}", number, zlib.compress(block, 1), load]
                yield create_nodes("Chunk", ("id", "number", "data", "linked_to")), {"rows": [row]}, False
                number += 1
    yield from _created(con, "Reject")
    yield from _created(con, "Unread")


def _record_steps(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[Step]:
    groups = con.execute(
        f"SELECT kind_number, labels, sender IS NOT NULL, receiver IS NOT NULL, {', '.join(map(_counted, _SENT))} "
        f"FROM {table}_to_send AS sent GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    ).fetchall()
    in_order = pieces(con, table, "on_server(sheet)")
    for number, labels, has_sender, has_receiver, *counts in groups:
        kept = [name for name, count in zip(_SENT, counts, strict=True) if count]
        create = _create_records(table, KINDS[number], labels, kept, has_sender=has_sender, has_receiver=has_receiver)
        for piece in in_order:
            found = con.execute(
                f"SELECT cards, sender_party, receiver_party, {', '.join(kept)} FROM {table}_to_send "
                "WHERE kind_number = $1 AND labels = $2 AND (sender IS NOT NULL) = $3 AND (receiver IS NOT NULL) = $4 "
                f"AND {piece} ORDER BY sorted_by, sheet, row",
                [number, labels, has_sender, has_receiver],
            )
            yield from _fetched(create, found, is_record=True)


_SENT = ("check_char", *(name for name in BODY if name != "kind"))


def _counted(column: str) -> str:
    # every row has the mark of its statement, which takes long to make only to be counted
    return "count(*)" if column == "statement" else f"count(sent.{column})"


def _create_records(
    table: str, kind: Kind, labels: str, kept: Sequence[str], *, has_sender: bool, has_receiver: bool
) -> str:
    matched, links = [], []
    if table != "cardless_records":
        matched.append(f"MATCH (c:{'Card {key' if table == 'card_records' else 'Lot {id'}: row[0]}})")
        links.append(f"(r)-[:{RECORD_LINKS['Record', 'Card', kind]}]->(c)")
    if has_sender:
        matched.append("MATCH (s:Party {id: row[1]})")
        links.append(f"(s)-[:{RECORD_LINKS['Party', 'Record', kind]}]->(r)")
    if has_receiver:
        matched.append("MATCH (t:Party {id: row[2]})")
        links.append(f"(r)-[:{RECORD_LINKS['Record', 'Party', kind]}]->(t)")
    properties = "".join(f", {name}: row[{place}]" for place, name in enumerate(kept, 3))
    created = ", ".join([f"(r:{labels} {{kind: '{kind}'{properties}}})", *links])
    return f"UNWIND $rows AS row {' '.join(matched)} CREATE {created}"


def relink_cypher(side: str, link: str, *, add: bool) -> str:
    """Return a statement that links records (element id, party) to their party, or unlinks them from all others."""
    left, right = ("p", "r") if side == "sender" else ("r", "p")
    found = "UNWIND $rows AS row MATCH (r:Record) WHERE elementId(r) = row[0]"
    if add:
        return f"{found} MATCH (p:Party {{id: row[1]}}) MERGE ({left})-[:{link}]->({right})"
    return f"{found} MATCH ({left})-[g:{link}]->({right}) WHERE p.id <> row[1] DELETE g"


def _batched(cypher: str, rows: Sequence[Sequence[Any]]) -> Iterator[Step]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield cypher, {"rows": rows[start : start + BATCH_ROWS]}, False


def _created(con: duckdb.DuckDBPyConnection, label: str, *, is_record: bool = False) -> Iterator[Step]:
    found = con.execute(nodes_sql(con, label))
    yield from _fetched(create_nodes(label, [name for name, *_ in found.description or ()]), found, is_record=is_record)


def _fetched(cypher: str, found: duckdb.DuckDBPyConnection, *, is_record: bool = False) -> Iterator[Step]:
    while rows := found.fetchmany(BATCH_ROWS):
        yield cypher, {"rows": rows}, is_record
