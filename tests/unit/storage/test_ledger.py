from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graphtrace.errors import CaseDamaged
from graphtrace.scratch import own_folder
from graphtrace.storage.case_notes import NoteRequest, add_note
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.ledger import check_entries, next_entry, read_entries, reconcile


@pytest.fixture
def entries() -> list[str]:
    made: list[str] = []
    for number, name in enumerate(("a.csv", "名\u2028\x85\n.csv", "c.csv"), 1):
        made.append(
            next_entry(made[-1] if made else None, {"load": number, "at": "2024-05-01T10:00:00+08:00", "file": name})
        )
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def settle_in(path: Path, entries: list[str]) -> None:
    with own_folder(path.parent) as scratch:
        reconcile(path, entries, scratch)


def test_each_line_follows_from_the_one_before(entries: list[str]) -> None:
    assert check_entries(entries) == []
    assert json.loads(entries[1])["previous"] == json.loads(entries[0])["hash"]


def test_what_is_written_is_read_again_whatever_the_names(entries: list[str], path: Path) -> None:
    settle_in(path, entries)
    assert read_entries(path) == entries
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_ledger_has_no_lines(path: Path) -> None:
    assert read_entries(path) == []


@pytest.mark.parametrize(("number", "wrong"), [(1, [1]), (2, [2]), (3, [3])])
def test_a_changed_line_is_the_one_that_is_named(entries: list[str], number: int, wrong: list[int]) -> None:
    entries[number - 1] = entries[number - 1].replace(f'"load":{number}', '"load":9')
    assert check_entries(entries) == wrong


def test_a_removed_line_shows_at_the_line_after_it(entries: list[str]) -> None:
    assert check_entries([entries[0], entries[2]]) == [2]


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", "null", "1", '{"hash":1}'])
def test_a_line_that_is_no_entry_is_wrong(entries: list[str], line: str) -> None:
    assert 1 in check_entries([line, *entries])


@pytest.mark.parametrize(
    "write",
    [
        lambda line: line.replace('{"', '{"at":"2020","', 1),
        lambda line: json.dumps(json.loads(line)),
        lambda line: f"{line}\r",
    ],
    ids=["a name twice", "spaces", "a further line end"],
)
def test_a_line_in_another_writing_is_wrong(entries: list[str], write: Callable[[str], str]) -> None:
    assert check_entries([entries[0], write(entries[1]), entries[2]]) == [2]


def test_a_last_line_that_was_cut_off_does_not_count(entries: list[str], path: Path) -> None:
    settle_in(path, entries)
    path.write_bytes(path.read_bytes()[:-5])
    assert read_entries(path) == entries[:2]
    settle_in(path, entries)
    assert read_entries(path) == entries


def test_lines_that_are_owed_are_added(entries: list[str], path: Path) -> None:
    settle_in(path, entries[:1])
    settle_in(path, entries)
    assert read_entries(path) == entries


def test_a_settled_ledger_is_not_written_again(entries: list[str], path: Path) -> None:
    settle_in(path, entries)
    before = path.stat().st_ino
    settle_in(path, entries)
    assert path.stat().st_ino == before


def test_a_ledger_with_more_or_other_lines_than_the_database_is_damage(entries: list[str], path: Path) -> None:
    settle_in(path, entries)
    for carried in (entries[:2], [], [entries[0], next_entry(entries[0], {"load": 2, "file": "z"}), entries[2]]):
        with pytest.raises(CaseDamaged, match="does not hold"):
            settle_in(path, carried)
    assert read_entries(path) == entries


def test_a_line_of_the_ledger_commits_to_what_the_same_load_noted_after_another_line(tmp_path: Path) -> None:
    with open_writer(tmp_path / "x.gtrace") as case:
        assert case.beside == {"notes": None, "lookups": None}
        line = add_note(case.chains, NoteRequest("note", "card:1", {"text": "seen"}, "me"))
        assert case.beside == {"notes": json.loads(line)["hash"], "lookups": None}
