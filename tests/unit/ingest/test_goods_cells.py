"""Invoices whose descriptions of goods name the card of their row among words."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.goods_cells import cards_of_article, cards_of_cell, cards_of_goods

from .sheets import read_both_ways, read_rows

CARDS = ("89911024030004500550", "89911024030004500568")
HEADS = ("Sl", "Description of Goods", "Qty", "Supplied By", "Sold To", "Invoice Date")


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        (f"Airtel M2M SIM {CARDS[0]}", CARDS[0]),
        (f"SIM cards Sr. No. {CARDS[0]} to {CARDS[1]}", f"{CARDS[0]}-{CARDS[1]}"),
        (f"IoT SIM {CARDS[0]}, {CARDS[1]}", "、".join(CARDS)),
        (f"emnify global SIM x2, {CARDS[0]} to {CARDS[1]}", f"{CARDS[0]}-{CARDS[1]}"),
        (f"{CARDS[0]} to {CARDS[1]} (ex Om Sai rtn)", f"{CARDS[0]}-{CARDS[1]}"),
        (f"Replacement for {CARDS[0]}", None),
        (f"Faulty SIM {CARDS[0]} returned", None),
        (f"Router given to Ravi Kumar with {CARDS[0]}", None),
        ("Carriage", None),
    ],
)
def test_a_description_is_its_card_where_it_says_no_more_than_what_the_goods_are(text: str, cards: str | None) -> None:
    assert cards_of_goods(text) == cards


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        (f"ICCID {CARDS[0]} (ex-return)", CARDS[0]),
        (f"ICCID {CARDS[0]} and {CARDS[1]} - RM Tracked 48", "、".join(CARDS)),
        (f"2 nos {CARDS[0]} to {CARDS[1]} (all live)", f"{CARDS[0]}-{CARDS[1]}"),
        (f"ICCID {CARDS[0]} customer has it already", None),
        (f"{CARDS[0]} of {CARDS[1]}", None),
        (f"3 nos {CARDS[0]} and {CARDS[1]}", None),
        (f"ICCID {CARDS[0]} not sent", None),
        (f"received back {CARDS[0]}", None),
    ],
)
def test_cards_among_words_are_those_of_a_cell_where_each_word_is_known_to_say_no_more(
    text: str, cards: str | None
) -> None:
    assert cards_of_cell(text) == (cards or text)


def test_the_cards_of_descriptions_are_those_of_their_rows() -> None:
    rows = [
        (str(at), f"Airtel M2M SIM {card}", "1", "Star Ltd", "Moon Ltd", "2024-04-02") for at, card in enumerate(CARDS)
    ]
    rows.append(("3", "Carriage", "1", "Star Ltd", "Moon Ltd", "2024-04-02"))
    rows.append(("4", f"Replacement for {CARDS[0]}", "1", "Star Ltd", "Moon Ltd", "2024-04-02"))
    loaded, parser = read_both_ways(HEADS, *rows)
    assert [(each["row"], each["kind"], each["receiver_name"]) for each in loaded] == [
        (2, "transfer", "Moon Ltd"),
        (3, "transfer", "Moon Ltd"),
    ]
    assert [each.row for each in parser.rejects] == [4, 5]
    assert "iccid" not in parser.places["fields"]["transfer"]


def test_beside_a_column_of_cards_a_description_names_none() -> None:
    heads = ("Description", "ICCID", "Supplied By", "Sold To", "Invoice Date")
    loaded, _ = read_rows(heads, (f"SIM {CARDS[0]}", CARDS[1], "Star Ltd", "Moon Ltd", "2024-04-02"))
    (card,) = loaded
    assert f"{card['first']}" in CARDS[1]
    assert f"{card['first']}" not in CARDS[0]


def test_a_printed_invoice_is_read_with_what_stands_above_it(tmp_path: Path) -> None:
    path = tmp_path / "invoice.txt"
    path.write_text(
        "                 TAX INVOICE\nBALAJI TRADERS\nShop No. 11, Kalyan Road, Bhiwandi 421302\n\n"
        "Invoice No.: BT/24/031                 Dated: 02-Apr-24\nBuyer (Bill to): Rakesh Kumar Yadav\n\n"
        "Sl  Description of Goods                 HSN    Qty   Rate\n"
        "-----------------------------------------------------------\n"
        f"1   Airtel M2M SIM {CARDS[0]}   8523   1    350.00\n"
        "-----------------------------------------------------------\n"
        "                          Total Qty  1              350.00\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (trace,) = case.trace(CARDS[0])
    (hop,) = trace.chains[0].hops
    assert (hop.sender.name, hop.receiver.name, hop.when and hop.when.iso, hop.origins[0].row) == (
        "BALAJI TRADERS", "Rakesh Kumar Yadav", "2024-04-02", 10,
    )  # fmt: skip


def test_other_goods_of_a_list_of_sales_are_no_cards_however_they_are_headed(tmp_path: Path) -> None:
    rows = ["客户,存货名称,主计量单位,数量,出库日期,起始序列号,终止序列号"]
    rows += ["甲公司,移动物联网卡,张,2,2025-03-10,8986061900000000001,8986061900000000002"]
    rows += ["乙公司,4G网络摄像机,台,12,2025-03-15,,"]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv", answers=["from=丙公司"]).files
        assert (report.loaded, [reject.reason for reject in report.rejects]) == (1, ["not_a_record"])


def test_a_number_with_a_letter_for_a_digit_in_the_words_of_an_article_is_told_as_it_is_written() -> None:
    assert cards_of_article("SIM card Airtel no. 89911003254182O1283") == "89911003254182O1283"
    assert cards_of_article("Notebook with SIM 89911003254182O1283") is None
