"""The parties that many seized cards share, ranked by how much they explain.

Three figures stand beside each other, because each alone misleads:

- *coverage*: how many of the cards, and of the criminal cases, passed through a party;
- *score*: the weight of the cases on its forward trace over the weight of all (FoodChain-Lab, German Federal Institute
  for Risk Assessment). It knows no volume, so the largest wholesaler always wins;
- *lift*: the share of the asked cards that passed through a party over its share of all cards of the case. It is 1
  where size alone explains what was found.

Lift by itself is won by whoever handled one card that was seized. Therefore a party that only one criminal case leads
to comes after those that several lead to, and lift ranks by (passed + 1/2) / (expected + 1/2), which a few cards cannot
make large (Norén, Hopstadius, Bate 2013: shrinkage observed-to-expected ratios). The interval of the lift is Wilson's
(1927) for the share of the asked cards, at 95 %.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graphtrace.analysis.display import DisplayMixin
from graphtrace.analysis.tables import RowsMixin, require_pandas
from graphtrace.analysis.trace import Trace, Tracer
from graphtrace.analysis.traces import Traces
from graphtrace.engine.counts import card_counts
from graphtrace.errors import UsageError
from graphtrace.model import Chain, Hop, Origin, Party, hop_dict, origin_dict, party_dict
from graphtrace.storage.base import Backend, DealingsOf
from graphtrace.storage.judgements import NamedJudgement, judgements_dict

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

Ranking = Literal["lift", "coverage", "score"]
RANKINGS: tuple[Ranking, ...] = ("lift", "coverage", "score")

Role = Literal["carrier", "registrant", "reseller", "holder", "presumed_user", "end_user"]
ROLES: tuple[Role, ...] = ("carrier", "registrant", "reseller", "holder", "presumed_user", "end_user")

NORMAL_95 = 1.959963984540054
"""Number of standard deviations on either side of the mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeizedCard:
    """A card that was asked for.

    Attributes
    ----------
    key, iccid
        Its key, and its number as shown.
    case_nos
        The case numbers that seizures of it name.
    cases
        The criminal cases in which it counts: these, or where there are none, one of its own by its key.
    trace
        What the records say about it; its ``input`` is the first one that means the card.
    """

    key: str
    iccid: str
    case_nos: tuple[str, ...]
    cases: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPassage:
    """Passage of one card through one party.

    Attributes
    ----------
    hops
        By number of the chain (from 1), the hops by which the party received the card or passed it on.
    roles
        What the party is for this card, in the order of :data:`ROLES`.
    is_certain
        Whether no record speaks against it: the party is in every chain by a record that names the card, or an
        activation names it as the end user.
    origins
        The rows of the activations that name the party as the end user.
    """

    card: SeizedCard
    hops: Mapping[int, Sequence[Hop]]
    roles: tuple[Role, ...]
    is_certain: bool
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParty:
    """A party that asked cards passed through, or whose user it was.

    Attributes
    ----------
    roles
        For how many of the cards it is what.
    cards, cases
        How many of the asked cards passed through it, and how many criminal cases these belong to.
    certain_cards
        How many of the cards certainly did (see :class:`CardPassage`).
    card_share, case_share
        The same as shares of all asked cards that are known, and of all their cases.
    score
        Weight of the cases over the weight of all.
    volume
        How many different cards it received, passed on or used by all records.
    expected
        How many of the asked cards would have passed through it if its volume alone decided.
    lift, lift_interval
        ``cards / expected``, and the bounds that chance leaves to it.
    """

    party: Party
    roles: Mapping[Role, int]
    cards: int
    cases: int
    certain_cards: int
    card_share: float
    case_share: float
    score: float
    volume: int
    expected: float
    lift: float
    lift_interval: tuple[float, float]
    evidence: tuple[CardPassage, ...]

    @property
    def guarded_lift(self) -> float:
        """The lift by which parties are ranked: drawn to 1 where few cards speak for it."""
        return (self.cards + 0.5) / (self.expected + 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCoverStep:
    """One party of the set that explains the cards, and how many it adds to those before it."""

    party: Party
    cards: int
    new_cards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParties(RowsMixin, DisplayMixin):
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
        The different criminal cases of the cards; a card without a number is one of its own, by its key.
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
    case_cards: int
    parties: tuple[SharedParty, ...]
    carriers: tuple[SharedParty, ...]
    cover: tuple[SetCoverStep, ...]
    unexplained: tuple[SeizedCard, ...]
    judgements: tuple[NamedJudgement, ...] = ()

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
        """Return the ways of all cards as one graph, as :meth:`graphtrace.Traces.to_networkx` makes it.

        Nodes of parties have ``cards``, ``cases``, ``score``, ``volume`` and ``lift`` (see :class:`SharedParty`) too.
        """
        graph = Traces(card.trace for card in self.cards).to_networkx()
        for shared in (*self.parties, *self.carriers):
            graph.nodes[shared.party.id].update(
                cards=shared.cards, cases=shared.cases, score=shared.score, volume=shared.volume, lift=shared.lift
            )
        return graph

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what ``common --json`` says beside the version and the case."""
        return {
            "asked": {
                "cards": len(self.cards),
                "cases": len(self.case_numbers),
                "not_found": list(self.not_found),
            },
            "by": self.by,
            "case_cards": self.case_cards,
            "parties": [_shared_dict(shared) for shared in self.parties],
            "carriers": [_shared_dict(shared) for shared in self.carriers],
            "cover": [
                {"party": party_dict(step.party), "cards": step.cards, "new_cards": step.new_cards}
                for step in self.cover
            ],
            "unexplained": [card.iccid for card in self.unexplained],
            "judgements": judgements_dict(self.judgements),
            "cards": [
                {
                    "input": card.trace.input,
                    "iccid": card.iccid,
                    "outcome": str(card.trace.outcome),
                    "case_nos": list(card.case_nos),
                }
                for card in self.cards
            ],
        }


SHARED_COLUMNS = (
    *("party_id", "party", *ROLES, "cards", "cases", "certain_cards", "card_share", "case_share", "score"),
    *("volume", "expected", "lift", "lift_low", "lift_high", "guarded_lift"),
)


def shared_row(shared: SharedParty) -> dict[str, Any]:
    """Return one party as a row with the keys :data:`SHARED_COLUMNS`; a role counts the cards for which it is that."""
    figures = (
        *(shared.party.id, shared.party.name, *(shared.roles.get(role, 0) for role in ROLES)),
        *(shared.cards, shared.cases, shared.certain_cards, shared.card_share, shared.case_share, shared.score),
        *(shared.volume, shared.expected, shared.lift, *shared.lift_interval, shared.guarded_lift),
    )
    return dict(zip(SHARED_COLUMNS, figures, strict=True))


def find_shared_parties(
    tracer: Tracer, ids: Sequence[str], *, by: Ranking = "lift", weights: Mapping[str, float] | None = None
) -> SharedParties:
    """Return the parties that the cards passed through, by all chains that the records support, and their end users.

    Parameters
    ----------
    ids
        ICCIDs, parts of one, MSISDNs, IMSIs or IMEIs; their order does not change the ranking.
    by
        What to rank by.
    weights
        Weights of criminal cases by case number, and of cards without one by any of their numbers; 1 where none is
        given.

    Raises
    ------
    UsageError
        If a weight is negative or no number, means no case, or is given to a card that has a case number; if all are 0.

    Notes
    -----
    Cost: that of tracing the cards, and one pass over the records of the parties found. Ranges are never expanded.
    """
    traces = tracer.trace(ids, near_misses=False)
    found: dict[str, Trace] = {}
    for trace in traces:
        if trace.card is not None and trace.card.key is not None and trace.found:
            found.setdefault(trace.card.key, trace)
    cards = tuple(_seized_card(key, trace) for key, trace in found.items())
    passages: dict[Party, list[CardPassage]] = defaultdict(list)
    ways = _Ways()
    for card in sorted(cards, key=lambda card: card.key):
        for party, passage in ways.passages(card):
            passages[party].append(passage)
    scale = _Scale(tracer.store, cards, passages, _weights(cards, weights or {}))
    shared = sorted((scale.measured(party) for party in passages), key=_order(by, has_cases=len(scale.weights) > 1))
    parties = tuple(one for one in shared if not one.party.is_carrier)
    cover, unexplained = _cover(cards, parties)
    return SharedParties(
        by=by,
        cards=cards,
        not_found=tuple(
            dict.fromkeys(
                trace.input for trace in traces if not trace.found or trace.card is None or not trace.card.key
            )
        ),
        case_numbers=tuple(sorted(scale.weights)),
        case_cards=scale.case_cards,
        parties=parties,
        carriers=tuple(one for one in shared if one.party.is_carrier),
        cover=cover,
        unexplained=unexplained,
        judgements=tracer.store.judgements.shown_in([one.party for one in shared]),
    )


def _seized_card(key: str, trace: Trace) -> SeizedCard:
    case_nos = tuple(sorted({seizure.case_no for seizure in trace.seizures if seizure.case_no is not None}))
    shown = key if trace.card is None else trace.card.label
    return SeizedCard(key=key, iccid=shown, case_nos=case_nos, cases=case_nos or (key,), trace=trace)


def _weights(cards: Sequence[SeizedCard], given: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each criminal case."""
    weights = {case: 1.0 for card in cards for case in card.cases}
    names = {name: card for card in cards for name in (card.trace.input, card.iccid, card.key)}
    for name, weight in given.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise UsageError("bad_weight", name=name, weight=weight, hint="not_negative")
        card = names.get(name)
        if name in weights:
            weights[name] = weight
        elif card is None:
            raise UsageError("weight_of_nothing", name=name, hint="weight_of_what")
        elif card.case_nos:
            raise UsageError("weight_of_card_in_case", name=name, case_nos=card.case_nos, hint="weight_to_case")
        else:
            weights[card.key] = weight
    if weights and not any(weights.values()):
        raise UsageError("weights_all_zero", hint="weight_above_zero")
    return weights


# -- who had a card --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """Hops and roles of a party in the chains of a card; cards of the same chains share the object."""

    party: Party
    hops: Mapping[int, Sequence[Hop]]
    roles: tuple[Role, ...]
    is_certain: bool


class _Ways:
    """Parties in the chains of cards, computed once for all cards that have the same chains."""

    def __init__(self) -> None:
        self._known: dict[int, Mapping[str, _Way]] = {}

    def passages(self, card: SeizedCard) -> Iterator[tuple[Party, CardPassage]]:
        """Yield everyone that a card passed through by any of its chains, and its end user."""
        trace = card.trace
        if id(trace.chains) not in self._known:
            self._known[id(trace.chains)] = _ways(trace.chains, len(trace.chains) + trace.chains_omitted)
        ways, user = self._known[id(trace.chains)], trace.end_user
        for ident, way in ways.items():
            if user is None or ident != user.id:
                yield way.party, CardPassage(card=card, hops=way.hops, roles=way.roles, is_certain=way.is_certain)
        if user is not None:
            way = ways.get(user.id) or _Way(user, {}, (), is_certain=False)
            origins = tuple(
                origin for activation in trace.activations if activation.user == user for origin in activation.origins
            )
            yield (
                user,
                CardPassage(
                    card=card,
                    hops=way.hops,
                    roles=(*way.roles, trace.end_user_code),
                    is_certain=way.is_certain or bool(origins),
                    origins=origins,
                ),
            )


class _WayDraft:
    """A way that is being followed chain by chain; ``naming`` has the chains in which a record names the card."""

    __slots__ = ("hops", "naming", "party", "roles")

    def __init__(self, party: Party) -> None:
        self.party = party
        self.hops: dict[int, list[Hop]] = defaultdict(list)
        self.roles: set[Role] = set()
        self.naming: set[int] = set()


def _ways(chains: Sequence[Chain], count: int) -> dict[str, _Way]:
    """Return hops and roles of each party in the chains, by party id; ``count`` includes the omitted chains."""
    drafts: dict[str, _WayDraft] = {}
    for number, chain in enumerate(chains, 1):
        registrants = {hop.receiver.id for hop in chain.hops if hop.sender.is_carrier}
        for hop in chain.hops:
            for party in (hop.sender, hop.receiver):
                draft = drafts.get(party.id)
                if draft is None:
                    draft = drafts[party.id] = _WayDraft(party)
                draft.hops[number].append(hop)
                draft.roles.update(_roles(party, registrants, stays=hop is chain.hops[-1] and party is hop.receiver))
                if hop.precision != "quantity":
                    draft.naming.add(number)
    return {
        ident: _Way(
            draft.party,
            draft.hops,
            tuple(role for role in ROLES if role in draft.roles),
            is_certain=len(draft.naming) == count,
        )
        for ident, draft in drafts.items()
    }


def _roles(party: Party, registrants: Container[str], *, stays: bool) -> tuple[Role, ...]:
    """Return the roles of a party that had a card; ``stays``: the chain ends with it.

    One to which a carrier sold the card is no reseller by passing it on.
    """
    if party.is_carrier:
        return ("carrier",)
    if party.id in registrants:
        return ("registrant", "holder") if stays else ("registrant",)
    return ("holder",) if stays else ("reseller",)


# -- figures ---------------------------------------------------------------------------------------------------


class _Scale:
    """Measures parties against all cards that were asked for and all cards of the case."""

    def __init__(
        self,
        store: Backend,
        cards: Sequence[SeizedCard],
        passages: Mapping[Party, Sequence[CardPassage]],
        weights: Mapping[str, float],
    ) -> None:
        self.cards = len(cards)
        self.case_cards = store.count_cards()
        self.weights = weights
        self._passages = passages
        cards_of = {party: [passage.card.key for passage in passed] for party, passed in passages.items()}
        keys = {key for found in cards_of.values() for key in found}
        self._volumes = card_counts(store.session(DealingsOf(cards_of.keys(), with_uses=True, keys=keys)), cards_of)
        self._all_weights = math.fsum(weights.values())

    def measured(self, party: Party) -> SharedParty:
        """Return the figures of one party."""
        passages = tuple(self._passages[party])
        cases = {case for passage in passages for case in passage.card.cases}
        roles = Counter(role for passage in passages for role in passage.roles)
        count, volume = len(passages), self._volumes[party]
        expected = self.cards * volume / self.case_cards
        low, high = (self.cards * bound / expected for bound in wilson_interval(count, self.cards))
        return SharedParty(
            party=party,
            roles={role: roles[role] for role in ROLES if role in roles},
            cards=count,
            cases=len(cases),
            certain_cards=sum(passage.is_certain for passage in passages),
            card_share=count / self.cards,
            case_share=len(cases) / len(self.weights),
            score=math.fsum(self.weights[case] for case in cases) / self._all_weights,
            volume=volume,
            expected=expected,
            lift=count / expected,
            lift_interval=(low, high),
            evidence=passages,
        )


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """Return the share of a whole that ``count`` of ``total`` speak for, at 95 % (Wilson 1927).

    >>> [round(bound, 3) for bound in wilson_interval(1, 10)]
    [0.018, 0.404]
    """
    share, spread = count / total, NORMAL_95**2 / total
    middle = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _order(by: Ranking, *, has_cases: bool) -> Callable[[SharedParty], tuple[float | str, ...]]:
    """Return the sort key of a ranking; ids decide last, so that it depends on nothing but the figures."""

    def key(shared: SharedParty) -> tuple[float | str, ...]:
        coverage = (-shared.cases, -shared.cards)
        match by:
            case "coverage":
                first: tuple[float, ...] = coverage
            case "score":
                first = (-shared.score, *coverage)
            case "lift":
                first = (has_cases and shared.cases < 2, -shared.guarded_lift, *coverage)
        return (*first, shared.volume, shared.party.id)

    return key


def _cover(
    cards: Sequence[SeizedCard], parties: Sequence[SharedParty]
) -> tuple[tuple[SetCoverStep, ...], tuple[SeizedCard, ...]]:
    """Choose parties greedily: of those that explain most of the rest, the one with the least volume, to the end.

    How much a party adds can only fall, so one whose figure is out of date is asked anew when its turn comes.
    """
    left = {card.key for card in cards}
    keys = {shared.party: {passage.card.key for passage in shared.evidence} for shared in parties}
    waiting = [(-shared.cards, shared.volume, shared.party.id, shared.party) for shared in parties]
    heapq.heapify(waiting)
    steps = []
    while waiting:
        stated, volume, ident, party = heapq.heappop(waiting)
        adds = len(keys[party] & left)
        if adds == -stated:
            steps.append(SetCoverStep(party=party, cards=len(keys[party]), new_cards=adds))
            left -= keys[party]
        elif adds:
            heapq.heappush(waiting, (-adds, volume, ident, party))
    return tuple(steps), tuple(card for card in cards if card.key in left)


# -- as plain values -------------------------------------------------------------------------------------------

DECIMALS = 6


def _shared_dict(shared: SharedParty) -> dict[str, Any]:
    low, high = shared.lift_interval
    return {
        "party": party_dict(shared.party),
        "roles": dict(shared.roles),
        "cards": shared.cards,
        "cases": shared.cases,
        "certain_cards": shared.certain_cards,
        "coverage": {"cards": round(shared.card_share, DECIMALS), "cases": round(shared.case_share, DECIMALS)},
        "score": round(shared.score, DECIMALS),
        "volume": shared.volume,
        "expected": round(shared.expected, DECIMALS),
        "lift": round(shared.lift, DECIMALS),
        "interval": [round(low, DECIMALS), round(high, DECIMALS)],
        "guarded_lift": round(shared.guarded_lift, DECIMALS),
        "evidence": [_passage_dict(passage) for passage in shared.evidence],
    }


def _passage_dict(passage: CardPassage) -> dict[str, Any]:
    return {
        "iccid": passage.card.iccid,
        "roles": list(passage.roles),
        "certain": passage.is_certain,
        "hops": [{"chain": number, **hop_dict(hop)} for number, hops in passage.hops.items() for hop in hops],
        "used": [origin_dict(origin) for origin in passage.origins],
    }
