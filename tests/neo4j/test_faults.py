"""Nobody sees half of a file after a fault during its load, and loading it again completes it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.errors import CaseLocked, CaseMissing, StoreError
from graphtrace.render.json import to_json_text, trace_document
from graphtrace.storage.neo4j import batches as load_batches
from graphtrace.storage.neo4j import client, neo4j_writer

from ..conftest import EXPLORES
from .proxy import CuttingProxy, Direction
from .server import Place, Server, started_or_skipped

HEADER = "转出方,转出方证件号,转入方,日期,卡号,起始ICCID,结束ICCID,数量\n"
PLACES = 20 if EXPLORES else 4
"""At which a connection is cut, half of them in each direction; all take minutes, so most runs try few."""
DIRECTIONS: tuple[Direction, ...] = ("to_server", "to_client")
ASKED = ("8986061900000000007", "898606190000000006?")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file that is in the case already, and one that changes who its parties are and follows up its cards."""
    rows = {
        "old.csv": [f"甲{n % 3},,乙{n % 5},2024-03-0{1 + n % 9},{8986061900000000001 + n},,," for n in range(30)],
        "new.csv": [
            *(f"乙{n % 5},,丙{n % 7},2024-04-0{1 + n % 9},{8986061900000000001 + n},,," for n in range(60)),
            *(
                f"甲{n},id{n},乙{n},2024-03-01,,{8986061900000000000 + 100 * n},{8986061900000000099 + 100 * n},100"
                for n in range(5)
            ),
            *(f"乙1,,丁{n},2024-05-01,,,,{n + 1}" for n in range(5)),
            "乙1,,坏,2024-13-01,,,,",
        ],
    }
    place = tmp_path_factory.mktemp("files")
    for name, lines in rows.items():
        (place / name).write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return [place / name for name in rows]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, so that there are many places to break at, and little patience."""
    monkeypatch.setattr(load_batches, "BATCH_ROWS", 7)
    monkeypatch.setattr(load_batches, "PIECE_ROWS", 20)
    monkeypatch.setattr(neo4j_writer, "LEASE_MS", 400)
    monkeypatch.setattr(client, "_RETRY_S", 0.5)
    monkeypatch.setattr(client, "_TIMEOUT_S", 5.0)


def answer(uri: str | Path) -> str:
    with gt.open_case(uri) as case:
        return to_json_text(trace_document("", case.trace(*ASKED), "en"))


@pytest.fixture(scope="module")
def told(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the answers of a case in a folder before and after the second file."""
    answers = []
    place = tmp_path_factory.mktemp("told") / "x.gtrace"
    for file in files:
        with gt.open_case(place) as case:
            case.load(file)
        answers.append(answer(place))
    assert answers[0] != answers[1]
    return answers[0], answers[1]


@pytest.mark.slow
def test_a_connection_that_is_cut_anywhere_leaves_the_case_as_before_or_as_after(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], told: tuple[str, str]
) -> None:
    gt.open_case(neo4j_uri).load(files[0])
    with CuttingProxy(neo4j_uri) as proxy:
        gt.open_case(proxy.uri).load(files[1])
        passed = dict(proxy.passed)
    assert answer(neo4j_uri) == told[1]
    for direction in DIRECTIONS:
        cut = [is_told_of_cut(neo4j_place, files, told, direction, most) for most in places(passed[direction])]
        assert sum(cut) > len(cut) // 2 if EXPLORES else any(cut)


