from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graphtrace.cli import main

SALES = """运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量
中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,100
"""
TRANSFERS = """转出方,转入方,日期,卡号,渠道
星海智联科技有限公司,老K,2024-03-05,8986061900000000001,微信
老K,王五,2024-04-01,8986061900000000001,QQ
星海智联科技有限公司,老K,2024-03-05,8986061900000000002,微信
赵六,钱七,2024-05-01,8986061900000000002,QQ
"""
ACTIVATIONS = """卡号,激活时间,接入号,IMEI,使用人
8986061900000000001,2024-04-02 08:30:00,1064612345678,861234567890123,王五
"""
WHOLE = "8986061900000000001"
TORN = "8986061900000000002"
ABSENT = "8986061900000009999"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.err)["error"]
        return told


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GRAPHTRACE_CASE", "GRAPHTRACE_LANG", "LC_ALL", "LC_MESSAGES", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return run


@pytest.fixture
def run_apart() -> Run:
    """Run the command line as a process of its own."""

    def run(*arguments: object, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "graphtrace", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name, text in (("sales", SALES), ("transfers", TRANSFERS), ("activations", ACTIVATIONS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def case(files: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A case of three files: one whole chain, one torn one."""
    place = str(tmp_path_factory.mktemp("cases") / "x.gtrace")
    assert main(["load", *map(str, sorted(files.iterdir())), "--case", place]) == 0
    return place
