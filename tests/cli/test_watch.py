"""``watch``: what is watched, and what a load says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import WHOLE, Run


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case with one file."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", files / "sales.csv", "--case", place).code == 0
    return place


def test_hits_stand_first_in_the_report_of_a_load(run: Run, files: Path, place: str) -> None:
    added = run("watch", "add", WHOLE, "王五", "--why", "线人", "--by", "李警官", "--case", place, "--json")
    assert added.code == 0
    assert [(each["value"], each["state"], each["why"], each["by"]) for each in added.json["watches"]] == [
        (WHOLE, "added", "线人", "李警官"),
        ("王五", "added", "线人", "李警官"),
    ]
    text = run("load", files / "transfers.csv", "--case", place).out
    assert text.splitlines()[0] == "watched values in these files"
    assert "transfers.csv:3" in text.splitlines()[2]
    ran = run("load", files / "activations.csv", "--case", place, "--json")
    assert {(hit["value"], hit["file"], hit["rows"], hit["kind"], hit["role"]) for hit in ran.json["watch_hits"]} == {
        (WHOLE, "activations.csv", 1, "activation", "iccid"),
        ("王五", "activations.csv", 1, "activation", "user"),
    }
    assert "命中布控对象" in run("load", files / "transfers.csv", "--again", "--case", place, "--lang", "zh").out


def test_a_load_without_watched_values_says_nothing_of_them(run: Run, files: Path, place: str) -> None:
    assert run("load", files / "transfers.csv", "--case", place, "--json").json["watch_hits"] == []
    assert "watched" not in run("load", files / "activations.csv", "--case", place).out
    assert run("load", files / "activations.csv", "--dry-run", "--case", place, "--json").json["watch_hits"] is None


def test_the_list_says_since_when_and_what_was_watched_on_a_day(run: Run, place: str) -> None:
    assert "Nothing is watched" in run("watch", "list", "--case", place).out
    run("watch", "add", "1064612345678", "--case", place)
    (watch,) = run("watch", "list", "--case", place, "--json").json["watches"]
    assert (watch["value"], watch["forms"], watch["state"]) == (
        "1064612345678",
        ["msisdn", "telephone"],
        "watched",
    )
    assert run("watch", "list", "--as-of", "2020-01-01", "--case", place, "--json").json["watches"] == []
    assert run("watch", "remove", " 10646-12345678", "--case", place).code == 0
    assert run("watch", "list", "--case", place, "--json").json["watches"] == []
    assert run("watch", "remove", "1064612345678", "--case", place).code == 1


def test_a_part_of_a_number_is_refused(run: Run, place: str) -> None:
    ran = run("watch", "add", "89860619", "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_a_hostile_name_is_watched_and_shown_as_text(run: Run, place: str, tmp_path: Path) -> None:
    name = "甲<script>alert(1)</script>\u202e"
    assert run("watch", "add", name, "--case", place).code == 0
    shown = run("watch", "list", "--case", place).out
    assert "\u202e" not in shown
    assert "\\u202e" in shown or "<U+202E>" in shown or "<202e>" in shown.lower()


def test_watched_values_go_with_a_copy(run: Run, place: str, tmp_path: Path) -> None:
    run("watch", "add", "王五", "--case", place)
    target = tmp_path / "z.gtrace"
    assert run("copy", place, target).code == 0
    assert [each["value"] for each in run("watch", "list", "--case", target, "--json").json["watches"]] == ["王五"]
