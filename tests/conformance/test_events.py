"""Rows that state several events, lists, uses and seizures: a server holds and answers what a folder does."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt
from graphtrace.model import AUDIT_ROLES
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document

CARDS = [f"898606190000000000{number}" for number in range(1, 6)]
CHIP = "89049032000001000000000000000074"
FILES = {
    "sales.csv": "运营商,购卡单位,开卡日期,ICCID,MSISDN,激活时间\n"
    f"中国联通,星海,2024-03-01,{CARDS[0]},1064612345671,2024-04-01\n"
    f"中国联通,星海,2024-03-01,{CARDS[1]},1064612345672,\n"
    f"中国联通,星海,2024-03-01,{CARDS[2]},1064612345673,2024-04-03\n",
    "list.csv": "ICCID,MSISDN,客户名称,卡状态,最近上线时间\n"
    f"{CARDS[0]},1064612345671,别家,在用,2024-05-01 08:00:00\n{CARDS[1]},1064612345672,星海,停机,\n",
    "passed.csv": f"转出方,转入方,转让日期,卡号\n星海,甲,2024-05-02,{CARDS[1]}\n",
    "seized.csv": f"案号,查获日期,卡号,持有人\nA1,2024-06-01,{CARDS[1]},丙\nA1,2024-06-01,{CARDS[0]},不详\n",
    "states.csv": f"ICCID,卡状态,日期\n{CARDS[1]},正常,2024-06-01\n",
    "by_number.csv": "MSISDN,卡状态,日期\n1064612345672,已激活,2024-06-02\n",
    "numbers.csv": "MSISDN,激活时间,使用人,IMEI\n1064612345679,2024-04-05,丁,490154203237518\n",
    "chips.csv": f"ICCID,EID,日期,状态\n{CARDS[3]},{CHIP},2024-03-01,正常\n{CARDS[4]},{CHIP},2024-03-02,正常\n"
    f"{CARDS[3]},89049032000001000000000000000171,2024-05-02,停机\n",
    "chip_use.csv": f"MSISDN,EID,激活时间\n1064612345672,{CHIP},2024-03-05\n1064612345678,{CHIP},2024-03-05\n",
    "moved.csv": f"ICCID,MSISDN,卡状态\n{CARDS[2]},1064612345677,销户\n{CARDS[3]},1064612345677,正常\n",
    "moved_use.csv": "MSISDN,激活时间,使用人\n1064612345677,2024-06-05,戊\n",
    "lots.csv": "运营商,购卡单位,采购日期,数量\n中国联通,数量公司,2024-03-01,500\n",
}


def answers(case: gt.Case) -> list[str]:
    """All that is asked of both stores."""
    asked = [*CARDS[:4], "1064612345679", "490154203237518", CHIP]
    found = [to_json_text(trace_document("", case.trace(one), "en")) for one in asked]
    for role in AUDIT_ROLES:
        audits = case.audit(all=True, role=role)
        found.append(to_json_text(audit_document("", audits, "en")))
        assert [case.audit(audit.enterprise.id)[0] for audit in audits] == list(audits)
    found.append(to_json_text(answer_document("", case.siblings(CARDS[1]))))
    for name in FILES:
        found.append(str(case.query("records-of-file", file=name).rows))
    named = [case.find_parties(text) for text in ("星海", "海", "数量公", "无此人", "id:1", "name:甲")]
    assert [[len(found) for found in both] for both in named] == [[1, 0], [0, 1], [0, 1], [0, 0], [0, 0], [1, 0]]
    return [*found, str(named)]


def test_both_stores_hold_every_event_of_a_row(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    paths = [tmp_path / name for name in FILES]
    told = [
        [(file.file, file.rows, file.loaded, file.records, file.kinds) for file in case.load(*paths).files]
        for case in cases
    ]
    assert told[0] == told[1]
    assert told[0][0][1:] == (3, 3, 5, {"purchase": 3, "activation": 2})
    assert told[0][1][1:] == (2, 2, 3, {"usage": 1, "card_list": 2})
    folder, server = map(answers, cases)
    assert server == folder
    assert [case.verify() for case in cases] == [[], []]
    (trace,) = cases[1].trace(CARDS[0])
    assert [used.kind for used in trace.activations] == ["activation", "usage"]
    assert [listing.state for listing in trace.card_lists] == ["在用"]
    assert [finding.code for finding in trace.findings] == ["listed_with_other"]
    (seized,) = cases[1].trace(CARDS[1])
    assert "seized_from_another" in [finding.code for finding in seized.findings]
    (number,) = cases[1].trace("1064612345679")
    assert (number.outcome, number.end_user and number.end_user.name) == ("broken", "丁")
    assert [finding.code for finding in number.findings] == ["known_by_number_only"]
    chip = cases[1].trace(CHIP)
    assert [(one.card and one.card.key, one.asked_chip and one.asked_chip.until is not None) for one in chip] == [
        *((CARDS[1], False), (CARDS[3], True), (CARDS[4], False), (None, False)),
    ]
    for case in cases:
        assert case.cards_seized_in("A1") == CARDS[:2]
        assert case.cards_seized_in("A") == case.at("2020-01-01").cards_seized_in("A1") == []
    again = [
        [(file.loaded, file.duplicate) for file in case.load(tmp_path / "again.csv").files]
        for case in cases
        if (tmp_path / "again.csv").write_text(FILES["sales.csv"] + "\n", encoding="utf-8")
    ]
    assert again == [[(0, 3)], [(0, 3)]]


def test_a_correction_takes_a_row_away_with_all_its_events(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    for case in cases:
        case.load(*(tmp_path / name for name in ("sales.csv", "list.csv")))
        before = to_json_text(trace_document("", case.trace(*CARDS), "en"))
        case.correct("sales.csv:2", why="wrong card", who="x")
        (trace,) = case.trace(CARDS[0])
        assert (trace.chains, [used.kind for used in trace.activations]) == ((), ["usage"])
        case.correct("sales.csv:2", why="right after all", who="x", undo=True)
        assert to_json_text(trace_document("", case.trace(*CARDS), "en")) == before


def test_an_audit_of_one_party_knows_the_users_whom_only_a_number_names(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    use = tmp_path / "use.csv"
    use.write_text("MSISDN,激活时间,使用人\n1064612345672,2024-04-05,戊\n", encoding="utf-8")
    found = []
    for case in cases:
        case.load(tmp_path / "sales.csv", use)
        (one,) = case.audit("星海")
        assert [one] == list(case.audit(all=True))
        assert one.buckets["activated_by_other"] == 1
        found.append(to_json_text(audit_document("", [one], "en")))
    assert found[0] == found[1]
