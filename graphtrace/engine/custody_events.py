"""Custody events that stored records state."""

from __future__ import annotations

from dataclasses import replace

from graphtrace.model import (
    ENDED,
    UNDATED,
    CarrierBasis,
    CustodyEvent,
    DateSpan,
    DocumentBasis,
    Kind,
    Origin,
    Party,
    Precision,
)
from graphtrace.storage.stored_records import StoredRecord


def event_from_record(row: StoredRecord) -> CustodyEvent:
    """Return the movement that a row states."""
    sender, receiver = row.sender, row.receiver
    when = UNDATED if row.when is None and row.kind == "registration" else row.when
    if sender is None or receiver is None or when is None:
        raise AssertionError(f"a movement without parties or date was loaded: {row.origin}")
    precision: Precision = "range" if row.lot is not None else "listed" if row.check_char is not None else "quantity"
    event = custody_event(
        row.kind,
        sender,
        receiver,
        when,
        precision=precision,
        origin=row.origin,
        channel=row.channel,
        waybill=row.waybill,
        price=row.price,
        quantity=row.quantity if precision == "quantity" else None,
        document_basis=row.document_basis,
        carrier_basis=row.carrier_basis,
    )
    return event if (ended := _end_of(row)) is None else replace(event, ended=ended)


def _end_of(row: StoredRecord) -> DateSpan | None:
    """Return the day on which the carrier's customer of a registration ceased to be it, where the row states one."""
    if row.kind != "registration" or ENDED not in (row.origin.extra or ""):
        return None
    # nothing that reads files is imported for an answer that needs none of it
    from graphtrace.ingest.values import parse_date

    when = parse_date(row.origin.unread_cells.get(ENDED, ""))
    return when if isinstance(when, DateSpan) else None


def custody_event(
    kind: Kind,
    sender: Party,
    receiver: Party,
    when: DateSpan,
    *,
    precision: Precision,
    origin: Origin,
    channel: str | None,
    waybill: str | None = None,
    price: str | None = None,
    quantity: int | None = None,
    document_basis: DocumentBasis | None = None,
    carrier_basis: CarrierBasis | None = None,
) -> CustodyEvent:
    """Return the movement that a record states; to a carrier it is a return, from a carrier a purchase (SPEC 3)."""
    if kind == "transfer":
        kind = "return" if receiver.is_carrier else "purchase" if sender.is_carrier else "transfer"
    return CustodyEvent(
        kind=kind,
        sender=sender,
        receiver=receiver,
        when=when,
        precision=precision,
        origins=(origin,),
        quantity=quantity,
        channel=channel,
        waybill=waybill,
        price=price,
        document_basis=document_basis,
        carrier_basis=carrier_basis,
    )
