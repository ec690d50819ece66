"""The audits of dealers as the sums of the traces of all their cards, counted by hand."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from graphtrace.model import Hop, Outcome, Party
from graphtrace.results.audit import Audit
from graphtrace.results.trace import Trace

from ...conftest import examples
from .test_audit import CARDS, CARRIERS, RESOLD_TWICE, SOLD_ONE_BY_ONE, SOLD_TWICE_ON_A_DAY, Records, iccid, records


def is_receipt(hop: Hop, dealer: Party) -> bool:
    return hop.receiver == dealer and hop.precision != "quantity" and not hop.sender.is_carrier


def figures_of(trace: Trace, dealer: Party) -> dict[str, Any] | None:
    """Return the audit figures of one trace for a dealer, ``None`` if the dealer did not receive the card."""
    receipts = [hop for chain in trace.chains for hop in chain.hops if is_receipt(hop, dealer)]
    if not receipts:
        return None
    if trace.outcome is Outcome.AMBIGUOUS:
        latest = max(receipts, key=lambda hop: (hop.when, hop.sender.id))
        return {"bucket": "disputed", "supplier": latest.sender.id, "received": latest.when.day[:7]}
    (chain,) = trace.chains
    last = max(n for n, hop in enumerate(chain.hops) if is_receipt(hop, dealer))
    receipt, later = chain.hops[last], chain.hops[last + 1 :]
    said = {"supplier": receipt.sender.id, "received": receipt.when.day[:7]}
    left = [hop for hop in later if hop.sender == dealer]
    if any(hop.receiver.is_carrier for hop in later):
        return {**said, "bucket": "returned"}
    if chain.holder == dealer:
        named = [(event.when, event.user.id) for event in trace.activations if event.user]
        bucket = "in_stock" if not trace.activations else "activated_unnamed"
        if named:
            bucket = "activated_by_enterprise" if max(named)[1] == dealer.id else "activated_by_other"
        return {**said, "bucket": bucket}
    arrived = max((n for n, hop in enumerate(later) if hop.receiver == dealer), default=-1)
    onward = later[arrived + 1 :]
    last_left = left[-1] if left and onward[0] is left[-1] else None
    if last_left is not None and (last_left.kind == "return" or last_left.receiver == receipt.sender):
        return {**said, "bucket": "returned"}
    return {
        **said,
        "bucket": "resold",
        "depth": len(onward),
        "holder": chain.holder.id,
        "buyer": None if last_left is None else last_left.receiver.id,
        "channel": None if last_left is None else last_left.channel,
        "left": None if last_left is None else last_left.when.day[:7],
    }


def named_lots(told: Records) -> list[tuple[str, str, set[int]]]:
    """Sender, receiver and cards of every record that names cards."""
    lots = []
    for sender, receiver, _, card, first, last, *_ in (*told.purchases, *told.transfers):
        ends = (card, card) if card else (first, last)
        if ends[0]:
            first_card, last_card = (int(end[-11:]) - 123_000_111 for end in ends)
            lots.append((sender, receiver, set(range(first_card, last_card + 1))))
    return lots


def check(audit: Audit, traces: list[Trace], told: Records) -> None:
    dealer = audit.enterprise
    said = [figures for trace in traces if (figures := figures_of(trace, dealer)) is not None]
    used = [
        min(event.when for event in trace.activations).day[:7]
        for trace in traces
        if trace.activations and figures_of(trace, dealer) is not None
    ]
    assert (audit.received, audit.purchased) == (len(said), None)
    assert {bucket: cards for bucket, cards in audit.buckets.items() if cards} == Counter(
        each["bucket"] for each in said
    )
    assert {share.party.id: share.cards for share in audit.suppliers} == Counter(each["supplier"] for each in said)
    resold = [each for each in said if each["bucket"] == "resold"]
    assert {share.party.id: share.cards for share in audit.buyers} == Counter(
        each["buyer"] for each in resold if each["buyer"] is not None
    )
    assert {share.party.id: share.cards for share in audit.resold.final_holders} == Counter(
        each["holder"] for each in resold
    )
    assert dict(audit.resold.by_depth) == Counter(each["depth"] for each in resold)
    assert dict(audit.resold.channels) == Counter(each["channel"] for each in resold if each["channel"])
    months: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, dates in enumerate(
        (
            [each["received"] for each in said],
            [each["left"] for each in resold],
            used,
        ),
    ):
        for month in dates:
            months[month][place] += 1
    assert {month: list(counts) for month, *counts in audit.by_month} == months
    assert audit.left_unrecorded == sum(each["left"] is None for each in resold)
    lots = named_lots(told)
    sent = set().union(*(cards for sender, receiver, cards in lots if sender == dealer.name != receiver))
    got = set().union(*(cards for sender, receiver, cards in lots if receiver == dealer.name != sender))
    assert audit.sent_unreceived == len(sent - got)


@pytest.mark.slow
@settings(max_examples=examples(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(records)
@example(RESOLD_TWICE)
@example(SOLD_ONE_BY_ONE)
@example(SOLD_TWICE_ON_A_DAY)
def test_an_audit_of_a_dealer_is_the_sum_of_the_traces_of_all_its_cards(told: Records) -> None:
    if not told.transfers:
        return
    with tempfile.TemporaryDirectory() as folder, told.load(Path(folder)) as case:
        traces = [trace for trace in case.trace(*map(iccid, range(CARDS))) if trace.found]
        receivers = {
            hop.receiver
            for trace in traces
            for chain in trace.chains
            for hop in chain.hops
            if is_receipt(hop, hop.receiver)
        }
        parties = {party for party in receivers if not party.is_carrier}
        for party in sorted(parties):
            (audit,) = case.audit(party.id, role="dealer", rules=())
            check(audit, traces, told)
        bought = {row[1] for row in told.purchases}
        bought |= {row[1] for row in told.transfers if row[0] in CARRIERS and row[1] not in CARRIERS}
        dealers = sorted(party.id for party in parties if party.name not in bought)
        if not dealers:
            return
        everyone = {audit.enterprise.id: audit for audit in case.audit(all=True, role="dealer", rules=())}
        assert sorted(party for party, audit in everyone.items() if audit.cards) == dealers
        for party in dealers:
            (alone,) = case.audit(party, rules=())
            assert alone == everyone[party]
            check(everyone[party], traces, told)


def test_the_rules_find_the_same_of_one_dealer_as_of_all(tmp_path: Path) -> None:
    case = SOLD_ONE_BY_ONE.load(tmp_path)
    audits = case.audit(all=True, role="dealer")
    assert audits
    for audit in audits:
        (alone,) = case.audit(audit.enterprise.id)
        assert alone == audit
