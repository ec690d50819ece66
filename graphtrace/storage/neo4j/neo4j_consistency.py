"""Consistency of the graph on a server: what the program made of the records follows from them still.

Records know the mentions that they make; their links to parties, the parties themselves, the labels of records and the
prefixes of cards and lots are derived from that, and questions go by them. Which records count follows from the
corrections, and what the node of the case says of its content from that content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import duckdb

from graphtrace.errors import CaseDamaged
from graphtrace.identifiers.ranges import RUNNING_DIGITS, split_key
from graphtrace.storage.case_notes import OF_REPLY
from graphtrace.storage.correction_log import StoredCorrection, corrections_as_of
from graphtrace.storage.duckdb.visibility import read_suspended
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.ledger_check import check_held
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
    server: Neo4jClient,
    entries: Sequence[str],
    sheets: Collection[int],
    corrections: Sequence[StoredCorrection],
    judgements: Sequence[StoredJudgement],
    *,
    is_resolved: bool,
) -> Problems:
    """Yield the problems in the graph of a case as (code, parameters).

    ``entries`` are the lines of the ledger, ``sheets`` all of the case. Where the parties wait to be resolved
    (``is_resolved`` false), and files that were taken away to be marked, readers go by mentions and ledger: of what
    waits, only that is checked by which they find records. Cost: some passes over all records.
    """
    last = max(sheets, default=0)
    unloaded = corrections_as_of(corrections, None).unloaded
    seen = [sheet for sheet in sorted(sheets) if sheet not in unloaded]
    checks: Sequence[tuple[str, Problems]] = (
        ("Case", _check_numbers(server)),
        ("Case", _check_marks(server, last)),
        ("File", _check_lines(server, entries, sheets, corrections, judgements)),
        ("Sheet", _check_ends(server, is_resolved=is_resolved)),
        ("Mention", _check_parties(server, seen, last, judgements) if is_resolved else iter(())),
        ("Record", _check_sides(server, last, is_resolved=is_resolved)),
        ("Record", _check_labels(server, last, unloaded, is_resolved=is_resolved)),
        ("Record", _check_standing(server, last, corrections, is_resolved=is_resolved)),
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


_MARKS: Final = {
    "classes": f"EXISTS {{ MATCH (n:Lot)<-[:{NAMED}]-(r:Record) WHERE {STATED_IN} <= $last "
    "AND NOT n.size_class IN coalesce(c.classes, []) }",
    "has_supports": "NOT coalesce(c.has_supports, false) AND EXISTS { MATCH (n:Support) WHERE n.sheet <= $last }",
    "has_unread": "NOT coalesce(c.has_unread, false) AND EXISTS { MATCH (n:Unread) WHERE n.sheet <= $last }",
    "replies": "coalesce(c.replies, 0) <> COUNT { MATCH (n:Note) WHERE n.entry CONTAINS $of_reply }",
}
"""Conditions under which the node of a case does not tell what is there: questions then do not look for it."""


def _check_marks(server: Neo4jClient, last: int) -> Problems:
    for mark, is_wrong in _MARKS.items():
        if server.run_read(f"MATCH (c:Case) WHERE {is_wrong} RETURN 1", last=last, of_reply=OF_REPLY):
            yield "graph_differs", {"what": "Case", "count": 1, "value": f"Case.{mark}"}


def _check_lines(
    server: Neo4jClient,
    entries: Sequence[str],
    sheets: Collection[int],
    corrections: Sequence[StoredCorrection],
    judgements: Sequence[StoredJudgement],
) -> Problems:
    """Files, sheets, corrections and judgements have what their lines of the ledger state."""
    known = {"sheets": list(sheets)}
    files = server.run_read(
        "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets WITH DISTINCT f "
        "RETURN f.load, f.name, f.sha256, f.size, f.loaded_at, f.entry ORDER BY f.load",
        **known,
    )
    held = server.run_read(
        "MATCH (s:Sheet)-[:OF]->(f:File) WHERE s.sheet IN $sheets "
        "RETURN f.load, s.sheet, s.name, s.rows, s.loaded, s.duplicate, s.rejected ORDER BY s.sheet",
        **known,
    )
    yield from check_held(entries, files, held, corrections, judgements)


_SAME_PLACE: Final = {
    "Chunk": "n.id STARTS WITH e.sha256",
    "Unread": "n.sheet = e.sheet",
    "Support": "n.sheet = e.sheet OR n.sheet > $base",
    "Correction": "n.row = e.row AND n.sheet = coalesce(e.stated_in, e.sheet)",
}
"""What holds of a node ``n`` and the node ``e`` to which it belongs, by the label of ``n``."""


def _check_ends(server: Neo4jClient, *, is_resolved: bool) -> Problems:
    """Relationships lead from and to the labels that they are between; what belongs to one other node leads to one.

    While parties are resolved a mention may lead to its former party too.
    """
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
        differs = "<> 1" if is_resolved or link.source != "Mention" else "= 0"
        ((wrong,),) = server.run_read(
            f"MATCH (n:{link.source}) WHERE {ends} {differs} AND NOT n:Correction RETURN count(n)"
        )
        if condition := _SAME_PLACE.get(link.source):
            ((elsewhere,),) = server.run_read(
                f"MATCH (n:{link.source})-[:{link.type}]->(e:{link.targets[0]}) WHERE NOT ({condition}) "
                "RETURN count(n)",
                base=RETRACTED_BASE,
            )
            wrong += elsewhere
        if wrong:
            yield "graph_differs", {"what": f"{link.source} {link.type}", "count": wrong}


def _check_parties(
    server: Neo4jClient, seen: Sequence[int], last: int, judgements: Sequence[StoredJudgement]
) -> Problems:
    """The parties are those that the mentions and judgements come to."""
    con = open_tables()
    try:
        insert_rows(con, "judgements", "line loads corrections entry", judgements)
        fetch_sheets(con, server, seen=seen)
        linked = fetch_mentions(con, server, seen=seen, last=last)
        resolved = resolve(con)
        suspended = read_suspended(con)
    finally:
        con.close()
    ((stored_suspended,),) = server.run_read("MATCH (c:Case) RETURN coalesce(c.suspended, [])")
    for number in sorted(suspended.symmetric_difference(stored_suspended)):
        yield "judgement_differs", {"number": number}
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


def _check_sides(server: Neo4jClient, last: int, *, is_resolved: bool) -> Problems:
    """Records hang on the parties whom their mentions name, and on no others.

    While parties are resolved a mention may name its former party too: a record hangs on one of them at least.
    """
    differs = "stated <> made"
    if not is_resolved:
        differs = "(stated = []) <> (made = []) OR any(one IN stated WHERE NOT one IN made)"
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
            WHERE {differs}
            """,
            "/".join(types),
            last=last,
            by_kind=by_kind,
        )


