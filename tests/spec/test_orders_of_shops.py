"""Exports of a shop's orders whose rows name a card, in a column of its own or in a remark."""

from __future__ import annotations

import pytest

from .conftest import Desk, card

TAOBAO = "订单编号,买家会员名,收货人姓名,订单状态,宝贝标题,宝贝总数量,订单付款时间,物流单号,店铺名称"


def taobao(heading: str, prefix: str = "") -> str:
    """An order that was sent with card 1, and one with card 2 that was not."""
    rows = (
        f"1,tb_zhang,张三,交易成功,流量卡,1,2024-03-05 10:00:00,SF123456789012,蓝讯旗舰店,{prefix}{card(1)}\n"
        f"2,tb_li,李四,等待卖家发货,流量卡,1,2024-03-05 10:00:00,,蓝讯旗舰店,{prefix}{card(2)}\n"
    )
    return f"{TAOBAO},{heading}\n{rows}"


@pytest.mark.parametrize(
    ("heading", "prefix"),
    [("ICCID", ""), ("商家备注", "卡号："), ("卖家备注", "联通 ICCID:"), ("订单备注", ""), ("订单备注", "'发")],
)
def test_the_card_of_an_order_was_sold_by_the_shop_to_whoever_got_the_parcel(
    desk: Desk, heading: str, prefix: str
) -> None:
    desk.load(taobao(heading, prefix))
    assert [each.chains for each in desk.traces(1, 2)] == [["broken: 蓝讯旗舰店>张三"], []]


@pytest.mark.parametrize(("buyer", "consignee", "who"), [("t**g", "张三", "张三"), ("tb_zhang", "张*", "tb_zhang")])
def test_where_one_of_account_and_name_is_masked_the_other_bought_the_card(
    desk: Desk, buyer: str, consignee: str, who: str
) -> None:
    desk.load(taobao("订单备注").replace("tb_zhang,张三", f"{buyer},{consignee}"))
    assert desk.trace(1).chains == [f"broken: 蓝讯旗舰店>{who}"]


@pytest.mark.parametrize(
    "title", ["车载WiFi专用流量卡 免插卡上网", "POS机流量卡", "流量卡 送卡针", "无限流量卡 免实名 随身WiFi专用"]
)
def test_an_order_of_cards_for_a_device_is_a_sale(desk: Desk, title: str) -> None:
    (read,) = desk.load(taobao("订单备注").replace("流量卡", title))
    assert (read["loaded"], desk.trace(1).chains) == (1, ["broken: 蓝讯旗舰店>张三"])


@pytest.mark.parametrize("title", ["随身WiFi 免插卡", "SIM卡还原卡套", "手机壳", ""])
def test_an_order_of_other_goods_is_a_sale_only_where_it_names_a_card(desk: Desk, title: str) -> None:
    orders = taobao("订单备注").replace("流量卡", title)
    # the number of an order may look like that of a card
    (other,) = desk.load(orders.replace(card(1), "发顺丰").replace("1,tb_zhang", "8986112495500310219,tb_zhang"))
    assert [other["loaded"], other["rejected"]] == [0, 2]
    desk.load(orders)
    assert desk.trace(1).chains == ["broken: 蓝讯旗舰店>张三"]


WEIDIAN = "订单编号,下单时间,付款时间,订单状态,商品名称,购买数量,收件人姓名,快递单号,商家备注"


def test_orders_of_a_shop_that_the_sheet_does_not_name_ask_for_it_and_state_their_parcels_at_once(desk: Desk) -> None:
    rows = (
        f"81,2024-03-05 09:00:00,2024-03-05 10:00:00,已完成,随身WiFi流量卡,1,张三,4312000088012,ICCID:{card(1)}\n"
        f"82,2024-03-05 09:00:00,2024-03-05 10:00:00,已关闭,随身WiFi流量卡,1,李四,4312000088013,ICCID:{card(2)}\n"
    )
    # the mark at the start of a text may be written twice
    path = desk.file(f"\ufeff\ufeff{WEIDIAN}\n{rows}", "微店订单_明远数码.csv")
    (read,) = desk.load(path)
    assert [(one["field"], one["offers"][0]) for one in read["asked"]] == [
        ("from", {"value": "明远数码", "because": "file_name"})
    ]
    assert (read["kinds"], read["rejected"], read["warnings"]) == ({"shipment": 1}, 1, [])
    assert (desk.trace(1).chains, desk.trace(1).codes) == ([], ["unread_movement"])
    desk.load(path, options=("--set", "from=明远数码"))
    assert [each.chains for each in desk.traces(1, 2)] == [["broken: 明远数码>张三"], []]


