from __future__ import annotations

import re
from itertools import permutations
from xml.etree import ElementTree as ET

import pytest

from graphtrace.render.figures.sankey import FlowLink, FlowNode, draw_sankey

from ..answers import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"


def drawn(names: str, *flows: str) -> ET.Element:
    """The drawing of stations named by one letter each, and of flows like ``ab``."""
    stations = [FlowNode(id=name, name=name) for name in names]
    streams = [FlowLink(start=start, end=end, cards=1) for start, end in flows]
    return ET.fromstring(str(draw_sankey(stations, streams, "en")))


def columns(drawing: ET.Element) -> dict[str, int]:
    """The column of each station, from the left."""
    lefts = {}
    for box in drawing.iter(f"{SVG}g"):
        frame, text = box.find(f"{SVG}rect"), box.find(f"{SVG}text")
        if frame is not None and text is not None:
            lefts[text.text or ""] = float(frame.get("x", ""))
    order = sorted(set(lefts.values()))
    return {name: order.index(left) for name, left in lefts.items()}


@pytest.mark.parametrize("names", ["".join(names) for names in permutations("abcd")])
def test_whoever_got_cards_stands_behind_all_from_whom_they_came(names: str) -> None:
    assert columns(drawn(names, "ab", "bc", "cd", "ad")) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_circle_begins_with_the_station_that_is_named_first() -> None:
    assert columns(drawn("abc", "ab", "bc", "ca")) == {"a": 0, "b": 1, "c": 2}
    assert columns(drawn("bca", "ab", "bc", "ca")) == {"b": 0, "c": 1, "a": 2}


def test_who_got_cards_from_nobody_stands_right_before_whom_they_went_to() -> None:
    assert columns(drawn("abcx", "ab", "bc", "xc")) == {"a": 0, "b": 1, "c": 2, "x": 1}


def test_a_station_without_any_flow_is_drawn() -> None:
    assert columns(drawn("ab")) == {"a": 0, "b": 0}


def test_a_line_that_passes_a_column_runs_beside_its_stations() -> None:
    drawing = drawn("abc", "ab", "bc", "ac")
    (passing,) = (path.get("d", "") for path in drawing.iter(f"{SVG}path") if "H" in path.get("d", ""))
    (height,) = (float(end) for end in re.findall(r" ([\d.]+)H", passing))
    frames = {
        text.text: (float(frame.get("y", "")), float(frame.get("height", "")))
        for box in drawing.iter(f"{SVG}g")
        if (frame := box.find(f"{SVG}rect")) is not None and (text := box.find(f"{SVG}text")) is not None
    }
    top, tall = frames["b"]
    assert not top <= height <= top + tall


def test_a_line_is_as_thick_as_it_carries_cards_and_names_their_number() -> None:
    stations = [FlowNode(id=name, name=name) for name in "abc"]
    streams = [FlowLink(start="a", end="b", cards=1_000), FlowLink(start="a", end="c", cards=10)]
    drawing = ET.fromstring(str(draw_sankey(stations, streams, "en")))
    widths = [float(path.get("stroke-width", "")) for path in drawing.iter(f"{SVG}path") if path.get("stroke-width")]
    assert widths[0] > 3 * widths[1] > 0
    assert {"1,000", "10"} <= {text.text for text in drawing.iter(f"{SVG}text")}


def test_a_missing_step_is_said_and_has_no_arrow() -> None:
    stations = [FlowNode(id=name, name=name) for name in "ab"]
    gap = [FlowLink(start="a", end="b", cards=None, sort="gap")]
    drawing = ET.fromstring(str(draw_sankey(stations, gap, "zh")))
    assert len(list(drawing.iter(f"{SVG}path"))) == 1
    assert "无记录" in {text.text for text in drawing.iter(f"{SVG}text")}


def test_a_flow_to_somebody_who_is_not_drawn_is_left_out() -> None:
    assert not list(drawn("a", "ab").iter(f"{SVG}path"))


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_sankey([], [], "en") == ""


def test_a_hostile_name_is_text() -> None:
    drawing = ET.fromstring(str(draw_sankey([FlowNode(id="x", name=HOSTILE.name)], [], "en")))
    assert {element.tag for element in drawing.iter()} == {f"{SVG}{tag}" for tag in ("svg", "g", "rect", "text")}
    assert "<script>" in "".join(text.text or "" for text in drawing.iter(f"{SVG}text"))
