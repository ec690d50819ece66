from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A case with one file, ``ROWS`` of the module, in each store."""
    name = request.getfixturevalue("neo4j_uri") if request.param == "server" else str(tmp_path / "x.gtrace")
    (tmp_path / "t.csv").write_text(request.module.ROWS, "utf-8")
    with gt.open_case(name) as case:
        assert not case.load(tmp_path / "t.csv").has_errors
    return str(name)


@pytest.fixture
def cases(request: pytest.FixtureRequest, neo4j_uri: str, tmp_path: Path) -> Iterator[tuple[gt.Case, gt.Case]]:
    """An empty case in a folder and one on a server, beside the ``FILES`` of the module."""
    for name, text in request.module.FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as folder, gt.open_case(neo4j_uri) as server:
        yield folder, server