@pytest.mark.parametrize("buyer", ["买家账号", "买家昵称", "收货人"])
def test_orders_of_any_shop_are_read_by_shop_buyer_and_day_of_sending(desk: Desk, buyer: str) -> None:
    rows = f"1,蓝讯旗舰店,赵一,已发货,2024-03-05,{card(1)}\n2,蓝讯旗舰店,钱二,待发货,2024-03-06,{card(2)}\n"
    desk.load(f"订单号,店铺名称,{buyer},订单状态,发货时间,ICCID\n{rows}")
    assert [each.chains for each in desk.traces(1, 2)] == [["broken: 蓝讯旗舰店>赵一"], []]
    assert desk.trace(2).codes == ["near_miss", "unread_movement"]


def test_the_account_goes_before_the_name_on_the_parcel_and_an_order_that_names_no_shop_is_asked(desk: Desk) -> None:
    head = "订单号,收货人,买家账号,订单状态,发货时间,ICCID"
    (read,) = desk.load(text := f"{head}\n1,张三,tb_zhang,已发货,2024-03-05,{card(1)}\n")
    assert [each["field"] for each in read["asked"]] == ["from"]
    desk.load(text, options=("--set", "from=蓝讯旗舰店"))
    assert desk.trace(1).chains == ["broken: 蓝讯旗舰店>tb_zhang"]


@pytest.mark.parametrize("between", ["、", ",", "\n"])
def test_a_remark_of_an_order_may_name_several_cards_and_nothing_else(desk: Desk, between: str) -> None:
    both = f"ICCID {card(2)}{between}{card(3)}"
    head = "商品,订单号,订单状态,商品数量(件),收货人,支付时间,发货时间,快递单号,商家备注,店铺"
    rows = (
        f'物联卡,1,已收货,1,张三,2024-03-04 10:00:00,2024-03-05 10:00:00,SF123456789012,"ICCID {card(1)}",云岭数码\n'
        f'物联卡,2,已发货，待收货,2,李四,2024-03-04 10:00:00,2024-03-05,SF123456789013,"{both}",云岭数码\n'
        f'物联卡,3,已取消，退款成功,1,王五,2024-03-04 10:00:00,2024-03-05,SF123456789014,"ICCID {card(4)}",云岭数码\n'
    )
    (read,) = desk.load(f"{head}\n{rows}".replace("已发货，待收货", "已发货"))
    assert read["asked"] == []
    assert [each.chains for each in desk.traces(1, 2, 3, 4)] == [
        ["broken: 云岭数码>张三"],
        ["broken: 云岭数码>李四"],
        ["broken: 云岭数码>李四"],
        [],
    ]


def test_orders_to_whoever_gets_or_fetches_them_ask_for_the_shop_of_the_file_name(desk: Desk) -> None:
    head = "订单编号,订单状态,收件人/提货人,商品名称,商品数量,付款时间,发货时间,物流单号,商家备注"
    text = f"{head}\n81,已完成,张三,物联卡,1,2024-03-05 10:00:00,2024-03-05 10:00:00,SF123456789012,{card(1)}\n"
    path = desk.file(text, "13明远数码微店订单.csv")
    (read,) = desk.load(path)
    assert [(one["field"], one["offers"][0]["value"]) for one in read["asked"]] == [("from", "明远数码")]
    desk.load(path, options=("--set", "from=明远数码"))
    assert desk.trace(1).chains == ["broken: 明远数码>张三"]


