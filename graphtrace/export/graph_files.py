"""Export as GraphML, GEXF and node-link JSON; the first two never hold graph or document in memory as a whole.

GraphML 1.0 as networkx and Gephi read it, GEXF 1.2draft (http://gexf.net/1.2draft). In both an edge has an id of its
own (``e1``, ``e2`` …), which networkx takes for its key. Node-link JSON is as
``networkx.node_link_graph(document, edges="edges")`` and the scripts of browsers read it.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, Final, TextIO
from xml.sax.saxutils import escape, quoteattr

from graphtrace._version import __version__
from graphtrace.export.serializable import Columns, Primitive, SerializableGraph, edge_id, text_writer
from graphtrace.patterns import late
from graphtrace.render.sanitize import escaped_json

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang


_TYPES: Final[Mapping[type, str]] = {str: "string", int: "long", float: "double", bool: "boolean"}
"""Names of the value types in GraphML and GEXF."""

_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_graphml(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    return graphml(SerializableGraph.of_selection(selection), out)


def write_gexf(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    return gexf(SerializableGraph.of_selection(selection), out)


def graphml(graph: SerializableGraph, out: IO[bytes]) -> Mapping[str, int]:
    """Write a graph as GraphML; return the number of nodes and edges of each type."""
    counts: Counter[str] = Counter()
    with text_writer(out) as text:
        text.write(f'{_HEADER}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        scopes = {
            "graph": {name: type(value) for name, value in graph.attributes.items()},
            "node": graph.node_columns,
            "edge": graph.edge_columns,
        }
        keys: dict[str, dict[str, str]] = {}
        for scope, columns in scopes.items():
            keys[scope] = {name: f"{scope[0]}{number}" for number, name in enumerate(columns)}
            for name, kind in columns.items():
                text.write(
                    f'<key id="{keys[scope][name]}" for="{scope}" attr.name={quoteattr(name)} '
                    f'attr.type="{_TYPES[kind]}"/>\n'
                )
        text.write('<graph edgedefault="directed">\n')
        _write_data(text, keys["graph"], graph.attributes)
        for node, attributes in graph.nodes():
            counts[str(attributes.get("type", "node"))] += 1
            text.write(f"<node id={quoteattr(node)}>")
            _write_data(text, keys["node"], attributes)
            text.write("</node>\n")
        for number, (source, target, attributes) in enumerate(graph.edges(), 1):
            counts[str(attributes.get("relation", "edge"))] += 1
            ends = f"source={quoteattr(source)} target={quoteattr(target)}"
            text.write(f'<edge id="{edge_id(number)}" {ends}>')
            _write_data(text, keys["edge"], attributes)
            text.write("</edge>\n")
        text.write("</graph>\n</graphml>\n")
    return counts


def _write_data(text: TextIO, keys: Mapping[str, str], attributes: Mapping[str, Primitive]) -> None:
    text.writelines(f'<data key="{keys[name]}">{escape(_text(value))}</data>' for name, value in attributes.items())


def gexf(graph: SerializableGraph, out: IO[bytes]) -> Mapping[str, int]:
    """Write a graph as GEXF; return the number of nodes and edges of each type.

    Labels, weights and the first and last day of an edge stand where Gephi looks for them; the attributes of the graph
    as a whole, for which GEXF has no place, in the description of the document.
    """
    counts: Counter[str] = Counter()
    own = {"node": {"label"}, "edge": {"label", "weight"}}
    with text_writer(out) as text:
        text.write(f'{_HEADER}<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n')
        about = "; ".join(f"{name}: {value}" for name, value in graph.attributes.items())
        text.write(
            f"<meta><creator>graphtrace {__version__}</creator><description>{escape(about)}</description></meta>\n"
        )
        name = quoteattr(str(graph.attributes.get("name", "")))
        text.write(f'<graph defaultedgetype="directed" mode="dynamic" timeformat="date" name={name}>\n')
        ids: dict[str, dict[str, str]] = {}
        for scope, columns in (("node", graph.node_columns), ("edge", graph.edge_columns)):
            rest = {name: kind for name, kind in columns.items() if name not in own[scope]}
            ids[scope] = {name: f"{scope[0]}{number}" for number, name in enumerate(rest)}
            _write_attributes(text, scope, rest, ids[scope])
        text.write("<nodes>\n")
        for node, attributes in graph.nodes():
            counts[str(attributes.get("type", "node"))] += 1
            text.write(f"<node id={quoteattr(node)} label={quoteattr(_text(attributes['label']))}>")
            _write_values(text, ids["node"], attributes)
            text.write("</node>\n")
        text.write("</nodes>\n<edges>\n")
        for number, (source, target, attributes) in enumerate(graph.edges(), 1):
            counts[str(attributes.get("relation", "edge"))] += 1
            label = f" label={quoteattr(_text(attributes['label']))}" if "label" in attributes else ""
            ends = f"source={quoteattr(source)} target={quoteattr(target)}"
            time = _time_of(attributes)
            text.write(f'<edge id="{edge_id(number)}" {ends}{label} weight="{attributes["weight"]}"{time}>')
            _write_values(text, ids["edge"], attributes)
            text.write("</edge>\n")
        text.write("</edges>\n</graph>\n</gexf>\n")
    return counts


_DAY: Final = late("([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def _time_of(attributes: Mapping[str, Primitive]) -> str:
    """Return the first and the last day of an edge as its attributes; of a month these are its first and last day."""
    days = {
        "start": attributes.get("since", attributes.get("date")),
        "end": attributes.get("until", attributes.get("date")),
    }
    told = ""
    for name, value in days.items():
        if isinstance(value, str) and (found := _DAY.match(value)):
            year, month = int(found[1]), int(found[2])
            last = monthrange(year, month)[1]
            told += f' {name}="{found[1]}-{found[2]}-{found[3] or (1 if name == "start" else last):>02}"'
    return told


def _write_attributes(text: TextIO, scope: str, columns: Columns, ids: Mapping[str, str]) -> None:
    text.write(f'<attributes class="{scope}" mode="static">\n')
    text.writelines(
        f'<attribute id="{ids[name]}" title={quoteattr(name)} type="{_TYPES[kind]}"/>\n'
        for name, kind in columns.items()
    )
    text.write("</attributes>\n")


def _write_values(text: TextIO, ids: Mapping[str, str], attributes: Mapping[str, Primitive]) -> None:
    values = [
        f'<attvalue for="{ids[name]}" value={quoteattr(_text(value))}/>'
        for name, value in attributes.items()
        if name in ids
    ]
    if values:
        text.write(f"<attvalues>{''.join(values)}</attvalues>")


def _text(value: Primitive) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
