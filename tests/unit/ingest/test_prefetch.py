from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from graphtrace.ingest.prefetch import prefetch


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
