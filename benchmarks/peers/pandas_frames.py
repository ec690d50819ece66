"""pandas: frames in Parquet, sorted; a card is found by binary search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peers import Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records
from benchmarks.peers.range_split import count_buckets, cut


class PandasFrames:
    """Ranges, single sales and activations as frames in memory."""

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        for name in ("ranges", "singles", "uses"):
            getattr(records, name).to_pandas().to_parquet(place / f"{name}.parquet", index=False)
        pd.DataFrame({"name": records.names.to_list()}).to_parquet(place / "names.parquet", index=False)
        Cards(records.heads).write(place)

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        self.names = pd.read_parquet(place / "names.parquet")["name"].to_list()
        self.pieces = cut(pd.read_parquet(place / "ranges.parquet").itertuples(index=False, name=None))
        self.singles = pd.read_parquet(place / "singles.parquet")
        self.uses = pd.read_parquet(place / "uses.parquet")
        self._card, self._sender, self._receiver, self._day = (self.singles[name].to_numpy() for name in self.singles)

    def _answer(self, card: int, first: int, last: int) -> Answer:
        moves = list(self.pieces.of(card))
        moves += [
            (int(self._day[row]), int(self._sender[row]), int(self._receiver[row]), False) for row in range(first, last)
        ]
        moves.sort()
        registrant = next((move[2] for move in reversed(moves) if move[3]), None)
        hops = [(self.names[sender], self.names[receiver], day) for day, sender, receiver, _ in moves]
        return None if registrant is None else self.names[registrant], hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        number = self.cards.packed(card)
        return self._answer(number, bisect_left(self._card, number), bisect_right(self._card, number))

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        numbers = np.array(self.cards.all_packed(list(cards)))
        first, last = (np.searchsorted(self._card, numbers, side=side).tolist() for side in ("left", "right"))
        return [self._answer(*one) for one in zip(numbers.tolist(), first, last, strict=True)]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        numbers = np.array(self.cards.all_packed(list(cards)))
        places = self.pieces.places_of(numbers)
        holder = self.pieces.holders[places]
        row = np.searchsorted(self._card, numbers, side="right") - 1
        is_listed = (row >= 0) & (self._card[row] == numbers)
        holder = np.where(is_listed, self._receiver[row], holder)
        names = np.array(self.names, dtype=object)
        return pd.DataFrame({"registrant": names[self.pieces.buyers[places]], "holder": names[holder]})

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table.itertuples(index=False, name=None))

    def _count(self, enterprise: int | None) -> dict[str, Buckets]:
        last = self.singles.drop_duplicates("card", keep="last")
        used = self.uses.drop_duplicates("card", keep="last")
        users = used["user"].fillna(-1).to_numpy().astype(np.int64)
        return count_buckets(
            self.pieces,
            self.names,
            (last["card"].to_numpy(), last["receiver"].to_numpy()),
            (used["card"].to_numpy(), users),
            enterprise,
        )

    def audit(self, enterprise: str) -> Buckets:
        return self._count(self.names.index(enterprise))[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        return self._count(None)


make = PandasFrames
