"""The year of dates that name none, where a title or the name of a sheet states it for all rows.

Only the plain title of a list says so (2024年3月出库流水, 2024年度台账, 2023Q4): it names one year, or one part of it,
and the list; or the period of its rows (期间：2024年12月1日至2025年1月31日), to whose days it gives their year. A span
of years, the day on which a list was made or up to which it goes, the year of a contract or of a firm say nothing of
the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from unicodedata import normalize

from graphtrace.ingest.date_orders import period_in
from graphtrace.ingest.dates_and_quantities import ALL_MONTHS, StatedYear, lacks_year, parse_date
from graphtrace.ingest.words import pattern_of
from graphtrace.model import DateSpan, format_day
from graphtrace.patterns import late

_YEARS: Final = late(r"(?<![0-9])((?:19|20)[0-9]{2})(?:[01][0-9](?:[0-3][0-9])?)?(?![0-9])|(?<![0-9])([0-9]{2})年")
_QUARTERS: Final = "一二三四"
_PERIOD: Final = pattern_of("title_years", "period")
"""A year, or months of one; after all blanks are taken out of a text."""

APART: Final = late(r"\s{2,}|\t")
_FIRM: Final = late(r"[^\s0-9年月度,，。:：()《》]*?(?:有限公司|公司|集团|商行|经营部|服务部|营业厅|门市部|中心|厂)")
_OF_ELSE: Final = pattern_of("title_years", "of_else")
"""Found before the year of something else than the rows."""

_REST: Final = pattern_of("title_years", "rest")
"""What may stand after the year in the title of a list."""

_LONGEST: Final = 60
"""Characters of the longest title, firms left out; two letters count as one."""


_LETTERS: Final = late("[a-z]")


class TitleYear(NamedTuple):
    """The year, or the months of a year, that a text states for all rows; ``row`` is 0 for the name of a sheet."""

    stated: StatedYear
    text: str
    row: int


def year_of_titles(texts: Iterable[tuple[int, str]]) -> TitleYear | None:
    """Return the year that the texts above a table, with their rows, state for its rows; ``None`` if they state none.

    A text that names another year, but for the day on which the list was made, leaves it open.
    """
    texts = [*texts]
    # a month that stands by itself behind other things of its line is that of the rows as well
    apart = [(row, part) for row, text in texts for part in APART.split(text)[1:] if _PERIOD.fullmatch(_compact(part))]
    listed = [(row, text, _compact(title_alone(text))) for row, text in (*texts, *apart)]
    plain = [(row, text, found) for row, text, bare in listed if (found := _plain(bare)) is not None]
    periods = ((row, text, period_in(text, _OF_PERIOD)) for row, text, _ in listed)
    for row, text, period in periods:
        if period is not None:
            found = StatedYear.of_period(*map(format_day, period))
            return TitleYear(found, text, row) if {each.year for _, _, each in plain} <= found.years else None
    if not plain:
        return None
    named = {year for _, _, bare in listed if not _MADE_ON.search(bare) for year in _years_in(bare)}
    months = frozenset.intersection(*(found.months for _, _, found in plain))
    if len({found.year for _, _, found in plain} | named) > 1 or not months:
        return None
    row, text, found = max(plain, key=lambda each: (-len(each[2].months), -each[0]))
    return TitleYear(StatedYear(found.year, months), text, row)


def year_of_dates(cells: Iterable[str]) -> StatedYear | None:
    """Return the year of dates among others that name theirs, with the months from the first of these to the last.

    ``None`` where these name several years.
    """
    days = [when for cell in cells if not lacks_year(cell) and isinstance(when := parse_date(cell), DateSpan)]
    ends = sorted(format_day(day) for when in days for day in (when.earliest, when.latest))
    if len(days) < _FEWEST_DAYS or ends[0][:4] != ends[-1][:4]:
        return None
    return StatedYear(int(ends[0][:4]), frozenset(range(int(ends[0][5:7]), int(ends[-1][5:7]) + 1)))


_FEWEST_DAYS: Final = 3
"""Dates with their year by which the year of the others is concluded."""

_OF_PERIOD: Final = pattern_of("title_years", "of_period")
"""Found before the period whose rows a list has, from one day to another."""
_MADE_ON: Final = late("(?:打印|导出|下载|制表|制单|编制|填表|填报|上报|报送|生成|查询|print|export|creat)")


def title_alone(text: str) -> str:
    """Return a title without a remark behind it on its numbers: 2025年出货（卡号都是898606254001开头）."""
    return _ON_NUMBERS.sub("", text.rstrip()).rstrip()


_ON_NUMBERS: Final = pattern_of("title_years", "on_numbers", re.IGNORECASE)


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", normalize("NFKC", text)).casefold()


def _years_in(bare: str) -> set[int]:
    return {int(four) if four else 2000 + int(two) for four, two in _YEARS.findall(bare)}


def _plain(bare: str) -> StatedYear | None:
    if len(bare) > 3 * _LONGEST:
        # to look for firms in it would take the square of its length
        return None
    bare = _FIRM.sub("", bare)
    found = next(_PERIOD.finditer(bare), None)
    if found is None or len(bare) - len(_LETTERS.findall(bare)) / 2 > _LONGEST or len(_years_in(bare)) > 1:
        return None
    rest = bare[found.end() :]
    if _OF_ELSE.search(bare[: found.start()].rstrip("(（")) or not _REST.fullmatch(rest):
        return None
    year = int(found["year"] or found["year_after"])
    return StatedYear(year if year > _CENTURY else 2000 + year, _months(found))


_CENTURY: Final = 100


def _months(found: re.Match[str]) -> frozenset[int]:
    if found["first"]:
        first = int(found["first"])
        return frozenset(range(first, int(found["last"] or first) + 1))
    if found["half"]:
        return frozenset(range(1, 7) if found["half"] == "上" else range(7, 13))
    if number := found["quarter"] or found["q"] or found["q_before"]:
        quarter = _QUARTERS.index(number) if number in _QUARTERS else int(number) - 1
        return frozenset(range(3 * quarter + 1, 3 * quarter + 4))
    return ALL_MONTHS
