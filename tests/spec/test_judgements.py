"""Judgements about parties (SPEC 4, S26 and S27; SPEC 8): one party under two names, with and without a judgement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest

from .conftest import CARRIERS, Desk, Result, card, moves, name

PURCHASE = ("U>E 2024-03-01", "E>A 2024-03-03")
TURNS = {
    "fork": ("X>F 2024-03-08",),
    "gap": ("C>D 2024-03-12",),
    "return": ("X>E 2024-03-05", "E>A 2024-03-07"),
}
"""Further movements: A is the receiver, X the same firm where it passes cards on."""

WAYS = [ways for count in range(4) for ways in combinations(TURNS, count)]
ONE, OTHER = "91310115MA1K35XR7B", "91330106MA2AXR2F0U"
"""Two credit codes."""
PERSON, ANOTHER = "530102198703151242", "530102198803161253"
"""Two resident ids."""


def lines(ways: tuple[str, ...]) -> list[str]:
    return [*PURCHASE, *(line for way in ways for line in TURNS[way]), "X>B 2024-03-09"]


def all_ways(*, is_one: bool = False) -> str:
    """Every way in one file, each with a card and parties of its own; A and X under one name if they are one."""
    said = []
    for n, ways in enumerate(WAYS, 1):
        for line in lines(ways):
            parties, date = line.replace("X>", "A>" if is_one else "X>").split()
            own = [who if who in CARRIERS else f"{who}{n}" for who in parties.split(">")]
            said.append(f"{'>'.join(own)} {date} #{n}")
    return moves(*said)


NUMBERS = range(1, len(WAYS) + 1)
ALL_CARDS = [card(n) for n in NUMBERS]


def judge(desk: Desk, one: str, other: str, verdict: str = "--same", **more: Any) -> Any:
    options = [part for option, value in more.items() for part in (f"--{option}", *([] if value is True else [value]))]
    return desk.ask("resolve", one, other, verdict, "--why", "the same telephone", *options)


def told(desk: Desk, *options: str, cards: Sequence[str] = (card(1),)) -> Any:
    """The traces of cards, without what depends on the bytes of the file or on its judgements."""
    return without(desk.ask("trace", *cards, *options).json["results"], {"sha256", "judgements", "because"})


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: without(held, names) for key, held in value.items() if key not in names}
    return [without(held, names) for held in value] if isinstance(value, list) else value


def test_s26_two_names_judged_the_same_answer_as_one_party(desk: Desk, tmp_path_factory: Any) -> None:
    desk.load(desk.file(all_ways(), "a.csv"))
    plain = Desk(tmp_path_factory.mktemp("plain"))
    plain.load(plain.file(all_ways(is_one=True), "a.csv"))

    for n in NUMBERS:
        assert judge(desk, f"A{n}", f"X{n}").code == 0

    assert told(desk, cards=ALL_CARDS) == told(plain, cards=ALL_CARDS)


def test_s27_the_same_without_a_judgement_breaks_after_the_receiver(desk: Desk) -> None:
    desk.load(all_ways())
    answers = desk.ask("trace", *ALL_CARDS).json["results"]
    assert len(answers) == len(WAYS)
    for n, answer in zip(NUMBERS, answers, strict=True):
        result = Result(answer)
        assert result.outcome == "broken"
        gaps = result.params("custody_gap")
        assert f"X{n}" in {gap["before"] for gap in gaps}
        found = [finding["params"] for finding in answer["findings"] if finding["code"] == "custody_gap"]
        assert [params["alias_candidates"] for params in found] == [[]] * len(gaps)
        assert answer["judgements"] == []


def test_s26_the_answer_names_the_judgement(desk: Desk) -> None:
    desk.load(moves(*lines(())))
    assert judge(desk, "A", "X", by="Li").json["judgement"]["n"] == 1

    result = desk.trace()

    assert (result.chains, result.codes) == (["continuous: U>E E>A A>B"], [])
    (judgement,) = result.json["judgements"]
    assert (judgement["n"], judgement["same"], judgement["by"], judgement["why"], judgement["undone"]) == (
        1,
        True,
        "Li",
        "the same telephone",
        None,
    )
    assert [(party["id"], party["name"]) for party in judgement["parties"]] == [("name:a", "A"), ("name:x", "X")]


def test_s26_without_judgements_answers_as_if_none_had_been_made(desk: Desk) -> None:
    desk.load(moves(*lines(("fork", "return"))))
    before = told(desk)
    judge(desk, "A", "X")

    assert told(desk) != before
    assert told(desk, "--without-judgements") == before
    (answer,) = desk.ask("trace", card(1), "--without-judgements").json["results"]
    assert answer["judgements"] == []


def test_a_judgement_and_its_undoing_leave_every_answer(desk: Desk) -> None:
    desk.load(all_ways())
    questions = [("trace", *ALL_CARDS), ("audit", *(f"E{n}" for n in NUMBERS)), ("graph",)]
    questions += [("party", f"{who}{n}") for who in "AX" for n in (1, len(WAYS))]
    questions += [("common", *ALL_CARDS), ("siblings", *ALL_CARDS), ("query", "largest-dealers")]
    before = [desk.ask(*question).out for question in questions]
    for n in NUMBERS:
        judge(desk, f"A{n}", f"X{n}")
        judge(desk, f"B{n}", f"E{n}", "--different")

    for number in range(2 * len(WAYS), 0, -1):
        assert desk.ask("resolve", "--undo", number).code == 0

    after = [desk.ask(*question).out for question in questions]
    assert [without(json.loads(each), {"ledger_head"}) if each else each for each in after] == [
        without(json.loads(each), {"ledger_head"}) if each else each for each in before
    ]


def test_judgements_join_transitively_and_undoing_one_parts_only_its_two(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01", "E>A 2024-03-03", "X>B 2024-03-05", "Y>D 2024-03-07"))
    judge(desk, "A", "X")
    judge(desk, "Y", "B")
    assert desk.trace().chains == ["continuous: U>E E>A A>B B>D"]

    desk.ask("resolve", "--undo", 2, "--why", "another telephone")

    assert desk.trace().chains == ["broken: U>E E>A A>B … Y>D"]
    listed = desk.ask("resolve", "--list").json["judgements"]
    assert [(each["n"], each["undone"] and each["undone"]["why"]) for each in listed] == [
        (1, None),
        (2, "another telephone"),
    ]


def ids(*rows: str) -> str:
    """A file of transfers whose parties may have identifiers: ``E>A/91… 2024-03-01``."""
    said = ["from,from_id,to,to_id,date,iccid"]
    for row in rows:
        sides, date = row.split()
        cells = [[*side.split("/"), ""][:2] for side in sides.split(">")]
        named = [cell for who, number in cells for cell in (CARRIERS.get(who, who), number)]
        said.append(",".join([*named, date, card(1)]))
    return "\n".join(said) + "\n"


def test_the_joined_party_has_the_id_of_its_member_with_an_identifier_and_answers_to_all_names(desk: Desk) -> None:
    desk.load(ids("U>E/91107 2024-03-01", "E/91107>A 2024-03-03", "X/92207>B 2024-03-05"))
    judge(desk, "A", "X")

    result = desk.trace()

    assert result.chains == ["continuous: U>E E>A A>B"]
    assert result.json["chains"][0]["hops"][1]["to"] == {"id": "id:92207", "name": "A"}
    for asked in ("A", "X", "name:a", "id:92207", "92207"):
        party = desk.ask("party", asked).json["party"]
        assert (party["id"], party["name"]) == ("id:92207", "A")
        assert party["aliases"] == [{"id": "id:92207", "name": "X"}]


def test_a_negative_judgement_keeps_a_name_from_its_only_bearer(desk: Desk) -> None:
    desk.load(ids("U>E/91107 2024-03-01", "E/91107>A/92207 2024-03-03", "A>B 2024-03-05"))
    assert desk.trace().chains == ["continuous: U>E E>A A>B"]

    assert judge(desk, "name:A", "92207", "--different").code == 0

    result = desk.trace()
    assert result.chains == ["broken: U>E E>A … A>B"]
    assert [judgement["n"] for judgement in result.json["judgements"]] == [1]


def test_a_judgement_settles_a_name_that_several_bear(desk: Desk) -> None:
    desk.load(ids("U>E/91107 2024-03-01", "E/91107>A/92207 2024-03-03", "A>B 2024-03-05", "A/93307>D 2024-03-07"))
    assert "ambiguous_party" in desk.trace().codes

    judge(desk, "name:a", "92207")

    result = desk.trace()
    assert "ambiguous_party" not in result.codes
    assert result.json["judgements"][0]["n"] == 1


def test_bearers_of_a_name_that_are_judged_one_party_draw_the_name_to_it(desk: Desk) -> None:
    desk.load(ids("U>E/91107 2024-03-01", "E/91107>A/92207 2024-03-03", "A>B 2024-03-05", "A/93307>D 2024-03-02"))

    judge(desk, "id:92207", "id:93307")

    result = desk.trace()
    assert "ambiguous_party" not in result.codes
    assert {hop["from"]["id"] for hop in result.json["chains"][0]["hops"][2:]} == {"id:93307"}


def test_an_undecided_judgement_changes_no_answer_and_is_never_named(desk: Desk) -> None:
    desk.load(moves(*lines(())))
    before = told(desk)

    assert judge(desk, "A", "X", "--unsure").json["judgement"]["same"] is None

    assert told(desk) == before
    assert desk.trace().json["judgements"] == []


def test_a_sale_by_whoever_is_judged_a_carrier_is_a_purchase(desk: Desk) -> None:
    desk.load(moves("江北联通卡行>E 2024-03-01", "E>A 2024-03-03", "T>F 2024-01-01 #9", "U>F 2024-01-01 #8"))
    assert desk.trace().registrant is None

    assert judge(desk, "江北联通卡行", "中国联通").code == 0

    result = desk.trace()
    assert (result.chains, result.registrant) == (["continuous: U>E E>A"], "E")
    refused = judge(desk, "江北联通卡行", "中国电信")
    assert (refused.code, "1" in refused.error["message"]) == (2, True)


REFUSED = {
    "a name that several parties bear": (("A", "B"), "--same", 2, "ambiguous_name"),
    "an unknown party": (("nobody", "B"), "--same", 1, "not_found"),
    "a party with itself": (("B", "name:b"), "--same", 2, "wrong_usage"),
    "two credit codes": ((ONE, OTHER), "--same", 2, "different_credit_codes"),
    "two resident ids": ((PERSON, ANOTHER), "--same", 2, "different_resident_ids"),
    "the other verdict on the same two": (("D", "E"), "--different", 2, "contradicting_judgement"),
    "what others rule out": (("E", "G"), "--same", 2, "contradicting_judgement"),
    "what others imply": (("E", "F"), "--different", 2, "contradicting_judgement"),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case with judgements; those that are made in it are refused."""
    desk = Desk(tmp_path_factory.mktemp("judged"))
    rows = [
        f"U>A/{ONE} 2024-03-01",
        f"A/{ONE}>A/{OTHER} 2024-03-03",
        "A>B 2024-03-05",
        "D>E 2024-03-06",
        "F>G 2024-03-07",
        f"B>H/{PERSON} 2024-03-08",
        f"H/{PERSON}>K/{ANOTHER} 2024-03-09",
    ]
    desk.load(ids(*rows))
    judge(desk, "D", "E")
    judge(desk, "D", "F")
    judge(desk, "F", "G", "--different")
    return desk


