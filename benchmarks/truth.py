"""Simulates cases with everything planted, loads them, and counts the answers that are not as the truth says.

usage: python -m benchmarks.truth [--cards 1000000] [--seeds 1,2,3,4,5] [--messy 20000] [--sample N]

Every card of every case is asked, unless ``--sample`` says how many of each story. What was found is added to
``--result`` (build/bench/truth.json); ends with 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.bench import BUILD, SHELL, commit, machine
from benchmarks.processes import Bounds, run

_BOUNDS = Bounds(3600, float("inf"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--messy", type=int, default=20_000, help="cards of a messy case for each seed; 0 for none")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--result", type=Path, default=BUILD / "truth.json")
    options = parser.parse_args()
    result: dict[str, Any] = json.loads(options.result.read_text()) if options.result.exists() else {"cases": []}
    result["machine"] = machine()
    is_right = True
    for seed in map(int, options.seeds.split(",")):
        for cards, is_messy in ((options.cards, False), (options.messy, True)):
            if not cards:
                continue
            found = check(cards, seed, is_messy=is_messy, sample=options.sample)
            is_right = is_right and found["check"]["right"]
            result["cases"] = [each for each in result["cases"] if (each["seed"], each["is_messy"]) != (seed, is_messy)]
            result["cases"] = sorted([*result["cases"], found], key=lambda each: (each["is_messy"], each["seed"]))
            options.result.parent.mkdir(parents=True, exist_ok=True)
            options.result.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
            asked = found["check"]["cards"]
            print(f"seed {seed}, {cards:,} cards{', messy' * is_messy}: {asked['right']:,} of {asked['asked']:,} right")
    sys.exit(not is_right)


def check(cards: int, seed: int, *, is_messy: bool, sample: int | None) -> dict[str, Any]:
    """Simulate, load and check one case."""
    folder = BUILD / f"truth-{cards}-{seed}{'-messy' if is_messy else ''}"
    shutil.rmtree(folder, ignore_errors=True)
    messy = ["--messy"] if is_messy else []
    made = run((*SHELL, "simulate", folder / "s", "--cards", cards, "--seed", seed, "--json", *messy), _BOUNDS)
    records = sorted((folder / "s" / "records").iterdir())
    case = folder / "case.gtrace"
    loaded = run((*SHELL, "--case", case, "load", *records), _BOUNDS, expected=(0, 2))
    some = ["--sample", sample] if sample else []
    checked = run(
        (*SHELL, "simulate", "check", case, folder / "s" / "truth", "--json", *some), _BOUNDS, expected=(0, 4)
    )
    report = json.loads(checked.printed)
    shutil.rmtree(folder)
    return {
        "cards": cards,
        "seed": seed,
        "is_messy": is_messy,
        "rows": json.loads(made.printed)["rows"],
        "simulate_s": round(made.seconds, 2),
        "load_s": round(loaded.seconds, 2),
        "check_s": round(checked.seconds, 1),
        "commit": commit(),
        "measured": time.strftime("%Y-%m-%d %H:%M"),
        "check": {name: value for name, value in report.items() if name not in ("graphtrace", "case")},
    }


if __name__ == "__main__":
    main()
