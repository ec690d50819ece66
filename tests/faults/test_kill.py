"""A load that is killed leaves the case as before or as after, and the next load completes it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing
from graphtrace.storage.verify import HARMLESS

from ..conftest import EXPLORES
from .cases import answers, answers_of, loaded_files, names, problems, run, write_files

pytestmark = pytest.mark.posix

DYING_LOAD = Path(__file__).with_name("dying_load.py")
RANDOM_ROUNDS = 10 if EXPLORES else 4
IN_MEMORY = ("con.register", "con.unregister", "con.sql", "con.execute SELECT", "con.executemany")
IN_MEMORY += ("con.execute CREATE TEMP", "con.execute DROP", "con.execute CREATE OR")  # beside a transaction


class Undisturbed:
    """The files, and the case that they make when nothing happens."""

    def __init__(self, folder: Path, *, cards: int) -> None:
        self.files = write_files(folder, cards=cards)
        self.case = folder / "0.gtrace"
        self.kill_at(["0"], folder)
        self.steps = (folder / "0.steps").read_text(encoding="utf-8").splitlines()
        self.answers = answers(self.case)
        loaded = loaded_files(self.case)
        self.files_loaded = {file.name: loaded[file.name] for file in self.files}
        assert problems(self.case) == []

    def kill_at(self, deaths: Sequence[int | str], folder: Path) -> int:
        """Loads the files into ``DEATH.gtrace`` and dies there, for each death; returns how many came too late."""
        died = run([DYING_LOAD, folder, ",".join(map(str, deaths)), *self.files])
        assert died.returncode == 0, died.stderr
        return int(died.stdout)

    def check_before_or_after(self, case: Path) -> None:
        """The case holds whole files, the first ones first, and nothing worse than a ledger line that is owed."""
        try:
            with gt.open_case(case) as opened:
                found = {entry["file"]: (entry["rows"], entry["loaded"]) for entry in opened.status().files}
                said = [problem.code for problem in opened.verify()]
        except CaseMissing:
            return
        assert found in [dict(list(self.files_loaded.items())[:number]) for number in range(len(self.files) + 1)]
        assert set(said) <= HARMLESS

    def check_completed_by_next_load(self, case: Path) -> None:
        """Loading again gives what an undisturbed load gives, and clears up."""
        with gt.open_case(case) as opened:
            assert not opened.load(*self.files).has_errors
            assert opened.verify() == []
            assert answers_of(opened) == self.answers
        assert names(case) == names(self.case)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(tmp_path_factory.mktemp("small"), cards=30)


@pytest.mark.slow
def test_a_load_killed_at_any_of_its_steps_is_as_before_or_as_after(small: Undisturbed, tmp_path: Path) -> None:
    # the last time of every kind of step; only there has all that can be in the way been made
    kinds = {name: number for number, name in enumerate(small.steps, 1) if not name.startswith(IN_MEMORY)}
    chosen = sorted(kinds.values())
    assert {"con.commit", "duckdb_writer.reconcile", "Path.replace", "DuckDBWriter.finish"} <= set(small.steps)
    small.kill_at(chosen, tmp_path)
    for number in chosen:
        small.check_before_or_after(tmp_path / f"{number}.gtrace")
        small.check_completed_by_next_load(tmp_path / f"{number}.gtrace")


@pytest.mark.slow
def test_a_load_killed_at_random_moments_is_as_before_or_as_after(tmp_path_factory: pytest.TempPathFactory) -> None:
    large = Undisturbed(tmp_path_factory.mktemp("large"), cards=8_000)
    folder = tmp_path_factory.mktemp("killed")
    moments = [f"{percent}%" for percent in random.Random(20240305).sample(range(5, 100), RANDOM_ROUNDS)]
    assert large.kill_at(["0", *moments], folder) < RANDOM_ROUNDS / 2
    for moment in moments:
        large.check_before_or_after(folder / f"{moment}.gtrace")
        large.check_completed_by_next_load(folder / f"{moment}.gtrace")


def test_a_ledger_line_that_is_owed_is_told_apart_from_damage_and_paid_by_the_next_load(
    small: Undisturbed, tmp_path: Path
) -> None:
    # dies when the second file is in the database, and not yet in the ledger
    # the last time of all, the ledger has nothing to gain: only the parties were merged since
    number = [number for number, name in enumerate(small.steps, 1) if name == "duckdb_writer.reconcile"][-2]
    small.kill_at([number], tmp_path)
    case = tmp_path / f"{number}.gtrace"
    assert len(loaded_files(case)) == 2
    assert problems(case) == ["ledger_behind"]
    assert answers(case) == small.answers
    with gt.open_case(case) as opened:
        assert [entry.already_loaded for entry in opened.load(small.files[0]).files] == [True]
    assert problems(case) == []


def test_a_case_killed_before_its_database_is_complete_is_none_yet(small: Undisturbed, tmp_path: Path) -> None:
    number = small.steps.index("Path.replace") + 1
    small.kill_at([number], tmp_path)
    case = tmp_path / f"{number}.gtrace"
    assert any(name.startswith(".scratch/") for name in names(case))
    with gt.open_case(case) as opened, pytest.raises(CaseMissing):
        opened.status()
    small.check_completed_by_next_load(case)
