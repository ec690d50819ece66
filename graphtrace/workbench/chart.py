"""The chart: parties and what passed between them, a step at a time: it stays small however large the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphtrace.render.figures.chain import name_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.analysis.party import CounterpartyFlow, PartySummary
    from graphtrace.analysis.trace import Trace
    from graphtrace.case import Case
    from graphtrace.model import Party

MOST_EACH_WAY: Final = 12
"""Maximum number of parties on each side that one step adds; the others are counted."""

MOST_ELEMENTS: Final = 1_500
"""Maximum number of nodes and edges of a view."""


def expand_party(case: Case, name: str, *, skip: int = 0, as_of: str | None = None) -> dict[str, Any]:
    """Return a party and those with whom it dealt, the most cards first; ``skip`` on each side were given before.

    Returns
    -------
    dict
        ``nodes`` (``id``, ``name``, ``lines``, ``kind``), ``edges`` (``source``, ``target``, ``cards``, ``records``,
        ``quantity``, ``since``, ``until``, ``seized``), and ``rest``: how many parties and cards are left on each side.
    """
    dealings = case.party(name, as_of=as_of)
    nodes = {dealings.party.id: _node(dealings.party, dealings.kind)}
    edges = []
    rest = {}
    for side, flows in (("received", dealings.received), ("passed_on", dealings.passed_on)):
        for flow in flows[skip : skip + MOST_EACH_WAY]:
            nodes.setdefault(flow.party.id, _node(flow.party))
            edges.append(_edge(dealings, flow, side))
        left = flows[skip + MOST_EACH_WAY :]
        rest[side] = {"parties": len(left), "cards": sum(flow.cards for flow in left)}
    return {
        "center": dealings.party.id,
        "nodes": list(nodes.values()),
        "edges": edges,
        "rest": rest,
        "skip": skip + MOST_EACH_WAY,
    }


def chart_of_card(traces: Sequence[Trace]) -> dict[str, Any]:
    """Return the hops of some cards as nodes and edges."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: dict[tuple[str, str], dict[str, Any]] = {}
    for trace in traces:
        for hop in (hop for chain in trace.chains for hop in chain.hops):
            for party in (hop.sender, hop.receiver):
                nodes.setdefault(party.id, _node(party))
            edge = edges.setdefault(
                (hop.sender.id, hop.receiver.id),
                {
                    "id": f"{hop.sender.id} > {hop.receiver.id}",
                    "source": hop.sender.id,
                    "target": hop.receiver.id,
                    "cards": 0,
                    "records": 0,
                    "quantity": int(hop.precision == "quantity"),
                    "since": hop.when.day,
                    "until": hop.when.day,
                    "seized": 0,
                },
            )
            edge["cards"] += 1
            edge["records"] += len(hop.origins)
            edge["since"], edge["until"] = min(edge["since"], hop.when.day), max(edge["until"], hop.when.day)
    return {"center": None, "nodes": list(nodes.values()), "edges": list(edges.values()), "rest": {}, "skip": 0}


def path_between(case: Case, one: str, other: str, *, as_of: str | None = None) -> dict[str, Any]:
    """Return the shortest connection of two parties as nodes and edges; nothing where there is none."""
    answer = case.query("shortest-connection", as_of=as_of, party=one, other=other)
    nodes: dict[str, dict[str, Any]] = {}
    edges = []
    for row in answer.rows:
        step = dict(zip(answer.columns, row, strict=True))
        ends = ((step["from_id"], step["from_name"]), (step["to_id"], step["to_name"]))
        for ident, name in ends:
            nodes.setdefault(ident, _named_node(str(ident), str(name or ident)))
        ways = ((step["from_id"], step["to_id"], "records_there"), (step["to_id"], step["from_id"], "records_back"))
        for source, target, records in ways:
            if step[records]:
                edges.append(
                    {
                        "id": f"{source} > {target}",
                        "source": source,
                        "target": target,
                        "cards": None,
                        "records": step[records],
                        "quantity": 0,
                        "since": str(step["since"] or ""),
                        "until": str(step["until"] or ""),
                        "seized": 0,
                    }
                )
    return {"center": None, "nodes": list(nodes.values()), "edges": edges, "rest": {}, "skip": 0}


def _node(party: Party, kind: str | None = None) -> dict[str, Any]:
    return _named_node(party.id, party.name or party.id, "carrier" if party.is_carrier else kind)


def _named_node(ident: str, name: str, kind: str | None = None) -> dict[str, Any]:
    from graphtrace.render.sanitize import escape_control_chars

    shown = str(escape_control_chars(name))
    kind = "carrier" if ident.startswith("carrier:") else kind
    return {"id": ident, "name": shown, "lines": name_lines(shown), "kind": kind}


def _edge(dealings: PartySummary, flow: CounterpartyFlow, side: str) -> dict[str, Any]:
    one, other = flow.party.id, dealings.party.id
    source, target = (one, other) if side == "received" else (other, one)
    return {
        "id": f"{source} > {target}",
        "source": source,
        "target": target,
        "cards": flow.cards,
        "records": flow.records,
        "quantity": flow.quantity_only.cards,
        "since": flow.since.day,
        "until": flow.until.day,
        "seized": flow.seized,
    }
