from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import graphtrace as gt

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


@pytest.mark.parametrize("module", ["card_trace", "sibling_cards", "audit.enterprise_audit"])
def test_what_answers_imports_nothing_that_reads_files(module: str) -> None:
    program = (
        f"import sys\nimport graphtrace.analysis.{module}\n"
        "print(*sorted(name for name in sys.modules if name == 'polars' or name.startswith('graphtrace.ingest')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == ""


def test_a_trace_imports_none_of_what_works_on_many_cards(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n", "utf-8")
    unwanted = HEAVY - {"duckdb"} | {"logging"}
    unwanted |= {f"graphtrace.{name}" for name in ("results.load_report", "engine.case_parties", "engine.row_search")}
    unwanted |= {f"graphtrace.{name}" for name in ("storage.neo4j", "analysis.corroboration", "analysis.flow_bounds")}
    program = (
        "import sys\nfrom graphtrace.cli import main\n"
        f"assert main(['trace', '8986061900000000001', '--case', {str(tmp_path / 'x.gtrace')!r}]) == 0\n"
        f"print(*sorted(set(sys.modules) & {unwanted!r}), file=sys.stderr)"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == ""
