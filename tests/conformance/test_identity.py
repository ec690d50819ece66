"""What identifies whom, asked of both stores: words, masks and namesakes join nothing, two forms of one number do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.render.json import to_json_text, trace_document

from .test_loading import CARD, cases, written

__all__ = ["cases"]

OTHER = "8986061900000000002"


@pytest.fixture
def asked(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> Any:
    """Load one file for each group of rows into both stores and return the one answer about the card."""

    def ask(*files: tuple[str, ...], card: str = CARD) -> dict[str, Any]:
        paths = [written(tmp_path, f"{number}.csv", *rows) for number, rows in enumerate(files)]
        answers = []
        for case in cases:
            case.load(*paths)
            answers.append(to_json_text(trace_document("", case.trace(card), "en")))
        assert answers[0] == answers[1]
        (result,) = json.loads(answers[0])["results"]
        return dict(result)

    return ask


def steps(result: dict[str, Any]) -> list[list[tuple[str, str]]]:
    return [[(hop["from"]["name"], hop["to"]["name"]) for hop in chain["hops"]] for chain in result["chains"]]


def test_an_id_that_identifies_nobody_joins_no_two_names(asked: Any) -> None:
    result = asked(
        (f"甲公司,,张三,见附件,2024-03-01,{CARD},,,", f"甲公司,,李四,见附件,2024-02-01,{OTHER},,,"),
        (f"李四,见附件,赵六,,2024-03-05,{CARD},,,",),
    )
    gaps = [finding for finding in result["findings"] if finding["code"] == "custody_gap"]
    assert [(gap["params"]["after"]["name"], gap["params"]["before"]["name"]) for gap in gaps] == [("张三", "李四")]


def test_no_chain_is_joined_through_a_word(asked: Any) -> None:
    result = asked((f"甲公司,,散客,,2024-03-01,{CARD},,,",), (f"散客,,王五,,2025-03-05,{CARD},,,",))
    assert not result["found"]


def test_both_forms_of_one_resident_id_are_one_person(asked: Any) -> None:
    result = asked(
        (f"甲公司,,张三,110105491231002,2024-03-01,{CARD},,,",),
        (f"张三,11010519491231002X,王五,,2024-03-05,{CARD},,,",),
    )
    assert steps(result) == [[("甲公司", "张三"), ("张三", "王五")]]
    assert {hop["id"] for hop in [result["chains"][0]["hops"][0]["to"]]} == {"id:11010519491231002X"}


def codes(result: dict[str, Any], *wanted: str) -> list[tuple[str, str]]:
    return [(each["code"], each["severity"]) for each in result["findings"] if each["code"] in wanted]


def named(result: dict[str, Any], code: str) -> dict[str, Any]:
    (params,) = (each["params"] for each in result["findings"] if each["code"] == code)
    return dict(params)


PERSON = "230101198501010017"
BY_NAME = {"id": "name:王伟", "name": "王伟", "identified_by": "name"}


def test_a_namesake_of_another_file_gives_nobody_his_resident_id(asked: Any) -> None:
    result = asked((f"甲公司,,王伟,,2024-03-01,{CARD},,,",), (f"乙公司,,王伟,{PERSON},2021-03-05,{OTHER},,,",))
    assert result["holder"] == BY_NAME
    assert result["chains"][0]["hops"][0]["to"] == result["chains"][0]["holder"] == BY_NAME
    assert PERSON not in json.dumps([result["holder"], result["chains"], result["leads"]])
    assert named(result, "known_by_name") == {"party": BY_NAME, "number": PERSON}


def test_a_carrier_bears_the_name_that_the_records_about_the_card_write(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    head = "运营商,采购单位,采购日期,ICCID\n"
    branches = {"中国联通深圳市分公司": [CARD], "中国联通北京市分公司": [OTHER, OTHER[:-1] + "3"]}
    for number, (branch, cards) in enumerate(branches.items()):
        rows = "".join(f"{branch},{number}公司,2024-01-01,{card}\n" for card in cards)
        (tmp_path / f"{number}.csv").write_text(head + rows, "utf-8")
    for case in cases:
        case.load(tmp_path / "0.csv", tmp_path / "1.csv")
        for branch, cards in branches.items():
            (trace,) = case.trace(cards[0])
            assert [hop.sender.name for chain in trace.chains for hop in chain.hops] == [branch]
            assert [lead.ask.name for lead in trace.leads if lead.ask] == [branch]


def test_what_a_party_handled_counts_all_that_the_case_joins_under_its_name(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    rows = (f"甲公司,,王伟,,2024-03-01,{CARD},,,",)
    others = tuple(f"乙公司,,王伟,{PERSON},2021-03-05,{card},,," for card in (OTHER, OTHER[:-1] + "3"))
    for case in cases:
        case.load(written(tmp_path, "1.csv", *rows), written(tmp_path, "2.csv", *others))
        (person,) = [one for one in case.common(CARD).parties if one.party.name == "王伟"]
        assert (person.party.id, person.cards, person.volume) == ("name:王伟", 1, 3)


def test_a_row_of_the_same_file_or_about_the_same_card_identifies_whom_it_names(asked: Any) -> None:
    rows = (f"甲公司,,王伟,,2024-03-01,{CARD},,,", f"乙公司,,王伟,{PERSON},2021-03-05,{OTHER},,,")
    result = asked(rows)
    assert result["holder"] == {"id": f"id:{PERSON}", "name": "王伟"}
    assert codes(result, "known_by_name", "joined_by_name") == []


def test_one_id_of_many_persons_is_told_where_it_joins_two_of_them(asked: Any) -> None:
    third = OTHER[:-1] + "3"
    result = asked(
        (
            f"甲公司,,张三,HT2024-001,2024-03-01,{third},,,",
            f"甲公司,,李四,HT2024-001,2024-03-01,{CARD},,,",
            f"甲公司,,王五,HT2024-001,2024-03-01,{OTHER},,,",
        ),
        (f"王五,,孙六,,2024-04-01,{CARD},,,",),
    )
    assert named(result, "identity_differs")["values"] == ["李四", "王五"]
    assert "张三" not in json.dumps(result, ensure_ascii=False)
    assert codes(result, "joined_by_name") == []


def test_a_record_about_the_card_identifies_whom_another_names(asked: Any) -> None:
    result = asked((f"甲公司,,王伟,,2024-03-01,{CARD},,,",), (f"王伟,{PERSON},赵六,,2024-03-05,{CARD},,,",))
    assert result["chains"][0]["hops"][0]["to"] == {"id": f"id:{PERSON}", "name": "王伟"}
    assert codes(result, "known_by_name", "joined_by_name") == [("joined_by_name", "info")]


def test_a_joint_by_name_across_files_is_told_and_one_within_a_file_or_by_number_is_not(asked: Any) -> None:
    result = asked(
        (f"甲公司,,乙店,,2024-03-01,{CARD},,,", f"乙店,,丙店,X70201,2024-03-02,{CARD},,,"),
        (f"丙店,X70201,丁山通讯店,,2024-03-03,{CARD},,,",),
        (f"丁山通讯店,,戊店,,2024-03-04,{CARD},,,",),
    )
    params = named(result, "joined_by_name")
    assert ([hop["n"] for hop in params["hops"]], params["name"]) == ([3, 4], "丁山通讯店")
    assert params["files"] == ["1.csv", "2.csv"]
    assert codes(result, "joined_by_name") == [("joined_by_name", "info")]


def test_a_joint_by_a_name_that_two_bear_is_a_warning(asked: Any) -> None:
    result = asked(
        (f"甲公司,,王伟,,2024-03-01,{CARD},,,",),
        (f"王伟,,赵六,,2024-03-04,{CARD},,,",),
        (f"乙公司,,王伟,{PERSON},2021-03-05,{OTHER},,,", f"乙公司,,王伟,330106199001011234,2021-03-06,{OTHER},,,"),
    )
    assert codes(result, "joined_by_name", "ambiguous_party") == [
        ("ambiguous_party", "warning"),
        ("joined_by_name", "warning"),
    ]


def test_one_number_under_two_names_is_told_and_each_hop_shows_its_own_writing(asked: Any) -> None:
    result = asked((f"甲公司,,张三,{PERSON},2024-03-01,{CARD},,,",), (f"李四,{PERSON},赵六,,2024-03-05,{CARD},,,",))
    assert steps(result) == [[("甲公司", "张三"), ("李四", "赵六")]]
    params = named(result, "identity_differs")
    assert (params["hop"]["n"], params["values"]) == (2, ["张三", "李四"])


def test_one_name_with_two_telephones_is_told(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    heads = "转出方,转出方电话,转入方,转入方电话,日期,卡号\n"
    for number, row in enumerate(
        (f"甲公司,,张伟,13800138000,2024-03-01,{CARD}\n", f"张伟,13900139000,赵六,,2024-03-05,{CARD}\n")
    ):
        (tmp_path / f"{number}.csv").write_text(heads + row, "utf-8")
    answers = []
    for case in cases:
        case.load(tmp_path / "0.csv", tmp_path / "1.csv")
        (result,) = json.loads(to_json_text(trace_document("", case.trace(CARD), "en")))["results"]
        answers.append(named(result, "identity_differs"))
    assert answers[0] == answers[1]
    assert answers[0]["values"] == ["13800138000", "13900139000"]


FIRM = "91110000600037341L"


def in_both(cases: tuple[gt.Case, gt.Case], tmp_path: Path, *files: tuple[str, ...]) -> tuple[gt.Case, gt.Case]:
    paths = [written(tmp_path, f"{number}.csv", *rows) for number, rows in enumerate(files)]
    for case in cases:
        case.load(*paths)
    return cases


def namesakes(tmp_path: Path, cases: tuple[gt.Case, gt.Case]) -> tuple[gt.Case, gt.Case]:
    """A firm sold three cards under one name, one of them with a number, and one under the name of somebody else."""
    cards = [CARD[:-1] + str(n) for n in range(1, 6)]
    return in_both(
        cases,
        tmp_path,
        tuple(f"中国联通,,甲公司,{FIRM},2024-01-01,{card},,," for card in cards),
        tuple(f"甲公司,{FIRM},王伟,,2024-03-01,{card},,," for card in cards[:2]),
        (f"甲公司,{FIRM},王伟,{PERSON},2024-03-01,{cards[2]},,,",),
        (f"乙公司,,李四,330106199001011234,2020-01-01,{CARD[:-2]}99,,,",),
        (f"甲公司,{FIRM},李四,,2024-03-02,{cards[3]},,,", f"李四,,赵六,,2024-03-03,{cards[3]},,,"),
    )


def test_a_seizure_from_somebody_of_the_same_name_is_marked_on_the_page_of_a_party(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    (tmp_path / "s.csv").write_text(f"卡号,扣押日期,案号,被扣押人\n{CARD},2024-05-01,A1,王伟\n", "utf-8")
    told = []
    for case in namesakes(tmp_path, cases):
        case.load(tmp_path / "s.csv")
        told.append([(each.card, each.by_name) for each in case.party(PERSON).seizures])
    assert told[0] == told[1] == [(CARD, True)]


def test_the_sides_of_a_parcel_are_identified_by_its_own_file_or_by_the_records_about_the_card(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    heads = "转出方,转入方,转入方证件号,日期,卡号,运单号\n"
    (tmp_path / "1.csv").write_text(f"{heads}甲公司,王伟,,2024-03-01,{CARD},SF1234567890123\n", "utf-8")
    (tmp_path / "2.csv").write_text(f"{heads}甲公司,王伟,{PERSON},2024-03-01,{OTHER},SF1234567890124\n", "utf-8")
    (tmp_path / "3.csv").write_text(
        "运单号,寄件人,收件人,寄件时间\nSF1234567890123,甲公司,王伟,2024-03-02\nSF1234567890124,甲公司,王伟,2024-03-02\n",
        "utf-8",
    )
    answers = []
    for case in cases:
        case.load(*(tmp_path / f"{number}.csv" for number in (1, 2, 3)))
        answers.append(json.loads(to_json_text(trace_document("", case.trace(CARD, OTHER), "en")))["results"])
    assert answers[0] == answers[1]
    receivers = [result["chains"][0]["hops"][0]["corroboration"][0]["to"] for result in answers[0]]
    assert receivers == [BY_NAME, {"id": f"id:{PERSON}", "name": "王伟"}]


def test_a_user_or_a_seized_person_who_is_the_holder_by_his_name_only_is_told(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    written(tmp_path, "1.csv", f"甲公司,,王伟,,2024-03-01,{CARD},,,", f"甲公司,,赵六,X70201,2024-03-01,{OTHER},,,")
    (tmp_path / "2.csv").write_text(f"ICCID,激活时间,使用人\n{CARD},2024-03-05,王伟\n", "utf-8")
    (tmp_path / "3.csv").write_text(f"卡号,扣押日期,案号,被扣押人\n{CARD},2024-05-01,A1,王伟\n", "utf-8")
    written(tmp_path, "4.csv", f"乙公司,,王伟,{PERSON},2021-03-05,{CARD[:-1]}9,,,")
    answers = []
    for case in cases:
        case.load(*(tmp_path / f"{number}.csv" for number in range(1, 5)))
        (result,) = json.loads(to_json_text(trace_document("", case.trace(CARD), "en")))["results"]
        answers.append(result)
    assert answers[0] == answers[1]
    by_name = ("user_joined_by_name", "seized_joined_by_name")
    assert codes(answers[0], *by_name) == [(code, "info") for code in by_name]
    used, taken = (named(answers[0], code) for code in by_name)
    assert (used["hop"]["to"], used["dates"], used["files"]) == (BY_NAME, ["2024-03-05"], ["1.csv", "2.csv"])
    assert (taken["dates"], taken["files"]) == (["2024-05-01"], ["1.csv", "3.csv"])


def test_whom_a_later_sale_of_a_number_of_cards_names_is_nobody_by_a_namesakes_number(asked: Any) -> None:
    result = asked(
        (f"甲公司,,乙店,X70201,2024-03-01,{CARD},,,",),
        ("乙店,X70201,王伟,,2024-03-05,,5,,",),
        (f"乙公司,,王伟,{PERSON},2021-03-05,{OTHER},,,",),
    )
    assert named(result, "possible_onward")["to"] == BY_NAME
