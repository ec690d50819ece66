"""Comments on the cells of XLSX workbooks are counted once a sheet, and quoted with the cards of their rows."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

import graphtrace as gt
from graphtrace.ingest.readers import comments, open_sheets
from graphtrace.ingest.readers.comments import read_comments

CARDS = [f"898606230000000000{number}" for number in range(3)]
BACK = "此卡已退回，未交付"


def book(path: Path, *notes: tuple[str, str]) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write_row(0, 0, ["日期", "转出方", "转入方", "ICCID"])
        for row, card in enumerate(CARDS, 1):
            sheet.write_row(row, 0, ["2024-03-01", "甲公司", "乙店", card])
        for cell, text in notes:
            sheet.write_comment(cell, text, {"author": "张三"})
    return path


def unread(case: gt.Case, card: int) -> list[tuple[object, object]]:
    (trace,) = case.trace(CARDS[card])
    return [(each.params["reason"], each.params["text"]) for each in trace.findings if each.code == "unread_movement"]


def test_a_comment_that_may_speak_against_its_row_is_quoted_with_its_card(tmp_path: Path) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    (report,) = case.load(book(tmp_path / "a.xlsx", ("D2", BACK), ("A3", "发顺丰"))).files
    assert [(each.reason, each.rows, each.value) for each in report.warnings] == [("comments", 2, "2, 3")]
    assert [unread(case, card) for card in range(3)] == [[("comment_not_read", BACK)], [], []]


def test_a_comment_on_a_heading_is_quoted_with_all_cards_where_it_speaks_of_the_rows(tmp_path: Path) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(book(tmp_path / "a.xlsx", ("D1", "以下均未交付"), ("A1", "必填，格式为日期")))
    assert [unread(case, card) for card in range(3)] == [[("comment_not_read", "以下均未交付")]] * 3


def test_a_workbook_without_comments_has_none(tmp_path: Path) -> None:
    (sheet,) = open_sheets(book(tmp_path / "a.xlsx"))
    assert (sheet.comments, sheet.set_aside) == ((), {})


THREADS = f"""<ThreadedComments xmlns="t"><threadedComment ref="B3" id="1"><text>{BACK}</text></threadedComment>
<threadedComment ref="B3" id="2"><text>确认</text></threadedComment></ThreadedComments>"""
NOTE = f"""<x:comments xmlns:x="n"><x:commentList><x:comment ref="B3"><x:text><x:r><x:t>[Threaded comment]

Your version of Excel allows you to read this threaded comment. Learn more: https://go.microsoft.com/fwlink/?linkid=1

Comment:
    </x:t></x:r><x:r><x:t>{BACK}</x:t></x:r></x:text></x:comment></x:commentList></x:comments>"""
LINKS = """<Relationships><Relationship Id="r1" Type="http://x/comments" Target="../comments1.xml"/>
<Relationship Id="r2" Type="http://y/threadedComment" Target="/xl/threadedComments/threadedComment1.xml"/>
<Relationship Id="r3" Type="http://x/comments" Target="../../../etc/passwd"/></Relationships>"""
PARTS = {
    "xl/worksheets/sheet1.xml": "<worksheet/>",
    "xl/worksheets/_rels/sheet1.xml.rels": LINKS,
    "xl/comments1.xml": NOTE,
    "xl/threadedcomments/threadedcomment1.xml": THREADS,
}
SHEETS = {"xl/worksheets/sheet1.xml": "S"}


def read(parts: dict[str, str]) -> tuple[dict[str, comments.Comments], frozenset[str]]:
    return read_comments(parts, SHEETS, lambda name, most: parts[name].encode()[:most])


def test_the_texts_of_a_thread_are_read_once() -> None:
    assert read(PARTS) == ({"S": ((3, BACK), (3, "确认"))}, frozenset())


@pytest.mark.parametrize(
    "xml",
    [
        "<comments><comment ref='B3'>",
        f"<!DOCTYPE a []>{NOTE}",
        "<x><comment ref='0'><text>a</text></comment><comment ref='A9999999'><text>a</text></comment></x>",
    ],
)
def test_damaged_comments_are_none(xml: str) -> None:
    assert read({**PARTS, "xl/comments1.xml": xml, "xl/threadedcomments/threadedcomment1.xml": ""})[0] == {}


def test_more_comments_than_are_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "a.xlsx", ("D2", "a"), ("D3", "b"))
    monkeypatch.setattr(comments, "MAX_COMMENTS", 1)
    (sheet,) = open_sheets(path)
    assert (sheet.comments, "comments_left" in sheet.set_aside) == (((2, "a"),), True)
    monkeypatch.setattr(comments, "MAX_BYTES", 10)
    (sheet,) = open_sheets(path)
    assert (sheet.comments, "comments_left" in sheet.set_aside) == ((), True)


def test_a_part_of_nothing_but_tags_takes_no_time(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("D2", "a"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/comments1.xml"] = b"<comments>" + b"<t/>" * 1_900_000 + b"</comments>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    started = time.process_time()
    (sheet,) = open_sheets(path)
    assert sheet.comments == ()
    assert time.process_time() - started < 20
