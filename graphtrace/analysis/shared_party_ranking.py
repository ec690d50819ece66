"""The parties that many seized cards share, ranked by how much they explain.

Three figures stand beside each other, because each alone misleads:

- *coverage*: how many of the cards, and of the criminal cases by their numbers, passed through a party; cards without a
  number are counted beside the cases, never as cases;
- *score*: the weight of the cases, and of the cards without one, on its forward trace over the weight of all
  (FoodChain-Lab, German Federal Institute for Risk Assessment). It knows no volume, so the largest wholesaler always
  wins;
- *lift*: the share of the asked cards that passed through a party over its share of all cards of the case. It is 1
  where size alone explains what was found.

Lift by itself is won by whoever handled one card that was seized. Therefore a party that only one criminal case, or one
card without one, leads to comes after those that several lead to, and lift ranks by (passed + 1/2) / (expected + 1/2),
which a few cards cannot make large (Norén, Hopstadius, Bate 2013: shrinkage observed-to-expected ratios). The interval
of the lift is Wilson's (1927) for the share of the asked cards, at 95 %.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.identity import IdentityCache
from graphtrace.engine.case_parties import card_counts
from graphtrace.errors import UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import is_visibly_company, normalize_party_name
from graphtrace.model import Chain, Hop, Party
from graphtrace.results.party import legal_form
from graphtrace.results.shared_parties import (
    NORMAL_95,
    ROLES,
    CardPassage,
    Ranking,
    Role,
    SeizedCard,
    SetCoverStep,
    SharedParties,
    SharedParty,
)
from graphtrace.results.trace import Trace
from graphtrace.storage.base import Backend, DealingsScope


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
    writings = _case_writings(found.values())
    cards = tuple(_seized_card(key, trace, writings) for key, trace in found.items())
    passages: dict[Party, list[CardPassage]] = defaultdict(list)
    involvement = IdentityCache(_involvement)
    by_name: Counter[Party] = Counter()
    for card in sorted(cards, key=lambda card: card.key):
        for party, passage in _passages(card, involvement.get(card.trace.chains)):
            joined = _joined(party)
            passages[joined].append(passage)
            by_name[joined] += joined != party
    scorer = _PartyScorer(tracer.store, cards, passages, by_name, _weights(cards, weights or {}))
    shared = sorted((scorer.score(party) for party in passages), key=_order(by, has_several=len(scorer.weights) > 1))
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
        case_numbers=scorer.case_numbers,
        cards_without_case=_count_without_case(cards),
        case_cards=scorer.case_cards,
        parties=parties,
        carriers=tuple(one for one in shared if one.party.is_carrier),
        cover=cover,
        unexplained=unexplained,
        judgements=tracer.store.judgements.shown_in([one.party for one in shared]),
    )


def _joined(party: Party) -> Party:
    """Return a firm that records of a card know by its name alone as the case joins it; others may be namesakes."""
    resolved = party.resolved
    is_firm = legal_form(resolved) == "firm" and is_visibly_company(normalize_party_name(party.name or ""))
    return resolved if is_firm else party


def _case_writings(traces: Iterable[Trace]) -> dict[str, str]:
    """Return the writing that stands for each number of a criminal case: 〔2023〕, （2023） and [2023] are one."""
    written = {seizure.case_no for trace in traces for seizure in trace.seizures if seizure.case_no is not None}
    first: dict[str, str] = {}
    return {case_no: first.setdefault(normalize_party_name(case_no), case_no) for case_no in sorted(written)}


def _seized_card(key: str, trace: Trace, writings: Mapping[str, str]) -> SeizedCard:
    numbers = {writings[seizure.case_no] for seizure in trace.seizures if seizure.case_no is not None}
    case_nos = tuple(sorted(numbers))
    shown = key if trace.card is None else trace.card.label
    return SeizedCard(key=key, iccid=shown, case_nos=case_nos, trace=trace)


def _count_without_case(cards: Iterable[SeizedCard]) -> int:
    return sum(not card.case_nos for card in cards)


def _weights(cards: Sequence[SeizedCard], given: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each criminal case, and of each card without one by its key."""
    weights = {name: 1.0 for card in cards for name in card.weighed_as}
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


@frozen(kw_only=False)
class _PartyInvolvement:
    """Hops and roles of a party in the chains of a card.

    ``naming`` has the numbers of the chains in which a record names the card.
    """

    party: Party
    hops: Mapping[int, Sequence[Hop]]
    roles: tuple[Role, ...]
    naming: frozenset[int]


def _passages(card: SeizedCard, involvement: Mapping[str, _PartyInvolvement]) -> Iterator[tuple[Party, CardPassage]]:
    """Yield everyone that a card passed through by any of its chains, and its end user."""
    trace = card.trace
    user, count = trace.end_user, len(trace.chains) + trace.chains_omitted
    for party_id, involved in involvement.items():
        if user is None or party_id != user.id:
            is_certain = len(involved.naming) == count
            yield (
                involved.party,
                CardPassage(card=card, hops=involved.hops, roles=involved.roles, is_certain=is_certain),
            )
    if user is not None:
        involved = involvement.get(user.id) or _PartyInvolvement(user, {}, (), frozenset())
        origins = tuple(
            origin for activation in trace.activations if activation.user == user for origin in activation.origins
        )
        yield (
            user,
            CardPassage(
                card=card,
                hops=involved.hops,
                roles=(*involved.roles, trace.end_user_code),
                is_certain=bool(origins) or (bool(involved.hops) and len(involved.naming) == count),
                origins=origins,
            ),
        )


