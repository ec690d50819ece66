"""The hands of one card from left to right, its branches side by side, and below them the days.

A broken link is drawn broken, a step that rests on a number of cards only is dashed, a use is dotted. Long chains go on
in a further band, so that the drawing can be printed; nothing is left out. Colours are named by class, so that a page
can set its own; without a style sheet the drawing is as it is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from string import ascii_uppercase
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape

from graphtrace.frozen import frozen
from graphtrace.model import EPOCH, DateSpan, to_epoch_day
from graphtrace.render import Lang, text_tables
from graphtrace.render.figures.tree import TreeLink, TreeNode, build_trees, links_of
from graphtrace.render.i18n import Text, code_text, label_text
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.text_layout import line_of, wrap_cjk

if TYPE_CHECKING:
    from graphtrace.model import Hop, Party
    from graphtrace.results.trace import Trace


def element(tag: str, *content: Markup, **attributes: str | float | None) -> Markup:
    """Return an element; attributes that are ``None`` are left out, ``_`` in their names stands for ``-``."""
    attributes_text = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _number(value))
        for name, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(content)
    return (
        Markup("<{}{}>{}</{}>").format(tag, attributes_text, inside, tag)
        if inside
        else Markup("<{}{}/>").format(tag, attributes_text)
    )


def group(content: Iterable[Markup], **attributes: str | float | None) -> Markup:
    """Return a group of elements that share ``attributes``."""
    return element("g", *content, **attributes)


def text_element(x: float, y: float, text: Text, lang: Lang | None, **attributes: str | float | None) -> Markup:
    """One line of text, made visible; with ``lang`` ``None`` a phrase stands there in both
    languages.
    """
    if not isinstance(text, str):
        if text.en == text.zh or lang is not None:
            return text_element(x, y, getattr(text, lang or "en"), lang, **attributes)
        return text_element(x, y, text.en, lang, lang_="en", **attributes) + text_element(
            x, y, text.zh, lang, lang_="zh", **attributes
        )
    return element("text", escape(escape_control_chars(text)), x=x, y=y, **attributes)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


Sort = Literal["hop", "activation", "seizure"]

_SIDE = 34.0
_ROW = 23.0
_BELOW = 30.0
_TOGETHER = 7.0
"""Minimum distance of two marks of one sort; closer ones are merged."""

_MAX_TICKS = 9
"""Maximum number of labelled days on the axis."""

_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@frozen()
class Event:
    """Something dated: ``mark`` is written on it, ``href`` leads to its row."""

    when: DateSpan
    sort: Sort
    mark: str = ""
    href: str | None = None


def draw_timeline(
    events: Sequence[Event], gaps: Sequence[tuple[DateSpan, DateSpan]], *, width: float, top: float
) -> tuple[Markup, float]:
    """Return the timeline, and its height below ``top``.

    - ``events``: dated events; for an inexact date the middle of its span.
    - ``gaps``: dates before and after each missing step.
    - ``width``: of the drawing, in pixels.
    - ``top``: vertical position at which the timeline begins.
    """
    days = [day for event in events for day in (event.when.earliest, event.when.latest)]
    if not days:
        return Markup(), 0.0
    first, last = min(days), max(days)
    scale = (width - 2 * _SIDE) / max(last - first, 1)

    def place(day: float) -> float:
        return _SIDE + (day - first) * scale if last > first else width / 2

    rows = list(_stacked(sorted(events, key=lambda event: (event.when, event.sort, event.mark)), place))
    axis = top + _ROW * (1 + max((row for row, _, _ in rows), default=0)) + 6
    parts = [element("line", x1=0, x2=width, y1=axis, y2=axis, stroke="currentColor")]
    ticks = [
        element("line", x1=place(day), x2=place(day), y1=axis, y2=axis + 5, stroke="currentColor")
        for day, _ in _ticks(first, last)
    ]
    labels = [
        text_element(place(day), axis + 19, text, None, text_anchor="middle", font_size=11)
        for day, text in _ticks(first, last)
    ]
    bands = [
        element(
            "rect", x=place(since), y=axis - 5, width=max(place(until) - place(since), 3), height=10, fill_opacity=0.22,
        )
        for since, until in (sorted((before.earliest, after.latest)) for before, after in gaps)
    ]  # fmt: skip
    stems = [
        element("line", x1=x, x2=x, y1=axis - _ROW * row - 14, y2=axis, stroke="currentColor") for row, x, _ in rows
    ]
    marks = [_mark(event, x, axis - _ROW * row - 15) for row, x, event in rows]
    drawn = (
        group(bands, class_="gt-bad", color="#b0281e")
        + group([*parts, *ticks, *stems], class_="gt-rule", color="#d8dde2")
        + group(labels, class_="gt-quiet", color="#5a6672")
        + Markup("").join(marks)
    )
    return drawn, axis - top + _BELOW


def _stacked(events: Sequence[Event], place: Callable[[float], float]) -> Iterator[tuple[int, float, Event]]:
    """Row (from 0 at the line), place and event, so that no two marks touch."""
    ends: list[float] = []
    latest: dict[Sort, float] = {}
    for event in events:
        x = place((event.when.earliest + event.when.latest) / 2)
        if event.sort != "hop" and x - latest.get(event.sort, -_SIDE) < _TOGETHER:
            continue
        latest[event.sort] = x
        half = 13.0 if len(event.mark) > 1 else 11.0
        row = next((row for row, end in enumerate(ends) if end <= x - half), len(ends))
        ends[row : row + 1] = [x + half]
        yield row, x, event


def _mark(event: Event, x: float, y: float) -> Markup:
    if event.sort == "hop":
        shape = circle(x, y, event.mark)
    elif event.sort == "activation":
        shape = element("path", d=f"M{x:.1f} {y - 8:.1f}l8.5 14.5h-17z")
    else:
        shape = element("rect", x=x - 6.5, y=y - 6.5, width=13, height=13)
    look = {"hop": ("gt-ink", "#1a2129"), "activation": ("gt-use", "#6a3d8f"), "seizure": ("gt-bad", "#b0281e")}
    css, colour = look[event.sort]
    drawn = group([shape], class_=css, color=colour)
    if event.href is None:
        return drawn
    # for the mouse: the table below says the same, and is what the keys and a reader of the screen go through
    return element("a", drawn, href=event.href, class_="gt-mark", tabindex=-1, aria_hidden="true")


def circle(x: float, y: float, mark: str) -> Markup:
    """Return the number of a step in a circle."""
    half = 12.0 if len(mark) > 1 else 9.5
    return element(
        "rect", x=x - half, y=y - 9.5, width=2 * half, height=19, rx=9.5, class_="gt-disc", fill="#ffffff",
        stroke="currentColor",
    ) + text_element(x, y + 4, mark, None, text_anchor="middle", font_size=11, font_weight=600)  # fmt: skip


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """At most :data:`_MAX_TICKS` round days with what is written at them."""
    if last == first:
        return [(first, (EPOCH + timedelta(days=first)).isoformat())]
    span = last - first
    for step in _DAYS:
        if span / step < _MAX_TICKS:
            days = [(day, (EPOCH + timedelta(days=day)).isoformat()) for day in range(first, last + 1, step)]
            return days[:1] + [(day, text[5:]) for day, text in days[1:]]
    for months in _MONTHS:
        if (ticks := _month_ticks(first, last, months)) and len(ticks) <= _MAX_TICKS:
            return ticks
    return []


def _month_ticks(first: int, last: int, months: int) -> list[tuple[int, str]]:
    start = EPOCH + timedelta(days=first)
    number = -(-(start.year * 12 + start.month - 1) // months) * months
    ticks: list[tuple[int, str]] = []
    while True:
        year, month = divmod(number, 12)
        day = to_epoch_day(start.replace(year=year, month=month + 1, day=1))
        if day > last:
            return ticks
        if day >= first:
            ticks.append((day, f"{year}" if months >= 12 else f"{year}-{month + 1:02d}"))
        number += months


BOX = 130.0
LINK = 73.0
EDGE = 6.0
LANE_GAP = 22.0
BAND_GAP = 20.0
LINE = 18.0
NAME_LINES = 4
NAME_CELLS = 14
LATIN_CELLS = 13
"""Width of a line of Latin letters, in halves of a Chinese character; a Latin letter is wider than one half."""

COLUMNS = 6
"""Maximum number of parties in one row; a longer chain continues in the next row."""

MARKS = 60
"""Maximum number of activations on the timeline; more are thinned out, and the text has them all."""

INK, QUIET, RULE, ACCENT, BAD, USE = "#1a2129", "#5a6672", "#d8dde2", "#1d4f7c", "#b0281e", "#6a3d8f"
"""The colours of a drawing on paper."""


@frozen(kw_only=False)
class RowAnchors:
    """Ids of the table rows that state in words what a drawing shows; ``prefix`` separates several cards."""

    prefix: str
    parties: Mapping[str, int]

    def hop(self, chain: int, n: int) -> str:
        return f"{self.prefix}h{chain + 1}-{n}"

    def party(self, party: Party) -> str:
        return f"{self.prefix}p{self.parties[party.id]}"

    def activation(self, number: int) -> str:
        return f"{self.prefix}a{number}"

    def seizure(self, number: int) -> str:
        return f"{self.prefix}s{number}"


def draw_chain(
    trace: Trace, lang: Lang | None = None, *, anchors: RowAnchors | None = None, columns: int = COLUMNS
) -> Markup:
    """Return the drawing of a trace as an ``svg`` element; empty if there is nothing to draw.

    - ``trace``: the answer; all of its chains are drawn, what they have in common once.
    - ``lang``: the language of the words in it; ``None`` puts both in, for a page that shows one of them.
    - ``anchors``: anchors of the rows to which parts of the drawing link; without it there are no links.
    - ``columns``: maximum number of parties in one row.

    Returns an ``svg`` element. Its width is that of its widest band, its size grows with the number of different hops.
    """
    roots = build_trees(trace)
    trees = [[_Stroke(node, link) for node, link in links_of([root])] for root in roots]
    strokes = [stroke for tree in trees for stroke in tree]
    _name(strokes, anchors)
    drawing = _Drawing(lang, anchors, columns)
    for tree in trees:
        drawing.add(tree)
    events = [
        Event(when=stroke.link.hop.when, sort="hop", mark=stroke.mark, href=stroke.href)
        for stroke in strokes
        if stroke.link.hop and stroke.link.hop.when
    ]
    windows = [stroke.link.window for stroke in strokes if stroke.link.window]
    return drawing.finish([*events, *_other_events(trace, anchors)], windows)


@dataclass(slots=True)
class _Stroke:
    """A link of the drawing: its labels and its target."""

    start: TreeNode
    link: TreeLink
    mark: str = ""
    href: str | None = None


def _name(strokes: Sequence[_Stroke], anchors: RowAnchors | None) -> None:
    """Number the steps; steps with the same number are distinguished by the letter of the chain."""
    numbers = Counter(stroke.link.hop.n for stroke in strokes if stroke.link.hop)
    for stroke in strokes:
        link = stroke.link
        if link.hop:
            letter = ascii_uppercase[link.chain] if numbers[link.hop.n] > 1 else ""
            stroke.mark = f"{link.hop.n}{letter}"
        if anchors is not None and link.hop:
            stroke.href = "#" + anchors.hop(link.chain, link.hop.n)
        elif anchors is not None and link.activation is not None:
            stroke.href = "#" + anchors.activation(link.activation + 1)


def _other_events(trace: Trace, anchors: RowAnchors | None) -> Iterator[Event]:
    every = len(trace.activations) // MARKS + 1
    for number, activation in enumerate(trace.activations, 1):
        if number % every == 0 or number == 1:
            href = None if anchors is None else "#" + anchors.activation(number)
            yield Event(when=activation.when, sort="activation", href=href)
    for number, seizure in enumerate(trace.seizures, 1):
        if seizure.when is not None:
            href = None if anchors is None else "#" + anchors.seizure(number)
            yield Event(when=seizure.when, sort="seizure", href=href)


class _Drawing:
    """Bands below each other, each as wide as its columns."""

    def __init__(self, lang: Lang | None, anchors: RowAnchors | None, columns: int) -> None:
        self.lang = lang
        self.anchors = anchors
        self.columns = columns
        self.parts: list[Markup] = []
        self.top = EDGE
        self.width = 0.0

    def add(self, strokes: Sequence[_Stroke]) -> None:
        step = self.columns - 1
        for start in range(0, max((stroke.link.end.column for stroke in strokes), default=0), step):
            self._add_band([stroke for stroke in strokes if start <= stroke.start.column < start + step], start)

    def _add_band(self, strokes: Sequence[_Stroke], start: int) -> None:
        shown = {node.place: node for stroke in strokes for node in (stroke.start, stroke.link.end)}
        lanes = {lane: place for place, lane in enumerate(sorted({node.lane for node in shown.values()}))}
        boxes = {place: _Box(node, is_repeated=bool(start) and node.column == start) for place, node in shown.items()}
        heights = [
            max(box.height for box in boxes.values() if lanes[box.node.lane] == place) for place in lanes.values()
        ]
        heights = [max(height, 64.0) for height in heights]
        tops = [self.top + sum(heights[:place]) + place * LANE_GAP for place in range(len(heights))]
        for box in boxes.values():
            place = lanes[box.node.lane]
            box.x = EDGE + (box.node.column - start) * (BOX + LINK)
            box.middle = tops[place] + heights[place] / 2
        # in the order in which they are read, which is that of the arrow keys
        self.parts.append(self._box(next(iter(boxes.values()))))
        for stroke in strokes:
            self.parts += [self._stroke(stroke, boxes), self._box(boxes[stroke.link.end.place])]
        self.width = max(self.width, *(box.x + BOX + EDGE for box in boxes.values()))
        self.top = tops[-1] + heights[-1] + BAND_GAP

    def _box(self, box: _Box) -> Markup:
        node = box.node
        is_registrant = "registrant" in node.roles
        y = box.middle - box.height / 2
        frame = element(
            "rect", x=box.x, y=y, width=BOX, height=box.height, rx=7,
            class_="gt-box gt-box-registrant" if is_registrant else "gt-box",
            fill="#e8f0f7" if is_registrant else "#ffffff",
            stroke=ACCENT if is_registrant else RULE,
            stroke_dasharray="4 4" if node.party is None or box.is_repeated else None,
        )  # fmt: skip
        at = y + 9
        texts = []
        for role in box.captions:
            at += 13
            css, colour = ("gt-accent", ACCENT) if is_registrant else ("gt-quiet", QUIET)
            texts.append(self._text(box.x + 11, at, role, 11, css, colour))
        for line in box.name:
            at += LINE
            is_known = node.party is not None
            weight = 600 if is_known else 400
            css, colour = ("gt-ink", INK) if is_known else ("gt-bad", BAD)
            texts.append(self._text(box.x + 11, at, line, 14, css, colour, font_weight=weight))
        if box.ident:
            texts.append(self._text(box.x + 11, at + 15, box.ident, 10, "gt-quiet", QUIET, font_family="monospace"))
        drawn = group([frame, *texts])
        if self.anchors is None or node.party is None:
            return drawn
        return element("a", drawn, href="#" + self.anchors.party(node.party), class_="gt-party")

    def _stroke(self, stroke: _Stroke, boxes: Mapping[tuple[int, int], _Box]) -> Markup:
        link = stroke.link
        start, end = boxes[stroke.start.place], boxes[link.end.place]
        x0, x1, y0, y1 = start.x + BOX, end.x, start.middle, end.middle
        middle = (x0 + x1) / 2 + (5 if y0 != y1 else 0)
        bend = "" if y0 == y1 else f"q5 0 5 5V{y1 - 5:.1f}q0 5 5 5"
        begin = f"M{x0:.1f} {y0:.1f}{bend}"
        if link.sort == "gap":
            return self._gap(link, begin, middle, x1, y1)
        is_use = link.sort == "use"
        dashes = "1.5 4" if is_use else "7 5" if link.hop and link.hop.precision == "quantity" else None
        line = element(
            "path", d=f"{begin}H{x1 - 2:.1f}", fill="none", stroke="currentColor", stroke_width=1.6,
            stroke_dasharray=dashes, stroke_linecap="round" if is_use else None,
        )  # fmt: skip
        head = element("path", d=f"M{x1 - 1:.1f} {y1:.1f}l-8 -4.5v9z")
        css, colour = ("gt-use", USE) if is_use else ("gt-ink", INK)
        drawn = [group([line] if is_use else [line, head], class_=css, color=colour)]
        if link.hop:
            drawn += self._step(stroke.mark, link.hop, middle, y1, falls=link.falls)
        else:
            drawn += [self._middle(middle, y1 - 10, label_text("used_by"), "gt-use", USE)]
        if stroke.href is None:
            return group(drawn)
        hit = element(
            "rect",
            x=x0 + 2,
            y=y1 - 30,
            width=x1 - x0 - 4,
            height=64,
            class_="gt-hit",
            fill="none",
            pointer_events="all",
        )
        return element("a", hit, *drawn, href=stroke.href, class_="gt-step")

    def _step(self, mark: str, hop: Hop, middle: float, y: float, *, falls: bool) -> Iterator[Markup]:
        css, colour = ("gt-bad", BAD) if falls else ("gt-ink", INK)
        if falls:
            yield self._middle(middle, y - 29, "↩", css, colour, size=12)
        yield self._middle(middle, y - 15, hop.day or label_text("undated"), css, colour, size=12)
        yield group([circle(middle - 3, y, mark)], class_="gt-ink", color=INK)
        yield self._middle(middle, y + 23, code_text(text_tables.KINDS, hop.kind), "gt-quiet", QUIET)
        yield self._middle(middle, y + 37, code_text(text_tables.PRECISIONS, hop.precision), "gt-quiet", QUIET)

    def _gap(self, link: TreeLink, begin: str, middle: float, x1: float, y: float) -> Markup:
        stubs = element(
            "path", d=f"{begin}H{middle - 14:.1f}M{middle + 14:.1f} {y:.1f}H{x1:.1f}", fill="none",
            stroke="currentColor", stroke_width=1.6, stroke_dasharray="3 4",
        )  # fmt: skip
        cross = element(
            "path", d=f"M{middle - 6:.1f} {y - 6:.1f}l12 12m0 -12l-12 12", stroke="currentColor", stroke_width=2.4,
        )  # fmt: skip
        texts = [self._middle(middle, y - 15, label_text("missing"), "gt-bad", BAD, size=12)]
        if link.window and link.window[0].earliest <= link.window[1].latest:
            days = enumerate(when.day for when in link.window)
            texts += [self._middle(middle, y + 22 + 13 * row, day, "gt-bad", BAD) for row, day in days]
        return group([group([stubs, cross], class_="gt-bad", color=BAD), *texts])

    def _middle(self, x: float, y: float, text: Text, css: str, colour: str, *, size: float = 11) -> Markup:
        return self._text(x, y, text, size, css, colour, text_anchor="middle")

    def _text(self, x: float, y: float, text: Text, size: float, css: str, colour: str, **more: str | float) -> Markup:
        return text_element(x, y, text, self.lang, font_size=size, class_=css, color=colour, **more)

    def finish(self, events: Sequence[Event], gaps: Sequence[tuple[DateSpan, DateSpan]]) -> Markup:
        if not self.parts and not events:
            return Markup()
        width = max(self.width, 2 * (BOX + LINK) + BOX + 2 * EDGE)
        line, height = draw_timeline(events, gaps, width=width, top=self.top)
        total = self.top + height
        return element(
            "svg", Markup("").join([*self.parts, line]), xmlns="http://www.w3.org/2000/svg", class_="gt-figure",
            viewBox=f"0 0 {width:.0f} {total:.0f}", width=round(width), height=round(total),
            font_family="sans-serif", fill="currentColor",
        )  # fmt: skip


class _Box:
    """A party of the drawing: captions, name and number, and its height."""

    def __init__(self, node: TreeNode, *, is_repeated: bool) -> None:
        self.node = node
        self.is_repeated = is_repeated
        self.x = self.middle = 0.0
        self.captions = [label_text("as_above")] if is_repeated else [label_text(role) for role in node.roles]
        party = node.party
        self.name = [""] if party is None else name_lines(party.name or party.id)
        self.ident = "" if party is None or not party.id.startswith("id:") else _cut(party.id.removeprefix("id:"), 19)
        if party is None:
            self.name = ["?"]
        self.height = 22 + 13.0 * len(self.captions) + LINE * len(self.name) + (15 if self.ident else 0)


def name_lines(name: str) -> list[str]:
    """Return the lines of a name in a box, at most :data:`NAME_LINES`."""
    lines = [line.plain for line in wrap_cjk(line_of(name), LATIN_CELLS if name.isascii() else NAME_CELLS)]
    return lines if len(lines) <= NAME_LINES else [*lines[: NAME_LINES - 1], lines[NAME_LINES - 1] + "…"]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
