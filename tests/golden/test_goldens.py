"""Every command answers as it did when its golden was written; a change that is meant is written anew with it."""

from __future__ import annotations

import pytest

from .goldens import HERE, NAMES, Bench

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("golden"))


def test_every_golden_belongs_to_an_answer() -> None:
    assert {path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.glob("*/*.txt")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_answers_as_its_golden_says(bench: Bench, name: str) -> None:
    assert bench.answer(name) == (HERE / f"{name}.txt").read_text(encoding="utf-8")
