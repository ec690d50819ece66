"""Candidates (SPEC 8): who may be the same party, why, and what it would change; nothing is joined."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import CARRIERS, Desk, card


def moves(*rows: str) -> str:
    """A file of transfers: ``甲/id>乙 2024-03-01 #1`` or a range ``1-100``."""
    said = ["from,from_id,to,to_id,date,iccid,iccid_first,iccid_last"]
    for row in rows:
        sides, date, lot = row.split()
        cells = [[*side.split("/"), ""][:2] for side in sides.split(">")]
        named = [cell for who, number in cells for cell in (CARRIERS.get(who, who), number)]
        first, _, last = lot.partition("-")
        cards = ["", card(first), card(last)] if last else [card(first.removeprefix("#")), "", ""]
        said.append(",".join([*named, date, *cards]))
    return "\n".join(said) + "\n"


def candidates(desk: Desk, *asked: str) -> list[tuple[list[str], list[str]]]:
    """The names of each pair, and the reasons."""
    found = desk.ask("candidates", *asked).json["candidates"]
    return [
        ([party["name"] for party in each["parties"]], [reason["code"] for reason in each["reasons"]]) for each in found
    ]


ALIAS = (
    "U>星海 2024-03-01 1-100",
    "星海>捷讯 2024-03-03 1-100",
    "杭州捷讯通信设备商行>王五 2024-03-05 1-60",
    "杭州捷讯通信设备商行>赵六 2024-03-05 61-100",
)


def test_what_one_received_and_the_other_passes_on_is_a_reason_with_its_effect(desk: Desk) -> None:
    desk.load(moves(*ALIAS))

    (found,) = desk.ask("candidates").json["candidates"]

    assert {party["name"] for party in found["parties"]} == {"捷讯", "杭州捷讯通信设备商行"}
    assert [reason["code"] for reason in found["reasons"]] == ["complementary_lots", "name_contained"]
    assert found["effect"] == {"chains_closed": 100, "cards": 100}
    # the rows that one got the cards by, and the other passed them on
    assert [origin["row"] for origin in found["reasons"][0]["origins"]] == [3, 4, 5]
    assert desk.trace().outcome == "broken"


def test_whom_a_record_names_as_two_sides_of_a_sale_are_no_pair_by_their_lots(desk: Desk) -> None:
    traded = moves(*ALIAS, "捷讯>杭州捷讯通信设备商行 2024-03-04 201-210")
    desk.load(traded)
    assert [reasons for _, reasons in candidates(desk)] == [["name_contained"]]


def test_the_effect_is_what_the_judgement_then_does(desk: Desk) -> None:
    desk.load(moves(*ALIAS))
    desk.ask("resolve", "捷讯", "杭州捷讯通信设备商行", "--same", "--why", "the lots")
    outcomes = [trace["outcome"] for trace in desk.ask("trace", f"{card(1)[:-2]}*").json["results"]]
    assert outcomes == ["continuous"] * 99


NAMES = {
    "traditional_simplified": ("嵐川智聯", "岚川智联"),
    "name_contained": ("捷讯", "杭州捷讯通信设备商行"),
    "same_pinyin": ("顾云帆", "顾云凡"),
}


@pytest.mark.parametrize("reason", NAMES)
def test_names_alone_are_a_reason(desk: Desk, reason: str) -> None:
    one, other = NAMES[reason]
    desk.load(moves("U>E 2024-03-01 #1", f"E>{one} 2024-03-02 #1", f"E>{other} 2024-03-02 #2"))
    ((names, reasons),) = candidates(desk)
    assert set(names) == {one, other}
    assert reason in reasons


APART = {
    "different names": ("星海", "云洲"),
    "names of two firms with different identifiers": ("捷讯/91310115MA1K35XR7B", "捷讯通信/91330106MA2AXR2F0U"),
    "a likeness alone": ("岚川智联科技", "星川智联科技"),
}


@pytest.mark.parametrize("what", APART)
def test_nothing_is_proposed_for(desk: Desk, what: str) -> None:
    one, other = APART[what]
    desk.load(moves("U>E 2024-03-01 #1", f"E>{one} 2024-03-02 #1", f"E>{other} 2024-03-02 #2"))
    assert candidates(desk) == []


