"""The answers of ``graph`` and ``export`` in a terminal: the largest flows, what was written, and what bounds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.render.shapes import ExportResultShape

FLOWS = 20
HUBS = 5

_INDENT = "  "


class GraphView(TerminalView):
    """How large a graph is, its largest flows, and what bounds it; with ``verbose`` all flows and hubs."""

    def __init__(self, graph: nx.MultiDiGraph[str], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.graph = graph
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw the counts, the flows and the limits."""
        told = (*(told for _, told in self.graph.nodes(data=True)), *(told for *_, told in self.graph.edges(data=True)))
        draw_counts(page, Counter(str(each["type"]) for each in told))
        flows = [edge for edge in self.graph.edges(data=True) if edge[2]["type"] == "flow"]
        if flows:
            page.title((page.label("largest_flows"), style.TITLE))
            flows.sort(key=lambda edge: (-edge[2]["weight"], edge[0], edge[1]))
            shown = flows if self.verbose else flows[:FLOWS]
            for source, target, flow in shown:
                self._draw_flow(page, source, target, flow)
            if len(flows) > len(shown):
                page.add((page.label("more_flows", more=len(flows) - len(shown)), style.LABEL), margin=_INDENT)
        elif self.graph.graph["level"] != "party":
            page.title((page.label("graph_out"), style.LABEL))
        limits: Mapping[str, Any] | None = self.graph.graph["limits"]
        if limits is not None:
            hubs = [(hub["name"] or hub["id"], hub["partners"]) for hub in limits["hubs"]]
            draw_limits(page, limits["depth"], limits["cut_off"], limits["hub"], hubs, verbose=self.verbose)

    def _draw_flow(self, page: TextLayout, source: str, target: str, flow: Mapping[str, Any]) -> None:
        names = [self.graph.nodes[end]["label"] for end in (source, target)]
        page.add((names[0], style.NAME), " → ", (names[1], style.NAME), margin=f"{_INDENT}{page.glyphs.party} ")
        said = []
        if flow["records"]:
            said.append(page.label("cards", cards=flow["cards"]))
            said.append(page.label("records_naming", records=flow["records"]))
        if flow["quantity_records"]:
            said.append(page.label("by_number", records=flow["quantity_records"], cards=flow["quantity_cards"]))
        said.append(" – ".join(dict.fromkeys((flow["since"], flow["until"]))))
        said += [page.label("via", channel=channel) for channel in flow["channels"]]
        page.add_items(said, margin=_INDENT * 2)


class ExportView(TerminalView):
    """Where what was written, and what bounds it."""

    def __init__(self, exported: ExportResultShape, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.exported = exported
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw place, counts and limits."""
        exported = self.exported
        page.add((str(exported.path), style.NAME), (f"  {exported.format}", style.LABEL))
        draw_counts(page, exported.written)
        if exported.command is not None:
            page.add(page.label("import_with", path=exported.path), margin="  ")
        if (limits := exported.limits) is not None:
            hubs = [(party.name or party.id, partners) for party, partners in limits.hubs]
            draw_limits(page, limits.depth, limits.cut_off, limits.hub, hubs, verbose=self.verbose)


def draw_counts(page: TextLayout, counts: Mapping[str, int]) -> None:
    """How many nodes and edges, or entities, of each type."""
    said = []
    for code, count in counts.items():
        template = catalogue.ELEMENTS.get(code)
        said.append(f"{code} {count:,}" if template is None else format_message(template, {"n": count}, page.lang))
    if said:
        page.add_items(said)
    else:
        page.add((page.label("nothing_there"), style.LABEL))


def draw_limits(
    page: TextLayout, depth: int, cut_off: int, hub: int, hubs: Iterable[tuple[str, int]], *, verbose: bool
) -> None:
    """How deep a graph was walked, and what was left out on the way."""
    page.title((page.label("walked", depth=depth), style.LABEL))
    if cut_off:
        page.add((page.label("cut_off", parties=cut_off), style.LABEL))
    found = sorted(hubs, key=lambda each: (-each[1], each[0]))
    if found:
        page.add((page.label("hubs", hub=hub, parties=len(found)), style.LABEL))
        for name, partners in found if verbose else found[:HUBS]:
            page.add(name, (f"  {page.label('partners', partners=partners)}", style.LABEL), margin=_INDENT)
        if not verbose and len(found) > HUBS:
            page.add((page.label("more_hubs", more=len(found) - HUBS), style.LABEL), margin=_INDENT)
