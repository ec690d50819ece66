"""Whatever column says it: a row that did not happen, or that was taken back, is no movement of cards."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from graphtrace.errors import UsageError
from graphtrace.ingest import words
from graphtrace.ingest.acts import act_of
from graphtrace.ingest.given_back import says_goods_came_back
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.words import WORDS

from .sheets import Row, read_rows
from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format
HEADS = ("转出方", "转入方", "日期", "卡号")


def sale(number: int, *more: str | None) -> Row:
    return ("甲公司", "乙公司", "2024-03-05", CARD(number), *more)


UNDONE = (
    "作废", "已作废", "取消", "已取消", "订单已取消", "客户取消", "撤销", "已撤销", "撤单", "失败", "发货失败",
    "出库失败", "已退款", "退款成功", "全额退款", "已退货", "退货完成", "已拒收", "拒签", "冲红", "红冲",
    "已冲红", "冲销", "交易关闭", "已关闭", "待发货", "未发货", "待出库", "未出库", "待付款", "未付款",
    "等待买家付款", "买家已付款,等待卖家发货", "审核中", "审核不通过", "已驳回", "草稿", "无效", "已下单",
    "备货中", "缺货", "未成交", "拦截", "退单", "取消（缺货）", "cancelled", "Canceled", "VOID", "voided",
    "returned", "refunded", "pending", "failed", "rejected", "not shipped", "on hold", "draft", "unpaid",
    "Closed - lost", "NDR",
)  # fmt: skip
STATUS_HEADINGS = (
    "订单状态", "交易状态", "物流状态", "售后状态", "发货状态", "出库状态", "处理结果", "单据状态",
    "状态", "status", "Order Status",
)  # fmt: skip
OTHER_HEADINGS = ("说明", "订单类型", "业务类型", "情况", "类别", "跟进", "标签", "remark")


@pytest.mark.parametrize("heading", STATUS_HEADINGS)
def test_a_status_by_which_the_row_did_not_happen_takes_it_out(heading: str) -> None:
    rows = [sale(number, word) for number, word in enumerate(UNDONE)]
    loaded, parser = read((*HEADS, heading), sale(900, "已完成"), *rows, sale(901, "运输中"))
    assert [each["kind"] for each in loaded] == ["transfer"] * 2
    assert {(each.field, each.reason) for each in parser.rejects} == {(heading, "not_a_record")}
    assert [each.value for each in parser.rejects] == [*UNDONE]


@pytest.mark.parametrize("heading", OTHER_HEADINGS)
def test_so_does_a_column_of_any_name_whose_cells_are_such_words(heading: str) -> None:
    # a returned card in a column of kinds is a return
    words = [word for word in UNDONE if (heading, word) != ("业务类型", "returned")]
    # a remark that the cards of a sale came back leaves the sale
    words = [word for word in words if not (heading in ("说明", "remark") and says_goods_came_back(word))]
    loaded, parser = read((*HEADS, heading), *(sale(number, word) for number, word in enumerate(words)))
    assert loaded == []
    assert {(each.field, each.reason) for each in parser.rejects} == {(heading, "not_a_record")}


FLAGS = [
    *product(("是否作废", "是否取消", "作废", "取消", "撤销", "红冲", "作废状态"), ("是", "√", "Y", "有")),
    *product(("是否退货", "是否退款", "已作废", "作废标志"), ("是", "√")),
    *product(("是否有效", "成功", "是否成功", "是否成交", "是否发货", "已发货"), ("否", "×", "N", "未")),
    ("是否作废", "1"), ("is_cancelled", "true"), ("is_void", "1"), ("cancelled", "yes"), ("valid", "no"),
    ("是否有效", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cell"), FLAGS)
def test_a_column_of_yes_and_no_says_whether_the_row_counts(heading: str, cell: str) -> None:
    other = {"是": "否", "√": "×", "Y": "N", "有": "没有", "否": "是", "×": "√", "N": "Y", "未": "已"}.get(cell)
    loaded, parser = read_rows((*HEADS, heading), sale(1, cell), sale(2, other), sale(3, other))
    assert [each["kind"] for each in loaded] == ["transfer", "transfer"]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(2, heading, "not_a_record")]


TAKEN_BACK = (
    "此单取消", "该单已取消", "没成交", "未成交", "录错了", "这条录错，勿用", "登记错误", "重复录入", "误开",
    "已退款", "未发货", "还没发货", "作废", "作废，见下一行", "已作废",
    "客户不要了", "刷单", "测试数据", "仅测试", "已冲红", "此单不算", "Order was cancelled", "cancelled",
    "never shipped", "pending, not collected", "not yet handed over", "entered by mistake", "test order",
    "退1张", "未提货",
    "没取", "寄丢", "快递丢件", "跟客户谈崩了", "等通知发货", "待付款后发", "暂不发货", "还没付钱，先不发",
    "awaiting dispatch", "shipment pending", "to be shipped next week", "customer changed his mind", "client no show",
    "didn't happen, Fleetline changed their mind", "sale did not go ahead", "didn’t happen",
    "courier did not pick up", "order on hold",
)  # fmt: skip


@pytest.mark.parametrize("remark", TAKEN_BACK)
def test_a_remark_takes_its_row_back_wherever_in_the_cell_it_says_so(remark: str) -> None:
    for text in (remark, *(() if remark.isascii() else (f"3月补登，{remark}", f"{remark}。电话通知"))):
        loaded, parser = read_rows((*HEADS, "备注"), sale(1, text), sale(2, "现金"), sale(3, "尽快"))
        assert (len(loaded), [each.row for each in parser.rejects]) == (2, [2]), text


CAME_BACK = (
    "客户已退货",
    "已退回",
    "货退了",
    "卡已退回来",
    "已归还",
    "returned",
    "Returned - faulty",
    "goods returned by customer",
)


@pytest.mark.parametrize("remark", CAME_BACK)
def test_a_sale_whose_remark_says_that_its_cards_came_back_stands_and_the_remark_is_told(remark: str) -> None:
    loaded, parser = read((*HEADS, "备注"), sale(1, remark), sale(2, "现金"), sale(3, "尽快"))
    assert ([each["kind"] for each in loaded], parser.rejects) == (["transfer"] * 3, [])
    assert (2, remark) in parser.unread.select("row", "text").rows()


OF_ANOTHER = (
    "坏卡更换，旧卡已退回", "原卡已退回，此为补发", "客户拒收后重新发货", "上次发货已退回，本次重发", "作废单补录",
    "取消订单后重新下单", "作废 重开", "卡8986011234567890123已退回", "替换已退回的卡",
    "order was cancelled and re-issued",
    "old card returned, order was returned before",
)  # fmt: skip


@pytest.mark.parametrize("remark", OF_ANOTHER)
def test_a_remark_that_speaks_of_another_card_or_document_besides_is_asked_about(remark: str) -> None:
    rows = ((*HEADS, "备注"), sale(1, remark), sale(2, "现金"))
    loaded, parser = read(*rows)
    assert (len(loaded), [(each.row, each.field, each.reason) for each in parser.rejects]) == (
        1, [(2, "备注", "unknown_kind")],
    )  # fmt: skip
    (asked,) = parser.questions
    for answer, records in (("ignore", 2), ("none", 1), ("transfer", 2)):
        loaded, parser = read(*rows, answers={asked.field: answer})
        assert (len(loaded), parser.questions, parser.answered) == (records, [], {asked.field: answer})


@pytest.mark.parametrize("remark", ["改天发", "下周发", "月底再给"])
def test_a_remark_that_puts_the_hand_over_off_is_asked_about(remark: str) -> None:
    loaded, parser = read((*HEADS, "备注"), sale(1, remark), sale(2, "现金"))
    assert (len(loaded), [each.reason for each in parser.rejects]) == (1, ["unknown_kind"])
    assert [asked.field for asked in parser.questions] == [f"words.{remark}"]


RANGE = ("转出方", "转入方", "日期", "起始卡号", "结束卡号")


@pytest.mark.parametrize(
    "remark",
    [
        *("其中8986062530021020005作废", "断号，缺3张", "除0005外", "不含坏卡", "跳号", "实发9张", "excluding 0005"),
        *("先给4张，余6张欠", "余下后补", "未给齐", "尚欠3张", "剩下的下批发"),
    ],
)
def test_a_remark_about_some_cards_of_a_range_is_asked_about_and_one_card_has_no_parts(remark: str) -> None:
    rows = [("甲公司", "乙公司", "2024-03-05", CARD(1), CARD(10), remark)]
    loaded, parser = read((*RANGE, "备注"), *rows)
    assert (loaded, [(each.row, each.field, each.reason) for each in parser.rejects]) == (
        [], [(2, "备注", "unknown_kind")],
    )  # fmt: skip
    assert (30021020001, 30021020010) in {*parser.unread.select("first", "last").rows()}
    (asked,) = parser.questions
    loaded, _ = read((*RANGE, "备注"), *rows, answers={asked.field: "ignore"})
    assert len(loaded) == 1
    loaded, parser = read((*HEADS, "备注"), sale(1, "不含赠品"), sale(2, "不含税"))
    assert (len(loaded), parser.rejects) == (2, [])


@pytest.mark.parametrize(
    ("heading", "cell"), [("缺号", CARD(5)), ("坏卡数", "1"), ("剔除卡号", CARD(5)), ("bad cards", "2")]
)
def test_a_column_of_cards_that_are_not_meant_leaves_its_range_unread(heading: str, cell: str) -> None:
    rows = [
        ("甲公司", "乙公司", "2024-03-05", CARD(1), CARD(10), cell),
        ("甲公司", "乙公司", "2024-03-05", CARD(11), CARD(12), "0"),
    ]
    loaded, parser = read((*RANGE, heading), *rows)
    assert [each["row"] for each in loaded] == [3]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(2, heading, "range_count_mismatch")]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("审核", "否"), ("审批", "×"), ("是否有效", "否"), ("删除", "是"), ("是否换货", "是"), ("换卡原因", "坏卡")],
)
def test_where_cards_may_have_moved_all_the_same_they_are_told(heading: str, cell: str) -> None:
    loaded, parser = read((*HEADS, heading), sale(1, cell), sale(2, None))
    assert ([each["row"] for each in loaded], parser.unread["reason"].to_list()) == ([3], ["taken_back"])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("作废日期", "2024-03-06"), ("取消时间", "2024-03-06 10:00:00"), ("撤单时间", "2024/3/6"),
        ("交易关闭时间", "2024-03-06"),
        ("取消原因", "缺货"), ("作废人", "张三"), ("退款时间", "2024-03-06"), ("cancelled at", "2024-03-06"),
        ("void reason", "typo"),
    ],
)  # fmt: skip
def test_what_is_filled_only_in_rows_that_were_undone_takes_them_out_and_tells_their_cards(
    heading: str, cell: str
) -> None:
    loaded, parser = read((*HEADS, heading), sale(1, cell), sale(2, None), sale(3, "0000-00-00"))
    assert [each["row"] for each in loaded] == [3, 4]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(2, heading, "not_a_record")]
    assert parser.unread["reason"].to_list() == ["taken_back"]


@pytest.mark.parametrize(
    ("heading", "cell"), [("收货确认", "×"), ("发货状态", "未发"), ("发货状态", "待寄"), ("类型", "Credit Memo")]
)
def test_more_words_by_which_a_row_did_not_happen(heading: str, cell: str) -> None:
    loaded, parser = read((*HEADS, heading), sale(1, cell), sale(2, "√"), sale(3, cell))
    assert (len(loaded), [each.row for each in parser.rejects]) in ((1, [2, 4]), (0, [2, 3, 4]))


COUNTS_OF_UNDONE = (
    "作废",
    "作废数",
    "取消",
    "取消数量",
    "已退",
    "拒收数",
    "损耗",
    "cancelled",
    "deleted",
    "voided_qty",
)


@pytest.mark.parametrize("heading", COUNTS_OF_UNDONE)
def test_a_number_of_cards_that_were_called_off_takes_out_the_row_of_one_card_and_is_told_of_several(
    heading: str,
) -> None:
    loaded, parser = read((*HEADS, heading), sale(1, "1"), sale(2, "0"), sale(3, None))
    assert ([each["row"] for each in loaded], parser.unread["reason"].to_list()) == ([3, 4], ["taken_back"])
    rows = [("甲公司", "乙公司", "2024-03-05", CARD(first), CARD(first + 9), n) for first, n in ((1, "3"), (11, "0"))]
    loaded, parser = read((*RANGE, heading), *rows)
    assert [each["row"] for each in loaded] == [2, 3]
    assert set(parser.unread.select("first", "last").rows()) == {(30021020001, 30021020010)}


def test_a_number_of_cards_of_a_range_that_came_back_is_told() -> None:
    for number in ("1", "3"):
        loaded, parser = read((*RANGE, "退货"), ("甲公司", "乙公司", "2024-03-05", CARD(1), CARD(10), number))
        assert [each["kind"] for each in loaded] == ["transfer"]
        assert parser.unread.select("first", "last").rows() == [(30021020001, 30021020010)]


def test_a_word_below_a_status_that_nobody_knows_is_told_with_its_card() -> None:
    rows = [sale(1, "escalated"), *(sale(number, "active") for number in range(2, 8))]
    loaded, parser = read((*HEADS, "Status"), *rows)
    assert len([each for each in loaded if each["kind"] == "transfer"]) == 7
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "word_not_read", "escalated")]
    _, parser = read((*HEADS, "Card status"), *rows)
    assert parser.unread.is_empty()


def test_among_returns_it_says_nothing_that_they_came_back() -> None:
    heads = ("退货方", "接收方", "退货日期", "卡号", "备注", "是否退货", "订单状态")
    loaded, parser = read(heads, sale(1, "客户已退货", "是", "已退货"), sale(2, "作废", "是", "已退货"))
    assert [each["kind"] for each in loaded] == ["return"]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(3, "备注", "not_a_record")]


def test_where_each_row_says_its_kind_only_a_sale_is_undone_by_what_came_back() -> None:
    heads = (*HEADS, "类型", "订单状态")
    rows = [sale(1, "销售", "已退货"), sale(2, "退货", "已退货"), sale(3, "销售", "已完成"), sale(4, "退货", "作废")]
    loaded, parser = read(heads, *rows)
    assert [(each["row"], each["kind"]) for each in loaded] == [(3, "return"), (4, "transfer")]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [
        (2, "订单状态", "not_a_record"),
        (5, "订单状态", "not_a_record"),
    ]


@pytest.mark.parametrize(
    "remark",
    [
        "未收到货款", "未取发票", "不退不换", "可退卡", "包退", "还款日15号", "丢卡概不负责", "3.9退款政策",
        "取消限速", "取消自动续费", "已取消定向", "退货地址见合同", "如客户退货请联系", "退货联系人老李",
        "请尽快发货，未收款", "测试卡20张",
        "客户要求作废旧卡", "已签收", "发顺丰", "not yet paid", "see return policy", "作废旧合同", "已停机",
        "退款政策见附件", "未付清", "waiting for payment", "月底结款", "下月付款", "客户等着用，发货快",
    ],
)  # fmt: skip
def test_a_remark_about_something_else_takes_nothing_back(remark: str) -> None:
    loaded, parser = read((*HEADS, "备注"), sale(1, remark), sale(2, "现金"), sale(3, "尽快"))
    assert (len(loaded), parser.rejects) == (3, [])


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("卡状态", ("正常", "停机", "已激活", "待激活", "销户")),
        ("状态", ("active", "suspended", "active", "inactive", "active")),
        ("激活情况", ("未激活", "已激活", "未激活", "沉默期", "库存期")),
        ("退货地址", ("杭州市余杭区退货仓",) * 5),
        ("退货联系人", ("李取消", "王作废", "张三", "李四", "王五")),
        ("对账", ("未结算", "已结算", "未开票", "已开票", "待回款")),
        ("产品名称", ("取消限速套餐", "无效流量清零包", "退卡险", "测试套餐", "30M")),
        ("经办部门", ("作废处理科", "退货部", "销售一部", "销售二部", "售后")),
        ("是否激活", ("否", "是", "否", "否", "是")),
        ("是否开票", ("否", "否", "否", "否", "否")),
        ("是否实名", ("否", "否", "否", "否", "否")),
        ("物流公司", ("顺丰", "中通", "圆通", "退回快运", "京东")),
        ("付款方式", ("到付", "现金", "转账", "赊账", "到付")),
    ],
)
def test_what_says_nothing_of_the_row_takes_nothing_out(heading: str, words: tuple[str, ...]) -> None:
    loaded, parser = read((*HEADS, heading), *(sale(number, word) for number, word in enumerate(words)))
    assert len([each for each in loaded if each["kind"] == "transfer"]) == 5
    assert parser.rejects == []


def test_names_of_firms_that_contain_such_words_are_names() -> None:
    rows = [("作废回收有限公司", "取消客户服务部", "2024-03-05", CARD(n)) for n in range(3)]
    loaded, parser = read(HEADS, *rows)
    assert (len(loaded), parser.rejects) == (3, [])


def test_a_return_in_a_column_of_any_name_is_the_kind_of_its_row() -> None:
    loaded, parser = read((*HEADS, "性质"), sale(1, "出库"), sale(2, "退卡"), sale(3, "作废"))
    assert [each["kind"] for each in loaded] == ["transfer", "return"]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [(4, "性质", "not_a_record")]


def test_a_heading_that_explains_its_codes_is_read_by_them() -> None:
    heads = (*HEADS, "订单状态(0存档、1已下单、2已发货、3作废)")
    loaded, parser = read(heads, sale(1, "2"), sale(2, "3"), sale(3, "1"), sale(4, "0"))
    assert len(loaded) == 1
    assert [(each.row, each.reason, each.value) for each in parser.rejects] == [
        (3, "not_a_record", "作废"),
        (4, "not_a_record", "已下单"),
        (5, "unknown_kind", "存档"),
    ]


def test_unknown_words_of_such_a_column_are_asked_once_with_their_counts() -> None:
    rows = [sale(n, "已完成") for n in range(30)] + [sale(40 + n, "转网") for n in range(2)] + [sale(50, "补换")]
    loaded, parser = read((*HEADS, "跟进"), *rows)
    assert len(loaded) == 30
    assert [(each.field, each.rows) for each in parser.questions] == [("words.转网", 2), ("words.补换", 1)]
    loaded, parser = read((*HEADS, "跟进"), *rows, answers={"words.转网": "ignore", "words.补换": "none"})
    assert (len(loaded), parser.questions) == (32, [])
    assert parser.answered == {"words.补换": "none", "words.转网": "ignore"}
    with pytest.raises(UsageError):
        read((*HEADS, "跟进"), *rows, answers={"words.转网": "sold"})


def test_a_sparse_column_is_decided_by_all_its_cells() -> None:
    rows = [sale(n, "作废" if n in (700, 800) else None) for n in range(900)]
    loaded, parser = read((*HEADS, "其他"), *rows, block_rows=200)
    assert len(loaded) == 898
    assert {each.reason for each in parser.rejects} == {"not_a_record"}
    rows = [sale(n, "作废" if n == 700 else "说明文字" if n % 2 else None) for n in range(900)]
    loaded, parser = read((*HEADS, "其他"), *rows, block_rows=200)
    assert (len(loaded), parser.rejects) == (900, [])


def test_a_word_of_another_kind_than_somebody_says_for_all_rows_rejects_its_row() -> None:
    rows = [sale(1, "出库"), sale(2, "退货"), sale(3, "作废")]
    loaded, parser = read((*HEADS, "操作类型"), *rows, as_kind="transfer")
    assert len(loaded) == 1
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "kind_differs"), (4, "not_a_record")]
    assert [(each.field, each.rows) for each in parser.questions] == [("words.退货", 1)]


def test_negative_amounts_give_money_back() -> None:
    rows = [sale(1, "50"), sale(2, "-50.00"), sale(3, "¥50"), sale(4, "（50.00）")]
    loaded, parser = read((*HEADS, "金额"), *rows)
    assert (len(loaded), [each.row for each in parser.rejects]) == (2, [3, 5])
    assert [*zip(*parser.unread.select("row", "reason"), strict=True)] == [(3, "unknown_kind"), (5, "unknown_kind")]
    assert [(each.field, each.rows) for each in parser.questions] == [("words.负数", 2)]
    for answer, kinds in (("return", ["return"] * 2), ("none", []), ("ignore", ["transfer"] * 2)):
        loaded, parser = read((*HEADS, "金额"), *rows, answers={"words.负数": answer})
        assert [each["kind"] for each in loaded if each["row"] in (3, 5)] == kinds
        assert parser.questions == []
    outflow = [sale(n, "-50") for n in range(4)]
    loaded, parser = read((*HEADS, "金额"), *outflow)
    assert (len(loaded), parser.rejects) == (4, [])


def test_a_card_list_of_orders_leaves_out_those_that_were_withdrawn() -> None:
    heads = ("ICCID", "客户", "订单状态")
    loaded, parser = read(heads, (CARD(1), "甲", "已完成"), (CARD(2), "乙", "已取消"))
    assert (len(loaded), [each.row for each in parser.rejects]) == (1, [3])


def test_every_word_of_the_table_means_one_thing() -> None:
    cells = [word.text for word in WORDS if word.place == "cell"]
    assert sorted({word for word in cells if cells.count(word) > 1}) == []
    assert {word.language for word in WORDS} == {"zh", "en", "any"}
    assert all(act_of(word.text) is not None for word in WORDS if word.place == "cell")


def test_every_place_of_the_table_is_explained_in_its_head_or_is_that_of_a_module() -> None:
    table = Path(words.__file__).with_name("words.tsv").read_text("utf-8").splitlines()
    explained = {word.strip(":;,.") for line in table if line.startswith("#") for word in line.split()}
    modules = {path.stem for path in Path(words.__file__).parent.rglob("*.py")}
    places = {word.place.partition(".")[0] for word in WORDS}
    assert places - explained - modules == set()


def test_a_meaning_that_the_table_does_not_have_is_no_pattern_that_is_found_everywhere() -> None:
    with pytest.raises(KeyError):
        words.pattern_of("title", "titel")


def test_ends_of_a_range_in_two_rows_are_no_two_cards_and_all_between_are_told() -> None:
    rows = [sale(1, "起"), sale(10, "止"), sale(20, None), sale(30, "起"), sale(39, "止")]
    loaded, parser = read((*HEADS, "起止"), *rows)
    assert [each["row"] for each in loaded] == [4]
    assert [(each.row, each.field, each.reason) for each in parser.rejects] == [
        (row, "起止", "missing_field") for row in (2, 3, 5, 6)
    ]
    assert {(30021020001, 30021020010), (30021020030, 30021020039)} <= {*parser.unread.select("first", "last").rows()}


def test_a_credit_memo_among_invoices_takes_its_row_back() -> None:
    loaded, parser = read((*HEADS, "Document type"), sale(1, "Invoice"), sale(2, "Credit Memo"), sale(3, "RMA"))
    assert [each["row"] for each in loaded] == [2]
    assert parser.unread["reason"].to_list() == ["taken_back"] * 2


@pytest.mark.parametrize("heading", ["单据状态", "状态", "流程", "H"])
def test_a_column_that_a_person_calls_a_state_decides_its_rows_as_one_that_nobody_names(heading: str) -> None:
    rows = [(*HEADS, heading), sale(0, "已审核"), sale(1, "草稿"), sale(2, "待出库"), sale(3, "已取消")]
    claims = ColumnOverrides(headings={"state": heading.casefold()})
    loaded, parser = read(*rows, mapping=ColumnMapping(claims=claims, kind="transfer"))
    assert [each["row"] for each in loaded] == [2]
    assert [(each.field, each.value) for each in parser.rejects] == [
        (heading, word) for word in ("草稿", "待出库", "已取消")
    ]


def test_states_of_cards_that_a_person_names_stay_states() -> None:
    claims = ColumnOverrides(headings={"state": "流程"})
    mapping = ColumnMapping(claims=claims, kind="transfer")
    loaded, _ = read((*HEADS, "流程"), sale(0, "停机"), sale(1, "正常"), mapping=mapping)
    assert [each["state"] for each in loaded if each["state"]] == ["停机", "正常"]


@pytest.mark.parametrize(("heading", "are_out"), [("状态", True), ("卡状态", False)])
def test_a_word_below_many_states_of_cards_takes_its_row_out_where_it_is_no_state_of_one(
    heading: str, *, are_out: bool
) -> None:
    rows = [sale(number, "正常") for number in range(100)]
    loaded, parser = read((*HEADS, heading), *rows, sale(200, "草稿"), sale(201, "未发货"))
    assert len(parser.rejects) == (2 if are_out else 0)
    assert len({each["row"] for each in loaded}) == (100 if are_out else 102)


@pytest.mark.parametrize(("heading", "word"), [("备注", "此单取消"), ("处理结果", "未出库"), ("是否作废", "是")])
def test_a_remark_or_status_that_a_person_maps_to_a_text_decides_its_row_all_the_same(heading: str, word: str) -> None:
    mapping = ColumnMapping(claims=ColumnOverrides(headings={"declared_use": heading}), kind="transfer")
    loaded, parser = read((*HEADS, heading), sale(0, None), sale(1, word), mapping=mapping)
    assert [each["row"] for each in loaded] == [2]
    assert [(each.field, each.value) for each in parser.rejects] == [(heading, word)]


@pytest.mark.parametrize(("quantity", "amount"), [("-1", "-50"), ("-1", None), ("1", "-50")])
@pytest.mark.parametrize("remark", ["退货入库", "退回", "客户退货", "已退回"])
def test_a_negative_row_whose_remark_says_that_it_came_back_is_that_return(
    quantity: str, amount: str | None, remark: str
) -> None:
    heads = (*HEADS, "数量", "金额", "备注")
    rows = [(*sale(n), "1", "50", None) for n in range(3)]
    loaded, parser = read(heads, *rows, (*sale(1), quantity, amount, remark))
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded][3:] == [
        ("return", "乙公司", "甲公司")
    ]
    assert (parser.rejects, parser.questions) == ([], [])


@pytest.mark.parametrize("remark", ["退货入库", "退回"])
def test_a_row_of_sales_whose_remark_is_a_return_is_asked_and_the_answer_ends_the_question(remark: str) -> None:
    heads = (*HEADS, "备注")
    rows = [sale(1, None), sale(2, remark)]
    loaded, parser = read(heads, *rows)
    assert ([each["row"] for each in loaded], [each.field for each in parser.questions]) == ([2], [f"words.{remark}"])
    loaded, parser = read(heads, *rows, answers={f"words.{remark}": "return"})
    assert [(each["row"], each["kind"], each["sender_name"]) for each in loaded] == [
        (2, "transfer", "甲公司"),
        (3, "return", "乙公司"),
    ]
    assert (parser.rejects, parser.questions) == ([], [])


def test_a_remark_about_money_that_is_owed_says_nothing_of_the_cards() -> None:
    rows = [("甲公司", "乙公司", "2024-03-05", CARD(1), CARD(10), text) for text in ("余款后补", "欠款500", "下次补款")]
    loaded, parser = read((*RANGE, "备注"), *rows)
    assert (len(loaded), parser.rejects) == (3, [])


def test_a_lot_by_number_of_which_a_part_was_handed_over_is_not_stated_as_a_whole() -> None:
    head = ("转出方", "转入方", "日期", "数量", "备注")
    loaded, parser = read(head, ("甲公司", "乙公司", "2024-03-05", "20", "先给10张，号段见微信，余10张欠"))
    assert (loaded, [(each.field, each.reason) for each in parser.rejects]) == ([], [("备注", "bad_quantity")])
    assert parser.questions == []


def test_a_purpose_by_which_nobody_got_the_cards_takes_its_row_out() -> None:
    uses = ("二期项目，计划，未领", "三厂装机，客户已退货", "路灯", "测试用", None)
    loaded, parser = read((*HEADS, "用途"), *(sale(number, use) for number, use in enumerate(uses)))
    assert [each["declared_use"] for each in loaded] == ["路灯", "测试用", None]
    assert [(each.field, each.value, each.reason) for each in parser.rejects] == [
        ("用途", use, "not_a_record") for use in uses[:2]
    ]
