"""One writer, many readers who wait for nobody, and a clear word for whoever has to wait."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseLocked, CaseMissing
from graphtrace.storage.case_folder import Deadline, write_lock
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.load_files import load_file
from graphtrace.storage.load_settings import ReadingRules
from graphtrace.storage.verify import HARMLESS

from .cases import CARDS, answers, problems, run_here, start, write_files

HOLD_FOR_WRITING = """
import sys, time
from pathlib import Path
from graphtrace.storage.duckdb.duckdb_writer import open_writer
with open_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
HOLD_FOR_READING = """
import sys, time
from pathlib import Path
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.load_files import load_file
from graphtrace.storage.load_settings import ReadingRules
store = DuckDBBackend(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
"""As a question does that takes its time."""

IDLE = """
import sys, time
import graphtrace as gt
case = gt.open_case(sys.argv[1])
case.status()
print("held", flush=True)
time.sleep(60)
"""


ENDS_WHILE_CLOSING = """
import sys, threading, time
import graphtrace as gt
from graphtrace.analysis import store_access
store_access.IDLE_S = 0.1
began, close = threading.Event(), store_access.StoreAccess.close
def close_slowly(self):
    began.set()
    time.sleep(0.5)
    close(self)
    print("closed", flush=True)
store_access.StoreAccess.close = close_slowly
case = gt.open_case(sys.argv[1])
case.status()
began.wait()
"""
"""As a script that ends a moment after its last question."""


@contextmanager
def held(script: str, case: Path) -> Iterator[subprocess.Popen[str]]:
    """The case open in another process."""
    with start(["-c", script, case]) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def loaded(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("loaded") / "x.gtrace"
    gt.open_case(case).load(files[0])
    return case


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "x.gtrace"))


def test_a_second_writer_that_does_not_wait_is_told_at_once_and_the_exit_is_3(
    case: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(HOLD_FOR_WRITING, case):
        monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
        with pytest.raises(CaseLocked, match="being written by another process"):
            gt.open_case(case, wait=0).load(files[1])
        monkeypatch.undo()
        ran = run_here("load", files[1], "--case", case, "--json", "--wait", "0")
        assert ran.returncode == 3
        assert json.loads(ran.stderr)["error"]["code"] == "case_locked"
    assert not gt.open_case(case).load(files[1]).has_errors


def test_writers_wait_as_long_as_they_are_told_and_then_say_who_writes(case: Path, files: list[Path]) -> None:
    with held(HOLD_FOR_WRITING, case) as other:
        began = time.monotonic()
        with pytest.raises(CaseLocked, match=f"written by another process: PID {other.pid}, graphtrace load since"):
            gt.open_case(case, wait=0.5).load(files[1])
        assert 0.5 <= time.monotonic() - began < 5


def test_who_writes_is_said_in_chinese_and_the_wait_may_stand_before_the_command(case: Path, files: list[Path]) -> None:
    with held(HOLD_FOR_WRITING, case) as other:
        ran = run_here("--wait", "0", "--lang", "zh", "load", files[1], "--case", case)
    assert ran.returncode == 3
    assert f"正由另一进程写入：PID {other.pid}，graphtrace load，始于" in ran.stderr
    assert "--wait 600" in ran.stderr
    assert " is " not in ran.stderr


def test_a_question_during_the_first_load_says_who_writes_and_not_that_there_is_no_case(tmp_path: Path) -> None:
    new = tmp_path / "new.gtrace"
    with write_lock(new, Deadline(0), "load"), pytest.raises(CaseLocked, match="graphtrace load since"):
        gt.open_case(new, wait=0).status()
    with pytest.raises(CaseMissing):
        gt.open_case(new, wait=0).status()


def test_a_wait_below_nothing_is_wrong_usage(case: Path) -> None:
    for wait in ("-1", "nan"):
        assert run_here("status", "--case", case, f"--wait={wait}").returncode == 2


def test_whoever_reads_is_answered_from_the_state_before_while_another_process_writes(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(case)
    with held(HOLD_FOR_WRITING, case) as other:
        monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
        assert answers(case) == before
        monkeypatch.undo()
        assert other.poll() is None
        ran = run_here("trace", CARDS[0], "--case", case, "--wait", "0")
        assert ran.returncode == 0
    assert answers(case) == before


@pytest.mark.parametrize("script", [HOLD_FOR_READING, IDLE], ids=["in a question", "idle"])
def test_a_load_waits_for_nobody_who_reads(script: str, case: Path, files: list[Path]) -> None:
    with held(script, case) as other:
        assert not gt.open_case(case, wait=0).load(files[1]).has_errors
        assert len(gt.open_case(case).status().files) == 2
        assert other.poll() is None


def test_a_process_that_ends_while_its_case_is_being_closed_waits_for_that(case: Path) -> None:
    with start(["-c", ENDS_WHILE_CLOSING, case]) as other:
        said, _ = other.communicate(timeout=60)
    assert (other.returncode, said) == (0, "closed\n")


def test_a_question_keeps_the_state_with_which_it_began(case: Path, files: list[Path]) -> None:
    """Later queries of a question do not see files that came meanwhile, in this process either."""
    before = answers(case)
    own = gt.open_case(case)
    with own._stores.open() as store:
        held_before = store.summary()
        gt.open_case(case, wait=0).load(files[1])
        assert store.summary() == held_before
        assert not store.is_fresh()
    assert answers(case) != before
    assert own.status().files != held_before["files"]


def test_threads_of_the_program_that_loads_read_what_was_there_before(case: Path, files: list[Path]) -> None:
    """As the pages of the workbench do; the case keeps its state until a load is complete."""
    before = answers(case)
    meanwhile = []
    with open_writer(case) as writer:
        load_file(writer, files[1], ReadingRules(), name="x", tell=lambda *_: meanwhile.append(answers(case)))
        writer.finish()
        writer.publish()
        after = answers(case)
    assert set(meanwhile) == {before} != {after}
    assert answers(case) == after


def test_files_of_a_long_load_are_published_before_its_end(case: Path, files: list[Path]) -> None:
    with open_writer(case) as writer:
        writer._last_cost_s = 0
        load_file(writer, files[1], ReadingRules(), name=files[1].name, tell=lambda *_: None)
        assert len(gt.open_case(case).status().files) == 2
        assert problems(case) == []
    assert problems(case) == []


def test_verify_beside_loads_tells_of_no_damage(case: Path, tmp_path: Path) -> None:
    script = tmp_path / "loads.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nimport graphtrace as gt\nprint('held', flush=True)\n"
        "for number in range(6):\n"
        "    file = Path(sys.argv[1]).parent / f'{number}.csv'\n"
        "    file.write_text(f'转出方,转入方,日期,卡号\\n甲{number},乙,2024-03-05,8986061900000000001\\n', 'utf-8')\n"
        "    gt.open_case(sys.argv[1]).load(file)\n"
        "    gt.open_case(sys.argv[1]).unload(file.name, why='typed twice')\n",
        "utf-8",
    )
    rounds = 0
    with start([script, case]) as other:
        while other.poll() is None:
            assert set(problems(case)) <= HARMLESS
            rounds += 1
    assert (other.returncode, rounds > 3) == (0, True)
    assert problems(case) == []


def test_a_case_that_let_go_answers_the_next_question_from_what_was_loaded_since(case: Path, files: list[Path]) -> None:
    reader = gt.open_case(case)
    assert len(reader.status().files) == 1
    gt.open_case(case).load(files[1])
    assert len(reader.status().files) == 2
    assert reader._stores.store is not None
    time.sleep(1.5)
    assert reader._stores.store is None


def test_a_case_does_not_let_go_while_it_answers(case: Path) -> None:
    reader = gt.open_case(case)
    with reader._stores.open() as store:
        time.sleep(1.5)
        assert store.summary()["files"]


ASK_AGAIN_AND_AGAIN = """
import sys
import graphtrace as gt
print("held", flush=True)
while True:
    with gt.open_case(sys.argv[1], wait=60) as case:
        case.audit(all=True)
