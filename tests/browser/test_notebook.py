"""Answers in a notebook, in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from graphtrace.model import Party
from graphtrace.render import Lang
from graphtrace.render.views.trace_view import trace_view
from graphtrace.render.writers.html_writer import render_notebook

from ..unit.render.answers import BROKEN, CONTINUOUS, SHOP, UNICOM, WHOLE, chain, found, hop
from .conftest import Show
from .test_trace_page import BIT

EXAMPLES = Path(__file__).parents[2] / "examples"


def outputs_of(name: str) -> str:
    """All that a notebook shows as HTML, below each other."""
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    return "\n".join(
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    )


def page_of(fragment: str) -> str:
    return (
        f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><p id="beside">beside</p>{fragment}'
    )


@pytest.mark.parametrize("name", ["investigator.ipynb", "analyst.ipynb"])
def test_the_drawings_of_a_notebook_are_seen_and_nothing_is_fetched(show: Show, name: str) -> None:
    page = show(page_of(outputs_of(name)), java_script_enabled=True)
    drawings = page.locator("img.gt-drawing")
    widths = drawings.evaluate_all("images => images.map(image => image.complete && image.naturalWidth)")
    assert len(widths) == {"investigator.ipynb": 4, "analyst.ipynb": 0}[name]
    assert all(width > 300 for width in widths)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_answer_changes_nothing_beside_it(show: Show, lang: Lang) -> None:
    look = "JSON.stringify(Object.entries(getComputedStyle(document.getElementById('beside'))))"
    alone = show(page_of("")).evaluate(look)
    assert show(page_of(render_notebook(trace_view([CONTINUOUS, BROKEN]), lang))).evaluate(look) == alone


def test_a_notebook_that_is_not_trusted_still_shows_the_drawing_and_the_tables(show: Show) -> None:
    bare = re.sub("<style>.*?</style>", "", render_notebook(trace_view([BROKEN]), "en"), flags=re.DOTALL)
    page = show(page_of(bare), java_script_enabled=False)
    assert page.locator("img").bounding_box() is not None
    text = page.locator("body").inner_text()
    for told in ("BROKEN", SHOP.name, "Ask next", "transfers.csv:3"):
        assert told in text


def test_hostile_names_stay_text_in_a_notebook(show: Show) -> None:
    evil = Party("name:evil", BIT)
    steps = [hop(1, UNICOM, evil, "2024-03-01", channel=BIT), *WHOLE.hops[1:]]
    page = show(page_of(render_notebook(trace_view([found(chain(*steps))]), "en")))
    assert page.title() == ""
    assert page.locator("script, iframe, object, embed, link:not([rel=icon])").count() == 0
    assert "{{7*7}}" in page.locator("table").nth(1).inner_text()
