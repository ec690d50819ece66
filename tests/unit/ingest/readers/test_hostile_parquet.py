"""Parquet files that are built, or broken, to end the load of others."""

from __future__ import annotations

import gc
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import graphtrace as gt
from graphtrace.errors import InputError, UnsafeFile
from graphtrace.ingest.readers import child_process, open_sheets, parquet_reader
from graphtrace.ingest.readers.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_SHOWN_CHARACTERS
from graphtrace.ingest.sheet import Sheet

Write = Callable[..., Path]

CARD = "8986061900000000001"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(columns: dict[str, Any], **options: Any) -> Path:
        path = tmp_path / "table.parquet"
        pq.write_table(pa.table(columns), path, **options)
        return path

    return write


def rows_of(sheet: Sheet) -> list[tuple[object, ...]]:
    return [row for frame in sheet.read(1) for row in frame.iter_rows()]


def invalid(*texts: bytes) -> pa.Array:
    """A column of texts that are none."""
    stored = pa.array(texts, pa.binary())
    return pa.Array.from_buffers(pa.string(), len(texts), stored.buffers())


def test_bytes_that_are_no_text_reject_their_row(write: Write) -> None:
    (sheet,) = open_sheets(write({"a": invalid(b"x", b"\xe6\x98", "星".encode()), "b": pa.array([1, 2, 3])}))
    assert rows_of(sheet) == [(2, "x", "1"), (4, "星", "3")]
    assert (sheet.faults, sheet.counted) == ([(3, "\ufffd | 2")], 3)


def test_a_moment_in_a_zone_that_nobody_knows_is_the_moment_in_utc(write: Write) -> None:
    column = pa.array([1_709_630_352], pa.timestamp("s", "Nowhere/Bad"))
    assert rows_of(open_sheets(write({"a": column}))[0]) == [(2, "2024-03-05T09:19:12Z")]


def test_a_text_longer_than_a_cell_rejects_its_row(write: Write) -> None:
    texts = ["x" * MAX_CELL_CHARACTERS, "星" * MAX_CELL_CHARACTERS, "y" * (MAX_CELL_CHARACTERS + 1), "z"]
    (sheet,) = open_sheets(write({"a": pa.array(texts)}))
    assert [row for row, _ in rows_of(sheet)] == [2, 3, 5]
    assert (sheet.faults, sheet.counted) == ([(4, "y" * MAX_SHOWN_CHARACTERS + "…")], 4)


@pytest.mark.posix
@pytest.mark.parametrize(("rows", "millions"), [(600, 10), (100, 10), (2_000_000, 2)])
def test_one_long_text_in_many_rows_takes_no_memory_of_ours(write: Write, rows: int, millions: int) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * (millions * 10**6)]))
    path = write({"a": column}, compression="zstd")
    assert path.stat().st_size < 20_000
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (sheet,) = open_sheets(path)
    with pytest.raises(UnsafeFile, match="memory"):
        rows_of(sheet)
    # in KiB, or in bytes on macOS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**28


def test_more_columns_than_a_worksheet_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    columns = MAX_COLUMNS + 1
    pq.write_table(pa.table([pa.array([1])] * columns, names=[f"c{number}" for number in range(columns)]), path)
    with pytest.raises(UnsafeFile, match="columns"):
        open_sheets(path)


def test_two_columns_of_one_name_and_nested_ones_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    nested: Any = [{"x": [{"y": 1}]}]
    pq.write_table(pa.table([pa.array([1]), pa.array([2]), pa.array(nested)], names=["a", "a", "b"]), path)
    (sheet,) = open_sheets(path)
    assert sheet.head_rows == [(1, ["a", "a", "b"])]
    assert rows_of(sheet) == [(2, "1", "2", '{"x": [{"y": 1}]}')]


def test_a_parser_that_says_nothing_is_ended(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_SILENCE_S", 0)
    with pytest.raises(UnsafeFile, match="said nothing"):
        open_sheets(write({"a": pa.array([1])}))


def test_a_parser_that_takes_too_much_memory_is_ended(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_reader, "MAX_MEMORY_BYTES", 2**28)
    path = write({"a": pa.array(["x" * 1_000] * 200_000)})
    with pytest.raises(InputError, match=r"memory|cannot be read"):
        rows_of(open_sheets(path)[0])


@pytest.mark.posix
def test_a_sheet_that_nobody_reads_leaves_no_process_behind(write: Write) -> None:
    before = children_of(os.getpid())  # other tests may keep a server
    sheets = open_sheets(write({"a": pa.array([1])}))
    assert children_of(os.getpid()) != before
    del sheets
    gc.collect()
    assert children_of(os.getpid()) == before


@pytest.mark.posix
def test_a_reading_that_is_given_up_leaves_no_process_behind(write: Write) -> None:
    before = children_of(os.getpid())
    (sheet,) = open_sheets(write({"a": pa.array(range(300_000))}))
    frames = sheet.read(1)
    next(frames)
    del frames
    assert children_of(os.getpid()) == before
    assert len(rows_of(sheet)) == 300_000


def children_of(process: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # threads end while they are listed
            found += (task / "children").read_text().split()
    return found


def test_a_parser_knows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_PASSWORD", "NEO4J_USERNAME", "AWS_SECRET_ACCESS_KEY", "GRAPHTRACE_CASE", "TOKEN"):
        monkeypatch.setenv(name, "s3cret")
    assert "s3cret" not in child_process.environment().values()
    assert {"PATH", "PYTHONPATH"} <= child_process.environment().keys()


@pytest.mark.parametrize("damage", ["text", "zone", "bits", "cut", "crash"])
def test_files_behind_a_damaged_one_are_loaded(tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.parquet")
        texts = {
            "转出方": "甲",
            "转入方": "乙",
            "日期": "2024-03-05",
            "卡号": f"898606190000000001{number}",
            "渠道": f"{number}",
        }
        pq.write_table(pa.table({name: [text] * 50 for name, text in texts.items()}), paths[-1], compression="none")
    bad, data = paths[1], bytearray(paths[1].read_bytes())
    match damage:
        case "text":
            data = data.replace("乙".encode(), b"\xff\xfe\xfd")
        case "bits":
            chance = random.Random(7)
            for _ in range(20):
                data[chance.randrange(4, len(data) - 4)] ^= 1 << chance.randrange(8)
        case "cut":
            data = data[: len(data) // 2]
        case "zone":
            pq.write_table(pa.table({"日期": pa.array([1], pa.timestamp("s", "Nowhere/Bad"))}), bad)
            data = bytearray(bad.read_bytes())
        case "crash":
            real = parquet_reader.command
            monkeypatch.setattr(
                parquet_reader, "command", lambda module, path, *limits: killed(real(module, path, *limits), path)
            )
    bad.write_bytes(data)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(*paths)
        assert [entry.file for entry in report.files] == [path.name for path in paths]
        assert [entry.loaded + entry.duplicate for entry in report.files][::2] == [50, 50]
        entry = report.files[1]
        assert (entry.error is None and entry.rejected > 0) or isinstance(entry.error, InputError)
        if damage == "crash":
            assert isinstance(entry.error, UnsafeFile)


def killed(command: list[str], path: Path) -> list[str]:
    """The command of the second file, whose process ends as by a fault in compiled code."""
    return [sys.executable, "-c", "import os; os.abort()"] if "1.parquet" in path.name else command
