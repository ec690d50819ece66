"""Every change of a table of a case by one statement is found by reading the sources again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pytest

import graphtrace as gt
from graphtrace.errors import CaseDamaged
from graphtrace.storage import verify
from graphtrace.storage.base import Backend
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.copy import plan_copy
from graphtrace.storage.duckdb.copy_rows import checksums_of_file
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_schema import FOLDER_TABLE_NAMES, FOLDER_TABLES
from graphtrace.storage.verify import HARMLESS

FILES = {
    "sales.csv": (
        "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量,记录编号,渠道\n"
        "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000900,900,A1,线下\n"
        "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-13-01,8986061900000000901,8986061900000000902,2,A2,线下\n"
    ),
    "resales.csv": (
        "转出方,转入方,日期,卡号,渠道,省份,记录编号,备注\n"
        "星海智联科技有限公司,老K,2024-03-05,8986061900000000001,微信,广东,B1,急\n"
        "星海智联科技有限公司,老K,2024-03-06,8986061900000000002,,,,\n"
        "老K,王五,2024-04-01,8986061900000000001,QQ,,,\n"
        "老K,王五,2024-04-01,8986061900000000001,QQ,,,\n"
        "老K,王五,2024-04-01,8.98606E+18,QQ,,,\n"
    ),
    "numbers.csv": (
        "转出方,转入方,日期,数量,记录编号,转出方证件号\n老K,赵六,2024-04-05,50,C1,110101199003070011\n"
        "老K,赵六,2024-04-06,5,C2,\n"
    ),
    "used.csv": (
        "激活时间,卡号,设备IMEI,接入号,IMSI,使用人,省份\n"
        "2024-05-01 10:00:00,8986061900000000001,860999000000017,1064812340001,460011234567890,王五,广东\n"
        "2024-05-02,8986061900000000002,860999000000025,1064812340002,460011234567891,,\n"
    ),
    "paid.csv": (
        "记录编号,付款方,收款方,金额,交易时间,订单号\nP1,王五,老K,1280,2024-04-01 10:00:00,B3\n"
        "P2,王五,老K,1280,2024-04-01 10:00:00,B3\nP3,赵六,老K,5,2024-04,\n"
    ),
    "lean.csv": (
        "转出方,转入方,日期,卡号\n老K,孙七,2024-04-02,8986061900000000003\n老K,孙七,2024-04-03,8986061900000000004\n"
    ),
}


def columns() -> Iterator[tuple[tuple[str, str], str]]:
    with duckdb.connect() as con:
        for statement in FOLDER_TABLES:
            con.execute(statement)
        for table in FOLDER_TABLE_NAMES:
            for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall():
                yield (table, name), str(kind)


COLUMNS = dict(columns())
OTHER = {
    "VARCHAR": "coalesce({column}, '') || 'x'",
    "VARCHAR[]": "list_append({column}, 'x')",
    "BOOLEAN": "NOT coalesce({column}, false)",
}
"""Another value of a type; a number is one more."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    case = place / "x.gtrace"
    for name, text in FILES.items():
        (place / name).write_text(text, "utf-8")
        with gt.open_case(case) as opened:
            assert not opened.load(place / name).has_errors
    with gt.open_case(case) as opened:
        opened.correct("resales.csv:2", why="misread")
        opened.correct("numbers.csv:2", why="misread")
        opened.correct("numbers.csv:2", why="it was right", undo=True)
        opened.resolve("赵六", "孙七", same=True, why="one telephone")
        opened.resolve("老K", "王五", same=False, why="both were heard")
        assert opened.verify(deep=True) == []
    return case


