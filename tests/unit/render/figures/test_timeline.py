from __future__ import annotations

import itertools
from datetime import date
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from graphtrace.model import DateSpan
from graphtrace.render.figures.chain import Event, draw_timeline

WIDTH = 900.0
DAYS = st.dates(date(1995, 1, 1), date(2060, 1, 1))


def marks_and_ticks(days: list[date]) -> tuple[list[tuple[float, float]], list[str]]:
    events = [Event(when=DateSpan.of_day(day), sort="hop", mark=str(n)) for n, day in enumerate(days, 1)]
    drawing, _ = draw_timeline(events, [], width=WIDTH, top=0)
    root = ElementTree.fromstring(f"<svg>{drawing}</svg>")
    marks = [
        (float(disc.attrib["x"]) + float(disc.attrib["width"]) / 2, float(disc.attrib["y"]))
        for disc in root.iter("rect")
    ]
    ticks = [str(text.text) for text in root.iter("text") if "-" in str(text.text) or len(str(text.text)) == 4]
    return marks, ticks


@given(st.lists(DAYS, min_size=1, max_size=12))
def test_no_mark_covers_another_and_none_is_lost(days: list[date]) -> None:
    marks, _ = marks_and_ticks(days)
    assert len(marks) == len(days)
    assert all(
        abs(one[0] - other[0]) >= 19 or abs(one[1] - other[1]) >= 19 for one, other in itertools.combinations(marks, 2)
    )
    assert all(0 < x < WIDTH for x, _ in marks)


@given(st.lists(DAYS, min_size=2, max_size=4, unique=True))
def test_any_time_has_a_few_round_days(days: list[date]) -> None:
    _, ticks = marks_and_ticks(days)
    assert 1 <= len(ticks) <= 9


def test_marks_stand_in_the_order_and_at_the_distance_of_their_days() -> None:
    marks, ticks = marks_and_ticks([date(2024, 1, 1), date(2024, 12, 31), date(2024, 7, 1)])
    places = sorted(x for x, _ in marks)
    assert abs((places[1] - places[0]) / (places[2] - places[0]) - 182 / 365) < 0.01
    assert ticks == ["2024-01", "2024-03", "2024-05", "2024-07", "2024-09", "2024-11"]


def test_a_single_day_is_written_out() -> None:
    assert marks_and_ticks([date(2024, 2, 29)])[1] == ["2024-02-29"]


def test_days_close_together_name_the_year_once() -> None:
    assert marks_and_ticks([date(2023, 12, 30), date(2024, 1, 3)])[1] == [
        "2023-12-30",
        "12-31",
        "01-01",
        "01-02",
        "01-03",
    ]


def test_a_gap_is_a_time_and_nothing_is_drawn_without_a_day() -> None:
    first, last = DateSpan.of_day(date(2024, 3, 1)), DateSpan.of_day(date(2024, 5, 1))
    events = [Event(when=moment, sort="hop", mark=str(n)) for n, moment in enumerate((first, last), 1)]
    with_gap, _ = draw_timeline(events, [(first, last)], width=WIDTH, top=0)
    without, _ = draw_timeline(events, [], width=WIDTH, top=0)
    assert len(with_gap) > len(without)
    assert draw_timeline([], [], width=WIDTH, top=0) == ("", 0.0)
