"""Statements of answers about people and numbers (SPEC 2, 4 and 5): none without a record, and each with its basis."""

from __future__ import annotations

import pytest

from .conftest import Desk, activations, card, moves, name

SOLD = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000100\n"
RIGHT = "89860619000000000012"
"""Card 1 with its check digit."""


def test_a_typed_number_whose_check_digit_fails_is_answered_with_the_cards_that_may_be_meant(desk: Desk) -> None:
    desk.load(SOLD)
    (answer,) = desk.ask("trace", RIGHT[:-1] + "4").json["results"]
    assert (answer["found"], answer["outcome"]) == (True, "continuous")
    first = answer["findings"][0]
    assert (first["code"], first["severity"]) == ("check_digit_differs", "warning")
    assert (first["params"]["written"], first["params"]["expected"]) == (RIGHT[:-1] + "4", RIGHT)
    candidates = first["params"]["candidates"]
    assert candidates
    assert RIGHT not in candidates
    (sound,) = desk.ask("trace", RIGHT).json["results"]
    assert [finding["code"] for finding in sound["findings"]] == []


def test_two_neighbours_exchanged_are_found(desk: Desk) -> None:
    desk.load(moves("E>A 2024-03-05 #89860619000000120345"))
    exchanged = "8986061900000021034"
    (answer,) = desk.ask("trace", exchanged).json["results"]
    near = [(finding["params"]["iccid"], finding["params"]["why"]) for finding in answer["findings"]]
    assert answer["outcome"] == "not_found"
    assert ("89860619000000120345", "exchanged") in near


@pytest.mark.parametrize(
    "typed", ["8986O619OOOOOOOOOO1", "８９８６０６１９０００００００００01", "898606l900000000001"]
)
def test_slips_of_typing_are_read_over_and_said(desk: Desk, typed: str) -> None:
    desk.load(SOLD)
    (answer,) = desk.ask("trace", typed).json["results"]
    assert (answer["input"], answer["read_as"]) == (typed, "8986061900000000001")
    assert answer["found"]
    (plain,) = desk.ask("trace", card(1)).json["results"]
    assert plain["read_as"] is None


@pytest.mark.parametrize("typed", ["张三", "星海公司", "1234", "1234567", "hello"])
def test_what_is_no_number_is_no_card_that_is_not_found(desk: Desk, typed: str) -> None:
    desk.load(SOLD)
    answer = desk.ask("trace", card(1), typed)
    assert (answer.code, answer.error["code"]) == (2, "not_a_number")
    assert "graphtrace party" in answer.error["hint"]


def test_who_is_presumed_to_have_used_a_card_is_told_from_who_is_named(desk: Desk) -> None:
    desk.load(SOLD, moves("E>A 2024-03-05 #1", "E>A 2024-03-05 #2"), activations("2024-04-01 1", "2024-04-01 2 甲"))
    for n, basis, user in ((1, "holder_that_day", "A"), (2, "named", "甲"), (3, None, None)):
        (answer,) = desk.ask("trace", card(n)).json["results"]
        assert (answer["end_user_basis"], name(answer["end_user"])) == (basis, user)


def test_the_last_holder_of_a_card_that_another_used_is_asked_how_it_came_there(desk: Desk) -> None:
    desk.load(SOLD, moves("E>A 2024-03-05 #1", "E>A 2024-03-05 #2"), activations("2024-04-01 1 A", "2024-04-01 2 甲"))
    asked = ("A", "transfer_record", "used_by_another", None, None)
    assert [asked in desk.trace(n).leads for n in (1, 2)] == [False, True]
    assert "甲" not in [ask for ask, *_ in desk.trace(2).leads]


def test_a_later_use_counts_as_use_and_not_as_activation(desk: Desk) -> None:
    desk.load(SOLD, f"ICCID,最近上线时间,使用人\n{card(1)},2024-05-01 08:00:00,甲\n")
    (answer,) = desk.ask("trace", card(1)).json["results"]
    assert [(used["kind"], used["date"]) for used in answer["activations"]] == [("usage", "2024-05-01T08:00:00+08:00")]
    assert (name(answer["end_user"]), answer["end_user_basis"]) == ("甲", "named")
    assert "no_activation" in [lead["because"] for lead in answer["leads"]]
    assert desk.audit()["buckets"]["activated_by_other"] == 1


