"""What Python offers about threads only beyond its own language."""

from __future__ import annotations

import ctypes
import sys


def raise_in_thread(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step in Python; ``None`` takes back one that it has not met."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)


def is_importing(thread: int) -> bool:
    """Return whether a thread is importing a module; cut short there, some modules cannot be imported again at all."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
