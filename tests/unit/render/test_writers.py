"""A part that is added to a tree is in every format: one document with every kind of part, read back from each."""

from __future__ import annotations

import csv
import io
import zipfile

import docx
import openpyxl
import pytest
from markupsafe import Markup

from graphtrace.render import Lang
from graphtrace.render.document import (
    READERS,
    Audience,
    Column,
    DisplayLimits,
    Document,
    DualValue,
    Entries,
    Entry,
    Facts,
    Figure,
    Items,
    LazyRows,
    Lines,
    Link,
    Paragraph,
    Part,
    Records,
    Section,
    Sections,
    TableBlock,
    TonedText,
)
from graphtrace.render.provenance import answered_at
from graphtrace.render.text_layout import render_plain
from graphtrace.render.text_tables import LABELS, BilingualText
from graphtrace.render.writers import render_file
from graphtrace.render.writers.html_writer import render_notebook
from graphtrace.render.writers.terminal_writer import DocumentView
from graphtrace.results.case_status import CaseHead, CaseState

from .answers import WANG, origin
from .html.test_audit_page import Words
from .reports import BIT, SIGNS
from .test_markdown import HARMLESS, kinds_of

FORMATS = ("terminal", "notebook", ".html", ".md", ".docx", ".xlsx")
TEXTS = ("terminal", "notebook", ".html", ".md", ".docx")


def said(en: str, zh: str) -> BilingualText:
    return BilingualText(en, zh)


COLUMNS = (
    Column("what", heading=said("thing", "事物")),
    Column("cards", "amount", said("pieces", "件数"), phrase=lambda count: said(f"{count:,} pieces", f"{count:,}件")),
)


def document(*parts: Part) -> Document:
    return Document(title="t", kind=said("kind of it", "类别"), parts=parts, case="c", as_of="2024-12-31")


def written(tree: Document, form: str, lang: Lang = "en") -> str:
    match form:
        case "terminal":
            return render_plain(DocumentView(tree, lang), 80)
        case "notebook":
            return Words(render_notebook(tree, lang), lang).text
        case ".html":
            return Words(str(render_file(tree, form, lang)), lang).text
        case ".xlsx":
            content = render_file(tree, form, lang)
            assert isinstance(content, bytes)
            cells = [c.value for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet for c in row]
            return "\n".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells)
        case ".docx":
            return docx_text(tree, lang)
        case _:
            return str(render_file(tree, form, lang))


def docx_text(tree: Document, lang: Lang = "en") -> str:
    """Return the paragraphs and cells of a DOCX file, one a line, in the order of the document."""
    content = render_file(tree, ".docx", lang)
    assert isinstance(content, bytes)
    texts: list[str] = []
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        cells = [block] if hasattr(block, "text") else [cell for row in block.rows for cell in row.cells]
        texts += [cell.text for cell in cells]
    return "\n".join(texts)


