"""The nodes and edges that graphs of a case are made of, and every attribute that they can have.

Ids of nodes: a party's own id (``carrier:…``, ``id:…``, ``name:…``), ``card:<key>``, ``lot:<first key>-<last key>``,
``record:<SHA-256 of the file>:<sheet>:<row>`` and ``device:<14 digits>``. Every node has ``type`` and ``label``, every
edge ``type``, ``label`` and ``weight``. A day is text as in all answers; what is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graphtrace.identifiers import KeyRange
from graphtrace.model import Origin

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
        *("since", "until", "kinds", "channels", "precisions", "from_by_name", "to_by_name"),
    ),
    "gave": ("type", "label", "weight", "date", "kind", "precision", "channel", "by_name", "origins"),
    "to": ("type", "label", "weight", "date", "kind", "precision", "channel", "by_name", "origins"),
    "moves": ("type", "label", "weight"),
    "contains": ("type", "label", "weight"),
    "used_by": ("type", "label", "weight", "date", "origins"),
    "seen_in": ("type", "label", "weight", "date", "origins"),
}
"""The attributes of each type of edge, in order."""

NUMBERS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("cards_received", "cards_passed", "quantity_received", "quantity_passed", "bearers"), int),
    **dict.fromkeys(("cards", "row", "records", "quantity_records", "quantity_cards"), int),
    **dict.fromkeys(("cards_at_least", "cards_at_most", "by_name", "from_by_name", "to_by_name"), int),
    "weight": float,
}
"""The attributes that are numbers; all others are text, or lists of it."""

LEVELS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "party": (("party",), ("flow",)),
    "record": (("party", "record", "lot", "card"), ("gave", "to", "moves")),
    "card": (("party", "lot", "card", "device"), ("gave", "to", "contains", "used_by", "seen_in")),
}
"""Types of nodes and edges in a graph of each level."""


def record_id(origin: Origin) -> str:
    """Return the id of the node of a record."""
    return f"record:{origin.sha256}:{origin.sheet or ''}:{origin.row}"


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


def lot_end_keys(lot: KeyRange) -> tuple[str, str]:
    """Return the keys of the first and the last card of a range."""
    return lot.end_keys
