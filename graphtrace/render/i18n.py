"""Bilingual phrases, for pages and drawings, and the language of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from graphtrace.locale import LANGS
from graphtrace.locale import Text as LocaleText
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import format_choice, format_hint, format_message, party_label, translate
from graphtrace.render.text_tables import BilingualText
from graphtrace.results.reports import OpenQuestion
from graphtrace.results.trace import BY_WHAT_WAS_READ

if TYPE_CHECKING:
    from graphtrace.model import Hint, Party

_COMMAND: Final = late("--[a-z]|\\bgraphtrace [a-z]|GRAPHTRACE_[A-Z]")
"""An option, a command, or a variable of the environment."""


class Phrase:
    """A text that is rendered lazily in each language."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[Lang], str]) -> None:
        self._make = make

    @property
    def en(self) -> str:
        """Return the text in English."""
        return self._make("en")

    @property
    def zh(self) -> str:
        """Return the text in Chinese."""
        return self._make("zh")


Text = str | BilingualText | Phrase
"""A text of the case, or a phrase in both languages."""


def in_both(make: Callable[[Lang], str]) -> Phrase:
    """Return the text of ``make`` in each language."""
    return Phrase(make)


def label_text(code: str, **params: object) -> Phrase:
    """Return a phrase of ``catalogue.PAGES``, else of ``catalogue.LABELS``, filled in."""
    return Phrase(lambda lang: format_message(text_tables.PAGES.get(code) or text_tables.LABELS[code], params, lang))


def code_text(table: Mapping[str, BilingualText], code: str) -> Phrase:
    """Return the word for a code in a table of the catalogues."""
    return in_both(lambda lang: translate(table, code, lang))


def outcome_text(outcome: str, doubts: Iterable[str]) -> Phrase:
    """Return the word for the outcome of a card, with what qualifies it, or that what was read has no gap."""
    left = list(doubts)
    word = code_text(text_tables.OUTCOMES, outcome)
    if outcome == "continuous" and BY_WHAT_WAS_READ in left:
        left.remove(BY_WHAT_WAS_READ)
        word = label_text("continuous_as_read")
    return join_texts(word, *map(label_text, left), by="")


def field_text(field: str) -> Phrase:
    """Return the word for a field, of a recipe too; of a question about a word (``words.补换``) that word."""
    asked, _, word = field.partition(".")
    if word and asked in ("words", "carrier"):
        return join_texts(f"“{word}”")
    return code_text(text_tables.FIELDS, field)


def answer_text(field: str, value: str) -> Phrase:
    """Return an answer that a load took in words: what was asked, and the answer."""
    question = OpenQuestion(field=field, kind="", rows=0)
    return join_texts(field_text(field), in_both(lambda lang: format_choice(question, value, lang)), by=": ")


def page_hint(hint: LocaleText | None) -> LocaleText | None:
    """Return a hint for who has no command line: what he does on a page; nothing where a hint names a command."""
    if hint is None or hint.id in text_tables.PAGE_HINTS:
        return hint and LocaleText("page_hints", hint.id, hint.params)
    return None if _COMMAND.search(hint.render("en")) else hint


def party_text(party: Party) -> Phrase:
    """Return the name of a party."""
    return in_both(lambda lang: party_label(party, lang))


def in_language(text: Text, lang: Lang) -> str:
    return text if isinstance(text, str) else getattr(text, lang)


def join_texts(*texts: Text, by: str = " ") -> Phrase:
    """Join texts, in each language."""
    return Phrase(lambda lang: by.join(in_language(text, lang) for text in texts))


def hint_text(hint: Hint) -> Phrase:
    """Return the text of a hint of a number, with its confidence."""
    return Phrase(lambda lang: format_hint(hint.attribute, hint.value, hint.confidence, lang))


LANGUAGE_VARIABLE = "GRAPHTRACE_LANG"


def detect_language(stated: str | None = None) -> Lang:
    """Return the stated language, else that of the environment, else of the desktop; the first variable set decides."""
    variables = (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    spoken = stated or next((value for name in variables if (value := os.environ.get(name))), "")
    spoken = spoken or system.desktop_language()
    return "zh" if spoken.lower().startswith("zh") else "en"


def preferred_language(accepted: str) -> Lang | None:
    """Return the first of the languages of pages that a browser says that its user reads; ``None`` for neither.

    >>> [preferred_language(said) for said in ("zh-CN,zh;q=0.9,en;q=0.8", "de, en-GB;q=0.7, zh;q=0.8", "de", "")]
    ['zh', 'zh', None, None]
    """
    ranked: list[tuple[float, Lang]] = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        for lang in LANGS:
            if tag.partition("-")[0] == lang:
                ranked.append((float(weight) if re.fullmatch("[01](?:[.][0-9]{1,3})?", weight) else 1.0, lang))
    return max(ranked, key=lambda each: each[0], default=(0.0, None))[1]
