"""Rows that name several cards: each lot is a record, the row is loaded whole or rejected whole."""

from __future__ import annotations

import pytest

from graphtrace.identifiers import luhn_digit

from .sheets import read_rows

A, B, C = (body + luhn_digit(body) for body in (f"898606269900000{n:04}" for n in (1, 2, 3)))
HEAD = ("转出方", "转入方", "日期", "卡号", "数量")


def lots(*cells: str | None, head: tuple[str, ...] = HEAD, bulk: bool = True) -> list[tuple[str, int, int]]:
    statements, reading = read_rows(head, ("甲", "乙", "2026-05-01", *cells), bulk=bulk)
    assert reading.rows == 1
    return [(one["precision"], one["first"] % 1000, one["last"] % 1000) for one in statements]


def reject(*cells: str | None, head: tuple[str, ...] = HEAD) -> tuple[str | None, str]:
    _, reading = read_rows(head, ("甲", "乙", "2026-05-01", *cells))
    (found,) = reading.rejects
    return found.field, found.reason


@pytest.mark.parametrize("bulk", [True, False])
def test_each_card_and_range_of_a_cell_is_a_record_of_the_row(*, bulk: bool) -> None:
    assert lots(f"{A}、{C}", None, bulk=bulk) == [("listed", 1, 1), ("listed", 3, 3)]
    assert lots(f"{A}-{C}", None, bulk=bulk) == [("range", 1, 3)]
    assert lots(f"{A}-{C[-4:]}", "3", bulk=bulk) == [("range", 1, 3)]
    assert lots(f"{A}-{B};{C}", "3", bulk=bulk) == [("range", 1, 2), ("listed", 3, 3)]


def test_a_quantity_beside_several_is_their_sum() -> None:
    assert reject(f"{A}、{C}", "3") == ("quantity", "range_count_mismatch")
    assert reject(f"{A}-{C}", "2") == ("quantity", "range_count_mismatch")


def test_one_bad_card_rejects_the_whole_row() -> None:
    assert reject(f"{A}、898606", None) == ("iccid", "bad_identifier")
    assert reject(f"{A}、见附件", None) == ("iccid", "words_beside_card")
    assert reject(f"{C}-{A}", None) == ("iccid_last", "range_reversed")


def test_first_and_quantity_are_a_range_only_under_a_heading_of_a_first_number() -> None:
    first = ("转出方", "转入方", "日期", "起始卡号", "数量")
    assert lots(A, "3", head=first) == [("range", 1, 3)]
    assert reject(A, "3") == ("quantity", "range_count_mismatch")


def test_a_number_beside_several_cards_is_a_link_of_none() -> None:
    statements, _ = read_rows((*HEAD[:4], "接入号"), ("甲", "乙", "2026-05-01", f"{A}、{B}", "1064690000001"))
    assert [one["msisdn"] for one in statements] == [None, None]


@pytest.mark.parametrize("bulk", [True, False])
def test_cards_in_a_cell_that_is_not_read_are_not_counted_once_more(*, bulk: bool) -> None:
    head = ("转出方", "转入方", "日期", "数量", "说明文字")
    rows = [("甲", "乙", "2026-05-01", "2", f"发的是{A}-{B}"), ("甲", "丙", "2026-05-02", "5", "发顺丰")]
    statements, reading = read_rows(head, *rows, bulk=bulk)
    assert [(one["receiver_name"], one["quantity"]) for one in statements] == [("丙", 5)]
    assert [(each.field, each.reason) for each in reading.rejects] == [("说明文字", "cards_not_read")]
    (told,) = reading.unread.filter(reading.unread["kind"] == "transfer").iter_rows(named=True)
    assert (told["row"], told["first"] % 1000, told["last"] % 1000) == (2, 1, 2)


@pytest.mark.parametrize("bulk", [True, False])
def test_a_row_that_names_its_cards_may_speak_of_others(*, bulk: bool) -> None:
    statements, reading = read_rows((*HEAD, "说明文字"), ("甲", "乙", "2026-05-01", A, "1", f"同批{C}"), bulk=bulk)
    assert ([one["first"] % 1000 for one in statements], reading.rejects) == ([1], [])


