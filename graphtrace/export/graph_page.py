"""Page of a graph of parties: the flows as a drawing, and each flow with the rows that state it."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from graphtrace.render import Lang, text_tables
from graphtrace.render.figures.chain import name_lines
from graphtrace.render.figures.sankey import FlowLink, FlowNode, draw_sankey
from graphtrace.render.html.overview_page import DRAWN
from graphtrace.render.html.page import render_page
from graphtrace.render.i18n import Text, code_text, label_text
from graphtrace.render.text_tables import BilingualText
from graphtrace.render.views.answer_parts import bounds_text
from graphtrace.results.party import party_kind

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.results.flows import FlowProvenance, FlowTotals, PartyTotals


FLOWS = 5_000
"""Maximum number of flows on the page, the largest ones; the page states how many are missing, and how to narrow it."""

SOURCES = 6
ROWS = 6
"""Maximum number of sheets of a flow, and of rows of each sheet; the page states how many more there are."""

ON_PAPER = 16
"""Maximum number of parties in the drawing without a script."""


class PartyGraph:
    """The largest flows of a selection, with their parties, those with the largest flows first."""

    def __init__(self, selection: Subgraph) -> None:
        self.selection = selection
        self.total = 0
        self.flows: list[FlowTotals] = heapq.nsmallest(FLOWS, self._counted(), key=_largest_first)
        self.bounds = selection.bounds_of(self.flows)
        weights: dict[str, int] = defaultdict(int)
        for flow in self.flows:
            for party in (flow.sender, flow.receiver):
                weights[party.id] += edge_weight(flow)
        summed = {one.party.id: one for one in selection.parties() if one.party.id in weights}
        self.members: list[PartyTotals] = sorted(
            summed.values(), key=lambda one: (-weights[one.party.id], one.party.id)
        )
        self.idents = {one.party.id: f"m{row}" for row, one in enumerate(self.members, 1)}

    def _counted(self) -> Iterator[FlowTotals]:
        for flow in self.selection.flows():
            self.total += 1
            yield flow

    @property
    def held_back(self) -> int:
        """Return the number of flows that are not on the page."""
        return self.total - len(self.flows)

    @cached_property
    def sources(self) -> dict[tuple[str, str], list[FlowProvenance]]:
        """Return the sheets that state each flow, by the ids of its parties."""
        sources: dict[tuple[str, str], list[FlowProvenance]] = defaultdict(list)
        for source in self.selection.flow_sources(self.idents, most=ROWS):
            sources[source.sender, source.receiver].append(source)
        return sources

    def sources_of(self, flow: FlowTotals) -> Sequence[FlowProvenance]:
        """Return the sheets that state a flow; for a flow by channel those of all channels."""
        return self.sources[flow.sender.id, flow.receiver.id]

    def bounds_text_of(self, number: int) -> Text | None:
        """Return the bounds of different cards of a flow, where records state only a number of cards."""
        flow = self.flows[number - 1]
        is_named = bool(flow.cards and flow.quantity_only.records)
        return bounds_text(self.bounds[number - 1], is_named=is_named)

    def kind_text(self, one: PartyTotals) -> Text:
        """Return the role of a party in the records."""
        kind = party_kind(one.party, has_bought=one.has_bought, has_passed=one.has_passed)
        return "–" if kind is None else code_text(text_tables.PARTY_KINDS, kind)

    def split(self, rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
        """Split the rows of a table into the open and the folded ones, each part with the number of its first row."""
        yield 1, rows[:DRAWN]
        if len(rows) > DRAWN:
            yield DRAWN + 1, rows[DRAWN:]

    @property
    def period(self) -> str:
        """Return the days of the first and the last movement."""
        days = [(flow.since, flow.until) for flow in self.flows if flow.since and flow.until]
        if not days:
            return "–"
        since, until = min(since for since, _ in days).day, max(until for _, until in days).day
        return since if since == until else f"{since} – {until}"

    @property
    def drawing(self) -> Markup:
        """Return the drawing of the parties with the largest flows, for paper and for readers without script."""
        members = sorted(self.members[:ON_PAPER], key=_stage)
        nodes = [
            FlowNode(
                id=one.party.id,
                name=one.party.name or one.party.id,
                captions=[self.kind_text(one)],
                is_marked=one.has_bought and not one.party.is_carrier,
            )
            for one in members
        ]
        links = [
            FlowLink(start=flow.sender.id, end=flow.receiver.id, cards=edge_weight(flow), sort=_sort_of(flow))
            for flow in self.flows
        ]
        return draw_sankey(nodes, links, None)

    @property
    def graph(self) -> dict[str, Any]:
        """Return the graph for the script of the page; ids are those of the rows of the tables."""
        return {
            "drawn": DRAWN,
            "nodes": [
                {
                    "id": self.idents[one.party.id],
                    "lines": name_lines(one.party.name or one.party.id),
                    "name": one.party.name or one.party.id,
                    "cards": max(one.received, one.passed) or one.received_by_number or one.passed_by_number,
                    "column": _stage(one),
                    "role": "carrier" if one.party.is_carrier else "registrant" if one.has_bought else "",
                }
                for one in self.members
            ],
            "edges": [
                {
                    "id": f"f{row}",
                    "source": self.idents[flow.sender.id],
                    "target": self.idents[flow.receiver.id],
                    "cards": edge_weight(flow),
                    "sort": _sort_of(flow),
                }
                for row, flow in enumerate(self.flows, 1)
            ],
        }


def edge_weight(flow: FlowTotals) -> int:
    """Return the number of cards of a flow, those of quantity-only records included."""
    return flow.cards + flow.quantity_only.cards


def graph_page(graph: PartyGraph, lang: Lang) -> str:
    """Return the page of a graph of parties, which opens in ``lang``."""
    selection = graph.selection
    asked, limits = selection.question, selection.limits
    data = {
        "title": BilingualText("graphtrace: who passed cards to whom", "graphtrace：卡的流向"),
        "graph": graph,
        "limits": limits,
        "hubs": [] if limits is None else sorted(limits.hubs, key=lambda hub: (-hub[1], hub[0].id)),
        "asked": [
            label_text(f"asked_{what}", **{what: value})
            for what, value in (
                ("around", ", ".join(asked.around)),
                ("since", asked.since),
                ("until", asked.until),
                ("direction", None if asked.direction == "both" else asked.direction),
            )
            if value
        ],
        "most_sources": SOURCES,
        "drawn": DRAWN,
        "case": selection.case,
        "as_of": selection.as_of,
    }
    scripts = ("cytoscape.min.js", "ring.js") if graph.members else ()
    return render_page("graph.html", data, lang, scripts=scripts)


def _largest_first(flow: FlowTotals) -> tuple[int, str, str, tuple[str, ...]]:
    return -edge_weight(flow), flow.sender.id, flow.receiver.id, flow.channels


def _sort_of(flow: FlowTotals) -> Literal["hop", "guess"]:
    return "hop" if flow.records else "guess"


def _stage(one: PartyTotals) -> int:
    """Return the column of a party: carriers first, then their buyers; parties that passed nothing on come last."""
    if one.party.is_carrier:
        return 0
    return 1 if one.has_bought else 2 if one.has_passed else 3


def write_page(selection: Subgraph, out: IO[bytes], lang: Lang) -> Mapping[str, int]:
    """Write the page of the selection; the page states how many flows it omits."""
    graph = PartyGraph(selection)
    out.write(graph_page(graph, lang).encode())
    return {"party": len(graph.members), "flow": len(graph.flows)}
