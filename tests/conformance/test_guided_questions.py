"""The guided questions of a case: their states follow from what records say, on both stores alike."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.evidence.case_letters import LetterQuery, make_letters, set_letter_state
from graphtrace.render.views.trace_view import trace_view
from graphtrace.render.writers import render_file
from graphtrace.results.case_status import GuidedQuestions

SALES = (
    "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量\n"
    "中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,100\n"
)
TRANSFERS = (
    "转出方,转入方,日期,卡号\n"
    "星海智联科技有限公司,老K,2024-03-05,8986061900000000001\n"
    "老K,王五,2024-04-01,8986061900000000001\n"
    "星海智联科技有限公司,老K,2024-03-05,8986061900000000002\n"
    "赵六,钱七,2024-05-01,8986061900000000002\n"
)
ACTIVATIONS = (
    "卡号,激活时间,接入号,使用人\n"
    "8986061900000000001,2024-04-02 08:30:00,1064612345678,王五\n"
    "8986061900000000050,2024-04-02 08:30:00,1064612345699,\n"
)
SEIZURES = (
    "卡号,查获日期,案件编号\n"
    "8986061900000000001,2024-06-01,A-2024-1\n"
    "8986061900000000002,2024-06-02,A-2024-1\n"
    "8986061900000000500,2024-06-02,A-2024-2\n"
)
NAMES = ("sales", "transfers", "activations", "seizures")


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address for a case, and its files beside it."""
    for name, text in zip(NAMES, (SALES, TRANSFERS, ACTIVATIONS, SEIZURES), strict=True):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return str(request.getfixturevalue("neo4j_uri") if request.param == "server" else tmp_path / "x.gtrace")


def states(found: GuidedQuestions) -> dict[str, tuple[str, int, int]]:
    return {question.code: (question.state, question.done, question.total) for question in found.questions}


def test_states_count_the_cards_for_which_records_answer(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        assert not case.load(*(tmp_path / f"{name}.csv" for name in NAMES)).has_errors
        found = case.guided_questions()
        assert states(found) == {
            "which_cards": ("answered", 3, 3),
            "registered_by": ("in part", 2, 3),
            "passed_on_by": ("in part", 1, 3),
            "used_by": ("in part", 1, 3),
            "broken_where": ("in part", 1, 3),
            "still_active": ("in part", 2, 3),
            "who_else": ("in part", 2, 3),
            "ready_to_send": ("open", 0, 2),
        }
        by_code = {question.code: question for question in found.questions}
        (registrant,) = by_code["registered_by"].answer
        assert registrant.party is not None
        assert (registrant.party.name, registrant.card_count) == ("星海智联科技有限公司", 2)
        (active,) = by_code["still_active"].answer[:1]
        assert (active.code, active.card_count, active.params) == ("active", 1, {"carrier": "china-unicom"})
        missing = {
            (one.code, one.party and one.party.name, one.params.get("wanted"))
            for one in by_code["passed_on_by"].missing
        }
        assert {("record_of", "老K", "transfer_record"), ("record_of", "赵六", "transfer_record")} <= missing
        assert case.guided_questions("8986061900000000001").is_list
        assert states(case.guided_questions("8986061900000000001"))["passed_on_by"] == ("answered", 1, 1)
        assert states(case.guided_questions("8986061900000009999"))["which_cards"] == ("open", 0, 1)


def test_a_request_that_was_sent_is_no_longer_ready(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        case.load(*(tmp_path / f"{name}.csv" for name in NAMES))
        leads = [
            (trace, lead) for trace in case.trace("8986061900000000002", "8986061900000000500") for lead in trace.leads
        ]
        assert leads
        for _, lead in leads:
            asked = lead.ask.id if lead.ask else ""
            about = f"{asked}|{lead.record_type}|{lead.because}|{lead.since or ''}|{lead.until or ''}"
            case.add_note("lead", f"lead:{about}", {"state": "sent", "text": ""})
        assert states(case.guided_questions())["ready_to_send"] == ("answered", 2, 2)


def test_without_seized_cards_there_is_nothing_to_answer_from(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        case.load(tmp_path / "sales.csv")
        found = case.guided_questions()
    assert {state for state, *_ in states(found).values()} == {"nothing"}
    assert [one.code for one in found.questions[0].missing] == ["no_cards"]


def test_a_card_of_which_a_row_was_not_read_is_not_counted_as_answered(place: str, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(
        "转出方,转入方,日期,卡号\n王五,孙八,someday,8986061900000000001\n丙,丁,2024-01-01,8986061900000000009\n",
        "utf-8",
    )
    with gt.open_case(place) as case:
        case.load(*(tmp_path / f"{name}.csv" for name in NAMES), tmp_path / "more.csv")
        found = case.guided_questions("8986061900000000001")
    assert states(found)["passed_on_by"] == ("open", 0, 1)
    told = {one.code: one for one in found.questions[2].missing}
    assert (told["rows_not_read"].params, told["rows_not_read"].card_count) == ({"file": "more.csv"}, 1)


def test_a_seizure_by_number_is_about_its_card_or_about_one_that_is_missing(place: str, tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text(
        "接入号,查获日期,案件编号\n1064612345678,2024-06-01,A-1\n1064612340000,2024-06-01,A-1\n", "utf-8"
    )
    with gt.open_case(place) as case:
        assert not case.load(*(tmp_path / f"{name}.csv" for name in NAMES[:3]), tmp_path / "numbers.csv").has_errors
        found = case.guided_questions()
    assert states(found)["which_cards"] == ("in part", 1, 2)
    assert "number_only" in {one.code for one in found.questions[0].missing}


def test_letters_that_were_sent_count_and_those_that_were_only_made_do_not(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        case.load(*(tmp_path / f"{name}.csv" for name in NAMES))
        made = make_letters(case, LetterQuery(), None)
        found = case.guided_questions()
        assert states(found)["ready_to_send"] == ("open", 0, 2)
        (letters, *_) = found.questions[-1].answer
        assert (letters.code, letters.params) == ("letters", {"new": len(made.letters), "sent": 0, "answered": 0})
        for written in made.letters:
            set_letter_state(case, written.letter.reference, "sent")
        assert states(case.guided_questions())["ready_to_send"] == ("answered", 2, 2)


def test_a_presumed_user_is_told_as_presumed_and_counts_as_open(place: str, tmp_path: Path) -> None:
    (tmp_path / "used.csv").write_text("卡号,激活时间\n8986061900000000001,2024-04-02\n", "utf-8")
    with gt.open_case(place) as case:
        assert not case.load(*(tmp_path / name for name in ("sales.csv", "transfers.csv", "used.csv"))).has_errors
        (trace,) = case.trace("8986061900000000001")
        assert trace.end_user_basis == "holder_that_day"
        used = {one.code: one for one in case.guided_questions("8986061900000000001").questions}["used_by"]
        assert (used.state, used.done) == ("open", 0)
        assert [(one.code, one.party) for one in used.answer] == [("presumed_cards", trace.end_user)]
        shown = render_file(trace_view([trace, trace]), ".md", "zh")
        assert isinstance(shown, str)
        assert "王五 · 推定使用人" in shown
