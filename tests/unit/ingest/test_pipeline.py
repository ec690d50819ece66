from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from graphtrace.errors import UnknownHeadings
from graphtrace.ingest import pipeline
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.sheet import SHORT_BLOCK, MalformedRow
from graphtrace.ingest.sheet_opening import open_sheet_parser
from graphtrace.results.reports import RowWarning

from .sheets import Row, read_all, read_rows, sheet_of

HEADINGS = ("转出方", "转入方", "日期", "卡号")


def cards(*numbers: str) -> list[Row]:
    return [("甲", "乙", "2024-03-05", number) for number in numbers]


SOUND = [f"89860612345678{number:05d}" for number in range(1, 40)]
SUSPECT = ["8986061234560000000", "8986061234570000000", "8986061234580000000"]


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    ("sound", "suspects", "damaged"), [(18, 2, 0), (17, 2, 2), (27, 3, 0), (0, 1, 0), (0, 2, 2), (26, 3, 3)]
)
def test_suspects_are_damaged_when_they_are_two_and_more_than_a_tenth(
    sound: int, suspects: int, damaged: int, bulk: bool
) -> None:
    rows, reading = read_rows(HEADINGS, *cards(*SUSPECT[:suspects], *SOUND[:sound]), bulk=bulk, block_rows=5)
    assert [reject.reason for reject in reading.rejects] == ["damaged_number"] * damaged
    assert len(rows) == sound + suspects - damaged
    assert reading.rows == sound + suspects


def test_cells_without_a_card_do_not_thin_out_the_suspects() -> None:
    quantity_only = [("甲", "乙", "2024-03-05", None, "5")] * 40
    listed = [(*row, None) for row in cards(*SUSPECT[:2])]
    _, reading = read_rows((*HEADINGS, "数量"), *listed, *quantity_only)
    assert [reject.row for reject in reading.rejects] == [2, 3]


def test_a_suspect_in_a_damaged_column_is_rejected_for_that_before_anything_later() -> None:
    _, reading = read_rows(HEADINGS, ("甲", "乙", "x", SUSPECT[0]), *cards(*SUSPECT[1:]))
    assert {reject.reason for reject in reading.rejects} == {"damaged_number"}
    assert reading.rejects[0].interval == (SUSPECT[0], "8986061234560009999")


def test_remarks_are_counted_over_the_sheet_from_its_first_row() -> None:
    rows = [(number, "2024-03-05", device) for number, device in zip(SOUND, ["x", "y", None, "z"], strict=False)]
    _, reading = read_rows(("iccid", "激活时间", "imei"), (SUSPECT[0], "2024-03-05", "w"), *rows)
    assert reading.remarks == [RowWarning(field="imei", reason="bad_identifier", rows=4, first_row=2, value="w")]


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    rows, reading = read_rows(("标题", None, None, None), (None,) * 4, HEADINGS, (None,) * 4, *cards(*SOUND[:2]))
    assert reading.header_row == 3
    assert [row["row"] for row in rows] == [5, 6]


def test_faults_of_the_file_are_rejects() -> None:
    _, reading = read_rows(HEADINGS, *cards(*SOUND[:2]), faults=[MalformedRow(2, 'a,"b')])
    assert (reading.rejects[0].reason, reading.rejects[0].value, reading.rejects[0].raw) == (
        "unreadable_row",
        'a,"b',
        (("", 'a,"b'),),
    )
    assert reading.rows == 3


def test_a_lost_row_is_noticed() -> None:
    sheet = sheet_of(HEADINGS, *cards(*SOUND[:3]), block_rows=2)
    read = sheet.read

    def read_without_the_last_block(below: int) -> Iterator[pl.DataFrame]:
        *blocks, _ = read(below)
        yield from blocks

    sheet.read = read_without_the_last_block
    with pytest.raises(RuntimeError, match="3 rows were read, 2 are accounted for"):
        list(open_sheet_parser(sheet).frames())


