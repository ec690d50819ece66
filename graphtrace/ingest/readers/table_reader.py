"""Sheets of formats that are small documents, read whole: web pages, Word files, XML workbooks, JSON documents."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from xml.parsers import expat

import polars as pl

from graphtrace.errors import UnsafeFile
from graphtrace.ingest.card_cells import without_groups
from graphtrace.ingest.readers.cells import clean_cell, filled_rows, frame_from_rows
from graphtrace.ingest.readers.guard import unsafe_error
from graphtrace.ingest.readers.set_aside import COMMENTS
from graphtrace.ingest.sheet import ROW, TOP_ROWS, Sheet
from graphtrace.locale import phrase
from graphtrace.patterns import late

MAX_DOCUMENT_BYTES = 256 * 2**20
"""Of a document that is read whole."""

Table = list[list[str | None]]
"""Rows of cells, from the top."""

MAX_LINES = 12
"""Lines of text above and below a table that may say something of all its rows."""

_BOX_PAIRS = 2
"""Names and values side by side in a row of a box."""

_OF_ABOVE = late("^[(（【]?(?:以上|上述|前述|上列|上表)")
_NOTE = late("^(?:[注附]|备注|说明|[*※])")


_LABEL = late(r"([^\s:：,，;；。、]{2,12}?(?:[(（][^()（）]{1,8}[)）])?)\s*[:：]")
_OF_SIGNER = late(
    "(?:被扣押)?(?:物品|财物)?持有人|见证人|[承主]办人|(?:办案|侦[查察]|执法|检查|提取)(?:人员?|员|民警|单位)?|民警"
    "|(?:保管|记录|制[表单]|填[表单]|审核|复核|经办|核对)人?|.*(?:签[字名章收]|盖章).*"
)
_OF_HOLDER = late("(?:被扣押)?(?:物品|财物)?持有人")
_DAY_ALONE = late(r"(?:20[0-9]{2})?\s*年\s*[0-9]{0,2}\s*月\s*[0-9]{0,2}\s*日|20[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}")
_TITLE_OF_LIST = late(
    "[^:：,，。;；]{0,40}(?:清单|笔录|决定书|登记[表簿]|明细表?|[送发出退收]货单|出库单|入库单)(?:[(（].*[)）])?"
)


def _form_of(line: str) -> tuple[str, ...]:
    """Return the names of a line of names and values."""
    return tuple(_LABEL.findall(line))


def _bare(line: str) -> str:
    return re.sub(r"[\s0-9]", "", line)


class Parted(NamedTuple):
    """Lines between two tables: those that close the one above, those of either, and those that head the one below."""

    closing: list[str]
    either: list[str]
    heading: list[str]


def part_lines(lines: Sequence[str], opening: Sequence[str], after: Sequence[str]) -> Parted:
    """Part the lines between two tables of a document.

    Who held, witnessed or made a list signs below it: such a line before the title of the next list, or of the form
    of those below the last table, closes the table above; one of the form of those above the first table heads the one
    below. Where neither tells, a line that names only a holder is of either table.

    - ``lines``: the lines between the two.
    - ``opening``: the lines above the first table of the document.
    - ``after``: those below the last one.

    >>> part_lines(["持有人：甲  见证人：乙", "2024年6月8日", "扣 押 清 单", "持有人：丙"], ["扣押清单"], [])
    Parted(closing=['持有人：甲  见证人：乙', '2024年6月8日'], either=[], heading=['扣 押 清 单', '持有人：丙'])
    >>> part_lines(["持有人：丙"], [], [])
    Parted(closing=[], either=['持有人：丙'], heading=[])
    >>> part_lines(["持有人：丙"], ["持有人：甲"], ["制表：丁"])
    Parted(closing=[], either=[], heading=['持有人：丙'])
    """
    titles = {_bare(line) for line in opening if not _LABEL.search(line)}
    is_title = [_bare(line) in titles or _TITLE_OF_LIST.fullmatch(_bare(line)) is not None for line in lines]
    title = is_title.index(True) if True in is_title else None
    heads, closers = {_form_of(line) for line in opening}, {_form_of(line) for line in after}
    parted = Parted([], [], [])
    last = parted.heading
    for at, line in enumerate(lines):
        form = _form_of(line)
        is_signed = bool(form) and _OF_SIGNER.fullmatch(form[0]) is not None
        if is_signed and (title is None or at < title):
            last = parted.either
            if (title is None and form in heads) != (form in closers):
                last = parted.heading if form in heads and title is None else parted.closing
            elif title is not None or (form not in heads and not all(map(_OF_HOLDER.fullmatch, form))):
                last = parted.closing
        elif not (last is not parted.heading and _DAY_ALONE.fullmatch(line.strip())):
            last = parted.heading
        last.append(line)
    if parted.closing and title is not None:
        # what stands before the signatures stands below the table, too
        first = lines.index(parted.closing[0])
        moved = [line for line in parted.heading if line in lines[:first] and line not in lines[first:]]
        parted.closing[:0] = moved
        parted.heading[:] = [line for line in parted.heading if line not in moved]
    return parted


def lines_around(between: Sequence[Sequence[str]], after: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Return the lines above and below each table of a text.

    ``between``: of each table, the lines between it and the one before; a note may be about both, and one that speaks
    of what stands above is about the former alone. :func:`part_lines` says which close the former; one of either table
    stands below both, so that it is told of both and concludes nothing.
    ``after``: the lines behind the last table.
    """
    opening = between[0] if between else ()
    parted = [
        Parted([], [], [*lines]) if at == 0 else part_lines(lines, opening, after) for at, lines in enumerate(between)
    ]
    above = [[line for line in each.heading if at == 0 or not _OF_ABOVE.match(line)] for at, each in enumerate(parted)]
    below = [
        [
            line
            for line in lines
            if line in each.closing or line in each.either or _OF_ABOVE.match(line) or _NOTE.match(line)
        ]
        for lines, each in zip(between[1:], parted[1:], strict=True)
    ]
    return [
        (before[-MAX_LINES:], [*behind[:MAX_LINES], *each.either])
        for before, behind, each in zip(above, [*below, list(after)], parted, strict=False)
    ]


