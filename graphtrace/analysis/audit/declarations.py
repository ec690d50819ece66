"""What the latest declaration of a party states, and why a balance may not rest on it.

Figures that are a part of what the party has, or stand beside others that were not read, or are of another carrier's
cards, would make its honest books look wrong: what speaks against adding them up is said instead of the sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from graphtrace.engine.audit_queries import Declared
from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.ranges import merge_intervals
from graphtrace.model import DateSpan
from graphtrace.results.audit import BalanceDoubt


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDeclaration:
    """Number of cards that a party declared in stock and sold on the day of its latest declaration.

    ``None`` where it did not say; ``records`` are the rows that say so, ``doubts`` why they are not all that there is.
    """

    when: DateSpan
    stock: int | None
    sold: int | None
    records: tuple[int, ...]
    doubts: tuple[BalanceDoubt, ...]


def latest_declaration(
    rows: Sequence[Declared], carriers_of_cards: Callable[[], Collection[str | None]]
) -> StockDeclaration:
    """Return what the declarations of a party state for the last day on which it declared.

    Several statements of one day are about different cards and are added up; a card that two of them list counts once.
    """
    day, span = max((row.day, row.span) for row in rows)
    latest = [row for row in rows if (row.day, row.span) == (day, span)]
    counted = [row.stock if row.stock is not None else row.quantity for row in latest if row.first is None]
    counted += [row.stock for row in latest if row.first is not None and row.stock is not None]
    listed = merge_intervals(
        (row.first, row.last) for row in latest if row.first is not None and row.last is not None and row.stock is None
    )
    stocks = [count for count in counted if count is not None] + [last - first + 1 for first, last in listed]
    solds = [row.sold for row in latest if row.sold is not None]
    named = {row.carrier and match_operator_name(normalize_party_name(row.carrier)) for row in latest}
    is_other = any(row.carrier for row in latest) and named != set(carriers_of_cards())
    return StockDeclaration(
        when=DateSpan(day, day + span),
        stock=sum(stocks) if stocks else None,
        sold=sum(solds) if solds else None,
        records=tuple(row.record for row in latest),
        doubts=(
            *([BalanceDoubt("other_carrier")] if is_other else ()),
            *(BalanceDoubt("part_of_stock", heading) for heading in _parts(rows, latest)),
            *(BalanceDoubt("counts_not_read", heading, cards) for heading, cards in _counts(latest)),
        ),
    )


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
    from graphtrace.ingest.acts import patterns_of

    return patterns_of("stock", "part", "count", "other")
