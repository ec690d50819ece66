"""Changes behind the program's back are found, and reported with the right code."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

import graphtrace as gt
from graphtrace.errors import CaseDamaged, CaseMissing, StoreError
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb import duckdb_writer
from graphtrace.storage.ledger import content_of, next_entry

from .cases import loaded_files, problems, run_here, tree, write_files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module", autouse=True)
def _published_once_a_load() -> Iterator[None]:
    """However long that takes: the last database knows of the line before its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb_writer, "_PATIENCE", math.inf)
        yield


@pytest.fixture(scope="module")
def loaded(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded") / "x.gtrace"
    for file in files:
        gt.open_case(folder).load(file)
    assert problems(folder) == []
    return folder


@pytest.fixture(scope="module")
def corrected(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(loaded, tmp_path_factory.mktemp("corrected") / "x.gtrace"))
    with gt.open_case(folder) as opened:
        opened.correct("resales.csv:3", why="misread")
        assert opened.verify(deep=True) == []
    return folder


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "blocks_and_locks.gtrace"))


def first_source(case: Path) -> Path:
    return min((case / "sources").iterdir())


def flip_a_byte(path: Path, at: int = 5) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def edit_ledger(case: Path, edit: Callable[[list[str]], list[str]]) -> None:
    ledger = case / "ledger.jsonl"
    ledger.write_text("".join(edit(ledger.read_text("utf-8").splitlines(keepends=True))), "utf-8", newline="\n")


def test_a_changed_byte_of_a_source_is_found(case: Path) -> None:
    flip_a_byte(first_source(case))
    with gt.open_case(case) as opened:
        (problem,) = opened.verify()
    assert problem.code == "source_changed"
    assert problem.params["sha256"] == first_source(case).name != problem.params["found"]


def test_a_removed_source_is_found(case: Path) -> None:
    remove(first_source(case))
    assert problems(case) == ["source_missing"]


def remove(source: Path) -> None:
    """Remove a file that was made read-only, which Windows does not let go as it is."""
    source.chmod(0o600)
    source.unlink()


def test_a_folder_in_place_of_a_source_is_found(case: Path) -> None:
    source = first_source(case)
    remove(source)
    source.mkdir()
    assert problems(case) == ["source_missing"]


@pytest.mark.parametrize(
    ("edit", "codes"),
    [
        (lambda lines: [lines[0].replace("sales", "sails"), lines[1]], ["ledger_broken", "ledger_differs"]),
        (lambda lines: lines[::-1], ["ledger_broken", "ledger_broken", "ledger_differs"]),
        (lambda lines: lines[1:], ["ledger_broken", "ledger_differs"]),
        (lambda lines: [*lines, "{}\n"], ["ledger_broken", "ledger_differs"]),
        (lambda lines: [*lines, "[]\n"], ["ledger_broken", "ledger_differs"]),
        (lambda lines: ["\x00\n", *lines], ["ledger_broken", "ledger_differs"]),
    ],
)
def test_an_edited_ledger_is_found_and_not_loaded_into(
    case: Path, files: list[Path], edit: Callable[[list[str]], list[str]], codes: list[str]
) -> None:
    edit_ledger(case, edit)
    assert problems(case) == codes
    edited = tree(case)
    with pytest.raises(CaseDamaged, match="ledger"):
        gt.open_case(case).load(*files)
    assert tree(case) == edited


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: [lines[0].replace("first", "other"), lines[1]],
        lambda lines: lines[1:],
        lambda lines: [*lines, "{}\n"],
    ],
)
def test_edited_notes_are_found(case: Path, edit: Callable[[list[str]], list[str]]) -> None:
    for text in ("first", "second"):
        gt.open_case(case).add_note("note", "card:8986061900000000001", {"text": text}, by="somebody")
    assert problems(case) == []
    path = case / "notes.jsonl"
    path.write_text("".join(edit(path.read_text("utf-8").splitlines(keepends=True))), "utf-8", newline="\n")
    assert problems(case) == ["notes_broken"]


