"""Protection of the case from files: no file ends the load of another one, or exhausts the machine.

Every reader runs within :func:`guarded`, which turns what a parser says of a file into an error of that file, and a
fault of this program into one that says so; every row goes through :func:`guarded_sheet`, which refuses cells longer
than any can be. The limits themselves are in :mod:`graphtrace.ingest.readers.limits`.

The rest is what can be known about a workbook before a parser sees it: a zip archive of XML that an investigator got
from somebody else. The parser lays every sheet out as a rectangle, so two cells far apart cost as much memory as all
cells between them; an archive can unpack to a thousand times its size. Both are measured here, streaming, without
building anything. What slips through still meets the limits of the parser's own process
(:mod:`graphtrace.ingest.readers.child_side`).
"""

from __future__ import annotations

import csv
import errno
import mmap
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Final, Literal
from xml.parsers import expat

import polars as pl

from graphtrace.errors import GraphtraceError, InputError, InternalError, UnsafeFile
from graphtrace.frozen import frozen
from graphtrace.ingest.readers.cells import refuse_long
from graphtrace.ingest.readers.comments import Comments, read_comments
from graphtrace.ingest.readers.set_aside import SHARED_TEXTS, PartRows, SetAside
from graphtrace.ingest.sheet import Sheet
from graphtrace.locale import Text, phrase
from graphtrace.patterns import late

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
_CELL = late(rb"<(?:\w+:)?c\s" + _BEFORE + rb"""\br\s*=\s*["']([A-Za-z]+)([0-9]+)["'][^<>]{0,200}(?<!/)>""")
_FAR_CELL = late(rb'r="(?:[A-Z]{3}|[A-Z]{2}[0-9]{6}|[A-Z][0-9]{8})')
"""Searched for in text without blanks and with one kind of quote, where a constant beginning makes it four times as
fast. It finds every sheet whose rectangle can be too large, and some others, which are then measured."""
_DOUBLE_QUOTES = bytes.maketrans(b"'", b'"')
_MERGE = late(rb"<(?:\w+:)?mergeCell\s" + _BEFORE + rb"""\bref\s*=\s*["']([A-Za-z]+)([0-9]+):([A-Za-z]+)([0-9]+)["']""")
_STRIKE = b"strike"
_DATE_1904 = late(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
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
_DATE_MODE, _END_OF_GLOBALS, _FILE_PASS = 0x22, 0x0A, 0x2F
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST = "meta-inf/manifest.xml"
_BOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


@frozen(kw_only=False)
class CheckedWorkbook:
    """A workbook that may be parsed: its date system, and the bytes that its parser will have to read.

    ``set_aside`` are the rows that somebody hid or struck out, by sheet and reason, as far as the format is looked at;
    ``comments`` the comments on cells by sheet, of which there are more in the sheets ``comments_left``; with
    ``has_struck_text`` text may be struck out within cells.
    """

    uses_1904: bool
    unpacked_bytes: int
    content: Literal["xlsx", "ods", "word"] = "xlsx"
    set_aside: Mapping[str, Mapping[str, pl.Series]] = field(default_factory=dict)
    comments: Mapping[str, Comments] = field(default_factory=dict)
    comments_left: frozenset[str] = frozenset()
    has_struck_text: bool = False


_NOT_THE_FILE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
"""Errors of the system that another file would meet too."""


FILE_FAULTS: Final[tuple[type[BaseException], ...]] = (
    *(OSError, EOFError, RecursionError, UnicodeError, struct.error, zlib.error, zipfile.BadZipFile),
    *(csv.Error, expat.ExpatError, pl.exceptions.ComputeError, pl.exceptions.PanicException),
)
"""What parsers of damaged files raise. Whatever else is raised while a file is read is a fault of this program."""


@contextmanager
def guarded(path: Path, faults: tuple[type[BaseException], ...] = FILE_FAULTS) -> Generator[None, None, None]:
    """Turn whatever reading a file ends in, but for an interrupt, into an error that names it and keeps the cause.

    Parsers in compiled code panic with exceptions that are no ``Exception``. Nothing that one file brings to light
    keeps others from being loaded.

    ``faults``: what says that the file cannot be read.

    Raises InputError where the file cannot be read, or there is not enough memory for it; InternalError where this
    program is at fault.
    """
    try:
        yield
    except (GraphtraceError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in _NOT_THE_FILE:
            raise
        if isinstance(error, MemoryError):
            raise InputError("file_needs_memory", path=path, hint="save_table_as_csv") from error
        if not isinstance(error, faults):
            kind = type(error).__name__
            raise InternalError("own_fault_in_file", path=path, kind=kind, hint="report_fault") from error
        said = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError("file_unreadable", path=path, why=said, hint="save_table_as_csv") from error


def guarded_sheet(path: Path, sheet: Sheet) -> Sheet:
    """Return the sheet, whose reading is guarded too and gives no cell longer than any can be."""
    read = sheet.read
    names = [str(column) for column in range(sheet.width)]

    def read_guarded(below: int) -> Iterator[pl.DataFrame]:
        for frame in guarded_frames(path, read(below)):
            whole, faults = refuse_long(frame, names)
            sheet.faults += faults
            yield whole

    sheet.read = read_guarded
    return sheet


def guarded_frames(
    path: Path, frames: Iterator[pl.DataFrame], faults: tuple[type[BaseException], ...] = FILE_FAULTS
) -> Generator[pl.DataFrame, None, None]:
    """Yield the frames; what making them ends in is an error of the file, what is done with them is not."""
    with guarded(path, faults):
        yield from frames


def check_archive(path: Path) -> CheckedWorkbook:
    """Measure an XLSX file. Costs one streaming pass over its XML, about 80 MB/s, two over sheets with far cells.

    Raises UnsafeFile when parsing it would cost far more memory than it can hold data, or its XML declares entities;
    InputError when it is no archive, no workbook, damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _check_entries(path, archive)
    except _ARCHIVE_ERRORS as error:
        raise InputError("workbook_damaged", path=path, why=str(error), hint="ask_again_or_save") from error


def check_ole(path: Path) -> CheckedWorkbook:
    """Check the container of an XLS file; its content is for the parser's own process.

    Raises UnsafeFile when it is larger than any worksheet of this format; InputError when it is encrypted or another
    program's document.
    """
    size = path.stat().st_size
    if size > MAX_OLE_BYTES:
        raise UnsafeFile("xls_too_large", path=path, size=size, hint="save_it_as_xlsx")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if is_encrypted_ole(data):
            raise encrypted_error(path)
        if all(data.find(name) < 0 for name in _BOOK_STREAMS):
            raise InputError("office_no_workbook", path=path, hint="save_table_as_xlsx")
        return CheckedWorkbook(uses_1904=_has_1904_record(data), unpacked_bytes=size)


def encrypted_error(path: Path) -> InputError:
    """Return the error for a workbook that wants a password."""
    return InputError("workbook_encrypted", path=path, hint="save_without_password")


def is_encrypted_ole(data: mmap.mmap) -> bool:
    """Whether a file of the old office format is encrypted, or holds an encrypted one of the new format."""
    return data.find(_ENCRYPTED) >= 0 or any(kind == _FILE_PASS for kind, _ in _globals(data))


def unsafe_error(path: Path, reason: Text) -> UnsafeFile:
    """Return the error for a workbook that is built to harm its reader."""
    return UnsafeFile("file_unsafe", path=path, why=reason, hint="save_if_genuine")


def _check_entries(path: Path, archive: zipfile.ZipFile) -> CheckedWorkbook:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise unsafe_error(path, phrase("too_many_parts", count=len(entries), most=MAX_ENTRIES))
    unpacked_bytes = sum(entry.file_size for entry in entries)
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise unsafe_error(path, phrase("unpacks_to", size=unpacked_bytes))
    for entry in entries:
        if entry.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * entry.compress_size):
            sizes = {"size": entry.file_size, "packed": entry.compress_size}
            raise unsafe_error(path, phrase("part_unpacks_to", part=entry.filename, **sizes))
        if entry.flag_bits & 1:
            raise encrypted_error(path)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError("workbook_packing", path=path, part=entry.filename, hint="open_and_save")
    parts = {entry.filename.lower(): entry for entry in entries}
    content = _content_of(path, archive, parts)
    set_aside = _set_aside(archive, parts) if content == "xlsx" else None
    has_struck_text = False
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            rows = None if set_aside is None else set_aside.part(entry.filename)
            strikes = _check_part(path, archive, entry, rows)
            has_struck_text |= strikes and (rows is not None or entry.filename.lower() == SHARED_TEXTS)
            if set_aside is not None and rows is not None:
                set_aside.add(entry.filename, rows)
    if set_aside is None:
        return CheckedWorkbook(uses_1904=False, unpacked_bytes=unpacked_bytes, content=content)
    book = _head(archive, parts["xl/workbook.xml"])
    sheets = len(re.findall(rb"<(?:\w+:)?sheet\s", book))
    if sheets > MAX_SHEETS:
        raise unsafe_error(path, phrase("too_many_sheets", count=sheets, most=MAX_SHEETS))
    uses_1904 = _DATE_1904.search(book) is not None
    comments, partial = read_comments(parts, set_aside.sheets, lambda name, most: _head(archive, parts[name], most))
    return CheckedWorkbook(
        uses_1904=uses_1904,
        unpacked_bytes=unpacked_bytes,
        set_aside=set_aside.rows,
        comments=comments,
        comments_left=partial,
        has_struck_text=has_struck_text,
    )


def _set_aside(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> SetAside:
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
    return SetAside(*(_head(archive, parts[name]) if name in parts else b"" for name in names))


def _content_of(
    path: Path, archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]
) -> Literal["xlsx", "ods", "word"]:
    """Return the format of an office file by its parts."""
    if "word/document.xml" in parts:
        return "word"
    if "mimetype" in parts and _head(archive, parts["mimetype"]).startswith(_ODS):
        if any(_head(archive, parts[name]).find(b"encryption-data") >= 0 for name in parts if name == _ODS_MANIFEST):
            raise encrypted_error(path)
        return "ods"
    if "xl/workbook.bin" in parts:
        raise InputError("workbook_binary", path=path, hint="save_as_workbook")
    if "xl/workbook.xml" not in parts:
        found: list[str] | Text = sorted(parts)[:3] or phrase("nothing")
        raise InputError("archive_no_workbook", path=path, found=found, hint="save_as_workbook")
    declared = parts.get("[content_types].xml")
    content = _head(archive, declared) if declared else b""
    if b"spreadsheetml" not in content and b"ms-excel" not in content:
        raise InputError("archive_undeclared", path=path, hint="save_as_workbook")
    return "xlsx"


def _check_part(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, rows: PartRows | None) -> bool:
    """Check a part; return whether it has text that is struck out."""
    has_far_cell = strikes = False
    for xml in _tags(archive, entry):
        strikes = strikes or _STRIKE in xml
        if rows is not None:
            rows.look(xml)
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise unsafe_error(path, phrase("declares_type", part=entry.filename))
        if b"mergeCell" in xml:
            for merge in _MERGE.finditer(xml):
                left, top, right, bottom = merge.groups()
                width = _column_number(right) - _column_number(left) + 1
                height = _row_number(bottom) - _row_number(top) + 1
                if width * height > MAX_DIMENSION_CELLS:
                    raise unsafe_error(path, phrase("merges_cells", part=entry.filename, count=width * height))
        has_far_cell = has_far_cell or _FAR_CELL.search(xml.translate(_DOUBLE_QUOTES, b" \t\r\n")) is not None
    if has_far_cell:
        _check_dimensions(path, archive, entry)
    return strikes


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
        raise unsafe_error(path, phrase("cell_outside", part=entry.filename))
    if box > MAX_DIMENSION_CELLS and filled < MIN_FILLED * box:
        raise unsafe_error(path, phrase("spread_cells", part=entry.filename, filled=filled, count=box))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _row_number(digits: bytes) -> int:
    return int(digits[:8])


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int = RATIO_FREE_BYTES) -> bytes:
    with archive.open(entry) as part:
        return part.read(most)


def _tags(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in pieces that cut no tag in two, unless it is longer than :data:`CHUNK_BYTES`."""
    rest = b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK_BYTES):
            xml = rest + chunk
            cut = max(xml.rfind(b"<"), 0) or len(xml)
            yield xml[:cut]
            rest = xml[cut:]
    yield rest


def _has_1904_record(data: mmap.mmap) -> bool:
    return (_DATE_MODE, 1) in _globals(data)


def _globals(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield the records behind the beginning of the workbook stream, each with its first number."""
    place = data.find(_BIFF8_GLOBALS)
    while 0 <= place < len(data) - 6:
        kind, size, value = struct.unpack_from("<HHH", data, place)
        if kind == _END_OF_GLOBALS:
            return
        yield kind, value
        place += 4 + size
