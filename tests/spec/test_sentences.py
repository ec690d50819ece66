"""Sentences and tables say no more than the records (SPEC 12, 13)."""

from __future__ import annotations

import openpyxl
import pytest

from .conftest import Desk, activations, card, moves


def test_a_presumed_user_is_told_as_one_in_a_workbook(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-10", "E>A 2024-03-05 #1", "E>B 2024-03-05 #2"))
    desk.load(activations("2024-04-01 1", "2024-04-01 2 B"))
    for lang, heading, words in (
        ("en", "End user", ("presumed user", "end user")),
        ("zh", "最终使用人", ("推定使用人", "最终使用人")),
    ):
        book = desk.folder / f"{lang}.xlsx"
        assert desk.run("--case", desk.case, "--lang", lang, "trace", card(1), card(2), "-o", book).code == 0
        head, *rows = openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True)
        at = head.index(heading)
        assert [row[at : at + 2] for row in rows] == [("A", words[0]), ("B", words[1])]


@pytest.mark.parametrize(
    ("role", "books"),
    [
        ("enterprise", {"purchase": 100, "sale": 20, "taken_back": 10, "return": 5}),
        ("dealer", {"receipt": 20, "sale": 8, "taken_back": 3, "sent_back": 10}),
    ],
)
def test_a_return_in_the_books_says_who_returned_to_whom(desk: Desk, role: str, books: dict[str, int]) -> None:
    desk.load(
        moves("U>E 2024-03-01 1-100", "E>A 2024-03-05 1-20", "A>B 2024-03-06 11-18"),
        f"退货日期,退货方,接收方,起始卡号,结束卡号,数量\n2024-04-01,A,E,{card(1)},{card(10)},10\n"
        f"2024-04-02,E,中国联通,{card(21)},{card(25)},5\n2024-04-03,B,A,{card(11)},{card(13)},3\n",
        "申报单位,申报日期,库存,已售数量\nE,2024-06-30,85,10\nA,2024-06-30,5,5\n",
    )
    balance = desk.audit({"enterprise": "E", "dealer": "A"}[role])["balance"]
    assert {each["kind"]: each["cards"] for each in balance["balance_sources"]} == books


def test_a_trace_without_any_step_speaks_of_no_place_in_a_chain(desk: Desk) -> None:
    desk.load(f"卡号,扣押日期\n{card(1)},2024-07-01\n", moves("A>B 2024-03-05 #2", "C>D 2024-03-06 #2"))
    for lang, words in (("en", "Nobody beyond that place"), ("zh", "此后的各方")):
        told = ["".join(desk.run("--case", desk.case, "--lang", lang, "trace", card(n)).out.split()) for n in (1, 2)]
        assert [words.replace(" ", "") in each for each in told] == [False, True]


def test_no_sentence_says_that_no_row_states_a_number_that_stands_in_an_unread_cell(desk: Desk) -> None:
    number = "990102199003171218"
    desk.load(
        moves("U>E 2024-03-01 1-10"),
        "转出方,转入方,转入方证件号,日期,卡号\n" + "".join(f"E,陈立军,{number},2024-03-05,{card(n)}\n" for n in (1, 2)),
        # the heading of the column is none that is read
        f"卡号,查获日期,持有人,编码甲\n{card(1)},2024-07-01,陈立军,{number}\n{card(3)},2024-07-01,陈立军,{number}\n",
        f"卡号,查获日期,持有人,编码乙\n{card(2)},2024-07-02,陈立军,\n{card(4)},2024-07-02,陈立军,\n",
    )
    found = [{"seized_joined_by_name", "known_by_name"} & set(desk.trace(n).codes) for n in (1, 2, 3, 4)]
    assert found == [set(), {"seized_joined_by_name"}, set(), {"known_by_name"}]
    for lang, words in (("en", "a party of the same name as"), ("zh", "同名的主体")):
        told = desk.run("--case", desk.case, "--lang", lang, "trace", card(4)).out
        assert "".join(words.split()) in "".join(told.split())


def test_whom_a_card_was_seized_from_is_shown_with_his_number_and_masked(desk: Desk) -> None:
    number = "990102199003171218"
    desk.load(
        moves("U>E 2024-03-01 1-10", "E>陈立军 2024-03-05 #1"),
        f"卡号,查获日期,持有人,持有人证件号\n{card(1)},2024-07-01,陈立军,{number}\n{card(2)},2024-07-01,,{number}\n",
    )
    for lang, words in (("en", f"held by 陈立军 {number}"), ("zh", f"持有人陈立军 {number}")):
        assert words in " ".join(desk.run("--case", desk.case, "--lang", lang, "trace", card(1)).out.split())
        assert number in desk.run("--case", desk.case, "--lang", lang, "trace", card(2)).out
        assert card(1) in desk.run("--case", desk.case, "--lang", lang, "party", number).out
    for ending in (".json", ".md", ".html", ".csv"):
        out = desk.folder / f"redacted{ending}"
        assert desk.run("--case", desk.case, "trace", card(1), card(2), "--redact", "-o", out).code == 0
        told = out.read_text("utf-8")
        assert not [text for text in (number, "陈立军") if text in told]
