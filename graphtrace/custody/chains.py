"""Chains of one card, their outcome, and the findings about them (SPEC 4.4, 4.5).

The answer is a function of the set of records alone. Whatever could depend on the order of loading is sorted by dates
and ids first.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graphtrace.custody.branches import build_forest
from graphtrace.custody.bridges import QuantityIndex
from graphtrace.custody.hop_order import find_order
from graphtrace.custody.merge import merge_movements, sort_origins
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.party_names import core_of_name
from graphtrace.model import (
    CALLED,
    Activation,
    CardListing,
    Chain,
    CustodyEvent,
    DateSpan,
    EndUserBasis,
    Finding,
    Hop,
    Origin,
    Outcome,
    Party,
    Registered,
    RegistrantBasis,
    Seizure,
    Severity,
    origin_dict,
    party_dict,
)
from graphtrace.results.trace import HEAD_FINDINGS

MAX_CHAINS = 16
"""Maximum number of chains of a card in an answer; the others are counted."""

SLACK_DAYS = 7
"""The days of an order that continues may fall by so many before the order by dates is told beside it."""

IDENTIFYING_SIZE: Final = 6
"""A waybill or order number of fewer characters identifies nothing (SPEC 13, "Corroboration")."""

FINDING_SEVERITIES: dict[str, Severity] = {
    "check_digit_differs": "warning",
    "hash_differs_from_reply": "error",
    "unread_movement": "warning",
    "custody_gap": "error",
    "no_purchase": "error",
    "double_transfer": "error",
    "multiple_registrants": "error",
    "carrier_contradicts_number": "warning",
    "date_inversion": "warning",
    "date_disagreement": "warning",
    "activated_before_purchase": "warning",
    "user_differs_from_holder": "warning",
    "ambiguous_party": "warning",
    "self_transfer": "warning",
    "seized_from_another": "warning",
    "moved_after_seizure": "warning",
    "denied_by_list": "warning",
    "listed_with_other": "warning",
    "lot_exceeded": "warning",
    "delivered_to_other": "warning",
    "identity_differs": "warning",
    "number_of_persons": "warning",
    "number_of_several": "warning",
    "number_at_other_time": "warning",
    "known_by_number_only": "warning",
    "damaged_number": "warning",
    "shared_device": "warning",
    "device_changes": "info",
    "possible_onward": "info",
    "registered_later": "info",
    "registration_ended": "info",
    "order_undetermined": "info",
    "joined_by_name": "info",
    "user_joined_by_name": "info",
    "seized_joined_by_name": "info",
    "known_by_name": "info",
    "known_otherwise": "info",
    "near_miss": "info",
}
"""Severity of every finding that an answer can carry, in the order of listing."""

_SEVERITIES = ("error", "warning", "info")
_PLACES = {code: place for place, code in enumerate(FINDING_SEVERITIES)}


@frozen()
class CustodyResult:
    """Custody of one card as its records state it.

    ``registrant``, ``holder`` and ``end_user`` are given only where all chains agree; ``end_user_basis`` says whether a
    record of use names the end user. ``chains`` holds at most
    :data:`MAX_CHAINS`; ``chains_omitted`` says how many more there are.
    """

    outcome: Outcome
    chains: tuple[Chain, ...]
    chains_omitted: int
    registrant: Party | None
    holder: Party | None
    end_user: Party | None
    findings: tuple[Finding, ...]
    end_user_basis: EndUserBasis | None = None
    registrant_basis: RegistrantBasis | None = None


@dataclass(slots=True)
class ChainDraft:
    """A chain under construction: its steps, and the places of the steps before which it is broken.

    The same as :class:`~graphtrace.model.Chain` for those who count many cards and tell of none.
    """

    steps: list[CustodyEvent]
    gaps: set[int]
    registered: Mapping[CustodyEvent, Sequence[CustodyEvent]] = field(default_factory=dict)
    """Registrations of a receiver at its receipt from somebody else: they are no steps."""
    ended: Sequence[CustodyEvent] = ()
    """Registrations that had ended when the chain began: they are no steps, by day."""

    @property
    def has_purchase(self) -> bool:
        """Whether it starts at a carrier."""
        return self.steps[0].sender.is_carrier

    def inversions(self) -> Iterable[tuple[int, CustodyEvent, CustodyEvent]]:
        """Yield the steps that are dated before their predecessor, with their place."""
        for place in range(1, len(self.steps)):
            if self.steps[place].is_inverted_after(self.steps[place - 1]):
                yield place, self.steps[place - 1], self.steps[place]

    @property
    def outcome(self) -> Outcome:
        """Return the outcome: ``broken``, ``inferred`` or ``continuous``."""
        if self.gaps or not self.has_purchase:
            return Outcome.BROKEN
        if any(step.precision == "quantity" for step in self.steps) or any(self.inversions()):
            return Outcome.INFERRED
        return Outcome.CONTINUOUS

    @property
    def registering(self) -> CustodyEvent | None:
        """Return the last step by which a carrier sold the card to its customer, else the last statement of him."""
        sales = (step for step in reversed(self.steps) if step.sender.is_carrier)
        return next((step for step in sales if not _is_sale_to_reseller(step)), None) or self._noted

    @property
    def registrant(self) -> Party | None:
        """Return the last party to which a carrier sold the card, or whom it names as its customer."""
        return None if (step := self.registering) is None else step.receiver

    @property
    def _noted(self) -> CustodyEvent | None:
        """Return the registration of the last receiver that has one and got the card from somebody else."""
        return next((noted[-1] for step in reversed(self.steps) if (noted := self.registered.get(step))), None)

    @property
    def registrant_basis(self) -> RegistrantBasis | None:
        """Return in what sense it is the registrant."""
        return None if (step := self.registering) is None else step.registrant_basis

    @property
    def holder(self) -> Party:
        """Return the party with which the chain ends."""
        return self.steps[-1].receiver

    def holder_at(self, when: DateSpan) -> Party:
        """Return the party that held the card at a time; a hop of that day counts as done, unless times say later."""
        place = self._receipt_by(when)
        if place is None:
            return self._customer_before(when) or self.steps[0].sender
        return self.steps[place].receiver

    def _receipt_by(self, when: DateSpan) -> int | None:
        """Return the place of the last step that is done at a time; ``None`` before the first.

        A step without a day is done when the one after it is, and if there is none.
        """
        is_done = True
        for place in range(len(self.steps) - 1, -1, -1):
            step = self.steps[place]
            is_done = step.when.has_come_by(when) if step.when.is_known else is_done
            if is_done:
                return place
        return None

    def presumed_user_at(self, when: DateSpan, with_others: Iterable[DateSpan | None]) -> Party | None:
        """Return the holder at a time, unless records say since its receipt that another may have had the card.

        That is so within the window of a gap, but for the day of the receipt itself, and where a list of another party
        is not dated before the receipt nor after that time; ``with_others`` are the days of such lists. Where months or
        ranges of days leave open whether the receipt from another holder came first, nobody is presumed; nor is whom
        the row of the receipt calls a dealer or agent.
        """
        place = self._receipt_by(when)
        if place is not None and self._is_open_whether_before(self.steps[place], when):
            return None
        if place is not None and any(map(_calls_reseller, self.steps[place].origins)):
            return None
        receipt = None if place is None else self.steps[place].when
        if place is not None and place + 1 in self.gaps and not _is_that_day(self.steps[place].when, when):
            return None
        if any(is_since_receipt(receipt, stated, when) for stated in with_others):
            return None
        return self.holder_at(when)

    @staticmethod
    def _is_open_whether_before(step: CustodyEvent, when: DateSpan) -> bool:
        return step.when.is_known and not step.sender.is_carrier and when.earliest < step.when.latest

    def _customer_before(self, when: DateSpan) -> Party | None:
        """Return the last customer of the carrier at a time before the chain, whose registration had not ended."""
        return next(
            (
                step.receiver
                for step in reversed(self.ended)
                if step.when.has_come_by(when) and step.ended is not None and when.earliest <= step.ended.latest
            ),
            None,
        )

    def holders_on(self, when: DateSpan) -> list[Party]:
        """Return all parties that held the card at some time of a day, whatever the time of a hop on that day."""
        before = [step for step in self.steps if step.when.latest < when.earliest]
        that_day = [step for step in self.steps if step.when.overlaps(when)]
        first = before[-1].receiver if before else self._customer_before(when) or self.steps[0].sender
        return [first, *(step.receiver for step in that_day), self.holder_at(when)]

    def _levels(self) -> Iterator[int | None]:
        """Yield for each step the number of sales from the registrant to its receiver; ``None`` if there is none.

        Whoever gets cards back stands where it stood; a sale by a carrier begins anew.
        """
        levels: dict[Party, int] = {}
        for place, step in enumerate(self.steps):
            if step.sender.is_carrier:
                levels = {step.receiver: 0}
            elif step.receiver.is_carrier or place in self.gaps or step.sender not in levels:
                levels = {}
            elif step.receiver not in levels:
                levels[step.receiver] = levels[step.sender] + 1
            yield levels.get(step.receiver) or None

    def chain(self) -> Chain:
        """Return the finished chain."""
        hops = tuple(
            Hop(
                n=place + 1,
                kind=step.kind,
                sender=step.sender,
                receiver=step.receiver,
                when=step.when if step.when.is_known else None,
                precision=step.precision,
                origins=step.origins,
                gap_before=place in self.gaps,
                channel=step.channel,
                waybill=step.waybill,
                price=step.price,
                level=level,
                dates=step.dates,
                document_basis=step.document_basis if step.kind == "registration" else None,
                carrier_basis=step.carrier_basis if step.kind == "registration" else None,
                registered=tuple(_registered(each) for each in self.registered.get(step, ())),
            )
            for place, (step, level) in enumerate(zip(self.steps, self._levels(), strict=True))
        )
        return Chain(
            outcome=self.outcome,
            registrant=self.registrant,
            holder=self.holder,
            hops=hops,
            registrant_basis=self.registrant_basis,
        )


@dataclass(slots=True)
class CustodyAnalysis:
    """Custody of a card by its movements, before its activations are read; cards with equal movements share one."""

    drafts: Sequence[ChainDraft]
    findings: Sequence[Finding]
    carrier: str | None
    is_contested: bool = False
    """Whether the second chain has the same steps as the first, taken by their dates (SPEC 12, Order against dates)."""
    slack: int = SLACK_DAYS
    _plain: CustodyResult | None = None

    def _broken_by_date(self) -> _FirstGap | None:
        """Return where the order by dates is broken, of steps that their dates contest."""
        if not self.is_contested:
            return None
        steps, place = self.drafts[1].steps, min(self.drafts[1].gaps)
        return _FirstGap(steps[place - 1].receiver, steps[place].sender, self.slack)

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of the chains; activations do not change it."""
        return _outcome_of_chains(self.drafts)

    @property
    def custody(self) -> CustodyResult:
        """Return the result for a card with movements only; computed once."""
        if self._plain is None:
            self._plain = self._answer(self.drafts, _Findings(self.findings), (), None)
        return self._plain

    def with_events(
        self,
        activations: Sequence[Activation] = (),
        seizures: Sequence[Seizure] = (),
        listings: Sequence[CardListing] = (),
    ) -> CustodyResult:
        """Return the result for a card with these activations, seizures and list entries."""
        result = self._with_activations(activations, seizures, listings)
        if not self.drafts or not (seizures or listings):
            return result
        more, drafts = _Findings(), self._with_user_first(_naming(activations))
        _remark_on_seizures(drafts, seizures, result.end_user, more)
        _remark_on_later_steps(drafts[:MAX_CHAINS], seizures, more)
        _remark_on_listings(drafts, listings, more)
        return replace(result, findings=more.sorted(result.findings))

    def _with_activations(
        self, activations: Sequence[Activation], seizures: Sequence[Seizure], listings: Sequence[CardListing]
    ) -> CustodyResult:
        if not activations:
            return self.custody
        naming = _naming(activations)
        user = _end_user(self.drafts, activations, naming, seizures, listings)
        if len(self.drafts) > 1:
            return self._answer(self._with_user_first(naming), _Findings(self.findings), activations, naming, user)
        plain = self.custody
        more = _Findings()
        _remark_on_activations(self.drafts, activations, more)
        return CustodyResult(
            outcome=plain.outcome,
            chains=plain.chains,
            chains_omitted=0,
            registrant=plain.registrant,
            holder=plain.holder,
            end_user=user,
            end_user_basis=_basis(user, naming),
            findings=more.sorted(plain.findings),
            registrant_basis=plain.registrant_basis,
        )

    def _with_user_first(self, naming: Activation | None) -> Sequence[ChainDraft]:
        """Return the chains, first those by which the latest named user held the card then."""
        if naming is None or len(self.drafts) < 2 or self.is_contested:
            return self.drafts
        return sorted(self.drafts, key=lambda draft: draft.holder_at(naming.when) != naming.user)

    def _answer(
        self,
        drafts: Sequence[ChainDraft],
        findings: _Findings,
        activations: Sequence[Activation],
        naming: Activation | None,
        user: Party | None = None,
    ) -> CustodyResult:
        _remark_on_chains(drafts, self.carrier, findings, by_date=self._broken_by_date())
        _remark_on_activations(drafts, activations, findings)
        registrant = _agreed([draft.registrant for draft in drafts])
        return CustodyResult(
            outcome=_outcome_of_chains(drafts),
            chains=tuple(draft.chain() for draft in drafts[:MAX_CHAINS]),
            chains_omitted=max(0, len(drafts) - MAX_CHAINS),
            registrant=registrant,
            holder=_agreed([draft.holder for draft in drafts]),
            end_user=user,
            end_user_basis=_basis(user, naming),
            findings=findings.sorted(),
            registrant_basis=None if registrant is None else _joint_basis(drafts),
        )


