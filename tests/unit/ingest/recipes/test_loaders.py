"""Every file of the product that is YAML is the same tree for each loader that may be installed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import graphtrace
from graphtrace.ingest.recipes import recipe_loader

FILES = sorted(Path(graphtrace.__file__).parent.rglob("*.yml"))


def tree_of(text: str, loads: type) -> str:
    return yaml.serialize(yaml.compose(text, Loader=loads)) if text else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_the_product_is_the_same_tree_for_both_loaders(path: Path) -> None:
    text = path.read_text("utf-8")
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("libyaml is not installed")
    assert tree_of(text, yaml.SafeLoader) == tree_of(text, yaml.CSafeLoader)


def test_the_recipes_are_read_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = recipe_loader.load_recipes()
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    paths = sorted(recipe_loader.BUILTIN.glob("*.yml"))
    slow = {recipe.id: recipe for recipe in map(recipe_loader.load_recipe, paths)}
    assert len(slow) == len(paths) >= 59
    assert all(slow[recipe.id] == recipe for recipe in fast if recipe.path is None)
