"""Parties that a row names in a column that is not read: told with the cards, never recorded."""

from __future__ import annotations

import json

import pytest

from graphtrace.ingest.acts import casts_doubt
from graphtrace.ingest.sheet_opening import open_sheet_parser

from .sheets import Row, read_both_ways, read_rows, sheet_of

CARD = "898606253002102{:04d}".format
HEADS = ("日期", "转出方", "转入方", "ICCID")


def sale(number: int, *more: str | None) -> Row:
    return ("2024-03-05", "甲公司", "乙公司", CARD(number), *more)


@pytest.mark.parametrize(
    "heading", ["现持有人", "转售给", "最终客户", "中间人", "销售对象", "卡片去向", "买方", "current holder"]
)
@pytest.mark.parametrize("bulk", [True, False])
def test_somebody_else_than_both_sides_is_told_with_the_cards_of_the_row(heading: str, bulk: bool) -> None:
    rows = [sale(1, "李四"), sale(2, None), sale(3, "乙公司"), sale(4, "未知")]
    loaded, parser = read_rows((*HEADS, heading), *rows, bulk=bulk)
    assert [each["receiver_name"] for each in loaded] == ["乙公司"] * 4
    assert parser.unread.select("row", "kind", "reason", "field", "first").rows() == [
        (2, None, "party_not_read", heading, 30021020001)
    ]
    assert parser.unread["day"].is_not_null().all()
    assert ("party_not_read", 1) in [(each.reason, each.rows) for each in parser.remarks]


@pytest.mark.parametrize("heading", ["激活人", "责任人", "绑定用户"])
def test_whoever_may_have_used_a_card_is_told_with_it(heading: str) -> None:
    _, parser = read_rows(
        ("ICCID", "激活时间", heading), (CARD(1), "2024-03-05", "李四"), (CARD(2), "2024-03-05", None)
    )
    assert parser.unread.select("row", "reason").rows() == [(2, "party_not_read")]


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "现使用人",
            "原使用人",
            "使用人（变更后）",
            "拟使用人",
            "车主",
            "驾驶员",
            "用户名",
            "用户昵称",
            "联系人",
            "归属用户",
        ),
        *("登录账号", "领用人", "司机", "持证人姓名", "driver_name", "Vehicle Owner", "username"),
    ],
)
def test_a_person_beside_a_use_who_may_be_the_user_is_told_with_its_card(heading: str) -> None:
    _, parser = read_rows(
        ("ICCID", "激活时间", heading), (CARD(1), "2024-03-05", "李四"), (CARD(2), "2024-03-05", None)
    )
    assert parser.unread.select("row", "reason", "field").rows() == [(2, "party_not_read", heading)]


@pytest.mark.parametrize(
    "heading", ["操作人", "录入人", "经办人", "客户经理", "审核人员", "设备名称", "套餐名称", "客户名称"]
)
def test_officers_and_things_beside_a_use_name_no_user(heading: str) -> None:
    _, parser = read_rows(("ICCID", "激活时间", heading), (CARD(1), "2024-03-05", "李四"))
    assert parser.unread.is_empty()


@pytest.mark.parametrize("heading", ["经办人", "业务员", "客户经理", "联系人", "录入人", "渠道", "操作账号"])
def test_other_columns_name_no_further_party(heading: str) -> None:
    _, parser = read_rows((*HEADS, heading), sale(1, "yunling_admin" if heading == "操作账号" else "李四"))
    assert parser.unread.is_empty()


def test_where_a_movement_is_asked_about_the_supplier_of_a_listed_card_is_told() -> None:
    heads = ("ICCID", "入库日期", "供应商", "供货商", "出库日期", "客户")
    rows = [
        (CARD(1), "2024-02-01", "甲公司", None, "2024-03-01", "李四"),
        (CARD(2), "2024-02-01", "甲公司", None, None, None),
    ]
    _, parser = read_rows(heads, *rows)
    assert [each.field for each in parser.questions] == ["from"]
    told = parser.unread.select("row", "reason").sort("row", "reason").rows()
    assert told == [(2, "party_not_read"), (2, "unanswered"), (3, "party_not_read")]


