"""People who only lent a hand: clerks, agents of a check of identity, couriers. None of them is a side."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

HANDS = (
    "KYC Agent", "Prepared By", "Checked By", "Approved By", "Activated By", "Received By", "Sales Rep",
    "经办人", "受理人", "操作员", "业务员", "复核人", "发卡人", "快递员", "签收人", "实名认证人", "委托代理人",
)  # fmt: skip


def test_who_only_lent_a_hand_is_neither_side_nor_user(desk: Desk) -> None:
    files = [
        text.format(heading, *(card(10 * number + n) for n in (1, 2, 3)))
        for number, heading in enumerate(HANDS, 1)
        for text in (
            "转出方,日期,ICCID,{0}\nE,2024-03-05,{1},张三\n",
            "转入方,日期,ICCID,{0}\nA,2024-03-05,{2},张三\n",
            "ICCID,激活日期,{0}\n{3},2024-03-05,张三\n",
        )
    ]
    desk.load(*files)
    told = iter(desk.traces(*(10 * number + n for number in range(1, len(HANDS) + 1) for n in (1, 2, 3))))
    found = [
        (heading, [each.chains for each in (sold, got)], used.end_user)
        for heading, sold, got, used in zip(HANDS, told, told, told, strict=True)
    ]
    assert found == [(heading, [[], []], None) for heading in HANDS]


@pytest.mark.parametrize("fetched", ["提货人", "取货人姓名", "拿货人"])
def test_who_fetched_what_a_customer_bought_is_not_who_bought_it(desk: Desk, fetched: str) -> None:
    (read,) = desk.load(f"供货单位,客户名称,{fetched},日期,ICCID\n星海公司,蓝讯店,张三,2024-03-05,{card(1)}\n")
    assert {each["heading"]: each["field"] for each in read["columns"]}[fetched] is None
    assert "张三" not in str(desk.trace(1).json["chains"])


def test_a_courier_who_fetched_the_goods_is_no_receiver(desk: Desk) -> None:
    rows = f"星海公司,顺丰快递员,2024-03-05,{card(1)}\n星海公司,张三,2024-03-05,{card(2)}\n"
    (read,) = desk.load(f"供货单位,提货人,发货日期,ICCID\n{rows}")
    assert (read["loaded"], [each["field"] for each in read["asked"]]) == (0, ["to"])


def test_who_fetched_the_goods_got_them_where_nobody_else_is_named(desk: Desk) -> None:
    desk.load(f"供货单位,提货人,发货日期,ICCID\n星海公司,张三,2024-03-05,{card(1)}\n")
    assert desk.trace(1).holder == "张三"