def analyze_custody(
    movements: Sequence[CustodyEvent], book: QuantityIndex, carrier: str | None, *, slack: int = SLACK_DAYS
) -> CustodyAnalysis:
    """Derive the chains of one card from its movements: all that does not depend on its activations.

    ``slack`` is by how many days the order that continues may fall before the order by dates stands beside it.
    """
    findings = _Findings()
    moves = _without_self_transfers(movements)
    steps = merge_movements(moves)
    for movement in movements:
        if movement.sender.id == movement.receiver.id and movement not in moves:
            findings.add("self_transfer", movement.origins, party=party_dict(movement.sender), date=movement.day)
    drafts = _draft_chains(steps, book, carrier, findings)
    if len(drafts) == 1 and (dated := _by_dates(drafts[0], slack)) is not None:
        return CustodyAnalysis([drafts[0], dated], findings.sorted(), carrier, is_contested=True, slack=slack)
    if len(drafts) > 1:
        drafts.sort(
            key=lambda draft: (
                [step.when for step in draft.steps],
                [(step.sender.id, step.receiver.id) for step in draft.steps],
            )
        )
        drafts = _latest_customer_first(drafts)
    return CustodyAnalysis(drafts, findings.sorted(), carrier)


def _without_self_transfers(movements: Sequence[CustodyEvent]) -> list[CustodyEvent]:
    """Return the movements that are steps: not those between two names of one party that has the card by another one.

    Where no other record has the card with that party, the record shows it there: left out, it would let a chain be
    without a gap that it denies.
    """
    moves = [each for each in movements if each.sender.id != each.receiver.id]
    if not moves or len(moves) == len(movements):
        return moves
    known = {party.id for each in moves for party in (each.sender, each.receiver)}
    return moves + [each for each in movements if each.sender.id not in known and each.when.is_known]


