"""Identifiers found in a text."""

from __future__ import annotations

from dataclasses import dataclass

from graphtrace.wire import wire


@wire("kind value text line column sheet?", name="Find", doc="A number, range, date or quantity in a text.")
@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TextFind:
    """Something found in a text: lines and columns are counted from 1, ``text`` is what stands there.

    ``sheet`` is that of a workbook.
    """

    line: int
    column: int
    kind: str
    value: str
    text: str
    sheet: str | None = None
