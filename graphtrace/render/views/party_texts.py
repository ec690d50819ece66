"""Texts about parties and numbers of cards that the views of several answers have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.locale import grammar
from graphtrace.render import text_tables
from graphtrace.render.document import Text
from graphtrace.render.format import format_message
from graphtrace.render.i18n import Phrase, code_text, in_both, join_texts, label_text
from graphtrace.results.bounds import MAX_PAIRS, MAX_RECORDS, Bounds, NoBounds
from graphtrace.results.party import PartyKind, legal_form

if TYPE_CHECKING:
    from graphtrace.model import Party
    from graphtrace.results.flows import QuantityTotals


def party_words(party: Party, kind: PartyKind | None) -> Text | None:
    """Return the kind of a party by records, and its legal form by its identifier; ``None`` if neither is known."""
    form = legal_form(party)
    words = [
        *([] if kind is None else [code_text(text_tables.PARTY_KINDS, kind)]),
        *([] if form is None else [code_text(text_tables.LEGAL_FORMS, form)]),
    ]
    return join_texts(*words, by=" · ") if words else None


def by_number_text(total: QuantityTotals) -> Phrase | None:
    """Return the number of quantity-only records and of their cards; ``None`` if there are none."""
    if not total.records:
        return None
    counts = (("records_naming", {"records": total.records}), ("cards", {"cards": total.cards}))
    return in_both(
        lambda lang: grammar("clauses", lang).join(
            format_message(text_tables.LABELS[code], count, lang) for code, count in counts
        )
    )


def bounds_text(bounds: Bounds, *, is_named: bool) -> Phrase | None:
    """Return the bounds of the number of different cards; ``None`` if they add nothing to the other figures.

    ``is_named``: besides a number, records name cards.
    """
    if isinstance(bounds, NoBounds):
        limits = {"rows": ("bounds_omitted", MAX_RECORDS), "pairs": ("bounds_omitted_pairs", MAX_PAIRS)}
        code, most = limits[bounds.too_many]
        return label_text(code, most=most)
    least, most = bounds
    if least < most:
        return label_text("card_bounds", least=least, most=most)
    return label_text("cards", cards=most) if is_named else None
