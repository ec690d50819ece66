"""Questions that take long wait for each other and end with the browser; quick pages pass them."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from graphtrace.workbench.questions import MAX_LONG

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
