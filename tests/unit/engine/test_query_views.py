from __future__ import annotations

import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import graphtrace as gt
from graphtrace.engine.query_views import VIEWS, run_query
from graphtrace.errors import QueryError, StoreError
from graphtrace.results.library import CardKey
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

DOCS = Path(__file__).parents[3] / "docs"

FILES = {
    "sales.csv": "运营商,购卡单位,日期,起始ICCID,结束ICCID,数量\n"
    "中国联通,甲公司,2024-03,8986061900000000001,8986061900000000100,100\n",
    "transfers.csv": "转出方,转出方证件号,转入方,日期,卡号,渠道\n"
    "甲公司,91310115MA1K35XR7B,乙,2024-03-05,8986061900000000001X,微信\n"
    "甲公司,91310115MA1K35XR7B,乙,2024-03-05,8986061900000000001X,微信\n"
    "甲公司,91310115MA1K35XR7B,中国联通,2024-03-06,8986061900000000002,\n"
    "中国联通,,丙,2024-03-07,898604B81625D0045436,\n",
    "online.csv": "卡号,激活时间,接入号,IMEI,使用人\n"
    "8986061900000000001,2024-04-02 08:30:00,1064612345678,861234567890123,王五\n"
    ",2024-04-03,1064612345679,,王五\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("views")
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*(place / name for name in FILES))
    return place / "x.gtrace"


@pytest.fixture
def store(folder: Path) -> Iterator[DuckDBBackend]:
    opened = DuckDBBackend(folder)
    yield opened
    opened.close()


def ask(store: DuckDBBackend, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
    return list(run_query(store, sql, parameters)[1])


@pytest.mark.parametrize("page", ["model.md", "model.zh.md"])
def test_the_page_describes_every_view_and_every_column_in_order(page: str, store: DuckDBBackend) -> None:
    sections = re.split("^### ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    described = {
        title: [name for row in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
                for name in re.findall(r"`(\w+)`", row)]
        for title, text in ((section.partition("\n")[0], section) for section in sections)
        if title in VIEWS
    }  # fmt: skip
    assert {name: list(run_query(store, f"FROM {name}", {})[0]) for name in VIEWS} == {
        name: described.get(name) for name in VIEWS
    }


def test_a_month_is_a_span_of_days_and_every_moment_is_told_as_precisely_as_it_was_stated(store: DuckDBBackend) -> None:
    moments = ask(store, "SELECT DISTINCT day, day_until, moment FROM records ORDER BY ALL")
    assert ("2024-03-01", "2024-03-31", "2024-03") in moments
    assert ("2024-03-05", "2024-03-05", "2024-03-05") in moments
    assert ("2024-04-02", "2024-04-02", "2024-04-02T08:30:00+08:00") in moments


def test_kinds_follow_the_parties_and_repeated_rows_are_marked_not_missing(store: DuckDBBackend) -> None:
    moves = ask(store, "SELECT kind, from_id, to_id, repeated FROM moves WHERE precision = 'listed' ORDER BY row")
    assert moves == [
        ("transfer", "id:91310115MA1K35XR7B", "name:乙", False),
        ("transfer", "id:91310115MA1K35XR7B", "name:乙", True),
        ("return", "id:91310115MA1K35XR7B", "carrier:china-unicom", False),
        ("purchase", "carrier:china-unicom", "name:丙", False),
    ]


def test_cards_are_numbers_that_compare_and_text_that_is_shown(store: DuckDBBackend) -> None:
    card = CardKey("8986061900000000050")
    found = ask(
        store, "SELECT first_card, last_card, cards FROM moves WHERE first <= $card AND last >= $card", card=card
    )
    assert found == [("8986061900000000001", "8986061900000000100", 100)]
    outside = CardKey("8986061900000000101")
    assert ask(store, "SELECT 1 FROM moves WHERE first <= $card AND last >= $card", card=outside) == []
    assert (
        ask(store, "SELECT 1 FROM moves WHERE first <= $card AND last >= $card", card=CardKey("8944000000000000001"))
        == []
    )
    assert ask(store, "SELECT card_text($cards[2])", cards=[card, CardKey("898604B81625D0045436")]) == [
        ("898604B81625D0045436",)
    ]
    check_chars = ask(
        store, "SELECT DISTINCT check_char FROM records WHERE first = $card", card=CardKey("8986061900000000001")
    )
    assert set(check_chars) == {("X",), (None,)}


def test_different_cards_of_overlapping_lots_are_counted_without_taking_them_apart(store: DuckDBBackend) -> None:
    counted = """
        SELECT list(fresh ORDER BY first, last) FROM (
            SELECT first, last, cards_after(first, last, max(last) OVER (
                ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
            )) AS fresh FROM (VALUES (1, 10), (5, 12), (6, 7), (12, 12), (13, 13), (20, 21)) AS lots (first, last)
        )
    """
    assert ask(store, counted) == [([10, 2, 0, 0, 1, 2],)]


def test_an_activation_by_number_alone_is_there_without_a_card(store: DuckDBBackend) -> None:
    rows = ask(store, "SELECT card, msisdn, device, user_id FROM activations ORDER BY day")
    assert rows == [
        ("8986061900000000001", "1064612345678", "86123456789012", "name:王五"),
        (None, "1064612345679", None, "name:王五"),
    ]
    assert ask(store, "SELECT number, kind, card FROM links") == [("1064612345678", "msisdn", "8986061900000000001")]


def test_senders_and_receivers_of_one_view_are_not_taken_for_one_another(store: DuckDBBackend) -> None:
    """The database would read the view once and take both from the same column."""
    both = """
        WITH hands AS (SELECT from_id AS id, first, last FROM moves UNION ALL SELECT to_id, first, last FROM moves)
        SELECT DISTINCT id FROM hands WHERE (first <= $a AND last >= $a) OR (first <= $b AND last >= $b) ORDER BY id
    """
    cards = {"a": CardKey("8986061900000000001"), "b": CardKey("8986061900000000002")}
    assert ask(store, both, **cards) == [("carrier:china-unicom",), ("id:91310115MA1K35XR7B",), ("name:乙",)]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TEMP TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "DROP VIEW moves",
        "COPY (SELECT 1) TO 'x.csv'",
        "SET threads = 1",
        "INSERT INTO key_prefixes VALUES (1, 'x', 1)",
        "ATTACH 'x.db'",
        "WITH gone AS (DELETE FROM key_prefixes RETURNING *) FROM gone",
        "WITH told AS (COPY heads TO 'x.csv') SELECT 1",
        "",
    ],
)
def test_anything_but_one_reading_question_is_refused(text: str, store: DuckDBBackend) -> None:
    with pytest.raises(QueryError, match="one SELECT"):
        run_query(store, text, {})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT nothing FROM moves", "nothing"),
        ("SELECT 1 FROM nowhere", "nowhere"),
        ("SELECT FROM", "syntax error"),
        ("SELECT 'x'::INTEGER", "convert"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("SELECT * FROM 'x.csv'", "x.csv"),
    ],
)
def test_a_question_that_fails_is_said_to_fail_with_the_reason_of_the_database(
    text: str, what: str, store: DuckDBBackend
) -> None:
    with pytest.raises(QueryError, match="the query fails") as refused:
        run_query(store, text, {})
    assert what in refused.value.message


