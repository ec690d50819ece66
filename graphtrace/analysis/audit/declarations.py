"""What the latest declaration of a party states, and why a balance may not rest on it.

Figures that are a part of what the party has, or stand beside others that were not read, or are of another carrier's
cards, would make its honest books look wrong: what speaks against adding them up is said instead of the sum.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby

from graphtrace.engine.audit_queries import RECORD_SHIFT, Declared
from graphtrace.frozen import frozen
from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.ranges import merge_intervals
from graphtrace.model import DateSpan
from graphtrace.results.audit import BalanceDoubt


@frozen()
class StockDeclaration:
    """Number of cards that a party declared in stock and sold on the day of its latest declaration.

    ``None`` where it did not say; ``sold_before`` that day, where the sales that it declared fall from one day to a
    later one, so that they may be those of periods; ``records`` are the rows that say so, ``doubts`` why they are not
    all that there is.
    """

    when: DateSpan
    stock: int | None
    sold: int | None
    sold_before: int
    records: tuple[int, ...]
    doubts: tuple[BalanceDoubt, ...]


def latest_declaration(
    rows: Sequence[Declared], carriers_of_cards: Callable[[], Collection[str | None]]
) -> StockDeclaration:
    """Return what the declarations of a party state for the last day on which it declared.

    Several rows of one sheet are about different cards and are added up; a card that two of them list counts once.
    Sheets are added up where their rows are of different parts or carriers, and otherwise state the same or differ.
    """
    day, span = max((row.day, row.span) for row in rows)
    latest = [row for row in rows if (row.day, row.span) == (day, span)]
    sheets = [list(sheet) for _, sheet in groupby(latest, _sheet_of)]
    add = _sum if len(sheets) == 1 or _are_apart(sheets) else _one_of
    (stock, is_stock_one), (sold, is_sold_one) = add(map(_stock_of, sheets)), add(map(_sold_of, sheets))
    days = [_most_sold(each) for _, each in groupby(sorted(rows, key=_time_of), _time_of)]
    solds = [count for count in days if count is not None]
    named = {row.carrier and match_operator_name(normalize_party_name(row.carrier)) for row in latest}
    is_other = any(row.carrier for row in latest) and named != set(carriers_of_cards())
    return StockDeclaration(
        when=DateSpan(day, day + span),
        stock=stock,
        sold=sold,
        sold_before=sum(solds[:-1]) if sold is not None and solds != sorted(solds) else 0,
        records=tuple(row.record for row in latest),
        doubts=(
            *([BalanceDoubt("other_carrier")] if is_other else ()),
            *([] if is_stock_one and is_sold_one else [BalanceDoubt("declared_differently")]),
            *(BalanceDoubt("part_of_stock", heading) for heading in _parts(rows, latest)),
            *(BalanceDoubt("counts_not_read", heading, cards) for heading, cards in _counts(latest)),
        ),
    )


def _stock_of(rows: Sequence[Declared]) -> int | None:
    counted = [row.stock if row.stock is not None else row.quantity for row in rows if row.first is None]
    counted += [row.stock for row in rows if row.first is not None and row.stock is not None]
    listed = merge_intervals(
        (row.first, row.last) for row in rows if row.first is not None and row.last is not None and row.stock is None
    )
    counts = [count for count in counted if count is not None] + [last - first + 1 for first, last in listed]
    return sum(counts) if counts else None


def _sold_of(rows: Iterable[Declared]) -> int | None:
    counts = [row.sold for row in rows if row.sold is not None]
    return sum(counts) if counts else None


def _most_sold(rows: Iterable[Declared]) -> int | None:
    """Return the greatest count of sales that a sheet states."""
    counts = (_sold_of(sheet) for _, sheet in groupby(sorted(rows, key=_sheet_of), _sheet_of))
    return max((count for count in counts if count is not None), default=None)


def _sheet_of(row: Declared) -> int:
    return row.record // RECORD_SHIFT


def _time_of(row: Declared) -> tuple[int, int]:
    return row.day, row.span


def _place_of(row: Declared) -> tuple[str | None, frozenset[tuple[str, str]]]:
    """Return what a row is of: its carrier, and its cells below the headings of parts."""
    return row.carrier, frozenset(each for each in row.beside if _is("part", each[0]))


def _are_apart(sheets: Iterable[Iterable[Declared]]) -> bool:
    """Whether no two sheets have a row of the same part and carrier."""
    places = Counter(chain.from_iterable({_place_of(row) for row in sheet} for sheet in sheets))
    return max(places.values()) == 1


def _sum(counts: Iterable[int | None]) -> tuple[int | None, bool]:
    known = [count for count in counts if count is not None]
    return (sum(known) if known else None), True


def _one_of(counts: Iterable[int | None]) -> tuple[int | None, bool]:
    """Return the count that all state, and whether there is no other."""
    known = {count for count in counts if count is not None}
    return min(known, default=None), len(known) <= 1


def _parts(rows: Iterable[Declared], latest: Iterable[Declared]) -> Iterator[str]:
    """Yield the headings by which earlier rows are of other parts of the stock than the latest ones."""
    known, now = _cells(rows), _cells(latest)
    return (heading for heading in sorted(known) if _is("part", heading) and known[heading] > now.get(heading, set()))


def _cells(rows: Iterable[Declared]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for heading, cell in chain.from_iterable(row.beside for row in rows):
        found.setdefault(heading, set()).add(cell)
    return found


def _counts(latest: Iterable[Declared]) -> Iterator[tuple[str, int]]:
    """Yield headings below which a declaration counts cards that were not read, with their sum."""
    from graphtrace.ingest.dates_and_quantities import parse_quantity

    found: dict[str, int] = {}
    for heading, cell in chain.from_iterable(row.beside for row in latest):
        count = parse_quantity(cell) if _is("count", heading) and not _is("other", heading) else None
        if isinstance(count, int) and count:
            found[heading] = found.get(heading, 0) + count
    return iter(sorted(found.items()))


def _is(meaning: str, heading: str) -> bool:
    # only where a declaration has columns that were not read: an audit reads no words of files otherwise
    from graphtrace.ingest.acts import own_words

    return _stock()[meaning].fullmatch(own_words(heading)) is not None


@cache
def _stock() -> Mapping[str, re.Pattern[str]]:
    from graphtrace.ingest.words import patterns_of

    return patterns_of("stock", "part", "count", "other")
