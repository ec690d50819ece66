"""Saved answers are derived again from the bytes of the sources, and what differs is said with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

CARD = "8986061900000000001"
SALES = f"from,to,date,iccid\n中国联通,甲公司,2024-03-01,{CARD}\n甲公司,乙,2024-03-05,{CARD}\n"
LATER = f"from,to,date,iccid\n乙,丙,2024-03-09,{CARD}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "sales.csv")
    return tmp_path / "x.gtrace"


def save(place: Path, **how: Any) -> Path:
    """Save an answer as the command does."""
    from graphtrace.cli import main

    saved = place.parent / "saved.json"
    as_of = [word for name, value in how.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert main(["trace", CARD, "--case", str(place), "-q", "-o", str(saved), *as_of]) == 0
    return saved


def problems(place: Path, saved: Path, *, deep: bool = False) -> list[tuple[str, dict[str, Any]]]:
    with gt.open_case(place) as case:
        return [(each.code, each.params) for each in case.verify(saved, deep=deep)]


def edit(saved: Path) -> None:
    answer = json.loads(saved.read_text(encoding="utf-8"))
    answer["results"][0]["holder"]["name"] = "丁"
    saved.write_text(json.dumps(answer), encoding="utf-8")


def test_a_sound_answer_is_derived_from_the_sources_as_it_was_given(place: Path) -> None:
    saved = save(place)
    assert problems(place, saved, deep=True) == []


def test_an_answer_that_later_records_changed_was_right_when_it_was_given(place: Path) -> None:
    saved = save(place)
    (place.parent / "later.csv").write_text(LATER, encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")
    ((code, params),) = problems(place, saved, deep=True)
    assert code == "answer_differs"
    assert (params["later"], params["loaded"]) == (1, ["later.csv"])
    assert (params["part"], params["before"], params["after"]) == ("/0/holder/id", '"name:乙"', '"name:丙"')


def test_an_answer_that_was_never_given_is_told_from_one_that_later_records_changed(place: Path) -> None:
    saved = save(place)
    edit(saved)
    (place.parent / "later.csv").write_text(LATER, encoding="utf-8")
    with gt.open_case(place) as case:
        case.load(place.parent / "later.csv")
    found = problems(place, saved, deep=True)
    assert [code for code, _ in found] == ["answer_not_derived", "answer_differs", "answer_never_given"]
    change = {"part": "/0/holder/name", "before": '"丁"', "after": '"乙"'}
    about = {"file": "saved.json", "about": CARD}
    assert [params for code, params in found if code != "answer_differs"] == [{**about, **change}, {**about, **change}]


def test_an_edited_answer_is_not_what_the_sources_give(place: Path) -> None:
    saved = save(place)
    edit(saved)
    assert [code for code, _ in problems(place, saved)] == ["answer_differs"]
    assert [code for code, _ in problems(place, saved, deep=True)] == ["answer_not_derived", "answer_differs"]


def test_an_answer_for_a_day_and_one_without_judgements_are_derived_too(place: Path) -> None:
    with gt.open_case(place) as case:
        case.resolve("甲公司", "乙", same=True, why="one telephone")
        today = case.status().files[0]["loaded_at"][:10]
    saved = save(place, as_of=today)
    assert problems(place, saved, deep=True) == []
    edit(saved)
    assert "answer_not_derived" in [code for code, _ in problems(place, saved, deep=True)]
