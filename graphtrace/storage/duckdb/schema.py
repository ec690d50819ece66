"""The tables of the embedded case, as SQL.

Cards are integers: ``head * 10^11 + number``, where ``head`` numbers the texts before the running part (``heads``).
Three relations hold the statements, by how they name their cards, with the same body of columns: ``singles`` (one
listed card, sorted by key within each load), ``ranges`` (never expanded) and ``unnumbered`` (a quantity only, or a card
known by MSISDN or IMSI only, or a declaration without cards). A repeated statement is a row like any other, marked
``repeated``, so that every origin is kept and none counts twice.

``singles`` is nearly everything that a case holds, and a column without values costs as much to append as one with
small ones. So it is a view over two tables: ``lean_singles`` has the few columns that most rows need, ``full_singles``
has all of them, and each row is in the one that it fits.

Parties are stored as mentions (``idents``: a normalised name and a normalised strong identifier, ``''`` for none).
The resolution of mentions to parties follows from all mentions together, and is updated at each load (``told``).
"""

from __future__ import annotations

from typing import Final

from graphtrace.ingest.reports import TEXT_FIELDS

FORMAT: Final = "8"
"""Version of this layout; a case of another version is refused."""

KEYS_PER_PREFIX: Final = 100_000_000_000
"""Number of cards that one head can have."""

ROW_GROUP: Final = 122_880
"""Number of rows of a block of the database, which one thread appends or reads at once."""

NO_DAY: Final = 1_000_000
"""Day number of an unknown day; sorts after every other."""

IDENTITY_COLUMNS: Final = {
    "kind": "UTINYINT NOT NULL",
    "sender": "INTEGER",
    "receiver": "INTEGER",
    "day": "INTEGER",
    "span": "UTINYINT",
    "second": "INTEGER",
    "quantity": "BIGINT",
    "msisdn": "BIGINT",
    "imsi": "BIGINT",
    "eid": "VARCHAR",
    "imei": "BIGINT",
    "imei_size": "UTINYINT",
    "carrier": "VARCHAR",
    "stock": "BIGINT",
    "sold": "BIGINT",
    **dict.fromkeys(TEXT_FIELDS, "VARCHAR"),
    "extra": "VARCHAR",
}
"""Columns that, with the cards, identify a statement: rows that agree in them repeat it (SPEC 3)."""

RECORD_COLUMNS: Final = {
    **IDENTITY_COLUMNS,
    "record_no": "VARCHAR",
    "sheet": "INTEGER NOT NULL",
    "row": "UINTEGER NOT NULL",
    "repeated": "BOOLEAN NOT NULL",
}
"""Columns that ``singles``, ``ranges`` and ``unnumbered`` share."""

READ_COLUMNS: Final = (
    "kind, sender, receiver, day, span, second, quantity, msisdn, imsi, eid, imei, imei_size, channel, province, "
    "city, case_no, place, holder, state, cell, price, waybill, record_no, sheet, row"
)
"""Columns of the body that answers read, in that order."""

CARD_COLUMNS: Final = {
    "singles": {"key": "BIGINT NOT NULL", "tail": "VARCHAR"},
    "ranges": {"first": "BIGINT NOT NULL", "last": "BIGINT NOT NULL"},
    "unnumbered": {},
}
"""The tables of statements and the columns by which each names its cards."""

NARROW_COLUMNS: Final = (
    "key",
    "kind",
    "sender",
    "receiver",
    "day",
    "second",
    "imei",
    "province",
    "sheet",
    "row",
    "repeated",
)
"""The columns of ``lean_singles``."""

NARROW_DEFAULTS: Final = {"span": ("day", 0), "imei_size": ("imei", 15)}
"""Default of each column that ``lean_singles`` lacks: the column that must be present, and the value."""

SUPPORT_COLUMNS: Final = {
    "kind": "VARCHAR NOT NULL",
    "day": "INTEGER",
    "span": "UTINYINT",
    "second": "INTEGER NOT NULL",
    "record_no": "VARCHAR",
    "said": "VARCHAR NOT NULL",
    "keys": "VARCHAR[] NOT NULL",
    "statement": "VARCHAR NOT NULL",
    "sheet": "INTEGER NOT NULL",
    "row": "UINTEGER NOT NULL",
    "repeated": "BOOLEAN NOT NULL",
}
"""The columns of ``supports``: identities, shipments, payments and contacts, apart from all custody records."""

