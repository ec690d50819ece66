from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.export import graph_page

HEAD = "89860619000000"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    folder: Path = tmp_path_factory.mktemp("page")
    sold = "".join(f"甲,乙,2024-03-{day:02d},{HEAD}000{day:02d}\n" for day in range(1, 10))
    (folder / "a.csv").write_text(f"from,to,date,iccid\n{sold}乙,丙,2024-04-01,{HEAD}00001\n", encoding="utf-8")
    (folder / "b.csv").write_text(f"from,to,date,iccid,channel\n甲,乙,2024-03-01,{HEAD}00001,\n", encoding="utf-8")
    case = gt.open_case(folder / "c.gtrace")
    assert not case.load(folder / "a.csv", folder / "b.csv").has_errors
    return case


def page_of(case: gt.Case, folder: Path) -> str:
    case.export("html", folder / "g.html")
    return (folder / "g.html").read_text(encoding="utf-8")


def test_a_flow_names_every_file_that_says_so_also_one_that_repeats_it(case: gt.Case, tmp_path: Path) -> None:
    row = page_of(case, tmp_path).partition('<tr id="f1">')[2].partition("</tr>")[0]
    assert row.count("a.csv") == row.count("b.csv") == 1
    assert "rows 2, 3, 4, 5, 6, 7 and 3 more" in row
    assert ">9</td>" in row


def test_flows_that_are_held_back_are_counted(case: gt.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "held back" not in page_of(case, tmp_path)
    monkeypatch.setattr(graph_page, "FLOWS", 1)
    text = page_of(case, tmp_path)
    assert "The 1 largest flow is on this page; 1 smaller one is held back" in text
    assert '<tr id="f2">' not in text
    assert text.count('id="m') == 2


def test_a_case_without_movements_has_a_page_without_a_drawing(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text(f"iccid,date,case_no\n{HEAD}00001,2024-06-01,1\n", encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert not case.load(tmp_path / "z.csv").has_errors
        text = page_of(case, tmp_path)
    assert "cytoscape" not in text
    assert "ring-data" not in text
