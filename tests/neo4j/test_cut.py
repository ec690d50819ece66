"""A connection that breaks or falls silent is told within seconds, with the patience that users have."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.errors import StoreError
from graphtrace.storage.neo4j import neo4j_writer

from .proxy import CuttingProxy

ROWS = "转出方,转入方,日期,卡号\n" + "".join(f"甲,乙,2024-03-05,{8986061900000000001 + n}\n" for n in range(2_000))
FEW_S = 15
"""On a machine that is busy; 7 s are planned."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(ROWS, "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_cut_between_two_questions_is_told_within_seconds_and_is_no_wrong_port(
    neo4j_uri: str, file: Path, scheme: str
) -> None:
    with gt.open_case(neo4j_uri) as case:
        case.load(file)
    with CuttingProxy(neo4j_uri) as proxy, gt.open_case(proxy.uri.replace("bolt", scheme)) as case:
        if scheme == "bolt":
            assert case.status().records["transfer"] == 2_000
        proxy.cut()
        started = time.monotonic()
        with pytest.raises(StoreError) as raised:
            case.status()
    assert time.monotonic() - started < FEW_S
    expected = "the connection to the server was lost" if scheme == "bolt" else "the server cannot be reached"
    assert expected in raised.value.message
    assert "ask again" in raised.value.hint or scheme == "neo4j"


def test_a_cut_in_the_middle_of_an_answer(neo4j_uri: str, file: Path) -> None:
    with gt.open_case(neo4j_uri) as case:
        case.load(file)
    with CuttingProxy(neo4j_uri, direction="to_client", most=40_000) as proxy, gt.open_case(proxy.uri) as case:
        started = time.monotonic()
        with pytest.raises(StoreError, match="the connection to the server was lost"):
            case.graph("record")
    assert time.monotonic() - started < FEW_S


@pytest.mark.slow
def test_a_cut_in_the_middle_of_a_load_is_told_within_seconds_in_both_languages(
    neo4j_uri: str, file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # the second load waits for the lease of the first to run out
    monkeypatch.setattr(neo4j_writer, "LEASE_MS", 2_000)
    for lang, said in (("en", "the connection to the server was lost"), ("zh", "与服务器的连接中断")):
        with CuttingProxy(neo4j_uri, most=60_000) as proxy:
            started = time.monotonic()
            assert main(["--case", proxy.uri, "--lang", lang, "load", str(file)]) == 3
        assert time.monotonic() - started < FEW_S + 5
        assert said in capfd.readouterr().err


def test_a_server_that_takes_connections_and_says_nothing_is_told_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(StoreError, match=r"no answer in time|cannot be reached"):
            gt.open_case(f"bolt://127.0.0.1:{silent.getsockname()[1]}").status()
        assert time.monotonic() - started < FEW_S
