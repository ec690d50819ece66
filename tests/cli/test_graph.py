from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest
from rich.cells import cell_len

from graphtrace.analysis import case_graph

from .conftest import ABSENT, TORN, WHOLE, Run

XINGHAI = "星海智联科技有限公司"


def test_without_a_file_the_largest_flows_are_shown(run: Run, case: str) -> None:
    ran = run("graph", "--case", case)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "6 parties · 4 flows"
    assert lines[3] == f"  ● 中国联通 → {XINGHAI}"
    assert lines[4] == "    100 cards · 1 record · 2024-03-01"
    assert [lines[5], lines[6]] == [f"  ● {XINGHAI} → 老K", "    2 cards · 2 records · 2024-03-05 · via 微信"]
    assert all(cell_len(line) <= 80 for line in lines)
    assert "从" not in ran.out


def test_it_speaks_chinese(run: Run, case: str) -> None:
    ran = run("graph", "--around", "老K", "--lang", "zh", "--case", case)
    assert ran.out.splitlines()[0] == "3个主体 · 2条流向"
    assert "距离1步以内的主体。" in ran.out


def test_json_holds_every_node_and_edge_and_what_bounds_them(run: Run, case: str) -> None:
    told = run("graph", "--around", WHOLE, "--json", "--case", case).json
    assert list(told) == [
        *(
            "graphtrace",
            "case",
            "ledger_head",
            "as_of",
            "level",
            "around",
            "since",
            "until",
            "direction",
            "limits",
            "judgements",
            "nodes",
            "edges",
            "unread",
        ),
    ]
    assert [node["label"] for node in told["nodes"]] == ["中国联通", XINGHAI, "王五", "老K"]
    assert told["limits"] == {"depth": 0, "cut_off": 0, "hub": 100, "hubs": []}
    (edge,) = [edge for edge in told["edges"] if edge["from"] == "name:老k"]
    assert (edge["to"], edge["cards"], edge["channels"]) == ("name:王五", 1, ["QQ"])


def test_limits_are_said(run: Run, case: str) -> None:
    ran = run("graph", "--around", "王五", "--depth", "2", "--hub", "1", "--case", case)
    assert "Parties up to 2 steps away." in ran.out
    assert "1 party with more than 1 partners not walked through: a larger --hub does." in ran.out
    assert "  老K  2 partners" in ran.out
    assert "further partners" not in ran.out
    ran = run("graph", "--around", "王五", "--depth", "1", "--case", case)
    assert "1 party has further partners beyond that" in ran.out


def test_more_flows_than_fit_are_counted_and_shown_on_request(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"甲,乙{number},2024-03-01,{8986061900000000001 + number}\n" for number in range(25))
    (tmp_path / "t.csv").write_text(f"from,to,date,iccid\n{rows}", encoding="utf-8")
    assert run("load", tmp_path / "t.csv", "--case", tmp_path / "c.gtrace").code == 0
    brief, full = (run("graph", *verbose, "--case", tmp_path / "c.gtrace").out for verbose in ((), ("-v",)))
    assert "5 more flows, shown with -v or --json" in brief
    assert (brief.count("→"), full.count("→")) == (20, 25)


def test_records_and_cards_are_counted(run: Run, case: str) -> None:
    ran = run("graph", "--level", "record", "--case", case)
    assert ran.out.splitlines()[0] == "6 parties · 5 records · 2 single cards · 1 lot · 5 edges gave · 5 edges to"
    assert "graphtrace graph OUT" in ran.out
    ran = run("graph", "--level", "card", "--around", WHOLE, "--case", case)
    assert "1 device" in ran.out


@pytest.mark.parametrize("ending", ["graphml", "gexf", "json", "zip", "xlsx", "ftm", "cypher"])
def test_the_ending_of_the_file_says_the_format(run: Run, case: str, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"g.{ending}"
    ran = run("graph", path, "--case", case)
    assert (ran.code, ran.err) == (0, "")
    assert path.stat().st_size > 0
    assert [each.name for each in tmp_path.glob("*.part")] == []


def test_node_link_json_is_a_graph_again(run: Run, case: str, tmp_path: Path) -> None:
    run("graph", tmp_path / "g.json", "--case", case)
    document = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    graph = nx.node_link_graph(document, edges="edges")
    assert graph.edges["carrier:china-unicom", "id:91310115MA1K35XR7B", "flow"]["cards"] == 100


@pytest.mark.parametrize(
    ("arguments", "code", "error", "said"),
    [
        (["g.dot"], 2, "unknown_format", ".graphml"),
        (["--around", "谁"], 1, "not_found", "name"),
        (["--around", ABSENT], 1, "not_found", "graphtrace trace"),
        (["--level", "card"], 2, "wrong_usage", "--around"),
        (["--depth", "2"], 2, "wrong_usage", "--around"),
        (["--since", "gestern"], 2, "wrong_usage", "YYYY-MM-DD"),
        (["--hub", "0"], 2, "wrong_usage", "--hub"),
        (["nowhere/g.gexf"], 2, "unwritable_output", "write to"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, case: str, arguments: list[str], code: int, error: str, said: str
) -> None:
    ran = run("graph", *arguments, "--json", "--case", case)
    assert (ran.code, ran.out) == (code, "")
    assert ran.error["code"] == error
    assert said in ran.error["hint"]


def test_a_graph_too_large_names_the_number_and_the_option(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_graph, "MAX_ELEMENTS", 7)
    ran = run("graph", "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "graph_too_large")
    assert ran.error["message"] == "4 flows are too many for one graph"
    assert "--around" in ran.error["hint"]


def test_a_card_without_a_sale_is_around_its_own_hands(run: Run, case: str) -> None:
    told = run("graph", "--around", TORN, "--json", "--case", case).json
    assert {node["label"] for node in told["nodes"]} == {"中国联通", XINGHAI, "老K", "赵六", "钱七"}


def test_a_page_is_written_beside_the_answer_or_beside_another_file(run: Run, case: str, tmp_path: Path) -> None:
    for more in ([], [tmp_path / "g.gexf"], ["-o", tmp_path / "g.json"]):
        out = tmp_path / f"{len(more)}.html"
        ran = run("graph", *more, "--html", out, "--case", case)
        assert (ran.code, ran.err) == (0, "")
        assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "g.gexf").read_text(encoding="utf-8").startswith("<?xml")
    ran = run("graph", "--level", "record", "--html", tmp_path / "no.html", "--case", case)
    assert ran.code == 2
    assert "--level party" in ran.err
    assert not (tmp_path / "no.html").exists()
