"""Loads files again and again, each time into a new case, and dies each time: ``dying_load.py FOLDER DEATHS FILE…``.

Steps are the calls through which a load touches the disk or the database, counted from 1. For each number of DEATHS
(separated by commas) a process loads the files into ``FOLDER/NUMBER.gtrace`` and kills itself before that step; number
0 is a load that lives. Their steps are written down, one a line, in ``FOLDER/NUMBER.steps``. A death ``40%`` comes
from outside, after so much of the time that load 0 took; says at the end how many of these came too late.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401
import polars as pl  # noqa: F401
import pyarrow as pa  # noqa: F401

from graphtrace.ingest import pipeline, readers  # noqa: F401
from graphtrace.ingest.readers import csv_reader as csv_reader
from graphtrace.storage import ledger, load_files
from graphtrace.storage.duckdb import duckdb_backend, duckdb_writer
from graphtrace.storage.load_settings import LoadSettings

steps: list[str] = []
last = 0
one_at_a_time = threading.Lock()


def step(name: str) -> None:
    # a source is flushed beside the load
    with one_at_a_time:
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
            said = str(arguments[0]).split()[:3] if name in ("execute", "sql") else []
            # the tables that are made, and all that one transaction writes and looks up, make no difference
            same = (
                2 if said[:2] == ["CREATE", "TABLE"] else 1 if said[:1] in (["SELECT"], ["INSERT"], ["UPDATE"]) else 3
            )
            step(" ".join(["con." + name, *said[:same]]))
            return found(*arguments)

        return call


def watched_connect(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(*arguments: Any, **named: Any) -> Any:
        step("connect")
        return WatchedConnection(real(*arguments, **named))

    return connect


# while the database is made, and afterwards
duckdb_backend.require_plain_objects = lambda con, *rest, real=duckdb_backend.require_plain_objects, **named: real(  # type: ignore[misc]
    WatchedConnection(con), *rest, **named
)
# every file by itself: how long that takes must not change the number of steps
duckdb_writer._PATIENCE = 0
vars(duckdb_writer)["open_database"] = watched_connect(vars(duckdb_writer)["open_database"])
for owner, name in (
    (fcntl, "flock"),
    (os, "fsync"),
    (Path, "replace"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (load_files, "_copy_source"),
    (load_files, "write_rejects"),
    (duckdb_writer, "reconcile"),
    (ledger, "read_entries"),
    *(
        (duckdb_writer.DuckDBWriter, name)
        for name in ("begin", "open_sheet", "stage", "close_sheet", "commit", "record", "publish", "finish")
    ),
):
    watch(owner, name)

folder, deaths, files = Path(sys.argv[1]), sys.argv[2].split(","), [Path(file) for file in sys.argv[3:]]
duration_s = 0.0
too_late = 0
for death in deaths:
    began = time.monotonic()
    # a fork costs no imports; no engine has started a thread yet
    child = os.fork()
    if child == 0:
        last = int(death) if death.isdecimal() else 0
        report = load_files.load_files(folder / f"{death}.gtrace", files, LoadSettings())
        (folder / f"{death}.steps").write_text("\n".join(steps), encoding="utf-8")
        os._exit(report.has_errors)
    if death.endswith("%"):
        time.sleep(duration_s * int(death[:-1]) / 100)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if death == "0":
        duration_s = time.monotonic() - began
    elif code == 0 and death.endswith("%"):
        too_late += 1
    if code not in (0, -signal.SIGKILL) or (death.isdecimal() and (code == 0) != (death == "0")):
        sys.exit(f"the load that was to die at {death} ended with {code}")
sys.stdout.write(str(too_late))
