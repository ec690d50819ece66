"""A case from which a file was taken away answers as one that never loaded it, and as before on the days before."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import NothingFound
from graphtrace.results.library import Language

from ..conftest import EXPLORES
from ..neo4j.server import Place
from .test_corrections import (
    BY_HAND,
    CARDS,
    MENDED,
    Story,
    clock,
    counted,
    everything,
    library,
    on,
    record,
    stories,
    text_of,
    told,
    write,
)

__all__ = ["clock"]


def loaded(case: gt.Case, paths: list[Path]) -> None:
    for path in paths:
        assert not case.load(path).has_errors


def correct_rows(case: gt.Case, story: Story, tables: set[int]) -> None:
    for table, row in story.withdrawn:
        if table in tables:
            with suppress(NothingFound):
                case.correct(record(table, row), why="wrong", who="me")


def state(case: gt.Case) -> list[Any]:
    """Return everything that must be the same however a case came to hold its records."""
    counts = counted(case)
    assert counts.pop("unloaded") in (0, 1)
    return [everything(case), counts, case.status().corrected, len(case.corrections())]


def check(case: gt.Case, place: Path, story: Story, gone: int, language: Language) -> None:
    """Loads all files, corrects rows, takes one file away and loads it again; every state is that of a new case.

    The query library is asked without the first file, and where another one went after that has come again.
    """
    asks_without, asks_again = EXPLORES or not gone, EXPLORES or bool(gone) or language == "cypher"
    paths = write(place / "files", [text_of(table) for table in story.tables])
    others = [path for number, path in enumerate(paths) if number != gone]
    kept = set(range(len(paths))) - {gone}
    first = on(0)
    loaded(case, paths)
    answers = {first: told(case)}
    corrected = on(1)
    correct_rows(case, story, {*kept, gone})
    answers[corrected] = told(case)
    without = on(2)
    result = case.unload(paths[gone], why="sent by mistake", who="me")
    assert (result.unload.record.file, result.unload.is_unload) == (paths[gone].name, True)
    with pytest.raises(NothingFound):
        case.unload(paths[gone], why="once more")
    answers[without] = told(case)
    with gt.open_case(place / "without.gtrace") as other:
        loaded(other, others)
        correct_rows(other, story, kept)
        if others:
            assert state(case) == state(other)
            assert not asks_without or library(case, language) == library(other, "sql")
    assert case.verify() == []
    on(3)
    (entry,) = case.load(paths[gone]).files
    assert not entry.already_loaded
    with gt.open_case(place / "again.gtrace") as other:
        loaded(other, [*others, paths[gone]])
        correct_rows(other, story, kept)
        assert state(case) == state(other)
        assert not asks_again or library(case, language) == library(other, "sql")
        (fresh,) = [file for file in other.status().files if file["file"] == paths[gone].name]
        assert (entry.loaded, entry.duplicate, entry.rejected) == (
            *(fresh["loaded"], fresh["duplicate"], fresh["rejected"]),
        )
    assert case.verify(deep=True) == []
    for day, answer in answers.items():
        assert told(case, day) == answer


def withdrawn_stories() -> st.SearchStrategy[tuple[Story, int]]:
    return stories().flatmap(lambda story: st.tuples(st.just(story), st.integers(0, len(story.tables) - 1)))


@pytest.mark.slow
@BY_HAND
@example(told_of=(MENDED, 0))
@example(told_of=(MENDED, 1))
@given(told_of=withdrawn_stories())
def test_a_file_that_was_taken_away_is_as_if_never_loaded(
    tmp_path_factory: pytest.TempPathFactory, clock: None, told_of: tuple[Story, int]
) -> None:
    place = tmp_path_factory.mktemp("story")
    with gt.open_case(place / "x.gtrace") as case:
        check(case, place, *told_of, "sql")


@pytest.mark.slow
@BY_HAND
@example(told_of=(MENDED, 0))
@given(told_of=withdrawn_stories())
def test_on_a_server_too(
    neo4j_place: Place,
    neo4j_uri: str,
    tmp_path_factory: pytest.TempPathFactory,
    clock: None,
    told_of: tuple[Story, int],
) -> None:
    place = tmp_path_factory.mktemp("story")
    neo4j_place.empty()
    with gt.open_case(neo4j_uri) as case:
        check(case, place, *told_of, "cypher")


def take_away_as_loads_go(case: gt.Case, place: Path, story: Story) -> None:
    """Loads every file, takes each away after the next one came, corrects rows between, and loads the first again."""
    paths = write(place / "files", [text_of(table) for table in story.tables])
    for number, path in enumerate(paths):
        on(3 * number)
        loaded(case, [path])
        correct_rows(case, story, {number})
        if number:
            on(3 * number + 1)
            case.unload(paths[number - 1], why="wrong", who="me")
    on(20)
    loaded(case, paths[:1])
    correct_rows(case, story, {0})


def all_of(case: gt.Case) -> list[object]:
    assert case.verify(deep=True) == []
    days = [on(number) for number in range(0, 21, 3 if EXPLORES else 9)]
    return [everything(case), counted(case), *(told(case, day) for day in days), case.corrections(), case.ledger()]


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_a_copy_takes_along_what_was_taken_away(
    tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    with gt.open_case(place / "x.gtrace") as case, gt.open_case(place / "y.gtrace") as copy:
        take_away_as_loads_go(case, place, story)
        assert case.copy_to(copy.path).comparison.agrees
        answers = all_of(copy)
        assert all_of(case) == answers
        assert case.compact().rows
        assert all_of(case) == answers


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_a_copy_to_a_server_and_back_does_so_too(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    neo4j_place.empty()
    with gt.open_case(place / "x.gtrace") as case, gt.open_case(neo4j_uri) as server:
        take_away_as_loads_go(case, place, story)
        assert case.copy_to(neo4j_uri).comparison.agrees
        assert server.copy_to(place / "y.gtrace").comparison.agrees
        with gt.open_case(place / "y.gtrace") as back:
            assert all_of(server) == all_of(case) == all_of(back)
        neo4j_place.empty()
        (place / "server").mkdir()
        take_away_as_loads_go(server, place / "server", story)
        assert server.copy_to(place / "z.gtrace").comparison.agrees


def test_a_judgement_stays_when_a_file_goes(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        loaded(case, write(tmp_path / "files", [text_of(table) for table in MENDED.tables]))
        case.resolve("老王", "老李", same=True, why="told so", by="me")
        case.unload("0.csv", why="wrong")
        (judgement,) = case.judgements()
        assert judgement.judgement.same
        assert case.trace(CARDS[0])[0].found
        case.load(tmp_path / "files" / "0.csv")
        assert [party.id for party in (case.party("老王").party, case.party("老李").party)] == ["name:老王"] * 2


MAPPING = """
kind: transfer
columns:
  from: 甲
  to: 乙
  date: 丙
  iccid: 丁
