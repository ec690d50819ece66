from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.analysis.graph_schema import EDGES, LEVELS, NODES
from graphtrace.errors import UsageError
from graphtrace.export.serializable import plain_text
from graphtrace.render import catalogue

from .conftest import CARD, HOSTILE

FORMULA = ("=", "+", "-", "@")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_node_and_edge_lists_hold_every_node_and_edge(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("csv", tmp_path / "lists", level="record")
    nodes, edges = (
        table((tmp_path / "lists" / f"{name}.csv").read_text(encoding="utf-8")) for name in ("nodes", "edges")
    )
    graph = hostile.graph("record")
    assert [row["id"] for row in nodes] == list(map(plain_text, graph))
    assert Counter((row["source"], row["target"]) for row in edges) == Counter(
        (plain_text(source), plain_text(target)) for source, target in graph.edges()
    )
    assert list(nodes[0])[:3] == ["id", "type", "label"]
    assert list(edges[0])[:8] == [
        *("id", "source", "target", "source_label", "target_label", "relation", "label", "weight"),
    ]
    gave = [row for row in edges if row["relation"] == "gave"]
    assert {row["source_label"].removeprefix("'") for row in gave} >= {HOSTILE[0], HOSTILE[1], HOSTILE[9]}
    assert {row["target_label"] for row in gave} == {""}
    assert {row["cards"] for row in nodes if row["type"] == "record"} == {"1", "10", "70"}


def test_no_cell_of_a_list_is_a_formula(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("csv", tmp_path / "lists")
    for name in ("nodes", "edges"):
        text = (tmp_path / "lists" / f"{name}.csv").read_text(encoding="utf-8")
        cells = [cell for row in table(text) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(FORMULA)]
        assert f"'{HOSTILE[0]}" in cells


def test_an_archive_holds_the_same_lists_and_the_same_bytes_every_time(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("csv", tmp_path / "lists")
    hostile.export("csv", tmp_path / "a.zip")
    hostile.export("csv", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["nodes.csv", "edges.csv"]
        for name in archive.namelist():
            assert archive.read(name) == (tmp_path / "lists" / name).read_bytes()


def test_a_folder_keeps_what_else_is_in_it(hostile: gt.Case, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "mine.txt").write_text("x")
    (tmp_path / "lists" / "nodes.csv").write_text("old")
    hostile.export("csv", tmp_path / "lists")
    assert {path.name for path in (tmp_path / "lists").iterdir()} == {"mine.txt", "nodes.csv", "edges.csv"}
    assert (tmp_path / "lists" / "nodes.csv").read_text(encoding="utf-8").startswith("id,type")


def test_lists_that_fail_half_way_leave_nothing(
    hostile: gt.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphtrace.analysis.subgraph import Subgraph

    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "nodes.csv").write_text("old")
    monkeypatch.setattr(Subgraph, "edges", lambda self: iter([1 / 0]))
    for name in ("new", "old"):
        with pytest.raises(ZeroDivisionError):
            hostile.export("csv", tmp_path / name)
    assert [path.name for path in tmp_path.rglob("*")] == ["old", "nodes.csv"]
    assert (tmp_path / "old" / "nodes.csv").read_text() == "old"


@pytest.mark.parametrize("name", ["a.csv", "file", "nowhere/lists"])
def test_a_place_for_lists_that_will_not_do_is_refused(hostile: gt.Case, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError) as caught:
        hostile.export("csv", tmp_path / name)
    assert ".zip" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_spreadsheet_has_a_sheet_for_each_type_and_text_for_all_but_amounts(
    hostile: gt.Case, tmp_path: Path, lang: str
) -> None:
    hostile.export("xlsx", tmp_path / "g.xlsx", level="card", around=[CARD, HOSTILE[2]], lang=lang)  # type: ignore[arg-type]
    graph = hostile.graph("card", around=[CARD, HOSTILE[2]])
    book = openpyxl.load_workbook(tmp_path / "g.xlsx")
    counts = Counter(told["type"] for told in graph.nodes.values())
    counts.update(told["type"] for *_, told in graph.edges(data=True))
    titles = {kind: getattr(catalogue.SHEETS[kind], lang) for kind in (*counts, *LEVELS["card"][1])}
    assert set(book.sheetnames) == set(titles.values())
    for kind, title in titles.items():
        sheet = book[title]
        heads = (
            ["id", *NODES[kind][1:]]
            if kind in NODES
            else [*("source", "target", "source_label", "target_label"), *EDGES[kind][1:]]
        )
        assert [cell.value for cell in sheet[1]] == [getattr(catalogue.HEADINGS[head], lang) for head in heads]
        assert sheet.max_row == counts[kind] + 1
        for row in sheet.iter_rows(min_row=2):
            for head, cell in zip(heads, row, strict=True):
                assert cell.data_type != "f"
                if head in ("id", "iccid", "key", "first", "last", "msisdn", "imsi", "imei", "name", "source"):
                    assert isinstance(cell.value, str | None)
                    assert cell.value is None or cell.data_type in ("s", "inlineStr")
    parties = book[titles["party"]]
    assert HOSTILE[1] in [cell.value for cell in parties["B"]]
    cards = [row[3].value for row in book[titles["card"]].iter_rows(min_row=2)]
    assert CARD in cards
    assert all(isinstance(row[-1].value, int) for row in book[titles["lot"]].iter_rows(min_row=2))
