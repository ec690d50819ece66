from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.errors import UsageError
from graphtrace.export.serializable import plain_text
from graphtrace.render import text_tables
from graphtrace.results.subgraph import EDGES, LEVELS, NODES

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
    from graphtrace.analysis.case_graph import Subgraph

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
    titles = {kind: getattr(text_tables.SHEETS[kind], lang) for kind in (*counts, *LEVELS["card"][1])}
    assert set(book.sheetnames) == set(titles.values())
    for kind, title in titles.items():
        sheet = book[title]
        heads = (
            ["id", *NODES[kind][1:]]
            if kind in NODES
            else [*("source", "target", "source_label", "target_label"), *EDGES[kind][1:]]
        )
        assert [cell.value for cell in sheet[1]] == [getattr(text_tables.HEADINGS[head], lang) for head in heads]
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


SUPPORTS = {
    "moves.csv": "转出方,转入方,日期,ICCID\n中国联通,甲公司,2024-01-01,8986061900000000001\n"
    "甲公司,李四,2024-02-01,8986061900000000001\n李四,王五,2024-03-01,8986061900000000001\n",
    "parcels.csv": "运单号,寄件人,收件人,收件人电话,寄件时间\nSF1234567890123,甲公司,王五,13700000010,2024-02-02\n"
    "SF1234567890124,路人,=1+1,13700000011,2024-03-02\n",
    "paid.csv": "付款方,收款方,金额(元),交易时间,订单号\n李四,甲公司,1280,2024-02-20 10:00:00,T-7\n",
    "people.csv": "姓名,手机号\n王五,13700000009\n",
}


@pytest.fixture
def supported(tmp_path: Path) -> gt.Case:
    for name, text in SUPPORTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(*(tmp_path / name for name in SUPPORTS))
    return case


def test_lists_of_records_hold_identities_shipments_and_payments(supported: gt.Case, tmp_path: Path) -> None:
    result = supported.export("csv", tmp_path / "lists", level="record")
    assert {kind: result.written[kind] for kind in ("identity", "shipment", "payment")} == {  # type: ignore[index]
        "identity": 1,
        "shipment": 2,
        "payment": 1,
    }
    parcels, paid, people = (
        table((tmp_path / "lists" / f"{name}.csv").read_text(encoding="utf-8"))
        for name in ("shipments", "payments", "identities")
    )
    assert [(row["waybill"], row["sender"], row["receiver"], row["receiver_contacts"]) for row in parcels] == [
        ("SF1234567890123", "甲公司", "王五", "telephone:13700000010"),
        ("SF1234567890124", "路人", "'=1+1", "telephone:13700000011"),
    ]
    assert [(row["day"], row["payer"], row["payee"], row["amount"], row["order_no"]) for row in paid] == [
        ("2024-02-20", "李四", "甲公司", "1280.00", "T-7")
    ]
    assert [(row["name"], row["name_contacts"], row["file"], row["row"]) for row in people] == [
        ("王五", "telephone:13700000009", "people.csv", "2")
    ]
    supported.export("csv", tmp_path / "lists.zip", level="record")
    with zipfile.ZipFile(tmp_path / "lists.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name) == (tmp_path / "lists" / name).read_bytes()
        assert len(archive.namelist()) == 5


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ({"around": "李四", "depth": 0}, [0, 0, 1]),
        ({"around": "王五", "depth": 0}, [1, 1, 0]),
        ({"since": "2024-02-10", "until": "2024-02-28"}, [0, 0, 1]),
        ({"since": "2024-03-02"}, [0, 1, 0]),
    ],
)
def test_a_part_of_a_case_has_the_supporting_records_of_its_parties_and_days(
    supported: gt.Case, tmp_path: Path, chosen: dict[str, Any], rows: list[int]
) -> None:
    supported.export("csv", tmp_path / "lists", level="record", **chosen)
    lists = [tmp_path / "lists" / f"{name}.csv" for name in ("identities", "shipments", "payments")]
    assert [len(table(path.read_text(encoding="utf-8"))) for path in lists] == rows


def test_lists_of_parties_and_of_a_case_without_any_have_no_supporting_records(
    supported: gt.Case, hostile: gt.Case, tmp_path: Path
) -> None:
    supported.export("csv", tmp_path / "parties")
    hostile.export("csv", tmp_path / "records", level="record")
    for name in ("parties", "records"):
        assert {path.name for path in (tmp_path / name).iterdir()} == {"nodes.csv", "edges.csv"}


def test_an_export_removes_the_lists_of_an_earlier_one_and_no_other_file(supported: gt.Case, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    supported.export("csv", lists, level="record")
    (lists / "payments.csv").write_text("a file of somebody else\n", encoding="utf-8")
    supported.export("csv", lists)
    assert {path.name for path in lists.iterdir()} == {"nodes.csv", "edges.csv", "payments.csv"}
    assert (lists / "payments.csv").read_text(encoding="utf-8") == "a file of somebody else\n"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_workbook_of_records_has_a_sheet_for_each_supporting_kind(
    supported: gt.Case, tmp_path: Path, lang: str
) -> None:
    supported.export("xlsx", tmp_path / "g.xlsx", level="record", lang=lang)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(tmp_path / "g.xlsx")
    titles = [getattr(text_tables.SHEETS[name], lang) for name in ("identities", "shipments", "payments")]
    assert book.sheetnames[-3:] == titles
    heads, *rows = book[titles[1]].iter_rows(values_only=True)
    named = [dict(zip(heads, row, strict=True)) for row in rows]
    receiver, waybill = (getattr(text_tables.HEADINGS[name], lang) for name in ("receiver", "waybill"))
    assert [(row[receiver], row[waybill]) for row in named] == [
        ("王五", "SF1234567890123"),
        ("=1+1", "SF1234567890124"),
    ]
    assert not [cell for row in book[titles[1]].iter_rows() for cell in row if cell.data_type == "f"]
