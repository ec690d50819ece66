"""XLSX and XLS, as seen by the process that wants the rows.

The parser runs in a child process with limits on memory, time and output, because a workbook can make it abort, hang or
take all memory, and none of these can be caught. The child writes blocks of rows to a nameless file that both share,
and last a table of contents; where that is missing, the way in which the child ended says why.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from graphtrace.errors import InputError
from graphtrace.frozen import frozen
from graphtrace.ingest.readers import child_process, guard
from graphtrace.ingest.readers.set_aside import COMMENTS, COMMENTS_LEFT, HIDDEN_SHEET, STRUCK_OUT_ROWS
from graphtrace.ingest.sheet import ROW, TOP_ROWS, MalformedRow, Sheet
from graphtrace.locale import phrase

BASE_SECONDS = 30
SECONDS_PER_MB = 0.5
"""Time that parsing may take: base plus this much for each megabyte unpacked; five to ten times what it needs."""

WALL_FACTOR = 4
"""By how much the parser's process may take longer on the clock than at work: a busy machine, a virus scanner."""

MAX_MEMORY_BYTES = 4 * 2**30
"""Memory of the parser; it needs some 100 MB for each million of cells."""

TRAILER = struct.Struct("<Q8s")
"""Ends the shared file: size of the table of contents before it, and :data:`MAGIC`."""

MAGIC = b"gtsheets"

_SMALL_BYTES: Final = 4 * 2**20
"""Size of a workbook that is not parsed again by the same process: to start a parser takes longer than its work."""

_MOST_KEPT: Final = 16

Parsed = tuple[mmap.mmap, dict[str, Any]]
"""The shared file of a parser and its table of contents."""

_parsed: dict[bytes, Parsed] = {}
"""What the parser gave for small workbooks, by their hashes; the latest are last."""


@frozen(kw_only=False)
class FrameSlice:
    """Position of a frame in the shared file, in bytes, and its number of filled rows."""

    offset: int
    size: int
    filled: int


def open_package(path: Path) -> list[Sheet]:
    """Return the sheets of an XLSX, ODS or Word file, which are archives; hidden ones too. See :func:`open_xls`."""
    book = guard.check_archive(path)
    if book.content != "word":
        return _open(path, book)
    from graphtrace.ingest.readers.word_reader import open_word

    with zipfile.ZipFile(path) as archive:
        return open_word(path, archive)


def open_xls(path: Path) -> list[Sheet]:
    """Return the worksheets of an XLS file, hidden ones too.

    Costs one pass over the file; afterwards all its cells are in a nameless temporary file, and one block in memory.
    Errors in cells (``#N/A``, ``#DIV/0!``) are empty. A cell far to the right of the table
    is one more column; empty columns before it are left out (:attr:`~graphtrace.ingest.sheet.Sheet.numbers`).

    Raises UnsafeFile when the parser ends in a crash, a time-out or a lack of memory; InputError when the file is no
    workbook, damaged or encrypted, or no cell is filled.
    """
    return _open(path, guard.check_ole(path))


def _open(path: Path, book: guard.CheckedWorkbook) -> list[Sheet]:
    shared, contents = _parse(path, book)
    sheets = [_sheet(shared, entry, book) for entry in contents["sheets"]]
    if not any(sheet.head_rows for sheet in sheets):
        raise InputError("workbook_empty", path=path, hint="right_file")
    return sheets


