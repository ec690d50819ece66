from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphtrace.answers.lots import cards_in, lots_in_both, lots_without

from .histories import runs

sets = st.sets(st.integers(0, 30))


def expanded(lots: list[tuple[int, int]]) -> set[int]:
    cards = [card for first, last in lots for card in range(first, last + 1)]
    assert cards == sorted(set(cards))
    return set(cards)


@given(sets, sets)
def test_sets_of_ranges_are_the_sets_of_their_cards(one: set[int], other: set[int]) -> None:
    lots, others = runs(sorted(one)), runs(sorted(other))
    assert expanded(lots_in_both(lots, others)) == one & other
    assert expanded(lots_without(lots, others)) == one - other
    assert cards_in(lots) == len(one)
