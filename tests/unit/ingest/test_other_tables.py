"""A title decides the rows of its own table; what it says of another one is quoted there, and obeyed nowhere."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.ingest.other_tables import speaks_of_other_table

HEAD = ("转出方", "转入方", "日期", "卡号")


def card(n: int) -> str:
    return f"8986061900000{n:06}"


def told(folder: Path, *sheets: tuple[str, str]) -> list[tuple[str | None, list[str]]]:
    """Of the card of each sheet: its holder, and the reasons of what is quoted with it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for n, (name, title) in enumerate(sheets, 1):
        sheet = book.create_sheet(name)
        for row in ([title] if title else [], HEAD, ("甲公司", "乙店", f"2024-03-0{n}", card(n))):
            if row:
                sheet.append(list(row))
    book.save(folder / "b.xlsx")
    with gt.open_case(folder / "c.gtrace") as case:
        case.load(folder / "b.xlsx")
        traces = case.trace(*(card(n) for n in range(1, len(sheets) + 1)))
        return [
            (
                trace.holder and trace.holder.name,
                [each.params["reason"] for each in trace.findings if each.code == "unread_movement"],
            )
            for trace in traces
        ]


VOID = (None, ["title_decides"])
SOUND: tuple[str, list[str]] = ("乙店", [])
QUOTED = ("乙店", ["other_table_says"])
DOUBTED = ("乙店", ["line_not_read"])


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ((("3月", "作废"), ("4月", "")), [VOID, SOUND]),
        ((("作废", ""), ("4月", "")), [VOID, SOUND]),
        ((("计划", ""), ("实际", "")), [VOID, SOUND]),
        ((("3月", "本表作废，以4月表为准"), ("4月", "")), [VOID, SOUND]),
        ((("3月表", ""), ("4月表", "本表替代3月表")), [QUOTED, DOUBTED]),
        ((("3月", ""), ("4月", "3月表作废，以本表为准")), [QUOTED, SOUND]),
        ((("Sheet1", ""), ("Sheet2", "sheet 1 is void")), [QUOTED, SOUND]),
        ((("Sheet1", ""), ("Sheet2", "sheet 2 is void")), [SOUND, VOID]),
        ((("3月", ""), ("4月", ""), ("更正", "3月表已作废")), [QUOTED, SOUND, SOUND]),
        ((("3月", "已由4月表取代"), ("4月", "")), [DOUBTED, SOUND]),
        ((("March", ""), ("April", "This sheet replaces March")), [QUOTED, DOUBTED]),
        ((("新", "原表作废"), ("底稿", "")), [SOUND, QUOTED]),
    ],
)
def test_a_title_decides_its_own_sheet_and_is_quoted_with_the_one_that_it_names(
    tmp_path: Path, sheets: tuple[tuple[str, str], ...], expected: list[tuple[str | None, list[str]]]
) -> None:
    assert told(tmp_path, *sheets) == expected


@pytest.mark.parametrize(
    "title", ["作废", "3月出库作废", "销售表作废", "本表作废", "已取消订单", "this sheet is void", "void"]
)
def test_a_title_that_names_no_other_table_is_about_its_own(title: str) -> None:
    assert not speaks_of_other_table(title, "Sheet1", ["3月", "Sheet2"])


@pytest.mark.parametrize("title", ["附表1  号码明细（查询截止2024-09-17）", "附件二：开户清单", ""])
@pytest.mark.parametrize(
    "heads", [("ICCID", "集团客户名称", "开户日期", "激活日期"), ("ICCID", "集团客户名称", "开户日期", "工单")]
)
def test_annexes_of_a_carriers_letter_are_its_own_lists(tmp_path: Path, title: str, heads: tuple[str, ...]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "复函"
    for line in ("中国联通云洲市分公司", "关于协助调取物联网卡资料的复函", "云州市公安局反诈中心："):
        book.active.append([line])
    annex = book.create_sheet("附表1")
    for row in ([title] if title else [], heads, (card(1), "甲物联有限公司", "2024-03-12", "2024-06-13")):
        if row:
            annex.append(list(row))
    book.save(tmp_path / "b.xlsx")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "b.xlsx")
        trace = case.trace(card(1))
    assert trace.registrant is not None
    assert trace.registrant.name == "甲物联有限公司"
