"""What stands in brackets behind a heading belongs to it, unless it is known to change nothing."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer, UnknownHeadings
from graphtrace.ingest.heading_grammar import normalize_heading

from .sheets import Row, read_rows

CARD = "898606253002102{:04d}".format

HARMLESS = (
    "卡面",
    "必填", "选填", "文本", "文本格式", "YYYY-MM-DD", "yyyy/mm/dd hh:mm:ss", "年-月-日", "格式：2024-01-01",
    "例：2024-01-01", "张", "枚", "19位", "19-20位", "全称", "客户",
    "19位，不含末位校验码", "20位、含校验位", "无校验位", "19 digits, without check digit", "excl. check digit",
    "UTC+8", "北京时间", "required", "Optional", "pcs", "单位：张",
)  # fmt: skip
CHANGING = (
    "万张", "百张", "千张", "箱", "盒", "GB", "个月", "计划", "拟", "未", "作废", "含退货", "预计", "意向",
    "19位,作废", "必填,计划", "19digits,void",
    "未成交", "不含", "未成功", "已注销", "待定", "草稿", "估计", "约", "累计", "planned", "void", "x1000",
)  # fmt: skip


@pytest.mark.parametrize("remark", HARMLESS)
def test_a_remark_that_changes_nothing_is_no_part_of_a_heading(remark: str) -> None:
    for form in ("数量({})", "数量（{}）", "数量【{}】", "数量[{}]", "数量({})(必填)"):
        assert normalize_heading(form.format(remark)) == "数量"


@pytest.mark.parametrize("remark", CHANGING)
def test_any_other_remark_is_part_of_it(remark: str) -> None:
    assert normalize_heading(f"数量({remark})") == f"数量({remark.casefold()})"


def test_money_is_a_remark_of_amounts_only() -> None:
    assert [normalize_heading(each) for each in ("单价(元)", "金额（人民币元）", "价格(元/张)")] == [
        "单价",
        "金额",
        "价格",
    ]
    assert normalize_heading("数量(元)") == "数量(元)"


@pytest.mark.parametrize(
    "heading", ["数量(元)", "数量(GB)", "数量(万张)", "数量（箱）", "数量(含退货)", "数量(计划)", "数量【未】"]
)
def test_a_number_of_something_else_is_no_number_of_cards(heading: str) -> None:
    with pytest.raises((NeedsAnswer, UnknownHeadings)):
        read_rows(("转出方", "转入方", "日期", heading), ("甲", "乙", "2024-03-05", "5"))
    loaded, parser = read_rows(("转出方", "转入方", "日期", "卡号", heading), ("甲", "乙", "2024-03-05", CARD(1), "5"))
    assert [(each["kind"], each["quantity"]) for each in loaded] == [("transfer", None)]
    assert [(each.reason, each.heading, each.rows) for each in parser.remarks] == [("remark_in_heading", heading, 1)]


@pytest.mark.parametrize(
    "heads",
    [
        ("转出方", "转入方", "日期（预计）", "卡号"),
        ("转出方", "转入方", "转让日期(未成交)", "卡号"),
        ("转出方", "转入方(意向)", "日期", "卡号"),
        ("转出方", "转入方", "日期", "卡号(作废)"),
        ("转出方", "转入方", "日期", "卡号(不含)"),
        *(
            ("转出方", "转入方", "日期", heading)
            for heading in (
                *("卡号(错误)", "卡号（已退）", "ICCID (returned)", "ICCID (old)", "ICCID(wrong)", "ICCID (replaced)"),
                *(
                    "作废卡号",
                    "错误ICCID",
                    "退回卡号",
                    "坏卡ICCID",
                    "注销卡号",
                    "Old ICCID",
                    "Void ICCID",
                    "faulty SIM",
                ),
            )
        ),
    ],
)
def test_a_heading_that_says_that_it_is_not_so_states_no_event(heads: Row) -> None:
    rows = [("甲", "乙", "2024-03-05", CARD(number)) for number in range(3)]
    with pytest.raises((NeedsAnswer, UnknownHeadings)):
        read_rows(heads, *rows)


def test_cards_that_came_back_are_those_of_a_list_of_returns() -> None:
    heads = ("退货方", "接收方", "退货日期", "退回卡号")
    loaded, _ = read_rows(heads, *[("甲", "乙", "2024-03-05", CARD(number)) for number in range(3)])
    assert [each["kind"] for each in loaded] == ["return"] * 3


def test_an_activation_that_did_not_succeed_is_none() -> None:
    heads = ("ICCID", "客户", "激活时间(未成功)", "使用人(已注销)")
    loaded, parser = read_rows(heads, (CARD(1), "甲", "2024-03-05", "王五"))
    assert [each["kind"] for each in loaded] == ["card_list"]
    assert {each.reason for each in parser.remarks} == {"remark_in_heading", "remark_not_read"}


@pytest.mark.parametrize(
    "heading", ["号段（首-尾）", "号段(起-止)", "起止号段(头/尾)", "卡号(首尾)", "ICCID（号段）", "号段【起始至终止】"]
)
def test_a_remark_that_says_how_a_range_is_written_changes_nothing(heading: str) -> None:
    head = ("转出方", "转入方", "日期", heading, "数量")
    loaded, parser = read_rows(
        head,
        ("甲", "乙", "2024-03-05", f"{CARD(1)}-{CARD(50)}", "50张"),
        ("甲", "乙", "2024-03-05", f"{CARD(51)}-{CARD(100)}", "50张"),
    )
    assert [(each["precision"], each["quantity"]) for each in loaded] == [("range", 50)] * 2
    assert (parser.rejects, parser.remarks) == ([], [])


@pytest.mark.parametrize("heading", ["查询卡号（ICCID）", "被查询ICCID", "涉案卡号", "扣押卡号"])
def test_the_card_of_a_query_is_one_of_its_reply(heading: str) -> None:
    loaded, _ = read_rows((heading, "客户名称", "卡状态"), (CARD(1), "云岭物联", "停机"))
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("card_list", "云岭物联")]
