"""Tables with a column for each month, day or party, and the cards of each in the cells below it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.errors import UnknownKind
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

CARD = "8986022382861941{:04d}".format
FIRM = "临溪县蓝海物联科技有限公司"


def cards(*numbers: int) -> str:
    return "\n".join(map(CARD, numbers))


MONTHS: list[Row] = [
    ("段志强2024年上半年给下线放卡统计", None, None, None, None),
    ("下线", "1月", "2月", "3月", "张数"),
    ("胡建军", cards(1, 2), None, cards(3), "3"),
    ("魏洋", None, cards(4), None, "1"),
    ("合计（张）", "2", "1", "1", "4"),
]
ANSWER = {"kind": "transfer", "from": "段志强", "to": "[下线]"}


def days_of(record: Mapping[str, Any]) -> tuple[str, str]:
    return format_day(record["first_day"]), format_day(record["last_day"])


def test_the_cards_below_a_month_passed_on_in_that_month() -> None:
    loaded, parser = read_both_ways(*MONTHS, answers=ANSWER)
    assert [(each["row"], each["receiver_name"], *days_of(each)) for each in loaded] == [
        (3, "胡建军", "2024-01-01", "2024-01-31"),
        (3, "胡建军", "2024-01-01", "2024-01-31"),
        (3, "胡建军", "2024-03-01", "2024-03-31"),
        (4, "魏洋", "2024-02-01", "2024-02-29"),
    ]
    assert {each["sender_name"] for each in loaded} == {"段志强"}
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "not_a_record")]
    # a row of the file is one row, however many cells of it name cards
    assert (parser.rows, parser.rejected) == (3, 1)
    assert {each.heading: each.field for each in parser.columns if each.heading.endswith("月")} == dict.fromkeys(
        ("1月", "2月", "3月"), "iccid"
    )


def test_what_happened_is_asked_where_no_heading_says_it() -> None:
    with pytest.raises(UnknownKind):
        read_rows(*MONTHS)


@pytest.mark.parametrize("heads", [("2023-07-01", "2023-08-01", "2023-09-01"), ("Jul-23", "Aug-23", "Sep-23")])
def test_what_can_only_mean_months_is_months(heads: tuple[str, ...]) -> None:
    """A cell of a date shows Jul-23 for the first of July."""
    answer = {"kind": "transfer", "from": "Kolade Ltd", "to": "[Agent]"}
    loaded, _ = read_rows(("Agent", *heads), ("Tunde Bakare", CARD(1), None, CARD(2)), answers=answer)
    assert [*map(days_of, loaded)] == [("2023-07-01", "2023-07-31"), ("2023-09-01", "2023-09-30")]


def test_a_cell_that_says_more_than_cards_is_told_and_the_rest_of_its_row_is_read() -> None:
    rows = [*MONTHS[:3], ("魏洋", f"退 {CARD(4)}", cards(5), None, None)]
    loaded, parser = read_rows(*rows, answers=ANSWER)
    assert [each["row"] for each in loaded] == [3, 3, 3, 4]
    assert not parser.rejects
    assert [(each.first_row, each.rows) for each in parser.remarks if each.field == "iccid"] == [(4, 1)]
    assert 4 in [*parser.unread["row"]]


def test_a_count_that_is_not_that_of_the_row_is_a_contradiction() -> None:
    rows = [*MONTHS[:3], ("魏洋", None, cards(4), None, "2")]
    loaded, parser = read_rows(*rows, answers=ANSWER)
    assert not loaded
    assert {each.reason for each in parser.rejects} == {"range_count_mismatch"}


PARTIES: list[Row] = [
    (f"{FIRM}2024年上半年向下级代理发卡表", None, None, None, None),
    ("月份", "韩立新", "鼎盛手机卖场", "路遥通信器材经营部", "备注"),
    ("1月", cards(1, 2), cards(3), None, None),
    ("2月", None, cards(4), cards(5), None),
    ("张数", "2", "2", "1", None),
]


def test_the_cards_below_a_party_are_those_of_the_party() -> None:
    loaded, parser = read_both_ways(*PARTIES, answers={"kind": "transfer", "from": FIRM, "to": "[列名]"})
    assert sorted((each["row"], each["receiver_name"], days_of(each)[0][:7]) for each in loaded) == [
        (3, "韩立新", "2024-01"),
        (3, "韩立新", "2024-01"),
        (3, "鼎盛手机卖场", "2024-01"),
        (4, "路遥通信器材经营部", "2024-02"),
        (4, "鼎盛手机卖场", "2024-02"),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(5, "not_a_record")]


def test_an_ordinary_list_is_none_of_them() -> None:
    rows = [("日期", "卡号", "换卡号", "客户"), ("2024-01-05", CARD(1), CARD(2), "魏洋")]
    _, parser = read_rows(*rows, answers={"from": "段志强"}, as_kind="transfer")
    assert parser.rows == 1
    assert "列名" not in {each.heading for each in parser.columns}


def test_the_source_proves_what_such_a_table_states(tmp_path: Path) -> None:
    lines = [",".join('"' + (cell or "") + '"' for cell in row) for row in PARTIES]
    (tmp_path / "发卡.csv").write_text("\n".join(lines), encoding="utf-8")
    with gt.open_case(tmp_path / "case.gtrace") as case:
        (file,) = case.load(tmp_path / "发卡.csv", answers=[f"kind={FIRM}→[列名]"]).files
        assert (file.rows, file.loaded, file.rejected) == (3, 2, 1)
        (trace,) = case.trace(CARD(5))
        assert trace.holder is not None
        assert trace.holder.name == "路遥通信器材经营部"
        assert case.verify(deep=True) == []


USERS: list[Row] = [
    ("各卡每月使用人登记表（2024年）", None, None, None, None),
    ("卡板", "ICCID", "1月", "2月", "备注"),
    ("A-01", CARD(1), "郭磊", "赵一鸣", None),
    ("A-02", CARD(2), None, "石小军", None),
    ("A-03", CARD(3), "唐婷", "停机", "欠费"),
]


def test_names_below_months_are_users_where_the_title_says_so_and_a_state_is_none() -> None:
    loaded, parser = read_both_ways(*USERS)
    used = [each for each in loaded if each["kind"] == "usage"]
    assert sorted((each["row"], each["receiver_name"], *days_of(each)) for each in used) == [
        (3, "赵一鸣", "2024-02-01", "2024-02-29"),
        (3, "郭磊", "2024-01-01", "2024-01-31"),
        (4, "石小军", "2024-02-01", "2024-02-29"),
        (5, "唐婷", "2024-01-01", "2024-01-31"),
    ]
    assert all(each["kind"] == "card_list" and each["receiver_name"] is None for each in loaded if each not in used)
    assert (parser.rows, parser.rejected) == (3, 0)


@pytest.mark.parametrize("title", ["各卡每月责任人登记表（2024年）", None])
def test_names_below_months_are_not_users_where_nothing_says_so(title: str | None) -> None:
    with pytest.raises(UnknownKind):
        read_rows(*[(title, *[None] * 4)] * (title is not None), *USERS[1:4])


def test_states_below_months_are_no_names() -> None:
    rows: list[Row] = [("A-01", CARD(1), "正常", "停机", None), ("A-02", CARD(2), "停机", "正常", None)]
    with pytest.raises(UnknownKind):
        read_rows(*USERS[:2], *rows)


def test_words_of_where_a_card_lay_are_its_state_and_nobody_among_the_names_of_its_users() -> None:
    title = ("Register of data lines: name of the person using the line, by month, 2025",) * 4
    loaded, _ = read_both_ways(
        title,
        ("ICCID", "Jan 2025", "Feb 2025", "Mar 2025"),
        (CARD(1), "Sunday Akpan", "in office safe", "Tunde Bakare"),
        (CARD(2), "Hauwa Ibrahim", "With Admin", "lost, reported to Airtel 06/06"),
        (CARD(3), "Musa Bello", None, "Musa Bello"),
    )
    assert {each["receiver_name"] for each in loaded if each["kind"] == "card_list"} == {None}
    assert {each["state"] for each in loaded} - {None} == {
        "in office safe",
        "With Admin",
        "lost, reported to Airtel 06/06",
    }
    assert [(each["row"], each["receiver_name"]) for each in loaded if each["kind"] == "usage"] == [
        (3, "Sunday Akpan"),
        (3, "Tunde Bakare"),
        (4, "Hauwa Ibrahim"),
        (5, "Musa Bello"),
        (5, "Musa Bello"),
    ]


def test_who_used_which_card_in_a_month_is_read_from_a_table_by_users() -> None:
    loaded, _ = read_both_ways(
        ("三组上网卡使用人分配表 2024年",) * 5,
        ("使用人", "1月", "2月", "3月", "备注"),
        ("小飞", CARD(1), "同上月", CARD(2), None),
        ("王艳", cards(3, 4), "同上月", "回家", None),
        ("组长", "/", "/", "/", "用自己手机"),
        ("备用", None, None, CARD(5), None),
        ("老K", None, "同上月", CARD(6), None),
    )
    used = [
        (each["row"], each["receiver_name"], format_day(each["first_day"])[:7], each["first"] % 10)
        for each in loaded
        if each["kind"] == "usage"
    ]
    assert used == [
        (3, "小飞", "2024-01", 1),
        (3, "小飞", "2024-02", 1),
        (3, "小飞", "2024-03", 2),
        (4, "王艳", "2024-01", 3),
        (4, "王艳", "2024-01", 4),
        (4, "王艳", "2024-02", 3),
        (4, "王艳", "2024-02", 4),
        (7, "老K", "2024-03", 6),
    ]
    assert [each["receiver_name"] for each in loaded if each["kind"] == "card_list"] == [None]


def test_a_card_of_a_row_whose_remark_is_asked_about_is_told_of() -> None:
    _, parser = read_both_ways(
        ("三组上网卡使用人分配表 2024年",) * 4,
        ("使用人", "1月", "2月", "备注"),
        ("小飞", CARD(1), "同上月", None),
        ("备用", None, CARD(5), "放抽屉，没发"),
    )
    assert (4, "unknown_kind") in parser.unread.select("row", "reason").rows()


def test_who_used_which_line_in_a_month_is_read_in_english_too() -> None:
    loaded, _ = read_both_ways(
        ("User", "Jan 2025", "Feb 2025", "Mar 2025"),
        ("Musa Bello", CARD(1), "same as last month", "on leave"),
        ("Grace Effiong", CARD(2), CARD(3), "Same as last month"),
        ("Spare", None, CARD(4), None),
    )
    assert [(each["receiver_name"], each["first"] % 10) for each in loaded if each["kind"] == "usage"] == [
        ("Musa Bello", 1),
        ("Musa Bello", 1),
        ("Grace Effiong", 2),
        ("Grace Effiong", 3),
        ("Grace Effiong", 3),
    ]
    assert [(each["receiver_name"], each["first"] % 10) for each in loaded if each["kind"] == "card_list"] == [
        (None, 4)
    ]


@pytest.mark.parametrize("mark", [">", "↓"])
def test_a_name_below_a_month_may_have_its_day_behind_it_and_go_on(mark: str) -> None:
    legend = f"Shows the merchant using the SIM; in brackets the day he started. “{mark}” = still the same merchant."
    rows: list[Row] = [
        (legend, None, None, None),
        ("POS fleet 2026", None, None, None),
        ("SIM no.", "January", "February", "March"),
        (CARD(1), "Mandla's Tuck Shop (12 Jan)", mark, "Botha Biltong & Braai (2 Mar)"),
        (CARD(2), None, "Ubuntu Taxi Rank Kiosk (from 3 Feb)", mark),
        (CARD(3), None, None, "Lerato Dlamini (16 Feb)"),
    ]
    loaded, _ = read_both_ways(*rows)
    assert [(each["row"], each["receiver_name"], *days_of(each)) for each in loaded if each["kind"] == "usage"] == [
        (4, "Mandla's Tuck Shop", "2026-01-12", "2026-01-12"),
        (4, "Mandla's Tuck Shop", "2026-02-01", "2026-02-28"),
        (4, "Botha Biltong & Braai", "2026-03-02", "2026-03-02"),
        (5, "Ubuntu Taxi Rank Kiosk", "2026-02-03", "2026-02-03"),
        (5, "Ubuntu Taxi Rank Kiosk", "2026-03-01", "2026-03-31"),
    ]
    # a day of another month than that of its column is none
    assert not any(each["row"] == 6 and each["first_day"] for each in loaded)
    rows[0] = ("Shows the merchant using the SIM; in brackets the day he started.", None, None, None)
    unexplained, _ = read_both_ways(*rows)
    assert sum(each["kind"] == "usage" for each in unexplained) == 3
