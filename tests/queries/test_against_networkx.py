"""Questions that walk from party to party agree with walks over a graph that is made from the dealings themselves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import networkx as nx
import pytest

import graphtrace as gt

from .conftest import rows_of
from .dealings import CARRIER, PARTIES, Move, card_of, id_of

Dealt = tuple[gt.Case, list[Move]]


def ways_of(moves: list[Move]) -> Iterator[tuple[list[str], int, int, date]]:
    """Every way of cards from a sale by the carrier on: parties, first and last card, latest day of the last step."""
    numbered = [move for move in moves if move.first]

    def onward(way: list[str], first: int, last: int, earliest: date, until: date) -> Iterator[tuple]:
        yield way, first, last, until
        for move in numbered:
            low, high = max(first, move.first), min(last, move.last)
            is_next = move.sender == way[-1] and low <= high and move.until >= earliest
            if is_next and move.receiver not in (*way, CARRIER):
                yield from onward([*way, move.receiver], low, high, max(earliest, move.day), move.until)

    for sale in numbered:
        if sale.sender == CARRIER:
            yield from onward([sale.receiver], sale.first, sale.last, sale.day, sale.until)


def test_chains_are_all_ways_that_the_records_allow(dealt: Dealt) -> None:
    case, moves = dealt
    ways: dict[tuple[tuple[str, ...], int, int], date] = {}
    for way, first, last, until in ways_of(moves):
        known = (tuple(map(id_of, way)), first, last)
        ways[known] = max(until, ways.get(known, until))
    assert max(len(way) for way, _, _ in ways) > 3
    for depth in (1, 3):
        found = rows_of(case, "chains-deeper-than", "way", "first_card", "last_card", "until", depth=depth)
        assert len(found) == len({(*way, *rest) for way, *rest in found})
        assert {(tuple(way), card_of(first), card_of(last)): until for way, first, last, until in found} == {
            (way, first, last): str(until) for (way, first, last), until in ways.items() if len(way) - 1 > depth
        }


def test_a_depth_counts_each_card_that_reached_it_once(dealt: Dealt) -> None:
    case, moves = dealt
    cards: dict[tuple[str, int], set[int]] = {}
    holders: dict[tuple[str, int], set[str]] = {}
    for way, first, last, _ in ways_of(moves):
        place = (id_of(way[0]), len(way) - 1)
        cards.setdefault(place, set()).update(range(first, last + 1))
        holders.setdefault(place, set()).add(way[-1])
    found = rows_of(case, "depth-of-resale", "enterprise_id", "depth", "cards", "holders")
    assert {(party, depth): (count, many) for party, depth, count, many in found} == {
        place: (len(cards[place]), len(holders[place])) for place in cards if place[1] > 0
    }


def graph_of(moves: list[Move], *ends: str) -> nx.Graph:
    """Return the graph of counterparties; the carrier only where it is an end."""
    pairs = [(move.sender, move.receiver) for move in moves]
    graph = nx.Graph((a, b) for a, b in pairs if CARRIER not in {a, b} - set(ends))
    graph.add_nodes_from(ends)
    return graph


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations((*PARTIES[:4], CARRIER), 2)))
def test_the_shortest_connection_is_the_first_of_all_shortest_ones(one: str, other: str, dealt: Dealt) -> None:
    case, moves = dealt
    graph = graph_of(moves, one, other)
    expected = min(list(map(id_of, way)) for way in nx.all_shortest_paths(graph, one, other))
    found = rows_of(case, "shortest-connection", "step", "from_id", "to_id", party=id_of(one), other=id_of(other))
    assert found == [(n, *pair) for n, pair in enumerate(itertools.pairwise(expected), 1)]


def test_a_connection_on_a_long_line_is_found_and_not_beyond_the_most_steps(line: gt.Case) -> None:
    ways = rows_of(line, "shortest-connection", "to_id", party="甲0", other="甲6")
    assert ways == [f"name:甲{n}" for n in range(1, 7)]
    assert rows_of(line, "shortest-connection", "step", party="甲6", other="甲0", most=6) == [1, 2, 3, 4, 5, 6]
    assert rows_of(line, "shortest-connection", "step", party="甲6", other="甲0", most=5) == []
    assert rows_of(line, "shortest-connection", "step", party="甲3", other="甲3") == []
    assert rows_of(line, "shortest-connection", "step", party="甲3", other="乙0") == []


def reached_by(moves: list[Move], start: str, hops: int, *, backwards: bool) -> dict[str, tuple[int, date]]:
    """Fewest steps and best day for every party, by trying every walk of dated edges."""
    graph = nx.MultiDiGraph()
    graph.add_node(start)
    for move in moves:
        ends = (move.receiver, move.sender) if backwards else (move.sender, move.receiver)
        graph.add_edge(*ends, move=move)
    found: dict[str, tuple[int, date]] = {}
    states: set[tuple[str, date | None]] = {(start, None)}
    for step in range(1, hops + 1):
        following: set[tuple[str, date | None]] = set()
        for at, day in states:
            if at == CARRIER and at != start:
                continue
            for _, to, move in graph.out_edges(at, data="move"):
                if backwards:
                    day_there = move.until if day is None else min(day, move.until)
                    fits = day is None or move.day <= day
                else:
                    day_there = move.day if day is None else max(day, move.day)
                    fits = day is None or move.until >= day
                if fits and to != start:
                    following.add((to, day_there))
                    fewest, best = found.get(to, (step, day_there))
                    found[to] = (fewest, max(best, day_there) if backwards else min(best, day_there))
        states = following
    return found


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("hops", [1, 2, 4])
def test_neighbours_are_reached_by_walks_in_the_order_of_time(hops: int, *, backwards: bool, dealt: Dealt) -> None:
    case, moves = dealt
    for start in (*PARTIES[:3], CARRIER):
        found = rows_of(
            case,
            "neighbours-within-hops",
            "party_id",
            "hops",
            "day",
            party=id_of(start),
            hops=hops,
            backwards=backwards,
        )
        assert {party: (steps, day) for party, steps, day in found} == {
            id_of(party): (steps, str(day))
            for party, (steps, day) in reached_by(moves, start, hops, backwards=backwards).items()
        }


def test_nobody_is_reached_against_time(line: gt.Case) -> None:
    """The line is told in falling order of days from its sixth to its first step."""
    assert rows_of(line, "neighbours-within-hops", "party_id", party="甲0", hops=9) == ["name:甲1"]
    assert rows_of(line, "neighbours-within-hops", "party_id", party="甲6", hops=9, backwards=True) == ["name:甲5"]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    """甲0 → 甲1 → … → 甲6, each step a day before the one in front of it, and two others by themselves."""
    folder = tmp_path_factory.mktemp("line")
    rows = [f"甲{n},甲{n + 1},2024-03-{20 - n:02d},89860619000000000{n:02d}" for n in range(6)]
    rows.append("乙0,乙1,2024-03-01,8986061900000000099")
    path = folder / "line.csv"
    path.write_text("\n".join(["转出方,转入方,日期,卡号", *rows]), encoding="utf-8")
    with gt.open_case(folder / "x.gtrace") as case:
        case.load(path)
        yield case
