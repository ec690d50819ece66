"""Copy of the rows of a file from the tables of one case into those of another, unchanged.

Nothing is read from the source file again: what the rows state, what was refused, who was mentioned first where, and
which statements repeat others is taken from the tables. Heads, mentions and sheets get the numbers that the receiving
case has for them. Rows go over in Arrow batches, so memory does not grow with the file. They go over as they were
loaded, whatever stands before the tables: corrections follow by themselves (:mod:`graphtrace.storage.copy`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from graphtrace.storage.duckdb.duckdb_schema import (
    CARD_COLUMNS,
    IS_NARROW,
    KEYS_PER_PREFIX,
    NARROW_COLUMNS,
    RECORD_COLUMNS,
    SUPPORT_COLUMNS,
    UNREAD_COLUMNS,
)
from graphtrace.storage.duckdb.visibility import base_schema, index_card_records

if TYPE_CHECKING:
    import duckdb

_SHEET = ("name", "kind", "encoding", "row_count", "loaded", "duplicate", "rejected", "records", "remarks")
_PIECE_ROWS = 50_000
_REJECT = ("row", "field", "reason", "value", "low", "high", "raw")


def sheets_of_file(con: duckdb.DuckDBPyConnection, load: int) -> list[int]:
    """Return the numbers of the sheets of the file with this load, in order."""
    rows = con.execute("SELECT sheet FROM main.sheets WHERE file = ? ORDER BY sheet", [load]).fetchall()
    return [sheet for (sheet,) in rows]


def copy_file_rows(
    con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, load: int, *, file: int
) -> list[dict[str, Any]]:
    """Copy the sheets of a file from another case, in the open transaction.

    ``file``: the number that the file is to have.

    Returns the sheets, as the ledger counts them.
    """
    sheets = sheets_of_file(source, load)
    ((sha256,),) = source.execute("SELECT sha256 FROM main.files WHERE file = ?", [load]).fetchall()
    ((earlier,),) = con.execute("SELECT count(*) FROM files WHERE sha256 = ?", [sha256]).fetchall()
    ending = f"{f'-{earlier}' if earlier else ''}.csv"
    ((last,),) = con.execute("SELECT coalesce(max(sheet), 0) FROM sheets").fetchall()
    numbers = list(range(last + 1, last + 1 + len(sheets)))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sheets_over AS SELECT unnest(?::INTEGER[]) AS old, unnest(?::INTEGER[]) AS new",
        [sheets, numbers],
    )
    of_file = f"sheet IN ({', '.join(map(str, sheets)) or 'NULL'})"
    with _brought(con, source, f"SELECT sheet, {', '.join(_REJECT)}, rowid AS place FROM main.rejects WHERE {of_file}"):
        con.execute(
            f"INSERT INTO rejects BY NAME SELECT new AS sheet, {', '.join(_REJECT)} "
            "FROM brought JOIN sheets_over ON sheet = old ORDER BY new, row, place"
        )
    with _brought(con, source, f"SELECT sheet, {', '.join(_SHEET)} FROM main.sheets WHERE {of_file}"):
        con.execute(
            f"INSERT INTO sheets BY NAME SELECT new AS sheet, {file} AS file, {', '.join(_SHEET)}, "
            f"CASE WHEN new IN (SELECT sheet FROM rejects) THEN '{sha256[:12]}-' || (new - {last}) || '{ending}' END "
            "AS rejects_file FROM brought JOIN sheets_over ON sheet = old ORDER BY new"
        )
    _take_over_names(con, source, of_file)
    _take_over_heads(con, source, of_file)
    for table, cards in CARD_COLUMNS.items():
        _take_over_rows(con, source, table, tuple(cards), of_file)
    _take_over_unread(con, source, of_file)
    _take_over_supports(con, source, of_file)
    index_card_records(con, f"sheet IN ({', '.join(map(str, numbers)) or 'NULL'})")
    for name in ("sheets_over", "mentions_over", "key_prefixes_over"):
        con.execute(f"DROP TABLE temp.{name}")
    rows = con.execute(
        "SELECT name, row_count, loaded, duplicate, rejected FROM sheets WHERE file = ? ORDER BY sheet", [file]
    ).fetchall()
    return [dict(zip(("sheet", "rows", "loaded", "duplicate", "rejected"), row, strict=True)) for row in rows]


@contextmanager
def _brought(con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, sql: str) -> Iterator[None]:
    """Make rows of the other case readable in SQL as ``brought``, once."""
    con.register("brought", source.sql(sql).to_arrow_reader(100_000))
    try:
        yield
    finally:
        con.unregister("brought")


def _take_over_names(con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, of_file: str) -> None:
    base = base_schema(source)
    mentioned = f"SELECT ident FROM {base}.mention_names WHERE {of_file}"
    with _brought(
        con, source, f"SELECT ident AS old, name_key, strong FROM main.mentions WHERE ident IN ({mentioned})"
    ):
        con.execute("CREATE OR REPLACE TEMP TABLE mentioned AS SELECT * FROM brought")
    con.execute(
        """
        INSERT INTO mentions
        SELECT (SELECT coalesce(max(ident), 0) FROM mentions) + row_number() OVER (ORDER BY name_key, strong),
            name_key, strong
        FROM temp.mentioned ANTI JOIN mentions USING (name_key, strong)
        """
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE mentions_over AS SELECT old, ident AS new "
        "FROM temp.mentioned JOIN mentions USING (name_key, strong)"
    )
    con.execute("DROP TABLE temp.mentioned")
    with _brought(con, source, f"SELECT ident, sheet, day, place, name FROM {base}.mention_names WHERE {of_file}"):
        con.execute(
            "INSERT INTO mention_names BY NAME SELECT i.new AS ident, s.new AS sheet, day, place, name FROM brought "
            "JOIN mentions_over AS i ON ident = i.old JOIN sheets_over AS s ON sheet = s.old ORDER BY s.new, place, day"
        )
    with _brought(con, source, f"SELECT name_key, operator, sheet FROM {base}.carrier_names WHERE {of_file}"):
        con.execute(
            "INSERT INTO carrier_names BY NAME SELECT name_key, operator, new AS sheet "
            "FROM brought JOIN sheets_over ON sheet = old ORDER BY new, name_key"
        )


def _take_over_heads(con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, of_file: str) -> None:
    base = base_schema(source)
    used = (
        f"SELECT key // {KEYS_PER_PREFIX} AS head FROM {base}.card_records WHERE {of_file} "
        f"UNION SELECT first // {KEYS_PER_PREFIX} FROM {base}.range_records WHERE {of_file} "
        f"UNION SELECT first // {KEYS_PER_PREFIX} FROM {base}.unread_cards WHERE {of_file}"
    )
    with _brought(con, source, f"SELECT head AS old, text, size FROM main.key_prefixes WHERE head IN ({used})"):
        con.execute("CREATE OR REPLACE TEMP TABLE used AS SELECT * FROM brought")
    con.execute(
        """
        INSERT INTO key_prefixes BY NAME
        SELECT (SELECT coalesce(max(head), 0) FROM key_prefixes) + row_number() OVER (ORDER BY text, size)
        AS head, text, size
        FROM temp.used ANTI JOIN key_prefixes USING (text, size)
        """
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE key_prefixes_over AS "
        "SELECT old, head AS new FROM temp.used JOIN key_prefixes USING (text, size)"
    )
    con.execute("DROP TABLE temp.used")


def _take_over_rows(
    con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, table: str, cards: Sequence[str], of_file: str
) -> None:
    numbers = [card for card in cards if card != "check_char"]
    others = [name for name in (*cards, *RECORD_COLUMNS) if name not in (*numbers, "sender", "receiver", "sheet")]
    packed = [f"h.new::BIGINT * {KEYS_PER_PREFIX} + {card} % {KEYS_PER_PREFIX} AS {card}" for card in numbers]
    columns = [*packed, "s.new AS sheet", "a.new AS sender", "b.new AS receiver", *others]
    heads = f"JOIN key_prefixes_over AS h ON {numbers[0]} // {KEYS_PER_PREFIX} = h.old" if numbers else ""
    of_table = f"FROM {base_schema(source)}.{table} WHERE {of_file}"
    place = numbers[0] if numbers else "row"
    for piece in _pieces(source, of_table, place):
        with _brought(con, source, f"SELECT {', '.join((*cards, *RECORD_COLUMNS))} {of_table} AND {piece}"):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE rows_over AS SELECT {', '.join(columns)} FROM brought {heads} "
                "JOIN sheets_over AS s ON sheet = s.old "
                "LEFT JOIN mentions_over AS a ON sender = a.old LEFT JOIN mentions_over AS b ON receiver = b.old "
                f"ORDER BY {', '.join(numbers) or 'row'}, s.new, row"
            )
        if table == "card_records":
            con.execute(
                f"INSERT INTO narrow_card_records BY NAME SELECT {', '.join(NARROW_COLUMNS)} FROM temp.rows_over WHERE "
                f"{IS_NARROW}"
            )
            con.execute(f"INSERT INTO wide_card_records BY NAME SELECT * FROM temp.rows_over WHERE NOT ({IS_NARROW})")
        else:
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM temp.rows_over")
        con.execute("DROP TABLE temp.rows_over")


def _take_over_unread(con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, of_file: str) -> None:
    columns = [name for name in UNREAD_COLUMNS if name not in ("sheet", "first", "last")]
    asked = (
        f"SELECT {', '.join(UNREAD_COLUMNS)}, rowid AS place FROM {base_schema(source)}.unread_cards WHERE {of_file}"
    )
    with _brought(con, source, asked):
        con.execute(
            f"INSERT INTO unread_cards BY NAME SELECT s.new AS sheet, {', '.join(columns)}, "
            f"h.new::BIGINT * {KEYS_PER_PREFIX} + first % {KEYS_PER_PREFIX} AS first, "
            f"h.new::BIGINT * {KEYS_PER_PREFIX} + last % {KEYS_PER_PREFIX} AS last "
            f"FROM brought JOIN sheets_over AS s ON sheet = s.old "
            f"LEFT JOIN key_prefixes_over AS h ON first // {KEYS_PER_PREFIX} = h.old ORDER BY s.new, place"
        )


def _take_over_supports(con: duckdb.DuckDBPyConnection, source: duckdb.DuckDBPyConnection, of_file: str) -> None:
    columns = [name for name in SUPPORT_COLUMNS if name != "sheet"]
    asked = f"SELECT sheet, {', '.join(columns)}, rowid AS place FROM {base_schema(source)}.supports WHERE {of_file}"
    with _brought(con, source, asked):
        con.execute(
            f"INSERT INTO supports BY NAME SELECT new AS sheet, {', '.join(columns)} "
            "FROM brought JOIN sheets_over ON sheet = old ORDER BY new, row, place"
        )


def _pieces(con: duckdb.DuckDBPyConnection, of_table: str, place: str) -> Iterator[str]:
    """Yield conditions that divide rows by a column into pieces of about :data:`_PIECE_ROWS`.

    Sorting many wide rows at once would exceed the memory of a load.
    """
    ((count,),) = con.execute(f"SELECT count(*) {of_table}").fetchall()
    shares = [number * _PIECE_ROWS / count for number in range(1, -(-count // _PIECE_ROWS))]
    bounds: list[int] = []
    if shares:
        ((found,),) = con.execute(f"SELECT approx_quantile({place}, {shares}) {of_table}").fetchall()
        bounds = sorted(set(found))
    for low, high in zip([None, *bounds], [*bounds, None], strict=True):
        conditions = [*([f"{place} >= {low}"] if low is not None else []), *([f"{place} < {high}"] if high else [])]
        yield " AND ".join(conditions) or "true"


_CELLS = (
    *("sn.name_key", "sn.strong", "rn.name_key", "rn.strong"),
    *(name for name in RECORD_COLUMNS if name not in ("sender", "receiver", "sheet")),
)
BLOCK: Final = 65536
"""Number of rows that a digest is about."""


def checksums_of_file(con: duckdb.DuckDBPyConnection, load: int) -> dict[str, str]:
    """Return checksums of the parts of a file in a case, in order: sheets, rows, rejects and mentions.

    Keys, names and days count as they are, numbers that only this case has for heads, mentions and sheets do not, so
    that the same content has the same checksums in every case.
    """
    return {
        name: hashlib.sha256("".join(blocks.values()).encode()).hexdigest()
        for name, blocks in digests_of_file(con, load).items()
    }


def digests_of_file(con: duckdb.DuckDBPyConnection, load: int) -> dict[str, dict[tuple[int, int], str]]:
    """Return the digests of the same parts by sheet (from 1) and number of the block of :data:`BLOCK` rows."""
    return {name: _block_digests(con, sql) for name, sql in _parts_of_file(con, load).items()}


def _block_digests(con: duckdb.DuckDBPyConnection, sql: str) -> dict[tuple[int, int], str]:
    """Return the digest of each block of rows by page and number, in order.

    The rows come sorted from the database, which does that on disk where memory does not suffice; to aggregate them
    in order it would have to hold them all.
    """
    hashes: dict[tuple[int, int], hashlib._Hash] = {}
    reader = con.sql(f"SELECT page, place, sha256(said) AS digest FROM ({sql}) ORDER BY ALL").to_arrow_reader(BLOCK)
    for batch in reader:
        blocks = (
            pl.DataFrame(batch)
            .group_by("page", pl.col("place") // BLOCK, maintain_order=True)
            .agg(pl.col("digest").str.join())
        )
        for page, block, digests in blocks.iter_rows():
            hashes.setdefault((page, block), hashlib.sha256()).update(digests.encode())
    return {block: digest.hexdigest() for block, digest in hashes.items()}


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    ((value,),) = con.execute(sql).fetchall()
    return value


def first_difference(
    one: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection, load: int
) -> tuple[str | None, int]:
    """Return sheet and number of the first row of a file that differs between two cases. There must be one."""

    def first(digests: Callable[[duckdb.DuckDBPyConnection], dict[tuple[int, int], str]]) -> tuple[int, int]:
        here, there = digests(one), digests(other)
        return min(place for place in {*here, *there} if here.get(place) != there.get(place))

    def rows_of_block(con: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], str]:
        statements = con.execute(
            f"SELECT page, place, sha256(string_agg(sha256(said), '' ORDER BY said)) FROM ({rows(con)}) "
            f"WHERE page = {page} AND place // {BLOCK} = {block} GROUP BY ALL"
        ).fetchall()
        return {(page, place): digest for page, place, digest in statements}

    def rows(con: duckdb.DuckDBPyConnection) -> str:
        return _parts_of_file(con, load)["rows"]

    page, block = first(lambda con: _block_digests(con, rows(con)))
    page, row = first(rows_of_block)
    name = _one(one, f"SELECT name FROM main.sheets WHERE sheet = {sheets_of_file(one, load)[page - 1]}")
    return name, row


def _parts_of_file(con: duckdb.DuckDBPyConnection, load: int) -> dict[str, str]:
    """Return queries for the parts of a file in a case: page, place and content."""
    base = base_schema(con)
    sheets = sheets_of_file(con, load)
    numbered = f"(SELECT unnest({sheets}::INTEGER[]) AS number, unnest({list(range(1, len(sheets) + 1))}) AS page) AS n"
    on_sheet = f"JOIN {numbered} ON sheet = n.number"
    names = {
        "card_records": f"h.text, h.size, key % {KEYS_PER_PREFIX}, check_char",
        "range_records": f"h.text, h.size, first % {KEYS_PER_PREFIX}, last % {KEYS_PER_PREFIX}",
        "cardless_records": "NULL",
    }
    heads = {
        "card_records": f"JOIN main.key_prefixes AS h ON key // {KEYS_PER_PREFIX} = h.head",
        "range_records": f"JOIN main.key_prefixes AS h ON first // {KEYS_PER_PREFIX} = h.head",
        "cardless_records": "",
    }
    idents = "LEFT JOIN main.mentions AS sn ON sender = sn.ident LEFT JOIN main.mentions AS rn ON receiver = rn.ident"
    rows = " UNION ALL ".join(
        f"SELECT page, row AS place, json_array('{table}', {names[table]}, {', '.join(_CELLS)})::VARCHAR AS said "
        f"FROM {base}.{table} {on_sheet} {heads[table]} {idents}"
        for table in CARD_COLUMNS
    )
    rows += (
        " UNION ALL SELECT page, row AS place, json_array('supports', row, kind, day, span, second, record_no, said, "
        f"keys, statement, repeated)::VARCHAR AS said FROM {base}.supports {on_sheet}"
    )
    return {
        "sheets": "SELECT page, 0 AS place, json_array(name, kind, encoding, row_count, loaded, duplicate, rejected, "
        f"records, remarks)::VARCHAR AS said FROM main.sheets {on_sheet}",
        "rows": rows,
        "rejects": f"SELECT page, row AS place, json_array({', '.join(_REJECT)})::VARCHAR AS said "
        f"FROM main.rejects {on_sheet} "
        "UNION ALL SELECT page, row AS place, json_array('unread', row, kind, reason, field, day, span, h.text, "
        f"h.size, first % {KEYS_PER_PREFIX}, last % {KEYS_PER_PREFIX}, unread.number, unread.text)::VARCHAR AS said "
        f"FROM {base}.unread_cards AS unread {on_sheet} "
        f"LEFT JOIN main.key_prefixes AS h ON first // {KEYS_PER_PREFIX} = h.head",
        "mentions": "SELECT page, place, json_array(place, name_key, strong, day, name)::VARCHAR AS said "
        f"FROM {base}.mention_names {on_sheet} JOIN main.mentions USING (ident) "
        f"UNION ALL SELECT page, -1, json_array(name_key, operator)::VARCHAR FROM {base}.carrier_names {on_sheet}",
    }


def sample_of_file(con: duckdb.DuckDBPyConnection, load: int, *, most: int) -> list[tuple[str, int, int]]:
    """Return a sample of the cards of a file, half listed ones and half ends of ranges, as (head, size, number).

    The sample is pseudo-random by their numbers, the same in every run.
    """
    base = base_schema(con)
    sheets = f"sheet IN (SELECT unnest({sheets_of_file(con, load)}::INTEGER[]))"
    found: list[tuple[str, int, int]] = []
    for table, card in (("card_records", "key"), ("range_records", "last")):
        found += con.execute(
            f"SELECT text, size, card % {KEYS_PER_PREFIX} FROM (SELECT DISTINCT {card} AS card FROM {base}.{table} "
            f"WHERE {sheets}) "
            f"JOIN main.key_prefixes ON card // {KEYS_PER_PREFIX} = head "
            f"ORDER BY hash(card % {KEYS_PER_PREFIX}), text, "
            f"size LIMIT {(most + 1) // 2}"
        ).fetchall()
    return found
