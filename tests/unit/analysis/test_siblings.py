from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.identifiers import parse_iccid
from graphtrace.results.siblings import CardGroup, CardRange

from ...conftest import examples
from .histories import CARRIER, History, Move, card_of, histories, iccid

ABSENT = "8986061955500000000"


def cards_of(ranges: Sequence[CardRange]) -> list[int]:
    """The cards of ranges, which must be disjoint, in order and as long as they can be."""
    ends = [(card_of(cards.first), card_of(cards.last)) for cards in ranges]
    assert [last - first + 1 for first, last in ends] == [cards.cards for cards in ranges]
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ends))
    return [card for first, last in ends for card in range(first, last + 1)]


def told(group: CardGroup | None) -> tuple[set[int], int, int, set[int]]:
    assert group is not None
    return set(cards_of(group.ranges)), group.activated, group.seized, set(cards_of(group.at_large))


def counted(history: History, cards: set[int]) -> tuple[set[int], int, int, set[int]]:
    active = cards & {card for card, _ in history.uses}
    seized = cards & {card for card, _ in history.seizures}
    return cards, len(active), len(seized), active - seized


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.data())
def test_groups_are_those_of_a_count_card_by_card(history: History, data: st.DataObject) -> None:
    card = data.draw(st.sampled_from(sorted(history.cards)))
    with tempfile.TemporaryDirectory() as folder, history.load(Path(folder)) as case:
        siblings = case.siblings(iccid(card))
    (found,) = siblings
    way = history.way_of(card)
    same_way = {other for other in history.cards if history.way_of(other) == way}
    assert told(found.same_way) == counted(history, same_way)
    assert [lot.hop.n for lot in found.lots] == list(range(len(way), 0, -1))
    for lot in found.lots:
        assert told(lot.lot) == counted(history, set(way[lot.hop.n - 1].cards))
        came = set.intersection(*(set(move.cards) for move in way[: lot.hop.n]))
        assert told(lot.together) == counted(history, came)
    at_large = counted(history, {other for move in way for other in move.cards})[3]
    listed = [other for entry in siblings.suspension for other in cards_of([entry.cards])]
    assert len(listed) == len(set(listed))
    assert set(listed) == at_large
    sizes = [_group_size(history, card, entry.hop and entry.hop.n, entry.is_same_way) for entry in siblings.suspension]
    assert sizes == sorted(sizes)


def _group_size(history: History, card: int, step: int | None, is_same_way: bool) -> int:
    way = history.way_of(card)
    if step is None:
        return sum(history.way_of(other) == way for other in history.cards)
    if not is_same_way:
        return len(way[step - 1].cards)
    return len(set.intersection(*(set(move.cards) for move in way[:step])))


# A company buys 0 to 99 and passes 0 to 19 to a shop, in one range; the shop passes 10, 11, 12 and 14 to a man, who
# gets 200 and 201 of another company on the same day from it, and 0 to the woman next door.
MAN = History(
    moves=[
        Move(CARRIER, "星海", 0, tuple(range(100)), is_listed=False),
        Move(CARRIER, "别家", 1, (200, 201), is_listed=True),
        Move("星海", "云店", 2, tuple(range(20)), is_listed=False),
        Move("别家", "云店", 3, (200, 201), is_listed=True),
        Move("云店", "方强", 4, (10, 11, 12, 14, 200, 201), is_listed=True),
        Move("云店", "方兰", 5, (0,), is_listed=True),
    ],
    uses=[(card, "方强") for card in (0, 10, 11, 12, 14, 30, 200)],
    seizures=[(11, "案一"), (50, "案一")],
)


def test_the_nearest_cards_come_first_and_each_but_once(tmp_path: Path) -> None:
    with MAN.load(tmp_path) as case:
        siblings = case.siblings(iccid(11))
    told = [
        (cards_of([entry.cards]), entry.hop and entry.hop.n, entry.is_same_way, entry.cards.carrier)
        for entry in siblings.suspension
    ]
    assert told == [
        ([10], None, True, "china-unicom"),
        ([12], None, True, "china-unicom"),
        ([14], None, True, "china-unicom"),
        ([200], 3, False, "china-unicom"),
        ([0], 2, True, "china-unicom"),
        ([30], 1, True, "china-unicom"),
    ]
    assert repr(siblings) == "<Siblings of 1 cards: 6 activated and not seized>"


