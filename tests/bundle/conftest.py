from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

from .bags import make_case


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, ``x.gtrace``, and its bundle, ``bag``; nobody changes it."""
    folder = tmp_path_factory.mktemp("sealed")
    with gt.open_case(make_case(folder)) as case:
        case.bundle(folder / "bag")
    return folder


@pytest.fixture
def bag(sealed: Path) -> Path:
    return sealed / "bag"
