"""The notebooks run from top to bottom, and what is committed with them is what comes out."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))


@pytest.fixture(scope="module")
def make_notebooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_notebooks", EXAMPLES / "make_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_is_a_notebook_for_investigators_and_one_for_analysts() -> None:
    assert NOTEBOOKS == ["analyst.ipynb", "investigator.ipynb"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_today_what_is_committed_with_it(name: str) -> None:
    # with another language and other settings around it than those that it was made with
    surroundings = {**os.environ, "GRAPHTRACE_LANG": "zh", "GRAPHTRACE_CASE": "nowhere", "COLUMNS": "40", "TZ": "UTC+9"}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "make_notebooks.py", "--check", name],
        env=surroundings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_holds_nothing_that_changes_from_run_to_run(name: str) -> None:
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata.language_info) == {"name"}
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert {output.get("name", "stdout") for cell in cells for output in cell.outputs} == {"stdout"}


def test_an_output_that_is_not_what_it_was_is_seen_and_a_picture_is_not(make_notebooks: ModuleType) -> None:
    def told(**content: str) -> list[str]:
        output = nbformat.v4.new_output(
            "display_data", {name.replace("_", "/"): text for name, text in content.items()}
        )
        cell = nbformat.v4.new_code_cell("1", outputs=[output], id="a")
        lines: list[str] = make_notebooks.told(nbformat.v4.new_notebook(cells=[cell]))
        return lines

    assert told(text_html="<p>1</p>") != told(text_html="<p>2</p>")
    assert told(text_plain="a", image_png="AAAA") == told(text_plain="a", image_png="BBBB")
    assert told(text_plain="a", image_png="AAAA") != told(text_plain="a")
