"""Whose cards a record that states only a quantity says that it is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.analysis.flow_bounds import stated_issuers

CARD = "89860123061000000112"
SOLD = (
    "运营商,购卡单位,购买日期,起始ICCID,结束ICCID\n中国联通,甲,2023-06-01,89860123061000000013,89860123061000009998\n"
)
ONWARD = f"转出方,转入方,转让日期,ICCID\n乙,丙,2023-09-01,{CARD}\n"


@pytest.mark.parametrize(
    ("heading", "text", "issuers"),
    [
        ("卡类型", "移动贴片卡", {"china-mobile"}),
        ("产品型号", "电信NB卡", {"china-telecom"}),
        ("备注", "电信卡", {"china-telecom"}),
        ("备注", "移动、联通卡各半", {"china-mobile", "china-unicom"}),
        ("remark", "China Unicom SIM cards", {"china-unicom"}),
        ("网络", "联通", {"china-unicom"}),
        ("号段前缀", "8986032", {"china-telecom"}),
        ("备注", "发顺丰", set()),
        ("备注", "移动支付", set()),
        ("品名", "流量卡", set()),
    ],
)
def test_a_cell_says_whose_cards_they_are(heading: str, text: str, issuers: set[str]) -> None:
    assert stated_issuers(json.dumps({heading: text})) == issuers


def test_a_row_without_further_cells_says_nothing_of_it() -> None:
    assert stated_issuers(None) == frozenset()


@pytest.mark.parametrize(
    ("heading", "text", "is_bridge"),
    [
        ("运营商", "中国移动", False),
        ("运营商", "移动", False),
        ("卡类型", "移动贴片卡", False),
        ("号段前缀", "8986032", False),
        ("运营商", "中国联通", True),
        ("号段前缀", "898601", True),
        ("备注", "自提", True),
    ],
)
def test_a_lot_of_another_carriers_cards_neither_closes_a_gap_nor_leads_on(
    tmp_path: Path, heading: str, text: str, is_bridge: bool
) -> None:
    sides = "转出方,转入方,转让日期,数量"
    lots = f"{sides},{heading}\n甲,乙,2023-08-01,10,{text}\n丙,丁,2023-10-01,10,{text}\n"
    for name, content in (("p", SOLD), ("b", ONWARD), ("q", lots)):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(*(tmp_path / f"{name}.csv" for name in "pbq"))
        (trace,) = case.trace(CARD)
    codes = [finding.code for finding in trace.findings]
    assert str(trace.outcome) == ("inferred" if is_bridge else "broken")
    assert ("custody_gap" in codes, "possible_onward" in codes) == (not is_bridge, is_bridge)
