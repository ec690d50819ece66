"""The tables that an analyst takes from a case, and answers as data frames."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import graphtrace as gt
from graphtrace.errors import QueryError, UsageError

EXAMPLE = Path(__file__).parents[3] / "examples" / "case"
LOADED = ("unicom_sales.csv", "xinghai_ledger.xlsx", "chat_list.txt", "activations.jsonl")
SEIZED = "89860123061000001011"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    case = gt.open_case(tmp_path_factory.mktemp("tables") / "x.gtrace")
    assert not case.load(*(EXAMPLE / name for name in LOADED)).has_errors
    return case


def test_every_table_has_rows_and_the_same_ones_for_every_library(case: gt.Case) -> None:
    for table in (case.records(), case.parties(), case.cards(), case.activations(), case.rejects()):
        frames = (table.to_polars(), table.to_arrow(), table.to_pandas())
        assert len(table) > 0
        assert [len(frame) for frame in frames] == [len(table)] * 3
        assert [
            list(map(str, columns)) for columns in (frames[0].columns, frames[1].column_names, frames[2].columns)
        ] == [list(table.columns)] * 3


def test_dates_are_dates_and_identifiers_are_text(case: gt.Case) -> None:
    records = case.records(kind="transfer").to_polars()
    assert records.schema["day"] == pl.Date
    assert records.schema["first_card"] == pl.String
    assert records.schema["from_id"] == pl.String
    assert records.schema["row"] == pl.Int64
    assert set(records["kind"]) == {"transfer"}
    assert isinstance(case.records()[0]["day"], date)
    assert case.records().to_pandas()["day"].dtype.kind == "M"


def test_records_of_one_kind_are_a_part_of_all(case: gt.Case) -> None:
    kinds = case.records().to_polars()["kind"]
    assert 0 < len(case.records(kind="purchase")) < len(kinds)
    assert len(case.records(kind="purchase")) == (kinds == "purchase").sum()
    assert len(case.records(kind="return")) == (kinds == "return").sum()


def test_a_column_without_any_value_is_text(case: gt.Case) -> None:
    assert case.records(kind="transfer").to_polars().schema["stock"] == pl.String
    assert case.seizures().to_polars().height == 0


def test_a_table_without_rows_has_the_types_of_one_with_rows(case: gt.Case, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("转出方,转入方,日期,ICCID\n甲公司,乙公司,2024-01-05,89860626990000000015\n", "utf-8")
    with gt.open_case(tmp_path / "small.gtrace") as small:
        assert not small.load(book).has_errors
        for name in ("activations", "seizures", "rejects"):
            full, empty = (getattr(each, name)().to_polars() for each in (case, small))
            assert not len(empty)
            told = {column: kind for column, kind in full.schema.items() if not full[column].is_null().all()}
            assert {column: empty.schema[column] for column in told} == told, name


def test_duckdb_takes_a_table_as_it_is(case: gt.Case) -> None:
    records = pa.RecordBatchReader.from_stream(case.records())
    with duckdb.connect() as con:
        con.register("records", records)
        assert con.execute("SELECT count(*) FROM records").fetchall() == [(len(case.records()),)]


def test_sql_answers_from_the_documented_views(case: gt.Case) -> None:
    found = case.sql("SELECT kind, max(day) AS last FROM moves WHERE kind = $kind GROUP BY kind", kind="purchase")
    assert found.columns == ("kind", "last")
    assert [row["kind"] for row in found] == ["purchase"]
    assert isinstance(found[0]["last"], date)


@pytest.mark.parametrize("text", ["DELETE FROM main.files", "SELECT 1; SELECT 2", "SELECT * FROM read_csv('x.csv')"])
def test_sql_that_does_more_than_read_the_case_is_refused(case: gt.Case, text: str) -> None:
    with pytest.raises(QueryError):
        case.sql(text)


def test_a_case_in_a_folder_is_not_asked_in_cypher(case: gt.Case) -> None:
    with pytest.raises(UsageError, match="SQL"):
        case.cypher("MATCH (n) RETURN n")


def test_the_names_of_queries_can_be_asked(case: gt.Case) -> None:
    assert "sources-of-case" in case.queries()
    assert len(case.query("sources-of-case").to_polars()) > len(LOADED)


def test_an_answer_is_a_frame_of_polars_with_the_columns_of_pandas(case: gt.Case) -> None:
    for answer in (
        case.trace(SEIZED),
        case.audit("星海智联科技有限公司"),
        case.common(SEIZED),
        case.party("星海智联科技有限公司"),
    ):
        polars, pandas = answer.to_polars(), answer.to_pandas()
        assert polars.columns == list(pandas.columns)
        assert polars.height == len(pandas)
        assert polars.height > 0
        assert pa.table(answer).num_rows == polars.height


def test_a_table_shows_no_control_characters(tmp_path: Path) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    (tmp_path / "x.csv").write_text(
        "转出方,转入方,日期,卡号\n甲\x1b[31m,乙\u202e,2024-03-05,8986061900000000001\n", "utf-8"
    )
    case.load(tmp_path / "x.csv")
    shown = str(case.records().to_polars().select("from_name")) + str(case.records())
    assert "\x1b" not in str(case.records())
    assert "\u202e" not in str(case.parties())
    assert "甲" in shown


def test_without_pandas_a_frame_of_it_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch, case: gt.Case) -> None:
    monkeypatch.setattr("graphtrace.results.tables.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pandas is not installed"):
        case.records().to_pandas()
    assert isinstance(pd.DataFrame(), pd.DataFrame)


def test_no_command_imports_pandas(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pandas'] = None\n"
        "from graphtrace.cli import main\n"
        "assert main(['demo', 'x']) == 0\n"
        "assert main(['--case', 'x/demo.gtrace', 'audit', '星海智联科技有限公司', '-o', 'a.xlsx']) == 0\n"
        "assert main(['--case', 'x/demo.gtrace', 'export', 'parquet', 'p']) == 0\n"
    )
    ran = _run(program, tmp_path)
    assert ran.returncode == 0, ran.stderr


def test_an_audit_without_activations_imports_no_pandas_either(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "转出方,转入方,日期,卡号\n中国联通,甲公司,2024-03-05,8986061900000000001\n", "utf-8"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
    # pyarrow swallows the fault of an import that is forbidden
    program = (
        "import sys; from graphtrace.cli import main\n"
        "assert main(['--case', 'x.gtrace', 'audit', '甲公司']) == 0\n"
        "assert 'pandas' not in sys.modules\n"
    )
    ran = _run(program, tmp_path)
    assert ran.returncode == 0, ran.stderr


def _run(program: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], cwd=tmp_path, capture_output=True, check=False, encoding="utf-8"
    )
