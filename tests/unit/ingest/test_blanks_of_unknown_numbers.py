"""Rows in which a carrier says that it has no such number have no day and no party, and never those above them."""

from __future__ import annotations

import pytest

from .sheets import read_rows

CARD = "898606253002102{:04d}".format
HEADS = ("ICCID", "开户单位", "开户时间", "备注")


@pytest.mark.parametrize("answers", [None, {"blanks": "above"}])
@pytest.mark.parametrize("remarks", [("查无此号，请核对", "非我公司号码"), ("No such number", "No record found")])
def test_numbers_that_a_carrier_does_not_have_are_registered_to_nobody(
    answers: dict[str, str] | None, remarks: tuple[str, str]
) -> None:
    loaded, parser = read_rows(
        ("中国移动通信集团浙江有限公司协助查询结果", None, None, None),
        HEADS,
        (CARD(1), "杭州甲科技有限公司", "2024-08-14", None),
        (CARD(2), None, None, remarks[0]),
        (CARD(3), "杭州甲科技有限公司", "2024-08-14", None),
        (CARD(4), None, None, remarks[1]),
        answers=answers,
    )
    assert [each["row"] for each in loaded if each["kind"] != "card_list"] == [3, 5]
    assert "blanks" not in [question.field for question in parser.questions]


def test_what_a_person_says_of_empty_cells_is_none_of_numbers_that_the_carrier_does_not_have() -> None:
    loaded, _ = read_rows(
        ("中国移动通信集团浙江有限公司协助查询结果", None, None, None),
        HEADS,
        (CARD(1), "杭州甲科技有限公司", "2024-08-14", None),
        (CARD(2), None, None, None),
        (CARD(3), None, None, "查无此号，请核对"),
        (CARD(4), None, None, None),
        answers={"blanks": "above"},
    )
    assert [each["row"] for each in loaded if each["kind"] != "card_list"] == [3, 4, 6]
