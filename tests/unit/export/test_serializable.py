from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graphtrace.errors import UnknownFormat, UsageError
from graphtrace.export import write_graph
from graphtrace.export.serializable import SerializableGraph, to_primitive


class Outcome(StrEnum):
    CONTINUOUS = "continuous"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        *((None, None), ("", ""), ("a", "a"), (Outcome.CONTINUOUS, "continuous"), (True, True), (7, 7), (1.5, 1.5)),
        *((2**63 - 1, 2**63 - 1), (2**63, str(2**63)), (-(2**63) - 1, str(-(2**63) - 1)), (Fraction(1, 2), 0.5)),
        *((date(2024, 3, 1), "2024-03-01"), (datetime(2024, 3, 1, 8), "2024-03-01T08:00:00")),
        *((["a", None, 1, date(2024, 3, 1)], "a; 1; 2024-03-01"), ((), None), (frozenset({"x"}), "x")),
        *(({"深": 1}, '{"深": 1}'), ({}, None), (Path("a"), "a")),
        *(("\x00\x1b\r\x7f", "␀␛␍␡"), ("\n\t", "\n\t"), ("\ud800\ufffe", "<U+D800><U+FFFE>"), ("\u202e", "\u202e")),
    ],
)
def test_a_value_becomes_one_that_graph_formats_know(value: object, plain: object) -> None:
    found = to_primitive(value)
    assert found == plain
    assert type(found) in (str, int, float, bool, type(None))


def own_graph() -> nx.MultiDiGraph[Any]:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(about={"x": [1]}, nothing=None)
    graph.add_node(1, size=1, seen=date(2024, 3, 1), name="one\x00")
    graph.add_node("b", size=2.5, mixed="text", empty=None)
    graph.add_node((1, 2), mixed=3)
    graph.add_edge(1, "b", type="knows", since=date(2024, 1, 1))
    graph.add_edge(1, "b", weight="heavy", flag=True)
    graph.add_edge("b", (1, 2), weight=3, start="not a time")
    return graph


@pytest.mark.parametrize("ending", [".graphml", ".gexf"])
def test_any_graph_can_be_written_and_reads_back_as_its_plain_form(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"g{ending}"
    write_graph(own_graph(), path)
    plain = SerializableGraph.of_networkx(own_graph()).to_networkx()
    if ending == ".graphml":
        again = nx.read_graphml(path, force_multigraph=True, edge_key_type=str)
    else:
        again = nx.read_gexf(path)
        for source, target, told in again.edges(data=True):
            del told["id"]
            if (source, target) == ("1", "b") and "since" in told:
                # beside the attribute GEXF has it as the beginning of the edge
                assert told.pop("start") == told["since"]
    assert dict(again.nodes(data=True)) == dict(plain.nodes(data=True))
    assert {(*edge[:3], repr(sorted(edge[3].items()))) for edge in again.edges(keys=True, data=True)} == {
        (*edge[:3], repr(sorted(edge[3].items()))) for edge in plain.edges(keys=True, data=True)
    }


def test_an_attribute_has_one_type_everywhere() -> None:
    plain = SerializableGraph.of_networkx(own_graph()).to_networkx()
    assert [told.get("size") for _, told in plain.nodes(data=True)] == [1.0, 2.5, None]
    assert [told.get("mixed") for _, told in plain.nodes(data=True)] == [None, "text", "3"]
    assert [told["weight"] for *_, told in plain.edges(data=True)] == [1.0, 1.0, 3.0]
    assert [told["label"] for _, told in plain.nodes(data=True)] == ["one␀", "b", "(1, 2)"]


def test_node_link_json_is_read_by_networkx(tmp_path: Path) -> None:
    write_graph(own_graph(), tmp_path / "g.json")
    document = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    again = nx.node_link_graph(document, edges="edges")
    assert (len(again), again.number_of_edges()) == (3, 3)
    assert again.nodes["1"]["seen"] == "2024-03-01"


def test_another_ending_or_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="no format") as caught:
        write_graph(own_graph(), tmp_path / "g.dot")
    assert ".graphml" in caught.value.hint
    with pytest.raises(UsageError, match="cannot be written"):
        write_graph(own_graph(), tmp_path / "nowhere" / "g.gexf")
    assert list(tmp_path.iterdir()) == []
