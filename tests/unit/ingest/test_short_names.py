"""Lines around a table that give short names of firms: no rows, and a reason to propose both names as one party."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.ingest.pipeline import SheetParser
from graphtrace.ingest.sheet_opening import open_sheet_parser

from .sheets import sheet_of

CARD = "8986112520310041110"
HEADS = ("转出方", "转入方", "日期", "卡号")
ROW = ("讯达", "阿明数码店", "2025-04-29", CARD)


def line(text: str) -> tuple[str | None, ...]:
    return (text, None, None, None)


def stated(*rows: tuple[str | None, ...]) -> tuple[list[tuple[object, ...]], SheetParser]:
    """Row, full name and short names of each key, and the parser."""
    parser = open_sheet_parser(sheet_of(*rows))
    found = []
    for frame in parser.frames():
        if "said" in frame.columns:
            for row, said in frame.filter(frame["kind"] == "contact").select("row", "said").iter_rows():
                name, _, _, contacts = json.loads(said)["sides"][0]
                found.append((row, name, [value for _, value in contacts]))
    return found, parser


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        ("讯达=江州市讯达通信有限公司 马工 158****7720", "江州市讯达通信有限公司", "讯达"),
        ("注：讯达即江州市迅杰商贸有限公司", "江州市迅杰商贸有限公司", "讯达"),
        ("讯达：江州市讯达通信有限公司", "江州市讯达通信有限公司", "讯达"),
        ("江州市讯达通信有限公司，以下简称讯达", "江州市讯达通信有限公司", "讯达"),
    ],
)
def test_a_line_below_a_table_that_gives_a_short_name_is_no_row_and_states_it(text: str, full: str, short: str) -> None:
    for rows in ((HEADS, ROW, line(text)), (HEADS, ROW, ROW, (None,) * 4, line(text))):
        found, parser = stated(*rows)
        assert found == [(len(rows), full, [short])]
        assert [(each.row, each.reason) for each in parser.rejects] == [(len(rows), "not_a_record")]
        assert [(each.first_row, each.value) for each in parser.remarks if each.reason == "short_name"] == [
            (len(rows), text)
        ]
        assert "line_not_read" not in {each.reason for each in parser.remarks}
        assert parser.unread.is_empty()


def test_a_line_above_a_table_gives_one_as_well() -> None:
    found, _ = stated(line("供货：江州市讯达通信有限公司（以下简称“讯达”）"), HEADS, ROW)
    assert found == [(1, "江州市讯达通信有限公司", ["讯达"])]


@pytest.mark.parametrize(
    "text",
    ["甲方=江州市讯达通信有限公司", "制表单位：江州市讯达通信有限公司", "开票：江州市讯达通信有限公司", "1箱=100张"],
)
def test_a_role_or_a_label_before_a_firm_is_no_short_name(text: str) -> None:
    assert stated(HEADS, ROW, line(text))[0] == []


def test_what_a_line_says_of_the_rows_besides_is_still_told() -> None:
    found, parser = stated(HEADS, ROW, line("讯达=江州市讯达通信有限公司，以上卡未发出"))
    assert len(found) == 1
    assert "line_not_read" in {each.reason for each in parser.remarks}


def test_a_gap_between_the_short_name_and_the_full_one_names_both_as_perhaps_one_party(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f"转出方,转入方,日期,卡号\n云岭科技,讯达,2025-03-05,{CARD}\n"
        f"江州市讯达通信有限公司,阿明数码店,2025-03-20,{CARD}\n讯达=江州市讯达通信有限公司,,,\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (found,) = case.trace(CARD)
    (gap,) = (each for each in found.findings if each.code == "custody_gap")
    (candidate,) = gap.params["alias_candidates"]
    assert {each["name"] for each in candidate["parties"]} == {"讯达", "江州市讯达通信有限公司"}
    assert "stated_alias" in candidate["reasons"]


@pytest.mark.parametrize(
    ("headings", "customers", "is_one"),
    [
        (("Cust. code", "Customer"), [("ZIW01", "Ziwa Connect Enterprises"), ("BAR01", "Baraka Digital")], True),
        (("客户编号", "客户名称"), [("ZIW01", "Ziwa Connect Enterprises"), ("BAR01", "Baraka Digital")], True),
        # a code of two names names nobody, nor does one of somebody who is called otherwise
        (("Cust. code", "Customer"), [("ZIW01", "Ziwa Connect Enterprises"), ("ZIW01", "Baraka Digital")], False),
        (("Cust. code", "Customer"), [("ZIW01", "Rono Gadgets"), ("BAR01", "Ziwa Connect Enterprises")], False),
    ],
)
def test_names_under_one_code_of_a_customer_are_proposed_as_one_and_the_short_one_is_not_asked(
    tmp_path: Path, headings: tuple[str, str], customers: list[tuple[str, str]], is_one: bool
) -> None:
    book = openpyxl.Workbook()
    sales, keys = book.worksheets[0], book.create_sheet("Customers")
    sales.append(["Date", headings[0], headings[1], "First ICCID", "Last ICCID", "Qty"])
    sales.append(["2026-01-27", "ZIW01", "Ziwa Connect Enterprises", CARD, CARD, "1"])
    sales.append(["2026-02-19", "ZIW01", "Ziwa", CARD, CARD, "-1"])
    sales.append(["2026-02-24", "BAR01", "Baraka Digital", CARD, CARD, "1"])
    keys.append([*headings, "Town"])
    for customer in customers:
        keys.append([*customer, "Kisumu"])
    book.save(tmp_path / "sales.xlsx")
    bought = f"运营商,购卡单位,开卡日期,卡号\n中国电信,Mwangaza Distributors Ltd,2026-01-10,{CARD}\n"
    (tmp_path / "bought.csv").write_text(bought, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "bought.csv")
        case.load(tmp_path / "sales.xlsx", answers=[f"kind=Mwangaza Distributors Ltd→[{headings[1]}]@[Date]"])
        trace = case.trace(CARD)[0]
    (gap,) = (each for each in trace.findings if each.code == "custody_gap")
    reasons = {reason for each in gap.params["alias_candidates"] for reason in each["reasons"]}
    asked = [lead.ask and lead.ask.name for lead in trace.leads if lead.because == "custody_gap"]
    assert ("stated_alias" in reasons) == is_one
    assert asked == ["Ziwa Connect Enterprises", *([] if is_one else ["Ziwa"])]
