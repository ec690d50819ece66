"""Parties that a row names in a column that is not read: told with the cards, never recorded."""

from __future__ import annotations

import pytest

from .sheets import Row, read_rows

CARD = "898606253002102{:04d}".format
HEADS = ("日期", "转出方", "转入方", "ICCID")


def sale(number: int, *more: str | None) -> Row:
    return ("2024-03-05", "甲公司", "乙公司", CARD(number), *more)


@pytest.mark.parametrize(
    "heading", ["现持有人", "转售给", "最终客户", "中间人", "销售对象", "卡片去向", "买方", "current holder"]
)
@pytest.mark.parametrize("bulk", [True, False])
def test_somebody_else_than_both_sides_is_told_with_the_cards_of_the_row(heading: str, bulk: bool) -> None:
    rows = [sale(1, "李四"), sale(2, None), sale(3, "乙公司"), sale(4, "未知")]
    loaded, parser = read_rows((*HEADS, heading), *rows, bulk=bulk)
    assert [each["receiver_name"] for each in loaded] == ["乙公司"] * 4
    assert parser.unread.select("row", "kind", "reason", "field", "first").rows() == [
        (2, None, "party_not_read", heading, 30021020001)
    ]
    assert parser.unread["day"].is_not_null().all()
    assert ("party_not_read", 1) in [(each.reason, each.rows) for each in parser.remarks]


@pytest.mark.parametrize("heading", ["激活人", "责任人", "绑定用户"])
def test_whoever_may_have_used_a_card_is_told_with_it(heading: str) -> None:
    _, parser = read_rows(
        ("ICCID", "激活时间", heading), (CARD(1), "2024-03-05", "李四"), (CARD(2), "2024-03-05", None)
    )
    assert parser.unread.select("row", "reason").rows() == [(2, "party_not_read")]


@pytest.mark.parametrize("heading", ["经办人", "业务员", "客户经理", "备注", "联系人", "录入人", "渠道"])
def test_other_columns_name_no_further_party(heading: str) -> None:
    _, parser = read_rows((*HEADS, heading), sale(1, "李四"))
    assert parser.unread.is_empty()


def test_where_a_movement_is_asked_about_the_supplier_of_a_listed_card_is_told() -> None:
    heads = ("ICCID", "入库日期", "供应商", "出库日期", "客户")
    rows = [(CARD(1), "2024-02-01", "甲公司", "2024-03-01", "李四"), (CARD(2), "2024-02-01", "甲公司", None, None)]
    _, parser = read_rows(heads, *rows)
    assert [each.field for each in parser.questions] == ["from"]
    told = parser.unread.select("row", "reason").sort("row", "reason").rows()
    assert told == [(2, "party_not_read"), (2, "unanswered"), (3, "party_not_read")]
