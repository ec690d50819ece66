"""GraphML and GEXF read back by networkx are the graph that was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

import graphtrace as gt
from graphtrace.export.serializable import SerializableGraph
from graphtrace.results.subgraph import NUMBERS

from .conftest import CARD, HOSTILE

UNWRITABLE = {"\x1b[31mred\x07", "two\r\nlines\tand 😀"}
WRITTEN = {"␛[31mred␇", "two␍\nlines\tand 😀"}

Shape = tuple[dict[str, dict[str, Any]], list[tuple[str, str, dict[str, Any]]]]


def read(path: Path) -> nx.MultiDiGraph[str]:
    if path.suffix == ".graphml":
        graph: nx.MultiDiGraph[str] = nx.read_graphml(path, force_multigraph=True, edge_key_type=str)
        return graph
    graph = nx.MultiDiGraph(nx.read_gexf(path))
    for *_, told in graph.edges(data=True):
        for name in ("id", "start", "end"):
            told.pop(name, None)  # networkx keeps them beside key and attributes
    return graph


def shape(graph: nx.MultiDiGraph[str]) -> Shape:
    edges = [(source, target, dict(told)) for source, target, told in graph.edges(data=True)]
    return dict(graph.nodes(data=True)), sorted(edges, key=repr)


def plain(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    return SerializableGraph.of_networkx(graph).to_networkx()


@pytest.mark.parametrize("ending", [".graphml", ".gexf"])
@pytest.mark.parametrize(("level", "around"), [("party", ()), ("record", ()), ("card", (CARD, HOSTILE[2]))])
def test_a_case_reads_back_equal(
    hostile: gt.Case, tmp_path: Path, ending: str, level: Any, around: tuple[str, ...]
) -> None:
    path = tmp_path / f"g{ending}"
    written = hostile.export(ending[1:], path, level=level, around=around).written
    graph = hostile.graph(level, around=around)
    again = read(path)
    assert shape(again) == shape(plain(graph))
    assert sum(written.values()) == len(graph) + graph.number_of_edges()


def test_gexf_says_when_each_flow_began_and_ended(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph()
    graph.add_edge("A", "B", type="flow", since="2024-03-05", until="2024-02")
    graph.add_edge("A", "C", type="gave", date="2024-02")
    graph.add_edge("B", "C", type="moves")
    gt.write_graph(graph, tmp_path / "g.gexf")
    text = (tmp_path / "g.gexf").read_text(encoding="utf-8")
    assert 'mode="dynamic" timeformat="date"' in text
    times = [(told.get("start"), told.get("end")) for *_, told in nx.read_gexf(tmp_path / "g.gexf").edges(data=True)]
    assert times == [("2024-03-05", "2024-02-29"), ("2024-02-01", "2024-02-29"), (None, None)]


@pytest.mark.parametrize("ending", [".graphml", ".gexf"])
def test_names_are_kept_but_for_what_no_document_can_hold(hostile: gt.Case, tmp_path: Path, ending: str) -> None:
    hostile.export(ending[1:], tmp_path / f"g{ending}")
    labels = {label for _, label in read(tmp_path / f"g{ending}").nodes(data="label")}
    assert labels == {told["name"] for told in hostile.graph().nodes.values()} - UNWRITABLE | WRITTEN
    assert {*HOSTILE[:4], *HOSTILE[6:7]} <= labels


@pytest.mark.parametrize("ending", [".graphml", ".gexf"])
def test_a_trace_as_a_graph_reads_back_equal(hostile: gt.Case, tmp_path: Path, ending: str) -> None:
    graph = hostile.trace(CARD).to_networkx()
    path = tmp_path / f"t{ending}"
    gt.write_graph(graph, path)
    again = read(path)
    assert shape(again) == shape(plain(graph))
    assert {told["relation"] for *_, told in again.edges(data=True)} == {
        *("hop", "gave", "to", "moves", "activated", "used_by"),
    }


def test_numbers_are_numbers_and_texts_are_texts(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("graphml", tmp_path / "g.graphml", level="record")
    again = read(tmp_path / "g.graphml")
    attributes = [
        attribute
        for told in (*(told for _, told in again.nodes(data=True)), *(told for *_, told in again.edges(data=True)))
        for attribute in told.items()
    ]
    assert attributes
    assert [(name, value) for name, value in attributes if type(value) is not NUMBERS.get(name, str)] == []


def test_gephi_finds_label_weight_and_an_id_for_every_edge(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("gexf", tmp_path / "g.gexf", level="record")
    space = {"g": "http://www.gexf.net/1.2draft"}
    graph = ElementTree.parse(tmp_path / "g.gexf").find("g:graph", space)
    assert graph is not None
    assert graph.get("defaultedgetype") == "directed"
    nodes, edges = graph.findall(".//g:node", space), graph.findall(".//g:edge", space)
    assert all(node.get("label") for node in nodes)
    assert all(float(edge.get("weight", "")) >= 1 and edge.get("label") for edge in edges)
    assert all(edge.get("type") is None for edge in edges)
    ids = [edge.get("id") for edge in edges]
    assert len(set(ids)) == len(ids) == len(edges)
    declared = [attribute.get("title") for attribute in graph.findall("g:attributes/g:attribute", space)]
    assert not {"label", "weight"} & set(declared[len(declared) // 2 :])


def test_what_bounds_a_graph_stands_in_the_file(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("graphml", tmp_path / "g.graphml", around=HOSTILE[2], hub=1, depth=2)
    hostile.export("gexf", tmp_path / "g.gexf", around=HOSTILE[2], hub=1, depth=2)
    assert '"hub": 1' in read(tmp_path / "g.graphml").graph["limits"]
    assert '"hub": 1' in (tmp_path / "g.gexf").read_text(encoding="utf-8")