@pytest.mark.parametrize(
    "remark",
    [
        "更正：实际转给北川经营部", "实发北川经营部", "卡仍在我司", "快递退回", "据客户称已转给李四",
        "2023年7月10日转给张三", "已被公安扣押", "走账", "已过户给北川经营部",
        "同第2行", "代王五购买", "卡号看不清，待核对",
        "actually sold to Li Si", "still with us",
    ],
)  # fmt: skip
@pytest.mark.parametrize("bulk", [True, False])
def test_a_remark_that_may_change_its_row_is_quoted_with_its_cards(remark: str, bulk: bool) -> None:
    loaded, parser = read_rows((*HEADS, "备注"), sale(1, remark), sale(2, "发顺丰，不含税"), sale(3, None), bulk=bulk)
    assert len(loaded) == 3
    told = parser.unread.select("row", "kind", "reason", "field", "text", "first").rows()
    assert told == [(2, None, "remark_not_read", "备注", remark, 30021020001)]
    assert ("remark_not_read", 1) in [(each.reason, each.rows) for each in parser.remarks]


@pytest.mark.parametrize(
    "remark",
    ["发顺丰", "月结", "已付款", "不含税", "客户要求加急", "转账", "首批采购", "付款后发货", "无", "paid", "10 boxes"],
)
def test_a_harmless_remark_is_not_quoted(remark: str) -> None:
    assert read_rows((*HEADS, "备注"), sale(1, remark))[1].unread.is_empty()


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("是否实际交付", "否"), ("客户确认", "未确认"), ("审核意见", "不同意"), ("核实结果", "不属实"),
        ("真实性", "存疑"), ("对账", "不符"), ("签收人", "本人拒收"), ("依据", "口供"),
    ],
)  # fmt: skip
def test_a_cell_that_denies_or_doubts_its_row_is_quoted(heading: str, cell: str) -> None:
    _, parser = read_rows((*HEADS, heading), sale(1, cell), sale(2, None))
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "remark_not_read", cell)]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("是否测试卡", "否"), ("激活状态", "未激活"), ("是否开票", "否"), ("客户确认", "是"), ("签收状态", "已签收"),
        ("套餐名称", "不限量"),
    ],
)  # fmt: skip
def test_a_cell_about_something_else_is_not_quoted(heading: str, cell: str) -> None:
    assert read_rows((*HEADS, heading), sale(1, cell), sale(2, None))[1].unread.is_empty()


@pytest.mark.parametrize("bulk", [True, False])
def test_what_stands_beside_a_row_in_a_column_without_a_heading_is_a_remark(bulk: bool) -> None:
    rows = [sale(1, "已作废"), sale(2, "←作废"), sale(3, "实发北川经营部"), sale(4, "2箱"), sale(5, None)]
    loaded, parser = read_rows((*HEADS, None), *rows, bulk=bulk)
    assert [each["row"] for each in loaded] == [4, 5, 6]
    told = parser.unread.select("row", "reason", "text").rows()
    assert told == [(2, "taken_back", "已作废"), (3, "taken_back", "←作废"), (4, "remark_not_read", "实发北川经营部")]


NOTES = [
    "7月15日全部收回",
    "备注：第2行作废",
    "注：蓝讯数码店为代收，实际买方为王五",
    "该批卡已于2023-07-20转给张三",
    "以上数据未经核实",
]


@pytest.mark.parametrize("line", NOTES)
def test_a_line_below_a_table_is_quoted_with_all_its_cards(line: str) -> None:
    blank = (None,) * 4
    _, parser = read_rows(HEADS, sale(1), sale(2), blank, (line, None, None, None))
    told = parser.unread.filter(reason="line_not_read").select("row", "first", "text").rows()
    assert told == [(5, 30021020001, line), (5, 30021020002, line)]


@pytest.mark.parametrize("line", [*NOTES, "注：本表转入方均为名义持有人"])
def test_a_line_above_a_table_is_quoted_with_all_its_cards(line: str) -> None:
    _, parser = read_rows((line, None, None, None), HEADS, sale(1), sale(2))
    told = parser.unread.filter(reason="line_not_read").select("row", "first", "text").rows()
    assert told == [(1, 30021020001, line), (1, 30021020002, line)]
    assert ("line_not_read", line) in [(each.reason, each.value) for each in parser.remarks]