@pytest.mark.parametrize("bulk", [True, False])
def test_words_that_say_no_more_than_what_numbers_are_may_stand_with_them(*, bulk: bool) -> None:
    assert lots(f"ICCID：{A}", None, bulk=bulk) == [("listed", 1, 1)]
    assert lots(f"卡号{A} {C}", "2", bulk=bulk) == [("listed", 1, 1), ("listed", 3, 3)]
    assert lots(f"卖家：发出卡号{A}、{C}", "2", bulk=bulk) == [("listed", 1, 1), ("listed", 3, 3)]
    assert lots(f"号段：{A}-{C[-4:]}", "3", bulk=bulk) == [("range", 1, 3)]
    assert reject(f"{A} 客户不要了", None) == ("iccid", "words_beside_card")
    assert reject(f"退回{A}", None) == ("iccid", "words_beside_card")


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (f"拿卡{A}", [1]),
        (f"卡款{A}", [1]),
        (f"老客户{A}", [1]),
        (f"Being 2 nos SIM cards sold vide bill no. 123 - {A}, {C}", [1, 3]),
        (f"Being SIMs {A}, {C} supplied as per DC 12/24", [1, 3]),
    ],
)
def test_words_of_a_sale_may_stand_with_the_numbers_of_its_cards(text: str, ends: list[int], *, bulk: bool) -> None:
    assert lots(text, None, bulk=bulk) == [("listed", end, end) for end in ends]


@pytest.mark.parametrize(
    "text", [f"老客户{A}没拿", f"SIM {A} sold on", f"Being SIM {A} sold and returned", f"卡款{A}未付"]
)
def test_whole_numbers_beside_words_that_are_not_understood_are_told_as_that(text: str) -> None:
    assert reject(text, None) == ("iccid", "words_beside_card")
    assert reject(text.replace(A, A[:-3]), None) == ("iccid", "bad_identifier")


@pytest.mark.parametrize("bulk", [True, False])
def test_a_device_may_be_said_to_be_one(*, bulk: bool) -> None:
    head, rest = ("卡号", "设备IMEI", "持有人", "扣押日期"), ("张三", "2026-05-01")
    devices = ("插槽IMEI 867512040011237", "IMEI：867512040011237", "867512040011237")
    statements, _ = read_rows(head, *((A, device, *rest) for device in devices), bulk=bulk)
    assert {one["imei"] for one in statements} == {"867512040011237"}


@pytest.mark.parametrize("bulk", [True, False])
def test_rows_alike_but_for_cells_that_are_not_read_are_told(*, bulk: bool) -> None:
    head = ("转出方", "转入方", "日期", "数量", "箱唛")
    rows = [("甲", "乙", "2026-05-01", "50", box) for box in ("A1箱", "A2箱")]
    _, reading = read_rows(head, *rows, ("甲", "丙", "2026-05-01", "50", "A3箱"), bulk=bulk)
    (told,) = [each for each in reading.remarks if each.reason == "alike_as_read"]
    assert (told.field, told.rows, told.first_row, "A1箱" in told.value) == ("quantity", 2, 2, True)
    _, reading = read_rows((*head, "单号"), *((*row, f"CK{n}") for n, row in enumerate(rows)), bulk=bulk)
    assert not [each for each in reading.remarks if each.reason == "alike_as_read"]


def test_a_range_in_a_list_of_single_cards_is_told_as_one_with_its_cards() -> None:
    head, lot = ("ICCID", "卡状态", "套餐"), f"号段 {A}—{C}"
    _, reading = read_rows(head, *((card, "正常", "3GB") for card in (A, B, C)), (lot, "正常", "3GB"))
    assert [(each.row, each.reason) for each in reading.rejects] == [(5, "several_cards")]
    told = reading.unread.filter(row=5).select("kind", "reason", "text").rows()
    assert told == [(None, "several_cards", lot)]
