"""Records as a store returns them: with their origins, every mention resolved to a party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import KeyRange
from graphtrace.model import USE_KINDS, CarrierBasis, DateSpan, DocumentBasis, Kind, Origin, Party

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
