"""A correction, or an unload, that is killed leaves the case as before or as after; asked for again it is completed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NothingFound
from graphtrace.storage.verify import HARMLESS

from .cases import answers, answers_of, run, write_files

pytestmark = pytest.mark.posix

RECORD = "resales.csv:2"
# For each number a fork, which costs no imports, does the task on FOLDER/NUMBER.gtrace and dies there; number 0 lives,
# and its steps are written down, one a line.
DYING = """
import os, signal, sys
from pathlib import Path
import graphtrace.storage.duckdb.duckdb_writer as writing
from graphtrace.storage.location import FolderLocation
from graphtrace.storage.correction_log import CorrectionRequest
from graphtrace.storage.load_files import load_files
from graphtrace.storage.load_settings import LoadOptions, LoadSettings
from graphtrace.storage.correction_log import UnloadRequest

folder, task, deaths = Path(sys.argv[1]), sys.argv[2], [int(number) for number in sys.argv[3].split(",")]
steps, last = [], 0

def step(name):
    steps.append(name)
    if len(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)

class Watched:
    def __init__(self, con):
        self._con = con
    def __getattr__(self, name):
        found = getattr(self._con, name)
        if not callable(found):
            return found
        def call(*arguments):
            step(" ".join(["con." + name, *(str(arguments[0]).split()[:1] if name == "execute" else ())]))
            return found(*arguments)
        return call

def settle(*arguments, real=writing.reconcile):
    step("reconcile")
    real(*arguments)

writing.open_database = lambda *given, real=writing.open_database, **named: Watched(real(*given, **named))
writing.reconcile = settle
# every file by itself: how long that takes must not change the number of steps
writing._PATIENCE = 0
for last in deaths:
    child = os.fork()
    if child == 0:
        case = folder / f"{last}.gtrace"
        if task == "correct":
            FolderLocation(case, 10).correct(CorrectionRequest("resales.csv:2", "wrong", "me"))
        elif task == "unload":
            FolderLocation(case, 10).unload(UnloadRequest("resales.csv", "wrong", "me"))
        else:
            load_files(case, [folder / "resales.csv"], LoadSettings(as_kind="return"), LoadOptions(again=True))
        (folder / "steps").write_text("\\n".join(steps), "utf-8")
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != (-signal.SIGKILL if last else 0):
        sys.exit(f"it did not die at {last}")
"""
IN_MEMORY = ("con.register", "con.unregister", "con.fetch", "con.sql", "con.execute SELECT", "con.execute CREATE")
IN_MEMORY += ("con.execute DROP", "con.executemany")  # what stands beside a transaction, until its end


def withdraw(case: gt.Case) -> None:
    case.correct(RECORD, why="wrong", who="me")
    assert len(case.corrections()) == 1


def take_away(case: gt.Case) -> None:
    with suppress(NothingFound):
        case.unload("resales.csv", why="wrong", who="me")
    assert case.status().unloaded == 1


def read_again(case: gt.Case) -> None:
    (report,) = case.load(Path(case.path).parent / "resales.csv", as_kind="return", again=True).files
    assert report.loaded


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "complete"), [("correct", withdraw), ("unload", take_away), ("load --again", read_again)]
)
def test_a_correction_killed_at_any_of_its_steps_is_as_before_or_as_after(
    tmp_path: Path, task: str, complete: Callable[[gt.Case], None]
) -> None:
    sound = tmp_path / "x.gtrace"
    with gt.open_case(sound) as case:
        assert not case.load(*write_files(tmp_path, cards=30)).has_errors
        before = answers_of(case)
    kill_at([0], sound, task)
    after = answers(tmp_path / "0.gtrace")
    assert after != before
    steps = (tmp_path / "steps").read_text("utf-8").splitlines()
    # the last time of every kind of step, when all that can be in the way was made, and where each transaction ends
    kinds = {name: number for number, name in enumerate(steps, 1) if not name.startswith(IN_MEMORY)}
    ends = [number for number, name in enumerate(steps, 1) if name == "con.commit"]
    assert {"con.begin", "con.execute INSERT", "con.commit", "con.execute CHECKPOINT", "reconcile"} <= set(kinds)
    chosen = sorted({*kinds.values(), *ends, *(number + 1 for number in ends)})
    kill_at(chosen, sound, task)
    seen = set()
    for number in chosen:
        with gt.open_case(tmp_path / f"{number}.gtrace") as case:
            answer = answers_of(case)
            assert answer in (before, after)
            seen.add(answer == after)
            said = {problem.code for problem in case.verify()}
            assert said <= (HARMLESS if task == "load --again" else {"ledger_behind"})
            complete(case)
            assert answers_of(case) == after
            assert case.verify() == []
    assert seen == {True, False}


def kill_at(numbers: list[int], sound: Path, task: str) -> None:
    for number in numbers:
        shutil.copytree(sound, sound.with_name(f"{number}.gtrace"))
    died = run(["-c", DYING, sound.parent, task, ",".join(map(str, numbers))])
    assert died.returncode == 0, died.stderr
