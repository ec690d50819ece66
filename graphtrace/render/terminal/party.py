"""The answer of ``party`` in a terminal: from whom cards came and to whom they went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import word
from graphtrace.render.terminal import style
from graphtrace.render.terminal.line import line_of
from graphtrace.render.terminal.page import Page, View

if TYPE_CHECKING:
    from graphtrace.answers.parties import Dealings, Flow

PARTIES = 20

_INDENT = "  "


class PartyView(View):
    """One party and those it dealt with; with ``verbose`` all of them."""

    def __init__(self, dealings: Dealings, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.dealings = dealings
        self.limit = None if verbose else PARTIES

    def draw(self, page: Page) -> None:
        """Draw the party, from whom it received cards and to whom it passed cards on."""
        party, kind = self.dealings.party, self.dealings.kind
        page.add((party.name, style.NAME), (f"  {party.id}", style.LABEL))
        if kind is not None:
            page.add(word(wording.PARTY_KINDS, kind, page.lang), margin=_INDENT)
        for label, flows in (("received_from", self.dealings.received), ("passed_on_to", self.dealings.passed_on)):
            page.title((page.label(label), style.TITLE))
            self._draw_flows(page, flows)

    def _draw_flows(self, page: Page, flows: Sequence[Flow]) -> None:
        if not flows:
            page.add((page.label("nobody"), style.LABEL), margin=_INDENT)
        for flow in flows[: self.limit]:
            name = line_of((flow.party.name, style.NAME), (f"  {flow.party.id}", style.LABEL))
            page.add(name, margin=f"{_INDENT}{page.glyphs.party} ")
            page.add_items(_said(page, flow), style.MISSING if flow.seized else "", margin=_INDENT * 2)
        if self.limit is not None and len(flows) > self.limit:
            page.add((page.label("more_parties", more=len(flows) - self.limit), style.LABEL), margin=_INDENT)


def _said(page: Page, flow: Flow) -> list[str]:
    said = []
    if flow.records:
        said += [page.label("cards", cards=flow.cards), page.label("records_naming", records=flow.records)]
    if flow.quantity_only.records:
        total = flow.quantity_only
        said.append(page.label("by_number", records=total.records, cards=total.cards))
    days = dict.fromkeys((flow.since.day, flow.until.day))
    said.append(" – ".join(days))
    if flow.seized:
        said.append(page.label("seized_cards", cards=flow.seized))
    return said
