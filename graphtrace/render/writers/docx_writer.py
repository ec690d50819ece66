"""Writer of documents as DOCX, for what is filed on paper or continued in a word processor.

The same document gives the same bytes: the file holds no time, and no name of who made it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from graphtrace.render import Lang
from graphtrace.render.document import (
    Column,
    in_language,
)
from graphtrace.render.provenance import print_margins
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.render.writers.plain_report import BEGINNING, MARGIN_MM, RIGHT, PlainReport, widths_mm

if TYPE_CHECKING:
    from graphtrace.render.document import Document

_APPLICATION: Final = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>graphtrace</Application></Properties>"
)
_LATIN_FONT: Final = "Times New Roman"
_CHINESE_FONT: Final = "SimSun"
_SIZE: Final = Pt(10.5)
_CELL_SIZE: Final = Pt(8)
_DEEPEST: Final = 6
"""Deepest level of a heading; below it all look alike."""


def render_docx(document: Document, lang: Lang) -> bytes:
    """Return the DOCX file of a document, with all rows; A4, with the number of each page."""
    report = _Report(lang)
    report.write(document)
    return report.content(in_language(document.title, lang))


def with_fixed_times(archive: bytes) -> bytes:
    """Return a zip archive whose members state one fixed time, in the order in which they stand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, BEGINNING.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()


class _Report(PlainReport):
    def __init__(self, lang: Lang) -> None:
        super().__init__(lang)
        self.docx = docx.Document()
        self._set_page()
        for name in ("Normal", "Title", *(f"Heading {level}" for level in range(1, _DEEPEST + 1))):
            font = self.docx.styles[name].font
            font.name = _LATIN_FONT
            properties = self.docx.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                properties.attrib.pop(qn(f"w:{theme}"), None)
            properties.set(qn("w:eastAsia"), _CHINESE_FONT)
        self.docx.styles["Normal"].font.size = _SIZE
        self.docx.styles["Normal"].paragraph_format.space_after = Pt(4)

    def inert(self, text: str) -> str:
        return escape_control_chars(text)

    def content(self, title: str) -> bytes:
        if (margins := print_margins(title, self.lang)) is not None:
            self.docx.sections[0].header.paragraphs[0].add_run(self.inert(" · ".join(filter(None, margins))))
        about = self.docx.core_properties
        about.title, about.author, about.comments = escape_control_chars(title)[:255], "graphtrace", ""
        # the library states a time, another program and a picture of another document
        for time in about._element.xpath("dcterms:created | dcterms:modified"):
            about._element.remove(time)
        relations = self.docx.part.package.rels
        for key, relation in [*relations.items()]:
            if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
                del relations[key]
            elif relation.reltype == RELATIONSHIP_TYPE.EXTENDED_PROPERTIES:
                relation.target_part._blob = _APPLICATION
        out = io.BytesIO()
        self.docx.save(out)
        return with_fixed_times(out.getvalue())

    def _set_page(self) -> None:
        page = self.docx.sections[0]
        page.orientation = WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MM)
        foot = page.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = foot.add_run()
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            element: Any = OxmlElement("w:instrText" if kind is None else "w:fldChar")
            if kind is None:
                element.text = text
            else:
                element.set(qn("w:fldCharType"), kind)
            run._r.append(element)

    def heading(self, text: str, level: int) -> None:
        self.docx.add_heading(text, min(level - 1, _DEEPEST))

    def line(self, text: str, *, style: str | None = None) -> None:
        self.docx.add_paragraph(text, style)

    def items(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.line(text, style="List Bullet")

    def entry(self, head: str, lines: Sequence[str]) -> None:
        if head:
            self.docx.add_paragraph().add_run(head).bold = True
        self.items(lines)

    def code(self, text: str) -> None:
        for line in text.splitlines():
            self.line(escape_control_chars(line))

    def pairs(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self._add_grid((), columns, rows)

    def grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        self._add_grid([self.text(column.heading) for column in columns], columns, rows)

    def _add_grid(self, heads: Sequence[str], columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; its headings are repeated on each page, and no row is parted by the end of a page."""
        lines = [heads, *rows] if heads else [*rows]
        grid = self.docx.add_table(len(lines), len(columns))
        grid.style = "Table Grid"
        grid.autofit = False
        widths = [Mm(width) for width in widths_mm(lines)]
        for width, place in zip(widths, grid.columns, strict=True):
            place.width = width
        for number, (line, row) in enumerate(zip(lines, grid.rows, strict=True)):
            is_head = bool(heads) and number == 0
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if is_head:
                properties.append(OxmlElement("w:tblHeader"))
            for column, text, width, cell in zip(columns, line, widths, row.cells, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                run = paragraph.add_run(text)
                run.font.size = _CELL_SIZE
                run.bold = is_head
                paragraph.paragraph_format.space_after = Pt(0)
                if column.kind in RIGHT:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self.docx.add_paragraph()
