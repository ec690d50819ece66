"""Lists of changes that name the former and the new owner of each card."""

from __future__ import annotations

import pytest

from graphtrace.errors import UnknownHeadings
from graphtrace.model import format_day

from .sheets import read_both_ways, read_rows

CARD = "898606253002103{:04d}".format
SELLER, SHOP = "星海物联科技有限公司", "路遥经营部"


def sides(*rows: tuple[str, ...], **options: object) -> list[tuple[object, ...]]:
    loaded, _ = read_both_ways(*rows, **options)
    return [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded]


@pytest.mark.parametrize(
    "headings",
    [
        *(("原归属客户", "现归属客户"), ("原使用单位", "现使用单位")),
        *(("变更前集团名称", "变更后集团名称"), ("原客户名称", "新客户名称")),
    ],
)
def test_cards_went_from_the_former_to_the_new_owner_and_back_as_each_row_says(headings: tuple[str, str]) -> None:
    rows = [
        ("操作时间", "操作类型", "ICCID", *headings),
        ("2024-02-20", "划拨", CARD(1), SELLER, SHOP),
        ("2024-03-04", "回收", CARD(1), SHOP, SELLER),
    ]
    assert sides(*rows) == [("transfer", SELLER, SHOP), ("return", SHOP, SELLER)]


def test_the_day_of_a_change_of_owner_is_that_of_the_transfer() -> None:
    rows = [("卡号", "原使用单位", "现使用单位", "变更日期"), (CARD(1), SELLER, SHOP, "2024-02-20")]
    assert sides(*rows) == [("transfer", SELLER, SHOP)]


@pytest.mark.parametrize("headings", [("原客户名称", "现客户名称", "变更日期"), ("原归属客户", "现使用人", "变更日期")])
def test_a_customer_who_changed_his_name_and_two_kinds_of_owners_move_nothing(headings: tuple[str, ...]) -> None:
    with pytest.raises(UnknownHeadings):
        read_rows(("卡号", *headings), (CARD(1), SELLER, SHOP, "2024-02-20"))


def test_columns_that_a_person_names_as_sides_hold_for_rows_of_both_ways() -> None:
    rows = [
        ("操作时间", "操作类型", "ICCID", "甲栏", "乙栏"),
        ("2024-02-20", "划拨", CARD(1), SELLER, SHOP),
        ("2024-03-04", "回收", CARD(1), SHOP, SELLER),
    ]
    _, parser = read_rows(*rows)
    (asked,) = (each for each in parser.questions if each.is_required)
    assert asked.field == "kind"
    assert asked.text is not None
    assert asked.forms == ("[甲栏]→[乙栏]",)
    said = {"kind": "transfer", "from": "[甲栏]", "to": "[乙栏]"}
    assert sides(*rows, answers=said) == [("transfer", SELLER, SHOP), ("return", SHOP, SELLER)]
    _, parser = read_rows(*rows, answers=said)
    assert parser.answered == said


def test_a_line_that_went_from_one_customer_to_another_was_registered_for_both_on_their_own_days() -> None:
    card = "89860042102338329134"
    title = ("中国移动通信集团江苏有限公司徐州分公司协助查询反馈表", *[None] * 3)
    heads = ("ICCID", "客户名称", "开户时间", "备注")
    for remark, days in (
        ("原客户徐州恒拓智能设备有限公司，2024-01-09过户至现客户", {"恒拓": "2023-06-02", "铭远": "2024-01-09"}),
        ("已过户", {"铭远": None}),
        ("未过户", {"铭远": "2023-06-02"}),
    ):
        loaded, _ = read_both_ways(title, heads, (card, "徐州铭远网络科技有限公司", "2023-06-02", remark))
        found = {
            each["receiver_name"][2:4]: None if each["first_day"] is None else format_day(each["first_day"])
            for each in loaded
            if each["kind"] == "registration"
        }
        assert found == days


REPLY_IN_ENGLISH = ("SAFARICOM PLC – LAW ENFORCEMENT LIAISON OFFICE – SUBSCRIBER INFORMATION", *[None] * 3)
FORMER = "Tambua Fleet Solutions Limited"


@pytest.mark.parametrize(
    ("remark", "days"),
    [
        (
            f"Change of ownership on 14-APR-2026. Previously registered to {FORMER} from 12-JAN-2026",
            {FORMER: "2026-01-12", "Grace Atieno Ouma": "2026-04-14"},
        ),
        # the day of the row is that of the new customer, and none of the former one's is stated
        (
            f"Change of ownership on 14-APR-2026. Previously registered to {FORMER}",
            {FORMER: None, "Grace Atieno Ouma": "2026-04-14"},
        ),
        # what is not a full statement of the former customer is told, and costs the row no day
        ("Change of ownership on 14-APR-2026, earlier owner see file", {"Grace Atieno Ouma": "2026-04-14"}),
        ("Change of ownership", {"Grace Atieno Ouma": "2026-04-14"}),
        (
            "Change of ownership on 14-APR-2026. Previously registered to him and his cousin from 12-JAN-2026",
            {"Grace Atieno Ouma": "2026-04-14"},
        ),
    ],
)
def test_a_change_of_ownership_costs_the_day_of_registration_no_row(remark: str, days: dict[str, str | None]) -> None:
    heads = ("ICCID", "Registered Name", "Registration Date", "Remarks")
    loaded, _ = read_both_ways(
        REPLY_IN_ENGLISH,
        heads,
        ("8925402260140341086", "Grace Atieno Ouma", "14-APR-2026", remark),
    )
    found = {
        each["receiver_name"]: None if each["first_day"] is None else format_day(each["first_day"])
        for each in loaded
        if each["kind"] == "registration"
    }
    assert found == days
