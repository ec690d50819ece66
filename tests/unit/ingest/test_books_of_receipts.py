"""Books of what came in: the supplier of a row passed its cards on to whoever keeps the book."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.errors import NeedsAnswer
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

CARD = "898606253002102{:04d}".format
DAY = "2024-01-05"


def read(*rows: Row, **options: Any) -> list[tuple[object, ...]]:
    """Return sides and day of each transfer, read in both ways, which may not differ."""
    loaded, parser = read_both_ways(*rows, **options)
    assert ({each["kind"] for each in loaded}, parser.rejects) == ({"transfer"}, [])
    return [(each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded]


BOOKS: list[list[Row]] = [
    [("入库日期", "供应商", "ICCID")],
    [("收货日期", "供货商", "ICCID")],
    [("进货日期", "上家", "ICCID")],
    [("到货时间", "来源", "ICCID")],
    [("入库日期", "供货方", "ICCID")],
    [("收货日期", "往来单位", "ICCID")],
    [("采购日期", "供应商", "ICCID")],
    [("Received Date", "Supplier", "ICCID")],
    [("物联卡入库登记表", None, None), ("日期", "供应商", "ICCID")],
    [("Goods Received Book", None, None), ("Date", "Vendor", "ICCID")],
]


@pytest.mark.parametrize("heads", BOOKS)
def test_a_supplier_gave_the_cards_to_the_keeper_who_is_asked(heads: list[Row]) -> None:
    row = (DAY, "甲公司", CARD(1))
    for options in ({}, {"as_kind": "transfer"}):
        with pytest.raises(NeedsAnswer) as asked:
            read_rows(*heads, row, answers={"from": "王五"}, **options)
        assert asked.value.fields == ("to",)
        assert read(*heads, row, answers={"to": "王五"}, **options) == [("甲公司", "王五", DAY)]


def test_the_name_of_a_sheet_says_it_too() -> None:
    rows = [("日期", "供应商", "ICCID"), (DAY, "甲公司", CARD(1))]
    assert read(*rows, name="入库", answers={"to": "王五"}) == [("甲公司", "王五", DAY)]


def test_the_title_of_such_a_book_names_its_keeper_and_a_unit_of_goods_is_nobody() -> None:
    heads: list[Row] = [
        ("江西云岭物联科技有限公司  采购入库序时簿", *[None] * 4),
        ("日期", "供应商", "ICCID", "实收数量", "单位"),
    ]
    assert read(*heads, (DAY, "甲公司", CARD(1), "1", "张")) == [("甲公司", "江西云岭物联科技有限公司", DAY)]


def test_a_customer_beside_how_many_were_sent_got_them_from_whoever_is_asked() -> None:
    rows: list[Row] = [("日期", "客户", "起始ICCID", "结束ICCID", "实发数量"), (DAY, "甲公司", CARD(1), CARD(9), "9")]
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(*rows)
    assert asked.value.fields == ("from",)
    assert read(*rows, answers={"from": "王五"}) == [("王五", "甲公司", DAY)]


def test_a_receiver_that_stands_beside_got_the_cards() -> None:
    heads = ("入库日期", "供应商", "收货单位", "ICCID")
    assert read(heads, (DAY, "甲公司", "乙公司", CARD(1))) == [("甲公司", "乙公司", DAY)]


@pytest.mark.parametrize("heads", [("入库日期", "客户", "ICCID"), ("收货日期", "单位", "ICCID")])
def test_a_party_of_a_book_of_receipts_is_neither_side_by_itself(heads: Row) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(heads, (DAY, "甲公司", CARD(1)), as_kind="transfer")
    assert asked.value.fields == ("from", "to")


@pytest.mark.parametrize("title", ["出入库登记表", "退货入库登记", "销售明细"])
def test_titles_of_other_books_make_no_supplier_a_side(title: str) -> None:
    loaded, _ = read_rows((title, None, None, None), ("日期", "供应商", "ICCID", "状态"), (DAY, "甲", CARD(1), "正常"))
    assert {each["kind"] for each in loaded} <= {"card_list"}


def test_a_carrier_beside_the_supplier_is_that_of_the_cards() -> None:
    heads, row = ("运营商", "采购日期", "供应商", "ICCID"), ("中国联通", DAY, "甲公司", CARD(1))
    assert read(heads, row, answers={"to": "王五"}) == [("甲公司", "王五", DAY)]
    assert read_rows(heads, row, answers={"to": "王五"})[1].questions == []
