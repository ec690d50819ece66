from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphtrace.errors import InputError
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(columns: dict[str, pa.Array], **options: Any) -> Path:
        path = tmp_path / "table.parquet"
        pq.write_table(pa.table(columns), path, **options)
        return path

    return write


def rows_of(sheet: Sheet, below: int = 1) -> list[tuple[object, ...]]:
    return [row for frame in sheet.read(below) for row in frame.iter_rows()]


def texts_of(path: Path) -> list[object]:
    (sheet,) = open_sheets(path)
    return [cell for _, cell in rows_of(sheet)]


def test_names_are_the_first_row_and_data_follow(write: Write) -> None:
    (sheet,) = open_sheets(write({" 卡号 ": pa.array(["1", None, " 2 "]), "数量": pa.array([1, None, 3])}))
    assert (sheet.name, sheet.width, sheet.head_rows, sheet.encoding) == (None, 2, [(1, ["卡号", "数量"])], None)
    assert rows_of(sheet) == [(2, "1", "1"), (4, "2", "3")]
    assert sheet.counted == 2


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([2**63 - 1, -1, 0], pa.int64()), [str(2**63 - 1), "-1", "0"]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([Decimal(89860012345678901234)], pa.decimal128(20, 0)), ["89860012345678901234"]),
        (pa.array([Decimal(10**50)], pa.decimal256(60, 0)), [str(10**50)]),
        (pa.array([Decimal("12.50"), Decimal("3.00"), Decimal(100)], pa.decimal128(9, 2)), ["12.5", "3", "100"]),
        (pa.array([5.0, 12.5, 8.98606e19], pa.float64()), ["5", f"{INEXACT_MARK}12.5", f"{INEXACT_MARK}8.98606E+19"]),
        (pa.array([5.0, 1.5], pa.float32()), ["5", f"{INEXACT_MARK}1.5"]),
        (pa.array([5.0, 1.5], pa.float16()), ["5", f"{INEXACT_MARK}1.5"]),
        (pa.array([" a ", "无", "\x00b"]), ["a", "b"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array([5.5]).dictionary_encode(), [f"{INEXACT_MARK}5.5"]),
        (pa.array(["星海".encode(), b"\xff"]), ["星海", "ff"]),
        (pa.array([True, False]), ["TRUE", "FALSE"]),
        (pa.array([date(2024, 3, 5)]), ["2024-03-05"]),
        (pa.array([date(2024, 3, 5)], pa.date64()), ["2024-03-05"]),
        (pa.array([time(17, 19, 12)]), ["17:19:12"]),
        (
            pa.array([datetime(2024, 3, 5, 17, 19, 12, 999_999), datetime(2024, 3, 5)]),
            ["2024-03-05 17:19:12", "2024-03-05"],
        ),
        (pa.array([1_709_659_152_123_456_789], pa.timestamp("ns")), ["2024-03-05 17:19:12"]),
        (
            pa.array([datetime(2024, 3, 5, 9, 19, 12, tzinfo=UTC)], pa.timestamp("ms", "Asia/Shanghai")),
            ["2024-03-05T17:19:12+08:00"],
        ),
        (
            pa.array([datetime(2024, 3, 5, 9, 19, 12, tzinfo=UTC)], pa.timestamp("ms", "+08:00")),
            ["2024-03-05T17:19:12+08:00"],
        ),
        (
            pa.array([datetime(2024, 3, 5, 9, 19, 12, tzinfo=UTC)], pa.timestamp("ms", "-03:30")),
            ["2024-03-05T05:49:12-03:30"],
        ),
        (pa.array([datetime(2024, 3, 5, tzinfo=UTC)], pa.timestamp("us", "UTC")), ["2024-03-05T00:00:00Z"]),
        (pa.array([[1, 2], []]), ["[1, 2]", "[]"]),
        (pa.array([{"a": "二", "b": None}]), ['{"a": "二", "b": null}']),
        (pa.nulls(2), []),
    ],
)
def test_every_type_is_read_as_exactly_as_it_was_stored(write: Write, column: pa.Array, texts: list[str]) -> None:
    assert texts_of(write({"a": column})) == texts


def test_row_groups_are_read_one_after_the_other_from_any_row_on(write: Write) -> None:
    (sheet,) = open_sheets(write({"a": pa.array(range(100_000))}, row_group_size=30_000))
    frames = list(sheet.read(70_001))
    assert next(row for frame in frames for row in frame.iter_rows()) == (70_002, "70000")
    assert sheet.counted == 30_000


@pytest.mark.parametrize("keep", [4, 100, -4, -100])
def test_a_cut_off_file_is_an_error(write: Write, keep: int) -> None:
    path = write({"a": pa.array(range(1000))})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="cannot be read") as caught:
        open_sheets(path)
    assert caught.value.hint


def test_a_damaged_row_group_is_an_error_while_reading(write: Write) -> None:
    path = write(
        {"a": pa.array([f"text {number}" for number in range(1000)])}, compression="zstd", use_dictionary=False
    )
    data = bytearray(path.read_bytes())
    data[100:400] = bytes(300)
    path.write_bytes(data)
    (sheet,) = open_sheets(path)
    with pytest.raises(InputError, match="cannot be read"):
        rows_of(sheet)


def test_a_file_without_columns_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({}), path)
    with pytest.raises(InputError, match="no column"):
        open_sheets(path)


def test_a_file_with_names_only_has_no_rows(write: Write) -> None:
    (sheet,) = open_sheets(write({"a": pa.array([], pa.string())}))
    assert rows_of(sheet) == []
    assert sheet.counted == 0
