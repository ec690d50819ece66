"""What stands around the table of a web page, a Word file or a form, and what is struck out in it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.readers.table_reader import lines_around
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.vertical_forms import read_forms

from .sheets import Row, read_all, read_both_ways, sheet_of, write_word

HEADS = ("转出方", "转入方", "转让日期", "ICCID")
SALES = [("甲公司", "乙公司", "2024-03-05", f"898606253002102000{number}") for number in (1, 2)]

Read = tuple[int, SheetParser]


def read_first(path: Path) -> Read:
    parser = open_sheet_parser(open_sheets(path)[0])
    assert isinstance(parser, SheetParser)
    return len(read_all(parser)), parser


def of_page(folder: Path, before: str = "", caption: str = "", first: str = "{}", after: str = "") -> Read:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADS, *SALES[1:]))
    struck = f"<tr>{''.join(f'<td>{first.format(cell)}</td>' for cell in SALES[0])}</tr>"
    path = folder / "a.html"
    path.write_text(f"<html><body>{before}<table>{caption}{rows}{struck}</table>{after}</body></html>", "utf-8")
    return read_first(path)


def of_word(folder: Path, before: str = "", caption: str = "", first: str = "{}", after: str = "") -> Read:
    def line(text: str, mark: str = "") -> str:
        return f"<w:p><w:r><w:rPr>{mark}</w:rPr><w:t>{text}</w:t></w:r></w:p>"

    mark = "<w:strike/>" if first != "{}" else '<w:strike w:val="0"/>'
    rows = [(row, mark if row is SALES[0] else "") for row in (HEADS, *SALES[1:], SALES[0])]
    table = "".join(f"<w:tr>{''.join(f'<w:tc>{line(cell, each)}</w:tc>' for cell in row)}</w:tr>" for row, each in rows)
    body = f"{line(before + caption)}<w:tbl>{table}</w:tbl>{line(after)}"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    path = folder / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return read_first(path)


PAGES_AND_WORD = pytest.mark.parametrize("written", [of_page, of_word])


def told(parser: SheetParser) -> list[tuple[str, object]]:
    return [(each.reason, each.value) for each in parser.remarks]


@pytest.mark.parametrize(
    ("before", "caption"),
    [
        ("<h1>转让记录<b>（已撤销）</b></h1>", ""),
        ("", "<caption>作废记录</caption>"),
        ("<p>说明<p>作废记录<div>1</div>", ""),
    ],
)
def test_a_heading_paragraph_or_caption_of_a_page_decides_its_rows(tmp_path: Path, before: str, caption: str) -> None:
    count, parser = of_page(tmp_path, before=before, caption=caption)
    assert (count, parser.rejected) == (0, 2)
    assert [reason for reason, _ in told(parser)] == ["title_decides"]


@PAGES_AND_WORD
def test_a_paragraph_below_the_table_is_quoted_with_its_cards(written: Callable[..., Read], tmp_path: Path) -> None:
    text = "以上转让未实际履行，予以作废"
    count, parser = written(tmp_path, after=text if written is of_word else f"<p>{text}</p>")
    assert count == 2
    assert parser.unread.select("row", "reason", "text").rows() == [(1, "line_not_read", text)] * 2


@PAGES_AND_WORD
def test_rows_with_struck_out_text_are_read_and_told(written: Callable[..., Read], tmp_path: Path) -> None:
    count, parser = written(tmp_path, first="<s>{}</s>")
    assert (count, told(parser)) == (2, [("struck_out_rows", "3")])


def test_text_struck_out_by_its_style_or_around_cells_is_told_too(tmp_path: Path) -> None:
    for first in ("<span style='text-decoration:line-through'>{}</span>", "{}</td><del><td>x</td></del><td>"):
        assert ("struck_out_rows", "3") in told(of_page(tmp_path, first=first)[1])


@PAGES_AND_WORD
def test_a_table_with_nothing_around_it_is_read_in_silence(written: Callable[..., Read], tmp_path: Path) -> None:
    count, parser = written(tmp_path)
    assert (count, told(parser), parser.unread.is_empty()) == (2, [], True)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("经查，ICCID 89860625300210200001至89860625300210200009登记在该公司名下。", ["table 1", "text"]),
        ("经查，8986062530021020001登记在该公司名下。", ["table 1"]),
    ],
)
def test_a_paragraph_about_cards_that_no_table_names_is_a_sheet_of_its_own(
    tmp_path: Path, line: str, names: list[str]
) -> None:
    of_word(tmp_path, before=line)
    assert [sheet.name for sheet in open_sheets(tmp_path / "a.docx")] == names


def test_a_menu_beside_the_table_of_a_page_is_no_title(tmp_path: Path) -> None:
    count, parser = of_page(tmp_path, before="<ul><li>退货</li><li><a>草稿</a></li></ul><div>查询</div>")
    assert (count, told(parser)) == (2, [])


def test_a_ticked_box_in_a_page_is_a_tick(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    boxes = ("<input type='checkbox' checked>", "<input type='checkbox'>")
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in (*row, box))}</tr>"
        for row, box in zip((HEADS, *SALES), ("已撤销", *boxes), strict=True)
    )
    path.write_text(f"<h2>清单</h2><table>{rows}</table>", "utf-8")
    count, parser = read_first(path)
    assert (count, [each.row for each in parser.rejects]) == (1, [2])


def test_a_line_between_two_tables_is_about_the_one_of_which_it_speaks() -> None:
    between = [["标题"], ["以上作废", "注：代收", "第二批"]]
    assert lines_around(between, ["制表"]) == [
        (["标题"], ["以上作废", "注：代收"]),
        (["注：代收", "第二批"], ["制表"]),
    ]


FORM: list[Row] = [
    ("转出方：甲公司",),
    ("转入方：乙公司",),
    ("转让日期：2024-03-05",),
    ("ICCID：8986062530021020001",),
]


def of_form(*rows: Row) -> tuple[int, SheetParser]:
    parser = open_sheet_parser(read_forms(sheet_of(*rows)))
    assert isinstance(parser, SheetParser)
    return len(read_all(parser)), parser


@pytest.mark.parametrize(
    "rows",
    [[("【作废】",), *FORM], [*FORM, ("本单未生效",)], [*FORM, ("作废",)], [("【作废】",), *FORM, *FORM]],
)
def test_the_title_of_a_form_decides_it(rows: list[Row]) -> None:
    count, parser = of_form(*rows)
    assert (count, [reason for reason, _ in told(parser)]) == (0, ["title_decides"])


def test_the_title_of_one_of_several_forms_is_quoted_with_all_cards() -> None:
    count, parser = of_form(*FORM, ("【作废】",), *FORM)
    assert count == 2
    assert {text for (text,) in parser.unread.filter(reason="line_not_read").select("text").rows()} == {"【作废】"}


def test_the_heading_of_a_part_of_a_form_decides_nothing() -> None:
    count, parser = of_form(("回函",), *FORM[:3], ("退货信息",), *FORM[3:])
    assert (count, parser.kind) == (1, "transfer")


def test_who_signs_below_a_list_of_seized_articles_is_not_the_holder_of_the_next_list(tmp_path: Path) -> None:
    head = "被扣押人/持有人：{}    扣押地点：清江路9号    扣押日期：2024年6月{}日"
    signed = "持有人：{}（拒绝签字）    见证人：{}    承办人：邹凯"

    table = [("编号", "名称", "数量", "特征"), ("1", "物联网卡", "1张", "ICCID：89860625300210200016")]
    title = "扣  押  清  单"
    write_word(
        tmp_path / "a.docx",
        *(title, head.format("何大伟", 18), table, signed.format("何大伟", "范文斌")),
        *(title, head.format("孙海", 20), table, signed.format("孙海", "杨立")),
        *(title, head.format("（无人在场，承租人“钱某”身份待查）", 25), table),
        "见证人：韩梅    承办人：邹凯",
    )
    parsers = [open_sheet_parser(sheet) for sheet in open_sheets(tmp_path / "a.docx")]
    assert [each["holder"] or each["sender_name"] for parser in parsers for each in read_all(parser)] == [
        *("何大伟", "孙海", None)
    ]


def test_a_line_that_may_be_of_either_table_is_told_of_both_and_heads_none() -> None:
    assert lines_around([["清点"], ["持有人：丙"]], []) == [(["清点"], ["持有人：丙"]), ([], ["持有人：丙"])]


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("VAT 20%", False),
        ("Net", False),
        ("£3.60", False),
        ("Compiled by: Mrs. Adaeze Nnamdi, Admin", False),
        ("Nodal Officer: A. Deshmukh", False),
        ("Nodal Officer: SIMs never delivered", True),
        ("来函单位：徐州市公安局泉山分局　　来函文号：徐公泉（网）调证字〔2024〕213号", False),
        ("注：1.以上信息仅供办案使用，不得外传；2.激活时间为空表示尚未产生流量。", False),
        ("注：1.入网时间为办理开户手续之日；2.第2行号码非我公司开户。", True),
        ("注：以上卡均已退回", True),
    ],
)
def test_lines_of_who_wrote_a_paper_and_what_its_headings_mean_say_nothing_of_its_cards(
    line: str, is_told: bool
) -> None:
    _, parser = read_both_ways(
        ("Date", "From", "To", "ICCID"),
        ("2024-03-01", "Star Ltd", "Moon Ltd", "89860625300210200011"),
        ("2024-03-02", "Star Ltd", "Moon Ltd", "89860625300210200029"),
        (line, None, None, None),
    )
    assert ("line_not_read" in parser.unread["reason"].to_list()) is is_told


@pytest.mark.parametrize(
    "line", ["Page 1 of 3", "Printed on 01/06/2024 10:00 by admin", "E&OE", "*** End of report ***", "Continued"]
)
def test_the_line_with_which_a_page_ends_is_no_row_that_was_not_read(line: str) -> None:
    rows = [
        ("S/N", "Date", "ICCID", "Supplied by", "Sold to"),
        ("1", "2024-03-05", SALES[0][3], "Star Ltd", "Moon Ltd"),
    ]
    loaded, parser = read_both_ways(
        *rows, ("2", "2024-03-06", SALES[1][3], "Star Ltd", "Sun Ltd"), (line, None, None, None, None)
    )
    assert [(each["row"], each["extra"]) for each in loaded] == [(2, None), (3, None)], "nor is a number of a row told"
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "not_a_record")]


def test_a_serial_number_that_numbers_no_rows_is_kept() -> None:
    rows = [
        ("S/N", "Date", "ICCID", "Supplied by", "Sold to"),
        ("X1204477", "2024-03-05", SALES[0][3], "Star Ltd", "Moon Ltd"),
    ]
    loaded, _ = read_both_ways(*rows)
    assert [each["extra"] for each in loaded] == ['{"S/N":"X1204477"}']


@pytest.mark.parametrize(
    ("heading", "cell", "rows", "told"),
    [
        ("红字", "否", [2, 3], []),
        ("是否红字", "否", [2, 3], []),
        ("红字", "是", [3], ["是"]),
        ("红字", "HZ0012", [2, 3], ["HZ0012"]),
        ("红字发票号", "HZ0012", [2, 3], ["HZ0012"]),
    ],
)
def test_that_a_row_is_no_red_one_says_nothing_against_it(
    heading: str, cell: str, rows: list[int], told: list[str]
) -> None:
    head = ("日期", "ICCID", "转出方", "转入方", heading)
    table = [
        ("2024-03-05", SALES[0][3], "甲公司", "乙公司", cell),
        ("2024-03-06", SALES[1][3], "甲公司", "丙公司", None),
    ]
    loaded, parser = read_both_ways(head, *table)
    assert [each["row"] for each in loaded] == rows
    assert [each.value for each in parser.remarks] == told
