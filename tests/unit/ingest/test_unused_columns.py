"""A column that a known field claims, and another column serves, is never passed over without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.mapping_files import load_mappings
from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.json import answer_document
from graphtrace.render.text_layout import render_plain
from graphtrace.render.views.load_view import load_view
from graphtrace.render.writers.terminal_writer import DocumentView
from graphtrace.results.reports import RowWarning

from .sheets import read_rows

HEADINGS = ("转出方", "转入方", "日期", "卡号")
CARDS = [f"89860619000000001{number:02d}" for number in range(10)]


def unused(remarks: list[RowWarning]) -> list[tuple[str | None, str | None, str | None, int, int, str]]:
    return [
        (remark.field, remark.heading, remark.column, remark.rows, remark.first_row, remark.value)
        for remark in remarks
        if remark.reason == "column_not_used"
    ]


@pytest.mark.parametrize("bulk", [True, False])
def test_the_second_column_of_a_heading_is_told_with_the_cells_that_are_not_used(*, bulk: bool) -> None:
    rows = [("甲", "乙", "2024-03-05", CARDS[n], CARDS[n + 5] if n else None) for n in range(5)]
    loaded, reading = read_rows((*HEADINGS, "卡号"), *rows, bulk=bulk, block_rows=2)
    assert (len(loaded), reading.rejects) == (5, [])
    assert unused(reading.remarks) == [("iccid", "卡号", "E", 4, 3, CARDS[6])]


def test_a_second_column_without_a_filled_cell_is_not_told() -> None:
    _, reading = read_rows((*HEADINGS, "卡号"), ("甲", "乙", "2024-03-05", CARDS[0], None))
    assert reading.remarks == []


def test_a_column_under_another_heading_of_the_same_field_is_told() -> None:
    headings = ("转出方", "转入方", "时间", "出库日期", "ICCID", "物联网卡号", "备注")
    row = ("甲", "乙", "10:00", "2024-03-05", CARDS[0], CARDS[1], "x")
    _, reading = read_rows(headings, row)
    assert [told[:3] for told in unused(reading.remarks)] == [("date", "时间", "C"), ("iccid", "物联网卡号", "F")]


def test_a_column_that_some_kind_of_record_reads_is_used() -> None:
    headings = ("类型", *HEADINGS, "激活时间", "时间")
    rows = [("转让", "甲", "乙", "2024-03-05", CARDS[0], None, "2024-03-06")]
    rows += [("激活", None, None, None, CARDS[0], "2024-04-01", None)]
    loaded, reading = read_rows(headings, *rows)
    assert (len(loaded), reading.rejects) == (2, [])
    assert [told[:3] for told in unused(reading.remarks)] == [("date", "时间", "G")]


@pytest.mark.parametrize("heading", ["第二张卡", "卡号\u200b2", None])
def test_cards_under_a_heading_that_nobody_knows_are_told(heading: str | None) -> None:
    rows = [("甲", "乙", "2024-03-05", CARDS[n], CARDS[n + 5] if n else "备用") for n in range(5)]
    loaded, reading = read_rows((*HEADINGS, heading), *rows, block_rows=2)
    assert (len(loaded), reading.rejects) == (5, [])
    told = [(remark.field, remark.reason, remark.column, remark.rows, remark.value) for remark in reading.remarks]
    assert told == [(None, "cards_not_read", "E", 4, CARDS[6])]


@pytest.mark.parametrize("text", ["13800138000", "460001234567890", "6228480402564890018", "89860619000000001", "备注"])
def test_a_column_that_holds_no_cards_and_that_nobody_knows_is_not_told(text: str) -> None:
    _, reading = read_rows((*HEADINGS, "备注"), ("甲", "乙", "2024-03-05", CARDS[0], text))
    assert reading.remarks == []


def test_a_mapping_that_takes_the_other_column_leaves_the_cards_of_the_first_told(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text("columns:\n  iccid: {column: E}\n", "utf-8")
    (mapping,) = load_mappings(tmp_path / "m.yml")
    loaded, reading = read_rows((*HEADINGS, "卡号"), ("甲", "乙", "2024-03-05", CARDS[0], CARDS[1]), mapping=mapping)
    assert (loaded[0]["first"], unused(reading.remarks)) == (int(CARDS[1][-9:]), [])
    assert [(remark.reason, remark.column, remark.value) for remark in reading.remarks] == [
        ("cards_not_read", "D", CARDS[0])
    ]


def test_the_report_tells_it_in_json_and_in_both_languages_and_again(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{','.join(HEADINGS)},卡号\n甲,乙,2024-03-05,{CARDS[0]},{CARDS[1]}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        for _ in range(2):
            report = case.load(tmp_path / "t.csv")
            beside, told = answer_document("x", LoadedSheets(report.files))["files"][0]["warnings"]
            assert (beside["reason"], beside["value"]) == ("cards_not_read", CARDS[1])
            assert json.loads(json.dumps(told)) == {
                "field": "iccid",
                "reason": "column_not_used",
                "rows": 1,
                "first_row": 2,
                "value": CARDS[1],
                "heading": "卡号",
                "column": "E",
            }
            tree = load_view(LoadedSheets(report.files))
            english, chinese = (render_plain(DocumentView(tree, lang), 100) for lang in ("en", "zh"))
            assert "卡号 (E), iccid" in english
            assert "not used" in english
            assert "未使用" in chinese


def test_a_range_whose_ends_stand_in_columns_that_are_not_read_is_told_as_a_whole() -> None:
    heads = ("客户名称", "接入号", "ICCID", "所属号段起", "所属号段止")
    row = ("甲公司", "1410056700033", "8986112522800300033", "8986112522800300000", "8986112522800300099")
    _, parser = read_rows(heads, row)
    told = parser.unread.filter(parser.unread["last"] > parser.unread["first"])
    assert told.select("row", "reason", "field", "first", "last").rows() == [
        (2, "cards_not_read", "所属号段起", 22800300000, 22800300099)
    ]
