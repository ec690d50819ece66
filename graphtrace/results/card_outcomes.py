"""Outcomes of many cards, kept as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from graphtrace.arrays import NONE, IntArray
from graphtrace.model import Outcome, Party
from graphtrace.results.tables import require_pandas

if TYPE_CHECKING:
    import pandas as pd


OUTCOMES = tuple(Outcome)


class CardOutcome(NamedTuple):
    """Summary of the outcome of one card; ``key`` is ``None`` if the input means no card of the case."""

    input: str
    key: str | None
    outcome: Outcome
    registrant: Party | None
    holder: Party | None


class Outcomes(Sequence[CardOutcome]):
    """The outcomes of the cards that were asked for, in the order of :meth:`graphtrace.Case.trace`; kept as columns."""

    def __init__(
        self,
        inputs: Sequence[str],
        keys: Sequence[str | None],
        columns: tuple[IntArray, IntArray, IntArray],
        parties: Sequence[Party],
    ) -> None:
        self._inputs = inputs
        self._keys = keys
        self._outcome, self._registrant, self._holder = columns
        self._parties = parties

    @overload
    def __getitem__(self, index: int) -> CardOutcome: ...
    @overload
    def __getitem__(self, index: slice) -> Outcomes: ...
    def __getitem__(self, index: int | slice) -> CardOutcome | Outcomes:
        if isinstance(index, slice):
            columns = (self._outcome[index], self._registrant[index], self._holder[index])
            return Outcomes(self._inputs[index], self._keys[index], columns, self._parties)
        registrant, holder = (int(numbers[index]) for numbers in (self._registrant, self._holder))
        return CardOutcome(
            self._inputs[index],
            self._keys[index],
            OUTCOMES[int(self._outcome[index])],
            None if registrant == NONE else self._parties[registrant],
            None if holder == NONE else self._parties[holder],
        )

    def __len__(self) -> int:
        return len(self._inputs)

    def __iter__(self) -> Iterator[CardOutcome]:
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        counts = np.bincount(self._outcome, minlength=len(OUTCOMES))
        summary = ", ".join(f"{count} {outcome}" for outcome, count in zip(OUTCOMES, counts, strict=True) if count)
        return f"<Outcomes {len(self)}: {summary}>"

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a card, all text: input, key, outcome, registrant_id, registrant, holder_id, holder.

        Outcomes and parties are categories, as there are few of them.
        """
        require_pandas()
        import pandas as pd

        ids, names = [party.id for party in self._parties], [party.name for party in self._parties]
        shared, of_party = np.unique(np.array(names, dtype=object), return_inverse=True)

        def named(numbers: IntArray) -> pd.Categorical:
            codes = np.where(numbers == NONE, NONE, of_party[numbers]) if len(of_party) else numbers
            return pd.Categorical.from_codes(codes, categories=pd.Index(shared, dtype=object))

        def known(numbers: IntArray) -> pd.Categorical:
            return pd.Categorical.from_codes(numbers, categories=pd.Index(ids, dtype=object))

        return pd.DataFrame(
            {
                "input": self._inputs,
                "key": self._keys,
                "outcome": pd.Categorical.from_codes(
                    self._outcome, categories=pd.Index([str(each) for each in OUTCOMES])
                ),
                "registrant_id": known(self._registrant),
                "registrant": named(self._registrant),
                "holder_id": known(self._holder),
                "holder": named(self._holder),
            }
        )
