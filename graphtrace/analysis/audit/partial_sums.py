"""An audit as rows that add up, for a case that several machines answer from, each from its own cards.

Whatever an audit counts is a row (enterprise, figure, key, cards, activated, seized); equal figures of several blocks
are one row whose numbers are the sums. The numbers of a month are its cards bought, resold and first used. What is said
of the whole case in each block (declarations, sales by number) stands in the key, so that equal rows stay one.
:func:`merge_facts` is what any engine does with
``SELECT enterprise, name, figure, key, sum(cards), sum(activated), sum(seized) … GROUP BY ALL``.

Left out is what does not add up: the quartiles of days, the rows of a balance, flows by number with their bounds,
judgements, and findings, whose rules look at the whole case, with the rules that were not asked.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from graphtrace.model import ACQUIRED, party_dict
from graphtrace.results.audit import BUCKETS, Audit, PartyShares, questioned


class AuditFact(NamedTuple):
    """One figure of an enterprise; ``key`` says which of its kind, as JSON."""

    enterprise: str
    figure: str
    key: str
    cards: int
    activated: int = 0
    seized: int = 0


def to_facts(audits: Iterable[Audit]) -> Iterator[AuditFact]:
    """Yield the figures of audits, as rows that add up."""
    for audit in audits:
        for figure, key, *numbers in _figures(audit):
            yield AuditFact(audit.enterprise.id, figure, json.dumps(key, ensure_ascii=False), *numbers)


def _figures(audit: Audit) -> Iterator[tuple[Any, ...]]:
    party = {"id": audit.enterprise.id, "name": audit.enterprise.name, "uscc": audit.uscc, "role": audit.role}
    yield "enterprise", party, audit.cards
    for bucket, cards in audit.buckets.items():
        yield "bucket", bucket, cards
    yield "resold", "activated", audit.resold.activated
    yield "activated", None, audit.activated
    yield "seized", None, audit.seized
    for depth, cards in audit.resold.by_depth.items():
        yield "depth", depth, cards
    for channel, cards in audit.resold.channels.items():
        yield "channel", channel, cards
    for figure, parties in (
        ("holder", audit.resold.final_holders),
        ("supplier", audit.suppliers),
        ("buyer", audit.buyers),
    ):
        joined = parties.joined() if isinstance(parties, PartyShares) else ((share, share.party) for share in parties)
        for share, alone in joined:
            yield figure, party_dict(share.party), share.cards, share.activated, share.seized
            if share.party is not None and share.by_name:
                yield f"{figure}_by_name", [share.party.id, party_dict(alone)], share.by_name
    for name in (*_BESIDE, *_QUESTIONED):
        yield name, None, getattr(audit, name)
    yield "registered_only", None, audit.registered_only
    for case_no, cards in audit.seized_cases:
        yield "case", case_no, cards
    for *place, cards in audit.places:
        yield "place", place, cards
    for month, *counts in audit.by_month:
        yield "month", month, *counts
    for name, quantity in (("purchased", audit.quantity_purchased), ("sold", audit.quantity_sold)):
        yield "quantity", [name, *quantity], 0
    balance = audit.balance
    if balance is not None:
        yield "declared", [balance.when.day, balance.declared_stock, balance.declared_sold], 0
        yield "at_date", "left", balance.acquired - balance.returned - balance.activated


def merge_facts(rows: Iterable[AuditFact]) -> list[AuditFact]:
    """Merge equal figures, in order."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for enterprise, figure, key, *numbers in rows:
        total = sums[enterprise, figure, key]
        for place, value in enumerate(numbers):
            total[place] += value
    return [AuditFact(*what, *numbers) for what, numbers in sorted(sums.items())]


def facts_to_dicts(rows: Iterable[AuditFact]) -> list[dict[str, Any]]:
    """Return audits as documents (SPEC 6), the largest purchase first, from rows of which no two are of one figure."""
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for enterprise, figure, key, *numbers in rows:
        found[enterprise][figure].append((json.loads(key), *numbers))
    documents = [_document(figures) for figures in found.values()]
    return sorted(documents, key=lambda document: (-sum(document["buckets"].values()), document["enterprise"]["id"]))


