"""Frozen classes whose methods are compiled when first called are as those of dataclasses."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields
from typing import Any

import pytest

from graphtrace.frozen import frozen, replace


@frozen(kw_only=False)
class Made:
    one: int
    two: list[int] = field(default_factory=list)
    three: str = field(default="x", compare=False)


@frozen()
class Derived(Made):
    four: int
    five: int = 5

    def __post_init__(self) -> None:
        if self.four < 0:
            raise ValueError(self.four)


@frozen(kw_only=False, order=True)
class Ordered:
    one: int


@frozen(kw_only=False)
class Empty:
    pass


@dataclass(frozen=True, slots=True)
class Usual:
    one: int
    two: list[int] = field(default_factory=list)
    three: str = field(default="x", compare=False)


def test_it_is_equal_hashed_and_shown_as_a_data_class() -> None:
    assert repr(Made(1)) == repr(Usual(1)).replace("Usual", "Made")
    assert Made(1, three="a") == Made(1, three="b") != Made(2)
    assert Made(1) != Usual(1)
    assert hash(Ordered(1)) == hash(Ordered(1)) == hash((1,))
    assert Empty() == Empty()
    assert sorted([Ordered(2), Ordered(1)]) == [Ordered(1), Ordered(2)]
    assert [each.name for each in fields(Usual)] == [*Made.__match_args__]


def test_each_has_its_own_default_that_is_made() -> None:
    one, other = Made(1), Made(1)
    one.two.append(1)
    assert (one.two, other.two) == ([1], [])


def test_a_derived_one_has_the_fields_of_both_in_their_order() -> None:
    made = Derived(1, [2], four=4)
    assert (made.one, made.two, made.three, made.four, made.five) == (1, [2], "x", 4, 5)
    assert made == Derived(1, [2], four=4) != Made(1, [2])
    with pytest.raises(TypeError):
        Derived(1, [2], "x", 4)  # type: ignore[misc]
    with pytest.raises(ValueError, match="-1"):
        replace(made, four=-1)
    assert replace(made, one=9) == Derived(9, [2], four=4)


@pytest.mark.parametrize("made", [Made(1, [2]), Derived(1, four=4), Ordered(3), Empty()])
def test_it_is_copied_and_pickled_and_not_changed(made: Any) -> None:
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == copy.deepcopy(made) == made
    with pytest.raises(FrozenInstanceError):
        made.one = 2
    with pytest.raises(FrozenInstanceError):
        del made.one
