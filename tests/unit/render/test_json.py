from __future__ import annotations

import json
from typing import Any

import pytest

import graphtrace
from graphtrace.errors import CaseMissing, UnknownHeadings
from graphtrace.identifiers import identify
from graphtrace.render import Lang
from graphtrace.render.command_results import Identifications, IntegrityReport, LoadedSheets
from graphtrace.render.json import (
    Failure,
    answer_document,
    to_json_bytes,
    to_json_text,
    trace_document,
)
from graphtrace.render.json_parts import to_json_parts
from graphtrace.render.provenance import answered_at
from graphtrace.results.audit import AuditResults
from graphtrace.results.case_status import CaseHead, CaseState, CaseStatus, IntegrityProblem
from graphtrace.results.load_report import SheetReport
from graphtrace.results.reports import Reject, RowWarning
from graphtrace.results.trace import Card
from graphtrace.results.traces import Traces

from .answers import AMBIGUOUS, BROKEN, CONTINUOUS, HOSTILE, SHA256, SHOP, WHOLE, chain, found, hop, named, not_found
from .reports import AUDIT, hostile_audit

RESULT = [
    *("input", "read_as", "found", "matched_as", "since", "until", "card", "outcome", "registrant", "registrant_basis"),
    "holder",
    *("end_user", "end_user_basis", "chains", "chains_omitted", "activations", "seizures", "card_lists", "chips"),
    *("judgements", "findings", "leads", "because"),
]


def only(traces: Any) -> dict[str, Any]:
    (result,) = trace_document("x.gtrace", [traces], "en")["results"]
    return dict(result)


def test_a_trace_has_the_keys_of_the_interface_in_its_order() -> None:
    document = trace_document("x.gtrace", [CONTINUOUS, not_found()], "en")
    assert list(document) == ["graphtrace", "case", "ledger_head", "as_of", "results", "counts"]
    assert (document["graphtrace"], document["case"]) == (graphtrace.__version__, "x.gtrace")
    assert all(list(result) == RESULT for result in document["results"])
    result = document["results"][0]
    assert list(result["card"]) == ["iccid", "key", "checksum", "carrier", "msisdn", "imsi", "eid", "hints"]
    assert result["card"]["hints"] == [{"what": "year", "value": "2019", "confidence": "medium"}]
    (told,) = result["chains"]
    assert list(told) == ["outcome", "registrant", "registrant_basis", "holder", "hops"]
    assert list(told["hops"][0]) == [
        *("n", "kind", "from", "to", "date", "precision", "gap_before", "level", "channel", "waybill", "price"),
        *("document_basis", "carrier_basis", "registered", "corroboration", "origins"),
    ]
    assert list(result["activations"][0]) == [
        *("kind", "date", "imei", "msisdn", "imsi", "user", "province", "city", "cell", "origins"),
    ]
    assert list(result["seizures"][0]) == ["date", "case_no", "place", "holder", "seized_from", "origins"]


def test_a_hop_says_who_whom_when_how_and_where_it_stands() -> None:
    assert only(CONTINUOUS)["chains"][0]["hops"][0] == {
        "n": 1,
        "kind": "purchase",
        "from": {"id": "carrier:china-unicom", "name": "中国联通"},
        "to": {"id": "id:91310115MA1K35XR7B", "name": "星海智联科技有限公司"},
        "date": "2024-03-01",
        "precision": "range",
        "gap_before": False,
        "level": None,
        "channel": None,
        "waybill": None,
        "price": None,
        "document_basis": None,
        "carrier_basis": None,
        "registered": [],
        "corroboration": [],
        "origins": [{"file": "采购.xlsx", "sha256": SHA256, "sheet": "明细", "row": 12, "record_no": "No-12"}],
    }


def test_a_registrant_is_an_enterprise_and_other_parties_have_no_kind() -> None:
    result = only(CONTINUOUS)
    expected = {"id": "id:91310115MA1K35XR7B", "name": "星海智联科技有限公司", "kind": "enterprise"}
    assert result["registrant"] == result["chains"][0]["registrant"] == expected
    assert list(result["holder"]) == list(result["end_user"]) == ["id", "name"]


def test_an_activation_has_its_time_and_a_hop_its_day() -> None:
    result = only(CONTINUOUS)
    assert result["activations"][0]["date"] == "2024-05-20T17:19:12+08:00"
    assert result["seizures"][0]["date"] == "2024-06-01"


def test_missing_values_are_null_and_empty_lists_are_lists() -> None:
    result = only(AMBIGUOUS)
    assert (result["registrant"], result["holder"], result["end_user"]) == (None, None, None)
    assert result["activations"] == result["seizures"] == result["findings"] == result["leads"] == []
    unknown = only(not_found())
    assert (unknown["found"], unknown["matched_as"], unknown["card"], unknown["chains"]) == (False, None, None, [])
    assert unknown["outcome"] == "not_found"


def test_a_sound_number_that_is_not_in_the_case_keeps_its_card() -> None:
    card = Card(iccid="89860619001234567858", key="8986061900123456785", checksum="ok", carrier="china-unicom")
    trace = not_found().__class__(
        input=card.iccid, found=False, matched_as=None, card=card, outcome=not_found().outcome
    )
    assert only(trace)["card"]["iccid"] == card.iccid


