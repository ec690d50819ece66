"""Writer of documents as Markdown, for a report that a user continues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.document import (
    Audience,
    Code,
    Column,
    ColumnKind,
    Entries,
    Facts,
    Items,
    Paragraph,
    Section,
    Sections,
    TableBlock,
    columns_for,
    shown_to,
)
from graphtrace.render.i18n import label_text
from graphtrace.render.provenance import case_head_text, foot_texts
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.writers.cell_texts import CellTexts

if TYPE_CHECKING:
    from graphtrace.render.document import Document, Part

_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$@]|:(?=//)|\.(?=\S)(?<=www\.)|^[-+=]", re.IGNORECASE)
"""Characters with a meaning in Markdown: marks, links, mentions, the beginning of a list or heading."""

_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
"""Beginning of a numbered list."""

_RIGHT: frozenset[ColumnKind] = frozenset({"amount", "ordinal", "share"})


def render_markdown(document: Document, lang: Lang) -> str:
    """Return the Markdown of a document, with all rows."""
    report = _Report(lang)
    report.line(f"# {report.text(document.kind)}")
    about = [] if document.case is None else [label_text("of_case", case=document.case)]
    about += [] if document.as_of is None else [label_text("as_of", date=document.as_of)]
    report.line(" · ".join([*map(report.text, about), "graphtrace"]))
    if (head := case_head_text()) is not None:
        report.line(report.text(head))
    report.add(document.parts, 2)
    if document.caveat is not None:
        report.line(report.text(document.caveat))
    for text in foot_texts(has_head=True):
        report.line(report.text(text))
    return "\n".join(report.lines).rstrip("\n") + "\n"


def escape_markdown(text: str) -> str:
    """Escape text of the case as literal Markdown, in one line."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", escape_control_chars(text).strip()))


class _Report(CellTexts):
    def __init__(self, lang: Lang) -> None:
        super().__init__(lang)
        self.lines: list[str] = []

    def inert(self, text: str) -> str:
        """Return text of the case as literal Markdown."""
        return escape_markdown(text)

    def line(self, text: str) -> None:
        """Add a paragraph or heading."""
        self.lines += [text, ""]

    def items(self, texts: Iterable[str]) -> None:
        """Add a list."""
        self.lines += [*(f"- {text}" for text in texts), ""]

    def add(self, parts: Iterable[Part], level: int) -> None:
        """Add parts below a heading of a level."""
        for part in shown_to(parts, Audience.MARKDOWN):
            match part:
                case Section():
                    badge = "" if part.badge is None else f" ({self.text(part.badge)})"
                    self.line(f"{'#' * level} {self.text(part.title)}{badge}")
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
                        if entry.head:
                            self.line(f"**{self.line_text(entry.head, ' · ')}**")
                        self.items(self.line_text(line, " · ") for line in (*entry.lines, *entry.details))
                case Code():
                    self._add_code(part.text)
                case Items(is_inline=True):
                    self.line(" · ".join(self.cell(item, "text") for item in part.items))
                case Items():
                    self.items(self.cell(item, "text") for item in part.items)
                case TableBlock():
                    self._add_table(part)

    def _add_code(self, text: str) -> None:
        """Add a code block with a fence longer than any in its text."""
        longest = max(map(len, re.findall("`+", text)), default=0)
        fence = "`" * max(longest + 1, 3)
        self.lines += [fence, *map(escape_control_chars, text.splitlines()), fence, ""]

    def _add_table(self, table: TableBlock) -> None:
        columns, take = columns_for(table, Audience.MARKDOWN)
        rows = [
            [self.cell(cell, column.kind) for column, cell in zip(columns, take(row), strict=True)]
            for row in table.rows
        ]
        match table.layout:
            case "pairs" | "key":
                self.items(": ".join(row) for row in rows)
            case "items":
                self.items(" ".join(row) for row in rows)
            case "list":
                self.items(f"**{first}** {sentence} ({'; '.join(beside)})" for first, sentence, *beside in rows)
            case _:
                self._add_grid(columns, rows)

    def _add_grid(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        heads = (self.text(column.heading) for column in columns)
        rule = ("---:" if column.kind in _RIGHT else "---" for column in columns)
        self.lines.append(f"| {' | '.join(heads)} |")
        self.lines.append(f"| {' | '.join(rule)} |")
        self.lines += [f"| {' | '.join(row)} |" for row in rows]
        self.lines.append("")
