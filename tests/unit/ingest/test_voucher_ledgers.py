"""Ledgers of accounting programs whose narrations name the cards of the voucher above them."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer, UnknownKind

from .sheets import Row, read_both_ways, read_rows

CARD = "899186400007712{:04d}".format
TITLES = [("Kaveri Smart Metering Pvt Ltd",), ("Sales - M2M SIM",), ("Ledger Account",), ("1-Apr-24 to 30-Jun-24",)]
HEADS = ("Date", "Particulars", "Vch Type", "Vch No.", "Debit", "Credit")
KEEPER = "Kaveri Smart Metering Pvt Ltd"


def narration(text: str) -> Row:
    return (None, text, None, None, None, None)


ROWS: list[Row] = [
    ("8-Apr-24", "R.K. Telecom", "Sales", "KSM/11", None, "12000"),
    narration(f"Being 40 Nos Jio M2M SIM Sr. No. {CARD(1)} to {CARD(40)} sold"),
    ("22-Apr-24", "R.K. Telecom", "Credit Note", "CN/003", "1500", None),
    narration(f"Being 5 Nos SIM Sr. No. {CARD(36)} to {CARD(40)} returned by party"),
]


def ledger(*rows: Row) -> list[Row]:
    return [(*title, *[None] * (len(HEADS) - 1)) for title in TITLES] + [HEADS, *rows]


def test_the_cards_of_a_narration_are_those_of_the_voucher_above_it() -> None:
    loaded, parser = read_both_ways(*ledger(*ROWS, (None, "Closing Balance", None, None, "10500", None)))
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (6, "transfer", KEEPER, "R.K. Telecom"),
        (8, "return", "R.K. Telecom", KEEPER),
    ]
    assert [each.row for each in parser.rejects] == [10]


def test_a_narration_may_count_its_cards_and_say_on_which_terms_they_went() -> None:
    rows: list[Row] = [
        ("2-Apr-24", "Deccan Works", "Purchase", "P/1", None, "18000"),
        narration(f"Being 40 nos SIM purchased, S.No. {CARD(1)} to {CARD(40)} (all live)"),
        ("8-Apr-24", "R.K. Telecom", "Sales", "S/11", "12000", None),
        narration(f"5 nos {CARD(1)} to {CARD(5)} on credit 15 days"),
        ("9-Apr-24", "R.K. Telecom", "Sales", "S/12", "12000", None),
        narration(f"6 nos {CARD(6)} to {CARD(10)} on credit 15 days"),
        ("22-Apr-24", "R.K. Telecom", "Credit Note", "CN/3", None, "1500"),
        narration(f"1 no. received back against S/11-24/7, {CARD(5)} no network"),
        ("23-Apr-24", "(cancelled )", "Sales", "S/13", None, None),
        narration(f"Bill cancelled, party did not lift. {CARD(11)} 1 no. Om Sai"),
    ]
    loaded, parser = read_both_ways(*ledger(*rows))
    assert [
        (each["row"], each["kind"], each["sender_name"], each["receiver_name"], each["last"] - each["first"] + 1)
        for each in loaded
    ] == [
        (6, "transfer", "Deccan Works", KEEPER, 40),
        (8, "transfer", KEEPER, "R.K. Telecom", 5),
        (12, "return", "R.K. Telecom", KEEPER, 1),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(10, "range_count_mismatch"), (14, "not_a_record")]


@pytest.mark.parametrize(
    "words",
    [
        "Being SIM Sr. No. {} as replacement for faulty ones",
        "Being advance for SIM Sr. No. {}",
        "Being SIM Sr. No. {} booked for",
        "Being recharge of SIM {}",
        "Being commission on SIM Sr. No. {}",
    ],
)
def test_a_narration_that_says_more_is_told_and_read_as_nothing(words: str) -> None:
    more = narration(words.format(f"{CARD(41)} to {CARD(50)}"))
    other = ("9-Apr-24", "Deccan Works", "Sales", "KSM/12", None, "18000")
    loaded, parser = read_rows(*ledger(*ROWS[:2], other, more))
    assert [each["row"] for each in loaded] == [6]
    assert [(each.row, each.reason) for each in parser.rejects] == [(8, "words_beside_card")]
    assert parser.rows == 2
    assert [*parser.unread["row"]] == [8]


def test_a_credit_note_that_does_not_say_that_cards_came_back_is_no_return() -> None:
    text = narration(f"Being rate difference SIM {CARD(36)} to {CARD(40)}")
    loaded, _ = read_rows(*ledger(*ROWS[:2], ROWS[2], text))
    assert [each["kind"] for each in loaded] == ["transfer"]


def test_the_sources_prove_what_such_a_ledger_states(tmp_path: Path) -> None:
    lines = [",".join(cell or "" for cell in row) for row in ledger(*ROWS)]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (trace,) = case.trace(CARD(38))
        assert [(hop.kind, hop.receiver.name) for hop in trace.chains[0].hops] == [
            ("transfer", "R.K. Telecom"),
            ("return", KEEPER),
        ]
        assert case.verify(deep=True) == []


def test_a_register_of_delivery_notes_counts_cards_only_where_a_narration_names_them() -> None:
    period = ("1-Mar-24 to 30-Apr-24",) * 5
    title = (KEEPER, *[None] * 4), ("Delivery Note Register", *[None] * 4), period
    heads = ("Date", "Particulars", "Vch Type", "Vch No.", "Quantity")
    rows: list[Row] = [
        ("9-Mar-24", "Sri Motors", "Delivery Note", "DN/60", "4 Nos"),
        (None, "4 nos GT06 tracker without SIM", None, None, None),
        ("12-Mar-24", "Deccan Roadlines", "Delivery Note", "DN/61", "30 Nos"),
        (None, f"Airtel M2M {CARD(1)} to {CARD(30)} fitted in AIS140 trackers", None, None, None),
        ("2-Apr-24", "Deccan Roadlines", "Rejections In", "RI/3", "5 Nos"),
        (None, f"Returned by party {CARD(26)} to {CARD(30)}, against DN/61", None, None, None),
    ]
    loaded, parser = read_both_ways(*title, heads, *rows)
    assert [(each["row"], each["kind"], each["quantity"]) for each in loaded] == [
        (7, "transfer", 30),
        (9, "return", 5),
    ]
    assert [each.row for each in parser.rejects] == [5, 6]
    assert parser.headings[:3] == ("Date", "Particulars", "Vch Type")


def test_a_report_names_the_party_of_its_vouchers_in_a_row_above_them() -> None:
    heads = (None, "Date", "Transaction type", "Num", "Memo/Description", "Qty")
    empty = (None,) * 5
    sales = [
        ("Tumaini Ltd", *empty), ("Sales by Customer Detail", *empty), heads,
        ("Baraka Phones", *empty),
        (None, "29/01/2024", "Invoice", "1088", f"S/N {CARD(1)} to {CARD(15)}", "15"),
        (None, "09/02/2024", "Credit Memo", "C1", f"returned dead on arrival {CARD(14)}, {CARD(15)}", "-2"),
        ("Total for Baraka Phones", *empty),
        ("Rift Dairy Co-operative", *empty),
        (None, "20/03/2024", "Estimate", "E1", f"for more coolers {CARD(16)} to {CARD(20)}", "5"),
        ("TOTAL", *empty),
    ]  # fmt: skip
    loaded, _ = read_both_ways(*sales)
    assert [(each["row"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (5, "Tumaini Ltd", "Baraka Phones"),
        *[(6, "Baraka Phones", "Tumaini Ltd")] * 2,
    ]
    bought = [("Tumaini Ltd", *empty), ("Purchases by Supplier Detail", *empty), heads, ("Brackenfield Ltd", *empty)]
    loaded, _ = read_both_ways(*bought, (None, "20/02/2024", "Bill", "I1", f"recd by DHL, {CARD(1)} to {CARD(9)}", "9"))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("Brackenfield Ltd", "Tumaini Ltd")]


REGISTER: list[Row] = [
    (KEEPER, *[None] * 5),
    ("Sales Register", *[None] * 5),
    ("Date", "Particulars", "Vch Type", "Vch No.", "Narration", "Quantity"),
    ("5-Jul-25", "Om Sai Infotech", "Sales", "17", f"Being M2M SIM sold, ICCID {CARD(1)} to {CARD(40)}", "40 Nos"),
    ("24-Jul-25", "Deccan Works", "Sales", "18", "GPS unit VT-200 with installation, customer own SIM", "6 Nos"),
    ("2-Aug-25", "(cancelled) Om Sai Infotech", "Sales", "19", f"Being M2M SIM sold, {CARD(41)} to {CARD(50)}", None),
    (
        "3-Aug-25",
        "Om Sai Infotech",
        "Credit Note",
        "7",
        f"Goods returned by party - {CARD(36)} to {CARD(40)} faulty",
        "5",
    ),
    ("4-Aug-25", "Girnar LLP", "Sales", "20", f"MFF2 SIM ICCID {CARD(51)} to {CARD(60)} as per PO GAL/77", "10 Nos"),
    ("5-Aug-25", "Om Sai Infotech", "Sales Order", "2", f"Order for SIM {CARD(61)}, advance awaited", "1 Nos"),
    ("6-Aug-25", "Om Sai Infotech", "Sales", "21", f"Being SIM {CARD(62)} to replace {CARD(1)}", "1 Nos"),
]


def test_a_register_with_a_column_of_narrations_is_read_and_what_it_cancelled_or_took_orders_for_is_not() -> None:
    loaded, parser = read_both_ways(*REGISTER)
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (4, "transfer", KEEPER, "Om Sai Infotech"),
        (7, "return", "Om Sai Infotech", KEEPER),
        (8, "transfer", KEEPER, "Girnar LLP"),
    ]
    assert [each.row for each in parser.rejects] == [5, 6, 9, 10]


def test_a_report_by_goods_takes_no_goods_for_a_party_and_no_plan_for_cards() -> None:
    heads = (None, "Date", "Transaction type", "Num", "Customer", "Memo/Description", "Qty")
    empty = (None,) * 6
    sales = [
        ("Tumaini Ltd", *empty), ("Sales by Product/Service Detail", *empty), heads,
        ("IoT SIM (O2)", *empty),
        (None, "29/01/2024", "Invoice", "1088", "Baraka Phones", f"O2 IoT SIM, ICCID {CARD(1)}", "1"),
        (None, "09/02/2024", "Credit Note", "C1", "Baraka Phones", f"Returned unused: ICCID {CARD(1)}", "-1"),
        ("Total for IoT SIM (O2)", *empty),
        ("Data plan 100MB", *empty),
        (None, "01/02/2024", "Invoice", "1090", "Baraka Phones", f"February data, {CARD(1)}", "1"),
        ("Total for Data plan 100MB", *empty),
    ]  # fmt: skip
    loaded, parser = read_both_ways(*sales)
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (5, "transfer", "Tumaini Ltd", "Baraka Phones"),
        (6, "return", "Baraka Phones", "Tumaini Ltd"),
    ]
    assert 8 in {each.row for each in parser.rejects}
    assert [*parser.unread["row"]] == [8]


@pytest.mark.parametrize(
    ("keeper", "above", "heads", "closing"),
    [
        (KEEPER, "Sales by Customer", ("Date", "Invoice Number", "SIM ICCID", "Quantity"), "Total {}"),
        (KEEPER, "Sales by Customer Detail", ("Date", "Num", "ICCID", "Qty"), "Total for {}"),
        ("星海数码有限公司", "客户销售明细表", ("日期", "单号", "ICCID", "数量"), "{}小计"),
    ],
)
def test_lines_with_a_name_alone_are_the_buyers_of_the_rows_below_them(
    keeper: str, above: str, heads: tuple[str, ...], closing: str
) -> None:
    def line(text: str) -> Row:
        return (text, None, None, None)

    rows: list[Row] = [
        line(keeper), line(above), line("1 Jan 2024 to 31 Mar 2024"), heads,
        line("Baraka Phones"),
        ("2024-01-29", "INV-1", CARD(1), "1"),
        ("2024-02-29", "CN-1", CARD(1), "-1"),
        line(closing.format("Baraka Phones")),
        line("Rift Dairy"),
        ("2024-01-31", "INV-3", CARD(3), "1"),
        line(closing.format("Rift Dairy")),
        line("Total"),
    ]  # fmt: skip
    loaded, parser = read_both_ways(*rows)
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (6, "transfer", keeper, "Baraka Phones"),
        (7, "return", "Baraka Phones", keeper),
        (10, "transfer", keeper, "Rift Dairy"),
    ]
    assert [each.row for each in parser.rejects] == [5, 8, 9, 11, 12]


def test_names_above_rows_of_which_nothing_says_who_they_are_are_no_buyers() -> None:
    rows: list[Row] = [
        ("Date", "ICCID"),
        ("Baraka Phones", None),
        ("2024-01-29", CARD(1)),
        ("Total Baraka Phones", None),
    ]
    with pytest.raises(UnknownKind):
        read_rows(*rows)


def test_the_period_below_the_title_of_a_report_by_customers_sold_nothing() -> None:
    rows: list[Row] = [
        ("Sales by Customer", None, None, None),
        ("1 Jan 2024 to 31 Mar 2024", None, None, None),
        ("Date", "Invoice Number", "ICCID", "Sold to"),
        ("2024-01-29", "INV-1", CARD(1), "Baraka Phones"),
    ]
    with pytest.raises(NeedsAnswer):
        read_rows(*rows)


def test_a_detailed_register_names_goods_and_cards_in_lines_that_stand_indented_below_the_other_side() -> None:
    def line(text: str, quantity: str | None = None) -> Row:
        return (None, None, text, None, None, quantity)

    def register(title: str, *rows: Row) -> list[Row]:
        above = ("Konkan Telemart", "No. 4, Ring Road, Hubballi - 580020", title, "1-Apr-25 to 31-Jul-25")
        heads = ("Date", "Particulars", "Particulars", "Vch Type", "Vch No.", "Quantity")
        return [*((text, *[None] * 5) for text in above), heads, *rows, (None, "Grand Total", *[None] * 4)]

    sales = register(
        "Sales Register (Detailed)",
        ("2025-05-05", "Nandi Works, Tumakuru", None, "Sales", "S/1", None),
        line("M2M Data SIM 4G", "30 Nos"),
        line(f"Batch : {CARD(1)} - {CARD(30)}", "30 Nos"),
        line("By KA63 parcel, LR 8841"),
        ("2025-05-24", "Nandi Works, Tumakuru", None, "Credit Note", "C/1", None),
        line("M2M Data SIM 4G", "2 Nos"),
        line(f"Batch : {CARD(29)} - {CARD(30)}", "2 Nos"),
        line("2 nos taken back agst S/1, not working in his board, tested OK here"),
        ("2025-06-02", "(cancelled)", None, "Sales", "S/2", None),
        line(f"Was: Nandi Works, SIM {CARD(29)}. Party did not take delivery"),
        ("2025-06-03", "Nandi Works, Tumakuru", None, "Sales", "S/3", None),
        line("M2M Data SIM 4G", "8 Nos"),
        line(f"Batch : {CARD(31)} - {CARD(40)}", "8 Nos"),
        ("2025-06-04", "Nandi Works, Tumakuru", None, "Credit Note", "C/2", None),
        line("M2M Data SIM 4G", "2 Nos"),
        line(f"Batch : {CARD(1)} - {CARD(2)}", "2 Nos"),
        line("3 nos taken back"),
    )
    loaded, parser = read_both_ways(*sales)
    assert [(each["row"], each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (6, "transfer", "Konkan Telemart", "Nandi Works, Tumakuru"),
        (10, "return", "Nandi Works, Tumakuru", "Konkan Telemart"),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [
        (14, "not_a_record"),
        (16, "range_count_mismatch"),
        (19, "range_count_mismatch"),
        (23, "not_a_record"),
    ]
    bought = ("2025-04-02", "Deccan Works", None, "Purchase", "P/1", None), line(f"Batch : {CARD(1)} - {CARD(90)}")
    loaded, _ = read_both_ways(*register("Purchase Register (Detailed)", *bought))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("Deccan Works", "Konkan Telemart")]


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        ("By hand, delivered to party", True),
        ("To be dispatched on payment", False),
        ("Bill to Nandi, ship to Kaveri Traders", False),
    ],
)
def test_a_line_by_which_goods_wait_or_go_to_somebody_else_leaves_its_voucher_unread(line: str, is_read: bool) -> None:
    rows: list[Row] = [
        *((text, *[None] * 5) for text in ("Konkan Telemart", "Sales Register (Detailed)", "1-Apr-25 to 31-Jul-25")),
        ("Date", "Particulars", "Particulars", "Vch Type", "Vch No.", "Quantity"),
        ("2025-05-05", "Nandi Works", None, "Sales", "S/1", None),
        (None, None, "M2M SIM", None, None, "3 Nos"),
        (None, None, f"Batch : {CARD(1)} - {CARD(3)}", None, None, "3 Nos"),
        (None, None, line, None, None, None),
        (None, "Grand Total", *[None] * 4),
    ]
    loaded, parser = read_both_ways(*rows)
    assert (len(loaded), 5 in {each.row for each in parser.rejects}) == (int(is_read), not is_read)
