"""Every connection to a case with corrections sees the same rows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.storage.duckdb import visibility
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

SALES = "转出方,转入方,日期,卡号,接入号,IMEI\n甲,乙,2024-03-05,8986061900000000001,1064612345678,490154203237518\n"
SEEN = ("card_records", "device_cards", "subscriber_links")


@pytest.mark.parametrize("kept", [0, 100])
def test_a_further_connection_sees_what_the_first_one_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(visibility, "_FEW_ROWS", kept)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        for name, text in (("a.csv", SALES), ("b.csv", f"{SALES}\n")):
            (tmp_path / name).write_text(text, "utf-8")
            case.load(tmp_path / name)
        case.correct("a.csv:2", why="wrong")
    with closing(DuckDBBackend(tmp_path / "x.gtrace")) as store, closing(store.new_connection()) as further:
        rows = [store.con.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in SEEN]
        assert [further.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in SEEN] == rows
        ((repeated,),) = further.execute("SELECT repeated FROM card_records").fetchall()
        assert not repeated
