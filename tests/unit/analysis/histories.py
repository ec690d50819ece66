"""Small cases whose every card has one true history, drawn at random, and what it is by a naive count.

A history is a list of moves in the order of their days; a move passes cards that its sender holds then. So the true
chain of a card is the list of the moves that name it, and nothing has to be reasoned about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.model import Kind

from ...small_cases import Table, load_tables

CARRIER = "中国联通"
ENTERPRISES = ("甲公司", "乙公司")
DEALERS = ("丙店", "丁店", "戊店", "己强")
USERS = ("庚强", "己强", "丁店")
CASES = ("案一", "案二", "案三")
FIRST = 123_000_111
"""No card's number ends in zeros, which would make it a suspect of rounding."""


def iccid(card: int) -> str:
    return f"89860619{FIRST + card:011d}"


def card_of(number: str) -> int:
    """The card whose number is shown, with or without check digit."""
    return int(number[8:19]) - FIRST


@dataclass(frozen=True)
class Move:
    """Cards passing from one party to another on a day that no other move has."""

    sender: str
    receiver: str
    day: int
    cards: tuple[int, ...]
    is_listed: bool

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Sender, receiver, date, card, first and last card: a row a card, or one for those that follow each other."""
        head = (self.sender, self.receiver, f"2024-{self.day // 28 + 1:02d}-{self.day % 28 + 1:02d}")
        for first, last in runs(self.cards):
            if self.is_listed:
                yield from ((*head, iccid(card), "", "") for card in range(first, last + 1))
            else:
                yield (*head, "", iccid(first), iccid(last))


@dataclass
class History:
    """Moves, activations (card, user), seizures (card, case number)."""

    moves: list[Move]
    uses: list[tuple[int, str]] = field(default_factory=list)
    seizures: list[tuple[int, str]] = field(default_factory=list)

    @property
    def cards(self) -> set[int]:
        return {card for move in self.moves for card in move.cards}

    def way_of(self, card: int) -> list[Move]:
        return [move for move in self.moves if card in move.cards]

    def load(self, folder: Path) -> gt.Case:
        case = gt.open_case(folder / "c.gtrace")
        sales = [row for move in self.moves if move.sender == CARRIER for row in move.rows()]
        others = [row for move in self.moves if move.sender != CARRIER for row in move.rows()]
        cards = ("iccid", "iccid_first", "iccid_last")
        uses = [(iccid(card), "2024-12-01", user) for card, user in self.uses]
        seizures = [(iccid(card), "2024-12-09", case_no) for card, case_no in self.seizures]
        tables: dict[Kind, Table] = {
            "purchase": (("carrier", "enterprise", "date", *cards), sales),
            "transfer": (("from", "to", "date", *cards), others),
            "activation": (("iccid", "date", "user"), uses),
            "seizure": (("iccid", "date", "case_no"), seizures),
        }
        return load_tables(case, folder, tables)


def runs(cards: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of cards that follow each other."""
    found = []
    for _, group in groupby(enumerate(sorted(cards)), key=lambda entry: entry[1] - entry[0]):
        members = [card for _, card in group]
        found.append((members[0], members[-1]))
    return found


@st.composite
def histories(draw: st.DrawFn, *, most_cards: int = 12, most_moves: int = 8) -> History:
    """Two enterprises buy, then anybody passes on to anybody what he holds."""
    count = draw(st.integers(2, most_cards))
    cut = draw(st.integers(1, count))
    holder: dict[int, str] = {}
    moves: list[Move] = []
    for enterprise, cards in zip(ENTERPRISES, (range(cut), range(cut, count)), strict=True):
        if cards:
            moves.append(Move(CARRIER, enterprise, len(moves), tuple(cards), draw(st.booleans())))
            holder |= dict.fromkeys(cards, enterprise)
    for _ in range(draw(st.integers(0, most_moves))):
        sender = draw(st.sampled_from(sorted(set(holder.values()))))
        receiver = draw(st.sampled_from([one for one in ENTERPRISES + DEALERS if one != sender]))
        held = [card for card in sorted(holder) if holder[card] == sender]
        cards = draw(st.lists(st.sampled_from(held), min_size=1, unique=True))
        moves.append(Move(sender, receiver, len(moves), tuple(cards), draw(st.booleans())))
        holder |= dict.fromkeys(cards, receiver)
    some = st.integers(0, count - 1)
    uses = draw(st.lists(st.tuples(some, st.sampled_from(USERS)), max_size=6, unique_by=lambda use: use[0]))
    seizures = draw(st.lists(st.tuples(some, st.sampled_from(CASES)), max_size=6, unique=True))
    return History(moves, uses, seizures)
