"""Parties under two names, and pairs that only look so: what is planted, and which of them are one (written by hand).

Each kind is told for as many pairs as are asked for, each with a brand, people and cards of its own. In every other
pair of one party the records show it as well: the one name received cards that the other passed on without a receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from graphtrace.identifiers import normalize_party_name
from graphtrace.simulate.made_parties import FIRST, LAST, MIDDLE, PLACES, SECOND, SURNAMES, resident_numbers
from graphtrace.simulate.numbers import Numbers
from graphtrace.simulate.shards import ALIASES

MAX_PAIRS: Final = 2_000
"""Pairs of each kind for which there are names."""

LOT: Final = 10
"""Cards that each pair receives and passes on."""

SLOTS_A_PAIR: Final = 2

_SOUNDS: Final = ("帆凡", "辉晖", "杰捷", "芳方", "明铭", "军君", "伟玮", "丽莉")
"""Characters that sound alike, tones aside."""

_WHOLESALER: Final = "云洲市别名电讯批发部"


class _Party(NamedTuple):
    name: str
    number: str = ""

    @property
    def id(self) -> str:
        return f"id:{self.number}" if self.number else f"name:{normalize_party_name(self.name)}"


class _Pair(NamedTuple):
    """Material for the names of one pair: its number, brand and place, a person's name, two characters."""

    number: int
    brand: str
    place: str
    person: str
    sounds: str


class AliasKind(NamedTuple):
    """A way in which two names go together, whether they are those of one party, and how both are called."""

    name: str
    is_same: bool
    parties: Callable[[_Pair], tuple[_Party, _Party]]


def _two_people(pair: _Pair, one: str, other: str, *, have_numbers: bool = True) -> tuple[_Party, _Party]:
    if not have_numbers:
        return _Party(one), _Party(other)
    first, second = resident_numbers(5_000_000 + 2 * pair.number + np.arange(2)).to_list()
    return _Party(one, first), _Party(other, second)


KINDS: Final = (
    AliasKind(
        "short_name",
        True,
        lambda pair: (_Party(f"{pair.place}市{pair.brand}电讯科技有限公司"), _Party(f"{pair.brand}电讯")),
    ),
    AliasKind(
        "branch",
        True,
        lambda pair: (
            _Party(f"{pair.brand}商通股份有限公司"),
            _Party(f"{pair.brand}商通股份有限公司{pair.place}分公司"),
        ),
    ),
    AliasKind(
        "traditional",
        True,
        lambda pair: (_Party(f"{pair.brand}贸易通讯行"), _Party(f"{pair.brand}貿易通訊行")),
    ),
    AliasKind(
        "misspelt",
        True,
        lambda pair: (
            _Party(f"{pair.brand}{pair.sounds[0]}手机店"),
            _Party(f"{pair.brand}{pair.sounds[1]}手机店"),
        ),
    ),
    AliasKind("other_name", True, lambda pair: (_Party(f"{pair.person}甲"), _Party(f"{pair.brand}精品屋"))),
    AliasKind(
        "sister_firm",
        False,
        lambda pair: (
            _Party(f"{pair.brand}智联网络有限公司"),
            _Party(f"{pair.brand}智联网络（{pair.place}）有限公司"),
        ),
    ),
    AliasKind(
        "same_sound",
        False,
        lambda pair: (_Party(f"{pair.person}{pair.sounds[0]}乙"), _Party(f"{pair.person}{pair.sounds[1]}乙")),
    ),
    AliasKind(
        "same_sound_numbers",
        False,
        lambda pair: _two_people(pair, f"{pair.person}{pair.sounds[0]}丙", f"{pair.person}{pair.sounds[1]}丙"),
    ),
    AliasKind("same_name", False, lambda pair: _two_people(pair, f"{pair.person}丁", f"{pair.person}丁")),
    AliasKind(
        "look_alike",
        False,
        lambda pair: (_Party(f"{pair.brand}东方卡业商社"), _Party(f"{pair.brand}东力卡业商社")),
    ),
)
"""Kinds of planted pairs. A sister firm, and people whose names sound alike, look like one party by names alone."""

_COLUMNS: Final = ("from", "from_id", "to", "to_id", "date", "iccid_first", "iccid_last")


class PlantedAliases(NamedTuple):
    """The records of the pairs, and what is true of them."""

    records: pl.DataFrame
    truth: pl.DataFrame


def plant_aliases(pairs: int, seed: int, numbers: Numbers, first_slot: int) -> PlantedAliases:
    """Plant ``pairs`` pairs of each kind; their cards are in the slots from ``first_slot`` on."""
    random = np.random.default_rng([seed, 3])
    order = random.permutation(MAX_PAIRS)
    rows: list[Sequence[str]] = []
    truth = []
    slots = first_slot + np.arange(SLOTS_A_PAIR * pairs * len(KINDS))
    firsts = numbers.keys(slots, np.zeros(len(slots), dtype=np.int64)).to_list()
    lasts = numbers.keys(slots, np.full(len(slots), LOT - 1, dtype=np.int64)).to_list()
    lots = zip(firsts, lasts, strict=True)
    for place, kind in enumerate(KINDS):
        for turn in range(pairs):
            number = place * MAX_PAIRS + int(order[turn])
            one, other = kind.parties(_pair(number))
            has_lots = kind.is_same and turn % 2 == 0
            buyer = _Party(f"{number}号散客")
            rows += _deals(one, other, buyer, [next(lots), next(lots)], has_lots=has_lots)
            truth.append((kind.name, one.id, other.id, kind.is_same, has_lots))
    return PlantedAliases(
        pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row"),
        pl.DataFrame(truth, schema=ALIASES, orient="row"),
    )


def _pair(number: int) -> _Pair:
    """Return the names of a pair; no two numbers have the same brand or the same person."""
    rest, first = divmod(number, len(FIRST))
    rest, second = divmod(rest, len(SECOND))
    person, last = divmod(number, len(LAST))
    return _Pair(
        number=number,
        brand=f"{FIRST[first]}{SECOND[second]}{MIDDLE[rest]}",
        place=PLACES[number % len(PLACES)],
        person=f"{SURNAMES[person % len(SURNAMES)]}{MIDDLE[person // len(SURNAMES)]}{LAST[last]}",
        sounds=_SOUNDS[number % len(_SOUNDS)],
    )


def _deals(
    one: _Party, other: _Party, buyer: _Party, lots: Sequence[tuple[str, str]], *, has_lots: bool
) -> Iterator[Sequence[str]]:
    """Yield the movements of a pair: one receives cards, the other passes on; the same cards if ``has_lots``."""
    (received, passed) = (lots[0], lots[0]) if has_lots else lots
    wholesaler = _Party(_WHOLESALER)
    yield _row(wholesaler, one, "2023-03-01", received)
    if not has_lots:
        yield _row(wholesaler, other, "2023-03-02", passed)
    yield _row(other, buyer, "2023-04-01", passed)


def _row(sender: _Party, receiver: _Party, day: str, lot: tuple[str, str]) -> Sequence[str]:
    return [sender.name, sender.number, receiver.name, receiver.number, day, *lot]
