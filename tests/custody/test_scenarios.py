"""The scenarios of SPEC section 4, as far as they are decided by the events of one card, alone and in combination."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from graphtrace.custody import trace_custody
from graphtrace.model import UNDATED, CustodyEvent, Party

from .cards import lot, movement, named, origin, seizure, tell

# --- S1 to S4: one chain, whole or not ------------------------------------------------------------------------------


def test_a_chain_with_rising_dates_is_proven() -> None:
    told = tell("C>E 1", "E>R1 2", "R1>R2 3")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1 R2"], [])
    assert (told.registrant, told.holder, told.end_user) == ("E", "R2", None)
    hops = told.only_chain.hops
    assert [hop.n for hop in hops] == [1, 2, 3]
    assert [hop.kind for hop in hops] == ["purchase", "transfer", "transfer"]
    assert [hop.when.day for hop in hops] == ["2024-03-01", "2024-03-02", "2024-03-03"]
    assert [hop.origins for hop in hops] == [(origin(2),), (origin(3),), (origin(4),)]
    assert not any(hop.gap_before or hop.dates for hop in hops)


LEVELS = {
    "the registrant's buyer is of the first level": (["C>E 1", "E>R1 2", "R1>R2 3"], [None, 1, 2]),
    "whoever gets cards back stands where it stood": (["C>E 1", "E>R1 2", "R1>R2 3", "R2>R1 4", "R1>R3 5"], "-1212"),
    "cards that go back to the registrant begin anew": (["C>E 1", "E>R1 2", "R1>E 3", "E>R2 4"], "-1-1"),
    "a sale by a carrier begins anew": (["C>E 1", "E>R1 2", "R1>C 3", "C>F 4", "F>R1 5"], "-1--1"),
    "after a gap nobody knows": (["C>E 1", "E>R1 2", "R2>R3 5", "R3>R4 6"], "-1--"),
    "without a purchase nobody knows": (["R1>R2 3", "R2>R3 4"], "--"),
}


@pytest.mark.parametrize("what", LEVELS)
def test_a_hop_has_the_level_of_its_receiver(what: str) -> None:
    movements, levels = LEVELS[what]
    expected = [None if level in ("-", None) else int(level) for level in levels]
    assert [hop.level for hop in tell(*movements).only_chain.hops] == expected


# --- S5 and S6: forks -------------------------------------------------------------------------------------------------


def test_more_than_sixteen_chains_are_cut_and_the_count_is_said() -> None:
    told = tell("C>E 1", *(f"E>R{n:02d} 2" for n in range(20)))
    assert (told.outcome, len(told.custody.chains), told.custody.chains_omitted) == ("ambiguous", 16, 4)
    assert told.shapes == [f"C E R{n:02d}" for n in range(16)]
    assert len(told.params("double_transfer")["to"]) == 20
    assert told.holder is None


# --- S7 to S10: dates -------------------------------------------------------------------------------------------------


def test_one_hop_in_two_files_has_two_origins() -> None:
    told = tell("C>E 1", "E>R1 2", "E>R1 2")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1"], [])
    assert told.only_chain.hops[1].origins == (origin(3), origin(4))


def test_a_hop_has_the_best_precision_and_the_first_kind_of_its_records() -> None:
    told = tell("C>E 1", movement("E>R1 2", 3, precision="range"), movement("E>R1 2", 4, kind="return"))
    assert (told.only_chain.hops[1].precision, told.only_chain.hops[1].kind) == ("listed", "return")


def test_a_hop_keeps_the_channel_that_its_record_names() -> None:
    told = tell("C>E 1", movement("E>R1 2", 3, channel="微信"))
    assert [hop.channel for hop in told.only_chain.hops] == [None, "微信"]


def test_one_hop_under_two_dates_has_the_earlier_and_a_finding() -> None:
    told = tell("C>E 1", "E>R1 5", "E>R1 2")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1"], ["date_disagreement"])
    assert told.params("date_disagreement") == {
        "hop": {"n": 2, "from": named("E"), "to": named("R1")},
        "dates": ["2024-03-02", "2024-03-05"],
    }
    hop = told.only_chain.hops[1]
    assert (hop.when.day, hop.dates) == ("2024-03-02", ("2024-03-02", "2024-03-05"))
    assert set(hop.origins) == {origin(3), origin(4)}


def test_a_return_and_a_later_sale_with_the_same_sides_are_two_hops() -> None:
    told = tell("C>E 1", "E>R1 2", movement("R1>E 5", 4, kind="return"), "R1>E 20")
    assert (told.outcome, told.codes) == ("ambiguous", ["double_transfer"])
    assert [[hop.kind for hop in chain.hops] for chain in told.custody.chains] == [
        ["purchase", "transfer", "return"],
        ["purchase", "transfer", "transfer"],
    ]


def test_a_return_and_a_transfer_are_one_hop_on_one_day_or_where_nothing_had_come_before() -> None:
    told = tell("C>E 1", "E>R1 2", movement("R1>E 5", 4, kind="return"), "R1>E 5")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1 E"], [])
    told = tell("C>R1 1", movement("R1>E 5", 3, kind="return"), "R1>E 7", "E>R1 9")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C R1 E R1"], ["date_disagreement"])


def test_two_statements_of_one_return_are_one_hop_beside_a_later_sale() -> None:
    returns = [movement(f"R1>E {day}", row, kind="return") for row, day in enumerate((5, 7), start=4)]
    told = tell("C>E 1", "E>R1 2", *returns, "R1>E 20")
    assert (told.outcome, [len(chain.hops) for chain in told.custody.chains]) == ("ambiguous", [3, 3])


# --- registrations ----------------------------------------------------------------------------------------------------


def registered(shorthand: str, row: int, *, dated: bool = True) -> CustodyEvent:
    """``"C>E 1"``: a document of C has the card registered to E, on the first or on no stated day."""
    event = replace(movement(shorthand, row, kind="registration"), document_basis="title", carrier_basis="document")
    return event if dated else replace(event, when=UNDATED)


def test_a_registration_without_a_day_stands_where_continuity_puts_it() -> None:
    told = tell(registered("C>E 9", 9, dated=False), "E>R1 4")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1"], [])
    told = tell("C>E 1", "E>C 2", registered("C>F 9", 9, dated=False))
    assert (told.outcome, told.shapes, told.registrant) == ("continuous", ["C E C F"], "F")


def test_a_registration_of_somebody_who_got_the_card_from_another_hand_is_no_step() -> None:
    told = tell("C>E 1", "E>R1 4", registered("C>R1 9", 9, dated=False))
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E R1"], [])
    assert (told.registrant, told.custody.registrant_basis) == ("E", "sold")
    assert [[each.party.name for each in hop.registered] for hop in told.only_chain.hops] == [[], ["R1"]]


def test_such_a_registration_names_the_registrant_where_no_carrier_sold_the_card() -> None:
    told = tell("E>R1 4", registered("C>R1 9", 9))
    assert (told.outcome, told.shapes, told.codes) == ("broken", ["E R1"], ["no_purchase"])
    assert (told.registrant, told.custody.registrant_basis) == ("R1", "registered")


def test_a_registration_before_the_receipt_is_a_start_of_its_own() -> None:
    told = tell("E>R1 4", registered("C>R1 1", 9))
    assert told.codes == ["custody_gap"]
    assert told.registrant == "R1"


# --- S11, S12, S18: activations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("used", "presumed"), [("4", "R1"), ("5", None), ("9", None)])
def test_nobody_is_presumed_to_have_used_a_card_on_or_after_the_day_of_its_seizure(
    used: str, presumed: str | None
) -> None:
    told = tell("C>E 1", "E>R1 2", activated=[used], seized=["5 U"])
    assert (told.end_user, told.custody.end_user_basis) == (presumed, presumed and "holder_that_day")
    assert tell("C>E 1", "E>R1 2", activated=[f"{used} V"], seized=["5 U"]).end_user == "V", "a record names him"


def test_a_seizure_from_one_of_several_of_a_name_may_be_from_the_holder_of_that_name() -> None:
    def codes(name: str, namesakes: int) -> list[str]:
        movements = [movement("C>E 1", 2), movement("E>R1 2", 3)]
        other = Party(id=f"id:{name}", name=name, namesakes=namesakes)
        taken = replace(seizure("5 U", 2), seized_from=other)
        return [each.code for each in trace_custody(movements, seizures=[taken]).findings]

    assert "seized_from_another" not in codes("R1", namesakes=2)
    assert "seized_from_another" in codes("R2", namesakes=2)
    assert "seized_from_another" in codes("R1", namesakes=0)


def test_another_writing_of_the_name_of_the_holder_is_nobody_else() -> None:
    def codes(name: str) -> list[str]:
        taken = replace(seizure("5 U", 2), seized_from=Party(id=f"name:{name}", name=name))
        sold = replace(movement("E>R1 2", 3), receiver=Party(id="name:marekdobrowski", name="Marek Dobrowski"))
        return [each.code for each in trace_custody([movement("C>E 1", 2), sold], seizures=[taken]).findings]

    assert "seized_from_another" not in codes("DOBROWSKI, Marek")
    assert "seized_from_another" in codes("DOBROWSKI, Jan")


# --- S13: quantity-only lots ------------------------------------------------------------------------------------------


def test_a_lot_of_cards_closes_a_gap_and_the_chain_is_inferred() -> None:
    told = tell("C>E 1", "E>R1 2", "R2>R3 5", lots=["R1>R2 4", "R1>R2 3"])
    assert (told.outcome, told.shapes, told.codes) == ("inferred", ["C E R1 R2 R3"], [])
    hop = told.only_chain.hops[2]
    assert (hop.n, hop.kind, hop.precision, hop.when.day) == (3, "transfer", "quantity", "2024-03-03")
    assert set(hop.origins) == {origin(2, "lots.csv"), origin(3, "lots.csv")}
    assert (hop.dates, [each.gap_before for each in told.only_chain.hops]) == ((), [False] * 4)


@pytest.mark.parametrize(
    ("issuers", "shape"),
    [
        ((), "C E R1 R2"),
        (("china-unicom",), "C E R1 R2"),
        (("china-mobile", "china-unicom"), "C E R1 R2"),
        (("china-mobile",), "C E / R1 R2"),
    ],
)
def test_a_lot_of_another_issuers_cards_closes_no_gap(issuers: tuple[str, ...], shape: str) -> None:
    lots = [replace(lot("E>R1 2", 2), issuers=frozenset(issuers))]
    told = tell("C>E 1", "R1>R2 3", lots=lots, carrier="china-unicom")
    assert (told.shapes, "custody_gap" in told.codes) == ([shape], "/" in shape)
    assert tell("C>E 1", "R1>R2 3", lots=lots).outcome == "inferred", "whose number it is, is not known"


def test_a_lot_of_another_issuers_cards_makes_no_second_way() -> None:
    lots = ["E>R1 2", *(replace(lot(f"{hop} 2", row), issuers=frozenset({"china-mobile"})) for row, hop in WAY_ROUND)]
    assert tell("C>E 1", "R1>R2 3", lots=lots, carrier="china-unicom").shapes == ["C E R1 R2"]
    assert tell("C>E 1", "R1>R2 3", lots=lots).outcome == "broken"


WAY_ROUND = ((8, "E>X"), (9, "X>R1"))


def test_a_lot_of_no_cards_is_no_bridge() -> None:
    assert tell("C>E 1", "E>R1 2", "R2>R3 5", lots=[lot("R1>R2 3", 2, quantity=0)]).codes == ["custody_gap"]


def test_a_change_of_hands_has_what_any_of_its_statements_says() -> None:
    said = [{}, {"channel": "online"}, {"waybill": "SF1"}, {"price": "12.50"}]
    told = tell("C>E 1", *(replace(movement("E>R1 2", row), **more) for row, more in enumerate(said, 3)))
    hop = told.only_chain.hops[1]
    assert (hop.channel, hop.waybill, hop.price, len(hop.origins)) == ("online", "SF1", "12.50", 4)


def test_a_lot_of_one_card_is_a_bridge() -> None:
    told = tell("C>E 1", "E>R1 2", "R2>R3 5", lots=[lot("R1>R2 3", 2, quantity=1)])
    assert (told.outcome, told.shapes, told.codes) == ("inferred", ["C E R1 R2 R3"], [])


def test_a_bulk_purchase_starts_a_chain_that_has_none() -> None:
    told = tell("R1>R2 3", lots=["C>R1 2"], carrier="china-unicom")
    assert (told.outcome, told.shapes, told.codes) == ("inferred", ["C R1 R2"], [])
    assert (told.registrant, told.only_chain.hops[0].kind) == ("R1", "purchase")


# --- S17: senders who are their own receivers -------------------------------------------------------------------------


# --- S20 and S21 ------------------------------------------------------------------------------------------------------


def test_the_registrant_of_a_card_that_was_sold_again_is_the_last_buyer() -> None:
    told = tell("C>E1 1", "E1>C 2", "C>E2 3")
    assert (told.outcome, told.shapes, told.codes) == ("continuous", ["C E1 C E2"], [])
    assert (told.registrant, told.holder) == ("E2", "E2")
    assert [hop.kind for hop in told.only_chain.hops] == ["purchase", "return", "purchase"]


# --- months, circles, loose pieces ------------------------------------------------------------------------------------


# --- orders -----------------------------------------------------------------------------------------------------------


def test_a_chain_of_twenty_hops_is_proven() -> None:
    stations = ["C", "E", *(f"R{n}" for n in range(19))]
    told = tell(*(f"{a}>{b} {day}" for day, (a, b) in enumerate(pairwise(stations), start=1)))
    assert (told.outcome, told.shapes, told.codes) == ("continuous", [" ".join(stations)], [])


def test_a_chain_of_twenty_hops_on_one_day_is_proven() -> None:
    stations = ["C", "E", *(f"R{n}" for n in range(19))]
    told = tell(*(f"{a}>{b} 1" for a, b in pairwise(stations)))
    assert (told.outcome, told.shapes, told.codes) == ("continuous", [" ".join(stations)], [])


def loops(returned: dict[int, int]) -> list[str]:
    """24 hops: bought, eleven times lent and given back on rising days, except where ``returned`` says, and sold."""
    events = ["C>E 1", "E>Z 28"]
    for n in range(1, 12):
        events += [f"E>L{n:02d} {2 * n}", f"L{n:02d}>E {returned.get(n, 2 * n + 1)}"]
    return events


IN_TURN = " ".join(["C E", *(f"L{n:02d} E" for n in range(1, 12)), "Z"])


@pytest.mark.timeout(60)
def test_twenty_four_hops_through_one_party_are_put_in_order() -> None:
    told = tell(*loops({}))
    assert (told.outcome, told.shapes, told.codes) == ("continuous", [IN_TURN], [])


@pytest.mark.timeout(60)
def test_the_best_orders_of_twenty_four_hops_are_counted_exactly() -> None:
    # The fifth loan (from the 10th, back on the 3rd) fits after the first and any of the second to fourth: 2^3 orders.
    told = tell(*loops({5: 3}))
    assert (told.outcome, told.shapes) == ("inferred", [IN_TURN])
    assert told.params("order_undetermined") == {"orders": 8}
    assert told.params("date_inversion")["hop"] == {"n": 11, "from": named("L05"), "to": named("E")}


@pytest.mark.timeout(60)
def test_the_count_of_equally_good_orders_ends_at_a_hundred() -> None:
    told = tell("C>E 1", *(f"E>L{n:02d} 2" for n in range(1, 12)), *(f"L{n:02d}>E 2" for n in range(1, 12)), "E>Z 2")
    assert (told.outcome, told.shapes) == ("continuous", [IN_TURN])
    assert told.params("order_undetermined") == {"orders": 100}


@pytest.mark.timeout(60)
def test_more_than_twenty_four_hops_are_answered_the_same_way_each_time() -> None:
    lent = [f"E>L{n:02d} {n % 5 + 2}" for n in range(30)]
    told = tell("C>E 1", *lent, *(f"L{n:02d}>E {n % 7 + 2}" for n in range(30)), "E>Z 9")
    assert (len(told.only_chain.hops), told.holder) == (62, "Z")
    assert "order_undetermined" in told.codes


@pytest.mark.timeout(60)
def test_two_hundred_contradictory_events_are_answered() -> None:
    chance = random.Random(200)
    names = ["C", "D", "E1", "E2", "R1", "R2", "R3", "R4"]
    events = ["{}>{} {}".format(*chance.sample(names, 2), chance.randint(1, 28)) for _ in range(200)]
    told = tell(*events, activated=["9 R1", "20"])
    assert told.outcome in ("ambiguous", "broken", "inferred")
    assert all(chain.hops for chain in told.custody.chains)


@pytest.mark.timeout(60)
def test_two_hundred_sales_of_one_card_are_answered() -> None:
    told = tell("C>E 1", *(f"E>R{n:03d} {n % 28 + 1}" for n in range(199)))
    assert (told.outcome, len(told.custody.chains), told.custody.chains_omitted) == ("ambiguous", 16, 183)


# --- names that several parties bear, and the order of findings -------------------------------------------------------
