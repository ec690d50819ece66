"""Packed statements of registrations, looked at once every row was read: whose the customers and the cards are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final

import polars as pl

from graphtrace.identifiers import carrier_from_iccid, is_visibly_firm, normalize_party_name
from graphtrace.identifiers.normalize import is_masked_name
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.ingest.supporting import CONTACT, SUPPORT_SCHEMA, contact_of_party, named_in_contact
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
    issuers = {name: operator for operator, name in USUAL_NAMES.items()}
    return any(
        head is not None and carrier_from_iccid(head) != issuers[name]
        for head, name in concluded.cast(pl.String).iter_rows()
    )


@lru_cache(maxsize=1 << 14)
def may_be_anybody(name: str) -> bool:
    """Whether many may be called what a carrier calls its customer."""
    return _may_be_anybody(normalize_party_name(name))


def _may_be_anybody(key: str) -> bool:
    return is_masked_name(key) or not is_visibly_firm(key)


class Customers:
    """The customers whom the registrations of one sheet name; who may be anybody of his name is a party of his own.

    A customer without an identifier, whose name is masked or is not visibly a firm's, is one party for each sheet,
    name and telephone; without a telephone, for each row. The part that is added to the compared name depends on the
    file, the sheet and the telephone or row alone.

    - ``file``: SHA-256 of the file.
    - ``sheet``: name of the sheet.
    - ``telephones``: by row, the telephones of its customer; read when the row is.
    """

    def __init__(self, file: str, sheet: str | None, telephones: Mapping[int, str]) -> None:
        self._file = file
        self._sheet = sheet
        self._telephones = telephones
        self._parted: dict[tuple[int, str], str] = {}

    def part(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return packed statements with such customers as parties of their own."""
        if not has_registrations(frame) or "receiver_key" not in frame.columns:
            return frame
        is_theirs = pl.col("kind") == _REGISTRATION
        if "receiver_id" in frame.columns:
            is_theirs &= pl.col("receiver_id").is_null()
        names = frame.filter(is_theirs)["receiver_key"].drop_nulls().unique().cast(pl.String)
        parted = {name for name in names if _may_be_anybody(name)}
        if not parted:
            return frame
        keys = frame.select("row", "receiver_key", is_meant=is_theirs)
        fresh = [
            self._party_of(row, name) if is_meant and name in parted else name
            for row, name, is_meant in keys.with_columns(pl.col("receiver_key").cast(pl.String)).iter_rows()
        ]
        return frame.with_columns(pl.Series("receiver_key", fresh, dtype=pl.String).cast(frame["receiver_key"].dtype))

    def part_contacts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return supporting records with the contacts of such customers as those of the same parties.

        A contact belongs to a row whose statement was parted before.
        """
        if not self._parted or CONTACT not in frame["kind"]:
            return frame
        rows = [
            {**record, **contact_of_party(record["said"], party)}
            if record["kind"] == CONTACT
            and (party := self._parted.get((record["row"], named_in_contact(record["said"])))) is not None
            else record
            for record in frame.iter_rows(named=True)
        ]
        return pl.DataFrame(rows, schema=SUPPORT_SCHEMA)

    def _party_of(self, row: int, name: str) -> str:
        telephones = self._telephones.get(row)
        of = f"row {row}" if telephones is None else telephones
        digest = sha256(f"{self._file}\n{self._sheet or ''}\n{of}".encode()).hexdigest()[:_SUFFIX]
        party = f"{name}#{digest}"
        if telephones is not None:
            self._parted[row, name] = party
        return party