@pytest.mark.parametrize("remark", ["卡号{0}-003", "{0}至{2}", "ICCID {0} 到 003 三张"])
def test_a_remark_of_a_taobao_order_may_name_a_range(desk: Desk, remark: str) -> None:
    said = remark.format(card(1), card(2), card(3))
    desk.load(
        taobao("商家备注")
        .replace("流量卡,1,2024-03-05 10:00:00,SF", "流量卡,3,2024-03-05 10:00:00,SF")
        .replace(card(1), said)
    )
    assert [each.chains for each in desk.traces(1, 2, 3)] == [["broken: 蓝讯旗舰店>张三"]] * 3


XIANYU = "订单编号,卖家实名,买家昵称,买家实名,宝贝标题,数量,付款时间,发货时间,订单状态,收货人,物流单号,留言/备注"


def test_the_reply_of_a_platform_names_both_sides_and_the_cards_in_remarks_of_the_seller(desk: Desk) -> None:
    rows = (
        f"1,王一,ll,孙二,移动大流量卡,2,2024-03-04,2024-03-05,交易成功,孙二,YT8812003441907,卖家：发出卡号{card(1)}、{card(2)}\n"
        "2,王一,qc,钱三,移动大流量卡,1,2024-03-04,,交易关闭,钱三,,买家未付款\n"
        f"3,王一,ht,黄四,移动大流量卡,3,2024-03-04,2024-03-06,交易成功,黄四,YT8812003447733,卖家：{card(4)}-006\n"
        "4,王一,ll,孙二,移动大流量卡,10,2024-03-04,2024-03-07,交易成功,孙二,YT8812003460019,\n"
        f"5,王一,wm,吴五,移动大流量卡,1,2024-03-04,2024-03-07,交易成功,吴五,YT8812003460020,卖家：尾号{card(9)[-6:]}\n"
        f"6,王一,zl,周六,移动大流量卡,1,2024-03-04,2024-03-07,交易成功,周六,YT8812003460021,卖家：{card(8)} 已退货\n"
    )
    (read,) = desk.load(f"{XIANYU}\n{rows}")
    assert (read["asked"], read["kinds"]) == ([], {"transfer": 4, "shipment": 5})
    assert [each.chains for each in desk.traces(1, 2, 5)] == [
        ["broken: 王一>孙二"],
        ["broken: 王一>孙二"],
        ["broken: 王一>黄四"],
    ]
    assert desk.trace(8).chains == []
    assert [(each["field"], each["reason"], each["first_row"]) for each in read["warnings"]] == [
        ("iccid", "bad_identifier", 6),
        ("留言/备注", "unknown_kind", 7),
    ]


def test_a_remark_of_the_buyer_names_no_card_of_an_order(desk: Desk) -> None:
    rows = f"1,王一,ll,孙二,移动大流量卡,1,2024-03-04,2024-03-05,交易成功,孙二,YT8812003441907,买家：{card(1)}\n"
    desk.load(f"{XIANYU}\n{rows}")
    assert desk.trace(1).chains == []


def test_a_card_that_only_the_remark_of_a_closed_order_names_is_told_with_the_word_that_closed_it(desk: Desk) -> None:
    desk.load(taobao("订单备注", "原配卡 ICCID:"))
    (told,) = desk.trace(2).params("unread_movement")
    assert [told["heading"], told["text"]] == ["订单状态", "等待卖家发货"]


DISPATCHED = "店铺,订单编号,{buyer},收件人,宝贝简称,数量,付款时间,发货时间,快递单号,订单状态,卖家备注,售后"


def dispatched(*rows: str, buyer: str = "买家旺旺") -> str:
    """A list of what a shop sent: each row from its buyer, with the receiver of its parcel masked."""
    return "\n".join([DISPATCHED.format(buyer=buyer), *(f"随行卡社,41600277155400{row}" for row in rows), ""])


def sent(number: int, who: str, state: str = "交易成功", later: str = "", words: str = "") -> str:
    times = "2025-04-02 22:10,2025-04-03 10:31"
    return f"{number:02},{who},韦**,流量卡,1,{times},YT88120034419{number},{state},卡 {card(number)}{words},{later}"


