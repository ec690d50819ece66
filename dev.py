"""Two commands do all the set-up, on every system: ``python dev.py demo`` and ``python dev.py test``.

Everything is made below .venv and build. ``make demo`` and the like call this; Windows needs no make.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")

Task = Callable[[argparse.Namespace], None]
TASKS: dict[str, Task] = {}


def task(function: Task) -> Task:
    """Register what can be asked for by the function's name."""
    TASKS[function.__name__.removesuffix("_code").replace("_", "-")] = function
    return function


def main() -> None:
    """Do what is asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036 - older ones come here
        sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 …")
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        epilog="\n".join(f"{name:18}{does.__doc__}" for name, does in TASKS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=list(TASKS), metavar="TASK", help="one of those below")
    parser.add_argument("rest", nargs="*", metavar="ARGUMENT", help="passed on, as files of tests to pytest")
    asked = parser.parse_args()
    os.chdir(HERE)
    try:
        TASKS[asked.task](asked)
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)


@task
def demo(_: argparse.Namespace) -> None:
    """Load the example case, trace a seized card, audit its registrant"""
    install()
    shutil.rmtree("build/demo", ignore_errors=True)
    call(PYTHON, "-m", "graphtrace", "demo", str(Path("build", "demo")))
    activate = f"{BIN.relative_to(HERE)}\\Activate.ps1" if sys.platform == "win32" else ". .venv/bin/activate"
    print(f"  (first, once in each new shell: {activate})")


@task
def test(asked: argparse.Namespace) -> None:
    """Run the tests, by as many WORKERS at once (one for each processor, at least 2 and at most 4)"""
    run_tests(*asked.rest)


@task
def test_without_slow(asked: argparse.Namespace) -> None:
    """Run the tests but for those that are marked slow"""
    run_tests("-m", NOT_SLOW, *asked.rest)


@task
def test_fast(asked: argparse.Namespace) -> None:
    """Run the tests of daily work: numbers, cells, custody, answers as text"""
    run_tests("-m", NOT_SLOW, *(f"--ignore={name}" for name in LONG_TESTS), *FAST_TESTS, *asked.rest)


NOT_SLOW = "not slow and not wine"
FAST_TESTS = (
    *(f"tests/unit/{name}" for name in ("identifiers", "ingest", "render", "locale", "engine")),
    "tests/custody",
)
LONG_TESTS = (
    "tests/custody/test_against_oracle.py",
    *("tests/unit/ingest/readers", "tests/unit/ingest/recipes/test_builtin.py"),
    *(
        f"tests/unit/ingest/test_{name}.py"
        for name in (
            *("books_of_both_ways", "carriers_lists", "containers", "date_orders", "denied_lists", "desks_in_english"),
            *("english_headings", "english_papers", "forms", "limits_of_work", "other_tables", "row_words"),
            *("registrations_in_english", "seized_from", "seized_in_english", "sheet_tables", "stated_on_paper"),
            *("street", "supporting", "traditional", "vectorized"),
        )
    ),
)
"""Tests of those folders that together take three times as long as all others there."""


@task
def check(_: argparse.Namespace) -> None:
    """What has to hold before a commit: format, lint, types, layers, generated pages"""
    install("dev")
    call(PYTHON, "-m", "ruff", "format", "--check", ".")
    call(PYTHON, "-m", "ruff", "check", ".")
    call(PYTHON, "-m", "mypy")
    call(PYTHON, "-m", "mypy", "--platform", "win32" if sys.platform != "win32" else "linux")
    call(BIN / "lint-imports")
    call(PYTHON, "docs/generate.py", "--check")


@task
def check_wheel(_: argparse.Namespace) -> None:
    """Build the wheel and try it in an empty environment from another folder"""
    install("dev")
    call(PYTHON, "tests/wheel/try_wheel.py")


@task
def check_lowest(_: argparse.Namespace) -> None:
    """Run the tests of reading and of the command line with the lowest versions that are allowed"""
    install("dev")
    call(PYTHON, "tests/wheel/lowest_versions.py")


@task
def validate(asked: argparse.Namespace) -> None:
    """Run the tests that the requirements name, and write a record to be filed: build/validation"""
    install("dev")
    call(PYTHON, "-m", "tests.validation", *asked.rest)


@task
def windows(asked: argparse.Namespace) -> None:
    """Try it on Windows, under Wine: the story, then all tests that can run there (root on Debian)"""
    install("dev")
    call(PYTHON, "-m", "pytest", "-m", "wine", "tests/windows")
    call(PYTHON, "tests/windows/wine.py", "test", *(asked.rest or WINDOWS_TESTS))


WINDOWS_TESTS = ("tests/unit", "tests/custody", "tests/spec", "tests/cli", "tests/faults", "-q")


@task
def portable(_: argparse.Namespace) -> None:
    """Make folders that run without Python and without installation, for Windows and Linux"""
    install("dev")
    call(PYTHON, "portable/make_portable.py", "build/portable")


@task
def format_code(_: argparse.Namespace) -> None:
    """Put the code into its one form"""
    install("dev")
    call(PYTHON, "-m", "ruff", "format", ".")
    call(PYTHON, "-m", "ruff", "check", "--fix", ".")


@task
def examples(_: argparse.Namespace) -> None:
    """Write the example case anew"""
    install("dev")
    call(PYTHON, "examples/make_case.py")


@task
def notebooks(_: argparse.Namespace) -> None:
    """Run the example notebooks and write them with what they show"""
    install("dev")
    call(PYTHON, "examples/make_notebooks.py")


@task
def docs(_: argparse.Namespace) -> None:
    """Write the generated pages anew"""
    install("dev")
    call(PYTHON, "docs/generate.py")


@task
def site(_: argparse.Namespace) -> None:
    """Build the documentation as a site in build/site, to be read without a network"""
    install("dev")
    call(PYTHON, "docs/site.py")


@task
def neo4j(_: argparse.Namespace) -> None:
    """Start a throw-away Neo4j server (needs Java 17 and Maven) and say how to reach it"""
    install("dev")
    call(PYTHON, "-m", "tests.neo4j.server")


@task
def bench(_: argparse.Namespace) -> None:
    """Measure graphtrace and what else could be used: make bench CARDS=1000000 RUNS=3 SUBJECTS=…"""
    install()
    call(PYTHON, "-m", "pip", "install", "--quiet", "--editable", ".[bench]")
    given = [("--cards", "CARDS", "1000000"), ("--runs", "RUNS", "3"), ("--subjects", "SUBJECTS", SUBJECTS)]
    options = [part for option, name, default in given for part in (option, os.environ.get(name) or default)]
    call(PYTHON, "-m", "benchmarks.bench", *options)


SUBJECTS = "graphtrace,duckdb,sqlite,pandas,networkx-ranges,networkx-events,ladybug,neo4j"


@task
def clean(_: argparse.Namespace) -> None:
    """Remove everything that was made"""
    if (HERE / "build" / "wine").exists():
        # the devices of this machine are mounted there: they would go with the folder
        call(sys.executable, "tests/windows/wine.py", "remove")
    for name in (".venv", "build", "dist", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(name, ignore_errors=True)


def install(extra: str = "") -> None:
    """Make the environment, and install the package with what it or its tests need, if pyproject.toml is newer."""
    for name in ("", extra) if extra else ("",):
        done = VENV / (name or "run")
        if done.exists() and done.stat().st_mtime >= (HERE / "pyproject.toml").stat().st_mtime:
            continue
        if not PYTHON.exists():
            venv.create(VENV, with_pip=True, symlinks=sys.platform != "win32")
        call(PYTHON, "-m", "pip", "install", "--quiet", "--editable", f".[{name}]" if name else ".")
        done.touch()


def run_tests(*arguments: str) -> None:
    """Run tests, shared between workers."""
    install("dev")
    # each has a server of its own, so that memory sets a limit
    workers = os.environ.get("WORKERS") or str(min(max(os.cpu_count() or 2, 2), 4))
    # else each program that a test starts compiles all that it imports
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    call(PYTHON, "-m", "pytest", "--numprocesses", workers, "--dist", "worksteal", *arguments)


def call(*command: str | Path) -> None:
    """Run a command, which has to succeed."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    main()
