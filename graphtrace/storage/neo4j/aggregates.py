"""Aggregate queries on a server.

The records in question are fetched into an :class:`~graphtrace.storage.neo4j.snapshot.LocalSnapshot`, where the SQL of
the embedded case adds them up. The functions are methods of :class:`~graphtrace.storage.neo4j.backend.Neo4jBackend`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.engine.audit_session import AuditSession, merge_intervals
from graphtrace.identifiers import join_key
from graphtrace.model import CUSTODY_KINDS, USE_KINDS, AuditRole, Kind, Party
from graphtrace.storage.base import (
    CardBatch,
    CardInterval,
    CardRecord,
    CounterpartyTotals,
    FlowProvenance,
    FlowTotals,
    LotSummary,
    MovementColumns,
    MovementCounts,
    MovementFilter,
    Neighbour,
    PartyTotals,
    StoredRecord,
    SubscriberLink,
    TransferKey,
)
from graphtrace.storage.corrections import state_as_of
from graphtrace.storage.neo4j.schema import QUANTITY_ONLY, VISIBLE, WAITING, prefix_pattern
from graphtrace.storage.supports import COUNTED, STATED_COLUMNS, SupportRecord, in_order, support_record

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.session import Neo4jSession
    from graphtrace.storage.neo4j.snapshot import LocalSnapshot

_ON_SINGLES: tuple[Kind, ...] = (*CUSTODY_KINDS, *USE_KINDS, "seizure", "card_list")
_OF_PARTY = (
    "MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p "
    "MATCH (r:Record)-[:{link}]->(p) WHERE r.receiver IN $mentions"
)
_FROM_PARTY = (
    "MATCH (m:Mention)-[:NAMES]->(p:Party) WHERE m.mention IN $mentions WITH DISTINCT p "
    "MATCH (p)-[:{link}]->(r:Record) WHERE r.sender IN $mentions"
)
_SINGLES_IN = (
    "UNWIND $spans AS span MATCH (c:Card) WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
    "MATCH (r:Record)-[:MOVES|OF]->(c)"
)
_RANGES_OVER = (
    "UNWIND $spans AS span UNWIND $classes AS class MATCH (c:Lot) WHERE c.head = span.head AND c.cls = class[0] "
    "AND c.lo > span.lo - class[1] AND c.lo <= span.hi AND c.hi >= span.lo WITH DISTINCT c "
    "MATCH (r:Record)-[:MOVES]->(c)"
)


def unlinked_events_in(
    session: Neo4jSession, lots: Sequence[CardInterval]
) -> tuple[Sequence[StoredRecord], Sequence[SubscriberLink]]:
    """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
    if not lots or not session.has_unlinked_events:
        return [], []
    waiting = session.unnumbered_records(f"MATCH (r:{WAITING}) WHERE {VISIBLE}")
    links = session.subscriber_links(
        {number for row in waiting for number in (row.msisdn, row.imsi) if number is not None}
    )
    joined = merge_intervals(lots)
    starts = [low for low, _ in joined]

    def is_among(key: str) -> bool:
        card = session.prefixes.packed(key)
        place = bisect_right(starts, card) - 1
        return place >= 0 and card <= joined[place][1]

    had = {link.number for link in links if is_among(link.key)}
    rows = [row for row in waiting if row.msisdn in had or row.imsi in had]
    named = {number for row in rows for number in (row.msisdn, row.imsi)}
    return rows, [link for link in links if link.number in named]


def audit_session(
    session: Neo4jSession, parties: Sequence[Party] | None, role: AuditRole = "enterprise"
) -> tuple[AuditSession, Sequence[int], Sequence[CardInterval]]:
    """Open an audit session on the cards with which the audits of some parties, or of all in a role, begin.

    With given parties, only the records that name one of their cards are fetched.
    """
    if parties is None:
        return session.full_snapshot.audit_session(None, role)
    mentions = session.mention_ids(parties)
    sender = "r.sender IN $carriers" if role == "enterprise" else "NOT r.sender IN $carriers"
    received = f"{_OF_PARTY.format(link='TO')} AND {sender}"
    passed_on = _FROM_PARTY.format(link="GAVE")
    parameters = {"mentions": mentions, "carriers": session.carrier_mentions(), "seen": session.visible_sheets}
    ends = [
        row
        for side in (received, passed_on)
        for label, first, last in (("Lot", "c.first", "c.last"), ("Card", "c.key", "c.key"))
        for row in session.query(
            f"{side} AND {VISIBLE} MATCH (r)-[:MOVES]->(c:{label}) RETURN DISTINCT {first} AS first, {last} AS last",
            **parameters,
        )
    ]
    excerpt = session.new_snapshot()
    _fetch_cards(session, excerpt, _packed(session, ends), _ON_SINGLES)
    _fetch_trades(session, excerpt)
    excerpt.fetch(CUSTODY_KINDS, "unnumbered", f"MATCH (r:{QUANTITY_ONLY})")
    for table, found in (
        ("singles", "MATCH (r)-[:OF]->(c:Card)"),
        ("ranges", "MATCH (r)-[:OF]->(c:Lot)"),
        ("unnumbered", ""),
    ):
        excerpt.fetch(["stock"], table, f"{_FROM_PARTY.format(link='DECLARED')} {found}", mentions=mentions)
    excerpt.fetch_rejects()
    _take_people(session, excerpt, [*mentions, *parameters["carriers"]])
    return excerpt.store().audit_session(parties, role)


