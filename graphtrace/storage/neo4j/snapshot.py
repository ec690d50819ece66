"""Snapshot of a part of a case on a server, or of all of it, in DuckDB in memory.

What adds up many records is SQL, written once for the embedded case. A server is asked for the records that a question
is about, and the same SQL answers from them; so the answers are the same by construction, and only the records in
question travel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from graphtrace.identifiers import join_key, operator_from_cell, pack_number, split_key
from graphtrace.model import KINDS, Kind, Party
from graphtrace.storage.correction_log import MentionName, StoredCorrection
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_schema import (
    KEYS_PER_PREFIX,
    RECORD_COLUMNS,
    SUPPORT_COLUMNS,
    UNREAD_COLUMNS,
    number_code,
    number_text,
)
from graphtrace.storage.duckdb.visibility import index_card_records, with_mention_views
from graphtrace.storage.neo4j.batches import (
    HEADS,
    cards_expr,
    fetch_mentions,
    fetch_sheets,
    insert_frame,
    insert_rows,
    open_tables,
    resolve,
)
from graphtrace.storage.neo4j.neo4j_corrections import RecordPlace
from graphtrace.storage.neo4j.neo4j_schema import (
    DUPLICATE,
    LABELS,
    NODES,
    RECORD_LINKS,
    RETRACTED_BASE,
    VISIBLE,
    property_expr,
)

if TYPE_CHECKING:
    import duckdb

    from graphtrace.storage.judgement_log import StoredJudgement
    from graphtrace.storage.neo4j.client import Neo4jClient

_BLOCK = 50_000
"""Number of records that are fetched at once."""

_CARDS = {
    "card_records": ("Card", "c.key, r.check_char", ("key", "check_char")),
    "range_records": ("Lot", "c.first, c.last", ("first", "last")),
    "cardless_records": ("", "", ()),
}
"""For each table the label of the node that names the cards, the expressions read from it, and their columns."""


class PrefixTable:
    """Cards as integers, ``head * 10^11 + number``; heads are numbered in order of arrival, once for a reader."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int], int] = {}
        self._heads: list[tuple[str, int]] = []

    def packed(self, key: str) -> int:
        """Return the integer of a card."""
        text, size, number = split_key(key)
        head = self._numbers.get((text, size))
        if head is None:
            self._heads.append((text, size))
            head = self._numbers[text, size] = len(self._heads)
        return head * KEYS_PER_PREFIX + number

    def register(self, key: str) -> None:
        """Number the head of a card, so that later snapshots know it."""
        self.packed(key)

    def parts(self, card: int) -> tuple[str, int, int]:
        """Return head, size and number of a card."""
        head, number = divmod(card, KEYS_PER_PREFIX)
        return (*self._heads[head - 1], number)

    def rows(self) -> Iterable[tuple[str, int, int]]:
        """Return text, size and number of every head so far."""
        return ((*head, number) for number, head in enumerate(self._heads, 1))


