"""Balances of audited parties: what each acquired and passed on, against what it declared in stock and sold (SPEC 5).

A balance is made at the latest declaration of a party; :class:`graphtrace.results.audit.Balance` adds up its terms
(``unaccounted``). The counts of named cards come from :class:`graphtrace.analysis.audit.metrics.AuditMetrics`
(``at_date``, ``while_held``). Here are the records on the other side of a balance by sheet (its books), and the
quantity-only records that bound it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.metrics import ActivatedCards, AuditMetrics, CardsAtDate
from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.flow_bounds import StatedFlow, bound_flows
from graphtrace.custody import sort_origins
from graphtrace.engine.audit_queries import (
    QuantitySum,
    UnsureDealings,
    books,
    create_declarers,
    quantity_sums,
    unsure_dealings,
)
from graphtrace.engine.party_flows import MovementFilter, flow_totals
from graphtrace.model import CustodyEvent, Party
from graphtrace.results.audit import Balance, BalanceMargin, BalanceSource, QuantityFlow, QuantityFlows
from graphtrace.results.flows import Bounds, CardBounds, FlowTotals, QuantityTotals
from graphtrace.results.lone_names import LoneNames
from graphtrace.storage.base import WHOLE_CASE


def quantity_flows(tracer: Tracer, parties: Collection[Party]) -> Mapping[Party, QuantityFlows]:
    """Return the flows to and from some parties of which records state a number of cards only.

    Cost: the movements between those parties and the others that such records name.
    """
    pairs = {
        (lot.sender.id, lot.receiver.id)
        for lot in tracer.quantities.movements
        if lot.sender in parties or lot.receiver in parties
    }
    if not pairs:
        return {}
    scope = MovementFilter().between(pairs)
    flows = [
        flow
        for flow in flow_totals(tracer.identities.session(WHOLE_CASE), scope, by_channel=False)
        if flow.quantity_only.records and (flow.sender.id, flow.receiver.id) in pairs
    ]
    asked = [StatedFlow(flow.sender, flow.receiver, flow.cards, flow.records, flow.quantity_only) for flow in flows]
    lone = tracer.identities.lone
    received: dict[Party, list[QuantityFlow]] = defaultdict(list)
    passed_on: dict[Party, list[QuantityFlow]] = defaultdict(list)
    for flow, bounds in zip(flows, bound_flows(tracer.store, MovementFilter(), asked), strict=True):
        received[flow.receiver].append(_flow(flow.sender, flow.from_by_name, flow, bounds, lone))
        passed_on[flow.sender].append(_flow(flow.receiver, flow.to_by_name, flow, bounds, lone))
    return {
        party: QuantityFlows(_in_order(received[party]), _in_order(passed_on[party]))
        for party in parties
        if received[party] or passed_on[party]
    }


def _flow(other: Party, by_name: int, flow: FlowTotals, bounds: Bounds, lone: LoneNames) -> QuantityFlow:
    shown = lone.shown(other) if by_name == flow.records + flow.quantity_only.records else other
    return QuantityFlow(shown, flow.cards, flow.records, flow.quantity_only, flow.since, flow.until, bounds, by_name)


def _in_order(flows: Iterable[QuantityFlow]) -> tuple[QuantityFlow, ...]:
    return tuple(sorted(flows, key=lambda flow: (-flow.quantity_only.cards, flow.party.id)))


class BalanceSheets:
    """Quantity-only movements and balances of the parties of an audit whose cards are named, by party number.

    Creates the tables ``receivers`` and ``dates`` (:mod:`graphtrace.engine.audit_queries`).
    """

    def __init__(self, classifier: CardClassifier, metrics: AuditMetrics) -> None:
        self._classifier = classifier
        self._metrics = metrics
        session, role = classifier.session, classifier.role
        dates = {number: declared.when for number, declared in classifier.declarations.items()}
        create_declarers(session, classifier.audited_parties, dates)
        self._quantities = _grouped(quantity_sums(session, role))
        sources = [
            (audited, BalanceSource(side, precision, classifier.origin(first), last_row, records, cards))
            for audited, side, precision, first, last_row, records, cards in (books(session, role) if dates else ())
        ]
        self._unsure = dict(unsure_dealings(session, role) if dates else ())
        self._books = _grouped(sorted(sources, key=lambda book: (book[0], *book[1][:2], book[1].source)))

    def quantity_purchased(self, audited: int) -> QuantityTotals:
        """Return the quantity-only purchases or receipts of a party."""
        return _summed(each for each in self._quantities[audited] if each.is_purchase)

    def quantity_sold(self, audited: int) -> QuantityTotals:
        """Return the quantity-only sales of a party."""
        return _summed(each for each in self._quantities[audited] if not (each.is_purchase or each.is_return))

    def balance(self, audited: int) -> Balance | None:
        """Return the balance of a party; ``None`` if it declared nothing."""
        classifier = self._classifier
        declared = classifier.declarations.get(audited)
        if declared is None:
            return None
        at_date = self._metrics.at_date[audited]
        activated = self._metrics.while_held.get(audited, ActivatedCards(0, Counter()))
        undated = self._metrics.undated.get(audited, 0)
        by_date = [each for each in self._quantities[audited] if each.is_by_date]
        sales = [each for each in by_date if not (each.is_purchase or each.is_return)]
        sold = _summed(sales).cards
        return Balance(
            role=classifier.role,
            when=declared.when,
            declared_stock=declared.stock,
            declared_sold=declared.sold,
            acquired=at_date.acquired,
            returned=at_date.returned,
            activated=activated.cards,
            sold=CardBounds(max(at_date.passed_on, sold), at_date.passed_on + sold),
            activated_sold=min(activated.passed_on + _most_sold(activated.kept, sales), declared.sold or 0),
            quantity_acquired=_summed(each for each in by_date if each.is_purchase).cards,
            quantity_returned=_summed(each for each in by_date if each.is_return).cards,
            declarations=sort_origins(map(classifier.origin, declared.records)),
            books=tuple(self._books[audited]),
            doubts=declared.doubts,
            margins=_margins(
                self._unsure.get(audited, UnsureDealings()),
                at_date,
                activated.near,
                undated,
                declared.sold_before,
                self._metrics.held_with_unread.get(audited, 0),
            ),
            undated=undated,
        )


def _margins(
    dealings: UnsureDealings, at_date: CardsAtDate, activated_near: int, undated: int, sold_before: int, unread: int
) -> tuple[BalanceMargin, ...]:
    margins = (
        BalanceMargin("seized", less=at_date.seized),
        BalanceMargin("from_others", more=dealings.from_others),
        BalanceMargin("came_back", more=dealings.taken_back + at_date.sent_back_by_others),
        BalanceMargin("near_the_day", dealings.received_near, dealings.sent_back_near + activated_near),
        BalanceMargin("undated", dealings.sent_back_undated, dealings.received_undated + undated),
        BalanceMargin("sold_before", less=sold_before),
        BalanceMargin("unread", less=unread),
    )
    return tuple(margin for margin in margins if margin.less or margin.more)


def balance_by_number(
    classifier: CardClassifier,
    party: Party,
    *,
    bought: Sequence[CustodyEvent],
    passed_on: Sequence[CustodyEvent],
    returned: Sequence[CustodyEvent],
) -> Balance | None:
    """Return the balance of a party of whose cards records state only numbers; ``None`` if it declared nothing."""
    number = classifier.numbers_of([party]).get(party)
    declared = None if number is None else classifier.declarations.get(number)
    if declared is None:
        return None
    purchases, sales, returns = (
        total_of_lots(lot for lot in lots if lot.when.earliest <= declared.when.latest)
        for lots in (bought, passed_on, returned)
    )
    return Balance(
        role=classifier.role,
        when=declared.when,
        declared_stock=declared.stock,
        declared_sold=declared.sold,
        acquired=0,
        returned=0,
        activated=0,
        sold=CardBounds(sales.cards, sales.cards),
        quantity_acquired=purchases.cards,
        quantity_returned=returns.cards,
        declarations=sort_origins(map(classifier.origin, declared.records)),
        books=(),
        doubts=declared.doubts,
        margins=_margins(UnsureDealings(), CardsAtDate(), 0, 0, declared.sold_before, 0),
    )


def total_of_lots(lots: Iterable[CustodyEvent]) -> QuantityTotals:
    """Return the number of quantity-only movements and of their cards."""
    found = list(lots)
    return QuantityTotals(len(found), sum(lot.quantity or 0 for lot in found))


def _most_sold(kept: Mapping[int, int], sales: Iterable[QuantitySum]) -> int:
    """Return how many cards, by the day of receipt, quantity-only sales may be of: each of one received by its day."""
    received = sorted(kept.items(), reverse=True)
    left = most = 0
    for sale in sorted(sales, key=lambda each: each.latest):
        while received and received[-1][0] <= sale.latest:
            left += received.pop()[1]
        sold = min(sale.cards, left)
        left, most = left - sold, most + sold
    return most


def _summed(quantities: Iterable[QuantitySum]) -> QuantityTotals:
    found = list(quantities)
    return QuantityTotals(sum(each.records for each in found), sum(each.cards for each in found))


_Row = TypeVar("_Row")


def _grouped(rows: Iterable[tuple[int, _Row]]) -> dict[int, list[_Row]]:
    groups: dict[int, list[_Row]] = defaultdict(list)
    for number, row in rows:
        groups[number].append(row)
    return groups