def _check_labels(server: Neo4jClient, last: int, unloaded: Collection[int], *, is_resolved: bool) -> Problems:
    """The labels of records, and the device of their IMEI, are those of their kind and of what became of them."""
    expected = {
        NO_CARD_NUMBER: f"NOT EXISTS {{ (r)-[:{NAMED}]->() }}",
        QUANTITY_ONLY: f"r:{NO_CARD_NUMBER} AND r.kind IN $moves",
        UNLINKED_EVENT: f"r:{NO_CARD_NUMBER} AND NOT r.kind IN $moves AND (r.msisdn IS NOT NULL OR r.imsi IS NOT NULL)",
        RETRACTED: f"r.sheet > {RETRACTED_BASE} AND r.sheet <= {UNLOADED_BASE}",
        UNLOADED: f"{STATED_IN} IN $gone{'' if is_resolved else f' AND r:{UNLOADED}'}",
        REINSTATED: "r.lifted IS NOT NULL",
        **{label: f"r.kind = '{kind}'" for kind, label in LABELS.items()},
    }
    moves = [kind for (source, _, kind), link in RECORD_LINKS.items() if source == "Party" and link == "SENT"]
    for label, condition in expected.items():
        yield from _differing_records(
            server, f"WITH r WHERE r:{label} <> ({condition})", label, last=last, moves=moves, gone=list(unloaded)
        )
    device = "coalesce(left(r.imei, 14), '')"
    yield from _differing_records(server, f"WITH r WHERE coalesce(r.device, '') <> {device}", "device", last=last)


def _check_standing(
    server: Neo4jClient, last: int, corrections: Sequence[StoredCorrection], *, is_resolved: bool
) -> Problems:
    """Records count, or do not, as the corrections and unloaded files say."""
    state = corrections_as_of(corrections, None)
    codes: dict[str, list[Any]] = {}
    for each in corrections:
        is_withdrawn = (each.sheet, each.row) in state.withdrawn
        codes.setdefault(f"{each.sheet}:{each.row}", [RETRACTED_BASE + each.number, is_withdrawn])
    waits = "" if is_resolved else f"AND NOT ({STATED_IN} IN $gone AND r.sheet = {STATED_IN})"
    yield from _differing_records(
        server,
        f"""
        WITH r, $codes[toString({STATED_IN}) + ':' + toString(r.row)] AS code
        WITH r, CASE WHEN code[1] THEN code[0] WHEN {STATED_IN} IN $gone THEN {UNLOADED_BASE} + {STATED_IN}
            ELSE {STATED_IN} END AS sheet, CASE WHEN NOT code[1] THEN code[0] ELSE 0 END AS lifted
        WHERE (r.sheet <> sheet {waits}) OR coalesce(r.lifted, 0) <> lifted
        """,
        "Record",
        last=last,
        codes=codes,
        gone=list(state.unloaded),
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
