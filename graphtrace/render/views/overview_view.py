"""Overview figure: the paths of all cards of an answer in one drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render.document import Audience, Figure
from graphtrace.render.format import party_label
from graphtrace.render.i18n import in_both

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.render import Lang
    from graphtrace.results.trace import Trace


def overview_figure(traces: Sequence[Trace]) -> Figure:
    """Return the paths of all cards in one drawing, without the parties that fewest cards passed."""

    def draw(lang: Lang | None) -> Markup:
        from graphtrace.render.html.overview_page import OverviewGraph

        return OverviewGraph(traces).drawn(lang)

    def words(lang: Lang) -> str:
        from graphtrace.render.html.overview_page import OverviewGraph

        return ", ".join(party_label(member.party, lang) for member in OverviewGraph(traces).pictured)

    return Figure(draw=draw, words=in_both(words), audience=Audience.NOTEBOOK)
