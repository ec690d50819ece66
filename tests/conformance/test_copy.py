"""A case goes from a folder to a server and back, whole: sources, rejects, ledger, and the same answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.example import copy_example
from graphtrace.render.json import audit_document, to_json_text, trace_document
from graphtrace.storage import copy as storage_copy
from graphtrace.storage.base import CaseContents
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.duckdb import copy_rows, duckdb_writer
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_schema import PHYSICAL_TABLES
from graphtrace.storage.neo4j import batches
from graphtrace.storage.neo4j import neo4j_writer as server_writing

from ..neo4j.server import Place

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
ASKED = [asked["ask"] for asked in (*EXPECTED["cards"], *EXPECTED["questions"])]
HEADER = "转出方,转入方,日期,卡号,数量,起始ICCID,结束ICCID\n"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example case in a folder."""
    place = tmp_path_factory.mktemp("example")
    story = copy_example(place)
    with gt.open_case(place / "x.gtrace") as case:
        for name in story["files"]:
            mapping = story["mappings"].get(name)
            case.load(place / name, mapping=place / mapping if mapping else None)
    return place / "x.gtrace"


def said(uri: str | Path) -> str:
    with gt.open_case(uri) as case:
        return to_json_text(trace_document("", case.trace(*ASKED), "en")) + to_json_text(
            audit_document("", case.audit(all=True), "en")
        )


def kept(folder: Path) -> dict[str, bytes]:
    """The files beside the database."""
    paths = [folder / "ledger.jsonl", *(folder / "sources").iterdir(), *(folder / "rejects").iterdir()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def there_and_back(
    neo4j_place: Place, example: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str, Path]]:
    """A folder, the server that it was copied to, and the folder that this was copied to."""
    back = tmp_path_factory.mktemp("back") / "y.gtrace"
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        with gt.open_case(example) as folder, gt.open_case(neo4j_place.uri) as server:
            for case, target in ((folder, neo4j_place.uri), (server, back)):
                copied = case.copy_to(target)
                comparison = copied.comparison
                assert [each for each in (*comparison.counts, *comparison.checksums) if not each.agrees] == []
                assert (copied.files, copied.files_before, comparison.differing) == (12, 0, [])
                assert comparison.traced > 30
        yield example, neo4j_place.uri, back


def test_a_case_that_went_to_a_server_and_back_answers_as_before(there_and_back: tuple[Path, str, Path]) -> None:
    before, there, back = (said(place) for place in there_and_back)
    assert there == before
    assert back == before


def test_sources_rejects_and_ledger_come_back_byte_for_byte(there_and_back: tuple[Path, str, Path]) -> None:
    before, _, back = there_and_back
    assert kept(back) == kept(before)
    assert len(kept(back)) > 12


def test_copies_agree_with_themselves(there_and_back: tuple[Path, str, Path]) -> None:
    for place in there_and_back:
        with gt.open_case(place) as case:
            assert case.verify() == []


def test_what_was_copied_is_known_when_it_is_loaded_again(
    there_and_back: tuple[Path, str, Path], tmp_path: Path
) -> None:
    source = there_and_back[0].parent / "seizures.xlsx"
    for place in there_and_back:
        with gt.open_case(place) as case:
            (report,) = case.load(source).files
            assert report.already_loaded
            assert report.rows > 0


def test_a_copy_that_is_complete_is_only_compared(there_and_back: tuple[Path, str, Path]) -> None:
    before, there, _ = there_and_back
    with gt.open_case(before) as case:
        copied = case.copy_to(there)
        assert (copied.files, copied.files_before, copied.comparison.agrees) == (0, 12, True)