def table(layout: str = "grid", name: str = "甲物", **about: object) -> TableBlock:
    return TableBlock(code="cards", columns=COLUMNS, rows=[[name, 1_234]], layout=layout, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layout", ["grid", "pairs", "items", "account", "list", "entries"])
def test_a_table_of_every_layout_is_in_every_format(layout: str, form: str, lang: Lang) -> None:
    text = written(document(Section(code="s", title="heading", parts=(table(layout),))), form, lang)
    assert "甲物" in text
    assert "1,234" in text


@pytest.mark.parametrize("form", TEXTS)
def test_every_part_for_readers_is_in_every_text(form: str) -> None:
    parts = (
        Facts(pairs=(("first-fact", 41_414), ("second-fact", said("nothing stated", "未载")))),
        Paragraph(parts=("one-paragraph", TonedText("quiet-remark", "quiet"), None)),
        Items(items=("one-item", origin(77, "rows.csv"))),
        Entries(entries=[Entry((TonedText("head-of-entry", "name"),), [("line-of-entry", origin(78, "rows.csv"))])]),
        Section(code="in", title="inner-title", note="beside-it", count=9_191, parts=(Paragraph(parts=("deep",)),)),
    )
    text = written(document(Section(code="s", title="outer-title", parts=parts)), form)
    for mark in ("outer-title", "first-fact", "41,414", "nothing stated", "one-paragraph", "quiet-remark", "one-item"):
        assert mark in text
    for mark in ("head-of-entry", "line-of-entry", "inner-title", "beside-it", "deep", "rows.csv", "77", "78"):
        assert mark in text


@pytest.mark.parametrize("form", FORMATS)
def test_every_kind_of_cell_is_in_every_format(form: str) -> None:
    cells = [
        (Column("a"), Lines((("line-one",), ("line-two",))), "line-two"),
        (Column("b"), Link("linked", "e1"), "linked"),
        (Column("c"), WANG, WANG.name),
        (Column("d"), [origin(26, "x.csv")], "x.csv"),
        (Column("e"), TonedText("toned", "bad"), "toned"),
        (Column("f", "share"), 0.25, "25"),
        (Column("g", "ordinal"), 1_234, "1234"),
        (Column("h", "severity"), "warning", "warning"),
    ]
    columns = tuple(column for column, _, _ in cells)
    tree = document(TableBlock(code="cards", columns=columns, rows=[[cell for _, cell, _ in cells]]))
    text = written(tree, form).replace("1,234", "1234")
    for _, _, mark in cells:
        assert mark in text


def test_a_spreadsheet_gets_the_value_and_a_reader_the_words() -> None:
    tree = document(
        TableBlock(code="cards", columns=(Column("x", "ordinal"),), rows=[[DualValue(3, said("3 hands", "3手"))]])
    )
    assert "3\n" in written(tree, ".xlsx") + "\n"
    assert "3 hands" in written(tree, "terminal")
    assert "3手" in written(tree, ".html", "zh")


@pytest.mark.parametrize("form", TEXTS)
def test_what_is_empty_or_for_others_is_not_shown(form: str) -> None:
    empty = TableBlock(code="cards", columns=COLUMNS, rows=[])
    others = {"terminal": Audience.TERMINAL, "notebook": Audience.NOTEBOOK, ".html": Audience.PAGE}
    foreign = READERS & ~others.get(form, Audience.MARKDOWN)
    text = written(
        document(
            Section(code="s", title="empty-title", parts=(empty,)),
            Section(code="t", title="foreign-title", parts=(table(audience=foreign),)),
        ),
        form,
    )
    assert "empty-title" not in text
    assert "foreign-title" not in text


def test_tables_of_one_code_are_one_sheet_whose_rows_name_their_subject() -> None:
    subjects = [
        Section(code=name, title=name, subject=(Column("enterprise"), name), parts=(table(name=f"of-{name}"),))
        for name in ("a", "b")
    ]
    tree = document(Sections(sections=subjects, most=DisplayLimits(terminal=1), more_terminal="", more_page=""))
    content = render_file(tree, ".xlsx", "en")
    assert isinstance(content, bytes)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content))
    assert [[cell.value for cell in row] for row in sheet] == [
        ["Enterprise", "Item", "Cards"],
        ["a", "of-a", 1_234],
        ["b", "of-b", 1_234],
    ]


def test_rows_beyond_the_limit_of_a_format_are_counted_there_and_in_no_other() -> None:
    many = TableBlock(
        code="cards",
        columns=COLUMNS,
        rows=LazyRows(range(9), lambda number: [f"row-{number}", number]),
        most=DisplayLimits(terminal=4, page=6, notebook=2),
        more=LABELS["more_places"],
    )
    found = {form: written(document(many), form) for form in FORMATS}
    assert {form: text.count("row-") for form, text in found.items()} == {
        "terminal": 4,
        ".html": 6,
        "notebook": 2,
        ".md": 9,
        ".docx": 9,
        ".xlsx": 9,
    }
    for form, more in (("terminal", "5 more"), (".html", "3 more"), ("notebook", "7 more")):
        assert more in found[form]
    assert "more" not in found[".md"]
    assert render_plain(DocumentView(document(many), "en", verbose=True), 80).count("row-") == 9


