"""What people add beside the records is kept by both stores alike, goes with copies, and shows when it was changed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing, UsageError
from graphtrace.storage.case_notes import MAX_NOTE_BYTES
from graphtrace.storage.ledger import check_entries

from ..neo4j.server import Place

ROWS = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"
NAME = "<b>甲\u202e\"'\n\\"


def test_notes_come_back_in_order_with_who_and_when_and_change_no_answer(place: str) -> None:
    with gt.open_case(place) as case:
        before = (case.trace("8986061900000000001").to_dict(), case.ledger_head(), case.status())
        case.add_note("note", "card:8986061900000000001", {"text": NAME}, by="张三")
        case.add_note("lead", "lead:x", {"state": "sent", "text": ""}, by="李四")
        case.add_note("view", "view:v", {"view": {"nodes": [{"id": "name:甲", "x": 1.5}], "edges": []}})
        notes = case.notes()
        assert [(note["kind"], note["about"]) for note in notes] == [
            ("note", "card:8986061900000000001"),
            ("lead", "lead:x"),
            ("view", "view:v"),
        ]
        assert (notes[0]["text"], notes[0]["by"], notes[1]["by"]) == (NAME, "张三", "李四")
        assert notes[2]["view"]["nodes"][0]["x"] == 1.5
        assert notes[1]["previous"] == notes[0]["hash"]
        assert case.at("2020-01-01").notes() == []
        assert case.verify() == []
        after = (case.trace("8986061900000000001").to_dict(), case.ledger_head(), case.status())
    assert after[:2] == before[:2]
    assert (after[2].records, after[2].parties) == (before[2].records, before[2].parties)


def test_several_who_note_at_once_make_one_chain(place: str) -> None:
    def add(number: int) -> None:
        with gt.open_case(place) as case:
            case.add_note("note", "party:name:甲", {"text": str(number)})

    with ThreadPoolExecutor(4) as people:
        list(people.map(add, range(12)))
    with gt.open_case(place) as case:
        assert sorted(int(note["text"]) for note in case.notes()) == list(range(12))
        assert case.verify() == []


def test_a_note_that_is_too_large_is_refused(place: str) -> None:
    with gt.open_case(place) as case:
        with pytest.raises(UsageError):
            case.add_note("note", "card:1", {"text": "x" * MAX_NOTE_BYTES})
        assert case.notes() == []


def test_where_there_is_no_case_there_is_nothing_to_note(neo4j_uri: str, tmp_path: Path) -> None:
    for place in (neo4j_uri, str(tmp_path / "none.gtrace")):
        with pytest.raises(CaseMissing):
            gt.open_case(place).add_note("note", "card:1", {"text": "x"})
    assert not (tmp_path / "none.gtrace").exists()


def test_copies_take_notes_along_line_by_line(neo4j_uri: str, neo4j_place: Place, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS, "utf-8")
    first, back = tmp_path / "x.gtrace", tmp_path / "y.gtrace"
    with gt.open_case(first) as case, gt.open_case(neo4j_uri) as server:
        case.load(tmp_path / "t.csv")
        case.add_note("note", "party:name:甲", {"text": NAME})
        assert case.copy_to(neo4j_uri).comparison.agrees
        # a copy that is continued takes what was added since
        case.add_note("lead", "lead:x", {"state": "void", "text": ""})
        assert case.copy_to(neo4j_uri).comparison.agrees
        assert server.notes() == case.notes()
        assert server.copy_to(back).comparison.agrees
    assert (back / "notes.jsonl").read_bytes() == (first / "notes.jsonl").read_bytes()
    with gt.open_case(back) as case:
        assert case.verify() == []
        case.add_note("note", "party:name:甲", {"text": "only here"})
    with gt.open_case(first) as case:
        case.add_note("note", "party:name:甲", {"text": "only there"})
        with pytest.raises(UsageError) as refused:
            case.copy_to(back)
    assert "notes" in str(refused.value)
    neo4j_place.rows("MATCH (n:Note {line: 1}) SET n.entry = replace(n.entry, 'party', 'card') RETURN 1")
    with gt.open_case(neo4j_uri) as server:
        assert [problem.code for problem in server.verify()] == ["notes_broken"]


def test_the_lines_of_a_folder_are_those_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
        added = case.add_note("note", "party:name:甲", {"text": "x"})
    lines = (tmp_path / "x.gtrace" / "notes.jsonl").read_text("utf-8").splitlines()
    assert check_entries(lines) == []
    assert [json.loads(line) for line in lines] == [added]


def test_both_stores_and_copies_say_how_much_of_the_case_was_not_read(place: str, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "r.csv").write_text(ROWS + "甲,乙,2024-13-05,8986061900000000002\n合计,,,1\n", "utf-8")
    with gt.open_case(place) as case:
        assert tuple(case.state().unread or ()) == (0, 0, 0)
        case.load(tmp_path / "x.png", tmp_path / "r.csv")
        state, status = case.state(), case.status()
        assert tuple(state.unread or ()) == (1, 1, 0)
        assert state.ledger_head == case.ledger_head()
        assert [(file.file, file.reason) for file in status.not_read] == [("x.png", "unreadable_file")]
        assert tuple(case.at("2020-01-01").state().unread or ()) == (0, 0, 0)
        assert case.verify() == []
        case.copy_to(tmp_path / "copy.gtrace")
    with gt.open_case(tmp_path / "copy.gtrace") as copy:
        assert copy.state() == state
        assert copy.status().not_read == status.not_read
