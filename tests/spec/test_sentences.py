"""Sentences say no more than the records (SPEC 12, 13)."""

from __future__ import annotations

from .conftest import Desk, card, moves


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
