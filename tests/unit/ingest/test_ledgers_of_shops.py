"""Ledgers of shops: each way of a card has its own party and day, and a title names who keeps the book."""

from __future__ import annotations

import pytest

from graphtrace.errors import NeedsAnswer
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.ingest.sheet_tables import split_tables
from graphtrace.model import format_day

from .sheets import read_all, read_both_ways, read_rows, sheet_of

CARDS = [f"898606276035988329{n:02}" for n in range(10, 20)]
HEADS = ("ICCID", "进货日期", "供货商", "进价", "售出日期", "客户", "售价", "退货日期", "退货原因", "状态")
SOLD = (CARDS[0], "2024/4/16", "段志强", "55", "2024/4/20", "李翠萍", "99", None, None, "已售")
BACK = (CARDS[1], "2024/4/16", "段志强", "55", "2024/4/22", "彭涛", "99", "2024/4/25", "搜不到信号", "已退")
KEPT = (CARDS[2], "2024/4/28", "孟晓霞", "55", None, None, None, None, None, "在库")
SOLD_AND_KEPT = (CARDS[3], "2024/4/28", "孟晓霞", "55", "2024/5/2", "汪洋", "99", None, None, "在库")


def titled(title: str, *rows: tuple[str | None, ...]) -> list[tuple[str | None, ...]]:
    return [(title, *[None] * (len(rows[0]) - 1)), *rows]


