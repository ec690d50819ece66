"""The nodes and edges that graphs of a case are made of, and every attribute that they can have.

Ids of nodes: a party's own id (``carrier:…``, ``id:…``, ``name:…``), ``card:<key>``, ``lot:<first key>-<last key>``,
``record:<SHA-256 of the file>:<sheet>:<row>`` and ``device:<14 digits>``. Every node has ``type`` and ``label``, every
edge ``type``, ``label`` and ``weight``. A day is text as in all answers; what is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from graphtrace.engine.events import event_from_record
from graphtrace.engine.flows import FlowTotals, LotSummary, PartyTotals
from graphtrace.identifiers import KeyRange, imei14, join_key, with_check_digit
from graphtrace.identifiers.iccid import display_iccid
from graphtrace.model import CustodyEvent, Origin
from graphtrace.results.bounds import Bounds
from graphtrace.results.party import flow_attributes, party_kind
from graphtrace.results.trace import Trace
from graphtrace.storage.base import StoredRecord

Attributes = dict[str, Any]


class GraphNode(NamedTuple):
    """A node; its attributes are those of its type in :data:`NODES`."""

    id: str
    attributes: Attributes


class GraphEdge(NamedTuple):
    """A directed edge; its attributes are those of its type in :data:`EDGES`. ``key`` tells parallel ones apart."""

    source: str
    target: str
    key: str
    attributes: Attributes


NODES: Final[Mapping[str, tuple[str, ...]]] = {
    "party": (
        *("type", "label", "name", "kind", "number", "cards_received", "cards_passed"),
        *("quantity_received", "quantity_passed", "bearers"),
    ),
    "record": (
        *("type", "label", "kind", "date", "precision", "cards", "channel"),
        *("file", "sha256", "sheet", "row", "record_no"),
    ),
    "lot": ("type", "label", "first", "last", "cards"),
    "card": (
        "type",
        "label",
        "iccid",
        "key",
        "carrier",
        "outcome",
        "msisdn",
        "imsi",
        "eid",
        "activated",
        "seized",
        "case_no",
    ),
    "device": ("type", "label", "imei"),
}
"""The attributes of each type of node, in order. Of a card only graphs around cards tell more than its number."""

EDGES: Final[Mapping[str, tuple[str, ...]]] = {
    "flow": (
        *("type", "label", "weight", "cards", "records", "quantity_records", "quantity_cards"),
        *("cards_at_least", "cards_at_most"),
        *("since", "until", "kinds", "channels", "precisions"),
    ),
    "gave": ("type", "label", "weight", "date", "kind", "precision", "channel", "origins"),
    "to": ("type", "label", "weight", "date", "kind", "precision", "channel", "origins"),
    "moves": ("type", "label", "weight"),
    "contains": ("type", "label", "weight"),
    "used_by": ("type", "label", "weight", "date", "origins"),
    "seen_in": ("type", "label", "weight", "date", "origins"),
}
"""The attributes of each type of edge, in order."""

NUMBERS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("cards_received", "cards_passed", "quantity_received", "quantity_passed", "bearers"), int),
    **dict.fromkeys(("cards", "row", "records", "quantity_records", "quantity_cards"), int),
    **dict.fromkeys(("cards_at_least", "cards_at_most"), int),
    "weight": float,
}
"""The attributes that are numbers; all others are text, or lists of it."""

LEVELS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "party": (("party",), ("flow",)),
    "record": (("party", "record", "lot", "card"), ("gave", "to", "moves")),
    "card": (("party", "lot", "card", "device"), ("gave", "to", "contains", "used_by", "seen_in")),
}
"""Types of nodes and edges in a graph of each level."""


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
        },
    )


def record_id(origin: Origin) -> str:
    """Return the id of the node of a record."""
    return f"record:{origin.sha256}:{origin.sheet or ''}:{origin.row}"


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
            "date": movement.when.day,
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


def record_edges(key: str | None, row: StoredRecord) -> Iterable[GraphEdge]:
    """Yield the edges from the sender to a record, on to its receiver, and to the cards or the lot that it moves."""
    movement, record = event_from_record(row), record_id(row.origin)
    plain = _passing(movement, float(_size(row) or 1), None)
    yield GraphEdge(movement.sender.id, record, "gave", {"type": "gave", **plain})
    yield GraphEdge(record, movement.receiver.id, "to", {"type": "to", **plain})
    moved = lot_or_card_id(key, row.lot)
    if moved is not None:
        yield GraphEdge(record, moved, "moves", {"type": "moves", "label": "moves", "weight": 1.0})


def card_id(key: str) -> str:
    """Return the id of the node of a card."""
    return f"card:{key}"


def lot_id(first: str, last: str) -> str:
    """Return the id of the node of a range."""
    return f"lot:{first}-{last}"


def lot_or_card_id(key: str | None, lot: KeyRange | None) -> str | None:
    """Return the id of the node of what a row names: a card, a range, or nothing."""
    if key is not None:
        return card_id(key)
    return None if lot is None else lot_id(*lot_end_keys(lot))


def lot_or_card_node(moved: LotSummary) -> GraphNode:
    """Return the node of a range, or of a card that is listed."""
    if moved.check_chars is not None:
        return card_node(moved.first, display_iccid(moved.first, moved.check_chars))
    first, last = with_check_digit(moved.first), with_check_digit(moved.last)
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


def transfer_edges(moved: GraphNode, movement: CustodyEvent) -> Iterable[GraphEdge]:
    """Yield the edges from a sender to the card or lot that it passed on, and from there to the receiver."""
    key = repr(edge_group_key(movement))
    told = _passing(movement, float(moved.attributes.get("cards") or 1), movement.origins)
    yield GraphEdge(movement.sender.id, moved.id, key, {"type": "gave", **told})
    yield GraphEdge(moved.id, movement.receiver.id, key, {"type": "to", **told})


def edge_group_key(movement: CustodyEvent) -> tuple[str | None, ...]:
    """Return the key that distinguishes movements of the same cards in a graph."""
    return (movement.when.day, movement.kind, movement.channel, movement.sender.id, movement.receiver.id)


def contains_edge(lot: KeyRange, key: str) -> GraphEdge:
    """Return the edge from a range to a card in it."""
    attributes = {"type": "contains", "label": "contains", "weight": 1.0}
    return GraphEdge(lot_id(*lot_end_keys(lot)), card_id(key), "contains", attributes)


def usage_edges(trace: Trace) -> Iterable[GraphEdge]:
    """Yield the edges from a card to the users that activations name, and to the devices that it was seen in."""
    if trace.card is None:
        return
    card = card_id(trace.card.key or trace.card.label)
    for activation in trace.activations:
        told = {"weight": 1.0, "date": activation.when.day, "origins": _places(activation.origins)}
        key = record_id(activation.origins[0])
        if activation.user is not None:
            yield GraphEdge(card, activation.user.id, key, {"type": "used_by", "label": "used by", **told})
        if activation.imei is not None:
            device = device_node(activation.imei).id
            yield GraphEdge(card, device, key, {"type": "seen_in", "label": "seen in", **told})


def device_node(imei: str) -> GraphNode:
    """Return the node of a device, by the first 14 digits of its number."""
    core = imei14(imei)
    return GraphNode(f"device:{core}", {"type": "device", "label": core, "imei": core})


def _passing(movement: CustodyEvent, weight: float, origins: Iterable[Origin] | None) -> Attributes:
    return {
        "label": movement.kind,
        "weight": weight,
        "date": movement.when.day,
        "kind": movement.kind,
        "precision": movement.precision,
        "channel": movement.channel,
        "origins": None if origins is None else _places(origins),
    }


def _places(origins: Iterable[Origin]) -> list[str]:
    return [f"{origin.file}:{origin.row}" for origin in origins]


def _size(row: StoredRecord) -> int | None:
    if row.lot is not None:
        return len(row.lot)
    return 1 if row.check_char is not None else row.quantity


def lot_end_keys(lot: KeyRange) -> tuple[str, str]:
    """Return the keys of the first and the last card of a range."""
    return join_key(lot.head, lot.size, lot.first), join_key(lot.head, lot.size, lot.last)
