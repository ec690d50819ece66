"""The one shape in which every record reaches a store, whatever file and path it came by."""

from __future__ import annotations

import polars as pl

from graphtrace.ingest.reports import TEXT_FIELDS

PARTY_ROLES = ("sender", "receiver")
"""purchase: carrier → enterprise; transfer and return: from → to; activation: – → user; stock: party → –."""

STATEMENTS: dict[str, pl.DataType | type[pl.DataType]] = {
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
    "tail": pl.String,  # 20th character of a listed card whose key has 19, as written; null where absent
    "quantity": pl.Int64,
    "msisdn": pl.Int64,  # without 86
    "imsi": pl.Int64,
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
    "extra": pl.String,  # recognised fields that the kind has no column for: canonical JSON, keys sorted; else null
}
"""Columns of a frame of statements, in this order."""
