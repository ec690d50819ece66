"""What a paper states around its table is not asked: letterheads, short names of keepers, contracts, later sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

import graphtrace as gt
from graphtrace.ingest.preamble import keeper_of_title
from graphtrace.ingest.sheet_evidence import offers_for, read_evidence, with_offers
from graphtrace.locale import BilingualText
from graphtrace.model import format_day
from graphtrace.results.reports import OpenQuestion

from .sheets import Row, sheet_of
from .sheets import read_both_ways as read

CARD = "8986062350001200{:03d}".format
SLIP: Row = ("序号", "品名", "起始ICCID", "终止ICCID")
FIRM = "长沙云途车联网有限公司"


def line(text: str) -> Row:
    return (text, None, None, None)


def moves(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [
        (each["kind"], each["sender_name"], each["receiver_name"], format_day(day) if isinstance(day, int) else None)
        for each in loaded
        for day in [each["first_day"]]
    ]


def slip(*above: str) -> list[tuple[object, ...]]:
    row = ("1", "联通物联网卡", CARD(0), CARD(9))
    loaded, parser = read(*map(line, above), line("收货单位：捷联通讯"), line("送货日期：2025年3月25日"), SLIP, row)
    assert parser.questions == []
    return moves(loaded)


def test_the_firm_alone_above_the_title_of_a_delivery_note_delivered() -> None:
    assert slip(FIRM, "送  货  单") == [("transfer", FIRM, "捷联通讯", "2025-03-25")]


@pytest.mark.parametrize(
    "above", [("送货单", FIRM), ("中国联通", "送货单"), ("对账汇总", "送货单"), (FIRM, "发货计划明细")]
)
def test_what_else_stands_above_such_a_note_delivered_nothing(above: tuple[str, str]) -> None:
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        slip(*above)
    assert asked.value.fields == ("from",)


def test_the_firm_before_the_title_of_a_packing_list_packed_and_sent() -> None:
    keeper = keeper_of_title([(1, [f"{FIRM}  出货装箱单"])])
    assert keeper is not None
    assert (keeper.field, keeper.value) == ("from", FIRM)
    assert keeper_of_title([(1, [f"{FIRM}  装箱单"])]) is None


@pytest.mark.parametrize(
    ("title", "side", "kind"),
    [
        ("捷联通讯 2025年物联卡进货台账", "to", "transfer"),
        ("捷联通讯2025年物联卡出货台账", "from", "transfer"),
        ("捷联通讯 2025年退给上家", "from", "return"),
        ("智联物联  客户退货登记表（2025年）", "to", "return"),
    ],
)
def test_the_short_name_of_a_trader_before_the_title_of_a_list_is_its_keeper(title: str, side: str, kind: str) -> None:
    keeper = keeper_of_title([(1, [title])])
    assert keeper is not None
    assert (keeper.field, {*keeper.kinds}) == (side, {kind})
    assert keeper.value in ("捷联通讯", "智联物联")


@pytest.mark.parametrize(
    "title",
    [
        *("捷联物联卡出货台账", "移动物联 出货台账", "物联网 出货台账", "湖南 2025年出货台账", "销售部 出货台账"),
        *("发给捷联通讯的出货台账", "2025年出货台账", "联通物联网 出库单", "物联卡入库登记表"),
        *("捷联通讯 4月发货明细", "捷联通讯出库单"),
        *(f"{goods} 出货台账" for goods in ("手机通讯", "无线通信", "车载通讯", "电脑数码", "智能科技", "广州通讯")),
    ],
)
def test_goods_carriers_places_parts_of_a_firm_and_maybe_customers_keep_no_list(title: str) -> None:
    assert keeper_of_title([(1, [title])]) is None


def test_a_list_of_what_was_given_back_to_suppliers_needs_no_answer() -> None:
    heads = ("日期", "退给", "卡号段", "数量")
    rows = [("4月10日", "云途车联", f"{CARD(50)}—{CARD(59)}", "10")]
    loaded, parser = read(line("捷联通讯 2025年退给上家"), heads, *rows)
    assert moves(loaded) == [("return", "捷联通讯", "云途车联", "2025-04-10")]
    assert parser.questions == []


CARRIER = "中国移动通信集团湖南有限公司岳阳分公司"


@pytest.mark.parametrize(
    ("seller", "kind", "sides"),
    [(CARRIER, "purchase", (CARRIER, FIRM)), ("甲科技有限公司", "transfer", ("甲科技有限公司", FIRM))],
)
def test_buyer_and_supplier_of_a_contract_bought_and_sold_what_its_table_lists(
    seller: str, kind: str, sides: tuple[str, str]
) -> None:
    above = [line(f"甲方（采购方）：{FIRM}"), line(f"乙方（供应方）：{seller}"), line("签订日期：2025年3月5日")]
    loaded, parser = read(
        *above, ("ICCID起号", "ICCID止号", "数量（张）", "交付日期"), (CARD(0), CARD(9), "10", "2025-03-06")
    )
    assert moves(loaded) == [(kind, *sides, "2025-03-06")]
    assert parser.questions == []


def test_rows_that_say_their_kind_and_whose_customer_may_be_the_other_side_are_asked_for_it() -> None:
    heads = ("单据日期", "单据类型", "供货单位", "客户名称", "ICCID")
    rows = [
        ("2025-04-10", "销售出库", "甲", "彭辉", CARD(1)),
        ("2025-04-20", "销售退货", "甲", "彭辉", CARD(1)),
    ]
    _, parser = read(heads, *rows)
    assert [(each.field, each.choices) for each in parser.questions] == [("to", ("[客户名称]",))]
    loaded, parser = read(heads, *rows, answers={"to": "[客户名称]"})
    assert moves(loaded) == [("transfer", "甲", "彭辉", "2025-04-10"), ("return", "彭辉", "甲", "2025-04-20")]
    assert parser.questions == []


def reply(tmp_path: Path, *second: tuple[str, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "号段信息"
    sheet.append(["中国移动岳阳分公司关于协助查询物联网卡信息的回复"])
    sheet.append(["客户名称", "ICCID起始", "ICCID终止", "入网时间"])
    sheet.append([FIRM, "89860042252300100000", "89860042252300100099", "2025-03-10"])
    other = book.create_sheet("单卡查询")
    for row in second:
        other.append(row)
    book.save(tmp_path / "复函.xlsx")
    return tmp_path / "复函.xlsx"


ONE = ("1440123400256", "89860042252300100056", FIRM, "2025/3/10", "正常")


def test_a_sheet_without_a_title_is_of_the_carrier_whose_document_the_first_one_says_it_is(tmp_path: Path) -> None:
    path = reply(tmp_path, ("查询号码", "ICCID", "登记单位", "开户日期", "卡状态"), ONE)
    with gt.open_case(tmp_path / "case") as case:
        report = case.load(path)
        assert [question for sheet in report.files for question in sheet.asked] == []
        hops = case.trace("89860042252300100056")[0].chains[0].hops
        assert [(hop.kind, len(hop.origins)) for hop in hops] == [("registration", 2)]


@pytest.mark.parametrize(
    "heads", [("号码", "ICCID", "持有人", "抓获日期", "备注"), ("号码", "ICCID", "客户", "发货日期", "备注")]
)
def test_a_sheet_of_something_else_beside_a_reply_is_not(tmp_path: Path, heads: tuple[str, ...]) -> None:
    path = reply(tmp_path, heads, ("1440123400256", "89860042252300100056", "张三", "2025/3/10", "x"))
    with gt.open_case(tmp_path / "case") as case:
        case.load(path)
        found = case.trace("89860042252300100056")[0]
        assert [hop.receiver.name for chain in found.chains for hop in chain.hops if hop.receiver] == [FIRM]


def test_the_day_of_a_list_of_checked_devices_stands_above_it() -> None:
    rows = [
        ("随身WiFi", "860536041122331", "89860042252300100123", "王海涛"),
        ("语音网关", "864403050099127", "89860042252300100187", "刘建国"),
    ]
    loaded, _ = read(line("检查时间：2025年6月21日"), ("设备名称", "IMEI", "插入卡ICCID", "使用人"), *rows)
    assert [(each["kind"], each["receiver_name"], format_day(each["first_day"])) for each in loaded] == [
        ("card_list", name, "2025-06-21") for name in ("王海涛", "刘建国")
    ]


def test_the_day_of_an_inspection_dates_no_transfer() -> None:
    sheet = sheet_of(
        line("检查时间：2025年6月21日"), ("转出方", "转入方", "ICCID", "备注"), ("甲", "乙", CARD(1), None)
    )
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        gt.ingest.sheet_opening.open_sheet_parser(sheet)
    assert asked.value.fields == ("date",)


def test_a_name_and_its_value_in_two_cells_are_one_statement_of_the_paper() -> None:
    above = [
        ("云岭出行科技有限公司 出库单", None, None, None),
        ("出库单号：", "CK-2", "出库日期：", "2024-04-11"),
        ("收货单位：", "鸿发通讯（临沂）", "收货人/电话：", "梁某 15000000000"),
    ]
    heads = ("物料名称", "起始ICCID", "结束ICCID", "数量")
    row = ("移动物联网卡", "89860625300210200018", "89860625300210200026", "2")
    loaded, parser = read(*above, heads, row, ("制单：罗某", "审核：方某", "提货人：", None))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("云岭出行科技有限公司", "鸿发通讯（临沂）")
    ]
    assert [(each.row, each.reason) for each in parser.rejects] == [(6, "not_a_record")]
    assert parser.questions == []


def test_headings_that_end_in_a_colon_are_headings_still() -> None:
    heads = ("日期", "转出方：", "转入方：", "卡号")
    loaded, _ = read(heads, ("2024-04-11", "甲", "乙", "89860625300210200018"))
    assert [(each["row"], each["sender_name"], each["receiver_name"]) for each in loaded] == [(2, "甲", "乙")]


def test_the_parties_of_a_contract_of_sale_are_its_sides() -> None:
    above = [("出卖方（甲方）：云岭科技有限公司", None, None), ("买受方（乙方）：鸿发设备有限公司", None, None)]
    loaded, parser = read(*above, ("交付日期", "ICCID", "数量"), ("2024-04-11", "89860625300210200018", "1"))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("云岭科技有限公司", "鸿发设备有限公司")
    ]
    assert parser.questions == []


HEADS = ("日期", "ICCID", "备注")
NAMED = ("供货合同 甲方云岭出行科技有限公司 乙方鸿发设备有限公司", None, None)


def test_firms_that_the_lines_above_name_are_proposed_before_any_carrier() -> None:
    sheet = sheet_of(NAMED, HEADS, ("2024-04-11", "89860625300210200018", None))
    told = read_evidence(sheet, "a.xlsx", 2, HEADS)
    for field in ("from", "to", "keeper"):
        assert [(each.value, each.because) for each in offers_for(field, told)] == [
            ("云岭出行科技有限公司", "title"),
            ("鸿发设备有限公司", "title"),
        ]
    unnamed = read_evidence(sheet_of(HEADS, ("2024-04-11", "89860625300210200018", None)), "a.xlsx", 1, HEADS)
    assert [each.because for each in offers_for("from", unnamed)] == ["issuer"]


@pytest.mark.parametrize(
    ("file", "proposed"),
    [
        ("卓跃通讯_马跃_卡台账.csv", ["卓跃通讯", "马跃"]),
        ("云拓通信_出货装箱单及裸卡出库(2024).xlsx", ["云拓通信"]),
        ("拼多多_极光流量数码(陈嘉木)_orders_export2024-07-02.csv", ["极光流量数码", "陈嘉木"]),
        ("采购入库+销售出库列表导出_2024H1.xlsx", []),
        ("裸卡出库.xlsx", []),
        ("卓讯通出库明细.csv", ["卓讯通"]),
    ],
)
def test_what_the_name_of_a_file_proposes_are_parties(file: str, proposed: list[str]) -> None:
    sheet = sheet_of(HEADS, ("2024-04-11", "89860625300210200018", None))
    offers = offers_for("from", read_evidence(sheet, file, 1, HEADS))
    assert [offer.value for offer in offers] == [*proposed, "中国联通"]
    asked = OpenQuestion(field="from", kind="transfer", rows=1, text=BilingualText("Which shop?", "哪家店铺？"))
    assert [each.value for each in with_offers(asked, read_evidence(sheet, file, 1, HEADS)).offers] == proposed


def test_a_question_about_a_word_shows_its_row() -> None:
    rows = [(f"2024-04-{n:02d}", "89860625300210200018", "自提") for n in range(1, 10)]
    rows[7] = ("2024-04-08", "89860625300210200018", "退库登记")
    told = read_evidence(
        sheet_of(("日期", "ICCID", "签字"), *rows), "a.xlsx", 1, ("日期", "ICCID", "签字"), words=["退库登记"]
    )
    assert [row[0].text for row in told.rows] == ["2024-04-01", "2024-04-02", "2024-04-03", "2024-04-08"]


def test_a_question_shows_the_rows_whose_remarks_say_more() -> None:
    rows = [(f"2024-04-{n:02d}", "89860625300210200018", None) for n in range(1, 10)]
    rows[6] = ("2024-04-07", "89860625300210200018", "订的，没来拿")
    told = read_evidence(sheet_of(HEADS, *rows), "a.xlsx", 1, HEADS)
    assert [row[0].text for row in told.rows] == ["2024-04-01", "2024-04-02", "2024-04-03", "2024-04-07"]


def reply_with_form(
    tmp_path: Path, *form: tuple[str, ...], title: str = "开户明细：", heads: tuple[str, ...] = ()
) -> Path:
    """A carrier's reply whose first sheet is a form about one customer, and the second one lists ranges."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["中国移动通信集团安徽有限公司合肥分公司 协助查询回函"])
    for row in form:
        sheet.append(row)
    other = book.create_sheet("明细")
    other.append([title])
    other.append(["批次", "起始ICCID", "终止ICCID", "数量", "开户日期", *heads])
    more = ["鸿发贸易有限公司"] * len(heads)
    other.append(["1", "89860042252300100000", "89860042252300100099", "100", "2024年1月15日", *more])
    book.save(tmp_path / "回函.xlsx")
    return tmp_path / "回函.xlsx"