@pytest.mark.parametrize("kept", [0, 1])
def test_notes_taken_away_are_missed_by_the_next_line_of_the_ledger(case: Path, kept: int) -> None:
    with gt.open_case(case) as opened:
        for text in ("first", "second"):
            opened.add_note("note", "card:8986061900000000001", {"text": text}, by="somebody")
        opened.correct("resales.csv:3", why="misread")
        assert opened.verify(deep=True) == []
    path = case / "notes.jsonl"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:kept]), "utf-8", newline="\n")
    assert problems(case) == ["notes_missing"]


@pytest.mark.parametrize("change", [lambda lines: lines[:1], lambda lines: [lines[0].replace("first", "other")]])
def test_notes_taken_away_or_written_anew_are_missed_by_the_next_look_up(
    case: Path, change: Callable[[list[str]], list[str]]
) -> None:
    with gt.open_case(case) as opened:
        for text in ("first", "second"):
            opened.add_note("note", "card:8986061900000000001", {"text": text}, by="somebody")
        opened.trace("8986061900000000001")
        assert opened.verify(deep=True) == []
    path = case / "notes.jsonl"
    write_chain(path, change(path.read_text("utf-8").splitlines(keepends=True)))
    with gt.open_case(case) as opened:
        assert [(each.code, each.params) for each in opened.verify()] == [("notes_missing_by_lookup", {"line": 1})]


@pytest.mark.parametrize("chain", ["notes", "lookups"])
def test_a_line_that_is_older_than_the_one_before_it_is_told(case: Path, chain: str) -> None:
    with gt.open_case(case) as opened:
        for text in ("first", "second"):
            opened.add_note("note", "card:8986061900000000001", {"text": text}, by="somebody")
        opened.trace("8986061900000000001")
    path = case / f"{chain}.jsonl"
    first, second = path.read_text("utf-8").splitlines(keepends=True)
    at = str(content_of(second)["at"])
    write_chain(path, [first, second.replace(at, f"{int(at[:4]) - 1}{at[4:]}")])
    with gt.open_case(case) as opened:
        told = {(each.code, each.params["line"]) for each in opened.verify()}
    assert (f"{chain}_time_runs_back", 2) in told


def write_chain(path: Path, entries: list[str]) -> None:
    """Write lines with the hashes that they would have."""
    made: list[str] = []
    for entry in entries:
        content = {name: value for name, value in content_of(entry).items() if name not in ("hash", "previous")}
        made.append(next_entry(made[-1] if made else None, content))
    path.write_text("".join(f"{line}\n" for line in made), "utf-8", newline="\n")


def test_a_ledger_that_differs_from_the_database_is_told_with_its_first_line(case: Path) -> None:
    path = case / "ledger.jsonl"
    first, second = path.read_text("utf-8").splitlines(keepends=True)
    write_chain(path, [first, second.replace("resales.csv", "another.csv")])
    with gt.open_case(case) as opened:
        assert [(each.code, each.params["line"]) for each in opened.verify()] == [("ledger_differs", 2)]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda lines: lines[:1], "ledger_behind"),
        (lambda lines: [lines[0], lines[1][:40]], "ledger_behind"),
        (lambda lines: [lines[0], lines[1].rstrip("\n")], "ledger_behind"),
        (lambda lines: [], "ledger_differs"),
        (lambda lines: [lines[0][:40]], "ledger_differs"),
    ],
)
def test_a_cut_ledger_is_found_and_the_next_load_restores_it_from_the_database(
    case: Path, files: list[Path], edit: Callable[[list[str]], list[str]], code: str
) -> None:
    whole = (case / "ledger.jsonl").read_bytes()
    edit_ledger(case, edit)
    assert problems(case) == [code]
    gt.open_case(case).load(files[0])
    assert problems(case) == []
    assert (case / "ledger.jsonl").read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"garbage", b"garbage" * 10_000], ids=["empty", "short", "long"])
def test_garbage_in_place_of_the_database_is_damage(case: Path, files: list[Path], content: bytes) -> None:
    find_database(case).write_bytes(content)
    opened = gt.open_case(case)
    for ask in (opened.status, opened.verify, lambda: opened.trace("89860619"), lambda: opened.load(files[0])):
        with pytest.raises(CaseDamaged, match="not a valid DuckDB") as caught:
            ask()
        assert "copy" in caught.value.hint


