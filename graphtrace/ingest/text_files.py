"""The text of any file that a person may look for numbers in, line by line."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from graphtrace.errors import InputError, os_reason
from graphtrace.ingest.readers.encodings import text_of
from graphtrace.ingest.small_files import MAX_LIST_BYTES, read_small_file

_CARD_NUMBERS: Final = frozenset({"iccid", "range", "msisdn", "imsi", "eid"})
_TELEPHONE_SIZE: Final = 11
"""Digits of numbers that are those of persons in most texts, and those of cards in few."""

PROSE: Final = frozenset({".docx", ".txt", ".md"})
"""Endings of files that are texts where they hold no table."""

_LINES_LOOKED_AT: Final = 500
_TEXT_ENDINGS: Final = frozenset({".txt", ".md", ".log", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".eml", ""})


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of every line: of a text, of a Word file, or of the rows of a table, cells side by side.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    if path.suffix.lower() in _TEXT_ENDINGS:
        yield from enumerate(text_of(_content(path)).splitlines(), start=1)
    elif path.suffix.lower() == ".docx" and zipfile.is_zipfile(path):
        from graphtrace.ingest.readers.guard import check_archive
        from graphtrace.ingest.readers.word_reader import text_of_word

        check_archive(path)
        with zipfile.ZipFile(path) as archive:
            yield from enumerate(text_of_word(path, archive).splitlines(), start=1)
    else:
        from graphtrace.ingest.readers import open_sheets
        from graphtrace.ingest.sheet import INEXACT_MARK

        for sheet in open_sheets(path):
            for frame in sheet.read(0):
                for row, *cells in frame.iter_rows():
                    yield row, "\t".join((cell or "").removeprefix(INEXACT_MARK) for cell in cells)


def count_card_numbers(path: Path) -> int:
    """Count the numbers of cards and ranges that stand in the first lines of a file; 0 where it cannot be read."""
    from graphtrace.ingest.free_text import find_in_line

    try:
        lines = [line for _, line in islice(lines_of(path), _LINES_LOOKED_AT)]
    except (InputError, zipfile.BadZipFile, KeyError):
        return 0
    finds = (find for line in lines for find in find_in_line(line))
    return sum(find.kind in _CARD_NUMBERS and len(find.value) != _TELEPHONE_SIZE for find in finds)


def _content(path: Path) -> bytes:
    try:
        return read_small_file(path, MAX_LIST_BYTES)
    except OSError as fault:
        raise InputError("at_path", path=path, why=os_reason(fault), hint="check_name_or_dash") from fault
