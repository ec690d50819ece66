"""Every reason why a server does not answer is reported in one line, with the next command, and without a password."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.errors import StoreError, UsageError
from graphtrace.storage.neo4j import client, neo4j_writer
from graphtrace.storage.neo4j.client import Address, is_unsupported

from .proxy import CuttingProxy
from .server import Place, Server, free_port, started_or_skipped

SECRET = "hunter2-very-secret"
ROWS = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_RETRY_S", 0.5)
    monkeypatch.setattr(client, "_TIMEOUT_S", 5.0)
    # a writer that was cut off holds its lease until this runs out
    monkeypatch.setattr(neo4j_writer, "LEASE_MS", 2_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(ROWS, "utf-8")
    return path


def failed(uri: str, *files: Path) -> StoreError:
    """The error of a question, or of a load where files are named."""
    with gt.open_case(uri) as case, pytest.raises(StoreError) as caught:
        case.load(*files) if files else case.status()
    error = caught.value
    assert error.exit_code == 3
    assert "\n" not in error.message
    assert error.hint
    assert SECRET not in error.message + error.hint
    return error


def test_an_unknown_machine(file: Path) -> None:
    error = failed("neo4j://no-such-machine.invalid:7687")
    assert "no machine of this name" in error.message
    assert failed("bolt://no-such-machine.invalid", file).message.startswith("bolt://no-such-machine.invalid")


def test_a_port_at_which_nobody_answers(capfd: pytest.CaptureFixture[str]) -> None:
    assert "nobody answers at this port" in failed(f"bolt://127.0.0.1:{free_port()}").message
    assert "the server cannot be reached" in failed(f"neo4j://127.0.0.1:{free_port()}").message
    assert capfd.readouterr().err == ""


def test_a_wrong_password_and_then_the_right_one(
    neo4j_uri: str, neo4j_place: Place, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    error = failed(neo4j_uri)
    assert (error.code, "NEO4J_PASSWORD" in error.hint) == ("wrong_password", True)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_place.password)
    monkeypatch.delenv("NEO4J_USERNAME")
    monkeypatch.setenv("NEO4J_USER", neo4j_place.user)
    with gt.open_case(neo4j_uri) as case:
        assert case.load(file).files[0].loaded == 1


def test_an_expired_password(neo4j_uri: str, neo4j_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with neo4j_place.driver() as driver:
        driver.execute_query(f"CREATE OR REPLACE USER late SET PASSWORD '{SECRET}' CHANGE REQUIRED", database_="system")
    monkeypatch.setenv("NEO4J_USERNAME", "late")
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    error = failed(neo4j_uri)
    assert (error.code, "expired" in error.message) == ("password_expired", True)


def test_no_password_at_all(neo4j_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEO4J_USERNAME")
    monkeypatch.delenv("NEO4J_PASSWORD")
    assert "NEO4J_PASSWORD" in failed(neo4j_uri).hint


def test_a_database_that_is_not_there(neo4j_uri: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failed(f"{neo4j_uri}/nothere", file).code == "no_such_database"
    monkeypatch.setenv("NEO4J_DATABASE", "nothere")
    assert failed(neo4j_uri).code == "no_such_database"
    with gt.open_case(f"{neo4j_uri}/neo4j") as case:
        assert case.load(file).files[0].loaded == 1


def test_a_database_without_a_case(neo4j_uri: str) -> None:
    error = failed(neo4j_uri)
    assert (error.code, "load FILE" in error.hint) == ("case_missing", True)


@pytest.mark.parametrize(
    "address",
    [
        f"neo4j://neo4j:{SECRET}@localhost",
        f"bolt://{SECRET}@localhost:7687/case",
        f"NEO4J://neo4j:{SECRET}@localhost",
        f"neo4j:{SECRET}@localhost:7687",
        f"bolt:neo4j:{SECRET}@localhost",
        f"neo4j+x://neo4j:{SECRET}@localhost",
        f"http://neo4j:{SECRET}@localhost:7474",
        f"bolt+s://localhost?password={SECRET}",
        f"bolt+s://localhost?x={SECRET}",
        f"neo4j://localhost?region=eu&Password={SECRET}",
        f"neo4j://localhost?%70assword={SECRET}",
        f"neo4j://localhost?pwd={SECRET}",
        f"neo4j://localhost?token={SECRET}",
        f"neo4j://localhost#{SECRET}",
        f"neo4j://localhost?region=eu#{SECRET}",
        f"neo4j://localhost/a/b?x={SECRET}",
        f"neo4j://local[host?password={SECRET}",
        f"neo4j://localhost:port?password={SECRET}",
        f"neo4j://neo4j:{SECRET}/@localhost",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(
    address: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as caught:
        gt.open_case(address)
    assert SECRET not in caught.value.message + caught.value.hint
    for arguments in (["status", "--case", address, "-v"], ["--json", "copy", "x.gtrace", address]):
        assert main(arguments) in (2, 3)
    monkeypatch.setenv("GRAPHTRACE_CASE", address)
    assert main(["trace", "8986061900000000001", "--lang", "zh"]) == 2
    assert SECRET not in "".join(capfd.readouterr())


def test_parameters_of_routing_are_handed_on_and_not_repeated() -> None:
    address = f"neo4j://127.0.0.1:{free_port()}?region={SECRET}"
    assert Address.parse(address).uri == address
    assert failed(address).message.startswith(address.partition("?")[0] + ": ")


@pytest.mark.parametrize("text", ["bolt://", "neo4j://host:port", "neo4j://host/a/b"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="address"):
        gt.open_case(text)


def test_an_address_names_its_database_before_the_environment_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", "b")
    assert Address.parse("neo4j+s://host:7687/a") == Address("neo4j+s://host:7687", "a")
    assert Address.parse("neo4j://host?region=eu") == Address("neo4j://host?region=eu", "b")


def test_servers_that_lack_what_is_needed_are_known_by_their_version() -> None:
    assert is_unsupported("Neo4j/4.4.39")
    assert is_unsupported("Neo4j/5.25.1")
    assert not is_unsupported("Neo4j/5.26.0")
    assert not is_unsupported("Neo4j/2025.01.0")


def test_a_server_that_calls_itself_too_old_is_refused_before_anything_is_asked(
    neo4j_uri: str, neo4j_place: Place, file: Path
) -> None:
    with CuttingProxy(neo4j_uri, told=(b"Neo4j/5.26", b"Neo4j/4.44")) as proxy:
        error = failed(proxy.uri, file)
    assert error.code == "server_too_old"
    assert "Neo4j/4.44" in error.message
    assert "5.26" in error.hint
    assert neo4j_place.rows("MATCH (n) RETURN count(*)") == [[0]]


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("Neo.ClientError.Security.Forbidden", "not_allowed"),
        ("Neo.ClientError.Cluster.NotALeader", "read_only"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "read_only"),
        ("Neo.TransientError.Database.DatabaseUnavailable", "store_unavailable"),
    ],
)
def test_what_only_servers_of_the_enterprise_edition_refuse_is_said_as_well(code: str, meant: str) -> None:
    """Community Edition has neither roles nor clusters, so these are made as the driver makes them."""
    from neo4j.exceptions import Neo4jError

    address = Address.parse("neo4j://host:7687/case")
    error = client._translation(Neo4jError._hydrate_neo4j(code=code, message=f"{SECRET}\nmore"), address)
    assert error.code == meant
    assert error.exit_code == 3
    assert "\n" not in error.message
    assert error.hint
    assert SECRET not in error.message + error.hint


def test_a_connection_that_is_lost_in_the_middle_of_a_load_is_said_with_what_to_type_next(
    neo4j_uri: str, neo4j_place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    path.write_text(ROWS + "".join(f"甲,乙,2024-03-05,{8986061900000000001 + n}\n" for n in range(5_000)), "utf-8")
    with CuttingProxy(neo4j_uri, most=150_000) as proxy:
        error = failed(proxy.uri, path)
    assert "load again" in error.hint or "start the server" in error.hint
    with gt.open_case(neo4j_uri) as case:
        assert case.status().files == []
        assert case.load(path).files[0].rows == 5_001
        assert case.status().records["transfer"] == 5_000
    assert neo4j_place.rows("MATCH (f:File) RETURN f.complete") == [[True]]


def test_what_a_process_wrote_it_sees_whichever_member_of_a_cluster_answers(neo4j_uri: str, file: Path) -> None:
    """There is one member here; what can be shown is that each question carries how far the writing went."""
    uri = neo4j_uri.replace("bolt://", "neo4j://")
    with gt.open_case(uri) as case:
        case.load(file)
        assert case.status().records["transfer"] == 1
    address = Address.parse(uri)
    written = client._bookmarks_of(address)
    assert written is not None
    assert list(written.get_bookmarks())
    with client.Neo4jClient(address) as server:
        assert server._bookmarks is written
    assert client._bookmarks_of(Address.parse(neo4j_uri)) is None


def test_the_command_line_says_it_in_one_line(
    neo4j_uri: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    assert main(["--case", neo4j_uri, "status", "-v"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]
    assert SECRET not in err


@pytest.mark.posix
@pytest.mark.slow
def test_no_list_of_processes_and_no_output_shows_the_password(
    neo4j_uri: str, neo4j_place: Place, file: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "NEO4J_USERNAME": neo4j_place.user,
        "NEO4J_PASSWORD": neo4j_place.password,
        "NEO4J_DEBUG": "1",
    }
    command = [sys.executable, "-m", "graphtrace", "--case", neo4j_uri, "-v", "load", str(file)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        shown = ""
        while process.poll() is None:
            shown += Path(f"/proc/{process.pid}/cmdline").read_text(errors="replace")
            time.sleep(0.05)
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert "load" in shown
    assert neo4j_place.password not in shown + out + err


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that may be stopped."""
    server = started_or_skipped()
    yield server
    server.__exit__()


