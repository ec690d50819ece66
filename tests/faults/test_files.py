"""Files that are not what they should be end as a reason, and never stop the others."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

import graphtrace as gt
from graphtrace.errors import StoreError
from graphtrace.platform import system
from graphtrace.storage import load_files

from .cases import loaded_files, problems, run_here, tree, write_files

HEADER = "转出方,转入方,日期,卡号\n"
ROW = "甲,乙,2024-03-05,8986061900000000001\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "x.gtrace"


def said_of(case: Path, path: Path) -> str:
    """The error of the only entry of loading a file that cannot be read; nothing of it may stay."""
    (entry,) = gt.open_case(case).load(path).files
    assert entry.error is not None
    assert (entry.rows, entry.loaded, entry.rejects_file) == (0, 0, None)
    assert entry.error.hint
    assert str(entry.error) == entry.error.message
    assert not case.exists()
    return f"{entry.error.code}: {entry.error.message}"


def test_a_missing_file_is_said_to_be_missing(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    assert said_of(case, path) == f"unreadable_file: {path}: No such file or directory"


def test_a_folder_without_a_file_is_said_to_be_empty(case: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert said_of(case, tmp_path / "folder.csv").endswith("folder.csv: no file is in it")
    with zipfile.ZipFile(tmp_path / "none.zip", "w"):
        pass
    assert said_of(case, tmp_path / "none.zip").endswith("none.zip: no file is in it")


@pytest.mark.posix
def test_a_pipe_that_never_ends_is_not_waited_for(case: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert said_of(case, tmp_path / "pipe.csv").endswith("pipe.csv: not a file")
    assert said_of(case, Path("/dev/zero")).endswith("/dev/zero: not a file")


def test_an_empty_file_is_said_to_be_empty_by_its_own_name(case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    assert said_of(case, tmp_path / "empty.csv") == f"unreadable_file: {tmp_path / 'empty.csv'}: the file is empty"


def test_a_file_without_known_headings_leaves_nothing_behind(case: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("甲,乙\n1,2\n", "utf-8")
    assert said_of(case, tmp_path / "odd.csv").startswith("unknown_headings: ")


@pytest.mark.posix
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root reads every file")
def test_a_file_without_the_right_to_read_is_said_so(case: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(HEADER + ROW, "utf-8")
    (tmp_path / "secret.csv").chmod(0)
    assert said_of(case, tmp_path / "secret.csv").endswith("Permission denied")


def test_a_header_without_rows_is_a_file_of_no_rows(case: Path, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text(HEADER, "utf-8")
    (entry,) = gt.open_case(case).load(tmp_path / "bare.csv").files
    assert (entry.error, entry.rows, entry.loaded, entry.rejected) == (None, 0, 0, 0)
    assert problems(case) == []
    assert loaded_files(case) == {"bare.csv": (0, 0)}


@pytest.mark.parametrize("name", ["sales.xlsx", "resales.parquet", "resales.xls"])
def test_a_file_that_was_cut_off_is_refused_whole(case: Path, tmp_path: Path, name: str) -> None:
    import polars as pl

    table = pl.DataFrame({"转出方": ["甲"], "转入方": ["乙"], "日期": ["2024-03-05"], "卡号": ["8986061900000000001"]})
    path = tmp_path / name
    if path.suffix == ".parquet":
        table.write_parquet(path)
    elif path.suffix == ".xlsx":
        table.write_excel(path)
    else:
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000)
    path.write_bytes(path.read_bytes()[:-200])
    assert said_of(case, path).startswith("unreadable_file: ")


def test_a_line_that_was_cut_off_costs_only_itself(case: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_text(HEADER + ROW * 3 + ROW[:24], "utf-8")
    (entry,) = gt.open_case(case).load(tmp_path / "cut.csv").files
    assert (entry.rows, entry.loaded, entry.duplicate, entry.rejected) == (4, 1, 2, 1)


def test_a_file_that_changes_while_it_is_loaded_is_kept_as_it_was_read(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "changing.csv"
    path.write_text(HEADER + ROW, "utf-8")
    original = path.read_bytes()
    copy = load_files._copy_source

    def copy_then_change(source: Path, target: Path) -> tuple[str, int]:
        copied = copy(source, target)
        source.write_text(HEADER + ROW + ROW.replace("甲", "丙"), "utf-8")
        return copied

    monkeypatch.setattr(load_files, "_copy_source", copy_then_change)
    (entry,) = gt.open_case(case).load(path).files
    assert entry.loaded == 1
    assert [kept.read_bytes() for kept in (case / "sources").iterdir()] == [original]
    assert problems(case) == []


def test_one_bad_file_does_not_stop_the_others_and_the_exit_is_2(case: Path, tmp_path: Path) -> None:
    sales, resales = write_files(tmp_path)
    (tmp_path / "empty.csv").write_bytes(b"")
    ran = run_here("load", sales, tmp_path / "empty.csv", resales, "--case", case, "--json")
    assert ran.returncode == 2
    assert [entry["error"] is None for entry in json.loads(ran.stdout)["files"]] == [True, False, True]
    assert set(loaded_files(case)) == {"sales.csv", "resales.csv"}
    assert problems(case) == []


@pytest.mark.posix
def test_a_name_whose_bytes_are_not_utf_8_is_loaded_and_shown(case: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode("销售".encode("gb18030") + b".csv")
    path.write_text(HEADER + ROW + "甲,,2024-03-05,8986061900000000001\n", "utf-8")
    ran = run_here("load", path, "--case", case, "--json")
    assert ran.returncode == 0, ran.stderr
    shown = "\\xcf\\xfa\\xca\\xdb.csv"
    assert json.loads(ran.stdout)["files"][0]["file"] == shown
    assert loaded_files(case) == {shown: (2, 1)}
    assert problems(case) == []


def of_posix(character: str) -> ParameterSet:
    """A character that no name has on Windows."""
    return pytest.param(character, marks=pytest.mark.posix)


@pytest.mark.parametrize("character", ["\u2028", "\x85", *map(of_posix, ("\x0b", "\x1c", "\r", "\n", '"', "\\"))])
def test_a_name_with_a_strange_character_does_not_break_the_ledger(case: Path, tmp_path: Path, character: str) -> None:
    path = tmp_path / f"a{character}b.csv"
    path.write_text(HEADER + ROW, "utf-8")
    for _ in range(2):
        assert not gt.open_case(case).load(path).has_errors
    assert problems(case) == []
    assert list(loaded_files(case)) == [path.name]


def test_a_case_whose_place_is_a_file_is_unavailable(tmp_path: Path) -> None:
    sales, _ = write_files(tmp_path)
    with pytest.raises(StoreError, match="cannot be written"):
        gt.open_case(sales).load(sales)
    ran = run_here("load", sales, "--case", sales / "x.gtrace")
    assert ran.returncode == 3
    assert "Traceback" not in ran.stderr


def test_a_failing_load_leaves_the_files_loaded_before_it(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales, resales = write_files(tmp_path)
    gt.open_case(case).load(sales)
    before = tree(case / "sources"), tree(case / "rejects")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(system, "fsync_folder", fail)
        with pytest.raises(StoreError, match="No space left on device"):
            gt.open_case(case).load(resales)
    assert (tree(case / "sources"), tree(case / "rejects")) == before
    assert list(loaded_files(case)) == ["sales.csv"]
    assert problems(case) == []
