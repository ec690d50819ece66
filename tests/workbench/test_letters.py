"""Letters on the page of leads: made, downloaded, their states told, and nothing of it in a read-only workbench."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
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
