"""The record of a validation: what was tested with which program, on which system, and what came out."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import graphtrace

from .tables import ROOT, KnownData, Requirement, in_order

LIBRARIES: Final = (
    "duckdb",
    "polars",
    "pyarrow",
    "networkx",
    "python-calamine",
    "openpyxl",
    "neo4j",
    "pytest",
    "hypothesis",
)
"""Packages whose versions the record states: what calculates, what reads, what tests."""

Outcomes = Mapping[str, Counter[str]]
"""How often each function was run with which outcome: ``passed``, ``failed``, ``skipped``."""


def run_tests(tests: Iterable[str], folder: Path, workers: str) -> Path:
    """Run exactly these tests and return the file with their outcomes."""
    outcomes, names = folder / "outcomes.xml", folder / "tests.txt"
    outcomes.unlink(missing_ok=True)
    names.write_text("".join(f"{test}\n" for test in in_order(tests)), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={outcomes}"]
    subprocess.run([*command, *_shared(workers), f"@{names}"], cwd=ROOT, check=False)
    return outcomes


def _shared(workers: str) -> list[str]:
    return ["--numprocesses", workers, "--dist", "worksteal"] if workers not in {"0", "1"} else []


def read_outcomes(path: Path) -> tuple[Outcomes, dict[str, str]]:
    """Return the outcomes of all functions, and for those that failed or were skipped the first reason."""
    found: dict[str, Counter[str]] = {}
    reasons: dict[str, str] = {}
    if not path.exists():
        return found, reasons
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        function = f"{file}::{case.get('name', '').partition('[')[0]}"
        problem = next((each for each in case if each.tag in {"failure", "error", "skipped"}), None)
        outcome = "passed" if problem is None else "skipped" if problem.tag == "skipped" else "failed"
        found.setdefault(function, Counter())[outcome] += 1
        if problem is not None:
            reasons.setdefault(function, problem.get("message", "").partition("\n")[0][:200])
    return found, reasons


def judge(tests: Sequence[str], outcomes: Outcomes) -> dict[str, Any]:
    """Return the state of what these tests test, and how many runs had which outcome.

    ``passed`` only where every function was run and none failed or was skipped; ``in_part`` where some were not run or
    skipped; ``not_run`` where none passed or failed.
    """
    counts: Counter[str] = sum((Counter(outcomes.get(test, {})) for test in tests), Counter())
    missing = [test for test in tests if not outcomes.get(test)]
    if counts["failed"]:
        state = "failed"
    elif not counts["passed"]:
        state = "not_run"
    else:
        state = "in_part" if counts["skipped"] or missing else "passed"
    return {"state": state, **{name: counts[name] for name in ("passed", "failed", "skipped")}, "missing": missing}


def check_simulated(options: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Make a synthetic case, load it, and compare every answer with its truth: hashes of the files, and the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case, made = folder / "simulated.gtrace", folder / "files"
        _graphtrace("simulate", str(made), *options)
        records = sorted(str(path) for path in (made / "records").iterdir())
        _graphtrace("--case", str(case), "load", "-q", *records)
        checked = json.loads(_graphtrace("simulate", "check", str(case), str(made / "truth"), "--json"))
        hashes = hash_files((path for path in made.rglob("*") if path.is_file()), made)
    compared = [each for name in ("findings", "rejects", "corroboration") for each in checked.get(name, {}).values()]
    counts = {name: sum(each[name] for each in compared) for name in ("planted", "found", "missed", "invented")}
    return hashes, {
        "right": checked["right"],
        "cards": checked["cards"],
        "audits": checked["audits"],
        "planted": counts,
    }


def _graphtrace(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHTRACE_")}
    command = [sys.executable, "-m", "graphtrace", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in {0, 4}:
        raise RuntimeError(f"graphtrace {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def hash_files(paths: Iterable[Path], below: Path) -> list[dict[str, Any]]:
    """Return name, size and SHA-256 of files, by name."""
    return [
        {
            "file": path.relative_to(below).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(paths)
    ]


def make_record(
    requirements: Sequence[Requirement], data: Sequence[KnownData], outcomes: Path, started: datetime
) -> dict[str, Any]:
    """Return the record of a run whose outcomes stand in a file."""
    found, reasons = read_outcomes(outcomes)
    judged = []
    for one in requirements:
        named = [{"test": test, "reason": reasons[test]} for test in one.tests if test in reasons]
        judged.append(
            {"id": one.id, "en": one.en, "zh": one.zh, "spec": one.spec, **judge(one.tests, found), "reasons": named}
        )
    states = Counter(one["state"] for one in judged)
    return {
        "graphtrace": graphtrace.__version__,
        **_commit(),
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.now().astimezone().isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "counts": {state: states[state] for state in ("passed", "in_part", "failed", "not_run")},
        "requirements": judged,
        "data": [_compare(one, found) for one in data],
    }


def _compare(one: KnownData, outcomes: Outcomes) -> dict[str, Any]:
    hashes, simulated = check_simulated(one.simulate) if one.simulate else (hash_files(one.files, ROOT), None)
    return {"id": one.id, "files": hashes, **judge(one.tests, outcomes), "simulated": simulated}


def _commit() -> dict[str, Any]:
    """Return the commit of the program and whether a file of it was changed since; null where git does not know it."""
    try:
        commit = _git("rev-parse", "HEAD").strip()
        return {"commit": commit, "changed": bool(_git("status", "--porcelain", "--untracked-files=no").strip())}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "changed": None}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout


def is_sound(record: Mapping[str, Any]) -> bool:
    """Whether nothing failed, nothing was left out whole, and all data were answered as expected."""
    counts = record["counts"]
    answered = all(
        one["state"] in {"passed", "in_part"} and (one["simulated"] is None or one["simulated"]["right"])
        for one in record["data"]
    )
    return not counts["failed"] and not counts["not_run"] and answered