def test_a_lot_has_those_that_came_the_same_way_and_all_that_came_with_them(tmp_path: Path) -> None:
    with MAN.load(tmp_path) as case:
        (found,) = case.siblings(iccid(11))
    last = found.lots[0]
    assert told(last.lot) == ({10, 11, 12, 14, 200, 201}, 5, 1, {10, 12, 14, 200})
    assert told(last.together) == ({10, 11, 12, 14}, 4, 1, {10, 12, 14})
    assert last.together is not None
    assert last.together.active_unseized == 3
    assert [cards.cards for cards in last.together.ranges] == [3, 1]
    assert last.together.ranges == (found.same_way.ranges if found.same_way else None)


def test_a_card_just_outside_a_lot_is_not_in_it(tmp_path: Path) -> None:
    history = History(
        moves=[
            Move(CARRIER, "星海", 0, tuple(range(10)), is_listed=False),
            Move(CARRIER, "星海", 1, tuple(range(10, 20)), is_listed=False),
        ],
        uses=[(card, "方林") for card in (8, 9, 10)],
    )
    with history.load(tmp_path) as case:
        (found,) = case.siblings(iccid(9))
        assert told(found.same_way) == (set(range(10)), 2, 0, {8, 9})


def test_range_ends_are_shown_as_the_case_writes_them(tmp_path: Path) -> None:
    history = History(
        moves=[Move(CARRIER, "星海", 0, tuple(range(10)), is_listed=False)], uses=[(3, "方林"), (4, "方林")]
    )
    with history.load(tmp_path) as case:
        (found,) = case.siblings(iccid(3))
        assert found.same_way is not None
        (whole,), (large,) = found.same_way.ranges, found.same_way.at_large
        # only the range holds 0 and 9, which are shown with their check digit; 3 and 4 are listed without one
        assert (large.first, large.last) == (iccid(3), iccid(4))
        for shown, card in ((whole.first, 0), (whole.last, 9)):
            number = parse_iccid(shown)
            assert number is not None
            assert (number.key, number.checksum, len(shown)) == (iccid(card), "ok", 20)


def test_activations_and_seizures_by_subscriber_number_count(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "carrier,enterprise,date,iccid,msisdn\n"
        + "".join(f"中国联通,星海,2024-01-01,{iccid(card)},1064600000{card:03d}\n" for card in range(4)),
        encoding="utf-8",
    )
    (tmp_path / "a.csv").write_text(
        "msisdn,date\n" + "".join(f"1064600000{card:03d},2024-02-01\n" for card in (0, 1, 3)), encoding="utf-8"
    )
    (tmp_path / "z.csv").write_text("msisdn,date,case_no\n1064600000001,2024-03-01,案一\n", encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "s.csv")
        case.load(tmp_path / "a.csv", as_kind="activation")
        case.load(tmp_path / "z.csv", as_kind="seizure")
        (found,) = case.siblings(iccid(2))
    assert told(found.same_way) == ({0, 1, 2, 3}, 3, 1, {0, 3})


