"""The chart: parties and what passed between them, a step at a time: it stays small however large the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from graphtrace.engine.party_flows import GroupBy
from graphtrace.errors import UsageError
from graphtrace.identifiers.operators import named_with
from graphtrace.model import Party, day_text
from graphtrace.redaction.meanings import Meaning
from graphtrace.render.figures.chain import name_lines
from graphtrace.results.party import SIDES, PartyKind, Side
from graphtrace.workbench.search import is_card_number, split_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.case_questions import CaseQuestions
    from graphtrace.model import Hop
    from graphtrace.redaction import Masker
    from graphtrace.results.flows import FlowTotals, PartnerGroup, PartnerGroups
    from graphtrace.results.trace import Trace

MAX_EACH_WAY: Final = 12
"""Maximum number of parties on each side that one step adds; the others are counted."""

GROUPINGS: Final[tuple[GroupBy, ...]] = ("party", "month", "channel", "size")
"""How the partners of a party are grouped in a step."""

MAX_IN_LIST: Final = 1_000
"""Maximum number of cards and parties with which a chart can begin."""

MAX_KEY: Final = 1_000
"""Maximum length of a channel in characters."""

MAX_ELEMENTS: Final = 1_500
"""Maximum number of nodes and edges of a view."""


def expand_party(
    case: CaseQuestions,
    name: str,
    *,
    by: GroupBy = "party",
    within: PartnerGroupName | None = None,
    skip: int = 0,
) -> dict[str, Any]:
    """Return a party and those with whom it dealt, or groups of them, the most cards first.

    - ``by``: each partner alone, or all of a month, a channel or a size (:meth:`graphtrace.Case.partners`).
    - ``within``: the group that is expanded in place of the party: only its movements count.
    - ``skip``: partners or groups on each side that were given before.

    Returns ``nodes`` (``id``, ``name``, ``lines``, ``kind``; of a group ``of``, ``within`` and ``partners``), ``edges``
    (``source``, ``target``, ``cards``, ``records``, ``quantity``, ``since``, ``until``, ``seized``), and ``rest``: how
    many partners or groups, and cards of them, are left on each side.
    """
    only: dict[str, Any] = {} if within is None else {"side": within.side, within.by: within.value}
    found = case.partners(name, by=by, skip=skip, most=MAX_EACH_WAY, **only)
    center = found.party.id if within is None else within.node(found.party.id)["id"]
    nodes = [_node(found.party, found.kind) if within is None else within.node(found.party.id)]
    edges = []
    rest = {}
    for side in SIDES:
        groups: PartnerGroups = getattr(found, side)
        for group in groups.groups:
            if group.party is None:
                nodes.append(PartnerGroupName(side, by, group.key).node(found.party.id) | {"partners": group.partners})
            else:
                nodes.append(_node(group.party))
            ends = (nodes[-1]["id"], center)
            source, target = ends if side == "received" else ends[::-1]
            edges.append(_flow_edge(source, target, group, seized=group.seized))
        rest[side] = {"count": groups.left_groups, "cards": groups.left_cards}
    return {
        "center": center,
        "nodes": list({node["id"]: node for node in reversed(nodes)}.values())[::-1],
        "edges": edges,
        "rest": rest,
        "by": by,
        "skip": skip + MAX_EACH_WAY,
    }


NOTHING: Final[Mapping[str, Any]] = {"center": None, "nodes": [], "edges": [], "rest": {}, "by": "party", "skip": 0}
"""A chart without elements."""


class PartnerGroupName(NamedTuple):
    """Name of a group of the partners of a party: its direction, and the month, channel or size that they share."""

    side: Side
    by: GroupBy
    key: str

    @property
    def value(self) -> str | int:
        """The month or channel as text, the size as a number of digits."""
        return int(self.key) if self.by == "size" else self.key

    def node(self, party: str) -> dict[str, Any]:
        """Return the node of the group, which the page names in its language."""
        return {
            "id": f"group:{self.side}:{self.by}:{self.key}:{party}",
            "kind": "group",
            "of": party,
            "within": {"side": self.side, "within": self.by, "key": self.key},
        }


def parse_group(asked: Mapping[str, str]) -> PartnerGroupName | None:
    """Return the group that the fields of a request name; ``None`` without one.

    Raises ValueError if there is no such group.
    """
    by = parse_group_by(asked.get("within", "party"))
    if by == "party":
        return None
    key = asked.get("key", "")
    side = next((side for side in SIDES if side == asked.get("side")), None)
    if side is None or len(key) > MAX_KEY or (by == "size" and not (key.isascii() and key.isdigit() and len(key) < 3)):
        raise ValueError(key)
    return PartnerGroupName(side, by, key)


def parse_group_by(text: str) -> GroupBy:
    """Return how partners are grouped; raises ValueError for a word that names no grouping."""
    for by in GROUPINGS:
        if by == text:
            return by
    raise ValueError(text)


def chart_of_card(traces: Sequence[Trace]) -> dict[str, Any]:
    """Return the hops of some cards as nodes and edges, each edge with the number of these cards.

    A card passes between two parties in several chains where its history forks, and a row may state that many cards
    did: each card and each row counts once.
    """
    parties: dict[str, Party] = {}
    hops: dict[tuple[str, str], list[Hop]] = {}
    cards: dict[tuple[str, str], set[str]] = {}
    for trace in traces:
        for hop in (hop for chain in trace.chains for hop in chain.hops):
            for party in (hop.sender, hop.receiver):
                parties[party.resolved_id] = named_with(parties.setdefault(party.resolved_id, party), party)
            ends = (hop.sender.resolved_id, hop.receiver.resolved_id)
            hops.setdefault(ends, []).append(hop)
            cards.setdefault(ends, set()).add(trace.card.label if trace.card else trace.input)
    edges = [
        {
            # not all that passed between the two, which another edge may state
            "id": f"hops:{source} > {target}",
            "source": source,
            "target": target,
            "cards": len(cards[source, target]),
            "records": len({origin for hop in passed for origin in hop.origins}),
            "quantity": int(passed[0].precision == "quantity"),
            "since": min((hop.day for hop in passed if hop.day), default=None),
            "until": max((hop.day for hop in passed if hop.day), default=None),
            "seized": 0,
        }
        for (source, target), passed in hops.items()
    ]
    return {**NOTHING, "nodes": [_node(party) for party in parties.values()], "edges": edges}


def chart_of_list(case: CaseQuestions, text: str) -> tuple[dict[str, Any], Sequence[str]]:
    """Return the hops of the cards of a list and the flows between its parties, and the terms that mean neither.

    Beyond :data:`MAX_ELEMENTS` the steps of the most cards are kept; ``left`` is the number of the others.

    Raises UsageError if the list is too long.
    """
    terms = list(dict.fromkeys(split_terms(text)))
    if len(terms) > MAX_IN_LIST:
        raise UsageError("too_many_numbers", count=len(terms), most=MAX_IN_LIST, hint="fewer_numbers")
    numbers = [term for term in terms if is_card_number(term)]
    traces = case.trace(*numbers) if numbers else ()
    found = chart_of_card(traces)
    unknown = [trace.input for trace in traces if not trace.found]
    parties: dict[str, Party] = {}
    for name in (term for term in terms if term not in numbers):
        named, _ = case.find_parties(name, most_similar=0)
        parties.update((party.id, party) for party in named)
        if not named:
            unknown.append(name)
    nodes = {node["id"]: node for node in (*found["nodes"], *map(_node, parties.values()))}
    flows = case.flows_between(*parties) if len(parties) > 1 else ()
    edges = [*found["edges"], *(_flow_edge(flow.sender.resolved_id, flow.receiver.resolved_id, flow) for flow in flows)]
    edges.sort(key=lambda edge: (-edge["cards"], edge["id"]))
    kept: list[dict[str, Any]] = []
    shown = dict.fromkeys(parties)
    for edge in edges:
        ends = dict.fromkeys((edge["source"], edge["target"]))
        if len(shown | ends) + len(kept) < MAX_ELEMENTS:
            shown |= ends
            kept.append(edge)
    drawn = {"nodes": [nodes[ident] for ident in shown], "edges": kept, "left": len(edges) - len(kept)}
    return {**NOTHING, **drawn}, unknown


def _flow_edge(
    source: str, target: str, flow: FlowTotals | PartnerGroup, *, seized: int | None = None
) -> dict[str, Any]:
    return {
        "id": f"{source} > {target}",
        "source": source,
        "target": target,
        "cards": flow.cards,
        "records": flow.records,
        "quantity": flow.quantity_only.cards,
        "since": day_text(flow.since),
        "until": day_text(flow.until),
        "seized": seized,
    }


def path_between(case: CaseQuestions, one: str, other: str) -> dict[str, Any]:
    """Return the shortest connection of two parties as nodes and edges; nothing where there is none.

    Each edge is all that passed between two neighbours in one direction, with its own cards and days.
    """
    answer = case.query("shortest-connection", party=one, other=other)
    steps = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    parties = {str(step[f"{end}_id"]): step[f"{end}_name"] for step in steps for end in ("from", "to")}
    place = {ident: number for number, ident in enumerate(parties)}
    between = case.flows_between(*parties) if parties else ()
    flows = {(flow.sender.resolved_id, flow.receiver.resolved_id): flow for flow in between}
    along = sorted(flows, key=lambda ends: (min(place[end] for end in ends), place[ends[0]]))
    edges = [_flow_edge(*ends, flows[ends]) for ends in along if abs(place[ends[0]] - place[ends[1]]) == 1]
    nodes = [_named_node(ident, str(name or ident)) for ident, name in parties.items()]
    return {**NOTHING, "nodes": nodes, "edges": edges}


def complete_view(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a saved view with all that the page needs of each element: a program may have saved less."""
    nodes = [{**_named_node(node["id"], node.get("name") or node["id"]), **node} for node in view["nodes"]]
    known = {node["id"] for node in nodes}
    edges = [
        {"cards": None, "records": None, "quantity": 0, "since": "", "until": "", "seized": 0, **edge}
        for edge in view["edges"]
        if edge["source"] in known and edge["target"] in known
    ]
    return {**NOTHING, **view, "nodes": nodes, "edges": edges}


