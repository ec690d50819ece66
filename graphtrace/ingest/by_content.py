"""Columns of cards by what stands in them, where no heading that is known names any.

It is looked at once no row of headings is understood: the sheet is then asked about, and not only listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import is_iot_number
from graphtrace.ingest.card_cells import CARD_NAMED, is_number
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.preamble import is_preamble
from graphtrace.ingest.value_profiles import are_dates, are_ranges
from graphtrace.patterns import late

_FEWEST_CELLS: Final = 2


_DAY: Final = late("(?:0?[1-9]|1[0-2])[./月-](?:0?[1-9]|[12][0-9]|3[01])[日号]?")


class Layout(NamedTuple):
    """The row of headings, 0 where there is none, and the columns of the fields that name cards."""

    header: int
    places: Mapping[str, int]


def layout_by_content(top: Sequence[tuple[int, Sequence[str | None]]]) -> Layout | None:
    """Return where the cards of a sheet stand; ``None`` where no column, or more than one, has them in most rows."""
    rows = [(row, cells) for row, cells in top if row]
    first = next((at for at, (_, cells) in enumerate(rows) if any(cell and _names_card(cell) for cell in cells)), None)
    if first is None or len([*filter(None, rows[first][1])]) < _FEWEST_CELLS:
        return None
    below = [cells for _, cells in rows[first:]]
    counted = {
        at: sum(1 for cells in below if (cell := _at(cells, at)) and _names_card(cell))
        for at in range(max(map(len, below)))
    }
    found = [at for at, count in counted.items() if 2 * count >= len(below)]
    header = next((row for row, cells in reversed(rows[:first]) if _may_be_headings(cells)), 0)
    if len(found) == _FEWEST_CELLS and are_ranges(pairs_of(below, *found)):
        return Layout(header, {"iccid_first": found[0], "iccid_last": found[1]})
    cards = [at for at in found if any(CARD_NAMED.search(_at(cells, at) or "") for cells in below)]
    numbers = [at for at in found if at not in cards]
    is_pair_of_values = (
        max(len({*filter(None, cells)}) for cells in below) == _FEWEST_CELLS and len(below) < _FEWEST_CELLS
    )
    if len(cards) > 1 or len(numbers) > 1 or not found or is_pair_of_values:
        return None
    days = [at for at in counted if at not in found and are_dates([cell for row in below if (cell := _at(row, at))])]
    dates = {"date": days[0]} if not header and len(days) == 1 else {}
    named = {field: at[0] for field, at in (("iccid", cards), ("msisdn", numbers)) if at}
    return Layout(header, {**named, **dates})


def _at(cells: Sequence[str | None], column: int) -> str | None:
    return cells[column] if column < len(cells) else None


def pairs_of(rows: Sequence[Sequence[str | None]], one: int, other: int) -> list[tuple[str, str]]:
    """Return the cells of two columns where both are filled."""
    width = max(one, other) + 1
    return [(first, last) for cells in rows if len(cells) >= width if (first := cells[one]) and (last := cells[other])]


def _names_card(cell: str) -> bool:
    return CARD_NAMED.search(cell) is not None or is_iot_number(cell)


def _may_be_headings(cells: Sequence[str | None]) -> bool:
    """Whether a row may be one of headings: several texts, none a number or a day, and no line of a form.

    A day without its year is one, too: the first line of a notebook is no heading of the others.
    """
    filled = {*filter(None, cells)}
    is_data = any(
        is_number(cell) or cell.isdigit() or _DAY.fullmatch(cell) or not isinstance(parse_date(cell), str)
        for cell in filled
    )
    return len(filled) >= _FEWEST_CELLS and not is_data and not is_preamble(cells)