@pytest.mark.parametrize("what", REFUSED)
def test_a_judgement_that_cannot_be_is_refused_and_nothing_changes(judged: Desk, what: str) -> None:
    asked = [("trace", card(1)), ("resolve", "--list"), ("status",)]
    before = [judged.ask(*question).out for question in asked]
    (pair, verdict, code, error) = REFUSED[what]

    answer = judge(judged, *pair, verdict)

    assert (answer.code, answer.error["code"]) == (code, error)
    chinese = judged.run("--case", judged.case, "resolve", *pair, verdict, "--why", "x", "--lang", "zh")
    assert chinese.code == code
    assert any("一" <= sign <= "鿿" for sign in chinese.err)
    assert [judged.ask(*question).out for question in asked] == before


def test_a_contradiction_is_refused_with_the_numbers_of_what_it_contradicts(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01", "E>A 2024-03-03", "X>B 2024-03-05"))
    judge(desk, "E", "A")
    judge(desk, "A", "X")

    refused = judge(desk, "E", "X", "--different")

    assert refused.code == 2
    assert "1, 2" in refused.error["message"]


def test_the_same_verdict_again_changes_nothing(desk: Desk) -> None:
    desk.load(moves(*lines(())))
    first = judge(desk, "A", "X").json
    again = judge(desk, "X", "A").json
    assert (first["new"], again["new"]) == (True, False)
    assert first["judgement"] == again["judgement"]
    assert first["ledger_head"] == again["ledger_head"]


def test_undoing_what_is_undone_or_unknown_is_refused(desk: Desk) -> None:
    desk.load(moves(*lines(())))
    judge(desk, "A", "X")
    assert desk.ask("resolve", "--undo", 1).code == 0
    head = desk.ask("resolve", "--list").json["ledger_head"]
    assert desk.ask("resolve", "--undo", 1).code == 2
    assert desk.ask("resolve", "--undo", 7).code == 1
    assert desk.ask("resolve", "--list").json["ledger_head"] == head


def test_two_credit_codes_are_joined_when_it_is_forced(desk: Desk) -> None:
    desk.load(ids("U>E 2024-03-01", f"E>A/{ONE} 2024-03-03", f"X/{OTHER}>B 2024-03-05"))
    assert judge(desk, ONE, OTHER, force=True).json["judgement"]["forced"] is True
    assert desk.trace().chains == ["continuous: U>E E>A A>B"]


def test_a_later_load_suspends_a_judgement_between_names_that_turn_out_to_be_two_persons(desk: Desk) -> None:
    desk.load(ids("U>E 2024-03-01", "E>H 2024-03-03", "K>B 2024-03-05"))
    judge(desk, "H", "K")
    assert desk.trace().chains == ["continuous: U>E E>H H>B"]

    desk.load(ids(f"X>H/{PERSON} 2024-02-01", f"X>K/{ANOTHER} 2024-02-02"))

    assert desk.ask("status").json["suspended"] == [1]
    judge(desk, PERSON, ANOTHER, force=True)
    assert desk.ask("status").json["suspended"] == []


def test_a_later_load_suspends_a_judgement_that_would_join_two_credit_codes(desk: Desk) -> None:
    desk.load(ids("U>E 2024-03-01", f"E>A/{ONE} 2024-03-03", "X>B 2024-03-05"))
    judge(desk, ONE, "X")
    assert desk.trace().chains == ["continuous: U>E E>A A>B"]

    desk.load(ids(f"X/{OTHER}>D 2024-01-07").replace(card(1), card(2)))

    result = desk.trace()
    assert result.chains == ["broken: U>E E>A … X>B"]
    assert result.json["judgements"] == []
    assert [each["suspended"] for each in desk.ask("resolve", "--list").json["judgements"]] == [True]
    assert desk.ask("status").json["suspended"] == [1]


def test_judgements_are_known_only_since_they_were_made(desk: Desk) -> None:
    desk.load(moves(*lines(())))
    judge(desk, "A", "X")
    assert desk.ask("trace", card(1), "--as-of", "2020-01-01").json["results"][0]["found"] is False
    assert desk.ask("resolve", "--list").json["judgements"][0]["n"] == 1
    assert name(desk.trace().json["holder"]) == "B"
