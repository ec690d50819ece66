"""A case that is put in order holds the same and answers the same, and a fault in between leaves it as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing, StoreError, UsageError
from graphtrace.render.json import audit_document, to_json_text, trace_document
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb import compact, duckdb_writer

KEY = "8986061900000000"


def small_files(place: Path, count: int) -> list[Path]:
    """Files whose cards lie between one another's."""
    files = [place / "sale.csv"]
    files[0].write_text(
        f"carrier,enterprise,date,iccid_first,iccid_last\n中国联通,甲公司,2024-03-01,{KEY}000,{KEY}999\n", "utf-8"
    )
    for number in range(count):
        files.append(place / f"more-{number}.csv")
        rows = "".join(
            f"甲公司,乙{card % 7},2024-03-{number + 2:02d},{KEY}{card:03d}\n" for card in range(number, 900, count)
        )
        files[-1].write_text(f"from,to,date,iccid\n{rows}", "utf-8")
    return files


def said(case: Path) -> list[str]:
    with gt.open_case(case) as opened:
        return [
            to_json_text(trace_document("", opened.trace(*(f"{KEY}{card:03d}" for card in range(0, 1000, 37))), "en")),
            to_json_text(audit_document("", opened.audit(all=True), "en")),
        ]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        for file in small_files(tmp_path, 5):
            case.load(file)
    return tmp_path / "x.gtrace"


def runs(case: Path) -> int:
    """Return the number of runs of ascending cards in the listed rows."""
    with duckdb.connect(str(find_database(case)), read_only=True) as con:
        keys = [key for (key,) in con.execute("SELECT key FROM narrow_card_records ORDER BY rowid").fetchall()]
    return 1 + sum(after < before for before, after in pairwise(keys))


def test_rows_are_in_order_and_answers_are_the_same(case: Path, tmp_path: Path) -> None:
    before = said(case)
    assert runs(case) == 5
    with gt.open_case(case) as opened:
        done = opened.compact()
        assert opened.verify(deep=True) == []
    assert runs(case) == 1
    assert done.rows > 900
    assert said(case) == before
    more = tmp_path / "later.csv"
    more.write_text(f"from,to,date,iccid\n乙1,丙,2024-04-01,{KEY}001\n", "utf-8")
    with gt.open_case(case) as opened:
        opened.load(more)
        assert opened.trace(f"{KEY}001").holder.name == "丙"
    assert sorted(path.name for path in (case / "sources").iterdir() if path.name.startswith(".")) == []


def test_a_correction_stays_one(case: Path) -> None:
    with gt.open_case(case) as opened:
        opened.correct("more-1.csv:2", why="typed twice")
    before = said(case)
    with gt.open_case(case) as opened:
        opened.compact()
        assert len(opened.corrections()) == 1
    assert said(case) == before


def test_who_reads_a_case_keeps_what_it_opened_and_the_next_change_clears_up(case: Path) -> None:
    before = find_database(case)
    held = (
        "import sys; from pathlib import Path; from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend\n"
        f"store = DuckDBBackend(Path({str(case)!r})); print('open', flush=True); sys.stdin.readline()\n"
        "print(store.summary()['files'], flush=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    with gt.open_case(case, wait=0) as opened:
        assert opened.compact().rows > 900
        assert opened.status().files
    assert before.exists()
    out, _ = child.communicate("\n")
    assert "more-1.csv" in out
    with gt.open_case(case) as opened:
        opened.compact()
    assert not before.exists()
    assert len(list(case.glob("case.*"))) == 1


def test_a_copy_that_differs_or_fails_leaves_the_case_as_it_was(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = said(case)
    content = find_database(case).read_bytes()
    with monkeypatch.context() as patch:
        patch.setitem(compact._ORDERS, "narrow_card_records", "key LIMIT 3 --")
        with (
            pytest.raises(gt.GraphtraceError, match="narrow_card_records was not copied"),
            gt.open_case(case) as opened,
        ):
            opened.compact()

    def full(_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(duckdb_writer, "fsync_file", full)
    with pytest.raises(StoreError, match="cannot be put in order: No space left"), gt.open_case(case) as opened:
        opened.compact()
    assert find_database(case).read_bytes() == content
    assert said(case) == before


def test_there_is_nothing_to_put_in_order_on_a_server_or_where_no_case_is(tmp_path: Path) -> None:
    with pytest.raises(CaseMissing), gt.open_case(tmp_path / "none.gtrace") as opened:
        opened.compact()
    assert not (tmp_path / "none.gtrace").exists()
    with pytest.raises(UsageError, match="keeps its records in order"), gt.open_case("neo4j://localhost:1") as opened:
        opened.compact()
