"""A fault of a parser is an error of its file; a fault of its caller is not."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from polars.exceptions import PanicException

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.errors import InputError, InternalError, StoreError
from graphtrace.ingest import pipeline, sheet, sheet_opening
from graphtrace.ingest.readers import child_process, guard, open_sheets
from graphtrace.ingest.readers import csv_reader as csv_reader
from graphtrace.ingest.readers.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_SHOWN_CHARACTERS

OF_THE_FILE = [
    PanicException("x"),
    pl.exceptions.ComputeError("x"),
    MemoryError(),
    RecursionError("x"),
    OSError(errno.EIO, "x"),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
]
OUR_OWN = [KeyError(1), ValueError("x"), pl.exceptions.ColumnNotFoundError("x")]
FAULTS = [*OF_THE_FILE, *OUR_OWN]
HEADINGS = "转出方,转入方,日期,卡号\n"


@pytest.mark.parametrize("fault", OF_THE_FILE, ids=lambda fault: type(fault).__name__)
def test_whatever_a_parser_of_a_damaged_file_ends_in_is_an_error_of_its_file(fault: BaseException) -> None:
    with pytest.raises(InputError, match=r"a\.csv: cannot be read") as caught, guard.guarded(Path("a.csv")):
        raise fault
    assert caught.value.hint
    assert caught.value.__cause__ is fault


@pytest.mark.parametrize("fault", OUR_OWN, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_ours_is_not_said_to_be_one_of_the_file(fault: BaseException) -> None:
    with pytest.raises(InternalError, match=r"a\.csv: not read, by a fault of") as caught, guard.guarded(Path("a.csv")):
        raise fault
    assert caught.value.exit_code == 70
    assert caught.value.__cause__ is fault


@pytest.mark.parametrize(
    "fault", [KeyboardInterrupt(), SystemExit(), StoreError("memory_does_not_suffice"), OSError(errno.ENOSPC, "full")]
)
def test_what_is_not_of_the_file_stays_what_it_is(fault: BaseException) -> None:
    with pytest.raises(type(fault)) as caught, guard.guarded(Path("a.csv")):
        raise fault
    assert caught.value is fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("place", ["open", "reader", "header", "columns", "rows"])
def test_files_behind_the_one_at_which_a_parser_fails_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, place: str
) -> None:
    paths = [tmp_path / f"{name}.csv" for name in "abc"]
    for number, path in enumerate(paths):
        path.write_text(f"{HEADINGS}甲,乙{number},2024-03-05,8986061900000000001\n", "utf-8")

    def fail_at_b(text: object) -> None:
        if "乙1" in str(text):
            raise fault

    match place:
        case "open":
            find = csv_reader.find_encoding
            monkeypatch.setattr(
                csv_reader, "find_encoding", lambda path: fail_at_b(path.read_text("utf-8")) or find(path)
            )
        case "reader":
            split = csv_reader._Table._split
            monkeypatch.setattr(
                csv_reader._Table,
                "_split",
                lambda table, block, *rest: fail_at_b(block.decode()) or split(table, block, *rest),
            )
        case "header":
            find_header = sheet_opening.find_header
            monkeypatch.setattr(
                sheet_opening, "find_header", lambda top, *rest, **how: fail_at_b(top) or find_header(top, *rest, **how)
            )
        case "rows":
            read = pipeline.RowParser.read
            monkeypatch.setattr(
                pipeline.RowParser,
                "read",
                lambda rows, row, cells, **how: fail_at_b(cells) or read(rows, row, cells, **how),
            )
        case "columns":
            monkeypatch.setattr(sheet, "SHORT_BLOCK", 0)
            clean = pipeline.VectorizedParser.read
            monkeypatch.setattr(
                pipeline.VectorizedParser,
                "read",
                lambda rows, block, *rest: fail_at_b(block) or clean(rows, block, *rest),
            )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(*paths)
        assert [entry.loaded for entry in report.files] == [1, 0, 1]
        assert [entry.error is None for entry in report.files] == [True, False, True]
        is_ours = place not in ("open", "reader") or fault in OUR_OWN
        is_internal = isinstance(report.files[1].error, InternalError)
        assert is_internal == (is_ours and not isinstance(fault, MemoryError))
        assert not case.verify(deep=False)


def test_a_parser_in_a_process_of_its_own_that_fails_by_our_fault_is_no_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet().write_row(0, 0, HEADINGS.strip().split(","))
    (tmp_path / "b.csv").write_text(f"{HEADINGS}甲,乙,2024-03-05,8986061900000000001\n", "utf-8")
    real = child_process.command
    monkeypatch.setattr(child_process, "command", lambda module, *rest: [*real(module, *rest)[:-1], "no number"])
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(book, tmp_path / "b.csv")
    assert isinstance(report.files[0].error, InternalError)
    assert "ValueError" in str(report.files[0].error.__cause__)
    assert report.files[1].loaded == 1


def test_the_command_ends_with_70_and_says_where_it_failed_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / f"{name}.csv" for name in "ab"]
    for number, path in enumerate(paths):
        path.write_text(f"{HEADINGS}甲,乙{number},2024-03-05,8986061900000000001\n", "utf-8")
    read = pipeline.RowParser.read

    def fail_at_first(rows: pipeline.RowParser, row: int, cells: tuple[str | None, ...], **how: bool) -> object:
        if "乙0" in cells:
            raise KeyError("missing")
        return read(rows, row, cells, **how)

    monkeypatch.setattr(pipeline.RowParser, "read", fail_at_first)
    arguments = ["--case", str(tmp_path / "x.gtrace"), "load", *map(str, paths)]
    assert main(arguments) == 70
    assert "a.csv" in (said := capsys.readouterr().err)
    assert "Traceback" not in said
    assert "CSV" not in said
    assert main(["-v", *arguments]) == 70
    assert "KeyError: 'missing'" in capsys.readouterr().err
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert case.status().records["transfer"] == 1


def lines_of(cells: list[list[str]], ending: str) -> str:
    if ending == ".jsonl":
        return "".join(json.dumps(dict(zip("abc", row, strict=True)), ensure_ascii=False) + "\n" for row in cells)
    return "a,b,c\n" + "".join(",".join(row) + "\n" for row in cells)


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
@pytest.mark.parametrize("sign", ["x", "星"])
def test_a_cell_longer_than_any_can_be_rejects_its_row(tmp_path: Path, ending: str, sign: str) -> None:
    longest, longer = sign * MAX_CELL_CHARACTERS, sign * (MAX_CELL_CHARACTERS + 1)
    path = tmp_path / f"t{ending}"
    path.write_text(
        lines_of([["1", "2", "3"], ["1", longest, "3"], ["1", longer, "3"], ["4", "5", "6"]], ending), "utf-8"
    )
    (sheet,) = open_sheets(path)
    first = 1 if ending == ".csv" else 0
    assert [row for frame in frames_of(sheet.read(first)) for row in frame["row"]] == [row + first for row in (1, 2, 4)]
    assert [fault.row for fault in sheet.faults] == [3 + first]
    assert len(sheet.faults[0].text) <= MAX_SHOWN_CHARACTERS + 1
    assert sheet.counted == 4


def frames_of(frames: Iterator[pl.DataFrame]) -> list[pl.DataFrame]:
    return list(frames)


def test_a_line_of_more_cells_than_a_worksheet_has_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 70 + "x," * (MAX_COLUMNS + 1) + "\n3,4\n")
    (sheet,) = open_sheets(path)
    assert sum(frame.height for frame in sheet.read(1)) == 71
    assert [fault.row for fault in sheet.faults] == [72]


@pytest.mark.parametrize("content", [b",", b"x", b'"', b"\xff", "星".encode(), b'",'])
def test_a_line_of_fifty_megabytes_is_refused_within_seconds(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n" + content * (50_000_000 // len(content)) + b"\n3,4\n")
    with pytest.raises(InputError, match=r"longer than|neither UTF-8"):
        open_sheets(path)
