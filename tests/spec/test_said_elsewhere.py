"""What is said of a card elsewhere than where it is looked for: of a user, by a title, by another sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import graphtrace as gt

from .conftest import Desk, card

SOLD = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000100\n"
HEAD = "转出方,转入方,日期,卡号\n"
TABLE = (("转出方", "转入方", "日期", "卡号"), ("E", "A", "2024-03-05", card(1)))


def quoted(desk: Desk, n: int = 1) -> list[object]:
    return [each["text"] for each in desk.trace(n).params("unread_movement")]


@pytest.mark.parametrize(
    "user", ["张三、李四", "张三和李四", "张三或李四", "张*", "张三等3人", "非蓝讯数码店", "138****1111"]
)
def test_who_is_named_as_user_and_is_no_one_name_keeps_the_holder_from_being_presumed(desk: Desk, user: str) -> None:
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,{card(1)}\n", f"ICCID,激活日期,使用人\n{card(1)},2024-05-01,{user}\n")
    assert desk.trace(1).json["end_user"] is None
    assert quoted(desk) == [user]


@pytest.mark.parametrize("user", ["", "未知", "不详"])
def test_where_no_user_is_told_of_the_holder_is_presumed(desk: Desk, user: str) -> None:
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,{card(1)}\n", f"ICCID,激活日期,使用人\n{card(1)},2024-05-01,{user}\n")
    assert (desk.trace(1).json["end_user"]["name"], quoted(desk)) == ("A", [])


@pytest.mark.parametrize(
    "day", ["案发日期", "涉案时间", "立案日期", "止付日期", "协查日期", "停机日期", "领取日期", "送检日期"]
)
def test_a_list_of_a_case_that_is_dated_by_something_else_seizes_no_card(desk: Desk, day: str) -> None:
    desk.load(f"案号,{day},嫌疑人,ICCID\nA1,2024-09-01,张三,{card(1)}\n")
    assert desk.trace(1).json["seizures"] == []


@pytest.mark.parametrize("state", ["未查扣", "未起获", "待查扣", "在逃", "线索", "非涉案", "已发还"])
def test_a_state_by_which_a_card_was_not_seized_is_told(desk: Desk, state: str) -> None:
    rows = f"A1,2024-09-01,张三,{card(1)},{state}\nA1,2024-09-01,张三,{card(2)},已扣押\n"
    desk.load(f"案号,查获日期,持有人,ICCID,状态\n{rows}")
    assert (quoted(desk), quoted(desk, 2)) == ([state], [])


@pytest.mark.parametrize("heading", ["新ICCID", "换卡后ICCID", "备卡ICCID", "更换卡号"])
def test_the_card_in_a_second_column_of_a_list_is_told_with_its_row(desk: Desk, heading: str) -> None:
    desk.load(f"ICCID,{heading},换卡日期,客户名称\n{card(1)},{card(9)},2024-08-01,A\n")
    assert [each["reason"] for each in desk.trace(9).params("unread_movement")] == ["cards_not_read"]


SHIFTED = ["转出方", "转入方", "日期", "数量", "备注"]


@pytest.mark.parametrize("other", SHIFTED)
def test_the_card_of_a_rejected_row_is_told_in_whatever_cell_it_stands(desk: Desk, other: str) -> None:
    row = {"转出方": "E", "转入方": "A", "日期": "2024-03-05", "卡号": card(1), "数量": "1", "备注": "顺丰"}
    row["卡号"], row[other] = row[other], row["卡号"]
    desk.load(f"{','.join(row)}\n{','.join(row.values())}\nE,A,2024-03-05,{card(2)},1,顺丰\n")
    assert [len(desk.trace(n).params("unread_movement")) for n in (1, 2)] == [1, 0]


def test_a_number_whose_end_a_spreadsheet_program_lost_names_no_card_of_a_rejected_row(desk: Desk) -> None:
    lost = f"{card(1)[:12]}{'0' * (len(card(1)) - 12)}"
    desk.load(f"转出方,转入方,日期,卡号\nE,{lost},2024-03-05,A\nE,A,2024-03-05,{card(2)}\n")
    assert desk.trace(lost).params("unread_movement") == []


def test_a_card_within_the_range_of_a_rejected_row_is_told_once(desk: Desk) -> None:
    desk.load(f"转出方,转入方,日期,起始ICCID,结束ICCID\nE,A,二月三十,{card(1)},{card(3)}\n")
    assert [len(desk.trace(n).params("unread_movement")) for n in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize("kind", ["销售（作废）", "销售(红冲)", "出库（未发）", "销售（退）", "转让（拟）", "出库(借)"])
def test_a_word_for_a_kind_with_a_remark_that_may_undo_it_is_asked_about(desk: Desk, kind: str) -> None:
    rows = f"{kind},E,A,2024-03-05,{card(1)}\n销售（线下）,E,A,2024-03-05,{card(2)}\n"
    desk.load(SOLD, f"业务类型,转出方,转入方,日期,卡号\n{rows}")
    assert (desk.trace(1).holder, quoted(desk), desk.trace(2).holder) == ("E", [kind], "A")


@pytest.mark.parametrize("number", ["×1", "1（作废）"])
def test_a_crossed_number_of_a_row_is_told(desk: Desk, number: str) -> None:
    desk.load(SOLD, f"序号,{HEAD}{number},E,A,2024-03-05,{card(1)}\n2,E,A,2024-03-05,{card(2)}\n")
    assert (quoted(desk), quoted(desk, 2)) == ([number], [])


@pytest.mark.parametrize(
    "title",
    ["客户投诉未收到卡清单", "寄售清单", "质押物清单", "虚拟交易清单", "代蓝讯数码店采购转让清单", "维修更换登记"],
)
def test_a_title_that_makes_the_rows_doubtful_is_quoted_with_them(desk: Desk, title: str) -> None:
    desk.load(SOLD, f"{title}\n{HEAD}E,A,2024-03-05,{card(1)}\n")
    assert quoted(desk) == [title]


@pytest.mark.parametrize("title", ["物联网卡销售台账", "2024年3月发货明细", "E公司出库表", "客户销售明细表"])
def test_a_plain_title_is_not(desk: Desk, title: str) -> None:
    desk.load(SOLD, f"{title}\n{HEAD}E,A,2024-03-05,{card(1)}\n")
    assert quoted(desk) == []


def book(path: Path, sheets: dict[str, list[tuple[str, ...]]], *, struck: bool = False) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        line = workbook.add_format({"font_strikeout": struck})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row, line if at else None)
    return path


def texts(case: gt.Case) -> list[object]:
    (trace,) = case.trace(card(1))
    return [finding.params["text"] for finding in trace.findings if finding.code == "unread_movement"]


@pytest.mark.parametrize("name", ["7月废", "已退", "删除", "不要用", "7月(错)", "备份", "old"])
def test_a_name_of_a_sheet_that_makes_its_rows_doubtful_is_quoted(tmp_path: Path, name: str) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(book(tmp_path / "a.xlsx", {"台账": [TABLE[0], ("E", "A", "2024-03-05", card(2))], name: [*TABLE]}))
    assert texts(case) == [name]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("说明", [("本表仅为拟转让计划，尚未执行。",)]),
        ("封面", [("E转让台账",), ("状态：作废，以2024年8月版为准",)]),
        ("修改记录", [("修改日期", "修改内容"), ("2024-07-05", "7月表第2行客户由A改为B")]),
        ("备注", [("7月A的卡已全部退回",)]),
    ],
)
def test_what_another_sheet_says_of_the_rows_is_quoted_with_them(
    tmp_path: Path, sheet: str, said: list[tuple[str, ...]]
) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(book(tmp_path / "a.xlsx", {"7月": [*TABLE], sheet: said}))
    assert texts(case) == [said[-1][-1]]


def test_a_sheet_that_only_explains_is_not(tmp_path: Path) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(
        book(
            tmp_path / "a.xlsx",
            {"7月": [*TABLE], "说明": [("本表由E财务部编制",), ("1. 单位：张",), ("2. 退卡须注明去向。",)]},
        )
    )
    assert texts(case) == []


def test_a_row_that_is_struck_out_is_told_with_its_card(tmp_path: Path) -> None:
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(book(tmp_path / "a.xlsx", {"7月": [*TABLE]}, struck=True))
    (trace,) = case.trace(card(1))
    assert [f.params["reason"] for f in trace.findings if f.code == "unread_movement"] == ["struck_out"]


def test_one_case_in_two_styles_of_brackets_is_one(desk: Desk) -> None:
    head = "案号,查获日期,ICCID\n"
    desk.load(
        f"{head}云公（网）立字〔2023〕12号,2024-09-01,{card(1)}\n",
        f"{head}云公(网)立字[2023]12号,2024-09-02,{card(2)}\n",
    )
    assert desk.ask("common", card(1), card(2)).json["asked"]["cases"] == 1


SENTENCE = "2024年6月11日，我局民警在海慧路17号出租屋对犯罪嫌疑人胡建军持有的下列物品依法予以扣押："


@pytest.mark.parametrize(
    ("sentence", "is_told"), [(SENTENCE, False), (SENTENCE.replace("胡建军持", "胡建军、王五持"), True)]
)
def test_the_sentence_above_a_list_of_seizures_says_when_and_from_whom(
    desk: Desk, sentence: str, is_told: bool
) -> None:
    table = f"编号,名称,数量,特征,备注\n1,手机,1部,红米,\n2,物联网卡,1张,卡面印有 {card(1)},插在猫池内\n"
    desk.load(f"扣押清单,,,,\n{sentence},,,,\n{table}持有人：胡建军（签名捺印）    见证人：钱红霞,,,,\n")
    seized = desk.trace(1)
    assert [(each["date"], each["seized_from"]["name"]) for each in seized.json["seizures"]] == [
        ("2024-06-11", "胡建军")
    ]
    assert ("unread_movement" in seized.codes) is is_told