def moves(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    names = ("row", "kind", "sender_name", "receiver_name", "price")
    return [tuple(each[name] for name in names) for each in loaded]


def test_each_way_of_a_card_in_a_row_has_its_own_party_day_and_price() -> None:
    loaded, _ = read_both_ways(*titled("速连通讯店 流量卡进销存（2024）", HEADS, SOLD, BACK))
    assert sorted(moves(loaded)) == [
        (3, "transfer", "段志强", "速连通讯店", "55"),
        (3, "transfer", "速连通讯店", "李翠萍", "99"),
        (4, "return", "彭涛", "速连通讯店", None),
        (4, "transfer", "段志强", "速连通讯店", "55"),
        (4, "transfer", "速连通讯店", "彭涛", "99"),
    ]
    assert len({(each["kind"], each["first_day"]) for each in loaded}) == 4


def test_a_card_that_is_in_stock_came_in_and_one_that_is_said_to_be_sold_as_well_is_told() -> None:
    loaded, parser = read_both_ways(*titled("速连通讯店 流量卡进销存（2024）", HEADS, SOLD, BACK, KEPT, SOLD_AND_KEPT))
    assert [each for each in moves(loaded) if each[0] in (5, 6)] == [(5, "transfer", "孟晓霞", "速连通讯店", "55")]
    assert {*parser.unread.select("row", "field", "text").rows()} == {(6, "状态", "在库")}


def test_who_keeps_such_a_ledger_is_asked_where_no_title_says_it() -> None:
    heads = [head for head in HEADS if head != "状态"]
    _, parser = read_rows(heads, SOLD[:-1], KEPT[:-1], answers={"keeper": "甲店"})
    assert parser.answered == {"keeper": "甲店"}
    with pytest.raises(NeedsAnswer) as caught:
        read_rows(
            ("ICCID", "入库日期", "供应商", "出库日期", "客户"), (CARDS[0], "2024-02-01", "甲", "2024-03-01", "李四")
        )
    assert caught.value.fields == ("keeper",)


@pytest.mark.parametrize(("title", "year"), [("孟晓霞  2024年4月进出卡台账", 2024), ("各店2024年4月进出卡台账", None)])
def test_a_person_keeps_the_book_that_bears_the_whole_name(title: str, year: int | None) -> None:
    heads, row = ("日期", "上家", "下家", "卡号"), ("4月3日", "段志强", "郭小龙", CARDS[0])
    asked = {} if year else {"keeper": "甲店"}
    loaded, _ = read_rows(*titled(title, heads, row), answers=asked)
    assert {name for each in loaded for name in (each["sender_name"], each["receiver_name"])} == {
        *("段志强", "郭小龙", "孟晓霞" if year else "甲店")
    }


NOTES = ("单号", "入库日期", "入库类型", "往来单位", "ICCID", "数量")


def notes(title: str, way: str, *kinds: str) -> tuple[list[tuple[object, ...]], SheetParser]:
    heads = tuple(head.replace("入库", way) for head in NOTES)
    rows = [(f"K{n}", "2024-02-11", kind, f"第{n}商贸有限公司", CARDS[n], "1") for n, kind in enumerate(kinds, 1)]
    loaded, parser = read_both_ways(*titled(title, heads, *rows))
    return [(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded], parser


FIRM = "联拓物联科技有限公司"


def test_the_kind_of_each_row_says_which_way_its_cards_came_in_or_went_out() -> None:
    came, _ = notes(f"{FIRM} 入库单", "入库", "采购入库", "退货入库", "采购退货")
    assert came == [
        ("transfer", "第1商贸有限公司", FIRM),
        ("return", "第2商贸有限公司", FIRM),
        ("return", FIRM, "第3商贸有限公司"),
    ]
    went, parser = notes(f"{FIRM} 出库单", "出库", "销售出库", "退供应商", "报损")
    assert went == [("transfer", FIRM, "第1商贸有限公司"), ("return", FIRM, "第2商贸有限公司")]
    assert parser.unread.select("row", "field", "text").rows() == [(5, "出库类型", "报损")]


def test_a_book_of_what_came_in_may_name_ranges() -> None:
    heads = ("单号", "入库日期", "入库类型", "往来单位", "起始ICCID", "终止ICCID", "数量")
    rows = [("K1", "2024-02-11", "采购入库", "甲商贸有限公司", "89860425000000000010", "89860425000000000014", "5")]
    rows += [("K2", "2024-02-12", "退货入库", "段志强", CARDS[5], CARDS[5], "1")]
    loaded, _ = read_both_ways(*titled(f"{FIRM} 入库单", heads, *rows))
    assert {(each["kind"], each["sender_name"], each["receiver_name"]) for each in loaded} == {
        ("transfer", "甲商贸有限公司", FIRM),
        ("return", "段志强", FIRM),
    }


def test_what_empty_cells_below_a_day_and_a_party_say_is_asked_and_read_as_it_is_answered() -> None:
    heads = ("日期", "谁拿的", "卡号", "备注")
    rows = [
        ("3.5", "周建国", CARDS[0], None),
        (None, None, CARDS[1], None),
        (None, "李春萍", CARDS[2], None),
        (None, None, CARDS[3], None),
        ("5.6", "孙老板", CARDS[4], None),
        ("合计", None, "5", None),
    ]
    told = titled("小马物联 出卡登记 2024年", heads, *rows)
    loaded, parser = read_both_ways(*told, answers={"from": "马志强"})
    assert [each["row"] for each in loaded if each["kind"] == "transfer"] == [3, 7]
    assert [(one.field, one.rows, one.choices) for one in parser.questions] == [("blanks", 3, ("above", "none"))]
    loaded, parser = read_both_ways(*told, answers={"from": "马志强", "blanks": "above"})
    sold = [(each["row"], each["receiver_name"], format_day(each["first_day"])) for each in loaded]
    assert sold == [
        (3, "周建国", "2024-03-05"),
        (4, "周建国", "2024-03-05"),
        (5, "李春萍", "2024-03-05"),
        (6, "李春萍", "2024-03-05"),
        (7, "孙老板", "2024-05-06"),
    ]
    assert parser.answered["blanks"] == "above"
    assert "blanks" in parser.places["by_person"]
    _, parser = read_both_ways(*told, answers={"from": "马志强", "blanks": "none"})
    assert (parser.questions, [each.row for each in parser.rejects]) == ([], [4, 5, 6, 8])


@pytest.mark.parametrize(
    ("remark", "day"),
    [
        ("5.2退回", "2024-05-02"),
        ("4.20退回，换了新的", "2024-04-20"),
        ("客户已退货 2024/5/2", "2024-05-02"),
        ("Returned 1 pc on 13/05/2024 – wrong network", "2024-05-13"),
        ("3.1退回", None),
        ("5.2退回一半", None),
        ("Returned 2 pcs on 13/05/2024", None),
    ],
)
def test_a_remark_that_all_came_back_on_a_later_day_is_a_return_beside_its_sale(remark: str, day: str | None) -> None:
    row = ("2024-03-13", "甲店", "周建国", CARDS[0], remark)
    loaded, _ = read_both_ways(("日期", "转出方", "转入方", "卡号", "备注"), row)
    found = [(each["kind"], each["sender_name"], format_day(each["first_day"])) for each in loaded]
    if day is not None:
        assert sorted(found) == [("return", "周建国", day), ("transfer", "甲店", "2024-03-13")]
    else:
        assert "return" not in {kind for kind, *_ in found}


def test_a_book_of_a_warehouse_with_both_ways_beside_each_other_and_a_note_in_the_gap_below() -> None:
    title = "义乌市恒信通讯有限公司仓库  物联卡出入库登记  2024年3月"
    heads = ("日期", "类别", "来货单位", "ICCID", None, "日期", "类别", "客户", "ICCID")
    rows: list[tuple[str | None, ...]] = [
        (title, *[None] * 8),
        ("入库", None, None, None, None, "出库", None, None, None),
        heads,
        ("3月1日", "采购", "杭州数联通信技术有限公司", CARDS[0], None, "3月4日", "销售", "赵永刚", CARDS[1]),
        ("3月6日", "采购", "金华市亿鑫通讯商行", CARDS[2], None, "3月7日", "销售", "金美娟", CARDS[3]),
        ("3月22日", "退货", "赵永刚", CARDS[1], None, None, None, None, None),
        ("本月入库合计", None, None, "3张", None, "本月出库合计", None, None, "2张"),
        ("月末盘点在库：", None, None, CARDS[4], "（上月结转）", None, None, None, None),
    ]
    found = []
    for table, _ in split_tables(
        sheet_of(*rows, name="2024.3"), answer_for=lambda _: None, is_one=lambda: False, is_whole=True
    ):
        parser = open_sheet_parser(table)
        assert isinstance(parser, SheetParser)
        found += [(each["kind"], each["sender_name"], each["receiver_name"]) for each in read_all(parser)]
    keeper = "义乌市恒信通讯有限公司"
    assert sorted(found) == [
        ("return", "赵永刚", keeper),
        ("transfer", keeper, "赵永刚"),
        ("transfer", keeper, "金美娟"),
        ("transfer", "杭州数联通信技术有限公司", keeper),
        ("transfer", "金华市亿鑫通讯商行", keeper),
    ]
