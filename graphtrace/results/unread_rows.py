"""Rows that hold the name of a party and that no answer counts: rejected, waiting for an answer, or left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from graphtrace.locale.text import Text, phrase
from graphtrace.model import Origin
from graphtrace.wire import KeyGroup, wire


@wire(
    "origin=origin reason field text",
    doc="A row that holds the name of the party and that was not read, why, and the cell that holds the name.",
    origin=KeyGroup(
        "RowPlace",
        "Place of a row; ``table`` where its sheet holds several.",
        "file sha256 sheet=sheet_name.sheet table?=sheet_name.table row",
    ),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """Row that holds a name and was not read; ``reason`` and ``field`` are those of a reject or a remark.

    ``text`` is the cell that holds the name.
    """

    origin: Origin
    reason: str
    field: str | None
    text: str

    @property
    def said(self) -> Text:
        """Return the row as a part of a sentence: where it is and why it was not read."""
        from graphtrace.locale import load_catalogue

        table = "rejects" if self.reason in load_catalogue("en")["rejects"] else "remarks"
        origin = self.origin
        place = {"file": origin.file, "sheet": origin.sheet, "row": origin.row}
        return phrase("row_not_read", **place, reason=Text(table, self.reason, {}))


class TextPlaces(NamedTuple):
    """Places of a text in the files of a case: files that have it in their name or beside their rows, and rows.

    ``unsearched`` are the files that are too large to be looked through.
    """

    files: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    unsearched: tuple[str, ...] = ()
