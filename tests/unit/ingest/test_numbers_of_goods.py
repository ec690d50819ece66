"""Lists of whatever a firm delivered or has, where the numbers of its goods are those of cards."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

FIRST = "8986112422503245001"
LAST = "8986112422503245003"
DELIVERY = (
    "销售出库单明细表,,,,,,\n单位名称：深圳市拓衡车载技术有限公司,,,,,,\n"
    "行号,单据日期,单据编号,往来单位,商品全名,数量,序列号/摘要\n"
    "1,2024-04-01,XS-1,强盛数码,物联网卡,3,{}\n2,2024-04-02,XS-2,强盛数码,北斗定位终端,2,\n"
)


@pytest.mark.parametrize("said", ["{0}~{1}", "{0}-{1} 自提", "{0}~{1}，随车载终端装车"])
def test_cards_below_the_serial_numbers_of_delivered_goods_are_read(tmp_path: Path, said: str) -> None:
    (tmp_path / "a.csv").write_text(DELIVERY.format(said.format(FIRST, LAST)), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv")
    assert (report.files[0].kind, report.files[0].loaded) == ("transfer", 1)


def test_cards_below_the_serial_numbers_of_a_stock_table_are_read(tmp_path: Path) -> None:
    above = "单位名称：深圳市拓衡车载技术有限公司,,,,\n库存状况表（截至 2024-06-30）,,,,\n"
    rows = f"WLK,物联网卡,主仓库,3,{FIRST}~{LAST}\nGPS,北斗定位终端,主仓库,41,\n"
    (tmp_path / "a.csv").write_text(f"{above}商品编号,商品全名,仓库,库存数量,序列号\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv")
    assert (report.files[0].kind, report.files[0].loaded) == ("stock", 1)


def test_who_got_unopened_cards_back_is_asked(tmp_path: Path) -> None:
    text = f"单据编号,日期,退货客户,物料名称,实退数量,备注\nTH-1,2024-04-02,通达配件,物联网卡,3,{FIRST}-{LAST} 未开封\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv")
    assert [each.field for each in report.files[0].asked] == ["to"]
