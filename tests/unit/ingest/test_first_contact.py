"""Papers of strangers whose words stand where no column is: states of returns and documents, what lines of a line list."""

from __future__ import annotations

import json

import pytest

from .sheets import read_both_ways as read

CARD = "8986041426700030010{}".format
KEEPER, SUPPLIER = "洛阳恒泰物联科技有限公司", "西安丝路信联电子有限公司"


def unread(parser: object) -> list[tuple[int, str, str | None]]:
    return [(each["row"], each["reason"], each["text"]) for each in parser.unread.iter_rows(named=True)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("above", ["归　还", "归还情况"])
def test_what_a_card_was_like_when_it_came_back_is_not_its_state_of_another_day(above: str) -> None:
    loaded, parser = read(
        ("序号", "卡号", "领　用", "领　用", "领　用", above, above, above),
        ("序号", "卡号", "日期", "部门", "领用人", "日期", "归还人", "状态"),
        ("1", CARD(0), "2023-03-12", "车队", "孟祥林", "2023-09-08", "孟祥林", "卡托损坏"),
    )
    assert [(each["kind"], each["state"]) for each in loaded] == [("card_list", None)]
    assert json.loads(loaded[0]["extra"])["declared_user"] == "孟祥林"
    assert (3, "卡托损坏") in {(row, text) for row, _, text in unread(parser)}


def test_a_remark_that_a_card_of_a_register_was_passed_on_is_told() -> None:
    _, parser = read(
        ("领用日期", "领用人", "卡号", "部门", "备注"),
        ("2023-07-03", "段晓峰", CARD(0), "业务部", "7.15转交外协司机王磊"),
    )
    assert unread(parser) == [(2, "remark_not_read", "7.15转交外协司机王磊")]


@pytest.mark.parametrize("state", ["状态：已作废", "单据状态: 已取消", "Status: Cancelled"])
def test_a_document_whose_state_stands_above_its_table_did_not_happen(state: str) -> None:
    head = ("单据类型：销售出库单", "单据日期：2024-03-15", "往来单位：宁海县欣盛家电维修部", state)
    loaded, parser = read(head, ("行号", "数量", "序列号", "备注"), ("1", "1", CARD(0), "客户未付款"))
    assert loaded == []
    assert unread(parser) == [(3, "title_decides", state)]


def test_a_document_that_was_approved_did() -> None:
    loaded, _ = read(
        ("单据编号：1", "状态：已审核", None),
        ("日期", "提货单位", "卡号"),
        ("2024-03-15", SUPPLIER, CARD(0)),
        as_kind="transfer",
        answers={"from": KEEPER},
    )
    assert [each["receiver_name"] for each in loaded] == [SUPPLIER]


@pytest.mark.parametrize("remark", ["退货给供货方，坏卡", "退回厂家", "退供应商"])
def test_what_went_out_to_whoever_supplied_it_is_a_return(remark: str) -> None:
    heads = ("日期", "提货单位", "卡号", "备注")
    rows = [("2024-03-06", "偃师区新宇电动车行", CARD(0), None), ("2024-03-18", SUPPLIER, CARD(1), remark)]
    loaded, _ = read(heads, *rows, as_kind="transfer", answers={"from": KEEPER})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", KEEPER, "偃师区新宇电动车行"),
        ("return", KEEPER, SUPPLIER),
    ]


def test_between_two_columns_of_sides_nobody_knows_who_supplied_whom() -> None:
    loaded, parser = read(
        ("日期", "卖方", "买方", "卡号", "备注"), ("2024-03-18", "甲公司", "乙公司", CARD(1), "退货给供货方")
    )
    assert (loaded, [each.reason for each in parser.rejects]) == ([], ["unknown_kind"])


TRAITS = {
    "白色，无品牌，内插SIM卡一张，ICCID：{}": True,
    "装于信封内，信封手写“老周货”，卡号{}": True,
    "卡托内取出，已剪为小卡，ICCID：{}": True,
    "已发还失主，卡号{}": False,
    "未提取到卡，盒上印{}": False,
    "卡号{}，另一张为8986041426***": False,
}


@pytest.mark.parametrize("traits", TRAITS)
def test_the_traits_of_what_was_seized_may_say_anything_but_that_it_was_not(traits: str) -> None:
    loaded, _ = read(
        ("扣押清单", None, None, None),
        ("扣押日期", "名称", "特征", "持有人"),
        ("2024-04-17", "物联网卡", f"ICCID：{CARD(0)}", "何志强"),
        ("2024-04-17", "物联网卡", traits.format(CARD(1)), "何志强"),
    )
    assert [each["kind"] for each in loaded] == ["seizure"] * (2 if TRAITS[traits] else 1)


def test_cards_that_a_line_counts_may_be_listed_below_it() -> None:
    heads = ("日期", "卖方", "买方", "数量", "序列号", "备注")
    line, other = ("2024-03-15", "甲公司", "乙公司"), ("2024-03-16", "甲公司", "丙公司", "1", CARD(2), None)
    loaded, parser = read(heads, (*line, "2", CARD(0), None), (*[None] * 4, CARD(1), None), other)
    assert [(each["receiver_name"], each["quantity"]) for each in loaded] == [
        ("乙公司", None),
        ("乙公司", None),
        ("丙公司", 1),
    ]
    assert parser.rejects == []
    loaded, parser = read(heads, (*line, "3", CARD(0), None), (*[None] * 4, CARD(1), None), other)
    assert ([each["receiver_name"] for each in loaded], len(parser.rejects)) == (["丙公司"], 2)
