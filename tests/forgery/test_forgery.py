"""A sample of the forgeries of ``python -m tests.forgery``: one of each way, on one small case."""

from __future__ import annotations

from pathlib import Path

import pytest

from .forgeries import WAYS, Forgery
from .run import copy_of, examine, forge

SEED = 1
"""The sample is the beginning of the run with this seed, which takes each way once."""

pytestmark = [pytest.mark.slow, pytest.mark.posix]


@pytest.mark.parametrize("checked", ["case", "answer", "lines", "people", "sealed", "bundle"])
def test_nothing_is_found_where_nothing_was_forged(base: Path, tmp_path: Path, checked: str) -> None:
    copy = copy_of(base, tmp_path / "copy")
    result = examine(copy, 0, "none", checked, Forgery("nothing"))
    assert (result.found_by, result.said) == (None, "")


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_forgery_is_found_with_its_place(base: Path, tmp_path: Path, name: str) -> None:
    result = forge(base, tmp_path, list(WAYS).index(name), name, SEED)
    assert result.what
    if not result.harmless and not result.beyond:
        assert result.found_by is not None, result.what
        assert result.is_placed, (result.what, result.said)
