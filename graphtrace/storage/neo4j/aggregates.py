"""A server asked questions that add up many records.

The records in question are fetched into an :class:`~graphtrace.storage.neo4j.snapshot.LocalSnapshot`, where the SQL of
the embedded case adds them up. The functions are methods of :class:`~graphtrace.storage.neo4j.backend.Neo4jBackend`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.engine.audit_session import AuditSession, merge_intervals
from graphtrace.engine.movement_columns import CardBatch, MovementColumns
from graphtrace.identifiers import join_key
from graphtrace.model import CUSTODY_KINDS, USE_KINDS, AuditRole, Kind, Party
from graphtrace.storage.base import (
    CardInterval,
    CardRecord,
    CounterpartyTotals,
    FlowProvenance,
    FlowTotals,
    LotSummary,
    MovementCounts,
    MovementFilter,
    Neighbour,
    PartyTotals,
    StoredRecord,
    SubscriberLink,
    TransferKey,
)
from graphtrace.storage.neo4j.schema import QUANTITY_ONLY, VISIBLE, WAITING, prefix_pattern

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.backend import Neo4jBackend
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
    store: Neo4jBackend, lots: Sequence[CardInterval]
) -> tuple[Sequence[StoredRecord], Sequence[SubscriberLink]]:
    """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
    if not lots or not store.has_unlinked_events:
        return [], []
    waiting = store._unnumbered(f"MATCH (r:{WAITING}) WHERE {VISIBLE}")
    links = store.subscriber_links(
        {number for row in waiting for number in (row.msisdn, row.imsi) if number is not None}
    )
    joined = merge_intervals(lots)
    starts = [low for low, _ in joined]

    def is_among(key: str) -> bool:
        card = store._heads.packed(key)
        place = bisect_right(starts, card) - 1
        return place >= 0 and card <= joined[place][1]

    had = {link.number for link in links if is_among(link.key)}
    rows = [row for row in waiting if row.msisdn in had or row.imsi in had]
    named = {number for row in rows for number in (row.msisdn, row.imsi)}
    return rows, [link for link in links if link.number in named]


def audit_session(
    store: Neo4jBackend, parties: Sequence[Party] | None, role: AuditRole = "enterprise"
) -> tuple[AuditSession, Sequence[int], Sequence[CardInterval]]:
    """A bench with the cards with which the audits of some parties, or of all in a role, begin; of some parties' cards
    only the records that name one of these cards are fetched.
    """
    if parties is None:
        return store._full_snapshot.audit_session(None, role)
    mentions = store._mention_ids(parties)
    sender = "r.sender IN $carriers" if role == "enterprise" else "NOT r.sender IN $carriers"
    received = f"{_OF_PARTY.format(link='TO')} AND {sender}"
    passed_on = _FROM_PARTY.format(link="GAVE")
    parameters = {"mentions": mentions, "carriers": store._carriers(), "seen": store._visible_clause}
    ends = [
        row
        for side in (received, passed_on)
        for label, first, last in (("Lot", "c.first", "c.last"), ("Card", "c.key", "c.key"))
        for row in store._query(
            f"{side} AND {VISIBLE} MATCH (r)-[:MOVES]->(c:{label}) RETURN DISTINCT {first} AS first, {last} AS last",
            **parameters,
        )
    ]
    excerpt = store._new_snapshot()
    _fetch_cards(store, excerpt, _packed(store, ends), _ON_SINGLES)
    _fetch_trades(store, excerpt)
    excerpt.fetch(CUSTODY_KINDS, "unnumbered", f"MATCH (r:{QUANTITY_ONLY})")
    for table, found in (
        ("singles", "MATCH (r)-[:OF]->(c:Card)"),
        ("ranges", "MATCH (r)-[:OF]->(c:Lot)"),
        ("unnumbered", ""),
    ):
        excerpt.fetch(["stock"], table, f"{_FROM_PARTY.format(link='DECLARED')} {found}", mentions=mentions)
    excerpt.fetch_rejects()
    _take_people(store, excerpt, [*mentions, *parameters["carriers"]])
    return excerpt.store().audit_session(parties, role)


