"""Sankey diagram: parties as boxes in columns, flows between them as lines with a width by number of cards.

The picture of many cards at once, where :mod:`~graphtrace.render.figures.chain` is that of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean
from typing import Literal

from markupsafe import Markup

from graphtrace.frozen import frozen
from graphtrace.render import Lang
from graphtrace.render.figures.chain import (
    ACCENT,
    BAD,
    BOX,
    EDGE,
    INK,
    LINE,
    QUIET,
    RULE,
    USE,
    element,
    group,
    name_lines,
    text_element,
)
from graphtrace.render.i18n import Text, label_text

Sort = Literal["hop", "guess", "use", "gap"]
"""Sort of a link: on record, on record by quantity only, used by, or missing."""

LINK = 72.0
GAP = 16.0
THINNEST = 1.4
THICKEST = 9.0
HEAD = 8.0
SWEEPS = 6
"""Number of passes that sort columns by the order of their neighbours; more passes change little."""

_DASHES = {"hop": None, "guess": "7 5", "use": "1.5 4", "gap": "3 4"}
_LOOKS = {"hop": ("gt-ink", INK), "guess": ("gt-ink", INK), "use": ("gt-use", USE), "gap": ("gt-bad", BAD)}


@frozen()
class FlowNode:
    """A party in the drawing.

    - ``id``: identity of the node; a party may have several nodes.
    - ``captions``: texts above the name.
    - ``is_marked``: whether it stands out.
    """

    id: str
    name: str
    captions: Sequence[Text] = ()
    is_marked: bool = False

    @property
    def height(self) -> float:
        """Return the height of the box, in pixels."""
        return 22 + 13.0 * len(self.captions) + LINE * len(name_lines(self.name))


@frozen()
class FlowLink:
    """Link between two nodes; ``cards`` is ``None`` where a number would carry no meaning."""

    start: str
    end: str
    cards: int | None
    sort: Sort = "hop"


def draw_sankey(nodes: Sequence[FlowNode], links: Sequence[FlowLink], lang: Lang | None) -> Markup:
    """Return the drawing as an ``svg`` element; empty if there is nothing to draw.

    - ``nodes``: in the order in which cards come to them, as far as there is one; a circle begins with its first node.
    - ``links``: links between them; one whose ends are not both among the nodes is left out.
    - ``lang``: the language of the words in it; ``None`` for both, of which a page shows one.
    """
    if not nodes:
        return Markup()
    known = {node.id for node in nodes}
    shown = [link for link in links if link.start in known and link.end in known]
    layout = _Layout(nodes, shown)
    most = max((link.cards or 0 for link in shown), default=0)
    lines = [_line(link, route, most, lang) for link, route in zip(shown, layout.routes, strict=True)]
    boxes = [_box(node, layout.places[node.id], lang) for node in nodes]
    return element(
        "svg", *lines, *boxes, xmlns="http://www.w3.org/2000/svg", class_="gt-figure",
        viewBox=f"0 0 {layout.width:.0f} {layout.height:.0f}", width=round(layout.width), height=round(layout.height),
        font_family="sans-serif", fill="currentColor",
    )  # fmt: skip


# -- layout ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Place:
    """Room in a column: of a node, or for a line that passes the column."""

    height: float
    x: float = 0.0
    middle: float = 0.0
    rank: float = 0.0
    neighbours: list[_Place] = field(default_factory=list)


class _Layout:
    """Layered layout: every node is to the right of those that it receives cards from, except in circles.

    ``routes`` has for each link the places that it passes, its ends included.
    """

    def __init__(self, nodes: Sequence[FlowNode], links: Sequence[FlowLink]) -> None:
        self.places = {node.id: _Place(node.height) for node in nodes}
        steps = _steps([node.id for node in nodes], links)
        columns: dict[int, list[_Place]] = defaultdict(list)
        for node in nodes:
            columns[steps[node.id]].append(self.places[node.id])
        self.routes: list[list[_Place]] = []
        for link in links:
            route = [self.places[link.start]]
            for step in range(steps[link.start] + 1, steps[link.end]):
                route.append(_Place(THICKEST))
                columns[step].append(route[-1])
            self.routes.append([*route, self.places[link.end]])
        for before, after in (pair for route in self.routes for pair in pairwise(route)):
            before.neighbours.append(after)
            after.neighbours.append(before)
        self._arrange([columns[step] for step in sorted(columns)])

    def _arrange(self, columns: Sequence[list[_Place]]) -> None:
        for column in columns:
            _number(column)
        for sweep in range(SWEEPS):
            for column in columns if sweep % 2 == 0 else columns[::-1]:
                wanted = [mean(other.rank for other in place.neighbours or [place]) for place in column]
                column[:] = [column[number] for number in sorted(range(len(column)), key=wanted.__getitem__)]
                _number(column)
        heights = [sum(place.height + GAP for place in column) - GAP for column in columns]
        self.height = max(heights) + 2 * EDGE
        for number, (column, height) in enumerate(zip(columns, heights, strict=True)):
            top = (self.height - height) / 2
            for place in column:
                place.x = EDGE + number * (BOX + LINK)
                place.middle = top + place.height / 2
                top += place.height + GAP
        is_circular = any(route[-1].x <= route[0].x for route in self.routes)
        self.width = 2 * EDGE + len(columns) * BOX + (len(columns) - (0 if is_circular else 1)) * LINK


def _number(column: Sequence[_Place]) -> None:
    for number, place in enumerate(column):
        place.rank = (number + 0.5) / len(column)


def _steps(idents: Sequence[str], links: Sequence[FlowLink]) -> dict[str, int]:
    """Return the length of the longest path to each node, without the links that close a circle."""
    onward: dict[str, list[str]] = {ident: [] for ident in idents}
    for link in links:
        onward[link.start].append(link.end)
    left: list[str] = []  # each before all that lead to it
    is_open: dict[str, bool] = {}
    forward: list[tuple[str, str]] = []

    def visit(ident: str) -> None:
        is_open[ident] = True
        for other in onward[ident]:
            if not is_open.get(other, False):
                forward.append((ident, other))
                if other not in is_open:
                    visit(other)
        is_open[ident] = False
        left.append(ident)

    for ident in idents:
        if ident not in is_open:
            visit(ident)
    steps = dict.fromkeys(idents, 0)
    order = {ident: place for place, ident in enumerate(reversed(left))}
    for start, end in sorted(forward, key=lambda ends: order[ends[0]]):
        steps[end] = max(steps[end], steps[start] + 1)
    # whoever got cards from nobody stands right before the first to whom they went
    for start in idents:
        if all(end != start for _, end in forward):
            steps[start] = min((steps[end] for begin, end in forward if begin == start), default=1) - 1
    return steps


# -- drawing --------------------------------------------------------------------------------------------


def _box(node: FlowNode, place: _Place, lang: Lang | None) -> Markup:
    is_marked = node.is_marked
    frame = element(
        "rect", x=place.x, y=place.middle - place.height / 2, width=BOX, height=place.height, rx=7,
        class_="gt-box gt-box-registrant" if is_marked else "gt-box",
        fill="#e8f0f7" if is_marked else "#ffffff", stroke=ACCENT if is_marked else RULE,
    )  # fmt: skip
    css, colour = ("gt-accent", ACCENT) if is_marked else ("gt-quiet", QUIET)
    x, y = place.x + 11, place.middle - place.height / 2 + 9
    texts = []
    for caption in node.captions:
        y += 13
        texts.append(text_element(x, y, caption, lang, font_size=11, class_=css, color=colour))
    for line in name_lines(node.name):
        y += LINE
        texts.append(text_element(x, y, line, lang, font_size=14, font_weight=600, class_="gt-ink", color=INK))
    return group([frame, *texts])


def _line(link: FlowLink, route: Sequence[_Place], most: int, lang: Lang | None) -> Markup:
    share = (link.cards or 0) / most if most else 0.0
    path, middle, head = _past(route) if route[-1].x > route[0].x else _back(route)
    css, colour = _LOOKS[link.sort]
    line = element(
        "path", d=path, fill="none", stroke="currentColor", stroke_width=THINNEST + (THICKEST - THINNEST) * share,
        stroke_dasharray=_DASHES[link.sort], stroke_opacity=0.32 if link.sort in ("hop", "guess") else 0.7,
    )  # fmt: skip
    count = label_text("missing") if link.sort == "gap" else None if link.cards is None else f"{link.cards:,}"
    drawn = [line] if link.sort == "gap" else [line, head]
    return group(drawn if count is None else [*drawn, _caption(middle, count, lang)], class_=css, color=colour)


def _past(route: Sequence[_Place]) -> tuple[str, tuple[float, float], Markup]:
    x, y = route[0].x + BOX, route[0].middle
    path = f"M{x:.1f} {y:.1f}"
    for place in route[1:]:
        end = place.x - (HEAD if place is route[-1] else 0)
        bend = (x + end) / 2
        path += f"C{bend:.1f} {y:.1f} {bend:.1f} {place.middle:.1f} {end:.1f} {place.middle:.1f}"
        x, y = end, place.middle
        if place is not route[-1]:
            x += BOX
            path += f"H{x:.1f}"
    head = element("path", d=f"M{x + HEAD - 1:.1f} {y:.1f}l-8 -4.5v9z")
    middle = (route[0].x + BOX + route[1].x) / 2, (route[0].middle + route[1].middle) / 2
    return path, middle, head


def _back(route: Sequence[_Place]) -> tuple[str, tuple[float, float], Markup]:
    """Draw a link that goes back, or stays within a column: it leaves and enters a box on the right."""
    x0, y0, x1, y1 = route[0].x + BOX, route[0].middle, route[-1].x + BOX + HEAD, route[-1].middle
    reach = LINK * 0.8
    path = f"M{x0:.1f} {y0:.1f}C{x0 + reach:.1f} {y0:.1f} {x1 + reach:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    head = element("path", d=f"M{x1 - HEAD + 1:.1f} {y1:.1f}l8 -4.5v9z")
    return path, ((x0 + x1) / 2 + reach * 0.75, (y0 + y1) / 2), head


def _caption(middle: tuple[float, float], text: Text, lang: Lang | None) -> Markup:
    """Draw a text on a line, with an outline for contrast."""
    return text_element(
        middle[0], middle[1] + 4, text, lang, text_anchor="middle", font_size=12, paint_order="stroke",
        stroke="#ffffff", stroke_width=4, stroke_linejoin="round", class_="gt-outlined",
    )  # fmt: skip
