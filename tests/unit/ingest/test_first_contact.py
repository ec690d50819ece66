"""Papers of strangers whose words stand where no column is: states of returns and documents, signatures, parcels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

import graphtrace as gt
from graphtrace.ingest.given_answers import parse_handed

from .sheets import read_both_ways as read

CARD = "8986041426700030010{}".format
KEEPER, SUPPLIER = "洛阳恒泰物联科技有限公司", "西安丝路信联电子有限公司"


def unread(parser: object) -> list[tuple[int, str, str | None]]:
    return [(each["row"], each["reason"], each["text"]) for each in parser.unread.iter_rows(named=True)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("above", ["归　还", "归还情况"])
def test_what_a_card_was_like_when_it_came_back_is_not_its_state_of_another_day(above: str) -> None:
    loaded, _ = read(
        ("序号", "卡号", "领　用", "领　用", "领　用", above, above, above),
        ("序号", "卡号", "日期", "部门", "领用人", "日期", "归还人", "状态"),
        ("1", CARD(0), "2023-03-12", "车队", "孟祥林", "2023-09-08", "孟祥林", "卡托损坏"),
    )
    assert [(each["kind"], each["state"]) for each in loaded] == [("card_list", None)]
    assert json.loads(loaded[0]["extra"])["declared_user"] == "孟祥林"


def test_a_remark_that_a_card_of_a_register_was_passed_on_is_told() -> None:
    _, parser = read(
        ("领用日期", "领用人", "卡号", "部门", "备注"),
        ("2023-07-03", "段晓峰", CARD(0), "业务部", "7.15转交外协司机王磊"),
    )
    assert unread(parser) == [(2, "remark_not_read", "7.15转交外协司机王磊")]


@pytest.mark.parametrize("state", ["状态：已作废", "单据状态: 已取消", "Status: Cancelled"])
def test_a_document_whose_state_stands_above_its_table_did_not_happen(state: str) -> None:
    head = ("单据类型：销售出库单", "单据日期：2024-03-15", "往来单位：宁海县欣盛家电维修部", state)
    loaded, parser = read(head, ("行号", "数量", "序列号", "备注"), ("1", "1", CARD(0), "客户未付款"))
    assert loaded == []
    assert unread(parser) == [(3, "title_decides", state)]


def test_a_document_that_was_approved_did() -> None:
    loaded, _ = read(
        ("单据编号：1", "状态：已审核", None),
        ("日期", "提货单位", "卡号"),
        ("2024-03-15", SUPPLIER, CARD(0)),
        as_kind="transfer",
        answers={"from": KEEPER},
    )
    assert [each["receiver_name"] for each in loaded] == [SUPPLIER]


@pytest.mark.parametrize("remark", ["退货给供货方，坏卡", "退回厂家", "退供应商"])
def test_what_went_out_to_whoever_supplied_it_is_a_return(remark: str) -> None:
    heads = ("日期", "提货单位", "卡号", "备注")
    rows = [("2024-03-06", "偃师区新宇电动车行", CARD(0), None), ("2024-03-18", SUPPLIER, CARD(1), remark)]
    loaded, _ = read(heads, *rows, as_kind="transfer", answers={"from": KEEPER})
    assert [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded] == [
        ("transfer", KEEPER, "偃师区新宇电动车行"),
        ("return", KEEPER, SUPPLIER),
    ]


def test_between_two_columns_of_sides_nobody_knows_who_supplied_whom() -> None:
    loaded, parser = read(
        ("日期", "卖方", "买方", "卡号", "备注"), ("2024-03-18", "甲公司", "乙公司", CARD(1), "退货给供货方")
    )
    assert (loaded, [each.reason for each in parser.rejects]) == ([], ["unknown_kind"])


TRAITS = {
    "白色，无品牌，内插SIM卡一张，ICCID：{}": True,
    "装于信封内，信封手写“老周货”，卡号{}": True,
    "卡托内取出，已剪为小卡，ICCID：{}": True,
    "已发还失主，卡号{}": False,
    "未提取到卡，盒上印{}": False,
    "卡号{}，另一张为8986041426***": False,
}


@pytest.mark.parametrize("traits", TRAITS)
def test_the_traits_of_what_was_seized_may_say_anything_but_that_it_was_not(traits: str) -> None:
    loaded, _ = read(
        ("扣押清单", None, None, None),
        ("扣押日期", "名称", "特征", "持有人"),
        ("2024-04-17", "物联网卡", f"ICCID：{CARD(0)}", "何志强"),
        ("2024-04-17", "物联网卡", traits.format(CARD(1)), "何志强"),
    )
    assert [each["kind"] for each in loaded] == ["seizure"] * (2 if TRAITS[traits] else 1)


def test_cards_that_a_line_counts_may_be_listed_below_it() -> None:
    heads = ("日期", "卖方", "买方", "数量", "序列号", "备注")
    line, other = ("2024-03-15", "甲公司", "乙公司"), ("2024-03-16", "甲公司", "丙公司", "1", CARD(2), None)
    loaded, parser = read(heads, (*line, "2", CARD(0), None), (*[None] * 4, CARD(1), None), other)
    assert [(each["receiver_name"], each["quantity"]) for each in loaded] == [
        ("乙公司", None),
        ("乙公司", None),
        ("丙公司", 1),
    ]
    assert parser.rejects == []
    loaded, parser = read(heads, (*line, "3", CARD(0), None), (*[None] * 4, CARD(1), None), other)
    assert ([each["receiver_name"] for each in loaded], len(parser.rejects)) == (["丙公司"], 2)


SIGNED = ("物品持有人：何志强\n2024年4月17日", "见证人：吴春梅\n2024年4月17日", "办案民警：丁力\n2024年4月17日")


@pytest.mark.parametrize(("person", "holder"), [(0, "何志强"), (1, None)])
def test_who_signed_a_list_of_what_was_seized_from_him_is_its_holder_of_that_day(
    tmp_path: Path, person: int, holder: str | None
) -> None:
    file = tmp_path / "扣押清单.xlsx"
    book = Workbook()
    signed = [*SIGNED[person:], None, None]
    for row in (("编号", "名称", "数量", "特征", "备注"), ("1", "物联网卡", "1张", f"ICCID：{CARD(0)}", ""), signed):
        book.active.append(row[:5])
    book.save(file)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(file, answers=[] if holder else ["date=2024-04-18"])
        assert not report.unused
        (trace,) = case.trace(CARD(0))
    assert [(each.holder, each.when.day) for each in trace.seizures] == [(holder, f"2024-04-{17 if holder else 18}")]


def test_cards_below_months_beside_customers_are_asked_about() -> None:
    rows = [
        ("李国栋发卡对账（2024下半年）", None, None),
        ("客户", "7月", "8月"),
        ("开封老范", CARD(0), "—"),
        ("赵四", "—", CARD(1)),
        ("许昌宋姐", CARD(2), f"退 {CARD(3)}"),
    ]
    loaded, parser = read(*rows)
    assert [each["kind"] for each in loaded] == ["card_list"] * 3
    (asked,) = parser.questions
    assert (asked.field, asked.is_required, "…→[客户]" in asked.forms) == ("kind", False, True)
    loaded, parser = read(*rows, answers=parse_handed("李国栋→[客户]"))
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded if each["kind"] == "transfer"] == [
        ("李国栋", "开封老范"),
        ("李国栋", "赵四"),
        ("李国栋", "许昌宋姐"),
    ]
    assert parser.questions == []


@pytest.mark.parametrize(("sender", "receiver"), [("寄件公司", "收件公司"), ("寄方公司", "收方公司")])
def test_cards_of_parcels_with_a_state_are_asked_about_with_the_firms_of_both_sides(
    sender: str, receiver: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        f"客户对账清单\n序号,运单号码,寄件日期,{sender},寄件人,寄件电话,{receiver},收件人,收件电话,托寄物,备注,状态\n"
        f"1,SF1300000000001,2024-05-06,捷联讯公司,仓库,13100000001,海波通讯店,海波,13100000002,物联卡,卡号{CARD(0)},已签收\n"
        f"2,SF1300000000002,2024-05-09,捷联讯公司,仓库,13100000001,,蔡文静,13100000003,物联卡,{CARD(1)},已签收\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(file)
    (asked,) = [question for each in report.files for question in each.asked]
    assert asked.choices[0] == f"[{sender}]→[{receiver}]@[寄件日期]#[备注]"


BILL = (
    "微信支付账单明细,,,,,,,,,,\n微信昵称：[阿凯通信],,,,,,,,,,\n----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n"
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
    f"2024-08-30 21:14:08,转账,老孟,转账备注:买卡一张 {CARD(0)},收入,¥35.00,/,已存入零钱,1000011,/,/\n"
    f"2024-08-21 16:19:20,转账,邓华,转账备注:拿货1张，{CARD(1)},支出,¥35.00,/,支付成功,1000012,/,/\n"
    f"2024-08-17 15:33:12,转账,风中追风,转账备注:买卡{CARD(2)},收入,¥35.00,/,已全额退款,1000013,/,/\n"
    f"2024-08-14 15:33:12,转账,苏苏,转账备注:买卡{CARD(3)},/,¥35.00,/,支付成功,1000014,/,/\n"
)


@pytest.mark.parametrize("name", ["微信支付账单.csv", "流水.csv"])
def test_the_cards_of_payments_went_against_the_money_as_one_answer_says(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(BILL, "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (asked,) = [question for each in case.load(file).files for question in each.asked]
    answer = asked.choices[0]
    assert [offer.value for offer in asked.offers] == [answer]
    assert "阿凯通信→[交易对方]@[交易时间]#[商品]?[收/支]=收入" in answer.split("；")
    with gt.open_case(tmp_path / "b.gtrace") as case:
        case.load(file, answers=[f"kind={answer}"])
        traces = [case.trace(CARD(at))[0] for at in range(4)]
    hops = [[(hop.sender, hop.receiver) for chain in trace.chains for hop in chain.hops] for trace in traces]
    assert [[(giver.name, taker.name) for giver, taker in each if giver and taker] for each in hops] == [
        [("阿凯通信", "老孟")],
        [("邓华", "阿凯通信")],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("table", "offered", "handed"),
    [
        (
            (
                "交易时间,付款人,收款人,金额,备注\n"
                f"2025-03-05 10:00:00,张三,李四,500.00,卡款 {CARD(1)}\n"
                f"2025-03-06 10:00:00,张三,王五,500.00,购物联卡{CARD(2)}至{CARD(4)}\n"
            ),
            "[收款人]→[付款人]@[交易时间]#[备注]",
            {1: ("李四", "张三"), 2: ("王五", "张三")},
        ),
        (
            (
                "户名：云岭公司 账号：6222020200012345678,,,,,,\n"
                "交易日期,摘要,借方发生额,贷方发生额,对方户名,对方账号,备注\n"
                f"20250305,转账,500.00,0.00,李四,6222020200012345670,购卡 {CARD(1)}\n"
                f"20250306,转账,,900.00,王五,6222020200012345671,卡费 {CARD(2)}~{CARD(4)} 3张@300元\n"
            ),
            "云岭公司→[对方户名]@[交易日期]#[备注]?[贷方发生额]；[对方户名]→云岭公司@[交易日期]#[备注]?[借方发生额]",
            {1: ("李四", "云岭公司"), 2: ("云岭公司", "王五")},
        ),
    ],
)
def test_cards_of_payments_go_from_whoever_was_paid(
    tmp_path: Path, table: str, offered: str, handed: dict[int, tuple[str, str]]
) -> None:
    file = tmp_path / "流水.csv"
    file.write_text(table, "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (asked,) = [question for each in case.load(file).files for question in each.asked]
    assert [offer.value for offer in asked.offers] == [offered]
    with gt.open_case(tmp_path / "b.gtrace") as case:
        case.load(file, answers=[f"kind={offered}"])
        hops = {at: [hop for chain in case.trace(CARD(at))[0].chains for hop in chain.hops] for at in handed}
    sides = {at: [(hop.sender, hop.receiver) for hop in each] for at, each in hops.items()}
    assert {at: [(a.name, b.name) for a, b in each if a and b] for at, each in sides.items()} == {
        at: [pair] for at, pair in handed.items()
    }


@pytest.mark.parametrize(
    ("title", "sides", "payers"),
    [
        (
            True,
            "阿凯通信→[交易对方]@[交易时间]#[商品]?[收/支]=收入；[交易对方]→阿凯通信@[交易时间]#[商品]?[收/支]=支出",
            "阿凯通信",
        ),
        (
            False,
            "云岭公司→[交易对方]@[交易时间]#[商品]?[收/支]=收入；[交易对方]→云岭公司@[交易时间]#[商品]?[收/支]=支出",
            "云岭公司",
        ),
        (True, "阿凯通信→[交易对方]@[交易时间]#[商品]?[收/支]=收入", "阿凯通信"),
    ],
)
def test_the_payments_whose_cards_changed_hands_by_an_answer_are_recorded_too(
    tmp_path: Path, title: bool, sides: str, payers: str
) -> None:
    rent = "2024-08-22 10:00:00,转账,房东,转账备注:房租,支出,¥900.00,/,支付成功,1000015,/,/\n"
    table = BILL if title else BILL[BILL.index("交易时间") :]
    file = tmp_path / "流水.csv"
    file.write_text(table + rent, "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (read,) = case.load(file, answers=[f"kind={sides}"]).files
        paid = [(row["payer"], row["payee"]) for row in case.records(kind="payment")]
    assert sorted(paid) == sorted([("老孟", payers), (payers, "邓华"), (payers, "房东")])
    # what was refunded, and what went neither way, is neither; a payment without a card lacks nothing
    assert [(each.value or "", each.reason) for each in read.rejects if "房租" in str(each.raw)] == []
    assert sorted((each.field, each.reason) for each in read.rejects) == [
        ("direction", "missing_field"),
        ("当前状态", "not_a_record"),
    ]


def test_a_statement_whose_money_went_both_ways_by_its_sign_proposes_no_direction(tmp_path: Path) -> None:
    file = tmp_path / "流水.csv"
    file.write_text(
        "账户明细,,,,\n客户名称：云岭公司,,,,\n交易日期,交易金额,账户余额,对方户名,附言\n"
        f"20250305,-500.00,100,李四,购卡 {CARD(1)}\n20250306,900.00,900.00,王五,卡费 {CARD(2)}\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (asked,) = [question for each in case.load(file).files for question in each.asked]
    assert (asked.forms, asked.offers) == (("…→…",), ())


def test_a_document_of_one_party_whose_kind_stands_above_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "单据.csv"
    file.write_text(
        "单据类型：销售出库单,单据编号：1,单据日期：2024-03-12,往来单位：温岭市大溪镇阿林手机店有限公司,状态：已审核\n"
        f"行号,存货名称,数量,序列号,备注\n1,电信物联卡,1,{CARD(0)},\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (asked,) = [question for each in case.load(file).files for question in each.asked]
    assert (asked.field, asked.choices, asked.is_required) == ("kind", ("transfer", "return", "card_list"), False)
    assert "销售出库单" in asked.text.zh
    assert "…→温岭市大溪镇阿林手机店有限公司" in asked.forms


def test_of_a_list_of_cards_the_columns_that_name_parties_are_told() -> None:
    names = ("Asset No", "ICCID", "Status", "SIM Supplier", "Current user Name", "Customer phone")
    loaded, parser = read(
        names, ("HD-0117", "89443060862529439248", "In use", "Wavecrest M2M Ltd", "Graham Speight", "+441632960011")
    )
    assert [each["kind"] for each in loaded] == ["card_list"]
    told = ("Graham Speight", "Wavecrest M2M Ltd")
    assert sorted(unread(parser)) == [(2, "remark_not_read", text) for text in told]


def test_a_card_of_a_range_that_counts_by_check_digits_is_shown_as_it_was_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    ends = "8986032411000031016,8986032411000031032"
    file.write_text(f"转出方,转入方,日期,ICCID起始,ICCID结束,数量\n云岭公司,张三,2025-03-18,{ends},3\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(file)
        (trace,) = case.trace("8986032411000031024")
    assert trace.card is not None
    assert (trace.found, trace.card.iccid, trace.card.key) == (True, "8986032411000031024", "8986032411000031024")


@pytest.mark.parametrize("word", ["转账失败", "支付失败", "Transfer failed"])
def test_by_a_payment_that_failed_nobody_got_cards(tmp_path: Path, word: str) -> None:
    cards = ("89860620250030000014", "89860620250030000022")
    rows = [f"2025-03-01 10:00,{kind},阿坤,收入,100,{card}" for kind, card in zip((word, "转账"), cards, strict=True)]
    heads = "交易时间,交易类型,交易对方,收/支,金额(元),备注"
    (tmp_path / "账单.csv").write_text("\n".join([heads, *rows, ""]), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "账单.csv", answers=["kind=坤达→[交易对方]@[交易时间]#[备注]?[收/支]=收入"])
        assert [len(trace.chains) for trace in case.trace(*cards)] == [0, 1]
