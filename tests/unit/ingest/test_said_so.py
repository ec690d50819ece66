"""Rows that say themselves that they are none are told with their cards; what is of something else decides nothing."""

from __future__ import annotations

import pytest

from graphtrace.ingest.sheet_opening import open_sheet_parser

from .sheets import Row, read_rows, sheet_of

A, B, C = "89860625300210200018", "89860625300210200026", "89860625300210200034"
HEADS = ("日期", "转出方", "转入方", "ICCID")


def sale(card: str, *more: str | None) -> Row:
    return ("2024-03-05", "甲公司", "乙公司", card, *more)


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("订单状态", "已取消"),
        ("是否签收", "否"),
        ("是否作废", "是"),
        ("状态", "未发货"),
        ("物流状态", "未收到"),
        ("类型", "作废"),
    ],
)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_row_that_a_status_takes_out_is_told_with_its_cards(heading: str, word: str, bulk: bool) -> None:
    other = {"是否签收": "是", "是否作废": "否", "类型": "销售"}.get(heading, "已完成")
    rows = [sale(A, word), sale(B, other), sale(C, other)]
    loaded, parser = read_rows((*HEADS, heading), *rows, bulk=bulk)
    assert len(loaded) == 2
    assert [(each.row, each.reason, each.value) for each in parser.rejects] == [(2, "not_a_record", word)]
    told = parser.unread.filter(parser.unread["reason"] == "taken_back")
    assert told.select("row", "text").rows() == [(2, word)]


def test_a_row_of_a_service_is_not_told_nor_one_whose_word_a_person_has_explained() -> None:
    _, parser = read_rows(
        (*HEADS, "业务类型"), sale(A, "续费"), sale(B, "销售"), sale(C, "作废"), answers={"words.作废": "none"}
    )
    assert [each.row for each in parser.rejects] == [2, 4]
    assert parser.unread.is_empty()


def test_a_list_that_says_that_cards_came_back_or_were_not_sent_is_told() -> None:
    _, parser = read_rows(("ICCID", "状态", "客户"), (A, "已退库", "乙公司"))
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "taken_back", "已退库")]


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("激活状态", "激活失败"),
        ("付款状态", "未付款"),
        ("支付状态", "待支付"),
        ("payment status", "unpaid"),
        ("实名状态", "失败"),
    ],
)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_state_of_the_card_or_of_its_payment_does_not_take_a_sale_out(heading: str, word: str, bulk: bool) -> None:
    loaded, parser = read_rows((*HEADS, heading), sale(A, word), sale(B, None), bulk=bulk)
    assert [each["kind"] for each in loaded if each["kind"] == "transfer"] == ["transfer"] * 2
    assert parser.rejects == []


def test_money_that_was_paid_back_does() -> None:
    loaded, parser = read_rows((*HEADS, "付款状态"), sale(A, "已退款"), sale(B, "已付款"))
    assert [each["row"] for each in loaded] == [3]
    assert parser.unread["reason"].to_list() == ["taken_back"]


@pytest.mark.parametrize("bulk", [True, False])
def test_the_status_of_a_return_decides_the_return_only(bulk: bool) -> None:
    rows = [sale(A, "2024-03-20", "已驳回"), sale(B, "2024-03-21", "已完成"), sale(C, None, None)]
    loaded, parser = read_rows((*HEADS, "退货日期", "退货状态"), *rows, bulk=bulk)
    assert sorted((each["row"], each["kind"]) for each in loaded) == [
        (2, "transfer"), (3, "return"), (3, "transfer"), (4, "transfer")
    ]  # fmt: skip
    assert parser.rejects == []
    loaded, parser = read_rows(
        (*HEADS, "退货状态"), sale(A, "已驳回"), sale(B, "退货完成"), sale(C, "未退货"), bulk=bulk
    )
    assert [each["row"] for each in loaded] == [2, 4]
    assert parser.unread.select("row", "reason").rows() == [(3, "taken_back")]


def test_in_a_list_of_returns_it_decides_the_row() -> None:
    heads = ("退货方", "接收方", "退货日期", "ICCID", "退货状态")
    rows = [("乙公司", "甲公司", "2024-03-05", A, "已驳回"), ("乙公司", "甲公司", "2024-03-05", B, "已完成")]
    loaded, parser = read_rows(heads, *rows)
    assert [(each["row"], each["kind"]) for each in loaded] == [(3, "return")]
    assert parser.unread["row"].to_list() == [2]


@pytest.mark.parametrize(("heading", "word"), [("是否竣工", "否"), ("竣工状态", "未竣工")])
def test_an_order_that_a_carrier_did_not_carry_out_is_no_purchase_and_is_told(heading: str, word: str) -> None:
    heads = ("运营商", "购卡单位", "购买日期", "ICCID", heading)
    rows = [("中国联通", "甲公司", "2024-03-05", A, word), ("中国联通", "甲公司", "2024-03-05", B, None)]
    loaded, parser = read_rows(heads, *rows)
    assert [each["row"] for each in loaded] == [3]
    assert parser.unread["reason"].to_list() == ["taken_back"]


