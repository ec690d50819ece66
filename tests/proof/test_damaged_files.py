"""Answers about files that are damaged in many ways are proved, or not checked."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz.readers import write_damaged

from .conftest import load


@pytest.mark.parametrize("seed", ["reader:7:24", "reader:7:40"])
def test_no_sentence_about_cards_of_damaged_files_is_contradicted(tmp_path: Path, seed: str) -> None:
    """Numbers of cards stand among names and days, rows lack a cell, brackets and numbers are of every kind."""
    files = tmp_path / "files"
    files.mkdir()
    case = load(tmp_path, *write_damaged(Random(seed), files))
    cards = case.cards(most=20)
    assert len(cards) > 50
    for answer in (case.trace(cards), case.ask("audit", "--all"), case.ask("audit", "--all", "--role", "dealer")):
        found = case.prove(answer)
        assert found["NOT PROVED"] == []
        assert found["proved"]
