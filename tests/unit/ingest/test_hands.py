"""Who had a hand in a delivery and is no side of it: clerks, drivers, officers, whoever stands above a customer."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer, UnknownKind

from .sheets import read_rows

A, B = "89860625300210200018", "89860625300210200026"


@pytest.mark.parametrize("bulk", [True, False])
def test_a_firm_is_the_side_and_not_the_person_who_handed_out_or_picked_up(bulk: bool) -> None:
    heads = ("出库人", "出库单位", "收货单位", "提货人", "出库日期", "ICCID")
    loaded, parser = read_rows(heads, ("张三", "甲公司", "乙公司", "王五", "2024-03-05", A), bulk=bulk)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "乙公司")]
    assert parser.unread.select("reason", "field").rows() == [("party_not_read", "提货人")]
    heads = ("发货人", "发货单位", "收货人", "收货单位", "发货日期", "ICCID")
    loaded, _ = read_rows(heads, ("张三", "甲公司", "王五", "乙公司", "2024-03-05", A), bulk=bulk)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "乙公司")]


def test_a_person_who_takes_cards_is_the_side_where_no_firm_stands_beside() -> None:
    loaded, _ = read_rows(("发货单位", "提货人", "发货日期", "ICCID"), ("甲公司", "王五", "2024-03-05", A))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "王五")]


def test_a_clerk_alone_is_no_seller_and_a_prospect_no_receiver() -> None:
    loaded, parser = read_rows(
        ("出库人", "收货单位", "出库日期", "ICCID", "状态"), ("张三", "乙公司", "2024-03-05", A, "正常")
    )
    assert [each["kind"] for each in loaded] == ["card_list"]
    assert [each.field for each in parser.questions] == ["from"]
    with pytest.raises(UnknownKind):
        read_rows(("转出方", "目标客户", "日期", "ICCID"), ("甲公司", "乙公司", "2024-03-05", A))


@pytest.mark.parametrize("above", ["上级客户", "上级账号", "上级代理"])
def test_who_stands_above_a_customer_sold_nothing(above: str) -> None:
    heads = ("运营商", "购卡单位", above, "购买日期", "ICCID")
    loaded, _ = read_rows(heads, ("中国联通", "甲公司", "蓝讯店", "2024-03-05", A))
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("purchase", "中国联通", "甲公司")
    ]
    loaded, _ = read_rows((above, "下级代理", "日期", "ICCID"), ("甲公司", "乙公司", "2024-03-05", A))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "乙公司")]


@pytest.mark.parametrize(
    "authority",
    [
        "云洲市公安局", "云洲市公安局城东派出所", "城东派出所", "云洲市反诈中心", "云洲市公安局刑警大队",
        "云洲市中级人民法院", "云洲市人民检察院", "云洲县公安局网安大队", "Yunzhou Police Station", "District Court",
    ],
)  # fmt: skip
@pytest.mark.parametrize("bulk", [True, False])
def test_an_authority_is_no_side_and_the_card_is_told(authority: str, bulk: bool) -> None:
    heads = ("转出方", "转入方", "转让日期", "ICCID")
    rows = [("张三", authority, "2024-03-05", A), ("甲公司", "乙公司", "2024-03-05", B)]
    loaded, parser = read_rows(heads, *rows, bulk=bulk)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "乙公司")]
    assert [(each.row, each.field, each.reason, each.value) for each in parser.rejects] == [
        (2, "to", "of_authority", authority)
    ]
    assert parser.unread.select("row", "kind", "reason").rows() == [(2, "transfer", "of_authority")]


def test_evidence_that_is_handed_over_is_a_seizure_and_no_transfer() -> None:
    heads = ("移交单位", "接收单位", "移交日期", "案号", "ICCID")
    loaded, _ = read_rows(heads, ("云洲市公安局城东派出所", "云洲市公安局反诈中心", "2024-03-05", "A1", A))
    assert [each["kind"] for each in loaded] == ["seizure"]


@pytest.mark.parametrize(
    "heads",
    [
        ("移交人", "接收人", "移交日期", "案件编号", "ICCID"),
        ("移交人", "接收人", "交接时间", "物证编号", "ICCID"),
        ("Released by", "Received by", "Date", "Exhibit", "ICCID"),
    ],
)
def test_officers_who_hand_evidence_on_are_no_sides_and_their_day_is_not_that_of_the_seizure(
    heads: tuple[str, ...],
) -> None:
    row = ("刘强", "赵敏", "2024-03-05", "A1", A)
    if "案件编号" not in heads:
        with pytest.raises((NeedsAnswer, UnknownKind)):
            read_rows(heads, row)
        return
    loaded, _ = read_rows(heads, row)
    assert [(each["kind"], each["first_day"], each["sender_name"]) for each in loaded] == [("seizure", None, None)]


@pytest.mark.parametrize(
    "title", ["涉案财物移交清单", "物证交接登记表", "扣押物品移送清单", "Exhibit chain of custody"]
)
def test_what_a_title_calls_evidence_that_was_handed_on_is_no_transfer(title: str) -> None:
    heads = ("移交人", "接收人", "移交日期", "ICCID")
    with pytest.raises((NeedsAnswer, UnknownKind)) as refused:
        read_rows((title, None, None, None), heads, ("刘强", "赵敏", "2024-03-05", A))
    assert isinstance(refused.value, UnknownKind)
    loaded, _ = read_rows(
        ("卡片移交清单", None, None, None), (*heads[:1], "接收方", *heads[2:]), ("甲", "乙", "2024-03-05", A)
    )
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("transfer", "乙")]


@pytest.mark.parametrize(
    "firm", ["顺丰速运有限公司", "上海圆通速递有限公司宁波分公司", "DHL Express (India) Pvt. Ltd."]
)
@pytest.mark.parametrize("bulk", [True, False])
def test_a_firm_that_carries_parcels_is_no_side_and_may_be_a_carriers_customer(firm: str, bulk: bool) -> None:
    heads = ("转出方", "转入方", "转让日期", "ICCID")
    rows = [("甲公司", firm, "2024-03-05", A), ("甲公司", "乙公司", "2024-03-05", B), (firm, "丙公司", "2024-03-06", A)]
    loaded, parser = read_rows(heads, *rows, bulk=bulk)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("甲公司", "乙公司")]
    assert [(each.row, each.reason, each.value) for each in parser.rejects] == [
        (2, "missing_field", firm),
        (4, "missing_field", firm),
    ]
    loaded, _ = read_rows(("运营商", "企业名称", "购买日期", "ICCID"), ("中国联通", firm, "2024-03-05", A), bulk=bulk)
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("purchase", firm)]


@pytest.mark.parametrize(
    "name", ["公安路数码店", "法院路商行", "公安县蓝讯经营部", "警翼科技有限公司", "交警队旁小卖部"]
)
def test_a_trader_whose_name_holds_such_a_word_is_a_side(name: str) -> None:
    heads = ("转出方", "转入方", "转让日期", "ICCID")
    loaded, _ = read_rows(heads, ("甲公司", name, "2024-03-05", A))
    assert [each["receiver_name"] for each in loaded] == [name]
