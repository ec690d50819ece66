"""``cases``: the cases of a folder, the damaged ones too."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run


def test_the_cases_of_a_folder_are_listed_and_a_damaged_one_is_told(
    run: Run, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cases"
    for name in ("甲.gtrace", "乙.gtrace"):
        assert run("load", files / "sales.csv", "--case", folder / name).code == 0
    assert run("status", "--set", "number=A-1", "--set", "unit=云洲分局", "--case", folder / "甲.gtrace").code == 0
    (folder / "no case").mkdir()
    (database,) = (folder / "乙.gtrace").glob("case.*.duckdb")
    database.write_bytes(b"broken")
    ran = run("cases", folder, "--json")
    assert ran.code == 0
    damaged, sound = ran.json["cases"]
    assert (sound["number"], sound["unit"], sound["cards"], sound["problem"]) == ("A-1", "云洲分局", 100, None)
    assert sound["last_load"] is not None
    assert damaged["path"].endswith("乙.gtrace")
    assert damaged["problem"]["code"]
    monkeypatch.setenv("GRAPHTRACE_CASES", str(folder))
    text = run("cases").out
    assert "云洲分局" in text
    assert "100 cards" in text


def test_without_a_folder_or_without_cases_there_is_nothing_to_list(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHTRACE_CASES", raising=False)
    assert run("cases").code == 2
    (tmp_path / "empty").mkdir()
    assert run("cases", tmp_path / "empty").code == 1
    assert run("cases", tmp_path / "nowhere").code == 2
