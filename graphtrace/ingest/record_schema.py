"""The one shape in which every record reaches a store, whatever file and path it came by.

:data:`STATEMENT_SCHEMA` says what a statement is. On the way to a store statements are *packed*: kinds, precisions and
devices are numbers, texts that repeat from row to row are categories, and columns in which no row has anything may be
left out. A store works on whole columns of integers then, and meets each text once.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from graphtrace.model import KINDS, TEXT_FIELDS

PARTY_ROLES = ("sender", "receiver")
"""purchase: carrier → enterprise; transfer and return: from → to; activation: – → user; stock: party → –."""

STATEMENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "record_no": pl.String,
    "kind": pl.String,  # as stated: purchase, transfer, return, activation, seizure, stock
    "precision": pl.String,  # listed, range, quantity; null where the record names no cards itself
    # when; null only in a seizure that has a case number
    "first_day": pl.Int32,  # days since 1970-01-01 in China Standard Time
    "last_day": pl.Int32,
    "second": pl.Int32,  # of the day; null where no time was stated
    # cards: a key is head + number padded with zeros to size characters (identifiers.split_key)
    "head": pl.String,
    "size": pl.UInt8,
    "first": pl.Int64,
    "last": pl.Int64,  # equals first in a listed card
    "check_char": pl.String,  # 20th character of a listed card whose key has 19, as written; null where absent
    "quantity": pl.Int64,
    "msisdn": pl.Int64,  # without 86; negative for another country
    "imsi": pl.Int64,
    "eid": pl.String,  # 32 digits; of an eSIM
    "imei": pl.String,  # 14, 15 or 16 digits as written, after normalisation
    # parties: as written (blanks around it stripped), normalised name, normalised strong identifier
    "sender_name": pl.String,
    "sender_key": pl.String,
    "sender_id": pl.String,
    "receiver_name": pl.String,
    "receiver_key": pl.String,
    "receiver_id": pl.String,
    "carrier_name": pl.String,  # whatever stands in a carrier column, in any kind
    "carrier_key": pl.String,
    "stock": pl.Int64,
    "sold": pl.Int64,
    **dict.fromkeys(TEXT_FIELDS, pl.String),
    "extra": pl.String,  # JSON: recognised fields that the kind has no column for, cells not read by heading
}
"""Columns of a frame of statements, in this order."""

PRECISIONS: Final = ("listed", "range", "quantity")

_NAMES: Final = tuple(column for column in STATEMENT_SCHEMA if column.startswith((*PARTY_ROLES, "carrier")))
CATEGORICAL_COLUMNS: Final = frozenset((*_NAMES, "head", "check_char", "channel", "province", "city", "declared_use"))
"""Columns in which the same texts come again and again."""

_DAYS: Final = {"day": pl.Int32, "span": pl.UInt8}
_IMEI: Final = {"imei": pl.Int64, "imei_size": pl.UInt8}
_NUMBERED: Final = {"kind": KINDS, "precision": PRECISIONS}


def encoded_schema(words: pl.DataType) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return columns of packed statements: ``span`` is how many days the last possible day is after ``day``.

    ``second`` is -1 where no time was stated; ``kind`` and ``precision`` are places in :data:`~graphtrace.model.KINDS`
    and :data:`PRECISIONS`. ``words`` is the categorical type of the columns :data:`CATEGORICAL_COLUMNS`.
    """
    types: dict[str, pl.DataType | type[pl.DataType]] = {}
    for column, kind in STATEMENT_SCHEMA.items():
        if column == "first_day":
            types |= _DAYS
        elif column == "imei":
            types |= _IMEI
        elif column in _NUMBERED:
            types[column] = pl.UInt8
        elif column != "last_day":
            types[column] = words if column in CATEGORICAL_COLUMNS else kind
    return types


def encode(statements: pl.DataFrame, words: pl.DataType) -> pl.DataFrame:
    """Return the statements in their packed form."""
    imei = pl.col("imei")
    packed = statements.with_columns(
        *(
            pl.col(column).replace_strict({said: n for n, said in enumerate(order)}, return_dtype=pl.UInt8)
            for column, order in _NUMBERED.items()
        ),
        pl.col("second").fill_null(-1),
        pl.col("first_day").alias("day"),
        (pl.col("last_day") - pl.col("first_day")).cast(pl.UInt8).alias("span"),
        imei.cast(pl.Int64),
        imei.str.len_bytes().cast(pl.UInt8).alias("imei_size"),
    )
    return packed.select(
        pl.col(column).cast(kind)
        for column, kind in encoded_schema(words).items()
        if column == "row" or packed[column].null_count() < packed.height
    )


def decode(packed: pl.DataFrame) -> pl.DataFrame:
    """Return packed statements in the form of :data:`STATEMENT_SCHEMA`."""
    columns = set(packed.columns)
    whole = packed.with_columns(
        *(
            pl.col(column).replace_strict(dict(enumerate(order)), return_dtype=pl.String)
            for column, order in _NUMBERED.items()
            if column in columns
        ),
        **({"first_day": pl.col("day"), "last_day": pl.col("day") + pl.col("span")} if "day" in columns else {}),
        **({"second": pl.when(pl.col("second") >= 0).then(pl.col("second"))} if "second" in columns else {}),
        **({"imei": pl.col("imei").cast(pl.String).str.zfill(pl.col("imei_size"))} if "imei" in columns else {}),
    )
    return whole.select(
        (pl.col(column) if column in whole.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in STATEMENT_SCHEMA.items()
    )
