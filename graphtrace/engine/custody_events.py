"""Custody events that stored records state.

A transfer to a carrier counts as a return, one from a carrier as a purchase (SPEC 3). What a file calls it stays in the
store: whether a party is a carrier is known only when a question is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.identifiers.ranges import CardInterval, difference, merge_intervals
from graphtrace.model import (
    CALLED,
    ENDED,
    KINDS,
    UNDATED,
    CarrierBasis,
    CustodyEvent,
    DateSpan,
    DocumentBasis,
    Kind,
    Origin,
    Party,
    Precision,
)
from graphtrace.storage.duckdb.duckdb_schema import KEYS_PER_PREFIX, MOVES, READ_COLUMNS, UNDATED_DAY
from graphtrace.storage.stored_records import StoredRecord

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graphtrace.storage.base import CardBatch
    from graphtrace.storage.duckdb.session import CaseSession

_PURCHASE, _TRANSFER, _RETURN = (KINDS.index(kind) for kind in ("purchase", "transfer", "return"))
_NAMES: Final = f"[{', '.join(map(repr, KINDS))}]"


def effective_kind(kind: Kind, sender: Party, receiver: Party) -> Kind:
    """Return the kind of a movement between two parties as it counts."""
    if kind != "transfer":
        return kind
    return "return" if receiver.is_carrier else "purchase" if sender.is_carrier else "transfer"


def effective_kind_number(kind: str, senders: str, receivers: str) -> str:
    """Return the expression for it, of a column of numbers of kinds and two relations of parties."""
    return (
        f"CASE WHEN {kind} = {_TRANSFER} AND {receivers}.is_carrier THEN {_RETURN} "
        f"WHEN {kind} = {_TRANSFER} AND {senders}.is_carrier THEN {_PURCHASE} ELSE {kind} END"
    )


def effective_kind_name(kind: str, senders: str, receivers: str) -> str:
    """Return the same expression for the name of the kind."""
    return f"{_NAMES}[{effective_kind_number(kind, senders, receivers)} + 1]"


def event_from_record(row: StoredRecord) -> CustodyEvent:
    """Return the movement that a row states."""
    sender, receiver = row.sender, row.receiver
    when = UNDATED if row.when is None and row.kind == "registration" else row.when
    if sender is None or receiver is None or when is None:
        raise AssertionError(f"a movement without parties or date was loaded: {row.origin}")
    precision: Precision = "range" if row.lot is not None else "listed" if row.check_char is not None else "quantity"
    event = custody_event(
        row.kind,
        sender,
        receiver,
        when,
        precision=precision,
        origin=row.origin,
        channel=row.channel,
        waybill=row.waybill,
        price=row.price,
        quantity=row.quantity if precision == "quantity" else None,
        document_basis=row.document_basis,
        carrier_basis=row.carrier_basis,
    )
    return event if (ended := _end_of(row)) is None else replace(event, ended=ended)


def _end_of(row: StoredRecord) -> DateSpan | None:
    """Return the day on which the carrier's customer of a registration ceased to be it, where the row states one."""
    if row.kind != "registration" or ENDED not in (row.origin.extra or ""):
        return None
    # nothing that reads files is imported for an answer that needs none of it
    from graphtrace.ingest.dates_and_quantities import parse_date

    when = parse_date(row.origin.unread_cells.get(ENDED, ""))
    return when if isinstance(when, DateSpan) else None


def custody_event(
    kind: Kind,
    sender: Party,
    receiver: Party,
    when: DateSpan,
    *,
    precision: Precision,
    origin: Origin,
    channel: str | None,
    waybill: str | None = None,
    price: str | None = None,
    quantity: int | None = None,
    document_basis: DocumentBasis | None = None,
    carrier_basis: CarrierBasis | None = None,
) -> CustodyEvent:
    """Return the movement that a record states, with its :func:`effective_kind`."""
    return CustodyEvent(
        kind=effective_kind(kind, sender, receiver),
        sender=sender,
        receiver=receiver,
        when=when,
        precision=precision,
        origins=(origin,),
        quantity=quantity,
        channel=channel,
        waybill=waybill,
        price=price,
        document_basis=document_basis,
        carrier_basis=carrier_basis,
    )


CardsHistory = tuple[int, str, Sequence[StoredRecord]]
"""Number of cards, a key with their head, and their movements."""