def test_whoever_bought_the_card_of_the_other_is_no_candidate(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 #1", "X>B 2024-03-02 #1"))
    assert candidates(desk) == [(["E", "X"], ["complementary_lots"])]


def test_a_card_that_was_passed_on_before_it_was_received_is_no_reason(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 #1", "E>A 2024-03-05 #1", "X>B 2024-03-02 #1"))
    assert candidates(desk) == []


def test_what_is_judged_is_no_candidate_and_what_is_undecided_comes_last(desk: Desk) -> None:
    desk.load(moves(*ALIAS, "E>顾云帆 2024-03-02 #200", "E>顾云凡 2024-03-02 #201"))
    assert len(candidates(desk)) == 2

    desk.ask("resolve", "捷讯", "杭州捷讯通信设备商行", "--unsure", "--why", "x")

    found = desk.ask("candidates").json["candidates"]
    assert [each["judged"] for each in found] == [None, 1]
    for verdict in ("--same", "--different"):
        desk.ask("resolve", "--undo", 1 if verdict == "--same" else 2)
        desk.ask("resolve", "捷讯", "杭州捷讯通信设备商行", verdict, "--why", "x")
        assert [names for names, _ in candidates(desk)] == [["顾云凡", "顾云帆"]]


def test_a_gap_names_who_may_be_one_party_on_both_sides(desk: Desk) -> None:
    desk.load(moves(*ALIAS))
    (gap,) = [each for each in desk.trace().json["findings"] if each["code"] == "custody_gap"]
    (found,) = gap["params"]["alias_candidates"]
    assert {party["name"] for party in found["parties"]} == {"捷讯", "杭州捷讯通信设备商行"}
    assert found["reasons"] == ["name_contained"]


def test_a_gap_between_strangers_names_nobody(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 #1", "E>A 2024-03-03 #1", "B>C 2024-03-05 #1"))
    (gap,) = [each for each in desk.trace().json["findings"] if each["code"] == "custody_gap"]
    assert gap["params"]["alias_candidates"] == []


def test_only_pairs_with_the_party_that_is_asked_about(desk: Desk) -> None:
    desk.load(moves(*ALIAS, "E>顾云帆 2024-03-02 #200", "E>顾云凡 2024-03-02 #201"))
    answer: Any = candidates(desk, "捷讯")
    assert [set(names) for names, _ in answer] == [{"捷讯", "杭州捷讯通信设备商行"}]
    assert desk.ask("candidates", "nobody").code == 1


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("林坤（绰号阿坤）", "阿坤"),
        ("何磊(小黑)", "小黑"),
        ("王五（微信名：峰哥）", "峰哥"),
        ("J Smith (aka Smithy)", "smithy"),
    ],
)
def test_whom_brackets_behind_a_name_call_so_is_proposed(desk: Desk, written: str, called: str) -> None:
    seized = f"案件编号,查获日期,持有人,卡号\nA-1,2024-09-13,{written},{card(1)}\n"
    desk.load(moves(f"甲>{called} 2024-03-01 1-10"), seized)
    assert [sorted(pair) for pair, _ in candidates(desk)] == [sorted([written, called])]


def test_a_place_or_a_word_in_brackets_calls_nobody(desk: Desk) -> None:
    seized = f"案件编号,查获日期,持有人,卡号\nA-1,2024-09-13,张三（临沂）,{card(1)}\n"
    desk.load(moves("甲>乙 2024-03-01 1-10"), seized)
    assert candidates(desk) == []


def test_a_seller_and_a_buyer_under_other_names_are_not_proposed_for_their_lots(desk: Desk) -> None:
    # the firm in full sold to the buyer with its place; its short name to the buyer without
    desk.load(moves("云岭出行科技有限公司>鸿发通讯（临沂） 2024-04-11 1-100", "云岭>鸿发通讯 2024-04-12 1-100"))
    assert sorted(sorted(pair) for pair, _ in candidates(desk)) == [
        sorted(["云岭", "云岭出行科技有限公司"]),
        sorted(["鸿发通讯", "鸿发通讯（临沂）"]),
    ]


def test_a_row_that_was_not_read_may_be_the_sale_that_is_missing_between_both(desk: Desk) -> None:
    desk.load(moves(*ALIAS))
    desk.load(f"Notes of the shop\n05/03/2024 sold to the other one: {card(1)} to {card(100)}\n")
    assert [reasons for _, reasons in candidates(desk)] == [["name_contained"]]
