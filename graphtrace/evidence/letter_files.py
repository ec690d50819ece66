"""Files of a letter: its annex, and a page that prints, made from its DOCX so that both say the same.

The annex is a workbook with the cards, and columns in which the addressee replies. Their headings are those that a load
reads, so that the completed annex is a source of the case.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from graphtrace.evidence.leads_by_addressee import format_period, what_is_asked
from graphtrace.render import text_tables
from graphtrace.render.format import format_message, translate
from graphtrace.render.workbook import XlsxColumn, XlsxSheet, workbook_bytes
from graphtrace.results.letter_annexes import headings_of, headings_of_cards
from graphtrace.results.letters import Letter, count_of, keys_of

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.workbook import Cell, CellType


_WIDTHS: Final = {
    "first_card": 24,
    "last_card": 24,
    "letter_asked": 34,
    "letter_period": 26,
    "reply_state": 16,
    "reply_suspended": 18,
    "reply_remark": 30,
    "reply_reference": 16,
}
_TYPES: Final[dict[str, CellType]] = {"no": "ordinal", "cards": "number"}


def _columns(headings: Sequence[str]) -> list[XlsxColumn]:
    return [XlsxColumn(code, _TYPES.get(code, "text"), _WIDTHS.get(code, 24)) for code in headings]


def annex_workbook(letter: Letter, lang: Lang) -> bytes:
    """Return the annex; the same bytes for the same letter."""
    asked = {request.record_type for request in letter.requests}
    headings = headings_of_cards(asked)
    empty = [None] * (len(headings) - 3)
    keys = keys_of(letter.spans)
    cards = XlsxSheet(
        "letter_cards",
        _columns(headings),
        ((number, letter.shown(key), *empty, letter.reference) for number, key in enumerate(keys, 1)),
        frozen_columns=2,
    )
    ranges = XlsxSheet("letter_ranges", _columns(headings_of("letter_ranges")), _range_rows(letter, lang))
    sheets = [cards, ranges] if keys else []
    if letter.suspend:
        sheets.append(_suspension(letter))
    about = " · ".join(filter(None, (letter.number, letter.reference)))
    return workbook_bytes(sheets, lang, about=about, caveat="")


def _suspension(letter: Letter) -> XlsxSheet:
    columns = _columns(headings_of("letter_suspend"))
    return XlsxSheet("letter_suspend", columns, _suspend_rows(letter), frozen_columns=1)


def _suspend_rows(letter: Letter) -> Iterator[tuple[Cell, ...]]:
    for number, (first, last, cards) in enumerate(letter.suspend, 1):
        yield number, first, last, cards, None, None, None, letter.reference


def _range_rows(letter: Letter, lang: Lang) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for request in letter.requests:
        wanted = translate(text_tables.WANTED, request.record_type, lang)
        if request.sales:
            wanted = what_is_asked(request, lang)
        for span in request.spans:
            number += 1
            first, last = map(letter.shown, span)
            yield number, wanted, format_period(request, lang), first, last, count_of([span]), None, letter.reference


_STYLE: Final = Markup(
    "@page{size:A4;margin:22mm 24mm 24mm}"
    "body{font:12pt/1.45 'Times New Roman','FangSong','STFangsong','Noto Serif CJK SC','SimSun',serif;"
    "color:#000;background:#fff;max-width:162mm;margin:8mm auto}"
    "p{margin:0 0 4pt;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".c{text-align:center}.r{text-align:right}.i{text-indent:2em}"
    "@media print{body{margin:0;max-width:none}}"
    "table{border-collapse:collapse;width:calc(100% - 2px);margin:4pt 0 8pt;font-size:10pt}"
    "th,td{border:1px solid #000;padding:2pt 4pt;vertical-align:top;text-align:left;overflow-wrap:anywhere}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
    "h2{font-size:13pt;break-before:page;margin:0 0 6pt}h2~h2{break-before:auto;margin-top:12pt}"
    ".b{break-after:page}footer{font-size:9pt;text-align:center;margin-top:10mm}"
    ".n{font-variant-numeric:tabular-nums;white-space:nowrap}"
)
_ALIGN: Final = {1: "c", 2: "r"}


def html_of_letter(document: bytes, letter: Letter, lang: Lang) -> str:
    """Return the page of a filled-in letter, with the list of all its cards behind it; it loads nothing."""
    import docx

    file = docx.Document(io.BytesIO(document))
    title = " ".join(filter(None, (letter.number, letter.reference)))
    body = Markup("\n").join(_blocks(file))
    foot = Markup("\n").join(escape(each.text.strip(" ·")) for each in file.sections[0].footer.paragraphs if each.text)
    return str(
        Markup(
            '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            "<title>{}</title><style>{}</style></head>\n<body>\n{}\n{}\n<footer>{}</footer>\n</body></html>\n"
        ).format("zh-CN" if lang == "zh" else "en", title, _STYLE, body, _cards(letter, lang), foot)
    )


def _blocks(file: Any) -> Iterator[Markup]:
    from docx.table import Table

    for block in file.iter_inner_content():
        if isinstance(block, Table):
            rows = [[cell.text for cell in row.cells] for row in block.rows]
            yield (
                _table(rows[0], rows[1:], widths=[column.width or 0 for column in block.columns]) if rows else Markup()
            )
        else:
            yield _paragraph(block)


def _paragraph(block: Any) -> Markup:
    if block._p.xpath(".//w:br[@w:type='page']"):
        return Markup('<p class="b"></p>')
    names = [_ALIGN[block.alignment]] if block.alignment in _ALIGN else []
    if (block.paragraph_format.first_line_indent or 0) > 0:
        names.append("i")
    text = Markup().join(_run(run) for run in block.runs)
    return Markup('<p class="{}">{}</p>').format(" ".join(names), text) if names else Markup("<p>{}</p>").format(text)


def _run(run: Any) -> Markup:
    text = escape(run.text)
    if run.font.size is not None and run.font.size.pt > 12:
        text = Markup('<span style="font-size:{}pt">{}</span>').format(run.font.size.pt, text)
    return Markup("<strong>{}</strong>").format(text) if run.bold else text


def _table(headings: list[str], rows: list[list[str]], *, numbers: bool = False, widths: Sequence[int] = ()) -> Markup:
    def line(cells: list[str], form: Markup) -> Markup:
        return Markup("<tr>{}</tr>").format(Markup().join(form.format(cell) for cell in cells))

    cell = Markup('<td class="n">{}</td>') if numbers else Markup("<td>{}</td>")
    column = Markup('<col style="width:{:.1f}%">')
    shares = Markup().join(column.format(100 * width / (sum(widths) or 1)) for width in widths)
    return Markup("<table><colgroup>{}</colgroup><thead>{}</thead><tbody>{}</tbody></table>").format(
        shares, line(headings, Markup("<th>{}</th>")), Markup("\n").join(line(row, cell) for row in rows)
    )


def _cards(letter: Letter, lang: Lang) -> Markup:
    headings = [translate(text_tables.HEADINGS, code, lang) for code in ("no", "first_card", "last_card", "cards")]
    rows = [
        [str(number), *map(letter.shown, span), f"{count_of([span]):,}"] for number, span in enumerate(letter.spans, 1)
    ]
    title = format_message(
        text_tables.LABELS["letter_annex"], {"cards": letter.cards, "reference": letter.reference}, lang
    )
    lists = [(title, rows)] if rows else []
    if letter.suspend:
        title = format_message(text_tables.LABELS["letter_annex_suspend"], {"cards": letter.suspended}, lang)
        lists.append(
            (title, [[str(n), first, last, f"{cards:,}"] for n, (first, last, cards) in enumerate(letter.suspend, 1)])
        )
    return Markup("\n").join(
        Markup("<h2>{}</h2>\n{}").format(title, _table(headings, rows, numbers=True)) for title, rows in lists
    )
