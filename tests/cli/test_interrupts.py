"""Signals that arrive where Python drops exceptions."""

from __future__ import annotations

import signal
import time
import weakref
from collections.abc import Callable

import pytest

from graphtrace.cli.interrupts import BASE, Ending, end_on_signals


class Finalized:
    """Asks its process to end while it is finalized."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


class Held:
    """Something that a weak reference may name."""


def sleep_after(act: Callable[[], object]) -> None:
    """Act and wait for what comes of it."""
    act()
    time.sleep(5)


def test_a_signal_within_a_finalizer_ends_the_command() -> None:
    ending = Ending()
    with pytest.raises(KeyboardInterrupt), end_on_signals(ending):
        sleep_after(Finalized)
    assert ending.exit_code == BASE + signal.SIGTERM


def test_a_signal_within_the_callback_of_a_weak_reference_ends_the_command() -> None:
    ending = Ending()
    held = [Held()]
    weakref.finalize(held[0], signal.raise_signal, signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), end_on_signals(ending):
        sleep_after(held.clear)
    assert ending.exit_code == BASE + signal.SIGTERM
