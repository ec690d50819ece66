"""Carriers' replies and lists of their customers: a server holds and answers what a folder does."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt
from graphtrace.model import party_dict
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document

CARDS = [f"89860623115000120{number}" for number in range(74, 90)]
FIRM = "鑫联科技有限公司"
FILES = {
    "reply.csv": f"中国联通协查结果反馈单,\n查询号码,{CARDS[0]}\n客户名称,{FIRM}\n"
    "证件号码,91330200MA2ABC1234\n入网时间,2023-03-01\n",
    "console.csv": "中国联通物联网连接管理平台 卡号列表,,\nICCID,客户名称,卡状态\n"
    + "".join(f"{card},{FIRM},已激活\n" for card in CARDS[:5])
    + f"{CARDS[5]},张伟,已激活\n{CARDS[6]},王**,停机\n",
    "ranges.csv": f"中国联通查询结果,,\n起始ICCID,结束ICCID,客户名称\n{CARDS[8]},{CARDS[12]},云岭科技有限公司\n",
    "bought.csv": f"ICCID,运营商,购卡单位,采购日期\n{CARDS[1]},中国联通,{FIRM},2023-04-01\n",
    "sold.csv": f"ICCID,转出方,转入方,转让日期\n{CARDS[1]},{FIRM},捷讯,2023-05-01\n{CARDS[2]},速达,捷讯,2023-05-02\n"
    f"{CARDS[9]},云岭科技有限公司,捷讯,2023-05-03\n",
    "telephones.csv": f"中国联通查询结果,,,\nICCID,客户名称,客户电话,使用单位\n{CARDS[13]},张伟,13900001111,甲公司\n"
    f"{CARDS[14]},张伟,13900001111,\n",
    "passed_on.csv": "中国联通查询结果,,,\nICCID,原客户,新客户,过户日期\n"
    f"{CARDS[4]},{FIRM},云岭科技有限公司,2023-09-01\n",
    "used.csv": f"ICCID,激活时间,使用人\n{CARDS[1]},2023-06-01,丁\n{CARDS[3]},2023-01-01,丁\n",
}


def answers(case: gt.Case) -> list[str]:
    """All that is asked of both stores."""
    traces = case.trace(*CARDS[:15])
    found = [to_json_text(trace_document("", traces, "en"))]
    ends = [(row.outcome, *map(party_dict, (row.registrant, row.holder))) for row in case.outcomes(*CARDS[:15])]
    found.append(str(ends))
    found.append(to_json_text(audit_document("", case.audit(all=True), "en")))
    found += [to_json_text(answer_document("", case.party(name))) for name in (FIRM, "捷讯")]
    person = traces[13].registrant
    assert person is not None
    assert person == traces[14].registrant, "one name with one telephone"
    found.append(to_json_text(answer_document("", case.party(person.id))))
    assert "13900001111" in found[-1]
    found.append(to_json_text(answer_document("", case.siblings(CARDS[9], CARDS[1]), "en")))
    found.append(str(case.query("purchases").rows))
    return found


def test_both_stores_tell_registrations_alike(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    paths = sorted(tmp_path.glob("*.csv"))
    reports = [[report.kinds for report in case.load(*paths).files] for case in cases]
    assert reports[0] == reports[1]
    folder, server = map(answers, cases)
    assert folder == server
    (trace,) = cases[1].trace(CARDS[0])
    assert (trace.registrant_basis, trace.registrant and trace.registrant.name) == ("registered", FIRM)
