"""Run as ``python -m tests.forgery [--count 1000] [--seed N] [--results FILE]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .base import make
from .run import run, summary, write


def main() -> int:
    """Forge, count, and end with 1 where something that must be found was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.forgery", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first one, to divide a run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", action="append", default=[], help="a way of forging; may be repeated")
    parser.add_argument("--base", type=Path, help="a folder with the case, kept for the next run")
    parser.add_argument("--server", action="store_true", help="forge the case on a Neo4j server of this run, by Cypher")
    parser.add_argument("--results", type=Path, help="where one line of JSON a forgery goes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forgery-", dir=asked.base and asked.base.parent) as scratch:
        base = asked.base or Path(scratch) / "base"
        if not base.exists():
            make(base)
        copies = Path(scratch) / "copies"
        if asked.server:
            from .on_server import run_on_server

            results = run_on_server(base, copies, asked.count, asked.seed)
        else:
            results = run(base, copies, asked.count, asked.seed, asked.workers, asked.only, asked.first)
    if asked.results:
        write(results, asked.results)
    print(summary(results))
    return int(any(not (r.found_by and r.is_placed) for r in results if not r.harmless and not r.beyond))


if __name__ == "__main__":
    sys.exit(main())
