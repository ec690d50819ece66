"""Sentences of letters in English that say who gave the cards of the table below them, to whom and when."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.english_papers import handed_over
from graphtrace.model import format_day

FIRST, LAST = "8944300240200110005", "8944300240200110997"


def said(text: str) -> tuple[str, str | None, str | None] | None:
    found = handed_over([(0, [text, None])])
    return found and (found.giver, found.taker, found.day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("These were supplied by EE Limited to Pennine Fleet Systems Ltd (no. 07714420) on 5 February 2024 on account.",
         ("EE Limited", "Pennine Fleet Systems Ltd", "5 February 2024")),
        ("Dear Sir,\nThe series were issued by Bharti Airtel Limited to the following subscribers. They are active.",
         ("Bharti Airtel Limited", None, None)),
        ("These were sold by M/s Star Pvt. Ltd., Pune to M/s Moon Traders Pvt. Ltd. on 05-Feb-24.",
         ("Star Pvt. Ltd.", "Moon Traders Pvt. Ltd.", "05-Feb-24")),
        ("Listed cards handed over by Star Ltd to Rakesh Kumar Yadav on 2024-02-05",
         ("Star Ltd", "Rakesh Kumar Yadav", "2024-02-05")),
        ("The cards below, sold by Star Ltd to Rakesh Kumar Yadav on 05/02/2024",
         ("Star Ltd", "Rakesh Kumar Yadav", None)),
        ("The series were issued by Star Ltd to its dealers", ("Star Ltd", None, None)),
    ],
)  # fmt: skip
def test_a_sentence_says_who_gave_and_whom_and_when_it_names(
    text: str, expected: tuple[str, str | None, str | None]
) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We would have shipped the following SIMs from Star Ltd to Moon Ltd.",
        "The SIMs below were shipped from Leeds to Moon Ltd.",
        "The SIMs below were not dispatched from Star Ltd to Moon Ltd.",
        "Please confirm that the cards below were sold by Star Ltd to Moon Ltd on 5 May 2024.",
        "We do not know whether these were issued by Star Ltd to Moon Ltd.",
        "These were not issued by Star Ltd to Moon Ltd.",
        "The cards below are to be supplied by Star Ltd to Moon Ltd.",
        "These were allegedly sold by Star Ltd to Moon Ltd.",
        "Last year other cards were sold by Star Ltd to Moon Ltd.",
        "The cards below were sold by the accused to Moon Ltd",
        "These were issued by Star Ltd.",
        "It is incorrect that the cards listed below were issued by Star Ltd to Moon Ltd.",
        "Other than the SIMs listed below, all stock was supplied by Star Ltd to Moon Ltd.",
        "Summons about the following SIMs has been issued by Star Ltd to Moon Ltd.",
        "According to Ravi Kumar the SIMs below were sold by Star Ltd to Moon Ltd.",
        "An invoice for the SIMs below was issued by Star Ltd to Moon Ltd.",
        "Prior to the SIMs below being supplied by Star Ltd to Moon Ltd, consent is required.",
        "SIMs below are in stock; earlier ones were supplied by Star Ltd to Moon Ltd.",
        "It is incorrect that\nthe cards listed below were issued by Star Ltd to Moon Ltd.",
    ],
)
def test_a_request_a_doubt_and_a_denial_say_nothing(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("1. ISSUED BY ZIWA CONNECT ENTERPRISES TO FIELD AGENTS", (0, "ZIWA CONNECT ENTERPRISES", None, None)),
        (
            "The following SIMs were shipped from Star Ltd to Moon Ltd on 5 May 2024",
            (0, "Star Ltd", "Moon Ltd", "5 May 2024"),
        ),
        ("We shipped today from Star Ltd to Moon Ltd:", (0, "Star Ltd", "Moon Ltd", None)),
        ("We have dispatched the following SIMs from Star Ltd to Moon Ltd", (0, "Star Ltd", "Moon Ltd", None)),
        ("SIM cards sold by Star Ltd to Rakesh Kumar Yadav", (0, "Star Ltd", "Rakesh Kumar Yadav", None)),
        ("Cards not yet issued by Star Ltd to agents", None),
        ("Complaints about cards sold by Star Ltd to agents", None),
    ],
)
def test_a_title_says_who_handed_over_what_stands_below_it(title: str, said: tuple[object, ...] | None) -> None:
    found = handed_over([(0, [title, None])])
    assert (None if found is None else tuple(found)) == said


def test_sentences_that_differ_say_nothing() -> None:
    rows = [(0, ["These were sold by Star Ltd to Moon Ltd"]), (0, ["These were sold by Star Ltd to Sun Ltd"])]
    assert handed_over(rows) is None


def test_the_table_below_a_sentence_has_its_sides_and_its_day(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(
        "The SIMs in the ranges below were supplied by EE Limited to Pennine Fleet Systems Ltd\n"
        "on 5 February 2024 on a business account.\n\n"
        f"ICCID from            ICCID to              Quantity\n{FIRST}   {LAST}   100\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(path)
        (trace,) = case.trace("8944300240200110401")
    assert [each.asked for each in report.files] == [[]]
    (hop,) = trace.chains[0].hops
    assert (hop.sender.name, hop.receiver.name, hop.when and hop.when.iso) == (
        "EE Limited", "Pennine Fleet Systems Ltd", "2024-02-05",
    )  # fmt: skip
    assert (hop.kind, hop.origins[0].row) == ("purchase", 5)


def test_below_a_sentence_that_names_nobody_the_customers_of_the_rows_got_the_cards(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(
        "These series were issued by Bharti Airtel Limited to the following bulk subscribers.\n\n"
        "ICCID From            ICCID To              Subscriber (Bulk)       Date of Issue\n"
        f"{FIRST}   {LAST}   Star Telematics Ltd     12-Mar-24\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (trace,) = case.trace("8944300240200110401")
    (hop,) = trace.chains[0].hops
    assert (hop.sender.name, hop.receiver.name, hop.when and hop.when.iso) == (
        "Bharti Airtel Limited", "Star Telematics Ltd", "2024-03-12",
    )  # fmt: skip


def test_a_sentence_above_a_list_of_seized_articles_is_no_sale_of_them(tmp_path: Path) -> None:
    path = tmp_path / "memo.txt"
    path.write_text(
        "SEIZURE MEMO\nCrime No. 221/2026\n"
        "The SIM below was sold by Star Traders to Rakesh Kumar on 2 April 2024, as the shop register says.\n\n"
        f"Item   SIM No.                Remarks\n1      {FIRST}    Sealed\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (trace,) = case.trace(FIRST)
    assert (trace.chains, [seizure.case_no for seizure in trace.seizures]) == ((), ["221/2026"])


@pytest.mark.parametrize("subject", ["Subject: FW: cards", "SUB: M2M cards"])
def test_who_wrote_to_whom_and_when_is_no_hand_over(tmp_path: Path, subject: str) -> None:
    path = tmp_path / "mail.txt"
    path.write_text(
        f"From: Star Traders\nTo: Moon Mobiles\nDate: 15 July 2024\n{subject}\n\n"
        f"ICCID from            ICCID to              Quantity\n{FIRST}   {LAST}   100\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report, *_) = case.load(path).files
    assert (report.kinds, [each.reason for each in report.rejects]) == ({}, ["unknown_kind"])


def test_the_day_of_a_letter_is_not_that_on_which_its_cards_were_sold(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(
        "Date: 21-Jun-2024\nThese series were issued by Bharti Airtel Limited to the following bulk subscribers.\n\n"
        f"ICCID From            ICCID To              Subscriber\n{FIRST}   {LAST}   Star Telematics Ltd\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path).files
    assert (report.kinds, [each.field for each in report.asked]) == ({}, ["date"])


def test_where_lines_were_activated_and_who_uses_them_stand_beside_the_day(tmp_path: Path) -> None:
    table = (
        "STAR LTD,,,,\n1. ISSUED BY STAR LTD TO FIELD AGENTS,,,,\nDate,Agent (received by),SIM serial,Deposit,\n"
        "5-May-2026,Kevin Okoth,8925402260140341219,1500,\n"
    )
    uses = (
        "No,Date,SIM serial,Activated at,Line used by\n1,9-May-2026,8925402260140341219,Kibuye Market,Rose Odera\n"
        "2,10-May-2026,8925402260140341235,Ziwa shop,Collins Ager\n"
    )
    (tmp_path / "t.csv").write_text(table, "utf-8")
    (tmp_path / "u.csv").write_text(uses, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "t.csv", tmp_path / "u.csv")
        assert [(sheet.kind, sheet.loaded, sheet.asked) for sheet in report.files] == [
            ("transfer", 1, []),
            ("activation", 2, []),
        ]
        trace = case.trace("8925402260140341219").only
    (hop,) = trace.chains[0].hops
    assert (hop.sender.name, hop.receiver.name) == ("STAR LTD", "Kevin Okoth")
    (use,) = trace.activations
    assert (use.user.name, use.city, format_day(use.when.earliest)) == ("Rose Odera", "Kibuye Market", "2026-05-09")


@pytest.mark.parametrize(
    "line",
    ["Please ignore 8944538112602211034: it came up dead on the tester", "8944538112602211034 stays here with us"],
)
def test_the_sentence_by_which_a_letter_names_a_card_is_quoted_at_it_as_one_in_chinese_is(
    tmp_path: Path, line: str
) -> None:
    lines = ["Hi Joseph, the box went out, with DHL, this afternoon", f"We are sorry, {line}, as you know"]
    (tmp_path / "a.txt").write_text("\n".join(lines), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.txt")
        findings = case.trace("8944538112602211034")[0].findings
    assert [each.params["text"] for each in findings if each.code == "unread_movement"] == [line]
