"""Questions that count cards of overlapping lots agree with sets of cards that are counted one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import graphtrace as gt

from .conftest import rows_of
from .dealings import CARRIER, Move, card_of, id_of

Dealt = tuple[gt.Case, list[Move]]


def cards_of(moves: list[Move]) -> set[int]:
    return {card for move in moves for card in move.cards}


def by_number(moves: list[Move]) -> int:
    return sum(move.quantity for move in moves)


def test_flows_count_each_card_once_and_numbers_beside_them(dealt: Dealt) -> None:
    case, moves = dealt
    flows = defaultdict(list)
    for move in moves:
        flows[id_of(move.sender), id_of(move.receiver)].append(move)
    found = rows_of(
        case, "flows-between-parties", "from_id", "to_id", "cards", "quantity_cards", "records", "first_day", "last_day"
    )
    assert {(sender, receiver): rest for sender, receiver, *rest in found} == {
        pair: [
            len(cards_of(told)),
            by_number(told),
            len(told),
            str(min(move.day for move in told)),
            str(max(move.until for move in told)),
        ]
        for pair, told in flows.items()
    }


def test_flows_of_some_days_are_those_that_may_have_been_on_them(dealt: Dealt) -> None:
    case, moves = dealt
    since, until = date(2024, 1, 20), date(2024, 1, 25)
    records = rows_of(case, "flows-between-parties", "records", since=since, until=str(until))
    assert sum(records) == sum(move.until >= since and move.day <= until for move in moves)


def test_the_share_of_an_enterprise_is_of_different_cards(dealt: Dealt) -> None:
    case, moves = dealt
    expected = {}
    for buyer in {move.receiver for move in moves if move.sender == CARRIER and move.first}:
        bought = cards_of([move for move in moves if move.sender == CARRIER and move.receiver == buyer])
        sold = cards_of([move for move in moves if move.sender == buyer and move.receiver != CARRIER])
        expected[id_of(buyer)] = (len(bought), len(sold), round(len(sold) / len(bought), 4))
    found = rows_of(case, "enterprises-by-share-resold", "enterprise_id", "purchased", "passed_on", "share")
    assert {party: tuple(rest) for party, *rest in found} == expected


def test_resellers_never_bought_from_a_carrier_and_first_hands_bought_from_those_who_did(dealt: Dealt) -> None:
    case, moves = dealt
    enterprises = {move.receiver for move in moves if move.sender == CARRIER}
    onward = [move for move in moves if CARRIER not in (move.sender, move.receiver)]
    sold = defaultdict(list)
    hands = defaultdict(list)
    for move in onward:
        if move.sender in enterprises:
            hands[id_of(move.sender), id_of(move.receiver)].append(move)
        else:
            sold[id_of(move.sender)].append(move)
    found = rows_of(case, "resellers-by-cards", "party_id", "cards", "quantity_cards", "records", "receivers")
    assert {party: tuple(rest) for party, *rest in found} == {
        party: (len(cards_of(told)), by_number(told), len(told), len({move.receiver for move in told}))
        for party, told in sold.items()
    }
    found = rows_of(case, "first-hands", "enterprise_id", "party_id", "cards", "quantity_cards", "records")
    assert {(seller, buyer): tuple(rest) for seller, buyer, *rest in found} == {
        pair: (len(cards_of(told)), by_number(told), len(told)) for pair, told in hands.items()
    }


def test_final_receivers_pass_nothing_on(dealt: Dealt) -> None:
    case, moves = dealt
    senders = {move.sender for move in moves}
    expected = {}
    for party in {move.receiver for move in moves} - senders:
        told = [move for move in moves if move.receiver == party]
        expected[id_of(party)] = (len(cards_of(told)), by_number(told))
    found = rows_of(case, "final-receivers", "party_id", "cards", "quantity_cards", at_least=1)
    assert {party: tuple(rest) for party, *rest in found} == expected


def test_cards_in_transit_left_within_the_days(dealt: Dealt) -> None:
    case, moves = dealt
    days = timedelta(days=4)
    expected: dict[str, set[int]] = defaultdict(set)
    for got in moves:
        for gave in moves:
            is_onward = got.receiver == gave.sender != CARRIER and gave.receiver != got.sender
            if is_onward and timedelta(0) <= gave.day - got.day <= days:
                expected[id_of(got.receiver)] |= got.cards & gave.cards
    found = rows_of(case, "transit-parties", "party_id", "cards", days=4)
    assert dict(found) == {party: len(cards) for party, cards in expected.items() if cards}


def test_lots_of_two_receivers_overlap_in_these_cards(dealt: Dealt) -> None:
    case, moves = dealt
    numbered = [move for move in moves if move.first and move.sender != CARRIER]
    pairs = {
        (
            id_of(a.sender),
            *sorted((id_of(a.receiver), id_of(b.receiver))),
            min(a.cards & b.cards),
            max(a.cards & b.cards),
        )
        for a in numbered
        for b in numbered
        if a.sender == b.sender and a.receiver != b.receiver and a.overlaps(b)
    }
    found = rows_of(
        case, "same-cards-to-two-receivers", "from_id", "to_id", "other_to_id", "first_card", "last_card", "cards"
    )
    assert pairs
    assert {(who, *sorted((a, b)), card_of(first), card_of(last)) for who, a, b, first, last, _ in found} == pairs
    assert all(card_of(last) - card_of(first) + 1 == cards for *_, first, last, cards in found)


def test_who_passed_on_what_it_never_received(dealt: Dealt) -> None:
    case, moves = dealt
    expected = set()
    for move in moves:
        received = cards_of([other for other in moves if other.receiver == move.sender])
        if move.first and move.sender != CARRIER and not move.cards & received:
            expected.add((id_of(move.sender), id_of(move.receiver), move.first, move.last))
    found = rows_of(case, "passed-on-without-receipt", "from_id", "to_id", "first_card", "last_card")
    assert {(sender, to, card_of(first), card_of(last)) for sender, to, first, last in found} == expected


def test_dealings_both_ways_are_those_of_which_each_way_is_told(dealt: Dealt) -> None:
    case, moves = dealt
    told = defaultdict(list)
    for move in moves:
        told[id_of(move.sender), id_of(move.receiver)].append(move)
    found = rows_of(case, "two-way-dealings", "party_id", "other_id", "cards", "cards_back")
    assert {(one, other): (there, back) for one, other, there, back in found} == {
        (one, other): (len(cards_of(told[one, other])), len(cards_of(told[other, one])))
        for one, other in list(told)
        if one < other and (other, one) in told
    }


def test_a_card_of_several_records_counts_once_in_a_month_and_numbers_beside_them(dealt: Dealt) -> None:
    case, moves = dealt
    told = defaultdict(list)
    for move in moves:
        kind = "purchase" if move.sender == CARRIER else "return" if move.receiver == CARRIER else "transfer"
        told[f"{move.day:%Y-%m}", kind].append(move)
    found = rows_of(case, "records-by-month", "month", "kind", "records", "cards", "quantity_cards")
    assert found == [
        (*about, len(moved), len(cards_of(moved)), by_number(moved)) for about, moved in sorted(told.items())
    ]


def test_three_files_that_say_one_card_was_active_make_one_card_of_three_records(tmp_path: Path) -> None:
    key = 8986061900000000001
    files = [tmp_path / f"{number}.csv" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(f"卡号,激活日期\n{key},2024-03-0{number + 1}\n{key + number},2024-03-09\n", "utf-8")
    (tmp_path / "list.csv").write_text(f"卡号,IMSI\n{key},460060000000001\n{key + 5},460060000000002\n", "utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        assert not case.load(*files, tmp_path / "list.csv").has_errors
        found = {row[:2]: row[2:] for row in case.query("records-by-month").rows}
    assert found["2024-03", "activation"] == (6, 3, 0)
    assert found[None, "card_list"] == (2, 2, 0)
