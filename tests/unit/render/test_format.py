from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.model import CARRIERS, KINDS, PRECISIONS, Lead, Outcome
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import (
    explain_outcome,
    finding_message,
    guided_state,
    lead_message,
    problem_message,
    translate,
)
from graphtrace.render.i18n import label_text
from graphtrace.render.text_tables import BilingualText
from graphtrace.results.case_status import GuidedQuestion, GuidedStatement
from graphtrace.results.rules import EVIDENCE_KINDS

from .answers import (
    BROKEN,
    CONTINUOUS,
    GAP,
    GAP_LEAD,
    HEADLESS,
    SHOP,
    UNICOM,
    WANG,
    WHOLE,
    XINGHAI,
    ZHAO,
    chain,
    finding,
    found,
    hop,
    named,
    not_found,
)

LANGS: tuple[Lang, ...] = get_args(Lang)
HOP = {"n": 2, "from": named(XINGHAI), "to": named(SHOP)}
CARDS = [f"898606190012345678{n:02}" for n in range(9)]
DATED = [{"party": named(WANG), "date": "2024-04-02"}, {"party": named(ZHAO), "date": "2024-04-09"}]

ALIKE = {"parties": [named(WANG), named(ZHAO)], "score": 0.6, "reasons": ["name_contained"]}