def trace_custody(
    movements: Sequence[CustodyEvent],
    *,
    quantities: QuantityIndex | Iterable[CustodyEvent] = (),
    carrier: str | None = None,
    activations: Sequence[Activation] = (),
    seizures: Sequence[Seizure] = (),
    listings: Sequence[CardListing] = (),
    slack: int = SLACK_DAYS,
) -> CustodyResult:
    """Derive the chains of one card from its records.

    Parameters
    ----------
    movements
        Every purchase, transfer and return that covers the card, listed or by range; statements may come twice.
    quantities
        The quantity-only movements of the case; pass a :class:`QuantityIndex` when asking for many cards.
    carrier
        The operator that the number points to, ``None`` if it is not known.
    activations, seizures, listings
        When the card was used, taken, and in whose lists it stands.
    slack
        By how many days the order that continues may fall before the order by dates stands beside it.

    Returns
    -------
    Custody
        A card without movements has no chain: ``broken`` with the finding ``no_purchase``.

    Notes
    -----
    Cost: microseconds for the usual card, polynomial in the number of movements of one card except for the exact
    search of :mod:`graphtrace.custody.hop_order`, which is bounded there. Where many cards share their movements,
    :func:`analyze_custody` once and :meth:`CustodyAnalysis.with_events` for each is cheaper.
    """
    book = quantities if isinstance(quantities, QuantityIndex) else QuantityIndex(quantities)
    return analyze_custody(movements, book, carrier, slack=slack).with_events(activations, seizures, listings)


