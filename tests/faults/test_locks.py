"""One writer, many readers, and a clear word for whoever has to wait."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseLocked

from .cases import CARDS, answers, run, start, write_files

HOLD_FOR_WRITING = """
import sys, time
from pathlib import Path
from graphtrace.store.writing import open_writer
with open_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
HOLD_FOR_READING = """
import sys, time
import graphtrace as gt
with gt.open_case(sys.argv[1]) as case:
    case.status()
    print("held", flush=True)
    time.sleep(60)
"""


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


@pytest.fixture
def case(files: list[Path], tmp_path: Path) -> Path:
    gt.open_case(tmp_path / "x.gtrace").load(files[0])
    return tmp_path / "x.gtrace"


def test_a_second_writer_is_told_at_once_and_the_exit_is_3(
    case: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(HOLD_FOR_WRITING, case):
        monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
        with pytest.raises(CaseLocked, match="being written by another process"):
            gt.open_case(case).load(files[1])
        monkeypatch.undo()
        ran = run(["-m", "graphtrace", "load", files[1], "--case", case, "--json"])
        assert ran.returncode == 3
        assert json.loads(ran.stderr)["error"]["code"] == "case_locked"
    assert not gt.open_case(case).load(files[1]).has_errors


def test_a_reader_waits_two_seconds_for_a_writer_and_then_says_so(case: Path) -> None:
    with held(HOLD_FOR_WRITING, case):
        began = time.monotonic()
        with pytest.raises(CaseLocked, match="being written by another process"):
            gt.open_case(case).trace(CARDS[0])
        assert time.monotonic() - began > 1.9


def test_a_reader_is_answered_when_the_writer_ends_in_time(case: Path) -> None:
    before = answers(case)
    with held(HOLD_FOR_WRITING, case) as other:
        other.kill()
        assert answers(case) == before


def test_a_load_while_another_process_reads_says_what_to_close(case: Path, files: list[Path]) -> None:
    with held(HOLD_FOR_READING, case), pytest.raises(CaseLocked, match="is being read") as caught:
        gt.open_case(case).load(files[1])
    assert "close" in caught.value.hint
    assert not gt.open_case(case).load(files[1]).has_errors


def test_a_load_while_this_process_reads_says_what_to_close(case: Path, files: list[Path]) -> None:
    with gt.open_case(case) as reader:
        reader.status()
        with pytest.raises(CaseLocked, match="is being read"):
            gt.open_case(case).load(files[1])
        assert len(reader.status().files) == 1
    assert not gt.open_case(case).load(files[1]).has_errors


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
