"""What seized cards share as a workbook: the parties, the cards behind each with their rows, and all that was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphtrace.render import Lang, wording
from graphtrace.render.messages import bare_name, sentence, word
from graphtrace.render.terminal.places import place
from graphtrace.render.workbook import Cell, Column, Sheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.answers.shared import Passage, SharedParties
    from graphtrace.model import Hop, Party


def shared_workbook(case: str, shared: SharedParties, lang: Lang) -> bytes:
    """The XLSX file of the answer of ``common``: the sheets parties, evidence, cover and cards."""
    return workbook_bytes(_Tables(shared, lang).sheets(), lang, about=case)


class _Tables:
    def __init__(self, shared: SharedParties, lang: Lang) -> None:
        self.shared = shared
        self.lang = lang

    def sheets(self) -> list[Sheet]:
        parties = [
            *(Column("rank", "ordinal"), Column("party", widest=30), Column("roles", widest=24)),
            *(Column(code, "number") for code in ("cards", "certain_cards", "criminal_cases", "card_share")),
            *(Column(code, "number") for code in ("case_share", "score", "volume", "expected", "lift")),
            *(Column(code, "number") for code in ("lift_low", "lift_high", "guarded_lift")),
            Column("party_id", widest=24),
        ]
        evidence = [
            *(Column("party", widest=30), Column("iccid"), Column("case_no", widest=24), Column("roles", widest=20)),
            *(Column("certain"), Column("chain", "ordinal"), Column("n", "ordinal"), Column("from", widest=24)),
            *(Column("to", widest=24), Column("date", "day"), Column("sources", widest=40), Column("party_id")),
        ]
        cover = [Column("party", widest=30), Column("cards", "number"), Column("new_cards", "number")]
        cards = [Column("input", widest=24), Column("iccid"), Column("case_no", widest=24), Column("outcome")]
        return [
            Sheet("parties", parties, self._parties(), fixed=2, printed=len(parties) - 1),
            Sheet("evidence", evidence, self._evidence(), fixed=2, printed=len(evidence) - 1),
            Sheet("cover", cover, ([self._name(one.party), one.cards, one.new_cards] for one in self.shared.cover)),
            Sheet("cards", cards, self._cards(), fixed=1),
        ]

    def _parties(self) -> Iterator[list[Cell]]:
        """The parties by rank, then the carriers, which have none."""
        ranked = [*enumerate(self.shared.parties, 1), *((None, carrier) for carrier in self.shared.carriers)]
        for rank, one in ranked:
            roles = [f"{word(wording.ROLES, role, self.lang)} {cards:,}" for role, cards in one.roles.items()]
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
                    used = [place(origin.file, origin.row, origin.sheet) for origin in passage.origins]
                    yield [
                        *head,
                        None,
                        None,
                        word(wording.KINDS, "activation", self.lang),
                        None,
                        None,
                        used,
                        one.party.id,
                    ]

    def _passage(self, party: Party, passage: Passage) -> list[Cell]:
        return [
            self._name(party),
            passage.card.iccid,
            passage.card.case_nos,
            [word(wording.ROLES, role, self.lang) for role in passage.roles],
            self._label("yes") if passage.is_certain else None,
        ]

    def _hop(self, hop: Hop) -> list[Cell]:
        return [
            hop.n,
            self._name(hop.sender),
            self._name(hop.receiver),
            hop.when.day,
            [place(origin.file, origin.row, origin.sheet) for origin in hop.origins],
        ]

    def _cards(self) -> Iterator[list[Cell]]:
        for card in self.shared.cards:
            yield [card.trace.input, card.iccid, card.case_nos, word(wording.OUTCOMES, card.trace.outcome, self.lang)]
        for asked in self.shared.not_found:
            yield [asked, None, None, word(wording.OUTCOMES, "not_found", self.lang)]

    def _name(self, party: Party) -> str:
        return bare_name(party, self.lang)

    def _label(self, code: str) -> str:
        return sentence(wording.LABELS[code], {}, self.lang)


def _rounded(figure: float) -> float:
    return round(figure, 4)
