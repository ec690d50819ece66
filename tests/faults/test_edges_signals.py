"""A command that a signal ends clears up, and says by its exit code which signal that was."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.verify import HARMLESS

from ..conftest import EXPLORES
from .cases import environment, names, problems, write_files

pytestmark = pytest.mark.posix

CODES = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}
ROUNDS = 2 if EXPLORES else 1
MOST_ROUNDS = 8


@pytest.fixture(autouse=True)
def _default_handlers() -> Iterator[None]:
    """What the commands inherit: nohup and a shell's background ignore signals for them."""
    ignored = [number for name in CODES if signal.getsignal(number := getattr(signal, name)) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    files = write_files(folder, cards=5_000)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["转出方", "转入方", "日期", "卡号", "渠道"])
    for n in range(1_000):
        sheet.append(["老K", "王五", "2024-05-01", str(8986061900000030001 + n), "QQ"])
    book.save(folder / "list.xlsx")
    return [*files, folder / "list.xlsx"]


@pytest.fixture(scope="module")
def whole(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("whole") / "x.gtrace"
    gt.open_case(case).load(*files)
    return case


def start(arguments: Sequence[object], scratch: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "graphtrace", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(TMPDIR=str(scratch)),
    )


def end_after(seconds: float, number: signal.Signals, arguments: Sequence[object], scratch: Path) -> int:
    with start(arguments, scratch) as process:
        time.sleep(seconds)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert err == "" or "site" in err, err  # Ctrl-C is heard by the interpreter's own beginning too
    return process.returncode


def runs_s(arguments: Sequence[object], scratch: Path) -> float:
    begun = time.monotonic()
    with start(arguments, scratch) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    return time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.parametrize("command", ["load", "load --dry-run", "verify --deep", "export xlsx"])
def test_a_command_that_a_signal_ends_leaves_nothing_behind(
    command: str, files: list[Path], whole: Path, tmp_path: Path
) -> None:
    scratch, case, out = tmp_path / "scratch", tmp_path / "x.gtrace", tmp_path / "out"
    for folder in (scratch, out):
        folder.mkdir()
    chosen = random.Random(command)
    arguments = {
        "load": ["load", *files, "--case", case],
        "load --dry-run": ["load", *files, "--dry-run", "--case", whole],
        "verify --deep": ["verify", "--deep", "--case", whole],
        "export xlsx": ["export", "xlsx", out / "x.xlsx", "--case", whole],
    }[command]
    before = names(whole)
    lasts = runs_s(arguments, scratch)
    seen = []
    for tried, name in enumerate(islice(cycle(CODES), len(CODES) * MOST_ROUNDS)):
        # where all signals came too early or too late, some more are sent
        if tried >= len(CODES) * ROUNDS and sum(code > 0 for code in seen) >= ROUNDS:
            break
        for made in (case, out / "x.xlsx"):
            shutil.rmtree(made) if made.is_dir() else made.unlink(missing_ok=True)
        code = end_after(chosen.uniform(0.1, 0.95) * lasts, getattr(signal, name), arguments, scratch)
        # at its very beginning it is not yet listening, and has made nothing
        assert code in (CODES[name], 0, 128 - CODES[name]), name
        seen.append(code)
        assert list(scratch.iterdir()) == []
        assert [path.name for path in out.iterdir() if path.name != "x.xlsx"] == []
        assert names(whole) == before
        if command == "load" and find_database(case):
            assert set(problems(case)) <= HARMLESS
            assert not [name for name in names(case) if "incoming" in name]
    assert sum(code > 0 for code in seen) >= ROUNDS, seen


def test_a_child_that_reads_a_workbook_ends_with_its_command(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["转出方", "转入方", "日期", "卡号", "渠道"])
    for n in range(15_000):
        sheet.append(["老K", "王五", "2024-05-01", str(8986061900000030001 + n), "QQ"])
    book.save(tmp_path / "list.xlsx")
    with start(["load", tmp_path / "list.xlsx", "--case", tmp_path / "x.gtrace"], tmp_path) as process:
        child = None
        until = time.monotonic() + 30
        while child is None and time.monotonic() < until:
            child = next(iter(children_of(process.pid)), None)
        assert child is not None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 143
    assert not Path(f"/proc/{child}").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "x.gtrace") == ["list.xlsx"]


