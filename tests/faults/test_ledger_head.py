"""The head of the ledger in every answer: by it a case that was rebuilt whole, ledger and all, is told."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.cli import main

from .cases import CARDS, run_here, write_files

ANSWERS = [
    ("trace", CARDS[0]),
    ("audit", "--all"),
    ("audit", "星海智联科技有限公司", "--bucket", "resold"),
    ("party", "老K"),
    ("common", CARDS[0]),
    ("siblings", CARDS[0]),
    ("graph",),
    ("query", "records-of-card", "-p", f"card={CARDS[0]}"),
    ("status",),
    ("verify",),
    ("correct", "--list"),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    for file in write_files(place, cards=30):
        with gt.open_case(place / "x.gtrace") as case:
            case.load(file)
    return place / "x.gtrace"


def heads(case: Path) -> list[str]:
    return [json.loads(line)["hash"] for line in (case / "ledger.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("command", ANSWERS, ids=[" ".join(command[:2]) for command in ANSWERS])
def test_every_answer_bears_the_head(
    loaded: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHTRACE_LANG", raising=False)
    head = heads(loaded)[-1]
    main(["--case", str(loaded), *command, "--json"])
    assert json.loads(capsys.readouterr().out)["ledger_head"] == head
    for lang, said in (("en", f"Ledger head {head}"), ("zh", f"台账末行 {head}")):
        main(["--case", str(loaded), *command, "--lang", lang])
        assert capsys.readouterr().out.endswith(f"\n\n{said}\n")


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".md"])
def test_pages_workbooks_and_reports_bear_it_in_their_foot(loaded: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"books{ending}"
    ran = run_here("--case", loaded, "audit", "--all", "-o", target)
    assert ran.returncode == 0, ran.stderr
    content = target.read_bytes()
    if ending == ".html":  # behind the foot stands the answer itself, for `verify`
        content, _, answer = content.rpartition(b'<script type="application/json"')
        assert heads(loaded)[-1].encode() in answer
    if ending == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = book.read("xl/worksheets/sheet1.xml")
    assert content.decode().count(heads(loaded)[-1]) == (2 if ending == ".html" else 1)


def test_as_of_a_day_it_is_the_head_at_its_end(loaded: Path) -> None:
    with gt.open_case(loaded) as case:
        assert case.ledger_head() == heads(loaded)[-1]
        assert case.at("2100-01-01").ledger_head() == heads(loaded)[-1]
        assert case.at("2000-01-01").ledger_head() is None


def test_a_case_rebuilt_with_its_ledger_is_told_by_an_answer(loaded: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    assert run_here("--case", loaded, "trace", CARDS[0], "-o", saved).returncode == 0
    forged = tmp_path / "forged"
    forged.mkdir()
    for file in write_files(forged, cards=30):
        file.write_text(file.read_text("utf-8").replace("老K", "张三"), "utf-8")
        with gt.open_case(forged / "x.gtrace") as case:
            case.load(file)
    with gt.open_case(forged / "x.gtrace") as case:
        assert case.verify(deep=True) == []
        codes = [problem.code for problem in case.verify(saved)]
        assert codes == ["answer_of_another_ledger", "answer_differs"]
    ran = run_here("--case", forged / "x.gtrace", "verify", saved, "--lang", "zh")
    assert ran.returncode == 3
    assert "出自另一份台账" in ran.stdout


def test_a_load_that_was_cut_off_the_case_is_told_by_an_answer(loaded: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    assert run_here("--case", loaded, "trace", CARDS[0], "-o", saved).returncode == 0
    shorter = tmp_path / "y.gtrace"
    with gt.open_case(shorter) as case:
        case.load(loaded.parent / "sales.csv")
        assert "answer_of_another_ledger" in [problem.code for problem in case.verify(saved)]


def test_of_an_answer_without_a_head_it_is_said_that_this_was_not_compared(loaded: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    assert run_here("--case", loaded, "trace", CARDS[0], "-o", saved).returncode == 0
    document = json.loads(saved.read_text("utf-8"))
    del document["ledger_head"]
    saved.write_text(json.dumps(document), "utf-8")
    with gt.open_case(loaded) as case:
        (problem,) = case.verify(saved)
    assert (problem.code, problem.params["what"]) == ("answer_not_compared", "ledger_head")


def test_a_copy_has_the_head_of_the_case(loaded: Path, tmp_path: Path) -> None:
    with gt.open_case(loaded) as case, gt.open_case(tmp_path / "y.gtrace") as copy:
        case.copy_to(tmp_path / "y.gtrace")
        assert copy.ledger_head() == case.ledger_head() is not None


def test_a_line_more_or_less_in_the_case_is_another_head(loaded: Path, tmp_path: Path) -> None:
    grown = Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))
    with gt.open_case(grown) as case:
        before = case.ledger_head()
        case.correct("resales.csv:2", why="misread")
        assert case.ledger_head() not in (before, None)
