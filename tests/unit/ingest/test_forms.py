from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import graphtrace as gt
from graphtrace.ingest.vertical_forms import read_forms

from .sheets import Row, sheet_of

CARD, OTHER = "89860626990000000015", "89860626990000000023"
SALE: tuple[Row, ...] = (
    ("回函", None),
    ("转出方：", "云岭支付"),
    ("转入方：", "老王"),
    ("转让日期：", "2026-03-05"),
    ("卡号：", CARD),
    ("备注：", None),
)


def forms_of(*rows: Row) -> tuple[list[tuple[int, list[str | None]]], bool]:
    sheet = sheet_of(*rows)
    table = read_forms(sheet)
    return table.head_rows, table is not sheet


def test_a_form_is_one_row_that_of_its_first_line() -> None:
    rows, is_form = forms_of(*SALE)
    assert is_form
    assert rows == [
        (0, ["转出方", "转入方", "转让日期", "卡号", "备注"]),
        (2, ["云岭支付", "老王", "2026-03-05", CARD, None]),
    ]


def test_a_name_that_comes_again_begins_the_next_form() -> None:
    second = [(name, OTHER if value == CARD else value) for name, value in SALE[1:]]
    rows, _ = forms_of(*SALE, (None, None), *second)
    assert [(row, cells[3]) for row, cells in rows[1:]] == [(2, CARD), (8, OTHER)]


def test_names_may_stand_side_by_side_or_in_one_cell() -> None:
    beside, _ = forms_of(("转出方", "云岭", "转入方", "老王"), ("日期", "2026-03-05", "卡号", CARD))
    lines, _ = forms_of(("转出方：云岭",), ("转入方: 老王",), ("日期：2026-03-05 10:00:00",), (f"卡号：{CARD}",))
    assert beside[1] == (1, ["云岭", "老王", "2026-03-05", CARD])
    assert lines[1] == (1, ["云岭", "老王", "2026-03-05 10:00:00", CARD])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((("卡号", "日期"), (CARD, "2026-03-05"), (OTHER, "2026-03-06")), id="table of two columns"),
        pytest.param(
            (("转出方", "云岭"), ("转入方", "老王"), ("日期", "某天"), ("卡号", "七张")), id="no value agrees"
        ),
        pytest.param((("甲", "云岭"), ("乙", "老王"), ("丙", CARD), ("卡号", CARD)), id="names unknown"),
        pytest.param(
            (("卡号", CARD, OTHER), ("转出方", "云岭", "云岭"), ("转入方", "王", "李")), id="cards in columns"
        ),
        pytest.param((("卡号", CARD), ("日期", "2026-03-05")), id="two names"),
    ],
)
def test_what_is_no_form_stays_as_it_is(rows: tuple[Row, ...]) -> None:
    assert not forms_of(*rows)[1]


def csv_file(path: Path) -> Path:
    path.write_text("".join(",".join(cell or "" for cell in row) + "\n" for row in SALE), encoding="utf-8")
    return path


def text_file(path: Path) -> Path:
    path.write_text("".join(f"{name}{value or ''}\n" for name, value in SALE), encoding="utf-8")
    return path


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("回函")
        for number, row in enumerate(SALE):
            sheet.write_row(number, 0, [cell or "" for cell in row])
    return path


def word_file(path: Path) -> Path:
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{cell or ''}</w:t></w:r></w:p></w:tc>" for cell in row) + "</w:tr>"
        for row in SALE
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>'
        )
    return path


@pytest.mark.parametrize("make", [csv_file, text_file, workbook, word_file], ids=["a.csv", "a.txt", "a.xlsx", "a.docx"])
def test_a_form_is_loaded_from_every_format(tmp_path: Path, make: Any, request: pytest.FixtureRequest) -> None:
    path = make(tmp_path / request.node.callspec.id)
    with gt.open_case(tmp_path / "case") as case:
        (sheet,) = case.load(path).files
        assert (sheet.error, sheet.kind, sheet.rows, sheet.loaded) == (None, "transfer", 1, 1)
        (hop,) = case.trace(CARD).chains[0].hops
        assert (hop.sender.name, hop.receiver.name, hop.origins[0].row) == ("云岭支付", "老王", 2)
        assert case.verify(deep=True) == []