FORM = (
    ("客户名称", FIRM),
    ("统一社会信用代码", "91340100MA2RK7T31W"),
    ("法定代表人", "方某"),
    ("联系电话", "13800000000"),
)


def registered(path: Path, tmp_path: Path) -> tuple[list[str], list[str]]:
    """Return who registered a card of the list, and what is asked."""
    with gt.open_case(tmp_path / "case") as case:
        report = case.load(path)
        found = case.trace("89860042252300100056")[0]
        hops = [f"{hop.kind}: {hop.receiver.name}" for chain in found.chains for hop in chain.hops]
        return hops, [question.field for sheet in report.files for question in sheet.asked]


def test_the_cards_of_a_reply_are_those_of_the_customer_whom_its_form_names(tmp_path: Path) -> None:
    assert registered(reply_with_form(tmp_path, *FORM), tmp_path) == ([f"registration: {FIRM}"], [])


def test_a_list_that_names_its_own_customers_is_not_of_the_one_of_the_form(tmp_path: Path) -> None:
    path = reply_with_form(tmp_path, *FORM, heads=("客户名称",))
    assert registered(path, tmp_path) == (["registration: 鸿发贸易有限公司"], [])


@pytest.mark.parametrize(
    "form",
    [
        (*FORM, ("客户名称", "鸿发贸易有限公司")),
        (("客户名称", "联系电话"), (FIRM, "13800000000"), ("鸿发贸易有限公司", "13800000001")),
        (("客户名称", "备注"), (FIRM, "重点客户")),
    ],
)
def test_of_several_customers_or_of_a_table_none_is_that_of_the_list(tmp_path: Path, form: tuple[Row, ...]) -> None:
    hops, asked = registered(reply_with_form(tmp_path, *map(tuple, form)), tmp_path)  # type: ignore[arg-type]
    assert hops == []
    assert "enterprise" in asked


