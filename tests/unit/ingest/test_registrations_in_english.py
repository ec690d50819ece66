"""Carriers' own lists in English: registration reports, replies to notices, lists of activations."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.own_lists import find_own_list
from graphtrace.results.trace import Trace

CARDS = ("89254021400000055016", "89254021400000055024", "89254021400000055073")
NAMES = ("Jua Solar Ltd", "Samuel Kiptoo", "Peter Mutiso")


def traces(tmp_path: Path, text: str) -> list[Trace]:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        return [case.trace(card)[0] for card in CARDS]


def registrants(tmp_path: Path, text: str) -> list[str | None]:
    return [trace.registrant and trace.registrant.name for trace in traces(tmp_path, text)]


def rows(*cells: str) -> str:
    """A row a card, with its number, its customer and 12 January 2026 for their names."""
    return "".join(
        ",".join({"card": card, "name": name, "day": "2026-01-12"}.get(cell, cell) for cell in cells) + "\n"
        for card, name in zip(CARDS, NAMES, strict=True)
    )


REPORTS = {
    "SAFARICOM PLC – SIM REGISTRATION REPORT,,,,\n"
    "Subscriber,Subscriber,Registration,Status,\nName,SIM Serial,Date,,\n": ("name", "card", "day", "REGISTERED"),
    "MTN Nigeria Communications Plc - Subscriber KYC report,,,\n"
    "sim_serial,subscriber_name,registration_date,STATUS\n": ("card", "name", "day", "VALID"),
    "Bharti Airtel Limited – Nodal Desk Punjab Circle,,,,\nReply to your notice No. 311/2026,,,,\n"
    "S.No.,Subscriber Name,SIM Sr. No.,Date of Activation,State,\n": ("1", "name", "card", "day", "Punjab", ""),
}  # fmt: skip


@pytest.mark.parametrize("head", REPORTS)
def test_the_carrier_registered_its_customer(tmp_path: Path, head: str) -> None:
    found = traces(tmp_path, head + rows(*REPORTS[head]))
    assert [trace.registrant and trace.registrant.name for trace in found] == [*NAMES]
    assert [len(chain.hops) for trace in found for chain in trace.chains] == [1, 1, 1]


@pytest.mark.parametrize("headings", ["Dealer,Agent", "Seller,", ",Agent"])
def test_nobody_is_registered_where_the_headings_name_a_dealer_or_an_agent(tmp_path: Path, headings: str) -> None:
    head = "SAFARICOM PLC – SIM REGISTRATION REPORT,,,,,\n"
    head += f"Subscriber Name,SIM Serial,Registration Date,{headings},Status\n"
    found = traces(tmp_path, head + rows("name", "card", "day", "Tandao Ltd", "Wambui Kiosk", "REGISTERED"))
    assert [(trace.registrant, trace.chains) for trace in found] == [(None, ())] * 3


@pytest.mark.parametrize(
    "words", [("REGISTERED", "REJECTED - ID mismatch", "PENDING"), ("VALID", "INVALID NIN", "CAF rejected")]
)
def test_a_request_that_was_refused_or_is_pending_registered_nobody(tmp_path: Path, words: tuple[str, ...]) -> None:
    head = "SAFARICOM PLC – SIM REGISTRATION REPORT,,,\nSIM Serial,Name of subscriber,Subscriber Name,Status\n"
    text = head + "".join(f"{card},,{name},{word}\n" for card, name, word in zip(CARDS, NAMES, words, strict=True))
    assert registrants(tmp_path, text) == [NAMES[0], None, None]


@pytest.mark.parametrize(
    "lines",
    [
        ("Om Traders – SIM registration report",),
        ("Safaricom SIM registration list",),
        ("Airtel Nigeria - Subscriber Registration Report",),
        ("Safaricom Dealers – SIM registration report",),
        ("Bharti Airtel Limited – Om Traders", "Reply to your notice No. 3"),
        ("Bharti Airtel Limited", "Authorised dealer: Om Traders", "SIM registration report"),
    ],
)
def test_a_list_under_the_name_of_somebody_else_is_no_carriers(lines: tuple[str, ...]) -> None:
    assert find_own_list((row, [line]) for row, line in enumerate(lines, 1)) is None


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("ICCID,MSISDN,Customer Name,City,State,PIN Code", ("card", "254722415501", "name", "Awka", "Anambra", "4")),
        ("SIM Serial,subscriber_name,ACT STATUS,State", ("card", "name", "DEACTIVATED", "Lagos")),
        ("ICCID,Account,Billing State,SIM Status", ("card", "name", "Texas", "DEACTIVATED")),
    ],
)
def test_a_state_of_a_country_is_no_state_of_a_card(tmp_path: Path, head: str, cells: tuple[str, ...]) -> None:
    found = traces(tmp_path, f"{head}\n{rows(*cells)}")
    states = {each.state for trace in found for each in trace.card_lists}
    assert states == ({"DEACTIVATED"} if "DEACTIVATED" in cells else {None})
    told = [finding.params.get("heading") for trace in found for finding in trace.findings]
    assert not [heading for heading in told if heading and heading.endswith("State")]


def test_a_state_beside_a_city_is_that_of_the_card_where_it_says_so(tmp_path: Path) -> None:
    text = f"ICCID,Customer Name,City,State\n{rows('card', 'name', 'Leeds', 'Suspended')}"
    assert {each.state for trace in traces(tmp_path, text) for each in trace.card_lists} == {"Suspended"}


def test_an_account_number_below_customer_is_not_the_customer(tmp_path: Path) -> None:
    text = "Customer,Customer,SIM,SIM\nA/c No.,Name,SIM No. (ICCID),Status\n"
    found = traces(tmp_path, text + rows("1-5580021", "name", "card", "Active"))
    assert [each.party and each.party.name for trace in found for each in trace.card_lists] == [*NAMES]