def test_a_form_that_does_not_say_what_happened_is_a_question(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"卡号：,{CARD}\n日期：,2026-03-05\n省份：,云南\n", encoding="utf-8")
    with gt.open_case(tmp_path / "case") as case:
        (sheet,) = case.load(path).files
        assert sheet.error is not None
        assert sheet.error.code == "unknown_kind"


def answered_cards(cards: tuple[str, ...], days: tuple[str | None, ...]) -> list[Row]:
    """A carrier's reply with one upright block for each card, below each other."""
    rows: list[Row] = [
        ("中国移动沧宁分公司协助调取信息反馈", None, None, None),
        ("文号：〔2025〕17号", "反馈日期：2025-05-28", None, None),
    ]
    for at, (card, day) in enumerate(zip(cards, days, strict=True), 1):
        place, device = ("河西区", "867244100207311") if day else (None, None)
        rows += [
            (f"查询号码{at}", card, "物联卡号", f"144073555120{at}"),
            ("客户名称", "云栖智慧停车有限公司", "客户类型", "集团客户"),
            ("开户时间", "2024年12月5日", "归属地", "沧宁"),
            ("首次激活时间", day, "首次激活地", place),
            ("激活终端IMEI", device, "集团联系人", "卓文斌 139****0598"),
        ]
    return [*rows, ("注：本表仅供来函单位办案使用。共反馈号码若干。", None, None, None)]


def test_upright_blocks_below_each_other_are_one_record_each(tmp_path: Path) -> None:
    cards = ("89860820102480551204", "89860820102480551219", "89860820102480551225")
    rows = answered_cards(cards, ("2025年4月5日 21:16", None, "2025年4月17日 12:08"))
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [cell or "—" if number > 1 else cell for cell in row])
    with gt.open_case(tmp_path / "case") as case:
        (report,) = case.load(path).files
        assert (report.error, [*report.asked], report.rows, report.loaded) == (None, [], 3, 3)
        traces = case.trace(*cards)
        assert [trace.registrant.name for trace in traces] == ["云栖智慧停车有限公司"] * 3
        assert [trace.chains[0].hops[0].origins[0].row for trace in traces] == [3, 8, 13]
        assert [[each.imei for each in trace.activations] for trace in traces] == [
            ["867244100207311"],
            [],
            ["867244100207311"],
        ]
        assert case.verify(deep=True) == []


def test_numbers_behind_names_of_one_form_begin_no_other() -> None:
    rows, _ = forms_of(*SALE[1:], ("联系电话1", "13900000001"), ("联系电话2", "13900000002"))
    assert [row for row, _ in rows[1:]] == [1]
    assert rows[0][1][-2:] == ["联系电话1", "联系电话2"]


@pytest.mark.parametrize("between", [(None, None, None, None), ("第2张卡", None, None, None)])
def test_what_stands_in_a_block_of_its_own_is_of_no_other_form(between: Row) -> None:
    rows, _ = forms_of(
        ("回函", None, None, None),
        ("卡号", CARD, "客户名称", "甲公司"),
        ("开户时间", "2024-12-05", "激活时间", "2025-04-05"),
        between,
        ("旧卡号", "89860626990000000031", "备注", "补卡"),
        ("卡号", OTHER, "客户名称", "乙公司"),
        ("开户时间", "2024-12-06", "激活时间", None),
    )
    assert rows == [
        (0, ["卡号", "客户名称", "开户时间", "激活时间", "旧卡号", "备注"]),
        (2, [CARD, "甲公司", "2024-12-05", "2025-04-05", None, None]),
        (5, [OTHER, "乙公司", "2024-12-06", None, "89860626990000000031", "补卡"]),
    ]


