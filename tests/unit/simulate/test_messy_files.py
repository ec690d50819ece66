from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graphtrace.errors import UsageError
from graphtrace.simulate.check import check_answers
from graphtrace.simulate.file_tables import TABLES
from graphtrace.simulate.files import FILE_STYLES, MAX_CARDS, corrupt, vary_format
from graphtrace.simulate.generate import RECORDS, TRUTH, simulate

from .conftest import CARDS, load


@pytest.mark.parametrize("seed", [1, 2])
def test_messy_files_lose_exactly_the_rows_that_were_spoilt_and_no_answer(tmp_path: Path, seed: int) -> None:
    told = load(tmp_path, simulate(tmp_path / "out", CARDS, seed, is_messy=True))
    with told.case as case:
        report = check_answers(case, told.truth)
        status = case.status()
    assert report.mistakes == []
    assert report.is_right
    assert sum(file["rows"] for file in status.files) == sum(told.made.rows.values())
    assert told.made.rejected == sum(tally.true for tally in report.rejects.values())
    assert {"damaged_number", "bad_date", "not_a_record", "unknown_headings"} <= set(report.rejects)


def test_files_of_all_kinds_are_sent(tmp_path: Path) -> None:
    made = simulate(tmp_path / "out", CARDS, 1, is_messy=True)
    sent = {path.name for path in (made.folder / RECORDS).iterdir()}
    assert {guise.file for guise in FILE_STYLES.values()} < sent
    assert {Path(name).suffix for name in sent} == {".csv", ".tsv", ".txt", ".xlsx", ".jsonl"}
    with pytest.raises(UnicodeDecodeError):
        (made.folder / RECORDS / FILE_STYLES["transfers"].file).read_text(encoding="utf-8")
    assert "批发台账" in (made.folder / RECORDS / FILE_STYLES["transfers"].file).read_text(encoding="gb18030")


def test_a_spoilt_row_follows_the_right_one(tmp_path: Path) -> None:
    made = simulate(tmp_path / "out", CARDS, 1, is_messy=True)
    rejects = pl.read_parquet(made.folder / TRUTH / "rejects.parquet").filter(pl.col("file") == "激活记录.csv")
    lines = (made.folder / RECORDS / "激活记录.csv").read_text(encoding="gb18030").splitlines()
    rows = rejects.filter(pl.col("reason") == "bad_date")["row"].to_list()
    assert {lines[row - 1].split(",")[1] for row in rows} == {"2022-13-45"}


def test_there_is_a_limit_to_what_people_make_by_hand(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="20,000"):
        simulate(tmp_path / "out", MAX_CARDS + 1, 1, is_messy=True)


def test_every_table_has_a_guise() -> None:
    assert set(FILE_STYLES) == set(TABLES)


def test_a_cell_without_a_value_says_nothing_in_some_way() -> None:
    import numpy as np

    random = np.random.default_rng(1)
    assert {vary_format("sender", None, "csv", random) for _ in range(100)} == {None, "-", "无", "/", "NULL"}
    assert {vary_format("sender", None, "jsonl", random) for _ in range(100)} == {None}


def test_a_number_loses_its_digits_in_the_way_of_its_file() -> None:
    columns, row = {"ICCID": "card"}, {"ICCID": "8986011910000000501"}
    lost = {
        form: next(one.cell for one in corrupt("retail", columns, row, form) if one.reason == "damaged_number")
        for form in ("csv", "xlsx", "jsonl")
    }
    assert lost == {"csv": "8.98601E+18", "xlsx": 8986011910000000501.0, "jsonl": 8986011910000000501}
