"""Order of day and month in a column of dates each of which can be read both ways.

It is stated by the sheet (Dates: DD-MM-YYYY), or concluded where this states a period (Period: 01-Apr-2026 to
12-Apr-2026; Sales register Apr-26) in which one order puts all its dates and the other does not, or where one order has
the rows sorted over many days and the other does not. Else it is asked; the day of the load decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from unicodedata import normalize

from graphtrace.ingest.dates_and_quantities import DayOrder, StatedYear, day_order, has_short_year, parse_date
from graphtrace.ingest.sheet import Sheet
from graphtrace.locale import phrase
from graphtrace.model import DateSpan
from graphtrace.patterns import late
from graphtrace.results.reports import OpenQuestion

DATE_ORDER: Final = "date_order"
"""The field that answers in which order dates state day and month."""

ORDERS: Final[dict[str, DayOrder]] = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
"""Answers, and what they mean; the last is one of years of two digits."""
_BEFORE_THE_YEAR: Final[tuple[DayOrder, ...]] = ("day_first", "month_first")

_FEWEST_DAYS: Final = 10
"""Days over which rows have to be sorted."""

_LONGEST: Final = 160
_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH: Final = f"(?:{_MONTHS})[a-z]*"
_TH: Final = "(?:st|nd|rd|th)?"
_DAY: Final = (
    rf"(?:[0-9]{{1,2}}{_TH}[-/. ](?:{_MONTH})[-/. ](?:[0-9]{{4}}|[0-9]{{2}})|{_MONTH} [0-9]{{1,2}}{_TH},? [0-9]{{4}}"
    "|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    "|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{4} ?年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日)"
)
_CLOCK: Final = r"[ t]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[ap]\.?m\.?)?"
_FROM_TO: Final = late(
    rf"(?<![0-9])(?P<first>{_DAY})(?:{_CLOCK})?\s*(?:to|till|until|thru|through|and|至|到|[-–—~]+)"
    rf"\s*:?\s*(?P<last>{_DAY})(?:{_CLOCK})?(?![0-9])"
)
_ONE_DAY: Final = late(rf"(?<![0-9-/.]){_DAY}(?![0-9-/.])")
_WHOLE_MONTH: Final = late(
    rf"(?<![0-9a-z])(?<![0-9][ -])(?P<month>{_MONTHS})[a-z]*[-' .,/’]{{0,2}}(?P<year>20[0-9]{{2}}|[0-9]{{2}})(?![0-9])"
    "|(?P<year_zh>20[0-9]{2})年(?P<month_zh>[0-9]{1,2})月(?![0-9]{1,2}日)"
)
_MADE_ON: Final = late("print|export|creat|generat|dated|as (?:on|at|of)|打印|导出|制表|生成|截至")
"""Found in texts that say when a list was made, which is no period of its rows."""


class Concluded(NamedTuple):
    """An order of day and month, with the row and the text that decide it (none: the order of the rows)."""

    order: DayOrder
    row: int
    text: str


class _Period(NamedTuple):
    first: int
    last: int
    row: int
    text: str
    is_month: bool = False


def conclude_order(
    titles: Sequence[tuple[int, str]], dates: Sequence[str], year: StatedYear | None = None
) -> Concluded | None:
    """Return the order that holds for a column; ``None`` if nothing decides it.

    - ``titles``: the name of the sheet and the texts above its table, with their rows.
    - ``dates``: the dates of the column that can be read both ways, in the order of their rows.
    - ``year``: that of dates that name none.
    """
    stated = [Concluded(order, row, text) for row, text in titles if (order := stated_order(text)) is not None]
    if len({each.order for each in stated}) == 1:
        return stated[0]
    # any of the three may be the year
    is_short = any(map(has_short_year, dates))
    days = {order: _days(dates, order, year) for order in (ORDERS.values() if is_short else _BEFORE_THE_YEAR)}
    days = {order: read for order, read in days.items() if len(read) == len(dates)}
    periods = [period for row, text in titles if (period := _period_in(row, text)) is not None]
    # Apr-25 may be a day
    periods = [period for period in periods if not (is_short and period.is_month)]
    for period in periods:
        inside = [order for order, read in days.items() if all(period.first <= day <= period.last for day in read)]
        if len(inside) == 1 and len({(each.first, each.last) for each in periods}) == 1:
            return Concluded(inside[0], period.row, period.text)
    running = [order for order, read in days.items() if _is_sorted(read)]
    if not is_short and len(running) == 1 and len({*days[running[0]]}) >= _FEWEST_DAYS:
        return Concluded(running[0], 0, "")
    return None


_FEWEST_SHORT: Final = 3


def order_of_short_years(dates: Iterable[str]) -> DayOrder | None:
    """Return the order of dates whose year has two digits, where the last number is the year and one proves the rest.

    It is the year where it hardly changes over many first numbers (19-2-24, 1-3-24, 10-1-24).

    >>> order_of_short_years(["19-2-24", "1-3-24", "10-1-24"]), order_of_short_years(["24-2-19", "24-3-1", "24-1-10"])
    ('day_first', None)
    """
    parts = [[int(part) for part in _NUMBERS.findall(text)[:3]] for text in dates if has_short_year(text)]
    firsts, years = {one for one, *_ in parts}, {last for *_, last in parts}
    if not parts or len(firsts) < _FEWEST_SHORT * len(years) or max(years) - min(years) >= len(years):
        return None
    orders: set[DayOrder] = {
        "day_first" if one > _MONTHS_A_YEAR else "month_first"
        for one, two, _ in parts
        if max(one, two) > _MONTHS_A_YEAR
    }
    return orders.pop() if len(orders) == 1 else None


_NUMBERS: Final = late("[0-9]+")
_MONTHS_A_YEAR: Final = 12
_DAY_IN_TEXT: Final = late(r"(?<![0-9/.-])[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{4}(?![0-9/.-])")


_STATED: Final = late(
    r"(?<![a-z])(?:date|day)s?(?![a-z])[^;.]{0,40}?(?<![a-z])(?:(?P<first>d|dd|day)|(?:mm?|month))\s*[-/.]\s*"
    r"(?(first)(?:mm?|month)|(?:dd?|day))\s*[-/.]\s*(?:yy|yyyy|year)(?![a-z])",
    re.IGNORECASE,
)
"""How a line says in which order its paper writes dates."""


def stated_order(line: str) -> DayOrder | None:
    """Return the order of day and month in which a line says that dates are written.

    >>> [stated_order(line) for line in ("All dates day/month/year", "Dates: DD-MM-YYYY", "dates mm/dd/yy", "Day")]
    ['day_first', 'day_first', 'month_first', None]
    """
    if (found := _STATED.search(line)) is None:
        return None
    return "day_first" if found["first"] else "month_first"


def order_of_text(lines: Iterable[str]) -> DayOrder | None:
    """Return the one order of day and month that the lines of a document state, or that dates in them prove."""
    orders: set[DayOrder] = set()
    for line in lines:
        orders.update(order for day in _DAY_IN_TEXT.finditer(line) if (order := day_order(day[0])))
        orders.update(filter(None, [stated_order(line)]))
    return orders.pop() if len(orders) == 1 else None


def share_order(sheets: Sequence[Sheet]) -> None:
    """Have the sheets of a workbook, or the tables of a sheet, know the one order that dates of any of them show."""
    shown = [cell for sheet in sheets for _, cells in sheet.head_rows for cell in cells if cell]
    order = order_of_text(shown) or order_of_short_years(shown)
    for sheet in sheets:
        # what tables of a sheet do not show, other sheets may have shown
        sheet.day_order = order or sheet.day_order


def titles_of(sheet: Sheet, header_row: int) -> list[tuple[int, str]]:
    """Return the name of a sheet and the texts above its header, with their rows."""
    rows = [*sheet.titles, *((row, cells) for row, cells in sheet.head_rows if row < header_row)]
    above = [(row, cell) for row, cells in rows for cell in dict.fromkeys(cell for cell in cells if cell)]
    return [(0, sheet.name or ""), *above]


def order_question(dates: Sequence[str], kind: str) -> OpenQuestion | None:
    """Return the question in which order dates state day and month; ``None`` where its answer would settle nothing."""
    rows = sum(map(day_order_is_open, dates))
    choices = choices_of(dates)
    text = phrase("which_date_order" if len(choices) == 2 else "which_place_of_year").in_both()
    return OpenQuestion(field=DATE_ORDER, kind=kind, rows=rows, text=text, choices=choices) if rows else None


def without_period(text: str) -> str:
    """Return a text without a period that it states (Period: 01-03-2024 to 30-04-2024, January to March 2026)."""
    return _FROM_MONTH.sub("", _FROM_TO.sub("", normalize("NFKC", text).casefold()))


_FROM_MONTH: Final = late(rf"\b{_MONTH}\s?(?:20[0-9]{{2}})?\s?(?:to|until|thru|[-–])\s?{_MONTH}\b")


def period_in(text: str, label: re.Pattern[str]) -> tuple[int, int] | None:
    """Return the first and the last day of the period that stands behind a label in a text; ``None`` without one."""
    bare = normalize("NFKC", text).casefold()
    if len(bare) > _LONGEST:
        return None
    labelled = (found for found in _FROM_TO.finditer(bare) if label.search(bare[: found.start()]))
    return _ends(found) if (found := next(labelled, None)) is not None else None


def day_order_is_open(text: str | None) -> bool:
    """Whether a date can be read in several ways, and an answer would settle it."""
    return bool(text) and any(
        isinstance(parse_date(text or "", order=order, year=_ANY_YEAR), DateSpan) for order in ORDERS.values()
    )


def choices_of(dates: Iterable[str]) -> tuple[str, ...]:
    """Return the answers between which dates leave the choice."""
    return tuple(ORDERS) if any(map(has_short_year, dates)) else tuple(ORDERS)[:2]


_ANY_YEAR: Final = StatedYear(2024, month_first=False)


def _days(dates: Sequence[str], order: DayOrder, year: StatedYear | None) -> list[int]:
    read = (parse_date(text, order=order, year=year) for text in dates)
    return [span.earliest for span in read if isinstance(span, DateSpan)]


def _is_sorted(days: Sequence[int]) -> bool:
    return all(one <= other for one, other in pairwise(days)) or all(one >= other for one, other in pairwise(days))


def _ends(found: re.Match[str]) -> tuple[int, int] | None:
    """Return the days from which and to which a text goes."""
    orders = {day_order(found[end]) for end in ("first", "last")} - {None}
    order = orders.pop() if len(orders) == 1 else None
    first, last = (parse_date(found[end], order=order) for end in ("first", "last"))
    if not isinstance(first, DateSpan) or not isinstance(last, DateSpan) or last.earliest < first.earliest:
        return None
    return first.earliest, last.earliest


def _period_in(row: int, text: str) -> _Period | None:
    """Return the one period that a text states: from a day to a day, one day, or a whole month."""
    bare = normalize("NFKC", text).casefold()
    if len(bare) > _LONGEST:
        return None
    if (found := _FROM_TO.search(bare)) is not None:
        ends = _ends(found)
        return None if ends is None else _Period(*ends, row, text)
    if _MADE_ON.search(bare):
        return None
    days = {day for found in _ONE_DAY.finditer(bare) if isinstance(day := parse_date(found[0]), DateSpan)}
    if len(days) == 1:
        (day,) = days
        return _Period(day.earliest, day.latest, row, text)
    months = [*_WHOLE_MONTH.finditer(bare)]
    if len(months) != 1:
        return None
    (named,) = months
    number = named["month_zh"] or str(_MONTHS.split("|").index(named["month"]) + 1)
    year = named["year_zh"] or (named["year"] if len(named["year"]) == 4 else f"20{named['year']}")
    span = parse_date(f"{year}-{int(number):02}")
    return _Period(span.earliest, span.latest, row, text, True) if isinstance(span, DateSpan) else None
