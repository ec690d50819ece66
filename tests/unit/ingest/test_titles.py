"""A title, or the name of a sheet, that speaks against all its rows decides them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.recipes.recipe_loader import load_recipes
from graphtrace.ingest.recipes.recipe_selection import choose_recipe
from graphtrace.ingest.sheet_opening import open_sheet_parser

from .recipes.reading import records_of
from .recipes.test_builtin import SAMPLES
from .sheets import Row, sheet_of

CARD = "898606253002102{:04d}".format
HEADS = ("转出方", "转入方", "日期", "卡号")
ROWS: list[Row] = [("甲公司", "乙公司", "2024-03-05", CARD(number)) for number in range(3)]

NOTHING_HAPPENED = (
    "已取消订单", "未成交订单", "作废出库单", "出库计划表", "待发货清单", "报价单", "意向客户名单", "填写示例",
    "模板", "测试数据", "丢失登记表", "预订单", "草稿", "样表", "2024年3月发货计划", "撤销划拨记录",
    "拟出库清单", "询价记录", "客户取消订单汇总", "Cancelled orders", "VOID", "Plan", "Quote", "Example",
    "template", "Test", "Sales plan", "draft", "Pending orders", "红字出库单", "冲销单", "还卡登记表", "借卡登记表",
    "丢卡登记表", "盘亏表", "押金登记", "培训演练", "旧表", "错误版本", "未经审核", "卡片已全部收回", "备货单",
    "调拨申请", "Pro forma invoice", "RMA list", "Loan register", "Reserved cards",
    "出库单（红冲）", "2024年预出库单", "待签收明细", "重复单据", "盘点差异表", "投标清单", "需求清单", "寄样登记",
    "Undelivered list", "RTO list", "Not collected", "To be dispatched", "Expected deliveries", "Orders on hold",
    "Deal pipeline", "Forecast 2024", "Wishlist",
    "Projected first use of cards", "Expected activations",
)  # fmt: skip
RETURNS = ("退货登记表", "退卡明细", "2024年退货", "Returns", "Returned cards")
OTHERS = (
    "出库单", "销售明细", "测试卡发放登记表", "取消限速套餐销售明细", "作废回收有限公司出库单", "Data plan",
    "流量计划", "上海测试科技有限公司销售台账", "Sheet1", "2024年3月", "客户名单", "计划外采购", "退货政策",
    "Test Ltd sales", "Protest", "RTO Pune sales", "Budget Mobiles sales", "供需求是商行销售明细",
    "云洲培训学校", "充值冲值明细", "计划部领用登记",
)  # fmt: skip


def read(title: str | None, name: str | None, **options: Any) -> tuple[list[str], SheetParser]:
    rows: list[Row] = [*([(title, None, None, None)] if title else []), HEADS, *ROWS]
    sheet = sheet_of(*rows, name=name)
    parser = open_sheet_parser(sheet, **options)
    kinds = [kind for frame in parser.frames() for kind in frame["kind"].to_list()]
    return kinds, parser


@pytest.mark.parametrize("text", NOTHING_HAPPENED)
def test_rows_below_a_title_or_in_a_sheet_that_says_so_did_not_happen(text: str) -> None:
    for title, name in ((text, None), (None, text)):
        kinds, parser = read(title, name)
        assert (kinds, parser.rows, parser.rejected) == ([], 3, 3)
        assert [(each.reason, each.value) for each in parser.rejects] == [("not_a_record", text)]
        assert [(each.reason, each.value) for each in parser.remarks] == [("title_decides", text)]
        (question,) = parser.questions
        assert (question.rows, question.is_required, question.choices) == (3, False, ("none", "ignore"))
        kinds, parser = read(title, name, answers={question.field: "ignore"})
        assert (len(kinds), parser.rejected) == (3, 0)
        assert parser.answered[question.field] == "ignore"


@pytest.mark.parametrize("text", RETURNS)
def test_rows_below_a_title_of_returns_are_returns(text: str) -> None:
    for title, name in ((text, None), (None, text)):
        _, parser = read(title, name)
        assert (parser.kind, parser.rejected) == ("return", 0)
        assert [(each.reason, each.value) for each in parser.remarks] == [("title_decides", text)]


@pytest.mark.parametrize("text", OTHERS)
def test_other_titles_decide_nothing(text: str) -> None:
    for title, name in ((text, None), (None, text)):
        _, parser = read(title, name)
        assert (parser.kind, parser.rejected, parser.questions) == ("transfer", 0, [])


def test_a_title_of_returns_does_not_go_before_a_person() -> None:
    _, parser = read("退货登记表", None, as_kind="transfer")
    assert (parser.kind, parser.rejected) == ("transfer", 0)


SUPPOSED = (
    "Dear Mr Rao, below is what we would send if you agree.",
    "Please ignore my earlier mail, the list below was wrong.",
    "Nothing has been dispatched yet, for your information:",
    "Here is what he says he bought, I did not check it:",
    "We had planned to supply these but the buyer withdrew:",
    "Kindly confirm whether these were delivered:",
    "Should you pay by Friday we will dispatch the following:",
    "Subject to your approval the following go to Lekki Traders:",
    "王总，下面是如果您同意我们要发的卡：",
    "前面那封邮件的表不算：",
    "打算下周发给李四的卡如下：",
    "请帮忙核实李四是否收到以下卡：",
    "据李四所说，他买了这些：",
)
"""Sentences above a table by which it is no statement of what happened."""
PLAIN = (
    "Below is the stock we sold to Lekki Traders on 3 June 2025:",
    "Please find the cards dispatched below. If you have any questions, let us know.",
    "We shall send the CDRs separately.",
    "We will send the invoice later.",
    "附上发给李四的卡，明细如下：",
    "如有疑问请联系王经理，如需进一步核实请来函。",
    "根据贵单位要求，现提供以下卡的登记资料：",
    "据此，本公司提供如下资料：",
)


@pytest.mark.parametrize("text", SUPPOSED)
def test_rows_below_a_sentence_that_supposes_or_takes_them_back_are_asked(text: str) -> None:
    kinds, parser = read(text, None)
    assert (kinds, parser.rejected, [each.choices for each in parser.questions]) == ([], 3, [("none", "ignore")])
    answers: dict[str, str] = {}
    while parser.questions:
        answers |= {parser.questions[0].field: "ignore"}
        kinds, parser = read(text, None, answers=answers)
    assert (len(kinds), parser.rejected) == (3, 0)


@pytest.mark.parametrize("text", PLAIN)
def test_a_sentence_that_only_brings_its_rows_decides_nothing(text: str) -> None:
    _, parser = read(text, None)
    assert (parser.kind, parser.rejected, parser.questions) == ("transfer", 0, [])


STATING = [name for name, sample in SAMPLES.items() if "records" in sample or "supports" in sample]


@pytest.mark.parametrize("name", STATING)
def test_a_title_above_a_table_that_a_recipe_reads_decides_its_rows_too(tmp_path: Path, name: str) -> None:
    sample = SAMPLES[name]
    file, answers = f"作废清单\n{sample['file']}", sample.get("set", {})
    read = records_of(file, answers, tmp_path)
    assert (read.recipe, read.error, read.records, read.supports) == (name, None, [], [])
    assert (len(read.rejects), read.questions) == (1, ["words.作废"])
    read = records_of(file, {**answers, "words.作废": "ignore"}, tmp_path)
    assert (read.records, read.supports) == (sample.get("records", []), sample.get("supports", []))


def test_a_title_of_returns_leaves_out_sales_that_a_recipe_reads_and_tells_their_cards(tmp_path: Path) -> None:
    (tmp_path / "sold.csv").write_text(f"退货登记表\n{SAMPLES['agent_issue']['file']}", encoding="utf-8")
    (sheet,) = open_sheets(tmp_path / "sold.csv")
    answers = SAMPLES["agent_issue"].get("set", {})
    parser = open_sheet_parser(sheet, choice=choose_recipe(sheet, load_recipes()), answers=answers)
    assert isinstance(parser, SheetParser)
    assert list(parser.frames()) == []
    assert [(each.reason, each.value) for each in parser.remarks] == [("title_decides", "退货登记表")]
    assert {(each["kind"], each["reason"]) for each in parser.unread.iter_rows(named=True)} == {
        ("return", "kind_differs")
    }


def named(
    file: str, sheet: str | None = None, **options: Any
) -> tuple[int, list[tuple[str, str]], set[tuple[str, str]]]:
    parser = open_sheet_parser(sheet_of(HEADS, *ROWS, name=sheet), **options)
    assert isinstance(parser, SheetParser)
    parser.file_name = file
    count = sum(frame.height for frame in parser.frames())
    told = {(each["reason"], each["text"]) for each in parser.unread.iter_rows(named=True)}
    return count, [(each.reason, each.value or "") for each in parser.remarks], told


@pytest.mark.parametrize(
    "name", ["作废", "草稿", "转让计划", "退货", "旧版-勿用", "嫌疑人供述", "待核实", "转让记录（作废）", "template"]
)
def test_the_name_of_a_file_decides_nothing_and_is_quoted_with_its_cards(name: str) -> None:
    assert named(f"{name}.csv") == (3, [("name_not_read", name)], {("name_not_read", name)})
    assert named(f"{name}.csv", as_kind="return")[0] == 3


@pytest.mark.parametrize(
    "name",
    [
        *("待核实", "错误数据", "存疑", "推定流向分析表", "群众举报线索", "网络流传的出货单", "AI生成 关系推演"),
        *("Working hypothesis of the flow", "Training exercise", "演练"),
    ],
)
def test_the_name_of_a_sheet_or_a_title_that_doubts_its_rows_is_quoted_with_its_cards(name: str) -> None:
    assert named("a.xlsx", name) == (3, [("name_not_read", name)], {("name_not_read", name)})
    kinds, parser = read(name, None)
    assert (len(kinds), [(each.reason, each.value) for each in parser.remarks]) == (3, [("line_not_read", name)])
    assert {each["text"] for each in parser.unread.iter_rows(named=True)} == {name}


@pytest.mark.parametrize(
    "name", ["销售明细", "流量计划", "2024-03_sales", "蓝讯退换货中心有限公司", "核对单", "涉案线索卡", "分析"]
)
def test_other_names_of_files_and_sheets_say_nothing(name: str) -> None:
    assert named(f"{name}.csv", name) == (3, [], set())


def test_a_person_may_say_that_a_word_of_the_name_says_nothing() -> None:
    assert named("作废.csv", answers={"words.作废": "ignore"}) == (3, [], set())


def test_returns_in_a_file_of_returns_are_not_doubted() -> None:
    assert named("退货.csv", as_kind="return")[1:] == ([], set())


@pytest.mark.parametrize("title", ["发货退货登记表", "领用及退库登记表", "进退货单", "出库退库流水"])
def test_the_title_of_a_book_of_both_ways_makes_no_returns_of_all_rows(title: str) -> None:
    kinds, parser = read(title, None)
    assert (parser.kind, "return" in kinds) == ("transfer", False)
