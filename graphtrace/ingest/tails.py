"""Cards whose numbers rows write in part: by their end (尾号620041), or without a beginning that a line states.

The whole number of an end is put into a column behind the last one before the table is read, where exactly one card
of the table, or of the other tables of its sheet if a line says so, ends so; that is concluded, and said. Where
several do, the row is left as it is written and told at each of them; where none does, at none. Of a table of which
only the beginning is seen nothing is concluded. None of these rows counts as cards without numbers.

Numbers whose beginning a line states once (All start with 89914521000441; 17041-17052) are made whole in the same way,
where most numbers of their column make one of a card with the one beginning, or are whole; check digits are added where
the line says that they are not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import polars as pl

from graphtrace.identifiers import parse_iccid
from graphtrace.identifiers.iccid import Iccid, luhn_digit
from graphtrace.identifiers.ranges import KeyRange
from graphtrace.ingest.card_cells import cards_by_check_digit, is_card, split_cards
from graphtrace.ingest.dates_and_quantities import parse_quantity
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.row_status import end_in_heading, names_numbers
from graphtrace.ingest.sheet import TOP_ROWS, Sheet
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.unread_events import UNREAD_SCHEMA, UnreadEvent, lot_of, lots_between
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_TAIL: Final = pattern_of("tails", "tail")
_BARE: Final = pattern_of("tails", "bare")
_ONLY_ENDS: Final = pattern_of("tails", "only_ends", re.IGNORECASE)
"""Found in a line that says that numbers of cards are written by their ends."""
_OF_OTHER: Final = pattern_of("tails", "of_other", re.IGNORECASE)
"""Found in a line that says where the whole numbers stand: in another table of the sheet."""


def share_cards(tables: Sequence[Sheet]) -> None:
    """Have tables of one sheet know the cards of the others, where a line says that ends of numbers are of these."""
    lines = [text for table in tables for text in _lone(table)]
    if any(_OF_OTHER.search(line) for line in lines if _ONLY_ENDS.search(line)):
        named = [[*_lots_of(table)] for table in tables]
        for table in tables:
            others = [lots for each, lots in zip(tables, named, strict=True) if each is not table]
            table.cards_beside = tuple(lot for lots in others for lot in lots)
            table.writes_ends = True


def part_tails(sheet: Sheet) -> None:
    """Put the whole numbers of cards of which rows write the ends into a column of their own."""
    may_be_bare = sheet.writes_ends or any(map(_ONLY_ENDS.search, _lone(sheet)))
    forms = [_TAIL, _BARE] if may_be_bare else [_TAIL]

    def tail_of(cell: str | None) -> str | None:
        found = next((hit for form in forms if cell and (hit := form.fullmatch(cell))), None)
        return None if found is None else found[1]

    for at, (header, headings) in enumerate(sheet.head_rows):
        for column, heading in enumerate(headings):
            below = [(row, cells) for row, cells in sheet.head_rows[at + 1 :] if tail_of(cells[column])]
            # beside a whole number the end is that of another number
            is_alone = not any(cell and is_card(cell) for _, cells in below for cell in cells)
            if heading and below and is_alone and _is_of_cards(heading):
                is_whole = len(sheet.head_rows) < TOP_ROWS
                tails = {row: tail_of(cells[column]) or "" for row, cells in below if is_whole}
                _part(sheet, header, column, tails)
                return


def _part(sheet: Sheet, header: int, column: int, tails: dict[int, str]) -> None:
    named = [*_lots_of(sheet), *sheet.cards_beside]
    found = {row: [*dict.fromkeys(_ending_so(tail, named))] for row, tail in tails.items()}
    whole = {row: cards[0] for row, cards in found.items() if len(cards) == 1}
    written = dict(sheet.head_rows)
    heading = written[header][column] or ""
    for row, cards in found.items():
        text = written[row][column] or ""
        if len(cards) == 1:
            sheet.note(column, "named_by_end", 1, row, f"{text} = {cards[0]}")
        else:
            sheet.note(column, "end_in_doubt", 1, row, text)
            event = UnreadEvent(row, None, "end_in_doubt", heading, None, text)
            lots = [lot_of(card) for number in cards if (card := parse_iccid(number)) is not None]
            rows = [*event.of(lots, ())]
            sheet.unread_left_out += [pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")] if rows else []

    def with_whole(row: int, cells: Sequence[str | None]) -> list[str | None]:
        title = f"{heading} (ICCID)" if row == header else None
        return [*cells, title or whole.get(row, cells[column] if row > header else None)]

    sheet.make({"iccid": sheet.width}, header, with_whole)


def _is_of_cards(heading: str) -> bool:
    """Whether a heading is that of numbers of cards, also beside another word for the same column (卡号/货)."""
    parts = [heading, *heading.split("/")] if len(heading) <= LONGEST_HEADING else []
    return any(field_of_heading(normalize_heading(part)) == "iccid" for part in parts)


def _lone(sheet: Sheet) -> Iterator[str]:
    """Yield the lines of a sheet that stand alone in their rows, and those around it."""
    for _, cells in (*sheet.titles, *sheet.head_rows):
        if len(texts := {*filter(None, cells)}) == 1:
            yield texts.pop()
    yield from sheet.below


def _lots_of(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    """Yield the cards that the rows of a sheet name in full: one by one, or both ends of a range."""
    for _, cells in sheet.head_rows:
        counts = [count for cell in cells if cell and isinstance(count := parse_quantity(cell), int)]
        for cell in filter(None, cells):
            for first, last in split_cards(cell):
                if is_card(first) and last is None:
                    yield (first,)
                elif is_card(first) and last is not None and is_card(last):
                    counted = (cards_by_check_digit(first, last, count) for count in counts)
                    listed = next(filter(None, counted), None)
                    yield from ((card,) for card in listed) if listed else [(first, last)]


def _ending_so(tail: str, lots: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the cards of some lots whose numbers, as their records write them, end so; each once."""
    seen = set[str]()
    for lot in lots:
        ends = [card for text in lot if (card := parse_iccid(text)) is not None]
        for number in dict.fromkeys(end.text[: -len(tail)] + tail for end in ends):
            card = parse_iccid(number)
            if card is None or card.key in seen or card.checksum == "bad" or not _is_in(card, ends):
                continue
            seen.add(card.key)
            yield number