def masked(view: Mapping[str, Any], masks: Masker) -> dict[str, Any]:
    """Return what the chart begins with, with pseudonyms; it cannot be expanded, as nothing leads back from them."""
    nodes = {node["id"]: _masked_node(node, masks) for node in view["nodes"]}
    edges = [
        {
            **{name: edge.get(name) for name in ("cards", "records", "quantity", "seized")},
            **{name: masks.apply(Meaning.DAY, edge.get(name)) for name in ("since", "until")},
            "id": str(number),
            "source": nodes[edge["source"]]["id"],
            "target": nodes[edge["target"]]["id"],
            **({"rest": 1} if edge.get("rest") else {}),
        }
        for number, edge in enumerate(view["edges"])
    ]
    shown = {**NOTHING, "nodes": list(nodes.values()), "edges": edges, "left": view.get("left", 0)}
    if view["center"] is None:
        return shown
    # what a step leaves out; a saved view has it as nodes
    return {**shown, "center": nodes[view["center"]]["id"], **{name: view[name] for name in ("rest", "by", "skip")}}


def _masked_node(node: Mapping[str, Any], masks: Masker) -> dict[str, Any]:
    kept: dict[str, Any] = {name: node[name] for name in ("x", "y", "mark") if name in node}
    if node.get("note"):
        kept["note"] = masks.left_out
    within = node.get("within") or {}
    if node["kind"] == "group" and within.get("side") in SIDES and within.get("within") in GROUPINGS:
        by, key = within["within"], str(within.get("key", ""))
        shared = masks.apply(
            Meaning.CHANNEL if by == "channel" else Meaning.DAY if by == "month" else Meaning.AMOUNT, key
        )
        group = PartnerGroupName(within["side"], by, shared if key else "")
        partners = {"partners": node["partners"]} if isinstance(node.get("partners"), int) else {}
        return {**group.node(masks.node(str(node.get("of", "")))), **partners, **kept}
    if node["kind"] in ("group", "rest"):
        return {"id": f"rest:{masks.digits(node['id'])}", "name": "…", "lines": ["…"], "kind": "rest", **kept}
    party = masks.party(Party(node["id"], node["name"]))
    kind = node["kind"] if node["kind"] in get_args(PartyKind) else None
    return {**_named_node(party.id, party.name or party.id, kind), **kept}


def _node(party: Party, kind: str | None = None) -> dict[str, Any]:
    # one node a party of the case: only names are drawn, so a namesake's number is shown with nobody
    return _named_node(party.resolved_id, party.name or party.id, "carrier" if party.is_carrier else kind)


def _named_node(ident: str, name: str, kind: str | None = None) -> dict[str, Any]:
    from graphtrace.render.sanitize import escape_control_chars

    shown = str(escape_control_chars(name))
    kind = "carrier" if ident.startswith("carrier:") else kind
    return {"id": ident, "name": shown, "lines": name_lines(shown), "kind": kind}
