"""Files of equal bytes in one load: they are read, asked about and answered once, and each says whose bytes it has."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import UnknownHeadings
from graphtrace.ingest.given_answers import answers_for_file
from graphtrace.results.reports import SheetEvidence

if TYPE_CHECKING:
    from graphtrace.ingest.given_answers import Answer
    from graphtrace.results.load_report import FileKey, SheetReport


class EqualFiles:
    """The files that a load has read, by their bytes.

    Only files of one size are compared, so that a load of different ones costs nothing more.
    """

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = answers
        self._read: dict[int, dict[str, list[SheetReport]]] = {}

    def reports_of(self, path: Path, name: str) -> list[SheetReport] | None:
        """Return the reports on a file whose bytes were read under another name; ``None`` where it has to be read.

        It has to be where answers are given for this name alone, or where a fault that may be one of the file's name
        or place kept the other from being read.
        """
        earlier = self._read_of(path)
        if any(entry.error is not None and not isinstance(entry.error, UnknownHeadings) for entry in earlier):
            return None
        if not earlier or not self._given(name) <= self._given(earlier[0].file):
            return None
        return [_as_same(entry, name) for entry in earlier]

    def keep(self, path: Path, entries: list[SheetReport]) -> None:
        """Keep the reports on a file that was read."""
        if entries and (sha256 := entries[0].sha256) is not None:
            self._read.setdefault(_size_of(path), {})[sha256] = entries

    def _read_of(self, path: Path) -> list[SheetReport]:
        with suppress(OSError):
            if alike := self._read.get(_size_of(path)):
                with path.open("rb") as file:
                    return alike.get(hashlib.file_digest(file, "sha256").hexdigest(), [])
        return []

    def settled(self, files: Sequence[SheetReport]) -> list[SheetReport]:
        """Return the reports, without what was asked before a file of equal bytes was read with its answers."""
        last = {sha256: entries for alike in self._read.values() for sha256, entries in alike.items()}
        told: set[tuple[FileKey, str]] = set()
        found: list[SheetReport] = []
        for entry in files:
            read = last.get(entry.sha256 or "", [])
            is_open = entry.error is not None or any(question.is_required for question in entry.asked)
            if not is_open or not read or read[0].file == entry.file or any(each.error for each in read):
                found.append(entry)
            elif (key := (entry.key, entry.sha256 or "")) not in told:
                told.add(key)
                found += [replace(_as_same(each, entry.file), given=entry.given, quoted=entry.quoted) for each in read]
        return found

    def _given(self, name: str) -> set[Answer]:
        return {answer._replace(files="*") for answer in answers_for_file(self._answers, name)}


def _as_same(entry: SheetReport, name: str) -> SheetReport:
    """Return the report on a sheet as that of a file of equal bytes, which adds nothing and asks nothing."""
    is_read = entry.error is None
    return replace(
        entry,
        file=name,
        same_as=None if entry.file == name else entry.file,
        already_loaded=True,
        rows=entry.rows if is_read else 0,
        loaded=0,
        duplicate=entry.loaded + entry.duplicate,
        rejected=entry.rejected if is_read else 0,
        rejects=entry.rejects if is_read else (),
        records=0,
        kinds={},
        corrections_lost=(),
        asked=(),
        evidence=SheetEvidence(),
        error=None,
    )


def _size_of(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return -1
