"""Rows that count others once more are no records, wherever in them the word stands."""

from __future__ import annotations

from datetime import date

import pytest

from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.totals import TOTAL_ROOTS, is_total_cell
from graphtrace.ingest.words import words_of
from graphtrace.model import DateSpan, to_epoch_day

from .sheets import Row, read_both_ways, read_rows, sheet_of

CARD = "898606253002102{:04d}".format
HEADS = ("转出方", "转入方", "日期", "卡号", "数量", "经手", "备注")

TOTALS = (
    "合计", "小计", "总计", "总计(3月)", "本月合计", "累计", "共计", "总数", "合 计：", "甲公司合计", "3月合计",
    "2024年3月小计", "本页小计", "合计1500张", "合计：1,500", "共3笔", "以上共计5张", "期初余额", "期初",
    "结存", "余额", "期末结存", "上月结转", "上页", "承前页", "过次页", "转下页", "Total", "Total:", "Subtotal",
    "Sub-total", "Grand Total", "Total (March)", "March total", "Sum", "Balance", "Opening balance",
    "Closing balance", "b/f", "B/F", "c/f", "Balance b/f", "Brought forward", "carried forward",
    "总合", "TTL", "Carry over", "B.F.", "C.F.", "Bal.", "Closing", "Opening",
    "T O T A L", "T O T A L :", "G R A N D TOTAL", "Total (12)",
)  # fmt: skip
NAMES = (
    "上海合计科技有限公司", "小计科技", "余额宝", "期初贸易", "结存仓库管理有限公司", "本页印刷厂",
    "Total Energies", "Sumit Kumar", "Balance Ltd", "Baltic Mobiles", "Opening Doors Ltd", "共青城星海", "总计划部",
)  # fmt: skip


@pytest.mark.parametrize("word", TOTALS)
def test_a_row_of_totals_is_no_record_wherever_its_word_stands(word: str) -> None:
    rows: list[Row] = [
        ("甲公司", "乙公司", "2024-03-05", None, "700", "老王", None),
        ("甲公司", word, "2024-03-31", None, "1500", None, None),
        ("甲公司", "丙公司", "2024-03-31", None, "1500", word, None),
        ("甲公司", "丁公司", "2024-03-06", None, "800", "老王", None),
    ]
    for bulk in (True, False):
        loaded, parser = read_rows(HEADS, *rows, bulk=bulk)
        assert [each["receiver_name"] for each in loaded] == ["乙公司", "丁公司"]
        assert [(each.row, each.field, each.reason, each.value) for each in parser.rejects] == [
            (3, "转入方", "not_a_record", word),
            (4, "经手", "not_a_record", word),
        ]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_contains_such_a_word_is_a_name(name: str) -> None:
    assert not is_total_cell(name)
    loaded, parser = read_rows(HEADS, ("甲公司", name, "2024-03-05", None, "700", "老王", None))
    assert (len(loaded), parser.rejects) == (1, [])


def test_a_row_with_a_card_of_its_own_and_a_remark_on_totals_are_read() -> None:
    rows: list[Row] = [
        ("甲公司", "乙公司", "2024-03-05", CARD(1), None, "小计", None),
        ("甲公司", "丙公司", "2024-03-05", None, "700", "老王", "合计"),
    ]
    for bulk in (True, False):
        loaded, parser = read_rows(HEADS, *rows, bulk=bulk)
        assert (len(loaded), parser.rejects) == (2, [])


def test_every_word_of_totals_contains_a_root() -> None:
    words = [word for meaning in ("sum", "balance") for word in words_of("total", meaning)]
    assert [word for word in words if not any(root in word for root in TOTAL_ROOTS)] == []


def test_a_way_to_pay_is_no_balance() -> None:
    heads = ("转出方", "转入方", "日期", "数量", "支付方式")
    loaded, parser = read_rows(heads, ("甲公司", "乙公司", "2024-03-05", "700", "余额"))
    assert (len(loaded), parser.rejects) == (1, [])


def test_a_negative_quantity_is_said_to_be_concluded_as_a_return() -> None:
    heads = ("转出方", "转入方", "日期", "数量")
    loaded, parser = read_rows(heads, ("甲", "乙", "2024-03-05", "700"), ("甲", "乙", "2024-03-07", "-100"))
    assert [each["kind"] for each in loaded] == ["transfer", "return"]
    assert [(each.field, each.reason, each.rows, each.value, each.kind) for each in parser.remarks] == [
        ("quantity", "concluded_return", 1, "-100", "return")
    ]


@pytest.mark.parametrize(
    ("text", "day", "hour"), [("2024030417", date(2024, 3, 4), 17), ("2019123100", date(2019, 12, 31), 0)]
)
def test_ten_digits_that_are_a_day_and_an_hour_are_no_seconds(text: str, day: date, hour: int) -> None:
    assert parse_date(text) == DateSpan(to_epoch_day(day), to_epoch_day(day), hour * 3600)


def test_other_ten_digits_are_seconds() -> None:
    assert parse_date("1709550000") == DateSpan(
        to_epoch_day(date(2024, 3, 4)), to_epoch_day(date(2024, 3, 4)), 19 * 3600
    )
    later = parse_date("2024030424")
    assert isinstance(later, DateSpan)
    assert later.earliest > to_epoch_day(date(2030, 1, 1))


@pytest.mark.parametrize("bulk", [True, False])
def test_a_day_after_that_of_the_load_is_loaded_with_a_warning(bulk: bool) -> None:
    heads = ("转出方", "转入方", "日期", "卡号")
    rows = [("甲", "乙", day, CARD(at)) for at, day in enumerate(("2024-03-05", "2098-05-06", "2099-01-01"))]
    parser = open_sheet_parser(sheet_of(heads, *rows), bulk=bulk)
    assert sum(frame.height for frame in parser.frames()) == 3
    assert [(each.field, each.reason, each.rows, each.first_row, each.value) for each in parser.remarks] == [
        ("date", "later_than_load", 2, 3, "2098-05-06")
    ]


def test_what_was_issued_net_is_no_row_and_nothing_beside_the_rows() -> None:
    rows: list[Row] = [
        ("日期", "转出方", "转入方", "iccid", "quantity"),
        ("2026-01-02", "Star Ltd", "Baraka Phones", "89254021400000055016", "1"),
        ("Net issued (reversed rows not counted)", None, None, None, "120"),
    ]
    loaded, parser = read_both_ways(*rows)
    assert len(loaded) == 1
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "not_a_record")]
    assert not parser.remarks