@pytest.mark.parametrize(
    "line",
    [
        "制表人：张三",
        "单位：张",
        "物联网卡变更登记表",
        "注：单位为张",
        "说明：由系统自动生成",
        "第1页 共3页",
    ],
)
def test_a_title_or_signature_is_not_quoted(line: str) -> None:
    assert read_rows((line, None, None, None), HEADS, sale(1))[1].unread.is_empty()
    assert read_rows(HEADS, sale(1), (line, None, None, None))[1].unread.filter(reason="line_not_read").is_empty()


@pytest.mark.parametrize("bulk", [True, False])
def test_cells_that_are_not_read_are_kept_with_their_record(bulk: bool) -> None:
    heads = (*HEADS, "仓库", '"引"号', "仓库")
    loaded, _ = read_rows(
        heads, sale(1, "东", 'a"\\\n', "西"), sale(2, None, None, None), sale(3, None, "b", None), bulk=bulk
    )
    assert [each["extra"] and json.loads(each["extra"]) for each in loaded] == [
        {"仓库": "东", '"引"号': 'a"\\\n', "仓库 (7)": "西"},
        None,
        {'"引"号': "b"},
    ]


@pytest.mark.parametrize("heading", ["实收数量", "实发数量", "已发数量", "签收数量", "实发", "Shipped Qty"])
@pytest.mark.parametrize("bulk", [True, False])
def test_a_row_of_which_fewer_cards_were_delivered_is_no_record_and_told(heading: str, bulk: bool) -> None:
    heads = (*HEADS[:3], "起始ICCID", "结束ICCID", "数量", heading)
    rows = [
        ("2024-03-05", "甲公司", "乙公司", CARD(10 * n), CARD(10 * n + 9), "10", delivered)
        for n, delivered in enumerate(("10", "0", "8", "10.0", None))
    ]
    loaded, parser = read_rows(heads, *rows, bulk=bulk)
    assert sorted(each["row"] for each in loaded) == [2, 5, 6]
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "not_a_record"), (4, "range_count_mismatch")]
    assert parser.unread.select("row", "reason", "field", "text").rows() == [
        (3, "taken_back", heading, "0"),
        (4, "range_count_mismatch", heading, "8"),
    ]


@pytest.mark.parametrize("bulk", [True, False])
def test_a_listed_card_that_was_ordered_and_not_delivered_is_no_record(bulk: bool) -> None:
    rows = [sale(1, "1", "0"), sale(2, "1", "1")]
    loaded, parser = read_rows((*HEADS, "订购数量", "已发数量"), *rows, bulk=bulk)
    assert [each["row"] for each in loaded] == [3]
    assert parser.unread.select("row", "reason").rows() == [(2, "taken_back")]


def test_how_many_were_delivered_is_the_quantity_of_a_range_without_another() -> None:
    heads = ("日期", "转出方", "转入方", "起始ICCID", "截止ICCID", "实发数量", "备注")
    sold, part = ("2024-03-05", "甲公司", "乙公司"), "部分发货，欠50张"
    mobile = (*sold, "89860412247000350017", "89860412247000350033", "3", None)
    loaded, parser = read_both_ways(
        heads, mobile, (*sold, CARD(1), CARD(9), "9", part), (*sold, CARD(11), CARD(19), "8", part)
    )
    assert [each["row"] for each in loaded] == [2, 2, 2, 3]
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "range_count_mismatch")]


def test_a_row_that_says_that_as_many_came_back_as_it_takes_off_is_their_return() -> None:
    heads = ("日期", "转出方", "转入方", "起始ICCID", "截止ICCID", "实发数量", "金额", "备注")
    sold, cards = ("2024-03-05", "甲公司", "乙公司"), ("89860412247000350017", "89860412247000350033")
    rows = [
        (*sold, *cards, "3", "75", None),
        (*sold, *cards, "-3", None, "销售退货，退款走对公"),
        (*sold, *cards, "-2", "-50", "销售退货"),
        (*sold, *cards, "-3", "75", "走对公"),
    ]
    loaded, parser = read_both_ways(heads, *rows)
    assert {(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded} == {
        (2, "transfer", "甲公司", "乙公司"),
        (3, "return", "乙公司", "甲公司"),
    }
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "range_count_mismatch"), (5, "not_a_record")]


