"""Answers show themselves: as one line, as text, in a rich console, in a notebook, as plain values."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from rich.console import Console

import graphtrace as gt
from graphtrace import notebook
from graphtrace.errors import UnknownFormat
from graphtrace.render import json as documents
from graphtrace.render.registry import ENDINGS
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.views.trace_view import CARDS, FULL
from graphtrace.results.display import DisplayMixin
from graphtrace.results.traces import Traces

from .render.answers import CONTINUOUS, not_found

MARK = "[b]" if sys.platform == "win32" else "<b>"
"""The beginning of file names; Windows has no angles in them."""

BIT = (
    '</style></script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{%x%}\u2028\u202e[/red]\x1b[31m&lt;"'
)
"""A text that tries to be something else wherever it stands."""

SEIZED = "8986061900000000011"
ABSENT = "8986061900000099999"

SALES = """运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,渠道
中国联通,{}甲,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,
"""
TRANSFERS = """from,from_id,to,to_id,date,iccid,iccid_first,iccid_last,quantity,channel
{}甲,91310115MA1K35XR7B,{}乙,,2024-03-05,,8986061900000000001,8986061900000000050,,{}
{}甲,91310115MA1K35XR7B,{}乙,,2024-03-06,,,,70,{}
{}丙,,{}丁,{}号,2024-04-05,8986061900000000011,,,,{}
{}乙,,{}戊,,2024-04-05,8986061900000000012,,,,{}
"""
ACTIVATIONS = """iccid,msisdn,imei,激活日期,user,province,city
8986061900000000011,1064600000001,860999000000010,2024-04-06,{}己,{}省,{}市
8986061900000000013,1064600000002,860999000000010,2024-04-06,{}己,{}省,{}市
"""
SEIZURES = """卡号,查获日期,案件编号,查获地点,嫌疑人
8986061900000000011,2024-05-01,{}案,{}地,{}人
8986061900000000012,2024-05-02,{}案2,{}地,{}人
"""

assert CARDS.notebook
assert FULL.notebook
CARDS_SHOWN, FULL_SHOWN = CARDS.notebook, FULL.notebook

ASKED: dict[str, Callable[[gt.Case], DisplayMixin]] = {
    "traces": lambda case: case.trace(SEIZED),
    "many traces": lambda case: case.trace("89860619000000000??", ABSENT),
    "trace": lambda case: case.trace(SEIZED)[0],
    "not found": lambda case: case.trace(ABSENT),
    "audits": lambda case: case.audit(all=True),
    "audit": lambda case: case.audit(all=True)[0],
    "party": lambda case: case.party("91310115MA1K35XR7B"),
    "common": lambda case: case.common(SEIZED, "8986061900000000012", ABSENT),
    "siblings": lambda case: case.siblings(SEIZED, ABSENT),
    "query": lambda case: case.query("seized-cards"),
}
TOLD = ("traces", "trace", "audits", "audit")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    """A case in which every text that a file can hold is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    bit = '"' + BIT.replace('"', '""')
    with gt.open_case(folder / "c.gtrace") as case:
        for number, text in enumerate((SALES, TRANSFERS, ACTIVATIONS, SEIZURES)):
            file = folder / f"{MARK}{number}&.csv"
            # the quotation mark that opens a cell is closed at its end
            cells = re.sub(r"\{\}([^,\n]*)", lambda found: f'{bit}{found[1]}"', text)
            file.write_text(cells, encoding="utf-8")
            report = case.load(file)
            assert [entry.rejected for entry in report.files] == [0]
        yield case


Asked = Callable[[str], DisplayMixin]


@pytest.fixture(scope="module")
def asked_once(case: gt.Case) -> Asked:
    """Every answer of the case, asked for when it is first needed; an answer is frozen."""
    return cache(lambda name: ASKED[name](case))


@pytest.fixture(params=ASKED)
def answer(asked_once: Asked, request: pytest.FixtureRequest) -> DisplayMixin:
    return asked_once(request.param)


