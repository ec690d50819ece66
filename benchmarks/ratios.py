"""Ratios of processor times on one machine in one run, compared with those that are committed.

usage: python -m benchmarks.ratios [--cards 1000000] [--runs 3] [--commit-results]

- load: of DuckDB's bare copy of the same files;
- audit of all with all rules, as JSON: of the load;
- 10,000 traces, as JSON: of the load.

Each is a process of its own, the least of the runs counts. Processor time says the same on a machine that others use.
It ends with 1 where a ratio is more than twice the committed one (``benchmarks/results/ratios.json``).
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.bench import SHELL, commit, machine
from benchmarks.processes import Bounds, run

COMMITTED: Final = Path(__file__).parent / "results" / "ratios.json"
MOST: Final = 2.0
_BOUNDS: Final = Bounds(3600, float("inf"))
_TRACED: Final = 10_000
_COPY: Final = """
import sys, duckdb
with duckdb.connect(sys.argv[1]) as copy:
    for number, path in enumerate(sys.argv[2:]):
        copy.execute(f"CREATE TABLE t{number} AS FROM read_csv(?, all_varchar = true)", [path])
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--commit-results", action="store_true", help="compare with what is measured now from now on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ratios-") as scratch:
        found = measure(Path(scratch), options.cards, options.runs)
    if options.commit_results:
        about = {"commit": commit(), "machine": machine(), "cards": options.cards}
        COMMITTED.write_text(json.dumps({**about, "ratios": found}, indent=1) + "\n", encoding="utf-8")
    known = json.loads(COMMITTED.read_text(encoding="utf-8"))["ratios"]
    for name, ratio in found.items():
        print(f"{name}: {ratio:.2f} (committed {known[name]:.2f})")
    return int(any(ratio > MOST * known[name] for name, ratio in found.items()))


def measure(scratch: Path, cards: int, runs: int) -> dict[str, float]:
    """Return the ratios of processor times."""
    run((*SHELL, "simulate", scratch / "made", "--cards", cards, "--faults", 0, "-q"), _BOUNDS)
    files = sorted((scratch / "made" / "records").iterdir())
    case, asked = scratch / "case.gtrace", scratch / "asked.csv"
    with (scratch / "made" / "records" / "activations.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = csv.DictReader(source)
        asked.write_text("ICCID\n" + "".join(f"{row['ICCID']}\n" for row in islice(rows, _TRACED)), encoding="utf-8")
    answer = scratch / "answer.json"
    spent: dict[str, list[float]] = {"copy": [], "load": [], "audit": [], "trace": []}
    for _ in range(runs):
        for path in (scratch / "copy.duckdb", answer):
            path.unlink(missing_ok=True)
        shutil.rmtree(case, ignore_errors=True)
        of_case = (*SHELL, "--case", case)
        tasks: dict[str, Sequence[object]] = {
            "copy": (sys.executable, "-c", _COPY, scratch / "copy.duckdb", *files),
            "load": (*of_case, "load", *files, "-q"),
            "audit": (*of_case, "audit", "--all", "-o", answer),
            "trace": (*of_case, "trace", "--from-file", asked, "-o", answer),
        }
        for name, task in tasks.items():
            spent[name].append(run(task, _BOUNDS, expected=(0, 5)).cpu_seconds)
    least = {name: min(times) for name, times in spent.items()}
    return {
        "load / bare copy": least["load"] / least["copy"],
        "audit of all with rules / load": least["audit"] / least["load"],
        f"{_TRACED:,} traces / load": least["trace"] / least["load"],
    }


if __name__ == "__main__":
    sys.exit(main())
