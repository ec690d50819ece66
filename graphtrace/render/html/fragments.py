"""Answers as pieces of HTML for a notebook: in one language, without script, with a style that stays within.

A notebook that is not trusted shows them without the style, and without elements of SVG: a drawing is therefore an
image. What a fragment holds back it says, with the method that has it all.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from graphtrace.render import Lang, catalogue
from graphtrace.render.figures.chain import draw_chain
from graphtrace.render.format import format_lift, format_share, party_label
from graphtrace.render.html.overview import OverviewGraph
from graphtrace.render.html.page import render_fragment
from graphtrace.render.html.trace import TracePageModel
from graphtrace.render.sanitize import escape_control_chars

if TYPE_CHECKING:
    from graphtrace.analysis.shared_parties import SharedParties
    from graphtrace.analysis.trace import Trace
    from graphtrace.model import Finding

FULL = 3
"""So many cards, or enterprises, are shown in full beside each other; of more, a row each."""

ROWS = 20
"""So many rows of a table are shown."""

CARDS = 50
FEW = 5


def trace_fragment(traces: Sequence[Trace], lang: Lang) -> str:
    """Some traces: what they have in common, a row each, and a few in full."""
    cards = [TracePageModel(trace, number) for number, trace in enumerate(traces, 1)]
    outcomes = Counter(str(trace.outcome) for trace in traces)
    return render_fragment(
        "trace.html",
        {
            **_SHARED,
            "cards": cards,
            "outcomes": [(code, outcomes[code]) for code in catalogue.OUTCOMES if outcomes[code]],
            "drawing_of": lambda card: _chain_image(card, lang),
            "ring": _ring_image(traces, lang) if len(cards) > 1 else None,
            "severe_first": _severe_first,
        },
        lang,
    )


def shared_parties_fragment(shared: SharedParties, lang: Lang) -> str:
    """The ways of many cards drawn together, and who had them."""
    drawing = _ring_image([card.trace for card in shared.cards], lang)
    is_guarded = shared.by == "lift" and len(shared.case_numbers) > 1
    data = {"shared": shared, "drawing": drawing, "format_lift": format_lift, "is_guarded": is_guarded}
    return render_fragment("shared.html", {**_SHARED, **data}, lang)


_IMAGE = Markup(
    '<img class="gt-drawing" style="background-color: #ffffff" alt="{}" src="data:image/svg+xml;base64,{}">'
)
_SHARED = {"full": FULL, "most_rows": ROWS, "most_cards": CARDS, "few": FEW, "share_said": format_share}

# -- drawings ---------------------------------------------------------------------------------------------------


def drawing_as_image(drawing: Markup, words: str) -> Markup | None:
    """A drawing as an image within the text, with what it shows in words; nothing for no drawing."""
    if not drawing:
        return None
    return _IMAGE.format(escape_control_chars(words), base64.b64encode(drawing.encode()).decode())


def _chain_image(card: TracePageModel, lang: Lang) -> Markup | None:
    chains = [
        " → ".join(party_label(party, lang) for party in (chain.hops[0].sender, *(hop.receiver for hop in chain.hops)))
        for chain in card.trace.chains
    ]
    return drawing_as_image(draw_chain(card.trace, lang), "; ".join(chains))


def _ring_image(traces: Sequence[Trace], lang: Lang) -> Markup | None:
    """The ways of all cards in one, without the parties that fewest cards passed."""
    ring = OverviewGraph(traces)
    return drawing_as_image(ring.drawn(lang), ", ".join(party_label(member.party, lang) for member in ring.pictured))


# -- words ------------------------------------------------------------------------------------------------------


def _severe_first(findings: Iterable[Finding]) -> list[Finding]:
    order = list(catalogue.SEVERITIES)
    return sorted(findings, key=lambda finding: order.index(finding.severity))
