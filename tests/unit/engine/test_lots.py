"""Lots on the number line."""

from __future__ import annotations

import duckdb
import pytest

from graphtrace.engine.session_lots import merged_intervals_sql


@pytest.mark.parametrize("repeats", [3, 100])
def test_cards_that_many_records_list_stay_apart_from_their_neighbours(repeats: int) -> None:
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE lots AS SELECT (i // $1) * 10 AS first, (i // $1) * 10 + 1 AS last "
            "FROM range(500000) AS r(i) ORDER BY hash(i)",
            [repeats],
        )
        found = [con.execute(merged_intervals_sql("FROM lots")).fetchall() for _ in range(3)]
    assert found == [[(10 * lot, 10 * lot + 1) for lot in range(-(-500_000 // repeats))]] * 3


def test_lots_that_overlap_or_touch_are_one() -> None:
    with duckdb.connect() as con:
        found = con.execute(
            merged_intervals_sql("SELECT * FROM (VALUES (1, 5), (3, 3), (6, 8), (10, 12), (10, 11)) AS v(first, last)")
        )
        assert found.fetchall() == [(1, 8), (10, 12)]