def test_a_step_of_a_number_of_cards_has_no_lot(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "from,to,date,iccid,quantity\n"
        f"中国联通,星海,2024-01-01,{iccid(1)},\n中国联通,星海,2024-01-01,{iccid(2)},\n"
        f"星海,丙店,2024-01-02,,500\n丙店,丁店,2024-01-03,{iccid(1)},\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "t.csv", as_kind="transfer")
        (found,) = case.siblings(iccid(1))
    last, bridged, bought = found.lots
    assert (bridged.lot, bridged.together) == (None, None)
    assert told(bought.lot)[0] == {1, 2}
    assert told(last.together)[0] == told(found.same_way)[0] == {1}


def test_a_day_that_records_disagree_about_does_not_part_a_lot(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "from,to,date,iccid\n"
        + "".join(f"中国联通,星海,2024-01-01,{iccid(card)}\n" for card in (1, 2, 3, 4))
        + f"星海,丙店,2024-01-05,{iccid(1)}\n星海,丙店,2024-01-07,{iccid(1)}\n"
        + f"星海,丙店,2024-01-07,{iccid(2)}\n星海,丙店,2024-01,{iccid(3)}\n星海,丙店,2024-01-06,{iccid(4)}\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "t.csv", as_kind="transfer")
        (found,) = case.siblings(iccid(1))
    assert told(found.same_way)[0] == {1, 2, 3}


def test_both_chains_of_a_disputed_card_have_their_lots(tmp_path: Path) -> None:
    history = History(
        moves=[
            Move(CARRIER, "甲公司", 0, tuple(range(10)), is_listed=False),
            Move(CARRIER, "乙公司", 1, tuple(range(5, 15)), is_listed=False),
        ]
    )
    with history.load(tmp_path) as case:
        (found,) = case.siblings(iccid(7))
        (plain,) = case.siblings(iccid(2))
    assert [(lot.chain, told(lot.lot)[0]) for lot in found.lots] == [(1, set(range(10))), (2, set(range(5, 15)))]
    assert told(found.same_way)[0] == {5, 6, 7, 8, 9}
    assert told(plain.same_way)[0] == {0, 1, 2, 3, 4}


def test_a_card_that_no_record_moves_has_no_lot_and_an_unknown_one_no_entry(tmp_path: Path) -> None:
    history = History(moves=[Move(CARRIER, "星海", 0, (1, 2), is_listed=True)], seizures=[(9, "案一")])
    with history.load(tmp_path) as case:
        siblings = case.siblings(iccid(9), ABSENT, iccid(1))
    assert [(card.trace.input, len(card.lots)) for card in siblings] == [(iccid(9), 0), (iccid(1), 1)]
    assert siblings[0].same_way is None
    assert siblings.not_found == (ABSENT,)
    assert siblings[0:1] == (siblings[0],)


def test_the_table_for_the_carrier_has_a_row_for_each_range(tmp_path: Path) -> None:
    with MAN.load(tmp_path) as case:
        table = case.siblings(iccid(11)).to_pandas()
    assert list(table["first"].map(card_of)) == [10, 12, 14, 200, 0, 30]
    assert table["first"].map(type).eq(str).all()
    assert table["n"].isna().sum() == 3
    assert list(table["n"].dropna()) == [3, 2, 1]


@pytest.mark.parametrize("order", [(11, 200), (200, 11)])
def test_several_cards_share_one_list_for_the_carrier(order: tuple[int, int], tmp_path: Path) -> None:
    with MAN.load(tmp_path) as case:
        siblings = case.siblings(*map(iccid, order))
    listed = [card for entry in siblings.suspension for card in cards_of([entry.cards])]
    assert sorted(listed) == [0, 10, 12, 14, 30, 200]
    assert listed[0] == 200
    assert [card_of(card.trace.input) for card in siblings] == list(order)


LISTS = "导出日期,ICCID,状态\n"


@pytest.mark.parametrize(
    ("rows", "states"),
    [
        (["2024-12-15,{card},已销户"], [("已销户", 1)]),
        (["2024-12-15,{card},停机"], [("停机", 1)]),
        (["2024-11-15,{card},正常", "2024-12-15,{card},拆机"], [("拆机", 1)]),
        (["2024-11-15,{card},已销户", "2024-12-15,{card},正常"], []),
        (["2024-11-15,{card},已销户"], []),
        (["2024-12-15,{card},正常"], []),
    ],
)
def test_a_card_that_the_latest_list_has_as_closed_is_counted_beside_and_not_offered(
    tmp_path: Path, rows: list[str], states: list[tuple[str, int]]
) -> None:
    moves = [Move(CARRIER, "星海", 0, (1, 2, 3), is_listed=False), Move("星海", "丙店", 1, (1, 2, 3), is_listed=False)]
    history = History(moves=moves, uses=[(2, "钱强"), (3, "孙强")])
    (tmp_path / "list.csv").write_text(
        LISTS + "".join(f"{row.format(card=iccid(2))}\n" for row in rows), encoding="utf-8"
    )
    with history.load(tmp_path) as case:
        case.load(tmp_path / "list.csv")
        siblings = case.siblings(iccid(1))
    offered = [card for entry in siblings.suspension for card in cards_of([entry.cards])]
    assert (list(siblings.out_of_service), offered) == (states, [3] if states else [2, 3])
    assert siblings.to_dict()["out_of_service"] == [{"state": state, "cards": cards} for state, cards in states]
    assert told(siblings[0].same_way)[3] == {2, 3}, "they were activated and are not seized"
