"""Balances of audited parties: what each acquired and passed on, against what it declared in stock and sold (SPEC 5).

A balance is made at the latest declaration of a party; :class:`graphtrace.results.audit.Balance` adds up its terms
(``unaccounted``). The counts of named cards come from :class:`graphtrace.analysis.audit.metrics.AuditMetrics`
(``at_date``, ``while_held``). Here are the records on the other side of a balance by sheet (its books), and the
quantity-only records that bound it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.metrics import AuditMetrics
from graphtrace.custody import sort_origins
from graphtrace.engine.audit_session import RECORD_SHIFT
from graphtrace.engine.flows import QuantityTotals
from graphtrace.model import KINDS, AuditRole, CustodyEvent, Party
from graphtrace.results.audit import Balance, BalanceSource
from graphtrace.results.bounds import CardBounds

_QUANTITIES = """
WITH mine AS (
    SELECT unlisted.*, sellers.is_carrier AS is_sold_by_carrier, buyers.is_carrier AS is_sold_to_carrier
    FROM unlisted JOIN who AS sellers ON sender = sellers.party JOIN who AS buyers ON receiver = buyers.party
    WHERE NOT repeated AND sender <> receiver
)
SELECT audited, is_purchase, is_return, coalesce(day <= date, false) AS is_by_date, count(*),
    sum(quantity)::BIGINT
FROM (
    SELECT receiver AS audited, quantity, day, true AS is_purchase, false AS is_return FROM mine
    WHERE {acquired} AND NOT is_sold_to_carrier
    UNION ALL
    SELECT sender, quantity, day, false, is_sold_to_carrier OR kind = {return_kind} FROM mine
) SEMI JOIN receivers USING (audited) LEFT JOIN dates USING (audited) GROUP BY ALL
"""
"""Query for the quantity-only movements of audited parties, summed by direction, before and after the declaration."""

_BOOKS = """
WITH moves AS (
    SELECT 'listed' AS precision, 1 AS cards, sender, receiver, kind, day, record, repeated FROM listed
    UNION ALL SELECT 'range', last - first + 1, sender, receiver, kind, day, record, repeated FROM ranged
    UNION ALL SELECT 'quantity', quantity, sender, receiver, kind, day, record, repeated FROM unlisted
), carriers AS (SELECT party FROM who WHERE is_carrier),
dealings AS MATERIALIZED (
    SELECT *, sender IN (FROM carriers) AS is_sold_by_carrier,
        receiver IN (FROM carriers) OR kind = {return_kind} AS is_return
    FROM moves WHERE NOT repeated AND sender <> receiver
        AND (sender IN (SELECT audited FROM dates) OR receiver IN (SELECT audited FROM dates))
), sides AS (
    SELECT dealings.*, audited
    FROM dealings JOIN dates ON sender = audited AND day <= date
    UNION ALL
    SELECT dealings.*, audited FROM dealings JOIN dates ON receiver = audited AND day <= date
    WHERE {received}
)
SELECT audited,
    CASE WHEN {is_first} THEN '{first_code}' WHEN is_return THEN '{return_code}' ELSE 'sale' END AS side,
    precision, min(record), max(record) % {shift}, count(*), sum(cards)::BIGINT
