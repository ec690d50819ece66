from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import NothingFound, UsageError
from graphtrace.model import Hop, Outcome
from graphtrace.render.json import audit_document
from graphtrace.results.audit import Audit
from graphtrace.results.trace import Trace

from ...small_cases import load_tables

CARDS = 10
FIRST = 123_000_111
"""No card's number ends in zeros, which would make it a suspect of rounding."""

CARRIERS = ("中国联通", "中国移动")
ENTERPRISES = ("甲公司", "乙公司")
OTHERS = ("丙店", "丁山")
BUYERS = ("散户一", "散户二", "散户三")
HEADINGS = {
    "purchases": ("carrier", "enterprise", "date", "iccid", "iccid_first", "iccid_last", "quantity"),
    "transfers": ("from", "to", "date", "iccid", "iccid_first", "iccid_last", "quantity", "channel"),
    "activations": ("iccid", "msisdn", "date", "user", "province"),
    "seizures": ("iccid", "date", "case_no"),
    "stock": ("party", "date", "stock", "sold"),
}


def iccid(number: int) -> str:
    return f"89860619{FIRST + number:011d}"


def msisdn(number: int) -> str:
    return f"10646{number:08d}"


@dataclass
class Records:
    """The rows of a case by file, in the order of HEADINGS."""

    purchases: list[tuple[Any, ...]] = field(default_factory=list)
    transfers: list[tuple[Any, ...]] = field(default_factory=list)
    activations: list[tuple[Any, ...]] = field(default_factory=list)
    seizures: list[tuple[Any, ...]] = field(default_factory=list)
    stock: list[tuple[Any, ...]] = field(default_factory=list)

    def load(self, folder: Path, case: gt.Case | None = None) -> gt.Case:
        tables = {_KINDS[name]: (headings, getattr(self, name)) for name, headings in HEADINGS.items()}
        return load_tables(case or gt.open_case(folder / "c.gtrace"), folder, tables)

    def buyers(self) -> dict[str, set[int]]:
        """By enterprise the cards that a carrier sold to it, listed or by range."""
        bought: dict[str, set[int]] = {}
        sales = [(row[1], row[3:6]) for row in self.purchases]
        sales += [(row[1], row[3:6]) for row in self.transfers if row[0] in CARRIERS and row[1] not in CARRIERS]
        for enterprise, (card, first, last) in sales:
            ends = (card, card) if card else (first, last)
            if ends[0]:
                first, last = (int(end[-11:]) - FIRST for end in ends)
                bought.setdefault(enterprise, set()).update(range(first, last + 1))
        return bought


_KINDS: dict[str, Any] = {
    "purchases": "purchase",
    "transfers": "transfer",
    "activations": "activation",
    "seizures": "seizure",
    "stock": "stock",
}

numbers = st.integers(0, CARDS - 1)
dates = st.one_of(
    st.integers(1, 12).map(lambda day: f"2024-03-{day:02d}"), st.sampled_from(["2024-03", "2024-03-05 10:00:00"])
)
lots = st.one_of(
    st.tuples(numbers.map(iccid), st.just(""), st.just(""), st.just("")),
    st.tuples(numbers, numbers).map(lambda ends: ("", iccid(min(ends)), iccid(max(ends)), "")),
)
quantities = st.integers(1, 9).map(lambda count: ("", "", "", count))
channels = st.sampled_from(["", "微信", "QQ"])


def _rows(*parts: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*parts), max_size=most)


