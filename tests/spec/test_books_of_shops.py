"""Books as shops keep them: customer, cards, number and price; what such a book does not say is asked."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

ROWS = (
    f'日期,客户,卡号,张数,单价,金额\n2024-03-02,孙二平,"{card(1)}\n{card(2)}",2,45,90\n'
    f"2024-03-03,郑丽娟,{card(3)},1,50,50\n"
)


def test_the_cards_of_a_customer_are_no_account_of_his(desk: Desk) -> None:
    (read,) = desk.load(ROWS)
    assert (read["loaded"], read["error"]["code"]) == (0, "unknown_kind")
    (read,) = desk.load(ROWS, options=["--set", "kind=建设店→[客户]"])
    assert (read["kind"], read["loaded"]) == ("transfer", 2)
    assert [each.holder for each in desk.traces(1, 2, 3)] == ["孙二平", "孙二平", "郑丽娟"]


@pytest.mark.parametrize("title", ["建设店2024年3月流量卡出货", "3月出货", "物联卡发货"])
def test_a_title_says_that_its_rows_went_out_and_by_whom_is_asked(desk: Desk, title: str) -> None:
    (read,) = desk.load(f"{title},,,,,\n{ROWS}")
    assert [each["field"] for each in read["asked"]] == ["from"]
    (read,) = desk.load(f"{title},,,,,\n{ROWS}", options=["--set", "from=建设店"])
    assert read["loaded"] == 2


@pytest.mark.parametrize("title", ["待出货", "3月未出货", "客户要求3月出货", "计划3月出货"])
def test_what_has_still_to_go_out_did_not(desk: Desk, title: str) -> None:
    (read,) = desk.load(f"{title},,,,,\n{ROWS}", options=["--set", "from=建设店"])
    assert read["loaded"] == 0


ORDERS = "订单编号,买家会员名,收货人姓名,订单付款时间,物流单号,卖家备注\n" + "".join(
    f"21308817726500{n},t**{n},{name},2024-05-0{n},YT74410000{n}0,发卡 {card(n)}\n"
    for n, name in ((1, "邹兰英"), (2, "段鹏飞"))
)


def test_the_column_that_a_person_names_goes_before_a_masked_one(desk: Desk) -> None:
    (read,) = desk.load(ORDERS)
    (asked,) = (each for each in read["asked"] if each["field"] == "kind")
    assert (read["kind"], asked["choices"]) == ("shipment", ["transfer", "shipment"])
    assert "→[收货人姓名]" in asked["question"]
    said = ["--set", "kind=优卡店→[收货人姓名]", "--set", "date=[订单付款时间]", "--again"]
    (read,) = desk.load(ORDERS, options=said)
    assert desk.trace(1).chains == ["broken: 优卡店>邹兰英"]
    assert desk.trace(2).chains == ["broken: 优卡店>段鹏飞"]


def test_what_is_said_to_be_a_parcel_is_asked_about_no_more(desk: Desk) -> None:
    (read,) = desk.load(ORDERS, options=["--set", "kind=shipment"])
    assert (read["kind"], [each["field"] for each in read["asked"]]) == ("shipment", [])


def test_what_is_still_to_be_typed_repeats_what_was_typed(desk: Desk) -> None:
    answer = desk.run("--case", desk.case, "load", desk.file(ORDERS), "--set", "kind=优卡店→[收货人姓名]")
    assert answer.err.rstrip().endswith('--set "kind=优卡店→[收货人姓名]" --set date=…')


def test_a_day_of_giving_back_beside_who_took_a_card_is_that_of_its_return(desk: Desk) -> None:
    rows = f"日期,领卡人,卡号,交回日期\n2024-03-06,葛连生,{card(1)},2024-05-20\n2024-03-18,毛正平,{card(2)},\n"
    (read,) = desk.load(rows)
    assert [each["field"] for each in read["asked"]] == ["from"]
    desk.load(rows, options=["--set", "from=顺通车队"])
    assert desk.trace(1).chains == ["broken: 顺通车队>葛连生 葛连生>顺通车队"]
    assert desk.trace(2).chains == ["broken: 顺通车队>毛正平"]


def test_a_statement_of_both_sides_names_what_went_out_and_came_back_in_columns_of_their_own(desk: Desk) -> None:
    desk.load(
        "往来对账单,,,\n供方：星海通讯有限公司,,需方：金桥商贸行,\n日期,业务类型,卡号（发出）,卡号（退回）\n"
        f"2024-01-15,发货,{card(1)},\n2024-01-15,发货,{card(2)},\n2024-02-22,退货,,{card(1)}\n"
        f"2024-03-07,换货,{card(3)},{card(2)}\n供方（盖章）,,需方（盖章）,\n"
    )
    there, back = "星海通讯有限公司>金桥商贸行", "金桥商贸行>星海通讯有限公司"
    assert [each.chains for each in desk.traces(1, 2, 3)] == [
        [f"broken: {there} {back}"], [f"broken: {there} {back}"], [f"broken: {there}"]
    ]  # fmt: skip
    assert desk.trace(2).days == [["2024-01-15", "2024-03-07"]]


def test_lines_of_a_parcel_name_the_sides_once_a_person_says_that_its_cards_were_passed_on(desk: Desk) -> None:
    lines = "运单号,SF1418820937715,,寄件日期,2024-05-06\n寄件人,高明,,收件人,刘海生\n"
    text = f"{lines}序号,品名,ICCID,数量,备注\n1,物联卡,{card(1)},1,\n"
    answer = desk.ask("load", desk.file(text))
    assert "kind=高明→刘海生" in answer.json["files"][0]["error"]["hint"]
    (read,) = desk.load(text, options=["--set", "kind=transfer"])
    assert read["loaded"] == 1
    assert (desk.trace(1).chains, desk.trace(1).days) == (["broken: 高明>刘海生"], [["2024-05-06"]])


def test_who_uses_a_card_of_a_register_and_since_when(desk: Desk) -> None:
    desk.load(f"终端编号,ICCID,使用人,启用日期,安装位置\nZD-1,{card(1)},秦桂香,2023-10-11,泵房\n")
    assert desk.trace(1).end_user == "秦桂香"


def test_a_table_of_a_case_tells_from_whom_cards_were_taken_and_lists_those_that_were_not(desk: Desk) -> None:
    desk.load(
        "涉案卡ICCID,卡登记单位,缴获自,缴获日期,备注\n"
        f"{card(1)},润泽农业科技有限公司,马小龙,2024-06-18,\n{card(2)},安捷出行有限公司,,,卡未到案\n"
    )
    (seized,) = desk.trace(1).json["seizures"]
    assert (seized["holder"], seized["date"]) == ("马小龙", "2024-06-18")
    assert (desk.trace(2).json["seizures"], len(desk.trace(2).json["card_lists"])) == ([], 1)


@pytest.mark.parametrize("day", ["", "不详"])
def test_a_holder_without_a_day_is_told_and_not_only_listed(desk: Desk, day: str) -> None:
    (read,) = desk.load(f"涉案卡ICCID,卡登记单位,缴获自,缴获日期\n{card(1)},润泽农业科技有限公司,马小龙,{day}\n")
    assert "date" in [each["field"] for each in read["warnings"]]
    assert (desk.trace(1).json["seizures"], "unread_movement" in desk.trace(1).codes) == ([], True)


@pytest.mark.parametrize("none", ["none", "无"])
def test_rows_that_move_nothing_are_left_out_by_the_answer_none(desk: Desk, none: str) -> None:
    text = f"ICCID,操作,操作时间,操作渠道\n{card(1)},关停,2024-06-20 10:02:11,反诈平台\n"
    answer = desk.ask("load", desk.file(text))
    assert "kind=none" in answer.json["files"][0]["error"]["hint"]
    (read,) = desk.load(text, options=["--set", f"kind={none}"])
    assert (read["error"], read["asked"]) == (None, [])


def test_a_sentence_is_answered_by_its_beginning(desk: Desk) -> None:
    sold = f"A店,张三,2024-03-02,{card(1)},"
    text = f"转出方,转入方,日期,ICCID,备注\n{sold}\n张三,A店,2024-04-17,{card(1)},3月2号拿的那张，连不上网，退回\n"
    (read,) = desk.load(text)
    (asked,) = (each for each in read["asked"] if each["field"].startswith("words."))
    assert asked["field"] == "words.3月2号拿的…"
    (read,) = desk.load(text, options=["--set", f"{asked['field']}=none"])
    assert ([each["field"] for each in read["asked"]], desk.trace(1).chains) == ([], ["broken: A店>张三"])


@pytest.mark.parametrize(
    ("heading", "cell", "is_told"),
    [
        ("出库提货人签字", "金小桥", False), ("付款", "微信", False), ("安装位置", "泵房", False),
        ("提货人签字", "拒签", True), ("付款", "已退款", True), ("去处", "泵房", True),
    ],
)  # fmt: skip
def test_names_of_who_signed_and_how_it_was_paid_say_nothing_of_the_cards(
    desk: Desk, heading: str, cell: str, is_told: bool
) -> None:
    (read,) = desk.load(f"转出方,转入方,日期,ICCID,{heading}\nA店,张三,2024-03-02,{card(1)},{cell}\n")
    assert (bool(read["warnings"]) or read["loaded"] == 0) == is_told


def test_of_a_column_of_cards_for_each_party_is_asked_what_happened(desk: Desk) -> None:
    text = (
        f'蓝海物联2024年发卡表,,,\n月份,韩立新,鼎盛卖场,备注\n1月,"{card(1)}\n{card(2)}",{card(3)},\n2月,,{card(4)},\n'
    )
    (read,) = desk.load(text)
    assert (read["loaded"], read["error"]["code"]) == (0, "unknown_kind")
    assert "unread_rows" in desk.trace(1).codes or "unread_movement" in desk.trace(1).codes