def small_case(place: Path, count: int = 3) -> Path:
    """A case of some files, of which later ones repeat, follow up and rename what earlier ones say."""
    for number in range(count):
        rows = [f"甲{n % 3},乙{(n + number) % 5},2024-0{1 + number}-05,{8986061900000000001 + n},,," for n in range(20)]
        rows += [
            f"甲0,丙{number},2024-03-01,,100,{8986061900000000000 + 100 * number},{8986061900000000099 + 100 * number}",
            f"甲0,丙{number},2024-03-02,,{number + 5},,",
            "甲0,丙,2024-13-02,,5,,",
        ]
        (place / f"{number}.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
        with gt.open_case(place / "x.gtrace") as case:
            case.load(place / f"{number}.csv")
    return place / "x.gtrace"


Small = Callable[..., Path]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Puts a small case and its files into a folder; each is loaded once."""
    made: dict[int, Path] = {}

    def put(place: Path, count: int = 3) -> Path:
        if count not in made:
            made[count] = small_case(tmp_path_factory.mktemp("small"), count).parent
        shutil.copytree(made[count], place, dirs_exist_ok=True)
        return place / "x.gtrace"

    return put


def test_a_copy_between_folders_that_was_stopped_goes_on_and_one_of_a_case_that_grew_adds_to_it(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = small(tmp_path)
    target = tmp_path / "y.gtrace"
    commit = duckdb_writer.DuckDBWriter.commit
    with monkeypatch.context() as patch, gt.open_case(first) as case:

        def stop(self: duckdb_writer.DuckDBWriter, **given: object) -> None:
            if self._file == 2:
                raise KeyboardInterrupt
            commit(self, **given)

        patch.setattr(duckdb_writer.DuckDBWriter, "commit", stop)
        with pytest.raises(KeyboardInterrupt):
            case.copy_to(target)
    with gt.open_case(target) as case:
        assert len(case.status().files) == 1
        assert case.verify() == []
    with gt.open_case(first) as case:
        copied = case.copy_to(target)
        assert (copied.files, copied.files_before, copied.comparison.agrees) == (2, 1, True)
    small_case(tmp_path, 4)
    with gt.open_case(first) as case:
        copied = case.copy_to(target)
        assert (copied.files, copied.files_before, copied.comparison.agrees) == (1, 3, True)
    assert kept(target) == kept(first)


def test_a_copy_to_a_server_that_was_stopped_goes_on_with_the_batch_at_which_it_stopped(
    neo4j_place: Place, neo4j_uri: str, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = small(tmp_path)
    monkeypatch.setattr(batches, "BATCH_ROWS", 7)
    monkeypatch.setattr(batches, "PIECE_ROWS", 14)
    monkeypatch.setattr(copy_rows, "_PIECE_ROWS", 6)
    monkeypatch.setattr(storage_copy, "GROUP_ROWS", 30)
    send = server_writing.Neo4jWriter._send
    sent = 0
    with monkeypatch.context() as patch, gt.open_case(first) as case:

        def stop(self: server_writing.Neo4jWriter, *given: object) -> None:
            nonlocal sent
            sent += 1
            if sent == 28:
                raise KeyboardInterrupt
            send(self, *given)

        patch.setattr(server_writing.Neo4jWriter, "_send", stop)
        with pytest.raises(KeyboardInterrupt):
            case.copy_to(neo4j_uri)
    assert neo4j_place.rows("MATCH (f:File) RETURN f.complete ORDER BY f.load") == [[True], [False]]
    before = {node for (node,) in neo4j_place.rows("MATCH (r:Record) RETURN elementId(r)")}
    with gt.open_case(first) as case:
        copied = case.copy_to(neo4j_uri)
        assert (copied.files, copied.files_before, copied.comparison.agrees) == (2, 1, True)
    assert before <= {node for (node,) in neo4j_place.rows("MATCH (r:Record) RETURN elementId(r)")}
    back = tmp_path / "back.gtrace"
    with gt.open_case(neo4j_uri) as case:
        assert case.copy_to(back).comparison.agrees
    assert kept(back) == kept(first)


def test_a_file_that_was_taken_away_and_loaded_again_is_copied_to_a_server_and_back(
    neo4j_uri: str, tmp_path: Path
) -> None:
    file, first = tmp_path / "t.csv", tmp_path / "x.gtrace"
    file.write_text("转出方,转入方,日期,卡号\n甲,乙,2024-13-05,8986061900000000001\n", "utf-8")
    with gt.open_case(first) as case:
        case.load(file)
        case.unload("t.csv", why="wrong")
        case.load(file)
        assert case.copy_to(neo4j_uri).comparison.agrees
    with gt.open_case(neo4j_uri) as case:
        assert case.copy_to(tmp_path / "back.gtrace").comparison.agrees
    assert kept(tmp_path / "back.gtrace") == kept(first)


def test_a_case_with_other_loads_is_not_copied_into(small: Small, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, other = small(tmp_path / "a", 2), tmp_path / "b" / "x.gtrace"
    with gt.open_case(other) as case:
        case.load(tmp_path / "a" / "1.csv")
    before = kept(other)
    with gt.open_case(first) as case:
        with pytest.raises(UsageError, match="holds lines of a ledger"):
            case.copy_to(other)
        with pytest.raises(UsageError, match="the case itself"):
            case.copy_to(tmp_path / "a" / ".." / "a" / "x.gtrace")
    assert kept(other) == before


def test_a_case_whose_ledger_tells_of_more_than_loads_is_not_copied_by_halves(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = small(tmp_path, 2)
    contents = DuckDBBackend.contents

    def with_more(store: DuckDBBackend) -> CaseContents:
        held = contents(store)
        return replace(held, read_ledger=lambda: [*held.ledger, "something else"])

    monkeypatch.setattr(DuckDBBackend, "contents", with_more)
    with gt.open_case(first) as case:
        with pytest.raises(UsageError, match="something that cannot be copied"):
            case.copy_to(tmp_path / "y.gtrace")
        with pytest.raises(UsageError, match="something that cannot be copied"):
            case.export("neo4j-admin", tmp_path / "files")
    assert not (tmp_path / "y.gtrace").exists()
    assert not (tmp_path / "files").exists()


def test_a_source_that_was_changed_stops_the_copy_before_its_file(small: Small, tmp_path: Path) -> None:
    first = small(tmp_path, 2)
    latest = json.loads((first / "ledger.jsonl").read_text("utf-8").splitlines()[1])["sha256"]
    (first / "sources" / latest).write_bytes(b"other")
    with gt.open_case(first) as case, pytest.raises(CaseDamaged, match=r"1\.csv: its source"):
        case.copy_to(tmp_path / "y.gtrace")
    with gt.open_case(tmp_path / "y.gtrace") as case:
        assert [file["file"] for file in case.status().files] == ["0.csv"]


def test_a_copy_that_was_tampered_with_is_told_from_the_case(small: Small, tmp_path: Path) -> None:
    import duckdb

    first, target = small(tmp_path, 2), tmp_path / "y.gtrace"
    with gt.open_case(first) as case:
        assert case.copy_to(target).comparison.agrees
    with duckdb.connect(str(find_database(target))) as con:
        for part in PHYSICAL_TABLES["card_records"]:
            con.execute(f"UPDATE {part} SET day = day + 1 WHERE row = 7 AND sheet = 2")
    with gt.open_case(first) as case:
        comparison = case.copy_to(target).comparison
    assert [(each.what, each.file) for each in comparison.checksums if not each.agrees] == [("rows", "1.csv")]
    assert not comparison.agrees
    assert comparison.differing
