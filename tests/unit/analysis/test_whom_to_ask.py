"""Leads of answers that found nothing, or found dates in disorder."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

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
