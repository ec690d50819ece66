"""Sales that say beside what came back: the row is the sale, and the return of the same cards where it states one."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.errors import AnswerContradicts, NeedsAnswer, UnknownKind
from graphtrace.ingest.given_answers import parse_handed
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.model import format_day

from .sheets import Row, read_rows

CARD = "898606253002102{:04d}".format
SOLD = "2024-03-01"
BACK = "2024-03-10"


def read(*rows: Row, **options: Any) -> tuple[list[tuple[object, ...]], SheetParser]:
    """Return row, kind, sides, day and first number of each statement, read in both ways, which may not differ."""
    loaded, parser = read_rows(*rows, **options)
    again, slow = read_rows(*rows, **options, bulk=False)
    assert (again, slow.rejects, slow.remarks) == (loaded, parser.rejects, parser.remarks)
    assert slow.unread.equals(parser.unread)
    told = [
        (
            each["row"],
            each["kind"],
            each["sender_name"],
            each["receiver_name"],
            format_day(each["first_day"]),
            each["first"],
        )
        for each in loaded
    ]
    return sorted(told, key=lambda each: (each[0], each[4])), parser


def number(card: str) -> int:
    return int(card[8:19])


def unread(parser: SheetParser) -> list[tuple[object, ...]]:
    return parser.unread.select("row", "kind", "reason", "first").rows()


SIDES = (("卖方", "买方"), ("转出方", "转入方"))


@pytest.mark.parametrize("sides", SIDES)
def test_a_second_day_about_returns_makes_a_sale_and_its_return(sides: tuple[str, str]) -> None:
    heads = ("日期", *sides, "ICCID", "退货日期")
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), BACK), (SOLD, "甲", "王五", CARD(2), None))
    assert told == [
        (2, "transfer", "甲", "李四", SOLD, number(CARD(1))),
        (2, "return", "李四", "甲", BACK, number(CARD(1))),
        (3, "transfer", "甲", "王五", SOLD, number(CARD(2))),
    ]
    assert (parser.rejects, unread(parser)) == ([], [])


def test_a_purchase_that_was_given_back_goes_to_the_carrier() -> None:
    heads = ("运营商", "购卡单位", "开卡日期", "卡号", "退卡日期")
    told, _ = read(heads, ("中国联通", "甲", SOLD, CARD(1), BACK))
    assert [each[1:5] for each in told] == [("purchase", "中国联通", "甲", SOLD), ("return", "甲", "中国联通", BACK)]


def test_where_every_row_has_both_days_and_the_sides_say_no_roles_it_is_asked() -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", "退货日期")
    rows = [(SOLD, "甲", "李四", CARD(n), BACK) for n in (1, 2)]
    with pytest.raises(UnknownKind):
        read(heads, *rows)
    told, _ = read(heads, *rows, as_kind="return")
    assert {each[1:5] for each in told} == {("return", "甲", "李四", BACK)}
    told, _ = read(heads, *rows, as_kind="transfer")
    assert {each[1:5] for each in told} == {("transfer", "甲", "李四", SOLD), ("return", "李四", "甲", BACK)}


def test_a_day_of_returns_alone_makes_a_list_of_returns_to_the_seller() -> None:
    told, _ = read(("退货日期", "卖方", "买方", "ICCID"), (BACK, "甲", "李四", CARD(1)))
    assert [each[1:5] for each in told] == [("return", "李四", "甲", BACK)]
    told, _ = read(("退货日期", "发货方", "收货方", "ICCID"), (BACK, "李四", "甲", CARD(1)))
    assert [each[1:5] for each in told] == [("return", "李四", "甲", BACK)]
    told, _ = read(("日期", "退货方", "接收方", "ICCID", "退货日期"), (SOLD, "李四", "甲", CARD(1), BACK))
    assert [each[1:5] for each in told] == [("return", "李四", "甲", BACK)]


@pytest.mark.parametrize("cell", ["未退", "未退货", "0", "否"])
def test_a_cell_that_says_that_nothing_came_back_states_no_return(cell: str) -> None:
    told, parser = read(("日期", "卖方", "买方", "ICCID", "退货日期"), (SOLD, "甲", "李四", CARD(1), cell))
    assert [each[1] for each in told] == ["transfer"]
    assert (parser.remarks, unread(parser)) == ([], [])


def test_the_card_column_without_a_qualifier_is_the_card_of_the_row() -> None:
    heads = ("退货ICCID", "日期", "卖方", "买方", "ICCID")
    told, parser = read(heads, (CARD(5), SOLD, "甲", "李四", CARD(1)), (None, SOLD, "甲", "王五", CARD(2)))
    assert [each[1:] for each in told] == [
        ("transfer", "甲", "李四", SOLD, number(CARD(1))),
        ("transfer", "甲", "王五", SOLD, number(CARD(2))),
    ]
    assert unread(parser) == [(2, "return", "missing_field", number(CARD(5)))]
    heads, row = (*heads, "退货日期"), (CARD(5), SOLD, "甲", "李四", CARD(1), BACK)
    told, _ = read(heads, row)
    assert told[1][1:] == ("return", "李四", "甲", BACK, number(CARD(5)))


def test_a_part_that_came_back_is_told_with_the_cards_of_the_row() -> None:
    heads = ("日期", "卖方", "买方", "起始ICCID", "结束ICCID", "数量", "退货数量")
    rows = [
        (SOLD, "甲", "李四", CARD(10), CARD(14), "5", "3"),
        (SOLD, "甲", "王五", CARD(20), CARD(21), "2", "0"),
    ]
    told, parser = read(heads, *rows)
    assert [each[1] for each in told] == ["transfer", "transfer"]
    assert unread(parser) == [(2, "return", "missing_field", number(CARD(10)))]
    told, parser = read((*heads, "退货日期"), (*rows[0], BACK), (*rows[1][:-1], "2", BACK))
    assert [each[:2] for each in told] == [(2, "transfer"), (3, "transfer"), (3, "return")]
    assert unread(parser) == [(2, "return", "range_count_mismatch", number(CARD(10)))]


def test_a_reason_of_returns_in_some_rows_is_no_list_of_returns() -> None:
    heads = ("日期", "卖方", "买方", "ICCID", "退货原因")
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), "坏卡"), (SOLD, "甲", "李四", CARD(2), None))
    assert [each[1] for each in told] == ["transfer", "transfer"]
    assert unread(parser) == [(2, "return", "missing_field", number(CARD(1)))]


def test_a_return_before_its_sale_or_without_one_is_not_concluded() -> None:
    heads = ("发货日期", "发货方", "收货方", "ICCID", "退货日期")
    rows = [(SOLD, "甲", "李四", CARD(1), "2024-02-01"), (None, "甲", "李四", CARD(2), BACK)]
    told, parser = read(heads, *rows)
    assert [each[:2] for each in told] == [(2, "transfer")]
    assert unread(parser) == [
        (2, "return", "bad_date", number(CARD(1))),
        (3, "return", "missing_field", number(CARD(2))),
        (3, "transfer", "missing_field", number(CARD(2))),
    ]


def test_a_card_that_a_movement_names_in_a_column_that_is_not_read_is_told() -> None:
    heads = ("日期", "卖方", "买方", "ICCID", "旧ICCID")
    rows = [(SOLD, "甲", "李四", CARD(1), CARD(3)), (SOLD, "甲", "李四", CARD(2), CARD(2))]
    told, parser = read(heads, *rows)
    assert [each[5] for each in told] == [number(CARD(1)), number(CARD(2))]
    assert unread(parser) == [(2, None, "cards_not_read", number(CARD(n))) for n in (1, 3)]


@pytest.mark.parametrize(
    ("heading", "cell", "nothing"),
    [
        ("已退", "3张", None),
        ("退", "退", None),
        ("实退数量", "1", "0"),
        ("退卡", BACK, None),
        ("收回日期", BACK, None),
        ("退货", "1张", "否"),
    ],
)
def test_any_column_about_returns_leaves_the_other_rows_sales(heading: str, cell: str, nothing: str | None) -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", heading)
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), cell), (SOLD, "甲", "王五", CARD(2), nothing))
    assert [each[:5] for each in told if each[1] == "transfer"] == [
        (2, "transfer", "甲", "李四", SOLD),
        (3, "transfer", "甲", "王五", SOLD),
    ]
    came_back = [each[0] for each in told if each[1] == "return"] + [each[0] for each in unread(parser)]
    assert came_back == [2]


@pytest.mark.parametrize(
    "heading", ["是否可退", "不退原因", "退货地址", "收回款日期", "退出时间", "退款说明", "return policy"]
)
def test_what_is_not_about_cards_that_came_back_changes_nothing(heading: str) -> None:
    told, parser = read(("日期", "转出方", "转入方", "ICCID", heading), (SOLD, "甲", "李四", CARD(1), "是"))
    assert ([each[1] for each in told], unread(parser)) == (["transfer"], [])


ROLES, MOVED = SIDES
SALE, RETURN_OF_IT = ("销售", "甲", "李四"), ("退货", "李四", "甲")
SAME_SIDES = ("退货", "甲", "李四")


@pytest.mark.parametrize(
    ("sides", "returned", "expected"),
    [
        (ROLES, SAME_SIDES, ("李四", "甲")),
        (ROLES, RETURN_OF_IT, ("李四", "甲")),
        (MOVED, RETURN_OF_IT, ("李四", "甲")),
        (MOVED, SAME_SIDES, None),
    ],
)
def test_of_a_return_among_sales_the_sides_of_the_sales_say_who_gave_back(
    sides: tuple[str, str], returned: Row, expected: tuple[str, str] | None
) -> None:
    heads = ("日期", "类型", *sides, "ICCID")
    told, parser = read(heads, (SOLD, *SALE, CARD(1)), (BACK, *returned, CARD(1)))
    assert told[:1] == [(2, "transfer", "甲", "李四", SOLD, number(CARD(1)))]
    assert [each[1:5] for each in told[1:]] == ([("return", *expected, BACK)] if expected else [])
    asked = [(each.field, each.rows, each.choices) for each in parser.questions]
    assert asked == ([] if expected else [("returned_by", 1, sides)])
    assert unread(parser) == ([] if expected else [(3, "return", "missing_field", number(CARD(1)))])


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize(("at", "expected"), [(0, ("甲", "李四")), (1, ("李四", "甲"))])
def test_who_gave_back_can_be_said(sides: tuple[str, str], at: int, expected: tuple[str, str]) -> None:
    heads, answer = ("日期", "类型", *sides, "ICCID"), {"returned_by": sides[at]}
    rows = [(BACK, *SAME_SIDES, CARD(1)), *([(SOLD, *SALE, CARD(1))] if sides == MOVED else [])]
    told, parser = read(heads, *rows, answers=answer)
    assert [each[2:4] for each in told if each[1] == "return"] == [expected]
    assert (parser.answered, parser.questions, parser.rejects) == (answer, [], [])


@pytest.mark.parametrize(
    ("sides", "expected"),
    [(("供货单位", "客户名称"), ("李四", "甲")), (MOVED, None), (("甲列", "乙列"), None)],
)
def test_sides_that_a_person_names_are_those_of_sales_and_do_not_say_who_gave_back(
    sides: tuple[str, str], expected: tuple[str, str] | None
) -> None:
    heads = ("日期", "单据类型", *sides, "起始ICCID", "截止ICCID")
    claims = ColumnOverrides(headings={"kind": "单据类型", "from": sides[0], "to": sides[1]})
    rows = [(SOLD, "销售出库", "甲", "李四", CARD(1), CARD(9)), (BACK, "销售退货", "甲", "李四", CARD(4), CARD(9))]
    told, parser = read(heads, *rows, mapping=ColumnMapping(claims=claims))
    assert told[:1] == [(2, "transfer", "甲", "李四", SOLD, number(CARD(1)))]
    assert [each[1:5] for each in told[1:]] == ([("return", *expected, BACK)] if expected else [])
    assert [each.field for each in parser.questions] == ([] if expected else ["returned_by"])


def test_a_return_of_some_of_the_cards_that_were_sold_under_the_same_sides_is_asked_about() -> None:
    heads = ("日期", "类型", *MOVED, "起始ICCID", "结束ICCID")
    rows = [(SOLD, "销售", "甲", "李四", CARD(1), CARD(9)), (BACK, "退货", "甲", "李四", CARD(4), CARD(5))]
    told, parser = read(heads, *rows)
    assert [each[1] for each in told] == ["transfer"]
    assert [each.field for each in parser.questions] == ["returned_by"]


@pytest.mark.parametrize("sold", [(CARD(4), None, None), (None, CARD(1), CARD(4))])
@pytest.mark.parametrize("back", [(CARD(4), None, None), (None, CARD(3), CARD(8))])
def test_one_card_in_common_is_enough_to_ask_who_gave_back(
    sold: tuple[str | None, ...], back: tuple[str | None, ...]
) -> None:
    heads = ("日期", "类型", *MOVED, "ICCID", "起始ICCID", "结束ICCID")
    others = [(SOLD, "销售", "甲", "李四", CARD(n), None, None) for n in (1, 2, 9)]
    told, parser = read(
        heads, (SOLD, "销售", "甲", "李四", *sold), (BACK, "退货", "甲", "李四", *back), *(others if sold[0] else ())
    )
    assert {each[1] for each in told} == {"transfer"}
    assert [each.field for each in parser.questions] == ["returned_by"]


def test_cards_that_were_not_sold_under_the_sides_of_a_return_say_nothing_of_it() -> None:
    heads = ("日期", "类型", *MOVED, "ICCID")
    rows = [
        (SOLD, "销售", "甲", "李四", CARD(1)),
        (BACK, "退货", "李四", "甲", CARD(1)),
        (BACK, "退货", "甲", "李四", CARD(7)),
    ]
    told, parser = read(heads, *rows)
    assert [each[1] for each in told] == ["transfer", "return", "return"]
    assert parser.questions == []


def test_in_the_programs_own_form_from_is_who_gave_back() -> None:
    heads = ("date", "kind", "from", "to", "iccid_first", "iccid_last")
    rows = [(SOLD, "transfer", "甲", "李四", CARD(1), CARD(9)), (BACK, "return", "甲", "李四", CARD(4), CARD(5))]
    told, parser = read(heads, *rows)
    assert [each[1:4] for each in told] == [("transfer", "甲", "李四"), ("return", "甲", "李四")]
    assert parser.questions == []


def test_a_return_alone_between_sides_that_moved_is_as_they_say() -> None:
    told, _ = read(("日期", "类型", *MOVED, "ICCID"), (BACK, *RETURN_OF_IT, CARD(1)))
    assert [each[1:4] for each in told] == [("return", "李四", "甲")]


AFRICAN = ("89254021000882132006", "89254021000882132014")


@pytest.mark.parametrize(
    ("titles", "sides"),
    [
        (["RIFT VALLEY AGRITECH LTD – RETURNED LINES"], ("Kamau Phones", "RIFT VALLEY AGRITECH LTD")),
        (["Star Ltd", "Returns log"], ("Kamau Phones", "Star Ltd")),
    ],
)
def test_who_keeps_an_english_list_of_returns_got_what_others_gave_back(
    titles: list[str], sides: tuple[str, str]
) -> None:
    above = [(title, *[None] * 4) for title in titles]
    heads = ("Date", "Returned By", "Serial No.", "Reason", "Received By")
    rows = [("2024-05-06", "Kamau Phones", card, "Faulty", "J. Cheruiyot") for card in AFRICAN]
    loaded, parser = read_rows(*above, heads, *rows)
    assert {(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded} == {("return", *sides)}
    assert not parser.questions


def test_the_outcome_of_a_return_is_read_where_a_sentence_says_what_became_of_it() -> None:
    heads = ("Date", "Returned by\n(customer)", "SIM serial", "Result")
    results = ("Accepted, back to store", "Works OK. REFUSED – kept the card, no return", "Accepted, later refused")
    rows = [
        ("2024-05-06", "Kamau Phones", card, said)
        for card, said in zip((*AFRICAN, "89254021000882132022"), results, strict=True)
    ]
    loaded, parser = read_rows(("Star Ltd – Goods Returned Register (SIM cards)", *[None] * 3), heads, *rows)
    assert [(each["row"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (3, "Kamau Phones", "Star Ltd")
    ]
    reasons = {each.row: each.reason for each in parser.rejects}
    assert reasons == {4: "not_a_record", 5: "unknown_kind"}


def test_a_negative_number_beside_returned_faulty_is_the_return() -> None:
    heads = ("Date", "Supplied By", "Sold To", "ICCID", "Qty", "Status")
    rows = [
        ("2024-02-12", "Star Ltd", "Moon Ltd", "8910043000000000012", "1", "Despatched"),
        ("2024-03-12", "Star Ltd", "Moon Ltd", "8910043000000000012", "-1", "Returned - faulty"),
        ("2024-03-12", "Star Ltd", "Moon Ltd", "8910043000000000020", "1", "Returned - faulty"),
    ]
    loaded, parser = read_rows(heads, *rows)
    assert [(each["row"], each["kind"], each["sender_name"]) for each in loaded] == [
        (2, "transfer", "Star Ltd"),
        (3, "return", "Moon Ltd"),
    ]
    assert [each.row for each in parser.rejects] == [4]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        *(("退货截止日", "2024-04-01"), ("允许退货", "是"), ("上月退货数", "3"), ("累计退货", "3")),
        *(("returnable", "yes"), ("退回数", "2"), ("退货数", "3"), ("returned qty", "2")),
    ],
)
def test_terms_and_numbers_of_returns_in_every_row_make_no_list_of_returns(heading: str, cell: str) -> None:
    heads = ("日期", "转出方", "转入方", "起始ICCID", "结束ICCID", "数量", heading)
    rows = [(SOLD, "甲", name, CARD(n), CARD(n + 9), "10", cell) for n, name in ((10, "李四"), (30, "王五"))]
    told, parser = read(heads, *rows)
    assert [each[1] for each in told] == ["transfer"] * 2
    assert bool(unread(parser)) == cell.isdigit()


@pytest.mark.parametrize(
    ("heading", "answer"),
    [
        ("Returned by", "Brightcell→[Returned by]"),
        ("Returned by", "return:Brightcell→[Returned by]"),
        ("上家", "李四→[上家]"),
        ("Sold to", "[Sold to]→李四"),
    ],
)
def test_an_answer_that_turns_round_what_a_heading_says_is_refused(heading: str, answer: str) -> None:
    with pytest.raises(AnswerContradicts):
        read_rows(("日期", heading, "ICCID"), (SOLD, "甲公司", CARD(1)), answers=parse_handed(answer))


def test_in_a_return_whoever_bought_may_give_back() -> None:
    rows = [("日期", "Sold to", "ICCID"), (SOLD, "甲公司", CARD(1))]
    told, _ = read(*rows, answers=parse_handed("return:[Sold to]→李四"))
    assert [each[1] for each in told] == ["return"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Credit: SIM returned by you 19/05/2025, will not register", "2025-05-19"),
        ("Credit note for SIM ret. on 19-May-2025 (invoiced 02/04/2025)", "2025-05-19"),
        ("5月19日退回，不能注册", "2025-05-19"),
        ("Credit for SIM invoiced 02/04/2025", "2025-05-28"),
        ("Credit: returned 19/05/2025, returned again 21/05/2025", None),
        ("Credit: returned 19/06/2025", None),
    ],
)
def test_a_day_said_for_all_rows_is_not_that_of_a_return_that_names_its_own(said: str, day: str | None) -> None:
    told, _ = read(
        ("Line", "Description", "ICCID", "Qty"),
        ("1", "M2M SIM", CARD(1), "1"),
        ("2", said, CARD(2), "-1"),
        answers={"kind": "transfer", "from": "Midland Ltd", "to": "Carrick Ltd", "date": "2025-05-28"},
    )
    sold = (2, "transfer", "Midland Ltd", "Carrick Ltd", "2025-05-28", number(CARD(1)))
    assert told == [sold] + ([] if day is None else [(3, "return", "Carrick Ltd", "Midland Ltd", day, number(CARD(2)))])


def test_the_tax_point_above_an_invoice_is_its_day() -> None:
    above = "Invoice no: MT-1\nInvoice date / tax point: 28 May 2025"
    told, _ = read(
        ("Midland Ltd", None, above, None),
        ("Line", "Description", "ICCID", "Qty"),
        ("1", "M2M SIM", CARD(1), "1"),
        answers={"kind": "transfer", "from": "Midland Ltd", "to": "Carrick Ltd"},
    )
    assert told == [(3, "transfer", "Midland Ltd", "Carrick Ltd", "2025-05-28", number(CARD(1)))]


@pytest.mark.parametrize(
    ("remark", "day"),
    [
        ("Returned 22/03/2024", "2024-03-22"),
        ("Goods returned 22-Mar-2024", "2024-03-22"),
        ("SIM returned by customer 22/03/2024", "2024-03-22"),
        ("Customer sent it back 22 Mar 2024", "2024-03-22"),
        ("Customer sent it back, wrong network, 22 Mar 2024", "2024-03-22"),
        ("customer returned them, not working - 22/03/2024", "2024-03-22"),
        ("Client brought the SIM back (faulty) on 2024-03-22", "2024-03-22"),
        ("3月12日已退货", "2024-03-12"),
        ("客户3.12退回", "2024-03-12"),
    ],
)
def test_the_return_that_a_remark_dates_is_read_beside_its_sale_and_told_as_unread_no_more(
    remark: str, day: str
) -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", "备注")
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), remark), ("2024-03-15", "甲", "王五", CARD(2), None))
    assert [each[1:5] for each in told if each[0] == 2] == [
        ("transfer", "甲", "李四", SOLD),
        ("return", "李四", "甲", day),
    ]
    assert unread(parser) == []


@pytest.mark.parametrize(
    "remark",
    [
        f"sim {CARD(1)} / came back 22 Mar 2024, refunded, back in stock",
        f"{CARD(1)} - returned 22/03/2024",
    ],
)
def test_a_remark_that_names_the_one_card_of_its_row_returns_the_row(remark: str) -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", "备注")
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), remark), ("2024-03-15", "甲", "王五", CARD(2), None))
    assert [each[1:5] for each in told if each[0] == 2] == [
        ("transfer", "甲", "李四", SOLD),
        ("return", "李四", "甲", "2024-03-22"),
    ]
    assert (unread(parser), parser.rejects) == ([], [])


RANGE_HEADS = ("日期", "转出方", "转入方", "起始卡号", "截止卡号", "数量", "备注")


@pytest.mark.parametrize(
    "remark",
    [
        f"其中{CARD(3)}读不出，3.13退回一张，已退28元",
        f"{CARD(3)}，客户3月13日已退回1张",
        f"Of these {CARD(3)} came back on 13/03/2024",
        f"SIM {CARD(3)} faulty, returned 1 pc 13/03/2024",
    ],
)
def test_the_card_of_a_range_that_a_remark_says_to_have_come_back_on_a_day_is_returned_alone(remark: str) -> None:
    told, parser = read(
        RANGE_HEADS,
        (SOLD, "甲", "李四", CARD(1), CARD(10), "10", remark),
        ("2024-03-15", "甲", "王五", CARD(3), CARD(3), "1", None),
    )
    assert told == [
        (2, "transfer", "甲", "李四", SOLD, number(CARD(1))),
        (2, "return", "李四", "甲", "2024-03-13", number(CARD(3))),
        (3, "transfer", "甲", "王五", "2024-03-15", number(CARD(3))),
    ]
    assert (unread(parser), parser.rejects) == ([], [])


@pytest.mark.parametrize(
    "remark", ["3月13日10张全部退回入库", "3月13日全部退回入库", "Returned all 10 pcs on 13/03/2024"]
)
def test_a_remark_that_counts_all_cards_of_a_row_returns_the_row(remark: str) -> None:
    told, parser = read(RANGE_HEADS, (SOLD, "甲", "李四", CARD(1), CARD(10), "10", remark))
    assert told == [
        (2, "transfer", "甲", "李四", SOLD, number(CARD(1))),
        (2, "return", "李四", "甲", "2024-03-13", number(CARD(1))),
    ]
    assert (unread(parser), parser.rejects) == ([], [])


@pytest.mark.parametrize(
    "remark",
    [
        f"其中{CARD(30)}读不出，3.7退回一张",
        f"其中{CARD(3)}读不出，3.7退回两张",
        f"其中{CARD(3)}未退，3.7退回一张",
        f"其中{CARD(3)}读不出，3.7退回一张，3.9补一张",
        "3月7日9张全部退回入库",
        f"Of these {CARD(3)} came back on 13/02/2024",
    ],
)
def test_a_return_of_other_cards_than_those_of_the_row_or_of_another_number_is_told(remark: str) -> None:
    told, parser = read(RANGE_HEADS, (SOLD, "甲", "李四", CARD(1), CARD(10), "10", remark))
    assert [each for each in told if each[1] == "return"] == []
    assert unread(parser) != []


@pytest.mark.parametrize(
    "remark",
    [
        "Customer sent it back, refunded 22 Mar 2024",
        "Customer sent one back 22 Mar 2024",
        "Customer will send it back 22 Mar 2024",
        "Customer sent it back, new one sent 22 Mar 2024",
    ],
)
def test_the_day_of_something_else_in_a_remark_is_that_of_no_return(remark: str) -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", "备注")
    told, parser = read(heads, (SOLD, "甲", "李四", CARD(1), remark), ("2024-03-15", "甲", "王五", CARD(2), None))
    assert [each[1] for each in told if each[0] == 2 and each[1] == "return"] == []
    assert unread(parser) != []


@pytest.mark.parametrize(
    "heading",
    ["Returned to us on", "Date returned", "Returned on", "Taken back on", "Received back on", "退回我店日期"],
)
def test_the_day_on_which_a_card_came_back_to_the_seller_is_a_return_beside_its_sale(heading: str) -> None:
    heads = ("Date", "Sold by", "Sold to", "ICCID", heading)
    told, parser = read(
        heads,
        (SOLD, "Alpha Ltd", "Beta Ltd", CARD(1), BACK),
        (SOLD, "Alpha Ltd", "Gamma Ltd", CARD(2), None),
        (SOLD, "Alpha Ltd", "Gamma Ltd", CARD(3), None),
    )
    assert [each[:5] for each in told] == [
        (2, "transfer", "Alpha Ltd", "Beta Ltd", SOLD),
        (2, "return", "Beta Ltd", "Alpha Ltd", BACK),
        (3, "transfer", "Alpha Ltd", "Gamma Ltd", SOLD),
        (4, "transfer", "Alpha Ltd", "Gamma Ltd", SOLD),
    ]
    assert unread(parser) == []


@pytest.mark.parametrize("heads", [("Sold to", "Returned by"), ("Issued to", "Returned from"), ("买方", "退货人")])
def test_whoever_gave_back_is_no_side_of_the_sale_to_somebody_else(heads: tuple[str, str]) -> None:
    rows = [("日期", "ICCID", *heads), (SOLD, CARD(1), "李四商行", "王五")]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*rows)
    assert (caught.value.event, caught.value.fields) == ("transfer", ("from",))
    loaded, parser = read_rows(*rows, answers={"from": "甲公司"})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", "甲公司", "李四商行")
    ]
    assert parser.unread.height


@pytest.mark.parametrize("title", ["Credit note - returned goods", "Credit Note (goods returned)"])
def test_whom_a_credit_note_for_returned_goods_is_addressed_to_gave_them_back(title: str) -> None:
    above: list[Row] = [
        ("Shree Balaji Telelinks Pvt Ltd", None, None),
        (title, None, None),
        ("To: Anil Traders", None, None),
        ("Date: 14/03/2024", None, None),
    ]
    table: list[Row] = [("Sr", "Description", "ICCID"), ("1", "SIM card", CARD(1))]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*above, *table)
    assert (caught.value.event, caught.value.fields) == ("return", ("to",))
    loaded, _ = read_rows(*above, *table, answers={"to": "Shree Balaji Telelinks Pvt Ltd"})
    assert [(each["kind"], each["sender_name"]) for each in loaded] == [("return", "Anil Traders")]


def test_a_credit_note_that_names_no_return_is_asked_about() -> None:
    loaded, parser = read_rows(
        ("CREDIT NOTE", None, None),
        ("To: Anil Traders", None, None),
        ("Sr", "Description", "ICCID"),
        ("1", "SIM card", CARD(1)),
    )
    assert [each["kind"] for each in loaded] == ["card_list"]
    assert [each.field for each in parser.questions] == ["kind"]


@pytest.mark.parametrize("heading", ["Received back from", "Returned by"])
def test_whom_cards_were_received_back_from_says_that_the_list_is_one_of_returns(heading: str) -> None:
    table: list[Row] = [("Date", heading, "ICCID", "Nos"), ("2025-04-02", "Anil Traders", CARD(1), "1")]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*table)
    assert (caught.value.event, caught.value.fields) == ("return", ("to",))
    loaded, _ = read_rows(*table, answers={"to": "Balaji Ltd"})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("return", "Anil Traders", "Balaji Ltd")
    ]
