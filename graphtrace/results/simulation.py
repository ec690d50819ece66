"""Answers of ``simulate``: the case that was made, and the comparison of answers with its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from graphtrace.frozen import frozen
from graphtrace.wire import VERSION, KeyGroup, wire

ANSWER_PARTS: Final = ("outcome", "registrant", "holder", "chain", "end_user")
"""Parts of the answer about a card that can be wrong."""


@wire(name="Planted", doc="A fact planted in a synthetic case, and how often.")
@frozen()
class ScenarioCount:
    """Number of blocks in which a scenario occurs, and of the cards to which it happens.

    ``scenario`` is its number in the rules of custody, if it has one; ``rate`` the share that was asked for.
    """

    name: str
    scenario: str | None
    rate: float
    blocks: int
    cards: int


@frozen()
class SimulationResult:
    """Description of the case that was made.

    ``command`` makes it again. ``rows`` counts the rows of every file, ``rejected`` those that have to be rejected,
    ``duplicates`` those that say again what another one says. ``aliases`` is how many pairs of names of each kind were
    planted, ``supports`` how many deals of each kind with records beside them.
    """

    folder: Path
    command: str
    cards: int
    seed: int
    rows: Mapping[str, int]
    rejected: int
    duplicates: int
    aliases: int
    supports: int
    scenarios: tuple[ScenarioCount, ...]


@wire(name="Mistake", doc="A wrong answer.")
@frozen()
class Mismatch:
    """One wrong answer: what of which card in which story is wrong, what is true, and what was answered.

    Of a rejected row, ``card`` is its place and ``story`` is ``None``.
    """

    card: str
    story: str | None
    kind: str
    true: str | None
    answered: str | None


@wire("planted=true found missed invented precision recall", name="Tally", doc="Number in truth, number found.")
@dataclass(slots=True)
class RecallCount:
    """Number of items in truth, of those among them that were found, and of those found that are not in truth."""

    true: int = 0
    found: int = 0
    invented: int = 0

    @property
    def missed(self) -> int:
        """Number of items in truth that were not found."""
        return self.true - self.found

    @property
    def precision(self) -> float | None:
        """Share of the found items that are in truth; ``None`` if none was found."""
        everything = self.found + self.invented
        return self.found / everything if everything else None

    @property
    def recall(self) -> float | None:
        """Share of the items in truth that were found; ``None`` if there are none."""
        return self.found / self.true if self.true else None

    def add(self, true: int, answered: int) -> None:
        """Count what is true and what was answered of one thing."""
        self.true += true
        self.found += min(true, answered)
        self.invented += max(answered - true, 0)

    @property
    def is_right(self) -> bool:
        """Whether all were found and no other."""
        return not self.missed and not self.invented


@wire("kind same=is_same planted proposed")
@frozen()
class AliasCount:
    """Planted pairs of a kind of names, and the number of them that are candidates."""

    kind: str
    is_same: bool
    planted: int
    proposed: int


@wire(
    "precision recall kinds:list[AliasCount] others",
    doc="Planted names that candidates find; ``others`` are candidates of planted parties that were not planted.",
)
@frozen()
class AliasReport:
    """Planted names that the candidates of a case find.

    ``others`` counts the candidates among planted parties of which no pair was planted. A candidate is a proposal:
    nothing here makes an answer wrong.
    """

    kinds: tuple[AliasCount, ...]
    others: int

    @property
    def precision(self) -> float | None:
        """Share of the candidates among planted parties that are one party; ``None`` if there are no candidates."""
        proposed = self.others + sum(one.proposed for one in self.kinds)
        return self._found / proposed if proposed else None

    @property
    def recall(self) -> float | None:
        """Share of the planted pairs of one party that are proposed; ``None`` if there are none."""
        same = sum(one.planted for one in self.kinds if one.is_same)
        return self._found / same if same else None

    @property
    def _found(self) -> int:
        return sum(one.proposed for one in self.kinds if one.is_same)


@wire(
    VERSION,
    "case! right=is_right cards wrong findings=faults audits rejects duplicates candidates=aliases",
    "corroboration??=supports mistakes",
    name="CheckAnswer",
    doc="The answer of ``simulate check``.",
    cards=KeyGroup("Judged", "Number of answers and of right ones.", "asked right wrong=asked_wrongly"),
    audits=KeyGroup(
        "Judged", "Number of answers and of right ones.", "asked=audits right=audits_right wrong=audits_wrong"
    ),
)
@dataclass(slots=True, kw_only=True)
class CheckReport:
    """Comparison of the answers of a case with the truth.

    ``wrong`` counts the cards of which each of :data:`ANSWER_PARTS` is wrong, ``faults`` the findings by code,
    ``rejects`` the rejected rows by reason, ``audits`` the enterprises, ``supports`` what stands beside the changes of
    hands of planted deals, by its kind. ``mistakes`` holds the first
    :data:`~graphtrace.simulate.check.MAX_MISTAKES`.
    """

    asked: int = 0
    right: int = 0
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ANSWER_PARTS, 0))
    faults: dict[str, RecallCount] = field(default_factory=dict)
    rejects: dict[str, RecallCount] = field(default_factory=dict)
    duplicates: RecallCount = field(default_factory=RecallCount)
    audits: int = 0
    audits_right: int = 0
    aliases: AliasReport | None = None
    supports: dict[str, RecallCount] = field(default_factory=dict)
    mistakes: list[Mismatch] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing at all is wrong."""
        tallies = [*self.faults.values(), *self.rejects.values(), *self.supports.values(), self.duplicates]
        return (self.right, self.audits_right) == (self.asked, self.audits) and all(tally.is_right for tally in tallies)

    @property
    def asked_wrongly(self) -> int:
        """Number of cards of which an answer is wrong."""
        return self.asked - self.right

    @property
    def audits_wrong(self) -> int:
        """Number of enterprises of which a figure is wrong."""
        return self.audits - self.audits_right
