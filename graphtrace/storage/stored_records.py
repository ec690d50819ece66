"""Records as a store returns them: with their origins, every mention resolved to a party.

Supporting records as a store returns them: identities, shipments, payments, contacts (SPEC 3). They are kept in a table
of their own and looked up by their keys (:mod:`graphtrace.ingest.supporting`). Nothing that reasons about custody reads
them, so that loading a file of them changes no answer about custody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from graphtrace.identifiers import KeyRange
from graphtrace.identifiers.iccid import ends_in_check_digit
from graphtrace.identifiers.party_ids import contact_key
from graphtrace.model import (
    USE_KINDS,
    CarrierBasis,
    DatePart,
    DateSpan,
    DocumentBasis,
    Kind,
    Origin,
    Party,
    SupportKind,
)

UNLINKED_KINDS: Final[tuple[Kind, ...]] = (*USE_KINDS, "seizure", "card_list")
"""The kinds of records that may name no card but an MSISDN or IMSI."""


class StoredRecord(NamedTuple):
    """One loaded row. ``lot`` is the range that it names, ``None`` if it lists one card or names none."""

    kind: Kind
    lot: KeyRange | None
    check_char: str | None
    sender: Party | None
    receiver: Party | None
    when: DateSpan | None
    quantity: int | None
    msisdn: str | None
    imsi: str | None
    eid: str | None
    imei: str | None
    channel: str | None
    province: str | None
    city: str | None
    case_no: str | None
    place: str | None
    holder: str | None
    state: str | None
    cell: str | None
    price: str | None
    waybill: str | None
    document_basis: DocumentBasis | None
    carrier_basis: CarrierBasis | None
    origin: Origin


def is_counted_whole(key: str, rows: Iterable[StoredRecord]) -> bool:
    """Whether a range was counted by check digits that names a card: its own end is the key, which ends in one."""
    return ends_in_check_digit(key) and any(row.lot is not None and len(row.lot) == 1 for row in rows)


class UnreadMovement(NamedTuple):
    """A change of hands that a row states of a card and that was not recorded.

    ``kind`` is ``None`` where the row's word for it is not known; ``reason`` and ``field`` are those of a reject, the
    reason ``unanswered`` where it waits for an answer; ``text`` is what the row says that was not understood.
    """

    kind: Kind | None
    reason: str
    field: str | None
    text: str | None
    when: DateSpan | None
    origin: Origin


class SubscriberLink(NamedTuple):
    """A record that names a card together with an MSISDN or IMSI."""

    number: str
    key: str
    when: DateSpan | None


class CardSelection(NamedTuple):
    """Records about some cards, and what else a trace needs of the case.

    ``records`` has the records of each card, listed or by range, and leaves out cards without any. ``unlinked`` are the
    records that name only an MSISDN or IMSI of these cards, with all links of their numbers. ``by_device`` has the keys
    of the cards used in each device (14 digits) in which one of these cards was used, sorted; ``check_chars`` the 20th
    characters of the other cards in them, as :meth:`~graphtrace.storage.base.Backend.check_chars`.
    """

    records: Mapping[str, Sequence[StoredRecord]]
    unlinked: NumberRecords
    by_device: Mapping[str, Sequence[str]]
    check_chars: Mapping[str, Sequence[str]]

    def joined_with(self, other: CardSelection) -> CardSelection:
        """Return one selection of the cards of both."""
        return CardSelection(
            {**self.records, **other.records},
            NumberRecords(
                list(dict.fromkeys((*self.unlinked.events, *other.unlinked.events))),
                list(dict.fromkeys((*self.unlinked.links, *other.unlinked.links))),
            ),
            {**self.by_device, **other.by_device},
            {**self.check_chars, **other.check_chars},
        )


def concluded_in(remarks: str) -> DatePart | None:
    """Return what of its dates a sheet lets conclude, by the stored form of its remarks."""
    return "year" if '"year_concluded' in remarks else "order" if '_concluded"' in remarks else None


class LoneName(NamedTuple):
    """A mention by a name alone in a sheet, which joins a party whose identifier no row of the file states with it.

    ``name`` is how the sheet writes it.
    """

    mention: int
    sheet: int
    sha256: str
    party_id: str
    name_key: str
    name: str


class NumberRecords(NamedTuple):
    """Uses, seizures and list entries that name no card but an MSISDN or IMSI, and the links of their numbers."""

    events: Sequence[StoredRecord]
    links: Sequence[SubscriberLink]


class HardwareRecords(NamedTuple):
    """Cards of a device or chip, by key and sorted, and the records of it that name no card but a number."""

    cards: Sequence[str]
    unlinked: NumberRecords


def numbers_of(rows: Iterable[StoredRecord]) -> set[str]:
    """Return the MSISDNs and IMSIs that records name."""
    return {number for row in rows for number in (row.msisdn, row.imsi) if number is not None}


NO_RECORDS: Final = NumberRecords((), ())


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
