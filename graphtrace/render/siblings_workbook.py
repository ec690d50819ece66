"""Cards for suspension as a workbook: the ranges to hand to the carrier, and the lots that they come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message, party_label, translate
from graphtrace.render.terminal.origins import format_origin
from graphtrace.render.xlsx import Cell, XlsxColumn, XlsxSheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.analysis.siblings import CardGroup, SiblingLot, Siblings
    from graphtrace.model import Hop


def siblings_workbook(case: str, siblings: Siblings, lang: Lang) -> bytes:
    """The XLSX file of the answer of ``siblings``: the sheets suspension (one range a row), lots and not found."""
    return workbook_bytes(_Tables(siblings, lang).sheets(), lang, about=case)


class _Tables:
    def __init__(self, siblings: Siblings, lang: Lang) -> None:
        self.siblings = siblings
        self.lang = lang

    def sheets(self) -> list[XlsxSheet]:
        suspension = [
            *(
                XlsxColumn("carrier"),
                XlsxColumn("range_first"),
                XlsxColumn("range_last"),
                XlsxColumn("cards", "number"),
            ),
            *(
                XlsxColumn("sibling"),
                XlsxColumn("moved_with_it", widest=30),
                XlsxColumn("date", "day"),
                XlsxColumn("same_way"),
            ),
        ]
        counts = [XlsxColumn(code, "number") for code in ("cards", "activated", "seized", "at_large")]
        lots = [
            *(
                XlsxColumn("iccid"),
                XlsxColumn("chain", "ordinal"),
                XlsxColumn("n", "ordinal"),
                XlsxColumn("from", widest=24),
            ),
            *(XlsxColumn("to", widest=24), XlsxColumn("date", "day"), XlsxColumn("same_way"), *counts),
            XlsxColumn("sources", widest=40),
        ]
        sheets = [
            XlsxSheet("suspension", suspension, self._suspension(), page_by=0),
            XlsxSheet("lots", lots, self._lots(), frozen_columns=1),
        ]
        if self.siblings.not_found:
            sheets.append(XlsxSheet("not_found", [XlsxColumn("input")], ([asked] for asked in self.siblings.not_found)))
        return sheets

    def _suspension(self) -> Iterator[list[Cell]]:
        """One carrier after the other, its nearest cards first."""
        for entry in sorted(self.siblings.suspension, key=lambda entry: entry.cards.carrier or ""):
            carrier = entry.cards.carrier
            yield [
                translate(catalogue.CARRIERS, carrier, self.lang) if carrier else None,
                *(entry.cards.first, entry.cards.last, entry.cards.cards, entry.sibling),
                self._step(entry.hop),
                None if entry.hop is None else entry.hop.when.day,
                self._same_way(is_same_way=entry.is_same_way),
            ]

    def _step(self, hop: Hop | None) -> str:
        if hop is None:
            return self._label("in_every_step")
        return f"{party_label(hop.sender, self.lang)} → {party_label(hop.receiver, self.lang)}"

    def _lots(self) -> Iterator[list[Cell]]:
        for card in self.siblings:
            shown = card.trace.input if card.trace.card is None else card.trace.card.iccid
            if card.same_way is not None:
                same_way = self._same_way(is_same_way=True)
                step = self._label("in_every_step")
                yield [shown, None, None, step, None, None, same_way, *_counts(card.same_way), None]
            for lot in card.lots:
                yield from self._lot(shown, lot)

    def _lot(self, shown: str, lot: SiblingLot) -> Iterator[list[Cell]]:
        hop, lang = lot.hop, self.lang
        parties = (party_label(hop.sender, lang), party_label(hop.receiver, lang))
        head: list[Cell] = [shown, lot.chain, hop.n, *parties, hop.when.day]
        sources = [format_origin(origin.file, origin.row, origin.sheet) for origin in hop.origins]
        yield [*head, self._same_way(is_same_way=True), *_counts(lot.together), sources]
        if lot.lot != lot.together:
            yield [*head, self._same_way(is_same_way=False), *_counts(lot.lot), sources]

    def _same_way(self, *, is_same_way: bool) -> str:
        return self._label("same_way_so_far" if is_same_way else "any_way_so_far")

    def _label(self, code: str) -> str:
        return format_message(catalogue.LABELS[code], {}, self.lang)


def _counts(group: CardGroup | None) -> list[Cell]:
    if group is None:
        return [None] * 4
    return [group.cards, group.activated, group.seized, group.active_unseized]
