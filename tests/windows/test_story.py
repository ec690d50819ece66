"""The story of the program on Windows, under Wine: the same answers as here, and cases that go both ways.

It is run by ``make windows`` and at the end of .ci/run; it needs root on Debian (see wine.py).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..bundle.test_keys import Keys
from . import wine

pytestmark = [pytest.mark.wine, pytest.mark.timeout(1800)]

SEIZED = "89860123061000001011"
ENTERPRISE = "星海智联科技有限公司"
QUESTIONS = [
    ["trace", SEIZED, "8986012306100000??29"],
    ["audit", ENTERPRISE],
    ["audit", "--all"],
    ["common", SEIZED, "89860123061000001029"],
    ["siblings", SEIZED],
    ["party", ENTERPRISE],
    ["query", "sources-of-case"],
    ["identify", SEIZED],
    ["candidates"],
    ["graph"],
    ["status"],
    ["recipes"],
]
EXPORTS = ["graphml", "gexf", "json", "csv", "ftm", "html", "cypher", "parquet", "neo4j-admin"]
MORE = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"
KILLED_LOAD = """
import os, signal, sys
import graphtrace as gt
from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter

DuckDBWriter.commit = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
gt.open_case(sys.argv[1]).load(sys.argv[2])
"""
"""Windows has no signals: this ends a process at once, as one that loses its power."""

WRITERS = """
import subprocess, sys

def start(*arguments, **rest):
    command = [sys.executable, "-P", "-m", "graphtrace", "--wait", "60", "--case", sys.argv[1], *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE)

row = "from,to,date,iccid\\n{0}1,{0}2,2024-03-05,898606190000000000{1}\\n"
started = [start("load", "-", "--name", f"{name}.csv") for name in "ab"] + [start("status")]
for place, each in enumerate(started):
    each.stdin.write(row.format("ab "[place], place + 1).encode())
    each.stdin.close()
sys.exit(max(each.wait() for each in started))
"""
"""Windows refuses to open what another process writes: each of these has to wait its turn."""
SERVED = """
import http.client, json, subprocess, sys
from urllib.parse import urlsplit

command = [sys.executable, "-P", "-m", "graphtrace", "--case", sys.argv[1], "--json", "serve", "--no-browser"]
with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
    try:
        url = urlsplit(json.loads(process.stdout.readline())["url"])
        cookie, host, path = "", url.netloc, "/"
        for step in ("door", "token", "name", "page"):
            asked = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
            asked.request("GET", path, headers={"Host": host, "Cookie": cookie})
            answer = asked.getresponse()
            body = answer.read()
            cookie = answer.getheader("Set-Cookie", cookie).partition(";")[0]
            print(url.hostname, answer.status, "demo" in body.decode())
            there = urlsplit(answer.getheader("Location", ""))
            host = there.netloc or host
            path = f"/?{url.query}" if step == "door" else f"/?{there.query}" if step == "token" else "/"
    finally:
        process.kill()
"""
"""The workbench without its token, with it, under the name to which that leads, and with the cookie that it gives."""


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


def asked(arguments: list[str], *, code: int = 0, **rest: Any) -> bytes:
    """Return the output of a command on Windows, which must end with ``code``."""
    ran = wine.graphtrace(arguments, capture_output=True, **rest)
    assert ran.returncode == code, ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    return bytes(ran.stderr if code else ran.stdout)


def here(*arguments: str) -> bytes:
    """Return the output of a command on this system."""
    return subprocess.run([sys.executable, "-m", "graphtrace", *arguments], capture_output=True, check=True).stdout


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_an_answer_has_the_same_bytes_as_on_this_system(shared: Path, question: list[str]) -> None:
    of_windows = asked(["--case", "Z:\\w\\story\\demo\\demo.gtrace", *question, "--json"])
    of_this = json.dumps(str(shared / "demo" / "demo.gtrace")).encode()
    here_said = here("--case", str(shared / "demo" / "demo.gtrace"), *question, "--json")
    assert of_windows == here_said.replace(of_this, json.dumps("Z:\\w\\story\\demo\\demo.gtrace").encode())


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_has_the_same_bytes_as_on_this_system(shared: Path, name: str) -> None:
    of_windows, of_this = shared / f"windows-{name}", shared / f"linux-{name}"
    asked(["--case", at(shared / "demo" / "demo.gtrace"), "export", name, at(of_windows)])
    here("--case", str(shared / "demo" / "demo.gtrace"), "export", name, str(of_this))
    assert content(of_windows) == content(of_this)


def test_a_workbook_holds_the_same_as_on_this_system(shared: Path) -> None:
    of_windows, of_this = shared / "windows.xlsx", shared / "linux.xlsx"
    asked(["--case", at(shared / "demo" / "demo.gtrace"), "trace", SEIZED, "-o", at(of_windows)])
    here("--case", str(shared / "demo" / "demo.gtrace"), "trace", SEIZED, "-o", str(of_this))
    with zipfile.ZipFile(of_windows) as one, zipfile.ZipFile(of_this) as other:
        assert one.namelist() == other.namelist()
        for part in one.namelist():  # its XML ends lines as the system does
            assert one.read(part).replace(b"\r\n", b"\n") == other.read(part)


def content(path: Path) -> dict[str, bytes]:
    """Return the content of a file, or of each file of a folder."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_a_simulated_case_has_the_same_files_and_answers_as_its_truth_says(shared: Path) -> None:
    of_windows, of_this, case = shared / "simulated", shared / "simulated-here", shared / "simulated.gtrace"
    asked(["simulate", at(of_windows), "--cards", "2000"])
    here("simulate", str(of_this), "--cards", "2000")
    assert content(of_windows) == content(of_this)
    asked(["--case", at(case), "load", at(of_windows / "records")])
    asked(["simulate", "check", at(case), at(of_windows / "truth")])


