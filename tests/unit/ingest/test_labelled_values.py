"""A labelled value beside a table is a column with one value for all its rows."""

from __future__ import annotations

import pytest

import graphtrace as gt
from graphtrace.ingest.labelled_values import (
    label_of,
    labelled_in,
    labelled_values,
    pairs_in_text,
    start_of_table,
    texts_beside,
)
from graphtrace.model import format_day

from .sheets import Row
from .sheets import read_both_ways as read

CARD = "8986062350001200{:03d}".format
FIRM, BUYER = "长沙云途车联网有限公司", "株洲捷联通讯有限公司"
HEADS: Row = ("序号", "品名", "卡号", "数量")


def line(*cells: str | None) -> Row:
    return (*cells, *[None] * (4 - len(cells)))


def moves(*rows: Row, **options: object) -> list[tuple[object, ...]]:
    loaded, _ = read(*rows, **options)
    return [
        (each["kind"], each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded
    ]


ROW: Row = ("1", "物联卡", CARD(0), "1")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("发货单位：甲公司　　发货日期：2025-03-25　　承运：乙", ["发货单位=甲公司", "发货日期=2025-03-25", "承运=乙"]),
        ("清单（客户：甲公司）", ["客户=甲公司"]),
        ("收 货 单 位：甲公司", ["收货单位=甲公司"]),
        ("Invoice Number: K-77 Invoice Date: 11.02.2025 Order Date: 08.02.2025",
         ["invoicenumber=K-77", "invoicedate=11.02.2025", "orderdate=08.02.2025"]),
        ("Salesman: Ravi Rao Van: KA 09 Distributor: Star Ltd",
         ["salesman=Ravi Rao", "van=KA 09", "distributor=Star Ltd"]),
        ("Consignor: Moon Ltd, Pune Consignee: Star Ltd", ["consignor=Moon Ltd, Pune", "consignee=Star Ltd"]),
        ("Received 27-Jan-25 at 10:40", ["received=27-Jan-25"]),
        ("客户名称 株洲捷联通讯有限公司", [f"客户名称={BUYER}"]),
        ("打印 10:20:30", []),
        ("https://example.com/x", []),
    ],
)  # fmt: skip
def test_a_text_is_cut_into_its_labels_and_values(text: str, pairs: list[str]) -> None:
    assert [f"{each.heading}={each.value}" for each in pairs_in_text(text)] == pairs


@pytest.mark.parametrize(
    ("cells", "pairs"),
    [
        (["客户", BUYER, "日期", "2025/3/25", "No", "0012"], [("客户", BUYER), ("日期", "2025/3/25")]),
        (["集团客户：", BUYER, "客户经理：", "齐某"], [("集团客户", BUYER), ("客户经理", "齐某")]),
        (["发货人 Shipper", FIRM, None, "日期 Date", "25-Mar-25"], [("发货人", FIRM), ("日期", "25-Mar-25")]),
        (["Supplier", "Star Ltd", None, None], [("supplier", "Star Ltd")]),
        (["收货人：", None, "送货：小宁"], [("送货", "小宁")]),
        (["客户", "备注", "日期", "卡号"], []),
        (["Owner (tenant)", "Device tag", "ICCID"], []),
    ],
)
def test_a_value_stands_in_the_next_cell_and_is_no_label(cells: list[str | None], pairs: list[tuple[str, str]]) -> None:
    assert [(each.heading, each.value) for each in labelled_in(cells)] == pairs


BOX = [
    ["DELIVERY NOTE", None, None, None],
    ["Star Vehicle Security", None, "Delivery Note No.", "Dated"],
    ["24 Main Road, Kota", None, "SV/12", "6-Jan-25"],
    ["Phone : 0744", None, "Buyer's Order No.", "Dated"],
    ["GSTIN : 08AF", None, "verbal", "4-Jan-25"],
    ["Consignee (Ship to)", None, "Dispatched through", "Destination"],
    ["Moon Taxi Union", None, "By hand", "Bundi"],
    ["Sl", "Description of Goods", "HSN", "Quantity"],
    ["1", "M2M SIM", "85", "3 NOS"],
]


def test_a_value_stands_below_its_label_in_a_box_and_the_day_of_an_order_is_none_of_the_paper() -> None:
    rows = [*enumerate(BOX, 1)]
    start = start_of_table(rows)
    assert start == 7
    said = {each.heading: each.value for each in labelled_values(rows[:start])}
    assert (said["dated"], said["orderdated"], said["shipto"]) == ("6-Jan-25", "4-Jan-25", "Moon Taxi Union")
    assert (2, "Star Vehicle Security") in texts_beside(rows[:start])