@pytest.mark.parametrize("buyer", ["买家旺旺", "买家旺旺ID", "买家淘宝账号", "客户旺旺"])
def test_whose_account_bought_took_the_card_where_the_receiver_of_the_parcel_is_masked(desk: Desk, buyer: str) -> None:
    (read,) = desk.load(dispatched(sent(1, "tb韦韦8817"), sent(2, "柏城老何"), buyer=buyer))
    assert (read["asked"], read["rejected"]) == ([], 0)
    assert desk.trace(1).chains == ["broken: 随行卡社>tb韦韦8817"]


@pytest.mark.parametrize(
    ("later", "day"),
    [
        ("买家退货，2025-04-11收到退回的卡，退款成功", "2025-04-11"),
        ("04-10 退货退款，退件已签收", "2025-04-10"),
        ("客户寄回，4.12已收到退卡，测试正常", "2025-04-12"),
    ],
)
def test_a_closed_order_whose_goods_came_back_is_a_sale_and_its_return(desk: Desk, later: str, day: str) -> None:
    (read,) = desk.load(dispatched(sent(1, "一叶知秋", "交易关闭", f'"{later}"'), sent(2, "柏城老何")))
    assert (read["asked"], read["rejected"]) == ([], 0)
    (chain,) = desk.trace(1).json["chains"]
    assert [(hop["kind"], hop["from"]["name"], hop["to"]["name"], hop["date"]) for hop in chain["hops"]] == [
        ("transfer", "随行卡社", "一叶知秋", "2025-04-03"),
        ("return", "一叶知秋", "随行卡社", day),
    ]


@pytest.mark.parametrize(
    "later",
    [
        "上一单退货，4.11已收到退件",
        "买家退货，4.11收到退件，是空包",
        "买家未等发货申请退款，没有发货",
        "拒收，退件已签收",
        "申请退货，未收到退件",
        "快递拦截，退回件已签收",
        "",
    ],
)
def test_a_closed_order_whose_goods_nobody_had_or_that_are_not_back_is_told(desk: Desk, later: str) -> None:
    (read,) = desk.load(dispatched(sent(1, "一叶知秋", "交易关闭", later), sent(2, "柏城老何")))
    assert (read["rejected"], desk.trace(1).chains) == (1, [])
    (told,) = desk.trace(1).params("unread_movement")
    assert [told["heading"], told["text"]] == (["售后", later] if "退" in later else ["订单状态", "交易关闭"])


@pytest.mark.parametrize(
    ("words", "is_read"),
    [
        ("（退回件，测试正常）", True),
        ("（退货件 检测OK 二次销售）", True),
        ("（退回件）", False),
        ("（退回，卡坏）", False),
    ],
)
def test_a_returned_article_that_is_sent_again_is_sold(desk: Desk, words: str, is_read: bool) -> None:
    (read,) = desk.load(dispatched(sent(1, "一叶知秋", words=words), sent(2, "柏城老何")))
    assert [each["field"] for each in read["warnings"]] == ["to"] if is_read else ["iccid", "to"]
    assert desk.trace(1).chains == (["broken: 随行卡社>一叶知秋"] if is_read else [])


@pytest.mark.parametrize("number", [2, 70])
def test_a_line_merged_below_a_table_is_none_of_its_rows_and_asks_nothing(desk: Desk, number: int) -> None:
    heads = "".join(f"<td>{name}</td>" for name in DISPATCHED.format(buyer="买家旺旺").split(","))
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split(','))}</tr>"
        for row in dispatched(*(sent(n, "柏城老何") for n in range(number))).splitlines()[1:]
    )
    foot = "<tr><td colspan=12>发货 2 单，未发货 1 单　打印：客服小瑶</td></tr>"
    page = f"<html><body><table><tr>{heads}</tr>{rows}{foot}</table></body></html>"
    (read,) = desk.load(desk.file(page, "发货记录.xls"))
    assert (read["asked"], read["loaded"], read["rejected"]) == ([], number, 1)
