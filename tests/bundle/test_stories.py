"""A case with everything that people do to one is sealed and opened, and answers as before, byte for byte."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

import graphtrace as gt
from graphtrace.errors import BundleRefused, CaseDamaged, GraphtraceError
from graphtrace.example import copy_example
from graphtrace.render.json import audit_document, to_json_text, trace_document

from ..neo4j.server import Place
from .bags import CARD, TRANSFERS, lines
from .test_forgeries import refused

ROOT = Path(__file__).parents[2]
EXPECTED = json.loads((ROOT / "examples" / "expected.json").read_text(encoding="utf-8"))
ASKED = [asked["ask"] for asked in (*EXPECTED["cards"], *EXPECTED["questions"])]
PASSWORD = "口令 7#q"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example case after corrections, judgements, an unload, loads once more, and with a head and notes."""
    folder = tmp_path_factory.mktemp("worked")
    story = copy_example(folder)
    with gt.open_case(folder / "x.gtrace") as case:
        for name in story["files"]:
            mapping = story["mappings"].get(name)
            case.load(folder / name, mapping=folder / mapping if mapping else None)
        first, second, *_ = story["files"]
        case.correct(f"{second}:2", why="twice", who="p")
        case.correct(f"{second}:2", why="not twice", who="q", undo=True)
        case.correct(f"{second}:3", why="twice", who="p")
        judged = case.resolve("周立冬", "马晓东", same=False, why="w", by="p")
        case.undo_judgement(judged.judgement.number, why="v", by="q")
        case.resolve("周立冬", "马晓东", same=False, why="u", by="p")
        case.unload(folder / first, why="wrong file", who="p")
        case.load(folder / first, mapping=folder / story["mappings"][first] if first in story["mappings"] else None)
        case.load(folder / second, again=True)
        (folder / "later.csv").write_text(TRANSFERS.replace("2024-05-01", "2099-01-01"), encoding="utf-8")
        case.load(folder / "later.csv", answers=["from=老K"])
        (folder / "unknown.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
        case.load(folder / "unknown.csv")
        case.add_note("note", f"card:{CARD}", {"text": "=1+1 看过\u2028"}, by="p")
    return folder


def said(place: str | Path) -> list[str]:
    with gt.open_case(place) as case:
        return [
            to_json_text(trace_document("", case.trace(*ASKED), "en")),
            to_json_text(audit_document("", case.audit(all=True), "en")),
            json.dumps([case.notes(), case.ledger(), case.ledger_head()]),
        ]


def test_a_case_with_everything_answers_as_before(worked: Path, tmp_path: Path) -> None:
    with gt.open_case(worked / "x.gtrace") as case:
        case.bundle(tmp_path / "out.zip")
    gt.open_bundle(tmp_path / "out.zip", case=tmp_path / "opened.gtrace")
    with gt.open_case(tmp_path / "opened.gtrace") as case:
        case.bundle(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "out.zip").read_bytes()
    # each question is a line of the log of look-ups, and so of the next bundle
    assert said(tmp_path / "opened.gtrace") == said(worked / "x.gtrace")
    with gt.open_case(tmp_path / "opened.gtrace") as case:
        assert case.verify(deep=True) == []
        case.load(worked / "later.csv", again=True)


def test_what_others_ask_and_note_while_a_case_is_sealed_is_not_in_its_bundle(worked: Path, tmp_path: Path) -> None:
    shutil.copytree(worked / "x.gtrace", tmp_path / "x.gtrace")
    with gt.open_case(tmp_path / "x.gtrace") as case, gt.open_case(tmp_path / "x.gtrace") as other:

        def meanwhile(*_: object) -> None:
            other.trace(CARD)
            other.add_note("note", f"card:{CARD}", {"text": "meanwhile"}, by="q")

        case.bundle(tmp_path / "out", progress=meanwhile)
    gt.open_bundle(tmp_path / "out", case=tmp_path / "opened.gtrace")
    with gt.open_case(tmp_path / "opened.gtrace") as opened:
        assert "meanwhile" not in json.dumps(opened.notes())


def test_a_case_goes_to_a_server_and_its_bundle_has_the_same_payload(
    worked: Path, tmp_path: Path, neo4j_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_place.use(monkeypatch)
    with gt.open_case(worked / "x.gtrace") as case:
        case.bundle(tmp_path / "folder")
        case.copy_to(neo4j_place.uri)
    with gt.open_case(neo4j_place.uri) as case:
        case.bundle(tmp_path / "server")
    stated, other = (
        json.loads((tmp_path / each / "data/statement.json").read_bytes()) for each in ("folder", "server")
    )
    assert stated == other
    for path in sorted((tmp_path / "folder").rglob("*")):
        if path.is_file():
            assert (tmp_path / "server" / path.relative_to(tmp_path / "folder")).read_bytes() == path.read_bytes()
    gt.open_bundle(tmp_path / "server", case=tmp_path / "opened.gtrace")
    assert said(tmp_path / "opened.gtrace") == said(worked / "x.gtrace")
    with pytest.raises(GraphtraceError, match="into a folder"):
        gt.open_bundle(tmp_path / "server", case=neo4j_place.uri)


def test_an_encrypted_source_is_read_with_its_password(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("转出方", "转入方", "日期", "卡号"), ("云岭", "老王", "2026-03-05", CARD))):
            sheet.write_row(number, 0, row)
    with (tmp_path / "a.xlsx").open("wb") as out:
        OOXMLFile(io.BytesIO(content.getvalue())).encrypt(PASSWORD, out)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert not case.load(tmp_path / "a.xlsx", password=lambda _: PASSWORD).has_errors
        with pytest.raises(GraphtraceError, match="encrypted"):
            case.bundle(tmp_path / "out")
        assert not (tmp_path / "out").exists()
        case.bundle(tmp_path / "out", password=lambda _: PASSWORD)
    for password in (lambda _: None, lambda _: "wrong"):
        with pytest.raises(GraphtraceError, match=r"encrypted|password"):
            gt.open_bundle(tmp_path / "out", case=tmp_path / "opened.gtrace", password=password)
        assert not (tmp_path / "opened.gtrace").exists()
    opened = gt.open_bundle(tmp_path / "out", case=tmp_path / "opened.gtrace", password=lambda _: PASSWORD)
    assert opened.records["transfer"] == 1


def test_a_case_whose_database_does_not_follow_from_its_sources_is_not_sealed(sealed: Path, tmp_path: Path) -> None:
    shutil.copytree(sealed / "x.gtrace", tmp_path / "x.gtrace")
    (database,) = (tmp_path / "x.gtrace").glob("case.*.duckdb")
    with duckdb.connect(str(database)) as con:
        con.execute("UPDATE wide_card_records SET day = day + 1 WHERE row = (SELECT min(row) FROM wide_card_records)")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert case.verify() == []
        with pytest.raises(CaseDamaged, match=r"csv.*rows, rows 1 to 65536"):
            case.bundle(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_key_of_a_redaction_goes_along_only_if_asked_for(sealed: Path, tmp_path: Path) -> None:
    shutil.copytree(sealed / "x.gtrace", tmp_path / "x.gtrace")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        with pytest.raises(GraphtraceError, match="no key of a redaction"):
            case.bundle(tmp_path / "none", with_key=True)
        pseudonyms = to_json_text(trace_document("", case.redacted(case.trace(CARD)), "en"))
        case.bundle(tmp_path / "without")
        case.bundle(tmp_path / "with", with_key=True)
    key = (tmp_path / "x.gtrace" / "redaction.key").read_bytes()
    assert not [path for path in (tmp_path / "without").rglob("*") if path.is_file() and key in path.read_bytes()]
    gt.open_bundle(tmp_path / "without", case=tmp_path / "a.gtrace")
    assert not (tmp_path / "a.gtrace" / "redaction.key").exists()
    gt.open_bundle(tmp_path / "with", case=tmp_path / "b.gtrace")
    with gt.open_case(tmp_path / "b.gtrace") as case:
        assert to_json_text(trace_document("", case.redacted(case.trace(CARD)), "en")) == pseudonyms


def test_an_empty_case_is_none_and_a_case_of_one_file_is_sealed(tmp_path: Path) -> None:
    with gt.open_case(tmp_path / "none.gtrace") as case, pytest.raises(GraphtraceError):
        case.bundle(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "none.gtrace").exists()


DYING = """
import os, signal, sys
import importlib, pkgutil
from pathlib import Path
import duckdb, polars, pyarrow
import graphtrace as gt
from graphtrace.bundle import bundle_layout
from graphtrace import bundle, engine, ingest, storage

for package in (bundle, engine, ingest, storage):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if "neo4j" not in module.name and not module.name.endswith("worker"):
            importlib.import_module(module.name)

every, what, *places = sys.argv[1:]
steps = 0

def step(*_):
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)

def dying(write):
    def write_or_die(self, name, blocks, *, size):
        step()
        return write(self, name, blocks, size=size)
    return write_or_die

bundle_layout.FolderSink.write = dying(bundle_layout.FolderSink.write)
bundle_layout.ZipSink.write = dying(bundle_layout.ZipSink.write)
while True:
    # a child of a process that has done nothing yet but import
    if (child := os.fork()) == 0:
        if what == "open":
            gt.open_bundle(places[0], case=places[1], progress=step)
        else:
            gt.open_case(places[0]).bundle(places[1])
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    print(steps, code, Path(places[1]).exists(), flush=True)
    if code != -signal.SIGKILL:
        break
    steps += int(every)
"""


def last_step(every: int, what: str, place: Path, made: Path) -> int:
    """Seal or open in processes that die at ever later steps, until one lives; return the steps that this one took.

    Those that died have made nothing.
    """
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(every), what, str(place), str(made)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_ALLOW_FORKING_THREAD": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told = [line.split() for line in done.stdout.splitlines()]
    assert {(code, is_made) for _, code, is_made in told[:-1]} == {(str(-signal.SIGKILL), "False")}, done.stderr
    steps, *last = told[-1]
    assert last == ["0", "True"], done.stderr
    return int(steps)


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_sealing_that_is_killed_leaves_nothing_that_looks_like_a_bundle(
    sealed: Path, tmp_path: Path, name: str
) -> None:
    assert last_step(3, "seal", sealed / "x.gtrace", tmp_path / name) > 6
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert gt.open_bundle(tmp_path / name, case=tmp_path / "opened.gtrace").files == 2


@pytest.mark.posix
@pytest.mark.slow
def test_opening_that_is_killed_leaves_no_case(bag: Path, tmp_path: Path) -> None:
    assert last_step(1, "open", bag, tmp_path / "opened.gtrace") > 3
    assert [path.name for path in tmp_path.iterdir()] == ["opened.gtrace"]
    with gt.open_case(tmp_path / "opened.gtrace") as case:
        assert case.verify(deep=True) == []


def test_a_bundle_in_a_case_and_a_case_in_a_bundle_are_refused(sealed: Path, bag: Path, tmp_path: Path) -> None:
    with gt.open_case(sealed / "x.gtrace") as case, pytest.raises(GraphtraceError, match="case folder"):
        case.bundle(sealed / "x.gtrace" / "out")
    for inside in (bag / "case", bag / "data" / "case", bag):
        with pytest.raises(GraphtraceError):
            gt.open_bundle(bag, case=inside)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_bytes(b"")
    for there in ("file", "full"):
        with pytest.raises(GraphtraceError, match="is there already"):
            gt.open_bundle(bag, case=tmp_path / there)
    (tmp_path / "empty").mkdir()
    assert gt.open_bundle(bag, case=tmp_path / "empty").files == 2


def test_a_case_folder_is_no_bundle(sealed: Path, tmp_path: Path) -> None:
    assert "is no file" in refused(sealed / "x.gtrace", tmp_path)
    with pytest.raises(BundleRefused):
        gt.open_bundle(sealed, case=tmp_path / "opened.gtrace")


def test_names_of_sources_are_no_formulas(tmp_path: Path) -> None:
    (tmp_path / "=cmd.csv").write_text(TRANSFERS, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "=cmd.csv")
        case.bundle(tmp_path / "out")
    assert ",'=cmd.csv," in lines(tmp_path / "out" / "data" / "sources.csv")[1]
