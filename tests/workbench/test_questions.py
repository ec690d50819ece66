"""Questions that take long wait for each other and end with the browser; quick pages pass them."""

from __future__ import annotations

import importlib
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.responses import Response

from graphtrace.errors import UsageError
from graphtrace.workbench.case_pool import GONE, MAX_LONG, AbandonableQuestion, CasePool, interruptible

from .bench import CARD, Bench, served

ENDLESS = "/sql?text=" + quote("SELECT sum(sin(a.range) * sin(b.range)) FROM range(4000000) a, range(4000000) b")


def ask_and_keep(bench: Bench, path: str) -> socket.socket:
    """A browser that asks and waits."""
    connection = socket.create_connection(("127.0.0.1", bench.port), timeout=60)
    head = f"GET {path} HTTP/1.1\r\nHost: {bench.host}\r\nCookie: {bench.cookie}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def test_quick_pages_pass_long_ones_and_those_end_when_nobody_waits(case: Path) -> None:
    with served(case) as bench:
        asking = [ask_and_keep(bench, ENDLESS) for _ in range(MAX_LONG + 6)]
        time.sleep(1.0)
        began = time.monotonic()
        with ThreadPoolExecutor(4) as people:
            quick = list(people.map(bench.ask, [f"/card/{CARD}", "/log", "/find?q=x", f"/card/{CARD}"] * 2))
        assert {answer.status for answer in quick} == {200}
        assert time.monotonic() - began < 20
        # all go away: those in the queue leave it, the others end, and the next long question is answered
        for connection in asking:
            connection.close()
        began = time.monotonic()
        answer = bench.ask("/sql?text=" + quote("SELECT 41 + 1 AS sum"))
        assert "42" in answer.words
        assert time.monotonic() - began < 20
        # the case answers as before
        assert "王五" in bench.ask(f"/card/{CARD}").words
        assert bench.ask("/audit").status == 200
        assert bench.ask("/leads").status == 200


def test_a_question_is_not_cut_short_while_it_imports_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some modules, numpy among them, cannot be imported again in a process where the first attempt was cut short."""
    (tmp_path / "imported_slowly.py").write_text(
        "import time\nfor _ in range(60):\n    time.sleep(0.05)\nDONE = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    question = AbandonableQuestion()
    came: list[str] = []

    def answer(_: Request) -> Response:
        with interruptible():
            module = importlib.import_module("imported_slowly")
            came.append(f"imported {module.DONE}")
            while True:
                time.sleep(0.01)

    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(question.run, answer, Request({"type": "http"}))
        while "imported_slowly" not in sys.modules:
            time.sleep(0.01)
        assert question.abandon() is False
        began = time.monotonic()
        while not question.abandon():
            assert time.monotonic() - began < 60
            time.sleep(0.02)
        assert result.result(timeout=60).status_code == GONE
    assert came == ["imported True"]


def test_a_case_that_ended_in_the_middle_of_something_is_not_lent_again(case: Path) -> None:
    pool = CasePool(str(case), wait_s=10, memory_limit=None)
    with pytest.raises(BufferError), pool.case() as broken:
        raise BufferError
    with pytest.raises(UsageError), pool.case() as asked_wrongly:
        raise UsageError("nothing_asked", hint="ask_something")
    assert asked_wrongly is not broken
    with pool.case() as again:
        assert again is asked_wrongly
        assert again.trace(CARD)[0].found
    pool.close()


def test_an_error_that_comes_of_ending_a_question_is_nobodys() -> None:
    question = AbandonableQuestion()

    def answer(_: Request) -> Response:
        question.abandon()
        raise BufferError

    assert question.run(answer, Request({"type": "http"})).status_code == GONE
    with pytest.raises(BufferError):
        AbandonableQuestion().run(answer, Request({"type": "http"}))
