"""The device in which a platform saw a card last is that of its list, and of no day in its rows."""

from __future__ import annotations

import pytest

from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format
IMEI = "861193057720424"


def devices(head: tuple[str, ...], row: tuple[str, ...]) -> list[tuple[str, str | None]]:
    loaded, _ = read(head, row)
    return [(each["kind"], each["imei"]) for each in loaded]


@pytest.mark.parametrize("heading", ["IMEI", "设备IMEI", "当前IMEI"])
def test_the_device_of_a_list_with_states_is_none_of_the_first_use(heading: str) -> None:
    head, row = ("ICCID", "卡状态", "激活时间", heading), (CARD(1), "已激活", "2026-03-30 10:00:00", IMEI)
    assert devices(head, row) == [("activation", None), ("card_list", IMEI)]


@pytest.mark.parametrize("heading", ["最近IMEI", "最后使用IMEI", "使用IMEI", "现IMEI"])
def test_a_device_that_is_the_last_one_is_none_of_the_first_use_in_any_list(heading: str) -> None:
    head, row = ("ICCID", "MSISDN", "首次激活时间", heading), (CARD(1), "1064726010350", "2026-03-30", IMEI)
    assert devices(head, row) == [("activation", None), ("card_list", IMEI)]


@pytest.mark.parametrize("heading", ["激活IMEI", "首次使用IMEI", "IMEI"])
def test_the_device_of_a_list_of_activations_is_theirs(heading: str) -> None:
    assert devices(("ICCID", "激活时间", heading, "激活省份"), (CARD(1), "2026-03-30", IMEI, "安徽")) == [
        ("activation", IMEI)
    ]


def test_the_device_of_a_session_is_its_own() -> None:
    head = ("服务号码", "ICCID", "使用IMEI", "开始时间", "结束时间", "小区/基站")
    row = ("1064726010350", CARD(1), IMEI, "2026-05-16 08:10:00", "2026-05-16 23:59:00", "相城2")
    assert devices(head, row) == [("usage", IMEI)]


@pytest.mark.parametrize("last", ["lastActivityDate", "lastVisitedCountry", "最近活跃地"])
def test_the_device_of_a_list_that_says_when_or_where_a_card_was_used_last_is_none_of_its_activation(last: str) -> None:
    head = ("iccid", "msisdn", "imei", "activationDate", last)
    assert devices(head, (CARD(1), "1064726010350", IMEI, "2025-02-10", "GBR")) == [
        ("activation", None),
        ("card_list", IMEI),
    ]
