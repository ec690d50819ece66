"""Random dealings in cards as plain values, and the files that would tell of them."""

from __future__ import annotations

import calendar
import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

CARRIER = "carrier:china-unicom"
PARTIES = tuple("甲乙丙丁戊己庚")
CARDS = 30
HEAD = "89860619000000"


class Move(NamedTuple):
    """A movement of cards between two parties and two days; ``first`` is 0 where only their number is stated."""

    sender: str
    receiver: str
    day: date
    until: date
    first: int
    last: int
    quantity: int

    @property
    def cards(self) -> set[int]:
        return set(range(self.first, self.last + 1)) if self.first else set()

    def overlaps(self, other: Move) -> bool:
        return bool(self.cards & other.cards)


def key_of(card: int) -> str:
    return f"{HEAD}{card:05d}"


def card_of(key: str) -> int:
    return int(key.removeprefix(HEAD))


def id_of(party: str) -> str:
    return party if party == CARRIER else f"name:{party}"


def random_moves(seed: int) -> list[Move]:
    dice = random.Random(seed)
    moves = [_move(dice, CARRIER, dice.choice(PARTIES[:3]), by_number=0.1) for _ in range(8)]
    for _ in range(70):
        sender, receiver = dice.sample(PARTIES, 2)
        moves.append(_move(dice, sender, receiver, by_number=0.15))
    moves.append(_move(dice, PARTIES[0], CARRIER, by_number=0))
    return moves + dice.sample(moves, 8)


def _move(dice: random.Random, sender: str, receiver: str, *, by_number: float) -> Move:
    day = date(2024, 1, 1) + timedelta(days=dice.randrange(45))
    until = day
    if dice.random() < 0.2:
        day = day.replace(day=1)
        until = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if dice.random() < by_number:
        return Move(sender, receiver, day, until, 0, 0, dice.randint(1, 9))
    first = dice.randint(1, CARDS)
    last = min(first + dice.choice((0, 0, 1, 4, 12, 20)), CARDS)
    return Move(sender, receiver, day, until, first, last, 0)


def write_moves(folder: Path, moves: list[Move]) -> list[Path]:
    """The carrier's sales and everybody's transfers, as two files."""
    sales = [move for move in moves if move.sender == CARRIER]
    transfers = [move for move in moves if move.sender != CARRIER]
    return [
        _write(folder / "sales.csv", ("运营商", "购卡单位"), sales),
        _write(folder / "transfers.csv", ("转出方", "转入方"), transfers),
    ]


def _write(path: Path, parties: tuple[str, str], moves: list[Move]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*parties, "日期", "卡号", "起始ICCID", "结束ICCID", "数量"])
        for move in moves:
            when = str(move.day) if move.day == move.until else f"{move.day:%Y-%m}"
            is_listed = move.first == move.last
            cards = [key_of(move.first) if is_listed and move.first else ""]
            cards += ["", ""] if is_listed else [key_of(move.first), key_of(move.last)]
            names = ["中国联通" if party == CARRIER else party for party in (move.sender, move.receiver)]
            writer.writerow([*names, when, *cards, move.quantity or ""])
    return path
