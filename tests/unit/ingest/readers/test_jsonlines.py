from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphtrace.errors import InputError
from graphtrace.ingest.readers import jsonlines_reader, open_sheets
from graphtrace.ingest.sheet import INEXACT_MARK, MalformedRow, Sheet


def write(tmp_path: Path, *lines: str, codec: str = "utf-8") -> Path:
    path = tmp_path / "table.jsonl"
    path.write_bytes("\n".join(lines).encode(codec))
    return path


def rows_of(sheet: Sheet, below: int = 0) -> list[tuple[object, ...]]:
    return [row for frame in sheet.read(below) for row in frame.iter_rows()]


def test_keys_are_columns_in_the_order_of_their_first_appearance(tmp_path: Path) -> None:
    (sheet,) = open_sheets(write(tmp_path, '{"卡号": "1", "b": "x"}', '{"c": "y", "卡号": "2"}'))
    assert (sheet.width, sheet.head_rows, sheet.encoding) == (3, [(0, ["卡号", "b", "c"])], "utf-8")
    assert rows_of(sheet) == [(1, "1", "x", None), (2, "2", None, "y")]
    assert sheet.counted == 2


def test_integers_are_exact_and_marked_where_a_float_would_not_be(tmp_path: Path) -> None:
    line = '{"a": 9007199254740992, "b": 9007199254740993, "c": 89860012345678901234, "d": -9007199254740993}'
    assert rows_of(open_sheets(write(tmp_path, line))[0]) == [
        (
            1,
            "9007199254740992",
            f"{INEXACT_MARK}9007199254740993",
            f"{INEXACT_MARK}89860012345678901234",
            f"{INEXACT_MARK}-9007199254740993",
        )
    ]
    assert rows_of(open_sheets(write(tmp_path, line), exact_numbers=True)[0]) == [
        (1, "9007199254740992", "9007199254740993", "89860012345678901234", "-9007199254740993")
    ]


@pytest.mark.parametrize("exact", [False, True])
def test_floats_are_never_exact(tmp_path: Path, exact: bool) -> None:
    path = write(tmp_path, '{"a": 8.98606e19, "b": 12.5, "c": 5.0, "d": NaN, "e": Infinity, "f": 1}')
    assert rows_of(open_sheets(path, exact_numbers=exact)[0]) == [
        (1, f"{INEXACT_MARK}8.98606E+19", f"{INEXACT_MARK}12.5", "5", None, f"{INEXACT_MARK}INF", "1")
    ]


def test_other_values_are_read_as_texts(tmp_path: Path) -> None:
    line = json.dumps({"t": True, "f": False, "n": None, "l": [1, "二"], "o": {"k": None}, "s": " x\u3000", "e": "N/A"})
    assert rows_of(open_sheets(write(tmp_path, line))[0]) == [
        (1, "TRUE", "FALSE", None, '[1, "二"]', '{"k": null}', "x", None)
    ]


def test_lines_that_are_no_object_are_faults_and_blank_ones_only_counted(tmp_path: Path) -> None:
    lines = ['{"a": 1}', "", "[1]", "{broken", "  ", '{"a": 1, "a": 2}', '{"b": null}', '{"a": {"x": 1, "x": 2}}', "7"]
    (sheet,) = open_sheets(write(tmp_path, *lines))
    assert rows_of(sheet) == [(1, "1", None)]
    wanted = [(3, "[1]"), (4, "{broken"), (6, '{"a": 1, "a": 2}'), (8, '{"a": {"x": 1, "x": 2}}'), (9, "7")]
    assert sheet.faults == [MalformedRow(row, text) for row, text in wanted]
    assert sheet.counted == 6


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a": ' + "9" * 5_000 + "}", '{"a": "\\ud800'])
def test_a_line_that_overstrains_the_parser_is_a_fault(tmp_path: Path, line: str) -> None:
    (sheet,) = open_sheets(write(tmp_path, '{"a": 1}', line))
    assert rows_of(sheet) == [(1, "1")]
    assert [fault.row for fault in sheet.faults] == [2]


def test_half_of_a_surrogate_pair_in_an_escape_is_a_fault(tmp_path: Path) -> None:
    (sheet,) = open_sheets(
        write(tmp_path, '{"a": 1}', '{"a": "\\ud800"}', '{"a": ["\\ud800"]}', '{"a": "\\ud83d\\ude00"}')
    )
    assert rows_of(sheet) == [(1, "1"), (4, "😀")]
    assert [fault.row for fault in sheet.faults] == [2, 3]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read_as_in_csv(tmp_path: Path, codec: str) -> None:
    (sheet,) = open_sheets(write(tmp_path, '{"购卡单位": "海南星海智联有限公司"}', codec=codec))
    assert sheet.head_rows == [(0, ["购卡单位"])]
    assert rows_of(sheet) == [(1, "海南星海智联有限公司")]


def test_a_long_file_is_read_in_batches_from_any_row_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines_reader, "BATCH_LINES", 10)
    (sheet,) = open_sheets(write(tmp_path, *(f'{{"a": {number}}}' for number in range(1, 36))))
    frames = list(sheet.read(5))
    assert len(frames) == 3
    assert [row for frame in frames for row in frame.iter_rows()] == [(number, str(number)) for number in range(6, 36)]
    assert sheet.counted == 30


@pytest.mark.parametrize("lines", [["", ""], ["[]"], ["{}"], ["nonsense"]])
def test_a_file_without_any_object_is_an_error(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(InputError, match="no line is a JSON object"):
        open_sheets(write(tmp_path, *lines))


def test_values_used_as_keys_are_an_error(tmp_path: Path) -> None:
    lines = [json.dumps({f"k{number}": 1}) for number in range(jsonlines_reader.MAX_COLUMNS + 1)]
    with pytest.raises(InputError, match="different keys"):
        open_sheets(write(tmp_path, *lines))
