"""The cards behind figures of an audit in a terminal: ranges, and under each the records that name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import breach_message, word
from graphtrace.render.terminal import style
from graphtrace.render.terminal.page import Page, View
from graphtrace.render.terminal.places import place

if TYPE_CHECKING:
    from graphtrace.answers.opening import Opened, OpenedLot

LOTS = 20
RECORDS = 5

_INDENT = "  "


class OpenedView(View):
    """Figures with what is behind them; with ``verbose`` all lots and records."""

    def __init__(self, opened: Sequence[Opened], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.opened = opened
        self.lots = None if verbose else LOTS
        self.records = None if verbose else RECORDS

    def draw(self, page: Page) -> None:
        """Draw each figure, its lots below it."""
        for figure in self.opened:
            self._draw_figure(page, figure)
        if not any(figure.lots for figure in self.opened):
            page.add((page.label("nothing_behind"), style.LABEL))

    def _draw_figure(self, page: Page, figure: Opened) -> None:
        page.blank()
        if figure.breach is None:
            matter = word(wording.MATTERS, figure.matter, page.lang)
            page.add((figure.enterprise.name, style.NAME), f"  {matter}: {page.label('cards', cards=figure.cards)}")
        else:
            page.add((figure.enterprise.name, style.NAME), (f"  {figure.matter}", style.LABEL))
            page.add(
                (breach_message(figure.breach, page.lang), style.SEVERITIES[figure.breach.severity]),
                margin=_INDENT,
            )
        for lot in figure.lots[: self.lots]:
            self._draw_lot(page, lot)
        if self.lots is not None and len(figure.lots) > self.lots:
            page.add((page.label("more_lots", more=len(figure.lots) - self.lots), style.LABEL), margin=_INDENT)

    def _draw_lot(self, page: Page, lot: OpenedLot) -> None:
        page.blank()
        if lot.first is not None:
            ends = lot.first if lot.first == lot.last else f"{lot.first} – {lot.last}"
            said = f"  {page.label('cards', cards=lot.cards)}"
            holder = "" if lot.holder is None else f"  {page.glyphs.party} {lot.holder.name}"
            page.add((ends, style.NAME), (said, style.LABEL), holder, margin=_INDENT)
        for said_by in lot.evidence[: self.records]:
            kind = word(wording.KINDS, said_by.kind, page.lang)
            origin = said_by.origin
            where = place(origin.file, origin.row, origin.sheet, origin.sha256)
            line = "  ".join(part for part in (said_by.day, kind, where) if part)
            page.add((line, style.LABEL), margin=_INDENT * 2)
        if self.records is not None and len(lot.evidence) > self.records:
            more = page.label("more_records", more=len(lot.evidence) - self.records)
            page.add((more, style.LABEL), margin=_INDENT * 2)