@pytest.mark.parametrize("text", ["Dispatched through", "件数", "Hadoti Union", CARD(1)])
def test_a_word_that_heads_no_column_is_no_label_by_itself(text: str) -> None:
    assert label_of(text) in (None, "件数")


@pytest.mark.parametrize(
    ("title", "giver"),
    [
        ("保定莲池区众联科贸 销售单", "保定莲池区众联科贸"),
        ("沈阳铁西区东星器材 送货凭证", "沈阳铁西区东星器材"),
        ("众联科贸 销售单", "众联科贸"),
    ],
)
def test_the_trader_in_the_title_of_a_paper_for_somebody_else_gave(title: str, giver: str) -> None:
    above = [line(title), line(f"购买单位：{BUYER}", None, "日期：2025-03-25")]
    assert moves(*above, HEADS, ROW) == [("transfer", giver, BUYER, "2025-03-25")]


@pytest.mark.parametrize(
    "name",
    [
        "保定开发区智能门锁 销售单",
        "小区监控 销售单",
        "销售部 销售单",
        "华北区 销售单",
        "一号库 出库单",
        "张三丰 销售单",
    ],
)
def test_goods_places_parts_of_a_firm_and_persons_in_a_title_gave_nothing(name: str) -> None:
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        moves(line(f"{name} 销售单"), line(f"购买单位：{BUYER}", None, "日期：2025-03-25"), HEADS, ROW)
    assert asked.value.fields == ("from",)


def test_whom_a_title_names_as_the_other_side_is_not_its_keeper() -> None:
    with pytest.raises(gt.errors.NeedsAnswer):
        moves(line(f"{BUYER} 出库单"), line(f"购买单位：{BUYER}", None, "日期：2025-03-25"), HEADS, ROW)


def test_the_trader_in_the_title_of_a_list_of_what_came_from_a_supplier_got_it() -> None:
    above = [line("保定莲池区众联科贸 进货单"), line("供应商", BUYER, "进货日期", "2025-03-25")]
    assert moves(*above, HEADS, ROW) == [("transfer", BUYER, "保定莲池区众联科贸", "2025-03-25")]


def test_a_code_before_a_name_is_no_part_of_it() -> None:
    heads: Row = ("单据日期", "供应商", "卡号", "数量")
    rows = [line(f"账套：(0002){FIRM}"), line("进货单明细"), heads, ("2025-03-25", BUYER, CARD(0), "1")]
    assert moves(*rows) == [("transfer", BUYER, FIRM, "2025-03-25")]


CARRIER = "中国移动通信集团江西有限公司上饶分公司"


def test_a_carrier_whose_name_begins_the_title_of_a_list_of_sales_sold() -> None:
    heads: Row = ("出库时间", "购买客户", "ICCID起", "ICCID止")
    row: Row = ("20250325", BUYER, CARD(0), CARD(9))
    assert moves(line(f"{CARRIER} 物联网SIM卡销售出库明细"), heads, row)[0][1:] == (CARRIER, BUYER, "2025-03-25")


def test_who_hands_over_and_who_takes_over_are_sides_even_as_persons() -> None:
    above = [line("工作交接清单"), line("交接人", "秦小满", "接收人", "关小舟"), line("交接日期", "2025年3月25日")]
    assert moves(*above, HEADS, ROW) == [("transfer", "秦小满", "关小舟", "2025-03-25")]


def test_drivers_couriers_and_clerks_are_nobody() -> None:
    above = [line(f"{FIRM} 送货单"), line("承运商", "顺丰速运有限公司", "送货人", "王某"), line("日期", "2025-03-25")]
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        moves(*above, HEADS, ROW)
    assert asked.value.fields == ("to",)


def test_two_candidates_for_a_side_are_asked_about() -> None:
    above = [line(f"{FIRM} 送货单"), line(f"收货单位：{BUYER}"), line("收货单位：岳阳红叶店"), line("日期：2025-03-25")]
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        moves(*above, HEADS, ROW)
    assert asked.value.fields == ("to",)


@pytest.mark.parametrize(
    "above",
    [
        [line("送货单"), line("客户：", BUYER, "送货日期：", "2025-03-25"), line("发货人", "老赵", "收货人", "张姐")],
        [line("采购订单"), line(f"供应商：{FIRM}", None, f"采购方：{BUYER}"), line("要求交货日期：2025-03-25")],
        [line("疑似送货清单（待核实）"), line(f"卖方：{FIRM}", None, f"买方：{BUYER}"), line("日期：2025-03-25")],
        [line("送货单"), line(f"卖方：{FIRM}", None, f"买方：{BUYER}或岳阳红叶店"), line("日期：2025-03-25")],
        [line("MEMO"), line("From: Insp R Singh"), line("To: DCP Cyber Cell", None, "Date: 2025-03-25")],
        [line("Purchase order"), line(f"Vendor: {FIRM}"), line(f"Ship to: {BUYER}", None, "PO date: 2025-03-25")],
    ],
)  # fmt: skip
def test_hands_orders_doubts_and_heads_of_letters_name_no_sides(above: list[Row]) -> None:
    with pytest.raises(gt.errors.UnknownHeadings):
        moves(*above, HEADS, ROW)


