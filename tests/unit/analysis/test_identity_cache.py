"""A cache by identity computes once for an object, and never gives the value of another one."""

from __future__ import annotations

from graphtrace.analysis.identity import IdentityCache


def test_a_value_is_computed_once_for_an_object_and_again_for_an_equal_one() -> None:
    computed: list[list[int]] = []
    cache = IdentityCache[list[int], int](lambda numbers: computed.append(numbers) or sum(numbers))  # type: ignore[func-returns-value]
    one, equal = [1, 2], [1, 2]
    assert [cache.get(one), cache.get(one), cache.get(equal)] == [3, 3, 3]
    assert [found is one for found in computed] == [True, False]


def test_an_object_that_nobody_else_keeps_does_not_lend_its_identity_to_another() -> None:
    cache = IdentityCache[list[int], int](sum)
    assert [cache.get([number]) for number in range(1000)] == list(range(1000))
