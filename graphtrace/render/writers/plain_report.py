"""Documents as plain text from top to bottom in one language, without colours and types; and as Markdown."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len

from graphtrace._version import __version__
from graphtrace.model import Origin, Party
from graphtrace.patterns import late
from graphtrace.render import Lang, text_tables
from graphtrace.render.document import (
    Audience,
    Cell,
    Code,
    Column,
    ColumnKind,
    DualValue,
    Entries,
    Facts,
    Inline,
    Items,
    Lines,
    Link,
    Opened,
    Paragraph,
    Section,
    Sections,
    TableBlock,
    Text,
    TonedText,
    columns_for,
    in_language,
    shown_to,
)
from graphtrace.render.format import format_origin, format_share, party_label, sheet_name, translate
from graphtrace.render.i18n import Phrase, label_text
from graphtrace.render.provenance import case_head_text, foot_texts, ledger_head
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from graphtrace.render.document import Document, Line, Part, Remark


RIGHT: Final[frozenset[ColumnKind]] = frozenset({"amount", "ordinal", "share"})
"""Columns whose cells stand at the right."""

BEGINNING: Final = datetime(1980, 1, 1)
"""Time that a file states where its document states none."""

MARGIN_MM: Final = 20
_TEXT_MM: Final = 210 - 2 * MARGIN_MM
CHARACTER_MM: Final = 1.5
PADDING_MM: Final = 4.5
"""Widths of a Latin character in a cell and of the two margins of the cell, on paper."""

_NARROWEST: Final = 6
_SHORT: Final = 12
_WIDEST: Final = 40
"""Lengths in Latin characters: the least that a column has, what stands in one line, and the most that counts."""

_MOST_FIXED: Final = 0.7
"""Maximum part of the page that columns of short cells take; beyond it all columns share."""


def widths_mm(lines: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of the columns of a table on A4: short cells stand in one line, others share what is left."""
    longest = [min(max(map(cell_len, column)), _WIDEST) for column in zip(*lines, strict=True)]
    narrow = [max(length, _NARROWEST) if length <= _SHORT else None for length in longest]
    fixed = sum(CHARACTER_MM * length + PADDING_MM for length in narrow if length is not None)
    shared = sum(length for length, own in zip(longest, narrow, strict=True) if own is None)
    if not shared or fixed > _TEXT_MM * _MOST_FIXED:
        alike = [min(max(length, _NARROWEST), 2 * _SHORT) for length in longest]
        return [_TEXT_MM * length / sum(alike) for length in alike]
    return [
        (_TEXT_MM - fixed) * length / shared if own is None else CHARACTER_MM * own + PADDING_MM
        for length, own in zip(longest, narrow, strict=True)
    ]