def test_a_sheet_whose_rows_are_of_several_kinds_is_mixed() -> None:
    rows = cards(*SOUND[:2])
    assert read_rows(("类型", *HEADINGS), *[("转让", *row) for row in rows])[1].kind == "transfer"
    said = zip(("转让", "退货"), rows, strict=True)
    assert read_rows(("类型", *HEADINGS), *[(kind, *row) for kind, row in said])[1].kind == "mixed"
    assert read_rows(HEADINGS, *cards(SOUND[0]))[1].kind == "transfer"
    assert read_rows(("类型", *HEADINGS), ("x", *cards(SOUND[0])[0]), as_kind="return")[1].kind == "return"


def test_the_kind_said_with_the_command_goes_before_that_of_the_mapping() -> None:
    mapping = ColumnMapping(kind="return")
    assert read_rows(HEADINGS, *cards(SOUND[0]), mapping=mapping)[0][0]["kind"] == "return"
    assert read_rows(HEADINGS, *cards(SOUND[0]), mapping=mapping, as_kind="transfer")[0][0]["kind"] == "transfer"


def test_a_literal_fills_every_row() -> None:
    mapping = ColumnMapping(
        kind="purchase", claims=ColumnOverrides(literals={"carrier": "中国联通", "date": "2024-03"})
    )
    rows, _ = read_rows(("购卡单位", "卡号"), ("甲", SOUND[0]), ("乙", SOUND[1]), mapping=mapping)
    assert {row["carrier_name"] for row in rows} == {"中国联通"}
    assert rows[0]["last_day"] - rows[0]["first_day"] == 30


def test_serial_numbers_count_from_1904_where_the_workbook_does() -> None:
    rows, _ = read_rows(HEADINGS, ("甲", "乙", "43894", SOUND[0]), uses_1904=True)
    assert rows[0]["first_day"] == 19787


def test_headings_are_judged_before_any_row_is_read() -> None:
    with pytest.raises(UnknownHeadings):
        open_sheet_parser(sheet_of(("a", "b"), ("1", "2")))


def test_a_sheet_of_nothing_but_a_header_has_no_rows() -> None:
    reading = open_sheet_parser(sheet_of(HEADINGS))
    assert read_all(reading) == []
    assert (reading.rows, reading.rejects, reading.remarks) == (0, [], [])
    assert reading.headings == HEADINGS


@pytest.mark.parametrize("headings", [HEADINGS, ("类型", *HEADINGS)])
def test_a_sheet_without_rows_has_none(headings: tuple[str, ...]) -> None:
    rows, reading = read_rows(headings)
    assert (rows, reading.rejects, reading.rows) == ([], [], 0)


def test_blocks_that_are_short_are_read_row_by_row_and_others_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    by_columns: list[int] = []
    read = pipeline.VectorizedParser.read

    def counted(
        parser: pipeline.VectorizedParser, block: pl.DataFrame, waiting: pl.Series | None
    ) -> tuple[list[pl.DataFrame], pl.DataFrame]:
        by_columns.append(block.height)
        return read(parser, block, waiting)

    monkeypatch.setattr(pipeline.VectorizedParser, "read", counted)
    dates = ("03/04/2024", "04/25/2024", "2024-03-05", "坏")
    rows = [
        ("甲", "乙", dates[number % 4], f"89860612345678{number:05d}")
        for number in range(SHORT_BLOCK + SHORT_BLOCK // 2)
    ]
    mixed, reading = read_rows(HEADINGS, *rows, bulk=None, block_rows=SHORT_BLOCK)
    assert by_columns == [SHORT_BLOCK]
    slow, slow_reading = read_rows(HEADINGS, *rows, bulk=False, block_rows=SHORT_BLOCK)
    assert mixed == slow
    assert len(mixed) == SHORT_BLOCK + SHORT_BLOCK // 2 - reading.rejected
    assert reading.rejects == slow_reading.rejects
    assert reading.rejected > 0
