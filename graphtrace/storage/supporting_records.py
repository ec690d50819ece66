"""Supporting records as a store returns them: identities, shipments, payments, contacts (SPEC 3).

They are kept in a table of their own and looked up by their keys (:mod:`graphtrace.ingest.supporting`). Nothing that
reasons about custody reads them, so that loading a file of them changes no answer about custody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple

from graphtrace.identifiers.contacts import contact_key
from graphtrace.model import DateSpan, Origin, SupportKind

CONTACT: Final = "contact"
"""The kind of a contact that a custody record states of one of its sides."""

COUNTED: Final = "kind <> 'contact'"
"""Condition that a row of ``supports`` is a record; a contact of a custody record is none."""

STATED_COLUMNS: Final = ("kind", "day", "span", "second", "record_no", "said", "sheet", "row")
"""Columns of ``supports`` that answers read, in that order."""


class SupportSide(NamedTuple):
    """A side that a record names: as written, its normalised name and strong identifier, its contacts by kind.

    ``name_key`` is empty if the name is masked or identifies no party.
    """

    name: str
    name_key: str
    strong: str
    contacts: tuple[tuple[str, str], ...]

    @property
    def mention(self) -> str | None:
        """Return the key of the mention: its strong identifier, else its name."""
        if self.strong:
            return f"id:{self.strong}"
        return f"name:{self.name_key}" if self.name_key else None

    @property
    def contact_keys(self) -> list[str]:
        """Return the keys by which the contacts are looked up."""
        return [contact_key(kind, value) for kind, value in self.contacts]


class SupportRecord(NamedTuple):
    """An identity, shipment, payment, or a contact that a custody record states of one of its sides.

    ``first`` is the person of an identity, the sender of a shipment, the payer of a payment; ``second`` the receiver
    or payee.
    """

    kind: SupportKind | Literal["contact"]
    when: DateSpan | None
    waybill: str | None
    order_no: str | None
    amount: str | None
    first: SupportSide | None
    second: SupportSide | None
    statement: str
    origin: Origin

    @property
    def sides(self) -> tuple[SupportSide, ...]:
        """Return the sides that are named."""
        return tuple(side for side in (self.first, self.second) if side is not None)


def support_record(cells: Sequence[Any], statement: str, file: str, sha256: str, sheet: str | None) -> SupportRecord:
    """Return the record of a row of :data:`STATED_COLUMNS`."""
    kind, day, span, second, record_no, parts, _, row = cells
    content = json.loads(parts)
    first, second_side = (_side(side) for side in content["sides"])
    return SupportRecord(
        kind,
        None if day is None else DateSpan(day, day + span, second),
        content.get("waybill"),
        content.get("order_no"),
        content.get("amount"),
        first,
        second_side,
        statement,
        Origin(file, sha256, sheet, row, record_no),
    )


def _side(values: list[Any] | None) -> SupportSide | None:
    if values is None:
        return None
    name, key, strong, contacts = values
    return SupportSide(name, key, strong, tuple((kind, value) for kind, value in contacts))


def in_order(records: Iterable[SupportRecord]) -> list[SupportRecord]:
    """Return the records sorted by day, then by origin, independent of the order of loading."""
    far = DateSpan(1, 1)
    return sorted(
        records,
        key=lambda record: (
            record.when is None,
            record.when or far,
            record.kind,
            record.origin.sort_key,
            record.statement,
        ),
    )
