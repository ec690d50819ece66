"""What Python offers about threads only beyond its own language."""

from __future__ import annotations

import ctypes


def raise_in_thread(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step in Python; ``None`` takes back one that it has not met."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