def children_of(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        pytest.skip("this system does not list the children of a process")
    children: list[str] = []
    for task in tasks.iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            children += (task / "children").read_text("ascii").split()
    return children


COMMAND = """
import os, signal, sys
from graphtrace.case import Case
from graphtrace.cli import main

{before}

def work(*_, **__):
    {work}

Case.status = work
code = main(["status", "--case", "x"])
{after}
sys.exit(code)
"""


def run(work: str, *, before: str = "", after: str = "") -> tuple[int, str, str]:
    command = COMMAND.format(work=work.replace("\n", "\n    "), before=before, after=after)
    done = subprocess.run(
        [sys.executable, "-c", command],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", list(CODES))
def test_a_signal_is_an_orderly_end_and_its_handler_is_restored(name: str) -> None:
    work = (
        f"try:\n    os.kill(os.getpid(), signal.{name}); signal.pause()\nfinally:\n    print('cleared up', flush=True)"
    )
    before = f"given = signal.getsignal(signal.{name})"
    after = f"assert signal.getsignal(signal.{name}) is given"
    assert run(work, before=before, after=after) == (CODES[name], "cleared up\n", "")


@pytest.mark.parametrize("names", [("SIGTERM", "SIGHUP"), ("SIGHUP", "SIGHUP"), ("SIGINT", "SIGTERM")])
def test_signals_that_come_together_are_one(names: tuple[str, str]) -> None:
    first, second = names
    work = (
        f"try:\n    os.kill(os.getpid(), signal.{first}); signal.pause()\n"
        f"finally:\n    os.kill(os.getpid(), signal.{second}); print('cleared up', flush=True)"
    )
    assert run(work) == (CODES[first], "cleared up\n", "")


@pytest.mark.parametrize(("second", "after_s"), [("SIGINT", 0), ("SIGTERM", 1.5), ("SIGHUP", 1.5)])
def test_a_second_signal_ends_at_once(second: str, after_s: float) -> None:
    work = (
        "import time\ntry:\n    os.kill(os.getpid(), signal.SIGTERM); signal.pause()\n"
        f"finally:\n    time.sleep({after_s}); os.kill(os.getpid(), signal.{second}); time.sleep(30); print('never')"
    )
    begun = time.monotonic()
    assert run(work) == (CODES[second], "", "")
    assert time.monotonic() - begun < 20


def test_a_signal_that_comes_before_the_command_begins_ends_it_in_order() -> None:
    before = (
        "given = signal.signal\n"
        "def install(number, handler):\n"
        "    given(number, handler)\n"
        "    if number == signal.SIGTERM and callable(handler): os.kill(os.getpid(), number)\n"
        "signal.signal = install"
    )
    assert run("print('never')", before=before) == (CODES["SIGTERM"], "", "")


@pytest.mark.parametrize("name", list(CODES))
def test_a_signal_that_comes_while_duckdb_is_initialized_ends_the_command_in_order(name: str) -> None:
    work = (
        "sent = []\n"
        "def send(frame, event, argument):\n"
        "    # where the C++ code of DuckDB makes an enumeration\n"
        "    if sent or frame.f_code.co_name != '__new__' or not frame.f_code.co_filename.endswith('enum.py'): return\n"
        "    while frame is not None and not sent:\n"
        "        if frame.f_code.co_qualname == 'ExtensionFileLoader.exec_module':\n"
        f"            sent.append(frame); os.kill(os.getpid(), signal.{name})\n"
        "        frame = frame.f_back\n"
        "assert 'duckdb' not in sys.modules\n"
        "sys.setprofile(send)\n"
        "try:\n"
        "    import duckdb\n"
        "    sys.setprofile(None); signal.pause()\n"
        "finally:\n"
        "    sys.setprofile(None); print('cleared up', len(sent), flush=True)"
    )
    assert run(work) == (CODES[name], "cleared up 1\n", "")


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    # as for a command that nohup starts
    work = "os.kill(os.getpid(), signal.SIGHUP)\nprint('goes on', flush=True)\nraise ZeroDivisionError"
    code, out, _ = run(work, before="signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    assert (code, out) == (70, "goes on\n")


def test_a_program_that_handles_signals_itself_goes_on_doing_so() -> None:
    work = "os.kill(os.getpid(), signal.SIGTERM)\nraise ZeroDivisionError"
    before = "signal.signal(signal.SIGTERM, lambda *_: print('heard', flush=True))"
    assert run(work, before=before)[:2] == (70, "heard\n")
