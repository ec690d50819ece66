"""A firm that records name with and without its number is one party among those that seized cards share."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

HEAD = "转出方,转出方证件号,转入方,转入方证件号,日期,卡号\n"


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("蓝讯通信有限公司", "91310115MA1K35XR7B", [(3, 2)]),
        ("王伟", "110101199001011237", [(2, 0), (1, 0)]),
    ],
)
def test_a_firm_with_and_without_its_number_is_one_and_a_person_may_be_a_namesake(
    desk: Desk, name: str, number: str, expected: list[tuple[int, int]]
) -> None:
    desk.load(
        f"{HEAD}{name},{number},甲店,,2024-03-01,{card(1)}\n",
        f"{HEAD}{name},,乙店,,2024-03-01,{card(2)}\n丙店,,{name},,2024-03-01,{card(3)}\n",
        "案号,查获日期,卡号\n" + "".join(f"A{n},2024-05-01,{card(n)}\n" for n in (1, 2, 3)),
    )
    answer = desk.ask("common", card(1), card(2), card(3)).json
    shared = [each for each in answer["parties"] if each["party"]["name"] == name]
    assert sorted(((each["cards"], each.get("by_name", 0)) for each in shared), reverse=True) == expected