def test_blank_rows_within_forms_part_none_of_them() -> None:
    form = [
        ("卡号", CARD),
        ("开户时间", "2024-12-05"),
        (None, None),
        ("客户名称", "甲公司"),
        ("证件号码", "1"),
        (None, None),
    ]
    rows, _ = forms_of(*form, *((name, OTHER if value == CARD else value) for name, value in form))
    assert [(row, cells[0], cells[2]) for row, cells in rows[1:]] == [(1, CARD, "甲公司"), (7, OTHER, "甲公司")]


def reply_of_operator(*numbers: str) -> list[Row]:
    """A reply in English that begins in its second column: a block of labels and values for each number."""
    rows: list[Row] = [
        (None, "RIFT MOBILE NETWORKS PLC", None),
        (None, "Our ref: RMN/0388", "Your ref: ICT/61 of 05/08/2025"),
        (None, "Date of reply: 12/08/2025", "All dates are dd/mm/yyyy, EAT"),
    ]
    for at, number in enumerate(numbers):
        rows += [
            (None, None, None),
            (None, f"RECORD {at + 1} OF {len(numbers)}", None),
            (None, "SIM Serial (ICCID)", number),
            (None, "MSISDN", f"25476877120{at}"),
            (None, "IMSI", f"63909250077120{at}"),
            (None, "Product", "M2M Data 5GB"),
            (None, "Registered Subscriber", "Tana Agri-Sensors Ltd"),
            (None, "Registration Date", "15/04/2025"),
            (None, "First Use Date", "22/06/2025" if not at else "No network activity"),
            (None, "First Use Location", None if at else "Kasarani, Nairobi"),
            (None, "First Use IMEI", None if at else "867049051182045"),
        ]
    return [*rows, (None, None, None), (None, "Certified by: P. Nyambura, LEA Analyst", None)]


def test_upright_blocks_in_english_that_begin_in_a_later_column_are_one_record_each(tmp_path: Path) -> None:
    numbers = ("89254092505007712049", "89254092505007712072")
    rows, is_form = forms_of(*reply_of_operator(*numbers))
    assert is_form
    place = rows[0][1].index("SIM Serial (ICCID)")
    assert [cells[place] for _, cells in rows[1:]] == [*numbers]
    with xlsxwriter.Workbook(path := tmp_path / "reply.xlsx") as book:
        sheet = book.add_worksheet("Response")
        for at, cells in enumerate(reply_of_operator(*numbers)):
            for column, cell in enumerate(cells):
                sheet.write(at, column, cell)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(path).files
        used, unused = (case.trace(number)[0] for number in numbers)
    assert [question.field for question in report.asked] == ["kind"]
    assert [use.imei for use in used.activations] == ["867049051182045"]
    assert not unused.activations


def test_forms_side_by_side_are_one_record_each_and_others_none() -> None:
    beside = [("卡号", CARD, "卡号", OTHER), ("转出方", "甲公司", "转出方", "丙公司"), ("日期", "1", "日期", "2")]
    rows, _ = forms_of(*beside)
    assert [cells for _, cells in rows] == [["卡号", "转出方", "日期"], [CARD, "甲公司", "1"], [OTHER, "丙公司", "2"]]
    partly = [*beside[:1], ("转出方", "甲公司", None, None), *beside[2:]]
    assert [tuple(cells) for _, cells in forms_of(*partly)[0]] == partly


def test_the_title_above_each_form_says_its_kind(tmp_path: Path) -> None:
    form = ("转出方", "甲公司"), ("转入方", "乙公司"), ("日期", "2024-03-01")
    rows = [("退库单", None), ("卡号", OTHER), *form]
    rows = [("出库单", None), ("卡号", CARD), *form, (None, None), *rows]
    (tmp_path / "a.csv").write_text("".join(f"{name or ''},{value or ''}\n" for name, value in rows), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        hops = [[hop.kind for each in trace.chains for hop in each.hops] for trace in case.trace(CARD, OTHER)]
        told = [[each.code for each in trace.findings] for trace in case.trace(CARD, OTHER)]
    assert all(
        kinds == [kind] or (not kinds and "unread_movement" in codes)
        for kinds, codes, kind in zip(hops, told, ("transfer", "return"), strict=True)
    )
