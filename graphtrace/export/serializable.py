"""Graphs in the types of graph formats: integers, floats, truth values and text without control characters.

One function converts every value, :func:`to_primitive`, whether a graph comes from a case or from networkx.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from numbers import Integral, Real
from typing import IO, TYPE_CHECKING, Any, Final, Self, TextIO

from graphtrace.frozen import frozen
from graphtrace.patterns import late
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.results.subgraph import EDGES, LEVELS, NODES, NUMBERS

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.analysis.case_graph import Subgraph


Primitive = str | int | float | bool
Columns = Mapping[str, type]
"""Attributes that nodes or edges may have, in order, each with its type."""

_UNWRITABLE: Final = late("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot contain or that XML parsers change."""

_MIN_INT64, _MAX_INT64 = -(2**63), 2**63 - 1


def to_primitive(value: object) -> Primitive | None:
    r"""Return a value in a type of graph formats; ``None`` if there is nothing to write.

    Days become ISO text, members of lists are joined with ``; ``, mappings become JSON, control characters their
    pictures, integers beyond 64 bits text.

    >>> to_primitive(["微信", "QQ"]), to_primitive([]), to_primitive("a\x1b[31m")
    ('微信; QQ', None, 'a␛[31m')
    """
    match value:  # what is frequent stands first
        case str():
            return plain_text(value)
        case None | bool():
            return value
        case int() | Integral():
            return int(value) if _MIN_INT64 <= int(value) <= _MAX_INT64 else str(int(value))
        case float() | Real():
            return float(value)
        case date():
            return value.isoformat()
        case Mapping():
            return plain_text(json.dumps(value, ensure_ascii=False, default=str)) if value else None
        case Iterable():
            members = [str(to_primitive(member)) for member in value if member is not None]
            return "; ".join(members) if members else None
        case _:
            return plain_text(str(value))


def plain_text(text: str) -> str:
    """Return text that any XML document preserves."""
    return (
        _UNWRITABLE.sub(lambda match: escape_control_chars(match[0]), str(text))
        if _UNWRITABLE.search(text)
        else str(text)
    )


@frozen()
class SerializableGraph:
    """A directed graph to be written; its nodes and edges can be iterated repeatedly.

    - ``attributes``: of the graph as a whole.
    - ``node_columns``, ``edge_columns``: every attribute that occurs, with its type.
    - ``nodes``: id and attributes of each node.
    - ``edges``: source, target and attributes of each edge. Each has ``relation``, the type of the edge, where it has
      any: ``type`` means something else in these formats.
    """

    attributes: Mapping[str, Primitive]
    node_columns: Columns
    edge_columns: Columns
    nodes: Callable[[], Iterator[tuple[str, dict[str, Primitive]]]]
    edges: Callable[[], Iterator[tuple[str, str, dict[str, Primitive]]]]

    @classmethod
    def of_selection(cls, selection: Subgraph) -> Self:
        """Return the graph of a selection of a case."""
        node_types, edge_types = LEVELS[selection.question.level]
        return cls(
            attributes=_plain_attributes(selection.attributes()),
            node_columns=_columns(NODES, node_types),
            edge_columns={_renamed(name): kind for name, kind in _columns(EDGES, edge_types).items()},
            nodes=lambda: ((plain_text(node.id), _plain_attributes(node.attributes)) for node in selection.nodes()),
            edges=lambda: (
                (plain_text(edge.source), plain_text(edge.target), _plain_edge(edge.attributes))
                for edge in selection.edges()
            ),
        )

    @classmethod
    def of_networkx(cls, graph: nx.MultiDiGraph[Any]) -> Self:
        """Convert a networkx graph; a node without a label gets its name or id, an attribute of mixed types is text."""
        nodes = {plain_text(str(node)): _plain_attributes(attributes) for node, attributes in graph.nodes(data=True)}
        for node, attributes in nodes.items():
            attributes["label"] = str(attributes.get("label") or attributes.get("name") or node)
        edges = [
            (plain_text(str(source)), plain_text(str(target)), _plain_edge(attributes))
            for source, target, attributes in graph.edges(data=True)
        ]
        for _, _, attributes in edges:
            if not isinstance(attributes.get("weight", 1.0), int | float):
                del attributes["weight"]
            attributes["weight"] = float(attributes.get("weight", 1.0))
        node_columns = _agree(list(nodes.values()))
        edge_columns = _agree([attributes for *_, attributes in edges])
        return cls(
            attributes=_plain_attributes(graph.graph),
            node_columns=node_columns,
            edge_columns=edge_columns,
            nodes=lambda: iter(nodes.items()),
            edges=lambda: iter(edges),
        )

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the graph as a reader of the file gets it; the keys of edges are ``e1``, ``e2`` …"""
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.graph.update(self.attributes)
        graph.add_nodes_from(self.nodes())
        for number, (source, target, attributes) in enumerate(self.edges(), 1):
            graph.add_edge(source, target, key=edge_id(number), **attributes)
        return graph


def edge_id(number: int) -> str:
    """Return the id of the n-th edge of a file."""
    return f"e{number}"


def _renamed(name: str) -> str:
    return "relation" if name == "type" else name


def _plain_edge(attributes: Mapping[Any, object]) -> dict[str, Primitive]:
    return {_renamed(name): value for name, value in _plain_attributes(attributes).items()}


def _plain_attributes(attributes: Mapping[Any, object]) -> dict[str, Primitive]:
    return {
        _plain_name(name): value for name, stated in attributes.items() if (value := to_primitive(stated)) is not None
    }


@cache
def _plain_name(name: object) -> str:
    return plain_text(str(name))


def _columns(attributes: Mapping[str, tuple[str, ...]], types: Iterable[str]) -> dict[str, type]:
    return {name: NUMBERS.get(name, str) for each in types for name in attributes[each]}


def _agree(elements: list[dict[str, Primitive]]) -> dict[str, type]:
    """Return the types of the attributes; the values of an attribute with several types are converted to one."""
    found: dict[str, set[type]] = {}
    for attributes in elements:
        for name, value in attributes.items():
            found.setdefault(name, set()).add(type(value))
    columns = {name: kinds.pop() if len(kinds) == 1 else _common(kinds) for name, kinds in found.items()}
    for attributes in elements:
        for name, value in attributes.items():
            if type(value) is not columns[name]:
                attributes[name] = columns[name](value)
    return columns


def _common(kinds: set[type]) -> type:
    return float if kinds == {int, float} else str


@contextmanager
def text_writer(out: IO[bytes]) -> Iterator[TextIO]:
    """Open a UTF-8 text stream without newline translation; ``out`` stays open."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()