@pytest.mark.parametrize(
    "heading", ["现登记单位", "转售单位", "实际购卡人", "子客户", "最终用户", "收卡人", "签收单位", "出库渠道"]
)
def test_a_later_owner_beside_a_buyer_is_told(heading: str) -> None:
    heads = ("运营商", "购卡单位", "购买日期", "ICCID", heading)
    rows = [("中国联通", "甲公司", "2024-03-05", A, "蓝讯店"), ("中国联通", "甲公司", "2024-03-05", B, None)]
    loaded, parser = read_rows(heads, *rows)
    assert [each["kind"] for each in loaded] == ["purchase"] * 2
    assert parser.unread.select("row", "reason", "field").rows() == [(2, "party_not_read", heading)]


PARCEL = ("运单号", "寄件人", "收件人", "寄件日期")
PAYMENT = ("订单号", "付款方", "收款方", "付款日期", "金额")


@pytest.mark.parametrize(
    ("heads", "heading", "word"),
    [
        (PARCEL, "物流状态", "拒收退回"),
        (PARCEL, "物流状态", "退回签收"),
        (PARCEL, "最新轨迹", "快件已被拦截退回"),
        (PAYMENT, "当前状态", "已全额退款"),
        (PAYMENT, "状态", "对方已退还"),
        (PAYMENT, "状态", "已退款"),
    ],
)
def test_a_parcel_or_payment_that_was_undone_supports_nothing(heads: tuple[str, ...], heading: str, word: str) -> None:
    values = {"付款日期": "2024-03-05", "寄件日期": "2024-03-05", "金额": "50"}
    row = ["DD20240305000123" if head.endswith("号") else values.get(head, f"{head}甲公司") for head in heads]
    good = ["DD20240305000999", *row[1:]]
    reading = open_sheet_parser(sheet_of((*heads, heading), (*row, word), (*good, "已签收")))
    assert [number for frame in reading.frames() for number in frame["row"]] == [3]
    assert [(each.row, each.reason, each.value) for each in reading.rejects] == [(2, "not_a_record", word)]


REMARKS = {
    "none": [
        "订的，没来拿", "没要", "未提货", "没付钱没拿", "反悔了", "定了没来拿", "嫌贵没要", "人没来", "又不要了",
        "客户没来提", "放弃", "说好的没来", "黄了", "没人要", "预订",
    ],
    "unknown_kind": [
        "放着没动", "没货，改天", "先放着", "定的", "没来拿，后来寄过去了", "没来拿，6.20来取", "卡没给",
        "客户又要了，不退",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("reason", "remark"), [(reason, each) for reason, every in REMARKS.items() for each in every])
@pytest.mark.parametrize("bulk", [True, False])
def test_a_remark_by_which_nobody_fetched_the_cards_takes_its_row_out_or_is_asked(
    reason: str, remark: str, bulk: bool
) -> None:
    rows = [sale(A, remark), sale(B, None), sale(C, "发顺丰")]
    loaded, parser = read_rows((*HEADS, "备注"), *rows, bulk=bulk)
    assert [each["row"] for each in loaded] == [3, 4]
    is_asked = reason == "unknown_kind"
    assert [each.reason for each in parser.rejects] == [reason if is_asked else "not_a_record"]
    assert [each.rows for each in parser.questions] == ([1] if is_asked else [])
    assert parser.unread["row"].to_list() == [2]


@pytest.mark.parametrize(
    "remark",
    [
        "发票没要",
        "钱没给，卡拿走了",
        "没要发票",
        "不要票",
        "包装盒不要",
        "老客户，没要票",
        "套餐没要",
        "没付款，先拿走",
        "没激活",
    ],
)
def test_a_remark_about_what_else_was_not_wanted_or_paid_leaves_the_row(remark: str) -> None:
    loaded, parser = read_rows((*HEADS, "备注"), sale(A, remark), sale(B, None))
    assert ([each["row"] for each in loaded], parser.questions) == ([2, 3], [])


@pytest.mark.parametrize(
    "remark",
    [
        "计划发货",
        "待发货",
        "planned",
        "refused by customer",
        "填写示例",
        "e.g.",
        "example - delete this row",
        "此行为示例",
    ],
)
def test_a_remark_that_is_a_word_by_which_nothing_was_handed_over_takes_its_row_out_and_is_told(remark: str) -> None:
    loaded, parser = read_rows((*HEADS, "备注"), sale(A, remark), sale(B, None))
    assert [each["row"] for each in loaded] == [3]
    assert parser.unread.select("row", "reason").rows() == [(2, "taken_back")]


@pytest.mark.parametrize("remark", ["明日发出", "预计3月5日发货", "to ship tomorrow", "will be sent on Monday"])
def test_a_remark_by_which_the_hand_over_is_still_to_come_is_asked_about(remark: str) -> None:
    loaded, parser = read_rows((*HEADS, "备注"), sale(A, remark), sale(B, None))
    assert [each["row"] for each in loaded] == [3]
    assert [(each.row, each.reason) for each in parser.rejects] == [(2, "unknown_kind")]


@pytest.mark.parametrize("remark", ["激活失败", "未激活成功", "激活超时", "activation failed"])
def test_a_remark_that_an_activation_failed_takes_it_out_and_no_sale(remark: str) -> None:
    heads = ("ICCID", "激活时间", "备注")
    loaded, parser = read_rows(heads, (A, "2024-03-05", remark), (B, "2024-03-05", "激活失败后重新激活"))
    assert [each["row"] for each in loaded if each["kind"] == "activation"] == [3]
    assert (2, "taken_back") in parser.unread.select("row", "reason").rows()