def test_whoever_a_card_is_taken_from_is_a_party_and_no_holder(desk: Desk) -> None:
    desk.load(SOLD, moves("E>A 2024-03-05 #1"), f"案号,查获日期,卡号,持有人\nA1,2024-06-01,{card(1)},丙\n")
    result = desk.trace(1)
    (seizure,) = result.json["seizures"]
    assert name(seizure["seized_from"]) == "丙"
    assert (result.holder, result.end_user) == ("A", None)
    assert result.params("seized_from_another") == [{"seized_from": "丙", "holder": "A", "date": "2024-06-01"}]
    assert ("A", "transfer_record", "seized_from_another", None, None) in result.leads


@pytest.mark.parametrize("holder", ["A", "不详", "未知", ""])
def test_nothing_is_said_of_a_card_taken_from_its_holder_or_from_nobody_known(desk: Desk, holder: str) -> None:
    desk.load(SOLD, moves("E>A 2024-03-05 #1"), f"案号,查获日期,卡号,持有人\nA1,2024-06-01,{card(1)},{holder}\n")
    assert "seized_from_another" not in desk.trace(1).codes


def test_a_list_that_names_somebody_else_says_so_and_moves_nothing(desk: Desk) -> None:
    rows = f"{card(1)},别家,在用,2024-04-01\n{card(2)},A,停机,2024-03-05\n{card(3)},E,在用,2024-04-01\n"
    desk.load(SOLD, moves("E>A 2024-03-05 #1", "E>A 2024-03-05 #2"), "ICCID,客户名称,卡状态,日期\n" + rows)
    first, second, third = desk.traces(1, 2, 3)
    assert first.params("listed_with_other") == [{"listed": "别家", "holder": "A", "date": "2024-04-01"}]
    assert (first.chains, first.holder, first.end_user) == (["continuous: U>E E>A"], "A", None)
    assert [(listing["state"], name(listing["party"])) for listing in first.json["card_lists"]] == [("在用", "别家")]
    assert "listed_with_other" not in (*second.codes, *third.codes)


def test_a_number_that_no_record_links_to_a_card_is_answered_as_such(desk: Desk) -> None:
    desk.load("MSISDN,激活时间,使用人,IMEI\n1064612345679,2024-04-05,丁,490154203237518\n")
    for asked, matched in (("1064612345679", "msisdn"), ("490154203237518", "imei")):
        (answer,) = desk.ask("trace", asked).json["results"]
        assert (answer["outcome"], answer["matched_as"], answer["card"]["key"]) == ("broken", matched, None)
        assert (name(answer["end_user"]), answer["end_user_basis"]) == ("丁", "named")
        assert [finding["code"] for finding in answer["findings"]] == ["known_by_number_only"]
        assert [(lead["for"], name(lead["ask"])) for lead in answer["leads"]] == [("number_assignment", "U")]


def test_a_window_of_dates_never_runs_backwards(desk: Desk) -> None:
    desk.load(SOLD, moves("E>A 2024-05-10 #1", "B>D 2024-04-01 #1"))
    result = desk.trace(1)
    (gap,) = result.params("custody_gap")
    assert (gap["since"], gap["until"], gap["dates"]) == (None, None, ["2024-05-10", "2024-04-01"])
    assert [(lead[3], lead[4]) for lead in result.leads if lead[2] == "custody_gap"] == [(None, None)] * 2


def test_counts_are_of_cards_and_criminal_cases(desk: Desk) -> None:
    desk.load(SOLD, f"案号,查获日期,卡号\nA1,2024-06-01,{card(1)}\nA1,2024-06-01,{card(2)}\n,2024-06-02,{card(3)}\n")
    counts = desk.ask("trace", card(1), RIGHT, card(2), card(3), card(999)).json["counts"]
    assert counts == {
        "inputs": 5,
        "cards": 3,
        "not_found": 1,
        "cases": 1,
        "cards_without_case": 1,
        "outcomes": {"continuous": 3},
    }


def test_an_enterprise_that_bought_by_number_only_has_an_audit(desk: Desk) -> None:
    desk.load("运营商,购卡单位,采购日期,数量\n中国联通,E,2024-03-01,500\n", moves("E>A 2024-03-05 40 cards"))
    audit = desk.audit()
    assert (audit["purchased"], set(audit["buckets"].values())) == (0, {0})
    assert audit["quantity_only"] == {"purchased": {"records": 1, "cards": 500}, "sold": {"records": 1, "cards": 40}}
    (every,) = desk.ask("audit", "--all").json["enterprises"]
    assert every["enterprise"] == audit["enterprise"]


