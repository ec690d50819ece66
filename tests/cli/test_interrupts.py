"""Signals that arrive where Python drops exceptions."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

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
    time.sleep(20)


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


def test_a_signal_within_code_that_is_given_as_text_gives_its_own_exit_code(tmp_path: Path) -> None:
    """Dataclasses and named tuples are made from such code, and imports make them."""
    (tmp_path / "interrupted.py").write_text(
        f"""
import signal, sys
from graphtrace.cli.interrupts import Ending, end_on_signals
ending = Ending()
try:
    with end_on_signals(ending):
        exec("signal.raise_signal({int(signal.SIGTERM)})")
except KeyboardInterrupt:
    sys.exit(ending.exit_code)
""",
        "utf-8",
    )
    ended = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False)
    assert ended.returncode == BASE + signal.SIGTERM