PARAMS: dict[str, list[dict[str, Any]]] = {
    "custody_gap": [dict(GAP.params)],
    "no_purchase": [
        {"first_holder": named(WANG), "carrier": "china-unicom"},
        {"first_holder": None, "carrier": None},
    ],
    "double_transfer": [
        {"at": named(SHOP), "to": DATED},
        {"at": named(SHOP), "to": DATED, "same_number": "DD20240301"},
        {"at": named(SHOP), "to": DATED, "returned": DATED},
    ],
    "multiple_registrants": [{"registrants": DATED}, {"registrants": DATED, "alias_candidates": [ALIKE]}],
    "carrier_contradicts_number": [{"carrier": named(WANG), "issuer": "china-unicom"}],
    "date_inversion": [{"hop": HOP, "date": "2024-03-01", "previous": "2024-03-05"}],
    "date_disagreement": [{"hop": HOP, "dates": ["2024-03-01", "2024-03-05"]}],
    "activated_before_purchase": [{"activated": "2024-02-01", "purchased": "2024-03-01"}],
    "user_differs_from_holder": [
        {"user": named(ZHAO), "holder": named(WANG), "date": "2024-05-20"},
        {"user": named(ZHAO), "holder": None, "date": "2024-05-20"},
    ],
    "delivered_to_other": [{"hop": HOP, "waybill": "SF1234567890123", "receiver": named(ZHAO)}],
    "ambiguous_party": [{"name": "张伟", "parties": 3}],
    "self_transfer": [{"party": named(WANG), "date": "2024-05-20"}],
    "shared_device": [{"imei": "86123456789012", "cards": CARDS, "count": 131}],
    "device_changes": [{"imeis": ["86123456789012", "86123456789013"]}],
    "possible_onward": [
        {"at": named(WANG), "to": named(ZHAO), "quantity": 500, "date": "2024-05-01", "candidates": 1200}
    ],
    "order_undetermined": [{"orders": 2}],
    "damaged_number": [{"low": "89860612306050000000", "high": "89860612306149999999"}],
    "check_digit_differs": [
        {"written": "89860619001234567850", "expected": "89860619001234567858", "candidates": CARDS[:2]}
    ],
    "unread_movement": [
        {
            "origin": {"file": "sales.csv", "sha256": "0" * 64, "sheet": "一月", "row": 7},
            "kind": "transfer",
            "reason": "ambiguous_date",
            "field": "date",
            "date": "2024-03-05",
        }
    ],
    "hash_differs_from_reply": [
        {"file": "reply.csv", "number": "12", "algorithm": "SM3", "stated": "0" * 64, "actual": "1" * 64},
        {
            "file": "reply.zip!/a.csv",
            "number": "12",
            "algorithm": "MD5",
            "stated": "0" * 32,
            "actual": "1" * 32,
            "archive": "reply.zip",
            "archive_actual": "2" * 32,
        },
    ],
    "denied_by_list": [
        {
            "origin": {"file": "reply.csv", "sha256": "0" * 64, "sheet": None, "row": 3},
            "kind": None,
            "reason": "denied",
            "field": None,
            "heading": None,
            "text": "查无此卡清单",
            "date": None,
        }
    ],
    "registered_later": [{"hop": HOP, "date": "2024-03-05", "first_move": "2024-03-01"}],
    "registration_ended": [
        {"party": named(WANG), "date": date, "until": "2024-03-01"} for date in (None, "2024-01-01")
    ],
    "lot_exceeded": [
        {
            "record": {"file": "sales.csv", "sha256": "0" * 64, "sheet": None, "row": 7},
            "quantity": 1,
            "cards": 5,
            **counted,
        }
        for counted in ({}, {"listed": 1}, {"returned": 1})
    ],
    "moved_after_seizure": [{"hop": HOP, "date": "2024-10-01", "seized": "2024-09-01"}],
    "seized_from_another": [{"date": "2024-05-20", "seized_from": named(ZHAO), "holder": named(WANG)}],
    "number_of_persons": [{"number": "110101199003078339", "names": ["张三", "李四"]}],
    "number_of_several": [
        {"number": "1064612345678", "records": 1, "date": "2024-06-10", "cards": CARDS},
        {"number": "1064612345678", "records": 12, "date": None, "cards": CARDS},
    ],
    "number_at_other_time": [
        {"number": "1064612345678", "records": 1, "date": "2024-06-10", "since": "2024-07-01", "until": None},
        {"number": "1064612345678", "records": 2, "date": "2024-06-10", "since": None, "until": "2024-05-01"},
    ],
    "known_by_number_only": [{"number": "1064612345678", "kind": "msisdn"}],
    "listed_with_other": [{"date": "2024-05-20", "listed": named(ZHAO), "holder": named(WANG)}],
    "known_otherwise": [
        {
            "text": "13700000009",
            "uses": [
                {"known_as": "telephone", "parties": [named(WANG)], "rows": 2},
                {"known_as": "waybill", "parties": [], "rows": 1},
                {"known_as": "name", "parties": [named(ZHAO)], "rows": 0},
            ],
            "party": party,
        }
        for party in ("13700000009", None)
    ],
    "joined_by_name": [
        {
            "hops": [HOP, {"n": 3, "from": named(SHOP), "to": named(WANG)}],
            "name": SHOP.name,
            "files": ["a.csv", "b.csv"],
        }
    ],
    "user_joined_by_name": [{"hop": HOP, "name": SHOP.name, "dates": ["2024-05-01"], "files": ["a.csv", "b.csv"]}],
    "seized_joined_by_name": [
        {"hop": HOP, "name": SHOP.name, "dates": dates, "files": ["a.csv", "b.csv"]} for dates in (["2024-05-01"], [])
    ],
    "known_by_name": [{"party": {**named(WANG), "identified_by": "name"}, "number": "990101199003070016"}],
    "identity_differs": [{"hop": HOP, "values": ["王五", "赵六"]}],
    "near_miss": [
        {"iccid": "89860619001234567858", "why": "one_character"},
        {"iccid": "89860619001234567858", "why": "neighbouring_lot"},
    ],
}


def test_every_finding_has_its_parameters_here() -> None:
    assert set(PARAMS) == set(FINDING_SEVERITIES)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("code", "params"), [(code, params) for code, several in PARAMS.items() for params in several])
def test_a_finding_is_a_whole_sentence(code: str, params: dict[str, Any], lang: Lang) -> None:
    said = finding_message(code, params, lang)
    assert said.endswith("。" if lang == "zh" else ".")
    assert not re.search(r"[{}\[\]]|None|unknown|不明", said)
    assert code not in said


@pytest.mark.parametrize("lang", LANGS)
def test_every_parameter_of_a_finding_is_said(lang: Lang) -> None:
    said = finding_message("possible_onward", PARAMS["possible_onward"][0], lang)
    for value in ("王五", "赵六", "500", "2024-05-01", "1,200"):
        assert value in said


