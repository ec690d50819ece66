"""Elements of a drawing, with every text and attribute escaped."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from graphtrace.render import Lang
from graphtrace.render.safe import visible
from graphtrace.render.wording import Wording


def element(tag: str, *content: Markup, **attributes: str | float | None) -> Markup:
    """An element; attributes that are ``None`` are left out, ``_`` in their names stands for ``-``."""
    said = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _number(value))
        for name, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(content)
    return Markup("<{}{}>{}</{}>").format(tag, said, inside, tag) if inside else Markup("<{}{}/>").format(tag, said)


def group(content: Iterable[Markup], **attributes: str | float | None) -> Markup:
    """Elements that share what ``attributes`` say."""
    return element("g", *content, **attributes)


def words(x: float, y: float, text: str | Wording, lang: Lang | None, **attributes: str | float | None) -> Markup:
    """One line of text, made visible; with ``lang`` ``None`` a :class:`Wording` stands there in both languages."""
    if isinstance(text, Wording):
        if text.en == text.zh or lang is not None:
            return words(x, y, getattr(text, lang or "en"), lang, **attributes)
        return words(x, y, text.en, lang, lang_="en", **attributes) + words(
            x, y, text.zh, lang, lang_="zh", **attributes
        )
    return element("text", escape(visible(text)), x=x, y=y, **attributes)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