def test_damage_is_told_by_the_command_line_with_exit_3(case: Path) -> None:
    find_database(case).write_bytes(b"garbage")
    ran = run_here("verify", "--case", case, "--json")
    assert (ran.returncode, json.loads(ran.stderr)["error"]["code"]) == (3, "case_damaged")


def test_a_broken_block_of_the_database_is_damage_and_no_lock(case: Path) -> None:
    flip_a_byte(find_database(case), at=5000)
    with pytest.raises(CaseDamaged, match="orrupt"):
        gt.open_case(case).status()


def test_broken_rows_of_the_database_are_no_traceback(case: Path) -> None:
    database = find_database(case)
    content = bytearray(database.read_bytes())
    for at in range(3 * 4096, len(content), 4096):
        content[at + 100] ^= 1
    database.write_bytes(content)
    with pytest.raises(StoreError), gt.open_case(case) as opened:
        opened.verify()


def test_a_database_of_another_program_is_damage(case: Path) -> None:
    database = find_database(case)
    database.unlink()
    with duckdb.connect(str(database)) as con:
        con.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(CaseDamaged, match="holds no case"):
        gt.open_case(case).status()


def test_a_case_of_another_format_is_refused_with_what_to_do(case: Path, files: list[Path]) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        con.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    for ask in (lambda: gt.open_case(case).status(), lambda: gt.open_case(case).load(*files)):
        with pytest.raises(CaseDamaged, match="has format 99, this version reads format") as caught:
            ask()
        assert "new case" in caught.value.hint


def test_a_database_that_is_gone_is_not_taken_for_a_new_case(case: Path, files: list[Path]) -> None:
    find_database(case).unlink()
    left = tree(case)
    with pytest.raises(CaseMissing):
        gt.open_case(case).status()
    with pytest.raises(CaseDamaged, match="is gone"):
        gt.open_case(case).load(*files)
    left.pop("lock", None)  # a load takes its lock away
    assert tree(case) == left


def test_an_older_copy_of_the_database_is_found_and_not_loaded_into(files: list[Path], tmp_path: Path) -> None:
    case = tmp_path / "x.gtrace"
    gt.open_case(case).load(files[0])
    older = find_database(case).read_bytes()
    gt.open_case(case).load(files[1])
    find_database(case).write_bytes(older)
    assert problems(case) == ["ledger_differs", "rejects_unknown", "source_unknown"]
    with pytest.raises(CaseDamaged, match="ledger names loads"):
        gt.open_case(case).load(files[1])


def test_rows_removed_from_the_database_are_found(case: Path) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        con.execute("DELETE FROM wide_card_records WHERE row = 7")
    assert problems(case) == ["rows_differ"]


@pytest.mark.parametrize(
    ("edit", "code", "row"),
    [
        ("UPDATE wide_card_records SET day = day + 1 WHERE row = 7", "rows_changed", 7),
        ("UPDATE range_records SET last = last - 1", "rows_changed", 2),
        ("UPDATE wide_card_records SET sender = receiver WHERE row = 9", "rows_changed", 9),
        ("UPDATE wide_card_records SET repeated = true WHERE row = 302", "rows_changed", 302),
        ("UPDATE rejects SET value = '2024-12-01' WHERE field = 'date'", "rejects_changed", None),
        ("UPDATE mention_names SET place = place + 1000 WHERE name = '老K'", "mentions_changed", None),
        ("UPDATE sheets SET encoding = 'big5' WHERE sheet = 1", "sheets_changed", None),
    ],
)
def test_a_value_edited_by_hand_is_found_by_reading_the_sources_again(
    case: Path, edit: str, code: str, row: int | None
) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        assert con.execute(edit).fetchall() != [(0,)]
    assert problems(case) == []
    with gt.open_case(case) as opened:
        (problem,) = opened.verify(deep=True)
    assert (problem.code, problem.params.get("row")) == (code, row)


