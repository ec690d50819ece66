"""Scenarios of a block of cards: who passes on what and when, and what is then true.

They stand in ``scenarios.yml``, which says what the letters and words in it mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from graphtrace.model import Outcome

PART: Final = 10
PARTS: Final = "abcd"

LISTED: Final = ("retail", "named")
UNLISTED: Final = ("bought", "sold")
"""Tables of sales card by card, and of sales by number of cards; the others name ranges."""

Table = Literal["purchases", "transfers", "copy", "ledger", "retail", "named", "returns", "bought", "sold"]


@dataclass(frozen=True, slots=True)
class Move:
    """A record of a purchase, transfer or return; ``route`` is sender>receiver.

    ``table`` says in which file it stands and so how it names its cards: ``purchases``, ``transfers``, ``copy``,
    ``ledger`` and ``returns`` by range, ``retail`` and ``named`` card by card, ``bought`` and ``sold`` by their number
    only. ``month`` means that the record names the month of the day; ``refused`` gives field and reason of a row that
    has to be rejected.
    """

    route: str
    step: int
    cards: str = "abc"
    table: Table = "transfers"
    month: bool = False
    refused: tuple[str, str] | None = None

    @property
    def sender(self) -> str:
        """The letter of who passes on."""
        return self.route.split(">")[0]

    @property
    def receiver(self) -> str:
        """The letter of who receives."""
        return self.route.split(">")[1]


LATER: Final = -1
"""The step of an activation on some day after the last step, of each card on another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationSpec:
    """An activation of every card that is used at all.

    ``user`` is a party, nobody, or ``holder``: the last holder for every other card and nobody for the rest. ``device``
    is the card's own, its second one, or one that five cards share. ``table`` says by which numbers the record names
    the card (``by_line``: by the subscriber number only), ``line`` whose subscriber number that is: its own or that of
    the card before it.
    """

    step: int = LATER
    user: str | None = None
    device: Literal["own", "second", "shared"] = "own"
    table: Literal["activations", "platform", "by_line"] = "activations"
    line: Literal["own", "before"] = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTruth:
    """Truth about the cards of one part; with ``every`` 2, about every other one from ``start`` on.

    ``used_findings`` and ``end_user`` are those of the cards that are used, which are a ``share`` of all. ``end_user``
    ``holder`` is the user of the last activation or, where it names none, the holder on which all chains agree;
    ``None`` says that nobody is: a carrier never is.
    ``written`` is how the number of a card is made that no record names.
    """

    part: str
    chains: tuple[str, ...] = ()
    outcome: Outcome = Outcome.CONTINUOUS
    findings: tuple[str, ...] = ()
    uses: tuple[ActivationSpec, ...] = (ActivationSpec(user="holder"),)
    share: float = 0.7
    end_user: str | None = "holder"
    used_findings: tuple[str, ...] = ()
    written: Literal["keys", "lettered", "foreign"] = "keys"
    start: int = 0
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing that can happen to part ``b``. ``scenario`` is its number in SPEC 4, ``""`` where it has none.

    The cards of ``seized`` are seized, those of ``stocked`` are in a stock declaration of ``E``. ``is_mobile`` allows
    numbers of China Mobile only; ``is_early`` means that all happens in the first year.
    """

    name: str
    moves: tuple[Move, ...]
    truths: tuple[ExpectedTruth, ...]
    scenario: str = ""
    seized: str = ""
    stocked: str = ""
    is_mobile: bool = False
    is_early: bool = False

    @property
    def cards(self) -> int:
        """Cards of a block that some record names."""
        return PART * len({truth.part for truth in self.truths if truth.outcome is not Outcome.NOT_FOUND})

    @property
    def duplicates(self) -> int:
        """Rows of a block that say what another row says."""
        return sum(move.table == "copy" for move in self.moves)

    @property
    def serials(self) -> int:
        """Numbers of records that a block may need."""
        return sum(move.table in UNLISTED for move in self.moves) + bool(self.seized) + bool(self.stocked)

    @property
    def steps(self) -> int:
        """Days of a block on which something is dated."""
        used = [use.step for truth in self.truths for use in truth.uses]
        return 1 + max([0, *(move.step for move in self.moves), *used])

    @property
    def parties(self) -> list[str]:
        """The letters of everyone who plays a part."""
        movers = {letter for move in self.moves for letter in (move.sender, move.receiver)}
        users = {use.user for truth in self.truths for use in truth.uses if use.user and use.user != "holder"}
        return sorted(movers | users | ({"E"} if self.stocked else set()))


def _move(text: str) -> Move:
    route, step, *more = text.split()
    options: dict[str, Any] = {}
    for word in more:
        if word.startswith("refused="):
            options["refused"] = tuple(word.removeprefix("refused=").split(":"))
        elif word == "month":
            options["month"] = True
        else:
            options["table" if word in get_args(Table) else "cards"] = word
    return Move(route, int(step), **options)


def _truth(stated: Mapping[str, Any]) -> ExpectedTruth:
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    if "outcome" in told:
        told["outcome"] = Outcome(told["outcome"])
    if "uses" in told:
        told["uses"] = tuple(ActivationSpec(**use) for use in told["uses"])
    return ExpectedTruth(**told)


def _scenario(stated: Mapping[str, Any]) -> Scenario:
    moves, truths = map(_move, stated["moves"]), map(_truth, stated["truths"])
    return Scenario(**{**stated, "moves": tuple(moves), "truths": tuple(truths)})


SCENARIOS: Final = tuple(map(_scenario, yaml.safe_load(Path(__file__).with_name("scenarios.yml").read_bytes())))
"""Everything that can be planted, in the order of the scenarios."""