FROM sides GROUP BY audited, side, precision, record // {shift} ORDER BY ALL
"""
"""Query for the books: the movements of parties with a declaration until its day, by side, precision and sheet."""


class _Sides(NamedTuple):
    """SQL conditions that classify records in the books of a role, with the codes of their lines."""

    acquired: str
    received: str
    is_first: str
    first_code: str
    return_code: str


_SIDES: Mapping[AuditRole, _Sides] = {
    "enterprise": _Sides(
        "is_sold_by_carrier", "is_sold_by_carrier OR is_return", "is_sold_by_carrier", "purchase", "return"
    ),
    "dealer": _Sides("NOT is_sold_by_carrier", "NOT is_sold_by_carrier", "receiver = audited", "receipt", "sent_back"),
}

_RETURN = KINDS.index("return")


class QuantitySum(NamedTuple):
    """Sum of quantity-only movements of one direction; ``is_by_date``: until the day of the declaration."""

    is_purchase: bool
    is_return: bool
    is_by_date: bool
    records: int
    cards: int


class BalanceSheets:
    """Quantity-only movements and balances of the parties of an audit whose cards are named, by party number.

    Creates the tables ``receivers`` (audited: those parties) and ``dates`` (audited, date: of their declarations).
    """

    def __init__(self, classifier: CardClassifier, metrics: AuditMetrics) -> None:
        self._classifier = classifier
        self._metrics = metrics
        session = classifier.session
        dates = [(number, declared.when.latest) for number, declared in classifier.declarations.items()]
        session.insert_rows("dates", {"audited": "INTEGER", "date": "INTEGER"}, dates)
        session.insert_rows("receivers", {"audited": "INTEGER"}, [(number,) for number in classifier.audited_parties])
        sides = _SIDES[classifier.role]
        self._quantities = _grouped(
            (audited, QuantitySum(*row))
            for audited, *row in session.rows(_QUANTITIES.format(return_kind=_RETURN, acquired=sides.acquired))
        )
        rows = session.rows(_BOOKS.format(return_kind=_RETURN, shift=RECORD_SHIFT, **sides._asdict())) if dates else []
        books = [
            (audited, BalanceSource(side, precision, classifier.origin(first), last_row, records, cards))
            for audited, side, precision, first, last_row, records, cards in rows
        ]
        self._books = _grouped(sorted(books, key=lambda book: (book[0], *book[1][:2], book[1].source)))

    def quantity_purchased(self, audited: int) -> QuantityTotals:
        """Return the quantity-only purchases or receipts of a party."""
        return _summed(each for each in self._quantities[audited] if each.is_purchase)

    def quantity_sold(self, audited: int) -> QuantityTotals:
        """Return the quantity-only sales of a party."""
        return _summed(each for each in self._quantities[audited] if not (each.is_purchase or each.is_return))

    def balance(self, audited: int) -> Balance | None:
        """Return the balance of a party; ``None`` if it declared nothing."""
        classifier = self._classifier
        declared = classifier.declarations.get(audited)
        if declared is None:
            return None
        acquired, returned, passed_on = self._metrics.at_date[audited]
        by_date = [each for each in self._quantities[audited] if each.is_by_date]
        sold = _summed(each for each in by_date if not (each.is_purchase or each.is_return)).cards
        return Balance(
            role=classifier.role,
            when=declared.when,
            declared_stock=declared.stock,
            declared_sold=declared.sold,
            acquired=acquired,
            returned=returned,
            activated=self._metrics.while_held.get(audited, 0),
            sold=CardBounds(max(passed_on, sold), passed_on + sold),
            quantity_acquired=_summed(each for each in by_date if each.is_purchase).cards,
            quantity_returned=_summed(each for each in by_date if each.is_return).cards,
            declarations=sort_origins(map(classifier.origin, declared.records)),
            books=tuple(self._books[audited]),
        )


def balance_by_number(
    classifier: CardClassifier,
    party: Party,
    *,
    bought: Sequence[CustodyEvent],
    passed_on: Sequence[CustodyEvent],
    returned: Sequence[CustodyEvent],
) -> Balance | None:
    """Return the balance of a party of whose cards records state only numbers; ``None`` if it declared nothing."""
    number = classifier.numbers_of([party]).get(party)
    declared = None if number is None else classifier.declarations.get(number)
    if declared is None:
        return None
    purchases, sales, returns = (
        total_of_lots(lot for lot in lots if lot.when.earliest <= declared.when.latest)
        for lots in (bought, passed_on, returned)
    )
    return Balance(
        role=classifier.role,
        when=declared.when,
        declared_stock=declared.stock,
        declared_sold=declared.sold,
        acquired=0,
        returned=0,
        activated=0,
        sold=CardBounds(sales.cards, sales.cards),
        quantity_acquired=purchases.cards,
        quantity_returned=returns.cards,
        declarations=sort_origins(map(classifier.origin, declared.records)),
        books=(),
    )


def total_of_lots(lots: Iterable[CustodyEvent]) -> QuantityTotals:
    """Return the number of quantity-only movements and of their cards."""
    found = list(lots)
    return QuantityTotals(len(found), sum(lot.quantity or 0 for lot in found))


def _summed(quantities: Iterable[QuantitySum]) -> QuantityTotals:
    found = list(quantities)
    return QuantityTotals(sum(each.records for each in found), sum(each.cards for each in found))


_Row = TypeVar("_Row")


def _grouped(rows: Iterable[tuple[int, _Row]]) -> dict[int, list[_Row]]:
    groups: dict[int, list[_Row]] = defaultdict(list)
    for number, row in rows:
        groups[number].append(row)
    return groups
