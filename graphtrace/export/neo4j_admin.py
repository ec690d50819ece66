"""A whole case for ``neo4j-admin database import full``: a folder with its files and the command that reads them."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import UsageError
from graphtrace.export.formats import Exported

if TYPE_CHECKING:
    from graphtrace.store.protocol import CaseStore

NAME = "neo4j-admin"
SCRIPT = "import.sh"
_SCRIPT = """#!/bin/sh
# Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
# NEO4J_ADMIN says which neo4j-admin to run, where it is not on the path.
set -e
cd "$(dirname "$0")"
"${{NEO4J_ADMIN:-neo4j-admin}}" {arguments}
"""


def export_case(store: CaseStore, folder: Path) -> Exported:
    """Write a case into a folder, which is new or empty; it is there whole or not at all.

    Raises
    ------
    UsageError
        If the folder cannot be written, or holds something.
    """
    from graphtrace.store.neo4j.bulk_files import write_bulk_files

    try:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} holds something", hint="name a new or empty folder", code="unwritable_output")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
            fresh = Path(place) / "files"
            fresh.mkdir()
            written, command = write_bulk_files(store, fresh)
            (fresh / SCRIPT).write_text(_SCRIPT.format(arguments=shlex.join(command[1:])), "utf-8")
            fresh.rename(folder)
    except OSError as fault:
        raise UsageError(
            f"{folder}: cannot be written: {fault.strerror or fault}",
            hint="name a new folder in one that you may write to",
            code="unwritable_output",
        ) from fault
    return Exported(path=folder, format=NAME, level="record", written=written, limits=None, command=command)
