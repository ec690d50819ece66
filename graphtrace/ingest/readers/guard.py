"""What stands between a file and the case: no file ends the load of another one, or takes the machine.

Every reader runs within :func:`guarded`, which turns whatever a parser ends in into an error of that file, and every
row through :func:`guarded_sheet`, which refuses cells longer than any can be. The limits themselves are in
:mod:`graphtrace.ingest.readers.limits`.

The rest is what can be known about a workbook before a parser sees it: a zip archive of XML that an investigator got
from somebody else. The parser lays every sheet out as a rectangle, so two cells far apart cost as much memory as all
cells between them; an archive can unpack to a thousand times its size. Both are measured here, streaming, without
building anything. What slips through still meets the limits of the parser's own process
(:mod:`graphtrace.ingest.readers.child`).
"""

from __future__ import annotations

import errno
import mmap
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from graphtrace.errors import GraphtraceError, InputError, UnsafeFile
from graphtrace.ingest.readers.cells import refuse_long
from graphtrace.ingest.sheet import Sheet

MAX_ENTRIES = 8_192
MAX_SHEETS = 1_024
MAX_UNPACKED_BYTES = 4 * 2**30
MAX_RATIO = 200
"""Unpacked over packed. Worksheets reach 50; deflate can reach 1,032."""
RATIO_FREE_BYTES = 16 * 2**20
"""Parts that unpack to less than this do no harm whatever their ratio."""
MAX_DIMENSION_CELLS = 50_000_000
"""Cells between the first and the last filled row and column of a sheet, unless it is well filled."""
MIN_FILLED = 0.05
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_OLE_BYTES = 512 * 2**20

CHUNK_BYTES = 2**20

# attributes are looked for within this many bytes, so that a tag made of nothing but them costs no more than others
_BEFORE = rb"[^<>]{0,200}?"
_CELL = re.compile(rb"<(?:\w+:)?c\s" + _BEFORE + rb"""\br\s*=\s*["']([A-Za-z]+)([0-9]+)["'][^<>]{0,200}(?<!/)>""")
_FAR_CELL = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]{2}[0-9]{6}|[A-Z][0-9]{8})')
"""Searched for in text without blanks and with one kind of quote, where a constant beginning makes it four times as
fast. It finds every sheet whose rectangle can be too large, and some others, which are then measured."""
_DOUBLE_QUOTES = bytes.maketrans(b"'", b'"')
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s" + _BEFORE + rb"""\bref\s*=\s*["']([A-Za-z]+)([0-9]+):([A-Za-z]+)([0-9]+)["']"""
)
_DATE_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
)
_BIFF8_GLOBALS = bytes.fromhex("0908100000060500")
_DATE_MODE, _END_OF_GLOBALS = 0x22, 0x0A
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST = "meta-inf/manifest.xml"
_BOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


@dataclass(frozen=True, slots=True)
class CheckedWorkbook:
    """A workbook that may be parsed: its date system, and the bytes that its parser will have to read."""

    uses_1904: bool
    unpacked_bytes: int
    content: Literal["xlsx", "ods", "word"] = "xlsx"


_NOT_THE_FILE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
"""Errors of the system that another file would meet too."""


