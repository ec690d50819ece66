"""Contracts and internal papers whose headings say in brackets, or by two words, who gave and who got."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

SIDES = (
    ("甲方（供方）", "乙方（需方）"), ("乙方（供方）", "甲方（需方）"), ("供方", "需方"), ("供方名称", "需方名称"),
    ("出让方", "受让方"), ("发货单位", "收货单位"), ("调出", "调入"), ("调出仓库", "调入门店"),
    ("拨出单位", "拨入单位"),
    ("乙方(卖方)", "甲方(买方)"), ("甲方（转让方）", "乙方（受让方）"),
    ("供方（盖章）", "需方（盖章）"),
    ("甲方（供货方）", "乙方（采购方）"), ("供货单位", "需求单位"), ("卖方（甲方）", "买方（乙方）"),
)  # fmt: skip


def test_the_word_says_the_side_whichever_stands_first(desk: Desk) -> None:
    heads = [head for giver, taker in SIDES for head in (f"{giver},{taker}", f"{taker},{giver}")]
    sides = ["星海公司,蓝讯店", "蓝讯店,星海公司"] * len(SIDES)
    cards = range(1, len(heads) + 1)
    desk.load(
        *(f"{head},日期,卡号\n{two},2024-03-05,{card(n)}\n" for head, two, n in zip(heads, sides, cards, strict=True))
    )
    told = [(head, each.chains) for head, each in zip(heads, desk.traces(*cards), strict=True)]
    assert told == [(head, ["broken: 星海公司>蓝讯店"]) for head in heads]


@pytest.mark.parametrize("head", ["甲方,乙方", "甲方（委托方）,乙方（受托方）", "甲方(出租方),乙方(承租方)"])
def test_parties_of_a_contract_without_such_a_word_are_no_sides(desk: Desk, head: str) -> None:
    assert desk.load(f"{head},日期,卡号\n星海公司,蓝讯店,2024-03-05,{card(1)}\n")[0]["loaded"] == 0


def test_a_column_of_numbers_is_no_side_whatever_it_is_called(desk: Desk) -> None:
    (read,) = desk.load(f"日期,卡号,调出,调入\n2024-03-05,{card(1)},1,0\n2024-03-06,{card(2)},1,0\n")
    assert {each["field"] for each in read["columns"]}.isdisjoint({"from", "to"})
