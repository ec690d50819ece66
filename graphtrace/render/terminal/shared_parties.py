"""The answer of ``common`` in a terminal: who had the cards, the most telling first, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_lift, party_label, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextColumn, TextLayout
from graphtrace.render.terminal.origins import add_origins
from graphtrace.render.terminal.styled_text import line_of

if TYPE_CHECKING:
    from graphtrace.analysis.shared_parties import CardPassage, SharedParties, SharedParty

PARTIES = 10
NUMBERS = 5

_INDENT = "    "
_BAR = 20
_PLACE = 2
_LEAST_NAME = 12
_FIGURES = ("cards_total", "criminal_cases", "score", "handled", "lift")
"""Columns behind the name."""


class SharedPartiesView(TerminalView):
    """The parties that some cards share; with ``verbose`` all of them, and the rows behind each."""

    def __init__(self, shared: SharedParties, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.shared = shared
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw what was asked, the ranking, the set that explains all, and what no record knows."""
        shared = self.shared
        asked = [
            page.label("cards", cards=len(shared.cards)),
            page.label("in_criminal_cases", cases=len(shared.case_numbers)),
        ]
        if shared.not_found:
            asked.append(page.label("in_no_record", inputs=len(shared.not_found)))
        page.add_items(asked, style.NAME)
        if shared.parties:
            self._draw_ranking(page)
        self._draw_cover(page)
        self._draw_carriers(page)
        self._draw_numbers(page, "in_no_record_title", shared.not_found)

    def _draw_ranking(self, page: TextLayout) -> None:
        shared = self.shared
        limit = None if self.verbose else PARTIES
        page.blank()
        page.add(translate(catalogue.RANKINGS, shared.by, page.lang))
        page.blank()
        shown = shared.parties[:limit]
        figures = [_figures(party) for party in shown]
        headings = [page.label(head) for head in _FIGURES]
        widths = [max(map(cell_len, column)) for column in zip(headings, *figures, strict=True)]
        name = max(page.width - sum(widths) - 2 * len(widths) - _PLACE - 4, _LEAST_NAME)
        columns = [
            TextColumn("", _PLACE, is_number=True),
            TextColumn("", name),
            *(TextColumn(head, width, is_number=True) for head, width in zip(headings, widths, strict=True)),
        ]
        page.add_table(columns, [])
        is_said = len(shared.case_numbers) < 2 or shared.by != "lift"
        for place, party in enumerate(shown, 1):
            if party.cases < 2 and not is_said:
                page.add((page.label("one_case_only"), style.LABEL), margin=_INDENT)
                is_said = True
            name_of_party = (party_label(party.party, page.lang), style.NAME)
            page.add_row(columns, [f"{place}", name_of_party, *figures[place - 1]])
            self._draw_beside(page, party)
            if self.verbose:
                for passage in party.evidence:
                    _draw_passage(page, passage)
        if limit is not None and len(shared.parties) > limit:
            page.add((page.label("more_parties", more=len(shared.parties) - limit), style.LABEL), margin=_INDENT)

    def _draw_beside(self, page: TextLayout, party: SharedParty) -> None:
        """The bar of the share of the cards, what the party is, and what chance leaves to its lift."""
        full = max(round(party.card_share * _BAR), 1)
        bar = page.glyphs.bar * full + page.glyphs.rule * (_BAR - full)
        items = [f"{translate(catalogue.ROLES, role, page.lang)} {cards:,}" for role, cards in party.roles.items()]
        if party.certain_cards < party.cards:
            items.append(page.label("certain_cards", certain=party.certain_cards))
        low, high = (format_lift(bound) for bound in party.lift_interval)
        items.append(page.label("lift_interval", low=low, high=high))
        page.add_items(items, style.LABEL, margin=line_of(_INDENT, bar, f" {party.card_share:>4.0%}  "), hang=_INDENT)

    def _draw_cover(self, page: TextLayout) -> None:
        shared = self.shared
        if shared.cover:
            explained = len(shared.cards) - len(shared.unexplained)
            page.title((page.label("cover", parties=len(shared.cover), cards=explained), style.TITLE))
            page.add((page.label("cover_greedy"), style.LABEL), margin=_INDENT)
            limit = None if self.verbose else PARTIES
            page.add_items(
                [f"{party_label(step.party, page.lang)} +{step.new_cards:,}" for step in shared.cover[:limit]],
                margin=_INDENT,
            )
            if limit is not None and len(shared.cover) > limit:
                page.add((page.label("more_parties", more=len(shared.cover) - limit), style.LABEL), margin=_INDENT)
        self._draw_numbers(page, "unexplained", [card.iccid for card in shared.unexplained])

    def _draw_carriers(self, page: TextLayout) -> None:
        if not self.shared.carriers:
            return
        page.title((page.label("carriers"), style.TITLE), (f"  {page.label('carriers_apart')}", style.LABEL))
        for party in self.shared.carriers:
            page.add(party_label(party.party, page.lang), margin=_INDENT)
            said = [
                page.label("cards", cards=party.cards),
                page.label("handled_of", volume=party.volume, cards=self.shared.case_cards),
            ]
            page.add_items(
                [*said, page.label("lift_of", lift=format_lift(party.lift))], style.LABEL, margin=_INDENT * 2
            )

    def _draw_numbers(self, page: TextLayout, title: str, numbers: Sequence[str]) -> None:
        if not numbers:
            return
        limit = None if self.verbose else NUMBERS
        page.title((page.label(title), style.TITLE))
        page.add_items(numbers[:limit], margin=_INDENT)
        if limit is not None and len(numbers) > limit:
            page.add((page.label("more_cards", more=len(numbers) - limit), style.LABEL), margin=_INDENT)


def _figures(party: SharedParty) -> list[str]:
    return [
        f"{party.cards:,}",
        f"{party.cases:,}",
        f"{party.score:.2f}",
        f"{party.volume:,}",
        format_lift(party.lift),
    ]


def _draw_passage(page: TextLayout, passage: CardPassage) -> None:
    roles = [translate(catalogue.ROLES, role, page.lang) for role in passage.roles]
    page.add_items([passage.card.iccid, *passage.card.case_nos, *roles], margin=_INDENT * 2)
    for number, hops in passage.hops.items():
        for hop in hops:
            parties = f"{party_label(hop.sender, page.lang)} → {party_label(hop.receiver, page.lang)}"
            chain = [page.label("chain_number", chain=number)] if len(passage.card.trace.chains) > 1 else []
            page.add_items([*chain, page.label("step", n=hop.n), hop.when.day, parties], margin=_INDENT * 3)
            add_origins(page, hop.origins, margin=_INDENT * 4, limit=None)
    if passage.origins:
        page.add(translate(catalogue.KINDS, "activation", page.lang), margin=_INDENT * 3)
        add_origins(page, passage.origins, margin=_INDENT * 4, limit=None)
