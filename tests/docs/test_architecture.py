"""The walks through the program name stations that exist."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from .pages import ROOT

PAGES = ("docs/architecture.md", "docs/architecture.zh.md")
NAMES = {
    page: re.findall(r"`(graphtrace(?:\.\w+)+)`", (ROOT / page).read_text("utf-8"))
    for page in (*PAGES, "CONTRIBUTING.md")
}


def resolve(name: str) -> Any:
    """The module, class, function or method that a dotted name means."""
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:at]))
        except ModuleNotFoundError:
            continue
        for part in parts[at:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("name", sorted({name for names in NAMES.values() for name in names}))
def test_a_station_of_a_walk_exists(name: str) -> None:
    station = resolve(name)
    assert station.__doc__ or isinstance(station, tuple)


def test_both_languages_walk_the_same_way() -> None:
    assert NAMES[PAGES[0]] == NAMES[PAGES[1]]
    assert len(NAMES[PAGES[0]]) > 20


def test_every_package_has_its_row() -> None:
    text = (ROOT / PAGES[0]).read_text("utf-8")
    there = {
        path.stem
        for path in (ROOT / "graphtrace").iterdir()
        if not path.name.startswith(("_", ".")) and (path.is_dir() or path.suffix == ".py")
    }
    named = set(re.findall(r"`(\w+)`", "\n".join(line for line in text.splitlines() if line.startswith("| `"))))
    assert there - named == set()
