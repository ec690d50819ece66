"""Windows 10 and later."""

from __future__ import annotations

import _thread
import ctypes
import errno
import msvcrt
import os
import shutil
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import wintypes
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from graphtrace.patterns import late

if TYPE_CHECKING:
    from subprocess import Popen

assert sys.platform == "win32"

NAME: Final = "Windows"

END_OF_INPUT: Final = "Ctrl-Z"
"""Keys that end the input at a terminal, before Enter."""

ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGBREAK")
"""Names of the signals that end a command: Ctrl-C, Ctrl-Break and a console that is closed."""

_KERNEL: Final = ctypes.WinDLL("kernel32", use_last_error=True)

_SHARING_VIOLATION, _LOCK_VIOLATION = 32, 33
_RETRIES_S: Final = (0.05, 0.1, 0.2, 0.4)
"""Seconds between attempts to replace a file that a scanner or an indexer has open after it was written."""

_NAME_SURROGATE: Final = 0x20000000
"""Bit of a reparse tag of name surrogates: links and junctions, not cloud files."""


# -- files ---------------------------------------------------------------------------------------------------------


OPEN_FLAGS: Final = os.O_BINARY | os.O_NOINHERIT
"""Flags to open a file without inheritance. None refuses a link: callers check the path first."""


def is_link(found: os.stat_result) -> bool:
    """Whether a path is a symbolic link or a junction."""
    return stat.S_ISLNK(found.st_mode) or bool(found.st_reparse_tag & _NAME_SURROGATE)


class _Overlapped(ctypes.Structure):
    _fields_ = (
        ("internal", ctypes.c_void_p),
        ("internal_high", ctypes.c_void_p),
        ("offset", wintypes.DWORD),
        ("offset_high", wintypes.DWORD),
        ("event", wintypes.HANDLE),
    )


_LOCKED_BYTE: Final = 0x40000000
"""Offset of the byte that is locked for a file, far beyond its end, as others cannot read a locked byte."""


def lock_handle(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file, without waiting; the system releases it when the file is closed or the process ends."""
    place = _Overlapped(offset=_LOCKED_BYTE)
    fails_at_once, is_exclusive = 1, 2
    flags = fails_at_once if shared else fails_at_once | is_exclusive
    file = wintypes.HANDLE(msvcrt.get_osfhandle(handle))
    if _KERNEL.LockFileEx(file, flags, 0, 1, 0, ctypes.byref(place)):
        return True
    fault = ctypes.get_last_error()
    if fault in (_LOCK_VIOLATION, 997):  # held, or "pending"
        return False
    raise ctypes.WinError(fault)


def release_and_remove(path: Path, lock: IO[bytes]) -> None:
    """Release a lock file and remove it, unless another process has it open already."""
    lock.close()
    with suppress(OSError):
        path.unlink()


REUSES_ADDRESS: Final = False
"""Whether SO_REUSEADDR lets a program take over the port of one that has just ended, without harm.

Here it would let another program take over one that is in use.
"""

SYNC_MODE: Final = "r+b"
"""Mode in which a file is opened for ``fsync``: a file that is not open for writing cannot be flushed."""


def fsync_handle(handle: int) -> None:
    """Flush the content of an open file to disk."""
    os.fsync(handle)


def fsync_folder(folder: Path) -> None:
    """Do nothing: the entries of a folder are in the journal of NTFS."""
    del folder


def replace(source: Path, target: Path) -> None:
    """Move a file or folder to a path, replacing a file there; retries while another process has it open.

    Raises PermissionError if the target stays open elsewhere.
    """
    if target.is_file():
        target.chmod(stat.S_IWRITE)
    for delay_s in (*_RETRIES_S, None):
        try:
            source.replace(target)
        except PermissionError:
            if delay_s is None:
                raise
            time.sleep(delay_s)
        else:
            return


def remove_file(path: Path) -> None:
    """Remove a file if it exists; a read-only one is made writable first."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        path.chmod(stat.S_IWRITE)
        path.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder with its contents, as far as possible."""

    def remove_anyway(_: Callable[..., Any], path: str, __: Any) -> None:
        with suppress(OSError):
            remove_file(Path(path))

    shutil.rmtree(folder, onerror=remove_anyway)


def is_in_use(path: Path) -> bool:
    """Whether the system refuses to open a file for writing because another process has it open.

    The message of a library is in the language of the system; the number of the error is not.
    """
    create = _KERNEL.CreateFileW
    create.restype = wintypes.HANDLE
    read_write, share_all, open_existing = 0xC0000000, 7, 3
    opened = create(str(path), read_write, share_all, None, open_existing, 0, None)
    if opened == wintypes.HANDLE(-1).value:
        return ctypes.get_last_error() in (_SHARING_VIOLATION, _LOCK_VIOLATION)
    _KERNEL.CloseHandle(wintypes.HANDLE(opened))
    return False


def is_open_elsewhere(path: Path) -> bool:
    """Whether a process has a database open."""
    return is_in_use(path)


def is_broken_pipe(fault: OSError) -> bool:
    """Whether the reader of a pipe is gone."""
    return isinstance(fault, BrokenPipeError) or fault.errno == errno.EINVAL


def has_long_paths() -> bool:
    """Whether paths of more than 260 characters are possible: the system has to allow it."""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


# -- rights --------------------------------------------------------------------------------------------------------


def set_mode(path: Path | int, mode: int) -> None:
    """Make a file read-only or writable. Read rights are inherited from its folder."""
    if not isinstance(path, int):
        path.chmod(mode)


def is_foreign(found: os.stat_result) -> bool:
    """Whether a file belongs to another account: the folder for temporary files is the account's own here."""
    del found
    return False


def grants_others(found: os.stat_result) -> bool:
    """Whether the mode of a file grants rights to others; here the mode does not tell, so always false."""
    del found
    return False


def account_folder_name() -> str:
    """Return the name of this account's folder in the folder for temporary files."""
    return "graphtrace"


def config_folder() -> Path:
    """Return the folder in which programs keep the settings of this account."""
    given = os.environ.get("APPDATA")
    return Path(given) if given else Path.home() / "AppData" / "Roaming"


def account_name() -> str:
    size = wintypes.DWORD(257)
    name = ctypes.create_unicode_buffer(size.value)
    is_known = ctypes.WinDLL("advapi32").GetUserNameW(name, ctypes.byref(size))
    return name.value if is_known and name.value else os.environ.get("USERNAME", "?")


# -- processes -----------------------------------------------------------------------------------------------------


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", wintypes.DWORD),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority", wintypes.DWORD),
        ("scheduling", wintypes.DWORD),
    )


