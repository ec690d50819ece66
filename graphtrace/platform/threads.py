"""Facts about threads that Python offers only beyond its own language."""

from __future__ import annotations

import ctypes
import sys
from types import FrameType


def raise_in_thread(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step in Python; ``None`` takes back one that it has not met."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)


def frame_of(thread: int) -> FrameType | None:
    """Return the innermost frame of a thread; ``None`` where it runs no Python code."""
    return sys._current_frames().get(thread)
