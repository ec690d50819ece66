from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import InputError
from graphtrace.ingest.readers import encodings, open_sheets
from graphtrace.ingest.readers.characters import VERSION
from graphtrace.ingest.readers.encodings import find_encoding

SIMPLIFIED = "卡号,购卡单位,日期\n89860,海南星海智联有限公司,2024-03-05\n89861,深圳市华强北电子贸易商行,2024-03-05\n"
TRADITIONAL = "卡號,購卡單位,日期\n89860,台灣大哥大股份有限公司,2024-03-05\n89861,香港電訊有限公司,2024-03-05\n"


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED + "𠮷,喆,镕\n", "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "utf-8", "utf-8"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
        ("卡号,数量\n1,2\n", "gbk", "gb18030"),
        ("Date,Unit Price (£),Customer\n1,£1.85,Kamau’s Phones – Nairobi\n", "cp1252", "cp1252"),
        ("Date,Customer\n1,Café Mobile – Élan Ltd\n", "cp1250", "cp1252"),
    ],
)
def test_every_encoding_is_told_apart_and_gives_the_same_text(tmp_path: Path, text: str, codec: str, name: str) -> None:
    (sheet,) = open_sheets(write(tmp_path, text.encode(codec)))
    assert sheet.encoding == name
    assert [cells for _, cells in sheet.head_rows] == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", [16, 32])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL * 100, "a,b\n1,2\n"])
def test_wide_text_is_read_with_and_without_its_mark(
    tmp_path: Path, order: str, width: int, mark: str, text: str
) -> None:
    (sheet,) = open_sheets(write(tmp_path, (mark + text).encode(f"utf-{width}-{order}")))
    assert sheet.encoding == f"utf-{width}"
    assert [cells for _, cells in sheet.head_rows] == [line.split(",") for line in text.splitlines()[:64]]


def test_zeros_alone_are_no_text(tmp_path: Path) -> None:
    for data in (bytes(100), b"ab" + bytes(100), bytes(range(8)) * 50 + bytes(900)):
        with pytest.raises(InputError, match="not text"):
            open_sheets(write(tmp_path, data))


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
@pytest.mark.parametrize("rows", [1, 20, 20_000])
def test_lines_of_utf8_and_of_gb18030_are_each_read_as_what_they_are(tmp_path: Path, first: str, rows: int) -> None:
    second = "gb18030" if first == "utf-8" else "utf-8"
    head, *lines = SIMPLIFIED.splitlines(keepends=True)
    text = head + "".join(lines) * rows, "".join(lines) * rows
    (sheet,) = open_sheets(write(tmp_path, text[0].encode(first) + text[1].encode(second)))
    assert sheet.encoding == "utf-8, gb18030"
    read = [row for frame in sheet.read(1) for row in frame.iter_rows()]
    assert (len(read), sheet.faults) == (4 * rows, [])
    assert {row[2] for row in read} == {"海南星海智联有限公司", "深圳市华强北电子贸易商行"}


