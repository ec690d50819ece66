"""Lists as people and platforms write them: what they state is read, what they leave open is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer, UnknownHeadings, UnknownKind, UsageError
from graphtrace.ingest.card_cells import cards_among_words
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.order_sides import remark_of_card
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.model import to_epoch_day

from .sheets import Row, read_rows, sheet_of
from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format
A, B, C = CARD(100), CARD(199), CARD(300)


def moves(loaded: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None]]:
    return [(row["kind"], row["sender_name"], row["receiver_name"]) for row in loaded]


def day(text: str) -> int:
    import datetime

    return to_epoch_day(datetime.date.fromisoformat(text))


@pytest.mark.parametrize("ends", [("ICCID(始)", "ICCID(末)"), ("卡号【起】", "卡号【止】"), ("SIM[start]", "SIM[end]")])
def test_a_remark_that_names_an_end_of_a_range_is_part_of_the_heading(ends: tuple[str, str]) -> None:
    if "SIM" in ends[0]:
        ends = ("ICCID[start]", "ICCID[end]")
    loaded, parser = read(("转出方", "转入方", "日期", *ends), ("甲", "乙", "2024-03-05", A, B))
    assert (loaded[0]["precision"], loaded[0]["last"] - loaded[0]["first"]) == ("range", 99)
    assert parser.remarks == []


def test_a_title_above_two_columns_makes_headings_with_the_cells_below() -> None:
    rows: list[Row] = [
        ("老K 2024年出卡登记", *[None] * 5),
        ("日期", "客户", "卡号段", "卡号段", "张数", "快递"),
        ("日期", "客户", "起", "止", "张数", "快递"),
        ("3.6", "阿峰", A, "199", "100", "SF3190000002001"),
        ("3.10", "小雨", CARD(200), CARD(249), "50", "SF3190000002003"),
    ]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows)
    assert (caught.value.event, caught.value.fields) == ("transfer", ("from",))
    loaded, _ = read(*rows, answers={"from": "老K"})
    assert moves(loaded) == [("transfer", "老K", "阿峰"), ("transfer", "老K", "小雨")]
    loaded, parser = read(*rows, answers={"kind": "转让", "from": "老K"})
    assert moves(loaded) == [("transfer", "老K", "阿峰"), ("transfer", "老K", "小雨")]
    assert [row["last"] - row["first"] for row in loaded] == [99, 49]
    assert [row["first_day"] for row in loaded] == [day("2024-03-06"), day("2024-03-10")]
    assert parser.answered == {"kind": "转让", "from": "老K"}


@pytest.mark.parametrize("title", [("退换货登记", None, None), ("退换货登记",) * 3])
def test_a_title_of_the_table_is_no_part_of_its_headings(title: Row) -> None:
    rows: list[Row] = [title, ("登记日期", "退货人", "卡号"), ("2024-03-05", "甲", A)]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows, answers={"to": "乙"})
    assert (caught.value.event, caught.value.fields) == ("return", ("date",))
    loaded, parser = read(*rows, answers={"to": "乙", "date": "[登记日期]"})
    assert moves(loaded) == [("return", "甲", "乙")]
    loaded, parser = read(*rows, answers={"kind": "transfer", "to": "乙", "date": "[登记日期]"})
    assert moves(loaded) == [("transfer", "甲", "乙")]
    assert parser.answered["kind"] == "transfer"


@pytest.mark.parametrize(
    ("heading", "kind"), [("实际交付日期", "transfer"), ("采购日期", "purchase"), ("退卡日期", "return")]
)
def test_a_movement_that_only_a_date_names_is_asked_for_its_sides(heading: str, kind: str) -> None:
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(("起始ICCID", "终止ICCID", heading), (A, B, "2024-03-05"))
    assert caught.value.event == kind
    assert len(caught.value.fields) == 2


def test_a_heading_that_is_the_word_of_an_event_is_its_date_where_the_values_are_dates() -> None:
    heads = ("客户", "ICCID", "下单", "发出", "激活")
    rows = [("南方", A, "2024-04-01", "2024/4/2", "2024/4/4"), ("远拓", B, "2024-04-03", "未发", None)]
    asked, parser = read(heads, *rows)
    assert [row["kind"] for row in asked] == ["activation", "card_list", "card_list"]
    assert [(question.field, question.kind) for question in parser.questions] == [("from", "transfer")]
    loaded, _ = read(heads, *rows, answers={"from": "畅联"})
    assert moves([row for row in loaded if row["kind"] == "transfer"]) == [("transfer", "畅联", "南方")]
    assert [row["first_day"] for row in loaded if row["kind"] == "activation"] == [day("2024-04-04")]
    yes_or_no, _ = read(("客户", "ICCID", "激活"), ("南方", A, "是"), ("远拓", B, "否"))
    assert {row["kind"] for row in yes_or_no} == {"card_list"}


@pytest.mark.parametrize(
    ("answers", "sides"),
    [
        ({"kind": "transfer", "from": "甲"}, ("transfer", "甲", "乙")),
        ({"kind": "return", "to": "甲"}, ("return", "乙", "甲")),
        ({"kind": "purchase", "carrier": "中国联通"}, ("purchase", "中国联通", "乙")),
    ],
)
def test_the_party_of_a_list_is_the_other_side_once_somebody_says_what_happened(
    answers: Mapping[str, str], sides: tuple[str, str, str]
) -> None:
    loaded, _ = read(("日期", "客户", "卡号", "数量"), ("2024-03-05", "乙", f"{A}-{B}", "100"), answers=answers)
    assert moves(loaded) == [sides]


def test_beside_a_side_that_the_file_names_the_party_is_not_taken_for_the_other() -> None:
    heads, row = ("出货日期", "出货方", "客户", "ICCID"), ("2024-03-05", "甲", "乙", A)
    loaded, parser = read(heads, row)
    assert [statement["kind"] for statement in loaded] == ["card_list"]
    assert [(question.field, question.kind) for question in parser.questions] == [("to", "transfer")]
    loaded, _ = read(heads, row, answers={"to": "[客户]"})
    assert ("transfer", "甲", "乙") in moves(loaded)


def test_a_platform_that_names_the_carrier_of_its_cards_does_not_say_who_bought_them() -> None:
    heads = ("运营商", "客户", "开户日期", "ICCID", "状态")
    row = ("中国联通", "乙", "2024-03-05", A, "正常")
    loaded, parser = read(heads, row)
    assert [question.choices for question in parser.questions] == [("registration", "card_list")]
    assert {statement["kind"] for statement in loaded} == {"card_list"}


def test_a_negative_quantity_is_a_return() -> None:
    heads = ("转出方", "转入方", "日期", "卡号", "数量")
    loaded, _ = read(heads, ("甲", "乙", "2024-03-05", None, "两千"), ("甲", "乙", "2024-03-07", f"{A}-{B}", "-100"))
    assert moves(loaded) == [("transfer", "甲", "乙"), ("return", "乙", "甲")]
    assert [row["quantity"] for row in loaded] == [2000, 100]


@pytest.mark.parametrize(
    "status", ["失败", "已撤单", "已作废", "交易关闭", "审核不通过", "客户取消", "cancelled", "待审核", "计划执行"]
)
def test_a_row_whose_status_says_that_nothing_happened_is_no_record(status: str) -> None:
    heads = ("转出方", "转入方", "日期", "卡号", "工单状态")
    rows = [("甲", "乙", "2024-03-05", CARD(n), status if n == 2 else "已完成") for n in range(4)]
    loaded, parser = read(heads, *rows)
    assert len(loaded) == 3
    assert [(reject.field, reject.reason, reject.value) for reject in parser.rejects] == [
        ("工单状态", "not_a_record", status)
    ]
    assert [column.field for column in parser.columns][-1] == "row_status"


@pytest.mark.parametrize("status", ["停机", "已销户", "正常", "未通过实名", "已通过"])
def test_other_words_of_a_status_column_refuse_no_row(status: str) -> None:
    heads = ("转出方", "转入方", "日期", "卡号", "业务结果")
    loaded, parser = read(heads, ("甲", "乙", "2024-03-05", A, status))
    assert (len(loaded), parser.rejects) == (1, [])


def test_the_state_of_a_card_is_not_the_status_of_a_row() -> None:
    loaded, _ = read(("ICCID", "客户", "卡状态"), (A, "甲", "作废"), (B, "甲", "正常"))
    assert [row["state"] for row in loaded] == ["作废", "正常"]


def test_a_column_of_outcomes_is_no_state_of_cards() -> None:
    heads = ("操作", "原用户", "目标用户", "ICCID", "划拨时间", "状态")
    rows = [
        ("划卡", "甲", "乙", A, "2024-02-12 10:30:01", "成功"),
        ("划卡", "甲", "丙", B, "2024-02-13 10:30:01", "失败"),
        ("收回", "乙", "甲", A, "2024-02-14 10:30:01", "成功"),
    ]
    loaded, parser = read(heads, *rows)
    assert moves(loaded) == [("transfer", "甲", "乙"), ("return", "乙", "甲")]
    assert [reject.row for reject in parser.rejects] == [3]


def test_lines_above_a_table_state_sides_and_the_day_for_all_rows() -> None:
    above = ("送货单位：嘉禾数码      收货单位：顺联广告部      单号：JH-412", None, None)
    date = ("送货日期：2024年4月12日", None, "单位：张")
    loaded, parser = read(above, date, ("序", "ICCID", "规格"), ("1", A, "30M"), ("2", B, "30M"))
    assert moves(loaded) == [("transfer", "嘉禾数码", "顺联广告部")] * 2
    assert {row["first_day"] for row in loaded} == {day("2024-04-12")}
    told = {(remark.field, remark.reason, remark.first_row, remark.value) for remark in parser.remarks}
    assert told == {
        ("from", "stated_above", 1, "嘉禾数码"),
        ("to", "stated_above", 1, "顺联广告部"),
        ("date", "stated_above", 2, "2024年4月12日"),
    }


@pytest.mark.parametrize(
    "above",
    [
        "单位：张",
        "导出日期：2024-04-12",
        "客户：甲公司  客户：乙公司",
        "运营商：某某通信",
        "备注：收货单位待定",
    ],
)
def test_what_is_no_side_and_no_day_of_the_event_is_not_taken_from_above(above: str) -> None:
    with pytest.raises(UnknownKind):
        read_rows((above, None), ("日期", "ICCID"), ("2024-03-05", A))


def test_a_day_of_another_event_above_a_table_is_not_the_day_of_its_rows() -> None:
    rows: list[Row] = [("开户日期：2023-01-05", None, None), ("转出方", "转入方", "卡号"), ("甲", "乙", A)]
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(*rows)
    assert asked.value.fields == ("date",)
    loaded, _ = read_rows(*rows, answers={"date": "2024-03-05"})
    assert [row["first_day"] for row in loaded] == [day("2024-03-05")]


def test_a_column_is_read_before_a_line_above_the_table() -> None:
    loaded, _ = read(
        ("收货方：乙", None, None, None), ("转出方", "转入方", "日期", "卡号"), ("甲", "丙", "2024-03-05", A)
    )
    assert moves(loaded) == [("transfer", "甲", "丙")]


def test_an_answer_may_name_the_column_that_states_a_field() -> None:
    rows: list[Row] = [("客户", "ICCID", "登记日", "数量"), ("乙", f"{A}-{B}", "2024-03-05", "100")]
    answers = {"kind": "transfer", "from": "甲"}
    with pytest.raises(NeedsAnswer):
        read_rows(*rows, answers=answers)
    loaded, _ = read(*rows, answers={**answers, "date": "[登记日]"})
    assert (moves(loaded), loaded[0]["first_day"]) == ([("transfer", "甲", "乙")], day("2024-03-05"))


def test_a_kind_that_does_not_exist_is_no_answer() -> None:
    with pytest.raises(UsageError):
        read_rows(("日期", "ICCID"), ("2024-03-05", A), answers={"kind": "赠送"})


def test_the_year_of_dates_that_name_none_is_asked() -> None:
    rows: list[Row] = [("转出方", "转入方", "日期", "卡号"), ("甲", "乙", "3.6", A), ("甲", "乙", "3月9号", B)]
    loaded, parser = read(*rows)
    assert (loaded, [(question.field, question.rows) for question in parser.questions]) == ([], [("year", 2)])
    loaded, parser = read(*rows, answers={"year": "2025"})
    assert [row["first_day"] for row in loaded] == [day("2025-03-06"), day("2025-03-09")]
    assert (parser.questions, parser.answered) == ([], {"year": "2025"})


def test_a_year_is_not_asked_where_the_dates_name_it() -> None:
    _, parser = read(("转出方", "转入方", "日期", "卡号"), ("甲", "乙", "2024-3-6", A), answers={"year": "2025"})
    assert (parser.questions, parser.answered) == ([], {})


@pytest.mark.parametrize(
    ("date", "time"), [("20240322", "214951"), ("2024-03-22", "21:49:51"), ("2024/3/22", "21:49:51")]
)
def test_the_time_of_a_call_stands_beside_its_day(date: str, time: str) -> None:
    heads = ("己方号码", "己方卡号", "己方机身码", "对方号码", "通话日期", "通话时间", "通话时长")
    row = ("1064625020137", "460061200020137", "865234050007771", "13800000000", date, time, "30")
    loaded, _ = read(heads, row)
    assert [(each["kind"], each["second"], each["msisdn"]) for each in loaded] == [
        ("usage", 21 * 3600 + 49 * 60 + 51, 1064625020137)
    ]
    assert loaded[0]["imsi"] == 460061200020137


def test_a_number_of_goods_that_are_no_cards_is_no_lot_of_cards() -> None:
    heads = ("转出方", "转入方", "日期", "品名", "数量", "卡号")
    rows = [
        ("甲", "乙", "2024-03-05", "物联网卡", "50", None),
        ("甲", "乙", "2024-03-06", "POS机", "20", None),
        ("甲", "乙", "2024-03-07", "SIM卡套", "10", None),
        ("甲", "乙", "2024-03-08", "联通30M定向", "5", None),
        ("甲", "乙", "2024-03-09", "POS机带卡", None, A),
    ]
    loaded, parser = read(heads, *rows)
    assert [row["row"] for row in loaded] == [2, 5, 6]
    assert [(reject.row, reject.field, reject.reason) for reject in parser.rejects] == [
        (3, "品名", "not_a_record"),
        (4, "品名", "not_a_record"),
    ]


@pytest.mark.parametrize("ditto", ["同上", "〃"])
def test_the_same_as_above_is_the_cell_above_and_never_a_party(ditto: str) -> None:
    heads = ("转出方", "转入方", "日期", "卡号")
    rows = [("甲", "乙", "2024-03-05", A), (ditto, ditto, ditto, B), (ditto, "丙", "2024-03-07", C)]
    loaded, parser = read(heads, *rows)
    assert moves(loaded) == [("transfer", "甲", "乙"), ("transfer", "甲", "乙"), ("transfer", "甲", "丙")]
    assert [row["first_day"] for row in loaded] == [day("2024-03-05"), day("2024-03-05"), day("2024-03-07")]
    assert {(remark.reason, remark.rows) for remark in parser.remarks} == {("as_above", 2), ("as_above", 1)}


def test_a_ditto_goes_on_from_block_to_block() -> None:
    heads = ("转出方", "转入方", "日期", "卡号")
    rows = [("甲", "乙", "2024-03-05", A), ("同上", "同上", "同上", B), ("同上", "同上", "同上", C)]
    loaded, _ = read(heads, *rows, block_rows=1)
    assert moves(loaded) == [("transfer", "甲", "乙")] * 3


@pytest.mark.parametrize("heading", ["激活时间(UTC)", "激活时间（GMT）", "激活时间 [UTC+0]"])
def test_a_heading_that_names_utc_is_the_zone_of_its_times(heading: str) -> None:
    loaded, _ = read(("ICCID", heading), (A, "2024-07-01 18:00:00"), (B, "2024-07-01T18:00:00+08:00"))
    assert [(row["first_day"], row["second"]) for row in loaded] == [
        (day("2024-07-02"), 2 * 3600),
        (day("2024-07-01"), 18 * 3600),
    ]


def test_an_operation_that_takes_cards_back_goes_upwards() -> None:
    heads = ("操作时间", "业务动作", "ICCID", "上级账户", "下级账户", "执行结果")
    rows = [
        ("2024-05-06 10:02:11", "分配", A, "甲", "乙", "成功"),
        ("2024-05-07 10:02:11", "停机", A, "甲", "乙", "成功"),
        ("2024-07-02 11:30:00", "回收", A, "甲", "乙", "成功"),
    ]
    loaded, parser = read(heads, *rows)
    assert moves(loaded) == [("transfer", "甲", "乙"), ("return", "乙", "甲")]
    assert [(reject.row, reject.reason) for reject in parser.rejects] == [(3, "unknown_kind")]


@pytest.mark.parametrize("result", ["不予退货，已寄回客户", "客户称已寄出，未收到"])
def test_cards_that_were_not_taken_back_are_no_return(result: str) -> None:
    heads = ("退货人", "退回方", "退货日期", "退回卡号", "处理结果")
    loaded, parser = read(heads, ("甲", "乙", "2024-03-05", A, "已退款"), ("甲", "乙", "2024-03-06", B, result))
    assert (moves(loaded), [reject.row for reject in parser.rejects]) == ([("return", "甲", "乙")], [3])


def test_the_last_line_of_a_list_is_no_record() -> None:
    heads = ("运单号", "寄件人", "收件人", "揽收时间")
    sheet = sheet_of(heads, ("ST8803317750121", "甲", "乙", "2024-08-01"), ("共6票，已签收4票", None, None, None))
    parser = open_sheet_parser(sheet)
    assert sum(frame.height for frame in parser.frames()) == 1
    assert [reject.reason for reject in parser.rejects] == ["not_a_record"]


def test_a_line_of_names_and_values_is_no_header_of_the_table_below() -> None:
    rows: list[Row] = [
        ("户名", "邓伟", "卡号", "6217850000300617888", None),
        ("记账日", "摘要", "支出额", "余额", "备注"),
        ("2024-08-01", "转账", "3,600.00", "12.00", "卡款"),
    ]
    with pytest.raises(UnknownHeadings):
        read_rows(*rows)


@pytest.mark.parametrize("heading", ["约定交付日期", "承诺发货时间", "拟转让日期", "最迟发货日期", "预计到货日期"])
def test_a_day_that_was_agreed_or_planned_is_no_event(heading: str) -> None:
    with pytest.raises(UnknownKind):
        read_rows(("ICCID", heading), (A, "2024-03-05"))


LEDGER = ("日期", "出/入", "往来单位", "货品", "起始卡号", "结束卡号", "数量", "备注")


def test_a_ledger_of_a_store_says_which_way_the_cards_went() -> None:
    rows: list[Row] = [
        ("2024/5/10", "入库", "湘岭", "物联卡", A, B, "100", None),
        ("2024/5/12", "入库", "鹏砾", "卡套", None, None, "500", None),
        ("2024/5/15", "出库", "邓伟", "物联卡", A, CARD(149), "50", "现金"),
        ("2024/5/18", "出库", "瑞禾", "物联卡", CARD(150), CARD(159), "10", "作废，见下一行"),
        ("2024/5/19", "出库", "瑞禾", "物联卡", CARD(150), CARD(159), "10", "拟出，货未动"),
        ("2024/5/20", "退货入库", "邓伟", "物联卡", A, CARD(109), "10", None),
        ("2024/6/18", "调拨", "一号仓→二号仓", "物联卡", A, CARD(109), "10", None),
    ]
    loaded, parser = read(LEDGER, *rows)
    asked = [("keeper", 3), ("words.调拨", 1)]
    assert (loaded, [(question.field, question.rows) for question in parser.questions]) == ([], asked)
    loaded, parser = read(LEDGER, *rows, answers={"keeper": "拓域"})
    assert moves(loaded) == [("transfer", "湘岭", "拓域"), ("transfer", "拓域", "邓伟"), ("return", "邓伟", "拓域")]
    assert [(reject.row, reject.reason) for reject in parser.rejects] == [
        (3, "not_a_record"),
        (5, "not_a_record"),
        (6, "not_a_record"),
        (8, "unknown_kind"),
    ]
    assert [question.field for question in parser.questions] == ["words.调拨"]
    assert parser.answered == {"keeper": "拓域"}


@pytest.mark.parametrize("remark", ["取消自动续费", "客户要求作废旧卡", "虚拟出卡", "已签收"])
def test_other_remarks_refuse_no_row(remark: str) -> None:
    heads = ("转出方", "转入方", "日期", "卡号", "备注")
    loaded, parser = read(heads, ("甲", "乙", "2024-03-05", A, remark))
    assert (len(loaded), parser.rejects) == (1, [])


@pytest.mark.parametrize(("out", "into"), [("借方发生额", "贷方发生额"), ("借方发生额（支取）", "贷方发生额（收入）")])
def test_a_statement_with_one_column_out_and_one_in_says_who_paid_whom(out: str, into: str) -> None:
    rows: list[Row] = [
        ("户名", "邓伟", None, "卡号", "6217850000300617888", None, None),
        ("交易日期", "交易时间", "交易卡号", out, into, "对方户名", "交易流水号"),
        ("20240731", "09:12:33", "6217850000300617888", "3,600.00", None, "拓域", "N1"),
        ("20240805", "20:41:08", "6217850000300617888", "0.00", "480.00", "罗某", "N2"),
        ("20240811", "10:03:20", "6217850000300617888", "-960.00", None, "覃某", "N3"),
        ("20240812", "10:03:20", "6217850000300617888", "1.00", "2.00", "覃某", "N4"),
        ("小计", None, None, "3602", "480", None, None),
    ]
    parser = open_sheet_parser(sheet_of(*rows))
    said = [json.loads(text) for frame in parser.frames() for text in frame["said"]]
    assert [(each["amount"], each["sides"][0][0], each["sides"][1][0]) for each in said] == [
        ("3600.00", "", "拓域"),
        ("480.00", "罗某", ""),
    ]
    assert [(reject.row, reject.field) for reject in parser.rejects] == [(5, "amount"), (6, "direction"), (7, None)]


@pytest.mark.parametrize(
    "heading", ["最晚激活日", "应激活日期", "可激活日期", "预约发货日期", "激活截止日期", "拒绝激活时间"]
)
def test_a_word_before_the_event_that_is_not_understood_makes_it_no_event(heading: str) -> None:
    with pytest.raises(UnknownKind):
        read_rows(("ICCID", heading), (A, "2024-03-05"))


@pytest.mark.parametrize(
    "heading", ["首次激活时间", "SIM卡激活日期", "实际激活时间", "用户首次上线时间", "激活成功时间", "首次联网时刻"]
)
def test_words_that_do_not_change_the_event_are_passed_over(heading: str) -> None:
    loaded, _ = read(("ICCID", heading), (A, "2024-03-05"))
    assert [row["kind"] for row in loaded] == ["activation"]


def test_the_only_column_of_card_numbers_is_that_of_the_cards() -> None:
    loaded, parser = read(("SIM串码X", "首次联网时刻"), (A, "2024-03-05"), (B, "2024-03-06"))
    assert [row["kind"] for row in loaded] == ["activation", "activation"]
    assert [column.field for column in parser.columns] == ["iccid", "date"]
    for heads in (("补发卡", "首次联网时刻"), ("甲栏", "乙栏", "首次联网时刻")):
        rows = (
            [(A, "2024-03-05"), (B, "2024-03-06")] if len(heads) == 2 else [(A, B, "2024-03-05"), (B, C, "2024-03-06")]
        )
        with pytest.raises(UnknownHeadings):
            read_rows(heads, *rows)


def test_rows_above_a_header_that_comes_again_are_read() -> None:
    heads = ("SIM串码X", "首次联网时刻")
    loaded, parser = read(heads, (A, "2024-03-05"), heads, (B, "2024-03-06"), (C, "2024-03-07"))
    assert [row["row"] for row in loaded] == [2, 4, 5]
    assert [(reject.row, reject.reason) for reject in parser.rejects] == [(3, "not_a_record")]


def test_whoever_wrote_a_row_down_is_no_holder_of_its_card() -> None:
    with pytest.raises(UnknownHeadings):
        read_rows(("收到日", "卡号", "登记人"), ("2024-03-05", A, "庞某"), ("2024-03-06", B, "庞某"))


@pytest.mark.parametrize("masked", ["王*", "李**", "tb551320**", "xxxx"])
@pytest.mark.parametrize("side", [1, 2])
def test_a_masked_name_is_no_party(masked: str, side: int) -> None:
    cells: list[str | None] = ["2024-03-05", "甲", "乙", A]
    cells[side] = masked
    loaded, parser = read(("日期", "转出方", "转入方", "ICCID"), cells, ("2024-03-05", "甲", "乙", B))
    assert moves(loaded) == [("transfer", "甲", "乙")]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [
        (2, ["from", "to"][side - 1], "missing_field")
    ]


def test_a_masked_name_beside_an_identifier_or_of_an_optional_side_is_left_out_and_said() -> None:
    loaded, parser = read(
        ("日期", "转出方", "转入方", "转入方证件号", "ICCID"), ("2024-03-05", "甲", "李**", "91330106MA2KXQ7J3P", A)
    )
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [(None, "91330106MA2KXQ7J3P")]
    assert [(each.field, each.reason, each.rows) for each in parser.remarks] == [("to", "hidden_name", 1)]
    loaded, parser = read(("激活时间", "使用人", "ICCID"), ("2024-03-05", "李**", A), ("2024-03-05", "王岚", B))
    assert [row["sender_name"] or row["receiver_name"] for row in loaded] == [None, "王岚"]
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [("user", "hidden_name", "李**")]


@pytest.mark.parametrize("units", ["张、元", "张/元", "万元", "张，元", "MB", "元（人民币）"])
def test_a_unit_above_the_table_is_no_party(units: str) -> None:
    _, parser = read((f"单位：{units}", None, None), ("ICCID", "状态", "接入号"), (A, "正常", "1064812300001"))
    assert "stated_above" not in {each.reason for each in parser.remarks}


def test_a_row_of_data_is_no_header_whatever_stands_above_the_table() -> None:
    rows: list[Row] = [
        ("采购台账", None, None, None, None),
        ("单位：杭州澜图物联科技有限公司", None, None, None, None),
        ("采购日期", "运营商", "卡号号段", None, "数量"),
        (None, None, "起始卡号", "截止卡号", None),
        ("2023.3.5", "中国联通", A, B, "100"),
        ("2023.3.9", "中国联通", CARD(200), CARD(299), "100"),
    ]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows)
    assert caught.value.fields == ("enterprise",)
    loaded, _ = read(*rows, answers={"enterprise": "杭州澜图物联科技有限公司"})
    assert [(row["kind"], row["last"] - row["first"]) for row in loaded] == [("purchase", 99), ("purchase", 99)]


@pytest.mark.parametrize("name", ["2023下半年", "2023Q3", "2023第三季度"])
def test_the_name_of_a_sheet_states_the_year_of_a_part_of_it(name: str) -> None:
    loaded, _ = read(("日期", "转出方", "转入方", "卡号"), ("7.8", "甲", "乙", A), name=name)
    assert loaded[0]["first_day"] == day("2023-07-08")


def test_a_heading_that_may_be_a_product_is_a_card_where_its_cells_begin_with_one() -> None:
    heads = ("日期", "转出方", "转入方", "卡", "数量")
    loaded, _ = read(heads, ("2024-03-05", "甲", "乙", A, "1"), ("2024-03-06", "甲", "乙", f"{A}-{B}", "100"))
    assert [row["precision"] for row in loaded] == ["listed", "range"]
    loaded, _ = read(heads, ("2024-03-05", "甲", "乙", "联通30G", "20"), ("2024-03-06", "甲", "乙", "移动", "10"))
    assert [(row["precision"], row["quantity"]) for row in loaded] == [("quantity", 20), ("quantity", 10)]


def test_the_beginning_beside_traffic_is_that_of_a_session_and_beside_a_package_is_not() -> None:
    row = ("1064623412000", "2024-01-20 15:15:52", "2024-01-20 15:52:52", "26380")
    loaded, _ = read(("接入号", "开始时间", "结束时间", "上行流量(KB)"), row)
    assert [row["kind"] for row in loaded] == ["usage"]
    with pytest.raises(UnknownKind):
        read_rows(("接入号", "开始时间", "结束时间", "套餐流量"), row)


def test_an_identifier_is_the_partys_only_under_the_same_word_as_its_name() -> None:
    number = "91330106MA2KXQ7J3P"
    loaded, _ = read(("ICCID", "状态", "机主", "机主证件号码"), (A, "正常", "云岭", number))
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [("云岭", number)]
    loaded, parser = read(("ICCID", "状态", "客户名称", "单位证件号码"), (A, "正常", "云岭", number))
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [("云岭", None)]
    assert [column.heading for column in parser.columns if column.field is None] == ["单位证件号码"]


@pytest.mark.parametrize(
    "title",
    ["发还扣押物品清单", "解除扣押决定书", "未扣押物品清单", "待退卡清单", "送货单模板", "采购计划表", "出库申请单"],
)
def test_a_title_of_what_did_not_happen_names_no_kind(title: str) -> None:
    with pytest.raises(UnknownKind):
        read_rows((title, None), ("日期", "ICCID"), ("2024-03-05", A), answers={"from": "甲", "to": "乙"})


def test_a_title_does_not_hide_what_the_rows_state_by_themselves(tmp_path: Path) -> None:
    head = "发货清单,,,,\n日期,快递单号,寄件人,收件人,ICCID\n"
    path = tmp_path / "a.csv"
    path.write_text(f"{head}2024-03-05,SF1234567890123,云岭公司,张三,{A}\n", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        assert [row["receiver"] for row in case.records(kind="shipment")] == ["张三"]


def test_who_uses_a_card_is_not_whoever_else_a_list_names() -> None:
    heads = ("ICCID", "激活时间", "姓名", "使用人", "使用人身份证号")
    loaded, _ = read(heads, (A, "2024-03-05", "张三", "李四", "510101199001011234"))
    assert [row["receiver_name"] for row in loaded] == ["李四"]
    loaded, _ = read(("ICCID", "激活时间", "姓名", "身份证号"), (A, "2024-03-05", "张三", "510101199001011234"))
    assert [row["receiver_name"] for row in loaded] == ["张三"]
    loaded, _ = read(("ICCID", "领用日期", "姓名"), (A, "2024-03-05", "张三"), answers={"from": "学校"})
    assert moves(loaded) == [("transfer", "学校", "张三")]
    loaded, _ = read(("ICCID", "申领日期", "状态", "姓名"), (A, "2024-03-05", "正常", "张三"))
    assert [(row["kind"], row["receiver_name"]) for row in loaded] == [("card_list", None)]


def test_an_event_is_the_kind_only_where_most_rows_say_one_and_no_date_does() -> None:
    heads = ("ICCID", "激活时间", "接入号", "客户名称", "事件")
    rows = [(A, "2024-03-05", "1064812345678", "甲", "停机"), (B, "2024-03-06", "1064812345679", "甲", "激活")]
    loaded, parser = read(heads, *rows)
    assert ([row["kind"] for row in loaded], parser.rejects) == (["activation", "card_list"] * 2, [])
    log = ("timestamp", "iccid", "event", "tenant")
    times = ("2024-03-05 10:00:00", "2024-03-06 10:00:00")
    loaded, _ = read(
        log, (times[0], A, "card.assigned", "甲"), (times[1], A, "card.recalled", "甲"), answers={"keeper": "乙"}
    )
    assert moves(loaded) == [("transfer", "乙", "甲"), ("return", "甲", "乙")]


def test_the_type_of_a_service_decides_below_the_first_rows_too() -> None:
    heads = ("ICCID", "日期", "业务类型", "发货方", "收货方")
    rows = [(CARD(number), "2024-03-05", "流量卡", "甲", "乙") for number in range(70)]
    loaded, parser = read(heads, *rows, (CARD(99), "2024-03-05", "退货", "甲", "乙"))
    assert moves(loaded) == [("return", "甲", "乙")]
    assert len(parser.rejects) == 70


@pytest.mark.parametrize("carrier", ["未知", "李*", "移动卡商"])
def test_a_carrier_that_is_not_known_is_none_in_both_ways(carrier: str) -> None:
    loaded, _ = read(
        ("ICCID", "激活时间", "运营商"), (A, "2024-03-05 10:00:00", carrier), (B, "2024-03-05 11:00:00", "联通")
    )
    assert [row["carrier_name"] for row in loaded] == [None, "联通"]


def test_rows_whose_carrier_is_none_are_told_alike_in_both_ways() -> None:
    heads = ("运营商", "购卡单位", "日期", "卡号")
    names = ("中国联通", "联通代理商老王", "北方物联", "移动卡商")
    rows = [(name, "甲", "2024-03-05", CARD(number)) for number, name in enumerate(names * 30)]
    said = {"carrier.北方物联": "yes", "carrier.移动卡商": "no"}
    loaded, parser = read(heads, *rows, answers=said)
    assert len(loaded) == 90
    assert {(row["kind"], row["sender_key"]) for row in loaded} == {
        ("purchase", "中国联通"),
        ("purchase", "北方物联"),
        ("transfer", "移动卡商"),
    }
    assert [each.reason for each in parser.rejects] == ["unknown_carrier"] * 30
    assert [(one.field, one.rows) for one in parser.questions] == [("carrier.联通代理商老王", 30)]
    assert parser.answered == said


def test_a_registration_whose_carrier_is_none_is_asked_about_in_both_ways() -> None:
    names = ("中国联通", "联通代理商老王")
    rows = [(name, "甲公司", CARD(number)) for number, name in enumerate(names * 60)]
    loaded, parser = read(("运营商", "客户名称", "卡号"), *rows, answers={"kind": "registration"})
    assert {(row["kind"], row["sender_key"]) for row in loaded} == {("registration", "中国联通")}
    assert [each.reason for each in parser.rejects] == ["unknown_carrier"] * 60


def test_digits_beside_chinese_numbers_are_what_is_left_of_one() -> None:
    heads = ("接入号", "激活时间")
    rest = [(text, "2024-03-05") for text in ("64812345679", "20240305", "356938035643809")]
    loaded, parser = read(heads, ("1064812345678", "2024-03-05"), *rest)
    assert ([row["msisdn"] for row in loaded], len(parser.rejects)) == ([1064812345678], 3)
    loaded, _ = read(heads, ("4915112345678", "2024-03-05"), ("20240305", "2024-03-05"))
    assert [row["msisdn"] for row in loaded] == [-4915112345678]
    loaded, parser = read(("物联卡号", "激活时间"), ("0012345678901", "2024-03-05"))
    assert (loaded, [each.reason for each in parser.rejects]) == ([], ["bad_identifier"])


def test_a_secondary_card_is_no_end_of_a_range_and_a_buyer_no_seller() -> None:
    loaded, _ = read(
        ("ICCID", "从卡", "到卡", "发货方", "收货方", "日期"), (A, CARD(400), CARD(500), "甲", "乙", "2024-03-05")
    )
    assert [(row["precision"], row["last"] - row["first"]) for row in loaded] == [("listed", 0)]
    with pytest.raises(UnknownKind):
        read_rows(("ICCID", "销售日期", "哪家买的"), (A, "2024-03-05", "甲公司"), answers={"to": "本店"})


def test_a_mapping_names_any_column_for_the_identifier_of_the_party() -> None:
    told = ColumnOverrides(headings={"party": "名字", "party_id": "编码"})
    loaded, _ = read(
        ("ICCID", "名字", "编码"), (A, "甲公司", "X0071"), mapping=ColumnMapping(kind="card_list", claims=told)
    )
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [("甲公司", "X0071")]


def test_a_negative_number_under_the_counting_word_is_a_return() -> None:
    heads = ("日期", "转出方", "转入方", "起始卡号", "结束卡号", "张")
    loaded, _ = read(heads, ("2024-07-20", "甲", "乙", A, B, "-100"), ("2024-07-21", "甲", "乙", None, None, "30"))
    assert moves(loaded) == [("return", "乙", "甲"), ("transfer", "甲", "乙")]


def test_a_parcel_that_was_called_off_or_only_booked_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(
        f"SC60000441772{n},2024-09-0{n + 1} 17:11,甲,乙,{said}\n"
        for n, said in enumerate(("已签收", "取消寄件", "预约9-30上门"))
    )
    path.write_text("面单号,揽件时间,寄方,收方,件况\n" + rows, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        report = case.load(path)
        assert [row["waybill"] for row in case.records(kind="shipment")] == ["SC600004417720"]
        assert [reject.reason for reject in report.files[0].rejects] == ["not_a_record"] * 2


def test_the_card_of_an_order_may_stand_in_the_remark_of_the_shop() -> None:
    heads = ("订单编号", "店铺名称", "订单状态", "收件人", "卖家备注", "快递单号", "发货时间")
    rows = [
        ("1", "甲店", "已完成", "张三", f"ICCID {A}", "7730011", "2024-03-05"),
        ("2", "甲店", "已关闭", "李四", f"卡号{B}", None, None),
    ]
    loaded, parser = read(heads, *rows)
    assert moves(loaded) == [("transfer", "甲店", "张三")]
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "not_a_record")]


@pytest.mark.parametrize(
    ("heading", "text"), [("卖家备注", "换下ICCID {}"), ("买家留言", "ICCID {}"), ("备注", "{}已退")]
)
def test_what_else_is_written_beside_an_order_is_not_its_card(heading: str, text: str) -> None:
    top = [(1, ("订单编号", "店铺名称", "收件人", heading)), (2, ("1", "甲店", "张三", text.format(A)))]
    assert remark_of_card(top, {}) == {}
    assert remark_of_card([(1, ("订单编号", "备注")), (2, ("1", A))], {}) == {"备注": ("iccid",)}


@pytest.mark.parametrize(
    "text", ["已发，内置卡 {} 返5元好评", "中国电信，卡背ICCID：{}", "白色，MF901，机内卡ICCID：{}"]
)
def test_where_a_card_sits_is_no_other_statement_about_it(text: str) -> None:
    assert cards_among_words(text.format(CARD(1))) == CARD(1)
