from __future__ import annotations

import struct
from pathlib import Path

import pytest

from graphtrace.errors import InputError
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.sheet import INEXACT_MARK

SECTOR = 512
END_OF_CHAIN, FAT_SECTOR, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def workbook_stream(cells: list[bytes], *, uses_1904: bool = False, globals_: bytes = b"") -> bytes:
    """The BIFF8 records of a workbook with one sheet named S."""
    head = record(0x809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + globals_
    head += record(0x22, struct.pack("<H", uses_1904))
    day = struct.pack("<HHHBBIIH", 0, 14, 0, 0, 0, 0, 0, 0)
    general = struct.pack("<HHHBBIIH", 0, 0, 0, 0, 0, 0, 0, 0)
    head += record(0xE0, general) + record(0xE0, day)
    name = b"\x01\x00S"
    place = len(head) + 4 + 6 + len(name) + 4
    head += record(0x85, struct.pack("<IBB", place, 0, 0) + name) + record(0x0A)
    body = record(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + b"".join(cells) + record(0x0A)
    return head + body


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def merged(top: int, bottom: int, left: int, right: int) -> bytes:
    return record(0xE5, struct.pack("<HHHHH", 1, top, bottom, left, right))


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file of version 3: one allocation table, one directory, streams of full sectors."""
    table = [FAT_SECTOR, END_OF_CHAIN]
    data = b""
    entries = [directory_entry("Root Entry", 5, child=1, start=END_OF_CHAIN, size=0)]
    for name, stream in streams.items():
        padded = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
        start = len(table)
        count = len(padded) // SECTOR
        table += [*range(start + 1, start + count), END_OF_CHAIN]
        data += padded
        right = len(entries) + 1 if len(entries) < len(streams) else FREE
        entries.append(directory_entry(name, 2, right=right, start=start, size=len(padded)))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0
    )
    header += struct.pack("<109I", 0, *[FREE] * 108)
    allocation = struct.pack("<128I", *table, *[FREE] * (128 - len(table)))
    return header + allocation + b"".join(entries).ljust(SECTOR, b"\0") + data


def directory_entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int, size: int) -> bytes:
    code = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", code, len(code), kind, 1, FREE, right, child, start, size)


def write(path: Path, cells: list[bytes], *, uses_1904: bool = False, globals_: bytes = b"") -> Path:
    path.write_bytes(compound_file({"Workbook": workbook_stream(cells, uses_1904=uses_1904, globals_=globals_)}))
    return path


def test_an_xls_sheet_is_read_with_its_row_numbers_and_types(tmp_path: Path) -> None:
    cells = [
        label(2, 1, "卡号"),
        label(3, 1, " 89860 "),
        number(3, 2, 12),
        number(3, 3, 8.98606e19),
        number(3, 4, 45356, 1),
    ]
    (sheet,) = open_sheets(write(tmp_path / "book.xls", cells))
    assert (sheet.name, sheet.width, sheet.uses_1904) == ("S", 5, False)
    assert [row for frame in sheet.read(3) for row in frame.iter_rows()] == [
        (4, None, "89860", "12", f"{INEXACT_MARK}8.98606E+19", "2024-03-05")
    ]


def test_the_date_system_of_an_xls_file_is_known_and_date_cells_are_right_in_it(tmp_path: Path) -> None:
    (sheet,) = open_sheets(write(tmp_path / "book.xls", [number(0, 0, 43894, 1)], uses_1904=True))
    assert sheet.uses_1904 is True
    assert sheet.head_rows == [(1, ["2024-03-05"])]


def test_merged_cells_of_an_xls_file_are_filled(tmp_path: Path) -> None:
    cells = [label(0, 0, "星海"), label(0, 1, "1"), label(1, 1, "2"), merged(0, 1, 0, 0)]
    (sheet,) = open_sheets(write(tmp_path / "book.xls", cells))
    assert sheet.head_rows == [(1, ["星海", "1"]), (2, ["星海", "2"])]


def test_an_encrypted_xls_file_is_said_to_be_encrypted(tmp_path: Path) -> None:
    lock = record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    with pytest.raises(InputError, match="encrypted"):
        open_sheets(write(tmp_path / "book.xls", [label(0, 0, "x")], globals_=lock))


@pytest.mark.parametrize("name", ["book.xlsx", "book.xls"])
def test_an_encrypted_xlsx_file_is_said_to_be_encrypted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"y" * 5000}))
    with pytest.raises(InputError, match="encrypted") as caught:
        open_sheets(path)
    assert "password" in caught.value.hint


def test_another_program_s_document_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "letter.xls"
    path.write_bytes(compound_file({"WordDocument": b"x"}))
    with pytest.raises(InputError, match="without a workbook"):
        open_sheets(path)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9])
def test_a_cut_off_xls_file_is_an_error(tmp_path: Path, share: float) -> None:
    whole = compound_file({"Workbook": workbook_stream([label(row, 0, "x" * 50) for row in range(200)])})
    path = tmp_path / "book.xls"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError):
        open_sheets(path)