@pytest.mark.parametrize("heading", ["剩余数量", "实收金额", "累计已发数量", "实付"])
def test_other_numbers_do_not_say_how_many_cards_were_delivered(heading: str) -> None:
    loaded, parser = read_rows((*HEADS, "数量", heading), sale(1, "1", "0"))
    assert (len(loaded), parser.unread.height) == (1, 0)


@pytest.mark.parametrize(
    ("heading", "word", "other"),
    [
        ("性质", "寄售", "销售"), ("交易方式", "质押", "买断"), ("合作模式", "代销", "经销"),
        ("结算方式", "代销", "月结"),
        ("订单类型", "预售单", "普通订单"), ("单据名称", "发货通知单", "销售出库单"),
        ("事由", "退回重发", "销售"), ("摘要", "冲销6月15日销售", "销售"), ("摘要", "预收货款", "货款"),
        ("用途", "借测", "充电宝租借"), ("doc type", "Sales Order", "Invoice"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bulk", [True, False])
def test_a_word_of_what_may_be_no_sale_is_quoted_whatever_its_heading(
    heading: str, word: str, other: str, bulk: bool
) -> None:
    loaded, parser = read_rows((*HEADS, heading), sale(1, word), sale(2, other), bulk=bulk)
    assert len(loaded) == 2
    assert parser.unread.select("row", "reason", "field", "text").rows() == [(2, "remark_not_read", heading, word)]


@pytest.mark.parametrize(
    ("word", "reason"), [("销售订单", "unknown_kind"), ("转让申请", "unknown_kind"), ("红字销售单", "taken_back")]
)
@pytest.mark.parametrize("heading", ["单据类型", "业务类型"])
def test_an_order_an_application_or_a_negative_document_is_no_sale(heading: str, word: str, reason: str) -> None:
    heads = ("日期", heading, "转出方", "转入方", "ICCID")
    rows = [("2024-03-05", each, "甲公司", "乙公司", CARD(n)) for n, each in enumerate((word, "销售出库单"))]
    loaded, parser = read_rows(heads, *rows)
    assert [each["row"] for each in loaded] == [3]
    assert parser.unread.select("row", "reason", "text").rows() == [(2, reason, word)]


@pytest.mark.parametrize(
    ("heading", "cell"), [("付款方式", "预付"), ("交易方式", "买断"), ("套餐类型", "试用"), ("卡类型", "测试卡")]
)
def test_other_words_of_a_trade_are_not_quoted(heading: str, cell: str) -> None:
    assert read_rows((*HEADS, heading), sale(1, cell))[1].unread.is_empty()


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("audit.status", "已撤销"), ("order.state", "cancelled"), ("flags.deleted", "true"), ("meta.is_deleted", "1"),
        ("审核.状态", "驳回"), ("meta.remark", "此单作废"), ("audit.cancelled_at", "2024-08-01"),
    ],
)  # fmt: skip
def test_a_member_of_an_object_says_of_its_row_what_its_own_name_means(heading: str, cell: str) -> None:
    loaded, parser = read_rows((*HEADS, heading), sale(1, cell), sale(2, None))
    assert [each["row"] for each in loaded] == [3]
    assert [(each.row, each.reason) for each in parser.rejects] == [(2, "not_a_record")]


@pytest.mark.parametrize(
    ("heading", "cell"), [("sim.status", "closed"), ("user.deleted", "true"), ("order.status", "sent")]
)
def test_a_member_of_a_card_or_party_says_nothing_of_its_row(heading: str, cell: str) -> None:
    assert len(read_rows((*HEADS, heading), sale(1, cell))[0]) == 1


@pytest.mark.parametrize("bulk", [True, False])
def test_a_party_that_a_record_has_no_place_for_is_told_with_its_card(bulk: bool) -> None:
    rows: list[Row] = [(CARD(1), "甲公司", "张三", "2024-03-05"), (CARD(2), "甲公司", "甲公司", "2024-03-05")]
    heads = ("ICCID", "客户名称", "使用人", "开户日期")
    _, parser = read_rows(("中国联通协查结果", None, None, None), heads, *rows, bulk=bulk)
    assert parser.kind == "registration"
    assert parser.unread.select("row", "reason", "field", "text").rows() == [(3, "party_not_read", "使用人", "张三")]
    sales: list[Row] = [sale(1, "张三"), sale(2, "乙公司")]
    _, parser = read_rows((*HEADS, "使用人"), *sales, bulk=bulk)
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "party_not_read", "张三")]


