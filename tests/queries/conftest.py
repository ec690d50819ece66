from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

from .dealings import Move, random_moves, write_moves

EXAMPLES = Path(__file__).parents[2] / "examples"
DEMO = json.loads((EXAMPLES / "case" / "demo.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _no_queries_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHTRACE_QUERIES", raising=False)


def load_example(case: gt.Case, files: Sequence[str]) -> gt.Case:
    for file in files:
        mapping = DEMO["mappings"].get(file)
        case.load(EXAMPLES / "case" / file, mapping=EXAMPLES / "case" / mapping if mapping else None)
    return case


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    """The example case, whose right answers are in its story."""
    with gt.open_case(tmp_path_factory.mktemp("example") / "xinghai.gtrace") as case:
        yield load_example(case, DEMO["files"])


@pytest.fixture(scope="session")
def backwards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    """The same files, the last one first."""
    with gt.open_case(tmp_path_factory.mktemp("backwards") / "xinghai.gtrace") as case:
        yield load_example(case, DEMO["files"][::-1])


@pytest.fixture(scope="session", params=range(3))
def dealt(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[gt.Case, list[Move]]]:
    """A case of random dealings among few parties in few cards, and these dealings, each once."""
    moves = random_moves(request.param)
    folder = tmp_path_factory.mktemp("dealt")
    with gt.open_case(folder / "x.gtrace") as case:
        report = case.load(*write_moves(folder, moves))
        assert sum(entry.rejected for entry in report.files) == 0
        yield case, sorted(set(moves))


def rows_of(case: gt.Case, query: str, *columns: str, **parameters: Any) -> list[Any]:
    """The named columns of every row; a single column by itself."""
    answer = case.query(query, **parameters)
    places = [answer.columns.index(column) for column in columns]
    rows = [tuple(row[place] for place in places) for row in answer.rows]
    return [row[0] for row in rows] if len(columns) == 1 else rows