class _JobLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io", ctypes.c_uint64 * 6),
        ("process_bytes", ctypes.c_size_t),
        ("job_bytes", ctypes.c_size_t),
        ("peak_process_bytes", ctypes.c_size_t),
        ("peak_job_bytes", ctypes.c_size_t),
    )


_LIMIT_TIME, _LIMIT_PROCESSES, _LIMIT_MEMORY, _DIE_ON_FAULT = 0x2, 0x8, 0x100, 0x400
_EXTENDED_LIMITS: Final = 9


class _Job:
    """A job object with this process, on which the system enforces limits."""

    def __init__(self) -> None:
        _KERNEL.CreateJobObjectW.restype = wintypes.HANDLE
        _KERNEL.GetCurrentProcess.restype = wintypes.HANDLE
        self._job = wintypes.HANDLE(_KERNEL.CreateJobObjectW(None, None))
        self.is_held = bool(_KERNEL.AssignProcessToJobObject(self._job, wintypes.HANDLE(_KERNEL.GetCurrentProcess())))

    def limit(self, memory_bytes: int | None, *, seconds: int | None = None) -> None:
        """Set or lift the limits; if the system refuses, the watching process must enforce them."""
        limits = _JobLimits()
        flags = 0
        if memory_bytes is not None:
            flags |= _LIMIT_MEMORY
            limits.process_bytes = memory_bytes
        if seconds is not None:
            flags |= _LIMIT_TIME | _LIMIT_PROCESSES | _DIE_ON_FAULT
            limits.basic.process_time = seconds * 10**7
            limits.basic.processes = 1
        limits.basic.flags = flags
        _KERNEL.SetInformationJobObject(self._job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))


_jobs: Final[list[_Job]] = []
"""Job of this process, once created: a process cannot leave a job, and a closed job no longer enforces limits."""


def _own_job() -> _Job:
    if not _jobs:
        _jobs.append(_Job())
    return _jobs[0]


def limit_process(seconds: int, memory_bytes: int, output_bytes: int) -> None:
    """Set resource limits on this process, so that it fails before the machine runs short."""
    del output_bytes  # the parent reads no more than it may
    _own_job().limit(memory_bytes, seconds=seconds)


class _MemoryCounters(ctypes.Structure):
    _fields_ = (
        ("size", wintypes.DWORD),
        ("faults", wintypes.DWORD),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("quotas", ctypes.c_size_t * 4),
        ("pagefile", ctypes.c_size_t),
        ("peak_pagefile", ctypes.c_size_t),
    )


def _committed_bytes(process: int) -> int:
    """Return the bytes that a process has allocated from the system; 0 if unknown."""
    counters = _MemoryCounters(size=ctypes.sizeof(_MemoryCounters))
    get = _KERNEL.K32GetProcessMemoryInfo
    if not get(wintypes.HANDLE(process), ctypes.byref(counters), ctypes.sizeof(counters)):
        return 0
    return max(int(counters.pagefile), int(counters.working_set))