LIST: Row = ("出库单号", "出库日期", "客户", "起始ICCID", "终止ICCID")


def listed(*customers: str, title: str = "物联网卡出库明细表（2026年3月-4月）") -> list[tuple[object, ...]]:
    rows = [(f"CK-{n}", "2026/3/20", name, CARD(10 * n), CARD(10 * n + 9)) for n, name in enumerate(customers)]
    loaded, parser = read(*((text, *[None] * 4) for text in (FIRM, title)), LIST, *rows)
    assert parser.questions == []
    return moves(loaded)


def test_the_firm_above_a_list_of_what_went_to_several_others_passed_it_on() -> None:
    assert listed("捷联通讯", "红叶店") == [
        ("transfer", FIRM, "捷联通讯", "2026-03-20"),
        ("transfer", FIRM, "红叶店", "2026-03-20"),
    ]


@pytest.mark.parametrize("customers", [("捷联通讯", "捷联通讯"), ("捷联通讯", FIRM), ("捷联通讯", "云途车联网")])
def test_it_may_be_the_customer_of_a_list_that_names_one_or_itself(customers: tuple[str, str]) -> None:
    with pytest.raises(gt.errors.NeedsAnswer) as asked:
        listed(*customers)
    assert asked.value.fields == ("from",)


def test_names_and_values_in_cells_above_a_return_state_its_sides_and_day() -> None:
    loaded, parser = read(
        ("退 货 单", None, None, None, None),
        ("退货方", "刘芳（芳芳物联专营店）", None, "接收方", FIRM),
        ("退货日期", "2026-04-18", None, "退货单号", "TH0418-02"),
        ("品名", "起始卡号", "结束卡号", "数量", "退货原因"),
        ("物联卡", CARD(0), CARD(9), "10", "收不到信号"),
    )
    assert (moves(loaded), parser.questions) == ([("return", "刘芳（芳芳物联专营店）", FIRM, "2026-04-18")], [])


