"""Bounds of the number of different cards that passed: by hand, and by a search through all histories of few cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.analysis.flow_bounds import CardsOnDays, QuantityLot, SourceSheet, bound_cards, maximum_flow
from graphtrace.model import DateSpan
from graphtrace.results.flows import CardBounds, NoBounds

FIRST = 19_800


def day(number: int, until: int | None = None) -> DateSpan:
    return DateSpan(FIRST + number, FIRST + (number if until is None else until))


HAND = {
    "a quantity-only lot on the day of listed cards may be these": ([(5, 1)], [(3, 1)], [], (5, 8)),
    "one on another day is further cards": ([(5, 1)], [(3, 2)], [], (8, 8)),
    "unless cards came back in between": ([(5, 1)], [(3, 3)], [2], (5, 8)),
    "a return after both brings none back in time": ([(5, 1)], [(3, 3)], [4], (8, 8)),
    "more by number than are listed are further cards": ([(5, 1)], [(9, 1)], [], (9, 14)),
    "two sales by number are two sales": ([], [(4, 1), (4, 1)], [], (8, 8)),
    "unless cards came back": ([], [(4, 1), (6, 3)], [2], (6, 10)),
    "listed cards cannot be in two sales of a day": ([(5, 1)], [(4, 1), (4, 1)], [], (8, 13)),
}


@pytest.mark.parametrize("what", HAND)
def test_bounds_by_hand(what: str) -> None:
    listed, numbers, returns, expected = HAND[what]
    assert (
        bound_cards(
            sum(cards for cards, _ in listed),
            [CardsOnDays((day(when),), cards) for cards, when in listed],
            [QuantityLot(day(when), cards) for cards, when in numbers],
            [day(when) for when in returns],
        )
        == expected
    )


def test_too_many_lots_are_not_worked_out() -> None:
    lots = [QuantityLot(day(number), 1) for number in range(500)]
    assert bound_cards(0, [], lots, [day(0)]) == NoBounds("pairs")


def fewest(listed: Sequence[DateSpan], numbers: Sequence[tuple[int, DateSpan]], returns: Sequence[DateSpan]) -> int:
    """The fewest cards that explain all: each stated card is a new one, or the last of the history of another one.

    ``numbers`` has the lot and the day of each card that is stated by number, in the order of the lots.
    """

    def may_follow(end: int, place: int) -> bool:
        lot, when = numbers[place]
        other = listed[end] if end >= 0 else numbers[-1 - end][1]
        before, after = min(other, when), max(other, when)
        came_back = any(back.latest >= before.earliest and back.earliest <= after.latest for back in returns)
        if end >= 0:
            return came_back or (other.earliest <= when.latest and when.earliest <= other.latest)
        return came_back and numbers[-1 - end][0] != lot

    @cache
    def search(place: int, ends: frozenset[int]) -> int:
        """The fewest further cards, where the histories so far end with these: listed ones from 0 on, others below."""
        if place == len(numbers):
            return 0
        grown = ends | {-1 - place}
        found = [search(place + 1, grown - {end}) for end in ends if may_follow(end, place)]
        return min([1 + search(place + 1, grown), *found])

    return len(listed) + search(0, frozenset(range(len(listed))))


def test_records_of_two_files_may_state_one_sale_under_two_days_and_those_of_one_do_not() -> None:
    ledger, delivery_list = frozenset({SourceSheet("a", None)}), frozenset({SourceSheet("b", "1")})

    def bounds(sheets: frozenset[tuple[str, str | None]]) -> object:
        return bound_cards(100, [CardsOnDays((day(3),), 100, delivery_list)], [QuantityLot(day(1), 120, sheets)], [])

    assert bounds(ledger) == CardBounds(120, 220)
    assert bounds(delivery_list) == bounds(ledger | delivery_list) == CardBounds(220, 220)
    sales = [
        QuantityLot(day(1), 100, ledger),
        QuantityLot(day(8), 100, ledger),
        QuantityLot(day(9), 150, delivery_list),
    ]
    assert bound_cards(0, [], sales[:2], []) == CardBounds(200, 200)
    assert bound_cards(0, [], sales, []) == CardBounds(200, 350)


SPANS = st.builds(lambda first, length: day(first, first + length), st.integers(0, 4), st.integers(0, 2))


def lots(most: int) -> st.SearchStrategy[list[tuple[DateSpan, int]]]:
    return st.lists(st.tuples(SPANS, st.integers(1, 2)), max_size=most)


@settings(max_examples=300, deadline=None)
@given(lots(2), lots(3), st.lists(SPANS, max_size=2))
def test_the_least_is_what_a_search_through_all_histories_finds(
    listed: list[tuple[DateSpan, int]], numbers: list[tuple[DateSpan, int]], returns: list[DateSpan]
) -> None:
    numbers = sorted(numbers)
    cards = [when for when, count in listed for _ in range(count)]
    found = bound_cards(
        len(cards),
        [CardsOnDays((when,), count) for when, count in listed],
        [QuantityLot(when, count) for when, count in numbers],
        returns,
    )
    units = [(place, when) for place, (when, count) in enumerate(numbers) for _ in range(count)]
    assert found == CardBounds(fewest(cards, units, returns), len(cards) + len(units))


TRANSFERS = """from,to,date,iccid_first,iccid_last,quantity,record_no,channel
甲,乙,2024-03-05,8986061900000000001,8986061900000000100,,1,
甲,乙,2024-03-05,,,70,2,
甲,乙,2024-03-05,,,70,2,
甲,乙,2024-03-09,,,30,3,QQ
乙,丙,2024-03-10,8986061900000000011,8986061900000000030,,4,
"""


PAIR = ("name:甲", "name:乙")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[gt.Case]:
    file = tmp_path / "t.csv"
    file.write_text(TRANSFERS, encoding="utf-8")
    with gt.open_case(tmp_path / "c") as case:
        case.load(file)
        yield case


def bounds_in(graph: nx.MultiDiGraph[str]) -> dict[tuple[str, str, str], tuple[int | None, int | None]]:
    return {
        (source, target, key): (flow["cards_at_least"], flow["cards_at_most"])
        for source, target, key, flow in graph.edges(keys=True, data=True)
    }


def test_a_graph_bounds_its_flows_in_the_days_and_channels_that_it_shows(case: gt.Case) -> None:
    assert bounds_in(case.graph()) == {
        ("name:甲", "name:乙", "flow"): (130, 200),
        ("name:乙", "name:丙", "flow"): (20, 20),
    }
    assert bounds_in(case.graph(until="2024-03-08")) == {("name:甲", "name:乙", "flow"): (100, 170)}
    by_channel = bounds_in(case.graph(by_channel=True, around="甲"))
    assert by_channel == {(*PAIR, ""): (100, 170), (*PAIR, "QQ"): (30, 30)}


def test_an_audit_bounds_what_its_party_dealt_by_number(case: gt.Case) -> None:
    (audit,) = case.audit("乙")
    (flow,) = audit.quantity_flows.received
    assert (flow.party.id, flow.cards, flow.quantity_only, flow.bounds) == ("name:甲", 100, (2, 100), (130, 200))
    assert audit.quantity_flows.passed_on == ()
    assert audit.to_dict()["quantity_flows"]["received"][0]["bounds"] == {"min": 130, "max": 200}


def test_bounds_of_too_many_rows_are_not_worked_out(case: gt.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphtrace.analysis.flow_bounds.MAX_RECORDS", 3)
    (audit,) = case.audit("乙")
    assert audit.quantity_flows.received[0].bounds == NoBounds("rows")
    assert bounds_in(case.graph()) == {(*PAIR, "flow"): (None, None), ("name:乙", "name:丙", "flow"): (20, 20)}


def test_a_party_says_how_many_cards_passed_at_least_and_at_most(case: gt.Case) -> None:
    ((received,), (passed,)) = (case.party("乙").received, case.party("乙").passed_on)

    assert (received.cards, received.quantity_only.cards, received.bounds) == (100, 100, (130, 200))
    assert passed.bounds == (20, 20)
    assert case.party("乙").to_dict()["received"][0]["bounds"] == {"min": 130, "max": 200}


@pytest.mark.parametrize(("waybill", "most"), [("SF1", 60), ("SF2", 120)])
def test_an_order_by_number_and_a_list_with_its_waybill_tell_of_one_parcel(
    tmp_path: Path, waybill: str, most: int
) -> None:
    files = {
        "list.csv": "转出方,转入方,日期,起始卡号,结束卡号,运单号\n"
        "甲,乙,2024-03-05,8986061900000000001,8986061900000000060,SF1\n",
        "order.csv": f"转出方,转入方,日期,数量,运单号\n甲,乙,2024-03-05,40,{waybill}\n甲,乙,2024-03-05,20,{waybill}\n",
    }
    with gt.open_case(tmp_path / "c") as case:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            case.load(tmp_path / name)
        assert case.party("甲").passed_on[0].bounds == (60, most)


AMOUNTS = st.lists(st.integers(0, 20), min_size=1, max_size=8)


@given(supplies=AMOUNTS, demands=AMOUNTS, data=st.data())
def test_the_maximum_flow_is_that_of_another_way_to_work_it_out(
    supplies: list[int], demands: list[int], data: st.DataObject
) -> None:
    pairs = [data.draw(st.lists(st.sampled_from(range(len(demands))), unique=True)) for _ in supplies]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(("from", "to"))
    graph.add_edges_from(("from", f"supply {place}", {"capacity": one}) for place, one in enumerate(supplies))
    graph.add_edges_from((f"demand {place}", "to", {"capacity": one}) for place, one in enumerate(demands))
    graph.add_edges_from((f"supply {one}", f"demand {other}") for one, others in enumerate(pairs) for other in others)
    assert maximum_flow(supplies, demands, pairs) == nx.maximum_flow_value(graph, "from", "to")
