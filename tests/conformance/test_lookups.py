"""The head of a case and its log of look-ups are the same in both stores, and go from one to the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing, UsageError

ROWS = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"
CARD = "8986061900000000001"


def test_a_look_up_stands_in_the_log_with_its_purpose_and_the_hash_of_its_answer(place: str) -> None:
    with gt.open_case(place, purpose="核查张某") as case:
        case.trace(CARD)
        lookup = case.log().lines[-1]
        assert (lookup.what, lookup.purpose, lookup.params["ids"]) == ("lookup", "核查张某", [CARD])
        assert len(lookup.params["answer"]) == 64
        assert case.verify() == []


def test_the_head_is_stated_and_a_purpose_can_be_required(place: str) -> None:
    with gt.open_case(place) as case:
        assert case.set_head(number="A1", purpose_required="yes").number == "A1"
        with pytest.raises(UsageError):
            case.trace(CARD)
        assert [line.what for line in case.log().lines] == ["load"]
        assert case.status().purpose_required
    with gt.open_case(place, purpose="x") as case:
        assert case.trace(CARD)[0].found


def test_lines_that_come_later_say_which_look_up_was_the_last(place: str, tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text(ROWS.replace("03-05", "03-06").replace("甲,乙", "乙,丙"), "utf-8")
    with gt.open_case(place) as case:
        case.trace(CARD)
        case.load(tmp_path / "u.csv")
        assert "lookups" in case.ledger()[-1]
        case.trace(CARD)
        assert "lookups" in case.add_note("note", "card:1", {"text": "x"})
        assert case.verify() == []


def test_several_who_ask_at_once_make_one_chain(place: str) -> None:
    def ask(_: int) -> None:
        with gt.open_case(place) as case:
            case.trace(CARD)

    with ThreadPoolExecutor(3) as people:
        list(people.map(ask, range(6)))
    with gt.open_case(place) as case:
        assert [line.what for line in case.log().lines].count("lookup") == 6
        assert case.verify() == []


def test_the_log_and_the_head_go_onto_a_server_and_back(neo4j_uri: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
        case.trace(CARD)
        case.set_head(number="A1")
        case.copy_to(neo4j_uri)
        log = case.log().lines
    with gt.open_case(neo4j_uri) as case:
        assert case.log().lines == log
        assert case.head().number == "A1"
        case.copy_to(tmp_path / "back.gtrace")
    with gt.open_case(tmp_path / "back.gtrace") as case:
        assert case.log().lines == log
        assert case.verify() == []


def test_where_there_is_no_case_nothing_is_logged(neo4j_uri: str, tmp_path: Path) -> None:
    for name in (neo4j_uri, str(tmp_path / "none.gtrace")):
        with pytest.raises(CaseMissing):
            gt.open_case(name).trace(CARD)
    assert not (tmp_path / "none.gtrace").exists()
