"""Changes of hands of a card that rows state and that were not recorded, in the embedded case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers import pack_number
from graphtrace.model import KINDS, DateSpan, Origin
from graphtrace.storage.stored_records import UnreadMovement

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graphtrace.storage.duckdb.session import CaseSession

_ANY = "SELECT 1 FROM unread_cards WHERE first IS NOT NULL OR number IS NOT NULL LIMIT 1"
_CARDS = "SELECT DISTINCT first, last FROM unread_cards WHERE first IS NOT NULL ORDER BY first, last"
_NUMBERS = "SELECT DISTINCT number FROM unread_cards WHERE number IS NOT NULL ORDER BY number"
_ROWS = "SELECT kind, reason, field, text, day, span, sheet, row FROM unread_cards WHERE"

_ONE_BY_ONE: Final = 20
"""Number of cards and numbers up to which a store is asked about each by itself."""


class UnreadCards:
    """Cards and numbers that unread rows name.

    Cost: the first look-ups of few cards are a question each; then arrays are read, sixteen bytes for each card and
    range, and a look-up is a binary search, and one look at every range that is not of one card.
    """

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        self._asked = 0

    @cached_property
    def is_empty(self) -> bool:
        """Whether no unread row names a card or a number."""
        return not self._session.query(_ANY)

    def find(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        """Return the unread changes of hands by card and by MSISDN or IMSI, in order of their rows."""
        cards = self._session.card_ids(keys)
        subscribers = {pack_number(number): number for number in numbers}
        self._asked += len(cards) + len(subscribers)
        if self._asked > _ONE_BY_ONE:
            cards = {card: key for card, key in cards.items() if self._named.has_card(card)}
            subscribers = {packed: number for packed, number in subscribers.items() if self._named.has_number(packed)}
        found = {key: self._rows(f"first <= {card} AND last >= {card}") for card, key in cards.items()}
        found |= {number: self._rows(f"number = {packed}") for packed, number in subscribers.items()}
        return {named: rows for named, rows in found.items() if rows}

    @cached_property
    def _named(self) -> _NamedCards:
        return _NamedCards(self._session)

    def _rows(self, condition: str) -> list[UnreadMovement]:
        sources = self._session.sheet_sources
        return sorted(
            (
                UnreadMovement(
                    None if kind is None else KINDS[kind],
                    reason,
                    field,
                    text,
                    None if day is None else DateSpan(day, day + span),
                    Origin(*sources[sheet], row, None),
                )
                for kind, reason, field, text, day, span, sheet, row in self._session.query(f"{_ROWS} {condition}")
            ),
            key=lambda each: (each.origin.file, each.origin.sort_key, each.kind or ""),
        )


class _NamedCards:
    """Sorted arrays of the cards, ranges and numbers that unread rows name."""

    def __init__(self, session: CaseSession) -> None:
        first, last = session.query_arrays(_CARDS)
        is_one = first == last
        self._listed = first[is_one]
        self._first, self._last = first[~is_one], last[~is_one]
        (self._numbers,) = session.query_arrays(_NUMBERS)

    def has_card(self, card: int) -> bool:
        return _holds(self._listed, card) or bool(((self._first <= card) & (self._last >= card)).any())

    def has_number(self, number: int) -> bool:
        return _holds(self._numbers, number)


def _holds(values: npt.NDArray[np.int64], wanted: int) -> bool:
    place = int(values.searchsorted(wanted))
    return place < len(values) and int(values[place]) == wanted