def test_the_command_line_reads_sources_again_when_told_to(case: Path) -> None:
    assert run_here("--case", case, "verify", "--deep").returncode == 0
    with duckdb.connect(str(find_database(case))) as con:
        con.execute("UPDATE wide_card_records SET day = day + 1 WHERE row = 7")
    assert run_here("--case", case, "verify").returncode == 0
    ran = run_here("--case", case, "verify", "--deep")
    assert ran.returncode == 3
    assert "resales.csv gives other records than the case holds, first in row 7." in " ".join(ran.stdout.split())


def test_a_clearing_load_keeps_what_others_put_into_the_folder(case: Path, files: list[Path]) -> None:
    for name in ("sources/notes.txt", "rejects/notes.csv", "rejects/0123456789ab-1.csv"):
        (case / name).write_text("kept?", "utf-8")
    (case / "sources" / ".incoming-dead").mkdir()
    (case / "sources" / ".incoming-dead" / "half.csv").write_text("half", "utf-8")
    before = loaded_files(case)
    gt.open_case(case).load(*files)
    assert loaded_files(case) == before
    assert not (case / "sources" / ".incoming-dead").exists()
    assert not (case / "rejects" / "0123456789ab-1.csv").exists()
    assert (case / "sources/notes.txt").exists()
    assert (case / "rejects/notes.csv").exists()


def a_rejects_file(case: Path) -> Path:
    return min((case / "rejects").iterdir())


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


BESIDE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a cell of a rejects file edited": (lambda case: flip_a_byte(a_rejects_file(case), 200), "rejects_file_changed"),
    "a row added to a rejects file": (
        lambda case: append(a_rejects_file(case), "x\n"),
        "rejects_file_changed",
    ),
    "a rejects file emptied": (lambda case: a_rejects_file(case).write_bytes(b""), "rejects_file_changed"),
    "a rejects file deleted": (lambda case: a_rejects_file(case).unlink(), "rejects_missing"),
    "all rejects files deleted": (
        lambda case: [path.unlink() for path in (case / "rejects").iterdir()],
        "rejects_missing",
    ),
    "a rejects file renamed": (lambda case: a_rejects_file(case).rename(case / "rejects/x.csv"), "rejects_missing"),
    "a rejects file added": (
        lambda case: (case / "rejects/0123456789ab-1.csv").write_text("x", "utf-8"),
        "rejects_unknown",
    ),
    "a source added": (lambda case: (case / "sources" / ("0" * 64)).write_text("x", "utf-8"), "source_unknown"),
    "a note among the sources": (lambda case: (case / "sources/notes.txt").write_text("x", "utf-8"), "source_unknown"),
    "a hidden file among the sources": (
        lambda case: (case / "sources/.hidden").write_text("x", "utf-8"),
        "source_unknown",
    ),
    "half a line at the end of the ledger": (
        lambda case: append(case / "ledger.jsonl", '{"at":"2024'),
        "ledger_unfinished",
    ),
    "half a line at the end of the log of look-ups": (
        lambda case: append(case / "lookups.jsonl", '{"at":"2024'),
        "lookups_unfinished",
    ),
    "half a line at the end of the notes": (
        lambda case: append(case / "notes.jsonl", '{"at":"2024'),
        "notes_unfinished",
    ),
    "a deep line in the ledger": (
        lambda case: edit_ledger(case, lambda lines: [lines[0], "[" * 100_000 + "\n"]),
        "ledger_broken",
    ),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_what_is_changed_beside_the_database_is_found(case: Path, kind: str) -> None:
    change, code = BESIDE[kind]
    change(case)
    assert code in problems(case)