def test_what_somebody_decides_is_kept(case: Path) -> None:
    asked(["--case", at(case), "correct", "chat_list.txt:14", "--why", "写错了"])
    asked(["--case", at(case), "resolve", ENTERPRISE, "蓝讯数码店", "--different", "--why", "两家"])
    asked(["--case", at(case), "load", "-", "--name", "more.csv"], input=MORE.encode())
    assert b"chat_list.txt" in asked(["--case", at(case), "correct", "--list"])
    asked(["--case", at(case), "verify", "--deep"])
    here("--case", str(case), "verify", "--deep")


def test_the_doctor_finds_what_the_program_needs(case: Path) -> None:
    checks = json.loads(asked(["--case", at(case), "doctor", "--json"]))["checks"]
    assert {check["system"] for check in checks if check["code"] == "python"} == {"Windows"}
    assert {"duckdb", "polars", "rich"} <= {check["name"] for check in checks if check["code"] == "package"}


def test_the_workbench_answers_whoever_has_its_token(case: Path) -> None:
    ran = wine.run(["-P", "-c", SERVED, at(case)], capture_output=True, timeout=180)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    without, given, welcome, known = ran.stdout.decode().splitlines()
    assert without == "127.0.0.1 401 False"
    assert given.startswith("127.0.0.1 303")
    assert welcome.startswith("127.0.0.1 200")
    assert known.startswith("127.0.0.1 200")


def test_two_write_at_once_and_one_reads_meanwhile(case: Path) -> None:
    ran = wine.run(["-P", "-c", WRITERS, at(case)], capture_output=True, timeout=300)
    assert ran.returncode == 0, ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    here("--case", str(case), "verify", "--deep")
    for name in ("a", "b"):
        assert f"{name}.csv".encode() in here("--case", str(case), "status", "--json")


def test_a_case_goes_both_ways(shared: Path, tmp_path: Path) -> None:
    here("--case", str(shared / "demo" / "demo.gtrace"), "verify", "--deep")
    here("demo", str(tmp_path / "demo"))
    shutil.copytree(tmp_path / "demo" / "demo.gtrace", shared / "of-linux.gtrace")
    asked(["--case", "Z:\\w\\story\\of-linux.gtrace", "verify", "--deep"])
    (shared / "more.csv").write_text("转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n", "utf-8")
    asked(["--case", "Z:\\w\\story\\of-linux.gtrace", "load", "Z:\\w\\story\\mor*.csv"])
    assert here("--case", str(shared / "of-linux.gtrace"), "verify", "--deep")


@pytest.fixture(scope="module")
def sealed(shared: Path) -> Path:
    """A folder with the case as it is sealed on both systems: as folder, archive, and signed and encrypted archive."""
    folder = shared / "seals"
    (folder / "keys").mkdir(parents=True)
    shutil.copytree(shared / "demo" / "demo.gtrace", folder / "x.gtrace")
    keys = Keys(folder / "keys")
    secret = ["--encrypt", keys.recipient, "--sign"]
    for name in ("", ".zip"):
        here("bundle", str(folder / "x.gtrace"), str(folder / f"linux{name}"))
        asked(["bundle", at(folder / "x.gtrace"), at(folder / f"windows{name}")])
    here("bundle", str(folder / "x.gtrace"), str(folder / "linux-secret.zip"), *secret, str(keys.plain))
    asked(["bundle", at(folder / "x.gtrace"), at(folder / "windows-secret.zip"), *secret, at(keys.plain)])
    return folder


def without_size(answer: bytes) -> bytes:
    """Return an answer without the size of the folder of the case, which is that of its file of the database."""
    return re.sub(rb'"size_bytes": \d+,', b"", answer)


def test_a_bundle_has_the_same_bytes_whatever_system_seals_it(sealed: Path) -> None:
    assert content(sealed / "windows") == content(sealed / "linux")
    assert content(sealed / "windows.zip") == content(sealed / "linux.zip")


@pytest.mark.parametrize("name", ["", ".zip", "-secret.zip.age"])
def test_a_bundle_opens_on_the_other_system_and_answers_with_the_same_bytes(sealed: Path, name: str) -> None:
    on_this, on_windows = sealed / f"on-this{name}.gtrace", sealed / f"on-windows{name}.gtrace"
    keys = (sealed / "keys" / "age.txt", sealed / "keys" / "sign.pub")
    with_keys = ["--identity", "--key"] if "secret" in name else []
    of_this = [part for option, file in zip(with_keys, keys, strict=False) for part in (option, str(file))]
    of_windows = [part for option, file in zip(with_keys, keys, strict=False) for part in (option, at(file))]
    here("open", str(sealed / f"windows{name}"), "--case", str(on_this), *of_this)
    asked(["open", at(sealed / f"linux{name}"), "--case", at(on_windows), *of_windows])
    for question in (["trace", SEIZED, "8986012306100000??29"], ["audit", "--all"], ["party", ENTERPRISE], ["status"]):
        first = json.dumps(str(sealed / "x.gtrace")).encode()
        expected = here("--case", str(sealed / "x.gtrace"), *question, "--json")
        here_said = here("--case", str(on_this), *question, "--json")
        windows_said = asked(["--case", at(on_windows), *question, "--json"])
        expected, here_said, windows_said = map(without_size, (expected, here_said, windows_said))
        assert here_said == expected.replace(first, json.dumps(str(on_this)).encode())
        assert windows_said == expected.replace(first, json.dumps(at(on_windows)).encode())
    here("--case", str(on_windows), "verify", "--deep")
    asked(["--case", at(on_this), "verify", "--deep"])


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
