"""A whole case for ``neo4j-admin database import full``: a folder with its files and the command that reads them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.export.formats import ExportResult
from graphtrace.render.atomic import new_folder

if TYPE_CHECKING:
    from graphtrace.storage.base import Backend

NAME = "neo4j-admin"
SCRIPT = "import.sh"
_SCRIPT = """#!/bin/sh
# Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
# NEO4J_ADMIN says which neo4j-admin to run, where it is not on the path.
set -e
cd "$(dirname "$0")"
"${{NEO4J_ADMIN:-neo4j-admin}}" {arguments}
"""


def export_case(store: Backend, folder: Path) -> ExportResult:
    """Write a case into a folder, which is new or empty; it is there whole or not at all.

    Raises
    ------
    UsageError
        If the folder cannot be written, or holds something.
    """
    from graphtrace.storage.neo4j.admin_import import write_admin_import

    with new_folder(folder) as fresh:
        written, command = write_admin_import(store, fresh)
        (fresh / SCRIPT).write_text(_SCRIPT.format(arguments=shlex.join(command[1:])), "utf-8")
    return ExportResult(path=folder, format=NAME, level="record", written=written, limits=None, command=command)
