"""Identifiers (SPEC 2), as the commands and the files meet them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openpyxl import Workbook

from .conftest import Desk

UNICOM = "8986061900000000001"


def luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


RIGHT = UNICOM + luhn(UNICOM)
WRONG = UNICOM + str((int(luhn(UNICOM)) + 1) % 10)
MOBILE = "898604B81625D0045436"
SWAPPED = "".join(a + b for b, a in zip(*[iter(RIGHT)] * 2, strict=True))
SWAPPED_19 = "".join(a + b for b, a in zip(*[iter(UNICOM + "F")] * 2, strict=True))

READ_AS = [
    # typed, normalised, key, checksum
    (UNICOM, UNICOM, UNICOM, "n/a"),
    (RIGHT, RIGHT, UNICOM, "ok"),
    (WRONG, WRONG, UNICOM, "bad"),
    (UNICOM + "b", UNICOM + "B", UNICOM, "n/a"),
    (UNICOM + "F", UNICOM, UNICOM, "n/a"),
    (UNICOM + "f", UNICOM, UNICOM, "n/a"),
    ("8986 0619-0000 0000 001", UNICOM, UNICOM, "n/a"),
    ("８９８６０６" + UNICOM[6:], UNICOM, UNICOM, "n/a"),
    (f'="{UNICOM}"', UNICOM, UNICOM, "n/a"),
    (f"'{UNICOM}", UNICOM, UNICOM, "n/a"),
    (f"`{UNICOM}", UNICOM, UNICOM, "n/a"),
    (f"{UNICOM[:9]}\u200b{UNICOM[9:]}", UNICOM, UNICOM, "n/a"),
    (SWAPPED, RIGHT, UNICOM, "ok"),
    (SWAPPED_19, UNICOM, UNICOM, "n/a"),
    (MOBILE, MOBILE, MOBILE, "n/a"),
    (MOBILE.lower(), MOBILE, MOBILE, "n/a"),
    ("89860412345678901234", "89860412345678901234", "89860412345678901234", "n/a"),
    ("8986041234567890123F", "8986041234567890123F", "8986041234567890123F", "n/a"),
    ("8944110068432199876", "8944110068432199876", "8944110068432199876", None),
    ("894411006843219987", "894411006843219987", "894411006843219987", "n/a"),
    ("89860399000000000012", "89860399000000000012", "8986039900000000001", None),
    ("89861199000000000012", "89861199000000000012", "8986119900000000001", None),
    ("89861599000000000012", "89861599000000000012", "8986159900000000001", None),
]


@pytest.mark.parametrize(("typed", "normalised", "key", "checksum"), READ_AS)
def test_a_card_number_is_read_as(desk: Desk, typed: str, normalised: str, key: str, checksum: str | None) -> None:
    (result,) = desk.run("identify", typed, "--json").json["results"]
    reading = result["readings"][0]
    assert (reading["kind"], reading["normalised"], reading["key"]) == ("iccid", normalised, key)
    assert reading["complete"]
    if checksum is None:
        checksum = "ok" if luhn(normalised[:-1]) == normalised[-1] else "bad"
    assert reading["checksum"] == checksum


CARRIERS = {
    "china-mobile": ("898600", "898602", "898604", "898607", "898608"),
    "china-unicom": ("898601", "898606", "898609"),
    "china-telecom": ("898603", "898611"),
    "china-broadnet": ("898615",),
    None: ("898605", "898699", "894411"),
}


@pytest.mark.parametrize(("issuer", "carrier"), [(i, c) for c, issuers in CARRIERS.items() for i in issuers])
def test_the_issuer_says_the_carrier(desk: Desk, issuer: str, carrier: str | None) -> None:
    (result,) = desk.run("identify", f"{issuer}19000000000012", "--json").json["results"]
    assert result["readings"][0]["carrier"] == carrier


@pytest.mark.parametrize("typed", ["8986041234567890123", "898604B81625D004543", "898606190000000000", "8986061900"])
def test_a_shorter_number_is_incomplete(desk: Desk, typed: str) -> None:
    (result,) = desk.run("identify", typed, "--json").json["results"]
    readings = [reading for reading in result["readings"] if reading["kind"] == "iccid"]
    assert [reading["complete"] for reading in readings] == [False]


@pytest.mark.parametrize(
    ("typed", "kind", "normalised"),
    [
        ("1064612345678", "msisdn", "1064612345678"),
        ("861064612345678", "msisdn", "1064612345678"),
        ("+861064612345678", "msisdn", "1064612345678"),
        ("1400012345678", "msisdn", "1400012345678"),
        ("1410012345678", "msisdn", "1410012345678"),
        ("1461234567890", "msisdn", "1461234567890"),
        ("1481234567890", "msisdn", "1481234567890"),
        ("13812345678", "msisdn", "13812345678"),
        ("+86 138-1234-5678", "msisdn", "13812345678"),
        ("460011234567890", "imsi", "460011234567890"),
        ("91310115MA1K35XR7B", "uscc", None),
        ("11010519491231002X", "resident_id", "11010519491231002X"),
        ("110105491231002", "resident_id", None),
    ],
)
def test_other_numbers_are_read_as(desk: Desk, typed: str, kind: str, normalised: str | None) -> None:
    (result,) = desk.run("identify", typed, "--json").json["results"]
    kinds = {reading["kind"]: reading["normalised"] for reading in result["readings"]}
    assert kind in kinds
    assert kinds[kind] == (normalised or typed)


@pytest.mark.parametrize("typed", ["1420012345678", "1064512345678", "星海", "461011234567890123"])
def test_what_is_no_msisdn_is_not_read_as_one(desk: Desk, typed: str) -> None:
    (result,) = desk.run("identify", typed, "--json").json["results"]
    assert "msisdn" not in [reading["kind"] for reading in result["readings"]]


def test_identify_ends_with_one_when_no_input_has_a_reading(desk: Desk) -> None:
    got = desk.run("identify", "星海", "--json")
    assert (got.code, got.json["results"]) == (1, [{"input": "星海", "readings": [], "damaged": None, "read_as": None}])
    assert desk.run("identify", "星海", UNICOM, "--json").code == 0


def test_a_number_in_scientific_notation_has_no_reading_but_an_interval(desk: Desk) -> None:
    got = desk.run("identify", "8.98606E+19", "--json")
    (result,) = got.json["results"]
    assert (got.code, result["readings"]) == (1, [])
    first, last = result["damaged"]["interval"]
    assert int(first) <= 89860550000000000000
    assert int(last) >= 89860649999999999999
    assert int(first) > 89860540000000000000
    assert int(last) < 89860660000000000000


def test_what_a_person_types_is_not_called_damaged_for_its_zeros(desk: Desk) -> None:
    got = desk.run("identify", "89860619000000000000", "--json")
    (result,) = got.json["results"]
    assert got.code == 0
    assert result["damaged"] is None
    assert result["readings"][0]["key"] == "8986061900000000000"


def test_the_keys_of_identify_stand_in_order(desk: Desk) -> None:
    got = desk.run("identify", MOBILE, "--json").json
    assert list(got) == ["graphtrace", "results"]
    assert list(got["results"][0]) == ["input", "readings", "damaged", "read_as"]
    reading = got["results"][0]["readings"][0]
    assert list(reading) == ["kind", "normalised", "complete", "key", "checksum", "carrier", "hints"]
    assert {"what": "province", "value": "河南", "confidence": "medium"} in reading["hints"]
    assert all(list(hint) == ["what", "value", "confidence"] for hint in reading["hints"])


SALE = "运营商,企业名称,购买日期,ICCID,接入号\n"


def test_writings_with_and_without_check_digit_are_one_card(desk: Desk) -> None:
    desk.load(
        f"{SALE}中国联通,E,2024-03-01,{UNICOM},\n",
        f"转出方,转入方,日期,卡号\nE,A,2024-03-02,{WRONG}\nA,B,2024-03-03,{RIGHT}\nB,D,2024-03-04,{UNICOM}B\n",
    )
    for typed in (UNICOM, RIGHT, WRONG, UNICOM + "B", UNICOM + "X"):
        got = desk.trace(typed)
        assert (got.chains, got.json["matched_as"]) == (["continuous: U>E E>A A>B B>D"], "iccid")
        assert (got.json["card"]["iccid"], got.json["card"]["key"], got.json["card"]["checksum"]) == (
            RIGHT,
            UNICOM,
            "ok",
        )


def test_the_fullest_writing_is_shown(desk: Desk) -> None:
    desk.load(
        f"{SALE}中国联通,E,2024-03-01,{UNICOM},\n中国联通,E,2024-03-01,{UNICOM}C,\n中国联通,E,2024-03-01,{UNICOM}B,\n"
    )
    got = desk.trace(UNICOM)
    assert (got.json["card"]["iccid"], got.json["card"]["checksum"]) == (UNICOM + "B", "n/a")


def test_a_card_that_only_ranges_hold_is_shown_with_its_check_digit(hundred: Desk) -> None:
    got = hundred.trace("8986061900000000050")
    assert got.json["card"]["iccid"] == "8986061900000000050" + luhn("8986061900000000050")
    assert got.json["chains"][0]["hops"][0]["precision"] == "range"


def test_a_mobile_number_of_nineteen_is_rejected_at_load_and_a_beginning_in_a_question(desk: Desk) -> None:
    (sheet,) = desk.load(f"{SALE}中国移动,E,2024-03-01,{MOBILE},\n中国移动,E,2024-03-01,{MOBILE[:19]},\n")
    assert [(told["row"], told["field"], told["reason"]) for told in sheet["rejects"]] == [
        (3, "iccid", "bad_identifier")
    ]
    got = desk.trace(MOBILE[:19])
    assert (got.json["matched_as"], got.json["card"]["iccid"]) == ("partial", MOBILE)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("8986061900000000?01", ["8986061900000000001"]),
        ("898606*0100", ["8986061900000000100"]),
        ("89860619000000000?0", [f"89860619000000000{n}0" for n in range(1, 10)]),
        ("89860619000000001*", ["8986061900000000100"]),
        ("898606190000000005?" + "*", [f"898606190000000005{n}" for n in range(10)]),
        ("898606190000000005?" + luhn("8986061900000000053"), ["8986061900000000053"]),
        ("898606190000000005?Q", []),
        ("898606190000000005", [f"898606190000000005{n}" for n in range(10)]),
        ("8986*7*7*7*0077", []),
    ],
)
def test_a_partial_number_is_every_card_that_fits(hundred: Desk, pattern: str, found: list[str]) -> None:
    got = hundred.ask("trace", pattern)
    results = got.json["results"]
    if not found:
        assert (got.code, [result["found"] for result in results]) == (1, [False])
        return
    assert [result["card"]["key"] for result in results] == found
    assert {result["matched_as"] for result in results} == {"partial"}


def test_a_check_digit_in_a_pattern_is_also_what_a_record_writes(desk: Desk) -> None:
    desk.load(f"{SALE}中国联通,E,2024-03-01,8986061900000000053B,\n中国联通,E,2024-03-01,8986061900000000054,\n")
    assert [r["card"]["key"] for r in desk.ask("trace", "898606190000000005?B").json["results"]] == [
        "8986061900000000053"
    ]


def test_seven_known_characters_are_too_few(hundred: Desk) -> None:
    assert hundred.ask("trace", "8986061*").code == 2
    assert hundred.ask("trace", "8986061", "8986062*").code == 2
    assert hundred.ask("trace", "89860619*").code == 0


def test_near_misses_of_a_card_in_no_record(hundred: Desk) -> None:
    answer = hundred.ask("trace", "8986061900000000150")
    (result,) = answer.json["results"]
    near = [(f["params"]["iccid"][:19], f["params"]["why"]) for f in result["findings"] if f["code"] == "near_miss"]
    assert (answer.code, result["outcome"], result["found"], result["matched_as"]) == (1, "not_found", False, None)
    assert near[0] == ("8986061900000000100", "neighbouring_lot")
    assert ("8986061900000000050", "one_character") in near
    assert [(lead["ask"]["id"], lead["for"], lead["because"]) for lead in result["leads"]] == [
        ("carrier:china-unicom", "purchase_record", "not_found")
    ]


def test_no_number_is_shown_that_no_record_holds_of_cards_whose_ranges_count_by_check_digits(desk: Desk) -> None:
    first, last = "8986112520310041110", "8986112520310041201"
    desk.load(f"日期,供货单位,购货单位,起止序列号,数量\n2025-04-29,甲公司,乙公司,{first}～{last},10\n")
    near = [each["iccid"] for each in desk.trace("8986112520310041717").params("near_miss")]
    assert first in near
    assert {len(each) for each in near} == {len(first)}
    text = " ".join(desk.run("--case", desk.case, "trace", first, "--lang", "en").out.split())
    assert "count by check digits" in text
    assert "no check digit" not in text


@pytest.mark.parametrize(("asked", "near"), [("8986061900000001100", True), ("8986061900000001101", False)])
def test_a_lot_is_a_neighbour_within_a_thousand(hundred: Desk, asked: str, near: bool) -> None:
    found = hundred.trace(asked).params("near_miss")
    assert ("neighbouring_lot" in [params["why"] for params in found]) == near


@pytest.mark.parametrize(
    ("asked", "inside"),
    [
        ("89860419162200000001", True),
        ("89860419162200000100", True),
        ("89860419162200000101", False),
        ("89860419162200000000", False),
        ("8986041916220000005A", False),
        ("898604191622000000A0", False),
    ],
)
def test_s16_only_what_lies_inside_a_range_is_in_it(desk: Desk, asked: str, inside: bool) -> None:
    desk.load(
        "运营商,企业名称,购买日期,起始ICCID,结束ICCID\n中国移动,E,2024-03-01,89860419162200000001,89860419162200000100\n"
    )
    assert (desk.trace(asked).outcome == "continuous") == inside


def test_a_range_behind_a_letter_holds_what_has_the_same_head(desk: Desk) -> None:
    (sheet,) = desk.load(
        "运营商,企业名称,购买日期,起始ICCID,结束ICCID,数量\n"
        "中国移动,E,2024-03-01,898604b81625d0045000,898604B81625D0145999,101000\n"
        "中国移动,E,2024-03-01,898604B81625E0045000,898604B81625F0045999,1000\n"
        "中国移动,E,2024-03-01,898604B81625E004500A,898604B81625E004500C,3\n"
    )
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [
        (3, "range_heads_differ"),
        (4, "range_heads_differ"),
    ]
    assert desk.trace("898604B81625D0100000").outcome == "continuous"
    assert desk.trace("898604B81625D00A0000").outcome == "not_found"
    assert desk.trace("898604B81625E0100000").outcome == "not_found"


FIRST, LAST = "8986061900000000001", "8986061900000000100"
RANGES = [
    (FIRST, LAST, "100", None),
    (FIRST, LAST + luhn(LAST), "100", None),
    (FIRST + "B", LAST + "C", "100", None),
    (FIRST, LAST, "99", "range_count_mismatch"),
    (LAST, FIRST, "100", "range_reversed"),
    (FIRST, FIRST, "1", None),
    (FIRST, "8986062000000000001", "", "range_heads_differ"),
    (FIRST, "8986061999999999999", "99999999999", None),
    ("89860419162200000001", "89860419162200000100", "100", None),
    ("8944110068432199876", "89441100684321998790", "", "range_heads_differ"),
    ("898606190000000000", LAST, "", "bad_identifier"),
    (FIRST, "", "", "missing_field"),
    ("", LAST, "", "missing_field"),
]


def test_ranges_are_judged(desk: Desk) -> None:
    rows = "".join(f"中国联通,E,2024-03-01,{first},{last},{quantity}\n" for first, last, quantity, _ in RANGES)
    (sheet,) = desk.load(f"运营商,企业名称,购买日期,起始ICCID,结束ICCID,数量\n{rows}")
    got = {told["row"]: told["reason"] for told in sheet["rejects"]}
    assert got == {row: reason for row, (*_, reason) in enumerate(RANGES, 2) if reason}


def test_a_quantity_beside_a_listed_card_is_one(desk: Desk) -> None:
    (sheet,) = desk.load(
        "转出方,转入方,日期,卡号,数量\n"
        "E,A,2024-03-01,8986061900000000001,1\nE,A,2024-03-01,8986061900000000002,2\nE,A,2024-03-01,8986061900000000003,\n"
    )
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [(3, "range_count_mismatch")]


# Damaged numbers


def listed(cards: list[str]) -> str:
    return "转出方,转入方,日期,卡号\n" + "".join(f"E,A,2024-03-01,{n}\n" for n in cards)


def mobile(count: int) -> list[str]:
    return [f"898604191622000{n:05}" for n in range(12345, 12345 + count)]


DAMAGED: list[tuple[str, list[str], int]] = [
    ("a: twenty digits and a wrong check digit", ["89860619000000100000"], 1),
    ("scientific notation", ["8.98606E+19"], 1),
    ("scientific notation, small e", ["8.98606e19"], 1),
    ("one suspect alone", ["89860419162200000000"], 0),
    ("two suspects alone", ["89860419162200000000", "89860419162200100000"], 2),
    ("two of twenty are a tenth, not more", [*mobile(18), "89860419162200000000", "89860419162200100000"], 0),
    ("two of nineteen are more", [*mobile(17), "89860419162200000000", "89860419162200100000"], 2),
    ("one of five", [*mobile(4), "89860419162200000000"], 0),
    ("nineteen digits of Unicom and four zeros", ["8986061900000010000", "8986061900000020000"], 2),
    ("nineteen digits and three zeros", ["8986061900000011000", "8986061900000021000"], 0),
    ("twenty digits and four zeros of China Mobile", ["89860419162200110000", "89860419162200210000"], 0),
    ("a letter in it", ["898604B9162200100000", "898604B9162200200000"], 0),
]


def test_damaged_numbers_are_told_from_sound_ones(desk: Desk) -> None:
    sheets = desk.load(*(listed(cards) for _, cards, _ in DAMAGED))
    for (title, cards, damaged), sheet in zip(DAMAGED, sheets, strict=True):
        told = [(reject["reason"], bool(reject["interval"])) for reject in sheet["rejects"]]
        assert (title, told) == (title, [("damaged_number", True)] * damaged)
        assert sheet["loaded"] + sheet["duplicate"] == len(cards) - damaged


def test_a_range_is_damaged_where_both_ends_are_suspect(desk: Desk) -> None:
    head = "运营商,企业名称,购买日期,起始ICCID,结束ICCID\n"
    (sheet,) = desk.load(
        head + "中国移动,E,2024-03-01,89860419162200000000,89860419162200100000\n"
        "中国移动,E,2024-03-01,89860419162200200000,89860419162200299999\n"
        "中国移动,E,2024-03-01,89860419162200300001,89860419162200400000\n"
        "中国移动,E,2024-03-01,89860419162200500000,89860419162200599999\n"
    )
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [(2, "damaged_number")]


def test_a_json_number_beyond_two_to_the_53_is_damaged(desk: Desk) -> None:
    rows = [
        {"from": "E", "to": "A", "date": "2024-03-01", "iccid": n} for n in (8986061900000000001, "8986061900000000002")
    ]
    (sheet,) = desk.load(desk.file("\n".join(map(json.dumps, rows)) + "\n", "x.jsonl"))
    assert [(told["row"], told["reason"]) for told in sheet["rejects"]] == [(1, "damaged_number")]
    assert desk.trace("8986061900000000002").outcome == "broken"


def test_a_json_number_is_exact_where_the_mapping_says_so(desk: Desk) -> None:
    mapping = desk.file(
        "kind: transfer\nexact_numbers: true\ncolumns: {from: from, to: to, date: date, iccid: iccid}\n", "m.yml"
    )
    file = desk.file('{"from": "E", "to": "A", "date": "2024-03-01", "iccid": 8986061900000000001}\n', "x.jsonl")
    (sheet,) = desk.load(file, options=("--mapping", mapping))
    assert (sheet["loaded"], sheet["rejected"]) == (1, 0)
    assert desk.trace(UNICOM).holder == "A"


def test_a_number_cell_beyond_two_to_the_53_is_damaged_and_a_text_cell_is_not(desk: Desk) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["转出方", "转入方", "日期", "卡号"])
    sheet.append(["E", "A", "2024-03-01", 8986061900000000001])
    sheet.append(["E", "A", "2024-03-01", 8.986061900000000e19])
    sheet.append(["E", "A", "2024-03-01", "8986061900000000001"])
    book.save(desk.folder / "x.xlsx")
    (told,) = desk.load(desk.folder / "x.xlsx")
    assert [(reject["row"], reject["reason"]) for reject in told["rejects"]] == [
        (2, "damaged_number"),
        (3, "damaged_number"),
    ]
    assert told["loaded"] == 1


def test_scientific_notation_that_is_typed_is_answered_as_not_found(desk: Desk) -> None:
    desk.load(listed([UNICOM]))
    got = desk.ask("trace", "8.98606E+19")
    assert (got.code, got.json["results"][0]["outcome"]) == (1, "not_found")


# Numbers of devices and subscribers


def test_a_msisdn_leads_to_every_card_that_bore_it(desk: Desk) -> None:
    desk.load(
        SALE + "中国联通,E,2024-01-01,8986061900000000001,1064612345678\n"
        "中国联通,F,2024-06-01,8986061900000000002,861064612345678\n",
        "接入号,激活时间,使用人\n1064612345678,2024-03-01,甲\n+861064612345678,2024-06-01,乙\n1064612345678,2023-12-01,丙\n"
        "1064699999999,2024-03-01,丁\n",
    )
    results = desk.ask("trace", "1064612345678").json["results"]
    assert [(r["matched_as"], r["card"]["key"][-1]) for r in results] == [("msisdn", "1"), ("msisdn", "2")]
    assert [[a["user"]["name"] for a in r["activations"]] for r in results] == [["丙", "甲"], ["乙"]]
    assert [r["card"]["msisdn"] for r in results] == [["1064612345678"], ["1064612345678"]]
    (unlinked,) = desk.ask("trace", "1064699999999").json["results"]
    assert (unlinked["card"]["key"], [a["user"]["name"] for a in unlinked["activations"]]) == (None, ["丁"])
    assert [finding["code"] for finding in unlinked["findings"]] == ["known_by_number_only"]


def test_an_activation_waits_for_its_link(desk: Desk) -> None:
    (sheet,) = desk.load("接入号,激活时间,使用人\n1064612345678,2024-03-01,甲\n")
    assert (sheet["loaded"], sheet["rejected"]) == (1, 0)
    desk.load(SALE + "中国联通,E,2024-01-01,8986061900000000001,1064612345678\n")
    assert desk.trace().end_user == "甲"


CHIPS = ("89049032000001000000000000000074", "89049032000001000000000000000171")


def test_an_eid_gives_every_card_that_records_ever_named_with_the_chip(desk: Desk) -> None:
    desk.load(
        "ICCID,EID号,接入号,状态,日期\n"
        f"8986061900000000002,{CHIPS[0]},1064612345672,正常,2024-03-01\n"
        f"8986061900000000001,{CHIPS[0]},1064612345671,正常,\n"
        f"8986061900000000002,{CHIPS[0]},1064612345672,停机,2024-05-02\n"
    )
    desk.load(
        f"接入号,EID,首次激活时间\n1064612345672,{CHIPS[1]},2024-06-02 08:00:00\n1064612345679,{CHIPS[0]},2024-06-03\n"
    )
    found = desk.ask("trace", f"{CHIPS[0][:16]} {CHIPS[0][16:]}").json["results"]
    told = [(r["matched_as"], r["card"]["key"], r["card"]["eid"], r["since"], r["until"]) for r in found]
    assert told == [
        ("eid", "8986061900000000001", [CHIPS[0]], None, None),
        ("eid", "8986061900000000002", [*CHIPS], "2024-03-01", "2024-06-02T08:00:00+08:00"),
        ("eid", None, [CHIPS[0]], "2024-06-03", None),
    ]
    assert found[2]["card"]["msisdn"] == ["1064612345679"]
    links = [(link["eid"], [origin["row"] for origin in link["origins"]]) for link in found[1]["chips"]]
    assert links == [(CHIPS[0], [2, 4]), (CHIPS[1], [2])]
    (moved,) = desk.ask("trace", CHIPS[1]).json["results"]
    assert (moved["card"]["key"], moved["since"], moved["until"]) == (
        "8986061900000000002",
        "2024-06-02T08:00:00+08:00",
        None,
    )
    by_card = desk.ask("trace", "8986061900000000002").json["results"][0]
    assert (by_card["matched_as"], by_card["since"], by_card["until"]) == ("iccid", None, None)
    assert by_card["chips"] == found[1]["chips"]
    page = desk.folder / "chip.html"
    assert desk.run("--case", desk.case, "--lang", "en", "trace", CHIPS[0], "--html", page).code == 0
    shown = page.read_text("utf-8")
    assert "assignment of the number" in shown  # whom to ask about the number that no card has
    assert "Chips (eSIM)" in shown
    (unknown,) = desk.ask("trace", "89049032000001000000000000000268").json["results"]
    assert (unknown["found"], unknown["matched_as"], unknown["chips"]) == (False, None, [])


def test_a_chip_to_which_a_card_returned_was_not_left(desk: Desk) -> None:
    rows = [f"8986061900000000001,{CHIPS[n]},正常,{day}\n" for n, day in enumerate(("2024-03-01", "2024-04"))]
    back = f"8986061900000000001,{CHIPS[0]},正常,2024-04-30\n"
    desk.load("ICCID,EID,状态,日期\n" + "".join(rows) + back)
    (result,) = desk.ask("trace", CHIPS[0]).json["results"]
    assert (result["since"], result["until"]) == ("2024-03-01", None)


def test_an_eid_whose_check_digits_are_wrong_is_kept_and_said(desk: Desk) -> None:
    text = f"ICCID,EID,状态\n8986061900000000001,{CHIPS[0][:-1]}5,正常\n8986061900000000002,8904,正常\n"
    (sheet,) = desk.load(text)
    assert [(w["field"], w["reason"], w["first_row"]) for w in sheet["warnings"]] == [
        ("eid", "bad_identifier", 3),
        ("eid", "check_digit_differs", 2),
    ]
    (result,) = desk.ask("trace", f"{CHIPS[0][:-1]}5").json["results"]
    assert result["card"]["key"] == "8986061900000000001"


def test_a_chip_alone_makes_no_card(desk: Desk) -> None:
    assert desk.ask("load", desk.file(f"EID,状态\n{CHIPS[0]},正常\n")).code != 0


def test_an_imei_is_compared_on_fourteen_digits(desk: Desk) -> None:
    desk.load(
        "卡号,激活时间,IMEI\n8986061900000000001,2024-03-01,861234567890123\n8986061900000000002,2024-03-02,8612345678901299\n"
        "8986061900000000001,2024-03-03,86123456789055\n"
    )
    results = desk.ask("trace", "86123456789012").json["results"]
    assert [(r["matched_as"], r["card"]["key"][-1]) for r in results] == [("imei", "1"), ("imei", "2")]
    codes = {f["code"]: f["params"] for f in results[0]["findings"]}
    assert codes["shared_device"] == {
        "imei": "86123456789012",
        "cards": ["8986061900000000001", "8986061900000000002"],
        "count": 2,
    }
    assert codes["device_changes"] == {"imeis": ["86123456789012", "86123456789055"]}
    assert "device_changes" not in {f["code"] for f in results[1]["findings"]}


def test_a_device_gives_the_card_that_had_the_number_of_its_activation(desk: Desk) -> None:
    desk.load("卡号,接入号,状态\n8986061900000000001,1064612345671,正常\n")
    desk.load("接入号,激活时间,IMEI\n1064612345671,2024-03-01,861234567890123\n")
    (result,) = desk.ask("trace", "861234567890123").json["results"]
    assert (result["matched_as"], result["card"]["key"]) == ("imei", "8986061900000000001")


def test_digits_without_any_other_reading_are_tried_with_a_plus(desk: Desk) -> None:
    (result,) = desk.run("identify", "23812345678", "--json").json["results"]
    assert [(reading["kind"], reading["normalised"]) for reading in result["readings"]] == [("msisdn", "+23812345678")]
