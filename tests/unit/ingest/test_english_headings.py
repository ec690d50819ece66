"""Headings in English are understood by their words, and what else papers in English say of their rows."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import with_check_digit
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading

CARDS = tuple(with_check_digit(f"894410003000123{number:03}") for number in range(500, 508))

MEANT = {
    "iccid": "ICCID No.|SIM Serial Number|Serial (ICCID)|SIM No (ICCID)|SIM Number (19 digit)|Sim Sl No|SIM S/N|USIM No"
    "|SIM Card ICCID|sim_iccid|SIM Serial#|Serial / ICCID|Serial Range",
    "iccid_first": "From ICCID|ICCID Start|Starting Serial No|ICCID (from)|Range Start"
    "|SIM No From|From (ICCID)|Series From",
    "iccid_last": "ICCID To|End ICCID|Serial No. To|To (ICCID)|Last SIM|End of Range",
    "msisdn": "MSISDN No|Mobile No (MSISDN)|Line Number|SIM Phone Number|CTN|Subscriber Number",
    "imei": "Device IMEI|IMEI 1|Tracker IMEI",
    "to": "Issued to (Dealer)|Given out to|Party to whom sold"
    "|To whom issued|Sold to / Customer|Collected By|Name of Receiver",
    "from": "Supplied By|Received From|From Dealer|From (Party)|Returned by|Got from",
    "party": "Name of Customer|Customer / Company|Business Name|customer_org|Corporate name|Account Holder",
    "quantity": "No. of SIMs|SIM Qty|Total Qty|Pcs|Number of cards",
    "carrier": "TSP|Service Provider|Network Operator|Telco|Network Name",
    "case_no": "FIR No. & Date|Crime Ref|OB No|Case Reference",
    "record_no": "Invoice No.|GRN No|Challan No|Order ID",
    "waybill": "AWB No|Tracking Ref|Docket No",
    "price": "Rate (INR)|Cost per SIM|Unit Cost",
    "contact": "Customer Mobile|Phone No",
}
UNKNOWN = (
    "S/N|Sr No|From Date|To Date|Service code|Tariff|Account No"
    "|User ID|Card Type|Order|Transfer No|From/To|Network Type"
)


@pytest.mark.parametrize("field", MEANT)
def test_a_heading_is_understood_by_its_words(field: str) -> None:
    said = {heading: field_of_heading(normalize_heading(heading)) for heading in MEANT[field].split("|")}
    assert said == dict.fromkeys(said, field)


def test_a_heading_with_one_other_word_has_no_field() -> None:
    said = {heading: field_of_heading(normalize_heading(heading)) for heading in UNKNOWN.split("|")}
    assert said == dict.fromkeys(said)


def hops(tmp_path: Path, text: str, card: str = CARDS[0]) -> list[tuple[str | None, str | None]]:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        chains = case.trace(card).chains
    return [
        (hop.sender and hop.sender.name, hop.receiver and hop.receiver.name) for chain in chains for hop in chain.hops
    ]


def test_where_goods_were_shipped_is_no_party(tmp_path: Path) -> None:
    head = "Star Devices Ltd,,,,\nDespatch list,,,,\nDespatch Date,Customer,Ship To,First ICCID,Last ICCID\n"
    row = f"2024-09-12,J Marlow Trading,Hull,{CARDS[0]},{CARDS[5]}\n"
    assert hops(tmp_path, head + row) == [("Star Devices Ltd", "J Marlow Trading")]


@pytest.mark.parametrize(
    ("title", "heading", "hop"),
    [
        ("KEMI GADGETS - SIM STOCK BOOK", "Given to", ("KEMI GADGETS", "Emeka")),
        ("Sales register - Kemi Gadgets", "Sold to", ("Kemi Gadgets", "Emeka")),
        ("KEMI GADGETS - LINES SOLD 2024", "Customer", ("KEMI GADGETS", "Emeka")),
        ("Kemi Gadgets - Goods received", "Supplier", ("Emeka", "Kemi Gadgets")),
        ("Kemi Gadgets,,\nGOODS RECEIVED AGAINST WAYBILL", "Supplier", ("Emeka", "Kemi Gadgets")),
        ("Returns log - Kemi Gadgets", "Customer", ("Emeka", "Kemi Gadgets")),
    ],
)
def test_who_keeps_a_book_is_the_side_that_its_rows_leave_out(
    tmp_path: Path, title: str, heading: str, hop: tuple[str, str] | None
) -> None:
    day = "Date Returned" if "Returns" in title else "Date"
    found = hops(tmp_path, f"{title},,\n{day},{heading},SIM serial\n2024-10-15,Emeka,{CARDS[0]}\n")
    assert found == ([hop] if hop else [])


@pytest.mark.parametrize(
    "remark",
    ["quotation only - customer did not come back", "mpesa failed - not given", "NOT SUPPLIED - waybill cancelled",
     "brought back, refunded"],
)  # fmt: skip
def test_a_row_that_says_that_nothing_was_given_or_that_it_came_back_is_no_sale(tmp_path: Path, remark: str) -> None:
    head = "KEMI GADGETS - SIM STOCK BOOK,,,\nDate,Given to,SIM serial,Remarks\n"
    text = f'{head}2024-10-15,Emeka,{CARDS[0]},"{remark}"\n2024-10-15,Emeka,{CARDS[1]},paid cash\n'
    assert hops(tmp_path, text) == []
    assert hops(tmp_path, text, CARDS[1]) == [("KEMI GADGETS", "Emeka")]


def test_a_column_of_lists_and_ranges_beside_a_number_of_cards_holds_the_cards(tmp_path: Path) -> None:
    head = "KEMI GADGETS - SALES INVOICES,,,\nDate,Customer,Serial Nos,Qty\n"
    text = f'{head}2024-10-15,Emeka,"{CARDS[0]}, {CARDS[2]}",2\n2024-10-16,Asha,{CARDS[3]} - {CARDS[4]},2\n'
    assert hops(tmp_path, text, CARDS[2]) == [("KEMI GADGETS", "Emeka")]
    assert hops(tmp_path, text, CARDS[4]) == [("KEMI GADGETS", "Asha")]


@pytest.mark.parametrize("number", ["-2", "2"])
def test_a_negative_number_of_what_was_delivered_is_no_sale(tmp_path: Path, number: str) -> None:
    text = "ICCID起始,ICCID截止,转出方,转入方,出库日期,应发数量,实发数量,备注\n"
    text += f"{CARDS[0]},{CARDS[1]},甲物联有限公司,乙通讯商行,2024-04-20,{number},{number},走对公\n"
    assert hops(tmp_path, text) == ([] if number == "-2" else [("甲物联有限公司", "乙通讯商行")])


def test_who_sold_the_goods_of_invoices_to_a_customer_is_asked_and_a_closed_one_counts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Invoice Date,Invoice Number,Invoice Status,Customer Name,Item Desc,Quantity,Item Price\n"
        f"2024-03-28,I1,Closed,Pintu Enterprises,{CARDS[0]} - {CARDS[2]},3,520\n"
        f"2024-03-29,I2,Overdue,Balaji Telecom,{CARDS[3]} - {CARDS[4]},2,520\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv", answers=["from=Nakoda"]).files
        assert not report.asked
        assert {hop.receiver.name for at in (1, 3) for hop in case.trace(CARDS[at])[0].chains[0].hops} == {
            "Pintu Enterprises", "Balaji Telecom",
        }  # fmt: skip


def test_days_of_cards_abroad_are_of_the_stated_zone_where_words_stand_beside_their_numbers_too(tmp_path: Path) -> None:
    rows = "".join(f"Northmoor Ltd,Marek Dobrowski,2024-03-15 21:40:07 +0000,ICCID {card}\n" for card in CARDS)
    (tmp_path / "a.csv").write_text(f"Seller,Buyer,Sale date,ICCID\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert {case.trace(card)[0].chains[0].hops[0].when.day for card in CARDS} == {"2024-03-15"}


def test_of_two_numbers_of_a_card_abroad_the_one_with_its_check_digit_counts_and_days_are_of_its_zone(
    tmp_path: Path,
) -> None:
    rows = "".join(f"{card[:-1]};{card};Activated;2024-02-28T19:44:51Z\n" for card in CARDS)
    (tmp_path / "a.csv").write_text(f"ICCID;ICCID with Luhn;Status;Activation Date\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        used = [event.when.day for card in CARDS for event in case.trace(card)[0].activations]
        assert used == ["2024-02-28"] * len(CARDS)


def test_a_telephone_beside_the_one_party_is_that_partys(tmp_path: Path) -> None:
    text = (
        f"KEMI GADGETS - SIM STOCK BOOK,,,\nDate,Given to,Phone,SIM serial\n2024-10-15,Emeka,08031234567,{CARDS[0]}\n"
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [each.value for each in case.party("Emeka").support.contacts] == ["08031234567"]


def test_a_carriers_own_schedule_registers_whom_the_line_above_it_names(tmp_path: Path) -> None:
    text = (
        "Safaricom PLC - Corporate / IoT line registration schedule,,,\nCorporate name:,Baraka Fleet Solutions Ltd,,\n"
        f"No.,ICCID,Date registered,Status\n1,{CARDS[0]},2025-02-11,Registered\n"
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        trace = case.trace(CARDS[0])
    assert trace.registrant is not None
    assert trace.registrant.name == "Baraka Fleet Solutions Ltd"
