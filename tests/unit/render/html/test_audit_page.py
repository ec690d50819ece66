from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from graphtrace.model import Party
from graphtrace.render import Lang
from graphtrace.render.format import format_share
from graphtrace.render.views.audit_view import FULL, HOLDERS, LINES, audit_view
from graphtrace.render.writers.html_writer import render_html
from graphtrace.results.audit import PartyCount

from ..answers import SHA256
from ..reports import AUDIT, BIT, FIGURES, hostile_audit

assert FULL.page
assert HOLDERS.page
assert LINES.page
ENTERPRISES_SHOWN, HOLDERS_SHOWN, LINES_SHOWN = FULL.page, HOLDERS.page, LINES.page


class Words(HTMLParser):
    """The text of a page as a reader of one language sees it, and the elements that it has."""

    def __init__(self, page: str, lang: Lang) -> None:
        super().__init__()
        self.told: list[str] = []
        self.elements: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._other = "zh" if lang == "en" else "en"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in {"meta", "link", "input", "br", "img"}:
            self._open.append((tag, tag in {"script", "style", "title"} or ("lang", self._other) in attrs))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_hidden for _, is_hidden in self._open[1:]):
            self.told.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.told))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_of_an_audit_stands_on_the_page(lang: Lang) -> None:
    told = Words(render_html(audit_view([AUDIT]), lang), lang).text
    numbers = set(re.findall(r"\d[\d,]*", told))
    assert set(FIGURES) - numbers == set()
    for text in ("星海智联科技有限公司", "91310115MA1K35XR7B", "A2024-0613", "智能表计", "云南", "微信", SHA256[12:]):
        assert text in told


def test_what_is_not_declared_is_no_figure() -> None:
    assert AUDIT.balance is not None
    silent = replace(AUDIT, balance=replace(AUDIT.balance, declared_sold=None))
    told = Words(render_html(audit_view([silent]), "en"), "en").text
    assert "10,846" not in told
    assert "not declared" in told
    assert "45,922" not in Words(render_html(audit_view([replace(AUDIT, balance=None)]), "en"), "en").text


@pytest.mark.parametrize(("lang", "surplus"), [("en", "17,285 cards more"), ("zh", "多17,285张")])
def test_what_is_declared_beyond_the_records_is_said_in_words(lang: Lang, surplus: str) -> None:
    assert AUDIT.balance is not None
    assert AUDIT.balance.bounds is not None
    beyond = (AUDIT.balance.declared_stock or 0) + AUDIT.balance.bounds.most + 17_285
    told = Words(
        render_html(audit_view([replace(AUDIT, balance=replace(AUDIT.balance, declared_stock=beyond))]), lang), lang
    ).text
    assert surplus in told
    assert surplus not in Words(render_html(audit_view([AUDIT]), lang), lang).text


@pytest.mark.parametrize(("lang", "words"), [("en", "Unaccounted cannot be told"), ("zh", "去向不明 无法判断")])
def test_what_may_balance_is_not_said_to_be_open(lang: Lang, words: str) -> None:
    assert AUDIT.balance is not None
    assert AUDIT.balance.bounds is not None
    balance = replace(AUDIT.balance, activated_sold=17_285)
    stock = (balance.declared_stock or 0) + AUDIT.balance.bounds.most + 17_285
    told = render_html(audit_view([replace(AUDIT, balance=replace(balance, declared_stock=stock))]), lang)
    assert words.lower() in Words(told, lang).text.lower()


def test_the_same_audits_are_the_same_page_to_the_byte() -> None:
    assert render_html(replace(audit_view([AUDIT, AUDIT]), case="a"), "zh") == render_html(
        replace(audit_view((AUDIT, AUDIT)), case="a"), "zh"
    )


def test_a_hostile_text_adds_no_element_wherever_it_stands() -> None:
    plain = replace(hostile_audit(""), findings=AUDIT.findings)
    page = render_html(replace(audit_view([hostile_audit("n")]), case=BIT, as_of=BIT), "en")
    assert Words(page, "en").elements.count("script") == Words(
        render_html(audit_view([plain]), "en"), "en"
    ).elements.count("script")
    assert "img" not in Words(page, "en").elements
    assert not set("\u2028\u202e\x1b") & set(page)
    assert "{{7*7}}" in page


def test_enterprises_and_rows_beyond_the_limit_are_held_back_and_said() -> None:
    many = [replace(AUDIT, enterprise=Party(f"id:{n}", f"第{n}公司")) for n in range(ENTERPRISES_SHOWN + 3)]
    page = render_html(audit_view(many), "en")
    assert page.count('<div class="report">') == ENTERPRISES_SHOWN
    told = Words(page, "en").text
    assert f"The first {ENTERPRISES_SHOWN} reports follow" in told
    assert all(told.count(f"第{n}公司") == 1 for n in range(ENTERPRISES_SHOWN, ENTERPRISES_SHOWN + 3))
    assert told.count(f"第{ENTERPRISES_SHOWN - 1}公司") == 2
    assert "reports follow" not in render_html(audit_view(many[:ENTERPRISES_SHOWN]), "en")


@pytest.mark.parametrize("more", [0, 5])
def test_holders_and_channels_beyond_the_limit_are_counted(more: int) -> None:
    holders = tuple(
        PartyCount(party=Party(f"name:{n}", f"持有{n}某"), cards=1, activated=0, seized=0)
        for n in range(HOLDERS_SHOWN + more)
    )
    channels = {f"渠道{n}号": 1 for n in range(LINES_SHOWN + 2 * more)}
    resold = replace(AUDIT.resold, final_holders=holders, channels=channels)
    told = Words(render_html(audit_view([replace(AUDIT, resold=resold)]), "en"), "en").text
    assert len(re.findall(r"持有\d+某", told)) == HOLDERS_SHOWN
    assert len(re.findall(r"渠道\d+号", told)) == LINES_SHOWN
    assert (f"{more} more rows" in told) == (f"{2 * more} more rows" in told) == bool(more)


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0.0%"), (0.0004, "<0.1%"), (0.0005, "0.1%"), (0.9996, ">99.9%"), (1, "100.0%")]
)
def test_a_share_is_nothing_or_all_only_where_it_is(share: float, said: str) -> None:
    assert format_share(share) == said