def _fetch_trades(session: Neo4jSession, excerpt: LocalSnapshot) -> None:
    """Fetches all movements by those who moved the cards that were fetched: sellers are counted over the case."""
    met = excerpt.mentions() - set(session.carrier_mentions())
    session.load_parties(met)
    mentions = session.mention_ids({session.parties_by_mention[mention] for mention in met})
    if not mentions:
        return
    for side in (_OF_PARTY.format(link="TO"), _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions"):
        for table, label in (("singles", "Card"), ("ranges", "Lot")):
            excerpt.fetch(CUSTODY_KINDS, table, f"{side} MATCH (r)-[:MOVES]->(c:{label})", mentions=mentions)
    excerpt.keep_once("singles", "ranges")


def movement_columns(session: Neo4jSession, cards: CardBatch) -> MovementColumns:
    """Return the movements of the cards as columns; only the records that move them are fetched."""
    heads = [cards.heads[head] for head in cards.head.tolist()]
    keys = [join_key(text, size, each) for (text, size), each in zip(heads, cards.number.tolist(), strict=True)]
    packed = [session.prefixes.packed(key) for key in keys]
    excerpt = session.new_snapshot()
    _fetch_cards(session, excerpt, [(card, card) for card in packed], CUSTODY_KINDS)
    _take_people(session, excerpt)
    return excerpt.store().movement_columns(cards)


def _fetch_cards(
    session: Neo4jSession, excerpt: LocalSnapshot, lots: Iterable[CardInterval], kinds: Sequence[Kind]
) -> None:
    """Fetches all records of some kinds that list a card of the lots, and all movements of ranges that share one."""
    spans = _spans(session, lots)
    if spans:
        excerpt.fetch(kinds, "singles", _SINGLES_IN, spans=spans)
        excerpt.fetch(CUSTODY_KINDS, "ranges", _RANGES_OVER, spans=spans, classes=session.size_classes)


def _packed(session: Neo4jSession, ends: Iterable[Sequence[str]]) -> list[CardInterval]:
    return [(session.prefixes.packed(first), session.prefixes.packed(last)) for first, last in ends]


def _spans(session: Neo4jSession, lots: Iterable[CardInterval]) -> list[dict[str, str | int]]:
    """Lots as disjoint spans of keys, in order."""
    spans: list[dict[str, str | int]] = []
    for low, high in merge_intervals(lots):
        text, size, first = session.prefixes.parts(low)
        last = first + high - low
        spans.append(
            {
                "head": prefix_pattern(text, size),
                "first": join_key(text, size, first),
                "last": join_key(text, size, last),
                "lo": first,
                "hi": last,
            }
        )
    return spans


def _take_people(session: Neo4jSession, excerpt: LocalSnapshot, more: Iterable[int] = ()) -> None:
    """Says who the senders and receivers of the fetched records are, and some more mentions."""
    mentions = excerpt.mentions().union(more)
    session.load_parties(mentions)
    excerpt.set_parties({mention: session.parties_by_mention[mention] for mention in mentions})


def cards_received_by(session: Neo4jSession, party: Party) -> Iterable[tuple[int, str, Sequence[StoredRecord]]]:
    """Every card that the party ever received, as (number of cards, a key with their head, their movements)."""
    received = _OF_PARTY.format(link="TO") + f" AND {VISIBLE} MATCH (r)-[:MOVES]->(c{{label}}) "
    mentions = session.mention_ids([party])
    ends = [
        *session.query(
            f"{received.format(label=':Lot')} RETURN DISTINCT c.first, c.last",
            mentions=mentions,
            seen=session.visible_sheets,
        ),
        *session.query(
            f"{received.format(label=':Card')} RETURN DISTINCT c.key AS first, c.key AS last",
            mentions=mentions,
            seen=session.visible_sheets,
        ),
    ]
    excerpt = session.new_snapshot()
    _fetch_cards(session, excerpt, _packed(session, ends), CUSTODY_KINDS)
    _take_people(session, excerpt, mentions)
    return excerpt.store().cards_received_by(party)


def counterparties(
    session: Neo4jSession, party: Party
) -> tuple[Sequence[CounterpartyTotals], Sequence[CounterpartyTotals]]:
    """From whom the party received cards, and to whom it passed cards on; by id."""
    excerpt = session.new_snapshot()
    mentions = session.mention_ids([party])
    for side in (_OF_PARTY.format(link="TO"), _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions"):
        excerpt.fetch(CUSTODY_KINDS, "singles", f"{side} MATCH (r)-[:MOVES]->(c:Card)", mentions=mentions)
        excerpt.fetch(CUSTODY_KINDS, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
        excerpt.fetch(CUSTODY_KINDS, "unnumbered", side, mentions=mentions)
    _take_people(session, excerpt, mentions)
    return excerpt.store().counterparties(party)


def card_counts(session: Neo4jSession, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
    """Count the different cards that each party received, passed on or used on record, with ``cards`` of it."""
    excerpt = session.new_snapshot()
    mentions = session.mention_ids(cards)
    for side in (
        _OF_PARTY.format(link="TO|USED_BY"),
        _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions",
    ):
        excerpt.fetch(
            (*CUSTODY_KINDS, *USE_KINDS), "singles", f"{side} MATCH (r)-[:MOVES|OF]->(c:Card)", mentions=mentions
        )
        excerpt.fetch(CUSTODY_KINDS, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
    _take_people(session, excerpt, mentions)
    for keys in cards.values():
        for key in keys:
            session.prefixes.packed(key)
    return excerpt.store().card_counts(cards)


def count_cards(session: Neo4jSession) -> int:
    """Count the different cards that the records name, listed or by range."""
    named = f"EXISTS {{ (c)<-[:MOVES|OF]-(r:Record) WHERE {VISIBLE} }}"
    lots = session.query(f"MATCH (c:Lot) WHERE {named} RETURN c.first, c.last", seen=session.visible_sheets)
    spans = _spans(session, _packed(session, lots))
    ((listed,),) = session.query(f"MATCH (c:Card) WHERE {named} RETURN count(*)", seen=session.visible_sheets)
    ((inside,),) = session.query(
        "UNWIND $spans AS span MATCH (c:Card) WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
        f"AND {named} RETURN count(*)",
        spans=spans,
        seen=session.visible_sheets,
    )
    return int(listed - inside) + sum(int(span["hi"]) - int(span["lo"]) + 1 for span in spans)


def lots_in_transfer(session: Neo4jSession, transfer: TransferKey) -> Sequence[CardInterval]:
    """The cards that records may mean by a transfer, listed or by range: disjoint lots in order."""
    excerpt = session.new_snapshot()
    senders, receivers = session.mention_ids([transfer.sender]), session.mention_ids([transfer.receiver])
    between = f"{_FROM_PARTY.format(link='GAVE')} AND r.receiver IN $receivers"
    for table, label in (("singles", "Card"), ("ranges", "Lot")):
        match = f"{between} MATCH (r)-[:MOVES]->(c:{label})"
        excerpt.fetch(CUSTODY_KINDS, table, match, mentions=senders, receivers=receivers)
    _take_people(session, excerpt, [*senders, *receivers])
    return excerpt.store().lots_in_transfer(transfer)


def lots_outside_transfers(
    session: Neo4jSession, lots: Sequence[CardInterval], transfers: Sequence[TransferKey]
) -> Sequence[CardInterval]:
    """The cards near the lots that a record moves in none of the transfers, from one party to another."""
    excerpt = session.new_snapshot()
    _fetch_cards(session, excerpt, lots, CUSTODY_KINDS)
    parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
    _take_people(session, excerpt, session.mention_ids(parties))
    return excerpt.store().lots_outside_transfers(lots, transfers)


def lots_with_event(session: Neo4jSession, kind: Kind, lots: Sequence[CardInterval]) -> Sequence[CardInterval]:
    """The cards of the lots that a record of the kind lists: disjoint lots in order."""
    rows = session.query(
        f"{_SINGLES_IN} WHERE r.kind = $kind AND {VISIBLE} RETURN DISTINCT c.key AS first, c.key AS last",
        spans=_spans(session, lots),
        kind=kind,
        seen=session.visible_sheets,
    )
    return merge_intervals(_packed(session, rows))


def card_keys(session: Neo4jSession, cards: Sequence[int]) -> Sequence[str]:
    """The keys of cards by their numbers."""
    return [join_key(*session.prefixes.parts(card)) for card in cards]


def estimate_size(session: Neo4jSession, scope: MovementFilter) -> MovementCounts:
    """Count the flows, records and lots of the movements of a scope."""
    return session.full_snapshot.estimate_size(scope)


def flow_totals(session: Neo4jSession, scope: MovementFilter, *, by_channel: bool) -> Iterator[FlowTotals]:
    """Yield the totals of each pair of parties, by their ids; with ``by_channel`` one for each channel."""
    return session.full_snapshot.flow_totals(scope, by_channel=by_channel)


def flow_provenance(session: Neo4jSession, scope: MovementFilter, *, most: int) -> Iterator[FlowProvenance]:
    """Yield the origins of the movements of a scope by the parties' ids, file and sheet; the first ``most`` rows."""
    return session.full_snapshot.flow_provenance(scope, most=most)


def party_totals(session: Neo4jSession, scope: MovementFilter) -> Iterator[PartyTotals]:
    """Yield the totals of the parties of a scope in its time, from and to anybody, by their ids."""
    return session.full_snapshot.party_totals(scope)


def neighbours(
    session: Neo4jSession, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
) -> Sequence[Neighbour]:
    """To whom some parties passed cards on (``onward``) or from whom they received them; by their ids."""
    return session.full_snapshot.neighbours(days, onward=onward, since=since, until=until)


def iter_records(session: Neo4jSession, scope: MovementFilter, kinds: Sequence[Kind]) -> Iterator[CardRecord]:
    """All rows of some kinds in a scope, by hash of the file, sheet and row."""
    return session.full_snapshot.iter_records(scope, kinds)


def iter_lots(session: Neo4jSession, scope: MovementFilter) -> Iterator[LotSummary]:
    """The different lots that the movements of a scope name, a listed card as one of a single card; in order."""
    return session.full_snapshot.iter_lots(scope)


def supports(session: Neo4jSession, keys: Collection[str] | None = None) -> Sequence[SupportRecord]:
    """The supporting records with one of the keys, all of them without any. Cost: one pass over such records."""
    if not session.has_supports or (keys is not None and not keys):
        return []
    withdrawn = state_as_of(session.kept_corrections, session.as_of).withdrawn
    rows = session.query(
        "MATCH (s:Support) WHERE s.sheet IN $seen AND ($keys IS NULL OR any(key IN s.keys WHERE key IN $keys)) "
        f"RETURN {', '.join(f's.{name}' for name in STATED_COLUMNS)}, s.statement",
        seen=list(session.sheet_sources),
        keys=None if keys is None else sorted(keys),
    )
    return in_order(
        support_record(cells, statement, *session.sheet_sources[cells[6]])
        for *cells, statement in rows
        if (cells[6], cells[7]) not in withdrawn
    )


def count_supports(session: Neo4jSession) -> dict[str, int]:
    """Count the records of each kind, each statement once."""
    if not session.has_supports:
        return {}
    withdrawn = state_as_of(session.kept_corrections, session.as_of).withdrawn
    if withdrawn:
        told = {(record.kind, record.statement) for record in supports(session)}
        return {kind: sum(each == kind for each, _ in told) for kind in {kind for kind, _ in told} - {"contact"}}
    rows = session.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen RETURN s.kind, count(DISTINCT s.statement)",
        seen=list(session.sheet_sources),
    )
    return dict(rows)


def count_by_sheet(session: Neo4jSession) -> dict[int, tuple[int, int]]:
    """By sheet, how many records are stored, with those of unloaded files, and how many repeat others."""
    if not session.has_supports:
        return {}
    rows = session.query(
        f"MATCH (s:Support) WHERE s.{COUNTED} AND s.sheet IN $seen "
        "RETURN s.sheet, count(*), count(CASE WHEN s.repeated THEN 1 END)",
        seen=list(session.sheet_loads),
    )
    return {sheet: (stored, repeated) for sheet, stored, repeated in rows}
