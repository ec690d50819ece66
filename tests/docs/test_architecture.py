"""The walks through the program name stations that exist."""

from __future__ import annotations

import importlib
import re
import tomllib
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
    assert resolve(name) is not None


def test_both_languages_walk_the_same_way() -> None:
    assert NAMES[PAGES[0]] == NAMES[PAGES[1]]
    assert len(NAMES[PAGES[0]]) > 20


@pytest.mark.parametrize("page", PAGES)
def test_the_table_of_layers_is_the_contract_that_is_checked(page: str) -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    layers = [name for layer in contract["layers"] for name in layer.split(" | ")]
    rows = [line.split("|")[1] for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == layers
