"""Registers in English that say in one cell which way cards went and with whom."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import AnswerContradicts
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.english_books import parse_entry
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

CARD = "899145260200100{:04d}".format
TITLES = [("SHREE GANESH COMMUNICATIONS, BHIWANDI",), ("Stock Register – M2M SIM (Airtel)  F.Y. 2023-24",)]
HEADS = ("Date", "Particulars", "Series From", "Series To", "Inward", "Outward", "Balance")
KEEPER = "SHREE GANESH COMMUNICATIONS"
ROWS: list[Row] = [
    ("2024-03-01", "Opening Balance", None, None, None, None, "0"),
    ("2024-03-21", "From Star Ltd", CARD(1), CARD(10), "10", None, "10"),
    ("2024-03-27", "To Balaji Traders", CARD(1), CARD(5), None, "5", "5"),
    ("2024-04-18", "Return from Balaji Traders", CARD(4), CARD(5), "2", None, "7"),
    ("2024-04-19", "Returned to Star Ltd", CARD(6), CARD(6), None, "1", "6"),
    ("2024-04-30", "Closing Balance", None, None, "12", "6", "6"),
]


def padded(rows: list[Row]) -> list[Row]:
    return [(*row, *[None] * (len(HEADS) - len(row))) for row in rows]


@pytest.mark.parametrize(
    ("cell", "entry"),
    [
        ("From Suryodaya Telematics", ("in", "Suryodaya Telematics")),
        ("Received from M/s Star Ltd", ("in", "Star Ltd")),
        ("To Balaji Traders", ("out", "Balaji Traders")),
        ("Issued to: Ravi", ("out", "Ravi")),
        ("Return from Ravi", ("back_in", "Ravi")),
        ("Returned by Ravi", ("back_in", "Ravi")),
        ("Purchase return to Star Ltd", ("back_out", "Star Ltd")),
        ("Opening Balance", None),
        ("Tomorrow Telecom", None),
        ("Frome Mobile", None),
        ("Star Ltd", None),
    ],
)
def test_an_entry_says_which_way_and_with_whom(cell: str, entry: tuple[str, str] | None) -> None:
    assert parse_entry(cell) == entry


def test_each_row_of_a_register_goes_its_own_way() -> None:
    loaded, parser = read_both_ways(*padded(TITLES), HEADS, *ROWS)
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (5, "transfer", "Star Ltd", KEEPER),
        (6, "transfer", KEEPER, "Balaji Traders"),
        (7, "return", "Balaji Traders", KEEPER),
        (8, "return", KEEPER, "Star Ltd"),
    ]
    assert ([each.row for each in parser.rejects], parser.questions) == ([4, 9], [])
    # parts of a cell have no place of their own
    assert not {"from", "to", "party", "kind"} & parser.places["fields"]["transfer"].keys()


def test_whose_register_it_is_is_asked_where_nothing_says_it() -> None:
    loaded, parser = read_rows(HEADS, *ROWS)
    assert (loaded, [each.field for each in parser.questions]) == ([], ["keeper"])
    loaded, _ = read_rows(HEADS, *ROWS, answers={"keeper": "Moon"})
    assert {each["sender_name"] for each in loaded} == {"Star Ltd", "Moon", "Balaji Traders"}


def test_an_entry_that_the_numbers_contradict_is_not_read() -> None:
    rows = [*ROWS[1:3], ("2024-04-01", "To Sun Traders", CARD(7), CARD(8), "2", None, "7")]
    loaded, parser = read_rows(*padded(TITLES), HEADS, *rows)
    assert [each["row"] for each in loaded] == [4, 5]
    assert [each.row for each in parser.rejects] == [6]


@pytest.mark.parametrize(
    "heads",
    [
        ("Date", "Particulars", "Series From", "Series To", "Debit", "Credit", "Balance"),
        ("Date", "Particulars", "Series From", "Series To", "Voucher", "Remarks", "Page"),
    ],
)
def test_from_and_to_alone_are_no_ways_of_cards_beside_money_or_nothing(heads: Row) -> None:
    with pytest.raises(gt.GraphtraceError):
        read_rows(*padded(TITLES), heads, *ROWS)


@pytest.mark.parametrize("field", ["to", "from"])
def test_such_a_column_is_no_side_of_all_rows(field: str) -> None:
    heads = ("Date", "Particulars", "Series From", "Series To", "Voucher", "Remarks", "Page")
    other = {"from": "to", "to": "from"}[field]
    with pytest.raises(AnswerContradicts):
        read_rows(heads, *ROWS[1:], as_kind="transfer", answers={other: "Moon", field: "[Particulars]"})


def test_what_a_register_states_is_proved_from_its_rows(tmp_path: Path) -> None:
    lines = [",".join(cell or "" for cell in row).replace("COMMUNICATIONS, ", "COMMUNICATIONS ") for row in ROWS]
    (tmp_path / "a.csv").write_text("\n".join(["Moon Traders", "Stock Register", ",".join(HEADS), *lines]) + "\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (trace,) = case.trace(CARD(1))
        assert [(hop.sender.name, hop.receiver.name) for hop in trace.chains[0].hops] == [
            ("Star Ltd", "Moon Traders"),
            ("Moon Traders", "Balaji Traders"),
        ]
        assert case.verify(deep=True) == []


def test_beside_inward_and_outward_numbers_an_entry_of_another_kind_is_asked() -> None:
    rows = [*ROWS[1:4], ("2024-04-20", "Cancellation of INV-63", CARD(7), CARD(8), "2", None, "9")]
    loaded, parser = read_rows(*padded(TITLES), HEADS, *rows)
    assert [each["row"] for each in loaded] == [4, 5, 6]
    assert [(each.row, each.reason) for each in parser.rejects] == [(7, "unknown_kind")]


def test_two_tables_of_what_came_in_and_went_out_are_read_each_and_what_came_back_is_told(tmp_path: Path) -> None:
    card = "89918611002273010{:02d}".format
    (tmp_path / "a.csv").write_text(
        "SEP 2025,,,,\nIN,,,,\nDt,From,Sim from,Sim to,Nos\n"
        f"2025-09-01,Girnar Agro,{card(1)},{card(10)},10\n"
        f"2025-09-02,Krishna Comm (retn),{card(11)},{card(12)},2\n,,,,\n"
        f"OUT,,,,\nDt,Party,Sim from,Sim to,Nos\n2025-09-03,Krishna Comm,{card(1)},{card(4)},4\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        asked = [[each.field for each in sheet.asked] for sheet in case.load(tmp_path / "a.csv").files]
        assert asked == [["to"], ["from"]]
        case.load(tmp_path / "a.csv", answers=["to=Om Sai", "from=Om Sai"], again=True)
        moved = [(row["from_name"], row["to_name"], row["cards"]) for row in case.records(kind="transfer")]
    assert sorted(moved) == [("Girnar Agro", "Om Sai", 10), ("Om Sai", "Krishna Comm", 4)]


WHOLE = [body + luhn_digit(body) for body in map(CARD, (1, 2))]
MOVES: list[Row] = [
    ("2024-02-05", WHOLE[0], "Partners/Vendors", "WH/Stock", "Star Ltd", "Done"),
    ("2024-02-09", WHOLE[0], "WH/Stock", "Partners/Customers", "Balaji Traders", "Done"),
    ("2024-02-20", WHOLE[0], "Partners/Customers", "WH/Stock", "Balaji Traders", "Done"),
    ("2024-02-23", WHOLE[1], "WH/Stock", "WH/Stock/Shelf B", None, "Done"),
]
MOVE_HEADS = ("Date", "Lot/Serial Number", "From", "To", "Contact", "Status")


def test_places_of_a_warehouse_are_no_parties_and_say_which_way_cards_went() -> None:
    loaded, parser = read_both_ways(MOVE_HEADS, *MOVES, answers={"keeper": "Moon"})
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (2, "transfer", "Star Ltd", "Moon"),
        (3, "transfer", "Moon", "Balaji Traders"),
        (4, "return", "Balaji Traders", "Moon"),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "not_a_record")]
    loaded, parser = read_rows(MOVE_HEADS, *MOVES)
    assert (loaded, [each.field for each in parser.questions]) == ([], ["keeper"])


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        (
            "Item Serial No. Wise Detail",
            ("Sr. No.", "Serial No.", "Purc. Date", "Purc. Party", "Sale Date", "Sale Party"),
        ),
        ("Asset Register", ("S/N", "SIM ICCID", "Purchase date", "Purchased from", "Date assigned", "Assigned to")),
        ("", ("S/N", "SIM No", "Inward Date", "From whom", "Outward Date", "To whom")),
    ],
)
def test_whose_letterhead_a_book_bears_stands_between_both_sides_of_its_rows(title: str, heads: Row) -> None:
    rows: list[Row] = [
        ("1", WHOLE[0], "02-01-2024", "Star Ltd", "19-02-2024", "Balaji Traders"),
        ("2", WHOLE[1], "02-01-2024", "Star Ltd", None, None),
        ("Total : 2", None, None, None, None, None),
    ]
    titles: list[Row] = [(each, *[None] * 5) for each in ("MOON AUTO ELECTRONICS", title) if each]
    loaded, parser = read_both_ways(*titles, heads, *rows)
    moved = [(each["sender_name"], each["receiver_name"]) for each in loaded if each["sender_name"]]
    assert sorted(moved) == [
        ("MOON AUTO ELECTRONICS", "Balaji Traders"),
        ("Star Ltd", "MOON AUTO ELECTRONICS"),
        ("Star Ltd", "MOON AUTO ELECTRONICS"),
    ]
    assert not parser.questions


def test_a_company_above_the_transactions_of_its_serial_numbers_keeps_them() -> None:
    heads = ("Serial No", "Date", "BP Name", "Direction")
    rows = [(WHOLE[0], "12/07/24", "Star Ltd", "In"), (WHOLE[0], "19/07/24", "Sun Mills", "Out")]
    rows.append((WHOLE[1], "31/07/24", "Star Ltd", "In"))
    loaded, parser = read_both_ways(("Company: Moon Meters Ltd", None, None, None), heads, *rows)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("Star Ltd", "Moon Meters Ltd"),
        ("Moon Meters Ltd", "Sun Mills"),
        ("Star Ltd", "Moon Meters Ltd"),
    ]
    assert {format_day(each["first_day"]) for each in loaded} == {"2024-07-12", "2024-07-19", "2024-07-31"}
    assert not parser.questions


def test_the_firm_of_a_sales_day_book_sold_what_its_rows_name() -> None:
    title = ("NORTHGATE CONNECT LTD – SALES DAY BOOK", *[None] * 4)
    upper, lower = ("Invoice", None, "Customer", "SIM serial (ICCID)", None), ("No.", "Date", None, "First", "Last")
    row = ("INV-1", "2024-01-08", "Harbour Lane Traders", "89441000301400317006", "89441000301400317493")
    loaded, _ = read_rows(title, upper, lower, row)
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", "NORTHGATE CONNECT LTD", "Harbour Lane Traders")
    ]


def test_a_card_among_the_words_of_its_sale_or_of_its_return_is_read() -> None:
    numbers = ("89441107437669869006", "89441149532942859525", "89441145732381282122")
    heads = ("Customer", "Date", "Transaction Type", "No.", "Memo/Description", "Qty", "Amount")
    rows = (
        ("Harrow Vending Group", "17/02/2026", "Invoice", "10269", f"Multi-network SIM {numbers[2]}", "1", "6.00"),
        ("Harrow Vending Group", "21/01/2026", "Invoice", "10240", f"Multi-network SIM {numbers[0]}", "1", "6.00"),
        ("Harrow Vending Group", "27/03/2026", "Sales Receipt", "SR-77", f"Counter sale SIM {numbers[1]}", "1", "6.50"),
        (
            *("Harrow Vending Group", "23/02/2026", "Credit Note", "CN-114"),
            *(f"SIM {numbers[0]} returned by customer, wrong size", "-1", "-6.00"),
        ),
        (
            *("Harrow Vending Group", "24/02/2026", "Credit Note", "CN-115"),
            *(f"SIM {numbers[2]} returned by customer, resold to Wyvern", "-1", "-6.00"),
        ),
    )
    width = len(heads)
    firm = ("Steadfast IoT Distribution Ltd", *[None] * (width - 1))
    title = ("Sales by Customer Detail", *[None] * (width - 1))
    loaded, parser = read_both_ways(firm, title, heads, *rows)
    assert [(each["row"], each["kind"]) for each in loaded] == [
        (4, "transfer"),
        (5, "transfer"),
        (6, "transfer"),
        (7, "return"),
    ]
    assert 8 in parser.unread["row"].to_list()
