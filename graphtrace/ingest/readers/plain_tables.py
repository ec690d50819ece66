"""Tables in plain text whose columns stand apart by blanks, as letters and printed papers write them.

A table is a line of headings and the lines below it, each cut by runs of blanks into as many cells; a line of rules is
none of them, and a blank line ends it. A line that is cut otherwise makes it no table: nothing says whose cell is
missing. A line that begins with a day is one of notes, and no headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from graphtrace.ingest.readers.table_reader import lines_around, names_card, sheet_of_table
from graphtrace.ingest.sheet import Sheet
from graphtrace.patterns import late

_GAP: Final = late("[ \u00a0\u3000]{2,}")
_DELIMITERS: Final = ",\t;|"
"""A text each of whose lines has one of these is a table of the usual kind."""
_RULE: Final = late(r"[-=_+|*.─━ ]{3,}")
_CARD: Final = late("(?<![0-9])89[0-9]{13}")
_DAY: Final = late(r"(?:[0-9]{4}[-./年])?[0-9]{1,2}[-./月][0-9]{1,2}[日号]?")
"""A day, with which a line of notes begins and no row of headings."""
MAX_TEXT_BYTES: Final = 2**20
"""Size of a text that may be a letter or a paper."""

_PAIR: Final = 2
_WRAPPED: Final = 60
"""Characters of a line that goes on in the next one."""


class PlainTable(NamedTuple):
    """A table in a text: the number of its first line, and its rows; blank ones stand for rules."""

    first_line: int
    rows: list[list[str | None]]

    @property
    def end(self) -> int:
        """The number of the line behind its last one."""
        return self.first_line + len(self.rows)


def open_text(path: Path) -> list[Sheet]:
    """Return the sheets of a text with tables of this kind, and its lines where one names a card; else none."""
    from graphtrace.ingest.readers.encodings import text_of

    if path.stat().st_size > MAX_TEXT_BYTES:
        return []
    lines = text_of(path.read_bytes()).splitlines()
    tables = tables_in_text(lines)
    if not tables:
        return []
    starts = [0, *(table.end - 1 for table in tables)]
    ends = [*(table.first_line - 1 for table in tables), len(lines)]
    *between, after = (paragraphs(lines[start:end]) for start, end in zip(starts, ends, strict=True))
    sheets = [
        # its rows bear the numbers of their lines
        sheet_of_table(f"table {number}", [*([[None]] * (table.first_line - 1)), *table.rows], above=above, below=below)
        for number, (table, (above, below)) in enumerate(
            zip(tables, lines_around(between, after), strict=True), start=1
        )
    ]
    said = [line for each in (*between, after) for line in each]
    if any(names_card(line) for line in said):
        sheets.append(sheet_of_table("text", [[line] for line in said]))
    return sheets


def tables_in_text(lines: Sequence[str]) -> list[PlainTable]:
    """Return the tables in the lines of a text that name cards."""
    found: list[PlainTable] = []
    at = 0
    while at < len(lines):
        table = _table_at(lines, at)
        if table is not None:
            found.append(table)
        at += 1 if table is None else len(table.rows)
    return _with_forms_joined(found, lines)


def _with_forms_joined(tables: Sequence[PlainTable], lines: Sequence[str]) -> list[PlainTable]:
    """Return the tables with forms of names and values that follow each other as one: a name again begins the next."""
    joined: list[PlainTable] = []
    for table in tables:
        last = joined[-1] if joined else None
        gap = lines[last.end - 1 : table.first_line - 1] if last else []
        if last is not None and _is_form(last) and _is_form(table) and not any(map(str.strip, gap)):
            blank: list[list[str | None]] = [[None, None]] * len(gap)
            joined[-1] = PlainTable(last.first_line, [*last.rows, *blank, *table.rows])
        else:
            joined.append(table)
    return joined


def _is_form(table: PlainTable) -> bool:
    """Whether each line of a table is a name and, behind a colon, its value."""
    return all(len(row) == _PAIR and (row[1] or ":").startswith(":") for row in table.rows)


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the lines of a text, those joined that were broken for their length."""
    joined: list[str] = []
    is_open = False
    for line in map(str.strip, lines):
        if line and is_open:
            joined[-1] = f"{joined[-1]} {line}"
        elif line:
            joined.append(line)
        is_open = len(line) >= _WRAPPED and not _RULE.fullmatch(line)
    return joined


def _cells(line: str) -> list[str]:
    return [cell for cell in _GAP.split(line.strip()) if cell]


def _table_at(lines: Sequence[str], at: int) -> PlainTable | None:
    """Return the table whose headings stand in a line."""
    headings = _cells(lines[at])
    is_form = len(headings) == _PAIR and headings[1].startswith(":")
    if (
        len(headings) < _PAIR
        or _DAY.fullmatch(headings[0])
        or (_CARD.search(lines[at]) and not is_form)
        or _RULE.fullmatch(lines[at].strip())
    ):
        return None
    rows: list[list[str | None]] = [[*headings]]
    delimiters = {mark for mark in _DELIMITERS if mark in lines[at]}
    filled = 0
    for line in lines[at + 1 :]:
        cells = _cells(line)
        if _RULE.fullmatch(line.strip()) and rows and line.strip():
            if filled:
                break
            rows.append([None] * len(headings))
            continue
        if not cells:
            break
        if len(cells) != len(headings):
            return None
        rows.append([*cells])
        delimiters = {mark for mark in delimiters if mark in line}
        filled += 1
    names_card = any(_CARD.search(cell) for row in rows for cell in row if cell)
    return PlainTable(at + 1, rows) if filled and names_card and not delimiters else None
