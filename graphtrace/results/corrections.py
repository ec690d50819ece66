"""Corrections as answers show them: rows, or whole files, whose statements were withdrawn (SPEC 3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from graphtrace.frozen import frozen
from graphtrace.model import Origin, origin_dict, origin_of
from graphtrace.wire import HEAD, KeyGroup, wire

WHOLE_FILE: Final = 0
"""Row number of a correction that unloads a whole file; rows are counted from 1."""


@wire("number at who why record by reinstated=is_lifted", doc="A correction of a record.")
@frozen()
class Correction:
    """One correction: which record it concerns, what replaces it if anything, why, by whom, and when.

    ``is_lifted`` says that it lifts an earlier correction of the record instead of withdrawing it. Where ``is_unload``
    it unloads a whole file, and ``record`` names only the file.
    """

    number: int
    at: str
    who: str
    why: str
    record: Origin
    by: Origin | None
    is_lifted: bool

    @property
    def is_unload(self) -> bool:
        """Whether the correction unloads a whole file."""
        return self.record.row == WHOLE_FILE

    def content(self) -> dict[str, Any]:
        """Return the content of the line of the ledger."""
        content = {"correction": self.number, "at": self.at, "who": self.who, "why": self.why}
        if self.is_unload:
            return {**content, "unload": {"file": self.record.file, "sha256": self.record.sha256}}
        return {
            **content,
            "record": origin_dict(self.record),
            "by": None if self.by is None else origin_dict(self.by),
            "lifted": self.is_lifted,
        }

    @classmethod
    def of_entry(cls, entry: str) -> Correction:
        """Return the correction in a line of the ledger."""
        content = json.loads(entry)
        is_unload = "unload" in content
        record = Origin(**content["unload"], sheet=None, row=WHOLE_FILE) if is_unload else origin_of(content["record"])
        return cls(
            number=content["correction"],
            at=content["at"],
            who=content["who"],
            why=content["why"],
            record=record,
            by=None if is_unload or content["by"] is None else origin_of(content["by"]),
            is_lifted=not is_unload and content["lifted"],
        )


@wire(HEAD, "new=is_new correction", name="CorrectAnswer", doc="The answer of ``correct``.")
@frozen()
class CorrectionResult:
    """Result of a request to correct: the correction in force, and whether it is new."""

    correction: Correction
    is_new: bool


@wire(
    HEAD,
    "unload=unload corrections",
    name="UnloadAnswer",
    doc="The answer of ``unload``, with the corrections of the file's rows, which went with it.",
    unload=KeyGroup("Unload", "A file that was taken away.", "number at who why file=record.file sha256=record.sha256"),
)
@frozen()
class UnloadResult:
    """The unloaded file, and the corrections of its rows that were removed with it."""

    unload: Correction
    corrections: Sequence[Correction]
