from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace.export import FORMATS

from .conftest import WHOLE, Run


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_is_written(run: Run, case: str, tmp_path: Path, form: str) -> None:
    ran = run("export", form, "out", "--case", case)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"out {form}"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("form", list(FORMATS))
def test_the_same_case_is_the_same_file(run: Run, case: str, tmp_path: Path, form: str) -> None:
    ending = FORMATS[form].endings[0]
    for name in ("a", "b"):
        assert run("export", form, tmp_path / f"{name}{ending}", "--case", case).code == 0
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_json_says_what_was_written(run: Run, case: str, tmp_path: Path) -> None:
    out = tmp_path / "g.graphml"
    told = run("export", "graphml", out, "--level", "record", "--around", WHOLE, "--json", "--case", case).json
    assert list(told) == ["graphtrace", "case", "ledger_head", "as_of", "file", "format", "level", "written", "limits"]
    assert (told["file"], told["format"], told["level"]) == (str(out), "graphml", "record")
    assert told["written"] == {"party": 4, "record": 3, "card": 1, "lot": 1, "gave": 3, "to": 3, "moves": 3}
    assert told["limits"]["depth"] == 0


def test_an_unknown_format_is_answered_with_the_known_ones(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("export", "dot", tmp_path / "g.dot", "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "unknown_format")
    assert ran.error["hint"] == f"one of {', '.join(FORMATS)}, neo4j-admin"
    assert list(tmp_path.iterdir()) == []


def test_a_level_that_a_format_does_not_hold_is_refused(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("export", "cypher", tmp_path / "g.cypher", "--level", "party", "--json", "--case", case)
    assert (ran.code, ran.error["hint"]) == (2, "--level record")


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_place_that_cannot_be_written_is_refused(run: Run, case: str, tmp_path: Path, form: str) -> None:
    ran = run("export", form, tmp_path / "no" / "where", "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "unwritable_output")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "csv"])
def test_a_failure_half_way_leaves_what_was_there(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.errors import StoreError

    def fail(self: Subgraph, *_: object) -> None:
        raise StoreError("loaded_meanwhile", address="x", hint="ask_again")

    out = tmp_path / "out"
    out.write_text("before")
    for what in ("edges", "flows"):
        monkeypatch.setattr(Subgraph, what, fail)
    monkeypatch.setattr(Subgraph, "rows", fail)
    ran = run("export", form, out, "--case", case)
    assert ran.code == 3
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_a_part_as_it_was_known_is_empty(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("export", "csv", tmp_path / "lists", "--as-of", "2000-01-01", "--case", case)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "nothing"
    assert (tmp_path / "lists" / "edges.csv").read_text().count("\n") == 1


def test_a_missing_case_is_a_case_of_its_own(run: Run, tmp_path: Path) -> None:
    ran = run("export", "gexf", tmp_path / "g.gexf", "--json", "--case", tmp_path / "no.gtrace")
    assert (ran.code, ran.error["code"]) == (3, "case_missing")
    assert list(tmp_path.iterdir()) == []
