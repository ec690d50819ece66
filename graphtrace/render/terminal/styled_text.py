"""One line of styled text, without the console: rich's own text takes longer to import than to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render.sanitize import escape_control_chars

if TYPE_CHECKING:
    from rich.text import Text


class StyledText:
    """Pieces of text, each with its style, in which everything invisible is written out. Never markup."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Iterable[tuple[str, str]] = ()) -> None:
        self.pieces = tuple(pieces)

    @property
    def plain(self) -> str:
        """Return the text without styles."""
        return "".join(text for text, _ in self.pieces)

    @property
    def cells(self) -> int:
        """Return its width: two for a Chinese character, one for a Latin one."""
        return sum(cell_len(text) for text, _ in self.pieces)

    def divide(self, cuts: Sequence[int]) -> Iterator[StyledText]:
        """Yield the parts between the ascending character positions ``cuts``."""
        start = 0
        for end in (*cuts, len(self.plain)):
            yield self._between(start, end)
            start = end

    def without_end_blanks(self) -> StyledText:
        """Return the line without trailing blanks, whatever their style."""
        return self._between(0, len(self.plain.rstrip(" ")))

    def as_rich(self) -> Text:
        """Return the line for a console that neither wraps nor cuts it."""
        from rich.text import Text

        text = Text(no_wrap=True, overflow="ignore")
        for piece in self.pieces:
            text.append(*piece)
        return text

    def _between(self, start: int, end: int) -> StyledText:
        pieces = []
        at = 0
        for text, style in self.pieces:
            if piece := text[max(start - at, 0) : max(end - at, 0)]:
                pieces.append((piece, style))
            at += len(text)
        return StyledText(pieces)


Part = str | tuple[str, str] | StyledText
"""Plain text, text with a style, or a line."""


def line_of(*parts: Part) -> StyledText:
    """One line of ``parts``."""
    pieces: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, StyledText):
            pieces += part.pieces
        elif isinstance(part, str):
            pieces.append((escape_control_chars(part), ""))
        else:
            pieces.append((escape_control_chars(part[0]), part[1]))
    return StyledText(pieces)