def with_boxes(
    tables: Sequence[Table], around: Sequence[tuple[list[str], list[str]]]
) -> list[tuple[list[str | list[str | None]], list[str]]]:
    """Return the lines around each table, with the boxes of a paper among those above the table that follows them.

    A box is a narrow table of names and values alone (Deliver to | Harrow Telecare Ltd); what stands above it stands
    above the next table, too.
    """
    told: list[tuple[list[str | list[str | None]], list[str]]] = []
    carried: list[str | list[str | None]] = []
    for table, (above, below) in zip(tables, around, strict=True):
        lines = [*carried, *above]
        told.append((lines, below))
        carried = [*lines, *table] if _is_box(table) else []
    return told


def _is_box(table: Table) -> bool:
    from graphtrace.ingest.labelled_values import labelled_in

    rows = [row for row in table if any(row)]
    is_narrow = 0 < len(rows) <= MAX_LINES and all(len({*filter(None, row)}) <= 2 * _BOX_PAIRS for row in rows)
    if not is_narrow or any(_CARD.search(cell) for row in rows for cell in row if cell):
        return False
    return any(map(labelled_in, rows))


class XmlReader:
    """Reads the XML of a document, element by element; names come without their namespace.

    A document type, by which entities come in, is refused, for the reason that ``refusal`` names; ``max_cells`` bounds
    what merged cells may cover.
    """

    refusal: str
    max_cells: int

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cells = 0

    def read(self, content: bytes) -> None:
        """Read a whole document.

        Raises ExpatError when it is not well-formed; UnsafeFile when it declares a document type or covers too many
        cells.
        """
        parser = expat.ParserCreate(namespace_separator="|")
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = lambda tag: self.end(_local(tag))
        parser.CharacterDataHandler = self.data
        parser.Parse(content, True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the beginning of an element."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        raise NotImplementedError

    def data(self, text: str) -> None:
        """Handle a piece of text."""
        raise NotImplementedError

    def count_cells(self, more: int) -> None:
        """Add to the number of cells that the tables cover."""
        self._cells += more
        if self._cells > self.max_cells:
            raise too_many_cells(self._path)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def _refuse(self, *_: Any) -> None:
        raise unsafe_error(self._path, phrase(self.refusal))


def _local(name: str) -> str:
    return name.rpartition("|")[2]


def too_many_cells(path: Path) -> UnsafeFile:
    """Return the error of a document whose merged cells would fill the memory."""
    return unsafe_error(path, phrase("merged_cells_too_many"))


class CellText:
    """The text of a cell or a line that is read; apart from it what is struck out or hidden, and what was deleted.

    What is struck out or hidden counts only where there is nothing else: of a row that somebody struck out as a whole.
    """

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._apart: list[str] = []
        self._deleted: list[str] = []

    def add(self, text: str, *, is_apart: bool = False, is_deleted: bool = False) -> None:
        """Add a piece of text."""
        (self._deleted if is_deleted else self._apart if is_apart else self._seen).append(text)

    def end(self, join: Callable[[list[str]], str]) -> tuple[str | None, list[str]]:
        """Return the text of the pieces joined, and what is left out of it."""
        seen, apart, deleted = (clean_cell(join(texts)) for texts in (self._seen, self._apart, self._deleted))
        left = (deleted,) if seen is None else (apart, deleted)
        return (apart if seen is None else seen), [text for text in left if text is not None]


_CARD: Final = late("[0-9][0-9A-Fa-f]{14}")
_ICCID: Final = late("(?<![0-9])89[0-9A-Fa-f]{16,18}(?![0-9A-Fa-f])")
_HAPPENED: Final = late(
    "[转交卖退借还]|给|使用|持有|作废|更正|取消"
    r"|\b(?:sold|returned|handed|given|transferred|held back|produced by|owner|used by|kept|cancelled|void|corrected)\b"
    r"|\bnot\b",
    re.IGNORECASE,
)


def names_card(line: str) -> bool:
    """Whether a line of a document names a card."""
    return _CARD.search(without_groups(line)) is not None


def tells_of_card(line: str) -> bool:
    """Whether a line of a document may say what became of a card that it names."""
    return names_card(line) and _HAPPENED.search(line) is not None


def adds_to_tables(line: str, tables: Iterable[Sequence[Sequence[str | None]]]) -> bool:
    """Whether a line beside tables may say what became of a card, or names one that stands in none of them."""
    named = {*_ICCID.findall(without_groups(line))}
    cells = (without_groups(cell) for table in tables for row in table for cell in row if cell) if named else ()
    return tells_of_card(line) or not named <= {card for cell in cells for card in _ICCID.findall(cell)}


def sheet_of_table(
    name: str | None,
    table: Sequence[Sequence[str | None]],
    *,
    encoding: str | None = None,
    above: Sequence[str | Sequence[str | None]] = (),
    below: Sequence[str] = (),
    text: Sequence[str] = (),
    set_aside: Mapping[str, Iterable[int]] = MappingProxyType({}),
    parts_left: Iterable[tuple[int, str]] = (),
    comments: Iterable[tuple[int, str]] = (),
) -> Sheet:
    """Return a sheet of a table in memory, whose texts are clean; its rows are numbered from 1, blank ones too.

    ``above`` are lines of the document that stand above the table: rows 0 of the top, which are no rows of the sheet;
    ``below`` those that stand below it, ``text`` all of them. ``set_aside`` are numbers of rows by reason; comments of
    row 0 stand above the table.
    """
    width = max((len(row) for row in table), default=0)
    rows = [(number, [*row, *[None] * (width - len(row))]) for number, row in enumerate(table, start=1)]
    filled = [(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]

    def read(below: int) -> Iterator[pl.DataFrame]:
        left = [(number, cells) for number, cells in filled if number > below]
        sheet.counted = len(left)
        if left:
            numbers, cells = zip(*left, strict=True)
            frame = filled_rows(frame_from_rows(numbers, zip(*cells, strict=True)))
            yield frame.select(ROW, *map(str, range(width)))

    cells = [[line] if isinstance(line, str) else [*line][:width] for line in above]
    lines = [(0, [*row, *[None] * (width - len(row))]) for row in cells] if width else []
    noted = tuple(sorted(comments))
    told = {**set_aside, COMMENTS: {row for row, _ in noted if row}}
    sheet = Sheet(
        name=name,
        width=width,
        head_rows=[*lines, *filled[:TOP_ROWS]],
        read=read,
        encoding=encoding,
        below=tuple(below),
        text=tuple(text),
        comments=noted,
        set_aside={reason: pl.Series(sorted(rows), dtype=pl.UInt32) for reason, rows in told.items() if rows},
        parts_left=tuple(parts_left),
    )
    return sheet


def spread(rows: Sequence[Sequence[tuple[str | None, int, int]]], max_cells: int) -> Table | None:
    """Return a table whose merged cells stand in every row and column that they cover.

    ``rows``: each cell as (text, columns, rows) that it covers.
    ``max_cells``: number of cells beyond which the table is not made.

    Returns ``None`` where it would have more cells.
    """
    table: Table = []
    pending: dict[int, tuple[str | None, int]] = {}
    made = 0
    for row in rows:
        cells: list[str | None] = []
        waiting = deque(row)
        last = max(pending, default=-1)
        while waiting or len(cells) <= last:
            column = len(cells)
            if column in pending:
                text, left = pending.pop(column)
                cells.append(text)
                if left > 1:
                    pending[column] = (text, left - 1)
            elif waiting:
                text, columns, height = waiting.popleft()
                for covered in range(column, column + max(columns, 1)):
                    cells.append(text)
                    if height > 1:
                        pending[covered] = (text, height - 1)
            else:
                cells.append(None)
            if made + len(cells) > max_cells:
                return None
        made += len(cells)
        table.append(cells)
    return table
