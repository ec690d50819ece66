"""Loads files and kills itself at one step of the load: ``dying_load.py CASE STEP FILE…``.

Steps are the calls through which a load touches the disk or the database, counted from 1; the process dies before the
call of step STEP. A load that lives prints its steps, one a line.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphtrace.store import embedded, ledger, loading, writing

steps: list[str] = []
last = int(sys.argv[2])


def step(name: str) -> None:
    steps.append(name)
    if len(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)


def watch(owner: Any, name: str) -> None:
    real = getattr(owner, name)
    said = f"{owner.__name__.rpartition('.')[2]}.{name}"

    def watched(*arguments: Any, **named: Any) -> Any:
        step(said)
        return real(*arguments, **named)

    setattr(owner, name, watched)


class WatchedConnection:
    """A connection whose every call is a step."""

    def __init__(self, con: Any) -> None:
        self._con = con

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._con, name)
        if not callable(found):
            return found

        def call(*arguments: Any) -> Any:
            said = " ".join(str(arguments[0]).split()[:3]) if name in ("execute", "sql") else ""
            step(f"con.{name} {said}".strip())
            return found(*arguments)

        return call


def watched_connect(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(*arguments: Any, **named: Any) -> Any:
        step("connect")
        return WatchedConnection(real(*arguments, **named))

    return connect


# while the database is made, and afterwards
embedded._check_format = lambda con, *rest, real=embedded._check_format, **named: real(  # type: ignore[misc]
    WatchedConnection(con), *rest, **named
)
writing.connect = watched_connect(writing.connect)
for owner, name in (
    (fcntl, "flock"),
    (os, "fsync"),
    (Path, "replace"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (loading, "_copy_source"),
    (loading, "_write_rejects"),
    (writing, "settle"),
    (ledger, "read_entries"),
    *((writing.CaseWriter, name) for name in ("begin", "open_sheet", "stage", "close_sheet", "commit", "record")),
):
    watch(owner, name)

report = loading.load_files(Path(sys.argv[1]), [Path(file) for file in sys.argv[3:]])
assert not report.has_errors, report
sys.stdout.write("\n".join(steps))
