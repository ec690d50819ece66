"""Asked often, a store learns where rows stand; what it finds is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import parse_iccid
from graphtrace.simulate.generate import RECORDS, simulate
from graphtrace.storage.duckdb import duckdb_backend
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.session import CaseSession
from graphtrace.storage.stored_records import StoredRecord

from ...conftest import EXPLORES

SALES = """运营商,购卡单位,日期,起始ICCID,结束ICCID
中国联通,甲公司,2024-03-01,8986061900000000001,8986061900000001000
中国联通,甲公司,2024-03-02,8986061900000000500,8986061900000000501
中国联通,乙公司,2024-03-02,8986061900000000400,8986061900000000600
中国移动,丙公司,2024-03-03,898604B81625D0045436,898604B81625D0045440
中国移动,丙公司,2024-03-03,898604B80000D0000001,898604B80000D0000900
"""
LISTED = """转出方,转入方,日期,卡号,渠道
甲公司,张三,2024-03-05,8986061900000000500,微信
甲公司,张三,2024-03-05,89860619000000005014,
丙公司,李四,2024-03-06,898604B81625D0045437,淘宝
丙公司,李四,2024-03-06,898604B81625D0045437,淘宝
"""
ONLINE = """卡号,激活时间,IMEI,使用人,省份
8986061900000000500,2024-04-02 08:30:00,861234567890123,,江苏
8986061900000000501,2024-04-02 08:30:00,86123456789012,,
898604B81625D0045437,2024-04-03,,王五,江苏
898604B80000D0000900,2024-04,8612345678901234,,
"""
ASKED = (
    *(f"{898606190000000 * 10_000 + number}" for number in (0, 1, 399, 400, 499, 500, 501, 502, 600, 601, 1000, 1001)),
    *(f"898604B81625D00454{number}" for number in range(35, 42)),
    *(f"898604B80000D0000{number:03}" for number in (0, 1, 900, 901)),
    "8986011900000000001",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lookup")
    files = {"sales.csv": SALES, "listed.csv": LISTED, "online.csv": ONLINE}
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*(place / name for name in files))
    return place / "x.gtrace"


def ask_each(folder: Path, keys: tuple[str, ...]) -> tuple[list[set[StoredRecord]], bool]:
    """The rows of each card, asked one after the other, and whether the store has learnt where they stand."""
    store = DuckDBBackend(folder)
    try:
        return [set(store.select([key]).records.get(key, ())) for key in keys], store._card_rows is not None
    finally:
        store.close()


def test_rows_are_the_same_whether_their_places_were_learnt_or_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tuple(card.key for text in ASKED if (card := parse_iccid(text)))
    plain, has_learnt = ask_each(folder, keys)
    assert not has_learnt
    monkeypatch.setattr(duckdb_backend, "_BUILD_INDEX_AFTER", 1)
    assert ask_each(folder, keys) == (plain, True)
    assert [len(rows) for rows in plain] == [0, 1, 1, 2, 2, 5, 5, 2, 2, 1, 1, 0, 0, 1, 4, 1, 1, 1, 0, 0, 1, 2, 0, 0]


def test_rows_of_a_synthetic_case_with_all_its_faults_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path / "out", 2_000, 1)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*sorted((tmp_path / "out" / RECORDS).iterdir()))
    store = DuckDBBackend(tmp_path / "x.gtrace")
    packed = store.query(
        "SELECT key FROM card_records UNION SELECT first FROM range_records UNION SELECT last + 1 FROM range_records"
    )
    keys = tuple(sorted(store.card_key(number) for (number,) in packed))[:: 1 if EXPLORES else 3]
    store.close()
    assert len(keys) > 400
    monkeypatch.setattr(duckdb_backend, "_BUILD_INDEX_AFTER", len(keys) + 1)
    plain, _ = ask_each(tmp_path / "x.gtrace", keys)
    monkeypatch.setattr(duckdb_backend, "_BUILD_INDEX_AFTER", 1)
    assert ask_each(tmp_path / "x.gtrace", keys) == (plain, True)


def test_a_card_that_only_ranges_hold_is_looked_up_without_a_question(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_backend, "_BUILD_INDEX_AFTER", 1)
    in_ranges, listed, of_shared_device = "8986061900000000600", "898604B81625D0045437", "8986061900000000501"
    store = DuckDBBackend(folder)
    for key in (in_ranges, listed, of_shared_device):
        store.select([key])
    asked: list[str] = []
    monkeypatch.setattr(CaseSession, "query", _counted(CaseSession.query, asked))
    counts = []
    for key in (in_ranges, listed, of_shared_device):
        store.select([key])
        counts.append(len(asked))
        asked.clear()
    store.close()
    assert counts == [0, 2, 3]  # one for each of two tables that list it, one for the other cards of its device


def _counted(query: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    def counted(self: CaseSession, sql: str, *parameters: Any) -> Any:
        asked.append(sql)
        return query(self, sql, *parameters)

    return counted