def test_a_list_in_a_sentence_says_how_much_is_left_out() -> None:
    said = finding_message("shared_device", PARAMS["shared_device"][0], "en")
    assert said.count("8986061900") == 5
    assert "and 126 more" in said


def test_one_card_is_not_called_cards() -> None:
    params = {"at": named(WANG), "to": named(ZHAO), "quantity": 1, "date": "2024-05-01", "candidates": 1}
    assert "1 unlisted card to" in finding_message("possible_onward", params, "en")


def test_an_optional_part_is_left_out_when_its_value_is_missing() -> None:
    with_holder, without = (finding_message("no_purchase", params, "en") for params in PARAMS["no_purchase"])
    assert "China Unicom" in with_holder
    assert "“王五”" in with_holder
    assert without == "No record shows that a carrier sold the card."


def test_braces_and_brackets_in_a_name_are_not_part_of_the_template() -> None:
    said = finding_message("ambiguous_party", {"name": "{parties} [x {name}]", "parties": 2}, "en")
    assert "{parties} [x {name}]" in said


def test_a_code_without_a_sentence_is_shown_with_its_parameters() -> None:
    assert finding_message("resale_depth", {"hops": 3}, "en") == "resale_depth, hops 3"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("because", sorted(text_tables.REASONS))
@pytest.mark.parametrize("wanted", sorted(text_tables.LEADS))
def test_a_lead_is_a_whole_sentence(wanted: Any, because: str, lang: Lang) -> None:
    for ask in (SHOP, None):
        said = lead_message(Lead(ask=ask, record_type=wanted, because=because), lang)
        assert said.endswith("。" if lang == "zh" else ".")
        assert not re.search(r"[{}\[\]]|None", said)
        assert because not in said


def test_a_lead_names_the_party_and_the_window() -> None:
    for lang in LANGS:
        said = lead_message(GAP_LEAD, lang)
        assert SHOP.name in said
        assert "2024-03-20" in said
        assert "2024-05-06" in said


