"""Measures graphtrace alone as the case grows, a size after the other.

usage: python -m benchmarks.growth --cards 100000 1000000 10000000 30000000

The figures are those of benchmarks/bench.py, and audits without their rules. They go to ``--result``
(benchmarks/results/growth.json), in which sizes that were measured before stay; ``make docs`` draws them. Nothing is
bounded. ``--sweep`` takes the simulated files of a size away when it is measured: those of 100 M cards take 8 GB.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks.bench import files_folder, machine, measure, read_result, write_result
from benchmarks.peers import PRODUCT
from benchmarks.processes import Bounds
from benchmarks.report import RESULTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", type=Path, default=RESULTS / "growth.json")
    parser.add_argument("--keep", action="store_true", help="keep the cases")
    parser.add_argument("--sweep", action="store_true", help="take the files away")
    parser.add_argument("--shared", action="store_true", help="other work runs on the machine, and the page says so")
    options = parser.parse_args()
    result = read_result(options.result)
    for cards in options.cards:
        size = result["sizes"].setdefault(str(cards), {"subjects": {}})
        measure(size, PRODUCT, cards, Bounds(float("inf"), float("inf")), options)
        size |= {"runs": options.runs, "machine": machine(), "machine_was_shared": options.shared}
        write_result(options.result, result)
        if options.sweep:
            shutil.rmtree(files_folder(cards, options.seed))
    print(options.result)


if __name__ == "__main__":
    sys.exit(main())
