"""Papers that say by themselves who gave and who got: letterheads, forms, footers, orders, ledgers."""

from __future__ import annotations

import pytest

import graphtrace as gt
from graphtrace.ingest.by_content import layout_by_content
from graphtrace.ingest.given_answers import parse_answers, parse_handed
from graphtrace.ingest.labelled_values import labelled_in
from graphtrace.ingest.own_lists import find_own_list, seals_below
from graphtrace.ingest.sheet_evidence import handed_by_column, handed_offers, read_evidence
from graphtrace.model import format_day

from .sheets import Row, read_rows, sheet_of
from .sheets import read_both_ways as read

CARD = "8986062350001200{:03d}".format
FIRM, BUYER = "长沙云途车联网有限公司", "株洲捷联通讯有限公司"


def moves(*rows: Row, **options: object) -> list[tuple[object, ...]]:
    loaded, _ = read(*rows, **options)
    return [
        (each["kind"], each["sender_name"], each["receiver_name"], format_day(each["first_day"])) for each in loaded
    ]


def line(*cells: str, width: int = 5) -> Row:
    return (*cells, *[None] * (width - len(cells)))


GOODS: Row = ("序号", "品名", "单位", "数量", "备注")
ROW: Row = ("1", "物联网卡", "张", "1", CARD(0))


def test_a_paper_is_read_by_its_letterhead_and_ends_with_its_total() -> None:
    found = moves(
        line(FIRM),
        line("送  货  单"),
        line("客户：", BUYER),
        line("日期：", "2025年3月25日"),
        GOODS,
        ROW,
        ("2", "主板", "块", "2", None),
        ("3", None, None, None, None),
        line("合计"),
        line("制单：王", "收货人签字：", "李小萍"),
        line("①存根(白) ②客户(红)"),
    )
    assert found == [("transfer", FIRM, BUYER, "2025-03-25")]


def test_lines_of_a_form_below_the_table_are_no_rows_and_name_the_sender() -> None:
    loaded, parser = read(
        line("销售出库单"),
        line("单据日期：", "2025-03-25", "客户：", BUYER),
        GOODS,
        ROW,
        line(f"供货方：{FIRM}", "客户签收："),
    )
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [(FIRM, BUYER)]
    assert [(reject.row, reject.reason) for reject in parser.rejects] == [(5, "not_a_record")]


def test_a_line_below_a_table_that_denies_its_rows_stays_among_them() -> None:
    _, parser = read(
        ("日期", "转出方", "转入方", "卡号"), ("2025-03-25", FIRM, BUYER, CARD(0)), line("备注：第2行作废", width=4)
    )
    assert [reject.reason for reject in parser.rejects] != ["not_a_record"]


def test_what_is_sent_back_to_a_supplier_goes_to_whom_the_line_calls_so() -> None:
    assert moves(
        line("采购退货单"),
        line("供应商", BUYER, "退货日期", "2025-03-25"),
        (None, "ICCID", "型号", "数量", "单价"),
        ("1", CARD(0), "CAT1", "1", "9"),
        line(f"退货单位（盖章）：{FIRM}"),
    ) == [("return", FIRM, BUYER, "2025-03-25")]


def test_a_branch_of_a_carrier_whose_name_begins_the_title_of_a_paper_sold_the_cards() -> None:
    carrier = "中国联通有限公司长沙市分公司"
    assert moves(
        line(f"{carrier}物联网号卡出库单"),
        line("出库日期", "2025-03-25", "出库单号", "AH-91"),
        line("领取单位", BUYER, "领取人", "葛晓东"),
        ("卡类型", "起始ICCID", "终止ICCID", "数量", "备注"),
        ("三切", CARD(0), CARD(9), "10", None),
    ) == [("transfer", carrier, BUYER, "2025-03-25")]


def test_names_and_values_side_by_side_are_a_line_of_a_form_only_where_a_value_says_so() -> None:
    line_of_form = labelled_in(["领取单位", BUYER, "出库日期", "2025-03-25"])
    assert [each[:2] for each in line_of_form] == [("领取单位", BUYER), ("出库日期", "2025-03-25")]
    assert labelled_in(["总数", "5", "成功", "3"])
    assert not labelled_in(["客户", "日期", "卡号", "数量"])
    assert not labelled_in(["客户", "销售政策", "备注", "待定"])


def test_the_period_of_a_statement_is_the_year_of_its_days() -> None:
    assert moves(
        line("对  账  单", width=3),
        line(f"供方：{FIRM}", f"需方：{BUYER}", width=3),
        line("对账期间：2025年03月01日—2025年03月31日", width=3),
        ("送货日期", "数量", "卡号段"),
        ("3/25", "10", f"{CARD(0)}~{CARD(9)[-4:]}"),
    ) == [("transfer", FIRM, BUYER, "2025-03-25")]


def test_orders_of_a_shop_name_who_got_the_cards_of_their_serial_numbers() -> None:
    headings = ("订单编号", "店铺", "收件人", "货品数量", "SN码", "发货时间")
    row = ("JY1", "云络旗舰店", "何建国", "1", CARD(0), "2025-03-25")
    assert moves(headings, row) == [("transfer", "云络旗舰店", "何建国", "2025-03-25")]


