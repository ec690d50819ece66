"""A server that is killed, a browser that goes away, files that are large, two who write: the case stays whole."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

import graphtrace as gt

from ..neo4j.server import Place
from .bench import CARD, Bench, write_files
from .bench import served_apart as served
from .test_pages import upload, wait_until_idle

HEADER = "转出方,转入方,日期,卡号,渠道\n"


def many(rows: int) -> bytes:
    first = 8986061900000000001
    body = "".join(f"星海智联科技有限公司,老K,2024-03-{1 + n % 28:02d},{first + n},微信\n" for n in range(rows))
    return (HEADER + body).encode()


def begin(bench: Bench, name: str, content: bytes) -> None:
    assert bench.post("/inbox/load", {"ticket": upload(bench, name, content)}).status == 303
    for _ in range(300):
        if "bench-running" in bench.ask("/inbox/tasks").text:
            return
        time.sleep(0.02)
    raise AssertionError("the load does not begin")


@pytest.mark.slow
@pytest.mark.posix
def test_a_server_that_is_killed_in_a_load_leaves_the_case_as_it_was(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:
        begin(bench, "large.csv", many(300_000))
        bench.process.kill()
        bench.process.wait(30)
    with gt.open_case(copy) as opened:
        assert {entry["file"] for entry in opened.status().files} == {"sales.csv", "transfers.csv", "seizures.csv"}
        assert opened.verify() == []
    # the next workbench finds nothing of it either, and loads the file
    with served(copy) as bench:
        assert "large.csv" not in bench.ask("/").words
        assert bench.post("/inbox/load", {"ticket": upload(bench, "large.csv", many(1_000))}).status == 303
        assert "bench-done" in wait_until_idle(bench).text
    assert not list(copy.glob(".scratch/*"))


def test_a_load_goes_on_when_the_browser_is_closed(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as bench:
        # a body that ends before its length: nothing of it stays, and nothing is loaded
        with socket.create_connection(("127.0.0.1", bench.port), timeout=20) as half:
            head = (
                f"POST /inbox/files HTTP/1.1\r\nHost: {bench.host}\r\nCookie: {bench.cookie}\r\n"
                f"X-Graphtrace-Csrf: {bench.csrf}\r\nX-File-Name: half.csv\r\nContent-Length: 1000\r\n\r\nabc"
            )
            half.sendall(head.encode())
        begin(bench, "large.csv", many(50_000))
        # nobody asks any more; whoever comes back sees what became of it
        time.sleep(0.5)
        other = Bench(bench.take_address(), bench.next_address)
        other.enter()
        words = wait_until_idle(other).words
        assert "large.csv" in words
        assert "half.csv" not in words
        assert not list(copy.rglob("half.csv*"))
    with gt.open_case(copy) as opened:
        assert opened.status().files[-1]["rows"] == 50_000


@pytest.mark.slow
def test_a_file_of_200_megabytes_is_taken_in_without_being_held(case: Path) -> None:
    size, block = 200 * 2**20, b"x" * 2**20
    status = Path("/proc/self/status")

    def resident_mb(process: int) -> int:
        found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process}/status").read_text())
        assert found is not None
        return int(found[1]) // 1024

    with served(case) as bench:
        csrf = bench.csrf
        before = resident_mb(bench.process.pid) if status.exists() else 0
        connection = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=120)
        connection.putrequest("POST", "/inbox/files", skip_host=True)
        connection.putheader("Host", bench.host)
        sent = {"Cookie": bench.cookie, "X-Graphtrace-Csrf": csrf, "X-File-Name": quote("large.csv")}
        for name, value in {**sent, "Content-Length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        for _ in range(size // len(block)):
            connection.send(block)
        answer = connection.getresponse()
        assert answer.status == 200
        assert f'"bytes":{size}' in answer.read().decode()
        connection.close()
        if status.exists():
            assert resident_mb(bench.process.pid) - before < 50
        (kept,) = case.rglob("large.csv")
        assert kept.stat().st_size == size
    assert not list(case.rglob("large.csv"))


def test_two_who_write_at_once_lose_nothing(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    with served(copy) as one, served(copy) as other:

        def work(bench: Bench) -> None:
            name = f"{bench.port}.csv"
            row = f"老K,丙{bench.port},2024-06-01,8986061900000000009,QQ\n"
            ticket = upload(bench, name, (HEADER + row).encode())
            assert bench.post("/inbox/load", {"ticket": ticket}).status == 303
            for number in range(5):
                note = {"about": f"card:{CARD}", "text": f"{bench.port} {number}"}
                for _ in range(50):
                    if bench.post("/notes", note).status == 303:
                        break
                    time.sleep(0.2)
            assert "bench-done" in wait_until_idle(bench).text

        with ThreadPoolExecutor(2) as people:
            list(people.map(work, (one, other)))
        # neither shows what was there before the other wrote
        for bench in (one, other):
            page = bench.ask("/card/8986061900000000009").words
            assert all(f"丙{each.port}" in page for each in (one, other))
            assert bench.ask(f"/card/{CARD}").text.count('class="bench-text"') == 10
    with gt.open_case(copy) as opened:
        assert len(opened.status().files) == 5
        assert len(opened.notes()) == 10
        assert opened.verify() == []


def test_two_people_on_a_server_see_what_the_other_writes(neo4j_uri: str, neo4j_place: Place, tmp_path: Path) -> None:
    with gt.open_case(neo4j_uri) as opened:
        opened.load(*write_files(tmp_path))
    with served(neo4j_uri) as one, served(neo4j_uri) as other:
        torn = "/card/8986061900000000002"
        assert "outcome-broken" in one.ask(torn).text
        judged = {"one": "老K", "other": "赵六", "verdict": "same", "why": "same telephone"}
        assert other.post("/judge", judged).status == 303
        assert "outcome-continuous" in one.ask(torn).text
        assert other.post("/notes", {"about": f"card:{CARD}", "text": "seen by the other"}).status == 303
        assert "seen by the other" in one.ask(f"/card/{CARD}").words
        row = "王五,孙八,2024-08-01,8986061900000000001,QQ\n"
        assert one.post("/inbox/load", {"ticket": upload(one, "more.csv", (HEADER + row).encode())}).status == 303
        assert "bench-done" in wait_until_idle(one).text
        assert "孙八" in other.ask(f"/card/{CARD}").words
        cypher = quote("MATCH (c:Case) RETURN c.notes AS notes")
        assert "notes" in one.ask(f"/sql?text={cypher}").words
    with gt.open_case(neo4j_uri) as opened:
        assert [note["text"] for note in opened.notes()] == ["seen by the other"]
        assert opened.verify() == []


HANGING = """
import re, sys