class PlainReport(ABC):
    """Document that is written part by part; a format says how text is made inert, and writes lines, lists, tables."""

    maker: ClassVar[tuple[str, ...]] = ()
    """Name of the program behind what the document is of, where nothing else of the file states it."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._files: dict[str, str] = {}

    def write(self, document: Document) -> None:
        """Write a document, with all rows: its title, what it is of, its parts, and what is said of every answer."""
        self.heading(self.text(document.kind), 1)
        about = [] if document.case is None else [label_text("of_case", case=document.case)]
        about += [] if document.as_of is None else [label_text("as_of", date=document.as_of)]
        if texts := [*map(self.text, about), *self.maker]:
            self.line(" · ".join(texts))
        self._add_texts(case_head_text())
        self.add(document.parts, 2)
        self._add_files()
        self._add_texts(document.caveat, *foot_texts(has_head=True, is_on_paper=True))
        if document.made_at is None and ledger_head() is not None:
            self._add_texts(label_text("made_with", version=__version__))

    def _add_files(self) -> None:
        """Add the files that the sources name, which stand there with the beginnings of their hashes."""
        if self._files:
            self.heading(self.text(label_text("files")), 2)
            columns = (Column("file", heading=label_text("file")), Column("sha256", heading=label_text("hash_head")))
            files = sorted((name, sha256) for sha256, name in self._files.items())
            self.grid(columns, [[self.inert(name), sha256] for name, sha256 in files])

    def _add_texts(self, *texts: Text | None) -> None:
        for text in texts:
            if text is not None:
                self.line(self.text(text))

    @abstractmethod
    def inert(self, text: str) -> str:
        """Return text of the case so that it means nothing to the format."""

    @abstractmethod
    def heading(self, text: str, level: int) -> None:
        """Add a heading; that of the document is of level 1."""

    @abstractmethod
    def line(self, text: str) -> None:
        """Add a paragraph."""

    @abstractmethod
    def items(self, texts: Iterable[str]) -> None:
        """Add a list."""

    @abstractmethod
    def code(self, text: str) -> None:
        """Add the text of a program."""

    @abstractmethod
    def pairs(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table of names and values."""

    @abstractmethod
    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table with headings."""

    def emphasis(self, text: str) -> str:
        """Return a text so that it stands out in its line."""
        return text

    def entry(self, head: str, lines: Sequence[str]) -> None:
        """Add a line that stands out, and a list below it."""
        if head:
            self.line(self.emphasis(head))
        self.items(lines)

    def add(self, parts: Iterable[Part], level: int) -> None:
        """Add parts below a heading of a level."""
        for part in shown_to(parts, Audience.MARKDOWN):
            match part:
                case Section():
                    badge = "" if part.badge is None else f" ({self.text(part.badge)})"
                    self.heading(f"{self.text(part.title)}{badge}", level)
                    if part.note is not None:
                        self.line(self.text(part.note))
                    self.add(part.parts, level + 1)
                case Sections():
                    self.add(part.sections, level)
                case Facts():
                    self.items(f"{self.text(name)}: {self.cell(value, 'amount')}" for name, value in part.pairs)
                case Paragraph():
                    self.line(self.line_text(part.parts, " "))
                case Entries():
                    for entry in part.entries:
                        lines = [self.line_text(line, " · ") for line in (*entry.lines, *entry.details)]
                        self.entry(self.line_text(entry.head, " · "), lines)
                case Code():
                    self.code(part.text)
                case Items(is_inline=True):
                    self.line(" · ".join(self.cell(item, "text") for item in part.items))
                case Items():
                    self.items(self.cell(item, "text") for item in part.items)
                case TableBlock():
                    self._add_table(part)

    def _add_table(self, table: TableBlock) -> None:
        columns, take = columns_for(table, Audience.MARKDOWN)
        rows = [
            [self.cell(cell, column.kind) for column, cell in zip(columns, take(row), strict=True)]
            for row in table.rows
        ]
        match table.layout:
            case "pairs" | "key":
                self.pairs(columns, rows)
            case "items":
                self.items(" ".join(row) for row in rows)
            case "list":
                self.items(f"{self.emphasis(first)} {said} ({'; '.join(beside)})" for first, said, *beside in rows)
            case _:
                self.grid(columns, rows)

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
                return self.inert(translate(text_tables.SEVERITIES, cell, self.lang))
            case str() | BilingualText() | Phrase() | TonedText():
                return self.text(cell)
            case Opened(value=value):
                return self.cell(value, kind)
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
                self._files[cell.sha256] = cell.file
                sheet = None if cell.sheet is None else sheet_name(cell.sheet, self.lang)
                return self.inert(format_origin(cell.file, cell.row, sheet, cell.sha256))
            case _:
                return " · ".join(self.cell(origin, kind) for origin in cell)


_SIGNS = late(r"[\\`*_\[\]<>#|~&$@]|:(?=//)|\.(?=\S)(?<=www\.)|^[-+=]", re.IGNORECASE)
"""Characters with a meaning in Markdown: marks, links, mentions, the beginning of a list or heading."""

_NUMBERED = late(r"^(\d+)([.)])(?=\s|$)")
"""Beginning of a numbered list."""


def render_markdown(document: Document, lang: Lang) -> str:
    """Return the Markdown of a document, with all rows."""
    report = _Report(lang)
    report.write(document)
    return "\n".join(report.lines).rstrip("\n") + "\n"


def escape_markdown(text: str) -> str:
    """Escape text of the case as literal Markdown, in one line."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", escape_control_chars(text).strip()))


class _Report(PlainReport):
    maker = ("graphtrace",)

    def __init__(self, lang: Lang) -> None:
        super().__init__(lang)
        self.lines: list[str] = []

    def inert(self, text: str) -> str:
        return escape_markdown(text)

    def line(self, text: str) -> None:
        self.lines += [text, ""]

    def items(self, texts: Iterable[str]) -> None:
        self.lines += [*(f"- {text}" for text in texts), ""]

    def heading(self, text: str, level: int) -> None:
        self.line(f"{'#' * level} {text}")

    def emphasis(self, text: str) -> str:
        return f"**{text}**"

    def code(self, text: str) -> None:
        longest = max(map(len, re.findall("`+", text)), default=0)
        fence = "`" * max(longest + 1, 3)
        self.lines += [fence, *map(escape_control_chars, text.splitlines()), fence, ""]

    def pairs(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:  # noqa: ARG002
        self.items(": ".join(row) for row in rows)

    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        heads = (self.text(column.heading) for column in columns)
        rule = ("---:" if column.kind in RIGHT else "---" for column in columns)
        self.lines.append(f"| {' | '.join(heads)} |")
        self.lines.append(f"| {' | '.join(rule)} |")
        self.lines += [f"| {' | '.join(row)} |" for row in rows]
        self.lines.append("")