PHYSICAL_TABLES: Final = {
    "singles": ("lean_singles", "full_singles"),
    "ranges": ("ranges",),
    "unnumbered": ("unnumbered",),
}
"""Tables of a case folder that hold the rows of each relation."""


TOLD: Final = {
    "ident": "INTEGER",
    "party": "INTEGER",
    "id": "VARCHAR",
    "name": "VARCHAR",
    "is_carrier": "BOOLEAN",
    "bearers": "INTEGER",
    "member": "VARCHAR",
}
"""The columns of ``told``: the party of each mention.

``party`` is the least mention of the party, ``member`` what a judgement about the mention stands on.
"""


def _table(name: str, columns: dict[str, str]) -> str:
    return f"CREATE TABLE {name}({', '.join(f'{column} {kind}' for column, kind in columns.items())})"


TABLES: Final = (
    _table("meta", {"key": "VARCHAR PRIMARY KEY", "value": "VARCHAR NOT NULL"}),
    _table(
        "files",
        {
            "file": "INTEGER PRIMARY KEY",
            "name": "VARCHAR NOT NULL",
            "sha256": "VARCHAR NOT NULL",
            "size": "BIGINT NOT NULL",
            "loaded_at": "VARCHAR NOT NULL",
            "entry": "VARCHAR NOT NULL",
        },
    ),
    _table(
        "sheets",
        {
            "sheet": "INTEGER PRIMARY KEY",
            "file": "INTEGER NOT NULL",
            "name": "VARCHAR",
            "kind": "VARCHAR",
            "encoding": "VARCHAR",
            "row_count": "BIGINT NOT NULL",
            "loaded": "BIGINT NOT NULL",
            "duplicate": "BIGINT NOT NULL",
            "rejected": "BIGINT NOT NULL",
            "records": "BIGINT NOT NULL",
            "rejects_file": "VARCHAR",
            "remarks": "VARCHAR NOT NULL",
        },
    ),
    _table(
        "rejects",
        {
            "sheet": "INTEGER NOT NULL",
            "row": "UINTEGER NOT NULL",
            "field": "VARCHAR",
            "reason": "VARCHAR NOT NULL",
            "value": "VARCHAR",
            "low": "VARCHAR",
            "high": "VARCHAR",
            "raw": "VARCHAR NOT NULL",
        },
    ),
    _table("heads", {"head": "INTEGER NOT NULL", "text": "VARCHAR NOT NULL", "size": "UTINYINT NOT NULL"}),
    _table("idents", {"ident": "INTEGER NOT NULL", "name_key": "VARCHAR NOT NULL", "strong": "VARCHAR NOT NULL"}),
    _table(
        "writings",
        {
            "ident": "INTEGER NOT NULL",
            "sheet": "INTEGER NOT NULL",
            "day": "INTEGER NOT NULL",
            "place": "BIGINT NOT NULL",
            "name": "VARCHAR NOT NULL",
        },
    ),
    _table("carrier_names", {"name_key": "VARCHAR NOT NULL", "operator": "VARCHAR", "sheet": "INTEGER NOT NULL"}),
    *(_table(name, {**cards, **RECORD_COLUMNS}) for name, cards in CARD_COLUMNS.items()),
    _table("supports", SUPPORT_COLUMNS),
    _table("devices", {"device": "BIGINT NOT NULL", "key": "BIGINT NOT NULL", "sheet": "INTEGER NOT NULL"}),
    _table(
        "numbers",
        {
            "number": "BIGINT NOT NULL",
            "key": "BIGINT NOT NULL",
            "day": "INTEGER",
            "span": "UTINYINT",
            "second": "INTEGER",
            "sheet": "INTEGER NOT NULL",
        },
    ),
    _table(
        "corrections",
        {
            "number": "INTEGER PRIMARY KEY",
            "loads": "INTEGER NOT NULL",
            "sheet": "INTEGER NOT NULL",
            "row": "UINTEGER NOT NULL",
            "is_lifted": "BOOLEAN NOT NULL",
            "made_at": "VARCHAR NOT NULL",
            "effects": "VARCHAR NOT NULL",
            "entry": "VARCHAR NOT NULL",
        },
    ),
    _table(
        "judgements",
        {
            "line": "INTEGER PRIMARY KEY",
            "loads": "INTEGER NOT NULL",
            "corrections": "INTEGER NOT NULL",
            "entry": "VARCHAR NOT NULL",
        },
    ),
    _table("told", TOLD),
)
"""Statements that create an empty case.

``numbers`` holds MSISDNs and IMSIs, which never collide by their length. ``writings`` has the earliest writing of a
mention in a sheet: ``day`` is :data:`NO_DAY` where the record has none, ``place`` orders the mentions of a sheet.
``supports`` is read by :mod:`graphtrace.storage.duckdb.supports` alone. ``corrections`` change no row; ``loads`` of the
files were in the case before, see :mod:`graphtrace.storage.corrections`. ``judgements`` has the lines that make or undo
one, see :mod:`graphtrace.storage.judgements`.
"""


