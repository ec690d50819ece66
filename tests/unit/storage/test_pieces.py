"""Operations on many rows keep to the memory of a load: they sort a part of the rows at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.storage.copy import copy_files
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.memory_budget import plan_budget
from graphtrace.storage.neo4j import batches

ROWS = 150_000


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Activations that say much, so that a row is wide."""
    place = tmp_path_factory.mktemp("many")
    lines = (
        f"{8986061900000000000 + 7919 * n % ROWS},2024-03-05,用户{n % 999},城市{n % 99},{n}\n" for n in range(ROWS)
    )
    (place / "a.csv").write_text("ICCID,激活时间,使用人,城市,小区\n" + "".join(lines), "utf-8")
    with gt.open_case(place / "x.gtrace") as case:
        assert not case.load(place / "a.csv").has_errors
    return place / "x.gtrace"


def test_a_copy_of_many_rows_does_with_little_memory(case: Path, tmp_path: Path) -> None:
    store = DuckDBBackend(case)
    copy_files(store, open_writer(tmp_path / "y.gtrace", plan_budget("512MB")), lambda *_: None)
    store.close()
    with gt.open_case(case) as one, gt.open_case(tmp_path / "y.gtrace") as other:
        assert one.status().records == other.status().records
        assert one.trace("8986061900000000007")[0].chains == other.trace("8986061900000000007")[0].chains


def test_batches_for_a_server_do_with_little_memory_and_have_every_row_once(case: Path, tmp_path: Path) -> None:
    store = DuckDBBackend(case)
    (file,) = store.contents().files
    with open_writer(tmp_path / "y.gtrace", plan_budget("512MB")) as writer, store.open_tables([]) as tables:
        writer.begin()
        writer.copy_file(tables, file.load)
        mentions = writer.con.execute("SELECT ident, name_key FROM mentions").fetchall()
        told = {ident: (f"name:{name}", name, False, 0, f"name:{name}") for ident, name in mentions}
        linked = {ident: batches.MentionLink(ident, party[0], is_new=True) for ident, party in told.items()}
        batches.create_batch_views(writer.con, linked, loads_before=0, sheets_before=3)
        steps = batches.load_batches(writer.con, 1, case / "sources" / file.sha256, told, linked)
        sizes, cards = [], set()
        for _, parameters, is_record in steps:
            if is_record:
                sizes.append(len(parameters["rows"]))
                cards.update(row[0] for row in parameters["rows"])
        writer.roll_back()
    store.close()
    assert (sum(sizes), len(cards)) == (ROWS, ROWS)
    assert max(sizes) == batches.BATCH_ROWS