CORRECTIONS = {
    "lifted": "UPDATE corrections SET is_lifted = NOT is_lifted",
    "another record": "UPDATE corrections SET row = row + 1",
    "another sheet": "UPDATE corrections SET sheet = 1",
    "another time": "UPDATE corrections SET made_at = '2020-01-01T00:00:00+08:00'",
    "before the last load": "UPDATE corrections SET loads = 1",
    "after a load that never was": "UPDATE corrections SET loads = 3",
    "other effects": 'UPDATE corrections SET effects = \'{"mention_names": [], "carriers": [[1, "x", false]]}\'',
    "gone": "DELETE FROM corrections",
    "name of a file": "UPDATE files SET name = 'other.csv' WHERE file = 1",
    "time of a load": "UPDATE files SET loaded_at = '2020-01-01T00:00:00+08:00' WHERE file = 1",
    "size of a file": "UPDATE files SET size = size + 1",
    "an innocent name": "UPDATE resolved_parties SET name = '张三' WHERE name = '王五'",
    "two parties made one": (
        "UPDATE resolved_parties SET id = (SELECT id FROM resolved_parties WHERE name = '老K'), name = '老K' "
        "WHERE name = '王五'"
    ),
    "a carrier": "UPDATE resolved_parties SET is_carrier = true WHERE name = '老K'",
    "bearers": "UPDATE resolved_parties SET bearers = 2 WHERE name = '老K'",
    "a party gone": "DELETE FROM resolved_parties WHERE name = '老K'",
}


@pytest.mark.parametrize("kind", CORRECTIONS)
def test_what_follows_from_records_and_ledger_is_found_changed(corrected: Path, tmp_path: Path, kind: str) -> None:
    case = Path(shutil.copytree(corrected, tmp_path / "x.gtrace"))
    with duckdb.connect(str(find_database(case))) as con:
        ((count,),) = con.execute(CORRECTIONS[kind]).fetchall()
    assert count
    try:
        with gt.open_case(case) as opened:
            assert opened.verify() or opened.verify(deep=True)
    except CaseDamaged:
        pass


FORGED_NAME = "UPDATE resolved_parties SET name = '无辜公司' WHERE name = '星海智联科技有限公司'"


@pytest.mark.parametrize(("through", "is_found"), [("1", True), ("0", False)])
def test_parties_forged_under_a_mark_that_they_wait_never_become_an_answer(
    case: Path, tmp_path: Path, through: str, is_found: bool
) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        con.execute(FORGED_NAME)
        con.execute(f"UPDATE meta SET value = '{through}' WHERE key = 'resolved_through'")
    # where nothing at all counts as resolved the stored parties are used by nobody
    assert ("parties_differ" in problems(case)) is is_found
    later = tmp_path / "later.csv"
    later.write_text("转出方,转入方,日期,卡号\n王五,赵六,2024-06-01,8986061900000000001\n", encoding="utf-8")
    with gt.open_case(case) as opened:
        opened.load(later)
        trace = opened.trace("8986061900000000001")
        assert trace.registrant is not None
        assert trace.registrant.name == "星海智联科技有限公司"
        assert opened.verify(deep=True) == []


def test_an_index_that_differs_names_the_first_file_of_its_cards(case: Path) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        key, sheet = con.execute("SELECT key, sheet FROM card_records ORDER BY ALL LIMIT 1").fetchall()[0]
        ((name,),) = con.execute(
            f"SELECT name FROM files WHERE file = (SELECT file FROM sheets WHERE sheet = {sheet})"
        ).fetchall()
        con.execute(f"INSERT INTO device_cards (device, key, sheet) VALUES (86123456789012, {key}, {sheet})")
    with gt.open_case(case) as opened:
        found = [each.params for each in opened.verify() if each.code == "index_differs"]
    assert found == [{"table": "device_cards", "file": name}]


def test_a_judgement_taken_from_the_database_is_told_by_the_line_that_undoes_it(tmp_path: Path) -> None:
    place = tmp_path / "x.gtrace"
    with gt.open_case(place) as case:
        case.load(*write_files(tmp_path))
        case.resolve("老K", "王五", same=True, why="w", by="p")
        case.undo_judgement(1, why="w", by="p")
    (database,) = place.glob("case.*.duckdb")
    with duckdb.connect(str(database)) as con:
        con.execute("DELETE FROM judgements WHERE line = 1")
    with gt.open_case(place) as case, pytest.raises(CaseDamaged, match="line 1 of the judgements"):
        case.verify()
