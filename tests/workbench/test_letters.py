"""Letters on the page of leads: made, downloaded, their states told, and nothing of it in a read-only workbench."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import docx
import pytest

import graphtrace as gt

from .bench import Bench
from .conftest import served

ENDINGS = ("docx", "html", "xlsx")


@pytest.fixture
def copy(case: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    return copy


def references(bench: Bench) -> list[str]:
    return list(dict.fromkeys(re.findall(r"GT-\w{4}-\w{4}(?=\.docx)", bench.ask("/leads").text)))


def test_letters_are_made_downloaded_and_their_states_told(copy: Path) -> None:
    with served(copy) as bench:
        assert references(bench) == []
        made = bench.post("/leads/letters", {"addressee": "*", "form": "", "number": "调〔{year}〕{n}号"})
        assert (made.status, made.headers["location"]) == (303, "/leads#letters")
        page = bench.ask("/leads")
        found = references(bench)
        assert found
        assert "调〔" in page.words
        with gt.open_case(copy) as case:
            kept = [note for note in case.notes() if note["kind"] == "letter"]
        assert [note["reference"] for note in kept] == found
        files = {ending: bench.ask(f"/leads/letters/{found[0]}.{ending}") for ending in ENDINGS}
        assert {answer.status for answer in files.values()} == {200}
        assert all("attachment" in answer.headers["content-disposition"] for answer in files.values())
        text = "\n".join(each.text for each in docx.Document(io.BytesIO(files["docx"].body)).paragraphs)
        assert found[0] in text
        again = bench.ask(f"/leads/letters/{found[0]}.docx")
        assert hashlib.sha256(again.body).digest() == hashlib.sha256(files["docx"].body).digest()
        fields = {"reference": found[0], "state": "sent", "text": "EMS <b>7</b>"}
        assert bench.post("/leads/letters/state", fields).status == 303
        page = bench.ask("/leads")
        assert "EMS <b>7</b>" in unescape(page.text)
        assert "<b>7</b>" not in page.text
        assert bench.post("/leads/letters", {"addressee": "*", "form": "", "number": ""}).status == 303
        assert references(bench) == found


def test_one_addressee_gets_a_letter_from_a_template_by_name(copy: Path) -> None:
    with served(copy) as bench:
        addressee = next(
            value
            for value in re.findall(r'<option value="([^"*]+)"', bench.ask("/leads").text)
            if "carrier" not in value
        )
        assert bench.post("/leads/letters", {"addressee": unescape(addressee), "form": "notice"}).status == 303
        with gt.open_case(copy) as case:
            (note,) = [note for note in case.notes() if note["kind"] == "letter"]
        assert (note["addressee"], note["form"]) == (unescape(addressee), "notice")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"addressee": "*", "form": "../x"}, 400),
        ({"addressee": "*", "form": "none"}, 400),
        ({"addressee": "*", "number": "{n.__class__}"}, 400),
        ({"addressee": "nobody"}, 404),
    ],
)
def test_what_cannot_be_made_leaves_no_trace(copy: Path, fields: dict[str, str], status: int) -> None:
    with served(copy) as bench:
        assert bench.post("/leads/letters", fields).status == status
        assert references(bench) == []


def test_a_letter_that_nobody_made_is_not_found(copy: Path) -> None:
    with served(copy) as bench:
        assert bench.ask("/leads/letters/GT-0000-0000.docx").status == 404
        assert bench.post("/leads/letters/state", {"reference": "GT-0000-0000", "state": "sent"}).status == 404
        bench.post("/leads/letters", {"addressee": "*"})
        (reference, *_) = references(bench)
        assert bench.ask(f"/leads/letters/{reference}.exe").status == 404
        assert bench.post("/leads/letters/state", {"reference": reference, "state": "done"}).status == 400


def test_a_read_only_workbench_makes_no_letter(copy: Path) -> None:
    with served(copy, "--read-only") as bench:
        assert bench.post("/leads/letters", {"addressee": "*"}).status == 403
        assert 'action="/leads/letters"' not in bench.ask("/leads").text


TORN = "8986061900000000002"


def test_the_page_of_a_card_makes_the_letter_of_a_lead_and_then_shows_what_became_of_it(copy: Path) -> None:
    with served(copy, "--lang", "zh") as bench:
        page = bench.ask(f"/card/{TORN}")
        forms = re.findall(r'name="addressee" value="([^"]*)"', page.text)
        assert len(forms) == 3
        assert "制作函件" in page.words
        fields = {"card": TORN, "addressee": unescape(forms[0])}
        made = bench.post("/leads/letters", fields)
        assert (made.status, made.headers["location"]) == (303, f"/card/{TORN}#c1-leads")
        (reference,) = references(bench)
        page = bench.ask(f"/card/{TORN}")
        assert f'href="/leads#{reference}"' in page.text
        assert f"函件未编号（{reference}），致老K" in page.words
        assert page.text.count('action="/leads/letters"') == 2
        assert "待发" in page.words
        with gt.open_case(copy) as case:
            (note,) = [note for note in case.notes() if note["kind"] == "letter"]
            assert [request["cards"] for request in note["requests"]] == [[[TORN]]]
            assert case.verify() == []
        assert bench.post("/leads/letters", fields).headers["location"] == f"/card/{TORN}#c1-leads"
        assert references(bench) == [reference]
        assert bench.post("/leads/letters/state", {"reference": reference, "state": "sent"}).status == 303
        assert "已发" in bench.ask(f"/card/{TORN}").words
        assert "/leads#GT" not in bench.ask(f"/card/{TORN}?save=html").text
        assert reference in bench.ask(f"/card/{TORN}?save=html").words
        assert reference not in bench.ask(f"/card/{TORN}?redact=1").text
        # a letter that was withdrawn asks nothing: the way to make one is back
        bench.post("/leads/letters/state", {"reference": reference, "state": "void"})
        page = bench.ask(f"/card/{TORN}")
        assert reference not in page.text
        assert page.text.count('action="/leads/letters"') == 3


def test_the_card_the_leads_and_the_questions_agree_on_what_was_sent_and_answered(copy: Path, tmp_path: Path) -> None:
    reply = tmp_path / "reply.csv"
    reply.write_text(f"转出方,转入方,日期,卡号\n老K,赵六,2024-04-01,{TORN}\n", "utf-8")
    with served(copy, "--lang", "en") as bench:
        bench.post("/leads/letters", {"addressee": "name:老k", "reply_within": "15"})
        (reference,) = references(bench)
        assert "1 not yet sent, 0 sent, 0 answered" in bench.ask("/questions/ready_to_send").words
        bench.post("/leads/letters/state", {"reference": reference, "state": "sent"})
        assert "0 not yet sent, 1 sent, 0 answered" in bench.ask("/questions/ready_to_send").words
        assert "sent" in bench.ask("/leads").words
        with gt.open_case(copy) as case:
            assert [answer.reference for answer in case.load(reply, reply_to=reference).answers] == [reference]
        assert "1 of 1 card answered" in bench.ask("/leads").words
        assert "reply.csv" in bench.ask("/leads").words
        page = bench.ask(f"/card/{TORN}")
        assert "asked before" in page.words
        assert f'href="/leads#{reference}"' in page.text
        assert "0 not yet sent, 0 sent, 1 answered" in bench.ask("/questions/ready_to_send").words


def test_a_reply_is_overdue_by_the_day_that_the_letter_states_and_is_said_to_be_computed(copy: Path) -> None:
    with served(copy, "--lang", "en") as bench:
        assert bench.post("/leads/letters", {"addressee": "name:老k", "reply_within": "0"}).status == 400
        assert bench.post("/leads/letters", {"addressee": "name:老k", "reply_within": "x"}).status == 400
        bench.post("/leads/letters", {"addressee": "name:老k", "reply_within": "1"})
        (reference,) = references(bench)
        with gt.open_case(copy) as case:
            (note,) = [note for note in case.notes() if note["kind"] == "letter"]
        due = date.fromisoformat(note["reply_by"])
        later, same = (f"/leads?as_of={due + timedelta(days=days)}" for days in (3, 0))
        # what was not sent is not overdue
        assert "overdue" not in bench.ask(later).words
        bench.post("/leads/letters/state", {"reference": reference, "state": "sent"})
        assert f"overdue by 3 days on {due + timedelta(days=3)} (computed" in bench.ask(later).words
        assert "overdue" not in bench.ask(same).words
        bench.post("/leads/letters/state", {"reference": reference, "state": "answered"})
        assert "overdue" not in bench.ask(later).words


def test_the_form_asks_carriers_to_suspend_siblings_where_that_is_chosen(copy: Path, tmp_path: Path) -> None:
    used = tmp_path / "used.csv"
    used.write_text("卡号,首次激活时间\n8986061900000000009,2024-04-02\n", "utf-8")
    with gt.open_case(copy) as case:
        assert not case.load(used).has_errors
    with served(copy, "--lang", "en") as bench:
        assert 'name="suspend"' in bench.ask("/leads").text
        carrier = "carrier:china-unicom"
        bench.post("/leads/letters", {"addressee": carrier})
        assert "to be checked and suspended" not in bench.ask("/leads").words
        bench.post("/leads/letters", {"addressee": carrier, "suspend": "yes"})
        assert "1 card of the same batches still in use, to be checked and suspended" in bench.ask("/leads").words


def test_a_read_only_workbench_has_no_button_on_the_page_of_a_card(copy: Path) -> None:
    with served(copy, "--read-only") as bench:
        assert 'action="/leads/letters"' not in bench.ask(f"/card/{TORN}").text
        assert bench.post("/leads/letters", {"card": TORN, "addressee": "name:老k"}).status == 403
