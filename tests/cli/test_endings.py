"""However a command ends, it ends with an exit code and at most some lines, never with a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graphtrace.case import Case
from graphtrace.case_questions import CaseQuestions
from graphtrace.cli import main

from .conftest import WHOLE, Run

ROOT = Path(__file__).parents[2]


class PanicException(BaseException):
    """An exception of a library written in Rust is no ``Exception``."""


def fail_with(fault: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise fault

    return fail


@pytest.mark.parametrize(
    "fault",
    [ZeroDivisionError("a bug"), RecursionError("deep"), SystemError("odd"), PanicException("pointer is null")],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_the_program_is_one_line_a_hint_and_70(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", fail_with(fault))
    ran = run("trace", WHOLE, "--case", case)
    kind = type(fault).__name__
    assert (ran.code, ran.out) == (70, "")
    assert ran.err == (
        f"error: a fault of graphtrace itself: {kind}\nhint: run the command again with -v, and report what it says\n"
    )


def test_a_fault_of_the_program_is_told_in_json(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", fail_with(ZeroDivisionError("a bug")))
    ran = run("trace", WHOLE, "--case", case, "--json")
    assert (ran.code, ran.out) == (70, "")
    assert list(ran.error) == ["code", "message", "hint", "exit"]
    assert (ran.error["code"], ran.error["exit"]) == ("internal", 70)
    details = run("trace", WHOLE, "--case", case, "--json", "-v").error["details"]
    assert details[-1] == "ZeroDivisionError: a bug"


def test_a_fault_of_the_program_is_told_in_chinese(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", fail_with(ZeroDivisionError("a bug")))
    assert run("trace", WHOLE, "--case", case, "--lang", "zh").err == (
        "错误（程序自身出错）: graphtrace 自身出错：ZeroDivisionError\n"
        "提示: 请加 -v 再执行一次，并把显示的内容报告给开发者\n"
    )


@pytest.mark.posix
def test_the_details_of_a_fault_hold_no_values_and_nothing_that_acts_on_a_terminal(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        name_of_a_person = "马" + "晓东"
        raise ZeroDivisionError(f"\x1b[31m{len(name_of_a_person)}")

    monkeypatch.setattr(CaseQuestions, "trace", fail)
    ran = run("trace", WHOLE, "--case", case, "-v")
    assert ran.code == 70
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert "ZeroDivisionError: ␛[31m3\nerror: a fault of graphtrace itself: ZeroDivisionError\n" in ran.err
    assert "\x1b" not in ran.err
    assert "马晓东" not in ran.err


def test_what_the_system_refuses_is_3_and_named(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        CaseQuestions, "trace", fail_with(PermissionError(13, "Permission denied", "x.gtrace/case.duckdb"))
    )
    ran = run("trace", WHOLE, "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (3, "system_fault")
    assert ran.error["message"] == "x.gtrace/case.duckdb: Permission denied"
    assert run("trace", WHOLE, "--case", case, "--lang", "zh").err.startswith(
        "错误（系统拒绝）: x.gtrace/case.duckdb：没有权限\n"
    )


def test_too_little_memory_is_said(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseQuestions, "trace", fail_with(MemoryError()))
    assert run("trace", WHOLE, "--case", case).err.startswith("error: the memory does not suffice\nhint: ")


def test_an_error_of_ours_has_no_details(run: Run) -> None:
    assert "Traceback" not in run("trace", WHOLE, "--case", "none.gtrace", "-v").err


def test_an_argument_with_a_nul_is_wrong_usage(run: Run, case: str) -> None:
    assert run("trace", "8986\0", "--case", case).code == 2
    assert run("status", "--case", f"{case}\0").code == 2


def test_a_case_whose_name_is_no_utf_8_is_wrong_usage(run: Run, files: Path) -> None:
    for command in (["load", str(files / "sales.csv")], ["status"]):
        ran = run(*command, "--case", "\udcff.gtrace", "--json")
        assert (ran.code, ran.error["message"]) == (2, "\udcff.gtrace: the name of a case must be UTF-8")


@pytest.mark.posix
def test_a_link_to_itself_is_refused_by_the_system(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for command in (["load", str(files / "sales.csv")], ["export", "json", "out.json"], ["status"]):
        assert run(*command, "--case", "loop").code == 3


def test_a_program_in_python_sees_what_was_raised(case: str) -> None:
    with pytest.raises(AttributeError), Case(case) as opened:
        opened.trace(WHOLE, 5).no_such_answer  # type: ignore[call-arg] # noqa: B018


def shell(command: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and errors of a line of bash, in which ``$G`` is the program."""
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "G": f"{sys.executable} -m graphtrace", **environment},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


