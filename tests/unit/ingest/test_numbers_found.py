"""Whatever stands in a file that was loaded, be it in a row that is no record: an answer about the card says where."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

CARD, OTHER = "89861122238007840075", "89860210228959165816"

BILL = (
    "微信支付账单明细,,,,,,,,,,\n微信昵称：[阿凯],,,,,,,,,,\n----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n"
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
    "2024-08-30 21:14:08,转账,老孟,转账备注:买卡,收入,¥35.00,/,已存入零钱,1000011,/,/\n"
)


def told(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    """The row and the reason of whatever was not read of the card."""
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(file)
        (trace,) = case.trace(CARD)
    found = [each for each in trace.findings if each.code == "unread_movement"]
    return [(each.params["origin"]["row"], each.params["reason"]) for each in found]


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        (
            f"{BILL}2024-08-17 15:33:12,转账,风中追风,转账备注:买卡{CARD},收入,¥35.00,/,已全额退款,1000012,/,/\n",
            6,
            "taken_back",
        ),
        (f"ICCID,状态\n{OTHER},在库\n退 {CARD},在库\n", 3, "words_beside_card"),
    ],
)
def test_a_card_of_a_row_that_is_no_record_is_told_of(tmp_path: Path, text: str, row: int, reason: str) -> None:
    assert (row, reason) in told(tmp_path, text)
