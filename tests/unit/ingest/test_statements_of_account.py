"""Statements of account that a firm sends to a customer: sales and returns are read by the word of each row."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UnknownHeadings

from .sheets import Row, read_rows
from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format
FIRM = "郑州速联商贸有限公司"
HEAD: Row = ("日期", "单据号", "摘要", "卡号起", "卡号止", "数量", "单价", "应收", "已收", "余额")
SALE: Row = ("2026-04-25", "XS1", "销售 移动物联卡", CARD(81), CARD(90), "10", "35", "350", None, "350")
PAID: Row = ("2026-04-28", "SK1", "收款 微信", None, None, None, None, None, "350", "0")
SUM: Row = ("合计", None, None, None, None, "10", None, "350", "350", "0")


def line(text: str) -> Row:
    return (text, *[None] * 9)


TOP = (line(f"{FIRM}客户对账单"), line("客户：赵磊   电话：13703918826   对账期间：2026-03-01至2026-04-30"))


def test_sales_and_returns_of_a_statement_are_between_firm_and_customer() -> None:
    back: Row = ("2026-04-26", "TH1", "退货 移动物联卡", None, None, "-5", "30", "-150", None, "200")
    loaded, parser = read(*TOP, HEAD, SALE, back, PAID, SUM, line("客户确认签字："))
    assert [(each["kind"], each["sender_name"], each["receiver_name"], each["quantity"]) for each in loaded] == [
        ("transfer", FIRM, "赵磊", 10),
        ("return", "赵磊", FIRM, 5),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(row, "not_a_record") for row in (6, 7, 8)]
    assert parser.questions == []


@pytest.mark.parametrize(
    "top",
    [
        (line("供应商对账单"), TOP[1]),
        (line(f"{FIRM}对账单"), TOP[1]),
        (TOP[0], line("对账期间：2026-03-01至2026-04-30")),
    ],
)
def test_of_any_other_statement_it_is_asked_what_its_rows_are(top: tuple[Row, Row]) -> None:
    with pytest.raises(UnknownHeadings):
        read_rows(*top, HEAD, SALE, PAID, SUM)


@pytest.mark.parametrize(
    "summary",
    [
        "销售 未发货",
        "期初余额",
        "调整",
        "销售（作废）",
        "销售 续费",
        "销售 押金",
        "销售 服务费",
        "销售 移动卡 代李四发",
    ],
)
def test_a_summary_that_says_something_else_makes_no_sale(summary: str) -> None:
    others = [(*SALE[:1], f"XS{n}", *SALE[2:3], CARD(100 + n), CARD(100 + n), "1", *SALE[6:]) for n in range(12)]
    loaded, parser = read(*TOP, HEAD, *others, (*SALE[:2], summary, *SALE[3:]), SUM)
    assert len(loaded) == 12
    assert [each.row for each in parser.rejects] == [16, 17]


def test_the_organisation_of_a_till_is_whose_statement_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "M-PESA ORGANISATION STATEMENT,,,,,\nShort Code:,5580127,Organisation:,Nuru Trackers Agency,,\n"
        "Receipt No.,Completion Time,Details,Paid In,Withdrawn,Other Party Info\n"
        "SF31K9QX02,2024-06-03 09:14:20,Merchant Payment from 2547****118,600.00,,254722****118 - PETER NJOROGE\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
    assert (report.kind, report.loaded, [*report.asked]) == ("payment", 1, [])


def test_a_statement_whose_summaries_are_all_of_something_else_is_asked_about() -> None:
    others = [
        (*SALE[:1], f"XS{n}", text, CARD(100 + n), *SALE[4:]) for n, text in enumerate(("销售 续费", "销售 充值"))
    ]
    loaded, parser = read(*TOP, HEAD, *others)
    assert not loaded
    assert {question.field for question in parser.questions} == {"words.销售续费", "words.销售充值"}
