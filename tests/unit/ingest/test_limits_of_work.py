"""Hostile cells and lines cost time in proportion to their size: four times the text, about four times the work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import graphtrace as gt
from graphtrace.identifiers import parse_iccid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.ingest import acts, card_cells
from graphtrace.ingest.card_cells import has_parts, split_cards
from graphtrace.ingest.dates_and_quantities import parse_date, parse_quantity
from graphtrace.ingest.free_text import find_in_line
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.readers.table_reader import spread
from graphtrace.ingest.sheet import ROW, cards_by_column
from graphtrace.ingest.title_years import year_of_titles

PIECES = ["2024-03-", "138-0013-8000 ", "1 2-3.4/5年", "A-B", " ", "-", "1", "to", "微信 ", '="', "8986061900000000001"]
PIECES += ["1.", "¥", "1,", "'", "+86 ", "\u200b"]
READERS: dict[str, Callable[[str], object]] = {
    "cells": lambda text: (has_parts(text), split_cards(text)),
    "text": find_in_line,
    "date": parse_date,
    "quantity": parse_quantity,
    "iccid": parse_iccid,
    "numbers": lambda text: (parse_imei(text), parse_imsi(text), parse_msisdn(text)),
}
LONG, SECONDS = 100_000, 10


@pytest.mark.parametrize("reader", READERS)
def test_a_cell_of_a_hundred_thousand_characters_is_read_within_seconds(reader: str) -> None:
    started = time.process_time()
    for piece in PIECES:
        READERS[reader]((piece * (LONG // len(piece) + 1))[:LONG])
    READERS[reader](f"微信{' ' * LONG}")
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("piece", ["1", "一", "嫌", "嫌又", "2张"])
def test_a_remark_of_a_hundred_thousand_characters_is_understood_within_seconds(piece: str) -> None:
    remark = (piece * LONG)[:LONG]
    started = time.process_time()
    acts.speaks_of_part(remark)
    acts.act_of_remark(remark)
    assert time.process_time() - started < SECONDS


def test_remarks_on_a_number_of_cards_of_several_digits_speak_of_a_part_as_before() -> None:
    assert all(map(acts.speaks_of_part, ("其余十五张未到", "120张坏", "先给50张，50张欠着")))
    assert acts.act_of_remark("客户又嫌贵不要了") == "none"


@pytest.mark.parametrize("piece", ["服", "公司", "一"])
def test_a_line_of_a_hundred_thousand_characters_above_a_table_states_no_year(piece: str) -> None:
    started = time.process_time()
    assert year_of_titles([(1, (piece * LONG)[:LONG])]) is None
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("piece", ["1", "一", "-"])
def test_a_title_of_thirty_thousand_characters_is_read_within_seconds(tmp_path: Path, piece: str) -> None:
    row = "2024-03-05,甲公司,乙店,8986062300000000001"
    (tmp_path / "a.csv").write_text(f"{piece * 30_000},,,\n日期,转出方,转入方,ICCID\n{row}\n", "utf-8")
    started = time.process_time()
    (report,) = gt.open_case(tmp_path / "x.gtrace").load(tmp_path / "a.csv").files
    assert report.loaded == 1
    assert time.process_time() - started < SECONDS


def test_a_long_cell_with_many_dividers_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(card_cells, "is_card", lambda text: bool(asked.append(text)))
    split_cards("A-B" * LONG)
    assert asked == []


def test_a_range_with_blanks_and_dashes_in_its_ends_is_still_one() -> None:
    (part,) = split_cards("8986 0619 0000 0000 0010   --   8986 0619 0000 0000 0028" + " " * 100)
    assert part.last is not None


def test_prices_and_quantities_are_found_as_before() -> None:
    found = [(find.kind, find.value) for find in find_in_line("每张12.5元，123.4567元，¥3，1.2.3元，45元/张 共300张")]
    assert found == [
        ("price", "12.5"),
        ("price", "4567"),
        ("price", "3"),
        ("price", "2.3"),
        ("price", "45"),
        ("quantity", "300"),
    ]


def test_columns_that_are_not_read_are_looked_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    block = pl.DataFrame({ROW: [1, 2], "0": ["8986061900000000001", "x"], "1": ["x", None]})
    filters: list[int] = []
    real = pl.DataFrame.filter
    monkeypatch.setattr(pl.DataFrame, "filter", lambda frame, *how: filters.append(frame.width) or real(frame, *how))
    ((column, cards),) = cards_by_column(block, [0, 1], "^89[0-9]{17}$")
    assert (column, cards[ROW].to_list(), filters) == (0, [1], [2])


def test_merged_cells_that_cover_everything_are_refused_before_they_are_made() -> None:
    started = time.process_time()
    assert spread([[("x", 16_384, 16_384)] * 50] * 3, 100_000) is None
    assert spread([[("x", 1, 2)] * 20_000, [("y", 1, 1)] * 20_000], 10_000_000) is not None
    assert time.process_time() - started < SECONDS


def test_a_quoted_cell_of_line_ends_costs_what_lines_cost(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('日期,转出方,转入方,ICCID\n2024-03-01,甲,乙,8986061900000000001\n"' + "\n" * 20_000_000, "utf-8")
    started = time.process_time()
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path).files
    assert report.loaded == 1
    assert time.process_time() - started < 3 * SECONDS


def test_blank_lines_count_in_the_numbers_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n" + "\n" * 9_000_000 + "3,4\n", "utf-8")
    (sheet,) = open_sheets(path)
    assert [row for frame in sheet.read(1) for row in frame[ROW]] == [2, 9_000_003]
