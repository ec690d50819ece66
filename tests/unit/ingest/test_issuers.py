"""Who issued a paper or keeps a list: a firm above the table, a word of which way goods went, and the other side."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer

from .sheets import Row, read_rows

CARD = "898606253002102{:04d}".format
FIRM, OTHER = "东莞市途星电子科技有限公司", "赣州市顺达租车服务有限公司"
CARRIER = "中国电信股份有限公司云洲分公司"
GOODS: Row = ("序号", "箱号", "IMEI", "ICCID", "检验结果")


def cards(count: int = 3) -> list[Row]:
    return [(str(n), "C01", f"86802205417{n:04d}", CARD(n), "PASS") for n in range(1, count + 1)]


def sides(*rows: Row) -> set[tuple[str, str, str]]:
    loaded, _ = read_rows(*rows)
    return {(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded}


def line(*cells: str) -> Row:
    return (*cells, *[None] * (5 - len(cells)))


TO: Row = line(f"客户名称：{OTHER}", "订单号：TA-0417")
DAY: Row = line("出货日期：2024年4月22日", "数量：3台")


@pytest.mark.parametrize(
    "titles",
    [
        (line(FIRM), line("GPS定位终端出货IMEI/ICCID对照表")),
        (line(f"{FIRM}终端及物联网卡交付清单"),),
        (line("4G终端随货发货明细表"), line(f"编制单位：{FIRM}")),
        (line(FIRM), line("随货发货明细")),
    ],
)
def test_whoever_issued_a_paper_for_a_named_customer_passed_its_cards_on(titles: tuple[Row, ...]) -> None:
    assert sides(*titles, TO, DAY, GOODS, *cards()) == {("transfer", FIRM, OTHER)}


def test_a_carrier_that_delivers_to_a_customer_sold_the_cards() -> None:
    top = (line(f"{CARRIER}物联网卡交付清单"), line("客户名称：", OTHER), line("交付日期：", "2024-03-08"))
    heads: Row = ("序号", "ICCID", "接入号码", "卡类型", "套餐")
    rows = [(str(n), CARD(n), f"14100251119{n:02d}", "插拔卡", "30M") for n in range(1, 4)]
    assert {(sender, receiver) for _, sender, receiver in sides(*top, heads, *rows)} == {(CARRIER, OTHER)}


BOUGHT: Row = ("日期", "单据编号", "供货单位", "商品名称", "卡号")


def test_whoever_keeps_a_list_of_what_came_in_got_it() -> None:
    rows = [(f"2023-06-0{n}", f"J{n}", OTHER, "物联网卡", CARD(n)) for n in range(1, 4)]
    assert sides(line(f"{FIRM}  进货单明细"), BOUGHT, *rows) == {("transfer", OTHER, FIRM)}


@pytest.mark.parametrize(
    "titles",
    [
        (line(f"{FIRM}终端出货计划表"),),
        (line(f"{FIRM}物联网卡采购及交付明细"),),
        (line(f"{FIRM}发货IMEI对照表"), line("另一家科技有限公司")),
        (line(f"{OTHER}物联网卡交付清单"),),
        (line("物联网卡出货对照表"),),
    ],
)
def test_where_it_may_be_otherwise_a_person_is_asked(titles: tuple[Row, ...]) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(*titles, TO, DAY, GOODS, *cards())
    assert "from" in asked.value.fields
