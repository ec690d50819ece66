"""What a stranger's folder in English held: registers without a carrier, names in parts, vouchers, one-answer forms."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.acts import is_plain_line
from graphtrace.ingest.given_answers import parse_answers, parse_handed
from graphtrace.ingest.headers import suggest_heading

from .sheets import read_both_ways, sheet_of
from .test_desks_in_english import hops, moved, workbook

CARD = [body + luhn_digit(body) for n in range(20) for body in [f"8991207202732408{n:03}"]]
FIRM = "Shree Balaji Telelinks"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("return:[Agent]→Firm", {"kind": "return", "from": "[Agent]", "to": "Firm"}),
        ("Firm → [C] @ 2024-03-04", {"kind": "transfer", "from": "Firm", "to": "[C]", "date": "2024-03-04"}),
        ("purchase:联通→甲公司", {"kind": "purchase", "carrier": "联通", "enterprise": "甲公司"}),
        ("registration:unknown→[C]", {"kind": "registration", "carrier": "unknown carrier", "enterprise": "[C]"}),
        ("扣押：[持有人]", {"kind": "seizure", "holder": "[持有人]"}),
        ("seizure:[Found with]→", {"kind": "seizure", "holder": "[Found with]"}),
    ],
)
def test_one_answer_says_kind_sides_and_day(answer: str, said: dict[str, str]) -> None:
    assert {each.field: each.value for each in parse_answers([f"kind={answer}"])} == said


@pytest.mark.parametrize("text", ["return:[Agent]", "seizure:甲→乙", "transfer:→", "card_list:→甲"])
def test_an_answer_with_a_side_that_its_kind_lacks_is_none(text: str) -> None:
    assert parse_handed(text) is None


def test_a_seizure_is_said_by_one_answer() -> None:
    table = [("Date", "Who", "ICCID"), ("2024-03-11", "Otieno Odhiambo", CARD[0])]
    answers = {each.field: each.value for each in parse_answers(["kind=seizure:[Who]"])}
    rows, parser = read_both_ways(*table, answers=answers)
    assert moved(rows) == [(2, "seizure", "Otieno Odhiambo", None)]
    assert parser.answered == answers


@pytest.mark.parametrize("heading", ["Found in possession of", "Recovered from", "In whose possession found"])
def test_in_whose_possession_a_card_was_found_it_was_taken(heading: str) -> None:
    rows, _ = read_both_ways(
        ("PANCHNAMA dated 22/02/2024", None, None),
        ("Sr. No.", "ICCID", heading),
        ("1", CARD[0], "Rakesh Ramkumar Yadav"),
    )
    assert moved(rows) == [(3, "seizure", "Rakesh Ramkumar Yadav", None)]


def test_a_person_of_a_seizure_that_is_not_understood_is_asked() -> None:
    table = [("FIR No", "ICCID", "Name of concerned", "Seized by"), ("61/2024", CARD[0], "Rakesh Yadav", "Anil More")]
    rows, parser = read_both_ways(*table)
    assert moved(rows) == [(2, "seizure", None, None)]
    assert [(one.field, one.is_required) for one in parser.questions] == [("holder", False)]
    _, parser = read_both_ways(*[row[:2] + row[3:] for row in table])
    assert parser.questions == []


CAF = [
    ("CAF No", "CAF Date", "SIM No (ICCID)", "Mobile No", "Subscriber Name (KYC)", "Status"),
    ("CAF-24-1", "2024-01-08", CARD[0], "9823011746", "Suresh Baburao Pawar", "ACTIVE"),
    ("CAF-24-2", "2024-01-22", CARD[1], "9823012871", "Ganesh Tukaram Jadhav", "ACTIVE"),
]


def test_a_register_that_names_no_carrier_is_read_with_a_carrier_that_is_not_known() -> None:
    rows, _ = read_both_ways(*CAF, answers={"kind": "registration"})
    assert {each["kind"] for each in rows} == {"card_list"}
    answers = {each.field: each.value for each in parse_answers(["kind=registration", "carrier=unknown"])}
    rows, parser = read_both_ways(*CAF, answers=answers)
    found = [each for each in moved(rows) if each[1] == "registration"]
    assert found == [
        (2, "registration", "unknown carrier", "Suresh Baburao Pawar"),
        (3, "registration", "unknown carrier", "Ganesh Tukaram Jadhav"),
    ]
    assert parser.questions == []


@pytest.mark.parametrize("heading", ["Registered Subscriber", "In whose name", "登记用户"])
def test_a_nodal_officer_who_answers_a_letter_says_who_is_registered(heading: str) -> None:
    table = [("Sr No", "ICCID", heading, "Status"), ("1", CARD[0], "Trackwell Telematics Pvt Ltd", "Active")]
    letter = [
        ("Vodafone Idea Limited - Office of the Nodal Officer (LEA), Maharashtra & Goa", None, None, None),
        ("Your ref: Cyber PS Pune O/W 1182/2024 dated 28-Mar-2024, notice u/s 91 CrPC", None, None, None),
        ("Subject: SDR of M2M connections", None, None, None),
    ]
    rows, _ = read_both_ways(*letter, *table)
    found = [each[1:] for each in moved(rows) if each[1] == "registration"]
    assert found == [("registration", "Vodafone Idea Limited", "Trackwell Telematics Pvt Ltd")]
    # of the letter by which the police ask it is no answer
    asked = [("To the Nodal Officer, Vodafone Idea Limited", None, None, None), *letter[2:]]
    rows, _ = read_both_ways(*asked, *table)
    assert {each["kind"] for each in rows} == {"card_list"}


def test_a_name_in_three_columns_is_one_name() -> None:
    table = [
        ("MSISDN", "ICCID", "SURNAME", "FIRSTNAME", "OTHERNAMES", "REG_DATE"),
        ("2348037013983", CARD[0], "ADEYEMI", "FOLAKE", "GRACE", "20240115 10:22:41"),
        ("2348038692226", CARD[1], "IBRAHIM", "MUSA", None, "20240118 16:03:19"),
        ("2348038692227", CARD[2], "EZE", None, None, "20240119 16:03:19"),
    ]
    rows, _ = read_both_ways(*table, answers={"kind": "registration", "carrier": "MTN Nigeria"})
    assert [(each["row"], each["receiver_name"]) for each in rows if each["kind"] == "registration"] == [
        (2, "ADEYEMI FOLAKE GRACE"),
        (3, "IBRAHIM MUSA"),
    ]
    sheet = sheet_of(("ICCID", "Product first name"), (CARD[0], "x"))
    assert not sheet.made


def test_vouchers_under_each_other_have_their_own_day_and_parties(tmp_path: Path) -> None:
    def voucher(number: str, day: str, taker: str, *cards: str) -> list[tuple[str | None, ...]]:
        return [
            (FIRM.upper(), None, None, None),
            ("STOCK ISSUE VOUCHER", None, None, None),
            (f"SIV No: {number}", None, "Date:", day),
            (f"Issued to: M/s {taker}", None, None, None),
            (None, None, None, None),
            ("Sr.", "Item", "SIM details", "Rate"),
            (None, "Description", "ICCID", None),
            *((str(at), "SIM M2M 4G", card, "60") for at, card in enumerate(cards, 1)),
            (None, "Total", None, "180"),
            (None, None, None, None),
            ("Received the above material in good condition.", None, None, f"For {FIRM}"),
            (None, None, None, None),
        ]

    path = workbook(
        tmp_path / "siv.xlsx",
        SIV=[
            *voucher("0412", "14-03-2024", "Om Sai Mobile Point", *CARD[:2]),
            *voucher("0417", "19-03-2024", "Gajanan Communication", *CARD[2:4]),
        ],
    )
    case = gt.open_case(tmp_path / "x.gtrace")
    assert [[*entry.asked] for entry in case.load(path).files] == [[], []]
    assert hops(case, CARD[0]) == [("transfer", FIRM.upper(), "M/s Om Sai Mobile Point")]
    assert hops(case, CARD[2]) == [("transfer", FIRM.upper(), "M/s Gajanan Communication")]


def test_a_small_table_above_one_of_goods_says_to_whom_and_when_they_went(tmp_path: Path) -> None:
    def note(title: str, label: str, party: str, day: str, card: str) -> str:
        return (
            f"<h2>{title}</h2><p><b>Northgate Connect Ltd</b><br>Unit 7 Mersey Trade Park, Runcorn</p>"
            f"<table><tr><td>Date</td><td>{day}</td></tr><tr><td>{label}</td><td>{party}</td></tr></table>"
            f"<table><tr><th>Line</th><th>Product</th><th>ICCID</th><th>Qty</th></tr>"
            f"<tr><td>1</td><td>Data SIM</td><td>{card}</td><td>1</td></tr></table>"
        )

    path = tmp_path / "notes.html"
    path.write_text(
        note("DELIVERY NOTE", "Deliver to", "Halton Fleet Services Ltd", "14/03/2024", CARD[0])
        + note("RETURNS NOTE", "Goods returned by", "Kestrel Cold Chain Ltd", "22/03/2024", CARD[1]),
        "utf-8",
    )
    case = gt.open_case(tmp_path / "x.gtrace")
    assert [one for entry in case.load(path).files for one in entry.asked] == []
    assert hops(case, CARD[0]) == [("transfer", "Northgate Connect Ltd", "Halton Fleet Services Ltd")]
    assert hops(case, CARD[1]) == [("return", "Kestrel Cold Chain Ltd", "Northgate Connect Ltd")]


def test_a_line_that_says_why_nobody_signed_says_nothing_of_the_rows() -> None:
    assert is_plain_line("This is a system generated report and does not require signature.")
    assert not is_plain_line("This is a system generated report and does not list cards that were returned.")


def test_no_short_word_is_half_another_heading() -> None:
    assert (suggest_heading("Town"), suggest_heading("采购日")) == (None, "采购日期")


CHINESE = "89860414267000300100"


def test_a_proposed_answer_typed_as_it_stands_leaves_its_open_side_to_be_asked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"ICCID,客户名称,日期\n{CHINESE},云溪智联科技有限公司,2026-06-09\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (file,) = case.load(tmp_path / "a.csv", answers=["kind=…→[客户名称]@[日期]"]).files
    assert [(each.kind, each.field) for each in file.asked] == [("transfer", "from")]


def test_a_registration_that_an_answer_says_with_its_columns_uses_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"ICCID,单位名称,入网日期\n{CHINESE},云溪智联科技有限公司,2026-06-09\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv", answers=["kind=registration:…→[单位名称]@[入网日期]"])
        assert (report.files[0].kind, [*report.unused]) == ("registration", [])
