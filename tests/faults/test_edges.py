"""Every command in broken surroundings: an exit code that is documented, some lines, and an end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

import graphtrace as gt
from graphtrace.cli import command_line
from graphtrace.storage.case_folder import find_database

from .cases import ROOT, write_files

pytestmark = pytest.mark.posix

CARD = "8986061900000000001"


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def commands(group: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its name: a new one is in the sweep by itself."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield (*names, *name.split()), command


ENDLESS = {("serve",)}
"""Commands that run until they are told to end; tests/workbench tries them in broken surroundings."""

COMMANDS = {name: command for name, command in commands(command_line()) if name not in ENDLESS}

EVERY = os.environ.get("GRAPHTRACE_SWEEP") == "all"
"""Whether all of some two thousand runs are made; otherwise each command has its share of them, always the same."""

SHARE = 8
GROUPS = [pytest.param([name], id=" ".join(name)) for name in COMMANDS] if EVERY else [[*COMMANDS]]
"""Commands that are run in one process, as each start costs more than what they do."""


def required(command: Any, value: str) -> list[str]:
    """Return the required parameters of a command: every argument, and every required option."""
    given: list[str] = []
    for param in command.params:
        if param.param_type_name == "argument":
            given.append("json" if param.name == "form" else value)
        elif param.required:
            given += [param.opts[0], "10"]
    return given


class Place:
    """A folder of files and cases that are not as they should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = write_files(folder, cards=20)
        self.case = folder / "x.gtrace"
        gt.open_case(self.case).load(*self.files)
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.odd: dict[str, str] = {"zero": "/dev/zero", "full": "/dev/full", "null": "/dev/null"}
        self._make_odd_files()

    def value_of(self, name: tuple[str, ...], case: str) -> str:
        """Return the arguments of a command in tests where they do not matter."""
        if name in (("copy",), ("simulate", "check")):  # their cases are arguments
            return case
        if name in (("demo",), ("simulate",)):  # not each time a whole new case
            return str(self.files[0])
        return CARD

    def copy_of_case(self) -> Path:
        """A sound case that a command may change."""
        copy = Path(tempfile.mkdtemp(dir=self.scratch)) / "x.gtrace"
        shutil.copytree(self.case, copy)
        return copy

    def _make_odd_files(self) -> None:
        for name, make in self._makers().items():
            path = self.folder / name
            make(path)
            self.odd[name.partition(".")[0]] = str(path)

    def _makers(self) -> dict[str, Callable[[Path], object]]:
        return {
            "pipe": os.mkfifo,
            "pipe_csv.csv": os.mkfifo,
            "pipe_json.json": os.mkfifo,
            "pipe_parquet.parquet": os.mkfifo,
            "directory": Path.mkdir,
            "directory_csv.csv": Path.mkdir,
            "deep_json.json": lambda path: path.write_text("[" * 100_000),
            "deep_jsonl.jsonl": lambda path: path.write_text("[" * 100_000),
            "deep_yaml.yml": lambda path: path.write_text("[" * 100_000),
            "map_yaml.yml": lambda path: path.write_text("{a: " * 5_000),
            "loop": lambda path: path.symlink_to(path),
            "dangling": lambda path: path.symlink_to("nowhere"),
            "empty": Path.touch,
            "long_line": lambda path: path.write_text("8" * 1_000_000),
            "not_text.csv": lambda path: path.write_bytes(bytes(range(256)) * 20),
        }

    def cases(self) -> dict[str, str]:
        """Cases that are none, or not whole, by what is the matter."""
        broken = {}
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        for name, harm in {
            "no database": lambda case: find_database(case).unlink(),
            "empty database": lambda case: find_database(case).write_bytes(b""),
            "database of noise": lambda case: find_database(case).write_bytes(os.urandom(5000)),
            "no ledger": lambda case: (case / "ledger.jsonl").unlink(),
            "ledger is a folder": lambda case: ((case / "ledger.jsonl").unlink(), (case / "ledger.jsonl").mkdir()),
            "ledger is deep": lambda case: (case / "ledger.jsonl").write_text("[" * 100_000 + "\n"),
            "ledger is noise": lambda case: (case / "ledger.jsonl").write_bytes(b"\xff\xfe\x00{}\n"),
            "ledger is odd": lambda case: (case / "ledger.jsonl").write_text('{"a": 1}\n[]\n5\n"x"\nnull\n'),
            "ledger is a pipe": lambda case: ((case / "ledger.jsonl").unlink(), os.mkfifo(case / "ledger.jsonl")),
            "database is a pipe": lambda case: replace_by_pipe(find_database(case)),
            "no sources": lambda case: shutil.rmtree(case / "sources"),
            "sources is a file": lambda case: (shutil.rmtree(case / "sources"), (case / "sources").touch()),
            "rejects is a file": lambda case: (shutil.rmtree(case / "rejects"), (case / "rejects").touch()),
            "a block.json that is deep": lambda case: (case / "block.json").write_text("[" * 100_000),
        }.items():
            case = folder / f"{name.replace(' ', '_')}.gtrace"
            shutil.copytree(self.case, case)
            harm(case)
            broken[name] = str(case)
        return {
            **broken,
            "absent": str(self.folder / "absent.gtrace"),
            "file": str(self.files[0]),
            "empty": "",
            "device": "/dev/full",
            "long": "x" * 5000,
            "loop": self.odd["loop"],
            "surrogate": "\udcff\udc80.gtrace",
            "unwritable": "/proc/x.gtrace",
            "NUL": "x\0.gtrace",
            "address": "bolt://127.0.0.1:1",
            "odd address": "neo4j://[::",
        }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("edges"))


