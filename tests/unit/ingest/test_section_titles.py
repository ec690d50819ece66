"""Headings of parts of a sheet say what their rows are and on which side the one party of the rows stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NeedsAnswer
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.section_titles import meaning_of_title

from .sheets import read_both_ways
from .test_desks_in_english import hops, workbook

CARD = [body + luhn_digit(body) for n in range(8) for body in [f"8925405141441533{n:03}"]]
FIRM = "LAKESIDE SIMCOM LTD"
Sides = list[tuple[str, str | None, str | None]]


def sides(rows: list[dict[str, object]]) -> Sides:
    return [(each["kind"], each["sender_name"], each["receiver_name"]) for each in rows]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("SIMs given to dealers (Jan 2024)", ("transfer", "to")),
        ("Received from supplier", ("transfer", "from")),
        ("Returned to supplier", ("return", "to")),
        ("退给供应商", ("return", "to")),
        ("二级代理领卡登记", ("transfer", "to")),
        # who gave what was received from agents, and why, nobody can say
        ("Received from agents", None),
        ("To be issued to agents", None),
        ("Not returned by agents", None),
        ("Sold to customers (suspected)", None),
        ("发给代理商（计划）", None),
        ("Agents", None),
    ],
)
def test_a_heading_says_what_happened_and_to_which_side(title: str, said: tuple[str, str] | None) -> None:
    meant = meaning_of_title(title)
    assert (meant and meant[:2]) == said


def test_tables_beside_each_other_are_what_their_headings_say(tmp_path: Path) -> None:
    rows = [
        (f"{FIRM} - KISUMU DEPOT - week 11-15 March 2024", *[""] * 6),
        ("ISSUED TO AGENTS", "", "", "", "RETURNED BY AGENTS", "", ""),
        ("Date", "Agent", "ICCID", "", "Date", "Agent", "ICCID"),
        ("11/03/2024", "Otieno Odhiambo", CARD[0], "", "14/03/2024", "Juma Rashid", CARD[2]),
        ("13/03/2024", "Juma Rashid", CARD[1], "", "15/03/2024", "Grace Were", CARD[3]),
    ]
    path = tmp_path / "depot.csv"
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    case = gt.open_case(tmp_path / "x.gtrace")
    report = case.load(path)
    assert [[*entry.asked] for entry in report.files] == [[], []]
    hops = [
        (hop.kind, hop.sender and hop.sender.name, hop.receiver and hop.receiver.name)
        for card in (CARD[0], CARD[2])
        for trace in case.trace(card)
        for chain in trace.chains
        for hop in chain.hops
    ]
    assert hops == [("transfer", FIRM, "Otieno Odhiambo"), ("return", "Juma Rashid", FIRM)]


@pytest.mark.parametrize(
    ("title", "kind", "missing"), [("发给代理商", "transfer", "from"), ("代理商退回", "return", "to")]
)
def test_the_other_side_is_taken_from_the_firm_above_or_asked(title: str, kind: str, missing: str) -> None:
    firm = "云岭物联科技有限公司"
    table = [("日期", "代理商", "ICCID"), ("2024-03-01", "张三", CARD[0]), ("2024-03-02", "李四", CARD[1])]
    rows, parser = read_both_ways((firm, None, None), (title, None, None), *table)
    agents = [(kind, firm, name) if missing == "from" else (kind, name, firm) for name in ("张三", "李四")]
    assert (sides(rows), parser.questions) == (agents, [])
    with pytest.raises(NeedsAnswer) as asked:
        read_both_ways((title, None, None), *table)
    assert (asked.value.event, asked.value.fields) == (kind, (missing,))


def test_a_party_of_another_name_than_that_of_the_heading_is_on_no_side() -> None:
    title = ("RETURNED BY CUSTOMERS", None, None, None)
    table = [("Date", "Agent", "ICCID", "MSISDN"), ("2024-03-11", "Otieno Odhiambo", CARD[0], "254737836194")]
    rows, parser = read_both_ways(title, *table)
    assert {each["kind"] for each in rows} == {"card_list"}
    assert [one.field for one in parser.questions] == ["kind"]


def test_a_heading_gives_no_day_to_what_it_heads() -> None:
    rows, parser = read_both_ways(
        (FIRM, None, None, None),
        ("LINES ISSUED TO AGENTS", None, None, None),
        ("Activation date", "Agent", "ICCID", "MSISDN"),
        ("2024-03-11", "Otieno Odhiambo", CARD[0], "254737836194"),
    )
    assert {each["kind"] for each in rows} == {"activation"}
    assert [(one.field, one.kind) for one in parser.questions] == [("date", "transfer")]


def test_an_agent_in_a_list_of_cards_is_asked_about() -> None:
    table = [
        ("Date", "Agent", "Line serial (ICCID)", "MSISDN"),
        ("2024-03-11", "Otieno Odhiambo", CARD[0], "254737836194"),
    ]
    rows, parser = read_both_ways(*table)
    assert {each["kind"] for each in rows} == {"card_list"}
    assert [(one.field, one.is_required, one.choices) for one in parser.questions] == [
        ("kind", False, ("transfer", "return", "card_list"))
    ]
    _, settled = read_both_ways(*table, answers={"kind": "card_list"})
    assert settled.questions == []
    rows, _ = read_both_ways(*table, answers={"kind": "return", "from": "[Agent]", "to": FIRM})
    assert sides(rows) == [("return", "Otieno Odhiambo", FIRM)]


@pytest.mark.parametrize("title", ["STOCK OUT", "Goods Out", "ISSUED", "SIMs sold - Feb 2026", "出库", "出库明细"])
def test_what_stands_below_stock_out_went_from_whoever_keeps_the_book_to_the_party_of_its_row(title: str) -> None:
    table = [("Date", "Customer", "SIM serial", "Price"), ("2026-02-04", "Mercy Wanjiru", CARD[0], "100")]
    rows, parser = read_both_ways(("OTIENO PHONE ACCESSORIES, GIKOMBA", *[None] * 3), (title, *[None] * 3), *table)
    assert sides(rows) == [("transfer", "OTIENO PHONE ACCESSORIES", "Mercy Wanjiru")]
    assert parser.questions == []
    with pytest.raises(NeedsAnswer) as asked:
        read_both_ways((title, *[None] * 3), *table)
    assert (asked.value.event, asked.value.fields) == ("transfer", ("from",))


@pytest.mark.parametrize("title", ["Stock In / Out", "Out of stock", "Not issued", "OUTSTANDING", "未发货"])
def test_what_is_no_title_of_what_went_out_makes_no_movement(title: str) -> None:
    table = [("Date", "Customer", "SIM serial", "Price"), ("2026-02-04", "Mercy Wanjiru", CARD[0], "100")]
    rows, _ = read_both_ways(("OTIENO PHONE ACCESSORIES", *[None] * 3), (title, *[None] * 3), *table)
    assert {each["kind"] for each in rows} <= {"card_list"}


def test_stock_out_beside_stock_in_is_what_went_out(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    rows = [
        ("OTIENO PHONE ACCESSORIES, GIKOMBA".replace(",", ""), *[""] * 6),
        ("STOCK IN", "", "", "", "STOCK OUT", "", ""),
        ("Date", "Supplier", "SIM serial", "", "Date", "Customer", "SIM serial"),
        ("02/02/2026", "Simba Airtime Wholesalers", CARD[0], "", "14/02/2026", "Mercy Wanjiru", CARD[0]),
        ("02/02/2026", "Simba Airtime Wholesalers", CARD[1], "", "15/02/2026", "Kevin Omondi", CARD[1]),
    ]
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(path)
        assert [[*entry.asked] for entry in report.files] == [[], []]
        (trace,) = case.trace(CARD[0])
        hops = [(hop.sender and hop.sender.name, hop.receiver and hop.receiver.name) for hop in trace.chains[0].hops]
    assert [receiver for _, receiver in hops][-1] == "Mercy Wanjiru"
    assert hops[-1][0] == hops[0][1]


def test_sides_above_a_table_of_sales_and_one_of_returns_are_those_of_the_sales(tmp_path: Path) -> None:
    path = tmp_path / "对账单.csv"
    rows = [
        ("供方（甲方）：深圳市迅联通信技术有限公司", "", "", "", "需方（乙方）：厦门华创物联科技有限公司", "", ""),
        ("", "", "", "", "", "", ""),
        ("一、甲方发货明细", "", "", "", "二、乙方退货明细", "", ""),
        ("发货日期", "ICCID", "单价", "", "退货日期", "ICCID", "退货原因"),
        ("2024-04-03", CARD[0], "11.8", "", "2024-04-19", CARD[1], "不识别"),
        ("2024-04-03", CARD[1], "11.8", "", "2024-04-28", CARD[2], "不识别"),
        ("2024-04-12", CARD[2], "11.8", "", "2024-04-28", CARD[3], "不识别"),
    ]
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(path)
    asked = [{each.field for each in entry.asked if each.is_required} for entry in report.files]
    assert asked[1] == {"from", "to"}


KEEPER = "岭州佰川共享设备有限公司"


def book_in_parts(
    title: str = f"{KEEPER}物联卡台账",
    out: str = "一、移交（本公司 → 接收单位）",
    back: str = "二、退回（退卡单位 → 本公司）",
    giver: str = "退卡单位",
    checked: str = "温舒 已入库",
) -> list[tuple[str | None, ...]]:
    """A book of what went out and, below it, of what came back, with its one title above both."""
    return [
        (title,),
        (out,),
        ("序号", "移交日期", "首号", "尾号", "接收单位", "经手人"),
        ("1", "2025-02-26", CARD[0], CARD[3], "星途通信有限公司", "温舒"),
        ("2", "2025-03-05", CARD[5], CARD[6], "禄源充电服务部", "温舒"),
        (),
        (back,),
        ("退回日期", "首号", "尾号", giver, "原因", "验收"),
        ("2025-03-12", CARD[1], CARD[2], "星途通信有限公司", "套餐发错", checked),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"back": "二、退回"},
        {"title": f"{KEEPER} 领用与退卡登记表", "back": "(二) 退回(退卡单位->我司)"},
        {"checked": "温舒已验收"},
    ],
)
def test_the_parts_of_a_book_are_of_whom_the_title_above_them_all_names(tmp_path: Path, said: dict[str, str]) -> None:
    path = workbook(tmp_path / "佰川-物联卡移交及退回台账.xlsx", 台账=book_in_parts(**said))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        read = case.load(path).files
        assert [each.asked for each in read] == [[], []]
        assert not any(warning.reason == "name_not_read" for each in read for warning in each.warnings)
        assert hops(case, CARD[1]) == [
            ("transfer", KEEPER, "星途通信有限公司"),
            ("return", "星途通信有限公司", KEEPER),
        ]


def test_an_arrow_says_on_which_side_the_keeper_of_the_book_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 台账=book_in_parts(back="二、退货（本公司 → 供货商）", giver="供货商"))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        assert hops(case, CARD[1])[-1:] == [("return", KEEPER, "星途通信有限公司")]


@pytest.mark.parametrize(
    "said", [{"back": "二、退回", "title": "物联卡台账"}, {"back": "退回清单"}, {"back": "二、禄源充电服务部退回台账"}]
)
def test_of_other_parts_it_is_asked_who_got_the_cards_back(tmp_path: Path, said: dict[str, str]) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        read = case.load(workbook(tmp_path / "a.xlsx", 台账=book_in_parts(**said))).files
        assert [question.field for question in read[1].asked] == ["to"]


@pytest.mark.parametrize("cell", ["温舒 未入库", "温舒 已退厂"])
def test_a_name_beside_a_word_that_denies_it_checked_nothing(tmp_path: Path, cell: str) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        read = case.load(workbook(tmp_path / "a.xlsx", 台账=book_in_parts(checked=cell))).files
        assert read[1].loaded == 0
