"""The text of any file that a person may look for numbers in, line by line."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from graphtrace.errors import InputError, os_reason
from graphtrace.ingest.mail import is_mail, text_of_mail
from graphtrace.ingest.readers.encodings import text_of
from graphtrace.ingest.small_files import MAX_LIST_BYTES, read_small_file
from graphtrace.ingest.words import pattern_of

_CARD_NUMBERS: Final = frozenset({"iccid", "range", "msisdn", "imsi", "eid"})
_TELEPHONE_SIZE: Final = 11
"""Digits of numbers that are those of persons in most texts, and those of cards in few."""

PROSE: Final = frozenset({".docx", ".txt", ".md"})
"""Endings of files that are texts where they hold no table."""

_LINES_LOOKED_AT: Final = 500
_DAY_SIZE: Final = 10
_STATEMENTS: Final = pattern_of("text_files", "statements", re.IGNORECASE)
TEXT_ENDINGS: Final = frozenset({".txt", ".md", ".log", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ""})


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of every line, as :func:`lines_by_sheet` does."""
    return ((number, line) for _, number, line in lines_by_sheet(path))


def lines_by_sheet(path: Path) -> Iterator[tuple[str | None, int, str]]:
    """Yield every line with its number: of a text, a mail, a Word file, or the rows of a table, cells side by side.

    Rows come with the name of their sheet, as those of several sheets have the same numbers.

    Raises InputError when the file cannot be read.
    """
    if path.suffix.lower() in TEXT_ENDINGS:
        yield from _numbered(text_of(_content(path)))
    elif is_mail(path):
        yield from _numbered(text_of_mail(path))
    elif path.suffix.lower() == ".docx" and zipfile.is_zipfile(path):
        from graphtrace.ingest.readers.guard import check_archive
        from graphtrace.ingest.readers.word_reader import text_of_word

        check_archive(path)
        with zipfile.ZipFile(path) as archive:
            yield from _numbered(text_of_word(path, archive))
    else:
        from graphtrace.ingest.readers import open_sheets
        from graphtrace.ingest.sheet import INEXACT_MARK

        for sheet in open_sheets(path):
            for frame in sheet.read(0):
                for row, *cells in frame.iter_rows():
                    yield sheet.name, row, "\t".join((cell or "").removeprefix(INEXACT_MARK) for cell in cells)


def _numbered(text: str) -> Iterator[tuple[None, int, str]]:
    return ((None, number, line) for number, line in enumerate(text.splitlines(), start=1))


def holds_statements(headings: Iterable[str | None]) -> bool:
    """Whether a heading is that of what somebody said, from whose sentences a person makes records."""
    return any(heading and _STATEMENTS.search(heading) for heading in headings)


class TextSummary(NamedTuple):
    """What the first lines of a text name: numbers of cards and ranges, and the first and the last day."""

    numbers: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


def summarize_text(path: Path) -> TextSummary:
    """Return the numbers of cards and the days that stand in the first lines of a file; none if it cannot be read."""
    from graphtrace.ingest.free_text import find_in_line

    try:
        lines = [line for _, line in islice(lines_of(path), _LINES_LOOKED_AT)]
    except (InputError, zipfile.BadZipFile, KeyError):
        return TextSummary()
    finds = [find for line in lines for find in find_in_line(line)]
    numbers = tuple(find.value for find in finds if find.kind in _CARD_NUMBERS and len(find.value) != _TELEPHONE_SIZE)
    days = sorted(find.value[:_DAY_SIZE] for find in finds if find.kind == "date")
    return TextSummary(numbers, days[0], days[-1]) if days else TextSummary(numbers)


def _content(path: Path) -> bytes:
    try:
        return read_small_file(path, MAX_LIST_BYTES)
    except OSError as fault:
        raise InputError("at_path", path=path, why=os_reason(fault), hint="check_name_or_dash") from fault
