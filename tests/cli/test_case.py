from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run


def test_status_counts_what_is_in_the_case(run: Run, case: str) -> None:
    ran = run("status", "--case", case, "--json")
    assert ran.code == 0
    assert ran.json["records"]["transfer"] == 4
    assert ran.json["ranges"] == 1
    assert {entry["file"] for entry in ran.json["files"]} == {"sales.csv", "transfers.csv", "activations.csv"}
    assert "transfer 4" in run("status", "--case", case).out


def test_a_sound_case_verifies(run: Run, case: str) -> None:
    ran = run("verify", "--case", case)
    assert (ran.code, ran.err) == (0, "")
    assert "agree" in ran.out
    assert run("verify", "--case", case, "--json").json["problems"] == []


def test_a_changed_source_is_found_and_is_3(run: Run, files: Path, tmp_path: Path) -> None:
    place = tmp_path / "x.gtrace"
    run("load", files / "sales.csv", "--case", place)
    (source,) = (place / "sources").iterdir()
    source.chmod(0o644)
    source.write_bytes(source.read_bytes() + b"x")
    ran = run("verify", "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (3, "case_damaged")
    assert [problem["code"] for problem in ran.json["problems"]] == ["source_changed"]


@pytest.mark.parametrize("command", [("status",), ("verify",), ("trace", "89860619")])
def test_a_case_that_does_not_exist_is_3(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = run(*command, "--case", tmp_path / "none.gtrace", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (3, "", "case_missing")
    assert not (tmp_path / "none.gtrace").exists()


@pytest.mark.parametrize("uri", ["neo4j://host", "neo4j+s://host/db", "bolt://host:7687"])
def test_a_case_on_a_server_is_3(run: Run, uri: str) -> None:
    ran = run("status", "--case", uri, "--json")
    assert (ran.code, ran.error["code"]) == (3, "store_unavailable")


@pytest.mark.parametrize("command", [("status",), ("verify",), ("trace", "8986"), ("load", "x.csv")])
def test_a_command_without_a_case_is_2(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert "--case" in ran.error["hint"]