@pytest.mark.slow
def test_a_server_that_is_killed_and_comes_back_whole_then_read_only_then_poor(
    own_server: Server, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = own_server.place
    place.use(monkeypatch)
    more = tmp_path / "more.csv"
    more.write_text(
        ROWS + "".join(f"甲,{'乙' * 200}{n},2024-03-05,{8986061900000000001 + n}\n" for n in range(9_000)), "utf-8"
    )
    with gt.open_case(place.uri) as case:
        case.load(file)
        own_server.kill()
        assert "nobody answers" in failed(place.uri).message
        assert "nobody answers" in failed(place.uri, more).message

        # what was cut off is recovered first: a server does not always come up where it may not write
        own_server.start()
        assert case.status().records["transfer"] == 1
        own_server.stop()

        own_server.start(**{"server.databases.read_only": "neo4j"})
        assert case.status().records["transfer"] == 1
        assert failed(place.uri, more).code == "read_only"
        own_server.stop()

        own_server.start(**{"db.memory.transaction.max": "2m"})
        error = failed(place.uri, more)
        assert "memory" in error.message
        assert "memory" in error.hint
        assert case.status().records["transfer"] == 1
        own_server.stop()

        own_server.start()
        assert case.load(more).files[0].rows == 9_001
        assert case.status().records["transfer"] == 9_001
        assert case.verify() == []
