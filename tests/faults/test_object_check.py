"""A database that holds an object which no case has is refused by whatever opens it, before anything of it is read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import graphtrace as gt
from graphtrace.errors import CaseDamaged
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb import object_check
from graphtrace.storage.duckdb.duckdb_backend import open_database
from graphtrace.storage.duckdb.duckdb_schema import FOLDER_TABLES

from .cases import CARDS, LOG, run_here, tree, write_files

FOREIGN = {
    "table": ("CREATE TABLE extra (a INTEGER)", "table extra"),
    "table with a name of two words": ('CREATE TABLE "told SELECT 1" (a INTEGER)', "table told SELECT 1"),
    "view": ("CREATE VIEW lots AS SELECT 1 AS a", "view lots"),
    "macro": ("CREATE MACRO lpad(a, b, c) AS 'x'", "macro lpad"),
    "table macro": ("CREATE MACRO anything(a) AS TABLE SELECT a", "macro anything"),
    "macro in the place of the list of macros": (
        (
            "CREATE MACRO duckdb_functions() AS TABLE "
            "SELECT '' AS database_name, '' AS schema_name, '' AS function_name, true AS internal"
        ),
        "macro duckdb_functions",
    ),
    "macro in the place of the list of tables": (
        (
            "CREATE MACRO duckdb_tables() AS TABLE "
            "SELECT '' AS database_name, '' AS schema_name, '' AS table_name, '' AS sql, false AS temporary"
        ),
        "macro duckdb_tables",
    ),
    "macro in the place of an operator": ('CREATE MACRO "-"(a, b) AS 109', "macro -"),
    "macro in the place of the name of the database": ("CREATE MACRO current_database() AS 'system'", "macro current_"),
    "type": ("CREATE TYPE mood AS ENUM ('a')", "type mood"),
    "sequence": ("CREATE SEQUENCE counted", "sequence counted"),
    "schema": ("CREATE SCHEMA beside", "schema beside"),
    "table in a schema": (
        "CREATE SCHEMA a; CREATE TABLE a.resolved_parties AS FROM resolved_parties",
        "table a.resolved_parties",
    ),
    "index": ("CREATE INDEX by_name ON resolved_parties (name)", "index by_name"),
    "column": ("ALTER TABLE resolved_parties ADD COLUMN more VARCHAR", "table resolved_parties"),
    "renamed column": ("ALTER TABLE resolved_parties RENAME COLUMN name TO called", "table resolved_parties"),
    "type of a column": ("ALTER TABLE resolved_parties ALTER COLUMN bearers TYPE BIGINT", "table resolved_parties"),
    "default": (
        "ALTER TABLE narrow_card_records ALTER COLUMN province SET DEFAULT '广东'",
        "table narrow_card_records",
    ),
    "order of columns": (
        (
            "CREATE OR REPLACE TABLE resolved_parties AS "
            "SELECT party, ident, id, name, is_carrier, bearers FROM resolved_parties"
        ),
        "table resolved_parties",
    ),
    "check": (
        (
            "CREATE TABLE copied AS FROM key_prefixes; DROP TABLE key_prefixes; "
            "CREATE TABLE key_prefixes (head INTEGER NOT NULL, text VARCHAR NOT NULL, size UTINYINT NOT NULL, "
            "CHECK (size > 0)); "
            "INSERT INTO key_prefixes FROM copied; DROP TABLE copied"
        ),
        "table key_prefixes",
    ),
    "generated column": (
        (
            "CREATE TABLE copied AS FROM key_prefixes; DROP TABLE key_prefixes; "
            "CREATE TABLE key_prefixes (head INTEGER NOT NULL, text VARCHAR NOT NULL, size UTINYINT AS (19)); "
            "INSERT INTO key_prefixes (head, text) SELECT head, text FROM copied; DROP TABLE copied"
        ),
        "table key_prefixes",
    ),
    "lost table": ("DROP TABLE device_cards", "table device_cards"),
    "view in the place of a table": (
        (
            "ALTER TABLE resolved_parties RENAME TO really; "
            "CREATE VIEW resolved_parties AS SELECT * REPLACE ('x' AS name) FROM really"
        ),
        "table really",
    ),
    "another view": (
        "CREATE TABLE lied AS FROM card_records; CREATE OR REPLACE VIEW card_records AS FROM lied",
        "table lied",
    ),
    "the same view over less": (
        "CREATE OR REPLACE VIEW card_records AS SELECT * FROM wide_card_records",
        "view card_records",
    ),
    "endless view": (
        (
            "DROP TABLE meta; CREATE VIEW meta AS WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) "
            "SELECT a::VARCHAR AS key, 'x' AS value FROM r"
        ),
        "holds no case",
    ),
    "view that reads a file": (
        (
            "ALTER TABLE resolved_parties RENAME TO really; "
            "CREATE VIEW resolved_parties AS SELECT content AS name FROM read_text('/etc/hostname')"
        ),
        "table really",
    ),
    "trigger": (
        "CREATE TRIGGER lies AFTER INSERT ON files FOR EACH STATEMENT DELETE FROM rejects",
        "trigger lies",
    ),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*write_files(place))
    return place / "x.gtrace"


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))


def change(case: Path, sql: str) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        con.execute(sql)


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_object_that_no_case_has_is_refused(case: Path, kind: str) -> None:
    sql, named = FOREIGN[kind]
    try:
        change(case, sql)
    except (duckdb.ParserException, duckdb.NotImplementedException):
        pytest.skip("this version of DuckDB has no such object")
    before = tree(case)
    asked: dict[str, Callable[[gt.Case], object]] = {
        "status": lambda opened: opened.status(),
        "trace": lambda opened: opened.trace(CARDS[0]),
        "verify": lambda opened: opened.verify(),
        "verify --deep": lambda opened: opened.verify(deep=True),
        "load": lambda opened: opened.load(case.parent / "y.gtrace" / "ledger.jsonl"),
        "compact": lambda opened: opened.compact(),
    }
    for ask in asked.values():
        with gt.open_case(case) as opened, pytest.raises(CaseDamaged, match=named) as caught:
            ask(opened)
        assert "copy" in caught.value.hint
    # what a writer opens is the database, and the lock beside it; who asks is logged before the database is opened
    assert {name: digest for name, digest in tree(case).items() if name not in {"lock", *LOG}} == {
        name: digest for name, digest in before.items() if name != "lock"
    }


def test_the_object_is_named_in_both_languages(case: Path) -> None:
    change(case, "CREATE MACRO lpad(a, b, c) AS 'x'")
    for lang, said in (
        ("en", "holds something that no case has: macro lpad"),
        ("zh", "有案件不应有的对象：macro lpad"),
    ):
        ran = run_here("--case", case, "--lang", lang, "status")
        assert ran.returncode == 3
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr


def test_sql_in_the_name_of_a_table_is_not_run_when_a_case_is_put_in_order(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "written.py"
    name = (
        "resolved_parties SELECT * FROM old.main.resolved_parties LIMIT 0; "
        f"COPY (SELECT 'import os' AS x) TO '{target}' (FORMAT csv, HEADER false); SELECT 1 --"
    )
    change(case, f'CREATE TABLE "{name}" (a INTEGER)')
    ran = run_here("--case", case, "compact", "--json")
    assert (ran.returncode, json.loads(ran.stderr)["error"]["code"]) == (3, "case_damaged")
    assert not target.exists()


def test_a_sound_case_has_the_number_of_objects_by_which_further_ones_are_noticed(case: Path) -> None:
    if duckdb.__version__ not in object_check._ENTRIES_OF_A_CASE:
        pytest.skip("all objects are listed with this version of DuckDB")
    for read_only in (True, False):
        with open_database(find_database(case), case, memory_bytes=1 << 28, read_only=read_only) as con:
            ((last, first),) = con.execute(
                object_check._ENTRIES, [con.execute("SELECT current_database()").fetchall()[0][0]]
            ).fetchall()
            assert last - first == object_check._ENTRIES_OF_A_CASE[duckdb.__version__]


def test_a_version_of_the_engine_that_is_not_known_here_lists_everything(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_check, "_ENTRIES_OF_A_CASE", {})
    with gt.open_case(case) as opened:
        assert len(opened.status().files) == 2


def test_the_schema_is_written_as_the_engine_writes_it() -> None:
    assert object_check._wanted(FOLDER_TABLES) == object_check._as_made_here()
