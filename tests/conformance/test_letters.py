"""Letters are kept by both stores alike, and go with copies: the same numbers, states and files."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.evidence.case_letters import LetterQuery, LetterWriter, list_letters, make_letters, set_letter_state
from graphtrace.results.letters import Letter

CARD = "8986061900000000001"
ROWS = f"转出方,转入方,日期,卡号\n甲,乙,2024-03-05,{CARD}\n丙,丁,2024-04-05,{CARD}\n"


def letters(case: gt.Case) -> list[Letter]:
    return [written.letter for written in list_letters(case).letters]


def test_letters_have_numbers_states_and_files_and_go_with_a_copy(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        head = case.ledger_head()
        case.set_head(by="李", unit="云洲市公安局")
        made = make_letters(case, LetterQuery(ids=[CARD], pattern="调{n:02}"), tmp_path / "out", by="张伟")
        assert [written.is_new for written in made.letters] == [True] * 3
        assert {written.letter.addressee for written in made.letters} == {"name:乙", "name:丙", "carrier:china-unicom"}
        sent = set_letter_state(case, made.letters[0].letter.reference, "sent", by="李四", remark="EMS")
        assert sent.letters[0].letter.state[:2] == ("sent", "李四")
        assert [letter.number for letter in letters(case)] == ["调01", "调02", "调03"]
        assert case.ledger_head() == head
        assert case.verify() == []
        again = make_letters(case, LetterQuery(ids=[CARD]), tmp_path / "again")
        assert (len(again.letters), again.asked_before) == (2, 2)
        for written in again.letters:
            for file in written.files:
                assert (tmp_path / "again" / file.name).read_bytes() == (tmp_path / "out" / file.name).read_bytes()
        assert case.copy_to(tmp_path / "copy.gtrace").comparison.agrees
        before = letters(case)
        files = [LetterWriter(case).files(letter) for letter in before]
    with gt.open_case(tmp_path / "copy.gtrace") as copied:
        assert letters(copied) == before
        assert [LetterWriter(copied).files(letter) for letter in letters(copied)] == files


def test_two_who_make_letters_at_the_same_time_have_no_number_twice(place: str, tmp_path: Path) -> None:
    """The second one plans its letter before that of the first is kept."""
    with gt.open_case(place) as first, gt.open_case(place) as second:
        second_notes = first.add_note

        def late(*arguments: object, **named: object) -> object:
            first.add_note = second_notes  # type: ignore[method-assign]
            make_letters(second, LetterQuery(ids=[CARD], pattern="调{n}", addressee="name:丙"), None)
            return second_notes(*arguments, **named)  # type: ignore[arg-type]

        first.add_note = late  # type: ignore[method-assign, assignment]
        with pytest.raises(gt.GraphtraceError, match="another letter"):
            make_letters(first, LetterQuery(ids=[CARD], pattern="调{n}", addressee="name:乙"), tmp_path / "out")
        assert not list((tmp_path / "out").iterdir())
        made = make_letters(first, LetterQuery(ids=[CARD], pattern="调{n}", addressee="name:乙"), tmp_path / "out")
        numbers = [letter.number for letter in letters(first) if letter.state.state != "void"]
        assert made.letters[0].letter.number in numbers
        assert len(numbers) == len(set(numbers)) == 2
