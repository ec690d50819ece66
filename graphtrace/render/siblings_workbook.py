"""Cards for suspension as a workbook: the ranges to hand to the carrier, and the lots that they come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import bare_name, sentence, word
from graphtrace.render.terminal.places import place
from graphtrace.render.workbook import Cell, Column, Sheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.answers.siblings import CardGroup, SiblingLot, Siblings
    from graphtrace.model import Hop


def siblings_workbook(case: str, siblings: Siblings, lang: Lang) -> bytes:
    """The XLSX file of the answer of ``sibling``: the sheets suspension (one range a row), lots and not found."""
    return workbook_bytes(_Tables(siblings, lang).sheets(), lang, about=case)


class _Tables:
    def __init__(self, siblings: Siblings, lang: Lang) -> None:
        self.siblings = siblings
        self.lang = lang

    def sheets(self) -> list[Sheet]:
        suspension = [
            *(Column("carrier"), Column("range_first"), Column("range_last"), Column("cards", "number")),
            *(Column("sibling"), Column("moved_with_it", widest=30), Column("date", "day"), Column("same_way")),
        ]
        counts = [Column(code, "number") for code in ("cards", "activated", "seized", "at_large")]
        lots = [
            *(Column("iccid"), Column("chain", "ordinal"), Column("n", "ordinal"), Column("from", widest=24)),
            *(Column("to", widest=24), Column("date", "day"), Column("same_way"), *counts),
            Column("sources", widest=40),
        ]
        sheets = [
            Sheet("suspension", suspension, self._suspension(), page_by=0),
            Sheet("lots", lots, self._lots(), fixed=1),
        ]
        if self.siblings.not_found:
            sheets.append(Sheet("not_found", [Column("input")], ([asked] for asked in self.siblings.not_found)))
        return sheets

    def _suspension(self) -> Iterator[list[Cell]]:
        """One carrier after the other, its nearest cards first."""
        for entry in sorted(self.siblings.suspension, key=lambda entry: entry.cards.carrier or ""):
            carrier = entry.cards.carrier
            yield [
                word(wording.CARRIERS, carrier, self.lang) if carrier else None,
                *(entry.cards.first, entry.cards.last, entry.cards.cards, entry.sibling),
                self._step(entry.hop),
                None if entry.hop is None else entry.hop.when.day,
                self._same_way(is_same_way=entry.is_same_way),
            ]

    def _step(self, hop: Hop | None) -> str:
        if hop is None:
            return self._label("in_every_step")
        return f"{bare_name(hop.sender, self.lang)} → {bare_name(hop.receiver, self.lang)}"

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
        parties = (bare_name(hop.sender, lang), bare_name(hop.receiver, lang))
        head: list[Cell] = [shown, lot.chain, hop.n, *parties, hop.when.day]
        sources = [place(origin.file, origin.row, origin.sheet) for origin in hop.origins]
        yield [*head, self._same_way(is_same_way=True), *_counts(lot.together), sources]
        if lot.lot != lot.together:
            yield [*head, self._same_way(is_same_way=False), *_counts(lot.lot), sources]

    def _same_way(self, *, is_same_way: bool) -> str:
        return self._label("same_way_so_far" if is_same_way else "any_way_so_far")

    def _label(self, code: str) -> str:
        return sentence(wording.LABELS[code], {}, self.lang)


def _counts(group: CardGroup | None) -> list[Cell]:
    if group is None:
        return [None] * 4
    return [group.cards, group.activated, group.seized, group.cards_at_large]