SEIZED = ("扣押日期", "案号", "被扣押人", "ICCID")


def taken(number: int, *more: str | None) -> Row:
    return ("2024-03-05", "A1", "张三", CARD(number), *more)


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("物品所有人", "李四", "party_not_read"), ("供述上家", "蓝讯数码店", "party_not_read"),
        ("返还对象", "李四", "party_not_read"), ("返还日期", "2024-09-01", "remark_not_read"),
        ("是否返还", "是", "remark_not_read"), ("是否在逃", "是", "remark_not_read"),
        ("到案情况", "在逃", "remark_not_read"), ("查获情况", "当场查获手机三部，未随身携带卡", "remark_not_read"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bulk", [True, False])
def test_what_a_row_of_a_seizure_says_besides_is_told_with_its_card(
    heading: str, cell: str, reason: str, bulk: bool
) -> None:
    loaded, parser = read_rows((*SEIZED, heading), taken(1, cell), taken(2, None), bulk=bulk)
    assert [each["kind"] for each in loaded] == ["seizure"] * 2
    assert parser.unread.select("row", "reason", "field", "text").rows() == [(2, reason, heading, cell)]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("返还日期", "未返还"),
        ("是否返还", "否"),
        ("是否在逃", "否"),
        ("到案情况", "已到案"),
        ("查获情况", "查获"),
        ("见证人", "李四"),
    ],
)
def test_other_columns_of_a_seizure_say_nothing_besides(heading: str, cell: str) -> None:
    loaded, parser = read_rows((*SEIZED, heading), taken(1, cell))
    assert (len(loaded), parser.unread.is_empty()) == (1, True)


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (("查获日期", "案号", "嫌疑人", "查获情况", "ICCID"), ("2024-03-05", "A1", "张三", "未查获", CARD(1))),
        (("查获日期", "案号", "嫌疑人", "是否扣押", "ICCID"), ("2024-03-05", "A1", "张三", "未扣押", CARD(1))),
        (("案号", "嫌疑人", "抓获日期", "是否在逃", "ICCID"), ("A1", "张三", "2024-03-05", "是", CARD(1))),
        (("案号", "嫌疑人", "到案情况", "ICCID"), ("A1", "张三", "在逃", CARD(1))),
    ],
)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_row_by_which_nothing_was_seized_is_no_seizure(heads: Row, row: Row, bulk: bool) -> None:
    loaded, parser = read_rows(heads, row, bulk=bulk)
    assert (loaded, [each.reason for each in parser.rejects]) == ([], ["not_a_record"])


@pytest.mark.parametrize("bulk", [True, False])
def test_the_day_on_which_a_registration_ended_is_kept_with_it(bulk: bool) -> None:
    rows: list[Row] = [(CARD(1), "甲公司", "2024-03-05", "2024/9/1"), (CARD(2), "甲公司", "2024-03-05", "不详")]
    heads = ("ICCID", "客户名称", "开户日期", "销户日期")
    loaded, parser = read_rows(("中国联通协查结果", None, None, None), heads, *rows, bulk=bulk)
    assert [each["extra"] for each in loaded] == ['{"ended":"2024-09-01"}', None]
    assert ("ended", "bad_date") in [(each.field, each.reason) for each in parser.remarks]


@pytest.mark.parametrize("heading", ["Activated At", "First Activated At", "activatedTime", "Activation Date"])
def test_the_day_of_an_activation_is_read_as_programs_write_its_heading(heading: str) -> None:
    loaded, _ = read_rows(("ICCID", heading, "User"), (CARD(1), "2024-03-05", "李四"))
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("activation", "李四")]


