"""Timeline of a chain, to scale: dated events, and periods without records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from markupsafe import Markup

from graphtrace.model import EPOCH, DateSpan, to_epoch_day
from graphtrace.render.figures.svg import element, group, text_element

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


@dataclass(frozen=True, slots=True, kw_only=True)
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

    Parameters
    ----------
    events
        Dated events; for an inexact date the middle of its span.
    gaps
        Dates before and after each missing step.
    width
        Of the drawing, in pixels.
    top
        Vertical position at which the timeline begins.
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
