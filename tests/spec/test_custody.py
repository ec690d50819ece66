"""Custody (SPEC 4): histories of one card, each with the answer that the contract gives it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..custody.histories import NONE, chain_of, load_histories, short
from .conftest import Desk, activations, card, moves

HISTORIES = {title: history for title, history in load_histories().items() if history.is_of_files}
OWN = {"C": "U", "D": "M"}
"""Carriers of the histories, as the files of these tests call them."""
OF_FILES = {"joined_by_name", "user_joined_by_name", "seized_joined_by_name"}
"""Findings on names; uses stand in a file of their own, in which names are all there is."""


def written(when: str) -> str:
    day, _, time = when.partition("@")
    return (f"2024-03-{int(day):02}" if day.isdigit() else day) + (f"T{time[:2]}:{time[2:]}" if time else "")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every history in one case: a card of its own for each, and parties of its own."""
    desk = Desk(tmp_path_factory.mktemp("histories"))
    lines, online = [], []
    for number, history in enumerate(HISTORIES.values(), 1):

        def own(party: str, number: int = number) -> str:
            return OWN.get(party, f"{number}_{party}")

        for line in (*history.moved, *history.lots):
            parties, when, *quantity = line.split()
            cards = f"{quantity[0]} cards" if quantity else f"#{number * 10}"
            sides = ">".join(map(own, parties.split(">")))
            lines.append(f"{sides} {written(when)} {cards} no {len(lines) + 1}")
        for line in history.activated:
            when, *user = line.split()
            online.append(f"{written(when)} {number * 10} {own(user[0]) if user else '-'}")
    for sheet in desk.load(moves(*lines), activations(*online)):
        assert (sheet["rejects"], sheet["warnings"]) == ([], [])
    cards = [card(number * 10) for number in range(1, len(HISTORIES) + 1)]
    results = desk.ask("trace", *cards).json["results"]
    return {
        title: json.loads(json.dumps(result, ensure_ascii=False).replace(f'"{number}_', '"'))
        for number, (title, result) in enumerate(zip(HISTORIES, results, strict=True), 1)
    }


def named(party: dict[str, Any] | None) -> str | None:
    return party and {"中国联通": "C", "中国移动": "D"}.get(party["name"], party["name"])


@pytest.mark.parametrize("title", HISTORIES)
def test_a_history_is_answered_as_the_contract_says(title: str, answers: dict[str, Any]) -> None:
    answer = answers[title]
    chains = [
        chain_of(
            chain["outcome"],
            (
                (
                    named(hop["from"]),
                    named(hop["to"]),
                    hop["date"][:10],
                    hop["precision"] == "quantity",
                    hop["gap_before"],
                )
                for hop in chain["hops"]
            ),
        )
        for chain in answer["chains"]
    ]
    history = HISTORIES[title]
    found = [{each["code"]: short(bare(each["params"]))} for each in answer["findings"] if each["code"] not in OF_FILES]
    onward = [params for each in found for code, params in each.items() if code == "possible_onward"]
    # a carrier sold to parties of other histories too
    assert [params for params in onward if params["at"] not in OWN] == list(history.onward)
    if history.leads is not None:
        leads = [[named(lead["ask"]), lead["for"], lead["because"]] for lead in answer["leads"]]
        assert sorted(leads, key=str) == history.leads
    assert history.answer == {
        "outcome": answer["outcome"],
        "chains": chains,
        "who": [named(answer[role]) or NONE for role in ("registrant", "holder", "end_user")],
        "findings": [each for each in found if "possible_onward" not in each],
    }


def bare(value: Any) -> Any:
    """Parties by their names alone, without what names say about a gap, which is tested by itself."""
    if isinstance(value, dict):
        if {"id", "name"} <= set(value):
            return named(value)
        return {name: bare(held) for name, held in value.items() if name != "alias_candidates"}
    return [bare(held) for held in value] if isinstance(value, list) else value


