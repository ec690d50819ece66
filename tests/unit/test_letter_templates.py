"""A template may read the fields of a letter and do nothing else; what is wrong with it is said with its place."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from graphtrace.errors import CaseDamaged, TemplateError, UsageError
from graphtrace.evidence.letter_forms import find_form, make_form, shipped_forms
from graphtrace.evidence.letter_templates import FIELDS, MAX_PART_BYTES, fill_docx

BLANK = "________"


def values(**other: Any) -> dict[str, Any]:
    span = {"no": 1, "first": "8986061900000000001", "last": "8986061900000000003", "cards": 3, "text": "1–3"}
    request = {"what": "转让记录", "period": "—", "why": "缺少一个环节", "cards": 3, "lead": "0123456789abcdef"}
    return {
        "number": BLANK,
        "reference": "GT-AAAA-BBBB",
        "date": "2026-03-05",
        "reply_by": "2026-03-20",
        "cards": 3,
        "listed": True,
        "annex": "a.xlsx",
        "blank": BLANK,
        "program": "graphtrace",
        "suspend": [],
        "suspend_cards": 0,
        "case": dict.fromkeys(("number", "name", "unit", "officer", "ground"), BLANK),
        "addressee": {"name": "甲公司", "identifier": "", "is_person": False},
        "requests": [request],
        "ranges": [span],
        **other,
    }


def template(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The archive with a part added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, part)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def refused(content: bytes, **other: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        fill_docx(content, "x.docx", values(**other))
    assert caught.value.code == "bad_template"
    assert caught.value.exit_code == 2
    return caught.value


def test_the_fields_of_this_test_are_those_of_a_letter() -> None:
    assert set(values()) == set(FIELDS)


def test_fields_loops_and_conditions_are_filled_in() -> None:
    filled = fill_docx(
        template(
            "{{ number }} {{ case.unit | default('x') }}",
            "{%p if listed and cards > 2 %}",
            "{% for one in ranges %}{{ loop.index }}. {{ one.first }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "{%p else %}",
            "not listed",
            "{%p endif %}",
        ),
        "x.docx",
        values(),
    )
    assert text_of(filled).strip() == f"{BLANK} {BLANK}\n1. 8986061900000000001"


@pytest.mark.parametrize(("name", "lang"), shipped_forms())
def test_every_template_that_ships_is_filled_in_the_same_each_time(name: str, lang: Any) -> None:
    form = make_form(name, lang)
    assert form == make_form(name, lang)
    filled = fill_docx(form, name, values())
    assert filled == fill_docx(form, name, values())
    text = text_of(filled)
    for word in ("GT-AAAA-BBBB", "甲公司", "8986061900000000001", "SHA-256"):
        assert word in text
    assert "{" not in text
    assert text_of(fill_docx(form, name, values(listed=False))).count("8986061900000000001") == 0
    assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in zipfile.ZipFile(io.BytesIO(filled)).infolist())


@pytest.mark.parametrize(
    "text",
    [
        "{{ number.__class__ }}",
        "{{ number['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ case.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ config }}",
        "{{ number|attr('__class__') }}",
        "{{ requests|map(attribute='__class__')|list }}",
        "{{ requests|join }}",
        "{{ number|format(1) }}",
        "{{ number.format(number) }}",
        "{{ case.items() }}",
        "{{ requests.append(1) }}",
        "{{ requests[0] }}",
        "{{ number[0:3] }}",
        "{{ namespace(a=1) }}",
        "{{ range(10) }}",
        "{{ dict(a=1) }}",
        "{{ joiner }}",
        "{{ number|safe }}",
        "{{ number|pprint }}",
        "{{ number|center(1000000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ number ~ number }}",
        "{{ 1 + 1 }}",
        "{{ -cards }}",
        "{% set x = number %}",
        "{% with x = number %}{% endwith %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block b %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape false %}{{ number }}{% endautoescape %}",
        "{% for x in requests recursive %}{{ loop(requests) }}{% endfor %}",
        "{% for x in range(1000000000) %}a{% endfor %}",
        "{% for x in 'abc' %}a{% endfor %}",
        "{% for x, y in requests %}a{% endfor %}",
        "{% for x in number %}a{% endfor %}",
        "{% for a in ranges %}{% for b in ranges %}{% for c in ranges %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% raw %}{{ {% endraw %}{{ x }}",
        "{% debug %}",
        "{{ loop.index }}",
        "{{ requests.what }}",
    ],
)
def test_nothing_but_fields_is_reachable(text: str) -> None:
    error = refused(template("first", text))
    assert error.params["template"] == "x.docx"
    assert error.params["paragraph"] == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ cardz }}", "cardz"),
        ("{{ case.nummer }}", "case.nummer"),
        ("{% for one in requests %}{{ one.whta }}{% endfor %}", "one.whta"),
        ("{% if listed %}x", "{% if listed %}x"),
        ("{{ number", "{{ number"),
        ("{% endfor %}", "endfor"),
    ],
)
def test_a_fault_names_template_paragraph_and_field(text: str, word: str) -> None:
    error = refused(template("one", "two", text))
    assert (error.params["template"], error.params["paragraph"]) == ("x.docx", 3)
    assert "paragraph 3" in error.message
    assert word in error.message


def test_a_field_that_word_split_into_runs_is_one_field() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ refer", "ence }", "}"):
        paragraph.add_run(piece)
    out = io.BytesIO()
    document.save(out)
    assert text_of(fill_docx(out.getvalue(), "x.docx", values())).strip() == "GT-AAAA-BBBB"


def test_fields_in_a_text_box_are_those_of_its_own_paragraphs() -> None:
    content = template("text {{ number }}")
    document = part_of(content, "word/document.xml").decode()
    box = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
        "<w:p><w:r><w:t>{% if listed %}</w:t></w:r></w:p><w:p><w:r><w:t>{{ reference }}{% endif %}</w:t></w:r></w:p>"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    whole = with_part(content, "word/document.xml", document.replace("</w:p>", box, 1).encode())
    assert "GT-AAAA-BBBB" in part_of(fill_docx(whole, "x.docx", values()), "word/document.xml").decode()
    wrong = document.replace("</w:p>", box.replace("reference", "refrence"), 1).encode()
    assert refused(with_part(content, "word/document.xml", wrong)).params["paragraph"] == 3


def test_a_fault_in_the_foot_of_the_pages_is_found() -> None:
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "{{ number.__class__ }}"
    out = io.BytesIO()
    document.save(out)
    assert refused(out.getvalue()).params["paragraph"] == 1


def test_fields_in_the_properties_of_a_document_reach_nothing() -> None:
    document = docx.Document()
    document.core_properties.comments = "{{ cycler.__init__.__globals__ }}"
    out = io.BytesIO()
    document.save(out)
    refused(out.getvalue())


def test_a_condition_that_tears_the_document_is_a_fault() -> None:
    document = docx.Document()
    document.add_paragraph("{% if listed %}listed")
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{% endif %}"
    out = io.BytesIO()
    document.save(out)
    assert "listed" in text_of(fill_docx(out.getvalue(), "x.docx", values()))
    refused(out.getvalue(), listed=False)


@pytest.mark.parametrize(
    "hostile", ["{{ 7*7 }}", "{% for %}", "<w:p/>", "&amp;", "a\tb\nc\x07\x0c\x00", "\u202egnp", "]]>"]
)
def test_values_are_data(hostile: str) -> None:
    text = text_of(fill_docx(template("{{ addressee.name }}"), "x.docx", values(addressee={"name": hostile})))
    if hostile.isprintable():
        assert text.strip() == hostile
    else:
        assert not set(text.strip()) & set("\t\n\x07\x0c\x00\u202e")
    assert "49" not in text


RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}" '
    'Target="{target}"{mode}/></Relationships>'
)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/vbaProject.bin", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
        ("word/activeX/activeX1.xml", b"<x/>"),
        ("word/afchunk.htm", b"<script>"),
        ("../evil.xml", b"<x/>"),
        ("/evil.xml", b"<x/>"),
        ("C:/evil.xml", b"<x/>"),
        ("WORD/document.XML", b"<x/>"),
        ("word/settings.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("word/settings.xml", b"<a>"),
        ("word/x.xml", b"<a>" + b" " * MAX_PART_BYTES + b"</a>"),
        ("word/_rels/settings.xml.rels", RELATION.format(type="attachedTemplate", target="a.dotm", mode="").encode()),
        (
            "word/_rels/header9.xml.rels",
            RELATION.format(type="image", target="http://a/b", mode=' TargetMode="External"').encode(),
        ),
    ],
)
def test_an_archive_with_anything_active_is_refused(name: str, part: bytes) -> None:
    refused(with_part(template("x"), name, part))


@pytest.mark.parametrize(
    "field",
    ["INCLUDETEXT C:/secret", "DDEAUTO c:\\\\windows cmd", "INCLUDEPICTURE http://a/b", "HYPERLINK http://a", "DATE"],
)
def test_active_fields_of_word_are_refused_and_page_numbers_are_not(field: str) -> None:
    content = template("text", "page")
    document = part_of(content, "word/document.xml").decode()

    def with_field(instruction: str) -> bytes:
        runs = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText> {instruction[:4]}</w:instrText></w:r>"
            f"<w:r><w:instrText>{instruction[4:]}</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
        return with_part(
            content, "word/document.xml", document.replace("<w:t>page</w:t></w:r>", f"</w:r>{runs}").encode()
        )

    refused(with_field(field))
    simple = document.replace("<w:t>page</w:t>", f'<w:fldSimple w:instr="{field}"/>').encode()
    refused(with_part(content, "word/document.xml", simple))
    assert text_of(fill_docx(with_field("PAGE"), "x.docx", values())).startswith("text")


def test_a_field_of_word_over_several_paragraphs_is_seen() -> None:
    content = template("a", "b")
    document = part_of(content, "word/document.xml").decode()
    torn = document.replace("<w:t>a</w:t>", '<w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDE</w:instrText>')
    torn = torn.replace("<w:t>b</w:t>", '<w:instrText>TEXT C:/x</w:instrText><w:fldChar w:fldCharType="end"/>')
    refused(with_part(content, "word/document.xml", torn.encode()))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    refused(content)


def test_a_template_of_the_unit_comes_before_that_of_the_case_and_that_before_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHTRACE_TEMPLATES", raising=False)
    case, unit = tmp_path / "a.gtrace", tmp_path / "unit"
    shipped = make_form("carrier", "zh")
    assert find_form("carrier", "zh", case).content == shipped
    for folder, word in ((case / "templates", "case"), (unit, "unit")):
        folder.mkdir(parents=True)
        (folder / "carrier.zh.docx").write_bytes(template(word))
    assert "case" in text_of(find_form("carrier", "zh", case).content)
    monkeypatch.setenv("GRAPHTRACE_TEMPLATES", str(unit))
    assert "unit" in text_of(find_form("carrier", "zh", case).content)
    assert find_form("dealer", "zh", case).content == make_form("dealer", "zh")
    for name in ("../carrier", "carrier/x", "none", "", "."):
        with pytest.raises(UsageError):
            find_form(name, "zh", case)


@pytest.mark.posix
def test_a_template_of_a_case_is_read_through_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHTRACE_TEMPLATES", raising=False)
    elsewhere, case = tmp_path / "elsewhere", tmp_path / "a.gtrace"
    elsewhere.mkdir()
    case.mkdir()
    (elsewhere / "carrier.zh.docx").write_bytes(template("secret"))
    (case / "templates").symlink_to(elsewhere)
    with pytest.raises(CaseDamaged):
        find_form("carrier", "zh", case)
    (case / "templates").unlink()
    (case / "templates").mkdir()
    (case / "templates" / "carrier.zh.docx").symlink_to(elsewhere / "carrier.zh.docx")
    with pytest.raises(CaseDamaged):
        find_form("carrier", "zh", case)
