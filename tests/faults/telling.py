"""Runs commands one after the other and tells when each said something: ``telling.py DISK LOG FOLDER``.

The commands are a list of lists of JSON on the input. For each one line is printed: how large LOG was when the command
began, when it said something for the first time, just before that, and when it had ended. What DISK holds then is
copied to ``FOLDER/after-NUMBER``.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401
import polars as pl  # noqa: F401
import pyarrow as pa  # noqa: F401

import graphtrace as gt
from graphtrace.cli import main


class Telling(io.FileIO):
    """The standard output of a command, which writes down where the drive is before it says something."""

    def __init__(self, file: Path, log: Path) -> None:
        super().__init__(file, "w")
        self._log = log
        self._told = file.with_suffix(".told")

    def write(self, data: Any) -> int:
        if not self._told.exists():
            self._told.write_text(str(self._log.stat().st_size), "utf-8")
        return super().write(data)


def run(arguments: list[str]) -> int:
    """Run a command of the command line, or add a note: ``note CARD TEXT --case CASE``."""
    if arguments[0] != "note":
        return main(arguments)
    _, card, text, _, case = arguments
    gt.open_case(case).add_note("note", f"card:{card}", {"text": text}, by="p")
    print("noted")
    return 0


disk, log, folder = map(Path, sys.argv[1:])
for number, arguments in enumerate(json.load(sys.stdin)):
    said = folder / f"said-{number}"
    began = log.stat().st_size
    # a fork costs no imports; no engine has started a thread yet
    child = os.fork()
    if child == 0:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(Telling(said, log)), encoding="utf-8")
        code = run(arguments)
        sys.stdout.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    ended = log.stat().st_size
    if status:
        sys.exit(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    told = said.with_suffix(".told")
    print(began, told.read_text("utf-8") if told.exists() else ended, ended, flush=True)
    shutil.copytree(disk, folder / f"after-{number}", ignore=shutil.ignore_patterns("lost+found"))
