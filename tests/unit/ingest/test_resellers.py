"""Lists of bought cards that name a seller beside the carrier: the seller sold, and not the carrier."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer, UnknownKind

from .sheets import read_rows

CARD = "898606253002102{:04d}".format


@pytest.mark.parametrize(
    "seller", ["供应商", "供货商名称", "卖方", "供货方", "上家", "转出方", "卖家", "supplier", "vendor"]
)
@pytest.mark.parametrize("bought", ["采购日期", "购卡日期", "日期"])
def test_who_sold_is_the_seller_that_the_list_names_and_not_the_carrier(seller: str, bought: str) -> None:
    heads = ("运营商", seller, "采购单位", bought, "ICCID")
    for bulk in (True, False):
        ((sale,), parser) = read_rows(heads, ("中国联通", "乙公司", "甲公司", "2024-03-01", CARD(1)), bulk=bulk)
        assert [sale[name] for name in ("kind", "sender_name", "receiver_name")] == ["transfer", "乙公司", "甲公司"]
        assert (parser.rejects, [column.heading for column in parser.columns if column.field is None]) == ([], [])


@pytest.mark.parametrize(
    "firm", ["代理商", "渠道商", "一级代理商", "来源", "货源", "原购卡单位", "变更后单位", "distributor"]
)
def test_where_it_is_not_clear_what_another_firm_did_it_is_asked(firm: str) -> None:
    heads = ("运营商", firm, "采购单位", "采购日期", "ICCID")
    row = ("中国联通", "乙公司", "甲公司", "2024-03-01", CARD(1))
    with pytest.raises(UnknownKind):
        read_rows(heads, row)
    ((sale,), _) = read_rows(heads, row, answers={"kind": "purchase"})
    assert [sale[name] for name in ("kind", "sender_name", "receiver_name")] == ["purchase", "中国联通", "甲公司"]


def test_a_line_above_the_table_names_carrier_seller_or_buyer_as_a_column_does() -> None:
    whole = {"运营商": "中国联通", "供应商": "乙公司", "采购单位": "甲公司", "采购日期": "2024-03-01", "ICCID": CARD(1)}
    for above in ("运营商", "供应商", "采购单位"):
        columns = [name for name in whole if name != above]
        line = [f"{above}：{whole[above]}", None, None, None]
        ((sale,), parser) = read_rows(line, columns, [whole[name] for name in columns])
        assert [sale[name] for name in ("kind", "sender_name", "receiver_name")] == ["transfer", "乙公司", "甲公司"]
        assert parser.rejects == []


@pytest.mark.parametrize("carrier", ["中国联通", "中国联通深圳市分公司"])
def test_without_a_column_of_carriers_the_seller_sold_too(carrier: str) -> None:
    heads = ("供应商", "采购单位", "采购日期", "ICCID")
    for seller in ("乙公司", carrier):
        ((sale,), _) = read_rows(heads, (seller, "甲公司", "2024-03-01", CARD(1)))
        assert (sale["sender_name"], sale["receiver_name"]) == (seller, "甲公司")


@pytest.mark.parametrize("heading", ["合作方", "中间单位", "对方"])
def test_a_firm_of_which_the_heading_does_not_say_what_it_did_is_asked_about(heading: str) -> None:
    heads = ("运营商", heading, "采购单位", "采购日期", "ICCID")
    with pytest.raises(UnknownKind):
        read_rows(heads, ("中国联通", "乙公司", "甲公司", "2024-03-01", CARD(1)))


@pytest.mark.parametrize(
    ("heading", "value"), [("卡厂", "东信和平股份有限公司"), ("快递公司", "顺丰速运有限公司"), ("合作方", "甲公司")]
)
def test_a_firm_with_another_part_leaves_the_purchase_what_it_is(heading: str, value: str) -> None:
    heads = ("运营商", heading, "采购单位", "采购日期", "ICCID")
    ((sale,), _) = read_rows(heads, ("中国联通", value, "甲公司", "2024-03-01", CARD(1)))
    assert sale["kind"] == "purchase"


@pytest.mark.parametrize("other", ["经办人", "业务员", "套餐", "备注", "客户经理", "开户渠道"])
def test_other_columns_leave_the_purchase_what_it_is(other: str) -> None:
    heads = ("运营商", other, "采购单位", "采购日期", "ICCID")
    ((sale,), _) = read_rows(heads, ("中国联通", "乙某某", "甲公司", "2024-03-01", CARD(1)))
    assert sale["kind"] == "purchase"


@pytest.mark.parametrize("heading", ["使用人", "使用方", "终端用户", "最终用户", "实际用户", "实际使用人"])
def test_whoever_uses_the_card_is_read_under_each_of_these_headings(heading: str) -> None:
    ((used,), _) = read_rows(("ICCID", "激活时间", heading), (CARD(1), "2024-03-01", "李四"))
    assert (used["kind"], used["receiver_name"]) == ("activation", "李四")


def test_of_a_day_of_passing_on_alone_the_buyer_need_not_be_who_got_the_cards_then() -> None:
    heads, row = ("转出方", "购卡单位", "发货日期", "ICCID"), ("乙公司", "甲公司", "2024-03-01", CARD(1))
    with pytest.raises(NeedsAnswer):
        read_rows(("运营商", *heads), ("中国联通", *row))
    (listed,), parser = read_rows(heads, row)
    assert (listed["kind"], [(each.field, each.kind) for each in parser.questions]) == (
        "card_list",
        [("to", "transfer")],
    )


def test_a_list_with_levels_of_agents_asks_whether_they_got_the_cards() -> None:
    rows = [
        ("ICCID", "开卡主体", "一级代理", "一级提卡日期", "二级代理"),
        ("89860724317810620926", "成都锐达车联科技有限公司", "成都星网信息咨询部", "20240110", "蒋海龙"),
    ]
    loaded, parser = read_rows(*rows)
    assert [each["kind"] for each in loaded] == ["card_list"]
    (question,) = parser.questions
    assert (question.field, question.is_required) == ("kind", False)
    assert "…→[一级代理]" in question.forms
