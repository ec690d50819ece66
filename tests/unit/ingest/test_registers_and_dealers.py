"""Replies of carriers that name a dealer to whom cards were allocated and, apart, in whose name they are registered."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.results.trace import Trace

from .sheets import read_both_ways

CARDS = [body + luhn_digit(body) for body in (f"892540201823026{n:04}" for n in range(4))]
HEADS = (None, "ICCID", "Full Name", "ID Type", "ID Number", "Registration Date", "Activation Date")
ABOVE = ("No.", "SIM", *["REGISTERED SUBSCRIBER"] * 3, *["DATES"] * 2)
TITLE = ("SIM REGISTRATION PARTICULARS",) * 7
ROWS = [
    ("1", CARDS[0], "Mercy Achieng Otieno", "NATIONAL ID", "20169963", "2025-01-22", "2025-01-23"),
    ("2", CARDS[1], "Savanna Boda Tracking Ltd", "CERT OF INC", "PVT-8078624", "2025-02-14", "2025-02-19"),
    ("3", CARDS[2], "NOT REGISTERED", None, None, None, None),
]


def name(party: object) -> str | None:
    return getattr(party, "name", None)


def trace_all(tmp_path: Path, dealer: str = "Dealer", *, is_registered: bool = True) -> list[Trace]:
    book = openpyxl.Workbook()
    register, stock = book.active, book.create_sheet("Stock")
    register.title = "Registration"
    for row in (HEADS, *ROWS):
        register.append(list(row))
    for row in [("ICCID", dealer, "Date Allocated"), *((card, "Tumaini Ltd", "2024-12-17") for card in CARDS)]:
        stock.append(list(row))
    book.save(tmp_path / "a.xlsx")
    answers = [f"a.xlsx#Stock:kind=transfer:Safaricom PLC→[{dealer}]@[Date Allocated]"]
    if is_registered:
        answers += ["a.xlsx#Registration:kind=registration", "a.xlsx#Registration:carrier=Safaricom PLC"]
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.xlsx", answers=answers)
        return list(case.traces(CARDS))


def test_a_full_name_below_the_word_for_subscribers_is_asked_about_as_the_carriers_customer() -> None:
    rows, parser = read_both_ways(TITLE, ABOVE, HEADS, *ROWS)
    assert [(each["row"], each["receiver_name"]) for each in rows if each["kind"] == "card_list"][:2] == [
        (4, "Mercy Achieng Otieno"),
        (5, "Savanna Boda Tracking Ltd"),
    ]
    assert [(each.field, each.choices) for each in parser.questions] == [("kind", ("registration", "card_list"))]


def test_a_full_name_of_a_carriers_own_list_is_its_customer_since_the_day_of_registration() -> None:
    rows, _ = read_both_ways(TITLE, ABOVE, HEADS, *ROWS, answers={"kind": "registration", "carrier": "Safaricom PLC"})
    assert [
        (each["row"], each["receiver_name"], each["first_day"]) for each in rows if each["kind"] == "registration"
    ] == [(4, "Mercy Achieng Otieno", 20110), (5, "Savanna Boda Tracking Ltd", 20133)]


def test_a_list_that_names_agents_has_the_days_of_registration_once_a_person_says_whose_it_is() -> None:
    names = ("S/N", "SIM Serial (ICCID)", "Registered Name", "Registration Date", "Registration Agent ID")
    titles = ("MTN Nigeria Communications Plc", "Law Enforcement Liaison - SIM registration (KYC) details")
    rows, _ = read_both_ways(
        *((title, None, None, None, None) for title in titles),
        names,
        ("1", "89234306079349550016", "Adaeze Nwosu", "16/01/2026", "MTN/AG/32411"),
        answers={"kind": "registration", "carrier": "MTN Nigeria"},
    )
    assert [(each["kind"], each["receiver_name"], each["first_day"]) for each in rows] == [
        ("registration", "Adaeze Nwosu", 20469)
    ]


def test_a_dealer_to_whom_the_carrier_allotted_a_card_is_not_its_registrant(tmp_path: Path) -> None:
    traces = trace_all(tmp_path, is_registered=False)
    assert [(name(trace.holder), trace.registrant) for trace in traces] == [("Tumaini Ltd", None)] * 4


def test_whom_the_register_names_is_the_registrant_beside_the_sale_to_a_dealer(tmp_path: Path) -> None:
    mercy, savanna, nobody, unlisted = trace_all(tmp_path)
    assert [(name(each.registrant), name(each.holder)) for each in (mercy, savanna, nobody, unlisted)] == [
        ("Mercy Achieng Otieno", "Tumaini Ltd"),
        ("Savanna Boda Tracking Ltd", "Tumaini Ltd"),
        (None, "Tumaini Ltd"),
        (None, "Tumaini Ltd"),
    ]
    assert [(hop.kind, name(hop.receiver)) for hop in mercy.chains[0].hops] == [("purchase", "Tumaini Ltd")]
    assert [name(each.party) for each in mercy.chains[0].hops[0].registered] == ["Mercy Achieng Otieno"]
    assert all(finding.code != "multiple_registrants" for finding in mercy.findings)


def test_a_customer_to_whom_the_carrier_sold_stays_one_registrant_of_two(tmp_path: Path) -> None:
    mercy, *_ = trace_all(tmp_path, "Customer")
    assert mercy.registrant is None
    assert any(finding.code == "multiple_registrants" for finding in mercy.findings)


@pytest.mark.parametrize("heading", ["Agent Name", "POS Name"])
def test_an_agent_of_a_register_may_be_said_to_have_handed_out_its_cards(heading: str) -> None:
    names = ("ICCID", "Subscriber Name", "Registration Date", heading)
    rows = [(card, f"Mercy Otieno {at}", "2025-01-22", "Kamau Phones") for at, card in enumerate(CARDS)]
    _, parser = read_both_ways(names, *rows)
    (asked,) = parser.questions
    assert asked.choices == ("registration", "card_list")
    assert asked.forms == (f"[{heading}]→[Subscriber Name]@[Registration Date]",)


def test_no_customer_is_offered_as_who_supplied_his_agent() -> None:
    names = ("ICCID", "客户名称", "入网日期", "代理商名称")
    rows = [(card, "云溪智联科技有限公司", "2026-06-09", "李记通讯商行") for card in CARDS]
    _, parser = read_both_ways(names, *rows)
    (asked,) = parser.questions
    assert asked.forms[0] == "[代理商名称]→[客户名称]@[入网日期]"
    assert not any("→[代理商名称]" in form for form in asked.forms)
