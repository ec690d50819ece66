"""Node-link JSON, as ``networkx.node_link_graph(document, edges="edges")`` and the scripts of browsers read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, TextIO

from graphtrace.export.serializable import SerializableGraph, edge_id
from graphtrace.export.text_streams import text_writer
from graphtrace.render.sanitize import escaped_json

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang


def write_json(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    """Write the selection; lists stay lists, and an unknown value is ``null``."""
    return _write(
        out,
        selection.attributes(),
        ({"id": node.id, **node.attributes} for node in selection.nodes()),
        (
            {"source": edge.source, "target": edge.target, "key": edge.key, **edge.attributes}
            for edge in selection.edges()
        ),
    )


def node_link(graph: SerializableGraph, out: IO[bytes]) -> Mapping[str, int]:
    """Write a graph."""
    return _write(
        out,
        graph.attributes,
        ({"id": node, **attributes} for node, attributes in graph.nodes()),
        (
            {"source": source, "target": target, "key": edge_id(number), **attributes}
            for number, (source, target, attributes) in enumerate(graph.edges(), 1)
        ),
    )


def _write(
    out: IO[bytes], attributes: Mapping[str, Any], nodes: Iterable[dict[str, Any]], edges: Iterable[dict[str, Any]]
) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    with text_writer(out) as text:
        text.write(f'{{"directed": true, "multigraph": true, "graph": {_dumped(attributes)},\n"nodes": [')
        _write_members(text, nodes, counts, "node")
        text.write('],\n"edges": [')
        _write_members(text, edges, counts, "edge")
        text.write("]}\n")
    return counts


def _write_members(text: TextIO, members: Iterable[dict[str, Any]], counts: Counter[str], otherwise: str) -> None:
    separator = "\n"
    for member in members:
        counts[str(member.get("type", member.get("relation", otherwise)))] += 1
        text.write(f"{separator}{_dumped(member)}")
        separator = ",\n"
    text.write("\n")


def _dumped(member: Mapping[str, Any]) -> str:
    return escaped_json(json.dumps(member, ensure_ascii=False))
