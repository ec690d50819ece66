"""The page about performance says what was measured, and only that."""

from __future__ import annotations

import copy
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import report
from benchmarks.bench import read_result, write_result
from benchmarks.page import growth_drawing, write_page


def test_the_page_has_the_medians_of_the_committed_result() -> None:
    result = report.read_results("measured")
    lines = "\n".join(report.performance_lines("en"))
    cells = [
        report.cell(figure, size, subject)
        for _, size in report.sizes_of(result)
        for _, subject in report.subjects_of(size)
        for figure in report.FIGURES
    ]
    assert len(cells) > 10
    assert [cell for cell in cells if cell not in lines] == []


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


def test_audits_of_tools_without_rules_stand_beside_those_without_rules() -> None:
    figures = {"audit_s": [1.0], "audit_all_s": [2.0]}
    size = {
        "rows": 100,
        "subjects": {
            "graphtrace": {"figures": {**figures, "audit_without_rules_s": [0.5]}, "cut": {}},
            "duckdb": {"figures": figures, "cut": {}, "differs": ["audit_all"]},
        },
    }
    own, other = (
        {figure.name: report.cell(figure, size, subject) for figure in report.FIGURES}
        for _, subject in report.subjects_of(size)
    )
    assert (own["audit_s"], own["audit_without_rules_s"]) == ("1.00", "0.500")
    assert (other["audit_s"], other["audit_without_rules_s"]) == ("–", "1.00")
    assert other["audit_all_without_rules_s"] == "answers otherwise"


def test_the_page_with_charts_fetches_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("page") / "result.html"
    write_page(report.read_results("measured"), path)
    text = path.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "http" not in text
    assert "src=" not in text


def test_the_drawing_has_every_figure_and_every_size_and_stands_by_itself() -> None:
    grown = copy.deepcopy(report.read_results("growth"))
    figures = {figure.name: [2.5] for figure in report.FIGURES}
    for cards in (100, 50_000_000):
        grown["sizes"][str(cards)] = {"rows": cards, "subjects": {"graphtrace": {"figures": figures, "cut": {}}}}
    for lang in ("en", "zh"):
        drawing = growth_drawing(grown, lang)
        texts = {element.text for element in ElementTree.fromstring(drawing).iter() if element.text}
        assert {figure.title[lang] for figure in report.FIGURES} <= texts
        assert {"0.0001 M", "50 M", "2.50"} <= texts
        assert drawing.count("http") == drawing.count("http://www.w3.org/2000/svg") == 1


def test_a_size_that_is_measured_anew_takes_the_place_of_the_old_one_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "growth.json"
    write_result(path, {"sizes": {"30": {"rows": 1}, "4": {"rows": 2}}})
    result = read_result(path)
    result["sizes"]["5"] = {"rows": 3}
    result["sizes"]["4"] = {"rows": 4}
    write_result(path, result)
    assert [(cards, size["rows"]) for cards, size in report.sizes_of(read_result(path))] == [(4, 4), (5, 3), (30, 1)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_what_was_measured_of_a_server(lang: report.Lang) -> None:
    figures = report.read_results("neo4j")["figures"]
    text = "\n".join(report.performance_lines(lang))
    for place in ("folder", "driver", "bulk"):
        assert (
            f"{figures[place]['many']['clock_s']:.2g} (" in text or f"{figures[place]['many']['clock_s']:.1f} (" in text
        )
    assert text.count("µs" if lang == "en" else "微秒") == 2
