"""Signals that arrive where Python drops exceptions, or where work must not be interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from graphtrace.cli.exit_codes import SIGNALLED
from graphtrace.cli.interrupts import SignalState, end_on_signals
from graphtrace.uninterrupted import run_uninterrupted


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


@pytest.mark.posix
def test_a_signal_within_a_finalizer_ends_the_command() -> None:
    state = SignalState()
    with pytest.raises(KeyboardInterrupt), end_on_signals(state):
        sleep_after(Finalized)
    assert state.exit_code == SIGNALLED + signal.SIGTERM


@pytest.mark.posix
def test_a_signal_within_the_callback_of_a_weak_reference_ends_the_command() -> None:
    state = SignalState()
    held = [Held()]
    weakref.finalize(held[0], signal.raise_signal, signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), end_on_signals(state):
        sleep_after(held.clear)
    assert state.exit_code == SIGNALLED + signal.SIGTERM


@pytest.mark.posix
@pytest.mark.parametrize("called", ["run_uninterrupted", "start", "join"])
def test_work_that_must_not_be_interrupted_is_done_when_a_signal_comes_as_it_begins(called: str) -> None:
    """The removal of a scratch folder, say, which nobody would do later."""
    state = SignalState()
    done: list[str] = []
    sent: list[str] = []

    def send(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == called and not sent:
            sent.append(called)
            signal.raise_signal(signal.SIGTERM)

    def work() -> None:
        sys.setprofile(send)
        try:
            run_uninterrupted(lambda: done.append("done"))
        finally:
            sys.setprofile(None)

    with pytest.raises(KeyboardInterrupt), end_on_signals(state):
        sleep_after(work)
    assert (done, sent) == (["done"], [called])
    assert state.exit_code == SIGNALLED + signal.SIGTERM


@pytest.mark.posix
def test_a_signal_within_code_that_is_given_as_text_gives_its_own_exit_code(tmp_path: Path) -> None:
    """Dataclasses and named tuples are made from such code, and imports make them."""
    (tmp_path / "interrupted.py").write_text(
        f"""
import signal, sys
from graphtrace.cli.interrupts import SignalState, end_on_signals
state = SignalState()
try:
    with end_on_signals(state):
        exec("signal.raise_signal({int(signal.SIGTERM)})")
except KeyboardInterrupt:
    sys.exit(state.exit_code)
""",
        "utf-8",
    )
    ended = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False)
    assert ended.returncode == SIGNALLED + signal.SIGTERM


@pytest.mark.posix
def test_ctrl_c_is_python_s_again_after_polars_is_imported(tmp_path: Path) -> None:
    """The handler of polars lets a thread panic; where that cannot be unwound the process is aborted."""
    script = tmp_path / "handlers.py"
    script.write_text(
        """
import ctypes
from graphtrace.cli.interrupts import SignalState, end_on_signals

def handler():
    action = (ctypes.c_void_p * 64)()
    assert ctypes.CDLL(None).sigaction(2, None, action) == 0
    return action[0]

with end_on_signals(SignalState()):
    own = handler()
    import polars
    theirs = handler()
    import graphtrace.ingest.vectorized
    print(own == theirs, own == handler())
""",
        encoding="utf-8",
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "False True\n"