@pytest.fixture(scope="module", autouse=True)
def _reading_is_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Read the sources again once for each plan of loads and corrections: nothing else decides about the result."""
    read_again, kept = verify._load_again, tmp_path_factory.mktemp("read-again")
    known: list[tuple[Any, Path, Any]] = []

    def once(store: Backend, scratch: Path, *rest: Any) -> Any:
        plan = [plan_copy(store), store.contents().files]
        for same, made, done in known:
            if same == plan:
                shutil.copytree(made, scratch)
                return done
        done = read_again(store, scratch, *rest)
        made = Path(shutil.copytree(scratch, kept / str(len(known))))
        known.append((plan, made, done))
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_load_again", once)
        yield


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))


def changed(case: Path, sql: str) -> int:
    """Return the number of rows that a statement changes in the database."""
    with duckdb.connect(str(find_database(case))) as con:
        ((count,),) = con.execute(sql).fetchall()
        return int(count)


def found(case: Path) -> str:
    """Return the first harmful problem that ``verify --deep`` comes to; an error of the store counts as one."""
    try:
        store = DuckDBBackend(case)
        try:
            problems = chain(verify.verify_case(store), verify.verify_rows(store, lambda *_: None))
            return next((code for code, _ in problems if code not in HARMLESS), "")
        finally:
            store.close()
    except CaseDamaged as error:
        return error.code


@pytest.fixture(scope="module")
def sums(loaded: Path) -> dict[int, dict[str, str]]:
    """Return the checksums of every file, by its load."""
    with duckdb.connect(str(find_database(loaded)), read_only=True) as con:
        loads = con.execute("SELECT file FROM files ORDER BY file").fetchall()
        return {load: checksums_of_file(con, load) for (load,) in loads}


def is_summed(case: Path, sums: dict[int, dict[str, str]], table: str, sql: str) -> bool:
    """Whether a change of the last row of a table is one of the checksums of its file; the change is taken back.

    As those are compared with what the sources give, ``verify --deep`` finds such a change. It takes some milliseconds.
    """
    with duckdb.connect(str(find_database(case))) as con:
        if (table, "sheet") in COLUMNS:
            last = f"(SELECT sheet FROM {table} ORDER BY rowid DESC LIMIT 1)"
            loads = [load for (load,) in con.execute(f"SELECT file FROM sheets WHERE sheet = {last}").fetchall()]
        else:
            loads = list(sums) if table in SHARED else []
        con.begin()
        assert con.execute(sql).fetchall() == [(1,)], "the case has no row in this table"
        is_other = any(checksums_of_file(con, load) != sums[load] for load in loads)
        con.rollback()
        return is_other


SHARED = ("key_prefixes", "mentions")
"""Tables that the rows of any file may refer to."""


@pytest.mark.slow
@pytest.mark.parametrize("table", FOLDER_TABLE_NAMES)
def test_one_changed_value_is_found(
    table: str, case: Path, loaded: Path, sums: dict[int, dict[str, str]], tmp_path: Path
) -> None:
    columns = [column for of_table, column in COLUMNS if of_table == table]
    assert columns
    for column in columns:
        other = OTHER.get(COLUMNS[table, column], "coalesce({column}, 0) + 1").format(column=f'"{column}"')
        change = f'UPDATE {table} SET "{column}" = {other} WHERE rowid = (SELECT max(rowid) FROM {table})'
        if not is_summed(case, sums, table, change):
            harmed = Path(shutil.copytree(loaded, tmp_path / column))
            assert changed(harmed, change) == 1
            assert found(harmed), column


@pytest.mark.parametrize("table", FOLDER_TABLE_NAMES)
def test_a_row_less_is_found(case: Path, table: str) -> None:
    assert changed(case, f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})") == 1
    assert found(case)


@pytest.mark.parametrize("table", FOLDER_TABLE_NAMES)
def test_a_row_more_is_found(case: Path, sums: dict[int, dict[str, str]], table: str) -> None:
    # a link that stands there twice says no more than once, and pieces of a sheet may each write it
    keys = {
        "meta": "key",
        "files": "file",
        "sheets": "sheet",
        "corrections": "number",
        "subscriber_links": "number",
        "judgements": "line",
    }
    key = keys.get(table)
    other = "" if key is None else f"REPLACE ({'key || 1' if key == 'key' else f'{key} + 100'} AS {key})"
    change = f"INSERT INTO {table} SELECT * {other} FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})"
    assert is_summed(case, sums, table, change) or (changed(case, change) == 1 and found(case))