def test_a_customer_beside_the_organisation_that_sends_is_who_got_the_cards() -> None:
    row = ("2025-03-25", BUYER, FIRM, "10", f"卡号段 {CARD(0)}—{CARD(9)} 卡号表已邮件")
    assert moves(("日期", "客户", "发货组织", "实发数量", "备注"), row) == [("transfer", FIRM, BUYER, "2025-03-25")]


def test_source_and_target_of_what_was_withdrawn_are_its_sides() -> None:
    row = (BUYER, FIRM, CARD(0), "2025-03-25")
    assert moves(("回收来源", "回收至", "ICCID", "回收时间"), row) == [("return", BUYER, FIRM, "2025-03-25")]


def test_a_column_for_each_way_says_which_way_a_row_went() -> None:
    rows = [("2025-03-25", "老吴", "进", None, "1", CARD(7)), ("2025-03-26", "小董", None, "出", "1", CARD(7))]
    loaded, _ = read_rows(("日子", "谁", "进", "出", "数", "卡号"), *rows, answers={"keeper": "老张"})
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [("老吴", "老张"), ("老张", "小董")]


@pytest.mark.parametrize(("state", "rows"), [("成功", 1), ("失败：卡不属于该代理商", 0)])
def test_a_state_that_gives_the_reason_of_a_failure_is_one(state: str, rows: int) -> None:
    loaded, _ = read(
        ("划出代理商", "划入代理商", "卡号", "划拨时间", "状态"), (FIRM, BUYER, CARD(0), "2025-03-25", state)
    )
    assert len(loaded) == rows


def test_whoever_seals_a_reply_below_its_table_wrote_it() -> None:
    rows = [(0, ["关于协助查询物联网卡信息的复函"])]
    own = find_own_list([*rows, *seals_below(["中移物联网有限公司河南分公司（章）"])])
    assert own is not None
    assert own.carrier == "中移物联网有限公司河南分公司"
    assert find_own_list([*rows, *seals_below(["郑州市公安局金水分局（章）"])]) is None


HEADLESS = (("2025-03-25", CARD(0), BUYER, "12"), ("2025-03-26", CARD(1), "沭阳县佳佳通讯", "11"))


def test_cards_below_no_known_heading_are_found_by_their_numbers_and_asked_about() -> None:
    rows = [*enumerate([("甲", "乙", "丙"), ("x", CARD(0), "2"), ("y", CARD(1), "3")], 1)]
    layout = layout_by_content(rows)
    assert layout is not None
    assert (layout.header, dict(layout.places)) == (1, {"iccid": 1})
    with pytest.raises(gt.errors.UnknownKind):
        read(*(cells for _, cells in rows))
    assert layout_by_content([(1, [f"发你了 {CARD(0)}"]), (2, ["收到"])]) is None


def test_one_answer_says_who_gave_the_cards_of_a_table_without_headings_to_whom() -> None:
    answers = {each.field: each.value for each in parse_answers([f"kind={FIRM}→[C]"])}
    assert answers == {"kind": "transfer", "from": FIRM, "to": "[C]"}
    loaded, _ = read_rows(*HEADLESS, answers=answers)
    assert [(each["sender_name"], each["receiver_name"]) for each in loaded] == [
        (FIRM, BUYER),
        (FIRM, "沭阳县佳佳通讯"),
    ]


@pytest.mark.parametrize("text", ["转让", "甲", "→乙", "未知:甲→乙"])
def test_other_answers_name_no_sides(text: str) -> None:
    assert parse_handed(text) is None


def test_the_question_offers_who_may_have_given_the_cards_to_whom() -> None:
    sheet = sheet_of(line(f"{FIRM} 卡片记录", width=2), ("张数", "往来"), (CARD(0), BUYER))
    offers = handed_offers(read_evidence(sheet, "卡.csv", 2, ("张数", "往来")))
    assert [offer.value for offer in offers] == [f"{FIRM}→[往来]", f"[往来]→{FIRM}"]


def test_a_column_that_says_its_side_is_proposed_for_that_side_only() -> None:
    assert handed_by_column("Returned by", "…") == ["return:[Returned by]→…"]
    assert handed_by_column("客户", "云岭") == ["云岭→[客户]", "[客户]→云岭"]


@pytest.mark.parametrize(
    "heads", [("1月", "2月"), ("Jan 2024", "Feb 2024"), ("1", "2"), ("5日", "6日"), ("2024-03", "付钱没")]
)
def test_headings_of_months_days_and_numbers_are_no_sides(heads: tuple[str, str]) -> None:
    names = ("ICCID", *heads, "谁拿的")
    sheet = sheet_of(names, (CARD(0), "郭磊", "赵一鸣", "石小军"), (CARD(1), "石小军", "郭磊", "郭磊"))
    evidence = read_evidence(sheet, "卡.csv", 1, names, {"ICCID"})
    assert [offer.value for offer in handed_offers(evidence) if "]→[" in offer.value] == []
    assert evidence.of_names == ("谁拿的",)