class HistoricalState(NamedTuple):
    """Values of the graph that later corrections have changed, as they were before these.

    ``marks``: by the place of a record, whether it repeats another. ``mention_names`` and ``carriers`` as in
    :class:`graphtrace.storage.correction_log.CorrectionState`.
    """

    marks: Mapping[RecordPlace, bool]
    mention_names: Mapping[tuple[int, int], Sequence[MentionName]]
    carriers: Mapping[tuple[int, str], bool]

    def of_sheets(self, sheets: Set[int]) -> HistoricalState:
        """Return the part that concerns some sheets."""
        return HistoricalState(
            {place: is_repeated for place, is_repeated in self.marks.items() if place.sheet in sheets},
            {key: mention_names for key, mention_names in self.mention_names.items() if key[1] in sheets},
            {key: is_named for key, is_named in self.carriers.items() if key[0] in sheets},
        )

    def mark_repeated(self, con: duckdb.DuckDBPyConnection) -> None:
        """Set the duplicate marks of that time on the fetched rows; the heads of their cards must be there."""
        for (sheet, row, kind, cards), is_repeated in self.marks.items():
            for table in _CARDS:
                con.execute(
                    f"UPDATE {table} SET repeated = $1 WHERE rowid IN ("
                    f"SELECT {table}.rowid FROM {table} {HEADS[table]} WHERE sheet = $2 AND row = $3 AND kind = $4 "
                    f"AND {cards_expr(table)} IS NOT DISTINCT FROM $5)",
                    [is_repeated, sheet, row, KINDS.index(kind), cards],
                )

    def write_again(self, con: duckdb.DuckDBPyConnection) -> None:
        """Replace today's names of mentions by those of that time."""
        for (mention, sheet), mention_names in self.mention_names.items():
            con.execute("DELETE FROM mention_names WHERE ident = $1 AND sheet = $2", [mention, sheet])
            insert_rows(
                con,
                "mention_names",
                "ident sheet day place name",
                [(mention, sheet, *writing) for writing in mention_names],
            )

    def rename_carriers(self, con: duckdb.DuckDBPyConnection) -> None:
        """Replace today's names in carrier columns by those of that time."""
        for (sheet, name), is_named in self.carriers.items():
            con.execute("DELETE FROM carrier_names WHERE sheet = $1 AND name_key = $2", [sheet, name])
            if is_named:
                insert_rows(con, "carrier_names", "name_key operator sheet", [(name, operator_from_cell(name), sheet)])


