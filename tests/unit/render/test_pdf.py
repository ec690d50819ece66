"""PDF/A: what it claims, what is embedded, that text of a case is data, and that nothing of a document is lost."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from graphtrace.errors import SystemFault
from graphtrace.render import Lang
from graphtrace.render.document import Code, Column, Document, Paragraph, Part, Section, TableBlock
from graphtrace.render.provenance import answered_at
from graphtrace.render.writers import render_file
from graphtrace.results.case_status import CaseHead, CaseState

HOSTILE = (
    '#panic("a")',
    "$x^2$ *b* _i_ `r`",
    "@ref <label> = h",
    '"]; #import "@preview/a:0.1.0"',
    "\\u{41} // c /* d */",
    "#sys.inputs",
    "[#read(1)] ~ --- '",
)


def document(*parts: Part, **about: Any) -> Document:
    return Document(title="标题", kind="类别", parts=parts, **about)


def table(*cells: str, rows: int = 1) -> TableBlock:
    columns = tuple(Column(f"c{place}", heading=f"列{place}") for place in range(len(cells)))
    return TableBlock(code="t", columns=columns, rows=[[*cells] for _ in range(rows)])


def pdf(tree: Document, lang: Lang = "zh") -> bytes:
    content = render_file(tree, ".pdf", lang)
    assert isinstance(content, bytes)
    return content


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    """Return the text of a file without the ends of its lines."""
    return "".join(pages(content)).replace("\n", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_file_is_pdf_a_2a_on_a4_with_its_fonts_and_the_same_bytes_each_time(lang: Lang) -> None:
    tree = document(
        Section(code="s", title="一", parts=(table("甲", "a"), Paragraph(parts=("乙",)), Code(text="x = 1")))
    )
    content = pdf(tree, lang)
    assert content == pdf(tree, lang)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    found = PdfReader(io.BytesIO(content))
    assert [round(float(side)) for side in found.pages[0].mediabox[2:]] == [595, 842]
    assert found.metadata is not None
    assert found.metadata.title == "标题"
    fonts = found.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    inner = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert len(inner) > 2
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & {*descriptor} for descriptor in inner)


def test_what_means_something_in_a_template_is_text() -> None:
    parts = [part for text in HOSTILE for part in (Paragraph(parts=(text,)), table(text))]
    text = text_of(pdf(document(*parts, case=HOSTILE[0])))
    for hostile in HOSTILE:
        assert text.count(hostile) >= 2, hostile
    assert text.count(HOSTILE[0]) == 3


def test_invisible_characters_and_those_that_no_font_has_are_written_out() -> None:
    text = text_of(pdf(document(table("a\u202eb\x1b[31m", "\ue000x\U0002fa20"))))
    assert re.search(r"a<U\+202E>b(␛|<U\+001B>)\[31m", text)
    assert "<U+E000>x<U+2FA20>" in text


def test_without_a_font_for_chinese_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    own = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typst, "Fonts", lambda: own)
    with pytest.raises(SystemFault) as raised:
        pdf(document())
    error = raised.value
    assert (error.exit_code, error.code) == (3, "system_fault")
    assert "不于互内别" in error.text.render("zh")
    assert "不于互内别" in error.message
    assert error.hint_text is not None
    for lang in ("en", "zh"):
        assert "fonts-noto-cjk" in error.hint_text.render(lang)
    latin = Document(title="t", kind="k", parts=(Paragraph(parts=("Ivo Čapek, Ёлкин",)),), caveat=None)
    assert "Ivo Čapek, Ёлкин" in text_of(pdf(latin, "en"))


def test_each_page_has_case_unit_title_day_number_and_the_headings_of_its_table() -> None:
    with answered_at(CaseState("0" * 64, case_head=CaseHead(number="A2024-017", unit="网安支队"), day="2024-06-30")):
        found = pages(pdf(document(table("89860123061000001011", "乙方", rows=200))))
    assert len(found) > 2
    for number, text in enumerate(found, 1):
        assert "A2024-017 · 网安支队 · 标题" in text
        assert f"2024-06-30 · {number} / {len(found)}" in text
    assert sum("列0" in text for text in found) >= len(found) - 1
    assert sum(text.count("89860123061000001011") for text in found) == 200


def test_a_word_longer_than_its_column_goes_on_in_the_next_line_and_is_whole_in_the_text() -> None:
    digest = "0123456789abcdef" * 4
    content = pdf(document(table(digest, *["说明文字"] * 6), Paragraph(parts=(f"x{digest}x{digest}",))))
    assert pages(content)[0].count(digest) < 3
    assert text_of(content).count(digest) == 3


def test_a_row_higher_than_a_page_is_parted_and_nothing_of_it_is_lost() -> None:
    long = "".join(f"第{number}句。" for number in range(3_000))
    content = pdf(document(table(long, "短")))
    assert len(pages(content)) > 2
    assert text_of(content).count("句。") == 3_000


@pytest.mark.parametrize(
    ("made_at", "day", "stated"),
    [
        ("2026-11-30T10:20:30+08:00", "2024-06-30", "20261130022030"),
        (None, "2024-06-30", "20240630000000"),
        (None, None, "19800101000000"),
    ],
)
def test_a_file_states_when_its_document_was_made_and_never_the_time_of_the_machine(
    made_at: str | None, day: str | None, stated: str
) -> None:
    with answered_at(CaseState(None, day=day)):
        content = pdf(document(made_at=made_at))
    assert {*re.findall(rb"D:(\d{14})Z", content)} == {stated.encode()}
    assert len({*re.findall(rb"\d{4}-\d\d-\d\dT[\d:]{8}\+00:00", content)}) == 1
