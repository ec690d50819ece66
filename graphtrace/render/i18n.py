"""Phrases in both languages at once, for what is read in either: pages and drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from graphtrace.render import Lang, catalogue
from graphtrace.render.catalogue import BilingualText
from graphtrace.render.format import format_message, party_label, translate

if TYPE_CHECKING:
    from graphtrace.model import Party


def in_both(make: Callable[[Lang], str]) -> BilingualText:
    """What ``make`` says in each language."""
    return BilingualText(en=make("en"), zh=make("zh"))


def label_text(code: str, **params: object) -> BilingualText:
    """A phrase of ``wording.PAGES``, else of ``wording.LABELS``, filled in."""
    template = catalogue.PAGES.get(code) or catalogue.LABELS[code]
    return in_both(lambda lang: format_message(template, params, lang))


def code_text(table: Mapping[str, BilingualText], code: str) -> BilingualText:
    """The word for a code in a table of ``wording``."""
    return in_both(lambda lang: translate(table, code, lang))


def party_text(party: Party) -> BilingualText:
    """The name of a party."""
    return in_both(lambda lang: party_label(party, lang))
