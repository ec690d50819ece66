"""The product and a second reading of SPEC section 4 must agree on small, crowded, contradictory cards."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from graphtrace.custody import CustodyResult, trace_custody
from graphtrace.model import (
    UNDATED,
    Activation,
    CardListing,
    CustodyEvent,
    DateSpan,
    Kind,
    Origin,
    Party,
    Precision,
    Seizure,
    day_text,
)

from ..conftest import examples
from .cards import movement
from .oracle import Answer, answer_about, id_of, in_order_of_listing

CARRIERS = [Party(id=f"carrier:china-{name}", name=name, is_carrier=True) for name in ("mobile", "unicom")]
ENTERPRISES = [Party(id=f"id:E{n}", name=f"E{n}") for n in (1, 2)]
RESELLERS = [Party(id=f"name:r{n}", name=f"R{n}", namesakes=2 if n == 3 else 0) for n in (1, 2, 3)]
STRANGER = Party(id="name:u", name="U", namesakes=4)
PARTIES = CARRIERS + ENTERPRISES + RESELLERS
ISSUERS = [frozenset(names) for names in ((), (), ("china-mobile",), ("china-mobile", "china-unicom"))]

FIRST_DAY = 19_783  # 2024-03-01
MONTHS = [
    DateSpan(FIRST_DAY - 29, FIRST_DAY - 1),
    DateSpan(FIRST_DAY, FIRST_DAY + 30),
    DateSpan(FIRST_DAY + 31, FIRST_DAY + 60),
]

days = st.integers(1, 6).map(lambda day: DateSpan(FIRST_DAY + day - 1, FIRST_DAY + day - 1))
times = st.builds(lambda day, hour: DateSpan(day.earliest, day.earliest, hour * 3600), days, st.integers(8, 10))
whens = st.one_of(days, days, days, times, st.sampled_from(MONTHS))


def kind_of(sender: Party, receiver: Party) -> Kind:
    return "purchase" if sender.is_carrier else "return" if receiver.is_carrier else "transfer"


@st.composite
def movements(draw: st.DrawFn, parties: list[Party], precisions: tuple[Precision, ...]) -> CustodyEvent:
    sender = draw(st.sampled_from(parties))
    receiver = draw(st.sampled_from(parties))
    precision = draw(st.sampled_from(precisions))
    kind = kind_of(sender, receiver)
    if kind == "transfer" and draw(st.integers(0, 9)) == 0:
        kind = "return"
    if kind == "purchase" and draw(st.integers(0, 3)) == 0:
        kind = "registration"
    return CustodyEvent(
        kind=kind,
        sender=sender,
        receiver=receiver,
        document_basis="title" if kind == "registration" else None,
        carrier_basis="document" if kind == "registration" else None,
        when=draw(st.one_of(st.just(UNDATED), whens) if kind == "registration" else whens),
        precision=precision,
        quantity=draw(st.sampled_from([0, 1, 500, 500])) if precision == "quantity" else None,
        issuers=draw(st.sampled_from(ISSUERS)) if precision == "quantity" else frozenset(),
        origins=(Origin(file="?", sha256="?", sheet=None, row=0),),
    )


@st.composite
def walks(draw: st.DrawFn, parties: list[Party]) -> list[CustodyEvent]:
    """Movements that mostly continue each other on mostly rising days, so that whole chains are not a rarity."""
    walk: list[CustodyEvent] = []
    sender = draw(st.sampled_from([party for party in parties if party.is_carrier] or parties))
    day = 1
    for _ in range(draw(st.integers(1, 6))):
        receiver = draw(st.sampled_from([party for party in parties if party != sender]))
        day = max(1, min(6, day + draw(st.sampled_from([0, 0, 1, 1, 2, -1]))))
        when = DateSpan(FIRST_DAY + day - 1, FIRST_DAY + day - 1, draw(st.sampled_from([-1, -1, -1, 28_800, 32_400])))
        kind = kind_of(sender, receiver)
        if kind == "purchase" and draw(st.integers(0, 3)) == 0:
            kind, when = "registration", draw(st.sampled_from([UNDATED, when]))
        walk.append(
            CustodyEvent(
                kind=kind,
                sender=sender,
                receiver=receiver,
                when=when,
                document_basis="title" if kind == "registration" else None,
                precision=draw(st.sampled_from(("listed", "range"))),
                origins=(Origin(file="?", sha256="?", sheet=None, row=0),),
            )
        )
        sender = receiver
    return walk


_ORIGINS = st.just((Origin(file="?", sha256="?", sheet=None, row=0),))


def numbered(records: list[Any], file: str) -> list[Any]:
    """Each record with a row of its own."""
    return [
        replace(record, origins=(Origin(file=file, sha256=file, sheet=None, row=row),))
        for row, record in enumerate(records, start=2)
    ]


@st.composite
def cards(draw: st.DrawFn, most_events: int = 8) -> dict[str, Any]:
    """All that is known of one card: some statements about its way, three lots, two activations at most."""
    parties = draw(
        st.one_of(
            st.just(PARTIES),
            st.permutations(PARTIES[2:]).map(lambda some: [CARRIERS[0], *some[:2]]),
            st.permutations(PARTIES).map(lambda some: some[:4]),
        )
    )
    events = draw(st.one_of(st.just([]), walks(parties)))
    events += draw(st.lists(movements(parties, ("listed", "range")), max_size=most_events - len(events)))
    lots = draw(st.lists(movements(parties, ("quantity",)), max_size=3))
    while events and len(lots) < 3 and draw(st.booleans()):
        # A statement that named its cards names only how many they were.
        event = events.pop(draw(st.integers(0, len(events) - 1)))
        lots.append(replace(event, precision="quantity", quantity=500))
    if events and draw(st.booleans()):
        # Statements go missing, and are made twice.
        events.pop(draw(st.integers(0, len(events) - 1)))
        if events:
            events.append(draw(st.sampled_from(events)))
    activations = draw(
        st.lists(
            st.builds(
                Activation,
                when=whens,
                user=st.sampled_from([None, STRANGER, *parties]),
                origins=st.just((Origin(file="?", sha256="?", sheet=None, row=0),)),
            ),
            max_size=2,
        )
    )
    return {
        "movements": numbered(events, "events"),
        "quantities": numbered(lots, "lots"),
        "carrier": draw(st.sampled_from([None, "china-mobile", "china-unicom", "china-telecom"])),
        "activations": numbered(activations, "activations"),
        "seizures": numbered(draw(st.lists(st.builds(Seizure, **taken(parties)), max_size=2)), "seizures"),
        "listings": numbered(draw(st.lists(st.builds(CardListing, **listed(parties)), max_size=2)), "listings"),
    }


def taken(parties: list[Party]) -> dict[str, Any]:
    """Return strategies for the fields of a seizure."""
    return {
        "when": st.one_of(st.none(), whens),
        "case_no": st.none(),
        "place": st.none(),
        "seized_from": st.sampled_from([None, STRANGER, *parties]),
        "origins": _ORIGINS,
    }


def listed(parties: list[Party]) -> dict[str, Any]:
    """Return strategies for the fields of a card in a list."""
    return {
        "when": st.one_of(st.none(), whens),
        "party": st.sampled_from([None, STRANGER, *parties]),
        "state": st.none(),
        "origins": _ORIGINS,
    }


def answer_of(custody: CustodyResult) -> Answer:
    """The product's answer in the oracle's words."""
    return Answer(
        outcome=str(custody.outcome),
        chains=tuple(
            {
                "outcome": str(chain.outcome),
                "registrant": id_of(chain.registrant),
                "holder": chain.holder.id,
                "hops": [
                    {
                        "n": hop.n,
                        "kind": hop.kind,
                        "from": hop.sender.id,
                        "to": hop.receiver.id,
                        "when": hop.when,
                        "dates": hop.dates,
                        "precision": hop.precision,
                        "gap_before": hop.gap_before,
                        "origins": frozenset(hop.origins),
                        "registered": [
                            (each.party.id, day_text(each.when), frozenset(each.origins)) for each in hop.registered
                        ],
                    }
                    for hop in chain.hops
                ],
            }
            for chain in custody.chains
        ),
        chains_omitted=custody.chains_omitted,
        registrant=id_of(custody.registrant),
        registrant_basis=custody.registrant_basis,
        holder=id_of(custody.holder),
        end_user=id_of(custody.end_user),
        end_user_basis=custody.end_user_basis,
        findings=in_order_of_listing(
            (each.code, each.severity, json.dumps(dict(each.params), ensure_ascii=False, sort_keys=True))
            for each in custody.findings
        ),
    )


quiet = settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@quiet
@given(cards())
def test_a_second_reading_of_the_rules_gives_the_same_answer(card: dict[str, Any]) -> None:
    expected = answer_about(**card)
    assert answer_of(trace_custody(**card)) == expected


@pytest.mark.parametrize(
    "told",
    [
        "C>R 3, R>E 1, E>R 1, C>E 2",
        "E>R 1, R>E 1, C>R 3, C>E 3",
        "R>S 1, S>R 1, E>S 2, R>C 3, S>R 2",
        "T>E 2, T>S 3, E>C 3, E>R 2, S>C 3, R>T 2",
        "R>S 1, E>S 2, R>S 2, S>R 3, C>S 3, C>E 1",
        "E>R 3, E>C 3, C>E 3, R>C 3, R>E 3, E>C 2, C>R 3",
        "S>R 3, R>C 2, E>S 2, S>R 1, R>E 3, C>T 2, E>R 2",
    ],
)
def test_circles_are_opened_as_in_the_second_reading(told: str) -> None:
    movements = [movement(each, row) for row, each in enumerate(told.split(", "), start=2)]
    assert answer_of(trace_custody(movements)) == answer_about(movements)


def test_crowded_cards_of_few_parties_have_the_answer_of_the_second_reading() -> None:
    chance = random.Random(7)
    assert examples(500) > 0
    for _ in range(examples(500)):
        parties = "CERST"[: chance.randint(3, 5)]
        told = [f"{'>'.join(chance.sample(parties, 2))} {chance.randint(1, 3)}" for _ in range(chance.randint(4, 6))]
        movements = [movement(each, row) for row, each in enumerate(told, start=2)]
        assert answer_of(trace_custody(movements)) == answer_about(movements), told


@quiet
@given(cards(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_show_in_the_answer(card: dict[str, Any], chance: Any) -> None:
    before = trace_custody(**card)
    for records in ("movements", "quantities", "activations", "seizures", "listings"):
        chance.shuffle(card[records])
    assert trace_custody(**card) == before


@quiet
@given(cards())
def test_findings_are_listed_in_the_order_of_the_table_and_never_twice(card: dict[str, Any]) -> None:
    found = [(each.code, json.dumps(dict(each.params), sort_keys=True)) for each in trace_custody(**card).findings]
    assert len(set(found)) == len(found)
    codes = [code for code, _ in found]
    assert codes == [code for code, *_ in in_order_of_listing((code, "", "") for code in codes)]


@quiet
@given(cards(most_events=40), st.randoms(use_true_random=False))
def test_the_order_of_the_records_of_a_crowded_card_does_not_show_either(card: dict[str, Any], chance: Any) -> None:
    before = trace_custody(**card)
    for records in ("movements", "quantities", "activations", "seizures", "listings"):
        chance.shuffle(card[records])
    assert trace_custody(**card) == before


@quiet
@given(cards(most_events=30))
def test_no_record_of_a_change_of_hands_is_lost(card: dict[str, Any]) -> None:
    custody = trace_custody(**card)
    stated = {origin for each in card["movements"] if each.sender != each.receiver for origin in each.origins}
    told = {
        origin
        for chain in custody.chains
        for hop in chain.hops
        for origins in (hop.origins, *(each.origins for each in hop.registered))
        for origin in origins
        if hop.precision != "quantity"
    }
    within = {origin for each in card["movements"] if each.sender == each.receiver for origin in each.origins}
    assert told <= stated | within
    assert told - within == stated or custody.chains_omitted


@quiet
@given(cards(most_events=30))
def test_a_chain_is_continuous_but_for_the_gaps_it_tells_of(card: dict[str, Any]) -> None:
    chains = trace_custody(**card).chains
    assume(chains)
    for chain in chains:
        assert [hop.n for hop in chain.hops] == list(range(1, len(chain.hops) + 1))
        assert not chain.hops[0].gap_before
        assert all(hop.gap_before == (hop.sender != before.receiver) for before, hop in pairwise(chain.hops))
        assert chain.holder == chain.hops[-1].receiver


def without_origins(answer: Answer) -> Answer:
    chains = ({**chain, "hops": [_without_origins(hop) for hop in chain["hops"]]} for chain in answer.chains)
    return replace(answer, chains=tuple(chains))


def _without_origins(hop: dict[str, Any]) -> dict[str, Any]:
    return {**hop, "origins": None, "registered": [(who, day) for who, day, _ in hop["registered"]]}


@quiet
@given(cards(most_events=20))
def test_no_party_that_received_a_card_as_often_as_it_passed_it_on_passed_it_on_twice(card: dict[str, Any]) -> None:
    custody = trace_custody(**card)
    hops = {
        (hop.sender.id, hop.receiver.id, hop.when)
        for chain in custody.chains
        for hop in chain.hops
        if hop.precision != "quantity"
    }
    doubled = {each.params["at"]["id"] for each in custody.findings if each.code == "double_transfer"}
    sent, received = (Counter(hop[side] for hop in hops) for side in (0, 1))
    assert {party for party in doubled if sent[party] <= received[party]} == set() or custody.chains_omitted


@quiet
@given(cards(most_events=20), st.data())
def test_a_statement_made_once_more_adds_an_origin_and_nothing_else(card: dict[str, Any], data: st.DataObject) -> None:
    before = without_origins(answer_of(trace_custody(**card)))
    for records in ("movements", "quantities", "activations", "seizures", "listings"):
        if card[records]:
            again = data.draw(st.sampled_from(card[records]))
            card[records].append(replace(again, origins=(Origin(file="again", sha256="again", sheet=None, row=2),)))
    assert without_origins(answer_of(trace_custody(**card))) == before


@quiet
@given(cards(most_events=20))
def test_lots_between_strangers_change_nothing(card: dict[str, Any]) -> None:
    before = trace_custody(**card)
    strangers = [Party(id=f"name:s{n}", name=f"S{n}") for n in (1, 2)]
    card["quantities"] += [
        CustodyEvent(
            kind="transfer",
            sender=sender,
            receiver=receiver,
            when=MONTHS[1],
            precision="quantity",
            quantity=9,
            origins=(Origin(file="strangers", sha256="strangers", sheet=None, row=2),),
        )
        for sender, receiver in (strangers, reversed(strangers), (PARTIES[3], strangers[0]))
    ]
    assert trace_custody(**card) == before


@quiet
@given(cards())
def test_the_oracle_itself_does_not_depend_on_the_order_of_the_records(card: dict[str, Any]) -> None:
    expected = answer_about(**card)
    for records in ("movements", "quantities", "activations", "seizures", "listings"):
        card[records].reverse()
    assert answer_about(**card) == expected
