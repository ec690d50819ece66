"""The tasks of dev.py and those of make are the same, and make passes on what it is given."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_script() -> ModuleType:
    pytest.importorskip("venv", reason="an embeddable Python makes no environments")
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    return dev


def test_cleaning_removes_the_system_under_wine_by_its_own_means_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices of the machine are mounted in it: who removed it as a folder would remove these."""
    dev = load_script()
    (tmp_path / "build" / "wine").mkdir(parents=True)
    called: list[object] = []

    def refuse(*command: object) -> None:
        called.extend(command)
        raise subprocess.CalledProcessError(1, "wine.py")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dev, "HERE", tmp_path)
    monkeypatch.setattr(dev, "call", refuse)
    with pytest.raises(subprocess.CalledProcessError):
        dev.clean(argparse.Namespace())
    assert called[1:] == ["tests/windows/wine.py", "remove"]
    assert (tmp_path / "build" / "wine").exists()
    (tmp_path / "build" / "wine").rmdir()
    dev.clean(argparse.Namespace())
    assert not (tmp_path / "build").exists()


def test_make_has_the_tasks_of_the_script_and_no_others() -> None:
    dev = load_script()
    made = re.search(r"^TASKS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert made is not None
    assert sorted(made[1].split()) == sorted(dev.TASKS)


def test_every_test_of_daily_work_and_every_one_that_is_too_long_for_it_is_there() -> None:
    dev = load_script()
    assert [name for name in (*dev.FAST_TESTS, *dev.LONG_TESTS) if not (ROOT / name).exists()] == []


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
