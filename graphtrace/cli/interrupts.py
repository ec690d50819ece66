"""Ctrl-C, also where nobody listens: the first asks a command to end, the second ends it.

A database that is interrupted goes on now and then until its question is answered, and Python hears no further signal
meanwhile. A process that is ended leaves what a killed one leaves: a load is whole or not there, and the next one
clears up.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

INTERRUPTED: Final = 130
"""The exit code."""


@contextmanager
def second_interrupt_ends() -> Iterator[None]:
    """Ends the process at a second Ctrl-C within; changes nothing where somebody else handles the first."""
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not is_ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard,), name="graphtrace-interrupts", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(told)


def _listen(heard: int) -> None:
    """Reads the numbers of signals until nobody is there to tell of any."""
    interrupts = 0
    while number := os.read(heard, 1):
        interrupts += number[0] == signal.SIGINT
        if interrupts > 1:
            os._exit(INTERRUPTED)
    os.close(heard)
