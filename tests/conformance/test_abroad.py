"""Cards and numbers of other countries: one card with and without its check digit, one number however it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.render.json import to_json_text, trace_document

BODY = "898822809900000001"
FULL = BODY + luhn_digit(BODY)
NUMBER = "4915112345678"
UNLINKED = "+882351230000017"
WRITTEN = ("8949020000000000010", "8949020000000000019")
"""Ends of a range of which no more than one ends in its check digit by chance: its numbers are as written."""

INSIDE = WRITTEN[0][:-1] + luhn_digit(WRITTEN[0][:-1])
"""The card of that range whose number ends in what would be its check digit: where it is listed, its key is shorter."""

FILES = {
    "list.csv": f"ICCID,MSISDN,客户名称,日期\n{BODY},{NUMBER},Kunde GmbH,2024-03-01\n",
    "passed.csv": f"转出方,转入方,转让日期,卡号\nKunde GmbH,Händler,2024-05-02,{FULL}\n",
    "lots.csv": f"转出方,转入方,日期,起始卡号,结束卡号\nHändler,Käufer,2024-05-04,{WRITTEN[0]},{WRITTEN[1]}\n",
    "active.csv": f"ICCID,激活时间\n{INSIDE},2024-05-06 08:00:00\n",
    "used.csv": f"MSISDN,最近上线时间\n{UNLINKED},2024-06-01 08:00:00\n+49 151 12345678,2024-06-02 08:00:00\n",
}


@pytest.fixture
def cases(neo4j_uri: str, tmp_path: Path) -> Iterator[tuple[gt.Case, gt.Case]]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as folder, gt.open_case(neo4j_uri) as server:
        for case in (folder, server):
            report = case.load(*(tmp_path / name for name in FILES))
            assert [sheet.rejected for sheet in report.files] == [0, 0, 0, 0, 0]
        yield folder, server


def test_both_stores_know_cards_and_numbers_of_other_countries(cases: tuple[gt.Case, gt.Case]) -> None:
    asked = (
        BODY,
        FULL,
        f"+{NUMBER}",
        f"00{NUMBER}",
        NUMBER,
        UNLINKED,
        UNLINKED[1:],
        "8949020000000000014",
        INSIDE,
        INSIDE[:-1],
    )
    told = [[to_json_text(trace_document("", case.trace(text), "en")) for text in asked] for case in cases]
    assert told[0] == told[1]
    for case in cases:
        by_number = [case.trace(text)[0] for text in asked[:5]]
        assert {trace.card.iccid for trace in by_number} == {FULL}
        assert [trace.matched_as for trace in by_number] == ["iccid", "iccid", "msisdn", "msisdn", "msisdn"]
        (card,) = case.trace(BODY)
        assert [hop.receiver.name for chain in card.chains for hop in chain.hops] == ["Händler"]
        assert (card.card.msisdn, [each.msisdn for each in card.activations]) == ((f"+{NUMBER}",), [f"+{NUMBER}"])
        for text in asked[5:7]:
            (waiting,) = case.trace(text)
            assert (waiting.matched_as, waiting.card.msisdn) == ("msisdn", (UNLINKED,))
        (in_lot,) = case.trace(asked[7])
        assert [hop.receiver.name for chain in in_lot.chains for hop in chain.hops] == ["Käufer"]
        for text in (INSIDE, INSIDE[:-1]):
            (both,) = case.trace(text)
            assert [hop.receiver.name for chain in both.chains for hop in chain.hops] == ["Käufer"]
            assert len(both.activations) == 1
        assert UNLINKED in str(case.query("unlinked-records").rows)
        assert not case.verify(deep=True)


def test_no_check_digit_is_judged_that_nobody_wrote(tmp_path: Path) -> None:
    ends = [f"{body}{luhn_digit(body)}" for body in ("8925402100088213100", "8925402100088213199")]
    body = "8925402100088213135"
    lots = f"转出方,转入方,日期,起始卡号,结束卡号\n甲,乙,2024-05-04,{ends[0]},{ends[1]}\n"
    (tmp_path / "lots.csv").write_text(lots, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "lots.csv")
        for asked in (body, body + luhn_digit(body)):
            trace = case.trace(asked)[0]
            assert trace.holder is not None
            assert trace.card is not None
            assert (trace.card.iccid, trace.card.checksum) == (body, "n/a")
            assert "check_digit_differs" not in {finding.code for finding in trace.findings}
            assert "may lack its last digit" in " ".join(str(trace).split())
        wrong = case.trace(body + str((int(luhn_digit(body)) + 1) % 10))[0]
        assert "check_digit_differs" in {finding.code for finding in wrong.findings}


def test_a_row_that_was_not_read_is_told_with_a_card_abroad(tmp_path: Path) -> None:
    (tmp_path / "exhibits.csv").write_text(f"Ref,Article,Mark,Officer\nJW/1,phone,,W\nJW/2,SIM,{FULL},W\n", "utf-8")
    (tmp_path / "memo.txt").write_text("We let go 8991864000077120001 to 8991864000077120399 in May.\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "exhibits.csv", tmp_path / "memo.txt")
        for asked, file in ((FULL, "exhibits.csv"), ("8991864000077120308", "memo.txt")):
            found = [each for each in case.trace(asked)[0].findings if each.code == "unread_movement"]
            assert [each.evidence[0].file for each in found] == [file]


NATIONAL = {
    "kenya.csv": "ICCID,MSISDN,Customer Name\n89254021000882131305,0112213130,Star Ltd\n",
    "nigeria.csv": "ICCID,MSISDN,Customer Name\n89234300000615022155,+2348131502215,Star Ltd\n",
    "india.csv": "ICCID,MSISDN,Customer Name\n8991864000077120126,5756337712012,Star Ltd\n",
    "calls.csv": (
        "Call Data Record\nMSISDN: 5756337712012   Period: 01/06/2024 00:00:00 to 13/06/2024 23:59:59\n"
        "Calling Party,Called Party,Call Date,Call Time,Duration(s),IMEI,IMSI\n"
        "5756337712012,jionet,03/06/2024,10:11:52,312,353918052229999,405840337712012\n"
    ),
}


def test_a_number_as_its_country_writes_it_leads_to_its_card_and_its_calls(tmp_path: Path) -> None:
    for name, text in NATIONAL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in NATIONAL))
        found = {
            text: [trace.card.iccid for trace in case.trace(text)]
            for text in ("0112213130", "+254112213130", "08131502215", "5756337712012", "+915756337712012")
        }
        (trace,) = case.trace("8991864000077120126")
    assert found == {
        "0112213130": ["89254021000882131305"],
        "+254112213130": ["89254021000882131305"],
        "08131502215": ["89234300000615022155"],
        "5756337712012": ["8991864000077120126"],
        "+915756337712012": ["8991864000077120126"],
    }
    assert [(use.kind, use.when.iso[:10], use.imei) for use in trace.activations] == [
        ("usage", "2024-06-03", "353918052229999")
    ]
