"""Access to the tables of a case: a connection, the sheets that count, and who is which party.

The SQL of this package is written once over these tables. Every backend hands it a session: a case folder its own
tables, a server a snapshot of the records in question, a block its files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from graphtrace.arrow import as_arrow
from graphtrace.identifiers import KeyRange, join_key, pack_number, split_key, unpack_number
from graphtrace.model import KINDS, DatePart, DateSpan, Origin, Party
from graphtrace.storage.duckdb.duckdb_schema import KEYS_PER_PREFIX, MOVES, NAMED_PARTY, READ_COLUMNS
from graphtrace.storage.duckdb.workarounds import translated_faults
from graphtrace.storage.stored_records import LoneName, StoredRecord, SubscriberLink, concluded_in

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FEW: Final = 6
_SENDER: Final = 1 - len(READ_COLUMNS.split(", "))
_RECEIVER: Final = _SENDER + 1


@lru_cache(maxsize=1 << 16)
def _moment(day: int, span: int, second: int) -> DateSpan:
    return DateSpan(day, day + span, second)


class CaseSession:
    """Questions to the tables of a case, and what numbers in them stand for.

    - ``con``: the connection; ``close`` of whoever made the session closes it.
    - ``folder``: the folder that errors name.
    - ``memory_bytes``: memory that one question may take.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, memory_bytes: int) -> None:
        self.con = con
        self._further: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        self.folder = folder
        self.memory_bytes = memory_bytes
        self.party_schema = "main"
        self.parties_by_mention: dict[int, Party] = {}
        self._mentions: dict[Party, list[int]] = {}
        self._head_texts: dict[int, tuple[str, int]] = {}
        self._head_numbers: dict[tuple[str, int], int | None] = {}
        self._range_rows: dict[tuple[int, ...], StoredRecord] = {}
        self._lone: pa.Table | None = None
        self._concluded: dict[int, DatePart] = {}

    @property
    def filters_sheets(self) -> bool:
        """Whether only the sheets of table ``seen`` are visible."""
        return False

    def install_views(self, con: duckdb.DuckDBPyConnection) -> None:
        """Install views that hide invisible records on a connection."""

    def new_connection(self) -> duckdb.DuckDBPyConnection:
        """Return one more connection with a scratch schema of its own and the same views."""
        con = self.con.cursor()
        self._further.add(con)
        self.install_views(con)
        if self._lone is not None:
            con.register("lone_names", self._lone)
        return con

    def interrupt(self) -> None:
        import duckdb

        for con in (self.con, *self._further):
            with suppress(duckdb.Error):  # it may be closed meanwhile
                con.interrupt()

    # -- questions ---------------------------------------------------------------------------------------------

    @property
    def visible_clause(self) -> str:
        return "sheet IN (SELECT sheet FROM temp.seen) AND" if self.filters_sheets else ""

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with translated_faults(self.folder):
            return self.con.execute(sql, parameters or None).fetchall()

    def query_by_ids(self, sql: str, values: Iterable[int]) -> list[tuple[Any, ...]]:
        """Rows of ``sql``, which ends in the name of an integer column, for these values of it.

        One equality reads one block of a sorted column; DuckDB does not push a short list down and would read it all.
        """
        wanted = sorted(set(values))
        if not wanted:
            return []
        if len(wanted) <= _FEW:
            return self.query(" UNION ALL ".join(f"{sql} = {value}" for value in wanted))
        return self.query(f"{sql} IN (SELECT unnest(?::BIGINT[]))", wanted)

    def query_arrays(self, sql: str, *parameters: Any) -> list[Any]:
        """The columns of a question that answers in numbers only and leaves none out, as arrays."""
        with translated_faults(self.folder):
            return list(self.con.execute(sql, parameters or None).fetchnumpy().values())

    def query_table(self, sql: str) -> pa.Table:
        """Return the result of a query in columns."""
        with translated_faults(self.folder):
            return self.con.sql(sql).to_arrow_table()

    # -- what ids mean -----------------------------------------------------------------------------------------

    @cached_property
    def sheet_sources(self) -> dict[int, tuple[str, str, str | None]]:
        """File name, hash and sheet name by sheet; only of what was known then."""
        seen = f"WHERE {self.visible_clause} true"
        rows = self.query(
            f"SELECT sheet, files.name, sha256, sheets.name, remarks FROM sheets JOIN files USING (file) {seen}"
        )
        self._concluded = {sheet: part for sheet, *_, remarks in rows if (part := concluded_in(remarks))}
        return {sheet: (name, sha256, sheet_name) for sheet, name, sha256, sheet_name, _ in rows}

    def load_parties(self, idents: set[int | None]) -> None:
        unknown = {ident for ident in idents if ident is not None and ident not in self.parties_by_mention}
        found = self.query_by_ids(
            f"SELECT ident, {NAMED_PARTY} FROM {self.party_schema}.resolved_parties LEFT JOIN mentions USING (ident) "
            "WHERE ident",
            unknown,
        )
        self.parties_by_mention.update({ident: Party(*party) for ident, *party in found})

    def mentions_of(self, parties: Collection[Party]) -> Mapping[Party, Sequence[int]]:
        """The mentions of parties, in order; asked once for each."""
        unknown = {party.id: party for party in parties if party not in self._mentions}
        if unknown:
            self._mentions.update((party, []) for party in unknown.values())
            wanted = "(SELECT unnest(?::VARCHAR[]))"
            rows = self.query(
                f"SELECT id, ident FROM {self.party_schema}.resolved_parties WHERE id IN {wanted} ORDER BY ident",
                [*unknown],
            )
            for name, ident in rows:
                self._mentions[unknown[name]].append(ident)
        return self._mentions

    def card_ids(self, keys: Iterable[str]) -> dict[int, str]:
        """The keys that can be in the case, by their integer."""
        parts = {key: split_key(key) for key in keys}
        unknown = {(head, size) for head, size, _ in parts.values()} - self._head_numbers.keys()
        if unknown:
            self._head_numbers.update(dict.fromkeys(unknown))
            rows = self.query(
                "SELECT text, size, head FROM key_prefixes WHERE text IN (SELECT unnest(?::VARCHAR[]))",
                [text for text, _ in unknown],
            )
            self._head_numbers.update({(text, size): head for text, size, head in rows})
        packed = {}
        for key, (text, size, number) in parts.items():
            head = self._head_numbers[text, size]
            if head is not None:
                packed[head * KEYS_PER_PREFIX + number] = key
        return packed

    def _prefix(self, packed: int) -> tuple[str, int]:
        head = packed // KEYS_PER_PREFIX
        if head not in self._head_texts:
            self._head_texts.update(
                {n: (text, size) for n, text, size in self.query("SELECT head, text, size FROM key_prefixes")}
            )
        return self._head_texts[head]

    def card_key(self, packed: int) -> str:
        text, size = self._prefix(packed)
        return join_key(text, size, packed % KEYS_PER_PREFIX)

    def card_range(self, first: int, last: int) -> KeyRange:
        text, size = self._prefix(first)
        return KeyRange(text, size, first % KEYS_PER_PREFIX, last % KEYS_PER_PREFIX)

    @cached_property
    def lone_names(self) -> Sequence[LoneName]:
        """The names alone that join a party with an identifier where no row of the file states both; sorted."""
        rows = self.query(
            f"""
            WITH joined AS MATERIALIZED (
                SELECT ident, id, member[6:] AS name_key FROM {self.party_schema}.resolved_parties
                WHERE starts_with(member, 'name:') AND starts_with(id, 'id:')
            ), written AS (
                SELECT ident, sheet, file, sha256, mention_names.name
                FROM mention_names JOIN sheets USING (sheet) JOIN files USING (file) WHERE {self.visible_clause} true
            ), stated AS (
                SELECT DISTINCT name_key, 'id:' || strong AS id, sha256 FROM mentions JOIN written USING (ident)
                WHERE (name_key, 'id:' || strong) IN (SELECT name_key, id FROM joined)
            )
            SELECT ident, sheet, sha256, id, name_key, name FROM joined JOIN written USING (ident)
            ANTI JOIN stated USING (name_key, id, sha256) ORDER BY ALL
            """
        )
        return [LoneName(*row) for row in rows]

    def mark_lone_names(self, names: Sequence[LoneName]) -> None:
        """Make known which mentions are a name alone (:meth:`is_lone`), once for all questions to this session."""
        if names and self._lone is None:
            import numpy as np
            import pyarrow as pa

            mentioned = np.array(sorted({name.mention << 32 | name.sheet for name in names}))
            self._lone = pa.table({"mentioned": as_arrow(mentioned)})
            self.con.register("lone_names", self._lone)

    @property
    def has_lone_names(self) -> bool:
        """Whether any mention is a name alone that joins a party with an identifier."""
        return self._lone is not None

    def is_lone(self, side: str) -> str:
        """Return the condition that a record and its file know a side by a name alone."""
        if self._lone is None:
            return "false"
        return f"coalesce(({side}::BIGINT << 32 | sheet) IN (FROM lone_names), false)"

    def parties_of(self, numbers: Iterable[int]) -> Mapping[int, Party]:
        self.load_parties(set(numbers))
        return self.parties_by_mention

    # -- rows --------------------------------------------------------------------------------------------------

    def record(self, body: Sequence[Any], lot: KeyRange | None, check_char: str | None) -> StoredRecord:
        (kind, sender, receiver, day, span, second, quantity, msisdn, imsi, eid, imei, imei_size) = body[:12]
        *texts, extra, record_no, sheet, row = body[12:]
        name, sha256, sheet_name = self.sheet_sources[sheet]
        return StoredRecord._make(
            (
                KINDS[kind],
                lot,
                check_char,
                None if sender is None else self.parties_by_mention[sender],
                None if receiver is None else self.parties_by_mention[receiver],
                None if day is None else _moment(day, span, second),
                quantity,
                None if msisdn is None else unpack_number(msisdn),
                None if imsi is None else str(imsi),
                eid,
                None if imei is None else str(imei).zfill(imei_size),
                *texts,
                Origin(name, sha256, sheet_name, row, record_no, extra, self._concluded.get(sheet)),
            )
        )

    def filter_visible(self, *tables: list[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
        """The rows (body last) that were known on the day in question, with their senders and receivers learnt."""
        known = list(tables)
        if self.filters_sheets:
            known = [[row for row in rows if row[-2] in self.sheet_sources] for rows in tables]
        self.load_parties({ident for rows in known for row in rows for ident in row[_SENDER : _RECEIVER + 1]})
        return known

    def range_record(self, first: int, last: int, body: Sequence[Any]) -> StoredRecord:
        """Rows of ranges are kept, so that all cards of a lot share them."""
        place = (first, last, body[-2], body[-1], body[0])
        if place not in self._range_rows:
            self._range_rows[place] = self.record(body, self.card_range(first, last), None)
        return self._range_rows[place]

    @cached_property
    def has_unlinked_events(self) -> bool:
        rows = self.query(
            f"SELECT 1 FROM cardless_records WHERE kind NOT IN ({MOVES}) "
            "AND (msisdn IS NOT NULL OR imsi IS NOT NULL) LIMIT 1"
        )
        return bool(rows)

    def subscriber_links(self, numbers: Iterable[str]) -> Sequence[SubscriberLink]:
        rows = self.query_by_ids(
            "SELECT number, key, day, span, second, sheet FROM subscriber_links WHERE number", map(pack_number, numbers)
        )
        return [
            SubscriberLink(
                unpack_number(number), self.card_key(key), None if day is None else DateSpan(day, day + span, second)
            )
            for number, key, day, span, second, sheet in rows
            if sheet in self.sheet_sources
        ]
