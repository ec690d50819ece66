"""The year of dates that name none is that of a plain title, and of nothing else that stands above a table."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.title_years import year_of_titles
from graphtrace.model import format_day

from .sheets import Row, read_rows
from .test_desks_in_english import workbook

CARD = "898606253002102{:04d}".format
HEADINGS = ("日期", "转出方", "转入方", "ICCID")


def month(title: str) -> tuple[int, list[int]] | None:
    found = year_of_titles([(1, title)])
    return None if found is None else (found.stated.year, sorted(found.stated.months))


@pytest.mark.parametrize(
    "title",
    [
        "2023-2024年出库流水",
        "2023至2024年度",
        "2024年3月-2025年2月",
        "出库流水 打印日期2024-11-02",
        "制表日期：2025年1月3日",
        "导出时间 2025-01-03 10:00",
        "依据2019年合同出库流水",
        "甲公司（成立于2015年）出库",
        "2024年1月份出库明细（2023.12.26-2024.1.25）",
        "2023年度报表 2024年1月编制",
        "国办发〔2021〕5号 出库",
        "截至2024年6月30日出库流水",
        "2024财年出库流水",
        "合同编号HT-2022-0301 出库流水",
        "2023年末结存",
        "2020年批次卡出库",
        "自2024年起出库",
        "联系电话 20231234567",
        "24年出库",
    ],
)
def test_a_title_that_does_not_state_one_year_of_the_rows_states_none(title: str) -> None:
    assert month(title) is None


@pytest.mark.parametrize(
    ("title", "year", "months"),
    [
        ("2024年度台账", 2024, range(1, 13)),
        ("24年上半年", 2024, range(1, 7)),
        ("24年3月出库流水", 2024, [3]),
        ("出库2024", 2024, range(1, 13)),
        ("出库流水（2024年）", 2024, range(1, 13)),
        ("星海物联有限公司 2024 年 3 月份 出库单", 2024, [3]),
        ("2024-03", 2024, [3]),
        ("2024年1-3月出库流水", 2024, [1, 2, 3]),
        ("2023下半年", 2023, range(7, 13)),
        ("2023第三季度", 2023, range(7, 10)),
        ("Q4 2023", 2023, [10, 11, 12]),
        ("案件：张某涉嫌帮助信息网络犯罪活动案    立案文号：东公立字〔2024〕0417号    2024年5月", 2024, [5]),
    ],
)
def test_the_plain_title_of_a_list_states_its_year_and_months(title: str, year: int, months: list[int]) -> None:
    assert month(title) == (year, [*months])


def test_the_day_on_which_a_list_was_made_leaves_its_title_what_it_says_and_another_year_does_not() -> None:
    assert year_of_titles([(0, "2024年"), (1, "制表日期：2025年1月3日")]) is not None
    assert year_of_titles([(0, "2024年"), (1, "2023-2024年度")]) is None


def days(*rows: Row, name: str | None = None, **answers: str) -> list[str | None]:
    loaded, parser = read_rows(*rows, name=name, answers=answers)
    asked = [question.field for question in parser.questions]
    assert asked == (["year"] if parser.rejects else [])
    return [format_day(each["first_day"]) for each in loaded]


def test_a_row_of_another_month_than_the_title_names_is_asked_about() -> None:
    rows = [HEADINGS, ("12月30日", "甲", "乙", CARD(1)), ("1月5日", "乙", "丙", CARD(1))]
    assert days(*rows, name="2023年12月") == ["2023-12-30"]
    assert days(*rows, name="2023年12月", year="2024") == ["2023-12-30", "2024-01-05"]


def test_dates_under_a_title_that_states_no_year_are_asked_about() -> None:
    title = ("2023-2024年出库流水", None, None, None)
    rows = [title, HEADINGS, ("12月30日", "甲", "乙", CARD(1))]
    assert days(*rows) == []
    assert days(*rows, year="2023") == ["2023-12-30"]


def test_that_a_title_states_the_year_is_told() -> None:
    _, parser = read_rows(("2024年度台账", None, None, None), HEADINGS, ("3月5日", "甲", "乙", CARD(1)))
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [
        ("date", "stated_above", "2024年度台账")
    ]
    _, parser = read_rows(("2024年度台账", None, None, None), HEADINGS, ("2024-3-5", "甲", "乙", CARD(1)))
    assert parser.remarks == []


OVER_NEW_YEAR = ["12月28日", "12月30日", "1月2日", "1月5日"]


def over_new_year(*titles: Row, **answers: str) -> list[tuple[int, str]]:
    rows = [(day, "甲", "乙", CARD(n)) for n, day in enumerate(OVER_NEW_YEAR)]
    loaded, parser = read_rows(*titles, HEADINGS, *rows, answers=answers or None)
    assert len(loaded) + len(parser.rejects) == len(rows)
    return [(each["row"] - len(titles), format_day(each["first_day"])) for each in loaded]


def test_rows_that_run_on_over_new_year_are_of_the_year_of_the_title_up_to_there_only() -> None:
    title = ("2023年销售台账", None, None, None)
    assert over_new_year(title) == [(2, "2023-12-28"), (3, "2023-12-30")]
    assert over_new_year(title, year="2024")[2:] == [(4, "2024-01-02"), (5, "2024-01-05")]
    assert over_new_year(year="2023") == [(2, "2023-12-28"), (3, "2023-12-30")]


def test_rows_of_one_year_in_no_order_are_all_of_the_year_of_the_title() -> None:
    rows = [(day, "甲", "乙", CARD(n)) for n, day in enumerate(("12月1日", "3月5日", "11月2日", "1月3日"))]
    loaded, _ = read_rows(("2023年销售台账", None, None, None), HEADINGS, *rows)
    assert [format_day(each["first_day"])[:4] for each in loaded] == ["2023"] * 4


def of_file(folder: Path, name: str, *days_of_rows: str, sheet: str = "Sheet1") -> list[tuple[str | None, str | None]]:
    """The days of the hops of the cards of a workbook, and on what they were concluded."""
    rows = [
        ("日期", "转出方", "转入方", "ICCID"),
        *((day, "甲", "乙", CARD(n)) for n, day in enumerate(days_of_rows, 1)),
    ]
    with gt.open_case(folder / "x.gtrace") as case:
        case.load(workbook(folder / name, **{sheet: rows}))
        traces = case.trace(*(CARD(n) for n in range(1, len(rows))))
        return [(hop.day, hop.date_basis) for trace in traces for chain in trace.chains for hop in chain.hops]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024年发货.xlsx", "2024-03-05"),
        ("发货2024.xlsx", "2024-03-05"),
        ("2023-2024年发货.xlsx", None),
        ("发货 导出2024-06-30.xlsx", None),
        ("2024年4月发货.xlsx", None),
        ("发货.xlsx", None),
    ],
)
def test_the_name_of_a_file_lets_conclude_the_year_of_dates_that_name_none(
    tmp_path: Path, name: str, day: str | None
) -> None:
    assert of_file(tmp_path, name, "3月5日") == ([] if day is None else [(day, "concluded")])


def test_the_days_of_a_sheet_that_is_named_by_a_month_are_of_the_year_of_its_file(tmp_path: Path) -> None:
    days_of_hops = of_file(tmp_path, "2024年发货.xlsx", "5日", "16号", sheet="5月")
    assert days_of_hops == [("2024-05-05", "concluded"), ("2024-05-16", "concluded")]


def test_a_title_of_another_year_leaves_the_year_of_the_file_open(tmp_path: Path) -> None:
    path = tmp_path / "2024年发货.csv"
    path.write_text(f"2023年度至2024年度台账,,,\n日期,转出方,转入方,ICCID\n3月5日,甲,乙,{CARD(1)}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        assert [each.field for each in case.load(path).files[0].asked] == ["year"]


MARCH = "期间：2025年3月1日至2025年3月31日"


@pytest.mark.parametrize(
    ("title", "written", "read"),
    [
        (MARCH, ["3月5日", "3月31日"], ["2025-03-05", "2025-03-31"]),
        ("币种：人民币   对账期间：2025.3.1—2025.3.31", ["3月5日"], ["2025-03-05"]),
        ("统计期间 2024-12-01 至 2025-01-31", ["12月5日", "1月2日"], ["2024-12-05", "2025-01-02"]),
        ("Period: 1 Mar 2025 to 31 Mar 2025", ["5 Mar", "31-Mar"], ["2025-03-05", "2025-03-31"]),
        ("Stock register for the period 1-Mar-25 to 31-Mar-25", ["5 Mar"], ["2025-03-05"]),
    ],
)
def test_days_within_the_period_of_a_title_are_of_its_year_and_that_is_told_as_concluded(
    title: str, written: list[str], read: list[str]
) -> None:
    rows = [(day, "甲公司", "乙公司", CARD(n)) for n, day in enumerate(written)]
    loaded, parser = read_rows((title, None, None, None), HEADINGS, *rows)
    assert [format_day(each["first_day"]) for each in loaded] == read
    assert [(each.field, each.reason, each.value) for each in parser.remarks] == [
        ("date", "year_concluded_by_period", title)
    ]


@pytest.mark.parametrize(
    ("title", "day"),
    [
        (MARCH, "4月2日"),
        ("期间：2025年3月10日至2025年3月31日", "3月5日"),
        ("期间：2024年3月1日至2025年4月30日", "3月5日"),
        ("合同期间：2025年3月1日至2025年3月31日", "3月5日"),
        ("Contract period: 1 Mar 2025 to 31 Mar 2025", "3月5日"),
    ],
)
def test_days_outside_the_period_of_a_title_or_twice_within_it_are_asked_about(title: str, day: str) -> None:
    title_row = (title, None, None, None)
    assert days(title_row, HEADINGS, (day, "甲公司", "乙公司", CARD(1))) == []
    assert len(days(title_row, HEADINGS, (day, "甲公司", "乙公司", CARD(1)), year="2025")) == 1


def test_a_period_and_a_title_of_another_year_state_none() -> None:
    assert year_of_titles([(1, "2023年出库流水"), (2, MARCH)]) is None


QUOTED = "\n\n在 2024年11月2日，乙公司写道：\n> 好的\n"


@pytest.mark.parametrize(
    ("sent", "written", "below", "days_of_hops"),
    [
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月5日", "3月20日"], "", ["2025-03-05", "2025-03-20"]),
        ("Wed, 1 Jan 2025 00:30:00 +0800", ["1月1日"], "", ["2025-01-01"]),
        ("Fri, 3 Jan 2025 09:00:00 +0800", ["12月28日", "1月2日"], "", []),
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月5日"], QUOTED, []),
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月5日"], "\n以上为去年的记录", []),
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月5日"], "\n2023年度对账用", []),
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月5日"], "\nDeliveries of last year", []),
        ("Thu, 20 Mar 2025 10:12:36 +0800", ["3月20日"], "\n2025年第一季度", ["2025-03-20"]),
        ("yesterday", ["3月5日"], "", []),
        (None, ["3月5日"], "", []),
    ],
)
def test_days_in_the_text_of_a_mail_are_of_the_year_in_which_it_was_sent_and_not_after_it(
    tmp_path: Path, sent: str | None, written: list[str], below: str, days_of_hops: list[str]
) -> None:
    rows = [f"{day}  甲公司  乙公司  {CARD(number)}" for number, day in enumerate(written)]
    message = EmailMessage()
    if sent is not None:
        message["Date"] = sent
    message.set_content("\n".join(["您好，发货如下：", "", "日期  转出方  转入方  ICCID", *rows, below]))
    (tmp_path / "m.eml").write_bytes(message.as_bytes())
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "m.eml").files[0]
        asked = [each.field for each in report.asked]
        traces = case.trace(*map(CARD, range(len(written))))
        hops = [hop for trace in traces for chain in trace.chains for hop in chain.hops]
        assert [(hop.day, hop.date_basis) for hop in hops] == [(day, "concluded") for day in days_of_hops]
        assert ("year" in asked) == (not days_of_hops)
        told = [each.value for each in report.warnings if each.reason == "year_concluded_by_mail"]
        assert told == ([max(days_of_hops)] if days_of_hops else told)
        # the day of the mail stays with the case, for whoever reads its text again
        assert case.verify(deep=True) == []
