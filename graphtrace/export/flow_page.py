"""Export as a page: the parties and the flows between them, as a drawing and as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

from graphtrace.export.graph_page import PartyGraph, graph_page

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang


def write_page(selection: Subgraph, out: IO[bytes], lang: Lang) -> Mapping[str, int]:
    """Write the page of the selection; the page states how many flows it omits."""
    graph = PartyGraph(selection)
    out.write(graph_page(graph, lang).encode())
    return {"party": len(graph.members), "flow": len(graph.flows)}
