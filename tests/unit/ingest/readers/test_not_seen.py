"""What a reader of a document does not see states nothing: struck-out, hidden, moved and deleted text; it is told."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

import graphtrace as gt

CARDS = ("8986062300000000001", "8986062300000000002")
HEADINGS = ("日期", "转出方", "转入方", "ICCID")
ROW = ("2024-03-01", "甲公司", "李四通信店", CARDS[0])
OTHER = ("2024-03-02", "甲公司", "王五通信店", CARDS[1])
Cell = str | list[tuple[str, str]]
"""Text, or runs of text with how each is marked: ``struck``, ``hidden``, ``moved`` or ``""``."""


def workbook(path: Path, *rows: tuple[Cell, ...], head: str = "") -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
        lines: list[tuple[Cell, ...]] = [*([(head,)] if head else []), HEADINGS, *rows]
        for number, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    runs = [part for text, mark in cell for part in ([struck] if mark else []) + [text]]
                    sheet.write_rich_string(number, column, *runs)
    return path


MARKS = {"struck": "<w:strike/>", "hidden": "<w:vanish/>", "": '<w:strike w:val="0"/>'}


def _run(text: str, mark: str) -> str:
    run = f"<w:r><w:rPr>{MARKS.get(mark, '')}</w:rPr><w:t>{escape(text)}</w:t></w:r>"
    return f"<w:moveFrom>{run}</w:moveFrom>" if mark == "moved" else run


def word(path: Path, *rows: tuple[Cell, ...], **parts: str) -> Path:
    body = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p>{_runs(cell)}</w:p></w:tc>' for cell in cells)}</w:tr>"
        for cells in (HEADINGS, *rows)
    )
    space = 'xmlns:w="w" xmlns:v="v"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        text = f"{parts.pop('before', '')}<w:tbl>{body}</w:tbl>{parts.pop('after', '')}"
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{text}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {space}>{content}</w:{name}>")
    return path


def _runs(cell: Cell) -> str:
    return (
        cell
        if isinstance(cell, str) and "<w:" in cell
        else "".join(_run(text, mark) for text, mark in ([(cell, "")] if isinstance(cell, str) else cell))
    )


TAGS = {"struck": "<s>{}</s>", "hidden": '<span style="display: none">{}</span>', "moved": "<del>{}</del>", "": "{}"}


def page(path: Path, *rows: tuple[Cell, ...], head: str = "") -> Path:
    def of(cell: Cell) -> str:
        runs = [(cell, "")] if isinstance(cell, str) else cell
        return "".join(text if "<" in text else TAGS[mark].format(html.escape(text)) for text, mark in runs)

    lines = "".join(f"<tr>{''.join(f'<td>{of(cell)}</td>' for cell in cells)}</tr>" for cells in (HEADINGS, *rows))
    path.write_text(f"<html><head>{head}</head><body><table>{lines}</table></body></html>", "utf-8")
    return path


def receivers(case: gt.Case, card: str) -> list[str]:
    (trace,) = case.trace(card)
    return [hop.receiver.name for chain in trace.chains for hop in chain.hops]


def told(case: gt.Case, card: str) -> list[tuple[object, object]]:
    (trace,) = case.trace(card)
    return [(each.params["reason"], each.params["text"]) for each in trace.findings if each.code == "unread_movement"]


def loaded(path: Path) -> tuple[gt.Case, list[tuple[str, str]]]:
    case = gt.open_case(path.parent / "x.gtrace")
    (report,) = case.load(path).files
    assert report.error is None
    return case, [(each.reason, each.value) for each in report.warnings]


FORMATS: dict[str, Callable[..., Path]] = {"a.xlsx": workbook, "a.docx": word, "a.html": page}


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_struck_out_before_another_is_no_part_of_it_and_is_told(tmp_path: Path, name: str) -> None:
    rows = (*ROW[:2], [("宏达贸易有限公司", "struck"), ("李四通信店", "")], ROW[3]), OTHER
    case, warnings = loaded(FORMATS[name](tmp_path / name, *rows))
    assert warnings == [("struck_out_rows", "2")]
    assert [receivers(case, card) for card in CARDS] == [["李四通信店"], ["王五通信店"]]
    assert [told(case, card) for card in CARDS] == [[("struck_out", "宏达贸易有限公司")], []]


@pytest.mark.parametrize("name", FORMATS)
def test_a_card_struck_out_beside_another_does_not_move_and_is_told(tmp_path: Path, name: str) -> None:
    row = (*ROW[:3], [(f"{CARDS[0]} ", "struck"), (CARDS[1], "")])
    case, _ = loaded(FORMATS[name](tmp_path / name, row))
    assert [receivers(case, card) for card in CARDS] == [[], ["李四通信店"]]
    assert [told(case, card) for card in CARDS] == [[("struck_out", CARDS[0])]] * 2


@pytest.mark.parametrize("name", FORMATS)
def test_a_cell_struck_out_as_a_whole_is_read_like_others(tmp_path: Path, name: str) -> None:
    row = (*ROW[:2], [("李四", "struck"), ("通信店", "struck")], ROW[3])
    case, warnings = loaded(FORMATS[name](tmp_path / name, row))
    assert (warnings, receivers(case, CARDS[0])) == ([("struck_out_rows", "2")], ["李四通信店"])
    assert told(case, CARDS[0]) == [("struck_out", None)]


def test_a_merged_cell_is_read_without_what_is_struck_out_of_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
        for number, row in enumerate((HEADINGS, ROW, OTHER)):
            sheet.write_row(number, 0, row)
        sheet.merge_range(1, 2, 2, 2, "")
        sheet.write_rich_string(1, 2, struck, "宏达", "李四通信店")
    case, _ = loaded(tmp_path / "a.xlsx")
    assert [receivers(case, card) for card in CARDS] == [["李四通信店"]] * 2


def test_the_word_for_void_struck_out_of_a_title_voids_nothing_and_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROW)
    with xlsxwriter.Workbook(path) as book:
        sheet, struck = book.add_worksheet(), book.add_format({"font_strikeout": True})
        sheet.write_rich_string(0, 0, struck, "作废", "出库单")
        for number, row in enumerate((HEADINGS, ROW), 1):
            sheet.write_row(number, 0, row)
    case, warnings = loaded(path)
    assert (warnings, receivers(case, CARDS[0])) == ([("struck_out", "作废")], ["李四通信店"])
    assert told(case, CARDS[0]) == [("struck_out", "作废")]


@pytest.mark.parametrize("name", ["a.docx", "a.html"])
def test_hidden_text_beside_a_name_is_no_part_of_it_and_is_told(tmp_path: Path, name: str) -> None:
    row = (*ROW[:2], [("李四通信店", ""), ("的下家王五", "hidden")], ROW[3])
    case, warnings = loaded(FORMATS[name](tmp_path / name, row, OTHER))
    assert (warnings, receivers(case, CARDS[0])) == ([("hidden_rows", "2")], ["李四通信店"])


def test_text_moved_away_or_deleted_is_left_out_and_the_change_is_told(tmp_path: Path) -> None:
    inserted = "<w:ins><w:r><w:t>王五通信店</w:t></w:r></w:ins><w:del><w:r><w:delText>赵六</w:delText></w:r></w:del>"
    rows = (*ROW[:2], [("宏达", "moved"), ("李四通信店", "")], ROW[3]), (*OTHER[:2], inserted, OTHER[3])
    case, warnings = loaded(word(tmp_path / "a.docx", *rows))
    assert warnings == [("tracked_changes", "2, 3")]
    assert [receivers(case, card) for card in CARDS] == [["李四通信店"], ["王五通信店"]]
    assert [told(case, card) for card in CARDS] == [[("tracked_change", "宏达")], [("tracked_change", "赵六")]]


def test_a_strike_of_the_format_before_a_change_strikes_nothing(tmp_path: Path) -> None:
    run = "<w:r><w:rPr><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr><w:t>李四通信店</w:t></w:r>"
    _, warnings = loaded(word(tmp_path / "a.docx", (*ROW[:2], run, ROW[3])))
    assert warnings == []


COMMENT = "<w:comment w:id='7'><w:p><w:r><w:t>此单作废</w:t></w:r></w:p></w:comment>"


def test_a_comment_in_a_word_file_is_quoted_with_the_cards_of_its_rows(tmp_path: Path) -> None:
    cell = f"<w:commentRangeStart w:id='7'/>{_run(ROW[2], '')}<w:commentRangeEnd w:id='7'/>"
    reference = "<w:r><w:commentReference w:id='7'/></w:r>"
    path = word(tmp_path / "a.docx", (*ROW[:2], f"{cell}{reference}", ROW[3]), OTHER, comments=COMMENT)
    case, warnings = loaded(path)
    assert warnings == [("comments", "2")]
    assert [told(case, card) for card in CARDS] == [[("comment_not_read", "此单作废")], []]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_comment_on_the_text_around_a_table_is_quoted_with_all_its_cards(tmp_path: Path, place: str) -> None:
    line = "<w:p><w:r><w:commentReference w:id='7'/><w:t>出库</w:t></w:r></w:p>"
    case, warnings = loaded(word(tmp_path / "a.docx", ROW, OTHER, comments=COMMENT, **{place: line}))
    assert warnings == [("comment_not_read", "此单作废")]
    assert [told(case, card) for card in CARDS] == [[("comment_not_read", "此单作废")]] * 2


@pytest.mark.parametrize(
    "head", ["<w:p><w:r><w:t>作废</w:t></w:r></w:p>", '<w:p><w:pict><v:textpath string="SAMPLE"/></w:pict></w:p>']
)
def test_the_head_of_a_page_and_what_is_printed_across_it_are_told(tmp_path: Path, head: str) -> None:
    case, warnings = loaded(word(tmp_path / "a.docx", ROW, header2=head))
    assert [reason for reason, _ in warnings] == ["line_not_read"]
    assert [reason for reason, _ in told(case, CARDS[0])] == ["line_not_read"]


def test_a_plain_head_of_a_page_says_nothing(tmp_path: Path) -> None:
    head = "<w:p><w:r><w:t>甲公司出库单</w:t></w:r></w:p><w:p><w:r><w:t>第1页 共3页</w:t></w:r></w:p>"
    case, warnings = loaded(word(tmp_path / "a.docx", ROW, header1=head, footer1="<w:p><w:p>"))
    assert (warnings, told(case, CARDS[0])) == ([], [])


@pytest.mark.parametrize(
    "row",
    [
        '<tr style="display:none">{}</tr>',
        "<tr hidden>{}</tr>",
        "<tbody style='visibility : hidden'><tr>{}</tr></tbody>",
        '<style>.x1 {{ display: none }}</style><tr class="a x1">{}</tr>',
    ],
)
def test_a_hidden_row_of_a_page_is_read_and_told(tmp_path: Path, row: str) -> None:
    cells = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}" for cells in (HEADINGS, OTHER)]
    hidden = row.format("".join(f"<td>{cell}</td>" for cell in ROW))
    (tmp_path / "a.html").write_text(f"<table>{cells[0]}{hidden}{cells[1]}</table>", "utf-8")
    case, warnings = loaded(tmp_path / "a.html")
    assert (warnings, receivers(case, CARDS[0])) == ([("hidden_rows", "2")], ["李四通信店"])


def test_what_follows_a_hidden_cell_that_does_not_end_is_seen(tmp_path: Path) -> None:
    row = f"<tr><td hidden>{ROW[0]}<td>{ROW[1]}<td>{ROW[2]}<td>{ROW[3]}"
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in cells)}" for cells in (OTHER,))
    head = "".join(f"<th>{cell}" for cell in HEADINGS)
    (tmp_path / "a.html").write_text(f"<table><tr>{head}{row}{rows}</table>", "utf-8")
    case, warnings = loaded(tmp_path / "a.html")
    assert (warnings, receivers(case, CARDS[1])) == ([("hidden_rows", "2")], ["王五通信店"])


@pytest.mark.parametrize(("title", "count"), [("作废单", 1), ("出库单", 0)])
def test_the_title_of_a_page_that_speaks_against_its_rows_is_told(tmp_path: Path, title: str, count: int) -> None:
    case, _ = loaded(page(tmp_path / "a.html", ROW, head=f"<title>{title}</title>"))
    assert told(case, CARDS[0]) == [("line_not_read", title)] * count