Runs = list[tuple[str, list[str], dict[str, str]]]
"""What is odd, the arguments of a command, and variables of its environment."""


def share(runs: Runs) -> Runs:
    """Return those of the runs of one command that are made."""
    first = crc32(" ".join(runs[0][1][:2]).encode()) % min(SHARE, len(runs))
    return runs if EVERY else runs[first::SHARE]


def sweep(runs: Runs, folder: Path) -> None:
    """Run commands one after the other, in a process of their own since some endings cannot be survived."""
    done = subprocess.run(
        [sys.executable, "-c", SWEEP, str(folder)],
        input=json.dumps(runs),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=280,
        check=False,
    )
    lines = done.stdout.splitlines()
    complaints = [line for line in lines if line.startswith("! ")]
    if done.returncode:
        complaints.append(f"the process died at {lines[-1:]}: {done.stderr[-2000:]}")
    assert not complaints, "\n".join(complaints)
    assert sum(line.startswith("> ") for line in lines) == len(runs) > 0


SWEEP = """
import json, os, sys, tempfile
from tests.fuzz.oracle import run

usual = dict(os.environ)
for about, arguments, more in json.load(sys.stdin):
    tempfile.tempdir = None
    place = tempfile.mkdtemp(dir=sys.argv[1])
    os.environ.clear()
    os.environ.update({**usual, **more})
    os.chdir(place)
    if about == "no folder":
        os.rmdir(place)
    print("> " + about, ascii(arguments)[:300], flush=True)
    for complaint in run(arguments).complaints:
        print("! " + about, ascii(complaint)[:3000], flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("names", GROUPS)
def test_a_command_is_never_a_traceback_on_a_case_that_is_none(names: list[tuple[str, ...]], place: Place) -> None:
    runs: Runs = []
    for name in names:
        runs += share(
            [
                (about, [*name, *required(COMMANDS[name], place.value_of(name, case)), "--case", case], {})
                for about, case in place.cases().items()
            ]
        )
    sweep(runs, place.scratch)


@pytest.mark.slow
@pytest.mark.parametrize("names", GROUPS)
def test_a_command_is_never_a_traceback_whatever_it_is_given(names: list[tuple[str, ...]], place: Place) -> None:
    sweep([run for name in names for run in share(given_odd_values(name, place))], place.scratch)


def given_odd_values(name: tuple[str, ...], place: Place) -> Runs:
    command = COMMANDS[name]
    case = ["--case", str(place.copy_of_case())]
    runs: Runs = []
    for about, path in {**place.odd, **TEXTS}.items():
        runs.append((about, [*name, *required(command, path), *case], {}))
        runs += [
            (f"{option} {about}", [*name, *required(command, CARD), option, path, *case], {})
            for option in options_with_values(command)
        ]
    return runs


TEXTS = {
    "surrogate": "\udcff\udc80",
    "NUL": "8986\0",
    "long": "8986" * 30_000,
    "path": "a/" * 3_000,
    "nothing": "",
    "dash": "-",
    "percent": "%s%n{0}",
    "quote": "'\"; --",
    "number": "9" * 5_000,
    "control": "\x1b[31m\u202e",
    "star": "*",
}


def options_with_values(command: Any) -> list[str]:
    """Every option that takes a value, but those that say where to write."""
    return [
        param.opts[0]
        for param in command.params
        if param.param_type_name == "option"
        and not param.is_flag
        and param.name not in ("case", "output", "html", "cards")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("names", GROUPS)
def test_a_command_is_never_a_traceback_in_odd_surroundings(names: list[tuple[str, ...]], place: Place) -> None:
    sweep([run for name in names for run in share(in_odd_surroundings(name, place))], place.scratch)


def in_odd_surroundings(name: tuple[str, ...], place: Place) -> Runs:
    case = str(place.copy_of_case())
    arguments = [*name, *required(COMMANDS[name], place.value_of(name, case)), "--case", case]
    surroundings: dict[str, dict[str, str]] = {
        "no folder": {},
        "no home": {"HOME": ""},
        "home is a file": {"HOME": str(place.files[0])},
        "no scratch": {"TMPDIR": "/nowhere", "TMP": "/nowhere", "TEMP": "/nowhere"},
        "odd language": {"LANG": "xx_YY.nonsense", "LC_ALL": "zz", "LC_MESSAGES": "\udcff"},
        "odd choice of language": {"GRAPHTRACE_LANG": "tlh"},
        "odd terminal": {"TERM": "nonsense", "COLUMNS": "0", "LINES": "-1", "FORCE_COLOR": "1"},
        "odd width": {"COLUMNS": "x"},
        "no path": {"PATH": ""},
        "queries are no folder": {"GRAPHTRACE_QUERIES": str(place.files[0])},
        "queries are nowhere": {"GRAPHTRACE_QUERIES": "/nowhere"},
    }
    runs: Runs = [(about, arguments, more) for about, more in surroundings.items()]
    runs += [(f"writes to {about}", [*arguments, "-o", path], {}) for about, path in place.odd.items()]
    return [*runs, ("writes into the case", [*arguments, "-o", f"{case}/x.json"], {})]


def test_every_command_is_in_the_sweep() -> None:
    assert {("load",), ("verify",), ("simulate", "check"), ("rules", "show"), ("mapping", "suggest")} <= set(COMMANDS)
    assert len(COMMANDS) >= 20
