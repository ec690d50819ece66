from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import graphtrace as gt
from graphtrace.errors import InputError
from graphtrace.results.simulation import CheckReport, RecallCount
from graphtrace.simulate.blocks import SCENARIOS
from graphtrace.simulate.check import MAX_MISTAKES, check_answers
from graphtrace.simulate.generate import RECORDS, simulate

from .conftest import CARDS, Loaded, load

GHOSTS = 30
"""Cards of the truth that no record names."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_loaded_case_answers_as_the_truth_says(tmp_path: Path, seed: int) -> None:
    told = load(tmp_path, simulate(tmp_path / "out", CARDS, seed, form="parquet" if seed % 2 else "csv"))
    with told.case as case:
        report = check_answers(case, told.truth)
    assert report.mistakes == []
    assert report.is_right
    assert (report.asked, report.right) == (CARDS + GHOSTS, CARDS + GHOSTS)
    assert report.audits == report.audits_right > 10
    assert set(report.faults) == {
        code for story in SCENARIOS for truth in story.truths for code in (*truth.findings, *truth.used_findings)
    }


@pytest.fixture
def truth(loaded: Loaded, tmp_path: Path) -> Path:
    """A copy of the truth that may be spoilt."""
    return Path(shutil.copytree(loaded.truth, tmp_path / "truth"))


def rewrite(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(path)).write_parquet(path)


def spoil(story: str, column: str, text: str | None) -> Callable[[pl.DataFrame], pl.DataFrame]:
    is_spoilt = (pl.col("story") == story) & (pl.col("outcome") == "broken")
    return lambda frame: frame.with_columns(pl.when(is_spoilt).then(pl.lit(text)).otherwise(column).alias(column))


@pytest.mark.parametrize(
    ("column", "text", "kind"),
    [
        ("outcome", "continuous", "outcome"),
        ("registrant", "id:0", "registrant"),
        ("holder", None, "holder"),
        ("chains", "carrier:china-unicom > name:nobody", "chain"),
    ],
)
def test_a_truth_that_the_case_does_not_tell_is_reported(
    loaded: Loaded, truth: Path, column: str, text: str | None, kind: str
) -> None:
    rewrite(truth / "histories" / "00000.parquet", spoil("gap", column, text))
    report = check_answers(loaded.case, truth)
    assert not report.is_right
    assert report.wrong == {**dict.fromkeys(report.wrong, 0), kind: 10}
    assert report.asked - report.right == 10
    told = {(mistake.story, mistake.kind, mistake.true) for mistake in report.mistakes if mistake.kind != "audit"}
    assert told == {("gap", kind, text)}
    assert report.audits - report.audits_right == (column == "chains")


def test_a_fault_that_was_not_planted_and_one_that_is_not_found_are_counted_apart(loaded: Loaded, truth: Path) -> None:
    rewrite(truth / "histories" / "00000.parquet", spoil("gap", "findings", "double_transfer"))
    report = check_answers(loaded.case, truth)
    assert report.right == report.asked
    gap, double = report.faults["custody_gap"], report.faults["double_transfer"]
    assert (gap.missed, gap.invented, gap.recall, gap.precision) == (0, 10, 1, gap.found / (gap.found + 10))
    assert (double.missed, double.invented, double.precision, double.recall) == (
        10,
        0,
        1,
        double.found / (double.found + 10),
    )
    assert not report.is_right


def test_an_end_user_whom_the_case_does_not_name_is_reported(loaded: Loaded, truth: Path) -> None:
    rewrite(truth / "uses" / "00000.parquet", lambda frame: frame.with_columns(end_user=pl.lit("name:nobody")))
    report = check_answers(loaded.case, truth)
    assert report.wrong["end_user"] == pl.read_parquet(truth / "uses" / "00000.parquet").height
    assert report.audits_right < report.audits
    assert len(report.mistakes) == MAX_MISTAKES


def test_a_rejected_row_that_was_not_planted_and_one_that_is_missing_are_reported(loaded: Loaded, truth: Path) -> None:
    rewrite(truth / "rejects.parquet", lambda frame: frame.with_columns(row=pl.col("row") + 1))
    report = check_answers(loaded.case, truth)
    tally = report.rejects["self_transfer"]
    assert (tally.missed, tally.invented) == (1, 1)
    assert [mistake.kind for mistake in report.mistakes] == ["reject", "reject"]


def test_rows_that_say_again_what_others_say_are_counted(loaded: Loaded, truth: Path) -> None:
    summary = truth / "summary.json"
    text = summary.read_text(encoding="utf-8")
    summary.write_text(text.replace('"duplicates": 1', '"duplicates": 3'), encoding="utf-8")
    report = check_answers(loaded.case, truth)
    assert (report.duplicates.true, report.duplicates.found, report.is_right) == (3, 1, False)


def test_a_file_that_was_not_loaded_shows(loaded: Loaded, tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(loaded.made.folder / RECORDS / name for name in ("purchases.csv", "transfers.csv", "stock.csv")))
        report = check_answers(case, loaded.truth)
    assert report.wrong["end_user"] > 1_000
    assert report.faults["shared_device"].missed == 10


def test_a_sample_has_cards_of_every_story(loaded: Loaded) -> None:
    stories = {story.name for story in SCENARIOS} | {"resold"}
    report = check_answers(loaded.case, loaded.truth, sample=3)
    assert report.is_right
    assert len(stories) <= report.asked <= 3 * len(stories)
    planted = {code for code, tally in report.faults.items() if tally.true}
    assert planted == {
        code for story in SCENARIOS for truth in story.truths for code in (*truth.findings, *truth.used_findings)
    }


def test_a_sample_larger_than_the_case_asks_every_card_once(loaded: Loaded) -> None:
    told: list[tuple[int, int | None]] = []
    report = check_answers(
        loaded.case, loaded.truth, sample=10**9, progress=lambda _, done, total: told.append((done, total))
    )
    assert report.asked == CARDS + GHOSTS
    assert told[-1] == (report.asked, report.asked)


def test_a_folder_without_truth_is_refused(loaded: Loaded, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no truth"):
        check_answers(loaded.case, tmp_path)


def test_shares_of_nothing_are_none() -> None:
    assert (RecallCount().precision, RecallCount().recall, RecallCount().is_right) == (None, None, True)
    assert CheckReport().is_right
