"""Pieces that the trees of several answers have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.locale import grammar
from graphtrace.render import catalogue
from graphtrace.render.document import Audience, Column, Entries, Entry, Figure, Text, Tone, Toned
from graphtrace.render.format import format_message, party_label
from graphtrace.render.i18n import Phrase, code_text, in_both, join_texts, label_text
from graphtrace.results.bounds import MOST_PAIRS, MOST_RECORDS, Bounds, NoBounds
from graphtrace.results.party import PartyKind, legal_form

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.engine.flows import QuantityTotals
    from graphtrace.model import Party
    from graphtrace.render import Lang
    from graphtrace.results.trace import Trace

KEY = (Column("what"), Column("value"))
"""The columns of a table of the layout ``key``: a word and what stands beside it."""


def remark(text: Text, tone: Tone = "quiet") -> Entries:
    """Return a remark that stands apart."""
    return Entries(entries=[Entry((Toned(text, tone),), ())], sign=False)


def party_words(party: Party, kind: PartyKind | None) -> Text | None:
    """Return the kind of a party by records, and its legal form by its identifier; ``None`` if neither is known."""
    form = legal_form(party)
    words = [
        *([] if kind is None else [code_text(catalogue.PARTY_KINDS, kind)]),
        *([] if form is None else [code_text(catalogue.LEGAL_FORMS, form)]),
    ]
    return join_texts(*words, by=" · ") if words else None


def by_number_text(total: QuantityTotals) -> Phrase | None:
    """Return the number of quantity-only records and of their cards; ``None`` if there are none."""
    if not total.records:
        return None
    counts = (("records_naming", {"records": total.records}), ("cards", {"cards": total.cards}))
    return in_both(
        lambda lang: grammar("clauses", lang).join(
            format_message(catalogue.LABELS[code], count, lang) for code, count in counts
        )
    )


def bounds_text(bounds: Bounds, *, is_named: bool) -> Phrase | None:
    """Return the bounds of the number of different cards; ``None`` if they add nothing to the other figures.

    ``is_named``: besides a number, records name cards.
    """
    if isinstance(bounds, NoBounds):
        limits = {"rows": ("bounds_omitted", MOST_RECORDS), "pairs": ("bounds_omitted_pairs", MOST_PAIRS)}
        code, most = limits[bounds.too_many]
        return label_text(code, most=most)
    least, most = bounds
    if least < most:
        return label_text("card_bounds", least=least, most=most)
    return label_text("cards", cards=most) if is_named else None


def overview_figure(traces: Sequence[Trace]) -> Figure:
    """Return the ways of all cards in one drawing, without the parties that fewest cards passed."""

    def draw(lang: Lang | None) -> Markup:
        from graphtrace.render.html.overview import OverviewGraph

        return OverviewGraph(traces).drawn(lang)

    def words(lang: Lang) -> str:
        from graphtrace.render.html.overview import OverviewGraph

        return ", ".join(party_label(member.party, lang) for member in OverviewGraph(traces).pictured)

    return Figure(draw=draw, words=in_both(words), audience=Audience.NOTEBOOK)
