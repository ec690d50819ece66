"""Page of ``common``: the parties that had the seized cards, drawn and ranked, and the records that state it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.format import format_lift, format_share
from graphtrace.render.html.overview_page import DRAWN, LINKED, OverviewGraph
from graphtrace.render.html.page import render_page
from graphtrace.render.html.trace_page import TracePageModel, source_files
from graphtrace.render.i18n import in_both, label_text

if TYPE_CHECKING:
    from graphtrace.model import Origin
    from graphtrace.results.shared_parties import CardPassage, SharedParties, SharedParty

FULL = 20
"""Maximum number of parties with evidence on the page; the page states where the evidence of the others is."""

PASSAGES = 40
"""Maximum number of cards that are named as the evidence of a party."""

NAMED = 3
"""Maximum number of parties of the smallest set in the head of the page."""

CARDS = 200
"""Maximum number of cards that are open at once; the page folds the others."""


def shared_parties_page(shared: SharedParties, lang: Lang, *, case: str | None = None, as_of: str | None = None) -> str:
    """Return the page of the parties that cards share.

    Parameters
    ----------
    shared
        The answer.
    lang
        The language that the page opens in.
    case
        Name of the case, if it is shown on the page.
    as_of
        The day as of which the question was answered.
    """
    ring = OverviewGraph([card.trace for card in shared.cards])
    everyone = [
        # somebody who used a card that no chain leads to is not drawn
        RankedParty(party, place, ring.idents.get(party.party.id, f"u{place}"))
        for place, party in enumerate((*shared.parties, *shared.carriers), 1)
    ]
    ranked = everyone[: len(shared.parties)]
    evidence = ranked[:FULL]
    origins = {origin for one in evidence for passage in one.passages for origin in _origins(passage)}
    data = {
        "title": in_both(
            lambda lang: f"{getattr(label_text('shared_parties_page', cards=len(shared.cards)), lang)} · graphtrace"
        ),
        "shared": shared,
        "ring": ring,
        "cards": [TracePageModel(card.trace, number) for number, card in enumerate(shared.cards, 1)],
        "card_numbers": {card.key: number for number, card in enumerate(shared.cards, 1)},
        "ranked": ranked,
        "carriers": everyone[len(ranked) :],
        "evidence": evidence,
        "files": source_files(origins),
        "lift": format_lift,
        "full": FULL,
        "most_passages": PASSAGES,
        "most_cards": CARDS,
        "share_text": format_share,
        "named_in_key": NAMED,
        "drawn": DRAWN,
        "linked": LINKED,
        "case": case,
        "as_of": as_of,
    }
    return render_page("shared.html", data, lang, scripts=("cytoscape.min.js", "ring.js") if ring.members else ())


@dataclass(frozen=True)
class RankedParty:
    """Template model of one party, with its rank and the id of its row."""

    shared: SharedParty
    place: int
    ident: str

    @property
    def passages(self) -> tuple[CardPassage, ...]:
        """Return the cards that the page names as evidence."""
        return self.shared.evidence[:PASSAGES]


def _origins(passage: CardPassage) -> Iterator[Origin]:
    for hops in passage.hops.values():
        for hop in hops:
            yield from hop.origins
    yield from passage.origins