@pytest.mark.parametrize("heading", ["activation_time_utc", "Activation Date (PST)", "激活时间（美西时间）"])
def test_a_day_of_an_activation_that_is_not_read_is_quoted(heading: str) -> None:
    loaded, parser = read_rows(("ICCID", heading, "客户名称"), (CARD(1), "2024-03-05", "李四"))
    assert [each["kind"] for each in loaded] == ["card_list"]
    assert parser.unread.select("reason", "field", "text").rows() == [("remark_not_read", heading, "2024-03-05")]


@pytest.mark.parametrize(
    "heading", ["激活有效期", "预计激活日期", "activation_deadline_date", "Activation valid until"]
)
def test_a_day_on_which_nothing_was_activated_is_not_quoted(heading: str) -> None:
    assert read_rows(("ICCID", heading, "客户名称"), (CARD(1), "2024-03-05", "李四"))[1].unread.is_empty()


def test_a_state_by_which_the_card_was_never_used_is_told_with_its_activation() -> None:
    rows = [(CARD(1), "2024-03-05", "张三", "未激活"), (CARD(2), "2024-03-05", "李四", "已激活")]
    _, parser = read_rows(("ICCID", "激活日期", "使用人", "激活状态"), *rows)
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "remark_not_read", "未激活")]


@pytest.mark.parametrize(
    ("heading", "cell", "is_told"),
    [
        ("实名状态", "实名失败", True),
        ("人脸比对结果", "不一致", True),
        ("实名状态", "已实名", False),
        ("实名状态", "未实名", False),
    ],
)
def test_a_check_of_a_person_that_failed_is_told_with_the_card(heading: str, cell: str, is_told: bool) -> None:
    for day in ("激活日期", "实名时间"):
        _, parser = read_rows(("ICCID", "使用人", day, heading), (CARD(1), "张三", "2024-03-05", cell))
        assert [text for text in parser.unread["text"] if text == cell] == [cell] * is_told


def test_a_card_beside_which_another_stands_is_told_as_well_as_that_one() -> None:
    _, parser = read_rows((*HEADS, "替换卡"), sale(1, CARD(9)), sale(2, CARD(2)), sale(3, None))
    told = parser.unread.filter(reason="cards_not_read").select("row", "first").rows()
    assert sorted(told) == [(2, 30021020001), (2, 30021020009)]


def test_of_very_many_notes_the_first_are_quoted_with_each_card() -> None:
    notes = [(f"注：第{number}批作废", None, None, None) for number in range(70)]
    _, parser = read_rows(HEADS, sale(1), *notes)
    told = parser.unread.filter(reason="line_not_read")
    assert (told.height, sorted(told["row"])) == (50, list(range(3, 53)))


HARMLESS = (
    "更换包装 改用顺丰 测试卡 欠款已还清 款未到 未税 无备注 没有问题 已确认 实际单价12元 激活使用中 代开发票"
    " 转公账 退还保证金 已改价 改地址 换快递 非标卡 无限流量 未限速 不可拆分 非实名卡 免测试期 押金已退 未实名"
    " 未激活 不退不换 客户未回访 原箱未拆"
)


@pytest.mark.parametrize("remark", HARMLESS.split())
def test_what_remarks_say_of_prices_parcels_and_tariffs_is_harmless(remark: str) -> None:
    assert not casts_doubt(remark)


@pytest.mark.parametrize("heading", ["经手", "经办", "仓管"])
def test_the_clerk_of_a_row_says_nothing_of_it_but_a_word_in_his_place_does(heading: str) -> None:
    rows = [sale(1, "包永明"), sale(2, "小吕"), sale(3, None)]
    loaded, parser = read_rows((*HEADS, heading), *rows)
    assert (len(loaded), parser.unread.height) == (3, 0)
    loaded, parser = read_rows((*HEADS, heading), sale(1, "包永明"), sale(2, "没给"))
    assert parser.unread["row"].to_list() == [3]


LATER_ACTS = [
    ("回库日期", "2024-03-10"),
    ("追回时间", "10/03/2024"),
    ("再转出日期", "2024-03-10"),
    ("寄回单号", "SF123456789"),
]
LATER_ACTS += [("转交人", "李四"), ("passed to", "李四"), ("recovered on", "2024-03-10"), ("拆回", "2024-03-10")]


