"""Parties that seized cards have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.model import Hop, Origin, Party
from graphtrace.results.display import PlainDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.results.trace import Trace
from graphtrace.results.traces import Traces
from graphtrace.wire import ASKED, wire

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


Ranking = Literal["lift", "coverage", "score"]


RANKINGS: tuple[Ranking, ...] = ("lift", "coverage", "score")


Role = Literal["carrier", "registrant", "reseller", "holder", "presumed_user", "end_user"]


ROLES: tuple[Role, ...] = ("carrier", "registrant", "reseller", "holder", "presumed_user", "end_user")


NORMAL_95 = 1.959963984540054
"""Number of standard deviations on either side of the mean that hold 95 % of a normal distribution."""


@wire("input=trace.input iccid outcome=trace.outcome case_nos", name="AskedCard")
@frozen()
class SeizedCard:
    """A card that was asked for.

    - ``key``, ``iccid``: its key, and its number as shown.
    - ``case_nos``: the case numbers that seizures of it name.
    - ``trace``: what the records say about it; its ``input`` is the first one that means the card.
    """

    key: str
    iccid: str
    case_nos: tuple[str, ...]
    trace: Trace

    @property
    def weighed_as(self) -> tuple[str, ...]:
        """The keys that it is weighed by: its criminal cases by number, or where there are none, itself by its key."""
        return self.case_nos or (self.key,)


@wire("chain *hop")
class ChainHop(NamedTuple):
    """A hop with the number of its chain, from 1."""

    chain: int
    hop: Hop


@wire("iccid=card.iccid roles certain=is_certain hops=numbered_hops used=origins")
@frozen()
class CardPassage:
    """Passage of one card through one party.

    - ``hops``: by number of the chain (from 1), the hops by which the party received the card or passed it on.
    - ``roles``: what the party is for this card, in the order of :data:`ROLES`.
    - ``is_certain``: whether no record speaks against it: the party is in every chain by a record that names the card,
      or an activation names it as the end user.
    - ``origins``: the rows of the activations that name the party as the end user.
    """

    card: SeizedCard
    hops: Mapping[int, Sequence[Hop]]
    roles: tuple[Role, ...]
    is_certain: bool
    origins: tuple[Origin, ...] = ()

    @property
    def numbered_hops(self) -> list[ChainHop]:
        return [ChainHop(number, hop) for number, hops in self.hops.items() for hop in hops]


@wire("party roles cards cases cards_without_case certain_cards *measures evidence by_name??")
@frozen()
class SharedParty:
    """A party that asked cards passed through, or whose user it was.

    - ``roles``: for how many of the cards it is what.
    - ``cards``, ``cases``, ``cards_without_case``: how many of the asked cards passed through it, to how many criminal
      cases these belong by their numbers, and how many of them have none.
    - ``certain_cards``: how many of the cards certainly did (see :class:`CardPassage`).
    - ``card_share``, ``case_share``: the same as shares of all asked cards that are known, and of all their cases
      (``None`` if they have no case).
    - ``score``: weight of the cases, and of the cards without one, over the weight of all.
    - ``volume``: how many different cards it received, passed on or used by all records.
    - ``expected``: how many of the asked cards would have passed through it if its volume alone decided.
    - ``lift``, ``lift_interval``: ``cards / expected``, and the bounds that chance leaves to it.
    - ``by_name``: how many of the cards came through a firm that their records know by its name alone.
    """

    party: Party
    roles: Mapping[Role, int]
    cards: int
    cases: int
    cards_without_case: int
    certain_cards: int
    card_share: float
    case_share: float | None
    score: float
    volume: int
    expected: float
    lift: float
    lift_interval: tuple[float, float]
    evidence: tuple[CardPassage, ...]
    by_name: int = 0

    @property
    def is_single(self) -> bool:
        """Whether only one criminal case, or one card without a case number, leads to it."""
        return self.cases + self.cards_without_case < 2

    @property
    def measures(self) -> dict[str, Any]:
        """The shares and weights, rounded as documents show them."""
        low, high = self.lift_interval
        return {
            "coverage": {"cards": _rounded(self.card_share), "cases": _rounded(self.case_share)},
            "score": _rounded(self.score),
            "volume": self.volume,
            "expected": _rounded(self.expected),
            "lift": _rounded(self.lift),
            "interval": [_rounded(low), _rounded(high)],
            "guarded_lift": _rounded(self.guarded_lift),
        }

    @property
    def guarded_lift(self) -> float:
        """The lift by which parties are ranked: drawn to 1 where few cards speak for it."""
        return (self.cards + 0.5) / (self.expected + 0.5)


@wire("party cards new_cards", name="CoverStep")
@frozen()
class SetCoverStep:
    """A party of the set that explains all cards."""

    party: Party
    cards: int
    new_cards: int


@wire()
class Asked(NamedTuple):
    """The question: known cards, and criminal cases by their numbers; cards without one are none of them."""

    cards: int
    cases: int
    cards_without_case: int
    not_found: tuple[str, ...]


@wire(
    ASKED,
    "asked by case_cards parties:list[dict[str,Any]] carriers:list[dict[str,Any]] cover",
    "unexplained=unexplained_numbers judgements cards unread?!",
    name="SharedPartiesAnswer",
    doc="The answer of ``common``.",
)
@frozen()
class SharedParties(RowsMixin, PlainDictMixin):
    """Parties that many cards have in common (SPEC 6, ``common``).

    Attributes
    ----------
    by
        What ``parties`` and ``carriers`` are ranked by.
    cards
        The cards that were asked for, each once, in the order of the inputs.
    not_found
        The inputs that no record knows; they are in no share.
    case_numbers
        The numbers of the different criminal cases of the cards.
    cards_without_case
        How many of the cards have no case number: they are counted beside the cases, never as cases.
    case_cards
        How many different cards all records of the case name: what volumes are shares of.
    parties, carriers
        Everyone that a card passed through, carriers apart, because every card passes one.
    cover
        A small set of parties, no carriers, that explains all cards but ``unexplained``: greedily chosen, so there may
        be a smaller one.
    unexplained
        The cards that no record leads to anybody but a carrier.
    judgements
        The judgements about parties on which the answer rests.

    Examples
    --------
    >>> common = case.common("8986061900000000001", "8986061900000000002")
    >>> [(shared.party.name, shared.cards) for shared in common.parties]
    [('乙', 2), ('甲公司', 2)]
    """

    by: Ranking
    cards: tuple[SeizedCard, ...]
    not_found: tuple[str, ...]
    case_numbers: tuple[str, ...]
    cards_without_case: int
    case_cards: int
    parties: tuple[SharedParty, ...]
    carriers: tuple[SharedParty, ...]
    cover: tuple[SetCoverStep, ...]
    unexplained: tuple[SeizedCard, ...]
    judgements: tuple[NamedJudgement, ...] = ()

    @property
    def asked(self) -> Asked:
        """The question in numbers."""
        return Asked(len(self.cards), len(self.case_numbers), self.cards_without_case, self.not_found)

    @property
    def unexplained_numbers(self) -> list[str]:
        """The numbers of the unexplained cards, as shown."""
        return [card.iccid for card in self.unexplained]

    @property
    def sets_single_apart(self) -> bool:
        """Whether parties to which only one case or card leads come after all others."""
        return self.by == "lift" and len(self.case_numbers) + self.cards_without_case > 1

    def __repr__(self) -> str:
        first = ", ".join(f"{shared.party.name!r}: {shared.cards}" for shared in self.parties[:3])
        return f"<SharedParties of {len(self.cards)} cards: {first}{', …' if len(self.parties) > 3 else ''}>"

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return SHARED_COLUMNS, [shared_row(shared) for shared in (*self.parties, *self.carriers)]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a party, carriers last. Columns: those of :func:`shared_row`."""
        require_pandas()
        import pandas as pd

        rows = [shared_row(shared) for shared in (*self.parties, *self.carriers)]
        return pd.DataFrame(rows, columns=list(SHARED_COLUMNS))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the paths of all cards as one graph, as :meth:`graphtrace.Traces.to_networkx` makes it.

        Nodes of parties have ``cards``, ``cases``, ``cards_without_case``, ``score``, ``volume`` and ``lift`` too (see
        :class:`SharedParty`).
        """
        graph = Traces(card.trace for card in self.cards).to_networkx()
        for shared in (*self.parties, *self.carriers):
            graph.nodes[shared.party.id].update(
                cards=shared.cards,
                cases=shared.cases,
                cards_without_case=shared.cards_without_case,
                score=shared.score,
                volume=shared.volume,
                lift=shared.lift,
            )
        return graph


SHARED_COLUMNS = (
    *("party_id", "party", *ROLES, "cards", "cases", "cards_without_case", "certain_cards", "card_share", "case_share"),
    *("score", "volume", "expected", "lift", "lift_low", "lift_high", "guarded_lift"),
)


def shared_row(shared: SharedParty) -> dict[str, Any]:
    """Return one party as a row with the keys :data:`SHARED_COLUMNS`; a role counts the cards for which it is that."""
    figures = (
        *(shared.party.id, shared.party.name, *(shared.roles.get(role, 0) for role in ROLES)),
        *(shared.cards, shared.cases, shared.cards_without_case, shared.certain_cards),
        *(shared.card_share, shared.case_share, shared.score, shared.volume),
        *(shared.expected, shared.lift, *shared.lift_interval, shared.guarded_lift),
    )
    return dict(zip(SHARED_COLUMNS, figures, strict=True))


DECIMALS: Final = 6


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
