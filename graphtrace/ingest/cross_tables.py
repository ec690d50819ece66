"""Tables with a column for each month, day or party, and the cards of each in the cells below it, or their users.

Before the sheet is read each such cell becomes a row of its own, under the number of the row in which it stands: the
heading of its column goes into a column behind the last one, its cards into another. What the row says beside them
(who, where) holds for each; a number that counts the cards of the row is left out of them, and a row that counts those
of the columns is no record. Where a row is about one card and the cells name who had it in a month, the names go into
the other column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers.nobody import names_nobody
from graphtrace.identifiers.party_ids import normalize_party_name
from graphtrace.ingest.card_cells import cards_in, cards_named, is_number, split_cards
from graphtrace.ingest.date_orders import titles_of
from graphtrace.ingest.dates_and_quantities import StatedYear, is_no_day, parse_date, parse_quantity
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import names_party
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet, over_all
from graphtrace.ingest.words import HAN, pattern_of
from graphtrace.model import DateSpan, format_day
from graphtrace.patterns import late
from graphtrace.results.reports import Reject

_FEWEST: Final = 2
"""Columns of cards that make such a table."""

_ANY_YEAR: Final = StatedYear(2000)
_SHORTEST_MONTH: Final = 27
"""Days from its first to its last one."""

_SHORT: Final = late("(?P<month>[a-z]{3,9})[-' ]+(?P<year>[0-9]{2})", re.IGNORECASE)
_HEADINGS: Final = {
    "date": ("Date", "日期"),
    "party": ("Column heading", "列名"),
    "iccid": ("ICCID", "ICCID"),
    "named": ("Named", "各列所列"),
    "user": ("User", "使用人"),
    "used": ("Date of use", "使用日期"),
    "state": ("Status", "状态"),
}
"""What heads the columns that are made, in tables in English and in Chinese."""

_NAME: Final = late(r"[A-Z][\w'’.-]*(?: (?:& )?[A-Z][\w'’.-]*){1,4}")
_USERS: Final = late(r"使用人|使用者|\bus(?:ers?|ing|ed by)\b", re.IGNORECASE)
"""Found in titles of tables whose cells name users."""
_USER: Final = late("(?:sim|line|card)?users?(?:_?name)?|used_?by")
"""Headings of users in English."""

Cells = Sequence[str | None]


class _Layout(NamedTuple):
    header: int
    made: tuple[str, ...]
    """What the headings of the columns are, and their cells; then what those of words that are no name are, if any."""
    columns: tuple[int, ...]
    counts: tuple[int, ...]
    """Columns of numbers that count the cards of their rows."""
    headings: Cells
    """Those of all columns; of days that are the first of their month, the months."""
    date: int | None = None
    """The column of the days or months of rows, where headings are parties."""
    goes_on: str | None = None
    """A mark of which a line above says that the name before it still holds."""
    user: int | None = None
    """The column of who used the cards below the headings of months; where it names nobody, nobody used them then."""


def part_cross(sheet: Sheet) -> None:
    """Make a row of each cell of cards, where headings name the months, days or parties of the cells below them."""
    if (layout := _layout_of(sheet)) is None:
        return
    before = sheet.width
    is_chinese = any(HAN.search(heading) for heading in layout.headings if heading)
    heads = [_HEADINGS[name][is_chinese] for name in layout.made]

    def parted(row: int, cells: Cells) -> list[list[str | None]]:
        if row <= layout.header:
            return [over_all([*cells, *(heads if row == layout.header else [None] * len(heads))])]
        return [] if _is_count(cells, layout.columns) else _parted(cells, layout)

    def leave_out(row: int, cells: Cells) -> None:
        first = next(filter(None, cells))
        raw = tuple((name or "", cell) for name, cell in zip(layout.headings, cells, strict=True))
        sheet.left_out.append(Reject(row=row, field=None, reason="not_a_record", value=first, raw=raw))

    sheet.multiply(len(heads), parted, leave_out)
    meaning, value = layout.made[:2]
    # who used a card, and when, its headings say
    sheet.made = {"iccid": before + 1} if value == "iccid" else {}
    if (date := layout.date if meaning == "party" else before) is not None and meaning != "used":
        sheet.made["date"] = date
    sheet.parted |= dict.fromkeys(layout.columns, None if value == "named" else value)
    sheet.made_below = layout.header


def _layout_of(sheet: Sheet) -> _Layout | None:
    """Return where the cells stand that are rows of their own, below the row above the first that names a card."""
    top = sheet.head_rows
    first = next((at for at, (_, cells) in enumerate(top) if any(map(_is_card, cells))), 0)
    if not first:
        return None
    header, headings = top[first - 1]
    rows = [cells for _, cells in top[first:]]
    periods = tuple(at for at, heading in enumerate(headings) if heading and _is_period(heading))
    if len({headings[at] for at in periods}) == len(periods) >= _FEWEST:
        return _by_period(header, headings, periods, rows) or _of_names(sheet, header, headings, periods, rows)
    is_by_month = _is_month(rows[0][0] or "")
    is_maybe = is_by_month or sum(names_party(heading) for heading in headings if heading) >= _FEWEST
    return _by_party(header, headings, rows) if is_maybe else None


def _by_period(header: int, headings: Cells, periods: tuple[int, ...], rows: Sequence[Cells]) -> _Layout | None:
    columns = tuple(at for at in periods if _holds_cards(rows, at, may_go_on=True))
    others = [at for at in periods if at not in columns]
    if len(columns) < _FEWEST or any(cells[at] for cells in rows for at in others):
        return None
    counts, months = _counted(headings, columns, rows), _months(headings, columns)
    known = [normalize_heading(name) if name else "" for name in headings]
    users = [at for at, name in enumerate(known) if _USER.fullmatch(name) or field_of_heading(name) == "user"]
    user = users[0] if len(users) == 1 else None
    return _Layout(header, ("date" if user is None else "used", "iccid"), columns, counts, months, user=user)


def _by_party(header: int, headings: Cells, rows: Sequence[Cells]) -> _Layout | None:
    columns = tuple(at for at, heading in enumerate(headings) if heading and _holds_cards(rows, at))
    names = [headings[at] or "" for at in columns]
    if len({*names}) < max(_FEWEST, len(columns)) or any(len(name) > LONGEST_HEADING for name in names):
        return None
    is_by_month = columns[0] > 0 and all(_is_month(cells[0] or "") for cells in rows if not _is_count(cells, columns))
    is_known = any(map(field_of_heading, map(normalize_heading, names)))
    if not all(map(names_party, names)) and (is_known or not is_by_month or not any(map(names_party, names))):
        return None
    counts = _counted(headings, columns, rows)
    return _Layout(header, ("party", "iccid"), columns, counts, headings, 0 if is_by_month else None)


def _of_names(
    sheet: Sheet, header: int, headings: Cells, periods: tuple[int, ...], rows: Sequence[Cells]
) -> _Layout | None:
    """Return where the periods of a table stand whose rows are a card each, and whose cells name who had it then."""
    texts = {cell for cells in rows if any(map(_is_card, cells)) for at in periods if (cell := cells[at])}
    titles = [text for _, text in titles_of(sheet, header)]
    goes_on = next((mark for mark in sorted(texts) if _MARK.fullmatch(mark) and _says_it_goes_on(mark, titles)), None)
    texts -= {goes_on}
    if any(_is_period(text) or _is_quantity(text) for text in texts) or sum(map(_is_name, texts)) < _FEWEST:
        return None
    is_of_users = any(map(_USERS.search, titles))
    made: tuple[str, ...] = ("used", "user") if is_of_users else ("date", "named")
    # where a card lay, or that it is lost, is written in words among the names
    made += ("state",) if any(map(_is_in_words, texts)) else ()
    return _Layout(header, made, periods, (), _months(headings, periods), goes_on=goes_on)


_MARK: Final = late(r"[^\w\s]{1,3}")


def _says_it_goes_on(mark: str, titles: Sequence[str]) -> bool:
    """Whether a line above a table explains a mark as that of the name before it (“>” = still the same merchant)."""
    return any(_STILL.match(text.partition(mark)[2]) for text in titles if mark in text)


_STILL: Final = pattern_of("cross_tables", "still", re.IGNORECASE)


def _name_and_day(text: str, heading: str | None) -> tuple[str, str | None]:
    """Return the name in a cell and its day: the one in brackets behind it where it is of the period of its column.

    >>> [_name_and_day(text, "January") for text in ("Ann Lee (12 Jan)", "Ann Lee (2 Feb)", "Ann Lee (shop)")]
    [('Ann Lee', '12 Jan'), ('Ann Lee', None), ('Ann Lee (shop)', 'January')]
    """
    period = None if heading is None else parse_date(heading, year=_ANY_YEAR)
    year = StatedYear(int(format_day(period.earliest)[:4])) if isinstance(period, DateSpan) else _ANY_YEAR
    if heading is None or (found := _day_behind(text, year)) is None:
        return text, heading
    name, said, day = found
    is_within = isinstance(period, DateSpan) and period.earliest <= day.earliest <= period.latest
    stated = format_day(day.earliest) if isinstance(parse_date(heading), DateSpan) else said
    return name, stated if is_within else None


def _bare_name(text: str) -> str:
    """Return the name in a cell without the day that may stand behind it."""
    return text if (found := _day_behind(text, _ANY_YEAR)) is None else found[0]


def _day_behind(text: str, year: StatedYear) -> tuple[str, str, DateSpan] | None:
    """Return the name in a cell and the day in brackets behind it, as it is written and as it is read."""
    found = _WITH_DAY.fullmatch(text)
    day = None if found is None else parse_date(found["day"], year=year)
    if found is None or not isinstance(day, DateSpan) or day.earliest != day.latest:
        return None
    return found["name"], found["day"], day


_WITH_DAY: Final = pattern_of("cross_tables", "with_day", re.IGNORECASE)


def _counted(headings: Cells, columns: Sequence[int], rows: Sequence[Cells]) -> tuple[int, ...]:
    """Return the columns of numbers that count the cards of their rows."""
    whole = [cells for cells in rows if not _is_count(cells, columns)]
    return tuple(at for at in range(len(headings)) if at not in columns and _counts(whole, at, columns))


def _is_card(cell: str | None) -> bool:
    return cell is not None and _cards(cell)


def _is_name(text: str) -> bool:
    """Whether a cell names a person or a firm for certain; of others, as of words of states, no day is taken."""
    text = _bare_name(text)
    if _is_in_words(text):
        return False
    return names_party(text) or (_NAME.fullmatch(text) is not None and not names_nobody(normalize_party_name(text)))


def _is_in_words(text: str) -> bool:
    """Whether a cell among names says in English where the card lay, or what became of it.

    >>> [_is_in_words(each) for each in ("In Office Safe", "lost, told 06/06", "kept by admin", "musa bello", "Ann")]
    [True, True, True, False, False]
    """
    return _IN_WORDS.match(text) is not None


_IN_WORDS: Final = pattern_of("cross_tables", "in_words", re.IGNORECASE)


def _holds_cards(rows: Sequence[Cells], column: int, *, may_go_on: bool = False) -> bool:
    """Whether the cells of a column name cards, but for numbers that count them.

    ``may_go_on``: whether a cell may also say that they are those of the column before, or in words why there is none.
    """
    texts = [cell for cells in rows if (cell := cells[column]) and not _is_quantity(cell)]
    named = [text for text in texts if not (may_go_on and (_goes_on(text) or _DIGIT.search(text) is None))]
    says_cards = any(map(_cards, named)) or (may_go_on and any(map(_goes_on, texts)))
    return says_cards and all(map(cards_named, named))


def _names_cards(text: str) -> bool:
    return bool(cards_named(text)) or _is_quantity(text) or _goes_on(text)


def _goes_on(text: str) -> bool:
    """Whether a cell says that the cards are those of the month or day before (同上月, same as last month)."""
    return _GOES_ON.fullmatch(text.strip()) is not None


_DIGIT: Final = late("[0-9]")
_GOES_ON: Final = pattern_of("cross_tables", "goes_on", re.IGNORECASE)


def _cards(text: str) -> bool:
    parts = split_cards(text)
    return bool(parts) and all(is_number(part.first) for part in parts)


def _is_quantity(cell: str) -> bool:
    return isinstance(parse_quantity(cell.removeprefix(INEXACT_MARK)), int) and not is_number(cell)


def _is_count(cells: Cells, columns: Sequence[int]) -> bool:
    """Whether a row has nothing but numbers that count cards in the columns of these."""
    texts = [cell for column in columns if (cell := cells[column])]
    return bool(texts) and all(map(_is_quantity, texts))


def _is_period(heading: str) -> bool:
    """Whether a heading is a day or a month, with or without its year."""
    return not is_no_day(heading.removeprefix(INEXACT_MARK))


def _is_month(cell: str) -> bool:
    span = parse_date(cell.removeprefix(INEXACT_MARK), year=_ANY_YEAR)
    return isinstance(span, DateSpan) and span.latest - span.earliest >= _SHORTEST_MONTH


def _months(headings: Cells, columns: Sequence[int]) -> Cells:
    """Return headings, of those that can only mean months, as cells of dates and as Jan-24, Feb-24 do, the months."""
    names = [headings[column] or "" for column in columns]
    spans = [parse_date(name) for name in names]
    days = [format_day(span.earliest) for span in spans if isinstance(span, DateSpan) and span.earliest == span.latest]
    months = {*days} if len(days) == len(names) and all(day.endswith("-01") for day in days) else set()
    found = [each for each in map(_SHORT.fullmatch, names) if each]
    if len(found) == len(names) and len({each["year"] for each in found}) == 1:
        days = [format_day(span.earliest) for each in found if isinstance(span := _month_of(each), DateSpan)]
        months = {*days}
    if len(months) < len(names):
        return headings
    stated = dict(zip(columns, (day[:7] for day in days), strict=True))
    return [stated.get(at, heading) for at, heading in enumerate(headings)]


def _month_of(short: re.Match[str]) -> DateSpan | str:
    return parse_date(f"{short['month']} 20{short['year']}")


def _counts(rows: Sequence[Cells], column: int, columns: Sequence[int]) -> bool:
    """Whether the numbers of a column count the cards of their rows."""
    said = [(parse_quantity(text.removeprefix(INEXACT_MARK)), cells) for cells in rows if (text := cells[column])]
    return bool(said) and all(number == _count(cells, columns) for number, cells in said)


def _count(cells: Cells, columns: Sequence[int]) -> int:
    return sum(cards_in(split_cards(text)) or 0 for column in columns if (text := cells[column]) and _cards(text))


def _parted(cells: Cells, layout: _Layout) -> list[list[str | None]]:
    """Return the rows that the cells of a row make; a row without any as it is."""
    is_cards = layout.made[1] == "iccid"
    # words of why a month has no card are none, and stay where they are
    is_kept = {at: is_cards and (cell := cells[at]) and not _names_cards(cell) for at in layout.columns}
    is_used = layout.user is None or ((name := cells[layout.user]) and not names_nobody(normalize_party_name(name)))
    left_out = {at for at in (*layout.columns, *layout.counts) if not is_kept.get(at)}
    beside = [None if at in left_out else cell for at, cell in enumerate(cells)]
    made: list[list[str | None]] = []
    before: str | None = None
    for column in layout.columns:
        text = before if is_cards and _goes_on(cells[column] or "") else cells[column]
        if layout.goes_on is not None:
            text = before if text == layout.goes_on else text
            before = _bare_name(text) if text else None
        else:
            before = text if text and is_cards and cards_named(text) else None
        if text and not is_kept[column]:
            heading = layout.headings[column] if (is_cards and is_used) or (not is_cards and _is_name(text)) else None
            name, heading = (text, heading) if is_cards else _name_and_day(text, heading)
            value = [name] if len(layout.made) < 3 else [None, name] if _is_in_words(name) else [name, None]
            made.append([*beside[:column], text, *beside[column + 1 :], heading, *value])
    return made or [[*cells, *[None] * len(layout.made)]]
