"""The figures of the chart: what they count."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt
from graphtrace.workbench.chart import chart_of_card

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
