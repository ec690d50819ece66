"""The page about performance says what was measured, and only that."""

from __future__ import annotations

import copy

import pytest

from benchmarks import report
from benchmarks.page import write_page


def test_the_page_has_the_medians_of_the_committed_result() -> None:
    result = report.read_results("measured")
    lines = "\n".join(report.performance_lines("en"))
    for _, size in report.sizes_of(result):
        for _, subject in report.subjects_of(size):
            for figure in report.FIGURES:
                assert report.cell(figure, size, subject) in lines


def test_a_figure_that_changes_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = report.performance_lines("zh")
    changed = copy.deepcopy(report.read_results("measured"))
    for _, size in report.sizes_of(changed):
        size["subjects"]["graphtrace"]["figures"]["cold_s"] = [77.7]
    read = report.read_results
    monkeypatch.setattr(report, "read_results", lambda name: changed if name == "measured" else read(name))
    assert report.performance_lines("zh") != before
    assert "77.7" in "\n".join(report.performance_lines("zh"))


def test_what_was_ended_or_answers_otherwise_has_no_time() -> None:
    size = {"rows": 100}
    subject = {"figures": {"audit_s": [1.0], "many_s": [2.0]}, "cut": {"many": "over 300 s"}, "differs": ["audit"]}
    cells = {figure.name: report.cell(figure, size, subject) for figure in report.FIGURES}
    assert cells["audit_s"] == "answers otherwise"
    assert cells["many_s"] == "not done: over 300 s"


def test_the_page_with_charts_fetches_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "result.html"
    write_page(report.read_results("measured"), path)
    text = path.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "http" not in text
    assert "src=" not in text
