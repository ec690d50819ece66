"""Two hundred kinds of damage, the same ones in every run."""

from __future__ import annotations

from itertools import islice

import pytest

from . import readers
from .__main__ import names_of_rounds, play

ROUNDS = {"reader": 6, "folder": 24, "output": 4}
OUTPUTS = 8
"""Files with hostile names that a round of outputs writes at least."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(ROUNDS))
def test_damage_of_every_kind_ends_as_is_promised(kind: str) -> None:
    names = list(islice((name for name in names_of_rounds(13) if name.startswith(kind)), ROUNDS[kind]))
    complaints = list(play(names))
    said = [f"{each}\nagain: python -m tests.fuzz --replay {each.partition(': ')[0]}" for each in complaints]
    assert not said, "\n".join(said)


def test_two_hundred_kinds_are_tried() -> None:
    assert ROUNDS["reader"] * readers.FILES + ROUNDS["folder"] + ROUNDS["output"] * OUTPUTS >= 200


def test_the_rounds_of_a_seed_are_always_the_same() -> None:
    assert list(islice(names_of_rounds(7), 2)) == ["reader:7:0", "folder:7:1"]
