from __future__ import annotations

import struct
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import pytest

from graphtrace.errors import InputError
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.readers.decryption import decrypted_copy
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


SALT, VERIFIER = bytes(range(16)), bytes(range(100, 116))
PASSWORD = "口令 7#q"


def keystream(block: int, password: str) -> Iterator[int]:
    """The RC4 key stream of a block of 1,024 bytes of a workbook (MS-OFFCRYPTO 2.3.6)."""
    half = md5((md5(password.encode("utf-16-le")).digest()[:5] + SALT) * 16).digest()[:5]
    key = md5(half + struct.pack("<I", block)).digest()
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % 16]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    while True:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        yield state[(state[i] + state[j]) % 256]


def encrypted(cells: list[bytes], password: str) -> bytes:
    """A workbook stream as old spreadsheet programs encrypt it: contents of records, but not their heads."""
    first = keystream(0, password)
    checked = bytes(byte ^ next(first) for byte in VERIFIER + md5(VERIFIER).digest())
    lock = record(0x2F, struct.pack("<HHH", 1, 1, 1) + SALT + checked)
    # the zeros that fill the last sector are read as records of four bytes
    filler = record(0x0EFF, bytes(-len(workbook_stream(cells, globals_=lock)) % 4))
    stream = workbook_stream([*cells, filler], globals_=lock)
    plain, place = set(), 0
    while place < len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        open_bytes = {0x809: size, 0x2F: size, 0x85: 4}.get(kind, 0)
        plain.update(range(place, place + 4 + open_bytes))
        place += 4 + size
    hidden = bytearray()
    for block in range(-(-len(stream) // 1024)):
        keys = keystream(block, password)
        for offset in range(1024 * block, min(1024 * (block + 1), len(stream))):
            key = next(keys)
            hidden.append(stream[offset] if offset in plain else stream[offset] ^ key)
    return bytes(hidden)


def test_an_encrypted_xls_file_is_read_with_its_password(tmp_path: Path) -> None:
    cells = [label(row, column, f"第{row}行{column}") for row in range(60) for column in range(2)]
    path = tmp_path / "book.xls"
    path.write_bytes(compound_file({"Workbook": encrypted(cells, PASSWORD)}))
    assert "第3行1".encode("utf-16-le") not in path.read_bytes()
    with pytest.raises(InputError) as missing:
        decrypted_copy(path, lambda _: None)
    with pytest.raises(InputError) as wrong:
        decrypted_copy(path, lambda _: "某个别的")
    assert (missing.value.code, wrong.value.code) == ("password_missing", "password_wrong")
    (sheet,) = open_sheets(decrypted_copy(path, lambda name: PASSWORD if name == "book.xls" else None))
    rows = [row[1:] for frame in sheet.read(1) for row in frame.iter_rows()]
    assert rows == [(f"第{row}行0", f"第{row}行1") for row in range(1, 60)]
