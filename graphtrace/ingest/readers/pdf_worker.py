"""The process in which a PDF is parsed: ``python -m … PATH SECONDS BYTES``, its tables and lines as JSON on stdout.

Tables are found by their ruled lines, and where there are none by columns of text that stand below the words of a row
of headings. The text is that of the file; no characters are recognised in pictures.
"""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from graphtrace.ingest.readers.child_side import WorkerStatus, limit_resources
from graphtrace.patterns import late

MAX_PAGES: Final = 1_000
MAX_CELLS: Final = 200_000

_GAP: Final = 1.2
"""Blank between two words of different cells, in heights of the text."""

_ASIDE: Final = 2.5
"""How far a cell may stand beside its column, in heights of the text."""

_SAME_LINE: Final = 3.0
"""Difference of height between words of one line, in points."""

_LEAST_HEADINGS: Final = 3
_LEAST_CELLS: Final = 2
_NUMBER: Final = late("[0-9][0-9A-Fa-f]{10}")
"""A number of a card or of its subscriber."""

_RADICALS: Final = late("[\u2e80-\u2fdf\uf900-\ufaff]")
"""Characters of fonts in the place of those that are written: radicals and forms for compatibility."""


_Cell = tuple[str, float, float]
"""The text of a cell, and where it begins and ends."""


_BROKEN: Final = late(r"(?<=[\u4e00-\u9fff（）])\s*\n\s*(?=[\u4e00-\u9fff（）])")
"""The end of a line within a cell, between characters that are written without blanks."""


class _Line(NamedTuple):
    """A line of text: its cells, and the height of its text."""

    top: float
    height: float
    cells: list[_Cell]

    @property
    def text(self) -> str:
        return " ".join(text for text, *_ in self.cells)


class _Found(NamedTuple):
    """A table, or a line that stands in none, by its place on the page."""

    top: float
    rows: list[list[str | None]] | None
    text: str = ""


def main(path: Path, seconds: int, memory_bytes: int, output: IO[bytes]) -> int:
    """Write tables and lines; returns 0 or a :class:`WorkerStatus`, with the reason on stderr."""
    limit_resources(seconds, memory_bytes)
    logging.disable(logging.CRITICAL)
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path) as document:
            if len(document.pages) > MAX_PAGES:
                sys.stderr.write(json.dumps(("too_many_pages", {"count": len(document.pages), "most": MAX_PAGES})))
                return WorkerStatus.UNSAFE
            found = _pages(document)
    except (PdfminerException, PSException, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        if isinstance(cause, PDFPasswordIncorrect):
            return WorkerStatus.ENCRYPTED
        sys.stderr.write((str(cause) or type(cause).__name__).partition("\n")[0])
        return WorkerStatus.DAMAGED
    output.write(json.dumps(found).encode())
    output.flush()
    return 0


def _pages(document: Any) -> list[dict[str, Any]]:
    """Return the tables, each with its page, the lines above it and those below it on its page.

    The lines of a page without a table stand above the next one, those behind the last table below it; of a text
    without any table they stand above none.
    """
    tables: list[dict[str, Any]] = []
    lines: list[str] = []
    cells = 0
    headings: list[_Cell] = []
    for number, page in enumerate(document.pages, start=1):
        for found in sorted(_found_on(page, headings), key=lambda each: each.top):
            if found.rows is None:
                lines.append(found.text)
                continue
            rows = _with_headings(found.rows, tables[-1]["rows"] if tables else None)
            tables.append({"page": number, "rows": rows, "above": lines, "below": []})
            lines = []
            cells += sum(map(len, rows))
            if cells > MAX_CELLS:
                raise ValueError(f"more than {MAX_CELLS} cells")
        if tables and tables[-1]["page"] == number:
            tables[-1]["below"], lines = lines, []
        page.close()
    if tables:
        tables[-1]["below"] += lines
    elif lines:
        tables.append({"page": 1, "rows": [], "above": lines, "below": []})
    return tables


def _with_headings(rows: list[list[str | None]], before: list[list[str | None]] | None) -> list[list[str | None]]:
    """Return the rows of a table that goes on from the page before, below the headings that stand there."""
    goes_on = before and len(before[0]) == len(rows[0]) and any(_NUMBER.search(cell or "") for cell in rows[0])
    return [before[0], *rows] if before and goes_on else rows


def _found_on(page: Any, headings: list[_Cell]) -> Iterator[_Found]:
    """Yield what stands on a page; ``headings`` are those of the last table without lines, which may go on."""
    ruled = []
    for table in page.find_tables():
        rows = [[_clean(cell) for cell in row] for row in table.extract()]
        if len(rows) > 1 and len(rows[0]) > 1:
            ruled.append(table.bbox)
            yield _Found(table.bbox[1], rows)
    lines = _lines_of([word for word in page.extract_words() if not _is_inside(word, ruled)])
    at = 0
    while at < len(lines):
        begins = len(lines[at].cells) >= _LEAST_HEADINGS and not _NUMBER.search(lines[at].text)
        over = lines[at].cells if begins else headings
        rows = _rows_below(over, lines[at + begins :])
        if rows:
            headings[:] = over
            yield _Found(lines[at].top, [[text for text, *_ in over], *rows])
        else:
            yield _Found(lines[at].top, None, lines[at].text)
        at += len(rows) + begins if rows else 1


def _is_inside(word: dict[str, Any], boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return any(left <= across <= right and top <= down <= bottom for left, top, right, bottom in boxes)


def _lines_of(words: Sequence[dict[str, Any]]) -> list[_Line]:
    """Return the lines of some words from the top; words that stand near each other are one cell."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: word["top"]):
        if lines and abs(lines[-1][0]["top"] - word["top"]) <= _SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_line_of(sorted(line, key=lambda word: word["x0"])) for line in lines]


def _line_of(words: Sequence[dict[str, Any]]) -> _Line:
    height = max(word["bottom"] - word["top"] for word in words)
    cells: list[_Cell] = []
    for word in words:
        text = _clean(word["text"]) or ""
        if cells and word["x0"] - cells[-1][2] < _GAP * height:
            before, start, _ = cells.pop()
            text, left = f"{before} {text}", start
        else:
            left = word["x0"]
        cells.append((text, left, word["x1"]))
    return _Line(words[0]["top"], height, cells)


def _rows_below(headings: Sequence[_Cell], lines: Sequence[_Line]) -> list[list[str | None]]:
    """Return the first lines as rows of a table with these headings; none where no row names a card."""
    rows: list[list[str | None]] = []
    for line in lines if headings else ():
        row = _row_below(headings, line)
        if row is None:
            break
        rows.append(row)
    return rows if any(_NUMBER.search(cell or "") for row in rows for cell in row) else []


def _row_below(headings: Sequence[_Cell], line: _Line) -> list[str | None] | None:
    """Return the cells of a line by the headings below which they stand; ``None`` if one stands below none."""
    row: list[str | None] = [None] * len(headings)
    before = -1
    for text, left, right in line.cells:
        asides = [
            min(abs(left - start), abs(right - end), abs((left + right - start - end) / 2))
            for _, start, end in headings
        ]
        column = asides.index(min(asides))
        if column <= before or asides[column] > _ASIDE * line.height:
            return None
        row[column], before = text, column
    return row if len(line.cells) >= _LEAST_CELLS else None


def _clean(text: str | None) -> str | None:
    if text is None:
        return None
    written = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return " ".join(_BROKEN.sub("", written).split()) or None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.stdout.buffer))
