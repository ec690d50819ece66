"""Work that a signal must not interrupt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def run_uninterrupted(make: Callable[[], Result], *, undo: Callable[[Result], object] | None = None) -> Result:
    """Run ``make`` in a thread of its own and return or raise its result: only the main thread receives signals.

    A signal is raised in the caller as soon as the work is done, and after ``undo`` has taken back what was made. Costs
    some 100 µs.
    """
    made: list[Result] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            made.append(make())
        except Exception as error:  # for the thread that waits
            failed.append(error)

    thread = threading.Thread(target=run, name="graphtrace-uninterrupted")
    thread.start()
    try:
        thread.join()
    except BaseException:
        thread.join()
        if undo is not None and made:
            undo(made[0])
        raise
    if failed:
        raise failed[0]
    return made[0]
