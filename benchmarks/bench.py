"""Measures graphtrace and what else could be taken in its place, on the same files, one process a measurement.

usage: python -m benchmarks.bench [--cards 1000000,10000000] [--runs 3] [--subjects graphtrace,duckdb]

The results go to ``--result`` (build/bench/result.json), to which a run adds what it measured: sizes and subjects can
be measured one after the other. Beside it a page with charts is written. Nothing here passes or fails by a time; but an
answer that differs from that of graphtrace is said, and its time does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.page import write_page
from benchmarks.peers import PRODUCT, SUBJECTS
from benchmarks.processes import ROOT, Bounds, Cut, Ran, run, size_mb

BUILD = ROOT / "build" / "bench"
SAMPLE = 2_000
"""Of so many cards the answers are compared with the truth; the audits cover all."""
SHELL = (sys.executable, "-m", "graphtrace")
MEASURE = (sys.executable, "-m", "benchmarks.timing")
ACTIONS = ("warm", "many", "table", "audit", "audit_all")
"""Actions that every subject runs."""
OWN_ACTIONS = ("audit_without_rules", "audit_all_without_rules")
"""Actions that only graphtrace runs."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", default="1000000", help="one size, or several between commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--subjects", default=",".join(SUBJECTS), help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--bound", type=float, default=300, help="seconds after which a process is ended")
    parser.add_argument("--memory", type=float, default=_half_of_memory(), help="MB above which it is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", type=Path, default=BUILD / "result.json")
    parser.add_argument("--keep", action="store_true", help="keep the cases; files are always kept")
    options = parser.parse_args()
    result = read_result(options.result)
    bounds = Bounds(options.bound, options.memory)
    result["bounds"] = {"seconds": bounds.seconds, "memory_mb": bounds.memory_mb}
    result["runs"] = options.runs
    names = options.subjects.split(",")
    for cards in map(int, options.cards.split(",")):
        size = result["sizes"].setdefault(str(cards), {"subjects": {}})
        for name in sorted(names, key=list(SUBJECTS).index):
            measure(size, name, cards, bounds, options)
            write_result(options.result, result)
    write_page(result, options.result.with_suffix(".html"))
    print(f"{options.result}\n{options.result.with_suffix('.html')}")


def measure(size: dict[str, Any], name: str, cards: int, bounds: Bounds, options: argparse.Namespace) -> None:
    """Everything of one subject at one size."""
    print(f"{cards:,} cards: {SUBJECTS[name].title}", flush=True)
    files = make_files(cards, options.seed, size)
    measured = Measured(name, files, make_questions(files, options.seed), bounds, options.runs)
    size["subjects"][name] = measured.all(None if name == PRODUCT else _kept_answers(cards))
    if name == PRODUCT:
        _answers_path(cards).write_text(json.dumps(measured.answers, ensure_ascii=False))
        size["subjects"][name]["truth"] = check_truth(measured.place / "case.gtrace", files)
    size["subjects"][name] |= {"commit": commit(), "measured": time.strftime("%Y-%m-%d %H:%M")}
    if not options.keep:
        shutil.rmtree(measured.place, ignore_errors=True)


def files_folder(cards: int, seed: int) -> Path:
    """Return the folder of the simulated case."""
    return BUILD / f"files-{cards}-{seed}"


def make_files(cards: int, seed: int, size: dict[str, Any]) -> Path:
    """The files of records of a simulated case without faults, made once."""
    folder = files_folder(cards, seed)
    if not (folder / "README.md").exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = (*SHELL, "simulate", folder, "--cards", cards, "--seed", seed, "--faults", "0")
        made = run(command, Bounds(3600, float("inf")))
        size["simulate"] = {"seconds": made.seconds, "peak_mb": made.peak_mb}
    records = folder / "records"
    if "rows" not in size:
        size["rows"] = sum(_lines(path) - 1 for path in records.iterdir())
        size["csv_mb"] = size_mb(records)
    return records


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def make_questions(files: Path, seed: int) -> Path:
    """Return the file of the questions for all subjects, made once."""
    path = files.parent / "questions.json"
    if not path.exists():
        run((sys.executable, "-m", "benchmarks.questions", files, seed, path), Bounds(600, float("inf")))
    return path


