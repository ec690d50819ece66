"""Leads of answers that found nothing, or found dates in disorder."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.evidence.case_letters import LetterQuery, make_letters
from graphtrace.evidence.leads_by_addressee import leads_by_addressee
from graphtrace.render.html.overview_page import OverviewGraph
from graphtrace.workbench.chart import chart_of_card

PURCHASE = "运营商,企业名称,ICCID,购买日期\n中国联通,星海,8986012300000000001,2024-03-01\n"


@pytest.fixture
def case(tmp_path: Path) -> gt.Case:
    (tmp_path / "purchases.csv").write_text(PURCHASE, encoding="utf-8")
    case = gt.open_case(tmp_path / "leads.gtrace")
    case.load(tmp_path / "purchases.csv")
    return case


@pytest.mark.parametrize("typed", ["460019999999999", "89860199000000009?", "8986019*0996", "8986019900000000001"])
def test_whatever_part_of_a_number_tells_the_carrier_says_whom_to_ask(case: gt.Case, typed: str) -> None:
    (lead,) = case.trace(typed).leads
    assert lead.ask is not None
    assert (lead.ask.id, lead.record_type, lead.because) == ("carrier:china-unicom", "purchase_record", "not_found")


def test_a_lead_has_no_window_where_the_dates_run_backwards(case: gt.Case, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        "卖方,买方,ICCID,转让日期\n甲,乙,8986012300000000001,2024-02-05\n", encoding="utf-8"
    )
    case.load(tmp_path / "sales.csv")
    leads = case.trace("8986012300000000001").leads
    assert leads
    assert {(lead.since, lead.until) for lead in leads} == {(None, None)}


def test_a_lead_keeps_its_id_and_another_card_or_question_has_another(case: gt.Case, tmp_path: Path) -> None:
    first, second = "8986012300000000001", "8986012300000000002"
    (tmp_path / "more.csv").write_text(PURCHASE.replace(first, second), encoding="utf-8")
    before = case.trace(first).leads[0]
    assert case.trace(first, first)[0].to_dict()["leads"][0]["id"] == before.id
    case.load(tmp_path / "more.csv")
    after, other = (case.trace(card).leads[0] for card in (first, second))
    assert (after.id, after.cards) == (before.id, (first,))
    assert other == before
    assert other.id != before.id
    assert case.trace("8986019900000000001").leads[0].id not in {before.id, other.id}


def test_each_branch_of_an_operator_is_asked_for_its_own_cards(case: gt.Case, tmp_path: Path) -> None:
    hangzhou, wuxi = "中国移动通信集团浙江有限公司杭州分公司", "中国移动通信集团江苏有限公司无锡分公司"
    cards = [f"8986041224700035{n}" for n in (1003, 1011, 1029)]
    sold = zip(cards, ("中国移动浙江公司杭州分公司", hangzhou, wuxi), ("甲公司", "甲公司", "乙公司"), strict=True)
    rows = "".join(f"{card},{branch},{firm},2024-03-0{n}\n" for n, (card, branch, firm) in enumerate(sold, 1))
    (tmp_path / "sold.csv").write_text(f"ICCID,运营商,购卡单位,采购日期\n{rows}", encoding="utf-8")
    seized = "".join(f"{card},2024-06-01,A1,丙\n" for card in cards)
    (tmp_path / "seized.csv").write_text(f"ICCID,查获日期,案件编号,持有人\n{seized}", encoding="utf-8")
    case.load(tmp_path / "sold.csv", tmp_path / "seized.csv")
    found = leads_by_addressee(case)
    asked = {each.party.name: each.requests for each in found.addressees if each.party and each.party.is_carrier}
    assert {name: {card for one in requests for card in one.cards} for name, requests in asked.items()} == {
        "中国移动浙江公司杭州分公司": {*cards[:2]},
        wuxi: {cards[2]},
    }
    abouts = [request.about for requests in asked.values() for request in requests]
    assert len(abouts) == len({*abouts})
    made = make_letters(case, LetterQuery(addressee=wuxi), None)
    assert [(each.letter.name, *each.letter.numbers.values()) for each in made.letters] == [(wuxi,)]
    names = [node["name"] for node in chart_of_card(case.trace(*cards))["nodes"] if node["kind"] == "carrier"]
    assert names == ["中国移动"]
    assert [node.party.name for node in OverviewGraph(case.trace(*cards)).members if node.party.is_carrier] == [
        "中国移动"
    ]
