"""Sheets none of whose rows is read, though they are understood.

A person leaves them out, their title denies them, or they are our own questions.

A list of cards that somebody has not found (未找到, 查无此卡, not ours) states nothing of them but that. The rows stay
with the case, and answers about the cards that they name say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from graphtrace.ingest.headers import likeliest_header
from graphtrace.ingest.preamble import TitleVerdict
from graphtrace.ingest.sheet import ROW, Sheet
from graphtrace.ingest.title_questions import title_question
from graphtrace.ingest.unread_events import joined
from graphtrace.ingest.unread_sheets import UnreadRows
from graphtrace.model import DENIED
from graphtrace.results.reports import ColumnReport, OpenQuestion, Reject, RowWarning

LEFT_OUT: Final = "left_out"
"""Reason of unread rows that a person leaves out."""
UNDATED: Final = "day_unknown"
"""Reason of unread rows of which a person can state no day."""


class LeftOutSheet:
    """The reading of a sheet none of whose rows is read; reads as a ``SheetParser`` does.

    ``verdict`` is the title that denies its cards; ``None`` where a person leaves them out or can state no day of them,
    or none is left to read.
    """

    kind: str | None = None
    used_headings: frozenset[str] = frozenset()

    def __init__(self, sheet: Sheet, verdict: TitleVerdict | None, answered: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._verdict = verdict
        self.answered = dict(answered)
        header = likeliest_header(sheet.head_rows)
        self.header_row = 0 if header is None else header.row
        self.headings: tuple[str, ...] = ("",) * sheet.width if header is None else header.names
        self._filled = [0] * sheet.width
        self._reason = DENIED if verdict is not None else UNDATED if "date" in answered else LEFT_OUT
        text = None if verdict is None else verdict.text
        self._named = UnreadRows({} if header is None else header.served, sheet.width, reason=self._reason, text=text)
        self.rejects: list[Reject] = []
        self.rows = self.rejected = 0
        self.file_name = ""
        self.telephones: dict[int, str] = {}
        self.places: dict[str, Any] = {}

    @property
    def columns(self) -> list[ColumnReport]:
        """Report of each column that has a heading or a value: none was used."""
        return [
            ColumnReport(heading=name, field=None, because=None, filled=filled)
            for name, filled in zip(self.headings, self._filled, strict=False)
            if name or filled
        ]

    @property
    def questions(self) -> list[OpenQuestion]:
        """The question whether the title means what it seems to mean."""
        return [] if self._verdict is None else [title_question(self._verdict, "card_list", self.rows)]

    @property
    def remarks(self) -> list[RowWarning]:
        """The title that decides all rows."""
        if self._verdict is None:
            return []
        title = self._verdict
        return [RowWarning(field="kind", reason="title_decides", rows=1, first_row=title.row, value=title.text)]

    @property
    def unread(self) -> pl.DataFrame:
        """The cards that the rows name."""
        return joined([self._named.frame, *self._sheet.unread_left_out], ())

    def frames(self) -> Iterator[pl.DataFrame]:
        """Count the rows, and yield none; of rows that a person leaves out each is kept, else one stands for all."""
        for block in self._sheet.read(self.header_row):
            self._named.look(block)
            columns = [name for name in block.columns if name != ROW]
            for place, column in enumerate(columns):
                self._filled[place] += block.height - block[column].null_count()
            rows = block if self._verdict is None else block.head(0 if self.rejects else 1)
            for row, *cells in rows.select(ROW, *columns).iter_rows():
                self.rejects.append(self._reject(row, cells))
        self.rejects = sorted([*self.rejects, *self._sheet.left_out], key=lambda reject: reject.row)
        self.rows = self.rejected = self._sheet.counted
        yield from ()

    def _reject(self, row: int, cells: list[str | None]) -> Reject:
        return Reject(
            row=row,
            field=None,
            reason=self._reason if self._verdict is None else "not_a_record",
            value=None if self._verdict is None else self._verdict.text,
            raw=tuple(zip(self.headings, cells, strict=False)),
        )
