from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UsageError
from graphtrace.storage.case_folder import NOTES

from .conftest import WHOLE, Run

STATED = {
    "number": "A2024-017",
    "name": "星海卡案",
    "unit": "某市公安局网安支队",
    "officer": "张警官",
    "ground": "《刑事诉讼法》第一百一十五条",
}


@pytest.fixture
def case(run: Run, files: Path, tmp_path: Path) -> str:
    place = tmp_path / "own.gtrace"
    assert run("load", *sorted(files.glob("*.csv")), "--case", place).code == 0
    return str(place)


def state(run: Run, case: str, **fields: str) -> None:
    assigned = [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]
    assert run("status", "--case", case, *assigned).code == 0


def test_status_states_and_shows_the_head_and_whose_statement_it_is(run: Run, case: str) -> None:
    before = run("status", "--case", case, "--json").json
    assert before["head"] == dict.fromkeys(STATED)
    ran = run("status", "--case", case, *(f"--set={name}={value}" for name, value in STATED.items()), "--by", "李四")
    assert ran.code == 0
    assert all(value in ran.out for value in STATED.values())
    shown = run("status", "--case", case, "--json").json
    assert shown["head"] == STATED
    assert {**shown, "head": None, "size_bytes": 0} == {**before, "head": None, "size_bytes": 0}
    (note,) = gt.open_case(case).notes()
    assert (note["kind"], note["by"], note["fields"]) == ("head", "李四", STATED)


def test_an_empty_value_takes_a_field_away_and_the_others_stay(run: Run, case: str) -> None:
    state(run, case, number="1", unit="网安支队")
    state(run, case, number="")
    shown = run("status", "--case", case, "--json").json["head"]
    assert (shown["number"], shown["unit"]) == (None, "网安支队")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_no_field_or_no_value_of_it_is_2_and_states_nothing(run: Run, case: str, lang: str) -> None:
    for wrong in ("colour=red", "number", "purpose_required=perhaps", f"unit={'长' * 201}", "name=two\nlines"):
        ran = run("status", "--case", case, "--set", wrong, "--lang", lang, "--json")
        assert (ran.code, ran.out) == (2, "")
        assert ran.error["hint"]
    assert "findable" in run("status", "--case", case, "--set", "colour=red").err
    assert run("status", "--case", case, "--by", "李四").code == 2
    assert not (Path(case) / NOTES).exists()


def test_switches_are_shown_where_they_are_on(run: Run, case: str) -> None:
    assert run("status", "--case", case, "--json").json["purpose_required"] is False
    state(run, case, purpose_required="yes", findable="yes")
    shown = run("status", "--case", case, "--json").json
    assert (shown["purpose_required"], shown["findable"]) == (True, True)
    assert "purpose" in run("status", "--case", case).out
    state(run, case, findable="no")
    assert run("status", "--case", case, "--json").json["findable"] is False


def test_every_format_of_an_answer_states_the_head_but_json(run: Run, case: str, tmp_path: Path) -> None:
    endings = (".txt", ".md", ".html", ".xlsx", ".json", ".csv")
    for ending in endings:
        assert run("trace", WHOLE, "--case", case, "-o", tmp_path / f"before{ending}").code == 0
    state(run, case, **STATED)
    for ending in endings:
        assert run("trace", WHOLE, "--case", case, "-o", tmp_path / f"after{ending}").code == 0
    for ending in (".json", ".csv"):
        assert (tmp_path / f"after{ending}").read_bytes() == (tmp_path / f"before{ending}").read_bytes()
    for ending in (".txt", ".md", ".html"):
        text = (tmp_path / f"after{ending}").read_text(encoding="utf-8").replace("\n", "")
        assert all(value in text for value in STATED.values())
        assert STATED["number"] not in (tmp_path / f"before{ending}").read_text(encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "after.xlsx").read_bytes())) as book:
        whole = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    sheets = [text for name, text in whole.items() if name.startswith("xl/worksheets/sheet")]
    assert all(f"{STATED['number']} · {STATED['unit']}" in text for text in sheets)
    assert all(value in whole["docProps/core.xml"] for value in STATED.values())
    assert STATED["officer"] in sheets[-1] or STATED["officer"] in whole["xl/sharedStrings.xml"]


def test_an_answer_as_of_a_day_has_the_head_of_that_day(run: Run, case: str) -> None:
    state(run, case, **STATED)
    assert STATED["number"] in run("trace", WHOLE, "--case", case).out
    with gt.open_case(case) as opened:
        assert opened.head().number == STATED["number"]
        assert not any(opened.at("2020-01-01").head())


def test_the_head_goes_into_a_copy(run: Run, case: str, tmp_path: Path) -> None:
    state(run, case, **STATED)
    assert run("copy", case, tmp_path / "copy.gtrace").code == 0
    assert run("status", "--case", tmp_path / "copy.gtrace", "--json").json["head"] == STATED
    assert run("verify", "--case", tmp_path / "copy.gtrace").code == 0


def test_a_head_that_is_none_in_the_notes_of_a_foreign_case_is_left_out_and_told(run: Run, case: str) -> None:
    state(run, case, number="1")
    path = Path(case) / NOTES
    note = json.loads(path.read_text(encoding="utf-8"))
    note["fields"] = {"number": "\x1b[31m" * 9}
    path.write_text(json.dumps(note, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    assert run("status", "--case", case, "--json").json["head"]["number"] is None
    codes = [problem["code"] for problem in run("verify", "--case", case, "--json").json["problems"]]
    assert {"notes_broken", "note_unreadable"} <= {*codes}


def test_python_states_and_gives_the_head(case: str) -> None:
    with gt.open_case(case) as opened:
        assert opened.head() == (None,) * 5
        assert opened.set_head(number="7", by="李四").number == "7"
        assert opened.state().case_head == opened.head()
        with pytest.raises(UsageError):
            opened.set_head(colour="red")


def test_a_text_in_the_head_is_only_text_on_a_page_and_in_its_style(run: Run, case: str, tmp_path: Path) -> None:
    hostile = '</style><script>alert(1)</script>"; } body { display: none'
    state(run, case, number=hostile, unit="=cmd|x!A1")
    assert run("trace", WHOLE, "--case", case, "-o", tmp_path / "page.html").code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert 'display: none"' not in page.partition("</style>")[0]
    assert page.count("</style>") == 1
