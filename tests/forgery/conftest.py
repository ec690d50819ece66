from __future__ import annotations

from pathlib import Path

import pytest

from .base import make


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case that is forged; each forgery is made in a copy."""
    folder = tmp_path_factory.mktemp("forgery") / "base"
    make(folder)
    return folder
