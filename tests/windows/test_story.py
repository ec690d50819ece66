"""The story of the program on Windows, under Wine: the same answers as here, and cases that go both ways.

It is run by ``make windows`` and at the end of .ci/run; it needs root on Debian (see wine.py).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import wine

pytestmark = [pytest.mark.wine, pytest.mark.timeout(1800)]

SEIZED = "89860123061000001011"
ENTERPRISE = "星海智联科技有限公司"
QUESTIONS = [
    ["trace", SEIZED, "8986012306100000??29"],
    ["audit", ENTERPRISE],
    ["common", SEIZED, "89860123061000001029"],
    ["siblings", SEIZED],
    ["party", ENTERPRISE],
    ["query", "sources-of-case"],
    ["identify", SEIZED],
]
KILLED_LOAD = """
import os, signal, sys
import graphtrace as gt
from graphtrace.storage.duckdb.writer import DuckDBWriter

DuckDBWriter.commit = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
gt.open_case(sys.argv[1]).load(sys.argv[2])
"""
"""Windows has no signals: this ends a process at once, as one that loses its power."""


@pytest.fixture(scope="module")
def shared() -> Path:
    """A folder that is Z:\\w\\story for Windows, with the example case made there."""
    wine.set_up()
    folder = wine.SHARED / "story"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    began = time.monotonic()
    asked(["demo", "Z:\\w\\story\\demo"])
    print(f"the example case was made in {time.monotonic() - began:.0f} s")
    return folder


@pytest.fixture
def case(shared: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of that case for one test."""
    copy = shared / f"{tmp_path.name}.gtrace"
    shutil.copytree(shared / "demo" / "demo.gtrace", copy)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)


def at(path: Path) -> str:
    """A path below the shared folder as Windows has it."""
    return "Z:\\" + str(path.relative_to(wine.ROOT)).replace("/", "\\")


def asked(arguments: list[str], *, code: int = 0, **rest: str) -> bytes:
    """What a command says on Windows, which has to end with ``code``."""
    ran = wine.graphtrace(arguments, capture_output=True, **rest)
    assert ran.returncode == code, ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    return bytes(ran.stderr if code else ran.stdout)


def here(*arguments: str) -> bytes:
    """What a command says on this system."""
    return subprocess.run([sys.executable, "-m", "graphtrace", *arguments], capture_output=True, check=True).stdout


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_an_answer_has_the_same_bytes_as_on_this_system(shared: Path, question: list[str]) -> None:
    of_windows = asked(["--case", "Z:\\w\\story\\demo\\demo.gtrace", *question, "--json"])
    of_this = json.dumps(str(shared / "demo" / "demo.gtrace")).encode()
    here_said = here("--case", str(shared / "demo" / "demo.gtrace"), *question, "--json")
    assert of_windows == here_said.replace(of_this, json.dumps("Z:\\w\\story\\demo\\demo.gtrace").encode())


def test_a_case_goes_both_ways(shared: Path, tmp_path: Path) -> None:
    here("--case", str(shared / "demo" / "demo.gtrace"), "verify", "--deep")
    here("demo", str(tmp_path / "demo"))
    shutil.copytree(tmp_path / "demo" / "demo.gtrace", shared / "of-linux.gtrace")
    asked(["--case", "Z:\\w\\story\\of-linux.gtrace", "verify", "--deep"])
    (shared / "more.csv").write_text("转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n", "utf-8")
    asked(["--case", "Z:\\w\\story\\of-linux.gtrace", "load", "Z:\\w\\story\\mor*.csv"])
    here("--case", str(shared / "of-linux.gtrace"), "verify", "--deep")


def test_a_case_can_be_written_in_every_way(case: Path) -> None:
    asked(["--case", at(case), "compact"])
    asked(["--case", at(case), "copy", at(case), at(case.with_suffix(".copy"))])
    asked(["--case", at(case), "export", "neo4j-admin", at(case.with_suffix(".files"))])
    assert (case.with_suffix(".files") / "import.cmd").read_bytes().count(b"\r\n") > 5
    asked(["--case", at(case), "verify", "--deep"])
    here("--case", str(case), "verify", "--deep")


def test_a_killed_load_leaves_the_case_as_it_was_and_the_next_one_clears_up(case: Path) -> None:
    more = case.with_suffix(".csv")
    more.write_text("转出方,转入方,日期,卡号\n丙,丁,2024-03-05,8986061900000000002\n", "utf-8")
    assert wine.run(["-c", KILLED_LOAD, at(case), at(more)]).returncode != 0
    assert list((case / ".scratch").iterdir())
    asked(["--case", at(case), "load", at(more)])
    assert not (case / ".scratch").exists()
    asked(["--case", at(case), "verify", "--deep"])


def test_a_chinese_desktop_is_answered_in_chinese(case: Path) -> None:
    folder = case.parent / "公安 案件"
    shutil.copytree(case, folder / "案.gtrace", dirs_exist_ok=True)
    chinese = ["--case", "Z:\\w\\story\\公安 案件\\案.gtrace", "trace", SEIZED]
    ran = wine.graphtrace(chinese, locale="zh_CN.UTF-8", is_utf8=False, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode("gbk", "replace")
    assert "台账末行" in ran.stdout.decode("gbk")
