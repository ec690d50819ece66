"""Work that a signal must not interrupt half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def run_uninterrupted(make: Callable[[], Made]) -> Made:
    """What ``make`` returns or raises, run in a thread of its own: no thread but the main one hears a signal.

    A signal is raised in the caller as soon as the work is done. Costs some 100 µs.
    """
    made: list[Made] = []
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
    finally:
        thread.join()
    if failed:
        raise failed[0]
    return made[0]
