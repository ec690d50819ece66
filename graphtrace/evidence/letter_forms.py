"""Templates of letters: those of a unit, and those that ship, made from the texts in ``forms``.

A line of such a text is a paragraph; what it begins with says how it stands: ``#`` title, ``=`` centred, ``>`` to the
right, ``!`` heading, ``-`` without indent, ``|=`` widths of the columns of the table that follows, in hundredths,
``|`` row of a table (the first one its headings), ``---`` page break, ``_`` foot of every page.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.errors import UsageError
from graphtrace.patterns import late

if TYPE_CHECKING:
    from graphtrace.render import Lang

VARIABLE: Final = "GRAPHTRACE_TEMPLATES"
"""Environment variable with the folder of a unit's templates."""

FOLDER: Final = "templates"
"""Folder of templates in a case folder."""

_NAME: Final = late(r"[\w-]{1,40}")
_LATIN_FONT: Final = "Times New Roman"
_CHINESE_FONT: Final = "FangSong"
_CHINESE_TITLE_FONT: Final = "SimHei"
_TITLE_POINTS: Final = 18
_BODY_POINTS: Final[Mapping[str, float]] = {"zh": 12, "en": 11}
_LINE_SPACING: Final[Mapping[str, float]] = {"zh": 1.15, "en": 1.1}
_CELL_POINTS: Final = 10
_CELL_MARGIN_POINTS: Final = 2
_BELOW_TABLE_POINTS: Final = 8
_FOOT_POINTS: Final = 9
_MARGIN_MM: Final = 22
_TEXT_MM: Final = 210 - 2 * _MARGIN_MM
_FIXED_TIME: Final = datetime(1980, 1, 1)


class Form(NamedTuple):
    """A template: its file name, and its content."""

    name: str
    content: bytes


def shipped_forms() -> list[tuple[str, Lang]]:
    """Return name and language of every template that ships."""
    langs: tuple[Lang, ...] = ("en", "zh")
    return [
        (text.name.removesuffix(".txt"), lang)
        for lang in langs
        for text in sorted(_texts(lang).iterdir(), key=lambda each: each.name)
        if text.name.endswith(".txt")
    ]


def find_form(name: str, lang: Lang, case: str | Path | None) -> Form:
    """Return the template of a name in a language: the unit's own, that of the case, or the one that ships.

    Raises UsageError if there is none of that name; TemplateError if it cannot be read.
    """
    from graphtrace.evidence.letter_templates import read_template
    from graphtrace.private_files import check_entry

    own = [f"{name}.{lang}.docx", f"{name}.docx"] if _NAME.fullmatch(name) else []
    for folder in _folders(case):
        for file in own:
            if (folder / file).is_file():
                if case is not None and folder == Path(case) / FOLDER:
                    # a case may come from somebody else
                    check_entry(folder, is_folder=True)
                    check_entry(folder / file)
                return Form(file, read_template(folder / file))
    shipped = shipped_forms()
    if (name, lang) in shipped:
        return Form(f"{name}.{lang}.docx", make_form(name, lang))
    if any(each == name for each, _ in shipped):
        return Form(f"{name}.en.docx", make_form(name, "en"))
    raise UsageError("unknown_form", name=name, names=form_names(case), hint="one_of")


def form_names(case: str | Path | None) -> list[str]:
    """Return the names of all templates, the unit's own and those of the case included."""
    own = {path.name.split(".")[0] for path in _own_files(case)}
    return sorted({name for name, _ in shipped_forms()} | {name for name in own if _NAME.fullmatch(name)})


def _folders(case: str | Path | None) -> list[Path]:
    stated = os.environ.get(VARIABLE)
    in_case = [] if case is None or "://" in str(case) else [Path(case) / FOLDER]
    return [*([Path(stated)] if stated else []), *in_case]


def _own_files(case: str | Path | None) -> list[Path]:
    return [path for folder in _folders(case) if folder.is_dir() for path in sorted(folder.glob("*.docx"))]


def _texts(lang: Lang) -> Any:
    return files("graphtrace.evidence") / "forms" / lang


