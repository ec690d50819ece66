"""Documents as pieces of HTML for a notebook: in one language, without script, with a style that stays within.

A notebook that is not trusted shows them without the style, and without elements of SVG: a drawing is therefore an
image. What a fragment holds back it says, with the method that has it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.document import Audience, Figure, in_language
from graphtrace.render.html.fragments import drawing_as_image
from graphtrace.render.html.page import render_fragment
from graphtrace.render.writers.html import HtmlLayout

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.render.document import Document


def render_notebook(document: Document, lang: Lang) -> str:
    """The fragment of a document in one language."""
    layout = HtmlLayout(document, Audience.NOTEBOOK)

    def image(figure: Figure) -> Markup | None:
        return drawing_as_image(figure.draw(lang), in_language(figure.words, lang))

    return render_fragment("document.html", {"document": document, "layout": layout, "image": image}, lang)
