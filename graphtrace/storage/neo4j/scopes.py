"""Snapshots of the part of a case on a server that a question needs.

:func:`_fetch` states, scope by scope, which records are fetched into a
:class:`~graphtrace.storage.neo4j.snapshot.LocalSnapshot`, where the SQL of :mod:`graphtrace.engine` adds them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graphtrace.identifiers import join_key, unpack_number
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS, AuditRole, Kind, Party
from graphtrace.storage.base import (
    TEXT_FIELDS_LOOKED_UP,
    AuditScope,
    BesideScope,
    CardsScope,
    DealingsScope,
    LoadsScope,
    MovementsScope,
    PartyNamesScope,
    ReceivedScope,
    RejectsScope,
    Scope,
    SeizuresScope,
    SentScope,
    TextScope,
    TransferScope,
    UnlinkedEventsScope,
    UnreadRowsScope,
    UnreadScope,
    WatchedScope,
    WholeCaseScope,
)
from graphtrace.storage.neo4j.neo4j_schema import NAMED, QUANTITY_ONLY, UNLINKED_EVENT, VISIBLE, prefix_pattern
from graphtrace.storage.stored_records import UNLINKED_KINDS

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession
    from graphtrace.storage.neo4j.neo4j_reader import Neo4jReader
    from graphtrace.storage.neo4j.snapshot import LocalSnapshot

_LISTING_CARDS: tuple[Kind, ...] = (*CUSTODY_KINDS, *UNLINKED_KINDS)
_TO_PARTY = (
    "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p "
    "MATCH (r:Record)-[:{link}]->(p) WHERE r.receiver IN $mentions"
)
_FROM_PARTY = (
    "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p "
    "MATCH (p)-[:{link}]->(r:Record) WHERE r.sender IN $mentions"
)
_PASSED_ON = _FROM_PARTY.format(link="SENT") + " AND NOT r.receiver IN $mentions"
"""Movements from a party to others."""

_SINGLES_IN = (
    "UNWIND $spans AS span MATCH (c:Card) WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
    f"MATCH (r:Record)-[:{NAMED}]->(c)"
)
_LOTS_OVER = (
    "UNWIND $spans AS span UNWIND $classes AS class MATCH (c:Lot) WHERE c.head = span.head AND c.size_class = class[0] "
    "AND c.low > span.low - class[1] AND c.low <= span.high AND c.high >= span.low WITH DISTINCT c "
)
_RANGES_OVER = f"{_LOTS_OVER}MATCH (r:Record)-[:MOVES]->(c)"
_USERS_BY_NUMBER = f"MATCH (r:{UNLINKED_EVENT}) WHERE {VISIBLE} AND r.receiver IS NOT NULL RETURN DISTINCT r.receiver"


_CARD_OF = {"card_records": f"-[:{NAMED}]->(c:Card)", "range_records": f"-[:{NAMED}]->(c:Lot)", "cardless_records": ""}
"""For each table the way from a record to what names its cards."""


def open_session(reader: Neo4jReader, scope: Scope) -> CaseSession:
    """Return tables in memory with the records of a scope; the whole case and the names are fetched once a reader."""
    match scope:
        case WholeCaseScope() | AuditScope(parties=None):
            return reader.full_snapshot
        case PartyNamesScope():
            return reader.party_snapshot
        case LoadsScope(loads):
            snapshot = reader.new_snapshot(_sheets_of(reader, loads))
            snapshot.fetch_records()
            return snapshot.store()
        case WatchedScope():
            return _fetch_watched(reader, scope)
    snapshot = reader.new_snapshot()
    more = _fetch(reader, snapshot, scope)
    _set_parties(reader, snapshot, more)
    return snapshot.store()


def _fetch(reader: Neo4jReader, snapshot: LocalSnapshot, scope: Scope) -> Iterable[int]:
    """Fetch the records of a scope; return mentions that must be resolved beside those of the records."""
    match scope:
        case MovementsScope(cards):
            heads = [cards.heads[head] for head in cards.head.tolist()]
            keys = [join_key(text, size, each) for (text, size), each in zip(heads, cards.number.tolist(), strict=True)]
            _fetch_cards(reader, snapshot, [(card, card) for card in map(reader.prefixes.packed, keys)], CUSTODY_KINDS)
            return ()
        case CardsScope(lots, kinds, parties):
            _fetch_cards(reader, snapshot, lots, kinds)
            return reader.mention_ids(parties)
        case ReceivedScope(party) | SentScope(party):
            mentions = reader.mention_ids([party])
            is_receipt = isinstance(scope, ReceivedScope)
            side = _TO_PARTY.format(link="RECEIVED_BY") if is_receipt else _FROM_PARTY.format(link="SENT")
            ends = _ends(reader, side, mentions=mentions)
            _fetch_cards(reader, snapshot, packed_lots(reader, ends), CUSTODY_KINDS)
            return mentions
        case DealingsScope():
            return _fetch_dealings(reader, snapshot, scope)
        case TransferScope(sender, receiver):
            senders, receivers = reader.mention_ids([sender]), reader.mention_ids([receiver])
            between = f"{_FROM_PARTY.format(link='SENT')} AND r.receiver IN $receivers"
            for table, label in (("card_records", "Card"), ("range_records", "Lot")):
                match = f"{between} MATCH (r)-[:MOVES]->(c:{label})"
                snapshot.fetch(CUSTODY_KINDS, table, match, mentions=senders, receivers=receivers)
            return [*senders, *receivers]
        case SeizuresScope(case_no):
            wanted = "MATCH (r:Seizure)-[:OF]->(c:Card) WHERE $case_no IS NULL OR r.case_no = $case_no"
            snapshot.fetch(["seizure"], "card_records", wanted, case_no=case_no)
            return ()
        case TextScope(texts):
            holds = " OR ".join(f"r.{field} IN $texts" for field in TEXT_FIELDS_LOOKED_UP)
            for table, card in _CARD_OF.items():
                snapshot.fetch(KINDS, table, f"MATCH (r:Record){card} WHERE {holds}", texts=list(texts))
            return ()
        case BesideScope(text):
            for table, card in _CARD_OF.items():
                snapshot.fetch(KINDS, table, f"MATCH (r:Record){card} WHERE r.extra CONTAINS $text", text=text)
            return ()
        case UnlinkedEventsScope():
            snapshot.fetch(UNLINKED_KINDS, "cardless_records", f"MATCH (r:{UNLINKED_EVENT})")
            numbers = snapshot.numbers()
            for column in ("msisdn", "imsi"):
                match = f"UNWIND $numbers AS number MATCH (r:Record {{{column}: number}})-[:{NAMED}]->(c:Card)"
                snapshot.fetch(_LISTING_CARDS, "card_records", match, numbers=numbers)
            snapshot.keep_once("card_records")
            return ()
        case AuditScope(parties, role) if parties is not None:
            return _fetch_audit(reader, snapshot, parties, role)
        case RejectsScope():
            snapshot.fetch_rejects()
            return ()
        case UnreadScope():
            snapshot.fetch_unread()
            snapshot.withdraw_rows(reader.withdrawn)
            return ()
        case UnreadRowsScope():
            snapshot.fetch_rejects()
            snapshot.fetch_unread()
            snapshot.withdraw_rows(reader.withdrawn)
            return ()
    raise AssertionError(f"no snapshot is made for {scope}")


def _ends(reader: Neo4jReader, side: str, **parameters: object) -> list[list[str]]:
    """Return first and last card of each lot and card that the movements of a side name."""
    return [
        row
        for label, first, last in (("Lot", "c.first", "c.last"), ("Card", "c.key", "c.key"))
        for row in reader.query(
            f"{side} AND {VISIBLE} MATCH (r)-[:MOVES]->(c:{label}) RETURN DISTINCT {first} AS first, {last} AS last",
            seen=reader.visible_sheets,
            **parameters,
        )
    ]


def _fetch_audit(reader: Neo4jReader, snapshot: LocalSnapshot, parties: Sequence[Party], role: AuditRole) -> list[int]:
    """Fetch the records of the cards that the parties received or passed on, and what else an audit counts.

    That is all movements of everyone who moved these cards, the quantity-only movements of the case, the stock
    declarations of the parties, the rejected rows, and the cards these name. Return the mentions of the parties, of the
    carriers, and of the users in events that name no card: an audit gives these events to the cards that had their
    numbers.
    """
    mentions, carriers = reader.mention_ids(parties), reader.carrier_mentions()
    seller = "r.sender IN $carriers" if role == "enterprise" else "NOT r.sender IN $carriers"
    ends = [
        *_ends(reader, f"{_TO_PARTY.format(link='RECEIVED_BY')} AND {seller}", mentions=mentions, carriers=carriers),
        *_ends(reader, _FROM_PARTY.format(link="SENT"), mentions=mentions),
    ]
    _fetch_cards(reader, snapshot, packed_lots(reader, ends), _LISTING_CARDS)
    _fetch_trades(reader, snapshot)
    snapshot.fetch(CUSTODY_KINDS, "cardless_records", f"MATCH (r:{QUANTITY_ONLY})")
    for table, found in (
        ("card_records", "MATCH (r)-[:OF]->(c:Card)"),
        ("range_records", "MATCH (r)-[:OF]->(c:Lot)"),
        ("cardless_records", ""),
    ):
        snapshot.fetch(["stock"], table, f"{_FROM_PARTY.format(link='DECLARED')} {found}", mentions=mentions)
    snapshot.fetch_rejects()
    users = reader.query(_USERS_BY_NUMBER, seen=reader.visible_sheets)
    return [*mentions, *carriers, *(mention for (mention,) in users)]


def _fetch_dealings(reader: Neo4jReader, snapshot: LocalSnapshot, scope: DealingsScope) -> list[int]:
    """Fetch the movements to and from the parties; return their mentions."""
    mentions = reader.mention_ids(scope.parties)
    received = _TO_PARTY.format(link="RECEIVED_BY|USED_BY|LISTS" if scope.with_uses else "RECEIVED_BY")
    kinds = (*CUSTODY_KINDS, *USE_KINDS, "card_list") if scope.with_uses else CUSTODY_KINDS
    for side in (received, _PASSED_ON):
        snapshot.fetch(kinds, "card_records", f"{side} MATCH (r)-[:{NAMED}]->(c:Card)", mentions=mentions)
        snapshot.fetch(CUSTODY_KINDS, "range_records", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
        snapshot.fetch(CUSTODY_KINDS, "cardless_records", side, mentions=mentions)
    for key in scope.keys:
        reader.prefixes.register(key)
    return mentions


def _sheets_of(reader: Neo4jReader, loads: Sequence[int]) -> list[int]:
    """Return the visible sheets of some loads."""
    wanted = set(loads)
    return [sheet for sheet in reader.sheet_sources if reader.sheet_loads[sheet] in wanted]


def _fetch_watched(reader: Neo4jReader, scope: WatchedScope) -> CaseSession:
    """Return tables with the records of some loads that name a watched value, and the mentions that bear one."""
    snapshot = reader.new_snapshot(_sheets_of(reader, scope.loads))
    for _, *lot in scope.lots:
        for key in lot:
            reader.prefixes.register(key)
    packed = reader.prefixes.packed
    if spans := spans_of(reader, [(packed(first), packed(last)) for _, first, last in scope.lots]):
        snapshot.fetch(KINDS, "card_records", _SINGLES_IN, spans=spans)
        lots = f"{_LOTS_OVER}MATCH (r:Record)-[:{NAMED}]->(c)"
        snapshot.fetch(KINDS, "range_records", lots, spans=spans, classes=reader.size_classes)
    mentions = reader.query(
        "MATCH (m:Mention) WHERE m.name_key IN $names OR m.member IN $members RETURN m.mention, m.name_key, m.strong",
        names=[name for _, name in scope.names],
        members=[f"id:{number}" for _, number in scope.identifiers],
    )
    snapshot.add_mentions(mentions)
    starts: list[tuple[str, dict[str, object]]] = []
    for column in ("msisdn", "imsi"):
        bounds = [[unpack_number(low), unpack_number(high)] for _, low, high in scope.numbers]
        between = f"r.{column} >= ends[0] AND r.{column} <= ends[1] AND size(r.{column}) = size(ends[0])"
        starts.append((f"UNWIND $bounds AS ends MATCH (r:Record) WHERE {between}", {"bounds": bounds}))
    devices = [f"{device:014d}" for _, device in scope.devices]
    starts.append(("MATCH (r:Record) WHERE r.device IN $devices", {"devices": devices}))
    starts.append(("MATCH (r:Record) WHERE r.eid IN $chips", {"chips": [chip for _, chip in scope.chips]}))
    holds = " OR ".join(f"r.{field} IN $texts" for field in TEXT_FIELDS_LOOKED_UP)
    starts.append((f"MATCH (r:Record) WHERE {holds}", {"texts": [text for _, text in scope.texts]}))
    beside = (
        "MATCH (m:Mention)-[:REFERS_TO]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p MATCH (r:Record)--(p)"
    )
    starts.append((beside, {"mentions": [mention for mention, *_ in mentions]}))
    if scope.cells:
        starts.append(("MATCH (r:Record) WHERE r.extra <> ''", {}))
    for start, values in starts:
        if all(values.values()):
            for table, card in _CARD_OF.items():
                link = f" MATCH (r){card}" if card else ""
                snapshot.fetch(KINDS, table, f"{start} WITH DISTINCT r{link}", **values)
    snapshot.keep_once(*_CARD_OF)
    snapshot.fetch_unread()
    snapshot.withdraw_rows(reader.withdrawn)
    return snapshot.store()


def _fetch_trades(reader: Neo4jReader, snapshot: LocalSnapshot) -> None:
    """Fetch all movements to or from those who moved the fetched cards, except carriers: sales count over the case."""
    met = snapshot.mentions() - set(reader.carrier_mentions())
    reader.load_parties(met)
    mentions = reader.mention_ids({reader.parties_by_mention[mention] for mention in met})
    if not mentions:
        return
    for side in (_TO_PARTY.format(link="RECEIVED_BY"), _PASSED_ON):
        for table, label in (("card_records", "Card"), ("range_records", "Lot")):
            snapshot.fetch(CUSTODY_KINDS, table, f"{side} MATCH (r)-[:MOVES]->(c:{label})", mentions=mentions)
    snapshot.keep_once("card_records", "range_records")


def _fetch_cards(
    reader: Neo4jReader, snapshot: LocalSnapshot, lots: Iterable[CardInterval], kinds: Sequence[Kind]
) -> None:
    """Fetch all records of some kinds that list a card of the lots, and all movements of ranges that share one."""
    spans = spans_of(reader, lots)
    if spans:
        snapshot.fetch(kinds, "card_records", _SINGLES_IN, spans=spans)
        snapshot.fetch(CUSTODY_KINDS, "range_records", _RANGES_OVER, spans=spans, classes=reader.size_classes)


def packed_lots(reader: Neo4jReader, ends: Iterable[Sequence[str]]) -> list[CardInterval]:
    """Return lots by the keys of their first and last cards."""
    return [(reader.prefixes.packed(first), reader.prefixes.packed(last)) for first, last in ends]


def spans_of(reader: Neo4jReader, lots: Iterable[CardInterval]) -> list[dict[str, str | int]]:
    """Return lots as disjoint spans of keys, in order."""
    spans: list[dict[str, str | int]] = []
    for low, high in merge_intervals(lots):
        text, size, first = reader.prefixes.parts(low)
        last = first + high - low
        spans.append(
            {
                "head": prefix_pattern(text, size),
                "first": join_key(text, size, first),
                "last": join_key(text, size, last),
                "low": first,
                "high": last,
            }
        )
    return spans


def _set_parties(reader: Neo4jReader, snapshot: LocalSnapshot, more: Iterable[int] = ()) -> None:
    """Resolve the senders and receivers of the fetched records, and some more mentions."""
    mentions = snapshot.mentions().union(more)
    reader.load_parties(mentions)
    snapshot.set_parties({mention: reader.parties_by_mention[mention] for mention in mentions})
