"""What rows that count pieces deliver: cards, or other things."""

from __future__ import annotations

import pytest

from .sheets import read_both_ways as read


@pytest.mark.parametrize("heading", ["Item Title", "Description of goods", "Product Title"])
@pytest.mark.parametrize(
    "goods",
    [
        "4G Router RX-55 unlocked (no SIM)",
        "Magnetic car phone mount",
        "SIM ejector pin (free)",
        "nano SIM adapter",
        "Dual SIM phone",
        "GPS tracker 4G",
    ],
)
def test_goods_in_english_that_are_no_cards_are_not_counted_as_cards(heading: str, goods: str) -> None:
    loaded, reading = read(
        ("Date", "From", "To", heading, "Qty"),
        ("2025-03-19", "Pennine Ltd", "P Lumb", goods, "25"),
        ("2025-03-20", "Pennine Ltd", "P Lumb", "Vodafone M2M Data SIM no contract", "5"),
        ("2025-03-21", "Pennine Ltd", "P Lumb", "Tracker with SIM", "2"),
    )
    assert [row["quantity"] for row in loaded] == [5, 2]
    assert [(reject.row, reject.reason, reject.value) for reject in reading.rejects] == [(2, "not_a_record", goods)]


@pytest.mark.parametrize("heading", ["货", "货名", "什么货", "品种", "货品"])
def test_goods_of_a_shops_book_that_are_no_cards_are_not_counted_as_cards(heading: str) -> None:
    loaded, reading = read(
        ("日期", "跟谁拿的", "给谁", heading, "卡号", "数"),
        ("2025-04-29", "讯捷", "阿坤店", "电信40G", "8986112520310041110", "1"),
        ("2025-05-03", "小罗", "阿坤店", "手机壳", None, "20"),
        ("2025-05-22", "小罗", "阿坤店", "充电头", None, "20"),
        ("2025-05-23", "讯捷", "阿坤店", "流量卡", None, "5"),
    )
    assert [row["quantity"] for row in loaded if row["precision"] == "quantity"] == [5]
    assert len(loaded) == 2
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [(3, "not_a_record"), (4, "not_a_record")]
