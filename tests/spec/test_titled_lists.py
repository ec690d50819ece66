"""Lists whose title names the firm that keeps them, contracts with their parties above, and days that a column has."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

FIRM = "星海物联科技有限公司"


@pytest.mark.parametrize(
    "title",
    [
        f"{FIRM} 销售出库单列表(2024年3-4月)", f"{FIRM}发货清单", f"{FIRM}出库明细表2024", f"{FIRM} 销售台账（2024年）",
        f"{FIRM}湖南分公司 送货单",
    ],
)  # fmt: skip
def test_who_issues_a_list_of_what_went_out_passed_it_on_to_the_customers_of_its_rows(desk: Desk, title: str) -> None:
    (read,) = desk.load(f"{title},,\n单据日期,客户名称,ICCID\n2024-03-05,蓝讯店,{card(1)}\n")
    assert read["kind"] == "transfer"
    giver = f"{FIRM}湖南分公司" if "分公司" in title else FIRM
    assert desk.trace(1).chains == [f"broken: {giver}>蓝讯店"]
    (remark,) = [each for each in read["warnings"] if each["field"] == "from"]
    assert remark["first_row"] == 1


def test_what_customers_gave_back_went_to_who_issues_the_list(desk: Desk) -> None:
    desk.load(f"{FIRM}销售退货单,,\n退货日期,退货客户,ICCID\n2024-04-05,蓝讯店,{card(1)}\n")
    assert desk.trace(1).chains == [f"broken: 蓝讯店>{FIRM}"]


def test_a_day_of_passing_on_above_the_cards_of_a_customer_makes_a_movement_of_the_list(desk: Desk) -> None:
    above = f"{FIRM} 2024年2月出库,,\n客户:蓝讯店,,出库日期:2024-02-02\n"
    (read,) = desk.load(f"{above}序号,ICCID,套餐\n1,{card(1)},100M/月\n")
    assert (read["kind"], read["loaded"]) == ("transfer", 1)
    assert (desk.trace(1).chains, desk.trace(1).days) == ([f"broken: {FIRM}>蓝讯店"], [["2024-02-02"]])


def test_who_passed_such_cards_on_is_asked_where_no_title_says_it(desk: Desk) -> None:
    (read,) = desk.load(f"客户:蓝讯店,,出库日期:2024-02-02\n序号,ICCID,套餐\n1,{card(1)},100M/月\n")
    assert ([each["field"] for each in read["asked"]], read["loaded"]) == (["from"], 0)


@pytest.mark.parametrize("day", ["盘点日期", "导出日期", "制表日期"])
def test_other_days_above_a_list_move_nothing(desk: Desk, day: str) -> None:
    desk.load(f"客户:蓝讯店,,{day}:2024-02-02\n序号,ICCID,状态\n1,{card(1)},正常\n")
    assert desk.trace(1).chains == []


@pytest.mark.parametrize(
    "title",
    [
        f"致{FIRM}送货单", f"客户{FIRM} 发货清单", f"{FIRM}未发货清单", f"{FIRM}领用登记表", f"{FIRM}退货单",
        f"{FIRM} 蓝讯经营部 送货单", "出库单", "蓝讯 出库单", "中国移动通信集团湖南有限公司长沙分公司出库清单",
        f"{FIRM}调拨单", f"{FIRM}发货计划清单",
    ],
)  # fmt: skip
def test_other_titles_name_no_side(desk: Desk, title: str) -> None:
    desk.load(f"{title},,\n单据日期,客户名称,ICCID\n2024-03-05,红叶店,{card(1)}\n")
    assert not [hop for chain in desk.trace(1).chains for hop in [chain] if "红叶店" in hop]


def test_a_column_goes_before_the_title(desk: Desk) -> None:
    desk.load(f"{FIRM}送货单,,,\n发货单位,收货单位,日期,ICCID\n甲公司,蓝讯店,2024-03-05,{card(1)}\n")
    assert desk.trace(1).chains == ["broken: 甲公司>蓝讯店"]


@pytest.mark.parametrize(("customer", "carrier"), [("甲方(客户)", "乙方(运营商)"), ("乙方（客户）", "甲方（运营商）")])
def test_a_contract_states_its_purchase_above_the_ranges(desk: Desk, customer: str, carrier: str) -> None:
    head = f"物联网卡业务合同,,\n{customer}:{FIRM},,\n{carrier}:中国联合网络通信有限公司武汉市分公司,,\n"
    rows = f"签订日期:2024年3月1日  交付日期:2024年3月5日,,\n起始ICCID,终止ICCID,数量\n{card(1)},{card(9)},9\n"
    (read,) = desk.load(head + rows)
    assert (read["kind"], read["loaded"]) == ("purchase", 1)
    answer = desk.ask("trace", card(4)).json["results"][0]
    assert answer["registrant"]["name"] == FIRM
    assert answer["chains"][0]["hops"][0]["date"] == "2024-03-05"


def test_a_customer_of_no_carrier_is_no_registrant(desk: Desk) -> None:
    desk.load(f"供卡协议,,\n甲方(供方):{FIRM},,\n乙方(客户):蓝讯店,,\n交付日期,ICCID\n2024-03-05,{card(1)}\n")
    assert desk.ask("trace", card(1)).json["results"][0]["registrant"] is None
    assert desk.trace(1).chains == [f"broken: {FIRM}>蓝讯店"]


def test_what_a_title_states_was_not_said_by_who_loaded_it(desk: Desk) -> None:
    desk.load(f"送货单位：{FIRM},,\n收货单位,日期,ICCID\n蓝讯店,2024-03-05,{card(1)}\n")
    desk.load(f"收货单位,日期,ICCID\n红叶店,2024-04-05,{card(1)}\n", options=("--set", "from=蓝讯店"))
    tables = desk.ask("trace", card(1)).json["rests_on"]
    assert [table["reading"].get("by_person") for table in tables] == [None, ["from"]]
    shown = desk.run("--case", desk.case, "trace", card(1), "--lang", "en").out
    (_, said) = shown.split("Stated by whoever loaded")
    assert "from: 蓝讯店" in said.split("\n\n")[0]
    assert FIRM not in said.split("\n\n")[0]


def test_the_day_of_a_seizure_list_stands_in_a_column(desk: Desk) -> None:
    (read,) = desk.load(f"编号,名称,数量,特征,持有人,扣押日期\n1,物联网卡,1张,{card(1)},周小满,2024-06-12\n")
    assert (read["recipe"], read["loaded"], read["asked"]) == ("seizure_list", 1, [])
    assert desk.ask("trace", card(1)).json["results"][0]["seizures"][0]["date"] == "2024-06-12"


def test_days_of_something_else_are_asked(desk: Desk) -> None:
    (read,) = desk.load(f"编号,名称,数量,特征,持有人,发还日期\n1,物联网卡,1张,{card(1)},周小满,2024-06-12\n")
    assert [each["field"] for each in read["asked"]][:1] == ["date"]


@pytest.mark.parametrize(
    ("name", "rows", "field", "proposed"),
    [
        ("卓讯通出库明细2024 (1).csv", "收货单位,日期,ICCID\n红叶店,2024-03-05,", "from", "卓讯通"),
        ("捷通数码收货登记.csv", "供货商,到货日期,ICCID\n红叶店,2024-03-05,", "to", "捷通数码"),
        ("云帆销售退货单.csv", "退货客户,退货日期,ICCID\n红叶店,2024-03-05,", "to", "云帆"),
    ],
)
def test_the_name_of_a_file_proposes_who_keeps_it_and_states_nothing(
    desk: Desk, name: str, rows: str, field: str, proposed: str
) -> None:
    (report,) = desk.ask("load", desk.file(f"{rows}{card(1)}\n", name)).json["files"]
    (question,) = [each for each in report["asked"] if each["field"] == field]
    assert {"value": proposed, "because": "file_name"} in question["offers"]
    assert report["loaded"] == 0
