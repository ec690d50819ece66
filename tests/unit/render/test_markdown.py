from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from graphtrace.render import Lang
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.views.audit_view import audit_view
from graphtrace.render.writers.plain_report import escape_markdown, render_markdown

from .answers import SHA256
from .reports import AUDIT, BIT, FIGURES, hostile_audit

READER = MarkdownIt("commonmark").enable("table")
HARMLESS = {
    *("heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "strong"),
    *("inline", "text"),
}


def kinds_of(text: str) -> set[str]:
    """Return the token types that a reader makes of a text, without ``_open`` and ``_close``."""
    tokens = [inner for token in READER.parse(text) for inner in (token, *(token.children or ()))]
    return {re.sub("_(open|close)$", "", token.type) for token in tokens}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_of_an_audit_stands_in_the_report(lang: Lang) -> None:
    report = render_markdown(replace(audit_view([AUDIT]), case="a.gtrace"), lang)
    assert set(FIGURES) - set(re.findall(r"\d[\d,]*", report)) == set()
    for text in ("星海智联科技有限公司", "91310115MA1K35XR7B", "A2024-0613", "智能表计", "微信", SHA256):
        assert text in report
    assert kinds_of(report) <= HARMLESS


def test_several_enterprises_begin_with_a_table_of_all() -> None:
    report = render_markdown(replace(audit_view([AUDIT, AUDIT]), case="a.gtrace"), "en")
    first, *_ = (line for line in report.splitlines() if line.startswith("| 星海"))
    assert "90,017" in first
    assert report.count("## 星海智联科技有限公司") == 2


def test_hostile_texts_are_text_in_every_place() -> None:
    report = render_markdown(
        replace(audit_view([hostile_audit("n"), hostile_audit("- m"), hostile_audit("12. o")]), case=BIT), "en"
    )
    assert kinds_of(report) <= HARMLESS
    rows = [line for line in report.splitlines() if line.startswith("|")]
    plain = render_markdown(replace(audit_view([AUDIT]), case="a"), "en")
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {
        len(re.findall(r"(?<!\\)\|", row)) for row in plain.splitlines()
    } | {7}
    assert not set("\u2028\u202e\x1b") & set(report)
    assert not re.search(r"https?://|www\.", report)


def test_the_same_audits_are_the_same_report() -> None:
    assert render_markdown(replace(audit_view([AUDIT]), case="a"), "zh") == render_markdown(
        replace(audit_view((AUDIT,)), case="a"), "zh"
    )


@given(st.text(alphabet=st.sampled_from("a1.)-+=#>|*_`[]()<>!&;~\\ \t\n\u2028/:w"), max_size=12) | st.text())
def test_an_inert_text_is_read_as_what_it_shows(text: str) -> None:
    tokens = READER.parse(escape_markdown(text))
    told = "".join(child.content for token in tokens for child in token.children or ())
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert re.sub(r"\s+", " ", told).strip() == re.sub(r"\s+", " ", escape_control_chars(text)).strip()
