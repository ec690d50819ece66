"""Neo4j Community through its driver: lots and single cards as nodes, every change of hands an edge to the buyer.

Lots have a size class, so that a composite index finds those that cover a card; many cards and audits are added up by
the caller, because the server has no way to cut ranges. The server is that of the tests (Java 17 and Maven).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import neo4j
import numpy as np

from benchmarks.peers import Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records
from benchmarks.peers.range_split import Pieces, count_buckets, cut

_CHUNK = 10_000
_SCHEMA = (
    "CREATE CONSTRAINT IF NOT EXISTS FOR (p:Party) REQUIRE p.id IS UNIQUE",
    "CREATE CONSTRAINT IF NOT EXISTS FOR (l:Lot) REQUIRE l.id IS UNIQUE",
    "CREATE CONSTRAINT IF NOT EXISTS FOR (c:Card) REQUIRE c.key IS UNIQUE",
    "CREATE INDEX IF NOT EXISTS FOR (l:Lot) ON (l.class, l.first)",
)
_TRACE = """
UNWIND $classes AS class
MATCH (l:Lot)-[m:MOVED]->(p:Party)
WHERE l.class = class[0] AND l.first > $card - class[1] AND l.first <= $card AND l.last >= $card
RETURN m.day AS day, m.sender AS sender, p.id AS buyer, m.is_purchase AS is_purchase
UNION ALL
MATCH (:Card {key: $card})-[s:SOLD]->(p:Party)
RETURN s.day AS day, s.sender AS sender, p.id AS buyer, false AS is_purchase
"""


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in chunks of one transaction; itertools.batched is of Python 3.12."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK)):
        yield chunk


class Neo4jGraph:
    """A database of a server, asked in Cypher."""

    def __init__(self) -> None:
        password = os.environ.get("GRAPHTRACE_BENCH_PASSWORD", "")
        self.driver = neo4j.GraphDatabase.driver(os.environ["GRAPHTRACE_BENCH_NEO4J"], auth=("neo4j", password))

    def _rows(self, cypher: str, **parameters: Any) -> list[Any]:
        records, _, _ = self.driver.execute_query(cypher, parameters, database_="neo4j", routing_="r")
        return [tuple(record.values()) for record in records]

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        Cards(records.heads).write(place)
        with self.driver.session(database="neo4j") as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
            for statement in _SCHEMA:
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes()").consume()

            def send(cypher: str, rows: Iterable[Sequence[Any]]) -> None:
                for chunk in _chunks(rows):
                    session.execute_write(lambda tx, chunk=chunk: tx.run(cypher, rows=list(map(list, chunk))).consume())

            send("UNWIND $rows AS r CREATE (:Party {id: r[0], name: r[1]})", enumerate(records.names.to_list()))
            lots = records.ranges.select("first", "last").unique(maintain_order=True).with_row_index("lot")
            send(
                "UNWIND $rows AS r CREATE (:Lot {id: r[0], first: r[1], last: r[2], class: r[3]})",
                ((lot, first, last, (last - first).bit_length()) for lot, first, last in lots.iter_rows()),
            )
            moved = records.ranges.join(lots, on=["first", "last"])
            send(
                "UNWIND $rows AS r MATCH (l:Lot {id: r[0]}) MATCH (p:Party {id: r[1]}) "
                "CREATE (l)-[:MOVED {sender: r[2], day: r[3], is_purchase: r[4]}]->(p)",
                moved.select("lot", "receiver", "sender", "day", "is_purchase").iter_rows(),
            )
            send(
                "UNWIND $rows AS r MATCH (p:Party {id: r[1]}) "
                "MERGE (c:Card {key: r[0]}) CREATE (c)-[:SOLD {sender: r[2], day: r[3]}]->(p)",
                records.singles.select("card", "receiver", "sender", "day").iter_rows(),
            )
            send(
                "UNWIND $rows AS r MERGE (c:Card {key: r[0]}) SET c.moment = r[1], c.user = r[2]",
                records.uses.iter_rows(),
            )
        self.driver.close()

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        self.names = dict(self._rows("MATCH (p:Party) RETURN p.id, p.name"))
        classes = self._rows("MATCH (l:Lot) RETURN DISTINCT l.class")
        self.classes = [[number, 1 << number] for (number,) in classes]

    def _answer(self, moves: Sequence[tuple[Any, ...]]) -> Answer:
        names = self.names
        registrant = next((names[move[2]] for move in reversed(moves) if move[3]), None)
        hops = [(names[sender], names[receiver], day) for day, sender, receiver, _ in moves]
        return registrant, hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        return self._answer(sorted(self._rows(_TRACE, card=self.cards.packed(card), classes=self.classes)))

    def _pieces(self) -> Pieces:
        return cut(
            self._rows(
                "MATCH (l:Lot)-[m:MOVED]->(p:Party) RETURN l.first, l.last, m.sender, p.id, m.day, m.is_purchase"
            )
        )

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        numbers = self.cards.all_packed(list(cards))
        sold = defaultdict(list)
        for chunk in _chunks(sorted(set(numbers))):
            for card, *move in self._rows(
                "UNWIND $cards AS key MATCH (c:Card {key: key})-[s:SOLD]->(p:Party) RETURN key, s.day, s.sender, p.id",
                cards=list(chunk),
            ):
                sold[card].append((*move, False))
        pieces = self._pieces()
        return [self._answer([*pieces.of(card), *sorted(sold.get(card, ()))]) for card in numbers]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        return [answer[:2] for answer in self.trace_many(cards)]

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table)

    def _count(self, enterprise: int | None) -> dict[str, Buckets]:
        sold = np.array(
            self._rows("MATCH (c:Card)-[s:SOLD]->(p:Party) RETURN c.key, s.day, p.id ORDER BY c.key, s.day"),
            dtype=np.int64,
        ).reshape(-1, 3)
        is_last = np.append(sold[1:, 0] != sold[:-1, 0], True)[: len(sold)]
        uses = np.array(
            self._rows("MATCH (c:Card) WHERE c.moment IS NOT NULL RETURN c.key, coalesce(c.user, -1) ORDER BY c.key"),
            dtype=np.int64,
        ).reshape(-1, 2)
        return count_buckets(
            self._pieces(),
            [self.names[number] for number in range(len(self.names))],
            (sold[is_last, 0], sold[is_last, 2]),
            (uses[:, 0], uses[:, 1]),
            enterprise,
        )

    def audit(self, enterprise: str) -> Buckets:
        ((number,),) = self._rows("MATCH (p:Party {name: $name}) RETURN p.id", name=enterprise)
        return self._count(number)[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        return self._count(None)


make = Neo4jGraph
