"""A plain DuckDB script: the files straight into sorted tables of integers, everything asked in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers import BUCKETS, Answer, Buckets
from benchmarks.peers.fixtures import MOBILE, RUN, RUNNING, Cards

_MOBILE = ", ".join(f"'{issuer}'" for issuer in MOBILE)

_RUNNING = RUNNING.replace("{", "{{").replace("}", "}}")

_LOAD = f"""
CREATE MACRO key_of(text) AS CASE WHEN text[:6] IN ({_MOBILE}) THEN text ELSE text[:19] END;
CREATE MACRO head_of(text) AS regexp_replace(key_of(text), '{_RUNNING}', '');
CREATE MACRO number_of(text) AS regexp_extract(key_of(text), '{_RUNNING}')::BIGINT;
CREATE TEMP VIEW bought AS FROM read_csv('{{files}}/purchases.csv', all_varchar = true);
CREATE TEMP VIEW passed AS FROM read_csv('{{files}}/transfers.csv', all_varchar = true);
CREATE TEMP VIEW retail AS FROM read_csv('{{files}}/retail.csv', all_varchar = true);
CREATE TEMP VIEW used AS FROM read_csv('{{files}}/activations.csv', all_varchar = true);
CREATE TABLE heads AS SELECT text, row_number() OVER (ORDER BY text) AS head FROM (
    SELECT head_of(起始ICCID) AS text FROM bought UNION SELECT head_of(起始ICCID) FROM passed
    UNION SELECT head_of(ICCID) FROM retail UNION SELECT head_of(ICCID) FROM used
);
CREATE TABLE parties AS SELECT name, (row_number() OVER (ORDER BY name))::INTEGER AS party FROM (
    SELECT 运营商 AS name FROM bought UNION SELECT 企业名称 FROM bought UNION SELECT 卖方 FROM passed
    UNION SELECT 买方 FROM passed UNION SELECT 卖方 FROM retail UNION SELECT 买方 FROM retail
    UNION SELECT 使用人 FROM used WHERE 使用人 IS NOT NULL
);
CREATE TABLE ranges AS
SELECT head * {RUN} + number_of(begins) AS first, head * {RUN} + number_of(ends) AS last, sellers.party AS sender,
    buyers.party AS receiver, day::DATE AS day, is_purchase
FROM (
    SELECT 起始ICCID AS begins, 结束ICCID AS ends, 运营商 AS seller, 企业名称 AS buyer, 采购日期 AS day,
        true AS is_purchase
    FROM bought UNION ALL SELECT 起始ICCID, 结束ICCID, 卖方, 买方, 转让日期, false FROM passed
) JOIN heads ON text = head_of(begins) JOIN parties AS sellers ON sellers.name = seller
JOIN parties AS buyers ON buyers.name = buyer ORDER BY first, last, day;
CREATE TABLE singles AS
SELECT head * {RUN} + number_of(ICCID) AS card, sellers.party AS sender, buyers.party AS receiver,
    转让日期::DATE AS day
FROM retail JOIN heads ON text = head_of(ICCID) JOIN parties AS sellers ON sellers.name = 卖方
JOIN parties AS buyers ON buyers.name = 买方 ORDER BY card, day;
CREATE TABLE uses AS
SELECT head * {RUN} + number_of(ICCID) AS card, 激活时间::TIMESTAMP AS moment, party AS user
FROM used JOIN heads ON text = head_of(ICCID) LEFT JOIN parties ON name = 使用人 ORDER BY card, moment;
"""

_STEPS = """
SELECT day, sender, receiver, is_purchase FROM ranges WHERE first <= $1 AND last >= $1
UNION ALL SELECT day, sender, receiver, false FROM singles WHERE card = $1 ORDER BY day
"""

_ASKED = "(SELECT unnest($1::BIGINT[]) AS wanted, generate_subscripts($1::BIGINT[], 1) - 1 AS place)"

_PIECES = """
CREATE OR REPLACE TEMP TABLE pieces AS
WITH cuts AS (SELECT first AS low FROM ranges UNION SELECT last + 1 FROM ranges),
runs AS (SELECT low, lead(low) OVER (ORDER BY low) - 1 AS high FROM cuts)
SELECT low, high, arg_max(receiver, day) FILTER (is_purchase) AS buyer, arg_max(receiver, day) AS holder,
    {hops}
