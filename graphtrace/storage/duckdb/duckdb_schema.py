"""The tables of the embedded case, as SQL.

Cards are integers: ``head * 10^11 + number``, where ``head`` numbers the texts before the running part.
``key_prefixes`` has these texts. Three relations hold the statements, by how they name their cards, with the same body
of columns: ``card_records`` (one listed card, sorted by key within each load), ``range_records`` (never expanded) and
``cardless_records`` (a quantity only, or a card known by MSISDN or IMSI only, or a declaration without cards). A
repeated statement is a row like any other, marked ``repeated``, so that every origin is kept and none counts twice.

``card_records`` is nearly everything that a case holds, and a column without values costs as much to append as one with
small ones. So it is a view over two tables: ``narrow_card_records`` has the few columns that most rows need,
``wide_card_records`` has all of them, and each row is in the one that it fits.

Parties are stored as mentions (``mentions``: a normalised name and a normalised strong identifier, ``''`` for none).
The resolution of mentions to parties follows from all mentions together, and is updated at each load
(``resolved_parties``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graphtrace.model import CUSTODY_KINDS, KINDS, TEXT_FIELDS, UNDATED, Kind

FORMAT: Final = "9"
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
}
"""Columns that, with the cards, identify a statement: rows that agree in them repeat it (SPEC 3)."""

RECORD_COLUMNS: Final = {
    **IDENTITY_COLUMNS,
    "extra": "VARCHAR",
    "record_no": "VARCHAR",
    "sheet": "INTEGER NOT NULL",
    "row": "UINTEGER NOT NULL",
    "repeated": "BOOLEAN NOT NULL",
}
"""Columns that ``card_records``, ``range_records`` and ``cardless_records`` share."""

READ_COLUMNS: Final = (
    "kind, sender, receiver, day, span, second, quantity, msisdn, imsi, eid, imei, imei_size, channel, province, "
    "city, case_no, place, holder, state, cell, price, waybill, document_basis, carrier_basis, "
    "extra, record_no, sheet, row"
)
"""Columns of the body that answers read, in that order."""

NAMED_PARTY: Final = "id, name, is_carrier, bearers, coalesce(name_key, ''), coalesce(strong, '')"
"""Columns of ``resolved_parties`` and ``mentions`` that make a :class:`~graphtrace.model.Party` of a mention."""

CARD_COLUMNS: Final = {
    "card_records": {"key": "BIGINT NOT NULL", "check_char": "VARCHAR"},
    "range_records": {"first": "BIGINT NOT NULL", "last": "BIGINT NOT NULL"},
    "cardless_records": {},
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
"""The columns of ``narrow_card_records``."""

NARROW_DEFAULTS: Final = {"span": ("day", 0), "imei_size": ("imei", 15)}
"""Default of each column that ``narrow_card_records`` lacks: the column that must be present, and the value."""

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

UNREAD_COLUMNS: Final = {
    "sheet": "INTEGER NOT NULL",
    "row": "UINTEGER NOT NULL",
    "kind": "UTINYINT",
    "reason": "VARCHAR NOT NULL",
    "field": "VARCHAR",
    "day": "INTEGER",
    "span": "UTINYINT",
    "first": "BIGINT",
    "last": "BIGINT",
    "number": "BIGINT",
    "text": "VARCHAR",
}
"""The columns of ``unread_cards``: cards, or numbers, of which a row states a change of hands that was not recorded."""

PHYSICAL_TABLES: Final = {
    "card_records": ("narrow_card_records", "wide_card_records"),
    "range_records": ("range_records",),
    "cardless_records": ("cardless_records",),
}
"""Tables of a case folder that hold the rows of each relation."""


RESOLVED_PARTY_COLUMNS: Final = {
    "ident": "INTEGER",
    "party": "INTEGER",
    "id": "VARCHAR",
    "name": "VARCHAR",
    "is_carrier": "BOOLEAN",
    "bearers": "INTEGER",
    "member": "VARCHAR",
}
"""The columns of ``resolved_parties``: the party of each mention.

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
    _table("unread_cards", UNREAD_COLUMNS),
    _table("key_prefixes", {"head": "INTEGER NOT NULL", "text": "VARCHAR NOT NULL", "size": "UTINYINT NOT NULL"}),
    _table("mentions", {"ident": "INTEGER NOT NULL", "name_key": "VARCHAR NOT NULL", "strong": "VARCHAR NOT NULL"}),
    _table(
        "mention_names",
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
    _table("device_cards", {"device": "BIGINT NOT NULL", "key": "BIGINT NOT NULL", "sheet": "INTEGER NOT NULL"}),
    _table(
        "subscriber_links",
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
    _table("resolved_parties", RESOLVED_PARTY_COLUMNS),
)
"""Statements that create an empty case.

``subscriber_links`` holds MSISDNs and IMSIs, which never collide by their length. ``mention_names`` has the earliest
writing of a mention in a sheet: ``day`` is :data:`NO_DAY` where the record has none, ``place`` orders the mentions.
``supports`` is read by :mod:`graphtrace.storage.duckdb.duckdb_queries` alone. ``corrections`` change no row; ``loads``
of the files were in the case before, see :mod:`graphtrace.storage.correction_log`. ``judgements`` has the lines that
make or undo one, see :mod:`graphtrace.storage.judgement_log`.
"""


def _narrow_column(column: str, kind: str) -> str:
    """Return a column of the view computed from the narrow table, in DuckDB's spelling of a view definition."""
    if column in NARROW_COLUMNS:
        return column
    if column in NARROW_DEFAULTS:
        beside, value = NARROW_DEFAULTS[column]
        return f"CAST(CASE  WHEN (({beside} IS NOT NULL)) THEN ({value}) ELSE NULL END AS {kind}) AS {column}"
    return f"CAST(NULL AS {kind}) AS {column}"


_CARD_RECORD_COLUMNS: Final = {
    name: kind.removesuffix(" NOT NULL") for name, kind in {**CARD_COLUMNS["card_records"], **RECORD_COLUMNS}.items()
}

NARROW_READ_COLUMNS: Final = ", ".join(
    _narrow_column(name, _CARD_RECORD_COLUMNS[name]) for name in ("key", "check_char", *READ_COLUMNS.split(", "))
)
"""Key, check_char and the columns of :data:`READ_COLUMNS`, as ``narrow_card_records`` gives them."""

IS_NARROW: Final = " AND ".join(
    (
        *(f"{name} IS NULL" for name in _CARD_RECORD_COLUMNS if name not in (*NARROW_COLUMNS, *NARROW_DEFAULTS)),
        *(f"({name} IS NULL OR {name} = {value})" for name, (_, value) in NARROW_DEFAULTS.items()),
    )
)
"""Whether a row of ``card_records`` is one of ``narrow_card_records``."""

FOLDER_TABLES: Final = (
    *(statement for statement in TABLES if not statement.startswith("CREATE TABLE card_records(")),
    _table(
        "narrow_card_records",
        {
            name: kind
            for name, kind in {**CARD_COLUMNS["card_records"], **RECORD_COLUMNS}.items()
            if name in NARROW_COLUMNS
        },
    ),
    _table("wide_card_records", {**CARD_COLUMNS["card_records"], **RECORD_COLUMNS}),
    (
        "CREATE VIEW card_records AS ("
        f"SELECT {', '.join(_narrow_column(*column) for column in _CARD_RECORD_COLUMNS.items())} "
        "FROM narrow_card_records) "
        f"UNION ALL (SELECT {', '.join(_CARD_RECORD_COLUMNS)} FROM wide_card_records)"
    ),
)
"""Statements that create an empty case in a folder: the same relations, ``card_records`` split in two tables."""

FOLDER_TABLE_NAMES: Final = tuple(
    statement.partition("(")[0].removeprefix("CREATE TABLE ")
    for statement in FOLDER_TABLES
    if statement.startswith("CREATE TABLE ")
)
"""The tables of a case in a folder."""

_LEDGER_LINES: Final = """
SELECT file AS loads, 0 AS number, 0 AS line, entry FROM main.files
UNION ALL SELECT loads, number, 0, entry FROM main.corrections
UNION ALL SELECT loads, corrections, line, entry FROM main.judgements
"""

LEDGER_SQL: Final = f"SELECT entry FROM ({_LEDGER_LINES}) ORDER BY loads, number, line"
"""The lines of the ledger, in their order."""

LAST_ENTRY_SQL: Final = f"SELECT entry FROM ({_LEDGER_LINES}) ORDER BY loads DESC, number DESC, line DESC LIMIT 1"
"""The last line of the ledger."""


def kind_list(kinds: Iterable[Kind]) -> str:
    """Return kinds as a list of their numbers in column ``kind``, for ``IN``."""
    return ", ".join(str(KINDS.index(kind)) for kind in kinds)


MOVES: Final = kind_list(CUSTODY_KINDS)
"""Kinds that move cards, for ``kind IN (…)``."""

UNDATED_DAY: Final = UNDATED.earliest
"""Day number that stands for no day at all; sorts before every other."""

DEVICE: Final = "imei // pow(10, imei_size - 14)::BIGINT"
"""Device of a record: the first 14 digits of its IMEI, without check digit or version."""

SALE: Final = "CASE WHEN quantity IS NULL THEN NULL ELSE record_no END"
"""Part of the statement of a quantity-only record that distinguishes equal sales: its record number."""


def number_text(column: str) -> str:
    """Return a column of MSISDNs or IMSIs as text (:func:`graphtrace.identifiers.pack_number`)."""
    return f"replace({column}::VARCHAR, '-', '+')"


def number_code(column: str) -> str:
    """Return a text of an MSISDN or IMSI as the integer that is stored."""
    return f"replace({column}, '+', '-')::BIGINT"


def reach_before(partition: str = "") -> str:
    """Return the greatest ``last`` of the lots before a lot, in order of ``first`` and ``last``; null for the first.

    ``partition`` are the columns of groups that are counted apart.
    """
    groups = f"PARTITION BY {partition} " if partition else ""
    return f"max(last) OVER ({groups}ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
