from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from graphtrace.ingest.sheet import prefetch


def test_items_arrive_in_order_and_are_made_elsewhere() -> None:
    makers = []

    def items() -> Iterator[int]:
        for number in range(50):
            makers.append(threading.current_thread())
            yield number

    assert list(prefetch(items())) == list(range(50))
    assert threading.main_thread() not in makers


def test_an_error_in_the_making_arrives_behind_what_was_made_before() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    made = prefetch(items())
    assert next(made) == 1
    with pytest.raises(ValueError, match="broken"):
        next(made)


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    is_closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            is_closed.set()

    made = prefetch(prefetch(items()))
    assert next(made) == 0
    made.close()
    assert is_closed.wait(timeout=10)
    assert not [thread for thread in threading.enumerate() if thread.name == "graphtrace-ahead"]


def test_nothing_is_made_far_ahead() -> None:
    made_so_far = []

    def items() -> Iterator[int]:
        for number in range(100):
            made_so_far.append(number)
            yield number

    made = prefetch(items(), most=2)
    assert next(made) == 0
    made.close()
    assert len(made_so_far) <= 5


def test_short_items_are_made_here_and_those_after_a_long_one_elsewhere() -> None:
    makers: list[int] = []

    def items() -> Iterator[int]:
        for number in range(6):
            makers.append(threading.get_ident())
            yield number

    assert list(prefetch(items(), is_short=lambda number: number < 3)) == list(range(6))
    here = threading.get_ident()
    assert [maker == here for maker in makers] == [True] * 4 + [False] * 2


def test_short_items_are_closed_with_their_reader() -> None:
    is_closed: list[bool] = []

    def items() -> Iterator[int]:
        try:
            yield from range(6)
        finally:
            is_closed.append(True)

    made = prefetch(items(), is_short=lambda _: True)
    assert next(made) == 0
    made.close()
    assert is_closed == [True]


def test_a_fault_after_short_items_is_raised_where_they_are_read() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    made = prefetch(items(), is_short=lambda _: True)
    assert next(made) == 1
    with pytest.raises(ValueError, match="broken"):
        next(made)
