from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import graphtrace
from graphtrace.case_questions import CaseQuestions
from graphtrace.cli import command_line
from graphtrace.errors import GraphtraceError
from graphtrace.locale import load_catalogue
from graphtrace.render.text_tables import ERRORS

from .conftest import WHOLE, Run


def test_common_options_stand_before_or_after_the_command(run: Run, case: str) -> None:
    before = run("--json", "--case", case, "--lang", "zh", "trace", WHOLE)
    after = run("trace", WHOLE, "--json", "--case", case, "--lang", "zh")
    assert before.code == after.code == 0
    assert before.json == after.json


def test_an_option_after_the_command_wins_over_one_before_and_both_over_the_environment(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTRACE_CASE", "none.gtrace")
    assert run("status").code == 3
    assert run("--case", case, "status").code == 0
    assert run("--case", "none.gtrace", "status", "--case", case).code == 0
    monkeypatch.setenv("GRAPHTRACE_CASE", case)
    assert run("status").code == 0


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "GRAPHTRACE_LANG": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8", "GRAPHTRACE_LANG": "zh"}, "zh"),
    ],
)
def test_the_language_follows_the_environment(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], lang: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = run("trace", WHOLE, "--case", case).out
    assert ("DOCUMENTED WITHOUT A GAP" in out, "流转记录连贯" in out) == (lang == "en", lang == "zh")
    assert "DOCUMENTED WITHOUT A GAP" in run("trace", WHOLE, "--case", case, "--lang", "en").out
    assert run("status").err.startswith("error: " if lang == "en" else "错误（用法有误）: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json",),
        ("trac", "--json"),
        ("trace", "--json", "--no-such-option"),
        ("identify", "--json"),
        ("mapping", "--json"),
        ("trace", "x", "--json", "--fail-on", "fatal"),
        ("--lang", "de", "--json", "status"),
        ("load", "--json"),
    ],
)
def test_wrong_usage_is_2_and_told_in_json(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert list(ran.error) == ["code", "message", "hint", "exit"]
    assert (ran.error["code"], ran.error["exit"]) == ("wrong_usage", 2)
    assert ran.error["hint"].endswith("--help")


def test_wrong_usage_is_told_in_words_with_a_hint(run: Run) -> None:
    ran = run("trace", "--no-such\x1b[31m")
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert "\nhint: graphtrace trace --help\n" in ran.err
    assert "\x1b" not in ran.err


def test_json_after_two_dashes_is_no_option(run: Run) -> None:
    assert run("identify", "--no-such-option", "--", "--json").err.startswith("error: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("tracer",), "没有命令“tracer”。是否指“trace”或“extract”？"),
        (("zzz",), "没有命令“zzz”。"),
        (("trace", "--nope"), "没有选项 --nope"),
        (("trace", "--from-fil", "x"), "没有选项 --from-fil。是否指 --from-file？"),
        (("identify",), "缺少参数 ID。"),
        (("simulate", "x"), "缺少选项 --cards。"),
        (("rules",), "缺少命令。"),
        (("trace", "--from-file"), "选项 --from-file 需要一个值。"),
        (("graph", "a.gexf", "b", "c"), "多余的参数（b c）"),
        (("common", "1", "--by", "x"), "--by 的值有误：“x”不是以下任何一个：lift、coverage、score"),
        (("simulate", "x", "--cards", "many"), "--cards 的值有误：“many”不是整数"),
        (("trace", "1"), "没有指明案件"),
    ],
)
def test_what_was_typed_wrongly_is_said_in_chinese(run: Run, given: tuple[str, ...], said: str) -> None:
    ran = run("--lang", "zh", *given)
    assert ran.code == 2
    assert ran.err.startswith(f"错误（用法有误）: {said}\n提示: ")


def test_an_interrupt_is_130_and_silent(run: Run, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CaseQuestions, "trace", interrupt)
    ran = run("trace", WHOLE, "--case", case, "-o", "out.json")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


