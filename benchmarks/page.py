"""The result as one page with charts: inline SVG, nothing from elsewhere."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.peers import PRODUCT
from benchmarks.report import FIGURES, Figure, Lang, cell, number, sizes_of, subjects_of

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem;
  color: #1d2733; background: #fff; }
h1, h2, h3 { font-weight: 600; } h3 { margin: 1.6rem 0 .2rem; font-size: 1rem; }
table { border-collapse: collapse; font-size: .82rem; } td, th { padding: .25rem .5rem; text-align: right;
  border-bottom: 1px solid #d8dee6; } td:first-child, th:first-child { text-align: left; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; } text { font: 13px system-ui, sans-serif;
  fill: currentColor; } .axis { stroke: #9aa7b5; } .bar { fill: #a9b8c9; } .own { fill: #0a6ebd; }
.line { fill: none; stroke: #0a6ebd; stroke-width: 2; } .whisker { stroke: #1d2733; } .slope { stroke: #9aa7b5;
  stroke-dasharray: 4 4; }
@media (prefers-color-scheme: dark) { body { color: #dfe6ee; background: #14191f; } .bar { fill: #55657a; }
  .own { fill: #57a9ea; } .line { stroke: #57a9ea; } .whisker { stroke: #dfe6ee; } td, th { border-color: #33404e; } }
"""


