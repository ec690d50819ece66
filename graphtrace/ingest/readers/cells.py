"""The one place that says what a cell's text is, whatever format it came from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import count, product

import polars as pl

from graphtrace.ingest.readers.limits import MAX_CELL_CHARACTERS, MAX_SHOWN_CHARACTERS
from graphtrace.ingest.sheet import EMPTY, INEXACT_MARK, ROW, MalformedRow, Sheet

EXACT = 2**53
"""Largest integer up to which a float, and so a number cell, holds every integer."""

BLANKS = (
    "\x00\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
)
"""Stripped from both ends of a text: what ``str.strip`` strips, the zero-width space, the byte-order mark, and NUL,
so that a text that begins with NUL is never taken for one that begins with ``INEXACT_MARK``."""

LONGEST_EMPTY = max(len(word.encode()) for word in EMPTY)

EMPTY_SPELLINGS = sorted(
    {"".join(letters) for word in EMPTY for letters in product(*zip(word.lower(), word.upper(), strict=True))}
)
"""Looking a text up among all spellings costs a third of turning every text to lower case."""


_DENIAL = "无"
_AFFIRMED = "^(?:[有是√✓]|已.{1,8})$"
"""A word that says nothing but where others of its column affirm (有, 已签收): there it denies what they say."""


def clean_cell(text: str) -> str | None:
    """Return text without blanks around it; None for a word that says nothing."""
    stripped = text.strip(BLANKS)
    return None if len(stripped) <= LONGEST_EMPTY and stripped.lower() in EMPTY else stripped


def integer_text(number: int) -> str:
    """Return the digits of an integer that was stored as a number; marked if a number cell could not have held it."""
    return str(number) if abs(number) <= EXACT else f"{INEXACT_MARK}{number}"


def float_text(number: float) -> str | None:
    """Return the digits of an integral float up to 2^53; of others the shortest form after the mark; None for NaN.

    A price of 12.5 is marked as well: the mark says that no identifier may be made of the cell, not that it is wrong.
    """
    if math.isnan(number):
        return None
    if abs(number) <= EXACT and number.is_integer():
        return str(int(number))
    return f"{INEXACT_MARK}{number!r}".upper()


def date_text(moment: date) -> str:
    """Return the ISO text of a date or time stamp without zone, to the second; midnight is a day without a time.

    Date cells are fractions of days, so a stored second may be some microseconds short of the one that is shown.
    """
    if not isinstance(moment, datetime):
        return moment.isoformat()
    shown = moment + timedelta(milliseconds=1) if moment.microsecond >= 999_000 else moment
    return shown.replace(microsecond=0).isoformat(sep=" ").removesuffix(" 00:00:00")


def strip(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return a frame with :data:`BLANKS` stripped from the named string columns, about 40 ns a cell."""
    return frame.with_columns(pl.col(name).str.strip_chars(BLANKS) for name in columns)


def drop_empty(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return a frame with null for the words that say nothing in the named columns, which are stripped."""
    # nearly every column of a case holds longer texts only
    is_short = [(frame[name].str.len_bytes() <= LONGEST_EMPTY).any() for name in columns]
    return frame.with_columns(
        pl.when(~pl.col(name).is_in(EMPTY_SPELLINGS) | _is_denial(frame[name])).then(pl.col(name))
        for name, short in zip(columns, is_short, strict=True)
        if short
    )


def _is_denial(cells: pl.Series) -> pl.Expr:
    """Whether a cell denies what others of its column affirm, and is no word that says nothing."""
    is_denial = (cells == _DENIAL).any() and cells.str.contains(_AFFIRMED).any()
    return pl.col(cells.name) == _DENIAL if is_denial else pl.lit(value=False)


def refuse_long(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, list[MalformedRow]]:
    """Return a frame without the rows that hold a text longer than a cell can be, and these rows."""
    lengths = [pl.col(name).str.len_bytes().max() for name in columns]
    if max((most for most in frame.select(lengths).row(0) if most), default=0) <= MAX_CELL_CHARACTERS:
        return frame, []
    is_long = frame.select(pl.any_horizontal(pl.col(columns).str.len_chars() > MAX_CELL_CHARACTERS)).to_series()
    is_long = is_long.fill_null(value=False)
    # only what is shown of them is looked at: together they may be far more than fits into memory
    cut = frame.filter(is_long).with_columns(pl.col(columns).str.slice(0, MAX_SHOWN_CHARACTERS + 1))
    return frame.filter(~is_long), [fault_of(row, cells) for row, *cells in cut.iter_rows()]


def fault_of(row: int, cells: Iterable[str | None]) -> MalformedRow:
    """Return a row whose cells are there but cannot be believed."""
    return shown_fault(row, " | ".join((cell or "").removeprefix(INEXACT_MARK) for cell in cells))


def shown_fault(row: int, text: str) -> MalformedRow:
    """Return a row that cannot be taken apart, with as much of its text as is shown."""
    return MalformedRow(row, text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…")


def note_lines(sheet: Sheet, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Note on the sheet which cells of a frame have several lines: a line of its own may be hidden in one."""
    for column, name in enumerate(columns):
        sheet.note_filled(column, "several_lines", frame.select(ROW, name).filter(pl.col(name).str.contains("[\r\n]")))


def filled_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a frame in which at least one cell is filled."""
    if any(not column.null_count() for column in frame.iter_columns() if column.name != ROW):
        return frame
    return frame.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))


def frame_from_rows(
    rows: Sequence[int], columns: Iterable[Sequence[str | None]], numbers: Iterable[int] | None = None
) -> pl.DataFrame:
    """Return a block of a sheet from its row numbers and the cells of each column; ``numbers`` name the columns."""
    numbered = zip(count() if numbers is None else numbers, columns, strict=False)
    cells = {str(number): pl.Series(column, dtype=pl.String) for number, column in numbered}
    return pl.DataFrame({ROW: pl.Series(rows, dtype=pl.UInt32), **cells})