"""


@pytest.mark.slow
def test_small_loads_get_through_while_others_ask_again_and_again(case: Path, tmp_path: Path) -> None:
    more = []
    for number in range(6):
        more.append(tmp_path / f"{number}.csv")
        more[-1].write_text(f"转出方,转入方,日期,卡号\n甲{number},乙,2024-03-05,8986061900000000001\n", "utf-8")
    with ExitStack() as others:
        asking = [others.enter_context(held(ASK_AGAIN_AND_AGAIN, case)) for _ in range(4)]
        for file in more:
            assert not gt.open_case(case, wait=0).load(file).has_errors
        assert [other.poll() for other in asking] == [None] * 4
    assert len(gt.open_case(case).status().files) == 7


def test_many_read_a_case_that_has_no_lock_and_none_is_made(case: Path) -> None:
    (case / "lock").unlink()
    assert answers(case) == answers(case)
    assert not (case / "lock").exists()


def test_many_read_at_once(case: Path) -> None:
    expected = answers(case)
    asked = ["-m", "graphtrace", "trace", CARDS[0], "--case", case, "--json"]
    with held(HOLD_FOR_READING, case), gt.open_case(case) as reader:
        reader.status()
        readers = [start(asked) for _ in range(4)]
        told = set()
        for process in readers:
            with process:
                out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            told.add(out)
        assert len(told) == 1
        assert answers(case) == expected


def test_a_trial_run_is_possible_while_others_read(case: Path, files: list[Path]) -> None:
    with held(HOLD_FOR_READING, case):
        report = gt.open_case(case).load(*files, dry_run=True)
    assert [entry.already_loaded for entry in report.files] == [True, False]