def _flat(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows with their lots unpacked, none passing cards to itself."""
    return [(a, b, date, *lot, *rest) for (a, b), date, lot, *rest in rows if a != b]


retail = _rows(
    st.tuples(st.sampled_from(["甲公司", "丙店"]), st.sampled_from(BUYERS)),
    dates,
    numbers.map(lambda number: (iccid(number), "", "", "")),
    channels,
    most=5,
).map(_flat)
everybody = st.sampled_from(CARRIERS + ENTERPRISES + OTHERS)
traders = st.sampled_from(ENTERPRISES + OTHERS)
records = st.builds(
    Records,
    purchases=_rows(
        st.tuples(st.sampled_from(CARRIERS), st.sampled_from(ENTERPRISES)),
        dates,
        st.one_of(lots, lots, quantities),
        most=4,
    ).map(_flat),
    transfers=_rows(
        st.tuples(st.one_of(traders, everybody), st.one_of(traders, everybody)),
        dates,
        st.one_of(lots, lots, lots, quantities),
        channels,
        most=7,
    )
    .map(_flat)
    .flatmap(lambda rows: retail.map(lambda more: rows + more)),
    activations=st.lists(
        st.tuples(
            st.one_of(numbers.map(iccid), numbers.map(iccid), st.just("")),
            numbers.map(lambda number: msisdn(number % 3)),
            dates,
            st.one_of(st.just(""), traders),
            st.sampled_from(["", "广东", "江苏"]),
        ),
        max_size=6,
    ),
    seizures=_rows(numbers.map(iccid), dates, st.sampled_from(["案1", "案2", ""]), most=4),
    stock=_rows(
        st.sampled_from(ENTERPRISES),
        st.sampled_from(["2024-03-04", "2024-03-08", "2024-04-01"]),
        st.one_of(st.just(""), st.integers(0, 5)),
        st.integers(0, 5),
        most=2,
    ),
)


@dataclass(frozen=True)
class Judged:
    """Result of one trace for a card that an enterprise bought: counted by hand, card by card."""

    bucket: str
    is_activated: bool
    is_seized: bool
    depth: int | None = None
    holder: str | None = None
    channel: str | None = None
    left: str | None = None
    """The month of the last departure that a record states."""
    is_unrecorded: bool = False


@dataclass(frozen=True)
class Beside:
    """The rest that one trace says: days since the purchase, where and in which cases, and what counted on a day."""

    to_transfer: int | None
    to_activation: int | None
    province: str | None
    cases: frozenset[str | None]
    was_bought: bool
    was_returned: bool
    was_passed_on: bool
    was_active_while_held: bool


def look_beside(trace: Trace, enterprise: str, date: int) -> Beside:
    seen = sorted((event.when, event.province) for event in trace.activations if event.province)
    named = {seizure.case_no for seizure in trace.seizures}
    where = (seen[-1][1] if seen else None, frozenset(named - {None} or named))
    days = sorted(event.when.earliest for event in trace.activations)
    if trace.outcome is Outcome.AMBIGUOUS:
        sales = [
            hop.when.earliest
            for chain in trace.chains
            for hop in chain.hops
            if hop.sender.is_carrier and hop.receiver.name == enterprise
        ]
        after = [day - min(sales) for day in days if day >= min(sales)]
        return Beside(None, min(after, default=None), *where, min(sales) <= date, False, False, False)
    (chain,) = trace.chains

    def is_sale(hop: Hop) -> bool:
        return hop.sender.is_carrier and hop.receiver.name == enterprise and hop.precision != "quantity"

    bought = [n for n, hop in enumerate(chain.hops) if is_sale(hop)][-1]
    purchase = chain.hops[bought].when.earliest
    onward = chain.hops[bought + 1 : bought + 2]
    # what turns up elsewhere after a gap left on a day that no record states
    left = [
        hop.when.earliest - purchase for hop in onward if hop.sender.name == enterprise and not hop.receiver.is_carrier
    ]
    after = [day - purchase for day in days if day >= purchase]
    known = [hop for hop in chain.hops if hop.when.earliest <= date]
    sales = [n for n, hop in enumerate(known) if is_sale(hop)]
    since = known[sales[-1] :] if sales else []
    was_returned = any(hop.receiver.is_carrier for hop in since)

    def is_held(day: int) -> bool:
        done = [hop for hop in chain.hops if hop.when.earliest <= day]
        return day >= since[0].when.earliest and done[-1].receiver.name == enterprise

    known_active = [event.when for event in trace.activations if since and event.when.earliest <= date]
    held = [when for when in known_active if not was_returned and is_held(when.latest)]
    return Beside(
        left[0] if left else None,
        min(after, default=None),
        *where,
        bool(since),
        was_returned,
        bool(since) and not was_returned and known[-1].receiver.name != enterprise and is_sold_by(since, enterprise),
        bool(held),
    )


def is_sold_by(since: Sequence[Hop], enterprise: str) -> bool:
    """Whether a record has the enterprise pass a card on after it held it last."""
    last = max(n for n, hop in enumerate(since) if hop.receiver.name == enterprise)
    return since[last + 1].sender.name == enterprise


def spread(days: Iterable[int | None]) -> tuple[int | None, ...]:
    """Return the number of known values, and the quartiles by nearest rank."""
    known = sorted(day for day in days if day is not None)
    ranks = [math.ceil(len(known) * quarter / 4) for quarter in (1, 2, 3)]
    return (len(known), *(known[rank - 1] if known else None for rank in ranks))


def judge(trace: Trace, enterprise: str) -> Judged:
    facts = (bool(trace.activations), bool(trace.seizures))
    if trace.outcome is Outcome.AMBIGUOUS:
        return Judged("disputed", *facts)
    (chain,) = trace.chains
    held_since = [
        n
        for n, hop in enumerate(chain.hops)
        if hop.sender.is_carrier and hop.receiver.name == enterprise
        if hop.precision != "quantity"
    ][-1]
    hops = chain.hops[held_since:]
    if any(hop.receiver.is_carrier for hop in hops):
        return Judged("returned", *facts)
    if chain.holder.name != enterprise:
        onward = list(hops)
        while any(hop.receiver.name == enterprise for hop in onward):
            onward.pop(0)
        left = onward[0]
        is_sold = left.sender.name == enterprise
        month = left.when.day[:7] if is_sold else None
        return Judged(
            "resold", *facts, len(onward), chain.holder.id, left.channel if is_sold else None, month, not is_sold
        )
    named = [(event.when, event.user.id, event.user.name) for event in trace.activations if event.user]
    if not trace.activations:
        return Judged("in_stock", *facts)
    if not named:
        return Judged("activated_unnamed", *facts)
    return Judged("activated_by_enterprise" if max(named)[2] == enterprise else "activated_by_other", *facts)


def figures_of(audit: Audit) -> dict[str, Any]:
    return {
        "buckets": {bucket: cards for bucket, cards in audit.buckets.items() if cards},
        "activated": audit.resold.activated,
        "depths": dict(audit.resold.by_depth),
        "holders": {
            share.party.id: (share.cards, share.activated, share.seized) for share in audit.resold.final_holders
        },
        "channels": dict(audit.resold.channels),
        "seized": audit.seized,
    }


def summed(judged: Sequence[Judged]) -> dict[str, Any]:
    resold = [card for card in judged if card.bucket == "resold"]
    holders = {card.holder: [other for other in resold if other.holder == card.holder] for card in resold}
    return {
        "buckets": Counter(card.bucket for card in judged),
        "activated": sum(card.is_activated for card in resold),
        "depths": Counter(card.depth for card in resold),
        "holders": {
            holder: (len(cards), sum(card.is_activated for card in cards), sum(card.is_seized for card in cards))
            for holder, cards in holders.items()
        },
        "channels": Counter(card.channel for card in resold if card.channel),
        "seized": sum(card.is_seized for card in judged),
    }


RESOLD_TWICE = Records(
    purchases=[("中国联通", "甲公司", "2024-03-01", "", iccid(0), iccid(9), "")],
    transfers=[
        ("甲公司", "丙店", "2024-03-02", "", iccid(2), iccid(7), "", "微信"),
        ("丙店", "甲公司", "2024-03-03", "", iccid(3), iccid(4), "", ""),
        ("甲公司", "丁山", "2024-03-04", iccid(4), "", "", "", "QQ"),
        ("丙店", "中国联通", "2024-03-05", iccid(7), "", "", "", ""),
    ],
    activations=[(iccid(3), msisdn(0), "2024-03-06", "丁山", ""), ("", msisdn(0), "2024-03-09", "", "")],
)


SOLD_ONE_BY_ONE = Records(
    purchases=[("中国联通", "甲公司", "2024-03-03", "", iccid(0), iccid(9), "")],
    transfers=[
        ("甲公司", "丙店", "2024-03-06", "", iccid(5), iccid(9), "", "微信"),
        *(("甲公司", f"散户{day}", f"2024-03-0{day}", iccid(day - 1), "", "", "", "QQ") for day in (1, 2, 3, 4, 5)),
        *(("丙店", f"散户{day}", f"2024-03-0{day}", iccid(day), "", "", "", "") for day in (5, 6, 7, 8)),
        ("丙店", "散户9", "2024-03", iccid(9), "", "", "", ""),
    ],
    activations=[(iccid(card), "", "2024-03-02", "") for card in range(CARDS)],
)


SOLD_TWICE_ON_A_DAY = Records(
    transfers=[
        ("甲公司", "散户一", "2024-03-01", iccid(0), "", "", "", ""),
        ("甲公司", "散户二", "2024-03-01", iccid(0), "", "", "", ""),
    ]
)


THROUGH_A_GAP = Records(
    purchases=[("中国联通", "甲公司", "2024-03-01", "", iccid(0), iccid(9), "")],
    transfers=[
        ("丙店", "丁山", "2024-04-02", iccid(0), "", "", "", "微信"),
        ("甲公司", "丙店", "2024-05-02", iccid(1), "", "", "", ""),
        ("丙店", "丁山", "2024-05-03", "", iccid(4), iccid(5), "", ""),
    ],
    stock=[("甲公司", "2024-06-01", 1, 1)],
)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(records)
@example(RESOLD_TWICE)
@example(SOLD_ONE_BY_ONE)
@example(THROUGH_A_GAP)
def test_an_audit_is_the_sum_of_the_traces_of_all_its_cards(told: Records) -> None:
    bought = told.buyers()
    assume(bought)
    with tempfile.TemporaryDirectory() as folder, told.load(Path(folder)) as case:
        audits = {audit.enterprise.name: audit for audit in case.audit(all=True, rules=())}
        assert list(case.audit(*bought, rules=())) == [audits[enterprise] for enterprise in bought]
        for enterprise, cards in bought.items():
            audit = audits[enterprise]
            traces = case.trace(*map(iccid, sorted(cards)))
            judged = [judge(trace, enterprise) for trace in traces]
            assert figures_of(audit) == summed(judged)
            date = audit.balance.when.latest if audit.balance else 0
            beside = [look_beside(trace, enterprise, date) for trace in traces]
            assert audit.to_transfer == (len(cards), *spread(card.to_transfer for card in beside))
            assert audit.to_activation == (len(cards), *spread(card.to_activation for card in beside))
            assert Counter({each.case_no: each.cards for each in audit.seized_cases}) == Counter(
                case_no for card in beside for case_no in card.cases
            )
            places: Counter[str | None] = Counter()
            for each in audit.places:
                places[each.province] += each.cards
            active = [card for card, trace in zip(beside, traces, strict=True) if trace.activations]
            assert places == Counter(card.province for card in active)
            if audit.balance:
                assert audit.balance.acquired == sum(card.was_bought for card in beside)
                assert audit.balance.returned == sum(card.was_returned for card in beside)
                assert audit.balance.activated == sum(card.was_active_while_held for card in beside)
                passed_on = sum(card.was_passed_on for card in beside)
                by_number = audit.balance.sold.most - passed_on
                assert audit.balance.sold == (max(passed_on, by_number), passed_on + by_number)
            months = Counter({each.month: each.resold for each in audit.by_month if each.resold})
            assert months.total() == audit.buckets["resold"]
            assert months - Counter({None: months[None]}) == Counter(card.left for card in judged if card.left)
            assert audit.left_unrecorded == sum(card.is_unrecorded for card in judged)
            assert audit.purchased == len(cards) == sum(audit.buckets.values())
            assert audit.buckets["resold"] == sum(audit.resold.by_depth.values())
        # who bought by number only has an audit of no card
        assert sorted(enterprise for enterprise, audit in audits.items() if audit.purchased) == sorted(bought)


OWN = Records(
    purchases=[
        ("中国联通", "甲公司", "2024-03-01", "", iccid(0), iccid(9), ""),
        ("中国联通", "甲公司", "2024-03-20", "", iccid(20), iccid(29), ""),
        ("中国联通", "甲公司", "2024-03-02", "", "", "", 500),
        ("中国联通", "甲公司", "2024-03-02", "", "", "", 500),
    ],
    transfers=[
        ("甲公司", "中国联通", "2024-03-03", iccid(0), "", "", "", ""),
        ("甲公司", "丙店", "2024-03-04", iccid(1), "", "", "", "微信"),
        ("甲公司", "丙店", "2024-03-05", "", "", "", 40, ""),
        ("丙店", "丁山", "2024-03-06", iccid(1), "", "", "", "QQ"),
        ("甲公司", "中国联通", "2024-03-21", iccid(2), "", "", "", ""),
        ("甲公司", "中国移动", "2024-03-21", "", "", "", 7, ""),
    ],
    activations=[
        (iccid(3), "", "2024-02-28", ""),
        (iccid(4), "", "2024-03-08", "甲公司"),
        (iccid(5), "", "2024-03-09", "丁山"),
        (iccid(6), "", "2024-03-11", ""),
        (iccid(1), "", "2024-03-07", "丁山"),
        (iccid(7), msisdn(7), "2024-02-28", ""),
        ("", msisdn(7), "2024-03-10", ""),
    ],
    seizures=[(iccid(1), "2024-04-01", "案1"), (iccid(8), "2024-04-01", "案1")],
    stock=[("甲公司", "2024-03-09", 9, 9), ("甲公司", "2024-03-10", 3, ""), ("甲公司", "2024-03-10", "", 2)],
)


@pytest.mark.parametrize("told", [OWN, RESOLD_TWICE, SOLD_ONE_BY_ONE], ids=["own", "twice", "one-by-one"])
def test_a_figure_opens_to_as_many_cards_as_it_counts_each_with_its_records(told: Records, tmp_path: Path) -> None:
    case = told.load(tmp_path)
    (audit,) = case.audit("甲公司")
    seen: set[tuple[str | None, str | None]] = set()
    for bucket, cards in audit.buckets.items():
        (opened,) = case.audit_details(audit.enterprise.id, bucket=bucket)
        assert opened.cards == cards == sum(lot.cards for lot in opened.lots), bucket
        assert all(lot.evidence for lot in opened.lots)
        ends = {(lot.first, lot.last) for lot in opened.lots}
        assert len(ends) == len(opened.lots)
        assert not seen & ends
        seen |= ends
    (everything,) = case.audit_details(audit.enterprise.id, bucket="purchased")
    assert everything.cards == audit.purchased
    for figure in ("activated", "seized"):
        (opened,) = case.audit_details(audit.enterprise.id, bucket=figure)
        assert opened.cards == getattr(audit, figure) == sum(lot.cards for lot in opened.lots)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    return OWN.load(tmp_path_factory.mktemp("own"))


def test_the_books_are_balanced_on_the_day_of_the_latest_declaration(case: gt.Case) -> None:
    (audit,) = case.audit("甲公司")
    balance = audit.balance
    assert balance is not None
    assert (balance.when.day, balance.declared_stock, balance.declared_sold) == ("2024-03-10", 3, 2)
    # bought on the 20th and returned on the 21st is later; card 6 went online a day later, card 3 before it was bought
    assert (balance.acquired, balance.returned, balance.activated) == (10, 1, 3)
    assert balance.unaccounted == 10 - 1 - 3 - 2 - 3
    assert audit.purchased == 20
    assert audit.buckets["returned"] == 2
    assert audit.buckets["activated_by_enterprise"] == 1
    assert audit.buckets["activated_unnamed"] == 3
    assert audit.buckets["activated_by_other"] == 1


def test_quantity_only_records_stand_beside_the_cards(case: gt.Case) -> None:
    (audit,) = case.audit("甲公司")
    assert audit.quantity_purchased == (1, 500), "two rows that say the same are one purchase"
    assert audit.quantity_sold == (1, 40), "what went back to a carrier is not sold"


def test_the_channel_is_that_by_which_the_card_left_the_enterprise(case: gt.Case) -> None:
    (audit,) = case.audit("甲公司")
    assert audit.resold.channels == {"微信": 1}
    assert audit.resold.by_depth == {2: 1}
    (share,) = audit.resold.final_holders
    assert (share.party.name, share.cards, share.activated, share.seized) == ("丁山", 1, 1, 1)
    assert audit.seized == 2


def test_a_card_that_came_back_and_left_again_counts_its_last_leaving(tmp_path: Path) -> None:
    with RESOLD_TWICE.load(tmp_path) as case:
        (audit,) = case.audit("甲公司")
    assert audit.buckets == {
        "in_stock": 4,
        "activated_by_enterprise": 0,
        "activated_unnamed": 0,
        "activated_by_other": 1,
        "resold": 4,
        "returned": 1,
        "disputed": 0,
    }
    assert audit.resold.by_depth == {1: 4}
    assert audit.resold.channels == {"微信": 3, "QQ": 1}


def test_an_enterprise_that_bought_a_card_again_has_it_once_and_by_its_last_purchase(tmp_path: Path) -> None:
    told = Records(
        purchases=[
            ("中国联通", "甲公司", "2024-03-01", iccid(1), "", "", ""),
            ("中国联通", "乙公司", "2024-03-05", iccid(1), "", "", ""),
            ("中国联通", "甲公司", "2024-03-09", iccid(1), "", "", ""),
        ],
        transfers=[
            ("甲公司", "中国联通", "2024-03-03", iccid(1), "", "", "", ""),
            ("乙公司", "中国联通", "2024-03-07", iccid(1), "", "", "", ""),
        ],
    )
    with told.load(tmp_path) as case:
        first, second = case.audit("甲公司", "乙公司")
    assert (first.purchased, first.buckets["in_stock"]) == (1, 1)
    assert (second.purchased, second.buckets["returned"]) == (1, 1)


def test_two_sellers_of_one_card_make_it_disputed_for_both_buyers(tmp_path: Path) -> None:
    told = Records(
        purchases=[
            ("中国联通", "甲公司", "2024-03-01", "", iccid(0), iccid(5), ""),
            ("中国移动", "乙公司", "2024-03-02", "", iccid(5), iccid(6), ""),
        ]
    )
    with told.load(tmp_path) as case:
        first, second = case.audit("甲公司", "乙公司")
    assert (first.buckets["in_stock"], first.buckets["disputed"]) == (5, 1)
    assert (second.buckets["in_stock"], second.buckets["disputed"]) == (1, 1)


def test_a_broken_chain_counts_by_its_documented_hops(tmp_path: Path) -> None:
    told = Records(
        purchases=[("中国联通", "甲公司", "2024-03-01", "", iccid(0), iccid(1), "")],
        transfers=[("丙店", "丁山", "2024-03-05", iccid(0), "", "", "", "QQ")],
    )
    with told.load(tmp_path) as case:
        (audit,) = case.audit("甲公司")
    assert audit.buckets["resold"] == 1
    assert audit.resold.by_depth == {1: 1}
    assert audit.resold.channels == {}, "nobody says by which channel it left the enterprise"


def test_an_unrelated_enterprise_changes_nothing(case: gt.Case, tmp_path: Path) -> None:
    other = Records(
        purchases=[("中国移动", "乙公司", "2024-03-01", "", iccid(10), iccid(19), "")],
        transfers=[("乙公司", "戊店", "2024-03-02", "", iccid(12), iccid(15), "", "QQ")],
        activations=[(iccid(11), "", "2024-03-08", "")],
        seizures=[(iccid(12), "2024-04-01", "案1")],
        stock=[("乙公司", "2024-05-01", 1, 1)],
    )
    more = tmp_path / "more"
    more.mkdir()
    with other.load(more, OWN.load(tmp_path)) as richer:
        assert list(richer.audit("甲公司")) == list(case.audit("甲公司"))


def test_the_order_of_rows_and_files_changes_nothing(case: gt.Case, tmp_path: Path) -> None:
    turned = Records(**{name: getattr(OWN, name)[::-1] for name in HEADINGS})
    with turned.load(tmp_path) as other:
        assert said_of(other) == said_of(case)


STRANGERS = Records(
    purchases=[("中国联通", "庚公司", "2024-03-01", "", iccid(1000), iccid(1009), "")],
    transfers=[
        ("庚公司", "辛店", "2024-03-02", "", iccid(1002), iccid(1005), "", "QQ"),
        ("庚公司", "辛店", "2024-03-02", "", "", "", 3, ""),
    ],
    activations=[(iccid(1001), msisdn(1000), "2024-03-08", "辛店", "江苏")],
    seizures=[(iccid(1002), "2024-04-01", "案1")],
    stock=[("庚公司", "2024-05-01", 1, 1)],
)


@pytest.mark.slow
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(records, st.randoms(use_true_random=False))
@example(RESOLD_TWICE, Random(1))
@example(SOLD_ONE_BY_ONE, Random(2))
def test_split_files_shuffled_rows_and_strangers_change_no_figure(told: Records, chance: Random) -> None:
    assume(told.buyers())
    first, second = Records(), Records()
    for name in HEADINGS:
        rows = getattr(told, name)
        chance.shuffle(shuffled := list(rows))
        cut = chance.randint(0, len(rows))
        getattr(first, name).extend(shuffled[:cut])
        getattr(second, name).extend(shuffled[cut:])
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("whole", "first", "second", "strangers")]
        for folder in folders:
            folder.mkdir()
        with told.load(folders[0]) as case, first.load(folders[1], second.load(folders[2])) as other:
            before = said_of(other, *told.buyers())
            for split, whole in zip(deepcopy(before), said_of(case, *told.buyers()), strict=True):
                for bounds, of_one_file in zip(take_bounds(split), take_bounds(whole), strict=True):
                    # records of two files may state one sale under two days
                    assert bounds["min"] <= of_one_file["min"]
                    assert bounds["max"] == of_one_file["max"]
                assert split == whole
            with STRANGERS.load(folders[3], other) as richer:
                assert said_of(richer, *told.buyers()) == before


def take_bounds(audit: dict[str, Any]) -> list[dict[str, int]]:
    """Remove the bounds of flows by number from an audit, and return them in their order."""
    return [flow.pop("bounds") for flows in audit["quantity_flows"].values() for flow in flows]


def said_of(case: gt.Case, *enterprises: str) -> list[dict[str, Any]]:
    """The audits without the places of rows, which are others when rows are turned around."""
    audits = audit_document("", case.audit(*(enterprises or ["甲公司"])), "en")["enterprises"]
    return [
        {**audit, "balance": {**audit["balance"], "declarations": None, "balance_sources": None}} for audit in audits
    ]


def test_all_enterprises_come_with_the_largest_purchase_first(tmp_path: Path) -> None:
    told = Records(
        purchases=[
            ("中国联通", name, "2024-03-01", "", iccid(first), iccid(last), "")
            for name, first, last in (("甲公司", 0, 1), ("乙公司", 10, 19), ("丙公司", 20, 21))
        ]
    )
    with told.load(tmp_path) as case:
        assert [audit.enterprise.name for audit in case.audit(all=True)] == ["乙公司", "丙公司", "甲公司"]


def test_an_audit_of_nobody_or_of_both_is_refused(case: gt.Case) -> None:
    with pytest.raises(UsageError):
        case.audit()
    with pytest.raises(UsageError):
        case.audit("甲公司", all=True)


def test_who_never_bought_from_a_carrier_has_no_audit_as_an_enterprise(case: gt.Case) -> None:
    with pytest.raises(NothingFound) as caught:
        case.audit("丙店", role="enterprise")
    assert "graphtrace party" in caught.value.hint
    (audit,) = case.audit("丙店")
    assert (audit.role, audit.received, audit.purchased) == ("dealer", 1, None)


def test_a_carrier_is_not_audited(case: gt.Case) -> None:
    for name in ("中国联通", "carrier:china-unicom"):
        with pytest.raises(UsageError):
            case.audit(name)


def test_a_party_is_audited_in_no_role_but_the_two(case: gt.Case) -> None:
    with pytest.raises(UsageError):
        case.audit("甲公司", role="shop")  # type: ignore[arg-type]


def test_a_table_has_a_row_per_enterprise(case: gt.Case) -> None:
    table = case.audit("甲公司").to_pandas()
    (row,) = table.to_dict("records")
    assert (row["enterprise"], row["purchased"], row["in_stock"], row["unaccounted"]) == ("甲公司", 20, 12, 1)


def test_an_audit_as_known_before_the_load_finds_nobody(case: gt.Case) -> None:
    with pytest.raises(NothingFound):
        case.at("2020-01-01").audit("甲公司")
    assert list(case.at("2999-01-01").audit("甲公司")) == list(case.audit("甲公司"))
