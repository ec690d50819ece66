from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "duckdb",
    "jinja2",
    "polars",
    "networkx",
    "pandas",
    "pyarrow",
    "numpy",
    "neo4j",
    "openpyxl",
    "pydantic",
    "click",
}


@pytest.mark.parametrize(
    ("arguments", "more"),
    [(["--help"], {"rich"}), (["identify", "89860619"], {"rich.console", "rich.text"}), (["trace"], set())],
)
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str], more: set[str]) -> None:
    program = (
        "import sys\nfrom graphtrace.cli import main\n"
        f"main({arguments!r})\nprint(*sorted(set(sys.modules) & {HEAVY | more!r}), file=sys.stderr)"
    )
    checkout = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=checkout, check=True
    )
    assert done.stderr.splitlines()[-1] == ""


@pytest.mark.parametrize("module", ["trace", "siblings", "audit.report"])
def test_what_answers_imports_nothing_that_reads_files(module: str) -> None:
    program = (
        f"import sys\nimport graphtrace.analysis.{module}\n"
        "print(*sorted(name for name in sys.modules if name == 'polars' or name.startswith('graphtrace.ingest')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == ""
