"""Sides of rows that identify nobody: rows that need them are rejects, elsewhere they are left out and told."""

from __future__ import annotations

import pytest

from .test_street import A, B, moves, read

HEADS = ("日期", "转出方", "转出方证件号", "转入方", "转入方证件号", "ICCID")
CODE = "91330106MA2KXQ7J3P"


@pytest.mark.parametrize(
    "word",
    [
        "散客",
        "微信用户",
        "代理商",
        "本人",
        "#N/A",
        "?",
        "walk-in customer",
        "张三/李四",
        "同转出方",
        "to be sent to 丁",
    ],
)
@pytest.mark.parametrize("side", [1, 3])
def test_a_row_whose_side_is_no_name_is_a_reject(word: str, side: int) -> None:
    cells: list[str | None] = ["2024-03-05", "甲", None, "乙", None, A]
    cells[side] = word
    loaded, parser = read(HEADS, cells, ("2024-03-05", "甲", None, "乙", None, B))
    assert moves(loaded) == [("transfer", "甲", "乙")]
    assert [(each.row, each.field, each.reason, each.value) for each in parser.rejects] == [
        (2, "from" if side == 1 else "to", "missing_field", word)
    ]


def test_a_word_beside_an_identifier_or_of_an_optional_side_is_left_out_and_told() -> None:
    loaded, parser = read(HEADS, ("2024-03-05", "甲", None, "散客", CODE, A))
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [(None, CODE)]
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [("to", "names_nobody", "散客")]
    loaded, parser = read(("激活时间", "使用人", "ICCID"), ("2024-03-05", "本人", A), ("2024-03-05", "王岚", B))
    assert [row["receiver_name"] for row in loaded] == [None, "王岚"]
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [("user", "names_nobody", "本人")]


@pytest.mark.parametrize("number", ["同上", "见附件", "未提供", "000000", "123456", "1101**********0038", "12"])
def test_a_number_that_identifies_nobody_is_left_out_and_told_and_the_name_stays(number: str) -> None:
    loaded, parser = read(HEADS, ("2024-03-05", "甲", None, "张三", number, A))
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [("张三", None)]
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [("to_id", "no_identifier", number)]
    loaded, parser = read(HEADS, ("2024-03-05", "甲", None, None, number, A))
    assert [(each.field, each.reason) for each in parser.rejects] == [("to_id", "missing_field")]
    assert loaded == []


def test_the_same_as_above_is_the_number_above_only_for_the_party_above() -> None:
    loaded, parser = read(
        HEADS,
        ("2024-03-05", "甲", None, "张三", CODE, A),
        ("同上", "同上", None, "同上", "同上", B),
        ("2024-03-06", "甲", None, "李四", "同上", "89860625300210200018"[:19]),
    )
    assert [(row["receiver_name"], row["receiver_id"]) for row in loaded] == [
        ("张三", CODE),
        ("张三", CODE),
        ("李四", None),
    ]
    assert [(each.field, each.reason, each.first_row) for each in parser.remarks if each.reason != "as_above"] == [
        ("to_id", "no_identifier", 4)
    ]


def test_a_large_firm_may_be_the_customer_of_a_carrier_by_its_short_name() -> None:
    loaded, _ = read(("运营商", "购卡单位", "日期", "ICCID"), ("中国联通", "顺丰", "2024-03-05", A))
    assert moves(loaded) == [("purchase", "中国联通", "顺丰")]


def test_the_resident_id_of_15_digits_is_that_of_18() -> None:
    loaded, _ = read(
        HEADS,
        ("2024-03-05", "甲", None, "张三", "110105491231002", A),
        ("2024-03-05", "甲", None, "张三", "11010519491231002x", B),
    )
    assert [row["receiver_id"] for row in loaded] == ["11010519491231002X"] * 2


PERSON = "330102199001011234"
FIRM, SHOP = "星海智联科技有限公司", "蓝讯数码店"


@pytest.mark.parametrize("number", [PERSON, "330102900101123", "E12345670"])
@pytest.mark.parametrize("firm", [FIRM, "星海物联", "云岭电子厂", "北川县教育局", "星海公司蓝讯店"])
def test_a_persons_number_beside_a_company_is_left_out_and_told(firm: str, number: str) -> None:
    loaded, parser = read(
        HEADS, ("2024-03-05", firm, number, "李四", PERSON, A), ("2024-03-05", firm, CODE, "甲", None, B)
    )
    assert [(row["sender_name"], row["sender_id"], row["receiver_id"]) for row in loaded] == [
        (firm, None, PERSON),
        (firm, CODE, None),
    ]
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [("from_id", "id_of_person", number)]


@pytest.mark.parametrize("name", [SHOP, f"{SHOP}2", "北川经营部", "捷讯商行", "小王手机维修部(个体)", "张三"])
def test_whoever_does_business_in_his_own_right_is_identified_by_a_persons_number(name: str) -> None:
    loaded, parser = read(HEADS, ("2024-03-05", "甲", None, name, PERSON, A))
    assert [(row["receiver_id"], parser.remarks) for row in loaded] == [(PERSON, [])]


@pytest.mark.parametrize("word", ["自用（水表项目）", "研发部领用", "库存"])
def test_a_row_that_says_what_cards_are_kept_for_is_no_transfer_and_told_as_that(word: str) -> None:
    loaded, parser = read(HEADS, ("2024-03-05", "甲", None, word, None, A), ("2024-03-05", "甲", None, "乙", None, B))
    assert moves(loaded) == [("transfer", "甲", "乙")]
    assert [(each.field, each.reason, each.value) for each in parser.rejects] == [("to", "kept", word)]
    assert parser.unread.select("kind", "reason").rows() == [("transfer", "kept")]
