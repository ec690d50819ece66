"""Audits (SPEC 5): every card in exactly one bucket, and a balance that can be followed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from .conftest import Desk, activations, card, moves


def stock(*rows: str) -> str:
    return "单位,盘点日期,库存,销量\n" + "".join(f"{row}\n" for row in rows)


def seized(*numbers: int) -> str:
    return "案号,卡号,查获日期\n" + "".join(f"A1,{card(n)},2024-09-01\n" for n in numbers)


# what becomes of a card that the carrier sold to E on 2024-03-01: (moves, activations, bucket)
FATES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "nothing": ((), (), "in_stock"),
    "activated without a user": ((), ("2024-03-05",), "activated_unnamed"),
    "activated by the enterprise": ((), ("2024-03-05 E",), "activated_by_enterprise"),
    "activated by another": ((), ("2024-03-05 Z",), "activated_by_other"),
    "the latest user counts": ((), ("2024-03-05 Z", "2024-03-06 E"), "activated_by_enterprise"),
    "the latest user that is stated counts": ((), ("2024-03-05 Z", "2024-03-06"), "activated_by_other"),
    "sold": (("E>A 2024-03-05",), (), "resold"),
    "sold and activated": (("E>A 2024-03-05",), ("2024-03-09 Z",), "resold"),
    "sold on": (("E>A 2024-03-05", "A>B 2024-03-06"), (), "resold"),
    "returned": (("E>U 2024-03-05",), (), "returned"),
    "returned by another": (("E>A 2024-03-05", "A>U 2024-03-09"), (), "returned"),
    "returned to another carrier": (("E>T 2024-03-05",), (), "returned"),
    "came back": (("E>A 2024-03-05", "A>E 2024-03-09"), (), "in_stock"),
    "came back and was activated": (("E>A 2024-03-05", "A>E 2024-03-09"), ("2024-03-10 Z",), "activated_by_other"),
    "came back and was sold again": (("E>A 2024-03-05", "A>E 2024-03-09", "E>B 2024-03-10"), (), "resold"),
    "sold twice": (("E>A 2024-03-05", "E>B 2024-03-09"), (), "disputed"),
    "bought by another too": (("U>F 2024-03-05",), (), "disputed"),
    "sold twice by a reseller": (("E>A 2024-03-05", "A>B 2024-03-09", "A>D 2024-03-10"), (), "disputed"),
    "a gap": (("E>A 2024-03-05", "B>D 2024-03-09"), (), "resold"),
    "a gap at once": (("B>D 2024-03-09",), (), "resold"),
    "returned by whoever never had it": (("A>U 2024-03-09",), (), "returned"),
    "an inverted date": (("E>A 2024-02-01",), (), "resold"),
    "returned and bought again": (("E>U 2024-03-05", "U>E 2024-03-09"), (), "in_stock"),
    "returned, bought again and sold": (("E>U 2024-03-05", "U>E 2024-03-09", "E>A 2024-03-10"), (), "resold"),
    "sold, returned, bought again": (("E>A 2024-03-02", "A>U 2024-03-05", "U>E 2024-03-09"), (), "in_stock"),
    "returned and bought by another": (("E>U 2024-03-05", "U>F 2024-03-09"), (), "returned"),
    "returned and sold by another": (("E>U 2024-03-05", "U>F 2024-03-09", "F>A 2024-03-10"), (), "returned"),
    "activated before the purchase": ((), ("2024-02-05 Z",), "activated_by_other"),
    "the quantity sold closes the gap": (
        ("B>D 2024-03-09", "E>Q 2024-03-03 9 cards", "Q>B 2024-03-04 9 cards"),
        (),
        "resold",
    ),
}
BUCKETS = [
    *("in_stock", "activated_by_enterprise", "activated_unnamed", "activated_by_other"),
    *("resold", "returned", "disputed"),
]


@pytest.fixture(params=["listed", "range"])
def bought(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_fate_of_a_card_has_its_bucket(desk: Desk, bought: str) -> None:
    numbers = {title: 10 * n for n, title in enumerate(FATES, 1)}
    lines = ["U>E 2024-03-01 1-500"] if bought == "range" else [f"U>E 2024-03-01 #{n}" for n in numbers.values()]
    online = []
    for title, (way, active, _) in FATES.items():
        lines += [line if line.endswith("cards") else f"{line} #{numbers[title]}" for line in way]
        online += [" ".join([date, str(numbers[title]), *user]) for date, *user in (said.split() for said in active)]
    desk.load(moves(*lines), activations(*online))
    answer = desk.audit()
    count = {bucket: sum(fate == bucket for _, _, fate in FATES.values()) for bucket in BUCKETS}
    if bought == "range":
        count["in_stock"] += 500 - len(FATES)
    assert list(answer["buckets"]) == BUCKETS
    assert answer["buckets"] == count
    assert answer["purchased"] == sum(count.values())
    if bought == "listed":
        listed = {bucket: str(desk.ask("audit", "E", "--bucket", bucket, "--cards").json) for bucket in BUCKETS}
        got = {title: {each for each, text in listed.items() if card(n) in text} for title, n in numbers.items()}
        assert got == {title: {fate} for title, (_, _, fate) in FATES.items()}


def test_a_return_undoes_the_sale_that_it_goes_back_on(desk: Desk) -> None:
    desk.load(
        moves("U>E 2024-03-01 1-2", "E>A 2024-03-05 1-2", "A>B 2024-03-06 1-2"),
        f"退货日期,退货方,接收方,ICCID\n2024-03-08,B,A,{card(1)}\n",
        moves("B>A 2024-03-08 #2"),
    )
    assert desk.audit()["resold"]["by_depth"] == {"1": 1, "3": 1}


def test_depth_holders_and_channels(desk: Desk) -> None:
    desk.load(
        moves(
            "U>E 2024-03-01 1-10",
            "E>A 2024-03-05 1-4 via 微信",
            "A>B 2024-03-06 #1 via QQ",
            "A>B 2024-03-06 #2",
            "B>D 2024-03-07 #2",
            "A>E 2024-03-08 #3",
            "E>F 2024-03-09 #3",
            "E>G 2024-03-05 #5 via 淘宝",
            "H>I 2024-03-09 #5",
        ),
        activations("2024-03-09 1 Z", "2024-03-09 4 Z", "2024-03-10 4 Y", "2024-03-09 10"),
        seized(1, 5, 10),
    )
    answer = desk.audit()
    assert answer["buckets"] == {
        "in_stock": 4,
        "activated_by_enterprise": 0,
        "activated_unnamed": 1,
        "activated_by_other": 0,
        "resold": 5,
        "returned": 0,
        "disputed": 0,
    }
    told = answer["resold"]
    assert (told["activated"], told["by_depth"]) == (2, {"1": 2, "2": 2, "3": 1})
    assert told["channels"] == {"微信": 3, "淘宝": 1}
    holders = [(h["party"]["name"], h["cards"], h["activated"], h["seized"]) for h in told["final_holders"]]
    assert holders == [("A", 1, 1, 0), ("B", 1, 1, 1), ("D", 1, 0, 0), ("F", 1, 0, 0), ("I", 1, 0, 1)]
    assert answer["seized"] == 3


def test_lots_without_numbers_stand_beside(desk: Desk) -> None:
    desk.load(
        moves(
            "U>E 2024-03-01 1-10",
            "U>E 2024-03-01 500 cards",
            "U>E 2024-03-02 70 cards",
            "E>A 2024-03-05 30 cards no 1",
            "E>A 2024-03-05 30 cards no 2",
        )
    )
    answer = desk.audit()
    assert answer["purchased"] == 10
    assert answer["quantity_only"] == {"purchased": {"records": 2, "cards": 570}, "sold": {"records": 2, "cards": 60}}


BALANCES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Any, ...]]] = {
    # moves beside U>E 2024-03-01 1-100, activations, declarations, (date, stock, sold, unaccounted)
    "all is there": ((), (), ("E,2024-06-01,100,0",), ("2024-06-01", 100, 0, 0)),
    "some are missing": ((), (), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 30)),
    "only stock is declared": ((), (), ("E,2024-06-01,60,",), ("2024-06-01", 60, None, None)),
    "only sales are declared": ((), (), ("E,2024-06-01,,60",), ("2024-06-01", None, 60, None)),
    "the latest declaration counts": ((), (), ("E,2024-05-01,10,10", "E,2024-06-01,60,10"), ("2024-06-01", 60, 10, 30)),
    "a return by that day": (("E>U 2024-06-01 1-5",), (), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 25)),
    "a return after that day": (("E>U 2024-06-02 1-5",), (), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 30)),
    "a purchase after that day": (("U>E 2024-06-02 101-200",), (), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 30)),
    "activated while held": (
        (),
        ("2024-04-01 1", "2024-04-01 2 Z"),
        ("E,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 28),
    ),
    "activated twice": ((), ("2024-04-01 1", "2024-04-02 1"), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 29)),
    "activated after that day": ((), ("2024-06-02 1",), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 30)),
    "activated before the purchase": ((), ("2024-02-01 1",), ("E,2024-06-01,60,10",), ("2024-06-01", 60, 10, 30)),
    "activated after it was sold": (
        ("E>A 2024-03-05 #1",),
        ("2024-04-01 1",),
        ("E,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 30),
    ),
    "activated and disputed": (
        ("E>A 2024-05-05 #1", "E>B 2024-05-06 #1"),
        ("2024-04-01 1",),
        ("E,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 30),
    ),
    "activated while held, then returned": (
        ("E>U 2024-05-01 #1",),
        ("2024-04-01 1",),
        ("E,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 29),
    ),
    "nothing is declared": ((), (), (), (None, None, None, None)),
    "too much is declared": ((), (), ("E,2024-06-01,60,60",), ("2024-06-01", 60, 60, -20)),
}


def audits_of(desk: Desk, stories: Iterable[tuple[Sequence[str], Sequence[str], Sequence[str]]]) -> list[Any]:
    """The audits of a party for each story, of moves, activations and declarations: all are in one case.

    E of the first story is E1, and its cards are those from 1001 on. It bought a hundred of them.
    """
    lines, online, declared = [], [], []
    for number, (way, active, stated) in enumerate(stories, 1):

        def own(n: str, number: int = number) -> str:
            return str(number * 1000 + int(n))

        for line in ("U>E 2024-03-01 1-100", *way):
            parties, date, *lot = line.split()
            if lot[-1] != "cards":
                lot = [f"#{own(lot[0][1:])}" if lot[0].startswith("#") else "-".join(map(own, lot[0].split("-")))]
            lines.append(" ".join([parties.replace("E", f"E{number}"), date, *lot]))
        for date, n, *user in map(str.split, active):
            online.append(" ".join([date, own(n), *user]))
        declared += [row.replace("E,", f"E{number},") for row in stated]
    desk.load(moves(*lines), activations(*online), stock(*declared))
    audits = {told["enterprise"]["name"]: told for told in desk.ask("audit", "--all").json["enterprises"]}
    return [audits[f"E{number}"] for number in range(1, len(audits) + 1)]


def test_the_balance_at_the_latest_declaration(desk: Desk) -> None:
    audits = audits_of(desk, (story for *story, _ in BALANCES.values()))
    keys = ("date", "declared_stock", "declared_sold", "unaccounted")
    told = [tuple(audit["balance"][key] for key in keys) for audit in audits]
    assert dict(zip(BALANCES, told, strict=True)) == {title: expected for title, (*_, expected) in BALANCES.items()}


USED = tuple(f"2024-05-01 {n}" for n in range(1, 61))
DOUBTFUL: dict[str, tuple[str, tuple[str, ...], str, list[int], str | None, dict[str, int | None]]] = {
    # a sale beside U>E 2024-03-01 1-100, activations, stock and sales declared on 2024-06-01, the bounds, what is told
    "used cards may be those sold by number": (
        *("E>A 2024-03-05 60 cards", USED, "40,60", [-60, 0], "balance_undetermined"),
        {"surplus": 60, "activated_sold": 60},
    ),
    "more is declared than even that allows": (
        *("E>A 2024-03-05 60 cards", USED, "80,60", [-100, -40], "balance_not_closed"),
        {"surplus": 40},
    ),
    "fewer were sold by number": (
        *("E>A 2024-03-05 20 cards", USED, "40,60", [-60, -40], "balance_not_closed"),
        {"surplus": 40},
    ),
    "the month of the sale is that of the purchase": (
        *("E>A 2024-03 60 cards", USED, "40,60", [-60, 0], "balance_undetermined"),
        {"surplus": 60, "activated_sold": 60},
    ),
    "sold by number before the purchase": (
        *("E>A 2024-02-05 60 cards", USED, "40,60", [-60, -60], "balance_not_closed"),
        {"surplus": 60},
    ),
    "sold by number after the declaration": (
        *("E>A 2024-06-02 60 cards", USED, "40,60", [-60, -60], "balance_not_closed"),
        {"surplus": 60},
    ),
    "returned by number": (
        *("E>U 2024-05-02 60 cards", USED, "40,60", [-120, -60], "balance_not_closed"),
        {"surplus": 60},
    ),
    "used cards were passed on": (
        *("E>A 2024-05-02 1-60", USED, "40,60", [-60, 0], "balance_undetermined"),
        {"surplus": 60, "activated_sold": 60},
    ),
    "a used card was passed on, listed alone": (
        *("E>A 2024-05-02 #1", USED[:1], "99,1", [-1, 0], "balance_undetermined"),
        {"surplus": 1, "activated_sold": 1},
    ),
    "a used card was passed on after the declaration": (
        *("E>A 2024-06-02 #1", USED[:1], "99,1", [-1, -1], "balance_not_closed"),
        {"surplus": 1},
    ),
    "no sale is declared": (
        *("E>A 2024-03-05 60 cards", USED, "60,0", [-20, -20], "balance_not_closed"),
        {"surplus": 20},
    ),
    "an undeclared sale by number": (
        *("E>A 2024-03-05 60 cards", (), "40,0", [60, 60], "balance_not_closed"),
        {"missing": 60, "sold_undeclared": 60},
    ),
    "a sale that is declared in part": (
        *("E>A 2024-03-05 1-60", (), "40,20", [40, 40], "balance_not_closed"),
        {"missing": 40, "sold_undeclared": 40},
    ),
    "a declared sale by number": (
        *("E>A 2024-03-05 60 cards", (), "30,60", [10, 10], "balance_not_closed"),
        {"missing": 10, "sold_undeclared": None},
    ),
    "all is told": ("E>A 2024-03-05 1-60", (), "40,60", [0, 0], None, {}),
}


def test_a_book_that_may_balance_is_not_told_as_open(desk: Desk) -> None:
    stories = [((sale,), used, (f"E,2024-06-01,{declared}",)) for sale, used, declared, *_ in DOUBTFUL.values()]
    for (title, (*_, bounds, code, params)), answer in zip(DOUBTFUL.items(), audits_of(desk, stories), strict=True):
        assert answer["balance"]["unaccounted_bounds"] == bounds, title
        found = {each["code"]: each for each in answer["findings"] if each["code"].startswith("balance")}
        assert list(found) == ([] if code is None else [code]), title
        for each in found.values():
            assert {name: each["params"][name] for name in params} == params, title
            assert each["severity"] == {"balance_not_closed": "error", "balance_undetermined": "warning"}[each["code"]]


def test_overlapping_purchases_count_a_card_once(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-100", "U>E 2024-03-01 50-150", "U>E 2024-03-05 #60", "U>F 2024-03-01 140-200"))
    answer = desk.audit()
    assert (answer["purchased"], answer["buckets"]["in_stock"], answer["buckets"]["disputed"]) == (150, 139, 11)


def test_the_keys_of_an_audit_stand_in_order(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-10", "E>A 2024-03-05 #1"))
    answer = desk.ask("audit", "E").json
    assert list(answer)[:5] == ["graphtrace", "case", "ledger_head", "as_of", "enterprises"]
    told = answer["enterprises"][0]
    # SPEC 12 and 13 put two counts between those of SPEC 6
    assert [key for key in told if key not in ("registered_only", "held_with_unread")][:11] == [
        "enterprise",
        "purchased",
        "role",
        "received",
        "buckets",
        "by_month",
        "resold",
        "seized",
        "quantity_only",
        "balance",
        "findings",
    ]
    assert list(told["enterprise"]) == ["id", "name", "uscc"]
    assert list(told["resold"]) == ["activated", "by_depth", "final_holders", "channels"]
    assert list(told["resold"]["final_holders"][0]) == ["party", "cards", "activated", "seized"]


def test_all_enterprises_are_those_that_bought_from_a_carrier(desk: Desk) -> None:
    desk.load(
        moves(
            "U>E 2024-03-01 1-10",
            "U>F 2024-03-01 11-30",
            "E>A 2024-03-05 #1",
            "G>H 2024-03-05 #99",
            "U>K 2024-03-01 9 cards",
        )
    )
    answer = desk.ask("audit", "--all").json
    assert [told["enterprise"]["name"] for told in answer["enterprises"]][:2] == ["F", "E"]
    assert {told["enterprise"]["name"] for told in answer["enterprises"]} <= {"E", "F", "K"}


def test_final_holders_stand_the_largest_first_then_by_id(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-10", "E>B 2024-03-05 1-2", "E>A 2024-03-05 3-4", "E>C 2024-03-05 5-7"))
    holders = desk.audit()["resold"]["final_holders"]
    assert [(h["party"]["name"], h["cards"]) for h in holders] == [("C", 3), ("A", 2), ("B", 2)]


def test_cards_whose_orders_end_with_different_holders_count_under_no_holder(desk: Desk) -> None:
    back = ["E>A 2024-03-05 #1", "A>B 2024-06-01 #1", "B>A 2024-04-01 #1"]
    desk.load(moves("U>E 2024-03-01 1-3", *back, "E>A 2024-03-05 2-3"))
    assert desk.trace(1).holder is None
    told = desk.audit()
    assert told["buckets"]["resold"] == 3
    holders = [(h["party"] and h["party"]["name"], h["cards"]) for h in told["resold"]["final_holders"]]
    assert holders == [("A", 2), (None, 1)]


BY_NUMBER = moves(
    "U>E 2024-03-01 1-10",
    "U>N 2024-03-01 500 cards",
    "N>A 2024-03-05 200 cards no 1",
    "N>B 2024-03-06 #31",
    "N>B 2024-03-06 #32",
    "N>B 2024-03-06 #33",
)
SPEAKING = {
    "sold_without_numbers": {"quantity": 200, "buyers": 1, "records": 1},
    "balance_not_closed": {"missing": None, "surplus": 100, "records": 3},
    "sanction_three": {"cards_listed": 3, "cards_quantity": 200, "records": 3},
}


@pytest.mark.parametrize("names", [("N",), ("N", "E")])
def test_rules_speak_of_an_enterprise_that_bought_by_number_and_say_which_cannot(
    desk: Desk, names: tuple[str, ...]
) -> None:
    desk.load(BY_NUMBER, stock("N,2024-06-01,400,200"))
    answer = desk.ask("audit", *names).json["enterprises"][0]
    found = {each["code"]: {"records": 0} | each["params"] for each in answer["findings"]}
    for code, params in SPEAKING.items():
        assert {name: found[code][name] for name in params} == params, code
    unasked = {each["rule"] for each in answer["rules_not_asked"]}
    assert {each["because"] for each in answer["rules_not_asked"]} == {"cards_not_named"}
    assert "seized_share" in unasked
    assert not unasked & found.keys()
    for lang, said in (("en", "records state only how many cards it received"), ("zh", "未写卡号")):
        assert said in " ".join(desk.run("--case", desk.case, "audit", "N", "--lang", lang).out.split())
    opened = desk.ask("audit", "N", "--rule", "sanction_three", "--cards").json
    rows = [record["row"] for lot in opened["opened"][0]["lots"] for record in lot["records"]]
    assert rows == [5, 6, 7]


def test_rules_of_cards_are_asked_where_a_record_names_one(desk: Desk) -> None:
    desk.load(BY_NUMBER)
    assert desk.audit("E")["rules_not_asked"] == []


def test_cards_that_turn_up_elsewhere_after_a_gap_are_no_sales_of_the_enterprise(desk: Desk) -> None:
    desk.load(
        moves("U>E 2024-03-01 1-10", "E>A 2024-04-01 #1", "X>Y 2024-05-01 #2", "X>Y 2024-05-02 #3"),
        "单位,申报日期,库存,销量\nE,2024-06-01,7,0\n",
    )
    audit = desk.audit()
    assert audit["buckets"]["resold"] == 3
    assert audit["questioned"] == [{"kind": "custody_gap", "cards": 2}]
    assert {month["month"]: month["resold"] for month in audit["by_month"]} == {"2024-03": 0, "2024-04": 1, None: 2}
    assert audit["days_to_first_transfer"]["known"] == 1
    (sold,) = [found for found in audit["findings"] if found["code"] == "sold_more_than_declared"]
    assert sold["params"]["beyond"] == 1
    for lang, said in (("en", "no record has it pass them"), ("zh", "没有其转出记录的：2张")):
        assert said in desk.run("--case", desk.case, "audit", "E", "--lang", lang).out
    opened = desk.ask("audit", "E", "--bucket", "resold", "--cards").json["opened"]
    assert [figure["cards"] for figure in opened] == [3]


def test_a_card_that_the_enterprise_sold_to_two_is_told_among_the_disputed(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-10", "E>A 2024-04-01 #1", "E>B 2024-04-05 #1", "E>A 2024-04-01 #2"))
    audit = desk.audit()
    assert (audit["buckets"]["disputed"], audit["buckets"]["resold"]) == (1, 1)
    assert audit["questioned"] == [{"kind": "double_transfer", "cards": 1}]
    assert "1 card (both sales are on record)" in " ".join(
        desk.run("--case", desk.case, "audit", "E", "--lang", "en").out.split()
    )


def test_a_seized_card_counts_against_the_last_holder_only_where_nobody_else_is_named(desk: Desk) -> None:
    desk.load(
        moves("U>E 2024-03-01 1-10", "E>A 2024-04-01 #1", "E>A 2024-04-01 #2", "E>A 2024-04-01 #3"),
        f"案号,卡号,查获日期,持有人\nX1,{card(1)},2024-05-01,\nX1,{card(2)},2024-05-01,王伟\nX1,{card(3)},2024-05-01,A\n",
    )
    audit = desk.audit()
    assert audit["seized"] == 3
    (holder,) = audit["resold"]["final_holders"]
    assert (holder["party"]["name"], holder["cards"], holder["seized"]) == ("A", 3, 2)
    (flow,) = desk.ask("party", "A").json["received"]
    assert (flow["seized"], flow["seized_from_others"]) == (3, 1)
    (passed,) = desk.ask("party", "E").json["passed_on"]
    assert (passed["seized"], passed["seized_from_others"]) == (3, 1)
    assert "1 card of them taken from somebody else" in " ".join(
        desk.run("--case", desk.case, "party", "A", "--lang", "en").out.split()
    )
    assert (
        "其中1张据扣押记录系从收卡方以外的人处扣押" in desk.run("--case", desk.case, "party", "A", "--lang", "zh").out
    )


OPEN_BOOKS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "warehouses counted on different days": (
        "单位,盘点日期,仓库,库存,销量\nE,2024-06-01,甲仓,50,0\nE,2024-06-02,乙仓,50,0\n",
        [{"because": "part_of_stock", "heading": "仓库", "cards": None}],
    ),
    "provinces counted on different days": (
        "单位,盘点日期,省份,库存,销量\nE,2024-06-01,云南,50,0\nE,2024-06-02,贵州,50,0\n",
        [{"because": "part_of_stock", "heading": "province", "cards": None}],
    ),
    "numbers that are not read": (
        "单位,盘点日期,库存,自用数量,报损,退回运营商数量,在途,销量\nE,2024-06-01,50,30,0,10,10,0\n",
        [
            {"because": "counts_not_read", "heading": heading, "cards": cards}
            for heading, cards in (("在途", 10), ("自用数量", 30), ("退回运营商数量", 10))
        ],
    ),
    "the same in English": (
        "party,declaration date,stock,own use qty,damaged,sold\nE,2024-06-01,50,30,20,0\n",
        [
            {"because": "counts_not_read", "heading": "damaged", "cards": 20},
            {"because": "counts_not_read", "heading": "own use qty", "cards": 30},
        ],
    ),
    "cards of another carrier": (
        "单位,盘点日期,运营商,库存,销量\nE,2024-06-01,中国移动,50,0\n",
        [{"because": "other_carrier", "heading": None, "cards": None}],
    ),
}


@pytest.mark.parametrize("title", OPEN_BOOKS)
def test_a_declaration_that_may_not_be_all_accuses_nobody_and_says_why(desk: Desk, title: str) -> None:
    declared, doubts = OPEN_BOOKS[title]
    desk.load(moves("U>E 2024-03-01 1-100"), declared)
    answer = desk.ask("audit", "E").json["enterprises"][0]
    assert (answer["balance"]["unaccounted"], answer["balance"]["not_determined"]) == (None, doubts)
    assert [each for each in answer["findings"] if each["code"].startswith("balance")] == []
    assert "not determined" in desk.run("--case", desk.case, "--lang", "en", "audit", "E").out


@pytest.mark.parametrize(
    "declared",
    [
        "单位,盘点日期,仓库,库存,销量\nE,2024-06-02,甲仓,30,0\nE,2024-06-02,乙仓,20,0\n",
        "单位,盘点日期,期初库存,采购数量,填报人,自用数量,库存,销量\nE,2024-06-01,100,100,张三,0,50,0\n",
        "单位,盘点日期,运营商,库存,销量\nE,2024-06-01,中国联通,50,0\n",
    ],
)
def test_a_declaration_of_all_parts_is_compared_with_the_books(desk: Desk, declared: str) -> None:
    desk.load(moves("U>E 2024-03-01 1-100"), declared)
    assert desk.ask("audit", "E").json["enterprises"][0]["balance"]["unaccounted"] == 50


def test_what_was_sold_in_a_period_is_not_all_that_was_sold(desk: Desk) -> None:
    desk.load(moves("U>E 2024-03-01 1-100"), "盘点日期,单位,库存,本期销售数量\n2024-06-01,E,50,25\n")
    assert desk.ask("audit", "E").json["enterprises"][0]["balance"]["declared_sold"] is None