class Measured:
    """All measurements of one subject on one set of files."""

    def __init__(self, name: str, files: Path, questions: Path, bounds: Bounds, runs: int) -> None:
        self.name, self.files, self.questions, self.bounds, self.runs = name, files, questions, bounds, runs
        self.place = BUILD / "places" / files.parent.name / name
        self.figures: dict[str, list[float]] = {}
        self.answers: dict[str, Any] = {}
        self.cut: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.server: Any = None

    def all(self, expected: dict[str, Any] | None) -> dict[str, Any]:
        """Load, ask, compare with the answers of the product."""
        about = SUBJECTS[self.name]
        with ExitStack() as stack:
            try:
                if self.name == "neo4j":
                    self._start_server(stack)
                self._load()
                self._cold()
                for action in (*ACTIONS, *(OWN_ACTIONS if self.name == PRODUCT else ())):
                    self._ask(action)
            except Cut as why:
                self.cut["load"] = str(why)
        found: dict[str, Any] = {"title": about.title, "note": about.note, "figures": self.figures, "cut": self.cut}
        found["version"] = version(about.package) if about.package else f"of Python {platform.python_version()}"
        if expected is not None:
            found["differs"] = [action for action, told in self.answers.items() if told != expected.get(action)]
        found["compared"] = {action: len(told) for action, told in self.answers.items()}
        return found

    def _start_server(self, stack: ExitStack) -> None:
        from tests.neo4j.server import CannotStart, Server

        try:
            self.server = stack.enter_context(Server(heap="2g", page_cache="512m", is_brief=False))
        except CannotStart as why:
            raise Cut(f"no server: {str(why)[:100]}") from why
        self.environment = {"GRAPHTRACE_BENCH_NEO4J": self.server.uri, "GRAPHTRACE_BENCH_PASSWORD": "throw-away"}

    def _run(self, *command: object) -> Ran:
        return run(command, self.bounds, self.environment)

    def _note(self, **figures: float) -> None:
        for name, value in figures.items():
            self.figures.setdefault(name, []).append(value)

    def _load(self) -> None:
        for _ in range(self.runs):
            shutil.rmtree(self.place, ignore_errors=True)
            self.place.mkdir(parents=True)
            if self.name == PRODUCT:
                records = sorted(self.files.iterdir())
                ran = self._run(*SHELL, "--case", self.place / "case.gtrace", "load", *records)
            else:
                ran = self._run(*MEASURE, "load", self.name, self.place, self.files)
            self._note(load_s=ran.seconds, load_peak_mb=ran.peak_mb + self._server_mb())
        self._note(disk_mb=size_mb(self.place) + (size_mb(self.server.home / "data") if self.server else 0))
        if self.name == PRODUCT:
            sources = self.place / "case.gtrace" / "sources"
            self._note(sources_mb=size_mb(sources) if sources.exists() else 0)

    def _server_mb(self) -> float:
        if self.server is None:
            return 0.0
        status = Path(f"/proc/{self.server._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def _cold(self) -> None:
        card = json.loads(self.questions.read_text())["cold"]
        for _ in range(self.runs + 1):
            try:
                if self.name == PRODUCT:
                    ran = self._run(*SHELL, "--case", self.place / "case.gtrace", "trace", card)
                else:
                    ran = self._run(*MEASURE, "cold", self.name, self.place, self.questions)
            except Cut as why:
                self.cut["cold"] = str(why)
                return
            self._note(cold_s=ran.seconds)
        del self.figures["cold_s"][0]

    def _ask(self, action: str) -> None:
        for _ in range(self.runs):
            try:
                ran = self._run(*MEASURE, action, self.name, self.place, self.questions)
            except Cut as why:
                self.cut[action] = str(why)
                return
            told = json.loads(ran.printed)
            self.answers[action] = told["answers"]
            peak = {f"{action}_peak_mb": ran.peak_mb + self._server_mb()}
            if action == "warm":
                self._note(warm_p50_ms=told["p50_ms"], warm_p99_ms=told["p99_ms"], open_s=told["open_s"], **peak)
            else:
                self._note(**{f"{action}_s": told["seconds"]}, **peak)


def check_truth(case: Path, files: Path) -> dict[str, int]:
    """Compare the answers of graphtrace with the truth of the simulated case."""
    command = (*SHELL, "simulate", "check", case, files.parent / "truth", "--sample", SAMPLE, "--json")
    report = json.loads(run(command, Bounds(3600, float("inf")), expected=(0, 4)).printed)
    return {
        "cards": report["cards"]["asked"],
        "right": report["cards"]["right"],
        "enterprises": report["audits"]["asked"],
        "enterprises_right": report["audits"]["right"],
    }


def _answers_path(cards: int) -> Path:
    return BUILD / f"answers-{cards}.json"


def _kept_answers(cards: int) -> dict[str, Any]:
    path = _answers_path(cards)
    if not path.exists():
        raise SystemExit(f"measure {PRODUCT} at {cards} cards first: the others are compared with it")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def read_result(path: Path) -> dict[str, Any]:
    """The result so far, or a new one of this machine."""
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    return {"machine": machine(), "sizes": {}}


def write_result(path: Path, result: dict[str, Any]) -> None:
    """Keep it, sizes in order."""
    result["sizes"] = dict(sorted(result["sizes"].items(), key=lambda size: int(size[0])))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """Return the machine on which the figures were measured."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """The state of the program that was measured; ``+`` where files differ from it."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        changed = subprocess.run(
            ["git", "status", "--porcelain", "graphtrace", "queries"], cwd=ROOT, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def _half_of_memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2e6


if __name__ == "__main__":
    main()
