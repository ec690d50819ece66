"""Conventions of a command line: -h, - for the streams, JSON line by line, a doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from .conftest import ABSENT, WHOLE, Run

ROW = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"


@pytest.mark.parametrize("command", [[], ["trace"], ["simulate", "check"]])
def test_h_is_help(run: Run, command: list[str]) -> None:
    short, long = run(*command, "-h"), run(*command, "--help")
    assert short.code == 0
    assert short.out.startswith("Usage: graphtrace")
    assert short.out == long.out


def test_a_dash_is_the_standard_output(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--case", case, "-o", "-").out == run("trace", WHOLE, "--case", case).out
    assert run("-o", "-", "trace", WHOLE, "--case", case, "--json").out.startswith("{")


def test_results_come_line_by_line_and_are_those_of_json(run: Run, case: str, tmp_path: Path) -> None:
    asked = ["trace", WHOLE, ABSENT, WHOLE, "--case", case]
    whole = json.loads(run(*asked, "--json").out)
    results = whole.pop("results")
    whole.pop("counts")  # of the whole list, which no line knows
    whole.pop("options")
    whole.pop("rests_on")  # of the whole answer
    lines = [json.loads(line) for line in run(*asked, "--jsonl").out.splitlines()]
    assert lines == [{**whole, **result} for result in results]
    assert run(*asked, "-o", tmp_path / "x.jsonl").code == 0
    assert [json.loads(line) for line in (tmp_path / "x.jsonl").read_bytes().splitlines()] == lines


def test_lines_have_the_exit_code_of_the_answer(run: Run, case: str) -> None:
    assert run("trace", ABSENT, "--case", case, "--jsonl").code == 1
    assert run("trace", ABSENT, WHOLE, "--case", case, "--jsonl").code == 0


def test_many_cards_are_traced_in_parts_and_say_the_same(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["trace", WHOLE, ABSENT, WHOLE, "--case", case, "--jsonl"]
    whole = run(*asked).out
    monkeypatch.setattr("graphtrace.cli.card_commands.BATCH", 1)
    assert run(*asked).out == whole


def test_a_line_of_identify_is_one_number(run: Run) -> None:
    lines = [json.loads(line) for line in run("identify", WHOLE, ABSENT, "--jsonl").out.splitlines()]
    assert [line["graphtrace"] for line in lines] == [lines[0]["graphtrace"]] * 2


def test_what_has_no_results_is_refused_before_any_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(ROW, "utf-8")
    ran = run("load", tmp_path / "x.csv", "--case", tmp_path / "x.gtrace", "--jsonl")
    assert ran.code == 2
    assert not (tmp_path / "x.gtrace").exists()


def loaded(case: Path, content: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "graphtrace", "--lang", "en", "load", "--case", str(case), "--json", *arguments]
    return subprocess.run(command, input=content, capture_output=True, check=False)


def test_a_dash_loads_the_standard_input_under_its_name(tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    ran = loaded(case, ROW.encode("gb18030"), "-", "--name", "名单.csv")
    assert ran.returncode == 0, ran.stderr
    (file,) = json.loads(ran.stdout)["files"]
    assert (file["file"], file["loaded"]) == ("名单.csv", 1)
    again = json.loads(loaded(case, ROW.encode("gb18030"), "-", "--name", "other.csv").stdout)["files"]
    assert again[0]["already_loaded"] is True


@pytest.mark.parametrize(
    "arguments", [["-"], ["-", "--name", "a/b.csv"], ["-", "-", "--name", "a.csv"], ["--name", "a.csv", "b.csv"]]
)
def test_a_standard_input_without_a_proper_name_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    ran = loaded(tmp_path / "x.gtrace", ROW.encode(), *arguments)
    assert ran.returncode == 2
    assert json.loads(ran.stderr)["error"]["code"] == "wrong_usage"
    assert not (tmp_path / "x.gtrace").exists()


def test_the_doctor_finds_what_is_there(run: Run, case: str) -> None:
    ran = run("doctor", "--case", case, "--json")
    checks = json.loads(ran.out)["checks"]
    assert ran.code == 0
    assert {check["code"] for check in checks} >= {"python", "memory", "encodings", "language", "package", "folder"}
    assert [check for check in checks if check["state"] == "bad"] == []
    assert Path(case).name in {Path(str(check.get("folder"))).name for check in checks}


def test_the_doctor_says_what_is_missing_and_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.requires", lambda _: ["no-such-package>=1", "rich>=14"])
    ran = run("doctor")
    assert ran.code == 3
    assert 'pip install "no-such-package>=1"' in " ".join(ran.out.split())


def test_the_doctor_looks_on_where_the_package_is_not_installed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.requires", unknown)
    ran = run("doctor")
    assert ran.code == 0
    assert "is not installed" in ran.out


def test_the_doctor_asks_a_server_and_goes_on_when_it_does_not_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.setenv("NEO4J_PASSWORD", "x")
    ran = run("doctor", "--case", "bolt://127.0.0.1:1", "--wait", "0", "--json")
    assert ran.code == 3
    (check,) = [check for check in json.loads(ran.out)["checks"] if check["state"] == "bad"]
    assert check["code"] == "no_server"


def test_lines_of_a_list_that_are_no_number_are_passed_over_and_named(run: Run, case: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{WHOLE}\nthe shop of <b>\n张三\n", "utf-8")
    asked = ["--from-file", listed, "--case", case]
    for command in ("trace", "siblings", "common"):
        assert run(command, *asked, "--json").json["skipped"] == ["the shop of <b>", "张三"]
        said = "2 lines of the list passed over, as no number: the shop of <b>, 张三"
        assert said in " ".join(run(command, *asked).out.split())
    assert "skipped" not in run("trace", WHOLE, "--case", case, "--json").json
    ran = run("trace", *asked, "--jsonl")
    assert (len(ran.out.splitlines()), ran.err) == (1, f"{said}\n")
    for ending in ("html", "xlsx", "csv"):
        ran = run("trace", *asked, "-o", tmp_path / f"x.{ending}")
        assert (ran.code, ran.err) == (0, f"{said}\n")
    assert "the shop of &lt;b&gt;, 张三" in (tmp_path / "x.html").read_text("utf-8")


def test_a_list_without_any_number_is_refused(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("甲\n乙\n", "utf-8")
    ran = run("trace", "--from-file", tmp_path / "list.txt", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "unreadable_file")