def make_form(name: str, lang: Lang) -> bytes:
    """Return the DOCX of a template that ships; the same bytes each time."""
    from graphtrace.render.writers.docx_writer import with_fixed_times

    lines = (_texts(lang) / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    page = _Page(lang)
    for line in lines:
        page.add(line)
    about = page.document.core_properties
    about.title, about.author, about.comments = name, "graphtrace", ""
    about.created = about.modified = _FIXED_TIME
    out = io.BytesIO()
    page.document.save(out)
    return with_fixed_times(out.getvalue())


class _Page:
    def __init__(self, lang: Lang) -> None:
        import docx
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt

        self.lang = lang
        self.document = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
        normal: Any = self.document.styles["Normal"]
        normal.font.name, normal.font.size = _LATIN_FONT, Pt(_BODY_POINTS[lang])
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE_FONT)
        normal.paragraph_format.space_after = Pt(4)
        normal.paragraph_format.line_spacing = _LINE_SPACING[lang]
        self._table: Any = None
        self._widths: list[int] = []
        self._is_below_table = False
        self._is_otherwise = False
        self._last: Any = None

    def add(self, line: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
        from docx.enum.text import WD_BREAK
        from docx.shared import Pt

        mark, _, rest = line.partition(" ")
        if mark == "|=":
            self._widths = [int(share) for share in rest.split()]
            return
        if mark == "|":
            self._row([cell.strip() for cell in line.strip().strip("|").split("|")])
            return
        self._is_below_table |= self._table is not None
        self._table = None
        if mark == "---":
            self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            return
        if mark == "_":
            self._foot(rest)
            return
        text = rest if mark in ("#", "=", ">", "!", "-") else line
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        if text.startswith("{%p"):
            # what stands in the other branch does not stand below the table
            self._is_otherwise = text.startswith("{%p else")
        else:
            if self._is_below_table:
                paragraph.paragraph_format.space_before = Pt(_BELOW_TABLE_POINTS)
            self._is_below_table = self._is_otherwise
            if mark == ">" and self._last is not None:
                # a seal does not stand alone on a page
                self._last.paragraph_format.keep_with_next = True
            self._last = paragraph
        if mark in ("#", "="):
            paragraph.alignment = ALIGN.CENTER
        if mark == ">":
            paragraph.alignment = ALIGN.RIGHT
        if mark in ("#", "!"):
            run.bold = True
            _set_chinese_font(run, _CHINESE_TITLE_FONT)
            paragraph.paragraph_format.space_before = Pt(_BELOW_TABLE_POINTS)
            paragraph.paragraph_format.keep_with_next = True
        if mark == "#":
            run.font.size = Pt(_TITLE_POINTS)
        if mark == "=":
            run.font.size = Pt(_BODY_POINTS[self.lang] + 2)
        if self.lang == "zh" and text == line and not line.startswith(("{%p", "{{ addressee", "___")):
            paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY_POINTS[self.lang])

    def _row(self, cells: Sequence[str]) -> None:
        from docx.shared import Mm, Pt

        is_first = self._table is None
        widths = [Mm(_TEXT_MM * share / 100) for share in self._widths]
        if is_first:
            self._table = self.document.add_table(rows=0, cols=len(cells), style="Table Grid")
            self._table.autofit = False
            for column, width in zip(self._table.columns, widths, strict=True):
                column.width = width
        for cell, text, width in zip(self._table.add_row().cells, cells, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(_CELL_POINTS), is_first
            paragraph.paragraph_format.space_before = Pt(_CELL_MARGIN_POINTS)
            paragraph.paragraph_format.space_after = Pt(_CELL_MARGIN_POINTS)
            paragraph.paragraph_format.line_spacing = 1.0

    def _foot(self, text: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        style: Any = self.document.styles["Footer"]
        style.font.size = Pt(_FOOT_POINTS)
        foot = self.document.sections[0].footer.paragraphs[0]
        foot.alignment = ALIGN.CENTER
        foot.add_run(f"{text}  ·  ")
        run: Any = foot.add_run()
        for kind in ("begin", None, "end"):
            element: Any = OxmlElement("w:instrText" if kind is None else "w:fldChar")
            if kind is None:
                element.text = "PAGE"
            else:
                element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _set_chinese_font(run: Any, font: str) -> None:
    from docx.oxml.ns import qn

    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
