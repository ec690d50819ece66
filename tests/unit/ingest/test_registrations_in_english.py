"""Carriers' own lists in English: registration reports, replies to notices, lists of activations."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

import graphtrace as gt
from graphtrace.ingest.own_lists import find_own_list
from graphtrace.model import format_day
from graphtrace.results.trace import Trace

from .sheets import read_rows

CARDS = ("89254021400000055016", "89254021400000055024", "89254021400000055073")
NAMES = ("Jua Solar Ltd", "Samuel Kiptoo", "Peter Mutiso")


def traces(tmp_path: Path, text: str) -> list[Trace]:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        return [case.trace(card)[0] for card in CARDS]


def registrants(tmp_path: Path, text: str) -> list[str | None]:
    return [trace.registrant and trace.registrant.name for trace in traces(tmp_path, text)]


def rows(*cells: str) -> str:
    """A row a card, with its number, its customer and 12 January 2026 for their names."""
    return "".join(
        ",".join({"card": card, "name": name, "day": "2026-01-12"}.get(cell, cell) for cell in cells) + "\n"
        for card, name in zip(CARDS, NAMES, strict=True)
    )


REPORTS = {
    "SAFARICOM PLC – SIM REGISTRATION REPORT,,,,\n"
    "Subscriber,Subscriber,Registration,Status,\nName,SIM Serial,Date,,\n": ("name", "card", "day", "REGISTERED"),
    "MTN Nigeria Communications Plc - Subscriber KYC report,,,\n"
    "sim_serial,subscriber_name,registration_date,STATUS\n": ("card", "name", "day", "VALID"),
    "Bharti Airtel Limited – Nodal Desk Punjab Circle,,,,\nReply to your notice No. 311/2026,,,,\n"
    "S.No.,Subscriber Name,SIM Sr. No.,Date of Activation,State,\n": ("1", "name", "card", "day", "Punjab", ""),
    "BHARTI AIRTEL LIMITED - KARNATAKA CIRCLE - ENTERPRISE / M2M,,,\nReply to notice u/s 91 CrPC - CAF register,,,\n"
    "CAF Date,Customer Name,SIM No,Status\n": ("day", "name", "card", "Issued"),
}  # fmt: skip


@pytest.mark.parametrize("head", REPORTS)
def test_the_carrier_registered_its_customer(tmp_path: Path, head: str) -> None:
    found = traces(tmp_path, head + rows(*REPORTS[head]))
    assert [trace.registrant and trace.registrant.name for trace in found] == [*NAMES]
    assert [len(chain.hops) for trace in found for chain in trace.chains] == [1, 1, 1]


def test_a_sheet_of_subscribers_in_the_reply_of_a_carrier_registers_them(tmp_path: Path) -> None:
    book = Workbook()
    first, second = book.active, book.create_sheet("SDR")
    assert first is not None
    for row in (
        ["BHARTI AIRTEL LIMITED - KARNATAKA CIRCLE"], ["Reply to your notice No. 3"], ["Customer Name", "SIM No"],
        ["Other Ltd", "8991452100044174012"],
    ):  # fmt: skip
        first.append(row)
    second.append(["Subscriber Detail Record - numbers asked by IO"])
    second.append(["SIM No", "Subscriber Name", "Activation Date"])
    for card, name in zip(CARDS, NAMES, strict=True):
        second.append([card, name, "25-03-2024"])
    book.save(tmp_path / "a.xlsx")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert not case.load(tmp_path / "a.xlsx").files[1].asked
        found = [case.trace(card)[0].registrant for card in CARDS]
    assert [party and party.name for party in found] == [*NAMES]


@pytest.mark.parametrize("headings", ["Dealer,Agent", "Seller,", ",Agent"])
def test_nobody_is_registered_where_the_headings_name_a_dealer_or_an_agent(tmp_path: Path, headings: str) -> None:
    head = "SAFARICOM PLC – SIM REGISTRATION REPORT,,,,,\n"
    head += f"Subscriber Name,SIM Serial,Registration Date,{headings},Status\n"
    found = traces(tmp_path, head + rows("name", "card", "day", "Tandao Ltd", "Wambui Kiosk", "REGISTERED"))
    assert [(trace.registrant, trace.chains) for trace in found] == [(None, ())] * 3


@pytest.mark.parametrize(
    "words", [("REGISTERED", "REJECTED - ID mismatch", "PENDING"), ("VALID", "INVALID NIN", "CAF rejected")]
)
def test_a_request_that_was_refused_or_is_pending_registered_nobody(tmp_path: Path, words: tuple[str, ...]) -> None:
    head = "SAFARICOM PLC – SIM REGISTRATION REPORT,,,\nSIM Serial,Name of subscriber,Subscriber Name,Status\n"
    text = head + "".join(f"{card},,{name},{word}\n" for card, name, word in zip(CARDS, NAMES, words, strict=True))
    assert registrants(tmp_path, text) == [NAMES[0], None, None]


@pytest.mark.parametrize(
    "lines",
    [
        ("Om Traders – SIM registration report",),
        ("Safaricom SIM registration list",),
        ("Airtel Nigeria - Subscriber Registration Report",),
        ("Safaricom Dealers – SIM registration report",),
        ("Bharti Airtel Limited – Om Traders", "Reply to your notice No. 3"),
        ("Bharti Airtel Limited", "Authorised dealer: Om Traders", "SIM registration report"),
    ],
)
def test_a_list_under_the_name_of_somebody_else_is_no_carriers(lines: tuple[str, ...]) -> None:
    assert find_own_list((row, [line]) for row, line in enumerate(lines, 1)) is None


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("ICCID,MSISDN,Customer Name,City,State,PIN Code", ("card", "254722415501", "name", "Awka", "Anambra", "4")),
        ("SIM Serial,subscriber_name,ACT STATUS,State", ("card", "name", "DEACTIVATED", "Lagos")),
        ("ICCID,Account,Billing State,SIM Status", ("card", "name", "Texas", "DEACTIVATED")),
    ],
)
def test_a_state_of_a_country_is_no_state_of_a_card(tmp_path: Path, head: str, cells: tuple[str, ...]) -> None:
    found = traces(tmp_path, f"{head}\n{rows(*cells)}")
    states = {each.state for trace in found for each in trace.card_lists}
    assert states == ({"DEACTIVATED"} if "DEACTIVATED" in cells else {None})
    told = [finding.params.get("heading") for trace in found for finding in trace.findings]
    assert not [heading for heading in told if heading and heading.endswith("State")]


def test_a_state_beside_a_city_is_that_of_the_card_where_it_says_so(tmp_path: Path) -> None:
    text = f"ICCID,Customer Name,City,State\n{rows('card', 'name', 'Leeds', 'Suspended')}"
    assert {each.state for trace in traces(tmp_path, text) for each in trace.card_lists} == {"Suspended"}


def test_an_account_number_below_customer_is_not_the_customer(tmp_path: Path) -> None:
    text = "Customer,Customer,SIM,SIM\nA/c No.,Name,SIM No. (ICCID),Status\n"
    found = traces(tmp_path, text + rows("1-5580021", "name", "card", "Active"))
    assert [each.party and each.party.name for trace in found for each in trace.card_lists] == [*NAMES]


EXPORT = "SIM_SERIAL,MSISDN,REG_TYPE,SUBSCRIBER_NAME,NIN,{day},ACTIVATION_DATE,AGENT_CODE,STATE\n"


@pytest.mark.parametrize("day", ["REG_DATE", "CAF Date", "KYC Date", "Registered On"])
def test_beside_a_registration_that_a_person_says_rows_state_their_activation(tmp_path: Path, day: str) -> None:
    text = EXPORT.format(day=day) + rows(
        "card", "", "CORPORATE", "name", "", "2024-05-06", "2024-07-14", "LAG", "LAGOS"
    )
    (tmp_path / "a.csv").write_text(text)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv", as_kind="registration", answers=["carrier=MTN Nigeria"])
        found = [case.trace(card)[0] for card in CARDS]
    assert [trace.registrant and trace.registrant.name for trace in found] == [*NAMES]
    assert {hop.when and hop.when.iso for each in found for chain in each.chains for hop in chain.hops} == {
        "2024-05-06"
    }
    assert [[(use.kind, use.when.iso) for use in trace.activations] for trace in found] == [
        [("activation", "2024-07-14")]
    ] * 3
    assert not [state for trace in found for listed in trace.card_lists if (state := listed.state)]


def test_what_is_no_list_of_customers_is_read_as_registrations_where_a_person_insists(tmp_path: Path) -> None:
    text = "Date,Supplied By,Sold To,ICCID,Carrier\n" + rows("day", "Star Ltd", "name", "card", "Safaricom PLC")
    (tmp_path / "a.csv").write_text(text)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv", as_kind="registration", dry_run=True).files
    assert "transfer" not in report.kinds


def test_an_export_of_registrations_with_activations_is_asked_whose_list_it_is(tmp_path: Path) -> None:
    path = tmp_path / "Jio_CAF_KYC_export.csv"
    path.write_text("SIM No,Customer Name,CAF Date,Activation Date\n" + rows("card", "name", "day", "day"))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path).files
        assert [(each.field, each.is_required) for each in report.asked] == [("kind", False)]
        case.load(path, answers=["kind=registration", "carrier=Safaricom"])
        assert [case.trace(card)[0].registrant_basis for card in CARDS] == ["registered"] * 3


def test_whose_licence_it_is_keeps_its_register_of_connections() -> None:
    title = "REGISTER OF BUSINESS CONNECTIONS (M2M) - CAF / KYC"
    own = find_own_list([(1, [title]), (2, ["Licensee: Bharti Airtel Ltd     Furnished to Cyber Cell, Deoghar"])])
    assert own is not None
    assert own.carrier == "Bharti Airtel Ltd"
    assert find_own_list([(1, [title]), (2, ["PoS: Balaji Mobile, for Bharti Airtel Ltd"])]) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["Safaricom PLC - Law Enforcement Liaison Office", "Ref: LELO/2025/08/3391"],
        ["Vodafone Global M2M", "Report: SIM Inventory"],
        ["Bharti Airtel Limited", "In response to the authorisation dated 24/10/2025 please find the data below"],
    ],
)
def test_a_desk_for_the_police_and_a_platform_are_the_carriers_own(lines: list[str]) -> None:
    assert find_own_list([(row, [line]) for row, line in enumerate(lines, 1)]) is not None


@pytest.mark.parametrize("line", ["Danelaw IoT Hub", "Vodafone dealer IoT portal", "Airtel IoT Hub reseller list"])
def test_the_portal_of_somebody_else_is_no_carriers_own(line: str) -> None:
    assert find_own_list([(1, [line])]) is None


def test_forms_in_a_letter_that_a_nodal_officer_signs_register_whom_they_name(tmp_path: Path) -> None:
    names = ("Star Ltd (Corporate - M2M)", "Star Ltd", "No record found. Number not in our series.")
    forms = ""
    for n, (card, name) in enumerate(zip(CARDS, names, strict=True)):
        form = {"SIM NO (ICCID)": card, "IMSI": f"40445061114420{n}", "NAME": name, "DOA": "16.02.2024"}
        forms += "".join(f"{label:<17}: {value}\n" for label, value in form.items()) + "\n"
    (tmp_path / "a.txt").write_text(
        "Sub: Reply to your notice u/s 94 BNSS\n\nSir,\nDetails are furnished below.\n\n"
        f"{forms}Nodal Officer, Bharti Airtel Ltd, Karnataka Circle\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.txt")
        found = [case.trace(card)[0] for card in CARDS[:2]]
        registered = [(row["from_name"], row["row"]) for row in case.records(kind="registration")]
    assert {trace.registrant and trace.registrant.id for trace in found} == {"name:starltd"}
    assert [[use.when.iso for use in trace.activations] for trace in found] == [["2024-02-16"]] * 2
    assert {carrier for carrier, _ in registered} == {"Bharti Airtel Ltd"}
    assert len(registered) == 2


def test_a_letter_that_somebody_else_signs_registers_nobody() -> None:
    above = [(0, ["Sub: Reply to your notice u/s 94 BNSS"])]
    assert find_own_list(above, ["Nodal Officer, Star Ltd"]) is None
    assert find_own_list(above, ["Bharti Airtel Ltd dealer, legal dept"]) is None


def test_a_reply_in_two_rows_of_headings_registers_whom_it_names_and_nobody_where_it_has_no_record(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["BHARTI AIRTEL LIMITED"],
        ["Sub: Furnishing of subscriber details of the SIM numbers sought"],
        ["Sl.", "SIM details", None, "Subscriber details", None, "CAF / Regn. Date", "Type", "Present Status"],
        [None, "SIM No.", "Mobile No.", "Name of Subscriber", "Address"],
        [1, CARDS[0], "5755262054096", "Sarthak Telematics Pvt Ltd", "Bengaluru", "12.05.2025", "M2M", "Active"],
        [2, CARDS[1], None, "No record found in our system. Please re-check the SIM number."],
        [3, CARDS[2], "9207212485", "Manjunatha H R", "Hassan", "21.06.2025", "Prepaid", "Disconnected"],
        [None, None, None, None, None, None, None, "Nodal Officer"],
    ):
        sheet.append(row)
    for merged in ("B3:C3", "D3:E3", "F3:F4", "G3:G4", "H3:H4", "D6:H6"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "reply.xlsx")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (read,) = case.load(tmp_path / "reply.xlsx").files
        found = [case.trace(card)[0] for card in CARDS]
    assert not read.asked
    assert [trace.registrant and trace.registrant.name for trace in found] == [
        *("Sarthak Telematics Pvt Ltd", None, "Manjunatha H R")
    ]
    assert [format_day(hop.span.earliest) for trace in found for chain in trace.chains for hop in chain.hops] == [
        *("2025-05-12", "2025-06-21")
    ]
    (told,) = {finding.params["reason"] for finding in found[1].findings if finding.code == "unread_movement"}
    assert told == "taken_back"
    assert not [finding for finding in found[0].findings if finding.code == "unread_movement"]


def test_a_customer_is_a_firm_or_a_person_whose_name_stands_in_several_columns(tmp_path: Path) -> None:
    text = "MTN NIGERIA COMMUNICATIONS PLC - SIM REGISTRATION EXTRACT\n\n"
    text += "ICCID|REG_TYPE|SURNAME|FIRST_NAME|OTHER_NAMES|COMPANY_NAME|REG_DATE\n"
    text += f"{CARDS[0]}|IND|OKAFOR|CHUKWUEMEKA|IFEANYI||14-MAR-25\n{CARDS[1]}|CORP||||GOLDEN TRACK LTD|03-FEB-25\n"
    text += f"{CARDS[2]}|IND|ETIM|GRACE|||02-MAY-25\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.txt", answers=["kind=registration", "carrier=MTN NIGERIA COMMUNICATIONS PLC"])
        found = [case.trace(card)[0].registrant for card in CARDS]
    names = [party and party.name for party in found]
    assert names == ["OKAFOR CHUKWUEMEKA IFEANYI", "GOLDEN TRACK LTD", "ETIM GRACE"]


REPLY = "MTN NIGERIA COMMUNICATIONS PLC - LAW ENFORCEMENT LIAISON"
SUBSCRIBERS = "Subscriber registration details. Your ref: EFCC/LZD/CR-3300/26 of 6 July 2026"


def test_a_column_may_hold_the_surname_of_a_person_or_the_name_of_a_firm() -> None:
    heads = ("ICCID", "SURNAME / COMPANY", "FIRST NAME", "OTHER NAME", "NIN", "REGISTRATION DATE")
    loaded, parser = read_rows(
        (REPLY, *[None] * 5),
        (SUBSCRIBERS, *[None] * 5),
        heads,
        ("89234207749400688190", "ADEBAYO", "OLUWASEUN", "TAIWO", "12345678901", "05/03/2026"),
        ("89234207563526739153", "ZENTRA POS SERVICES LTD", None, None, "RC 1234567", "18/03/2026"),
        ("89234205797708243004", "NOT AN MTNN SIM", None, None, None, None),
        ("89234209154871101104", "EZE", None, None, "12345678903", "30/04/2026"),
    )
    assert [(each["row"], each["kind"], each["receiver_name"]) for each in loaded if each["kind"] != "card_list"] == [
        (4, "registration", "ADEBAYO OLUWASEUN TAIWO"),
        (5, "registration", "ZENTRA POS SERVICES LTD"),
    ]
    assert set(parser.unread["row"]) == {6, 7}


@pytest.mark.parametrize("above", [[REPLY, SUBSCRIBERS], []])
def test_a_day_of_registration_that_no_record_has_is_told_and_asked_about(tmp_path: Path, above: list[str]) -> None:
    head = "".join(f'"{line}",,,\n' for line in above)
    rows = (
        "89234207749400688190,2348031234567,ADEBAYO,05/03/2026\n89234203732672870419,2348031234568,ZENTRA,18/03/2026\n"
    )
    (tmp_path / "a.csv").write_text(f"{head}SIM SERIAL (ICCID),MSISDN,BIO DATA,REGISTRATION DATE\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv")
        (trace,) = case.trace("89234207749400688190")
    assert [(each.field, each.choices) for each in report.files[0].asked] == [("kind", ("registration", "card_list"))]
    assert "unread_movement" in {each.code for each in trace.findings}


REGISTER = ("S/N", "Full Name", "NIN", "Phone Number", "ICCID")


@pytest.mark.parametrize("heading", ["Date Captured", "Date", "Registration Date"])
def test_the_day_that_an_answer_names_is_that_of_the_registrations(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "kyc.csv"
    people = ["1,Ann Otieno,22334455667,0722000111", "2,John Bello,22334455668,0722000112"]
    rows = [f"{person},{card},2024-03-05" for person, card in zip(people, CARDS, strict=False)]
    path.write_text("\n".join([",".join((*REGISTER, heading)), *rows]) + "\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (asked,) = case.load(path).files[0].asked
        assert "registration" in asked.choices
        case.load(path, answers=[f"kind=registration:Safaricom→[Full Name]@[{heading}]"])
        (hop,) = case.trace(CARDS[0])[0].chains[0].hops
    assert (hop.kind, hop.receiver.name, hop.day) == ("registration", "Ann Otieno", "2024-03-05")


def test_an_agents_register_of_registrations_asks_whether_it_registers_its_customers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    heads = "Date,Customer Name,Phone No,SIM Serial No,Agent"
    row = f"2024-03-05,Jane Wanjiru,0722000111,{CARDS[0]},Peter"
    path.write_text(f"AGENT SIM REGISTRATION REGISTER,,,,\n{heads}\n{row}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert [each.kind for each in case.load(path).files[0].asked] == ["registration"]


@pytest.mark.parametrize(
    ("title", "heads", "user"),
    [
        (
            "Bharti Airtel Limited – Nodal Desk\nReply to your notice No. 311/2026",
            "SIM No,CAF Date,Subscriber Name,End User (declared),Dt of Actvn (first use),First Use IMEI,First Use Site",
            "Asha Rao",
        ),
        (
            "MTN Nigeria Communications Plc - Subscriber KYC report",
            "SIM SERIAL,REG DATE,REGISTERED NAME,CORPORATE END USER,ACTIVATION DATE,ACTIVATION IMEI,ACTIVATION LGA",
            "Asha Rao",
        ),
        (
            "Communications data",
            "ICCID,Seen,Note,Attributed user,First activity on network,First IMEI,First cell area",
            "Asha Rao",
        ),
        (
            "Communications data",
            "ICCID,Seen,Note,Attributed user,First activity on network,First IMEI,First cell area",
            "n/k",
        ),
    ],
)
def test_a_reply_states_the_first_use_of_a_card_with_its_user_device_and_place(
    tmp_path: Path, title: str, heads: str, user: str
) -> None:
    row = f"{CARDS[0]},2026-01-12,Jua Solar Ltd,{user},14-01-2026,864777022183402,Kisumu Road"
    (tmp_path / "a.csv").write_text(f"{title}\n{heads}\n{row}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path)
        (trace,) = case.trace(CARDS[0])
        (used,) = trace.activations
        assert (used.kind, used.when.day, used.imei) == ("activation", "2026-01-14", "864777022183402")
        assert "Kisumu Road" in (used.city, used.cell)
        # whom a register declares as user, or the police attribute a card to, is none of the first use
        is_said = any(word in heads for word in ("(declared)", "Attributed"))
        assert (used.user and used.user.name) == (None if is_said else user)
        assert (trace.end_user and trace.end_user.name) == (None if is_said else user)
        if user != "n/k" and "Attributed" in heads:
            assert "Asha Rao" in str(trace.unread_cells)
        assert "no_activation" not in {lead.because for lead in trace.leads}


def test_a_carrier_is_not_asked_for_an_activation_that_a_row_states_in_a_column_that_is_not_read(
    tmp_path: Path,
) -> None:
    head = "BHARTI AIRTEL LIMITED,,,\nReply to notice u/s 91 CrPC - CAF register,,,\nSIM No,CAF Date,Customer Name,"
    for heading, asked in (("Switched on / Activated in HLR", False), ("Bill cycle", True)):
        found = traces(tmp_path / heading[:2], f"{head}{heading}\n" + rows("card", "day", "name", "14-01-2026"))
        assert [trace.registrant and trace.registrant.name for trace in found] == [*NAMES]
        assert {"no_activation" in {lead.because for lead in trace.leads} for trace in found} == {asked}


def test_two_days_under_one_heading_have_to_be_the_same_and_devices_of_a_range_are_no_first_ones() -> None:
    for heading in ("Dt of Actvn (planned)", "Actn Dt"):
        loaded, _ = read_rows(("ICCID", heading, "Party"), (CARDS[0], "14-01-2026", "Jua Solar Ltd"))
        assert [each["kind"] for each in loaded] == ["card_list"]
    heads = ("ICCID", "Date of activation", "First IMEI", "Last IMEI")
    loaded, _ = read_rows(heads, (CARDS[0], "14-01-2026", "864777022183402", "864777022183576"))
    assert [(each["kind"], each["imei"]) for each in loaded] == [("activation", None)]


def test_the_time_of_a_card_abroad_is_told_without_a_zone(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_text("ICCID,IMSI,Date Activated\n8944580250004310017,234586100431001,2025-07-11 16:25:30.000+0000\n")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (trace,) = case.trace("8944580250004310017")
    assert [used["date"] for used in trace.to_dict()["activations"]] == ["2025-07-11T16:25:30"]


def test_the_carrier_of_a_list_that_no_table_has_is_asked_about_before_its_customers_are_registered(
    tmp_path: Path,
) -> None:
    head = "ICCID,Network,Account,Account Ref,Registered Date,Status,First Session Date,IMEI\n"
    row = f"{CARDS[0]},Northmere,Jua Solar Ltd,JUA014,27/01/2026,Live,09/03/2026,864777022183402\n"
    path = tmp_path / "report.csv"
    path.write_text(head + row)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path, answers=["report.csv:kind=registration"]).files
        assert [asked.field for asked in report.asked] == ["carrier.northmere"]
        (report,) = case.load(path, answers=["report.csv:carrier.northmere=yes"]).files
        assert report.kinds.get("registration") == 1
        assert not report.asked
        (trace,) = case.trace(CARDS[0])
    assert trace.registrant is not None
    assert trace.registrant.name == "Jua Solar Ltd"
    assert [hop.when.day for chain in trace.chains for hop in chain.hops] == ["2026-01-27"]


@pytest.mark.parametrize(
    ("said", "kinds", "asked"),
    [
        ((), {"activation": 1, "card_list": 1}, {"from", "kind"}),
        (("kind=registration",), {"activation": 1, "card_list": 1}, {"carrier"}),
        (
            ("kind=registration", "carrier=unknown", "date=[Date Shipped]"),
            {"registration": 1, "activation": 1, "card_list": 1},
            set[str](),
        ),
        (("kind=card_list",), {"activation": 1, "card_list": 1}, set[str]()),
        (("from=Acme Ltd",), {"transfer": 1, "activation": 1, "card_list": 1}, set[str]()),
    ],
)
def test_the_list_of_a_platform_with_the_day_of_shipping_registers_or_hands_over_as_a_person_says(
    tmp_path: Path, said: tuple[str, ...], kinds: dict[str, int], asked: set[str]
) -> None:
    path = tmp_path / "devices.csv"
    path.write_text(
        "ICCID,IMSI,SIM Status,Date Shipped,Date Activated,Account ID,Account Name\n"
        f"{CARDS[0]},234586100431001,ACTIVATED,2025-03-18,2025-05-16,100472,Jua Solar Ltd\n"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path, answers=[f"devices.csv:{each}" for each in said]).files
        (trace,) = case.trace(CARDS[0])
    assert report.kinds == kinds
    assert {each.field for each in report.asked} == asked
    days = {hop.kind: hop.when.day for chain in trace.chains for hop in chain.hops}
    assert days == dict.fromkeys({"registration", "transfer"} & kinds.keys(), "2025-03-18")
