"""Cards that rows name by the ends of their numbers, among those that the same table, or the one beside it, names."""

from __future__ import annotations

import pytest

from graphtrace.identifiers import join_key
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.sheet_tables import split_tables

from .sheets import read_all, read_both_ways, sheet_of

HEADS = ("日期", "转出方", "转入方", "卡号/货", "数")
IN = ("2025-04-29", "甲通讯", "乙店", "8986112520310041110-041201", "10")
TEN = "8986112520310041110-041201"


def out(cell: str, to: str = "贺建平", count: str = "1") -> tuple[str, ...]:
    return ("2025-05-21", "乙店", to, cell, count)


def cards(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(each["row"], join_key(str(each["head"]), each["size"], each["first"])) for each in loaded]  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["尾号041185", "尾号：041185", "卡尾041185", "后六位041185", "…041185"])
def test_the_one_card_of_the_table_that_ends_so_is_the_card(cell: str) -> None:
    loaded, parser = read_both_ways(HEADS, IN, out(cell))
    assert (3, "8986112520310041185") in cards(loaded)
    assert [(each.rows, each.value) for each in parser.remarks if each.reason == "named_by_end"] == [
        (1, f"{cell} = 8986112520310041185")
    ]


def test_the_check_digit_that_the_range_counts_by_has_to_be_right() -> None:
    # 041186 lies between the ends and is none of the ten cards
    loaded, parser = read_both_ways(HEADS, IN, out("尾号041186"))
    assert [row for row, _ in cards(loaded) if row == 3] == []
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "bad_identifier")]
    assert parser.unread.filter(parser.unread["reason"] == "end_in_doubt").is_empty()


def test_an_end_of_several_cards_is_told_at_each_and_at_no_other() -> None:
    other = "8986062203310041185"
    loaded, parser = read_both_ways(HEADS, IN, ("2025-04-30", "甲通讯", "乙店", other, "1"), out("尾号041185"))
    assert [row for row, _ in cards(loaded) if row == 4] == []
    doubted = parser.unread.filter(parser.unread["reason"] == "end_in_doubt").select("row", "head", "size", "first")
    assert {(row, join_key(head, size, first)) for row, head, size, first in doubted.iter_rows()} == {
        (4, other),
        (4, "8986112520310041185"),
    }


def test_a_row_named_by_its_end_never_counts_as_cards_without_numbers() -> None:
    loaded, _ = read_both_ways(HEADS, IN, out("8986112520310041136"), out("尾号999999"))
    assert [each["row"] for each in loaded if each["precision"] == "quantity"] == []
    assert (3, "8986112520310041136") in cards(loaded)


def tables(*lines: str) -> list[SheetParser]:
    gap = (None,)
    rows = [
        ("日期", "转出方", "转入方", "卡号", "数", *gap, "日期", "转出方", "转入方", "卡号", "数"),
        ("2025-04-29", "甲通讯", "乙店", TEN, "10", *gap, "2025-05-21", "乙店", "贺建平", "尾号041185", "1"),
        (
            "2025-04-30",
            "甲通讯",
            "乙店",
            "8986112520310051119",
            "1",
            *gap,
            "2025-05-22",
            "乙店",
            "苗晓燕",
            "041136",
            "1",
        ),
        *((line, *[None] * 10) for line in lines),
    ]
    parts = split_tables(sheet_of(*rows), answer_for=lambda _: None, is_one=lambda: False, is_whole=False)
    return [open_sheet_parser(table) for table, fault in parts if fault is None]  # type: ignore[misc]


def test_a_line_says_that_the_ends_are_of_the_other_table() -> None:
    _, sold = tables("卡号后面只写6位的 对左边进货的号段看")
    assert cards(read_all(sold)) == [(2, "8986112520310041185"), (3, "8986112520310041136")]


def test_without_such_a_line_another_table_names_no_card_of_this_one() -> None:
    _, sold = tables()
    assert read_all(sold) == []
    assert [each.reason for each in sold.rejects] == ["bad_identifier"] * 2


def test_an_end_beside_a_whole_number_is_that_of_another_number() -> None:
    heads = ("日期", "转出方", "转入方", "ICCID", "卡号")
    row = ("2025-05-21", "乙店", "贺建平", "8986112520310041185", "尾号041185")
    loaded, parser = read_both_ways(heads, row)
    assert len(loaded) == 1
    assert "named_by_end" not in {each.reason for each in parser.remarks}


def test_of_a_table_of_which_only_the_beginning_is_seen_nothing_is_concluded() -> None:
    loaded, parser = read_both_ways(HEADS, IN, out("尾号041185"), *[out(f"尾号{n:06}") for n in range(80)])
    assert {row for row, _ in cards(loaded)} == {2}
    assert {each["precision"] for each in loaded} == {"range"}
    assert len(parser.rejects) == 81


@pytest.mark.parametrize("line", ["卡号不要只写后6位", "电话只写后6位"])
def test_a_line_that_forbids_it_or_speaks_of_other_numbers_does_not_say_that_ends_are_written(line: str) -> None:
    heads, whole = (*HEADS[:3], "卡号", "数"), (*IN[:3], "8986112520310041185", "1")
    loaded, _ = read_both_ways(heads, whole, out("041185"), (line, None, None, None, None))
    assert [row for row, _ in cards(loaded)] == [2]
    loaded, _ = read_both_ways(heads, whole, out("041185"), ("卡号只写后6位", None, None, None, None))
    assert [row for row, _ in cards(loaded)] == [2, 3]
