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
