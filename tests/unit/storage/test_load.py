from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import CaseMissing
from graphtrace.results.load_report import SheetReport
from graphtrace.storage.case_folder import find_database

TRANSFERS = "转出方,转入方,日期,卡号,单号,渠道\n"
LOTS = "转出方,转入方,日期,数量,单号\n"
CARD = "8986061900000000001"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[gt.Case]:
    with gt.open_case(tmp_path / "x.gtrace") as opened:
        yield opened


def load(case: gt.Case, text: str, *, name: str = "t.csv", dry_run: bool = False) -> SheetReport:
    """Load one file of this text, which lies beside the case."""
    path = case.path.parent / name
    path.write_text(text, "utf-8")
    (entry,) = case.load(path, dry_run=dry_run).files
    assert entry.error is None
    return entry


def counts(entry: SheetReport) -> tuple[int, int, int, int]:
    return entry.rows, entry.loaded, entry.duplicate, entry.rejected


def hops_and_origins(case: gt.Case, card: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """The receivers of the first chain with the places that say so."""
    (trace,) = case.trace(card)
    return [(hop.receiver.name, [(origin.file, origin.row) for origin in hop.origins]) for hop in trace.chains[0].hops]


def test_the_same_content_under_another_name_is_loaded_once(case: gt.Case) -> None:
    text = TRANSFERS + f"甲,乙,2024-03-05,{CARD},,\n甲,乙,坏,{CARD},,\n"
    first, again, renamed = (load(case, text, name=name) for name in ("a.csv", "a.csv", "b.csv"))
    assert [counts(entry) for entry in (first, again, renamed)] == [(2, 1, 0, 1), (2, 0, 1, 1), (2, 0, 1, 1)]
    assert [entry.already_loaded for entry in (first, again, renamed)] == [False, True, True]
    assert again.rejects == first.rejects
    assert again.rejects_file == first.rejects_file
    assert [entry["file"] for entry in case.status().files] == ["a.csv"]


def test_the_same_file_named_twice_in_one_call_is_loaded_once(case: gt.Case, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TRANSFERS + f"甲,乙,2024-03-05,{CARD},,\n", "utf-8")
    entries = case.load(tmp_path / "t.csv", tmp_path / "t.csv").files
    assert [(entry.already_loaded, entry.loaded, entry.duplicate) for entry in entries] == [(False, 1, 0), (True, 0, 1)]


def test_a_file_that_grew_repeats_its_old_rows_and_adds_its_new_ones(case: gt.Case) -> None:
    text = TRANSFERS + f"甲,乙,2024-03-05,{CARD},,\n"
    assert counts(load(case, text)) == (1, 1, 0, 0)
    assert counts(load(case, text + f"乙,丙,2024-04-05,{CARD},,\n")) == (2, 1, 1, 0)
    assert [receiver for receiver, _ in hops_and_origins(case, CARD)] == ["乙", "丙"]


def test_the_same_statement_in_two_files_is_one_with_two_origins(case: gt.Case) -> None:
    assert counts(load(case, TRANSFERS + f"甲,乙,2024-03-05,{CARD},7,微信\n", name="a.csv")) == (1, 1, 0, 0)
    # other writings of the name, day and card, and another record number
    wide = CARD.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    row = f"　甲 ,乙,2024年3月5日,{wide},8,微信\n"
    second = load(case, TRANSFERS + row, name="b.csv")
    assert counts(second) == (1, 0, 1, 0)
    assert case.status().records["transfer"] == 1
    ((receiver, origins),) = hops_and_origins(case, CARD)
    assert (receiver, sorted(origins)) == ("乙", [("a.csv", 2), ("b.csv", 2)])


@pytest.mark.parametrize("other", ["8986061900000000001", "89860619000000000014", "8986061900000000001X"])
def test_a_unicom_card_with_or_without_its_last_character_is_the_same_statement(case: gt.Case, other: str) -> None:
    load(case, TRANSFERS + "甲,乙,2024-03-05,89860619000000000011,,\n", name="a.csv")
    assert counts(load(case, TRANSFERS + f"甲,乙,2024-03-05,{other},,\n", name="b.csv")) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    "row",
    [
        f"甲,乙,2024-03-06,{CARD},,微信",
        f"甲,丙,2024-03-05,{CARD},,微信",
        f"甲,乙,2024-03-05,{CARD},,QQ",
        f"甲,乙,2024-03-05,{CARD},,",
        f"甲,乙,2024-03,{CARD},,微信",
        f"甲,乙,2024-03-05 08:00:00,{CARD},,微信",
        "甲,乙,2024-03-05,8986061900000000002,,微信",
        "甲,乙,2024-03-05,898606190000000000A1,,微信",
    ],
)
def test_a_statement_that_differs_in_one_field_is_another(case: gt.Case, row: str) -> None:
    load(case, TRANSFERS + f"甲,乙,2024-03-05,{CARD},,微信\n")
    entry = load(case, f"{TRANSFERS}{row}\n")
    assert entry.duplicate == 0


