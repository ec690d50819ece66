"""Short numbers of cards whose beginning a line of the sheet states once: All start with 89914521000441; 17041-17052.

The whole numbers are put into a column behind the last one before the sheet is read, where most numbers of the column
make one of a card with the one beginning that is stated, or are whole; what else stands there is kept as it is written.
Where the line says that check digits are not written, they are added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.card_cells import is_card, split_cards
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.row_status import end_in_heading, names_numbers
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_PREFIX: Final = "89(?: ?[0-9]){8,15}"
_STATED: Final = late(
    rf"(?:{pattern_of('part', 'prefix').pattern})\D{{0,24}}(?P<before>{_PREFIX})(?!\s?[0-9])"
    rf"|(?<![0-9])(?P<behind>{_PREFIX})\s*(?:的?卡?号?码?)(?:开头|打头|起头|为?前缀)",
    re.IGNORECASE,
)
_UNWRITTEN: Final = pattern_of("part", "unwritten")
_NUMBERS: Final = late("89(?: ?[0-9]){8,}")
_SHORT: Final = late(r"[0-9]{3,10}(?:\s*(?:[-–—~～]|to|至|到)\s*[0-9]{1,10})?", re.IGNORECASE)
_DIVIDERS: Final = late(r"\s*[、,，;；/&]\s*")
_FIELDS: Final = {"first": "iccid_first", "last": "iccid_last", None: "iccid"}


def part_prefix(sheet: Sheet) -> None:
    """Put the whole numbers of cards into columns of their own, where the sheet states the beginning of short ones."""
    lines = [*sheet.titles, *sheet.head_rows]
    lone = [(row, texts.pop()) for row, cells in lines if len(texts := {*filter(None, cells)}) == 1]
    found = [(row, text, stated) for row, text in lone if (stated := _STATED.search(text)) is not None]
    if len(found) != 1 or len(_NUMBERS.findall(found[0][1])) > 1:
        return
    said_in, line, stated = found[0]
    said = (stated["before"] or stated["behind"]).replace(" ", "")
    prefix = _Prefix(said, lacks_check=_UNWRITTEN.search(line) is not None)
    for at, (row, cells) in enumerate(sheet.head_rows):
        places = {column: field for column, cell in enumerate(cells) if cell and (field := _field_of(cell)) is not None}
        below = [cells for _, cells in sheet.head_rows[at + 1 :] if len([*filter(None, cells)]) > 1]
        below = [cells for cells in below if not any(cell and is_total_cell(cell) for cell in cells)]
        written = [text for cells in below for column in places if (text := cells[column])]
        short = [text for text in written if prefix.completes(text)]
        whole = [text for text in written if all(is_card(part.first) for part in split_cards(text))]
        if short and 2 * (len(short) + len(whole)) > len(written):
            for column, field in places.items():
                _part(sheet, row, column, field, prefix)
            sheet.note(sheet.width - 1, "stated_above", len(below), said_in, said)
            return


def _field_of(heading: str) -> str | None:
    """Return the field of cards that a heading of numbers has, whatever the numbers are of."""
    bare = normalize_heading(heading) if len(heading) <= LONGEST_HEADING else ""
    end = end_in_heading(heading) if heading.isascii() else None
    is_numbered = names_numbers(heading) or (end is not None and re.search(r"no|ser|sr", heading.casefold()))
    field = field_of_heading(bare)
    return field if field in _FIELDS.values() else _FIELDS[end] if is_numbered else None


class _Prefix(NamedTuple):
    """The stated beginning of all numbers, and whether these are written without their check digits."""

    text: str
    lacks_check: bool

    def completes(self, text: str) -> str | None:
        """Return the cards that short numbers and ranges name; ``None`` where one of them names none."""
        cards: list[str] = []
        for part in _DIVIDERS.split(text.strip()):
            if _SHORT.fullmatch(part) is None:
                return None
            first, *last = re.findall("[0-9]+", part)
            short = [first, *(first[: max(len(first) - len(end), 0)] + end for end in last)]
            numbers = [f"{self.text}{end}" for end in short]
            ends = [f"{number}{luhn_digit(number)}" for number in numbers] if self.lacks_check else numbers
            if not all(map(is_card, ends)):
                return None
            cards.append("-".join(ends))
        return "、".join(cards)


def _part(sheet: Sheet, header: int, column: int, field: str, prefix: _Prefix) -> None:
    title = f"{dict(sheet.head_rows)[header][column]} (ICCID)"

    def with_whole(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        return [*cells, title if row == header else prefix.completes(text) or text if text and row > header else None]

    sheet.parted[column] = "iccid"
    sheet.make({field: sheet.width}, header, with_whole)
