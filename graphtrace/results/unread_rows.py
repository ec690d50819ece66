"""Rows that hold the name of a party and that no answer counts: rejected, waiting for an answer, or left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphtrace.locale.text import Text, phrase
from graphtrace.model import Origin, origin_dict


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

    def to_dict(self) -> dict[str, Any]:
        """Return the row as documents show it."""
        place = {name: value for name, value in origin_dict(self.origin).items() if name != "record_no"}
        return {"origin": place, "reason": self.reason, "field": self.field, "text": self.text}


def unread_rows_dict(rows: Sequence[UnreadRow]) -> list[dict[str, Any]]:
    """Return rows as documents show them."""
    return [row.to_dict() for row in rows]