@pytest.mark.posix
def test_an_interrupt_while_the_database_is_at_work_is_130_too(case: str) -> None:
    # in a process of its own: one that shares the work of the tests does not hear the keyboard; asked again, since
    # the database does not hear it either now and then
    command = f"""
import os, signal, sys, threading
import duckdb
from graphtrace.case_questions import CaseQuestions
from graphtrace.cli import main

has_ended = threading.Event()

def interrupt():
    while not has_ended.wait(1):
        os.kill(os.getpid(), signal.SIGINT)

def work(*_, **__):
    threading.Thread(target=interrupt, daemon=True).start()
    duckdb.sql("SELECT sum(a.range * b.range) FROM range(10_000_000) a, range(100_000) b").fetchall()

signal.signal(signal.SIGINT, signal.default_int_handler)
CaseQuestions.trace = work
sys.argv = ["graphtrace", "trace", {WHOLE!r}, "--case", {case!r}]
code = main()
has_ended.set()
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.posix
def test_a_second_interrupt_ends_what_does_not_hear_the_first(case: str) -> None:
    command = f"""
import os, signal, sys
from graphtrace.case_questions import CaseQuestions
from graphtrace.cli import main

def work(*_, **__):
    while True:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                signal.pause()
        except KeyboardInterrupt:
            print("did not listen", flush=True)

signal.signal(signal.SIGINT, signal.default_int_handler)
CaseQuestions.trace = work
sys.argv = ["graphtrace", "trace", {WHOLE!r}, "--case", {case!r}]
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "")
    assert done.stdout.count("did not listen") >= 1


def test_no_arguments_show_the_help(run: Run) -> None:
    ran = run()
    assert ran.code == 0
    for name in ("demo", "load", "trace", "identify", "status", "verify", "mapping"):
        assert f"\n  {name} " in ran.out


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").out == f"graphtrace {graphtrace.__version__}\n"


@pytest.mark.parametrize("command", ["demo", "load", "trace", "identify", "status", "verify", "mapping suggest"])
def test_every_command_has_the_common_options(run: Run, command: str) -> None:
    ran = run(*command.split(), "--help")
    assert ran.code == 0
    for option in ("--case", "--json", "-o, --output", "-q, --quiet", "-v, --verbose", "--lang"):
        assert option in ran.out


def test_the_help_speaks_chinese(run: Run) -> None:
    for command in ((), ("trace",), ("mapping", "suggest")):
        texts = [run(*command, "--help", "--lang", lang).out for lang in ("en", "zh")]
        assert "以 JSON 回答。" in texts[1]
        assert "显示此说明并退出。" in texts[1]
        assert "Answer in JSON." in texts[0]


def test_the_layout_of_the_help_speaks_chinese(run: Run) -> None:
    for command in ((), ("simulate",), ("mapping", "suggest")):
        said = run(*command, "--help", "--lang", "zh").out if command != () else run("--lang", "zh", "--help").out
        assert said.startswith("用法：graphtrace")
        for word in ("Usage", "Options", "OPTIONS", "Arguments", "Commands", "COMMAND", "[required]", "[default"):
            assert word not in said


def test_every_command_and_parameter_has_its_help_and_none_is_left_over() -> None:
    texts = load_catalogue("en")["help"]

    def found(command: Any, name: str = "") -> Iterator[str]:
        yield name or "graphtrace"
        for param in command.get_params(command.context_class(command)):
            own = f"{name}.{param.name}"
            yield own if own in texts else f".{param.name}"
        for word, below in getattr(command, "commands", {}).items():
            yield from found(below, f"{name} {word}".lstrip())

    assert set(found(command_line())) == set(texts)


def test_every_code_of_an_error_has_a_chinese_word() -> None:
    def codes(kind: type[GraphtraceError]) -> Iterator[str]:
        yield kind.code
        for below in kind.__subclasses__():
            yield from codes(below)

    assert set(codes(GraphtraceError)) - {"error"} <= set(ERRORS)
