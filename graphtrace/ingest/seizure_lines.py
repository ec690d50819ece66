"""Lines of a memo of seizure about all articles of its table: the number of the case and the day.

Police write both in sentences (FIR No. 0147/2026; Drawn on Sunday, 7 June 2026). They are taken only where the lines
name one case, or one day, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from graphtrace.ingest.preamble import StatedAbove
from graphtrace.ingest.values import parse_date

_CASE: Final = re.compile(
    r"(?<![a-z])(?:f\.?i\.?r|crime|case|c\.?r|o\.?b|r\.?c)\.?\s*(?:no|number|num|ref)?\.?\s*[:#]?\s*"
    r"(?P<number>[a-z0-9]+(?:[/-][a-z0-9]+)*)(?<=[0-9])(?![a-z0-9])",
    re.IGNORECASE,
)
_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY: Final = re.compile(
    rf"(?<![0-9/.-])(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+(?:of\s+)?|-|/)(?P<month>{_MONTH})(?:,?\s+|-|/)(?P<year>[0-9]{{4}})"
    rf"|(?P<month_first>{_MONTH})\s+(?P<day_last>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year_last>[0-9]{{4}})"
    r"|(?P<numbers>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}(?P<sep>[-/.])[0-9]{1,2}(?P=sep)[0-9]{4}))(?![0-9/])",
    re.IGNORECASE,
)


def stated_of_seizure(rows: Iterable[tuple[int, Sequence[str | None]]]) -> list[StatedAbove]:
    """Return the case and the day that the lines above a list of seized articles state in sentences."""
    cases: dict[str, StatedAbove] = {}
    days: dict[object, StatedAbove] = {}
    for row, cells in rows:
        for cell in dict.fromkeys(cell for cell in cells if cell):
            for case in _CASE.finditer(cell):
                cases.setdefault(case["number"].casefold(), StatedAbove("case_no", case["number"], row))
            for day in _DAY.finditer(cell):
                written = _written(day)
                days.setdefault(parse_date(written), StatedAbove("date", written, row, frozenset({"seizure"})))
    are_days = not any(isinstance(day, str) for day in days)
    return [*(cases.values() if len(cases) == 1 else ()), *(days.values() if len(days) == 1 and are_days else ())]


def _written(day: re.Match[str]) -> str:
    if day["numbers"]:
        return day["numbers"]
    return f"{day['day'] or day['day_last']} {day['month'] or day['month_first']} {day['year'] or day['year_last']}"
