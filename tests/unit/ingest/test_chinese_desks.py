"""Lists as Chinese accounting programs, dealers and shops write them: whose they are, and where their cards stand."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.card_cells import cards_among_words
from graphtrace.ingest.other_tables import share_titles
from graphtrace.ingest.sheet_evidence import offers_for, read_evidence
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.text_files import summarize_text
from graphtrace.model import to_epoch_day

from .sheets import Row, read_all, read_rows, sheet_of
from .sheets import read_both_ways as read

CARD = "898606254001{:07d}".format
FIRM, DEALER = "武汉江城物联科技有限公司", "孝感恒达电子商行"


def day(text: str) -> int:
    return to_epoch_day(datetime.date.fromisoformat(text))


def moves(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(row["kind"], row["sender_name"], row["receiver_name"]) for row in loaded if row["kind"] != "card_list"]


VOUCHERS = ("日期", "单据编号", "购货单位", "产品名称", "单位", "实发数量", "备注")


def vouchers(*rows: Row, above: tuple[Row, ...]) -> list[Row]:
    return [*above, VOUCHERS, *rows]


SOLD = ("2024-03-05", "XOUT1", DEALER, "物联网卡", "张", "10", f"ICCID {CARD(100)}~{CARD(109)}")


@pytest.mark.parametrize(
    "above",
    [
        ((FIRM, *[None] * 6), ("销售出库序时簿", *[None] * 6)),
        (("销售出库单序时簿", *[None] * 6), (FIRM, *[None] * 4, "期间：2024-03-01 至 2024-03-31", None)),
    ],
)
def test_the_cards_of_a_voucher_may_stand_in_its_remark(above: tuple[Row, ...]) -> None:
    rows = [
        SOLD,
        ("2024-03-06", "XOUT2", "荆州百通通讯", "物联网卡", "张", "5", f"{CARD(110)}~{CARD(114)}"),
        ("2024-03-07", "XOUT3", "荆州百通通讯", "车载终端", "台", "5", "随车安装"),
        ("2024-03-09", "XOUT4", DEALER, "物联网卡", "张", "-2", f"红字 退货 ICCID {CARD(108)}~{CARD(109)}"),
    ]
    loaded, parser = read(*vouchers(*rows, above=above))
    assert moves(loaded) == [
        ("transfer", FIRM, DEALER),
        ("transfer", FIRM, "荆州百通通讯"),
        ("return", DEALER, FIRM),
    ]
    assert [row["last"] - row["first"] + 1 for row in loaded] == [10, 5, 2]
    assert [reject.row for reject in parser.rejects] == [6]


def test_a_remark_on_another_card_is_not_the_card_of_a_voucher_that_names_its_own() -> None:
    heads = ("日期", "购货单位", "发货方", "数量", "序列号", "备注")
    row = ("2024-03-05", DEALER, FIRM, "1", CARD(100), CARD(200))
    loaded, parser = read_rows(heads, row, ("2024-03-06", DEALER, FIRM, "1", CARD(101), CARD(201)))
    assert loaded == []
    assert {reject.reason for reject in parser.rejects} == {"cards_not_read"}


def test_a_firm_above_a_list_of_what_went_to_itself_is_not_its_sender() -> None:
    above = ((DEALER, *[None] * 6), ("销售出库序时簿", *[None] * 6))
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(*vouchers(SOLD, above=above))
    assert caught.value.fields == ("from",)


BOOK = ("单据日期", "单据类型", "往来单位", "数量", "序列号")


def test_the_unit_above_vouchers_with_others_keeps_their_book() -> None:
    rows: list[Row] = [
        ("商品销售明细表", *[None] * 4),
        (f"单位：{FIRM}  查询日期：2024-03-01 至 2024-04-15", *[None] * 4),
        BOOK,
        ("2024-03-05", "销售单", DEALER, "2", f"{CARD(1)}、{CARD(2)}"),
        ("2024-03-07", "销售退货单", DEALER, "1", CARD(2)),
    ]
    loaded, _ = read(*rows)
    assert {*moves(loaded)} == {("transfer", FIRM, DEALER), ("return", DEALER, FIRM)}
    _, parser = read_rows(rows[0], (f"单位：{DEALER}", *[None] * 4), *rows[2:])
    assert [question.field for question in parser.questions] == ["keeper"]


def test_a_customer_stated_above_holds_where_the_column_called_unit_is_one_of_measure() -> None:
    rows: list[Row] = [
        (FIRM, *[None] * 4),
        ("送货单", *[None] * 4),
        (f"客户名称：{DEALER}", *[None] * 4),
        ("送货日期：2024年3月12日", *[None] * 4),
        ("序号", "品名", "单位", "数量", "号段"),
        ("1", "物联网卡", "张", "10", f"{CARD(100)}-{CARD(109)}"),
        ("2", "物联网卡", "张", "5", f"{CARD(200)}-{CARD(204)}"),
    ]
    loaded, _ = read(*rows)
    assert moves(loaded) == [("transfer", FIRM, DEALER)] * 2


@pytest.mark.parametrize(
    ("heading", "name"), [("经销商", "恒达"), ("客户简称", "恒达"), ("收货人", "王明"), ("发放对象", "恒达")]
)
def test_whoever_goods_were_sent_to_by_a_list_of_what_went_out_got_them(heading: str, name: str) -> None:
    heads = ("出货时间", heading, "出货数量", "ICCID起", "ICCID止")
    row = ("2024-04-01", name, "10", CARD(600), CARD(609))
    loaded, _ = read(heads, row, answers={"from": "甲"})
    assert moves(loaded) == [("transfer", "甲", name)]


def test_whoever_fetches_for_a_customer_got_nothing() -> None:
    heads = ("出货时间", "客户名称", "收货人", "经销商", "卡号", "数量")
    loaded, _ = read_rows(heads, ("2024-04-01", DEALER, "王明", "某某", CARD(600), "1"), answers={"from": "甲"})
    assert moves(loaded) == [("transfer", "甲", DEALER)]


def test_the_title_of_a_book_of_several_customers_says_who_keeps_it_and_which_year() -> None:
    heads = ("日期", "给谁", "张数", "卡号")
    rows: list[Row] = [
        ("鼎讯通信 2025年出货 （卡号都是898606254001开头）", None, None, None),
        heads,
        ("3.10", "铭扬", "15", "0000014-0000028"),
        ("2025-03-16", "迅联罗倩", "1", CARD(30)),
        ("3.17", "老客户", "1", "手机膜"),
    ]
    loaded, parser = read(*rows)
    assert [(*move, row["first_day"]) for move, row in zip(moves(loaded), loaded, strict=True)] == [
        ("transfer", "鼎讯通信", "铭扬", day("2025-03-10")),
        ("transfer", "鼎讯通信", "迅联罗倩", day("2025-03-16")),
    ]
    assert [row["last"] - row["first"] + 1 for row in loaded] == [15, 1]
    assert [(reject.row, reject.reason) for reject in parser.rejects] == [(5, "bad_identifier")]
    with pytest.raises(NeedsAnswer):
        # whom all of a list is for is named by its title, too
        read_rows(rows[0], heads, rows[2])


def test_the_year_of_a_day_is_that_of_the_other_rows_where_they_leave_no_other() -> None:
    heads = ("ICCID", "首次激活时间", "IMEI")
    days = ("2025.03.18 09:01", "2025.03.19 09:02", "2025.04.02 09:06", "3月24日", "5月1日")
    rows = [(CARD(at), text, None) for at, text in enumerate(days)]
    loaded, parser = read(heads, *rows)
    activated = [row["first_day"] for row in loaded if row["kind"] == "activation"]
    assert activated[3:] == [day("2025-03-24")]
    assert [remark.value for remark in parser.remarks if remark.reason == "year_concluded"] == ["3月24日"]
    loaded, _ = read(heads, *rows, (CARD(9), "2024.12.30", None))
    assert len([row for row in loaded if row["kind"] == "activation"]) == 4


@pytest.mark.parametrize("year", ["2024年", None])
def test_month_and_day_of_a_ledger_may_stand_in_columns_of_their_own(year: str | None) -> None:
    title = ("江城物联出卡流水" if year else "江城物联2024年出卡流水", *[None] * 4)
    above = (year, None, None, None, None)
    rows: list[Row] = [
        title,
        *([above] if year else []),
        ("月", "日", "客户", "张数", "卡号"),
        ("3", "5", "孝感恒达", "10", f"{CARD(930)}-{CARD(939)}"),
        (None, "9", "荆州百通", "5", f"{CARD(940)}-{CARD(944)}"),
        ("4", "1", "荆州百通", "1", CARD(950)),
        ("1", "2", "荆州百通", "1", CARD(951)),
    ]
    loaded, parser = read(*rows, answers={"from": "江城物联"})
    days = [day("2024-03-05"), day("2024-03-09"), day("2024-04-01")]
    assert [row["first_day"] for row in loaded if row["kind"] == "transfer"] == days
    # where the months run back, another year began
    assert [(reject.row, reject.field) for reject in parser.rejects] == [(len(rows), "date")]


def test_what_the_title_of_one_sheet_says_of_its_keeper_and_year_holds_for_those_that_say_nothing() -> None:
    sheets = [
        sheet_of(
            ("鼎讯通信 2025年出货", None, None),
            ("给谁", "日期", "卡号"),
            ("铭扬", "3.10", CARD(1)),
            ("阿凯", "3.11", CARD(2)),
        ),
        sheet_of(("日期", "谁退的", "卡号"), ("3月27", "罗倩", CARD(1)), ("3月28", "退给智行", CARD(2))),
        sheet_of(("2025年4月5日盘点 库存", None), ("卡号", "存放"), (CARD(5), "柜台")),
        sheet_of(
            ("日期", "从哪进", "号", "数量"),
            ("3.5", "智行", f"{CARD(1)}-{CARD(9)}", "9"),
            ("3.7", "华强北", "手机壳", "50"),
        ),
    ]
    share_titles(sheets)
    read = [open_sheet_parser(sheet) for sheet in sheets]
    loaded = [read_all(parser) for parser in read]
    assert moves(loaded[1]) == [("return", "罗倩", "鼎讯通信"), ("return", "鼎讯通信", "智行")]
    assert [(row["kind"], row["sender_name"] or row["receiver_name"], row["first_day"]) for row in loaded[2]] == [
        ("stock", "鼎讯通信", day("2025-04-05"))
    ]
    assert moves(loaded[3]) == [("transfer", "智行", "鼎讯通信")]
    assert {remark.reason for remark in read[1].remarks} >= {"stated_in_document"}
    with pytest.raises(NeedsAnswer) as caught:
        open_sheet_parser(sheet_of(("日期", "从哪进", "号", "数量"), ("2025-03-05", "智行", CARD(1), "1")))
    assert (caught.value.event, caught.value.fields) == ("transfer", ("to",))


ORDERS = ("订单编号", "宝贝", "买家", "成交时间", "状态", "聊天中所发卡号")


@pytest.mark.parametrize("title", ["孙某闲鱼账号“阿凯数码”我卖出的（民警整理）", "店铺：阿凯数码"])
def test_a_title_or_a_line_may_say_of_which_shop_the_orders_are(title: str) -> None:
    rows: list[Row] = [
        (title, *[None] * 5),
        ORDERS,
        ("1", "流量卡", "李建军", "2025年3月26日", "交易成功", CARD(1)),
        ("2", "流量卡", "张伟明", "2025年3月31日", "交易关闭", CARD(2)),
    ]
    loaded, _ = read(*rows)
    assert moves(loaded) == [("transfer", "阿凯数码", "李建军")]
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(("闲鱼订单整理", *[None] * 5), *rows[1:])
    assert caught.value.fields == ("from",)


def test_a_column_that_repeats_the_card_of_its_row_names_no_other() -> None:
    heads = ("查询条件", "ICCID", "接入号", "IMSI")
    loaded, parser = read(heads, (CARD(1), CARD(1), "1064900000001", "460060000000001"))
    assert (len(loaded), parser.unread.height) == (1, 0)
    _, parser = read_rows(heads, (CARD(2), CARD(1), "1064900000001", "460060000000001"))
    assert parser.unread.height > 0


def test_a_card_that_its_list_says_was_never_used_is_no_doubt_where_no_use_is_stated() -> None:
    heads = ("ICCID", "首次激活时间", "卡状态", "IMEI")
    loaded, parser = read(heads, (CARD(1), "2025-03-18", "已激活", None), (CARD(2), None, "待激活", None))
    assert [row["kind"] for row in loaded].count("activation") == 1
    assert parser.remarks == []
    _, parser = read_rows(heads, (CARD(1), "2025-03-18", "待激活", None), (CARD(2), "2025-03-18", "已激活", None))
    assert parser.unread.height > 0


@pytest.mark.parametrize("signs", ["**", "××", "□□", "？？"])
def test_a_seized_card_with_illegible_digits_is_told_with_the_numbers_that_it_may_have(signs: str) -> None:
    heads = ("编号", "名称", "数量", "特征（卡号）", "备注")
    worn = f"898606254001003{signs}030"
    rows: list[Row] = [("扣押清单", *[None] * 4), ("持有人：吴大勇  扣押时间：2025年4月10日", *[None] * 4), heads]
    loaded, parser = read(*rows, ("1", "物联网卡", "1张", CARD(1), None), ("2", "物联网卡", "1张", worn, None))
    assert [row["kind"] for row in loaded] == ["seizure"]
    (reject,) = parser.rejects
    ends = ("89860625400100300030", "89860625400100399030")
    assert (reject.reason, reject.value, reject.interval) == ("bad_identifier", worn, ends)
    assert cards_among_words(f"卡号{worn}") == f"卡号{worn}"
    assert cards_among_words("IMEI 8668120455012**") is None


def test_of_a_chat_that_is_not_read_the_cards_and_days_are_told(tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text(
        f"阿凯 2025-03-17 19:02:11\n拿5张\n何总 2025-03-18 14:20:33\n给你了 {CARD(1)}到{CARD(5)}\n", encoding="utf-8"
    )
    assert summarize_text(chat) == ((f"{CARD(1)}-{CARD(5)}",), "2025-03-17", "2025-03-18")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(chat).files
    assert report.error is not None
    assert report.error.hint_text is not None
    hint = report.error.hint_text.render("zh")
    assert CARD(5) in hint
    assert "2025-03-17 至 2025-03-18" in hint


def test_a_table_of_what_persons_said_offers_its_sentences_and_no_kind(tmp_path: Path) -> None:
    table = tmp_path / "笔录摘录.csv"
    table.write_text(f"序号,被讯问人,涉卡内容,涉及卡号\n1,甲,4月2日卖给了乙,{CARD(1)}\n", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(table).files
    assert (report.records, report.error is not None) == (0, True)
    assert report.error is not None
    assert "graphtrace extract" in str(report.error.hint_text and report.error.hint_text.render("en"))


def test_rows_that_are_no_records_whoever_sold_are_told_before_that_is_answered(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    heads = "商品,订单号,订单状态,商家实收金额,商品数量,支付时间,发货时间,收货人,快递单号,快递公司,售后状态,商家备注\n"
    row = "物联网卡,{0},{1},79,1,2025-03-18,2025-03-18,马超,7851220093441{0},中通,无售后,{2}\n"
    rows = [row.format(1, "已收货", CARD(1)), row.format(2, "已取消", CARD(2))]
    orders.write_text(heads + "".join(rows), encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(orders).files
        assert [(reject.row, reject.reason) for reject in report.rejects] == [(1, "unanswered"), (3, "not_a_record")]
        assert (report.rows, report.rejected) == (2, 2)
        codes = [{finding.code for finding in case.trace(CARD(at)).only.findings} for at in (1, 2)]
    assert ["unread_movement" in each for each in codes] == [True, False]


def test_whom_a_line_calls_the_customer_is_not_offered_as_the_giver() -> None:
    top = [(1, [f"发货清单（客户：{DEALER}）"]), (2, ["单号", "X1", "发货日期", "2025-04-02"])]
    evidence = read_evidence(
        sheet_of(*(tuple(cells) + (None,) * (4 - len(cells)) for _, cells in top)), "a.xlsx", 3, []
    )
    assert DEALER not in {offer.value for offer in offers_for("from", evidence)}
    assert DEALER in {offer.value for offer in offers_for("to", evidence)}


def test_names_and_values_may_stand_in_the_cells_of_a_row_above_the_table() -> None:
    rows: list[Row] = [
        (f"发货清单（客户：{DEALER}）", None, None, None),
        ("单号", "XSD-2025-0003", "发货日期", "2025-04-02"),
        ("序号", "ICCID", "套餐", "备注"),
        ("1", CARD(1), "60G/月", None),
    ]
    loaded, _ = read(*rows, answers={"from": FIRM})
    assert moves(loaded) == [("transfer", FIRM, DEALER)]
    assert [row["first_day"] for row in loaded if row["kind"] == "transfer"] == [day("2025-04-02")]


@pytest.mark.parametrize(
    "above",
    [
        ("物联网卡交接单", f"移交单位：{FIRM}", f"接收单位：{DEALER}", "交接日期：2024年3月12日"),
        ("入库单", f"供货单位：{FIRM}", f"收货单位：{DEALER}", "入库日期：2024-03-12"),
    ],
)
def test_lines_above_a_note_say_who_gave_who_got_and_when(above: tuple[str, ...]) -> None:
    loaded, _ = read(*((line, None) for line in above), ("卡号段", "数量"), (f"{CARD(100)}-{CARD(109)}", "10"))
    assert [(*move, row["first_day"]) for move, row in zip(moves(loaded), loaded, strict=True)] == [
        ("transfer", FIRM, DEALER, day("2024-03-12"))
    ]


def test_a_book_of_a_shop_may_say_which_way_its_cards_went_by_goods_in_and_out() -> None:
    rows: list[Row] = [
        ("小刘通讯进出货台账 2024年", None, None, None, None),
        ("日期", "进货/出货", "对方", "数量", "卡号"),
        ("1月5日", "进货", FIRM, "10", f"{CARD(950)}-{CARD(959)}"),
        ("1月8日", "出货", "王小明", "3", f"{CARD(950)}-{CARD(952)}"),
    ]
    loaded, _ = read(*rows)
    assert moves(loaded) == [("transfer", FIRM, "小刘通讯"), ("transfer", "小刘通讯", "王小明")]
    sold: list[Row] = [
        ("江城数码店销售流水 2024年3月", None, None),
        ("日期", "顾客", "卡号"),
        ("3.5", "王小明", CARD(1)),
    ]
    assert moves(read(*sold)[0]) == [("transfer", "江城数码店", "王小明")]


def test_what_stands_beside_a_device_and_is_none_leaves_the_device() -> None:
    heads = ("设备号", "IMEI", "ICCID", "所属单位")
    loaded, _ = read(heads, ("D001", "861102047755180", CARD(1), FIRM))
    assert loaded[0]["imei"] is not None


def test_what_an_extraction_of_evidence_names_was_taken_from_its_holder() -> None:
    rows: list[Row] = [
        ("电子数据提取笔录附表", None),
        ("提取时间：2024年6月1日    持有人：赵六", None),
        ("卡槽", "ICCID"),
        ("1", CARD(920)),
    ]
    loaded, _ = read(*rows)
    assert [(row["kind"], row["first_day"]) for row in loaded] == [("seizure", day("2024-06-01"))]


def test_a_note_of_a_short_name_to_somebody_else_is_that_of_the_giver() -> None:
    rows: list[Row] = [
        ("江城物联出货单", None),
        (f"客户：{DEALER}", None),
        ("日期：2024-03-08", None),
        ("数量", "ICCID"),
        ("1", CARD(1)),
    ]
    assert moves(read(*rows)[0]) == [("transfer", "江城物联", DEALER)]
    assert moves(read_rows(rows[0], ("客户：江城物联", None), *rows[2:])[0]) == []


@pytest.mark.parametrize(("state", "is_told"), [("运输中", True), ("已完成", False)])
def test_goods_that_were_sent_and_not_shown_to_have_arrived_are_told_with_their_cards(
    state: str, *, is_told: bool
) -> None:
    heads = ("订单编号", "店铺名称", "订单状态", "收件人", "卖家备注", "发货时间")
    loaded, parser = read(heads, ("1", "甲店", state, "张三", CARD(1), "2024-03-05"))
    assert moves(loaded) == [("transfer", "甲店", "张三")]
    assert ["not_received" in parser.unread["reason"].to_list()] == [is_told]
