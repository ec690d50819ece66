"""The nodes and edges that graphs of a case are made of, and every attribute that they can have.

Ids of nodes: a party's own id (``carrier:…``, ``id:…``, ``name:…``), ``card:<key>``, ``lot:<first key>-<last key>``,
``record:<SHA-256 of the file>:<sheet>:<row>`` and ``device:<14 digits>``. Every node has ``type`` and ``label``, every
edge ``type``, ``label`` and ``weight``. A day is text as in all answers; what is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from graphtrace.answers.parties import flow_attributes, kind_of
from graphtrace.answers.trace import Trace, movement_of, shown_number
from graphtrace.identifiers import KeyRange, complete_key, imei_core, join_key
from graphtrace.model import Movement, Origin
from graphtrace.store.protocol import FlowSum, MovedLot, PartySum, Row

Attributes = dict[str, Any]


class Node(NamedTuple):
    """A node; its attributes are those of its type in :data:`NODES`."""

    id: str
    attributes: Attributes


class Edge(NamedTuple):
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
    "card": ("type", "label", "iccid", "key", "carrier", "outcome", "msisdn", "imsi", "activated", "seized", "case_no"),
    "device": ("type", "label", "imei"),
}
"""The attributes of each type of node, in order. Of a card only graphs around cards tell more than its number."""

EDGES: Final[Mapping[str, tuple[str, ...]]] = {
    "flow": (
        *("type", "label", "weight", "cards", "records", "quantity_records", "quantity_cards"),
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
    "weight": float,
}
"""The attributes that are numbers; all others are text, or lists of it."""

LEVELS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "party": (("party",), ("flow",)),
    "record": (("party", "record", "lot", "card"), ("gave", "to", "moves")),
    "card": (("party", "lot", "card", "device"), ("gave", "to", "contains", "used_by", "seen_in")),
}
"""Which types of nodes and edges a graph of each level has."""


def party_node(summed: PartySum) -> Node:
    """A party with what it received and passed on in the time that was asked for, from and to anybody."""
    party = summed.party
    kind = kind_of(
        party,
        has_bought=summed.has_bought,
        has_passed=summed.has_passed,
        has_received=summed.has_received,
        has_used=summed.has_used,
    )
    return Node(
        party.id,
        {
            "type": "party",
            "label": party.name or party.id,
            "name": party.name,
            "kind": kind,
            "number": party.number,
            "cards_received": summed.received,
            "cards_passed": summed.passed,
            "quantity_received": summed.received_by_number,
            "quantity_passed": summed.passed_by_number,
            "bearers": party.bearers,
        },
    )


def flow_edge(flow: FlowSum, *, by_channel: bool) -> Edge:
    """What passed from one party to another; its weight is the number of cards, those without a number included."""
    return Edge(
        flow.sender.id,
        flow.receiver.id,
        "".join(flow.channels) if by_channel else "flow",
        {
            **flow_attributes(flow),
            "kinds": list(flow.kinds),
            "channels": list(flow.channels),
            "precisions": list(flow.precisions),
        },
    )


def record_id(origin: Origin) -> str:
    """The id of the node of a record."""
    return f"record:{origin.sha256}:{origin.sheet or ''}:{origin.row}"


def record_node(row: Row) -> Node:
    """A record that moves cards; ``cards`` is the number that it names or, by its precision, states."""
    movement = movement_of(row)
    origin = row.origin
    return Node(
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


def record_edges(key: str | None, row: Row) -> Iterable[Edge]:
    """From its sender to a record and on to its receiver, and to what it moves."""
    movement, record = movement_of(row), record_id(row.origin)
    plain = _passing(movement, float(_size(row) or 1), None)
    yield Edge(movement.sender.id, record, "gave", {"type": "gave", **plain})
    yield Edge(record, movement.receiver.id, "to", {"type": "to", **plain})
    moved = moved_id(key, row.lot)
    if moved is not None:
        yield Edge(record, moved, "moves", {"type": "moves", "label": "moves", "weight": 1.0})


def card_id(key: str) -> str:
    """The id of the node of a card."""
    return f"card:{key}"


def lot_id(first: str, last: str) -> str:
    """The id of the node of a range."""
    return f"lot:{first}-{last}"


def moved_id(key: str | None, lot: KeyRange | None) -> str | None:
    """The id of the node of what a row names: a card, a range, or nothing."""
    if key is not None:
        return card_id(key)
    return None if lot is None else lot_id(*ends_of(lot))


def moved_node(moved: MovedLot) -> Node:
    """A range, or a card that is listed."""
    if moved.tails is not None:
        return card_node(moved.first, shown_number(moved.first, moved.tails))
    first, last = complete_key(moved.first), complete_key(moved.last)
    return Node(
        lot_id(moved.first, moved.last),
        {"type": "lot", "label": f"{first} – {last}", "first": first, "last": last, "cards": moved.cards},
    )


def lot_node(row: Row) -> Node:
    """The lot of a row that lists no card: a range, or cards without a number, which are a lot of their own."""
    if row.lot is not None:
        first, last = ends_of(row.lot)
        return moved_node(MovedLot(first, last, len(row.lot), None))
    cards = row.quantity
    return Node(
        f"lot:{record_id(row.origin)}",
        {"type": "lot", "label": f"{cards} × ?", "first": None, "last": None, "cards": cards},
    )


def card_node(key: str, iccid: str) -> Node:
    """A card of which no more is told than its number."""
    attributes = dict.fromkeys(NODES["card"])
    return Node(card_id(key), {**attributes, "type": "card", "label": iccid, "iccid": iccid, "key": key})


def traced_card_node(trace: Trace) -> Node:
    """A card with what its trace says."""
    if trace.card is None:
        raise AssertionError(f"{trace.input} was asked for as a card of the case")
    card = trace.card
    node = card_node(card.key, card.iccid)
    node.attributes.update(
        carrier=card.carrier,
        outcome=str(trace.outcome),
        msisdn=list(card.msisdn),
        imsi=list(card.imsi),
        activated=[activation.when.day for activation in trace.activations],
        seized=[seizure.when.day for seizure in trace.seizures if seizure.when is not None],
        case_no=sorted({seizure.case_no for seizure in trace.seizures if seizure.case_no is not None}),
    )
    return node


def passing_edges(moved: Node, movement: Movement) -> Iterable[Edge]:
    """From a sender to the card or lot that it passed on, and from there to the receiver."""
    key = repr(way_of(movement))
    told = _passing(movement, float(moved.attributes.get("cards") or 1), movement.origins)
    yield Edge(movement.sender.id, moved.id, key, {"type": "gave", **told})
    yield Edge(moved.id, movement.receiver.id, key, {"type": "to", **told})


def way_of(movement: Movement) -> tuple[str | None, ...]:
    """What tells movements of the same cards apart in a graph."""
    return (movement.when.day, movement.kind, movement.channel, movement.sender.id, movement.receiver.id)


def contains_edge(lot: KeyRange, key: str) -> Edge:
    """From a range to a card in it."""
    attributes = {"type": "contains", "label": "contains", "weight": 1.0}
    return Edge(lot_id(*ends_of(lot)), card_id(key), "contains", attributes)


def usage_edges(trace: Trace) -> Iterable[Edge]:
    """From a card to the parties that activations name as its users, and to the devices that it was seen in."""
    if trace.card is None:
        return
    card = card_id(trace.card.key)
    for activation in trace.activations:
        told = {"weight": 1.0, "date": activation.when.day, "origins": _places(activation.origins)}
        key = record_id(activation.origins[0])
        if activation.user is not None:
            yield Edge(card, activation.user.id, key, {"type": "used_by", "label": "used by", **told})
        if activation.imei is not None:
            device = device_node(activation.imei).id
            yield Edge(card, device, key, {"type": "seen_in", "label": "seen in", **told})


def device_node(imei: str) -> Node:
    """A device, by the first 14 digits of its number."""
    core = imei_core(imei)
    return Node(f"device:{core}", {"type": "device", "label": core, "imei": core})


def _passing(movement: Movement, weight: float, origins: Iterable[Origin] | None) -> Attributes:
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


def _size(row: Row) -> int | None:
    if row.lot is not None:
        return len(row.lot)
    return 1 if row.tail is not None else row.quantity


def ends_of(lot: KeyRange) -> tuple[str, str]:
    """The keys of the first and the last card of a range."""
    return join_key(lot.head, lot.size, lot.first), join_key(lot.head, lot.size, lot.last)
