"""Changes of hands of a card that rows state and that were not recorded, in the embedded case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.identifiers import pack_number
from graphtrace.model import KINDS, DateSpan, Origin
from graphtrace.storage.records import UnreadMovement

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graphtrace.storage.duckdb.session import CaseSession

_CARDS = "SELECT DISTINCT first, last FROM unread_cards WHERE first IS NOT NULL ORDER BY first, last"
_NUMBERS = "SELECT DISTINCT number FROM unread_cards WHERE number IS NOT NULL ORDER BY number"
_ROWS = "SELECT kind, reason, field, text, day, span, sheet, row FROM unread_cards WHERE"


class UnreadCards:
    """Which cards and numbers unread rows name: arrays that are read once, so that other cards cost next to nothing.

    Cost: sixteen bytes for each card and range; a question is a binary search, and one look at every range that is not
    of one card.
    """

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        first, last = session.query_arrays(_CARDS)
        is_one = first == last
        self._listed = first[is_one]
        self._first, self._last = first[~is_one], last[~is_one]
        (self._numbers,) = session.query_arrays(_NUMBERS)

    @property
    def is_empty(self) -> bool:
        """Whether no unread row names a card or a number."""
        return not (len(self._listed) or len(self._first) or len(self._numbers))

    def find(self, keys: Iterable[str], numbers: Iterable[str]) -> Mapping[str, Sequence[UnreadMovement]]:
        """Return the unread changes of hands by card and by MSISDN or IMSI, in order of their rows."""
        found: dict[str, list[UnreadMovement]] = defaultdict(list)
        for card, key in self._session.card_ids(keys).items():
            if _holds(self._listed, card) or ((self._first <= card) & (self._last >= card)).any():
                found[key] += self._rows(f"first <= {card} AND last >= {card}")
        for number in dict.fromkeys(numbers):
            if _holds(self._numbers, packed := pack_number(number)):
                found[number] += self._rows(f"number = {packed}")
        return found

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


def _holds(values: npt.NDArray[np.int64], wanted: int) -> bool:
    place = int(values.searchsorted(wanted))
    return place < len(values) and int(values[place]) == wanted
