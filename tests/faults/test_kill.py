"""A load that is killed leaves the case as before or as after, and the next load completes it."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing

from .cases import answers, loaded_files, names, problems, run, start, write_files

DYING_LOAD = Path(__file__).with_name("dying_load.py")
RANDOM_ROUNDS = 20


class Undisturbed:
    """The files, and the case that they make when nothing happens."""

    def __init__(self, folder: Path, *, cards: int) -> None:
        self.files = write_files(folder, cards=cards)
        self.case = folder / "0.gtrace"
        self.kill_at([0], folder)
        self.steps = (folder / "0.steps").read_text(encoding="utf-8").splitlines()
        self.answers = answers(self.case)
        self.files_loaded = loaded_files(self.case)
        assert problems(self.case) == []

    def kill_at(self, steps: list[int], folder: Path) -> None:
        """Loads the files into ``NUMBER.gtrace`` and dies before step NUMBER, for each of the numbers."""
        died = run([DYING_LOAD, folder, ",".join(map(str, steps)), *self.files])
        assert died.returncode == 0, died.stderr

    def check_before_or_after(self, case: Path) -> None:
        """The case holds whole files, the first ones first, and nothing worse than a ledger line that is owed."""
        try:
            found = loaded_files(case)
        except CaseMissing:
            return
        whole = [self.files_loaded[name] for name in found]
        assert list(found.values()) == whole
        assert [file.name for file in self.files[: len(found)]] == sorted(found, reverse=True)
        assert problems(case) in ([], ["ledger_behind"])

    def check_completed_by_next_load(self, case: Path) -> None:
        """Loading again gives what an undisturbed load gives, and clears up."""
        with gt.open_case(case) as opened:
            assert not opened.load(*self.files).has_errors
        assert problems(case) == []
        assert loaded_files(case) == self.files_loaded
        assert answers(case) == self.answers
        assert names(case) == names(self.case)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(tmp_path_factory.mktemp("small"), cards=300)


@pytest.mark.slow
def test_a_load_killed_at_any_of_its_steps_is_as_before_or_as_after(small: Undisturbed, tmp_path: Path) -> None:
    # the last time of every kind of step; only there has all that can be in the way been made
    chosen = sorted({name: number for number, name in enumerate(small.steps, 1)}.values())
    assert {"con.commit", "writing.settle", "Path.replace", "CaseWriter.finish"} <= set(small.steps)
    assert len(chosen) >= 30
    small.kill_at(chosen, tmp_path)
    for number in chosen:
        small.check_before_or_after(tmp_path / f"{number}.gtrace")
        small.check_completed_by_next_load(tmp_path / f"{number}.gtrace")


@pytest.mark.slow
def test_a_load_killed_at_random_moments_again_and_again_is_as_before_or_as_after(tmp_path: Path) -> None:
    large = Undisturbed(tmp_path, cards=20_000)
    began = time.monotonic()
    whole = run(["-m", "graphtrace", "load", *large.files, "--case", tmp_path / "timed.gtrace", "-q"])
    assert whole.returncode == 0, whole.stderr
    duration_s = time.monotonic() - began
    chance = random.Random(20240305)
    killed = 0
    for number in range(RANDOM_ROUNDS):
        # every case is killed twice, so that a case that was killed once is loaded into and killed again
        case = tmp_path / f"{number // 2}.gtrace"
        process = start(["-m", "graphtrace", "load", *large.files, "--case", case, "-q"])
        with process:
            try:
                process.wait(timeout=chance.uniform(0.3, 1.0) * duration_s)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            process.communicate(timeout=120)
        large.check_before_or_after(case)
        if number % 2:
            large.check_completed_by_next_load(case)
    assert killed >= RANDOM_ROUNDS // 2


def test_a_ledger_line_that_is_owed_is_told_apart_from_damage_and_paid_by_the_next_load(
    small: Undisturbed, tmp_path: Path
) -> None:
    # dies when the second file is in the database, and not yet in the ledger
    number = max(number for number, name in enumerate(small.steps, 1) if name == "writing.settle")
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
    assert any(name.startswith("sources/.incoming-") for name in names(case))
    with gt.open_case(case) as opened, pytest.raises(CaseMissing):
        opened.status()
    small.check_completed_by_next_load(case)