def _involvement(chains: Sequence[Chain]) -> dict[str, _PartyInvolvement]:
    """Return hops and roles of each party in the chains of a card, by party id."""
    parties: dict[str, Party] = {}
    hops: dict[str, dict[int, list[Hop]]] = defaultdict(lambda: defaultdict(list))
    roles: dict[str, set[Role]] = defaultdict(set)
    naming: dict[str, set[int]] = defaultdict(set)
    for number, chain in enumerate(chains, 1):
        registrants = {hop.receiver.id for hop in chain.hops if hop.sender.is_carrier}
        for hop in chain.hops:
            for party in (hop.sender, hop.receiver):
                parties.setdefault(party.id, party)
                hops[party.id][number].append(hop)
                stays = hop is chain.hops[-1] and party is hop.receiver
                roles[party.id].update(_roles(party, registrants, stays=stays))
                if hop.precision != "quantity":
                    naming[party.id].add(number)
    return {
        party_id: _PartyInvolvement(
            party, hops[party_id], tuple(role for role in ROLES if role in roles[party_id]), frozenset(naming[party_id])
        )
        for party_id, party in parties.items()
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


class _PartyScorer:
    """Scores parties against all cards that were asked for and all cards of the case."""

    def __init__(
        self,
        store: Backend,
        cards: Sequence[SeizedCard],
        passages: Mapping[Party, Sequence[CardPassage]],
        by_name: Mapping[Party, int],
        weights: Mapping[str, float],
    ) -> None:
        self.cards = len(cards)
        self.case_cards = store.count_cards()
        self.weights = weights
        self.case_numbers = tuple(sorted({case for card in cards for case in card.case_nos}))
        self._passages = passages
        self._by_name = by_name
        # how much a party handled is counted of all that the case joins under its name
        cards_of: dict[Party, list[str]] = defaultdict(list)
        for party, passed in passages.items():
            cards_of[party.resolved] += [passage.card.key for passage in passed]
        keys = {key for found in cards_of.values() for key in found}
        self._volumes = card_counts(store.session(DealingsScope(cards_of.keys(), with_uses=True, keys=keys)), cards_of)
        self._all_weights = math.fsum(weights.values())

    def score(self, party: Party) -> SharedParty:
        """Return the figures of one party."""
        passages = tuple(self._passages[party])
        cases = {case for passage in passages for case in passage.card.case_nos}
        weighed = {name for passage in passages for name in passage.card.weighed_as}
        roles = Counter(role for passage in passages for role in passage.roles)
        count, volume = len(passages), self._volumes[party.resolved]
        expected = self.cards * volume / self.case_cards
        low, high = (self.cards * bound / expected for bound in wilson_interval(count, self.cards))
        return SharedParty(
            party=party,
            roles={role: roles[role] for role in ROLES if role in roles},
            cards=count,
            cases=len(cases),
            cards_without_case=_count_without_case(passage.card for passage in passages),
            certain_cards=sum(passage.is_certain for passage in passages),
            card_share=count / self.cards,
            case_share=len(cases) / len(self.case_numbers) if self.case_numbers else None,
            score=math.fsum(self.weights[name] for name in weighed) / self._all_weights,
            volume=volume,
            expected=expected,
            lift=count / expected,
            lift_interval=(low, high),
            evidence=passages,
            by_name=self._by_name.get(party, 0),
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


def _order(by: Ranking, *, has_several: bool) -> Callable[[SharedParty], tuple[float | str, ...]]:
    """Return the sort key of a ranking; ids decide last, so that it depends on nothing but the figures."""

    def key(shared: SharedParty) -> tuple[float | str, ...]:
        coverage = (-shared.cases - shared.cards_without_case, -shared.cards)
        match by:
            case "coverage":
                first: tuple[float, ...] = coverage
            case "score":
                first = (-shared.score, *coverage)
            case "lift":
                first = (has_several and shared.is_single, -shared.guarded_lift, *coverage)
        return (*first, shared.volume, shared.party.id)

    return key


def _cover(
    cards: Sequence[SeizedCard], parties: Sequence[SharedParty]
) -> tuple[tuple[SetCoverStep, ...], tuple[SeizedCard, ...]]:
    """Choose parties greedily: of those that explain most of the rest, the one with the least volume, to the end.

    How much a party adds can only fall, so one whose figure is out of date is asked anew when its turn comes.
    """
    uncovered = {card.key for card in cards}
    keys = {shared.party: {passage.card.key for passage in shared.evidence} for shared in parties}
    waiting = [(-shared.cards, shared.volume, shared.party.id, shared.party) for shared in parties]
    heapq.heapify(waiting)
    steps = []
    while waiting:
        stated, volume, ident, party = heapq.heappop(waiting)
        adds = len(keys[party] & uncovered)
        if adds == -stated:
            steps.append(SetCoverStep(party=party, cards=len(keys[party]), new_cards=adds))
            uncovered -= keys[party]
        elif adds:
            heapq.heappush(waiting, (-adds, volume, ident, party))
    return tuple(steps), tuple(card for card in cards if card.key in uncovered)


# -- as plain values -------------------------------------------------------------------------------------------
