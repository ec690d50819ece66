"""What the workbench reads it reads in a process that it can end."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace.errors import UnknownHeadings, UnsafeFile
from graphtrace.workbench import load_process
from graphtrace.workbench.load_process import SpareProcess, form_in_process
from graphtrace.workbench.load_worker import FormRequest


def test_the_form_of_a_file_is_made_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("甲,乙\n星海,8986061900000000001\n", encoding="utf-8")
    assert form_in_process(FormRequest(path)).fields == ("", "iccid")


def test_a_file_that_is_refused_is_refused_there_too(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"h{n}" for n in range(2_000)) + "\n", encoding="utf-8")
    with pytest.raises(UnknownHeadings):
        form_in_process(FormRequest(path))


def test_a_first_look_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("甲,乙\n星海,8986061900000000001\n", encoding="utf-8")
    monkeypatch.setattr(load_process, "FORM_S", 0)
    monkeypatch.setattr(load_process, "GRACE_S", 0)
    with pytest.raises(UnsafeFile):
        form_in_process(FormRequest(path))


def test_the_next_request_finds_a_process_that_was_started_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("甲,乙\n星海,8986061900000000001\n", encoding="utf-8")
    spare = SpareProcess()
    monkeypatch.setattr(load_process, "SPARE", spare)
    started = []
    start = load_process._start

    def counted() -> object:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(load_process, "_start", counted)
    for asked in (1, 2):
        assert form_in_process(FormRequest(path)).fields == ("", "iccid")
        # the one that answered, which has ended, and the one for the next
        assert [process.poll() is None for process in started] == [False] * asked + [True]
    started[-1].kill()
    started[-1].wait()
    assert form_in_process(FormRequest(path)).fields == ("", "iccid")
    spare.close()
    assert all(process.poll() is not None for process in started)
    assert form_in_process(FormRequest(path)).fields == ("", "iccid")
    assert all(process.poll() is not None for process in started)