def test_two_quantities_with_different_record_numbers_are_two_sales(case: gt.Case) -> None:
    rows = "甲,乙,2024-03-05,500,1\n甲,乙,2024-03-05,500,2\n甲,乙,2024-03-05,500,1\n甲,乙,2024-03-05,500,\n"
    assert counts(load(case, LOTS + rows, name="a.csv")) == (4, 3, 1, 0)
    assert counts(load(case, LOTS + rows + "甲,乙,2024-03-05,500,\n", name="b.csv")) == (5, 0, 5, 0)
    assert case.status().quantity_only == 3


def test_statements_repeat_within_a_file_and_across_its_sheets(case: gt.Case, tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    row = ["甲", "乙", "2024-03-05", CARD]
    with Workbook(tmp_path / "t.xlsx") as book:
        for rows in ([row, row], [row, [*row[:3], "8986061900000000002"]]):
            sheet = book.add_worksheet()
            for number, cells in enumerate([["转出方", "转入方", "日期", "卡号"], *rows]):
                sheet.write_row(number, 0, cells)
    report = case.load(tmp_path / "t.xlsx")
    assert [counts(entry) for entry in report.files] == [(2, 1, 1, 0), (2, 1, 1, 0)]
    (trace,) = case.trace(CARD)
    places = [(origin.sheet, origin.row) for origin in trace.chains[0].hops[0].origins]
    assert sorted(places) == [("Sheet1", 2), ("Sheet1", 3), ("Sheet2", 2)]


CELLS = {
    "sender": st.sampled_from(["甲", "乙", "中国联通", " 甲", "", "无"]),
    "receiver": st.sampled_from(["甲", "乙", "丙有限公司", "丙有限公司(总)", "-"]),
    "date": st.sampled_from(["2024-03-05", "2024/3/5", "20240305", "45356", "2024-13-01", "", "03/04/2024"]),
    "card": st.sampled_from(
        [CARD, f"{CARD}1", "８９８６０６１９０００００００００２", "8.98606E+18", "", "12", "89860"]
    ),
    "quantity": st.sampled_from(["", "1", "500", "-3", "x"]),
    "number": st.sampled_from(["", "1", "2"]),
}
TABLES = st.lists(st.lists(st.tuples(*CELLS.values()), max_size=12), min_size=1, max_size=3)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_every_row_is_loaded_duplicate_or_rejected_in_report_and_database(tables: list[list[tuple[str, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, gt.open_case(Path(folder) / "x.gtrace") as case:
        entries = []
        for number, rows in enumerate(tables):
            text = "转出方,转入方,日期,卡号,数量,单号\n" + "".join(",".join(row) + "\n" for row in rows)
            entries.append(load(case, text, name=f"{number}.csv"))
            assert entries[-1].rows == sum(any(row) for row in rows)
        for entry in entries:
            assert entry.rows == entry.loaded + entry.duplicate + entry.rejected
            assert entry.rejected == len(entry.rejects)
        assert case.verify() == []
        fresh = [entry for entry in entries if not entry.already_loaded]
        assert stored(case) == (
            sum(entry.loaded for entry in fresh),
            sum(entry.duplicate for entry in fresh),
            sum(entry.rejected for entry in fresh),
        )
        for entry in fresh:
            if entry.rejects_file:
                assert pl.read_csv(entry.rejects_file, infer_schema=False).height == entry.rejected


def stored(case: gt.Case) -> tuple[int, int, int]:
    """New, repeated and rejected rows, counted in the tables themselves."""
    case.close()
    with duckdb.connect(str(find_database(case.path)), read_only=True) as con:
        tables = " UNION ALL ".join(
            f"SELECT repeated FROM {table}" for table in ("card_records", "range_records", "cardless_records")
        )
        ((fresh, repeated),) = con.execute(
            f"SELECT count(*) FILTER (NOT repeated), count(*) FILTER (repeated) FROM ({tables})"
        ).fetchall()
        ((rejected,),) = con.execute("SELECT count(*) FROM rejects").fetchall()
    return fresh, repeated, rejected


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("使用人", "王五"),
        ("使用人证件号", "310101199003077571"),
        ("IMEI", "861234567890123"),
        ("接入号", "1064612345678"),
        ("IMSI", "460011234567890"),
        ("省份", "江苏"),
        ("备注", "急"),
        ("渠道", "微信"),
    ],
)
def test_a_column_that_only_a_refused_row_fills_is_loaded_as_empty(case: gt.Case, heading: str, cell: str) -> None:
    text = f"卡号,激活时间,{heading}\n{CARD},2024-04-02,\n{CARD[:-1]}2,2024-04-02,\n坏,2024-04-02,{cell}\n"
    assert counts(load(case, text)) == (3, 2, 0, 1)
    (trace,) = case.trace(CARD)
    assert [activation.user for activation in trace.activations] == [None]


def test_a_trial_run_changes_nothing_and_says_what_a_load_would(case: gt.Case) -> None:
    known = load(case, TRANSFERS + f"甲,乙,2024-03-05,{CARD},,\n甲,乙,坏,{CARD},,\n", name="known.csv")
    before = tree(case.path)
    # enough rows that the database would write them into its file before the commit
    rows = "".join(f"甲,乙,2024-03-05,{8986061900000000001 + n},,\n" for n in range(130_000))
    tried = load(case, TRANSFERS + rows + "甲,乙,坏,1,,\n", name="new.csv", dry_run=True)
    assert counts(tried) == (130_001, 129_999, 1, 1)
    assert (tried.already_loaded, tried.rejects_file) == (False, None)
    tried = load(case, (case.path.parent / "known.csv").read_text("utf-8"), name="again.csv", dry_run=True)
    assert (tried.already_loaded, tried.rejects_file) == (True, known.rejects_file)
    assert tree(case.path) == before
    assert counts(load(case, TRANSFERS + rows + "甲,乙,坏,1,,\n", name="new.csv")) == (130_001, 129_999, 1, 1)


def test_a_trial_run_of_several_files_counts_what_they_share_once(case: gt.Case, tmp_path: Path) -> None:
    for name, channel in (("a.csv", "1"), ("b.csv", "2")):
        (tmp_path / name).write_text(TRANSFERS + f"甲,乙,2024-03-05,{CARD},{channel},\n", "utf-8")
    report = case.load(tmp_path / "a.csv", tmp_path / "b.csv", dry_run=True)
    assert [(entry.loaded, entry.duplicate) for entry in report.files] == [(1, 0), (0, 1)]


def test_a_trial_run_needs_no_case_and_makes_none(case: gt.Case) -> None:
    assert counts(load(case, TRANSFERS + f"甲,乙,2024-03-05,{CARD},,\n", dry_run=True)) == (1, 1, 0, 0)
    assert not case.path.exists()
    with pytest.raises(CaseMissing):
        case.status()


FORMULAS = (
    "=cmd|'/c calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "\tx",
    "\nx",
    " =1",
    "a\x1b]0;t\x07",
)


def test_no_cell_of_a_rejects_file_is_a_formula_or_acts_on_a_terminal(case: gt.Case) -> None:
    rows = [[name, "乙", "坏", CARD, name, name] for name in FORMULAS]
    text = io.StringIO()
    csv.writer(text).writerows([["转出方", "转入方", "日期", "卡号", "=单号", "渠道"], *rows])
    report = load(case, text.getvalue())
    assert report.rejected == len(FORMULAS)
    assert report.rejects_file is not None
    written = Path(report.rejects_file).read_text("utf-8-sig")
    table = list(csv.reader(io.StringIO(written, newline="")))
    cells = [cell for row in table for cell in row]
    assert sum(cell.startswith("'") for cell in cells) > 2 * len(FORMULAS) - 6
    assert not any(cell.strip().startswith(tuple("=+-@＝＋－＠")) for cell in cells)
    assert not set("\x07\x1b") & set(written)


def test_both_columns_of_one_heading_stand_in_the_rejects_file(case: gt.Case) -> None:
    report = load(case, f"转出方,转入方,日期,卡号,卡号\n甲,乙,坏,{CARD},8986061900000000002\n")
    assert report.rejects_file is not None
    head, row = list(csv.reader(io.StringIO(Path(report.rejects_file).read_text("utf-8-sig"))))
    assert head[-2:] == ["卡号", "卡号"]
    assert row[-2:] == [CARD, "8986061900000000002"]


LACKS_SENDER = f"收货单位,出库日期,ICCID,出库单号\n乙公司,2024-03-05,{CARD},A1\n"


def test_files_of_equal_bytes_are_read_and_asked_about_once_and_named_as_the_same(
    case: gt.Case, tmp_path: Path
) -> None:
    names = ("a (1).csv", "a.csv", "b.csv")
    for name, text in zip(names, (LACKS_SENDER, LACKS_SENDER, LACKS_SENDER.replace("乙", "丙")), strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    first, same, other = case.load(*(tmp_path / name for name in names)).files
    assert [[one.field for one in entry.asked] for entry in (first, same, other)] == [["from"], [], ["from"]]
    assert [entry.same_as for entry in (first, same, other)] == [None, "a (1).csv", None]
    assert (same.error, same.already_loaded, counts(same)) == (None, True, (0, 0, 0, 0))
    first, same, other = case.load(*(tmp_path / name for name in names), answers=["from=甲公司"]).files
    assert [counts(entry) for entry in (first, same, other)] == [(1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0)]
    assert first.sha256 == same.sha256 != other.sha256


@pytest.mark.parametrize("named", ["a.csv", "b.csv"])
def test_an_answer_for_one_of_two_equal_files_is_one_for_both(case: gt.Case, tmp_path: Path, named: str) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(LACKS_SENDER, "utf-8")
    report = case.load(tmp_path / "a.csv", tmp_path / "b.csv", answers=[f"{named}:from=甲公司"])
    assert [(entry.file, entry.error, list(entry.asked)) for entry in report.files] == [
        ("a.csv", None, []),
        ("b.csv", None, []),
    ]
    assert {entry.file: counts(entry) for entry in report.files if entry.file == named} == {named: (1, 1, 0, 0)}
    assert [entry.same_as for entry in report.files if entry.file != named] == [named]
    assert report.unused == []


def test_a_file_of_equal_bytes_is_read_where_a_fault_of_its_own_kept_the_other(case: gt.Case, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 broken")
    entries = case.load(tmp_path / "a.xlsx", tmp_path / "b.xlsx").files
    assert [(entry.same_as, entry.error is not None) for entry in entries] == [(None, True)] * 2
