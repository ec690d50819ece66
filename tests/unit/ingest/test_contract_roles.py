"""Titles that say between which parties of a contract cards went, whom the paper names once."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt

from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format


@pytest.mark.parametrize(
    ("title", "sides"),
    [
        ("附件二 退换卡登记（乙方退甲方）", ("return", "乙科技有限公司", "甲通信有限公司")),
        ("附件一 交付清单（甲方交付乙方）", ("transfer", "甲通信有限公司", "乙科技有限公司")),
        ("Annex 2: cards returned (Party B to Party A)", ("return", "乙科技有限公司", "甲通信有限公司")),
    ],
)
def test_a_title_says_between_which_parties_of_the_contract_its_rows_are(title: str, sides: tuple[str, ...]) -> None:
    on = "退卡日期" if sides[0] == "return" else "交付日期"
    labels = ("甲方（供方）", "乙方（需方）") if "方" in title else ("Party A (Supplier)", "Party B (Buyer)")
    loaded, parser = read(
        ("物联网卡购销合同附件", None, None),
        (f"{labels[0]}：甲通信有限公司", None, None),
        (f"{labels[1]}：乙科技有限公司", None, None),
        (title, None, None),
        (on, "ICCID", "经手人"),
        ("2024-10-08", CARD(1), "耿玉良"),
    )
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [sides]
    assert not [each for each in parser.remarks if each.reason == "line_not_read"]


def test_tables_beside_each_other_share_the_parties_that_stand_above_one_of_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("物联网卡购销合同附件",),
        ("甲方（供方）：甲通信有限公司", *[None] * 4, "乙方（需方）：乙科技有限公司"),
        (),
        ("附件一 号段交付清单（甲方交付乙方）", *[None] * 4, "附件二 退换卡登记（乙方退甲方）"),
        ("批次", "起始ICCID", "终止ICCID", "交付日期", None, "退卡日期", "ICCID", "经手人"),
        ("第一批", CARD(1), CARD(5), "2024-09-10", None, "2024-09-18", CARD(2), "耿玉良"),
        ("第二批", CARD(6), CARD(9), "2024-09-24", None, "2024-10-08", CARD(7), "耿玉良"),
    ):
        sheet.append(row)
    book.save(path := tmp_path / "a.xlsx")
    case = gt.open_case(tmp_path / "case.gtrace")
    case.load(path, answers=["table=several"])
    (trace,) = case.trace(CARD(7))
    assert [(hop.kind, hop.sender.name, hop.receiver.name) for hop in trace.chains[0].hops] == [
        ("transfer", "甲通信有限公司", "乙科技有限公司"),
        ("return", "乙科技有限公司", "甲通信有限公司"),
    ]


@pytest.mark.parametrize(
    ("title", "other"),
    [("退换卡登记（乙方未退甲方）", "乙科技有限公司"), ("退换卡登记（丙方退甲方）", "乙科技有限公司")],
)
def test_a_title_that_denies_it_or_names_a_party_that_is_not_defined_makes_no_sides(title: str, other: str) -> None:
    from graphtrace.ingest.contract_roles import roles_in, sides_by_roles

    rows = [(1, ["甲方（供方）：甲通信有限公司", f"乙方（需方）：{other}"]), (2, [title, None])]
    assert sides_by_roles(rows, roles_in(rows)) == []
