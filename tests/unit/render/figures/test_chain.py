from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from graphtrace.model import Activation
from graphtrace.render.figures.chain import RowAnchors, draw_chain
from graphtrace.render.figures.tree import build_trees, links_of, parties_of
from graphtrace.results.trace import Trace

from ..answers import (
    ACTIVATION,
    AMBIGUOUS,
    BROKEN,
    CONTINUOUS,
    HEADLESS,
    HOSTILE,
    SHOP,
    TORN,
    UNICOM,
    WANG,
    WHOLE,
    XINGHAI,
    ZHAO,
    chain,
    finding,
    found,
    hop,
    named,
    not_found,
    origin,
    when,
)

SVG = "{http://www.w3.org/2000/svg}"


def drawn(trace: Trace, **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(draw_chain(trace, "en", **options))  # type: ignore[arg-type]


def texts(trace: Trace, **options: object) -> list[str]:
    return [str(element.text) for element in drawn(trace, **options).iter(f"{SVG}text")]


def source_row_of(trace: Trace, text: str) -> tuple[float, float]:
    found = next(element for element in drawn(trace).iter(f"{SVG}text") if element.text == text)
    return float(found.attrib["x"]), float(found.attrib["y"])


def dashes(trace: Trace) -> list[str | None]:
    return [path.get("stroke-dasharray") for path in drawn(trace).iter(f"{SVG}path") if path.get("fill") == "none"]


def test_a_chain_goes_from_the_carrier_to_the_holder_from_left_to_right() -> None:
    trace = found(WHOLE)
    places = [source_row_of(trace, name)[0] for name in ("中国联通", "星海智联科技有", "王五")]
    assert places == sorted(places)
    assert len(set(places)) == 3


def test_the_days_stand_below_the_hands() -> None:
    trace = found(WHOLE)
    assert source_row_of(trace, "03-15")[1] > source_row_of(trace, "王五")[1]


def test_a_missing_step_is_drawn_as_a_broken_link_with_its_window() -> None:
    told = texts(BROKEN)
    assert "no record" in told
    assert "no record" not in texts(CONTINUOUS)
    assert told.count("2024-03-20") == 2  # the day of the step before, and the beginning of the window
    assert "3 4" in dashes(BROKEN)
    assert "3 4" not in dashes(CONTINUOUS)


def test_a_chain_without_a_purchase_begins_with_a_carrier_that_nobody_named() -> None:
    told = texts(found(HEADLESS))
    assert told.index("?") < told.index("王五")
    assert "no record" in told


def test_a_step_known_by_a_number_of_cards_only_has_another_stroke() -> None:
    assert dashes(found(TORN)).count("7 5") == 1
    assert "7 5" not in dashes(found(WHOLE))


def test_branches_stand_side_by_side_and_what_they_share_stands_there_once() -> None:
    fork = chain(*WHOLE.hops[:2], hop(3, SHOP, ZHAO, "2024-04-09"))
    trace = found(WHOLE, fork)
    told = texts(trace)
    assert told.count("中国联通") == 1
    assert told.count("星海智联科技有") == 1
    (x, y), (other_x, other_y) = source_row_of(trace, "王五"), source_row_of(trace, "赵六")
    assert x == other_x
    assert y != other_y
    assert {"3A", "3B"} <= set(told)
    assert "3A" not in texts(found(WHOLE))


def test_two_sales_by_one_carrier_part_at_the_carrier() -> None:
    other = chain(hop(1, UNICOM, ZHAO, "2024-02-01"))
    assert texts(found(WHOLE, other)).count("中国联通") == 1
    assert [root.party for root in build_trees(found(WHOLE, HEADLESS))] == [UNICOM, None]


def test_a_step_dated_before_the_one_before_it_is_marked() -> None:
    inverted = chain(WHOLE.hops[0], hop(2, XINGHAI, SHOP, "2024-01-01"))
    assert "↩" in texts(found(inverted))
    assert "↩" not in texts(found(WHOLE))


def test_who_used_the_card_without_holding_it_is_linked_to_who_held_it_then() -> None:
    used = replace(ACTIVATION, when=when("2024-03-25"), user=ZHAO)
    differs = finding("user_differs_from_holder", "warning", user=named(ZHAO), holder=named(SHOP), date="2024-03-25")
    trace = found(WHOLE, end_user=ZHAO, activations=(used,), findings=(differs,))
    uses = [(node.party, link) for node, link in links_of(build_trees(trace)) if link.sort == "use"]
    assert [(holder, link.end.party, link.activation) for holder, link in uses] == [(SHOP, ZHAO, 0)]
    assert "1.5 4" in dashes(trace)


def test_an_activation_that_names_another_user_earlier_is_not_the_use_that_is_drawn() -> None:
    first = Activation(when=when("2024-05-01"), user=SHOP, origins=(origin(1),))
    trace = found(WHOLE, end_user=ZHAO, activations=(first, ACTIVATION))
    assert [link.activation for _, link in links_of(build_trees(trace)) if link.sort == "use"] == [1]


def test_an_end_user_who_held_the_card_is_marked_and_not_drawn_again() -> None:
    trace = found(WHOLE, end_user=WANG, activations=(replace(ACTIVATION, user=WANG),))
    told = texts(trace)
    assert told.count("王五") == 1
    assert "end user" in told


def test_a_card_that_comes_back_is_drawn_where_it_comes_back() -> None:
    back = chain(*WHOLE.hops[:2], hop(3, SHOP, XINGHAI, "2024-04-01"), hop(4, XINGHAI, WANG, "2024-05-01"))
    assert texts(found(back)).count("星海智联科技有") == 2


def test_a_long_chain_goes_on_in_a_further_band_and_loses_nothing() -> None:
    wide, narrow = drawn(CONTINUOUS), drawn(CONTINUOUS, columns=3)
    assert float(narrow.attrib["width"]) < float(wide.attrib["width"])
    assert float(narrow.attrib["height"]) > float(wide.attrib["height"])
    assert set(texts(CONTINUOUS)) < set(texts(CONTINUOUS, columns=3))
    assert "from above" in texts(CONTINUOUS, columns=3)


def test_every_part_leads_to_its_row() -> None:
    anchors = RowAnchors("c1", {party.id: n for n, party in enumerate(parties_of(CONTINUOUS), 1)})
    leads = set(re.findall(r'href="#([^"]+)"', draw_chain(CONTINUOUS, anchors=anchors)))
    assert leads == {"c1h1-1", "c1h1-2", "c1h1-3", "c1a1", "c1s1", "c1p1", "c1p2", "c1p3", "c1p4", "c1p5"}
    assert "href" not in draw_chain(CONTINUOUS)


def test_a_drawing_for_one_language_holds_no_other() -> None:
    told = texts(CONTINUOUS)
    assert "registrant" in told
    assert "开户单位" not in told
    both = draw_chain(CONTINUOUS)
    assert "registrant" in both
    assert "开户单位" in both


def test_hostile_names_are_text() -> None:
    trace = found(chain(hop(1, UNICOM, HOSTILE, "2024-03-01"), hop(2, HOSTILE, WANG, "2024-03-02")))
    assert [element.tag for element in drawn(trace).iter() if "script" in element.tag] == []
    told = "".join(texts(trace))
    assert "␛[31m<script>" in told
    assert "\x1b" not in told


@pytest.mark.parametrize("trace", [not_found(), found()])
def test_without_a_chain_or_a_day_there_is_nothing_to_draw(trace: Trace) -> None:
    assert draw_chain(trace) == ""


def test_the_same_answer_is_drawn_the_same() -> None:
    assert draw_chain(AMBIGUOUS) == draw_chain(AMBIGUOUS)
