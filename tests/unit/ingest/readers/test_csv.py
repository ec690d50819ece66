from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.errors import InputError
from graphtrace.ingest.readers import csv_reader as csv_reader
from graphtrace.ingest.readers import encodings, open_sheets
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.sheet import MalformedRow, Sheet

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows_of(sheet: Sheet, below: int = 0) -> list[tuple[object, ...]]:
    return [row for frame in sheet.read(below) for row in frame.iter_rows()]


def test_a_clean_table_is_read_as_it_stands(write: Write) -> None:
    (sheet,) = open_sheets(write("卡号,数量\r\n89860,1\r\n89861,2\r\n"))
    assert (sheet.name, sheet.width, sheet.encoding) == (None, 2, "utf-8")
    assert sheet.head_rows == [(1, ["卡号", "数量"]), (2, ["89860", "1"]), (3, ["89861", "2"])]
    assert rows_of(sheet, below=1) == [(2, "89860", "1"), (3, "89861", "2")]
    assert sheet.counted == 2
    assert sheet.faults == []


def test_a_table_may_be_read_from_a_path_given_as_text(write: Write) -> None:
    assert open_sheets(str(write("a,b\n1,2\n")))[0].width == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row(write: Write, ending: str) -> None:
    (sheet,) = open_sheets(write(ending.join(["a,b", "1,2", "3,4"])))
    assert rows_of(sheet, below=1) == [(2, "1", "2"), (3, "3", "4")]


def test_blank_lines_and_lines_of_separators_are_counted_but_are_no_rows(write: Write) -> None:
    (sheet,) = open_sheets(write("\n,\na,b\n\n , \n1,2\n-,NULL\n3,4"))
    assert sheet.head_rows[0] == (3, ["a", "b"])
    assert rows_of(sheet, below=3) == [(6, "1", "2"), (8, "3", "4")]
    assert sheet.counted == 2


def test_a_quoted_cell_with_a_line_break_is_one_row(write: Write) -> None:
    (sheet,) = open_sheets(write('a,b\n"x\ny, z",1\n2,"say ""hi"""\n'))
    assert rows_of(sheet, below=1) == [(2, "x\ny, z", "1"), (3, "2", 'say "hi"')]


def test_a_quoted_cell_may_run_over_the_end_of_a_block(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "text_blocks", lambda path, encoding, _=0: encodings.text_blocks(path, encoding, 8))
    (sheet,) = open_sheets(write('a,b\n1,"one\ntwo\nthree"\n2,3\n'))
    assert rows_of(sheet, below=1) == [(2, "1", "one\ntwo\nthree"), (3, "2", "3")]


def test_a_formula_that_keeps_a_number_as_text_is_not_quoting(write: Write) -> None:
    text = 'a,b\n="89860",1\n="89861",2\n'
    assert csv_reader.strip_simple_quotes(text.encode(), ",") == text.encode()
    assert rows_of(open_sheets(write(text))[0], below=1) == [(2, '="89860"', "1"), (3, '="89861"', "2")]


def test_quotes_that_only_enclose_are_dropped(write: Write) -> None:
    assert csv_reader.strip_simple_quotes(b'"a","b"\r\n"1",""\r\n', ",") == b"a,b\r\n1,\r\n"


@pytest.mark.parametrize("text", ['"a,b",c\n', '"a""b",c\n', '"a\nb",c\n', '"a"b,c\n', '"a,b\n', 'x,"a\n', '"a" ,b\n'])
def test_quotes_that_mean_more_are_left_to_the_parser(text: str) -> None:
    assert csv_reader.strip_simple_quotes(text.encode(), ",") is None


def test_a_quote_that_never_closes_costs_only_its_own_row(write: Write) -> None:
    (sheet,) = open_sheets(write('a,b\n1,2\n3,"4\n5,6\n7,8\n'))
    assert rows_of(sheet, below=1) == [(2, "1", "2"), (4, "5", "6"), (5, "7", "8")]
    assert sheet.faults == [MalformedRow(3, '3,"4')]
    assert sheet.counted == 4


def test_a_cell_beyond_the_limit_of_csv_costs_only_its_own_row(write: Write) -> None:
    filler = "".join(f"{number},x\n" for number in range(30_000))
    (sheet,) = open_sheets(write(f'a,b\n1,"2\n{filler}'))
    assert len(rows_of(sheet, below=1)) == 30_000
    assert [fault.row for fault in sheet.faults] == [2]


