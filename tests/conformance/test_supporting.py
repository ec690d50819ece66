"""Shipments, payments, identities and contacts: both stores hold them, copy them and answer with them alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import AmbiguousName, NothingFound
from graphtrace.model import SUPPORT_KINDS
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document

from ..neo4j.server import Place
from .test_corrections import BY_HAND, DEVICES, EXAMPLES, MENDED, NAMES, PHONES, RANDOM, Story, stories, text_of, write
from .test_corrections import CARDS as MOVED_CARDS

CARDS = [f"898606190000000000{number}" for number in (1, 2)]
FILES = {
    "moves.csv": "转出方,转入方,日期,ICCID,单号,快递单号,转入方电话,转入方支付宝账号,转出方银行卡号\n"
    f"中国联通,甲公司,2024-01-01,{CARDS[0]},P1,,,,\n"
    f"甲公司,李四,2024-02-01,{CARDS[0]},T-000007,SF1234567890123,13700000009,ls@x.cn,6222020000000001\n"
    f"李四,王五,2024-05-01,{CARDS[1]},,,,,\n",
    "parcels.csv": "运单号,寄件人,收件人,收件人电话,寄件时间\n"
    "SF1234567890123,甲公司,王五,13700000010,2024-02-02\nSF1234567890123,甲公司,王五,13700000010,2024-02-02\n,甲,乙,,\n",
    "paid.csv": "付款方,付款账号,收款方,收款账号,金额(元),交易时间,订单号\n"
    "李某,LS@x.cn,某公司,6222 0200 0000 0001,1280,2024-02-20 10:00:00,\n丙,,丁,,5,2024-02,T-000007\n",
    "people.csv": "姓名,手机号,身份证号\n孙七,13700000011,330106199001011234\n王五,13700000009,\n",
    "again.csv": "运单号,收件人,寄件人,寄件时间\nSF1234567890123,王五,甲公司,2024-02-02\n",
}


def answers(case: gt.Case, *, as_of: str | None = None) -> list[Any]:
    """All that is asked of both stores."""
    found: list[Any] = [
        json.loads(to_json_text(trace_document("", case.at(as_of).trace(each), "en"))) for each in CARDS
    ]
    found += [
        case.at(as_of).party(name).to_dict()
        for name in ("甲公司", "王五", "13700000010", "13700000011", "330106199001011234")
    ]
    with pytest.raises(AmbiguousName) as several:
        case.at(as_of).party("13700000009")
    return [
        *found,
        several.value.params["parties"],
        case.at(as_of).candidates().to_dict(),
        [list(case.at(as_of).records(kind=kind)) for kind in SUPPORT_KINDS],
        dict(case.status().records),
    ]


def test_both_stores_hold_and_answer_with_supporting_records(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    paths = [tmp_path / name for name in FILES]
    told = [
        [
            (file.file, file.rows, file.loaded, file.duplicate, file.records, file.kinds)
            for file in case.load(*paths).files
        ]
        for case in cases
    ]
    assert told[0] == told[1]
    assert told[0][1][1:] == (3, 1, 1, 1, {"shipment": 1})
    assert told[0][4][1:] == (1, 0, 1, 0, {})
    folder, server = map(answers, cases)
    assert server == folder
    hop = folder[0]["results"][0]["chains"][0]["hops"][1]
    assert [(each["by"], len(each["origins"])) for each in hop["corroboration"]] == [
        ("waybill", 3),
        ("order", 1),
        ("account", 1),
    ]
    assert "delivered_to_other" in {finding["code"] for finding in folder[0]["results"][0]["findings"]}
    identities, shipments, payments = folder[-2]
    assert [row["name_contacts"] for row in identities] == ["telephone:13700000011", "telephone:13700000009"]
    assert [(row["file"], row["row"], row["repeated"]) for row in shipments] == [
        ("parcels.csv", 2, False),
        ("parcels.csv", 3, True),
        ("again.csv", 2, True),
    ]
    assert [(row["payer"], row["payee"], row["amount"]) for row in payments] == [
        ("丙", "丁", "5.00"),
        ("李某", "某公司", "1280.00"),
    ]
    assert [case.verify(deep=True) for case in cases] == [[], []]


def test_a_copy_there_and_back_holds_the_same(cases: tuple[gt.Case, gt.Case], neo4j_uri: str, tmp_path: Path) -> None:
    folder, _ = cases
    folder.load(*(tmp_path / name for name in FILES))
    folder.correct("people.csv:3", why="typed wrong")
    folder.copy_to(neo4j_uri)
    with gt.open_case(neo4j_uri) as there:
        there.copy_to(tmp_path / "back.gtrace")
        assert there.trace(CARDS[0]).to_dict() == folder.trace(CARDS[0]).to_dict()
        assert there.verify(deep=True) == []
    with gt.open_case(tmp_path / "back.gtrace") as back:
        assert back.trace(CARDS[0]).to_dict() == folder.trace(CARDS[0]).to_dict()
        assert back.party("13700000009").to_dict() == folder.party("13700000009").to_dict()
        assert back.verify(deep=True) == []


def test_what_a_file_supports_goes_with_it_and_comes_again_as_new_and_a_withdrawn_parcel_stands_beside_nothing(
    cases: tuple[gt.Case, gt.Case], tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in FILES]
    for case in cases:
        assert not case.load(*paths).has_errors
        before = answers(case)
        for name in ("parcels.csv", "again.csv", "people.csv"):
            case.unload(tmp_path / name, why="sent by mistake", who="me")
        assert case.verify() == []
        assert case.status().records["shipment"] == case.status().records["identity"] == 0
        assert case.status().records["payment"] == before[-1]["payment"]
        assert all(not hop["corroboration"] or hop["corroboration"][0]["kind"] == "payment" for hop in hops(case))
        fresh = case.load(tmp_path / "again.csv", tmp_path / "parcels.csv", tmp_path / "people.csv").files
        assert [(entry.loaded, entry.duplicate) for entry in fresh] == [(1, 0), (0, 2), (2, 0)]
        (entry,) = case.load(tmp_path / "people.csv", again=True).files
        assert (entry.loaded, entry.duplicate) == (2, 0)
        assert answers(case) == before
        for row in (2, 3):
            case.correct(f"parcels.csv:{row}", why="typed wrong")
        case.correct("again.csv:2", why="typed wrong")
        assert case.verify(deep=True) == []
    folder, server = (case.trace(CARDS[0]).to_dict() for case in cases)
    assert folder == server
    (trace,) = cases[1].trace(CARDS[0])
    assert [each.by for each in trace.chains[0].hops[1].corroboration] == ["order", "account"]
    assert "delivered_to_other" not in {finding.code for finding in trace.findings}


def hops(case: gt.Case) -> list[Any]:
    """The hops of the first card, as JSON."""
    (trace,) = json.loads(to_json_text(trace_document("", case.traces(CARDS[:1]), "en")))["results"]
    return [hop for chain in trace["chains"] for hop in chain["hops"]]


# -- custody does not depend on them -------------------------------------------------------------------------------

HEADINGS = {
    "shipment": "运单号,寄件人,收件人,收件人电话,收件人身份证号,寄件时间",
    "payment": "付款方,付款账号,收款方,收款账号,金额(元),交易时间,订单号",
    "identity": "姓名,手机号,身份证号",
}
_NAME = st.sampled_from([*NAMES, "中国联通", "赵六", "91310115MA1K35XR7B"])
_NUMBER = st.sampled_from(["", "91310115MA1K35XR7B", "X70201", "330106199001011234"])
_TELEPHONE = st.sampled_from(["", "13700000009", "13700000010"])
_CELLS = {
    "shipment": st.tuples(st.just("SF1234567890123"), _NAME, _NAME, _TELEPHONE, _NUMBER, st.just("2024-03-06")),
    "payment": st.tuples(
        _NAME, st.just("a@x.cn"), _NAME, st.just("b@x.cn"), st.just("5"), st.just("2024-03-06"), st.just("T-000007")
    ),
    "identity": st.tuples(_NAME, st.sampled_from(["13700000009", "13700000010"]), _NUMBER),
}
Beside = tuple[str, list[tuple[str, ...]]]
BESIDE: Beside = ("identity", [("老王", "13700000009", "X70201"), ("老李", "13700000009", "91310115MA1K35XR7B")])


def beside() -> st.SearchStrategy[Beside]:
    """A file of supporting records about the parties of the stories."""
    return st.sampled_from(sorted(HEADINGS)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.lists(_CELLS[kind], min_size=1, max_size=4))
    )


def custody(case: gt.Case) -> list[Any]:
    """What a case answers about custody, whatever stands beside it."""
    asked = (*MOVED_CARDS, *PHONES, *DEVICES)
    traced = json.loads(to_json_text(trace_document("", case.trace(*asked), "en")))
    for result in traced["results"]:
        result["findings"] = [found for found in result["findings"] if found["code"] != "delivered_to_other"]
        result["leads"] = [lead for lead in result["leads"] if lead["because"] != "delivered_to_other"]
        for chain in result["chains"]:
            for hop in chain["hops"]:
                hop["corroboration"] = []
    answers = [
        answer_document("", case.siblings(*MOVED_CARDS[:2])),
        answer_document("", case.common(*MOVED_CARDS)),
        *(answer_document("", case.graph(level)) for level in ("party", "record")),
    ]
    try:
        answers.append(audit_document("", case.audit(all=True), "en"))
    except NothingFound as error:
        answers.append({"error": error.message})
    texts = [json.loads(to_json_text(answer)) for answer in answers]
    return [_without_heads(answer) for answer in (traced, *texts)]


def _without_heads(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_heads(held) for key, held in value.items() if key not in ("ledger_head", "corroboration")}
    return [_without_heads(held) for held in value] if isinstance(value, list) else value


def check_custody(case: gt.Case, place: Path, story: Story, files: Beside) -> None:
    """Loads supporting records between the moves and after them, takes them away, and asks after each step."""
    kind, rows = files
    first, *rest = write(place / "moves", [text_of(table) for table in story.tables])
    text = "\n".join([HEADINGS[kind], *(",".join(row) for row in rows), ""])
    support = write(place / "beside", [text])[0].rename(place / "support.csv")
    case.load(first)
    case.load(support, as_kind=kind)
    case.load(*rest)
    with gt.open_case(place / "plain.gtrace") as plain:
        plain.load(first, *rest)
        expected = custody(plain)
    assert custody(case) == expected
    if case.status().records.get(kind):
        case.unload(support.name, why="not ours", who="me")
        assert custody(case) == expected
        case.load(support, as_kind=kind)
        assert custody(case) == expected


@pytest.mark.slow
@settings(RANDOM, max_examples=EXAMPLES * 2)
@example(story=MENDED, files=BESIDE)
@given(story=stories(), files=beside())
def test_supporting_files_change_no_answer_about_custody(
    tmp_path_factory: pytest.TempPathFactory, story: Story, files: Beside
) -> None:
    place = tmp_path_factory.mktemp("beside")
    with gt.open_case(place / "x.gtrace") as case:
        check_custody(case, place, story, files)


@pytest.mark.slow
@BY_HAND
@example(story=MENDED, files=BESIDE)
@given(story=stories(), files=beside())
def test_nor_on_a_server(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, story: Story, files: Beside
) -> None:
    place = tmp_path_factory.mktemp("beside")
    neo4j_place.empty()
    with gt.open_case(neo4j_uri) as case:
        check_custody(case, place, story, files)


SHOPS = (
    "转出方,转入方,日期,起始ICCID,结束ICCID\n"
    f"中国联通,甲公司,2024-01-01,{CARDS[0]},{CARDS[1]}\n"
    f"甲公司,一号店,2024-02-01,{CARDS[0]},{CARDS[0]}\n甲公司,二号店,2024-02-02,{CARDS[1]},{CARDS[1]}\n"
)
OWNERS = "姓名,手机号\n一号店,13700000021\n二号店,13700000021\n路人,13700000022\n甲公司,13700000022\n"


def test_an_audit_names_parties_with_one_telephone_alike(cases: tuple[gt.Case, gt.Case], tmp_path: Path) -> None:
    (rule,) = gt.select_rules(gt.load_rules(), ["shared_contact"])

    def findings(case: gt.Case) -> list[Any]:
        (audit,) = case.audit("甲公司", rules=[rule])
        opened = case.audit_details("甲公司", rules=[rule])
        rows = [(each.kind, each.origin.row) for figure in opened for each in figure.lots[-1].evidence]
        return [*(finding.params for finding in audit.findings), rows]

    paths = write(tmp_path / "files", [SHOPS, OWNERS])
    for case in cases:
        case.load(*paths)
    folder, server = map(findings, cases)
    assert server == folder
    (params, rows) = folder
    assert [party["name"] for party in params["parties"]] == ["一号店", "二号店"]
    assert (params["contacts"], params["cards"], rows) == (["13700000021"], 2, [("identity", 2), ("identity", 3)])
    for case in cases:
        case.resolve("一号店", "二号店", same=False, why="two brothers")
    folder, server = map(findings, cases)
    assert server == folder
    assert [party["name"] for party in folder[0]["judged_apart"]] == ["一号店", "二号店"]
    for case in cases:
        case.undo_judgement(1)
        case.resolve("一号店", "二号店", same=True, why="one person")
    assert list(map(findings, cases)) == [[[]], [[]]]


def test_a_list_of_short_and_full_names_proposes_both_as_one_party_with_its_row(tmp_path: Path, neo4j_uri: str) -> None:
    (tmp_path / "sales.csv").write_text(
        "转出方,转入方,日期,卡号\n甲公司,拓海,2024-03-05,8986061900000000001\n", "utf-8"
    )
    (tmp_path / "more.csv").write_text(
        "转出方,转入方,日期,卡号\n义乌市包氏贸易有限公司,乙,2024-03-09,8986061900000000001\n", "utf-8"
    )
    rows = [
        "简称,全称,联系人,电话",
        "拓海通讯、拓海,义乌市包氏贸易有限公司,包永明,13757926610",
        "卡之源,深圳某某公司,黄立新,13590227748",
        "",
    ]
    (tmp_path / "key.csv").write_text("\n".join(rows), "utf-8")
    answers = []
    for place in (tmp_path / "x.gtrace", neo4j_uri):
        with gt.open_case(place) as case:
            case.load(*(tmp_path / name for name in ("sales.csv", "more.csv", "key.csv")))
            candidates = case.candidates()
            (found,) = candidates
            assert {party.name for party in found.parties} == {"拓海", "义乌市包氏贸易有限公司"}
            (reason,) = (each for each in found.reasons if each.code == "stated_alias")
            assert [(origin.file, origin.row) for origin in reason.origins] == [("key.csv", 2)]
            assert "拓海" in {contact.value for contact in case.party("义乌市包氏贸易有限公司").support.contacts}
            # nobody is joined by it: a person decides
            assert str(case.trace("8986061900000000001")[0].outcome) == "broken"
            answers.append(candidates.to_dict())
    assert answers[0] == answers[1]


def test_a_line_below_a_table_that_gives_a_short_name_ranks_first_among_candidates(
    tmp_path: Path, neo4j_uri: str
) -> None:
    cards = [f"89860619000000000{n:02}" for n in range(4)]
    rows = [f"甲公司,江州市云山物联科技有限公司,2024-03-01,{card}" for card in cards]
    book = ["转出方,转入方,日期,卡号", *(f"云信,阿明数码店,2024-03-05,{card}" for card in cards[:2])]
    other = "江州市云信物联科技有限公司"
    rows += [f"甲公司,{other},2024-03-01,8986061900000000{n}" for n in range(100, 103)]
    (tmp_path / "sales.csv").write_text("\n".join(["转出方,转入方,日期,卡号", *rows, ""]), "utf-8")
    (tmp_path / "book.csv").write_text("\n".join([*book, f"云信={other} 小段 158****7720,,,", ""]), "utf-8")
    answers = []
    for place in (tmp_path / "y.gtrace", neo4j_uri):
        with gt.open_case(place) as case:
            case.load(tmp_path / "sales.csv", tmp_path / "book.csv")
            candidates = case.candidates()
            first = candidates[0]
            assert {party.name for party in first.parties} == {"云信", other}
            (reason,) = (each for each in first.reasons if each.code == "stated_alias")
            assert [(origin.file, origin.row) for origin in reason.origins] == [("book.csv", 4)]
            assert first.score > candidates[1].score
            answers.append(candidates.to_dict())
    assert answers[0] == answers[1]
