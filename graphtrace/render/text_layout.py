"""Text layout for a terminal of at least 60 columns, with or without colour: lines of styled text with margins.

Nothing that came from a file is markup here, and no list is cut without saying how much is left and how to see it.
Rich breaks lines at blanks only and would leave every Chinese sentence ragged; here a line may also end between two
wide characters, but no line begins with a closing mark or ends with an opening one. Its own text takes longer to import
than to be shown.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len

from graphtrace.frozen import frozen
from graphtrace.patterns import late
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import format_message
from graphtrace.render.provenance import foot_texts
from graphtrace.render.sanitize import escape_control_chars

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
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


MIN_WIDTH = 20
"""Minimum width of a column: lines overflow rather than break into single letters."""

_NOT_FIRST = frozenset("，。；：、！？）】》”’…%,.;:!?)]}>")
_NOT_LAST = frozenset("（【《“‘([{<")
_SHORT_NAME = late("“[^”]{1,6}”")
"""Pattern of a short quoted name, such as a person's, which is not broken."""


@frozen()
class Symbols:
    """Symbols with which a page is drawn."""

    party: str
    arrow: str
    line: str
    dashed: str
    gap: str
    void: str
    item: str
    rule: str
    bar: str


_DRAWN = Symbols(party="●", arrow="▼", line="│", dashed="┆", gap="×", void="○", item="·", rule="─", bar="█")
_PLAIN = Symbols(party="o", arrow="V", line="|", dashed=":", gap="x", void="?", item="-", rule="-", bar="#")


def symbols_for(encoding: str) -> Symbols:
    """Return the drawn symbols if the terminal's encoding has them (the Chinese ones do), else plain ones."""
    try:
        "●▼│┆×○·─█".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _PLAIN
    return _DRAWN


class TextLayout:
    """Collects lines not wider than ``width`` cells."""

    def __init__(self, width: int, glyphs: Symbols, lang: Lang) -> None:
        self.width = width
        self.glyphs = glyphs
        self.lang = lang
        self.lines: list[StyledText] = []

    def label(self, code: str, **params: object) -> str:
        """Return a phrase of ``catalogue.LABELS`` in the language of the page."""
        return format_message(text_tables.LABELS[code], params, self.lang)

    def blank(self) -> None:
        """Add an empty line, unless one is there already or the page is empty."""
        if self.lines and self.lines[-1].plain:
            self.lines.append(StyledText())

    def add(self, *parts: Part, margin: Part = "", hang: Part | None = None) -> None:
        """Add a paragraph: ``margin`` before its first line, ``hang`` (default: as many blanks) before the others."""
        first = line_of(margin)
        below = line_of(" " * first.cells) if hang is None else line_of(hang)
        for line in wrap_cjk(line_of(*parts), max(self.width - max(first.cells, below.cells), MIN_WIDTH)):
            self.lines.append(line_of(first, line))
            first = below

    def add_items(self, items: Sequence[Part], look: str = "", *, margin: Part = "", hang: Part | None = None) -> None:
        """Add a paragraph of short items with a separator; lines break between two items where possible."""
        first = line_of(margin)
        below = line_of(" " * first.cells) if hang is None else line_of(hang)
        width = max(self.width - max(first.cells, below.cells), MIN_WIDTH)
        line = StyledText()
        for item in (line_of((each, look) if isinstance(each, str) else each) for each in items):
            joined = line_of(line, (f" {self.glyphs.item} ", look), item) if line.pieces else item
            if line.plain and joined.cells > width:
                self.add(line, margin=first, hang=below)
                first = below
                joined = item
            line = joined
        self.add(line, margin=first, hang=below)

    def add_table(self, columns: Sequence[TextColumn], rows: Iterable[Sequence[Part]], *, margin: str = "") -> None:
        """Add rows below a line of headings; a text too long for its column continues in the next line."""
        self.add_row(columns, [(column.heading, "dim") for column in columns], margin)
        for row in rows:
            self.add_row(columns, row, margin)

    def add_row(self, columns: Sequence[TextColumn], row: Sequence[Part], margin: str = "") -> None:
        """Add one row of a table."""
        cells = [wrap_cjk(line_of(part), column.cells) for part, column in zip(row, columns, strict=True)]
        for number in range(max(len(lines) for lines in cells)):
            line = line_of(margin)
            for lines, column in zip(cells, columns, strict=True):
                cell = lines[number] if number < len(lines) else StyledText()
                gap = " " * (column.cells - cell.cells)
                line = line_of(line, gap, cell, "  ") if column.is_number else line_of(line, cell, gap, "  ")
            self.lines.append(line.without_end_blanks())

    def title(self, *parts: Part) -> None:
        """Add a heading with an empty line above."""
        self.blank()
        self.add(*parts)


def wrap_cjk(text: StyledText, width: int) -> list[StyledText]:
    """Break ``text`` into lines of at most ``width`` cells."""
    cuts: list[int] = []
    start = used = 0
    chance = 0  # where the line may end, seen so far
    plain = text.plain
    whole = {at for name in _SHORT_NAME.finditer(plain) for at in range(name.start() + 1, name.end())}
    for at, character in enumerate(plain):
        size = cell_len(character)
        if at > start and at not in whole and _may_break(plain[at - 1], character):
            chance = at
        if used + size > width and character != " ":
            cut = chance if chance > start else at
            cuts.append(cut)
            start = cut
            used = cell_len(plain[cut:at])
        used += size
    return [line.without_end_blanks() for line in text.divide(cuts)]


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return cell_len(before) == 2 or cell_len(after) == 2


@frozen(kw_only=False)
class TextColumn:
    """A column of a table: its heading and width in cells, flush right for numbers."""

    heading: str
    cells: int
    is_number: bool = False


def pad(text: str, cells: int) -> str:
    """Return ``text`` padded with blanks to ``cells`` cells."""
    return text + " " * (cells - cell_len(text))


class TerminalView(ABC):
    """A renderable that draws itself on a page as wide as the terminal."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    @abstractmethod
    def draw(self, page: TextLayout) -> None:
        """Add the lines of this view to ``page``."""

    def lines(self, width: int, encoding: str) -> list[StyledText]:
        """Return the lines of this view on a terminal of ``width`` columns."""
        page = TextLayout(width, symbols_for(encoding), self.lang)
        self.draw(page)
        for text in foot_texts():
            page.blank()
            page.add((getattr(text, self.lang), "dim"))
        return page.lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.lines(options.max_width, options.encoding):
            yield line.as_rich()


def render_ansi(view: TerminalView, stream: TextIO) -> str:
    """Return the text of ``view`` for ``stream``: coloured if that is a terminal and ``NO_COLOR`` is not set."""
    if not stream.isatty() and not os.environ.get("FORCE_COLOR"):
        return render_plain(view, shutil.get_terminal_size().columns, stream.encoding or "ascii")
    from rich.console import Console

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(view, crop=False)
    return captured.get()


def render_plain(view: TerminalView, width: int, encoding: str = "utf-8") -> str:
    """Return the text of ``view`` without colour; needs no console."""
    return "".join(f"{line.plain}\n" for line in view.lines(width, encoding))
