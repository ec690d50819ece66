"""Parties that share in the cards of an audited one, as columns and as a table of who they are.

They stand apart from the results that hold them: numpy takes long to import, and a trace needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from graphtrace.arrays import IntArray, int_array
from graphtrace.arrow import as_arrow, as_numpy, texts_as_arrow
from graphtrace.model import Party
from graphtrace.results.lone_names import LoneNames

if TYPE_CHECKING:
    import pyarrow as pa


class PartyColumns(NamedTuple):
    """Parties that share in the cards of one audited party (as last holders, buyers, suppliers) as columns, in no
    order.
    """

    party: IntArray
    cards: IntArray
    activated: IntArray
    seized: IntArray
    by_name: IntArray


NO_PARTIES: Final = PartyColumns(*[int_array([])] * len(PartyColumns._fields))
"""Columns of no parties."""


_FEW_PARTIES: Final = 10_000
"""Number of parties up to which all are made where some are asked for."""


class PartyTable:
    """Some parties by their numbers, made when they are looked at: there may be millions.

    The table has the columns ``party`` (the number), ``id``, ``name``, ``is_carrier``, ``bearers``, sorted by ``id``;
    ``lone`` has the names by which some records know some of them alone.
    """

    def __init__(self, table: pa.Table, lone: LoneNames) -> None:
        self.table = table
        self.lone = lone
        self._numbers: IntArray = as_numpy(table.column("party"))
        self._known: dict[int, Party] = {}

    @cached_property
    def _ranks(self) -> IntArray:
        """The places of the parties in the order of their ids, by their numbers."""
        ranks = np.zeros(int(self._numbers.max(initial=0)) + 1, dtype=np.int32)
        ranks[self._numbers] = np.arange(len(self._numbers))
        return ranks

    def in_order(self, counts: PartyColumns) -> PartyColumns:
        """Return the same parties, the largest first, then by id."""
        order = np.lexsort((self._ranks[counts.party], -counts.cards))
        return PartyColumns(*(values[order] for values in counts))

    def __getitem__(self, number: int) -> Party:
        if number not in self._known:
            place = int(self._ranks[number])
            ((_, *who),) = zip(*self.table.slice(place, 1).to_pydict().values(), strict=True)
            self._known[number] = Party(*who)
        return self._known[number]

    def some(self, numbers: IntArray) -> Sequence[Party]:
        """Return some of them; a few of many are taken out of the table, else all are made and kept."""
        if len(self._numbers) <= _FEW_PARTIES:
            return [self._all[number] for number in numbers.tolist()]
        rows = self.table.take(as_arrow(self._ranks[numbers])).to_pydict()
        return [Party(*who) for _, *who in zip(*rows.values(), strict=True)]

    @cached_property
    def _all(self) -> Mapping[int, Party]:
        rows = zip(*self.table.to_pydict().values(), strict=True)
        return {number: Party(*who) for number, *who in rows}

    def in_columns(self, numbers: IntArray) -> tuple[pa.Array, pa.Array]:
        """Return the ids and the names of some of them."""
        places = as_arrow(self._ranks[numbers])
        ids, names = self._texts
        return ids.take(places), names.take(places)

    @cached_property
    def _texts(self) -> tuple[pa.Array, pa.Array]:
        return self.table.column("id").combine_chunks(), self.table.column("name").combine_chunks()

    def by_name(self, number: int) -> Party:
        """Return a party as records name it that know it by a name alone."""
        return self.lone.shown(self[number])

    def changed(self, change: Callable[[Party], Party]) -> PartyTable:
        """Return the same parties, each changed when it is looked at."""
        return _ChangedParties(self, change)


class _ChangedParties(PartyTable):
    """The parties of another table, changed; they keep the order that these have."""

    def __init__(self, parties: PartyTable, change: Callable[[Party], Party]) -> None:
        super().__init__(parties.table, parties.lone)
        self._before, self._change = parties, change

    def __getitem__(self, number: int) -> Party:
        return self._change(self._before[number])

    def some(self, numbers: IntArray) -> Sequence[Party]:
        return [self._change(party) for party in self._before.some(numbers)]

    def in_columns(self, numbers: IntArray) -> tuple[pa.Array, pa.Array]:
        parties = self.some(numbers)
        return texts_as_arrow([party.id for party in parties]), texts_as_arrow([party.name for party in parties])

    def by_name(self, number: int) -> Party:
        return self._change(self._before.by_name(number))
