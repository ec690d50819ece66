"""Columns that say what became of what their rows state: whether goods were given, sent, received, signed for."""

from __future__ import annotations

import re

import pytest

from graphtrace.ingest.acts import DONE, MAYBE_OUTCOME, act_of_outcome

from .conftest import Desk, card

HEADINGS = (
    *(
        "回单",
        "签收情况",
        "交货",
        "交付",
        "收货人签字",
        "给没给",
        "收到没",
        "提货",
        "是否签收",
        "已发货否",
        "收卡情况",
        "现状",
    ),
    *("处理情况", "去向情况", "物流进度", "成交情况", "领卡否"),
    *("Challan Status", "Delivery status", "POD", "Position", "Result", "Outcome", "Delivery remarks", "Received?"),
    *("Status", "Collected (Y/N)", "Signature"),
)
DENIALS = (
    *(
        "没给",
        "未签",
        "没收到",
        "拒收",
        "退",
        "暂存",
        "未发",
        "没有",
        "否",
        "不要了",
        "在途丢失",
        "改天给",
        "待取",
        "压货",
    ),
    *("not received", "undelivered", "RTO", "pending", "lost", "no", "refused", "in godown", "returned", "cancelled"),
)
DONE_WORDS = {False: ("已签收", "已给", "张三", "2024-03-05"), True: ("Delivered", "Received", "Yes", "2024-03-05")}


def test_a_row_by_whose_outcome_nothing_came_about_is_no_record_or_asked(desk: Desk) -> None:
    tables, denied = [], {}
    for number, heading in enumerate(HEADINGS):
        head = "From,To,Date,ICCID" if heading.isascii() else "转出方,转入方,日期,卡号"
        cards = [100 * number + n for n in range(len(DENIALS) + 4)]
        words = (*DONE_WORDS[heading.isascii()], *DENIALS)
        rows = "".join(f"E,A,2024-03-05,{card(n)},{word}\n" for n, word in zip(cards, words, strict=True))
        tables.append(f"{head},{heading}\n{rows}")
        denied |= {n: (heading, word) for n, word in zip(cards[4:], DENIALS, strict=True)}
    # each is a file of its own
    loaded = [sheet["loaded"] for sheet in desk.load(*tables)]
    assert dict(zip(HEADINGS, loaded, strict=True)) == dict.fromkeys(HEADINGS, 4)
    # and the cards of all others are told
    answers = desk.ask("trace", *map(card, denied)).json["results"]
    told = [{finding["code"] for finding in answer["findings"]} for answer in answers]
    assert [each for each, codes in zip(denied.values(), told, strict=True) if "unread_movement" not in codes] == []


@pytest.mark.parametrize("heading", ["激活状态", "卡状态", "付款情况", "实名情况", "套餐", "开票情况", "使用情况"])
def test_what_is_said_of_a_card_or_a_payment_decides_no_row(desk: Desk, heading: str) -> None:
    rows = f"E,A,2024-03-05,{card(1)},未激活\nE,A,2024-03-05,{card(2)},未付\n"
    assert desk.load(f"转出方,转入方,日期,卡号,{heading}\n{rows}")[0]["loaded"] == 2


def test_an_unknown_word_for_an_outcome_is_asked_once_with_its_count(desk: Desk) -> None:
    rows = "".join(f"E,A,2024-03-05,{card(n)},{'走了一半' if n % 2 else '已签收'}\n" for n in range(6))
    (sheet,) = desk.load(text := f"转出方,转入方,日期,卡号,签收情况\n{rows}")
    assert [(each["field"], each["rows"]) for each in sheet["asked"]] == [("words.走了一半", 3)]
    (again,) = desk.load(text, options=("--set", "words.走了一半=ignore"))
    assert (sheet["loaded"], again["loaded"]) == (3, 6)


def test_none_denies_where_others_affirm_and_is_empty_elsewhere(desk: Desk) -> None:
    rows = f"E,A,2024-03-05,{card(1)},有,无\nE,A,2024-03-05,{card(2)},无,无\n"
    desk.load(f"转出方,转入方,日期,卡号,回单,备注\n{rows}")
    assert (desk.trace(1).holder, desk.trace(2).holder, desk.trace(1).codes) == ("A", None, ["no_purchase"])


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("签收情况", ("本人签收", "张三", "已妥投", "顺丰已签收", "3月5日签收", "客户已收", "自提")),
        ("Challan Status", ("Delivered", "Received by R Sharma", "In transit", "Received in good condition", "OK")),
    ],
)
def test_words_by_which_goods_arrived_are_neither_asked_about_nor_told(
    desk: Desk, heading: str, words: tuple[str, ...]
) -> None:
    rows = "".join(f"E,A,2024-03-05,{card(n)},{word}\n" for n, word in enumerate(words))
    (read,) = desk.load(f"转出方,转入方,日期,卡号,{heading}\n{rows}")
    assert (read["loaded"], read["asked"], read["warnings"]) == (len(words), [], [])


@pytest.mark.parametrize("text", ["POD-12345", "2024-03-05", "2024/3/5 10:30:00", "SF1234567890", "12345", "R-1023"])
def test_the_number_of_a_paper_or_a_day_says_that_it_happened(text: str) -> None:
    assert act_of_outcome(text) == DONE


@pytest.mark.parametrize(
    "text", ["rto-123", "12 rto 5", "0", "30", "no", "ABCDEF-12345", "没收到", "rto1234", "a1:2x345678"]
)
def test_every_text_that_may_deny_is_looked_at_by_both_ways_of_reading(text: str) -> None:
    assert act_of_outcome(text) == DONE or re.search(MAYBE_OUTCOME, text)
