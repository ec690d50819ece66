from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt

from .bench import Bench, served, write_files


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    path = folder / "x.gtrace"
    with gt.open_case(path) as opened:
        assert not opened.load(*write_files(folder)).has_errors
    return path


@pytest.fixture(scope="module")
def bench(case: Path) -> Iterator[Bench]:
    with served(case) as running:
        yield running