@pytest.mark.parametrize(
    "above",
    [
        [line(f"单位名称：{FIRM}"), line("销售出库单"), line(f"客户：{BUYER}", None, "单据日期：2025-03-25")],
        [line(f"{FIRM}送货单"), line(f"致：{BUYER}"), line("日期：2025-03-25")],
        [line("送货单"), line(f"送货单位：{FIRM}"), line(f"送往：{BUYER}", None, "2025年3月25日")],
        [line("卡片移交清单（2025年3月25日）"), line(f"移交方：{FIRM}", None, f"接收方：{BUYER}")],
        [line("发货方", FIRM), line("收货方", BUYER), line("发货时间", "2025-03-25")],
    ],
)
def test_what_a_page_states_of_its_sides_and_day_is_not_asked(above: list[Row]) -> None:
    assert moves(*above, HEADS, ROW) == [("transfer", FIRM, BUYER, "2025-03-25")]


@pytest.mark.parametrize(
    ("above", "sides"),
    [
        (["Dispatch Note DN-44", "Consignor,Moon Traders Pvt Ltd,Consignee,Kavach Gadgets",
          "Despatched on,25-Mar-2025,Transporter,VRL Logistics Ltd"], ("Moon Traders Pvt Ltd", "Kavach Gadgets")),
        (["GOODS IN", "Loddon Valley Controls,,GRN 5512", "Supplier,Three Spires Ltd,,Received 25-Mar-2025"],
         ("Three Spires Ltd", "Loddon Valley Controls")),
        (["DELIVERY CHALLAN", "Om Shakti Care", "12 MG Road", "M/s: Hadoti Union,,Date: 25-Mar-2025"],
         ("Om Shakti Care", "Hadoti Union")),
    ],
)  # fmt: skip
def test_papers_in_english_name_their_sides(above: list[str], sides: tuple[str, str]) -> None:
    rows = [line(*(cell or None for cell in text.split(","))) for text in above]
    assert moves(*rows, ("Sl", "Item", "ICCID", "Qty"), ROW) == [("transfer", *sides, "2025-03-25")]


def test_things_that_were_handed_over_by_number_are_no_cards() -> None:
    above = [line("工作交接清单"), line("交接人", "秦小满", "接收人", "关小舟"), line("交接日期", "2025年3月25日")]
    rows: list[Row] = [("测试卡", f"物联卡 {CARD(0)}", "1", "可用"), ("电脑", "旧笔记本", "1", "完好")]
    with pytest.raises(gt.errors.UnknownHeadings):
        moves(*above, ("项目", "内容", "数量", "状态"), *rows)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("买方：乙通讯器材商行。“出货”为我司发给贵行。请核对", "乙通讯器材商行"),
        ("买方：乙通讯器材商行，地址南路5号", "乙通讯器材商行"),
        ("买方：乙通讯器材商行，丙通讯器材商行", "乙通讯器材商行，丙通讯器材商行"),
    ],
)
def test_a_name_ends_with_its_sentence_and_before_what_is_said_of_it(text: str, name: str) -> None:
    assert [each.value for each in pairs_in_text(text)] == [name]


SALE_AND_BACK = [("2024-03-01", CARD(1)), ("2024-03-10", CARD(1))]


@pytest.mark.parametrize(
    ("above", "heads", "words"),
    [
        (f"购买方：{BUYER}", ("日期", "卡号", "单据类型", "供货单位"), ("进货单", "进货退货单")),
        (f"卖方：{FIRM}；买方：{BUYER}", ("日期", "卡号", "类型"), ("出货", "退货")),
    ],
)
def test_a_side_that_is_said_once_for_all_rows_is_that_of_the_sales(above: str, heads: Row, words: Row) -> None:
    partner = (FIRM,) if len(heads) == 4 else ()
    rows = [(*each, word, *partner) for each, word in zip(SALE_AND_BACK, words, strict=True)]
    assert moves(line(above), line(), line(*heads), *[line(*row) for row in rows]) == [
        ("transfer", FIRM, BUYER, "2024-03-01"),
        ("return", BUYER, FIRM, "2024-03-10"),
    ]
