"""What an answer suggests is not what records of the case contradict (SPEC 2, 4)."""

from __future__ import annotations

import pytest

from .conftest import Desk, activations, card, moves

SOLD = moves("U>E 2024-03-01 1-10", "E>A 2024-03-05 #1", "A>B 2024-04-01 5 cards")


def seized(day: str, holder: str) -> str:
    return f"卡号,扣押日期,持有人\n{card(1)},{day},{holder}\n"


@pytest.mark.parametrize(
    ("later", "held"),
    [
        (seized("2024-07-01", "A"), "2024-07-01"),
        (activations("2024-07-01 1 A"), "2024-07-01"),
        (seized("2024-04-02", "A"), "2024-04-02"),
        (seized("2024-04-01", "A"), None),
        (seized("2024-04", "A"), None),
        (seized("2024-07-01", "B"), None),
        (activations("2024-07-01 1 B"), None),
        (activations("2024-07-01 1"), None),
        (activations("2024-03-20 1 A"), None),
    ],
)
def test_who_still_has_a_card_is_not_asked_whether_he_sold_it_before(desk: Desk, later: str, held: str | None) -> None:
    desk.load(SOLD, later)
    told = desk.trace(1)
    (params,) = told.params("possible_onward")
    assert params.get("held") == held
    assert ("A" in [ask for ask, _, because, *_ in told.leads if because == "possible_onward"]) == (held is None)
    for lang, words in (("en", "by the records A still had"), ("zh", "该卡仍在A处")):
        shown = "".join(desk.run("--case", desk.case, "--lang", lang, "trace", card(1)).out.split())
        assert ("".join(words.split()) in shown.replace("“", "").replace("”", "")) == (held is not None)


def test_letters_ask_only_for_the_sales_that_may_be_of_the_card(desk: Desk) -> None:
    desk.load(SOLD, moves("A>C 2024-08-01 5 cards"), seized("2024-07-01", "A"))
    told = desk.trace(1)
    assert sorted((each["to"], each.get("held")) for each in told.params("possible_onward")) == [
        ("B", "2024-07-01"),
        ("C", None),
    ]
    assert [lead for lead in told.leads if lead[2] == "possible_onward"] == [
        ("A", "transfer_record", "possible_onward", None, None)
    ]
    assert desk.run("--case", desk.case, "letters", card(1), "-o", desk.folder / "letters", "--lang", "zh").code == 0


@pytest.mark.parametrize(
    ("day", "hints"), [("2018-12-31", []), ("2018-03", []), ("2019-01-01", ["year"]), ("2024-03-01", ["year"])]
)
def test_a_number_is_not_of_a_year_after_records_of_it(desk: Desk, day: str, hints: list[str]) -> None:
    desk.load(moves(f"U>E {day} 1-10"), activations("2024-04-01 1"))
    assert [hint["what"] for hint in desk.trace(1).json["card"]["hints"]] == hints
    assert [each["what"] for each in desk.run("identify", card(1), "--json").json["results"][0]["readings"][0]["hints"]]


def test_a_request_denies_only_what_was_read(desk: Desk) -> None:
    desk.load(moves("E>A 2024-03-05 1-10"), f"卡号,卡状态\n{card(1)},已激活\n", f"卡号,激活时间\n{card(2)},05/06/24\n")
    leads = [desk.ask("trace", card(n)).json["results"][0]["leads"] for n in (1, 2)]
    assert [bool(of_card) for of_card in leads] == [True, True]
    said = [lead["message"] for of_card in leads for lead in of_card]
    assert all("among the records that were read" in each for each in said)
