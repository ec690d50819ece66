from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace.case_questions import CaseQuestions

from .conftest import ABSENT, TORN, WHOLE, Run


def test_a_page_is_written_beside_the_answer(run: Run, case: str, tmp_path: Path) -> None:
    plain = run("trace", WHOLE, "--case", case)
    ran = run("trace", WHOLE, "--case", case, "--html", tmp_path / "out.html")
    assert ran == plain
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "星海智联科技有限公司" in page
    assert "x.gtrace" in page
    assert str(Path(case).parent) not in page


@pytest.mark.parametrize("asked", [("audit", "--all"), ("common", WHOLE), ("graph",), ("trace", WHOLE, TORN)])
def test_every_page_calls_the_case_by_its_name_and_never_by_a_path(
    run: Run, case: str, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    assert run(*asked, "--case", case, "--html", tmp_path / "out.html").code == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "case x.gtrace" in page
    assert str(Path(case).parent) not in page


def test_the_same_page_can_be_the_file_of_the_answer(run: Run, case: str, tmp_path: Path) -> None:
    for option, name in (("--html", "one"), ("-o", "two.html"), ("--html", "three.html")):
        assert run("trace", WHOLE, TORN, "--case", case, "--lang", "zh", option, tmp_path / name).code == 0
    pages = {path.read_bytes() for path in tmp_path.iterdir()}
    assert len(pages) == 1
    assert b'<html lang="zh">' in pages.pop()


def test_a_card_that_is_not_there_has_a_page_that_says_so(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("trace", ABSENT, "--case", case, "--json", "--html", tmp_path / "out.html")
    assert ran.code == 1
    assert ran.json["results"][0]["found"] is False
    assert "NOT FOUND" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_the_day_as_of_which_was_asked_stands_on_the_page(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("trace", WHOLE, "--case", case, "--as-of", "2099-01-01", "--html", tmp_path / "out.html")
    assert ran.code == 0
    assert "as known at the end of 2099-01-01" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_an_error_before_any_work(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "none" / "out.html", tmp_path / "folder"):
        ran = run("trace", WHOLE, "--case", case, "--json", "--html", place, "-o", tmp_path / "out.json")
        assert (ran.code, ran.out, ran.error["code"]) == (2, "", "unwritable_output")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_page_that_is_there_stays_when_the_work_fails(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "out.html").write_text("before", encoding="utf-8")
    assert run("trace", WHOLE, "--case", case, "--as-of", "never", "--html", tmp_path / "out.html").code == 2
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["before"]


def test_the_demo_writes_the_page_of_the_seized_card(run: Run, tmp_path: Path) -> None:
    ran = run("demo")
    assert ran.code == 0
    assert str(Path("graphtrace-demo", "trace.html")) in ran.out
    page = (tmp_path / "graphtrace-demo" / "trace.html").read_text(encoding="utf-8")
    assert 'class="gt-figure"' in page
    assert str(tmp_path) not in page
