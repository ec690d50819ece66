"""What seized cards share as a workbook: the parties, the cards behind each with their rows, and all that was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message, party_label, translate
from graphtrace.render.terminal.origins import format_origin
from graphtrace.render.xlsx import Cell, XlsxColumn, XlsxSheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.analysis.shared_parties import CardPassage, SharedParties
    from graphtrace.model import Hop, Party


def shared_parties_workbook(case: str, shared: SharedParties, lang: Lang) -> bytes:
    """The XLSX file of the answer of ``common``: the sheets parties, evidence, cover and cards."""
    return workbook_bytes(_Tables(shared, lang).sheets(), lang, about=case)


class _Tables:
    def __init__(self, shared: SharedParties, lang: Lang) -> None:
        self.shared = shared
        self.lang = lang

    def sheets(self) -> list[XlsxSheet]:
        parties = [
            *(XlsxColumn("rank", "ordinal"), XlsxColumn("party", widest=30), XlsxColumn("roles", widest=24)),
            *(XlsxColumn(code, "number") for code in ("cards", "certain_cards", "criminal_cases", "card_share")),
            *(XlsxColumn(code, "number") for code in ("case_share", "score", "volume", "expected", "lift")),
            *(XlsxColumn(code, "number") for code in ("lift_low", "lift_high", "guarded_lift")),
            XlsxColumn("party_id", widest=24),
        ]
        evidence = [
            *(
                XlsxColumn("party", widest=30),
                XlsxColumn("iccid"),
                XlsxColumn("case_no", widest=24),
                XlsxColumn("roles", widest=20),
            ),
            *(
                XlsxColumn("certain"),
                XlsxColumn("chain", "ordinal"),
                XlsxColumn("n", "ordinal"),
                XlsxColumn("from", widest=24),
            ),
            *(
                XlsxColumn("to", widest=24),
                XlsxColumn("date", "day"),
                XlsxColumn("sources", widest=40),
                XlsxColumn("party_id"),
            ),
        ]
        cover = [XlsxColumn("party", widest=30), XlsxColumn("cards", "number"), XlsxColumn("new_cards", "number")]
        cards = [
            XlsxColumn("input", widest=24),
            XlsxColumn("iccid"),
            XlsxColumn("case_no", widest=24),
            XlsxColumn("outcome"),
        ]
        return [
            XlsxSheet("parties", parties, self._parties(), frozen_columns=2, print_columns=len(parties) - 1),
            XlsxSheet("evidence", evidence, self._evidence(), frozen_columns=2, print_columns=len(evidence) - 1),
            XlsxSheet("cover", cover, ([self._name(one.party), one.cards, one.new_cards] for one in self.shared.cover)),
            XlsxSheet("cards", cards, self._cards(), frozen_columns=1),
        ]

    def _parties(self) -> Iterator[list[Cell]]:
        """The parties by rank, then the carriers, which have none."""
        ranked = [*enumerate(self.shared.parties, 1), *((None, carrier) for carrier in self.shared.carriers)]
        for rank, one in ranked:
            roles = [f"{translate(catalogue.ROLES, role, self.lang)} {cards:,}" for role, cards in one.roles.items()]
            shares = (one.card_share, one.case_share, one.score)
            lifts = (one.expected, one.lift, *one.lift_interval, one.guarded_lift)
            head: list[Cell] = [rank, self._name(one.party), roles, one.cards, one.certain_cards, one.cases]
            yield [*head, *map(_rounded, shares), one.volume, *map(_rounded, lifts), one.party.id]

    def _evidence(self) -> Iterator[list[Cell]]:
        for one in (*self.shared.parties, *self.shared.carriers):
            for passage in one.evidence:
                head = self._passage(one.party, passage)
                for chain, hops in passage.hops.items():
                    for hop in hops:
                        yield [*head, chain, *self._hop(hop), one.party.id]
                if passage.origins:
                    used = [format_origin(origin.file, origin.row, origin.sheet) for origin in passage.origins]
                    yield [
                        *head,
                        None,
                        None,
                        translate(catalogue.KINDS, "activation", self.lang),
                        None,
                        None,
                        used,
                        one.party.id,
                    ]

    def _passage(self, party: Party, passage: CardPassage) -> list[Cell]:
        return [
            self._name(party),
            passage.card.iccid,
            passage.card.case_nos,
            [translate(catalogue.ROLES, role, self.lang) for role in passage.roles],
            self._label("yes") if passage.is_certain else None,
        ]

    def _hop(self, hop: Hop) -> list[Cell]:
        return [
            hop.n,
            self._name(hop.sender),
            self._name(hop.receiver),
            hop.when.day,
            [format_origin(origin.file, origin.row, origin.sheet) for origin in hop.origins],
        ]

    def _cards(self) -> Iterator[list[Cell]]:
        for card in self.shared.cards:
            yield [
                card.trace.input,
                card.iccid,
                card.case_nos,
                translate(catalogue.OUTCOMES, card.trace.outcome, self.lang),
            ]
        for asked in self.shared.not_found:
            yield [asked, None, None, translate(catalogue.OUTCOMES, "not_found", self.lang)]

    def _name(self, party: Party) -> str:
        return party_label(party, self.lang)

    def _label(self, code: str) -> str:
        return format_message(catalogue.LABELS[code], {}, self.lang)


def _rounded(figure: float) -> float:
    return round(figure, 4)