TABLES: dict[str, tuple[Mapping[str, BilingualText], set[str]]] = {
    "outcomes": (text_tables.OUTCOMES, set(Outcome)),
    "kinds": (text_tables.KINDS, {*KINDS, *EVIDENCE_KINDS, "mixed", "identity", "shipment", "payment"}),
    "precisions": (text_tables.PRECISIONS, set(PRECISIONS)),
    "carriers": (text_tables.CARRIERS, set(CARRIERS)),
    "severities": (text_tables.SEVERITIES, {"info", "warning", "error"}),
    "checksums": (text_tables.CHECKSUMS, {"ok", "bad", "n/a"}),
    "identifiers": (
        text_tables.IDENTIFIERS,
        {
            *("iccid", "partial", "msisdn", "imsi", "imei", "uscc", "registration_no", "resident_id"),
            # what extract finds
            *("range", "quantity", "eid", "waybill", "date", "account", "price", "name"),
        },
    ),
    "rejects": (
        text_tables.REJECTS,
        {
            *(
                "damaged_number",
                "several_cards",
                "bad_identifier",
                "words_beside_card",
                "bad_date",
                "ambiguous_date",
                "bad_quantity",
                "missing_field",
            ),
            *("unknown_kind", "range_reversed", "range_heads_differ", "range_count_mismatch", "self_transfer"),
            *("not_a_record", "unknown_headings", "unreadable_row", "check_digit_differs", "unanswered"),
            *("unknown_carrier", "kind_differs", "table_unclear", "table_too_wide", "later_than_load"),
            *("taken_back", "card_in_shipment", "card_in_payment", "card_in_identity", "of_authority", "of_another"),
            "kept",
            *("cards_not_read", "message_not_read"),
            *("title_decides", "denied", "left_out", "day_unknown", "asked_only", "remark_only"),
        },
    ),
    "wanted": (text_tables.WANTED, set(text_tables.LEADS)),
    "reasons": (
        text_tables.REASONS,
        {
            *("custody_gap", "no_purchase", "not_found", "multiple_registrants", "double_transfer"),
            *("possible_onward", "no_activation", "known_by_number_only", "seized_from_another"),
            "used_by_another",
        },
    ),
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_code_has_a_word_in_both_languages(table: str) -> None:
    words, codes = TABLES[table]
    assert set(words) == codes
    assert all(entry.en and entry.zh for entry in words.values())


def test_a_word_that_is_not_in_a_table_stands_for_itself() -> None:
    assert translate(text_tables.CARRIERS, "tietong", "zh") == "tietong"


@pytest.mark.parametrize("lang", LANGS)
def test_a_problem_of_a_case_is_a_sentence(lang: Lang) -> None:
    params = {"file": "a.csv", "sha256": "ab", "rows": 3, "stored": 2, "rejected": 0, "found": "cd"}
    params |= {"line": 2, "ledger": 1, "database": 2, "about": "8986", "row": 7, "sheet": None}
    params |= {
        "table": "told",
        "column": "name",
        "parties": 2,
        "party": "name:a",
        "number": 1,
        "head": "ef",
        "later": 2,
        "what": "my_rule",
        "algorithm": "SM3",
        "stated": "0" * 64,
        "actual": "1" * 64,
        "archive": "a.zip",
        "archive_actual": "2" * 64,
        "part": "xl/worksheets/sheet1.xml",
        "annex": "cards.jsonl",
        "count": 2,
        "case": "x.gtrace",
        "version": "0.1.0",
        "ledger_head": "ef",
    }
    for code in text_tables.PROBLEMS:
        said = problem_message(code, params, lang)
        assert not re.search(r"[{}\[\]]|unknown|不明", said)
    assert problem_message("else", {"n": 1}, lang) == "else, n 1"


@pytest.mark.parametrize("lang", LANGS)
def test_an_outcome_is_explained_by_what_makes_it_so(lang: Lang) -> None:
    falling = chain(
        hop(1, UNICOM, XINGHAI, "2024-03-05"), hop(2, XINGHAI, WANG, "2024-03-01"), outcome=Outcome.INFERRED
    )
    guessed = chain(
        hop(1, UNICOM, XINGHAI, "2024-03-01"),
        hop(2, XINGHAI, WANG, "2024-03-05", precision="quantity"),
        outcome=Outcome.INFERRED,
    )
    near = (finding("near_miss", "info", iccid="8986", why="one_character"),)
    traces = {
        "whole": CONTINUOUS,
        "gap": BROKEN,
        "no purchase": found(HEADLESS),
        "no chain": found(),
        "two chains": found(WHOLE, HEADLESS),
        "falling": found(falling),
        "guessed": found(guessed),
        "not found": not_found(),
        "near": not_found(findings=near),
    }
    said = {name: explain_outcome(trace, lang) for name, trace in traces.items()}
    assert len(set(said.values())) == len(said)
    assert all(text and not re.search(r"[{}\[\]]|None", text) for text in said.values())
    assert XINGHAI.name not in said["whole"]
    assert {UNICOM.name, WANG.name} <= set(re.findall("“([^”]+)”", said["whole"]))
    assert {SHOP.name, WANG.name} <= set(re.findall("“([^”]+)”", said["gap"]))
    assert "2" in said["two chains"]


@pytest.mark.parametrize(
    ("name", "shown"), [("table 2", "表格2"), ("page 1 (2)!A3:F9", "第1页 (2)!A3:F9"), ("Sheet1", "Sheet1")]
)
def test_a_sheet_without_a_name_is_counted_in_the_language_of_the_page(name: str, shown: str) -> None:
    label = label_text("sheet", sheet=name)
    assert (label.zh, label.en) == (f"工作表 {shown}", f"sheet {name}")


def test_nothing_to_send_about_seized_cards_is_not_told_as_no_seizure() -> None:
    nothing = GuidedQuestion(code="ready_to_send", done=0, total=0)
    told = replace(nothing, answer=(GuidedStatement(code="no_lead", count=4),))
    assert guided_state(nothing, "en") == "no seized card is on record"
    assert [guided_state(told, lang) for lang in ("en", "zh")] == ["nothing to send", "没有要发出的文书"]