def _fetch_trades(store: Neo4jBackend, excerpt: LocalSnapshot) -> None:
    """Fetches all movements by those who moved the cards that were fetched: sellers are counted over the case."""
    met = excerpt.mentions() - set(store._carriers())
    store._load_parties(met)
    mentions = store._mention_ids({store._parties[mention] for mention in met})
    if not mentions:
        return
    for side in (_OF_PARTY.format(link="TO"), _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions"):
        for table, label in (("singles", "Card"), ("ranges", "Lot")):
            excerpt.fetch(CUSTODY_KINDS, table, f"{side} MATCH (r)-[:MOVES]->(c:{label})", mentions=mentions)
    excerpt.keep_once("singles", "ranges")


def movement_columns(store: Neo4jBackend, cards: CardBatch) -> MovementColumns:
    """What moves the cards; only the records that do are fetched."""
    heads = [cards.heads[head] for head in cards.head.tolist()]
    keys = [join_key(text, size, each) for (text, size), each in zip(heads, cards.number.tolist(), strict=True)]
    packed = [store._heads.packed(key) for key in keys]
    excerpt = store._new_snapshot()
    _fetch_cards(store, excerpt, [(card, card) for card in packed], CUSTODY_KINDS)
    _take_people(store, excerpt)
    return excerpt.store().movement_columns(cards)


def _fetch_cards(
    store: Neo4jBackend, excerpt: LocalSnapshot, lots: Iterable[CardInterval], kinds: Sequence[Kind]
) -> None:
    """Fetches all records of some kinds that list a card of the lots, and all movements of ranges that share one."""
    spans = _spans(store, lots)
    if spans:
        excerpt.fetch(kinds, "singles", _SINGLES_IN, spans=spans)
        excerpt.fetch(CUSTODY_KINDS, "ranges", _RANGES_OVER, spans=spans, classes=store._classes)


def _packed(store: Neo4jBackend, ends: Iterable[Sequence[str]]) -> list[CardInterval]:
    return [(store._heads.packed(first), store._heads.packed(last)) for first, last in ends]


def _spans(store: Neo4jBackend, lots: Iterable[CardInterval]) -> list[dict[str, str | int]]:
    """Lots as disjoint spans of keys, in order."""
    spans: list[dict[str, str | int]] = []
    for low, high in merge_intervals(lots):
        text, size, first = store._heads.parts(low)
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


def _take_people(store: Neo4jBackend, excerpt: LocalSnapshot, more: Iterable[int] = ()) -> None:
    """Says who the senders and receivers of the fetched records are, and some more mentions."""
    mentions = excerpt.mentions().union(more)
    store._load_parties(mentions)
    excerpt.set_parties({mention: store._parties[mention] for mention in mentions})


def cards_received_by(store: Neo4jBackend, party: Party) -> Iterable[tuple[int, str, Sequence[StoredRecord]]]:
    """Every card that the party ever received, as (number of cards, a key with their head, their movements)."""
    received = _OF_PARTY.format(link="TO") + f" AND {VISIBLE} MATCH (r)-[:MOVES]->(c{{label}}) "
    mentions = store._mention_ids([party])
    ends = [
        *store._query(
            f"{received.format(label=':Lot')} RETURN DISTINCT c.first, c.last",
            mentions=mentions,
            seen=store._visible_clause,
        ),
        *store._query(
            f"{received.format(label=':Card')} RETURN DISTINCT c.key AS first, c.key AS last",
            mentions=mentions,
            seen=store._visible_clause,
        ),
    ]
    excerpt = store._new_snapshot()
    _fetch_cards(store, excerpt, _packed(store, ends), CUSTODY_KINDS)
    _take_people(store, excerpt, mentions)
    return excerpt.store().cards_received_by(party)


def counterparties(
    store: Neo4jBackend, party: Party
) -> tuple[Sequence[CounterpartyTotals], Sequence[CounterpartyTotals]]:
    """From whom the party received cards, and to whom it passed cards on; by id."""
    excerpt = store._new_snapshot()
    mentions = store._mention_ids([party])
    for side in (_OF_PARTY.format(link="TO"), _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions"):
        excerpt.fetch(CUSTODY_KINDS, "singles", f"{side} MATCH (r)-[:MOVES]->(c:Card)", mentions=mentions)
        excerpt.fetch(CUSTODY_KINDS, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
        excerpt.fetch(CUSTODY_KINDS, "unnumbered", side, mentions=mentions)
    _take_people(store, excerpt, mentions)
    return excerpt.store().counterparties(party)


def card_counts(store: Neo4jBackend, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
    """How many different cards each party received, passed on or used on record, ``cards`` of it included."""
    excerpt = store._new_snapshot()
    mentions = store._mention_ids(cards)
    for side in (
        _OF_PARTY.format(link="TO|USED_BY"),
        _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions",
    ):
        excerpt.fetch(
            (*CUSTODY_KINDS, *USE_KINDS), "singles", f"{side} MATCH (r)-[:MOVES|OF]->(c:Card)", mentions=mentions
        )
        excerpt.fetch(CUSTODY_KINDS, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
    _take_people(store, excerpt, mentions)
    for keys in cards.values():
        for key in keys:
            store._heads.packed(key)
    return excerpt.store().card_counts(cards)


def count_cards(store: Neo4jBackend) -> int:
    """How many different cards the records name, listed or by range."""
    named = f"EXISTS {{ (c)<-[:MOVES|OF]-(r:Record) WHERE {VISIBLE} }}"
    lots = store._query(f"MATCH (c:Lot) WHERE {named} RETURN c.first, c.last", seen=store._visible_clause)
    spans = _spans(store, _packed(store, lots))
    ((listed,),) = store._query(f"MATCH (c:Card) WHERE {named} RETURN count(*)", seen=store._visible_clause)
    ((inside,),) = store._query(
        "UNWIND $spans AS span MATCH (c:Card) WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
        f"AND {named} RETURN count(*)",
        spans=spans,
        seen=store._visible_clause,
    )
    return int(listed - inside) + sum(int(span["hi"]) - int(span["lo"]) + 1 for span in spans)


def lots_in_transfer(store: Neo4jBackend, transfer: TransferKey) -> Sequence[CardInterval]:
    """The cards that records may mean by a transfer, listed or by range: disjoint lots in order."""
    excerpt = store._new_snapshot()
    senders, receivers = store._mention_ids([transfer.sender]), store._mention_ids([transfer.receiver])
    between = f"{_FROM_PARTY.format(link='GAVE')} AND r.receiver IN $receivers"
    for table, label in (("singles", "Card"), ("ranges", "Lot")):
        match = f"{between} MATCH (r)-[:MOVES]->(c:{label})"
        excerpt.fetch(CUSTODY_KINDS, table, match, mentions=senders, receivers=receivers)
    _take_people(store, excerpt, [*senders, *receivers])
    return excerpt.store().lots_in_transfer(transfer)


def lots_outside_transfers(
    store: Neo4jBackend, lots: Sequence[CardInterval], transfers: Sequence[TransferKey]
) -> Sequence[CardInterval]:
    """The cards near the lots that a record moves in none of the transfers, from one party to another."""
    excerpt = store._new_snapshot()
    _fetch_cards(store, excerpt, lots, CUSTODY_KINDS)
    parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
    _take_people(store, excerpt, store._mention_ids(parties))
    return excerpt.store().lots_outside_transfers(lots, transfers)


def lots_with_event(store: Neo4jBackend, kind: Kind, lots: Sequence[CardInterval]) -> Sequence[CardInterval]:
    """The cards of the lots that a record of the kind lists: disjoint lots in order."""
    rows = store._query(
        f"{_SINGLES_IN} WHERE r.kind = $kind AND {VISIBLE} RETURN DISTINCT c.key AS first, c.key AS last",
        spans=_spans(store, lots),
        kind=kind,
        seen=store._visible_clause,
    )
    return merge_intervals(_packed(store, rows))


def card_keys(store: Neo4jBackend, cards: Sequence[int]) -> Sequence[str]:
    """The keys of cards by their numbers."""
    return [join_key(*store._heads.parts(card)) for card in cards]


def estimate_size(store: Neo4jBackend, scope: MovementFilter) -> MovementCounts:
    """How large the answers about the movements of a scope would be."""
    return store._full_snapshot.estimate_size(scope)


def flow_totals(store: Neo4jBackend, scope: MovementFilter, *, by_channel: bool) -> Iterator[FlowTotals]:
    """What passed between each two parties, by their ids; with ``by_channel`` for each channel by itself."""
    return store._full_snapshot.flow_totals(scope, by_channel=by_channel)


def flow_provenance(store: Neo4jBackend, scope: MovementFilter, *, most: int) -> Iterator[FlowProvenance]:
    """Where the movements of a scope stand: by the parties' ids, file and sheet; with the first ``most`` rows."""
    return store._full_snapshot.flow_provenance(scope, most=most)


def party_totals(store: Neo4jBackend, scope: MovementFilter) -> Iterator[PartyTotals]:
    """What the parties of a scope received and passed on in its time, from and to anybody; by their ids."""
    return store._full_snapshot.party_totals(scope)


def neighbours(
    store: Neo4jBackend, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
) -> Sequence[Neighbour]:
    """To whom some parties passed cards on (``onward``) or from whom they received them; by their ids."""
    return store._full_snapshot.neighbours(days, onward=onward, since=since, until=until)


def iter_records(store: Neo4jBackend, scope: MovementFilter, kinds: Sequence[Kind]) -> Iterator[CardRecord]:
    """All rows of some kinds in a scope, by hash of the file, sheet and row."""
    return store._full_snapshot.iter_records(scope, kinds)


def iter_lots(store: Neo4jBackend, scope: MovementFilter) -> Iterator[LotSummary]:
    """The different lots that the movements of a scope name, a listed card as one of a single card; in order."""
    return store._full_snapshot.iter_lots(scope)
