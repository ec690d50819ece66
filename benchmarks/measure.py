"""Measures graphtrace on a clean case of any size, every command as a whole process.

usage: python benchmarks/measure.py [--cards 1000000] [--runs 5] [--folder DIR]

Prints the median of the runs with minimum and maximum, and the peak memory of the largest run. For a scale to read the
figures by, `python -c pass` and a bare `duckdb.connect` are measured in the same run on the same machine. Nothing here
passes or fails.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).parent

WARM = """
import random, sys, time
import graphtrace as gt
case, cards = gt.open_case(sys.argv[1]), int(sys.argv[2])
random.seed(1)
ids = [f"89860122{random.randrange(cards):011d}" for _ in range(10_500)]
case.trace(ids[0])
times = []
for one in ids[:500]:
    start = time.perf_counter()
    case.trace(one)
    times.append(time.perf_counter() - start)
times.sort()
start = time.perf_counter()
answers = case.trace(*ids[500:])
batch = time.perf_counter() - start
assert all(answer.found for answer in answers)
print(times[250] * 1000, times[495] * 1000, batch)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="graphtrace-bench-"))
    files = folder / "files"
    if not files.exists():
        subprocess.run([sys.executable, HERE / "make_files.py", files, "--cards", str(options.cards)], check=True)
        write_workbook(folder / "hundred_thousand.xlsx")
    case, runs = folder / "bench.gtrace", options.runs
    graphtrace = [sys.executable, "-m", "graphtrace"]
    records = sorted(files.glob("*.csv"))
    rows = sum(sum(1 for _ in path.open("rb")) - 1 for path in records)
    random.seed(2)
    card = f"89860122{random.randrange(options.cards):011d}"

    report("python -c pass", runs, [sys.executable, "-c", "pass"])
    report("import duckdb, connect", runs, [sys.executable, "-c", "import duckdb; duckdb.connect()"])
    report("graphtrace --help", runs, [*graphtrace, "--help"])
    report("graphtrace identify", runs, [*graphtrace, "identify", card])
    seconds = report(f"load {rows} rows of CSV", runs, [*graphtrace, "--case", case, "load", *records], fresh(case))
    print(f"{'':34}{rows / seconds / 1e6:8.2f} M rows/s")
    workbook_case = folder / "workbook.gtrace"
    report(
        "load 100,000 rows of XLSX",
        runs,
        [*graphtrace, "--case", workbook_case, "load", folder / "hundred_thousand.xlsx"],
        fresh(workbook_case),
    )
    report("trace one card, from the shell", runs, [*graphtrace, "--case", case, "trace", card])
    report("trace one card, --json", runs, [*graphtrace, "--case", case, "trace", card, "--json"])
    audit = [*graphtrace, "--case", case, "audit"]
    report("audit one enterprise, --json", runs, [*audit, "企业07有限公司", "--json"])
    report("the same without rules but one", runs, [*audit, "企业07有限公司", "--rule", "balance_not_closed", "--json"])
    report("audit all enterprises, --json", runs, [*audit, "--all", "--json"])
    report("the same without rules but one", runs, [*audit, "--all", "--rule", "balance_not_closed", "--json"])
    warm = [
        [
            float(figure)
            for figure in subprocess.check_output([sys.executable, "-c", WARM, case, str(options.cards)]).split()
        ]
        for _ in range(runs)
    ]
    for name, figures, unit in zip(
        ("trace warm, p50", "trace warm, p99", "10,000 traces in one call"),
        zip(*warm, strict=True),
        ("ms", "ms", "s"),
        strict=True,
    ):
        print(f"{name:34}{statistics.median(figures):8.2f} {unit:2} ({min(figures):.2f} to {max(figures):.2f})")
    print(
        f"{'case on disk':34}{sum(f.stat().st_size for f in case.rglob('*') if f.is_file()) / 1e6:8.1f} MB with sources"
    )
    if options.folder is None:
        shutil.rmtree(folder)


def fresh(case: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(case, ignore_errors=True)


def report(name: str, runs: int, command: Sequence[object], before: Callable[[], None] = lambda: None) -> float:
    """Run the command once to warm up and ``runs`` times to count; returns the median seconds."""
    figures = []
    for _ in range(runs + 1):
        before()
        figures.append(run_once([str(part) for part in command]))
    seconds = [wall for wall, _ in figures[1:]]
    median = statistics.median(seconds)
    print(
        f"{name:34}{median:8.3f} s  ({min(seconds):.3f} to {max(seconds):.3f})  "
        f"{max(peak for _, peak in figures):6.0f} MB",
        flush=True,
    )
    return median


def run_once(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one process, by the operating system's account."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return wall, usage.ru_maxrss / 1024


def write_workbook(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["卖方", "买方", "ICCID", "转让日期", "销售渠道", "单价", "运单号", "备注"])
        for row in range(1, 100_001):
            day = f"2024-03-{row % 28 + 1:02d}"
            sheet.write_row(
                row,
                0,
                [f"渠道{row % 90}", f"散户{row % 4000}", f"89860123{row:011d}", day, "微信", "12", f"SF{row}", ""],
            )


if __name__ == "__main__":
    main()
