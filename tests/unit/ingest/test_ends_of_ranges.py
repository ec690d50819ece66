"""Both ends of a range under headings that say no more than that: From and To, 起 and 止, also below 卡号."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.errors import UnknownKind
from graphtrace.identifiers.iccid import luhn_digit

from .sheets import Row, read_both_ways, read_rows

CARD = "898606253002102{:04d}".format
DAY = "2024-01-05"


def read(*rows: Row, **options: Any) -> list[tuple[object, ...]]:
    """Return the sides of each transfer and the last digits of both ends, read in both ways, which may not differ."""
    loaded, parser = read_both_ways(*rows, **options)
    assert ([*parser.rejects], {each["kind"] for each in loaded}) == ([], {"transfer"})
    return [(each["sender_name"], each["receiver_name"], each["first"], each["last"]) for each in loaded]


RANGES = [("丙公司", "甲公司", 30021020001, 30021020010), ("丙公司", "乙公司", 30021020011, 30021020020)]


@pytest.mark.parametrize(
    "ends", [("从", "到"), ("自", "至"), ("起", "止"), ("From", "To"), ("Card No. From", "Card No. To"), ("始", "终")]
)
def test_headings_that_say_an_end_are_ends_of_ranges_where_cards_stand_below(ends: tuple[str, str]) -> None:
    rows = [(DAY, "丙公司", "甲公司", CARD(1), CARD(10)), (DAY, "丙公司", "乙公司", CARD(11), CARD(20))]
    assert read(("出库日期", "发货方", "收货方", *ends), *rows) == RANGES
    abbreviated = [(*row[:4], (row[4] or "")[-4:]) for row in rows]
    assert read(("出库日期", "发货方", "收货方", *ends), *abbreviated) == RANGES


def test_from_and_to_of_the_parties_stand_beside_those_of_the_cards() -> None:
    rows = [(DAY, "丙公司", "甲公司", CARD(1), CARD(10)), (DAY, "丙公司", "乙公司", CARD(11), CARD(20))]
    assert read(("Date", "From", "To", "Serial From", "Serial To"), *rows) == RANGES


@pytest.mark.parametrize("upper", [("卡号", None), ("卡号", "卡号"), ("Card No.", None), ("ICCID", "ICCID")])
@pytest.mark.parametrize("ends", [("起", "止"), ("From", "To")])
def test_ends_below_a_heading_of_cards_are_ends_of_ranges(upper: tuple[str | None, ...], ends: tuple[str, str]) -> None:
    heads = [("销售日期", "卖方", "买方", *upper), (None, None, None, *ends)]
    rows = [(DAY, "丙公司", "甲公司", CARD(1), CARD(10)), (DAY, "丙公司", "乙公司", CARD(11), CARD(20))]
    assert read(*heads, *rows) == RANGES


@pytest.mark.parametrize(
    "heads",
    [
        [("Date", "Customer", "From", "To")],
        [("日期", "客户", "从", "到")],
        [("日期", "客户", "卡号", None), (None, None, "起", "止")],
    ],
)
def test_without_both_sides_it_is_asked_what_happened_and_no_card_becomes_a_party(heads: list[Row]) -> None:
    rows = [(DAY, "甲公司", CARD(1), CARD(10)), (DAY, "乙公司", CARD(11), CARD(20))]
    with pytest.raises(UnknownKind) as asked:
        read_rows(*heads, *rows)
    assert asked.value.header_row == len(heads)


def test_parties_below_from_and_to_stay_parties() -> None:
    loaded, _ = read_rows(("Date", "From", "To", "ICCID"), (DAY, "Alpha Ltd", "Beta Ltd", CARD(1)))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("Alpha Ltd", "Beta Ltd")]


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("number", [CARD(7), "898600D0123456789012"])
def test_the_number_of_a_card_is_no_party(number: str, bulk: bool) -> None:
    heads = ("日期", "转出方", "转入方", "ICCID")
    rows = [(DAY, "甲公司", number, CARD(1)), (DAY, "甲公司", "乙公司", CARD(2))]
    loaded, parser = read_rows(heads, *rows, bulk=bulk)
    assert [each["receiver_name"] for each in loaded] == ["乙公司"]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(2, "to", "missing_field")]


@pytest.mark.parametrize("quantity", [None, "5"])
def test_an_abbreviated_end_whose_check_digit_fails_completes_no_range(quantity: str | None) -> None:
    first = CARD(1) + luhn_digit(CARD(1))
    heads = ("出库日期", "发货方", "收货方", "起始ICCID", "结束ICCID", "数量")
    loaded, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", first, "12345", quantity))
    assert (loaded, [(each.field, each.reason) for each in parser.rejects]) == ([], [("iccid_last", "bad_identifier")])


@pytest.mark.parametrize(("ends", "quantity"), [(10, None), (10, "10"), (None, "10")])
def test_an_abbreviated_end_is_completed_where_check_digit_or_quantity_confirm_it(
    ends: int | None, quantity: str | None
) -> None:
    first = CARD(1) + luhn_digit(CARD(1))
    right = luhn_digit(CARD(10))
    last = f"0010{right if ends else (int(right) + 1) % 10}"
    heads = ("出库日期", "发货方", "收货方", "起始ICCID", "结束ICCID", "数量")
    loaded, _ = read_both_ways(heads, (DAY, "丙公司", "甲公司", first, last, quantity))
    assert [each["last"] - each["first"] + 1 for each in loaded] == [10]


@pytest.mark.parametrize("last", ["止号（后5位）", "止号(末五位)", "止（后5位）"])
def test_an_end_of_which_the_heading_says_that_only_its_last_digits_are_written_is_completed(last: str) -> None:
    first, final = CARD(1) + luhn_digit(CARD(1)), CARD(10) + luhn_digit(CARD(10))
    heads = [
        ("出库日期", "发货方", "收货方", "号段", "号段", "数量"),
        ("出库日期", "发货方", "收货方", "起号", last, "数量"),
    ]
    loaded, parser = read_both_ways(*heads, (DAY, "丙公司", "甲公司", first, final[-5:], "10"))
    assert ([*parser.rejects], [each["last"] - each["first"] + 1 for each in loaded]) == ([], [10])


def numbered(body: str, *ends: int) -> list[str]:
    """Return the numbers that end in the check digit behind a body and its running number of four digits."""
    return [f"{body}{end:04d}{luhn_digit(f'{body}{end:04d}')}" for end in ends]


BODIES = ["898604192480001", "89860324751964"]


@pytest.mark.parametrize("body", BODIES)
def test_a_count_that_fits_only_without_check_digits_says_that_both_ends_have_them(body: str) -> None:
    heads = ("出库日期", "发货方", "收货方", "起始ICCID", "结束ICCID", "数量")
    first, last = numbered(body, 201, 230)
    loaded, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", first, last, "30"))
    assert not [*parser.rejects]
    assert {each["first"] for each in loaded} == {int(card[-11:]) for card in numbered(body, *range(201, 231))}
    _, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", first, last, "31"))
    assert [each.reason for each in parser.rejects] == ["range_count_mismatch"]


@pytest.mark.parametrize("counted", ["数量", "实发数量"])
def test_a_range_in_one_cell_is_counted_by_check_digits_whatever_column_says_how_many(counted: str) -> None:
    heads = ("日期", "供货单位", "购货单位", "起止序列号", counted)
    first, last = numbered(BODIES[1], 201, 210)
    loaded, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", f"{first}～{last}", "10"))
    assert ([*parser.rejects], len(loaded)) == ([], 10)
    _, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", f"{first}～{last}", "11"))
    assert [each.reason for each in parser.rejects] == ["range_count_mismatch"]


def test_an_abbreviated_end_that_completes_no_range_is_told_at_the_cards_within_it() -> None:
    first = CARD(1) + luhn_digit(CARD(1))
    last = f"0010{(int(luhn_digit(CARD(10))) + 1) % 10}"
    heads = ("出库日期", "发货方", "收货方", "起始ICCID", "结束ICCID", "数量")
    _, parser = read_both_ways(heads, (DAY, "丙公司", "甲公司", first, last, "12"))
    assert [(each["first"], each["last"]) for each in parser.unread.rows(named=True)] == [(30021020001, 30021020010)]
