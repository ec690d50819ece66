"""Runs the notebooks of this folder: writes them with their outputs, or checks that these are what comes out today.

    python examples/make_notebooks.py [--check] [NAME.ipynb …]

They answer in English, in a kernel of this environment, without anybody's own settings. Nothing that is written depends
on the time or the machine, but for pictures, which depend on the version of the library that draws them: they are
neither compared nor written anew while all else is as it was.
"""

from __future__ import annotations

import difflib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib.font_manager  # noqa: F401 - its cache is made here, and what it says about that is in no cell
import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

FOLDER = Path(__file__).parent
TIMEOUT_S = 300
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook as it is after running from top to bottom; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as own:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHTRACE")}
        settings = {
            "GRAPHTRACE_LANG": "en",
            "IPYTHONDIR": own,
            "JUPYTER_RUNTIME_DIR": own,
            "PYTHONPATH": str(FOLDER.parent),
        }
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT_S,
            kernel_name=KERNEL["name"],
            config=Config(AsyncKernelManager={"transport": "ipc", "ip": f"{own}/kernel"}),
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(FOLDER)}},
        )
        client.execute(env={**kept, **settings})
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def told(notebook: nbformat.NotebookNode) -> list[str]:
    """All that a notebook says, line by line; of pictures only that they are there."""
    return [line for number, cell in enumerate(notebook.cells, 1) for line in _told(number, cell)]


def _told(number: int, cell: nbformat.NotebookNode) -> Iterator[str]:
    yield from (f"{number} {cell.cell_type}: {line}" for line in cell.source.splitlines())
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield from (f"{number} {output.name}: {line}" for line in output.text.splitlines())
            continue
        for kind, content in sorted(output.data.items()):
            shown = "" if kind.startswith("image/") else content if isinstance(content, str) else json.dumps(content)
            yield from (f"{number} {kind}: {line}" for line in shown.splitlines() or [""])


def main(arguments: Sequence[str]) -> int:
    """Run the notebooks that are named, or all."""
    is_check = "--check" in arguments
    names = [name for name in arguments if name != "--check"] or sorted(path.name for path in FOLDER.glob("*.ipynb"))
    outdated = 0
    for name in names:
        before, now = nbformat.read(FOLDER / name, as_version=4), run(FOLDER / name)
        changes = list(difflib.unified_diff(told(before), told(now), "committed", "now", lineterm="", n=0))
        if changes and is_check:
            print(f"examples/{name} is out of date: make notebooks", *changes[:60], sep="\n", file=sys.stderr)
        elif changes:
            nbformat.write(now, FOLDER / name)
        outdated += bool(changes)
    return 1 if is_check and outdated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
