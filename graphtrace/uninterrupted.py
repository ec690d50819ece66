"""Work that neither a signal nor another thread may interrupt."""

from __future__ import annotations

import _weakrefset
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeVar

Result = TypeVar("Result")

_WEAKREFS: Final = {weakref.__file__, _weakrefset.__file__}

_NATIVE_INITIALIZERS: Final = {"ExtensionFileLoader.create_module", "ExtensionFileLoader.exec_module"}
"""Methods of importlib that run the initialization of an extension module."""

_IMPORTLIB: Final = "<frozen importlib._bootstrap>"


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


def must_not_raise_at(frame: FrameType | None, *, is_end: bool = True) -> bool:
    """Whether an exception raised here from outside would not reach the work, or come where it must not.

    Python drops those of a finalizer and of the callback of a weak reference. While an extension module is initialized,
    its C++ code may be between this frame and the work, and some such code (DuckDB's) aborts the process.
    Where the process goes on after it (``is_end`` is false) no import may be cut short either: some modules, as numpy,
    cannot be imported again.
    Work that must not be interrupted cannot be guarded from the caller: a signal may come as it is called.
    """
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__del__" or code.co_filename in _WEAKREFS or code.co_qualname in _NATIVE_INITIALIZERS:
            return True
        if code is run_uninterrupted.__code__ or (code.co_filename == _IMPORTLIB and not is_end):
            return True
        frame = frame.f_back
    return False