def test_a_view_in_the_place_of_a_table_that_reads_a_file_is_a_fault_of_the_case(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "x.gtrace")
    file = DOCS / "model.md"
    with duckdb.connect(str(find_database(copy))) as con:
        con.execute("ALTER TABLE resolved_parties RENAME TO parties_told")
        con.execute(f"CREATE VIEW resolved_parties AS SELECT * FROM parties_told, read_text('{file}')")
    with gt.open_case(copy) as case, pytest.raises(StoreError) as raised:
        case.query("final-receivers")
    assert raised.value.exit_code == 3


@pytest.mark.posix
def test_an_interrupt_from_the_keyboard_ends_a_question_that_takes_for_ever(store: DuckDBBackend) -> None:
    endless = "SELECT count(*) FROM range(100000000000) AS a, range(1000) AS b WHERE a.range % 7 = b.range"
    # a process in the background has been told not to hear it
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            run_query(store, endless, {})
    finally:
        signal.signal(signal.SIGINT, heard)
    assert ask(store, "SELECT count(*) FROM sources") == [(3,)]


def test_a_view_is_found_however_its_name_is_written(store: DuckDBBackend) -> None:
    for name in ("Sources", '"SOURCES"', "temp.sources", "/* the */sources"):
        assert ask(store, f"SELECT count(*) FROM {name}") == [(3,)], name


def test_what_was_not_known_on_a_day_is_in_no_view(folder: Path) -> None:
    early = DuckDBBackend(folder, as_of="2000-01-01")
    late = DuckDBBackend(folder, as_of="2100-01-01")
    try:
        for name in VIEWS:
            assert ask(early, f"SELECT count(*) FROM {name}") == [(0,)], name
            assert ask(late, f"SELECT count(*) > 0 FROM {name}") == [
                (name not in {"rejections", "seizures", "declarations"},)
            ]
    finally:
        early.close()
        late.close()


def test_a_case_can_be_loaded_into_after_it_was_asked(folder: Path, tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "y.gtrace") as case:
        case.load(folder.parent / "sales.csv")
        assert len(case.query("purchases").rows) == 1
        case.load(folder.parent / "transfers.csv")
        assert len(case.query("purchases").rows) == 2
