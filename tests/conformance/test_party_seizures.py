"""The seizures from a person are the same in a folder and on a server."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt
from graphtrace.render.views.trace_view import trace_view
from graphtrace.render.writers import render_file

from ..neo4j.server import Place

FILES = {
    "seizures.csv": "卡号,查获日期,案件编号,持有人\n"
    "8986061900000000001,2024-06-01,A-2024-1,李四\n8986061900000000002,2024-06-01,A-2024-1,王五\n",
    "by_number.csv": "案号,扣押日期,MSISDN,被扣押人\nA3,2024-06-03,1064912345678,李四\n"
    "A4,2024-06-04,1064912345679,李四\n",
    "cards.csv": "ICCID,MSISDN,状态\n8986061900000000007,1064912345678,正常\n",
}


def test_the_seizures_of_a_person_are_alike(tmp_path: Path, neo4j_uri: str, neo4j_place: Place) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as here, gt.open_case(neo4j_uri) as there:
        for case in (here, there):
            case.load(*(tmp_path / name for name in FILES))
        folder, server = (case.party("李四").to_dict()["seizures"] for case in (here, there))
    assert [(each["card"], each["number"], each["case_no"]) for each in folder] == [
        ("8986061900000000001", None, "A-2024-1"),
        ("8986061900000000007", "1064912345678", "A3"),
        (None, "1064912345679", "A4"),
    ]
    assert server == folder
    neo4j_place.empty()


def test_who_is_identified_by_a_list_of_seizures_is_alike(tmp_path: Path, neo4j_uri: str, neo4j_place: Place) -> None:
    number = "330201199001011234"
    (tmp_path / "sales.csv").write_text("转出方,转入方,日期,卡号\n甲,李四,2024-03-05,8986061900000000001\n", "utf-8")
    (tmp_path / "seizures.csv").write_text(
        f"卡号,查获日期,案件编号,持有人,持有人证件号\n8986061900000000001,2024-06-01,A1,李四,{number}\n", "utf-8"
    )
    found = []
    with gt.open_case(tmp_path / "x.gtrace") as here, gt.open_case(neo4j_uri) as there:
        for case in (here, there):
            case.load(tmp_path / "sales.csv", tmp_path / "seizures.csv")
            (trace,) = case.trace("8986061900000000001")
            seized = trace.to_dict()["seizures"][0]["seized_from"]
            shown = render_file(trace_view([trace]), ".md", "zh")
            table = case.seizures().to_pandas()[["holder_id", "holder"]].to_numpy().tolist()
            assert isinstance(shown, str)
            found.append((seized, case.party(number).to_dict()["seizures"][0]["card"], table, shown))
    assert found[0][:3] == (
        {"id": f"id:{number}", "name": "李四"},
        "8986061900000000001",
        [[f"id:{number}", "李四"]],
    )
    assert f"李四 {number}" in found[0][3]
    assert found[1] == found[0]
    neo4j_place.empty()


def test_what_several_branches_sold_is_of_their_operator_and_each_step_of_its_branch(
    neo4j_uri: str, tmp_path: Path
) -> None:
    head = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n"
    branches = ("中国移动苏州分公司", "中国移动通信集团广东有限公司广州分公司")
    for name, (branch, buyer, stem) in zip("ab", zip(branches, "甲乙", "01", strict=True), strict=True):
        ends = (f"8986040110210000{stem}001", f"8986040110210000{stem}099")
        (tmp_path / f"{name}.csv").write_text(f"{head}{branch},{buyer}公司,2024-03-01,{ends[0]},{ends[1]}\n", "utf-8")
    for place in (tmp_path / "x.gtrace", neo4j_uri):
        with gt.open_case(place) as case:
            case.load(tmp_path / "a.csv")
            assert [each.party.name for each in case.party("甲公司").received] == [branches[0]]
            case.load(tmp_path / "b.csv")
            for buyer in ("甲公司", "乙公司"):
                assert [each.party.name for each in case.party(buyer).received] == ["中国移动"]
            assert case.party("中国移动").party.id == "carrier:china-mobile"
            hops = [case.trace(f"8986040110210000{stem}005")[0].chains[0].hops[0] for stem in "01"]
            assert [hop.sender.name for hop in hops] == [*branches]
