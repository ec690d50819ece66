"""Normal forms of names, and where one name may be the short form of another."""

from __future__ import annotations

import time

import pytest

from graphtrace.analysis.alias_reasons import alike_names
from graphtrace.identifiers.party_names import core_of_name, is_name_within, names_somebody
from graphtrace.model import Party


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("杭州捷讯通信设备商行", "捷讯通信设备"),
        ("能科股份", "能科"),
        ("捷讯", "捷讯"),
        ("云洲海帆物联科技(深圳)有限公司", "云洲海帆物联科技"),
    ],
)
def test_the_core_is_without_place_legal_form_and_remark(name: str, core: str) -> None:
    assert core_of_name(name) == core


@pytest.mark.parametrize(
    ("held", "core"), [("捷讯", "捷讯通信"), ("新泥百电脑", "龙湾永中新泥百电脑"), ("a1物联", "云洲a1物联")]
)
def test_a_short_name_is_found_within(held: str, core: str) -> None:
    assert is_name_within(held, core, core.index(held))


@pytest.mark.parametrize(
    ("held", "core"),
    [
        ("客户1", "客户12"),
        ("王伟", "王伟2"),
        ("王伟", "王伟强"),
        ("长荣", "李长荣科技"),
        ("ab通信", "云洲cab通信"),
        ("捷讯", "捷讯"),
        ("捷讯通信", "捷讯通信"),
        ("捷讯通信", "捷讯通信2"),
    ],
)
def test_another_name_is_not(held: str, core: str) -> None:
    assert not is_name_within(held, core, core.index(held))


def test_a_line_of_business_names_nobody() -> None:
    assert not names_somebody("铜业")
    assert not names_somebody("通信设备")
    assert names_somebody("捷讯")


@pytest.mark.parametrize("form", ["客户{}", "{}号店", "杭州捷讯{}通信设备商行"])
def test_names_that_differ_in_a_number_say_nothing_and_cost_little(form: str) -> None:
    names = [form.format(number) for number in range(20_000)]
    started = time.perf_counter()
    assert list(alike_names({name: (Party(f"name:{name}", name), [name]) for name in names})) == []
    assert time.perf_counter() - started < 10