@pytest.fixture(params=["en", "zh"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GRAPHTRACE_LANG", request.param)
    return str(request.param)


class Elements(HTMLParser):
    """Every element of a fragment with its attributes, and the text of each style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.styles: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if self.open[-1:] == ["style"] else self.texts).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def drawings(self) -> list[ET.Element]:
        sources = [attributes["src"] or "" for tag, attributes in self.found if tag == "img"]
        return [ET.fromstring(base64.b64decode(source.partition("base64,")[2])) for source in sources]


ELEMENTS = {
    *("div", "style", "p", "strong", "span", "br", "code", "img", "ol", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "class": r"[\w -]+",
    "lang": "en|zh",
    "scope": "col|row",
    "colspan": r"\d+",
    "alt": ".*",
    "src": r"data:image/svg\+xml;base64,[\w+/=]+",
    "style": r"(?:width: [\d.]+%; )?background-color: #[0-9a-f]{6}",
}


def html_of(answer: DisplayMixin) -> str:
    return answer._repr_mimebundle_(include=None, exclude=None)["text/html"]


def test_no_text_becomes_an_element_or_an_attribute_of_a_fragment(answer: DisplayMixin, lang: str) -> None:
    elements = Elements(html_of(answer))
    assert elements.open == []
    assert {tag for tag, _ in elements.found} <= ELEMENTS
    for _, attributes in elements.found:
        for name, value in attributes.items():
            assert re.fullmatch(ATTRIBUTES[name], value or "", re.DOTALL)
    assert not set("\x1b\u2028\u202e") & set("".join(elements.texts))


def test_no_text_becomes_an_element_of_a_drawing(answer: DisplayMixin, lang: str) -> None:
    parts = [part for drawing in Elements(html_of(answer)).drawings for part in drawing.iter()]
    tags = {part.tag.removeprefix("{http://www.w3.org/2000/svg}") for part in parts}
    assert tags <= {"svg", "g", "rect", "path", "line", "text"}
    assert not any(name.startswith("on") or name.endswith("href") for part in parts for name in part.attrib)


@pytest.mark.parametrize("asked", [name for name in ASKED if name != "not found"])
def test_a_hostile_name_can_be_read_in_every_answer(asked_once: Asked, asked: str, lang: str) -> None:
    assert escape_control_chars(BIT) in "".join(Elements(html_of(asked_once(asked))).texts)


def test_the_style_of_a_fragment_reaches_nothing_else(answer: DisplayMixin) -> None:
    (style,) = Elements(html_of(answer)).styles
    selectors = [one.strip() for rule in re.findall(r"([^{}]+)\{", style) for one in rule.split(",")]
    assert len(selectors) > 20
    assert all(one.startswith("div.graphtrace-answer") for one in selectors)
    assert not re.search(r"url\(|@import|expression", style)


@pytest.mark.parametrize("asked", ["traces", "trace", "party", "common", "many traces"])
def test_what_can_be_drawn_is_drawn(asked_once: Asked, asked: str) -> None:
    assert len(Elements(html_of(asked_once(asked))).drawings) == 1


def test_the_same_answer_looks_the_same_to_the_byte(answer: DisplayMixin) -> None:
    assert answer._repr_mimebundle_() == answer._repr_mimebundle_()


def test_an_answer_is_short_in_a_list_and_whole_as_text(answer: DisplayMixin, lang: str) -> None:
    assert repr(answer).isprintable()
    assert repr(answer).startswith("<")
    assert "\n" in str(answer)
    assert str(answer) == answer._repr_mimebundle_()["text/plain"]
    assert all(len(line) <= notebook.WIDTH for line in str(answer).splitlines())
    assert not set("\x1b\u202e") & set(str(answer))


def test_a_rich_console_shows_the_same_text_with_colours(answer: DisplayMixin, lang: str) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=notebook.WIDTH, force_terminal=True, color_system="standard", _environ={})
    console.print(answer)
    coloured = stream.getvalue()
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == [line.rstrip() for line in str(answer).splitlines()]


def test_the_language_is_that_of_the_environment(case: gt.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = case.trace(SEIZED)
    for lang, outcome in (("zh", "链条中断"), ("en", "BROKEN")):
        monkeypatch.setenv("GRAPHTRACE_LANG", lang)
        assert outcome in str(answer)
        assert outcome in html_of(answer)
        assert f'lang="{lang}"' in html_of(answer)


def test_a_fragment_says_what_it_holds_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHTRACE_LANG", "en")
    many = html_of(Traces([CONTINUOUS] * (CARDS_SHOWN + 7)))
    assert "7 more rows: to_pandas(), to_dict()" in many
    assert "more row" not in html_of(Traces([CONTINUOUS] * CARDS_SHOWN))
    assert many.count('<th scope="col">Sources</th>') == 0
    assert len(Elements(html_of(Traces([CONTINUOUS] * FULL_SHOWN))).drawings) == FULL_SHOWN + 1


def test_nothing_asked_is_shown_as_nothing() -> None:
    assert Elements(html_of(Traces([]))).open == []


# -- plain values and tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "document"),
    [
        ("traces", lambda case, answer: documents.trace_document("c", answer, "zh")),
        ("audits", lambda case, answer: documents.audit_document("c", answer, "zh")),
        ("party", lambda case, answer: documents.answer_document("c", answer)),
        ("common", lambda case, answer: documents.answer_document("c", answer)),
        ("siblings", lambda case, answer: documents.answer_document("c", answer)),
        ("query", lambda case, answer: documents.answer_document("c", answer)),
    ],
)
def test_plain_values_are_those_of_the_command_line(
    case: gt.Case, asked_once: Asked, asked: str, document: Callable[..., Any]
) -> None:
    answer: Any = asked_once(asked)
    values = answer.to_dict(lang="zh") if asked in TOLD else answer.to_dict()
    head = {"graphtrace": gt.__version__, "case": "c", "ledger_head": None, "as_of": None}
    assert document(case, answer) == {**head, **values}
    assert json.loads(json.dumps(values)) == values


def test_one_of_several_answers_has_the_same_values_as_among_them(case: gt.Case) -> None:
    traces, audits = case.trace(SEIZED, ABSENT), case.audit(all=True)
    assert [trace.to_dict(lang="zh") for trace in traces] == traces.to_dict(lang="zh")["results"]
    assert [audit.to_dict() for audit in audits] == audits.to_dict()["enterprises"]
    assert traces[0].to_dict(lang="en") != traces[0].to_dict(lang="zh")


@pytest.mark.parametrize("asked", [name for name in ASKED if name not in ("trace", "audit")])
def test_no_text_becomes_a_number_in_a_data_frame(case: gt.Case, asked: str) -> None:
    answer: Any = ASKED[asked](case)
    frame = answer.to_pandas()
    assert len(frame)
    for name in ("iccid", "card", "input", "first", "last", "party_id", "enterprise_id", "case_no"):
        if name in frame:
            assert {type(value) for value in frame[name].dropna()} <= {str}
    assert not any(
        str(kind).startswith("float") for name, kind in frame.dtypes.items() if name in ("n", "chain", "cards")
    )


def test_the_dealings_of_a_party_are_a_graph_like_that_of_the_case(case: gt.Case) -> None:
    dealings = case.party("91310115MA1K35XR7B")
    graph = dealings.to_networkx()
    whole = case.graph(around="91310115MA1K35XR7B", depth=1)
    assert set(graph.edges) == {edge for edge in whole.edges if dealings.party.id in edge[:2]}
    for edge in graph.edges:
        seized = {"seized": graph.edges[edge]["seized"]}
        assert graph.edges[edge].items() <= {**whole.edges[edge], **seized}.items()
    assert sum(seized for *_, seized in graph.in_edges(dealings.party.id, data="seized")) == 2


def test_the_ways_of_many_cards_are_a_graph_in_which_parties_have_their_figures(case: gt.Case) -> None:
    shared = case.common(SEIZED, "8986061900000000012")
    graph = shared.to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    figures = {node: data["cards"] for node, data in graph.nodes(data=True) if "lift" in data}
    assert figures == {one.party.id: one.cards for one in (*shared.parties, *shared.carriers)}
    assert {data["type"] for _, data in graph.nodes(data=True)} == {"card", "party", "record"}


@pytest.mark.parametrize("asked", ASKED)
def test_every_answer_is_saved_in_every_format(case: gt.Case, asked: str, tmp_path: Path) -> None:
    answer: Any = ASKED[asked](case)
    for ending in ENDINGS:
        answer.save(tmp_path / f"a{ending}", lang="zh")
        assert (tmp_path / f"a{ending}").stat().st_size
    assert '<html lang="zh">' in (tmp_path / "a.html").read_text(encoding="utf-8")
    with pytest.raises(UnknownFormat, match="says no format"):
        answer.save(tmp_path / "a.odt")


def test_what_is_no_answer_cannot_be_shown() -> None:
    for show in (notebook.to_rich, notebook.to_text, notebook.to_html):
        with pytest.raises(TypeError, match="int cannot be shown so"):
            show(1)


def test_one_line_names_what_was_not_found() -> None:
    assert repr(not_found("8986999")) == "<Trace '8986999': not_found>"