def lots_sent_unreceived(session: CaseSession, party: Party) -> list[CardInterval]:
    """Return the cards that a party passed on and that no record names as received by it, as disjoint lots."""
    mentions = session.mentions_of([party])[party]

    def lots(side: str) -> list[CardInterval]:
        mine = f"{session.visible_clause} kind IN ({MOVES}) AND {side} IN (SELECT unnest(?::INTEGER[]))"
        ranges = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {mine}", mentions)
        keys = session.query(f"SELECT DISTINCT key, key FROM card_records WHERE {mine}", mentions)
        return merge_intervals([*ranges, *keys])

    return difference(lots("sender"), lots("receiver"))


def cards_of_same_sales(session: CaseSession, lots: Sequence[CustodyEvent]) -> Mapping[CustodyEvent, int]:
    """Return how many cards other records name of the sales that records of a number of cards state.

    ``lots`` have one sender and one receiver. Records tell of one sale where they bear one order number or waybill; and
    where another sheet names as many cards of the same day. Of several sheets the most count. Lots without any are left
    out.
    """
    sides = session.mentions_of([party for lot in lots[:1] for party in (lot.sender, lot.receiver)])
    between = f"{session.visible_clause} kind IN ({MOVES}) AND " + " AND ".join(
        f"{side} IN ({', '.join(map(str, mentions)) or 'NULL'})"
        for side, mentions in zip(("sender", "receiver"), sides.values(), strict=False)
    )

    def counted(column: str, wanted: Sequence[object]) -> Mapping[Any, Mapping[tuple[str, str | None], int]]:
        found: dict[Any, dict[tuple[str, str | None], int]] = defaultdict(dict)
        asked = f"{between} AND list_contains($1, {column})"
        cards = session.query(
            f"SELECT {column}, sheet, sum(last - first + 1)::BIGINT FROM ("
            f"SELECT DISTINCT {column}, sheet, key AS first, key AS last FROM card_records WHERE {asked} UNION "
            f"SELECT DISTINCT {column}, sheet, first, last FROM range_records WHERE {asked}) GROUP BY ALL",
            list(wanted),
        )
        for value, sheet, count in cards:
            found[value][session.sheet_sources[sheet][1:]] = count
        return found

    numbers = {lot: {origin.record_no for origin in lot.origins if origin.record_no is not None} for lot in lots}
    by_number = counted("record_no", sorted({number for each in numbers.values() for number in each}))
    by_waybill = counted("waybill", sorted({lot.waybill for lot in lots if lot.waybill is not None}))
    by_day = counted("day", sorted({lot.when.earliest for lot in lots if lot.when.earliest == lot.when.latest}))
    found: dict[CustodyEvent, int] = {}
    for lot in lots:
        counts = [count for number in numbers[lot] for count in by_number.get(number, {}).values()]
        counts += by_waybill.get(lot.waybill, {}).values()
        own = {(origin.sha256, origin.sheet) for origin in lot.origins}
        counts += [
            count
            for sheet, count in by_day.get(lot.when.earliest, {}).items()
            if count == lot.quantity and sheet not in own
        ]
        if counts:
            found[lot] = min(max(counts), lot.quantity or 0)
    return found


def cards_received_by(session: CaseSession, party: Party) -> Iterator[CardsHistory]:
    """Yield the histories of all cards that a party ever received."""
    mine = f"{session.visible_clause} kind IN ({MOVES}) AND receiver IN (SELECT unnest(?::INTEGER[]))"
    mentions = session.mentions_of([party])[party]
    lots = session.query(f"SELECT DISTINCT first, last FROM range_records WHERE {mine}", mentions)
    keys = session.query(f"SELECT DISTINCT key, key FROM card_records WHERE {mine}", mentions)
    yield from histories(session, merge_intervals([*lots, *keys]))


