"""Work ahead of whoever uses it: the next block is read while the last one is still being written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

T = TypeVar("T")

_LOOKS_EVERY_S = 0.1


def prefetch(
    items: Iterator[T], *, most: int = 1, is_short: Callable[[T], bool] | None = None
) -> Generator[T, None, None]:
    """Yield the same items, made in a thread of their own, at most so many before they are wanted.

    What the making raises is raised here. Closing the generator, also by an interrupt, ends the thread after the item
    that it is at. With ``is_short``, items are made here until one is not short: a thread would cost more than it
    saves.
    """
    first: list[T] = []
    if is_short is not None:
        try:
            for item in items:
                if not is_short(item):
                    first.append(item)
                    break
                yield item
            else:
                return
        except BaseException:
            if isinstance(items, Generator):
                items.close()
            raise
    made: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(most)
    is_over = threading.Event()

    def hand_over(what: tuple[T] | BaseException | None) -> bool:
        while not is_over.is_set():
            try:
                made.put(what, timeout=_LOOKS_EVERY_S)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not hand_over((item,)):
                    return
            hand_over(None)
        except BaseException as error:
            hand_over(error)
        finally:
            if isinstance(items, Generator):
                items.close()

    maker = threading.Thread(target=make, name="graphtrace-ahead", daemon=True)
    maker.start()
    try:
        yield from first
        while (what := made.get()) is not None:
            if isinstance(what, BaseException):
                raise what
            yield what[0]
    finally:
        is_over.set()
        maker.join()
