from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import AmbiguousName, NothingFound
from graphtrace.results.party import CounterpartyFlow

SALES = """运营商,企业名称,统一社会信用代码,日期,ICCID,起始ICCID,结束ICCID,数量
中国联通,星海（集团）公司,91310115MA1K35XR7B,2024-03-01,,8986061900000000001,8986061900000000100,
中国联通,星海(集团)公司,91310115MA1K35XR7B,2024-03,,,,500
"""
TRANSFERS = """from,from_id,to,to_id,date,iccid,iccid_first,iccid_last,quantity
星海(集团)公司,,老K,,2024-03-05,,8986061900000000001,8986061900000000020,
星海(集团)公司,,老K,,2024-03-07,,8986061900000000011,8986061900000000030,
星海(集团)公司,,老K,,2024-03-09,8986061900000000005,,,
星海(集团)公司,,老K,,2024-03-09,8986061900000000040,,,
星海(集团)公司,,老K,,2024-03-11,,,,70
老K,,王伟,110101199001011237,2024-04-01,8986061900000000005,,,
老K,,王伟,110101199202021231,2024-04-01,8986061900000000006,,,
老K,,王伟,,2024-04-01,8986061900000000007,,,
"""
ACTIVATIONS = """iccid,msisdn,activated_at,user
8986061900000000005,1064600000001,2024-04-02,赵六
"""
SEIZURES = """iccid,msisdn,date,case_no
8986061900000000006,,2024-05-01,案1
,1064600000001,2024-05-01,案1
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    folder: Path = tmp_path_factory.mktemp("parties")
    case = gt.open_case(folder / "c.gtrace")
    for name, text in (("s", SALES), ("t", TRANSFERS), ("a", ACTIVATIONS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        case.load(folder / f"{name}.csv")
    (folder / "z.csv").write_text(SEIZURES, encoding="utf-8")
    case.load(folder / "z.csv", as_kind="seizure")
    return case


def told(flow: CounterpartyFlow) -> tuple[str, int, int, tuple[int, int], str, str, int]:
    return (
        *(flow.party.name, flow.cards, flow.records, tuple(flow.quantity_only)),
        *(flow.since.day, flow.until.day, flow.seized),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("星海(集团)公司", "星海（集团）公司", " 星海 【集团】公司"),
        *("91310115MA1K35XR7B", "id:91310115MA1K35XR7B", "91310115ma1k35xr7b"),
    ],
)
def test_a_party_is_found_by_its_name_its_number_and_its_id(case: gt.Case, text: str) -> None:
    assert case.party(text).party.id == "id:91310115MA1K35XR7B"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("中国联通", "carrier"), ("carrier:china-unicom", "carrier"), ("91310115MA1K35XR7B", "enterprise")),
        *(("老k", "dealer"), ("name:老K", "dealer"), ("name:王伟", None), ("id:110101199001011237", "person")),
    ],
)
def test_the_records_show_what_a_party_is(case: gt.Case, text: str, kind: str | None) -> None:
    assert case.party(text).kind == kind


def test_a_card_that_several_records_move_counts_once(case: gt.Case) -> None:
    dealings = case.party("老K")
    (received,) = dealings.received
    assert told(received) == ("星海（集团）公司", 31, 4, (1, 70), "2024-03-05", "2024-03-11", 2)


def test_a_quantity_only_purchase_stands_beside_the_cards(case: gt.Case) -> None:
    (received,) = case.party("91310115MA1K35XR7B").received
    assert told(received) == ("中国联通", 100, 1, (1, 500), "2024-03-01", "2024-03", 2)


def test_the_most_cards_come_first_then_the_ids_decide(case: gt.Case) -> None:
    passed_on = case.party("老K").passed_on
    assert [flow.party.id for flow in passed_on] == ["id:110101199001011237", "id:110101199202021231", "name:王伟"]
    assert [flow.seized for flow in passed_on] == [1, 1, 0]


def test_a_name_that_several_parties_bear_is_refused_with_their_ids(case: gt.Case) -> None:
    with pytest.raises(AmbiguousName) as caught:
        case.party("王伟")
    for party in ("id:110101199001011237", "id:110101199202021231", "name:王伟"):
        assert party in caught.value.hint
        assert case.party(party).party.id == party


def test_a_name_that_nobody_bears_is_answered_with_the_nearest(case: gt.Case) -> None:
    with pytest.raises(NothingFound, match="星海") as caught:
        case.party("星海")
    assert "星海（集团）公司" in caught.value.hint
    with pytest.raises(NothingFound) as caught:
        case.party("完全不同的名字")
    assert "星海" not in caught.value.hint
    with pytest.raises(NothingFound):
        case.party("")


def test_a_name_that_identifies_nobody_is_told_with_what_names_it(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "c.gtrace") as case:
        (tmp_path / "t.csv").write_text(
            "中国联通物联网连接管理平台 卡号列表,\nICCID,客户名称\n8986061900000000015,穗朴共享\n"
            "8986061900000000016,穗朴共享\n8986061900000000017,锋锐共享\n",
            encoding="utf-8",
        )
        (tmp_path / "p.csv").write_text(
            "运单号,寄件人,收件人,寄件时间\nSF1234567890123,强盛店,刘**,2024-03-15 18:02:10\n", encoding="utf-8"
        )
        case.load(tmp_path / "t.csv", tmp_path / "p.csv")
        with pytest.raises(AmbiguousName):
            case.party("穗朴共享")
        assert case.party("锋锐共享").party.name == "锋锐共享"
        with pytest.raises(NothingFound, match=r"p\.csv:2") as caught:
            case.party("刘**")
        assert "nobody in the case" not in str(caught.value)
