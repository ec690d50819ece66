"""A title that stands alone above the headings is none of them, whatever words it has."""

from __future__ import annotations

import pytest

from graphtrace.ingest.headers import ColumnOverrides, find_header, likeliest_header

CARD = "8986061900000000001"


@pytest.mark.parametrize(
    "title", ["Stock count", "Stock Register 2024", "库存", "库存盘点表", "Status", "客户", "日期"]
)
@pytest.mark.parametrize("wide", [False, True])
def test_a_title_alone_in_its_row_is_no_heading(title: str, wide: bool) -> None:
    above = [title] * 3 if wide else [title, None, None]
    top = [(1, above), (2, ["ICCID", "Where", "Who"]), (3, [CARD, "X", "Y"])]
    header = likeliest_header(top)
    assert header is not None
    assert header.row == 2
    assert find_header(top, "stock", claims=ColumnOverrides(literals={"party": "X", "date": "2024-03-05"})).row == 2


def test_the_heading_of_a_list_of_one_column_stays_one() -> None:
    header = likeliest_header([(1, ["卡号", None]), (2, [CARD, None]), (3, [CARD, "备用"])])
    assert header is not None
    assert header.row == 1
