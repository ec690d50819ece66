"""Appends small files to a large case, over and over, and says how long the first and the last take.

usage: python -m benchmarks.bench_append [--cards 10000000] [--rows 10000] [--times 100]

The case is that of benchmarks/bench.py; each small file is activations of cards that it holds. Before, and after the
last file, the same cards are traced one by one. The result goes to ``--result`` (build/bench/appending.json).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.bench import BUILD, MEASURE, SHELL, commit, machine, make_files, make_questions
from benchmarks.peers import PRODUCT
from benchmarks.processes import Bounds, run, size_mb

_BOUNDS = Bounds(3600, float("inf"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=10_000_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", type=Path, default=BUILD / "appending.json")
    options = parser.parse_args()
    files = make_files(options.cards, options.seed, {})
    questions = make_questions(files, options.seed)
    place = BUILD / "places" / "appending"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    case = place / "case.gtrace"
    run((*SHELL, "--case", case, "load", *sorted(files.iterdir())), _BOUNDS)
    before = ask(place, questions) | {"disk_mb": size_mb(case)}
    cards = json.loads(questions.read_text())["cards"]
    choice = random.Random(options.seed)
    spent = []
    for time_ in range(options.times):
        small = place / f"more-{time_}.csv"
        write_small(small, choice.sample(cards, options.rows), time_, choice)
        began = time.perf_counter()
        ran = run((*SHELL, "--case", case, "load", small), _BOUNDS)
        spent.append({"seconds": round(time.perf_counter() - began, 4), "peak_mb": round(ran.peak_mb, 1)})
    after = ask(place, questions) | {"disk_mb": size_mb(case)}
    result = {
        "machine": machine(),
        "cards": options.cards,
        "rows_each": options.rows,
        "times": options.times,
        "commit": commit(),
        "measured": time.strftime("%Y-%m-%d %H:%M"),
        "first_s": spent[0]["seconds"],
        "median_s": statistics.median(each["seconds"] for each in spent),
        "last_s": spent[-1]["seconds"],
        "before": before,
        "after": after,
        "each": spent,
    }
    options.result.write_text(json.dumps(result, indent=1) + "\n")
    shutil.rmtree(place)
    print(json.dumps({name: value for name, value in result.items() if name != "each"}, indent=1))


def ask(place: Path, questions: Path) -> dict[str, Any]:
    """Measure the latency of answers."""
    warm = json.loads(run((*MEASURE, "warm", PRODUCT, place, questions), _BOUNDS).printed)
    audit = json.loads(run((*MEASURE, "audit_all", PRODUCT, place, questions), _BOUNDS).printed)
    return {"warm_p50_ms": warm["p50_ms"], "warm_p99_ms": warm["p99_ms"], "audit_all_s": audit["seconds"]}


def write_small(path: Path, cards: list[str], number: int, choice: random.Random) -> None:
    """Activations of some cards, each file with days of its own."""
    lines = ["ICCID,激活时间,IMEI,使用人,省份"]
    day = f"2025-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
    lines += [
        f"{card},{day} {choice.randrange(24):02d}:{choice.randrange(60):02d}:00,"
        f"8612{choice.randrange(10**10):010d}0,使用人{choice.randrange(5000)},广东"
        for card in cards
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