def hang():
    re.match("(a+)+$", "a" * 99 + "b")  # in compiled code, which hears nothing

if "graphtrace.workbench.load_worker" in sys.orig_argv:
    if {is_early}:
        import graphtrace.ingest.containers as containers
        containers.find_sources = lambda *_, **__: hang()
    else:
        from graphtrace.case import Case
        load = Case.load
        Case.load = lambda *given, **named: (load(*given, **named), hang())
"""


def let_loads_hang(folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_early: bool) -> None:
    """Let the loads of workbenches hang before they read anything, or when all is in the case."""
    (folder / "sitecustomize.py").write_text(HANGING.replace("{is_early}", str(is_early)), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def stop(bench: Bench, number: int) -> str:
    began = time.monotonic()
    assert bench.post(f"/tasks/{number}/cancel", {}).status == 303
    words = wait_until_idle(bench).words
    assert time.monotonic() - began < 15
    return words


@pytest.mark.slow
def test_a_load_that_hangs_is_stopped_and_the_next_one_goes_on(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    let_loads_hang(tmp_path, monkeypatch, is_early=True)
    with served(copy) as bench:
        begin(bench, "bad.csv", many(10))
        # the next process is started when this one has ended
        (tmp_path / "sitecustomize.py").unlink()
        words = stop(bench, 1)
        assert "bad.csv · stopped" in words
        assert "Nothing of it is in the case" in words
        assert bench.post("/inbox/load", {"ticket": upload(bench, "good.csv", many(10))}).status == 303
        assert "bench-done" in wait_until_idle(bench).text
    with gt.open_case(copy) as opened:
        assert [entry["file"] for entry in opened.status().files][3:] == ["good.csv"]
        assert opened.verify() == []


@pytest.mark.slow
def test_the_program_ends_at_once_and_takes_a_load_that_hangs_with_it(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    let_loads_hang(tmp_path, monkeypatch, is_early=True)
    with served(copy) as bench:
        begin(bench, "bad.csv", many(10))
        began = time.monotonic()
        bench.process.terminate()
        bench.process.wait(30)
        assert time.monotonic() - began < 12
    with gt.open_case(copy) as opened:
        assert len(opened.status().files) == 3
        assert opened.verify() == []


@pytest.mark.slow
def test_a_load_that_is_stopped_too_late_is_said_to_be_in_the_case(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "x.gtrace"
    shutil.copytree(case, copy)
    let_loads_hang(tmp_path, monkeypatch, is_early=False)
    with served(copy) as bench:
        begin(bench, "large.csv", many(1_000))
        for _ in range(200):
            if (copy / "ledger.jsonl").read_text("utf-8").count("\n") == 4:
                break
            time.sleep(0.1)
        words = stop(bench, 1)
        assert "large.csv · stopped too late: loaded" in words
        assert "large.csv · 1,000 rows" in words
    with gt.open_case(copy) as opened:
        assert opened.status().files[-1]["rows"] == 1_000
