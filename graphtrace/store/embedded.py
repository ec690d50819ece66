"""The embedded case: one folder with a DuckDB file, the sources by hash, the rejects and the ledger.

``NAME.gtrace/`` holds ``case.duckdb``, ``sources/<sha256>``, ``rejects/*.csv``, ``ledger.jsonl`` and, while somebody
writes, a lock on ``lock``. Everything that DuckDB raises is translated here and in :mod:`graphtrace.store.writing`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtrace.errors import CaseLocked, CaseMissing, StoreError
from graphtrace.identifiers import KeyRange, Pattern, join_key, split_key
from graphtrace.model import KINDS, MOVES, Origin, Party, When
from graphtrace.queries import Language
from graphtrace.store import flows, holdings, laying_out, movements, refusals, together, views, volumes
from graphtrace.store.case_folder import DATABASE, LEDGER, SOURCES, check_folder, read_blocks
from graphtrace.store.case_lock import DEFAULT_WAIT_S, Deadline, being_written, wait_for_writers
from graphtrace.store.corrections import CarriedCorrection, Correction
from graphtrace.store.duckdb_faults import read_error, settings_without_faults, told_faults
from graphtrace.store.ledger import read_entries
from graphtrace.store.memory import database_share, question_bytes
from graphtrace.store.objects import check_objects
from graphtrace.store.overlay import Overlay, base_of
from graphtrace.store.parties import TOLD_IS_OWED, tell_parties_apart
from graphtrace.store.protocol import LoadedFile, NumberLink, Row
from graphtrace.store.schema import ENTRIES, FOLDER_TABLES, FORMAT, LEAN_ROW, ROW, RUN
from graphtrace.store.workbench import join_lots

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from graphtrace.store.lookup import CardRows

_FEW = 6
_SINGLY = 8
_SOME, _OFTEN = 3, 50
_MOST_ON_DISK = 20
"""Maximum size of what the database puts on the disk for want of memory, as a multiple of its share of memory."""

_MOST_RANGES = 1_000_000
"""So many are held in memory: some hundred bytes each."""

_BODY = ROW
_MOVES = ", ".join(str(KINDS.index(kind)) for kind in MOVES)


def connect(
    folder: Path,
    *,
    read_only: bool,
    create: bool = False,
    memory_bytes: int | None = None,
    deadline: Deadline | None = None,
) -> duckdb.DuckDBPyConnection:
    """A locked-down connection to the database of a case folder, which keeps to so much memory.

    Others that have the case open are waited for until the deadline. Who writes holds the lock of the folder already.

    Raises
    ------
    CaseMissing
        If there is no case and ``create`` is false.
    CaseLocked
        If somebody else is writing, or reading where this is to be written.
    CaseDamaged
        If the database cannot be read or has another format, or a part of the folder is a link.
    StoreError
        If its file cannot be opened.
    """
    path = folder / DATABASE
    deadline = deadline or Deadline(DEFAULT_WAIT_S)
    check_folder(folder)
    if not create:
        check_case_exists(folder)
    import duckdb

    try:
        if read_only:
            wait_for_writers(folder, deadline)
        con = _open(path, read_only=read_only, memory_bytes=memory_bytes, deadline=deadline)
    except duckdb.Error as error:
        if is_held(error):
            raise (being_written(folder) if read_only else being_read(folder, error)) from error
        if create:
            raise
        raise read_error(error, path) from error
    try:
        with told_faults(folder):
            if create:
                _make_case(con)
            check_objects(con, folder)
    except BaseException:
        con.close()
        raise
    return con


def check_case_exists(folder: Path) -> None:
    """Raise where a folder holds no database, so that nothing that is no case becomes one."""
    if not os.path.lexists(folder / DATABASE):
        raise CaseMissing(
            f"{folder} is no case: it holds no {DATABASE}",
            hint=f"make it by loading files: graphtrace --case {folder} load FILE…",
        )


_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "preserve_insertion_order": True,
    "asof_loop_join_threshold": 0,
    "enable_external_access": False,
}
"""Nothing outside the file can be reached through a connection, and that cannot be changed any more.

