from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl

from graphtrace.model import Lead, Party
from graphtrace.render import Lang
from graphtrace.render.views.trace_view import trace_view
from graphtrace.render.writers.sheet_writer import render_xlsx
from graphtrace.results.trace import Trace

from .answers import AMBIGUOUS, BROKEN, CARD, CONTINUOUS, GAP, SHA256, SHOP, finding, found, not_found, origin

WANTED = Lead(ask=None, record_type="purchase_record", because="not_found")


def opened(traces: Sequence[Trace], lang: Lang = "en") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(replace(trace_view(traces), case="x.gtrace"), lang)))


def table(book: openpyxl.Workbook, number: int) -> list[dict[str, Any]]:
    headings, *rows = book.worksheets[number].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_there_are_four_sheets_with_headings_in_the_language_of_the_answer() -> None:
    assert opened([CONTINUOUS]).sheetnames == ["Cards", "Steps", "Sources", "Ask next"]
    book = opened([CONTINUOUS], "zh")
    assert book.sheetnames == ["卡", "流转", "出处", "调取清单"]
    headings = [cell.value for sheet in book for cell in sheet[1]]
    assert headings[:4] == ["查询内容", "卡号", "运营商", "开户单位"]
    assert [heading for heading in headings if heading.isascii()] == ["SHA-256"]


def test_a_card_has_one_row_with_who_and_why_and_what_next() -> None:
    whole, torn, missing = table(opened([CONTINUOUS, BROKEN, not_found(leads=(WANTED,))]), 0)
    assert whole["Asked for"] == whole["Card"] == CARD.iccid
    assert whole["Key"] == CARD.key
    assert (whole["Carrier"], whole["Outcome"]) == ("China Unicom", "DOCUMENTED WITHOUT A GAP")
    assert whole["Registered by"] == "星海智联科技有限公司\n91310115MA1K35XR7B"
    assert (whole["Last holder"], whole["End user"]) == ("王五", "赵六")
    assert whole["Why"].startswith("Records show every step from “中国联通” to “王五”")
    assert torn["Findings"].startswith("No record says how the card came from")
    assert torn["Ask next"] == f"{SHOP.name}: transfer records"
    assert (missing["Card"], missing["Outcome"]) == (None, "NOT FOUND")
    assert missing["Ask next"] == "the carrier (unknown): purchase record"


def test_every_hop_of_every_chain_has_a_row() -> None:
    first, *rest = table(opened([AMBIGUOUS]), 1)
    assert [(row["Chain"], row["Step"]) for row in (first, *rest)] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert (first["Kind"], first["Precision"], first["Date"]) == ("purchase", "in a range", datetime(2024, 3, 1))
    assert (first["From, id"], first["To"]) == ("carrier:china-unicom", "星海智联科技有限公司\n91310115MA1K35XR7B")
    assert first["Sources"] == "采购.xlsx:12 (明细)"
    assert [row["Gap before"] for row in rest] == [None, None, None, None, "a step is missing"]
    assert [row["Chain"] for row in table(opened([CONTINUOUS]), 1)] == [None, None, None]


def test_every_source_row_says_what_rests_on_it() -> None:
    at = origin(9, "chat.csv")
    trace = replace(CONTINUOUS, findings=(replace(GAP, evidence=(at,)),))
    rows = table(opened([trace]), 2)
    assert [(row["File"], row["Row"], row["Used for"]) for row in rows] == [
        ("activations.csv", 31, "activation"),
        ("chat.csv", 9, "step 3"),
        ("chat.csv", 9, "finding"),
        ("seized.xlsx", 3, "seizure"),
        ("transfers.csv", 3, "step 2"),
        ("transfers.csv", 4, "step 3"),
        ("采购.xlsx", 12, "step 1"),
    ]
    assert {(row["SHA-256"], row["Card"]) for row in rows} == {(SHA256, CARD.iccid)}
    assert [row["Record no."] for row in rows][:2] == ["No-31", "No-9"]
    assert rows[-1]["Sheet"] == "明细"
    assert rows[0]["Statement"] == (
        "2024-05-20 17:19:12, user 赵六, 江苏, 南京, IMEI 861234567890123, MSISDN 1064612345678"
    )
    assert rows[1]["Statement"] == f"2024-04-02, transfer, {SHOP.name} → 王五"
    assert rows[2]["Statement"].startswith("No record says")
    assert rows[3]["Statement"] == "2024-06-01, case A2024-0613, 环翠区"
    assert "step 3 of chain 2" in [row["Used for"] for row in table(opened([AMBIGUOUS]), 2)]


def test_leads_stand_together_by_whom_to_ask_each_on_its_own_page() -> None:
    mobile = Party("carrier:china-mobile", "", is_carrier=True)
    cards = [replace(CARD, key=f"898606190012345678{n}", iccid=f"898606190012345678{n}0") for n in range(3)]
    wanted = [
        Lead(ask=SHOP, record_type="transfer_record", because="custody_gap", since="2024-03-20", until="2024-05"),
        Lead(ask=mobile, record_type="activation_record", because="no_activation"),
        Lead(ask=SHOP, record_type="transfer_record", because="double_transfer"),
    ]
    traces = [replace(found(leads=(lead,)), card=card) for card, lead in zip(cards, wanted, strict=True)]
    book = opened(traces)
    rows = table(book, 3)
    assert [(row["Ask"], row["Card"]) for row in rows] == [
        (SHOP.name, cards[0].iccid),
        (SHOP.name, cards[2].iccid),
        ("China Mobile", cards[1].iccid),
    ]
    assert [(row["From day"], row["To day"]) for row in rows][:2] == [(datetime(2024, 3, 20), "2024-05"), (None, None)]
    assert rows[0]["Because"] == "a step of the chain is missing there"
    assert [page_break.id for page_break in book.worksheets[3].row_breaks.brk] == [3]


def test_a_card_asked_for_twice_has_two_rows_but_its_steps_and_leads_once() -> None:
    again = replace(BROKEN, input="1064612345678")
    book = opened([BROKEN, again])
    assert [row["Asked for"] for row in table(book, 0)] == [CARD.iccid, "1064612345678"]
    once = opened([BROKEN])
    assert all(table(book, number) == table(once, number) for number in (1, 2, 3))


def test_a_damaged_number_is_told_with_its_bounds() -> None:
    low, high = "89860612306100000000", "89860612306149999999"
    trace = not_found(
        "8.98606123061E+19", findings=(finding("damaged_number", "warning", low=low, high=high),), leads=(WANTED,)
    )
    book = opened([trace])
    (row,) = table(book, 0)
    assert low in row["Findings"]
    assert high in row["Findings"]
    assert row["Why"].startswith("The number is damaged, so no record can be said to name the card.")
    assert table(book, 3)[0]["Card"] == f"{low} – {high}"


def test_every_identifier_is_text() -> None:
    book = opened([CONTINUOUS, AMBIGUOUS, BROKEN])
    for number, headings in enumerate((("Asked for", "Card", "Key"), ("Card",), ("SHA-256", "Record no.", "Card"))):
        sheet = book.worksheets[number]
        columns = [cell.column_letter for cell in sheet[1] if cell.value in headings]
        assert len(columns) == len(headings)
        cells = [cell for column in columns for cell in sheet[column][1:] if cell.value is not None]
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
