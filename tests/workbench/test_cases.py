"""The first page chooses a case; every case has an address of its own, which no other page reaches."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

import graphtrace as gt

from ..neo4j.server import Place
from .bench import CARD, Answer, Bench, served, served_apart, write_files
from .test_inbox import load


def choose(bench: Bench, case: object, do: str = "open") -> Answer:
    return bench.post("/cases", {"case": str(case), "do": do})


def arrive(bench: Bench, answer: Answer) -> Bench:
    """The workbench of the case to which an answer leads."""
    assert answer.status == 200, answer.words
    address = answer.headers["refresh"].partition("url=")[2]
    assert f'href="{address}"' in unescape(answer.text)
    other = Bench(address, bench.next_address)
    other.enter()
    return other


def test_without_a_case_the_first_page_opens_and_makes_cases(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "old.gtrace")
    with served(None, home=tmp_path) as bench:
        first = bench.ask("/")
        assert first.status == 200
        # a case in the home folder is offered; nothing was opened before
        assert str(tmp_path / "old.gtrace") in first.words
        assert "Opened last" not in first.words
        assert bench.ask(f"/card/{CARD}").status == 404
        old = arrive(bench, choose(bench, tmp_path / "old.gtrace"))
        assert old.port != bench.port
        assert "王五" in old.ask(f"/card/{CARD}").words
        # asked again it is the same
        assert arrive(bench, choose(old, "~/old.gtrace")).port == old.port
        new = arrive(bench, choose(old, tmp_path / "新案.gtrace", "make"))
        assert "There is no case yet" in new.ask("/").words
        assert "新案.gtrace" in new.ask("/").words
        assert "王五" in old.ask(f"/card/{CARD}").words
        recent = bench.ask("/cases").words
        assert recent.index("新案.gtrace") < recent.index("old.gtrace")
        assert "not there now" in recent
    listed = json.loads((tmp_path / "settings" / "recent.json").read_text("utf-8"))
    assert [Path(one["case"]).name for one in listed] == ["新案.gtrace", "old.gtrace"]
    with gt.open_case(tmp_path / "old.gtrace") as opened:
        assert opened.verify() == []


def test_a_case_is_made_by_its_name_in_the_folder_of_cases(tmp_path: Path) -> None:
    with served(None, home=tmp_path) as bench:
        assert str(tmp_path / "graphtrace") in bench.ask("/").words
        new = arrive(bench, choose(bench, "3·15诈骗案", "make"))
        assert "There is no case yet" in new.ask("/").words
        place = tmp_path / "graphtrace" / "3·15诈骗案.gtrace"
        assert str(place) in bench.ask("/cases").words
        for name in ("..", "a/b", "con", "x" * 81, "a:b", "甲\n乙", ".x", "x."):
            assert choose(bench, name, "make").status == 400, name
        assert [path.name for path in (tmp_path / "graphtrace").iterdir()] == []
    with gt.open_case(place) as opened:
        opened.load(*write_files(tmp_path))
    with served(None, home=tmp_path) as bench:
        assert arrive(bench, choose(bench, "3·15诈骗案")).ask(f"/card/{CARD}").status == 200
        again = choose(bench, "3·15诈骗案", "make")
        assert (again.status, "is a case already" in again.words or str(place) in again.words) == (400, True)


def test_the_name_by_which_a_case_was_made_stands_in_its_letters_unless_a_person_names_it_otherwise(
    tmp_path: Path,
) -> None:
    files = {path.name: path.read_text("utf-8") for path in write_files(tmp_path)}
    with served(None, home=tmp_path) as bench:
        new = arrive(bench, choose(bench, "岚江0618物联卡案", "make"))
        load(new, **files)
        assert new.post("/leads/letters", {"addressee": "*", "form": "", "number": ""}).status == 303
        (reference, *_) = re.findall(r"GT-\w{4}-\w{4}(?=\.html)", new.ask("/leads").text)
        assert "岚江0618物联卡案" in new.ask(f"/leads/letters/{reference}.html").words
        assert new.post("/head", {"name": "0618专案"}).status == 303
        load(new, **{"more.csv": "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000009\n"})
        placed = arrive(bench, choose(bench, tmp_path / "b.gtrace", "make"))
        load(placed, **files)
    with gt.open_case(tmp_path / "graphtrace" / "岚江0618物联卡案.gtrace") as opened:
        assert opened.head().name == "0618专案"
    with gt.open_case(tmp_path / "b.gtrace") as opened:
        # the name of a folder that somebody chose elsewhere is none of the case
        assert opened.head().name is None


def test_the_example_is_made_once_and_opened(tmp_path: Path) -> None:
    with served(None, home=tmp_path) as bench:
        first = arrive(bench, bench.post("/cases", {"do": "example"}))
        assert "Who registered them" in first.ask("/inbox/questions").words
        assert arrive(bench, bench.post("/cases", {"do": "example"})).port == first.port
        place = tmp_path / "graphtrace" / "example.gtrace"
        ledger = (place / "ledger.jsonl").read_bytes()
    with served(None, home=tmp_path) as bench:
        arrive(bench, bench.post("/cases", {"do": "example"}))
        assert (place / "ledger.jsonl").read_bytes() == ledger
    with served(None, "--read-only", home=tmp_path) as bench:
        assert bench.post("/cases", {"do": "example"}).status == 403


def test_one_case_cannot_be_reached_with_what_another_gave(case: Path, tmp_path: Path) -> None:
    for name in ("a.gtrace", "b.gtrace"):
        shutil.copytree(case, tmp_path / name)
    with served(tmp_path / "a.gtrace", home=tmp_path) as one:
        other = arrive(one, choose(one, tmp_path / "b.gtrace"))
        assert other.ask(f"/card/{CARD}", headers={"Cookie": one.cookie}).status == 401
        leads_on = choose(one, tmp_path / "b.gtrace").headers["refresh"].partition("token=")[2]
        assert one.ask(f"/?token={leads_on}", is_let_in=False).status == 403
        own = one.origin
        assert other.ask("/notes", method="POST", body=b"", headers={"Origin": own}).status == 403
        foreign = other.post("/notes", {"csrf": one.csrf, "about": f"card:{CARD}", "text": "x"})
        assert foreign.status == 403
    for name in ("a.gtrace", "b.gtrace"):
        assert not (tmp_path / name / "notes.jsonl").exists()


def test_what_is_no_whole_path_of_a_case_is_refused_and_nothing_is_made(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "old.gtrace")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x", "utf-8")
    with served(None, home=tmp_path) as bench:
        before = sorted(path for path in tmp_path.rglob("*"))
        for name, do in (
            ("", "open"),
            ("\0", "open"),
            ("old.gtrace", "open"),
            ("../old.gtrace", "make"),
            ("~nobody-here/x", "open"),
            (tmp_path / "full", "open"),
            (tmp_path / "none.gtrace", "open"),
            (tmp_path / "full" / "letter.txt", "open"),
            (tmp_path / "full", "make"),
            (tmp_path / "old.gtrace", "make"),
            (tmp_path / "old.gtrace" / "sources" / "new", "make"),
            (tmp_path / "none" / "deeper.gtrace", "make"),
            ("neo4j://user:secret@127.0.0.1/x", "open"),
            ("neo4j://127.0.0.1:1", "open"),
        ):
            answer = choose(bench, name, do)
            assert answer.status == 400, name
            assert "refresh" not in answer.headers
            assert "x\n" not in answer.text
        assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_page_of_another_site_chooses_no_case(case: Path) -> None:
    with served(None) as bench:
        body = f"case={case}&do=open".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        own = bench.origin
        for origin in ("http://evil.example", "null", own):
            assert bench.ask("/cases", method="POST", body=body, headers={**form, "Origin": origin}).status == 403


def test_read_only_opens_cases_but_makes_none(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "old.gtrace")
    with served(None, "--read-only", home=tmp_path) as bench:
        assert choose(bench, tmp_path / "new.gtrace", "make").status == 403
        old = arrive(bench, choose(bench, tmp_path / "old.gtrace"))
        assert old.post("/notes", {"about": f"card:{CARD}", "text": "x"}).status == 403


@pytest.mark.parametrize("content", [b"", b"{", b"[1, {}]", b'{"case": 1}', b"\xff" * 100, b"[" * 5000])
def test_a_list_of_cases_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "recent.json").write_bytes(content)
    with served(None, home=tmp_path) as bench:
        assert bench.ask("/").status == 200


def test_user_and_password_of_a_server_are_typed_and_kept_nowhere(
    neo4j_uri: str, neo4j_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gt.open_case(neo4j_uri) as opened:
        opened.load(*write_files(tmp_path))
    monkeypatch.delenv("NEO4J_USERNAME")
    monkeypatch.delenv("NEO4J_PASSWORD")
    secret = neo4j_place.password
    login = {"case": neo4j_uri, "do": "open", "user": neo4j_place.user, "password": secret}
    with served_apart(None, "--read-only", home=tmp_path) as bench:
        assert choose(bench, neo4j_uri).status == 400
        wrong = bench.post("/cases", {**login, "password": f"{secret}-wrong"})
        assert (wrong.status, secret in wrong.text) == (400, False)
        # only in the body of a form of this run's pages
        assert bench.ask(f"/cases?{urlencode(login)}").status == 200
        assert bench.post("/cases", {**login, "csrf": "0" * 64}).status == 403
        assert bench.post("/cases", {**login, "do": "make"}).status == 403
        server = arrive(bench, bench.post("/cases", login))
        assert "王五" in server.ask(f"/card/{CARD}").words
        assert server.post("/notes", {"about": f"card:{CARD}", "text": "x"}).status == 403
        pages = [server.ask(path).text for path in ("/", "/inbox/contents", "/log", "/cases", "/find?q=x")]
        assert [secret in page for page in [*pages, bench.ask("/cases").text]] == [False] * 6
        with pytest.raises(gt.GraphtraceError):
            gt.open_case(neo4j_uri).ledger_head()
        assert bench.process is not None
        bench.process.terminate()
        said = bench.process.communicate(timeout=30)
    assert not any(secret in text for text in said)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert kept == []


def test_a_case_on_a_server_is_chosen_by_its_address(neo4j_uri: str, neo4j_place: Place, tmp_path: Path) -> None:
    with served(None, home=tmp_path) as bench:
        assert choose(bench, neo4j_uri).status == 400
        with gt.open_case(neo4j_uri) as opened:
            opened.load(*write_files(tmp_path))
        server = arrive(bench, choose(bench, neo4j_uri))
        assert "王五" in server.ask(f"/card/{CARD}").words
        assert neo4j_uri in bench.ask("/cases").words
        listed = (tmp_path / "settings/recent.json").read_text("utf-8")
        assert neo4j_place.password not in bench.ask("/cases").text + listed


def page_language(bench: Bench, **headers: str) -> str:
    found = re.search('<html lang="(..)"', bench.ask("/cases", headers=headers).text)
    assert found is not None
    return found[1]


def test_the_browser_decides_the_language_until_somebody_chooses_one_for_all_later_cases(tmp_path: Path) -> None:
    reads = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    with served(None, home=tmp_path) as bench:
        assert (page_language(bench), page_language(bench, **reads)) == ("en", "zh")
        chosen = {"Cookie": f"{bench.cookie}; graphtrace_lang=zh"}
        made = bench.post("/cases", {"case": str(tmp_path / "new.gtrace"), "do": "make"}, **chosen)
        other = arrive(bench, made)
        assert page_language(other) == "zh", "another case is another origin, whose browser has no cookie"
    with served(None, home=tmp_path) as again:
        assert (page_language(again), page_language(again, **{"Accept-Language": "en"})) == ("zh", "zh")