def _sheet(shared: mmap.mmap, entry: dict[str, Any], book: guard.CheckedWorkbook) -> Sheet:
    blocks = [FrameSlice(*block) for block in entry["blocks"]]
    columns: list[int] = entry["columns"]

    def frames() -> Iterator[tuple[FrameSlice, pl.DataFrame]]:
        for block in blocks:
            frame = pl.read_ipc_stream(shared[block.offset : block.offset + block.size])
            yield block, _in_place(frame, columns)

    def read(below: int) -> Iterator[pl.DataFrame]:
        for block, frame in frames():
            rest = frame.filter(pl.col(ROW) > below)
            sheet.counted += block.filled - (frame.height - rest.height)
            yield rest
        faults = [MalformedRow(row, text) for row, text in entry["faults"] if row > below]
        sheet.faults += faults
        sheet.counted += len(faults)

    top: list[tuple[int, list[str | None]]] = []
    for _, frame in frames():
        top += [(row, cells) for row, *cells in frame.head(TOP_ROWS - len(top)).iter_rows()]
        if len(top) == TOP_ROWS:
            break
    comments = book.comments.get(entry["name"], ())
    set_aside: dict[str, pl.Series | None] = {**book.set_aside.get(entry["name"], {})}
    if entry["is_hidden"]:
        set_aside[HIDDEN_SHEET] = None
    if comments:
        set_aside[COMMENTS] = pl.Series(sorted({row for row, _ in comments}), dtype=pl.UInt32)
    if entry["struck"]:
        marked = {*(set_aside.get(STRUCK_OUT_ROWS) or ()), *(row for row, _ in entry["struck"])}
        set_aside[STRUCK_OUT_ROWS] = pl.Series(sorted(marked), dtype=pl.UInt32)
    if entry["name"] in book.comments_left:
        set_aside[COMMENTS_LEFT] = None
    sheet = Sheet(
        name=entry["name"],
        width=len(columns),
        head_rows=top,
        read=read,
        uses_1904=book.uses_1904,
        numbers=tuple(columns),
        set_aside=set_aside,
        comments=comments,
        parts_left=tuple((row, text) for row, left in entry["struck"] for text in left),
    )
    return sheet


def _in_place(frame: pl.DataFrame, columns: Sequence[int]) -> pl.DataFrame:
    """Return a frame whose columns have the numbers of a worksheet, with those of the sheet."""
    if frame.width == len(columns) + 1 == columns[-1] + 2:
        return frame
    return frame.select(
        ROW,
        *(
            (pl.col(str(number)) if str(number) in frame.columns else pl.lit(None, pl.String)).alias(str(column))
            for column, number in enumerate(columns)
        ),
    )


def _parse(path: Path, book: guard.CheckedWorkbook) -> Parsed:
    """Return what the parser gives for a workbook; for a small one, what it gave for the same bytes before."""
    if path.stat().st_size > _SMALL_BYTES:
        return _parse_apart(path, book)
    digest = _digest(path)
    found = _parsed.pop(digest, None) or _parse_apart(path, book)
    # somebody may have changed the file while it was parsed
    if _digest(path) == digest:
        _parsed[digest] = found
        for oldest in [*_parsed][:-_MOST_KEPT]:
            _parsed.pop(oldest, None)
    return found


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _parse_apart(path: Path, book: guard.CheckedWorkbook) -> Parsed:
    timeout_s = int(BASE_SECONDS + SECONDS_PER_MB * book.unpacked_bytes / 1e6)
    with child_process.temporary_file() as output, child_process.temporary_file() as log:
        command = child_process.command("excel_worker", path, timeout_s, MAX_MEMORY_BYTES, book.has_struck_text)
        clock_s = WALL_FACTOR * timeout_s
        try:
            returncode = child_process.run(command, output, log, timeout_s=clock_s, memory_bytes=MAX_MEMORY_BYTES)
        except subprocess.TimeoutExpired as error:
            raise guard.unsafe_error(path, phrase("parser_slow", seconds=clock_s)) from error
        if returncode:
            log.seek(0)
            raise child_process.reason(
                path, phrase("workbook"), returncode, log.read().decode(errors="replace").strip()
            )
        shared = mmap.mmap(output.fileno(), 0, access=mmap.ACCESS_READ)
    size, magic = TRAILER.unpack(shared[-TRAILER.size :])
    if magic != MAGIC:
        raise RuntimeError(f"{path}: the parser ended without a table of contents")
    contents: dict[str, Any] = json.loads(shared[-TRAILER.size - size : -TRAILER.size])
    return shared, contents
