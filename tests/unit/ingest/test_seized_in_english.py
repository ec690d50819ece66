"""Exhibit lists, seizure memos and inventories as they are written in English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.ingest.seizure_lines import persons_searched, stated_of_seizure, told_of_part
from graphtrace.model import format_day
from tests.unit.ingest.sheets import write_word

CARDS = ("89441100300000301047", "89254021400000055073")
PHONE = "865123047712033"


def seized(tmp_path: Path, text: str) -> list[tuple[str | None, Any, str | None]]:
    """Who each card was taken from, when and in which case, once the text is loaded."""
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (tmp_path / "first.csv").write_text("iccid,msisdn\n89441100300000301286,+447860230104\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        found = [case.trace(card)[0].seizures for card in CARDS]
    return [
        (each.holder, each.when and format_day(each.when.earliest), each.case_no) for every in found for each in every
    ]


@pytest.mark.parametrize(
    "head",
    [
        "Exhibit Ref,Description,Identifier,Seized From,Date / Time,Seized By",
        "Exhibit,Description,Serial / IMEI,Recovered from,Date,Officer",
        "Sl No,Article,SIM No. / IMEI,Name of Accused,Date of Seizure,Seal",
        "Item,Description,ICCID,Name of Suspect,Date Seized,Officer",
        "Item,Description,SIM Serial No.,Suspect Name,Date & Time Seized,Officer",
        "Exhibit Ref,Description,Serial / ICCID,Seized from,Date seized,Officer",
        "Item,Description,Serial No.,Seized from,Date seized,Officer",
        "Exhibit ref,Description,Identifier (ICCID / IMEI),Seized from,Date,Seized by",
    ],
)
def test_the_person_stands_in_his_column_and_a_phone_is_no_card(tmp_path: Path, head: str) -> None:
    rows = f"1,SIM,{CARDS[0]},Kieran Doyle,14/05/2026,PC 1\n2,phone,{PHONE},Kieran Doyle,14/05/2026,PC 1\n"
    last = f"3,SIM,{CARDS[1]},Not seized,14/05/2026,PC 1\n"
    assert seized(tmp_path, f"{head}\n{rows}{last}") == [("Kieran Doyle", "2026-05-14", None)]


@pytest.mark.parametrize(
    "title",
    [
        "PANCHNAMA / SEIZURE MEMO", "DIRECTORATE OF CRIMINAL INVESTIGATIONS – EXHIBIT LIST", "List of articles seized",
        "Inventory of items recovered", "Seizure Report",
        "INVENTORY OF RECOVERED ITEMS (s. 60 NPS Act)   Central Police Station Nairobi   Room 4 Annex",
    ],
)  # fmt: skip
def test_case_and_day_stand_in_sentences_above(tmp_path: Path, title: str) -> None:
    above = f'{title},,\nFIR No. 0147/2026 u/s 66C IT Act,,\n"Drawn on Sunday, 7 June 2026, from 14:10 hrs",,\n'
    found = seized(tmp_path, f"{above}Sr.,SIM No.,Recovered from\n1,{CARDS[0]},Deepak Sahu\n2,{CARDS[1]},Deepak Sahu\n")
    assert found == [("Deepak Sahu", "2026-06-07", "0147/2026")] * 2


@pytest.mark.parametrize(
    "title", ["Articles examined and handed back (NOT seized)", "Exhibit list (draft)", "Customer returns"]
)
def test_nothing_was_seized_by_other_titles(tmp_path: Path, title: str) -> None:
    above = f"{title},,\nFIR No. 0147/2026,,\n7 June 2026,,\n"
    assert not seized(tmp_path, f"{above}Sr.,SIM No.,Recovered from\n1,{CARDS[0]},Sunita Bai\n")


def test_two_days_or_two_cases_are_none() -> None:
    lines = ["Search on 12/05/2026 and 14 May 2026", "Case: A/1 and FIR No. 2/2026"]
    assert not stated_of_seizure((row, [line]) for row, line in enumerate(lines))


@pytest.mark.parametrize(
    "line",
    [
        "Name of accused: Ravi Kumar s/o Ram Kumar",
        "Seized from: Ravi Kumar s/o Ram Kumar",
        "Suspect: Ravi Kumar s/o Ram Kumar",
    ],
)
def test_a_line_names_one_person_and_whose_son_he_is(tmp_path: Path, line: str) -> None:
    above = f"PROPERTY RECEIPT,,\nCrime No. 221/2026,,\n{line},,\n"
    found = seized(tmp_path, f"{above}Item No,Description,Serial Number\n1,SIM,{CARDS[0]}\n2,phone,{PHONE}\n")
    assert found == [("Ravi Kumar s/o Ram Kumar", None, "221/2026")]


def test_a_person_above_a_list_of_seized_articles_is_no_customer_of_a_list(tmp_path: Path) -> None:
    text = f"PROPERTY RECEIPT,\nSeized from: John Smith,\nItem,Serial Number\n1,{CARDS[0]}\n2,{CARDS[1]}\n"
    assert not seized(tmp_path, text)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv")
        assert not case.trace(CARDS[0])[0].card_lists
    assert [each.field for sheet in report.files for each in sheet.asked] == ["date"]


@pytest.mark.parametrize("heading", ["Serial / ICCID", "Serial No.", "Sr. No"])
@pytest.mark.parametrize("kind", [None, "seizure"])
def test_one_card_below_the_heading_of_a_serial_number_is_a_card(
    tmp_path: Path, heading: str, kind: str | None
) -> None:
    (tmp_path / "a.csv").write_text(
        f"Exhibit Ref,Description,{heading},Date seized,Seized from\n"
        f"JW/1,iPhone,,19/07/2024,Dariusz NOWAK\nJW/2,SIM card,{CARDS[0]},19/07/2024,Dariusz NOWAK\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv", as_kind=kind)
        (seizure,) = case.trace(CARDS[0])[0].seizures
    assert seizure.holder == "Dariusz NOWAK"


@pytest.mark.parametrize(
    "line", ["Recovered from: Chidi OKAFOR, Nigerian passport A08812274", "Seized from: Chidi OKAFOR, aged 34 years"]
)
def test_the_document_or_age_of_a_person_above_an_inventory_makes_no_second_one(tmp_path: Path, line: str) -> None:
    above = f'INVENTORY OF SEIZED ITEMS,,,\nOB No. 27/02/08/2024,,,\nDate of seizure: 2 August 2024,,,\n"{line}",,,\n'
    rows = f"1,SIM,{CARDS[0]},CO-1\n2,SIM,{CARDS[1]},CO-2\n3,phone,IMEI {PHONE},CO-3\n"
    found = seized(tmp_path, f"{above}Item,Description,Serial No.,Mark\n{rows}")
    assert found == [("Chidi OKAFOR", "2024-08-02", "27/02/08/2024")] * 2


def test_two_persons_above_an_inventory_are_asked(tmp_path: Path) -> None:
    above = 'INVENTORY OF SEIZED ITEMS,,,\nOB No. 27/02/08/2024,,,\n"Recovered from: Chidi OKAFOR, Femi ALABI",,,\n'
    assert seized(tmp_path, f"{above}Item,Description,Serial No.,Mark\n1,SIM,{CARDS[0]},CO-1\n") == [
        (None, None, "27/02/08/2024")
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [("One Bablu Kumar Das, age 24, came to the spot.", "Bablu Kumar Das"), ("Searched Bablu Kumar Das.", None)],
)
def test_the_title_of_a_list_names_the_person_whom_the_document_calls_one(text: str, person: str | None) -> None:
    found = stated_of_seizure([(0, ["TABLE B - seized from Bablu Kumar Das"])], [text])
    assert [each.value for each in found if each.field == "holder"] == [person] * (person is not None)


def test_articles_are_taken_from_whom_the_line_above_their_part_of_the_list_names(tmp_path: Path) -> None:
    head = "Exhibit ref,Description,Identifier (ICCID / IMEI),Seized by,Date\n"
    text = (
        '"Premises 1: Leeds (occupier Craig DUNMORE, DOB 03/06/1988) - warrant",,,,\n'
        f"{head}LJH/1,O2 SIM,{CARDS[0]},DC 1,21/03/2024\n\n"
        f'"Premises 2: Heathrow - Emeka NWAFOR, DOB 19/11/1991",,,,\n{head}'
        f"RKB/1,phone with SIM,{CARDS[1]},PC 2,21/03/2024\n"
    )
    assert seized(tmp_path, text) == [("Craig DUNMORE", "2024-03-21", None), ("Emeka NWAFOR", "2024-03-21", None)]


def test_the_card_of_an_article_is_printed_in_groups_or_with_a_letter_behind_it(tmp_path: Path) -> None:
    groups = " ".join((CARDS[0][:4], CARDS[0][4:12], CARDS[0][12:]))
    text = (
        "SEIZURE PANCHNAMA,,\nCr. No. 112/2024,,\n"
        '"Part A. Date 14-05-2024. Place: Flat 302, Indore, in possession of Devendra s/o Kailash Solanki, age 33.",,\n'
        f'Sr,Description of article,IMEI\n1,"Loose SIM card, printed {groups}",-\n'
        f'2,"Handset Redmi, SIM slot 1, printed {CARDS[1]}U",{PHONE}\n3,Note book with SIM {CARDS[0]},-\n'
    )
    found = seized(tmp_path, text)
    assert found == [("Devendra s/o Kailash Solanki", "2024-05-14", "112/2024")] * 2


def test_the_days_of_a_document_decide_the_order_of_the_one_above_its_list() -> None:
    above = [(0, ["On 12/03/2024 at about 1420 hrs"])]
    (day,) = stated_of_seizure(above, (), "day_first")
    assert (day.field, day.value) == ("date", "2024-03-12")
    assert not stated_of_seizure(above)


def test_among_identifying_numbers_of_articles_of_several_kinds_cards_are_read(tmp_path: Path) -> None:
    above = 'Op FERN - Exhibit list v3,,,,\n"All items seized under s.19 PACE, 22/10/2025",,,,\n'
    rows = (
        f"JW/1,SIM in JW/2,{CARDS[0]},14 Fenwick Court,07:05\nJW/2,handset,IMEI {PHONE},14 Fenwick Court,07:06\n"
        "JW/3,router,S/N RX5500718,14 Fenwick Court,07:20\nJW/4,SIM,illegible,14 Fenwick Court,07:21\n"
    )
    found = seized(tmp_path, f"{above}Exhibit ref,Description,Identifying no.,Where found,Time\n{rows}")
    assert found == [(None, "2025-10-22", None)]


def test_among_serial_numbers_and_imei_of_recovered_items_cards_are_read(tmp_path: Path) -> None:
    above = "INVENTORY OF RECOVERED ITEMS,,,\nOB No. 41/20/08/2025,,,\n"
    rows = f"1,SIM card,{CARDS[0]},Daniel Mutiso\n2,phone,{PHONE},Daniel Mutiso\n3,tracker unit,TRK-3304,E. Kiprono\n"
    found = seized(tmp_path, f"{above}No.,Item,Serial / IMEI,Recovered from\n{rows}")
    assert found == [("Daniel Mutiso", None, "41/20/08/2025")]


@pytest.mark.parametrize("said", ["carrier only, NO SIM", "empty SIM carrier"])
def test_of_an_empty_carrier_no_card_was_seized(tmp_path: Path, said: str) -> None:
    rows = f'1,SIM,{CARDS[0]},22/10/2025,\n2,SIM carrier,{CARDS[1]},22/10/2025,"{said}"\n'
    found = seized(tmp_path, f"Exhibit ref,Item,Serial No.,Date seized,Notes\n{rows}")
    assert found == [(None, "2025-10-22", None)]


def test_whose_possession_a_sentence_names_held_what_was_seized(tmp_path: Path) -> None:
    sentence = (
        "We the panchas were called. In our presence the following articles were recovered from the possession of the"
        " accused Hitesh Kumar Dobariya and seized:"
    )
    above = f'SEIZURE PANCHNAMA,,\nCr. No. 204/2024,,\nDate: 19/11/2024,,\n"{sentence}",,\n'
    rows = "".join(f"A-{n},Jio M2M SIM bearing no. {card},1\n" for n, card in enumerate(CARDS, 1))
    found = seized(tmp_path, f"{above}Article,Description,Quantity\n{rows}")
    assert found == [("Hitesh Kumar Dobariya", "2024-11-19", "204/2024")] * 2
    two = above.replace("Dobariya and seized", "Dobariya and Faizal Shekh and seized")
    (other := tmp_path / "b").mkdir()
    assert {holder for holder, *_ in seized(other, f"{two}Article,Description,Quantity\n{rows}")} == {None}


@pytest.mark.parametrize("heading", ["Occupier / person", "Accused / owner", "From whom", "Person searched"])
def test_exhibits_were_taken_from_whoever_their_list_names(tmp_path: Path, heading: str) -> None:
    head = f"Exhibit Ref,OB No. & Date,{heading},Description of exhibit,Officer"
    rows = [
        f"1,OB 22/14/05/2024,Victor Mburu,Safaricom line {CARDS[0]},PC 1",
        f"2,OB 23/15/05/2024,Unknown - found by the road,Safaricom line {CARDS[1]},PC 1",
    ]
    found = seized(tmp_path, "EXHIBIT REGISTER,,,,\n" + "\n".join([head, *rows]) + "\n")
    assert [(holder, day) for holder, day, _ in found][:1] == [("Victor Mburu", "2024-05-14")]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Premises searched in presence of Ravi Kumar s/o Mohan Lal. 7 June 2026", "2026-06-07"),
        ("Room let by Ravi Kumar s/o Mohan Lal to unknown tenant, seized 7 June 2026", "2026-06-07"),
        ("Cards previously seized from accused Ravi Kumar, now returned", None),
        ("Nothing was seized from Ravi Kumar s/o Mohan Lal on 7 June 2026", "2026-06-07"),
    ],
)
def test_who_was_present_or_let_the_room_is_not_whom_cards_were_taken_from(line: str, day: str | None) -> None:
    found = stated_of_seizure([(0, [line])], [line])
    assert (persons_searched(line), [each.value for each in found]) == (set(), [day] * (day is not None))


@pytest.mark.parametrize(
    "line", ["Complaint dated 7 June 2026 against Ravi Kumar", "By order of the court of 7 June 2026"]
)
def test_the_day_of_a_complaint_or_an_order_is_not_that_of_the_seizure(line: str) -> None:
    assert stated_of_seizure([(0, [line])], [line]) == []


def test_a_day_behind_the_word_of_taking_is_that_of_the_seizure_whatever_else_the_line_names() -> None:
    line = "FIR No. 12/2026, recovered from the shop on 7 June 2026"
    assert "2026-06-07" in [each.value for each in stated_of_seizure([(0, [line])], [line])]


@pytest.mark.parametrize(
    "case_line",
    [
        "FIR No. 0412/2026   dated 17.06.2026   u/s 318(4) BNS",
        "FIR No.: 0412/2026 dated: 17.06.2026",
        "FIR No. 0412/2026 dt. 17.06.2026",
        '"FIR No. 0412/2026",Dated,17.06.2026',
    ],
)
def test_the_day_of_a_case_is_not_that_of_the_seizure(tmp_path: Path, case_line: str) -> None:
    rows = "".join(f"A-{n},Jio M2M SIM bearing no. {card},1\n" for n, card in enumerate(CARDS, 1))
    pad = "," * max(0, 2 - case_line.count(","))
    (alone := tmp_path / "a").mkdir()
    head = f"SEIZURE MEMO,,\n{case_line}{pad}\n"
    assert {day for _, day, _ in seized(alone, f"{head}Article,Description,Quantity\n{rows}")} <= {None}
    (labelled := tmp_path / "b").mkdir()
    head += '"Date and time of seizure: 18.06.2026, 1640 hrs to 1915 hrs",,\n'
    found = seized(labelled, f"{head}Article,Description,Quantity\n{rows}")
    assert [(day, case) for _, day, case in found] == [("2026-06-18", "0412/2026")] * 2


@pytest.mark.parametrize(
    "lines",
    [
        "Date: 19.06.2026,,\nDate of seizure: 18.06.2026,,\n",
        "立案日期：2026年6月17日,,\n扣押时间：2026年6月18日16时40分至19时15分,,\n",
    ],
)
def test_the_day_that_is_called_that_of_the_seizure_is_it(tmp_path: Path, lines: str) -> None:
    rows = "".join(f"A-{n},Jio M2M SIM bearing no. {card},1\n" for n, card in enumerate(CARDS, 1))
    found = seized(tmp_path, f"SEIZURE MEMO,,\n{lines}Article,Description,Quantity\n{rows}")
    assert [day for _, day, _ in found] == ["2026-06-18"] * 2


def test_the_day_on_which_a_case_was_filed_is_not_that_of_the_seizure() -> None:
    assert not stated_of_seizure([(0, ["立案日期：2026-06-17"])])


@pytest.mark.parametrize("remark", ["name, parentage", "name & address", "Name/Age/Address", "name"])
def test_brackets_that_say_what_a_name_is_made_of_change_nothing(tmp_path: Path, remark: str) -> None:
    rows = "".join(f'{n},"SIM bearing no. {card}",Deepak Yadav s/o Ramesh\n' for n, card in enumerate(CARDS, 1))
    head = (
        f'SEIZURE MEMO,,\nDate of seizure: 18.06.2026,,\nSl. No.,Description of article,"Recovered from ({remark})"\n'
    )
    assert {holder for holder, *_ in seized(tmp_path, head + rows)} == {"Deepak Yadav s/o Ramesh"}


@pytest.mark.parametrize(
    ("heading", "day"),
    [("受理日期", None), ("办理时间", None), ("录单时间", None), ("Voucher Date", None), ("日期", "2024-03-11")],
)
def test_the_day_on_which_an_office_took_a_case_or_wrote_a_paper_is_not_that_of_a_seizure(
    tmp_path: Path, heading: str, day: str | None
) -> None:
    text = f"案件编号,{heading},ICCID,持有人\nA1,2024-03-11,{CARDS[0]},张伟\nA1,2024-03-11,{CARDS[1]},李强\n"
    assert seized(tmp_path, text) == [("张伟", day, "A1"), ("李强", day, "A1")]


@pytest.mark.parametrize("answer", ["date=2024-03-11", "date=[受理日期]", "case_no=A1"])
def test_a_seizure_without_a_day_is_asked_for_it_or_for_its_case(tmp_path: Path, answer: str) -> None:
    path = tmp_path / "b.csv"
    path.write_text(f"扣押物品清单,,\nICCID,受理日期,持有人\n{CARDS[0]},2024-03-11,张伟\n", "utf-8")
    with gt.open_case(tmp_path / "y.gtrace") as case:
        assert [(each.field, each.is_answerable) for each in case.load(path).files[0].asked] == [("date", True)]
        assert case.load(path, answers=[answer]).files[0].loaded == 1


@pytest.mark.parametrize(
    ("title", "case_line", "case_no"),
    [
        ("Exhibit List", "URN: 13AB/1234/25", "13AB/1234/25"),
        ("PROPERTY LIST", "Crime Reference Number: 13/12345/25", "13/12345/25"),
        ("Property Register", "Occurrence No: 4412/25", "4412/25"),
    ],
)
def test_case_and_place_have_the_names_that_the_police_give_them(
    tmp_path: Path, title: str, case_line: str, case_no: str
) -> None:
    lines = (title, case_line, "Place of seizure: Flat 3; Leeds", "Seized from: Kieran Doyle", "Seized on: 20 May 2025")
    head = "".join(f"{line},,\n" for line in lines)
    assert (
        seized(tmp_path, f"{head}Item,Description,ICCID\n1,SIM,{CARDS[0]}\n2,SIM,{CARDS[1]}\n")
        == [("Kieran Doyle", "2025-05-20", case_no)] * 2
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (trace,) = case.trace(CARDS[0])
        (report,) = [each for each in case.load(tmp_path / "a.csv").files if each.file == "a.csv"]
    assert trace.seizures[0].place == "Flat 3; Leeds"
    assert [each.value for each in report.warnings if each.reason == "line_not_read"] == []


def test_a_list_of_property_that_tells_of_no_seizure_is_asked_about(tmp_path: Path) -> None:
    assert seized(tmp_path, f"Property List,,\nURN: 13AB/25,,\nItem,ICCID,Owner\n1,{CARDS[0]},Kieran Doyle\n") == []


HEAD = ("INVENTORY OF ITEMS RECOVERED / SEIZED", "OB No. 27/14/08/2025     CR No. 741/288/2025")


def inventory(tmp_path: Path, *lines: str) -> dict[str, Any]:
    """What was taken by an inventory in sentences whose serials stand in groups, and what was told of each card."""
    path = write_word(tmp_path / "Inventory of recovered items.docx", *HEAD, *lines, [["Officer"], ["PC Cheruiyot"]])
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        traces = {card: case.trace(card)[0] for card in CARDS}
    return {
        card: [
            (each.holder, each.when and format_day(each.when.earliest), each.place, each.case_no)
            for each in trace.seizures
        ]
        or [finding.code for finding in trace.findings if finding.code == "unread_movement"]
        for card, trace in traces.items()
    }


GROUPED = ("89441 10030 00003 01047", "89254 02140 00000 55073")


def test_an_exhibit_in_a_sentence_is_a_seizure_of_its_part(tmp_path: Path) -> None:
    assert inventory(
        tmp_path,
        "On 14 August 2025 at about 0540 hrs at House No. 14, Nairobi, recovered from COLLINS OTIENO OUMA:",
        "Exh. A1 - One mobile phone make Tecno, IMEI 865123047712033.",
        f"Exh. A2 - One SIM card (UK), serial {GROUPED[0]}. Found inside A1. He said it was used by his brother Brian.",
        "On 15 August 2025 at about 1030 hrs at Room 6, Eldoret, recovered from GRACE ACHIENG:",
        f"Exh. B1 - One SIM card, serial {GROUPED[1]}.",
        "Items handed to the exhibit store on 16/08/2025.",
    ) == {
        CARDS[0]: [("COLLINS OTIENO OUMA", "2025-08-14", "House No. 14, Nairobi", "741/288/2025")],
        CARDS[1]: [("GRACE ACHIENG", "2025-08-15", "Room 6, Eldoret", "741/288/2025")],
    }


@pytest.mark.parametrize(
    "line",
    [
        "Exhibit 1: SIM serial {}. Returned to the owner the same day.",
        "Exhibit 1: SIM serial {} and its holder.",
        "Exhibit 1: Photo of SIM card {}.",
        "Exhibit 1: Phone which had contained SIM card {}.",
        "Exhibit 1: Receipt listing {}.",
        "Exhibit 1: One SIM card, serial {}. Handed in by GRACE LEE.",
        "Exhibit 1: One SIM card, serial {}. Was recovered from GRACE LEE on 2 July 2025.",
        "Serial {} was in the wallet.",
    ],
)
def test_an_exhibit_of_which_more_is_said_is_told(tmp_path: Path, line: str) -> None:
    head = "On 14 August 2025 at Nairobi, recovered from ANN DOE:"
    found = inventory(tmp_path, head, line.format(GROUPED[0]), head, f"Exh. 2 - SIM, serial {GROUPED[1]}.")
    assert found[CARDS[0]] == ["unread_movement"]
    assert found[CARDS[1]][0][:2] == ("ANN DOE", "2025-08-14")


def test_an_exhibit_that_was_struck_out_is_none(tmp_path: Path) -> None:
    lines = [
        "On 14 August 2025 at Nairobi, recovered from ANN DOE:",
        f"Exh. 1 - SIM, serial {GROUPED[0]}. STRUCK OUT - serial copied in error, no such card was recovered.",
        f"Exh. 2 - SIM, serial {GROUPED[1]}.",
    ]
    assert inventory(tmp_path, *lines) == {
        CARDS[0]: ["unread_movement"],
        CARDS[1]: [("ANN DOE", "2025-08-14", "Nairobi", "741/288/2025")],
    }


_SEARCHES = (
    (
        "On 17th June 2026 at 1530 hrs at House B7, Kahawa West, in the presence of the occupant Brian Kiprono"
        " Cheruiyot (ID 30418852), the following items were recovered from him and taken into police custody:"
    ),
    (
        "On 19th June 2026 at 1115 hrs at Stall 14, Luthuli Avenue, trading as Kilele Phones and Parts, the"
        " following items were recovered from the attendant Simon Kariuki Maina (ID 27733019):"
    ),
)


def test_a_sentence_above_each_table_of_an_inventory_says_day_place_and_person_of_it(tmp_path: Path) -> None:
    heads = ("Exhibit mark", "Description", "Serial / ICCID / IMEI", "Where found")
    write_word(
        tmp_path / "a.docx",
        "INVENTORY OF ITEMS RECOVERED",
        "Case file: CR 141/302/2026      OB No.: 41/17/06/2026",
        _SEARCHES[0],
        [heads, ("JWK 1", "SIM card", CARDS[0], "Drawer, bedroom"), ("JWK 2", "Router", "SN GX32", "Under the bed")],
        "B. Search of business premises",
        _SEARCHES[1],
        [heads, ("JWK 3", "SIM card", CARDS[1], "Counter"), ("JWK 4", "Receipt book", "–", "Counter")],
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.docx")
        found = [case.trace(card)[0] for card in CARDS]
    seizures = [each for trace in found for each in trace.seizures]
    assert [(each.holder, each.place) for each in seizures] == [
        ("Brian Kiprono Cheruiyot", "House B7, Kahawa West, Drawer, bedroom"),
        ("Simon Kariuki Maina", "Stall 14, Luthuli Avenue, Counter"),
    ]
    assert [each.when and format_day(each.when.earliest) for each in seizures] == ["2026-06-17", "2026-06-19"]
    assert {each.case_no for each in seizures} == {"141/302/2026"}
    assert not [each for trace in found for each in trace.findings if each.code == "unread_movement"]


@pytest.mark.parametrize(
    "line",
    [
        "On 3 May 2026, in the presence of the occupant Ann Doe and PC Musa Ali, these items were seized from him:",
        "On 3 May 2026, in the presence of his wife Ann Doe, the following items were recovered from him:",
        "On 3 May 2026 Cpl. Musa Ali searched Stall 2 with the attendant Ann Doe; the following were taken from her:",
        "On 3 May 2026 the following items were recovered from her:",
        "On 3 May 2026 the following items were recovered from Ann Doe and the tenant Musa Ali:",
        "On 3 May 2026 the following items were recovered from House B7 Kahawa West:",
    ],
)
def test_a_pronoun_is_nobody_where_not_exactly_one_person_is_named_before_it(line: str) -> None:
    told = told_of_part(line)
    assert told is not None
    assert (told.holder, told.day) == (None, "3 May 2026")


@pytest.mark.parametrize(
    "head",
    [
        "On 14 August 2025 items to be recovered from ANN DOE:",
        "On 14 August 2025, if recovered from ANN DOE:",
        "On 14 August 2025 at House 14, statement taken from ANN DOE:",
        "On 14 August 2025 JOHN LEE claimed that the following were taken from ANN DOE:",
        "Report of 14 August 2025 about cards seized from ANN DOE:",
        "Bought on 14 August 2025 and recovered from ANN DOE:",
        "Before 14 August 2025 at House 14, recovered from ANN DOE:",
    ],
)
def test_a_line_by_which_nothing_was_taken_then_begins_no_part(tmp_path: Path, head: str) -> None:
    known = "On 15 August 2025 at Room 6, Eldoret, the following items were recovered from ANN DOE:"
    lines = [head, f"Exh. 1 - SIM, serial {GROUPED[0]}.", known, f"Exh. 2 - SIM, serial {GROUPED[1]}."]
    found = inventory(tmp_path, *lines)
    assert found[CARDS[0]] == ["unread_movement"]
    assert found[CARDS[1]][0][:3] == ("ANN DOE", "2025-08-15", "Room 6, Eldoret")
