"""Cells and lines of a document as plain text in one language, for formats that have neither colours nor types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.model import Origin, Party
from graphtrace.render import Lang, catalogue
from graphtrace.render.catalogue import BilingualText
from graphtrace.render.document import (
    Cell,
    ColumnKind,
    DualValue,
    Inline,
    Lines,
    Link,
    Text,
    TonedText,
    in_language,
)
from graphtrace.render.format import format_share, party_label, translate
from graphtrace.render.i18n import Phrase

if TYPE_CHECKING:
    from graphtrace.render.document import Line, Remark


class CellTexts:
    """Texts of cells and lines; a format says how text of the case is made inert."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def inert(self, text: str) -> str:
        """Return text of the case so that it means nothing to the format."""
        raise NotImplementedError

    def text(self, text: Text | TonedText) -> str:
        """Return a text in the language of the document, inert."""
        return self.inert(in_language(text.text if isinstance(text, TonedText) else text, self.lang))

    def line_text(self, line: Line, between: str) -> str:
        """Return a line; ``between`` stands between its parts."""
        return self.cell(line, "text") if isinstance(line, Inline | Lines) else self.remark(line, between)

    def remark(self, remark: Remark, between: str) -> str:
        """Return the parts of a remark with ``between`` between them."""
        return between.join(self.cell(text, "text") for text in remark if text is not None)

    def cell(self, cell: Cell, kind: ColumnKind) -> str:
        """Return a cell of a column; a dash where nothing is known."""
        match cell:
            case None | "":
                return "–"
            case DualValue(text=text):
                return self.cell(text, kind)
            case str() if kind == "severity":
                return self.inert(translate(catalogue.SEVERITIES, cell, self.lang))
            case str() | BilingualText() | Phrase() | TonedText():
                return self.text(cell)
            case Link(text=text):
                return self.text(text)
            case int() | float():
                return format_share(cell) if kind == "share" else str(cell) if kind == "ordinal" else f"{cell:,}"
            case Inline(texts=texts):
                return " · ".join(map(self.text, texts))
            case Lines(lines=lines):
                return " · ".join(self.remark(line, " ") for line in lines)
            case Party():
                number = f" {cell.strong_id}" if cell.strong_id else ""
                return self.inert(f"{party_label(cell, self.lang)}{number}")
            case Origin():
                sheet = f" ({cell.sheet})" if cell.sheet else ""
                return f"{self.inert(f'{cell.file}:{cell.row}{sheet}')} {cell.sha256}"
            case _:
                return " · ".join(self.cell(origin, kind) for origin in cell)
