"""Books, replies and lists as shops, carriers and police of India, the UK, Kenya and Nigeria keep them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer
from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.narrations import owners_in

from .sheets import Row, read_both_ways, read_rows

Moved = tuple[int, str, str | None, str | None]


def whole(body: str) -> str:
    return body + luhn_digit(body)


CARD = [whole(f"8991100240104573{n:02}") for n in range(40)]
UK = [whole(f"894430324001886{n:03}") for n in range(200, 240)]
FIRM = "KRISHNADEEP SMART METERS PVT LTD"


def moved(rows: list[dict[str, object]]) -> list[Moved]:
    return [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in rows]  # type: ignore[misc]


def padded(*rows: Row) -> list[Row]:
    width = max(map(len, rows))
    return [(*row, *[None] * (width - len(row))) for row in rows]


def hops(case: gt.Case, card: str) -> list[tuple[str, str | None, str | None]]:
    (trace,) = case.trace(card)
    return [
        (hop.kind, hop.sender and hop.sender.name, hop.receiver and hop.receiver.name)
        for chain in trace.chains
        for hop in chain.hops
    ]


def workbook(path: Path, **sheets: list[Row]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def test_the_firm_of_the_first_sheet_keeps_the_sheets_whose_titles_name_none(tmp_path: Path) -> None:
    gate = ("GP No", "Date", "Party / Consignee", "Description of material", "ICCID From", "ICCID To", "Qty")
    path = workbook(
        tmp_path / "gate.xlsx",
        Outward=[
            (FIRM,),
            ("OUTWARD GATE PASS REGISTER (Returnable / Non-Returnable)",),
            gate,
            ("GP-1", "12/02/2024", "Om Sai Telelinks", "SIM M2M Airtel", CARD[0], CARD[9], "10"),
            ("GP-2", "17/02/2024", "Genus Repair Centre", "Meter PCB faulty", None, None, "12"),
        ],
        Inward=[
            ("INWARD REGISTER",),
            ("IGP No", "Date", "Received from", "Material", "ICCID"),
            ("IN-1", "27/02/2024", "Om Sai Telelinks", "SIM M2M Airtel", CARD[9]),
        ],
        Closing=[
            ("CLOSING STOCK 31/03/2024",),
            ("Item", "SIM no. from", "SIM no. to", "Qty"),
            ("Sim", CARD[5], CARD[9], "5"),
        ],
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(path)
        assert hops(case, CARD[9]) == [
            ("transfer", FIRM, "Om Sai Telelinks"),
            ("transfer", "Om Sai Telelinks", FIRM),
        ]
        assert [
            (sheet.loaded, [each.value for each in sheet.warnings if each.field in ("to", "party")])
            for sheet in report.files
        ] == [
            (1, []),
            (1, [FIRM]),
            (1, [FIRM]),
        ]


def test_another_firm_in_the_title_of_a_sheet_keeps_it_itself(tmp_path: Path) -> None:
    inward = [
        ("Balaji Traders",),
        ("SIM sales register",),
        ("Date", "Customer Name", "ICCID"),
        ("2024-02-27", "Ravi", CARD[9]),
    ]
    outward = [(FIRM,), ("DELIVERY NOTE REGISTER",), ("Date", "Issued to", "ICCID"), ("2024-02-13", "Om Sai", CARD[0])]
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(workbook(tmp_path / "b.xlsx", One=outward, Two=inward))
        assert hops(case, CARD[9]) == [("transfer", "Balaji Traders", "Ravi")]


SALES = [
    ("Gupta Mobile Point – SIM sale register (typed from notebook)",),
    ("Date", "Customer Name", "SIM No.", "Remarks"),
]


def test_a_register_of_sales_names_its_shop_in_the_title_whatever_is_said_in_brackets() -> None:
    loaded, _ = read_both_ways(*padded(*SALES, ("2024-02-17", "Imran Khan", CARD[0])))
    assert moved(loaded) == [(3, "transfer", "Gupta Mobile Point", "Imran Khan")]


def test_do_is_as_above_and_several_cards_stand_in_one_cell() -> None:
    rows = [
        ("2024-02-17", "Imran Khan", CARD[0]),
        ("do", "-do-", f"{CARD[1]} / {CARD[2]}"),
        ("DO.", "Ditto", f"{CARD[3]} & {CARD[4]}"),
    ]
    loaded, parser = read_both_ways(*padded(*SALES, *rows))
    assert moved(loaded) == [(row, "transfer", "Gupta Mobile Point", "Imran Khan") for row in (3, 4, 4, 5, 5)]
    assert parser.rejects == []


def test_a_number_with_a_digit_too_few_names_no_card_among_whole_ones() -> None:
    short = CARD[3][:9] + CARD[3][10:]
    rows = [(f"2024-02-1{n}", "Imran Khan", card) for n, card in enumerate([*CARD[:3], short])]
    loaded, parser = read_both_ways(*padded(*SALES, *rows))
    assert [each["row"] for each in loaded] == [3, 4, 5]
    assert [(each.row, each.reason) for each in parser.rejects] == [(6, "bad_identifier")]
    alone, parser = read_both_ways(*padded(*SALES, rows[3]))
    assert len(alone) == 1


VOUCHERS = ("Date", "Particulars", "Vch Type", "Vch No.", "Quantity", "Gross Total")


def test_the_lines_of_items_below_a_voucher_name_its_cards() -> None:
    loaded, parser = read_both_ways(
        *padded(
            (FIRM,),
            ("Sales Register",),
            VOUCHERS,
            ("2024-02-15", "Balaji Communications", "Sales", "T/118", "10", "4500"),
            (None, "Jio M2M SIM", None, None, "10 Nos", "4500"),
            (None, f"ICCID {CARD[0]} - {CARD[9]}"),
            ("2024-02-26", "Shakti Logistics", "Sales", "T/129", "6", "14700"),
            (None, "GPS Tracker VT-200", None, None, "6 Nos", "14700"),
            ("2024-03-01", "(cancelled)", "Sales", "T/133"),
            (None, f"Vi M2M SIM {CARD[10]} - {CARD[12]}"),
            ("Grand Total", None, None, None, "16", "19200"),
        )
    )
    assert moved(loaded) == [(4, "transfer", FIRM, "Balaji Communications")]
    assert [each.row for each in parser.rejects] == [7, 8, 9, 11]


def test_a_credit_note_for_cards_is_a_return_to_the_seller() -> None:
    heads = (*VOUCHERS, "Narration")
    note = ("2024-03-05", "Balaji Communications", "Credit Note", "CN/7", "5", "900")
    text = f"Being Jio M2M SIM returned {CARD[5]} to {CARD[9]} against TFT/23-24/124"
    loaded, _ = read_both_ways(*padded((FIRM,), ("Credit Note Register",), heads, (*note, text)))
    assert moved(loaded) == [(4, "return", "Balaji Communications", FIRM)]
    money = f"Being price difference on SIM {CARD[5]} to {CARD[9]}"
    assert read_rows(*padded((FIRM,), ("Credit Note Register",), heads, (*note, money)))[0] == []


def test_a_day_of_credit_notes_asks_for_whoever_took_the_cards_back() -> None:
    heads = ("Credit Note Date", "Credit Note Number", "Customer Name", "ICCID")
    row = ("2024-02-22", "CN-18", "Gupta Mobile Point", CARD[0])
    loaded, parser = read_both_ways(heads, row, answers={"to": FIRM})
    assert moved(loaded)[1:] == [(2, "return", "Gupta Mobile Point", FIRM)]
    assert parser.answered == {"to": FIRM}


def test_stock_that_was_counted_is_that_of_the_firm_above_the_summary() -> None:
    loaded, _ = read_both_ways(
        *padded(
            (FIRM,), ("Stock Summary",), ("As on 31-Mar-24",), ("Particulars", "Quantity", "Physical check (ICCID)")
        ),
        ("GPS Tracker", "14 Nos", None),
        ("Jio M2M SIM", "5 Nos", f"{CARD[5]} to {CARD[9]}"),
    )
    assert moved(loaded) == [(6, "stock", FIRM, None)]


def activity(*rows: Row) -> list[Row]:
    heads = ("Type", "Date", "Ref", "Account", "Name", "Details (ICCID)", "Qty In", "Qty Out")
    return padded(("Northgate Lift Monitoring Ltd",), ("Product Activity",), ("Date From: 01/02/2024",), heads, *rows)


def test_numbers_in_and_out_say_which_way_the_cards_of_a_book_went() -> None:
    loaded, parser = read_both_ways(
        *activity(
            ("GI", "2024-02-20", "PO 1", "SUN01", "Sunrise Ltd", f"{CARD[0]} to {CARD[9]}", "10", None),
            ("GO", "2024-03-11", "10456", "PENR001", "Penrose Connect Ltd", f"{CARD[0]} to {CARD[4]}", None, "5"),
            ("GR", "2024-03-22", "CR 8", "PENR001", "Penrose Connect Ltd", CARD[4], "1", None),
            (None, None, None, None, "Totals:", None, "11", "5"),
        )
    )
    assert moved(loaded) == [
        (5, "transfer", "Sunrise Ltd", "Northgate Lift Monitoring Ltd"),
        (6, "transfer", "Northgate Lift Monitoring Ltd", "Penrose Connect Ltd"),
        (7, "return", "Penrose Connect Ltd", "Northgate Lift Monitoring Ltd"),
    ]
    assert [each.row for each in parser.rejects] == [8]


def test_the_only_code_of_what_came_in_is_none_of_what_came_back() -> None:
    loaded, _ = read_both_ways(*activity(("GR", "2024-02-20", "1", "S", "Sunrise Ltd", CARD[0], "1", None)))
    assert moved(loaded) == [(5, "transfer", "Sunrise Ltd", "Northgate Lift Monitoring Ltd")]


def test_what_the_police_wrote_down_of_replies_of_carriers_is_asked() -> None:
    heads = ("URN", "Network", "ICCID", "Subscriber", "Service start", "Result")
    row = ("H-1", "EE", UK[0], "Brackwell Sensors Limited", "2024-03-21", "Subscriber found")
    loaded, parser = read_both_ways(*padded(("SPoC results",), heads, row))
    assert moved(loaded) == [(3, "activation", None, None), (3, "card_list", None, "Brackwell Sensors Limited")]
    assert [question.field for question in parser.questions] == ["kind"]


def test_the_address_below_the_name_of_a_carrier_is_of_its_letterhead() -> None:
    head = "MTN Nigeria Communications PLC\nMTN Plaza, Falomo, Ikoyi, Lagos"
    card = whole("8923410000556677101")
    rows = padded(
        (head,),
        ("RE: REQUEST FOR SUBSCRIBER INFORMATION",),
        ("We refer to your letter of 11/04/2024. Our records show what follows.",),
        ("S/N", "SIM Serial", "Registered Name"),
        ("1", card, "DELTA LTD"),
    )
    assert moved(read_both_ways(*rows)[0]) == [(5, "registration", "MTN Nigeria Communications PLC", "DELTA LTD")]


def test_the_dates_of_another_sheet_say_in_which_order_day_and_month_stand(tmp_path: Path) -> None:
    seized = [("Exhibit ref", "ICCID", "Seized from", "Date seized"), ("RJB/1", UK[0], "Marek Dobrowski", "02/04/2024")]
    found = [
        ("Search report 09/04/2024, Shop C14 Ikeja",),
        ("S/N", "SIM serial", "Recovered from"),
        ("1", UK[1], "OKAFOR Chinedu"),
    ]
    other = [("Date", "Note"), ("21/03/2024", "Service start")]
    path = workbook(tmp_path / "b.xlsx", UK=seized, Lagos=found, Other=other)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        seizures = [each for card in UK[:2] for each in case.trace(card)[0].seizures]
        assert [(each.holder, each.when and each.when.day) for each in seizures] == [
            ("Marek Dobrowski", "2024-04-02"),
            ("OKAFOR Chinedu", "2024-04-09"),
        ]


def test_one_column_holds_the_numbers_of_articles_of_several_kinds() -> None:
    heads = ("Ex. No.", "Article", "ICCID / IMEI", "Recovered from", "Date")
    rows = [
        ("A-1", "Phone", "IMEI 861234057712093", "Imran", "2024-03-22"),
        ("A-2", "SIM", CARD[0], "-do-", "2024-03-22"),
    ]
    loaded, parser = read_both_ways(*padded(("SEIZURE MEMO",), heads, *rows))
    assert moved(loaded) == [(4, "seizure", "Imran", None)]
    assert [each.row for each in parser.rejects] == [3]


def test_the_head_of_a_page_and_a_line_below_its_tables_are_read(tmp_path: Path) -> None:
    heads = "".join(f"<th>{name}</th>" for name in ("Type", "Date", "Name", "Details (ICCID)", "Qty In", "Qty Out"))
    row = "".join(f"<td>{cell}</td>" for cell in ("GO", "2024-03-11", "Penrose Ltd", CARD[0], "", "1"))
    table = f"<table><tr>{heads}</tr><tr>{row}</tr></table>"
    page = f"<p><b>Northgate Lift Ltd</b><br>Product Activity<br>Date From: 01/02/2024 Date To: 31/03/2024</p>{table}"
    (tmp_path / "a.html").write_text(f"<html><body>{page}<p>Stock take: {CARD[5]}</p></body></html>")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.html")
        assert hops(case, CARD[0]) == [("transfer", "Northgate Lift Ltd", "Penrose Ltd")]
        (trace,) = case.trace(CARD[5])
        assert "unread_movement" in [each.code for each in trace.findings]


def test_a_bank_sends_the_statement_to_its_owner() -> None:
    assert owners_in([["HDFC BANK Ltd. Statement of account"], ["M/S. GUPTA MOBILE POINT", "Account No : 50200"]]) == {
        "GUPTA MOBILE POINT"
    }
    assert owners_in([["M/S. GUPTA MOBILE POINT"], ["Account Name : OM SAI"]]) == {"OM SAI"}


def test_a_parcel_that_was_called_off_or_went_back_moved_nothing(tmp_path: Path) -> None:
    heads = "Waybill,Ship date,Shipper,Consignee,ICCID From,ICCID To,Pcs,Status\n"
    rows = f"1,2024-03-04,Savanna Ltd,Jamii,{CARD[0]},{CARD[1]},2,Booking cancelled - not collected\n"
    rows += f"2,2024-03-05,Savanna Ltd,Jamii,{CARD[0]},{CARD[1]},2,Not delivered - RETURNED TO SHIPPER\n"
    (tmp_path / "a.csv").write_text(heads + rows)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert hops(case, CARD[0]) == []


def test_the_supplier_of_goods_received_gave_them() -> None:
    heads = ("GRN No", "Date Received", "Supplier", "ICCID", "Received By")
    rows = padded(
        ("COBALT PHONES LTD",),
        ("Goods Received Notes",),
        heads,
        ("G-10", "2024-05-15", "Ashby Ltd", CARD[0], "J Malik"),
    )
    assert moved(read_both_ways(*rows)[0]) == [(4, "transfer", "Ashby Ltd", "COBALT PHONES LTD")]


def test_a_supplier_ships_to_whoever_gets_the_goods() -> None:
    heads = ("Despatch Date", "Supplier", "Ship To", "ICCID")
    loaded, _ = read_both_ways(heads, ("2024-05-22", "Ashby Ltd", "Meridian Ltd", CARD[0]))
    assert moved(loaded) == [(2, "transfer", "Ashby Ltd", "Meridian Ltd")]


def test_names_and_values_stand_beside_each_other_above_a_delivery_note() -> None:
    rows = padded(
        ("Ashby Connected Ltd",),
        ("DELIVERY NOTE", None, "Delivery Note No", "AC-7741"),
        ("Deliver To:", "Cobalt Phones", "Date:", "14/05/2024"),
        ("Line", "Description", "ICCID Start", "ICCID End"),
        ("1", "EE data SIM", CARD[0], CARD[4]),
    )
    assert moved(read_both_ways(*rows)[0]) == [(5, "transfer", "Ashby Connected Ltd", "Cobalt Phones")]


def test_an_activation_that_was_rejected_is_none() -> None:
    heads = ("MSISDN", "SIM Number", "Activation Date", "Act Status")
    done = ("919900112233", CARD[0], "2024-06-05", "Activated")
    loaded, parser = read_both_ways(heads, done, ("919900112299", CARD[1], "2024-06-25", "Rejected"))
    assert {each["row"] for each in loaded if each["kind"] == "activation"} == {2}
    assert [each.row for each in parser.rejects] == [3]


def test_the_form_of_a_card_is_no_kind_of_its_row() -> None:
    heads = ("MSISDN", "ICCID", "Status", "Activation date", "Type")
    loaded, parser = read_both_ways(heads, ("919900112233", CARD[0], "active", "2024-05-11", "triple-cut"))
    assert {each["kind"] for each in loaded} == {"activation", "card_list"}
    assert parser.rejects == []


MEMO = padded(
    ("SEIZURE MEMO",),
    ("FIR No. 201/2024 PS Cyber Cell",),
    ("Date: 02-07-2024  Time: 18:30",),
    ("Name of person from whom seized: Imtiyaz s/o Rafiq",),
    ("S.No.", "Description of article", "IMEI/ICCID No."),
    ("1", "SIM card", CARD[0]),
)


def test_a_day_above_a_table_that_can_be_read_both_ways_is_asked() -> None:
    loaded, parser = read_both_ways(*MEMO)
    assert [(each["sender_name"], each["first_day"]) for each in loaded] == [("Imtiyaz s/o Rafiq", None)]
    assert [question.field for question in parser.questions] == ["date_order"]
    (told,), parser = read_both_ways(*MEMO, answers={"date_order": "dmy"})
    assert told["first_day"] is not None
    assert parser.answered == {"date_order": "dmy"}


@pytest.mark.parametrize(
    ("title", "heads", "sides"),
    [
        ("SIM PURCHASE REGISTER 2024-25", ("Date", "Purchased From", "SIM Number"), ("Ravi Distributors", FIRM)),
        ("DAILY SIM CARD SALES", ("Date", "Customer Name", "SIM Serial"), (FIRM, "Ravi Distributors")),
        ("Statement of SIMs issued to dealers - June 2024", ("Date", "Dealer", "SIM No"), (FIRM, "Ravi Distributors")),
        ("RETURNS TO SUPPLIER", ("Date Returned", "Returned To", "ICCID"), (FIRM, "Ravi Distributors")),
    ],
)
def test_the_title_of_a_book_says_on_which_side_its_keeper_stands(
    title: str, heads: Row, sides: tuple[str, str]
) -> None:
    rows = padded((FIRM,), (title,), (*heads, "Challan No"), ("2024-06-13", "Ravi Distributors", CARD[0], "C/1"))
    assert [each[2:] for each in moved(read_both_ways(*rows)[0])] == [sides]


def test_a_credit_of_the_supplier_is_a_return_to_him() -> None:
    heads = ("Date", "Particulars", "Transaction Type", "Memo/Description", "Qty")
    rows = padded(
        (FIRM,),
        ("Purchases by Supplier Detail",),
        heads,
        ("2024-05-15", "Ashby Ltd", "Bill", f"ICCID {CARD[0]} to {CARD[9]}", "10"),
        ("2024-05-22", "Ashby Ltd", "Supplier Credit", f"returned {CARD[9]}", "-1"),
    )
    assert moved(read_both_ways(*rows)[0]) == [
        (4, "transfer", "Ashby Ltd", FIRM),
        (5, "return", FIRM, "Ashby Ltd"),
    ]


@pytest.mark.parametrize(
    ("title", "holder"),
    [
        ("LIST OF EXHIBITS RECOVERED FROM SUSPECT ADA OBI ON 5TH JUNE 2024", "ADA OBI"),
        ("INVENTORY OF ITEMS RECOVERED FROM THE HOUSE OF PETER OTIENO OUMA ON 20 June 2024", "PETER OTIENO OUMA"),
        ("LIST OF EXHIBITS RECOVERED FROM SUSPECT ADA OBI AND UCHE EZE ON 5TH JUNE 2024", None),
        ("LIST OF EXHIBITS RECOVERED FROM SUSPECT ADA OBI, UCHE EZE", None),
        ("LIST OF EXHIBITS RECOVERED FROM COMPUTER VILLAGE ON 5TH JUNE 2024", None),
    ],
)
def test_a_title_names_the_suspect_from_whom_or_at_whose_house_exhibits_were_taken(
    title: str, holder: str | None
) -> None:
    rows = padded(
        (title,), ("OB No. 12/2024",), ("S/N", "Description of Item", "Serial/ICCID"), ("1", "MTN SIM", CARD[0])
    )
    assert [each["holder"] for each in read_both_ways(*rows)[0]] == [holder]


def test_a_bill_counts_however_it_is_paid() -> None:
    heads = ("Invoice Date", "Invoice Number", "Invoice Status", "Customer Name", "ICCID", "Quantity", "Item Price")
    rows = [
        ("2024-02-14", f"INV-{n}", status, "Gupta Mobile Point", CARD[n], "1", "250")
        for n, status in enumerate(("Closed", "Overdue", "Sent", "Void", "Draft"))
    ]
    loaded, parser = read_both_ways(heads, *rows, answers={"from": FIRM})
    assert [each["row"] for each in loaded if each["kind"] == "transfer"] == [2, 3, 4]
    assert [each.row for each in parser.rejects] == [5, 6]


def test_what_an_item_counts_are_the_cards_in_the_lines_below_it() -> None:
    rows = padded(
        ("TAX INVOICE",),
        ("Seller: Verma Telecom", None, "Invoice No: VT/556"),
        ("Buyer (Bill to): Imtiyaz Mobile Zone", None, "Dated: 25-Jun-24"),
        ("Sl", "Description of Goods", "Qty", "Rate"),
        ("1", "GPS tracker with SIM", "2", "1800"),
        (None, f"IMEI 861234057712093 / ICCID {CARD[0]}"),
        (None, f"IMEI 861234057712101 / ICCID {CARD[1]}"),
    )
    loaded, parser = read_both_ways(*rows)
    assert [(each["row"], each["precision"]) for each in loaded] == [(6, "listed"), (7, "listed")]
    assert [each.row for each in parser.rejects] == [5]


def test_the_desk_of_a_carrier_is_the_carrier() -> None:
    names = (
        "Bharti Airtel Limited (Airtel Business - IoT)",
        "Safaricom PLC (Enterprise)",
        "Bharti Airtel Limited (Om Traders)",
    )
    assert [match_operator_name(normalize_party_name(name)) for name in names] == ["airtel", "safaricom", None]


TITLES: list[Row] = [("Shree Balaji Telelinks Pvt Ltd", None, None, None), ("SALES REGISTER", None, None, None)]
TAKERS = ("Anil Traders", "Bharat Stores", "Verma Mobiles")


@pytest.mark.parametrize("heading", ["Issued By", "Sold by", "Dispatched by", "Supplied by", "Seller"])
@pytest.mark.parametrize("taker", ["Customer", "Sold to", "Party"])
@pytest.mark.parametrize("titles", [TITLES, []])
def test_firms_that_issued_or_sold_are_the_givers_and_not_the_firm_of_the_title(
    heading: str, taker: str, titles: list[Row]
) -> None:
    givers = ("Om Sai Mobiles", "Krishna Telecom")
    sold = [(f"2024-03-0{at + 1}", CARD[at], givers[at], TAKERS[at]) for at in range(2)]
    rows, parser = read_both_ways(*titles, ("Date", "ICCID", heading, taker), *sold[1:], sold[0])
    assert {each[2:] for each in moved(rows)} == {*zip(givers, TAKERS[:2], strict=True)}
    assert parser.questions == []


@pytest.mark.parametrize("taker", ["Customer", "Sold to"])
@pytest.mark.parametrize("givers", [("Om Sai Mobiles", "Ramesh"), ("Ramesh", "Sunrise")])
def test_where_firms_and_others_issued_it_is_asked_who_gave(givers: tuple[str, str], taker: str) -> None:
    takers = ("Sunrise", "Anil Traders")
    sold = [(f"2024-03-0{at + 1}", CARD[at], giver, takers[at]) for at, giver in enumerate(givers)]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*TITLES, ("Date", "ICCID", "Issued by", taker), *sold)
    assert (caught.value.event, caught.value.fields) == ("transfer", ("from",))
    rows, _ = read_rows(*TITLES, ("Date", "ICCID", "Issued by", taker), *sold, answers={"from": "[Issued by]"})
    assert [each[2] for each in moved(rows)] == [*givers]


def test_whether_clerks_of_the_firm_of_the_title_issued_may_be_answered() -> None:
    table = [("Date", "ICCID", "Sold by", "Sold to"), ("2024-03-01", CARD[0], "Sunrise", TAKERS[0])]
    firm = "Shree Balaji Telelinks Pvt Ltd"
    rows, parser = read_rows(*TITLES, *table)
    assert moved(rows) == [(4, "transfer", firm, TAKERS[0])]
    (asked,) = parser.questions
    assert (asked.field, asked.is_required, asked.choices) == ("from", False, ("[Sold by]", firm))
    for answer, giver in (("[Sold by]", "Sunrise"), (firm, firm)):
        rows, parser = read_rows(*TITLES, *table, answers={"from": answer})
        assert (moved(rows), parser.questions) == ([(4, "transfer", giver, TAKERS[0])], [])
    _, parser = read_rows(*TITLES, table[0], ("2024-03-01", CARD[0], "Shree Balaji Telelinks", TAKERS[0]))
    assert parser.questions == []


def test_orders_of_a_shop_name_their_buyers_in_parts_and_their_cards_in_a_field_of_the_shop() -> None:
    card = "89234090000007712{:03d}".format
    heads = (
        *("Order Number", "Order Status", "Order Date", "First Name (Billing)", "Last Name (Billing)"),
        *("Company (Billing)", "City (Billing)", "Country Code (Billing)", "Phone (Billing)", "Payment Method Title"),
        *("Order Refund Amount", "Item Name", "Quantity", "Item meta: SIM serial", "Order Notes", "Sold by"),
    )

    def order(number: str, status: str, first: str, last: str, firm: str | None, *more: str | None) -> Row:
        place = ("Kano", "NG", "08090007720", "Paystack")
        return (number, status, "2025-05-15 12:31", first, last, firm, *place, *more, "Bature Trackers")

    rows: list[Row] = [
        order("5521", "Completed", "Tunde", "Bako", "Eko Cold Chain Ltd", "0", "M2M SIM", "1", card(1), None),
        order("5528", "Cancelled", "Halima", "Danbatta", None, "0", "M2M SIM", "1", card(2), "SIM put back on shelf"),
        order("5533", "Completed", "Halima", "Danbatta", None, "0", "M2M SIM", "1", card(2), None),
        order("5540", "Refunded", "Ify", "Nwosu", None, "2500", "M2M SIM", "1", card(3), "Customer brought SIM back"),
    ]
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(heads, *rows)
    assert (asked.value.event, asked.value.fields) == ("transfer", ("date",))
    loaded, parser = read_both_ways(heads, *rows, answers={"date": "[Order Date]"})
    assert [(each["row"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (2, "Bature Trackers", "Eko Cold Chain Ltd"),
        (4, "Bature Trackers", "Halima Danbatta"),
    ]
    assert [(each.row, each.value) for each in parser.rejects] == [(3, "Cancelled"), (5, "Refunded")]
    assert {each.heading for each in parser.remarks if each.reason != "check_digit_differs"} == {"Order Notes"}
