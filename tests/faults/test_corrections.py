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

from .cases import answers, problems, run, write_files

pytestmark = pytest.mark.posix

RECORD = "resales.csv:2"
DYING = """
import os, signal, sys
from pathlib import Path
import graphtrace.storage.duckdb.make_corrections
import graphtrace.storage.duckdb.writer as writing
from graphtrace.storage.location import FolderLocation
from graphtrace.storage.corrections import CorrectionRequest
from graphtrace.storage.unload import UnloadRequest

steps, last = 0, int(sys.argv[2])

def step():
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

class Watched:
    def __init__(self, con):
        self._con = con
    def __getattr__(self, name):
        found = getattr(self._con, name)
        if not callable(found):
            return found
        def call(*arguments):
            step()
            return found(*arguments)
        return call

def settle(*arguments, real=writing.reconcile):
    step()
    real(*arguments)

writing.open_database = lambda *given, real=writing.open_database, **named: Watched(real(*given, **named))
writing.reconcile = settle
# every file by itself: how long that takes must not change the number of steps
writing._PATIENCE = 0
if sys.argv[3] == "correct":
    FolderLocation(Path(sys.argv[1]), 10).correct(CorrectionRequest("resales.csv:2", "wrong", "me"))
elif sys.argv[3] == "unload":
    FolderLocation(Path(sys.argv[1]), 10).unload(UnloadRequest("resales.csv", "wrong", "me"))
else:
    from graphtrace.storage.load import load_files
    from graphtrace.storage.load_settings import LoadSettings
    path = Path(sys.argv[1]).parent / "resales.csv"
    load_files(Path(sys.argv[1]), [path], LoadSettings(as_kind="return"), again=True)
sys.stdout.write(str(steps))
"""


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
        assert not case.load(*write_files(tmp_path)).has_errors
    before = answers(sound)
    after_case = tmp_path / "after.gtrace"
    shutil.copytree(sound, after_case)
    lived = run(["-c", DYING, after_case, 0, task])
    assert lived.returncode == 0, lived.stderr
    after = answers(after_case)
    assert after != before
    count = int(lived.stdout)
    seen = set()
    for number in sorted({*range(1, count, 9), count - 1, count}):
        killed = tmp_path / f"{number}.gtrace"
        shutil.copytree(sound, killed)
        assert run(["-c", DYING, killed, number, task]).returncode == -9
        assert answers(killed) in (before, after)
        seen.add(answers(killed) == after)
        assert set(problems(killed)) <= (HARMLESS if task == "load --again" else {"ledger_behind"})
        with gt.open_case(killed) as case:
            complete(case)
        assert answers(killed) == after
        assert problems(killed) == []
    assert seen == {True, False}