def _lean(column: str, kind: str) -> str:
    """Return a column of ``singles`` computed from ``lean_singles``, in DuckDB's spelling of a view definition."""
    if column in NARROW_COLUMNS:
        return column
    if column in NARROW_DEFAULTS:
        beside, value = NARROW_DEFAULTS[column]
        return f"CAST(CASE  WHEN (({beside} IS NOT NULL)) THEN ({value}) ELSE NULL END AS {kind}) AS {column}"
    return f"CAST(NULL AS {kind}) AS {column}"


_SINGLES: Final = {
    name: kind.removesuffix(" NOT NULL") for name, kind in {**CARD_COLUMNS["singles"], **RECORD_COLUMNS}.items()
}

NARROW_READ_COLUMNS: Final = ", ".join(
    _lean(name, _SINGLES[name]) for name in ("key", "tail", *READ_COLUMNS.split(", "))
)
"""Key, tail and the columns of :data:`READ_COLUMNS`, as ``lean_singles`` gives them."""

IS_NARROW: Final = " AND ".join(
    (
        *(f"{name} IS NULL" for name in _SINGLES if name not in (*NARROW_COLUMNS, *NARROW_DEFAULTS)),
        *(f"({name} IS NULL OR {name} = {value})" for name, (_, value) in NARROW_DEFAULTS.items()),
    )
)
"""Whether a row of ``singles`` is one of ``lean_singles``."""

FOLDER_TABLES: Final = (
    *(statement for statement in TABLES if not statement.startswith("CREATE TABLE singles(")),
    _table(
        "lean_singles",
        {name: kind for name, kind in {**CARD_COLUMNS["singles"], **RECORD_COLUMNS}.items() if name in NARROW_COLUMNS},
    ),
    _table("full_singles", {**CARD_COLUMNS["singles"], **RECORD_COLUMNS}),
    (
        f"CREATE VIEW singles AS (SELECT {', '.join(_lean(*column) for column in _SINGLES.items())} FROM lean_singles) "
        f"UNION ALL (SELECT {', '.join(_SINGLES)} FROM full_singles)"
    ),
)
"""Statements that create an empty case in a folder: the same relations, ``singles`` split in two tables."""

FOLDER_TABLE_NAMES: Final = tuple(
    statement.partition("(")[0].removeprefix("CREATE TABLE ")
    for statement in FOLDER_TABLES
    if statement.startswith("CREATE TABLE ")
)
"""The tables of a case in a folder."""

LEDGER_SQL: Final = """
SELECT entry FROM (
    SELECT file AS loads, 0 AS number, 0 AS line, entry FROM main.files
    UNION ALL SELECT loads, number, 0, entry FROM main.corrections
    UNION ALL SELECT loads, corrections, line, entry FROM main.judgements
) ORDER BY loads, number, line
"""
"""The lines of the ledger, in their order."""