def test_a_return_dated_before_the_sale_that_it_would_follow_is_shown_in_both_orders(desk: Desk) -> None:
    desk.load(
        "运营商,购卡单位,开卡日期,ICCID\n" + "".join(f"中国联通,E,2024-01-05,{card(n)}\n" for n in (1, 2)),
        moves("E>A 2024-06-01 #1", "A>E 2024-03-01 #1", "E>A 2024-06-01 #2", "A>E 2024-05-25 #2"),
    )
    result = desk.trace(1)
    assert result.outcome == "ambiguous"
    assert result.chains == ["inferred: U>E E>A A>E", "broken: U>E … A>E E>A"]
    assert (result.registrant, result.holder) == ("E", None)
    (inversion,) = result.params("date_inversion")
    assert inversion["by_date"] == ["E", "A"]
    assert [(gap["after"], gap["before"]) for gap in result.params("custody_gap")] == [("E", "A")]
    # a week is no more than the slack
    assert (desk.trace(2).outcome, len(desk.trace(2).chains)) == ("inferred", 1)
    assert desk.audit()["buckets"] | {"disputed": 1, "in_stock": 1} == desk.audit()["buckets"]


def test_a_purchase_written_down_late_contests_nothing(desk: Desk) -> None:
    desk.load(
        f"运营商,购卡单位,开卡日期,ICCID\n中国联通,E,2024-06-01,{card(1)}\n",
        moves("E>A 2024-01-05", "A>B 2024-01-06"),
    )
    assert desk.trace(1).chains == ["inferred: U>E E>A A>B"]


LOT = "E>A 2024-02-01 {} cards"


@pytest.mark.parametrize(("quantity", "exceeded"), [(3, False), (2, True)])
def test_a_lot_by_number_bridges_at_most_as_many_cards_as_it_states(
    desk: Desk, quantity: int, *, exceeded: bool
) -> None:
    bought = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(9)}\n"
    desk.load(bought, moves(LOT.format(quantity), "A>B 2024-03-01 #1", "A>C 2024-03-01 2-3", "E>A 2024-02-02 #4"))
    for n in (1, 2, 3):
        result = desk.trace(n)
        if exceeded:
            assert result.outcome == "broken"
            (finding,) = result.params("lot_exceeded")
            assert (finding["record"]["row"], finding["quantity"], finding["cards"]) == (2, 2, 3)
            assert "custody_gap" in result.codes
        else:
            assert (result.outcome, result.codes) == ("inferred", ["joined_by_name"])
    assert "lot_exceeded" not in desk.trace(4).codes


def test_two_lots_that_a_card_may_have_come_in_stand_together(desk: Desk) -> None:
    bought = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(9)}\n"
    sold = [f"A>B 2024-03-01 #{n}" for n in (1, 2, 3)]
    desk.load(bought, moves(LOT.format(2) + " no 1", LOT.format(1) + " no 2", *sold))
    assert [each.outcome for each in desk.traces(1, 2, 3)] == ["inferred"] * 3
    desk.load(moves("A>B 2024-03-01 #4"))
    assert [each.outcome for each in desk.traces(1, 4)] == ["broken"] * 2
    assert desk.trace(1).params("lot_exceeded")[0]["quantity"] == 3


LISTED = "单号,日期,转出方,转入方,ICCID\n" + "".join(f"{{no}},{{day}},E,A,{card(n)}\n" for n in (11, 12, 13))
BY_NUMBER = "单号,日期,转出方,转入方,数量\nXS20240201001,2024-02-01,E,A,{}\n"


@pytest.mark.parametrize(
    ("told", "quantity", "outcome"),
    [
        (LISTED.format(no="XS20240201001", day="2024-02-05"), 3, "broken"),  # of one order
        (LISTED.format(no="XS20240201001", day="2024-02-05"), 4, "inferred"),  # one is left
        (LISTED.format(no="7", day="2024-02-01"), 3, "broken"),  # as many on that day
        (LISTED.format(no="7", day="2024-02-01"), 5, "inferred"),
        (LISTED.format(no="7", day="2024-02-05"), 3, "inferred"),
        ("退货日期,退货方,接收方,数量\n2024-02-20,A,E,3\n", 3, "broken"),  # given back before the next step
        ("退货日期,退货方,接收方,数量\n2024-02-20,A,E,2\n", 3, "inferred"),
        ("退货日期,退货方,接收方,数量\n2024-03-20,A,E,3\n", 3, "inferred"),
    ],
)
def test_a_lot_by_number_bridges_no_more_than_is_left_of_it(desk: Desk, told: str, quantity: int, outcome: str) -> None:
    bought = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(19)}\n"
    desk.load(bought, BY_NUMBER.format(quantity), told, moves("A>B 2024-03-01 #1"))
    result = desk.trace(1)
    assert (result.outcome, "lot_exceeded" in result.codes) == (outcome, outcome == "broken")