"""
OTHERWISE = """
kind: transfer
columns:
  from: 甲
  to: 戊
  date: 丙
  iccid: 丁
"""
UNNAMED = (
    "甲,乙,丙,丁,戊\n"
    f"星海,老王,2024-03-05,{CARDS[0]},老王\n"
    f"星海,老王,2024-03-05,{CARDS[1]},老王\n"
    f"星海,老王,2024-03-05,{CARDS[2]},老李\n"
    f"星海,老王,2024-03-05,{CARDS[3]},老赵\n"
    f"星海,老王,2024-13-05,{CARDS[3]},老赵\n"
)


def receivers(case: gt.Case, as_of: str | None = None) -> list[str | None]:
    return [trace.holder and trace.holder.name for trace in case.at(as_of).trace(*CARDS)]


def check_reading_again(case: gt.Case, place: Path) -> None:
    """Reads a file by another mapping, after rows were corrected, one of which both readings state."""
    table, mapping, other = place / "t.csv", place / "m.yml", place / "o.yml"
    table.write_text(UNNAMED, "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    other.write_text(OTHERWISE, "utf-8")
    on(0)
    assert [file.loaded for file in case.load(table, mapping=mapping).files] == [4]
    for row in (2, 4):
        case.correct(f"t.csv:{row}", why="wrong", who="me")
    before = receivers(case)
    assert before == [None, "老王", None, "老王"]
    on(1)
    (refused,) = case.load(table, mapping=other).files
    assert refused.error is not None
    assert (refused.error.code, refused.already_loaded) == ("read_otherwise", True)
    assert receivers(case) == before
    (same,) = case.load(table, mapping=mapping).files
    assert (same.already_loaded, same.error) == (True, None)
    day = on(2)
    (read,) = case.load(table, mapping=other, again=True).files
    assert (read.already_loaded, read.loaded, read.duplicate, read.rejected) == (False, 4, 0, 1)
    assert [(lost.record.row, lost.why) for lost in read.corrections_lost] == [(4, "wrong")]
    assert receivers(case) == [None, "老王", "老李", "老赵"]
    assert [(made.record.row, made.why, made.who) for made in case.corrections()] == [(2, "wrong", "me")]
    status = case.status()
    assert (status.corrected, status.unloaded, [file["rejected"] for file in status.files]) == (1, 0, [1])
    assert case.verify(deep=True) == []
    assert receivers(case, on(0)) == before
    assert receivers(case, day) == receivers(case)
    on(3)
    (once_more,) = case.load(table, mapping=other, again=True).files
    assert (once_more.loaded, list(once_more.corrections_lost)) == (4, [])
    assert receivers(case) == [None, "老王", "老李", "老赵"]
    assert case.correct("t.csv:2", why="was right", undo=True).is_new
    assert receivers(case) == ["老王", "老王", "老李", "老赵"]
    assert case.verify(deep=True) == []


def test_a_file_is_read_again_and_keeps_the_corrections_of_what_it_states_still(tmp_path: Path, clock: None) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        check_reading_again(case, tmp_path)
        assert case.copy_to(tmp_path / "y.gtrace").comparison.agrees
        with gt.open_case(tmp_path / "y.gtrace") as copy:
            assert copy.verify(deep=True) == []


def test_it_is_read_again_on_a_server_too(neo4j_uri: str, tmp_path: Path, clock: None) -> None:
    with gt.open_case(neo4j_uri) as case:
        check_reading_again(case, tmp_path)
        assert case.copy_to(tmp_path / "y.gtrace").comparison.agrees
        with gt.open_case(tmp_path / "y.gtrace") as copy:
            assert copy.verify(deep=True) == []
            assert receivers(copy) == receivers(case)


@pytest.mark.slow
@BY_HAND
@example(story=MENDED)
@given(story=stories())
def test_reading_a_file_again_in_the_same_way_changes_no_answer(
    tmp_path_factory: pytest.TempPathFactory, clock: None, story: Story
) -> None:
    place = tmp_path_factory.mktemp("story")
    with gt.open_case(place / "x.gtrace") as case:
        paths = write(place / "files", [text_of(table) for table in story.tables])
        on(0)
        loaded(case, paths)
        correct_rows(case, story, set(range(len(paths))))
        before = [*state(case), library(case, "sql")]
        for path in paths:
            (read,) = case.load(path, again=True).files
            assert not read.corrections_lost
            # the order of loading is another one, and with it which of two equal rows is the first
            assert state(case) == before[:-1]
        assert library(case, "sql") == before[-1]
        assert case.verify(deep=True) == []
