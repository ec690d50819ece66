"""Lists that call parties by their part in trade, and words of kinds that are made of several."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer
from graphtrace.model import format_day

from .sheets import Row, read_both_ways, read_rows

CARD = "898606253002102{:04d}".format
DAY = "2024-01-05"
SHOP, SUPPLIER, CUSTOMER = "城东数码店", "江口卡业批发部", "何小满"

Moved = tuple[str, str, str, str]


def moves(*rows: Row, **options: object) -> list[Moved]:
    """Return kind, sides and day of what rows state, read in both ways, which may not differ."""
    loaded, _ = read_both_ways(*rows, **options)
    return [
        (each["kind"], each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded
    ]


LISTS: list[tuple[Row, Row, Moved]] = [
    (
        ("系统单号", "平台", "店铺", "收货人", "唯一码", "发货时间", "打单员"),
        ("X1", "淘宝", SHOP, CUSTOMER, CARD(1), DAY, "小芳"),
        ("transfer", SHOP, CUSTOMER, DAY),
    ),
    (
        ("销售门店", "业务日期", "往来单位", "商品串号", "销量", "导购员"),
        (SHOP, DAY, CUSTOMER, CARD(1), "1", "小芳"),
        ("transfer", SHOP, CUSTOMER, DAY),
    ),
    (
        ("采购单号", "供货商", "分销商", "卡号", "采购时间"),
        ("C1", SUPPLIER, SHOP, CARD(1), DAY),
        ("transfer", SUPPLIER, SHOP, DAY),
    ),
    (
        ("采购店铺", "采购单号", "供应商", "业务日期", "采购数", "备注"),
        (SHOP, "C1", SUPPLIER, DAY, "1", CARD(1)),
        ("transfer", SUPPLIER, SHOP, DAY),
    ),
    (
        ("factory", "sim_iccid", "bind_time", "ship_to(客户)", "ship_date", "status"),
        (SUPPLIER, CARD(1), "20240101", CUSTOMER, "20240105", "SHIPPED"),
        ("transfer", SUPPLIER, CUSTOMER, DAY),
    ),
    (
        ("退换单号", "店铺", "客户姓名", "类型", "退回SN", "退回入库时间"),
        ("T1", SHOP, CUSTOMER, "退货", CARD(1), DAY),
        ("return", CUSTOMER, SHOP, DAY),
    ),
    (
        ("售后单号", "订单号", "店铺", "售后类型", "用户", "商家收货时间", "备注"),
        ("S1", "1", SHOP, "退货退款", CUSTOMER, DAY, f"退回卡{CARD(1)}"),
        ("return", CUSTOMER, SHOP, DAY),
    ),
]


@pytest.mark.parametrize(("heads", "row", "moved"), LISTS)
def test_a_list_says_by_the_parts_in_trade_of_its_parties_who_gave_and_who_got(
    heads: Row, row: Row, moved: Moved
) -> None:
    assert moves(heads, row) == [moved]


def test_of_a_list_of_purchases_without_its_buyer_only_the_buyer_is_asked() -> None:
    heads = ("日期", "供应商", "收料仓库", "实收数量", "批号/串号")
    rows = [(DAY, SUPPLIER, "一号仓", "1", CARD(n)) for n in (1, 2)]
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(heads, *rows)
    assert asked.value.fields == ("to",)
    assert moves(heads, *rows, answers={"to": SHOP}) == [("transfer", SUPPLIER, SHOP, DAY)] * 2


def test_a_supplier_beside_shop_and_customer_sold_nothing_to_the_customer() -> None:
    heads = ("店铺名称", "供应商", "收件人", "卡号", "发货时间")
    assert moves(heads, (SHOP, SUPPLIER, CUSTOMER, CARD(1), DAY)) == [("transfer", SHOP, CUSTOMER, DAY)]


@pytest.mark.parametrize("heading", ["快递公司", "平台", "导购员", "打单员", "渠道来源"])
def test_couriers_platforms_and_clerks_are_no_side(heading: str) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(("发货时间", heading, "收货人", "卡号"), (DAY, "某某", CUSTOMER, CARD(1)))
    assert asked.value.fields == ("from",)


def test_an_exchange_with_two_cards_and_two_days_is_a_return_and_a_sale() -> None:
    heads = ("售后单号", "店铺", "客户", "售后类型", "退回商品SN", "收货时间", "换出商品SN", "换货发出时间")
    exchanged = ("S1", SHOP, CUSTOMER, "换货", CARD(1), DAY, CARD(5), "2024-01-06")
    given_back = ("S2", SHOP, "李四", "退货退款", CARD(2), "2024-01-07", None, None)
    refunded = ("S3", SHOP, "王五", "仅退款", CARD(3), None, None, None)
    loaded, parser = read_both_ways(heads, exchanged, given_back, refunded)
    assert [(each["kind"], each["sender_name"], f"{each['first']}"[-2:]) for each in loaded] == [
        ("return", CUSTOMER, "01"),
        ("transfer", SHOP, "05"),
        ("return", "李四", "02"),
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "not_a_record")]


@pytest.mark.parametrize("word", ["普通销售", "线上销售", "批发销售", "销售出库"])
def test_how_goods_were_sold_makes_the_word_no_other_one(word: str) -> None:
    heads: list[Row] = [("江口卡业有限公司 销售明细", *[None] * 3), ("日期", "业务类型", "客户简称", "ICCID")]
    assert moves(*heads, (DAY, word, CUSTOMER, CARD(1))) == [("transfer", "江口卡业有限公司", CUSTOMER, DAY)]


def test_a_word_that_decides_a_row_is_heard_before_its_remark_is_asked_about() -> None:
    heads = ("订单号", "店铺名称", "系统状态", "收件人", "发货时间", "系统备注")
    sold = ("1", SHOP, "卖家已发货", CUSTOMER, DAY, f"【卡】{CARD(1)}")
    closed = ("2", SHOP, "交易关闭", "李四", None, f"【卡】{CARD(2)}（作废，卡收回库）")
    loaded, parser = read_rows(heads, sold, closed)
    assert [each["receiver_name"] for each in loaded] == [CUSTOMER]
    assert ([each.reason for each in parser.rejects], parser.questions) == (["not_a_record"], [])


def test_both_ends_of_a_range_may_each_say_which_one_it_is() -> None:
    heads, cell = ("日期", "卖方", "买方", "数量", "号段"), f"{CARD(10)}(起)\n{CARD(19)}(止)"
    loaded, _ = read_both_ways(heads, (DAY, SHOP, CUSTOMER, "10", cell))
    assert [(each["precision"], each["last"] - each["first"]) for each in loaded] == [("range", 9)]


def test_a_day_without_its_month_may_be_that_of_the_row_above() -> None:
    heads: list[Row] = [("2024年3月物资调拨", *[None] * 3), ("日", "调出单位", "调入单位", "卡号")]
    rows = [("15", SHOP, CUSTOMER, CARD(1)), ('"', '"', "李四", CARD(2))]
    assert moves(*heads, *rows) == [
        ("transfer", SHOP, CUSTOMER, "2024-03-15"),
        ("transfer", SHOP, "李四", "2024-03-15"),
    ]


def test_a_request_beside_what_came_in_is_asked_about_alone() -> None:
    heads = ("日期", "卖方", "买方", "卡号", "单据类型")
    loaded, parser = read_rows(
        heads,
        (DAY, SUPPLIER, SHOP, CARD(1), "采购申请单"),
        *((DAY, SUPPLIER, SHOP, CARD(n), "采购入库单") for n in range(2, 12)),
    )
    assert (len(loaded), [each.row for each in parser.rejects]) == (10, [2])
    assert [each.field for each in parser.questions] == ["words.采购申请单"]


def test_a_book_that_counts_what_went_out_with_a_minus_has_no_returns_for_that() -> None:
    heads = ("Trans. date", "Transaction type", "Quantity", "Account", "Account name", "Serial No")
    rows = [
        (DAY, "Goods Received", "1", "A1", "Harbour Telecom Ltd", CARD(1)),
        ("2024-01-09", "Despatch", "-1", "B2", "Quay Cranes Ltd", CARD(1)),
        ("2024-01-10", "Return to supplier", "-1", "A1", "Harbour Telecom Ltd", CARD(2)),
        ("2024-01-11", "Write Off", "-1", None, None, CARD(3)),
    ]
    loaded, parser = read_both_ways(heads, *rows, answers={"keeper": "Mill Gate Ltd"})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", "Harbour Telecom Ltd", "Mill Gate Ltd"),
        ("transfer", "Mill Gate Ltd", "Quay Cranes Ltd"),
        ("return", "Mill Gate Ltd", "Harbour Telecom Ltd"),
    ]
    assert [each.row for each in parser.rejects] == [5]


@pytest.mark.parametrize("label", ["VOIDED LABEL Quay Cranes Ltd", "Cancelled - Quay Cranes Ltd", "作废 李四"])
def test_a_name_behind_a_word_that_undoes_its_row_got_nothing(label: str) -> None:
    heads = ("Ship date", "From", "To", "ICCID")
    loaded, parser = read_rows(heads, (DAY, SHOP, CUSTOMER, CARD(1)), (DAY, SHOP, label, CARD(2)))
    assert [each["receiver_name"] for each in loaded] == [CUSTOMER]
    assert [each.row for each in parser.rejects] == [3]


def test_cards_of_numbered_columns_are_all_those_of_their_row() -> None:
    heads = ("发货时间", "发货方", "收货方", "卡号1", "卡号2")
    rows = [(DAY, SHOP, CUSTOMER, CARD(1), CARD(7)), (DAY, SHOP, "李四", CARD(3), None)]
    loaded, _ = read_both_ways(heads, *rows)
    assert [(each["receiver_name"], f"{each['first']}"[-2:]) for each in loaded] == [
        (CUSTOMER, "01"),
        (CUSTOMER, "07"),
        ("李四", "03"),
    ]


def test_telephone_and_address_behind_a_name_are_none_of_it() -> None:
    heads = ("发货时间", "面单号", "寄件信息", "收件信息", "打印内容")
    row = (DAY, "F1", f"{SHOP}，187****0000，云州", f"{CUSTOMER}，13000000000，云州市北街5号", f"物联卡*1 {CARD(1)}")
    assert moves(heads, row) == [("transfer", SHOP, CUSTOMER, DAY)]


def test_goods_went_on_the_day_of_despatch_and_not_on_that_of_the_sale() -> None:
    heads = ("Sale Date", "Dispatched On Date", "From", "To", "ICCID")
    assert moves(heads, ("2024-01-03", DAY, SHOP, CUSTOMER, CARD(1))) == [("transfer", SHOP, CUSTOMER, DAY)]


def test_entries_of_a_hand_ledger_say_in_one_cell_which_way_cards_went_and_with_whom() -> None:
    heads: list[Row] = [("2025年流水", None, None, None), ("几号", "事", "卡", "钱")]
    rows = [
        ("2/3", "从江口老周处拿2张", f"{CARD(1)} / {CARD(2)}", "-20"),
        ("2/5", "给修车的阿平1张", CARD(1), "18"),
        ("2/6", "阿平要电信的，没货", None, None),
        ("2/11", "阿平退回1张，不能用", CARD(1), None),
    ]
    assert moves(*heads, *rows, answers={"keeper": "何小满"}) == [
        ("transfer", "江口老周", "何小满", "2025-02-03"),
        ("transfer", "江口老周", "何小满", "2025-02-03"),
        ("transfer", "何小满", "修车的阿平", "2025-02-05"),
        ("return", "阿平", "何小满", "2025-02-11"),
    ]


def test_an_act_above_a_person_makes_the_side_of_that_act() -> None:
    heads: list[Row] = [
        ("ISSUE", "ISSUE", "ISSUE", "ISSUE", "RETURN", "RETURN"),
        ("Date", "Rider", "SIM (Airtel)", "Sign", "Date", "Cond."),
    ]
    rows: list[Row] = [
        (DAY, "Kamau Bett", CARD(1), "KB", "2024-01-09", "OK"),
        (DAY, "Omar Said", CARD(2), "OS", None, None),
        (DAY, "Ali Juma", "tracker only", "AJ", None, None),
    ]
    loaded, _ = read_rows(*heads, *rows, answers={"from": "Mill Gate Ltd"})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("return", "Kamau Bett", "Mill Gate Ltd"),
        ("transfer", "Mill Gate Ltd", "Kamau Bett"),
        ("transfer", "Mill Gate Ltd", "Omar Said"),
    ]


def test_whoever_signs_for_what_goes_out_has_it_until_it_is_back_in() -> None:
    heads: list[Row] = [("Kit sign out 2025", *[None] * 4), ("Out", "Name", "SIM number", "Signed", "In")]
    rows: list[Row] = [("3 Feb", "Omar Said", CARD(1), "OS", None), ("March 4th", "Ali Juma", CARD(2), "AJ", "17 Mar")]
    assert moves(*heads, *rows, answers={"from": "Mill Gate Ltd", "year": "2025"}) == [
        ("transfer", "Mill Gate Ltd", "Omar Said", "2025-02-03"),
        ("return", "Ali Juma", "Mill Gate Ltd", "2025-03-17"),
        ("transfer", "Mill Gate Ltd", "Ali Juma", "2025-03-04"),
    ]


def test_a_branch_that_ordered_or_received_sold_nothing() -> None:
    row = (DAY, "北门店", CUSTOMER, CARD(1))
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(("发货时间", "收货门店", "收货人", "卡号"), row)
    assert asked.value.fields == ("from",)
    with pytest.raises(NeedsAnswer) as asked:
        read_rows(("发货时间", "门店", "收货人", "卡号"), row)
    assert "from" in asked.value.fields
    assert moves(("发货时间", "收货门店", "收货人", "卡号"), row, answers={"from": SHOP}) == [
        ("transfer", SHOP, "北门店", DAY)
    ]


def test_a_shop_below_the_day_on_which_cards_were_given_got_them() -> None:
    heads = ("Shop", "Line serial", "Given", "Cust. name")
    rows = [("Ferry Kiosk", CARD(1), "4th March 2025", None), ("Ferry Kiosk", CARD(2), "not given", None)]
    loaded, parser = read_rows(heads, *rows, answers={"from": "Mill Gate Ltd"})
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded if each["kind"] == "transfer"] == [
        ("Mill Gate Ltd", "Ferry Kiosk")
    ]
    assert parser.header_row == 1


def test_cards_beside_those_of_the_only_heading_are_further_cards_of_the_row() -> None:
    heads: list[Row] = [("发货方", SHOP, "收货方", CUSTOMER), ("发货日期", "2024年1月5日", None, None)]
    rows = [("卡号", None, None, None), (CARD(1), CARD(4), None, None), (CARD(2), CARD(5), None, None)]
    loaded, _ = read_rows(*heads, *rows)
    assert sorted(f"{each['first']}"[-1] for each in loaded) == ["1", "2", "4", "5"]


def test_two_columns_of_cards_that_may_be_the_ends_of_ranges_are_not_joined() -> None:
    heads = ("发货日期", "发货方", "收货方", "卡号", None)
    rows = [(DAY, SHOP, CUSTOMER, CARD(1), CARD(9)), (DAY, SHOP, CUSTOMER, CARD(11), CARD(19))]
    loaded, _ = read_rows(heads, *rows)
    assert all(each["first"] == each["last"] for each in loaded)
    assert len(loaded) == 2


def test_who_stands_above_an_agent_gave_on_the_day_of_the_allotment() -> None:
    heads = ("ICCID", "上级代理", "所属代理商", "所属客户", "分配时间", "到期时间")
    loaded, _ = read_rows(heads, (CARD(1), "江口总代", SHOP, CUSTOMER, DAY, "2025-01-31"))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded if each["kind"] == "transfer"] == [
        ("江口总代", SHOP)
    ]