def test_findings_and_leads_carry_their_sentence_in_the_language_asked_for() -> None:
    english, chinese = (trace_document("x", [BROKEN], lang)["results"][0] for lang in ("en", "zh"))
    assert list(english["findings"][0]) == ["code", "severity", "params", "message"]
    assert english["findings"][0]["params"]["after"] == named(SHOP)
    assert list(english["leads"][0]) == ["id", "ask", "for", "because", "since", "until", "message"]
    assert (english["leads"][0]["ask"], english["leads"][0]["for"]) == (named(SHOP), "transfer_record")
    for part in ("findings", "leads"):
        assert english[part][0].pop("message") != chinese[part][0].pop("message")
    assert english == chinese


def test_hostile_names_come_through_unchanged_and_the_text_holds_nothing_that_acts() -> None:
    document = trace_document("x", [found(chain(*WHOLE.hops, hop(4, WHOLE.holder, HOSTILE, "2024-06-01")))], "en")
    text = to_json_text(document)
    assert json.loads(text) == document
    assert not any(character in text for character in "\x1b\u202e\u200b")
    assert json.loads(to_json_text(document, is_ascii=True)) == document
    assert to_json_text(document, is_ascii=True).isascii()


def test_identify_gives_every_reading_and_the_interval_of_a_damaged_number() -> None:
    texts = ("898604B81625D0045436", "8.98606E+19", "hello")
    document = answer_document("", Identifications([(text, identify(text)) for text in texts]))
    sound, damaged, other = document["results"]
    assert list(document) == ["graphtrace", "results"]
    assert list(sound) == ["input", "readings", "damaged", "read_as"]
    assert list(sound["readings"][0]) == [
        *("kind", "normalised", "complete", "key", "checksum", "carrier", "hints"),
    ]
    assert sound["damaged"] is None
    assert damaged["readings"] == []
    assert list(damaged["damaged"]) == ["interval"]
    assert len(damaged["damaged"]["interval"]) == 2
    assert other == {"input": "hello", "readings": [], "damaged": None, "read_as": None}


def test_a_load_report_has_the_keys_of_the_interface() -> None:
    interval = ("89860550000000000000", "89860649999999999999")
    reject = Reject(row=7, field="iccid", reason="damaged_number", value="8.98606E+19", interval=interval)
    remark = RowWarning(field="imei", reason="bad_identifier", rows=12, first_row=7, value="x")
    reports = [
        SheetReport(file="a.csv", sha256=SHA256, kind="transfer", rows=10, rejects=[reject], warnings=[remark]),
        SheetReport(file="b.csv", error=UnknownHeadings("no_header_row", hint="right_file")),
    ]
    first, second = answer_document("x.gtrace", LoadedSheets(reports))["files"]
    assert list(first) == [
        *("file", "sha256", "sheet", "kind", "encoding", "already_loaded", "recipe", "rows", "loaded", "duplicate"),
        *("rejected", "records", "kinds", "columns", "asked", "rejects_file", "rejects", "warnings"),
        *("corrections_lost", "error"),
    ]
    assert first["rejects"] == [
        {"row": 7, "field": "iccid", "reason": "damaged_number", "value": "8.98606E+19", "interval": list(interval)}
    ]
    assert first["warnings"] == [
        {"field": "imei", "reason": "bad_identifier", "rows": 12, "first_row": 7, "value": "x"}
    ]
    assert first["error"] is None
    assert second["error"] == {
        "code": "unknown_headings",
        "message": "there is no filled row in which a header could stand",
        "hint": "Check that this is the right file.",
    }


def test_an_error_says_its_code_and_exit() -> None:
    error = CaseMissing("no_case_named", variable="GRAPHTRACE_CASE", hint="name_case")
    assert answer_document("", Failure(error)) == {
        "error": {
            "code": "case_missing",
            "message": "no case is named",
            "hint": "say --case PATH or set GRAPHTRACE_CASE",
            "exit": 3,
        }
    }


def test_status_and_verify_name_the_case() -> None:
    counts = {
        "parties": 1,
        "cards_listed": 2,
        "ranges": 3,
        "quantity_only": 4,
        "rejected": 0,
        "size_bytes": 5,
        "corrected": 0,
        "unloaded": 0,
        "judgements": 0,
        "suspended": [],
        "not_read": [],
        "replies": [],
        "head": CaseHead(number="A1"),
        "purpose_required": True,
        "findable": False,
    }
    status = CaseStatus(path="x", files=[], records={"purchase": 1}, first_day=None, last_day=None, **counts)
    document = answer_document("x.gtrace", status)
    assert document["case"] == "x.gtrace"
    assert document["records"] == {"purchase": 1}
    assert document["head"] == {"number": "A1", "name": None, "unit": None, "officer": None, "ground": None}
    problem = IntegrityProblem(code="source_missing", params={"file": "a.csv", "sha256": SHA256})
    (told,) = answer_document("x.gtrace", IntegrityReport([problem]), "en")["problems"]
    assert (told["code"], told["params"]["file"]) == ("source_missing", "a.csv")
    assert "a.csv" in told["message"]


@pytest.mark.parametrize("count", [0, 1, 3, 250])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_answers_written_in_parts_are_the_same_bytes(count: int, lang: Lang) -> None:
    audits = ([AUDIT, hostile_audit("n"), AUDIT] * 100)[:count]
    told = [CONTINUOUS, not_found("a\n  ]\n}\n"), not_found("\x85\u202e"), BROKEN]
    traces = (told * 100)[:count]
    with answered_at(CaseState("head"), options={"note": 'a\n  "enterprises": [b'}):
        for answer in (AuditResults(audits), Traces(traces)):
            parts = list(to_json_parts(answer_document("x.gtrace", answer, lang, is_streamed=True)))
            assert b"".join(parts) == to_json_bytes(answer_document("x.gtrace", answer, lang))
            assert len(parts) == 4 + -(-count // 100)