def test_a_drawing_is_svg_on_a_page_and_an_image_in_a_notebook() -> None:
    figure = Figure(draw=lambda lang: Markup('<svg class="gt-figure"></svg>'), words="in-words")
    assert '<svg class="gt-figure">' in str(render_file(document(figure), ".html", "en"))
    fragment = render_notebook(document(figure), "en")
    assert 'alt="in-words"' in fragment
    assert "<svg" not in fragment


def test_hostile_text_is_text_in_every_part_of_every_format() -> None:
    bad = BIT + SIGNS
    parts = (
        Facts(pairs=((bad, bad),)),
        Paragraph(parts=(bad, TonedText(bad, "code"))),
        Items(items=(bad, origin(3, bad, bad))),
        Entries(entries=[Entry((bad,), [(bad,)])]),
        *(table(layout, bad) for layout in ("grid", "pairs", "items", "account", "list", "entries")),
    )
    section = Section(code="s", title=bad, note=bad, subject=(Column("enterprise"), bad), parts=parts)
    tree = Document(title=bad, kind=bad, case=bad, as_of=bad, parts=(section,))
    clean = Words(str(render_file(document(), ".html", "en")), "en")
    page = Words(str(render_file(tree, ".html", "en")), "en")
    assert [page.elements.count(tag) for tag in ("script", "a", "img")] == [
        clean.elements.count(tag) for tag in ("script", "a", "img")
    ]
    assert kinds_of(written(tree, ".md")) <= HARMLESS
    for form in FORMATS:
        assert not set("\u2028\u202e\x1b") & set(written(tree, form))


def test_records_are_csv_by_code_and_no_cell_is_a_formula() -> None:
    tree = Document(title="t", kind="k", parts=(), records=Records(columns=("a", "b"), rows=[{"a": "=1+1", "b": None}]))
    heads, row = csv.reader(io.StringIO(str(render_file(tree, ".csv", "en")).removeprefix("\ufeff")))
    assert heads == ["a", "b"]
    assert not row[0].startswith("=")
    with pytest.raises(ValueError, match="no records"):
        render_file(document(), ".csv", "en")


def test_a_docx_file_has_the_same_bytes_each_time_and_hostile_text_as_text() -> None:
    tree = document(Section(code="s", title="<w:p/>{{ 1 }}", parts=(table(name="a\u202eb\x1b[31m&<x>"),)))
    content = render_file(tree, ".docx", "en")
    assert content == render_file(tree, ".docx", "en")
    assert "<w:p/>{{ 1 }}" in docx_text(tree)
    assert "a<U+202E>b␛[31m&<x>" in docx_text(tree)


def test_no_row_of_a_docx_table_is_parted_and_its_headings_stand_on_each_page() -> None:
    content = render_file(document(table()), ".docx", "en")
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = parts.read("word/document.xml").decode()
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert text.count("<w:cantSplit/>") == 2
    assert text.count("<w:tblHeader/>") == 1


def test_each_page_of_a_docx_file_bears_the_head_of_the_case() -> None:
    head = CaseHead(number="A2024-017", unit="网安支队")
    with answered_at(CaseState("0" * 64, case_head=head)):
        content = render_file(document(table()), ".docx", "zh")
    assert isinstance(content, bytes)
    found = docx.Document(io.BytesIO(content))
    assert "A2024-017 · 网安支队" in found.sections[0].header.paragraphs[0].text
    assert any("A2024-017" in paragraph.text for paragraph in found.paragraphs)
    assert found.sections[0].footer.paragraphs[0]._p.xml.count("PAGE") == 1
