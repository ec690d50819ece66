"""Access to the workbench, and what a browser or another program cannot make it do."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from .bench import CARD, HOSTILE, Bench, served


class Elements(HTMLParser):
    """The elements of a page: names and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def __iter__(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        return iter(self.found)


PATHS = ("/", "/find?q=1", f"/card/{CARD}", "/audit", "/log", "/rejects", "/static/page.css", "/nope", "/inbox/tasks")
NAMES_OF_THE_CASE = ("星海", "老K", "x.gtrace")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cookie", ["", "graphtrace_1=x", "{name}=x", "{name}="])
def test_without_the_cookie_nothing_of_the_case_is_shown(bench: Bench, path: str, cookie: str) -> None:
    sent = cookie.format(name=bench.cookie.partition("=")[0])
    answer = bench.ask(path, headers={"Cookie": sent})
    assert answer.status in (401, 403)
    assert not any(name in answer.text for name in NAMES_OF_THE_CASE)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_door", [False, True])
def test_a_wrong_token_sets_no_cookie_and_leads_nowhere(bench: Bench, path: str, is_door: bool) -> None:
    for token in ("", "x", "x" * 43):
        headers = {"Host": bench.door if is_door else bench.host}
        answer = bench.ask(f"{path}{'&' if '?' in path else '?'}token={token}", headers=headers, is_let_in=False)
        assert answer.status == 403
        assert not {"set-cookie", "location", "refresh"} & answer.headers.keys()
        assert bench.host not in answer.text


def test_a_token_leads_from_the_door_to_a_name_that_nobody_else_knows_and_is_taken_once(bench: Bench) -> None:
    door = {"Host": bench.door}
    asked = f"/log?token={bench.take_token()}&as_of=2024-01-01"
    # what a browser fetches ahead does not take it
    assert bench.ask(asked, headers={**door, "Sec-Purpose": "prefetch;prerender"}, is_let_in=False).status == 403
    assert bench.ask(asked, method="HEAD", headers=door, is_let_in=False).status == 403
    answer = bench.ask(asked, headers=door, is_let_in=False)
    assert answer.status == 303
    assert "set-cookie" not in answer.headers
    there = urlsplit(answer.headers["location"])
    assert re.fullmatch(rf"gt-[0-9a-f]{{32}}\.localhost:{bench.port}", there.netloc)
    assert there.path == "/log"
    # the token of the door is gone, and that of the name opens the name alone
    for host in (bench.door, bench.host):
        assert bench.ask(asked, headers={"Host": host}, is_let_in=False).status == 403
    page = f"{there.path}?{there.query}"
    welcome = bench.ask(page, is_let_in=False)
    assert (welcome.status, welcome.headers["refresh"]) == (200, "0; url=/log?as_of=2024-01-01")
    attributes = {part.strip().lower() for part in welcome.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
    assert bench.ask(page, is_let_in=False).status == 403
    # the program has printed another one
    assert bench.ask(f"/?token={bench.take_token()}", headers=door, is_let_in=False).status == 303


def test_the_cookie_opens_nothing_at_an_address_that_other_ports_share(bench: Bench) -> None:
    for host in (bench.door, f"localhost:{bench.port}", f"gt-{'0' * 32}.localhost:{bench.port}", "gt-.localhost"):
        for path in PATHS:
            answer = bench.ask(path, headers={"Host": host})
            assert answer.status in (401, 421)
            assert bench.host not in answer.text
            assert not any(name in answer.text for name in NAMES_OF_THE_CASE)


def test_nobody_else_can_have_the_port_on_either_address_of_this_machine(bench: Bench) -> None:
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as other, pytest.raises(OSError, match=r"in use|not available|assign"):
            other.bind((address, bench.port))


def test_the_address_after_the_token_is_on_this_host(bench: Bench) -> None:
    for path in ("//evil.example/", "/%2f/evil.example", "///evil.example"):
        asked = f"{path}?token={bench.take_token()}"
        answer = bench.ask(asked, headers={"Host": bench.door}, is_let_in=False)
        assert answer.status == 303
        there = answer.headers["location"].removeprefix(bench.origin)
        assert re.match(r"/(?!/)", there)
        welcome = bench.ask(there, is_let_in=False)
        assert re.match(r"0; url=/(?!/)", welcome.headers["refresh"])


@pytest.mark.posix
def test_the_browser_is_started_with_a_private_file_and_no_token(case: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser.py"
    browser.write_text(
        "import os, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1].removeprefix('file://'))\n"
        f"pathlib.Path({str(seen)!r}).write_text(repr((sys.argv[1:], oct(path.stat().st_mode), path.read_text())))\n",
        "utf-8",
    )
    settings = tmp_path / "settings"
    settings.mkdir()
    environment = {
        **os.environ,
        "BROWSER": f"{sys.executable} {browser} %s",
        "GRAPHTRACE_SETTINGS": str(settings),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "graphtrace", "serve", "--case", str(case)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        bench = Bench(process.stdout.readline().strip(), process)
        for _ in range(200):
            if seen.exists() and seen.read_text():
                break
            time.sleep(0.1)
        arguments, mode, page = ast.literal_eval(seen.read_text("utf-8"))
        (path,) = settings.glob("graphtrace-open-*.html")
        assert arguments == [path.as_uri()]
        assert mode == "0o100600"
        (address,) = re.findall(r"url=(http://gt-[^\"]+)", page)
        assert parse_qs(urlsplit(address).query)["token"][0] not in " ".join(arguments)
        # used, the file is gone, and what was printed still lets another browser in
        first = Bench(address, process)
        first.enter()
        assert not path.exists()
        bench.enter()
        assert bench.host == first.host
        assert "sales.csv" in bench.ask("/inbox/contents").words
        process.terminate()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}", "localhost", "", "[::1]:{port}"]
)
@pytest.mark.parametrize("path", ["/", f"/card/{CARD}", "/static/page.css"])
def test_a_foreign_host_is_refused(bench: Bench, path: str, host: str) -> None:
    answer = bench.ask(path, headers={"Host": host.format(port=bench.port)})
    assert 400 <= answer.status < 500
    assert not any(name in answer.text for name in NAMES_OF_THE_CASE)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://{host}", "http://127.0.0.1:{port}", "http://127.0.0.1", "http://{host}1"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_origin_is_refused(bench: Bench, method: str, origin: str) -> None:
    body = f"csrf={bench.csrf}".encode()
    answer = bench.ask(
        "/inbox/load" if method == "POST" else f"/card/{CARD}",
        method=method,
        body=body if method == "POST" else None,
        headers={
            "Origin": origin.format(port=bench.port, host=bench.host),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status == 403
    assert not any(name in answer.text for name in NAMES_OF_THE_CASE)


def test_a_page_of_another_site_cannot_embed_or_fetch_a_page(bench: Bench) -> None:
    for mode, place in (("no-cors", "image"), ("cors", "empty"), ("no-cors", "script")):
        answer = bench.ask(
            f"/card/{CARD}",
            headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": place},
        )
        assert answer.status == 403


@pytest.mark.parametrize("path", ["/inbox/load", "/tasks/1/cancel"])
def test_a_form_without_the_secret_of_the_session_changes_nothing(bench: Bench, path: str) -> None:
    for secret in ("", "csrf=", "csrf=0", f"csrf={bench.csrf[:-1]}"):
        answer = bench.ask(
            path,
            method="POST",
            body=secret.encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": bench.origin,
            },
        )
        assert answer.status == 403


def test_a_file_without_the_secret_of_the_session_is_not_taken(bench: Bench) -> None:
    answer = bench.ask("/inbox/files", method="POST", body=b"x", headers={"X-File-Name": "a.csv"})
    assert answer.status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"])
def test_only_reading_and_forms_are_answered(bench: Bench, method: str) -> None:
    assert bench.ask("/", method=method).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../etc/passwd",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/page.css",
        "/static//etc/passwd",
        "/static/page.css%00",
        "/card/../../etc/passwd",
        "/party/..%2f..%2f..%2fetc%2fpasswd",
        "/audit/%2fetc%2fpasswd",
        "/queries/..%2f..%2fpyproject",
        "/queries/seized-cards.sql",
        "/rejects?file=..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_out_of_the_case(bench: Bench, path: str) -> None:
    answer = bench.ask(path)
    assert answer.status < 500
    assert "root:" not in answer.text
    assert "[build-system]" not in answer.text


@pytest.mark.parametrize("ticket", ["../../../../etc", "..", "/etc", "0" * 16, "", "x" * 16])
def test_a_ticket_is_no_path(bench: Bench, ticket: str) -> None:
    assert bench.post("/inbox/load", {"ticket": ticket}).status == 400


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.csv", "x.csv"),
        ("C:\\Users\\x\\y.csv", "y.csv"),
        ("/etc/passwd", "passwd"),
        ("a\u202eb.csv", "ab.csv"),
        ("a\nb.csv", "ab.csv"),
        ("鑫联.csv", "鑫联.csv"),
    ],
)
def test_of_the_name_of_a_file_only_the_last_part_is_taken(bench: Bench, given: str, kept: str) -> None:
    headers = {"X-GRAPHTRACE-CSRF": bench.csrf, "X-File-Name": quote(given)}
    answer = bench.ask("/inbox/files", method="POST", body=b"a,b\n", headers=headers)
    assert answer.status == 200
    assert f'"name":"{kept}"' in answer.text


@pytest.mark.parametrize("given", ["", "..", "../", "/", ".", "\n", "x" * 300])
def test_a_file_without_a_name_is_refused(bench: Bench, given: str) -> None:
    headers = {"X-GRAPHTRACE-CSRF": bench.csrf, "X-File-Name": quote(given)}
    assert bench.ask("/inbox/files", method="POST", body=b"a", headers=headers).status == 400


def test_a_file_that_says_it_is_too_large_is_refused_before_it_comes(bench: Bench) -> None:
    headers = {
        "X-GRAPHTRACE-CSRF": bench.csrf,
        "X-File-Name": "a.csv",
        "Content-Length": str(9 * 2**30),
        "Accept": "application/json",
    }
    answer = bench.ask("/inbox/files", method="POST", body=b"a", headers=headers)
    assert answer.status == 413
    assert "too large" in answer.text


def test_a_form_that_is_too_large_is_refused(bench: Bench) -> None:
    assert bench.post("/inbox/load", {"ticket": "0" * 2**20}).status == 413


def test_every_answer_forbids_what_a_page_does_not_need(bench: Bench) -> None:
    for path in ("/", f"/card/{CARD}", "/nope", "/static/page.css", f"/card/{CARD}?save=html"):
        headers = bench.ask(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


def test_no_page_has_a_script_or_style_of_its_own(bench: Bench) -> None:
    for path in ("/", "/find", f"/card/{CARD}", "/audit", "/party/name:老k", "/queries", "/leads", "/log", "/nope"):
        elements = Elements(bench.ask(quote(path, safe="/:?=&")).text)
        scripts = [attributes for tag, attributes in elements if tag == "script"]
        assert scripts
        assert all(
            (one.get("src") or "").startswith("/static/") or one.get("type") == "application/json" for one in scripts
        )
        assert "style" not in {tag for tag, _ in elements}
        names = {name for _, attributes in elements for name in attributes}
        assert not {name for name in names if name.startswith("on") or name == "style"}
        led_to = [attributes.get(name) or "" for _, attributes in elements for name in ("src", "href", "action")]
        assert all(re.match(r"(/(?!/)|#|\?|data:,|$)", address) for address in led_to)


def test_a_hostile_name_is_text_on_every_page(bench: Bench) -> None:
    asked = quote(HOSTILE)
    for path in (f"/find?q={asked}", f"/party/{asked}", "/card/8986061900000000003", "/audit", f"/card/{asked}"):
        text = bench.ask(path).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert ">49<" not in text
    assert "{{7*7}}" in bench.ask(f"/party/{asked}").words


def test_the_port_is_open_on_this_machine_only(bench: Bench) -> None:
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
        socket.create_connection((own, bench.port), timeout=5)


def test_read_only_refuses_every_change(case: Path) -> None:
    before = (case / "ledger.jsonl").read_bytes()
    with served(case, "--read-only") as bench:
        assert "Read only" in bench.ask("/").text
        found = re.search(r'id="drop"', bench.ask("/").text)
        assert found is None
        assert bench.ask("/").status == 200
        answer = bench.ask("/inbox/files", method="POST", body=b"x", headers={"X-File-Name": "a.csv"})
        assert answer.status == 403
    assert (case / "ledger.jsonl").read_bytes() == before
