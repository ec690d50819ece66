"""Ladybug, an embedded property graph: lots and single cards as nodes, every change of hands an edge to the buyer.

Its planner has no index for "which lots cover a card": lots are fetched once and cut by the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ladybug
import numpy as np
import polars as pl

from benchmarks.peers import Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records
from benchmarks.peers.range_split import Pieces, count_buckets, cut

_TABLES = """
CREATE NODE TABLE Party(id INT64 PRIMARY KEY, name STRING);
CREATE NODE TABLE Lot(id INT64 PRIMARY KEY, first INT64, last INT64);
CREATE NODE TABLE Card(id INT64 PRIMARY KEY);
CREATE REL TABLE Moved(FROM Lot TO Party, sender INT64, day INT64, is_purchase BOOLEAN);
CREATE REL TABLE Sold(FROM Card TO Party, sender INT64, day INT64);
CREATE REL TABLE Used(FROM Card TO Party, moment INT64);
"""
NOBODY = -1


class LadybugGraph:
    """A database file, asked in Cypher."""

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        Cards(records.heads).write(place)
        con = ladybug.Connection(ladybug.Database(str(place / "case.lbug")))
        for statement in _TABLES.strip().splitlines():
            con.execute(statement)
        lots = records.ranges.select("first", "last").unique(maintain_order=True).with_row_index("lot")
        moved = records.ranges.join(lots, on=["first", "last"])
        parties = pl.DataFrame({"id": range(len(records.names)), "name": records.names})
        nobody = pl.DataFrame({"id": [NOBODY], "name": [""]})
        cards = pl.concat([records.singles["card"], records.uses["card"]]).unique().sort()
        tables = {
            "Party": pl.concat([parties, nobody]),
            "Lot": lots.select(pl.col("lot").cast(pl.Int64), "first", "last"),
            "Card": pl.DataFrame({"id": cards}),
            "Moved": moved.select(pl.col("lot").cast(pl.Int64), "receiver", "sender", "day", "is_purchase"),
            "Sold": records.singles.select("card", "receiver", "sender", "day"),
            "Used": records.uses.select("card", pl.col("user").fill_null(NOBODY), "moment"),
        }
        for name, frame in tables.items():
            path = place / f"{name}.parquet"
            frame.write_parquet(path)
            con.execute(f"COPY {name} FROM '{path}'")
            path.unlink()
        con.close()

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        self.con = ladybug.Connection(ladybug.Database(str(place / "case.lbug"), read_only=True))
        self.names = dict(self._rows("MATCH (p:Party) RETURN p.id, p.name"))

    def _rows(self, cypher: str, **parameters: Any) -> list[Any]:
        return list(self.con.execute(cypher, parameters).get_all())

    def _answer(self, moves: Sequence[tuple[Any, ...]]) -> Answer:
        names = self.names
        registrant = next((names[move[2]] for move in reversed(moves) if move[3]), None)
        hops = [(names[sender], names[receiver], day) for day, sender, receiver, _ in moves]
        return registrant, hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        number = self.cards.packed(card)
        moves = self._rows(
            "MATCH (l:Lot)-[m:Moved]->(p:Party) WHERE l.first <= $card AND l.last >= $card "
            "RETURN m.day, m.sender, p.id, m.is_purchase",
            card=number,
        )
        moves += self._rows(
            "MATCH (c:Card {id: $card})-[s:Sold]->(p:Party) RETURN s.day, s.sender, p.id, false", card=number
        )
        return self._answer(sorted(map(tuple, moves)))

    def _pieces(self) -> Pieces:
        return cut(
            self._rows(
                "MATCH (l:Lot)-[m:Moved]->(p:Party) RETURN l.first, l.last, m.sender, p.id, m.day, m.is_purchase"
            )
        )

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        numbers = self.cards.all_packed(list(cards))
        sold = defaultdict(list)
        for card, *move in self._rows(
            "UNWIND $cards AS card MATCH (c:Card {id: card})-[s:Sold]->(p:Party) "
            "RETURN card, s.day, s.sender, p.id, false",
            cards=list(set(numbers)),
        ):
            sold[card].append(tuple(move))
        pieces = self._pieces()
        return [self._answer([*pieces.of(card), *sorted(sold.get(card, ()))]) for card in numbers]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        return [answer[:2] for answer in self.trace_many(cards)]

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table)

    def _count(self, enterprise: int | None) -> dict[str, Buckets]:
        sold = self.con.execute("MATCH (c:Card)-[s:Sold]->(p:Party) RETURN c.id AS card, s.day AS day, p.id AS buyer")
        last = sold.get_as_pl().sort("card", "day").unique("card", keep="last", maintain_order=True)
        uses = self.con.execute(
            "MATCH (c:Card)-[u:Used]->(p:Party) RETURN c.id AS card, u.moment AS moment, p.id AS who"
        )
        latest = uses.get_as_pl().sort("card", "moment").unique("card", keep="last", maintain_order=True)
        return count_buckets(
            self._pieces(),
            [self.names[number] for number in range(len(self.names) - 1)],
            (last["card"].to_numpy(), last["buyer"].to_numpy().astype(np.int64)),
            (latest["card"].to_numpy(), latest["who"].to_numpy().astype(np.int64)),
            enterprise,
        )

    def audit(self, enterprise: str) -> Buckets:
        ((number,),) = self._rows("MATCH (p:Party) WHERE p.name = $name RETURN p.id", name=enterprise)
        return self._count(number)[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        return self._count(None)


make = LadybugGraph
