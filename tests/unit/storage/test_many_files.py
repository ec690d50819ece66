from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import graphtrace as gt
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb import duckdb_writer, load_state
from graphtrace.storage.duckdb.duckdb_schema import FOLDER_TABLE_NAMES

CARDS = [f"89860619000000{number:05d}" for number in range(1, 41)]


def written(folder: Path) -> list[Path]:
    """Files of several kinds that share cards and parties; every third cannot be read."""
    folder.mkdir()
    texts = []
    for number in range(4):
        cards = CARDS[number : number + 4]
        texts += [
            "转出方,转入方,日期,卡号,备注\n"
            + "".join(f"甲{number % 3},乙{number % 2},2024-03-{number + 1:02d},{card},\n" for card in cards)
            + f"甲{number % 3},乙{number % 2},坏,{cards[0]},\n",
            f"第一行\n第二行 {number}\n",
            "ICCID,IMEI,激活时间,激活省份\n"
            + "".join(f"{card},86123450001{number:03d}8,2024-05-01 10:00:00,广东省\n" for card in cards),
        ]
    paths = [folder / f"{place:02d}.csv" for place in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    return paths


def tables(case: gt.Case) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, without the times at which files were loaded."""
    database = find_database(case.path)
    assert database is not None
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        for table in FOLDER_TABLE_NAMES:
            names = [row[0] for row in con.execute(f'DESCRIBE "{table}"').fetchall()]
            wanted = [name for name in names if name not in ("loaded_at", "entry")]
            rows[table] = sorted(con.execute(f'SELECT {", ".join(wanted)} FROM "{table}"').fetchall(), key=repr)
        entries = con.execute("SELECT entry FROM files ORDER BY file").fetchall()
    rows["said"] = [tuple(sorted(_timeless(entry).items())) for (entry,) in entries]
    del rows["meta"]
    return rows


def _timeless(entry: str) -> dict[str, str]:
    return {
        key: json.dumps(said)
        for key, said in json.loads(entry).items()
        if key not in ("at", "hash", "previous", "notes")
    }


def load_each(folder: Path, paths: Sequence[Path], **how: Any) -> gt.Case:
    case = gt.open_case(folder)
    for path in paths:
        case.load(path, **how)
    return case


@pytest.fixture(scope="module")
def singly(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """The tables after a load for each of the files."""
    folder = tmp_path_factory.mktemp("singly")
    return tables(load_each(folder / "singly.gtrace", written(folder / "files")))


@pytest.mark.parametrize("most", [1_000, 5, 0])
def test_files_loaded_together_leave_what_files_loaded_one_by_one_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, singly: dict[str, list[tuple[Any, ...]]]
) -> None:
    paths = written(tmp_path / "files")
    monkeypatch.setattr(duckdb_writer, "_MAX_PENDING", most)
    monkeypatch.setattr(duckdb_writer, "MAX_AT_ONCE", most)
    monkeypatch.setattr(load_state, "MAX_AT_ONCE", most)
    with gt.open_case(tmp_path / "together.gtrace") as case:
        report = case.load(*paths)
        assert [entry.error is None for entry in report.files] == [True, False, True] * 4
        assert tables(case) == singly
        assert not case.verify(deep=True)
    sizes = {"files": 8, "sheets": 8, "rejects": 4, "mentions": 5, "device_cards": 16}
    assert {name: len(singly[name]) for name in sizes} == sizes


def test_files_read_again_together_leave_what_they_leave_one_by_one(tmp_path: Path) -> None:
    paths = written(tmp_path / "files")
    singly = tables(load_each(tmp_path / "singly.gtrace", [*paths, *paths], again=True))
    with gt.open_case(tmp_path / "together.gtrace") as case:
        case.load(*paths)
        case.load(*paths, again=True)
        together = tables(case)
        assert len(together["corrections"]) == 8
        del together["corrections"], singly["corrections"]
        assert together == singly
        assert not case.verify(deep=True)


def test_a_file_twice_among_many_is_loaded_once(tmp_path: Path) -> None:
    paths = written(tmp_path / "files")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(paths[0], paths[1], paths[2], paths[0])
        assert [entry.already_loaded for entry in report.files] == [False, False, False, True]
        assert len(case.status().files) == 2


def test_a_load_that_breaks_off_leaves_the_files_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, singly: dict[str, list[tuple[Any, ...]]]
) -> None:
    paths = written(tmp_path / "files")
    close = duckdb_writer.DuckDBWriter.close_sheet
    closed: list[int] = []

    def close_or_fail(case: duckdb_writer.DuckDBWriter, **about: Any) -> Any:
        closed.append(1)
        counts = close(case, **about)
        if len(closed) == 4:
            raise OSError(28, "No space left on device")
        return counts

    monkeypatch.setattr(duckdb_writer.DuckDBWriter, "close_sheet", close_or_fail)
    monkeypatch.setattr(duckdb_writer, "_PATIENCE", 10**9)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        with pytest.raises(gt.GraphtraceError):
            case.load(*paths)
        monkeypatch.undo()
        assert [entry["file"] for entry in case.status().files] == ["00.csv", "02.csv"]
        assert not case.verify(deep=True)
        case.load(*paths)
        assert tables(case) == singly