@pytest.mark.parametrize(("heading", "cell"), LATER_ACTS)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_day_a_party_or_a_parcel_of_an_unknown_act_is_told_with_the_movement(
    heading: str, cell: str, bulk: bool
) -> None:
    loaded, parser = read_rows((*HEADS, heading), sale(1, cell), sale(2, None), bulk=bulk)
    assert [each["kind"] for each in loaded] == ["transfer"] * 2
    assert parser.unread.select("row", "field").rows() == [(2, heading)]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        *(
            (f"{act}日期", "2024-03-10")
            for act in ("下单", "付款", "开票", "审核", "创建", "合同签订", "到期", "套餐生效")
        ),
        *((f"{act}人", "李四") for act in ("制单", "审核", "收货", "介绍", "法定代表")),
        *(("快递单号", "SF1"), ("合同编号", "HT1"), ("Created By", "Ravi"), ("orderUpdatedAt", "2024-03-10")),
        *(("Invoice Date", "2024-03-10"), ("档口", "12-3号")),
    ],
)
def test_what_is_about_the_movement_and_its_papers_is_no_later_act(heading: str, cell: str) -> None:
    _, parser = read_rows((*HEADS, heading), sale(1, cell), sale(2, None))
    assert parser.unread.is_empty()


RANGE = ("日期", "转出方", "转入方", "起始ICCID", "结束ICCID", "数量")


def lot(number: int, more: str | None) -> Row:
    return ("2024-03-05", "甲公司", "乙公司", CARD(number), CARD(number + 9), "10", more)


@pytest.mark.parametrize("heading", ["实收", "未发", "换货数量", "破损", "差异", "rejected qty", "short", "backorder"])
@pytest.mark.parametrize("bulk", [True, False])
def test_a_number_of_some_of_the_cards_of_a_row_is_told_with_them(heading: str, bulk: bool) -> None:
    _, parser = read_rows((*RANGE, heading), lot(10, "2"), lot(30, "0"), lot(50, None), bulk=bulk)
    assert parser.unread.select("row", "reason", "field").rows() == [(2, "remark_not_read", heading)]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("实收", "10"),
        ("实收", "4500"),
        ("应发", "10"),
        ("箱数", "2"),
        ("单价", "5"),
        ("Rate", "3"),
        ("No of boxes", "1"),
    ],
)
def test_a_number_that_is_no_part_of_the_quantity_says_nothing_of_the_cards(heading: str, cell: str) -> None:
    _, parser = read_rows((*RANGE, heading), lot(10, cell), lot(30, cell))
    assert parser.unread.is_empty()


@pytest.mark.parametrize("heading", ["未发", "rejected qty", "缺少"])
def test_a_number_of_all_cards_that_did_not_go_is_told(heading: str) -> None:
    _, parser = read_rows((*RANGE, heading), lot(10, "10"), lot(30, None))
    assert parser.unread.height == 1


@pytest.mark.parametrize("heading", ["转入方电话", "转出方电话", "买方电话", "转入方手机号"])
def test_a_telephone_of_a_side_is_no_further_party(heading: str) -> None:
    heads = ("转出方", "转入方", "日期", "卡号", heading)
    parser = open_sheet_parser(sheet_of(heads, ("甲公司", "乙公司", "2024-03-05", CARD(1), "13800138000")))
    assert sum(frame.height for frame in parser.frames()) == 2  # the transfer and the contact
    assert parser.unread.is_empty()


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("批次", "第一批"),
        ("保管", "韦娜"),
        ("托寄物内容", "电话卡"),
        ("箱次", "第三箱"),
        ("发货方", "卖家"),
        ("是否代发订单", "否"),
    ],
)
def test_batches_goods_and_keepers_say_nothing_of_the_way_of_cards(heading: str, cell: str) -> None:
    loaded, parser = read_both_ways((*HEADS, "备注", heading), *(sale(number, None, cell) for number in range(1, 4)))
    assert (len(loaded), parser.unread["text"].to_list()) == (3, [])