class LocalSnapshot:
    """Case in DuckDB in memory that is filled from a server.

    - ``seen``: the sheets that are known; nothing else is fetched.
    - ``fields``: the properties that records have, as (kind, property).
    - ``judgements``: the lines about judgements that count.
    - ``past``: state before later corrections, for a question about an earlier day.
    - ``memory_bytes``: maximum size of what is fetched and worked out.
    """

    def __init__(
        self,
        server: Neo4jClient,
        heads: PrefixTable,
        *,
        seen: Sequence[int],
        fields: frozenset[tuple[Kind, str]],
        past: HistoricalState | None = None,
        judgements: Sequence[StoredJudgement] = (),
        memory_bytes: int,
    ) -> None:
        self._server = server
        self._heads = heads
        self._seen = seen
        self._fields = fields
        self._past = past or HistoricalState({}, {}, {})
        self._memory_bytes = memory_bytes
        self._con = open_tables(memory_bytes)
        self._con.execute("INSERT INTO meta SELECT 'resolved_through', coalesce(max(file), 0)::VARCHAR FROM files")
        insert_rows(self._con, "judgements", "line loads corrections entry", judgements)
        fetch_sheets(self._con, server, seen=seen)
        self._past.rename_carriers(self._con)

    def store(self) -> DuckDBBackend:
        """Return the store over the fetched part; nothing can be fetched after that."""
        con = self._con
        insert_rows(con, "key_prefixes", "text size head", self._heads.rows())
        self._past.mark_repeated(con)
        index_card_records(con)
        con.execute(
            "UPDATE meta SET value = (SELECT coalesce(max(file), 0) FROM files)::VARCHAR WHERE key = 'resolved_through'"
        )
        return DuckDBBackend(Path(), con=con, memory_bytes=self._memory_bytes)

    def fetch_all(self) -> None:
        """Fetch every record and resolve all parties."""
        self.fetch_people()
        self.fetch_records()
        self.fetch_rejects()
        self.fetch_unread()
        sheets = [sheet for sheet in self._seen if sheet < RETRACTED_BASE]
        supports = self._server.run_read(
            f"MATCH (s:Support) WHERE s.sheet IN $seen RETURN {', '.join(f's.{name}' for name in SUPPORT_COLUMNS)} "
            "ORDER BY s.sheet, s.row, s.statement",
            seen=sheets,
        )
        insert_rows(self._con, "supports", " ".join(SUPPORT_COLUMNS), supports)

    def fetch_records(self) -> None:
        """Fetch every record of custody, use and seizure."""
        for kind in KINDS:
            if any(of == kind for of, _ in self._fields):
                start, link = f"MATCH (r:{LABELS[kind]})", RECORD_LINKS["Record", "Card", kind]
                for table, (label, *_) in _CARDS.items():
                    self.fetch([kind], table, f"{start}-[:{link}]->(c:{label})" if label else start)

    def withdraw_rows(self, withdrawn: Collection[tuple[int, int]]) -> None:
        """Remove what withdrawn rows state beside records of cards: supporting records, and what was not read."""
        for sheet, row in withdrawn:
            for table in ("supports", "unread_cards"):
                self._con.execute(f"DELETE FROM {table} WHERE sheet = ? AND row = ?", [sheet, row])

    def keep_corrections(self, corrections: Sequence[StoredCorrection]) -> None:
        """Add corrections, which then apply to the loaded rows; resolves all parties anew."""
        if corrections:
            insert_rows(
                self._con,
                "corrections",
                "number loads sheet row is_lifted made_at effects entry",
                map(list, corrections),
            )
            with with_mention_views(self._con):
                resolve(self._con)

    def fetch_people(self) -> None:
        """Fetch all mentions and resolve them to parties."""
        fetch_mentions(self._con, self._server, seen=self._seen)
        self._past.write_again(self._con)
        resolve(self._con)

    def add_mentions(self, mentions: Iterable[Sequence[Any]]) -> None:
        """Add mentions: each its number, normalised name and strong identifier."""
        insert_rows(self._con, "mentions", "ident name_key strong", mentions)

    def set_parties(self, people: Mapping[int, Party]) -> None:
        """Set the parties of some mentions, each with the name and identifier that are written there."""
        least: dict[str, int] = {}
        for mention in sorted(people):
            least.setdefault(people[mention].id, mention)
        self._con.execute("DELETE FROM resolved_parties")
        insert_rows(
            self._con,
            "resolved_parties",
            "ident party id name is_carrier bearers",
            (
                (mention, least[party.id], party.id, party.name, party.is_carrier, party.namesakes)
                for mention, party in sorted(people.items())
            ),
        )
        known = {mention for (mention,) in self._con.execute("SELECT ident FROM mentions").fetchall()}
        named = ((mention, party.name_key, party.strong) for mention, party in sorted(people.items()))
        self.add_mentions(mention for mention in named if mention[0] not in known)

    def mentions(self) -> set[int]:
        """Return the senders and receivers of all fetched records."""
        sides = " UNION ".join(
            f"SELECT {side} FROM {table} WHERE {side} IS NOT NULL"
            for table in _CARDS
            for side in ("sender", "receiver")
        )
        return {mention for (mention,) in self._con.execute(sides).fetchall()}

    def numbers(self) -> list[str]:
        """Return the MSISDNs and IMSIs of the fetched records that name no card, sorted."""
        sides = " UNION ".join(
            f"SELECT {number_text(name)} AS number FROM cardless_records" for name in ("msisdn", "imsi")
        )
        return [
            number for (number,) in self._con.execute(f"FROM ({sides}) WHERE number IS NOT NULL ORDER BY 1").fetchall()
        ]

    def fetch(self, kinds: Sequence[Kind], table: str, match: str, **parameters: Any) -> None:
        """Fetch records of some kinds into a table.

        ``match``: finds the records ``r``, each once, and the card or lot ``c`` of each.
        """
        _, asked, columns = _CARDS[table]
        types = NODES["Record"].types()
        kept = [name for name in ("date", *RECORD_COLUMNS) if any((kind, name) in self._fields for kind in kinds)]
        links = "|".join(sorted({RECORD_LINKS["Record", "Card", kind] for kind in kinds}))
        bare = "" if columns else f"AND NOT EXISTS {{ (r)-[:{links}]->() }}"
        returned = ", ".join(
            [*([asked] if asked else []), f"r:{DUPLICATE}", "r.kind", *(property_expr(name) for name in kept)]
        )
        schema: dict[str, Any] = {name: pl.String if name == "check_char" else pl.Int64 for name in columns}
        schema |= {"repeated": pl.Boolean, "kind": pl.String}
        schema |= {name: pl.Int64 if types[name] == "long" else pl.String for name in kept}
        selected = _selected(schema)
        packed = self._heads.packed
        for rows in self._server.stream(
            f"{match} WITH * WHERE {VISIBLE} AND r.kind IN $kinds {bare} RETURN {returned}",
            size=_BLOCK,
            seen=list(self._seen),
            kinds=list(kinds),
            **parameters,
        ):
            cells: dict[str, Sequence[Any]] = dict(zip(schema, zip(*rows, strict=True), strict=True))
            cells |= {name: [packed(key) for key in cells[name]] for name in columns if name != "check_char"}
            insert_frame(self._con, table, pl.DataFrame(cells, schema=schema), selected)

    def keep_once(self, *tables: str) -> None:
        """Remove repeated rows that were fetched for several reasons."""
        for table in tables:
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE once AS SELECT DISTINCT * FROM {table}")
            self._con.execute(f"DELETE FROM {table}")
            self._con.execute(f"INSERT INTO {table} FROM once")
        self._con.execute("DROP TABLE once")

    def fetch_unread(self) -> None:
        """Fetch the cards and numbers of changes of hands that were not recorded."""
        rows = self._server.run_read(
            "MATCH (u:Unread) WHERE u.sheet IN $seen "
            "RETURN u.sheet, u.row, u.kind, u.reason, u.field, u.day, u.span, u.key, u.head, u.low, u.high, u.number, "
            "u.text "
            "ORDER BY u.sheet, u.row, u.key, u.head, u.low, u.number",
            seen=list(self._seen),
        )
        made = []
        for *said, key, head, low, high, number, text in rows:
            first = last = None
            if key is not None:
                first = last = self._heads.packed(key)
            elif head is not None:
                first, last = (self._heads.packed(join_key(head.rstrip("."), len(head), each)) for each in (low, high))
            kind = None if said[2] is None else KINDS.index(said[2])
            packed = None if number is None else pack_number(number)
            made.append([*said[:2], kind, *said[3:], first, last, packed, text])
        insert_rows(self._con, "unread_cards", " ".join(UNREAD_COLUMNS), made)

    def fetch_rejects(self) -> None:
        insert_rows(
            self._con,
            "rejects",
            "sheet row field reason value low high raw",
            self._server.run_read(
                "MATCH (r:Reject)-[:IN]->(s:Sheet) WHERE s.sheet IN $seen "
                "RETURN s.sheet, r.row, r.field, r.reason, r.value, r.low, r.high, r.raw ORDER BY s.sheet, r.place",
                seen=list(self._seen),
            ),
        )


_DAY = "CASE WHEN length(date) = 7 THEN date || '-01' ELSE date[:10] END::DATE"
_OF_DATE = {
    "day": f"{_DAY} - DATE '1970-01-01'",
    "span": f"CASE WHEN length(date) = 7 THEN day(last_day({_DAY})) - 1 ELSE {_DAY} - {_DAY} END",
    "second": "CASE WHEN length(date) > 10 THEN date_part('epoch', date[12:19]::TIME)::INTEGER ELSE -1 END",
}
"""Expressions that convert a date as text into day, span and second; a month spans all its days."""


def _selected(names: Collection[str]) -> str:
    """Return the columns of a table, computed from the fetched properties, as SQL."""
    made = {name: name for name in names if name != "date"}
    made["kind"] = f"list_position({list(KINDS)}, kind) - 1"
    made |= _OF_DATE if "date" in names else {"second": "-1"}
    made |= {name: number_code(name) for name in ("msisdn", "imsi", "imei") if name in made}
    if "imei" in made:
        made["imei_size"] = "length(imei)"
    return ", ".join(f"{sql} AS {name}" for name, sql in made.items())
