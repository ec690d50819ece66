"""The nodes and edges of a graph, made of parties, flows, records and traces.

:mod:`graphtrace.results.subgraph` says which attributes they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graphtrace.engine.custody_events import event_from_record
from graphtrace.engine.party_flows import LotSummary
from graphtrace.identifiers import KeyRange, imei14
from graphtrace.identifiers.iccid import display_ends, display_iccid
from graphtrace.model import CustodyEvent, Origin
from graphtrace.results.flows import Bounds, FlowTotals, PartyTotals
from graphtrace.results.party import flow_attributes, party_kind
from graphtrace.results.subgraph import (
    NODES,
    Attributes,
    GraphEdge,
    GraphNode,
    card_id,
    lot_end_keys,
    lot_id,
    lot_or_card_id,
    record_id,
)
from graphtrace.results.trace import Trace
from graphtrace.storage.stored_records import StoredRecord


class LoneSides(NamedTuple):
    """Numbers of records behind an edge that know the sender and the receiver by a name alone."""

    sender: int
    receiver: int


def party_node(summed: PartyTotals) -> GraphNode:
    """Return the node of a party with its flows from and to anybody in the time that was asked for."""
    party = summed.party
    kind = party_kind(party, has_bought=summed.has_bought, has_passed=summed.has_passed)
    return GraphNode(
        party.id,
        {
            "type": "party",
            "label": party.name or party.id,
            "name": party.name,
            "kind": kind,
            "number": party.strong_id,
            "cards_received": summed.received,
            "cards_passed": summed.passed,
            "quantity_received": summed.received_by_number,
            "quantity_passed": summed.passed_by_number,
            "bearers": party.namesakes,
        },
    )


def flow_edge(flow: FlowTotals, bounds: Bounds, *, by_channel: bool) -> GraphEdge:
    """Return the edge of a flow; its weight is the number of cards, those without a number included, and at least 1."""
    return GraphEdge(
        flow.sender.id,
        flow.receiver.id,
        "".join(flow.channels) if by_channel else "flow",
        {
            **flow_attributes(flow, bounds),
            "kinds": list(flow.kinds),
            "channels": list(flow.channels),
            "precisions": list(flow.precisions),
            "from_by_name": flow.from_by_name,
            "to_by_name": flow.to_by_name,
        },
    )


def record_node(row: StoredRecord) -> GraphNode:
    """Return the node of a record that moves cards; ``cards`` is the number that it names or states."""
    movement = event_from_record(row)
    origin = row.origin
    return GraphNode(
        record_id(origin),
        {
            "type": "record",
            "label": f"{origin.file}:{origin.row}",
            "kind": movement.kind,
            "date": movement.day,
            "precision": movement.precision,
            "cards": _size(row),
            "channel": row.channel,
            "file": origin.file,
            "sha256": origin.sha256,
            "sheet": origin.sheet,
            "row": origin.row,
            "record_no": origin.record_no,
        },
    )


def record_edges(key: str | None, row: StoredRecord, lone: LoneSides) -> Iterable[GraphEdge]:
    """Yield the edges from the sender to a record, on to its receiver, and to the cards or the lot that it moves."""
    movement, record = event_from_record(row), record_id(row.origin)
    gave, to = (_passing(movement, float(_size(row) or 1), None, by_name) for by_name in lone)
    yield GraphEdge(movement.sender.id, record, "gave", {"type": "gave", **gave})
    yield GraphEdge(record, movement.receiver.id, "to", {"type": "to", **to})
    moved = lot_or_card_id(key, row.lot)
    if moved is not None:
        yield GraphEdge(record, moved, "moves", {"type": "moves", "label": "moves", "weight": 1.0})


def lot_or_card_node(moved: LotSummary) -> GraphNode:
    """Return the node of a range, or of a card that is listed."""
    if moved.check_chars is not None:
        return card_node(moved.first, display_iccid(moved.first, moved.check_chars))
    first, last = display_ends(moved.first, moved.last)
    return GraphNode(
        lot_id(moved.first, moved.last),
        {"type": "lot", "label": f"{first} – {last}", "first": first, "last": last, "cards": moved.cards},
    )


def lot_node(row: StoredRecord) -> GraphNode:
    """Return the node of the lot of a row that lists no card: a range, or a lot of cards without numbers."""
    if row.lot is not None:
        first, last = lot_end_keys(row.lot)
        return lot_or_card_node(LotSummary(first, last, len(row.lot), None))
    cards = row.quantity
    return GraphNode(
        f"lot:{record_id(row.origin)}",
        {"type": "lot", "label": f"{cards} × ?", "first": None, "last": None, "cards": cards},
    )


def card_node(key: str, iccid: str) -> GraphNode:
    """Return the node of a card of which only the number is known."""
    attributes = dict.fromkeys(NODES["card"])
    return GraphNode(card_id(key), {**attributes, "type": "card", "label": iccid, "iccid": iccid, "key": key})


def card_node_from_trace(trace: Trace) -> GraphNode:
    """Return the node of a card with the content of its trace."""
    if trace.card is None:
        raise AssertionError(f"{trace.input} was asked for as a card of the case")
    card = trace.card
    node = card_node(card.key or card.label, card.label)
    node.attributes.update(
        carrier=card.carrier,
        outcome=str(trace.outcome),
        msisdn=list(card.msisdn),
        imsi=list(card.imsi),
        eid=list(card.eid),
        activated=[activation.when.day for activation in trace.activations],
        seized=[seizure.when.day for seizure in trace.seizures if seizure.when is not None],
        case_no=sorted({seizure.case_no for seizure in trace.seizures if seizure.case_no is not None}),
    )
    return node


def transfer_edges(moved: GraphNode, movement: CustodyEvent, lone: LoneSides) -> Iterable[GraphEdge]:
    """Yield the edges from a sender to the card or lot that it passed on, and from there to the receiver."""
    key = repr(edge_group_key(movement))
    cards = float(moved.attributes.get("cards") or 1)
    gave, to = (_passing(movement, cards, movement.origins, by_name) for by_name in lone)
    yield GraphEdge(movement.sender.id, moved.id, key, {"type": "gave", **gave})
    yield GraphEdge(moved.id, movement.receiver.id, key, {"type": "to", **to})


def edge_group_key(movement: CustodyEvent) -> tuple[str | None, ...]:
    """Return the key that distinguishes movements of the same cards in a graph."""
    return (movement.day or "", movement.kind, movement.channel, movement.sender.id, movement.receiver.id)


def contains_edge(lot: KeyRange, key: str) -> GraphEdge:
    """Return the edge from a range to a card in it."""
    attributes = {"type": "contains", "label": "contains", "weight": 1.0}
    return GraphEdge(lot_id(*lot_end_keys(lot)), card_id(key), "contains", attributes)


def usage_edges(trace: Trace, shown: Mapping[str, str]) -> Iterable[GraphEdge]:
    """Yield the edges from a card to the users that activations name, and to the devices that it was seen in.

    ``shown`` are the ids of nodes that stand for parties by other ids of the case.
    """
    if trace.card is None:
        return
    card = card_id(trace.card.key or trace.card.label)
    for activation in trace.activations:
        attributes = {"weight": 1.0, "date": activation.when.day, "origins": _places(activation.origins)}
        key = record_id(activation.origins[0])
        if activation.user is not None:
            user = shown.get(activation.user.resolved_id, activation.user.resolved_id)
            yield GraphEdge(card, user, key, {"type": "used_by", "label": "used by", **attributes})
        if activation.imei is not None:
            device = device_node(activation.imei).id
            yield GraphEdge(card, device, key, {"type": "seen_in", "label": "seen in", **attributes})


def device_node(imei: str) -> GraphNode:
    """Return the node of a device, by the first 14 digits of its number."""
    core = imei14(imei)
    return GraphNode(f"device:{core}", {"type": "device", "label": core, "imei": core})


def _passing(movement: CustodyEvent, weight: float, origins: Iterable[Origin] | None, by_name: int) -> Attributes:
    return {
        "label": movement.kind,
        "weight": weight,
        "date": movement.day,
        "kind": movement.kind,
        "precision": movement.precision,
        "channel": movement.channel,
        "by_name": by_name,
        "origins": None if origins is None else _places(origins),
    }


def _places(origins: Iterable[Origin]) -> list[str]:
    return [f"{origin.file}:{origin.row}" for origin in origins]


def _size(row: StoredRecord) -> int | None:
    if row.lot is not None:
        return len(row.lot)
    return 1 if row.check_char is not None else row.quantity