ANSWERS = ("trace {card} --case {case}", "trace {card} --case {case} --json", "--help", "--version", "trace --help")
UNWRITABLE = "the standard output cannot be written: "


@pytest.mark.posix
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    ("target", "why"),
    [(">&-", "it is closed"), (">/dev/full", "No space left on device")],
    ids=["closed", "full"],
)
def test_an_answer_that_cannot_be_written_is_3_and_said(case: str, answer: str, target: str, why: str) -> None:
    code, out, err = shell(f"$G {answer.format(card=WHOLE, case=case)} {target}")
    assert (code, out) == (3, "")
    told = json.loads(err)["error"]["message"] if "--json" in answer else err.splitlines()[0].removeprefix("error: ")
    assert told == UNWRITABLE + why


@pytest.mark.posix
@pytest.mark.parametrize("target", [">&-", ">/dev/full"])
def test_an_answer_that_goes_into_a_file_needs_no_standard_output(case: str, target: str) -> None:
    assert shell(f"$G trace {WHOLE} --case {case} -o out.json {target}; echo $? >code")[1:] == ("", "")
    assert Path("code").read_text("utf-8") == "0\n"
    assert json.loads(Path("out.json").read_text("utf-8"))["results"][0]["outcome"] == "continuous"


@pytest.mark.posix
@pytest.mark.parametrize("target", ["2>&-", "2>/dev/full"])
def test_errors_that_nobody_can_read_keep_their_exit_code(case: str, target: str) -> None:
    assert shell(f"$G trace {WHOLE} {target}") == (2, "", "")
    code, out, err = shell(f"$G trace {WHOLE} --case {case} {target}")
    assert (code, err) == (0, "")
    assert "DOCUMENTED WITHOUT A GAP" in out


@pytest.mark.posix
@pytest.mark.parametrize("target", [">&- 2>&-", ">/dev/full 2>/dev/full", "<&- >&- 2>&-"])
def test_a_program_without_any_stream_has_an_exit_code(case: str, target: str) -> None:
    assert shell(f"$G trace {WHOLE} --case {case} {target}")[0] == 3
    assert shell(f"$G status {target}")[0] == 2
    assert shell(f"$G verify --case {case} --deep {target}")[0] == 3


@pytest.mark.posix
def test_questions_from_a_closed_standard_input_are_an_unreadable_file(case: str) -> None:
    code, _, err = shell(f"$G trace --from-file - --case {case} <&-")
    assert code == 2
    assert err.startswith("error: -: Bad file descriptor\n")


@pytest.mark.posix
def test_a_load_whose_answer_cannot_be_written_has_loaded(files: Path) -> None:
    code, _, err = shell(f"$G load {files}/*.csv --case y.gtrace >/dev/full")
    assert code == 3
    assert "hint: what the command did to the case stays" in err
    assert main(["verify", "--deep", "--case", "y.gtrace"]) == 0


@pytest.mark.posix
@pytest.mark.parametrize("answer", [*ANSWERS, "status"])
def test_a_reader_that_has_gone_away_before_the_answer_is_no_error(case: str, answer: str) -> None:
    said = answer.format(card=WHOLE, case=case)
    ran = shell(f"(sleep 1; exec $G {said}; ) | true; echo ${{PIPESTATUS[0]}}", GRAPHTRACE_CASE=case)
    assert ran == (0, "0\n", "")