_WATCH_S: Final = 0.05
_OUT_OF_MEMORY: Final = 0xC0000017
"""STATUS_NO_MEMORY: exit code of a process that is ended for its use of memory."""


OWN_GROUP: Final[dict[str, Any]] = {}
"""Arguments that start a process that can be ended with those that it starts; parsers end by their own limits here."""


def kill_group(process: Popen[bytes]) -> None:
    """End a process that was started with :data:`OWN_GROUP`."""
    process.kill()


@contextmanager
def watch_memory(process: Popen[bytes], memory_bytes: int) -> Iterator[None]:
    """End a process that exceeds its memory limit, also where the system does not enforce the limit of its job."""
    is_over = threading.Event()
    handle = int(process._handle)  # type: ignore[attr-defined]

    def watch() -> None:
        while not is_over.wait(_WATCH_S):
            if _committed_bytes(handle) > memory_bytes:
                _KERNEL.TerminateProcess(wintypes.HANDLE(handle), _OUT_OF_MEMORY)
                return

    watcher = threading.Thread(target=watch, name="graphtrace-memory", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def interpreter() -> tuple[str, dict[str, str]]:
    """Return the interpreter that runs Python code in a child process, and the environment variables that it needs.

    ``python.exe`` of a virtual environment only starts the real one, whose memory is the one to watch.
    """
    base = str(getattr(sys, "_base_executable", sys.executable))
    return (sys.executable, {}) if base == sys.executable else (base, {"__PYVENV_LAUNCHER__": sys.executable})


_ABORT: Final = 3


def has_crashed(returncode: int) -> bool:
    """Whether a process ended by a crash or a limit: its code is a status of the system, or that of ``abort``."""
    return returncode < 0 or returncode > 0xFF or returncode == _ABORT


class _MemoryStatus(ctypes.Structure):
    _fields_ = (
        ("size", wintypes.DWORD),
        ("load", wintypes.DWORD),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("pagefile", ctypes.c_uint64 * 2),
        ("virtual", ctypes.c_uint64 * 2),
        ("extended", ctypes.c_uint64),
    )


def physical_bytes() -> int | None:
    """Return the memory of the machine, in bytes."""
    status = _MemoryStatus(size=ctypes.sizeof(_MemoryStatus))
    return int(status.total) if _KERNEL.GlobalMemoryStatusEx(ctypes.byref(status)) else None


@contextmanager
def bounded_memory(size: int) -> Iterator[Callable[[], bool]]:
    """Limit this process to ``size`` further bytes; the yielded function tells if three quarters are used."""
    _KERNEL.GetCurrentProcess.restype = wintypes.HANDLE
    own = int(_KERNEL.GetCurrentProcess())
    before = _committed_bytes(own)
    job = _own_job()
    job.limit(before + size)
    try:
        yield lambda: _committed_bytes(own) > before + size * 3 // 4
    finally:
        job.limit(None)


def make_wakeup_pipe() -> tuple[int, int]:
    """Return a pipe for the numbers of signals: its read end and its write end."""
    return os.pipe()


# -- the desk ------------------------------------------------------------------------------------------------------

_CHINESE: Final = 0x04


def interrupt_main_thread(number: int) -> None:
    """Deliver a signal to the main thread from another one."""
    _thread.interrupt_main(signal.Signals(number))


def wait_for_line(stream: IO[str]) -> None:
    """Wait until a line can be read from a terminal: here the read itself hears of signals."""


def desktop_language() -> str:
    """Return the language of the menus, for which Windows sets no environment variable."""
    return "zh" if _KERNEL.GetUserDefaultUILanguage() & 0x3FF == _CHINESE else ""


PLAIN_WORD: Final = late(r"[\w./:\\+=-]+")
"""Words that need no quotes on a command line."""

ENCLOSABLE_WORD: Final = late(r"[^\"$`%!“”„\n]*[^\"$`%!“”„\n\\]")
"""Words that double quotes are enough for."""


def escape_word(word: str) -> str:
    """Return any word quoted for programs; cmd.exe and PowerShell share no form for one with ``"`` or ``$``."""
    import subprocess

    return subprocess.list2cmdline([word])


def expand_wildcards(path: Path) -> list[Path]:
    """Return the files that a name with wildcards matches, which cmd.exe and PowerShell leave to the program."""
    if not any(sign in path.name for sign in "*?") or path.parent == path:
        return [path]
    return sorted(found for found in path.parent.glob(path.name.replace("[", "[[]")) if found.is_file()) or [path]
