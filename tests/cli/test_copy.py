"""``copy``: what it says of a copy that agrees, and of one that does not."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from graphtrace.storage.case_folder import find_database

from .conftest import Run


def test_a_copy_is_compared_and_says_so(run: Run, case: str, tmp_path: Path) -> None:
    told = run("copy", case, str(tmp_path / "b.gtrace"), "--json")
    assert told.code == 0
    document = json.loads(told.out)
    assert document["agrees"] is True
    assert document["files"]["copied"] > 0
    assert {each["what"] for each in document["checksums"]} >= {"ledger", "rows", "rejects", "source"}
    assert all(each["from"] == each["to"] for each in (*document["counts"], *document["checksums"]))
    assert document["traces"]["compared"] > 0
    again = run("copy", case, str(tmp_path / "b.gtrace"), "--lang", "en")
    assert again.code == 0
    assert "0 files copied" in again.out
    assert "Both hold the same case." in again.out


def test_a_copy_that_differs_is_3_and_names_what_differs(run: Run, case: str, tmp_path: Path) -> None:
    target = tmp_path / "b.gtrace"
    assert run("copy", case, str(target), "-q").code == 0
    with duckdb.connect(str(find_database(target))) as con:
        con.execute("UPDATE wide_card_records SET channel = 'x' WHERE row = (SELECT min(row) FROM wide_card_records)")
    told = run("copy", case, str(target), "--lang", "en")
    assert told.code == 3
    assert "They differ:" in told.out
    assert "rows" in told.out
    assert "differs from" in told.err


def test_a_case_that_does_not_exist_is_not_copied(run: Run, tmp_path: Path) -> None:
    told = run("copy", str(tmp_path / "none"), str(tmp_path / "b.gtrace"))
    assert told.code == 3
    assert not (tmp_path / "b.gtrace").exists()
