"""Signals that end a command: the first requests an orderly end, a second one ends the process.

Ctrl-C (SIGINT), the end of a session or a service (SIGTERM) and a terminal that is closed (SIGHUP) are one: the command
stops where it is and clears up, a load is whole or not there. A database that is interrupted goes on now and then until
its question is answered, and Python hears no further signal meanwhile. A process that is ended leaves what a killed one
leaves, and the next load clears up.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from graphtrace.cli.exit_codes import INTERRUPTED, SIGNALLED
from graphtrace.platform import system
from graphtrace.uninterrupted import must_not_raise_at

GRACE_S: Final = 1.0
"""Seconds in which only Ctrl-C counts as a second signal: a closed terminal sends several signals at once."""

_POSTPONED_S: Final = 0.01
"""Seconds after which a signal is sent again that came where it could not be raised."""

_SEND_AGAIN: Final = 0x80
"""Added to the number of a signal that is to be sent again; numbers of signals are lower."""

_DEFAULTS: Final = {
    signal.Signals[name]: signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    for name in system.ENDING_SIGNALS
}
"""Signals that end a command, and their default handlers."""


class SignalState:
    """Signal that has asked the command to end, if one has."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.is_over = False
        self.postponed = 0
        """Number of signals that will be sent again, as they came where an exception would be lost."""
        self.listener: int | None = None
        """Pipe to the thread that sends them again; ``None`` if there is no such thread."""

    @property
    def exit_code(self) -> int:
        """Return the exit code of an interrupted command."""
        return INTERRUPTED if self.signal is None else SIGNALLED + self.signal

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the command at the first signal, and ignore further ones while it cleans up."""
        if self.signal is not None or self.is_over:
            return
        if self.listener is not None and must_not_raise_at(frame):
            self.postponed += 1
            with suppress(BlockingIOError):
                os.write(self.listener, bytes([number | _SEND_AGAIN]))
                return
        self.signal = number
        raise KeyboardInterrupt


@contextmanager
def end_on_signals(state: SignalState) -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` at the first signal in the context; leaves signals with other handlers alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = {number: default for number, default in _DEFAULTS.items() if signal.getsignal(number) is default}
    read_end, write_end = system.make_wakeup_pipe()
    listener = threading.Thread(
        target=_listen, args=(read_end, set(ours), state), name="graphtrace-signals", daemon=True
    )
    with suppress(RuntimeError):  # a machine without room for a thread: the second signal is not heard
        listener.start()
        state.listener = write_end
    wakeup = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    after_polars = _AfterPolars()
    sys.meta_path.insert(0, after_polars)
    try:
        for number in ours:
            signal.signal(number, state.on_signal)
        yield
    finally:
        state.is_over = True
        state.listener = None
        after_polars.remove()
        if state.signal is not None:
            # once code given as text was interrupted, as in an import, CPython ends by SIGINT until more of it runs
            exec("")  # noqa: S102 - an empty text
        for number, default in ours.items():
            signal.signal(number, default)
        signal.set_wakeup_fd(wakeup)
        os.close(write_end)


class _AfterPolars:
    """Import hook that restores Python's Ctrl-C handler after the import of polars; it finds no module itself.

    Polars puts a handler of its own before that of Python, which lets its work panic. Where a panic cannot be unwound
    the process is aborted without a word, and clears up nothing. What polars does here at a time is short.
    """

    def find_spec(self, _name: str, _path: object = None, _target: object = None) -> None:
        polars = sys.modules.get("polars")
        if polars is None or getattr(polars.__spec__, "_initializing", False):
            return
        if threading.current_thread() is threading.main_thread():
            self.remove()
            signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))

    def remove(self) -> None:
        with suppress(ValueError):
            sys.meta_path.remove(self)


def _listen(heard: int, ours: set[int], state: SignalState) -> None:
    """Read the numbers of signals until the pipe closes; end the process at a second one."""
    first: float | None = None
    while byte := os.read(heard, 1):
        number = byte[0]
        if number & _SEND_AGAIN:
            time.sleep(_POSTPONED_S)
            system.interrupt_main_thread(number ^ _SEND_AGAIN)
        elif number not in ours:
            continue
        elif state.postponed:
            state.postponed -= 1
        elif first is None:
            first = time.monotonic()
        elif number == signal.SIGINT or time.monotonic() - first > GRACE_S:
            os._exit(SIGNALLED + number)
    os.close(heard)