def test_a_lot_of_a_carrier_of_which_another_file_names_the_cards_makes_no_registrant(desk: Desk) -> None:
    listed = "日期,运营商,购卡单位,ICCID\n" + "".join(f"2024-01-05,中国联通,E,{card(n)}\n" for n in (11, 12))
    desk.load("日期,运营商,购卡单位,数量\n2024-01-05,中国联通,E,2\n", listed, moves("E>A 2024-03-01 #1"))
    assert {"no_purchase", "lot_exceeded"} <= set(desk.trace(1).codes)
    assert desk.trace(1).registrant is None


def test_a_number_beside_the_names_of_two_persons_is_told(desk: Desk) -> None:
    sold = "日期,转出方,转入方,转入方证件号,ICCID\n2024-02-01,E,{},110101199003078339," + "{}\n"
    desk.load(
        "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(9)}\n",
        sold.format("张三", card(1)),
        sold.format("李四", card(2)).replace("02-01", "02-05")
        + f"2024-02-06,E,张三手机店,110101199003078339,{card(3)}\n",
    )
    found = [each.params("number_of_persons") for each in desk.traces(1, 2, 3)]
    assert found == [[], [{"number": "110101199003078339", "names": ["张三", "李四"]}], []]


def test_a_name_that_means_somebody_only_in_one_book_joins_with_a_warning(desk: Desk) -> None:
    bought = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(9)}\n"
    desk.load(bought, moves("E>王先生 2024-02-01 #1", "E>王伟 2024-02-01 #2"))
    desk.load(moves("王先生>B 2024-03-01 #1", "王伟>B 2024-03-01 #2"))
    severities = [
        [each["severity"] for each in answer.json["findings"] if each["code"] == "joined_by_name"]
        for answer in desk.traces(1, 2)
    ]
    assert [found.count("warning") for found in severities] == [1, 0]


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [("2019-01-01,2021-01-01", True), ("2019-01-01,", True), ("2024-03-01,", False), (",", False)],
)
def test_what_a_list_says_of_a_number_at_another_time_is_not_said_of_the_card(
    desk: Desk, cells: str, *, doubted: bool
) -> None:
    desk.load(
        f"运营商,购卡单位,开卡日期,ICCID\n中国联通,E,2024-01-05,{card(1)}\n",
        f"ICCID,接入号,激活时间\n{card(1)},1064812345678,2024-02-01\n",
        f"中国联通协查结果反馈,,,\n号码,客户名称,入网时间,销户时间\n1064812345678,李四科技有限公司,{cells}\n",
    )
    codes = desk.trace(1).codes
    assert ("number_at_other_time" in codes, "listed_with_other" in codes) == (doubted, not doubted)


@pytest.mark.parametrize(
    ("heading", "user"),
    [("使用人电话", None), ("使用人单位", None), ("绑定手机", None), ("assigned to", None), ("联系电话", "A")],
)
def test_nobody_is_presumed_where_the_user_is_given_otherwise_than_by_name(
    desk: Desk, heading: str, user: str | None
) -> None:
    desk.load(moves("E>A 2024-03-01 #1"), f"ICCID,激活时间,{heading}\n{card(1)},2024-04-01,13800138000\n")
    result = desk.trace(1)
    assert (result.end_user, "unread_movement" in result.codes) == (user, user is None)


