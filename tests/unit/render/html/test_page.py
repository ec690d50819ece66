from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.errors import UsageError
from graphtrace.render.html.overview_page import OverviewGraph
from graphtrace.render.html.page import json_block, render_value
from graphtrace.render.html.trace_page import FULL, trace_page
from graphtrace.render.text_tables import BilingualText
from graphtrace.results.trace import Trace
from graphtrace.results.traces import Traces

from ..answers import AMBIGUOUS, BROKEN, CONTINUOUS, SHOP, UNICOM, WANG, WHOLE, XINGHAI, chain, found, hop, not_found

VENDOR = files("graphtrace.render.html") / "vendor"
MANIFEST: list[Mapping[str, str]] = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
MANY = [CONTINUOUS, BROKEN, AMBIGUOUS, not_found()]


def frame_of(page: str) -> str:
    """A page without its programs and its style."""
    return re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["name"])
def test_a_program_of_others_is_the_one_that_the_manifest_names(entry: Mapping[str, str]) -> None:
    content = (VENDOR / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["version"].encode() in content
    assert "Permission is hereby granted, free of charge" in (VENDOR / entry["licence_file"]).read_text(
        encoding="utf-8"
    )
    assert entry["version"] in (VENDOR / "README.md").read_text(encoding="utf-8")


def test_every_program_of_others_is_in_the_manifest() -> None:
    programs = {path.name for path in Path(str(VENDOR)).iterdir() if path.suffix == ".js"}
    assert programs == {entry["file"] for entry in MANIFEST}


@pytest.mark.parametrize("traces", [[CONTINUOUS], MANY], ids=["one", "many"])
def test_the_policy_names_just_the_styles_and_programs_of_the_page(traces: list[Trace]) -> None:
    page = trace_page(traces, "en")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    rules = {rule.split()[0]: rule.split()[1:] for rule in html.unescape(policy).split("; ")}
    assert rules["default-src"] == ["'none'"]
    for name, element in (("style-src", "style"), ("script-src", "script")):
        texts = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert rules[name] == [f"'sha256-{digest}'" for digest in hashes]
    assert "unsafe" not in policy
    assert " style=" not in frame_of(page)
    assert not re.search(r"\son\w+=", frame_of(page))


@pytest.mark.parametrize("traces", [[CONTINUOUS], MANY], ids=["one", "many"])
def test_the_same_answer_is_the_same_page_to_the_byte(traces: list[Trace]) -> None:
    assert trace_page(traces, "zh", case="a") == trace_page(list(traces), "zh", case="a")


def test_a_page_names_no_address_but_that_of_its_drawings() -> None:
    frame = frame_of(trace_page(MANY, "en"))
    assert set(re.findall(r"\w*:?//[\w./]+", frame)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", frame)


JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(JSON)
def test_no_data_closes_its_element_and_all_of_it_can_be_read_back(data: Any) -> None:
    block = str(json_block("data", data))
    inside = block.removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert json.loads(inside) == data
    assert not set("<>&\u2028\u2029\u202e\x7f") & set(inside)


def test_text_is_made_visible_in_either_language() -> None:
    assert render_value("a\u202eb") == "a<U+202E>b"
    assert (
        str(render_value(BilingualText("<a>\x1b", "乙")))
        == '<span lang="en">&lt;a&gt;␛</span><span lang="zh">乙</span>'
    )
    assert render_value(BilingualText("a\x1b", "a\x1b")) == "a␛"


def test_the_same_hands_of_several_cards_are_one_member_and_one_flow() -> None:
    ring = OverviewGraph([found(WHOLE), found(WHOLE), found(chain(hop(1, UNICOM, XINGHAI, "2024-03-02")))])
    assert [(member.party, member.cards) for member in ring.members] == [
        (UNICOM, [1, 2, 3]),
        (XINGHAI, [1, 2, 3]),
        (WANG, [1, 2]),
        (SHOP, [1, 2]),
    ]
    first = ring.flows[0]
    assert (first.start, first.end, first.cards, first.since, first.until) == (
        UNICOM,
        XINGHAI,
        [1, 2, 3],
        "2024-03-01",
        "2024-03-02",
    )
    assert ring.registrants == [(XINGHAI, 3)]


def test_whom_to_ask_is_told_once_for_all_cards() -> None:
    ring = OverviewGraph([BROKEN, CONTINUOUS, BROKEN])
    assert [(request.lead.ask, request.cards) for request in ring.requests] == [(SHOP, [1, 3])]


def test_a_gap_is_no_flow_of_cards() -> None:
    ring = OverviewGraph([BROKEN])
    sorts = {flow.sort: flow for flow in ring.flows}
    assert (sorts["gap"].start, sorts["gap"].end, sorts["gap"].since) == (SHOP, WANG, "")


def test_a_page_of_many_cards_lists_all_and_says_which_it_holds_back() -> None:
    page = trace_page([CONTINUOUS] * (FULL + 2), "en")
    assert page.count('<article class="one"') == FULL
    assert "2 cards are listed in short at the end" in page
    assert f'<tr id="c{FULL + 2}">' in page
    assert "held back" not in trace_page([CONTINUOUS] * FULL, "en")


def test_an_answer_writes_its_page_whole_or_not_at_all(tmp_path: Path) -> None:
    Traces([CONTINUOUS]).save(tmp_path / "a.html", lang="zh")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == trace_page([CONTINUOUS], "zh")
    with pytest.raises(UsageError, match="cannot be written"):
        Traces([CONTINUOUS]).save(tmp_path / "none" / "a.html")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
