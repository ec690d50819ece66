"""Records of delimited text: which lines belong together, and where a stray quote pretends that some do.

``csv.reader`` says what a record is, with one exception. A quote that somebody left out or put in makes it take all
lines up to the next quote for one cell, and their records would vanish in it. So a cell that spans lines is believed
only if

- its quote is closed, within the limits of a cell, and
- what closes it stands at the end of a cell (an opening quote further down does not), and
- its lines are not records themselves, which those are that split into the table's width.

Otherwise the line with the stray quote is given up, and the lines behind it are read as what they are. A cell of
several lines that is believed is told by whoever makes cells of the records.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from graphtrace.ingest.readers.encodings import DAMAGED, text_lines
from graphtrace.ingest.readers.limits import MAX_CELL_LINES, MAX_COLUMNS

SAMPLE_RECORDS = 200

_NARROW, _WIDE = 2, 4
"""In a table of two columns a line of prose with one comma looks like a record; in one of four none does, and a
record may lack a cell."""

_MIN_INNER = 3

_BLANK_LINES = frozenset({"\n", "\r\n", "\r"})

Record = list[str]


class StrayQuote(str):
    """A line that ends what a stray quote pretends to be a cell, so that its own quote is a stray one too."""

    __slots__ = ()


class _TooManyLines(Exception):
    """A quoted cell has more lines than any cell has."""


def records_of(blocks: Iterator[bytes], delimiter: str, width: int = 0) -> Iterator[Record | str]:
    """Yield the cells of each record, or the text of a line that cannot be taken apart; see :func:`block_records`."""
    for block in blocks:
        yield from block_records(block, blocks, delimiter, width)


def block_records(block: bytes, blocks: Iterator[bytes], delimiter: str, width: int) -> Iterator[Record | str]:
    """Yield the cells of each record that begins in a block; the text of a line that cannot be taken apart.

    Where a quoted cell runs on into the next block, that block is taken too, to its end.

    ``width``: cells of a usual record of the table (:func:`usual_width`); with fewer than 2, lines cannot be told to be
    records.
    """
    lines = deque(text_lines([block]))
    taken: list[str] = []
    has_ended = False

    def take() -> Iterator[str]:
        nonlocal has_ended
        while True:
            while lines:
                if len(taken) == MAX_CELL_LINES:
                    raise _TooManyLines
                taken.append(lines.popleft())
                yield taken[-1]
            behind = next(blocks, None)
            if behind is None:
                has_ended = True
                return
            lines.extend(text_lines([behind]))

    reader = csv.reader(take(), delimiter=delimiter)
    while lines:
        if lines[0] in _BLANK_LINES:
            # a file may have millions of them, which the reader takes ten times as long for
            lines.popleft()
            yield []
            continue
        if isinstance(lines[0], StrayQuote):
            yield _shown(lines.popleft())
            continue
        record: Record | None
        try:
            record = next(reader)
        except (csv.Error, _TooManyLines):
            record = None
        # a record that asked for a line behind the last one was still inside quotes
        if record is None or has_ended or _is_damaged(record, taken, delimiter, width):
            yield _shown(taken[0])
            if record is not None and not has_ended and len(taken) > 1 and _is_stray(taken, delimiter):
                taken[-1] = StrayQuote(taken[-1])
            lines.extendleft(reversed(taken[1:]))
            has_ended = False
            reader = csv.reader(take(), delimiter=delimiter)
        elif DAMAGED in (taken[0] if len(taken) == 1 else "".join(taken)) or len(record) > MAX_COLUMNS:
            yield _shown("".join(taken))
        else:
            yield record
        taken.clear()


def usual_width(blocks: Iterator[bytes], delimiter: str) -> int:
    """Return the most frequent number of cells among the first one-line records; 1 if there are none."""
    records = islice(records_of(blocks, delimiter), SAMPLE_RECORDS)
    widths = Counter(
        len(record)
        for record in records
        if isinstance(record, list) and record and not any("\n" in cell or "\r" in cell for cell in record)
    )
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _is_damaged(record: Record, lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether a quote in these lines, which were read as one record, must be a stray one."""
    if len(lines) == 1:
        if '"' not in lines[0]:
            return False
        # a quote that took delimiters into its cell and does not end at the end of a cell
        (line,) = lines
        is_short = len(record) < width and line.count(delimiter) >= width - 1
        return is_short and not _is_well_formed(lines, delimiter)
    if not _is_well_formed(lines, delimiter):
        return True
    if width < _NARROW:
        return False
    first, *inner, last = (_fits(line, delimiter, width) for line in lines)
    if first and last and (all(inner) if width == _NARROW else 2 * sum(inner) >= len(inner)):
        return True
    return width > _NARROW and len(inner) >= _MIN_INNER and 2 * sum(inner) >= len(inner)


def _is_well_formed(lines: Sequence[str], delimiter: str) -> bool:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _fits(line: str, delimiter: str, width: int) -> bool:
    """Whether a line by itself splits into about as many cells as a record has."""
    cells = _whole_quotes(delimiter).sub("", line.rstrip("\r\n")).count(delimiter) + 1
    return cells == width or (width >= _WIDE and abs(cells - width) == 1)


@lru_cache
def _whole_quotes(delimiter: str) -> re.Pattern[str]:
    """Return the pattern of quoted cells on one line, whose delimiters are text."""
    mark = re.escape(delimiter)
    return re.compile(rf'(?<![^{mark}])"(?:[^"]|"")*"(?![^{mark}])')


def _is_stray(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the last line holds the quote that closed the pretended cell, and does not open one of its own."""
    return lines[-1].count('"') % 2 == 1 and _is_well_formed(lines, delimiter)


def _shown(text: str) -> str:
    return text.rstrip("\r\n").replace(DAMAGED, "\ufffd")
