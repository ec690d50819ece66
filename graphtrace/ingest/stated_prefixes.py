"""Short numbers of cards whose beginning a line of the sheet states once: All start with 89914521000441; 17041-17052.

The whole numbers are put into a column behind the last one before the sheet is read. They are only where each number of
the column makes one of a card with the one beginning that is stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from graphtrace.ingest.acts import pattern_of
from graphtrace.ingest.card_cells import is_card
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.row_status import end_in_heading, names_numbers
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.totals import is_total_cell

_STATED: Final = re.compile(
    rf"(?:{pattern_of('part', 'prefix').pattern})\D{{0,24}}(?P<prefix>89(?: ?[0-9]){{8,15}})(?!\s?[0-9])", re.IGNORECASE
)
_NUMBERS: Final = re.compile("89(?: ?[0-9]){8,}")
_SHORT: Final = re.compile(r"[0-9]{3,10}(?:\s*(?:-|–|~|to|至|到)\s*[0-9]{1,10})?", re.IGNORECASE)
_DIVIDERS: Final = re.compile(r"\s*[、,，;；/&]\s*")
_FIELDS: Final = {"first": "iccid_first", "last": "iccid_last", None: "iccid"}


def part_prefix(sheet: Sheet) -> None:
    """Put the whole numbers of cards into columns of their own, where the sheet states the beginning of short ones."""
    lines = [*sheet.titles, *sheet.head_rows]
    lone = [(row, texts.pop()) for row, cells in lines if len(texts := {*filter(None, cells)}) == 1]
    found = [(row, text, stated["prefix"]) for row, text in lone if (stated := _STATED.search(text)) is not None]
    if len(found) != 1 or len(_NUMBERS.findall(found[0][1])) > 1:
        return
    said_in, prefix = found[0][0], found[0][2].replace(" ", "")
    for at, (row, cells) in enumerate(sheet.head_rows):
        places = {column: field for column, cell in enumerate(cells) if cell and (field := _field_of(cell)) is not None}
        below = [cells for _, cells in sheet.head_rows[at + 1 :] if len([*filter(None, cells)]) > 1]
        below = [cells for cells in below if not any(cell and is_total_cell(cell) for cell in cells)]
        written = [text for cells in below for column in places if (text := cells[column])]
        if written and all(_whole(prefix, text) for text in written):
            for column, field in places.items():
                _part(sheet, row, column, field, prefix)
            sheet.note(sheet.width - 1, "stated_above", len(below), said_in, prefix)
            return


def _field_of(heading: str) -> str | None:
    """Return the field of cards that a heading of numbers has, whatever the numbers are of."""
    bare = normalize_heading(heading) if len(heading) <= LONGEST_HEADING else ""
    end = end_in_heading(heading) if heading.isascii() else None
    is_numbered = names_numbers(heading) or (end is not None and re.search(r"no|ser|sr", heading.casefold()))
    field = field_of_heading(bare)
    return field if field in _FIELDS.values() else _FIELDS[end] if is_numbered else None


def _whole(prefix: str, text: str) -> str | None:
    """Return the cards that short numbers and ranges name; ``None`` where one of them names none."""
    cards: list[str] = []
    for part in _DIVIDERS.split(text.strip()):
        if _SHORT.fullmatch(part) is None:
            return None
        first, *last = re.findall("[0-9]+", part)
        ends = [prefix + first, *(prefix + first[: max(len(first) - len(end), 0)] + end for end in last)]
        if not all(map(is_card, ends)):
            return None
        cards.append("-".join(ends))
    return "、".join(cards)


def _part(sheet: Sheet, header: int, column: int, field: str, prefix: str) -> None:
    title = f"{dict(sheet.head_rows)[header][column]} (ICCID)"

    def with_whole(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        return [*cells, title if row == header else _whole(prefix, text) if text and row > header else None]

    sheet.make({field: sheet.width}, header, with_whole)