def test_a_row_with_a_filled_cell_too_many_is_a_fault(write: Write) -> None:
    lines = ["a,b", *["1,2"] * 70, "1,2,3", "4,5,, ", "6", "7,8"]
    (sheet,) = open_sheets(write("\n".join(lines)))
    assert sheet.width == 2
    assert rows_of(sheet, below=71) == [(73, "4", "5"), (74, "6", None), (75, "7", "8")]
    assert sheet.faults == [MalformedRow(72, "1,2,3")]
    assert sheet.counted == 4


def test_faults_above_the_rows_that_are_read_are_not_reported(write: Write) -> None:
    (sheet,) = open_sheets(write("\n".join(["a,b", *["1,2"] * 70, "1,2,3", "7,8"])))
    assert rows_of(sheet, below=72) == [(73, "7", "8")]
    assert sheet.faults == []
    assert sheet.counted == 1


def test_short_rows_are_filled_with_nothing(write: Write) -> None:
    (sheet,) = open_sheets(write("a,b,c\n1\n2,3\n4,5,6\n"))
    assert rows_of(sheet, below=1) == [(2, "1", None, None), (3, "2", "3", None), (4, "4", "5", "6")]


def test_a_whole_block_of_short_rows_is_filled_with_nothing(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        csv_reader, "text_blocks", lambda path, encoding, _=0: encodings.text_blocks(path, encoding, 10)
    )
    (sheet,) = open_sheets(write("aaaaaaa,b,c\n11111,2\n33333,4\n"))
    assert rows_of(sheet, below=1) == [(2, "11111", "2", None), (3, "33333", "4", None)]


def test_blanks_of_every_kind_are_stripped(write: Write) -> None:
    (sheet,) = open_sheets(write("a,b\n\u3000x\u00a0,\ufeffy\u200b\n\x00z , w\t\n"))
    assert rows_of(sheet, below=1) == [(2, "x", "y"), (3, "z", "w")]


def test_a_nul_byte_is_never_taken_for_the_mark_of_an_inexact_number(write: Write) -> None:
    (sheet,) = open_sheets(write(b"a,b\n\x008.98E+19,x\n\x00 \x00y,q\x00q\n"))
    assert rows_of(sheet, below=1) == [(2, "8.98E+19", "x"), (3, "y", "q\x00q")]


