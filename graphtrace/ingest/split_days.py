"""Days of hand ledgers whose month and day stand in two columns (月, 日), the month written once above its days.

The whole day is put into a column behind the last one before the sheet is read. The year stands in a cell above both,
in a column, or in the title, from where it is taken for every day without one; a sheet of one month has a column of
days alone. Where the months run back, another year began, and no day is made any more.

A row dated after the day of the load is recorded as one that names its cards (SPEC 13, Days). What it says of hands and
users is kept with the events that were not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import polars as pl

from graphtrace.ingest.date_orders import titles_of
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading
from graphtrace.ingest.sheet import ROW, Sheet
from graphtrace.ingest.title_years import year_of_titles
from graphtrace.ingest.unread_events import unread_of_rows
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS
from graphtrace.patterns import late

_MONTH: Final = late("(1[0-2]|0?[1-9])月?")
_DAY: Final = late("([12][0-9]|3[01]|0?[1-9])[日号]?")
_DITTO: Final = ('"', "''", "〃", "”", "“", "同上", "\u3003")
_DAYS: Final = frozenset({"日期", "日子", "几号", "哪天"})
_YEAR: Final = late("((?:20)?[0-9]{2})年?度?")
_MONTH_OF_SHEET: Final = late("(1[0-2]|0?[1-9])月份?")

Cells = Sequence[str | None]


def part_days(sheet: Sheet) -> None:
    """Put the days that stand in two columns, or without their month, into a column of their own."""
    for place, (row, cells) in enumerate(sheet.head_rows):
        heads = [normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else "" for cell in cells]
        below = [each for _, each in sheet.head_rows[place + 1 :]]
        named = [at for at, head in enumerate(heads) if head == "日"]
        if not named and "月" not in heads:
            named = [at for at, head in enumerate(heads) if head in _DAYS and _are_days_alone(below, at)]
        if len(named) != 1 or heads.count("月") > 1 or sheet.made_below not in (None, row):
            continue
        day = named[0]
        month = heads.index("月") if "月" in heads else None
        days = [text for each in below if (text := each[day])]
        stated = _month_of(sheet, row) if month is None else None
        months = [text for each in below if (text := each[month])] if month is not None else [stated]
        if not days or not months or not all(map(_DAY.fullmatch, [days[0], *(d for d in days if d not in _DITTO)])):
            return
        if not all(text and _MONTH.fullmatch(text) for text in months):
            return
        year = _year_of(sheet.head_rows[place - 1][1] if place else (), heads, month if month is not None else day)
        sheet.parted |= {at: "date" for at in (day, month) if at is not None}
        sheet.make({"date": sheet.width}, row, _with_day(row, day, month, stated, year))
        return


def _are_days_alone(below: Sequence[Cells], column: int) -> bool:
    """Whether nothing but days of a month stand in a column (5日, 6号)."""
    texts = [text for cells in below if (text := cells[column])]
    return bool(texts) and all(text.endswith(("日", "号")) and _DAY.fullmatch(text) for text in texts)


def _month_of(sheet: Sheet, row: int) -> str | None:
    """Return the one month of a sheet that its titles or its name state."""
    found = year_of_titles(titles_of(sheet, row))
    if found is not None and len(found.stated.months) == 1:
        return str(min(found.stated.months))
    named = _MONTH_OF_SHEET.fullmatch((sheet.name or "").strip())
    return None if named is None else named[1]


def _year_of(above: Cells, heads: Sequence[str], first: int) -> int | str | None:
    """Return the column of the year, or the year that stands above the month; ``None`` where there is neither."""
    if heads.count("年") == 1:
        return heads.index("年")
    text = above[first] if first < len(above) else None
    stated = None if text is None else _YEAR.fullmatch(text.replace(" ", ""))
    return None if stated is None or "年" not in (text or "") else stated[1][-2:]


def _with_day(
    header: int, day: int, month: int | None, stated: str | None, year: int | str | None
) -> Callable[[int, Cells], list[str | None]]:
    """Return the function that adds the day of a row to its cells; rows come in their order, from the top."""
    last, known = 0, 0
    on: re.Match[str] | None = None

    def with_day(row: int, cells: Cells) -> list[str | None]:
        nonlocal last, known, on
        known = 0 if row <= last else known
        last = row
        if row <= header:
            return [*cells, "日期" if row == header else None]
        written = stated if month is None else cells[month]
        if written is not None and (found := _MONTH.fullmatch(written)) is not None:
            known = int(found[1]) if int(found[1]) >= known else _OVER
        on = _DAY.fullmatch(cells[day] or "") or (on if cells[day] in _DITTO else None)
        if on is None or known in (0, _OVER):
            return [*cells, None]
        of = cells[year] if isinstance(year, int) else year
        named = None if of is None else _YEAR.fullmatch(of)
        years = "" if named is None else f"20{named[1][-2:]}年"
        return [*cells, f"{years}{known}月{int(on[1])}日"]

    return with_day


_OVER: Final = 13
"""Stands for every month after the months ran back."""


LATER: Final = "later_than_load"
"""Reason why such an event was not recorded."""

_REGISTRATION: Final = KINDS.index("registration")
_LISTED: Final = KINDS.index("card_list")
_MOVED: Final = tuple(KINDS.index(kind) for kind in CUSTODY_KINDS if kind != "registration")
_NAMING: Final = (*_MOVED, *(KINDS.index(kind) for kind in USE_KINDS), _LISTED)
_KEPT: Final = (
    *(ROW, "record_no", "kind", "precision", "head", "size", "first", "last", "check_char", "quantity"),
    *("msisdn", "imsi", "eid", "imei", "imei_size"),
)
"""What such a row says apart from its day: its cards and their other numbers."""


class DatedLater(NamedTuple):
    """Statements whose day is not after that of the load, what is kept of the others, and their unread events."""

    frames: list[pl.DataFrame]
    unread: list[pl.DataFrame]


def part_later(frame: pl.DataFrame, later: pl.Series) -> DatedLater:
    """Take the day and the sides from packed statements for which ``later`` holds.

    Seizures and declarations keep theirs: they order no hands. A registration only loses its day.
    """
    registers = later & (frame["kind"] == _REGISTRATION)
    lists = later & frame["kind"].is_in(_NAMING)
    rest = frame.filter(~lists).with_columns(
        pl.when(registers.filter(~lists)).then(None).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
        for name in ("day", "span")
        if name in frame.columns
    )
    if "second" in rest.columns:
        rest = rest.with_columns(
            pl.when(pl.col("day").is_null())
            .then(-1)
            .otherwise(pl.col("second"))
            .cast(frame.schema["second"])
            .alias("second")
        )
    named = frame.filter(lists)
    listed = named.select(name for name in _KEPT if name in frame.columns)
    listed = listed.with_columns(pl.lit(_LISTED).cast(frame.schema["kind"]).alias("kind"))
    if "second" in frame.columns:
        # no time of day, as in every row without a day
        listed = listed.with_columns(pl.lit(-1).cast(frame.schema["second"]).alias("second"))
    return DatedLater([each for each in (rest, listed) if each.height], _unread(named))


def _unread(named: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the changes of hands among statements dated later, with their cards."""
    moving = named.filter(pl.col("kind").is_in(_MOVED))
    return [
        unread
        for (kind,), of_kind in moving.group_by("kind", maintain_order=True)
        for unread in unread_of_rows(
            [of_kind],
            of_kind.select(ROW, "day", "span").unique(subset=ROW),
            kind=KINDS[int(str(kind))],
            reason=LATER,
            field="date",
        )
    ]