class _Findings:
    """Collected findings, each once; all rows that support one finding are its evidence."""

    def __init__(self, known: Iterable[Finding] = ()) -> None:
        self._found = list(known)

    def add(self, code: str, evidence: Iterable[Origin], **params: Any) -> None:
        rows = tuple(dict.fromkeys(evidence))
        self._found.append(Finding(code=code, severity=FINDING_SEVERITIES[code], params=params, evidence=rows))

    def sorted(self, others: Sequence[Finding] = ()) -> tuple[Finding, ...]:
        """Return them in the order of answers, merged with others that are sorted already."""
        if not self._found:
            return tuple(others)
        found = [*others, *self._found]
        if len(found) > 1:
            same: dict[tuple[str, str], list[Finding]] = defaultdict(list)
            for finding in found:
                same[finding.code, repr(finding.params)].append(finding)
            found = [_joined(findings) for findings in same.values()]
        return sort_findings(
            finding if len(finding.evidence) < 2 else replace(finding, evidence=sort_origins(finding.evidence))
            for finding in found
        )


def _joined(findings: Sequence[Finding]) -> Finding:
    first, *others = findings
    if not others:
        return first
    return replace(first, evidence=tuple(dict.fromkeys(row for finding in findings for row in finding.evidence)))


def sort_findings(findings: Iterable[Finding], known: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Return findings in the order of answers: by severity, then kind, then parameters.

    Those that head an answer stand first, each kind as it was given. ``known`` are in this order already.
    """
    placed: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in known:
        placed[_place(finding)].append(finding)
    unsorted = set()
    for finding in findings:
        place = _place(finding)
        placed[place].append(finding)
        unsorted.add(place)
    for place in unsorted:
        if len(placed[place]) > 1 and place[0] != _HEAD:
            placed[place].sort(key=lambda each: _canonical(each.params))
    return tuple(finding for _, same in sorted(placed.items()) for finding in same)


_HEAD: Final = -1


def _place(finding: Finding) -> tuple[int, int]:
    if finding.code in HEAD_FINDINGS:
        return _HEAD, HEAD_FINDINGS.index(finding.code)
    return _SEVERITIES.index(finding.severity), _PLACES[finding.code]


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _draft_chains(
    steps: Sequence[CustodyEvent], book: QuantityIndex, carrier: str | None, findings: _Findings
) -> list[ChainDraft]:
    if not steps:
        return []
    _remark_on_ended(steps, findings)
    order = find_order(steps)
    noted: Mapping[CustodyEvent, Sequence[CustodyEvent]] = {}
    ended: Sequence[CustodyEvent] = ()
    if order is None:
        steps, ended = _part_ended(steps)
        order = find_order(steps) if ended else None
    if order is None:
        steps, noted = _part_noted(steps)
        order = find_order(steps) if noted else None
    if order is not None:
        if order.ties != 1:
            findings.add("order_undetermined", (), orders=order.ties)
        return [ChainDraft(list(order.steps), set(), noted, ended)]
    forest = build_forest(
        steps,
        lambda end, piece: (
            end.receiver.id == piece.sender.id
            or book.bridge(end.receiver.id, end.when.earliest, piece.sender.id, piece.when.latest, carrier) is not None
        ),
    )
    sales = [sale for sale in forest.sales if not _is_sale_to_reseller(sale)]
    if len(sales) > 1:
        findings.add(
            "multiple_registrants",
            (origin for sale in sales for origin in sale.origins),
            registrants=[{"party": party_dict(sale.receiver), "date": sale.day} for sale in sales],
        )
    for step, children in forest.children().items():
        onward = [child for child in children if child.sender.id == step.receiver.id]
        if len(onward) > 1:
            findings.add(
                "double_transfer",
                (origin for child in onward for origin in child.origins),
                at=party_dict(step.receiver),
                to=[{"party": party_dict(child.receiver), "date": child.day} for child in onward],
                **_number_of_one_sale(onward),
                **_returned_between(onward, steps),
            )
    ways = forest.chains()
    return [replace(_bridged(way, book, carrier, findings), registered=noted, ended=ended) for way in ways]


def _number_of_one_sale(steps: Sequence[CustodyEvent]) -> dict[str, Any]:
    """Return the order number or waybill that stands with several steps from one sender, where there is one."""
    stated: dict[str, int] = defaultdict(int)
    for step in steps:
        numbers = {origin.record_no for origin in step.origins} | {step.waybill}
        for number in numbers:
            if number is not None and len(number) >= IDENTIFYING_SIZE:
                stated[number] += 1
    shared = sorted(number for number, times in stated.items() if times > 1)
    return {"same_number": shared[0]} if shared else {}


def _returned_between(onward: Sequence[CustodyEvent], steps: Sequence[CustodyEvent]) -> dict[str, Any]:
    """Return who gave cards back to the sender of several steps between the first of them and the last."""
    first, *_, last = sorted(step.when for step in onward)
    back = [
        {"party": party_dict(step.sender), "date": step.day}
        for step in sorted(steps, key=lambda step: (step.when, step.sender.id))
        if step.kind == "return" and step.receiver.id == onward[0].sender.id
        if first.has_come_by(step.when) and step.when.has_come_by(last)
    ]
    return {"returned": back} if back else {}


def _remark_on_ended(steps: Sequence[CustodyEvent], findings: _Findings) -> None:
    for step in steps:
        if step.ended is not None:
            findings.add(
                "registration_ended",
                step.origins,
                party=party_dict(step.receiver),
                date=step.day,
                until=step.ended.day,
            )


def _part_ended(steps: Sequence[CustodyEvent]) -> tuple[list[CustodyEvent], list[CustodyEvent]]:
    """Return the steps without registrations that had ended before a carrier named another customer, and these.

    Of such a customer nothing else may be on record: who passed the card on, or got it from somebody, is in its story.
    """
    others: dict[str, int] = defaultdict(int)
    for step in steps:
        others[step.sender.id] += 1
        others[step.receiver.id] += 1
    sales = [step for step in steps if step.sender.is_carrier and step.when.is_known]

    def is_over(step: CustodyEvent) -> bool:
        until = step.ended
        if until is None or step.kind != "registration" or others[step.receiver.id] > 1:
            return False
        return any(each.receiver != step.receiver and until.latest <= each.when.earliest for each in sales)

    return [step for step in steps if not is_over(step)], [step for step in steps if is_over(step)]


def _part_noted(
    steps: Sequence[CustodyEvent],
) -> tuple[Sequence[CustodyEvent], Mapping[CustodyEvent, Sequence[CustodyEvent]]]:
    """Return the steps without registrations of somebody who got the card from another hand, and these by receipt.

    That the carrier names them as its customer then is no step of the card (SPEC 13). Nor is it a second sale where the
    carrier had sold the card to a dealer before: its customer got it through him, however that was.
    """
    receipts: dict[str, list[CustodyEvent]] = defaultdict(list)
    for step in steps:
        if step.kind != "registration":
            receipts[step.receiver.id].append(step)
    to_resellers = [step for step in steps if _is_sale_to_reseller(step)]
    noted: dict[CustodyEvent, list[CustodyEvent]] = defaultdict(list)
    kept = []
    for step in steps:
        sales = [each for each in to_resellers if each.sender == step.sender]
        later = [each for each in (*receipts[step.receiver.id], *sales) if not step.is_dated_before(each)]
        if step.kind == "registration" and later:
            noted[later[0]].append(step)
        else:
            kept.append(step)
    return kept, noted


def _registered(step: CustodyEvent) -> Registered:
    return Registered(party=step.receiver, when=step.when if step.when.is_known else None, origins=step.origins)


def _latest_customer_first(drafts: list[ChainDraft]) -> list[ChainDraft]:
    """Return the chains in the same order; where carriers name several customers, the last registered one first."""
    starts = [draft.steps[0] for draft in drafts]
    customers = {start.receiver.id for start in starts if start.sender.is_carrier}
    if len(customers) < 2 or not any(start.kind == "registration" for start in starts):
        return drafts
    return sorted(drafts, key=lambda draft: _day_of_customer(draft.steps[0]), reverse=True)


def _day_of_customer(start: CustodyEvent) -> tuple[bool, int]:
    """Return when a carrier named a customer, for comparing; before all others where no day is stated."""
    is_dated = start.sender.is_carrier and start.when.is_known
    return is_dated, start.when.latest if is_dated else 0


def _by_dates(draft: ChainDraft, slack: int) -> ChainDraft | None:
    """Return the steps of a whole chain by their dates, where the order that continues falls by more than ``slack``.

    What starts at a carrier falls freely: a purchase may be written down late. Steps on whose day records disagree
    contest nothing.
    """
    if draft.gaps or not draft.has_purchase:
        return None
    falls = any(_days_fallen(before, after) > slack for _, before, after in draft.inversions())
    if not falls:
        return None
    days: dict[CustodyEvent, int] = {}
    for step in draft.steps:
        # one without a day stays behind the step that it follows
        days[step] = step.when.earliest if step.when.is_known else next(reversed(days.values()), _EVER)
    steps = sorted(draft.steps, key=days.__getitem__)
    gaps = {
        place
        for place, (before, after) in enumerate(itertools.pairwise(steps), 1)
        if before.receiver.id != after.sender.id
    }
    return ChainDraft(steps, gaps, draft.registered) if gaps else None


def _days_fallen(before: CustodyEvent, after: CustodyEvent) -> int:
    """Return by how many days at least a step is dated before the one that it follows; 0 where that says nothing."""
    if before.sender.is_carrier or after.sender.is_carrier or before.dates or after.dates:
        return 0
    if before.is_day_concluded or after.is_day_concluded:
        return 0
    if not (before.when.is_known and after.when.is_known):
        return 0
    return before.when.earliest - after.when.latest


_EVER = -(1 << 31)
"""A day before all others."""


class _FirstGap(NamedTuple):
    """The sides of the first gap in the order by dates, and how far the order that continues may fall."""

    after: Party
    before: Party
    slack: int


def _bridged(way: Sequence[CustodyEvent], book: QuantityIndex, carrier: str | None, findings: _Findings) -> ChainDraft:
    """Return a path through the forest with its gaps closed where quantity-only records close them."""
    first = way[0]
    draft = ChainDraft([first], set())
    if not first.sender.is_carrier:
        bridge = book.bridge_from_carrier(first.sender.id, first.when.latest, carrier)
        draft.steps[:0] = _that_suffices(bridge, first, book, findings) or ()
    for step in way[1:]:
        before = draft.steps[-1]
        if before.receiver.id != step.sender.id:
            bridge = book.bridge(before.receiver.id, before.when.earliest, step.sender.id, step.when.latest, carrier)
            bridge = _that_suffices(bridge, step, book, findings)
            if bridge is None:
                draft.gaps.add(len(draft.steps))
            else:
                draft.steps += bridge
        draft.steps.append(step)
    return draft


def _that_suffices(
    bridge: tuple[CustodyEvent, ...] | None, after: CustodyEvent, book: QuantityIndex, findings: _Findings
) -> tuple[CustodyEvent, ...] | None:
    """Return a bridge to a step unless one of its records would account for more cards than it states.

    Those are the cards that lean on it, those that other records name of the same sale, and those that went back before
    the step: then it bridges none.
    """
    exceeded = book.exceeded_by(bridge or (), after.when.latest)
    if exceeded is None:
        return bridge
    origins = sort_origins(origin for record in exceeded.records for origin in record.origins)
    record = {name: value for name, value in origin_dict(origins[0]).items() if name != "record_no"}
    accounted = {name: count for name in ("listed", "returned") if (count := getattr(exceeded, name))}
    findings.add("lot_exceeded", origins, record=record, quantity=exceeded.quantity, cards=exceeded.cards, **accounted)
    return None


def _remark_on_chains(
    drafts: Sequence[ChainDraft], carrier: str | None, findings: _Findings, *, by_date: _FirstGap | None = None
) -> None:
    if not drafts:
        findings.add("no_purchase", (), first_holder=None, carrier=carrier)
    seen: set[tuple[CustodyEvent | None, CustodyEvent]] = set()
    for draft in drafts:
        if not draft.has_purchase and by_date is None:
            first = draft.steps[0]
            findings.add("no_purchase", first.origins, first_holder=party_dict(first.sender), carrier=carrier)
        for place in sorted(draft.gaps):
            before, after = draft.steps[place - 1], draft.steps[place]
            # a window that would run backwards is none: both dates stand beside it instead
            contradict = after.is_inverted_after(before)
            bounds_none = after.is_dated_before(before)
            findings.add(
                "custody_gap",
                (*before.origins, *after.origins),
                after=party_dict(before.receiver),
                before=party_dict(after.sender),
                since=None if bounds_none else before.day,
                until=None if contradict else after.day,
                **({"dates": [before.day, after.day]} if contradict else {}),
            )
        for place, before, after in draft.inversions():
            if (before, after) not in seen:
                seen.add((before, after))
                findings.add(
                    "date_inversion",
                    (*before.origins, *after.origins),
                    hop=_hop(place, after),
                    date=after.when.day,
                    previous=before.when.day,
                    **_sides_by_date(before, after, by_date),
                )
        if (later := _registered_later(draft)) is not None:
            place, move = later
            step = draft.steps[place]
            findings.add(
                "registered_later",
                (*step.origins, *move.origins),
                hop=_hop(place, step),
                date=step.day,
                first_move=move.day,
            )
        for place, step in enumerate(draft.steps):
            if step.dates and (None, step) not in seen:
                seen.add((None, step))
                findings.add("date_disagreement", step.origins, hop=_hop(place, step), dates=list(step.dates))
    _remark_on_carriers(drafts[:MAX_CHAINS], carrier, findings)
    for draft in drafts[:MAX_CHAINS]:
        for step in draft.steps:
            for party in (step.sender, step.receiver):
                if party.namesakes:
                    findings.add("ambiguous_party", step.origins, name=party.name, parties=party.namesakes)


def _registered_later(draft: ChainDraft) -> tuple[int, CustodyEvent] | None:
    """Return the place of a registration whose day is after the card moved on, and the first step it is after."""
    for place, step in enumerate(draft.steps):
        if step.kind != "registration":
            continue
        for onward in draft.steps[place + 1 :]:
            if onward.sender.is_carrier:
                break
            if onward.is_dated_before(step):
                return place, onward
    return None


def _remark_on_carriers(drafts: Sequence[ChainDraft], issuer: str | None, findings: _Findings) -> None:
    """Remark which carriers sold the card though its number was issued by another; others may sell any number."""
    if issuer is None:
        return
    sales: dict[str, tuple[Party, list[Origin]]] = {}
    for draft in drafts:
        for step in draft.steps:
            if step.sender.carrier not in (None, issuer):
                sales.setdefault(step.sender.id, (step.sender, []))[1].extend(step.origins)
    for _, (party, origins) in sorted(sales.items()):
        findings.add("carrier_contradicts_number", origins, carrier=party_dict(party), issuer=issuer)


def _sides_by_date(before: CustodyEvent, after: CustodyEvent, by_date: _FirstGap | None) -> dict[str, Any]:
    """Return what names the order by dates in the finding of an inversion that brought it up."""
    if by_date is None or _days_fallen(before, after) <= by_date.slack:
        return {}
    return {"by_date": [party_dict(by_date.after), party_dict(by_date.before)]}


def _hop(place: int, step: CustodyEvent) -> dict[str, Any]:
    return {"n": place + 1, "from": party_dict(step.sender), "to": party_dict(step.receiver)}


def _remark_on_activations(
    drafts: Sequence[ChainDraft], activations: Sequence[Activation], findings: _Findings
) -> None:
    remarked: dict[str, tuple[int, int]] = {}
    for activation in sorted(activations, key=lambda used: (used.when, used.user.id if used.user else "")):
        user = activation.user
        if user is not None and user.namesakes:
            findings.add("ambiguous_party", activation.origins, name=user.name, parties=user.namesakes)
        if user is None or not drafts:
            continue
        holders = [draft.holder_at(activation.when) for draft in drafts]
        days = (activation.when.earliest, activation.when.latest)
        # one finding a user: what others say of the same day is its evidence too
        if user not in holders and remarked.setdefault(user.id, days) == days:
            findings.add(
                "user_differs_from_holder",
                activation.origins,
                user=party_dict(user),
                holder=party_dict(holders[0]),
                date=activation.when.day,
            )
    for draft in drafts:
        purchase = next((step for step in draft.steps if step.sender.is_carrier), None)
        if purchase is not None and purchase.kind == "registration":
            continue
        before = [a for a in activations if purchase is not None and a.when.is_before(purchase.when)]
        if purchase is not None and before:
            earliest = min(activation.when for activation in before)
            findings.add(
                "activated_before_purchase",
                (*purchase.origins, *(origin for a in before if a.when == earliest for origin in a.origins)),
                activated=earliest.day,
                purchased=purchase.when.day,
            )


def _may_be_written_so(one: Party, other: Party) -> bool:
    """Whether two parties bear different writings of one name (DOBROWSKI, Marek), and no identifiers that differ."""
    names = {normalize_party_name(party.name) for party in (one, other)}
    is_one_form = len(names) > 1 and len({*map(core_of_name, names)}) == 1
    return is_one_form and not (one.strong_id and other.strong_id)


def _remark_on_seizures(
    drafts: Sequence[ChainDraft], seizures: Sequence[Seizure], end_user: Party | None, findings: _Findings
) -> None:
    """Add a finding for seizures from a party that neither held the card on that day, in any chain, nor used it."""
    for seizure in sorted(seizures, key=lambda each: (each.when is None, each.when or DateSpan(0, 0))):
        person, when = seizure.seized_from, seizure.when
        if person is None:
            continue
        holders = [draft.holder if when is None else draft.holder_at(when) for draft in drafts]
        known = [*holders, *([end_user] if end_user else [])]
        if person in known or (person.namesakes and person.name in {party.name for party in known}):
            continue
        if any(_may_be_written_so(person, party) for party in known if party is not None):
            # whether these are one is for a person to judge
            continue
        findings.add(
            "seized_from_another",
            seizure.origins,
            seized_from=party_dict(person),
            holder=party_dict(holders[0]),
            date=None if when is None else when.day,
        )


def _remark_on_later_steps(drafts: Sequence[ChainDraft], seizures: Sequence[Seizure], findings: _Findings) -> None:
    """Add a finding for each step that is dated after a seizure of the card: whoever passed it on did not have it.

    The day of a registration is that of writing it down, and says nothing of that.
    """
    taken = min((each for each in seizures if each.when is not None), key=_day_of_seizure, default=None)
    if taken is None or taken.when is None:
        return
    seen: set[CustodyEvent] = set()
    for draft in drafts:
        for place, step in enumerate(draft.steps):
            if step.kind == "registration" or step in seen or not taken.when.is_before(step.when):
                continue
            seen.add(step)
            findings.add(
                "moved_after_seizure",
                (*step.origins, *taken.origins),
                hop=_hop(place, step),
                date=step.day,
                seized=taken.when.day,
            )


def _day_of_seizure(seizure: Seizure) -> tuple[int, DateSpan | None, tuple[str, str, int, str]]:
    """Return the key by which seizures are ordered: first the one that is surely the earliest."""
    return (0 if seizure.when is None else seizure.when.latest, seizure.when, seizure.origins[0].sort_key)


def _remark_on_listings(drafts: Sequence[ChainDraft], listings: Sequence[CardListing], findings: _Findings) -> None:
    """Add a finding for lists of a party that neither held nor registered the card then; one for each party."""
    remarked: dict[str, DateSpan | None] = {}
    for listing, party in _with_others(drafts, listings):
        when = listing.when
        if remarked.setdefault(party.id, when) == when:
            findings.add(
                "listed_with_other",
                listing.origins,
                listed=party_dict(party),
                holder=party_dict(drafts[0].holder if when is None else drafts[0].holder_at(when)),
                date=None if when is None else when.day,
            )


def _with_others(drafts: Sequence[ChainDraft], listings: Sequence[CardListing]) -> Iterator[tuple[CardListing, Party]]:
    """Yield the lists of a party that neither held nor registered the card then, by day, with the party.

    Whoever counts a card in its stock says that it has it: that it once registered it does not explain that.
    """
    for listing in sorted(listings, key=lambda each: (each.when is None, each.when or DateSpan(0, 0))):
        party, when = listing.party, listing.when
        if party is None:
            continue
        if when is None:
            known = {
                each
                for draft in drafts
                for step in (*draft.steps, *draft.ended)
                for each in (step.sender, step.receiver)
            }
        else:
            known = {each for draft in drafts for each in draft.holders_on(when)}
            if not listing.is_stock:
                known |= {draft.registrant for draft in drafts if draft.registrant is not None}
        if party not in known:
            yield listing, party


def is_since_receipt(receipt: DateSpan | None, stated: DateSpan | None, when: DateSpan) -> bool:
    """Whether what is stated of a card may be of the time from a receipt to ``when``; a statement without a day may."""
    if stated is None:
        return True
    return stated.has_come_by(when) and (receipt is None or not stated.is_before(receipt))


def _calls_reseller(origin: Origin) -> bool:
    """Whether the row of a receipt calls who got the cards a dealer or agent."""
    return CALLED in (origin.extra or "") and CALLED in origin.unread_cells


def _is_sale_to_reseller(step: CustodyEvent) -> bool:
    """Whether a carrier sold the card to whom every row of it calls a dealer or agent: nobody is registered by that."""
    return step.kind == "purchase" and all(map(_calls_reseller, step.origins))


def _is_that_day(one: DateSpan, other: DateSpan) -> bool:
    return one.earliest == one.latest == other.earliest == other.latest


def _basis(user: Party | None, naming: Activation | None) -> EndUserBasis | None:
    if user is None:
        return None
    return "holder_that_day" if naming is None else "named"


def _outcome_of_chains(drafts: Sequence[ChainDraft]) -> Outcome:
    if len(drafts) == 1:
        return drafts[0].outcome
    return Outcome.AMBIGUOUS if drafts else Outcome.BROKEN


def _agreed(parties: Sequence[Party | None]) -> Party | None:
    """Return the party that all chains name, if they name one."""
    return parties[0] if parties and all(party == parties[0] for party in parties) else None


def _joint_basis(drafts: Sequence[ChainDraft]) -> RegistrantBasis | None:
    """Return in what sense the registrant of all chains is one, where they agree on the party."""
    bases = {draft.registrant_basis for draft in drafts}
    return bases.pop() if len(bases) == 1 else "both"


def _naming(activations: Sequence[Activation]) -> Activation | None:
    """Return the latest activation that names a user."""
    return _latest([activation for activation in activations if activation.user is not None])


def _latest(activations: Sequence[Activation]) -> Activation | None:
    if len(activations) == 1:
        return activations[0]
    return max(activations, key=lambda a: (a.when, a.user.id if a.user else ""), default=None)


def _end_user(
    drafts: Sequence[ChainDraft],
    activations: Sequence[Activation],
    naming: Activation | None,
    seizures: Sequence[Seizure],
    listings: Sequence[CardListing],
) -> Party | None:
    user = _presumed_user(drafts, activations, seizures, listings) if naming is None else naming.user
    # a carrier runs the network in which the card is used
    return None if user is None or user.is_carrier else user


def _presumed_user(
    drafts: Sequence[ChainDraft],
    activations: Sequence[Activation],
    seizures: Sequence[Seizure],
    listings: Sequence[CardListing],
) -> Party | None:
    """Return the holder at the latest use, unless records say that another may have had the card then.

    Who used a card on the day on which it was seized, or after it, no record of its trade can say.
    """
    latest = _latest(activations)
    if latest is None:
        return None
    if any(seizure.when is not None and seizure.when.has_come_by(latest.when) for seizure in seizures):
        return None
    with_others = [listing.when for listing, _ in _with_others(drafts, listings)] if listings else []
    return _agreed([draft.presumed_user_at(latest.when, with_others) for draft in drafts])