def histories(session: CaseSession, lots: Sequence[CardInterval]) -> Iterator[CardsHistory]:
    """Yield the cards of disjoint sorted lots, those with equal rows together; ranges are cut, never expanded.

    Cost: a pass over the tables of single cards and of ranges.
    """
    if not lots:
        return
    asked = "(SELECT unnest($1::BIGINT[]) AS low, unnest($2::BIGINT[]) AS high) AS spans"
    ends = [list(column) for column in zip(*lots, strict=True)]
    card_records, ranges = session.filter_visible(
        session.query(
            # the lots are disjoint: only the last one that begins before the end of a row can meet it
            f"SELECT key, check_char, {READ_COLUMNS} FROM card_records ASOF JOIN {asked} ON key >= low "
            f"WHERE key <= high AND key BETWEEN {lots[0][0]} AND {lots[-1][1]} AND kind IN ({MOVES})",
            *ends,
        ),
        session.query(
            f"SELECT first, last, {READ_COLUMNS} FROM range_records ASOF JOIN {asked} ON last >= low "
            f"WHERE first <= high AND kind IN ({MOVES})",
            *ends,
        ),
    )
    by_card: dict[int, list[StoredRecord]] = defaultdict(list)
    for key, check_char, *body in card_records:
        by_card[key].append(session.record(body, None, check_char or ""))
    cuts = sorted({cut for first, last, *_ in ranges for cut in (first, last + 1)})
    starting: dict[int, list[tuple[int, StoredRecord]]] = defaultdict(list)
    for first, last, *body in ranges:
        starting[first].append((last, session.range_record(first, last, body)))
    cards = iter(sorted(by_card))
    card = next(cards, None)
    open_ranges: list[tuple[int, StoredRecord]] = []
    place = 0
    for low, high in lots:
        at = low
        while at <= high:
            while place < len(cuts) and cuts[place] <= at:
                open_ranges = [entry for entry in open_ranges if entry[0] >= cuts[place]]
                open_ranges += starting.get(cuts[place], ())
                place += 1
            until = min(high, cuts[place] - 1) if place < len(cuts) else high
            shared = [row for last, row in open_ranges if last >= at]
            listed = 0
            while card is not None and card <= until:
                if card >= at:
                    listed += 1
                    yield 1, session.card_key(card), [*shared, *by_card[card]]
                card = next(cards, None)
            if until - at + 1 > listed:
                yield until - at + 1 - listed, session.card_key(at), shared
            at = until + 1


class MovementColumns(NamedTuple):
    """One row per movement, listed or by range: the index of its card among those asked for, two parties, and the days.

    Parties are numbers; ``carriers`` are those of carriers, and ``parties`` tells who some of them are. A card that
    was asked for twice has its movements at its first place; ``place`` has that of every card.
    """

    place: npt.NDArray[np.signedinteger[Any]]
    card: npt.NDArray[np.signedinteger[Any]]
    sender: npt.NDArray[np.signedinteger[Any]]
    receiver: npt.NDArray[np.signedinteger[Any]]
    first: npt.NDArray[np.signedinteger[Any]]
    last: npt.NDArray[np.signedinteger[Any]]
    carriers: npt.NDArray[np.signedinteger[Any]]
    parties: Callable[[Iterable[int]], Mapping[int, Party]]


def movement_columns(session: CaseSession, cards: CardBatch) -> MovementColumns:
    """One pass over each table; ranges are found by two searches among the sorted cards."""
    import numpy as np

    heads = {(text, size): head for text, size, head in session.query("SELECT text, size, head FROM key_prefixes")}
    numbers = np.array([heads.get(head, -1) for head in cards.heads], dtype=np.int64)[cards.head]
    packed = np.where(numbers < 0, -1, numbers * KEYS_PER_PREFIX + cards.number)
    asked, place, of_asked = np.unique(packed, return_index=True, return_inverse=True)
    resolved = f"{session.party_schema}.resolved_parties"
    # a registration without a day stands first or makes the chain one that needs a search
    days = f"coalesce(day, {UNDATED_DAY}), coalesce(day + span, {UNDATED_DAY})"
    is_move = f"{session.visible_clause} kind IN ({MOVES})"
    # what goes to a dealer registers nobody: from himself to himself, it makes the chain one that needs a search
    sender_or = f"IF(contains(extra, '\"{CALLED}\"'), receiver, sender)"
    first, last, *ranged = session.query_arrays(
        f"SELECT first, last, {sender_or}, receiver, {days} FROM range_records WHERE {is_move}"
    )
    low, high = np.searchsorted(asked, first), np.searchsorted(asked, last, side="right")
    times = high - low
    before = np.repeat(np.cumsum(times) - times, times)
    card = np.repeat(low, times) + np.arange(int(times.sum())) - before
    key, *listed = session.query_arrays(
        f"SELECT key, {sender_or}, receiver, {days} FROM card_records "
        f"JOIN (SELECT unnest(?::BIGINT[]) AS wanted) AS asked ON key = wanted WHERE {is_move}",
        asked.tolist(),
    )
    ident, party = session.query_arrays(f"SELECT ident, party FROM {resolved} ORDER BY ident")
    (carriers,) = session.query_arrays(f"SELECT DISTINCT party FROM {resolved} WHERE is_carrier ORDER BY party")
    sender, receiver, since, until = (
        np.concatenate([np.repeat(of_range, times), of_card]) for of_range, of_card in zip(ranged, listed, strict=True)
    )
    return MovementColumns(
        place[of_asked],
        place[np.concatenate([card, np.searchsorted(asked, key)])],
        party[np.searchsorted(ident, sender)],
        party[np.searchsorted(ident, receiver)],
        since,
        until,
        carriers,
        session.parties_of,
    )
