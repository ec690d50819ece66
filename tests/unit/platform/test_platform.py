"""One home for what differs between systems: the same names in both halves, and nothing of it anywhere else."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import graphtrace
from graphtrace.platform import quote, system

PACKAGE = Path(graphtrace.__file__).parent
HOME = PACKAGE / "platform"
ATTRIBUTES = {"sys.platform", "os.name", "os.pread", "os.fsync", "os.fork", "os.replace"}
OF_A_SYSTEM = {"fcntl", "resource", "msvcrt", "ctypes", "winreg", "getpass", "pwd", "grp", "termios", "pty", "_winapi"}


def public_names(module: str) -> dict[str, str]:
    """The names that a half of the platform offers, and the parameters of its functions."""
    names: dict[str, str] = {}
    for node in ast.parse((HOME / module).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names[node.name] = ast.unparse(node.args)
        elif isinstance(node, ast.AnnAssign):
            names[ast.unparse(node.target)] = ""
    return {name: parameters for name, parameters in names.items() if not name.startswith("_")}


def test_both_halves_offer_the_same_names_with_the_same_parameters() -> None:
    posix = public_names("posix.py")
    assert "lock_handle" in posix
    assert public_names("windows.py") == {name: posix[name] for name in posix}


def test_no_other_module_asks_which_system_it_runs_on() -> None:
    found: list[str] = []
    looked_at = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        if HOME in path.parents:
            continue
        looked_at += 1
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                is_wrong = any(name.name in OF_A_SYSTEM for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                is_wrong = node.module in OF_A_SYSTEM
            elif isinstance(node, ast.Attribute):
                is_wrong = node.attr == "chmod" or ast.unparse(node) in {
                    "sys.platform",
                    "os.name",
                    "os.pread",
                    "os.fsync",
                }
            else:
                continue
            if is_wrong:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}")
    assert looked_at > 200
    assert found == []


@pytest.mark.parametrize(
    "word", ["case.gtrace", "id:91440300MA5EXAMPLE", "星海智联科技有限公司", "name:星海（深圳）", "a/b"]
)
def test_a_plain_word_is_quoted_the_same_way_in_every_shell(word: str) -> None:
    assert quote(word) in {word, f'"{word}"'}
    assert shlex.split(quote(word)) == [word]


@pytest.mark.parametrize("word", ["", "two words", "=cmd()", 'a "b" c', "$HOME", "it's", "a;rm b", "*", "a,b", "@a"])
def test_a_quoted_word_reaches_a_program_as_it_is(word: str) -> None:
    program = [sys.executable, "-c", "import sys; sys.stdout.buffer.write(sys.argv[1].encode())"]
    if system.NAME == "Windows":
        ran = subprocess.run(f"{subprocess.list2cmdline(program)} {quote(word)}", capture_output=True, check=True)
    else:
        ran = subprocess.run(f"{shlex.join(program)} {quote(word)}", shell=True, capture_output=True, check=True)
    assert ran.stdout.decode() == word


@pytest.mark.windows
def test_wildcards_mean_the_files_that_they_fit(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.xlsx"):
        (tmp_path / name).touch()
    assert [path.name for path in system.expand_wildcards(tmp_path / "*.csv")] == ["a.csv", "b.csv"]
    assert system.expand_wildcards(tmp_path / "*.txt") == [tmp_path / "*.txt"]
    assert system.expand_wildcards(tmp_path / "a.csv") == [tmp_path / "a.csv"]


@pytest.mark.windows
def test_a_process_that_takes_too_much_memory_is_ended() -> None:
    command = [sys.executable, "-c", "import time; taken = bytearray(400_000_000); time.sleep(60)"]
    with subprocess.Popen(command) as process, system.watch_memory(process, 200_000_000):
        returncode = process.wait(30)
    assert system.has_crashed(returncode)


@pytest.mark.windows
def test_a_file_that_a_process_has_open_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "case.duckdb"
    import duckdb

    con = duckdb.connect(str(path))
    assert system.is_in_use(path)
    con.close()
    assert not system.is_in_use(path)


def test_a_lock_is_held_once_and_let_go_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    with path.open("r+b") as one, path.open("r+b") as other:
        assert system.lock_handle(one.fileno())
        assert not system.lock_handle(other.fileno())
        one.close()
        assert system.lock_handle(other.fileno(), shared=True)


def test_a_lock_file_that_is_locked_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"note")
    with path.open("r+b") as one:
        assert system.lock_handle(one.fileno())
        assert path.read_bytes() == b"note"


def test_the_account_has_a_name() -> None:
    assert system.account_name() not in {"", "?"}


def test_the_machine_says_how_much_memory_it_has() -> None:
    most = system.physical_bytes()
    assert most is not None
    assert most > 2**29