def _is_in(card: Iccid, ends: Sequence[Iccid]) -> bool:
    lots: list[KeyRange] = lots_between(ends[0], ends[-1])
    return any(card.key in lot for lot in lots)


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
    if (found := stated_prefix(lone)) is None:
        return
    said_in, prefix = found
    for at, (row, cells) in enumerate(sheet.head_rows):
        places = {column: field for column, cell in enumerate(cells) if cell and (field := _field_of(cell)) is not None}
        below = [cells for _, cells in sheet.head_rows[at + 1 :] if len([*filter(None, cells)]) > 1]
        below = [cells for cells in below if not any(cell and is_total_cell(cell) for cell in cells)]
        written = [text for cells in below for column in places if (text := cells[column])]
        short = [text for text in written if prefix.completes(text)]
        whole = [text for text in written if all(is_card(part.first) for part in split_cards(text))]
        if short and 2 * (len(short) + len(whole)) > len(written):
            for column, field in places.items():
                _part_prefix(sheet, row, column, field, prefix)
            sheet.note(sheet.width - 1, "stated_above", len(below), said_in, prefix.text)
            return


def stated_prefix(lines: Iterable[tuple[int, str]]) -> tuple[int, Prefix] | None:
    """Return the one beginning of all numbers that lines state, and the number of the line that states it."""
    found = [(row, text, stated) for row, text in lines if (stated := _STATED.search(text)) is not None]
    if len(found) != 1 or len(_NUMBERS.findall(found[0][1])) > 1:
        return None
    row, line, stated = found[0]
    said = (stated["before"] or stated["behind"]).replace(" ", "")
    return row, Prefix(said, lacks_check=_UNWRITTEN.search(line) is not None)


def _field_of(heading: str) -> str | None:
    """Return the field of cards that a heading of numbers has, whatever the numbers are of."""
    bare = normalize_heading(heading) if len(heading) <= LONGEST_HEADING else ""
    end = end_in_heading(heading) if heading.isascii() else None
    is_numbered = names_numbers(heading) or (end is not None and re.search(r"no|ser|sr", heading.casefold()))
    field = field_of_heading(bare)
    return field if field in _FIELDS.values() else _FIELDS[end] if is_numbered else None


class Prefix(NamedTuple):
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


def _part_prefix(sheet: Sheet, header: int, column: int, field: str, prefix: Prefix) -> None:
    title = f"{dict(sheet.head_rows)[header][column]} (ICCID)"

    def with_whole(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        return [*cells, title if row == header else prefix.completes(text) or text if text and row > header else None]

    sheet.parted[column] = "iccid"
    sheet.make({field: sheet.width}, header, with_whole)
