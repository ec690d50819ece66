"""A small case of two files, and how to tell that it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.render.json import trace_document

from ..in_process import run_command

ROOT = Path(__file__).parents[2]
CARDS = ("8986061900000000001", "8986061900000000777", "898606190000000100?", "8986061900000099999")


def write_files(folder: Path, *, cards: int = 300) -> list[Path]:
    """A purchase by range and a list of resales, each with a row that is rejected."""
    sales, resales = folder / "sales.csv", folder / "resales.csv"
    sales.write_text(
        "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量\n"
        "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000099000,99000\n"
        "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-13-01,8986061900000099001,8986061900000099002,2\n",
        encoding="utf-8",
    )
    rows = [f"星海智联科技有限公司,老K,2024-03-{5 + n % 20:02d},{8986061900000000001 + n},微信\n" for n in range(cards)]
    resales.write_text(
        "转出方,转入方,日期,卡号,渠道\n" + "".join(rows) + "老K,王五,2024-04-01,8986061900000000001,QQ\n"
        "老K,王五,2024-04-01,8.98606E+18,QQ\n",
        encoding="utf-8",
    )
    return [sales, resales]


def answers(case: Path) -> str:
    """Return the answers of the case about some cards, as JSON."""
    with gt.open_case(case) as opened:
        return answers_of(opened)


def answers_of(case: gt.Case) -> str:
    """The same of a case that is open."""
    return json.dumps(trace_document("", case.trace(*CARDS), "en"), ensure_ascii=False)


def problems(case: Path) -> list[str]:
    """The codes of what ``verify`` has to say."""
    with gt.open_case(case) as opened:
        return [problem.code for problem in opened.verify()]


def loaded_files(case: Path) -> dict[str, tuple[int, int]]:
    """Rows and loaded rows by file."""
    with gt.open_case(case) as opened:
        return {entry["file"]: (entry["rows"], entry["loaded"]) for entry in opened.status().files}


def tree(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    """Every file and folder below a folder, but for the log of look-ups, to which every question adds.

    The database, whatever its number is, and the lock are in all cases.
    """
    found = (re.sub(r"case\.\d+\.", "case.", str(path.relative_to(folder))) for path in folder.rglob("*"))
    return sorted(name for name in found if name not in LOG)


LOG = frozenset({"lookups.jsonl", "lookups.lock"})
"""Files of the log of look-ups."""


def environment(**more: str) -> dict[str, str]:
    # Windows writes to a pipe in the code page of the desktop
    utf8 = {"PYTHONUTF8": "1"} if sys.platform == "win32" else {}
    return {**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1", "LANG": "C.UTF-8", **utf8, **more}


def run_here(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, in the language of :func:`environment`: where no process is what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GRAPHTRACE_LANG", "LC_ALL", "LC_MESSAGES"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        return run_command(list(map(str, arguments)))


def start(arguments: Sequence[object], **more: str) -> subprocess.Popen[str]:
    """A Python process that finds this very package."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(**more),
    )


def run(arguments: Sequence[object], **more: str) -> subprocess.CompletedProcess[str]:
    """The same, to its end."""
    with start(arguments, **more) as process:
        out, err = process.communicate(timeout=120)
    # where there is no Windows under it, as under Wine, Arrow says that it does not know the processor
    err = "".join(line for line in err.splitlines(keepends=True) if "cpu_info.cc" not in line)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
