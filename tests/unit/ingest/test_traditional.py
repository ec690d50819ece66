"""Headings, titles, states and words of parties in traditional characters are understood as simplified ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

MANY = 300


def card(n: int) -> str:
    return f"8986061900000{n:06}"


def told(folder: Path, text: str) -> tuple[Any, list[Any]]:
    """The report of the sheet, and the traces of the cards 1 and 2."""
    (folder / "a.csv").write_text(text, encoding="utf-8")
    with gt.open_case(folder / "c.gtrace") as case:
        (sheet,) = case.load(folder / "a.csv").files
        return sheet, list(case.trace(card(1), card(2)))


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("運營商,購卡單位,開卡日期,卡號\n中國聯通,星海智聯有限公司,2024-03-01,{card}\n", "purchase"),
        ("轉出方,轉入方,轉讓日期,卡號\n甲店,乙經銷商,2024年3月1號,{card}\n", "transfer"),
        ("退貨清單\n轉出方,轉入方,日期,卡號\n甲店,乙店,2024-03-01,{card}\n", "return"),
        ("類型,轉出方,轉入方,日期,卡號\n退貨,甲店,乙店,2024-03-01,{card}\n", "return"),
        ("案號,查獲日期,卡號,嫌疑人\nA1,2024-03-01,{card},張三\n", "seizure"),
        ("中國聯通雲洲分公司 協查反饋\n客戶名稱,卡號\n星海智聯有限公司,{card}\n", "registration"),
        ("卡號,激活時間,使用人\n{card},2024-03-01,張三\n", "activation"),
    ],
)
def test_a_sheet_in_traditional_characters_is_read_as_one_in_simplified_ones(
    tmp_path: Path, table: str, kind: str
) -> None:
    sheet, _ = told(tmp_path, table.format(card=card(1)))
    assert (sheet.kind, sheet.loaded, sheet.error) == (kind, 1, None)


@pytest.mark.parametrize("word", ["已作廢", "已取消訂單", "已退貨", "交易關閉"])
@pytest.mark.parametrize("rows", [2, MANY])
def test_a_state_in_traditional_characters_decides_its_row(tmp_path: Path, word: str, rows: int) -> None:
    lines = [f"甲店,乙店,2024-03-01,{card(n)},{word if n % 2 else '已發貨'}" for n in range(1, rows + 1)]
    _, (undone, done) = told(tmp_path, "轉出方,轉入方,日期,卡號,訂單狀態\n" + "\n".join(lines) + "\n")
    assert (undone.holder, done.holder.name) == (None, "乙店")


def test_a_title_and_words_for_nobody_are_understood(tmp_path: Path) -> None:
    sheet, _ = told(tmp_path, f"作廢\n轉出方,轉入方,日期,卡號\n甲店,乙店,2024-03-01,{card(1)}\n")
    assert sheet.loaded == 0
    sheet, _ = told(tmp_path, f"轉出方,轉入方,日期,卡號\n甲店,網店,2024-03-01,{card(1)}\n")
    assert [reject.reason for reject in sheet.rejects] == ["missing_field"]


def test_a_name_in_both_scripts_is_a_candidate_pair_and_never_one_party(tmp_path: Path) -> None:
    rows = f"甲店,廣州藍訊通信,2024-03-01,{card(1)}\n广州蓝讯通信,丙店,2024-03-02,{card(1)}\n"
    (tmp_path / "a.csv").write_text(f"转出方,转入方,日期,卡号\n{rows}", encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (trace,) = case.trace(card(1))
        assert "custody_gap" in [finding.code for finding in trace.findings]
        pairs = [{party.name for party in pair.parties} for pair in case.candidates()]
        assert {"廣州藍訊通信", "广州蓝讯通信"} in pairs