@pytest.mark.parametrize(("heading", "cell"), [("批次", "作废"), ("保管", "没收到"), ("批次", "第一批（退回）")])
def test_words_that_deny_stay_told_below_such_headings(heading: str, cell: str) -> None:
    other = {"批次": "第二批", "保管": "韦娜"}.get(heading, "否")
    rows = [sale(1, None, cell), sale(2, None, other), sale(3, None, other)]
    _, parser = read_both_ways((*HEADS, "备注", heading), *rows)
    assert parser.unread["text"].to_list() == [cell]


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("江临市公安局（印） 二〇二五年六月二十五日", False),
        ("以上共 11 项。见证人：葛明（翠湖社区） 办案人：陆鸣、白雪 保管人：罗军", False),
        ("说明：1.状态为7月1日查询时状态。2.联系人：客户响应中心 喻婕，电话10000转政企。", False),
        ("见证人：葛明 其中卡两张已退还 保管人：罗军", True),
        ("说明：1.状态为7月1日查询时状态。2.第3行的卡已转政企客户。", True),
        ("Total lines requested: 13    Found: 12    Not found: 1", False),
        ("This document is system generated and needs no signature.", False),
        ("Acme Ltd is an M2M (bulk) account; end users of bulk lines are not known to Safaricom.", False),
        ("共查询13个号码，查得12个，未查得1个", False),
        ("Total lines requested: 13    Returned: 1", True),
    ],
)
def test_seals_witnesses_and_legends_below_a_table_say_nothing_of_its_rows(line: str, is_told: bool) -> None:
    _, parser = read_both_ways(HEADS, sale(1), (line, None, None, None))
    assert parser.unread["text"].to_list() == ([line] if is_told else [])


@pytest.mark.parametrize(
    "line",
    [
        "一、本附件所列物联网卡均系乙方于2025年4月2日以乙方名义在中国移动江临分公司开户，乙方保证开户资料真实。",
        "开户说明：以上卡段以本公司名义在中国移动江临分公司开户",
        "说明：上列卡由供方于2025年4月2日在中国移动开户",
        "注：上列卡片开户主体为江临市鼎盛充电桩运营有限公司",
        "All lines below are registered at Airtel Kenya in our name (Acacia Ltd).",
        "Note: the lines in this annex were opened in the Seller's name at Airtel on 2 April 2025",
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_a_line_that_says_who_registered_the_cards_is_told_with_each_also_of_refused_rows(
    line: str, *, is_above: bool
) -> None:
    rows = [(*HEADS, "备注"), sale(1, None), sale(2, None), sale(3, "已取消，未交付")]
    beside: Row = (line, None, None, None, None)
    loaded, parser = read_both_ways(*([beside] if is_above else []), *rows, *([] if is_above else [beside]))
    told = parser.unread.filter(parser.unread["reason"] == "registration_told")
    assert (len(loaded), told["text"].unique().to_list()) == (2, [line])
    assert sorted(told["first"]) == [30021020001, 30021020002, 30021020003]
    assert not [each for each in loaded if each["kind"] == "registration"]


@pytest.mark.parametrize("line", ["开户行：中国工商银行江临支行", "以上卡均已实名激活", "All lines are registered."])
def test_lines_that_say_nobody_are_not_told_as_registrations(line: str) -> None:
    _, parser = read_both_ways(HEADS, sale(1), (line, None, None, None))
    assert "registration_told" not in parser.unread["reason"].to_list()


@pytest.mark.parametrize(("others", "is_told"), [("线上1688订单", False), ("退货", True)])
def test_what_stands_in_another_table_says_nothing_of_the_rows_of_this_one_but_returns(
    others: str, *, is_told: bool
) -> None:
    line = f"单据类型：销售出库单（{others}不在本表）"
    _, parser = read_both_ways((line, None, None, None), HEADS, sale(1))
    assert parser.unread["text"].to_list() == ([line] if is_told else [])


def test_a_card_that_only_a_remark_names_is_told_with_it() -> None:
    _, parser = read_rows(
        (*HEADS, "备注"), sale(1, f"发错卡，实发{CARD(5)}"), sale(2, f"{CARD(2)}可能发错"), sale(3, None)
    )
    told = [(each["row"], each["first"]) for each in parser.unread.iter_rows(named=True)]
    assert told == [(2, 30021020001), (2, 30021020005), (3, 30021020002)]
