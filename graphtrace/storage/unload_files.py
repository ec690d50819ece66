"""Unloading a file: its statements are withdrawn as a whole, why, by whom and when.

A file is unloaded by a correction of the file: its row is :data:`~graphtrace.results.corrections.WHOLE_FILE` and its
effects name all sheets, which are not known from then on. No correction lifts it; the same bytes load as new. A load
that reads a file again unloads its earlier reading in the same way.

:func:`plan_unload` makes that correction, and each store writes it like any other. In a folder,
:mod:`graphtrace.storage.duckdb.visibility` leaves the sheets out of whatever is asked. On a server, readers go by the
ledger until :mod:`graphtrace.storage.neo4j.neo4j_unload` has marked the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from graphtrace.errors import InputError, NothingFound, UsageError, os_reason
from graphtrace.model import Origin
from graphtrace.platform import system
from graphtrace.results.corrections import WHOLE_FILE, Correction
from graphtrace.storage.correction_log import (
    CorrectionEffects,
    CorrectionPlan,
    CorrectionSource,
    SheetRef,
    StoredCorrection,
    StoredRow,
)
from graphtrace.storage.stored_rejects import hash_of

_MIN_HASH_OF_FILE = 8
"""Minimum number of characters of a hash that name a file to unload."""


READ_AGAIN: Final = "load --again"
"""Reason of the correction that unloads the earlier reading of a file that was read again."""


class UnloadRequest(NamedTuple):
    """Request to unload a file: ``file`` as typed; ``sha256`` is the hash of the file at that path, if it is a path."""

    file: str
    why: str
    who: str
    sha256: str | None = None

    @classmethod
    def of(cls, file: str | Path, *, why: str, who: str | None) -> UnloadRequest:
        """Return the request for a file as a user names it; by default the user of this computer makes it.

        Raises
        ------
        UsageError
            If there is no reason.
        InputError
            If it is a path of a file that cannot be read.
        """
        if not why.strip():
            raise UsageError("unload_without_reason", hint="say_why")
        path = Path(file)
        try:
            sha256 = hash_of(path) if path.is_file() else None
        except OSError as error:
            hint = "check_path_and_rights_to_read"
            raise InputError("at_path", path=path, why=os_reason(error), hint=hint) from error
        return cls(str(file), why.strip(), who or system.account_name(), sha256)

    @classmethod
    def of_earlier_reading(cls, name: str, sha256: str) -> UnloadRequest:
        """Return the request of a load that reads a file again."""
        return cls(name, READ_AGAIN, system.account_name(), sha256)


def sheets_of_file(rows: CorrectionSource, text: str, sha256: str | None) -> list[SheetRef]:
    """Return the sheets of the file that ``text`` names by path, by the name under which it was loaded, or by hash.

    Raises
    ------
    NothingFound
        If no such file is in the case.
    UsageError
        If several files are called so.
    """
    files: dict[str, list[SheetRef]] = {}
    for sheet in rows.sheet_names():
        files.setdefault(sheet.sha256, []).append(sheet)
    if sha256 in files:
        return files[sha256]
    named = [known for known, (first, *_) in files.items() if first.file == text]
    if not named and len(text) >= _MIN_HASH_OF_FILE:
        named = [known for known in files if known.startswith(text.lower())]
    if not named:
        raise NothingFound("no_file_to_unload", file=text, hint="status_lists_files")
    if len(named) > 1:
        hashes = [known[: 2 * _MIN_HASH_OF_FILE] for known in named]
        raise UsageError("file_ambiguous", file=text, count=len(named), hashes=hashes, hint="name_file_by_hash")
    return files[named[0]]


def plan_unload(
    request: UnloadRequest, rows: CorrectionSource, earlier: Sequence[StoredCorrection], at: str
) -> CorrectionPlan:
    """Return the plan of an unload, which removes the corrections of the file; raises as :func:`sheets_of_file`."""
    sheets = sheets_of_file(rows, request.file, request.sha256)
    unloaded = tuple(sheet.sheet for sheet in sheets)
    first = sheets[0]
    correction = Correction(
        number=len(earlier) + 1,
        at=at,
        who=request.who,
        why=request.why,
        record=Origin(first.file, first.sha256, None, WHOLE_FILE, None),
        by=None,
        is_lifted=False,
    )
    return CorrectionPlan(
        row=StoredRow(first, WHOLE_FILE, None, frozenset(), ()),
        correction=correction,
        effects=CorrectionEffects({}, {}, unloaded),
        is_new=True,
        removed=tuple(Correction.of_entry(old.entry) for old in earlier if old.sheet in unloaded),
    )


class UnloadedFile(NamedTuple):
    """A file that was unloaded and not loaded since: when, by whom and why; ``last_load`` is the line of its load."""

    file: str
    sha256: str
    at: str
    who: str
    why: str
    last_load: Mapping[str, Any]


def unloaded_files(ledger: Iterable[Mapping[str, Any]]) -> list[UnloadedFile]:
    """Return the files of a ledger that were unloaded and not loaded since, in the order of their unloading."""
    loads: dict[str, Mapping[str, Any]] = {}
    found: dict[str, UnloadedFile] = {}
    for line in ledger:
        if "load" in line:
            loads[line["sha256"]] = line
            found.pop(line["sha256"], None)
        elif unloaded := line.get("unload"):
            sha256 = unloaded["sha256"]
            found[sha256] = UnloadedFile(unloaded["file"], sha256, line["at"], line["who"], line["why"], loads[sha256])
    return list(found.values())
