"""What a case knows under a text that is no card: the same in a folder and on a server, and never denied."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NothingFound
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.render.format import explain_outcome

from ..neo4j.server import Place

FILES = {
    "parcels.csv": """运单号,寄件人,寄件人电话,收件人,收件人电话,寄件时间
YT8812300001,吴建坤,13700000009,李四,13800000001,2024-03-01
YT8812300002,吴建坤,13700000009,王五,13800000002,2024-03-02
""",
    "payments.csv": """交易时间,付款方,付款账号,收款方,收款账号,金额,订单号
2024-03-05 10:00:00,李四,lisi@alipay.example,流量王,liuliang@alipay.example,350.00,3389201145523344
""",
    "transfers.csv": """转出方,转入方,日期,卡号,运单号,订单编号,流向说明
甲公司,李四,2024-03-01,8986061900000000001,YT8812300001,DD-1,"微信号""haozi_0911"" 要的"
""",
    "ranges.csv": """转出方,转入方,日期,起始ICCID,结束ICCID,订单编号
甲公司,赵六,2024-03-02,8986061900000000010,8986061900000000019,DD-2
""",
    "seizures.csv": """卡号,查获日期,案件编号,持有人
8986061900000000001,2024-06-01,A-2024-1,李四
""",
}
KNOWN = {
    "13700000009": {("telephone", "吴建坤", ())},
    "3389201145523344": {("order_no", "李四 流量王", ())},
    "yt8812300002": {("waybill", "吴建坤 王五", ())},
    "YT8812300001": {("waybill", "吴建坤 李四", ()), ("waybill", "甲公司 李四", ("8986061900000000001",))},
    "吴建坤": {("name", "吴建坤", ())},
    "lisi@alipay.example": {("account", "李四", ())},
    "DD-2": {("record_no", "甲公司 赵六", ("89860619000000000103", "89860619000000000194"))},
    "13700000008": set(),
    "YT881230000": set(),
}


def load(case: gt.Case, folder: Path) -> gt.Case:
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    assert not case.load(*(folder / name for name in FILES)).has_errors
    return case


def uses_of(case: gt.Case, text: str) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (use.role, " ".join(party.name or party.id for party in use.parties), use.cards)
        for use in case.known_uses(text)
    }


def test_telephones_waybills_orders_and_accounts_are_known_by_their_rows(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        load(case, tmp_path)
        assert {text: uses_of(case, text) for text in KNOWN} == KNOWN
        (use,) = case.known_uses("13700000009")
        assert [(origin.file, origin.row) for origin in use.origins] == [("parcels.csv", 2), ("parcels.csv", 3)]
        assert {role for role, *_ in uses_of(case, "A-2024-1")} == {"case_no"}
        assert {role for role, *_ in uses_of(case, "李四")} == {"name", "holder"}


@pytest.mark.parametrize("text", ["13700000009", "3389201145523344"])
def test_a_trace_of_a_number_that_is_no_card_says_what_it_is_and_asks_no_carrier(tmp_path: Path, text: str) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (trace,) = load(case, tmp_path).trace(text)
        (other,) = case.trace("13700000008")
    assert [finding.code for finding in trace.findings] == ["known_otherwise"]
    assert trace.findings[0].evidence
    assert not trace.leads
    for lang, whose in (("en", "telephone of “吴建坤” (2 rows)"), ("zh", "“吴建坤”的电话（2行）")):
        said = explain_outcome(trace, lang)
        assert (f"graphtrace party {text}" in said) == (text == "13700000009")
        assert (whose in said) == (text == "13700000009")
    # where nothing is known, the answer says what was looked for
    assert "waybill" in explain_outcome(other, "en")
    assert "运单号" in explain_outcome(other, "zh")


def test_a_party_is_not_denied_where_the_case_knows_the_number(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        load(case, tmp_path)
        assert case.party("13700000009").party.name == "吴建坤"
        with pytest.raises(NothingFound, match=r"order no in 1 row \(“李四”, “流量王”\)"):
            case.party("3389201145523344")
        with pytest.raises(NothingFound, match="called 3389201145523345"):
            case.party("3389201145523345")


def test_a_server_knows_the_same(tmp_path: Path, neo4j_uri: str, neo4j_place: Place) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as here, gt.open_case(neo4j_uri) as there:
        load(here, tmp_path)
        load(there, tmp_path)
        for text in (*KNOWN, "A-2024-1", "李四", "赵六"):
            assert there.known_uses(text) == here.known_uses(text)
        for text in BESIDE:
            assert there.uses_beside(text) == here.uses_beside(text)
        for tail in ENDING:
            assert there.cards_ending_in(tail) == here.cards_ending_in(tail)
    neo4j_place.empty()


BESIDE = {"haozi_0911": 1, '"haozi_0911"': 1, "haozi_09111": 0, "%": 0}
ENDING = {"00001": ["8986061900000000001"], "000016": ["8986061900000000016"], "000020": []}


def test_what_stands_in_a_column_that_was_not_read_and_the_end_of_a_number_are_found(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        load(case, tmp_path)
        assert {text: len(case.uses_beside(text)) for text in BESIDE} == BESIDE
        (use,) = case.uses_beside("haozi_0911")
        assert (use.role, [party.name for party in use.parties], use.cards) == (
            "流向说明",
            ["甲公司", "李四"],
            ("8986061900000000001",),
        )
        assert {tail: case.cards_ending_in(tail) for tail in ENDING} == ENDING
        # with its check digit, computed or written
        assert case.cards_ending_in(luhn_digit("8986061900000000012").join(("00012", ""))) == ["8986061900000000012"]


def test_where_too_many_cards_end_so_those_that_were_seized_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphtrace.analysis.typed_cards.MAX_ENDING", 1)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        load(case, tmp_path)
        assert case.cards_ending_in("1") == ["8986061900000000001"]


def test_many_texts_are_looked_up_as_one_by_one(tmp_path: Path) -> None:
    asked = [*KNOWN, *(f"1370000{number:04d}" for number in range(1000, 1100))]
    with gt.open_case(tmp_path / "x.gtrace") as case:
        load(case, tmp_path)
        traces = {trace.input: trace for trace in case.trace(*(text for text in asked if text.isdigit()))}
        assert len(traces) >= 100
        for text, trace in traces.items():
            uses = [use.to_dict() for use in case.known_uses(text)] if text in KNOWN else []
            found = [finding.params["uses"] for finding in trace.findings]
            assert found == ([uses] if uses else [])
