"""Candidates on real pairs of names of firms and shops: the figures of the guide are those that are measured."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from .measure import KINDS, measure_together, read_pairs, reasons, table_rows

GUIDES = Path(__file__).parents[2] / "docs"


def test_the_list_has_pairs_of_every_kind_each_once_with_its_source() -> None:
    pairs = read_pairs()
    sources = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")

    assert len(pairs) >= 200
    assert {pair.kind for pair in pairs} == set(KINDS)
    assert len({frozenset(pair[:2]) for pair in pairs}) == len(pairs)
    letters = {place[0] for pair in pairs for place in pair.source.split()}
    assert letters == set(re.findall(r"^\| `(\w)", sources, re.MULTILINE))


def test_a_third_is_held_back_by_the_names_alone() -> None:
    pairs = read_pairs()
    held_back = [pair for pair in pairs if zlib.crc32(f"{pair.one}|{pair.other}".encode()) % 3 == 0]
    assert 0 < len(held_back) < len(pairs)
    assert [pair for pair in pairs if pair.is_held_back] == held_back


@pytest.mark.parametrize("guide", ["guide.md", "guide.zh.md"])
def test_the_guide_has_the_measured_figures(guide: str) -> None:
    text = (GUIDES / guide).read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    shown = [cells[1:] for cells in rows if len(cells) == 7 and re.fullmatch(r"–|[\d.]+%", cells[-1])]
    assert shown == table_rows()
    for figure in measure_together():
        assert f" {figure} " in text


def test_no_reason_is_given_where_the_guide_says_that_none_is_found() -> None:
    assert reasons("中国国际航空股份有限公司", "国航") == set()
