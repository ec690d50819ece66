from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UsageError
from graphtrace.storage.memory_budget import parse_size, plan_budget


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1GB", 10**9),
        ("1g", 10**9),
        ("800 MB", 800 * 10**6),
        ("1.5GiB", 1_500_000_000),
        ("600000000", 600_000_000),
        ("2T", 2 * 10**12),
        ("9" * 5_000, 2**62),
    ],
)
def test_a_size_is_read_with_and_without_its_unit(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "1PB", "1GB2", "nan"])
def test_what_is_no_size_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UsageError, match="no amount of memory"):
        parse_size(text)


def test_less_than_a_load_needs_is_refused() -> None:
    with pytest.raises(UsageError, match="100MB of memory is too little"):
        parse_size("100MB")


@pytest.mark.parametrize("limit", ["512MB", "1GB", "4GB"])
def test_shares_stay_below_the_limit_and_nobody_goes_without(limit: str) -> None:
    shares = plan_budget(limit)
    assert shares.database_bytes < parse_size(limit)
    assert shares.chunk_rows >= 100_000
    assert shares.index_rows >= 100_000


def test_a_wrong_limit_is_said_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("iccid,date\n8986061900000000001,2024-03-05\n", "utf-8")
    with pytest.raises(UsageError):
        gt.open_case(tmp_path / "x.gtrace").load(tmp_path / "t.csv", memory_limit="much")
    assert not (tmp_path / "x.gtrace").exists()
