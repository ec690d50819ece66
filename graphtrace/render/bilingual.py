"""Phrases in both languages at once, for what is read in either: pages and drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import bare_name, sentence, word
from graphtrace.render.wording import Wording

if TYPE_CHECKING:
    from graphtrace.model import Party


def both(make: Callable[[Lang], str]) -> Wording:
    """What ``make`` says in each language."""
    return Wording(en=make("en"), zh=make("zh"))


def label(code: str, **params: object) -> Wording:
    """A phrase of ``wording.PAGES``, else of ``wording.LABELS``, filled in."""
    template = wording.PAGES.get(code) or wording.LABELS[code]
    return both(lambda lang: sentence(template, params, lang))


def named(table: Mapping[str, Wording], code: str) -> Wording:
    """The word for a code in a table of ``wording``."""
    return both(lambda lang: word(table, code, lang))


def party_text(party: Party) -> Wording:
    """The name of a party."""
    return both(lambda lang: bare_name(party, lang))