@contextmanager
def guarded(path: Path) -> Generator[None, None, None]:
    """Turn whatever reading a file ends in into an error of that file, but for an interrupt.

    Parsers in compiled code panic with exceptions that are no ``Exception``; a bug of ours that one file brings to
    light must not keep others from being loaded either. The cause stays attached.

    Raises
    ------
    InputError
        Instead of what was raised.
    """
    try:
        yield
    except (GraphtraceError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in _NOT_THE_FILE:
            raise
        hint = "Open it in the program that wrote it and save the table as CSV."
        if isinstance(error, MemoryError):
            raise InputError(f"{path}: cannot be read: there is not enough memory for it", hint=hint) from error
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError(f"{path}: cannot be read: {said}", hint=hint) from error


def guarded_sheet(path: Path, sheet: Sheet) -> Sheet:
    """The sheet, whose reading is guarded too and gives no cell longer than any can be."""
    read = sheet.read
    names = [str(column) for column in range(sheet.width)]

    def read_guarded(below: int) -> Iterator[pl.DataFrame]:
        for frame in guarded_frames(path, read(below)):
            whole, faults = refuse_long(frame, names)
            sheet.faults += faults
            yield whole

    sheet.read = read_guarded
    return sheet


def guarded_frames(path: Path, frames: Iterator[pl.DataFrame]) -> Generator[pl.DataFrame, None, None]:
    """The frames; what making them ends in is an error of the file, what is done with them is not."""
    with guarded(path):
        yield from frames


def check_archive(path: Path) -> CheckedWorkbook:
    """Measure an XLSX file. Costs one streaming pass over its XML, about 80 MB/s, two over sheets with far cells.

    Raises
    ------
    UnsafeFile
        when parsing it would cost far more memory than it can hold data, or its XML declares entities.
    InputError
        when it is no archive, no workbook, damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _check_entries(path, archive)
    except _ARCHIVE_ERRORS as error:
        raise InputError(
            f"{path}: the workbook is damaged or cut off ({error})", hint="Ask for the file again, or open and save it."
        ) from error


def check_ole(path: Path) -> CheckedWorkbook:
    """Look at the outside of an XLS file; its inside is for the parser's own process.

    Raises
    ------
    UnsafeFile
        when it is larger than any worksheet of this format.
    InputError
        when it is encrypted or another program's document.
    """
    size = path.stat().st_size
    if size > MAX_OLE_BYTES:
        raise UnsafeFile(f"{path}: {size} bytes are more than an XLS workbook can need", hint="Save it as XLSX or CSV.")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(_ENCRYPTED) >= 0:
            raise encrypted_error(path)
        if all(data.find(name) < 0 for name in _BOOK_STREAMS):
            raise InputError(f"{path}: an Office document without a workbook", hint="Save the table as XLSX or CSV.")
        return CheckedWorkbook(uses_1904=_has_1904_record(data), unpacked_bytes=size)


def encrypted_error(path: Path) -> InputError:
    """The error for a workbook that wants a password."""
    return InputError(f"{path}: the workbook is encrypted", hint="Open it with its password and save it without one.")


def unsafe_error(path: Path, reason: str) -> UnsafeFile:
    """The error for a workbook that is built to harm its reader."""
    return UnsafeFile(
        f"{path}: built in a way that harms its reader: {reason}",
        hint="If the file is genuine, open it in a spreadsheet program and save the table as CSV.",
    )


def _check_entries(path: Path, archive: zipfile.ZipFile) -> CheckedWorkbook:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise unsafe_error(path, f"{len(entries)} parts; a workbook has at most {MAX_ENTRIES}")
    unpacked_bytes = sum(entry.file_size for entry in entries)
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise unsafe_error(path, f"unpacks to {unpacked_bytes} bytes")
    for entry in entries:
        if entry.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * entry.compress_size):
            raise unsafe_error(path, f"{entry.filename} unpacks to {entry.file_size} bytes from {entry.compress_size}")
        if entry.flag_bits & 1:
            raise encrypted_error(path)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{path}: {entry.filename} is packed in a way no workbook is", hint="Open and save it.")
    parts = {entry.filename.lower(): entry for entry in entries}
    content = _content_of(path, archive, parts)
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            _check_part(path, archive, entry)
    if content != "xlsx":
        return CheckedWorkbook(uses_1904=False, unpacked_bytes=unpacked_bytes, content=content)
    book = _head(archive, parts["xl/workbook.xml"])
    sheets = len(re.findall(rb"<(?:\w+:)?sheet\s", book))
    if sheets > MAX_SHEETS:
        raise unsafe_error(path, f"{sheets} sheets; at most {MAX_SHEETS} are read")
    return CheckedWorkbook(uses_1904=_DATE_1904.search(book) is not None, unpacked_bytes=unpacked_bytes)


def _content_of(
    path: Path, archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]
) -> Literal["xlsx", "ods", "word"]:
    """What an office file is by its parts; an archive that is none is refused."""
    if "word/document.xml" in parts:
        return "word"
    if "mimetype" in parts and _head(archive, parts["mimetype"]).startswith(_ODS):
        if any(_head(archive, parts[name]).find(b"encryption-data") >= 0 for name in parts if name == _ODS_MANIFEST):
            raise encrypted_error(path)
        return "ods"
    hint = "Open it in a spreadsheet program and save it as XLSX or CSV."
    if "xl/workbook.bin" in parts:
        raise InputError(f"{path}: a binary workbook (XLSB) is not read", hint=hint)
    if "xl/workbook.xml" not in parts:
        found = ", ".join(sorted(parts)[:3]) or "nothing"
        raise InputError(f"{path}: an archive without a workbook (it holds {found})", hint=hint)
    declared = parts.get("[content_types].xml")
    content = _head(archive, declared) if declared else b""
    if b"spreadsheetml" not in content and b"ms-excel" not in content:
        raise InputError(f"{path}: the archive does not declare its content as a workbook", hint=hint)
    return "xlsx"


def _check_part(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    has_far_cell = False
    for xml in _tags(archive, entry):
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise unsafe_error(path, f"{entry.filename} declares a document type, which no workbook does")
        if b"mergeCell" in xml:
            for merge in _MERGE.finditer(xml):
                left, top, right, bottom = merge.groups()
                width = _column_number(right) - _column_number(left) + 1
                height = _row_number(bottom) - _row_number(top) + 1
                if width * height > MAX_DIMENSION_CELLS:
                    raise unsafe_error(path, f"{entry.filename} merges {width * height} cells into one")
        has_far_cell = has_far_cell or _FAR_CELL.search(xml.translate(_DOUBLE_QUOTES, b" \t\r\n")) is not None
    if has_far_cell:
        _check_dimensions(path, archive, entry)


def _check_dimensions(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    filled = 0
    columns: set[bytes] = set()
    first_row, last_row = sys.maxsize, 0
    for xml in _tags(archive, entry):
        if cells := _CELL.findall(xml):
            filled += len(cells)
            columns.update(letters for letters, _ in cells)
            rows = [_row_number(digits) for _, digits in cells]
            first_row, last_row = min(first_row, *rows), max(last_row, *rows)
    if not filled:
        return
    numbers = [_column_number(letters) for letters in columns]
    box = (last_row - first_row + 1) * (max(numbers) - min(numbers) + 1)
    if last_row > MAX_ROWS or max(numbers) > MAX_COLUMNS:
        raise unsafe_error(path, f"{entry.filename} has a cell outside of any worksheet")
    if box > MAX_DIMENSION_CELLS and filled < MIN_FILLED * box:
        raise unsafe_error(path, f"{entry.filename} spreads {filled} filled cells over a rectangle of {box}")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _row_number(digits: bytes) -> int:
    return int(digits[:8])


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        return part.read(RATIO_FREE_BYTES)


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces that cut no tag in two, unless it is longer than :data:`CHUNK_BYTES`."""
    rest = b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK_BYTES):
            xml = rest + chunk
            cut = max(xml.rfind(b"<"), 0) or len(xml)
            yield xml[:cut]
            rest = xml[cut:]
    yield rest


def _has_1904_record(data: mmap.mmap) -> bool:
    """Walk the records behind the beginning of the workbook stream up to its date mode."""
    place = data.find(_BIFF8_GLOBALS)
    while 0 <= place < len(data) - 6:
        kind, size, value = struct.unpack_from("<HHH", data, place)
        if kind in (_DATE_MODE, _END_OF_GLOBALS):
            return (kind, value) == (_DATE_MODE, 1)
        place += 4 + size
    return False
