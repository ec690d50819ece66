"""Audits of dealers, and of enterprises by what they received from others (SPEC 5)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Desk, activations, card, moves
from .test_audit import BUCKETS, stock

# what becomes of a card that E, which had bought it, passed on to D on 2024-03-05: (moves, activations, bucket)
FATES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "nothing": ((), (), "in_stock"),
    "activated without a user": ((), ("2024-03-09",), "activated_unnamed"),
    "activated by the dealer": ((), ("2024-03-09 D",), "activated_by_enterprise"),
    "activated by another": ((), ("2024-03-09 Z",), "activated_by_other"),
    "activated before it was received": ((), ("2024-02-09",), "activated_unnamed"),
    "sold": (("D>A 2024-03-06",), (), "resold"),
    "sold and activated": (("D>A 2024-03-06",), ("2024-03-09 Z",), "resold"),
    "sold on": (("D>A 2024-03-06", "A>B 2024-03-07"), (), "resold"),
    "back to whom it came from": (("D>E 2024-03-06",), (), "returned"),
    "back to whom it came from, who sold it": (("D>E 2024-03-06", "E>B 2024-03-07"), (), "returned"),
    "returned to a carrier": (("D>U 2024-03-06",), (), "returned"),
    "sold and returned by another": (("D>A 2024-03-06", "A>U 2024-03-07"), (), "returned"),
    "sold and back at the enterprise": (("D>A 2024-03-06", "A>E 2024-03-07"), (), "resold"),
    "returned to a carrier, which sold it": (("D>U 2024-03-06", "U>F 2024-03-07"), (), "returned"),
    "sold and received again": (("D>A 2024-03-06", "A>D 2024-03-07"), (), "in_stock"),
    "sold, received again and sold": (("D>A 2024-03-06", "A>D 2024-03-07", "D>B 2024-03-08"), (), "resold"),
    "back to whom it last came from": (("D>A 2024-03-06", "A>D 2024-03-07", "D>A 2024-03-08"), (), "returned"),
    "back to whom it first came from": (("D>A 2024-03-06", "A>D 2024-03-07", "D>E 2024-03-08"), (), "resold"),
    "sold twice": (("D>A 2024-03-06", "D>B 2024-03-07"), (), "disputed"),
    "sold twice by the enterprise": (("E>B 2024-03-06",), (), "disputed"),
    "a gap": (("D>A 2024-03-06", "B>C 2024-03-07"), (), "resold"),
    "a gap at once": (("B>C 2024-03-07",), (), "resold"),
    "returned to a carrier by whoever never had it": (("A>U 2024-03-07",), (), "returned"),
    "an inverted date": (("D>A 2024-03-04",), (), "resold"),
}


@pytest.mark.parametrize("received", ["listed", "range"])
def test_every_fate_of_a_received_card_has_its_bucket(desk: Desk, received: str) -> None:
    numbers = {title: 10 * n for n, title in enumerate(FATES, 1)}
    lines = ["U>E 2024-03-01 1-500"]
    lines += ["E>D 2024-03-05 1-400"] if received == "range" else [f"E>D 2024-03-05 #{n}" for n in numbers.values()]
    online = []
    for title, (way, active, _) in FATES.items():
        lines += [f"{line} #{numbers[title]}" for line in way]
        online += [" ".join([date, str(numbers[title]), *user]) for date, *user in (said.split() for said in active)]
    desk.load(moves(*lines), activations(*online))
    answer = desk.audit("D")
    count = {bucket: sum(fate == bucket for _, _, fate in FATES.values()) for bucket in BUCKETS}
    if received == "range":
        count["in_stock"] += 400 - len(FATES)
    assert answer["buckets"] == count
    assert (answer["role"], answer["purchased"], answer["received"]) == ("dealer", None, sum(count.values()))
    if received == "listed":
        got = {}
        for bucket in BUCKETS:
            text = str(desk.ask("audit", "D", "--bucket", bucket, "--cards").json)
            for title, n in numbers.items():
                if card(n) in text:
                    got.setdefault(title, set()).add(bucket)
        assert got == {title: {fate} for title, (_, _, fate) in FATES.items()}


def test_a_return_is_told_by_its_record_too(desk: Desk) -> None:
    desk.load(
        moves("U>E 2024-03-01 1-10", "E>D 2024-03-05 1-10", "D>A 2024-03-06 #1"),
        f"退货方,接收方,退货日期,卡号\nD,G,2024-03-06,{card(2)}\n",
    )
    buckets = desk.audit("D")["buckets"]
    assert (buckets["resold"], buckets["returned"], buckets["in_stock"]) == (1, 1, 8)


TRADE = (
    "U>E 2024-03-01 1-20",
    "E>D 2024-03-05 1-10",
    "G>D 2024-04-05 21-22",
    "D>A 2024-04-06 1-3 via 微信",
    "D>B 2024-04-06 #4",
    "A>C 2024-05-07 #3",
    "D>E 2024-05-07 #5",
    "D>A 2024-05-07 #99",
    "D>A 2024-05-07 30 cards no 1",
    "E>D 2024-05-07 50 cards no 2",
    "U>N 2024-05-07 50 cards no 3",
    "N>Q 2024-05-07 5 cards no 4",
)


def shares(told: Any) -> list[tuple[str, int]]:
    return [(share["party"]["name"], share["cards"]) for share in told]


def test_suppliers_buyers_and_what_was_never_received(desk: Desk) -> None:
    desk.load(moves(*TRADE), activations("2024-04-09 3 Z", "2024-05-01 21"))
    answer = desk.audit("D")
    assert answer["received"] == 12
    assert shares(answer["suppliers"]) == [("E", 10), ("G", 2)]
    assert shares(answer["buyers"])[:2] == [("A", 3), ("B", 1)]
    assert answer["sent_unreceived"] == 1
    assert answer["quantity_only"] == {"purchased": {"records": 1, "cards": 50}, "sold": {"records": 1, "cards": 30}}
    assert answer["resold"]["channels"] == {"微信": 3}
    assert answer["resold"]["by_depth"] == {"1": 3, "2": 1}
    assert shares(answer["resold"]["final_holders"]) == [("A", 2), ("B", 1), ("C", 1)]
    assert answer["by_month"] == [
        {"month": "2024-03", "received": 10, "resold": 0, "first_used": 0},
        {"month": "2024-04", "received": 2, "resold": 4, "first_used": 1},
        {"month": "2024-05", "received": 0, "resold": 0, "first_used": 1},
    ]


def test_the_role_is_the_partys_unless_another_is_asked_for(desk: Desk) -> None:
    desk.load(moves(*TRADE))
    own = desk.audit("E")
    assert (own["role"], own["purchased"], own["received"]) == ("enterprise", 20, None)
    (other,) = desk.ask("audit", "E", "--role", "dealer").json["enterprises"]
    assert (other["role"], other["purchased"], other["received"]) == ("dealer", None, 1)
    assert shares(other["suppliers"]) == [("D", 1)]
    (by_number,) = desk.ask("audit", "N").json["enterprises"]
    assert (by_number["role"], by_number["purchased"]) == ("enterprise", 0)
    (few,) = desk.ask("audit", "Q").json["enterprises"]
    assert (few["role"], few["received"], few["quantity_only"]["purchased"]) == (
        "dealer",
        0,
        {"records": 1, "cards": 5},
    )


def test_all_means_enterprises_unless_dealers_are_asked_for(desk: Desk) -> None:
    desk.load(moves(*TRADE))

    def names(*options: str) -> list[str]:
        answer = desk.ask("audit", "--all", *options).json["enterprises"]
        assert {told["role"] for told in answer} == {"dealer" if "dealer" in options else "enterprise"}
        return [told["enterprise"]["name"] for told in answer]

    assert names() == names("--role", "enterprise") == ["E", "N"]
    assert names("--role", "dealer")[:4] == ["D", "A", "B", "C"]
    assert set(names("--role", "dealer")) == {"A", "B", "C", "D", "Q"}


def test_who_has_no_audit(desk: Desk) -> None:
    desk.load(moves(*TRADE))
    for who, code, options in (
        ("中国联通", 2, ()),
        ("中国联通", 2, ("--role", "dealer")),
        ("G", 1, ()),  # passed on cards, received none
        ("G", 1, ("--role", "dealer")),
        ("D", 1, ("--role", "enterprise")),
        ("N", 1, ("--role", "dealer")),
        ("D", 2, ("--role", "shop")),
    ):
        answer = desk.ask("audit", who, *options)
        assert (answer.code, answer.out) == (code, ""), (who, options)


BALANCES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Any, ...]]] = {
    # moves beside E>D 2024-03-05 1-100, activations, declarations, (date, stock, sold, received, unaccounted)
    "some are missing": ((), (), ("D,2024-06-01,60,10",), ("2024-06-01", 60, 10, 100, 30)),
    "back to whom it came from": (
        ("D>E 2024-05-01 1-5",),
        (),
        ("D,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 100, 25),
    ),
    "back after that day": (("D>E 2024-06-02 1-5",), (), ("D,2024-06-01,60,10",), ("2024-06-01", 60, 10, 100, 30)),
    "received after that day": (
        ("E>D 2024-06-02 101-110",),
        (),
        ("D,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 100, 30),
    ),
    "activated while held": (
        (),
        ("2024-04-01 1", "2024-02-01 2"),
        ("D,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 100, 29),
    ),
    "activated after it was sold": (
        ("D>A 2024-03-06 #1",),
        ("2024-04-01 1",),
        ("D,2024-06-01,60,10",),
        ("2024-06-01", 60, 10, 100, 30),
    ),
    "nothing is declared": ((), (), (), (None, None, None, None, None)),
}


def test_the_balance_of_a_dealer_has_received_in_the_place_of_purchased(desk: Desk) -> None:
    lines, online, declared = [], [], []
    for number, (way, active, stated, _) in enumerate(BALANCES.values(), 1):

        def own(n: str, number: int = number) -> str:
            return str(number * 1000 + int(n))

        for line in ("U>E 2024-03-01 1-200", "E>D 2024-03-05 1-100", *way):
            parties, date, lot = line.split()
            lot = f"#{own(lot[1:])}" if lot.startswith("#") else "-".join(map(own, lot.split("-")))
            lines.append(f"{parties.replace('D', f'D{number}')} {date} {lot}")
        for date, n, *user in map(str.split, active):
            online.append(" ".join([date, own(n), *user]))
        declared += [row.replace("D,", f"D{number},") for row in stated]
    desk.load(moves(*lines), activations(*online), stock(*declared))
    answer = desk.ask("audit", *(f"D{n}" for n in range(1, len(BALANCES) + 1))).json["enterprises"]
    keys = ("date", "declared_stock", "declared_sold", "received", "unaccounted")
    told = {title: tuple(audit["balance"][key] for key in keys) for title, audit in zip(BALANCES, answer, strict=True)}
    assert told == {title: expected for title, (*_, expected) in BALANCES.items()}
    assert all("purchased" not in audit["balance"] for audit in answer)


def test_the_same_cards_in_a_dealers_answer_for_csv_and_markdown(desk: Desk) -> None:
    desk.load(moves(*TRADE))
    for ending in (".csv", ".md", ".txt", ".html", ".xlsx"):
        out = desk.folder / f"answer{ending}"
        assert desk.run("--case", desk.case, "audit", "D", "-o", out).code == 0
        if ending in (".csv", ".md", ".txt", ".html"):
            text = out.read_text(encoding="utf-8")
            assert "dealer" in text.lower() if ending != ".csv" else "received" in text


LISTS = {
    "正常": True,
    "已激活": True,
    "激活": True,
    "在用": True,
    "正使用": True,
    "Active": True,
    "activated": True,
    "未激活": False,
    "待激活": False,
    "inactive": False,
    "停机": False,
}


def listed(*rows: tuple[int, str, str]) -> str:
    return "ICCID,卡状态,日期\n" + "".join(f"{card(n)},{state},{date}\n" for n, state, date in rows)


def test_cards_in_stock_that_a_list_calls_active_are_counted_beside_the_buckets(desk: Desk) -> None:
    wanted = sum(LISTS.values())
    desk.load(
        moves("U>E 2024-03-01 1-100", "E>D 2024-03-05 1-50", "D>A 2024-03-05 #90", "E>D 2024-03-06 #90"),
        activations("2024-04-01 40"),
    )
    state_rows = [(n, state, "2024-05-01") for n, state in enumerate(LISTS, 1)]
    state_rows += [(51 + n, state, "2024-05-01") for n, state in enumerate(LISTS, 1)]
    state_rows += [(20, "正常", "2024-05-01"), (20, "停机", "2024-05-02")]  # the latest says no
    state_rows += [(21, "停机", "2024-05-01"), (21, "正常", "2024-05-02")]  # the latest says yes
    state_rows += [(40, "正常", "2024-05-01")]  # activated on record: not in stock
    assert all(file["error"] is None for file in desk.load(listed(*state_rows), options=("--as", "card_list")))
    dealer, enterprise = desk.audit("D"), desk.audit("E")
    assert (dealer["listed_active"], enterprise["listed_active"]) == (wanted + 1, wanted)
    assert (dealer["buckets"]["activated_unnamed"], enterprise["buckets"]["activated_unnamed"]) == (1, 0)


def findings_of(answer: Any, code: str) -> list[dict[str, Any]]:
    return [finding["params"] for finding in answer["findings"] if finding["code"] == code]


SALES = (
    "U>E 2024-01-01 1-100",
    "E>R 2024-02-01 1-2",
    "E>R 2024-02-01 200 cards no 7",
    "R>S 2024-02-02 #1",
    "R>Y 2024-02-03 #2",
    "X>R 2024-03-03 201-218",
    "R>V 2024-03-04 201-201",
)


def test_every_seller_is_counted_over_the_whole_case(desk: Desk) -> None:
    desk.load(moves(*SALES))
    (enterprise,) = desk.ask("audit", "E").json["enterprises"]
    sellers = {finding["seller"]["name"]: finding for finding in findings_of(enterprise, "sanction_three")}
    assert set(sellers) == {"R"}
    found = sellers["R"]
    assert (found["cards_listed"], found["cards_quantity"], found["sales"], found["recipients"]) == (3, 0, 3, 3)
    assert (found["article"], found["in_force"]) == (3, "2024-12-01")
    assert "联合惩戒办法" in found["law"]
    traders = {finding["party"]["name"]: finding for finding in findings_of(enterprise, "sale_twenty")}
    assert {name: (said["cards_listed"], said["cards_quantity"]) for name, said in traders.items()} == {"R": (20, 200)}
    assert (traders["R"]["article"], traders["R"]["in_force"]) == (6, "2025-07-28")
    severities = {f["severity"] for f in enterprise["findings"] if f["code"] in ("sanction_three", "sale_twenty")}
    assert severities == {"info"}
    (dealer,) = desk.ask("audit", "R").json["enterprises"]
    assert [said["seller"]["name"] for said in findings_of(dealer, "sanction_three")] == ["X", "R"]


def test_sellers_are_counted_within_the_days_that_are_asked_about(desk: Desk) -> None:
    desk.load(moves(*SALES))

    def found(*days: str) -> list[tuple[int, int]]:
        asked = [part for day in days for part in ("-p", f"sanction_three.{day}")]
        (audit,) = desk.ask("audit", "R", "--rule", "sanction_three", *asked).json["enterprises"]
        found = findings_of(audit, "sanction_three")
        return [(said["cards_listed"], said["sales"]) for said in found if said["seller"]["name"] == "R"]

    assert found() == [(3, 3)]
    assert found("since=2024-02-03") == []
    assert found("since=2024-02-02", "until=2024-03-04") == [(3, 3)]
    assert found("until=2024-03-03") == []


def test_a_saved_audit_of_a_dealer_is_verified_in_its_role(desk: Desk) -> None:
    desk.load(moves(*TRADE))
    for number, asked in enumerate((("D",), ("E", "--role", "dealer"), ("D", "E"), ("--all", "--role", "dealer"))):
        saved = desk.folder / f"saved{number}.json"
        assert desk.run("--case", desk.case, "audit", *asked, "-o", saved).code == 0
        assert desk.run("--case", desk.case, "verify", saved).code == 0
    desk.load(moves("D>A 2024-06-01 #7"))
    assert desk.run("--case", desk.case, "verify", desk.folder / "saved0.json").code != 0
