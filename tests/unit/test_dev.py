"""The tasks of dev.py and those of make are the same, and make passes on what it is given."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_make_has_the_tasks_of_the_script_and_no_others() -> None:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    made = re.search(r"^TASKS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert made is not None
    assert sorted(made[1].split()) == sorted(dev.TASKS)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(("given", "passed_on"), [((), []), (("WORKERS=3",), ["WORKERS=3"])])
def test_make_sets_no_variable_that_it_was_not_given(given: tuple[str, ...], passed_on: list[str]) -> None:
    """One that make exported without a value was taken for an empty number of workers."""
    environment = {
        name: value for name, value in os.environ.items() if name != "WORKERS" and not name.startswith("MAKE")
    }
    shown = subprocess.run(
        ["make", "-C", ROOT, "test", "PYTHON=env #", *given],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert [line for line in shown.stdout.splitlines() if line.startswith("WORKERS")] == passed_on
