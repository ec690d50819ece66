"""Limits of a user's SQL query."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.engine.query_views import run_query
from graphtrace.errors import QueryError, StoreError, UsageError
from graphtrace.storage import memory_budget
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

SALES = "运营商,购卡单位,日期,起始ICCID,结束ICCID\n中国联通,甲公司,2024-03,8986061900000000001,8986061900000000100\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("memory")
    (place / "sales.csv").write_text(SALES, encoding="utf-8")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(place / "sales.csv")
    return place / "x.gtrace"


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[DuckDBBackend]:
    opened = DuckDBBackend(folder, memory_bytes=512 * 10**6)
    yield opened
    opened.close()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system bounds the memory of a part of a process")
@pytest.mark.parametrize(
    "text",
    [
        "SELECT len(range(2000000000)) AS n",
        "SELECT repeat('ab', 2000000000) AS text",
        "SELECT len(repeat('ab', 2000000000)) AS n",
        "SELECT string_agg(range::VARCHAR) AS text FROM range(1000000000)",
        "SELECT list(range) AS numbers FROM range(300000000)",
        "SELECT * FROM range(100000000)",
        "SELECT repeat('ab', 10000) AS text FROM range(1000000)",
    ],
)
def test_a_question_that_takes_too_much_is_an_error_and_the_next_is_answered(store: DuckDBBackend, text: str) -> None:
    with pytest.raises(StoreError, match="needs more memory than it may take") as raised:
        run_query(store, text, {})
    assert (raised.value.code, raised.value.exit_code) == ("out_of_memory", 3)
    assert "--memory-limit" in raised.value.hint
    assert run_query(store, "SELECT count(*) AS n FROM sources", {})[1] == [(1,)]


def test_the_database_of_a_question_keeps_to_its_part_of_the_limit(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy.gtrace")
    with gt.open_case(copy, memory_limit="800MB") as case, case._stores.open() as store:
        assert run_query(store, "SELECT current_setting('memory_limit') AS size", {})[1] == [("286.1 MiB",)]
        with pytest.raises(QueryError):
            run_query(store, "SET memory_limit = '9GB'", {})


def test_a_case_that_is_open_is_opened_again_with_another_limit(folder: Path) -> None:
    for limits in (("800MB", "4GB"), ("4GB", None)):
        with gt.open_case(folder, memory_limit=limits[0]) as one, gt.open_case(folder, memory_limit=limits[1]) as other:
            assert one.status() == other.status()


def test_a_question_without_a_limit_takes_half_of_the_memory_and_no_more_than_two_gigabytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for physical, given in ((64 << 30, 2 * 10**9), (3 * 10**9, 1_500_000_000), (100 << 20, memory_budget.MIN_BYTES)):
        monkeypatch.setattr(memory_budget, "physical_bytes", lambda size=physical: size)
        assert memory_budget.question_bytes() == given
    assert memory_budget.question_bytes("4GB") == 4 * 10**9


@pytest.mark.parametrize("limit", ["much", "1KB", "-1GB"])
def test_a_limit_that_is_none_is_refused_by_every_command(
    folder: Path, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError):
        gt.open_case(folder, memory_limit=limit)
    for command in (["trace", "8986061900000000001"], ["audit", "--all"], ["status"], ["graph"]):
        assert main([*command, "--case", str(folder), f"--memory-limit={limit}"]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.posix
@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v")
@pytest.mark.parametrize("kilobytes", [2_000_000])
def test_a_process_that_may_hardly_take_memory_says_so_in_one_sentence(folder: Path, kilobytes: int) -> None:
    command = f'ulimit -v {kilobytes}; exec "$0" -m graphtrace audit --all --json --case "$1"'
    done = subprocess.run(["sh", "-c", command, sys.executable, folder], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    assert done.returncode == 0 or '"code": "out_of_memory"' in done.stderr
