"""Papers in English: whose they are, what their boxes say, and what stands on them that is no card."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

import graphtrace as gt
from graphtrace.ingest.english_papers import is_row_of_titles, keeper_in_english
from graphtrace.ingest.labelled_values import labelled_in

FIRST, LAST = "8991452602001001054", "8991452602001001104"
OTHER, OTHER_LAST = "8991452602001001112", "8991452602001001120"


def hops(tmp_path: Path, text: str, card: str = FIRST) -> list[tuple[str, str, str | None]]:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (tmp_path / "first.csv").write_text("iccid,msisdn\n89441100300000301286,+447860230104\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        (trace,) = case.trace(card)
        found = [hop for chain in trace.chains for hop in chain.hops]
    return [(hop.sender.name, hop.receiver.name, hop.when.iso if hop.when else None) for hop in found]


@pytest.mark.parametrize(
    ("lines", "firm"),
    [
        (["LUMINAR DEVICES CO., LTD – FACTORY SHIPPING LIST"], "LUMINAR DEVICES CO., LTD"),
        (["SHREE BALAJI DISTRIBUTORS, 12 Siyaganj, Indore (M.P.)", "Vi prepaid SIM – sales register Mar-26"],
         "SHREE BALAJI DISTRIBUTORS"),
        (["Delivery note of Harrow Telecare Ltd"], "Harrow Telecare Ltd"),
        (["Pennine IoT Supplies Ltd", "Unit 9, Canal Road, Leeds LS12 2TU", "DELIVERY NOTE DN-2291"],
         "Pennine IoT Supplies Ltd"),
        (["Star Traders", "Tax Invoice"], "Star Traders"),
        (["STAR LTD", "Star Ltd – Sales Ledger, SIM cards and trackers, all outlets and agents, January – March 2026"],
         "Star Ltd"),
        (["STAR LTD", "Sales Ledger – January to March 2026"], "STAR LTD"),
        (["STAR LTD", "Sales Ledger – cards sold to Moon Ltd, received January to March 2026"], None),
        (["Goods received note", "Harrow Telecare Ltd"], None),
        (["Purchase register", "Harrow Telecare Ltd"], None),
        (["Deliveries to Harrow Telecare Ltd", "Delivery list"], None),
        (["Harrow Telecare Ltd", "SimNest Ltd", "Stock transfer"], None),
        (["Safaricom PLC", "Delivery note"], None),
        (["To: Harrow Telecare Ltd", "Delivery note"], None),
        (["Harrow Telecare Ltd"], None),
        (["Harrow Telecare Ltd", "Invoice No: INV-1"], None),
        (["Harrow Telecare Ltd", "Delivery challan no. 12 dated 3 May 2026"], None),
        (["Harrow Telecare Ltd", "Delivery Note No DN-1"], None),
        (["Harrow Telecare Ltd", "INVOICE INV-5574"], "Harrow Telecare Ltd"),
        (["SURYODAYA TELEMATICS PVT LTD", "SIM DISPATCH LIST – M2M   Period: 01-03-2024 to 30-04-2024"],
         "SURYODAYA TELEMATICS PVT LTD"),
        (["RIFT VALLEY AGRITECH LTD", "DEALER ALLOCATION – SAFARICOM IOT LINES, APRIL 2024"],
         "RIFT VALLEY AGRITECH LTD"),
        (["LAKESIDE COMMS LTD – KISUMU", "AGENT DISTRIBUTION LIST (SIM CARDS)"], "LAKESIDE COMMS LTD"),
        (["Harrow Telecare Ltd", "Dispatch list to Moon Ltd"], None),
        (["Delivery list from Harrow Telecare Ltd to us"], None),
    ],
)  # fmt: skip
def test_who_issues_a_paper_of_delivery_gave(lines: list[str], firm: str | None) -> None:
    found = keeper_in_english([(row, [line, None]) for row, line in enumerate(lines, 1)])
    assert (found and found[1]) == firm


@pytest.mark.parametrize(
    ("cells", "pairs"),
    [
        (["From (Consignor)", "Ojas Ltd, Pune", None, "State", "UP"],
         [("from(consignor)", "Ojas Ltd, Pune"), ("state", "UP")]),
        (["Bill to:", "Brightlane Vending Ltd", None], [("billto", "Brightlane Vending Ltd")]),
        (["VAT Reg GB 318", None, "Invoice date", "20/03/2026"], [("invoicedate", "20/03/2026")]),
        (["From", "To", "Date", "ICCID"], []),
        (["Sold to", "Courier", "ICCID"], []),
        (["Date", "Sold to"], []),
        (["Sold to", "ICCID"], []),
        (["Sl", None, "Sold to", None, "Date"], []),
    ],
)  # fmt: skip
def test_names_and_values_stand_in_cells_beside_each_other(
    cells: list[str | None], pairs: list[tuple[str, str]]
) -> None:
    assert [(each.heading, each.value) for each in labelled_in(cells)] == pairs


def test_a_row_of_headings_is_no_letterhead() -> None:
    assert is_row_of_titles(["Pennine Supplies Ltd", None, None, "INVOICE"])
    assert not is_row_of_titles(["Date", None, "Delivery note", None, "ICCID"])
    assert not is_row_of_titles(["Party", "Challan No", "ICCID"])


CHALLAN = (
    "DELIVERY CHALLAN / STOCK TRANSFER,,,,,\nChallan No.,OFT/DC/0318,,Date,18-Mar-2026,\n"
    'From (Consignor),"Ojas Fleet Telematics Pvt. Ltd., Pune",,State,Maharashtra,\n'
    'To (Consignee),"Kavach Gadgets, Jaipur",,State,Rajasthan,\n\n'
)
REGISTER = (
    '"SHREE BALAJI DISTRIBUTORS, 12 Siyaganj, Indore (M.P.)",,,,,\nVi SIM – sales register Mar-26,,,,GSTIN 23A,\n'
)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (f"{CHALLAN}Sr.,Description,SIM No. from,SIM No. to,Qty,Unit\n1,M2M SIM,{FIRST},{LAST},6,Nos.\n",
         ("Ojas Fleet Telematics Pvt. Ltd.", "Kavach Gadgets", "2026-03-18")),
        (f"{REGISTER}Date,Party,SIM Sr. From,SIM Sr. To,Qty (pcs),Status\n18-03-2026,Jai Ambe,{FIRST},{LAST},6,Sold\n",
         ("SHREE BALAJI DISTRIBUTORS", "Jai Ambe", "2026-03-18")),
        ((f"LUMINAR DEVICES CO. LTD – SHIPPING LIST,,,\n\nSIM Serial,Shipped To,Ship Date,Waybill\n"
         f"{FIRST},Jua Solar Ltd,2026-03-18,DHL 1\n"), ("LUMINAR DEVICES CO. LTD", "Jua Solar Ltd", "2026-03-18")),
    ],
)  # fmt: skip
def test_what_the_paper_states_is_not_asked(tmp_path: Path, text: str, sides: tuple[str, str, str]) -> None:
    assert hops(tmp_path, text) == [sides]


def test_housings_without_sim_are_no_cards(tmp_path: Path) -> None:
    rows = f'1,M2M SIM,{FIRST},{LAST},6,Nos.\n2,"GPS tracker housing, without SIM",,,8,Nos.\n'
    (tmp_path / "a.csv").write_text(f"{CHALLAN}Sr.,Description,SIM No. from,SIM No. to,Qty,Unit\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
    assert (report.loaded, [each.reason for each in report.rejects]) == (1, ["not_a_record"])


def word_file(path: Path, *parts: str | list[list[str]]) -> None:
    """A Word file of paragraphs and tables."""

    def line(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    def table(rows: list[list[str]]) -> str:
        cells = ("".join(f"<w:tc>{line(cell)}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"

    body = "".join(line(part) if isinstance(part, str) else table(part) for part in parts)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')


def test_of_two_challans_of_a_document_the_day_of_one_says_how_that_of_the_other_is_read(tmp_path: Path) -> None:
    head = ["Sl", "ICCID From", "ICCID To", "Despatched"]
    parties = (
        "DELIVERY CHALLAN",
        "Consignor: Ojas Ltd, Pune",
        "Consignee: Om Sai Infotech, Prop. Hitesh, Shop 14, Surat",
    )
    word_file(
        tmp_path / "b.docx",
        *(*parties, "Challan No.: DC/17    Date: 05/07/2025", [head, ["1", FIRST, LAST, "6"]]),
        *(*parties, "Challan No.: DC/21    Date: 19/07/2025", [head, ["1", OTHER, OTHER_LAST, "2"]]),
    )
    assert hops(tmp_path, "iccid,msisdn\n") == [("Ojas Ltd", "Om Sai Infotech", "2025-07-05")]
    assert hops(tmp_path, "iccid,msisdn\n", OTHER) == [("Ojas Ltd", "Om Sai Infotech", "2025-07-19")]


@pytest.mark.parametrize(
    "head",
    [
        ["Line", "Product", "ICCID from", "ICCID to", "Ordered", "Delivered"],
        ["No", "Description", "SIM Serial From", "SIM Serial To", "Qty ordered", "Qty shipped"],
    ],
)
def test_the_box_above_the_lines_of_a_delivery_note_says_to_whom_and_when(tmp_path: Path, head: list[str]) -> None:
    box = [["Delivery date", "26 February 2026"], ["Your order", "HT-778"], ["Deliver to", "Harrow Telecare Ltd, HA1"]]
    lines = [head, ["1", "M2M SIM", FIRST, LAST, "6", "6"], ["2", "M2M SIM", OTHER, OTHER_LAST, "2", "0 (back order)"]]
    word_file(
        tmp_path / "b.docx", "Pennine IoT Supplies Ltd", "DELIVERY NOTE DN-2291", [*box, ["Carrier", "DPD 1"]], lines
    )
    assert hops(tmp_path, "iccid,msisdn\n") == [("Pennine IoT Supplies Ltd", "Harrow Telecare Ltd", "2026-02-26")]
    assert hops(tmp_path, "iccid,msisdn\n", OTHER) == []


@pytest.mark.parametrize(
    ("line", "cards"),
    [
        (f"SIM {OTHER} and {OTHER_LAST} held back at Pune.", {OTHER, OTHER_LAST}),
        (f"SIM {OTHER} to {OTHER_LAST} were not sent.", {OTHER, OTHER_LAST}),
        ("All of these cards were not sent.", {FIRST}),
    ],
)
def test_a_line_that_names_cards_is_told_with_these(tmp_path: Path, line: str, cards: set[str]) -> None:
    rows = f"Sr.,Description,SIM No. from,SIM No. to,Qty,Unit\n1,M2M SIM,{FIRST},{LAST},6,Nos.\n{line},,,,,\n"
    (tmp_path / "a.csv").write_text(f"{CHALLAN}{rows}", "utf-8")
    (tmp_path / "b.csv").write_text(f"iccid,party\n{OTHER},A\n{OTHER_LAST},A\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        told = {
            card
            for card in (FIRST, OTHER, OTHER_LAST)
            for finding in case.trace(card)[0].findings
            if finding.code == "unread_movement" and finding.params.get("text") == line
        }
    assert told == cards


def test_an_address_behind_a_side_is_none_of_its_name_however_it_is_written(tmp_path: Path) -> None:
    box = 'From:,"Ojas Ltd, Pune",,Date:,18-Mar-2026\n"To: Kavach Gadgets, Jaipur",,,,\n\n'
    text = f"Stock transfer note,,,,\n{box}Sr.,SIM No.\n1,{FIRST}\n"
    assert hops(tmp_path, text) == [("Ojas Ltd", "Kavach Gadgets", "2026-03-18")]


INVOICE = (
    "Pennine IoT Supplies Ltd,,,,INVOICE\nUnit 9 Canal Road,,,Invoice No,INV-1\n"
    "Bill to:,Brightlane Vending Ltd,,Invoice date,20/03/2026\n\n"
)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (f"{INVOICE}Item,Description,ICCID,Unit price\n1,M2M SIM,{FIRST},2.50\n",
         ("Pennine IoT Supplies Ltd", "Brightlane Vending Ltd", "2026-03-20")),
        ((f"Lake Basin Distributors,,\nSIM ISSUE REGISTER - MARCH 2026,,\n\nDate,Retailer Name,SIM Serial\n"
         f"03/03/2026,Achieng Phones,{FIRST}\n"), ("Lake Basin Distributors", "Achieng Phones", "2026-03-03")),
        ((f"Lake Basin Distributors,,,\nDispatch register March 2026,,,\n\nDate,Subdealer,Super Distributor,ICCID\n"
         f"03/03/2026,Achieng Phones,Zenith Ltd,{FIRST}\n"), None),
        ((f"Lake Basin Distributors,,\nDispatch register March 2026,,\n\nDate,Super Distributor,SIM Serial\n"
         f"03/03/2026,Zenith Ltd,{FIRST}\n"), None),
    ],
)  # fmt: skip
def test_the_one_that_a_paper_names_below_who_issues_it_got_the_cards(
    tmp_path: Path, text: str, sides: tuple[str, str, str] | None
) -> None:
    assert hops(tmp_path, text) == ([] if sides is None else [sides])


@pytest.mark.parametrize("heading", ["Agent Name", "Dealer", "Consignee"])
def test_who_stands_in_the_rows_of_a_list_that_a_firm_issued_got_the_cards(tmp_path: Path, heading: str) -> None:
    title = "LAKESIDE COMMS LTD – KISUMU,,,\nAGENT DISTRIBUTION LIST (SIM CARDS),,,\n"
    text = f"{title}Date Issued,{heading},Serial From,Serial To\n2024-04-16,Peter Otieno,{FIRST},{LAST}\n"
    assert hops(tmp_path, text) == [("LAKESIDE COMMS LTD", "Peter Otieno", "2024-04-16")]


@pytest.mark.parametrize("heads", ["Date Issued,Agent Name,Supplied By", "Date Issued,Sold To,Agent"])
def test_an_agent_beside_a_side_that_the_headings_name_is_none(tmp_path: Path, heads: str) -> None:
    assert hops(tmp_path, f"{heads},ICCID\n2024-04-16,Star Ltd,Moon Ltd,{FIRST}\n") == []


@pytest.mark.parametrize(
    ("heading", "presumed"), [("Agent Name", None), ("Dealer", None), ("Consignee", "Peter Otieno")]
)
def test_whom_the_list_calls_an_agent_is_not_presumed_to_have_used_the_card(
    tmp_path: Path, heading: str, presumed: str | None
) -> None:
    title = "LAKESIDE COMMS LTD,,,\nAGENT DISTRIBUTION LIST,,,\n"
    (tmp_path / "a.csv").write_text(
        f"{title}Date Issued,{heading},Serial From,Serial To\n2024-04-16,Peter Otieno,{FIRST},{LAST}\n"
    )
    (tmp_path / "b.csv").write_text(f"ICCID,Activation Date\n{FIRST},2024-04-17\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv", tmp_path / "b.csv")
        (trace,) = case.trace(FIRST)
    assert trace.holder
    assert trace.holder.name == "Peter Otieno"
    assert (trace.end_user and trace.end_user.name) == presumed


def test_a_booking_sheet_of_a_courier_is_one_of_parcels_and_tells_the_cards_that_it_names(tmp_path: Path) -> None:
    head = "Booking Date,Consignment No.,Consignor,Consignee,Destination,Contents,Status"
    row = f"2024-04-15,Z41288101,R.K. Telecom,Imran Shaikh,Bhiwandi,SIM {FIRST} - {LAST},Delivered"
    (tmp_path / "a.csv").write_text(f"{head}\n{row}\n2024-04-16,Z41288117,R.K. Telecom,Naveen,Ujjain,SIM,RTO\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
        (trace,) = case.trace(FIRST)
    assert (report.kinds, [each.reason for each in report.rejects]) == ({"shipment": 1}, ["not_a_record"])
    assert (trace.chains, [finding.code for finding in trace.findings]) == ((), ["unread_movement"])


def test_a_further_part_of_a_list_in_a_document_has_its_title_too(tmp_path: Path) -> None:
    head = ["Sr", "Description of article", "Packet"]
    parts = [[head, [str(at), f"SIM card {card}", f"{at}"]] for at, card in enumerate((FIRST, OTHER))]
    lines = ["Date 14-05-2024, room of Ravi Kumar s/o Ram Kumar", "Same day, room of Anil Das s/o Om Das, searched"]
    word_file(tmp_path / "a.docx", "SEIZURE MEMO, Cr. No. 112/2024", lines[0], parts[0], lines[1], parts[1])
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.docx")
        taken = [case.trace(card)[0].seizures[0].holder for card in (FIRST, OTHER)]
    assert taken == ["Ravi Kumar s/o Ram Kumar", "Anil Das s/o Om Das"]


def test_an_annexe_belongs_to_the_paper_whose_names_stand_above_their_values(tmp_path: Path) -> None:
    book = Workbook()
    paper, annexe = book.active, book.create_sheet("Annexure A")
    assert paper is not None
    for row in (
        ["TAX INVOICE", None, "(ORIGINAL FOR RECIPIENT)"],
        ["Godavari Tracking Systems Pvt Ltd", "Invoice No.", "Dated"],
        ["Flat 3, Hyderabad 500072", "GT/0091/24-25", "18-Sep-24"],
        ["Buyer (Bill to)"],
        ["Pochampally Transport Co-operative Society"],
        ["Sl No.", "Description of Goods", "Quantity", "Rate"],
        ["1", "M2M SIM card (as per Annexure A)", "6 Nos", "95"],
    ):
        paper.append(row)
    for row in (["Annexure A to Invoice GT/0091/24-25"], ["Box", "SIM from", "SIM to", "Qty"], ["1", FIRST, LAST, 6]):
        annexe.append(row)
    book.save(tmp_path / "a.xlsx")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert not [each for sheet in case.load(tmp_path / "a.xlsx").files for each in sheet.asked]
        (moved,) = case.records(kind="transfer")
    assert (moved["from_name"], moved["to_name"], moved["cards"], moved["moment"]) == (
        "Godavari Tracking Systems Pvt Ltd",
        "Pochampally Transport Co-operative Society",
        6,
        "2024-09-18",
    )


@pytest.mark.parametrize(
    ("title", "why", "is_return"),
    [
        ("CREDIT NOTE", "M2M SIM - sales return", True),
        ("GOODS RETURN NOTE", "M2M SIM", True),
        ("CREDIT NOTE", "M2M SIM - rate difference", False),
    ],
)
def test_a_note_of_returns_or_credit_names_both_sides(tmp_path: Path, title: str, why: str, is_return: bool) -> None:
    (tmp_path / "a.csv").write_text(
        f"{title},,,\nPanchganga Wireless,,Dated: 25-Jan-2025,\nParty : Warana Transporters,,Invoice dt: 20-Dec-2024,\n"
        f"Sl,Description,Serial,Qty\n1,{why},{FIRST},1\n2,{why},{LAST},1\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        found = [(row["from_name"], row["to_name"], row["moment"]) for row in case.records(kind="return")]
    assert found == [("Warana Transporters", "Panchganga Wireless", "2025-01-25")] * 2 * is_return


def test_field_staff_hand_out_to_retailers_and_tertiary_days_are_those_of_activation(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f"Dt,FOS,Retailer,SIM No.,Tert Dt\n2024-05-03,Pravin,Om Sai Mobile,{FIRST},2024-05-06\n"
        f"2024-05-04,Pravin,Khan Car Decor,{LAST},\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
        assert [(each.field, each.kind) for each in report.asked] == [("from", "transfer")]
        assert [(row["first_card"], row["moment"]) for row in case.records(kind="activation")] == [
            (FIRST[:-1], "2024-05-06")
        ]


def test_the_day_of_activation_in_a_register_of_forms_is_none_where_the_form_was_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f"CAF NO,SIM NO,SUBSCRIBER NAME,DOA,REMARK\nC1,{FIRST},Ramdulare Yadav,11-07-2024,\n"
        f"C2,{LAST},Deepak Gond,13-07-2024,CAF REJECTED - photo mismatch\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [row["moment"] for row in case.records(kind="activation")] == ["2024-07-11"]


def test_the_firm_alone_above_a_title_goes_before_a_place_in_it() -> None:
    rows = [(1, ["Sibaya Fleet Devices (Pty) Ltd"]), (2, ["SIM CARD ISSUE REGISTER - DURBAN STORE"])]
    assert keeper_in_english(rows) == (1, "Sibaya Fleet Devices (Pty) Ltd")
    assert keeper_in_english(rows[1:]) == (2, "DURBAN STORE")


@pytest.mark.parametrize(("heading", "asked"), [("Cust.", []), ("Ref 2", ["to"])])
def test_a_letterhead_is_not_both_sides_of_the_sales_of_a_book(tmp_path: Path, heading: str, asked: list[str]) -> None:
    book = f"Star Devices Ltd,,,,\nDATA SIM SALES BOOK - 2025,,,,\nInv. No,Date,{heading},Serial,Qty\n"
    (tmp_path / "b.csv").write_text(f"{book}BW/1,2025-03-03,Moon Ltd,{FIRST},1\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(tmp_path / "b.csv").files
        assert [question.field for question in sheet.asked] == asked
        assert [each.reason for each in sheet.rejects] == (["unanswered"] if asked else [])
