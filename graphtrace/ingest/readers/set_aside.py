"""Rows that somebody hid or struck out: they are read like others, and said.

What is struck out or hidden within a cell that holds more is left out of it, in workbooks, Word files and pages alike:
nobody who looks at the cell would read both as one name. What somebody deleted is left out everywhere.

Of workbooks only XLSX tells them. Plain ones, which have no struck-out text and no hidden row, cost a search for one
word.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final
from xml.parsers import expat

import polars as pl

from graphtrace.ingest.sheet import Sheet
from graphtrace.patterns import late
from graphtrace.results.reports import RowWarning

HIDDEN_ROWS: Final = "hidden_rows"
STRUCK_OUT_ROWS: Final = "struck_out_rows"
TRACKED_ROWS: Final = "tracked_changes"
"""Reason of rows with changes that nobody has accepted."""
HIDDEN_SHEET: Final = "hidden_sheet"
COMMENTS: Final = "comments"
COMMENTS_LEFT: Final = "comments_left"
"""Reason of a sheet that has more comments than are read."""

LAST_ROW: Final = 1_048_576
SHARED_TEXTS: Final = "xl/sharedstrings.xml"
"""The part of a workbook with the texts of its cells, in lower case."""

_HIDDEN_ROW: Final = late(
    rb"""<(?:\w+:)?row\s(?=[^<>]{0,400}?\bhidden\s*=\s*["'](?:1|true)["'])[^<>]{0,400}?\br\s*=\s*["']([0-9]{1,7})["']"""
)
_STYLED_CELL: Final = late(
    rb"""<(?:\w+:)?c\s(?=[^<>]{0,200}?\bs\s*=\s*["']([0-9]{1,6})["'])"""
    rb"""[^<>]{0,200}?\br\s*=\s*["'][A-Za-z]{1,3}([0-9]{1,7})["'][^<>]{0,200}(?<!/)>"""
)


def remarks_on_rows(sheet: Sheet) -> list[RowWarning]:
    """Return what is to be said of the rows that were read and that somebody hid or struck out."""
    return [
        RowWarning(field=None, reason=reason, rows=note.rows, first_row=note.first_row, value=note.value)
        for reason, note in sorted(sheet.set_aside_notes.items())
    ]


class SetAside:
    """Rows that are hidden or struck out, by the parts of a workbook.

    ``book``, ``links``, ``styles``: the parts that list the sheets, say where each is, and hold the formats of cells;
    empty where there is none.
    """

    def __init__(self, book: bytes, links: bytes, styles: bytes) -> None:
        self._names = _sheets_by_part(book, links)
        self._struck = _struck_styles(styles)
        self._rows: dict[str, dict[str, pl.Series]] = {}

    def part(self, name: str) -> PartRows | None:
        """Return what is to look at a part; ``None`` for those that are no sheet."""
        return PartRows(self._struck) if name.lower() in self._names else None

    def add(self, name: str, rows: PartRows) -> None:
        """Keep what was found in a part."""
        if found := rows.found():
            self._rows[self._names[name.lower()]] = found

    @property
    def sheets(self) -> Mapping[str, str]:
        """The names of sheets by the part, in lower case, that holds each."""
        return self._names

    @property
    def rows(self) -> Mapping[str, Mapping[str, pl.Series]]:
        """By name of the sheet and reason, the numbers of rows."""
        return self._rows


class PartRows:
    """The rows of one sheet that are hidden or struck out, found piece by piece."""

    def __init__(self, struck: frozenset[int]) -> None:
        self._struck = struck
        self._found: dict[str, set[int]] = {HIDDEN_ROWS: set(), STRUCK_OUT_ROWS: set()}

    def look(self, xml: bytes) -> None:
        """Look at a piece of the sheet that cuts no tag in two."""
        if b"hidden" in xml:
            self._found[HIDDEN_ROWS].update(map(int, _HIDDEN_ROW.findall(xml)))
        if self._struck:
            cells = _STYLED_CELL.findall(xml)
            self._found[STRUCK_OUT_ROWS].update(int(row) for style, row in cells if int(style) in self._struck)

    def found(self) -> dict[str, pl.Series]:
        """Return the rows by reason; only reasons that have some."""
        return {
            reason: pl.Series(sorted(row for row in rows if 0 < row <= LAST_ROW), dtype=pl.UInt32)
            for reason, rows in self._found.items()
            if rows
        }


def _sheets_by_part(book: bytes, links: bytes) -> dict[str, str]:
    """Return the names of sheets by the name of the part, in lower case, that holds each."""
    parts: dict[str, str] = {}
    names: dict[str, str] = {}

    def take_link(tag: str, given: Mapping[str, str]) -> None:
        if tag == "Relationship" and "Id" in given:
            parts[given["Id"]] = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))[1:].lower()

    def take_sheet(tag: str, given: Mapping[str, str]) -> None:
        if tag == "sheet" and (part := parts.get(given.get("id", ""))) is not None:
            names[part] = given.get("name", "")

    walk(links, take_link)
    walk(book, take_sheet)
    return names


_SECTIONS: Final = frozenset({"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})


def _struck_styles(styles: bytes) -> frozenset[int]:
    """Return the numbers of the formats of cells whose text is struck out."""
    section = ""
    fonts = formats = -1
    struck_fonts: set[str] = set()
    struck: set[int] = set()

    def take(tag: str, given: Mapping[str, str]) -> None:
        nonlocal section, fonts, formats
        if tag in _SECTIONS:
            section = tag
        elif (section, tag) == ("fonts", "font"):
            fonts += 1
        elif (section, tag) == ("fonts", "strike") and given.get("val", "1") not in ("0", "false"):
            struck_fonts.add(str(fonts))
        elif (section, tag) == ("cellXfs", "xf"):
            formats += 1
            if given.get("fontId", "") in struck_fonts:
                struck.add(formats)

    if b"strike" in styles:
        walk(styles, take)
    return frozenset(struck)


def walk(xml: bytes, take: Callable[[str, Mapping[str, str]], None]) -> None:
    """Give each element with its attributes, without prefixes; damaged XML and such with a type ends it."""
    if not xml or b"<!DOCTYPE" in xml:
        return

    def start(tag: str, given: dict[str, str]) -> None:
        take(tag.rpartition(":")[2], {name.rpartition(":")[2]: value for name, value in given.items()})

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with suppress(expat.ExpatError, ValueError):
        parser.Parse(xml, True)
