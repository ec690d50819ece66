"""Runs the tests that the requirements name, and writes a record to be filed: ``python dev.py validate``.

``python -m tests.validation R-101 R-304`` runs some requirements; the record says that the others were not run.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from .page import write_record
from .record import is_sound, make_record, run_tests
from .tables import read_data, read_requirements


def main() -> int:
    """Run the tests and write the record; 1 where anything failed or was not run."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="R-NNN", help="requirements to test (all)")
    parser.add_argument("--output", type=Path, default=Path("build", "validation"), help="folder of the record")
    asked = parser.parse_args()
    requirements, data = read_requirements(), read_data()
    unknown = set(asked.ids) - {one.id for one in requirements}
    if unknown:
        parser.error(f"no requirement {', '.join(sorted(unknown))}")
    asked.output.mkdir(parents=True, exist_ok=True)
    started = datetime.now().astimezone()
    chosen = [one for one in requirements if not asked.ids or one.id in asked.ids]
    tests = [test for one in (*chosen, *(() if asked.ids else data)) for test in one.tests]
    outcomes = run_tests(tests, asked.output.absolute(), os.environ.get("WORKERS") or "2")
    record = make_record(requirements, data, outcomes, started)
    for path in write_record(record, asked.output):
        print(path)
    print(", ".join(f"{name} {count}" for name, count in record["counts"].items()))
    return 0 if is_sound(record) else 1


if __name__ == "__main__":
    sys.exit(main())
