from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graphtrace.case_questions import CaseQuestions

from .conftest import ABSENT, WHOLE, Run


def test_a_file_gets_the_answer_in_the_format_of_its_ending(run: Run, case: str, tmp_path: Path) -> None:
    answers = {
        "out.json": '"outcome": "continuous"',
        "out.txt": " DOCUMENTED WITHOUT A GAP ",
        "out.csv": ",continuous,",
        "other.JSON": "continuous",
    }
    for name, told in answers.items():
        ran = run("trace", WHOLE, "--case", case, "-o", tmp_path / name)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert told in (tmp_path / name).read_text(encoding="utf-8-sig")
    assert {path.name for path in tmp_path.iterdir()} == answers.keys()


def test_a_file_and_the_standard_output_hold_the_same_json(run: Run, case: str, tmp_path: Path) -> None:
    run("trace", WHOLE, "--case", case, "-o", tmp_path / "out.json")
    assert (
        json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        == run("trace", WHOLE, "--case", case, "--json").json
    )


def test_the_exit_code_does_not_depend_on_where_the_answer_goes(run: Run, case: str, tmp_path: Path) -> None:
    assert run("trace", ABSENT, "--case", case, "-o", tmp_path / "out.json").code == 1


@pytest.mark.parametrize("name", ["out.odt", "out", "out.csv.gz"])
def test_an_unknown_ending_lists_the_known_ones(run: Run, case: str, name: str) -> None:
    ran = run("trace", WHOLE, "--case", case, "--json", "-o", name)
    assert (ran.code, ran.error["code"]) == (2, "unknown_format")
    assert ".json, .jsonl, .txt, .csv" in ran.error["hint"]


def test_csv_is_only_for_answers_that_are_tables(run: Run) -> None:
    ran = run("identify", WHOLE, "--json", "-o", "out.csv")
    assert (ran.code, ran.error["code"]) == (2, "unknown_format")


def test_a_place_that_cannot_be_written_is_an_error_before_any_work(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "folder.json").mkdir()
    for place in (tmp_path / "none" / "out.json", tmp_path / "folder.json"):
        ran = run("trace", WHOLE, "--case", case, "--json", "-o", place)
        assert (ran.code, ran.error["code"]) == (2, "unwritable_output")
        assert str(place) in ran.error["message"]


def test_a_failure_leaves_the_old_file_and_nothing_else(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.json"
    out.write_text("old", encoding="utf-8")
    for failure in (KeyboardInterrupt, ZeroDivisionError):

        def fail(*_: object, failure: type[BaseException] = failure, **__: object) -> None:
            raise failure

        monkeypatch.setattr(CaseQuestions, "trace", fail)
        assert run("trace", WHOLE, "--case", case, "-o", out).code == (130 if failure is KeyboardInterrupt else 70)
    assert out.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.posix
def test_a_file_that_is_replaced_keeps_its_mode_and_its_link(run: Run, case: str, tmp_path: Path) -> None:
    out, link = tmp_path / "out.json", tmp_path / "link.json"
    out.write_text("old", encoding="utf-8")
    out.chmod(0o640)
    link.symlink_to(out)
    assert run("trace", WHOLE, "--case", case, "-o", link).code == 0
    assert link.is_symlink()
    assert out.read_text(encoding="utf-8") != "old"
    assert out.stat().st_mode & 0o777 == 0o640


@pytest.mark.posix
def test_a_reader_that_goes_away_is_no_error(case: str) -> None:
    command = f"{sys.executable} -m graphtrace trace {WHOLE} --json --case '{case}' {WHOLE * 0} | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_json_is_valid_whatever_the_encoding_of_the_output(run_apart: Run, case: str) -> None:
    ran = run_apart("trace", WHOLE, "--json", "--case", case, PYTHONIOENCODING="ascii")
    assert ran.json["results"][0]["registrant"]["name"] == "星海智联科技有限公司"


def test_text_is_written_whatever_the_encoding_of_the_output(run_apart: Run, case: str) -> None:
    ran = run_apart("trace", WHOLE, "--case", case, PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert "\\u661f\\u6d77" in ran.out
    assert "▼" not in ran.out


def on_a_terminal(*arguments: str, **environment: str) -> tuple[str, str]:
    """Run a command on a terminal; return its standard output and its standard error stream."""
    streams = [os.openpty(), os.openpty()]
    process = subprocess.Popen(
        [sys.executable, "-m", "graphtrace", *arguments],
        stdout=streams[0][1],
        stderr=streams[1][1],
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )
    said = []
    for reader, writer in streams:
        os.close(writer)
        parts = []
        try:
            while part := os.read(reader, 65536):
                parts.append(part)
        except OSError:  # a terminal whose other side is closed says so by an error
            pass
        os.close(reader)
        said.append(b"".join(parts).decode())
    process.wait()
    return said[0], said[1]


@pytest.mark.posix
def test_a_person_gets_colours_and_a_pipe_does_not(run_apart: Run, case: str) -> None:
    out, _ = on_a_terminal("trace", WHOLE, "--case", case)
    assert re.search(r"\x1b\[[0-9;]*32m DOCUMENTED WITHOUT A GAP ", out)
    assert "\x1b" not in run_apart("trace", WHOLE, "--case", case).out


@pytest.mark.posix
def test_no_color_is_honoured(case: str) -> None:
    out, _ = on_a_terminal("trace", WHOLE, "--case", case, NO_COLOR="1")
    assert "DOCUMENTED WITHOUT A GAP" in out
    assert not re.search(r"\x1b\[([0-9;]*;)?(3|4|9|10)[0-9]m", out)
    _, err = on_a_terminal("status", NO_COLOR="1")
    assert err.startswith("error: ")


@pytest.mark.posix
def test_progress_is_for_a_person_who_wants_it(files: Path, tmp_path: Path, run_apart: Run) -> None:
    load = ("load", str(files / "sales.csv"), "--case")
    _, err = on_a_terminal(*load, str(tmp_path / "a.gtrace"))
    assert "sales.csv" in err
    _, err = on_a_terminal(*load, str(tmp_path / "b.gtrace"), "-q")
    assert err == ""
    assert run_apart(*load, tmp_path / "c.gtrace").err == ""


@pytest.mark.posix
def test_a_written_file_is_noted_to_a_person(case: str, tmp_path: Path) -> None:
    out, err = on_a_terminal("trace", WHOLE, "--case", case, "-o", str(tmp_path / "o.json"))
    assert out == ""
    assert "o.json" in err
