"""Cells of an XLSX workbook with text that is struck out within them: rich text, of which parsers give all as one.

Read by the parser's own process, and only where a part of the workbook has such text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.parsers import expat

from graphtrace.ingest.readers.set_aside import SHARED_TEXTS, SetAside
from graphtrace.ingest.readers.table_reader import CellText
from graphtrace.model import column_index
from graphtrace.patterns import late

Struck = tuple[str | None, list[str]]
"""The text of a cell that is read, and what was left out of it."""

_REF: Final = late("([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)


def struck_cells(path: Path) -> dict[str, dict[int, dict[int, Struck]]]:
    """Return the cells with struck-out text by sheet, row from 1 and column from 0.

    Raises ExpatError when a part is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        names = {name.lower(): name for name in archive.namelist()}

        def part(name: str) -> bytes:
            return archive.read(names[name]) if name in names else b""

        def read(name: str, shared: Mapping[int, Struck]) -> _Part:
            reader = _Part(shared)
            if name in names:
                with archive.open(names[name]) as xml:
                    reader.parser.ParseFile(xml)
            return reader

        shared = read(SHARED_TEXTS, {}).shared
        sheets = SetAside(part("xl/workbook.xml"), part("xl/_rels/workbook.xml.rels"), b"").sheets
        return {sheet: read(name, shared).cells for name, sheet in sheets.items()}


class _Part:
    """A sheet, or the texts that cells share: ``shared`` by their number."""

    def __init__(self, shared: Mapping[int, Struck]) -> None:
        self.cells: dict[int, dict[int, Struck]] = {}
        self.shared = dict(shared)
        self._strings = 0
        self._text = CellText()
        self._value: list[str] = []
        self._within: set[str] = set()
        self._has_struck = self._is_shared = False
        self._row = self._column = 0
        self.parser = expat.ParserCreate(namespace_separator="|")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition("|")[2]
        self._within.add(name)
        if name == "row":
            number = given.get("r", "")
            self._row, self._column = int(number) if number.isdecimal() else self._row + 1, -1
        elif name == "c":
            ref = _REF.fullmatch(given.get("r", ""))
            self._row = self._row if ref is None else int(ref[2])
            self._column = self._column + 1 if ref is None else column_index(ref[1])
            self._is_shared, self._value = given.get("t") == "s", []
        elif name in ("si", "is"):
            self._text, self._has_struck = CellText(), False
        elif name == "strike" and given.get("val", "1") in ("0", "false"):
            self._within.discard(name)

    def _end(self, tag: str) -> None:
        name = tag.rpartition("|")[2]
        # the format of a run stands before its text
        self._within -= {name, "strike"} if name == "r" else {name} - {"strike"}
        if name == "si":
            if self._has_struck:
                self.shared[self._strings] = self._text.end("".join)
            self._strings += 1
        elif name == "is" and self._has_struck:
            self._note(self._text.end("".join))
        elif name == "c" and self._is_shared:
            number = "".join(self._value).strip()
            if (struck := self.shared.get(int(number) if number.isdecimal() else -1)) is not None:
                self._note(struck)

    def _note(self, struck: Struck) -> None:
        self.cells.setdefault(self._row, {})[self._column] = struck

    def _data(self, text: str) -> None:
        if "v" in self._within:
            self._value.append(text)
        elif "t" in self._within and "rPh" not in self._within:
            is_struck = "strike" in self._within
            self._has_struck |= is_struck
            self._text.add(text, is_apart=is_struck)
