"""Flows of an audited party for which records state only a number of cards, with their bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.flow_bounds import StatedFlow, bound_flows
from graphtrace.engine.party_flows import MovementFilter, flow_totals
from graphtrace.model import Party
from graphtrace.results.audit import QuantityFlow, QuantityFlows
from graphtrace.results.bounds import Bounds
from graphtrace.results.flows import FlowTotals
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
