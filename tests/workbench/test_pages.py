"""Pages of the workbench state the same as the command line, and are found by whatever a person types."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest

import graphtrace as gt
from graphtrace.evidence.case_letters import LetterQuery, make_letters
from graphtrace.storage.case_folder import Deadline, write_lock
from graphtrace.storage.ledger import check_entries
from graphtrace.workbench.answer_pages import case_answer

from .bench import CARD, HOSTILE, SALES, Answer, Bench, served

FIRM = "星海智联科技有限公司"


def follow(bench: Bench, path: str) -> tuple[str, Answer]:
    """A page and its address after the browser was sent on."""
    answer = bench.ask(path)
    for _ in range(3):
        if answer.status != 303:
            break
        path = answer.headers["location"]
        answer = bench.ask(path)
    return path, answer


@pytest.mark.parametrize(
    "typed",
    [
        CARD,
        "8986 0619 0000 0000 001",
        "89860619000000000019",
        "８９８６０６１９００００００００００１",
        "8986 O619 OOOO 0000 00I",
    ],
)
def test_a_number_however_typed_leads_to_its_card(bench: Bench, typed: str) -> None:
    path, answer = follow(bench, f"/find?q={quote(typed)}")
    assert answer.status == 200
    assert path.startswith("/card/")
    assert "王五" in answer.words


def test_a_part_of_a_number_that_one_card_fits_leads_to_it(bench: Bench) -> None:
    path, answer = follow(bench, "/find?q=" + quote("89860619??000000001"))
    assert answer.status == 200
    assert path == f"/card/{CARD}"


def test_a_part_of_a_number_that_many_cards_fit_is_a_table_of_them(bench: Bench) -> None:
    path, answer = follow(bench, "/find?q=" + quote("898606190000000000?"))
    assert path.startswith("/find")
    assert answer.text.count('href="/card/') == 9


def test_a_list_is_a_table_of_cards_with_their_outcomes(bench: Bench) -> None:
    numbers = f"{CARD.replace('0', 'O')}\n8986061900000000002, 8986061900000099999"
    _, answer = follow(bench, f"/find?q={quote(numbers)}")
    assert answer.text.count('href="/card/') == 3
    assert answer.text.count("outcome-continuous") == 1
    assert answer.text.count("outcome-not_found") == 1


def test_a_name_leads_to_its_party_and_a_part_of_it_to_those_like_it(bench: Bench) -> None:
    path, answer = follow(bench, f"/find?q={quote('老K')}")
    assert path.startswith("/party/")
    assert "星海智联科技有限公司" in answer.words
    path, answer = follow(bench, f"/find?q={quote('星海')}")
    assert path.startswith("/find")
    assert "星海智联科技有限公司" in answer.words


def test_a_case_number_leads_to_its_cards(bench: Bench) -> None:
    _, answer = follow(bench, "/find?q=A-2024-1")
    assert answer.text.count('href="/card/') == 2


def test_what_nothing_fits_is_said(bench: Bench) -> None:
    _, answer = follow(bench, f"/find?q={quote('没有这个人啊')}")
    assert answer.status == 200
    assert "Nothing in this case fits: no card, party" in answer.words


def test_a_number_that_no_record_names_says_what_comes_near(bench: Bench) -> None:
    _, answer = follow(bench, "/find?q=8986061900000000101")
    assert answer.status == 200
    assert "8986061900000000100" in answer.words


@pytest.mark.parametrize("ending", ["html", "json", "csv", "xlsx"])
def test_an_answer_is_saved_as_the_command_line_writes_it(bench: Bench, case: Path, ending: str) -> None:
    answer = bench.ask(f"/card/{CARD}?save={ending}")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''trace-{CARD}.{ending}"
    if ending == "json":
        with gt.open_case(case) as opened:
            expected = opened.trace(CARD).to_dict()["results"]
        assert json.loads(answer.body)["results"] == expected
    if ending == "html":
        assert "/static/" not in answer.text
        assert 'name="q"' not in answer.text
        assert "<style>" in answer.text


def test_a_page_as_of_a_day_before_the_load_knows_nothing(bench: Bench) -> None:
    assert "王五" not in bench.ask(f"/card/{CARD}?as_of=2020-01-01").words
    assert bench.ask(f"/card/{CARD}?as_of=x").status == 400


@pytest.mark.parametrize(("lang", "word"), [("en", "Leads"), ("zh", "线索")])
def test_a_page_opens_in_the_language_that_was_chosen(bench: Bench, lang: str, word: str) -> None:
    answer = bench.ask("/leads", headers={"Cookie": f"{bench.cookie}; graphtrace_lang={lang}"})
    assert f'<html lang="{lang}">' in answer.text
    assert word in answer.words


def test_an_audit_is_that_of_the_role_that_is_asked(bench: Bench, case: Path) -> None:
    with gt.open_case(case) as opened:
        dealers = opened.audit(all=True, role="dealer")
        enterprises = opened.audit(all=True)
        received = opened.audit_details("老K", bucket="resold", role="dealer")
    assert [audit.enterprise.name for audit in enterprises] == ["星海智联科技有限公司"]
    assert {audit.enterprise.name for audit in dealers} > {"老K"}
    page = bench.ask("/audit?role=dealer")
    for role, audits in (("dealer", dealers), ("enterprise", enterprises)):
        shown = json.loads(bench.ask(f"/audit?role={role}&save=json").body)["enterprises"]
        assert [one["enterprise"]["id"] for one in shown] == [audit.enterprise.id for audit in audits]
    assert 'href="/audit?role=enterprise"' in page.text
    asked = f"/audit/{quote('老K')}"
    # a dealer is one by what it did; asked as an enterprise it bought nothing
    said = json.loads(bench.ask(f"{asked}?save=json").body)
    assert said == json.loads(bench.ask(f"{asked}?role=dealer&save=json").body)
    assert said["enterprises"][0]["role"] == "dealer"
    assert bench.ask(f"{asked}?role=enterprise").status in (400, 404)
    assert bench.ask(f"{asked}?role=carrier").status == 400
    opened_cards = bench.ask(f"{asked}?bucket=resold&role=dealer")
    assert opened_cards.status == 200
    assert CARD in opened_cards.words
    assert received[0].cards == said["enterprises"][0]["buckets"]["resold"] > 0
    # from the figure to its cards the role goes along, and back
    links = re.findall(r'href="([^"]*bucket=[^"]*)"', bench.ask(f"{asked}?role=dealer").text)
    assert links
    assert all("role=dealer" in unescape(link) for link in links if link.startswith("/audit/"))
    assert "role=dealer" in re.search(r'class="bench-onward"><a href="([^"]*)"', opened_cards.text)[1]  # type: ignore[index]


def test_each_figure_and_finding_of_an_audit_opens_where_it_stands(bench: Bench) -> None:
    asked = f"/audit/{quote('星海智联科技有限公司')}"
    (audit,) = json.loads(bench.ask(f"{asked}?save=json").body)["enterprises"]
    page = bench.ask(f"{asked}?role=enterprise").text
    figures = {"purchased": audit["purchased"], "activated": audit["activated"], "seized": audit["seized"]}
    behind = {**figures, **audit["buckets"]}
    links = re.findall(r'<a href="(/audit/[^"]*bucket=(\w+)[^"]*)">([\d,]+)</a>', page)
    assert {name: int(shown.replace(",", "")) for _, name, shown in links} == {k: v for k, v in behind.items() if v}
    for address, name, shown in links:
        saved = json.loads(bench.ask(f"{unescape(address)}&save=json").body)
        assert [one["cards"] for one in saved["opened"]] == [int(shown.replace(",", ""))], name
    rules = set(re.findall(r'<a href="/audit/[^"]*[?;]rule=(\w+)', page))
    assert rules == {finding["code"] for finding in audit["findings"]} != set()
    opened = bench.ask(f"{asked}?role=enterprise&bucket=seized").text
    first = re.search(r'<a href="(/card/\d+)"><strong>', opened)
    assert first is not None
    assert bench.ask(first[1]).status == 200
    # a file and a redacted page lead nowhere
    for other in ("&save=html", "&redact=1"):
        assert "bucket=" not in bench.ask(f"{asked}?role=enterprise{other}").text.partition("<main")[2]


def test_the_list_of_audits_is_of_totals(bench: Bench) -> None:
    whole = json.loads(bench.ask("/audit?role=dealer&save=json").body)["enterprises"]
    assert any(one["findings"] for one in whole)
    page = bench.ask("/audit?role=dealer")
    shown = [unquote(one) for one in re.findall(r'<a href="/audit/([^"?]*)\?role=dealer"', page.text)]
    assert shown == [one["enterprise"]["id"] for one in whole]
    assert bench.ask(f"/audit?role=dealer&page={'9' * 5000}").status == 200


def test_every_question_of_the_library_has_a_form(bench: Bench) -> None:
    names = re.findall(r'href="/queries/([a-z-]+)"', bench.ask("/queries").text)
    assert len(names) > 40
    for name in names:
        assert bench.ask(f"/queries/{name}").status == 200


def test_a_question_is_answered_in_a_table(bench: Bench) -> None:
    answer = bench.ask("/queries/seized-cards?ask=1&case_no=A-2024-1")
    assert answer.status == 200
    assert CARD in answer.words
    missing = bench.ask("/queries/cards-of-party?ask=1")
    assert missing.status == 400


def test_the_rows_that_were_not_loaded_are_listed(bench: Bench) -> None:
    assert bench.ask("/rejects").status == 200


def test_leads_stand_by_addressee(bench: Bench) -> None:
    answer = bench.ask("/leads")
    assert "赵六" in answer.words
    assert f'href="/card/{CARD}"' in answer.text


def test_the_log_has_a_line_for_every_load(bench: Bench, case: Path) -> None:
    answer = bench.ask("/log")
    assert all(name in answer.words for name in ("sales.csv", "transfers.csv", "seizures.csv"))
    assert len((case / "ledger.jsonl").read_text().splitlines()) == 3


def test_many_pages_at_once_are_all_answered(bench: Bench) -> None:
    paths = [f"/card/{CARD}", "/audit", "/leads", "/log", f"/find?q={quote('星海')}"] * 4
    with ThreadPoolExecutor(len(paths)) as tabs:
        assert {answer.status for answer in tabs.map(bench.ask, paths)} == {200}


def test_a_letter_that_a_load_answers_says_for_how_many_of_its_cards(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    reply = tmp_path / "reply.csv"
    reply.write_text("转出方,转入方,日期,卡号,引用码\n", "utf-8")
    with gt.open_case(copy) as opened:
        made = make_letters(opened, LetterQuery(ids=["8986061900000000002"]), None)
        (letter,) = [each.letter for each in made.letters if each.letter.name == "老K"]
        with reply.open("a", encoding="utf-8") as file:
            file.write(f"老K,赵六,2024-04-01,8986061900000000002,{letter.reference}\n")
        assert [answer.reference for answer in opened.load(reply).answers] == [letter.reference]
    with served(copy) as bench:
        assert "1 of 1 card answered" in bench.ask("/leads").words


def test_the_inbox_compares_a_loaded_file_with_the_hash_of_its_reply(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    sha256 = hashlib.sha256(SALES.encode()).hexdigest()
    said = {"sha256": sha256, "number": HOSTILE, "hash": f"SM3:{'0' * 64}", "seal": "no"}
    with served(copy) as bench:
        assert bench.post("/inbox/reply", said).status == 303
        page = bench.ask("/inbox/contents")
        assert "SM3 differs from reply" in page.words
        assert "without a seal" in page.words
        assert "<script>alert" not in page.text
        told = bench.ask("/card/8986061900000000002").words
        assert "sales.csv is not the file of which reply" in told
        assert bench.post("/inbox/reply", {**said, "number": "12", "hash": f"SHA256:{sha256}"}).status == 303
        assert "SHA256 agrees with reply 12" in bench.ask("/inbox/contents").words
        assert "is not the file of which" not in bench.ask("/card/8986061900000000002").words
        for wrong in ({"hash": "SM3:12"}, {"number": " "}, {"seal": "perhaps"}, {"sha256": "0" * 64}):
            assert bench.post("/inbox/reply", {**said, **wrong}).status in (400, 404)
        assert bench.post("/inbox/reply", {**said, "csrf": "x"}).status == 403
    with gt.open_case(copy) as opened:
        assert [note["kind"] for note in opened.notes()] == ["reply", "reply"]
        assert opened.verify() == []


def test_notes_states_and_views_are_added_beside_the_ledger_and_never_changed(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:
        before = bench.ask(f"/card/{CARD}?save=json").body
        for text in ("first", HOSTILE):
            answer = bench.post("/notes", {"about": f"card:{CARD}", "text": text})
            assert (answer.status, answer.headers["location"]) == (303, f"/card/{CARD}#notes")
        page = bench.ask(f"/card/{CARD}")
        assert "first" in page.words
        assert "<script>alert" not in page.text
        assert "first" not in bench.ask("/card/8986061900000000002").words
        assert bench.ask(f"/card/{CARD}?save=json").body == before
        about = re.search(r'name="about" value="([^"]+)"', bench.ask("/leads").text)
        assert about is not None
        assert bench.post("/leads/state", {"about": unescape(about[1]), "state": "sent", "text": "no. 7"}).status == 303
        assert "no. 7" in bench.ask("/leads").words
        view = {"nodes": [{"id": "name:x", "name": "x", "lines": ["x"], "x": 1, "y": 2}], "edges": []}
        saved = bench.post("/chart/views", {"name": "one", "view": json.dumps(view)})
        assert json.loads(saved.body) == {"address": "/chart?view=one"}
        assert '"x":1' in bench.ask("/chart?view=one").text
        for path, fields in (
            ("/notes", {"about": "card:", "text": "x"}),
            ("/notes", {"about": "lead:x", "text": "x"}),
            ("/notes", {"about": f"card:{CARD}", "text": "x" * 20_001}),
            ("/notes", {"about": f"card:{CARD}", "text": " "}),
            ("/leads/state", {"about": "x", "state": "done"}),
            ("/chart/views", {"name": "x", "view": "[" * 1000}),
            ("/chart/views", {"name": "", "view": json.dumps(view)}),
        ):
            assert bench.post(path, fields).status == 400
    lines = (copy / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    assert check_entries(lines) == []
    assert [json.loads(line)["kind"] for line in lines] == ["note", "note", "lead", "view"]
    with gt.open_case(copy) as opened:
        assert opened.verify() == []
        assert [note["text"] for note in opened.notes() if note["kind"] == "note"] == ["first", HOSTILE]
        assert opened.at("2020-01-01").notes() == []


def test_notes_stay_with_their_party_and_card_whatever_these_are_called_later(tmp_path: Path) -> None:
    first, seen, number = "8986061900000000001", "8986061900000000050", "13800001111"
    (tmp_path / "sales.csv").write_text(
        f"转让日期,转出方,转入方,起始ICCID,结束ICCID,数量\n2024-03-01,紫霄云通科技有限公司,轩辕小店,{first},8986061900000000100,100\n",
        "utf-8",
    )
    (tmp_path / "by_number.csv").write_text(f"激活日期,msisdn,使用人\n2024-03-02,{number},丑牛店\n", "utf-8")
    (tmp_path / "later.csv").write_text(
        f"转让日期,转出方,转入方,转入方证件号,ICCID\n2024-04-01,紫霄云通科技有限公司,轩辕小店,91310115MA1K35XR7B,{seen}A\n",
        "utf-8",
    )
    place = tmp_path / "x.gtrace"
    with gt.open_case(place) as opened:
        opened.load(tmp_path / "sales.csv", tmp_path / "by_number.csv")
    with served(place) as bench:

        def note(path: str, text: str) -> None:
            about = re.search(r'name="about" value="([^"]+)"', bench.ask(path).text)
            assert about is not None
            assert bench.post("/notes", {"about": unescape(about[1]), "text": text}).status == 303
            assert text in bench.ask(path).words

        note(f"/party/{quote('轩辕小店')}", "on the shop")
        note(f"/card/{seen}", "on the card")
        note(f"/card/{number}", "on the number")
        assert bench.post("/notes", {"about": "party:name:谁也不是", "text": "on nobody"}).status == 303
        log = bench.ask("/log").words
        assert "on nobody" in log
        assert not any(text in log for text in ("on the shop", "on the card", "on the number"))
        with gt.open_case(place) as opened:
            joined = opened.resolve("轩辕小店", "丑牛店", same=True, why="w", by="p")
        assert "on the shop" in bench.ask(f"/party/{quote('丑牛店')}").words
        with gt.open_case(place) as opened:
            opened.undo_judgement(joined.judgement.number, why="w", by="p")
        assert "on the shop" not in bench.ask(f"/party/{quote('丑牛店')}").words
        with gt.open_case(place) as opened:
            assert not opened.load(tmp_path / "later.csv").has_errors
            assert opened.party("轩辕小店").party.id == "id:91310115MA1K35XR7B"
        assert "on the shop" in bench.ask(f"/party/{quote('轩辕小店')}").words
        assert "on the card" in bench.ask(f"/card/{seen}").words
        with gt.open_case(place) as opened:
            for name in ("sales.csv", "later.csv"):
                opened.unload(tmp_path / name, why="w", who="p")
        log = bench.ask("/log").words
        assert all(text in log for text in ("on nobody", "on the shop", "on the card"))
        assert "on the number" not in log


def test_answers_are_chosen_for_the_report_on_their_pages_and_taken_out_again(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    party = quote("老K")
    with served(copy) as bench:
        assert "Nothing is chosen yet" in bench.ask("/report").words
        for path, words in ((f"/card/{CARD}", HOSTILE), (f"/party/{party}", ""), (f"/audit/{quote(FIRM)}", "three")):
            page = bench.ask(path).text
            fields = dict(re.findall(r'name="(command|asked)" value="([^"]+)"', page))
            fields = {name: unescape(value) for name, value in fields.items()}
            answer = bench.post("/report/pin", {**fields, "words": words})
            assert (answer.status, answer.headers["location"]) == (303, "/report")
        # what is asked as of a day, or with other thresholds or in another role, is not what the report asks
        for path in (f"/card/{CARD}?as_of=2030-01-01", f"/audit/{quote(FIRM)}?role=dealer"):
            assert 'action="/report/pin"' not in bench.ask(path).text
        listed = bench.ask("/report")
        assert "<script>alert" not in listed.text
        for path in re.findall(r'<strong>\d</strong> · <a href="([^"]+)"', listed.text):
            assert bench.ask(unescape(path)).status == 200
        whole = bench.ask("/report/whole")
        assert all(text in whole.words for text in ("王五", "three", "transfers.csv", "SM3"))
        assert "<script>alert" not in whole.text
        for ending in ("docx", "pdf", "html", "md", "json"):
            assert f'"/report/whole?save={ending}"' in listed.text
            assert bench.ask(f"/report/whole?save={ending}").headers["content-disposition"].endswith(f"report.{ending}")
        assert bench.post("/report/remove", {"number": "2"}).status == 303
        assert 'value="2"' not in bench.ask("/report").text
        for path, wrong in (
            ("/report/remove", {"number": "2"}),
            ("/report/remove", {"number": "x"}),
            ("/report/pin", {"command": "sql", "asked": "x", "words": ""}),
            ("/report/pin", {"command": "trace", "asked": "", "words": ""}),
            ("/report/pin", {"command": "trace", "asked": CARD, "words": "x" * 20_001}),
        ):
            assert bench.post(path, wrong).status == 400
    with gt.open_case(copy) as opened:
        assert opened.verify() == []


def test_pdf_is_offered_where_it_can_be_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "save=pdf" in bench.ask(f"/card/{CARD}").text
    saved = bench.ask(f"/card/{CARD}?save=pdf")
    assert (saved.headers["content-type"], saved.body[:5]) == ("application/pdf", b"%PDF-")
    assert ".pdf" in case_answer(None, case="x", title="x", name="x").files
    monkeypatch.setattr("graphtrace.render.writers.pdf_writer.find_spec", lambda _: None)
    assert [*case_answer(None, case="x", title="x", name="x").files] == [".xlsx", ".csv", ".md", ".docx", ".json"]


def test_a_line_of_notes_that_was_cut_off_does_not_count_and_is_written_over(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with gt.open_case(copy) as opened:
        opened.add_note("note", "card:1", {"text": "whole"})
        with (copy / "notes.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"at": "2026')
        assert [note["text"] for note in opened.notes()] == ["whole"]
        opened.add_note("note", "card:1", {"text": "after"})
        assert [note["text"] for note in opened.notes()] == ["whole", "after"]
    assert check_entries((copy / "notes.jsonl").read_text(encoding="utf-8").splitlines()) == []


def test_the_chart_grows_by_the_parties_that_one_dealt_with(bench: Bench) -> None:
    step = json.loads(bench.ask(f"/chart/expand?party={quote('老K')}").body)
    assert {node["name"] for node in step["nodes"]} == {"老K", "星海智联科技有限公司", "王五"}
    assert {(edge["cards"], edge["seized"]) for edge in step["edges"]} == {(2, 2), (1, 1)}
    assert step["rest"] == {"received": {"count": 0, "cards": 0}, "passed_on": {"count": 0, "cards": 0}}
    month = json.loads(bench.ask(f"/chart/expand?party={quote('老K')}&by=month").body)
    (group,) = (node for node in month["nodes"] if node["kind"] == "group" and node["within"]["side"] == "passed_on")
    assert (group["within"]["key"], group["partners"]) == ("2024-04", 1)
    inside = json.loads(bench.ask(f"/chart/expand?{urlencode({'party': group['of'], **group['within']})}").body)
    assert [(edge["source"], edge["target"]) for edge in inside["edges"]] == [(group["id"], "name:王五")]
    for wrong in ("by=week", "within=month&key=2024-04", "within=size&key=x&side=received"):
        assert bench.ask(f"/chart/expand?party={quote('老K')}&{wrong}").status == 400
    way = json.loads(bench.ask(f"/chart/path?one={quote('王五')}&other={quote('星海智联科技有限公司')}").body)
    assert len(way["nodes"]) == 3
    unknown = bench.ask(f"/chart/expand?party={quote('没有')}", headers={"Accept": "application/json"})
    assert unknown.status == 400
    assert "error" in json.loads(unknown.body)


def test_a_chart_begins_with_a_list_of_cards_or_parties(bench: Bench) -> None:
    def start(page: str) -> dict[str, Any]:
        found = re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', page, re.DOTALL)
        assert found is not None
        return dict(json.loads(found[1]))

    sent = bench.post("/chart", {"list": f"{CARD}\n8986061900000000002\n8986061900000009999\n无此人"})
    assert sent.status == 303
    page = bench.ask(sent.headers["location"])
    edges = {(edge["source"], edge["target"]): edge["cards"] for edge in start(page.text)["edges"]}
    # a carrier sold both, both went to 老K, one of them on to 王五; the other shows up with 赵六
    assert sorted(edges.values()) == [1, 1, 2, 2]
    assert edges["name:老k", "name:王五"] == 1
    asked = page.text.partition('<div class="ask">')[2].partition("</div>")[0]
    assert "8986061900000009999" in asked
    assert "无此人" in asked
    between = start(bench.ask(f"/chart?list={quote('老K,王五,赵六')}").text)
    assert {node["id"] for node in between["nodes"]} == {"name:老k", "name:王五", "name:赵六"}
    assert [(edge["target"], edge["cards"]) for edge in between["edges"]] == [("name:王五", 1)]
    # a list that no address holds, and one that is too long
    long = bench.post("/chart", {"list": "\n".join([CARD, *(f"无此人{number}" for number in range(600))])})
    assert long.status == 200
    assert len(start(long.text)["edges"]) == 2 + 1
    assert bench.post("/chart", {"list": "\n".join(map(str, range(10**6, 10**6 + 1001)))}).status == 400
    # from a list that was found before
    cards = f"{CARD}\n8986061900000000002"
    found = bench.ask(f"/find?q={quote(cards)}").text
    assert 'name="list" value="8986061900000000001, 8986061900000000002"' in found
    assert 'name="list" value="8986061900000000001, 8986061900000000002"' in bench.ask("/find?q=A-2024-1").text


def test_one_select_is_answered_and_nothing_else(bench: Bench) -> None:
    assert CARD in bench.ask("/sql?text=" + quote("SELECT * FROM moves")).words
    for text in (
        "DROP TABLE moves",
        "SELECT 1; SELECT 2",
        "COPY moves TO '/tmp/x'",
        "SELECT * FROM read_csv('/etc/passwd')",
    ):
        answer = bench.ask("/sql?text=" + quote(text))
        assert answer.status == 400
        assert "root:" not in answer.text


def test_the_limits_of_rules_stand_in_the_address_where_they_were_changed(bench: Bench) -> None:
    address = f"/audit/{quote('星海智联科技有限公司')}"
    found = [
        {
            finding["code"]
            for finding in json.loads(bench.ask(f"{address}?save=json{more}").body)["enterprises"][0]["findings"]
        }
        for more in ("", "&soon_seized.days=91", "&soon_seized.days=92")
    ]
    assert found[0] - found[1] == {"soon_seized"}
    assert found[0] == found[2]
    page = bench.ask(f"{address}?soon_seized.days=91").text
    assert re.search(r'name="soon_seized.days" value="91"', page)
    assert "soon_seized.days=91" in page.partition('class="bench-save"')[2].partition("</p>")[0]
    # the form sends all of them
    sent = dict(re.findall(r'<input type="text" id="[^"]*" name="(\w+\.\w+)" value="([^"]*)"', page))
    assert len(sent) > 30
    answer = bench.ask(f"{address}?{urlencode({'role': 'enterprise', **sent})}")
    assert (answer.status, answer.headers["location"]) == (303, f"{address}?role=enterprise&soon_seized.days=91")
    assert bench.ask(f"{address}?soon_seized.days=x").status == 400
    assert bench.ask(f"{address}?nothing.days=5").status == 200


def test_months_and_places_are_those_of_the_records(bench: Bench) -> None:
    page = bench.ask("/times?as_of=2999-01-01").text
    parts = re.findall(r'data-later="([^"]*)"', page)
    assert parts == ["/times/months?as_of=2999-01-01", "/times/places?as_of=2999-01-01"]
    for _ in range(2):  # counted, and remembered
        months, places = (bench.ask(part).words for part in parts)
        assert "2024-03" in months
        assert "No record names a province." in places
    assert "2024-03" not in bench.ask("/times/months?as_of=2020-01-01").words


def test_the_row_behind_a_step_is_shown_with_its_cells(bench: Bench) -> None:
    page = bench.ask(f"/card/{CARD}").text
    address = re.search(r'href="(/source\?[^"]*)">transfers.csv', page)
    assert address is not None
    shown = bench.ask(unescape(address[1]))
    assert "转出方" in shown.words
    chosen = re.search(r'<tr class="chosen">(.*?)</tr>', shown.text, re.DOTALL)
    assert chosen is not None
    assert CARD in chosen[1]
    for wrong in ("sha256=x&row=1", f"sha256={'0' * 64}&row=1", unescape(address[1]).partition("?")[2] + "99"):
        assert bench.ask(f"/source?{wrong}").status == 404
    assert bench.ask("/source?sha256=../../etc/passwd&row=x").status == 400


def test_a_row_is_withdrawn_on_its_page_and_counts_again(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:

        def card() -> str:
            return bench.ask(f"/card/{CARD}").words.partition("edger head")[0]

        before = card()
        address = re.search(r'href="(/source\?[^"]*)">transfers.csv', bench.ask(f"/card/{CARD}").text)
        assert address is not None
        page = bench.ask(unescape(address[1]))
        assert "do not count it" in page.words
        form = {name: re.search(f'name="{name}" value="([^"]*)"', page.text)[1] for name in ("sha256", "sheet", "row")}  # type: ignore[index]
        assert bench.post("/source", {**form, "why": " "}).status == 400
        assert bench.post("/source", {**form, "row": "x", "why": "y"}).status == 400
        answer = bench.post("/source", {**form, "why": "read the wrong way round"})
        assert answer.status == 303
        withdrawn = bench.ask(answer.headers["location"]).words
        assert "withdrawn: does not count" in withdrawn
        assert "read the wrong way round" in withdrawn
        assert card() != before
        assert bench.post("/source", {**form, "why": "it was right", "undo": "yes"}).status == 303
        assert "do not count it" in bench.ask(unescape(address[1])).words
        assert card() == before
        assert bench.post("/source", {**form, "row": "999999", "why": "z"}).status == 404
    with served(copy, "--read-only") as bench:
        assert "do not count it" not in bench.ask(unescape(address[1])).words


def test_two_names_that_are_judged_the_same_close_a_chain_until_it_is_undone(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    torn = "/card/8986061900000000002"
    with served(copy) as bench:
        assert "outcome-broken" in bench.ask(torn).text
        queue = bench.ask("/judge")
        assert queue.status == 200
        pair = re.search(r'href="(/judge\?one=[^"]*赵六[^"]*|/judge\?one=[^"]*%E8%B5%B5%E5%85%AD[^"]*)"', queue.text)
        assert pair is not None
        assert bench.ask(unescape(pair[1])).status == 200
        page = bench.ask(f"/judge?one={quote('老K')}&other={quote('赵六')}")
        fields = {"member": re.findall(r'name="member" value="(name:[^"]*)"', page.text)}
        assert len(fields["member"]) == 2
        assert bench.post("/judge", {**fields, "verdict": "same", "why": "same telephone"}).status == 303
        assert "outcome-continuous" in bench.ask(torn).text
        assert "same telephone" in bench.ask("/judge").words
        assert bench.post("/judge", {**fields, "verdict": "same", "why": " "}).status == 400
        assert bench.post("/judge", {**fields, "verdict": "x", "why": "x"}).status == 400
        assert bench.post("/judge/undo", {"number": "1", "why": "no"}).status == 303
        assert "outcome-broken" in bench.ask(torn).text
        assert bench.post("/judge/undo", {"number": "9"}).status == 404
        assert "Judged" in bench.ask("/log").words
    with gt.open_case(copy) as opened:
        assert opened.verify() == []


def case_of_short_names(folder: Path) -> Path:
    """A case in which three firms also go by a short name, one of them between two steps of a chain."""
    rows = [
        "甲公司,南京恒络通信有限公司,2024-03-01,8986061900000000001",
        "恒络通信,乙公司,2024-03-05,8986061900000000001",
        "甲公司,深圳市万联科技有限公司,2024-03-01,8986061900000000002",
        "丙公司,万联科技,2024-03-05,8986061900000000003",
        "甲公司,杭州拓海网络有限公司,2024-03-01,8986061900000000004",
        "丁公司,拓海网络,2024-03-05,8986061900000000005",
    ]
    (folder / "t.csv").write_text("\n".join(["转出方,转入方,日期,卡号", *rows, ""]), "utf-8")
    with gt.open_case(folder / "names.gtrace") as opened:
        opened.load(folder / "t.csv")
    return folder / "names.gtrace"


def test_several_pairs_are_judged_at_once_for_one_reason(tmp_path: Path) -> None:
    copy = case_of_short_names(tmp_path)
    with gt.open_case(copy) as opened:
        pairs = [tuple(party.id for party in each.parties) for each in opened.candidates()]
    assert len(pairs) > 1
    with served(copy) as bench:
        queue = bench.ask("/judge")
        assert queue.text.count('<select name="verdict"') == len(pairs)
        form = {
            "one": [one for one, _ in pairs],
            "other": [other for _, other in pairs],
            "verdict": ["same", "different", *[""] * (len(pairs) - 2)],
            "why": "seen in the papers",
        }
        assert bench.post("/judge", {**form, "verdict": [""] * len(pairs)}).status == 400
        assert bench.post("/judge", {**form, "verdict": ["same"]}).status == 400
        assert bench.post("/judge", {**form, "why": " "}).status == 400
        assert bench.post("/judge", form).status == 303
        with gt.open_case(copy) as opened:
            judged = [(each.judgement.parties, each.judgement.same, each.judgement.why) for each in opened.judgements()]
        assert judged == [
            (tuple(sorted(pairs[0])), True, "seen in the papers"),
            (tuple(sorted(pairs[1])), False, "seen in the papers"),
        ]
        rest = bench.ask("/judge")
        assert rest.text.count('<select name="verdict"') < len(pairs)


def test_pairs_are_searched_ordered_and_gone_through_one_by_one(tmp_path: Path) -> None:
    copy = case_of_short_names(tmp_path)
    with gt.open_case(copy) as opened:
        pairs = opened.candidates()
        effects = sorted((each.chains_closed or 0 for each in pairs), reverse=True)
    one = pairs[0].parties[0]
    with served(copy) as bench:
        found = bench.ask(f"/judge?q={quote(one.name)}")
        named = sum(any(one.name.casefold() in party.name.casefold() for party in each.parties) for each in pairs)
        assert found.text.count('<select name="verdict"') == named < len(pairs)
        by_effect = bench.ask("/judge?order=effect").text
        assert [int(each) for each in re.findall(r"would make (\d+) broken", by_effect)] == [n for n in effects if n]
        first = "/judge?" + urlencode({"one": pairs[0].parties[0].id, "other": pairs[0].parties[1].id})
        page = bench.ask(first).text
        assert 'rel="prev"' not in page
        following = re.search(r'href="([^"]*)" rel="next"', page)
        assert following is not None
        after = bench.ask(unescape(following[1])).text
        assert f'value="{escape(pairs[1].parties[0].id)}"' in after
        assert 'rel="prev"' in after


def test_a_gap_leads_to_the_question_whether_its_sides_are_one_party(case: Path) -> None:
    with served(case) as bench:
        page = bench.ask("/card/8986061900000000002").text
        link = re.search(r'href="(/judge\?one=[^"]*)">', page.partition("Remarks")[2] or page)
        assert link is not None
        asked = bench.ask(unescape(link[1])).words
        assert "老K" in asked
        assert "赵六" in asked
        assert "/judge?one=" not in bench.ask("/card/8986061900000000002?redact=1").text


def test_while_another_process_writes_the_case_pages_answer_and_a_change_says_who_writes(
    case: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:
        assert bench.ask(f"/card/{CARD}").status == 200
        with write_lock(copy, Deadline(20), "load"):
            assert bench.ask(f"/card/{CARD}").status == 200
            assert bench.ask("/").status == 200
            judged = {"one": "老K", "other": "赵六", "verdict": "same", "why": "same telephone"}
            answer = bench.post("/judge", judged)
            assert answer.status == 503
            assert "is being written" in answer.words
        assert bench.post("/judge", judged).status == 303


def test_a_load_on_the_command_line_goes_on_beside_an_open_workbench(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    more = tmp_path / "more.csv"
    more.write_text("转出方,转入方,日期,卡号\n王五,孙八,2024-05-01,8986061900000000001\n", encoding="utf-8")
    with served(copy) as bench:
        stop = threading.Event()
        statuses: list[int] = []

        def look() -> None:
            while not stop.is_set():
                statuses.append(bench.ask(f"/card/{CARD}").status)

        looking = threading.Thread(target=look)
        looking.start()
        command = [sys.executable, "-m", "graphtrace", "--case", str(copy), "load", str(more)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        stop.set()
        looking.join()
        assert done.returncode == 0, done.stderr
        assert set(statuses) <= {200, 503}
        assert "孙八" in bench.ask(f"/card/{CARD}").words


def upload(bench: Bench, name: str, content: bytes) -> str:
    headers = {"X-GRAPHTRACE-CSRF": bench.csrf, "X-File-Name": quote(name)}
    answer = bench.ask("/inbox/files", method="POST", body=content, headers=headers)
    assert answer.status == 200, answer.text
    return str(json.loads(answer.body)["ticket"])


def wait_until_idle(bench: Bench) -> Answer:
    for _ in range(300):
        answer = bench.ask("/inbox/tasks")
        # a refusal or a page of another kind is no sign that the work is done
        assert (answer.status, 'id="tasks"' in answer.text) == (200, True), answer.words
        if "data-busy" not in answer.text:
            return answer
        time.sleep(0.1)
    raise AssertionError("the load does not end")


def test_pages_are_answered_while_the_workbench_loads(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    rows = "".join(f"王五,孙八,2024-05-01,{number}\n" for number in range(8986061900000100000, 8986061900000200000))
    with served(copy) as bench:
        ticket = upload(bench, "more.csv", f"转出方,转入方,日期,卡号\n{rows}".encode())
        assert bench.post("/inbox/load", {"ticket": ticket}).status == 303
        statuses: list[int] = []
        while "data-busy" in bench.ask("/inbox/tasks").text:
            statuses.append(bench.ask(f"/card/{CARD}").status)
        assert statuses.count(200) >= max(1, len(statuses) - 1)
        assert bench.ask("/card/8986061900000199999").status == 200


def test_files_make_a_case_in_the_background_and_bad_ones_say_why_whatever_they_are_called(tmp_path: Path) -> None:
    case = tmp_path / "new.gtrace"
    with served(case) as bench:
        assert "There is no case yet" in bench.ask("/").words
        assert bench.ask("/log").headers["location"] == "/"
        sales = (
            "运营商,企业名称,日期,起始ICCID,结束ICCID\n"
            "中国联通,星海智联,2024-03-01,8986061900000000001,8986061900000000100\n"
            "中国联通,星海智联,2024-13-01,8986061900000000101,8986061900000000102\n"
        ).encode()
        nonsense = {"nonsense.csv": b"a,b\n1,2\n", f"../{HOSTILE}.csv": b"a\n1\n"}
        tickets = [upload(bench, name, content) for name, content in {"sales.csv": sales, **nonsense}.items()]
        for ticket in tickets:
            assert bench.post("/inbox/load", {"ticket": ticket}).status == 303
        answer = wait_until_idle(bench)
        assert "<script>" not in answer.text
        assert "<img" not in answer.text
        words = answer.words
        assert "sales.csv" in words
        assert "nonsense.csv" in words
        assert "sales.csv:3" in words
        assert "王五" not in words
        assert follow(bench, "/find?q=8986061900000000050")[1].status == 200
        # nothing of what was uploaded stays outside of the sources of the case
        assert not [path for path in case.rglob("*.csv") if "rejects" not in path.parts]
    with gt.open_case(case) as opened:
        assert [entry["file"] for entry in opened.status().files] == ["sales.csv"]
        assert opened.verify() == []


def test_a_list_of_parcels_is_mapped_and_loaded(tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    content = "甲,乙,丙,丁\nYT9900000000031,星海,鑫联,2024-03-05\n".encode()
    with served(case) as bench:
        assert bench.post("/inbox/load", {"ticket": upload(bench, "odd.csv", content)}).status == 303
        address = re.search(r'href="(/mapping/[0-9a-f]{16})"', wait_until_idle(bench).text)
        assert address is not None
        page = bench.ask(address[1])
        for kind in ("identity", "shipment", "payment"):
            assert f'<option value="{kind}"' in page.text
        assert 'data-zh="付款方账号"' in page.text
        columns = {"column-A": "waybill", "column-B": "sender", "column-C": "receiver", "column-D": "date"}
        form = {"kind": "shipment", "header_row": "1", **columns, "do": "load"}
        refused = bench.post(address[1], {**form, "column-B": "imei", "do": "try"})
        assert 'id="tried"' not in refused.text
        assert bench.post(address[1], form).status == 303
        wait_until_idle(bench)
    with gt.open_case(case) as opened:
        (row,) = opened.records(kind="shipment").to_polars().to_dicts()
        assert (row["waybill"], row["sender"], row["receiver"]) == ("YT9900000000031", "星海", "鑫联")


def states_of(case: Path) -> list[tuple[int, str]]:
    with gt.open_case(case) as opened:
        return [(file["loaded"], file["state"]) for file in opened.status().files]


def test_a_file_that_is_not_understood_is_mapped_tried_and_loaded(tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    content = (
        "甲,乙,丙,丁\n星海,鑫联,2024-03-05,8986061900000000001\n星海,鑫联,2024-03-06,8986061900000000002\n".encode()
    )
    with served(case) as bench:
        assert bench.post("/inbox/load", {"ticket": upload(bench, "odd.csv", content)}).status == 303
        tasks = wait_until_idle(bench).text
        address = re.search(r'href="(/mapping/[0-9a-f]{16})"', tasks)
        assert address is not None
        page = bench.ask(address[1])
        assert page.status == 200
        # the values show the card and the day; who passed what to whom has to be said
        assert re.search(r'name="column-D".*?<option value="iccid"[^>]* selected', page.text, re.DOTALL)
        fields = {"kind": "transfer", "header_row": "1", "column-A": "from", "column-B": "to", "column-C": "date"}
        incomplete = bench.post(address[1], {**fields, "column-B": "", "column-D": "iccid", "do": "try"})
        assert incomplete.status == 200
        assert states_of(case) == [(0, "waiting")]
        fields["column-D"] = "iccid"
        # a field of payments: said in words of the page, before anything is tried
        for do in ("try", "load"):
            misplaced = bench.post(address[1], {**fields, "column-C": "direction", "do": do})
            assert (misplaced.status, "direction not used in transfer records" in misplaced.words) == (200, True)
            assert "mapping.yml" not in misplaced.words
        tried = bench.post(address[1], {**fields, "do": "try"})
        assert 'id="tried"' in tried.text
        read_as = tried.words.partition("What the first rows would say")[2]
        assert f"2 transfer 转让 2024-03-05 星海 鑫联 {CARD[:19]} 3 transfer" in read_as
        assert "literals" not in tried.words.partition("kind: transfer")[2]
        assert states_of(case) == [(0, "waiting")]
        assert bench.post(address[1], {**fields, "do": "load", "literal-channel": '"; x: ['}).status == 303
        assert "/mapping/" not in wait_until_idle(bench).text.partition("task-1")[0]
        # the page of the file that was handed in leads to that of the file of the case
        gone = bench.ask(address[1])
        assert (gone.status, gone.headers["location"]) == (303, f"/mapping/{hashlib.sha256(content).hexdigest()}")
        assert bench.ask(gone.headers["location"]).status == 200
        assert "鑫联" in bench.ask(f"/card/{CARD}").words
    with gt.open_case(case) as opened:
        assert opened.verify(deep=True) == []
        assert opened.trace(CARD)[0].chains[0].hops[0].channel == '"; x: ['


def test_a_mapping_is_offered_again_for_the_same_headings_and_never_applied_unasked(tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    rows = {name: f"甲,乙,丙,丁\n星海,鑫联,2024-03-05,898606190000000000{at}\n" for at, name in enumerate("ab", 1)}
    rows["c"] = rows["b"].replace("丁", "戊")

    def screen(bench: Bench, name: str) -> str:
        assert bench.post("/inbox/load", {"ticket": upload(bench, f"{name}.csv", rows[name].encode())}).status == 303
        latest = wait_until_idle(bench).text
        address = re.search(r'href="(/mapping/[0-9a-f]{16})"', latest[latest.index(f"{name}.csv") :])
        assert address is not None
        return address[1]

    columns = {"column-A": "from", "column-B": "to", "column-C": "date", "column-D": "iccid"}
    form = {"kind": "transfer", "header_row": "1", **columns, "literal-channel": '"<b>; x: [', "do": "load"}
    with served(case) as bench:
        first = screen(bench, "a")
        assert 'id="earlier"' not in bench.ask(first).text
        assert bench.post(first, form).status == 303
        wait_until_idle(bench)
        second = screen(bench, "b")
        page = bench.ask(second)
        assert "a.csv" in page.text.partition('id="earlier"')[2].partition("</div>")[0]
        chosen = (
            r'name="column-A"[^>]*><option value="">–</option>(?:(?!</select>).)*<option value="from"[^>]* selected'
        )
        assert re.search(chosen, page.text, re.DOTALL) is None
        filled = bench.ask(f"{second}?use=earlier")
        assert re.search(chosen, filled.text, re.DOTALL) is not None
        assert unescape(re.findall(r'name="literal-channel" value="([^"]*)"', filled.text)[0]) == '"<b>; x: ['
        assert "8986061900000000002" not in bench.ask("/sql?text=" + quote("SELECT first_card FROM moves")).text
        other = screen(bench, "c")
        assert 'id="earlier"' not in bench.ask(f"{other}?use=earlier").text
    with gt.open_case(case) as opened:
        assert [note["fields"]["column-A"] for note in opened.notes()] == ["from"]
        assert opened.verify() == []


def test_a_load_that_is_stopped_leaves_the_case_as_it_was(case: Path, tmp_path: Path) -> None:
    rows = "".join(
        f"星海智联科技有限公司,老K,2024-03-{1 + n % 28:02d},{8986061900000000001 + n},微信\n" for n in range(300_000)
    )
    content = ("转出方,转入方,日期,卡号,渠道\n" + rows).encode()
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:
        assert bench.post("/inbox/load", {"ticket": upload(bench, "large.csv", content)}).status == 303
        number = re.search(r'id="task-(\d+)"', bench.ask("/inbox/tasks").text)
        assert number is not None
        assert bench.post(f"/tasks/{number[1]}/cancel", {}).status == 303
        assert "bench-cancelled" in wait_until_idle(bench).text
        assert bench.post("/tasks/99/cancel", {}).status == 404
    with gt.open_case(copy) as opened:
        assert len(opened.status().files) == 3
        assert opened.verify() == []


def test_find_never_denies_what_a_record_holds(tmp_path: Path) -> None:
    from ..conformance.test_known_texts import FILES

    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "more.csv").write_text(f"ICCID,状态,备用设备\n{CARD},正常,864420033918810\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in FILES), tmp_path / "more.csv")
    with served(tmp_path / "x.gtrace") as bench:
        # a number that could be a device's stands in a column that was not read
        assert "more.csv" in bench.ask("/find?q=864420033918810").words
        for text, role, whose in (
            ("13700000009", "telephone", "吴建坤"),
            ("3389201145523344", "order no", "流量王"),
            ("YT8812300001", "waybill", "8986061900000000001"),
            ("lisi@alipay.example", "account", "李四"),
            ("吴建坤", "name", "parcels.csv"),
        ):
            # a number that is no card never gets the page of one
            place = f"/card/{text}" if text.isdigit() else f"/find?q={quote(text)}"
            answer = bench.ask(place)
            if answer.status == 303:
                answer = bench.ask(answer.headers["location"])
            assert role in answer.words
            assert whose in answer.words
            assert "/source?" in answer.text
            assert "Nothing in this case fits" not in answer.words
        # by its last characters, as they are worn off; and what stands beside
        for tail, sign in (("0000001", CARD), ("尾号0000001", CARD)):
            assert sign in bench.ask(f"/find?q={quote(tail)}").words
            assert "whose number ends so" in bench.ask(f"/find?q={quote(tail)}").words
        nothing = bench.ask("/find?q=nobody-at-all").words
        assert "no card, party, telephone, account, address, waybill" in nothing


BAD_NOTES: list[dict[str, Any]] = [
    {"about": f"card:{CARD}", "text": "x"},
    {"kind": "note", "text": "x"},
    {"kind": "note", "about": f"card:{CARD}"},
    {"kind": "note", "about": f"card:{CARD}", "text": {"a": []}},
    {"kind": "lead", "about": "lead:x"},
    {"kind": ["view"], "about": "view:a", "view": {}},
    {"kind": "view", "about": "view:b"},
    {"kind": "view", "about": 3, "view": {"nodes": [], "edges": []}},
    {"kind": "view", "about": "view:c", "view": {"nodes": {}, "edges": []}},
    {"kind": "view", "about": "view:d", "view": {"nodes": [{"id": "a"}], "edges": [{"id": "e", "source": "a"}]}},
    {
        "kind": "view",
        "about": "view:e",
        "view": {
            "nodes": [{"id": "a"}, {"id": "b"}],
            "edges": [{"id": "e", "source": "a", "target": "b", "since": "0000-99-01", "until": "9999999-01-01"}],
        },
    },
    {"kind": "mapping", "about": "mapping:x", "headings": "卡号", "fields": [], "file": "a.csv"},
]


def test_lines_that_are_no_notes_stop_no_page_and_verify_tells_them(case: Path, tmp_path: Path) -> None:
    from graphtrace.storage.ledger import next_entry

    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with gt.open_case(copy) as opened:
        opened.add_note("note", f"card:{CARD}", {"text": "a sound one"}, by="x")
    lines = (copy / "notes.jsonl").read_text("utf-8").splitlines()
    for bad in BAD_NOTES:
        lines.append(next_entry(lines[-1], {"at": "2024-03-05T10:00:00+08:00", "by": "x", **bad}))
    (copy / "notes.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
    with served(copy) as bench:
        for path in (f"/card/{CARD}", f"/party/{quote('老K')}", "/leads", "/chart", "/chart?view=e", "/"):
            assert bench.ask(path).status == 200, path
        assert "a sound one" in bench.ask(f"/card/{CARD}").words
        # nor does the page of the chart save such a view
        for bad in (one["view"] for one in BAD_NOTES if "view" in one and one["view"].get("edges")):
            answer = bench.post("/chart/views", {"name": "v", "view": json.dumps(bad)})
            assert answer.status == 400
    with gt.open_case(copy) as opened:
        # their times lie before that of the sound one, which is told too
        told = [(one.code, one.params["line"]) for one in opened.verify() if one.code != "notes_time_runs_back"]
        assert told == [("note_unreadable", number) for number in range(2, len(BAD_NOTES) + 2)]
        with pytest.raises(gt.GraphtraceError, match="text"):
            opened.add_note("note", f"card:{CARD}", {})


def test_no_question_left_says_on_what_that_rests(tmp_path: Path) -> None:
    files = {
        "sold.csv": f"运营商,企业名称,日期,起始ICCID,结束ICCID\n中国联通,甲公司,2024-03-01,{CARD},{CARD}\n",
        "moved.csv": f"转出方,转入方,日期,卡号\n甲公司,流量王,2024-03-05,{CARD}\n流量王店,丙,2024-04-01,{CARD}\n",
        "active.csv": f"卡号,激活日期,使用人\n{CARD},2024-04-02,丙\n",
        "seized.csv": f"卡号,查获日期,案件编号\n{CARD},2024-06-01,A-1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert not case.load(*(tmp_path / name for name in files)).has_errors
    with served(tmp_path / "x.gtrace") as bench:
        assert "流量王店" in bench.ask("/leads").words
        judged = {"one": "流量王", "other": "流量王店", "verdict": "same", "why": "same shop"}
        assert bench.post("/judge", judged).status == 303
        words = bench.ask("/leads").words
    assert "The answers of 1 card rest on judgements that people entered." in words
    assert "其中1张卡的结论依据人工认定。" in words
    assert "Nothing left to ask" not in words


def test_a_text_that_no_record_states_is_found_where_it_stands_in_the_files(bench: Bench) -> None:
    """A number of a document in the name of a file, read or not, and what stands in a cell or in a line of a text."""
    rows = "转出方,转入方,日期,卡号\n甲,乙,2024-05-05,8986061900000000090\n"
    assert bench.post("/inbox/load", {"ticket": upload(bench, "扣字137号.csv", rows.encode())}).status == 303
    wait_until_idle(bench)
    chat = "2024-05-05 甲\n月结5718803316，卡8986061900000000091\n".encode()
    tickets = [upload(bench, "聊天.txt", chat), upload(bench, "复函417号.pdf", b"%PDF-1.4")]
    assert bench.post("/inbox/load", {"ticket": tickets}).status == 303
    wait_until_idle(bench)
    for number in ("137号", "417号"):
        assert number in bench.ask(f"/find?q={quote(number)}").text.partition('<ul class="sources">')[2]
    assert re.search(r'href="/source[?][^"]*row=2"', bench.ask("/find?q=5718803316").text)
    assert "/source" not in bench.ask("/find?q=5718803317").text


def test_an_opened_figure_leads_to_its_cards_with_their_states(bench: Bench) -> None:
    opened = bench.ask(f"/audit/{quote('星海智联科技有限公司')}?bucket=resold")
    address = re.search(r'href="(/find[?]q=[^"]*)"', opened.text)
    assert address is not None
    assert "王五" in bench.ask(address[1]).words


def test_cards_in_ranges_and_in_lists_are_found_by_their_whole_numbers(tmp_path: Path) -> None:
    first, last = "89860619000000000103", "89860619000000000111"
    (tmp_path / "ranges.csv").write_text(
        f"转出方,转入方,日期,起始ICCID,结束ICCID,合同编号\n甲公司,赵六,2024-03-02,{first[:-1]},{last[:-1]},HT-77\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "ranges.csv")
    with served(tmp_path / "x.gtrace") as bench:
        links = re.compile(r'href="/card/([^"]*)"')
        assert links.findall(bench.ask("/find?q=HT-77").text) == [first, last]
        assert links.findall(bench.ask(f"/find?q={first[:-1]},{last[:-1]}").text) == [first, last]


def test_whom_records_call_a_user_leads_to_the_page_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "used.csv").write_text(f"ICCID,激活时间,使用人\n{CARD},2024-05-02,唐骏\n", "utf-8")
    (tmp_path / "seized.csv").write_text(f"卡号,查获日期,持有人\n{CARD},2024-06-01,唐骏\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "used.csv", tmp_path / "seized.csv")
    with served(tmp_path / "x.gtrace") as bench:
        path, page = follow(bench, f"/find?q={quote('唐骏')}")
        assert path.startswith("/party/")
        used = page.words.partition("Activations and uses that name it")[2].partition("Seizures")[0]
        assert ("2024-05-02" in used, "used.csv" in used) == (True, True)
