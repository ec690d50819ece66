"""Every command answers as it did when its golden was written; a change that is meant is written anew with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .goldens import HERE, frozen

NAMES = sorted(path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.glob("*/*.txt"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return dict(frozen(tmp_path_factory.mktemp("golden")))


@pytest.mark.timeout(900)
def test_every_answer_has_a_golden(answers: dict[str, str]) -> None:
    assert sorted(answers) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_command_answers_as_its_golden_says(answers: dict[str, str], name: str) -> None:
    assert answers[name] == Path(HERE / f"{name}.txt").read_text(encoding="utf-8")