def test_a_line_that_could_be_of_either_encoding_is_refused(tmp_path: Path) -> None:
    # three characters of GB 18030 whose bytes are valid UTF-8
    either = b"89862,\xc2\xb2\xc3\xb4\xc4\xb3,2024-03-05\n"
    (sheet,) = open_sheets(write(tmp_path, SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030") + either))
    assert sum(frame.height for frame in sheet.read(1)) == 5
    assert [fault.row for fault in sheet.faults] == [7]


def test_a_big_endian_text_with_a_mark_is_read(tmp_path: Path) -> None:
    (sheet,) = open_sheets(write(tmp_path, b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be")))
    assert sheet.encoding == "utf-16"
    assert sheet.head_rows[0][1] == ["卡号", "购卡单位", "日期"]


def test_one_chinese_character_at_the_end_of_a_long_file_decides(tmp_path: Path) -> None:
    lines = b"a,b\n" + b"1,2\n" * 2_000_000
    assert encodings.find_encoding(write(tmp_path, lines + "星海,2\n".encode())).name == "utf-8"
    assert encodings.find_encoding(write(tmp_path, lines + "星海智联,2\n".encode("gbk"))).name == "gb18030"


@pytest.mark.parametrize("cut", [1, 2])
def test_a_utf8_file_cut_off_within_a_character_is_still_utf8(tmp_path: Path, cut: int) -> None:
    (sheet,) = open_sheets(write(tmp_path, (SIMPLIFIED + "89862,星海").encode()[:-cut]))
    assert sheet.encoding == "utf-8"
    assert sheet.head_rows[0][1] == ["卡号", "购卡单位", "日期"]
    assert [row for frame in sheet.read(3) for row in frame.iter_rows()] == []
    assert [(fault.row, fault.text) for fault in sheet.faults] == [(4, "89862,星\ufffd")]


def test_a_damaged_byte_in_a_gb18030_file_costs_one_row(tmp_path: Path) -> None:
    data = SIMPLIFIED.encode("gbk").replace("深圳".encode("gbk"), b"\xff\xff")
    (sheet,) = open_sheets(write(tmp_path, data))
    assert sheet.encoding == "gb18030"
    assert [row for frame in sheet.read(1) for row in frame.iter_rows()] == [
        (2, "89860", "海南星海智联有限公司", "2024-03-05")
    ]
    assert [fault.row for fault in sheet.faults] == [3]


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither UTF-8 nor GB 18030 nor Big5"):
        open_sheets(write(tmp_path, bytes(range(128, 256)) * 40))


def test_blocks_are_cut_at_line_ends_and_lose_nothing(tmp_path: Path) -> None:
    data = "一,二\r\n三\r四\n\r\r\n五,六七八九十\n尾".encode()
    path = write(tmp_path, data)
    sizes = range(1, len(data) + 2)
    assert len(sizes) > 40
    for size in sizes:
        blocks = list(encodings.text_blocks(path, encodings.Encoding("utf-8", None), size))
        assert b"".join(blocks) == data
        assert list(encodings.text_lines(blocks)) == list(encodings.text_lines([data]))


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "big5"])
def test_characters_may_lie_across_the_end_of_a_block(tmp_path: Path, codec: str) -> None:
    text = "中文,一二\n三四\n" * 3
    path = write(tmp_path, text.encode(codec))
    for size in range(1, 20):
        assert b"".join(encodings.text_blocks(path, encodings.Encoding("", codec), size)).decode() == text


def test_a_line_that_never_ends_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "MAX_LINE_BYTES", 1_000)
    with pytest.raises(InputError, match="a line is longer"):
        list(encodings.text_blocks(write(tmp_path, b"x" * 2_000), encodings.Encoding("utf-8", None), 100))


@pytest.mark.parametrize("text", ["购卡单位", "范涵", "激活", "丁燕梅", "数字,于轩", "转出方", "薛磊超", "有争议"])
def test_a_few_characters_of_gb_18030_are_not_taken_for_big5(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("gb18030"))
    assert find_encoding(path).name == "gb18030"


@pytest.mark.parametrize("text", ["購卡單位", "轉出方", "陳先生", "葉小姐,啟用日期", "號碼", "電話"])
def test_a_few_characters_of_big5_are_not_taken_for_gb_18030(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("cp950"))
    assert find_encoding(path).name == "big5"


def test_the_ledger_says_by_which_judgement_encodings_were_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(
        "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n".encode("gb18030")
    )
    gt.open_case(tmp_path / "x.gtrace").load(tmp_path / "x.csv")
    assert json.loads((tmp_path / "x.gtrace" / "ledger.jsonl").read_text("utf-8"))["encodings"] == str(VERSION)


@pytest.mark.parametrize(
    "text",
    [
        "Date,Customer\n1,José Mendès – Pune\n".encode("cp1252"),
        "Date,Customer\n1,Łódź Telecom – A\n".encode("cp1250"),
        "Date,Customer\n1,Иван – А\n".encode("cp1251"),
        "Date,Customer\n1,Star – Ltd\n".encode("mac_roman"),
    ],
)
def test_a_code_page_on_which_a_letter_depends_is_not_guessed(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(InputError) as told:
        open_sheets(write(tmp_path, text))
    assert told.value.text.id == "encoding_unknown"
