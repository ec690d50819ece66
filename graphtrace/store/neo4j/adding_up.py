"""A server asked questions that add up many records.

The records in question are fetched into an :class:`~graphtrace.store.neo4j.excerpt.Excerpt`, where the SQL of the
embedded case adds them up. The functions are methods of :class:`~graphtrace.store.neo4j.reading.Neo4jStore`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.identifiers import join_key
from graphtrace.model import MOVES, Kind, Party
from graphtrace.store.movements import AskedCards, Movements
from graphtrace.store.neo4j.schema import QUANTITY_ONLY, SEEN, WAITING, head_text
from graphtrace.store.protocol import (
    CardRow,
    Contact,
    Dealing,
    FlowSource,
    FlowSum,
    Lot,
    MovedLot,
    MovementCounts,
    NumberLink,
    PartySum,
    Row,
    Scope,
    Transfer,
)
from graphtrace.store.workbench import Workbench, join_lots

if TYPE_CHECKING:
    from graphtrace.store.neo4j.excerpt import Excerpt
    from graphtrace.store.neo4j.reading import Neo4jStore

_ON_SINGLES: tuple[Kind, ...] = (*MOVES, "activation", "seizure")
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


def waiting_events(store: Neo4jStore, lots: Sequence[Lot]) -> tuple[Sequence[Row], Sequence[NumberLink]]:
    """Rows that name only an MSISDN or IMSI which some card of the lots had, and all links of their numbers."""
    if not lots or not store.has_waiting_rows:
        return [], []
    waiting = store._unnumbered(f"MATCH (r:{WAITING}) WHERE {SEEN}")
    links = store.links_of({number for row in waiting for number in (row.msisdn, row.imsi) if number is not None})
    joined = join_lots(lots)
    starts = [low for low, _ in joined]

    def is_among(key: str) -> bool:
        card = store._heads.packed(key)
        place = bisect_right(starts, card) - 1
        return place >= 0 and card <= joined[place][1]

    had = {link.number for link in links if is_among(link.key)}
    rows = [row for row in waiting if row.msisdn in had or row.imsi in had]
    named = {number for row in rows for number in (row.msisdn, row.imsi)}
    return rows, [link for link in links if link.number in named]


def workbench(store: Neo4jStore, buyers: Sequence[Party] | None) -> tuple[Workbench, list[tuple[int, int, int]]]:
    """A bench with the cards that carriers sold to some parties, or to anyone; of some parties' cards only the records
    that name one of these cards are fetched.
    """
    if buyers is None:
        return store._whole.workbench(None)
    mentions = store._mentions_of(buyers)
    sold = _OF_PARTY.format(link="TO") + f" AND r.sender IN $carriers AND {SEEN} MATCH (r)-[:MOVES]->(c{{label}}) "
    parameters = {"mentions": mentions, "carriers": store._carriers(), "seen": store._seen}
    ends = [
        *store._ask(f"{sold.format(label=':Lot')} RETURN DISTINCT c.first, c.last", **parameters),
        *store._ask(f"{sold.format(label=':Card')} RETURN DISTINCT c.key AS first, c.key AS last", **parameters),
    ]
    excerpt = store._excerpt()
    _fetch_cards(store, excerpt, _packed(store, ends), _ON_SINGLES)
    excerpt.fetch(MOVES, "unnumbered", f"MATCH (r:{QUANTITY_ONLY})")
    for table, found in (
        ("singles", "MATCH (r)-[:OF]->(c:Card)"),
        ("ranges", "MATCH (r)-[:OF]->(c:Lot)"),
        ("unnumbered", ""),
    ):
        excerpt.fetch(["stock"], table, f"{_FROM_PARTY.format(link='DECLARED')} {found}", mentions=mentions)
    excerpt.fetch_rejects()
    _take_people(store, excerpt, [*mentions, *parameters["carriers"]])
    return excerpt.store().workbench(buyers)


def movements_of(store: Neo4jStore, cards: AskedCards) -> Movements:
    """What moves the cards; only the records that do are fetched."""
    heads = [cards.heads[head] for head in cards.head.tolist()]
    keys = [join_key(text, size, each) for (text, size), each in zip(heads, cards.number.tolist(), strict=True)]
    packed = [store._heads.packed(key) for key in keys]
    excerpt = store._excerpt()
    _fetch_cards(store, excerpt, [(card, card) for card in packed], MOVES)
    _take_people(store, excerpt)
    return excerpt.store().movements_of(cards)


def _fetch_cards(store: Neo4jStore, excerpt: Excerpt, lots: Iterable[Lot], kinds: Sequence[Kind]) -> None:
    """Fetches all records of some kinds that list a card of the lots, and all movements of ranges that share one."""
    spans = _spans(store, lots)
    if spans:
        excerpt.fetch(kinds, "singles", _SINGLES_IN, spans=spans)
        excerpt.fetch(MOVES, "ranges", _RANGES_OVER, spans=spans, classes=store._classes)


def _packed(store: Neo4jStore, ends: Iterable[Sequence[str]]) -> list[Lot]:
    return [(store._heads.packed(first), store._heads.packed(last)) for first, last in ends]


def _spans(store: Neo4jStore, lots: Iterable[Lot]) -> list[dict[str, str | int]]:
    """Lots as disjoint spans of keys, in order."""
    spans: list[dict[str, str | int]] = []
    for low, high in join_lots(lots):
        text, size, first = store._heads.parts(low)
        last = first + high - low
        spans.append(
            {
                "head": head_text(text, size),
                "first": join_key(text, size, first),
                "last": join_key(text, size, last),
                "lo": first,
                "hi": last,
            }
        )
    return spans


def _take_people(store: Neo4jStore, excerpt: Excerpt, more: Iterable[int] = ()) -> None:
    """Says who the senders and receivers of the fetched records are, and some more mentions."""
    mentions = excerpt.mentions().union(more)
    store._learn_parties(mentions)
    excerpt.take_people({mention: store._parties[mention] for mention in mentions})


def holdings_of(store: Neo4jStore, party: Party) -> Iterable[tuple[int, str, Sequence[Row]]]:
    """Every card that the party ever received, as (number of cards, a key with their head, their movements)."""
    received = _OF_PARTY.format(link="TO") + f" AND {SEEN} MATCH (r)-[:MOVES]->(c{{label}}) "
    mentions = store._mentions_of([party])
    ends = [
        *store._ask(
            f"{received.format(label=':Lot')} RETURN DISTINCT c.first, c.last", mentions=mentions, seen=store._seen
        ),
        *store._ask(
            f"{received.format(label=':Card')} RETURN DISTINCT c.key AS first, c.key AS last",
            mentions=mentions,
            seen=store._seen,
        ),
    ]
    excerpt = store._excerpt()
    _fetch_cards(store, excerpt, _packed(store, ends), MOVES)
    _take_people(store, excerpt, mentions)
    return excerpt.store().holdings_of(party)


def dealings_of(store: Neo4jStore, party: Party) -> tuple[Sequence[Dealing], Sequence[Dealing]]:
    """From whom the party received cards, and to whom it passed cards on; by id."""
    excerpt = store._excerpt()
    mentions = store._mentions_of([party])
    for side in (_OF_PARTY.format(link="TO"), _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions"):
        excerpt.fetch(MOVES, "singles", f"{side} MATCH (r)-[:MOVES]->(c:Card)", mentions=mentions)
        excerpt.fetch(MOVES, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
        excerpt.fetch(MOVES, "unnumbered", side, mentions=mentions)
    _take_people(store, excerpt, mentions)
    return excerpt.store().dealings_of(party)


def volumes_of(store: Neo4jStore, cards: Mapping[Party, Sequence[str]]) -> Mapping[Party, int]:
    """How many different cards each party received, passed on or used on record, ``cards`` of it included."""
    excerpt = store._excerpt()
    mentions = store._mentions_of(cards)
    for side in (
        _OF_PARTY.format(link="TO|USED_BY"),
        _FROM_PARTY.format(link="GAVE") + " AND NOT r.receiver IN $mentions",
    ):
        excerpt.fetch((*MOVES, "activation"), "singles", f"{side} MATCH (r)-[:MOVES|OF]->(c:Card)", mentions=mentions)
        excerpt.fetch(MOVES, "ranges", f"{side} MATCH (r)-[:MOVES]->(c:Lot)", mentions=mentions)
    _take_people(store, excerpt, mentions)
    for keys in cards.values():
        for key in keys:
            store._heads.packed(key)
    return excerpt.store().volumes_of(cards)


def count_cards(store: Neo4jStore) -> int:
    """How many different cards the records name, listed or by range."""
    named = f"EXISTS {{ (c)<-[:MOVES|OF]-(r:Record) WHERE {SEEN} }}"
    lots = store._ask(f"MATCH (c:Lot) WHERE {named} RETURN c.first, c.last", seen=store._seen)
    spans = _spans(store, _packed(store, lots))
    ((listed,),) = store._ask(f"MATCH (c:Card) WHERE {named} RETURN count(*)", seen=store._seen)
    ((inside,),) = store._ask(
        "UNWIND $spans AS span MATCH (c:Card) WHERE c.key >= span.first AND c.key <= span.last AND c.head = span.head "
        f"AND {named} RETURN count(*)",
        spans=spans,
        seen=store._seen,
    )
    return int(listed - inside) + sum(int(span["hi"]) - int(span["lo"]) + 1 for span in spans)


def moved_lots(store: Neo4jStore, transfer: Transfer) -> Sequence[Lot]:
    """The cards that records may mean by a transfer, listed or by range: disjoint lots in order."""
    excerpt = store._excerpt()
    senders, receivers = store._mentions_of([transfer.sender]), store._mentions_of([transfer.receiver])
    between = f"{_FROM_PARTY.format(link='GAVE')} AND r.receiver IN $receivers"
    for table, label in (("singles", "Card"), ("ranges", "Lot")):
        match = f"{between} MATCH (r)-[:MOVES]->(c:{label})"
        excerpt.fetch(MOVES, table, match, mentions=senders, receivers=receivers)
    _take_people(store, excerpt, [*senders, *receivers])
    return excerpt.store().moved_lots(transfer)


def lots_moved_otherwise(store: Neo4jStore, lots: Sequence[Lot], transfers: Sequence[Transfer]) -> Sequence[Lot]:
    """The cards near the lots that a record moves in none of the transfers, from one party to another."""
    excerpt = store._excerpt()
    _fetch_cards(store, excerpt, lots, MOVES)
    parties = {party for transfer in transfers for party in (transfer.sender, transfer.receiver)}
    _take_people(store, excerpt, store._mentions_of(parties))
    return excerpt.store().lots_moved_otherwise(lots, transfers)


def lots_with(store: Neo4jStore, kind: Kind, lots: Sequence[Lot]) -> Sequence[Lot]:
    """The cards of the lots that a record of the kind lists: disjoint lots in order."""
    rows = store._ask(
        f"{_SINGLES_IN} WHERE r.kind = $kind AND {SEEN} RETURN DISTINCT c.key AS first, c.key AS last",
        spans=_spans(store, lots),
        kind=kind,
        seen=store._seen,
    )
    return join_lots(_packed(store, rows))


def keys_of(store: Neo4jStore, cards: Sequence[int]) -> Sequence[str]:
    """The keys of cards by their numbers."""
    return [join_key(*store._heads.parts(card)) for card in cards]


def count_moved(store: Neo4jStore, scope: Scope) -> MovementCounts:
    """How large the answers about the movements of a scope would be."""
    return store._whole.count_moved(scope)


def flow_sums(store: Neo4jStore, scope: Scope, *, by_channel: bool) -> Iterator[FlowSum]:
    """What passed between each two parties, by their ids; with ``by_channel`` for each channel by itself."""
    return store._whole.flow_sums(scope, by_channel=by_channel)


def flow_sources(store: Neo4jStore, scope: Scope, *, most: int) -> Iterator[FlowSource]:
    """Where the movements of a scope stand: by the parties' ids, file and sheet; with the first ``most`` rows."""
    return store._whole.flow_sources(scope, most=most)


def party_sums(store: Neo4jStore, scope: Scope) -> Iterator[PartySum]:
    """What the parties of a scope received and passed on in its time, from and to anybody; by their ids."""
    return store._whole.party_sums(scope)


def contacts_of(
    store: Neo4jStore, days: Mapping[str, int], *, onward: bool, since: int | None, until: int | None
) -> Sequence[Contact]:
    """To whom some parties passed cards on (``onward``) or from whom they received them; by their ids."""
    return store._whole.contacts_of(days, onward=onward, since=since, until=until)


def rows_within(store: Neo4jStore, scope: Scope, kinds: Sequence[Kind]) -> Iterator[CardRow]:
    """All rows of some kinds in a scope, by hash of the file, sheet and row."""
    return store._whole.rows_within(scope, kinds)


def lots_within(store: Neo4jStore, scope: Scope) -> Iterator[MovedLot]:
    """The different lots that the movements of a scope name, a listed card as one of a single card; in order."""
    return store._whole.lots_within(scope)
