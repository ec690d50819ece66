"""A sample of the forgeries of ``python -m tests.forgery --server``: one of each way, on one small case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neo4j.server import Place

from .forgeries import Forgery
from .on_server import WAYS, Graph, examine, forge, graph_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="module")
def graph(neo4j_place: Place, base: Path, answers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    copied = tmp_path_factory.mktemp("copied") / "base"
    shutil.copytree(base, copied)
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        yield graph_of(neo4j_place, copied, answers)
        neo4j_place.empty()


def test_nothing_is_found_where_nothing_was_forged_and_after_all_was_put_back(graph: Graph, answers: Path) -> None:
    for _ in range(2):
        result = examine(graph.place.uri, answers, 0, "none", Forgery("nothing"))
        assert (result.found_by, result.said) == (None, "")
        graph.put_back()


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_forgery_on_a_server_is_found_with_its_place(graph: Graph, answers: Path, name: str) -> None:
    result = forge(graph, answers, list(WAYS).index(name), name, 2)
    assert result.what
    if not result.harmless:
        assert result.found_by is not None, result.what
        assert result.is_placed, (result.what, result.said)
