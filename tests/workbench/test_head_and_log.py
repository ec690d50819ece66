"""The head of a case on the pages of the workbench, and the log of what they ask."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.render.i18n import in_language
from graphtrace.workbench.judging import describe_entries

from .bench import CARD, HOSTILE, Bench, served, write_files


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "own.gtrace"
    with gt.open_case(path) as opened:
        assert not opened.load(*write_files(tmp_path)).has_errors
    return path


@pytest.fixture
def own(place: Path) -> Iterator[Bench]:
    with served(place) as running:
        yield running


def lookups(place: Path) -> list[dict[str, Any]]:
    path = place / "lookups.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def test_a_page_that_shows_cards_is_one_look_up_with_the_hash_of_the_page(own: Bench, place: Path) -> None:
    page = own.ask(f"/card/{CARD}?as_of=2999-01-01")
    assert page.status == 200
    asked, answered = lookups(place)
    assert (asked["command"], asked["what"]) == ("workbench", "lookup")
    assert asked["asked"] == {"path": f"/card/{CARD}", "?as_of": "2999-01-01"}
    assert (answered["of"], answered["basis"]) == (asked["hash"], "bytes")
    assert answered["answer"] == hashlib.sha256(page.body).hexdigest()


def test_pages_about_the_case_itself_are_no_look_ups_and_those_about_parties_are(own: Bench, place: Path) -> None:
    for path in ("/", "/inbox/contents", "/log", "/cases", "/head", "/queries", "/paste"):
        assert own.ask(path).status == 200
    assert lookups(place) == []
    for number, path in enumerate(("/party/老K", "/audit", "/find?q=zz", "/rejects", "/leads", "/times/months"), 1):
        assert own.ask(path.replace("老K", "%E8%80%81K")).status == 200
        assert len([line for line in lookups(place) if line["what"] == "lookup"]) == number
    assert own.post("/chart", {"ids": CARD}).status in (200, 303)
    assert "csrf" not in (place / "lookups.jsonl").read_text(encoding="utf-8")


def test_the_purpose_is_asked_once_where_the_case_requires_one(own: Bench, place: Path) -> None:
    gt.open_case(place).set_head(purpose_required="yes")
    path = f"/card/{CARD}"
    refused = own.ask(f"{path}?as_of=2999-01-01")
    assert refused.status == 403
    assert "王五" not in refused.text
    assert lookups(place) == []
    there = unescape(re.findall('name="there" value="([^"]*)"', refused.text)[0])
    assert there == f"{path}?as_of=2999-01-01"
    sent = own.post("/purpose", {"purpose": " 核查张某 ", "there": there})
    assert (sent.status, sent.headers["location"]) == (303, there)
    assert own.ask(there).status == 200
    assert own.ask("/party/%E8%80%81K").status == 200
    assert [line["purpose"] for line in lookups(place) if line["what"] == "lookup"] == ["核查张某"] * 2


def test_the_way_on_from_the_purpose_leads_to_no_other_host(own: Bench) -> None:
    sent = own.post("/purpose", {"purpose": "x", "there": "//evil.example/x"})
    assert sent.headers["location"] == "/evil.example/x"
    assert own.post("/purpose", {"purpose": "x" * 1001, "there": "/"}).status == 400


def test_a_read_only_workbench_logs_and_states_no_head(place: Path) -> None:
    with served(place, "--read-only", "--purpose", "核查张某") as bench:
        assert bench.ask(f"/card/{CARD}").status == 200
        assert lookups(place)[0]["purpose"] == "核查张某"
        assert bench.post("/head", {"number": "1"}).status == 403
    assert not any(gt.open_case(place).head())


def test_the_log_page_shows_look_ups(own: Bench) -> None:
    assert own.post("/purpose", {"purpose": HOSTILE.replace("\u202e", ""), "there": "/log"}).status == 303
    assert own.ask(f"/card/{CARD}").status == 200
    page = own.ask("/log")
    assert f"/card/{CARD}" in page.words
    assert "<script>alert(1)" not in page.text


def test_the_head_is_stated_by_a_form_and_stands_on_every_page_and_in_its_margins(own: Bench, place: Path) -> None:
    fields = {"number": "A2024-017", "unit": "某市公安局网安支队", "officer": "", "purpose_required": "no"}
    assert own.post("/head", fields).status == 303
    (note,) = gt.open_case(place).notes()
    assert note["fields"] == {"number": "A2024-017", "unit": "某市公安局网安支队"}
    for path in ("/", f"/card/{CARD}", "/audit", "/log", "/paste", "/queries", "/head", "/chart", "/party/%E8%80%81K"):
        assert "A2024-017" in own.ask(path).words, path
    page = own.ask(f"/card/{CARD}")
    (link,) = re.findall('href="(/print.css[^"]*)"', page.text)
    style = own.ask(unescape(link))
    assert style.headers["content-type"].startswith("text/css")
    assert "@top-left" in style.text
    assert "A2024" in style.text
    assert CARD in style.text
    saved = own.ask(f"/card/{CARD}?save=html").text
    assert "@top-left" in saved
    assert own.post("/head", {"number": ""}).status == 303
    assert gt.open_case(place).head().number is None
    refused = own.post("/head", {"number": "x" * 201})
    assert refused.status == 400


def test_a_text_of_a_link_to_the_margins_is_only_text(own: Bench) -> None:
    style = own.ask("/print.css?left=%22%7D%20body%7Bdisplay:none%7D%0A%3C/style%3E").text
    assert "display:none" not in style
    assert "</style>" not in style


def test_pages_of_a_case_without_a_head_have_none(own: Bench) -> None:
    page = own.ask(f"/card/{CARD}").text
    assert "print.css" not in page
    assert "case-head" not in page


def test_the_page_of_letters_says_what_they_will_leave_blank(own: Bench, place: Path) -> None:
    fields = own.ask("/leads").words.partition("left blank in letters:")[2].partition("Case details")[0]
    assert all(name in fields for name in ("unit", "officer", "legal ground"))
    with gt.open_case(place) as opened:
        opened.set_head(**dict.fromkeys(("number", "name", "unit", "officer", "ground"), "x"))
    assert "left blank in letters" not in own.ask("/leads").words


def test_the_ledger_says_a_mapping_in_words() -> None:
    mapping = "kind: transfer\ncolumns:\n  iccid: {column: C}\nliterals:\n  from: 甲店\n"
    load = {"load": 1, "at": "2026-01-01T00:00:00+08:00", "hash": "0" * 64, "file": "a.csv", "mapping": mapping}
    chat = {**load, "mapping": "transcribed:\n  by: 张警官\n  4: {kind: transfer}\n"}
    told = [in_language(text, "zh") for entry in describe_entries([load, chat]) for _, text in entry.details]
    assert told == ["经办人 张警官 · 共1行", "转让 · 卡号 C · 转出方 甲店"]
