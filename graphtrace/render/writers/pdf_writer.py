"""Writer of documents as PDF/A-2a, for what is filed for years; tagged (PDF/UA-1) for programs that read aloud.

Typst sets the pages (the extra ``pdf``). The template is constant and takes the document as JSON, so that no text of a
case is ever markup. Fonts are embedded: the Latin one comes with Typst, the Chinese one is the machine's. The same
document gives the same bytes on machines with the same fonts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len

from graphtrace.errors import SystemFault, UsageError
from graphtrace.patterns import late
from graphtrace.render import Lang
from graphtrace.render.document import Column, in_language
from graphtrace.render.provenance import day, day_text, print_margins
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.writers.plain_report import (
    BEGINNING,
    CHARACTER_MM,
    MARGIN_MM,
    PADDING_MM,
    RIGHT,
    PlainReport,
    widths_mm,
)

if TYPE_CHECKING:
    from graphtrace.render.document import Document

_TEMPLATE: Final = Path(__file__).with_name("report.typ")

_LATIN_FONT: Final = "Libertinus Serif"
"""A font that comes with Typst, under the Open Font License."""

_CHINESE_FONTS: Final = (
    *("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "NSimSun", "Songti SC", "STSong"),
    *("FangSong", "STFangsong", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei"),
    *("SimHei", "DengXian", "PingFang SC", "Heiti SC", "STHeiti", "Hiragino Sans GB", "WenQuanYi Zen Hei"),
    *("WenQuanYi Micro Hei", "AR PL UMing CN", "AR PL SungtiL GB", "Droid Sans Fallback"),
)
"""Fonts for Chinese text, the likeliest in print first; where none is there, Typst takes any with the character."""

_COMMON_HAN: Final = late("[\u4e00-\u9fa5]")
"""Characters that every font for Chinese has."""

_UNDISPLAYED: Final = late(r'the (?:text|PDF contains the codepoint) `"((?:[^"\\]|\\.)+)"`')
_ESCAPED: Final = late(r"\\u\{([0-9a-f]+)\}")
"""How Typst names the characters that no font has, or that PDF/A does not allow."""

_PICTURES: Final = range(0x2400, 0x2420)
"""Pictures that stand for control characters, in the order of these."""

_MOST_NAMED: Final = 10
"""Maximum number of characters that the error about a missing font names."""

_WORD: Final = late("[!-~\u00a1-\u052f]+")
"""A word of Latin, Greek or Cyrillic characters, digits and signs, which no line ends within by itself."""

_LONGEST: Final = 80
"""Maximum number of Latin characters of a word that a line of text holds whole."""

_PIECE: Final = 8
"""Number of characters after which a longer word may go on in the next line."""

_MOST_LINES: Final = 20
"""Maximum number of lines of a row that is not parted at the end of a page."""


def can_write_pdf() -> bool:
    """Return whether PDF can be written here: the extra ``pdf`` is installed."""
    return find_spec("typst") is not None


def require_typst() -> None:
    """Raise, before any work, if PDF cannot be written here.

    Raises UsageError if Typst is not installed.
    """
    if not can_write_pdf():
        raise UsageError("no_typst", hint="install_typst")


def render_pdf(document: Document, lang: Lang) -> bytes:
    """Return the PDF/A file of a document, with all rows; A4, each page with case, unit, title, day and its number.

    Raises UsageError if Typst is not installed; SystemFault if no font of the machine has the Chinese characters of the
    document.
    """
    require_typst()
    import typst

    report = _Report(lang)
    report.write(document)
    title = report.inert(in_language(document.title, lang))
    case, title_shown, day_shown = print_margins(title, lang) or ("", title, day_text(lang))
    fonts = typst.Fonts()
    known = {*fonts.families()}
    sheet = {
        "title": title,
        "lang": lang,
        "fonts": [_LATIN_FONT, *[name for name in _CHINESE_FONTS if name in known][:1]],
        "head": " · ".join(filter(None, (report.inert(case), title_shown))),
        "day": day_shown,
        "margin_mm": MARGIN_MM,
        "padding_mm": PADDING_MM,
        "parts": report.parts,
    }
    text = json.dumps(sheet, ensure_ascii=False)
    while True:
        try:
            return typst.compile(
                _TEMPLATE.read_bytes(),
                font_paths=fonts,
                sys_inputs={"sheet": text},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=_time_of(document),
            )
        except typst.TypstError as error:
            text = _without_undisplayed(text, error)


def _time_of(document: Document) -> datetime:
    """Return when a document was made, else the day of its answer: never the time of the machine."""
    if document.made_at is not None:
        return datetime.fromisoformat(document.made_at)
    asked = day()
    return (BEGINNING if asked is None else datetime.fromisoformat(asked)).replace(tzinfo=UTC)


def _without_undisplayed(text: str, error: Any) -> str:
    """Return the text with the characters written out that no font has, as invisible ones are."""
    found = "".join(_UNDISPLAYED.findall(error.diagnostic))
    missing = {*_ESCAPED.sub(lambda code: chr(int(code[1], 16)), found)} & {*text}
    if not missing:
        raise error
    if common := sorted(filter(_COMMON_HAN.match, missing)):
        raise SystemFault("no_chinese_font", characters="".join(common[:_MOST_NAMED]), hint="install_chinese_font")
    return text.translate(
        {code: f"<U+{code - _PICTURES[0] if code in _PICTURES else code:04X}>" for code in map(ord, missing)}
    )


class _Report(PlainReport):
    def __init__(self, lang: Lang) -> None:
        super().__init__(lang)
        self.parts: list[dict[str, Any]] = []

    def inert(self, text: str) -> str:
        return escape_control_chars(text)

    def heading(self, text: str, level: int) -> None:
        self.parts.append({"kind": "heading", "level": level, "text": text})

    def line(self, text: str) -> None:
        self.parts.append({"kind": "line", "text": _pieces(text)})

    def items(self, texts: Iterable[str]) -> None:
        self.parts.append({"kind": "items", "items": [*map(_pieces, texts)]})

    def entry(self, head: str, lines: Sequence[str]) -> None:
        if head:
            self.parts.append({"kind": "strong", "text": _pieces(head)})
        self.items(lines)

    def code(self, text: str) -> None:
        self.parts.append({"kind": "code", "text": "\n".join(map(escape_control_chars, text.splitlines()))})

    def pairs(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self._add_grid((), columns, rows)

    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self._add_grid([self.text(column.heading) for column in columns], columns, rows)

    def _add_grid(self, heads: Sequence[str], columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; no row is parted by the end of a page, but one so high that a page may not hold it."""
        widths = widths_mm([heads, *rows] if heads else rows)
        longest = [max(int((width - PADDING_MM) / CHARACTER_MM), 1) for width in widths]
        self.parts.append(
            {
                "kind": "table",
                "heads": [*map(_pieces, heads, longest)],
                "widths_mm": widths,
                "right": [column.kind in RIGHT for column in columns],
                "rows": [
                    {"cells": [*map(_pieces, row, longest)], "whole": _lines(row, longest) <= _MOST_LINES}
                    for row in rows
                ],
            }
        )


def _pieces(text: str, longest: int = _LONGEST) -> str | list[str]:
    """Return a text, in pieces where words of it are longer than a line."""
    words = _WORD.finditer(text) if len(text) > longest else ()
    step = min(_PIECE, longest)
    cuts = [at for word in words if len(word[0]) > longest for at in range(word.start() + step, word.end(), step)]
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)])] if cuts else text


def _lines(row: Sequence[str], longest: Sequence[int]) -> int:
    return max(cell_len(text) // most for text, most in zip(row, longest, strict=True))