def test_one_sale_under_two_names_is_said_to_be_possible(desk: Desk) -> None:
    sold = "订单号,日期,转出方,转入方,转入方电话,ICCID\n{},2024-03-01,E,{},{},{}\n"
    desk.load(
        "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n" + f"中国联通,E,2024-01-05,{card(1)},{card(9)}\n",
        sold.format("DD20240301001", "tb张三88", "", card(1)),
        sold.format("DD20240301001", "张三", "", card(1)),
        sold.format("7", "宏达贸易有限公司", "13800138000", card(2)),
        sold.format("7", "李伟", "13800138000", card(2)),
        sold.format("8", "宏達貿易有限公司", "", card(3)),
        sold.format("9", "宏达贸易有限公司", "", card(3)),
    )
    numbered, called, written = (
        each["params"]
        for answer in desk.traces(1, 2, 3)
        for each in answer.json["findings"]
        if each["code"] == "double_transfer"
    )
    assert (numbered["same_number"], numbered["alias_candidates"]) == ("DD20240301001", [])
    assert "same_number" not in called
    reasons = [each["alias_candidates"][0]["reasons"] for each in (called, written)]
    assert [each[0] for each in reasons] == ["same_telephone", "traditional_simplified"]


def test_a_return_under_another_name_is_told_with_the_sales_it_lies_between(desk: Desk) -> None:
    rows = ("E,宏达电子商行,2025-01-13,销售", "宏达,E,2025-01-20,退货", "E,B,2025-01-27,销售")
    cells = (row.rsplit(",", 1) for row in rows)
    desk.load("转出方,转入方,日期,卡号,业务类型\n" + "".join(f"{row},{card(1)},{kind}\n" for row, kind in cells))
    (doubled,) = desk.trace().params("double_transfer")
    assert doubled["returned"] == [{"party": "宏达", "date": "2025-01-20"}]
    for lang, never, said in (("en", "none says", "gave it back in between"), ("zh", "无收回记录", "退回此卡")):
        text = "".join(desk.run("trace", card(1), "--case", desk.case, "--lang", lang).out.split())
        assert "".join(said.split()) in text
        assert "".join(never.split()) not in text


def test_a_seller_that_counts_a_card_in_its_stock_after_the_sale_is_told(desk: Desk) -> None:
    desk.load(
        f"运营商,购卡单位,开卡日期,ICCID\n中国联通,E,2024-01-05,{card(1)}\n",
        moves("E>A 2024-03-01 #1"),
        f"盘点日期,单位,ICCID\n2024-06-01,E,{card(1)}\n",
    )
    (finding,) = desk.trace(1).params("listed_with_other")
    assert (finding["listed"], finding["holder"], finding["date"]) == ("E", "A", "2024-06-01")


def test_whom_a_list_without_a_day_names_stands_in_the_head_and_its_cards_are_counted_for_the_party(desk: Desk) -> None:
    desk.load(moves("B>A 2024-03-01 #1"), f"ICCID,Account Name,SIM Status\n{card(1)},Pennard Ltd,ACTIVATED\n")
    for lang, heading, listed in (("en", "named by a list", "for 1 card;"), ("zh", "清单所列", "清单把1张卡")):
        head = desk.run("trace", card(1), "--case", desk.case, "--lang", lang).out.splitlines()
        assert any(line.split("  ")[1:2] == [heading] and "Pennard Ltd" in line for line in head)
        assert listed in desk.run("party", "Pennard Ltd", "--case", desk.case, "--lang", lang).out
    assert desk.ask("party", "Pennard Ltd").json["listed"] == 1
    assert "listed" not in desk.ask("party", "A").json


@pytest.mark.parametrize(("used", "user"), [("2024-04-05", None), ("2024-05-05", "A"), ("2024-03-15", "E")])
def test_nobody_is_presumed_where_a_month_leaves_open_whether_the_card_had_changed_hands(
    desk: Desk, used: str, user: str | None
) -> None:
    bought = f"运营商,购卡单位,开卡日期,卡号\n中国联通,E,2024-03-01,{card(1)}\n"
    desk.load(
        bought, f"转出方,转入方,转让日期,卡号\nE,A,2024-04,{card(1)}\n", f"卡号,激活时间\n{card(1)},{used} 10:00\n"
    )
    found = desk.trace(1).json["end_user"]
    assert (found and found["name"]) == user
