"""Dates and counts as files write them.

Every function returns the value, or the code of the reject that its text deserves. Digits are ASCII digits after
NFKC; a pattern for "any digit" would let other scripts through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise, permutations
from typing import Final, Literal, NamedTuple
from unicodedata import normalize

from graphtrace.identifiers.normalize import strip_noise_keep_dashes
from graphtrace.ingest.words import pattern_of
from graphtrace.model import DateSpan, to_epoch_day
from graphtrace.patterns import late

INEXACT_MARK: Final = "\x00"
"""First character of a cell whose number was not stored exactly."""

DateReason = Literal["bad_date", "ambiguous_date"]

EARLIEST: Final = to_epoch_day(date(1990, 1, 1))
LATEST: Final = to_epoch_day(date(2100, 12, 31))

_LEAP_YEAR: Final = 2000

DAY_SECONDS: Final = 86_400
CHINA_OFFSET_SECONDS: Final = 8 * 3600

_SERIAL_ZERO: Final = to_epoch_day(date(1899, 12, 30))
"""Day 0 of the 1900 system as it counts after its invented 1900-02-29."""

_SERIAL_1904_DAYS: Final = 1462
_GREATEST_OFFSET_MINUTES: Final = 14 * 60

_TIME: Final = (
    r"(?:(?:T|\ |(?<=[日号號]))(?:(?P<half>上午|下午|晚上|中午|凌晨|早上)\ ?)?"
    r"(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{1,2})"
    r"(?:分?|[:分](?P<second>[0-9]{1,2})(?:[.,][0-9]+)?秒?)"
    r"\ ?(?P<noon>[AP]\.?M\.?)?"
    r"\ ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_AFTERNOON: Final = ("下午", "晚上")
_MONTH_NAMES: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMED: Final = (
    "(?P<month>JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?"
    r"|NOV(?:EMBER)?|DEC(?:EMBER)?)\.?"
)
_DAY_OF_MONTH: Final = "(?P<day>[0-9]{1,2})(?:ST|ND|RD|TH)?"
_YEAR_BEHIND: Final = "'?(?P<year>[0-9]{4}|[0-9]{2})"
_YEAR_FIRST: Final = late(
    r"(?P<year>[0-9]{4})(?:(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})"
    r"|年(?P<month_zh>[0-9]{1,2})月(?P<day_zh>[0-9]{1,2})[日号號]?)" + _TIME
)
_YEAR_LAST: Final = late(r"(?P<one>[0-9]{1,2})(?P<sep>[-/.])(?P<two>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})" + _TIME)
_NAMED_MONTH: Final = tuple(
    late(pattern + _TIME)
    for pattern in (
        rf"{_DAY_OF_MONTH}(?:[-/. ]|\ OF\ ){_NAMED}(?:[-/. ]|,\ ?)?{_YEAR_BEHIND}",
        rf"{_NAMED}(?:[-/. ])?{_DAY_OF_MONTH}(?:[-/. ]|,\ ?){_YEAR_BEHIND}",
        rf"(?P<year>[0-9]{{4}})[-/. ]?{_NAMED}[-/. ]?{_DAY_OF_MONTH}",
    )
)
"""Days whose month is named: no other number can be the month, so that a year of two digits is certain, too."""

_FIRST_OF_LAST_CENTURY: Final = 90
"""Two-digit years from here on are of the 20th century; no date is before 1990."""
_WITHOUT_YEAR: Final = late(
    r"(?:(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号號]?|(?P<one>[0-9]{1,2})[-/.](?P<two>[0-9]{1,2}))" + _TIME
)
_SHORT_YEAR: Final = pattern_of("dates_and_quantities", "short_year")
_MONTH: Final = late(r"([0-9]{4})(?:[-/]([0-9]{1,2})|年([0-9]{1,2})月)")
_MONTH_ALONE: Final = late(rf"(?P<number>[0-9]{{1,2}})月份?|{_NAMED}")
_NAMED_MONTH_ALONE: Final = late(rf"{_NAMED}[-/. ,]*(?P<year>[0-9]{{4}})")
_COMPACT: Final = late(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DAY_AND_HOUR: Final = late(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<hour>[01][0-9]|2[0-3])(?P<minute>)(?P<second>)(?P<zone>)"
)
"""Ten digits that are a day and an hour where the day is one; else they are seconds since 1970."""

_COMPACT_AND_TIME: Final = late(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=\ )" + _TIME)
_NUMBER: Final = late(r"([0-9]+)(\.[0-9]+)?")
_BLANKS: Final = late(r"\s+")
_MARKED_AS_TEXT: Final = late('="(?P<formula>.*)"|[\'`\u2018\u2019]+(?P<plain>.*)')

CHINESE_NUMERALS: Final = "零〇一二两三四五六七八九十百千万"
"""Characters of numbers that are written in words."""

_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

_COUNT: Final = pattern_of("dates_and_quantities", "count", re.IGNORECASE)

_TIME_OF_DAY: Final = late(
    r"([0-9]{1,2})[:：]([0-9]{2})(?:[:：]([0-9]{2})(?:\.[0-9]+)?)?|([0-9]{1,2})([0-9]{2})([0-9]{2})"
)
_MIDNIGHT: Final = late(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
_ROUND: Final = late(r"([+-]?)([0-9]{1,6})(?:\.([0-9]))?(k|千|w|万|百)[张枚个]?", re.IGNORECASE)
_IN_WORDS: Final = late(f"([+-]?)([{CHINESE_NUMERALS}]{{1,9}})[张枚个]?")
_ROUND_UNITS: Final = {**_UNITS, "k": 1000, "w": 10_000}

DayOrder = Literal["day_first", "month_first", "year_first"]
"""Order of the two numbers before the year in a column, where the column as a whole shows it; a year of two digits may
stand first, too."""


ALL_MONTHS: Final = frozenset(range(1, 13))


class StatedYear(NamedTuple):
    """The year of dates that name none, and the months in which it is; ``otherwise`` is that of other months.

    With ``month_first`` the month stands before the day (6/14), as in every list in Chinese; else either may. With
    ``period``, the first and the last day of the rows (2024-12-01), a day has the only year that puts it in between.
    """

    year: int
    months: frozenset[int] = ALL_MONTHS
    otherwise: int | None = None
    month_first: bool = True
    period: tuple[str, str] | None = None

    @classmethod
    def of_period(cls, first: str, last: str) -> StatedYear:
        """Return the year, or the years, of the days of a period."""
        year, months = int(first[:4]), ALL_MONTHS
        if last[:4] == first[:4]:
            months = frozenset(range(int(first[5:7]), int(last[5:7]) + 1))
        return cls(year, months, period=(first, last))

    @property
    def years(self) -> frozenset[int]:
        """The years in which dates may be."""
        return frozenset((self.year,) if self.period is None else range(self.year, int(self.period[1][:4]) + 1))

    def within(self, months: frozenset[int]) -> StatedYear:
        """Return what is stated of these months alone; a period of several years says itself which of them it means."""
        return self if len(self.years) > 1 else self._replace(months=self.months & months)

    def of(self, month: str, day: str = "") -> int | None:
        """Return the year of a date in a month, ``None`` if nothing states it."""
        if int(month) not in self.months:
            return self.otherwise
        if self.period is None:
            return self.year
        number = f"-{int(month):02}" + (f"-{int(day):02}" if day else "")
        first, last = (end[: 4 + len(number)] for end in self.period)
        fitting = [year for year in sorted(self.years) if first <= f"{year}{number}" <= last]
        return fitting[0] if len(fitting) == 1 else self.otherwise


def months_in_one_year(months: Sequence[int]) -> frozenset[int]:
    """Return the months, in the order of the rows, that a year stated for all of them can be that of.

    Rows in the order of their days that run on over New Year have the months of two years: those of the first are
    returned, but for months of both.

    >>> sorted(months_in_one_year([11, 12, 12, 1, 2])), len(months_in_one_year([3, 1]))
    ([11, 12], 12)
    """
    steps = [after - before for before, after in pairwise(months)]
    turns = [at for at, step in enumerate(steps, 1) if step < -_HALF_YEAR]
    if len(turns) != 1 or any(-_HALF_YEAR <= step < 0 for step in steps):
        return ALL_MONTHS
    return frozenset(months[: turns[0]]) - frozenset(months[turns[0] :])


_HALF_YEAR: Final = 6


_NAMED_WITHOUT_YEAR: Final = tuple(
    late(pattern) for pattern in (rf"{_DAY_OF_MONTH}[ -]{_NAMED}", rf"{_NAMED}[ -]{_DAY_OF_MONTH}")
)
"""A day by the English name of its month, without its year (3 Feb, March 4th)."""


@lru_cache(maxsize=1 << 16)
def parse_date(
    text: str, *, uses_1904: bool = False, order: DayOrder | None = None, year: StatedYear | None = None
) -> DateSpan | DateReason:
    """Read a date in any of the forms that are understood, as precisely as it was stated.

    - ``text``: a cell: ISO with or without time and zone; year first with ``-``, ``/``, ``.`` or 年月日; compact digits
      of 8 or 14; months; serial numbers of a spreadsheet, with a fraction for the time; epoch seconds (10 digits) and
      milliseconds (13); ten digits that begin with a day and end in an hour (2024030417); day and month before the year
      where only one reading is possible; the month by its English name, before or behind the day (12-Mar-24, March 12,
      2024).
    - ``uses_1904``: whether serial numbers count from 1904.
    - ``order``: which of several readings of day, month and a year of two digits counts.
    - ``year``: the year of a date that names only month and day, where the sheet says it; in other months it is no
      date.

    Returns the moment in China Standard Time (a time without a zone is already that), ``ambiguous_date`` for two
    possible readings or a two-digit year, ``bad_date`` for anything else and outside 1990 to 2100.
    """
    text = with_arabic_days(_BLANKS.sub(" ", normalize("NFKC", text.removeprefix(INEXACT_MARK)).strip().upper()))
    if marked := _MARKED_AS_TEXT.fullmatch(text):
        text = (marked["formula"] or marked["plain"] or "").strip()
    if year is not None and (found := _WITHOUT_YEAR.fullmatch(text)):
        return _in_year(found, year, order)
    if year and (found := next(filter(None, (pattern.fullmatch(text) for pattern in _NAMED_WITHOUT_YEAR)), None)):
        month = str(_MONTH_NAMES.index(found["month"][:3]) + 1)
        return (
            "bad_date" if (of := year.of(month, found["day"])) is None else parse_date(f"{of}-{month}-{found['day']}")
        )
    if year is not None and (found := _MONTH_ALONE.fullmatch(text)):
        number = found["number"] or str(_MONTH_NAMES.index(found["month"][:3]) + 1)
        return "bad_date" if (of := year.of(number)) is None else _whole_month(of, int(number))
    if found := _NUMBER.fullmatch(text):
        return _parse_number(found[1], found[2] or "", uses_1904=uses_1904)
    if found := _YEAR_FIRST.fullmatch(text):
        return _moment(found, found["month"] or found["month_zh"], found["day"] or found["day_zh"])
    if found := _MONTH.fullmatch(text):
        return _whole_month(int(found[1]), int(found[2] or found[3]))
    if found := _YEAR_LAST.fullmatch(text):
        readings = {_moment(found, found[month], found[day]) for month, day in (("one", "two"), ("two", "one"))}
        possible = readings - {"bad_date"}
        if len(possible) > 1 and order in ("day_first", "month_first"):
            month, day = ("two", "one") if order == "day_first" else ("one", "two")
            return _moment(found, found[month], found[day])
        return "ambiguous_date" if len(possible) > 1 else next(iter(possible), "bad_date")
    if found := next(filter(None, (pattern.fullmatch(text) for pattern in _NAMED_MONTH)), None):
        month = str(_MONTH_NAMES.index(found["month"][:3]) + 1)
        return _moment(found, month, found["day"], year=_full_year(found["year"]))
    if found := _NAMED_MONTH_ALONE.fullmatch(text):
        return _whole_month(int(found["year"]), _MONTH_NAMES.index(found["month"][:3]) + 1)
    if found := _COMPACT.fullmatch(text) or _COMPACT_AND_TIME.fullmatch(text):
        return _moment(found, found["month"], found["day"])
    if found := _SHORT_YEAR.fullmatch(text):
        if found[1] and order is not None:
            whole = _with_whole_year(found, order)
            return "ambiguous_date" if whole is None else parse_date(whole + text[found.end(4) :])
        parts = [int(part or 1) for part in ((found[1], found[3], found[4]) if found[1] else (found[5], found[6]))]
        possible_day = any(1 <= month <= 12 and 1 <= day <= 31 for month, day in permutations(parts, 2))
        return "ambiguous_date" if possible_day else "bad_date"
    return "bad_date"


_DAY_IN_WORDS: Final = pattern_of("dates_and_quantities", "day_in_words")

_ZERO: Final = late("[○0O]")


def with_arabic_days(text: str) -> str:
    """Return a text whose days in Chinese numerals are written in digits.

    >>> with_arabic_days("二〇二五年六月三日于云洲市，一月内")
    '2025年6月3日于云洲市，一月内'
    """

    def in_digits(found: re.Match[str]) -> str:
        year = "".join(str(number_of_words(sign)) for sign in _ZERO.sub("〇", found["year"]))
        day = number_of_words(found["day"]) if found["day"] else ""
        return f"{year}年{number_of_words(found['month'])}月{day}"

    return _DAY_IN_WORDS.sub(in_digits, text) if "年" in text else text


@lru_cache(maxsize=1 << 17)
def parse_time(text: str) -> str | None:
    """Return a time of day as ``HH:MM:SS``, of ``8:05``, ``08:05:09`` or ``80509``; ``None`` if it is none."""
    found = _TIME_OF_DAY.fullmatch(normalize("NFKC", text.removeprefix(INEXACT_MARK)).strip())
    if found is None:
        return None
    hour, minute, second = (int(found[at] or found[at + 3] or 0) for at in (1, 2, 3))
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else None


def with_time(date: str, time: str | None) -> str:
    """Return the text of a day with the time of day that another cell states.

    As it is where the other cell is no time of day, or where the day has one itself; that of a spreadsheet's date cell
    that is midnight is none.
    """
    day = _MIDNIGHT.sub("", date.strip())
    if time is None or ":" in day or (read := parse_time(time)) is None:
        return date
    return f"{day} {read}"


def lacks_year(text: str) -> bool:
    """Whether a text is a date that names a month and a day but no year."""
    return isinstance(parse_date(text), str) and not isinstance(parse_date(text, year=StatedYear(_LEAP_YEAR)), str)


def is_no_day(text: str) -> bool:
    """Whether a text is no date, whatever is said of the order of its numbers and of its year."""
    return parse_date(text) == "bad_date" and not lacks_year(text)


def parse_quantity(text: str) -> int | Literal["bad_quantity"]:
    """Read a number of cards: whole, at least 0, with thousands separators and a counting word if need be.

    Also 两千, 2千, 1k and 1.5万, as people write them.
    """
    count = _signed_quantity(text)
    return "bad_quantity" if count is None or count < 0 else count


def returned_quantity(text: str) -> int | None:
    """Return the number of cards that a negative quantity says came back; ``None`` for any other text."""
    count = _signed_quantity(text)
    return -count if count is not None and count < 0 else None


def _signed_quantity(text: str) -> int | None:
    bare = strip_noise_keep_dashes(text)
    if found := _COUNT.fullmatch(bare):
        count = int(found[2].replace(",", ""))
    elif found := _ROUND.fullmatch(bare):
        unit = _ROUND_UNITS[found[4].lower()]
        count = int(found[2]) * unit + int(found[3] or 0) * unit // 10
    elif found := _IN_WORDS.fullmatch(bare):
        words = number_of_words(found[2])
        if words is None:
            return None
        count = words
    else:
        return None
    return -count if found[1] == "-" else count


def number_of_words(text: str) -> int | None:
    """Return the number that Chinese numerals write: 两千 is 2000, 一百五 is 150 and 一百零五 is 105."""
    total = section = digit = 0
    if len(text) > 1 and text[-1] in _DIGITS and _UNITS.get(text[-2], 0) > 10:
        head = number_of_words(text[:-1])
        return None if head is None else head + _DIGITS[text[-1]] * _UNITS[text[-2]] // 10
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        elif sign in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[sign], 0
        else:
            return None
    return total + section + digit


def _parse_number(digits: str, fraction: str, *, uses_1904: bool) -> DateSpan | DateReason:
    """Parse a bare number as a date; its digits tell serial numbers, compact dates and epochs apart."""
    size = len(digits)
    if size == 5:
        days = int(digits) + _SERIAL_ZERO + (_SERIAL_1904_DAYS if uses_1904 else 0)
        part, whole = int(fraction[1:] or 0), 10 ** max(len(fraction) - 1, 0)
        if not part:
            return _within(days, days, -1)
        # to the nearest second, in whole numbers: a float would make another of some halves
        return _of_seconds(days * DAY_SECONDS + (2 * part * DAY_SECONDS + whole) // (2 * whole))
    if size == 10 and not fraction and (hour := _DAY_AND_HOUR.fullmatch(digits)):
        day = _moment(hour, hour["month"], hour["day"])
        if isinstance(day, DateSpan):
            return day
    if size == 10:
        return _of_seconds(int(digits) + CHINA_OFFSET_SECONDS)
    if fraction:
        return "bad_date"
    if size == 13:
        return _of_seconds(int(digits) // 1000 + CHINA_OFFSET_SECONDS)
    if size == 6:
        return _whole_month(int(digits[:4]), int(digits[4:]))
    found = _COMPACT.fullmatch(digits)
    return _moment(found, found["month"], found["day"]) if found else "bad_date"


def day_order(text: str) -> DayOrder | None:
    """Return the order that a date proves for its column by one of its first two numbers above 12, or ``None``."""
    bare = _BLANKS.sub(" ", normalize("NFKC", text).strip().upper())
    found = _YEAR_LAST.fullmatch(bare) or _WITHOUT_YEAR.fullmatch(bare)
    if found is None or not found["one"]:
        return None
    one, two = int(found["one"]), int(found["two"])
    if one > 12 >= two:
        return "day_first"
    return "month_first" if two > 12 >= one else None


def _in_year(found: re.Match[str], year: StatedYear, order: DayOrder | None) -> DateSpan | DateReason:
    """Return the moment of a date without a year."""
    one, two = found["month"] or found["one"], found["day"] or found["two"]
    if found["month"] or order == "month_first" or (order is None and year.month_first):
        readings = [(one, two)]
    else:
        readings = [(two, one)] if order == "day_first" else [(one, two), (two, one)]
    stated = [(month, day, named) for month, day in readings if (named := year.of(month, day)) is not None]
    possible = {_moment(found, month, day, year=named) for month, day, named in stated} - {"bad_date"}
    return "ambiguous_date" if len(possible) > 1 else next(iter(possible), "bad_date")


def _moment(found: re.Match[str], month: str, day: str, *, year: int | None = None) -> DateSpan | DateReason:
    try:
        number = to_epoch_day(date(int(found["year"]) if year is None else year, int(month), int(day)))
    except ValueError:
        return "bad_date"
    if found["hour"] is None:
        return _within(number, number, -1)
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return "bad_date"
    said = found.groupdict()
    hour_of_day = _hour_of_day(hour, said.get("half"), said.get("noon"))
    if isinstance(hour_of_day, str):
        return hour_of_day
    hour = hour_of_day
    total = number * DAY_SECONDS + hour * 3600 + minute * 60 + second
    if zone := found["zone"]:
        offset = _offset_minutes(zone)
        if abs(offset) > _GREATEST_OFFSET_MINUTES:
            return "bad_date"
        total += CHINA_OFFSET_SECONDS - offset * 60
    return _of_seconds(total)


_PLACES: Final[dict[DayOrder, tuple[int, int, int]]] = {
    "day_first": (4, 3, 1),
    "month_first": (4, 1, 3),
    "year_first": (1, 3, 4),
}
"""Groups of year, month and day in a date whose year has two digits."""


def _with_whole_year(found: re.Match[str], order: DayOrder) -> str | None:
    year, month, day = (found[place] for place in _PLACES[order])
    return f"{_full_year(year)}-{month}-{day}" if len(year) > 1 else None


def has_short_year(text: str) -> bool:
    """Whether a text is a date of three numbers whose year has two digits."""
    found = _SHORT_YEAR.fullmatch(_BLANKS.sub(" ", normalize("NFKC", text).strip().upper()))
    return found is not None and bool(found[1])


def _full_year(digits: str) -> int:
    """Return the year that four digits or two write."""
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= _FIRST_OF_LAST_CENTURY else 2000)


def _hour_of_day(hour: int, half: str | None, noon: str | None) -> int | DateReason:
    """Return the hour from 0 to 23 that hour and half of the day mean; a reason if they contradict each other."""
    if half == "中午":
        return hour if hour in (11, 12) else hour + 12 if hour in (1, 2) else "bad_date"
    if half == "晚上" and hour == 12:
        # the midnight before, or the one after
        return "ambiguous_date"
    if half in _AFTERNOON or (noon or "").startswith("P"):
        return hour + 12 if hour < 12 else hour
    if half or noon:
        return 0 if hour == 12 else hour if hour < 12 else "bad_date"
    return hour


def _offset_minutes(zone: str) -> int:
    if zone[0] not in "+-":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
    return -minutes if zone[0] == "-" else minutes


def _whole_month(year: int, month: int) -> DateSpan | DateReason:
    if not (1990 <= year <= 2100 and 1 <= month <= 12):
        return "bad_date"
    following = date(year + month // 12, month % 12 + 1, 1)
    return DateSpan(to_epoch_day(date(year, month, 1)), to_epoch_day(following - timedelta(days=1)))


def _of_seconds(total: int) -> DateSpan | DateReason:
    """Return the moment ``total`` seconds of China Standard Time after 1970-01-01."""
    number, second = divmod(total, DAY_SECONDS)
    return _within(number, number, second)


def _within(first: int, last: int, second: int) -> DateSpan | DateReason:
    return DateSpan(first, last, second) if first >= EARLIEST and last <= LATEST else "bad_date"
