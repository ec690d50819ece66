"""Writer of documents as Markdown, for a report that a user continues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.document import (
    Column,
)
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.writers.plain_report import RIGHT, PlainReport

if TYPE_CHECKING:
    from graphtrace.render.document import Document

_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$@]|:(?=//)|\.(?=\S)(?<=www\.)|^[-+=]", re.IGNORECASE)
"""Characters with a meaning in Markdown: marks, links, mentions, the beginning of a list or heading."""

_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
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
        """Return text of the case as literal Markdown."""
        return escape_markdown(text)

    def line(self, text: str) -> None:
        """Add a paragraph or heading."""
        self.lines += [text, ""]

    def items(self, texts: Iterable[str]) -> None:
        """Add a list."""
        self.lines += [*(f"- {text}" for text in texts), ""]

    def heading(self, text: str, level: int) -> None:
        """Add a heading."""
        self.line(f"{'#' * level} {text}")

    def emphasis(self, text: str) -> str:
        """Return a text in bold."""
        return f"**{text}**"

    def code(self, text: str) -> None:
        """Add a code block with a fence longer than any in its text."""
        longest = max(map(len, re.findall("`+", text)), default=0)
        fence = "`" * max(longest + 1, 3)
        self.lines += [fence, *map(escape_control_chars, text.splitlines()), fence, ""]

    def pairs(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:  # noqa: ARG002
        """Add a table of names and values as a list."""
        self.items(": ".join(row) for row in rows)

    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table with headings."""
        heads = (self.text(column.heading) for column in columns)
        rule = ("---:" if column.kind in RIGHT else "---" for column in columns)
        self.lines.append(f"| {' | '.join(heads)} |")
        self.lines.append(f"| {' | '.join(rule)} |")
        self.lines += [f"| {' | '.join(row)} |" for row in rows]
        self.lines.append("")