_DRAWING_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2733; } .axis { stroke: #9aa7b5; } .own { fill: #0a6ebd; }
.line { fill: none; stroke: #0a6ebd; stroke-width: 2; } .slope { stroke: #9aa7b5; stroke-dasharray: 4 4; }
@media (prefers-color-scheme: dark) { text { fill: #dfe6ee; } .own { fill: #57a9ea; } .line { stroke: #57a9ea; } }
"""
_PANEL_WIDTH, _PANEL_HEIGHT, _PANELS_A_ROW = 480, 200, 2


def growth_drawing(result: dict[str, Any], lang: Lang) -> str:
    """Every figure of graphtrace over the cards, as one SVG that stands by itself."""
    panels = [(figure, points) for figure in FIGURES if len(points := _points(figure, result)) > 1]
    width, height = _PANEL_WIDTH * _PANELS_A_ROW, _PANEL_HEIGHT * -(-len(panels) // _PANELS_A_ROW)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{_DRAWING_STYLE}</style>",
    ]
    for place, (figure, points) in enumerate(panels):
        down, across = divmod(place, _PANELS_A_ROW)
        parts.append(f'<g transform="translate({across * _PANEL_WIDTH} {down * _PANEL_HEIGHT})">')
        parts.append(f'<text x="40" y="20" font-weight="600">{escape(figure.title[lang])}</text>')
        parts += [*_panel(figure, points, _PANEL_WIDTH, _PANEL_HEIGHT), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def write_page(result: dict[str, Any], path: Path) -> None:
    """Write the page."""
    machine = result["machine"]
    about = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>graphtrace measured</title>",
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>",
        f"<h1>graphtrace measured</h1><p>{escape(about)}. Medians; lines show the least and the greatest. ",
        "Scales are logarithmic. Subjects were measured one after the other, each in processes of its own; ",
        "the table says when and at which state of the program.</p>",
    ]
    for cards, size in sizes_of(result):
        if len(size["subjects"]) > 1:
            parts.append(f"<h2>{cards:,} cards, {size['rows']:,} rows, {size['csv_mb']:,.0f} MB of CSV</h2>")
            parts += [part for figure in FIGURES for part in _bars(figure, size)]
            parts += _table(size)
    if len(result["sizes"]) > 1:
        parts.append("<h2>graphtrace as the case grows</h2><p>Dashed: in proportion to the cards.</p>")
        parts += [part for figure in FIGURES for part in _growth(figure, result)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*parts, "</html>", ""]), encoding="utf-8")


def _bars(figure: Figure, size: dict[str, Any]) -> Iterator[str]:
    found = [(name, subject, figure.values(size, subject)) for name, subject in subjects_of(size)]
    values = [value for _, subject, measured in found if _counts(figure, subject) for value in measured if value > 0]
    if not values:
        return
    scale = _Scale(min(values) / 2, max(values), 270, 820)
    yield f"<h3>{escape(figure.title['en'])}</h3>"
    yield f"<svg viewBox='0 0 960 {len(found) * 26 + 4}' width=960 role=img aria-label='{escape(figure.title['en'])}'>"
    for place, (name, subject, measured) in enumerate(found):
        top = place * 26 + 4
        yield f"<text x=262 y={top + 15} text-anchor=end>{escape(subject['title'])}</text>"
        told = escape(cell(figure, size, subject))
        if measured and _counts(figure, subject):
            end = scale.at(statistics.median(measured))
            kind = "own" if name == PRODUCT else "bar"
            yield f"<rect class={kind} x=270 y={top} width={end - 270:.1f} height=20 rx=2 />"
            least, most = scale.at(min(measured)), scale.at(max(measured))
            yield f"<line class=whisker x1={least:.1f} x2={most:.1f} y1={top + 10} y2={top + 10} />"
            yield f"<text x={max(end, most) + 6:.1f} y={top + 15}>{told}</text>"
        else:
            yield f"<text x=276 y={top + 15}>{told}</text>"
    yield "</svg>"


def _counts(figure: Figure, subject: dict[str, Any]) -> bool:
    return figure.action not in subject["cut"] and figure.action not in subject.get("differs", ())


class _Scale:
    """A logarithmic scale."""

    def __init__(self, least: float, most: float, begin: float, end: float) -> None:
        self._least, self._begin = math.log10(least), begin
        self._step = (end - begin) / max(math.log10(most) - self._least, 1e-9)

    def at(self, value: float) -> float:
        return self._begin + (math.log10(value) - self._least) * self._step


def _growth(figure: Figure, result: dict[str, Any]) -> Iterator[str]:
    points = _points(figure, result)
    if len(points) < 2:
        return
    yield f"<h3>{escape(figure.title['en'])}</h3>"
    yield f"<svg viewBox='0 0 760 230' width=760 role=img aria-label='{escape(figure.title['en'])}'>"
    yield from _panel(figure, points, 760, 230)
    yield "</svg>"


Points = Sequence[tuple[int, float]]
"""Medians by the number of cards."""


def _points(figure: Figure, result: dict[str, Any]) -> Points:
    points = []
    for cards, size in sizes_of(result):
        subject = size["subjects"].get(PRODUCT)
        measured = figure.values(size, subject) if subject else []
        if measured and subject and _counts(figure, subject):
            points.append((cards, statistics.median(measured)))
    return points


def _panel(figure: Figure, points: Points, width: int, height: int) -> Iterator[str]:
    """A line through the points, over an axis of cards."""
    ground = height - 35
    values = [value for _, value in points]
    middle = math.sqrt(min(values) * max(values))
    across = _Scale(points[0][0], points[-1][0], 60, width - 90)
    span = max(max(values) / min(values), 100) ** 0.5 * 1.3
    up = _Scale(middle / span, middle * span, ground - 5, 40)
    yield f'<line class="axis" x1="60" x2="{width - 90}" y1="{ground}" y2="{ground}" />'
    if not figure.per_row:
        yield _slope(points, across, up, ground)
    path = " ".join(f"{across.at(cards):.1f},{up.at(value):.1f}" for cards, value in points)
    yield f'<polyline class="line" points="{path}" />'
    for cards, value in points:
        x, y = across.at(cards), up.at(value)
        yield f'<circle class="own" cx="{x:.1f}" cy="{y:.1f}" r="4" />'
        yield f'<text x="{x:.1f}" y="{y - 9:.1f}">{number(value)}</text>'
        yield f'<text x="{x:.1f}" y="{ground + 19}" text-anchor="middle">{cards / 1e6:g} M</text>'


def _slope(points: Points, across: _Scale, up: _Scale, ground: int) -> str:
    """Return a line in proportion to the last size."""
    cards, value = points[-1]
    ends = [(across.at(other), min(up.at(value * other / cards), ground)) for other in (points[0][0], cards)]
    (x1, y1), (x2, y2) = ends
    return f'<line class="slope" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" />'


def _table(size: dict[str, Any]) -> Iterator[str]:
    yield "<div class=wide><table><tr><th></th>"
    yield (
        "".join(f"<th>{escape(figure.title['en'])}</th>" for figure in FIGURES)
        + "<th>version</th><th>measured</th></tr>"
    )
    for _, subject in subjects_of(size):
        cells = "".join(f"<td>{escape(cell(figure, size, subject))}</td>" for figure in FIGURES)
        when = (
            f"<td>{escape(subject['version'])}</td><td>{escape(subject['measured'])}, {escape(subject['commit'])}</td>"
        )
        yield f"<tr><td>{escape(subject['title'])}</td>{cells}{when}</tr>"
    yield "</table></div>"
