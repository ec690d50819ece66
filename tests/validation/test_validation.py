"""The table of requirements names tests that exist, and a record says of each what was run and how it ended."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from .page import validation_lines, write_record
from .record import is_sound, judge, make_record, read_outcomes, run_tests
from .tables import TABLES, TableError, find_tests, in_order, read_data, read_limits, read_requirements

ONE = "tests/unit/identifiers/test_ranges.py::test_a_range_of_one_card_is_a_range"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables, to be spoilt."""
    return Path(shutil.copytree(TABLES, tmp_path / "tables"))


def test_requirements_data_and_limits_are_there() -> None:
    assert len(read_requirements()) >= 60
    assert len(read_data()) >= 5
    assert len(read_limits()) >= 10


@pytest.mark.parametrize("test", ["unit/identifiers/test_ranges.py::test_no_such", "unit/no_such.py::*", "unit::*"])
def test_no_page_is_written_where_a_requirement_names_a_test_that_does_not_exist(tables: Path, test: str) -> None:
    with (tables / "requirements.tsv").open("a", encoding="utf-8") as file:
        file.write(f"R-999\taudit\tOne.\t一。\t5\ttest_recounted.py::* {test}\n")
    with pytest.raises(TableError, match=r"R-999: there is no test"):
        validation_lines("en", tables)


@pytest.mark.parametrize(
    "row",
    [
        "R-101\taudit\tOne.\t一。\t5\ttest_recounted.py::*",
        "R101\taudit\tOne.\t一。\t5\ttest_recounted.py::*",
        "R-999\taudit\tOne.\t\t5\ttest_recounted.py::*",
        "R-999\taudit\tOne.\t一。\t5\t",
        "R-999\taudit\tOne.\t一。\t5\ttest_recounted.py::*\tmore",
        "R-999\tnone\tOne.\t一。\t5\ttest_recounted.py::*",
    ],
)
def test_a_requirement_has_a_number_of_its_own_a_group_both_languages_and_tests(tables: Path, row: str) -> None:
    with (tables / "requirements.tsv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    with pytest.raises(TableError):
        read_requirements(tables)


def test_a_pattern_names_all_functions_that_fit_each_once() -> None:
    names = find_tests("R-1", "unit/identifiers/test_ranges.py::test_a_range_* unit/identifiers/test_ranges.py::*one*")
    assert ONE in names
    assert len(names) == len(set(names)) > 2


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ({"a": {"passed": 2}, "b": {"passed": 1}}, "passed"),
        ({"a": {"passed": 2}}, "in_part"),
        ({"a": {"passed": 2}, "b": {"skipped": 1}}, "in_part"),
        ({"a": {"passed": 2, "failed": 1}, "b": {"passed": 1}}, "failed"),
        ({"a": {"skipped": 2}, "b": {"skipped": 1}}, "not_run"),
        ({}, "not_run"),
    ],
)
def test_a_requirement_passed_only_where_each_of_its_tests_was_run_and_passed(
    outcomes: dict[str, dict[str, int]], state: str
) -> None:
    assert judge(["a", "b"], {name: Counter(counts) for name, counts in outcomes.items()})["state"] == state


def test_outcomes_are_those_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_right(n): assert n\n"
        "def test_wrong(): assert False, 'because'\n"
        "@pytest.mark.skip(reason='elsewhere')\n"
        "def test_elsewhere(): pass\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-c", "none.ini", "--rootdir=.", "--junitxml=out.xml"]
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    subprocess.run([*command, "test_three.py"], cwd=tmp_path, check=False, capture_output=True)
    outcomes, reasons = read_outcomes(tmp_path / "out.xml")
    assert outcomes == {
        "test_three.py::test_right": {"passed": 2},
        "test_three.py::test_wrong": {"failed": 1},
        "test_three.py::test_elsewhere": {"skipped": 1},
    }
    assert "because" in reasons["test_three.py::test_wrong"]
    assert reasons["test_three.py::test_elsewhere"] == "elsewhere"


def test_a_run_that_left_no_outcomes_says_so_of_every_requirement(tmp_path: Path) -> None:
    record = make_record(read_requirements(), [], tmp_path / "none.xml", datetime.now().astimezone())
    assert record["counts"]["not_run"] == len(read_requirements())
    assert not is_sound(record)


@pytest.mark.slow
def test_a_validation_runs_exactly_what_is_named_and_its_record_says_what_came_out(tmp_path: Path) -> None:
    outcomes = run_tests([ONE], tmp_path, "1")
    requirements = [one for one in read_requirements() if one.id in {"R-106", "R-401"}]
    data = [one for one in read_data() if one.id in {"D-1", "D-2"}]
    record = make_record(requirements, data, outcomes, datetime.now().astimezone())
    assert set(read_outcomes(outcomes)[0]) == {ONE}
    assert {one["id"]: (one["state"], one["passed"]) for one in record["requirements"]} == {
        "R-106": ("in_part", 1),
        "R-401": ("not_run", 0),
    }
    assert len(record["data"][0]["files"]) > 10
    assert all(len(file["sha256"]) == 64 and file["bytes"] for one in record["data"] for file in one["files"])


def test_a_record_is_a_page_with_every_requirement_in_both_languages_and_hostile_text_is_text(tmp_path: Path) -> None:
    requirement = read_requirements()[0]
    judged: dict[str, Any] = {"id": requirement.id, "en": requirement.en, "zh": requirement.zh, "spec": "2"}
    reasons = [{"test": "tests/a.py::test_b", "reason": "<script>alert(1)</script>"}]
    judged |= {"state": "failed", "passed": 0, "failed": 1, "skipped": 0, "missing": [], "reasons": reasons}
    record = make_record([], [], tmp_path / "none.xml", datetime.now().astimezone()) | {"requirements": [judged]}
    _, page = write_record(record, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert requirement.en in text
    assert requirement.zh in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_tests_are_run_in_the_order_in_which_their_file_defines_them() -> None:
    tests = find_tests("R-1", "conformance/test_copy.py::*")
    assert in_order([*reversed(tests), ONE, ONE]) == [*tests, ONE]
