"""Activations and seizures that name no card but an MSISDN or IMSI, given to the cards that had these numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graphtrace.answers.trace import linked_card
from graphtrace.store.protocol import CardEvent, Lot, NumberLink, Store


def waiting_events(store: Store, lots: Sequence[Lot]) -> list[CardEvent]:
    """The events whose number may have been that of a card of the lots, each with the card that had it then."""
    rows, linked = store.waiting_events(lots)
    links: dict[str, list[NumberLink]] = defaultdict(list)
    for link in linked:
        links[link.number].append(link)
    events = []
    for row in rows:
        key = linked_card(row, links)
        card = None if key is None else store.card_number(key)
        if card is not None:
            events.append(CardEvent(card, row.kind, row.when, None if row.receiver is None else row.receiver.id))
    return events