def test_headings_that_stand_apart_are_no_names_and_values() -> None:
    loaded, _ = read(
        ("转出方", "转入方", None, "日期", "卡号"), ("甲公司", "刘芳", None, "2026-04-18", CARD(0))
    )  # fmt: skip
    assert moves(loaded) == [("transfer", "甲公司", "刘芳", "2026-04-18")]


def test_a_bracket_that_began_before_a_name_is_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"发货清单（客户：{FIRM}）,\nICCID,套餐\n{CARD(10)},60G/月\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (listed,) = case.trace(CARD(10))[0].card_lists
        assert listed.party is not None
        assert listed.party.name == FIRM


def test_a_label_on_a_line_of_its_own_is_that_of_the_line_below_it() -> None:
    lines = ["Fenwick M2M Ltd", "DELIVERY NOTE", "Despatch date: 14 October 2025"]
    lines.append("Deliver to:\nHarbourline Fleet Services Ltd\nAttn. Sandra Pike\n2 Sutton Wharf, Plymouth")
    rows = [(line, *[None] * 3) for line in lines]
    heads = ("Line", "Product", "ICCID", "Qty")
    loaded, parser = read(*rows, heads, ("1", "IoT SIM", "89441114056963457655", "1"))
    sides = ("transfer", "Fenwick M2M Ltd", "Harbourline Fleet Services Ltd", "2025-10-14")
    assert (moves(loaded), parser.questions) == ([sides], [])


def test_the_parties_of_a_contract_are_the_sides_that_its_brackets_say_and_bear_their_names_in_full() -> None:
    loaded, parser = read(
        ("甲方（交卡方）：云桥通信服务部（以下简称“云桥”），经营者张三", None, None, None, None),
        ("乙方（接卡方）：小象流量卡批发店（以下简称“小象”），店主李四", None, None, None, None),
        ("批次", "交接日期", "ICCID区间 首张", "ICCID区间 末张", "张数"),
        ("一", "2025年3月28日", "8986062530021020001", "8986062530021020010", "10"),
    )
    assert [(each["sender_name"], each["receiver_name"], each["quantity"]) for each in loaded] == [
        ("云桥通信服务部", "小象流量卡批发店", 10)
    ]
    assert (parser.rejects, parser.questions) == ([], [])
