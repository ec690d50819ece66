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
