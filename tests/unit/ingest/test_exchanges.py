"""Slips of exchange: one card comes back and another goes out for it, so that neither is simply sold."""

from __future__ import annotations

import pytest

from .sheets import Row, read_rows

CARD = "898606253002102{:04d}".format
DAY = "2024-01-05"


def number(card: str) -> int:
    return int(card[8:19])


SLIPS: list[tuple[list[Row], str]] = [
    ([("日期", "卖方", "买方", "卡号", "新卡号")], "新卡号"),
    ([("销售日期", "卖方", "买方", "ICCID", "换后ICCID")], "换后iccid"),
    ([("Date", "Seller", "Buyer", "ICCID", "New ICCID")], "newiccid"),
    ([("补换卡登记表", None, None, None, None), ("日期", "卖方", "买方", "卡号", "备用")], "补换卡"),
    ([("以旧换新", None, None, None, None), ("日期", "卖方", "买方", "卡号", "备用")], "以旧换新"),
]


@pytest.mark.parametrize(("heads", "word"), SLIPS)
@pytest.mark.parametrize("bulk", [True, False])
def test_neither_card_of_an_exchange_is_sold_and_it_is_asked(heads: list[Row], word: str, bulk: bool) -> None:
    rows = [(DAY, "王五", "张三", CARD(1), CARD(101)), (DAY, "王五", "李四", CARD(2), CARD(102))]
    loaded, parser = read_rows(*heads, *rows, bulk=bulk)
    assert (loaded, [(each.field, each.is_required) for each in parser.questions]) == ([], [(f"words.{word}", True)])
    assert {*parser.unread["first"]} == {number(CARD(n)) for n in (1, 2, 101, 102)}
    loaded, parser = read_rows(*heads, *rows, bulk=bulk, answers={f"words.{word}": "ignore"})
    assert [each["first"] for each in loaded] == [number(CARD(1)), number(CARD(2))]
    loaded, parser = read_rows(*heads, *rows, bulk=bulk, answers={f"words.{word}": "none"})
    assert (loaded, parser.questions) == ([], [])


def test_a_new_card_beside_a_few_sales_is_told_and_changes_nothing() -> None:
    heads = ("日期", "卖方", "买方", "卡号", "新卡号")
    loaded, parser = read_rows(
        heads, (DAY, "王五", "张三", CARD(1), CARD(101)), *[(DAY, "王五", "张三", CARD(n), None) for n in (2, 3)]
    )
    assert [each["kind"] for each in loaded] == ["transfer"] * 3
    assert {*parser.unread["first"]} == {number(CARD(1)), number(CARD(101))}


def test_the_other_column_of_cards_is_told_whichever_stands_first() -> None:
    heads = ("客户", "退回卡号", "发出卡号")
    loaded, parser = read_rows(heads, ("张三", CARD(1), CARD(101)))
    read = {each["first"] for each in loaded}
    assert read | {*parser.unread["first"]} == {number(CARD(1)), number(CARD(101))}
