"""Writer of documents as HTML fragments for a notebook: in one language, without script, with a scoped style.

A notebook that is not trusted shows them without the style, and without elements of SVG: a drawing is therefore an
image. What a fragment holds back it says, with the method that has it all.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from markupsafe import Markup

from graphtrace.render import Lang
from graphtrace.render.document import Audience, Figure, in_language
from graphtrace.render.html.page import render_fragment
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.writers.html_writer import HtmlLayout

if TYPE_CHECKING:
    from graphtrace.render.document import Document


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
