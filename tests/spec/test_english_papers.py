"""Challans, invoices, dispatch notes, issue registers and allocations as they are written in English."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

ROWS = ("Star Distributors", "Ravi Telecom"), ("Star Distributors", "Moon Mobiles")


def sheet(head: str, *, turned: bool = False) -> str:
    """A table of a day, who gave, who got (the other way round where ``turned``), and a card."""
    rows = (
        f"2024-03-0{n},{','.join(reversed(sides) if turned else sides)},{card(n)}" for n, sides in enumerate(ROWS, 1)
    )
    return "\n".join((head, *rows)) + "\n"


@pytest.mark.parametrize(
    "head",
    [
        "Challan Date,Consignor,Consignee,ICCID",
        "Invoice Date,Sold By,Billed To,ICCID",
        "Invoice Date,Supplier,Bill To,ICCID",
        "Bill Date,Supplied By,Sold To,SIM Serial No",
        "Dispatch Date,Supplied By,Delivered To,ICCID",
        "Date of Issue,Issued By,Issued To,ICCID",
        "Transfer Date,Transferred From,Transferred To,ICCID",
        "Allotment Date,Distributor,Allotted To,ICCID",
        "Allocation Date,Distributor,Retailer,SIM Number",
        "Issue Date,Dealer Name,Sub-Dealer Name,ICCID",
        "Challan Date,Dealer,Customer Name,ICCID",
        "Date,Supplied By,Ship To,ICCID",
        "Delivery Date,From Store,To Store,ICCID",
    ],
)
def test_sides_are_read_from_what_a_party_did_or_is(desk: Desk, head: str) -> None:
    desk.load(sheet(head))
    assert [each.chains for each in desk.traces(1, 2)] == [
        ["broken: Star Distributors>Ravi Telecom"],
        ["broken: Star Distributors>Moon Mobiles"],
    ]
    assert desk.trace(1).days == [["2024-03-01"]]


def test_the_customer_may_stand_before_the_dealer(desk: Desk) -> None:
    desk.load(sheet("Invoice Date,Customer Name,Dealer,ICCID", turned=True))
    assert desk.trace(2).chains == ["broken: Star Distributors>Moon Mobiles"]


@pytest.mark.parametrize("by", ["Issued By", "Sold By", "Allotted By", "Dispatched By", "Prepared By", "Checked By"])
def test_a_clerk_is_no_side_and_who_issued_is_asked(desk: Desk, by: str) -> None:
    (read,) = desk.load(f"Date,SIM Serial No,Issued To,{by}\n2024-03-05,{card(1)},Ravi Telecom,Jane Wanjiku\n")
    assert (read["loaded"], [each["field"] for each in read["asked"]]) == (0, ["from"])


@pytest.mark.parametrize(
    "head",
    [
        "Date,Dealer,Retailer,ICCID",
        "Activation Date,Distributor,Retailer,ICCID",
        "Issue Date,Distributor,Dealer,Retailer,ICCID",
        "Date,Retailer,KYC Agent,ICCID",
    ],
)
def test_a_list_of_levels_without_a_paper_is_no_sale(desk: Desk, head: str) -> None:
    cells = ",".join(f"{name} Ltd" for name in head.split(",")[1:-1])
    (read,) = desk.load(f"{head}\n2024-03-05,{cells},{card(1)}\n")
    assert "transfer" not in read["kinds"]


def test_whoever_keeps_a_register_of_receipts_and_issues_stands_between(desk: Desk) -> None:
    (read,) = desk.load(sheet("Date of Issue,Received From,Issued To,ICCID"))
    assert (read["loaded"], [each["field"] for each in read["asked"]]) == (0, ["keeper", "date"])


def test_where_goods_were_shipped_is_not_who_bought_them(desk: Desk) -> None:
    row = f"I1,2024-03-05,Moon Mobiles,Star Ltd,Ravi Telecom,{card(1)}"
    desk.load(f"Invoice No,Invoice Date,Ship To,Sold By,Billed To,ICCID\n{row}\n")
    assert desk.trace(1).holder == "Ravi Telecom"
    assert [each["text"] for each in desk.trace(1).params("unread_movement")] == ["Moon Mobiles"]


def test_a_day_book_names_the_other_party_and_the_type_of_the_voucher(desk: Desk) -> None:
    rows = f"2024-03-01,Star Ltd,Purchase,12,{card(1)}\n2024-03-05,Ravi Telecom,Sales,13,{card(1)}\n"
    desk.load(f"Date,Party Name,Vch Type,Vch No.,ICCID\n{rows}", options=("--set", "keeper=Moon Mobiles"))
    assert desk.trace(1).chains == ["broken: Star Ltd>Moon Mobiles Moon Mobiles>Ravi Telecom"]


@pytest.mark.parametrize("heading", ["ID Issue Date", "Passport Issue Date", "Date of Issue of ID", "Re-issue Date"])
def test_the_day_of_a_document_is_no_day_on_which_cards_were_issued(desk: Desk, heading: str) -> None:
    (read,) = desk.load(f"ICCID,Customer Name,{heading}\n{card(1)},Ravi Telecom,2024-03-05\n")
    assert (read["kinds"], [each["field"] for each in read["asked"]]) == ({"card_list": 1}, ["kind"])