def _document(figures: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    ((enterprise, total, *_),) = figures["enterprise"]
    acquired = {ACQUIRED[enterprise.pop("role")]: total}
    single = {name: figures[name][0][1] for name in ("resold", "activated", "seized", *_BESIDE, *_QUESTIONED)}
    buckets = {bucket: cards for bucket, cards, *_ in figures["bucket"]}
    quantities = {name: {"records": records, "cards": cards} for (name, records, cards), *_ in figures["quantity"]}
    role = "enterprise" if "purchased" in acquired else "dealer"
    return {
        "enterprise": enterprise,
        "purchased": acquired.get("purchased"),
        "registered_only": figures["registered_only"][0][1] if role == "enterprise" else None,
        "role": role,
        "received": acquired.get("received"),
        "buckets": {bucket: buckets[bucket] for bucket in BUCKETS},
        "by_month": [
            {"month": month, **dict.fromkeys(acquired, got), "resold": sold, "first_used": used}
            for month, got, sold, used in sorted(figures["month"], key=lambda row: (row[0] is None, row[0] or ""))
        ],
        "resold": {
            "activated": single["resold"],
            "by_depth": {str(depth): cards for depth, cards, *_ in sorted(figures["depth"])},
            "final_holders": [
                {"party": party, "cards": cards, "activated": activated, "seized": seized, **by_name}
                for party, cards, activated, seized, by_name in _parties(figures, "holder")
            ],
            "channels": {
                channel: cards for channel, cards, *_ in sorted(figures["channel"], key=lambda row: (-row[1], row[0]))
            },
        },
        "seized": single["seized"],
        "quantity_only": {name: quantities[name] for name in ("purchased", "sold")},
        "balance": _balance(figures),
        "activated": single["activated"],
        "seized_cases": [
            {"case_no": case_no, "cards": cards}
            for case_no, cards, *_ in sorted(figures["case"], key=lambda row: (-row[1], row[0] is None, row[0] or ""))
        ],
        "activation_provinces": [
            {"declared_use": use, "declared_province": declared, "province": province, "cards": cards}
            for (use, declared, province), cards, *_ in sorted(
                figures["place"], key=lambda row: (-row[1], *((each is None, each or "") for each in row[0]))
            )
        ],
        **{
            f"{figure}s": [
                {"party": party, "cards": cards, **by_name} for party, cards, *_, by_name in _parties(figures, figure)
            ]
            for figure in ("supplier", "buyer")
        },
        **{name: single[name] for name in _BESIDE},
        "questioned": [
            {"kind": kind, "cards": cards} for kind, cards in questioned(*(single[name] for name in _QUESTIONED))
        ],
    }


_BESIDE = ("sent_unreceived", "listed_active", "held_with_unread")
_QUESTIONED = ("left_unrecorded", "sold_to_two")


def _parties(figures: Mapping[str, list[tuple[Any, ...]]], figure: str) -> Iterator[tuple[Any, ...]]:
    """Yield parties with their numbers and how many cards know them by a name alone, the largest first, then by id.

    A party that all cards know so is no more than that name.
    """
    alone = {party: (name, cards) for (party, name), cards, *_ in figures[f"{figure}_by_name"]}
    in_order = sorted(figures[figure], key=lambda row: (row[0] is None, -row[1], row[0] and row[0]["id"]))
    for party, cards, *numbers in in_order:
        name, by_name = (party and alone.get(party["id"])) or (None, 0)
        yield name if by_name == cards else party, cards, *numbers, {"by_name": by_name} if by_name else {}


def _balance(figures: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    if not figures["declared"]:
        return dict.fromkeys(("date", "declared_stock", "declared_sold", "unaccounted"))
    (((date, stock, sold), *_),) = figures["declared"]
    ((_, left, *_),) = figures["at_date"]
    unaccounted = None if stock is None or sold is None else left - sold - stock
    return {"date": date, "declared_stock": stock, "declared_sold": sold, "unaccounted": unaccounted}
