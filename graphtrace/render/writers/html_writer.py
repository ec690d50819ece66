"""Writers of documents as pages, in both languages, and as fragments for a notebook, in one, without script.

A notebook that is not trusted shows them without the style, and without elements of SVG: a drawing is therefore an
image. What a fragment holds back it says, with the method that has it all.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from markupsafe import Markup

from graphtrace.model import Origin
from graphtrace.render import Lang
from graphtrace.render.document import (
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Figure,
    Part,
    Section,
    Sections,
    TableBlock,
    columns_for,
    in_language,
    shown_to,
)
from graphtrace.render.format import format_share
from graphtrace.render.html.page import render_fragment, render_page
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.text_tables import BilingualText

if TYPE_CHECKING:
    from graphtrace.render.document import Document


def render_html(document: Document, lang: Lang) -> str:
    """Return the page of a document; it opens in ``lang`` and contains the other language too."""
    title = BilingualText(document.title, document.title) if isinstance(document.title, str) else document.title
    layout = HtmlLayout(document.parts, Audience.PAGE)
    return render_page("document.html", {"title": title, "document": document, "layout": layout}, lang)


class HtmlLayout:
    """Methods that the templates of pages and of fragments call on a document."""

    def __init__(self, parts: Iterable[Part], audience: Audience) -> None:
        self.audience = audience
        self.codes = {
            section.code
            for part in parts
            if isinstance(part, Sections)
            for section in part.sections[: self.most(part.most)]
        }
        """Codes of the sections that links can target."""

    share_text = staticmethod(format_share)

    @staticmethod
    def name(part: object) -> str:
        """Return the name of a type of part or cell."""
        return "Origins" if isinstance(part, Sequence) and part and isinstance(part[0], Origin) else type(part).__name__

    @staticmethod
    def unknown(part: object) -> NoReturn:
        """Refuse a part that a template does not write: nothing of an answer is left out in silence."""
        raise TypeError(f"{type(part).__name__} has no form on a page")

    def parts(self, parts: Iterable[Part]) -> list[Part]:
        """Return the parts that are shown."""
        return list(shown_to(parts, self.audience))

    def split(self, section: Section) -> tuple[list[Part], list[Part]]:
        """Split the parts of a section into those below its heading and its subsections."""
        parts = self.parts(section.parts)
        at = next((at for at, part in enumerate(parts) if isinstance(part, Section)), len(parts))
        return parts[:at], parts[at:]

    def most(self, most: DisplayLimits) -> int | None:
        """Return the maximum number of rows or sections that are shown; ``None``: all."""
        return most.page if self.audience is Audience.PAGE else most.notebook

    def columns(self, table: TableBlock) -> list[Column]:
        """Return the columns that are shown."""
        return columns_for(table, self.audience)[0]

    def rows(self, table: TableBlock) -> list[list[tuple[Column, Cell]]]:
        """Return the rows that are shown, each cell with its column."""
        columns, take = columns_for(table, self.audience)
        return [list(zip(columns, take(row), strict=True)) for row in table.rows[: self.most(table.most)]]

    def more(self, found: Sequence[object], most: DisplayLimits) -> int:
        """Return the number of rows that are not shown."""
        limit = self.most(most)
        return 0 if limit is None else max(len(found) - limit, 0)


_IMAGE = Markup(
    '<img class="gt-drawing" style="background-color: #ffffff" alt="{}" src="data:image/svg+xml;base64,{}">'
)


def render_notebook(document: Document, lang: Lang) -> str:
    """Return the fragment of a document in one language."""
    layout = HtmlLayout(document.parts, Audience.NOTEBOOK)

    def image(figure: Figure) -> Markup | None:
        drawing, words = figure.draw(lang), escape_control_chars(in_language(figure.words, lang))
        return _IMAGE.format(words, base64.b64encode(drawing.encode()).decode()) if drawing else None

    return render_fragment("document.html", {"document": document, "layout": layout, "image": image}, lang)