FROM runs JOIN ranges ON first <= low AND last >= low GROUP BY low, high ORDER BY low
"""
_HOPS = "list({day: day, sender: sender, receiver: receiver, is_purchase: is_purchase} ORDER BY day) AS hops"

_MANY = f"""
SELECT place, hops, day, sender, receiver FROM {_ASKED} ASOF LEFT JOIN pieces ON wanted >= low
LEFT JOIN singles ON card = wanted ORDER BY place, day
"""

_TABLE = f"""
SELECT registrants.name AS registrant, holders.name AS holder
FROM {_ASKED} ASOF JOIN pieces ON wanted >= low
LEFT JOIN (
    SELECT card, arg_max(receiver, day) AS last FROM singles SEMI JOIN {_ASKED} ON card = wanted GROUP BY card
) ON card = wanted
JOIN parties AS registrants ON registrants.party = buyer
JOIN parties AS holders ON holders.party = coalesce(last, holder) ORDER BY place
"""

_COUNT = """
WITH mine AS (FROM pieces WHERE buyer IS NOT NULL {wanted}),
near AS (SELECT min(low) AS least, max(high) AS most FROM mine),
sizes AS (
    SELECT buyer, sum(high - low + 1) AS cards, coalesce(sum(high - low + 1) FILTER (holder <> buyer), 0) AS resold
    FROM mine GROUP BY buyer
),
last AS (
    SELECT card, arg_max(receiver, day) AS receiver FROM singles
    WHERE card BETWEEN (SELECT least FROM near) AND (SELECT most FROM near) GROUP BY card
),
listed AS (
    SELECT buyer, sum((receiver <> buyer)::INTEGER - (holder <> buyer)::INTEGER) AS resold
    FROM last ASOF JOIN mine ON card >= low WHERE card <= high GROUP BY buyer
),
latest AS (
    SELECT card, arg_max(user, moment) AS user FROM uses
    WHERE card BETWEEN (SELECT least FROM near) AND (SELECT most FROM near) GROUP BY card
),
used AS (
    SELECT buyer, count(*) AS active, count(*) FILTER (user <> buyer) AS by_other
    FROM latest ASOF JOIN mine ON latest.card >= low LEFT JOIN last ON last.card = latest.card
    WHERE latest.card <= high AND coalesce(receiver, holder) = buyer GROUP BY buyer
)
SELECT name, (cards - sizes.resold - coalesce(listed.resold, 0) - coalesce(active, 0))::BIGINT,
    (coalesce(active, 0) - coalesce(by_other, 0))::BIGINT, coalesce(by_other, 0)::BIGINT,
    (sizes.resold + coalesce(listed.resold, 0))::BIGINT
FROM sizes LEFT JOIN listed USING (buyer) LEFT JOIN used USING (buyer) JOIN parties ON party = buyer
"""


class DuckdbScript:
    """A database file, asked in SQL."""

    def load(self, files: Path, place: Path) -> None:
        con = duckdb.connect(str(place / "case.duckdb"))
        con.execute(_LOAD.format(files=files))
        con.close()

    def open(self, place: Path) -> None:
        self.con = duckdb.connect(str(place / "case.duckdb"), read_only=True)
        self.names = dict(self.con.execute("SELECT party, name FROM parties").fetchall())
        self.cards = Cards(dict(self.con.execute("SELECT text, head FROM heads").fetchall()))

    def _answer(self, moves: Sequence[tuple[Any, ...]]) -> Answer:
        names = self.names
        registrant = next((names[move[2]] for move in reversed(moves) if move[3]), None)
        hops = [(names[sender], names[receiver], day) for day, sender, receiver, _ in moves]
        return registrant, hops[-1][1] if hops else None, hops

    def trace(self, card: str) -> Answer:
        return self._answer(self.con.execute(_STEPS, [self.cards.packed(card)]).fetchall())

    def trace_many(self, cards: Sequence[str]) -> list[Answer]:
        self.con.execute(_PIECES.format(hops=_HOPS))
        rows = self.con.execute(_MANY, [self.cards.all_packed(list(cards))]).fetchall()
        answers = []
        for _, found in groupby(rows, itemgetter(0)):
            each = list(found)
            moves = [tuple(hop.values()) for hop in each[0][1] or ()]
            moves += [(*row[2:], False) for row in each if row[2] is not None]
            answers.append(self._answer(moves))
        return answers

    def answer_of(self, one: Answer) -> Answer:
        return one

    def table(self, cards: Sequence[str]) -> Any:
        self.con.execute(_PIECES.format(hops="NULL AS hops"))
        return self.con.execute(_TABLE, [self.cards.all_packed(list(cards))]).fetchnumpy()

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        return list(zip(table["registrant"].tolist(), table["holder"].tolist(), strict=True))

    def _count(self, wanted: str, *parameters: object) -> dict[str, Buckets]:
        self.con.execute(_PIECES.format(hops="NULL AS hops"))
        rows = self.con.execute(_COUNT.format(wanted=wanted), parameters or None).fetchall()
        return {name: dict(zip(BUCKETS, counts, strict=True)) for name, *counts in rows}

    def audit(self, enterprise: str) -> Buckets:
        return self._count("AND buyer = (SELECT party FROM parties WHERE name = $1)", enterprise)[enterprise]

    def audit_all(self) -> dict[str, Buckets]:
        return self._count("")


make = DuckdbScript
