"""Registers that say in one cell which way cards went and with whom: From X, Issued to Y, Return from Z, 给老范1张.

Programs that keep a warehouse say it by the places on both sides of a move (Partners/Vendors, WH/Stock), which are no
parties.

Such a column is parted before the sheet is read: the party stays in its place, and a column behind the last one says
the way. Beside columns of inward and outward numbers a row has to agree with these; without them the words From and To
alone may be those of a ledger of money.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from graphtrace.ingest.acts import fold_word
from graphtrace.ingest.card_cells import cards_among_words
from graphtrace.ingest.dates_and_quantities import parse_quantity
from graphtrace.ingest.dealer_ledgers import Way, are_ways, may_say_way
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.words import HAN, pattern_of
from graphtrace.patterns import late

_ENTRIES: Final = pattern_of("english_books", "entries")
_IN_HEADING: Final = pattern_of("english_books", "in_heading")
_OUT_HEADING: Final = pattern_of("english_books", "out_heading")
_MONEY: Final = late("debit|credit|dr|cr|amount")
_ENTRY: Final = pattern_of("english_books", "entry", re.IGNORECASE | re.DOTALL)
_ENTRY_IN_CHINESE: Final = pattern_of("english_books", "entry_in_chinese")
"""Entries of hand ledgers; from somebody cards are fetched, and whoever takes or gives back stands before the verb."""
_WORDS: Final[dict[str, Way]] = {"back_in": "back_in", "back_out": "back_out", "in": "in", "out": "out"}
_WRITTEN: Final[dict[Way, str]] = {
    "in": "in",
    "out": "out",
    "back_in": "sales return",
    "back_out": "purchase return",
}
"""How the ways are written in the column that is made."""
_NEARLY_ALL: Final = 0.9
_MOST: Final = 0.5
"""Share of entries that is enough beside columns of inward and outward numbers."""


class _Entry(NamedTuple):
    way: Way
    party: str
    is_certain: bool
    """Whether a word beside from and to says what happened."""


def parse_entry(cell: str) -> tuple[Way, str] | None:
    """Return the way of the cards and the party that an entry of a register names; ``None`` for any other text.

    >>> [parse_entry(text) for text in ("From Star Ltd", "Issued to Ravi", "Return from Ravi", "Opening Balance")]
    [('in', 'Star Ltd'), ('out', 'Ravi'), ('back_in', 'Ravi'), None]
    >>> [parse_entry(text) for text in ("从老周处拿5张", "给修车的阿平1张", "阿平退回1张，不能用", "阿平拿走2张")]
    [('in', '老周'), ('out', '修车的阿平'), ('back_in', '阿平'), ('out', '阿平')]
    >>> [parse_entry(text) for text in ("退给老周1张", "给阿平打电话", "从老周进货", "老周要2张", "从哪来")]
    [('back_out', '老周'), None, ('in', '老周'), None, None]
    """
    found = _entry(cell)
    return None if found is None else (found.way, found.party)


def _entry(cell: str) -> _Entry | None:
    found = _ENTRY.fullmatch(cell.strip())
    if found is None:
        return _entry_in_chinese(cell.strip())
    way = next(way for name, way in _WORDS.items() if found[name])
    is_certain = way not in ("in", "out") or bool(found["received"] or found["issued"])
    return _Entry(way, found["party"].strip(), is_certain)


def _entry_in_chinese(cell: str) -> _Entry | None:
    found = _ENTRY_IN_CHINESE.fullmatch(cell)
    if found is None:
        return None
    if found["one"]:
        return _Entry("back_in" if found["back"] else "out", found["one"].strip(), True)
    # 从 needs what was done, and 给 how many
    if not (found["verb"] if found["in"] else found["count"]):
        return None
    way: Way = "back_out" if found["back_out"] else "in" if found["in"] else "out"
    return _Entry(way, found["party"].strip(), True)


class _Layout(NamedTuple):
    entries: int
    inward: int | None
    outward: int | None


def part_entries(sheet: Sheet) -> None:
    """Part the column of such entries, where the sheet has one, into the parties and the ways of the cards.

    Where it names the party alone beside numbers that came in and went out, these say the way.
    """
    for at, (row, cells) in enumerate(sheet.head_rows):
        rows = [below for _, below in sheet.head_rows[at + 1 :]]
        if (layout := _layout_of(cells, rows)) is not None:
            _part(sheet, row, layout)
            return
        if (counted := _counted(cells, rows)) is not None:
            _add_ways(sheet, row, counted, rows)
            return
        if (moved := _moved(cells, rows)) is not None:
            _add_ways_of_moves(sheet, row, moved)
            return


_PLACE: Final = late("[^/]{1,40}(?:/[^/]{1,40}){1,5}")
_OUTSIDE: Final = pattern_of("english_books", "outside", re.IGNORECASE)
"""The place of whoever supplies or buys, as programs that keep a warehouse name it."""
_NOWHERE: Final = late(r"virtual locations?\s*/.*", re.IGNORECASE)
"""Places of what is counted, made or scrapped."""
_SOURCE: Final = late("(?:source|from)(?:_?location)?|location_?from")
_DESTINATION: Final = late("(?:destination|to)(?:_?location)?|location_?to")
_PARTNER: Final = late("(?:(?:transfer/)?(?:contact|partner)|customer|vendor|supplier)(?:_?name)?")


def are_places(texts: Sequence[str]) -> bool:
    """Whether the cells of a column are places of a program that keeps a warehouse, some of them outside of it.

    >>> are_places(["WH/Stock", "Partners/Customers"]), are_places(["WH/Stock", "Star Ltd"]), are_places(["A/B Ltd"])
    (True, False, False)
    """
    return all(map(_PLACE.fullmatch, texts)) and any(_OUTSIDE.fullmatch(text) or _NOWHERE.match(text) for text in texts)


class _Moved(NamedTuple):
    party: int
    source: int
    destination: int


def _moved(cells: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> _Moved | None:
    """Return the columns of a list of moves between places, with that of the other side beside these."""
    headings = [normalize_heading(cell) if cell else "" for cell in cells]
    parties, sources, destinations = (
        [at for at, heading in enumerate(headings) if pattern.fullmatch(heading)]
        for pattern in (_PARTNER, _SOURCE, _DESTINATION)
    )
    if len(parties) != 1 or len(sources) != 1 or len(destinations) != 1:
        return None
    places = [text for row in rows for at in (*sources, *destinations) if (text := row[at])]
    return _Moved(parties[0], sources[0], destinations[0]) if places and are_places(places) else None


def _way_of_move(source: str | None, destination: str | None) -> str:
    """Return the word for the way of what was moved; within the warehouse it went nowhere."""
    ends = [_OUTSIDE.fullmatch(text) if text else None for text in (source, destination)]
    if all(ends) or not any(ends):
        return "cancelled" if not any(ends) else "unknown"
    outside = ends[0] or ends[1]
    is_above = bool(outside and outside["above"])
    if ends[0]:
        return _WRITTEN["in" if is_above else "back_in"]
    return _WRITTEN["back_out" if is_above else "out"]


def _add_ways_of_moves(sheet: Sheet, header: int, book: _Moved) -> None:
    def with_way(row: int, cells: Sequence[str | None]) -> list[str | None]:
        if row <= header:
            return [*cells, "In/Out" if row == header else None]
        return [*cells, _way_of_move(cells[book.source], cells[book.destination])]

    sheet.make({"party": book.party, "kind": sheet.width}, header, with_way)


class _Counted(NamedTuple):
    party: int
    code: int | None
    inward: int
    outward: int


_NAME: Final = pattern_of("english_books", "name")
_RETURNED: Final = pattern_of("way", "returned")


def _counted(cells: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> _Counted | None:
    """Return the columns of a book with numbers in and out beside a name; ``None`` where words say the way."""
    headings = [normalize_heading(cell) if cell else "" for cell in cells]
    names, inward, outward = (
        [at for at, heading in enumerate(headings) if pattern.fullmatch(heading)]
        for pattern in (_NAME, _IN_HEADING, _OUT_HEADING)
    )
    codes = [at for at, heading in enumerate(headings) if may_say_way(heading)]
    if len(names) != 1 or len(inward) != 1 or len(outward) != 1 or any(map(_MONEY.fullmatch, headings)):
        return None
    if any(are_ways([text for row in rows if (text := row[at])]) for at in codes):
        return None
    counts = [text for row in rows for at in (*inward, *outward) if (text := row[at])]
    if not counts or not all(isinstance(parse_quantity(text), int) for text in counts):
        return None
    return _Counted(names[0], codes[0] if codes else None, inward[0], outward[0])


def _add_ways(sheet: Sheet, header: int, book: _Counted, rows: Sequence[Sequence[str | None]]) -> None:
    codes = {fold_word(row[book.code] or "") for row in rows if book.code is not None and _count(row[book.inward])}

    def way_of_row(cells: Sequence[str | None]) -> str | None:
        came, went = _count(cells[book.inward]), _count(cells[book.outward])
        if bool(came) == bool(went):
            return None
        code = fold_word(cells[book.code] or "") if book.code is not None else ""
        # of several codes of what came in one is that of what came back
        is_back = _RETURNED.fullmatch(code) is not None and (len(codes) > 1 or bool(went))
        return _WRITTEN["back_out" if is_back and went else "back_in" if is_back else "out" if went else "in"]

    def with_way(row: int, cells: Sequence[str | None]) -> list[str | None]:
        return [*cells, way_of_row(cells) if row > header else "In/Out" if row == header else None]

    sheet.make({"party": book.party, "kind": sheet.width}, header, with_way)


def _layout_of(cells: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> _Layout | None:
    """Return the columns of a register whose headings these are; ``None`` where its cells are no entries."""
    headings = [normalize_heading(cell) if cell else "" for cell in cells]
    inward = [at for at, heading in enumerate(headings) if _IN_HEADING.fullmatch(heading)]
    outward = [at for at, heading in enumerate(headings) if _OUT_HEADING.fullmatch(heading)]
    is_counted = len(inward) == len(outward) == 1
    for column, heading in enumerate(headings):
        if not _ENTRIES.fullmatch(heading):
            continue
        layout = _Layout(column, inward[0] if is_counted else None, outward[0] if is_counted else None)
        texts = [text for row in rows if (text := row[column]) and not is_total_cell(text)]
        # what stands beside no card in a hand ledger is a note
        of_cards = [row[column] or "" for row in rows if any(cell and cards_among_words(cell) for cell in row)]
        texts = [text for text in of_cards if text] if HAN.search("".join(texts)) else texts
        entries = [entry for text in texts if (entry := _entry(text)) is not None]
        is_money = not is_counted and any(map(_MONEY.fullmatch, headings))
        is_said = is_counted or all(entry.is_certain for entry in entries)
        share = _MOST if is_counted else _NEARLY_ALL
        if entries and is_said and not is_money and len(entries) >= share * len(texts):
            return layout
    return None


def _part(sheet: Sheet, header: int, layout: _Layout) -> None:
    column = layout.entries
    title = f"{dict(sheet.head_rows)[header][column]}: from/to"

    def parted(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        entry = _entry(text) if text and row > header else None
        if entry is None or not _agrees(entry.way, cells, layout):
            return [*cells, title if row == header else None]
        return [*cells[:column], entry.party, *cells[column + 1 :], _WRITTEN[entry.way]]

    sheet.make({"party": column, "kind": sheet.width}, header, parted)


def _agrees(way: Way, cells: Sequence[str | None], layout: _Layout) -> bool:
    """Whether the number of a row stands in the column that its way asks for, and none in the other one."""
    if layout.inward is None or layout.outward is None:
        return True
    own, other = (layout.inward, layout.outward) if way in ("in", "back_in") else (layout.outward, layout.inward)
    return _count(cells[own]) > 0 and not _count(cells[other])


def _count(cell: str | None) -> int:
    count = parse_quantity(cell) if cell else 0
    return count if isinstance(count, int) else 0
