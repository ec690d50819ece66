"""Linux and macOS."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import resource
import select
import shlex
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from graphtrace.patterns import late

if TYPE_CHECKING:
    from subprocess import Popen

assert sys.platform != "win32"

NAME: Final = "macOS" if sys.platform == "darwin" else "Linux"

END_OF_INPUT: Final = "Ctrl-D"
"""Keys that end the input at a terminal."""

ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""Names of the signals that end a command: Ctrl-C, the end of a session or service, a terminal that is closed."""


# -- files ---------------------------------------------------------------------------------------------------------


OPEN_FLAGS: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags to open a file through no link, without waiting, and for this process alone."""


def is_link(found: os.stat_result) -> bool:
    """Whether a path is a symbolic link."""
    return stat.S_ISLNK(found.st_mode)


def lock_handle(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file, without waiting; the system releases it when the file is closed or the process ends."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release_and_remove(path: Path, lock: IO[bytes]) -> None:
    """Remove a held lock file and release it, so that no process keeps a lock on a file without a name for long."""
    with suppress(OSError):
        path.unlink()
    lock.close()


REUSES_ADDRESS: Final = True
"""Whether SO_REUSEADDR lets a program take over the port of one that has just ended, without harm."""

SYNC_MODE: Final = "rb"
"""Mode in which a file is opened for ``fsync``."""


def fsync_handle(handle: int) -> None:
    """Flush the content of an open file to disk."""
    if sys.platform == "darwin":
        # fsync leaves the content in the cache of the drive there
        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def fsync_folder(folder: Path) -> None:
    """Flush the entries of a folder to disk, where its rights and its file system allow it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Move a file or folder to a path, replacing a file there."""
    source.replace(target)


def remove_file(path: Path) -> None:
    """Remove a file if it exists, whatever its mode."""
    path.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder with its contents, as far as possible."""
    shutil.rmtree(folder, ignore_errors=True)


def is_in_use(path: Path) -> bool:
    """Whether the system refuses to open a file because another process has it open; here always false."""
    del path
    return False


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process has a database open: it holds a lock on it."""
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def is_broken_pipe(fault: OSError) -> bool:
    """Whether the reader of a pipe is gone."""
    return isinstance(fault, BrokenPipeError)


def has_long_paths() -> bool:
    """Whether paths of more than 260 characters are possible."""
    return True


# -- rights --------------------------------------------------------------------------------------------------------


def set_mode(path: Path | int, mode: int) -> None:
    """Set the rights of a path, or of an open file, whatever the umask is."""
    os.chmod(path, mode)  # noqa: PTH101 - a path or a handle


def is_foreign(found: os.stat_result) -> bool:
    """Whether a file belongs to another account."""
    return found.st_uid != os.getuid()


def grants_others(found: os.stat_result) -> bool:
    """Whether everybody has a right to a file."""
    return bool(found.st_mode & stat.S_IRWXO)


def account_folder_name() -> str:
    """Return the name of this account's folder in the folder for temporary files."""
    return f"graphtrace-{os.getuid()}"


def config_folder() -> Path:
    """Return the folder in which programs keep the settings of this account."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    given = os.environ.get("XDG_CONFIG_HOME", "")
    # the specification has what is no absolute path ignored
    return Path(given) if given.startswith("/") else Path.home() / ".config"


def account_name() -> str:
    """Return the name of the account; "?" if it has none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


# -- processes -----------------------------------------------------------------------------------------------------


def limit_process(seconds: int, memory_bytes: int, output_bytes: int) -> None:
    """Set resource limits on this process, so that it fails before the machine runs short."""
    for which, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, seconds, seconds + 5),
        (resource.RLIMIT_FSIZE, output_bytes, output_bytes),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(which, (soft, hard))
        except ValueError:
            # macOS reserves more addresses for each process than any limit would leave it
            if sys.platform != "darwin":
                raise


OWN_GROUP: Final[dict[str, Any]] = {"start_new_session": True}
"""Arguments that start a process with a group of its own, so that it can be ended with those that it starts."""


def kill_group(process: Popen[bytes]) -> None:
    """End a process that was started with :data:`OWN_GROUP`, and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def watch_memory(process: Popen[bytes], memory_bytes: int) -> AbstractContextManager[None]:
    """End a process that exceeds its memory limit; here the system does it."""
    del process, memory_bytes
    return nullcontext()


def interpreter() -> tuple[str, dict[str, str]]:
    """Return the interpreter that runs Python code in a child process, and the environment variables that it needs."""
    return sys.executable, {}


def has_crashed(returncode: int) -> bool:
    """Whether a process ended by a crash or a limit."""
    return returncode < 0


def physical_bytes() -> int | None:
    """Return the memory of the machine, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@contextmanager
def bounded_memory(size: int) -> Iterator[Callable[[], bool]]:
    """Limit this process to ``size`` further bytes, on Linux; the yielded function tells if three quarters are used."""
    try:
        before = _taken_bytes()
    except (OSError, IndexError):
        yield lambda: False
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = before + size if soft == resource.RLIM_INFINITY else min(soft, before + size)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield lambda: _taken_bytes() > before + (most - before) * 3 // 4
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken_bytes() -> int:
    """Return the bytes that the process has allocated from the system."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(r"VmData:\s+([0-9]+) kB", status)[0]) << 10


def make_wakeup_pipe() -> tuple[int, int]:
    """Return a pipe for the numbers of signals: its read end, and its write end, which never blocks."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    return read_end, write_end


# -- the desk ------------------------------------------------------------------------------------------------------


def interrupt_main_thread(number: int) -> None:
    """Deliver a signal to the main thread from another one."""
    signal.pthread_kill(threading.main_thread().ident or 0, number)


_LOOKS_S: Final = 0.2
"""Seconds between two looks for a signal that came just before the process began to wait for input."""


def wait_for_line(stream: IO[str]) -> None:
    """Wait until a line can be read from a terminal.

    A read that begins right after a signal would only hear of it at the next line.
    """
    while not select.select([stream], [], [], _LOOKS_S)[0]:
        pass


def desktop_language() -> str:
    """Return the language of the desktop apart from environment variables: here none."""
    return ""


PLAIN_WORD: Final = late(r"[\w./:+=-]+")
"""Words that need no quotes on a command line."""

ENCLOSABLE_WORD: Final = late(r"[^\"$`%!“”„\\\n]+")
"""Words that double quotes are enough for."""


def escape_word(word: str) -> str:
    """Return any word quoted for sh."""
    return shlex.quote(word)


def expand_wildcards(path: Path) -> list[Path]:
    """Return the files that a name with wildcards matches; here the shell has expanded it already."""
    return [path]
