"""Words that nobody has met: below a heading that is not known, among numbers, in a column of names or places.

What is not understood is told with the card, whatever its word is: no list can hold all words by which a row is denied.
"""

from __future__ import annotations

import pytest

from .conftest import Desk, card

HEAD = "转出方,转入方,日期,卡号"
DENIALS = ("没给", "拉倒了", "黄了", "押着", "没谈成", "×", "lost", "RTO")


def rows(*cells: str) -> str:
    return "".join(f"E,A,2024-03-{n + 1:02d},{card(n + 1)},{cell}\n" for n, cell in enumerate(cells))


def told(desk: Desk, n: int = 1) -> list[tuple[str, str | None]]:
    return [(each["reason"], each["text"]) for each in desk.trace(n).params("unread_movement")]


@pytest.mark.parametrize("word", DENIALS)
@pytest.mark.parametrize("heading", ["回单", "给没给", "Position", "交货", "收货人签字", "跟单"])
def test_a_word_below_a_heading_that_is_not_known_is_told(desk: Desk, heading: str, word: str) -> None:
    desk.load(f"{HEAD},{heading}\n{rows(word, '有', '有')}")
    assert [text for _, text in told(desk)] == [word]
    assert told(desk, 2) == []


@pytest.mark.parametrize("heading", ["物料名称", "颜色", "收货地址", "是否开票", "经办人", "Item", "Vehicle"])
def test_a_word_below_a_plain_heading_is_not_told(desk: Desk, heading: str) -> None:
    desk.load(f"{HEAD},{heading}\n{rows('星海', '云洲', '星海')}")
    assert told(desk) == []


@pytest.mark.parametrize("word", ["没寄", "拦截", "不要了", "已取消", "弄丢了", "cancelled"])
@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("快递单号", "SF1234567890"),
        ("单价", "5.00"),
        ("合同编号", "HT-2024-001"),
        ("联系电话", "13800138000"),
        ("批次", "P12"),
    ],
)
def test_a_word_among_numbers_is_told(desk: Desk, heading: str, value: str, word: str) -> None:
    desk.load(f"{HEAD},{heading}\n{rows(word, value, value, value)}")
    assert [text for _, text in told(desk)] == [word]
    assert told(desk, 2) == []


@pytest.mark.parametrize("word", ["自提", "面交", "free", "顺丰", "同上"])
def test_what_stands_where_there_is_no_number_is_not_told(desk: Desk, word: str) -> None:
    desk.load(f"{HEAD},快递单号\n{rows(word, 'SF1234567890', 'SF1234567891', 'SF1234567892')}")
    assert told(desk) == []


@pytest.mark.parametrize("heading", ["仓库", "快递公司", "部门", "渠道", "城市"])
def test_a_word_that_denies_its_row_among_other_words_is_told(desk: Desk, heading: str) -> None:
    desk.load(f"{HEAD},{heading}\n{rows('已取消', '东仓', '西仓', '东仓', '北仓')}")
    assert [text for _, text in told(desk)] == ["已取消"]
    assert told(desk, 2) == []


def test_a_cell_left_blank_where_others_are_filled_is_told(desk: Desk) -> None:
    desk.load(f"{HEAD},收货人签字\n{rows('', '李四', '王五', '张三')}")
    assert told(desk) == [("left_blank", None)]


def test_a_cell_left_blank_in_a_column_of_remarks_is_not_told(desk: Desk) -> None:
    desk.load(f"{HEAD},备注\n{rows('', '发顺丰', '发圆通', '加急')}")
    assert told(desk) == []


def test_a_person_can_say_that_a_word_says_nothing(desk: Desk) -> None:
    desk.load(f"{HEAD},回单\n{rows('黄单', '有', '有')}", options=["--set", "words.黄单=ignore"])
    assert told(desk) == []
