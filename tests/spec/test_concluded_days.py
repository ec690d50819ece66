"""What is concluded about a day is marked as concluded on the hop (SPEC 12, 13)."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

HEAD = "转出方,转入方,日期,ICCID\n"


def bases(desk: Desk) -> list[tuple[str, str | None]]:
    (chain,) = desk.trace(1).json["chains"]
    return [(hop["date"], hop.get("date_basis")) for hop in chain["hops"]]


@pytest.mark.parametrize(
    ("title", "day", "told"),
    [
        ("2024年4月出库表", "03/04/2024", ("2024-04-03", "concluded")),
        ("2024年4月出库表", "25/04/2024", ("2024-04-25", None)),
        ("出库表", "2024-04-03", ("2024-04-03", None)),
    ],
)
def test_a_day_whose_order_the_title_decides_is_concluded(
    desk: Desk, title: str, day: str, told: tuple[str, str | None]
) -> None:
    desk.load(f"{title},,,\n{HEAD}甲公司,乙公司,{day},{card(1)}\n甲公司,乙公司,{day},{card(2)}\n")
    assert bases(desk) == [told]


def test_a_day_that_another_file_states_is_stated(desk: Desk) -> None:
    desk.load(
        f"2024年4月出库表,,,\n{HEAD}甲公司,乙公司,03/04/2024,{card(1)}\n", f"{HEAD}甲公司,乙公司,2024-04-03,{card(1)}\n"
    )
    assert bases(desk) == [("2024-04-03", None)]


def test_concluded_days_put_no_chain_in_doubt(desk: Desk) -> None:
    sales = f"甲公司,乙公司,05/04/2024,{card(1)}\n乙公司,丙公司,06/03/2024,{card(1)}\n"
    bought = f"运营商,购卡单位,日期,ICCID\n中国联通,甲公司,2024-01-01,{card(1)}\n"
    desk.load(bought, f"出库明细 2024-03-01 至 2024-04-30,,,\n{HEAD}{sales}")
    traced = desk.trace(1)
    assert (traced.outcome, len(traced.chains), traced.holder) == ("inferred", 1, "丙公司")
    assert desk.audit("甲公司")["buckets"]["resold"] == 1
