"""Pieces that the trees of several answers have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render.document import Audience, Column, Entries, Entry, Figure, Text, Tone, Toned
from graphtrace.render.format import party_label
from graphtrace.render.i18n import in_both

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.analysis.trace import Trace
    from graphtrace.render import Lang

KEY = (Column("what"), Column("value"))
"""The columns of a table of the layout ``key``: a word and what stands beside it."""


def remark(text: Text, tone: Tone = "quiet") -> Entries:
    """A remark that stands apart."""
    return Entries(entries=[Entry((Toned(text, tone),), ())], sign=False)


def overview_figure(traces: Sequence[Trace]) -> Figure:
    """The ways of all cards in one drawing, without the parties that fewest cards passed."""

    def draw(lang: Lang | None) -> Markup:
        from graphtrace.render.html.overview import OverviewGraph

        return OverviewGraph(traces).drawn(lang)

    def words(lang: Lang) -> str:
        from graphtrace.render.html.overview import OverviewGraph

        return ", ".join(party_label(member.party, lang) for member in OverviewGraph(traces).pictured)

    return Figure(draw=draw, words=in_both(words), audience=Audience.NOTEBOOK)
