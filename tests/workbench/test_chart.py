"""The figures of the chart: what they count."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt
from graphtrace.workbench.chart import chart_of_card, path_between

SOLD = """运营商,企业名称,采购日期,起始ICCID,结束ICCID
中国联通,甲公司,2024-03-01,8986061900000000001,8986061900000000002
"""
PASSED = """转出方,转入方,日期,卡号
甲公司,乙,2024-03-05,8986061900000000001
甲公司,乙,2024-03-05,8986061900000000002
乙,丙,2024-04-01,8986061900000000001
乙,丁,2024-04-01,8986061900000000001
"""


def test_a_card_with_two_chains_counts_once_and_so_does_a_row_about_two_cards(tmp_path: Path) -> None:
    (tmp_path / "sold.csv").write_text(SOLD, "utf-8")
    (tmp_path / "passed.csv").write_text(PASSED, "utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert not case.load(tmp_path / "sold.csv", tmp_path / "passed.csv").has_errors
        traces = case.trace("8986061900000000001", "8986061900000000002", "89860619000000000018")
        assert len(traces[0].chains) == 2
        edges = {edge["target"]: (edge["cards"], edge["records"]) for edge in chart_of_card(traces)["edges"]}
    (registrant,) = edges.keys() - {"name:乙", "name:丙", "name:丁"}
    assert edges == {registrant: (2, 1), "name:乙": (2, 2), "name:丙": (1, 1), "name:丁": (1, 1)}


def test_a_way_back_on_a_path_has_its_own_days_and_cards(tmp_path: Path) -> None:
    first = 8986061900000000001
    out = "".join(f"甲公司,乙,2023-07-03,{first + n}\n" for n in range(3))
    (tmp_path / "rows.csv").write_text(
        f"转出方,转入方,日期,卡号\n{out}乙,甲公司,2023-08-21,{first}\n"
        f"乙,丙,2023-09-01,{first + 1}\n甲公司,丙,2023-09-01,{first + 9}\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert not case.load(tmp_path / "rows.csv").has_errors
        found = path_between(case, "甲公司", "乙")
        assert path_between(case, "甲公司", "甲公司")["edges"] == []
    assert [
        (edge["source"], edge["target"], edge["cards"], edge["records"], edge["since"], edge["until"])
        for edge in found["edges"]
    ] == [
        ("name:甲公司", "name:乙", 3, 3, "2023-07-03", "2023-07-03"),
        ("name:乙", "name:甲公司", 1, 1, "2023-08-21", "2023-08-21"),
    ]
    assert {node["id"] for node in found["nodes"]} == {"name:甲公司", "name:乙"}
