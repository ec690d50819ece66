"""Parties told apart after each load are those that the same rule tells apart over the whole case at once."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb.visibility import with_mention_views
from graphtrace.storage.resolution import resolve_parties

from ...conftest import examples

HEADER = "运营商,转出方,转出方证件号,转入方,转入方证件号,日期,卡号\n"
NAMES = ["甲", "乙一", "乙 一", "老王", "中国联通", "联通", "迪信通"]
NUMBERS = ["", "", "91310115MA1K35XR7B", "91110000100000001X", "X70201"]
CARD = 8986061900000000001

Told = dict[tuple[str, str], tuple[str, str, bool, int]]
"""By name and number: id, name, is_carrier and bearers of the party."""

ROWS = st.tuples(
    st.sampled_from(["", "", "中国联通", "迪信通"]),
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(["2024-03-05", "2024-03-06", "2024-03"]),
    st.sampled_from([str(CARD + number) for number in range(4)]),
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=2, max_size=4, unique_by=repr)


def told_of(folder: Path) -> Told:
    """Return the parties that the case keeps, after a check that resolving all mentions at once gives the same."""
    with duckdb.connect(str(find_database(folder))) as con:
        con.begin()
        with with_mention_views(con):
            resolve_parties(con, table="TEMP TABLE whole")
        kept, whole = (
            con.execute(f"FROM {table} ORDER BY ident").fetchall() for table in ("main.resolved_parties", "temp.whole")
        )
        assert kept == whole
        rows = con.execute(
            "SELECT name_key, strong, id, name, is_carrier, bearers "
            "FROM main.resolved_parties JOIN mentions USING (ident)"
        ).fetchall()
        con.rollback()
    return {(name, number): told for name, number, *told in rows}


def write(folder: Path, files: list[list[tuple[str, ...]]]) -> list[Path]:
    paths = []
    for number, rows in enumerate(files):
        paths.append(folder / f"{number}.csv")
        paths[-1].write_text(HEADER + "".join(",".join(row) + "\n" for row in rows), "utf-8")
    return paths


@settings(max_examples=examples(3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, st.randoms())
def test_whoever_is_told_apart_load_by_load_in_any_order_is_told_apart_at_once(
    files: list[list[tuple[str, ...]]], order: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write(folder, files)
        with gt.open_case(folder / "once.gtrace") as case:
            case.load(*paths)
        order.shuffle(paths)
        with gt.open_case(folder / "one-by-one.gtrace") as case:
            for path in paths:
                case.load(path)
                case.close()
                told_of(folder / "one-by-one.gtrace")
        assert told_of(folder / "one-by-one.gtrace") == told_of(folder / "once.gtrace")


@pytest.mark.parametrize(
    "more",
    [
        "迪信通,甲,X70201,丁,,2024-03-01,{card}\n",
        ",甲,X70202,丁,,2024-02-01,{card}\n",
        ",老王,X70201,丁,,2024-02-01,{card}\n",
        ",乙 一,,丁,,2024-01-01,{card}\n",
        ",戊,X70201,丁,,2024-01-01,{card}\n",
    ],
    ids=["a carrier", "a second bearer", "a first bearer", "an earlier writing", "another name of a number"],
)
def test_a_load_changes_parties_that_it_does_not_name_and_no_others(tmp_path: Path, more: str) -> None:
    before = [
        ("", "甲", "X70201", "乙一", "", "2024-03-05", str(CARD)),
        ("", "甲", "", "老王", "", "2024-03-06", str(CARD + 1)),
        ("", "迪信通", "", "甲", "X70203", "2024-03-07", str(CARD + 2)),
        ("", "丙", "X70209", "己", "", "2024-03-07", str(CARD + 3)),
    ]
    folder = tmp_path / "x.gtrace"
    with gt.open_case(folder) as case:
        case.load(*write(tmp_path, [before]))
        case.close()
        kept = told_of(folder)
        (tmp_path / "more.csv").write_text(HEADER + more.format(card=CARD), "utf-8")
        case.load(tmp_path / "more.csv")
        case.close()
    told = told_of(folder)
    assert {mention: told[mention] for mention in kept} != kept
    assert (told["丙", "X70209"], told["己", ""]) == (kept["丙", "X70209"], kept["己", ""])


def test_a_load_after_a_correction_counts_what_was_withdrawn_as_little_as_before(tmp_path: Path) -> None:
    rows = [
        ("", "甲", "X70201", "乙一", "", "2024-03-05", str(CARD)),
        ("", "甲", "X70202", "乙", "", "2024-03-06", str(CARD)),
    ]
    paths = write(tmp_path, [rows, [("", "甲", "", "丙", "", "2024-03-07", str(CARD))]])
    folder = tmp_path / "x.gtrace"
    with gt.open_case(folder) as case:
        case.load(paths[0])
        case.correct("0.csv:3", why="typed twice")
        case.load(paths[1])
        case.close()
    told = told_of(folder)
    assert told["甲", ""] == told["甲", "X70201"]
    assert ("甲", "X70202") not in told
