"""Tables that share a sheet are read by themselves: no cell of one is joined with those of another."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import xlsxwriter

import graphtrace as gt
from graphtrace.errors import NothingFound, UnknownHeadings
from graphtrace.model import Origin, origin_dict, origin_of
from graphtrace.results.load_report import SheetReport

CARDS = [f"898606230000000000{number:01d}" for number in range(10)]
SALES = ["日期", "转出方", "转入方", "ICCID"]
Grid = list[list[str | None]]


def book(path: Path, rows: Grid) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(row, column, cell)
    return path


def load(path: Path, *answers: str) -> tuple[gt.Case, list[SheetReport]]:
    case = gt.open_case(path.parent / "x.gtrace")
    return case, case.load(path, answers=answers).files


def sale(day: int, sender: str, receiver: str, card: int) -> list[str | None]:
    return [f"2024-03-{day:02d}", sender, receiver, CARDS[card]]


def card_list(card: int, customer: str) -> list[str | None]:
    return [CARDS[card], customer]


def names(reports: list[SheetReport]) -> list[str | None]:
    return [report.sheet for report in reports]


BESIDE: Grid = [
    [*SALES, None, "ICCID", "客户名称"],
    [*sale(1, "甲", "乙", 0), None, *card_list(5, "丙")],
    [*sale(2, "甲", "乙", 1), None, *card_list(6, "丁")],
]


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".html"])
def test_tables_beside_each_other_are_read_by_themselves(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    if ending == ".xlsx":
        book(path, BESIDE)
        sheet = "S"
    elif ending == ".csv":
        path.write_text("".join(",".join(cell or "" for cell in row) + "\n" for row in BESIDE), "utf-8")
        sheet = ""
    else:
        cells = ["".join(f"<td>{cell or ''}</td>" for cell in row) for row in BESIDE]
        path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>", "utf-8")
        sheet = "table 1"
    case, reports = load(path)
    assert names(reports) == [f"{sheet}!A1:D3", f"{sheet}!F1:G3"]
    assert [(report.kind, report.rows, report.loaded) for report in reports] == [
        ("transfer", 2, 2),
        ("card_list", 2, 2),
    ]
    (answer,) = case.trace(CARDS[0])
    assert "丙" not in str(answer.to_dict())
    (origin,) = answer.to_dict()["chains"][0]["hops"][0]["origins"]
    assert (origin["sheet"], origin["table"], origin["row"]) == (sheet or None, "A1:D3", 2)


def test_a_shorter_table_beside_gives_no_cells_to_the_other(tmp_path: Path) -> None:
    rows: Grid = [
        [*SALES, None, "客户名称", "联系电话"],
        [*sale(1, "甲", "乙", 0), None, "丙", "13800138000"],
        [*sale(2, "甲", "乙", 1), None, None, None],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:D3", "S!F1:G2"]
    assert [report.kind for report in reports] == ["transfer", "identity"]


def test_headings_that_begin_anew_begin_a_table(tmp_path: Path) -> None:
    rows: Grid = [
        ["序号", *SALES, "序号", "ICCID", "客户名称"],
        ["1", *sale(1, "甲", "乙", 0), "1", *card_list(5, "丙")],
        ["2", *sale(2, "甲", "乙", 1), "2", *card_list(6, "丁")],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:E3", "S!F1:H3"]
    assert [report.kind for report in reports] == ["transfer", "card_list"]


def test_two_groups_of_headings_of_one_table_are_no_two_tables(tmp_path: Path) -> None:
    rows: Grid = [
        ["日期", "转出方", "转出方", "转入方", "转入方", "ICCID"],
        ["日期", "名称", "证件号", "名称", "证件号", "ICCID"],
        ["2024-03-01", "甲", "91330201MA2AGY8B1A", "乙", "91330201MA2AGY8B1B", CARDS[0]],
        ["2024-03-02", "甲", "91330201MA2AGY8B1A", "乙", "91330201MA2AGY8B1B", CARDS[1]],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert [(report.sheet, report.loaded) for report in reports] == [("S", 2)]


DOUBTFUL: Grid = [
    [*SALES, None, "客户名称", "客户编号"],
    [*sale(1, "甲", "乙", 0), None, "丙", "K1"],
    [*sale(2, "甲", "乙", 1), None, "丁", "K2"],
]


def test_blocks_of_equal_length_are_asked_about_and_never_joined(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", DOUBTFUL)
    _, (report,) = load(path)
    assert report.error is not None
    assert report.error.code == "table_unclear"
    assert "A1:D3" in report.error.message
    assert "F1:G3" in report.error.message
    assert [question.field for question in report.asked] == ["table"]
    assert report.asked[0].choices == ("one", "several")
    _, reports = load(path, "a.xlsx#S:table=several")
    assert [(each.sheet, each.loaded) for each in reports] == [("S!A1:D3", 2), ("S!F1:G3", 0)]


RETURNED: Grid = [
    ["日期", "谁拿", "电话", "ICCID", "备注"],
    ["2024-03-01", "乙", "13800000001", CARDS[0], "现金"],
    [],
    ["退回来的"],
    ["日期", "谁退", None, "ICCID", "原因"],
    ["2024-03-05", "乙", None, CARDS[0], "没信号"],
]


@pytest.mark.parametrize("answer", ["year=2024", "table=one", "S!A5:E6:table=one"])
def test_a_table_below_another_that_leaves_a_column_of_it_empty_is_one_and_never_more_of_the_other(
    tmp_path: Path, answer: str
) -> None:
    answers = (f"*#{answer}" if "!" in answer else answer, "from=甲", "to=甲")
    case, reports = load(book(tmp_path / "a.xlsx", RETURNED), *answers)
    assert [(report.sheet, report.kind, report.loaded) for report in reports] == [
        ("S!A1:E2", "transfer", 1), ("S!A5:E6", "return", 1),
    ]  # fmt: skip
    assert [hop["to"]["name"] for hop in next(iter(case.trace(CARDS[0]))).to_dict()["chains"][0]["hops"]] == [
        "乙",
        "甲",
    ]


def test_whoever_took_cards_gave_them_back_below_a_title_of_returns(tmp_path: Path) -> None:
    heads = ["日期", "谁拿", "ICCID"]
    rows: Grid = [
        ["出货"],
        heads,
        ["2024-03-01", "乙", CARDS[0]],
        [],
        ["退回来的"],
        heads,
        ["2024-03-05", "乙", CARDS[0]],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows), "from=甲")
    assert [(report.kind, report.loaded, [each.field for each in report.asked]) for report in reports] == [
        ("transfer", 1, []), (None, 0, ["to"]),
    ]  # fmt: skip


def test_a_question_about_one_of_several_tables_is_answered_as_it_is_printed(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[*SALES], sale(1, "甲", "乙", 5), [], ["清单"], *DOUBTFUL])
    _, reports = load(path)
    (asked,) = (report.sheet for report in reports if report.error is not None)
    _, (_, report) = load(path, f"*#{asked}:table=one")
    assert report.loaded == 2


def test_a_person_may_say_that_blocks_are_one_table(tmp_path: Path) -> None:
    _, (report,) = load(book(tmp_path / "a.xlsx", DOUBTFUL), "table=one")
    assert (report.sheet, report.loaded, report.answered) == ("S", 2, {"table": "one"})


def test_a_cell_merged_across_two_tables_beside_each_other_joins_them_not(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [[*SALES, None, "ICCID", "客户名称"]]
    rows += [[*sale(1 + n, "甲", "乙", n), None, *card_list(5 + n, "丁")] for n in range(3)]
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        for at, cells in enumerate(rows):
            sheet.write_row(at, 0, cells)
        sheet.merge_range(2, 3, 2, 5, CARDS[9])
    _, reports = load(path)
    assert [(each.sheet, each.kind, each.loaded) for each in reports] == [
        ("S!A1:D4", "transfer", 3),
        ("S!F1:G4", "card_list", 3),
    ]


def test_tables_beside_each_other_with_a_note_between_them_are_asked_about_and_never_joined(tmp_path: Path) -> None:
    rows: Grid = [[*SALES, None, "ICCID", "客户名称"]]
    rows += [[*sale(1 + n, "甲", "乙", n), "见备注" if n == 1 else None, *card_list(5 + n, "丁")] for n in range(3)]
    path = book(tmp_path / "a.xlsx", rows)
    case, (report,) = load(path)
    assert report.error is not None
    assert (report.error.code, report.rows, report.rejected) == ("table_unclear", 3, 3)
    (trace,) = case.trace(CARDS[0])
    assert [each.params["reason"] for each in trace.findings if each.code == "unread_movement"] == ["table_unclear"]
    _, reports = load(path, "a.xlsx#S:table=several")
    assert [(each.sheet, each.loaded) for each in reports] == [("S!A1:E4", 3), ("S!F1:G4", 3)]


def test_an_empty_column_before_remarks_belongs_to_the_one_table(tmp_path: Path) -> None:
    rows: Grid = [
        [*SALES, None, "备注"],
        [*sale(1, "甲", "乙", 0), None, "已付"],
        [*sale(2, "甲", "乙", 1), None, None],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert [(report.sheet, report.loaded) for report in reports] == [("S", 2)]


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("length", [2, 100])
def test_a_table_below_other_headings_is_read_by_them(tmp_path: Path, gap: int, length: int) -> None:
    rows: Grid = [SALES, *[sale(1 + n % 28, "甲", f"乙{n}", n % 10) for n in range(length)], *[[]] * gap]
    rows += [["日期", "转入方", "转出方", "ICCID"], ["2024-04-01", "戊", "己", CARDS[7]]]
    case, reports = load(book(tmp_path / "a.xlsx", rows))
    last = 1 + length
    assert names(reports) == [f"S!A1:D{last}", f"S!A{last + gap + 1}:D{last + gap + 2}"]
    assert [report.loaded for report in reports] == [length, 1]
    (answer,) = case.trace(CARDS[7])
    hop = answer.to_dict()["chains"][-1]["hops"][-1]
    assert (hop["from"]["name"], hop["to"]["name"]) == ("己", "戊")


def test_what_is_laid_out_as_the_headings_above_begins_a_table_whatever_it_means(tmp_path: Path) -> None:
    handed = ["序号", "转入方", "转出日期", "联系电话", "起", "止", "张数", "转出方"]
    back = ["序号", "何处", "何日", "联系电话", "起", "止", "张数", "卡况"]
    rows: Grid = [
        handed,
        ["1", "乙", "2024-03-01", None, "1", "40", "40", "甲"],
        ["合计", None, None, None, None, None, "40", None],
        ["退库登记"],
        back,
        ["1", "丙", "2024-04-01", None, "7", "8", "2", "坏"],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:H3", "S!A5:H6"]
    assert [(report.loaded, report.rejected) for report in reports] == [(1, 1), (0, 1)]


def test_a_row_below_a_title_of_its_own_that_names_half_of_the_columns_above_begins_a_table(tmp_path: Path) -> None:
    rows: Grid = [
        ["Star Ltd"],
        ["SIM issue book, Sept 2025"],
        [],
        ["Day", "Agent", "First serial", "Last serial", "Pcs", "Remarks"],
        ["3/9/2025", "Ann", CARDS[0], CARDS[3], "4", "paid"],
        ["14/9/2025", "Ben", CARDS[5], CARDS[6], "2", None],
        [],
        ["RETURNED BY AGENTS"],
        ["Day", "Agent", "Serial", "Pcs", "Reason"],
        ["15/9/2025", "Ben", CARDS[5], "1", "not opened"],
    ]
    path = book(tmp_path / "a.xlsx", rows)
    case, reports = load(path, "to=Star Ltd")
    assert names(reports) == ["S!A4:F6", "S!A9:E10"]
    assert [report.kind for report in reports] == ["transfer", "return"]
    (back,) = case.trace(CARDS[5]).chains[0].hops[1:]
    assert (back.kind, back.sender.name, back.receiver.name) == ("return", "Ben", "Star Ltd")


def test_a_first_table_is_never_the_title_of_a_second_one(tmp_path: Path) -> None:
    rows: Grid = [
        ["ICCID", "颜色"],
        [CARDS[3], "红"],
        [],
        SALES,
        sale(1, "甲", "乙", 0),
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:B2", "S!A4:D5"]
    assert reports[1].loaded == 1
    assert reports[0].rows == reports[0].rejected == 1


def test_rows_of_data_without_headings_above_a_table_are_refused_and_not_swallowed(tmp_path: Path) -> None:
    rows: Grid = [[CARDS[3], "红"], [CARDS[4], "蓝"], [], SALES, sale(1, "甲", "乙", 0)]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:B2", "S!A4:D5"]
    assert reports[0].error is not None
    assert reports[0].error.code == "table_unclear"
    assert (reports[0].rows, reports[0].rejected, reports[0].rejects[0].reason) == (2, 2, "table_unclear")
    assert reports[1].loaded == 1


def test_a_line_of_name_and_number_above_a_table_is_no_table(tmp_path: Path) -> None:
    rows: Grid = [["卡号", CARDS[3], "户名", "甲"], ["联系电话：13800138000"], SALES, sale(1, "甲", "乙", 0)]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert [(report.sheet, report.loaded) for report in reports] == [("S", 1)]


@pytest.mark.parametrize("length", [1, 100])
def test_equal_headings_continue_their_table(tmp_path: Path, length: int) -> None:
    page = [sale(1 + n % 28, "甲", f"乙{n}", n % 10) for n in range(length)]
    rows: Grid = [["出库单 第1页"], SALES, *page, ["出库单 第2页"], SALES, sale(2, "甲", "丙", 1)]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert [(report.sheet, report.loaded) for report in reports] == [("S", length + 1)]


@pytest.mark.parametrize("length", [1, 100])
def test_equal_headings_below_another_title_begin_a_table(tmp_path: Path, length: int) -> None:
    page = [[f"2024-03-{1 + n % 28:02d}", f"乙{n}", CARDS[n % 10]] for n in range(length)]
    heading: list[str | None] = ["日期", "转入方", "ICCID"]
    rows: Grid = [["送货单位：甲"], heading, *page, ["送货单位：戊"], heading, ["2024-04-02", "丙", CARDS[1]]]
    case, reports = load(book(tmp_path / "a.xlsx", rows))
    assert [report.loaded for report in reports] == [length, 1]
    hops = next(iter(case.trace(CARDS[1]))).to_dict()["chains"]
    senders = {hop["from"]["name"] for chain in hops for hop in chain["hops"]}
    assert "戊" in senders


def test_rows_with_a_time_of_day_above_repeated_headings_are_rows_and_no_title(tmp_path: Path) -> None:
    headings = ["ICCID", "激活时间", "使用人"]
    rows = [[card, f"2024-03-05 05:13:{number:02d}", "张三"] for number, card in enumerate(CARDS)]
    rows[2][1] = "20240305051302"
    path = book(tmp_path / "a.xlsx", [headings, *rows[:6], headings, *rows[6:]])
    _, (report,) = load(path)
    assert (report.sheet, report.rows, report.loaded, report.rejected) == ("S", 11, 10, 1)


def test_tables_of_both_directions_are_found(tmp_path: Path) -> None:
    rows: Grid = [
        [*SALES, None, "ICCID", "客户名称"],
        [*sale(1, "甲", "乙", 0), None, *card_list(5, "丙")],
        [*sale(2, "甲", "乙", 1), None, *card_list(6, "丁")],
        [None, None, None, None, None, *card_list(8, "丁")],
        ["日期", "转入方", "转出方", "ICCID", None, *card_list(9, "丁")],
        ["2024-04-01", "戊", "己", CARDS[7], None, None, None],
    ]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert names(reports) == ["S!A1:D3", "S!A5:D6", "S!F1:G5"]
    assert [report.loaded for report in reports] == [2, 1, 4]


def test_a_title_merged_above_two_tables_is_that_of_both(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    heading = ["日期", "转入方", "ICCID"]
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.merge_range(0, 0, 0, 6, "送货单位：甲")
        for at, day in ((0, "2024-03-01"), (4, "2024-03-02")):
            sheet.write_row(1, at, heading)
            sheet.write_row(2, at, [day, f"乙{at}", CARDS[at]])
    _, reports = load(path)
    assert names(reports) == ["S!A2:C3", "S!E2:G3"]
    assert [report.loaded for report in reports] == [1, 1]


def test_an_answer_may_be_for_one_table_of_a_sheet(tmp_path: Path) -> None:
    rows: Grid = [
        ["转让日期", "转入方", "ICCID", None, "转让日期", "转入方", "ICCID"],
        ["2024-03-01", "乙", CARDS[0], None, "2024-03-02", "丙", CARDS[1]],
    ]
    case, reports = load(book(tmp_path / "a.xlsx", rows), "a.xlsx#S!A1:C2:from=甲", "a.xlsx#S!E1:G2:from=戊")
    assert [report.answered for report in reports] == [{"from": "甲"}, {"from": "戊"}]
    assert next(iter(case.trace(CARDS[1]))).to_dict()["chains"][0]["hops"][0]["from"]["name"] == "戊"


def test_loading_a_sheet_of_several_tables_again_adds_nothing(tmp_path: Path) -> None:
    rows: Grid = [SALES, *[sale(1 + n % 28, "甲", f"乙{n}", n % 10) for n in range(100)]]
    rows += [["日期", "转入方", "转出方", "ICCID"], ["2024-04-01", "戊", "己", CARDS[7]]]
    path = book(tmp_path / "a.xlsx", rows)
    case, first = load(path)
    again = case.load(path).files
    assert names(again) == names(first)
    assert all(report.already_loaded for report in again)
    assert case.status().records["transfer"] == 101
    assert not case.verify(deep=True)


def test_an_origin_in_one_of_several_tables_is_read_from_what_was_written() -> None:
    for sheet in ("S!A1:D3", "!A1:D3", "S", None):
        origin = Origin("a.xlsx", "00", sheet, 3)
        assert origin_of(origin_dict(origin)) == origin
    assert "table" not in origin_dict(Origin("a.xlsx", "00", "S!x", 3))


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_the_row_of_a_statement_in_one_of_several_tables_is_shown(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    if ending == ".xlsx":
        book(path, BESIDE)
    else:
        path.write_text("".join(",".join(cell or "" for cell in row) + "\n" for row in BESIDE), "utf-8")
    case, reports = load(path)
    origin = case.trace(CARDS[1])[0].chains[0].hops[0].origins[0]
    assert (origin.sheet, origin.row) == (reports[0].sheet, 3)
    excerpt = case.source_row(origin.sha256, origin.row, sheet=origin.sheet)
    assert excerpt.rows[-1] == (3, (*BESIDE[2],))
    with pytest.raises(NothingFound):
        case.source_row(origin.sha256, 3, sheet="T!A1:D3")


def test_a_sheet_of_too_many_filled_columns_is_refused_quickly_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    wide = [[*SALES, *[f"h{column}" for column in range(1_996)]]]
    wide += [[*sale(1 + row % 28, "甲", "乙", row % 10), *["x"] * 1_996] for row in range(10)]
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in (("S", wide), ("T", [SALES, sale(1, "甲", "乙", 3)])):
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
    started = time.process_time()
    case, reports = load(path)
    assert time.process_time() - started < 7
    assert [(report.rows, report.loaded, report.rejected) for report in reports] == [(10, 0, 10), (1, 1, 0)]
    error = reports[0].error
    assert error is not None
    assert (error.code, reports[0].rejects[0].reason) == ("table_too_wide", "table_too_wide")
    assert "2,000" in error.text.render("en")
    assert "1,000" in error.text.render("en")
    assert case.verify(deep=True) == []


def test_empty_columns_are_no_columns_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [SALES, sale(1, "甲", "乙", 0), sale(2, "甲", "乙", 1)]
    path.write_text("".join(",".join(cell or "" for cell in row) + "," * 2_000 + "\n" for row in rows), "utf-8")
    _, (report,) = load(path)
    assert (report.loaded, report.rejected) == (2, 0)


def test_a_file_of_one_sheet_that_is_too_wide_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{','.join(SALES)},{','.join(f'h{n}' for n in range(1_000))}\n", "utf-8")
    case = gt.open_case(tmp_path / "x.gtrace")
    (report,) = case.load(path).files
    assert report.error is not None
    assert report.error.code == "table_too_wide"


@pytest.mark.parametrize("width", [1_001, 16_000])
def test_no_mapping_is_suggested_for_a_sheet_that_is_too_wide(tmp_path: Path, width: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{','.join(f'h{n}' for n in range(width))}\n" * 50, "utf-8")
    started = time.process_time()
    with pytest.raises(UnknownHeadings) as raised:
        gt.suggest_mappings(path)
    assert time.process_time() - started < 5
    assert raised.value.code == "table_too_wide"
    assert raised.value.params["count"] == width


DELIVERY = ["日期", "发货方", "ICCID"]


def handed(case: gt.Case, card: int) -> list[tuple[str, str, str]]:
    (trace,) = case.trace(CARDS[card])
    return [(hop.kind, hop.sender.name, hop.receiver.name) for chain in trace.chains for hop in chain.hops]


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
@pytest.mark.parametrize("rows_above", [1, 70])
def test_a_line_within_a_table_that_names_another_receiver_counts_for_the_rows_below_it(
    tmp_path: Path, ending: str, rows_above: int
) -> None:
    above = [["2024-03-01", "甲商行", f"89860623000000001{row:02d}"] for row in range(rows_above)]
    grid: Grid = [
        ["收货方：张三"],
        [*DELIVERY],
        *above,
        ["2024-03-01", "甲商行", CARDS[1]],
        ["收货方：李四"],
        ["2024-03-02", "甲商行", CARDS[2]],
    ]
    path = tmp_path / f"a{ending}"
    if ending == ".xlsx":
        book(path, grid)
    else:
        path.write_text("\n".join(",".join(cell or "" for cell in row) for row in grid), "utf-8")
    case, reports = load(path)
    assert sum(report.loaded for report in reports) == rows_above + 2
    assert handed(case, 1) == [("transfer", "甲商行", "张三")]
    assert handed(case, 2) == [("transfer", "甲商行", "李四")]


@pytest.mark.parametrize(
    ("line", "left_out"), [("以上作废", {1}), ("以下未发货", {2}), ("（以下作废）", {2}), ("以上取消", {1})]
)
def test_a_line_within_a_table_decides_the_rows_of_which_it_speaks(
    tmp_path: Path, line: str, left_out: set[int]
) -> None:
    path = book(tmp_path / "a.xlsx", [[*SALES], sale(1, "甲", "乙", 1), [line], sale(2, "甲", "丙", 2)])
    case, reports = load(path)
    assert sum(report.rejected for report in reports) == len(left_out)
    assert {card for card in (1, 2) if not case.trace(CARDS[card])[0].chains} == left_out


@pytest.mark.parametrize("line", ["以上卡片已于3月10日全部退回", "作废", "退货", "以下为退货"])
def test_a_line_of_which_rows_is_not_certain_refuses_the_sheet_unless_a_person_says_that_it_is_one_table(
    tmp_path: Path, line: str
) -> None:
    path = book(tmp_path / "a.xlsx", [[*SALES], sale(1, "甲", "乙", 1), [line], sale(2, "甲", "丙", 2)])
    _, (report,) = load(path)
    assert report.error is not None
    assert (report.error.code, report.error.params["row"], report.error.params["value"]) == ("table_unclear", 3, line)
    _, (report,) = load(path, "table=one")
    assert (report.loaded, report.rejected) == (2, 1)


@pytest.mark.parametrize(
    "line", ["收货方：李四", "制表人：李四", "注：退货请在7日内联系", "以下空白", "合计：2张", "第2页"]
)
def test_a_footer_or_a_remark_turns_nothing(tmp_path: Path, line: str) -> None:
    rows: Grid = [[*SALES], sale(1, "甲", "乙", 1), sale(2, "甲", "丙", 2), [line]]
    _, reports = load(book(tmp_path / "a.xlsx", rows))
    assert (names(reports), sum(report.loaded for report in reports)) == (["S"], 2)


SECTIONS = ["一、已成交", "二、未成交", "三、已退货", "四、待核实", "五、其他"]


def sections(path: Path, *answers: str, heads: list[str] = SECTIONS) -> tuple[gt.Case, list[SheetReport]]:
    rows: Grid = [[*SALES]]
    for card, head in enumerate(heads):
        rows += [[head], sale(card + 1, "甲", f"乙{card}", card)]
    path.write_text("".join(",".join(cell or "" for cell in row) + "\n" for row in rows), "utf-8")
    return load(path, *answers)


def unread(case: gt.Case, card: int) -> list[tuple[object, object]]:
    (trace,) = case.trace(CARDS[card])
    found = [each for each in trace.findings if each.code == "unread_movement"]
    return [(each.params["reason"], each.params["text"]) for each in found]


def test_the_heading_of_rows_within_a_table_decides_these_rows_or_is_quoted_with_their_cards(tmp_path: Path) -> None:
    case, reports = sections(tmp_path / "a.csv")
    told = [warning.value for report in reports for warning in report.warnings if warning.reason == "title_decides"]
    assert told == ["二、未成交", "三、已退货"]
    assert [len(handed(case, card)) for card in (0, 3, 4)] == [1, 1, 1]
    assert not any(case.trace(CARDS[card])[0].chains for card in (1, 2))
    assert [unread(case, card) for card in range(5)] == [
        [], [("title_decides", None)], [("kind_differs", None)], [("line_not_read", "四、待核实")], [],
    ]  # fmt: skip


def test_a_person_may_say_that_the_heading_of_rows_says_nothing(tmp_path: Path) -> None:
    case, _ = sections(tmp_path / "a.csv", "words.未成交=ignore")
    assert [len(case.trace(CARDS[card])[0].chains) for card in range(5)] == [1, 1, 0, 1, 1]


def test_headings_of_rows_that_are_read_as_one_table_are_quoted_with_the_cards_below_each(tmp_path: Path) -> None:
    case, _ = sections(tmp_path / "a.csv", "table=one")
    assert [[text for _, text in unread(case, card)] for card in range(5)] == [
        [], ["二、未成交"], ["三、已退货"], ["四、待核实"], [],
    ]  # fmt: skip


def test_a_heading_merged_over_a_table_decides_the_rows_below_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet("S")
        for row, cells in enumerate([SALES, *(sale(1, "甲", "乙", card) for card in range(3))]):
            sheet.write_row(max(0, 2 * row - 1), 0, cells)
        sheet.merge_range(2, 0, 2, 3, "2024年3月作废")
        sheet.merge_range(4, 0, 4, 3, "2024年4月")
    case, _ = load(tmp_path / "a.xlsx")
    assert [len(case.trace(CARDS[card])[0].chains) for card in range(3)] == [1, 0, 1]


@pytest.mark.parametrize("line", ["预订（未发货）", "3月作废"])
def test_a_line_within_a_table_that_may_be_a_heading_or_a_remark_is_asked(tmp_path: Path, line: str) -> None:
    path = book(tmp_path / "a.xlsx", [[*SALES], sale(1, "甲", "乙", 1), [line], sale(2, "甲", "丙", 2)])
    _, (report,) = load(path)
    assert report.error is not None
    assert (report.error.code, report.error.params["value"]) == ("table_unclear", line)


def test_customers_as_headings_of_rows_decide_nothing(tmp_path: Path) -> None:
    case, reports = sections(tmp_path / "a.csv", heads=["一、甲公司", "二、乙公司", "小计", "第2页", "丙"])
    assert [report.loaded for report in reports] == [5]
    assert [unread(case, card) for card in range(5)] == [[]] * 5


@pytest.mark.parametrize("line", ["2024年3月作废", "（2024年3月退货）"])
def test_a_footer_that_would_decide_rows_is_quoted_with_all_cards(tmp_path: Path, line: str) -> None:
    case, _ = load(book(tmp_path / "a.xlsx", [[*SALES], sale(1, "甲", "乙", 1), [line]]))
    assert unread(case, 1) == [("line_not_read", line)]


def test_lists_of_seized_articles_below_each_other_have_each_its_own_holder(tmp_path: Path) -> None:
    rows: Grid = []
    for holder, day, signed in (("何大伟", 18, "持有人：何大伟  见证人：范文斌"), ("孙海", 20, "见证人：韩梅")):
        rows += [
            ["扣押清单", None, None, None],
            [f"被扣押人/持有人：{holder}    扣押日期：2024年6月{day}日", None, None, None],
            ["编号", "名称", "数量", "特征"],
            [str(day), "物联网卡", "1张", f"ICCID：89860625300210200{day}6"],
            [signed, None, None, None],
        ]
    case, _ = load(book(tmp_path / "a.xlsx", rows))
    assert [[each.origins[0].row for each in case.party(name).seizures] for name in ("何大伟", "孙海")] == [[4], [9]]