def places(total: int) -> list[int]:
    """Numbers of bytes after which a connection is cut."""
    return [total * (2 * place + 1) // PLACES for place in range(PLACES // 2)]


def is_told_of_cut(place: Place, files: list[Path], told: tuple[str, str], direction: Direction, most: int) -> bool:
    """Load through a connection that is cut, and once more; whether somebody was told of it."""
    was_told = False
    place.empty()
    gt.open_case(place.uri).load(files[0])
    with CuttingProxy(place.uri, direction=direction, most=most) as proxy:
        try:
            gt.open_case(proxy.uri).load(files[1])
        except StoreError as error:
            was_told = bool(error.hint)
    assert answer(place.uri) in told, f"cut after {most} bytes {direction}"
    (report,) = gt.open_case(place.uri).load(files[1]).files
    assert report.rows == 71
    assert answer(place.uri) == told[1], f"cut after {most} bytes {direction}"
    assert gt.open_case(place.uri).verify() == []
    return was_told


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that a test may kill."""
    server = started_or_skipped()
    yield server
    server.__exit__()


class Killer:
    """Kills a server while its transaction ``number`` runs, counted from 1; 0 kills none and only counts."""

    def __init__(self, server: Server, real: Callable[..., Any], number: int) -> None:
        self.count = 0
        self._server = server
        self._real = real
        self._number = number

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.count += 1
        if self.count != self._number:
            return self._real(*arguments, **named)
        # half of these transactions have begun by then
        death = threading.Timer(0.003 * (self._number % 2), self._server.kill)
        death.start()
        try:
            return self._real(*arguments, **named)
        finally:
            death.join()


def killed_load(server: Server, file: Path, number: int) -> tuple[StoreError | None, int]:
    """Load a file into a server that is killed on the way; returns what was said, and the number of transactions."""
    killer = Killer(server, client.Neo4jClient.write, number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client.Neo4jClient, "write", lambda *arguments, **named: killer(*arguments, **named))
        try:
            with gt.open_case(server.uri) as case:
                case.load(file)
        except StoreError as error:
            return error, killer.count
    return None, killer.count


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_server_that_is_killed_in_the_middle_of_a_load_and_started_again_has_the_case_as_before_or_as_after(
    own_server: Server, files: list[Path], told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = own_server.place
    place.use(monkeypatch)
    gt.open_case(place.uri).load(files[0])
    said, total = killed_load(own_server, files[1], 0)
    assert said is None
    assert answer(place.uri) == told[1]
    for step in range(1, total + 1, 2) if EXPLORES else (total // 4, total // 2 + 1, total - 1):
        place.empty()
        gt.open_case(place.uri).load(files[0])
        said, _ = killed_load(own_server, files[1], step)
        assert said is not None, f"killed in step {step} of {total}"
        assert (said.exit_code, said.code) in ((3, "store_unavailable"), (3, client.COMMIT_UNKNOWN))
        assert said.hint
        own_server.start()
        assert answer(place.uri) in told, f"killed in step {step} of {total}"
        (report,) = gt.open_case(place.uri).load(files[1]).files
        assert report.rows == 71
        assert answer(place.uri) == told[1], f"killed in step {step} of {total}"
        assert gt.open_case(place.uri).verify(deep=True) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_server_that_is_killed_during_a_question_answers_the_same_case_when_it_is_started_again(
    own_server: Server, files: list[Path], told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = own_server.place
    place.use(monkeypatch)
    gt.open_case(place.uri).load(*files)
    asked = Killer(own_server, client.Neo4jClient._execute, 0)
    with gt.open_case(place.uri) as case:
        with monkeypatch.context() as patch:
            patch.setattr(client.Neo4jClient, "_execute", lambda *arguments: asked(*arguments))
            case.trace(*ASKED)
        killing = Killer(own_server, client.Neo4jClient._execute, asked.count // 2)
        with monkeypatch.context() as patch:
            patch.setattr(client.Neo4jClient, "_execute", lambda *arguments: killing(*arguments))
            with pytest.raises(StoreError) as caught:
                case.trace(*ASKED)
        assert (caught.value.exit_code, caught.value.code) == (3, "store_unavailable")
        assert caught.value.hint
        own_server.start()
        assert to_json_text(trace_document("", case.trace(*ASKED), "en")) == told[1]
        asked_of_case = [line for line in case.log().lines if line.what == "lookup"]
    # the log has the question that was not answered too, and no answer of it
    assert [("answer" in line.params) for line in asked_of_case[:3]] == [True, False, True]


def test_another_file_after_a_stopped_load_leaves_nothing_of_it(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        complete = neo4j_writer.Neo4jWriter._complete
        patch.setattr(neo4j_writer.Neo4jWriter, "_complete", _stop)
        with pytest.raises(KeyboardInterrupt):
            gt.open_case(neo4j_uri).load(files[1])
        patch.setattr(neo4j_writer.Neo4jWriter, "_complete", complete)
    assert neo4j_place.rows("MATCH (r:Record) RETURN count(*) > 60") == [[True]]
    assert gt.open_case(neo4j_uri).status().records["transfer"] == 0
    gt.open_case(neo4j_uri).load(files[0])
    with gt.open_case(tmp_path / "y.gtrace") as case:
        case.load(files[0])
    assert answer(neo4j_uri) == answer(tmp_path / "y.gtrace")
    assert neo4j_place.rows("MATCH (r:Record) RETURN count(*)") == [[30]]
    assert neo4j_place.rows("MATCH (n) WHERE NOT n:Case AND NOT n:Lookup AND NOT (n)--() RETURN labels(n)") == []
    assert gt.open_case(neo4j_uri).verify() == []


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_stopped_load_goes_on_where_it_stopped(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gt.open_case(neo4j_uri).load(files[0])
    with monkeypatch.context() as patch:
        patch.setattr(neo4j_writer.Neo4jWriter, "_complete", _stop)
        with pytest.raises(KeyboardInterrupt):
            gt.open_case(neo4j_uri).load(files[1])
    before = {node for (node,) in neo4j_place.rows("MATCH (r:Record) RETURN elementId(r)")}
    gt.open_case(neo4j_uri).load(files[1])
    assert {node for (node,) in neo4j_place.rows("MATCH (r:Record) RETURN elementId(r)")} == before
    assert answer(neo4j_uri) == told[1]


def test_a_party_keeps_its_name_until_the_load_that_renames_it_has_ended(
    neo4j_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later file has the earlier record, under another name and the same number."""
    files = [tmp_path / "old.csv", tmp_path / "new.csv"]
    files[0].write_text(f"{HEADER}甲,X70201,乙,2024-03-05,8986061900000000001,,,\n", "utf-8")
    files[1].write_text(f"{HEADER}丙,X70201,乙,2024-03-01,8986061900000000002,,,\n", "utf-8")
    gt.open_case(neo4j_uri).load(files[0])
    before = to_json_text(trace_document("", gt.open_case(neo4j_uri).trace("8986061900000000001"), "en"))
    with monkeypatch.context() as patch:
        patch.setattr(neo4j_writer.Neo4jWriter, "_complete", _stop)
        with pytest.raises(KeyboardInterrupt):
            gt.open_case(neo4j_uri).load(files[1])
    with gt.open_case(neo4j_uri) as case:
        assert to_json_text(trace_document("", case.trace("8986061900000000001"), "en")) == before
        assert case.party("X70201").party.name == "甲"
        said = str(case.query("flows-between-parties").rows)
        assert "甲" in said
        assert "丙" not in said
        case.load(files[1])
        assert case.party("X70201").party.name == "丙"


def test_parties_that_were_left_half_moved_are_told_apart_by_readers_and_moved_by_the_next_writer(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gt.open_case(neo4j_uri).load(files[0])
    batches = neo4j_writer.Neo4jWriter._batches
    for allowed in range(1, 12, 2) if EXPLORES else (2, 7):
        neo4j_place.empty()
        gt.open_case(neo4j_uri).load(files[0])
        left = allowed

        def some(self: neo4j_writer.Neo4jWriter, cypher: str, rows: list[object]) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            batches(self, cypher, rows)

        with monkeypatch.context() as patch:
            patch.setattr(neo4j_writer.Neo4jWriter, "_batches", some)
            try:
                gt.open_case(neo4j_uri).load(files[1])
            except KeyboardInterrupt:
                assert neo4j_place.rows("MATCH (c:Case) RETURN c.loads - c.resolved_through") == [[1]]
        assert answer(neo4j_uri) == told[1], f"after {allowed} steps"
        assert gt.open_case(neo4j_uri).verify() == [], f"after {allowed} steps"
        gt.open_case(neo4j_uri).load(files[1])
        assert neo4j_place.rows("MATCH (c:Case) RETURN c.loads - c.resolved_through") == [[0]]
        assert answer(neo4j_uri) == told[1], f"after {allowed} steps"
        odd = "MATCH (m:Mention) WHERE COUNT { (m)-[:REFERS_TO]->() } <> 1 RETURN m.mention"
        assert neo4j_place.rows(odd) == []


def test_a_reader_sees_what_it_began_with(neo4j_uri: str, files: list[Path], told: tuple[str, str]) -> None:
    gt.open_case(neo4j_uri).load(files[0])
    with gt.open_case(neo4j_uri) as case, case._stores.open() as store:
        gt.open_case(neo4j_uri).load(files[1])
        from graphtrace.analysis.card_trace import Tracer
        from graphtrace.results.traces import Traces

        assert to_json_text(trace_document("", Traces(Tracer(store).trace(ASKED)), "en")) == told[0]
        assert to_json_text(trace_document("", case.trace(*ASKED), "en")) == told[1]


def test_of_two_loaders_at_once_one_waits_or_is_told_so(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], told: tuple[str, str]
) -> None:
    outcomes: list[str] = []

    def load(file: Path) -> None:
        for _ in range(40):
            try:
                gt.open_case(neo4j_uri).load(file)
                outcomes.append("loaded")
                return
            except CaseLocked:
                outcomes.append("locked")
                time.sleep(0.2)

    gt.open_case(neo4j_uri).load(files[0])
    loaders = [threading.Thread(target=load, args=(file,)) for file in (files[1], files[1], files[0])]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()
    assert outcomes.count("loaded") == 3
    assert answer(neo4j_uri) == told[1]
    assert gt.open_case(neo4j_uri).verify() == []
    assert neo4j_place.rows("MATCH (f:File) RETURN count(*)") == [[2]]


def test_a_load_waits_for_another_writer_as_long_as_it_is_told(
    neo4j_place: Place, neo4j_uri: str, files: list[Path]
) -> None:
    gt.open_case(neo4j_uri).load(files[0])
    lease = "MATCH (c:Case) SET c.writer = 'another', c.writer_until = timestamp() + {}"
    neo4j_place.rows(lease.format(60_000))
    began = time.monotonic()
    with pytest.raises(CaseLocked, match="being written by another process"):
        gt.open_case(neo4j_uri, wait=0.5).load(files[1])
    assert 0.5 <= time.monotonic() - began < 20
    neo4j_place.rows(lease.format(1_000))
    assert not gt.open_case(neo4j_uri, wait=30).load(files[1]).has_errors


def test_a_database_that_holds_something_else_is_left_alone(
    neo4j_place: Place, neo4j_uri: str, files: list[Path]
) -> None:
    neo4j_place.rows("CREATE (:Film {title: 'x'})")
    with pytest.raises(CaseMissing):
        gt.open_case(neo4j_uri).status()
    with pytest.raises(StoreError, match="no case"):
        gt.open_case(neo4j_uri).load(files[0])
    assert neo4j_place.rows("MATCH (n) RETURN labels(n)") == [[["Film"]]]


FORGED = {
    "a withdrawn row counts": "MATCH (r:Retracted) SET r.sheet = r.stated_in REMOVE r.stated_in, r:Retracted",
    "a row hides behind the correction of another": (
        "MATCH (r:Record {row: 5, sheet: 2}) SET r.stated_in = 2, r.sheet = 1073741825, r:Retracted"
    ),
    "a row that was withdrawn once": "MATCH (r:Record {row: 5, sheet: 2}) SET r.lifted = 1, r:Reinstated",
    "ranges are not looked for": "MATCH (c:Case) SET c.classes = [0]",
    "rows that were not read are not looked for": "MATCH (c:Case) SET c.has_unread = false",
    "supporting records are not looked for": "MATCH (c:Case) SET c.has_supports = false",
    "a reply that nobody sent": "MATCH (c:Case) SET c.replies = 1",
    "a judgement is not applied": "MATCH (c:Case) SET c.suspended = [1]",
    "a device is hidden": "MATCH (r:Record) WHERE r.device IS NOT NULL REMOVE r.device",
    "a sale without numbers": "MATCH (r:QuantityOnly) REMOVE r:QuantityOnly",
    "a range elsewhere": "MATCH (l:Lot) SET l.low = l.low + 1",
    "a step of nobody": "MATCH (:Party)-[l:SENT]->(:Record {row: 5, sheet: 2}) DELETE l",
    "the name of a file": "MATCH (f:File {load: 1}) SET f.name = 'other.csv'",
    "the day of a load": "MATCH (f:File {load: 1}) SET f.loaded_at = '2020-01-01T00:00:00+08:00'",
    "the rows of a sheet": "MATCH (s:Sheet {sheet: 1}) SET s.loaded = s.loaded - 1, s.duplicate = s.duplicate + 1",
    "the day of a correction": "MATCH (k:Correction) SET k.at = '2020-01-01T00:00:00+08:00'",
}
"""Changes by Cypher after which some question is answered otherwise, and which no source is needed to find."""
_OF_PARTIES = {"a judgement is not applied"}
"""Changes that nobody reads where the parties wait to be resolved."""


@pytest.mark.parametrize("is_pending", [False, True], ids=["resolved", "pending"])
def test_what_was_changed_by_cypher_is_found_whatever_the_graph_says_of_itself(
    neo4j_place: Place, neo4j_uri: str, files: list[Path], tmp_path: Path, *, is_pending: bool
) -> None:
    used, parcels = tmp_path / "used.csv", tmp_path / "parcels.csv"
    used.write_text("卡号,激活时间,IMEI\n8986061900000000001,2024-05-01,490154203237518\n", "utf-8")
    parcels.write_text("运单号,寄件人,收件人\nSF1234567890123,甲0,乙0\n", "utf-8")
    with gt.open_case(neo4j_uri) as case:
        assert not case.load(*files, used, parcels).has_errors
        case.correct("new.csv:4", why="misread", who="me")
        assert case.verify(deep=True) == []
    kept = [neo4j_place.rows(_NODES), neo4j_place.rows(_LINKS)]
    for what, cypher in FORGED.items():
        neo4j_place.rows(cypher)
        if is_pending:
            neo4j_place.rows("MATCH (c:Case) SET c.resolved_through = -1")
        with gt.open_case(neo4j_uri) as case:
            is_found = bool(case.verify())
        assert is_found is not (is_pending and what in _OF_PARTIES), what
        neo4j_place.rows(_PUT_BACK_NODES, rows=kept[0])
        neo4j_place.rows(_PUT_BACK_LINKS, rows=kept[1])
    with gt.open_case(neo4j_uri) as case:
        assert case.verify() == []


_NODES = "MATCH (n) RETURN elementId(n), labels(n), properties(n)"
_LINKS = "MATCH (a:Party)-[:SENT]->(b:Record) RETURN elementId(a), elementId(b)"
_PUT_BACK_NODES = """
UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row[0] SET n = row[2]
REMOVE n:Retracted:Reinstated:QuantityOnly
FOREACH (_ IN CASE WHEN 'Retracted' IN row[1] THEN [1] ELSE [] END | SET n:Retracted)
FOREACH (_ IN CASE WHEN 'QuantityOnly' IN row[1] THEN [1] ELSE [] END | SET n:QuantityOnly)
"""
_PUT_BACK_LINKS = """
UNWIND $rows AS row MATCH (a), (b) WHERE elementId(a) = row[0] AND elementId(b) = row[1] MERGE (a)-[:SENT]->(b)
"""
