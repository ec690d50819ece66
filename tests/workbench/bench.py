"""A workbench that really runs, and requests to it as a browser, or somebody else, sends them."""

from __future__ import annotations

import http.client
import os
import pickle
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from graphtrace.workbench import load_process, load_worker, server

ROOT = Path(__file__).parents[2]
SALES = """运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量
中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,100
"""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e{{7*7}}"
TRANSFERS = f"""转出方,转入方,日期,卡号,渠道
星海智联科技有限公司,老K,2024-03-05,8986061900000000001,微信
老K,王五,2024-04-01,8986061900000000001,QQ
星海智联科技有限公司,老K,2024-03-05,8986061900000000002,微信
赵六,钱七,2024-05-01,8986061900000000002,QQ
星海智联科技有限公司,"{HOSTILE.replace('"', '""')}",2024-03-09,8986061900000000003,QQ
"""
SEIZURES = """卡号,查获日期,案件编号,地点,持有人
8986061900000000001,2024-06-01,A-2024-1,云洲,王五
8986061900000000002,2024-06-02,A-2024-1,云洲,钱七
"""
CARD = "8986061900000000001"


def write_files(folder: Path) -> list[Path]:
    files = {"sales.csv": SALES, "transfers.csv": TRANSFERS, "seizures.csv": SEIZURES}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """Return the text that a person reads, without markup."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


@dataclass
class Bench:
    """A running workbench; ``cookie`` and the host are empty until :meth:`enter`.

    ``address`` lets one browser in, once; the program prints the next one when it was used.
    """

    address: str
    next_address: Callable[[], str]
    process: subprocess.Popen[str] | None = None
    cookie: str = ""
    host: str = ""
    port: int = field(init=False)

    def __post_init__(self) -> None:
        port = urlsplit(self.address).port
        assert port is not None
        self.port = port

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def door(self) -> str:
        return f"127.0.0.1:{self.port}"

    def take_address(self) -> str:
        """An address that lets one browser in, which is used at once."""
        if not self.address:
            self.address = self.next_address()
        taken, self.address = self.address, ""
        return taken

    def take_token(self) -> str:
        return parse_qs(urlsplit(self.take_address()).query)["token"][0]

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_let_in: bool = True,
    ) -> Answer:
        """One request, with these headers and nothing else but the cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": self.host, **(headers or {})}
        if is_let_in and "Cookie" not in sent:
            sent["Cookie"] = self.cookie
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        if body is not None and "Content-Length" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was read
            connection.send(body or b"")
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        return answer

    def enter(self) -> None:
        """Let this browser in by an address, through the door if it is that of the door."""
        parts = urlsplit(self.take_address())
        if parts.netloc == self.door:
            answer = self.ask(f"/?{parts.query}", headers={"Host": self.door}, is_let_in=False)
            assert answer.status == 303
            assert "set-cookie" not in answer.headers
            parts = urlsplit(answer.headers["location"])
        self.host = parts.netloc
        answer = self.ask(f"/?{parts.query}", is_let_in=False)
        assert (answer.status, answer.headers["refresh"]) == (200, "0; url=/")
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.ask("/cases").text)
        assert found is not None
        return found[1]

    def post(self, path: str, fields: Mapping[str, str | list[str]], **headers: str) -> Answer:
        """A form of one of its own pages."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.origin,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.ask(
            path, method="POST", body=urlencode({"csrf": self.csrf, **fields}, doseq=True).encode(), headers=sent
        )


ABSENT = ("GRAPHTRACE_CASE", "GRAPHTRACE_LANG", "LC_ALL", "LC_MESSAGES")


def environment(home: Path | None, settings: str) -> dict[str, str]:
    named = {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "GRAPHTRACE_SETTINGS": settings}
    if home is not None:
        named |= {"HOME": str(home), "USERPROFILE": str(home), "GRAPHTRACE_SETTINGS": str(home / "settings")}
    return named


def _read_here(
    request: load_worker.Request, stop: threading.Event, progress: Callable[[str, int, int | None], None]
) -> Any:
    """Take the place of the process that reads files: what it is asked and says is pickled as for it."""

    def tell(said: Any) -> None:
        progress(*pickle.loads(pickle.dumps(said)))

    said = load_worker.answer(pickle.loads(pickle.dumps(request)), stop, tell)
    return load_process._wanted(pickle.loads(pickle.dumps(said)))


@contextmanager
def served(case: Path | str | None, *options: str, home: Path | None = None) -> Iterator[Bench]:
    """A workbench on a case, or one that has to choose one, until the end of the block: a thread of this process."""
    given = dict(pairwise((*options, "")))
    desks: list[server.CaseDesk] = []
    addresses: queue.Queue[str] = queue.Queue()
    ended: list[BaseException] = []

    class KeptDesk(server.CaseDesk):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            desks.append(self)

    def run() -> None:
        try:
            server.serve(
                None if case is None else str(case),
                lang="zh" if given.get("--lang") == "zh" else "en",
                port=0,
                is_read_only="--read-only" in given,
                memory_limit=None,
                announce=addresses.put,
                open_browser=False,
                purpose=given.get("--purpose"),
            )
        except BaseException as error:
            ended.append(error)
            addresses.put("")

    def next_address() -> str:
        return addresses.get(timeout=60)

    with TemporaryDirectory() as settings, pytest.MonkeyPatch.context() as patch:
        for name in ABSENT:
            patch.delenv(name, raising=False)
        for name, value in environment(home, settings).items():
            patch.setenv(name, value)
        patch.chdir(home or ROOT)
        patch.setattr(server, "CaseDesk", KeptDesk)
        patch.setattr(load_process, "_run", _read_here)
        thread = threading.Thread(target=run, name="workbench")
        thread.start()
        try:
            line = next_address()
            assert line, ended
            bench = Bench(line, next_address)
            bench.enter()
            yield bench
        finally:
            for desk in desks:
                for each in desk._served.values():
                    each.server.should_exit = True
            thread.join(30)


@contextmanager
def served_apart(case: Path | str | None, *options: str, home: Path | None = None) -> Iterator[Bench]:
    """The same as a process of its own, which can be killed, measured and told to end."""
    with TemporaryDirectory() as settings:
        yield from _served(case, *options, home=home, settings=settings)


def _served(case: Path | str | None, *options: str, home: Path | None, settings: str) -> Iterator[Bench]:
    named = {**os.environ, **environment(home, settings)}
    for name in ABSENT:
        named.pop(name, None)
    command = [sys.executable, "-m", "graphtrace", "serve", "--no-browser", *options]
    if case is not None:
        command += ["--case", str(case)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home or ROOT, env=named
    ) as process:
        out = process.stdout
        assert out is not None
        line = out.readline().strip()
        assert line, process.stderr.read() if process.stderr else ""
        try:
            bench = Bench(line, lambda: out.readline().strip(), process)
            bench.enter()
            yield bench
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()
