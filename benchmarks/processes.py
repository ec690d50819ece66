"""Runs a command as a process measured from outside: seconds by the clock, peak memory by the system's account."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Ran(NamedTuple):
    """Time by the clock, peak memory and processor time that a process took, and its output."""

    seconds: float
    peak_mb: float
    printed: str
    cpu_seconds: float = 0.0


class Cut(Exception):
    """The process did not keep within the bounds, or failed; the text says which."""


@dataclass(frozen=True)
class Bounds:
    """Limits of time and memory after which a process is ended."""

    seconds: float
    memory_mb: float


def run(
    command: Sequence[object], bounds: Bounds, environment: dict[str, str] | None = None, expected: Sequence[int] = (0,)
) -> Ran:
    """Run a command to its end; ``expected`` are the exit codes that are no failure.

    Python keeps what it compiled, as for anybody who installed a program, whatever the environment says.

    Raises
    ------
    Cut
        If it had to be ended, or failed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as fault:
        began = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=out,
            stderr=fault,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            | (environment or {}),
        )
        why, pause = None, 0.0005
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if why is None:
                if time.perf_counter() - began > bounds.seconds:
                    why = f"over {bounds.seconds:.0f} s"
                elif _resident_mb(child.pid) > bounds.memory_mb:
                    why = f"over {bounds.memory_mb / 1000:.0f} GB"
                if why is not None:
                    child.kill()
            time.sleep(pause)
            pause = min(pause * 1.1, 0.05)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if why is not None:
            raise Cut(why)
        out.seek(0)
        fault.seek(0)
        if child.returncode not in expected:
            lines = fault.read().decode(errors="replace").strip().splitlines() or [""]
            raise Cut(f"failed: {lines[-1][:200]}")
        return Ran(seconds, usage.ru_maxrss / 1024, out.read().decode(), usage.ru_utime + usage.ru_stime)


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def size_mb(folder: Path) -> float:
    """Megabytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
