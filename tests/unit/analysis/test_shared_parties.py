from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.analysis.shared_party_ranking import wilson_interval
from graphtrace.errors import UsageError
from graphtrace.results.shared_parties import SharedParties, SharedParty

from ...conftest import examples
from .histories import CARRIER, History, Move, card_of, histories, iccid

ABSENT = "8986061955500000000"

# A hundred cards, 0 to 99. The wholesaler bought all of them and passed 0 to 59 to shop A and 60 to 79 to shop B, which
# passed 60 to 63 to the dealer. Seven numbers are asked for, one of which nobody knows:
#
#   card   way                            criminal case
#   5      wholesaler, shop A             X
#   60     wholesaler, shop B, dealer     Y
#   61     wholesaler, shop B, dealer     Y
#   62     wholesaler, shop B, dealer     Z
#   70     wholesaler, shop B             none: counted beside the cases
#   90     wholesaler                     X
#
# So five cards of three cases (X, Y, Z) and one without, and a party that handled v of the 100 cards is expected to
# have had 6 * v / 100 of the six.
#
#               cards  cases        handled  expected  lift            guarded: (cards + 1/2) / (expected + 1/2)
#   wholesaler  6      3, and 1     100      6         1               6.5 / 6.5  = 1
#   shop A      1      1 (X)        60       3.6       1 / 3.6         1.5 / 4.1
#   shop B      4      2, and 1     20       1.2       4 / 1.2         4.5 / 1.7  = 2.65
#   dealer      3      2 (Y, Z)     4        0.24      3 / 0.24 = 12.5 3.5 / 0.74 = 4.73
#
# Wilson's interval for 3 of 6 at 95 % is 0.1876 to 0.8124; over the dealer's share of all cards, 4 / 100, that is a
# lift between 4.69 and 20.31.
WHOLESALER, SHOP_A, SHOP_B, DEALER = "批发公司", "甲店", "乙店", "丙强"
ASKED = (5, 60, 61, 62, 70, 90)
WORKED = History(
    moves=[
        Move(CARRIER, WHOLESALER, 0, tuple(range(100)), is_listed=False),
        Move(WHOLESALER, SHOP_A, 1, tuple(range(60)), is_listed=False),
        Move(WHOLESALER, SHOP_B, 2, tuple(range(60, 80)), is_listed=False),
        Move(SHOP_B, DEALER, 3, (60, 61, 62, 63), is_listed=True),
    ],
    seizures=[(5, "X"), (60, "Y"), (61, "Y"), (62, "Z"), (90, "X")],
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    with WORKED.load(tmp_path_factory.mktemp("shared")) as case:
        yield case


@pytest.fixture(scope="module")
def shared(case: gt.Case) -> SharedParties:
    return case.common(*map(iccid, ASKED), ABSENT)


def names(parties: tuple[SharedParty, ...]) -> list[str]:
    return [one.party.name for one in parties]


def one_called(shared: SharedParties, name: str) -> SharedParty:
    (found,) = [one for one in (*shared.parties, *shared.carriers) if one.party.name == name]
    return found


def test_the_figures_are_those_of_the_worked_example(shared: SharedParties) -> None:
    figures = {one.party.name: (one.cards, one.cases, one.volume, one.expected, one.lift) for one in shared.parties}
    assert figures == {
        WHOLESALER: (6, 3, 100, 6, 1),
        SHOP_A: (1, 1, 60, pytest.approx(3.6), pytest.approx(1 / 3.6)),
        SHOP_B: (4, 2, 20, pytest.approx(1.2), pytest.approx(4 / 1.2)),
        DEALER: (3, 2, 4, pytest.approx(0.24), pytest.approx(12.5)),
    }
    dealer = one_called(shared, DEALER)
    assert (dealer.card_share, dealer.case_share, dealer.score) == (3 / 6, 2 / 3, 2 / 4)
    assert dealer.lift_interval == (pytest.approx(4.69, abs=0.005), pytest.approx(20.31, abs=0.005))
    assert dealer.guarded_lift == pytest.approx(3.5 / 0.74)
    assert (shared.case_cards, len(shared.cards), shared.case_numbers) == (100, 6, ("X", "Y", "Z"))


def test_cards_without_a_case_number_are_counted_beside_the_cases_and_never_as_cases(shared: SharedParties) -> None:
    assert (len(shared.case_numbers), shared.cards_without_case) == (3, 1)
    counted = {one.party.name: (one.cases, one.cards_without_case) for one in shared.parties}
    assert counted == {WHOLESALER: (3, 1), SHOP_A: (1, 0), SHOP_B: (2, 1), DEALER: (2, 0)}


def test_where_no_record_names_a_case_there_is_none(tmp_path: Path) -> None:
    history = History(
        moves=[Move(CARRIER, "星海", 0, (1, 2), is_listed=True), Move("星海", "丙店", 1, (1, 2), is_listed=True)]
    )
    with history.load(tmp_path) as case:
        shared = case.common(iccid(1), iccid(2))
    assert (shared.case_numbers, shared.cards_without_case) == ((), 2)
    assert {(one.cases, one.cards_without_case, one.case_share, one.score) for one in shared.parties} == {
        (0, 2, None, 1.0)
    }
    assert shared.to_dict()["parties"][0]["coverage"] == {"cards": 1.0, "cases": None}


def test_a_number_that_no_record_knows_stays_in_the_answer_and_in_no_share(shared: SharedParties) -> None:
    assert shared.not_found == (ABSENT,)
    assert shared.to_dict()["asked"] == {"cards": 6, "cases": 3, "cards_without_case": 1, "not_found": [ABSENT]}


def test_the_wholesaler_comes_first_by_coverage_and_not_by_lift(case: gt.Case, shared: SharedParties) -> None:
    assert names(shared.parties) == [DEALER, SHOP_B, WHOLESALER, SHOP_A]
    by_coverage = case.common(*map(iccid, ASKED), by="coverage")
    assert names(by_coverage.parties) == [WHOLESALER, SHOP_B, DEALER, SHOP_A]


def test_the_carrier_stands_apart(shared: SharedParties) -> None:
    (carrier,) = shared.carriers
    assert (carrier.party.carrier, carrier.cards, carrier.roles) == ("china-unicom", 6, {"carrier": 6})


def test_weights_of_cases_make_the_score(case: gt.Case) -> None:
    # X counts 3, Z nothing, Y and card 70 one each: 5 in all, of 4 cases
    weights = {"X": 3.0, "Z": 0.0, iccid(70): 1.0}
    shared = case.common(*map(iccid, ASKED), by="score", weights=weights)
    scores = [(one.party.name, one.score) for one in shared.parties]
    assert scores == [(WHOLESALER, 1.0), (SHOP_A, 3 / 5), (SHOP_B, 2 / 5), (DEALER, 1 / 5)]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"X": -1.5}, "weight of -1.5"),
        ({"X": float("nan")}, "weight of nan"),
        ({"W": 1.0}, "W: none of the cards"),
        ({iccid(5): 2.0}, "belongs to the criminal case X"),
        ({"X": 0.0, "Y": 0.0, "Z": 0.0, iccid(70): 0.0}, "all weights are 0"),
    ],
)
def test_a_weight_that_means_nothing_is_refused(case: gt.Case, weights: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        case.common(*map(iccid, ASKED), weights=weights)


def test_each_party_has_the_cards_and_the_rows_behind_it(shared: SharedParties) -> None:
    shop = one_called(shared, SHOP_B)
    assert [card_of(passage.card.iccid) for passage in shop.evidence] == [60, 61, 62, 70]
    told = {
        card_of(passage.card.iccid): [
            (hop.n, hop.sender.name, hop.receiver.name, hop.origins[0].file) for hop in passage.hops[1]
        ]
        for passage in shop.evidence
    }
    received = (2, WHOLESALER, SHOP_B, "transfer.csv")
    assert told[70] == [received]
    assert told[60] == [received, (3, SHOP_B, DEALER, "transfer.csv")]
    assert all(passage.is_certain for passage in shop.evidence)
    assert shop.roles == {"reseller": 3, "holder": 1}
    assert one_called(shared, WHOLESALER).roles == {"registrant": 6, "holder": 1}


def test_the_same_card_asked_for_in_two_ways_counts_once(case: gt.Case) -> None:
    shared = case.common(iccid(5), f"{iccid(5)[:-2]}??", iccid(5))
    assert len(shared.cards) == len({card.key for card in shared.cards})
    assert shared.cards[0].trace.input == iccid(5)


def test_nothing_known_is_an_answer_without_parties(case: gt.Case) -> None:
    shared = case.common(ABSENT)
    assert (shared.cards, shared.parties, shared.carriers, shared.cover) == ((), (), (), ())
    assert shared.not_found == (ABSENT,)


def test_a_party_of_one_criminal_case_comes_after_those_of_several(tmp_path: Path) -> None:
    # One raid finds eight cards of the gang, which handled nothing else; two cases share the shop.
    history = History(
        moves=[
            Move(CARRIER, "星海", 0, tuple(range(60)), is_listed=False),
            Move("星海", "团伙", 1, tuple(range(8)), is_listed=False),
            Move("星海", "云店", 2, tuple(range(10, 30)), is_listed=False),
        ],
        seizures=[*((card, "案一") for card in range(8)), (10, "案一"), (11, "案二")],
    )
    with history.load(tmp_path) as case:
        shared = case.common(*map(iccid, (*range(8), 10, 11)))
        assert names(shared.parties) == ["星海", "云店", "团伙"]
        # where all is one case, none is set back
        assert names(case.common(*map(iccid, (*range(8), 10))).parties)[0] == "团伙"


def test_the_cover_takes_who_explains_most_then_who_handled_least(tmp_path: Path) -> None:
    history = History(
        moves=[
            Move(CARRIER, "大公司", 0, tuple(range(40)), is_listed=False),
            Move(CARRIER, "小公司", 1, tuple(range(40, 50)), is_listed=False),
            Move("小公司", "丙店", 2, (40, 41, 42), is_listed=True),
        ],
        uses=[(99, "钱强")],
        seizures=[(77, "案一")],
    )
    with history.load(tmp_path) as case:
        shared = case.common(*map(iccid, (1, 2, 40, 41, 42, 99, 77)))
    cover = [(step.party.name, step.cards, step.new_cards) for step in shared.cover]
    assert cover == [("丙店", 3, 3), ("大公司", 2, 2), ("钱强", 1, 1)]
    assert [card_of(card.iccid) for card in shared.unexplained] == [77]


def test_a_party_of_one_of_several_chains_is_counted_and_not_certain(tmp_path: Path) -> None:
    history = History(
        moves=[
            Move(CARRIER, "星海", 0, (1, 2), is_listed=True),
            Move("星海", "丙店", 1, (1, 2), is_listed=True),
            Move("星海", "丁店", 2, (1,), is_listed=True),
        ],
    )
    with history.load(tmp_path) as case:
        shared = case.common(iccid(1), iccid(2))
    told = {one.party.name: (one.cards, one.certain_cards) for one in shared.parties}
    assert told == {"星海": (2, 2), "丙店": (2, 1), "丁店": (1, 0)}
    (passage,) = one_called(shared, "丁店").evidence
    assert list(passage.hops) == [2]


def test_a_step_that_states_a_quantity_only_is_not_certain(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "from,to,date,iccid,quantity\n"
        f"中国联通,星海,2024-01-01,{iccid(1)},\n"
        "星海,丙店,2024-01-02,,500\n丙店,丁店,2024-01-03,,500\n"
        f"丁店,戊店,2024-01-04,{iccid(1)},\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "t.csv", as_kind="transfer")
        shared = case.common(iccid(1))
    told = {one.party.name: (one.certain_cards, one.volume) for one in shared.parties}
    assert told == {"星海": (1, 1), "丙店": (0, 1), "丁店": (1, 1), "戊店": (1, 1)}


def test_a_user_whom_only_the_activation_names_has_handled_what_was_used(tmp_path: Path) -> None:
    history = History(
        moves=[Move(CARRIER, "星海", 0, tuple(range(10)), is_listed=False)],
        uses=[(1, "钱强"), (2, "钱强"), (3, "钱强"), (4, "他人")],
    )
    with history.load(tmp_path) as case:
        user = one_called(case.common(iccid(1), iccid(2)), "钱强")
    assert (user.cards, user.volume, user.roles, user.certain_cards) == (2, 3, {"end_user": 2}, 2)
    assert [origin.row for passage in user.evidence for origin in passage.origins] == [2, 3]
    assert not any(passage.hops for passage in user.evidence)


def test_a_party_that_lost_the_card_before_a_hole_in_the_chain_counts(tmp_path: Path) -> None:
    history = History(
        moves=[
            Move(CARRIER, "星海", 0, (1,), is_listed=True),
            Move("星海", "丙店", 1, (1,), is_listed=True),
            Move("丁店", "戊店", 2, (1,), is_listed=True),
        ],
    )
    with history.load(tmp_path) as case:
        shared = case.common(iccid(1))
    assert {one.party.name: dict(one.roles) for one in shared.parties} == {
        "星海": {"registrant": 1},
        "丙店": {"reseller": 1},
        "丁店": {"reseller": 1},
        "戊店": {"holder": 1},
    }


def test_a_table_has_a_row_for_each_party_and_text_stays_text(shared: SharedParties) -> None:
    table = shared.to_pandas()
    assert list(table["party"]) == [*names(shared.parties), *names(shared.carriers)]
    assert list(table["cards"]) == [3, 4, 6, 1, 6]
    assert table["party_id"].map(type).eq(str).all()


def test_the_interval_of_a_share_is_wilsons() -> None:
    # 10 of 100 at 95 %: (0.1 + z²/200 ± z √(0.1 * 0.9 / 100 + z²/40000)) / (1 + z²/100) with z² = 3.8415
    assert wilson_interval(10, 100) == (pytest.approx(0.05523, abs=1e-5), pytest.approx(0.17437, abs=1e-5))
    assert wilson_interval(0, 5)[0] == 0
    assert wilson_interval(5, 5)[1] == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_ring_comes_first_by_lift_though_the_wholesaler_had_more(seed: int, tmp_path: Path) -> None:
    """A wholesaler with two thirds of all cards; a ring that bought 40 of them; its cards are seized more often."""
    chance = random.Random(seed)
    moves = [
        Move(CARRIER, "大批发", 0, tuple(range(4000)), is_listed=False),
        Move(CARRIER, "小公司", 1, tuple(range(4000, 6000)), is_listed=False),
    ]
    shops = [f"店{number}" for number in range(40)]
    for number, shop in enumerate(shops):
        moves.append(Move("大批发", shop, 2 + number, tuple(range(100 * number, 100 * number + 100)), is_listed=False))
    ring = tuple(sorted(chance.sample(range(4000), 40)))
    for number, shop in enumerate(shops):
        cards = tuple(card for card in ring if card // 100 == number)
        if cards:
            moves.append(Move(shop, "团伙", 50 + number, cards, is_listed=True))
    for number in range(60):
        cards = tuple(chance.sample(sorted(set(range(6000)) - set(ring)), 3))
        for card in cards:
            holder = shops[card // 100] if card < 4000 else "小公司"
            moves.append(Move(holder, f"散户{number}", 100 + number, (card,), is_listed=True))
    seized = [*chance.sample(ring, 18), *chance.sample(sorted(set(range(6000)) - set(ring)), 30)]
    history = History(moves, seizures=[(card, f"案{number}") for number, card in enumerate(seized)])
    with history.load(tmp_path) as case:
        by_lift = case.common(*map(iccid, seized))
        by_coverage = case.common(*map(iccid, seized), by="coverage")
    assert by_lift.parties[0].party.name == "团伙"
    assert by_coverage.parties[0].party.name == "大批发"
    assert by_coverage.parties[0].cards > by_lift.parties[0].cards == 18
    assert by_lift.parties[0].lift_interval[0] > 10
    low, high = one_called(by_lift, "小公司").lift_interval
    assert low < 1.5
    assert high > 0.5


# -- against a second reading ----------------------------------------------------------------------------------


def stations(history: History) -> nx.DiGraph[object]:
    """A delivery joins the stations of its parties, and the last station of a card leads to the card."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    for card in history.cards | {card for card, _ in (*history.uses, *history.seizures)}:
        last: object = None
        for move in history.way_of(card):
            graph.add_edge((move.sender, card), (move.receiver, card))
            last = (move.receiver, card)
        if last is not None:
            graph.add_edge(last, card)
    for card, user in history.uses:
        graph.add_edge((user, card), card)
    return graph


def handled(history: History, name: str) -> set[int]:
    moved = {card for move in history.moves if name in (move.sender, move.receiver) for card in move.cards}
    return moved | {card for card, user in history.uses if user == name}


@pytest.mark.slow
@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.data())
def test_figures_are_those_of_a_graph_of_stations(history: History, data: st.DataObject) -> None:
    known = sorted(history.cards | {card for card, _ in (*history.uses, *history.seizures)})
    asked = data.draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    with tempfile.TemporaryDirectory() as folder, history.load(Path(folder)) as case:
        shared = case.common(*map(iccid, asked))
        shuffled = case.common(*map(iccid, data.draw(st.permutations(asked))))
    graph = stations(history)
    cases = {card: {no for seized, no in history.seizures if seized == card} for card in asked}
    weighed = {card: cases[card] or {card} for card in asked}
    all_weighed = set().union(*weighed.values())
    parties = {station[0] for station in graph if isinstance(station, tuple)}
    expected = {}
    for name in parties:
        starts = [station for station in graph if isinstance(station, tuple) and station[0] == name]
        reached = {end for start in starts for end in nx.descendants(graph, start)} & set(asked)
        if reached:
            without = sum(not cases[card] for card in reached)
            score = len(set().union(*(weighed[card] for card in reached))) / len(all_weighed)
            reached_cases = set().union(*(cases[card] for card in reached))
            expected[name] = (len(reached), len(reached_cases), without, score)
    found = {
        one.party.name: (one.cards, one.cases, one.cards_without_case, one.score)
        for one in (*shared.parties, *shared.carriers)
    }
    assert found == {name: pytest.approx(figures) for name, figures in expected.items()}
    for one in (*shared.parties, *shared.carriers):
        volume = handled(history, one.party.name)
        assert one.volume == len(volume)
        assert one.lift == pytest.approx((one.cards / len(asked)) / (len(volume) / len(known)))
    assert shared.case_cards == len(known)
    told, again = shared.to_dict(), shuffled.to_dict()
    for answer in (told, again):
        answer["cards"].sort(key=lambda card: str(card["iccid"]))
        answer["unexplained"].sort()
    assert told == again


@settings(max_examples=examples(4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_the_cover_explains_every_card_that_anybody_had(history: History) -> None:
    asked = sorted(history.cards | {card for card, _ in (*history.uses, *history.seizures)})
    with tempfile.TemporaryDirectory() as folder, history.load(Path(folder)) as case:
        shared = case.common(*map(iccid, asked))
    explained: set[str] = set()
    for step in shared.cover:
        one = one_called(shared, step.party.name)
        keys = {passage.card.key for passage in one.evidence}
        left = {card.key for card in shared.cards} - explained
        most = max(len({passage.card.key for passage in other.evidence} & left) for other in shared.parties)
        assert len(keys & left) == step.new_cards == most > 0
        explained |= keys
    assert explained | {card.key for card in shared.unexplained} == {card.key for card in shared.cards}
    assert not explained & {card.key for card in shared.unexplained}
