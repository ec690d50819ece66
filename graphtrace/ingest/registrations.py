"""Packed statements of registrations, looked at once every row was read: whose the customers and the cards are."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import polars as pl

from graphtrace.identifiers import carrier_from_iccid, is_visibly_firm
from graphtrace.identifiers.masking import is_masked_name
from graphtrace.ingest.own_lists import NAMES_OF_CARRIERS
from graphtrace.model import KINDS

_REGISTRATION: Final = KINDS.index("registration")
_SUFFIX: Final = 8
"""Hexadecimal digits by which customers of one name are told apart."""


def has_registrations(frame: pl.DataFrame) -> bool:
    """Whether a frame of packed statements has a registration."""
    return "kind" in frame.columns and bool((frame["kind"] == _REGISTRATION).any())


def is_contradicted(frame: pl.DataFrame) -> bool:
    """Whether a card is of another operator than its number's alone was concluded from the first rows."""
    if "carrier_basis" not in frame.columns or "head" not in frame.columns:
        return False
    concluded = frame.filter(pl.col("carrier_basis") == "issuer").select("head", "sender_name").unique()
    issuers = {name: operator for operator, name in NAMES_OF_CARRIERS.items()}
    return any(
        head is not None and carrier_from_iccid(head) != issuers[name]
        for head, name in concluded.cast(pl.String).iter_rows()
    )


def part_customers(
    frame: pl.DataFrame, file: str, sheet: str | None, telephones: Mapping[int, str] | None = None
) -> pl.DataFrame:
    """Return the statements with customers who may be anybody of their name as parties of their own.

    In a registration a customer without an identifier, whose name is masked or is not visibly a firm's, is one party
    for each sheet, name and telephone; without a telephone, for each row. The part that is added to the compared name
    depends on the file, the sheet and the telephone or row alone.

    Parameters
    ----------
    frame
        Packed statements of one sheet.
    file
        SHA-256 of the file.
    sheet
        Name of the sheet.
    telephones
        By row, the telephone of its customer.
    """
    if not has_registrations(frame) or "receiver_key" not in frame.columns:
        return frame
    is_theirs = pl.col("kind") == _REGISTRATION
    if "receiver_id" in frame.columns:
        is_theirs &= pl.col("receiver_id").is_null()
    names = frame.filter(is_theirs)["receiver_key"].drop_nulls().unique().cast(pl.String)
    parted = [name for name in names if is_masked_name(name) or not is_visibly_firm(name)]
    if not parted:
        return frame
    known = telephones or {}
    keys = frame.select("row", "receiver_key", is_meant=is_theirs).with_columns(pl.col("receiver_key").cast(pl.String))
    fresh = [
        f"{name}#{_digest(file, sheet, known.get(row, row))}" if is_meant and name in parted else name
        for row, name, is_meant in keys.iter_rows()
    ]
    return frame.with_columns(pl.Series("receiver_key", fresh, dtype=pl.String).cast(frame["receiver_key"].dtype))


def _digest(file: str, sheet: str | None, of: int | str) -> str:
    what = f"row {of}" if isinstance(of, int) else of
    return sha256(f"{file}\n{sheet or ''}\n{what}".encode()).hexdigest()[:_SUFFIX]
