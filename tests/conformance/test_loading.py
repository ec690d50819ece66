"""Files come into a case on a server as they come into a folder: the same counts, reports and parties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.json import answer_document, to_json_text, trace_document

from ..conftest import examples
from ..neo4j.server import Place

HEADER = "转出方,转出方证件号,转入方,转入方证件号,日期,卡号,数量,单号,渠道\n"
CARD = "8986061900000000001"


@pytest.fixture
def cases(neo4j_uri: str, tmp_path: Path) -> Iterator[tuple[gt.Case, gt.Case]]:
    with gt.open_case(tmp_path / "x.gtrace") as folder, gt.open_case(neo4j_uri) as server:
        yield folder, server


def loaded(case: gt.Case, *paths: Path, dry_run: bool = False) -> list[dict[str, Any]]:
    """The report, without the places of reject files, which a server has not."""
    found = LoadedSheets(case.load(*paths, dry_run=dry_run).files)
    files: list[dict[str, Any]] = answer_document("", found)["files"]
    return [{**file, "rejects_file": None} for file in files]


def written(place: Path, name: str, *rows: str) -> Path:
    path = place / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_the_same_file_again_and_the_same_statement_elsewhere_are_told_alike(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    first = written(
        tmp_path, "a.csv", f"甲,,乙,,2024-03-05,{CARD},,7,微信", f"甲,,乙,,坏,{CARD},,,", "甲,,乙,,2024-03-05,,500,1,"
    )
    second = written(
        tmp_path,
        "b.csv",
        f"　甲 ,,乙,,2024年3月5日,{CARD}5,,8,微信",
        f"乙,,丙,,2024-03-06,{CARD},,,",
        "甲,,乙,,2024-03-05,,500,2,",
    )
    for paths in ([first], [first, second], [second]):
        folder, server = (loaded(case, *paths) for case in cases)
        assert server == folder
    assert [file["duplicate"] for file in server] == [3]
    folder_answer, server_answer = (to_json_text(trace_document("", case.trace(CARD), "en")) for case in cases)
    assert server_answer == folder_answer
    assert cases[1].verify() == []


def test_of_a_row_with_several_cards_only_the_known_ones_repeat_others(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    others = tuple(f"898606190000000000{number}" for number in range(2, 4))
    ranges = tuple(f"89860619000000{number}0001-89860619000000{number}0009" for number in range(2, 4))
    first = written(tmp_path, "a.csv", f"甲,,乙,,2024-03-05,{CARD},,,", f"甲,,乙,,2024-03-06,{ranges[0]},,,")
    second = written(
        tmp_path, "b.csv", f"甲,,乙,,2024-03-05,{CARD}、{others[0]},,,", f"甲,,乙,,2024-03-06,{'、'.join(ranges)},,,"
    )
    third = written(
        tmp_path, "c.csv", f"甲,,乙,,2024-03-05,{'、'.join(others)},,,", f"甲,,乙,,2024-03-06,{ranges[1]},,,"
    )
    reports = []
    for case in cases:
        assert [file["loaded"] for file in loaded(case, first, second, third, dry_run=True)] == [2, 2, 1]
        reports.append([loaded(case, path) for path in (first, second, third)])
        assert case.verify(deep=True) == []
    assert reports[0] == reports[1]
    assert [report[0]["records"] for report in reports[0]] == [2, 2, 1]
    for gone in ("a.csv", "b.csv"):
        counts = []
        for case in cases:
            case.unload(gone, why="wrong")
            assert case.verify(deep=True) == []
            counts.append([to_json_text(trace_document("", case.trace(card), "en")) for card in (CARD, *others)])
        assert counts[0] == counts[1]


def test_a_trial_run_writes_nothing_and_says_what_a_load_would(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path, neo4j_place: Place
) -> None:
    first = written(tmp_path, "a.csv", f"甲,,乙,,2024-03-05,{CARD},,7,微信")
    second = written(tmp_path, "b.csv", f"甲,,乙,,2024-03-05,{CARD},,8,微信", f"乙,,丙,,2024-03-06,{CARD},,,")
    for paths in ([first, second], [first, first, second]):
        folder, server = (loaded(case, *paths, dry_run=True) for case in cases)
        assert server == folder
        assert neo4j_place.rows("MATCH (n) RETURN count(*)") == [[0]]
    for case in cases:
        loaded(case, first)
    before = neo4j_place.rows("MATCH (n) RETURN count(*)")
    folder, server = (loaded(case, first, second, dry_run=True) for case in cases)
    assert server == folder
    assert neo4j_place.rows("MATCH (n) RETURN count(*)") == before


def test_one_more_file_can_change_who_somebody_is(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    files = [
        written(tmp_path, "1.csv", f"星海公司,,老王,,2024-03-05,{CARD},,,"),
        written(
            tmp_path,
            "2.csv",
            "星海 公司,91310115MA1K35XR7B,老王,,2024-03-01,8986061900000000009,,,",
            f"老王,,小李,,2024-04-01,{CARD},,,",
        ),
        written(
            tmp_path,
            "3.csv",
            f"小李,,老赵,,2024-04-09,{CARD},,,",
            "星海公司,91110000100000001X,小李,,2024-04-09,8986061900000000008,,,",
        ),
        written(tmp_path, "4.csv", f"老王,330102199001011234,中国联通,,2024-04-09,{CARD},,,"),
    ]
    seen = set()
    for file in files:
        for case in cases:
            loaded(case, file)
        folder, server = (
            to_json_text(trace_document("", case.trace(CARD, "8986061900000000009"), "en")) for case in cases
        )
        assert server == folder
        seen.add(server)
        folder, server = (to_json_text(answer_document("", case.party("老王"))) for case in cases)
        assert server == folder
    assert len(seen) == len(files)


CELLS = {
    "sender": st.sampled_from(["甲", "乙", "中国联通", " 甲", "", "无"]),
    "sender_id": st.sampled_from(["", "", "", "91310115MA1K35XR7B", "X70201"]),
    "receiver": st.sampled_from(["甲", "乙", "丙有限公司", "丙有限公司(总)", "-"]),
    "receiver_id": st.sampled_from(["", "", "", "91310115MA1K35XR7B", "X70202"]),
    "date": st.sampled_from(["2024-03-05", "2024/3/5", "2024-03-07", "2024-03", "2024-13-01", "", "2024-03-05 08:00"]),
    "card": st.sampled_from([CARD, f"{CARD}5", "8986061900000000002", "898600A81922D0045436", "8.98606E+18", "", "12"]),
    "quantity": st.sampled_from(["", "", "", "1", "500", "x"]),
    "number": st.sampled_from(["", "1", "2"]),
    "channel": st.sampled_from(["", "微信"]),
}
TABLES = st.lists(st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=8), min_size=1, max_size=3)


@pytest.mark.slow
@settings(
    max_examples=examples(3),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(tables=TABLES)
def test_whatever_is_loaded_the_answers_are_the_same(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, tables: list[list[tuple[str, ...]]]
) -> None:
    place = tmp_path_factory.mktemp("tables")
    neo4j_place.empty()
    with gt.open_case(place / "x.gtrace") as folder_case, gt.open_case(neo4j_uri) as server_case:
        for number, rows in enumerate(tables):
            path = written(place, f"{number}.csv", *(",".join(row) for row in rows))
            folder, server = (json.dumps(loaded(case, path)) for case in (folder_case, server_case))
            assert server == folder
        asked = [CARD, "898606190000000000*", "898600A81922D0045436", "8986061900000000003"]
        folder, server = (
            to_json_text(trace_document("", case.trace(*asked), "en")) for case in (folder_case, server_case)
        )
        assert server == folder
        assert server_case.verify() == []
        for trace in folder_case.trace(CARD):
            for party in {hop.receiver.id for chain in trace.chains for hop in chain.hops}:
                folder, server = (
                    to_json_text(answer_document("", case.party(party))) for case in (folder_case, server_case)
                )
                assert server == folder


def test_a_branch_is_its_operator_and_a_name_that_holds_more_is_a_party_on_both_stores(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        "branches.csv",
        f"中国联通宁波市分公司,,甲,,2024-03-05,{CARD},,,",
        f"联通代理商老王,,乙,,2024-03-05,{int(CARD) + 1},,,",
        f"蜗牛移动,,丙,,2024-03-05,{int(CARD) + 2},,,",
    )
    for case in cases:
        loaded(case, path)
        answers = case.trace(*(str(int(CARD) + number) for number in range(3)))
        parties = [answer.chains[0].hops[0].sender for answer in answers]
        assert [(party.id, party.is_carrier) for party in parties] == [
            ("carrier:china-unicom", True),
            ("name:联通代理商老王", False),
            ("carrier:vno-snail", True),
        ]
