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
