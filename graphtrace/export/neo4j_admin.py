"""Export of a whole case for ``neo4j-admin database import full``: a folder of files and the import command."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.results.subgraph import ExportResult
from graphtrace.storage.case_folder import new_folder

if TYPE_CHECKING:
    from graphtrace.storage.base import Backend

NAME = "neo4j-admin"
SCRIPT = "import.sh"
SCRIPT_OF_WINDOWS = "import.cmd"
_SCRIPT = """#!/bin/sh
# Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
# NEO4J_ADMIN says which neo4j-admin to run, where it is not on the path.
set -e
cd "$(dirname "$0")"
"${{NEO4J_ADMIN:-neo4j-admin}}" {arguments}
"""
_SCRIPT_OF_WINDOWS = """@echo off
rem Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
rem NEO4J_ADMIN says which neo4j-admin.bat to run, where it is not on the path.
setlocal
cd /d "%~dp0"
if not defined NEO4J_ADMIN set "NEO4J_ADMIN=neo4j-admin"
call "%NEO4J_ADMIN%" {arguments}
"""


def export_case(store: Backend, folder: Path) -> ExportResult:
    """Write a case atomically into a new or empty folder.

    Raises
    ------
    UsageError
        If the folder cannot be written, or holds something.
    """
    from graphtrace.storage.neo4j.admin_import import write_admin_import

    with new_folder(folder) as fresh:
        written, command = write_admin_import(store, fresh)
        (fresh / SCRIPT).write_bytes(_SCRIPT.format(arguments=shlex.join(command[1:])).encode())
        script = _SCRIPT_OF_WINDOWS.format(arguments=subprocess.list2cmdline(command[1:]))
        (fresh / SCRIPT_OF_WINDOWS).write_bytes(script.replace("\n", "\r\n").encode())
    return ExportResult(path=folder, format=NAME, level="record", written=written, limits=None, command=command)
