"""A clock that is set back: lines of the ledger never run back in time, and questions as of a day never know more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.model import CHINA
from graphtrace.storage import ledger
from graphtrace.storage.judgement_log import parse_judgements
from graphtrace.storage.ledger import next_entry, times_run_back

from .cases import write_files


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    """The time that the machine shows; tests set it."""
    shown = {"now": datetime(2026, 5, 10, 12, tzinfo=CHINA)}
    monkeypatch.setattr(ledger, "_clock", lambda: shown["now"].isoformat(timespec="seconds"))
    return shown


def test_no_line_is_earlier_than_the_one_before_it_and_it_says_what_the_clock_showed(
    tmp_path: Path, clock: dict[str, datetime]
) -> None:
    sales, resales = write_files(tmp_path)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(sales)
        clock["now"] -= timedelta(days=30)
        case.load(resales)
        clock["now"] -= timedelta(days=30)
        case.resolve("老K", "王五", same=False, why="two men")
        clock["now"] -= timedelta(days=30)
        case.undo_judgement(1, why="one man")
        case.correct("resales.csv:3", why="misread")
        lines = case.ledger()
        assert [line["at"][:10] for line in lines] == ["2026-05-10"] * 5
        assert [line.get("clock", "")[:10] for line in lines] == [
            *("", "2026-04-10", "2026-03-11"),
            *("2026-02-09", "2026-02-09"),
        ]
        assert case.verify(deep=True) == []
        assert case.at("2026-05-09").trace("8986061900000000001").only.found is False


def test_an_older_ledger_that_runs_back_is_reported() -> None:
    first = next_entry(None, {"at": "2099-01-01T00:00:00+08:00", "judgement": 1})
    second = next_entry(first, {"at": "2024-01-01T00:00:00+08:00"})
    assert times_run_back([first, second, next_entry(second, {"at": "2099-01-01T00:00:00+08:00"})]) == [2]


def test_a_day_on_which_an_undoing_is_older_than_its_judgement_has_neither() -> None:
    judged = next_entry(
        None,
        {
            "at": "2025-01-01T00:00:00+08:00",
            "by": "a",
            "why": "b",
            "judgement": 1,
            "same": True,
            "parties": ["name:x", "name:y"],
            "evidence": None,
            "forced": False,
        },
    )
    undone = next_entry(judged, {"at": "2024-01-01T00:00:00+08:00", "by": "a", "why": "b", "undone": 1})
    assert parse_judgements([judged, undone], as_of="2024-06-01") == []
    (kept,) = parse_judgements([judged, undone])
    assert kept.undone is not None
