from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from .conftest import WHOLE, Run


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case of its own for each test."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    return place


def hops(run: Run, place: str, *more: str) -> int:
    (result,) = run("trace", WHOLE, "--case", place, "--json", *more).json["results"]
    return sum(len(chain["hops"]) for chain in result["chains"])


def test_a_file_that_was_taken_away_no_longer_counts_and_the_ledger_says_why(run: Run, files: Path, place: str) -> None:
    path = files / "transfers.csv"
    before = hops(run, place)
    run("correct", "transfers.csv:3", "--why", "读错一行", "--case", place)
    ran = run("unload", str(path), "--why", "误发", "--who", "李警官", "--case", place, "--json")
    assert ran.code == 0
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    said = ran.json["unload"]
    assert (said["file"], said["sha256"], said["why"], said["who"]) == ("transfers.csv", sha256, "误发", "李警官")
    assert [each["record"]["row"] for each in ran.json["corrections"]] == [3]
    assert hops(run, place) < before
    status = run("status", "--case", place, "--json").json
    assert (status["unloaded"], status["corrected"]) == (1, 0)
    assert "transfers.csv" not in {file["file"] for file in status["files"]}
    assert "files taken away" in run("status", "--case", place).out
    assert run("correct", "--list", "--case", place, "--json").json["corrections"] == []
    line = json.loads((Path(place) / "ledger.jsonl").read_text("utf-8").splitlines()[-1])
    assert (line["unload"], line["why"]) == ({"file": "transfers.csv", "sha256": sha256}, "误发")
    assert run("verify", "--deep", "--case", place).code == 0
    (again,) = run("load", str(path), "--case", place, "--json").json["files"]
    assert (again["already_loaded"], again["loaded"]) == (False, again["rows"] - again["rejected"])
    assert hops(run, place) == before


def test_a_file_is_named_by_its_name_or_by_its_hash(run: Run, files: Path, place: str) -> None:
    sha256 = hashlib.sha256((files / "transfers.csv").read_bytes()).hexdigest()
    for name in ("transfers.csv", sha256[:8], sha256[:12].upper()):
        assert run("unload", name, "--why", "x", "--case", place).code == 0
        assert run("load", str(files / "transfers.csv"), "--case", place).code == 0
    assert run("unload", sha256[:7], "--why", "x", "--case", place).code == 1


def test_a_name_that_two_files_bear_is_asked_about(run: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "transfers.csv"
    other.write_text("转出方,转入方,日期,卡号\n甲,乙,2024-04-01,8986061900000000002\n", "utf-8")
    assert run("load", str(other), "--case", place).code == 0
    ran = run("unload", "transfers.csv", "--why", "x", "--case", place, "--json")
    assert ran.code == 2
    assert hashlib.sha256(other.read_bytes()).hexdigest()[:16] in ran.error["message"]
    assert run("unload", str(other), "--why", "x", "--case", place).code == 0


def test_a_file_that_replaces_a_row_of_another_is_not_taken_away(run: Run, tmp_path: Path, place: str) -> None:
    other = tmp_path / "right.csv"
    other.write_text("转出方,转入方,日期,卡号\n甲,乙,2024-04-01,8986061900000000002\n", "utf-8")
    assert run("load", str(other), "--case", place).code == 0
    assert run("correct", "transfers.csv:3", "--by", "right.csv:2", "--why", "读错", "--case", place).code == 0
    ran = run("unload", "right.csv", "--why", "误发", "--case", place, "--json")
    assert ran.code == 2
    assert "transfers.csv:3" in ran.error["message"]
    assert "--undo" in ran.error["hint"]
    assert run("correct", "transfers.csv:3", "--undo", "--why", "误改", "--case", place).code == 0
    assert run("unload", "right.csv", "--why", "误发", "--case", place).code == 0


def test_what_is_not_in_the_case_cannot_be_taken_away(run: Run, place: str) -> None:
    assert run("unload", "absent.csv", "--why", "x", "--case", place).code == 1
    assert run("unload", "transfers.csv", "--case", place).code == 2
    assert run("unload", "transfers.csv", "--why", " ", "--case", place).code == 2
    assert run("unload", "--why", "x", "--case", place).code == 2
    assert run("unload", "transfers.csv", "--why", "x", "--case", place).code == 0
    assert run("unload", "transfers.csv", "--why", "x", "--case", place).code == 1


def test_it_is_said_in_chinese(run: Run, place: str) -> None:
    shown = run("unload", "transfers.csv", "--why", "误发", "--who", "李警官", "--case", place, "--lang", "zh").out
    assert "已移除" in shown
    assert "李警官" in shown