@pytest.mark.parametrize(
    "word", ["-", "—", "——", "/", "无", "空", "NULL", "None", "N/A", "nan", "NaN", "n/A", " null "]
)
def test_words_that_say_nothing_are_nothing(write: Write, word: str) -> None:
    (sheet,) = open_sheets(write(f"a,b\n{word},1\n"))
    assert rows_of(sheet, below=1) == [(2, None, "1")]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_cuts_all_rows_alike(write: Write, delimiter: str) -> None:
    rows = [["单位", "数量", "备注"], ["星海, 智联", "1", "a,b"], ["x", "2", "c"], ["y", "3", ""]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    (sheet,) = open_sheets(write("2024年采购明细\n" + out.getvalue(), "table.txt"))
    assert sheet.width == 3
    assert rows_of(sheet, below=2)[0] == (3, "星海, 智联", "1", "a,b")


def test_a_list_within_cells_does_not_decide_the_delimiter(write: Write) -> None:
    (sheet,) = open_sheets(write("a,b\n1,x;y;z;w\n2,x;y;z;w\n"))
    assert sheet.width == 2


def test_a_list_of_numbers_is_one_column(write: Write) -> None:
    (sheet,) = open_sheets(write("卡号\n\n89860\n89861\n"))
    assert sheet.width == 1
    assert rows_of(sheet, below=1) == [(3, "89860"), (4, "89861")]


@pytest.mark.parametrize("text", ["\n\n\n", ",,\n,,\n", " \t \n", "-,无\n", "\ufeff", "\x00"])
def test_a_file_without_a_filled_cell_is_an_error(write: Write, text: str) -> None:
    with pytest.raises(InputError, match=r"no cell is filled|not text") as caught:
        open_sheets(write(text))
    assert caught.value.hint


def test_a_row_with_damaged_bytes_is_a_fault_and_the_others_are_read(write: Write) -> None:
    lines = ["单位,数量", *["海南星海智联有限公司,1"] * 100]
    data = "\n".join(lines).encode().replace("星".encode(), b"\xe6\x98", 1)
    (sheet,) = open_sheets(write(data))
    assert sheet.encoding == "utf-8"
    assert len(rows_of(sheet, below=1)) == 99
    assert sheet.faults == [MalformedRow(2, "海南\ufffd海智联有限公司,1")]
    assert sheet.counted == 100


def test_reading_takes_no_more_memory_than_a_few_blocks(write: Write) -> None:
    path = write("a,b,c\n" + "8986062000000000000,海南星海智联有限公司,1\n" * 1_000_000)
    tracemalloc.start()
    try:
        (sheet,) = open_sheets(path)
        assert sum(frame.height for frame in sheet.read(1)) == 1_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * encodings.BLOCK_BYTES


# The oracle: the standard library's reader over the whole text, and the rules for cells and rows as SPEC states them.

cells = st.text(alphabet=',;\t"\r\n \x00a1-无\u3000é', max_size=4) | st.sampled_from(
    ["NULL", "\ufeffx", "8986", '="1"']
)
clean_cells = st.text(alphabet="a1-无 \u3000）8\t", max_size=5) | st.sampled_from(["N/A", "x\u00a0", '="1"', '"q"'])


def expected_rows(text: str, delimiter: str, width: int) -> tuple[list[tuple[object, ...]], list[int]]:
    rows: list[tuple[object, ...]] = []
    faults: list[int] = []
    for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        tidied = [clean_cell(cell) for cell in record]
        if any(tidied[width:]):
            faults.append(number)
        elif any(cell is not None for cell in tidied):
            rows.append((number, *tidied[:width], *[None] * (width - len(tidied))))
    return rows, faults


def check_against_oracle(path: Path, text: str, delimiter: str, width: int, block_bytes: int) -> None:
    path.write_bytes(text.encode())
    table = csv_reader._Table(path, encodings.Encoding("utf-8", None), delimiter, width, usual=0)
    original = csv_reader.text_blocks
    csv_reader.text_blocks = lambda path, encoding: encodings.text_blocks(path, encoding, block_bytes)
    try:
        sheet = Sheet(name=None, width=width, head_rows=[], read=lambda below: table.read(sheet, below))
        rows = rows_of(sheet)
    finally:
        csv_reader.text_blocks = original
    wanted, faults = expected_rows(text, delimiter, width)
    assert rows == wanted
    assert [fault.row for fault in sheet.faults] == faults
    assert sheet.counted == len(rows) + len(faults)


@given(
    lines=st.lists(st.lists(cells, max_size=4), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.booleans(),
    width=st.integers(1, 4),
    block_bytes=st.integers(1, 40),
)
def test_any_text_is_read_as_the_standard_library_reads_it(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[list[str]],
    delimiter: str,
    end: str,
    last: bool,
    width: int,
    block_bytes: int,
) -> None:
    text = end.join(delimiter.join(line) for line in lines) + (end if last else "")
    if has_stray_quote(text, delimiter):
        return
    check_against_oracle(tmp_path_factory.getbasetemp() / "oracle.csv", text, delimiter, width, block_bytes)


@given(
    lines=st.lists(st.lists(clean_cells, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    quoted=st.booleans(),
    block_bytes=st.integers(1, 60),
)
def test_the_fast_path_reads_as_the_standard_library_does(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[list[str]],
    delimiter: str,
    end: str,
    last: bool,
    quoted: bool,
    block_bytes: int,
) -> None:
    if quoted:
        lines = [[f'"{cell.strip(chr(34))}"' for cell in line] for line in lines]
    text = end.join(delimiter.join(line) for line in lines) + (end if last else "")
    if has_stray_quote(text, delimiter):
        return
    check_against_oracle(tmp_path_factory.getbasetemp() / "oracle.csv", text, delimiter, 4, block_bytes)


def has_stray_quote(text: str, delimiter: str) -> bool:
    """Whether the text ends within quotes, or a cell of several lines does not end where its quote is closed."""
    lines = list(io.StringIO(text, newline=""))
    reader, start = csv.reader(lines, delimiter=delimiter), 0
    for _ in reader:
        record, start = lines[start : reader.line_num], reader.line_num
        try:
            list(csv.reader(record, delimiter=delimiter, strict=len(record) > 1))
        except csv.Error:
            return True
    *_, last = csv.reader(io.StringIO(f"{text}\nbehind", newline=""), delimiter=delimiter)
    return last != ["behind"]