def test_cards_are_counted_by_the_month_in_which_they_were_bought_left_and_first_used(desk: Desk) -> None:
    desk.load(SOLD, moves("E>A 2024-04-05 #1", "A>B 2024-05-01 #1"), activations("2024-06-01 1", "2024-03-09 2"))
    assert desk.audit()["by_month"] == [
        {"month": "2024-03", "purchased": 100, "resold": 0, "first_used": 1},
        {"month": "2024-04", "purchased": 0, "resold": 1, "first_used": 0},
        {"month": "2024-06", "purchased": 0, "resold": 0, "first_used": 1},
    ]


@pytest.mark.parametrize(
    ("sold", "sellers"),
    [
        (["E>A 2024-03-05 #1", "E>A 2024-03-05 #2"], []),
        (["E>A 2024-03-05 #1", "E>A 2024-03-05 #2", "E>A 2024-03-05 #3"], ["E"]),
        (["E>A 2024-03-05 1-50", "A>B 2024-03-06 1-3"], ["E", "A"]),
        (
            ["E>A 2024-03-05 #1", "A>E 2024-03-06 #1", "E>A 2024-03-07 #1", "A>E 2024-03-08 #1", "E>B 2024-03-09 #1"],
            ["E"],
        ),
    ],
)
def test_sellers_of_three_cards_or_three_times_are_named(desk: Desk, sold: list[str], sellers: list[str]) -> None:
    desk.load(SOLD, moves(*sold))
    found = desk.audit()["findings"]
    named = [finding["params"]["seller"]["name"] for finding in found if finding["code"] == "sanction_three"]
    assert named == sellers


def test_three_writings_of_one_card_are_three_inputs_and_one_card(desk: Desk) -> None:
    desk.load(SOLD)
    asked = desk.file(f"{card(1)}\n{RIGHT}\n {card(1)[:10]} {card(1)[10:]}\n{card(2)}\n", "asked.txt")
    first = desk.run("--case", desk.case, "trace", "--from-file", asked).out.splitlines()[0].split()
    assert " ".join(first).startswith("4 inputs - 2 cards - 2 ")
    page = desk.folder / "x.html"
    desk.run("--case", desk.case, "trace", "--from-file", asked, "--html", page)
    assert "trace of 2 cards" in page.read_text(encoding="utf-8")
    two = desk.run("--case", desk.case, "trace", card(1), card(2)).out.splitlines()[0]
    assert "input" not in two


def test_a_mistyped_card_is_told_before_the_outcome_is_explained(desk: Desk) -> None:
    desk.load(SOLD)
    typed = RIGHT[:-1] + "4"
    text = " ".join(desk.run("--case", desk.case, "trace", typed).out.split())
    assert text.index(f"The check digit of {typed} is wrong") < text.index("Records show every step")
    page = desk.folder / "x.html"
    desk.run("--case", desk.case, "trace", typed, "--html", page)
    shown = page.read_text(encoding="utf-8")
    assert shown.index(f"check digit of {typed}") < shown.index("Records show every step")


@pytest.mark.parametrize(
    ("imei", "rows"),
    [
        *(("000000000000000", 1), ("11111111111111", 1), ("123456789012345", 1200), ("98765432109876", 1)),
        ("8600000000000000", 1200),
    ],
)
def test_a_number_that_no_device_has_joins_no_cards(desk: Desk, imei: str, rows: int) -> None:
    used = "ICCID,激活时间,IMEI\n" + "".join(f"{card(n)},2024-04-01,{imei}\n" for n in range(1, rows + 2))
    report = desk.load(SOLD, used)[1]
    assert (report["loaded"], report["rejected"]) == (rows + 1, 0)
    assert [(w["field"], w["reason"], w["rows"]) for w in report["warnings"]] == [("imei", "no_device", rows + 1)]
    result = desk.trace(1)
    assert "shared_device" not in result.codes
    assert [used["imei"] for used in result.json["activations"]] == [None]
    assert desk.load(f"ICCID,激活时间,IMEI\n{card(3)},2024-04-01,490154203237518\n")[0]["warnings"] == []


@pytest.mark.parametrize(("lang", "said"), [("en", "on record as the seller"), ("zh", "卡号由中国联通发行")])
def test_a_number_of_one_carrier_sold_by_another_is_said_beside_the_outcome(desk: Desk, lang: str, said: str) -> None:
    desk.load(SOLD.replace("中国联通", "中国移动"))
    (answer,) = desk.ask("trace", card(1)).json["results"]
    assert answer["outcome"] == "continuous"
    (finding,) = answer["findings"]
    assert (finding["code"], finding["severity"]) == ("carrier_contradicts_number", "warning")
    assert finding["params"] == {
        "carrier": {"id": "carrier:china-mobile", "name": "中国移动"},
        "issuer": "china-unicom",
    }
    assert said in desk.run("--case", desk.case, "trace", card(1), "--lang", lang).out
