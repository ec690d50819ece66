"""Records that name no card but an MSISDN or IMSI, given to the cards that had these numbers: activations, seizures,
and the states of card lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.analysis.typed_cards import links_by_number, resolve_subscriber
from graphtrace.engine import case_parties
from graphtrace.engine.audit_queries import create_events
from graphtrace.identifiers import imei14
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.model import KINDS, Kind, Party
from graphtrace.storage.base import Backend, UnlinkedEventsScope
from graphtrace.storage.stored_records import UNLINKED_KINDS, StoredRecord, numbers_of

if TYPE_CHECKING:
    from graphtrace.analysis.audit.classify import CardClassifier

_AUDITED: dict[Kind, Kind] = {"activation": "activation", "usage": "activation", "seizure": "seizure"}
"""The events that an audit counts, and as what: a later use says as well as the first one that a card was used."""

_LISTED: Kind = "card_list"

_ANY_CARD: Sequence[CardInterval] = ((0, 2**62),)


def unlinked_events_of(store: Backend, lots: Sequence[CardInterval]) -> list[tuple[int, StoredRecord]]:
    """Return the events whose number may have been that of a card of the lots, each with the card that had it then."""
    # whoever is only listed neither used the card nor lost it
    return _unlinked_records_of(store, lots, tuple(_AUDITED))


def unlinked_seizures(store: Backend, lots: Sequence[CardInterval] = _ANY_CARD) -> set[int]:
    """Return the cards, of some lots, whose seizure is recorded by a number only that the card had then."""
    return {card for card, _ in _unlinked_records_of(store, lots, ["seizure"])}


def takers_by_number(store: Backend) -> list[tuple[int, str]]:
    """Return the cards whose seizure is recorded by a number only, with the ids of those that it was taken from."""
    found = _unlinked_records_of(store, _ANY_CARD, ["seizure"])
    return [(card, row.sender.id) for card, row in found if row.sender is not None]


def events_by_number(store: Backend, party: Party, kinds: Sequence[Kind]) -> list[tuple[str | None, StoredRecord]]:
    """Return the events of the kinds that name a party and only a number, each with the key of its card then."""
    if not store.has_unlinked_events:
        return []
    session = store.session(UnlinkedEventsScope())
    rows = case_parties.events_by_number(session, party, kinds)
    links = links_by_number(session.subscriber_links(numbers_of(rows)))
    return [(resolve_subscriber(row, links), row) for row in rows]


def _unlinked_records_of(
    store: Backend, lots: Sequence[CardInterval], kinds: Sequence[Kind] = UNLINKED_KINDS
) -> list[tuple[int, StoredRecord]]:
    if not store.has_unlinked_events:
        return []
    found = case_parties.unlinked_events(store.session(UnlinkedEventsScope()), lots, kinds=kinds)
    links = links_by_number(found.links)
    keys = [(row, resolve_subscriber(row, links)) for row in found.events]
    cards = {key: card for card, key in store.card_ids({key for _, key in keys if key is not None}).items()}
    return [(cards[key], row) for row, key in keys if key in cards]


def create_events_view(store: Backend, accounts: CardClassifier) -> None:
    """Create the views ``events`` and ``card_states``, with those linked to a card of the accounts only by number."""
    found = _unlinked_records_of(store, accounts.lots)
    events = [(card, row) for card, row in found if row.kind in _AUDITED]
    named = {id(row): row.sender if row.kind == "seizure" else row.receiver for _, row in events}
    users = accounts.numbers_of({party for party in named.values() if party is not None})
    rows = [
        (
            *(card, KINDS.index(_AUDITED[row.kind])),
            *_moment(row),
            None if (party := named[id(row)]) is None else users.get(party),
            None if row.imei is None else int(imei14(row.imei)),
            *(row.province, row.city, row.case_no, row.place, accounts.record_of(row.origin)),
        )
        for card, row in events
    ]
    states = [(card, *_moment(row), row.state) for card, row in found if row.kind == _LISTED and row.state]
    create_events(accounts.session, rows, states)


def _moment(row: StoredRecord) -> tuple[int | None, int | None, int | None]:
    when = row.when
    return (None,) * 3 if when is None else (when.earliest, when.latest - when.earliest, when.second_of_day)
