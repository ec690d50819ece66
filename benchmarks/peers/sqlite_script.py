"""SQLite with the indexes that its planner can use: cards by key, ranges by size class and first card."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks.peers import BUCKETS, Answer, Buckets
from benchmarks.peers.fixtures import Cards, read_records

_TABLES = """
CREATE TABLE parties (party INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE ranges (class INTEGER, first INTEGER, last INTEGER, sender INTEGER, receiver INTEGER, day INTEGER,
    is_purchase INTEGER);
CREATE TABLE singles (card INTEGER, day INTEGER, sender INTEGER, receiver INTEGER, PRIMARY KEY (card, day, receiver))
    WITHOUT ROWID;
CREATE TABLE uses (card INTEGER, moment INTEGER, user INTEGER, PRIMARY KEY (card, moment)) WITHOUT ROWID;
"""

_INDEXES = """
CREATE INDEX by_class ON ranges (class, first, last, day, sender, receiver, is_purchase);
CREATE INDEX by_buyer ON ranges (receiver) WHERE is_purchase;
CREATE TABLE classes AS SELECT DISTINCT class, 1 << class AS width FROM ranges;
CREATE INDEX names ON parties (name);
ANALYZE;
"""

# A range lies in class n if it has at most 2^n cards: whatever covers a card begins less than 2^n before it.
_COVERS = """
classes CROSS JOIN ranges ON ranges.class = classes.class AND first > {card} - width AND first <= {card}
    AND last >= {card}
"""

_STEPS = f"""
SELECT day, sender, receiver, is_purchase FROM {_COVERS.format(card="?1")}
UNION ALL SELECT day, sender, receiver, 0 FROM singles WHERE card = ?1 ORDER BY day
"""

_MANY = f"""
SELECT place, day, sender, receiver, is_purchase FROM asked CROSS JOIN {_COVERS.format(card="asked.card")}
UNION ALL SELECT place, day, sender, receiver, 0 FROM asked CROSS JOIN singles ON singles.card = asked.card
ORDER BY place, day
"""

_PIECES = f"""
CREATE TEMP TABLE pieces AS
WITH mine AS (SELECT first, last FROM ranges WHERE is_purchase {{wanted}}),
cuts AS (
    SELECT first AS low FROM ranges WHERE {{near}} UNION SELECT last + 1 FROM ranges WHERE {{near}}
),
runs AS (SELECT low, lead(low) OVER (ORDER BY low) - 1 AS high FROM cuts)
SELECT low, high,
    (SELECT receiver FROM {_COVERS.format(card="low")} WHERE is_purchase ORDER BY day DESC LIMIT 1) AS buyer,
    (SELECT receiver FROM {_COVERS.format(card="low")} ORDER BY day DESC LIMIT 1) AS holder
FROM runs WHERE high IS NOT NULL
"""

_COUNT = """
WITH sizes AS (
    SELECT buyer, sum(high - low + 1) AS cards, sum(CASE WHEN holder <> buyer THEN high - low + 1 ELSE 0 END) AS resold
    FROM pieces WHERE buyer IS NOT NULL {wanted} GROUP BY buyer
),
listed AS (
    SELECT buyer, sum((receiver <> buyer) - (holder <> buyer)) AS resold
    FROM pieces CROSS JOIN singles ON card BETWEEN low AND high
    WHERE buyer IS NOT NULL {wanted}
        AND NOT EXISTS (SELECT 1 FROM singles AS later WHERE later.card = singles.card AND later.day > singles.day)
    GROUP BY buyer
),
used AS (
    SELECT buyer, count(*) AS active, sum(user IS NOT NULL AND user <> buyer) AS by_other
    FROM pieces CROSS JOIN uses ON card BETWEEN low AND high
    WHERE buyer IS NOT NULL {wanted}
        AND coalesce((SELECT receiver FROM singles WHERE singles.card = uses.card ORDER BY day DESC LIMIT 1), holder)
            = buyer
        AND NOT EXISTS (SELECT 1 FROM uses AS later WHERE later.card = uses.card AND later.moment > uses.moment)
    GROUP BY buyer
)
SELECT name, cards - sizes.resold - coalesce(listed.resold, 0) - coalesce(active, 0),
    coalesce(active, 0) - coalesce(by_other, 0), coalesce(by_other, 0), sizes.resold + coalesce(listed.resold, 0)
FROM sizes LEFT JOIN listed USING (buyer) LEFT JOIN used USING (buyer) JOIN parties ON party = buyer
"""


class SqliteScript:
    """A database file, asked in SQL."""

    def load(self, files: Path, place: Path) -> None:
        records = read_records(files)
        Cards(records.heads).write(place)
        con = sqlite3.connect(place / "case.sqlite")
        con.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        con.execute("BEGIN")
        con.executemany("INSERT INTO parties VALUES (?, ?)", enumerate(records.names.to_list()))
        con.executemany(
            "INSERT INTO ranges VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((int(row[1] - row[0]).bit_length(), *row) for row in records.ranges.iter_rows()),
        )
        singles = records.singles.select("card", "day", "sender", "receiver")
        con.executemany("INSERT INTO singles VALUES (?, ?, ?, ?)", singles.iter_rows())
        con.executemany("INSERT INTO uses VALUES (?, ?, ?)", records.uses.iter_rows())
        con.commit()
        con.executescript(_INDEXES)
        con.close()

    def open(self, place: Path) -> None:
        self.cards = Cards.read(place)
        self.con = sqlite3.connect(place / "case.sqlite")
        self.con.execute("PRAGMA temp_store = MEMORY")
        self.con.execute("PRAGMA cache_size = -262144")
        self.names = dict(self.con.execute("SELECT party, name FROM parties"))

    def _answer(self, moves: Sequence[tuple[int, ...]]) -> Answer:
        names = self.names
        registrant = next((names[move[2]] for move in reversed(moves) if move[3]), None)
        hops = [(names[sender], names[receiver], day) for day, sender, receiver, _ in moves]
        return registrant, hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        return self._answer(self.con.execute(_STEPS, [self.cards.packed(card)]).fetchall())

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        self.con.execute("DROP TABLE IF EXISTS temp.asked")
        self.con.execute("CREATE TEMP TABLE asked (place INTEGER PRIMARY KEY, card INTEGER)")
        self.con.executemany("INSERT INTO asked VALUES (?, ?)", enumerate(self.cards.all_packed(list(cards))))
        found = groupby(self.con.execute(_MANY), itemgetter(0))
        moves = {place: [row[1:] for row in rows] for place, rows in found}
        return [self._answer(moves.get(place, [])) for place in range(len(cards))]

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        return [answer[:2] for answer in self.trace_many(cards)]

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(table)

    def _count(self, near: str, wanted: str) -> dict[str, Buckets]:
        self.con.execute("DROP TABLE IF EXISTS temp.pieces")
        self.con.execute(_PIECES.format(near=near, wanted=wanted.replace("buyer", "receiver")))
        rows = self.con.execute(_COUNT.format(wanted=wanted))
        return {name: dict(zip(BUCKETS, counts, strict=True)) for name, *counts in rows}

    def audit(self, enterprise: str) -> Buckets:
        ((party,),) = self.con.execute("SELECT party FROM parties WHERE name = ?", [enterprise]).fetchall()
        near = "first <= (SELECT max(last) FROM mine) AND last >= (SELECT min(first) FROM mine)"
        return self._count(near, f"AND buyer = {int(party)}")[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        return self._count("true", "")


make = SqliteScript
