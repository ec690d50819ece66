"""Question for a part of the graph of a case, its limits, and what nodes and edges it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypedDict

from graphtrace.errors import UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import KeyRange
from graphtrace.model import Origin, Party, to_epoch_day
from graphtrace.wire import DATED, wire

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


Direction = Literal["both", "forward", "backward"]


DIRECTIONS: tuple[Direction, ...] = ("both", "forward", "backward")


Level = Literal["party", "record", "card"]


HUB: Final = 100
"""A party with more partners than this is usually a wholesaler or a carrier: walking through it leads everywhere."""


class GraphPart(TypedDict, total=False):
    """Options of a subgraph.

    - ``around``: parties (names, ids) and cards (ICCID, part of one, MSISDN, IMSI, IMEI), one or several; nothing for
      the whole case.
    - ``depth``: how many steps from party to party to go from there; by default 1 around a party, 0 around cards, where
      the parties through whose hands these went are the beginning.
    - ``since``, ``until``: days (``YYYY-MM-DD``); what may have been on one of them counts.
    - ``hub``: a party with more partners than this (100) is shown but not walked through.
    - ``direction``: ``forward`` goes with the cards and forward in time, ``backward`` against both, ``both`` either
      way.
    - ``by_channel``: whether each channel is a separate flow.
    """

    around: str | Sequence[str]
    depth: int | None
    since: str | None
    until: str | None
    hub: int | None
    direction: Direction
    by_channel: bool


@frozen()
class SubgraphQuery:
    """Selection of the part of a case to draw (:class:`GraphPart`), and the level of the graph."""

    level: Level = "party"
    around: tuple[str, ...] = ()
    depth: int | None = None
    since: str | None = None
    until: str | None = None
    hub: int = HUB
    direction: Direction = "both"
    by_channel: bool = False

    @classmethod
    def of(
        cls, level: Level = "party", *, around: str | Sequence[str] = (), hub: int | None = None, **asked: Any
    ) -> SubgraphQuery:
        """Return a query around one thing or several, with the default limit for hubs."""
        things = (around,) if isinstance(around, str) else tuple(around)
        return cls(level=level, around=things, hub=HUB if hub is None else hub, **asked)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise UsageError("unknown_graph_level", level=self.level, names=tuple(LEVELS), hint="one_of")
        if self.direction not in DIRECTIONS:
            raise UsageError("unknown_direction", direction=self.direction, names=DIRECTIONS, hint="one_of")
        if self.depth is not None and (self.depth < 0 or not self.around):
            raise UsageError("depth_around_nothing", hint="name_around")
        if self.hub < 1:
            raise UsageError("hub_too_small", hint="hub_example")
        if self.level == "card" and not self.around:
            raise UsageError("cards_around_nothing", hint="name_around")
        since, until = parse_day(self.since), parse_day(self.until)
        if since is not None and until is not None and since > until:
            raise UsageError("since_after_until", since=self.since, until=self.until, hint="earlier_day_first")


@wire("*party partners")
class Hub(NamedTuple):
    """A party with more partners than are walked through."""

    party: Party
    partners: int


@wire("depth cut_off hub hubs", name="Limits", doc="Limits of a part of a graph.")
@frozen()
class SubgraphLimits:
    """Limits of a graph around something: the depth of the walk, and the hubs at which it stopped.

    ``cut_off`` counts the parties at the end of the walk with partners that are not shown; ``hubs`` has for each hub
    the number of its partners.
    """

    depth: int
    hub: int
    cut_off: int
    hubs: tuple[Hub, ...]


def parse_day(text: str | None) -> int | None:
    """Return the number of a day written as ``YYYY-MM-DD``; ``None`` for ``None``."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise UsageError("bad_day", text=text, hint="day_form")
    return to_epoch_day(day)


@wire(
    DATED,
    "file=path format level:str written limits command?",
    name="ExportAnswer",
    doc="The result of ``export``.",
)
@frozen()
class ExportResult:
    """Result of an export: the path, and what was written there.

    ``written`` is the number of nodes and edges, or of the items that the format has instead, by type; ``limits``
    bounds a subgraph; ``command`` imports the output, for formats that need a command.
    """

    path: Path
    format: str
    level: Level
    written: Mapping[str, int]
    limits: SubgraphLimits | None
    command: tuple[str, ...] | None = None