An ASOF join is by sorting always: a loop is taken where one side is thought to be short, and guesses about lists that
are given as parameters are wrong by a factor of a million.
"""


def _open(path: Path, *, read_only: bool, memory_bytes: int | None, deadline: Deadline) -> duckdb.DuckDBPyConnection:
    import duckdb

    settings = _LOCKED_DOWN | settings_without_faults()
    while True:
        try:
            con = duckdb.connect(str(path), read_only=read_only, config=settings)
            break
        except duckdb.Error as error:
            if not is_held(error) or not deadline.wait():
                raise
    # what a process has opened already keeps its limits: with others it could not be opened a second time
    with suppress(duckdb.InvalidInputException):
        if memory_bytes is not None:
            con.execute(f"SET memory_limit = '{memory_bytes}B'")
            con.execute(f"SET max_temp_directory_size = '{_MOST_ON_DISK * memory_bytes}B'")
        con.execute("SET lock_configuration = true")
    return con


_IN_THIS_PROCESS = "different configuration"


def is_held(error: Exception) -> bool:
    """Whether another process, or this one in another mode, has the database open."""
    return any(said in str(error) for said in ("Could not set lock", _IN_THIS_PROCESS))


def being_read(folder: Path, error: Exception) -> CaseLocked:
    """The error that says who has a case open that is to be written, as far as the database says it."""
    found = re.search(r"\bPID (\d+)", str(error))
    text = f"{folder} is being read by another process, and cannot be written meanwhile"
    if _IN_THIS_PROCESS in str(error):
        text = f"{folder} is being read by this program, and cannot be written meanwhile"
    elif found:
        text = f"{folder} is being read by another process: PID {found[1]}, and cannot be written meanwhile"
    return CaseLocked(
        text,
        hint="let its question end or close it, or say how many seconds to wait for it: --wait 600",
    )


def _make_case(con: duckdb.DuckDBPyConnection) -> None:
    """Makes an empty case in a database that holds nothing."""
    if con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() != [(0,)]:
        return
    con.begin()
    for statement in FOLDER_TABLES:
        con.execute(statement)
    con.execute("INSERT INTO meta VALUES ('format', ?), ('told', '0')", [FORMAT])
    con.commit()
    con.execute("CHECKPOINT")


@lru_cache(maxsize=1 << 16)
def _moment(day: int, span: int, second: int) -> When:
    return When(day, day + span, second)


class EmbeddedStore:
    """Reads a case folder; many may read at once. ``known_on`` fixes the day whose knowledge is asked for.

    With ``con`` it reads the tables of that connection instead, and closes it at the end.
    """

    def __init__(
        self,
        folder: Path,
        *,
        known_on: str | None = None,
        con: duckdb.DuckDBPyConnection | None = None,
        wait_s: float = DEFAULT_WAIT_S,
        memory_bytes: int | None = None,
    ) -> None:
        self.folder = folder
        self.known_on = known_on
        self.memory_bytes = memory_bytes or question_bytes()
        self._con = con or connect(
            folder, read_only=True, memory_bytes=database_share(self.memory_bytes), deadline=Deadline(wait_s)
        )
        self._schema = "main"
        self._is_folder = con is None
        self._asked_singly = 0
        self._card_rows: CardRows | None = None
        self._parties: dict[int, Party] = {}
        self._mentions: dict[Party, list[int]] = {}
        self._head_texts: dict[int, tuple[str, int]] = {}
        self._head_numbers: dict[tuple[str, int], int | None] = {}
        self._range_rows: dict[tuple[int, int], Row] = {}
        try:
            self._overlay = Overlay(self._con, known_on)
            if known_on is not None or self._ask(TOLD_IS_OWED) == [(True,)]:
                self._schema = "temp"
            self._lay_out(self._con)
        except BaseException as error:
            explained = self.explain(error) if isinstance(error, Exception) else None
            self.close()
            if explained is not None:
                raise explained from error
            raise

    def close(self) -> None:
        self._con.close()

    def _lay_out(self, con: duckdb.DuckDBPyConnection) -> None:
        """Puts before the tables what a connection is to read in their place."""
        self._overlay.lay(con)
        if self._schema == "temp":
            sheets = "main.sheets" if self.known_on is None else "temp.seen"
            tell_parties_apart(con, table="TEMP TABLE told", sheets=sheets)

    def spare_connection(self) -> duckdb.DuckDBPyConnection:
        """One more connection with a scratch schema of its own, in which ``told`` is what this store goes by."""
        con = self._con.cursor()
        self._lay_out(con)
        return con

    def _ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with told_faults(self.folder):
            return self._con.execute(sql, parameters or None).fetchall()

    def _look_up(self, sql: str, values: Iterable[int]) -> list[tuple[Any, ...]]:
        """Rows of ``sql``, which ends in the name of an integer column, for these values of it.

        One equality reads one block of a sorted column; DuckDB does not push a short list down and would read it all.
        """
        wanted = sorted(set(values))
        if not wanted:
            return []
        if len(wanted) <= _FEW:
            return self._ask(" UNION ALL ".join(f"{sql} = {value}" for value in wanted))
        return self._ask(f"{sql} IN (SELECT unnest(?::BIGINT[]))", wanted)

    # -- what ids mean -----------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> dict[int, tuple[str, str, str | None]]:
        """File name, hash and sheet name by sheet; only of what was known then."""
        seen = "" if self.known_on is None else "WHERE sheet IN (SELECT sheet FROM temp.seen)"
        rows = self._ask(f"SELECT sheet, files.name, sha256, sheets.name FROM sheets JOIN files USING (file) {seen}")
        return {sheet: (name, sha256, sheet_name) for sheet, name, sha256, sheet_name in rows}

    def _learn_parties(self, idents: set[int | None]) -> None:
        unknown = {ident for ident in idents if ident is not None and ident not in self._parties}
        found = self._look_up(
            f"SELECT ident, id, name, is_carrier, bearers FROM {self._schema}.told WHERE ident", unknown
        )
        self._parties.update({ident: Party(*party) for ident, *party in found})

    def _idents_of(self, parties: Collection[Party]) -> Mapping[Party, Sequence[int]]:
        """The mentions of parties, in order; asked once for each."""
        unknown = {party.id: party for party in parties if party not in self._mentions}
        if unknown:
            self._mentions.update((party, []) for party in unknown.values())
            wanted = "(SELECT unnest(?::VARCHAR[]))"
            rows = self._ask(
                f"SELECT id, ident FROM {self._schema}.told WHERE id IN {wanted} ORDER BY ident", [*unknown]
            )
            for name, ident in rows:
                self._mentions[unknown[name]].append(ident)
        return self._mentions

    def _packed(self, keys: Iterable[str]) -> dict[int, str]:
        """The keys that can be in the case, by their integer."""
        parts = {key: split_key(key) for key in keys}
        unknown = {(head, size) for head, size, _ in parts.values()} - self._head_numbers.keys()
        if unknown:
            self._head_numbers.update(dict.fromkeys(unknown))
            rows = self._ask(
                "SELECT text, size, head FROM heads WHERE text IN (SELECT unnest(?::VARCHAR[]))",
                [text for text, _ in unknown],
            )
            self._head_numbers.update({(text, size): head for text, size, head in rows})
        packed = {}
        for key, (text, size, number) in parts.items():
            head = self._head_numbers[text, size]
            if head is not None:
                packed[head * RUN + number] = key
        return packed

    def _head(self, packed: int) -> tuple[str, int]:
        head = packed // RUN
        if head not in self._head_texts:
            self._head_texts.update(
                {n: (text, size) for n, text, size in self._ask("SELECT head, text, size FROM heads")}
            )
        return self._head_texts[head]

    def _key(self, packed: int) -> str:
        text, size = self._head(packed)
        return join_key(text, size, packed % RUN)

    def _lot(self, first: int, last: int) -> KeyRange:
        text, size = self._head(first)
        return KeyRange(text, size, first % RUN, last % RUN)

    # -- rows --------------------------------------------------------------------------------------------------

    def _row(self, body: Sequence[Any], lot: KeyRange | None, tail: str | None) -> Row:
        (kind, sender, receiver, day, span, second, quantity, msisdn, imsi, imei, imei_size) = body[:11]
        (channel, province, city, case_no, place, holder, record_no, sheet, row) = body[11:]
        name, sha256, sheet_name = self._places[sheet]
        return Row(
            KINDS[kind],
            lot,
            tail,
            None if sender is None else self._parties[sender],
            None if receiver is None else self._parties[receiver],
            None if day is None else _moment(day, span, second),
            quantity,
            None if msisdn is None else str(msisdn),
            None if imsi is None else str(imsi),
            None if imei is None else str(imei).zfill(imei_size),
            channel,
            province,
            city,
            case_no,
            place,
            holder,
            Origin(name, sha256, sheet_name, row, record_no),
        )

    def _known(self, *tables: list[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
        """The rows (body last) that were known on the day in question, with their senders and receivers learnt."""
        known = list(tables)
        if self.known_on is not None:
            known = [[row for row in rows if row[-2] in self._places] for rows in tables]
        self._learn_parties({ident for rows in known for row in rows for ident in (row[-19], row[-18])})
        return known

    def rows_of(self, keys: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        packed = self._packed(keys)
        if len(packed) > _SINGLY:
            return self._rows_of_many(packed)
        found: dict[str, list[Row]] = defaultdict(list)
        for number, key in packed.items():
            self._expect_more()
            if self._card_rows is not None:
                singles, ranges = self._card_rows.singles(number), self._card_rows.ranges(number)
            else:
                singles = [row for part in self._parts for row in self._ask(f"{part} WHERE key = {number}")]
                ranges = self._ask(
                    f"SELECT first, last, {_BODY} FROM ranges WHERE first <= {number} AND last >= {number}"
                )
            singles, ranges = self._known(singles, ranges)
            rows = [self._row(body, None, tail or "") for _, tail, *body in singles]
            rows += [self._range_row(first, last, body) for first, last, *body in ranges]
            if rows:
                found[key] = rows
        return found

    def _expect_more(self) -> None:
        """Learns what pays when one card is asked after the other.

        First all parties of ranges, which come again and again; then, in a case folder as it was loaded, where the rows
        of cards stand.
        """
        self._asked_singly += 1
        if self._asked_singly not in (_SOME, _OFTEN) or self._ask("SELECT count(*) FROM ranges")[0][0] > _MOST_RANGES:
            return
        if self._asked_singly == _SOME:
            rows = self._ask(
                f"SELECT ident, id, name, is_carrier, bearers FROM {self._schema}.told "
                "WHERE ident IN (SELECT sender FROM ranges UNION SELECT receiver FROM ranges)"
            )
            self._parties.update({ident: Party(*party) for ident, *party in rows})
        elif self._is_as_loaded:
            from graphtrace.store.lookup import CardRows

            self._card_rows = CardRows(self._ask, self._table)

    @property
    def _is_as_loaded(self) -> bool:
        """Whether rows are read from the tables of a case folder that nothing stands before."""
        return self._is_folder and self._overlay.is_empty

    @cached_property
    def _parts(self) -> list[str]:
        """What to ask for the rows that list a card: the tables behind the view, which costs more than they do."""
        if not self._is_as_loaded:
            return [f"SELECT key, tail, {_BODY} FROM singles"]
        full = [f"SELECT key, tail, {_BODY} FROM full_singles"]
        return [f"SELECT {LEAN_ROW} FROM lean_singles", *(full if self._ask(f"{full[0]} LIMIT 1") else [])]

    def _rows_of_many(self, packed: Mapping[int, str]) -> dict[str, Sequence[Row]]:
        """One pass over each table; cards that the same ranges cover share their rows."""
        asked = sorted(packed)
        wanted = "(SELECT unnest(?::BIGINT[]) AS wanted) AS asked"
        (singles,) = self._known(
            self._ask(f"SELECT key, tail, {_BODY} FROM singles JOIN {wanted} ON key = wanted", asked)
        )
        found: dict[str, Sequence[Row]] = {}
        for low, high, cover in self._covers(asked):
            found.update((packed[number], cover) for number in asked[low:high])
        listed: dict[int, list[Row]] = defaultdict(list)
        for number, tail, *body in singles:
            listed[number].append(self._row(body, None, tail or ""))
        for number, rows in listed.items():
            key = packed[number]
            found[key] = [*rows, *found.get(key, ())]
        return found

    def _covers(self, asked: Sequence[int]) -> Iterator[tuple[int, int, Sequence[Row]]]:
        """The rows of the ranges around some cards, which are in order: (first place, place after the last, rows)."""
        import numpy as np

        first, last, sheet, row = self._numbers("SELECT first, last, sheet, row FROM ranges")
        cards = np.array(asked, dtype=np.int64)
        low, high = np.searchsorted(cards, first), np.searchsorted(cards, last, side="right")
        near = np.flatnonzero(low < high)
        (bodies,) = self._known(
            self._ask(
                f"SELECT first, last, {_BODY} FROM ranges "
                "SEMI JOIN (SELECT unnest(?::INTEGER[]) AS sheet, unnest(?::UINTEGER[]) AS row) USING (sheet, row)",
                sheet[near].tolist(),
                row[near].tolist(),
            )
        )
        rows = {(body[-2], body[-1]): self._range_row(first, last, body) for first, last, *body in bodies}
        beginning: dict[int, list[Row]] = defaultdict(list)
        ending: dict[int, list[Row]] = defaultdict(list)
        for begin, end, *place in zip(*(each[near].tolist() for each in (low, high, sheet, row)), strict=True):
            covering = rows.get((place[0], place[1]))
            if covering is not None:
                beginning[begin].append(covering)
                ending[end].append(covering)
        open_rows: dict[int, Row] = {}
        for begin, end in pairwise(sorted({*beginning, *ending})):
            for covering in ending[begin]:
                del open_rows[id(covering)]
            open_rows.update((id(covering), covering) for covering in beginning[begin])
            if open_rows:
                yield begin, end, tuple(open_rows.values())

    def movements_of(self, cards: movements.AskedCards) -> movements.Movements:
        return movements.movements_of(self, cards)

    def _parties_numbered(self, numbers: Iterable[int]) -> Mapping[int, Party]:
        self._learn_parties(set(numbers))
        return self._parties

    def _numbers(self, sql: str, *parameters: Any) -> list[Any]:
        """The columns of a question that answers in numbers only and leaves none out, as arrays."""
        with told_faults(self.folder):
            return list(self._con.execute(sql, parameters or None).fetchnumpy().values())

    def _table(self, sql: str) -> pa.Table:
        """All that a question finds, in columns."""
        with told_faults(self.folder):
            return self._con.sql(sql).to_arrow_table()

    def _range_row(self, first: int, last: int, body: Sequence[Any]) -> Row:
        """Rows of ranges are kept, so that all cards of a lot share them."""
        place = (body[-2], body[-1])
        if place not in self._range_rows:
            self._range_rows[place] = self._row(body, self._lot(first, last), None)
        return self._range_rows[place]

    def quantity_rows(self) -> Sequence[Row]:
        rows = self._ask(f"SELECT {_BODY} FROM unnumbered WHERE kind IN ({_MOVES}) AND quantity IS NOT NULL")
        return [self._row(body, None, None) for body in self._known(rows)[0]]

    def waiting_rows(self, numbers: Iterable[str]) -> Sequence[Row]:
        rows = self._ask(
            f"SELECT {_BODY} FROM unnumbered WHERE kind NOT IN ({_MOVES}) AND "
            "(list_contains($1::BIGINT[], msisdn) OR list_contains($1::BIGINT[], imsi))",
            [int(number) for number in numbers],
        )
        return [self._row(body, None, None) for body in self._known(rows)[0]]

    @cached_property
    def has_waiting_rows(self) -> bool:
        """Whether any row names no card but an MSISDN or IMSI."""
        rows = self._ask(
            f"SELECT 1 FROM unnumbered WHERE kind NOT IN ({_MOVES}) "
            "AND (msisdn IS NOT NULL OR imsi IS NOT NULL) LIMIT 1"
        )
        return bool(rows)

    def links_of(self, numbers: Iterable[str]) -> Sequence[NumberLink]:
        rows = self._look_up(
            "SELECT number, key, day, span, second, sheet FROM numbers WHERE number", map(int, numbers)
        )
        return [
            NumberLink(str(number), self._key(key), None if day is None else When(day, day + span, second))
            for number, key, day, span, second, sheet in rows
            if sheet in self._places
        ]

    def cards_in_devices(self, imeis: Iterable[str]) -> Mapping[str, Sequence[str]]:
        rows = self._look_up("SELECT device, key, sheet FROM devices WHERE device", map(int, imeis))
        cards: dict[str, set[str]] = defaultdict(set)
        for device, key, sheet in rows:
            if sheet in self._places:
                cards[str(device).zfill(14)].add(self._key(key))
        return {device: sorted(keys) for device, keys in cards.items()}

    def tails_of(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        packed = self._packed(keys)
        rows = self._look_up("SELECT key, coalesce(tail, ''), sheet FROM singles WHERE key", packed)
        tails: dict[str, set[str]] = defaultdict(set)
        for number, tail, sheet in rows:
            if sheet in self._places:
                tails[packed[number]].add(tail)
        return {key: sorted(found) for key, found in tails.items()}

    # -- searching ---------------------------------------------------------------------------------------------

    @property
    def _seen(self) -> str:
        return "" if self.known_on is None else "sheet IN (SELECT sheet FROM temp.seen) AND"

    def fitting(self, pattern: Pattern, *, most: int) -> Sequence[str]:
        found: set[str] = set()
        heads = [
            (head, text, size)
            for head, text, size in self._ask("SELECT head, text, size FROM heads ORDER BY text, size")
            if text.startswith(pattern.prefix[: len(text)])
        ]
        for head, text, size in heads:
            digits = size - len(text)
            known = pattern.prefix[len(text) :]
            low = head * RUN + int(known.ljust(digits, "0") or 0) if known.isdecimal() or not known else None
            if low is None or len(known) > digits:
                continue
            high = head * RUN + int(known.ljust(digits, "9") or 0)
            rows = self._ask(
                "SELECT key, list(DISTINCT coalesce(tail, '')) FROM singles "
                f"WHERE {self._seen} key BETWEEN ? AND ? "
                f"AND regexp_matches(? || lpad((key % {RUN})::VARCHAR, ?, '0'), ?) "
                "GROUP BY key ORDER BY key",
                low,
                high,
                text,
                digits,
                pattern.key_regex,
            )
            for number, tails in rows:
                key = self._key(number)
                if pattern.matches(key, [tail for tail in tails if tail]):
                    found.add(key)
            lots = self._ask(
                f"SELECT DISTINCT first, last FROM ranges WHERE {self._seen} first <= ? AND last >= ? ORDER BY ALL",
                high,
                low,
            )
            for first, last in lots:
                for run in pattern.runs_in(self._lot(first, last)):
                    for number in range(run.first, run.last + 1):
                        found.add(join_key(text, size, number))
                        if len(found) > most:
                            return sorted(found)
            if len(found) > most:
                break
        return sorted(found)

    def lot_ends_near(self, key: str, *, within: int) -> Sequence[str]:
        packed = self._packed([key])
        if not packed:
            return []
        (number,) = packed
        head = number // RUN
        low, high = max(number - within, head * RUN), min(number + within, head * RUN + RUN - 1)
        rows = self._ask(
            f"""
            SELECT first FROM ranges WHERE {self._seen} kind IN ({_MOVES}) AND first BETWEEN $1 AND $2
            UNION SELECT last FROM ranges WHERE {self._seen} kind IN ({_MOVES}) AND last BETWEEN $1 AND $2
            UNION SELECT key FROM singles WHERE {self._seen} kind IN ({_MOVES}) AND key BETWEEN $1 AND $2
            """,
            low,
            high,
        )
        return [self._key(end) for (end,) in rows]

    def known_among(self, keys: Iterable[str]) -> Sequence[str]:
        packed = self._packed(keys)
        if not packed:
            return []
        rows = self._ask(
            f"""
            WITH asked AS (SELECT unnest(?::BIGINT[]) AS wanted)
            SELECT wanted FROM asked SEMI JOIN (SELECT key FROM singles WHERE {self._seen} true) ON key = wanted
            UNION
            SELECT wanted FROM asked JOIN (SELECT first, last FROM ranges WHERE {self._seen} true)
                ON first <= wanted AND last >= wanted
            """,
            list(packed),
        )
        return [packed[number] for (number,) in rows]

    def holdings_of(self, party: Party) -> Iterator[tuple[int, str, Sequence[Row]]]:
        idents = [
            ident
            for (ident,) in self._ask(
                f"SELECT ident FROM {self._schema}.told WHERE id = ?",
                party.id,
            )
        ]
        mine = f"{self._seen} kind IN ({_MOVES}) AND receiver IN (SELECT unnest(?::INTEGER[]))"
        lots = self._ask(f"SELECT DISTINCT first, last FROM ranges WHERE {mine}", idents)
        keys = {key for (key,) in self._ask(f"SELECT DISTINCT key FROM singles WHERE {mine}", idents)}
        spans = join_lots([*lots, *((key, key) for key in keys)])
        yield from self._histories(spans)

    def _histories(self, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str, Sequence[Row]]]:
        """Every card of the spans, as many at once as share their rows; ranges are cut, never expanded."""
        if not spans:
            return
        asked = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS spans"
        ends = [list(column) for column in zip(*spans, strict=True)]
        singles, ranges = self._known(
            self._ask(
                f"SELECT key, tail, {_BODY} FROM singles JOIN {asked} ON key BETWEEN low AND high "
                f"WHERE kind IN ({_MOVES})",
                *ends,
            ),
            self._ask(
                f"SELECT first, last, {_BODY} FROM ranges SEMI JOIN {asked} ON first <= high AND last >= low "
                f"WHERE kind IN ({_MOVES})",
                *ends,
            ),
        )
        by_card: dict[int, list[Row]] = defaultdict(list)
        for key, tail, *body in singles:
            by_card[key].append(self._row(body, None, tail or ""))
        cuts = sorted({cut for first, last, *_ in ranges for cut in (first, last + 1)})
        starting: dict[int, list[tuple[int, Row]]] = defaultdict(list)
        for first, last, *body in ranges:
            starting[first].append((last, self._range_row(first, last, body)))
        cards = iter(sorted(by_card))
        card = next(cards, None)
        open_ranges: list[tuple[int, Row]] = []
        place = 0
        for low, high in spans:
            at = low
            while at <= high:
                while place < len(cuts) and cuts[place] <= at:
                    open_ranges = [entry for entry in open_ranges if entry[0] >= cuts[place]]
                    open_ranges += starting.get(cuts[place], ())
                    place += 1
                until = min(high, cuts[place] - 1) if place < len(cuts) else high
                shared = [row for last, row in open_ranges if last >= at]
                listed = 0
                while card is not None and card <= until:
                    if card >= at:
                        listed += 1
                        yield 1, self._key(card), [*shared, *by_card[card]]
                    card = next(cards, None)
                if until - at + 1 > listed:
                    yield until - at + 1 - listed, self._key(at), shared
                at = until + 1

    # -- one party ---------------------------------------------------------------------------------------------

    parties_with = holdings.parties_with
    parties_like = holdings.parties_like
    waiting_events = holdings.waiting_events
    card_number = holdings.card_number
    dealings_of = holdings.dealings_of
    seized_cards = holdings.seized_cards
    is_user = holdings.is_user
    volumes_of = volumes.volumes_of
    count_cards = volumes.count_cards
    moved_lots = together.moved_lots
    lots_moved_otherwise = together.lots_moved_otherwise
    lots_with = together.lots_with
    keys_of = together.keys_of

    # -- all movements -----------------------------------------------------------------------------------------

    count_moved = flows.count_moved
    flow_sums = flows.flow_sums
    flow_sources = flows.flow_sources
    party_sums = flows.party_sums
    contacts_of = flows.contacts_of
    rows_within = flows.rows_within
    lots_within = flows.lots_within
    rejected_rows = refusals.rejected_rows
    workbench = laying_out.workbench

    # -- the query library -------------------------------------------------------------------------------------

    query_language: Language = "sql"
    run_query = views.run_query

    # -- the case as a whole -----------------------------------------------------------------------------------

    def contents(self) -> dict[str, Any]:
        """Counts of what is in the case, for ``status``."""
        files = [
            {
                "file": name,
                "sha256": sha256,
                "loaded_at": loaded_at,
                "rows": int(rows),
                "loaded": int(loaded),
                "duplicate": int(duplicate),
                "rejected": int(rejected),
            }
            for name, sha256, loaded_at, rows, loaded, duplicate, rejected in self._ask(
                "SELECT files.name, sha256, loaded_at, sum(row_count), sum(loaded), sum(duplicate), sum(rejected) "
                "FROM files JOIN sheets USING (file) GROUP BY ALL ORDER BY loaded_at, files.name, sha256"
            )
        ]
        union = " UNION ALL ".join(
            f"SELECT kind, day, day + span AS until FROM {table} WHERE NOT repeated"
            for table in ("singles", "ranges", "unnumbered")
        )
        kinds = dict(self._ask(f"SELECT kind, count(*) FROM ({union}) GROUP BY kind"))
        ((first, last),) = self._ask(f"SELECT min(day), max(until) FROM ({union})")
        ((cards,),) = self._ask("SELECT count(DISTINCT key) FROM singles")
        ((ranges,),) = self._ask("SELECT count(*) FROM ranges WHERE NOT repeated")
        ((quantity,),) = self._ask(f"SELECT count(*) FROM unnumbered WHERE NOT repeated AND kind IN ({_MOVES})")
        ((parties,),) = self._ask("SELECT count(DISTINCT id) FROM told")
        ((rejected,),) = self._ask("SELECT coalesce(sum(rejected), 0)::BIGINT FROM sheets")
        return {
            "files": files,
            "records": {kind: kinds.get(number, 0) for number, kind in enumerate(KINDS)},
            "parties": parties,
            "cards_listed": cards,
            "ranges": ranges,
            "quantity_only": quantity,
            "first_day": None if first is None else When(first, first).day,
            "last_day": None if last is None else When(last, last).day,
            "rejected": rejected,
            "corrected": len(self._overlay.state.withdrawn),
        }

    def ledger_entries(self) -> list[str]:
        """The ledger lines that the database carries, in order."""
        return [entry for (entry,) in self._ask(ENTRIES)]

    def corrections(self) -> Sequence[Correction]:
        """All corrections, in the order in which they were made."""
        return [Correction.of_entry(kept.entry) for kept in self._overlay.kept]

    def carried_corrections(self) -> Sequence[CarriedCorrection]:
        """The same, as another case can take them over."""

        def names_of(mentions: Sequence[int]) -> dict[int, tuple[str, str]]:
            found = self._look_up("SELECT ident, name_key, strong FROM idents WHERE ident", mentions)
            return {ident: (name, strong) for ident, name, strong in found}

        return [CarriedCorrection.of(kept, names_of) for kept in self._overlay.kept]

    def is_current(self) -> bool:
        """True: as long as the database is open, nobody writes it."""
        return True

    def written_entries(self) -> list[str]:
        """The lines of the ledger file."""
        return read_entries(self.folder / LEDGER)

    def is_ledger_unfinished(self) -> bool:
        """Whether the file of the ledger ends within a line."""
        path = self.folder / LEDGER
        return self._is_folder and path.is_file() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0

    def explain(self, error: Exception) -> StoreError | None:
        """The error that a failure comes to where what the case holds is to blame for it; else ``None``."""
        from graphtrace.store.checking import explain

        return explain(self._con, self.folder, error, is_whole=self._is_folder, is_now=self.known_on is None)

    def check_folder(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is wrong with the tables and files of a case folder, as (code, where)."""
        from graphtrace.store.checking import check_folder

        return check_folder(self)

    def source_hash(self, sha256: str) -> str | None:
        """The SHA-256 of what is kept as the source with this one; ``None`` where nothing is kept."""
        path = self.folder / SOURCES / sha256
        if not os.path.lexists(path) or path.is_dir():
            return None
        digest = hashlib.sha256()
        for block in read_blocks(path):
            digest.update(block)
        return digest.hexdigest()

    def loaded_files(self) -> Sequence[LoadedFile]:
        """All files, in the order in which they were loaded."""
        rows = self._ask(
            "SELECT files.name, sha256, size, loaded_at, entry, coalesce(sum(row_count), 0)::BIGINT "
            "FROM files LEFT JOIN sheets USING (file) GROUP BY file, files.name, sha256, size, loaded_at, entry "
            "ORDER BY file"
        )
        return [LoadedFile(*row) for row in rows]

    def source_blocks(self, sha256: str) -> Iterator[bytes]:
        """What is kept as the source with this hash, block by block; nothing where nothing is kept."""
        path = self.folder / SOURCES / sha256
        if not path.is_dir():
            yield from read_blocks(path)

    @contextmanager
    def tables_of(self, files: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: ARG002
        """Its own tables, which hold all files."""
        con = self.spare_connection()
        try:
            yield con
        finally:
            con.close()

    def counts_by_sheet(self) -> list[tuple[str, str, int, int, int, int]]:
        """Per sheet: file, hash, rows counted at load, rows now stored, repeated rows, rejected rows."""
        base = base_of(self._con)
        stored = " UNION ALL ".join(
            f"SELECT sheet, repeated FROM {base}.{table}" for table in ("singles", "ranges", "unnumbered")
        )
        rows = self._ask(
            f"""
            SELECT files.name, sha256, row_count, coalesce(stored, 0), coalesce(repeated, 0), rejected
            FROM sheets JOIN files USING (file)
            LEFT JOIN (
                SELECT sheet, count(*) AS stored, count(*) FILTER (repeated) AS repeated FROM ({stored}) GROUP BY sheet
            ) USING (sheet) ORDER BY sheet
            """
        )
        return [(name, sha256, int(a), int(b), int(c), int(d)) for name, sha256, a, b, c, d in rows]
