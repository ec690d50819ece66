"""Day-books, counts of nought, and rows that name who got their cards but not who passed them on."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.supporting import SupportSheetParser
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows, sheet_of

CARD = "898606253002102{:04d}".format
HEADS = ("日期", "卖方", "买方", "卡号")
FIRST, SECOND = "2024-01-05", "2024-01-06"


def read(*rows: Row, **options: Any) -> tuple[list[tuple[object, ...]], SheetParser]:
    """Return kind, receiver and day of each statement by row, read in both ways, which may not differ."""
    loaded, parser = read_both_ways(*rows, **options)
    days = [None if each["first_day"] is None else format_day(each["first_day"]) for each in loaded]
    return [(each["row"], each["kind"], day) for each, day in zip(loaded, days, strict=True)], parser


def sales(*days: str | None) -> list[Row]:
    return [(day, "王五", "张三", CARD(n)) for n, day in enumerate(days, 1)]


@pytest.mark.parametrize("block_rows", [1000, 2])
def test_a_day_that_is_written_once_is_that_of_the_rows_below_it(block_rows: int) -> None:
    told, parser = read(HEADS, *sales(FIRST, None, None, SECOND, None), block_rows=block_rows)
    assert [day for _, _, day in told] == [FIRST, FIRST, FIRST, SECOND, SECOND]
    assert [(each.field, each.reason, each.rows) for each in parser.remarks] == [("date", "as_above", 3)]


def test_a_title_says_that_it_is_a_day_book() -> None:
    told, _ = read(("流水账", None, None, None), HEADS, *sales(FIRST, None))
    assert [day for _, _, day in told] == [FIRST, FIRST]
    assert [day for _, _, day in read(HEADS, *sales(FIRST, None), name="日记账")[0]] == [FIRST, FIRST]


@pytest.mark.parametrize(
    "days",
    [
        (FIRST, None),
        (f"{FIRST} 10:12:44", None, None, f"{SECOND} 09:01:10", None),
        (FIRST, FIRST, None, SECOND, None),
        (SECOND, None, FIRST, None),
        (None, FIRST, None, SECOND, None),
    ],
)
def test_elsewhere_a_row_without_a_day_is_rejected_and_told(days: tuple[str | None, ...]) -> None:
    told, parser = read(HEADS, *sales(*days))
    assert len(told) == len([day for day in days if day])
    blank = [row for row, day in enumerate(days, 2) if day is None]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [
        (row, "date", "missing_field") for row in blank
    ]
    assert parser.unread["row"].to_list() == blank


@pytest.mark.parametrize("heading", ["激活日期", "出库日期"])
def test_an_empty_day_of_an_act_says_that_it_has_not_happened(heading: str) -> None:
    told, _ = read((heading, *HEADS[1:]), *sales(FIRST, None, SECOND, None))
    assert {day for _, kind, day in told if kind in ("activation", "transfer")} <= {FIRST, SECOND}
    assert [row for row, kind, _ in told if kind in ("activation", "transfer")] == [2, 4]


def test_a_row_without_cards_takes_no_day() -> None:
    rows = [*sales(FIRST, None, SECOND, None), (None, "合计", None, None)]
    told, parser = read(HEADS, *rows)
    assert (len(told), [(each.row, each.reason) for each in parser.rejects]) == (4, [(6, "not_a_record")])


@pytest.mark.parametrize("ditto", ["〃", "同上", "同", ",,", '"'])
def test_a_ditto_is_the_day_above(ditto: str) -> None:
    told, _ = read(HEADS, *sales(FIRST, ditto, ditto))
    assert [day for _, _, day in told] == [FIRST] * 3


@pytest.mark.parametrize(
    ("heads", "cards"),
    [
        (("单位", "盘点日期", "库存", "卡号"), (CARD(1),)),
        (("单位", "盘点日期", "库存", "起始卡号", "结束卡号"), (CARD(1), CARD(9))),
    ],
)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_stock_of_nought_lists_no_cards(heads: Row, cards: tuple[str, ...], bulk: bool) -> None:
    rows = [("甲公司", FIRST, "0", *cards), ("乙公司", FIRST, "9", *cards)]
    loaded, parser = read_rows(heads, *rows, bulk=bulk)
    assert [(each["stock"], each["first"] is None) for each in loaded] == [(0, True), (9, False)]
    assert parser.rejects == []
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "none_in_stock", "0")]


def test_why_a_card_was_not_there_is_told_with_it() -> None:
    heads = ("盘点日期", "单位", "ICCID", "实盘数", "原因说明")
    _, parser = read_both_ways(heads, (FIRST, "甲公司", CARD(1), "0", "7月2日交给孙浩然，未开单"))
    assert parser.unread.select("reason", "text").rows() == [("remark_not_read", "7月2日交给孙浩然，未开单")]


@pytest.mark.parametrize("taker", ["领卡人", "买方", "给谁", "转入方", "Issued To"])
def test_who_passed_cards_on_is_asked_where_a_row_says_only_who_got_them(taker: str) -> None:
    heads, row = ("日期", taker, "ICCID"), (FIRST, "张三", CARD(1))
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(heads, row)
    assert asked.value.fields == ("from",)
    assert read(heads, row, answers={"from": "王五"})[0] == [(2, "transfer", FIRST)]


def test_it_is_asked_beside_a_list_too_and_the_card_is_told() -> None:
    heads = ("日期", "转入方", "ICCID", "状态")
    told, parser = read(heads, (FIRST, "张三", CARD(1), "正常"))
    assert [kind for _, kind, _ in told] == ["card_list"]
    assert [(each.field, each.rows) for each in parser.questions] == [("from", 1)]
    assert parser.unread.select("row", "kind", "reason").rows() == [(2, "transfer", "unanswered")]


def test_who_got_a_parcel_or_a_payment_got_no_card_by_that() -> None:
    heads = ("运单号", "收件人", "日期", "ICCID")
    parser = open_sheet_parser(sheet_of(heads, ("SF1234567890", "张三", FIRST, CARD(1))))
    assert isinstance(parser, SupportSheetParser)


DOCUMENTS: Row = ("单据编号", "日期", "发货组织", "客户", "作废状态", "序列号")
VOID = "丙租赁有限公司"


def documents(*rows: tuple[str | None, str | None, str | None]) -> list[Row]:
    """Rows of documents: of each first one its number, customer and whether it is void."""
    return [
        (number, FIRST if number else None, "甲物联网有限公司" if number else None, customer, void, CARD(at))
        for at, (number, customer, void) in enumerate(rows, 1)
    ]


@pytest.mark.parametrize("block_rows", [1000, 2])
def test_what_the_first_row_of_a_document_says_is_that_of_all_its_rows(block_rows: int) -> None:
    rows = documents(
        ("X1", "乙仪表厂", "否"), (None, None, None), (None, None, None),
        ("X2", VOID, "是"), (None, None, None), ("X3", "丁水务有限公司", "否"), (None, None, None),
    )  # fmt: skip
    loaded, parser = read_both_ways(DOCUMENTS, *rows, block_rows=block_rows)
    assert [(each["row"], each["receiver_name"], each["record_no"]) for each in loaded] == [
        *((row, "乙仪表厂", "X1") for row in (2, 3, 4)),
        *((row, "丁水务有限公司", "X3") for row in (7, 8)),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "not_a_record"), (6, "not_a_record")]
    assert ("record_no", "as_above", 4) in [(each.field, each.reason, each.rows) for each in parser.remarks]


def test_a_row_that_names_another_side_without_a_number_ends_the_document() -> None:
    rows = documents(("X1", "乙仪表厂", "否"), (None, None, None), ("X2", "丁厂", "否"), (None, None, None))
    other: Row = (None, None, None, "戊厂", None, CARD(9))
    loaded, parser = read_both_ways(DOCUMENTS, *rows, other, *documents((None, None, None)))
    assert [each["row"] for each in loaded] == [2, 4]
    assert [(each.row, each.reason) for each in parser.rejects] == [(row, "missing_field") for row in (3, 5, 6, 7)]
