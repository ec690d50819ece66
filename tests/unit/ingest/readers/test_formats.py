from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphtrace.errors import InputError
from graphtrace.ingest.readers import open_sheets


def refuse(path: Path, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        open_sheets(path)
    assert caught.value.code == "unreadable_file"
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    refuse(tmp_path / "nothing.csv", "no such file")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    refuse(tmp_path, "not a file")


@pytest.mark.posix
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    refuse(tmp_path / "pipe.csv", "not a file")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "xls", "parquet", "jsonl", "docx"])
def test_an_empty_file_is_an_error_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    path.touch()
    refuse(path, "the file is empty")


@pytest.mark.parametrize("ending", ["xlsx", "xls", "parquet"])
def test_text_with_the_ending_of_another_format_is_an_error(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    path.write_text("a,b\n1,2\n")
    refuse(path, "this is not")


def test_an_unknown_ending_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "table.dat"
    path.write_text("a,b\n1,2\n")
    refuse(path, "the ending")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<html><table>", "without a table"),
        (b"\xef\xbb\xbf\r\n<?xml version='1.0'?>", "without a table"),
        (b"{\\rtf1", "rich text"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x00\x01\x02\x00" * 20, "this is not text"),
    ],
)
def test_what_is_no_table_is_named_whatever_its_ending(tmp_path: Path, head: bytes, reason: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(head + b"abcdef")
    refuse(path, reason)


@pytest.mark.parametrize("name", ["T.CSV", "t.Tsv", "t.txt"])
def test_endings_are_compared_without_case(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("a\tb\n1\t2\n")
    assert open_sheets(path)[0].width == 2


def test_text_that_begins_like_a_parquet_file_is_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("PAR1,b\n1,2\n")
    assert open_sheets(path)[0].width == 2


def test_reading_a_table_does_not_load_the_engines_of_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    code = (
        f"import sys; from graphtrace.ingest.readers import open_sheets; list(open_sheets({str(path)!r})[0].read(0));"
        "print([name for name in ('pyarrow', 'pandas', 'python_calamine', 'duckdb') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
