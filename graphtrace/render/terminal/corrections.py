"""The answer of ``correct`` in a terminal: which records do not count, why, by whom and since when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout
from graphtrace.render.terminal.origins import format_origin, format_time

if TYPE_CHECKING:
    from graphtrace.storage.corrections import Correction


class CorrectionsView(TerminalView):
    """Corrections, one block each. ``is_new`` says of one whether it was made just now; ``None`` lists them."""

    def __init__(self, corrections: Sequence[Correction], lang: Lang, *, is_new: bool | None = None) -> None:
        super().__init__(lang)
        self.corrections = corrections
        self.is_new = is_new

    def draw(self, page: TextLayout) -> None:
        """Draw the corrections in their order."""
        if not self.corrections:
            page.add((page.label("no_corrections"), style.LABEL))
        for correction in self.corrections:
            page.blank()
            what = page.label("correction_lifted" if correction.is_lifted else "correction_withdrawn")
            page.add(
                f"{correction.number}  ",
                (what, style.OUTCOMES["continuous"] if correction.is_lifted else style.MISSING),
            )
            record, by = correction.record, correction.by
            page.add((format_origin(record.file, record.row, record.sheet, record.sha256), style.PLACE), margin="   ")
            if by is not None:
                replaced = format_origin(by.file, by.row, by.sheet, by.sha256)
                page.add((page.label("correction_by"), style.LABEL), f" {replaced}", margin="   ")
            page.add(correction.why, margin="   ")
            page.add((f"{correction.who}, {format_time(correction.at)}", style.LABEL), margin="   ")
        if self.is_new is False:
            page.blank()
            page.add((page.label("correction_known"), style.LABEL))
