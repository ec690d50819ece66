"""Consistency of the graph on a server: what the program made of the records follows from them still.

Records know the mentions that they make; their links to parties, the parties themselves, the labels of records and the
prefixes of cards and lots are derived from that, and questions go by them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import duckdb

from graphtrace.errors import CaseDamaged
from graphtrace.identifiers.ranges import RUNNING_DIGITS, split_key
from graphtrace.storage.neo4j.batches import SIDES, fetch_mentions, fetch_sheets, insert_rows, open_tables, resolve
from graphtrace.storage.neo4j.client import Neo4jClient
from graphtrace.storage.neo4j.neo4j_schema import (
    LABELS,
    NAMED,
    NO_CARD_NUMBER,
    NODES,
    QUANTITY_ONLY,
    RECORD_LINKS,
    REINSTATED,
    RELATIONSHIPS,
    RETRACTED,
    RETRACTED_BASE,
    STATED_IN,
    UNLINKED_EVENT,
    UNLOADED,
    UNLOADED_BASE,
    prefix_pattern,
)

Problems = Iterator[tuple[str, dict[str, Any]]]

_BATCH: Final = 10_000


def find_graph_problems(
    server: Neo4jClient, sheets: Collection[int], unloaded: Collection[int], judgements: Sequence[Any]
) -> Problems:
    """Yield the problems in the graph of a case as (code, parameters).

    ``sheets`` are all of the case, ``unloaded`` those that were taken away, ``judgements`` the lines about judgements.
    The parties must have been resolved after the last load. Cost: some passes over all records.
    """
    last = max(sheets, default=0)
    seen = [sheet for sheet in sorted(sheets) if sheet not in unloaded]
    checks: Sequence[tuple[str, Problems]] = (
        ("Case", _check_numbers(server)),
        ("Sheet", _check_ends(server)),
        ("Mention", _check_parties(server, seen, last, judgements)),
        ("Record", _check_sides(server, last)),
        ("Record", _check_labels(server, last, unloaded)),
        ("Card", _check_prefixes(server)),
    )
    for label, problems in checks:
        try:
            yield from problems
        except (duckdb.Error, LookupError, TypeError, ValueError, AttributeError, CaseDamaged):
            # values that no load writes
            yield "graph_differs", {"what": label, "count": 1}


def _check_numbers(server: Neo4jClient) -> Problems:
    """The lines of the ledger, notes and look-ups have the numbers up to what the case says, each once."""
    for label, number, most in (
        ("File", "load", "loads"),
        ("Correction", "number", "corrections"),
        ("Judgement", "line", "judgements"),
        ("Note", "line", "notes"),
        ("Lookup", "line", "lookups"),
    ):
        ((stated, count, distinct, least, last),) = server.run_read(
            f"MATCH (c:Case) OPTIONAL MATCH (n:{label}) {'WHERE n.complete' if label == 'File' else ''} "
            f"RETURN coalesce(c.{most}, 0), count(n), count(DISTINCT n.{number}), min(n.{number}), max(n.{number})"
        )
        if [count, distinct, least or 1, last or 0] != [stated, stated, 1, stated]:
            yield "graph_differs", {"what": label, "count": abs(count - stated) or 1, "value": f"Case.{most} {stated}"}


_SAME_PLACE: Final = {
    "Chunk": "n.id STARTS WITH e.sha256",
    "Unread": "n.sheet = e.sheet",
    "Support": "n.sheet = e.sheet OR n.sheet > $base",
    "Correction": "n.row = e.row AND n.sheet = coalesce(e.stated_in, e.sheet)",
}
"""What holds of a node ``n`` and the node ``e`` to which it belongs, by the label of ``n``."""


def _check_ends(server: Neo4jClient) -> Problems:
    """Relationships lead from and to the labels that they are between; what belongs to one other node leads to one."""
    for kind in dict.fromkeys(link.type for link in RELATIONSHIPS):
        between = " OR ".join(
            f"(a:{link.source} AND b:{target})"
            for link in RELATIONSHIPS
            if link.type == kind
            for target in link.targets
        )
        ours = " AND ".join(f"any(label IN labels({end}) WHERE label IN $ours)" for end in "ab")
        ((wrong,),) = server.run_read(
            f"MATCH (a)-[:{kind}]->(b) WHERE NOT ({between}) AND {ours} RETURN count(*)", ours=list(NODES)
        )
        if wrong:
            yield "graph_differs", {"what": kind, "count": wrong}
    for link in RELATIONSHIPS:
        if link.kinds:
            continue
        ends = f"COUNT {{ (n)-[:{link.type}]->(:{link.targets[0]}) }}"
        ((wrong,),) = server.run_read(f"MATCH (n:{link.source}) WHERE {ends} <> 1 AND NOT n:Correction RETURN count(n)")
        if condition := _SAME_PLACE.get(link.source):
            ((elsewhere,),) = server.run_read(
                f"MATCH (n:{link.source})-[:{link.type}]->(e:{link.targets[0]}) WHERE NOT ({condition}) "
                "RETURN count(n)",
                base=RETRACTED_BASE,
            )
            wrong += elsewhere
        if wrong:
            yield "graph_differs", {"what": f"{link.source} {link.type}", "count": wrong}


def _check_parties(server: Neo4jClient, seen: Sequence[int], last: int, judgements: Sequence[Any]) -> Problems:
    """The parties are those that the mentions and judgements come to."""
    con = open_tables()
    try:
        insert_rows(con, "judgements", "line loads corrections entry", judgements)
        fetch_sheets(con, server, seen=seen)
        linked = fetch_mentions(con, server, seen=seen, last=last)
        resolved = resolve(con)
    finally:
        con.close()
    wrong = {
        party
        for mention, (party, *_, member) in resolved.items()
        if mention not in linked or linked[mention].parties != [party] or linked[mention].member != member
    }
    made = {party[0]: list(party[:4]) for party in resolved.values()}
    stored = {row[0]: row for row in server.run_read("MATCH (p:Party) RETURN p.id, p.name, p.is_carrier, p.bearers")}
    wrong |= {party for party, row in made.items() if stored.get(party) != row}
    if wrong:
        yield "parties_differ", {"parties": len(wrong), "party": min(wrong)}


def _check_sides(server: Neo4jClient, last: int) -> Problems:
    """Records hang on the parties whom their mentions name, and on no others."""
    for side, types in SIDES.items():
        by_kind = {
            kind: link
            for (source, target, kind), link in RECORD_LINKS.items()
            if "Party" in (source, target) and link in types
        }
        links = "|".join(types)
        pattern = f"(p:Party)-[l:{links}]->(r)" if side == "sender" else f"(r)-[l:{links}]->(p:Party)"
        yield from _differing_records(
            server,
            f"""
            WITH r, COLLECT {{ MATCH {pattern} RETURN type(l) + ' ' + p.id ORDER BY type(l), p.id }} AS stated,
              CASE WHEN r.{side} IS NULL OR $by_kind[r.kind] IS NULL THEN [] ELSE COLLECT {{
                MATCH (:Mention {{mention: r.{side}}})-[:REFERS_TO]->(p:Party) RETURN $by_kind[r.kind] + ' ' + p.id
              }} END AS made
            WHERE stated <> made
            """,
            "/".join(types),
            last=last,
            by_kind=by_kind,
        )


def _check_labels(server: Neo4jClient, last: int, unloaded: Collection[int]) -> Problems:
    """The labels of records are those of their kind and of what became of them."""
    expected = {
        NO_CARD_NUMBER: f"NOT EXISTS {{ (r)-[:{NAMED}]->() }}",
        QUANTITY_ONLY: f"r:{NO_CARD_NUMBER} AND r.kind IN $moves",
        UNLINKED_EVENT: f"r:{NO_CARD_NUMBER} AND NOT r.kind IN $moves AND (r.msisdn IS NOT NULL OR r.imsi IS NOT NULL)",
        RETRACTED: f"r.sheet > {RETRACTED_BASE} AND r.sheet <= {UNLOADED_BASE}",
        UNLOADED: f"{STATED_IN} IN $gone",
        REINSTATED: "r.lifted IS NOT NULL",
        **{label: f"r.kind = '{kind}'" for kind, label in LABELS.items()},
    }
    moves = [kind for (source, _, kind), link in RECORD_LINKS.items() if source == "Party" and link == "SENT"]
    for label, condition in expected.items():
        yield from _differing_records(
            server, f"WITH r WHERE r:{label} <> ({condition})", label, last=last, moves=moves, gone=list(unloaded)
        )


def _differing_records(server: Neo4jClient, found: str, what: str, **values: Any) -> Problems:
    ((count, first),) = server.run_read(
        f"MATCH (r:Record) WHERE {STATED_IN} <= $last {found} WITH r ORDER BY {STATED_IN}, r.row "
        "RETURN count(r), head(collect({row: r.row, sheet: coalesce(r.stated_in, r.sheet)}))",
        **values,
    )
    if count:
        rows = server.run_read(
            "MATCH (s:Sheet {sheet: $sheet})-[:OF]->(f:File) RETURN f.name, s.name", sheet=first["sheet"]
        )
        file, sheet = rows[0] if rows else (None, None)
        yield "graph_differs", {"what": what, "count": count, "file": file, "sheet": sheet, "row": first.get("row")}


def _check_prefixes(server: Neo4jClient) -> Problems:
    """Cards and lots stand under the prefixes and numbers of their keys, by which they are found."""
    usual = f"left(c.key, size(c.key) - {RUNNING_DIGITS}) + '{'.' * RUNNING_DIGITS}'"
    wrong = [
        key
        for rows in server.stream(f"MATCH (c:Card) WHERE c.head <> {usual} RETURN c.key, c.head", size=_BATCH)
        for key, head in rows
        if head != _head(key)
    ]
    ((lacking,),) = server.run_read("MATCH (c:Card) WHERE c.head IS NULL OR c.key IS NULL RETURN count(c)")
    if wrong or lacking:
        yield "graph_differs", {"what": "Card", "count": len(wrong) + lacking, "value": min(wrong, default=None)}
    columns = ("id", "first", "last", "head", "low", "high", "size_class", "cards")
    lots = [
        first
        for rows in server.stream(f"MATCH (l:Lot) RETURN {', '.join(f'l.{name}' for name in columns)}", size=_BATCH)
        for ident, first, last, *stored in rows
        if stored != _lot(first, last) or ident != f"{first}-{last}"
    ]
    if lots:
        yield "graph_differs", {"what": "Lot", "count": len(lots), "value": next(filter(None, lots), None)}


def _head(key: str) -> str:
    text, size, _ = split_key(key)
    return prefix_pattern(text, size)


def _lot(first: str | None, last: str | None) -> list[Any] | None:
    if first is None or last is None:
        return None
    low, high = split_key(first)[2], split_key(last)[2]
    return [_head(first), low, high, (high - low).bit_length(), high - low + 1]
