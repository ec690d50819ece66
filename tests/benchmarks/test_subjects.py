"""The subjects of the benchmark answer the same as graphtrace, on the files with which they are measured."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks import questions as asking
from benchmarks.peers import PRODUCT, SUBJECTS, subject_named
from benchmarks.timing import ACTIONS, OWN_ACTIONS
from graphtrace.simulate.generate import simulate

from ..neo4j.server import REQUIRED

pytestmark = pytest.mark.slow

MEMORY_ONLY = [name for name in SUBJECTS if name not in (PRODUCT, "neo4j")]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "files"
    simulate(folder, 6_000, 3, rates={"": 0.0})
    return folder / "records"


@pytest.fixture(scope="module")
def questions(files: Path) -> dict[str, Any]:
    path = files.parent / "questions.json"
    asking.write(files, 3, path, asked=400)
    return json.loads(path.read_text(encoding="utf-8"))


def answers_of(name: str, files: Path, questions: dict[str, Any], place: Path) -> dict[str, Any]:
    place.mkdir()
    subject_named(name).load(files, place)
    subject = subject_named(name)
    subject.open(place)
    told = {action: measure(subject, questions)["answers"] for action, measure in ACTIONS.items()}
    found: dict[str, Any] = json.loads(json.dumps(told))
    return found


@pytest.fixture(scope="module")
def expected(files: Path, questions: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return answers_of(PRODUCT, files, questions, tmp_path_factory.mktemp("product") / "place")


def test_the_questions_reach_cards_that_were_sold_one_by_one_and_all_enterprises(expected: dict[str, Any]) -> None:
    assert len({tuple(answer) for answer in expected["many"]}) > 50
    assert len(expected["audit_all"]) >= 3
    assert expected["many"] == expected["table"]


def test_audits_without_rules_count_the_same(
    files: Path, questions: dict[str, Any], expected: dict[str, Any], tmp_path: Path
) -> None:
    subject_named(PRODUCT).load(files, tmp_path)
    for action, measure in OWN_ACTIONS.items():
        subject = subject_named(PRODUCT)
        subject.open(tmp_path)
        assert measure(subject, questions)["answers"] == expected[action.removesuffix("_without_rules")]


@pytest.mark.parametrize("name", MEMORY_ONLY)
def test_a_peer_answers_as_graphtrace_does(
    name: str, files: Path, questions: dict[str, Any], expected: dict[str, Any], tmp_path: Path
) -> None:
    if name == "ladybug" and find_spec("ladybug") is None:
        assert not os.environ.get(REQUIRED), "pip install -e '.[bench]'"
        pytest.skip("ladybug is not installed: pip install -e '.[bench]'")
    assert answers_of(name, files, questions, tmp_path / "place") == expected
