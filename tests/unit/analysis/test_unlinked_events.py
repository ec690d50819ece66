"""Activations that name no card, only its MSISDN or IMSI."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

ONE, OTHER = "8986012300000000001", "8986012300000000002"


@pytest.fixture
def case(tmp_path: Path) -> gt.Case:
    (tmp_path / "sales.csv").write_text(
        "卖方,买方,ICCID,接入号,IMSI,转让日期\n"
        f"甲公司,乙,{ONE},1064912345678,460010000000001,2024-01-01\n"
        f"甲公司,丙,{OTHER},1064912345679,460010000000002,2024-01-01\n"
        f"甲公司,丙,{OTHER},1064912345678,,2024-06-01\n",
        encoding="utf-8",
    )
    (tmp_path / "activations.csv").write_text(
        "接入号,IMSI,激活时间,使用人\n"
        "1064912345678,,2024-02-01,二月的人\n"
        "1064912345678,,2024-07-01,七月的人\n"
        "1064912345678,,2023-12-01,早到的人\n"
        "1064912345679,460010000000001,2024-03-01,两号的人\n",
        encoding="utf-8",
    )
    case = gt.open_case(tmp_path / "numbers.gtrace")
    report = case.load(tmp_path / "sales.csv", tmp_path / "activations.csv")
    assert [entry.loaded for entry in report.files] == [3, 4]
    return case


def users(case: gt.Case, *cards: str) -> list[list[str]]:
    return [[a.user.name for a in trace.activations if a.user is not None] for trace in case.trace(*cards)]


def test_a_link_holds_until_another_card_takes_the_number(case: gt.Case) -> None:
    (mine,) = users(case, ONE)
    assert mine == ["早到的人", "二月的人"]


def test_whose_an_activation_is_does_not_depend_on_what_else_is_asked(case: gt.Case) -> None:
    together = users(case, ONE, OTHER)
    assert together == [*users(case, ONE), *users(case, OTHER)]
    assert together[1] == ["两号的人", "七月的人"]


def told(tmp_path: Path, *files: str) -> list[tuple[list[str], list[tuple[int, list[str]]]]]:
    """Of both cards, the users and what is said of records whose card no day decides."""
    for number, text in enumerate(files):
        (tmp_path / f"{number}.csv").write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "moved.gtrace") as case:
        case.load(*(tmp_path / f"{number}.csv" for number in range(len(files))))
        found = []
        for trace in case.trace(ONE, OTHER):
            open_ = [each.params for each in trace.findings if each.code == "number_of_several"]
            named = [each.user.name for each in trace.activations if each.user is not None]
            found.append((named, [(each["records"], each["cards"]) for each in open_]))
        return found


def listed(heading: str, day: str, card: str) -> str:
    return f"{heading},ICCID,MSISDN,状态\n{day},{card},1064912345678,正常\n"


USED = "MSISDN,激活时间,使用人\n1064912345678,2024-06-10,赵\n"
BOTH = [(1, [ONE, OTHER])]


@pytest.mark.parametrize("heading", ["导出日期", "统计日期", "清单日期", "快照日期", "统计时间", "日期", "export date"])
def test_the_day_of_a_list_says_since_when_a_card_had_its_number(tmp_path: Path, heading: str) -> None:
    lists = [listed(heading, "2024-01-05", ONE), listed(heading, "2024-06-05", OTHER)]
    assert told(tmp_path, *lists, USED) == [([], []), (["赵"], [])]


def test_a_line_above_a_list_gives_its_day(tmp_path: Path) -> None:
    lists = [
        f"统计时间：{day},,\nICCID,MSISDN,状态\n{card},1064912345678,正常\n"
        for day, card in (("2024-01-05", ONE), ("2024-06-05", OTHER))
    ]
    assert told(tmp_path, *lists, USED) == [([], []), (["赵"], [])]


@pytest.mark.parametrize(
    "days",
    [
        ("", ""),
        ("", "2024-06-05"),
        ("2024-01-05", ""),
        ("2024-06-05", "2024-06-05"),
        ("2024-05", "2024-05-20"),
        ("2024-01-05", "2024-06"),
    ],
)
def test_where_no_day_decides_which_card_had_a_number_nobody_gets_its_user(
    tmp_path: Path, days: tuple[str, str]
) -> None:
    lists = [listed("日期", day, card) for day, card in zip(days, (ONE, OTHER), strict=True)]
    assert told(tmp_path, *lists, USED) == [([], BOTH), ([], BOTH)]


def test_an_undated_list_that_agrees_with_dated_ones_decides_nothing_anew(tmp_path: Path) -> None:
    lists = [listed("日期", "2024-01-05", ONE), listed("日期", "2024-06-05", OTHER), listed("日期", "", OTHER)]
    assert told(tmp_path, *lists, USED) == [([], []), (["赵"], [])]
