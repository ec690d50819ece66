"""Elements of a drawing, with every text and attribute escaped."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from graphtrace.render import Lang
from graphtrace.render.i18n import Text
from graphtrace.render.sanitize import escape_control_chars


def element(tag: str, *content: Markup, **attributes: str | float | None) -> Markup:
    """Return an element; attributes that are ``None`` are left out, ``_`` in their names stands for ``-``."""
    attributes_text = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _number(value))
        for name, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(content)
    return (
        Markup("<{}{}>{}</{}>").format(tag, attributes_text, inside, tag)
        if inside
        else Markup("<{}{}/>").format(tag, attributes_text)
    )


def group(content: Iterable[Markup], **attributes: str | float | None) -> Markup:
    """Return a group of elements that share ``attributes``."""
    return element("g", *content, **attributes)


def text_element(x: float, y: float, text: Text, lang: Lang | None, **attributes: str | float | None) -> Markup:
    """One line of text, made visible; with ``lang`` ``None`` a phrase stands there in both
    languages.
    """
    if not isinstance(text, str):
        if text.en == text.zh or lang is not None:
            return text_element(x, y, getattr(text, lang or "en"), lang, **attributes)
        return text_element(x, y, text.en, lang, lang_="en", **attributes) + text_element(
            x, y, text.zh, lang, lang_="zh", **attributes
        )
    return element("text", escape(escape_control_chars(text)), x=x, y=y, **attributes)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
