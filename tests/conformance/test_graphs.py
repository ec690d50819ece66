"""Graphs and exports of the example are the same from a folder and from a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.cli.demo import copy_example
from graphtrace.export import FORMATS
from graphtrace.render.json import graph_document

from ..neo4j.server import Place

SEIZED = "89860123061000001011"
ASKED: dict[str, dict[str, Any]] = {
    "all": {},
    "records": {"level": "record"},
    "channels": {"by_channel": True, "since": "2023-09-01", "until": "2024-01-31"},
    "card": {"level": "card", "around": SEIZED},
    "cards of a party": {"level": "card", "around": "微信卡商老K"},
    "walk": {"around": SEIZED, "depth": 3, "hub": 6, "direction": "forward"},
    "back": {"around": "马晓东", "depth": 9, "direction": "backward"},
    "records around": {"level": "record", "around": ["微信卡商老K", SEIZED], "depth": 1},
}


@pytest.fixture(scope="module")
def cases(neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gt.Case, gt.Case]]:
    """The example in a folder and on a server."""
    folder = tmp_path_factory.mktemp("example")
    story = copy_example(folder)
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        with gt.open_case(folder / "x.gtrace") as embedded, gt.open_case(neo4j_place.uri) as server:
            for case in (embedded, server):
                for name in story["files"]:
                    mapping = story["mappings"].get(name)
                    case.load(folder / name, mapping=folder / mapping if mapping else None)
            yield embedded, server


@pytest.mark.parametrize("asked", list(ASKED))
def test_a_graph_is_the_same(cases: tuple[gt.Case, gt.Case], asked: str) -> None:
    embedded, server = (graph_document("", case.graph(**ASKED[asked])) for case in cases)
    for side in (embedded, server):
        for what in ("nodes", "edges"):
            side[what].sort(key=repr)
    assert server == embedded


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_export_is_the_same_file(cases: tuple[gt.Case, gt.Case], tmp_path: Path, form: str) -> None:
    places = [tmp_path / f"{name}{FORMATS[form].endings[0]}" for name in ("folder", "server")]
    written = [case.export(form, place).written for case, place in zip(cases, places, strict=True)]
    assert written[0] == written[1]
    assert places[0].read_bytes() == places[1].read_bytes()
