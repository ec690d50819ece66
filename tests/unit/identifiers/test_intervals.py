from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphtrace.identifiers.ranges import count_cards_in, difference, intersect

from ..analysis.histories import runs

sets = st.sets(st.integers(0, 30))


def expanded(lots: list[tuple[int, int]]) -> set[int]:
    cards = [card for first, last in lots for card in range(first, last + 1)]
    assert cards == sorted(set(cards))
    return set(cards)


@given(sets, sets)
def test_sets_of_ranges_are_the_sets_of_their_cards(one: set[int], other: set[int]) -> None:
    lots, others = runs(sorted(one)), runs(sorted(other))
    assert expanded(intersect(lots, others)) == one & other
    assert expanded(difference(lots, others)) == one - other
    assert count_cards_in(lots) == len(one)
