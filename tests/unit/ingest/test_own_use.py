"""Registers of what the staff of a firm took for use: the cards stay the firm's."""

from __future__ import annotations

import json

import pytest

from graphtrace.errors import NeedsAnswer

from .sheets import read_both_ways as read
from .sheets import read_rows

CARD = "898606253002102{:04d}".format
TITLE = "青岚仪表有限公司 物联网卡领用登记表"


def test_the_register_of_a_firm_lists_its_cards_with_whoever_took_them() -> None:
    loaded, parser = read(
        (TITLE, *[None] * 5),
        ("领用日期", "领用人", "ICCID", "用途", "归还日期", "备注"),
        ("2026-03-28", "郑一", CARD(1), "泵站流量计", None, "在用"),
        ("2026-03-28", "郑一", CARD(2), "泵站流量计", None, "2026-05-12巡检发现表计丢失"),
        ("2026-04-06", "许二", CARD(3), "测试", "2026-04-20", "已归还入库"),
    )
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("card_list", "青岚仪表有限公司")] * 3
    assert [json.loads(each["extra"])["declared_user"] for each in loaded] == ["郑一", "郑一", "许二"]
    assert [each["first_day"] is None for each in loaded] == [False] * 3
    assert (parser.rejects, parser.questions) == ([], [])
    assert {(each["row"], each["text"]) for each in parser.unread.iter_rows(named=True)} == {
        (4, "2026-05-12巡检发现表计丢失"),
        (5, "2026-04-20"),
    }


@pytest.mark.parametrize("column", ["安装位置", "使用部门", "车牌号", "归还时间", "设备编号"])
def test_what_a_card_was_taken_for_makes_a_list_such_a_register(column: str) -> None:
    loaded, parser = read(("领用日期", "领用人", "卡号", column), ("2026-03-28", "郑一", CARD(1), "泵房二"))
    assert ([each["kind"] for each in loaded], parser.questions) == (["card_list"], [])


@pytest.mark.parametrize("column", ["备注", "金额", "快递单号", "领用单位", "代理商"])
def test_of_any_other_list_of_takers_it_is_asked_who_handed_them_the_cards(column: str) -> None:
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(("领用日期", "领用人", "卡号", column), ("2026-03-28", "郑一", CARD(1), None))
    assert caught.value.event == "transfer"


def test_a_person_may_say_that_they_handed_the_cards_over() -> None:
    rows = [("领用日期", "领用人", "卡号", "用途"), ("2026-03-28", "郑一", CARD(1), "装车")]
    loaded, _ = read(*rows, as_kind="transfer", answers={"from": "青岚仪表有限公司"})
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("青岚仪表有限公司", "郑一")]
