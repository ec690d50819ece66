"""Books that say in each row whether cards came in or went out, and with whom: whoever keeps them is the other side."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.ingest.pipeline import SheetParser

from .sheets import Row, read_both_ways, read_rows

CARD = "898606253002102{:04d}".format
KEEPER = {"keeper": "王五"}


def read(*rows: Row, **options: Any) -> tuple[list[tuple[object, ...]], SheetParser]:
    """Return the sides of each transfer by row, read in both ways, which may not differ."""
    loaded, parser = read_both_ways(*rows, **options)
    assert {each["kind"] for each in loaded} <= {"transfer"}
    return [(each["row"], each["sender_name"], each["receiver_name"]) for each in loaded], parser


BOOKS = [
    (("日期", "进/出", "对方", "卡号"), ("进", "出")),
    (("日期", "收/发", "往来单位", "ICCID"), ("收", "发")),
    (("日期", "入/出", "客户/供应商", "ICCID"), ("入", "出")),
    (("日期", "方向", "姓名", "卡号"), ("入", "出")),
    (("日期", "类型", "客户", "卡号"), ("进货", "出货")),
    (("日期", "类型", "对方单位", "卡号"), ("入库", "出库")),
    (("日期", "类别", "往来单位", "卡号"), ("收货", "发货")),
    (("Date", "In/Out", "Party", "ICCID"), ("In", "Out")),
    (("Date", "Type", "Customer/Supplier", "ICCID"), ("Received", "Issued")),
    (("Date", "Transaction Type", "Party Name", "ICCID"), ("Goods Received", "Sales Invoice")),
    (("日期", "说明", "往来单位", "ICCID"), ("进货", "卖出")),
]


@pytest.mark.parametrize(("heads", "ways"), BOOKS)
def test_each_row_says_who_gave_and_who_got(heads: Row, ways: tuple[str, str]) -> None:
    rows = [("2024-01-05", ways[0], "甲公司", CARD(1)), ("2024-01-06", ways[1], "张三", CARD(1))]
    for options in ({}, {"as_kind": "transfer"}):
        told, parser = read(heads, *rows, answers=KEEPER, **options)
        assert told == [(2, "甲公司", "王五"), (3, "王五", "张三")]
        assert (parser.rejects, parser.answered, parser.questions) == ([], KEEPER, [])


@pytest.mark.parametrize(("heads", "ways"), BOOKS)
@pytest.mark.parametrize("answers", [{}, {"from": "王五"}, {"to": "王五"}, {"from": "王五", "to": "赵六"}])
def test_whose_book_it_is_is_asked_once_and_nothing_is_stated_before(
    heads: Row, ways: tuple[str, str], answers: dict[str, str]
) -> None:
    rows = [("2024-01-05", ways[0], "甲公司", CARD(1)), ("2024-01-06", ways[1], "张三", CARD(1))]
    for options in ({}, {"as_kind": "transfer"}):
        told, parser = read(heads, *rows, answers=answers, **options)
        assert (told, [(each.field, each.rows) for each in parser.questions]) == ([], [("keeper", 2)])
        assert (parser.answered, parser.unread["row"].to_list()) == ({}, [2, 3])


def test_what_may_have_gone_either_way_is_asked_about() -> None:
    heads = ("日期", "类型", "客户/供应商", "起始卡号", "结束卡号", "数量")
    rows = [
        ("2024-01-05", "进货", "甲公司", CARD(1), CARD(10), "10"),
        ("2024-01-06", "出货", "张三", CARD(1), CARD(5), "5"),
        ("2024-01-08", "退货", "张三", CARD(1), CARD(1), "1"),
    ]
    told, parser = read(heads, *rows, answers=KEEPER)
    assert told == [(2, "甲公司", "王五"), (3, "王五", "张三")]
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "unknown_kind")]
    assert [each.field for each in parser.questions] == ["words.退货"]


def test_a_direction_of_calls_makes_no_book() -> None:
    heads = ("通话时间", "方向", "姓名", "ICCID", "通话时长")
    loaded, _ = read_rows(heads, ("2024-01-05 10:00:00", "出", "张三", CARD(1), "60"))
    assert [each["kind"] for each in loaded] == ["usage"]


DOCUMENTS = [
    ("进货单", "in"),
    ("采购入库单", "in"),
    ("销售单", "out"),
    ("销售出库单", "out"),
    ("销售退货单", "back_in"),
    ("客户退货", "back_in"),
    ("进货退货单", "back_out"),
    ("采购退货单", "back_out"),
    ("退供应商", "back_out"),
]


@pytest.mark.parametrize(("word", "way"), DOCUMENTS)
@pytest.mark.parametrize("party", ["往来单位", "单位名称"])
def test_each_document_of_a_merchants_program_goes_its_own_way(word: str, way: str, party: str) -> None:
    heads = ("单据日期", "单据编号", "单据类型", "单据状态", party, "数量", "起始串号", "截止串号", "单据备注")
    row = ("2024-03-03", "D-1", word, "已过账", "甲公司", "10", CARD(1), CARD(10), None)
    sale = ("2024-03-01", "D-2", "销售单", "已过账", "乙公司", "5", CARD(11), CARD(15), None)
    loaded, parser = read_both_ways(heads, row, sale, answers=KEEPER)
    of_row = next(each for each in loaded if each["row"] == 2)
    sides = ("甲公司", "王五") if way in ("in", "back_in") else ("王五", "甲公司")
    assert (of_row["sender_name"], of_row["receiver_name"]) == sides
    assert of_row["kind"] == ("return" if way.startswith("back") else "transfer")
    assert (parser.questions, parser.rejects) == ([], [])


@pytest.mark.parametrize("word", ["销售订单", "采购订单", "退货单", "调拨单", "借出单"])
def test_a_document_that_may_have_gone_either_way_is_asked_with_its_ways(word: str) -> None:
    heads = ("日期", "单据类型", "往来单位", "卡号")
    rows = [("2024-01-05", "进货单", "甲公司", CARD(1)), ("2024-01-06", word, "张三", CARD(1))]
    rows.append(("2024-01-07", "销售单", "张三", CARD(2)))
    for answers in ({}, {f"words.{word}": "transfer"}, {f"words.{word}": "return"}):
        told, parser = read(heads, *rows, answers=KEEPER | answers)
        assert told == [(2, "甲公司", "王五"), (4, "王五", "张三")]
        (asked,) = parser.questions
        assert asked.field == f"words.{word}"
        assert asked.choices == ("in", "out", "back_in", "back_out", "none", "ignore")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("in", ("transfer", "张三", "王五")),
        ("out", ("transfer", "王五", "张三")),
        ("back_in", ("return", "张三", "王五")),
        ("back_out", ("return", "王五", "张三")),
    ],
)
def test_the_way_that_a_person_says_ends_the_question(answer: str, said: tuple[str, str, str]) -> None:
    heads = ("日期", "类型", "往来单位", "卡号")
    rows = [("2024-01-05", "进货", "甲公司", CARD(1)), ("2024-01-06", "退货单", "张三", CARD(1))]
    rows.append(("2024-01-07", "销售", "张三", CARD(2)))
    loaded, parser = read_both_ways(heads, *rows, answers=KEEPER | {"words.退货单": answer})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded if each["row"] == 3] == [said]
    assert parser.questions == []
    _, parser = read_both_ways(heads, *rows, answers=KEEPER | {"words.退货单": "none"})
    assert ([each.row for each in parser.rejects], parser.questions) == ([3], [])


def test_what_a_shop_took_for_itself_is_no_sale_and_is_told_with_its_cards() -> None:
    heads = ("日期", "单据类型", "往来单位", "卡号")
    rows = [("2024-01-05", "进货单", "甲公司", CARD(1)), ("2024-01-06", "内部领用单", "本公司仓库", CARD(1))]
    told, parser = read(heads, *rows, ("2024-01-07", "销售单", "张三", CARD(2)), answers=KEEPER)
    assert told == [(2, "甲公司", "王五"), (4, "王五", "张三")]
    assert ([each.reason for each in parser.rejects], parser.questions) == (["not_a_record"], [])
    assert parser.unread.select("row", "text").rows() == [(3, "内部领用单")]


BOOK = (
    ("日期", "收/发", "对方单位", "卡号"),
    ("2024-01-05", "收", "甲公司", CARD(1)),
    ("2024-01-06", "发", "张三", CARD(1)),
)


@pytest.mark.parametrize(
    ("line", "keeper"),
    [
        ("义乌市云岭贸易有限公司 2024年1月 物联卡收发登记", "义乌市云岭贸易有限公司"),
        ("徐州恒达电子商务有限公司进销存台账", "徐州恒达电子商务有限公司"),
        ("恒信通讯商行 流量卡出入库明细表", "恒信通讯商行"),
        ("鸿发通讯 2024年 流量卡账", "鸿发通讯"),
        ("账套：徐州恒达电子商务有限公司", "徐州恒达电子商务有限公司"),
        ("核算单位：恒信通讯", "恒信通讯"),
    ],
)
def test_whoever_a_line_above_a_book_names_as_its_keeper_is_not_asked(line: str, keeper: str) -> None:
    told, parser = read((line, None, None, None), *BOOK)
    assert told == [(3, "甲公司", keeper), (4, keeper, "张三")]
    assert (parser.questions, parser.answered) == ([], {})
    assert ("keeper", "stated_above", keeper) in {(each.field, each.reason, each.value) for each in parser.remarks}
    # a person knows better
    assert read((line, None, None, None), *BOOK, answers=KEEPER)[0] == [(3, "甲公司", "王五"), (4, "王五", "张三")]


@pytest.mark.parametrize(
    "line",
    [
        "与恒信通讯商行往来收发登记",
        "致恒信通讯商行 收发登记",
        "物联卡收发登记",
        "2024年1月收发登记",
    ],
)
def test_a_title_that_names_no_keeper_leaves_the_question(line: str) -> None:
    told, parser = read((line, None, None, None), *BOOK)
    assert told == []
    assert [each.field for each in parser.questions] == ["keeper"]


@pytest.mark.parametrize(("part", "sides"), [("进货", ("甲", "鸿发通讯")), ("出货", ("鸿发通讯", "甲"))])
def test_the_heading_of_a_part_of_a_book_says_which_way_all_its_cards_went(part: str, sides: tuple[str, str]) -> None:
    heads = ("日期", "哪家来的" if part == "进货" else "拿货人", "卡号", "张数")
    above = [("鸿发通讯 2024年 流量卡账",) * 4, (part,) * 4]
    loaded, parser = read_both_ways(*above, heads, ("2024-01-05", "甲", CARD(1), "1"))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [sides]
    assert (parser.rejects, parser.questions) == ([], [])


def test_what_a_book_of_issues_got_back_came_back_to_its_keeper() -> None:
    rows = [
        ("2024-01-18", "Own team", "Issue", CARD(3)),
        ("2024-01-22", "GridEdge Services", "Issue", CARD(1)),
        ("2024-02-19", "GridEdge Services", "Return", CARD(1)),
    ]
    loaded, parser = read_both_ways(("Date", "Agency", "Issue/Return", "SIM No"), *rows, answers=KEEPER)
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", "王五", "GridEdge Services"),
        ("return", "GridEdge Services", "王五"),
    ]
    assert ([each.row for each in parser.rejects], parser.questions) == ([2], [])


def test_a_return_says_once_more_what_it_is() -> None:
    heads = ("日期", "类型", "对方", "卡号", "数量", "金额", "备注")
    rows = [
        ("2024-01-05", "进", "甲公司", CARD(1), "1", "15", None),
        ("2024-01-05", "进", "甲公司", CARD(2), "1", "15", None),
        ("2024-01-09", "退出", "甲公司", CARD(1), "1", "-15", "退回"),
        ("2024-01-10", "退入", "乙公司", CARD(2), "1", "15", "已退货"),
        ("2024-01-11", "退", "乙公司", CARD(2), "1", "-15", None),
    ]
    loaded, parser = read_both_ways(heads, *rows, answers=KEEPER)
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded[2:]] == [
        ("return", "王五", "甲公司"),
        ("return", "乙公司", "王五"),
    ]
    assert [(each.row, each.reason, each.value) for each in parser.rejects] == [(6, "unknown_kind", "退")]


REGISTER = (
    ("MWENDO FLEET SYSTEMS LTD - SIM ISSUE REGISTER", None, None, None, None),
    ("Date", "ICCID", "IN/OUT", "Received from / Issued to", "Remarks"),
    ("2025-01-15", CARD(1), "IN", "Safaricom Business", None),
    ("2025-02-03", CARD(1), "OUT", "Baraka Phones", "cash sale"),
)


@pytest.mark.parametrize("answers", [{}, {"to": "[Received from / Issued to]"}])
def test_a_column_of_in_and_out_decides_before_an_answer_that_names_the_heading_of_the_other_side(
    answers: dict[str, str],
) -> None:
    told, parser = read(*REGISTER, answers=answers)
    assert told == [
        (3, "Safaricom Business", "MWENDO FLEET SYSTEMS LTD"),
        (4, "MWENDO FLEET SYSTEMS LTD", "Baraka Phones"),
    ]
    assert (parser.rejects, parser.questions) == ([], [])


def test_a_row_in_of_a_book_that_says_returned_is_asked_and_comes_back_to_its_keeper() -> None:
    rows = (*REGISTER, ("2025-02-25", CARD(1), "IN", "Baraka Phones", "returned not registering"))
    told, parser = read(*rows)
    assert len(told) == 2
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "unknown_kind")]
    (question,) = parser.questions
    loaded, _ = read_both_ways(*rows, answers={question.field: "return"})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded if each["row"] == 5] == [
        ("return", "Baraka Phones", "MWENDO FLEET SYSTEMS LTD")
    ]


@pytest.mark.parametrize(
    "remark", ["test line - never sell", "TEST CARD", "BAD - left behind, see 16", "kept back", "not packed"]
)
def test_a_remark_in_english_that_cards_stayed_or_are_own_test_cards_is_asked(remark: str) -> None:
    told, parser = read(*REGISTER, ("2025-02-05", CARD(2), "OUT", "ICT office", remark))
    assert len(told) == 2
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "unknown_kind")]
    assert [each.rows for each in parser.questions] == [1]


def test_an_invoice_beside_goods_received_is_the_keepers() -> None:
    heads = ("Date", "Transaction Type", "Party Name", "ICCID")
    rows = [("2024-01-05", "Goods Received", "甲公司", CARD(1)), ("2024-01-06", "Tax Invoice", "张三", CARD(1))]
    told, _ = read(heads, *rows, answers=KEEPER)
    assert told == [(2, "甲公司", "王五"), (3, "王五", "张三")]


def test_invoices_alone_make_no_book_of_both_ways() -> None:
    heads = ("Date", "Transaction Type", "Party Name", "ICCID")
    loaded, parser = read_rows(heads, ("2024-01-06", "Tax Invoice", "张三", CARD(1)))
    assert {each["kind"] for each in loaded} <= {"card_list"}
    assert "keeper" not in {each.field for each in parser.questions}
