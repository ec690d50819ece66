"""The answer of ``siblings`` in a terminal: the cards that moved with a card, the tightest group first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import party_label, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextColumn, TextLayout
from graphtrace.render.terminal.origins import add_origins

if TYPE_CHECKING:
    from graphtrace.analysis.siblings import CardGroup, CardRange, CardSiblings, SiblingLot, Siblings

RANGES = 3
CARDS = 3
"""Up to so many cards are shown in full; of more, one line each."""

_INDENT = "  "
_LEAST = 8
"""Cells of the last column where the page is narrow; its heading goes on in the next line."""


class SiblingsView(TerminalView):
    """What moved together with cards; with ``verbose`` every range and every source."""

    def __init__(self, siblings: Siblings, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.siblings = siblings
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw card by card the group that went the same way and the lots, then what no record knows."""
        if len(self.siblings) > CARDS and not self.verbose:
            self._draw_table(page)
        else:
            for card in self.siblings:
                self._draw_card(page, card)
        total = sum(entry.cards.cards for entry in self.siblings.suspension)
        if total:
            page.title((page.label("for_suspension", cards=total), style.TITLE))
            page.add((page.label("for_suspension_how"), style.LABEL), margin=_INDENT)
        if self.siblings.not_found:
            page.title((page.label("in_no_record_title"), style.TITLE))
            page.add_items(self.siblings.not_found, margin=_INDENT)

    def _draw_table(self, page: TextLayout) -> None:
        """One line a card: the group that went the same way in every step."""
        page.add((page.label("same_way"), style.TITLE))
        page.blank()
        headings = [
            translate(catalogue.HEADINGS, code, page.lang) for code in ("cards", "activated", "seized", "at_large")
        ]
        columns = [
            TextColumn(page.label("card"), max(cell_len(_shown(card)) for card in self.siblings)),
            *(TextColumn(heading, cell_len(heading), is_number=True) for heading in headings),
        ]
        taken = sum(column.cells + 2 for column in columns[:-1])
        columns[-1] = replace(columns[-1], cells=min(columns[-1].cells, max(page.width - taken, _LEAST)))
        page.add_table(columns, [[_shown(card), *_figures(card.same_way)] for card in self.siblings])
        page.blank()
        page.add((page.label("more_siblings"), style.LABEL))

    def _draw_card(self, page: TextLayout, card: CardSiblings) -> None:
        shown: set[CardRange] = set()
        page.title((_shown(card), style.NAME))
        if card.same_way is None:
            page.add(page.label("no_lot"), margin=_INDENT)
            return
        page.title((page.label("same_way"), style.TITLE))
        self._draw_group(page, card.same_way, shown)
        page.title((page.label("lots"), style.TITLE))
        many = len({lot.chain for lot in card.lots}) > 1
        for lot in card.lots:
            self._draw_lot(page, lot, shown, has_chains=many)

    def _draw_lot(self, page: TextLayout, lot: SiblingLot, shown: set[CardRange], *, has_chains: bool) -> None:
        hop = lot.hop
        parties = f"{party_label(hop.sender, page.lang)} → {party_label(hop.receiver, page.lang)}"
        chain = [page.label("chain_number", chain=lot.chain)] if has_chains else []
        step = [*chain, page.label("step", n=hop.n), hop.when.day, parties]
        page.add_items(step, margin=f"{_INDENT}{page.glyphs.item} ")
        if lot.lot is None or lot.together is None:
            page.add((translate(catalogue.PRECISIONS, hop.precision, page.lang), style.GUESSED), margin=_INDENT * 2)
        else:
            self._draw_group(page, lot.together, shown)
            if lot.lot != lot.together:
                page.add((page.label("whole_lot"), style.LABEL), margin=_INDENT * 2)
                self._draw_group(page, lot.lot, shown)
        if self.verbose:
            add_origins(page, hop.origins, margin=_INDENT * 2, limit=None)

    def _draw_group(self, page: TextLayout, group: CardGroup, shown: set[CardRange]) -> None:
        """The figures, and the ranges at large that no group above has shown."""
        page.add_items(_said(page, group), margin=_INDENT * 2)
        limit = None if self.verbose else RANGES
        ranges = [cards for cards in group.at_large if cards not in shown]
        for cards in ranges[:limit]:
            ends = cards.first if cards.cards == 1 else f"{cards.first} – {cards.last}"
            page.add(
                (ends, style.MISSING), (f"  {page.label('cards', cards=cards.cards)}", style.LABEL), margin=_INDENT * 3
            )
        said = []
        if limit is not None and len(ranges) > limit:
            said.append(page.label("more_ranges", more=len(ranges) - limit))
        if len(ranges) < len(group.at_large):
            said.append(page.label("ranges_above", ranges=len(group.at_large) - len(ranges)))
        for line in said:
            page.add((line, style.LABEL), margin=_INDENT * 3)
        shown.update(group.at_large)


def _shown(card: CardSiblings) -> str:
    return card.trace.input if card.trace.card is None else card.trace.card.iccid


def _figures(group: CardGroup | None) -> list[str]:
    figures = (group.cards, group.activated, group.seized, group.active_unseized) if group else ()
    return [f"{figure:,}" for figure in figures] or [""] * 4


def _said(page: TextLayout, group: CardGroup) -> list[str]:
    return [
        page.label("cards", cards=group.cards),
        page.label("activated_cards", activated=group.activated),
        page.label("seized_count", seized=group.seized),
        page.label("at_large", cards=group.active_unseized),
    ]
